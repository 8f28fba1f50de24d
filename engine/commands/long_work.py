"""Long work: over how many processes it is spread, and how it is counted on a terminal."""

import os
import sys
from collections.abc import Iterable
from collections.abc import Iterator
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
