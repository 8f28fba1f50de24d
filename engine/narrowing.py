"""A whole ruleset → the part of it that can say anything about some indicators (局部规则集).

A rule test and a search over submissions judge one indicator thousands of times. What stays is exactly what the result of
that indicator can depend on, so that judging the part and judging the whole give the same finding.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction

from engine.clauses import premises_of
from engine.formulas import names_in
from engine.formulas import parse_formula
from engine.models import ruleset as model
from engine.models.clause import Clause
from engine.models.clause import Clauses
from engine.models.clause import Premise
from engine.models.clause import Tally
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.rule_parts import inputs_of
from engine.rule_parts import probes_of


def narrow(
    ruleset: Ruleset, indicators: Iterable[str], stated: Iterable[str] = (), incidents: Iterable[str] = ()
) -> Ruleset:
    """Keep some indicators, with the measures, points and clauses that concern them.

    ``stated`` names measures that are reported, and ``incidents`` kinds of events: they may meet what is kept.
    """
    names = set(indicators)
    kept = [i for i in ruleset.indicators if i.id in names]
    measures = connected({*stated, *(name for i in kept for name in named_by(i))}, ruleset.measures)
    clauses = _clauses_within(ruleset, kept, set(incidents))
    pillars = [pillar for pillar in ruleset.pillars if names & {i.id for i in pillar.indicators}]
    return ruleset.model_copy(
        update={
            "pillars": tuple(_within(pillar, names) for pillar in pillars),
            "measures": {name: measure for name, measure in ruleset.measures.items() if name in measures},
            "profiles": {name: _points_of(profile, names, clauses) for name, profile in ruleset.profiles.items()},
            "clauses": clauses,
            "kept": (),
            "groups": (),
            "evaluations": {},
        }
    )


def _within(pillar: model.Pillar, names: set[str]) -> model.Pillar:
    return pillar.model_copy(update={"indicators": tuple(i for i in pillar.indicators if i.id in names)})


def _points_of(profile: Profile, names: set[str], clauses: Clauses) -> Profile:
    points = {name: worth for name, worth in profile.points.items() if name in names}
    fired = {clause.id for clause in clauses.clauses}
    return profile.model_copy(
        update={
            "evaluation": None,
            "points": points,
            "maximum": sum(points.values(), Fraction(0)),
            "reserve": (),
            "credit": {name: credit for name, credit in profile.credit.items() if name in names},
            "clauses": {name: amount for name, amount in profile.clauses.items() if name in fired},
        }
    )


# --- measures -------------------------------------------------------------------------------------------------------


def named_by(indicator: Indicator) -> Iterator[str]:
    """The measures that an indicator names: what it measures, mistakes for it, and only shows."""
    yield from indicator.monitors
    for probe in probes_of(indicator):
        yield from (clue.measure for clue in probe.clues)
        if probe.measure is not None:
            yield probe.measure


def near(measure: Measure) -> Iterator[str]:
    """The measures that one is computed from, is a part of, or is held against."""
    yield from inputs_of(measure)
    if isinstance(measure, model.Counted):
        yield from (*measure.parts, *([measure.part_of] if measure.part_of else []))
    if isinstance(measure, model.Dated) and measure.not_before:
        yield measure.not_before
    if isinstance(measure, model.Ratio):
        trees = (parse_formula(text) for text in measure.variants.values())
        yield from (name for tree in trees if tree is not None for name in names_in(tree))


def reached(names: Iterable[str], measures: dict[str, Measure]) -> tuple[str, ...]:
    """Some measures and everything that they are computed from."""
    found: dict[str, None] = {}
    todo = list(names)
    while todo:
        name = todo.pop(0)
        if name not in found:
            found[name] = None
            todo += inputs_of(measures[name])
    return tuple(found)


def connected(names: Iterable[str], measures: dict[str, Measure]) -> set[str]:
    """Some measures and everything that any chain of computing or comparing ties to them, in whichever direction."""
    tied = islands(measures)
    return {name for start in names if start in measures for name in tied[start]}


def islands(measures: dict[str, Measure]) -> dict[str, frozenset[str]]:
    """Every measure with all that any chain of computing or comparing ties to it, itself included."""
    ties: dict[str, set[str]] = {name: set() for name in measures}
    for name, measure in measures.items():
        for other in near(measure):
            ties[name].add(other)
            ties[other].add(name)
    found: dict[str, frozenset[str]] = {}
    for start in measures:
        if start not in found:
            island, todo = set[str](), [start]
            while todo:
                name = todo.pop()
                if name not in island:
                    island.add(name)
                    todo += ties[name]
            found |= dict.fromkeys(island, frozenset(island))
    return found


# --- clauses --------------------------------------------------------------------------------------------------------


def _clauses_within(ruleset: Ruleset, indicators: list[Indicator], incidents: set[str]) -> Clauses:
    """The clauses that can fire from these indicators and these kinds of events alone."""
    clauses = ruleset.clauses
    names = {indicator.id for indicator in indicators}
    pillars = {p.id: sum(i.id in names for i in p.indicators) for p in ruleset.pillars} | {"all": len(names)}
    kept: tuple[Clause, ...] = ()
    while True:
        concluded = {clause.concludes for clause in kept if clause.concludes}
        counted = {t.id for t in clauses.tallies if _may_count(t, names, pillars, incidents, concluded)}
        may_hold = _holder(names, incidents, counted, concluded)
        more = tuple(c for c in clauses.clauses if all(any(map(may_hold, p.any or (p,))) for p in c.when))
        if more == kept:
            break
        kept = more
    asked = {premise.tally for clause in kept for premise in premises_of(clause)}
    return clauses.model_copy(update={"clauses": kept, "tallies": tuple(t for t in clauses.tallies if t.id in asked)})


def _holder(names: set[str], incidents: set[str], counted: set[str], concluded: set[str]) -> Callable[[Premise], bool]:
    found = {
        "finding": names,
        "member_finding": names,
        "evidence_returned": names,
        "incident": incidents,
        "tally": counted,
        "concluded": concluded,
    }
    return lambda premise: getattr(premise, premise.subject) in found[premise.subject]


def _may_count(tally: Tally, names: set[str], pillars: dict[str, int], incidents: set[str], concluded: set[str]) -> bool:
    count = tally.count
    if count.findings is not None:
        return pillars.get(count.findings, 0) >= tally.at_least
    return count.member_findings in names or count.incidents in incidents or count.concluded in concluded
