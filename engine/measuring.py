"""Admitted facts → measured values (比对): exact, interval-aware, per unit, with the arithmetic.

One function per kind of measure, in one table. A measure says what is so, never whether that is enough: no condition,
no points and no clock live here. A derived value whose inputs are not all known is an interval or unknown, never a guess.
"""

import math
from collections.abc import Callable
from fractions import Fraction

from engine.contradictions import agrees
from engine.formulas import evaluate
from engine.formulas import parse_formula
from engine.models import interval as intervals
from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import Reading
from engine.models.interval import ONE
from engine.models.interval import ZERO
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import Measure
from engine.occasions import count_all
from engine.occasions import count_in_period
from engine.occasions import windows_met
from engine.periods import Window
from engine.periods import exactly_fill
from engine.periods import span_of
from engine.quantities import quantity_text
from engine.registers import on_time_share
from engine.registers import procedure_share
from engine.registers import register_size
from engine.scope import Scope
from engine.scope import as_stated
from engine.scope import members_with
from engine.scope import nothing_due
from engine.scope import nothing_known
from engine.scope import value_text


def measure_value(name: str, scope: Scope) -> Measured:
    """Measure one measure for one unit and period, once."""
    asked = (name, scope.member, scope.period, scope.window)
    known = scope.measured.get(asked)
    if known is None:
        measure = scope.ruleset.measures[name]
        known = scope.measured[asked] = _KINDS[type(measure)](name, measure, scope)
    return known


def _stored(name: str, measure: Measure, scope: Scope) -> Measured:
    reading = scope.facts.readings.get((name, scope.member, scope.period))
    if reading is not None:
        return as_stated(name, reading, scope)
    tiled = _from_stretches(name, measure, scope)
    if tiled is not None:
        return tiled
    # Figures of some years only are known, and not enough.
    loose = [reading for _, reading in _stretches(name, scope)] if scope.period == CURRENT else []
    facts = tuple(fact for reading in loose for fact in reading.facts)
    return _rolled_up(name, measure, scope) or nothing_known(name, scope, given=bool(loose))._replace(facts=facts)


def _stretches(name: str, scope: Scope) -> list[tuple[Window, Reading]]:
    """The figures of years or months that were stated of a measure."""
    return scope.facts.once(_all_stretches).get((name, scope.member), [])


def _all_stretches(facts: AdmittedFacts) -> dict[tuple[str, str], list[tuple[Window, Reading]]]:
    found: dict[tuple[str, str], list[tuple[Window, Reading]]] = {}
    for (name, unit, period), reading in facts.readings.items():
        if "/" in period:
            found.setdefault((name, unit), []).append((span_of(period), reading))
    return found


