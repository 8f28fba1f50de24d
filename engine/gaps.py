"""Findings → the gap list (找差距), in the order of work. Does not know the score sheet, decides nothing.

A gap line has five parts: state and cause; how it is; how it should be; how far; who, and by when or 补不了.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from engine.acceptance import REMEDIES
from engine.clocks import start_by
from engine.distances import UNKNOWN_DISTANCE
from engine.judgement import WEAKNESSES
from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.result import NOT_ASKED
from engine.models.result import Conclusion
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Phase
from engine.models.result import SlotShown
from engine.models.result import Standing
from engine.models.result import points_text
from engine.models.submission import EvidenceItem
from engine.models.submission import Incident
from engine.rulesets import inputs_of
from engine.rulesets import probes_of
from engine.scope import Scope
from engine.scope import demand_text
from engine.scope import unit_names
from engine.scope import value_text

PHASES = {
    Phase.MET: "达标",
    Phase.ON_TRACK: "可望",
    Phase.AT_RISK: "有风险",
    Phase.LOCKED_LOSS: "锁定失分",
    Phase.OUT_OF_REACH: "够不着",
    Phase.NOT_YET_DUE: "未到期",
    Phase.NOT_TRIGGERED: "未触发",
    Phase.UNKNOWN: "待核",
    Phase.NONE: "不适用",
}
CAUSES = {
    Cause.NOT_MENTIONED: "没提",
    Cause.NUMBER_MISSING: "缺数",
    Cause.WRONG_MEASURE: "口径不对",
    Cause.CONTRADICTION: "矛盾",
    Cause.NOT_YET_DECIDED: "期限未到",
    Cause.NO_PROOF: "有报无据",
    Cause.NONE_DUE: "报零无凭",
    Cause.NOT_IN_FORCE: "依据未施行",
    Cause.ADMITTED: "自认短板",
}
CONTRADICTIONS = {
    "FACT_CONFLICT",
    "FACT_PARTS_SUM",
    "FACT_PART_EXCEEDS",
    "FACT_RATE_CHECK",
    "FACT_DATE_ORDER",
    "FACT_MEMBERS_SUM",
    "FACT_CLAIM_CONFLICT",
}


def find_gaps(
    appraisals: tuple[Appraisal, ...],
    findings: tuple[Finding, ...],
    items: tuple[AdmittedItem, ...],
    problems: list[Problem],
    conclusions: tuple[Conclusion, ...],
    incidents: tuple[Incident, ...],
    standing: Standing,
    scope: Scope,
) -> tuple[Gap, ...]:
    """List every gap once, in the order in which a task force would work."""
    gaps: list[Gap] = []
    aside = _reported_and_set_aside(problems)
    for appraisal, finding in zip(appraisals, findings, strict=True):
        if appraisal.applies == "yes" and finding.scored:
            gaps += _unknowns(appraisal, finding, aside, scope)
            gaps += _shortfalls(appraisal, finding, scope)
            gaps += _evidence_gaps(appraisal, finding, items, scope)
    gaps += _contradictions(problems, appraisals, findings, scope)
    gaps += _qualification(standing, scope)
    gaps += _weaknesses(incidents, findings, scope)
    gaps += (_of_clause(conclusion, scope) for conclusion in conclusions if conclusion.effect != "bonus")
    return tuple(sorted(gaps, key=lambda gap: _order_of_work(gap, scope.as_of)))


def _order_of_work(gap: Gap, as_of: date) -> tuple[object, ...]:
    """Eligibility, contradictions, overdue, latest start, wrong measure, missing facts by unit, proof, the rest, advice."""
    by_kind = {
        GapKind.CONTRADICTION: 1,
        GapKind.FACT_MISSING: 5,
        GapKind.EVIDENCE_RETURNED: 6,
        GapKind.EVIDENCE_MISSING: 7,
        GapKind.SHORTFALL: 8,
        GapKind.NOT_YET_DUE: 9,
        GapKind.CLAUSE: 10,
    }
    rank = by_kind[gap.kind]
    if gap.kind is GapKind.CLAUSE and gap.state in ELIGIBILITY:
        rank = 0
    elif gap.kind is GapKind.CLAUSE and gap.clause is None:
        rank = 6
    elif gap.kind in (GapKind.SHORTFALL, GapKind.FACT_MISSING) and (gap.recoverable or gap.start_by is not None):
        rank = 2 if gap.start_by is None or gap.start_by < as_of else 3
    elif gap.kind is GapKind.FACT_MISSING and CAUSES[Cause.WRONG_MEASURE] in gap.state:
        rank = 4
    return rank, gap.start_by or date.max, gap.unit if rank in (5, 7) else "", gap.id


def _gap(
    finding: Finding,
    kind: GapKind,
    suffix: str,
    scope: Scope,
    *,
    state: str,
    current: str,
    required: str,
    missing: str,
    ending: str,
    open_points: int = 0,
    recoverable: int = 0,
    due: date | None = None,
    source: str = "自评",
) -> Gap:
    lead = unit_names(finding.lead_unit, scope.unit)
    named = (name for role in finding.responsible_units for name in unit_names(role, scope.unit).split("、"))
    others = "、".join(name for name in dict.fromkeys(named) if name not in lead.split("、"))
    who = f"{lead}→{others}" if others else lead
    start = start_by(due, finding.remedy.effort_days) if due is not None else None
    return Gap(
        id=f"{finding.indicator}/{kind.value}/{suffix}",
        indicator=finding.indicator,
        kind=kind,
        unit=lead,
        state=state,
        current=current,
        required=required,
        missing=missing,
        detail=f"〔{state}〕{current}；{required}；{missing}。{who}；{ending}",
        open=open_points,
        recoverable=recoverable,
        due=due,
        start_by=start,
        lead_unit=finding.lead_unit,
        responsible_units=finding.responsible_units,
        source=source,
        remedy=finding.remedy,
    )


def _points(share: Fraction, finding: Finding) -> int:
    return round(finding.maximum * share)


def _share_of(parts: list[Part], of: Callable[[Part], Fraction], appraisal: Appraisal) -> Fraction:
    """What some parts of an indicator carry of it; what was not due has left the denominator."""
    whole = sum((part.weight for part in appraisal.parts if not part.dropped), Fraction(0))
    return sum((part.weight * of(part) for part in parts), Fraction(0)) / whole if whole else Fraction(0)


# --- what is not known ----------------------------------------------------------------------------------------------


def _unknowns(appraisal: Appraisal, finding: Finding, aside: dict[str, str], scope: Scope) -> Iterator[Gap]:
    """One gap per cause: the parts of an indicator that cannot be told."""
    by_cause: dict[tuple[Cause, bool], list[Part]] = {}
    # A zero is asked for as proof where a slot asks for it; a contradiction and what proof lacks are gaps of their own.
    elsewhere = {Cause.CONTRADICTION, Cause.NO_PROOF} | (
        {Cause.NONE_DUE} if any(s.for_none for s in appraisal.indicator.evidence) else set()
    )
    for part in appraisal.parts:
        if part.claimed.open > 0 and part.cause is not None and part.cause not in elsewhere and not _needs_nothing(part):
            waits = part.not_due or part.cause is Cause.NOT_YET_DECIDED
            by_cause.setdefault((part.cause, waits), []).append(part)
    for (cause, waits), parts in by_cause.items():
        kind = GapKind.NOT_YET_DUE if waits else GapKind.FACT_MISSING
        phase = PHASES[(Phase.NOT_YET_DUE if parts[0].not_due else finding.state.phase) if waits else Phase.UNKNOWN]
        soon = not waits and all(part.soon for part in parts)
        phase = PHASES[Phase.AT_RISK] if soon else phase
        due = min((part.due for part in parts if part.due is not None), default=None) if waits or soon else None
        yield _gap(
            finding,
            kind,
            cause.value,
            scope,
            state=f"{phase}·{CAUSES[cause]}",
            current="；".join(_how_it_is(part, appraisal, aside, scope) for part in parts),
            required=_asked(appraisal, parts, scope),
            missing=_distances(parts, appraisal) or UNKNOWN_DISTANCE,
            ending=f"{due}后再看" if waits and due else f"最迟{due}报" if due else "可补报",
            open_points=_points(_share_of(parts, lambda part: part.claimed.open, appraisal), finding),
            due=due,
        )


def _reported_and_set_aside(problems: list[Problem]) -> dict[str, str]:
    """What was reported of the whole and does not count, by measure: it is not missing, it was set aside."""
    return {
        p.subject: p.found
        for p in problems
        if p.severity == "set_aside" and p.code.startswith("FACT_") and p.code not in CONTRADICTIONS and not p.unit
    }


def _how_it_is(part: Part, appraisal: Appraisal, aside: dict[str, str], scope: Scope) -> str:
    title = "" if part.key == appraisal.indicator.id else f"{part.title}"
    if part.clue:
        return f"{title}{'：' if title else ''}{part.clue}"
    if part.measured is None:
        return f"{title}没报"
    if part.measured.members and part.measured.value is not None:
        label = scope.ruleset.measures[part.measured.measure].label
        return f"{title}{'：' if title else ''}{label}{part.text}{_silent_units(part.measured)}"
    told = _inputs_told(part.measured.measure, aside, scope)
    return f"{title}：{told}" if title and told else title or told


def _silent_units(measured: Measured) -> str:
    """Which member units said nothing, by name where they are known."""
    silent = [member.unit for member in measured.members if member.value is None]
    unnamed = (measured.members_total or 0) - len(measured.members)
    told = [*silent, *([f"另有{unnamed}个没列名"] if unnamed > 0 else [])]
    return f"，没报的：{'、'.join(told)}" if told else ""


def _inputs_told(name: str, aside: dict[str, str], scope: Scope) -> str:
    """What was reported and what was not, of everything that a measure is computed from."""

    def told_of(name: str) -> str:
        value = measure_value(name, scope).value
        if value is None and name in aside:
            return f"{aside[name]}，不计"
        return f"{scope.ruleset.measures[name].label}{value_text(name, value, scope.ruleset)}"

    inputs = inputs_of(scope.ruleset.measures[name])
    if not inputs or name in aside or name in {key[0] for key in scope.facts.readings}:
        return told_of(name)
    return "，".join(told_of(i) for i in inputs)


def _asked(appraisal: Appraisal, parts: list[Part], scope: Scope) -> str:
    """What should be, in the rule's own terms."""
    conditions = [
        _condition(probe, scope)
        for probe in probes_of(appraisal.indicator)
        for part in parts
        if _is_of(probe, part, appraisal)
    ]
    told = [text for text in dict.fromkeys(conditions) if text]
    return f"要求：{'、'.join(told) or appraisal.indicator.requirement.rstrip('。')}"


