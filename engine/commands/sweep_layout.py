"""A table of facts laid out for a sweep: vetted, a numbered row a unit, repeated units found; never held as a whole."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from engine.commands.inputs import Refusal
from engine.fact_tables import LONG
from engine.fact_tables import as_stated
from engine.fact_tables import check_cells
from engine.fact_tables import check_columns
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.widening import FIRST
from engine.widening import Repeated
from engine.widening import by_first_appearance
from engine.widening import count_by_first
from engine.widening import cut
from engine.widening import deal
from engine.widening import find_repeated
from engine.widening import widen

# What is held at once: lines of a long table, units that are made wide, units that are looked at for repetition.
LINES, WIDE, UNITS = 1_000_000, 5_000, 2_000_000


def lay_out(facts: Path, ruleset: Ruleset, laid: Path, rows: int) -> None:
    """Write the facts as one Parquet file with row numbers, ``rows`` to a group; or refuse what the rules do not know."""
    table = _scan(facts)
    place = Place(file=str(facts))
    try:
        schema = table.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        found = f"读不成 Parquet 或 CSV（{type(error).__name__}）"
        raise Refusal([problem("TABLE_FILE", place, found, "请核对文件，后缀写 .parquet 或 .csv")]) from error
    is_long = set(schema) == LONG
    problems = check_cells(_cells_of(table), ruleset, place) if is_long else check_columns(schema, ruleset, place)
    if problems:
        raise Refusal(problems)
    laid.parent.mkdir(parents=True, exist_ok=True)
    wide = _widened(table, facts, laid.with_name("long")) if is_long else table
    unfinished = laid.with_suffix(".part")
    stated = wide.select(as_stated(wide.collect_schema()))
    if not is_long and facts.suffix.lower() != ".csv":
        stated = _in_slices(stated, laid.with_name("slices"), rows)
    numbered = stated.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    numbered.sink_parquet(unfinished, row_group_size=rows)
    unfinished.replace(laid)
    shutil.rmtree(laid.with_name("slices"), ignore_errors=True)
    shutil.rmtree(laid.with_name("long"), ignore_errors=True)
    _note_repeated_units(laid)


def _in_slices(table: pl.LazyFrame, folder: Path, rows: int) -> pl.LazyFrame:
    """The same from small files: a group of rows in somebody else's file may be too large to be held."""
    folder.mkdir(exist_ok=True)
    height = int(table.select(pl.len()).collect().item())
    slices: list[Path] = []
    for first in range(0, max(1, height), rows):
        slices.append(folder / f"{first:012d}.parquet")
        table.slice(first, rows).collect().write_parquet(slices[-1])
    return pl.scan_parquet(slices, glob=False)


def _scan(facts: Path) -> pl.LazyFrame:
    if facts.suffix.lower() == ".csv":
        return pl.scan_csv(facts, infer_schema=False, try_parse_dates=False, glob=False)
    return pl.scan_parquet(facts, glob=False)


def height_of(laid: Path) -> int:
    """How many rows a Parquet file has."""
    return int(pl.scan_parquet(laid, glob=False).select(pl.len()).collect().item())


# --- units that come twice ------------------------------------------------------------------------------------------


def _note_repeated_units(laid: Path) -> None:
    """Write down the rows of units that an earlier row was about, some units at a time."""
    units = pl.scan_parquet(laid, glob=False).select("row", "unit").filter(pl.col("unit").is_not_null())
    hands = 1 + int(units.select(pl.len()).collect(engine="streaming").item()) // UNITS
    for hand in range(hands):
        mine = units.filter(pl.col("unit").hash(seed=0) % hands == hand).collect(engine="streaming").sort("row")
        later = mine.filter(~pl.col("unit").is_first_distinct()).select("row")
        if later.height:
            later.write_parquet(laid.with_name(f"repeated-{hand}.parquet"))


