"""Adding to a file that only grows: one line at a time, whole or not at all, by one process at a time.

A line is acknowledged when it lies on the disk. A lock on the file itself keeps writers apart; a file that was replaced
while a writer waited for its lock is opened again.
"""

import os
import sys
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from itertools import count
from pathlib import Path

from engine.hash_chain import lacks_line_end
from engine.hash_chain import read_chain
from engine.models.ledger import moment_text
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.sources import MAX_BYTES

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# From the bytes that are there to the line to be added, without its line end.
Compose = Callable[[bytes], tuple[bytes, list[Problem]]]
# Only Windows tells text from bytes, and only Unix lets a folder be brought to the disk.
_BINARY = getattr(os, "O_BINARY", 0)
_FOLDER = getattr(os, "O_DIRECTORY", None)
# Windows locks bytes, not files: one that no content ever reaches.
_LOCKED_BYTE = 2**31 - 2


def now() -> str:
    """The moment of entry, in UTC."""
    return moment_text(datetime.now(UTC))


def append_line(path: Path, compose: Compose) -> tuple[bytes, list[Problem]]:
    """Add one line that is made from what is there, and return it once it lies on the disk.

    Nothing is added where ``compose`` makes no line, and what a full disk let through of a line is taken away again.
    """
    with locked(path) as file:
        content = _read_all(file)
        line, problems = compose(content)
        if len(content) + len(line) >= MAX_BYTES:
            found = f"登上这一行就超过{MAX_BYTES}字节"
            problems = [*problems, problem("FILE_TOO_LARGE", Place(file=path.name), found, "请按年度或部门分开填报文件夹")]
        if not line or refused(problems):
            if not content:
                _remove(path)
            return b"", problems
        try:
            _write_all(file, line + b"\n")
        except BaseException:
            os.ftruncate(file, len(content))
            raise
        os.fsync(file)
    if not content:
        _sync_folder(path.parent)
    return line, problems


def mend(path: Path) -> tuple[str, Path | None, list[Problem]]:
    """Mend a last line that was not finished: say what was done, and where the bytes that were cut off lie.

    A line that lacks only its line end gets it. Any other fault is handed back: it is not for us to mend.
    """
    with locked(path) as file:
        content = _read_all(file)
        chain, problems = read_chain(content, path.name)
        if not problems:
            return "没有断尾，没有动", None, []
        if [p.code for p in problems] != ["LEDGER_TORN"]:
            return "", None, problems
        if lacks_line_end(chain):
            _write_all(file, b"\n")
            os.fsync(file)
            return f"第{len(chain.links) + 1}行补上了换行，一行不少", None, []
        kept = _keep(path, chain.torn)
        os.ftruncate(file, len(content) - len(chain.torn))
        os.fsync(file)
    told = f"第{len(chain.links) + 1}行没有写完，切下{len(chain.torn)}字节，另存 {kept}；前{len(chain.links)}行不动"
    return told, kept, []


def replace_whole(path: Path, make: Compose, old: Path) -> tuple[bytes, list[Problem]]:
    """Put another content in the place of a file; what was there is kept under another name first."""
    with locked(path) as file:
        content = _read_all(file)
        whole, problems = make(content)
        if refused(problems):
            return b"", problems
        _write_new(old, content)
        _sync_folder(path.parent)
        if sys.platform == "win32":  # an open file cannot be replaced there; what it held is safe under the other name
            os.ftruncate(file, 0)
            _write_all(file, whole)
            os.fsync(file)
        else:
            unfinished = path.with_name(f".{path.name}.part")
            _write_new(unfinished, whole)
            unfinished.replace(path)
            _sync_folder(path.parent)
    return whole, problems


def _keep(path: Path, torn: bytes) -> Path:
    """Save what is to be cut off, under a name that is not taken."""
    names = (path.with_name(f"{path.name}{f'.{n}' if n > 1 else ''}.torn") for n in count(1))
    kept = next(name for name in names if not name.exists())
    _write_new(kept, torn)
    _sync_folder(path.parent)
    return kept


def _write_new(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o644)
    try:
        _write_all(file, content)
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def locked(path: Path, lock: Callable[[int], None] | None = None) -> Iterator[int]:
    """Hold a file, made where it is not there, for one writer; others wait, unless they are to ``lock_at_once``."""
    held = False
    while not held:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY, 0o644)
        try:
            (lock or _lock)(file)
            try:
                held = _is_still(path, file)
                if held:
                    yield file
            finally:
                _unlock(file)
        finally:
            os.close(file)


def _remove(path: Path) -> None:
    """Take away a file that was made for nothing; Windows keeps it, empty, while it is open."""
    with suppress(PermissionError):
        path.unlink()


def _is_still(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _lock(file: int) -> None:
    if sys.platform == "win32":
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        while True:
            try:
                msvcrt.locking(file, msvcrt.LK_LOCK, 1)
            except OSError:  # Windows gives up after ten seconds; we wait on
                continue
            return
    fcntl.flock(file, fcntl.LOCK_EX)


def lock_at_once(file: int) -> None:
    """Lock an open file without waiting.

    Raises:
        BlockingIOError: Somebody else holds it.
    """
    if sys.platform == "win32":
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlock(file: int) -> None:
    if sys.platform == "win32":
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_UN)


def _read_all(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    pieces = []
    while piece := os.read(file, 2**20):
        pieces.append(piece)
    return b"".join(pieces)


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _sync_folder(folder: Path) -> None:
    """Bring the name of a new file to the disk."""
    if _FOLDER is None:
        return
    handle = os.open(folder, _FOLDER)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
