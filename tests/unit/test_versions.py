"""Which ruleset a name means: working, frozen, the newest that fits, or the edition of a day."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.release import Revision
from engine.releases import FOLDER
from engine.releases import LOCK_NAME
from engine.releases import freeze
from engine.releases import lock_bytes
from engine.releases import read_lock
from engine.ruleset_files import read_header
from engine.rulesets import load_ruleset
from engine.versions import edition_on
from engine.versions import find_working
from engine.versions import names_release
from engine.versions import open_named
from engine.versions import read_span

SMALL = Path(__file__).parents[1] / "messages" / "rules" / "small"
numbers = st.integers(min_value=0, max_value=4)
revisions = st.builds(Revision, numbers, numbers, numbers)


def edition(home: Path, name: str, in_force: str, revision: str = "0.1.0", status: str = "draft", at_least: int = 2) -> None:
    """Write an edition of the system ``small``."""
    folder = home / name
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    text = (SMALL / "ruleset.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("id: small", f"id: {name}"),
        ('edition: "2020"', f'edition: "{name.partition("-")[2]}"'),
        ("{from: 2020-01}", in_force),
        ("revision: 0.1.0", f"revision: {revision}"),
        ("status: draft", f"status: {status}"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "ruleset.yaml").write_text(text, encoding="utf-8")
    pillar = (SMALL / "pillars" / "1-test.yaml").read_text(encoding="utf-8")
    changed = pillar.replace("{at_least: 2}", f"{{at_least: {at_least}}}")
    (folder / "pillars" / "1-test.yaml").write_text(changed, encoding="utf-8")


def froze(home: Path, name: str) -> None:
    """Freeze the working rules of an edition."""
    ruleset, _ = load_ruleset(home / name)
    lock, _ = read_lock(home)
    assert ruleset is not None and lock is not None
    frozen, problems = freeze(ruleset, lock)
    assert frozen is not None, problems
    (home / FOLDER).mkdir(exist_ok=True)
    (home / FOLDER / frozen.name).write_bytes(frozen.content)
    (home / FOLDER / LOCK_NAME).write_bytes(lock_bytes(frozen.lock))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions; of the later one 0.1.0 (a draft), 1.0.0, 1.2.0 and 2.0.0 are frozen, and 2.1.0 is being worked on."""
    home = tmp_path_factory.mktemp("rulesets")
    edition(home, "small-2019", "{from: 2019-05, to: 2021-07}")
    for number, (revision, status) in enumerate(
        [("0.1.0", "draft"), ("1.0.0", "published"), ("1.2.0", "published"), ("2.0.0", "published")], start=2
    ):
        edition(home, "small-2021", "{from: 2021-08}", revision, status, number)
        froze(home, "small-2021")
    edition(home, "small-2021", "{from: 2021-08}", "2.1.0", "draft", 9)
    return home


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("small-2021", "small-2021@2.1.0"),
        ("small-2021@1.0.0", "small-2021@1.0.0"),
        ("small-2021@0.1.0", "small-2021@0.1.0"),
        ("small-2021@^1", "small-2021@1.2.0"),
        ("small-2021@^1.1", "small-2021@1.2.0"),
        ("small-2021@^2", "small-2021@2.0.0"),
        ("small@2020-12-31", "small-2019@0.1.0"),
        ("small@2021-07-31", "small-2019@0.1.0"),
        ("small@2021-08-01", "small-2021@2.1.0"),
    ],
)
def test_a_name_means_one_ruleset(home: Path, name: str, meant: str) -> None:
    """By number, by what fits, by the day in force; without any, the working rules."""
    opened = open_named(name, [home], load_ruleset, read_header)

    assert opened.ruleset is not None, [str(p) for p in opened.problems]
    assert f"{opened.ruleset.header.id}@{opened.ruleset.header.revision}" == meant


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("small-2021@1.1.0", "REVISION_UNKNOWN", "已冻结：0.1.0、1.0.0、1.2.0、2.0.0；用现行的就写「small-2021」"),
        ("small-2021@^3", "REVISION_UNKNOWN", "已冻结"),
        ("small-2021@^0", "REVISION_UNKNOWN", "草稿要写明修订：small-2021@0.1.0"),
        ("small-2019@1.0.0", "REVISION_UNKNOWN", "还没有冻结过"),
        ("smal-2021@1.0.0", "RULESET_UNKNOWN", "是否想写「small-2021」？"),
        ("small-2021@1", "VERSION_UNREADABLE", "lbg-2021@^1"),
        ("small-2021@^1.2.3.4", "VERSION_UNREADABLE", "lbg-2021@^1"),
        ("small@2020-12", "VERSION_UNREADABLE", "写到日"),
        ("small@2020-02-30", "VERSION_UNREADABLE", "写到日"),
        ("small@2018-01-01", "EDITION_UNKNOWN", "small-2019 2019-05至2021-07；small-2021 2021-08至今"),
        ("small-2021@2022-01-01", "RULESET_UNKNOWN", "按日期要写系统名，不写版本，如「small@2022-01-01」"),
        ("smal@2022-01-01", "RULESET_UNKNOWN", "是否想写"),
        ("@1.0.0", "RULESET_UNKNOWN", "现有：small-2019、small-2021"),
    ],
)
def test_a_name_that_means_nothing_says_what_to_write(home: Path, name: str, code: str, said: str) -> None:
    """Every near-miss is refused with what there is."""
    opened = open_named(name, [home], load_ruleset, read_header)

    assert (opened.ruleset, [p.code for p in opened.problems]) == (None, [code])
    assert said in opened.problems[0].remedy


