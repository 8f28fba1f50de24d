"""Frozen revisions (冻结): written once, read without YAML, and any later change of one is found.

A release is the whole ruleset in one canonical file (RFC 8785), with the places that its messages name. The lock beside
it holds the digests. A published revision never changes: what changes gets another number, and without a change there is
none. Nothing is written here.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.release import Lock
from engine.models.release import Release
from engine.models.release import Revision
from engine.models.release import read_revision
from engine.models.ruleset import Ruleset
from engine.rule_parts import digest_of_ruleset
from engine.sources import canonical_bytes
from engine.sources import read_bytes
from engine.sources import sha256_of
from engine.sources import written_whole

FOLDER = "releases"
LOCK_NAME = "lock.json"
_FROM_HISTORY = "请从版本库取回原来的文件；冻结的修订一个字也不能改，要改请另立修订"


class Frozen(NamedTuple):
    """What freezing writes: the release's file, its content, and the lock as it is afterwards."""

    name: str
    content: bytes
    lock: Lock


def key_of(ruleset: Ruleset) -> str:
    """The name of a ruleset's revision in the lock."""
    return f"{ruleset.header.id}@{ruleset.header.revision}"


def file_of(key: str) -> str:
    """The file of a frozen revision.

    >>> file_of("lbg-2021@0.1.0")
    'lbg-2021-0.1.0.json'
    """
    return f"{key.replace('@', '-')}.json"


def release_bytes(ruleset: Ruleset) -> bytes:
    """The one canonical file of a ruleset."""
    return canonical_bytes(written_whole(ruleset)) + b"\n"


