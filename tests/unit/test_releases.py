"""Frozen revisions: written once, read without YAML, and every change of one is found."""

import hashlib
import json
import random
import shutil
from pathlib import Path

import pytest
import yaml

from engine.models.problem import CODES
from engine.models.release import Lock
from engine.models.release import read_revision
from engine.models.ruleset import Ruleset
from engine.releases import FOLDER
from engine.releases import LOCK_NAME
from engine.releases import check_number
from engine.releases import check_place
from engine.releases import check_published
from engine.releases import check_releases
from engine.releases import file_of
from engine.releases import freeze
from engine.releases import key_of
from engine.releases import load_release
from engine.releases import lock_bytes
from engine.releases import read_lock
from engine.releases import release_bytes
from engine.rulesets import load_ruleset

SMALL = Path(__file__).parents[1] / "messages" / "rules" / "small"


def loaded(folder: Path) -> Ruleset:
    ruleset, problems = load_ruleset(folder)
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


def write_frozen(home: Path, ruleset: Ruleset) -> None:
    lock, _ = read_lock(home)
    assert lock is not None
    frozen, problems = freeze(ruleset, lock)
    assert frozen is not None, [str(p) for p in problems]
    (home / FOLDER).mkdir(exist_ok=True)
    (home / FOLDER / frozen.name).write_bytes(frozen.content)
    (home / FOLDER / LOCK_NAME).write_bytes(lock_bytes(frozen.lock))


def changed(home: Path, file: str, old: str, new: str) -> Ruleset:
    """Load the small ruleset after a change in one of its files."""
    path = home / "small" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return loaded(home / "small")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of rulesets with one small ruleset, frozen."""
    shutil.copytree(SMALL, tmp_path / "small")
    write_frozen(tmp_path, loaded(tmp_path / "small"))
    return tmp_path


def lock_of(home: Path) -> Lock:
    lock, problems = read_lock(home)
    assert lock is not None, [str(p) for p in problems]
    return lock


def codes(home: Path) -> list[str]:
    return [p.code for p in check_releases(home)]


# --- freezing -------------------------------------------------------------------------------------------------------


def test_what_is_frozen_reads_back_as_it_was(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rules with the same places and the same digest, and no YAML is parsed for it."""
    working, lock = loaded(home / "small"), lock_of(home)
    monkeypatch.setattr(yaml, "parse", None)
    ruleset, problems = load_release(home, "small@0.1.0", lock.releases["small@0.1.0"])

    assert problems == []
    assert working == ruleset
    assert release_bytes(working) == (home / FOLDER / "small-0.1.0.json").read_bytes()


def test_the_shipped_rules_freeze_and_read_back(ruleset: Ruleset, tmp_path: Path) -> None:
    """A real ruleset goes the same way."""
    write_frozen(tmp_path, ruleset)
    key = key_of(ruleset)
    back, problems = load_release(tmp_path, key, lock_of(tmp_path).releases[key])

    assert (ruleset, []) == (back, problems)
    assert lock_of(tmp_path).releases[key].content == ruleset.digest


def test_a_release_is_one_canonical_line(home: Path) -> None:
    """Canonical JSON and a line feed: the same bytes on every machine."""
    content = (home / FOLDER / "small-0.1.0.json").read_bytes()

    assert content.endswith(b"}\n") and content.count(b"\n") == 1
    assert list(json.loads(content)) == sorted(json.loads(content))


def test_the_lock_has_one_key_a_line_in_order(home: Path) -> None:
    """So that a merge and a difference show one release."""
    text = (home / FOLDER / LOCK_NAME).read_text(encoding="utf-8")

    assert [line.count(":") for line in text.splitlines()] == [0, 1, 1, 1, *[1] * 4, 0, 0, 0][: len(text.splitlines())]
    assert set(lock_of(home).releases["small@0.1.0"].model_dump()) == {"content", "draft", "sha256", "sm3"}


def test_freezing_twice_writes_nothing(home: Path) -> None:
    """The same content under the same number is frozen already."""
    assert freeze(loaded(home / "small"), lock_of(home)) == (None, [])


def test_comments_and_lines_are_no_content(home: Path) -> None:
    """A comment moves every line and changes no rule."""
    ruleset = changed(home, "ruleset.yaml", "id: small", "# 注\n\nid: small")

    assert freeze(ruleset, lock_of(home)) == (None, [])


