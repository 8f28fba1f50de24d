"""Tables in XLSX, DOCX and HTML → grids in which merged cells are filled.

In: bytes and a name. Out: grids, or the problem that hinders reading. Every cell keeps its place in the file.
"""

import re
from collections.abc import Callable
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from engine.file_kinds import DOCX
from engine.file_kinds import HTML
from engine.file_kinds import KINDS
from engine.file_kinds import XLSX
from engine.file_kinds import decoded
from engine.file_kinds import kind_of
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.scaffold import Grid
from engine.models.scaffold import GridCell
from engine.office_texts import docx_text
from engine.packed_files import Package
from engine.packed_files import UnreadableError
from engine.packed_files import tag_of
from engine.packed_files import value_of
from engine.workbooks import cells_of
from engine.workbooks import merged_in
from engine.workbooks import open_workbook

MOST_BYTES = 50_000_000
# No table of indicators is wider or longer; a span that says so is an error or meant to fill the memory.
MOST_ROWS, MOST_COLUMNS = 20_000, 100
Spanned = tuple[str, int, int]
ADVICE = "请另存为 xlsx、docx 或 html；PDF 里的表先转成 Excel"


def read_grids(content: bytes, name: str) -> tuple[tuple[Grid, ...], list[Problem]]:
    """Read every table of a file."""
    place = Place(file=name)
    if len(content) > MOST_BYTES:
        return (), [problem("FILE_TOO_LARGE", place, f"文件有{len(content)}字节", "请只留指标表那一部分")]
    try:
        kind = kind_of(content, name)
        if kind not in READERS:
            return (), [problem("TABLE_FILE", place, f"这是{KINDS[kind]}，读不出表格", ADVICE)]
        grids = tuple(_of_a_size(grid) for grid in READERS[kind](content) if grid.rows)
    except UnreadableError as trouble:
        return (), [problem("TABLE_FILE", place, trouble.found, ADVICE)]
    except Exception as error:  # noqa: BLE001 - whatever a library raises on a damaged file
        return (), [problem("TABLE_FILE", place, f"读到一半读不下去（{type(error).__name__}）", ADVICE)]
    if not grids:
        return (), [problem("TABLE_FILE", place, "文件里没有表格", "请核对是不是传错了文件；要的是指标表")]
    return grids, []


def _of_a_size(grid: Grid) -> Grid:
    """Refuse what is too large to be such a table, rather than read a part of it."""
    if len(grid.rows) > MOST_ROWS or len(grid.rows[0]) > MOST_COLUMNS:
        raise UnreadableError("TABLE_FILE", f"{grid.place}超过{MOST_ROWS}行或{MOST_COLUMNS}列，不像指标表")
    return grid


# --- xlsx -------------------------------------------------------------------------------------------------------------


def _xlsx_grids(content: bytes) -> Iterator[Grid]:
    book = open_workbook(content, Package(content))
    for sheet in book.worksheets:
        cells = {(cell.row, cell.column): cell for cell in cells_of(sheet)}
        texts = {at: GridCell(cell.text, f"{sheet.title}!{cell.address}") for at, cell in cells.items()}
        for top, left, bottom, right in merged_in(sheet):
            first = texts.get((top, left), GridCell("", f"{sheet.title}!第{top}行"))
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    texts[row, column] = first._replace(own=(row, column) == (top, left))
        if texts:
            yield Grid(sheet.title, _filled(texts, sheet.title))


def _filled(texts: dict[tuple[int, int], GridCell], place: str) -> tuple[tuple[GridCell, ...], ...]:
    last_row = min(max(row for row, _ in texts), MOST_ROWS + 1)
    last_column = min(max(column for _, column in texts), MOST_COLUMNS + 1)
    return tuple(
        tuple(texts.get((row, column), GridCell("", f"{place}!第{row}行")) for column in range(1, last_column + 1))
        for row in range(1, last_row + 1)
    )


# --- docx -------------------------------------------------------------------------------------------------------------


def _docx_grids(content: bytes) -> Iterator[Grid]:
    tree = Package(content).tree("word/document.xml")
    for number, table in enumerate((one for one in tree.iter() if tag_of(one) == "tbl"), start=1):
        yield _docx_grid(table, f"表{number}")


