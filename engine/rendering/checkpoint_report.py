"""A run read by checkpoints, for people: the years of the plan, then every checkpoint, or every indicator that has some."""

from collections.abc import Iterator
from collections.abc import Sequence
from itertools import groupby

from engine.models.checkpoint_sheet import CheckpointPhase
from engine.models.checkpoint_sheet import CheckpointResult
from engine.models.checkpoint_sheet import CheckpointSheet
from engine.models.checkpoint_sheet import IndicatorLine
from engine.models.result import Outcome
from engine.models.result import points_text
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import markdown_table
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import KINDS
from engine.rendering.words import OUTCOMES

PHASES = {
    CheckpointPhase.PAST_DUE: "已过目标年",
    CheckpointPhase.DUE_THIS_YEAR: "本年到期",
    CheckpointPhase.NOT_YET_DUE: "未到期",
    CheckpointPhase.UNDATED: "目标年未定",
    CheckpointPhase.MET: "已达标",
    CheckpointPhase.NONE: "不适用",
}
# fmt: off
CHECKPOINT_COLUMNS = (
    "检查点", "名称", "指标", "查什么", "静态动态", "目标年", "到期情况", "有据", "自报", "满分", "有据已得", "现状",
    "牵头", "责任单位", "出处",
)
# fmt: on
INDICATOR_COLUMNS = ("指标", "名称", "指标的评判", "检查点数", *OUTCOMES.values(), "满分", "有据已得", "检查点")
OPEN_ROW = "待补"


def checkpoint_rows(sheet: CheckpointSheet) -> list[list[str]]:
    """Every checkpoint as cells; the open ones stand together in a row of their own, so that the points add up."""
    return [*(_row(result) for result in sheet.checkpoints), *_open_row(sheet, len(CHECKPOINT_COLUMNS))]


def _row(result: CheckpointResult) -> list[str]:
    return [
        result.checkpoint,
        result.title,
        result.indicator,
        result.looks_at,
        KINDS[result.kind],
        str(result.target_year or "未定"),
        PHASES[result.phase],
        OUTCOMES[result.outcome],
        OUTCOMES[result.claimed_outcome],
        points_text(result.maximum),
        points_text(result.substantiated.earned),
        result.current,
        result.lead_unit,
        "、".join(result.responsible_units),
        result.source,
    ]


def indicator_rows(sheet: CheckpointSheet) -> list[list[str]]:
    """Every indicator that has checkpoints as cells, and the open ones."""
    rows = [
        [
            line.indicator,
            line.title,
            OUTCOMES[line.outcome],
            str(len(line.checkpoints)),
            *(str(line.outcomes.get(outcome.value, 0)) for outcome in OUTCOMES),
            points_text(line.maximum),
            points_text(line.earned),
            "、".join(line.checkpoints),
        ]
        for line in sheet.indicators
    ]
    return [*rows, *_open_row(sheet, len(INDICATOR_COLUMNS))]


def _open_row(sheet: CheckpointSheet, columns: int) -> list[list[str]]:
    if not sheet.open_points:
        return []
    cells = [OPEN_ROW, f"没有收录的{sheet.open}个"] + [""] * (columns - 2)
    at = CHECKPOINT_COLUMNS.index("满分") if columns == len(CHECKPOINT_COLUMNS) else INDICATOR_COLUMNS.index("满分")
    cells[at] = points_text(sheet.open_points)
    return [cells]


def render_checkpoints(sheet: CheckpointSheet, by: str, unit: str = "") -> str:
    """Write the sheet for a terminal."""
    whose = f"{sheet.unit}  {unit}" if unit else sheet.unit
    lines = [ends(f"{whose}  检查点台账  评判日{sheet.as_of}", DISCLAIMER), RULE, *_head(sheet)]
    if sheet.years:
        lines += ["", "一、分年目标", *_years(sheet)]
    body = _by_indicator(sheet) if by == "indicator" else _by_phase(sheet)
    lines += ["", f"{'二' if sheet.years else '一'}、{'逐指标' if by == 'indicator' else '逐检查点'}", *body]
    return "\n".join([*lines, "", *_notes(sheet)]) + "\n"


def render_checkpoints_md(sheet: CheckpointSheet, by: str) -> str:
    """Write the sheet as Markdown."""
    columns, rows = table_of(sheet, by)
    table = markdown_table(columns, rows)
    counts = _counts(sheet)
    return "\n".join([f"# {sheet.unit} 检查点台账", "", DISCLAIMER, "", "  ".join(counts), "", *table]) + "\n"


def table_of(sheet: CheckpointSheet, by: str) -> tuple[Sequence[str], list[list[str]]]:
    """The columns and rows by checkpoint or by indicator."""
    if by == "indicator":
        return INDICATOR_COLUMNS, indicator_rows(sheet)
    return CHECKPOINT_COLUMNS, checkpoint_rows(sheet)


