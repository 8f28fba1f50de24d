"""When an indicator can be decided and what is already lost, clock by clock."""

from datetime import date

import pytest

from engine.clocks import CLOCKS
from engine.clocks import Timing
from engine.clocks import can_mend
from engine.clocks import read_clock
from engine.clocks import start_by
from engine.models.ruleset import Clock
from engine.periods import Window

YEAR = Window(date(2020, 1, 1), date(2020, 12, 31))
BEFORE, LAST, AFTER = date(2020, 9, 30), date(2020, 12, 31), date(2021, 1, 1)


def test_every_clock_is_in_the_table() -> None:
    """No clock of the models is without a function."""
    assert set(Clock) == set(CLOCKS)


@pytest.mark.parametrize(
    ("clock", "as_of", "gains", "losses"),
    [
        (Clock.STANDING, BEFORE, True, False),
        (Clock.STANDING, LAST, True, False),
        (Clock.STANDING, AFTER, True, True),
        (Clock.SNAPSHOT, BEFORE, True, False),
        (Clock.SNAPSHOT, AFTER, True, True),
        (Clock.YEARLY, BEFORE, True, False),
        (Clock.PACED, BEFORE, True, False),
        (Clock.PACED, AFTER, True, True),
        (Clock.CUMULATIVE, BEFORE, False, False),
        (Clock.CUMULATIVE, LAST, True, True),
        (Clock.PER_RECORD, BEFORE, False, True),
        (Clock.PER_RECORD, LAST, True, True),
        (Clock.NEVER, BEFORE, False, True),
        (Clock.NEVER, LAST, True, True),
        (Clock.TRIGGERED, BEFORE, False, True),
        (Clock.TRIGGERED, AFTER, True, True),
    ],
)
def test_what_is_final_on_a_day(clock: Clock, as_of: date, gains: bool, losses: bool) -> None:
    """What is had today counts for a standing thing; a rate counts at the end; a late case is late for good."""
    reading = read_clock(clock, Timing(YEAR, as_of))

    assert (gains, losses) == (reading.gains_final, reading.losses_final)


@pytest.mark.parametrize(("as_of", "losses"), [(date(2021, 3, 31), False), (date(2021, 4, 1), True)])
def test_a_deadline_is_lost_the_day_after(as_of: date, losses: bool) -> None:
    """On the last day there is still time."""
    reading = read_clock(Clock.DEADLINE, Timing(YEAR, as_of, date(2021, 3, 31)))

    assert (True, losses, date(2021, 3, 31)) == reading


def test_starting_day_leaves_time_for_the_work() -> None:
    """Something that takes ten days is begun ten days before it is due."""
    assert date(2020, 12, 21) == start_by(LAST, 10)


@pytest.mark.parametrize(
    ("as_of", "can_fix_past", "mendable"),
    [
        (date(2020, 12, 21), False, True),
        (date(2020, 12, 22), False, False),  # ten days are not left
        (AFTER, False, False),
        (AFTER, True, True),
    ],
)
def test_what_can_still_be_mended(as_of: date, can_fix_past: bool, mendable: bool) -> None:
    """There must be time enough, or the law must let the past be mended."""
    reading = read_clock(Clock.STANDING, Timing(YEAR, as_of))

    assert mendable is can_mend(reading, as_of, 10, can_fix_past)


def test_a_case_that_was_late_is_never_mended() -> None:
    """A late case cannot be mended while the period runs, unless the law lets the past be mended."""
    reading = read_clock(Clock.PER_RECORD, Timing(YEAR, BEFORE))

    assert not can_mend(reading, BEFORE, 0, can_fix_past=False)
    assert can_mend(reading, BEFORE, 0, can_fix_past=True)


def test_what_never_may_happen_has_no_day_to_mend_it() -> None:
    """There is no day by which something that happened has not happened."""
    assert read_clock(Clock.NEVER, Timing(YEAR, BEFORE)).due is None
