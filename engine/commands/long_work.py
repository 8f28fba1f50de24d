"""Long work: over how many processes it is spread, how it is counted on a terminal, and how much memory it took."""

import os
import re
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from engine.commands import tell

# More processes than this cost more in starting than they save.
MOST_JOBS = 4
Result = TypeVar("Result")


def default_jobs() -> int:
    """As many processes as there are processors, within reason."""
    return min(os.cpu_count() or 1, MOST_JOBS)


def counted(results: Iterable[Result], total: int, label: str) -> Iterator[Result]:
    """Hand on results and say on a terminal how many there are already."""
    shown = sys.stderr.isatty()
    for number, result in enumerate(results, 1):
        if shown:
            tell(f"\r{label} {number}/{total}", end=chr(10) if number == total else "")
        yield result


def most_memory() -> int | None:
    """The most bytes of memory that this process itself ever held; ``None`` where the system does not count them."""
    if sys.platform == "win32":
        return None
    told = Path("/proc/self/status")
    if told.is_file():
        # What Linux tells by getrusage begins with the most that whoever started this process ever held.
        peak = re.search(r"^VmHWM:\s+(\d+) kB$", told.read_text(encoding="ascii", errors="replace"), re.MULTILINE)
        return int(peak[1]) * 1024 if peak else None
    import resource  # noqa: PLC0415 - Windows has none

    # Bytes on macOS, kibibytes everywhere else.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
