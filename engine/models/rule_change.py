"""What changed between two rulesets, in the words of rules (规则改动), and which indicators and periods it touches."""

from enum import StrEnum

from pydantic import Field

from engine.models.exact import Day
from engine.models.record import Record


class ChangeKind(StrEnum):
    """What sort of thing changed: a stable word for programs."""

    HEADER = "header"
    IN_FORCE = "in_force"
    PILLAR_ADDED = "pillar_added"
    PILLAR_REMOVED = "pillar_removed"
    PILLAR = "pillar"
    INDICATOR_ADDED = "indicator_added"
    INDICATOR_REMOVED = "indicator_removed"
    INDICATOR_RENAMED = "indicator_renamed"
    INDICATOR_MOVED = "indicator_moved"
    TEXT = "text"
    KIND = "kind"
    CLOCK = "clock"
    APPLIES = "applies"
    UNITS = "units"
    MEASURED = "measured"
    THRESHOLD = "threshold"
    AWARD = "award"
    REMEDY = "remedy"
    ELEMENT_ADDED = "element_added"
    ELEMENT_REMOVED = "element_removed"
    ELEMENT = "element"
    SLOT_ADDED = "slot_added"
    SLOT_REMOVED = "slot_removed"
    SLOT = "slot"
    AUTHORITY_ADDED = "authority_added"
    AUTHORITY_REMOVED = "authority_removed"
    AUTHORITY_ENDED = "authority_ended"
    AUTHORITY = "authority"
    MEASURE_ADDED = "measure_added"
    MEASURE_REMOVED = "measure_removed"
    FORMULA = "formula"
    WINDOW = "window"
    MEASURE = "measure"
    PROFILE_ADDED = "profile_added"
    PROFILE_REMOVED = "profile_removed"
    POINTS = "points"
    CREDIT = "credit"
    CLAUSE_POINTS = "clause_points"
    PROFILE = "profile"
    EVALUATION_ADDED = "evaluation_added"
    EVALUATION_REMOVED = "evaluation_removed"
    EVALUATION = "evaluation"
    CLAUSE_ADDED = "clause_added"
    CLAUSE_REMOVED = "clause_removed"
    CLAUSE = "clause"
    CALENDAR = "calendar"
    LAYER = "layer"
    PLAN = "plan"
    CHECKPOINT_ADDED = "checkpoint_added"
    CHECKPOINT_REMOVED = "checkpoint_removed"
    CHECKPOINT = "checkpoint"
    OTHER = "other"


class TouchedPeriod(Record):
    """Days for which a change matters; no end means from then on."""

    from_: Day = Field(alias="from")
    to: Day | None = None


class RuleChange(Record):
    """One change.

    Attributes:
        subject: What changed: an indicator, ``indicator.element``, a measure, a clause, a profile, or a file.
        before: What it was, in full, where that can be written in one line.
        indicators: The indicators whose result it may change, under the names that they have afterwards.
        periods: The days for which it may.
    """

    kind: ChangeKind
    subject: str
    text: str
    before: str | None = None
    after: str | None = None
    indicators: tuple[str, ...] = ()
    periods: tuple[TouchedPeriod, ...] = ()


class Compared(Record):
    """Which ruleset is compared, by number and by digest of what it says."""

    id: str
    revision: str
    digest: str


class RuleChanges(Record):
    """Everything that changed between two rulesets."""

    format: str = "fazhi/rules-diff/1"
    before: Compared
    after: Compared
    changes: tuple[RuleChange, ...]
    indicators: tuple[str, ...]
    periods: tuple[TouchedPeriod, ...]
    titles: dict[str, str] = Field(description="提到的指标和口径叫什么")
