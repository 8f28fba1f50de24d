"""Rules asked part by part, so that many units can share the answers (拆问): the plain path's own answers, and no others.

A unit is a row of cells, each under the name of what it states: ``law_study_hours`` a measure, ``law_study_hours@previous``
the same in the period before, ``I-R20.compiled`` an element, ``I-R20/catalogue`` how many accepted items fill a slot. What a
row does not state, nobody said. Members' figures, dated registers, incidents and returned evidence have no cell: a share
that was measured elsewhere is stated as a value of its measure.
"""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from engine.admission import admit_facts
from engine.allotment import Allotment
from engine.allotment import allot_points
from engine.contradictions import find_contradictions
from engine.findings import track_of
from engine.inference import infer
from engine.judgement import Asked
from engine.judgement import Bench
from engine.judgement import applies_to
from engine.judgement import combined
from engine.judgement import judge
from engine.judgement import judge_part
from engine.judgement import parts_asked
from engine.judgement import short_members
from engine.models import ruleset as model
from engine.models.admitted import PREVIOUS
from engine.models.admitted import AdmittedItem
from engine.models.admitted import Use
from engine.models.appraisal import Part
from engine.models.appraisal import Shares
from engine.models.appraisal import Timing
from engine.models.exact import PartialDate
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import refused
from engine.models.result import Conclusion
from engine.models.result import Range
from engine.models.result import SlotShown
from engine.models.result import Split
from engine.models.ruleset import Indicator
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Period
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Unit
from engine.narrowing import islands
from engine.narrowing import reached
from engine.scope import Scope
from engine.scope import scope_of_whole
from engine.scoring import UNPLACED
from engine.scoring import added_up
from engine.scoring import after_clauses
from engine.scoring import reserves
from engine.slots import asked_slots
from engine.slots import fill_slot
from engine.slots import is_proven
from engine.slots import none_is_proven

Cells = Mapping[str, str | bool]
_COLUMN = re.compile(
    r"(?P<measure>[A-Za-z][A-Za-z0-9_-]*)(?P<previous>@previous)?|(?P<indicator>I-[A-Z0-9-]+)(?P<mark>[./])(?P<part>\w[\w-]*)"
)
_FILED = re.compile(r"(\d{1,4})(?: lacks (.+))?")


class Frame(NamedTuple):
    """What many rows have in common: the kind of unit, the period, the day they are judged at."""

    level: str
    legislative_power: bool
    first: date
    last: date
    as_of: date


class Answer(NamedTuple):
    """What one part of an indicator is worth by some cells: shares of one, and whether it leaves the denominator.

    Attributes:
        dropped: Whatever is proven.
        dropped_if_none: If a zero report is accepted.
    """

    earned: Fraction
    open: Fraction
    recoverable: Fraction
    lost: Fraction
    dropped: bool
    dropped_if_none: bool


class Points(NamedTuple):
    """What an indicator gets, in thousandths, on one track."""

    outcome: str
    earned: int
    reachable: int
    recoverable: int
    lost: int


class Question(NamedTuple):
    """One part of an indicator, and the names of the cells that its value and its proof depend on.

    Attributes:
        value_cells: Where no figures contradict each other.
        doubtful_cells: Where some might: with all cells of measures that hang together with its own.
        hangs_on: The names that stand for these measures.
    """

    indicator: Indicator
    asked: Asked
    weight: Fraction
    value_cells: tuple[str, ...]
    doubtful_cells: tuple[str, ...]
    proof_cells: tuple[str, ...]
    hangs_on: frozenset[str]


class Rules(NamedTuple):
    """Everything that the rules ask of the rows of one frame.

    Attributes:
        not_applicable: Which indicators do not apply to any row of the frame.
        together: Every measure under the name that stands for all that can contradict each other.
    """

    ruleset: Ruleset
    profile: Profile
    frame: Frame
    head: SubmissionFile
    questions: tuple[Question, ...]
    scored: tuple[str, ...]
    not_applicable: frozenset[str]
    together: dict[str, str]


