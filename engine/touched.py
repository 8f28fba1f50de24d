"""What a change of rules touches (影响): the indicators that read, count or look at something, and the days it is for."""

from collections.abc import Iterable
from datetime import date
from datetime import timedelta

from engine.clauses import premises_of
from engine.models import ruleset as model
from engine.models.authority import InForce
from engine.models.clause import Clause
from engine.models.rule_change import TouchedPeriod
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.rule_parts import inputs_of
from engine.rule_parts import probes_of

Periods = tuple[TouchedPeriod, ...]


def period_of(term: InForce) -> TouchedPeriod:
    """The days of a term."""
    return TouchedPeriod(from_=term.from_.first, to=term.to.last if term.to else None)


def moved(before: InForce, after: InForce) -> Periods:
    """The days that are in the one term and not in the other."""
    old, new = period_of(before), period_of(after)
    found: list[TouchedPeriod] = []
    if old.from_ != new.from_:
        found.append(_between(min(old.from_, new.from_), max(old.from_, new.from_)))
    if old.to != new.to:
        ends = [end for end in (old.to, new.to) if end is not None]
        first = min(ends) + timedelta(days=1)
        found.append(TouchedPeriod(from_=first, to=max(ends) if len(ends) == 2 else None))
    return tuple(found)


def _between(first: date, beyond: date) -> TouchedPeriod:
    return TouchedPeriod(from_=first, to=beyond - timedelta(days=1))


def merged(periods: Iterable[TouchedPeriod]) -> Periods:
    """Periods in order; those that touch become one."""
    done: list[TouchedPeriod] = []
    for period in sorted(set(periods), key=lambda p: (p.from_, p.to or date.max)):
        last = done[-1] if done else None
        if last is not None and (last.to is None or period.from_ <= last.to + timedelta(days=1)):
            end = None if last.to is None or period.to is None else max(last.to, period.to)
            done[-1] = TouchedPeriod(from_=last.from_, to=end)
        else:
            done.append(period)
    return tuple(done)


def term_text(term: InForce) -> str:
    """A term for people, as precisely as it was written."""
    return f"{term.from_}至{term.to}" if term.to else f"{term.from_}起"


def readers_of(ruleset: Ruleset) -> dict[str, set[str]]:
    """The indicators that read each measure, directly or through another; clues and what is only listed count too."""
    readers: dict[str, set[str]] = {}
    for indicator in ruleset.indicators:
        probes = list(probes_of(indicator))
        todo = [p.measure for p in probes if p.measure] + [c.measure for p in probes for c in p.clues]
        todo += indicator.monitors
        while todo:
            name = todo.pop()
            if name in ruleset.measures and indicator.id not in readers.setdefault(name, set()):
                readers[name].add(indicator.id)
                todo += _held_against(ruleset.measures[name])
    return readers


def _held_against(measure: Measure) -> tuple[str, ...]:
    """What a measure is computed from or checked with."""
    if isinstance(measure, model.Counted):
        return (*measure.parts, *([measure.part_of] if measure.part_of else []))
    return inputs_of(measure)


def counting_working_days(ruleset: Ruleset) -> set[str]:
    """The indicators whose measures count in working days."""
    readers = readers_of(ruleset)
    counting = {
        name
        for name, measure in ruleset.measures.items()
        if isinstance(measure, model.OnTimeShare)
        and measure.within.working
        or isinstance(measure, model.ProcedureShare)
        and any(pause.at_least.working for pause in measure.pauses)
    }
    return {indicator for name in counting for indicator in readers.get(name, ())}


def touched_by(clause: Clause, ruleset: Ruleset) -> tuple[str, ...]:
    """The indicators that a clause looks at, deducts from or caps."""
    tallies = {tally.id: tally.count for tally in ruleset.clauses.tallies}
    named: set[str | None] = set()
    for premise in premises_of(clause):
        named |= {premise.finding, premise.member_finding, premise.evidence_returned}
        named |= {tallies[premise.tally].member_findings} if premise.tally in tallies else set()
    named |= {clause.effect.target} if clause.effect.kind == "deduct" else set()
    capped = clause.effect.target if clause.effect.kind == "cap" else None
    named |= {i.id for pillar in ruleset.pillars if pillar.id == capped for i in pillar.indicators}
    return tuple(sorted(name for name in named if name))
