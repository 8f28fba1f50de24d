"""Frozen revisions of rulesets (冻结的修订) and the lock that holds their digests."""

import re
from typing import Annotated
from typing import Literal
from typing import NamedTuple

from pydantic import Field
from pydantic import StrictBool

from engine.models.record import Record

_REVISION = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Revision(NamedTuple):
    """A revision's number (ours, never official): major, minor, patch."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def read_revision(text: str) -> Revision | None:
    """Read ``0.1.0``; ``None`` for anything else.

    >>> read_revision("0.10.0") > read_revision("0.9.1")
    True
    """
    found = _REVISION.fullmatch(text)
    return Revision(int(found[1]), int(found[2]), int(found[3])) if found else None


class Release(Record):
    """One frozen revision, as the lock has it.

    Attributes:
        content: The digest of what the rules say; places and the number of the format are no part of it.
        draft: Whether it was frozen while it was a draft.
        sha256: The digest of the file, byte for byte.
        sm3: The same by SM3 (GB/T 32905), where the machine that froze it had it.
    """

    content: Sha256
    draft: StrictBool
    sha256: Sha256
    sm3: Sha256 | None = None


class Lock(Record):
    """``releases/lock.json``: every frozen revision by ``id@revision``."""

    format: Literal["fazhi/releases/1"] = "fazhi/releases/1"
    releases: dict[Annotated[str, Field(pattern=rf"^[A-Za-z][A-Za-z0-9_-]{{0,63}}@{_REVISION.pattern}$")], Release] = {}

    def revisions_of(self, ruleset: str) -> tuple[Revision, ...]:
        """The frozen revisions of one ruleset, oldest first."""
        named = (name.rpartition("@") for name in self.releases)
        return tuple(sorted(r for r in (read_revision(text) for name, _, text in named if name == ruleset) if r))
