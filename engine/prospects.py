"""What an outside team will look at (待评事项): findings and their proof → what every point hangs on. No chances here.

In: the workings of an assessment. Out: one stake per indicator with points to keep, the documents that carry them with
their grades, and the full registers of case files. What is not known (待核) stays a range and is nobody's chance.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.allotment import round_half_even
from engine.assessment import Workings
from engine.grades import Graded
from engine.grades import grade_of
from engine.judgement import short_members
from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.evaluation import CaseFileRegisters
from engine.models.result import Finding
from engine.scope import Scope
from engine.scope import members_with
from engine.scoring import cap_of
from engine.slots import asked_slots
from engine.slots import carries


class Condition(NamedTuple):
    """At least so many of some documents must be accepted."""

    at_least: int
    of: tuple[str, ...]


class Stake(NamedTuple):
    """One indicator's points, and what they hang on.

    Attributes:
        parts: The share of the maximum that each proven part carries, with the numbers of its conditions.
        open: Points that are not known, in thousandths: 待定 on the substantiated track.
    """

    indicator: str
    title: str
    pillar: str
    channel: str
    maximum: int
    open: int
    parts: tuple[tuple[Fraction, frozenset[int]], ...]
    conditions: tuple[Condition, ...]

    def worth(self, proven: Iterable[int]) -> int:
        """What the named parts earn together, in thousandths, rounded once as the finding is."""
        return round_half_even(self.maximum * sum((self.parts[number][0] for number in proven), Fraction(0)))

    @property
    def earned(self) -> int:
        """What all parts earn together."""
        return self.worth(range(len(self.parts)))


class Pool(NamedTuple):
    """The case files of one unit: how many there are, how many were looked at, and how many of these failed."""

    unit: str
    files: int
    reviewed: int
    failed: int


class Prospects(NamedTuple):
    """Everything that an outside team may look at.

    Attributes:
        reserve: Points kept for rows that the ruleset does not hold, in thousandths; they are not known.
        pools: The case files; empty where the registers are not full, and then ``no_pools`` says why.
        caps: What a clause leaves of a pillar at most, in thousandths, where that is less than it has earned.
        taken: What clauses take away, in thousandths.
    """

    maximum: int
    whole: bool
    stakes: tuple[Stake, ...]
    documents: dict[str, Graded]
    titles: dict[str, str]
    reserve: int
    pools: tuple[Pool, ...]
    no_pools: str
    caps: dict[str, int]
    taken: int


def find_prospects(workings: Workings, registers: CaseFileRegisters) -> Prospects:
    """Find what every point hangs on."""
    assessment, scope = workings.assessment, workings.scope
    items = {admitted.item.id: admitted for admitted in workings.items}
    found = (
        _stake(appraisal, finding, workings.items, scope)
        for appraisal, finding in zip(workings.appraisals, assessment.findings, strict=True)
        if finding.maximum and finding.applicability.is_ == "yes"
    )
    stakes = tuple(sorted(found, key=lambda stake: stake.indicator))
    used = {name for stake in stakes for condition in stake.conditions for name in condition.of}
    pools, no_pools = _pools(registers, scope)
    caps = {pillar.id: cap_of(pillar, assessment.conclusions) for pillar in assessment.pillars}
    earned = {pillar: sum(stake.earned for stake in stakes if stake.pillar == pillar) for pillar in caps}
    return Prospects(
        maximum=assessment.score.maximum,
        whole=scope.unit.kind == "government",
        stakes=stakes,
        documents={name: grade_of(items[name]) for name in sorted(used)},
        titles={name: items[name].item.title for name in sorted(used)},
        reserve=sum(pillar.reserve for pillar in assessment.pillars),
        pools=pools,
        no_pools=no_pools,
        caps={pillar: cap for pillar, cap in sorted(caps.items()) if earned[pillar] > cap},
        taken=sum(c.points or 0 for c in assessment.conclusions if c.effect in ("penalty", "deduct")),
    )


# --- stakes ---------------------------------------------------------------------------------------------------------


def _stake(appraisal: Appraisal, finding: Finding, items: tuple[AdmittedItem, ...], scope: Scope) -> Stake:
    indicator = appraisal.indicator
    kept = [part for part in appraisal.parts if not part.dropped]
    weight = sum((part.weight for part in kept), Fraction(0))
    conditions: dict[Condition, int] = {}
    parts: list[tuple[Fraction, frozenset[int]]] = []
    for part in kept if finding.substantiated.earned else ():
        if part.proven and part.claimed.earned:
            needed = _without_implied(_conditions(part, indicator, items, scope))
            numbers = frozenset(conditions.setdefault(condition, len(conditions)) for condition in needed)
            parts.append((part.weight / weight * part.claimed.earned, numbers))
    return Stake(
        indicator=indicator.id,
        title=indicator.title,
        pillar=appraisal.pillar,
        channel=indicator.channel,
        maximum=finding.maximum,
        open=finding.substantiated.open,
        parts=tuple(parts),
        conditions=tuple(conditions),
    )


def _conditions(
    part: Part, indicator: model.Indicator, items: tuple[AdmittedItem, ...], scope: Scope
) -> Iterator[Condition]:
    """What must be accepted for a part to stand: its slots, unit by unit where each files its own, and its needs."""
    element = next((element for element in indicator.elements if element.key == part.key), None)
    asked = set(asked_slots(indicator, element))
    good = [(one.item.id, use) for one in items for use in one.uses if use.accepted and use.indicator == indicator.id]
    for slot in (slot for slot in indicator.evidence if slot.slot in asked):
        filed = [(name, use.unit) for name, use in good if use.slot == slot.slot]
        for unit in _units_asked(slot, indicator, scope):
            of = tuple(sorted({name for name, by in filed if unit is None or by == unit}))
            yield from _apart(Condition(slot.count, of))
    for need in element.needs if element else ():
        bearing = {one.item.id for one in items if carries(one, need)}
        proof = {name for name, use in good if element is not None and use.slot in element.proof}
        yield from _apart(Condition(1, tuple(sorted(bearing & proof))))


def _units_asked(slot: model.Slot, indicator: model.Indicator, scope: Scope) -> tuple[str | None, ...]:
    """Each unit that files its own, but for those that say themselves that they fall short; else nobody in particular."""
    if slot.by != "each_member":
        return (None,)
    roles = next((probe.each_member.roles for probe in (indicator, *indicator.elements) if probe.each_member), ())
    every, _ = members_with(roles, scope.unit)
    short = short_members(indicator, scope)
    return tuple(name for name in every if (name or scope.unit.name) not in short)


def _apart(condition: Condition) -> Iterator[Condition]:
    """Where all of some documents are needed, each is a condition of its own."""
    if condition.at_least == len(condition.of):
        yield from (Condition(1, (name,)) for name in condition.of)
    elif condition.at_least > 0:
        yield condition


def _without_implied(conditions: Iterable[Condition]) -> list[Condition]:
    """Without what follows from the rest: one of several is there if a certain one of them must be."""
    every = sorted(set(conditions))
    certain = {condition.of[0] for condition in every if len(condition.of) == 1}
    return [one for one in every if len(one.of) == 1 or len(certain & set(one.of)) < one.at_least]


# --- case files -----------------------------------------------------------------------------------------------------


def _pools(registers: CaseFileRegisters, scope: Scope) -> tuple[tuple[Pool, ...], str]:
    """The full registers of case files, or why they cannot be drawn from."""
    measure = scope.ruleset.measures[registers.register_]
    filed = {unit: one for (name, unit), one in scope.facts.registers.items() if name == registers.register_}
    if not filed:
        return (), f"没有交{measure.label}"
    partial = sorted(unit or "全" for unit, register in filed.items() if register.lacks)
    if partial:
        return (), f"{measure.label}不是全量表（{'、'.join(partial)}）"
    if "" not in filed:
        expected, _ = members_with(measure.held_by, scope.unit)
        silent = [name for name in expected if name not in filed]
        if silent:
            return (
                (),
                f"{len(silent)}个单位没有交{measure.label}（{'、'.join(silent[:3])}{'等' if len(silent) > 3 else ''}）",
            )
    whole = {"": filed[""]} if "" in filed else filed
    pools = (_pool(unit, len(register.cases), registers, scope) for unit, register in sorted(whole.items()))
    return tuple(pool for pool in pools if pool.files), ""


def _pool(unit: str, files: int, registers: CaseFileRegisters, scope: Scope) -> Pool:
    reviewed, passed = (scope.facts.readings.get((name, unit, CURRENT)) for name in (registers.reviewed, registers.passed))
    if reviewed is None or passed is None or reviewed.interval.exact is None or passed.interval.exact is None:
        return Pool(unit, files, 0, 0)
    looked, good = int(reviewed.interval.exact), int(passed.interval.exact)
    return Pool(unit, files, looked, looked - good) if 0 <= good <= looked <= files else Pool(unit, files, 0, 0)
