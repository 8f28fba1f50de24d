"""Measured values and accepted evidence → exactly one appraisal per indicator (评判).

Four things make an indicator and none knows the others: the measure says what is so, the clock when it can be decided and
what is lost, the award what share of the points it carries, the slots what of it is proven. This module composes them.
No points yet: what does not apply must be settled first.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Literal
from typing import NamedTuple

from engine import clocks
from engine.awards import Question
from engine.awards import Shares as Range
from engine.awards import award_shares
from engine.clocks import Timing as Days
from engine.distances import find_distance
from engine.measuring import measure_value
from engine.membership import measure_members
from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import AdmittedItem
from engine.models.admitted import Claim
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.appraisal import Shares
from engine.models.appraisal import Timing
from engine.models.authority import Authority
from engine.models.interval import ONE
from engine.models.interval import ZERO
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.result import NOT_ASKED
from engine.models.result import Phase
from engine.models.result import SlotShown
from engine.models.result import State
from engine.models.ruleset import Award
from engine.models.ruleset import Clock
from engine.models.ruleset import Credit
from engine.models.ruleset import Deadline
from engine.models.ruleset import Element
from engine.models.ruleset import Indicator
from engine.models.ruleset import Need
from engine.models.ruleset import Probe
from engine.models.ruleset import Profile
from engine.models.submission import Incident
from engine.periods import Window
from engine.periods import span_key
from engine.periods import years
from engine.quantities import deadline_day
from engine.ratings import rate
from engine.rule_parts import probes_of
from engine.scope import Scope
from engine.scope import value_text
from engine.slots import asked_slots
from engine.slots import filed_claim
from engine.slots import fill_slot
from engine.slots import is_proven
from engine.slots import items_by_indicator
from engine.slots import lacking_needs
from engine.slots import needed_slots
from engine.slots import none_is_proven

NO_CREDIT = Credit.model_construct()
# Incidents that say of an indicator that it is weak: in the unit's own report, or by somebody outside.
WEAKNESSES = {"admitted_weakness", "outside_finding"}


class Bench(NamedTuple):
    """What is on the table when an indicator is judged; of the items, at least those that were filed for it."""

    scope: Scope
    profile: Profile
    items: tuple[AdmittedItem, ...]
    incidents: tuple[Incident, ...] = ()


def judge(
    scope: Scope, profile: Profile, items: tuple[AdmittedItem, ...], incidents: tuple[Incident, ...] = ()
) -> tuple[Appraisal, ...]:
    """Judge every indicator of the ruleset once, in its order."""
    filed = items_by_indicator(items)
    return tuple(
        judge_indicator(indicator, pillar.id, Bench(scope, profile, filed.get(indicator.id, ()), incidents))
        for pillar in scope.ruleset.pillars
        for indicator in pillar.indicators
    )


def judge_indicator(indicator: Indicator, pillar: str, bench: Bench) -> Appraisal:
    """Judge one indicator; on the bench lie the items that are filed for it."""
    applies, reason = applies_to(indicator, bench.scope)
    if applies != "yes":
        return Appraisal(indicator=indicator, pillar=pillar, applies=applies, reason=reason, state=State(phase=Phase.NONE))
    short = short_members(indicator, bench.scope)
    slots = tuple(fill_slot(indicator, slot, bench.items, bench.scope.unit, short) for slot in indicator.evidence)
    parts = _judge_parts(indicator, slots, bench)
    monitored = tuple(measure_value(name, bench.scope) for name in indicator.monitors)
    kept = [part for part in parts if not part.dropped]
    appraised = partial(
        Appraisal,
        indicator=indicator,
        pillar=pillar,
        parts=parts,
        slots=needed_slots(slots, indicator, parts),
        monitored=monitored,
    )
    if indicator.kind is model.Kind.MONITORED:
        return appraised(applies="yes", state=State(phase=Phase.NONE))
    if not kept:
        text = "；".join(part.text for part in parts)
        return appraised(
            applies="no",
            reason=f"期内没有应办的事，有零报告为凭：{text}",
            not_triggered=True,
            state=State(phase=Phase.NOT_TRIGGERED),
        )
    claimed, substantiated = combined(kept, proven_only=False), combined(kept, proven_only=True)
    state = _state(indicator, kept, claimed, substantiated, bench)
    weakness = _weakness(indicator, bench)
    if weakness and claimed.earned == 1:
        # What the unit itself, or somebody outside, says is weak cannot be claimed in full before it is shown to be mended.
        claimed = substantiated = Shares(open=ONE)
        state = State(phase=Phase.UNKNOWN, cause=Cause.ADMITTED, needed=f"整改材料：{weakness}")
    return appraised(applies="yes", claimed=claimed, substantiated=substantiated, state=state, weakness=weakness)


def short_members(indicator: Indicator, scope: Scope) -> frozenset[str]:
    """The members that fall short by their own figures: nobody asks for proof of what was not done."""
    return frozenset(
        member.unit
        for probe in probes_of(indicator)
        if probe.measure and probe.each_member and probe.each_member.meets
        for member in measure_members(probe.measure, probe.each_member, scope).members
        if member.meets is False
    )


def _weakness(indicator: Indicator, bench: Bench) -> str:
    """What is admitted or found to be weak here and not shown to be mended; empty where nothing is."""
    return "；".join(
        incident.title or incident.kind
        for incident in bench.incidents
        if incident.kind in WEAKNESSES and indicator.id in incident.indicators
    )


# --- applicability --------------------------------------------------------------------------------------------------


def applies_to(indicator: Indicator, scope: Scope) -> tuple[Literal["yes", "no", "not_ours"], str | None]:
    """Whether an indicator applies to the unit; what a department does not lead is 不归本单位, never 不适用."""
    unit, when = scope.unit, indicator.applies_when
    if unit.kind != "government" and not set(unit.roles) & {indicator.lead_unit, *indicator.responsible_units}:
        return "not_ours", f"牵头{indicator.lead_unit}，不归本单位"
    fits = (
        (not when.level or unit.level in when.level)
        and (not when.kind or unit.kind in when.kind)
        and (when.legislative_power is None or unit.legislative_power == when.legislative_power)
    )
    if not fits:
        return "no", when.otherwise or "本单位不属于适用对象"
    if indicator.authority and not any(in_force(a, scope.window) for a in indicator.authority):
        starts = "、".join(f"{a.document}{a.in_force.from_}起施行" for a in indicator.authority)
        return "no", f"评估期内依据都不在施行期，不据以计分：{starts}"
    return "yes", None


def takes_points(indicator: Indicator, element: Element | None, window: Window) -> bool:
    """Whether an authority that states the demand was in force in the period; else a shortfall takes no points."""
    own = [authority for authority in indicator.authority if element is not None and element.key in authority.for_]
    about = own or [authority for authority in indicator.authority if not authority.for_]
    stating = [authority for authority in about if authority.gives] or about
    return not stating or any(in_force(authority, window) for authority in stating)


def in_force(authority: Authority, window: Window) -> bool:
    """Whether an authority was in force on any day of a period."""
    ends = authority.in_force.to
    return authority.in_force.from_.first <= window.last and (ends is None or ends.last >= window.first)


# --- parts ----------------------------------------------------------------------------------------------------------


def _judge_parts(indicator: Indicator, slots: tuple[SlotShown, ...], bench: Bench) -> tuple[Part, ...]:
    return tuple(judge_part(asked, weight, slots, bench) for asked, weight in parts_asked(indicator, bench))


def parts_asked(indicator: Indicator, bench: Bench) -> list[tuple["Asked", Fraction]]:
    """What is judged at once of an indicator, each with its share of the whole."""
    credit = bench.profile.credit.get(indicator.id, NO_CREDIT)
    elements: tuple[Element | None, ...] = indicator.elements or (None,)
    equal = ONE / len(elements) if len(elements) > 1 else ONE
    parts: list[tuple[Asked, Fraction]] = []
    for element in elements:
        share = credit.elements.get(element.key, equal) if element else equal
        spans = _spans((element.clock if element else None) or indicator.clock, bench.scope.window)
        for year, window in spans:
            parts.append((Asked(indicator, element, year, window, credit), share / len(spans) if len(spans) > 1 else share))
    return parts


def _spans(clock: Clock, window: Window) -> list[tuple[int | None, Window]]:
    """The stretches that are judged apart: every year of what is due every year, else the period as a whole."""
    touched = years(window)
    if clock not in (Clock.YEARLY, Clock.DEADLINE) or len(touched) == 1:
        return [(None, window)]
    return [(y, Window(max(window.first, date(y, 1, 1)), min(window.last, date(y, 12, 31)))) for y in touched]


class Asked(NamedTuple):
    """What is judged at once: an element or a whole indicator, in one stretch of time."""

    indicator: Indicator
    element: Element | None
    year: int | None
    window: Window
    credit: Credit

    @property
    def probe(self) -> Probe:
        """The element, or the indicator where it has none."""
        return self.element or self.indicator

    @property
    def clock(self) -> Clock:
        """Its own clock, or the indicator's."""
        return (self.element.clock if self.element else None) or self.indicator.clock

    @property
    def deadline(self) -> Deadline | None:
        """The last day that it asks for, where it asks for one."""
        by = self.probe.meets.by if self.probe.meets else None
        return by or (self.element.due if self.element else None)

    @property
    def name(self) -> str:
        """The name under which it is claimed."""
        return f"{self.indicator.id}.{self.element.key}" if self.element else self.indicator.id

    @property
    def award(self) -> Award:
        """An element is met or not; one that is measured without a condition counts by its share."""
        if self.element is None:
            return self.indicator.award
        return Award.ALL_OR_NOTHING if self.element.meets is not None else Award.SHARE


