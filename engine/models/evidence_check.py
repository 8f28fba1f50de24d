"""The nouns of an evidence check (佐证核对): what was opened, and what a person should look at."""

from engine.models.record import Place
from engine.models.record import Record


class EvidenceFlag(Record):
    """One thing in one file that a person should look at. It flags; it decides nothing.

    Attributes:
        item: The item of the ledger that names the file.
        where: The place in the file; empty where the whole file is meant.
        words: The words around it, numbers of persons covered.
        place: Where the ledger names it.
    """

    code: str
    item: str
    title: str
    file: str
    where: str
    found: str
    words: str
    remedy: str
    place: Place


class OpenedFile(Record):
    """What came of one file: its digests, how many characters it holds, and the flags of the items that name it."""

    file: str
    kind: str
    sha256: str
    text_digest: str
    characters: int
    flags: tuple[EvidenceFlag, ...]


class EvidenceCheck(Record):
    """The whole check.

    Attributes:
        items: How many items the ledger holds, those withdrawn left out.
        without_file: Items that name no file: nothing was opened of them.
        without_text: Files that were opened and hold no text to compare.
    """

    unit: str
    items: int
    files: int
    without_file: int
    without_text: int
    kinds: dict[str, int]
    flags: tuple[EvidenceFlag, ...]
