"""The command line through click's runner and as a process: formats, exit codes, Chinese, places, laziness."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import commands
from engine.commands import _COMMANDS
from engine.commands import cli
from engine.commands import run
from engine.rendering.documents import render_csv
from engine.rendering.layout import width

ROOT = Path(__file__).parent.parent
TAONAN = str(ROOT / "evidence_samples" / "taonan-2020")


def fazhi(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


def runner(*arguments: str):
    return CliRunner().invoke(cli, list(arguments), standalone_mode=False)


@pytest.mark.parametrize(
    "name",
    [
        *_COMMANDS,
        *(f"rules {name}" for name in ("list", "show", "lint", "test", "verify", "freeze", "releases", "diff", "schema")),
        *(f"evidence {name}" for name in ("add", "withdraw", "review", "chain", "list", "head", "verify")),
        *(f"journal {name}" for name in ("list", "verify")),
        *(f"report {name}" for name in ("assessment", "recompute")),
    ],
)
def test_every_command_has_chinese_help(name):
    """Help is there for every command, in Chinese, headings included."""
    text = fazhi(*name.split(), "--help").stdout.decode()

    assert "用法：" in text
    assert "选项:" in text
    assert "Options" not in text
    assert "Show" not in text
    assert re.search(r"用法：.*[A-Z]{2}", text) is None


def test_the_version_is_offered_in_chinese():
    """Also what click says of the version."""
    assert "-V, --version  版本。" in fazhi("--help").stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["asses"], "没有命令"),
        (["assess"], "缺少参数"),
        (["assess", TAONAN, "--format", "xml"], "不在可选之列"),
        (["assess", TAONAN, "--as-of", "2021"], "--as-of 要写到日"),
        (["assess", TAONAN, "--profile", "assumed-10"], "是否想写「assumed-100」"),
        (["assess", TAONAN, "--ruleset", "lbg-2012"], "是否想写「lbg-2019」"),
        (["assess", "没有的文件夹"], "没有这个文件"),
        (["gaps", TAONAN, "--unit", "司法行証"], "司法行政"),
        (["explain", TAONAN, "I-R99"], "是否想写「I-R"),
        (["rules", "show", "lbg-2021", "I-R99"], "没有指标「I-R99」"),
        (["rules", "show", "lbg-2021", "law_lectures"], "不是指标。看口径表：fazhi rules show lbg-2021 --measures"),
        (["gaps", TAONAN, "--kind", "缺"], "没有「缺」这种差距"),
        (["assess", TAONAN, "--as-of", "2021/3/31"], "请写 2021-03-31"),
    ],
)
def test_wrong_usage_leaves_with_2_and_says_what_to_do(arguments, said):
    """Wrong usage and refused input end with exit code 2, in Chinese, on standard error, without a traceback."""
    done = fazhi(*arguments)
    error = done.stderr.decode()

    assert done.returncode == 2
    assert said in error
    assert "Traceback" not in error
    assert done.stdout == b""


def test_refused_input_names_the_file_as_it_can_be_opened(tmp_path):
    """A problem is shown with the path from where the user stands, with line and column."""
    (tmp_path / "submission.yaml").write_text("unit: {name: 甲县, kind: goverment}\n", encoding="utf-8")
    error = fazhi("assess", str(tmp_path)).stderr.decode()

    assert f"{tmp_path}/submission.yaml:1:24: VALUE_CHOICE" in error
    assert "是否想写「government」？" in error


def test_an_unknown_ruleset_is_named_where_the_submission_names_it(tmp_path):
    """The place is the line of the submission, not the folder of rulesets."""
    head = "unit: {name: 甲县, kind: government, level: county, legislative_power: false}\nperiod: {from: 2020, to: 2020}\nas_of: 2021-03-31\n"
    (tmp_path / "submission.yaml").write_text(f"ruleset: lbg2021\n{head}", encoding="utf-8")
    error = fazhi("assess", str(tmp_path)).stderr.decode()

    assert f"{tmp_path}/submission.yaml:1:10: RULESET_UNKNOWN" in error
    assert "是否想写「lbg-2021」？" in error


def test_a_folder_without_a_submission_says_what_to_do(tmp_path):
    """A file of nearly the right name is pointed at."""
    (tmp_path / "submission.yml").write_text("a: 1\n", encoding="utf-8")

    assert "请改名为 submission.yaml" in fazhi("assess", str(tmp_path)).stderr.decode()


@pytest.mark.parametrize(
    ("word", "code"), [("缺数", "FACT_MISSING"), ("缺佐证", "EVIDENCE_MISSING"), ("差距", "SHORTFALL"), ("CLAUSE", "CLAUSE")]
)
def test_kinds_of_gaps_have_chinese_words(word, code):
    """A kind may be named by its word or by its code."""
    gaps = json.loads(runner("gaps", TAONAN, "--kind", word, "--format", "json").stdout)

    assert {gap["kind"] for gap in gaps} == {code}


def test_gaps_are_a_result_unless_asked_otherwise():
    """Gaps end with 0; with --fail-on-gaps they end with 1."""
    assert [fazhi("gaps", TAONAN).returncode, fazhi("gaps", TAONAN, "--fail-on-gaps").returncode] == [0, 1]


def test_screens_fit_80_columns():
    """Nothing printed for a terminal is wider than 80 columns."""
    names = [f["indicator"] for f in json.loads(runner("assess", TAONAN, "--format", "json").stdout)["findings"]]
    commands = [["assess", TAONAN], ["gaps", TAONAN], *(["explain", TAONAN, name] for name in names)]

    lines = [line for command in commands for line in runner(*command).stdout.splitlines()]

    assert lines and [line for line in lines if width(line) > 80] == []


def test_same_bytes_in_other_time_zones_and_locales():
    """Time zone, locale and hash seed change no byte of a result."""
    settings = [
        {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
        {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "3"},
    ]
    outputs = {fazhi("assess", TAONAN, "--format", "json", env=env).stdout for env in settings}

    assert len(outputs) == 1
    assert len(next(iter(outputs))) > 10_000


def test_output_file_is_whole_and_spreadsheets_know_its_encoding(tmp_path):
    """A result goes to a file whole, and a CSV file starts with a byte order mark."""
    target = tmp_path / "差距.csv"
    runner("gaps", TAONAN, "--format", "csv", "-o", str(target))

    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [path.name for path in tmp_path.iterdir()] == ["差距.csv"]


def test_a_directory_that_does_not_exist_is_no_bug(tmp_path):
    """A result that cannot be written is an error of the user's, not a traceback."""
    done = fazhi("assess", TAONAN, "-o", str(tmp_path / "没有" / "x.txt"))

    assert done.returncode == 2
    assert "读写不了" in done.stderr.decode()


