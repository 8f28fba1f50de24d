"""Named raters' grades and the share that they carry."""

from fractions import Fraction
from typing import Any

import pytest

from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.ruleset import Credit
from engine.models.ruleset import Rating
from engine.models.submission import RatingEntry
from engine.ratings import rate

GRADES = {"好": "1", "一般": "1/2", "差": "0"}


def rated(*given: str, points: int = 1) -> Any:
    """Rate by words such as ``p1 甲 好``."""
    stated = [{"key": f"p{n}", "title": f"要点{n}"} for n in range(1, points + 1)]
    rating = Rating.model_validate({"points": stated, "grades": list(GRADES)})
    entries = [dict(zip(("point", "rater", "grade"), words.split(), strict=True)) for words in given]
    made = [
        RatingEntry.model_validate({**e, "indicator": "I-1", "rated_on": "2020-12-01", "reason": "见笔录"}) for e in entries
    ]
    return rate(rating, Credit.model_validate({"grades": GRADES}), tuple(made))


@pytest.mark.parametrize(
    ("given", "share"),
    [
        (["p1 甲 好", "p1 乙 好"], point(1)),
        (["p1 甲 好", "p1 乙 一般"], point(Fraction(3, 4))),
        (["p1 甲 好", "p1 乙 差", "p1 丙 一般"], point(Fraction(1, 2))),
        (["p1 甲 好", "p1 乙 差", "p1 丙 差"], point(0)),
    ],
)
def test_two_raters_or_three(given: list[str], share: Interval) -> None:
    """Two that are at most one grade apart are averaged; a third decides by the middle grade."""
    assert share == rated(*given).share


@pytest.mark.parametrize("given", [["p1 甲 好"], ["p1 甲 好", "p1 乙 差"], ["p1 甲 好", "p1 甲 好"]])
def test_a_point_without_two_that_agree_is_unknown(given: list[str]) -> None:
    """One rater, one rater twice, or two that differ by two grades say nothing yet."""
    assert Interval(Fraction(0), Fraction(1)) == rated(*given).share


def test_points_are_averaged() -> None:
    """A point that is not rated leaves its part open."""
    assert Interval(Fraction(1, 2), Fraction(1)) == rated("p1 甲 好", "p1 乙 好", points=2).share


def test_without_entries_nothing_is_known() -> None:
    """Nobody rated at all: no share, and each point says so."""
    share, steps = rated(points=2)

    assert (share, steps) == (None, ("要点1：没有人评；要两人分别评", "要点2：没有人评；要两人分别评"))


def test_the_way_is_told() -> None:
    """Each step names the raters and how they were brought together."""
    assert rated("p1 乙 一般", "p1 甲 好").steps == ("要点1：甲评好，乙评一般；取平均",)
    assert rated("p1 甲 好", "p1 乙 差", "p1 丙 一般").steps == ("要点1：甲评好，丙评一般，乙评差；取居中的一般",)


def test_a_rater_who_grades_twice_is_not_taken_at_the_last_word() -> None:
    """Two different grades by one rater contradict each other; neither is dropped in silence."""
    share, steps = rated("p1 甲 好", "p1 甲 差", "p1 乙 差")

    assert point(0) != share
    assert any("甲评好" in step and "甲评差" in step for step in steps)
