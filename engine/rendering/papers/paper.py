"""What a report holds, whatever it is written as (一份报告): sections of text, tables, pictures. Nothing is written here."""

from collections.abc import Iterator
from typing import Literal
from typing import NamedTuple


class Column(NamedTuple):
    """One column: its head, how wide it is in Chinese characters, and whether it has room on a sheet of A4.

    What is not ``printed`` stands in workbooks, CSV and Markdown only.
    """

    head: str
    width: int
    right: bool = False
    printed: bool = True


class Table(NamedTuple):
    """A table under a title. ``name`` is short enough for the tab of a workbook."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    look: Literal["list", "matrix"] = "list"
    empty: str = "没有"

    def printed(self) -> "Table":
        """Only the columns that have room on paper."""
        kept = [at for at, column in enumerate(self.columns) if column.printed]
        rows = tuple(tuple(row[at] for at in kept) for row in self.rows)
        return self._replace(columns=tuple(self.columns[at] for at in kept), rows=rows)

    @property
    def wide(self) -> bool:
        """Whether it needs a sheet turned on its side."""
        return sum(column.width for column in self.columns) > 50


class Text(NamedTuple):
    """Paragraphs, or points of a list; ``small`` where a page must hold all."""

    lines: tuple[str, ...]
    look: Literal["body", "points", "note", "small"] = "body"


class Figure(NamedTuple):
    """A picture as SVG. Its numbers stand in a table nearby, for what cannot show it."""

    svg: str


Block = Text | Table | Figure


class Section(NamedTuple):
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]
    level: int = 1
    new_page: bool = False


class Paper(NamedTuple):
    """One whole report.

    Attributes:
        notice: What every page says: 内部试算，非评估结论，不得外引.
        assumed: The profile that was assumed, also on every page.
        about: What it was made from, by name.
        main: The table that a CSV file holds.
    """

    kind: str
    unit: str
    title: str
    notice: str
    assumed: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    main: Table

    def tables(self) -> Iterator[Table]:
        """Every table, in order."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Table))
