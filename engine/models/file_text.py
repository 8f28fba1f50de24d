"""The nouns of opened files: what bytes say, piece by piece, each with its place, and what stood in the way."""

from datetime import date
from typing import NamedTuple


class Passage(NamedTuple):
    """A line, paragraph or cell of a file.

    Attributes:
        place: Where it stands, as a person finds it: 第3页, 第12段, 登记!B3.
        label: What stands in the cell to the left; ``None`` where it is no cell.
    """

    place: str
    text: str
    label: str | None = None


class Obstacle(NamedTuple):
    """What hinders reading a file, or is odd about it, by the code of a problem."""

    code: str
    found: str
    place: str = ""


class FileText(NamedTuple):
    """What could be read of a file.

    Attributes:
        kind: What it is by its content; empty where that is not known.
        made: The last day that the file itself bears, created or modified, with the name of that date.
    """

    kind: str
    passages: tuple[Passage, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    made: tuple[tuple[str, date], ...] = ()
