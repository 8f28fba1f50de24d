"""What is known of a number: an interval with exact ends, open or closed."""

from dataclasses import dataclass
from fractions import Fraction

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Interval:
    """All that a number may be. A missing end means unbounded; an open end excludes itself.

    Attributes:
        low, high: The ends, exact; ``None`` where nothing bounds the number.
        low_open, high_open: Whether the end itself is excluded.
        resolution: The unit of the last digit as it was written, in the number's own unit; 0 where it was not written.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    resolution: Fraction = ZERO

    @property
    def exact(self) -> Fraction | None:
        """The number itself, where only one is possible."""
        return self.low if self.low is self.high or self.low == self.high else None

    @property
    def is_point(self) -> bool:
        """Whether it was made as one number, so that what holds for its lower end holds for all of it."""
        return self.low is self.high and not self.low_open and not self.high_open

    def at_least(self, bound: Fraction) -> bool | None:
        """Whether the number is ``bound`` or more: yes, no, or cannot be told."""
        if self.low is not None and self.low >= bound:
            return True
        if self.high is not None and (self.high < bound or self.high == bound and self.high_open):
            return False
        return None

    def more_than(self, bound: Fraction) -> bool | None:
        """Whether the number exceeds ``bound``: yes, no, or cannot be told."""
        if self.low is not None and (self.low > bound or self.low == bound and self.low_open):
            return True
        if self.high is not None and self.high <= bound:
            return False
        return None

    def meets_interval(self, other: "Interval") -> bool:
        """Whether the two have a number in common."""
        return not (_below(self, other) or _below(other, self))


def _below(one: Interval, other: Interval) -> bool:
    if one.high is None or other.low is None:
        return False
    return one.high < other.low or one.high == other.low and (one.high_open or other.low_open)


def point(value: Fraction | int) -> Interval:
    """The interval that holds one number."""
    number = value if isinstance(value, Fraction) else Fraction(value)
    return Interval(number, number)


def hull(intervals: list[Interval]) -> Interval:
    """The smallest interval that holds all of them."""
    lows = [(i.low, i.low_open) for i in intervals]
    highs = [(i.high, i.high_open) for i in intervals]
    low = None if any(v is None for v, _ in lows) else min((v, o) for v, o in lows if v is not None)
    high = None if any(v is None for v, _ in highs) else max((v, not o) for v, o in highs if v is not None)
    return Interval(
        low[0] if low else None,
        high[0] if high else None,
        low[1] if low else False,
        not high[1] if high else False,
        max(i.resolution for i in intervals),
    )


def clip(value: Interval, low: Fraction, high: Fraction | None) -> Interval:
    """Keep what lies between two closed bounds; what lies wholly outside becomes the nearer bound."""
    if high is not None and value.low is not None and value.low >= high:
        return Interval(high, high, resolution=value.resolution)
    if value.high is not None and value.high <= low:
        return Interval(low, low, resolution=value.resolution)
    too_low = value.low is None or value.low < low
    too_high = high is not None and (value.high is None or value.high > high)
    if not too_low and not too_high:
        return value
    return Interval(
        low if too_low else value.low,
        high if too_high else value.high,
        not too_low and value.low_open,
        not too_high and value.high_open,
        value.resolution,
    )


def add(one: Interval, other: Interval) -> Interval:
    """The sum."""
    if one.is_point and other.is_point and one.low is not None and other.low is not None:
        return point(one.low + other.low)
    return Interval(
        None if one.low is None or other.low is None else one.low + other.low,
        None if one.high is None or other.high is None else one.high + other.high,
        one.low_open or other.low_open,
        one.high_open or other.high_open,
    )


def negate(value: Interval) -> Interval:
    """The number with its sign turned."""
    return Interval(
        None if value.high is None else -value.high,
        None if value.low is None else -value.low,
        value.high_open,
        value.low_open,
    )


def multiply(one: Interval, other: Interval) -> Interval | None:
    """The product; ``None`` where an end is missing, since then nothing can be said."""
    ends = (one.low, one.high, other.low, other.high)
    if any(end is None for end in ends):
        return None
    products = [a * b for a in (one.low, one.high) for b in (other.low, other.high) if a is not None and b is not None]
    return Interval(min(products), max(products))


def divide(one: Interval, other: Interval) -> Interval | None:
    """The quotient of two numbers that are not negative; ``None`` where the divisor may be zero.

    A dividend or divisor without an upper end gives a quotient without one, or with 0 below.
    """
    if other.low is None or other.low <= 0 or one.low is None or one.low < 0:
        return None
    if one.is_point and other.is_point:
        return point(one.low / other.low)
    # Nothing divided by anything is nothing: an end at 0 is reached whatever the divisor.
    return Interval(
        ZERO if other.high is None else one.low / other.high,
        None if one.high is None else one.high / other.low,
        one.low_open or one.low != 0 and (other.high_open or other.high is None),
        one.high_open or one.high != 0 and other.low_open,
    )
