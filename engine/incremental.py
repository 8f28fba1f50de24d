"""A submission that was changed a little → its assessment, judging only what depends on the change (只重算受影响的).

What comes out equals in every byte what judging everything again gives; where the reach of a change has no bound, everything
is judged again, and that is said.
"""

from bisect import bisect_left
from bisect import insort
from datetime import date
from typing import NamedTuple

from engine.assessment import Ground
from engine.assessment import Workings
from engine.assessment import judged_on
from engine.assessment import names_of_pillars
from engine.assessment import work_out
from engine.differences import difference_of
from engine.figure_gaps import reported_and_set_aside
from engine.gaps import gaps_of_indicator
from engine.gaps import gaps_of_whole
from engine.laid_out import LaidOut
from engine.laid_out import Line
from engine.laid_out import contradictions_in
from engine.laid_out import gap_of_contradiction
from engine.laid_out import lay_out
from engine.laid_out import resting_on
from engine.laid_out import with_lines
from engine.models.problem import Problem
from engine.models.result import EvidenceShown
from engine.models.result import Gap
from engine.models.result import ProblemShown
from engine.models.result import UnitShown
from engine.models.result import ValueShown
from engine.models.result import shown
from engine.models.submission import Override
from engine.models.submission import Submission
from engine.overriding import apply_overrides
from engine.overriding import settle_overrides
from engine.overriding import show_overrides
from engine.readmitting import Refiled
from engine.readmitting import Restated
from engine.rejudging import Problems
from engine.rejudging import Readmitted
from engine.rejudging import Rejudged
from engine.rejudging import exchange_problems
from engine.rejudging import items_of
from engine.rejudging import readmit
from engine.rejudging import rejudge
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


def reassess(laid: LaidOut, submission: Submission, as_of: date | None = None) -> tuple[LaidOut | None, Problems]:
    """Assess a changed submission by the same rules and points; ``None`` and the problems where it is refused."""
    submission = judged_on(submission, as_of)
    followed = _follow(laid, submission)
    if followed is not None:
        return followed, followed.workings.ground.problems
    workings, problems = work_out(laid.reach.ruleset, laid.workings.ground.profile, submission)
    return (lay_out(workings)._replace(anew=True) if workings is not None else None), problems


def _follow(laid: LaidOut, submission: Submission) -> LaidOut | None:
    """Follow a change through the stages; ``None`` where it cannot be followed."""
    differs = difference_of(laid.workings.ground.submission, submission)
    admitted = readmit(laid, submission, differs) if differs is not None else None
    if admitted is None:
        return None
    judged = rejudge(laid, admitted)
    return _put_together(laid, submission, admitted, judged) if judged is not None else None


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
        items = items_of(judged.appraisals[at].indicator.id, admitted.filed)
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
