"""What is known of a number, as cells: both ends as whole numerator over whole denominator, so that nothing is rounded."""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from engine.awards import bound_of
from engine.models import ruleset as model
from engine.models.ruleset import Condition
from engine.models.ruleset import Measure
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Named
from engine.scope import unit_of_measure

Place = Cell | int
# Spreadsheets count days from here; our intervals count them from year 1.
DAY_ZERO = date(1899, 12, 30).toordinal()


class Known(NamedTuple):
    """An interval in cells. An end that is not known is an empty text; a flag is 0 or 1.

    Attributes:
        none_due: Nothing was due.
        doubt: It contradicts something.
        name: The number of the row that it stands on.
        running, running_of: How much of a whole is short only because its time still runs.
    """

    low_n: Place
    low_d: Place
    high_n: Place
    high_d: Place
    low_open: Place = 0
    high_open: Place = 0
    none_due: Place = 0
    doubt: Place = 0
    running: Place = 0
    running_of: Place = 1
    name: str = ""

    def holes(self, name: str) -> dict[str, Named]:
        """The holes of a formula that asks for it: ``{xln}``, ``{xld}`` … for the name x."""
        return {
            f"{name}ln": self.low_n,
            f"{name}ld": self.low_d,
            f"{name}hn": self.high_n,
            f"{name}hd": self.high_d,
            f"{name}lo": self.low_open,
            f"{name}ho": self.high_open,
        }


def style_of(measure: Measure | None) -> str:
    """How a value is shown: as a rate, a day, a yes or no, or a number."""
    if measure is None or isinstance(measure, model.Chosen) and measure.kind == "boolean":
        return "yes"
    if isinstance(measure, model.Dated):
        return "day"
    return "percent" if unit_of_measure(measure) == "%" else "rate"


def reduced(numerator: str, denominator: str) -> tuple[str, str]:
    """Two formulas: a fraction in lowest terms, its denominator positive."""
    common = f"GCD(ABS({numerator}),{denominator})"
    return f"QUOTIENT({numerator},{common})", f"QUOTIENT({denominator},{common})"


def between_0_and_1(numerator: str, denominator: str) -> tuple[str, str]:
    """Two formulas: a fraction in lowest terms, kept between 0 and 1."""
    top, bottom = reduced(numerator, denominator)
    return (
        f"IF({numerator}<=0,0,IF({numerator}>={denominator},1,{top}))",
        f"IF({numerator}<=0,1,IF({numerator}>={denominator},1,{bottom}))",
    )


# Three-valued comparisons of an interval x with a bound b: 1, 0, or an empty text where it cannot be told.
_LOW_REACHES = "IF(ISNUMBER({xln}),IF({xln}*{bd}>={bn}*{xld},1,0),0)"
_LOW_EXCEEDS = "IF(ISNUMBER({xln}),IF(OR({xln}*{bd}>{bn}*{xld},AND({xln}*{bd}={bn}*{xld},{xlo}=1)),1,0),0)"
_HIGH_BELOW = "IF(ISNUMBER({xhn}),IF(OR({xhn}*{bd}<{bn}*{xhd},AND({xhn}*{bd}={bn}*{xhd},{xho}=1)),1,0),0)"
_HIGH_NOT_ABOVE = "IF(ISNUMBER({xhn}),IF({xhn}*{bd}<={bn}*{xhd},1,0),0)"
_IS_ONE = "IF(AND(ISNUMBER({xln}),ISNUMBER({xhn})),IF({xln}*{xhd}={xhn}*{xld},1,0),0)"
_MARKS = {
    "at_least": ("≥", f'IF({_LOW_REACHES}=1,1,IF({_HIGH_BELOW}=1,0,""))'),
    "more_than": ("＞", f'IF({_LOW_EXCEEDS}=1,1,IF({_HIGH_NOT_ABOVE}=1,0,""))'),
    "at_most": ("≤", f'IF({_LOW_EXCEEDS}=1,0,IF({_HIGH_NOT_ABOVE}=1,1,""))'),
    "less_than": ("＜", f'IF({_LOW_REACHES}=1,0,IF({_HIGH_BELOW}=1,1,""))'),
    "equals": (
        "＝",
        f'IF({_IS_ONE}=1,IF({{xln}}*{{bd}}={{bn}}*{{xld}},1,0),IF(OR({_HIGH_BELOW}=1,{_LOW_EXCEEDS}=1),0,""))',
    ),
}
_MARKS["by"] = _MARKS["at_most"]


def comparison_of(condition: Condition) -> str:
    """Which of the comparisons a condition makes."""
    return next(name for name in _MARKS if getattr(condition, name) is not None)


def mark_of(condition: Condition) -> str:
    """The sign of a comparison."""
    return _MARKS[comparison_of(condition)][0]


def meets(value: Known, condition: Condition, bound_n: Named, bound_d: Named) -> Formula:
    """Whether a value meets a condition: 1, 0, or an empty text where it cannot be told."""
    return Formula(_MARKS[comparison_of(condition)][1], {**value.holes("x"), "bn": bound_n, "bd": bound_d})


def bound_on(condition: Condition, period_end: date, options: tuple[str, ...], measure: Measure | None) -> Fraction:
    """The number that a condition compares with, as a sheet writes it: a day counted from the spreadsheets' first one."""
    if condition.equals is not None:
        wanted = condition.equals
        return Fraction(int(wanted) if isinstance(wanted, bool) else options.index(wanted) if wanted in options else -1)
    return bound_of(condition, period_end) - (DAY_ZERO if isinstance(measure, model.Dated) else 0)
