"""Rulesets kept as plain JSON: what comes back is what was written, and nothing else is ever believed."""

import json
import multiprocessing
import shutil
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from engine import ruleset_files
from engine.commands import cache
from engine.commands import cli
from engine.commands.cache import key_of
from engine.commands.cache import load_kept
from engine.keeping import ruleset_from_kept
from engine.keeping import ruleset_to_keep
from engine.models.record import Placed
from engine.models.ruleset import Ruleset
from engine.rule_parts import digest_of_ruleset
from engine.rulesets import load_ruleset
from engine.sources import written_whole

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "rulesets"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("FAZHI_CACHE", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture
def no_yaml(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called on, reading any YAML of rules fails the test."""

    def forbid(*_: object) -> None:
        raise AssertionError("YAML was read")

    return lambda: monkeypatch.setattr(ruleset_files, "load_yaml", forbid)


def records_in(value: object) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from records_in(getattr(value, name))
    elif isinstance(value, tuple):
        for held in value:
            yield from records_in(held)
    elif isinstance(value, dict):
        for held in value.values():
            yield from records_in(held)


@pytest.mark.parametrize("name", ["lbg-2021", "lbg-2019"])
def test_what_comes_back_is_what_was_written(name: str) -> None:
    read, _ = load_ruleset(SHIPPED / name)
    assert read is not None
    kept = ruleset_from_kept(ruleset_to_keep(read))
    assert kept == read
    assert repr(kept) == repr(read)
    assert digest_of_ruleset(kept) == kept.digest == read.digest
    assert written_whole(kept) == written_whole(read)
    assert list(kept.measures) == list(read.measures)
    assert ruleset_to_keep(kept) == ruleset_to_keep(read)
    for ours, theirs in zip(records_in(kept), records_in(read), strict=True):
        assert ours.model_fields_set == theirs.model_fields_set
        if isinstance(theirs, Placed):
            assert isinstance(ours, Placed)
            assert [ours.place_of(key) for key in type(ours).model_fields] == [
                theirs.place_of(key) for key in type(theirs).model_fields
            ]


def test_the_second_time_no_yaml_is_read(shelf: Path, no_yaml: Callable[[], None]) -> None:
    """Neither the ruleset's own nor that of the one it reuses."""
    first, _ = load_kept(SHIPPED / "lbg-2019", [SHIPPED])
    assert len(list(shelf.iterdir())) == 1
    no_yaml()
    second, problems = load_kept(SHIPPED / "lbg-2019", [SHIPPED])
    assert (first, []) == (second, problems)


def _copied(tmp_path: Path) -> Path:
    for name in ("lbg-2019", "lbg-2021"):
        shutil.copytree(SHIPPED / name, tmp_path / "rules" / name)
    return tmp_path / "rules"


def test_wherever_the_rules_lie_a_change_is_seen(tmp_path: Path) -> None:
    home = tmp_path / "cases" / "pillars"
    shutil.copytree(SHIPPED / "lbg-2021", home / "lbg-2021")
    before = key_of(home / "lbg-2021")
    for path in sorted((home / "lbg-2021").glob("*.yaml")) + sorted((home / "lbg-2021" / "pillars").glob("*.yaml")):
        path.write_bytes(path.read_bytes() + b"\n")
        assert key_of(home / "lbg-2021") != before
        before = key_of(home / "lbg-2021")


@pytest.mark.parametrize("changed", ["lbg-2019/ruleset.yaml", "lbg-2021/measures.yaml", "lbg-2021/working-days.yaml"])
def test_rules_that_changed_are_read_again(tmp_path: Path, shelf: Path, changed: str) -> None:
    """Also where what changed is what another ruleset reuses."""
    home = _copied(tmp_path)
    before, _ = load_kept(home / "lbg-2019")
    path = home / changed
    path.write_text("\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    after, _ = load_kept(home / "lbg-2019")
    assert before is not None and after is not None
    assert after == load_ruleset(home / "lbg-2019")[0]
    assert after != before, "every place is one line further down"
    assert after.digest == before.digest


def test_a_mistake_is_named_where_it_stands_however_often_it_is_read(tmp_path: Path, shelf: Path) -> None:
    home = _copied(tmp_path)
    path = home / "lbg-2021" / "clauses.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "unknown_key: 1\n", encoding="utf-8")
    told = [list(map(str, load_kept(home / "lbg-2021")[1])) for _ in range(2)]
    assert told[0] == told[1] and "unknown_key" in told[0][0]
    assert not shelf.exists()


@given(st.data())
def test_a_torn_entry_is_as_if_it_were_not_there(
    tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.getbasetemp() / "torn"
        patch.setenv("FAZHI_CACHE", str(folder))
        patch.setattr(cache, "load_ruleset", lambda *_: (ruleset, []))
        load_kept(SHIPPED / "lbg-2021")
        (entry,) = folder.iterdir()
        whole = entry.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        torn = data.draw(st.sampled_from([whole[:at], whole[:at] + b"7" + whole[at + 1 :], whole[:at] + b"\n" + whole[at:]]))
        entry.write_bytes(torn)
        assert load_kept(SHIPPED / "lbg-2021")[0] == ruleset
        assert entry.read_bytes() == whole, "and is whole again afterwards"


def test_an_entry_under_another_name_is_not_believed(shelf: Path) -> None:
    """The rules of one edition never answer for the other's, whoever moves files about."""
    load_kept(SHIPPED / "lbg-2019", [SHIPPED])
    (entry,) = shelf.iterdir()
    (shelf / f"{key_of(SHIPPED / 'lbg-2021')}.json").write_bytes(entry.read_bytes())
    loaded, _ = load_kept(SHIPPED / "lbg-2021", [SHIPPED])
    assert loaded is not None and loaded.header.id == "lbg-2021"


def test_an_entry_of_another_user_is_not_believed(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_kept(SHIPPED / "lbg-2021")
    monkeypatch.setattr(cache.os, "getuid", lambda: 4711)
    (entry,) = shelf.iterdir()
    believed = cache._read(entry, entry.stem, [SHIPPED], SHIPPED / "lbg-2021")
    assert (believed is None) == (entry.stat().st_uid != 0)


def test_another_engine_reads_the_yaml_itself(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(SHIPPED / "lbg-2021")
    monkeypatch.setattr(cache, "_read_by", lambda: ("another",))
    assert key_of(SHIPPED / "lbg-2021") != before


def test_a_cache_that_cannot_be_written_hinders_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("FAZHI_CACHE", str(tmp_path / "file" / "inside"))
    loaded, problems = load_kept(SHIPPED / "lbg-2021")
    assert loaded is not None and not problems


def test_an_empty_name_means_no_cache(monkeypatch: pytest.MonkeyPatch, no_yaml: Callable[[], None]) -> None:
    monkeypatch.setenv("FAZHI_CACHE", "")
    assert cache.cache_folder() is None
    assert load_kept(SHIPPED / "lbg-2021")[0] is not None
    no_yaml()
    with pytest.raises(AssertionError, match="YAML was read"):
        load_kept(SHIPPED / "lbg-2021")


@pytest.mark.parametrize(
    ("named", "expected"), [({"XDG_CACHE_HOME": "/a"}, "/a/fazhi"), ({"HOME": "/b"}, "/b/.cache/fazhi")]
)
def test_the_cache_lies_where_caches_lie(monkeypatch: pytest.MonkeyPatch, named: dict[str, str], expected: str) -> None:
    for name in ("FAZHI_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert cache.cache_folder() == Path(expected)


def _load(folder: str) -> str:
    loaded, _ = load_kept(Path(folder))
    assert loaded is not None
    return loaded.digest


def test_who_races_gets_the_same(shelf: Path, ruleset: Ruleset) -> None:
    """Four at once, from nothing; every one of them ends with the same rules, and one whole entry stays."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        digests = pool.map(_load, [str(SHIPPED / "lbg-2021")] * 4)
    assert set(digests) == {ruleset.digest}
    (entry,) = shelf.iterdir()
    assert json.loads(entry.read_bytes().partition(b"\n")[0])["reused"] == ""


def test_old_entries_go(shelf: Path, monkeypatch: pytest.MonkeyPatch, ruleset: Ruleset) -> None:
    monkeypatch.setattr(cache, "MOST_KEPT", 2)
    for key in "abc":
        cache._write(shelf, key, ruleset, "")
    assert sorted(path.stem for path in shelf.iterdir()) == ["b", "c"]


def test_a_run_says_the_same_with_and_without(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> str:
        result = CliRunner().invoke(cli, ["assess", str(ROOT / "evidence_samples" / "taonan-2020"), "--format", "json"])
        assert result.exit_code == 0
        return str(result.stdout)

    cold, warm = run(), run()
    monkeypatch.setenv("FAZHI_CACHE", "")
    assert cold == warm == run()
