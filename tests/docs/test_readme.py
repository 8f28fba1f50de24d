"""Every example in the READMEs is real output, and every problem code stands in them."""

import os
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from engine.commands import _COMMANDS
from engine.commands import cli
from engine.models.problem import CODES
from engine.models.submission import SubmissionFile
from engine.shaping import shape
from engine.sources import parse_yaml

ROOT = Path(__file__).parents[2]
FILES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"<!-- (?P<what>run: (?P<run>[^\n]*?)|codes) -->\n(?P<body>.*?)<!-- end -->\n", re.DOTALL)


def output_of(line: str) -> str:
    result = CliRunner().invoke(cli, line.split()[1:], standalone_mode=False, catch_exceptions=False)
    text = re.sub(r"运行日 \d{4}-\d\d-\d\d", "运行日 2026-01-01", result.stdout)
    return f"```console\n$ {line}\n{text}```\n"


def table_of_codes() -> str:
    rows = [f"| `{code}` | {severity.value} | {meaning} |" for code, (severity, meaning) in CODES.items()]
    return "\n".join(["| code | severity | meaning |", "|---|---|---|", *rows]) + "\n"


@pytest.mark.parametrize("name", FILES)
def test_examples_are_real_output(name, monkeypatch):
    """Each generated block is what the command prints today."""
    monkeypatch.chdir(ROOT)
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    fresh = _BLOCK.sub(
        lambda m: f"<!-- {m['what']} -->\n{output_of(m['run']) if m['run'] else table_of_codes()}<!-- end -->\n", text
    )
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
