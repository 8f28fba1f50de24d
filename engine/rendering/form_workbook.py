"""A form in sheets of texts → the bytes of an .xlsx workbook to be filled in, the same for the same form (填报工作簿).

Grey cells are locked, yellow ones are filled in. Cells to be filled in are formatted as text: nothing that is typed becomes
a date, a fraction or a formula on its own.
"""

import io
import unicodedata
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from engine.form_sheets import EVIDENCE
from engine.form_sheets import GUIDE
from engine.form_sheets import LISTS
from engine.form_sheets import META
from engine.form_sheets import WANTED
from engine.form_sheets import Column
from engine.form_sheets import FormSheet
from engine.form_sheets import SheetRow
from engine.form_sheets import choices_of
from engine.form_sheets import form_sheets
from engine.form_sheets import meta_rows
from engine.models.form import Form
from engine.models.form import Stencil
from engine.models.ruleset import Ruleset
from engine.rendering.spreadsheet import NO_DAY
from engine.rendering.words import DISCLAIMER
from engine.sources import canonical_bytes
from engine.sources import sha256_of

_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_LINED = {"border": 1, "border_color": "#B8C0CC", "text_wrap": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#1F3A5F"},
    "note": {"font_color": "#475467", "text_wrap": True},
    "head": {**_LINED, "bold": True, "align": "center", "bg_color": "#1F3A5F", "font_color": "#FFFFFF"},
    "head_fill": {**_LINED, "bold": True, "align": "center", "bg_color": "#B7791F", "font_color": "#FFFFFF"},
    "grey": {**_LINED, "bg_color": "#EEF0F3"},
    "closed": {**_LINED, "bg_color": "#EEF0F3", "font_color": "#667085"},
    "code": {**_LINED, "bg_color": "#EEF0F3", "font_color": "#667085", "font_size": 8},
    "fill": {**_LINED, "bg_color": "#FFF9DB", "num_format": "@", "locked": False},
    "fill_line": {**_LINED, "bg_color": "#FFF9DB", "num_format": "@", "locked": False, "text_wrap": False},
    "value": {**_LINED, "bg_color": "#FFEFA8", "num_format": "@", "locked": False, "bold": True, "align": "center"},
    "below": {"text_wrap": True, "num_format": "@", "locked": False},
    "plain": {"text_wrap": True, "valign": "top"},
    "strong": {"bold": True, "font_color": "#1F3A5F", "valign": "top"},
}
_HEAD_ROW, _LINE, _MOST_LINES = 3, 15, 8
# Nobody reads these to the end; they take no second line.
_ONE_LINE = {"sha256"}
# As many characters can still be read across a landscape A4; wider sheets go over several pages.
_PRINTED = 140
_PROTECTION = {"format_columns": True, "format_rows": True, "insert_rows": True, "sort": True, "autofilter": True}
_TITLES = {
    "count": ("应填件数、人数", "填不小于0的整数；大概的数写 300余、约1.5万"),
    "amount": ("应填数额", "填不小于0的数；大概的数写 约1.5万"),
    "rate": ("应填率", "写成 96.5%、95%以上 或 3/13，不超过100%；不要写 0.965"),
    "date": ("应填日期", "写成 2023-03-09；只知道年月的写 2023-03"),
}