def _counts(sheet: CheckpointSheet) -> list[str]:
    outcomes = [result.outcome for result in sheet.checkpoints]
    told = [f"{word}{outcomes.count(outcome)}" for outcome, word in OUTCOMES.items()]
    return [f"一共{sheet.total}个", f"收录{sheet.held}个", f"待补{sheet.open}个", *told]


def _head(sheet: CheckpointSheet) -> Iterator[str]:
    yield f"规则  {sheet.ruleset}@{sheet.revision}  口径 {sheet.profile}"
    if sheet.plan is not None:
        yield from wrap(f"{sheet.plan}（{sheet.plan_source}）", "方案  ")
    yield from wrap_parts(_counts(sheet), "个数  ")
    if sheet.elsewhere:
        yield f"      另有{sheet.elsewhere}个不归本单位"
    told = [("有据", sheet.substantiated), ("自报", sheet.claimed)]
    for number, (word, split) in enumerate(told):
        parts = [f"{word}{points_text(split.earned)}", f"待定{points_text(split.open)}"]
        parts += [f"还能补{points_text(split.recoverable)}", f"已丢{points_text(split.lost)}"]
        parts += [f"满分{points_text(sheet.maximum)}"] if not number else []
        yield from wrap_parts(parts, "得分  " if not number else "      ")
    if sheet.open_points:
        yield f"      待定里有待补的{points_text(sheet.open_points)}"


def _years(sheet: CheckpointSheet) -> Iterator[str]:
    rows = [
        [*map(str, (line.year, line.due, line.met, line.due - line.met, line.past_due)), "；".join(line.milestones)]
        for line in sheet.years
    ]
    headers = ["年", "该到的", "已达标", "没达标", "已过目标年", "方案的目标"]
    yield from columns_of(rows, headers, "  ", right=(1, 2, 3, 4))
    undated = sum(result.target_year is None for result in sheet.checkpoints if result.phase is not CheckpointPhase.NONE)
    if undated or sheet.open_points:
        still = f"，待补{sheet.open}个" if sheet.open_points else ""
        yield from wrap(f"目标年未定{undated}个{still}，不在上面。", "  ")


def _by_phase(sheet: CheckpointSheet) -> Iterator[str]:
    """The checkpoints in the order of their urgency, each with what it looks at and what is so."""
    order = list(PHASES)
    results = sorted(sheet.checkpoints, key=lambda result: order.index(result.phase))
    for phase, group in groupby(results, key=lambda result: result.phase):
        mine = list(group)
        yield f"{PHASES[phase]}（{len(mine)}）"
        for result in mine:
            yield from _one(result)
    if sheet.open_points:
        yield f"待补（{sheet.open}）"
        told = "方案有、规则集没有收录的。不知道查什么，也不知道属于哪个指标；补进 checkpoints/ 一个，这里少一个。"
        yield from wrap(told, "  ")


def _one(result: CheckpointResult) -> Iterator[str]:
    year = f"{result.target_year}年到" if result.target_year else ""
    parts = [f"{result.checkpoint} {result.title}", OUTCOMES[result.outcome], KINDS[result.kind], year]
    yield from wrap_parts([part for part in parts if part], "  ", "      ")
    claimed = f"；自报{OUTCOMES[result.claimed_outcome]}" if result.claimed_outcome is not result.outcome else ""
    yield from wrap(f"{result.indicator} {result.looks_at}：{result.current}{claimed}（{result.lead_unit}）", "      ")


def _by_indicator(sheet: CheckpointSheet) -> Iterator[str]:
    for line in sheet.indicators:
        yield from wrap_parts(
            [
                f"{line.indicator} {line.title}",
                f"指标{OUTCOMES[line.outcome]}",
                f"检查点{len(line.checkpoints)}个：{'、'.join(_counted(line))}",
            ],
            "  ",
            "      ",
        )
    if sheet.without:
        yield from wrap(f"没有检查点的指标{len(sheet.without)}项：{'、'.join(sheet.without)}", "  ")


def _counted(line: IndicatorLine) -> Iterator[str]:
    """How many of an indicator's checkpoints came out how, and how many are past their year."""
    for outcome, word in OUTCOMES.items():
        if line.outcomes.get(outcome.value):
            yield f"{word}{line.outcomes[outcome.value]}"
    if past := line.phases.get(CheckpointPhase.PAST_DUE.value):
        yield f"已过目标年{past}"


def _notes(sheet: CheckpointSheet) -> Iterator[str]:
    yield from wrap("每个检查点分一样多，是本工具的假设；待补的也占着分。检查点的得分与指标的得分是两本账，不能相加。")
    waiting = [result for result in sheet.checkpoints if result.claimed_outcome is Outcome.MET is not result.outcome]
    if waiting:
        yield from wrap(f"自报达标而佐证没有受理的{len(waiting)}个，按待核。")
    if sheet.plan_note:
        yield from wrap(sheet.plan_note)
