"""The run journal (运行日志): who did what, when, with which digest, on lines that hold each other fast."""

from typing import NamedTuple

from engine.hash_chain import Chain
from engine.hash_chain import Link
from engine.hash_chain import next_line
from engine.hash_chain import read_chain
from engine.ledger import read_back
from engine.ledger import read_entries
from engine.models.ledger import JournalEntry
from engine.models.problem import Problem
from engine.models.problem import refused


class Journal(NamedTuple):
    """A journal as it was read."""

    entries: tuple[JournalEntry, ...] = ()
    chain: Chain = Chain()


def read_journal(content: bytes, name: str) -> tuple[Journal, list[Problem]]:
    """Read a journal. Refused where the chain does not hold, naming the first bad line."""
    chain, problems = read_chain(content, name)
    if problems:
        return Journal(chain=chain), problems
    entries, problems = read_entries(JournalEntry, chain.links, name)
    return Journal(() if refused(problems) else tuple(entries), chain), problems


def journal_line(
    before: Link | None, at: str, by: str, did: str, about: str, digest: str, name: str
) -> tuple[bytes, list[Problem]]:
    """Make the next line of a journal and read it back: what cannot be read again is never written."""
    line = next_line(before, {"at": at, "by": by, "did": did, "about": about, "digest": digest})
    _, problems = read_back(JournalEntry, line, before, name)
    return line, problems
