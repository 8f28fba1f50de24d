"""A ruleset folder: read whole and checked before any fact is looked at."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from engine.models.ruleset import Every
from engine.models.ruleset import Ruleset
from engine.ruleset_folders import find_ruleset
from engine.rulesets import load_ruleset

SHIPPED = Path(__file__).parents[2] / "rulesets" / "lbg-2021"


@pytest.fixture
def changed(tmp_path: Path) -> Any:
    """Copy the shipped ruleset, replace a text in one of its files, and load it; the codes."""

    def run(file: str, old: str, new: str) -> list[str]:
        folder = tmp_path / "lbg-2021"
        shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        ruleset, problems = load_ruleset(folder)
        assert (ruleset is None) == bool(problems)
        return sorted({p.code for p in problems})

    return run


def test_the_shipped_ruleset_has_no_problems(ruleset: Ruleset) -> None:
    """What is shipped loads, with a digest."""
    assert len(ruleset.digest) == 64


def test_loading_twice_gives_the_same_digest(ruleset: Ruleset, tmp_path: Path) -> None:
    """A copy elsewhere is the same ruleset: places are no part of it."""
    shutil.copytree(SHIPPED, tmp_path / "lbg-2021")

    assert ruleset.digest == load_ruleset(tmp_path / "lbg-2021")[0].digest  # type: ignore[union-attr]


MEASURES, ENFORCEMENT, PROFILE = "measures.yaml", "pillars/4-enforcement.yaml", "profiles/assumed-100.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "codes"),
    [
        ("ruleset.yaml", "status: draft", "status: final", ["VALUE_CHOICE"]),
        ("ruleset.yaml", "revision: 0.2.0", "revision: 0.2", ["VALUE_TYPE"]),
        ("ruleset.yaml", "default_profile: assumed-100", "default_profile: assumed", ["NAME_UNKNOWN"]),
        (MEASURES, "numerator: legal_reviewers,", "numerator: legal_reviewer,", ["NAME_UNKNOWN"]),
        (
            MEASURES,
            "expression: reconsideration_revoked +",
            "expression: reconsideration_revoked ++",
            ["FORMULA_UNREADABLE"],
        ),
        (MEASURES, "numerator: litigation_lost,", "numerator: litigation_loss_rate,", ["MEASURE_CYCLE"]),
        (MEASURES, "counted_on: decided", "counted_on: case", ["RECORD_INCONSISTENT"]),
        (MEASURES, "from: decided, to: published", "from: decided, to: case", ["NAME_UNKNOWN"]),
        (MEASURES, "of: law_lectures, unit_of_measure", "of: litigation_cases, unit_of_measure", ["NAME_UNKNOWN"]),
        (MEASURES, "within: 7 working_days", "within: 7 workdays", ["VALUE_TYPE"]),
        (MEASURES, "per: 24 months", "per: 0 months", ["VALUE_TYPE"]),
        (ENFORCEMENT, "id: I-R36", "id: I-R37", ["ID_DUPLICATE", "NAME_UNKNOWN"]),
        (ENFORCEMENT, "lead_unit: 司法行政", "lead_unit: 司法局", ["NAME_UNKNOWN"]),
        (ENFORCEMENT, "award: share", "award: elements", ["RECORD_INCONSISTENT"]),
        (ENFORCEMENT, "award: share", "award: linear", ["RECORD_INCONSISTENT"]),
        (ENFORCEMENT, "{at_least: 5%}", "{at_least: 5%, at_most: 9%}", ["RECORD_INCONSISTENT"]),
        (ENFORCEMENT, "kinds: [register, table]", "kinds: [registry, table]", ["NAME_UNKNOWN"]),
        (ENFORCEMENT, "{slot: system,", "{slot: log,", ["ID_DUPLICATE"]),
        (ENFORCEMENT, "can_fix_past: false", "can_fix: false", ["KEY_MISSING", "KEY_UNKNOWN"]),
        (PROFILE, "I-R36: 1\n", "I-R36: 2\n", ["POINTS_SUM"]),
        (PROFILE, "I-R36: 1\n  I-R37: 1", "I-R36: 1.9999\n  I-R37: 0.0001", ["POINTS_SUM"]),
        (PROFILE, "  I-R36: 1\n", "", ["NAME_UNKNOWN", "POINTS_SUM"]),
        (
            PROFILE,
            "{compiled: 1/3, consented: 1/3, published: 1/3}",
            "{compiled: 1/3, consented: 1/3, published: 1/2}",
            ["POINTS_SUM"],
        ),
        (
            PROFILE,
            "{compiled: 1/3, consented: 1/3, published: 1/3}",
            "{compiled: 1/2, consented: 1/2}",
            ["RECORD_INCONSISTENT"],
        ),
        (PROFILE, "pillar: P1", "pillar: P10", ["NAME_UNKNOWN"]),
        ("pillars/9-leadership.yaml", "month_day: 03-31", "month_day: 02-30", ["RECORD_INCONSISTENT"]),
    ],
)
def test_mistakes_in_rules_are_refused(changed: Any, file: str, old: str, new: str, codes: list[str]) -> None:
    """Unknown names, cycles, doubled ids, sums that do not fit and forms without their numbers never load."""
    assert codes == changed(file, old, new)


def test_windows_of_no_length_are_refused() -> None:
    """A window of no months would never end."""
    with pytest.raises(ValidationError):
        Every.model_validate({"kind": "every", "label": "每0个月", "of": "a", "per": "0 months"})


def test_files_that_are_missing_are_named(tmp_path: Path) -> None:
    """An empty folder is no ruleset: every file it should have is named."""
    ruleset, problems = load_ruleset(tmp_path)

    assert (None, {"FILE_MISSING"}) == (ruleset, {p.code for p in problems})
    assert sorted(Path(p.place.file).name for p in problems) == ["measures.yaml", "ruleset.yaml", "working-days.yaml"]


def test_a_ruleset_is_found_by_id_or_by_folder() -> None:
    """Its id among the folders that hold rulesets, or the folder itself."""
    assert find_ruleset("lbg-2021", [SHIPPED.parent]) == (SHIPPED, [])
    assert find_ruleset(str(SHIPPED), []) == (SHIPPED, [])


def test_a_ruleset_that_is_not_there_offers_the_nearest() -> None:
    """A near-miss is refused with the name that was probably meant."""
    path, (found,) = find_ruleset("lbg-2012", [SHIPPED.parent])

    assert (path, found.code, found.remedy) == (None, "RULESET_UNKNOWN", "是否想写「lbg-2019」？")
