"""Rows as columns can take them (可按列算的行): counts as whole numbers, and where figures may be at odds.

What no row of a chunk does costs one look at the column.
"""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import NamedTuple

import polars as pl

from engine.answers import MOST
from engine.answers import PLAIN_COUNT
from engine.kernel import Kernel
from engine.kernel import numbered_column
from engine.ties import DAY
from engine.ties import Form
from engine.ties import Tie


class Typed(NamedTuple):
    """The cells of a chunk by their kinds.

    Attributes:
        table: Counts as whole numbers, without those that are not plain; everything else as it is, and its words by number.
        most: The largest of every column of counts, or more; -1 where there is none.
        doubts: By the name that stands for measures that hang together: in which rows the plain path must be asked of them.
        unusable: The rows of which the plain path refuses a cell.
    """

    table: pl.DataFrame
    most: dict[str, int]
    doubts: dict[str, pl.Series]
    unusable: pl.Series | None


def type_cells(kernel: Kernel, chunk: pl.DataFrame) -> Typed:
    """Sort the cells of a chunk (``row``, ``unit`` and the kernel's columns) by what columns can do with them."""
    schema, columns, most = chunk.schema, [pl.col("row"), pl.col("unit")], _most(kernel, chunk)
    strange: dict[str, pl.Expr] = {}
    for name in kernel.columns:
        own = pl.col(name)
        if name not in kernel.counts:
            columns.append(own if schema[name] == pl.Boolean or schema[name].is_integer() else own.cast(pl.String))
            continue
        if schema[name].is_integer():
            if (most[name] or 0) <= MOST:
                columns.append(own.cast(pl.Int64))
                continue
            strange[name] = (own < 0) | (own > MOST)
        else:
            own = own.cast(pl.String)
            strange[name] = ~own.str.contains(PLAIN_COUNT)
        columns.append(pl.when(~strange[name]).then(own).cast(pl.Int64).alias(name))
    table = chunk.select(columns)
    table = table.with_columns(
        said.numbers(name, table[name], most.get(name)).alias(numbered_column(name)) for name, said in kernel.words.items()
    )
    unusable = [*_refused_words(kernel, table), *_refused_counts(kernel, chunk, strange)]
    doubts = _where(chunk, list(strange.items())) + _where(table, [(tie.measure, _at_odds(tie)) for tie in kernel.ties])
    together: dict[str, list[pl.Series]] = {}
    for name, rows in doubts:
        together.setdefault(kernel.rules.together[name], []).append(rows)
    return Typed(
        table,
        _largest(kernel, table, {name: largest for name, largest in most.items() if name not in strange}),
        {name: reduce(or_, rows) for name, rows in together.items()},
        reduce(or_, unusable) if unusable else None,
    )


def _most(kernel: Kernel, chunk: pl.DataFrame) -> dict[str, int | None]:
    """The largest number in every column of whole numbers; one below nought is larger than every other."""
    schema = chunk.schema
    names = [name for name in kernel.columns if schema[name].is_integer()]
    # Read without its sign a number below nought is very large: one look finds both ends.
    unsigned = (
        pl.col(name) if schema[name].is_unsigned_integer() else pl.col(name).cast(pl.Int64).reinterpret(signed=False)
        for name in names
    )
    ends = chunk.select(own.max().alias(str(n)) for n, own in enumerate(unsigned))
    return {name: ends[str(n)][0] for n, name in enumerate(names)}


def _largest(kernel: Kernel, table: pl.DataFrame, known: dict[str, int | None]) -> dict[str, int]:
    """The largest count of every column; ``known`` are those that were looked at before."""
    others = table.select(pl.col(name).max() for name in sorted(kernel.counts - known.keys())).to_dicts()
    found = {name: most for line in others for name, most in line.items()}
    return {name: -1 if most is None else most for name, most in {**known, **found}.items() if name in kernel.counts}


def _refused_words(kernel: Kernel, table: pl.DataFrame) -> Iterator[pl.Series]:
    """The rows that say something that the plain path refuses, column by column."""
    for name, words in kernel.words.items():
        refused = [n for n, word in enumerate(words.said) if word is not None and not kernel.usable(name, word)]
        if refused and (rows := table[numbered_column(name)].is_in(refused)).any():
            yield rows


def _refused_counts(kernel: Kernel, chunk: pl.DataFrame, strange: dict[str, pl.Expr]) -> Iterator[pl.Series]:
    """The rows with a count that the plain path refuses, column by column."""
    for name, rows in _where(chunk, list(strange.items())):
        own = chunk[name]
        refused = [value for value in own.filter(rows).unique().to_list() if not kernel.usable(name, value)]
        if refused:
            yield own.is_in(refused).fill_null(value=False)


def _where(table: pl.DataFrame, tests: list[tuple[str, pl.Expr]]) -> list[tuple[str, pl.Series]]:
    """The rows of which each test is true, where it is of any."""
    if not tests or not table.height:
        return []
    true_of_some = table.select([test.any().alias(str(n)) for n, (_, test) in enumerate(tests)]).row(0)
    found = [(name, test) for (name, test), is_some in zip(tests, true_of_some, strict=True) if is_some]
    masks = table.select([test.fill_null(value=False).alias(str(n)) for n, (_, test) in enumerate(found)])
    return [(name, masks[str(n)]) for n, (name, _) in enumerate(found)]


def _at_odds(tie: Tie) -> pl.Expr:
    """The test of a tie over columns; nothing stated is nothing at odds."""
    own, other = pl.col(tie.cells[0]), pl.col(tie.cells[1])
    parts = [pl.col(part) for part in tie.cells[1:]]
    beside = own.is_not_null() & pl.any_horizontal([part.is_not_null() for part in parts])
    match tie.form:
        case Form.BOTH_STATED | Form.TOTAL_BESIDE_PARTS:
            return beside
        case Form.FIRST_ABOVE_SECOND:
            return own > other
        case Form.FIRST_DAY_BEFORE_SECOND:
            # A column of days may hold whole numbers or truths alone.
            day, not_before = own.cast(pl.String), other.cast(pl.String)
            return beside & (~(day.str.contains(DAY) & not_before.str.contains(DAY)) | (day < not_before))
        case Form.SOME_PARTS_ABOVE_TOTAL:
            return beside & (pl.sum_horizontal(parts) > own)
        case Form.ALL_PARTS_OFF_TOTAL:
            added = pl.sum_horizontal(parts)
            complete = pl.all_horizontal([part.is_not_null() for part in parts])
            return beside & ((added > own) | complete & (added != own))
