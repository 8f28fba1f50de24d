"""The first screen of an assessment: what this is and is not, whether the unit may apply, counts, and only then points.

Modelled on research examples.md §1: 80 columns, aligned, items before points because the points are assumed.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from engine.allotment import round_half_even
from engine.clause_gaps import effect_text
from engine.gap_lines import CAUSES
from engine.models.measured import Cause
from engine.models.result import Assessment
from engine.models.result import Conclusion
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Outcome
from engine.models.result import PillarScore
from engine.models.result import ProblemShown
from engine.models.result import points_text
from engine.models.ruleset import HeaderBase
from engine.quantities import decimal_text
from engine.rendering.gap_groups import asked_by_unit
from engine.rendering.gap_groups import is_conclusion
from engine.rendering.gap_groups import is_lost
from engine.rendering.gap_groups import is_weakness
from engine.rendering.gap_groups import tasks_of
from engine.rendering.gap_groups import told_one_by_one
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import NOT_FOR_UNITS
from engine.rendering.words import OUTCOMES
from engine.rendering.words import PROFILE_STATUS
from engine.rendering.words import SET_ASIDE
from engine.rendering.words import cause_counts
from engine.rendering.words import few_names
from engine.rendering.words import gap_word
from engine.rendering.words import problem_word
from engine.rendering.words import share_word

# How many of the first gaps and of the lost ones the screen shows, and above which share of unknown points no
# probability may be given.
FIRST_GAPS = 8
FIRST_LOST = 5
TOO_MUCH_UNKNOWN = Fraction(3, 10)
NOT_KNOWN = "差多少不知"
QUALIFIED = {"yes": "具备", "no": "不具备资格", "unknown": "待核"}


def render_screen(
    assessment: Assessment,
    folder: str = "目录",
    run_on: date | None = None,
    then: HeaderBase | None = None,
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
    told = [f"{problem_word(code)}{count}" for code, count in sorted(codes.items())]
    yield from wrap_parts([f"{len(aside)}处", *told], f"{SET_ASIDE}  ")


def _rules(assessment: Assessment, folder: str, then: HeaderBase | None) -> Iterator[str]:
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


def _wrong_edition(outside: ProblemShown, folder: str, then: HeaderBase | None) -> Iterator[str]:
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
    others = len(evidence) - accepted - returned
    told = [f"{len(evidence)}件", f"形式合格{accepted}（其中已核{reviewed}）", f"退回{returned}"]
    told += [f"其他{others}（只供声明等引用）"] if others else []
    yield from wrap_parts(told, "材料  ")
    told = [f"要素{coverage.facts_due}个，答得上{coverage.facts_given}个"]
    if submission.facts_filed is not None:
        told.append(f"报来{submission.facts_filed}条（不计{submission.facts_set_aside}条）")
    yield from wrap_parts([*told, f"该证{coverage.slots_due}项，合格{coverage.slots_accepted}项"], "填报  ")


def _counts(assessment: Assessment) -> Iterator[str]:
    score = assessment.score
    if _is_whole(assessment):
        yield from wrap(f"{QUALIFIED[score.qualified]}。{score.qualified_reason}", "一、能不能报    ")
    else:
        yield f"一、能不能报    {NOT_FOR_UNITS}"
    for conclusion in assessment.conclusions:
        unit = f"（{conclusion.unit}）" if conclusion.unit else ""
        what = f"{conclusion.clause} {conclusion.title}{unit}"
        yield from wrap(f"{what}：{_effect_told(conclusion, assessment)}", "    条款        ")
    scored = [f for f in assessment.findings if f.scored and f.applicability.is_ != "not_ours"]
    outcomes = Counter(f.outcome for f in scored)
    told = [f"{word}{outcomes.get(outcome, 0)}" for outcome, word in OUTCOMES.items()]
    told.append(f"监测{sum(not f.scored for f in assessment.findings)}")
    if _is_whole(assessment):
        missing = assessment.ruleset.official_indicators - assessment.ruleset.indicators
        yield from wrap_parts([*told, f"未收录{missing}"], f"二、官方{assessment.ruleset.official_indicators}项   ")
    else:
        led = sum(f.lead_unit in assessment.submission.roles for f in scored)
        others = sum(f.applicability.is_ == "not_ours" for f in assessment.findings)
        told = [f"牵头{led}", f"配合{len(scored) - led}", *told, *([f"不归本单位{others}"] if others else [])]
        yield from wrap_parts(told, f"二、本单位{len(scored)}项   ")
    claimed = Counter(f.claimed.outcome for f in scored)
    if claimed[Outcome.MET] + claimed[Outcome.PARTIAL]:
        told = [f"达标{claimed[Outcome.MET]}", f"部分{claimed[Outcome.PARTIAL]}", "自报不等于有据"]
        yield from wrap_parts(told, "    只看自报    ")
    causes = cause_counts(assessment)
    if causes:
        told = [f"{CAUSES[cause]}{count}" for cause, count in causes.items()]
        yield from wrap_parts(told, "    待核原因    ")


def _effect_told(conclusion: Conclusion, assessment: Assessment) -> str:
    """What a clause does, in points where they are known; a bonus that does not count is not told as given."""
    if conclusion.effect == "cap":
        return _cap_told(conclusion, assessment)
    return _bonus_told(conclusion, assessment) if conclusion.effect == "bonus" else effect_text(conclusion)


def _cap_told(conclusion: Conclusion, assessment: Assessment) -> str:
    pillar = next((pillar for pillar in assessment.pillars if pillar.id == conclusion.target), None)
    if pillar is None or conclusion.share is None:
        return f"{pillar.short if pillar else ''}封顶"
    most = points_text(round_half_even(pillar.maximum * conclusion.share))
    return f"{pillar.short}最多{most}分（{share_word(conclusion.share)}）"


def _bonus_told(conclusion: Conclusion, assessment: Assessment) -> str:
    honour = conclusion.target or conclusion.clause
    same = [c for c in assessment.conclusions if c.effect == "bonus" and (c.target or c.clause) == honour]
    if conclusion is not max(same, key=lambda c: c.points or 0):
        return "同一荣誉只计最高，不另计"
    told = f"附加{points_text(conclusion.points or 0)}分"
    if assessment.score.bonus["points"] != points_text(0):
        return told
    return f"{told}，未计入（{'有否决' if assessment.score.qualified == 'no' else '有据已得不到门槛'}）"


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
        none = score.bonus["claimed"] == points_text(0)
        reason = "没有计分的附加项" if none else score.bonus["reason"]
        told = [f"罚扣 {score.penalty['points']}", f"附加 {score.bonus['points']}（{reason}）"]
        lowered = any(c.effect in ("penalty", "deduct", "cap") for c in assessment.conclusions)
        told += ["罚扣封顶已在上面减去，附加在外"] if lowered else []
        yield from wrap_parts(told, "    条款        ")
    decided = assessment.score_with_overrides
    if decided is not None:
        after = f"{points_text(decided.substantiated.earned)} 至 {points_text(decided.substantiated.reachable)}"
        told = [f"{len(assessment.overrides)}项", f"照认定算有据 {after}", "上面是算出的，没有改"]
        yield from wrap_parts(told, "    人工认定    ")
    yield from wrap("待定是待核的项挂着的分；上限是把待定全算好，不是整改能到的分", "    怎么读      ")
    if score.maximum and proven.open > TOO_MUCH_UNKNOWN * score.maximum:
        share = _percent(proven.open, score.maximum)
        yield from wrap(f"待定占满分{share}，超过三成，不给过线概率；先看补什么", "                ")


def _is_whole(assessment: Assessment) -> bool:
    """Whether the whole table is judged, and not one unit's part of it."""
    return assessment.submission.kind == "government"


