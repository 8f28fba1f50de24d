"""Admitted facts → measured values (比对): exact, interval-aware, per unit, with the arithmetic.

One function per kind of measure, in one table. A measure says what is so, never whether that is enough: no condition,
no points and no clock live here. A derived value whose inputs are not all known is an interval or unknown, never a guess.
"""

from collections.abc import Callable
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from engine.contradictions import agrees
from engine.formulas import evaluate
from engine.formulas import parse_formula
from engine.models import interval as intervals
from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import Case
from engine.models.admitted import EventList
from engine.models.admitted import FactRef
from engine.models.admitted import Reading
from engine.models.admitted import Register
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.measured import MemberValue
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import EachMember
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.models.submission import Unit
from engine.periods import Window
from engine.periods import exactly_fill
from engine.periods import last_day
from engine.periods import span_of
from engine.periods import windows
from engine.quantities import meets
from engine.quantities import quantity_text


class Scope(NamedTuple):
    """Whose value is measured, for which period, from what. ``as_of`` is the day it is judged at."""

    ruleset: Ruleset
    facts: AdmittedFacts
    unit: Unit
    window: Window
    as_of: date
    member: str = ""
    period: str = CURRENT


def measure_value(name: str, scope: Scope) -> Measured:
    """Measure one measure for one unit and period."""
    measure = scope.ruleset.measures[name]
    return _KINDS[type(measure)](name, measure, scope)


def unit_of_measure(measure: Measure) -> str | None:
    """In which unit a value of a measure is shown."""
    if isinstance(measure, model.Share):
        return "%"
    if isinstance(measure, model.Dated):
        return "日期"
    if isinstance(measure, model.Records):
        return measure.unit_of_measure or "件"
    return "%" if isinstance(measure, model.Every) else measure.unit_of_measure


def value_text(name: str, value: Interval | None, ruleset: Ruleset) -> str:
    """A value of a measure for people."""
    measure = ruleset.measures[name]
    if value is None:
        return "没报"
    if isinstance(measure, model.Chosen) and value.exact is not None:
        at = int(value.exact)
        return measure.options[at] if measure.kind == "choice" else ("是" if at else "否")
    return quantity_text(value, unit_of_measure(measure))


def _missing(name: str, scope: Scope, steps: tuple[str, ...] = (), given: bool = False) -> Measured:
    """Nothing is known: not mentioned at all, or mentioned without a usable number."""
    aside = name in scope.facts.set_aside
    cause = Cause.NUMBER_MISSING if given or aside else Cause.NOT_MENTIONED
    return Measured(measure=name, unit=scope.member, cause=cause, steps=steps)


# --- stored ---------------------------------------------------------------------------------------------------------


def _stored(name: str, measure: Measure, scope: Scope) -> Measured:
    reading = scope.facts.readings.get((name, scope.member, scope.period))
    if reading is not None:
        return _from_reading(name, reading, scope)
    tiled = _from_stretches(name, measure, scope)
    if tiled is not None:
        return tiled
    return _rolled_up(name, measure, scope) or _missing(name, scope)


def _from_reading(name: str, reading: Reading, scope: Scope) -> Measured:
    label = scope.ruleset.measures[name].label
    step = f"{label} = {value_text(name, reading.interval, scope.ruleset)}"
    return Measured(
        measure=name,
        unit=scope.member,
        value=reading.interval,
        cause=Cause.CONTRADICTION if reading.contradictory else None,
        contradictory=reading.contradictory,
        facts=reading.facts,
        steps=(step + ("（各处说法不一，取各种读法）" if reading.contradictory else ""),),
    )


