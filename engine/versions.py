"""Which ruleset a name means (版本): the working rules, one frozen revision, the newest that fits, or an edition by date.

====================  ================================================================================
``lbg-2021``          the working rules in that folder
``lbg-2021@0.1.0``    the frozen revision of exactly that number
``lbg-2021@^1``       the highest published frozen revision from 1.0.0 on and below 2.0.0 (``^0.1``: below 0.2.0)
``lbg@2020-12-31``    a system without its edition, and a day: the working rules of the edition in force on that day
====================  ================================================================================

A folder that holds a ``ruleset.yaml`` is meant as it is. A draft is never picked by ``^``: it is named exactly.
"""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from engine.models.exact import read_date
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.release import Lock
from engine.models.release import Revision
from engine.models.release import read_revision
from engine.models.ruleset import HeaderBase
from engine.models.ruleset import Ruleset
from engine.releases import load_release
from engine.releases import read_lock
from engine.ruleset_folders import find_ruleset
from engine.ruleset_folders import known_rulesets
from engine.shaping import nearest

_FITTING = re.compile(r"\^(0|[1-9][0-9]{0,8})(?:\.(0|[1-9][0-9]{0,8}))?(?:\.(0|[1-9][0-9]{0,8}))?")
_FORMS = (
    "写法：lbg-2021（现行）、lbg-2021@0.1.0（冻结的修订）、lbg-2021@^1（1.x里最新的）、"
    "lbg@2020-12-31（那一天执行的版本，日期写到日）"
)


# What reads a folder of working rules, and what reads only what they say of themselves.
Load = Callable[[Path, Iterable[Path]], tuple[Ruleset | None, list[Problem]]]
ReadHeader = Callable[[Path], tuple[HeaderBase | None, list[Problem]]]


class Opened(NamedTuple):
    """What a name led to. ``home`` is the folder that its problems name files from."""

    ruleset: Ruleset | None
    problems: list[Problem]
    home: Path | None = None


class Span(NamedTuple):
    """Revisions from one on, up to and without another."""

    first: Revision
    below: Revision

    def holds(self, revision: Revision) -> bool:
        """Whether a revision lies in it."""
        return self.first <= revision < self.below


def open_named(name: str, homes: Sequence[Path], load: Load, read: ReadHeader) -> Opened:
    """Open the ruleset that a name means; ``load`` reads a folder of working rules, ``read`` what it says of itself."""
    if not names_release(name):
        folder, problems = find_working(name, homes, read)
        return _open_folder(folder, homes, load) if folder is not None else Opened(None, problems)
    shelves, unreadable = _shelves(homes)
    if unreadable is not None:
        return unreadable
    ruleset, _, version = name.partition("@")
    revision, span = read_revision(version), read_span(version)
    if revision is not None:
        return _open_release(ruleset, revision, shelves)
    assert span is not None, "a release is named by number or by span"
    return _open_fitting(ruleset, version, span, shelves)


def names_release(name: str) -> bool:
    """Whether a name means a frozen revision, and not working rules."""
    version = name.partition("@")[2]
    return not _is_folder(name) and (read_revision(version) is not None or read_span(version) is not None)


def find_working(name: str, homes: Sequence[Path], read: ReadHeader) -> tuple[Path | None, list[Problem]]:
    """The folder of the working rules that a name means: by id, by folder, or by a day in force."""
    system, _, version = name.partition("@")
    if not version or _is_folder(name):
        return find_ruleset(name, homes)
    day = _read_day(version)
    if day is None:
        return None, [problem("VERSION_UNREADABLE", _PLACE, f"「{name}」里 @ 后面的「{version}」不认识", _FORMS)]
    edition, problems = edition_on(system, day, homes, read)
    return (edition.folder if edition is not None else None), problems


def _is_folder(name: str) -> bool:
    return (Path(name) / "ruleset.yaml").is_file()


_PLACE = Place.model_construct(file="规则集")


def read_span(text: str) -> Span | None:
    """Read ``^1``, ``^0.1`` or ``^1.2.3``: from there on, up to the next change of the first number that is not 0.

    >>> str(read_span("^0.1").below), str(read_span("^1.2").below)
    ('0.2.0', '2.0.0')
    """
    found = _FITTING.fullmatch(text)
    if not found:
        return None
    given = [int(part) for part in found.groups() if part is not None]
    at = next((i for i, number in enumerate(given) if number), len(given) - 1)
    below = [*given[:at], given[at] + 1, 0, 0][:3]
    return Span(Revision(*[*given, 0, 0][:3]), Revision(*below))


def _read_day(text: str) -> date | None:
    try:
        return read_date(text)
    except ValueError:
        return None


def _open_folder(folder: Path, homes: Sequence[Path], load: Load) -> Opened:
    ruleset, problems = load(folder, homes)
    return Opened(ruleset, problems, folder.parent)