class _Seen(NamedTuple):
    """What is known of it: a measured value or a claim, or that nothing was due."""

    measured: Measured | None
    claim: Claim | None
    value: Interval | None
    contradictory: bool
    none_due: bool
    clue: str
    steps: tuple[str, ...]


def judge_part(asked: Asked, weight: Fraction, slots: tuple[SlotShown, ...], bench: Bench) -> Part:
    """See what is known, ask what it is worth, ask the clock what is final, and divide the whole accordingly."""
    indicator = asked.indicator
    if asked.element is not None and not _is_asked_for(asked.element, indicator, bench.scope.window):
        return _not_in_force(asked.element, asked.year, weight)
    scope = scope_of_year(asked.year, bench.scope)
    bench = bench._replace(scope=scope) if asked.year is not None else bench
    seen = _see(asked, bench)
    question = question_of(asked.probe, asked.credit, scope)
    shares = award_shares(asked.award, seen.value, question)
    if seen.none_due or seen.contradictory and shares.low != shares.high:
        shares = Range(ZERO, ONE)
    deadline = deadline_day(asked.deadline, asked.window.last) if asked.deadline else None
    reading = clocks.read_clock(asked.clock, Days(asked.window, scope.as_of, deadline))
    if seen.measured is not None and seen.measured.running_until is not None:
        reading = reading._replace(losses_final=False, due=seen.measured.running_until)
    remedy = indicator.remedy
    timing = Timing(
        gains_final=reading.gains_final,
        mendable=clocks.can_mend(reading, scope.as_of, remedy.effort_days, remedy.can_fix_past),
        takes_points=takes_points(indicator, asked.element, scope.window),
    )
    claimed = _divided(asked, seen, shares, timing, question, scope)
    waits = asked.clock is Clock.DEADLINE and claimed.open > 0 and reading.due is not None and scope.as_of <= reading.due
    has_distance = seen.measured is not None and claimed.earned < 1 and asked.award is not Award.RATED and not seen.none_due
    return Part(
        key=asked.element.key if asked.element else indicator.id,
        title=asked.element.title if asked.element else indicator.title,
        year=asked.year,
        weight=weight,
        claimed=claimed,
        claim=seen.claim,
        timing=timing,
        carried=not lacking_needs(indicator, asked.element, bench.items),
        proven=is_proven(indicator, asked.element, slots, bench.items),
        dropped=seen.none_due and reading.gains_final and none_is_proven(indicator, slots),
        cause=_cause(asked, seen, shares, reading, claimed, bench, slots),
        measured=seen.measured,
        due=reading.due,
        not_due=waits and _is_far_off(reading.due, indicator, bench),
        soon=waits and not _is_far_off(reading.due, indicator, bench),
        slots=asked_slots(indicator, asked.element),
        lacks=_lacks(asked, slots, bench),
        text=_part_text(seen, scope),
        steps=seen.steps,
        distance=find_distance(asked.probe, asked.award, seen.measured, question, scope)
        if has_distance and seen.measured
        else (),
        clue=seen.clue,
    )


