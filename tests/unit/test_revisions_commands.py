"""Freezing, checking, comparing and naming versions through the command line."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from engine.commands import run
from engine.rendering.layout import width

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "messages" / "rules" / "small"
TAONAN = str(ROOT / "evidence_samples" / "taonan-2020")
SUBMISSION = """unit: {name: 示例县, kind: government, level: county, legislative_power: false}
period: {from: 2020-01-01, to: 2020-12-31}
as_of: 2021-04-30
ruleset: NAME
facts: [{measure: law_lectures, events: [{date: 2020-03-01}, {date: 2020-09-01}]}]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of one's own with a small ruleset."""
    shutil.copytree(SMALL, tmp_path / "rules" / "small")
    return tmp_path / "rules"


class Done(NamedTuple):
    """How a command ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str


def fazhi(*arguments: str) -> Done:
    """Run a command through the one door for errors, as on a terminal."""
    with CliRunner().isolation() as (stdout, stderr, _):
        exit_code = run(list(arguments))
        return Done(exit_code, stdout.getvalue().decode(), stderr.getvalue().decode())


def change(home: Path, file: str, old: str, new: str) -> None:
    path = home / "small" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def freeze(home: Path, *options: str) -> Done:
    return fazhi("rules", "freeze", "small", "--rulesets", str(home), *options)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))} if folder.is_dir() else {}


def test_a_revision_is_frozen_once(home: Path) -> None:
    """One file and the lock; a second time nothing is written."""
    assert freeze(home, "--draft").exit_code == 0
    first = contents(home / "releases")
    again = freeze(home, "--draft")

    assert sorted(first) == ["lock.json", "small-0.1.0.json"]
    assert (again.exit_code, "没有写文件" in again.stderr) == (0, True)
    assert first == contents(home / "releases")


def test_a_draft_is_frozen_only_as_a_draft(home: Path) -> None:
    """Without the word nothing is written."""
    refused = freeze(home)

    assert (refused.exit_code, "REVISION_DRAFT" in refused.stderr) == (2, True)
    assert contents(home / "releases") == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "exit_code"),
    [
        ("pillars/1-test.yaml", "{at_least: 2}", "{at_least: 3}", "REVISION_TAKEN", 3),
        ("ruleset.yaml", "revision: 0.1.0", "revision: 0.2.0", "REVISION_EMPTY", 1),
        ("ruleset.yaml", "revision: 0.1.0", "revision: 0.0.9", "REVISION_NOT_HIGHER", 1),
    ],
)
def test_a_number_that_does_not_fit_is_refused(home: Path, file: str, old: str, new: str, code: str, exit_code: int) -> None:
    """By freezing and by checking, and nothing is written."""
    freeze(home, "--draft")
    before = contents(home / "releases")
    change(home, file, old, new)
    refused = freeze(home, "--draft")
    verified = fazhi("rules", "releases", "--rulesets", str(home))

    assert (refused.exit_code, code in refused.stderr) == (exit_code, True)
    assert (verified.exit_code, code in verified.stdout) == (exit_code, True)
    assert before == contents(home / "releases")


def test_freezing_a_frozen_revision_is_wrong_usage(home: Path) -> None:
    """What is frozen is the working rules."""
    freeze(home, "--draft")

    assert fazhi("rules", "freeze", "small@0.1.0", "--rulesets", str(home)).exit_code == 2


def test_a_changed_release_ends_with_3_wherever_it_is_named(home: Path, tmp_path: Path) -> None:
    """Nothing is judged by altered rules."""
    freeze(home, "--draft")
    path = home / "releases" / "small-0.1.0.json"
    path.write_bytes(path.read_bytes().replace(b"2", b"3", 1))
    (tmp_path / "submission.yaml").write_text(SUBMISSION.replace("NAME", "small@0.1.0"), encoding="utf-8")
    named = ["rules", "show", "small@0.1.0"], ["assess", str(tmp_path)], ["rules", "diff", "small@0.1.0", "small"]

    for arguments in (*named, ["rules", "lint", "small@0.1.0"], ["rules", "test", "small@0.1.0"], ["rules", "releases"]):
        done = fazhi(*arguments, "--rulesets", str(home))
        assert (done.exit_code, "RELEASE_ALTERED" in done.stdout + done.stderr) == (3, True), arguments


def test_a_deleted_release_is_found(home: Path) -> None:
    """The lock remembers it; the machine's form names code and file."""
    freeze(home, "--draft")
    (home / "releases" / "small-0.1.0.json").unlink()
    done = fazhi("rules", "releases", "--rulesets", str(home), "--format", "json")
    (found,) = json.loads(done.stdout)["findings"]

    assert (done.exit_code, found["code"], found["file"]) == (3, "RELEASE_MISSING", "releases/small-0.1.0.json")