def test_two_editions_in_force_are_refused(home: Path, tmp_path: Path) -> None:
    """A guess between two would be silent."""
    edition(tmp_path, "small-2020", "{from: 2020-01}")
    found, (problem,) = edition_on("small", date(2020, 6, 1), [home, tmp_path], read_header)

    assert (found, problem.code) == (None, "EDITION_UNKNOWN")
    assert "2个" in problem.found


def test_a_frozen_revision_needs_no_working_rules(home: Path, tmp_path: Path) -> None:
    """Years later the folder may be gone."""
    shutil.copytree(home / FOLDER, tmp_path / FOLDER)
    opened = open_named("small-2021@1.0.0", [tmp_path], load_ruleset, read_header)

    assert opened.ruleset is not None and opened.ruleset.header.revision == "1.0.0"


def test_releases_of_every_home_are_found(home: Path, tmp_path: Path) -> None:
    """The shipped ones and the user's own."""
    assert open_named("small-2021@1.0.0", [tmp_path, home], load_ruleset, read_header).ruleset is not None


def test_a_broken_lock_stops_names_with_a_revision_only(home: Path, tmp_path: Path) -> None:
    """Working rules do not need it."""
    shutil.copytree(home, tmp_path / "h")
    (tmp_path / "h" / FOLDER / LOCK_NAME).write_text("{", encoding="utf-8")

    assert [p.code for p in open_named("small-2021@1.0.0", [tmp_path / "h"], load_ruleset, read_header).problems] == [
        "RELEASE_LOCK_UNREADABLE"
    ]
    assert open_named("small-2021", [tmp_path / "h"], load_ruleset, read_header).ruleset is not None


def test_a_folder_is_meant_as_it_is(home: Path, tmp_path: Path) -> None:
    """Even one whose name looks like a version."""
    folder = shutil.copytree(home / "small-2019", tmp_path / "old@1.0.0")

    assert not names_release(str(folder))
    assert find_working(str(folder), [], read_header)[0] == folder


@given(revisions, revisions, st.integers(min_value=1, max_value=3))
def test_a_span_holds_what_keeps_the_first_number_that_is_not_0(first: Revision, other: Revision, given: int) -> None:
    """From the number on, and nothing that changes the first number given that is not 0 (or the last one given)."""
    span = read_span("^" + ".".join(str(number) for number in first[:given]))
    assert span is not None
    start = Revision(*[*first[:given], 0, 0][:3])
    fixed = next((at for at in range(given) if first[at]), given - 1)

    assert span.holds(other) == (other >= start and other[: fixed + 1] == start[: fixed + 1])