def rules_for(ruleset: Ruleset, profile: Profile, frame: Frame, columns: Iterable[str]) -> Rules:
    """Ask the rules what they want to know of the rows of a frame that state some cells."""
    stated = frozenset(columns)
    head = _head(frame)
    scope = _scope(ruleset, head, ())
    bench = Bench(scope, profile, ())
    scored = [i for i in ruleset.indicators if i.kind is not model.Kind.MONITORED]
    out = frozenset(i.id for i in ruleset.indicators if applies_to(i, scope)[0] != "yes")
    together = {name: min(island) for name, island in islands(ruleset.measures).items()}
    questions = tuple(
        _question(i, asked, weight, ruleset, together, stated)
        for i in scored
        if i.id not in out
        for asked, weight in parts_asked(i, bench)
    )
    return Rules(ruleset, profile, frame, head, questions, tuple(i.id for i in scored), out, together)


def cells_known(ruleset: Ruleset) -> frozenset[str]:
    """The name of every cell that a row may state."""
    measures = {name for name, measure in ruleset.measures.items() if not isinstance(measure, model.Records)}
    parts = {f"{i.id}.{e.key}" for i in ruleset.indicators for e in i.elements if e.measure is None}
    slots = {f"{i.id}/{slot.slot}" for i in ruleset.indicators for slot in i.evidence}
    return frozenset(measures | {f"{name}@{PREVIOUS}" for name in measures} | parts | slots)


def _question(
    indicator: Indicator, asked: Asked, weight: Fraction, ruleset: Ruleset, together: dict[str, str], stated: frozenset[str]
) -> Question:
    own = _measures_of(asked, ruleset)
    compared = any(isinstance(ruleset.measures[name], model.Trend) for name in own)
    hangs_on = frozenset(together[name] for name in own)
    related = [name for name, stands_for in together.items() if stands_for in hangs_on]
    said: list[str] = []
    if asked.probe.measure is None and asked.element is not None:
        said = [asked.name, *(f"{indicator.id}/{slot}" for slot in asked.element.proof)]
    values = [cell for name in own for cell in (name, *([f"{name}@{PREVIOUS}"] if compared else []))]
    doubtful = [cell for name in sorted(related) for cell in (name, f"{name}@{PREVIOUS}")]
    return Question(
        indicator,
        asked,
        weight,
        value_cells=tuple(name for name in (*said, *values) if name in stated),
        doubtful_cells=tuple(name for name in (*said, *doubtful) if name in stated),
        proof_cells=_proof_cells(indicator, asked, stated),
        hangs_on=hangs_on,
    )


def _measures_of(asked: Asked, ruleset: Ruleset) -> tuple[str, ...]:
    """The measure that a part asks about, with all that it is worked out from."""
    name = asked.probe.measure
    return () if name is None else tuple(sorted(reached([name], ruleset.measures)))


def _proof_cells(indicator: Indicator, asked: Asked, stated: frozenset[str]) -> tuple[str, ...]:
    none = [slot.slot for slot in indicator.evidence if slot.for_none]
    names = dict.fromkeys(f"{indicator.id}/{slot}" for slot in (*asked_slots(indicator, asked.element), *none))
    return tuple(name for name in names if name in stated)


def answer(rules: Rules, question: Question, cells: Cells) -> Answer | list[Problem]:
    """What the plain path says of one part by the cells that it depends on; or why the cells cannot be used."""
    indicator, asked = question.indicator, question.asked
    scope, problems = _admitted(rules, facts_of(cells))
    if refused(problems):
        return problems
    items = items_of(indicator, cells, rules.frame)
    part = judge_part(asked, question.weight, _filled(indicator, items, scope), Bench(scope, rules.profile, items))
    reports = {f"{indicator.id}/{slot.slot}": str(slot.count) for slot in indicator.evidence if slot.for_none}
    if asked.probe.measure is None or not reports:
        return _answered(part.claimed, part.dropped, part.dropped)
    items = items_of(indicator, reports, rules.frame)
    reported = judge_part(asked, question.weight, _filled(indicator, items, scope), Bench(scope, rules.profile, items))
    return _answered(part.claimed, part.dropped, reported.dropped)


def _answered(shares: object, dropped: bool, dropped_if_none: bool) -> Answer:
    earned, open_, recoverable, lost = (getattr(shares, name) for name in ("earned", "open", "recoverable", "lost"))
    return Answer(earned, open_, recoverable, lost, dropped, dropped_if_none)


