"""Which rows columns can take (可按列算的行): plain counts where counts are added up, figures that agree with each other.

Too many rows are given to the plain path rather than too few. What no row of a chunk does costs one look at the column.
"""

import polars as pl

from engine.kernel import MOST
from engine.kernel import Kernel
from engine.models import ruleset as model
from engine.rulesets import inputs_of

# Days that are written out compare as texts.
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_PLAIN_COUNT = r"^(0|[1-9]\d{0,8})$"


def type_cells(kernel: Kernel, chunk: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series | None]:
    """Counts as numbers, everything else as text or truth; and which rows hold a cell that columns do not take, if any."""
    columns = [pl.col("row"), pl.col("unit")]
    tests: dict[str, pl.Expr] = {}
    for name in kernel.columns:
        kind, own = chunk.schema[name], pl.col(name)
        if name not in kernel.counts:
            columns.append(own if kind == pl.Boolean else own.cast(pl.String))
        elif kind.is_integer():
            columns.append(own.cast(pl.Int64))
            tests[name] = (own < 0) | (own > MOST)
        else:
            text = own.cast(pl.String)
            plain = text.str.contains(_PLAIN_COUNT)
            columns.append(pl.when(plain).then(text).cast(pl.Int64).alias(name))
            tests[name] = ~plain
    table = chunk.select(columns)
    for name in kernel.columns:
        if name not in kernel.counts:
            truths = table.schema[name] == pl.Boolean
            met = [True, False] if truths else table[name].drop_nulls().unique().to_list()
            if unusable := [value for value in met if not kernel.usable(name, value)]:
                tests[name] = pl.col(name).cast(table.schema[name]).is_in(unusable)
    return table, _where_any(chunk, list(tests.values()))


def disagreeing(kernel: Kernel, table: pl.DataFrame) -> pl.Series | None:
    """The rows in which figures might contradict each other, if any."""
    measures, held = kernel.rules.ruleset.measures, set(kernel.columns)
    at_odds: list[pl.Expr] = []
    for name in kernel.columns:
        measure = measures.get(name)
        own = pl.col(name)
        if isinstance(measure, model.Counted):
            if measure.part_of in held:
                whole = pl.col(str(measure.part_of))
                plain = {name, measure.part_of} <= kernel.counts
                at_odds.append(own > whole if plain else own.is_not_null() & whole.is_not_null())
            parts = [part for part in measure.parts if part in held]
            if parts:
                given = own.is_not_null() & pl.any_horizontal([pl.col(part).is_not_null() for part in parts])
                at_odds.append(given & _parts_at_odds(own, parts, measure) if {name, *parts} <= kernel.counts else given)
        elif isinstance(measure, model.Dated) and measure.not_before in held:
            other = pl.col(str(measure.not_before))
            days = own.str.contains(_DAY) & other.str.contains(_DAY)
            at_odds.append(own.is_not_null() & other.is_not_null() & (~days | (own < other)))
        elif isinstance(measure, model.Ratio):
            below = _all_inputs(measure, measures) & held
            at_odds += [own.is_not_null() & pl.col(part).is_not_null() for part in sorted(below)]
    for measure in measures.values():
        if isinstance(measure, model.Ratio) and {measure.numerator, measure.denominator} <= held:
            both = {measure.numerator, measure.denominator} <= kernel.counts
            top, bottom = pl.col(measure.numerator), pl.col(measure.denominator)
            at_odds.append(top > bottom if both else top.is_not_null() & bottom.is_not_null())
    return _where_any(table, at_odds)


def _where_any(table: pl.DataFrame, tests: list[pl.Expr]) -> pl.Series | None:
    """The rows of which any test is true; most tests are true of none."""
    if not tests or not table.height:
        return None
    true_of_some = table.select([test.any().alias(str(n)) for n, test in enumerate(tests)]).row(0)
    found = [test.fill_null(value=False) for test, is_some in zip(tests, true_of_some, strict=True) if is_some]
    return table.select(pl.any_horizontal(found).alias("odd"))["odd"] if found else None


def _parts_at_odds(own: pl.Expr, parts: list[str], measure: model.Counted) -> pl.Expr:
    """All parts make the whole; some of them make no more than that."""
    added = pl.sum_horizontal(parts)
    if len(parts) < len(measure.parts):
        return added > own
    complete = pl.all_horizontal([pl.col(part).is_not_null() for part in parts])
    return (added > own) | complete & (added != own)


def _all_inputs(measure: model.Measure, measures: dict[str, model.Measure]) -> set[str]:
    found: set[str] = set()
    todo = list(inputs_of(measure))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += inputs_of(measures[name])
    return found
