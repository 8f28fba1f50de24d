"""Lines of single cells made into rows of units (长表变宽), in steps that each hold but a part of the table.

A line has its number in the table (``at``), ``unit``, ``cell`` and ``value``. Lines are dealt out by unit, each part is put
in the order in which its units first appeared, and rows are made of consecutive lines of that order.
"""

from typing import NamedTuple

import polars as pl

# Where a unit first appeared: no cell can be called so.
FIRST = "~first"
PLACES = 1000


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


def count_by_first(lines: pl.DataFrame) -> pl.DataFrame:
    """How many lines there are by when their units first appeared, a thousand places to a count."""
    return lines.group_by((pl.col(FIRST) // PLACES).alias("place")).agg(pl.len().alias("lines"))


def cut(counts: pl.DataFrame, most: int) -> list[tuple[int, int]]:
    """From where to before where units must have first appeared, so that about ``most`` lines are taken at a time."""
    placed = counts.group_by("place").agg(pl.col("lines").cast(pl.Int64).sum()).sort("place")
    taken = placed.with_columns(((pl.col("lines").cum_sum() - 1) // most).alias("take"))
    starts = [place * PLACES for place in taken.group_by("take").agg(pl.col("place").min())["place"].sort().to_list()]
    end = [(placed["place"].max() + 1) * PLACES] if placed.height else []  # type: ignore[operator]
    return list(zip(starts, [*starts[1:], *end], strict=True))


def widen(lines: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    """A row a unit, in order of first appearance, with a column for every cell; what is not stated is null."""
    units = lines.select(FIRST, "unit").unique(FIRST, keep="first", maintain_order=True)
    stated = lines.filter(pl.col("cell").is_not_null())
    wide = stated.pivot(on="cell", index=FIRST, values="value", aggregate_function="first")
    held = units.join(wide, on=FIRST, how="left", maintain_order="left")
    none = pl.lit(None, dtype=pl.String)
    return held.select("unit", *(pl.col(name) if name in wide.columns else none.alias(name) for name in cells))
