"""The award forms as formulas (计分形式): a value and a condition → the share of the points, at least and at most.

One function per form, in one table, as in the stage that awards; every share is a numerator over a denominator.
"""

from collections.abc import Callable
from typing import NamedTuple

from engine.models.ruleset import Award
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.known import Known
from engine.rendering.recompute.known import between_0_and_1


class Terms(NamedTuple):
    """What a form reads: the value, the condition's bound and answer, and the numbers of the partial credit.

    ``one`` and ``two`` are fractions whose meaning depends on the form: 零分点; 每步、每步扣; 每件扣、扣分上限.
    """

    value: Known
    answer: Cell
    lower_is_better: bool
    bound: tuple[Cell, Cell]
    one: tuple[Cell, Cell]
    two: tuple[Cell, Cell]
    bands: tuple[tuple[Cell, Cell, Cell], ...] = ()

    def holes(self) -> dict[str, Named]:
        """The holes of a form's formulas."""
        return {
            **self.value.holes("x"),
            "v": self.answer,
            "bn": self.bound[0],
            "bd": self.bound[1],
            "pn": self.one[0],
            "pd": self.one[1],
            "qn": self.two[0],
            "qd": self.two[1],
        }


class Shares(NamedTuple):
    """Four formulas: both ends of the share, each as numerator and denominator."""

    low_n: Formula
    low_d: Formula
    high_n: Formula
    high_d: Formula


def shares_of(award: Award, terms: Terms) -> Shares:
    """How much of the points a value carries."""
    texts, more = _FORMS[award](terms)
    holes = {**terms.holes(), **more}
    return Shares(*(Formula(text, holes) for text in texts))


_Texts = tuple[tuple[str, str, str, str], dict[str, Named]]


def _all_or_nothing(terms: Terms) -> _Texts:  # noqa: ARG001 - one signature for all forms
    return ("IF({v}=1,1,0)", "1", "IF({v}=0,0,1)", "1"), {}


def _bands(terms: Terms) -> _Texts:
    """The best band that is met, and the best one that is not missed; bands stand best first."""
    holes: dict[str, Named] = {}
    texts = {"low_n": "0", "low_d": "1", "high_n": "0", "high_d": "1"}
    for at, (answer, share_n, share_d) in reversed(list(enumerate(terms.bands))):
        holes |= {f"a{at}": answer, f"s{at}n": share_n, f"s{at}d": share_d}
        for which in ("n", "d"):
            texts[f"low_{which}"] = f"IF({{a{at}}}=1,{{s{at}{which}}},{texts[f'low_{which}']})"
            texts[f"high_{which}"] = f"IF({{a{at}}}=0,{texts[f'high_{which}']},{{s{at}{which}}})"
    return (texts["low_n"], texts["low_d"], texts["high_n"], texts["high_d"]), holes


def _ends(terms: Terms) -> tuple[tuple[str, str], tuple[str, str]]:
    """The worst and the best end of the value, each as numerator and denominator."""
    low, high = ("{xln}", "{xld}"), ("{xhn}", "{xhd}")
    return (high, low) if terms.lower_is_better else (low, high)


def _or_else(n: str, text: str, otherwise: str) -> str:
    """A missing end is as bad, or as good, as can be."""
    return f"IF(ISNUMBER({n}),{text},{otherwise})"


def _between(terms: Terms, worth: Callable[[str, str], tuple[str, str]]) -> _Texts:
    (worst, worst_of), (best, best_of) = _ends(terms)
    low_n, low_d = between_0_and_1(*worth(worst, worst_of))
    high_n, high_d = between_0_and_1(*worth(best, best_of))
    return (
        _or_else(worst, low_n, "0"),
        _or_else(worst, low_d, "1"),
        _or_else(best, high_n, "1"),
        _or_else(best, high_d, "1"),
    ), {}


def _share(terms: Terms) -> _Texts:
    return _between(terms, lambda n, d: (f"({d}-{n})", d) if terms.lower_is_better else (n, d))


def _raised(texts: _Texts) -> _Texts:
    """Full points are only for what meets the full condition; an end of the interval may just miss it."""
    (low_n, low_d, high_n, high_d), holes = texts
    is_whole = f"IF({low_n}={low_d},1,0)"
    return (f"IF({{v}}=1,1,IF({is_whole}=1,0,{low_n}))", f"IF({{v}}=1,1,IF({is_whole}=1,1,{low_d}))", high_n, high_d), holes


def _linear(terms: Terms) -> _Texts:
    """(x - zero) / (full - zero), the sign of the divisor moved above the line."""
    span = "({bn}*{pd}-{pn}*{bd})"

    def worth(n: str, d: str) -> tuple[str, str]:
        return f"(({n}*{{pd}}-{{pn}}*{d})*{{bd}}*SIGN{span})", f"MAX(1,{d}*ABS{span})"

    return _raised(_between(terms, worth))


def _steps(terms: Terms) -> _Texts:
    """1 minus the deduction per step begun; an end that just misses the full condition is a step short."""

    def worth(n: str, d: str) -> tuple[str, str]:
        short = f"({n}*{{bd}}-{{bn}}*{d})" if terms.lower_is_better else f"({{bn}}*{d}-{n}*{{bd}})"
        step = f"({d}*{{bd}}*{{pn}})"
        count = f"QUOTIENT({short}*{{pd}}+{step}-1,{step})"
        left = f"IF({short}<=0,{{qd}},{{qd}}-{{qn}}*{count})"
        return f"IF({{v}}=0,MIN({left},{{qd}}-{{qn}}),{left})", "{qd}"

    return _raised(_between(terms, worth))


def _deduct_each(terms: Terms) -> _Texts:  # noqa: ARG001 - one signature for all forms
    """1 minus so much a case, down to a floor; what is not known at all may be the worst."""

    def worth(n: str, d: str) -> tuple[str, str]:
        cases, of = f"MAX(0,{n})", f"({{pd}}*{d})"
        capped = f"{{pn}}*{cases}*{{qd}}>={{qn}}*{of}"
        left = f"IF({capped},({{qd}}-{{qn}})*{of},({of}-{{pn}}*{cases})*{{qd}})"
        return left, f"({of}*{{qd}})"

    low_n, low_d = between_0_and_1(*worth("{xhn}", "{xhd}"))
    high_n, high_d = between_0_and_1(*worth("{xln}", "{xld}"))
    nothing = "AND(NOT(ISNUMBER({xln})),NOT(ISNUMBER({xhn})))"
    floor_n, floor_d = between_0_and_1("({qd}-{qn})", "{qd}")
    return (
        f"IF({nothing},0,{_or_else('{xhn}', low_n, floor_n)})",
        f"IF({nothing},1,{_or_else('{xhn}', low_d, floor_d)})",
        _or_else("{xln}", high_n, "1"),
        _or_else("{xln}", high_d, "1"),
    ), {}


_FORMS: dict[Award, Callable[[Terms], _Texts]] = {
    Award.ALL_OR_NOTHING: _all_or_nothing,
    Award.BANDS: _bands,
    Award.LINEAR: _linear,
    Award.STEPS: _steps,
    Award.SHARE: _share,
    Award.DEDUCT_EACH: _deduct_each,
    Award.RATED: _share,
}