def test_changed_content_under_a_frozen_number_is_refused(home: Path) -> None:
    """A frozen revision never changes."""
    ruleset = changed(home, "pillars/1-test.yaml", "{at_least: 2}", "{at_least: 3}")
    frozen, (found,) = freeze(ruleset, lock_of(home))

    assert (frozen, found.code, found.place.line) == (None, "REVISION_TAKEN", 2)
    assert "0.1.0" in found.found and "CHANGELOG" in found.remedy


def test_a_number_without_a_change_is_refused(home: Path) -> None:
    """A bump says that something changed."""
    ruleset = changed(home, "ruleset.yaml", "revision: 0.1.0", "revision: 0.1.1")
    frozen, (found,) = freeze(ruleset, lock_of(home))

    assert (frozen, found.code) == (None, "REVISION_EMPTY")


def test_changed_content_under_a_higher_number_is_frozen_beside_the_old(home: Path) -> None:
    """Both stay, each with its own content; 0.10.0 is higher than 0.9.0."""
    changed(home, "ruleset.yaml", "revision: 0.1.0", "revision: 0.9.0")
    write_frozen(home, changed(home, "pillars/1-test.yaml", "{at_least: 2}", "{at_least: 3}"))
    changed(home, "ruleset.yaml", "revision: 0.9.0", "revision: 0.10.0")
    write_frozen(home, changed(home, "pillars/1-test.yaml", "{at_least: 3}", "{at_least: 4}"))

    assert [str(r) for r in lock_of(home).revisions_of("small")] == ["0.1.0", "0.9.0", "0.10.0"]
    assert codes(home) == []


def test_a_lower_number_is_refused(home: Path) -> None:
    """Numbers only rise, even where the lower one was never used."""
    changed(home, "ruleset.yaml", "revision: 0.1.0", "revision: 0.2.0")
    write_frozen(home, changed(home, "pillars/1-test.yaml", "{at_least: 2}", "{at_least: 3}"))
    ruleset = changed(home, "ruleset.yaml", "revision: 0.2.0", "revision: 0.1.5")
    _, (found,) = freeze(ruleset, lock_of(home))

    assert found.code == "REVISION_NOT_HIGHER"


def test_publishing_a_draft_is_a_change(home: Path) -> None:
    """The same rules, no longer a draft, need a number of their own."""
    published = changed(home, "ruleset.yaml", "status: draft", "status: published")
    assert [p.code for p in check_number(published, lock_of(home))] == ["REVISION_TAKEN"]

    write_frozen(home, changed(home, "ruleset.yaml", "revision: 0.1.0", "revision: 1.0.0"))
    assert {name: r.draft for name, r in lock_of(home).releases.items()} == {"small@0.1.0": True, "small@1.0.0": False}


def test_a_draft_is_no_published_revision(home: Path) -> None:
    """It is frozen only where somebody says so; the lock says that it was a draft."""
    (found,) = check_published(loaded(home / "small"))

    assert (found.code, "--draft" in found.remedy) == ("REVISION_DRAFT", True)


def test_nothing_is_written_over_a_file_that_the_lock_does_not_know(home: Path) -> None:
    """A lock from which a line was taken away must not let other content in under the old number."""
    (home / FOLDER / LOCK_NAME).write_bytes(lock_bytes(Lock()))
    ruleset = changed(home, "pillars/1-test.yaml", "{at_least: 2}", "{at_least: 3}")
    frozen, problems = freeze(ruleset, lock_of(home))
    assert frozen is not None and not problems

    assert [p.code for p in check_place(home, frozen)] == ["RELEASE_UNLOCKED"]


# --- finding changes ------------------------------------------------------------------------------------------------


def test_500_flipped_bits_of_releases_are_all_found(home: Path) -> None:
    """No changed bit of a release or of its lock is accepted: nothing loads, or the check says so."""
    chance = random.Random(20210801)
    files = [home / FOLDER / "small-0.1.0.json", home / FOLDER / LOCK_NAME]
    accepted = []
    for number in range(500):
        path = files[number % 5 == 0]
        whole = path.read_bytes()
        at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        accepted += [(path.name, at, bit)] if not check_releases(home) else []
        path.write_bytes(whole)

    assert accepted == []
    assert check_releases(home) == []


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_release_cut_short_is_found(home: Path, cut: int) -> None:
    """Half a file is no file."""
    path = home / FOLDER / "small-0.1.0.json"
    path.write_bytes(path.read_bytes()[:cut])

    assert codes(home) == ["RELEASE_ALTERED"]


