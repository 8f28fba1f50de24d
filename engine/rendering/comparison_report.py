"""Two runs held side by side, and a replay, for people."""

from collections.abc import Iterator

from engine.models.comparison import Amounts
from engine.models.comparison import Comparison
from engine.models.comparison import RunNamed
from engine.models.result import points_text
from engine.models.run_record import Replayed
from engine.models.run_record import RunDates
from engine.models.run_record import RunRecord
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER

FACTORS = {
    "facts": "填报的事实",
    "evidence": "佐证材料",
    "rules": "规则",
    "profile": "评分口径",
    "rules_and_profile": "规则和口径",
    "date": "评判日",
    "inputs": "填报、材料、规则和口径",
}
FATES = {"reopened": "又出现", "new": "新增", "persisting": "仍在", "closed": "已销"}
OUTCOMES = {
    "MET": "达标",
    "PARTIAL": "部分",
    "NOT_MET": "不达标",
    "UNKNOWN": "待核",
    "NOT_APPLICABLE": "不适用",
    None: "没有",
}
SHOWN = 20


def signed(thousandths: int) -> str:
    """Points with their sign."""
    return f"+{points_text(thousandths)}" if thousandths > 0 else points_text(thousandths)


def render_comparison(comparison: Comparison) -> str:
    """Write what changed and what brought it."""
    lines = [
        ends(f"{comparison.after.unit}  两次试算比较", DISCLAIMER),
        *wrap(_run(comparison.before), "前  "),
        *wrap(_run(comparison.after), "后  "),
        RULE,
        *_split(comparison),
        *_findings(comparison),
        *_gaps(comparison),
    ]
    return "\n".join(lines) + "\n"


def _run(run: RunNamed) -> str:
    told = f"运行{run.run}  " if run.run else ""
    return (
        f"{run.ruleset}  {run.profile}  评判日{run.judged}  {told}"
        f"有据{points_text(run.earned)}，最高可到{points_text(run.reachable)}"
    )


def _split(comparison: Comparison) -> Iterator[str]:
    def row(name: str, brought: Amounts) -> list[str]:
        figures = ("substantiated_earned", "substantiated_reachable", "claimed_earned", "claimed_reachable")
        return [name, *(signed(getattr(brought, figure)) for figure in figures)]

    rows = [row(FACTORS[part.factor], part.brought) for part in comparison.split]
    rows.append(row("合计", comparison.change))
    yield "一、变了多少，各由什么带来（分）"
    yield from columns_of(rows, ["", "有据", "有据最高", "自报", "自报最高"])
    yield from wrap("各项按所有先后次序平均分摊，不偏向哪一种次序；各行相加等于合计。没有列出的，两次一样", "    ")
    if comparison.merged_because:
        yield from wrap(comparison.merged_because, "    ")
    yield ""


def _findings(comparison: Comparison) -> Iterator[str]:
    yield f"二、变了的指标（{len(comparison.findings)}项）"
    rows = [
        [
            change.after or "",
            change.title if change.before in (change.after, None) else f"{change.title}（原{change.before}）",
            f"{OUTCOMES[change.outcome_before]}→{OUTCOMES[change.outcome_after]}",
            signed(change.substantiated),
            signed(change.claimed),
        ]
        for change in comparison.findings[:SHOWN]
    ]
    yield from columns_of(rows, ["指标", "名称", "有据结论", "有据", "自报"])
    if len(comparison.findings) > SHOWN:
        yield f"    另有{len(comparison.findings) - SHOWN}项，见 --format json"
    yield ""


def _gaps(comparison: Comparison) -> Iterator[str]:
    by_fate = {fate: [gap for gap in comparison.gaps if gap.fate == fate] for fate in FATES}
    yield "三、差距  " + "  ".join(f"{word}{len(by_fate[fate])}" for fate, word in FATES.items())
    for fate in ("reopened", "new", "closed"):
        for gap in by_fate[fate][:SHOWN]:
            yield from wrap(gap.detail, f"  {FATES[fate]}  ")
        if len(by_fate[fate]) > SHOWN:
            yield f"  {FATES[fate]}的另有{len(by_fate[fate]) - SHOWN}条，见 --format json"


def render_replay(record: RunRecord, replayed: Replayed) -> str:
    """Write how a replay ended: the same, or the first differences by name and stage."""
    unit, rules = record.result["submission"]["unit"], record.result["ruleset"]
    lines = [
        ends(f"{unit}  复核", DISCLAIMER),
        *wrap(f"{rules['id']}@{rules['revision']}  {record.profile}  {record.engine}写"),
        *wrap_parts(_dates(record.dates)),
        *wrap(f"填报摘要{record.digests.submission[:16]}  规则摘要{record.digests.ruleset[:16]}"),
        RULE,
        *_verdict(replayed),
    ]
    return "\n".join(lines) + "\n"


def _dates(dates: RunDates) -> list[str]:
    return [
        f"评判日{dates.judged}",
        f"数据截至{dates.data_until or '没写'}",
        f"材料形成{dates.documents_until or '没写'}",
        f"运行{dates.run}",
    ]


def _verdict(replayed: Replayed) -> Iterator[str]:
    if replayed.recorded_semantics != replayed.semantics:
        told = f"记录按第{replayed.recorded_semantics}版含义评判，本程序是第{replayed.semantics}版（见更新记录）"
        yield from wrap(f"规则的含义变过：{told}，不能当作相同")
    if replayed.same:
        yield "相同：重新评判，结果逐字节相等"
    shown = replayed.differences[:SHOWN]
    if shown:
        yield f"不同：{len(replayed.differences)}处，最先的{len(shown)}处："
    for one in shown:
        yield from wrap(f"〔{one.stage}〕{one.where}：记录 {one.recorded}，重算 {one.now}", "  ", "    ")