def test_a_submission_names_a_frozen_revision(home: Path, tmp_path: Path) -> None:
    """It is judged by that one, though the working rules went on; the digest is that of the lock."""
    freeze(home, "--draft")
    change(home, "pillars/1-test.yaml", "{at_least: 2}", "{at_least: 9}")
    change(home, "ruleset.yaml", "revision: 0.1.0", "revision: 0.2.0")
    lock = json.loads((home / "releases" / "lock.json").read_bytes())
    judged: dict[str, dict[str, object]] = {}
    for name in ("small@0.1.0", "small"):
        (tmp_path / "submission.yaml").write_text(SUBMISSION.replace("NAME", name), encoding="utf-8")
        done = fazhi("assess", str(tmp_path), "--rulesets", str(home), "--format", "json")
        assert done.exit_code == 0, done.stderr
        judged[name] = json.loads(done.stdout)

    outcomes = {
        name: next(f["claimed"]["outcome"] for f in result["findings"] if f["indicator"] == "I-R74")  # type: ignore[attr-defined]
        for name, result in judged.items()
    }
    assert outcomes == {"small@0.1.0": "MET", "small": "NOT_MET"}
    assert judged["small@0.1.0"]["ruleset"]["digest"] == lock["releases"]["small@0.1.0"]["content"]  # type: ignore[index]


def test_what_changed_is_said_for_people_and_programs(home: Path) -> None:
    """The same changes in both forms, and both end with 0."""
    freeze(home, "--draft")
    change(home, "pillars/1-test.yaml", "{at_least: 2}", "{at_least: 3}")
    change(home, "ruleset.yaml", "revision: 0.1.0", "revision: 0.2.0")
    text = fazhi("rules", "diff", "small@0.1.0", "small", "--rulesets", str(home))
    plain = fazhi("rules", "diff", "small@0.1.0", "small", "--rulesets", str(home), "--format", "json")
    (told,) = json.loads(plain.stdout)["changes"]

    assert (text.exit_code, plain.exit_code) == (0, 0)
    assert told["text"] == "满分线：不低于2期 → 不低于3期"
    assert "满分线：不低于2期 -> 不低于3期" in text.stdout and "影响的指标（1项）  I-R74" in text.stdout


def test_frozen_rules_are_looked_over_and_tested_by_todays_cases(home: Path) -> None:
    """A release has no files of its own: what it says is looked over, and the cases beside the working rules are run."""
    freeze(home, "--draft")
    looked = fazhi("rules", "lint", "small@0.1.0", "--rulesets", str(home))

    assert (looked.exit_code, "LINT_THRESHOLD_UNFOUNDED" in looked.stdout) == (1, True)
    assert "0个用例" in fazhi("rules", "test", "small@0.1.0", "--rulesets", str(home)).stdout


def test_the_list_shows_both_editions_and_what_is_frozen(home: Path) -> None:
    """With the time in force of each."""
    freeze(home, "--draft")
    lines = fazhi("rules", "list", "--rulesets", str(home)).stdout.splitlines()

    assert [line.split()[0] for line in lines[1::2]] == ["lbg-2019", "lbg-2021", "wenshan-2023", "small"]
    assert "2019-05至2021-07" in lines[1] and "2021-08起" in lines[3] and "0.1.0（草稿）" in lines[7]
    assert all(width(line) <= 80 for line in lines)


def test_differences_fit_80_columns() -> None:
    """Even between editions."""
    text = fazhi("rules", "diff", "lbg-2019", "lbg-2021").stdout

    assert [line for line in text.splitlines() if width(line) > 80] == []


def test_the_first_screen_names_the_edition_that_was_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name and the command to be judged by it stand in the head; judged by it, nothing is said of that."""
    monkeypatch.chdir(ROOT)
    head = fazhi("assess", "evidence_samples/taonan-2020").stdout.split("一、能不能报")[0]
    assert "错版提醒" in head
    assert "      当时执行的是lbg-2019（2019年版）：\n" in head
    assert "      fazhi assess evidence_samples/taonan-2020 --ruleset lbg-2019\n" in head

    for name in ("lbg-2019", "lbg@2020-12-31"):
        screen = fazhi("assess", "evidence_samples/taonan-2020", "--ruleset", name).stdout
        assert "错版提醒" not in screen
        assert "lbg-2019（2019年版）修订" in screen
        assert f"fazhi gaps evidence_samples/taonan-2020 --ruleset {name}\n" in screen


def test_programs_are_told_the_edition_by_its_day() -> None:
    """The problem itself says how to name the edition, without knowing what is at hand."""
    problems = json.loads(fazhi("assess", TAONAN, "--format", "json").stdout)["problems"]
    (found,) = [p for p in problems if p["code"] == "EDITION_OUTSIDE"]

    assert found["remedy"] == "本次只作对照；当时执行的版本用 --ruleset lbg@2020-12-31"
