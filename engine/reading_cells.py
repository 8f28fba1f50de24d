"""One sheet of a workbook that came back: heads found, rows as what stands under each key, cells as what they may mean.

A formula, an error and a truth where a number is asked for are refused with their cell. A number is its shortest decimal, a
date is ISO; everything else stays the text that was typed.
"""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from engine.form_sheets import ROW_HEAD
from engine.form_sheets import TRUTH
from engine.form_sheets import Column
from engine.hidden_characters import hidden_character
from engine.models import ruleset as model
from engine.models.exact import FIRST_YEAR
from engine.models.exact import LAST_YEAR
from engine.models.exact import rewritten_date
from engine.models.grid import Book
from engine.models.grid import Cell
from engine.models.grid import Grid
from engine.models.grid import cell_place
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Measure
from engine.quantities import normalised
from engine.shaping import nearest

# A value and the cell it was read from.
Entry = tuple[Any, Place]
# The heads stand under a title and explanations, never further down.
_HEADS_WITHIN = 10
_TRUTHS = {TRUTH[0]: True, TRUTH[1]: False}


class Filled(NamedTuple):
    """One row: its cells by key, where each key's column is, and in which something stood that was refused."""

    file: str
    sheet: str
    row: int
    cells: dict[str, Cell]
    columns: dict[str, int]
    refused: frozenset[str] = frozenset()

    def place(self, key: str) -> Place:
        """The cell of a key."""
        return cell_place(self.file, self.sheet, self.row, self.columns.get(key, 1))

    @property
    def first_place(self) -> Place:
        """The first cell in which anything stands."""
        return cell_place(self.file, self.sheet, self.row, min(self.columns[key] for key in self.cells))

    def any_of(self, *keys: str) -> bool:
        """Whether anything stands under one of some keys."""
        return any(key in self.cells and self.cells[key].text.strip() for key in keys)


def rows_on(book: Book, name: str, columns: tuple[Column, ...], problems: list[Problem]) -> list[Filled] | None:
    """The rows of one sheet under its heads, blank ones left out; ``None`` where it cannot be read at all."""
    grid = book.sheets.get(name)
    if grid is None:
        remedy = nearest(name, book.sheets) or "请从模板重新填，不要删表、改表名"
        problems.append(problem("WORKBOOK_SHEET", Place(file=book.file), f"没有工作表「{name}」", remedy))
        return None
    head_row, at = _heads(grid, columns)
    missing = [column.head for column in columns if column.key not in at]
    if missing:
        problems.append(_missing_heads(book, grid, head_row, missing, columns))
        return None
    keys = {number: key for key, number in at.items()}
    rows: dict[int, dict[str, Cell]] = {}
    refused: dict[int, set[str]] = {}
    for (row, column), cell in sorted(grid.cells.items()):
        if row <= head_row or not cell.text.strip() and cell.kind == "text":
            continue
        place, key = cell_place(book.file, name, row, column), keys.get(column)
        if key is None:
            problems.append(problem("WORKBOOK_STRAY", place, f"写在了表外：「{cell.text[:30]}」", "请写进备注，或删去"))
        elif (refusal := _not_plain(cell, place)) is not None:
            problems.append(refusal)
            rows.setdefault(row, {})
            refused.setdefault(row, set()).add(key)
        else:
            rows.setdefault(row, {})[key] = cell
    filled = (
        Filled(book.file, name, row, cells, at, frozenset(refused.get(row, ()))) for row, cells in sorted(rows.items())
    )
    return [one for one in filled if set(one.cells) - {ROW_HEAD} or one.refused]


def _heads(grid: Grid, columns: tuple[Column, ...]) -> tuple[int, dict[str, int]]:
    """The row that holds most of the heads, and the column of each."""
    heads = {column.head: column.key for column in columns}
    found: dict[int, dict[str, int]] = {}
    for (row, column), cell in sorted(grid.cells.items()):
        key = heads.get(cell.text.strip())
        if row <= _HEADS_WITHIN and key is not None:
            found.setdefault(row, {}).setdefault(key, column)
    row = max(found, key=lambda number: (len(found[number]), -number), default=0)
    return row, found.get(row, {})


def _missing_heads(book: Book, grid: Grid, row: int, missing: list[str], columns: tuple[Column, ...]) -> Problem:
    """Which head is gone, and what stands in its place."""
    heads = {column.head for column in columns}
    strange = {
        cell.text.strip(): column
        for (at, column), cell in sorted(grid.cells.items())
        if at == row and cell.text.strip() not in heads
    }
    changed = next(iter(strange), "")
    place = cell_place(book.file, grid.name, row, strange[changed]) if changed else cell_place(book.file, grid.name)
    found = f"列名「{missing[0]}」不见了" + (f"，这里是「{changed}」" if changed else "")
    rest = f"；一共少{len(missing)}列" if len(missing) > 1 else ""
    return problem("WORKBOOK_HEAD", place, found + rest, f"请把列名改回「{missing[0]}」；列可以调先后，不能删、不能改名")


