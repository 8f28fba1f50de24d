"""Appraisals and points → findings with their trace (评判结果). Every amount is rounded here, once, half to even."""

from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction
from operator import itemgetter
from typing import Any
from typing import Literal
from typing import NamedTuple
from typing import TypedDict

from engine.allotment import divide_points
from engine.formulas import evaluate
from engine.formulas import parse_formula
from engine.judgement import in_force
from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import AdmittedItem
from engine.models.admitted import FactRef
from engine.models.admitted import RateCheck
from engine.models.admitted import Use
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.appraisal import Shares
from engine.models.authority import Authority
from engine.models.interval import Interval
from engine.models.interval import divide
from engine.models.measured import Measured
from engine.models.measured import MemberValue
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.record import Place
from engine.models.result import Applicability
from engine.models.result import AuthorityShown
from engine.models.result import ElementShown
from engine.models.result import Finding
from engine.models.result import MemberShown
from engine.models.result import Outcome
from engine.models.result import RemedyShown
from engine.models.result import TraceLine
from engine.models.result import Track
from engine.models.result import ValueShown
from engine.models.result import points_text
from engine.periods import span_of
from engine.quantities import number_text
from engine.quantities import quantity_text
from engine.rule_parts import element_titles
from engine.rule_parts import names_behind
from engine.scope import Scope
from engine.scope import demand_text
from engine.scope import unit_of_measure
from engine.scope import value_text

BANDS = {
    Outcome.MET: "满分",
    Outcome.PARTIAL: "部分",
    Outcome.NOT_MET: "零分",
    Outcome.UNKNOWN: "待核",
    Outcome.NOT_APPLICABLE: "不适用",
}
CLOCK_NAMES = {
    "standing": "长效",
    "yearly": "逐年",
    "snapshot": "时点",
    "cumulative": "累计",
    "per_record": "逐件",
    "paced": "频次",
    "deadline": "定日",
    "never": "零发生",
    "triggered": "触发",
}
AWARD_NAMES = {
    "all_or_nothing": "合格得满分，否则零分",
    "bands": "分档",
    "linear": "按比例",
    "steps": "每差一步扣一份",
    "elements": "按要素",
    "share": "按合格份额",
    "deduct_each": "每件扣分，扣到上限为止",
    "rated": "人工评定",
}


# How reported rates were checked, by measure and member unit.
Checks = Mapping[tuple[str, str], Sequence[RateCheck]]


class Desk(NamedTuple):
    """What findings are written from: each thing where it is looked for.

    ``filed`` holds the items by indicator, ``set_aside`` the problems of facts that count for nothing by subject, each with
    its rank among all of them, ``used`` the places of the facts that count, ``values`` the whole unit's values as they are
    shown, by measure.
    """

    scope: Scope
    filed: Mapping[str, tuple[AdmittedItem, ...]]
    checks: Checks
    set_aside: Mapping[str, Sequence[tuple[int, Problem]]]
    used: Container[Place]
    values: Mapping[str, ValueShown]


def checks_by_measure(checks: Iterable[RateCheck]) -> Checks:
    """How each reported rate was checked, by measure and member unit."""
    found: dict[tuple[str, str], list[RateCheck]] = {}
    for check in checks:
        found.setdefault((check.measure, check.unit), []).append(check)
    return found


def set_aside_by_subject(problems: Iterable[Problem]) -> Mapping[str, Sequence[tuple[int, Problem]]]:
    """What was filed and does not count, by what it is about, each with its rank."""
    found: dict[str, list[tuple[int, Problem]]] = {}
    for rank, p in enumerate(problems):
        if p.severity is Severity.SET_ASIDE:
            found.setdefault(p.subject, []).append((rank, p))
    return found


