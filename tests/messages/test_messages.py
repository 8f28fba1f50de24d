"""At least one broken input per problem code, and the exact message that a clerk gets for it.

``CODE.yaml`` is the plainest case of a code, ``CODE.what-is-wrong.yaml`` a further one.
"""

import re
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from engine.assessment import assess
from engine.commands import cli
from engine.commands.inputs import Refusal
from engine.commands.inputs import judge_submission
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.rulesets import load_ruleset
from engine.submissions import load_submission

HERE = Path(__file__).parent
CASES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.yaml"))}


def code_of(case: str) -> str:
    """The code that a case is about."""
    return case.partition(".")[0]


# Codes that no file can produce, each with its reason.
NOT_FROM_A_FILE: dict[str, str] = {
    "SIGNATURE_LIBRARY": "a library that is not installed (tests/unit/test_evidence_commands.py)",
    "CLAUSE_CHAINERS_DIFFER": "the two chainers agree (tests/unit/test_chaining.py); it would take a bug of ours or of durable-rules",
    **{
        code: "a draw asks for more than an assessment (tests/unit/test_sampling.py)"
        for code in CODES
        if code.startswith("REGISTER_")
    },
    **{
        code: "workbooks are made and spoilt in code (tests/unit/test_import_workbooks.py)"
        for code in CODES
        if code.startswith(("WORKBOOK_", "CELL_"))
    },
    **{code: "a record is no submission (tests/unit/test_records.py)" for code in CODES if code.startswith("RUN_RECORD_")},
    **{
        code: "frozen in folders of their own (tests/unit/test_releases.py)"
        for code in CODES
        if code.startswith(("RELEASE_", "REVISION_")) and code != "REVISION_UNKNOWN"
    },
    **{
        code: "what the files of a ledger hold (tests/unit/test_evidence_checks.py)"
        for code in CODES
        if code.startswith("CHECK_")
    },
    **{
        code: "an overlay over the small ruleset (tests/unit/test_overlays.py)"
        for code in CODES
        if code.startswith(("OVERLAY_", "CHECKPOINT_"))
    },
    **{
        code: "several submissions side by side (tests/unit/test_campaign.py)"
        for code in CODES
        if code.startswith(("PART_", "CLOSE_"))
    },
    "TABLE_FILE": "a published table, no submission (tests/unit/test_scaffold.py)",
    "TABLE_COLUMNS": "a published table, no submission (tests/unit/test_scaffold.py)",
    **{
        code: "planted in copies of the shipped ruleset (tests/unit/test_linting.py)"
        for code in CODES
        if code.startswith("LINT_")
    },
}


def write(case: dict[str, Any], folder: Path) -> None:
    """Write the small ruleset, changed where the case says so, and the submission folder."""
    shutil.copytree(HERE / "rules" / "small", folder / "rules" / "small")
    for name, text in case["files"].items():
        path = folder / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((text * case.get("repeat", 1)).encode(case.get("encoding", "utf-8")))
    if change := case.get("rules"):
        path = folder / "rules" / "small" / change["file"]
        text = path.read_text(encoding="utf-8")
        assert change["old"] in text
        path.write_text(text.replace(change["old"], change["new"], -1 if change.get("all") else 1), encoding="utf-8")


def problems_of(case: dict[str, Any], folder: Path) -> list[Problem]:
    """Every problem that the case yields, up to the first door that refuses it; or that a command refuses."""
    write(case, folder)
    if command := case.get("command"):
        with chdir(folder / "submission"):
            refusal = CliRunner().invoke(cli, command, standalone_mode=False).exception
        assert isinstance(refusal, Refusal), refusal
        return refusal.problems
    submission, problems = load_submission(folder / "submission")
    if submission is None:
        return problems
    if submission.head.ruleset or submission.head.profile:
        with pytest.raises(Refusal) as caught:
            judge_submission(folder / "submission", None, folder / "rules", None, None)
        return caught.value.problems
    ruleset, refused = load_ruleset(folder / "rules" / "small")
    if ruleset is None:
        return refused
    _, found = assess(ruleset, ruleset.profiles[case.get("profile", "plain")], submission)
    return [*problems, *found]


@pytest.mark.parametrize("name", CASES)
def test_a_broken_input_gives_exactly_its_message(name: str, tmp_path: Path) -> None:
    """What is said is where, which code, what was found and what to do; and nothing else is said."""
    assert CASES[name]["messages"] == [str(p) for p in problems_of(CASES[name], tmp_path)]


def test_every_code_has_a_broken_input() -> None:
    """No code is without a case, unless no file can produce it."""
    covered = {code_of(name) for name in CASES}

    assert set(CODES) == covered | set(NOT_FROM_A_FILE)
    assert set() == covered & set(NOT_FROM_A_FILE)


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_about_its_code(name: str) -> None:
    """The code stands in the message, behind the place."""
    assert any(re.match(rf"\S+: {code_of(name)} ", message) for message in CASES[name]["messages"])


@pytest.mark.parametrize("name", CASES)
def test_a_message_is_for_a_person(name: str) -> None:
    """Two lines, in Chinese, without the insides of a program; the second says what to do."""
    for message in CASES[name]["messages"]:
        found, remedy = message.split("\n")
        assert re.search("[一-鿿]", found) and re.search("[一-鿿]", remedy)
        assert remedy.startswith("    ") and remedy.strip()
        assert not re.search(r"None|True|False|<class|Traceback|\{'|tag:yaml|\^\[|\[A-Z|\{\d", message)


@pytest.mark.parametrize("name", CASES)
def test_a_message_names_the_submission_s_line(name: str) -> None:
    """A mistake inside a file is named with its line and column; a whole file, or a name given, has none."""
    whole = {
        "FILE_MISSING",
        "FILE_TOO_LARGE",
        "FILE_ENCODING",
        "YAML_EMPTY",
        "CALENDAR_YEAR_MISSING",
        "LEDGER_PLAIN",
        "LEDGER_HEAD",
        "SIGNATURE_DIFFERS",
        "KEY_UNREADABLE",
        "KEY_TYPE",
    }

    assert name in whole or all(re.match(r"[^\s:]+:[1-9]\d*:[1-9]\d*: ", message) for message in CASES[name]["messages"])


def test_severities_are_those_of_the_codes(tmp_path: Path) -> None:
    """Whoever makes a problem does not choose how much it stops."""
    for name, case in CASES.items():
        found = problems_of(case, tmp_path / name)
        assert {CODES[p.code][0] for p in found} == {p.severity for p in found}