def repeated_rows(laid: Path, first: int, last: int) -> frozenset[int]:
    """The rows from one to before another whose unit an earlier row of the table was about."""
    noted = list(laid.parent.glob("repeated-*.parquet"))
    if not noted:
        return frozenset()
    return frozenset(pl.scan_parquet(noted, glob=False).filter(pl.col("row").is_between(first, last - 1)).collect()["row"])


# --- a long table made wide -----------------------------------------------------------------------------------------


def _cells_of(table: pl.LazyFrame) -> list[str]:
    cells = table.select(pl.col("cell").cast(pl.String).unique()).collect(engine="streaming")
    return cells["cell"].drop_nulls().sort().to_list()


def _widened(table: pl.LazyFrame, facts: Path, folder: Path) -> pl.LazyFrame:
    """A row a unit, in the order in which units first appear; or refuse what is stated twice."""
    folder.mkdir()
    lines = folder / "lines.parquet"
    text = [pl.col(name).cast(pl.String) for name in ("unit", "cell", "value")]
    table.select(text).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64)).sink_parquet(lines)
    cells = _cells_of(pl.scan_parquet(lines, glob=False))
    wide: list[Path] = []
    for few in _units_in_order(lines, facts, folder):
        wide.append(folder / f"wide-{len(wide)}.parquet")
        widen(few, cells).write_parquet(wide[-1])
    return pl.scan_parquet(wide, glob=False) if wide else pl.LazyFrame(schema=dict.fromkeys(("unit", *cells), pl.String))


def _units_in_order(lines: Path, facts: Path, folder: Path) -> Iterator[pl.DataFrame]:
    """All lines of some units at a time, in the order in which units first appear."""
    height = height_of(lines)
    hands = 1 + height // LINES
    for start in range(0, height, LINES):
        block = pl.scan_parquet(lines, glob=False).slice(start, LINES).collect()
        _refuse_repeated(find_repeated(block), lines, facts)
        for hand, dealt in deal(block, hands).items():
            dealt.write_parquet(folder / f"dealt-{hand}-{start}.parquet")
    parts = [path for hand in range(hands) if (path := _part(hand, lines, facts, folder)) is not None]
    counts = [count_by_first(pl.read_parquet(path, columns=[FIRST], glob=False)) for path in parts]
    for first, end in cut(pl.concat(counts), LINES) if parts else []:
        mine = pl.col(FIRST).is_between(first, end - 1)
        yield from _of_few_units(pl.scan_parquet(parts, glob=False).filter(mine).collect(engine="streaming").sort(FIRST))


def _part(hand: int, lines: Path, facts: Path, folder: Path) -> Path | None:
    """What fell to one hand, by when its units first appeared."""
    dealt = list(folder.glob(f"dealt-{hand}-*.parquet"))
    if not dealt:
        return None
    mine = pl.read_parquet(dealt, glob=False)
    _refuse_repeated(find_repeated(mine), lines, facts)
    # In small groups, since few of them are wanted at a time.
    by_first_appearance(mine).drop("at").write_parquet(folder / f"part-{hand}.parquet", row_group_size=LINES // 20 + 1)
    for path in dealt:
        path.unlink()
    return folder / f"part-{hand}.parquet"


def _of_few_units(lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    units = lines[FIRST].unique(maintain_order=True)
    for start in range(0, len(units), WIDE):
        few = units.slice(start, WIDE)
        yield lines.filter(pl.col(FIRST).is_between(few[0], few[-1]))


def _refuse_repeated(found: Repeated | None, lines: Path, facts: Path) -> None:
    if found is None:
        return
    same = pl.col("unit").eq_missing(found.unit) & pl.col("cell").eq_missing(found.cell)
    times = pl.scan_parquet(lines, glob=False).filter(same).select(pl.len()).collect(engine="streaming").item()
    told = f"{found.unit}的「{found.cell}」写了{times}次"
    raise Refusal([problem("FACT_REPEATED", Place(file=str(facts)), told, "每个单位每样只写一次")])
