"""Points per indicator once it is settled what does not apply (不适用项的折算): integer thousandths, nothing lost.

In: a profile and the indicators that do not apply. Out: the maximum of every other indicator and of every reserve.
"""

from fractions import Fraction
from math import lcm
from typing import NamedTuple

from engine.models.appraisal import Shares
from engine.models.result import Split
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
    weights = own if profile.na_policy == "rescale" else rows
    whole = _largest_remainder(own, weights, profile.maximum)
    reserves = tuple(whole.pop(_reserve_name(index)) for index in range(len(profile.reserve)))
    return Allotment(whole, reserves)


def _reserve_name(index: int) -> str:
    return f"~{index:04d}"


def _largest_remainder(own: dict[str, Fraction], weights: dict[str, Fraction], maximum: Fraction) -> dict[str, int]:
    """Own points and a part of what is left of the maximum by weight, in whole thousandths that add up to it."""
    # Over common denominators everything is a whole number: many allotments are worked out for a sweep.
    scale = lcm(maximum.denominator, *(points.denominator for points in own.values()))
    parts = lcm(*(weight.denominator for weight in weights.values()))
    points = [1000 * p.numerator * (scale // p.denominator) for p in own.values()]
    shares = [w.numerator * (parts // w.denominator) for w in weights.values()]
    total, share = 1000 * maximum.numerator * (scale // maximum.denominator), sum(shares)
    if not share:
        return {name: p // scale for name, p in zip(own, points, strict=True)}
    freed, unit = total - sum(points), scale * share
    divided = [divmod(p * share + freed * s, unit) for p, s in zip(points, shares, strict=True)]
    whole = {name: amount for name, (amount, _) in zip(own, divided, strict=True)}
    missing = total // scale - sum(whole.values())
    by_remainder = sorted(zip((-rest for _, rest in divided), own, strict=True))
    for _, name in by_remainder[:missing]:
        whole[name] += 1
    return whole


def split_points(shares: Shares, maximum: int) -> Split:
    """Turn shares into thousandths that add up to the maximum, each rounded once."""
    earned = round_half_even(maximum * shares.earned)
    reachable = max(earned, round_half_even(maximum * (shares.earned + shares.open)))
    lost = min(maximum - reachable, round_half_even(maximum * shares.lost))
    return Split(earned=earned, open=reachable - earned, recoverable=maximum - reachable - lost, lost=lost)


def round_half_even(value: Fraction) -> int:
    """Round to a whole number of thousandths, halves to the even one."""
    return round(value)
