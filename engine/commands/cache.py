"""What was read once, kept beside the user's other caches, so that no command reads its YAML again (缓存).

Rulesets, what they say of themselves, submissions and campaigns. ``FAZHI_CACHE`` names the folder, or is empty for none;
else it is ``fazhi`` in the user's cache folder. An entry is named by everything that it came from: the bytes of the files,
and those of this engine, of Python and of pydantic. It is read only if it is whole and was written by this user or by the
machine's own; anything else is as if it were not there. So entries may be shared, deleted, torn or raced for: what is
assessed never differs, only how long it takes.

The readers of YAML are loaded only where nothing was kept.
"""

import contextlib
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from pydantic import VERSION

from engine import __version__
from engine.keeping import FORMAT
from engine.keeping import from_kept
from engine.keeping import to_keep
from engine.models.problem import Problem
from engine.models.problem import refused
from engine.models.ruleset import HeaderBase
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.named_files import CAMPAIGN
from engine.named_files import LEDGER
from engine.named_files import SUBMISSION
from engine.named_files import still_holds
from engine.ruleset_folders import known_rulesets
from engine.sources import MAX_BYTES
from engine.sources import canonical_bytes
from engine.sources import sha256_of

if TYPE_CHECKING:  # campaigns are loaded where one is given
    from engine.models.campaign import CampaignFile

# The newest so many stay: a few of each version of the rules and of the engine; of submissions, those of a few campaigns.
MOST_KEPT = {"rules": 24, "header": 24, "submission": 400, "campaign": 24}
# By which name something lies below which rules, and the key of what is found under that name.
Below = list[list[str]]


class _Entry(NamedTuple):
    """What was kept: a value, the problems found with it, and what it rests on beside what it is named by."""

    value: Any
    problems: list[Problem]
    below: Below


# --- rules ----------------------------------------------------------------------------------------------------------


def load_kept(folder: Path, homes: Iterable[Path] = ()) -> tuple[Ruleset | None, list[Problem]]:
    """Load a ruleset or an overlay like ``load_ruleset``, from what was kept of it where that is there."""
    homes = list(homes)
    shelf, key = cache_folder(), key_of(folder)
    entry = _read(shelf, "rules", key, Ruleset) if shelf is not None else None
    if entry is not None and entry.below == _found_below([name for name, _ in entry.below], folder, homes):
        return entry.value, entry.problems
    below = _below(folder, homes) if shelf is not None else []

    from engine.rulesets import load_ruleset  # noqa: PLC0415

    ruleset, problems = load_ruleset(folder, homes)
    # Rules that were changed meanwhile have another name by now.
    if shelf is not None and ruleset is not None and key_of(folder) == key and _below(folder, homes) == below:
        _write(shelf, "rules", key, _content(ruleset, problems, below))
    return ruleset, problems


def load_kept_header(folder: Path) -> tuple[HeaderBase | None, list[Problem]]:
    """Read what a ruleset says of itself like ``read_header``, from what was kept of that where it is there."""
    path = folder / "ruleset.yaml"
    shelf, key = cache_folder(), _key("header", folder.name, _digest(path))
    entry = _read(shelf, "header", key, HeaderBase) if shelf is not None else None
    if entry is not None:
        return entry.value, entry.problems

    from engine.ruleset_files import read_header  # noqa: PLC0415

    header, problems = read_header(folder)
    if shelf is not None and header is not None and _key("header", folder.name, _digest(path)) == key:
        _write(shelf, "header", key, _content(header, problems))
    return header, problems


def key_of(folder: Path) -> str:
    """The digest of everything that a ruleset in a folder is read from; of what lies below it only the name."""
    inside = ("", "pillars", "profiles", "evaluations", "migrations", "checkpoints")
    files = sorted(path for name in inside for path in (folder / name).glob("*.yaml"))
    return _key("rules", folder.name, [[path.relative_to(folder).as_posix(), _digest(path)] for path in files])


def _below(folder: Path, homes: list[Path]) -> Below:
    """What a ruleset lies over or reuses, down to the ground: by name, and by the key of what is found there."""
    names: list[str] = []
    at: Path | None = folder
    while at is not None:
        header, _ = load_kept_header(at)
        name = getattr(header, "extends", None) or getattr(header, "reuses", None)
        if name is None or name in names:
            break
        names.append(name)
        at = known_rulesets([*homes, at.parent]).get(name)
    return _found_below(names, folder, homes)


def _found_below(names: list[str], folder: Path, homes: list[Path]) -> Below:
    found: Below = []
    for name in names:
        known = known_rulesets([*homes, folder.parent])
        if name not in known:
            return [*found, [name, ""]]
        folder = known[name]
        found.append([name, key_of(folder)])
    return found


# --- submissions ----------------------------------------------------------------------------------------------------