def _from_stretches(name: str, measure: Measure, scope: Scope) -> Measured | None:
    """Add up numbers of years or months that together make exactly the period."""
    if not isinstance(measure, model.Counted) or measure.over != "period" or scope.period == PREVIOUS:
        return None
    stretches = sorted(
        (
            (span_of(period), reading)
            for (measured, unit, period), reading in scope.facts.readings.items()
            if measured == name and unit == scope.member and "/" in period
        ),
        key=lambda stretch: stretch[0],
    )
    if not exactly_fill([span for span, _ in stretches], scope.window):
        return None
    total = point(0)
    for _, reading in stretches:
        total = intervals.add(total, reading.interval)
    terms = " + ".join(value_text(name, reading.interval, scope.ruleset) for _, reading in stretches)
    doubted = any(reading.contradictory for _, reading in stretches)
    return Measured(
        measure=name,
        unit=scope.member,
        value=total,
        cause=Cause.CONTRADICTION if doubted else None,
        contradictory=doubted,
        facts=tuple(fact for _, reading in stretches for fact in reading.facts),
        steps=(f"{measure.label} = {terms} = {value_text(name, total, scope.ruleset)}",),
    )


def _rolled_up(name: str, measure: Measure, scope: Scope) -> Measured | None:
    """Add up member units: the whole where every one has reported, else a lower bound."""
    if scope.member or measure.roll_up != "sum" or not measure.held_by:
        return None
    holders, expected = members_with(measure.held_by, scope.unit)
    readings = [scope.facts.readings.get((name, holder, scope.period)) for holder in holders]
    given = [reading for reading in readings if reading is not None]
    if not given:
        return None
    total = point(0)
    for reading in given:
        total = intervals.add(total, reading.interval)
    complete = expected is not None and len(given) == expected
    if not complete:
        total = Interval(total.low, None, total.low_open)
    told = (
        f"{len(given)}个单位相加"
        if complete
        else f"应报{expected if expected is not None else '不知几'}个单位，只有{len(given)}个报了，只能作下限"
    )
    doubted = any(reading.contradictory for reading in given)
    return Measured(
        measure=name,
        value=total,
        cause=Cause.CONTRADICTION if doubted else None if complete else Cause.NUMBER_MISSING,
        contradictory=doubted,
        facts=tuple(fact for reading in given for fact in reading.facts),
        steps=(f"{measure.label}：{told} = {value_text(name, total, scope.ruleset)}",),
    )


def members_with(roles: Iterable[str], unit: Unit) -> tuple[list[str], int | None]:
    """The known members that play one of some roles, and how many there should be (``None``: not known)."""
    wanted = set(roles)
    names = [member.name for member in unit.members if set(member.roles) & wanted]
    counts = [unit.member_counts[role] for role in sorted(wanted) if role in unit.member_counts]
    expected = max(sum(counts), len(names)) if counts else len(names) or None
    return names, expected


def unit_names(role: str, unit: Unit) -> str:
    """The real names of the units that play a role, else the role itself."""
    names = [member.name for member in unit.members if role in member.roles]
    return "、".join(names) or role


# --- shares ---------------------------------------------------------------------------------------------------------


def _ratio(name: str, measure: model.Ratio, scope: Scope) -> Measured:
    top, bottom = measure_value(measure.numerator, scope), measure_value(measure.denominator, scope)
    reported = scope.facts.readings.get((name, scope.member, scope.period))
    facts = (*top.facts, *bottom.facts, *(reported.facts if reported else ()))
    steps = (*top.steps, *bottom.steps)
    if bottom.value is not None and bottom.value.exact == 0 and not bottom.contradictory:
        return _none_due(name, measure, scope, facts, (*steps, f"{measure.label}：分母为0"))
    if reported is not None and reported.contradictory:
        return _from_reading(name, reported, scope).model_copy(update={"facts": facts})
    if top.value is not None and bottom.value is not None:
        share = intervals.divide(top.value, bottom.value)
        if share is not None:
            bounded = share if measure.may_exceed_one else intervals.clip(share, Fraction(0), Fraction(1))
            doubted = top.contradictory or bottom.contradictory
            shown = f"{_number(top.value)} ÷ {_number(bottom.value)} = {quantity_text(bounded, '%')}"
            return Measured(
                measure=name,
                unit=scope.member,
                value=bounded,
                cause=Cause.CONTRADICTION if doubted else None,
                good=top.value,
                due=bottom.value,
                contradictory=doubted,
                facts=facts,
                steps=(*steps, f"{measure.label} = {shown}"),
            )
        if top.contradictory or bottom.contradictory:
            doubt = f"{measure.label}：分子分母有矛盾，算不出"
            return Measured(
                measure=name,
                unit=scope.member,
                cause=Cause.CONTRADICTION,
                contradictory=True,
                facts=facts,
                steps=(*steps, doubt),
            )
    if reported is not None:
        return _as_reported(name, measure, reported, bottom, scope).model_copy(update={"facts": facts})
    touched = bool(facts) or Cause.NUMBER_MISSING in (top.cause, bottom.cause)
    return _missing(name, scope, steps, given=touched).model_copy(update={"facts": facts, "due": bottom.value})


