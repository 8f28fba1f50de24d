"""One broken input per problem code, and the exact message that a clerk gets for it."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.assessment import assess
from engine.commands.inputs import Refusal
from engine.commands.inputs import judge_submission
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.rulesets import load_ruleset
from engine.submissions import load_submission

HERE = Path(__file__).parent
CASES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.yaml"))}

# Codes that no file can produce, each with its reason.
NOT_FROM_A_FILE: dict[str, str] = {
    "CLAUSE_CHAINERS_DIFFER": "the two chainers agree (tests/unit/test_chaining.py); it would take a bug of ours or of durable-rules",
    **{code: "a record is no submission (tests/unit/test_records.py)" for code in CODES if code.startswith("RUN_RECORD_")},
    **{
        code: "frozen in folders of their own (tests/unit/test_releases.py)"
        for code in CODES
        if code.startswith(("RELEASE_", "REVISION_")) and code != "REVISION_UNKNOWN"
    },
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
    """Every problem that the case yields, up to the first door that refuses it."""
    write(case, folder)
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


@pytest.mark.parametrize("code", CASES)
def test_a_broken_input_gives_exactly_its_message(code: str, tmp_path: Path) -> None:
    """What is said is where, which code, what was found and what to do; and nothing else is said."""
    assert CASES[code]["messages"] == [str(p) for p in problems_of(CASES[code], tmp_path)]


def test_every_code_has_a_broken_input() -> None:
    """No code is without a case, unless no file can produce it."""
    assert set(CODES) == set(CASES) | set(NOT_FROM_A_FILE)
    assert set() == set(CASES) & set(NOT_FROM_A_FILE)


@pytest.mark.parametrize("code", CASES)
def test_a_case_is_about_its_code(code: str) -> None:
    """The code stands in the message, behind the place."""
    assert any(re.match(rf"\S+: {code} ", message) for message in CASES[code]["messages"])


@pytest.mark.parametrize("code", CASES)
def test_a_message_is_for_a_person(code: str) -> None:
    """Two lines, in Chinese, without the insides of a program; the second says what to do."""
    for message in CASES[code]["messages"]:
        found, remedy = message.split("\n")
        assert re.search("[一-鿿]", found) and re.search("[一-鿿]", remedy)
        assert remedy.startswith("    ") and remedy.strip()
        assert not re.search(r"None|True|False|<class|Traceback|\{'|tag:yaml|\^\[", message)


@pytest.mark.parametrize("code", CASES)
def test_a_message_names_the_submission_s_line(code: str) -> None:
    """A mistake inside a file is named with its line and column; a whole file, or a name given, has none."""
    whole = {
        "FILE_MISSING",
        "FILE_TOO_LARGE",
        "FILE_ENCODING",
        "YAML_EMPTY",
        "CALENDAR_YEAR_MISSING",
        "RULESET_UNKNOWN",
        "VERSION_UNREADABLE",
        "REVISION_UNKNOWN",
        "EDITION_UNKNOWN",
        "PROFILE_UNKNOWN",
    }

    assert code in whole or all(re.match(r"[^\s:]+:[1-9]\d*:[1-9]\d*: ", message) for message in CASES[code]["messages"])


def test_severities_are_those_of_the_codes(tmp_path: Path) -> None:
    """Whoever makes a problem does not choose how much it stops."""
    for code, case in CASES.items():
        found = problems_of(case, tmp_path / code)
        assert {CODES[p.code][0] for p in found} == {p.severity for p in found}
