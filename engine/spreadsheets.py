"""A spreadsheet file that somebody filled in → its cells, nothing evaluated (openpyxl); ``workbooks`` reads strangers'."""

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from engine.models.grid import Book
from engine.models.grid import Cell
from engine.models.grid import Grid
from engine.models.grid import cell_place
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.opendocument import MAX_COLUMNS
from engine.opendocument import MAX_ROWS
from engine.opendocument import number_cell
from engine.opendocument import read_ods
from engine.packages import is_opendocument
from engine.packages import open_package

# A cell far down with something in it; a library would walk through a million empty rows to reach it.
_FAR_CELL = re.compile(rb"<c\s[^>]*?\br=\"[A-Z]{1,3}(\d{5,7})\"[^>]*?(?<!/)>")
# How a carriage return stands in a text; the library reads every other escape itself.
_RETURN = re.compile(r"_x000D_\n?")


def read_book(content: bytes, name: str) -> tuple[Book | None, list[Problem]]:
    """Read the cells of an .xlsx or .ods file, or say why not."""
    parts, problems = open_package(content, name)
    if problems:
        return None, problems
    try:
        grids = read_ods(parts["content.xml"]) if is_opendocument(parts) else _read_xlsx(content, parts)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, ParseError, InvalidFileException):
        found, remedy = "不是 xlsx 或 ods 工作簿，或内部结构坏了", "请用表格软件打开，另存为 xlsx 再交"
        return None, [problem("WORKBOOK_UNREADABLE", Place(file=name), found, remedy)]
    problems = [p for grid in grids for p in _too_far(grid, name)]
    return Book(name, {grid.name: grid for grid in grids}), problems


def _too_far(grid: Grid, name: str) -> Iterator[Problem]:
    far = [at for at in grid.cells if at[0] > MAX_ROWS or at[1] > MAX_COLUMNS]
    if far:
        place = cell_place(name, grid.name, *min(far))
        found = f"第{MAX_ROWS}行以下或第{MAX_COLUMNS}列以右还有内容"
        yield problem("WORKBOOK_TOO_LARGE", place, found, "请删去远处的内容；登记表太长的，拆成几份")


def _read_xlsx(content: bytes, parts: dict[str, bytes]) -> tuple[Grid, ...]:
    far = {part for part, xml in parts.items() if any(int(found[1]) > MAX_ROWS for found in _FAR_CELL.finditer(xml))}
    with warnings.catch_warnings():
        # What the library cannot keep on saving does not matter: nothing is ever saved.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return tuple(Grid(sheet.title, dict(_cells(sheet, beyond=_part_of(sheet) in far))) for sheet in book.worksheets)


def _part_of(sheet: Any) -> str:
    """In which part of the package a sheet stands; the library keeps it to itself."""
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def _cells(sheet: Any, *, beyond: bool) -> Iterator[tuple[tuple[int, int], Cell]]:
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS + 1):
        for cell in row:
            read = _cell(cell)
            if read is not None:
                yield (cell.row, cell.column), read
    if beyond:
        yield (MAX_ROWS + 1, 1), Cell("text", "…")


def _cell(cell: Any) -> Cell | None:
    value, kind = cell.value, cell.data_type
    if value is None or value == "":
        return None
    if kind == "f":
        return Cell("formula", str(value))
    if kind == "e":
        return Cell("error", str(value))
    if isinstance(value, bool):
        return Cell("boolean", "true" if value else "false")
    if isinstance(value, datetime | date):
        return Cell(
            "date", value.isoformat(sep=" ").removesuffix(" 00:00:00") if isinstance(value, datetime) else value.isoformat()
        )
    if isinstance(value, int | float):
        return number_cell(Decimal(repr(value)), percent="%" in re.sub(r'"[^"]*"|\\.', "", cell.number_format or ""))
    text = value if isinstance(value, str) else str(value)
    return Cell("text", _RETURN.sub("\n", text))
