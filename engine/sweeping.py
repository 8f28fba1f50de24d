"""A piece of a table of facts judged (成批试算的一块): rows to units, units of a kind to the kernel, all to one table.

The same for whoever brings the pieces: one machine that reads them one by one, or a cluster that streams them.
"""

from collections.abc import Container
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import polars as pl

from engine.bulk import Aside
from engine.bulk import judge_chunk
from engine.fact_tables import OWN_COLUMNS
from engine.kernel import Kernel
from engine.lowering import Frame
from engine.lowering import rules_for
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset

# Beside the results: once a chunk, how many of its rows the plain path judged as a whole; and why a row was set aside.
PLAIN, WHY = "~plain", "~why"
Kernels = dict[tuple[Frame, tuple[str, ...]], Kernel]


class Task(NamedTuple):
    """By what rules, for which period and as of which day rows are judged."""

    ruleset: Ruleset
    profile: Profile
    first: date
    last: date
    as_of: date


def judge_piece(task: Task, piece: pl.DataFrame, repeated: Container[int], kernels: Kernels) -> pl.DataFrame:
    """Judge the rows of a piece: a row of results each, or the reason (``~why``) where it cannot be used.

    ``repeated`` are the rows whose unit an earlier row was about. ``kernels`` are kept from piece to piece.
    """
    aside: list[Aside] = []
    judged: list[pl.DataFrame] = []
    for frame, rows in by_frame(task, piece, aside, repeated):
        columns = columns_of(rows)
        if (frame, columns) not in kernels:
            kernels[frame, columns] = Kernel(rules_for(task.ruleset, task.profile, frame, columns), columns)
        outcome = judge_chunk(kernels[frame, columns], rows)
        aside += outcome.aside
        once = pl.when(pl.int_range(pl.len()) == 0).then(outcome.plain)
        judged.append(outcome.results.with_columns(once.cast(pl.Int64).alias(PLAIN)))
    refused = pl.DataFrame(aside, schema={"row": pl.Int64, "unit": pl.String, WHY: pl.String}, orient="row")
    return pl.concat([*(judged or [empty_results(task)]), refused], how="diagonal").sort("row")


def columns_of(piece: pl.DataFrame) -> tuple[str, ...]:
    """The columns of a piece that state facts."""
    return tuple(name for name in piece.columns if name not in ("row", *OWN_COLUMNS))


def empty_results(task: Task) -> pl.DataFrame:
    """The columns of what comes of a piece, without a row; they depend on the rules alone."""
    frame = Frame("county", False, task.first, task.last, task.as_of)
    kernel = Kernel(rules_for(task.ruleset, task.profile, frame, ()), ())
    shape = judge_chunk(kernel, pl.DataFrame(schema={"row": pl.Int64, "unit": pl.String})).results.schema
    return pl.DataFrame(schema={**shape, PLAIN: pl.Int64, WHY: pl.String})


def by_frame(
    task: Task, piece: pl.DataFrame, aside: list[Aside], repeated: Container[int]
) -> Iterator[tuple[Frame, pl.DataFrame]]:
    """The usable rows of a piece, by what units of one kind have in common; the others are set aside."""

    def column(name: str, otherwise: str) -> pl.Series:
        held = piece[name].cast(pl.String) if name in piece.columns else pl.Series([None] * piece.height, dtype=pl.String)
        return held.fill_null(otherwise).str.to_lowercase()

    units = piece["unit"].cast(pl.String)
    levels, powers = column("level", "county").to_list(), column("legislative_power", "false").to_list()
    places: dict[tuple[str, str], list[int]] = {}
    for at, (row, unit, level, power) in enumerate(
        zip(piece["row"].to_list(), units.to_list(), levels, powers, strict=True)
    ):
        why = _unusable(unit, level, power, row in repeated)
        if why:
            aside.append(Aside(row, unit or "", why))
        else:
            places.setdefault((level, power), []).append(at)
    for (level, power), rows in sorted(places.items()):
        yield Frame(level, power == "true", task.first, task.last, task.as_of), piece.with_columns(units)[rows]


def _unusable(unit: str | None, level: str, power: str, repeated: bool) -> str:
    if not unit:
        return "没有写 unit"
    if repeated:
        return "这个单位前面已有一行；每个单位只写一行"
    if level not in ("county", "prefecture") or power not in ("true", "false"):
        return f"level 写 county 或 prefecture，legislative_power 写 true 或 false；写的是「{level}」「{power}」"
    return "县没有规章制定权，legislative_power 请写 false" if level == "county" and power == "true" else ""
