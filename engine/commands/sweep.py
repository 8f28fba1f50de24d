"""``fazhi sweep``: many units at once, from a table of facts to a table of results; goes on where it was stopped."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import click
from pydantic_core import PydanticCustomError

from engine import __version__
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import DEFAULT_RULESET
from engine.commands.inputs import Refusal
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import pick_profile
from engine.commands.inputs import read_day
from engine.commands.inputs import refuse_usage
from engine.lowering import Frame
from engine.lowering import cells_known
from engine.lowering import rules_for
from engine.models.exact import read_partial_date
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.shaping import nearest

if TYPE_CHECKING:
    import polars as pl

    from engine.bulk import Aside
    from engine.kernel import Kernel

ROWS_AT_ONCE = 20_000
OWN_COLUMNS = ("unit", "level", "legislative_power")
LONG = {"unit", "cell", "value"}


class Sweep(NamedTuple):
    """What is swept, by what, and where the pieces lie until all are there."""

    facts: Path
    ruleset: Ruleset
    profile: Profile
    period: tuple[Any, Any]
    as_of: Any
    work: Path
    rows: int


@click.command(
    options_metavar=OPTIONS,
    help="成批试算：一行一个单位的事实表（Parquet 或 CSV）进，结论和分数表出。中断了再跑一次，从断处接着算。",
)
@click.argument("facts", metavar="事实表", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "-o", "--output", metavar="结果表", required=True, type=click.Path(path_type=Path), help="结果写到哪个 Parquet 文件"
)
@click.option("--period", metavar="起/止", required=True, help="评估期，如 2020 或 2020-01-01/2020-12-31")
@click.option("--as-of", "as_of", metavar="日期", required=True, help="评判日，如 2021-03-31")
@click.option("--ruleset", metavar="编号[@版本]|文件夹", default=DEFAULT_RULESET, show_default=True, help="用哪个规则集")
@click.option("--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
@click.option("--profile", metavar="编号", help="用哪个评分口径；不写就用规则集默认的")
@click.option(
    "--rows", metavar="行数", type=click.IntRange(1, 1_000_000), default=ROWS_AT_ONCE, show_default=True, help="一次算多少行"
)
def command(
    facts: Path,
    output: Path,
    period: str,
    as_of: str,
    ruleset: str,
    folder: Path | None,
    profile: str | None,
    rows: int,
) -> int:
    """Judge every row of a table and write one row of results for each that can be used."""
    try:
        import engine.bulk  # noqa: F401, PLC0415 - polars comes with an extra
    except ImportError:
        refuse_usage("成批试算要先装 polars：pip install 'fazhi[bulk]'")
    if not facts.is_file():
        raise Refusal([problem("FILE_MISSING", Place(file=str(facts)), "没有这个文件", "请核对文件名")])
    rules = open_ruleset(ruleset, folder)
    points = pick_profile(rules, profile or rules.header.default_profile)
    day = read_day(as_of)
    asked = Sweep(facts, rules, points, _read_period(period), day, output.with_name(f".{output.name}.parts"), rows)
    _prepare(asked)
    judged, aside, plain = _run(asked)
    _finish(asked, output)
    click.echo(f"算了{judged}行，写在 {output}" if judged else "没有一行能算，没有写结果表")
    if plain:
        click.echo(f"其中{plain}行有数互相矛盾，或该是整数而不是，整行按 assess 的算法算")
    if aside:
        click.echo(f"另有{aside}行不能用，没有算；逐行原因在 {_aside_file(output)}")
    click.echo("试算，非评估结论，不得外引。")
    return OK


def _read_period(text: str) -> tuple[Any, Any]:
    first, _, last = text.partition("/")
    try:
        return read_partial_date(first).first, read_partial_date(last or first).last
    except PydanticCustomError as error:
        refuse_usage(f"--period 要写成 2020 或 2020-01-01/2020-12-31；写的是「{text}」：{error.message()}", error)


# --- before ---------------------------------------------------------------------------------------------------------


def _prepare(asked: Sweep) -> None:
    """Lay the table out in pieces that can be read one by one, and note what is being done; or see that it is the same."""
    note = {
        "engine": __version__,
        "facts": [asked.facts.stat().st_size, asked.facts.stat().st_mtime_ns, str(asked.facts.resolve())],
        "ruleset": asked.ruleset.digest,
        "profile": asked.profile.id,
        "period": [day.isoformat() for day in asked.period],
        "as_of": asked.as_of.isoformat(),
        "rows": asked.rows,
    }
    noted = asked.work / "sweep.json"
    if noted.is_file():
        if json.loads(noted.read_text(encoding="utf-8")) != note:
            refuse_usage(f"{asked.work} 里是另一次没有算完的结果（事实表、规则或选项不同）；请删去它，或换一个 -o")
        return
    _vet(asked)
    asked.work.mkdir(parents=True, exist_ok=True)
    _lay_out(asked)
    unfinished = noted.with_suffix(".part")
    unfinished.write_text(json.dumps(note), encoding="utf-8")
    unfinished.replace(noted)


def _scan(facts: Path) -> "pl.LazyFrame":
    import polars as pl  # noqa: PLC0415 - comes with an extra

    if facts.suffix.lower() == ".csv":
        return pl.scan_csv(facts, infer_schema=False, try_parse_dates=False)
    return pl.scan_parquet(facts)


def _vet(asked: Sweep) -> None:
    """Refuse a table whose columns are not what the rules know."""
    import polars as pl  # noqa: PLC0415 - comes with an extra

    place = Place(file=str(asked.facts))
    try:
        schema = _scan(asked.facts).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        found = f"读不成 Parquet 或 CSV（{type(error).__name__}）"
        raise Refusal(
            [problem("TABLE_FILE", Place(file=str(asked.facts)), found, "请核对文件，后缀写 .parquet 或 .csv")]
        ) from error
    known = cells_known(asked.ruleset)
    place = Place(file=str(asked.facts))
    if set(schema) == LONG:
        return
    problems: list[Problem] = []
    if "unit" not in schema:
        problems.append(problem("TABLE_HEADER", place, "没有 unit 这一列", "每行要写单位的名称或编号"))
    for name, kind in schema.items():
        if name in OWN_COLUMNS:
            continue
        if name not in known:
            remedy = nearest(name, known) or "列名写口径、指标.要素 或 指标/佐证要求"
            problems.append(problem("TABLE_HEADER", place, f"规则集不认识列「{name}」", remedy))
        elif kind.is_float():
            problems.append(problem("TABLE_HEADER", place, f"列「{name}」是浮点数，不确切", "请存成整数或文字，如 96.5%"))
    if problems:
        raise Refusal(problems)


def _lay_out(asked: Sweep) -> None:
    """Write the table as one Parquet file with a row number; a long one is made wide."""
    import polars as pl  # noqa: PLC0415 - comes with an extra

    table = _scan(asked.facts)
    if set(table.collect_schema()) == LONG:
        table = _wide(asked, table)
    unfinished = asked.work / "facts.part"
    table.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)).sink_parquet(
        unfinished, row_group_size=asked.rows
    )
    unfinished.replace(asked.work / "facts.parquet")


def _wide(asked: Sweep, table: "pl.LazyFrame") -> "pl.LazyFrame":
    import polars as pl  # noqa: PLC0415 - comes with an extra

    place = Place(file=str(asked.facts))
    cells = table.select(pl.col("cell").unique()).collect(engine="streaming")["cell"].drop_nulls().sort().to_list()
    known = cells_known(asked.ruleset) | set(OWN_COLUMNS[1:])
    if strange := [name for name in cells if name not in known]:
        remedies = [nearest(name, known) or "写口径、指标.要素 或 指标/佐证要求" for name in strange]
        pairs = zip(strange, remedies, strict=True)
        raise Refusal([problem("TABLE_HEADER", place, f"规则集不认识「{name}」", remedy) for name, remedy in pairs])
    twice = table.group_by("unit", "cell").len().filter(pl.col("len") > 1).head(1).collect(engine="streaming")
    if twice.height:
        unit, cell, times = twice.row(0)
        raise Refusal([problem("FACT_REPEATED", place, f"{unit}的「{cell}」写了{times}次", "每个单位每样只写一次")])
    value = pl.col("value").cast(pl.String)
    return table.group_by("unit", maintain_order=True).agg(
        value.filter(pl.col("cell") == name).first().alias(name) for name in cells
    )


# --- the work -------------------------------------------------------------------------------------------------------


def _run(asked: Sweep) -> tuple[int, int, int]:
    """Judge piece by piece; a piece that is there already is not judged again."""
    import polars as pl  # noqa: PLC0415 - comes with an extra

    laid = asked.work / "facts.parquet"
    height = pl.scan_parquet(laid).select(pl.len()).collect().item()
    repeated = _repeated(laid)
    kernels: dict[Frame, Kernel] = {}
    counts = [0, 0, 0]
    for number, first in enumerate(range(0, height, asked.rows)):
        said = asked.work / f"{number:06d}.json"
        if not said.is_file():
            _judge_piece(asked, first, said, kernels, repeated)
        told = json.loads(said.read_text(encoding="utf-8"))
        counts = [counts[0] + told["judged"], counts[1] + len(told["aside"]), counts[2] + told["plain"]]
        if sys.stderr.isatty():
            click.echo(f"\r已算 {min(first + asked.rows, height)}/{height} 行", err=True, nl=first + asked.rows >= height)
    return counts[0], counts[1], counts[2]


def _repeated(laid: Path) -> frozenset[int]:
    """The rows of units that an earlier row was about."""
    import polars as pl  # noqa: PLC0415 - comes with an extra

    units = pl.scan_parquet(laid).select("row", "unit")
    later = units.filter(pl.col("unit").is_not_null() & ~pl.col("unit").is_first_distinct()).select("row")
    return frozenset(later.collect(engine="streaming")["row"].to_list())


def _judge_piece(asked: Sweep, first: int, said: Path, kernels: "dict[Frame, Kernel]", repeated: frozenset[int]) -> None:
    import polars as pl  # noqa: PLC0415 - comes with an extra

    from engine.bulk import judge_chunk  # noqa: PLC0415 - comes with an extra

    piece = pl.scan_parquet(asked.work / "facts.parquet").slice(first, asked.rows).collect()
    results: list[pl.DataFrame] = []
    aside: list[Aside] = []
    plain = 0
    for frame, rows in _by_frame(asked, piece, aside, repeated):
        if frame not in kernels:
            kernels[frame] = _kernel(asked, frame, rows)
        outcome = judge_chunk(kernels[frame], rows)
        results.append(outcome.results)
        aside += outcome.aside
        plain += outcome.plain
    written = pl.concat(results).sort("row") if results else None
    if written is not None:
        unfinished = said.with_suffix(".part")
        written.write_parquet(unfinished)
        unfinished.replace(said.with_suffix(".parquet"))
    # The piece counts as done once this stands beside it; a piece without it is judged again and replaced.
    told = {"judged": written.height if written is not None else 0, "plain": plain, "aside": [list(line) for line in aside]}
    unfinished = said.with_suffix(".json.part")
    unfinished.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(said)


def _by_frame(
    asked: Sweep, piece: "pl.DataFrame", aside: "list[Aside]", repeated: frozenset[int]
) -> "Iterator[tuple[Frame, pl.DataFrame]]":
    """The usable rows of a piece, by what units of one kind have in common; the others are set aside."""
    import polars as pl  # noqa: PLC0415 - comes with an extra

    from engine.bulk import Aside  # noqa: PLC0415 - comes with an extra

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
    first, last = asked.period
    for (level, power), rows in sorted(places.items()):
        yield Frame(level, power == "true", first, last, asked.as_of), piece.with_columns(units)[rows]


def _unusable(unit: str | None, level: str, power: str, repeated: bool) -> str:
    if not unit:
        return "没有写 unit"
    if repeated:
        return "这个单位前面已有一行；每个单位只写一行"
    if level not in ("county", "prefecture") or power not in ("true", "false"):
        return f"level 写 county 或 prefecture，legislative_power 写 true 或 false；写的是「{level}」「{power}」"
    return "县没有规章制定权，legislative_power 请写 false" if level == "county" and power == "true" else ""


def _kernel(asked: Sweep, frame: Frame, rows: "pl.DataFrame") -> "Kernel":
    from engine.kernel import Kernel  # noqa: PLC0415 - comes with an extra

    columns = [name for name in rows.columns if name not in ("row", *OWN_COLUMNS)]
    return Kernel(rules_for(asked.ruleset, asked.profile, frame, columns), columns)


# --- after ----------------------------------------------------------------------------------------------------------


def _aside_file(output: Path) -> Path:
    return output.with_name(f"{output.stem}.aside.csv")


def _finish(asked: Sweep, output: Path) -> None:
    """Put the pieces together, whole or not at all, and clear up behind."""
    import polars as pl  # noqa: PLC0415 - comes with an extra

    pieces = sorted(path for path in asked.work.glob("*.parquet") if path.stem.isdigit())
    if pieces:
        unfinished = asked.work / "results.part"
        pl.scan_parquet(pieces).sink_parquet(unfinished)
        unfinished.replace(output)
    lines = [
        line for said in sorted(asked.work.glob("[0-9]*.json")) for line in json.loads(said.read_text("utf-8"))["aside"]
    ]
    _aside_file(output).unlink(missing_ok=True)
    if lines:
        rows = pl.DataFrame(sorted(lines), schema={"row": pl.Int64, "unit": pl.String, "why": pl.String}, orient="row")
        unfinished = asked.work / "aside.part"
        rows.write_csv(unfinished, include_bom=True)
        unfinished.replace(_aside_file(output))
    shutil.rmtree(asked.work)
