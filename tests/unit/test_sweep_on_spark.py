"""Spark judges as one machine does, which judges as each unit by itself; what it leaves behind is put in order."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from click.testing import Result
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine import arrow_batches
from engine.commands import cli
from engine.lowering import Frame
from engine.lowering import judge_row
from engine.lowering import rules_for
from engine.models.ruleset import Ruleset
from engine.spot_checks import line_of
from engine.sweeping import Task

# One Java machine for all of them, however many processes share the suite.
pytestmark = pytest.mark.xdist_group("spark")
COUNTS = st.one_of(st.none(), st.sampled_from(["0", "1", "7", "13", "约20", "第三", "-1"]))
COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "unit": st.one_of(st.none(), st.sampled_from([f"县{n}" for n in range(12)])),
    "level": st.sampled_from([None, "county", "Prefecture", "town"]),
    "legislative_power": st.sampled_from([None, "true", "false"]),
    "hearings_held_cases": COUNTS,
    "hearings_attended_cases": COUNTS,
    "litigation_cases": COUNTS,
    "duty_list_adjustments@previous": COUNTS,
    "I-R20.compiled": st.sampled_from([None, "true", "false"]),
    "I-R59/register": st.sampled_from([None, "0", "1", "2 lacks public_url", "有"]),
}
FRAMES = {
    (level, power): Frame(level, power == "true", date(2020, 1, 1), date(2020, 12, 31), date(2021, 3, 31))
    for level, power in [("county", "false"), ("prefecture", "false"), ("prefecture", "true")]
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["sweep", *arguments, "--period", "2020", "--as-of", "2021-03-31"])


def both(facts: Path, *options: str) -> tuple[Result, Result]:
    """The same sweep here and on Spark."""
    told = []
    for engine in ("local", "spark"):
        told.append(run(str(facts), "-o", str(facts.with_name("r.parquet")), "--engine", engine, *options))
        for name in ("r.parquet", "r.aside.csv"):
            made = facts.with_name(name)
            if made.exists():
                made.replace(facts.with_name(f"{engine}-{name}"))
    return told[0], told[1]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=2)
@given(rows=st.lists(st.fixed_dictionaries(COLUMNS), min_size=8, max_size=20), at_once=st.integers(8, 12))
def test_spark_this_machine_and_the_plain_path_judge_alike(
    spark: Any, ruleset: Ruleset, tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    facts = folder / "f.parquet"
    pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String)).write_parquet(facts)
    here, there = both(facts, "--rows", str(at_once))
    assert (here.exit_code, here.stdout) == (0, there.stdout), there.stderr
    assert (folder / "local-r.aside.csv").exists() == (folder / "spark-r.aside.csv").exists()
    if (folder / "local-r.aside.csv").exists():
        assert (folder / "local-r.aside.csv").read_bytes() == (folder / "spark-r.aside.csv").read_bytes()
    assert (folder / "local-r.parquet").exists() == (folder / "spark-r.parquet").exists()
    if (folder / "local-r.parquet").exists():
        results = pl.read_parquet(folder / "spark-r.parquet")
        assert results.equals(pl.read_parquet(folder / "local-r.parquet")) and results["row"].is_sorted()
        for line in results.iter_rows(named=True):
            holds_as_by_itself(ruleset, rows[line["row"]], line)


def holds_as_by_itself(ruleset: Ruleset, row: dict[str, Any], line: dict[str, Any]) -> None:
    cells = {name: value for name, value in row.items() if name in list(COLUMNS)[3:] and value is not None}
    frame = FRAMES[(row["level"] or "county").lower(), row["legislative_power"] or "false"]
    rules = rules_for(ruleset, ruleset.profiles["assumed-100"], frame, cells)
    truths = {name: value == "true" if value in ("true", "false") else value for name, value in cells.items()}
    plain = judge_row(rules, truths)
    assert not isinstance(plain, list)
    expected = line_of(plain)
    assert {name: line[name] for name in expected} == expected


@pytest.mark.filterwarnings("ignore")
def test_waves_and_tasks_come_out_in_the_order_of_the_rows(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several tasks a wave, several waves, a folder with signs in its name, numbers and truths as such."""
    monkeypatch.setattr(spark, "WAVE", 2)
    folder = tmp_path / "甲 [1]{x}*"
    folder.mkdir()
    table = {
        "unit": [f"县{n % 23}" for n in range(25)],
        "hearings_held_cases": list(range(25)),
        "I-R20.compiled": [True, None, False] * 8 + [True],
    }
    pl.DataFrame(table, schema_overrides={"hearings_held_cases": pl.UInt64}).write_parquet(folder / "f.parquet")
    here, there = both(folder / "f.parquet", "--rows", "8")
    assert (there.exit_code, there.stdout) == (0, here.stdout), there.stderr
    results = pl.read_parquet(folder / "spark-r.parquet", glob=False)
    assert results["row"].to_list() == list(range(23))
    assert results.equals(pl.read_parquet(folder / "local-r.parquet", glob=False))
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


