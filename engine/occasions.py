"""Dated events: how many fall into a period, and in how many windows there were enough (频次)."""

from datetime import date
from fractions import Fraction

from engine.models import ruleset as model
from engine.models.admitted import EventList
from engine.models.admitted import Reading
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.periods import windows
from engine.quantities import quantity_text
from engine.scope import Scope
from engine.scope import as_stated
from engine.scope import falls_into
from engine.scope import nothing_known
from engine.scope import unit_of_measure


def count_all(name: str, measure: model.Events, scope: Scope) -> Measured:
    """Count the events that fall into the period."""
    listed = scope.facts.events.get((name, scope.member))
    if listed is None:
        return nothing_known(name, scope)
    return _count_events(name, measure.label, listed, scope)


def count_in_period(name: str, measure: model.CountInPeriod, scope: Scope) -> Measured:
    """Count the events of another measure that fall into the period."""
    listed = scope.facts.events.get((measure.of, scope.member))
    if listed is None:
        return nothing_known(name, scope, given=measure.of in scope.facts.set_aside)
    return _count_events(name, measure.label, listed, scope)


def _count_events(name: str, label: str, listed: EventList, scope: Scope) -> Measured:
    if listed.number is not None:
        return as_stated(name, listed.number, scope)
    inside = [falls_into(event.date, scope.window) for event in listed.events]
    count = Interval(Fraction(inside.count(True)), Fraction(inside.count(True) + inside.count(None)))
    unit = unit_of_measure(scope.ruleset.measures[name])
    return Measured(
        measure=name,
        unit=scope.member,
        value=count,
        facts=tuple(event.fact for event in listed.events),
        steps=(f"{label}：报了{len(inside)}次，期内{quantity_text(count, unit)}",),
    )


def windows_met(name: str, measure: model.Every, scope: Scope) -> Measured:
    """In how many windows something happened often enough; a window whose time still runs is short, not lost."""
    spans = windows(scope.window, measure.per, measure.starts)
    if not spans:
        steps = (f"第一个窗口{measure.starts}起算，在评估期之后",)
        return Measured(measure=name, unit=scope.member, cause=Cause.NOT_IN_FORCE, steps=steps)
    listed = scope.facts.events.get((measure.of, scope.member))
    if listed is None:
        return nothing_known(name, scope, given=measure.of in scope.facts.set_aside)
    facts = tuple(event.fact for event in listed.events)
    if listed.number is not None and spans == [scope.window]:
        return _one_window(name, measure, listed.number, scope)
    if listed.number is not None:
        label = scope.ruleset.measures[measure.of].label
        steps = (f"{label}只报了次数，没有日期，分不到各期；请逐次写日期，如 events: [{{date: {scope.window.first}}}]",)
        return nothing_known(name, scope, steps, given=True)._replace(facts=listed.number.facts)
    good = possible = running = 0
    told: list[str] = []
    ends: list[date] = []
    for span in spans:
        certain = sum(falls_into(event.date, span) is True for event in listed.events)
        perhaps = sum(falls_into(event.date, span) is None for event in listed.events)
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


def _one_window(name: str, measure: model.Every, number: Reading, scope: Scope) -> Measured:
    """A number of times without dates is enough where the period is a single window."""
    low, high = number.interval.low, number.interval.high
    good, possible = low is not None and low >= measure.at_least, high is None or high >= measure.at_least
    runs = not possible and scope.window.last >= scope.as_of
    told = quantity_text(number.interval, "次")
    return Measured(
        measure=name,
        unit=scope.member,
        value=Interval(Fraction(good), Fraction(possible)),
        good=Interval(Fraction(good), Fraction(possible)),
        due=point(1),
        running=Fraction(runs),
        running_until=scope.window.last if runs else None,
        contradictory=number.contradictory,
        cause=Cause.CONTRADICTION if number.contradictory else None,
        facts=number.facts,
        steps=(f"{scope.window}：{told}，应不少于{measure.at_least}次；整个评估期就是一个窗口，没有日期也能判断",),
    )