def _is_asked_for(element: Element, indicator: Indicator, window: Window) -> bool:
    """Whether any article that asks for an element was in force in the period; an article of later asks for nothing."""
    own = [authority for authority in indicator.authority if element.key in authority.for_]
    return not own or any(in_force(authority, window) for authority in own)


def _not_in_force(element: Element, year: int | None, weight: Fraction) -> Part:
    """An element that no law of the period asked for: it leaves the denominator."""
    return Part(
        key=element.key,
        title=element.title,
        year=year,
        weight=weight,
        claimed=Shares(open=ONE),
        claim=None,
        timing=Timing(gains_final=False, mendable=False, takes_points=False),
        carried=False,
        proven=False,
        dropped=True,
        cause=Cause.NOT_IN_FORCE,
        text=NOT_ASKED,
        slots=element.proof,
    )


def _is_far_off(due: date | None, indicator: Indicator, bench: Bench) -> bool:
    """Whether there is more time to the last day to start than the profile calls a risk (examples.md §4.2)."""
    return (
        due is not None
        and (clocks.start_by(due, indicator.remedy.effort_days) - bench.scope.as_of).days > bench.profile.at_risk_days
    )


def _lacks(asked: Asked, slots: tuple[SlotShown, ...], bench: Bench) -> tuple[Need, ...]:
    """What accepted proof of an element does not bear; nothing while the proof itself is not there."""
    if asked.element is None or not asked.element.needs:
        return ()
    filled = {slot.slot for slot in slots if slot.status == "accepted"}
    if not set(asked_slots(asked.indicator, asked.element)) <= filled:
        return ()
    return lacking_needs(asked.indicator, asked.element, bench.items)