def proof(rules: Rules, question: Question, cells: Cells) -> tuple[bool, bool]:
    """Whether accepted evidence carries a part, and whether a zero report was accepted for its indicator."""
    indicator = question.indicator
    items = items_of(indicator, cells, rules.frame)
    slots = _filled(indicator, items, _scope(rules.ruleset, rules.head, ()))
    return is_proven(indicator, question.asked.element, slots, items), none_is_proven(indicator, slots)


def _filled(indicator: Indicator, items: tuple[AdmittedItem, ...], scope: Scope) -> tuple[SlotShown, ...]:
    short = short_members(indicator, scope)
    return tuple(fill_slot(indicator, slot, items, scope.unit, short) for slot in indicator.evidence)


def allot(rules: Rules, dropped: frozenset[str]) -> Allotment:
    """The points of the rows of which some indicators have nothing to judge."""
    return allot_points(rules.profile, rules.not_applicable | dropped)


class Judged(NamedTuple):
    """A row by the plain path: points by indicator on both tracks, maxima, totals of both, and the clauses that fired."""

    claimed: dict[str, Points]
    substantiated: dict[str, Points]
    maximum: dict[str, int]
    totals: tuple[Range, Range]
    clauses: tuple[str, ...]


def judge_row(rules: Rules, cells: Cells) -> Judged | list[Problem]:
    """Judge one row by the plain path, whole: contradictions, intervals, clauses and all."""
    scope, problems = _admitted(rules, facts_of(cells))
    if refused(problems):
        return problems
    items = tuple(item for i in rules.ruleset.indicators for item in items_of(i, cells, rules.frame))
    appraisals = [a for a in judge(scope, rules.profile, items) if a.indicator.id in rules.scored]
    allotment = allot_points(rules.profile, frozenset(a.indicator.id for a in appraisals if a.applies == "no"))
    made: list[dict[str, Points]] = [{}, {}]
    maximum: dict[str, int] = {}
    for a in appraisals:
        judged = a.applies == "yes"
        maximum[a.indicator.id] = allotment.indicators.get(a.indicator.id, 0) if judged else 0
        for points, shares in zip(made, (a.claimed, a.substantiated), strict=True):
            t = track_of(shares, maximum[a.indicator.id], judged, "")
            points[a.indicator.id] = Points(t.outcome.value, t.earned, t.reachable_points, t.recoverable, t.lost)
    conclusions, _ = infer(rules.ruleset, rules.profile, tuple(appraisals), items, ())
    claimed, substantiated = (_total(rules, points, maximum, reserved(rules, allotment), conclusions) for points in made)
    return Judged(made[0], made[1], maximum, (claimed, substantiated), tuple(c.clause for c in conclusions))


def _total(
    rules: Rules,
    points: dict[str, Points],
    maximum: dict[str, int],
    held: dict[str, int],
    conclusions: tuple[Conclusion, ...],
) -> Range:
    own = {name: _split(line) for name, line in points.items()}
    pillars = [
        (
            pillar,
            sum(maximum[name] for name in names) + held.get(pillar, 0),
            added_up([own[name] for name in names], held.get(pillar, 0)),
        )
        for pillar, names in pillars_of(rules).items()
    ]
    return after_clauses(pillars, conclusions)


def _split(line: Points) -> Split:
    return Split(earned=line.earned, open=line.reachable - line.earned, recoverable=line.recoverable, lost=line.lost)


def pillars_of(rules: Rules) -> dict[str, list[str]]:
    """The scored indicators of every pillar; points held in reserve may belong to none."""
    found = {p.id: [i.id for i in p.indicators if i.id in rules.scored] for p in rules.ruleset.pillars}
    return found | {UNPLACED: []}


def reserved(rules: Rules, allotment: Allotment) -> dict[str, int]:
    """What is held in reserve, by pillar, in thousandths."""
    found: dict[str, int] = {}
    for held in reserves(rules.profile, allotment, rules.head.unit):
        found[held.pillar] = found.get(held.pillar, 0) + held.points
    return found


def refusal(rules: Rules, cells: Cells) -> str:
    """Why cells cannot be used at all; empty where they can."""
    _, problems = _admitted(rules, facts_of(cells))
    return why_not(problems)


def exact_points(parts: Iterable[tuple[Question, Answer, bool]], maximum: int) -> tuple[Points, Points]:
    """The points of an indicator on both tracks by the answers to its kept parts, and whether each is proven."""
    kept = [_part(question, given, proven) for question, given, proven in parts]
    both = (track_of(combined(kept, proven_only=only), maximum, True, "") for only in (False, True))
    claimed, substantiated = (Points(t.outcome.value, t.earned, t.reachable_points, t.recoverable, t.lost) for t in both)
    return claimed, substantiated


