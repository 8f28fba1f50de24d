"""Which figures must agree with which (勾稽关系): where any might not, the plain path is asked about all that hang together.

Whether figures contradict each other is for the plain path to say; here are only the tests that find the rows in which they
might, too many rather than too few.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from engine.models import ruleset as model
from engine.models.admitted import PREVIOUS
from engine.related import Measures
from engine.related import all_inputs

# Days that are written out compare as texts.
_DAY = r"^\d{4}-\d{2}-\d{2}$"


class Tie(NamedTuple):
    """Some cells that must agree, and the test that is true of every row in which they do not."""

    measure: str
    at_odds: pl.Expr


def find_ties(measures: Measures, columns: Iterable[str], counts: frozenset[str]) -> tuple[Tie, ...]:
    """The tests of all figures that rows state, ``counts`` of them as whole numbers."""
    held = frozenset(columns)
    return tuple(
        Tie(name, test)
        for period in ("", f"@{PREVIOUS}")
        for name, measure in measures.items()
        for test in _tests(name, measure, measures, held, counts, period)
    )


def _tests(
    name: str, measure: model.Measure, measures: Measures, held: frozenset[str], counts: frozenset[str], period: str
) -> Iterator[pl.Expr]:
    cell = f"{name}{period}"
    own = pl.col(cell)
    if isinstance(measure, model.Ratio):
        top, bottom = f"{measure.numerator}{period}", f"{measure.denominator}{period}"
        if {top, bottom} <= held:
            yield pl.col(top) > pl.col(bottom) if {top, bottom} <= counts else _both(top, bottom)
        if cell in held:
            yield from (_both(cell, part) for name in all_inputs(measure, measures) if (part := f"{name}{period}") in held)
    if cell not in held:
        return
    if isinstance(measure, model.Counted):
        whole, parts = f"{measure.part_of}{period}", [f"{part}{period}" for part in measure.parts]
        if whole in held:
            yield own > pl.col(whole) if {cell, whole} <= counts else _both(cell, whole)
        if given := [part for part in parts if part in held]:
            some = own.is_not_null() & pl.any_horizontal([pl.col(part).is_not_null() for part in given])
            yield some & _parts_at_odds(own, given, len(parts)) if {cell, *given} <= counts else some
    elif isinstance(measure, model.Dated) and f"{measure.not_before}{period}" in held:
        other = pl.col(f"{measure.not_before}{period}")
        days = own.str.contains(_DAY) & other.str.contains(_DAY)
        yield own.is_not_null() & other.is_not_null() & (~days | (own < other))


def _both(one: str, other: str) -> pl.Expr:
    return pl.col(one).is_not_null() & pl.col(other).is_not_null()


def _parts_at_odds(own: pl.Expr, parts: list[str], of: int) -> pl.Expr:
    """All parts make the whole; some of them make no more than that."""
    added = pl.sum_horizontal(parts)
    if len(parts) < of:
        return added > own
    complete = pl.all_horizontal([pl.col(part).is_not_null() for part in parts])
    return (added > own) | complete & (added != own)