def lock_bytes(lock: Lock) -> bytes:
    """The lock as it is written: one key a line, in order, so that a difference shows one release."""
    plain = lock.model_dump(mode="json", exclude_none=True)
    return (json.dumps(plain, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


# --- freezing -------------------------------------------------------------------------------------------------------


def freeze(ruleset: Ruleset, lock: Lock) -> tuple[Frozen | None, list[Problem]]:
    """Freeze a ruleset under its own number; refuses a number that is taken, and a number without a change.

    A revision that is frozen already with the same content is frozen: there is nothing to write and nothing wrong.
    """
    problems = check_number(ruleset, lock)
    if problems or key_of(ruleset) in lock.releases:
        return None, problems
    content = release_bytes(ruleset)
    release = Release(
        content=ruleset.digest,
        draft=ruleset.header.status == "draft",
        sha256=sha256_of(content),
        sm3=_sm3_of(content),
    )
    frozen = Lock(releases={**lock.releases, key_of(ruleset): release})
    return Frozen(file_of(key_of(ruleset)), content, frozen), []


def check_place(home: Path, frozen: Frozen) -> list[Problem]:
    """Refuse to write over a file that the lock knows nothing of and that says something else."""
    path = home / FOLDER / frozen.name
    if not path.is_file() or path.read_bytes() == frozen.content:
        return []
    return [_not_locked(frozen.name, "文件已在，锁里没有，内容也不同")]


def check_published(ruleset: Ruleset) -> list[Problem]:
    """Refuse to take a draft for a published revision."""
    if ruleset.header.status == "published":
        return []
    found = f"{key_of(ruleset)}还是草稿（status: draft）"
    remedy = "定稿请改成 status: published；只想固定一份草稿，请加 --draft，锁里会写明是草稿"
    return [problem("REVISION_DRAFT", ruleset.header.place, found, remedy)]


def check_number(ruleset: Ruleset, lock: Lock) -> list[Problem]:
    """Whether a working ruleset's number fits what is frozen: the same content, or changed under a higher number."""
    frozen = lock.revisions_of(ruleset.header.id)
    number = _number_of(ruleset)
    if not frozen or (number == frozen[-1] and lock.releases[key_of(ruleset)].content == ruleset.digest):
        return []
    latest, place = frozen[-1], ruleset.header.place
    if number in frozen and lock.releases[key_of(ruleset)].content != ruleset.digest:
        found = f"{key_of(ruleset)}已经冻结，现在的内容与冻结的不同"
        remedy = f"已冻结的修订不改；请把 revision 提到{latest}以上，并在 CHANGELOG.md 写明影响的指标和评估期"
        return [problem("REVISION_TAKEN", place, found, remedy)]
    if number < latest:
        found = f"修订号{number}低于已冻结的{latest}"
        return [problem("REVISION_NOT_HIGHER", place, found, f"请把 revision 改到{latest}以上")]
    if _digest_as(ruleset, latest) == lock.releases[f"{ruleset.header.id}@{latest}"].content:
        found = f"修订号从{latest}改成了{number}，内容一个字没变"
        return [problem("REVISION_EMPTY", place, found, f"内容没变就不另立修订；请把 revision 改回{latest}")]
    return []


def _number_of(ruleset: Ruleset) -> Revision:
    number = read_revision(ruleset.header.revision)
    assert number is not None, "the model lets no other revision in"
    return number


def _digest_as(ruleset: Ruleset, revision: Revision) -> str:
    """The digest that the rules would have under another number."""
    header = ruleset.header.model_copy(update={"revision": str(revision)})
    return digest_of_ruleset(ruleset.model_copy(update={"header": header}))


def _sm3_of(content: bytes) -> str | None:
    """SM3 where the OpenSSL behind Python has it."""
    return hashlib.new("sm3", content).hexdigest() if "sm3" in hashlib.algorithms_available else None


# --- reading --------------------------------------------------------------------------------------------------------


def read_lock(home: Path) -> tuple[Lock | None, list[Problem]]:
    """Read the lock of a folder of rulesets; where nothing was ever frozen, it is empty."""
    path, name = home / FOLDER / LOCK_NAME, f"{FOLDER}/{LOCK_NAME}"
    if not path.is_file():
        return Lock(), []
    content, problems = read_bytes(path, name)
    if content is None:
        return None, problems
    try:
        lock = Lock.model_validate(json.loads(content))
    except (ValueError, RecursionError):
        return None, [_lock_unreadable(name, "读不成锁（多半是合并冲突或手改）")]
    if lock_bytes(lock) != content:
        return None, [_lock_unreadable(name, "不是程序写出的样子（次序、空白或重复的键）")]
    return lock, []


def _lock_unreadable(name: str, found: str) -> Problem:
    return problem("RELEASE_LOCK_UNREADABLE", Place(file=name), found, "请从版本库取回，再用 fazhi rules freeze 写入")


def load_release(home: Path, key: str, release: Release) -> tuple[Ruleset | None, list[Problem]]:
    """Read one frozen revision and hold it against the lock; no YAML is read."""
    name = f"{FOLDER}/{file_of(key)}"
    if not (home / name).is_file():
        return None, [problem("RELEASE_MISSING", Place(file=name), f"锁里有{key}，文件不在", _FROM_HISTORY)]
    content, problems = read_bytes(home / name, name)
    if content is None:
        return None, problems
    if not _is_as_locked(content, release):
        found = f"{key}的内容与锁里的摘要不符，文件或锁被改动过"
        return None, [problem("RELEASE_ALTERED", Place(file=name), found, _FROM_HISTORY)]
    try:
        ruleset = Ruleset.model_validate(json.loads(content))
    except (ValidationError, ValueError) as error:
        where = "/".join(str(part) for part in error.errors()[0]["loc"]) if isinstance(error, ValidationError) else "JSON"
        found = f"{key}没有被改动，但本程序读不进来（{where}）"
        return None, [problem("RELEASE_UNREADABLE", Place(file=name), found, "请用冻结它的那一版或更新的fazhi")]
    if key_of(ruleset) != key or digest_of_ruleset(ruleset) != release.content:
        found = f"文件里是{key_of(ruleset)}，锁里写的是{key}，或两边的规则摘要不同"
        return None, [problem("RELEASE_ALTERED", Place(file=name), found, _FROM_HISTORY)]
    return ruleset, []


def _is_as_locked(content: bytes, release: Release) -> bool:
    known = release.sm3 is None or _sm3_of(content) in (None, release.sm3)
    return known and sha256_of(content) == release.sha256


# --- checking -------------------------------------------------------------------------------------------------------


def check_releases(home: Path) -> list[Problem]:
    """Everything that is wrong with what is frozen in a folder of rulesets: altered, gone, or never locked."""
    lock, problems = read_lock(home)
    if lock is None:
        return problems
    for key, release in sorted(lock.releases.items()):
        problems += load_release(home, key, release)[1]
    return [*problems, *_unlocked(home, lock)]


def _unlocked(home: Path, lock: Lock) -> Iterator[Problem]:
    known = {LOCK_NAME, *(file_of(key) for key in lock.releases)}
    for path in sorted((home / FOLDER).glob("*")):
        if path.name not in known:
            yield _not_locked(path.name, "文件在，锁里没有")


def _not_locked(name: str, found: str) -> Problem:
    remedy = "releases/ 里的文件只由 fazhi rules freeze 写；请从版本库取回锁，或移走这个文件"
    return problem("RELEASE_UNLOCKED", Place(file=f"{FOLDER}/{name}"), found, remedy)
