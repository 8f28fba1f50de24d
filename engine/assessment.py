"""The order of the stages, named once: admit, hold against each other, accept, measure, judge, allot, find, score, list."""

from datetime import date
from typing import NamedTuple

from engine import __version__
from engine.acceptance import admit_evidence
from engine.admission import admit_facts
from engine.allotment import Allotment
from engine.allotment import allot_points
from engine.contradictions import find_contradictions
from engine.earlier import admit_earlier
from engine.earlier import as_incidents
from engine.findings import Desk
from engine.findings import admitted_places
from engine.findings import checks_by_measure
from engine.findings import make_finding
from engine.findings import set_aside_by_subject
from engine.gaps import find_gaps
from engine.incidents import admit_incidents
from engine.inference import infer
from engine.judgement import in_force
from engine.judgement import judge
from engine.measuring import reported_against_registers
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import AdmittedItem
from engine.models.admitted import RateCheck
from engine.models.admitted import StandingFinding
from engine.models.appraisal import Appraisal
from engine.models.problem import Problem
from engine.models.problem import in_order
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.result import Standing
from engine.models.result import shown
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import Incident
from engine.models.submission import Override
from engine.models.submission import Submission
from engine.overriding import apply_overrides
from engine.overriding import settle_overrides
from engine.overriding import show_overrides
from engine.scope import Scope
from engine.scope import scope_of_whole
from engine.scoring import count_coverage
from engine.scoring import find_standing
from engine.scoring import reserves
from engine.scoring import score_pillars
from engine.scoring import score_sheet
from engine.slots import items_by_indicator
from engine.summaries import show_item
from engine.summaries import show_measures
from engine.summaries import show_profile
from engine.summaries import show_ruleset
from engine.summaries import show_submission
from engine.summaries import show_units
from engine.zero_reports import contradicted_zero_reports


class Ground(NamedTuple):
    """What an assessment was made from, and what the stages handed on that it does not show.

    Attributes:
        submission: As it was judged, on the day that it was judged at.
        contradicted: The items whose figures disagree with others (E13).
        incidents, earlier: Those that stand; ``every_incident`` are both, as judgement and clauses see them.
        found: The problems that were known when the findings were made, in order; ``problems`` are all.
    """

    profile: Profile
    submission: Submission
    checks: tuple[RateCheck, ...]
    contradicted: frozenset[str]
    incidents: tuple[Incident, ...]
    earlier: tuple[StandingFinding, ...]
    every_incident: tuple[Incident, ...]
    allotment: Allotment
    standing: Standing
    found: tuple[Problem, ...]
    problems: tuple[Problem, ...]


class Workings(NamedTuple):
    """An assessment with what it rests on, for those who follow the arithmetic step by step."""

    assessment: Assessment
    scope: Scope
    items: tuple[AdmittedItem, ...]
    appraisals: tuple[Appraisal, ...]
    overrides: tuple[Override, ...]
    ground: Ground


def assess(
    ruleset: Ruleset, profile: Profile, submission: Submission, as_of: date | None = None
) -> tuple[Assessment | None, tuple[Problem, ...]]:
    """Run every stage in order. Refused problems stop it; everything else is part of the assessment.

    ``as_of`` judges the same submission on another day than its own.
    """
    workings, problems = work_out(ruleset, profile, submission, as_of)
    return (workings.assessment if workings is not None else None), problems


