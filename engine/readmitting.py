"""The facts of some islands and some items of evidence, admitted once more after a change (重新受理).

The islands are admitted as they were and as they are: what they gave then goes, what they give now comes, and everything
else stays what it was.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from engine.acceptance import judge_item
from engine.acceptance import problems_of_item
from engine.acceptance import slots_of_every_year
from engine.acceptance import unknown_names
from engine.acceptance import with_coverage
from engine.admission import admit_ratings
from engine.admission import admit_vetted
from engine.admission import codes_set_aside
from engine.assessment import cited_in_contradiction
from engine.contradictions import find_contradictions
from engine.differences import Difference
from engine.findings import checks_by_measure
from engine.findings import places_of
from engine.laid_out import LaidOut
from engine.laid_out import Places
from engine.laid_out import by_indicator
from engine.laid_out import exchange_places
from engine.measuring import reported_against_registers
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import AdmittedItem
from engine.models.admitted import RateCheck
from engine.models.problem import Problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.result import ValueShown
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.models.submission import Fact
from engine.models.submission import RatingEntry
from engine.models.submission import Submission
from engine.reach import Reach
from engine.reach import confined
from engine.scope import Scope
from engine.scope import scope_of_whole
from engine.summaries import count_set_aside
from engine.summaries import filed_at
from engine.summaries import show_measures
from engine.vetting import vet_facts
from engine.zero_reports import is_contradicted


class Stated(NamedTuple):
    """What some facts of one submission come to on their islands alone."""

    filed: tuple[Fact, ...]
    facts: AdmittedFacts
    checks: tuple[RateCheck, ...]
    problems: list[Problem]
    scope: Scope


class Rated(NamedTuple):
    """The ratings that count, the indicators that are rated otherwise, and the problems that went and came."""

    entries: tuple[RatingEntry, ...]
    names: frozenset[str] = frozenset()
    gone: tuple[Problem, ...] = ()
    come: tuple[Problem, ...] = ()


class Restated(NamedTuple):
    """All facts after a change.

    Attributes:
        was, now: What is stated on the islands that the change touches.
        names: What counts otherwise: measures, elements, and indicators that are rated otherwise.
        island, shown: The measures that the change touches, and their values as they are shown.
        used, filed: The places of the facts that count, and of all; ``turned`` came among the former, or went.
        aside: How many facts count for nothing.
    """

    facts: AdmittedFacts
    checks: tuple[RateCheck, ...]
    was: Stated
    now: Stated
    names: frozenset[str]
    island: Mapping[str, Measure]
    shown: tuple[ValueShown, ...]
    gone: list[Problem]
    come: list[Problem]
    used: Places
    filed: Places
    turned: frozenset[Place]
    aside: int


def restate(laid: LaidOut, submission: Submission, differs: Difference) -> Restated | None:
    """Admit what is stated on the touched islands again; ``None`` where it is refused."""
    ruleset, ground, old = laid.reach.ruleset, laid.workings.ground, laid.workings.scope.facts
    if vet_facts(ruleset, submission, differs.come):
        return None
    subjects = differs.subjects
    rules = _rules_of(laid.reach, subjects)
    island = rules.measures
    was, now = (_stated(rules, one, subjects) for one in (ground.submission, submission))
    if refused(now.problems):
        return None
    rated = _rated(laid, submission, differs)
    same = (was.facts, was.checks, was.problems) == (now.facts, now.checks, now.problems)
    facts = _exchanged_facts(old, was.facts, now.facts, rated)
    gone, come = tuple(places_of(was.facts)), tuple(places_of(now.facts))
    used = exchange_places(laid.used, gone, come)
    filed = exchange_places(laid.filed, _places_filed(differs.gone), _places_filed(differs.come))
    turned = frozenset(place for place in (*gone, *come) if (place in laid.used) != (place in used))
    checks = [check for check in ground.checks if check.measure not in island]
    return Restated(
        facts=facts,
        checks=tuple(sorted((*checks, *now.checks), key=lambda check: (check.measure, check.unit))),
        was=was,
        now=now,
        names=frozenset(() if same else {*island, *subjects}) | rated.names,
        island=island,
        shown=show_measures(checks_by_measure(now.checks), now.scope),
        gone=[*was.problems, *rated.gone],
        come=[*now.problems, *rated.come],
        used=used,
        filed=filed,
        turned=turned,
        aside=_aside(laid, was, now, facts, used, filed, turned, submission),
    )


def _rules_of(reach: Reach, subjects: frozenset[str]) -> Ruleset:
    """The rules of all islands that are touched, as those of one."""
    touched = {id(rules): rules for name in subjects if (rules := reach.islands.get(name)) is not None}
    if len(touched) == 1:
        return next(iter(touched.values()))
    return confined(reach.ruleset, {name: m for rules in touched.values() for name, m in rules.measures.items()})


def _stated(rules: Ruleset, submission: Submission, subjects: frozenset[str]) -> Stated:
    island = rules.measures
    filed = tuple(fact for fact in submission.head.facts if fact.measure in island or fact.element in subjects)
    head = submission.head.model_copy(update={"facts": filed, "ratings": ()})
    facts, problems = admit_vetted(rules, submission.model_copy(update={"head": head}))
    facts, checks, found = find_contradictions(rules, head.unit, facts)
    scope = scope_of_whole(rules, facts, head)
    return Stated(filed, facts, checks, [*problems, *found, *reported_against_registers(scope)], scope)


def _rated(laid: LaidOut, submission: Submission, differs: Difference) -> Rated:
    """Who filled in what, as a fact or as an item, may not rate it."""
    ruleset, before = laid.reach.ruleset, laid.workings.scope.facts.ratings
    if not submission.head.ratings or laid.reach.rated.isdisjoint({*differs.subjects, *differs.proves}):
        return Rated(before)
    _, gone = admit_ratings(ruleset, laid.workings.ground.submission)
    after, come = admit_ratings(ruleset, submission)
    names = {entry.indicator for one, other in ((before, after), (after, before)) for entry in one if entry not in other}
    return Rated(after, frozenset(names), tuple(gone), tuple(come))


def _exchanged_facts(old: AdmittedFacts, was: AdmittedFacts, now: AdmittedFacts, rated: Rated) -> AdmittedFacts:
    aside = {**was.set_aside, **codes_set_aside(rated.gone)}
    return old.model_copy(
        update={
            "readings": _exchanged(old.readings, was.readings, now.readings),
            "claims": _exchanged(old.claims, was.claims, now.claims),
            "events": _exchanged(old.events, was.events, now.events),
            "registers": _exchanged(old.registers, was.registers, now.registers),
            "set_aside": _exchanged(old.set_aside, aside, {**now.set_aside, **codes_set_aside(rated.come)}),
            "ratings": rated.entries,
        }
    )


def _exchanged(whole: dict[Any, Any], gone: dict[Any, Any], come: dict[Any, Any]) -> dict[Any, Any]:
    """What has a place keeps it; what stands in the order of its keys goes on to do so."""
    if gone.keys() == come.keys():
        return {**whole, **come} if come else whole
    kept = {key: value for key, value in whole.items() if key not in gone}
    return dict(sorted({**kept, **come}.items(), key=lambda entry: entry[0]))


def _places_filed(facts: tuple[Fact, ...]) -> list[Place]:
    return [place for fact in facts for place in filed_at(fact)]


def _aside(
    laid: LaidOut,
    was: Stated,
    now: Stated,
    facts: AdmittedFacts,
    used: Places,
    filed: Places,
    turned: frozenset[Place],
    submission: Submission,
) -> int:
    """How many facts count for nothing; those elsewhere are counted again only where they share a place that turned."""
    here = Counter(_places_filed(now.filed)) if turned else Counter()
    if any(filed.get(place, 0) != here[place] for place in turned):
        return count_set_aside(submission.head.facts, facts, used)
    before = laid.workings.assessment.submission.facts_set_aside or 0
    less = count_set_aside(was.filed, laid.workings.scope.facts, laid.used)
    return before - less + count_set_aside(now.filed, facts, used)


# --- items ----------------------------------------------------------------------------------------------------------


class Refiled(NamedTuple):
    """All items after a change; ``pairs`` are those that were judged otherwise, or for the first time."""

    items: tuple[AdmittedItem, ...]
    items_of: Mapping[str, tuple[int, ...]]
    contradicted: frozenset[str]
    pairs: tuple[tuple[AdmittedItem | None, AdmittedItem], ...] = ()

    @property
    def gone(self) -> list[Problem]:
        """The problems that went."""
        return [p for was, _ in self.pairs if was is not None for p in problems_of_item(was)]

    @property
    def come(self) -> list[Problem]:
        """The problems that came."""
        return [p for _, now in self.pairs for p in problems_of_item(now)]


def refile(laid: LaidOut, submission: Submission, differs: Difference, told: Restated, scope: Scope) -> Refiled | None:
    """Judge again the items that differ, those that facts now contradict or no more, and what counts years with them."""
    doubtful = _doubtful(laid, told) | differs.items
    if not doubtful:
        return Refiled(laid.workings.items, laid.items_of, laid.workings.ground.contradicted)
    reach, ground = laid.reach, laid.workings.ground
    entered = {item.id: item for item in submission.evidence if item.id in doubtful}
    if any(unknown_names(entered[name], reach.ruleset, submission) for name in differs.items if name in entered):
        return None
    cited = cited_in_contradiction(scope.facts)
    doubted = {n for n, item in entered.items() if n in cited or is_contradicted(item, scope)}
    contradicted = (ground.contradicted - doubtful) | doubted
    again = differs.items | ((ground.contradicted ^ contradicted) & entered.keys())
    judged = {
        name: judge_item(entered[name], reach.indicators, ground.profile, submission, contradicted)
        for name in again
        if name in entered
    }
    old = {admitted.item.id: admitted for admitted in laid.workings.items}
    items = [judged.get(item.id) or old[item.id] for item in submission.evidence]
    items = _covered(items, [old.get(name) for name in again] + list(judged.values()), reach, submission)
    pairs = tuple((old.get(one.item.id), one) for one in items if old.get(one.item.id) is not one)
    moved = [one.item.id for one in items] != list(old) or any(was is None or _uses(was) != _uses(now) for was, now in pairs)
    return Refiled(tuple(items), by_indicator(tuple(items)) if moved else laid.items_of, frozenset(contradicted), pairs)


def _uses(admitted: AdmittedItem) -> list[str]:
    return [use.indicator for use in admitted.uses]


def _doubtful(laid: LaidOut, told: Restated) -> set[str]:
    """The items whose figures may now agree or disagree with others: cited there, or saying that there was nothing."""
    readings = (*told.was.facts.readings.values(), *told.now.facts.readings.values())
    cited = {name for reading in readings if reading.contradictory for fact in reading.facts for name in fact.evidence}
    reach, items = laid.reach, laid.workings.items
    readers = {reader for name in told.names for reader in reach.readers.get(name, ())}
    for reader in readers:
        if any(slot.for_none for slot in reach.indicators[reader].evidence):
            cited |= {items[at].item.id for at in laid.items_of.get(reader, ())}
    return cited


def _covered(
    items: list[AdmittedItem], touched: list[AdmittedItem | None], reach: Reach, submission: Submission
) -> list[AdmittedItem]:
    """Count years again for the requirements that touched items are filed for."""
    asked = {(use.indicator, use.slot) for admitted in touched if admitted is not None for use in admitted.uses}
    yearly = reach.ruleset.once(slots_of_every_year)
    slots = {key: yearly[key] for key in asked if key in yearly}
    if not slots:
        return items
    filed = [at for at, one in enumerate(items) if any((use.indicator, use.slot) in slots for use in one.uses)]
    covered = dict(zip(filed, with_coverage([items[at] for at in filed], slots, submission), strict=True))
    return [covered.get(at, one) for at, one in enumerate(items)]