def make_finding(appraisal: Appraisal, maximum: int, desk: Desk) -> Finding:
    """Give an appraisal its points and write down how they came about."""
    indicator = appraisal.indicator
    scored = indicator.kind is not model.Kind.MONITORED
    applies = appraisal.applies == "yes"
    own = maximum if applies and scored else 0
    judged = applies and scored
    claimed = track_of(appraisal.claimed, own, judged, "不适用" if scored else "监测")
    same = appraisal.substantiated is appraisal.claimed
    substantiated = claimed if same else track_of(appraisal.substantiated, own, judged, "不适用" if scored else "监测")
    single = appraisal.parts[0].measured if appraisal.parts and not indicator.elements else None
    return Finding(
        **desk.scope.ruleset.once(_said_by_rules)[indicator.id],
        pillar=appraisal.pillar,
        scored=scored,
        authority=tuple(_authority(a, desk.scope) for a in indicator.authority),
        applicability=Applicability(is_=appraisal.applies, reason=appraisal.reason),
        outcome=substantiated.outcome,
        maximum=own,
        claimed=claimed,
        substantiated=substantiated,
        value=_shown(single, desk) if single else None,
        elements=tuple(_element(part, desk) for part in appraisal.parts) if indicator.elements else (),
        distance=tuple(
            distance.model_copy(update={"element": part.title}) if indicator.elements else distance
            for part in appraisal.parts
            for distance in part.distance
        ),
        state=appraisal.state,
        slots=appraisal.slots,
        monitored=tuple(_shown(m, desk) for m in appraisal.monitored),
        trace=_without_repeats(_trace(appraisal, own, claimed, substantiated, desk)),
    )


def _said_by_rules(ruleset: model.Ruleset) -> dict[str, dict[str, Any]]:
    """What a finding says of its indicator whoever is judged, by indicator."""
    return {
        indicator.id: {
            "indicator": indicator.id,
            "title": indicator.title,
            "official_no": indicator.official_no,
            "text_status": indicator.text_status.value,
            "requirement": indicator.requirement,
            "kind": indicator.kind.value,
            "channel": indicator.channel,
            "lead_unit": indicator.lead_unit,
            "responsible_units": indicator.responsible_units,
            "clock": indicator.clock.value,
            "remedy": RemedyShown(
                action=indicator.remedy.action,
                effort_days=indicator.remedy.effort_days,
                can_fix_past=indicator.remedy.can_fix_past,
            ),
        }
        for indicator in ruleset.indicators
    }


def track_of(shares: Shares, maximum: int, judged: bool, otherwise: str) -> Track:
    """Turn shares into thousandths that add up to the maximum; what is only monitored has no verdict."""
    if not judged:
        return Track(
            earned=0, open=0, recoverable=0, lost=0, reachable_points=0, outcome=Outcome.NOT_APPLICABLE, band=otherwise
        )
    split, outcome = divide_points(shares, maximum), shares.outcome
    return Track(
        earned=split.earned,
        open=split.open,
        recoverable=split.recoverable,
        lost=split.lost,
        reachable_points=split.earned + split.open,
        outcome=outcome,
        band=number_text(shares.earned, "%") if outcome is Outcome.PARTIAL else BANDS[outcome],
    )


def _authority(authority: Authority, scope: Scope) -> AuthorityShown:
    return AuthorityShown(
        document=authority.document,
        locator=authority.locator,
        gives=authority.gives,
        in_force_from=str(authority.in_force.from_),
        in_force_to=str(authority.in_force.to) if authority.in_force.to else None,
        status=authority.status,
        in_force_in_period=in_force(authority, scope.window),
    )


def show_value(measured: Measured, checks: Checks, scope: Scope) -> ValueShown:
    """Show a measured value with the other ways to count it and how a reported rate was checked."""
    measure = scope.ruleset.measures[measured.measure]
    over_members = measured.members_total is not None
    unit = "%" if over_members else unit_of_measure(measure)
    value = measured.value
    text = _over_members_text(measured) if over_members else _value_text(measured, scope)
    return ValueShown(
        measure=measured.measure,
        label=measure.label,
        text=text,
        low=value.low if value else None,
        high=value.high if value else None,
        unit_of_measure=unit,
        good=quantity_text(measured.good, None) if measured.good else None,
        due=quantity_text(measured.due, None) if measured.due else None,
        members=tuple(_member(m, measured.measure, scope) for m in measured.members),
        variants=dict(_variants(measure, scope)) if isinstance(measure, model.Ratio) and measure.variants else {},
        check=next(map(_check_text, checks.get((measured.measure, measured.unit), ())), None),
    )


def _shown(measured: Measured, desk: Desk) -> ValueShown:
    """A measured value as it is shown; what stands among the whole unit's values is not written again."""
    known = desk.values.get(measured.measure)
    if known is not None and measure_value(measured.measure, desk.scope) is measured:
        return known
    return show_value(measured, desk.checks, desk.scope)


def _value_text(measured: Measured, scope: Scope) -> str:
    """The value for people; what was filed and does not count was not left unsaid, and 0 % to 100 % says nothing."""
    value = measured.value
    if value is None and measured.measure in scope.facts.set_aside:
        return "报了，不计"
    text = value_text(measured.measure, value, scope.ruleset)
    says_nothing = value is not None and value.low == 0 and value.high == 1
    return f"不能算（{text}都有可能）" if says_nothing and _is_share(measured, scope) else text


