"""Numbers as they are printed (取位): no more digits than their error leaves, and bounds rounded outwards."""

from fractions import Fraction
from math import ceil
from math import floor

Real = Fraction | float
# What a chance may differ by from a whole percent and still be that percent: the dust of floating additions.
DUST = 1e-9


def percent(share: Real) -> str:
    """A share as whole percents.

    >>> percent(Fraction(343, 1000))
    '34%'
    """
    return f"{round(share * 100)}%"


def percent_down(share: Real) -> str:
    """A share as whole percents, rounded down; never below 0."""
    return f"{max(0, floor(share * 100 + DUST))}%"


def percent_up(share: Real) -> str:
    """A share as whole percents, rounded up; never above 100."""
    return f"{min(100, ceil(share * 100 - DUST))}%"


def digits_for(error: float) -> int:
    """How many decimals an error leaves: whole points from a twentieth of a point on."""
    return 0 if error > 0.05 else 1 if error > 0 else 2


def in_points(points: Real, digits: int) -> str:
    """Points to so many decimals, half to even.

    >>> in_points(Fraction(13, 4), 1)
    '3.2'
    """
    whole = round(Fraction(points) * 10**digits)
    sign, size = ("-", -whole) if whole < 0 else ("", whole)
    return f"{sign}{size // 10**digits}" + (f".{size % 10**digits:0{digits}d}" if digits else "")


def in_points_up(points: Real, digits: int) -> str:
    """Points to so many decimals, rounded up: for errors."""
    return in_points(Fraction(ceil(Fraction(points) * 10**digits - Fraction(1, 10**9)), 10**digits), digits)