def _is_of(probe: model.Probe, part: Part, appraisal: Appraisal) -> bool:
    key = probe.key if isinstance(probe, model.Element) else appraisal.indicator.id
    return key == part.key


def _condition(probe: model.Probe, scope: Scope) -> str:
    if probe.measure is None:
        return ""
    measure = scope.ruleset.measures[probe.measure]
    label = scope.ruleset.measures[measure.of].label if isinstance(measure, model.Every) else measure.label
    if probe.each_member is not None and probe.each_member.meets is not None:
        return f"逐单位{label}{demand_text(measure, probe.each_member.meets, scope.window.last)}"
    if probe.meets is not None:
        return f"{label}{demand_text(measure, probe.meets, scope.window.last)}"
    return ""


# --- what is short --------------------------------------------------------------------------------------------------


def _shortfalls(appraisal: Appraisal, finding: Finding, scope: Scope) -> Iterator[Gap]:
    parts = [part for part in appraisal.parts if part.claimed.recoverable + part.claimed.lost > 0]
    if not parts:
        return
    recoverable = _share_of(parts, lambda part: part.claimed.recoverable, appraisal)
    dues = [part.due for part in parts if part.claimed.recoverable > 0 and part.due is not None and part.due >= scope.as_of]
    due = min(dues, default=None)
    if due is not None:
        ending = f"最迟{start_by(due, finding.remedy.effort_days)}动手"
    else:
        ending = "可补" if recoverable else "补不了"
    phase = finding.state.phase if finding.state.phase is not Phase.UNKNOWN else Phase.LOCKED_LOSS
    cause = f"·{CAUSES[finding.state.cause]}" if finding.state.cause is Cause.CONTRADICTION else ""
    waits = phase is Phase.NOT_YET_DUE
    yield _gap(
        finding,
        GapKind.NOT_YET_DUE if waits else GapKind.SHORTFALL,
        "value",
        scope,
        state=f"{'还能补' if phase is Phase.AT_RISK and due is None else PHASES[phase]}{cause}",
        current="；".join(_how_it_stands(part, appraisal, scope) for part in parts),
        required=_asked(appraisal, parts, scope),
        missing=_distances(parts, appraisal) or _elements_missing(parts),
        ending=ending,
        recoverable=_points(recoverable, finding),
        due=due,
    )


