"""What changed between runs, and what brought it (比较)."""

from typing import Literal

from engine.models.record import Record
from engine.models.result import Points

Factor = Literal["facts", "evidence", "rules", "profile", "rules_and_profile", "date", "inputs"]
Fate = Literal["new", "closed", "persisting", "reopened"]


class Amounts(Record):
    """The five figures that are split, in thousandths of a point."""

    claimed_earned: Points = 0
    claimed_reachable: Points = 0
    substantiated_earned: Points = 0
    substantiated_reachable: Points = 0
    maximum: Points = 0


class Contribution(Record):
    """What one factor brought; over all factors they add up to the whole change."""

    factor: Factor
    brought: Amounts


class FindingChange(Record):
    """One indicator that came out differently, under both names where it was renamed."""

    before: str | None
    after: str | None
    title: str
    outcome_before: str | None
    outcome_after: str | None
    claimed: Points
    substantiated: Points


class GapChange(Record):
    """What became of one gap."""

    gap: str
    fate: Fate
    detail: str


class RunNamed(Record):
    """Which run is compared."""

    unit: str
    ruleset: str
    profile: str
    judged: str
    run: str
    earned: Points
    reachable: Points


class Comparison(Record):
    """Two runs, or the first and the last of several.

    ``split`` says how the change was attributed: every order in which the factors can be exchanged counts alike (the
    Shapley value), so that no order is preferred; rounding to thousandths is by largest remainder.
    """

    format: Literal["fazhi/comparison/1"] = "fazhi/comparison/1"
    before: RunNamed
    after: RunNamed
    change: Amounts
    split: tuple[Contribution, ...]
    merged_because: str | None
    findings: tuple[FindingChange, ...]
    gaps: tuple[GapChange, ...]
