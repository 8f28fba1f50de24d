"""Intervals: what is known of a number, with ends that may be open, closed or missing."""

from fractions import Fraction

import pytest

from engine.models.interval import Interval
from engine.models.interval import add
from engine.models.interval import clip
from engine.models.interval import divide
from engine.models.interval import hull
from engine.models.interval import multiply
from engine.models.interval import negate
from engine.models.interval import point


def read(text: str) -> Interval:
    """Read ``[3,4)``; a missing end is unbounded."""
    low, high = text[1:-1].split(",")
    return Interval(
        Fraction(low) if low else None,
        Fraction(high) if high else None,
        text[0] == "(" and bool(low),
        text[-1] == ")" and bool(high),
    )


def write(value: Interval | None) -> str | None:
    if value is None:
        return None
    low, high = ("" if end is None else str(end) for end in (value.low, value.high))
    return f"{'(' if value.low_open else '['}{low},{high}{')' if value.high_open else ']'}"


@pytest.mark.parametrize(
    ("value", "bound", "at_least", "more_than"),
    [
        ("[5,5]", 5, True, False),
        ("[5,]", 5, True, None),
        ("(5,]", 5, True, True),
        ("[0,5]", 5, None, False),
        ("[0,5)", 5, False, False),
        ("[4,6]", 5, None, None),
        ("[,]", 5, None, None),
        ("[,4]", 5, False, False),
        ("[6,]", 5, True, True),
    ],
)
def test_comparisons_have_three_answers(value: str, bound: int, at_least: bool | None, more_than: bool | None) -> None:
    """Yes, no, or cannot be told; an open end excludes itself."""
    assert (at_least, more_than) == (read(value).at_least(Fraction(bound)), read(value).more_than(Fraction(bound)))


def test_exact_is_the_only_number_possible() -> None:
    """Only an interval of one number is exact."""
    assert (Fraction(3), None, None) == (point(3).exact, read("[3,4]").exact, read("[,]").exact)


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("[1,2]", "[2,3]", True),
        ("[1,2)", "[2,3]", False),
        ("[1,2]", "(2,3]", False),
        ("[1,]", "[,1]", True),
        ("(300,400)", "[350,350]", True),
        ("[1,2]", "[3,]", False),
    ],
)
def test_having_a_number_in_common(one: str, other: str, common: bool) -> None:
    """Two intervals agree where they share a number, whichever is asked first."""
    assert (common, common) == (read(one).meets_interval(read(other)), read(other).meets_interval(read(one)))


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["[1,2]", "[4,5]"], "[1,5]"),
        (["(1,2)", "[1,2]"], "[1,2]"),
        (["(1,3)", "(2,4)"], "(1,4)"),
        (["[1,2]", "[3,]"], "[1,]"),
        (["[,2]", "[3,4)"], "[,4)"),
    ],
)
def test_hull_holds_all_of_them(parts: list[str], whole: str) -> None:
    """The hull reaches from the lowest to the highest end, closed where one of them is, unbounded where one is."""
    assert whole == write(hull([read(part) for part in parts]))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("[-1,2]", "[0,1]"),
        ("[0,]", "[0,1]"),
        ("(0,1)", "(0,1)"),
        ("[1/2,3)", "[1/2,1]"),
        ("[,]", "[0,1]"),
        ("[2,3]", "[1,1]"),
    ],
)
def test_clip_keeps_what_lies_between(value: str, kept: str) -> None:
    """What lies outside two bounds is cut away; what lies wholly outside becomes the nearer bound, never an empty interval."""
    assert kept == write(clip(read(value), Fraction(0), Fraction(1)))


def test_sums_and_differences() -> None:
    """Ends add up, and are open where one of them was."""
    assert write(add(read("(1,2)"), read("[2,4]"))) == "(3,6)"
    assert write(negate(read("(2,4]"))) == "[-4,-2)"
    assert write(add(read("[1,]"), read("[2,4]"))) == "[3,]"


def test_products() -> None:
    """A product takes the furthest of all ends, and is unknown without them."""
    assert write(multiply(read("[-2,1]"), read("[1,3]"))) == "[-6,3]"
    assert multiply(read("[1,]"), read("[1,3]")) is None


@pytest.mark.parametrize(
    ("one", "other", "quotient"),
    [
        ("[3,3]", "[13,13]", "[3/13,3/13]"),
        ("[3,6]", "[2,3]", "[1,3]"),
        ("[3,3]", "(300,400)", "(3/400,1/100)"),
        ("[3,]", "[4,4]", "[3/4,]"),
        ("[3,3]", "[4,]", "(0,3/4]"),
        ("[3,3]", "[0,4]", None),
        ("[-1,3]", "[4,4]", None),
        ("[0,0]", "[4,4]", "[0,0]"),
        ("[0,0]", "(300,400)", "[0,0]"),
        ("[0,3]", "(300,400)", "[0,1/100)"),
    ],
)
def test_quotients(one: str, other: str, quotient: str | None) -> None:
    """A quotient is unknown where the divisor may be 0; nothing divided by something is exactly nothing."""
    assert quotient == write(divide(read(one), read(other)))
