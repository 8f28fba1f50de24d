"""The first screen of an assessment: what this is and is not, whether the unit may apply, counts, and only then points.

Modelled on research examples.md §1: 80 columns, aligned, items before points because the points are assumed.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from engine.gaps import CAUSES
from engine.gaps import effect_text
from engine.models.measured import Cause
from engine.models.result import Assessment
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Outcome
from engine.models.result import PillarScore
from engine.models.result import ProblemShown
from engine.models.result import points_text
from engine.models.ruleset import Header
from engine.quantities import decimal_text
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import GAP_KINDS
from engine.rendering.words import OUTCOMES
from engine.rendering.words import PROFILE_STATUS
from engine.rendering.words import SET_ASIDE
from engine.rendering.words import cause_counts

# How many of the first gaps the screen shows, and above which share of unknown points no probability may be given.
FIRST_GAPS = 8
TOO_MUCH_UNKNOWN = 0.3
QUALIFIED = {"yes": "具备", "no": "不具备资格", "unknown": "待核"}


def render_screen(
    assessment: Assessment,
    folder: str = "目录",
    run_on: date | None = None,
    then: Header | None = None,
    chosen: str = "",
) -> str:
    """Write the first screen.

    ``run_on`` is the day of the run, which is never part of the result. ``then`` is the edition that was in force in a
    period in which the one that judged was not. ``chosen`` are the options that say how it was judged, to be given again.
    """
    lines = [
        ends(f"{assessment.submission.unit}  法治政府示范创建  自评试算", DISCLAIMER),
        *_set_aside(assessment),
        RULE,
        *_rules(assessment, folder, then),
        *_dates(assessment, run_on),
        "",
        *_counts(assessment),
        *_points(assessment),
        *_pillars(assessment),
        *_first_gaps(assessment),
        *_by_unit(assessment),
        *_locked(assessment),
        *_further(assessment, f"{folder} {chosen}".strip()),
    ]
    return "\n".join(lines) + "\n"


def _set_aside(assessment: Assessment) -> Iterator[str]:
    aside = [p for p in assessment.problems if p.severity == "set_aside"]
    codes = Counter(p.code for p in aside)
    yield from wrap_parts(
        [f"{len(aside)}处", *(f"{code} {count}" for code, count in sorted(codes.items()))], f"{SET_ASIDE}  "
    )


def _rules(assessment: Assessment, folder: str, then: Header | None) -> Iterator[str]:
    rules = assessment.ruleset
    missing = rules.official_indicators - rules.indicators
    recalled = rules.indicators - rules.checked_against_issued_text
    told = [f"核对过原文{rules.checked_against_issued_text}项", f"凭主题收录{recalled}项", f"未收录{missing}项"]
    yield from wrap_parts([f"{rules.id}（{rules.edition}年版）修订{rules.revision}", *told], "规则  ")
    for p in assessment.problems:
        if p.code == "EDITION_OUTSIDE":
            yield from _wrong_edition(p, folder, then)
    profile = assessment.profile
    told = [f"{profile.id}（{PROFILE_STATUS[profile.status]}）{profile.title}", "官方未公布分值、权重、及格线"]
    yield from wrap_parts(told, "口径  ")


def _wrong_edition(outside: ProblemShown, folder: str, then: Header | None) -> Iterator[str]:
    """Say that another edition was in force, which, and how to be judged by it."""
    if then is None:
        yield from wrap(f"错版提醒：{outside.found}；{outside.remedy}", "      ")
        return
    yield from wrap(f"错版提醒：{outside.found}，本次只作对照；当时执行的是{then.id}（{then.edition}年版）：", "      ")
    yield from wrap(f"fazhi assess {folder} --ruleset {then.id}", "      ")


def _dates(assessment: Assessment, run_on: date | None) -> Iterator[str]:
    submission = assessment.submission
    told = [f"评判日 {assessment.as_of}", f"评估期 {submission.period_from}至{submission.period_to}"]
    told += [f"数据截至 {submission.data_until}"] if submission.data_until else []
    told += [f"材料形成 {submission.documents_until}"] if submission.documents_until else []
    told += [f"运行日 {run_on}"] if run_on else []
    yield from wrap_parts(told, "日期  ")
    evidence = assessment.evidence
    accepted = sum(item.status == "accepted" for item in evidence)
    reviewed = sum(item.status == "accepted" and item.reviewed for item in evidence)
    returned = sum(item.status == "returned" for item in evidence)
    coverage = assessment.score.coverage
    told = [f"{len(evidence)}件", f"形式合格{accepted}（其中已核{reviewed}）", f"退回{returned}"]
    told += [f"该报{coverage.facts_due}项报了{coverage.facts_given}项"]
    told += [f"该证{coverage.slots_due}项合格{coverage.slots_accepted}项"]
    yield from wrap_parts(told, "材料  ")


def _counts(assessment: Assessment) -> Iterator[str]:
    score = assessment.score
    yield from wrap(f"{QUALIFIED[score.qualified]}。{score.qualified_reason}", "一、能不能报    ")
    for conclusion in assessment.conclusions:
        unit = f"（{conclusion.unit}）" if conclusion.unit else ""
        yield from wrap(f"{conclusion.clause} {conclusion.title}{unit}：{effect_text(conclusion)}", "    条款        ")
    scored = [f for f in assessment.findings if f.scored and f.applicability.is_ != "not_ours"]
    outcomes = Counter(f.outcome for f in scored)
    told = [f"{word}{outcomes.get(outcome, 0)}" for outcome, word in OUTCOMES.items()]
    told.append(f"监测{sum(not f.scored for f in assessment.findings)}")
    others = sum(f.applicability.is_ == "not_ours" for f in assessment.findings)
    missing = assessment.ruleset.official_indicators - assessment.ruleset.indicators
    if _is_whole(assessment):
        yield from wrap_parts([*told, f"未收录{missing}"], f"二、官方{assessment.ruleset.official_indicators}项   ")
    else:
        yield from wrap_parts([*told, f"不归本单位{others}"] if others else told, f"二、本单位{len(scored)}项   ")
    claimed = Counter(f.claimed.outcome for f in scored)
    if claimed[Outcome.MET] + claimed[Outcome.PARTIAL]:
        told = [f"达标{claimed[Outcome.MET]}", f"部分{claimed[Outcome.PARTIAL]}", "自报不等于有据"]
        yield from wrap_parts(told, "    只看自报    ")
    causes = cause_counts(assessment)
    if causes:
        told = [f"{CAUSES[cause]}{count}" for cause, count in sorted(causes.items())]
        yield from wrap_parts(told, "    待核原因    ")


def _points(assessment: Assessment) -> Iterator[str]:
    score = assessment.score
    claimed, proven = score.claimed, score.substantiated
    told = [f"自报 {points_text(claimed.earned)} 至 {points_text(claimed.reachable)}"]
    told += [f"有据 {points_text(proven.earned)} 至 {points_text(proven.reachable)}"]
    yield from wrap_parts([*told, f"满分 {points_text(score.maximum)}"], "三、得分区间    ")
    told = [f"待定{points_text(proven.open)}", f"还能补{points_text(proven.recoverable)}", f"已丢{points_text(proven.lost)}"]
    yield from wrap_parts([*told, "有据已得加这三项等于满分"], "    其余        ")
    if not _is_whole(assessment) and score.maximum:
        rates = [f"自报 {_percent(claimed.earned, score.maximum)}", f"有据 {_percent(proven.earned, score.maximum)}"]
        yield from wrap_parts([*rates, "只算本单位的指标，不是全市得分"], "    得分率      ")
    if assessment.conclusions:
        told = [f"罚扣 {score.penalty['points']}", f"附加 {score.bonus['points']}（{score.bonus['reason']}）"]
        yield from wrap_parts([*told, "罚扣已在上面减去，附加在外"], "    条款        ")
    yield from wrap("上限是把待核全算好，不是整改能到的分", "    怎么读      ")
    if score.maximum and proven.open > TOO_MUCH_UNKNOWN * score.maximum:
        percent = proven.open * 100 // score.maximum
        yield from wrap(f"待核占满分{percent}%，超过三成，不给过线概率；先看补什么", "                ")


def _is_whole(assessment: Assessment) -> bool:
    """Whether the whole table is judged, and not one unit's part of it."""
    return any(pillar.rows_reserved for pillar in assessment.pillars)