def work_out(
    ruleset: Ruleset, profile: Profile, submission: Submission, as_of: date | None = None
) -> tuple[Workings | None, tuple[Problem, ...]]:
    """The same, and keep what the stages made on the way."""
    submission = judged_on(submission, as_of)
    facts, problems = admit_facts(ruleset, submission)
    if refused(problems):
        return None, in_order(problems)
    facts, checks, found = find_contradictions(ruleset, submission.head.unit, facts)
    problems += found
    scope = scope_of_whole(ruleset, facts, submission.head)
    contradicted = cited_in_contradiction(facts) | contradicted_zero_reports(submission.evidence, scope)
    items, found = admit_evidence(ruleset, profile, submission, contradicted)
    problems += found
    if refused(problems):
        return None, in_order(problems)
    incidents, found = admit_incidents(ruleset, submission.head, items)
    problems += found
    earlier, found = admit_earlier(submission.head, items)
    problems += found
    head = submission.head.model_copy(update={"incidents": (*incidents, *as_incidents(earlier))})
    problems += reported_against_registers(scope)
    appraisals = judge(scope, profile, items, head.incidents)
    not_applicable = frozenset(a.indicator.id for a in appraisals if a.applies == "no")
    allotment = allot_points(profile, not_applicable)
    conclusions, found = infer(ruleset, profile, appraisals, items, head.incidents)
    problems += found
    standing = find_standing(ruleset, conclusions, head)
    found_so_far = in_order(problems)
    rates = checks_by_measure(checks)
    measures = show_measures(rates, scope)
    values = {value.measure: value for value in measures}
    used = admitted_places(facts)
    desk = Desk(scope, items_by_indicator(items), rates, set_aside_by_subject(found_so_far), used, values)
    findings = tuple(make_finding(a, allotment.indicators.get(a.indicator.id, 0), desk) for a in appraisals)
    names = names_of_pillars(ruleset)
    held = reserves(profile, allotment, head.unit)
    pillars = score_pillars(names, findings, held)
    overrides, found = settle_overrides(ruleset, submission, findings)
    problems += found
    decided = apply_overrides(findings, overrides)
    coverage = count_coverage(appraisals)
    problems += _dates_of_rules(ruleset, scope)
    ordered = in_order(problems)
    assessment = Assessment(
        engine=f"fazhi {__version__}",
        as_of=head.as_of,
        ruleset=show_ruleset(ruleset),
        profile=show_profile(profile),
        submission=show_submission(submission, scope, used),
        score=score_sheet(pillars, coverage, conclusions, profile, standing),
        score_with_overrides=score_sheet(score_pillars(names, decided, held), coverage, conclusions, profile, standing)
        if overrides
        else None,
        overrides=show_overrides(overrides, findings, decided),
        pillars=pillars,
        findings=findings,
        measures=measures,
        gaps=find_gaps(appraisals, findings, desk.filed, list(ordered), conclusions, incidents, earlier, standing, scope),
        evidence=tuple(show_item(item) for item in items),
        units=show_units(appraisals, findings, scope),
        conclusions=conclusions,
        problems=tuple(shown(p) for p in ordered),
    )
    ground = Ground(
        profile,
        submission,
        checks,
        contradicted,
        incidents,
        earlier,
        head.incidents,
        allotment,
        standing,
        found_so_far,
        ordered,
    )
    return Workings(assessment, scope, items, appraisals, overrides, ground), ordered


def judged_on(submission: Submission, as_of: date | None) -> Submission:
    """The same submission, judged on another day than its own."""
    if as_of is None:
        return submission
    return submission.model_copy(update={"head": submission.head.model_copy(update={"as_of": as_of})})


def names_of_pillars(ruleset: Ruleset) -> list[tuple[str, str, str]]:
    """By what each pillar is called on the score sheet."""
    return [(pillar.id, pillar.title, pillar.short) for pillar in ruleset.pillars]


def cited_in_contradiction(facts: AdmittedFacts) -> frozenset[str]:
    """The items that contradictory facts cite: their figures disagree with others (E13)."""
    return frozenset(
        item
        for reading in facts.readings.values()
        if reading.contradictory
        for fact in reading.facts
        for item in fact.evidence
    )


def _dates_of_rules(ruleset: Ruleset, scope: Scope) -> list[Problem]:
    """Say which rules were not in force in the period: they take no points."""
    problems: list[Problem] = []
    edition = ruleset.header.in_force
    if edition.from_.first > scope.window.last or edition.to is not None and edition.to.last < scope.window.first:
        found = f"评估期{scope.window}，本版{edition.from_}{f'至{edition.to}' if edition.to else '起'}执行"
        system = ruleset.header.system
        then = f"当时执行的版本用 --ruleset {system}@{scope.window.last}" if system else "请以当时执行的版本为准"
        problems.append(problem("EDITION_OUTSIDE", edition.place, found, f"本次只作对照；{then}"))
    for indicator in ruleset.indicators:
        for authority in indicator.authority:
            if not in_force(authority, scope.window) and authority.in_force.from_.first > scope.window.last:
                found = f"{indicator.id}的依据{authority.document}{authority.locator}{authority.in_force.from_}起施行"
                problems.append(problem("NOT_YET_IN_FORCE", authority.place, found, "只提示，不据以扣评估期的分"))
    missing = [y for y in range(scope.window.first.year, scope.window.last.year + 1) if str(y) not in ruleset.calendar.years]
    for year in missing:
        remedy = "请在 working-days.yaml 补这一年；补上前，按工作日算的时限都待核"
        problems.append(problem("CALENDAR_YEAR_MISSING", Place(file="working-days.yaml"), f"工作日表缺{year}年", remedy))
    return problems
