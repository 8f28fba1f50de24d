"""Which figures must agree with which (勾稽关系): where any might not, the plain path is asked about all that hang together.

Whether figures contradict each other is for the plain path to say; here are only the tests that find the rows in which they
might, too many rather than too few. A test is said once, as data; columns and single rows each lower it.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from enum import Enum
from enum import auto
from typing import NamedTuple

from engine.models import ruleset as model
from engine.models.admitted import PREVIOUS
from engine.narrowing import reached
from engine.rule_parts import inputs_of

Measures = dict[str, model.Measure]
# Days that are written out compare as texts.
DAY = r"^\d{4}-\d{2}-\d{2}$"


class Form(Enum):
    """When the cells of a tie might be at odds."""

    BOTH_STATED = auto()
    FIRST_ABOVE_SECOND = auto()
    FIRST_DAY_BEFORE_SECOND = auto()
    TOTAL_BESIDE_PARTS = auto()
    SOME_PARTS_ABOVE_TOTAL = auto()
    ALL_PARTS_OFF_TOTAL = auto()


class Tie(NamedTuple):
    """Some cells that must agree: of a total and its parts the total comes first."""

    measure: str
    form: Form
    cells: tuple[str, ...]


def find_ties(measures: Measures, columns: Iterable[str], counts: frozenset[str]) -> tuple[Tie, ...]:
    """The ties of all figures that rows state, ``counts`` of them as whole numbers."""
    held = frozenset(columns)
    return tuple(
        Tie(name, form, cells)
        for period in ("", f"@{PREVIOUS}")
        for name, measure in measures.items()
        for form, cells in _ties(name, measure, measures, held, counts, period)
    )


def _ties(
    name: str, measure: model.Measure, measures: Measures, held: frozenset[str], counts: frozenset[str], period: str
) -> Iterator[tuple[Form, tuple[str, ...]]]:
    cell = f"{name}{period}"
    if isinstance(measure, model.Ratio):
        counted = f"{measure.numerator}{period}", f"{measure.denominator}{period}"
        if held.issuperset(counted):
            yield _not_above(counted, counts)
        if cell in held:
            below = (f"{part}{period}" for part in reached(inputs_of(measure), measures))
            yield from ((Form.BOTH_STATED, (cell, part)) for part in below if part in held)
    if cell in held and isinstance(measure, model.Counted):
        whole, parts = f"{measure.part_of}{period}", [f"{part}{period}" for part in measure.parts]
        if whole in held:
            yield _not_above((cell, whole), counts)
        if given := tuple(part for part in parts if part in held):
            plain = counts.issuperset((cell, *given))
            form = Form.ALL_PARTS_OFF_TOTAL if len(given) == len(parts) else Form.SOME_PARTS_ABOVE_TOTAL
            yield (form if plain else Form.TOTAL_BESIDE_PARTS), (cell, *given)
    if cell in held and isinstance(measure, model.Dated) and f"{measure.not_before}{period}" in held:
        yield Form.FIRST_DAY_BEFORE_SECOND, (cell, f"{measure.not_before}{period}")


def _not_above(cells: tuple[str, str], counts: frozenset[str]) -> tuple[Form, tuple[str, ...]]:
    return (Form.FIRST_ABOVE_SECOND if counts.issuperset(cells) else Form.BOTH_STATED), cells