def write_form(form: Form, ruleset: Ruleset) -> bytes:
    """Write the workbook of one form. Texts stay texts: nothing in them becomes a formula or a link."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(content, options)
    whole = form.stencil.head.unit.name
    title = f"{whole} {form.name} 填报工作簿" if form.stencil.member else f"{whole}本级 填报工作簿"
    workbook.set_properties({"created": NO_DAY, "title": title, "comments": DISCLAIMER})
    looks = {name: workbook.add_format({**_FONT, **look}) for name, look in _LOOKS.items()}
    sheets = form_sheets(form, ruleset)
    guide = workbook.add_worksheet(GUIDE)
    lists = choices_of(form, ruleset)
    for sheet in sheets:
        _write_sheet(workbook.add_worksheet(sheet.name), sheet, looks, lists)
    _write_lists(workbook, workbook.add_worksheet(LISTS), lists)
    _write_meta(workbook.add_worksheet(META), form.stencil)
    _write_guide(guide, title, form, sheets, looks)
    workbook.close()
    return content.getvalue()


def _write_guide(
    worksheet: Worksheet, title: str, form: Form, sheets: tuple[FormSheet, ...], looks: dict[str, Format]
) -> None:
    head, rules = form.stencil.head, form.stencil.rules
    filled = sum(one.fact is not None for one in form.asked)
    lines = [
        ("填报单位", form.name if form.stencil.member else f"{form.name}（本级）"),
        ("评估期", f"{head.period.from_}至{head.period.to}；评判日{head.as_of}"),
        ("规则", f"{rules.id} 修订{rules.revision}（{rules.digest[:16]}）；{DISCLAIMER}"),
        ("要填多少", f"{len(form.asked)}行，已经报过{filled}行；应交材料{len(form.slots)}项，已经登记{len(form.items)}件"),
        ("怎么填", "黄色格填写，灰色格勿改；鼠标停在填报值上，看怎么数和上期的数。行的先后可以调，编号不能改。"),
        ("不知道的", "空着，按没有报算，不会当作0。不要写“待补”“X”。"),
        ("没有发生的", "填 0（要素填“否”），另附签字的零报告。空着不等于没有发生。"),
        ("大概的数", "照实写 300余件、约1.5万、95%以上；不要凑成整数。"),
        ("不是本期的数", "填数据起、止；四年累计的数不能当本期的数。"),
        ("材料", "先在“佐证”表登记，再把编号写到“佐证编号”。只有名称、没有文件也没有公开网址的，不算材料。"),
        (
            "不要做的",
            "不要写公式、宏、外部链接；不要增删列；不要改工作表的名字。Excel、WPS、LibreOffice 都能填，存成 xlsx 或 ods。",
        ),
        ("填好以后", "把这份文件交回专班。导入时逐格检查，错在哪个表哪一格都会说，原文件不会被改动。"),
    ]
    worksheet.set_column(0, 0, 34, looks["strong"])
    worksheet.set_column(1, 1, 84, looks["plain"])
    worksheet.set_row(0, 34)
    worksheet.write_string(0, 0, title, looks["title"])
    row = 2
    for word, text in [*lines, ("", ""), *((sheet.name, _described(sheet)) for sheet in sheets)]:
        worksheet.write_string(row, 0, word, looks["strong"])
        worksheet.write_string(row, 1, text, looks["plain"])
        worksheet.set_row(row, _LINE * _lines(text, 84) + 5)
        row += 1
    worksheet.protect("", {"select_locked_cells": True})
    _print_setup(worksheet, portrait=True)


def _described(sheet: FormSheet) -> str:
    rows = f"{len(sheet.rows)}行" if sheet.name != EVIDENCE else ""
    return f"{sheet.title}{'，' if rows else ''}{rows}" + ("，只看不填" if sheet.name == WANTED else "")


def _write_sheet(
    worksheet: Worksheet, sheet: FormSheet, looks: dict[str, Format], lists: dict[str, tuple[str, ...]]
) -> None:
    worksheet.set_row(0, 28)
    worksheet.write_string(0, 0, sheet.title, looks["title"])
    _write_notes(worksheet, sheet, looks)
    for at, column in enumerate(sheet.columns):
        # Rows below those laid out may be filled in too.
        worksheet.set_column(at, at, column.width, looks["below"] if column.fill else None)
        worksheet.write_string(_HEAD_ROW, at, column.head, looks["head_fill" if column.fill else "head"])
    worksheet.set_row(_HEAD_ROW, _LINE * max(_lines(column.head, column.width) for column in sheet.columns) + 8)
    for number, row in enumerate(sheet.rows, start=_HEAD_ROW + 1):
        lines = max(_lines(row.cells[column.key], column.width) for column in sheet.columns if column.key not in _ONE_LINE)
        worksheet.set_row(number, _LINE * min(lines, _MOST_LINES) + 5)
        for at, column in enumerate(sheet.columns):
            worksheet.write_string(number, at, row.cells[column.key], looks[_look(column, row)])
            if column.key == "value" and row.comment and column.key not in row.closed:
                size = {"x_scale": 2.2, "y_scale": 0.35 + 0.2 * _lines(row.comment, 40), "author": "fazhi"}
                worksheet.write_comment(number, at, row.comment, size)
    _restrict(worksheet, sheet, lists)
    last = _HEAD_ROW + len(sheet.rows)
    everywhere = f"A{_HEAD_ROW + 2}:{xl_col_to_name(len(sheet.columns) - 1)}{last + 1}"
    worksheet.ignore_errors({"number_stored_as_text": everywhere})
    worksheet.freeze_panes(_HEAD_ROW + 1, sheet.frozen)
    worksheet.autofilter(_HEAD_ROW, 0, last, len(sheet.columns) - 1)
    worksheet.repeat_rows(_HEAD_ROW)
    worksheet.protect("", _PROTECTION)
    width = sum(column.width for column in sheet.columns)
    _print_setup(worksheet, portrait=width < 100, across=max(1, round(width / _PRINTED)))
    worksheet.repeat_columns(0, max(0, sheet.frozen - 1))


def _write_notes(worksheet: Worksheet, sheet: FormSheet, looks: dict[str, Format]) -> None:
    """The explanations in one cell over as many columns as a screen shows."""
    text = "\n".join(sheet.notes)
    width, last = 0, 0
    for at, column in enumerate(sheet.columns):
        width, last = width + column.width, at
        if width >= 110:
            break
    if last:
        worksheet.merge_range(1, 0, 1, last, text, looks["note"])
    else:
        worksheet.write_string(1, 0, text, looks["note"])
    worksheet.set_row(1, _LINE * sum(_lines(note, width) for note in sheet.notes) + 5)


def _look(column: Column, row: SheetRow) -> str:
    if column.head.endswith("（勿改）") and column.key == "id":
        return "code"
    if not column.fill:
        return "grey"
    if column.key in row.closed:
        return "closed"
    if column.key in _ONE_LINE:
        return "fill_line"
    return "value" if column.key == "value" else "fill"


def _lines(text: str, width: int) -> int:
    """How many lines a text takes, a Chinese character being two units wide."""
    return sum(
        max(1, -(-sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) // max(2, width - 2)))
        for line in text.split("\n")
    )


# --- what may be filled in --------------------------------------------------------------------------------------------


def _restrict(worksheet: Worksheet, sheet: FormSheet, lists: dict[str, tuple[str, ...]]) -> None:
    first, last = _HEAD_ROW + 1, _HEAD_ROW + len(sheet.rows)
    for at, column in enumerate(sheet.columns):
        if column.key == "value":
            for number, row in enumerate(sheet.rows, start=first):
                if rule := _rule_of(row, f"{xl_col_to_name(at)}{number + 1}", lists):
                    worksheet.data_validation(number, at, number, at, rule)
        elif column.choices in lists and sheet.rows:
            worksheet.data_validation(first, at, last, at, _chosen(column.choices, strict=column.choices != "slots"))


def _chosen(name: str, *, strict: bool) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": f"=list_{name}",
        "ignore_blank": True,
        "show_error": strict,
        "error_title": "不在可选项里",
        "error_message": "请从下拉框里选；不知道就空着",
    }


def _rule_of(row: SheetRow, cell: str, lists: dict[str, tuple[str, ...]]) -> dict[str, Any] | None:
    """What a value may be. Words like 约、以上、余 are let through: the import reads them."""
    if row.wants in lists:
        return _chosen(row.wants, strict=True)
    if row.wants not in _TITLES:
        return None
    number = f'VALUE(SUBSTITUTE({cell},"，",""))'
    is_rate = f'COUNT(FIND("%",{cell}),FIND("/",{cell}))>0'
    allowed = {
        "count": f"IFERROR(AND({number}>=0,{number}=INT({number})),TRUE)",
        "amount": f"IFERROR({number}>=0,TRUE)",
        "rate": f"IFERROR(AND({number}>=0,{number}<=1,{is_rate}),TRUE)",
        "date": f"LEN({cell})>=4",
    }[row.wants]
    title, message = _TITLES[row.wants]
    return {
        "validate": "custom",
        "value": f"={allowed}",
        "ignore_blank": True,
        "error_type": "warning" if row.wants == "rate" else "stop",
        "error_title": title,
        "error_message": message,
    }


def _write_lists(workbook: Any, worksheet: Worksheet, lists: dict[str, tuple[str, ...]]) -> None:
    """The lists on a sheet of their own: a list written into the rule itself may hold 255 characters only."""
    for at, (name, words) in enumerate(lists.items()):
        column = xl_col_to_name(at)
        for row, word in enumerate(words):
            worksheet.write_string(row, at, word)
        workbook.define_name(f"list_{name}", f"='{LISTS}'!${column}$1:${column}${len(words)}")
    worksheet.protect()
    worksheet.hide()


def _write_meta(worksheet: Worksheet, stencil: Stencil) -> None:
    content = canonical_bytes(stencil)
    for row, (name, text) in enumerate(meta_rows(stencil, sha256_of(content), content.decode())):
        worksheet.write_string(row, 0, name)
        worksheet.write_string(row, 1, text)
    worksheet.protect()
    worksheet.hide()


def _print_setup(worksheet: Worksheet, *, portrait: bool, across: int = 1) -> None:
    if portrait:
        worksheet.set_portrait()
    else:
        worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(across, 0)
    worksheet.set_footer(f"&L{DISCLAIMER}&C&A&R第 &P 页，共 &N 页")
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    worksheet.hide_gridlines(2)
