"""Rulesets that were read once, kept beside the user's other caches, so that no command reads their YAML again (缓存).

``FAZHI_CACHE`` names the folder, or is empty for none; else it is ``fazhi`` in the user's cache folder. An entry is named by
everything that it came from: the bytes of the rules, and those of this engine, of Python and of pydantic. It is read only if
it is whole and was written by this user or by the machine's own; anything else is as if it were not there. So entries may be
shared, deleted, torn or raced for: what is assessed never differs, only how long it takes.
"""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from engine import __version__
from engine.keeping import FORMAT
from engine.keeping import ruleset_from_kept
from engine.keeping import ruleset_to_keep
from engine.models.problem import Problem
from engine.models.ruleset import Ruleset
from engine.rulesets import known_rulesets
from engine.rulesets import load_ruleset
from engine.sources import canonical_bytes
from engine.sources import sha256_of

# The newest so many rulesets stay: a few of each version of the rules and of the engine.
MOST_KEPT = 24


def load_kept(folder: Path, homes: Iterable[Path] = ()) -> tuple[Ruleset | None, list[Problem]]:
    """Load a ruleset like ``load_ruleset``, from what was kept of it where that is there."""
    homes = list(homes)
    shelf, key = cache_folder(), key_of(folder)
    if shelf is None:
        return load_ruleset(folder, homes)
    kept = _read(shelf / f"{key}.json", key, homes, folder)
    if kept is not None:
        return kept, []
    ruleset, problems = load_ruleset(folder, homes)
    # Rules with remarks are read again each time, for the remarks, and overlays for what lies below them; rules changed
    # meanwhile have another name by now.
    if ruleset is not None and not problems and ruleset.overlaid is None and key_of(folder) == key:
        _write(shelf, key, ruleset, _key_of_reused(ruleset, homes, folder))
    return ruleset, problems


def cache_folder() -> Path | None:
    """Where rulesets are kept, or ``None``."""
    named = os.environ.get("FAZHI_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError):  # nobody's home
        return (Path(home) if home else Path.home() / ".cache") / "fazhi"
    return None


def key_of(folder: Path) -> str:
    """The digest of everything that a ruleset in a folder is read from; of what it reuses only the name."""
    inside = ("", "pillars", "profiles", "evaluations", "migrations")
    files = sorted(path for name in inside for path in (folder / name).glob("*.yaml"))
    contents = [[path.relative_to(folder).as_posix(), _digest(path)] for path in files]
    return sha256_of(canonical_bytes([*_read_by(), folder.name, contents]))


def _digest(path: Path) -> str:
    return sha256_of(path.read_bytes()) if path.is_file() else ""


@cache
def _read_by() -> tuple[str, ...]:
    """What reads the rules: as soon as any of it changes, what was kept is worthless."""
    engine = Path(__file__).parent.parent
    code = hashlib.sha256()
    for path in sorted([*engine.glob("*.py"), *engine.glob("models/*.py")]):
        code.update(path.name.encode() + b"\0" + path.read_bytes())
    return FORMAT, __version__, code.hexdigest(), sys.version, metadata.version("pydantic")


def _key_of_reused(ruleset: Ruleset, homes: list[Path], folder: Path) -> str:
    base = ruleset.header.reuses
    if base is None:
        return ""
    known = known_rulesets([*homes, folder.parent])
    return key_of(known[base]) if base in known else ""


def _read(path: Path, key: str, homes: list[Path], folder: Path) -> Ruleset | None:
    """What was kept under a name, if it is whole, our own, and what it reuses is unchanged, too."""
    try:
        if sys.platform != "win32" and path.stat().st_uid not in (os.getuid(), 0):
            return None
        head, _, content = path.read_bytes().partition(b"\n")
        said = json.loads(head)
    except (OSError, ValueError):
        return None
    if not isinstance(said, dict) or said.get("seal") != _seal(key, str(said.get("reused")), content):
        return None
    ruleset = ruleset_from_kept(content)
    if ruleset is None or said["reused"] != _key_of_reused(ruleset, homes, folder):
        return None
    return ruleset


def _seal(key: str, reused: str, content: bytes) -> str:
    return sha256_of(f"{key}\n{reused}\n".encode() + content)


def _write(shelf: Path, key: str, ruleset: Ruleset, reused: str) -> None:
    """Keep a ruleset, whole or not at all. What cannot be kept is read again next time; nobody need hear of it."""
    content = ruleset_to_keep(ruleset)
    head = canonical_bytes({"reused": reused, "seal": _seal(key, reused, content)})
    with contextlib.suppress(OSError):
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=shelf, prefix=".", suffix=".part", delete=False) as unfinished:
            unfinished.write(head + b"\n" + content)
        try:
            Path(unfinished.name).replace(shelf / f"{key}.json")
        except OSError:
            Path(unfinished.name).unlink(missing_ok=True)
            raise
        for path in sorted(shelf.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)[:-MOST_KEPT]:
            path.unlink(missing_ok=True)
