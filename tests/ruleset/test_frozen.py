"""What is frozen in the repository is as it was frozen, and the working rules go on from there."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import cli
from engine.releases import check_number
from engine.releases import check_releases
from engine.releases import load_release
from engine.releases import read_lock
from engine.rulesets import load_ruleset

RULESETS = Path(__file__).parents[2] / "rulesets"
NAMES = sorted(path.parent.name for path in RULESETS.glob("*/ruleset.yaml"))


def test_every_release_is_as_the_lock_has_it() -> None:
    """Nothing altered, nothing gone, nothing beside the lock."""
    assert [str(p) for p in check_releases(RULESETS)] == []


@pytest.mark.parametrize("name", NAMES)
def test_working_rules_are_those_last_frozen_or_have_a_higher_number(name: str) -> None:
    """The same content under the same number, or changed content under a higher one."""
    ruleset, _ = load_ruleset(RULESETS / name)
    lock, _ = read_lock(RULESETS)
    assert ruleset is not None and lock is not None

    assert [str(p) for p in check_number(ruleset, lock)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_ruleset_can_be_frozen(name: str, tmp_path: Path) -> None:
    """In a copy: frozen, verified, and read back as the working rules are."""
    home = shutil.copytree(RULESETS, tmp_path / "rulesets", ignore=shutil.ignore_patterns("releases"))
    frozen = CliRunner().invoke(cli, ["rules", "freeze", str(home / name), "--draft"])
    assert frozen.exit_code == 0, frozen.output
    lock, _ = read_lock(home)
    ruleset, _ = load_ruleset(home / name)
    assert lock is not None and ruleset is not None
    ((key, release),) = lock.releases.items()

    assert check_releases(home) == []
    assert load_release(home, key, release) == (ruleset, [])
