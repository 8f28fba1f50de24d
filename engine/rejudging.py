"""What a change leaves to admit and to judge again (重新评判): the indicators that it reaches, and no others."""

from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Mapping
from typing import NamedTuple

from engine.allotment import Allotment
from engine.allotment import allot_points
from engine.assessment import Workings
from engine.differences import Difference
from engine.earlier import admit_earlier
from engine.earlier import as_incidents
from engine.findings import Desk
from engine.findings import checks_by_measure
from engine.findings import make_finding
from engine.findings import set_aside_by_subject
from engine.incidents import admit_incidents
from engine.inference import finding_tokens
from engine.inference import infer
from engine.inference import item_tokens
from engine.judgement import WEAKNESSES
from engine.judgement import Bench
from engine.judgement import judge_indicator
from engine.laid_out import LaidOut
from engine.models.admitted import AdmittedItem
from engine.models.admitted import StandingFinding
from engine.models.appraisal import Appraisal
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import order_of
from engine.models.result import Conclusion
from engine.models.result import Finding
from engine.models.submission import Incident
from engine.models.submission import Submission
from engine.readmitting import Refiled
from engine.readmitting import Restated
from engine.readmitting import refile
from engine.readmitting import restate
from engine.scope import Scope

Problems = tuple[Problem, ...]


class Readmitted(NamedTuple):
    """What may count after a change, and the problems that it leaves."""

    told: Restated
    filed: Refiled
    scope: Scope
    incidents: tuple[Incident, ...]
    earlier: tuple[StandingFinding, ...]
    every_incident: tuple[Incident, ...]
    dates_documents_alike: bool
    gone: list[Problem]
    come: list[Problem]


class Rejudged(NamedTuple):
    """The verdicts after a change; ``at`` is where appraisals or findings are others than they were."""

    at: list[int]
    appraisals: tuple[Appraisal, ...]
    findings: tuple[Finding, ...]
    allotment: Allotment
    conclusions: tuple[Conclusion, ...]
    found: Problems


def readmit(laid: LaidOut, submission: Submission, differs: Difference) -> Readmitted | None:
    """Admit again what a change touches; ``None`` where it is refused."""
    told = restate(laid, submission, differs)
    if told is None:
        return None
    # What was measured on the islands is so for the whole, too; nothing measured before is remembered.
    scope = laid.workings.scope._replace(facts=told.facts, measured=dict(told.now.scope.measured))
    ground, ruleset = laid.workings.ground, laid.reach.ruleset
    filed = refile(laid, submission, differs, told, scope)
    if filed is None:
        return None
    gone, come = [*told.gone, *filed.gone], [*told.come, *filed.come]
    incidents, earlier = ground.incidents, ground.earlier
    shows = {name for incident in submission.head.incidents for name in incident.evidence}
    shows |= {name for finding in submission.head.earlier_findings for name in finding.evidence}
    if any(now.item.id in shows for _, now in filed.pairs):
        gone += admit_incidents(ruleset, ground.submission.head, laid.workings.items)[1]
        gone += admit_earlier(ground.submission.head, laid.workings.items)[1]
        incidents, mended = admit_incidents(ruleset, submission.head, filed.items)
        earlier, closed = admit_earlier(submission.head, filed.items)
        come += [*mended, *closed]
    everything = ground.every_incident
    if (incidents, earlier) != (ground.incidents, ground.earlier):
        everything = (*incidents, *as_incidents(earlier))
    alike = differs.dates_documents_alike
    return Readmitted(told, filed, scope, incidents, earlier, everything, alike, *apart(gone, come))


def rejudge(laid: LaidOut, admitted: Readmitted) -> Rejudged | None:
    """Judge the indicators that the change reaches, and find again those whose points it moves."""
    was, ground, positions = laid.workings, laid.workings.ground, laid.reach.positions
    judged_now = admitted.every_incident
    found = exchange_problems(ground.found, admitted.gone, admitted.come)
    if found is None:
        return None
    reached = sorted(positions[name] for name in _reached(laid, admitted, judged_now, found))
    bench = Bench(admitted.scope, ground.profile, admitted.filed.items, judged_now)
    appraisals = list(was.appraisals)
    for at in reached:
        indicator = was.appraisals[at].indicator
        own = bench._replace(items=items_of(indicator.id, admitted.filed))
        appraisals[at] = judge_indicator(indicator, laid.reach.pillars[indicator.id], own)
    allotment = _allotted(was, reached, appraisals)
    conclusions, inferred = _concluded(laid, admitted, judged_now, reached, tuple(appraisals))
    if inferred is not None:
        found = exchange_problems(found, [p for p in found if p.code == "CLAUSE_CHAINERS_DIFFER"], inferred)
    if found is None:
        return None
    moved = [] if allotment is ground.allotment else _moved(ground.allotment, allotment, positions)
    told = admitted.told
    desk = Desk(
        admitted.scope,
        {
            was.appraisals[at].indicator.id: items_of(was.appraisals[at].indicator.id, admitted.filed)
            for at in {*reached, *moved}
        },
        checks_by_measure(told.checks),
        set_aside_by_subject(found),
        told.used,
        {value.measure: value for value in told.shown},
    )
    findings = list(was.assessment.findings)
    for at in (again := sorted({*reached, *moved})):
        findings[at] = make_finding(appraisals[at], allotment.indicators.get(appraisals[at].indicator.id, 0), desk)
    return Rejudged(again, tuple(appraisals), tuple(findings), allotment, conclusions, found)


