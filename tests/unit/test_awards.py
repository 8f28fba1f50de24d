"""A decided interval and the share of the points it carries, form by form."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from engine.awards import Question
from engine.awards import award_shares
from engine.models.interval import Interval
from engine.models.ruleset import Award
from engine.models.ruleset import Condition
from engine.models.ruleset import Credit


def read(text: str) -> Interval:
    """Read ``[3,4)`` or one number."""
    if text[0] not in "[(":
        return Interval(Fraction(text), Fraction(text))
    low, high = text[1:-1].split(",")
    return Interval(
        Fraction(low) if low else None,
        Fraction(high) if high else None,
        text[0] == "(" and bool(low),
        text[-1] == ")" and bool(high),
    )


def shares(award: Award, value: str | None, meets: Any = None, lower: bool = False, **credit: Any) -> tuple[str, str]:
    condition = Condition.model_validate(meets) if meets else None
    question = Question(condition, Credit.model_validate(credit), lower, date(2020, 12, 31))
    low, high = award_shares(award, read(value) if value else None, question)
    return str(low), str(high)


@pytest.mark.parametrize("award", [award for award in Award if award is not Award.ELEMENTS])
def test_nothing_known_leaves_everything_possible(award: Award) -> None:
    """Whatever the form, no value earns nothing and excludes nothing."""
    assert shares(award, None, {"at_least": "1"}) == ("0", "1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5", ("1", "1")),
        ("4", ("0", "0")),
        ("[4,6]", ("0", "1")),
        ("[4,5)", ("0", "0")),
        ("(5,9)", ("1", "1")),
        ("[5,]", ("1", "1")),
    ],
)
def test_all_or_nothing(value: str, expected: tuple[str, str]) -> None:
    """Met is everything, not met nothing, and what cannot be told may be either."""
    assert expected == shares(Award.ALL_OR_NOTHING, value, {"at_least": "5"})


BANDS = [{"meets": {"at_least": "80%"}, "share": "1/2"}, {"meets": {"at_least": "90%"}, "share": "3/4"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", ("1", "1")),
        ("9/10", ("3/4", "3/4")),
        ("8/10", ("1/2", "1/2")),
        ("799/1000", ("0", "0")),
        ("[8/10,9/10]", ("1/2", "3/4")),
        ("[8/10,9/10)", ("1/2", "1/2")),
        ("(8/10,9/10)", ("1/2", "1/2")),
        ("[7/10,]", ("0", "1")),
        ("[0,8/10)", ("0", "0")),
    ],
)
def test_bands(value: str, expected: tuple[str, str]) -> None:
    """The best band that is met for certain, and the best that is not excluded, on closed and on open ends."""
    assert expected == shares(Award.BANDS, value, {"at_least": "100%"}, bands=BANDS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", ("1", "1")),
        ("2", ("1/2", "1/2")),
        ("3", ("1/2", "1/2")),
        ("4", ("0", "0")),
        ("(3,4]", ("0", "0")),
        ("[0,3]", ("1/2", "1")),
    ],
)
def test_bands_where_lower_is_better(value: str, expected: tuple[str, str]) -> None:
    """Fewer is better: at most one for all, at most three for half."""
    bands = [{"meets": {"at_most": "3"}, "share": "1/2"}]

    assert expected == shares(Award.BANDS, value, {"at_most": "1"}, lower=True, bands=bands)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10", ("1", "1")),
        ("12", ("1", "1")),
        ("5", ("1/2", "1/2")),
        ("0", ("0", "0")),
        ("[5,10]", ("1/2", "1")),
        ("[5,]", ("1/2", "1")),
        ("[,5]", ("0", "1/2")),
    ],
)
def test_linear(value: str, expected: tuple[str, str]) -> None:
    """Points rise in proportion from nothing at 0 to everything at 10."""
    assert expected == shares(Award.LINEAR, value, {"at_least": "10"}, zero_at="0")


@pytest.mark.parametrize(
    ("value", "expected"), [("1/2", ("0", "0")), ("3/4", ("1/2", "1/2")), ("1/4", ("0", "0")), ("1", ("1", "1"))]
)
def test_linear_from_a_floor(value: str, expected: tuple[str, str]) -> None:
    """Points begin at a floor, here at one half."""
    assert expected == shares(Award.LINEAR, value, {"at_least": "100%"}, zero_at="50%")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", ("1", "1")), ("5", ("1/2", "1/2")), ("10", ("0", "0")), ("20", ("0", "0")), ("[,5]", ("1/2", "1"))],
)
def test_linear_where_lower_is_better(value: str, expected: tuple[str, str]) -> None:
    """Points fall in proportion from everything at 0 to nothing at 10."""
    assert expected == shares(Award.LINEAR, value, {"at_most": "0"}, lower=True, zero_at="10")


STEPS = {"steps": {"every": "10%", "deduct": "1/4"}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("9/10", ("1", "1")),
        ("89/100", ("3/4", "3/4")),
        ("8/10", ("3/4", "3/4")),
        ("79/100", ("1/2", "1/2")),
        ("0", ("0", "0")),
        ("[8/10,9/10]", ("3/4", "1")),
        ("[8/10,9/10)", ("3/4", "3/4")),
        ("(8/10,9/10)", ("3/4", "3/4")),
        ("(7/10,8/10]", ("1/2", "3/4")),
    ],
)
def test_steps(value: str, expected: tuple[str, str]) -> None:
    """Minus a quarter for every ten per cent begun below ninety; an open end does not reach the next step."""
    assert expected == shares(Award.STEPS, value, {"at_least": "90%"}, **STEPS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", ("1", "1")), ("1", ("1/2", "1/2")), ("2", ("0", "0")), ("[0,1]", ("1/2", "1")), ("[0,]", ("0", "1"))],
)
def test_steps_where_lower_is_better(value: str, expected: tuple[str, str]) -> None:
    """Minus a half for each one above none."""
    assert expected == shares(Award.STEPS, value, {"at_most": "0"}, lower=True, steps={"every": "1", "deduct": "1/2"})


@pytest.mark.parametrize(("award", "credit"), [(Award.LINEAR, {"zero_at": "0"}), (Award.STEPS, STEPS)])
def test_full_points_are_only_for_what_meets_the_full_condition(award: Award, credit: Any) -> None:
    """More than ninety per cent asked: ninety itself just misses and is not everything."""
    low, _ = shares(award, "9/10", {"more_than": "90%"}, **credit)

    assert low != "1"


@pytest.mark.parametrize(
    ("value", "lower", "expected"),
    [
        ("77/100", False, ("77/100", "77/100")),
        ("[1/2,3/4]", False, ("1/2", "3/4")),
        ("[95/100,]", False, ("19/20", "1")),
        ("1/4", True, ("3/4", "3/4")),
        ("[0,1/4]", True, ("3/4", "1")),
        ("2", False, ("1", "1")),
    ],
)
def test_share(value: str, lower: bool, expected: tuple[str, str]) -> None:
    """Good of due is the share itself; where lower is better, what is left of one."""
    assert expected == shares(Award.SHARE, value, lower=lower)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", ("1", "1")),
        ("1", ("4/5", "4/5")),
        ("3", ("2/5", "2/5")),
        ("10", ("2/5", "2/5")),
        ("[1,2]", ("3/5", "4/5")),
        ("[1,]", ("2/5", "4/5")),
    ],
)
def test_deduct_each(value: str, expected: tuple[str, str]) -> None:
    """Minus a fifth for each case, three fifths at most."""
    assert expected == shares(Award.DEDUCT_EACH, value, lower=True, each={"deduct": "1/5", "cap": "3/5"})


def test_deduct_each_is_never_below_nothing() -> None:
    """Without a cap the whole can be lost, and no more."""
    assert shares(Award.DEDUCT_EACH, "10", lower=True, each={"deduct": "1/5"}) == ("0", "0")
