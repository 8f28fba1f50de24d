"""How the checkpoints of an overlay stand (检查点台账): one result each, by indicator and by year, the open ones counted."""

from datetime import date
from enum import StrEnum
from typing import Literal

from engine.models.record import Record
from engine.models.result import Outcome
from engine.models.result import Points
from engine.models.result import Split


class CheckpointPhase(StrEnum):
    """Where a checkpoint stands against its target year: 已达到、未到期、本年到期、已过目标年、目标年未定、不适用."""

    MET = "met"
    NOT_YET_DUE = "not_yet_due"
    DUE_THIS_YEAR = "due_this_year"
    PAST_DUE = "past_due"
    UNDATED = "undated"
    NONE = "none"


class CheckpointResult(Record):
    """One checkpoint on both tracks. ``looks_at`` and ``current`` are for people.

    Attributes:
        units: Every name and role under which it can be asked for.
    """

    checkpoint: str
    title: str
    indicator: str
    pillar: str
    kind: str
    looks_at: str
    target_year: int | None
    phase: CheckpointPhase
    outcome: Outcome
    claimed_outcome: Outcome
    maximum: Points
    claimed: Split
    substantiated: Split
    current: str
    lead_unit: str
    responsible_units: tuple[str, ...]
    units: tuple[str, ...]
    source: str


class IndicatorLine(Record):
    """The checkpoints of one indicator beside the finding of the indicator itself."""

    indicator: str
    title: str
    outcome: Outcome
    checkpoints: tuple[str, ...]
    outcomes: dict[str, int]
    phases: dict[str, int]
    maximum: Points
    earned: Points


class YearLine(Record):
    """One year of the plan: what it wants to have reached, and how the checkpoints that are due then stand."""

    year: int
    milestones: tuple[str, ...]
    due: int
    met: int
    past_due: int


class CheckpointSheet(Record):
    """Every checkpoint of one run.

    Attributes:
        total: How many there are by the plan; those held, where there is no plan.
        held: How many the ruleset holds.
        open: How many it does not hold: nothing is known of them, and they keep their points.
        open_points: The points that the open ones keep.
        elsewhere: Checkpoints that a department neither leads nor answers for.
        without: Indicators without a checkpoint.
    """

    format: Literal["fazhi/checkpoints/1"] = "fazhi/checkpoints/1"
    engine: str
    unit: str
    as_of: date
    ruleset: str
    revision: str
    digest: str
    profile: str
    submission: str
    plan: str | None
    plan_source: str | None
    plan_note: str | None
    total: int
    held: int
    open: int
    maximum: Points
    open_points: Points
    claimed: Split
    substantiated: Split
    checkpoints: tuple[CheckpointResult, ...]
    indicators: tuple[IndicatorLine, ...]
    years: tuple[YearLine, ...]
    elsewhere: int
    without: tuple[str, ...]
