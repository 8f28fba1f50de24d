"""Lines of single cells made into rows of units (长表变宽), in steps that each hold but a part of the table.

A line has its number in the table (``at``), ``unit``, ``cell`` and ``value``. Lines are dealt out by unit, each part is put in
the order in which its units first appeared, and rows are made of consecutive lines of that order.
"""

from typing import NamedTuple

import polars as pl

# Where a unit first appeared: no cell can be called so.
FIRST = "~first"


class Repeated(NamedTuple):
    """A cell that a unit states more than once."""

    unit: str | None
    cell: str | None


def find_repeated(lines: pl.DataFrame) -> Repeated | None:
    """The first line that states what an earlier one of the same unit states."""
    again = lines.filter(~pl.struct("unit", "cell").is_first_distinct())
    if not again.height:
        return None
    return Repeated(*again.sort("at").select("unit", "cell").row(0))


def deal(lines: pl.DataFrame, hands: int) -> dict[int, pl.DataFrame]:
    """Deal lines out so that all lines of a unit, of whatever table, fall to the same hand."""
    dealt = lines.with_columns((pl.col("unit").hash(seed=0) % hands).cast(pl.Int64).alias("hand"))
    return {int(hand): part for (hand,), part in dealt.partition_by("hand", as_dict=True, include_key=False).items()}


def by_first_appearance(lines: pl.DataFrame) -> pl.DataFrame:
    """All lines of some units, by when each unit first appeared."""
    return lines.with_columns(pl.col("at").min().over("unit").alias(FIRST)).sort(FIRST, "at")


def split_whole(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines in order of first appearance: those of units that are surely complete, and those of the last one, which may go on."""
    last = lines[FIRST].max()
    return lines.filter(pl.col(FIRST) != last), lines.filter(pl.col(FIRST) == last)


def widen(lines: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    """A row a unit, in order of first appearance, with a column for every cell; what is not stated is null."""
    units = lines.select(FIRST, "unit").unique(FIRST, keep="first", maintain_order=True)
    stated = lines.filter(pl.col("cell").is_not_null())
    wide = stated.pivot(on="cell", index=FIRST, values="value", aggregate_function="first")
    held = units.join(wide, on=FIRST, how="left", maintain_order="left")
    none = pl.lit(None, dtype=pl.String)
    return held.select("unit", *(pl.col(name) if name in wide.columns else none.alias(name) for name in cells))