def _is_share(measured: Measured, scope: Scope) -> bool:
    return isinstance(scope.ruleset.measures[measured.measure], model.Share)


def _over_members_text(measured: Measured) -> str:
    if measured.value is None:
        return "没报"
    return f"达标单位占{quantity_text(measured.value, '%')}"


def _member(member: MemberValue, name: str, scope: Scope) -> MemberShown:
    outcome: Literal["MET", "NOT_MET", "UNKNOWN"] = (
        "UNKNOWN" if member.meets is None else "MET" if member.meets else "NOT_MET"
    )
    return MemberShown(unit=member.unit, text=value_text(name, member.value, scope.ruleset), outcome=outcome)


def _variants(measure: model.Ratio, scope: Scope) -> Iterator[tuple[str, str]]:
    """The same rate over other denominators: shown, never judged."""
    top = measure_value(measure.numerator, scope).value
    for name, text in measure.variants.items():
        tree = parse_formula(text)
        bottom = evaluate(tree, lambda part: measure_value(part, scope).value) if tree is not None else None
        share = divide(top, bottom) if top is not None and bottom is not None else None
        if top is not None and bottom is not None and share is not None:
            yield name, f"{quantity_text(top, None)}/{quantity_text(bottom, None)}={quantity_text(share, '%')}"


def _check_text(check: RateCheck) -> str:
    computed = quantity_text(Interval(check.computed, check.computed), "%")
    return f"自报{check.reported}，{check.numerator}/{check.denominator}={computed}，{'相符' if check.agrees else '不符'}"


def _element(part: Part, desk: Desk) -> ElementShown:
    return ElementShown(
        key=part.key,
        title=part.title,
        year=part.year,
        weight=part.weight,
        earned=part.claimed.earned,
        open=part.claimed.open,
        recoverable=part.claimed.recoverable,
        lost=part.claimed.lost,
        proven=part.proven,
        cause=part.cause,
        text=part.text,
        value=_shown(part.measured, desk) if part.measured else None,
    )


# --- trace ----------------------------------------------------------------------------------------------------------


def _trace(
    appraisal: Appraisal,
    maximum: int,
    claimed: Track,
    substantiated: Track,
    desk: Desk,
) -> Iterator[TraceLine]:
    """Walk one indicator from the clause of law to the points, naming file and line where there is one."""
    indicator, scope, checks = appraisal.indicator, desk.scope, desk.checks
    for authority in indicator.authority:
        yield _authority_line(authority, scope)
    yield scope.ruleset.once(_requirements)[indicator.id]
    if appraisal.applies != "yes":
        yield TraceLine(
            step="points", text=f"{'不归本单位' if appraisal.applies == 'not_ours' else '不适用'}：{appraisal.reason}"
        )
    for part in appraisal.parts:
        yield from _part_lines(part, indicator, checks, scope)
    for measured in appraisal.monitored:
        shown = _shown(measured, desk)
        others = "".join(f"；{name} {text}" for name, text in shown.variants.items())
        check = f"；{shown.check}" if shown.check else ""
        yield TraceLine(step="measure", text=f"只列示，不计分：{shown.label} {shown.text}{check}{others}")
        yield from _fact_lines(measured.facts, scope)
    yield from _set_aside_lines(indicator, desk)
    yield from _evidence_lines(appraisal, desk.filed.get(indicator.id, ()))
    if appraisal.applies == "yes" and maximum:
        yield from _points_lines(appraisal, maximum, claimed, substantiated)


def _without_repeats(lines: Iterable[TraceLine]) -> tuple[TraceLine, ...]:
    """One fact may serve several parts of an indicator: it is told once."""
    told: set[TraceLine] = set()
    kept: list[TraceLine] = []
    for line in lines:
        if line.step == "fact":
            if line in told:
                continue
            told.add(line)
        kept.append(line)
    return tuple(kept)


def _requirements(ruleset: model.Ruleset) -> dict[str, TraceLine]:
    """What each indicator asks for, as a line of the trace."""
    return {i.id: TraceLine(step="requirement", text=i.requirement, **_where(i.place)) for i in ruleset.indicators}


class _Where(TypedDict):
    """The place of a line of the trace, as the line names it."""

    file: str
    line: int
    column: int


def _where(place: Place) -> _Where:
    return {"file": place.file, "line": place.line, "column": place.column}


