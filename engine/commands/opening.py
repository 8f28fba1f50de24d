"""Files of a ledger opened in processes of their own: none can crash, fill up or hold up the one that reports."""

import os
import signal
import sys
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any
from typing import NamedTuple

from engine.commands.long_work import counted
from engine.evidence_checks import check_file
from engine.evidence_checks import summed_up
from engine.evidence_flags import unopened
from engine.file_texts import MOST_BYTES
from engine.file_texts import read_file
from engine.models.evidence_check import EvidenceCheck
from engine.models.evidence_check import OpenedFile
from engine.models.submission import EvidenceItem
from engine.models.submission import Submission
from engine.named_files import find_inside

# Seconds for one file, and bytes of memory for one process beyond what it begins with.
TIME_LIMIT = 60
MOST_MEMORY = 3_000_000_000
# Files that one process takes at a time.
AT_ONCE = 4


class Task(NamedTuple):
    """A file and the items that name it."""

    file: str
    path: Path
    items: tuple[EvidenceItem, ...]


class TimeUpError(BaseException):
    """The time for a file is over. No library that catches what it likes catches this."""


def check_all(submission: Submission, folder: Path, reuse_limit: int, jobs: int) -> EvidenceCheck:
    """Open every file that stands in a submission's ledger, those of withdrawn items left out."""
    items = tuple(item for item in submission.evidence if item.withdrawn is None)
    named: dict[str, list[EvidenceItem]] = {}
    for item in sorted((item for item in items if item.file), key=lambda item: (item.file or "", item.id)):
        named.setdefault(item.file or "", []).append(item)
    found = [(name, find_inside(folder, name, bearers[0].place)[0], bearers) for name, bearers in named.items()]
    tasks = [Task(name, path, tuple(bearers)) for name, path, bearers in found if path is not None and path.is_file()]
    there = {task.file for task in tasks}
    absent = [item for name, bearers in named.items() if name not in there for item in bearers]
    opened = open_all(tasks, min(jobs, max(1, len(tasks) // AT_ONCE)))
    return summed_up(submission.head.unit.name, items, opened, absent, reuse_limit)


def open_all(tasks: Sequence[Task], jobs: int, limit: float = TIME_LIMIT) -> tuple[OpenedFile, ...]:
    """Open every file and hold it against its items, in the order of the tasks, however many processes there are."""
    return tuple(counted(_opened(tasks, jobs, limit), len(tasks), "打开文件"))


def _opened(tasks: Sequence[Task], jobs: int, limit: float) -> Iterator[OpenedFile]:
    done = 0
    try:
        with ProcessPoolExecutor(jobs, initializer=_be_modest) as pool:
            for opened in pool.map(partial(open_one, limit=limit), tasks, chunksize=AT_ONCE):
                done += 1
                yield opened
    except BrokenProcessPool:
        for task in tasks[done:]:
            yield _alone(task, limit)


def _alone(task: Task, limit: float) -> OpenedFile:
    """Open a file of which one may have brought a process down, in a process for itself."""
    try:
        with ProcessPoolExecutor(1, initializer=_be_modest) as pool:
            return pool.submit(open_one, task, limit).result()
    except BrokenProcessPool:
        return unopened(task.items, task.file, "CHECK_DAMAGED", "读的时候程序被系统中止")


def open_one(task: Task, limit: float) -> OpenedFile:
    """Open one file within its time."""
    try:
        with _Within(limit):
            size = task.path.stat().st_size
            if size > MOST_BYTES:
                return unopened(task.items, task.file, "CHECK_TOO_LARGE", f"文件有{size}字节，超过{MOST_BYTES}字节")
            content = task.path.read_bytes()
            return check_file(task.items, content, task.file, read_file(content, task.file))
    except TimeUpError:
        return unopened(task.items, task.file, "CHECK_TIMEOUT", f"{limit:g}秒没有读完")
    except OSError as error:
        return unopened(task.items, task.file, "CHECK_DAMAGED", f"系统不让读（{error.strerror}）")


class _Within:
    """A limit of time, where the system can ring a bell; Windows cannot."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        if sys.platform != "win32":
            signal.signal(signal.SIGALRM, _ring)
            # Again every second, in case the first ring fell into something that is not interrupted.
            signal.setitimer(signal.ITIMER_REAL, self._seconds, 1)

    def __exit__(self, *_: object) -> None:
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(*_: Any) -> None:
    raise TimeUpError


def _be_modest() -> None:
    """Let a file that would fill the memory fail in its own process."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = _begins_with() + MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (wanted if most < 0 else min(wanted, most), most))


def _begins_with() -> int:
    """The bytes of address space that a process holds already: one that was forked holds those of its parent."""
    told = Path("/proc/self/statm")
    return int(told.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE") if told.is_file() else 0
