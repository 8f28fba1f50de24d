"""Days, windows and working days; a year that the table lacks is unknown."""

import itertools
from datetime import date

import pytest

from engine.models.ruleset import Limit
from engine.models.ruleset import Ruleset
from engine.models.ruleset import WorkingDays
from engine.periods import Window
from engine.periods import is_working_day
from engine.periods import last_day
from engine.periods import months_later
from engine.periods import windows
from engine.periods import years

YEAR = Window(date(2020, 1, 1), date(2020, 12, 31))


@pytest.fixture(scope="module")
def table(ruleset: Ruleset) -> WorkingDays:
    return ruleset.calendar


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2020, 1, 19), True),  # a Sunday worked for Spring Festival
        (date(2020, 1, 24), False),  # New Year's Eve, a Friday
        (date(2020, 1, 31), False),  # the holiday was prolonged in 2020
        (date(2020, 2, 3), True),
        (date(2020, 5, 9), True),  # a Saturday worked for Labour Day
        (date(2020, 6, 25), False),  # Dragon Boat Festival, a Thursday
        (date(2020, 6, 20), False),  # a plain Saturday
        (date(2020, 6, 22), True),  # a plain Monday
    ],
)
def test_working_days_follow_the_published_calendar(table: WorkingDays, day: date, works: bool) -> None:
    """Holidays on weekdays and working days on weekends count as the State Council arranged them."""
    assert works is is_working_day(day, table)


@pytest.mark.parametrize(
    ("start", "limit", "last"),
    [
        (date(2020, 6, 1), Limit(7, True), date(2020, 6, 10)),
        (date(2020, 1, 20), Limit(7, True), date(2020, 2, 6)),  # across Spring Festival: 21, 22, 23, then 3, 4, 5, 6
        (date(2020, 1, 18), Limit(1, True), date(2020, 1, 19)),  # a Sunday that is worked
        (date(2020, 12, 30), Limit(2, True), date(2021, 1, 4)),  # 31st, then Monday behind New Year
        (date(2020, 6, 1), Limit(30, False), date(2020, 7, 1)),
    ],
)
def test_time_limits_begin_the_day_after(table: WorkingDays, start: date, limit: Limit, last: date) -> None:
    """The day on which a limit begins is not counted; days off are not counted in working days."""
    assert last == last_day(start, limit, table)


def test_a_limit_into_a_year_that_the_table_lacks_is_unknown(table: WorkingDays) -> None:
    """Seven working days from the end of the last year of the table cannot be counted; seven days can."""
    final = date(max(map(int, table.years)), 12, 31)

    assert last_day(final, Limit(7, True), table) is None
    assert last_day(final, Limit(7, False), table) is not None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
        (date(2020, 1, 1), -24, date(2018, 1, 1)),
    ],
)
def test_months_later_stays_in_the_month(day: date, months: int, later: date) -> None:
    """The 31st becomes the last day of a shorter month."""
    assert later == months_later(day, months)


@pytest.mark.parametrize(("per", "number"), [("month", 12), ("quarter", 4), ("half_year", 2), ("year", 1)])
def test_windows_of_a_year(per: str, number: int) -> None:
    """A year has so many windows, which follow each other without a gap and cover it."""
    found = windows(YEAR, per, None)

    assert number == len(found)
    assert (YEAR.first, YEAR.last) == (found[0].first, found[-1].last)
    assert all((after.first - before.last).days == 1 for before, after in itertools.pairwise(found))


def test_windows_from_a_first_day() -> None:
    """Every 24 months from 2019-04-01: the first window ends on 2021-03-31 and touches 2020."""
    assert [Window(date(2019, 4, 1), date(2021, 3, 31))] == windows(YEAR, "24 months", date(2019, 4, 1))


def test_windows_that_are_over_before_the_period_do_not_count() -> None:
    """Only windows that touch the period are asked for."""
    found = windows(YEAR, "6 months", date(2019, 3, 1))

    assert [date(2019, 9, 1), date(2020, 3, 1), date(2020, 9, 1)] == [window.first for window in found]


def test_windows_that_begin_after_the_period_do_not_count() -> None:
    """A duty that begins later asks for nothing now."""
    assert windows(YEAR, "24 months", date(2021, 1, 1)) == []


def test_a_period_of_part_of_a_year_touches_its_calendar_windows() -> None:
    """From mid-February on, the first quarter is touched as a whole."""
    found = windows(Window(date(2020, 2, 15), date(2020, 6, 30)), "quarter", None)

    assert [Window(date(2020, 1, 1), date(2020, 3, 31)), Window(date(2020, 4, 1), date(2020, 6, 30))] == found


def test_years_touched() -> None:
    """A period that ends in January touches two years."""
    assert years(Window(date(2019, 2, 1), date(2020, 1, 31))) == [2019, 2020]