def _distances(parts: list[Part], appraisal: Appraisal) -> str:
    """How far each part is, by its title where there are several; what is not known is left to those that are."""
    told = dict.fromkeys(
        f"{f'{part.title}：' if len(parts) > 1 and part.key != appraisal.indicator.id else ''}{distance.missing}"
        for part in parts
        for distance in part.distance
        if distance.missing != UNKNOWN_DISTANCE
    )
    return "；".join(told)


def _how_it_stands(part: Part, appraisal: Appraisal, scope: Scope) -> str:
    """The value as it was measured; a rate whose parts were not reported says that the cases cannot be counted."""
    lead = f"{part.title}：" if part.key != appraisal.indicator.id else ""
    if part.measured is None:
        return f"{lead}{part.text}"
    measure = scope.ruleset.measures[part.measured.measure]
    uncounted = isinstance(measure, model.Ratio) and part.measured.good is None and part.measured.members_total is None
    return f"{lead}{measure.label}{part.text}{'，分子分母没有都报，缺几件说不准' if uncounted else ''}"


def _elements_missing(parts: list[Part]) -> str:
    return f"差{len(parts)}项：{'、'.join(part.title for part in parts)}"


# --- what is not proven ---------------------------------------------------------------------------------------------


def _evidence_gaps(appraisal: Appraisal, finding: Finding, items: tuple[AdmittedItem, ...], scope: Scope) -> Iterator[Gap]:
    """Proof that is missing or was returned; none is asked for what the unit itself says was not done."""
    for slot in appraisal.slots:
        using = [part for part in appraisal.parts if slot.slot in part.slots or not part.slots]
        resting = [part for part in using if _hanging(part) > 0 and not part.proven and not _needs_nothing(part)]
        if slot.status in ("accepted", "not_needed") or using and not resting:
            continue
        waits = bool(resting) and all(part.not_due for part in resting)
        due = min((part.due for part in resting if part.due is not None), default=None) if waits else None
        returned = slot.status == "returned" or slot.status == "incomplete" and slot.codes
        kind = GapKind.EVIDENCE_RETURNED if returned else GapKind.EVIDENCE_MISSING
        state = f"退回·{'、'.join(slot.codes)}" if returned else "缺佐证"
        asked = next(s for s in appraisal.indicator.evidence if s.slot == slot.slot)
        yield _gap(
            finding,
            GapKind.NOT_YET_DUE if waits and not returned else kind,
            slot.slot,
            scope,
            state=PHASES[Phase.NOT_YET_DUE] if waits and not returned else state,
            current=_filed(slot, items, appraisal.indicator.id) if slot.items else f"{slot.title}没有交",
            required=_asked_of(slot, asked),
            missing=_still_lacking(slot),
            ending=f"{due}前交" if due and not returned else _ending_of(slot, returned=bool(returned)),
            open_points=_points(_share_of(resting, _hanging, appraisal), finding),
            due=due,
        )
    for part in appraisal.parts:
        if part.lacks and not part.proven and _hanging(part) > 0:
            yield _lacking_needs(part, appraisal, finding, scope)


