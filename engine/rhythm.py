"""When the next issue is due (周、旬、月、季、半年): a day and a rhythm in, issues and cut-offs out."""

from collections.abc import Iterable
from datetime import date
from datetime import timedelta

from engine.models.campaign import CutOff
from engine.models.campaign import Issue
from engine.models.campaign import Rhythm
from engine.models.campaign import Stage

RHYTHMS: dict[Rhythm, str] = {"week": "周", "ten_days": "旬", "month": "月", "quarter": "季", "half_year": "半年"}
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half_year": 6}


def stretch_of(day: date, rhythm: Rhythm) -> tuple[date, date]:
    """The first and the last day of the week, ten days, month, quarter or half-year that holds a day.

    >>> [str(end) for end in stretch_of(date(2024, 2, 27), "ten_days")]
    ['2024-02-21', '2024-02-29']
    >>> [str(end) for end in stretch_of(date(2024, 2, 27), "quarter")]
    ['2024-01-01', '2024-03-31']
    """
    if rhythm == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if rhythm == "ten_days":
        third = min((day.day - 1) // 10, 2)
        first = day.replace(day=third * 10 + 1)
        return first, (first + timedelta(days=9) if third < 2 else _month_end(day.year, day.month))
    months = _MONTHS[rhythm]
    begins = (day.month - 1) // months * months + 1
    return date(day.year, begins, 1), _month_end(day.year, begins + months - 1)


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def issue_on(day: date, begins: date, rhythm: Rhythm) -> Issue:
    """The issue that a day falls into; the one that holds ``begins`` is the first.

    >>> issue_on(date(2024, 3, 31), date(2024, 1, 15), "month").number
    3
    """
    first, last = stretch_of(day, rhythm)
    before = _position(first, rhythm) - _position(stretch_of(begins, rhythm)[0], rhythm)
    return Issue(number=before + 1, first=first, last=last)


def _position(first: date, rhythm: Rhythm) -> int:
    """How many stretches lie before the one that begins on a day, from some fixed day on."""
    if rhythm == "week":
        return (first - date(1, 1, 1)).days // 7
    months = first.year * 12 + first.month - 1
    if rhythm == "ten_days":
        return months * 3 + (first.day - 1) // 10
    return months // _MONTHS[rhythm]


def next_cut_off(day: date, rhythm: Rhythm, stages: Iterable[Stage]) -> CutOff:
    """The next day, that day included, by which something is due: the end of the issue or of a stage."""
    ends = [CutOff(title=f"本{RHYTHMS[rhythm]}末", day=stretch_of(day, rhythm)[1])]
    ends += [CutOff(title=stage.title, day=stage.to) for stage in stages if stage.to >= day]
    # Where both fall on one day, the stage says more.
    return min(ends, key=lambda end: (end.day, end is ends[0]))
