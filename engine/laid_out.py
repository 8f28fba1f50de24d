"""An assessment laid out so that what one change does to it can be followed (摊开)."""

from bisect import insort
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import NamedTuple

from engine.assessment import Workings
from engine.clause_gaps import CONTRADICTIONS
from engine.clause_gaps import find_contradicted
from engine.findings import places_of
from engine.gaps import gaps_of_whole
from engine.gaps import order_of_work
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.problem import Problem
from engine.models.record import Place
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.reach import Reach
from engine.reach import reach_of
from engine.scope import Scope
from engine.summaries import filed_at

# How often something stands at a place; where nothing stands is not in it.
Places = Mapping[Place, int]
# A gap with its rank in the order of work; gaps of the same rank stand in the order of where they come from.
Line = tuple[tuple[object, ...], int, int, Gap]


class LaidOut(NamedTuple):
    """An assessment, the reach of its rules, and where in it things stand.

    Attributes:
        used, filed: The places of the facts that count, and of all that were submitted.
        items_of: By indicator, the items that are filed for it, by their position.
        lines: The gaps in the order of work, by source: indicators by position, then all the others.
        contradicted: A gap for every contradiction among the problems, in their order; ``whole`` are the gaps after them.
        anew: Whether the last change had to be judged from the start.
    """

    workings: Workings
    reach: Reach
    used: Places
    filed: Places
    items_of: Mapping[str, tuple[int, ...]]
    lines: tuple[Line, ...]
    contradicted: tuple[Gap, ...]
    whole: tuple[Gap, ...]
    anew: bool = False


def lay_out(workings: Workings) -> LaidOut:
    """Lay an assessment out, with the reach of its rules."""
    scope, ground, findings = workings.scope, workings.ground, workings.assessment.findings
    reach = scope.ruleset.once(reach_of)
    contradicted = tuple(
        gap_of_contradiction(p, reach, workings.appraisals, findings, scope) for p in contradictions_in(ground.problems)
    )
    whole = tuple(
        gaps_of_whole(findings, workings.assessment.conclusions, ground.incidents, ground.earlier, ground.standing, scope)
    )
    return LaidOut(
        workings=workings,
        reach=reach,
        used=Counter(places_of(scope.facts)),
        filed=Counter(place for fact in ground.submission.head.facts for place in filed_at(fact)),
        items_of=by_indicator(workings.items),
        lines=_lines_of(workings.assessment.gaps, (*contradicted, *whole), reach, scope),
        contradicted=contradicted,
        whole=whole,
    )


def by_indicator(items: tuple[AdmittedItem, ...]) -> dict[str, tuple[int, ...]]:
    """Where the items stand that are filed for each indicator."""
    found: dict[str, list[int]] = {}
    for at, admitted in enumerate(items):
        for name in {use.indicator for use in admitted.uses}:
            found.setdefault(name, []).append(at)
    return {name: tuple(places) for name, places in found.items()}


def exchange_places(places: Places, gone: Iterable[Place], come: Iterable[Place]) -> Places:
    """The same places with some less and some more."""
    counts = dict(places)
    for place in come:
        counts[place] = counts.get(place, 0) + 1
    for place in gone:
        counts[place] -= 1
        if not counts[place]:
            del counts[place]
    return counts


# --- gaps -----------------------------------------------------------------------------------------------------------


def contradictions_in(problems: tuple[Problem, ...]) -> Iterator[Problem]:
    """The problems that are gaps themselves."""
    return (p for p in problems if p.code in CONTRADICTIONS)


def resting_on(p: Problem, reach: Reach) -> list[int]:
    """Where the indicators stand that may rest on what contradicts itself."""
    return sorted(reach.positions[name] for name in reach.readers.get(p.subject, ()))


def gap_of_contradiction(
    p: Problem, reach: Reach, appraisals: tuple[Appraisal, ...], findings: tuple[Finding, ...], scope: Scope
) -> Gap:
    """The gap of one contradiction, by the indicators that may rest on it."""
    at = resting_on(p, reach)
    (gap,) = find_contradicted([p], tuple(appraisals[i] for i in at), tuple(findings[i] for i in at), scope)
    return gap


def _lines_of(gaps: tuple[Gap, ...], others: tuple[Gap, ...], reach: Reach, scope: Scope) -> tuple[Line, ...]:
    """The ordered gaps with their ranks and sources."""
    kept = [gap for gap in gaps if gap.kind not in (GapKind.CONTRADICTION, GapKind.CLAUSE)]
    sources = ((reach.positions[str(gap.indicator)], gap) for gap in kept)
    lines: list[Line] = [(order_of_work(gap, scope.as_of), at, n, gap) for n, (at, gap) in enumerate(sources)]
    return with_lines(lines, {len(reach.positions): others}, scope)


def with_lines(lines: Iterable[Line], come: Mapping[int, Iterable[Gap]], scope: Scope) -> tuple[Line, ...]:
    """The same lines with those of some sources in the place of their former ones."""
    kept = [line for line in lines if line[1] not in come]
    for source, gaps in come.items():
        for n, gap in enumerate(gaps):
            insort(kept, (order_of_work(gap, scope.as_of), source, n, gap))
    return tuple(kept)