def _percent(points: int, maximum: int) -> str:
    return f"{decimal_text(Fraction(points * 100, maximum), 1)}%"


def _pillars(assessment: Assessment) -> Iterator[str]:
    yield "四、各方面（项数；未收录的行按待核占着分母）"
    headers = ["一级指标", "达标", "部分", "不达标", "待核", "不适用", "未收录", "自报", "至多", "满分"]
    rows = [_pillar_row(p) for p in assessment.pillars if p.rows_reserved or any(p.outcomes.values())]
    totals = [str(sum(int(row[i]) for row in rows)) for i in range(1, 7)]
    score = assessment.score
    sums = [
        sum(p.claimed.earned for p in assessment.pillars) - score.claimed.earned,
        sum(p.substantiated.reachable for p in assessment.pillars) - score.substantiated.reachable,
    ]
    if any(sums):
        rows.append(["条款扣减", *[""] * 6, *(points_text(-value) for value in sums), ""])
    last = [points_text(score.claimed.earned), points_text(score.substantiated.reachable), points_text(score.maximum)]
    yield from columns_of([*rows, ["合计", *totals, *last]], headers, "  ", range(1, 10))
    yield from _balance(assessment)


def _balance(assessment: Assessment) -> Iterator[str]:
    """Say which pillars nobody reported on, earned nothing, or lag far behind: so that one cannot hide them (以偏概全)."""
    held = [p for p in assessment.pillars if p.maximum > p.reserve]
    rates = {p.id: Fraction(p.claimed.earned, p.maximum - p.reserve) for p in held}
    average = sum(rates.values(), Fraction(0)) / len(rates) if rates else Fraction(0)
    told: list[str] = []
    silent = [p.short for p in held if _nothing_reported(p.id, assessment)]
    zero = [p.short for p in held if not rates[p.id] and p.short not in silent]
    lagging = [p.short for p in held if 0 < rates[p.id] < average / 2]
    told += [f"一项没报：{'、'.join(silent)}"] if silent else []
    told += [f"报了没有得分：{'、'.join(zero)}"] if zero else []
    told += [f"自报率不到平均一半：{'、'.join(lagging)}"] if lagging else []
    if told and len(held) > 1:
        yield from wrap_parts(told, "  看点  ")