def _number(value: Interval) -> str:
    return quantity_text(value, None)


def _as_reported(name: str, measure: model.Ratio, reported: Reading, bottom: Measured, scope: Scope) -> Measured:
    """Take a rate as stated; show the count behind it only where the denominator is known and one integer alone fits."""
    measured = _from_reading(name, reported, scope)
    due = bottom.value.exact if bottom.value is not None and not bottom.contradictory else None
    if due is None or due.denominator != 1 or not 0 < due <= 10**6:
        return measured.model_copy(update={"steps": (*measured.steps, "分子分母没有都报，按所报的率计，不推算件数")})
    fitting = [k for k in range(int(due) + 1) if agrees(Fraction(k) / due, reported.interval, measure.tolerance)]
    if len(fitting) != 1:
        return measured.model_copy(
            update={"steps": (*measured.steps, f"分母{due}，合这个率的件数有{len(fitting)}种，不推算")}
        )
    step = f"分母{due}，只有{fitting[0]}件合这个率"
    return measured.model_copy(update={"good": point(fitting[0]), "due": point(due), "steps": (*measured.steps, step)})


def _none_due(name: str, measure: model.Share, scope: Scope, facts: tuple[FactRef, ...], steps: tuple[str, ...]) -> Measured:
    """Nothing was due: the measure itself says what that means."""
    base = Measured(measure=name, unit=scope.member, facts=facts, steps=steps, cause=Cause.NONE_DUE, none_due=True)
    if measure.when_none_due is model.NoneDue.MET:
        best = Fraction(0) if measure.direction == "lower" else Fraction(1)
        return base.model_copy(update={"value": point(best), "cause": None, "none_due": False})
    if measure.when_none_due is model.NoneDue.UNKNOWN:
        return base.model_copy(update={"none_due": False})
    return base


class _Tally(NamedTuple):
    """How many cases are good, bad, or neither yet."""

    good: int
    bad: int
    undecided: int


def _on_time_share(name: str, measure: model.OnTimeShare, scope: Scope) -> Measured:
    def on_time(case: Case) -> bool | None:
        start = case.dates.get(measure.from_)
        if start is None or len(start.text) != 10:
            return None
        limit = last_day(start.first, measure.within, scope.ruleset.calendar)
        if limit is None:
            return None
        done = case.dates.get(measure.to)
        if done is not None and done.last < start.first:
            return None
        if done is not None:
            return True if done.last <= limit else False if done.first > limit else None
        said_not_done = case.cells[measure.to].startswith(("未", "没有"))
        return False if said_not_done and limit < scope.as_of else None

    return _share_of_cases(name, measure, scope, on_time, f"{measure.within}内")


