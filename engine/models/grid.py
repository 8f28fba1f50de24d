"""The nouns of a spreadsheet file as it was read: sheets of cells, each with what kind of thing stands in it."""

from typing import Literal
from typing import NamedTuple

from engine.models.record import Place

CellKind = Literal["text", "number", "date", "boolean", "formula", "error"]


class Cell(NamedTuple):
    """One cell that is not empty.

    Attributes:
        text: What stands in it: a number as its shortest decimal, a date as ISO, a formula as it was written.
        percent: Whether a number is shown as a percentage; the text then already carries the sign.
    """

    kind: CellKind
    text: str
    percent: bool = False


class Grid(NamedTuple):
    """One sheet: cells by row and column, both from 1."""

    name: str
    cells: dict[tuple[int, int], Cell]


class Book(NamedTuple):
    """One spreadsheet file."""

    file: str
    sheets: dict[str, Grid]


def cell_name(row: int, column: int) -> str:
    """The name of a cell.

    >>> cell_name(8, 6), cell_name(1, 28)
    ('F8', 'AB1')
    """
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row}"


def cell_place(file: str, sheet: str, row: int = 0, column: int = 0) -> Place:
    """A place in a workbook: file, sheet and cell."""
    return Place(file=f"{file}!{sheet}!{cell_name(row, column)}" if row else f"{file}!{sheet}")
