"""A submission that was changed a little → its assessment, judging only what depends on the change (只重算受影响的).

What comes out equals in every byte what judging everything again gives; where the reach of a change has no bound, everything
is judged again, and that is said.
"""

from bisect import bisect_left
from bisect import bisect_right
from bisect import insort
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from engine.allotment import Allotment
from engine.allotment import allot_points
from engine.assessment import Ground
from engine.assessment import Workings
from engine.assessment import judged_on
from engine.assessment import names_of_pillars
from engine.assessment import work_out
from engine.differences import Difference
from engine.differences import difference_of
from engine.earlier import admit_earlier
from engine.earlier import as_incidents
from engine.figure_gaps import reported_and_set_aside
from engine.findings import Desk
from engine.findings import checks_by_measure
from engine.findings import make_finding
from engine.findings import set_aside_by_subject
from engine.gaps import gaps_of_indicator
from engine.gaps import gaps_of_whole
from engine.incidents import admit_incidents
from engine.inference import finding_tokens
from engine.inference import infer
from engine.inference import item_tokens
from engine.judgement import WEAKNESSES
from engine.judgement import Bench
from engine.judgement import judge_indicator
from engine.laid_out import LaidOut
from engine.laid_out import Line
from engine.laid_out import contradictions_in
from engine.laid_out import gap_of_contradiction
from engine.laid_out import lay_out
from engine.laid_out import resting_on
from engine.laid_out import with_lines
from engine.models.admitted import AdmittedItem
from engine.models.admitted import StandingFinding
from engine.models.appraisal import Appraisal
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import order_of
from engine.models.result import Conclusion
from engine.models.result import EvidenceShown
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import ProblemShown
from engine.models.result import UnitShown
from engine.models.result import ValueShown
from engine.models.result import shown
from engine.models.submission import Incident
from engine.models.submission import Override
from engine.models.submission import Submission
from engine.overriding import apply_overrides
from engine.overriding import settle_overrides
from engine.overriding import show_overrides
from engine.readmitting import Refiled
from engine.readmitting import Restated
from engine.readmitting import refile
from engine.readmitting import restate
from engine.scope import Scope
from engine.scoring import find_standing
from engine.scoring import recounted
from engine.scoring import rescored
from engine.scoring import reserves
from engine.scoring import score_pillars
from engine.scoring import score_sheet
from engine.summaries import documents_until
from engine.summaries import recount_units
from engine.summaries import show_inputs
from engine.summaries import show_item
from engine.summaries import show_units

Problems = tuple[Problem, ...]


def reassess(laid: LaidOut, submission: Submission, as_of: date | None = None) -> tuple[LaidOut | None, Problems]:
    """Assess a changed submission by the same rules and points; ``None`` and the problems where it is refused."""
    submission = judged_on(submission, as_of)
    followed = _follow(laid, submission)
    if followed is not None:
        return followed, followed.workings.ground.problems
    workings, problems = work_out(laid.reach.ruleset, laid.workings.ground.profile, submission)
    return (lay_out(workings)._replace(anew=True) if workings is not None else None), problems


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


def _follow(laid: LaidOut, submission: Submission) -> LaidOut | None:
    """Follow a change through the stages; ``None`` where it cannot be followed."""
    differs = difference_of(laid.workings.ground.submission, submission)
    admitted = _readmit(laid, submission, differs) if differs is not None else None
    if admitted is None:
        return None
    judged = _rejudge(laid, admitted)
    return _put_together(laid, submission, admitted, judged) if judged is not None else None


def _readmit(laid: LaidOut, submission: Submission, differs: Difference) -> Readmitted | None:
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


# --- verdicts -------------------------------------------------------------------------------------------------------


def _rejudge(laid: LaidOut, admitted: Readmitted) -> Rejudged | None:
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
        own = bench._replace(items=_items_of(indicator.id, admitted.filed))
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
            was.appraisals[at].indicator.id: _items_of(was.appraisals[at].indicator.id, admitted.filed)
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


def _items_of(indicator: str, filed: Refiled) -> tuple[AdmittedItem, ...]:
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