def _procedure_share(name: str, measure: model.ProcedureShare, scope: Scope) -> Measured:
    def in_order(case: Case) -> bool | None:
        answers = [_comes_before(case, before, after) for before, after in pairwise(measure.order)]
        answers += [_is_taken(case, step) for step in measure.order]
        answers += [_pause_kept(case, pause, scope) for pause in measure.pauses]
        answers += [_accepted(case.cells[column], allowed) for column, allowed in measure.accepts.items()]
        return False if False in answers else None if None in answers else True

    return _share_of_cases(name, measure, scope, in_order, "步骤齐全、次序不倒")


def _is_taken(case: Case, step: str) -> bool | None:
    if step in case.dates:
        return True
    return False if case.cells[step].startswith(("未", "没有")) else None


def _comes_before(case: Case, before: str, after: str) -> bool | None:
    first, second = case.dates.get(before), case.dates.get(after)
    if first is None or second is None:
        return None
    return True if first.last <= second.first else False if first.first > second.last else None


def _pause_kept(case: Case, pause: model.Pause, scope: Scope) -> bool | None:
    first, second = case.dates.get(pause.from_), case.dates.get(pause.to)
    if first is None or second is None or len(first.text) != 10 or len(second.text) != 10:
        return None
    earliest = last_day(first.first, pause.at_least, scope.ruleset.calendar)
    return None if earliest is None else second.first >= earliest


def _accepted(cell: str, allowed: tuple[str, ...]) -> bool | None:
    return cell in allowed if cell else None


def _share_of_cases(
    name: str,
    measure: model.OnTimeShare | model.ProcedureShare,
    scope: Scope,
    judge: Callable[[Case], bool | None],
    how: str,
) -> Measured:
    """Judge every case of the period. Only a complete register gives a denominator."""
    register = _register_of(measure.of, scope)
    reported = scope.facts.readings.get((name, scope.member, scope.period))
    if register is None or scope.period == PREVIOUS:
        if reported is not None:
            measured = _from_reading(name, reported, scope)
            return measured.model_copy(update={"steps": (*measured.steps, "没有逐件登记表，按所报的率计")})
        return _missing(name, scope, given=measure.of in scope.facts.set_aside)
    table = scope.ruleset.measures[measure.of]
    assert isinstance(table, model.Records)
    inside = [_in_window(case.dates.get(table.counted_on), scope.window) for case in register.cases]
    answers = [
        judge(case) if where and case.usable else None
        for case, where in zip(register.cases, inside, strict=True)
        if where is not False
    ]
    tally = _Tally(answers.count(True), answers.count(False), answers.count(None))
    due = len(answers)
    step = f"{measure.label}：期内{due}件，{how}{tally.good}件，不合{tally.bad}件，说不准{tally.undecided}件"
    if register.lacks:
        told = (step, f"{register.lacks}，分母说不准，不定比例")
        return Measured(
            measure=name,
            unit=scope.member,
            cause=Cause.NUMBER_MISSING,
            good=Interval(Fraction(tally.good), None),
            facts=(register.fact,),
            steps=told,
        )
    if due == 0:
        return _none_due(name, measure, scope, (register.fact,), (step,))
    value = Interval(Fraction(tally.good, due), Fraction(tally.good + tally.undecided, due))
    facts = (register.fact, *(reported.facts if reported else ()))
    if reported is not None and not reported.interval.meets_interval(_widened(value, reported.interval)):
        steps = (step, f"自报{quantity_text(reported.interval, '%')}，与登记表不合")
        doubted = intervals.hull([value, reported.interval])
        return Measured(
            measure=name,
            unit=scope.member,
            value=doubted,
            cause=Cause.CONTRADICTION,
            contradictory=True,
            facts=facts,
            steps=steps,
        )
    return Measured(
        measure=name,
        unit=scope.member,
        value=value,
        cause=Cause.NUMBER_MISSING if tally.undecided else None,
        good=Interval(Fraction(tally.good), Fraction(tally.good + tally.undecided)),
        due=point(due),
        facts=facts,
        steps=(step,),
    )


