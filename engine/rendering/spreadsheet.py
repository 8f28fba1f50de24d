"""A workbook in memory → the bytes of an .xlsx file, the same for the same workbook. This is the only door to XlsxWriter."""

import io
import unicodedata
from datetime import datetime
from fractions import Fraction
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from engine.rendering.recompute.cells import Book
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Plain
from engine.rendering.recompute.cells import Sheet
from engine.rendering.words import DISCLAIMER

# No file may say when it was made: the same record gives the same bytes.
NO_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no time zones
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
_LINED = {"border": 1, "border_color": "#D0D5DD"}
_INPUT = {**_LINED, "bg_color": "#FFF7CC"}
_WHOLE, _FLAG, _YES = "#,##0", "0;-0;;@", '[=1]"是";[=0]"否";General'
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "valign": "vcenter"},
    "note": {"font_color": "#475467", "text_wrap": True, "align": "left", "valign": "vcenter"},
    "group": {
        "bold": True,
        "align": "center",
        "bg_color": "#1F3A5F",
        "font_color": "#FFFFFF",
        "border": 1,
        "border_color": "#FFFFFF",
    },
    "head": {**_LINED, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#E4EAF2"},
    "": {},
    "blank": {**_LINED},
    "id": {**_LINED, "bold": True},
    "text": {**_LINED, "align": "left", "indent": 1},
    "center": {**_LINED, "align": "center"},
    "wrap": {**_LINED, "text_wrap": True, "align": "left", "indent": 1},
    "code": {**_LINED, "font_color": "#667085", "font_size": 9},
    "year": {**_LINED, "num_format": "0", "align": "center"},
    "int": {**_LINED, "num_format": _WHOLE},
    "points": {**_LINED, "num_format": _WHOLE},
    "result": {**_LINED, "num_format": "0.000"},
    "rate": {**_LINED, "num_format": "#,##0.####", "font_color": "#1F3A5F"},
    "percent": {**_LINED, "num_format": "0.##%", "font_color": "#1F3A5F"},
    "day": {**_LINED, "num_format": "yyyy-mm-dd", "align": "right", "font_color": "#1F3A5F"},
    "yes": {**_LINED, "num_format": _YES, "align": "right", "font_color": "#1F3A5F"},
    "flag": {**_LINED, "num_format": _FLAG, "align": "center"},
    "verdict": {**_LINED, "num_format": _YES, "align": "center"},
    "agreement": {**_LINED, "align": "center", "bold": True},
    "input": {**_INPUT, "num_format": "#,##0.####"},
    "input_int": {**_INPUT, "num_format": _WHOLE},
    "input_rate": {**_INPUT, "num_format": "0.##%"},
    "input_date": {**_INPUT, "num_format": "yyyy-mm-dd", "align": "right"},
    "input_yes": {**_INPUT, "num_format": _YES, "align": "right"},
    "input_flag": {**_INPUT, "num_format": "0", "align": "center"},
    "input_text": {**_INPUT, "align": "center"},
    "strong": {**_LINED, "align": "left", "indent": 1, "bold": True, "text_wrap": True},
    "warning": {**_LINED, "align": "left", "indent": 1, "bold": True, "font_color": "#B42318", "text_wrap": True},
}
# What stands under these heads is for those who follow every step: folded away until the + above is clicked.
_FOLDED = {
    "整数算",
    "换成整数之比",
    "现值（整数之比）",
    "份额（整数之比）",
    "本部分（份）",
    "计入指标",
    "份额（分子与分母）",
    "最大余数法",
    "取最低时用",
}
_WIDE, _NOTE_WIDTH, _MOST_LINES = "WFA", 120, 10
_AGREES = (
    ("一致", {"bg_color": "#DCFAE6", "font_color": "#085D3A"}),
    ("不一致", {"bg_color": "#FEE4E2", "font_color": "#912018"}),
)


