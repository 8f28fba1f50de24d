"""When an indicator can be decided, and what is already lost (时间型). One function per clock, in one table.

A clock knows days, never values or points: research examples.md §4.1 gives the meaning of each.
"""

from collections.abc import Callable
from datetime import date
from datetime import timedelta
from typing import NamedTuple

from engine.models.ruleset import Clock
from engine.periods import Window


class Timing(NamedTuple):
    """What a clock reads: the stretch of days that is judged, the day it is judged at, a deadline where there is one."""

    window: Window
    as_of: date
    deadline: date | None = None


class Reading(NamedTuple):
    """What a clock says.

    Attributes:
        gains_final: What is good now stays good, so that it may be earned.
        losses_final: What is short now cannot be mended within the rules of time.
        due: The last day to mend it, where there is one.
    """

    gains_final: bool
    losses_final: bool
    due: date | None


def _whole_period(timing: Timing) -> Reading:
    """长效、时点、频次: decided any day; what is short can be mended until the period ends."""
    return Reading(True, timing.as_of > timing.window.last, timing.window.last)


def _cumulative(timing: Timing) -> Reading:
    """累计: decided when the period is over; until then a rate may still rise or fall."""
    over = timing.as_of >= timing.window.last
    return Reading(over, over, timing.window.last)


def _per_record(timing: Timing) -> Reading:
    """逐件: decided when the period is over; a case that broke its time limit or order is lost at once."""
    return Reading(timing.as_of >= timing.window.last, True, timing.window.last)


def _deadline(timing: Timing) -> Reading:
    """定日: done in time is done; once the day has passed it is lost."""
    due = timing.deadline or timing.window.last
    return Reading(True, timing.as_of > due, due)


def _never(timing: Timing) -> Reading:
    """零发生: decided when the period is over; one confirmed case is lost at once."""
    return Reading(timing.as_of >= timing.window.last, True, None)


CLOCKS: dict[Clock, Callable[[Timing], Reading]] = {
    Clock.STANDING: _whole_period,
    Clock.YEARLY: _whole_period,
    Clock.SNAPSHOT: _whole_period,
    Clock.CUMULATIVE: _cumulative,
    Clock.PER_RECORD: _per_record,
    Clock.PACED: _whole_period,
    Clock.DEADLINE: _deadline,
    Clock.NEVER: _never,
    Clock.TRIGGERED: _per_record,
}


def read_clock(clock: Clock, timing: Timing) -> Reading:
    """Ask a clock."""
    return CLOCKS[clock](timing)


def start_by(due: date, effort_days: int) -> date:
    """The last day to start something that takes so many days."""
    return due - timedelta(days=effort_days)


def can_mend(reading: Reading, as_of: date, effort_days: int, can_fix_past: bool) -> bool:
    """Whether a shortfall can still be mended: the period is not over, the law allows it, there is time enough (还能补)."""
    if can_fix_past:
        return True
    if reading.losses_final or reading.due is None:
        return False
    return as_of <= start_by(reading.due, effort_days)