def reported_against_registers(scope: Scope) -> list[Problem]:
    """Say which reported shares disagree with the register that they were counted from."""
    problems: list[Problem] = []
    for name, unit, period in scope.facts.readings:
        measure = scope.ruleset.measures[name]
        if isinstance(measure, model.OnTimeShare | model.ProcedureShare) and period == CURRENT:
            measured = measure_value(name, scope._replace(member=unit))
            if measured.contradictory and len(measured.steps) > 1:
                place = scope.facts.readings[name, unit, period].facts[0].place
                found = f"「{measure.label}」{measured.steps[-1]}：{measured.steps[0]}"
                problems.append(problem("FACT_RATE_CHECK", place, found, "请核对登记表与所报的率，更正其一", name))
    return problems


def _widened(value: Interval, reported: Interval) -> Interval:
    """A computed share with the room that rounding or cutting the reported one leaves."""
    unit = reported.resolution
    low = None if value.low is None else value.low - unit
    high = None if value.high is None else value.high + unit / 2
    return Interval(low, high, True, False)


def _in_window(day: object, window: Window) -> bool | None:
    first, last = getattr(day, "first", None), getattr(day, "last", None)
    if first is None or last is None:
        return None
    if first >= window.first and last <= window.last:
        return True
    return False if last < window.first or first > window.last else None


# --- events ---------------------------------------------------------------------------------------------------------


def _events(name: str, measure: model.Events, scope: Scope) -> Measured:
    listed = scope.facts.events.get((name, scope.member))
    if listed is None:
        return _missing(name, scope)
    return _count_events(name, measure.label, listed, scope)


def _count_in_period(name: str, measure: model.CountInPeriod, scope: Scope) -> Measured:
    listed = scope.facts.events.get((measure.of, scope.member))
    if listed is None:
        return _missing(name, scope, given=measure.of in scope.facts.set_aside)
    return _count_events(name, measure.label, listed, scope)


def _count_events(name: str, label: str, listed: EventList, scope: Scope) -> Measured:
    if listed.number is not None:
        return _from_reading(name, listed.number, scope)
    inside = [_in_window(event.date, scope.window) for event in listed.events]
    count = Interval(Fraction(inside.count(True)), Fraction(inside.count(True) + inside.count(None)))
    unit = unit_of_measure(scope.ruleset.measures[name])
    return Measured(
        measure=name,
        unit=scope.member,
        value=count,
        facts=tuple(event.fact for event in listed.events),
        steps=(f"{label}：报了{len(inside)}次，期内{quantity_text(count, unit)}",),
    )


def _every(name: str, measure: model.Every, scope: Scope) -> Measured:
    """In how many windows something happened often enough; a window whose time still runs is short, not lost."""
    spans = windows(scope.window, measure.per, measure.starts)
    if not spans:
        steps = (f"第一个窗口{measure.starts}起算，在评估期之后",)
        return Measured(measure=name, unit=scope.member, cause=Cause.NOT_IN_FORCE, steps=steps)
    listed = scope.facts.events.get((measure.of, scope.member))
    if listed is None:
        return _missing(name, scope, given=measure.of in scope.facts.set_aside)
    facts = tuple(event.fact for event in listed.events)
    if listed.number is not None:
        label = scope.ruleset.measures[measure.of].label
        steps = (f"{label}只报了次数，没有日期，分不到各期",)
        return _missing(name, scope, steps, given=True).model_copy(update={"facts": listed.number.facts})
    good = possible = running = 0
    told: list[str] = []
    ends: list[date] = []
    for span in spans:
        certain = sum(_in_window(event.date, span) is True for event in listed.events)
        perhaps = sum(_in_window(event.date, span) is None for event in listed.events)
        is_met, may_be_met = certain >= measure.at_least, certain + perhaps >= measure.at_least
        good += is_met
        possible += may_be_met
        if not may_be_met and span.last >= scope.as_of:
            running += 1
            ends.append(span.last)
        told.append(f"{span}：{certain}次，应不少于{measure.at_least}次{'，期限未到' if span.last >= scope.as_of else ''}")
    due = len(spans)
    return Measured(
        measure=name,
        unit=scope.member,
        value=Interval(Fraction(good, due), Fraction(possible, due)),
        good=Interval(Fraction(good), Fraction(possible)),
        due=point(due),
        running=Fraction(running, due),
        running_until=min(ends, default=None),
        facts=facts,
        steps=(*told, f"{measure.label}：{due}个窗口够{good}个"),
    )


