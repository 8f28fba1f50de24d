"""Two submissions → which facts and which items differ (增减), where nothing else does.

A submission that was changed a little shares with the old one all that was not: what is the same object was not changed.
"""

from collections.abc import Sequence
from typing import NamedTuple
from typing import TypeVar

from engine.acceptance import overlooked_in
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile

Entry = TypeVar("Entry", Fact, EvidenceItem)

# What a change may touch; of everything else of a submission every result may depend on it.
FOLLOWED = {"facts", "evidence"}
_REST = tuple(name for name in SubmissionFile.model_fields if name not in FOLLOWED)


class Difference(NamedTuple):
    """The facts and the items that went and came; ``items`` names the latter, and those that are overlooked or no more."""

    gone: tuple[Fact, ...]
    come: tuple[Fact, ...]
    taken: tuple[EvidenceItem, ...]
    entered: tuple[EvidenceItem, ...]
    items: frozenset[str]

    @property
    def subjects(self) -> frozenset[str]:
        """The measures and elements of which anything is said otherwise."""
        return frozenset(str(fact.measure or fact.element) for fact in (*self.gone, *self.come))

    @property
    def proves(self) -> frozenset[str]:
        """The indicators for which items went or came."""
        return frozenset(proof.indicator for item in (*self.taken, *self.entered) for proof in item.proves)

    @property
    def dates_documents_alike(self) -> bool:
        """Whether the items that came are of the same days as those that went."""
        return [item.issued or item.published for item in self.taken] == [i.issued or i.published for i in self.entered]


def difference_of(old: Submission, new: Submission) -> Difference | None:
    """What differs, or ``None`` where more does than facts and items, or where the rest is in another order."""
    if any(not _same(getattr(old.head, name), getattr(new.head, name)) for name in _REST):
        return None
    if old.tables != new.tables or old.files != new.files:
        return None
    facts, items = _exchanged(old.head.facts, new.head.facts), _exchanged(old.evidence, new.evidence)
    if facts is None or items is None or any(items) and not _has_own_numbers(new.evidence):
        return None
    if {item.id for item in items[0]} - {item.id for item in items[1]}:
        return None  # whatever cites what is there no more is refused
    overlooked = set(overlooked_in(old)) ^ set(overlooked_in(new))
    return Difference(*facts, *items, frozenset(overlooked | {item.id for side in items for item in side}))


def _exchanged(old: Sequence[Entry], new: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]] | None:
    """What went and what came; ``None`` where what stayed is in another order, or anything stands twice among it."""
    first = _alike(old, new)
    old, new = old[first:], new[first:]
    last = _alike(old[::-1], new[::-1])
    old, new = old[: len(old) - last], new[: len(new) - last]
    before, after = list(map(id, old)), list(map(id, new))
    had, has = set(before), set(after)
    if len(had) != len(before) or len(has) != len(after):
        return None
    if [one for one in before if one in has] != [one for one in after if one in had]:
        return None
    return tuple(o for o in old if id(o) not in has), tuple(n for n in new if id(n) not in had)


def _alike(one: Sequence[Entry], other: Sequence[Entry]) -> int:
    """How many entries at the beginning are the same."""
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a is not b)
    return next(differing, min(len(one), len(other)))


def _same(one: object, other: object) -> bool:
    return one is other or one == other


def _has_own_numbers(items: Sequence[EvidenceItem]) -> bool:
    return len({item.id for item in items}) == len(items)
