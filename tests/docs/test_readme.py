"""Every example in the READMEs is real output, and every problem code stands in them."""

import io
import os
import re
import shutil
from contextlib import chdir
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
import yaml
from click import ClickException
from click.testing import CliRunner

from engine.commands import _COMMANDS
from engine.commands import cli
from engine.models.problem import CODES
from engine.models.ruleset import Ruleset
from engine.models.submission import SubmissionFile
from engine.rulesets import load_ruleset
from engine.shaping import shape
from engine.sources import parse_yaml

ROOT = Path(__file__).parents[2]
EFFECTS = {
    "block": "不得申报",
    "veto": "否决",
    "penalty": "罚扣",
    "warn": "提示",
    "cap": "封顶",
    "deduct": "联动扣减",
    "bonus": "附加项",
    "level": "提示升级",
    "cause": "根因",
}
FILES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(
    r"<!-- (?P<what>run: (?P<run>[^\n]*?)|codes|indicators|measures|dictionary|clauses|workbooks) -->\n(?P<body>.*?)<!-- end -->\n",
    re.DOTALL,
)


@cache
def shipped() -> Ruleset:
    ruleset, _ = load_ruleset(ROOT / "rulesets" / "lbg-2021")
    assert ruleset is not None
    return ruleset


def output_of(line: str) -> str:
    result = CliRunner().invoke(cli, line.split()[1:], standalone_mode=False, catch_exceptions=False)
    text = re.sub(r"运行日 \d{4}-\d\d-\d\d", "运行日 2026-01-01", result.stdout)
    return f"```console\n$ {line}\n{text}```\n"


def table_of_codes() -> str:
    rows = [f"| `{code}` | {severity.value} | {meaning} |" for code, (severity, meaning) in CODES.items()]
    return "\n".join(["| code | severity | meaning |", "|---|---|---|", *rows]) + "\n"


