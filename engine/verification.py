"""What no case can show of a ruleset (规则核验): that everything in it can be reached, and that better facts never cost.

In: a ruleset. Out: faults, each with the smallest submission that shows it. Everything is constructed from the rules and
judged by the engine itself; where nothing can be constructed, that is a fault too.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from engine.allotment import round_half_even
from engine.assessment import assess
from engine.better_facts import find_breaches
from engine.clauses import loops_in
from engine.construction import Aim
from engine.construction import Grades
from engine.construction import Impossible
from engine.construction import Setting
from engine.construction import Statement
from engine.construction import Task
from engine.construction import evidence_for
from engine.construction import once
from engine.construction import players
from engine.construction import settings_for
from engine.construction import statements_for
from engine.construction import submission_of
from engine.construction import unit_with
from engine.construction import years_of
from engine.models.clause import Clause
from engine.models.clause import Premise
from engine.models.clause import Tally
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import points_text
from engine.models.ruleset import Award
from engine.models.ruleset import Credit
from engine.models.ruleset import Indicator
from engine.models.ruleset import Kind
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import Slot
from engine.models.submission import EvidenceItem
from engine.models.submission import Incident
from engine.models.submission import Submission
from engine.narrowing import narrow
from engine.periods import Window
from engine.quantities import deadline_day
from engine.rule_parts import probes_of

# So many settings are tried before it is said that there is none.
SETTINGS = 3
ALL = "全部"


class Fault(NamedTuple):
    """What is wrong, where, what to do, and a submission that shows it, where there is one."""

    check: str
    subject: str
    place: Place
    found: str
    remedy: str
    example: Submission | None = None


# --- one indicator --------------------------------------------------------------------------------------------------


def verify_indicator(ruleset: Ruleset, name: str, tries: int, seed: int) -> Iterator[Fault]:
    """That one indicator can be worth everything and nothing, and that better facts never cost, under every profile."""
    rules = narrow(ruleset, {name})
    (indicator,) = rules.indicators
    if indicator.kind is Kind.MONITORED:
        return
    for profile in _different(rules):
        yield from _reaches(Aim.FULL, indicator, rules, profile)
        yield from _reaches(Aim.ZERO, indicator, rules, profile)
        for breach in find_breaches(rules, profile.id, tries, seed):
            found = f"{breach.changed} 改好为 {breach.became}，{breach.lost}（口径「{profile.id}」）"
            remedy = "请核对方向（direction）、比较和部分得分；确不分高低的写 direction: neutral"
            yield Fault("越改越差", name, indicator.place, found, remedy, breach.before)


def _different(rules: Ruleset) -> tuple[Profile, ...]:
    """The profiles that give partial credit differently; what they say alike is verified once."""
    found: list[Profile] = []
    for profile in rules.profiles.values():
        if not any(other.credit == profile.credit and other.points == profile.points for other in found):
            found.append(profile)
    return tuple(found)


def _reaches(aim: Aim, indicator: Indicator, rules: Ruleset, profile: Profile) -> Iterator[Fault]:
    """Try one submission after the other; say what came of the last where none is worth what is aimed at."""
    told, example = "没有一个年度里它的依据在施行", None
    for task, slots in _attempts(aim, indicator, rules, profile):
        try:
            statements = statements_for(task)
        except Impossible as why:
            told = str(why)
            continue
        submission = submission_of(statements, rules, task.setting, evidence_for(indicator, task.setting, slots))
        assessment, problems = assess(rules, profile, submission)
        if assessment is None:
            told, example = f"造出的填报不能用：{problems[0].code} {problems[0].found}", submission
            continue
        finding = assessment.findings[0]
        if _is_worth(aim, finding, profile.credit.get(indicator.id, Credit()), indicator):
            return
        told, example = _came_to(finding), submission
    remedy = "请核对条件、部分得分和佐证要求是否互相容得下"
    yield Fault(
        aim.value, indicator.id, indicator.place, f"够不着{aim.value}（口径「{profile.id}」）：{told}", remedy, example
    )


def _attempts(aim: Aim, indicator: Indicator, rules: Ruleset, profile: Profile) -> Iterator[tuple[Task, tuple[Slot, ...]]]:
    """Counts first, then rates as such; with the usual proof, then with reports that nothing happened."""
    credit = profile.credit.get(indicator.id, Credit())
    usual = tuple(slot for slot in indicator.evidence if not slot.for_none)
    for setting, _ in zip(settings_for(indicator, rules), range(SETTINGS), strict=False):
        for stated in (False, True):
            for slots in (usual, indicator.evidence):
                yield Task(indicator, rules, setting, credit, aim, stated), slots


def _is_worth(aim: Aim, finding: Finding, credit: Credit, indicator: Indicator) -> bool:
    worth = finding.maximum if aim is Aim.FULL else round_half_even(finding.maximum * floor_of(indicator, credit))
    tracks = (finding.claimed, finding.substantiated)
    return finding.maximum > 0 and all(track.earned == worth == track.reachable for track in tracks)


def floor_of(indicator: Indicator, credit: Credit) -> Fraction:
    """The share that is never lost, by declaration: what a capped deduction or the lowest grade leaves."""
    if indicator.award is Award.DEDUCT_EACH and credit.each is not None:
        return 1 - min(Fraction(1), credit.each.cap)
    return min(credit.grades.values(), default=Fraction(0)) if indicator.award is Award.RATED else Fraction(0)


def _came_to(finding: Finding) -> str:
    if finding.applicability.is_ != "yes":
        return f"不适用：{finding.applicability.reason}"
    told = [
        f"{name}{points_text(track.earned)}至{points_text(track.reachable)}"
        for name, track in (("自报", finding.claimed), ("有据", finding.substantiated))
    ]
    why = f"，原因 {finding.state.cause.value}" if finding.state.cause else ""
    return f"满分{points_text(finding.maximum)}，{'，'.join(told)}{why}"


# --- the totals -----------------------------------------------------------------------------------------------------


def verify_totals(ruleset: Ruleset) -> Iterator[Fault]:
    """That everything met together comes to exactly the maximum, and everything missed to what is never lost."""
    for profile in ruleset.profiles.values():
        for aim in Aim:
            yield from _total(aim, ruleset, profile)


def _total(aim: Aim, ruleset: Ruleset, profile: Profile) -> Iterator[Fault]:
    setting = common_setting(ruleset)
    if setting is None:
        yield Fault(
            "合计", profile.id, profile.place, "没有一个整年在本版的执行期和工作日表里", "请核对 in_force 和工作日表"
        )
        return
    scored = [indicator for indicator in ruleset.indicators if indicator.kind is not Kind.MONITORED]
    statements, evidence = _all_together(aim, scored, ruleset, profile, setting)
    submission = submission_of(statements, ruleset, setting, evidence)
    assessment, problems = assess(ruleset, profile, submission)
    if assessment is None:
        found = f"造出的填报不能用：{problems[0].code} {problems[0].found}"
        yield Fault("合计", profile.id, profile.place, found, "请核对规则", submission)
        return
    yield from _off_the_total(aim, assessment, ruleset, profile, submission)


def _off_the_total(
    aim: Aim, assessment: Assessment, ruleset: Ruleset, profile: Profile, submission: Submission
) -> Iterator[Fault]:
    indicators = {indicator.id: indicator for indicator in ruleset.indicators}
    judged = [f for f in assessment.findings if f.scored and f.applicability.is_ == "yes"]
    off = [f for f in judged if not _is_worth(aim, f, profile.credit.get(f.indicator, Credit()), indicators[f.indicator])]
    for finding in off:
        found = f"与别的指标合在一起就够不着{aim.value}（口径「{profile.id}」）：{_came_to(finding)}"
        remedy = "多半是两个指标用了同一个数而要求相反，请核对口径"
        yield Fault("合计", finding.indicator, indicators[finding.indicator].place, found, remedy)
    held = sum(pillar.reserve for pillar in assessment.pillars)
    maximum = round_half_even(profile.maximum * 1000)
    wanted = sum(f.maximum for f in judged) if aim is Aim.FULL else _floors(judged, profile, indicators)
    earned = sum(f.substantiated.earned for f in judged)
    if assessment.score.maximum != maximum or aim is Aim.FULL and wanted + held != maximum:
        found = f"口径「{profile.id}」各行合计{points_text(assessment.score.maximum)}，满分写的是{points_text(maximum)}"
        yield Fault("合计", profile.id, profile.place, found, "请核对分值、留分和不适用的折算", submission)
    if earned != wanted and not off:
        found = f"口径「{profile.id}」全都{aim.value}，合计应为{points_text(wanted)}，实为{points_text(earned)}"
        yield Fault("合计", profile.id, profile.place, found, "请核对分值和取整", submission)
    if aim is Aim.FULL and not off and assessment.score.substantiated.earned != wanted:
        found = f"口径「{profile.id}」全都满分，条款还是扣到了{points_text(assessment.score.substantiated.earned)}"
        yield Fault("合计", profile.id, profile.place, found, "请核对条款的前提", submission)


def _floors(judged: list[Finding], profile: Profile, indicators: dict[str, Indicator]) -> int:
    floors = ((f, floor_of(indicators[f.indicator], profile.credit.get(f.indicator, Credit()))) for f in judged)
    return sum(round_half_even(finding.maximum * floor) for finding, floor in floors)


def common_setting(ruleset: Ruleset, members: int = 2) -> Setting | None:
    """A county with every power, in the latest year in which all indicators are judged, else in the latest year."""
    years = list(years_of(ruleset))
    if not years:
        return None
    judged = [{setting.window for setting in settings_for(indicator, ruleset)} for indicator in ruleset.indicators]
    window: Window = next((year for year in years if all(year in windows for windows in judged)), years[0])
    unit = unit_with(ruleset, "government", "prefecture", power=True, members=members)
    return Setting(unit, window, window.last.replace(year=window.last.year + 1))


def _all_together(
    aim: Aim, indicators: Iterable[Indicator], ruleset: Ruleset, profile: Profile, setting: Setting
) -> tuple[list[Statement | Grades], tuple[EvidenceItem, ...]]:
    """What every indicator alone needs to be worth what is aimed at, each thing said once."""
    stated: list[Statement] = []
    grades: list[Grades] = []
    evidence: list[EvidenceItem] = []
    for indicator in indicators:
        made = _first_that_works(aim, indicator, narrow(ruleset, {indicator.id}), profile.id, setting)
        stated += [s for s in made.statements if isinstance(s, Statement)]
        grades += [s for s in made.statements if isinstance(s, Grades)]
        evidence += made.evidence
    return [*once(stated), *grades], tuple(evidence)


class Made(NamedTuple):
    """What to state and to file for one indicator."""

    statements: tuple[Statement | Grades, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()


def _first_that_works(aim: Aim, indicator: Indicator, rules: Ruleset, profile: str, setting: Setting) -> Made:
    """The first attempt that is worth what is aimed at in one setting; nothing where none is: that is said elsewhere."""
    points = rules.profiles[profile]
    for task, slots in _attempts(aim, indicator, rules, points):
        here = task._replace(setting=setting)
        try:
            made = Made(statements_for(here), evidence_for(indicator, setting, slots))
        except Impossible:
            continue
        assessment, _ = assess(rules, points, submission_of(made.statements, rules, setting, made.evidence))
        finding = assessment.findings[0] if assessment is not None else None
        if finding is not None and _is_worth(aim, finding, task.credit, indicator):
            return made
    return Made()


# --- clauses --------------------------------------------------------------------------------------------------------


def verify_clauses(ruleset: Ruleset) -> Iterator[Fault]:
    """That no clause rests on itself, and that facts can be constructed that fire each."""
    for clause in loops_in(ruleset.clauses.clauses):
        found = f"{clause.title}绕回到自己的结论「{clause.concludes}」"
        yield Fault("条款", clause.id, clause.place, found, "请从前提里去掉由它自己得出的结论")
    most = max((tally.at_least for tally in ruleset.clauses.tallies if tally.count.member_findings), default=0)
    setting = common_setting(ruleset, members=max(2, most))
    if setting is not None:
        for clause in ruleset.clauses.clauses:
            yield from _fires(clause, ruleset, setting)


class Grounds(NamedTuple):
    """The facts, events and evidence that make some premises true."""

    statements: tuple[Statement | Grades, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    incidents: tuple[Incident, ...] = ()

    def with_(self, other: "Grounds") -> "Grounds":
        """Both together."""
        return Grounds(self.statements + other.statements, self.evidence + other.evidence, self.incidents + other.incidents)


def _fires(clause: Clause, ruleset: Ruleset, setting: Setting) -> Iterator[Fault]:
    told, example = "没有办法构造", None
    unit = _unit_for(clause, ruleset, setting, 0)
    for way in product(*(premise.any or (premise,) for premise in clause.when)):
        try:
            grounds = _grounds_of(way, unit, _Ground(ruleset, setting, (clause.id,)))
        except Impossible as why:
            told = str(why)
            continue
        submission = _grounded(grounds, ruleset, setting)
        assessment, problems = assess(ruleset, ruleset.profiles[ruleset.header.default_profile], submission)
        if assessment is None:
            told, example = f"造出的填报不能用：{problems[0].code} {problems[0].found}", submission
            continue
        if any(c.clause == clause.id and (c.unit or "") == unit for c in assessment.conclusions):
            return
        fired = "、".join(sorted({c.clause for c in assessment.conclusions})) or "没有"
        told, example = f"前提都造了，还是没有触发；触发了的：{fired}", submission
    yield Fault("条款", clause.id, clause.place, f"{clause.title}：{told}", "请核对前提，或删去这个条款", example)


class _Ground(NamedTuple):
    """Where grounds are made, and which clauses are already being grounded."""

    ruleset: Ruleset
    setting: Setting
    within: tuple[str, ...]


def _grounded(grounds: Grounds, ruleset: Ruleset, setting: Setting) -> Submission:
    said = once(s for s in grounds.statements if isinstance(s, Statement))
    evidence = tuple({item.id: item for item in grounds.evidence}.values())
    grades = [s for s in grounds.statements if isinstance(s, Grades)]
    made = submission_of([*said, *dict.fromkeys(grades)], ruleset, setting, evidence)
    return made.model_copy(update={"head": made.head.model_copy(update={"incidents": grounds.incidents})})


def _grounds_of(way: Iterable[Premise], unit: str, at: _Ground) -> Grounds:
    grounds = Grounds()
    for premise in way:
        grounds = grounds.with_(_ground(premise, unit if premise.unit is not None else "", at))
    return grounds


def _ground(premise: Premise, unit: str, at: _Ground) -> Grounds:
    if premise.incident is not None:
        return Grounds(incidents=(_incident(premise.incident, unit, 1, at.setting),))
    if premise.finding is not None:
        return _finding_grounds(premise.finding, str(premise.outcome), at)
    if premise.member_finding is not None:
        every = _members_judged(premise.member_finding, at)
        return _member_grounds(premise.member_finding, str(premise.outcome), [unit] if unit else every[:1], at)
    if premise.evidence_returned is not None:
        return Grounds(evidence=(_returned(premise.evidence_returned, premise.code, unit, at),))
    if premise.tally is not None:
        tally = next(tally for tally in at.ruleset.clauses.tallies if tally.id == premise.tally)
        return _tally_grounds(tally, at)
    return _concluded_grounds(str(premise.concluded), unit, at)


def _incident(kind: str, unit: str, number: int, setting: Setting) -> Incident:
    data = {
        "kind": kind,
        "date": (setting.window.first + timedelta(days=number)).isoformat(),
        "unit": unit or None,
        "title": f"试例{number}",
        "confirmed_by": "有关机关",
    }
    return Incident.model_validate({key: value for key, value in data.items() if value is not None})


def _indicator(name: str, at: _Ground) -> Indicator:
    return next(indicator for indicator in at.ruleset.indicators if indicator.id == name)


def _finding_grounds(name: str, outcome: str, at: _Ground) -> Grounds:
    if outcome == "UNKNOWN":
        return Grounds()
    aims = {"MET": Aim.FULL, "NOT_MET": Aim.ZERO}
    if outcome not in aims:
        raise Impossible(f"「{name}」的 {outcome} 构造不了，请看有没有用例触发它")
    profile = at.ruleset.header.default_profile
    made = _first_that_works(aims[outcome], _indicator(name, at), narrow(at.ruleset, {name}), profile, at.setting)
    if not made.statements:
        raise Impossible(f"「{name}」够不着{aims[outcome].value}")
    return Grounds(made.statements, made.evidence)


def _members_judged(name: str, at: _Ground) -> tuple[str, ...]:
    each = next(probe.each_member for probe in probes_of(_indicator(name, at)) if probe.each_member is not None)
    return players(each, at.setting.unit)


def _member_grounds(name: str, outcome: str, units: Iterable[str], at: _Ground) -> Grounds:
    wanted = set(units)
    if outcome == "UNKNOWN":
        return Grounds()
    made = _finding_grounds(name, outcome, at)
    return Grounds(tuple(s for s in made.statements if isinstance(s, Statement) and s.unit in wanted))


def _tally_grounds(tally: Tally, at: _Ground) -> Grounds:
    count, number, grounds = tally.count, tally.at_least, Grounds()
    if count.incidents is not None:
        return Grounds(incidents=tuple(_incident(count.incidents, "", n, at.setting) for n in range(1, number + 1)))
    if count.member_findings is not None:
        units = _members_judged(count.member_findings, at)[:number]
        return _member_grounds(count.member_findings, str(count.outcome), units, at)
    if count.findings is not None:
        pillars = [p for p in at.ruleset.pillars if count.findings in ("all", p.id)]
        scored = [i.id for p in pillars for i in p.indicators if i.kind is not Kind.MONITORED]
        for name in scored[:number]:
            grounds = grounds.with_(_finding_grounds(name, str(count.outcome), at))
        return grounds
    for n in range(number):
        grounds = grounds.with_(_concluded_grounds(str(count.concluded), None, at, n))
    return grounds


def _concluded_grounds(name: str, unit: str | None, at: _Ground, number: int = 0) -> Grounds:
    """The first clause that leads to a conclusion and does not rest on what it is to ground."""
    why = f"没有条款得出「{name}」"
    for maker in at.ruleset.clauses.clauses:
        if maker.concludes != name or maker.id in at.within or unit and maker.per is None:
            continue
        own = unit or _unit_for(maker, at.ruleset, at.setting, number)
        for way in product(*(premise.any or (premise,) for premise in maker.when)):
            try:
                return _grounds_of(way, own, at._replace(within=(*at.within, maker.id)))
            except Impossible as reason:
                why = str(reason)
    raise Impossible(why)


def _unit_for(clause: Clause, ruleset: Ruleset, setting: Setting, number: int) -> str:
    """A unit that a clause may speak of: one that plays a part in what it asks of members; empty where it speaks of none."""
    if clause.per is None:
        return ""
    at = _Ground(ruleset, setting, ())
    asked = [p.member_finding for p in clause.when if p.member_finding is not None]
    names = _members_judged(asked[0], at) if asked else ()
    makers = [c for c in ruleset.clauses.clauses if c.per is not None and c is not clause]
    for premise in clause.when if not names else ():
        maker = next((m for m in makers if premise.concluded and m.concludes == premise.concluded), None)
        if maker is not None:
            return _unit_for(maker, ruleset, setting, number)
    names = names or tuple(member.name for member in setting.unit.members)
    return names[number % len(names)]


# --- evidence that is returned --------------------------------------------------------------------------------------


def _returned(name: str, code: str | None, unit: str, at: _Ground) -> EvidenceItem:
    """An item for one of an indicator's slots that is returned with a code: tried slot by slot."""
    indicator = _indicator(name, at)
    rules = narrow(at.ruleset, {name})
    for slot in indicator.evidence:
        for item in evidence_for(indicator, at.setting, [slot])[:1]:
            spoiled = item.model_copy(update=_spoiling(code or "E17", slot, at.setting, rules))
            if unit:
                proofs = tuple(proof.model_copy(update={"unit": unit}) for proof in spoiled.proves)
                spoiled = spoiled.model_copy(update={"proves": proofs})
            spoiled = EvidenceItem.model_validate(spoiled.model_dump(mode="json", by_alias=True))
            submission = submission_of((), rules, at.setting, (spoiled,))
            assessment, _ = assess(rules, rules.profiles[rules.header.default_profile], submission)
            if assessment is not None and (code or "E17") in assessment.evidence[0].codes:
                return spoiled
    raise Impossible(f"「{name}」的材料造不出退回代码 {code or 'E17'}")