def scope_of_year(year: int | None, scope: Scope) -> Scope:
    """The facts of one year alone, where years are judged apart; else all there are."""
    if year is None:
        return scope
    whole = Window(date(year, 1, 1), date(year, 12, 31))
    inside = Window(max(scope.window.first, whole.first), min(scope.window.last, whole.last))
    return scope._replace(window=inside, period=span_key(whole))


def _see(asked: Asked, bench: Bench) -> _Seen:
    scope, probe = bench.scope, asked.probe
    measured = None
    if probe.measure is not None:
        each = probe.each_member
        measured = measure_members(probe.measure, each, scope) if each else measure_value(probe.measure, scope)
    claim = _claim(asked, bench) if asked.element is not None and measured is None else None
    value, steps = (measured.value, measured.steps) if measured else (None, ())
    none_due = measured is not None and (measured.none_due or _not_triggered(asked.indicator, measured, scope))
    if asked.award is Award.RATED and asked.indicator.rating is not None and not none_due:
        entries = tuple(entry for entry in scope.facts.ratings if entry.indicator == asked.indicator.id)
        value, rated_steps = rate(asked.indicator.rating, asked.credit, entries)
        steps = (*steps, *rated_steps)
    if claim is not None and claim.value is not None:
        value = point(int(claim.value))
    contradictory = bool(measured and measured.contradictory) or claim is not None and claim.value is None
    silent = value is None and claim is None and not none_due
    return _Seen(measured, claim, value, contradictory, none_due, _clue(probe, scope) if silent else "", steps)


def question_of(probe: Probe, credit: Credit, scope: Scope) -> Question:
    """What an award form asks beside the value."""
    measure = scope.ruleset.measures[probe.measure] if probe.measure else None
    options = measure.options if isinstance(measure, model.Chosen) else ()
    share_of_members = probe.each_member is not None and probe.each_member.take is None
    lower = measure is not None and measure.direction == "lower" and not share_of_members
    return Question(probe.meets, credit, lower, scope.window.last, options)


def _not_triggered(indicator: Indicator, measured: Measured, scope: Scope) -> bool:
    """Something that is judged only where it happened, and is known not to have happened."""
    waits = waits_to_happen(indicator, measured.measure, scope)
    return waits and measured.value is not None and measured.value.exact == 0


def waits_to_happen(indicator: Indicator, measure: str, scope: Scope) -> bool:
    """Whether 0 says that there was nothing to judge: a count of 0 where something is triggered, not a share of 0."""
    counts = isinstance(scope.ruleset.measures[measure], model.Counted | model.Events | model.CountInPeriod)
    return indicator.clock is Clock.TRIGGERED and counts