def _percent(points: int, maximum: int) -> str:
    return f"{decimal_text(Fraction(points * 100, maximum), 1)}%"


def _pillars(assessment: Assessment) -> Iterator[str]:
    """Items and points of every pillar; only the whole table has rows that the ruleset does not hold."""
    whole = _is_whole(assessment)
    yield f"四、各方面（项数按有据{'；未收录的行也占着分母' if whole else ''}）"
    counted = [*OUTCOMES.values(), *(["未收录"] if whole else [])]
    rows = [
        [_pillar_name(p), *_pillar_counts(p, whole), *(points_text(n) for n in _pillar_points(p))]
        for p in assessment.pillars
        if p.rows_reserved or any(p.outcomes.values())
    ]
    totals = [str(sum(int(row[i]) for row in rows)) for i in range(1, len(counted) + 1)]
    score = assessment.score
    last = [score.claimed.earned, score.substantiated.earned, score.substantiated.reachable, score.maximum]
    sums = [sum(points) for points in zip(*map(_pillar_points, assessment.pillars), strict=True)]
    taken = [before - after for before, after in zip(sums, last, strict=True)]
    if any(taken):
        rows.append(["条款扣减", *[""] * len(counted), *(points_text(-value) if value else "" for value in taken)])
    rows.append(["合计", *totals, *(points_text(value) for value in last)])
    headers = ["一级指标", *counted, "自报", "有据", "最高可到", "满分"]
    # With the points of both tracks the table fits 80 columns only where its columns stand one blank apart.
    yield from columns_of(rows, headers, right=range(1, len(headers)), blanks=1)
    yield from _balance(assessment)


def _pillar_name(pillar: PillarScore) -> str:
    return f"{pillar.id.removeprefix('P') if pillar.id.startswith('P') else '-'} {pillar.short}"


def _pillar_counts(pillar: PillarScore, whole: bool) -> list[str]:
    counts = [str(pillar.outcomes[outcome.value]) for outcome in OUTCOMES]
    return [*counts, str(pillar.rows_reserved)] if whole else counts


def _pillar_points(pillar: PillarScore) -> tuple[int, ...]:
    return pillar.claimed.earned, pillar.substantiated.earned, pillar.substantiated.reachable, pillar.maximum


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