def _spoiling(code: str, slot: Slot, setting: Setting, rules: Ruleset) -> dict[str, object]:
    """What to change of a faultless item so that it is returned with a code; nothing for a code that is not known here."""
    window, a_day = setting.window, timedelta(days=1)
    late = deadline_day(slot.publish_by, window.last) + a_day if slot.publish_by is not None else window.last
    unfit = next((kind for kind in rules.header.evidence_kinds if kind not in (*slot.kinds, "plan", "photo")), slot.kinds[0])
    spoiling: dict[str, dict[str, object]] = {
        "E01": {"covers": None, "issued": window.first - 400 * a_day, "published": None, "number": None},
        "E02": {"issued": window.last, "published": window.last - a_day},
        "E03": {"number": None},
        "E04": {"signed_by": None, "sealed": None},
        "E06": {"kind": unfit},
        "E07": {"kind": "plan"},
        "E08": {"kind": "photo"},
        "E10": {"url": "http://10.0.0.1/1"},
        "E11": {"published": late},
        "E14": {"effective_to": window.first - a_day},
        "E15": {"file_created": setting.as_of},
        "E17": {"url": None},
        "E18": {"classification": "秘密"},
        "E21": {"issued": setting.as_of + a_day, "published": None, "number": None},
        "E22": {"note": "13800000000"},
    }
    changed = spoiling.get(code, {})
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in changed.items()}
