"""Named raters' grades → the share that they carry (人工评定). A rating is a result; it never overrides one.

Two raters grade every stated point; a third when the two differ by more than one grade, and then the middle one counts.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.models.interval import Interval
from engine.models.interval import add
from engine.models.interval import point
from engine.models.ruleset import Credit
from engine.models.ruleset import RatedPoint
from engine.models.ruleset import Rating
from engine.models.submission import RatingEntry


class Rated(NamedTuple):
    """The share over all stated points, and how it came about."""

    share: Interval | None
    steps: tuple[str, ...]


def rate(rating: Rating, credit: Credit, entries: tuple[RatingEntry, ...]) -> Rated:
    """Average the stated points; a point without two raters is unknown."""
    total, steps = point(0), []
    for stated, share, told in rate_points(rating, credit, entries):
        steps.append(f"{stated.title}：{told}")
        total = add(total, share)
    count = len(rating.points)
    assert total.low is not None and total.high is not None
    if not entries:
        return Rated(None, tuple(steps))
    return Rated(Interval(total.low / count, total.high / count), tuple(steps))


def rate_points(
    rating: Rating, credit: Credit, entries: tuple[RatingEntry, ...]
) -> Iterator[tuple[RatedPoint, Interval, str]]:
    """Every stated point with the share that it carries and how its raters graded it."""
    for stated in rating.points:
        grades: dict[str, set[str]] = {}
        for entry in entries:
            if entry.point == stated.key:
                grades.setdefault(entry.rater, set()).add(entry.grade)
        yield stated, *_one_point(rating, credit, grades)


def _one_point(rating: Rating, credit: Credit, grades: dict[str, set[str]]) -> tuple[Interval, str]:
    """Two graders, or three where two differ too far; whoever gave two different grades counts for none."""
    every = sorted((rating.grades.index(grade), rater, grade) for rater, given in grades.items() for grade in given)
    given = [(rank, rater, grade) for rank, rater, grade in every if len(grades[rater]) == 1]
    told = "，".join(f"{rater}评{grade}" for _, rater, grade in every) or "没有人评"
    unknown = Interval(Fraction(0), Fraction(1))
    if len(given) < 2:
        return unknown, f"{told}；要两人分别评"
    if len(given) == 2:
        if given[1][0] - given[0][0] > 1:
            return unknown, f"{told}；相差超过一档，要第三人评"
        shares = [credit.grades[grade] for _, _, grade in given]
        return point(sum(shares, Fraction(0)) / 2), f"{told}；取平均"
    middle = given[len(given) // 2][2]
    return point(credit.grades[middle]), f"{told}；取居中的{middle}"
