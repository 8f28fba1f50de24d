"""Formulas over measures: read into a tree, evaluated on intervals."""

from fractions import Fraction

import pytest

from engine.formulas import evaluate
from engine.formulas import names_in
from engine.formulas import parse_formula
from engine.models.interval import Interval
from engine.models.interval import point

VALUES = {"a": point(10), "b": point(4), "c": Interval(Fraction(1), Fraction(2)), "zero": point(0)}


def result(text: str) -> Interval | None:
    tree = parse_formula(text)
    assert tree is not None
    return evaluate(tree, VALUES.get)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a - b - 2", 4),
        ("a - (b - 2)", 8),
        ("a + b * 2", 18),
        ("(a + b) * 2", 28),
        ("a / b / 5", Fraction(1, 2)),
        ("0.5*a", 5),
    ],
)
def test_operators_bind_as_in_school(text: str, value: Fraction) -> None:
    """Times before plus, left before right, brackets first."""
    assert point(value) == result(text)


@pytest.mark.parametrize("text", ["", "a +", "(a", "a)", "a b", "2a b", "a ** b", "a & b", "-a", "+", "()", "a - -b"])
def test_what_is_no_formula(text: str) -> None:
    """What cannot be read is refused as a whole."""
    assert parse_formula(text) is None


def test_deep_brackets_are_refused_not_a_crash() -> None:
    """A formula with thousands of brackets is unreadable."""
    assert parse_formula("(" * 100_000 + "a" + ")" * 100_000) is None


def test_names_of_a_formula() -> None:
    """A formula names every measure it reads; a minus between blanks is no part of a name."""
    tree = parse_formula("lost-cases / (all_cases - withdrawn) + 1")

    assert tree is not None and list(names_in(tree)) == ["lost-cases", "all_cases", "withdrawn"]


def test_intervals_run_through() -> None:
    """What is not exact stays an interval."""
    assert Interval(Fraction(8), Fraction(9)) == result("a - c")
    assert Interval(Fraction(5), Fraction(10)) == result("a / c")


@pytest.mark.parametrize("text", ["a / zero", "a + unknown", "a / (b - 4)"])
def test_unknown_inputs_and_zero_divisors_are_unknown(text: str) -> None:
    """A missing input or a divisor that may be 0 leaves the result unknown."""
    assert result(text) is None
