"""Rows as columns can take them (可按列算的行): counts as whole numbers, and where figures may be at odds.

What no row of a chunk does costs one look at the column.
"""

from functools import reduce
from operator import or_
from typing import NamedTuple

import polars as pl

from engine.kernel import MOST
from engine.kernel import Kernel

_PLAIN_COUNT = r"^(0|[1-9]\d{0,8})$"


class Typed(NamedTuple):
    """The cells of a chunk by their kinds.

    Attributes:
        table: Counts as whole numbers, without those that are not plain; everything else as text or truth.
        doubts: By the name that stands for measures that hang together: in which rows the plain path must be asked of them.
        unusable: The rows of which the plain path refuses a cell.
    """

    table: pl.DataFrame
    doubts: dict[str, pl.Series]
    unusable: pl.Series | None


def type_cells(kernel: Kernel, chunk: pl.DataFrame) -> Typed:
    """Sort the cells of a chunk (``row``, ``unit`` and the kernel's columns) by what columns can do with them."""
    schema, columns = chunk.schema, [pl.col("row"), pl.col("unit")]
    strange: dict[str, pl.Expr] = {}
    for name in kernel.columns:
        own = pl.col(name)
        if name not in kernel.counts:
            columns.append(own if schema[name] == pl.Boolean else own.cast(pl.String))
            strange[name] = own.is_not_null()
        elif schema[name].is_integer():
            strange[name] = (own < 0) | (own > MOST)
            columns.append(pl.when(~strange[name]).then(own).cast(pl.Int64).alias(name))
        else:
            text = own.cast(pl.String)
            strange[name] = ~text.str.contains(_PLAIN_COUNT)
            columns.append(pl.when(~strange[name]).then(text).cast(pl.Int64).alias(name))
    table = chunk.select(columns)
    unusable = _unusable(kernel, chunk, strange)
    doubts = _where(chunk, [(name, strange[name]) for name in kernel.counts]) + _where(table, [*kernel.ties])
    together: dict[str, list[pl.Series]] = {}
    for name, rows in doubts:
        together.setdefault(kernel.rules.together[name], []).append(rows)
    return Typed(table, {name: reduce(or_, rows) for name, rows in together.items()}, unusable)


def _unusable(kernel: Kernel, chunk: pl.DataFrame, strange: dict[str, pl.Expr]) -> pl.Series | None:
    found: list[pl.Expr] = []
    for name, odd in strange.items():
        own = chunk[name]
        if own.dtype == pl.Boolean:
            met = [True, False]
        elif name in kernel.counts:
            met = chunk.select(pl.col(name).filter(odd).unique()).to_series().drop_nulls().to_list()
        else:
            met = own.drop_nulls().unique().to_list()
        refused = [value for value in met if not kernel.usable(name, value)]
        if refused:
            found.append(pl.col(name).is_in(refused).fill_null(value=False))
    return chunk.select(pl.any_horizontal(found).alias("odd"))["odd"] if found else None


def _where(table: pl.DataFrame, tests: list[tuple[str, pl.Expr]]) -> list[tuple[str, pl.Series]]:
    """The rows of which each test is true, where it is of any."""
    if not tests or not table.height:
        return []
    true_of_some = table.select([test.any().alias(str(n)) for n, (_, test) in enumerate(tests)]).row(0)
    found = [(name, test) for (name, test), is_some in zip(tests, true_of_some, strict=True) if is_some]
    masks = table.select([test.fill_null(value=False).alias(str(n)) for n, (_, test) in enumerate(found)])
    return [(name, masks[str(n)]) for n, (name, _) in enumerate(found)]