def _part(question: Question, given: Answer, proven: bool) -> Part:
    return Part(
        key="",
        title="",
        weight=question.weight,
        claimed=Shares(earned=given.earned, open=given.open, recoverable=given.recoverable, lost=given.lost),
        claim=None,
        timing=Timing(gains_final=False, mendable=False, takes_points=False),
        carried=proven,
        proven=proven,
    )


# --- cells to facts and evidence ------------------------------------------------------------------------------------


def facts_of(cells: Cells) -> tuple[Fact, ...]:
    """The facts that the cells of a row state."""
    facts: list[Fact] = []
    for name, value in cells.items():
        found = _COLUMN.fullmatch(name)
        assert found is not None, name
        if found["mark"] == "/":
            continue
        if found["measure"] is None:
            facts.append(Fact(element=name, value=value))
        elif found["previous"]:
            facts.append(Fact(measure=found["measure"], value=value, period=PREVIOUS))
        else:
            facts.append(Fact(measure=name, value=value))
    return tuple(facts)


def read_filed(text: str) -> tuple[int, frozenset[str]] | None:
    """Read the cell of a slot: how many items are accepted, and what none of them bears (``1 lacks public_url``)."""
    found = _FILED.fullmatch(text)
    if found is None:
        return None
    lacks = frozenset(part.strip() for part in (found[2] or "").split(",") if part.strip())
    return (int(found[1]), lacks) if lacks <= {need.value for need in model.Need} else None


def items_of(indicator: Indicator, cells: Cells, frame: Frame) -> tuple[AdmittedItem, ...]:
    """The accepted items that the cells of a row state for an indicator."""
    items: list[AdmittedItem] = []
    for slot in indicator.evidence:
        cell = cells.get(f"{indicator.id}/{slot.slot}")
        if cell is None:
            continue
        filed = read_filed(str(cell))
        assert filed is not None, "cells are vetted first"
        count, lacks = filed
        for number in range(count):
            name = f"{indicator.id}-{slot.slot}-{number}"
            period = Period(from_=PartialDate(frame.first.isoformat()), to=PartialDate(frame.last.isoformat()))
            item = EvidenceItem(
                id=name,
                title=slot.title,
                kind=slot.kinds[0],
                covers=period,
                number=None if "number" in lacks else "1",
                signed_by=None if "signature" in lacks else "署名",
                source_class="self" if "outside" in lacks else "outside",
                url=None if "public_url" in lacks else "https://example.invalid/",
            )
            use = Use(item=name, indicator=indicator.id, slot=slot.slot, unit="")
            items.append(AdmittedItem(item=item, sha256=None, codes=(), warnings=(), uses=(use,)))
    return tuple(items)


def why_not(problems: Iterable[Problem]) -> str:
    """Why a row is set aside, in one line."""
    told = [f"{p.code} {p.found}；{p.remedy}" for p in problems if p.severity is Severity.REFUSED]
    return "　".join(dict.fromkeys(told))


def _head(frame: Frame) -> SubmissionFile:
    return SubmissionFile(
        unit=Unit(name="-", kind="government", level=frame.level, legislative_power=frame.legislative_power),
        period=Period(from_=PartialDate(frame.first.isoformat()), to=PartialDate(frame.last.isoformat())),
        as_of=frame.as_of,
    )


def _submission(head: SubmissionFile, facts: tuple[Fact, ...]) -> Submission:
    whole = head.model_copy(update={"facts": facts})
    return Submission(head=whole, evidence=(), tables={}, files={}, inputs=())


def _scope(ruleset: Ruleset, head: SubmissionFile, facts: tuple[Fact, ...]) -> Scope:
    admitted, _ = admit_facts(ruleset, _submission(head, facts))
    return scope_of_whole(ruleset, admitted, head)


def _admitted(rules: Rules, facts: tuple[Fact, ...]) -> tuple[Scope, list[Problem]]:
    admitted, problems = admit_facts(rules.ruleset, _submission(rules.head, facts))
    admitted, _, _ = find_contradictions(rules.ruleset, rules.head.unit, admitted)
    return scope_of_whole(rules.ruleset, admitted, rules.head), problems