def _docx_grid(table: Any, place: str) -> Grid:
    """A cell that goes on with the one above bears its text; a cell of several columns bears its own in each."""
    rows: list[tuple[GridCell, ...]] = []
    for at, row in enumerate((one for one in table if tag_of(one) == "tr"), start=1):
        cells: list[GridCell] = []
        for cell in (one for one in row if tag_of(one) == "tc"):
            span, goes_on = _docx_span(cell)
            text = "\n".join(docx_text(one) for one in cell.iter() if tag_of(one) == "p")
            here = GridCell(text.strip(), f"{place}第{at}行第{len(cells) + 1}格")
            if goes_on and rows and len(cells) < len(rows[-1]):
                here = rows[-1][len(cells)]._replace(own=False)
            cells += [here, *[here._replace(own=False)] * (span - 1)]
        rows.append(tuple(cells))
    return Grid(place, _evened(rows, place))


def _docx_span(cell: Any) -> tuple[int, bool]:
    """Over how many columns a cell reaches, and whether it goes on with the one above."""
    properties = next((one for one in cell if tag_of(one) == "tcPr"), ())
    span, goes_on = 1, False
    for one in properties:
        value = value_of(one, "val") or ""
        if tag_of(one) == "gridSpan" and value.isdigit():
            span = min(max(1, int(value)), MOST_COLUMNS)
        if tag_of(one) == "vMerge":
            goes_on = value != "restart"
    return span, goes_on


def _evened(rows: list[tuple[GridCell, ...]], place: str) -> tuple[tuple[GridCell, ...], ...]:
    widest = max((len(row) for row in rows), default=0)
    return tuple(
        (*row, *(GridCell("", f"{place}第{at}行第{column + 1}格") for column in range(len(row), widest)))
        for at, row in enumerate(rows, start=1)
    )


# --- html -------------------------------------------------------------------------------------------------------------


class _Tables(HTMLParser):
    """The tables of a page as rows of spanned cells; a table within a table is one of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Spanned]]] = []
        self._open: list[list[list[Spanned]]] = []
        self._cell: list[tuple[list[str], int, int] | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell; what was not closed is closed."""
        if tag == "table":
            self.tables.append([])
            self._open.append(self.tables[-1])
            self._cell.append(None)
        elif not self._open:
            return
        elif tag == "tr":
            self._close_cell()
            self._open[-1].append([])
        elif tag in ("td", "th"):
            self._close_cell()
            told = {key: value or "" for key, value in attrs}
            self._cell[-1] = ([], _span(told.get("rowspan"), MOST_ROWS), _span(told.get("colspan"), MOST_COLUMNS))
        elif tag in ("br", "p", "div", "li") and self._cell[-1] is not None:
            self._cell[-1][0].append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell or a table."""
        if not self._open:
            return
        if tag in ("td", "th", "tr"):
            self._close_cell()
        elif tag == "table":
            self._close_cell()
            self._open.pop()
            self._cell.pop()

    def handle_data(self, data: str) -> None:
        """Add to the cell that is open."""
        if self._cell and self._cell[-1] is not None:
            self._cell[-1][0].append(re.sub(r"\s+", " ", data))

    def _close_cell(self) -> None:
        cell = self._cell[-1]
        if cell is not None:
            if not self._open[-1]:
                self._open[-1].append([])
            text = re.sub(r" ?\n[ \n]*", "\n", "".join(cell[0])).strip()
            self._open[-1][-1].append((text, cell[1], cell[2]))
        self._cell[-1] = None


def _span(text: str | None, most: int) -> int:
    return min(max(1, int(text)), most) if text and text.strip().isdecimal() else 1


def _html_grids(content: bytes) -> Iterator[Grid]:
    page = _Tables()
    page.feed(decoded(content) or "")
    page.close()
    for number, table in enumerate(page.tables, start=1):
        yield _html_grid(table[: MOST_ROWS + 1], f"表{number}")


def _html_grid(table: list[list[Spanned]], place: str) -> Grid:
    filled: dict[tuple[int, int], GridCell] = {}
    for row, cells in enumerate(table):
        column = 0
        for at, (text, down, across) in enumerate(cells, start=1):
            while (row, column) in filled:
                column += 1
            here = GridCell(text, f"{place}第{row + 1}行第{at}格")
            for below in range(row, min(row + down, len(table))):
                for right in range(column, min(column + across, MOST_COLUMNS + 1)):
                    filled.setdefault((below, right), here._replace(own=(below, right) == (row, column)))
            column += across
    widest = max((column for _, column in filled), default=-1) + 1
    rows = [
        tuple(filled.get((row, column), GridCell("", f"{place}第{row + 1}行")) for column in range(widest))
        for row in range(len(table))
    ]
    return Grid(place, tuple(row for row in rows if row))


READERS: dict[str, Callable[[bytes], Iterator[Grid]]] = {XLSX: _xlsx_grids, DOCX: _docx_grids, HTML: _html_grids}
