"""The order of the stages, named once: admit, hold against each other, accept, measure, judge, allot, find, score, list."""

from datetime import date

from engine import __version__
from engine.acceptance import admit_evidence
from engine.admission import admit_facts
from engine.admission import submission_window
from engine.allotment import allot_points
from engine.contradictions import find_contradictions
from engine.findings import make_finding
from engine.findings import show_value
from engine.gaps import find_gaps
from engine.gaps import unit_names
from engine.judgement import in_force
from engine.judgement import judge
from engine.measuring import Scope
from engine.measuring import measure_value
from engine.measuring import reported_against_registers
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import AdmittedItem
from engine.models.admitted import RateCheck
from engine.models.appraisal import Appraisal
from engine.models.problem import Problem
from engine.models.problem import in_order
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.result import EvidenceShown
from engine.models.result import Finding
from engine.models.result import InputShown
from engine.models.result import ProfileShown
from engine.models.result import RulesetShown
from engine.models.result import SubmissionShown
from engine.models.result import UnitShown
from engine.models.result import ValueShown
from engine.models.result import shown
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import TextStatus
from engine.models.submission import Submission
from engine.scoring import score_pillars
from engine.scoring import score_sheet
from engine.sources import digest_of


def assess(
    ruleset: Ruleset, profile: Profile, submission: Submission, as_of: date | None = None
) -> tuple[Assessment | None, tuple[Problem, ...]]:
    """Run every stage in order. Refused problems stop it; everything else is part of the assessment.

    ``as_of`` judges the same submission on another day than its own.
    """
    if as_of is not None:
        submission = submission.model_copy(update={"head": submission.head.model_copy(update={"as_of": as_of})})
    head = submission.head
    facts, problems = admit_facts(ruleset, submission)
    if refused(problems):
        return None, in_order(problems)
    facts, checks, found = find_contradictions(ruleset, head.unit, facts)
    problems += found
    items, found = admit_evidence(ruleset, profile, submission, _contradicted_items(facts))
    problems += found
    if refused(problems):
        return None, in_order(problems)
    scope = Scope(ruleset, facts, head.unit, submission_window(head), head.as_of)
    problems += reported_against_registers(scope)
    appraisals = judge(scope, profile, items)
    not_applicable = frozenset(a.indicator.id for a in appraisals if a.applies == "no")
    allotment = allot_points(profile, not_applicable)
    findings = tuple(make_finding(a, allotment.indicators.get(a.indicator.id, 0), items, checks, scope) for a in appraisals)
    pillars = score_pillars(ruleset, profile, allotment, findings, head.unit)
    problems += _dates_of_rules(ruleset, scope)
    ordered = in_order(problems)
    return (
        Assessment(
            engine=f"fazhi {__version__}",
            as_of=head.as_of,
            ruleset=_show_ruleset(ruleset),
            profile=_show_profile(profile),
            submission=_show_submission(submission, scope),
            score=score_sheet(pillars, appraisals),
            pillars=pillars,
            findings=findings,
            measures=_show_measures(checks, scope),
            gaps=find_gaps(appraisals, findings, items, list(ordered), scope),
            evidence=tuple(_show_item(item) for item in items),
            units=_show_units(appraisals, findings, scope),
            conclusions=(),
            problems=tuple(shown(p) for p in ordered),
        ),
        ordered,
    )


def _contradicted_items(facts: AdmittedFacts) -> frozenset[str]:
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
        found = f"评估期{scope.window}，本版{edition.from_}起执行"
        remedy = "本次只作对照；请以当时执行的版本为准"
        problems.append(problem("EDITION_OUTSIDE", edition.place, found, remedy))
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


def _show_ruleset(ruleset: Ruleset) -> RulesetShown:
    checked = sum(i.text_status is TextStatus.VERIFIED for i in ruleset.indicators)
    header = ruleset.header
    return RulesetShown(
        id=header.id,
        title=header.title,
        edition=header.edition,
        revision=header.revision,
        digest=ruleset.digest,
        indicators=len(ruleset.indicators),
        checked_against_issued_text=checked,
        official_indicators=header.official_totals.indicators,
    )


def _show_profile(profile: Profile) -> ProfileShown:
    return ProfileShown(
        id=profile.id,
        title=profile.title,
        status=profile.status,
        basis=profile.basis,
        na_policy=profile.na_policy,
        digest=digest_of(profile),
    )


def _show_submission(submission: Submission, scope: Scope) -> SubmissionShown:
    head = submission.head
    documents = [item.issued for item in submission.evidence if item.issued is not None]
    return SubmissionShown(
        unit=head.unit.name,
        kind=head.unit.kind,
        level=head.unit.level,
        period_from=scope.window.first,
        period_to=scope.window.last,
        data_until=str(head.data_until) if head.data_until else None,
        documents_until=str(max(documents)) if documents else None,
        digest=submission.digest,
        inputs=tuple(InputShown(file=i.file, sha256=i.sha256) for i in submission.inputs),
    )


def _show_measures(checks: tuple[RateCheck, ...], scope: Scope) -> tuple[ValueShown, ...]:
    """Every value that the whole unit reported or that follows from what it reported."""
    measured = (measure_value(name, scope) for name in sorted(scope.ruleset.measures))
    return tuple(show_value(m, checks, scope) for m in measured if m.value is not None)


def _show_item(admitted: AdmittedItem) -> EvidenceShown:
    item = admitted.item
    codes = tuple(sorted({*admitted.codes, *(code for use in admitted.uses for code in use.codes)}))
    accepted = any(use.accepted for use in admitted.uses)
    return EvidenceShown(
        id=item.id,
        title=item.title,
        kind=item.kind,
        number=item.number,
        issued=str(item.issued) if item.issued else None,
        published=str(item.published) if item.published else None,
        covers=f"{item.covers.from_}至{item.covers.to}" if item.covers else None,
        sha256=admitted.sha256,
        url=item.url,
        status="accepted" if accepted else "returned" if codes else "unused",
        reviewed=bool(item.reviewed_by and item.reviewed_by != item.filled_by),
        codes=codes,
        warnings=admitted.warnings,
        uses=tuple(f"{use.indicator}/{use.slot}" for use in admitted.uses),
    )


def _show_units(appraisals: tuple[Appraisal, ...], findings: tuple[Finding, ...], scope: Scope) -> tuple[UnitShown, ...]:
    """What each leading unit owes and has given; a role stands for a unit whose name is not known."""
    leads = sorted({finding.lead_unit for finding in findings if finding.applicability.is_ == "yes"})
    return tuple(_show_unit(role, appraisals, findings, scope) for role in leads)


def _show_unit(role: str, appraisals: tuple[Appraisal, ...], findings: tuple[Finding, ...], scope: Scope) -> UnitShown:
    led = [(a, f) for a, f in zip(appraisals, findings, strict=True) if f.lead_unit == role and f.applicability.is_ == "yes"]
    parts = [part for a, _ in led for part in a.parts]
    slots = [slot for a, _ in led for slot in a.slots if slot.status != "not_needed"]
    member = next((m for m in scope.unit.members if role in m.roles), None)
    return UnitShown(
        name=unit_names(role, scope.unit),
        kind=member.kind if member else "role",
        roles=(role,),
        facts_due=len(parts),
        facts_given=sum(part.text not in ("没报", "报得不全") for part in parts),
        slots_due=len(slots),
        accepted=sum(slot.status == "accepted" for slot in slots),
        returned=sum(slot.status == "returned" for slot in slots),
        maximum=sum(f.maximum for _, f in led),
        earned=sum(f.substantiated.earned for _, f in led),
    )