def test_a_deleted_release_is_found(home: Path) -> None:
    """The lock remembers it."""
    (home / FOLDER / "small-0.1.0.json").unlink()

    assert codes(home) == ["RELEASE_MISSING"]


def test_a_file_that_nobody_froze_is_found(home: Path) -> None:
    """Nothing gets into the folder beside the lock."""
    (home / FOLDER / "small-9.9.9.json").write_text("{}", encoding="utf-8")

    assert codes(home) == ["RELEASE_UNLOCKED"]


def test_a_deleted_lock_is_found(home: Path) -> None:
    """Without a lock nothing is frozen, and the files say that something was."""
    (home / FOLDER / LOCK_NAME).unlink()

    assert codes(home) == ["RELEASE_UNLOCKED"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"<<<<<<< HEAD\n",
        b'{"format": "fazhi/releases/2", "releases": {}}\n',
        b'{"format": "fazhi/releases/1", "releases": {}}\n',
        b'{\n  "format": "fazhi/releases/1",\n  "releases": {\n    "small": {}\n  }\n}\n',
    ],
)
def test_a_lock_that_was_not_written_here_is_refused(home: Path, content: bytes) -> None:
    """A merge conflict, another format, another spacing: one door, one form."""
    (home / FOLDER / LOCK_NAME).write_bytes(content)

    assert codes(home) == ["RELEASE_LOCK_UNREADABLE"]


def test_another_rulesets_file_under_a_locked_name_is_found(home: Path) -> None:
    """A file whose own digest is right, but that holds another ruleset."""
    other = changed(home, "ruleset.yaml", "revision: 0.1.0", "revision: 0.2.0")
    frozen, _ = freeze(changed(home, "pillars/1-test.yaml", "{at_least: 2}", "{at_least: 3}"), lock_of(home))
    assert frozen is not None and other.header.id == "small"
    swapped = frozen.lock.model_copy(update={"releases": {"small@0.1.0": frozen.lock.releases["small@0.2.0"]}})
    (home / FOLDER / "small-0.1.0.json").write_bytes(frozen.content)
    (home / FOLDER / LOCK_NAME).write_bytes(lock_bytes(swapped))

    assert codes(home) == ["RELEASE_ALTERED"]


def test_a_release_of_a_later_engine_is_no_alteration(home: Path) -> None:
    """A key that this engine does not know: said apart from a changed byte."""
    path = home / FOLDER / "small-0.1.0.json"
    data = json.loads(path.read_bytes())
    content = json.dumps({**data, "later": 1}).encode()
    lock = lock_of(home)
    release = lock.releases["small@0.1.0"].model_copy(update={"sha256": _sha256(content), "sm3": None})
    path.write_bytes(content)
    (home / FOLDER / LOCK_NAME).write_bytes(lock_bytes(Lock(releases={"small@0.1.0": release})))

    assert codes(home) == ["RELEASE_UNREADABLE"]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_sm3_is_held_too_where_it_was_written(home: Path) -> None:
    """A release whose SM3 does not fit is altered, where this machine can tell."""
    lock = lock_of(home)
    release = lock.releases["small@0.1.0"]
    if release.sm3 is None:
        pytest.skip("本机的 OpenSSL 没有 SM3，这一项没有测：换一台有的再跑")
    other = release.model_copy(update={"sm3": "0" * 64})

    assert [p.code for p in load_release(home, "small@0.1.0", other)[1]] == ["RELEASE_ALTERED"]


def test_every_code_about_releases_is_met_here() -> None:
    """No code of freezing is without a test in this file."""
    text = Path(__file__).read_text(encoding="utf-8")
    about = {code for code in CODES if code.startswith(("RELEASE_", "REVISION_")) and code != "REVISION_UNKNOWN"}

    assert {code for code in about if f'"{code}"' not in text} == set()


@pytest.mark.parametrize("text", ["1", "1.0", "01.0.0", "1.0.0-rc", "１.0.0", "", "v1.0.0"])
def test_only_three_plain_numbers_are_a_revision(text: str) -> None:
    """Nothing else sorts."""
    assert read_revision(text) is None


def test_file_names_follow_the_key() -> None:
    """One file a revision."""
    assert file_of("small@0.1.0") == "small-0.1.0.json"
