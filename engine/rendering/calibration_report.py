"""A calibration on a terminal, as Markdown and as CSV: prior, posterior and n of every number, and the back-test."""

from collections.abc import Iterator
from fractions import Fraction

from engine.models.calibration import ENOUGH_EVALUATIONS
from engine.models.calibration import ENOUGH_ITEMS
from engine.models.calibration import Calibration
from engine.models.calibration import Foretold
from engine.models.calibration import GradeCalibrated
from engine.models.exact import exact_text
from engine.rendering.documents import render_csv
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import markdown_table
from engine.rendering.layout import wrap
from engine.rendering.words import DISCLAIMER

FEW = "样本太少，只作参考"
GRADES = ("等级", "原先", "相当于", "提交", "采信", "折合", "校准后", "相当于", "提示")
TEAMS = ("往次结果", "n", "严格度", "九成在")
FORETOLD = ("往次结果", "什么", "n", "预测", "九成在", "实际", "在内")
CSV = ("什么", "对象", "n", "原先", "原先相当于", "实际或采信", "校准后或预测", "相当于", "下端", "上端", "提示")


def render_calibration(done: Calibration) -> str:
    """Write the calibration for a terminal."""
    lines = [ends(f"校准「{done.evaluator_title}」（{done.evaluator}）", DISCLAIMER), *_head(done), RULE]
    lines += ["一、采信率（各等级材料被采信的可能，均值；相当于几件）"]
    lines += columns_of([grade_row(grade)[:-1] for grade in done.grades], GRADES[:-1], "    ", range(1, 8))
    lines += [line for told in (*_remarks(done), COUNTED_DOWN, *_outside(done)) for line in wrap(told, "    ")]
    lines += ["", "二、严格度（0是原先的假设，大于0是更严，采信的更少）"]
    lines += columns_of(_teams(done), TEAMS, "    ", (1, 2))
    lines += [line for told in _spread(done) for line in wrap(told, "    ")]
    lines += ["", f"三、回测（留一次，用其余各次预测它；n={len(done.results)}次）"]
    lines += columns_of([foretold_row(one) for one in done.foretold], FORETOLD, "    ", (2, 3, 5)) if done.foretold else []
    lines += [line for told in _tested(done) for line in wrap(told, "    ")]
    return "\n".join(lines) + "\n"


COUNTED_DOWN = "同一次评估的件共用一个严格度，n件抵不上n件独立的，所以折合成较少的件数再加进去"


def _head(done: Calibration) -> Iterator[str]:
    yield from wrap(f"{done.ruleset}  评估人假设 {done.evaluation}", "规则  ")
    yield from wrap(f"往次结果{len(done.results)}次，共{done.items}件{f'。{FEW}' if done.few else ''}", "n     ")
    for result in done.results:
        how = "逐件" if result.by == "items" else "各方面得分"
        yield from wrap(f"{result.id} {result.title}（{result.source}，{result.dated}；{how}，{result.n}件）", "来源  ")
    if done.few:
        yield from wrap(f"一个等级不到{ENOUGH_ITEMS}件，或不到{ENOUGH_EVALUATIONS}次评估，就算少", "多少  ")


def grade_row(grade: GradeCalibrated) -> list[str]:
    """One grade as cells."""
    notes = [FEW if grade.few else ""]
    notes += [f"{grade.inferred}件由得分推算"] if grade.inferred else []
    notes += ["与相邻等级合并"] if grade.pooled else []
    return [
        grade.grade,
        exact_text(grade.prior_mean),
        exact_text(grade.prior_worth),
        str(grade.n),
        exact_text(grade.accepted),
        exact_text(grade.counts_as),
        exact_text(grade.mean),
        exact_text(grade.worth),
        "；".join(note for note in notes if note),
    ]


def _remarks(done: Calibration) -> Iterator[str]:
    """What is to be known of some grades, one line for all of them."""
    few = [grade.grade for grade in done.grades if grade.few]
    inferred = [f"{grade.grade}等{grade.inferred}件" for grade in done.grades if grade.inferred]
    pooled = [grade.grade for grade in done.grades if grade.pooled]
    if few:
        yield f"{'、'.join(few)}等不到{ENOUGH_ITEMS}件：{FEW}"
    if inferred:
        yield f"由各方面得分推算、没有逐件数过的：{'、'.join(inferred)}"
    if pooled:
        yield f"{'、'.join(pooled)}等合并，使等级低的采信率不更高"


def _outside(done: Calibration) -> Iterator[str]:
    if done.outside:
        yield f"注意：校准后{'、'.join(done.outside)}；别的评估人没有校准，仍是假设，三种并列时先看这一点"


