"""Days, windows and working days. Working days come from the ruleset's own table; a year it lacks is unknown."""

import calendar
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from engine.models.ruleset import Limit
from engine.models.ruleset import WorkingDays

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class Window(NamedTuple):
    """From a first to a last day, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first.isoformat()}至{self.last.isoformat()}"


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the month's last day where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def windows(period: Window, per: str, starts: date | None) -> list[Window]:
    """Consecutive windows that touch a period: of calendar months, or of so many months from a first day on.

    Without ``starts`` they follow the calendar (months, quarters, half-years and years).
    """
    length = _MONTHS.get(per) or int(per.split(maxsplit=1)[0])
    if starts is None:
        first_month = (period.first.month - 1) // length * length + 1 if length <= 12 else 1
        starts = date(period.first.year, first_month, 1)
    found: list[Window] = []
    step = 0
    while (first := months_later(starts, step * length)) <= period.last:
        last = months_later(starts, (step + 1) * length) - timedelta(days=1)
        if last >= period.first:
            found.append(Window(first, last))
        step += 1
    return found


def years(period: Window) -> list[int]:
    """The calendar years that a period touches."""
    return list(range(period.first.year, period.last.year + 1))


def exactly_fill(spans: list[Window], whole: Window) -> bool:
    """Whether some stretches, put end to end, make exactly a whole period."""
    ordered = sorted(spans)
    joined = all((after.first - before.last).days == 1 for before, after in pairwise(ordered))
    return bool(ordered) and joined and ordered[0].first == whole.first and ordered[-1].last == whole.last


def span_key(span: Window) -> str:
    """How a stretch of days is named as the period of a reading."""
    return f"{span.first.isoformat()}/{span.last.isoformat()}"


def span_of(key: str) -> Window:
    """The stretch of days that a name means."""
    first, last = key.split("/")
    return Window(date.fromisoformat(first), date.fromisoformat(last))


def is_working_day(day: date, table: WorkingDays) -> bool | None:
    """Whether people work that day; unknown for a year that the table lacks."""
    year = table.years.get(str(day.year))
    if year is None:
        return None
    if day in year.workdays:
        return True
    return day.weekday() < 5 and day not in year.holidays


def last_day(start: date, limit: Limit, table: WorkingDays) -> date | None:
    """The last day of a limit that starts the day after ``start``; ``None`` where the table lacks a year.

    The day on which a period begins is not counted (行政许可法, 民法典 alike).
    """
    if not limit.working:
        return start + timedelta(days=limit.days)
    counted = 0
    for day in _days_after(start):
        works = is_working_day(day, table)
        if works is None:
            return None
        counted += works
        if counted == limit.days:
            return day
    return None


def next_working_day(day: date, table: WorkingDays) -> date:
    """The day itself where people work on it, else the next one on which they do; the day itself in a year not known."""
    if is_working_day(day, table) is not False:
        return day
    return next((after for after in _days_after(day) if is_working_day(after, table) is not False), day)


def _days_after(start: date) -> Iterator[date]:
    while start < date.max:
        start += timedelta(days=1)
        yield start
