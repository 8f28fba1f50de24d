"""A report as a workbook in memory: the texts on the first sheet, every table on one of its own, numbers as numbers."""

import re
from fractions import Fraction

from engine.rendering.papers.paper import Column as PaperColumn
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text
from engine.rendering.recompute.cells import Book
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Plain
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet

COVER = "说明"
_COVER_COLUMNS = (Column("name", "项", 24, "id"), Column("said", "内容", 110, "wrap"))
_WHOLE, _POINTS = re.compile(r"-?\d{1,15}"), re.compile(r"-?\d{1,12}\.\d{3}")
# What a tab may not hold, and how long its name may be (both limits of the format).
_NOT_IN_TABS, _LONGEST_TAB = re.compile(r"[\[\]:*?/\\']"), 31
_NARROWEST, _WIDEST = 7, 60


def paper_book(paper: Paper) -> Book:
    """Lay the report out in sheets."""
    sheets = [_cover(paper)]
    tables = tuple(paper.tables())
    for table in tables if paper.main in tables else (paper.main, *tables):
        sheets.append(_sheet(table, paper, {sheet.name for sheet in sheets}))
    return Book(tuple(sheets))


def _cover(paper: Paper) -> Sheet:
    sheet = Sheet(COVER, paper.title, (), _COVER_COLUMNS, look="text")
    _say(sheet, "性质", f"{paper.notice}。{paper.assumed}", "warning")
    for name, said in paper.about:
        _say(sheet, name, said)
    for section in paper.sections:
        _say_section(sheet, section)
    return sheet


def _say_section(sheet: Sheet, section: Section) -> None:
    """The texts of a section; of its tables, where they stand."""
    name = section.title
    for block in section.blocks:
        told = block.lines if isinstance(block, Text) else (f"见工作表「{block.name}」",) if isinstance(block, Table) else ()
        for line in told:
            _say(sheet, name, line)
            name = ""


def _say(sheet: Sheet, name: str, said: str, style: str = "") -> None:
    row = sheet.add()
    _put(row, "name", name)
    _put(row, "said", said, style)


def _put(row: Row, key: str, content: Plain, style: str = "") -> Cell:
    cell = row.put(key, content, style)
    cell.cached = content
    return cell


def _sheet(table: Table, paper: Paper, taken: set[str]) -> Sheet:
    columns = tuple(_column(at, column) for at, column in enumerate(table.columns))
    notes = (f"{paper.notice}。{paper.assumed}",)
    frozen = 2 if len(columns) > 8 else 1
    sheet = Sheet(_tab(table.name, taken), f"{paper.unit} {table.title}", notes, columns, frozen)
    for row in table.rows or ((table.empty, *[""] * (len(columns) - 1)),):
        made = sheet.add()
        for column, cell in zip(columns, row, strict=True):
            _put(made, column.key, *_typed(cell, column.style))
    return sheet


def _tab(name: str, taken: set[str]) -> str:
    """A name for a tab that no other sheet has."""
    tab = _NOT_IN_TABS.sub("", name)[:_LONGEST_TAB].strip() or "表"
    number = 2
    while tab in taken:
        tail = f"（{number}）"
        tab = f"{tab[: _LONGEST_TAB - len(tail)].split('（')[0]}{tail}"
        number += 1
    return tab


def _column(at: int, column: PaperColumn) -> Column:
    # A Chinese character takes two units of a column's width.
    width = min(_WIDEST, max(_NARROWEST, 2 * column.width + 2))
    return Column(f"c{at}", column.head, width, "right" if column.right else "wrap")


def _typed(cell: str, style: str) -> tuple[Plain, str]:
    """A number where it is one in a column of numbers; elsewhere text stays text, whatever it begins with."""
    if style != "right":
        return cell, style
    if _WHOLE.fullmatch(cell):
        return int(cell), "int"
    return (Fraction(cell), "result") if _POINTS.fullmatch(cell) else (cell, "center")