def _needs_nothing(part: Part) -> bool:
    """Whether a part left the denominator because no law of the period asked for it."""
    return part.text == NOT_ASKED


def _hanging(part: Part) -> Fraction:
    """What of a part waits for proof: what is claimed, and what a filed item would claim."""
    return part.claimed.open + part.claimed.earned


def _lacking_needs(part: Part, appraisal: Appraisal, finding: Finding, scope: Scope) -> Gap:
    """Proof that is there and does not bear all that it must."""
    lacks = "、".join(NEEDS[need] for need in part.lacks)
    titles = "、".join(slot.title for slot in appraisal.slots if slot.slot in part.slots)
    return _gap(
        finding,
        GapKind.EVIDENCE_MISSING,
        f"{part.key}-needs{part.year or ''}",
        scope,
        state="缺佐证",
        current=f"{part.title}：{titles}已交，没有{lacks}",
        required=f"应有{lacks}",
        missing=f"缺{lacks}",
        ending="可补交",
        open_points=_points(_share_of([part], _hanging, appraisal), finding),
    )


def _asked_of(slot: SlotShown, asked: model.Slot) -> str:
    number = f"逐单位各{slot.required}件" if slot.units_unknown else f"{slot.required}件"
    return f"应交{slot.title}{number}{_needs_text(asked)}"


def _still_lacking(slot: SlotShown) -> str:
    if slot.units_unknown:
        return f"单位数没报，还差几件不知（已合格{slot.accepted}件）"
    return f"还差{slot.required - slot.accepted}件{_lacking(slot)}"


