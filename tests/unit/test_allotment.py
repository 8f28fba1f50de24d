"""Points once it is settled what does not apply: whole thousandths, nothing lost, ties by id."""

from fractions import Fraction
from typing import Any

import pytest

from engine.allotment import allot_points
from engine.allotment import round_half_even
from engine.models.ruleset import Profile


def allot(points: dict[str, str], away: set[str] = frozenset(), policy: str = "rescale", reserve: Any = ()) -> Any:
    reserves = [{"rows": rows, "points": amount, "reason": "未收录"} for rows, amount in reserve]
    maximum = sum(map(Fraction, points.values()), Fraction(0)) + sum((Fraction(p) for _, p in reserve), Fraction(0))
    keys = {"id": "p", "title": "试例", "status": "assumption", "basis": "试例", "maximum": maximum, "na_policy": policy}
    return allot_points(Profile.model_validate({**keys, "points": points, "reserve": reserves}), frozenset(away))


def test_nothing_away_leaves_the_points_as_they_are() -> None:
    """Points in thousandths are those of the profile."""
    assert allot({"I-1": "1.5", "I-2": "0.5"}) == ({"I-1": 1500, "I-2": 500}, ())


def test_rescale_gives_in_proportion() -> None:
    """Six points set free go two to one."""
    assert allot({"I-1": "2", "I-2": "1", "I-3": "6"}, {"I-3"}).indicators == {"I-1": 6000, "I-2": 3000}


def test_spread_gives_everyone_the_same() -> None:
    """Six points set free go one to one."""
    assert allot({"I-1": "2", "I-2": "1", "I-3": "6"}, {"I-3"}, "spread").indicators == {"I-1": 5000, "I-2": 4000}


def test_largest_remainder_and_ties_by_id() -> None:
    """One point for three: 333 each, and the last thousandth to the first id."""
    assert allot(dict.fromkeys(["I-3", "I-1", "I-2", "I-9"], "1"), {"I-9"}).indicators == {
        "I-1": 1334,
        "I-2": 1333,
        "I-3": 1333,
    }


def test_the_largest_remainder_comes_before_ties() -> None:
    """The thousandth left goes to whom rounding down took most from: 2857.14, 571.43 and 571.43 give 2857, 572 and 571."""
    allotted = allot({"I-1": "2.5", "I-2": "0.5", "I-3": "0.5", "I-9": "0.5"}, {"I-9"}).indicators

    assert allotted == {"I-1": 2857, "I-2": 572, "I-3": 571}


def test_reserved_rows_take_their_share() -> None:
    """Rows that are not held grow with the rest: in proportion to points, or row by row."""
    for policy in ("rescale", "spread"):
        indicators, reserves = allot({"I-1": "1", "I-2": "1", "I-9": "1"}, {"I-9"}, policy, [(3, "3")])
        assert (indicators, reserves) == (({"I-1": 1200, "I-2": 1200}), (3600,))


def test_reserves_keep_their_order() -> None:
    """Reserves come out in the order of the profile, also beyond the tenth."""
    reserve = [(1, str(n)) for n in range(1, 13)]

    assert tuple(n * 1000 for n in range(1, 13)) == allot({"I-1": "1"}, reserve=reserve).reserves


@pytest.mark.parametrize("policy", ["rescale", "spread"])
@pytest.mark.parametrize("away", [set(), {"I-1"}, {"I-1", "I-4", "I-7"}, {f"I-{n}" for n in range(8)}])
def test_nothing_is_lost(policy: str, away: set[str]) -> None:
    """Whatever does not apply, the points add up to the profile's maximum."""
    points = {f"I-{n}": str(Fraction(7 * n + 1, 4)) for n in range(9)}
    indicators, reserves = allot({name: str(float(Fraction(p))) for name, p in points.items()}, away, policy, [(4, "4")])

    assert sum(map(Fraction, points.values())) + 4 == Fraction(sum(indicators.values()) + sum(reserves), 1000)
    assert set(points) - away == set(indicators)


def test_nothing_left_is_nothing() -> None:
    """Where nothing applies at all there is nothing to give points to."""
    assert allot({"I-1": "1"}, {"I-1"}) == ({}, ())


@pytest.mark.parametrize(("value", "rounded"), [("1/2", 0), ("3/2", 2), ("5/2", 2), ("2001/1000", 2), ("-1/2", 0)])
def test_halves_go_to_the_even_neighbour(value: str, rounded: int) -> None:
    """A half is rounded to the even thousandth."""
    assert rounded == round_half_even(Fraction(value))