def in_table(heads: list[str], rows: list[list[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def table_of_indicators() -> str:
    """How many rows of each pillar are held, and how many of these were read in the issued text."""
    heads = ["", "一级指标", "收录", "核对过原文", "静态", "动态"]
    rows = []
    for pillar in shipped().pillars:
        held = pillar.indicators
        counts = [len([i for i in held if i.text_status.value == "verified"])]
        counts += [len([i for i in held if i.kind.value == kind]) for kind in ("static", "dynamic")]
        rows.append([pillar.id, pillar.title, len(held), *counts])
    return in_table(heads, rows)


def table_of_rates() -> str:
    """Every ratio with the counts above and below its line, and what no case due means."""
    measures = shipped().measures
    none_due = {"not_applicable": "不在分母里", "unknown": "待核"}
    label = {name: measure.label for name, measure in measures.items()}
    rates = [(name, rate) for name, rate in measures.items() if rate.kind == "ratio"]
    rows = [
        [f"`{name}`", rate.label, label[rate.numerator], label[rate.denominator], none_due.get(rate.when_none_due, "")]
        for name, rate in rates
    ]
    return in_table(["measure", "口径", "分子", "分母", "没有应办的"], rows)


KINDS = {
    "count": "件数",
    "amount": "数额",
    "date": "日期",
    "choice": "选项",
    "boolean": "是否",
    "events": "逐次登记",
    "records": "逐件登记表",
    "ratio": "率，算出",
    "formula": "算式，算出",
    "count_in_period": "期内次数，算出",
    "every": "频次，算出",
    "on_time_share": "按期率，算出",
    "procedure_share": "程序合格率，算出",
    "trend": "比上期，算出",
}


def table_of_measures() -> str:
    """Every measure of the dictionary: what a submission may report, and what is computed from it."""
    rows = [
        [f"`{name}`", measure.label, KINDS[measure.kind], measure.unit_of_measure or "", "、".join(measure.held_by)]
        for name, measure in shipped().measures.items()
    ]
    return in_table(["measure", "口径", "怎么报", "单位", "由谁报"], rows)


def table_of_clauses() -> str:
    """Every clause and what it does."""
    rows = [[clause.id, clause.title, EFFECTS[clause.effect.kind]] for clause in shipped().clauses.clauses]
    return in_table(["clause", "条款", "作用"], rows)


def there_and_back() -> str:
    """One unit's workbook: written, filled in with slips, refused, mended, imported."""
    with TemporaryDirectory() as home, chdir(home):
        shutil.copytree(ROOT / "evidence_samples" / "demo-county", "demo-county", ignore=shutil.ignore_patterns("*.pdf"))
        told = [said_by("fazhi template demo-county --unit 甲河镇 -o 甲河镇.xlsx")]
        _fill("甲河镇.xlsx", {"C6": "=8+6", "C8": 0.071, "C10": True, "F11": 45291, "P13": "new_officer@own"})
        told.append(said_by("fazhi import 甲河镇.xlsx -o 填报"))
        _fill("甲河镇.xlsx", {"C6": 14, "C10": "14人", "F11": "2023-12-31", "P13": "new_officers@own"})
        told.append(said_by("fazhi import 甲河镇.xlsx -o 填报"))
    return f"```console\n{''.join(told)}```\n"


def _fill(name: str, cells: dict[str, object]) -> None:
    book = openpyxl.load_workbook(name)
    for cell, value in cells.items():
        book["填数"][cell] = value
    book.save(name)


def said_by(line: str) -> str:
    """A command with everything that it prints, in the order in which a person sees it."""
    result = CliRunner().invoke(cli, line.split()[1:], standalone_mode=False)
    refusal = io.StringIO()
    if isinstance(result.exception, ClickException):
        with redirect_stderr(refusal):
            result.exception.show()
    return f"$ {line}\n{result.output}{refusal.getvalue()}"


def block_of(what: str, run: str | None) -> str:
    tables = {
        "codes": table_of_codes,
        "indicators": table_of_indicators,
        "measures": table_of_rates,
        "dictionary": table_of_measures,
        "clauses": table_of_clauses,
        "workbooks": there_and_back,
    }
    return output_of(run) if run else tables[what]()


@pytest.mark.parametrize("name", FILES)
def test_examples_are_real_output(name, monkeypatch):
    """Each generated block is what the command prints today."""
    monkeypatch.chdir(ROOT)
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    fresh = _BLOCK.sub(lambda m: f"<!-- {m['what']} -->\n{block_of(m['what'], m['run'])}<!-- end -->\n", text)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(fresh, encoding="utf-8")
        text = fresh

    assert fresh == text


@pytest.mark.parametrize("name", FILES)
def test_the_sample_submission_in_the_readme_is_usable(name):
    """The submission that a reader copies has the right shape."""
    block = re.search(r"```yaml\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    data, problems = parse_yaml(block[1], name)
    shaped, problems = shape(SubmissionFile, data, name, problems)

    assert [str(p) for p in problems] == []
    assert shaped is not None


@pytest.mark.parametrize("name", FILES)
def test_every_command_is_in_the_readme(name):
    """No command is left out."""
    text = (ROOT / name).read_text(encoding="utf-8")

    assert [command for command in _COMMANDS if f"fazhi {command}" not in text] == []


def test_modules_are_in_the_floor_table():
    """The floor table names every stage."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    stages = [path.stem for path in (ROOT / "engine").glob("*.py") if path.stem != "__init__"]

    assert [stage for stage in stages if f"engine/{stage}.py" not in text] == []


def test_shipped_yaml_needs_no_trap():
    """What ships reads the same in any YAML reader: no value that YAML 1.1 and 1.2 take differently."""
    for path in [*ROOT.glob("rulesets/**/*.yaml"), *ROOT.glob("evidence_samples/**/*.yaml")]:
        _, problems = parse_yaml(path.read_text(encoding="utf-8"), path.name)

        assert [str(p) for p in problems] == []
        assert yaml.safe_load(path.read_text(encoding="utf-8")) is not None