# --- the whole ------------------------------------------------------------------------------------------------------


def _put_together(laid: LaidOut, submission: Submission, admitted: Readmitted, judged: Rejudged) -> LaidOut | None:
    """Everything that rests on all verdicts together, with what changed in the place of what was."""
    was, ground, reach = laid.workings, laid.workings.ground, laid.reach
    old, told, scope = was.assessment, admitted.told, admitted.scope
    ruleset, profile = reach.ruleset, ground.profile
    standing = ground.standing
    incidents = admitted.every_incident
    if judged.conclusions is not old.conclusions or incidents != ground.every_incident:
        standing = find_standing(ruleset, judged.conclusions, submission.head.model_copy(update={"incidents": incidents}))
    overrides, problems = _overridden(laid, submission, judged, [*admitted.gone], [*admitted.come])
    if problems is None:
        return None
    now = ground._replace(
        submission=submission,
        checks=told.checks,
        contradicted=admitted.filed.contradicted,
        incidents=admitted.incidents,
        earlier=admitted.earlier,
        every_incident=incidents,
        allotment=judged.allotment,
        standing=standing,
        found=judged.found,
        problems=problems,
    )
    changed = [(old.findings[at], judged.findings[at]) for at in judged.at]
    names, held = names_of_pillars(ruleset), reserves(profile, judged.allotment, scope.unit)
    pillars = rescored(old.pillars, changed)
    if judged.allotment is not ground.allotment:
        pillars = score_pillars(names, judged.findings, held)
    coverage = recounted(
        old.score.coverage, [was.appraisals[at] for at in judged.at], [judged.appraisals[at] for at in judged.at]
    )
    decided = apply_overrides(judged.findings, overrides) if overrides else judged.findings
    gaps = _relisted(laid, admitted, judged, now)
    assessment = old.model_copy(
        update={
            "submission": old.submission.model_copy(
                update={
                    "documents_until": old.submission.documents_until
                    if admitted.dates_documents_alike
                    else documents_until(submission),
                    "facts_filed": len(submission.head.facts),
                    "facts_set_aside": told.aside,
                    "digest": submission.digest,
                    "inputs": show_inputs(submission),
                }
            ),
            "score": score_sheet(pillars, coverage, judged.conclusions, profile, standing),
            "score_with_overrides": score_sheet(
                score_pillars(names, decided, held), coverage, judged.conclusions, profile, standing
            )
            if overrides
            else None,
            "overrides": show_overrides(overrides, judged.findings, decided) if overrides else (),
            "pillars": pillars,
            "findings": judged.findings,
            "measures": _shown_measures(old.measures, told),
            "gaps": tuple(line[3] for line in gaps.lines),
            "evidence": _shown_items(old.evidence, laid, admitted.filed),
            "units": _shown_units(laid, judged, scope),
            "conclusions": judged.conclusions,
            "problems": _shown_problems(ground.problems, old.problems, problems),
        }
    )
    workings = Workings(assessment, scope, admitted.filed.items, judged.appraisals, overrides, now)
    return LaidOut(
        workings, reach, told.used, told.filed, admitted.filed.items_of, gaps.lines, gaps.contradicted, gaps.whole
    )


def _overridden(
    laid: LaidOut, submission: Submission, judged: Rejudged, gone: list[Problem], come: list[Problem]
) -> tuple[tuple[Override, ...], Problems | None]:
    """The overrides that stand, and all problems in order."""
    ruleset, ground, old = laid.reach.ruleset, laid.workings.ground, laid.workings.assessment
    overrides: tuple[Override, ...] = ()
    if submission.head.overrides:
        gone += settle_overrides(ruleset, ground.submission, old.findings)[1]
        overrides, found = settle_overrides(ruleset, submission, judged.findings)
        come += found
    gone += [p for p in ground.found if p.code == "CLAUSE_CHAINERS_DIFFER"]
    come += [p for p in judged.found if p.code == "CLAUSE_CHAINERS_DIFFER"]
    return overrides, exchange_problems(ground.problems, gone, come)


