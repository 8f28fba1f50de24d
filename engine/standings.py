"""Who has given what, what hangs on whom, and the monthly league (进度、分摊、通报). Readers of one assessment.

Rates compare what a unit answers for itself, never absolute points: what it leads, and its share of what is counted unit by
unit. Nothing here decides a point anew.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from fractions import Fraction

from engine.allotment import round_half_even
from engine.models.campaign import WHOLE
from engine.models.campaign import CutOff
from engine.models.campaign import LeagueRow
from engine.models.campaign import LossLine
from engine.models.campaign import Merged
from engine.models.campaign import Owed
from engine.models.campaign import PartState
from engine.models.campaign import UnitPoints
from engine.models.campaign import UnitStatus
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import UnitShown
from engine.models.ruleset import Ruleset
from engine.owed import leads_of
from engine.owed import members_slots
from engine.owed import members_values

Slots = frozenset[tuple[str, str]]


def statuses(
    assessment: Assessment, ruleset: Ruleset, merged: Merged, owed: Mapping[str, tuple[Owed, ...]], cut_off: CutOff
) -> tuple[UnitStatus, ...]:
    """One line a unit, in the order of their names; a role that nobody plays is a unit that nobody can ask."""
    as_of = assessment.as_of
    assert as_of is not None
    given = frozenset(merged.given)
    returned, unreviewed = _own_items(assessment, merged)
    by_member, leading = members_slots(ruleset), leads_of(assessment)
    own = _own_counts(assessment, by_member, leading)
    rows = []
    for unit in assessment.units:
        facts_due, facts_given, proofs_due, accepted = (
            led + self for led, self in zip(_led_counts(unit), own.get(unit.name, (0, 0, 0, 0)), strict=True)
        )
        days = [line.due for line in owed.get(unit.name, ()) if line.due is not None]
        nothing = not facts_due and not proofs_due
        rows.append(
            UnitStatus(
                unit=unit.name,
                state="nobody" if unit.kind == "role" else _state(unit.name, given, merged, nothing=nothing),
                facts_due=facts_due,
                facts_given=facts_given,
                proofs_due=proofs_due,
                accepted=accepted,
                returned=returned.get(unit.name, 0),
                overdue=sum(day < as_of for day in days),
                due_next=sum(as_of <= day <= cut_off.day for day in days),
                unreviewed=unreviewed.get(unit.name, 0),
            )
        )
    return tuple(rows)


def _led_counts(unit: UnitShown) -> tuple[int, int, int, int]:
    return unit.facts_due, unit.facts_given, unit.slots_due, unit.accepted


def _own_counts(
    assessment: Assessment, by_member: Slots, leading: Mapping[str, frozenset[str]]
) -> dict[str, tuple[int, int, int, int]]:
    """Figures and proof that every unit gives for itself, where it does not lead: due, given, due, accepted."""
    counts: dict[str, list[int]] = {}
    for finding in assessment.findings:
        if finding.applicability.is_ != "yes":
            continue
        concerned: dict[str, bool] = {}
        for _, member in members_values(finding):
            if member.unit not in leading[finding.indicator]:
                count = counts.setdefault(member.unit, [0, 0, 0, 0])
                count[0] += 1
                count[1] += member.outcome != "UNKNOWN"
                # Of what a unit says itself that it is not so, no proof is asked.
                concerned[member.unit] = concerned.get(member.unit, False) or member.outcome != "NOT_MET"
        for slot in finding.slots:
            if (finding.indicator, slot.slot) in by_member and slot.status != "not_needed":
                lacking = set(slot.lacking)
                for name in (name for name, asked in concerned.items() if asked):
                    counts[name][2] += 1
                    counts[name][3] += name not in lacking
    return {name: (count[0], count[1], count[2], count[3]) for name, count in counts.items()}


def _own_items(assessment: Assessment, merged: Merged) -> tuple[dict[str, int], dict[str, int]]:
    """How many items of each unit were returned, and how many bear no review by the unit that leads what they prove."""
    leading = leads_of(assessment)
    reviewed = {item.id for item in merged.submission.evidence if item.lead_checked_by}
    returned: dict[str, int] = {}
    unreviewed: dict[str, int] = {}
    for item in assessment.evidence:
        owner = merged.owners.get(item.id, WHOLE)
        returned[owner] = returned.get(owner, 0) + (item.status == "returned")
        others = any(owner not in leading.get(use.partition("/")[0], ()) for use in item.uses)
        unreviewed[owner] = unreviewed.get(owner, 0) + (others and item.status == "accepted" and item.id not in reviewed)
    return returned, unreviewed


def _state(unit: str, given: frozenset[str], merged: Merged, *, nothing: bool) -> PartState:
    if unit in merged.left_out:
        return "unreadable"
    if unit in given:
        return "given"
    return "nothing_due" if nothing else "silent"


# --- points -----------------------------------------------------------------------------------------------------------


def points_of_units(assessment: Assessment, ruleset: Ruleset) -> dict[str, UnitPoints]:
    """What hangs on every unit, on the track of what is proven."""
    by_member, leading = members_slots(ruleset), leads_of(assessment)
    sums: dict[str, list[Fraction]] = {unit.name: [Fraction(0)] * 4 for unit in assessment.units}
    for finding in assessment.findings:
        if finding.applicability.is_ != "yes" or not finding.scored:
            continue
        track = finding.substantiated
        for name in leading[finding.indicator]:
            _add(sums[name], (track.earned, track.open, track.recoverable, track.lost))
        for name, shares in _own_points(finding, by_member, leading[finding.indicator]):
            if name in sums:
                _add(sums[name], shares)
    return {name: _rounded(name, shares) for name, shares in sums.items()}


def _add(sums: list[Fraction], shares: Iterable[int | Fraction]) -> None:
    for at, share in enumerate(shares):
        sums[at] += share


def _rounded(unit: str, shares: list[Fraction]) -> UnitPoints:
    """Whole thousandths whose sum is the maximum, by largest remainder; what is left over goes to what is open first."""
    maximum = round_half_even(sum(shares, Fraction(0)))
    whole = [share.__floor__() for share in shares]
    order = sorted(range(4), key=lambda at: (whole[at] - shares[at], at != 1, at))
    for at in order[: maximum - sum(whole)]:
        whole[at] += 1
    earned, left, recoverable, lost = whole
    return UnitPoints(unit=unit, maximum=maximum, earned=earned, open=left, recoverable=recoverable, lost=lost)


def _own_points(
    finding: Finding, by_member: Slots, leading: frozenset[str]
) -> Iterator[tuple[str, tuple[Fraction, Fraction, Fraction, Fraction]]]:
    """Each other unit's equal share of what is counted unit by unit: earned, open, recoverable, lost."""
    lacking = {name for slot in finding.slots if (finding.indicator, slot.slot) in by_member for name in slot.lacking}
    parts = [(finding.value, Fraction(1))] if not finding.elements else []
    parts += [(element.value, element.weight or Fraction(0)) for element in finding.elements]
    nothing = Fraction(0)
    for value, weight in parts:
        members = value.members if value is not None else ()
        for member in members:
            if member.unit in leading:
                continue
            share = finding.maximum * weight / len(members)
            if member.outcome == "MET" and member.unit not in lacking:
                yield member.unit, (share, nothing, nothing, nothing)
            elif member.outcome == "NOT_MET" and finding.substantiated.recoverable:
                yield member.unit, (nothing, nothing, share, nothing)
            elif member.outcome == "NOT_MET":
                yield member.unit, (nothing, nothing, nothing, share)
            else:
                yield member.unit, (nothing, share, nothing, nothing)