# --- derived from others --------------------------------------------------------------------------------------------


def _formula(name: str, measure: model.Formula, scope: Scope) -> Measured:
    tree = parse_formula(measure.expression)
    parts: list[Measured] = []

    def value_of(part: str) -> Interval | None:
        parts.append(measure_value(part, scope))
        return parts[-1].value

    value = evaluate(tree, value_of) if tree is not None else None
    facts = tuple(fact for part in parts for fact in part.facts)
    steps = tuple(step for part in parts for step in part.steps)
    if value is None:
        return _missing(name, scope, steps, given=bool(facts)).model_copy(update={"facts": facts})
    doubted = any(part.contradictory for part in parts)
    return Measured(
        measure=name,
        unit=scope.member,
        value=value,
        cause=Cause.CONTRADICTION if doubted else None,
        contradictory=doubted,
        facts=facts,
        steps=(*steps, f"{measure.label} = {measure.expression} = {value_text(name, value, scope.ruleset)}"),
    )


def _trend(name: str, measure: model.Trend, scope: Scope) -> Measured:
    """Subtract: this period's value minus the previous one's; without a previous value it is unknown, never 0."""
    now = measure_value(measure.of, scope)
    before = measure_value(measure.of, scope._replace(period=PREVIOUS))
    facts, steps = (*now.facts, *before.facts), (*now.steps, *(f"上期 {step}" for step in before.steps))
    if now.value is None or before.value is None:
        missing = "本期" if now.value is None else "上期"
        return _missing(name, scope, (*steps, f"{missing}的数没报，比不出变化"), given=bool(facts)).model_copy(
            update={"facts": facts}
        )
    change = intervals.add(now.value, intervals.negate(before.value))
    doubted = now.contradictory or before.contradictory
    return Measured(
        measure=name,
        unit=scope.member,
        value=change,
        cause=Cause.CONTRADICTION if doubted else None,
        contradictory=doubted,
        facts=facts,
        steps=(*steps, f"{measure.label} = 本期 - 上期 = {value_text(name, change, scope.ruleset)}"),
    )


def _register_of(name: str, scope: Scope) -> Register | None:
    """The register of a unit; of the whole, its members' together, complete only where every one's is and none is silent."""
    own = scope.facts.registers.get((name, scope.member))
    measure = scope.ruleset.measures[name]
    if own is not None or scope.member or not measure.held_by:
        return own
    holders, expected = members_with(measure.held_by, scope.unit)
    given = [found for found in (scope.facts.registers.get((name, holder)) for holder in holders) if found is not None]
    if not given:
        return None
    silent = "" if len(given) == expected else f"应交登记表{expected or '不知几'}个单位，只有{len(given)}个交了"
    loose = "、".join(register.fact.unit for register in given if register.lacks)
    return Register(
        cases=tuple(case for register in given for case in register.cases),
        lacks=silent or (f"{loose}没有写明是全量表（full: true）" if loose else ""),
        fact=given[0].fact.model_copy(update={"text": f"{len(given)}个单位的登记表", "unit": ""}),
    )


def _register(name: str, measure: model.Records, scope: Scope) -> Measured:  # noqa: ARG001 - one signature for all kinds
    register = _register_of(name, scope)
    if register is None:
        return _missing(name, scope)
    return Measured(measure=name, unit=scope.member, value=point(len(register.cases)), facts=(register.fact,))