def _claim(asked: Asked, bench: Bench) -> Claim | None:
    """The claim on an element for a year or the period; a filed item claims its element, no separate fact is needed."""
    stated = [bench.scope.facts.claims.get((asked.name, period)) for period in dict.fromkeys([bench.scope.period, CURRENT])]
    found = next((claim for claim in stated if claim is not None), None)
    return found or (filed_claim(asked.indicator, asked.element, asked.window, bench.items) if asked.element else None)


def _clue(probe: Probe, scope: Scope) -> str:
    """What was reported that looks like the measure asked for and is not."""
    told = []
    for clue in probe.clues:
        measured = measure_value(clue.measure, scope)
        if measured.value is not None:
            label = scope.ruleset.measures[clue.measure].label
            told.append(f"{label}{value_text(clue.measure, measured.value, scope.ruleset)}，{clue.says}")
    return "；".join(told)


def _divided(asked: Asked, seen: _Seen, shares: Range, timing: Timing, question: Question, scope: Scope) -> Shares:
    """Divide one whole by what is certain, what is possible, and what time still allows to mend."""
    earned = shares.low if timing.gains_final else ZERO
    short = _rest(ONE, shares.high)
    remedy, measured, value = asked.indicator.remedy, seen.measured, seen.value
    windowed = is_windowed(measured, scope)
    if timing.mendable and (remedy.can_fix_past or not windowed):
        recoverable = short
    elif timing.mendable and measured is not None and value is not None and value.high is not None:
        # Of several windows only those that still run can be mended; the others are lost.
        raised = Interval(value.low, min(ONE, value.high + measured.running))
        recoverable = award_shares(asked.award, raised, question).high - shares.high
    else:
        recoverable = ZERO
    if not timing.takes_points:
        return Shares(earned=earned, open=_rest(ONE, earned))
    return Shares(earned, _rest(shares.high, earned), recoverable, lost=_rest(short, recoverable))


def _rest(whole: Fraction, part: Fraction) -> Fraction:
    """What is left; most things are all or nothing, and need no sum."""
    if not part:
        return whole
    return ZERO if part is whole else whole - part


def is_windowed(measured: Measured | None, scope: Scope) -> bool:
    """Whether it is counted in windows of time, of which some may still run."""
    return measured is not None and isinstance(scope.ruleset.measures[measured.measure], model.Every)


def _cause(
    asked: Asked,
    seen: _Seen,
    shares: Range,
    reading: clocks.Reading,
    claimed: Shares,
    bench: Bench,
    slots: tuple[SlotShown, ...],
) -> Cause | None:
    """Why something is not known; ``None`` where everything is."""
    if seen.none_due:
        return Cause.NONE_DUE if reading.gains_final else Cause.NOT_YET_DECIDED
    if claimed.open == 0:
        return None
    if seen.contradictory:
        return Cause.CONTRADICTION
    if shares.low == shares.high:
        return Cause.NOT_IN_FORCE if reading.gains_final else Cause.NOT_YET_DECIDED
    if seen.clue:
        return Cause.WRONG_MEASURE
    if seen.measured is not None and (seen.value is None or seen.measured.cause is Cause.CONTRADICTION):
        return seen.measured.cause or Cause.NUMBER_MISSING
    if seen.measured is not None or asked.name in bench.scope.facts.set_aside:
        return Cause.NUMBER_MISSING
    if _lacks(asked, slots, bench):
        return Cause.NO_PROOF
    return Cause.NOT_MENTIONED


def _part_text(seen: _Seen, scope: Scope) -> str:
    measured = seen.measured
    if measured is not None:
        if seen.none_due:
            return "期内没有"
        if measured.value is None:
            return "没报" if measured.cause is Cause.NOT_MENTIONED else "报得不全"
        if measured.members_total is not None:
            met = sum(member.meets is True for member in measured.members)
            return f"{measured.members_total}个单位中{met}个达标"
        return value_text(measured.measure, measured.value, scope.ruleset)
    if seen.claim is None:
        return "没报"
    said = {True: "自报有", False: "自报没有", None: "说法不一"}[seen.claim.value]
    outside = bool(seen.claim.facts) and all(fact.source_class == "outside" for fact in seen.claim.facts)
    return said.replace("自报", "外部指出") if outside else said


# --- the whole indicator --------------------------------------------------------------------------------------------


