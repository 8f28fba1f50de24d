"""One unit's part of an assessment: what it leads or answers for, never another unit's."""

from engine.commands.inputs import refuse_usage
from engine.models.result import Assessment
from engine.models.result import Coverage
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import Standing
from engine.scoring import score_pillars
from engine.scoring import score_sheet
from engine.shaping import nearest


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


def of_unit(assessment: Assessment, name: str) -> Assessment:
    """Keep only a unit's own: its findings, gaps and evidence, and the points of these alone."""
    roles = roles_of(assessment, name)
    findings = tuple(f for f in assessment.findings if _concerns(f, roles))
    ours = {f.indicator for f in findings}
    units = tuple(u for u in assessment.units if set(u.roles) & roles)
    names = [(p.id, p.title, p.short) for p in assessment.pillars if p.id in {f.pillar for f in findings}]
    pillars = score_pillars(names, findings)
    coverage = Coverage(
        facts_due=sum(u.facts_due for u in units),
        facts_given=sum(u.facts_given for u in units),
        slots_due=sum(u.slots_due for u in units),
        slots_accepted=sum(u.accepted for u in units),
    )
    standing = Standing(qualified=assessment.score.qualified, reason=assessment.score.qualified_reason)
    return assessment.model_copy(
        update={
            "submission": assessment.submission.model_copy(update={"unit": f"{assessment.submission.unit} {name}"}),
            "findings": findings,
            "gaps": gaps_of_unit(assessment, name),
            "evidence": tuple(e for e in assessment.evidence if {use.partition("/")[0] for use in e.uses} & ours),
            "units": units,
            "conclusions": tuple(c for c in assessment.conclusions if c.unit == name),
            "pillars": pillars,
            "score": score_sheet(pillars, coverage, standing=standing),
        }
    )