def _not_plain(cell: Cell, place: Place) -> Problem | None:
    if cell.kind == "formula":
        return problem(
            "CELL_FORMULA", place, f"填的是公式「{cell.text[:60]}」", "请直接填结果：选中这一格，复制，选择性粘贴为数值"
        )
    if cell.kind == "error":
        return problem("CELL_ERROR", place, f"是出错的值「{cell.text or '错误'}」", "请填真实的数；不知道就空着")
    hidden = hidden_character(cell.text)
    if hidden is not None:
        found = f"含有不可见的控制字符 U+{ord(hidden):04X}"
        return problem("FILE_CONTROL_CHARACTER", place, found, "请删去这个字符，多半是从别处粘贴带来的")
    return None


# --- single cells -----------------------------------------------------------------------------------------------------


def read_text(filled: Filled, key: str, problems: list[Problem]) -> str | None:
    """A text as it was typed, without blanks around it; a truth is refused."""
    cell = filled.cells.get(key)
    if cell is None:
        return None
    if cell.kind == "boolean":
        problems.append(_a_truth(cell, filled.place(key)))
        return None
    return cell.text.strip() or None


def _a_truth(cell: Cell, place: Place) -> Problem:
    shown = cell.text.upper()
    return problem("CELL_BOOLEAN", place, f"这里要数或文字，现为真假值 {shown}", "请填数；要填是否的，从下拉框里选")


def read_truth(filled: Filled, key: str, problems: list[Problem]) -> bool | None:
    """A yes or no, as the word or as the spreadsheet's own."""
    cell = filled.cells.get(key)
    if cell is None:
        return None
    if cell.kind == "boolean":
        return cell.text == "true"
    if cell.text.strip() in _TRUTHS:
        return _TRUTHS[cell.text.strip()]
    found = f"「{cell.text.strip()}」不是“是”也不是“否”"
    problems.append(problem("CELL_CHOICE", filled.place(key), found, "只填 是 或 否；不知道就空着"))
    return None


def read_choice(filled: Filled, key: str, words: Mapping[str, str], problems: list[Problem]) -> str | None:
    """One of a list of words, as the code behind it; the code itself is as good."""
    text = read_text(filled, key, problems)
    if text is None or text in words.values():
        return text
    if text in words:
        return words[text]
    remedy = nearest(text, words) or f"请从下拉框里选：{'、'.join(words)}"
    problems.append(problem("CELL_CHOICE", filled.place(key), f"「{text}」不在可选项里", remedy))
    return None


def read_day(filled: Filled, key: str, problems: list[Problem], words: Iterable[str] = ()) -> str | None:
    """A date as precisely as it was written: a date cell, a year, or a text; one of ``words`` is let through."""
    cell = filled.cells.get(key)
    if cell is None or cell.kind == "text" and cell.text.strip() in words:
        return None if cell is None else cell.text.strip()
    return _day(cell, filled.place(key), problems)


def _day(cell: Cell, place: Place, problems: list[Problem]) -> str | None:
    if cell.kind == "boolean":
        problems.append(_a_truth(cell, place))
        return None
    if cell.kind == "number" and not (cell.text.isdigit() and FIRST_YEAR <= int(cell.text) <= LAST_YEAR):
        found = f"这里要日期，现为数 {cell.text}"
        problems.append(problem("CELL_NUMBER", place, found, "请写成 2023-03-09；是日期的，把这一格的格式改成日期或文本"))
        return None
    text = cell.text.strip()
    return rewritten_date(text) or normalised(text) or None


def read_value(filled: Filled, measure: Measure | None, problems: list[Problem]) -> str | bool | None:
    """A value the way its measure is reported; ``measure`` is ``None`` for an element.

    Whether it can count is for admission to say.
    """
    cell = filled.cells.get("value")
    if cell is None:
        return None
    place = filled.place("value")
    if measure is None or isinstance(measure, model.Chosen) and measure.kind == "boolean":
        return cell.text == "true" if cell.kind == "boolean" else _TRUTHS.get(cell.text.strip(), cell.text.strip() or None)
    if cell.kind == "boolean":
        problems.append(_a_truth(cell, place))
        return None
    if isinstance(measure, model.Dated):
        return _day(cell, place, problems) if cell.kind != "text" else cell.text.strip() or None
    if cell.kind == "date":
        found = f"这里要数，现为日期 {cell.text}"
        remedy = "表格软件把 3/13 一类的数变成了日期；请把这一格的格式改成文本，重新填"
        problems.append(problem("CELL_DATE", place, found, remedy))
        return None
    return cell.text.strip() or None


def ids_of(text: str | None, marks: str = "；;、，, \t\n") -> tuple[str, ...]:
    """Several words in one cell.

    >>> ids_of("E-1；E-2，E-3")
    ('E-1', 'E-2', 'E-3')
    """
    pieces = re.split(f"[{re.escape(marks)}]+", text or "")
    return tuple(piece.strip() for piece in pieces if piece.strip())