def test_a_bug_is_reported_with_70(monkeypatch):
    """An exception of ours ends with 70 and a report, never with a traceback."""
    monkeypatch.setattr(commands.cli, "main", lambda *_, **__: 1 // 0)

    assert commands.run([]) == 70


def test_help_imports_only_what_it_needs():
    """The list of commands costs neither pydantic nor YAML."""
    code = "import sys; from engine.commands import run; run(['--help']); sys.exit(bool({'pydantic', 'yaml', 'tabulate'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True).returncode == 0


def test_unit_view_keeps_other_units_out():
    """One unit's list holds only what it leads or answers for."""
    gaps = json.loads(runner("gaps", TAONAN, "--unit", "应急管理", "--format", "json").stdout)

    assert {"I-R67", "I-R69"} <= {gap["indicator"] for gap in gaps}
    assert [gap["id"] for gap in gaps if "应急管理" not in (gap["lead_unit"], *gap["responsible_units"])] == []


def test_user_rulesets_are_found_beside_the_shipped_ones(tmp_path):
    """--rulesets adds a folder of the user's own."""
    shutil.copytree(ROOT / "rulesets" / "lbg-2021", tmp_path / "local-2024")
    header = tmp_path / "local-2024" / "ruleset.yaml"
    header.write_text(header.read_text(encoding="utf-8").replace("id: lbg-2021", "id: local-2024", 1), encoding="utf-8")

    assert "local-2024" in runner("rules", "list", "--rulesets", str(tmp_path)).stdout
    assert runner("assess", TAONAN, "--rulesets", str(tmp_path), "--ruleset", "local-2024").exit_code == 0


def test_csv_cells_cannot_run_as_formulas():
    """A cell that begins like a formula is disarmed."""
    assert render_csv(["a"], [["=1+1"], ["@x"], ["ok"], ["-"]]) == "a\r\n'=1+1\r\n'@x\r\nok\r\n-\r\n"


# --- records --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two records of one sample, judged on two days."""
    folder = tmp_path_factory.mktemp("records")
    for day in ("2021-03-31", "2021-06-30"):
        assert CliRunner().invoke(cli, ["assess", TAONAN, "--as-of", day, "--record", str(folder)]).exit_code == 0
    return sorted(folder.iterdir())


def test_exactly_one_file_is_written_for_a_run(recorded: list[Path]) -> None:
    """Named by the day it was judged at and the beginning of its digest."""
    assert [re.sub(r"-[0-9a-f]{12}", "", path.name) for path in recorded] == [
        "record-2021-03-31.json",
        "record-2021-06-30.json",
    ]


def test_a_record_replays_without_its_folder(recorded: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From anywhere, with no rulesets beside it, exit code 0."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("engine.commands.inputs.SHIPPED", tmp_path)
    result = CliRunner().invoke(cli, ["replay", str(recorded[0])])

    assert (result.exit_code, "逐字节相等" in result.output) == (0, True)


def test_an_altered_record_ends_with_3(recorded: list[Path], tmp_path: Path) -> None:
    """And says so in one sentence, without a traceback."""
    altered = tmp_path / "r.json"
    altered.write_bytes(recorded[0].read_bytes().replace(b"litigation_cases", b"litigation_casea", 1))
    ended = fazhi("replay", str(altered))

    assert (ended.returncode, "RUN_RECORD_ALTERED" in ended.stderr.decode(), ended.stdout) == (3, True, b"")


def test_a_replay_under_another_day_is_a_comparison(recorded: list[Path]) -> None:
    """The same facts, judged on the other day, give what the second record holds."""
    beside = CliRunner().invoke(cli, ["replay", str(recorded[0]), "--as-of", "2021-06-30", "--format", "json"])
    compared = CliRunner().invoke(cli, ["compare", *map(str, recorded), "--format", "json"])
    first, second = json.loads(beside.output), json.loads(compared.output)

    assert (first["split"], first["gaps"]) == (second["split"], second["gaps"])
    assert {part["factor"] for part in second["split"]} <= {"date"}


def test_one_record_cannot_be_compared(recorded: list[Path]) -> None:
    """Two are needed."""
    assert run(["compare", str(recorded[0])]) == 2


def test_a_report_is_written_from_a_record_alone(
    recorded: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same Markdown as on the day, without the folder and without rulesets."""
    then = CliRunner().invoke(cli, ["assess", TAONAN, "--format", "md"]).output
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("engine.commands.inputs.SHIPPED", tmp_path)
    result = CliRunner().invoke(cli, ["report", "assessment", str(recorded[0])])

    assert (result.exit_code, result.output) == (0, then)