class Relisted(NamedTuple):
    """The gaps after a change, as they are laid out."""

    lines: tuple[Line, ...]
    contradicted: tuple[Gap, ...]
    whole: tuple[Gap, ...]


def _relisted(laid: LaidOut, admitted: Readmitted, judged: Rejudged, now: Ground) -> Relisted:
    """List the gaps of what was judged again anew, and those that rest on more than one indicator where they changed."""
    scope, reach = admitted.scope, laid.reach
    aside = reported_and_set_aside(list(now.problems))
    come: dict[int, tuple[Gap, ...]] = {}
    for at in judged.at:
        items = _items_of(judged.appraisals[at].indicator.id, admitted.filed)
        come[at] = tuple(gaps_of_indicator(judged.appraisals[at], judged.findings[at], items, aside, scope))
    before = contradictions_in(laid.workings.ground.problems)
    known = {id(p): gap for p, gap in zip(before, laid.contradicted, strict=True)}
    again = set(judged.at)
    contradicted = tuple(
        known[id(p)]
        if id(p) in known and again.isdisjoint(resting_on(p, reach))
        else gap_of_contradiction(p, reach, judged.appraisals, judged.findings, scope)
        for p in contradictions_in(now.problems)
    )
    whole = _whole(laid, judged, now, scope)
    if (contradicted, whole) != (laid.contradicted, laid.whole):
        come[len(reach.positions)] = (*contradicted, *whole)
    return Relisted(with_lines(laid.lines, come, scope), contradicted, whole)


def _whole(laid: LaidOut, judged: Rejudged, now: Ground, scope: Scope) -> tuple[Gap, ...]:
    """The gaps of no single indicator; of findings they look only at whether they apply."""
    old, ground = laid.workings.assessment, laid.workings.ground
    same = (judged.conclusions, now.incidents, now.earlier, now.standing) == (
        old.conclusions,
        ground.incidents,
        ground.earlier,
        ground.standing,
    )
    if same and not _apply_otherwise(laid, judged):
        return laid.whole
    return tuple(gaps_of_whole(judged.findings, judged.conclusions, now.incidents, now.earlier, now.standing, scope))


def _apply_otherwise(laid: LaidOut, judged: Rejudged) -> bool:
    before = laid.workings.assessment.findings
    return any(before[at].applicability.is_ != judged.findings[at].applicability.is_ for at in judged.at)


def _shown_measures(measures: tuple[ValueShown, ...], told: Restated) -> tuple[ValueShown, ...]:
    values = list(measures)
    for name in told.island:
        at = bisect_left(values, name, key=_measure_of)
        if at < len(values) and values[at].measure == name:
            del values[at]
    for value in told.shown:
        insort(values, value, key=_measure_of)
    return tuple(values)


def _measure_of(value: ValueShown) -> str:
    return value.measure


def _shown_items(evidence: tuple[EvidenceShown, ...], laid: LaidOut, filed: Refiled) -> tuple[EvidenceShown, ...]:
    if not filed.pairs:
        return evidence
    known = {id(admitted): one for admitted, one in zip(laid.workings.items, evidence, strict=True)}
    return tuple(known.get(id(admitted)) or show_item(admitted) for admitted in filed.items)


def _shown_units(laid: LaidOut, judged: Rejudged, scope: Scope) -> tuple[UnitShown, ...]:
    old, was = laid.workings.assessment, laid.workings.appraisals
    if _apply_otherwise(laid, judged):
        return show_units(judged.appraisals, judged.findings, scope)
    before = [(was[at], old.findings[at]) for at in judged.at]
    return recount_units(old.units, before, [(judged.appraisals[at], judged.findings[at]) for at in judged.at])


def _shown_problems(old: Problems, told: tuple[ProblemShown, ...], new: Problems) -> tuple[ProblemShown, ...]:
    if old is new:
        return told
    known = {id(p): one for p, one in zip(old, told, strict=True)}
    return tuple(known.get(id(p)) or shown(p) for p in new)


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