def items_of(indicator: str, filed: Refiled) -> tuple[AdmittedItem, ...]:
    """The items that are filed for an indicator."""
    return tuple(filed.items[at] for at in filed.items_of.get(indicator, ()))


def _reached(laid: LaidOut, admitted: Readmitted, incidents: tuple[Incident, ...], found: Problems) -> set[str]:
    """The indicators that read what counts otherwise, are proven otherwise, or are told otherwise what does not count."""
    told, readers = admitted.told, laid.reach.readers
    names = {*told.names, *(p.subject for p in (*admitted.gone, *admitted.come))}
    names |= {p.subject for p in found if told.turned and p.severity is Severity.SET_ASIDE and p.place in told.turned}
    reached = {reader for name in names for reader in readers.get(name, ())}
    reached |= {use.indicator for pair in admitted.filed.pairs for one in pair if one is not None for use in one.uses}
    before = laid.workings.ground.every_incident
    for one, other in ((before, incidents), (incidents, before)) if before != incidents else ():
        weak = (incident for incident in one if incident.kind in WEAKNESSES and incident not in other)
        reached |= {name for incident in weak for name in incident.indicators if name in laid.reach.positions}
    return reached


def _allotted(was: Workings, reached: list[int], appraisals: list[Appraisal]) -> Allotment:
    if all((appraisals[at].applies == "no") == (was.appraisals[at].applies == "no") for at in reached):
        return was.ground.allotment
    return allot_points(was.ground.profile, frozenset(a.indicator.id for a in appraisals if a.applies == "no"))


def _moved(before: Allotment, after: Allotment, positions: Mapping[str, int]) -> list[int]:
    """Where the indicators stand that are now worth more or less."""
    return [at for name, at in positions.items() if before.indicators.get(name) != after.indicators.get(name)]


def _concluded(
    laid: LaidOut,
    admitted: Readmitted,
    incidents: tuple[Incident, ...],
    reached: list[int],
    appraisals: tuple[Appraisal, ...],
) -> tuple[tuple[Conclusion, ...], list[Problem] | None]:
    """Infer again where any clause or tally looks at what is said otherwise; else no problems are told."""
    was, ground = laid.workings, laid.workings.ground
    before = {*finding_tokens(was.appraisals[at] for at in reached)}
    before |= {*item_tokens(was for was, _ in admitted.filed.pairs if was is not None)}
    after = {*finding_tokens(appraisals[at] for at in reached)}
    after |= {*item_tokens(now for _, now in admitted.filed.pairs)}
    if incidents == ground.every_incident and not any(token[:3] in laid.reach.heard for token in before ^ after):
        return was.assessment.conclusions, None
    return infer(laid.reach.ruleset, ground.profile, appraisals, admitted.filed.items, incidents)


# --- problems -------------------------------------------------------------------------------------------------------


def exchange_problems(ordered: Problems, gone: Iterable[Problem], come: Iterable[Problem]) -> Problems | None:
    """The same problems in order with some less and some more; ``None`` where two would stand alike and say otherwise."""
    less, more = apart(gone, come)
    if not less and not more:
        return ordered
    entries = list(ordered)
    for p in less:
        entries.pop(entries.index(p, bisect_left(entries, order_of(p), key=order_of)))
    for p in more:
        first, after = (bisect(entries, order_of(p), key=order_of) for bisect in (bisect_left, bisect_right))
        if any(other != p for other in entries[first:after]):
            return None
        entries.insert(after, p)
    return tuple(entries)


def apart(gone: Iterable[Problem], come: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
    """What went and did not come again, and what came and had not gone."""
    more = list(come)
    less: list[Problem] = []
    for p in gone:
        if p in more:
            more.remove(p)
        else:
            less.append(p)
    return less, more
