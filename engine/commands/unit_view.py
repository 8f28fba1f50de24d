"""One unit's part of an assessment: what it leads or answers for, never another unit's."""

from collections.abc import Iterator

from engine.commands.inputs import refuse_usage
from engine.models.result import NOT_ASKED
from engine.models.result import Assessment
from engine.models.result import Coverage
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import ProblemShown
from engine.models.result import Standing
from engine.models.result import SubmissionShown
from engine.scoring import score_pillars
from engine.scoring import score_sheet
from engine.shaping import nearest

# What stands for an element of which nothing usable was filed.
NOT_TOLD = ("没报", "报得不全")


def units_named(assessment: Assessment) -> set[str]:
    """Every name and role that can be asked for."""
    roles = {role for f in assessment.findings for role in (f.lead_unit, *f.responsible_units)}
    return roles | {unit.name for unit in assessment.units}


def roles_of(assessment: Assessment, name: str) -> set[str]:
    """The roles behind a unit's name, or the role itself."""
    known = units_named(assessment)
    if name not in known:
        refuse_usage(f"没有单位或角色「{name}」。{nearest(name, known) or '可用：' + '、'.join(sorted(known))}")
    return {name} | {role for unit in assessment.units if unit.name == name for role in unit.roles}


def _concerns(item: Finding | Gap, roles: set[str]) -> bool:
    return bool({item.lead_unit, *item.responsible_units} & roles)


def gaps_of_unit(assessment: Assessment, name: str) -> tuple[Gap, ...]:
    """The gaps that a unit leads or answers for."""
    roles = roles_of(assessment, name)
    return tuple(gap for gap in assessment.gaps if _concerns(gap, roles) or gap.unit == name)


def coverage_of(findings: tuple[Finding, ...]) -> Coverage:
    """How many elements of some findings need facts and have them, how many slots are due and filled."""
    ours = [finding for finding in findings if finding.applicability.is_ == "yes"]
    single = [finding.value for finding in ours if not finding.elements]
    asked = [element for finding in ours for element in finding.elements if element.text != NOT_ASKED]
    elements = [element.text not in NOT_TOLD for element in asked]
    slots = [slot.status for finding in ours for slot in finding.slots if slot.status != "not_needed"]
    told = [value is not None and (value.low is not None or value.high is not None) for value in single]
    return Coverage(
        facts_due=len(told) + len(elements),
        facts_given=sum(told) + sum(elements),
        slots_due=len(slots),
        slots_accepted=slots.count("accepted"),
    )


def _submission_of(assessment: Assessment, name: str, roles: set[str]) -> SubmissionShown:
    """A unit does not apply and did not file the whole: it is told what it leads and what it answers for."""
    kind = next((unit.kind for unit in assessment.units if unit.name == name and unit.kind != "role"), "department")
    whole = assessment.submission
    return whole.model_copy(
        update={
            "unit": f"{whole.unit} {name}",
            "kind": kind,
            "roles": tuple(sorted(roles)),
            "facts_filed": None,
            "facts_set_aside": None,
        }
    )


def _problems_of(assessment: Assessment, findings: tuple[Finding, ...]) -> Iterator[ProblemShown]:
    """What was set aside of the unit's own indicators, and what concerns everybody."""
    places = {(line.file, line.line, line.column) for finding in findings for line in finding.trace}
    for p in assessment.problems:
        if p.severity != "set_aside" or (p.file, p.line, p.column) in places:
            yield p


def of_unit(assessment: Assessment, name: str) -> Assessment:
    """Keep only a unit's own: its findings, gaps and evidence, and the points of these alone."""
    roles = roles_of(assessment, name)
    findings = tuple(f for f in assessment.findings if _concerns(f, roles))
    ours = {f.indicator for f in findings}
    units = tuple(u for u in assessment.units if u.name == name or name in u.roles)
    names = [(p.id, p.title, p.short) for p in assessment.pillars if p.id in {f.pillar for f in findings}]
    pillars = score_pillars(names, findings)
    standing = Standing(qualified=assessment.score.qualified, reason=assessment.score.qualified_reason)
    return assessment.model_copy(
        update={
            "submission": _submission_of(assessment, name, roles),
            "findings": findings,
            "gaps": gaps_of_unit(assessment, name),
            "evidence": tuple(e for e in assessment.evidence if {use.partition("/")[0] for use in e.uses} & ours),
            "problems": tuple(_problems_of(assessment, findings)),
            "units": units,
            "conclusions": tuple(c for c in assessment.conclusions if c.unit == name),
            "pillars": pillars,
            "score": score_sheet(pillars, coverage_of(findings), standing=standing),
        }
    )
