"""What was loaded, kept as plain JSON: what comes back is what was written, and nothing else is ever believed."""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import BaseModel

from engine import rulesets
from engine import sources
from engine.acceptance import is_sensitive
from engine.campaigns import read_campaign_file
from engine.commands import cache
from engine.commands import cli
from engine.commands.cache import key_of
from engine.commands.cache import load_kept
from engine.commands.cache import load_kept_header
from engine.commands.cache import load_kept_submission
from engine.commands.cache import read_kept_campaign_file
from engine.keeping import from_kept
from engine.keeping import to_keep
from engine.models.problem import Severity
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.record import Placed
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.rule_parts import digest_of_ruleset
from engine.ruleset_files import read_header
from engine.rulesets import load_ruleset
from engine.sources import written_whole
from engine.submissions import load_submission

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "rulesets"
SAMPLES = ROOT / "evidence_samples"
RULESETS = ["lbg-2021", "lbg-2019", "wenshan-2023"]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("FAZHI_CACHE", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture
def no_yaml(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called on, reading any YAML fails the test."""

    def forbid(*_: object) -> None:
        raise AssertionError("YAML was read")

    return lambda: monkeypatch.setattr(sources, "parse_yaml", forbid)


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


def same(kept: object, read: BaseModel) -> None:
    """Equal down to the last place, the keys that were written, and the sort of every text."""
    assert kept == read
    assert repr(kept) == repr(read)
    assert isinstance(kept, BaseModel) and written_whole(kept) == written_whole(read)
    assert to_keep(kept) == to_keep(read)
    for ours, theirs in zip(records_in(kept), records_in(read), strict=True):
        assert type(ours) is type(theirs)
        assert ours.model_fields_set == theirs.model_fields_set
        for name in type(theirs).model_fields:
            assert type(getattr(ours, name)) is type(getattr(theirs, name)), name
        if isinstance(theirs, Placed):
            assert isinstance(ours, Placed)
            assert dict(ours._value_places) == dict(theirs._value_places)
            assert ours.place_of("no such key") == theirs.place


@pytest.mark.parametrize("name", RULESETS)
def test_what_comes_back_is_what_was_written(name: str) -> None:
    read, _ = load_ruleset(SHIPPED / name)
    assert read is not None
    kept = from_kept(to_keep(read))
    same(kept, read)
    assert digest_of_ruleset(kept) == kept.digest == read.digest
    assert list(kept.measures) == list(read.measures)


@pytest.mark.parametrize("name", RULESETS)
def test_the_second_time_no_yaml_is_read(shelf: Path, no_yaml: Callable[[], None], name: str) -> None:
    """Neither the ruleset's own nor that of the one it reuses or lies over."""
    first, _ = load_kept(SHIPPED / name, [SHIPPED])
    assert first is not None and first == load_ruleset(SHIPPED / name, [SHIPPED])[0]
    assert len(list(shelf.glob("*.rules.json"))) == 1
    no_yaml()
    second, problems = load_kept(SHIPPED / name, [SHIPPED])
    same(second, first)
    assert problems == []


@pytest.mark.parametrize("name", RULESETS)
def test_what_rules_say_of_themselves_is_kept_too(shelf: Path, no_yaml: Callable[[], None], name: str) -> None:
    read, _ = read_header(SHIPPED / name)
    assert read is not None
    same(load_kept_header(SHIPPED / name)[0], read)
    no_yaml()
    kept, problems = load_kept_header(SHIPPED / name)
    same(kept, read)
    assert problems == []


def _copied(tmp_path: Path) -> Path:
    for name in RULESETS:
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


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("lbg-2019", "lbg-2019/ruleset.yaml"),
        ("lbg-2019", "lbg-2021/measures.yaml"),
        ("lbg-2019", "lbg-2021/working-days.yaml"),
        ("wenshan-2023", "wenshan-2023/plan.yaml"),
        ("wenshan-2023", "lbg-2021/measures.yaml"),
    ],
)
def test_rules_that_changed_are_read_again(tmp_path: Path, shelf: Path, name: str, changed: str) -> None:
    """Also where what changed is what another ruleset reuses or lies over."""
    home = _copied(tmp_path)
    before, _ = load_kept(home / name)
    path = home / changed
    path.write_text("\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    after, _ = load_kept(home / name)
    assert before is not None and after is not None
    assert after == load_ruleset(home / name)[0]
    assert after != before, "every place is one line further down"
    assert after.digest == before.digest


def test_a_checkpoint_that_is_added_is_seen(tmp_path: Path, shelf: Path) -> None:
    """A file that was not there before, in a folder that only overlays have."""
    home = _copied(tmp_path)
    before, _ = load_kept(home / "wenshan-2023")
    first = min((home / "wenshan-2023" / "checkpoints").glob("*.yaml"))
    first.unlink()
    after, _ = load_kept(home / "wenshan-2023")
    assert before is not None and before.overlaid is not None
    assert after is not None and after.overlaid is not None
    assert len(after.overlaid.checkpoints) < len(before.overlaid.checkpoints)


def test_another_layer_of_the_same_name_is_another_layer(tmp_path: Path, shelf: Path) -> None:
    """What lies below is found by name: in another home, other rules may bear it."""
    home, other = _copied(tmp_path), tmp_path / "others"
    shutil.copytree(home / "lbg-2021", other / "lbg-2021")
    shutil.rmtree(home / "lbg-2021")
    path = other / "lbg-2021" / "measures.yaml"
    path.write_text("\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    ours, _ = load_kept(home / "wenshan-2023", [SHIPPED])
    theirs, _ = load_kept(home / "wenshan-2023", [other])
    assert ours == load_ruleset(home / "wenshan-2023", [SHIPPED])[0]
    assert theirs == load_ruleset(home / "wenshan-2023", [other])[0] != ours
    gone, problems = load_kept(home / "wenshan-2023")
    assert gone is None and [p.code for p in problems] == ["RULESET_UNKNOWN"]


def test_a_mistake_is_named_where_it_stands_however_often_it_is_read(tmp_path: Path, shelf: Path) -> None:
    home = _copied(tmp_path)
    path = home / "lbg-2021" / "clauses.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "unknown_key: 1\n", encoding="utf-8")
    told = [list(map(str, load_kept(home / "lbg-2021")[1])) for _ in range(2)]
    assert told[0] == told[1] and "unknown_key" in told[0][0]
    assert not list(shelf.glob("*.rules.json"))


@settings(max_examples=25)
@given(st.data())
def test_a_torn_entry_is_as_if_it_were_not_there(
    tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.getbasetemp() / "torn"
        patch.setenv("FAZHI_CACHE", str(folder))
        patch.setattr(rulesets, "load_ruleset", lambda *_: (ruleset, []))
        load_kept(SHIPPED / "lbg-2021")
        (entry,) = folder.glob("*.rules.json")
        whole = entry.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        torn = data.draw(st.sampled_from([whole[:at], whole[:at] + b"7" + whole[at + 1 :], whole[:at] + b"\n" + whole[at:]]))
        entry.write_bytes(torn)
        assert load_kept(SHIPPED / "lbg-2021")[0] == ruleset
        assert entry.read_bytes() == whole, "and is whole again afterwards"


def test_an_entry_under_another_name_is_not_believed(shelf: Path) -> None:
    """The rules of one edition never answer for the other's, whoever moves files about."""
    load_kept(SHIPPED / "lbg-2019", [SHIPPED])
    (entry,) = shelf.glob("*.rules.json")
    (shelf / f"{key_of(SHIPPED / 'lbg-2021')}.rules.json").write_bytes(entry.read_bytes())
    loaded, _ = load_kept(SHIPPED / "lbg-2021", [SHIPPED])
    assert loaded is not None and loaded.header.id == "lbg-2021"


def test_an_entry_of_another_user_is_not_believed(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_kept(SHIPPED / "lbg-2021")
    monkeypatch.setattr(cache.os, "getuid", lambda: 4711)
    (entry,) = shelf.glob("*.rules.json")
    believed = cache._read(shelf, "rules", entry.name.partition(".")[0], Ruleset)
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


def _load(folders: tuple[str, str]) -> tuple[str, str]:
    rules, _ = load_kept(Path(folders[0]))
    submission, _ = load_kept_submission(Path(folders[1]))
    assert rules is not None and submission is not None
    return rules.digest, submission.digest


def test_who_races_gets_the_same(shelf: Path) -> None:
    """Four at once, from nothing; every one of them ends with the same, and one whole entry of each sort stays."""
    folders = (str(SHIPPED / "wenshan-2023"), str(SAMPLES / "taonan-2020"))
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        digests = pool.map(_load, [folders] * 4)
    rules, submission = load_ruleset(Path(folders[0]))[0], load_submission(Path(folders[1]))[0]
    assert rules is not None and submission is not None
    assert set(digests) == {(rules.digest, submission.digest)}
    assert not list(shelf.glob(".*")), "nothing unfinished is left"
    for sort, kind in (("rules", Ruleset), ("submission", Submission)):
        (entry,) = shelf.glob(f"*.{sort}.json")
        assert cache._read(shelf, sort, entry.name.partition(".")[0], kind) is not None


def test_old_entries_go(shelf: Path, monkeypatch: pytest.MonkeyPatch, ruleset: Ruleset) -> None:
    """Of each sort for itself: many submissions push no rules out."""
    monkeypatch.setattr(cache, "MOST_KEPT", {"rules": 2, "submission": 1})
    for key in "abc":
        cache._write(shelf, "rules", key, cache._content(ruleset, []))
    for key in "de":
        cache._write(shelf, "submission", key, cache._content(ruleset, []))
    assert sorted(path.name for path in shelf.iterdir()) == ["b.rules.json", "c.rules.json", "e.submission.json"]


def test_a_run_says_the_same_with_and_without(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> str:
        result = CliRunner().invoke(cli, ["assess", str(ROOT / "evidence_samples" / "taonan-2020"), "--format", "json"])
        assert result.exit_code == 0
        return str(result.stdout)

    cold, warm = run(), run()
    monkeypatch.setenv("FAZHI_CACHE", "")
    assert cold == warm == run()


# --- submissions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo-county", "taonan-2020", "xx-district", "yuanjiang-bureau-2023", "wenshan-2023"])
def test_a_submission_comes_back_as_it_was_read(name: str) -> None:
    read, _ = load_submission(SAMPLES / name)
    assert read is not None
    same(from_kept(to_keep(read)), read)


@pytest.mark.parametrize("name", ["taonan-2020", "xx-district", "yuanjiang-bureau-2023", "wenshan-2023"])
def test_a_submission_that_was_read_is_not_read_again(shelf: Path, no_yaml: Callable[[], None], name: str) -> None:
    read, problems = load_submission(SAMPLES / name)
    assert read is not None
    same(load_kept_submission(SAMPLES / name)[0], read)
    no_yaml()
    kept = load_kept_submission(SAMPLES / name)
    same(kept[0], read)
    assert kept[1] == problems


def test_a_file_that_is_no_folder_is_kept_too(tmp_path: Path, shelf: Path, no_yaml: Callable[[], None]) -> None:
    file = tmp_path / "ours.yaml"
    shutil.copy(SAMPLES / "taonan-2020" / "submission.yaml", file)
    read, _ = load_kept_submission(file)
    assert read is not None
    no_yaml()
    same(load_kept_submission(file)[0], read)


def test_who_takes_part_in_a_campaign_is_kept_too(tmp_path: Path, shelf: Path, no_yaml: Callable[[], None]) -> None:
    shutil.copy(SAMPLES / "demo-campaign" / "campaign.yaml", tmp_path)
    read, digest, problems = read_campaign_file(tmp_path)
    assert read is not None
    assert read_kept_campaign_file(tmp_path) == (read, digest, problems)
    no_yaml()
    kept = read_kept_campaign_file(tmp_path)
    same(kept[0], read)
    assert kept[1:] == (digest, problems)
    (tmp_path / "campaign.yaml").write_text("", encoding="utf-8")
    with pytest.raises(AssertionError, match="YAML was read"):
        read_kept_campaign_file(tmp_path)


def test_a_part_of_a_campaign_is_told_from_there(shelf: Path, no_yaml: Callable[[], None]) -> None:
    """The same folder, told with another path before it, has other places."""
    folder = SAMPLES / "taonan-2020"
    alone, _ = load_kept_submission(folder)
    part, _ = load_kept_submission(folder, "units/甲/")
    assert alone is not None and part is not None
    assert (alone.head.place.file, part.head.place.file) == ("submission.yaml", "units/甲/submission.yaml")
    no_yaml()
    same(load_kept_submission(folder, "units/甲/")[0], part)


def _county(tmp_path: Path) -> Path:
    """The sample without what may not be copied: its marks of secrecy, and what looks like the number of a person."""
    folder = tmp_path / "county"
    shutil.copytree(SAMPLES / "demo-county", folder)
    for name in ("submission.yaml", "ledger.jsonl"):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        shown = [line for line in lines if "classification" not in line and not is_sensitive(line)]
        (folder / name).write_text("\n".join(shown) + "\n", encoding="utf-8")
    return folder


def test_remarks_come_back_at_their_places(tmp_path: Path, shelf: Path, no_yaml: Callable[[], None]) -> None:
    """What is set aside at the door is told each time; only its YAML is not read each time."""
    folder = _county(tmp_path)
    first, _ = load_kept_submission(folder)
    assert first is not None
    remark = problem("FACT_UNREADABLE", Place(file="submission.yaml", line=7, column=3), "读不出", "请改", subject="数")
    (entry,) = shelf.glob("*.submission.json")
    cache._write(shelf, "submission", entry.name.partition(".")[0], cache._content(first, [remark]))
    no_yaml()
    second, problems = load_kept_submission(folder)
    same(second, first)
    assert problems == [remark] and repr(problems) == repr([remark])
    assert problems[0].severity is Severity.SET_ASIDE and problems[0].place.line == 7


def _line_added(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def _one_less(path: Path) -> None:
    path.unlink()


CHANGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "the submission itself": ("submission.yaml", _line_added),
    "the ledger": ("ledger.jsonl", _line_added),
    "the ledger is gone": ("ledger.jsonl", _one_less),
    "a table": ("*.csv", _line_added),
    "a table is gone": ("*.csv", _one_less),
    "a file that an item names": ("*.pdf", _line_added),
    "a file that an item names is gone": ("*.pdf", _one_less),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_submission_that_changed_is_read_again(tmp_path: Path, shelf: Path, change: str) -> None:
    folder = _county(tmp_path)
    before, _ = load_kept_submission(folder)
    pattern, alter = CHANGES[change]
    named = {entry.file for entry in before.inputs} | set(before.files) if before is not None else set()
    path = next(path for path in sorted(folder.rglob(pattern)) if path.relative_to(folder).as_posix() in named)
    alter(path)
    after, problems = load_kept_submission(folder)
    fresh, found = load_submission(folder)
    assert (after, list(map(str, problems))) == (fresh, list(map(str, found)))
    assert after != before


def test_a_file_that_an_item_names_may_come_later(tmp_path: Path, shelf: Path) -> None:
    folder = _county(tmp_path)
    path = next(path for path in sorted(folder.rglob("*.pdf")))
    content = path.read_bytes()
    path.unlink()
    before, _ = load_kept_submission(folder)
    path.write_bytes(content)
    after, _ = load_kept_submission(folder)
    assert before is not None and after is not None
    assert set(after.files) - set(before.files) == {path.relative_to(folder).as_posix()}


def test_a_table_that_now_points_outside_is_refused(tmp_path: Path, shelf: Path) -> None:
    """The same bytes behind a link that leaves the folder are not the same table."""
    folder = _county(tmp_path)
    kept, _ = load_kept_submission(folder)
    assert kept is not None
    table = folder / next(iter(kept.tables))
    outside = tmp_path / "outside.csv"
    shutil.move(table, outside)
    try:
        table.symlink_to(outside)
    except OSError:  # Windows without the right to make links
        pytest.skip("no links here")
    loaded, problems = load_kept_submission(folder)
    assert loaded is None and "FILE_OUTSIDE" in {p.code for p in problems}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ('"title": "某通报"', True),
        ('"title": "某通报", "classification": "工作"', False),
        ('"title": "某通报（内部资料）"', False),
        ('"title": "某通报", "note": "经办人 13812345678"', False),
        ('"title": "某通报", "signed_by": "110101199003071233"', False),
    ],
)
def test_what_is_secret_or_a_persons_is_never_kept(tmp_path: Path, shelf: Path, told: str, kept: bool) -> None:
    """No copy of it may lie where nobody looks for one."""
    folder = tmp_path / "unit"
    shutil.copytree(SAMPLES / "taonan-2020", folder)
    (folder / "ledger.jsonl").write_text(f'{{"id": "E-900", "kind": "document", {told}}}\n', encoding="utf-8")
    loaded, problems = load_kept_submission(folder)
    assert loaded is not None and problems == []
    assert bool(list(shelf.glob("*.submission.json"))) == kept


def test_what_is_kept_is_the_users_own(shelf: Path) -> None:
    load_kept_submission(SAMPLES / "taonan-2020")
    (entry,) = shelf.glob("*.submission.json")
    if sys.platform != "win32":
        assert shelf.stat().st_mode & 0o077 == entry.stat().st_mode & 0o077 == 0


def test_a_torn_submission_is_as_if_it_were_not_there(shelf: Path) -> None:
    first, _ = load_kept_submission(SAMPLES / "taonan-2020")
    (entry,) = shelf.glob("*.submission.json")
    whole = entry.read_bytes()
    for torn in (b"", whole[:-1], whole.replace(b"PARTIAL", b"partial") + b" ", b"{}\n{}", b"\xff" * 40):
        entry.write_bytes(torn)
        assert load_kept_submission(SAMPLES / "taonan-2020")[0] == first
        assert entry.read_bytes() == whole, "and is whole again afterwards"


def test_of_what_an_entry_names_only_our_own_kinds_are_made(shelf: Path) -> None:
    """An entry that is whole may still come from somebody else: it names records and words of ours, or is nothing."""
    whole = json.loads(to_keep(Place(file="a.yaml", line=1, column=2)))
    assert from_kept(json.dumps(whole).encode()) == Place(file="a.yaml", line=1, column=2)
    for name in ("os.system", "engine.commands.run", "engine.models.ruleset.Limit", "engine.models.record.no_such", "x"):
        assert from_kept(json.dumps({**whole, "kinds": [name]}).encode()) is None


# --- whole processes ------------------------------------------------------------------------------------------------


# What `assess` and `gaps` must not load: doors of other commands, and whatever reads what was read before.
NEEDLESS = [
    "numpy",
    "polars",
    "pyarrow",
    "openpyxl",
    "xlsxwriter",
    "defusedxml",
    "docx",
    "lxml",
    "jinja2",
    "markupsafe",
    "PIL",
    "pypdf",
    "cryptography",
    "yaml",
    "engine.bulk",
    "engine.campaigns",
    "engine.checkpoint_rules",
    "engine.departments",
    "engine.evaluation",
    "engine.forms",
    "engine.ledger",
    "engine.merging",
    "engine.models.campaign",
    "engine.models.form",
    "engine.models.simulation",
    "engine.overlaying",
    "engine.owed",
    "engine.planning",
    "engine.records",
    "engine.replay",
    "engine.reuse",
    "engine.ruleset_files",
    "engine.rulesets",
    "engine.slips",
    "engine.submissions",
    "engine.yaml_text",
    "engine.rendering.department",
]


def run_apart(arguments: list[str], shelf: Path, before: str = "pass") -> subprocess.CompletedProcess[bytes]:
    """Run one command in a process of its own, which ends with 9 where it loaded something needless."""
    code = f"""import sys
{before}
from engine.commands import run
code = run({arguments!r})
sys.exit(code or 9 * any(sys.modules.get(name) for name in {NEEDLESS!r}))"""
    env = {**os.environ, "FAZHI_CACHE": str(shelf), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess", "evidence_samples/taonan-2020"],
        ["assess", "evidence_samples/wenshan-2023", "--ruleset", "wenshan-2023", "--format", "json"],
        ["assess", "evidence_samples/taonan-2020", "--ruleset", "lbg@2023-06-30", "--format", "csv"],
        ["gaps", "evidence_samples/xx-district"],
    ],
)
def test_the_second_run_needs_no_reader_of_yaml(shelf: Path, arguments: list[str]) -> None:
    """Nor anything else that belongs to other commands."""
    first = run_apart(arguments, shelf)
    assert first.returncode == 9, "the first run reads YAML"
    second = run_apart(arguments, shelf, before="sys.modules['yaml'] = sys.modules['engine.yaml_text'] = None")
    assert (second.returncode, second.stdout, second.stderr) == (0, first.stdout, first.stderr)


def test_an_import_alone_builds_no_checks() -> None:
    """Of any module: what a default or a constant is made with would be built for every command."""
    code = """import importlib, pkgutil
import engine
from engine.models.record import Record
for module in pkgutil.walk_packages(engine.__path__, "engine."):
    importlib.import_module(module.name)
def below(kind):
    return {kind}.union(*map(below, kind.__subclasses__()))
print(sorted(kind.__name__ for kind in below(Record) if kind.__dict__["__pydantic_complete__"]))"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