def write_workbook(book: Book) -> bytes:
    """Write a whole workbook. Texts stay texts: nothing in them becomes a formula or a link."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(content, options)
    workbook.set_properties({"created": NO_DAY, "title": str(book.sheets[0].title), "comments": DISCLAIMER})
    formats = {name: workbook.add_format({**_FONT, **style}) for name, style in STYLES.items()}
    agrees = [(word, workbook.add_format(style)) for word, style in _AGREES]
    for sheet in book.sheets:
        worksheet = workbook.add_worksheet(sheet.name)
        _write_sheet(worksheet, sheet, formats)
        for at, column in enumerate(sheet.columns):
            if column.style == "agreement":
                for word, look in agrees:
                    rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
                    worksheet.conditional_format(sheet.head_row + 1, at, sheet.head_row + len(sheet.rows), at, rule)
    workbook.close()
    return content.getvalue()


def _write_sheet(worksheet: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    _write_cell(worksheet, sheet.top, formats)
    worksheet.set_row(0, 26)
    _write_notes(worksheet, sheet, formats)
    for at, column in enumerate(sheet.columns):
        folded = {"level": 1, "hidden": True} if column.group in _FOLDED else {}
        worksheet.set_column(at, at, column.width, formats[""], folded)
    last = len(sheet.columns) - 1
    if sheet.look == "table":
        _write_heads(worksheet, sheet, formats)
        worksheet.freeze_panes(sheet.head_row + 1, sheet.frozen)
        worksheet.autofilter(sheet.head_row, 0, sheet.head_row + len(sheet.rows), last)
        worksheet.repeat_rows(sheet.head_row)
    for row in sheet.rows:
        cells = zip(sheet.columns, row.cells.values(), strict=True)
        lines = [_lines(str(cell.cached), column.width) for column, cell in cells if STYLES[cell.style].get("text_wrap")]
        worksheet.set_row(row.number, 14 * min(_MOST_LINES, max(lines, default=1)) + 2)
        for cell in row.cells.values():
            _write_cell(worksheet, cell, formats)
    worksheet.set_landscape()
    worksheet.set_paper(9 if sum(column.width for column in sheet.columns if column.group not in _FOLDED) < 160 else 8)
    worksheet.fit_to_pages(1, 1 if sheet.look == "text" else 0)
    worksheet.set_footer(f"&L{DISCLAIMER}&C&A&R第 &P 页，共 &N 页")
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    worksheet.hide_gridlines(2)


def _write_notes(worksheet: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    """Lines of explanation, each over as many columns as are in sight at once."""
    width, last = 0, 0
    for at, column in enumerate(sheet.columns):
        width += 0 if column.group in _FOLDED else column.width
        last = at
        if width >= _NOTE_WIDTH:
            break
    for at, note in enumerate(sheet.notes, start=1):
        worksheet.merge_range(at, 0, at, last, note, formats["note"])
        worksheet.set_row(at, 14 * _lines(note, width) + 4)


def _write_heads(worksheet: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    """The heads of the columns, and above them the common head of those that belong together."""
    groups: list[tuple[str, int, int]] = []
    for at, column in enumerate(sheet.columns):
        worksheet.write_string(sheet.head_row, at, column.head, formats["head"])
        if groups and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1], at)
        else:
            groups.append((column.group, at, at))
    for name, first, last in groups:
        if name and first == last:
            worksheet.write_string(sheet.head_row - 1, first, name, formats["group"])
        elif name:
            worksheet.merge_range(sheet.head_row - 1, first, sheet.head_row - 1, last, name, formats["group"])
    in_sight = [column for column in sheet.columns if column.group not in _FOLDED]
    worksheet.set_row(sheet.head_row, 14 * max(_lines(column.head, column.width) for column in in_sight) + 6)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes, a Chinese character being two units wide."""
    units = sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)
    return max(1, -(-units // max(2, width - 1)))


def _write_cell(worksheet: Worksheet, cell: Cell, formats: dict[str, Format]) -> None:
    look = formats[cell.style]
    if isinstance(cell.content, Formula):
        worksheet.write_formula(cell.row, cell.column, cell.content.text(cell.sheet), look, _number(cell.cached))
    elif cell.content is None:
        worksheet.write_blank(cell.row, cell.column, None, look)
    elif isinstance(cell.content, str):
        worksheet.write_string(cell.row, cell.column, cell.content, look)
    else:
        worksheet.write_number(cell.row, cell.column, _number(cell.content), look)


def _number(value: Plain) -> Any:
    """A number as spreadsheets hold it: exact while it is whole and not too long."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value