def _authority_line(authority: Authority, scope: Scope) -> TraceLine:
    read = "已读条文" if authority.status == "verified" else "凭记忆，待核"
    gives = f"，给出{authority.gives}" if authority.gives else ""
    until = f"至{authority.in_force.to}" if authority.in_force.to else ""
    ends = authority.in_force.to
    gone = ends is not None and ends.last < scope.window.first
    applied = "" if in_force(authority, scope.window) else f"；评估期内{'已失效' if gone else '未施行'}，不据以扣分"
    text = f"{authority.document}{authority.locator}（{read}{gives}；{authority.in_force.from_}起施行{until}{applied}）"
    return TraceLine(step="authority", text=text, **_where(authority.place))


def _part_lines(part: Part, indicator: model.Indicator, checks: Checks, scope: Scope) -> Iterator[TraceLine]:
    name = "" if part.key == indicator.id else f"〔{part.title}{f' {part.year}年' if part.year else ''}〕"
    if part.measured is not None:
        yield from _fact_lines(part.measured.facts, scope)
    for step in part.steps:
        yield TraceLine(step="measure", text=f"{name}{step}")
    for check in checks.get((part.measured.measure, part.measured.unit), ()) if part.measured is not None else ():
        yield TraceLine(step="measure", text=f"{name}{_check_text(check)}")
    if part.measured is None:
        claim = scope.facts.claims.get((f"{indicator.id}.{part.key}", "current"))
        yield from _fact_lines(claim.facts if claim else (), scope)
        stated = claim is not None and claim.facts and part.text.startswith("自报")
        if not stated:
            yield TraceLine(step="fact", text=f"{name}{part.text}")
    element = next((element for element in indicator.elements if element.key == part.key), None)
    if part.clue:
        yield TraceLine(step="measure", text=f"{name}口径不对：{part.clue}")
        for clue in (element or indicator).clues:
            yield from _fact_lines(measure_value(clue.measure, scope).facts, scope, f"{name}相近的数：")
    for distance in part.distance:
        yield TraceLine(step="award", text=f"{name}{distance.text}")
    clock = CLOCK_NAMES[((element.clock if element else None) or indicator.clock).value]
    form = "" if element else f"，{_award_text(indicator, scope)}"
    yield TraceLine(
        step="clock", text=f"{name}时间型{clock}{form}；{'这个要素' if element else '整项'}{_divided(part.claimed)}"
    )


def _award_text(indicator: model.Indicator, scope: Scope) -> str:
    text = AWARD_NAMES[indicator.award.value]
    if indicator.meets is not None and indicator.measure is not None:
        measure = scope.ruleset.measures[indicator.measure]
        text += f"，满分要{demand_text(measure, indicator.meets, scope.window.last)}"
    return text


def _divided(shares: Shares) -> str:
    """How one whole is divided, in words; what is all of one kind needs no fraction."""
    held = [(word, value) for word, value in _named(shares) if value]
    if len(held) == 1:
        return f"全部{held[0][0]}"
    return "：" + "、".join(f"{word}{value}" for word, value in held)


def _named(shares: Shares) -> tuple[tuple[str, Fraction], ...]:
    return ("已得", shares.earned), ("待定", shares.open), ("还能补", shares.recoverable), ("已丢", shares.lost)


def _fact_lines(facts: Iterable[FactRef], scope: Scope, lead: str = "") -> Iterator[TraceLine]:
    for fact in facts:
        unit = f"{fact.unit} " if fact.unit else ""
        period = _period_told(fact, scope)
        source = f"（{fact.source}）" if fact.source else ""
        text = f"{lead}{unit}{_label_of(fact.measure, scope.ruleset)} {period}报 {fact.text}{source}"
        yield TraceLine(step="fact", text=text, **_where(fact.place))


def _label_of(name: str, ruleset: model.Ruleset) -> str:
    """A measure or element by its Chinese name, with the key that a submission writes."""
    if name in ruleset.measures:
        return f"{ruleset.measures[name].label}（{name}）"
    return f"{ruleset.once(element_titles).get(name, '要素')}（{name}）"


def _period_told(fact: FactRef, scope: Scope) -> str:
    """Which other period than the submission's a figure speaks for."""
    facts = scope.facts
    current = facts.readings.get((fact.measure, fact.unit, CURRENT))
    if current is not None and fact in current.facts:
        return ""
    stated = facts.once(_stated_periods).get(fact.measure, ())
    period = next((period for period, told in stated if fact in told), CURRENT)
    if period == PREVIOUS:
        return "上期"
    return str(span_of(period)) if "/" in period else ""


