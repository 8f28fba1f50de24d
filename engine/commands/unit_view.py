"""One unit's part of an assessment: what it leads or answers for, never another unit's."""

from collections.abc import Iterator

from engine.commands.inputs import Inputs
from engine.commands.inputs import refuse_usage
from engine.departments import Department
from engine.departments import department_view
from engine.discretion import own_finding
from engine.discretion import own_gap
from engine.models.result import NOT_ASKED
from engine.models.result import Assessment
from engine.models.result import Coverage
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import ProblemShown
from engine.models.result import Standing
from engine.models.result import SubmissionShown
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.owed import named_units
from engine.owed import owed_by_units
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
    """The roles behind a unit's name, or the role itself; a unit that assesses itself may be asked for by its own name."""
    if name == assessment.submission.unit and assessment.submission.kind != "government":
        return {name, *assessment.submission.roles}
    known = units_named(assessment)
    if name not in known:
        refuse_usage(f"没有单位或角色「{name}」。{nearest(name, known) or '可用：' + '、'.join(sorted(known))}")
    return {name} | {role for unit in assessment.units if unit.name == name for role in unit.roles}


def role_behind(ruleset: Ruleset, name: str) -> str:
    """The role that an overlay gives a real unit by name; any other name as it is."""
    named = ruleset.overlaid.units if ruleset.overlaid is not None else {}
    roles = sorted(role for role, names in named.items() if name in names)
    if len(roles) > 1:
        refuse_usage(f"「{name}」担任几个角色，请写一个：{'、'.join(roles)}")
    return roles[0] if roles else name


def _concerns(item: Finding | Gap, roles: set[str]) -> bool:
    return bool({item.lead_unit, *item.responsible_units} & roles)


def gaps_of_unit(assessment: Assessment, name: str) -> tuple[Gap, ...]:
    """The gaps that a unit leads or answers for, without the figures of others."""
    roles = roles_of(assessment, name)
    _, others = _own_and_others(assessment, name)
    return tuple(own_gap(gap, others) for gap in assessment.gaps if _concerns(gap, roles) or gap.unit == name)


def _own_and_others(assessment: Assessment, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The unit, or the units behind a role, and every other member."""
    own = frozenset(roles_of(assessment, name) if name == assessment.submission.unit else {name})
    own |= {unit.name for unit in assessment.units if name in unit.roles}
    return own, named_units(assessment) - own


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


def _problems_of(assessment: Assessment, findings: tuple[Finding, ...], others: frozenset[str]) -> Iterator[ProblemShown]:
    """What was set aside of the unit's own indicators, and what concerns everybody; nothing that names another unit."""
    places = {(line.file, line.line, line.column) for finding in findings for line in finding.trace}
    for p in assessment.problems:
        concerns = p.severity != "set_aside" or (p.file, p.line, p.column) in places
        if concerns and not any(other in p.found or other in p.file for other in others):
            yield p


def of_unit(assessment: Assessment, name: str) -> Assessment:
    """Keep only a unit's own: its findings, gaps and evidence, and the points of these alone."""
    roles = roles_of(assessment, name)
    own, others = _own_and_others(assessment, name)
    findings = tuple(own_finding(f, own, others) for f in assessment.findings if _concerns(f, roles))
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
            "problems": tuple(_problems_of(assessment, findings, others)),
            "units": units,
            "conclusions": tuple(c for c in assessment.conclusions if c.unit == name),
            "pillars": pillars,
            "score": score_sheet(pillars, coverage_of(findings), standing=standing),
        }
    )


def department_of(judged: Inputs, name: str) -> Department:
    """One unit's view of a whole assessment, or of its own submission."""
    assessment = judged.assessment
    roles = frozenset(roles_of(assessment, name))
    owed = owed_by_units(assessment, judged.ruleset, judged.stages)
    lines = [line for unit in _own_and_others(assessment, name)[0] for line in owed.get(unit, ())]
    led = {finding.indicator for finding in assessment.findings if finding.lead_unit in roles}
    own = frozenset(item.id for item in judged.submission.evidence if _is_own(item, name, led, judged))
    return department_view(assessment, name, roles, lines, own)


def _is_own(item: EvidenceItem, name: str, led: set[str], judged: Inputs) -> bool:
    """Whether a unit filed an item: it lies in its part, bears its name, or proves what it leads and bears no name."""
    if name == judged.submission.head.unit.name:
        return True
    if judged.owners:
        return judged.owners.get(item.id) == name
    named = {proof.unit for proof in item.proves if proof.unit} | ({item.unit} if item.unit else set())
    return name in named or not named and any(proof.indicator in led for proof in item.proves)
