"""What was measured: one exact, interval-aware value per measure and unit, with the way it came about."""

from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from engine.models.admitted import FactRef
from engine.models.interval import ZERO
from engine.models.interval import Interval


class Cause(StrEnum):
    """Why something is unknown (待核的原因)."""

    NOT_MENTIONED = "not_mentioned"
    NUMBER_MISSING = "number_missing"
    WRONG_MEASURE = "wrong_measure"
    CONTRADICTION = "contradiction"
    NOT_YET_DECIDED = "not_yet_decided"
    NO_PROOF = "no_proof"
    NONE_DUE = "none_due"
    NOT_IN_FORCE = "not_in_force"
    ADMITTED = "admitted_weakness"


class MemberValue(NamedTuple):
    """One member unit's value and whether it meets what is asked."""

    unit: str
    value: Interval | None
    meets: bool | None


class Measured(NamedTuple):
    """The value of one measure for one unit.

    Attributes:
        value: What is known of it, ``None`` where nothing is.
        cause: Why nothing, or nothing certain, is known.
        good, due: The counts behind a share, where they are known.
        running: The part of ``due`` whose time still runs and that is short so far (a share of the whole, 0 to 1).
        running_until: The first day on which such time runs out.
        none_due: Whether it is known that nothing was due.
        steps: The arithmetic, in Chinese, one step a line.
    """

    measure: str
    unit: str = ""
    value: Interval | None = None
    cause: Cause | None = None
    good: Interval | None = None
    due: Interval | None = None
    running: Fraction = ZERO
    running_until: date | None = None
    none_due: bool = False
    contradictory: bool = False
    facts: tuple[FactRef, ...] = ()
    steps: tuple[str, ...] = ()
    members: tuple[MemberValue, ...] = ()
    members_total: int | None = None
