"""Sheets of cells, in memory: values and formulas that name each other, laid out by columns. Nothing is written here."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

Plain = int | Fraction | str | None


@dataclass(eq=False, slots=True)
class Cell:
    """One cell. It may be named before it is filled; ``cached`` is what its formula comes to."""

    sheet: str
    row: int
    column: int
    content: "Plain | Formula" = None
    style: str = ""
    cached: Plain = None

    @property
    def place(self) -> str:
        """Its place on its own sheet: G5."""
        return f"{letters_of(self.column)}{self.row + 1}"

    def seen_from(self, sheet: str) -> str:
        """How a formula on a sheet names it."""
        return self.place if sheet == self.sheet else f"'{self.sheet}'!{self.place}"


class Span(NamedTuple):
    """Cells of one column, from the first to the last."""

    cells: tuple[Cell, ...]

    def seen_from(self, sheet: str) -> str:
        """How a formula on a sheet names them."""
        first, last = self.cells[0], self.cells[-1]
        name = f"${letters_of(first.column)}${first.row + 1}:${letters_of(last.column)}${last.row + 1}"
        return name if sheet == first.sheet else f"'{first.sheet}'!{name}"


class Several(NamedTuple):
    """Cells here and there, as the arguments of one function."""

    cells: tuple[Cell, ...]

    def seen_from(self, sheet: str) -> str:
        """How a formula on a sheet names them."""
        return ",".join(cell.seen_from(sheet) for cell in self.cells)


Named = Cell | Span | Several | int


@dataclass(frozen=True, eq=False, slots=True)
class Formula:
    """A formula with holes, ``{a}*{b}``, and what stands in them."""

    template: str
    holes: dict[str, Named]

    def text(self, sheet: str) -> str:
        """The formula as it stands on a sheet."""
        filled = {name: str(hole) if isinstance(hole, int) else hole.seen_from(sheet) for name, hole in self.holes.items()}
        return "=" + self.template.format_map(filled)


def formula(template: str, **holes: Named) -> Formula:
    """Make a formula from a template and its holes."""
    return Formula(template, holes)


def letters_of(column: int) -> str:
    """The letters of a column, counted from 0.

    >>> letters_of(0), letters_of(26)
    ('A', 'AA')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


class Column(NamedTuple):
    """One column of a sheet: its head, how wide it is, how its cells look, and under which common head it stands."""

    key: str
    head: str
    width: int
    style: str = "text"
    group: str = ""


@dataclass(eq=False, slots=True)
class Sheet:
    """A table under a title and some lines of explanation.

    Attributes:
        top: The cell of the title; it may be a formula.
        frozen: How many columns at the left stay in sight.
        look: ``table`` has heads and a filter, ``text`` has neither.
    """

    name: str
    title: "str | Formula"
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    frozen: int = 1
    look: str = "table"
    rows: "list[Row]" = field(default_factory=list)
    top: Cell = field(init=False)

    def __post_init__(self) -> None:
        self.top = Cell(self.name, 0, 0, self.title, "title")

    @property
    def head_row(self) -> int:
        """The number of the row that holds the heads of the columns: below the title, the notes and the groups."""
        return 2 + len(self.notes)

    def add(self, **contents: "Plain | Formula") -> "Row":
        """Add a row at the end."""
        row = Row(self, self.head_row + 1 + len(self.rows))
        self.rows.append(row)
        for key, content in contents.items():
            row.put(key, content)
        return row

    def span(self, key: str, rows: "list[Row] | None" = None) -> Span:
        """A column's cells, over some neighbouring rows or all there are."""
        return Span(tuple(row[key] for row in (self.rows if rows is None else rows)))


class Row:
    """One row of a sheet; its cells go by the keys of the columns."""

    def __init__(self, sheet: Sheet, number: int) -> None:
        self.number = number
        self._styles = {column.key: column.style for column in sheet.columns}
        self.cells = {column.key: Cell(sheet.name, number, at, None, "blank") for at, column in enumerate(sheet.columns)}

    def __getitem__(self, key: str) -> Cell:
        return self.cells[key]

    def put(self, key: str, content: "Plain | Formula", style: str = "") -> Cell:
        """Fill a cell."""
        cell = self.cells[key]
        cell.content = content
        cell.style = style or self._styles[key]
        return cell


def together(rows: list[Row], key: str) -> Span | Several:
    """A column's cells over some rows: as a span where they are neighbours, else one by one."""
    neighbours = all(after.number - before.number == 1 for before, after in pairwise(rows))
    cells = tuple(row[key] for row in rows)
    return Span(cells) if neighbours else Several(cells)


class Book(NamedTuple):
    """A whole workbook."""

    sheets: tuple[Sheet, ...]

    def cells(self) -> Iterator[Cell]:
        """Every cell of it."""
        for sheet in self.sheets:
            yield sheet.top
            for row in sheet.rows:
                yield from row.cells.values()