def _nothing_reported(pillar: str, assessment: Assessment) -> bool:
    mine = [f for f in assessment.findings if f.pillar == pillar and f.scored and f.applicability.is_ == "yes"]
    return bool(mine) and all(f.state.cause is Cause.NOT_MENTIONED and not f.claimed.earned for f in mine)


def _pillar_row(pillar: PillarScore) -> list[str]:
    counts = [str(pillar.outcomes[outcome.value]) for outcome in OUTCOMES]
    number = pillar.id.removeprefix("P") if pillar.id.startswith("P") else "-"
    points = [pillar.claimed.earned, pillar.substantiated.reachable, pillar.maximum]
    return [
        f"{number} {pillar.short}",
        *counts,
        str(pillar.rows_reserved),
        *(points_text(p) for p in points),
    ]


def _first_gaps(assessment: Assessment) -> Iterator[str]:
    """The first real tasks; facts and proof that are merely missing are asked for by unit below."""
    gathered = {GapKind.EVIDENCE_MISSING, GapKind.NOT_YET_DUE}
    urgent = [
        gap for gap in assessment.gaps if gap.kind not in gathered and not _is_plain_request(gap) and not _is_locked(gap)
    ]
    yield "五、先办（次序：资格与矛盾、已到期、工期长的、口径、退回；不按假设分排）"
    if not urgent:
        yield "    没有；缺数缺证见下"
    for number, gap in enumerate(urgent[:FIRST_GAPS], start=1):
        word = "口径" if "口径" in gap.state else GAP_KINDS[gap.kind]
        if gap.kind is GapKind.CLAUSE and gap.clause is None:
            word = gap.state[-2:]
        name = f"{gap.indicator} " if gap.indicator else ""
        yield from wrap(f"{name}{_short(gap)}（{gap.unit}）", f"{number:>5} {word}  ")
    if len(urgent) > FIRST_GAPS:
        yield f"    另有{len(urgent) - FIRST_GAPS}条，见 fazhi gaps"


def _is_plain_request(gap: Gap) -> bool:
    return gap.kind is GapKind.FACT_MISSING and "口径" not in gap.state and gap.missing == "差多少不知"


def _is_locked(gap: Gap) -> bool:
    return gap.kind is GapKind.SHORTFALL and not gap.recoverable


def _short(gap: Gap) -> str:
    """How it is and how far, without the rule's own words."""
    if gap.kind is GapKind.EVIDENCE_RETURNED:
        return f"{gap.state}：{gap.required}，{gap.missing}"
    return f"{gap.current}；{gap.missing}" if gap.missing != "差多少不知" else gap.current


def _by_unit(assessment: Assessment) -> Iterator[str]:
    facts = Counter(gap.unit for gap in assessment.gaps if gap.kind is GapKind.FACT_MISSING)
    proof = Counter(gap.unit for gap in assessment.gaps if gap.kind in (GapKind.EVIDENCE_MISSING, GapKind.EVIDENCE_RETURNED))
    units = sorted({*facts, *proof}, key=lambda unit: (-facts[unit] - proof[unit], unit))
    told = [f"{unit} 数{facts[unit]}证{proof[unit]}" for unit in units]
    if told:
        yield from wrap_parts(told, "六、按单位一次要齐（牵头为假设，请先改）  ", "    ")


def _locked(assessment: Assessment) -> Iterator[str]:
    locked = [gap for gap in assessment.gaps if _is_locked(gap)]
    yield from wrap("期内没开的会、没出的庭、没走的程序只能如实说明，事后的记录不算数", "七、补不了      ")
    for gap in locked:
        yield from wrap(f"{gap.indicator} {gap.current}；{gap.missing}", "    ")


def _further(assessment: Assessment, folder: str) -> Iterator[str]:
    first = next((gap.indicator for gap in assessment.gaps if gap.indicator), assessment.findings[0].indicator)
    yield from wrap_parts([f"fazhi gaps {folder}", f"fazhi explain {folder} {first}"], "再看  ")