def _ending_of(slot: SlotShown, *, returned: bool) -> str:
    if returned and set(slot.codes) == {"E11"}:
        return "逾期的补不了，照实保留"
    return "可补交，原件留痕不删" if returned else "可补交"


def _lacking(slot: SlotShown) -> str:
    shown = slot.lacking[:12]
    return f"（{'、'.join(shown)}{'等' if len(slot.lacking) > len(shown) else ''}）" if shown else ""


def _filed(slot: SlotShown, items: tuple[AdmittedItem, ...], indicator: str) -> str:
    def told_of(item: EvidenceItem, codes: tuple[str, ...]) -> str:
        reasons = [f"{CODES[code][1]}，{REMEDIES[code]}" for code in codes]
        numbered = reasons if len(reasons) == 1 else [f"（{n}）{reason}" for n, reason in enumerate(reasons, 1)]
        return f"{item.id}{item.title}：{'；'.join(numbered)}"

    told = [
        told_of(a.item, use.codes)
        for a in items
        for use in a.uses
        if use.indicator == indicator and use.slot == slot.slot and use.codes
    ]
    return "；".join(told) or f"{slot.title}只有{slot.accepted}件"


NEEDS = {
    model.Need.PUBLIC_URL: "公开直链",
    model.Need.NUMBER: "文号",
    model.Need.SIGNATURE: "签字或印章",
    model.Need.OUTSIDE: "外部机关出具",
}


def _needs_text(slot: model.Slot) -> str:
    needs = [NEEDS[need] for need in slot.needs]
    needs += ["各年都有"] if slot.period == "every_year" else []
    needs += ["现行有效"] if slot.in_force else []
    needs += ["逐单位"] if slot.by else []
    return f"（{'、'.join(needs)}）" if needs else ""


# --- what contradicts itself ----------------------------------------------------------------------------------------


def _contradictions(
    problems: list[Problem], appraisals: tuple[Appraisal, ...], findings: tuple[Finding, ...], scope: Scope
) -> Iterator[Gap]:
    by_indicator = {finding.indicator: finding for finding in findings}
    for p in problems:
        if p.code not in CONTRADICTIONS:
            continue
        resting = [a for a in appraisals if a.applies == "yes" and _rests_on(a, p.subject, scope)]
        finding = by_indicator[resting[0].indicator.id] if resting else None
        stands = not any(part.cause is Cause.CONTRADICTION for a in resting for part in a.parts)
        verdict = "各种读法结论相同，结论保留" if resting and stands else "更正前不定" if resting else "不影响本规则集的指标"
        open_points = sum(
            _points(part.weight * part.claimed.open, by_indicator[a.indicator.id])
            for a in resting
            for part in a.parts
            if part.cause is Cause.CONTRADICTION
        )
        lead = finding.lead_unit if finding else ""
        unit = unit_names(lead, scope.unit) if finding else scope.unit.name
        yield Gap(
            id=f"{finding.indicator if finding else '-'}/CONTRADICTION/{p.code}/{p.subject}{'@' if p.unit else ''}{p.unit}",
            indicator=finding.indicator if finding else None,
            kind=GapKind.CONTRADICTION,
            unit=unit,
            state="矛盾",
            current=p.found,
            required="应前后一致",
            missing=verdict,
            detail=f"〔矛盾〕{p.found}；应前后一致；{verdict}。{unit}；先更正，原件留痕",
            open=open_points,
            recoverable=0,
            due=None,
            start_by=None,
            lead_unit=lead,
            responsible_units=finding.responsible_units if finding else (),
            source=str(p.place.file),
            remedy=None,
        )


EFFECTS = {
    "block": "不得申报",
    "veto": "一票否决",
    "penalty": "罚扣",
    "warn": "提示",
    "cap": "封顶",
    "deduct": "联动扣分",
    "bonus": "附加项",
    "level": "升级建议",
    "cause": "根因",
}
# Whether the unit may apply at all comes first; what only advises comes last.
ELIGIBILITY = {"资格", EFFECTS["block"], EFFECTS["veto"]}
LEVELS = {"blue": "蓝色提醒", "yellow": "黄色限期整改", "red": "红色（建议通报，待签发）"}


def effect_text(conclusion: Conclusion, target_title: str = "") -> str:
    """What a clause does, and to what, for people; a red notice is a draft for a person to sign."""
    if conclusion.effect == "level":
        return f"建议{LEVELS[str(conclusion.target)]}"
    target = target_title or conclusion.target or "" if conclusion.effect != "bonus" else ""
    points = f"{points_text(conclusion.points)}分" if conclusion.points is not None else ""
    points += "（同一荣誉只计最高）" if conclusion.effect == "bonus" else ""
    return f"{EFFECTS[conclusion.effect]}{target}{points}"


