"""Points per indicator once it is settled what does not apply (不适用项的折算): integer thousandths, nothing lost.

In: a profile and the indicators that do not apply. Out: the maximum of every other indicator and of every reserve.
"""

from fractions import Fraction
from typing import NamedTuple

from engine.models.appraisal import Shares
from engine.models.ruleset import Profile


class Allotment(NamedTuple):
    """Maximum points in thousandths, by indicator and by reserve (in the profile's order)."""

    indicators: dict[str, int]
    reserves: tuple[int, ...]


def allot_points(profile: Profile, not_applicable: frozenset[str]) -> Allotment:
    """Give the points of what does not apply to everything else, by largest remainder, ties by id.

    ``rescale`` gives in proportion to the points, ``spread`` the same to every row.
    """
    own = {name: points for name, points in profile.points.items() if name not in not_applicable}
    rows = dict.fromkeys(own, Fraction(1))
    for index, reserve in enumerate(profile.reserve):
        own[_reserve_name(index)] = reserve.points
        rows[_reserve_name(index)] = Fraction(reserve.rows)
    freed = profile.maximum - sum(own.values(), Fraction(0))
    weights = own if profile.na_policy == "rescale" else rows
    weight = sum(weights.values(), Fraction(0))
    more = freed / weight if weight else Fraction(0)
    exact = {name: (points + more * weights[name] if more else points) * 1000 for name, points in own.items()}
    whole = _largest_remainder(exact, int(profile.maximum * 1000) if weight else 0)
    reserves = tuple(whole.pop(_reserve_name(index)) for index in range(len(profile.reserve)))
    return Allotment(whole, reserves)


def _reserve_name(index: int) -> str:
    return f"~{index:04d}"


def _largest_remainder(exact: dict[str, Fraction], total: int) -> dict[str, int]:
    whole = {name: value.numerator // value.denominator for name, value in exact.items()}
    missing = total - sum(whole.values())
    if missing:
        by_remainder = sorted(exact, key=lambda name: (whole[name] - exact[name], name))
        for name in by_remainder[:missing]:
            whole[name] += 1
    return whole


class Divided(NamedTuple):
    """How some thousandths are divided: they add up to the maximum."""

    earned: int
    open: int
    recoverable: int
    lost: int


def split_points(shares: Shares, maximum: int) -> Divided:
    """Turn shares into thousandths that add up to the maximum, each rounded once."""
    earned = _points_of(shares.earned, maximum)
    reachable = max(earned, _points_of(shares.earned + shares.open if shares.open else shares.earned, maximum))
    lost = min(maximum - reachable, _points_of(shares.lost, maximum))
    return Divided(earned=earned, open=reachable - earned, recoverable=maximum - reachable - lost, lost=lost)


def _points_of(share: Fraction, maximum: int) -> int:
    """A share of some thousandths, rounded; in whole numbers, since this is asked for every indicator and track."""
    whole, rest = divmod(maximum * share.numerator, share.denominator)
    twice = 2 * rest
    return whole + 1 if twice > share.denominator or twice == share.denominator and whole % 2 else whole


def round_half_even(value: Fraction) -> int:
    """Round to a whole number of thousandths, halves to the even one."""
    return round(value)
