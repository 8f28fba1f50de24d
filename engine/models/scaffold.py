"""The nouns of a scaffold (规则骨架): tables as published, their rows, and what each row was held to be."""

from fractions import Fraction
from typing import Literal
from typing import NamedTuple

from engine.models.record import Record


class GridCell(NamedTuple):
    """A cell of a table; every cell of a merged area bears its text, and ``own`` is true of the first alone."""

    text: str
    place: str
    own: bool = True


class Grid(NamedTuple):
    """One table: rows of cells, each row as wide as the table."""

    place: str
    rows: tuple[tuple[GridCell, ...], ...]


class TableRow(Record):
    """One row of an indicator table, as it says itself.

    Attributes:
        number: The running number that the table gives the row; ``None`` where it gives none that runs through the table.
        title: The name of the indicator, or how its text begins.
        other: What else the row says, by the heading of the column: 分值, 责任单位.
    """

    place: str
    pillar_no: int | None
    pillar: str
    subpillar: str
    number: int | None
    title: str
    requirement: str
    other: tuple[tuple[str, str], ...] = ()


class LeftOut(Record):
    """A row, or a whole table, that is no indicator, and why."""

    place: str
    text: str
    reason: str


class IndicatorTable(Record):
    """Everything that was read of a file: each row is an indicator or left out with a reason."""

    file: str
    rows: tuple[TableRow, ...]
    left_out: tuple[LeftOut, ...]
    notices: tuple[str, ...]


Match = Literal["matched", "doubtful", "unmatched"]


class Aligned(Record):
    """A row beside the indicator that is nearest to it.

    Attributes:
        likeness: Of the two texts, from 0 to 1.
        reason: Why it was matched, or not.
        id: Under which id the row stands in the skeleton.
    """

    row: TableRow
    match: Match
    id: str
    indicator: str | None
    indicator_title: str
    likeness: Fraction
    reason: str
    by_person: bool = False


class Alignment(Record):
    """Every row of a table, in its order, and the indicators of the ruleset that no row was matched with."""

    against: str | None
    rows: tuple[Aligned, ...]
    unmet: tuple[tuple[str, str], ...] = ()
