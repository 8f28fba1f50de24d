"""``rules test`` and ``rules verify`` through click's runner: exit codes, forms, what they print."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.commands import cli

ROOT = Path(__file__).parent.parent


def fazhi(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["rules", *arguments], standalone_mode=False)


@pytest.fixture
def own_rules(tmp_path: Path) -> Path:
    """The shipped rules, to be spoiled: in a folder of its own, since a process reads a folder once."""
    folder = tmp_path / "own-2021"
    shutil.copytree(ROOT / "rulesets" / "lbg-2021", folder)
    return folder


def test_the_cases_of_one_indicator_pass() -> None:
    """Exit code 0, and how many there were."""
    done = fazhi("test", "lbg-2021", "--indicator", "I-R56")

    assert done.return_value == 0
    assert "不合0" in done.stdout


def test_coverage_and_mutation_are_told_for_people_and_programs() -> None:
    """The same run in both forms."""
    asked = ("test", "lbg-2021", "--indicator", "I-R56", "--coverage", "--mutate", "--jobs", "1")
    text, data = fazhi(*asked), json.loads(fazhi(*asked, "--format", "json").stdout)

    assert text.return_value == 0
    assert "没有用例够到的" in text.stdout and "处改动" in text.stdout
    assert data["format"] == "fazhi/rule-tests/1"
    assert data["failed"] == []
    assert {mutant["outcome"] for mutant in data["mutants"]} == {"killed", "spared"}
    assert all(mutant["reason"] for mutant in data["mutants"] if mutant["outcome"] == "spared")
    assert set(data["coverage"]["totals"]) >= {"档次", "佐证", "状态"}


def test_a_surviving_change_is_shown_with_its_place(own_rules: Path) -> None:
    """Without the cases that leave a slot empty, the slot can be dropped: exit code 1, file and line, what to write."""
    file = own_rules / "cases" / "8-capability.yaml"
    blocks = file.read_text(encoding="utf-8").split("\n\n")
    kept = [block for block in blocks if "indicator: I-R74" not in block or "without:" not in block]
    file.write_text("\n\n".join(kept), encoding="utf-8")
    done = fazhi("test", str(own_rules), "--indicator", "I-R74", "--mutate", "--jobs", "1")

    assert len(kept) < len(blocks)
    assert done.return_value == 1
    assert "8-capability.yaml:" in done.stdout
    assert "I-R74 改了没有用例发现：佐证「" in done.stdout
    assert "evidence: {without: [" in done.stdout


def test_verification_of_one_indicator_finds_nothing() -> None:
    """Exit code 0, in both forms."""
    asked = ("verify", "lbg-2021", "--indicator", "I-R34", "--tries", "5", "--jobs", "1")

    assert fazhi(*asked).return_value == 0
    assert "没有发现问题" in fazhi(*asked).stdout
    assert json.loads(fazhi(*asked, "--format", "json").stdout)["faults"] == []


def test_a_planted_fault_is_printed_with_a_submission(own_rules: Path) -> None:
    """A bound that nothing meets: exit code 1, the place, and YAML that shows it."""
    file = own_rules / "pillars" / "4-enforcement.yaml"
    rules = file.read_text(encoding="utf-8")
    spoiled = rules.replace(
        "    measure: key_field_plan_completion\n    meets: {at_least: 100%}",
        "    measure: key_field_plan_completion\n    meets: {more_than: 100%}",
    )
    assert spoiled != rules
    file.write_text(spoiled, encoding="utf-8")
    asked = ("verify", str(own_rules), "--indicator", "I-R32", "--tries", "1", "--jobs", "1")
    done, data = fazhi(*asked), json.loads(fazhi(*asked, "--format", "json").stdout)

    assert done.return_value == 1
    assert "满分 I-R32 够不着满分" in done.stdout
    assert "      facts:" in done.stdout
    assert data["faults"][0]["check"] == "满分"
    assert data["faults"][0]["submission"].startswith("unit:")


@pytest.mark.parametrize(
    "arguments",
    [("test", "lbg-2021", "--indicator", "I-R999"), ("verify", "lbg-2021", "--indicator", "I-R999"), ("verify", "lbg-2012")],
)
def test_wrong_usage_is_refused(arguments: tuple[str, ...]) -> None:
    """An indicator or ruleset that is not there: exit code 2, the nearest name."""
    done = fazhi(*arguments)

    assert done.exception is not None
    assert getattr(done.exception, "exit_code", None) == 2
