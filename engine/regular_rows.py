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
    most = _most(kernel, chunk)
    strange = _strange(kernel, chunk, most)
    table = _with_words_by_number(kernel, _by_kind(kernel, chunk, strange), most)
    unusable = [*_refused_words(kernel, table), *_refused_counts(kernel, chunk, strange)]
    together: dict[str, list[pl.Series]] = {}
    for name, rows in (*strange.items(), *_where(table, [(tie.measure, _at_odds(tie)) for tie in kernel.ties])):
        together.setdefault(kernel.rules.together[name], []).append(rows)
    return Typed(
        table,
        _largest(kernel, table, {name: largest for name, largest in most.items() if name not in strange}),
        {name: reduce(or_, rows) for name, rows in together.items()},
        reduce(or_, unusable) if unusable else None,
    )


def _strange(kernel: Kernel, chunk: pl.DataFrame, most: dict[str, int | None]) -> dict[str, pl.Series]:
    """In which rows columns of counts hold what is no plain count, where they do in any."""
    tests: list[tuple[str, pl.Expr]] = []
    for name in [name for name in kernel.columns if name in kernel.counts]:
        own = pl.col(name)
        if name not in most:
            tests.append((name, ~own.cast(pl.String).str.contains(PLAIN_COUNT)))
        elif (most[name] or 0) > MOST:
            tests.append((name, (own < 0) | (own > MOST)))
    return dict(_where(chunk, tests))


def _by_kind(kernel: Kernel, chunk: pl.DataFrame, strange: dict[str, pl.Series]) -> pl.DataFrame:
    """Plain counts as whole numbers, truths and other whole numbers as they are, everything else as text."""
    schema, columns = chunk.schema, [pl.col("row"), pl.col("unit")]
    for name in kernel.columns:
        as_it_is = schema[name].is_integer() or name not in kernel.counts and schema[name] == pl.Boolean
        own = pl.col(name) if as_it_is else pl.col(name).cast(pl.String)
        plain = pl.when(~pl.lit(strange[name])).then(own) if name in strange else own
        columns.append(plain.cast(pl.Int64).alias(name) if name in kernel.counts else own)
    return chunk.select(columns)


def _with_words_by_number(kernel: Kernel, table: pl.DataFrame, most: dict[str, int | None]) -> pl.DataFrame:
    """Beside the cells that are no counts, which word each of them is; new words are numbered on."""
    schema = table.schema
    as_they_are = {name: words.as_they_are(name, schema[name], most.get(name)) for name, words in kernel.words.items()}
    others = [name for name, numbers in as_they_are.items() if numbers is None]
    spelt = table.select(kernel.words[name].spelt(name) for name in others)
    new = [name for name in others if spelt[name].null_count() > table[name].null_count()]
    for name in new:
        kernel.words[name].learn(table[name].cast(pl.String).filter(spelt[name].is_null()))
    spelt = spelt.with_columns(table.select(kernel.words[name].spelt(name) for name in new).get_columns())
    numbers = spelt.select((pl.col(name).to_physical().cast(pl.UInt32) + 1).fill_null(0) for name in others)
    return table.with_columns(
        *(own.alias(numbered_column(name)) for name, own in as_they_are.items() if own is not None),
        *(numbers[name].alias(numbered_column(name)) for name in others),
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


def _refused_counts(kernel: Kernel, chunk: pl.DataFrame, strange: dict[str, pl.Series]) -> Iterator[pl.Series]:
    """The rows with a count that the plain path refuses, column by column."""
    for name, rows in strange.items():
        own = chunk[name]
        refused = [value for value in own.filter(rows).unique().to_list() if not kernel.usable(name, value)]
        if refused:
            yield own.is_in(refused).fill_null(value=False)


def _where(table: pl.DataFrame, tests: list[tuple[str, pl.Expr]]) -> list[tuple[str, pl.Series]]:
    """The rows of which each test is true, where it is of any."""
    masks = table.select(test.alias(str(n)) for n, (_, test) in enumerate(tests)).get_columns()
    return [(name, rows.fill_null(value=False)) for (name, _), rows in zip(tests, masks, strict=True) if rows.any()]


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