def losses(assessment: Assessment, ruleset: Ruleset) -> tuple[LossLine, ...]:
    """Who stands for what was not earned: the lead for the whole of it, whoever falls short for its own share of the same.

    The two are two views of one loss and are never added up.
    """
    by_member, leading = members_slots(ruleset), leads_of(assessment)
    lines: list[LossLine] = []
    for finding in assessment.findings:
        track = finding.substantiated
        if finding.applicability.is_ != "yes" or not finding.scored or not (track.lost or track.open or track.recoverable):
            continue
        whole = (track.open, track.recoverable, track.lost)
        lines += [_loss(name, "lead", finding, whole) for name in sorted(leading[finding.indicator]) or [finding.lead_unit]]
        own: dict[str, list[Fraction]] = {}
        for name, shares in _own_points(finding, by_member, frozenset()):
            _add(own.setdefault(name, [Fraction(0)] * 4), shares)
        for name, total in sorted(own.items()):
            missed = tuple(round_half_even(total[at]) for at in (1, 2, 3))
            if any(missed):
                lines.append(_loss(name, "responsible", finding, missed))
    return tuple(lines)


def _loss(unit: str, part: str, finding: Finding, missed: tuple[int, ...]) -> LossLine:
    return LossLine(
        unit=unit,
        part="lead" if part == "lead" else "responsible",
        indicator=finding.indicator,
        title=finding.title,
        open=missed[0],
        recoverable=missed[1],
        lost=missed[2],
    )


# --- league -----------------------------------------------------------------------------------------------------------


def league(
    rows: Iterable[UnitStatus],
    points: Mapping[str, UnitPoints],
    before: Mapping[str, tuple[int | None, Fraction | None]] = {},
) -> tuple[LeagueRow, ...]:
    """Rank units by the rate of their points; ties rank alike. Whoever handed in nothing stands below every honest 不达标.

    ``before`` says each unit's rank and rate of the last issue.
    """
    rows = [row for row in rows if row.state != "nobody"]
    ranked = [row for row in rows if points[row.unit].maximum]
    keys = {row.unit: _league_key(row, points[row.unit]) for row in ranked}
    order = sorted(keys.values(), reverse=True)
    listed = sorted(rows, key=lambda row: (row.unit not in keys, _reversed(keys.get(row.unit)), row.unit))
    return tuple(_league_row(row, points[row.unit], keys, order, before) for row in listed)


def _league_key(row: UnitStatus, points: UnitPoints) -> tuple[bool, Fraction, Fraction]:
    """Handed in at all; rate; and among equal rates, who has answered more, be it with a no."""
    return row.state == "given", points.rate or Fraction(0), points.settled


def _reversed(key: tuple[bool, Fraction, Fraction] | None) -> tuple[int, Fraction, Fraction]:
    return (0, Fraction(0), Fraction(0)) if key is None else (-key[0], -key[1], -key[2])


def _league_row(
    row: UnitStatus,
    points: UnitPoints,
    keys: Mapping[str, tuple[bool, Fraction, Fraction]],
    order: list[tuple[bool, Fraction, Fraction]],
    before: Mapping[str, tuple[int | None, Fraction | None]],
) -> LeagueRow:
    rank_before, rate_before = before.get(row.unit, (None, None))
    return LeagueRow(
        rank=order.index(keys[row.unit]) + 1 if row.unit in keys else None,
        unit=row.unit,
        reported=row.state == "given",
        rate=points.rate,
        settled=points.settled,
        due=row.facts_due + row.proofs_due,
        given=row.facts_given,
        accepted=row.accepted,
        returned=row.returned,
        overdue=row.overdue,
        rank_before=rank_before,
        rate_before=rate_before,
    )