_KINDS: dict[type, Callable[..., Measured]] = {
    model.Counted: _stored,
    model.Dated: _stored,
    model.Chosen: _stored,
    model.Events: _events,
    model.Records: _register,
    model.Ratio: _ratio,
    model.OnTimeShare: _on_time_share,
    model.ProcedureShare: _procedure_share,
    model.Formula: _formula,
    model.CountInPeriod: _count_in_period,
    model.Every: _every,
    model.Trend: _trend,
}


# --- member units ---------------------------------------------------------------------------------------------------


def measure_members(name: str, each: EachMember, scope: Scope) -> Measured:
    """Measure every member that plays a role: the share that meet, or the lowest value.

    A number that is known for the whole only is never a verdict on its members.
    """
    names, expected = members_with(each.roles, scope.unit)
    singles = [measure_value(name, scope._replace(member=member)) for member in names]
    due = [single for single in singles if not single.none_due]
    members = tuple(
        MemberValue(unit=single.unit, value=single.value, meets=_member_meets(single, each, scope)) for single in due
    )
    facts = tuple(fact for single in singles for fact in single.facts)
    whole = measure_value(name, scope)
    if whole.cause is Cause.NOT_IN_FORCE:
        return whole
    if expected is None:
        unknown = f"担任{'、'.join(each.roles)}的单位有几个没报，分母不知"
        return _missing(name, scope, (*whole.steps, unknown), given=bool(facts or whole.facts)).model_copy(
            update={"facts": (*facts, *whole.facts)}
        )
    total = expected - (len(singles) - len(due))
    reported = sum(single.value is not None for single in due)
    steps = (*whole.steps, f"应逐单位{total}个，报了{reported}个")
    base = Measured(
        measure=name, members=members, members_total=total, facts=(*facts, *whole.facts), steps=steps, due=point(total)
    )
    if total == 0:
        return base.model_copy(update={"none_due": True, "cause": Cause.NONE_DUE})
    if reported == 0:
        cause = Cause.NUMBER_MISSING if base.facts or name in scope.facts.set_aside else Cause.NOT_MENTIONED
        return base.model_copy(update={"cause": cause})
    if each.take == "lowest":
        return _lowest(base, due, total)
    met = sum(member.meets is True for member in members)
    short = sum(member.meets is False for member in members)
    value = Interval(Fraction(met, total), Fraction(total - short, total))
    doubted = any(single.contradictory for single in due)
    told = f"达标{met}个，不达标{short}个，不知{total - met - short}个"
    return base.model_copy(
        update={
            "value": value,
            "good": Interval(Fraction(met), Fraction(total - short)),
            "cause": None if value.exact is not None else Cause.CONTRADICTION if doubted else Cause.NUMBER_MISSING,
            "running_until": min((single.running_until for single in due if single.running_until), default=None),
            "running": Fraction(sum(_may_still(single, member) for single, member in zip(due, members, strict=True)), total),
            "steps": (*steps, told),
        }
    )


def _may_still(single: Measured, member: MemberValue) -> bool:
    """Whether a member is short only because its time still runs."""
    return member.meets is False and single.running > 0


def _member_meets(single: Measured, each: EachMember, scope: Scope) -> bool | None:
    if single.value is None or each.meets is None:
        return None
    measure = scope.ruleset.measures[single.measure]
    options = measure.options if isinstance(measure, model.Chosen) else ()
    return meets(single.value, each.meets, scope.window.last, options)


def _lowest(base: Measured, due: list[Measured], total: int) -> Measured:
    known = [single.value for single in due if single.value is not None]
    highs = [value.high for value in known if value.high is not None]
    lows = [value.low for value in known if value.low is not None]
    complete = len(known) == total
    low = min(lows) if complete and len(lows) == len(known) else None
    value = Interval(low, min(highs) if highs else None)
    cause = None if complete else Cause.NUMBER_MISSING
    return base.model_copy(update={"value": value, "cause": cause})