def _teams(done: Calibration) -> list[list[str]]:
    return [
        [one.result, str(one.n), _signed(one.mean), f"{_signed(one.low)}至{_signed(one.high)}"] for one in done.strictness
    ]


def _signed(value: Fraction) -> str:
    return f"{'+' if value > 0 else ''}{exact_text(value)}"


def _spread(done: Calibration) -> Iterator[str]:
    spread = done.spread
    prior = exact_text(spread.prior)
    if not spread.prior:
        yield f"各次评估的差别（标准差，τ的一半）原先取0（各次一样严），没有改；n={spread.n}次"
    elif spread.n < 2:
        yield f"各次评估的差别（标准差，τ的一半）：{prior}，没有改；n={spread.n}次，一次看不出各次的差别"
    else:
        few = f"，{FEW}" if spread.few else ""
        ends_at = f"{exact_text(spread.low)}至{exact_text(spread.high)}"
        after = f"校准后{exact_text(spread.mean)}（九成在{ends_at}）；n={spread.n}次{few}"
        yield f"各次评估的差别（标准差，τ的一半）：原先{prior}，{after}"


def foretold_row(one: Foretold) -> list[str]:
    """One foretold share as cells."""
    held = "是" if one.inside else "否"
    return [one.result, one.what, str(one.n), _percent(one.predicted), _between(one), _percent(one.observed), held]


def _between(one: Foretold) -> str:
    return f"{_percent(one.low)}至{_percent(one.high)}"


def _percent(share: Fraction) -> str:
    return f"{round(share * 100)}%"


def _tested(done: Calibration) -> Iterator[str]:
    if not done.foretold:
        yield "只有一次结果，留不出来，做不了回测；有两次以上再做"
        return
    inside = sum(one.inside for one in done.foretold)
    few = f"。{FEW}" if len(done.results) < ENOUGH_EVALUATIONS else ""
    yield f"{len(done.foretold)}个数里{inside}个落在九成区间内；同一次评估的几个数会一起偏，不是各自独立{few}"


def render_calibration_markdown(done: Calibration) -> str:
    """The calibration for a report."""
    lines = [
        f"# 校准「{done.evaluator_title}」（{done.evaluator}）",
        "",
        f"> {DISCLAIMER}。",
        "",
        *(f"- {line.strip()}" for line in _head_plain(done)),
        "",
        "## 采信率",
        "",
        *markdown_table(GRADES, [grade_row(grade) for grade in done.grades]),
        "",
        f"{COUNTED_DOWN}。",
        *_outside(done),
        "",
        "## 严格度",
        "",
        *markdown_table(TEAMS, _teams(done)),
        "",
        *_spread(done),
        "",
        f"## 回测（n={len(done.results)}次）",
        "",
        *markdown_table(FORETOLD, [foretold_row(one) for one in done.foretold]),
        "",
        *_tested(done),
    ]
    return "\n".join(lines) + "\n"


def _head_plain(done: Calibration) -> Iterator[str]:
    yield f"规则：{done.ruleset}；评估人假设：{done.evaluation}"
    yield f"n：往次结果{len(done.results)}次，共{done.items}件{f'；{FEW}' if done.few else ''}"
    yield from (f"{one.id} {one.title}（{one.source}，{one.dated}；{one.n}件）" for one in done.results)


def render_calibration_csv(done: Calibration) -> str:
    """Every number on a line of its own, with its n."""
    rows = [
        ["采信率", one.grade, str(one.n), exact_text(one.prior_mean), exact_text(one.prior_worth), exact_text(one.accepted),
         exact_text(one.mean), exact_text(one.worth), "", "", grade_row(one)[-1]]
        for one in done.grades
    ]  # fmt: skip
    rows += [
        [
            "严格度",
            one.result,
            str(one.n),
            "0",
            "",
            "",
            exact_text(one.mean),
            "",
            exact_text(one.low),
            exact_text(one.high),
            "",
        ]
        for one in done.strictness
    ]
    spread = done.spread
    rows.append(
        ["各次差别（τ的一半）", "", str(spread.n), exact_text(spread.prior), "", "", exact_text(spread.mean), "",
         exact_text(spread.low), exact_text(spread.high), FEW if spread.few else ""]
    )  # fmt: skip
    rows += [
        ["回测", f"{one.result} {one.what}", str(one.n), "", "", _percent(one.observed), _percent(one.predicted), "",
         _percent(one.low), _percent(one.high), "在九成区间内" if one.inside else "在九成区间外"]
        for one in done.foretold
    ]  # fmt: skip
    return render_csv(CSV, rows)
