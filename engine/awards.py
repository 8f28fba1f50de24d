"""A decided interval → the share of the points it carries, at least and at most. One function per form, in one table.

The full condition stands in the pillar file; partial credit comes from the profile and is an assumption. A form knows
neither measures nor clocks.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from engine.models.interval import ONE
from engine.models.interval import ZERO
from engine.models.interval import Interval
from engine.models.ruleset import Award
from engine.models.ruleset import Condition
from engine.models.ruleset import Credit
from engine.quantities import deadline_day
from engine.quantities import meets


class Question(NamedTuple):
    """What a form needs beside the value."""

    meets: Condition | None
    credit: Credit
    lower_is_better: bool
    period_end: date
    options: tuple[str, ...] = ()


class Shares(NamedTuple):
    """The share of the points that is certain, and the share that is possible."""

    low: Fraction
    high: Fraction


def award_shares(award: Award, value: Interval | None, question: Question) -> Shares:
    """How much of the points a value carries; nothing known leaves everything possible."""
    return Shares(ZERO, ONE) if value is None else _FORMS[award](value, question)


def _all_or_nothing(value: Interval, question: Question) -> Shares:
    assert question.meets is not None
    answer = meets(value, question.meets, question.period_end, question.options)
    return Shares(ONE if answer is True else ZERO, ZERO if answer is False else ONE)


def bands_of(question: Question) -> list[tuple[Condition, Fraction]]:
    """The full condition and the lower bands, best first."""
    assert question.meets is not None
    lower = sorted(question.credit.bands, key=lambda band: band.share, reverse=True)
    return [(question.meets, ONE), *((band.meets, band.share) for band in lower)]


def _bands(value: Interval, question: Question) -> Shares:
    answers = [
        (meets(value, condition, question.period_end, question.options), share) for condition, share in bands_of(question)
    ]
    low = next((share for answer, share in answers if answer is True), ZERO)
    high = next((share for answer, share in answers if answer is not False), ZERO)
    return Shares(low, high)


def bound_of(condition: Condition, period_end: date) -> Fraction:
    """The number that a condition compares with."""
    for bound in (condition.at_least, condition.more_than, condition.at_most, condition.less_than):
        if bound is not None:
            return bound
    return Fraction(deadline_day(condition.by, period_end).toordinal()) if condition.by else ONE


def _between(value: Interval, question: Question, worth: Callable[[Fraction], Fraction]) -> Shares:
    """Ask a monotone worth at both ends; a missing end is as bad, or as good, as can be."""
    worst, best = (value.high, value.low) if question.lower_is_better else (value.low, value.high)
    if worst is best and worst is not None:
        certain = worth(worst)
        return Shares(certain, certain)
    return Shares(ZERO if worst is None else worth(worst), ONE if best is None else worth(best))


def _linear(value: Interval, question: Question) -> Shares:
    assert question.meets is not None
    full, zero = bound_of(question.meets, question.period_end), question.credit.zero_at or ZERO

    def worth(x: Fraction) -> Fraction:
        return min(ONE, max(ZERO, (x - zero) / (full - zero))) if full != zero else ZERO

    return _raised(value, question, _between(value, question, worth))


def _steps(value: Interval, question: Question) -> Shares:
    assert question.meets is not None and question.credit.steps is not None
    full, step = bound_of(question.meets, question.period_end), question.credit.steps

    def worth(x: Fraction) -> Fraction:
        short = x - full if question.lower_is_better else full - x
        return ONE if short <= 0 else max(ZERO, ONE - step.deduct * -(-short // step.every))

    shares = _raised(value, question, _between(value, question, worth))
    missed = _all_or_nothing(value, question).high == ZERO
    # An end that comes as near as one likes to the full condition, and misses it, is a step short.
    short = max(ZERO, ONE - step.deduct)
    return Shares(min(shares.low, short), min(shares.high, short)) if missed else shares


def _raised(value: Interval, question: Question, shares: Shares) -> Shares:
    """Full points are only for what meets the full condition; an end of the interval may just miss it."""
    whole = _all_or_nothing(value, question)
    if whole.low == ONE:
        return Shares(ONE, shares.high)
    return Shares(ZERO if shares.low == ONE else shares.low, shares.high)


def _share(value: Interval, question: Question) -> Shares:
    def worth(x: Fraction) -> Fraction:
        return min(ONE, max(ZERO, ONE - x if question.lower_is_better else x))

    return _between(value, question, worth)


def _deduct_each(value: Interval, question: Question) -> Shares:
    assert question.credit.each is not None
    each = question.credit.each
    most, least = value.high, value.low
    cap = min(each.cap, ONE)

    def worth(cases: Fraction) -> Fraction:
        return ONE - min(cap, each.deduct * max(ZERO, cases))

    return Shares(ONE - cap if most is None else worth(most), ONE if least is None else worth(least))


_FORMS: dict[Award, Callable[[Interval, Question], Shares]] = {
    Award.ALL_OR_NOTHING: _all_or_nothing,
    Award.BANDS: _bands,
    Award.LINEAR: _linear,
    Award.STEPS: _steps,
    Award.SHARE: _share,
    Award.DEDUCT_EACH: _deduct_each,
    Award.RATED: _share,
}
