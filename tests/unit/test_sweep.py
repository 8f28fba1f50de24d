"""Tables of facts become tables of results, whole or not at all, wherever they are judged and however often they are stopped."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from click.testing import Result
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine import widening
from engine.commands import cli
from engine.commands import sweep_here
from engine.commands import sweep_layout
from engine.commands.appending import locked

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["sweep", *arguments, "--period", "2020", "--as-of", "2021-03-31"])


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Seven rows, of which three cannot be used."""
    table = pl.DataFrame(
        {
            "unit": ["甲县", "乙县", "甲县", None, "丙县", "丁市", "戊县"],
            "level": ["county", None, "county", "county", "town", "prefecture", "county"],
            "litigation_cases": ["13", "约20", "1", "1", "1", "5", "第三"],
            "I-R20.compiled": [True, False, True, True, True, None, True],
        }
    )
    path = tmp_path / "facts.parquet"
    table.write_parquet(path)
    return path


def test_a_sweep_writes_a_row_for_every_usable_unit(facts: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.parquet"
    done = run(str(facts), "-o", str(results), "--rows", "2")
    assert done.exit_code == 0, done.output
    assert "算了4行" in done.stdout and "另有3行不能用" in done.stdout
    assert pl.read_parquet(results)["unit"].to_list() == ["甲县", "乙县", "丁市", "戊县"]
    told = pl.read_csv(tmp_path / "results.aside.csv")
    assert told["row"].to_list() == [2, 3, 4]
    assert told["why"][0] == "这个单位前面已有一行；每个单位只写一行"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.parquet", "results.aside.csv", "results.parquet"]


def test_a_sweep_that_was_stopped_goes_on(facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is judged twice, nothing is there twice, and the bytes are those of a sweep that was never stopped."""
    whole, results = tmp_path / "whole.parquet", tmp_path / "results.parquet"
    run(str(facts), "-o", str(whole), "--rows", "2")
    judged: list[int] = []
    once = sweep_here.judge_piece

    def stopped(task: Any, piece: pl.DataFrame, *others: Any) -> pl.DataFrame:
        judged.append(piece["row"][0])
        if judged == [0, 2, 4]:
            raise KeyboardInterrupt
        return once(task, piece, *others)

    monkeypatch.setattr(sweep_here, "judge_piece", stopped)
    assert run(str(facts), "-o", str(results), "--rows", "2").exit_code != 0
    assert not results.exists()
    assert run(str(facts), "-o", str(results), "--rows", "2").exit_code == 0
    assert judged == [0, 2, 4, 4, 6]
    assert results.read_bytes() == whole.read_bytes()


def test_rows_are_judged_once_more_where_that_is_asked_for(facts: Path, tmp_path: Path) -> None:
    """Those that were set aside, too; the rows drawn are the same each time."""
    told = [run(str(facts), "-o", str(tmp_path / "r.parquet"), "--check", "5") for _ in range(2)]
    assert (told[0].exit_code, told[0].stdout) == (0, told[1].stdout)
    assert "抽查5行，逐行按 assess 的算法重算：都相同" in told[0].stdout
    assert "抽查7行" in run(str(facts), "-o", str(tmp_path / "r.parquet"), "--check", "900").stdout


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (pl.when(pl.col("row") == 1).then(pl.col("lost") + 1).otherwise(pl.col("lost")).alias("lost"), "第2行乙县的 lost"),
        (pl.when(pl.col("row") == 2).then(None).otherwise(pl.col("~why")).alias("~why"), "第3行甲县的 ~why"),
        (pl.when(pl.col("row") == 5).then(9).otherwise(pl.col("row")).alias("row"), "第6行丁市的 row"),
    ],
)
def test_results_that_say_otherwise_are_noticed(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: pl.Expr, differs: str
) -> None:
    """A thousandth, a row that should have been set aside, a row that is missing."""
    once = sweep_here.judge_piece
    monkeypatch.setattr(sweep_here, "judge_piece", lambda *given: once(*given).with_columns(change))
    words = ["sweep", str(facts), "-o", str(tmp_path / "r.parquet"), "--check", "7", "--period", "2020"]
    told = CliRunner().invoke(cli, [*words, "--as-of", "2021-03-31"], standalone_mode=False)
    assert told.return_value == 3
    assert f"抽查7行，逐行按 assess 的算法重算：1行不同，如{differs}。这是程序的错，不是填报的错" in told.stdout


def test_what_was_left_of_another_sweep_is_not_mixed_in(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "results.parquet"

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sweep_here, "judge_piece", stop)
        run(str(facts), "-o", str(results))
    refused = run(str(facts), "-o", str(results), "--profile", "equal-100")
    assert refused.exit_code == 2 and "另一次没有算完的结果" in refused.output
    noted = json.loads((tmp_path / ".results.parquet.parts" / "sweep.json").read_text(encoding="utf-8"))
    assert noted["profile"] == "assumed-100"


def test_wide_and_long_parquet_and_csv_say_the_same(tmp_path: Path) -> None:
    wide = pl.DataFrame({"unit": ["甲", "乙"], "litigation_cases": ["13", None], "I-R20.compiled": ["true", "false"]})
    long = wide.unpivot(index="unit", variable_name="cell").drop_nulls("value")
    wide.write_csv(tmp_path / "wide.csv")
    long.write_csv(tmp_path / "long.csv")
    wide.write_parquet(tmp_path / "wide.parquet")
    results = []
    for name in ("wide.csv", "long.csv", "wide.parquet"):
        assert run(str(tmp_path / name), "-o", str(tmp_path / "r.parquet")).exit_code == 0
        results.append(pl.read_parquet(tmp_path / "r.parquet"))
    assert results[0].equals(results[1]) and results[0].equals(results[2])


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"litigation_case": ["1"]}, "是否想写「litigation_cases」"),
        ({"litigation_cases": [0.5]}, "是浮点数，不确切"),
        ({"litigation_cases": [["1", "2"]]}, "列「litigation_cases」一格里有几个值"),
        ({"penalty_decisions": ["1"]}, "规则集不认识列「penalty_decisions」"),
    ],
)
def test_a_column_that_the_rules_do_not_know_is_refused(tmp_path: Path, columns: dict[str, Any], told: str) -> None:
    pl.DataFrame({"unit": ["甲"], **columns}).write_parquet(tmp_path / "f.parquet")
    refused = run(str(tmp_path / "f.parquet"), "-o", str(tmp_path / "r.parquet"))
    assert refused.exit_code == 2 and told in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["f.parquet"]


def test_where_no_row_can_be_used_none_is_written(tmp_path: Path) -> None:
    pl.DataFrame({"unit": ["甲"], "litigation_cases": ["1"], "level": ["省"]}).write_parquet(tmp_path / "f.parquet")
    done = run(str(tmp_path / "f.parquet"), "-o", str(tmp_path / "r.parquet"))
    assert done.exit_code == 0 and "没有一行能算" in done.stdout
    assert not (tmp_path / "r.parquet").exists()
    assert "level 写 county 或 prefecture" in (tmp_path / "r.aside.csv").read_text(encoding="utf-8-sig")


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.parquet").write_text("不是", encoding="utf-8")
    refused = run(str(tmp_path / "f.parquet"), "-o", str(tmp_path / "r.parquet"))
    assert refused.exit_code == 2 and "TABLE_FILE" in refused.output


def test_time_and_memory_are_said_apart_from_the_result(facts: Path, tmp_path: Path) -> None:
    done = run(str(facts), "-o", str(tmp_path / "r.parquet"))
    assert "用时" in done.stderr and "内存最多时" in done.stderr and "用时" not in done.stdout
    assert run(str(facts), "-o", str(tmp_path / "r.parquet"), "--quiet").stderr == ""


def test_memory_is_that_of_the_sweep_and_not_of_whoever_started_it(facts: Path, tmp_path: Path) -> None:
    """The process that starts it once held more than a sweep of seven rows ever needs."""
    words = [sys.executable, str(ROOT / "cli.py"), "sweep", str(facts), "-o", str(tmp_path / "r.parquet"), "--period", "2020"]
    start = "import subprocess, sys; held = b'x' * (1200 * 2**20); del held; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    done = subprocess.run(
        [sys.executable, "-c", start, *words, "--as-of", "2021-03-31"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    told = re.search(r"内存最多时(\d+)MiB", done.stderr)
    assert told is not None and int(told[1]) < 1000, done.stderr


def test_words_and_numbers_mean_the_same_however_a_table_holds_them(tmp_path: Path) -> None:
    """As text, as words of a list, as numbers of any width."""
    texts = {"unit": ["甲", "乙"], "level": ["county", "prefecture"], "hearings_held_cases": ["13", "7"], "I-R59/register": ["1", "0"]}
    kinds = {"level": pl.Categorical, "hearings_held_cases": pl.UInt64, "I-R59/register": pl.Int8}
    pl.DataFrame(texts).write_parquet(tmp_path / "texts.parquet")
    pl.DataFrame(texts).with_columns(pl.col(n).cast(kind) for n, kind in kinds.items()).write_parquet(tmp_path / "kinds.parquet")
    results = []
    for name in ("texts", "kinds"):
        assert run(str(tmp_path / f"{name}.parquet"), "-o", str(tmp_path / "r.parquet")).exit_code == 0
        results.append(pl.read_parquet(tmp_path / "r.parquet"))
    assert results[0].height == 2 and results[0].equals(results[1])


# --- long tables ----------------------------------------------------------------------------------------------------

CELLS = ["litigation_cases", "I-R20.compiled", "level", "hearings_held_cases"]
VALUES = {"litigation_cases": ["13", "约20", None], "I-R20.compiled": ["true"], "level": ["prefecture"]}


@settings(max_examples=25)
@given(data=st.data())
def test_a_long_table_is_made_wide_in_parts_as_if_in_one(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """However few lines are held at once: units in the order in which they first appear, every value where it was stated."""
    pairs = data.draw(st.lists(st.tuples(st.sampled_from("甲乙丙丁戊"), st.sampled_from(CELLS)), unique=True, min_size=1))
    lines = [(unit, cell, data.draw(st.sampled_from(VALUES.get(cell, ["7"])))) for unit, cell in pairs]
    folder = tmp_path_factory.mktemp("long")
    pl.DataFrame(lines, schema=dict.fromkeys(("unit", "cell", "value"), pl.String), orient="row").write_csv(folder / "f.csv")
    expected: dict[str, dict[str, Any]] = {}
    for unit, cell, value in lines:
        expected.setdefault(unit, {})[cell] = value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_layout, "LINES", data.draw(st.integers(1, 4)))
        patch.setattr(sweep_layout, "WIDE", data.draw(st.integers(1, 3)))
        patch.setattr(widening, "PLACES", data.draw(st.integers(1, 3)))
        wide = sweep_layout._widened(sweep_layout._scan(folder / "f.csv"), folder / "f.csv", folder / "long").collect()
    names = sorted({cell for _, cell, _ in lines})
    assert wide.columns == ["unit", *names]
    assert wide.rows() == [(unit, *(held.get(name) for name in names)) for unit, held in expected.items()]


@pytest.mark.parametrize("apart", [False, True])
def test_a_cell_that_a_unit_states_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool) -> None:
    """Whether or not both lines are ever held together."""
    if apart:
        monkeypatch.setattr(sweep_layout, "LINES", 2)
    lines = ["unit,cell,value", "甲,litigation_cases,1", "乙,litigation_cases,2", "丙,I-R20.compiled,true"]
    lines += ["甲,I-R20.compiled,true", "甲,litigation_cases,3", "丁,I-R20.compiled,true", "甲,litigation_cases,1"]
    (tmp_path / "f.csv").write_text("\n".join(lines), encoding="utf-8")
    refused = run(str(tmp_path / "f.csv"), "-o", str(tmp_path / "r.parquet"))
    assert refused.exit_code == 2
    assert "FACT_REPEATED 甲的「litigation_cases」写了3次\n    每个单位每样只写一次\n" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["f.csv"]


def test_a_name_in_a_long_table_that_the_rules_do_not_know_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("unit,cell,value\n甲,litigation_case,1\n", encoding="utf-8")
    refused = run(str(tmp_path / "f.csv"), "-o", str(tmp_path / "r.parquet"))
    assert refused.exit_code == 2 and "规则集不认识「litigation_case」\n    是否想写「litigation_cases」？\n" in refused.output


def test_units_that_come_again_are_found_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_layout, "UNITS", 3)
    units = ["甲", "乙", "甲", None, "丙", "乙", None, "甲", "丁"]
    pl.DataFrame({"row": range(9), "unit": units}).write_parquet(tmp_path / "facts.parquet")
    sweep_layout._note_repeated_units(tmp_path / "facts.parquet")
    assert sweep_layout.repeated_rows(tmp_path / "facts.parquet", 0, 9) == {2, 5, 7}
    assert sweep_layout.repeated_rows(tmp_path / "facts.parquet", 3, 7) == {5}


# --- stopped and claimed --------------------------------------------------------------------------------------------


def _many(path: Path, rows: int) -> None:
    chance = Random(1)
    names = ["litigation_cases", "hearings_held_cases", "hearings_attended_cases", "I-R20.compiled"]
    values = {name: [chance.choice([None, "1", "13", "约20"]) for _ in range(rows)] for name in names[:3]}
    pl.DataFrame({"unit": [f"县{n % (rows - 3)}" for n in range(rows)], **values, names[3]: ["true"] * rows}).write_parquet(path)


def _started(facts: Path, output: Path) -> subprocess.Popen[bytes]:
    words = ["sweep", str(facts), "-o", str(output), "--period", "2020", "--as-of", "2021-03-31", "--rows", "5", "--quiet"]
    return subprocess.Popen([sys.executable, str(ROOT / "cli.py"), *words], stdout=subprocess.DEVNULL)


def _pieces(work: Path) -> dict[str, tuple[int, int, bytes]]:
    found = {path: path.stat() for path in sorted(work.glob("[0-9]*.parquet"))}
    return {path.name: (stat.st_ino, stat.st_mtime_ns, path.read_bytes()) for path, stat in found.items()}


def _killed_with(facts: Path, output: Path, pieces: int) -> dict[str, tuple[int, int, bytes]]:
    """Start a sweep, kill it when it has so many pieces, and hand back what it left."""
    work = output.with_name(f".{output.name}.parts")
    process = _started(facts, output)
    until = time.monotonic() + 60
    while len(list(work.glob("[0-9]*.parquet"))) < pieces and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    assert process.poll() is None, "it was done before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    return _pieces(work)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_sweep_that_was_killed_goes_on_and_judges_nothing_twice(tmp_path: Path) -> None:
    """Killed twice in its middle: what was there stays untouched, and the end is that of a sweep left in peace."""
    _many(tmp_path / "f.parquet", 60)
    whole, output = tmp_path / "whole.parquet", tmp_path / "r.parquet"
    assert run(str(tmp_path / "f.parquet"), "-o", str(whole), "--rows", "5").exit_code == 0
    first = _killed_with(tmp_path / "f.parquet", output, 2)
    second = _killed_with(tmp_path / "f.parquet", output, len(first) + 2)
    assert 2 <= len(first) < len(second) < 12
    assert {name: second[name] for name in first} == first
    assert not output.exists()
    assert run(str(tmp_path / "f.parquet"), "-o", str(output), "--rows", "5").exit_code == 0
    assert output.read_bytes() == whole.read_bytes()
    assert (tmp_path / "r.aside.csv").read_bytes() == (tmp_path / "whole.aside.csv").read_bytes()
    assert pl.read_parquet(output)["row"].to_list() == list(range(57))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_what_a_clearing_that_was_cut_short_left_is_not_taken_for_pieces(facts: Path, tmp_path: Path) -> None:
    output = tmp_path / "r.parquet"
    work = tmp_path / ".r.parquet.parts"
    work.mkdir()
    (work / "000000001.parquet").write_bytes(b"of long ago")
    assert run(str(facts), "-o", str(output), "--rows", "2").exit_code == 0
    assert pl.read_parquet(output).height == 4 and not work.exists()


def test_two_sweeps_do_not_write_to_the_same_output(facts: Path, tmp_path: Path) -> None:
    output = tmp_path / "r.parquet"
    with locked(tmp_path / ".r.parquet.lock"):
        refused = run(str(facts), "-o", str(output))
    assert refused.exit_code == 2 and f"另一个 sweep 正在往 {output} 写；请等它做完，或换一个 -o" in refused.output
    assert not output.exists() and not (tmp_path / ".r.parquet.parts").exists()
    assert run(str(facts), "-o", str(output)).exit_code == 0
    assert not (tmp_path / ".r.parquet.lock").exists()


def test_of_two_processes_at_once_one_is_refused_and_nothing_is_mixed(tmp_path: Path) -> None:
    _many(tmp_path / "f.parquet", 30)
    output = tmp_path / "r.parquet"
    both = [_started(tmp_path / "f.parquet", output) for _ in range(2)]
    codes = sorted(process.wait(60) for process in both)
    assert codes in ([0, 2], [0, 0])
    assert pl.read_parquet(output)["row"].to_list() == list(range(27))