def combined(parts: list[Part], proven_only: bool) -> Shares:
    """Add up the parts by weight; on the substantiated track what is not proven is not known."""
    counted = [part.claimed if part.proven or not proven_only else _unproven(part.claimed) for part in parts]
    if len(parts) == 1:
        return counted[0]
    whole = sum((part.weight for part in parts), ZERO)
    weights = [part.weight if whole == 1 else part.weight / whole for part in parts]
    return Shares(
        earned=_weighed(weights, (shares.earned for shares in counted)),
        open=_weighed(weights, (shares.open for shares in counted)),
        recoverable=_weighed(weights, (shares.recoverable for shares in counted)),
        lost=_weighed(weights, (shares.lost for shares in counted)),
    )


def _unproven(shares: Shares) -> Shares:
    """The same on the substantiated track, without proof: what was earned is not known."""
    return shares._replace(earned=ZERO, open=shares.open + shares.earned) if shares.earned else shares


def _weighed(weights: Iterable[Fraction], amounts: Iterable[Fraction]) -> Fraction:
    pairs = zip(weights, amounts, strict=True)
    return sum((weight if amount == 1 else weight * amount for weight, amount in pairs if amount), ZERO)


# Which forms lose piece by piece; the others lose a band as a whole.
_BY_PIECE = {Award.SHARE, Award.ELEMENTS, Award.DEDUCT_EACH, Award.RATED}

_CAUSE_ORDER = (
    Cause.CONTRADICTION,
    Cause.WRONG_MEASURE,
    Cause.NUMBER_MISSING,
    Cause.NOT_MENTIONED,
    Cause.NONE_DUE,
    Cause.NOT_IN_FORCE,
    Cause.NOT_YET_DECIDED,
)


def _state(indicator: Indicator, parts: list[Part], claimed: Shares, substantiated: Shares, bench: Bench) -> State:
    """Where the indicator stands in time (期中状态, research examples.md §4.2)."""
    as_of = bench.scope.as_of
    causes = [part.cause for part in parts]
    cause = next((c for c in _CAUSE_ORDER if c in causes), None)
    if cause is None and substantiated.earned < claimed.earned:
        cause = Cause.NO_PROOF
    needed = "；".join(d.text for part in parts for d in part.distance) or None
    due = min((part.due for part in parts if part.due is not None and part.claimed.earned < 1), default=None)
    if claimed.earned == 1:
        return State(phase=Phase.MET, cause=cause, by=_expires(indicator, bench))
    if claimed.lost > 0:
        by_piece = indicator.award in _BY_PIECE and claimed.lost < 1
        return State(phase=Phase.LOCKED_LOSS if by_piece else Phase.OUT_OF_REACH, cause=cause, needed=needed)
    if claimed.recoverable > 0:
        start = clocks.start_by(due, indicator.remedy.effort_days) if due is not None and due >= as_of else None
        slack = None if start is None else (start - as_of).days
        if slack is None or slack <= bench.profile.at_risk_days:
            return State(phase=Phase.AT_RISK, cause=cause, needed=needed, by=start)
        waits = all(is_windowed(part.measured, bench.scope) for part in parts if part.claimed.earned < 1)
        return State(
            phase=Phase.NOT_YET_DUE if waits else Phase.ON_TRACK, cause=cause, needed=needed, by=due if waits else start
        )
    if cause is Cause.NOT_YET_DECIDED:
        return State(phase=Phase.ON_TRACK, cause=cause, needed=needed, by=due)
    waiting = [part for part in parts if part.claimed.open > 0]
    if waiting and all(part.not_due for part in waiting):
        return State(phase=Phase.NOT_YET_DUE, cause=cause, needed=needed, by=due)
    if waiting and due is not None and all(part.soon or part.not_due for part in waiting):
        return State(phase=Phase.AT_RISK, cause=cause, needed=needed, by=clocks.start_by(due, indicator.remedy.effort_days))
    return State(phase=Phase.UNKNOWN, cause=cause, needed=needed)


def _expires(indicator: Indicator, bench: Bench) -> date | None:
    """The first day on which evidence in force runs out: the day after which 达标 may fall back."""
    ends = [
        admitted.item.effective_to.last
        for admitted in bench.items
        for use in admitted.uses
        if use.accepted and use.indicator == indicator.id and admitted.item.effective_to is not None
    ]
    return min(ends, default=None)