def _from_stretches(name: str, measure: Measure, scope: Scope) -> Measured | None:
    """Add up numbers of years or months that together make exactly the period."""
    if not isinstance(measure, model.Counted) or measure.over != "period" or scope.period == PREVIOUS:
        return None
    stretches = sorted(_stretches(name, scope), key=lambda stretch: stretch[0])
    if not stretches or not exactly_fill([span for span, _ in stretches], scope.window):
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
    silent = [holder for holder, reading in zip(holders, readings, strict=True) if reading is None]
    lacking = f"（缺{'、'.join(silent[:6])}{'等' if len(silent) > 6 else ''}）" if silent else ""
    told = (
        f"{len(given)}个单位相加"
        if complete
        else f"应报{expected if expected is not None else '不知几'}个单位，只有{len(given)}个报了{lacking}，只能作下限"
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


def _ratio(name: str, measure: model.Ratio, scope: Scope) -> Measured:
    top, bottom = measure_value(measure.numerator, scope), measure_value(measure.denominator, scope)
    reported = scope.facts.readings.get((name, scope.member, scope.period))
    facts = (*top.facts, *bottom.facts, *(reported.facts if reported else ()))
    steps = (*top.steps, *bottom.steps)
    if bottom.value is not None and bottom.value.exact == 0 and not bottom.contradictory:
        return nothing_due(name, measure, scope, facts, (*steps, f"{measure.label}：分母为0"))
    if reported is not None and reported.contradictory:
        return as_stated(name, reported, scope)._replace(facts=facts)
    if top.value is not None and bottom.value is not None:
        share = intervals.divide(top.value, bottom.value)
        if share is not None:
            bounded = share if measure.may_exceed_one else intervals.clip(share, ZERO, ONE)
            doubted = top.contradictory or bottom.contradictory
            shown = f" = {_number(top.value)} ÷ {_number(bottom.value)} = {quantity_text(bounded, '%')}"
            if bounded.low == 0 and bounded.high in (1, None):
                shown = "：分子分母定不下来，不能算"
            return Measured(
                measure=name,
                unit=scope.member,
                value=bounded,
                cause=Cause.CONTRADICTION if doubted else None,
                good=top.value,
                due=bottom.value,
                contradictory=doubted,
                facts=facts,
                steps=(*steps, f"{measure.label}{shown}"),
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
        return _as_reported(name, measure, reported, bottom, scope)._replace(facts=facts)
    touched = bool(facts) or Cause.NUMBER_MISSING in (top.cause, bottom.cause)
    return nothing_known(name, scope, steps, given=touched)._replace(facts=facts, due=bottom.value)


def _number(value: Interval) -> str:
    return quantity_text(value, None)


def _as_reported(name: str, measure: model.Ratio, reported: Reading, bottom: Measured, scope: Scope) -> Measured:
    """Take a rate as stated; show the count behind it only where the denominator is known and one integer alone fits."""
    measured = as_stated(name, reported, scope)
    due = bottom.value.exact if bottom.value is not None and not bottom.contradictory else None
    if due is None or due.denominator != 1 or not 0 < due <= 10**6:
        return measured._replace(steps=(*measured.steps, "分子分母没有都报，按所报的率计，不推算件数"))
    rate, unit = reported.interval, reported.interval.resolution + measure.tolerance
    first = max(0, math.floor(((rate.low or 0) - unit) * due))
    last = min(int(due), math.ceil(((1 if rate.high is None else rate.high) + unit) * due))
    fitting = [k for k in range(first, last + 1) if agrees(Fraction(k) / due, reported.interval, measure.tolerance)]
    if len(fitting) != 1:
        return measured._replace(steps=(*measured.steps, f"分母{due}，合这个率的件数有{len(fitting)}种，不推算"))
    step = f"分母{due}，只有{fitting[0]}件合这个率"
    return measured._replace(good=point(fitting[0]), due=point(due), steps=(*measured.steps, step))


def _formula(name: str, measure: model.Formula, scope: Scope) -> Measured:
    tree = parse_formula(measure.expression)
    parts: list[Measured] = []

    def value_of(part: str) -> Interval | None:
        parts.append(measure_value(part, scope))
        return parts[-1].value

    value = evaluate(tree, value_of) if tree is not None else None
    steps = tuple(step for part in parts for step in part.steps)
    return _computed(name, scope, parts, value, steps, f"{measure.label} = {measure.expression}")


def _computed(
    name: str, scope: Scope, parts: list[Measured], value: Interval | None, steps: tuple[str, ...], how: str
) -> Measured:
    """What follows from other measures: with their facts, and as doubtful as any one of them."""
    facts = tuple(fact for part in parts for fact in part.facts)
    if value is None:
        return nothing_known(name, scope, steps, given=bool(facts))._replace(facts=facts)
    doubted = any(part.contradictory for part in parts)
    return Measured(
        measure=name,
        unit=scope.member,
        value=value,
        cause=Cause.CONTRADICTION if doubted else None,
        contradictory=doubted,
        facts=facts,
        steps=(*steps, f"{how} = {value_text(name, value, scope.ruleset)}"),
    )


def _trend(name: str, measure: model.Trend, scope: Scope) -> Measured:
    """Subtract: this period's value minus the previous one's; without a previous value it is unknown, never 0."""
    now = measure_value(measure.of, scope)
    before = measure_value(measure.of, scope._replace(period=PREVIOUS))
    steps, change = (*now.steps, *(f"上期 {step}" for step in before.steps)), None
    if now.value is None or before.value is None:
        steps = (*steps, f"{'本期' if now.value is None else '上期'}的数没报，比不出变化")
    else:
        change = intervals.add(now.value, intervals.negate(before.value))
    return _computed(name, scope, [now, before], change, steps, f"{measure.label} = 本期 - 上期")


_KINDS: dict[type, Callable[..., Measured]] = {
    model.Counted: _stored,
    model.Dated: _stored,
    model.Chosen: _stored,
    model.Events: count_all,
    model.Records: register_size,
    model.Ratio: _ratio,
    model.OnTimeShare: on_time_share,
    model.ProcedureShare: procedure_share,
    model.Formula: _formula,
    model.CountInPeriod: count_in_period,
    model.Every: windows_met,
    model.Trend: _trend,
}


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
