"""The table of working days is re-derived from the library it was made with, day by day."""

from collections.abc import Callable
from datetime import date
from datetime import timedelta
from pathlib import Path

import pytest

from engine.models.ruleset import WorkingDays
from engine.periods import is_working_day
from engine.shaping import shape
from engine.sources import load_yaml

chinese_calendar = pytest.importorskip(
    "chinese_calendar",
    reason="未安装 chinesecalendar，工作日表没有复核：pip install chinesecalendar 后重跑",
)

TABLE = Path(__file__).parents[2] / "rulesets" / "lbg-2021" / "working-days.yaml"
YEARS = range(2018, 2027)


def shipped() -> WorkingDays:
    data, _, problems = load_yaml(TABLE, TABLE.name)
    table, problems = shape(WorkingDays, data, TABLE.name, problems)
    assert table is not None and not problems, problems
    return table


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def exceptions(year: int, works: Callable[[date], bool], weekend: bool) -> tuple[date, ...]:
    """The days that are not as the week says: weekdays off, or weekend days worked."""
    return tuple(day for day in days_of(year) if (day.weekday() >= 5) == weekend and works(day) == weekend)


def test_table_names_exactly_the_years_it_was_made_for() -> None:
    assert sorted(shipped().years) == [str(year) for year in YEARS]


@pytest.mark.parametrize("year", YEARS)
def test_weekdays_off_are_those_of_the_library(year: int) -> None:
    assert shipped().years[str(year)].holidays == exceptions(year, chinese_calendar.is_workday, weekend=False)


@pytest.mark.parametrize("year", YEARS)
def test_weekend_days_worked_are_those_of_the_library(year: int) -> None:
    assert shipped().years[str(year)].workdays == exceptions(year, chinese_calendar.is_workday, weekend=True)


@pytest.mark.parametrize("year", YEARS)
def test_every_day_reads_as_in_the_library(year: int) -> None:
    table = shipped()
    differing = [day for day in days_of(year) if is_working_day(day, table) != chinese_calendar.is_workday(day)]
    assert differing == []


def test_a_year_the_table_lacks_is_unknown() -> None:
    assert is_working_day(date(2017, 12, 29), shipped()) is None