def _of_clause(conclusion: Conclusion, scope: Scope) -> Gap:
    return _without_points(
        f"{conclusion.clause}{'@' if conclusion.unit else ''}{conclusion.unit or ''}",
        unit=conclusion.unit or scope.unit.name,
        state=EFFECTS[conclusion.effect],
        current=f"{conclusion.title}：{'；'.join(conclusion.because)}",
        required="应查清并整改，整改材料入台账",
        missing=effect_text(conclusion, _title_of(conclusion.target, scope)),
        ending="由人认定",
        clause=conclusion.clause,
        source=conclusion.clause,
    )


def _title_of(target: str | None, scope: Scope) -> str:
    """The pillar or the indicator that a clause is about, by its title."""
    titles = {pillar.id: pillar.short for pillar in scope.ruleset.pillars}
    titles |= {indicator.id: indicator.title for indicator in scope.ruleset.indicators}
    return titles.get(target or "", "")


def _qualification(standing: Standing, scope: Scope) -> Iterator[Gap]:
    """Whether the unit may apply at all comes before everything else."""
    if standing.qualified == "unknown" and scope.ruleset.clauses.clauses and scope.unit.kind == "government":
        yield _without_points(
            "qualification",
            unit=scope.unit.name,
            state="资格",
            current=standing.reason,
            required="应逐项有零报告和有关机关的证明",
            missing="资格待核",
            ending="可补报",
            clause="资格",
            source="负面清单",
        )


def _weaknesses(incidents: tuple[Incident, ...], findings: tuple[Finding, ...], scope: Scope) -> Iterator[Gap]:
    """What the unit itself, or somebody outside, says is weak: a full claim there waits for proof that it was mended."""
    by_indicator = {finding.indicator: finding for finding in findings if finding.applicability.is_ == "yes"}
    for number, incident in enumerate((i for i in incidents if i.kind in WEAKNESSES), start=1):
        about = [by_indicator[name] for name in incident.indicators if name in by_indicator]
        leads = "、".join(dict.fromkeys(unit_names(finding.lead_unit, scope.unit) for finding in about))
        names = "、".join(incident.indicators)
        yield _without_points(
            f"{incident.kind}-{number:02d}",
            unit=incident.unit or leads or scope.unit.name,
            state="外部指出" if incident.confirmed_by else "自认",
            current=f"{incident.title or incident.kind}（{incident.confirmed_by or incident.source or '本单位报告'}）",
            required="应附整改材料",
            missing=f"{names}不得报满分" if names else "没有对到指标",
            ending="如实写明进展",
            source=incident.source or "",
            about=about,
        )


def _without_points(
    name: str,
    *,
    unit: str,
    state: str,
    current: str,
    required: str,
    missing: str,
    ending: str,
    source: str,
    clause: str | None = None,
    about: Sequence[Finding] = (),
) -> Gap:
    """A gap that holds no points of its own: it comes from a clause, or from what somebody says is weak."""
    first = about[0].indicator if about else None
    answering = (role for finding in about for role in (finding.lead_unit, *finding.responsible_units))
    return Gap(
        id=f"{first or '-'}/CLAUSE/{name}",
        indicator=first,
        indicators=tuple(finding.indicator for finding in about),
        clause=clause,
        kind=GapKind.CLAUSE,
        unit=unit,
        state=state,
        current=current,
        required=required,
        missing=missing,
        detail=f"〔{state}〕{current}；{required}；{missing}。{unit}；{ending}",
        open=0,
        recoverable=0,
        due=None,
        start_by=None,
        lead_unit=about[0].lead_unit if about else "",
        responsible_units=tuple(dict.fromkeys(answering)) if about else (),
        source=source,
        remedy=None,
    )


def _rests_on(appraisal: Appraisal, subject: str, scope: Scope) -> bool:
    if subject.startswith(f"{appraisal.indicator.id}."):
        return True
    todo = [probe.measure for probe in probes_of(appraisal.indicator) if probe.measure]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name == subject:
            return True
        if name not in seen:
            seen.add(name)
            todo += inputs_of(scope.ruleset.measures[name])
            measure = scope.ruleset.measures[name]
            todo += [measure.not_before] if isinstance(measure, model.Dated) and measure.not_before else []
    return False
