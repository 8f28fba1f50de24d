"""Workbooks of others, opened safely and read cell by cell (openpyxl): their values, whatever they are made of.

openpyxl itself unpacks bombs, reads DTDs and makes an object for every cell of a merged area: only what ``packed_files`` has
let through is opened, and no merged area larger than a sheet of paper could show.
"""

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from datetime import time
from typing import Any
from typing import NamedTuple

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils import range_boundaries

from engine.packed_files import Package
from engine.packed_files import UnreadableError

# A cell far below the last row would make a reader walk a million empty ones.
LAST_ROW, LAST_COLUMN = 100_000, 500
MOST_MERGED = 500_000

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)"')


class SheetCell(NamedTuple):
    """A cell with something in it."""

    row: int
    column: int
    text: str

    @property
    def address(self) -> str:
        """As a spreadsheet names it: B3."""
        return f"{get_column_letter(self.column)}{self.row}"


def open_workbook(content: bytes, package: Package) -> Any:
    """Open a workbook with the values that were last computed; formulas are never run. ``package`` is the same content."""
    for name in sorted(name for name in package.names if name.startswith("xl/worksheets/") and name.endswith(".xml")):
        areas = [range_boundaries(ref.decode()) for ref in _MERGED.findall(package.part(name))]
        if sum((right - left + 1) * (bottom - top + 1) for left, top, right, bottom in areas) > MOST_MERGED:
            raise UnreadableError("CHECK_TOO_LARGE", f"工作表 {name} 合并的单元格太多")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(content), data_only=True, keep_links=False)


def cells_of(sheet: Any) -> Iterator[SheetCell]:
    """Every cell that holds something, row by row."""
    for (row, column), cell in sorted(sheet._cells.items()):  # noqa: SLF001 - the only way past a million empty rows
        if row <= LAST_ROW and column <= LAST_COLUMN and cell.value is not None:
            yield SheetCell(row, column, written(cell.value))


def is_beyond(sheet: Any) -> bool:
    """Whether a sheet holds cells further down or right than is read."""
    return bool(sheet.max_row > LAST_ROW or sheet.max_column > LAST_COLUMN)


def merged_in(sheet: Any) -> list[tuple[int, int, int, int]]:
    """Merged areas: first row, first column, last row, last column."""
    return sorted((area.min_row, area.min_col, area.max_row, area.max_col) for area in sheet.merged_cells.ranges)


def written(value: Any) -> str:
    """A value as a person would write it."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