class _Line(NamedTuple):
    """One line of work, and how many gaps it stands for."""

    word: str
    text: str
    gaps: int


def _first_gaps(assessment: Assessment) -> Iterator[str]:
    """The first real tasks; facts and proof that are merely missing are asked for by unit below."""
    tasks = tasks_of(assessment.gaps)
    lines = _task_lines(tasks)
    yield "五、先办（次序：资格与矛盾、已到期、工期长的、口径、退回；不按假设分排）"
    if not lines:
        yield "    没有；缺数缺证见下"
    for number, line in enumerate(lines[:FIRST_GAPS], start=1):
        yield from wrap(line.text, f"{number:>5} {line.word}  ")
    rest = sum(line.gaps for line in lines[FIRST_GAPS:])
    yield from wrap_parts([*([f"另有{rest}条"] if rest else []), _reckoning(assessment, len(tasks))], "    ")


def _task_lines(tasks: list[Gap]) -> list[_Line]:
    """A line for every task; where there are too many, what is said to be weak takes one line for each who says it."""
    weak = {word: [gap for gap in tasks if is_weakness(gap) and gap_word(gap) == word] for word in ("自认", "指出")}
    gathered = {word: gaps for word, gaps in weak.items() if len(gaps) > 1 and len(tasks) > FIRST_GAPS}
    lines: list[_Line] = []
    for gap in tasks:
        same = gathered.get(gap_word(gap))
        if same is None:
            lines.append(_Line(gap_word(gap), f"{_named(gap)}{_short(gap)}（{few_names(gap.unit)}）", 1))
        elif gap is same[0]:
            lines.append(_Line(gap_word(gap), _weak_told(same), len(same)))
    return lines


def _weak_told(gaps: list[Gap]) -> str:
    indicators = dict.fromkeys(name for gap in gaps for name in gap.indicators)
    named = f"（{'、'.join(indicators)}）" if indicators else ""
    return f"{len(gaps)}条短板都要附整改材料，对到的指标{named}不得报满分"


def _named(gap: Gap) -> str:
    return f"{gap.indicator} " if gap.indicator else ""


def _reckoning(assessment: Assessment, tasks: int) -> str:
    """How the numbered list of ``fazhi gaps`` comes about, so that its length can be checked against this screen."""
    numbered = told_one_by_one(assessment.gaps)
    counts = {
        "先办": tasks,
        "条款结论": sum(is_conclusion(gap) for gap in numbered),
        "补不了": sum(is_lost(gap) for gap in numbered),
        "未到期": sum(gap.kind is GapKind.NOT_YET_DUE for gap in numbered),
    }
    told = "、".join(f"{word}{count}" for word, count in counts.items() if count)
    return f"fazhi gaps 逐条列{len(numbered)}条{f'（{told}）' if told else ''}"


def _short(gap: Gap) -> str:
    """How it is and how far, without the rule's own words."""
    if gap.kind is GapKind.EVIDENCE_RETURNED:
        return f"{gap.state.replace('·', '，')}：{gap.required}，{gap.missing}"
    if gap_word(gap) == "资格":
        return f"负面清单{gap.required}，见一"
    missing = [part for part in gap.missing.split("；") if part != NOT_KNOWN]
    missing += [f"最迟{gap.due}报"] if gap.kind is GapKind.FACT_MISSING and gap.due else []
    return "；".join([gap.current, *missing])


def _by_unit(assessment: Assessment) -> Iterator[str]:
    facts = Counter(gap.unit for gap in asked_by_unit(assessment.gaps, GapKind.FACT_MISSING))
    proof = Counter(gap.unit for gap in asked_by_unit(assessment.gaps, GapKind.EVIDENCE_MISSING))
    units = sorted({*facts, *proof}, key=lambda unit: (-facts[unit] - proof[unit], unit))
    told = [f"{few_names(unit)} 数{facts[unit]}证{proof[unit]}" for unit in units]
    if told:
        total = f"缺数{facts.total()}条、缺证{proof.total()}条"
        yield from wrap_parts([f"{total}（牵头为假设，请先改）", *told], "六、按单位一次要齐  ", "    ")


def _locked(assessment: Assessment) -> Iterator[str]:
    lost = [gap for gap in assessment.gaps if is_lost(gap)]
    told = "期内没开的会、没出的庭、没走的程序只能如实说明，事后的记录不算数"
    yield from wrap(f"{f'{len(lost)}项。' if lost else ''}{told}", "七、补不了      ")
    for gap in lost[:FIRST_LOST]:
        yield from wrap(f"{gap.indicator} {gap.current}；{gap.missing}", "    ")
    if len(lost) > FIRST_LOST:
        yield f"    另有{len(lost) - FIRST_LOST}项，见 fazhi gaps"


def _further(assessment: Assessment, folder: str) -> Iterator[str]:
    first = next((gap.indicator for gap in assessment.gaps if gap.indicator), assessment.findings[0].indicator)
    yield from wrap_parts([f"fazhi gaps {folder}", f"fazhi explain {folder} {first}"], "再看  ")