@pytest.mark.filterwarnings("ignore")
def test_a_sweep_on_spark_goes_on_where_it_was_stopped(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "WAVE", 1)
    pl.DataFrame({"unit": ["甲", "乙"], "litigation_cases": ["1", "1"]}).write_parquet(tmp_path / "f.parquet")
    words = [str(tmp_path / "f.parquet"), "-o", str(tmp_path / "r.parquet"), "--rows", "1", "--engine", "spark"]
    once = spark._put_in_order
    waves: list[int] = []

    def stopped(folder: Path, work: Path, number: int, height: int) -> None:
        waves.append(number)
        if waves == [0, 1]:
            raise KeyboardInterrupt
        once(folder, work, number, height)

    monkeypatch.setattr(spark, "_put_in_order", stopped)
    assert run(*words).exit_code != 0
    work = tmp_path / ".r.parquet.parts"
    assert [path.name for path in work.glob("[0-9]*.parquet")] == ["000000-000000.parquet"]
    assert not (tmp_path / "r.parquet").exists()
    assert run(*words).exit_code == 0
    assert waves == [0, 1, 1]
    assert pl.read_parquet(tmp_path / "r.parquet")["row"].to_list() == [0, 1]


@pytest.mark.filterwarnings("ignore")
def test_parts_that_are_not_in_order_are_sorted_and_lost_rows_noticed(spark: Any, tmp_path: Path) -> None:
    folder = tmp_path / "000000.spark"
    folder.mkdir()
    for number, rows in enumerate([[4, 0], [1, 5], []]):
        pl.DataFrame({"row": rows, "unit": [str(row) for row in rows]}, schema={"row": pl.Int64, "unit": pl.String}).write_parquet(
            folder / f"part-{number}.parquet"
        )
    with pytest.raises(RuntimeError, match="4 of 6 rows"):
        spark._put_in_order(folder, tmp_path, 0, 6)
    spark._put_in_order(folder, tmp_path, 0, 4)
    made = pl.concat([pl.read_parquet(path) for path in sorted(tmp_path.glob("*.parquet"))])
    assert made.rows() == [(0, "0"), (1, "1"), (4, "4"), (5, "5")]


@pytest.mark.filterwarnings("ignore")
def test_what_spark_could_not_do_is_said_in_a_line(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An executor with another version of the engine must not judge."""
    monkeypatch.setattr(arrow_batches, "__version__", "9.9.9")
    pl.DataFrame({"unit": ["甲"], "litigation_cases": ["1"]}).write_parquet(tmp_path / "f.parquet")
    refused = run(str(tmp_path / "f.parquet"), "-o", str(tmp_path / "r.parquet"), "--engine", "spark")
    assert refused.exit_code == 2 and "派活的是 9.9.9；请装成同一版" in refused.output
    assert "Traceback" not in refused.output and "照原样再跑一次" in refused.output


# --- without Spark --------------------------------------------------------------------------------------------------


def test_batches_are_judged_as_pieces_are(ruleset: Ruleset) -> None:
    """Columns may be called anything on the way; no rules travel, only bytes."""
    pa = pytest.importorskip("pyarrow")
    task = Task(ruleset, ruleset.profiles["assumed-100"], date(2020, 1, 1), date(2020, 12, 31), date(2021, 3, 31))
    order = arrow_batches.order_of(task, ["row", "unit", "litigation_cases"])
    assert {type(part) for part in order[:-1]} == {str, bytes}
    batch = pa.RecordBatch.from_pydict({"c0": [3, 4], "c1": ["甲", "甲"], "c2": ["13", "1"]})
    (judged,) = arrow_batches.judge_batches(order, [batch], {4})
    told = pl.DataFrame(judged)
    assert told.select("row", "unit", "~why").rows() == [(3, "甲", None), (4, "甲", "这个单位前面已有一行；每个单位只写一行")]
    assert told["maximum"].to_list() == [100_000, None]


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    (tmp_path / "f.csv").write_text("unit,litigation_cases\n甲,1\n", encoding="utf-8")
    return tmp_path / "f.csv"


def test_without_pyspark_it_is_said_what_to_install(facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    refused = run(str(facts), "-o", str(facts.with_name("r.parquet")), "--engine", "spark")
    assert refused.exit_code == 2
    assert "--engine spark 要先装 pyspark：pip install 'fazhi[spark]'，还要 Java 17 以上；单机用 --engine local 就够" in refused.output


@pytest.mark.filterwarnings("ignore")
def test_without_java_it_is_said_what_to_install(facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'fazhi[spark]'")
    monkeypatch.setenv("PATH", str(facts.parent))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    refused = run(str(facts), "-o", str(facts.with_name("r.parquet")), "--engine", "spark")
    assert refused.exit_code == 2 and "--engine spark 要 Java 17 以上；请先装好" in refused.output


def test_a_master_without_spark_is_refused(facts: Path) -> None:
    refused = run(str(facts), "-o", str(facts.with_name("r.parquet")), "--master", "local[2]")
    assert refused.exit_code == 2 and "--master 只和 --engine spark 一起用" in refused.output
