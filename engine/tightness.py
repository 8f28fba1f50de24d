"""Whether one condition asks for at least as much as another (松紧)."""

from engine.models.ruleset import Condition


def is_as_strict(own: Condition, below: Condition) -> bool:
    """Whether whatever meets the one meets the other; conditions of different sorts cannot be compared.

    >>> from fractions import Fraction
    >>> is_as_strict(Condition(at_least=Fraction(6)), Condition(at_least=Fraction(5)))
    True
    >>> is_as_strict(Condition(at_least=Fraction(5)), Condition(more_than=Fraction(5)))
    False
    """
    if below.by is not None:
        return own.by is not None and (own.by.years_after, own.by.month_day) <= (below.by.years_after, below.by.month_day)
    if below.equals is not None:
        return own.equals == below.equals
    return _from_below(own, below) or _from_above(own, below)


def _from_below(own: Condition, below: Condition) -> bool:
    bound = below.at_least if below.at_least is not None else below.more_than
    if bound is None:
        return False
    if own.more_than is not None:
        return own.more_than >= bound
    return own.at_least is not None and (own.at_least > bound or own.at_least == bound == below.at_least)


def _from_above(own: Condition, below: Condition) -> bool:
    bound = below.at_most if below.at_most is not None else below.less_than
    if bound is None:
        return False
    if own.less_than is not None:
        return own.less_than <= bound
    return own.at_most is not None and (own.at_most < bound or own.at_most == bound == below.at_most)
