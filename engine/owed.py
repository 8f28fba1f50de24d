"""What each unit owes (谁欠什么): an assessment in, one list a unit out.

A unit owes what it leads, and its own line of what is counted unit by unit. No line tells of another unit.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date

from engine.clause_gaps import EFFECTS
from engine.clocks import start_by
from engine.discretion import without_others
from engine.gap_lines import CAUSES
from engine.models.campaign import Asks
from engine.models.campaign import Owed
from engine.models.campaign import Stage
from engine.models.measured import Cause
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import MemberShown
from engine.models.result import ValueShown
from engine.models.ruleset import Ruleset

# Conclusions that follow from other gaps and ask for nothing by themselves.
_FOLLOW = {EFFECTS[effect] for effect in ("cap", "cause", "level", "warn")}
_ASKED_BY: dict[GapKind, Asks] = {GapKind.FACT_MISSING: "facts", GapKind.EVIDENCE_MISSING: "evidence"}


def owed_by_units(assessment: Assessment, ruleset: Ruleset, stages: Iterable[Stage] = ()) -> dict[str, tuple[Owed, ...]]:
    """What every unit owes, in the order of work; units that owe nothing are there with nothing."""
    days: dict[Asks, date] = {}
    for stage in sorted(stages, key=lambda stage: stage.to):
        for asked in stage.asks:
            days.setdefault(asked, stage.to)
    owed: dict[str, list[Owed]] = {unit.name: [] for unit in assessment.units}
    playing, names = _players(assessment), named_units(assessment)
    for gap in assessment.gaps:
        for name in gap.unit.split("、"):
            if name in owed:
                others = {other for role in gap.responsible_units for other in playing.get(role, ())} - {name}
                owed[name].append(_of_lead(gap, name, days, tuple(sorted(others)), names - {name}))
    leading = leads_of(assessment)
    by_member = members_slots(ruleset)
    for finding in assessment.findings:
        if finding.applicability.is_ == "yes" and finding.scored:
            for line in _of_members(finding, by_member, days, leading.get(finding.indicator, frozenset())):
                owed.setdefault(line.unit, []).append(line)
    return {name: tuple(lines) for name, lines in sorted(owed.items())}


def leads_of(assessment: Assessment) -> dict[str, frozenset[str]]:
    """Which units lead each indicator, by their real names."""
    playing = _players(assessment)
    return {finding.indicator: frozenset(playing.get(finding.lead_unit, ())) for finding in assessment.findings}


def named_units(assessment: Assessment) -> frozenset[str]:
    """Every member by its real name."""
    return frozenset(unit.name for unit in assessment.units if unit.kind != "role")


def _players(assessment: Assessment) -> dict[str, set[str]]:
    playing: dict[str, set[str]] = {}
    for unit in assessment.units:
        for role in unit.roles:
            playing.setdefault(role, set()).add(unit.name)
    return playing


def members_slots(ruleset: Ruleset) -> frozenset[tuple[str, str]]:
    """The requirements of proof that every member fills for itself."""
    return frozenset(
        (indicator.id, slot.slot)
        for indicator in ruleset.indicators
        for slot in indicator.evidence
        if slot.by == "each_member"
    )


def members_values(finding: Finding) -> Iterator[tuple[ValueShown, MemberShown]]:
    """Every member's own line of an indicator and of its elements."""
    values = [finding.value, *(element.value for element in finding.elements)]
    for value in values:
        for member in value.members if value is not None else ():
            yield value, member  # type: ignore[misc]


def _of_lead(gap: Gap, unit: str, days: dict[Asks, date], others: tuple[str, ...], strangers: frozenset[str]) -> Owed:
    follows = gap.kind is GapKind.CLAUSE and gap.clause is not None and gap.state in _FOLLOW
    lost = gap.kind is GapKind.SHORTFALL and not gap.recoverable
    mendable = not lost and not follows
    asked = mendable and gap.kind is not GapKind.NOT_YET_DUE
    due = gap.due or (days.get(_ASKED_BY.get(gap.kind, "mend")) if asked else None)
    start = gap.start_by or (start_by(due, gap.remedy.effort_days) if due and gap.remedy else None)
    return Owed(
        gap=gap.id,
        kind=gap.kind,
        indicator=gap.indicator,
        unit=unit,
        leads=True,
        plain=_is_plain(gap),
        mendable=mendable,
        what=_told(gap, strangers),
        done_when=gap.required,
        due=due,
        start_by=start,
        others=others,
    )


def _told(gap: Gap, strangers: frozenset[str]) -> str:
    """How it is, without other units' figures; where nothing else was said, what is asked for."""
    how = f"{gap.current}；{gap.missing}" if gap.kind is GapKind.SHORTFALL else gap.current
    return without_others(how, strangers) or gap.required


def _is_plain(gap: Gap) -> bool:
    """Whether something is merely missing, and asked for together with everything else that is."""
    wrong = CAUSES[Cause.WRONG_MEASURE] in gap.state
    return gap.kind is GapKind.EVIDENCE_MISSING or gap.kind is GapKind.FACT_MISSING and gap.due is None and not wrong


def _of_members(
    finding: Finding, by_member: frozenset[tuple[str, str]], days: dict[Asks, date], leading: frozenset[str]
) -> Iterator[Owed]:
    """Every other unit's own lines of an indicator; the lead's stand in the gaps already."""
    concerned: set[str] = set()
    mendable = finding.substantiated.recoverable > 0 or finding.state.by is not None
    for value, member in members_values(finding):
        concerned.add(member.unit)
        if member.unit in leading or member.outcome == "MET":
            continue
        known = member.outcome == "NOT_MET"
        kind = GapKind.SHORTFALL if known else GapKind.FACT_MISSING
        what = f"{value.label}现为{member.text}" if known else f"{value.label}没报"
        still = mendable or not known
        yield _own_line(finding, member.unit, kind, value.measure, what, finding.requirement, days, mendable=still)
    for slot in finding.slots:
        if (finding.indicator, slot.slot) in by_member and slot.status != "not_needed":
            for name in slot.lacking:
                if name in concerned and name not in leading:
                    what, done = f"{slot.title}没有合格的", f"应交{slot.title}"
                    yield _own_line(finding, name, GapKind.EVIDENCE_MISSING, slot.slot, what, done, days, mendable=True)


def _own_line(
    finding: Finding, unit: str, kind: GapKind, key: str, what: str, done: str, days: dict[Asks, date], *, mendable: bool
) -> Owed:
    due = (finding.state.by or days.get(_ASKED_BY.get(kind, "mend"))) if mendable else None
    return Owed(
        gap=f"{finding.indicator}/{kind.value}/{key}@{unit}",
        kind=kind,
        indicator=finding.indicator,
        unit=unit,
        leads=False,
        plain=kind is not GapKind.SHORTFALL,
        mendable=mendable,
        what=what,
        done_when=done,
        due=due,
        start_by=start_by(due, finding.remedy.effort_days) if due else None,
    )
