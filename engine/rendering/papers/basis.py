"""What every report says of itself, and the names behind roles."""

from collections.abc import Mapping

from engine.gap_lines import CAUSES
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import points_text
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import PROFILE_STATUS
from engine.rendering.words import few_names
from engine.rendering.words import gap_word
from engine.rendering.words import phase_word

# To be filled in by hand: a person's name, a date, a mark.
BY_HAND = ""


def paper(kind: str, title: str, assessment: Assessment, sections: tuple[Section, ...], main: Table) -> Paper:
    """Put a report together with what each has to say of itself."""
    return Paper(
        kind, assessment.submission.unit, title, DISCLAIMER, assumed_of(assessment), about(assessment), sections, main
    )


def assumed_of(assessment: Assessment) -> str:
    """The profile that was assumed, in one line."""
    profile = assessment.profile
    return f"口径{profile.id}（{PROFILE_STATUS[profile.status]}）：官方未公布分值、权重、及格线"


def about(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """What a run was made from: rules, profile, dates kept apart, digests."""
    rules, profile, submission = assessment.ruleset, assessment.profile, assessment.submission
    read = (
        f"收录{rules.indicators}项，其中核对过原文{rules.checked_against_issued_text}项，官方{rules.official_indicators}项"
    )
    return (
        ("规则", f"{rules.title}（{rules.id} 修订{rules.revision}），{read}"),
        ("口径", f"{profile.title}（{PROFILE_STATUS[profile.status]}）。{profile.basis}"),
        ("评判日", str(assessment.as_of)),
        ("评估期", f"{submission.period_from}至{submission.period_to}"),
        ("数据截至", submission.data_until or "没有写明"),
        ("材料形成", submission.documents_until or "没有带日期的材料"),
        ("程序", assessment.engine),
        ("规则集摘要", rules.digest),
        ("填报摘要", submission.digest),
    )


def names_of_roles(assessment: Assessment) -> Mapping[str, str]:
    """The names of the units that play each role; many are counted."""
    names: dict[str, list[str]] = {}
    for unit in assessment.units:
        for role in unit.roles if unit.kind != "role" else ():
            names.setdefault(role, []).append(unit.name)
    return {role: few_names("、".join(held)) for role, held in names.items()}


def told_lead(finding: Finding, names: Mapping[str, str]) -> str:
    """Who leads an indicator."""
    return names.get(finding.lead_unit, finding.lead_unit)


def told_responsible(finding: Finding, names: Mapping[str, str]) -> str:
    """Who answers for it beside the lead."""
    return "、".join(dict.fromkeys(names.get(role, role) for role in finding.responsible_units))


def told_value(finding: Finding) -> str:
    """What is so: the value, or every element's."""
    if finding.value is not None:
        return f"{finding.value.label}{finding.value.text}"
    return "；".join(f"{one.title}：{one.text}" for one in finding.elements)


def told_state(finding: Finding) -> str:
    """Where it stands in time, and why."""
    cause = CAUSES[finding.state.cause] if finding.state.cause else ""
    return "，".join(part for part in (phase_word(finding), cause) if part)


def told_items(finding: Finding) -> str:
    """The numbers of what was filed for it and counts."""
    return "、".join(dict.fromkeys(item for slot in finding.slots for item in slot.items if slot.accepted))


def told_gap(gap: Gap) -> str:
    """A gap in one line: what kind, how it is, how far, whose."""
    named = f"{gap.indicator} " if gap.indicator else ""
    return f"〔{gap_word(gap)}〕{named}{gap.current}；{gap.missing}（{few_names(gap.unit)}）"


def two_tracks(earned: int, reachable: int) -> str:
    """A range of points."""
    return f"{points_text(earned)}至{points_text(reachable)}"