# --- frozen revisions -----------------------------------------------------------------------------------------------


class _Shelf(NamedTuple):
    home: Path
    lock: Lock


def _shelves(homes: Iterable[Path]) -> tuple[list[_Shelf], Opened | None]:
    """The locks of some folders; or, where one cannot be read, nothing but that."""
    shelves: list[_Shelf] = []
    for home in homes:
        lock, problems = read_lock(home)
        if lock is None:
            return [], Opened(None, problems, home)
        shelves.append(_Shelf(home, lock))
    return shelves, None


def _open_release(name: str, revision: Revision, shelves: list[_Shelf]) -> Opened:
    key = f"{name}@{revision}"
    for shelf in shelves:
        if key in shelf.lock.releases:
            ruleset, problems = load_release(shelf.home, key, shelf.lock.releases[key])
            return Opened(ruleset, problems, shelf.home)
    return Opened(None, [_revision_unknown(name, f"「{key}」没有冻结过", shelves)])


def _open_fitting(name: str, asked: str, span: Span, shelves: list[_Shelf]) -> Opened:
    fitting = [(r, shelf.lock) for shelf in shelves for r in shelf.lock.revisions_of(name) if span.holds(r)]
    published = [r for r, lock in fitting if not lock.releases[f"{name}@{r}"].draft]
    if published:
        return _open_release(name, max(published), shelves)
    if fitting:
        found, newest = f"合「{name}@{asked}」的只有草稿", max(r for r, _ in fitting)
        return Opened(None, [problem("REVISION_UNKNOWN", _PLACE, found, f"草稿要写明修订：{name}@{newest}")])
    return Opened(None, [_revision_unknown(name, f"没有合「{name}@{asked}」的冻结修订", shelves)])


def _revision_unknown(name: str, found: str, shelves: list[_Shelf]) -> Problem:
    """Nothing of that number is frozen: what is, and how the working rules are named."""
    revisions = sorted({r for shelf in shelves for r in shelf.lock.revisions_of(name)})
    working = known_rulesets(shelf.home for shelf in shelves)
    if not revisions and name not in working:
        remedy = nearest(name, working) or f"现有：{'、'.join(sorted(working)) or '无'}"
        return problem("RULESET_UNKNOWN", _PLACE, f"没有规则集「{name}」", remedy)
    told = f"已冻结：{'、'.join(str(r) for r in revisions)}" if revisions else "这个规则集还没有冻结过"
    return problem("REVISION_UNKNOWN", _PLACE, found, f"{told}；用现行的就写「{name}」" if name in working else told)


# --- editions by date -----------------------------------------------------------------------------------------------


class Edition(NamedTuple):
    """One edition of a system: what it says of itself, and its folder."""

    header: HeaderBase
    folder: Path

    def in_force_on(self, day: date) -> bool:
        """Whether it was in force on a day."""
        term = self.header.in_force
        return term.from_.first <= day and (term.to is None or day <= term.to.last)


def editions_of(system: str, homes: Iterable[Path], read: ReadHeader) -> tuple[Edition, ...]:
    """The editions of a system, by the day they came into force; one whose header cannot be read is not among them."""
    headers = ((read(folder)[0], folder) for folder in known_rulesets(homes).values())
    found = [Edition(header, folder) for header, folder in headers if header is not None and header.system == system]
    return tuple(sorted(found, key=lambda edition: (edition.header.in_force.from_, edition.header.id)))


def edition_on(system: str, day: date, homes: Sequence[Path], read: ReadHeader) -> tuple[Edition | None, list[Problem]]:
    """The edition of a system that was in force on a day; refuses where none was, or more than one."""
    editions = editions_of(system, homes, read)
    if not editions:
        working = known_rulesets(homes)
        remedy = (
            _system_of(system, day, working, read)
            or nearest(system, working)
            or f"现有：{'、'.join(sorted(working)) or '无'}"
        )
        return None, [problem("RULESET_UNKNOWN", _PLACE, f"没有系统「{system}」的规则集", remedy)]
    then = [edition for edition in editions if edition.in_force_on(day)]
    if len(then) == 1:
        return then[0], []
    terms = ((edition.header.id, edition.header.in_force) for edition in editions)
    told = "；".join(f"{name} {term.from_}至{term.to or '今'}" for name, term in terms)
    found = f"{day}没有{system}的版本在执行" if not then else f"{day}有{len(then)}个版本在执行"
    return None, [problem("EDITION_UNKNOWN", _PLACE, found, f"请写明用哪一版：{told}")]


def _system_of(name: str, day: date, working: dict[str, Path], read: ReadHeader) -> str:
    """Where an edition was named and a system was meant: how to write that."""
    header = read(working[name])[0] if name in working else None
    return f"按日期要写系统名，不写版本，如「{header.system}@{day}」" if header is not None and header.system else ""