def load_kept_submission(path: Path, within: str = "") -> tuple[Submission | None, list[Problem]]:
    """Load a submission like ``load_submission``, from what was kept of it where that is there and its files are as then.

    One with an item that bears a classification (密级), or with a text that looks secret or holds the number of a person, is
    never kept: no copy of it may lie where nobody looks for one.
    """
    file = path / SUBMISSION if path.is_dir() else path
    shelf, key = cache_folder(), _key_of_submission(file, within)
    entry = _read(shelf, "submission", key, Submission) if shelf is not None else None
    if entry is not None and still_holds(entry.value, file.parent, within):
        return entry.value, entry.problems

    from engine.acceptance import is_sensitive  # noqa: PLC0415
    from engine.submissions import load_submission  # noqa: PLC0415

    submission, problems = load_submission(path, within)
    if shelf is None or submission is None or refused(problems) or _key_of_submission(file, within) != key:
        return submission, problems
    content = _content(submission, problems)
    if not any(item.classification for item in submission.evidence) and not is_sensitive(_told(content)):
        _write(shelf, "submission", key, content)
    return submission, problems


def _key_of_submission(file: Path, within: str) -> str:
    return _key("submission", within, file.name, _digest(file), _digest(file.parent / LEDGER))


def read_kept_campaign_file(folder: Path) -> tuple["CampaignFile | None", str, list[Problem]]:
    """Read who takes part in a campaign like ``read_campaign_file``, from what was kept of that; the same is never kept."""
    from engine.models.campaign import CampaignFile  # noqa: PLC0415

    digest = _digest(folder / CAMPAIGN)
    shelf, key = cache_folder(), _key("campaign", digest)
    entry = _read(shelf, "campaign", key, CampaignFile) if shelf is not None else None
    if entry is not None:
        return entry.value, digest, entry.problems

    from engine.acceptance import is_sensitive  # noqa: PLC0415
    from engine.campaigns import read_campaign_file  # noqa: PLC0415

    head, digest, problems = read_campaign_file(folder)
    if shelf is not None and head is not None and _key("campaign", digest) == key:
        content = _content(head, problems)
        if not is_sensitive(_told(content)):
            _write(shelf, "campaign", key, content)
    return head, digest, problems


def _told(content: bytes) -> str:
    """What is told in an entry; hexadecimal digits may well look like a telephone's number."""
    return re.sub("[0-9a-f]{64}", "", content.decode())


# --- the shelf ------------------------------------------------------------------------------------------------------


def cache_folder() -> Path | None:
    """Where entries are kept, or ``None``."""
    named = os.environ.get("FAZHI_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError):  # nobody's home
        return (Path(home) if home else Path.home() / ".cache") / "fazhi"
    return None


def _key(*read: Any) -> str:
    return sha256_of(canonical_bytes([*_read_by(), *read]))


def _digest(path: Path) -> str:
    """The digest of a file that can be read; a file that is too large is refused at the door, and never kept."""
    readable = path.is_file() and path.stat().st_size <= MAX_BYTES
    return sha256_of(path.read_bytes()) if readable else ""


@cache
def _read_by() -> tuple[str, ...]:
    """What reads the files: as soon as any of it changes, what was kept is worthless."""
    engine = Path(__file__).parent.parent
    code = hashlib.sha256()
    for path in sorted([*engine.glob("*.py"), *engine.glob("models/*.py")]):
        code.update(path.name.encode() + b"\0" + path.read_bytes())
    return FORMAT, __version__, code.hexdigest(), sys.version, VERSION


def _read(shelf: Path, sort: str, key: str, kind: type) -> _Entry | None:
    """What was kept under a name, if it is whole and our own."""
    path = shelf / f"{key}.{sort}.json"
    try:
        if sys.platform != "win32" and path.stat().st_uid not in (os.getuid(), 0):
            return None
        seal, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    kept = from_kept(content) if seal == _seal(key, content) else None
    if not isinstance(kept, tuple) or len(kept) != 3 or not isinstance(kept[0], kind):
        return None
    value, problems, below = kept
    return _Entry(value, list(problems), [list(named) for named in below])


def _seal(key: str, content: bytes) -> bytes:
    return canonical_bytes({"seal": sha256_of(key.encode() + b"\n" + content)})


def _content(value: Any, problems: list[Problem], below: Sequence[list[str]] = ()) -> bytes:
    return to_keep((value, tuple(problems), tuple(map(tuple, below))))


def _write(shelf: Path, sort: str, key: str, content: bytes) -> None:
    """Keep an entry, whole or not at all. What cannot be kept is read again next time; nobody need hear of it."""
    with contextlib.suppress(OSError):
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=shelf, prefix=".", suffix=".part", delete=False) as unfinished:
            unfinished.write(_seal(key, content) + b"\n" + content)
        try:
            Path(unfinished.name).replace(shelf / f"{key}.{sort}.json")
        except OSError:
            Path(unfinished.name).unlink(missing_ok=True)
            raise
        entries = sorted(shelf.glob(f"*.{sort}.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in entries[: -MOST_KEPT[sort]]:
            path.unlink(missing_ok=True)