def _stated_periods(facts: AdmittedFacts) -> dict[str, list[tuple[str, tuple[FactRef, ...]]]]:
    """For which periods each measure and element was stated, and by which facts."""
    found: dict[str, list[tuple[str, tuple[FactRef, ...]]]] = {}
    for (name, _, period), reading in facts.readings.items():
        found.setdefault(name, []).append((period, reading.facts))
    for (name, period), claim in facts.claims.items():
        found.setdefault(name, []).append((period, claim.facts))
    return found


def admitted_places(facts: AdmittedFacts) -> frozenset[Place]:
    """The places of all facts that may count."""
    return frozenset(places_of(facts))


def places_of(facts: AdmittedFacts) -> Iterator[Place]:
    """The place of every fact that may count, each time that it counts."""
    yield from (fact.place for reading in facts.readings.values() for fact in reading.facts)
    yield from (fact.place for claim in facts.claims.values() for fact in claim.facts)
    yield from (event.fact.place for listed in facts.events.values() for event in listed.events)
    yield from (register.fact.place for register in facts.registers.values())


def _set_aside_lines(indicator: model.Indicator, desk: Desk) -> Iterator[TraceLine]:
    """What was filed for an indicator and does not count, with the reason: it was not left unsaid."""
    about = desk.scope.ruleset.once(names_behind)[indicator.id] if desk.set_aside else ()
    for _, p in sorted((ranked for name in about for ranked in desk.set_aside.get(name, ())), key=itemgetter(0)):
        if p.place not in desk.used:
            unit = f"{p.unit} " if p.unit else ""
            yield TraceLine(step="fact", text=f"{unit}{p.found}，不计", **_where(p.place))


SLOT_STATUS = {"accepted": "形式合格", "returned": "退回", "missing": "没有交", "incomplete": "不齐"}


def _evidence_lines(appraisal: Appraisal, items: tuple[AdmittedItem, ...]) -> Iterator[TraceLine]:
    by_number = sorted(items, key=lambda one: one.item.id)
    for slot in appraisal.slots:
        if slot.status == "not_needed":
            continue
        told = f"{slot.title}：{SLOT_STATUS[slot.status]}，要{slot.required}件，合格{slot.accepted}件"
        yield TraceLine(step="evidence", text=told)
        for admitted in by_number:
            mine = [u for u in admitted.uses if u.indicator == appraisal.indicator.id and u.slot == slot.slot]
            if mine:
                text = f"{admitted.item.id} {_titled(admitted, mine)}：{_verdict_of(admitted, mine[0])}"
                yield TraceLine(step="evidence", text=text, **_where(admitted.item.place))


def _titled(admitted: AdmittedItem, uses: list[Use]) -> str:
    """The title, with the units that it stands for unless the title says so itself."""
    units = "、".join(dict.fromkeys(use.unit for use in uses if use.unit))
    title = admitted.item.title
    return title if not units or f"（{units}）" in title else f"{title}（{units}）"


def _verdict_of(admitted: AdmittedItem, use: Use) -> str:
    if use.codes:
        return f"退回，{'；'.join(f'{code} {CODES[code][1]}' for code in use.codes)}"
    return f"已核（{admitted.item.reviewed_by}）" if admitted.item.is_checked else "形式合格"


def _points_lines(appraisal: Appraisal, maximum: int, claimed: Track, substantiated: Track) -> Iterator[TraceLine]:
    kept = [part for part in appraisal.parts if not part.dropped]
    if len(kept) > 1:
        weight = sum((part.weight for part in kept), Fraction(0))
        terms = " + ".join(f"{part.weight / weight}×{part.claimed.earned}" for part in kept)
        yield TraceLine(step="points", text=f"自报已得份额 = {terms} = {appraisal.claimed.earned}")
    told = _points_told(maximum, claimed, appraisal.claimed)
    yield TraceLine(step="points", text=f"自报 {told}")
    told = told if substantiated is claimed else _points_told(maximum, substantiated, appraisal.substantiated)
    yield TraceLine(step="points", text=f"有据 {told}")


def _points_told(maximum: int, track: Track, shares: Shares) -> str:
    lost = "不足0.001" if shares.lost and not track.lost else points_text(track.lost)
    divided = "、".join(f"{word}{value}" for word, value in _named(shares))
    return (
        f"满分{points_text(maximum)} = 已得{points_text(track.earned)} + 待定{points_text(track.open)}"
        f" + 还能补{points_text(track.recoverable)} + 已丢{lost}（份额：{divided}）；"
        f"最高可到{points_text(track.reachable)}"
    )
