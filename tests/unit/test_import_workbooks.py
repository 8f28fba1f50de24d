"""Workbooks that come back: what is refused, with its sheet and cell; what is read, to the last character."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.csv_cells import bare
from engine.csv_cells import guarded
from engine.forms import make_form
from engine.models.form import Form
from engine.models.grid import Book
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.ruleset import Ruleset
from engine.models.submission import Row
from engine.models.submission import Submission
from engine.models.submission import Table
from engine.rendering.form_workbook import write_form
from engine.rendering.submission_files import register_bytes
from engine.returned_forms import belong_together
from engine.returned_forms import fits_rules
from engine.returned_forms import read_returned
from engine.returned_forms import read_stencil
from engine.sources import canonical_bytes
from engine.sources import decode
from engine.sources import parse_csv
from engine.spreadsheets import read_book
from engine.submissions import load_submission

ROOT = Path(__file__).parents[2]
UNIT = "应急管理局"


@pytest.fixture(scope="module")
def county() -> Submission:
    submission, _ = load_submission(ROOT / "evidence_samples" / "demo-county")
    assert submission is not None
    return submission


@pytest.fixture(scope="module")
def template(county, ruleset) -> bytes:
    """The workbook of one department, with something on every sheet; of the registers not all, so that it is quickly edited."""
    form = make_form(ruleset, county, UNIT)
    asked = tuple(
        one for one in form.asked if one.line.sheet is None or one.line.sheet.split()[0] in ("表1", "表2", "表10", "表11")
    )
    stencil = form.stencil.model_copy(update={"lines": tuple(one.line for one in asked)})
    return write_form(form._replace(asked=asked, stencil=stencil), ruleset)


def problems_of(content: bytes, ruleset: Ruleset) -> list[Problem]:
    """Everything that is wrong with one workbook."""
    book, problems = read_book(content, "a.xlsx")
    if book is None or problems:
        return problems
    stencil, problems = read_stencil(book)
    if stencil is None:
        return problems
    if problems := fits_rules(book, stencil, ruleset):
        return problems
    return read_returned([(book, stencil)], ruleset)[1]


def refused(content: bytes, ruleset: Ruleset) -> list[str]:
    """What is refused: place, code and what was found."""
    return [f"{p.place}: {p.code} {p.found}" for p in problems_of(content, ruleset) if p.severity is Severity.REFUSED]


def edited(content: bytes, change: Callable[[openpyxl.Workbook], object]) -> bytes:
    """The workbook after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def put(sheet: str, cell: str, value: object, number_format: str | None = None) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value
        if number_format is not None:
            book[sheet][cell].number_format = number_format

    return change


def test_an_untouched_workbook_is_read_without_a_word(template, ruleset):
    assert problems_of(template, ruleset) == []


CELLS = {
    "a formula for a number": (put("填数", "C23", "=15+16"), ["a.xlsx!填数!C23: CELL_FORMULA 填的是公式「=15+16」"]),
    "a formula that reaches out": (
        put("填数", "N23", '=HYPERLINK("http://x","点")'),
        ['a.xlsx!填数!N23: CELL_FORMULA 填的是公式「=HYPERLINK("http://x","点")」'],
    ),
    "a formula in a grey cell": (put("填数", "A23", "=B23"), ["a.xlsx!填数!A23: CELL_FORMULA 填的是公式「=B23」"]),
    "a formula for yes or no": (put("要素", "C5", "=TRUE()"), ["a.xlsx!要素!C5: CELL_FORMULA 填的是公式「=TRUE()」"]),
    "a formula for a day": (put("事件", "B5", "=TODAY()"), ["a.xlsx!事件!B5: CELL_FORMULA 填的是公式「=TODAY()」"]),
    "a formula in a register": (
        put("表10 应急预案印发备案登记表", "C5", "=D5"),
        ["a.xlsx!表10 应急预案印发备案登记表!C5: CELL_FORMULA 填的是公式「=D5」"],
    ),
    "a formula for a title": (put("佐证", "B6", "=B5"), ["a.xlsx!佐证!B6: CELL_FORMULA 填的是公式「=B5」"]),
    "an error": (put("填数", "C23", "#DIV/0!"), ["a.xlsx!填数!C23: CELL_ERROR 是出错的值「#DIV/0!」"]),
    "an error in a register": (
        put("表10 应急预案印发备案登记表", "D6", "#N/A"),
        ["a.xlsx!表10 应急预案印发备案登记表!D6: CELL_ERROR 是出错的值「#N/A」"],
    ),
    "a truth for a number": (put("填数", "C23", True), ["a.xlsx!填数!C23: CELL_BOOLEAN 这里要数或文字，现为真假值 TRUE"]),
    "a truth for a rate": (put("填数", "C25", False), ["a.xlsx!填数!C25: CELL_BOOLEAN 这里要数或文字，现为真假值 FALSE"]),
    "a truth for a source": (put("填数", "I23", True), ["a.xlsx!填数!I23: CELL_BOOLEAN 这里要数或文字，现为真假值 TRUE"]),
    "a truth for a day": (put("填数", "F23", True), ["a.xlsx!填数!F23: CELL_BOOLEAN 这里要数或文字，现为真假值 TRUE"]),
    "a truth in a register": (
        put("表10 应急预案印发备案登记表", "B5", True),
        ["a.xlsx!表10 应急预案印发备案登记表!B5: CELL_BOOLEAN 这里要数或文字，现为真假值 TRUE"],
    ),
    "a fraction that became a day": (
        put("填数", "C25", date(2023, 3, 13), "m月d日"),
        ["a.xlsx!填数!C25: CELL_DATE 这里要数，现为日期 2023-03-13"],
    ),
    "a number that became a day": (
        put("填数", "C23", date(2023, 3, 13)),
        ["a.xlsx!填数!C23: CELL_DATE 这里要数，现为日期 2023-03-13"],
    ),
    "a day that became a number": (put("填数", "F23", 45291), ["a.xlsx!填数!F23: CELL_NUMBER 这里要日期，现为数 45291"]),
    "a day of an event that became a number": (put("事件", "B5", 45291), ["a.xlsx!事件!B5: CELL_NUMBER 这里要日期，现为数 45291"]),
    "a day of an item that became a number": (put("佐证", "G6", 45291.5), ["a.xlsx!佐证!G6: CELL_NUMBER 这里要日期，现为数 45291.5"]),
    "no such day": (put("填数", "F23", "2023-13-40"), ["a.xlsx!填数!F23: DATE_UNREADABLE 「at」写的是「2023-13-40」"]),
    "an event of no day": (put("事件", "B5", "上半年"), ["a.xlsx!事件!B5: DATE_UNREADABLE 「events.第1项.date」写的是「上半年」"]),
    "an event without its day": (put("事件", "B6", None), ["a.xlsx!事件!B6: KEY_MISSING 写了一件事，没有写日期"]),
    "only the end of a stretch": (put("填数", "H23", "2023-06"), ["a.xlsx!填数!H23: RECORD_INCONSISTENT 填了数据止，没有填数据起"]),
    "neither yes nor no": (put("填数", "O18", "大概是"), ["a.xlsx!填数!O18: CELL_CHOICE 「大概是」不是“是”也不是“否”"]),
    "a source that is none": (put("填数", "J23", "听说"), ["a.xlsx!填数!J23: CELL_CHOICE 「听说」不在可选项里"]),
    "a kind that is none": (put("佐证", "C6", "文件夹"), ["a.xlsx!佐证!C6: CELL_CHOICE 「文件夹」不在可选项里"]),
    "a proof of nothing": (put("佐证", "D6", "I-R68"), ["a.xlsx!佐证!D6: CELL_CHOICE 「I-R68」读不出证明哪一项"]),
    "a number of an item that is none": (put("佐证", "A6", "1号"), ["a.xlsx!佐证!A6: VALUE_TYPE 「id」写的是「1号」"]),
    "two items of one number": (put("佐证", "A6", "E-IR68-team"), ["a.xlsx!佐证!A6: ID_DUPLICATE 材料编号「E-IR68-team」重复"]),
    "an item without a title": (put("佐证", "B6", None), ["a.xlsx!佐证!A6: KEY_MISSING 缺少「title」（名称）"]),
    "an item that nobody entered": (put("填数", "M23", "E-999"), ["a.xlsx!填数!M23: NAME_UNKNOWN 没有登记材料「E-999」"]),
    "a number where a register belongs": (
        put("填数", "C18", 25),
        ["a.xlsx!填数!C18: WORKBOOK_STRAY 这一格不填，写的是「25」"],
    ),
    "an id that was changed": (
        put("填数", "P24", "legal_reviewer@own"),
        [
            "a.xlsx!填数!P24: WORKBOOK_ID 编号「legal_reviewer@own」不在模板里",
            "a.xlsx!填数: WORKBOOK_ROW 少了编号legal_reviewers@own",
        ],
    ),
    "an id of another unit's": (
        put("要素", "N5", "I-R20.compiled"),
        ["a.xlsx!要素!N5: WORKBOOK_ID 编号「I-R20.compiled」不在模板里", "a.xlsx!要素: WORKBOOK_ROW 少了编号I-R66.overall"],
    ),
    "an id that stands there twice": (
        put("填数", "P24", "enforcement_officers@own"),
        [
            "a.xlsx!填数!P24: ID_DUPLICATE 编号「enforcement_officers@own」在这张表里有两行",
            "a.xlsx!填数: WORKBOOK_ROW 少了编号legal_reviewers@own",
        ],
    ),
    "an id that was wiped out": (
        put("填数", "P24", None),
        ["a.xlsx!填数!A24: WORKBOOK_STRAY 这一行写了内容，却没有编号", "a.xlsx!填数: WORKBOOK_ROW 少了编号legal_reviewers@own"],
    ),
    "a row that was deleted": (
        lambda book: book["填数"].delete_rows(24),
        ["a.xlsx!填数: WORKBOOK_ROW 少了编号legal_reviewers@own"],
    ),
    "an event of nothing": (put("事件", "E5", "county_drill"), ["a.xlsx!事件!E5: WORKBOOK_ID 编号「county_drill」不在模板里"]),
    "a note beside the table": (put("填数", "S23", "问过老王"), ["a.xlsx!填数!S23: WORKBOOK_STRAY 写在了表外：「问过老王」"]),
    "a note below the table": (put("填数", "B99", "合计"), ["a.xlsx!填数!B99: WORKBOOK_STRAY 这一行写了内容，却没有编号"]),
    "a head that was renamed": (
        put("填数", "C4", "数值"),
        ["a.xlsx!填数!C4: WORKBOOK_HEAD 列名「填报值」不见了，这里是「数值」"],
    ),
    "a column that was deleted": (
        lambda book: book["表10 应急预案印发备案登记表"].delete_cols(3),
        ["a.xlsx!表10 应急预案印发备案登记表: WORKBOOK_HEAD 列名「印发日期」不见了"],
    ),
    "a sheet that was renamed": (
        lambda book: setattr(book["填数"], "title", "填数 (2)"),
        ["a.xlsx: WORKBOOK_SHEET 没有工作表「填数」"],
    ),
    "a sheet that was deleted": (lambda book: book.remove(book["要素"]), ["a.xlsx: WORKBOOK_SHEET 没有工作表「要素」"]),
    "a direction mark that hides text": (
        put("填数", "N23", "abc\u202e321"),
        ["a.xlsx!填数!N23: FILE_CONTROL_CHARACTER 含有不可见的控制字符 U+202E"],
    ),
    "no stencil": (lambda book: book.remove(book["_meta"]), ["a.xlsx: WORKBOOK_META 没有隐藏的模板信息，不是模板填的"]),
    "another digest of the rules": (put("_meta", "B4", "0" * 64), ["a.xlsx!_meta!B4: WORKBOOK_META 模板信息的「规则摘要」被改动过"]),
    "another unit": (put("_meta", "B7", "公安局"), ["a.xlsx!_meta!B7: WORKBOOK_META 模板信息的「单位」被改动过"]),
    "another stencil": (put("_meta", "B11", "{}"), ["a.xlsx!_meta: WORKBOOK_META 模板信息被改动过，与封口不符"]),
    "another format": (put("_meta", "B1", "fazhi/workbook/9"), ["a.xlsx!_meta: WORKBOOK_META 模板格式是「fazhi/workbook/9」，这里读 fazhi/workbook/1"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS)
def test_a_bad_cell_is_refused_with_its_place(case, template, ruleset):
    """One thing is wrong, and exactly that is said."""
    change, expected = CELLS[case]

    assert refused(edited(template, change), ruleset) == expected


def test_everything_that_is_wrong_is_said_at_once(template, ruleset):
    def change(book):
        for sheet, cell, value in (
            ("填数", "C23", "=1"),
            ("填数", "J24", "听说"),
            ("要素", "A5", "#REF!"),
            ("佐证", "G6", 45291),
        ):
            book[sheet][cell] = value

    assert [line.split()[0].rstrip(":") + " " + line.split()[1] for line in refused(edited(template, change), ruleset)] == [
        "a.xlsx!填数!C23 CELL_FORMULA",
        "a.xlsx!填数!J24 CELL_CHOICE",
        "a.xlsx!要素!A5 CELL_ERROR",
        "a.xlsx!佐证!G6 CELL_NUMBER",
    ]


def test_rows_and_columns_are_known_by_their_names_not_by_where_they_are(template, ruleset):
    """Sorted, moved apart and with the columns in another order, the workbook still says the same."""

    def change(book):
        sheet = book["填数"]
        heads, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        sheet.delete_rows(4, sheet.max_row)
        sheet.insert_rows(4, 3)
        for number, row in enumerate([heads, *reversed(rows)], start=6):
            for column, value in enumerate(reversed(row), start=1):
                sheet.cell(number, column, value)

    before, _ = read_all([template], ruleset)
    after, _ = read_all([edited(template, change)], ruleset)
    assert before is not None and after is not None

    assert canonical_bytes(before.head) == canonical_bytes(after.head)


def test_a_sheet_of_ones_own_is_not_read_and_that_is_said(template, ruleset):
    def change(book):
        book.create_sheet("底稿")["A1"] = "=1+1"

    (found,) = problems_of(edited(template, change), ruleset)

    assert (str(found.place), found.code, found.severity) == ("a.xlsx!底稿", "WORKBOOK_SHEET_EXTRA", Severity.NOTICE)


VALUES = [
    (31, "General", "31"),
    (31.0, "0.00", "31"),
    (0.1, "General", "0.1"),
    (1e-7, "General", "0.0000001"),
    (123456789012345, "General", "123456789012345"),
    ("约1.5万件", "@", "约1.5万件"),
    ("=1+1 不是公式", "@", None),
]


@pytest.mark.parametrize(("value", "number_format", "text"), VALUES)
def test_a_number_is_its_shortest_decimal(value, number_format, text, template, ruleset):
    content = edited(template, put("填数", "C23", value, number_format))
    if text is None:  # a text that looks like a formula is one for the library that saves it
        assert [line.split()[1] for line in refused(content, ruleset)] == ["CELL_FORMULA"]
        return
    submission, _ = read_all([content], ruleset)
    assert submission is not None

    assert [fact.value for fact in submission.head.facts if fact.measure == "enforcement_officers"] == [text]


@pytest.mark.parametrize(
    ("value", "number_format", "text"), [(0.965, "0.0%", "96.5%"), (0.07, "0%", "7%"), (1, "0.00%", "100%")]
)
def test_a_number_shown_as_a_percentage_is_one(value, number_format, text, template, ruleset):
    """A spreadsheet stores 96.5% as 0.965; the digits are shifted, never computed in binary."""
    submission, _ = read_all([edited(template, put("填数", "C25", value, number_format))], ruleset)
    assert submission is not None

    assert [fact.value for fact in submission.head.facts if fact.measure == "legal_reviewer_share"] == [text]


def test_a_day_in_a_cell_of_days_is_that_day(template, ruleset):
    def change(book):
        book["填数"]["F23"] = date(2023, 12, 29)
        book["填数"]["F24"] = "2023年12月29日"
        book["填数"]["G23"] = 2023
        book["表10 应急预案印发备案登记表"]["C5"] = date(2023, 9, 5)

    submission, _ = read_all([edited(template, change)], ruleset)
    assert submission is not None
    officers, reviewers = (
        next(fact for fact in submission.head.facts if fact.measure == name)
        for name in ("enforcement_officers", "legal_reviewers")
    )

    assert (str(officers.at), str(reviewers.at), str(officers.period)) == ("2023-12-29", "2023-12-29", "2023")
    assert ("示例县（虚构）森林火灾应急预案", "2023-09-05", "2023-09-22") in {
        row.cells for row in submission.tables["files/tables/emergency-plans.csv"].rows
    }


def test_a_value_that_cannot_count_is_read_and_its_cell_is_named(template, ruleset):
    """What the rules set aside is no reason to refuse a workbook: it is a fact, with its place."""
    found = problems_of(edited(template, put("填数", "C25", 0.965)), ruleset)

    assert [str(p) for p in found] == [
        "a.xlsx!填数!C25: FACT_PERCENT 「法制审核人员占比」写的是「0.965」\n    率要写百分号或分数，如 96.5% 或 3/13"
    ]


def test_a_place_without_a_value_but_with_a_remark_is_a_fact_without_a_value(template, ruleset):
    found = problems_of(edited(template, put("填数", "N26", "还在统计")), ruleset)

    assert [f"{p.place}: {p.code}" for p in found] == ["a.xlsx!填数!C26: FACT_EMPTY"]


# --- what others have said --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reviewed(county, ruleset) -> tuple[bytes, int]:
    """A workbook with an item that somebody has checked, and the row of it."""
    form = make_form(ruleset, county, "政务服务管理局")
    row = next(at for at, item in enumerate(form.items, start=5) if item.id == "E-I002-register")
    return write_form(form, ruleset), row


def test_a_checked_item_keeps_its_check(reviewed, ruleset):
    submission, _ = read_all([reviewed[0]], ruleset)
    assert submission is not None
    item = next(item for item in submission.evidence if item.id == "E-I002-register")

    assert (item.reviewed_by, str(item.reviewed_on)) == ("王示例", "2024-03-22")


def test_a_checked_item_is_not_changed_in_a_workbook(reviewed, ruleset):
    content, row = reviewed

    assert refused(edited(content, put("佐证", f"B{row}", "换了一份")), ruleset) == [
        f"a.xlsx!佐证!A{row}: WORKBOOK_CHECKED 复核过或撤回的材料「E-I002-register」被改动"
    ]


def test_a_checked_item_does_not_vanish_in_a_workbook(reviewed, ruleset):
    content, row = reviewed

    assert refused(edited(content, lambda book: book["佐证"].delete_rows(row)), ruleset) == [
        "a.xlsx!佐证: WORKBOOK_CHECKED 复核过或撤回的材料「E-I002-register」不见了"
    ]


def test_nobody_checks_his_own_item_in_a_workbook(template, ruleset):
    """What is typed into the column of checks is read by nobody."""
    submission, _ = read_all([edited(template, put("佐证", "Y6", "已核李某"))], ruleset)
    assert submission is not None

    assert {item.reviewed_by for item in submission.evidence if item.id == "E-IR68-training"} == {None}


# --- files that are not opened ----------------------------------------------------------------------------------------


def repacked(content: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The file with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return saved.getvalue()


SHEET = "xl/worksheets/sheet2.xml"
PACKAGES = {
    "macros": (lambda parts: parts.update({"xl/vbaProject.bin": b"x"}), "a.xlsx: WORKBOOK_MACRO 带宏或控件（xl/vbaProject.bin）"),
    "macros by type alone": (
        lambda parts: parts.update({"[Content_Types].xml": parts["[Content_Types].xml"].replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")}),
        "a.xlsx: WORKBOOK_MACRO 带宏或控件（[Content_Types].xml）",
    ),
    "old macro sheets": (lambda parts: parts.update({"xl/macrosheets/sheet1.xml": b"<x/>"}), "a.xlsx: WORKBOOK_MACRO 带宏或控件（xl/macrosheets/sheet1.xml）"),
    "another workbook's values": (
        lambda parts: parts.update({"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "a.xlsx: WORKBOOK_EXTERNAL 链接到别的文件，或嵌入了别的文件（xl/externalLinks/externalLink1.xml）",
    ),
    "an embedded file": (
        lambda parts: parts.update({"xl/embeddings/oleObject1.bin": b"x"}),
        "a.xlsx: WORKBOOK_EXTERNAL 链接到别的文件，或嵌入了别的文件（xl/embeddings/oleObject1.bin）",
    ),
    "a picture from the net": (
        lambda parts: parts.update({"xl/drawings/_rels/d.xml.rels": b'<Relationships><Relationship Id="r" Type="http://x/image" Target="http://x/a.png" TargetMode="External"/></Relationships>'}),
        "a.xlsx: WORKBOOK_EXTERNAL 链接到别的文件，或嵌入了别的文件（xl/drawings/_rels/d.xml.rels）",
    ),
    "a document type": (
        lambda parts: parts.update({SHEET: parts[SHEET].replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet', 1)}),
        f"a.xlsx: WORKBOOK_DTD 部件 {SHEET} 里有文档类型声明（DTD），或不是 UTF-8",
    ),
    "a document type out of sight": (
        lambda parts: parts.update({SHEET: parts[SHEET].decode().encode("utf-16")}),
        f"a.xlsx: WORKBOOK_DTD 部件 {SHEET} 里有文档类型声明（DTD），或不是 UTF-8",
    ),
    "a bomb": (
        lambda parts: parts.update({"xl/media/image1.png": bytes(130_000_000)}),
        "a.xlsx: WORKBOOK_TOO_LARGE 解开有{n}个部件、{size}字节",
    ),
    "a cell a million rows down": (
        lambda parts: parts.update({SHEET: parts[SHEET].replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')}),
        "a.xlsx!填数!A20001: WORKBOOK_TOO_LARGE 第20000行以下或第200列以右还有内容",
    ),
    "broken XML": (lambda parts: parts.update({SHEET: b"<worksheet>"}), "a.xlsx: WORKBOOK_UNREADABLE 不是 xlsx 或 ods 工作簿，或内部结构坏了"),
    "no workbook inside": (lambda parts: parts.clear() or parts.update({"a.txt": b"x"}), "a.xlsx: WORKBOOK_UNREADABLE 不是 xlsx 或 ods 工作簿，或内部结构坏了"),
}  # fmt: skip


@pytest.mark.parametrize("case", PACKAGES)
def test_a_file_with_anything_that_acts_is_not_opened(case, template, ruleset):
    change, expected = PACKAGES[case]
    content = repacked(template, change)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sizes = {"n": len(package.namelist()), "size": sum(part.file_size for part in package.infolist())}

    assert refused(content, ruleset) == [expected.replace("{n}", str(sizes["n"])).replace("{size}", str(sizes["size"]))]


def test_what_is_no_package_is_not_opened(template, ruleset):
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ruleset) == [
        "a.xlsx: WORKBOOK_UNREADABLE 是旧格式（xls、et），或者加了打开密码"
    ]
    assert refused("编号,值\n".encode(), ruleset) == ["a.xlsx: WORKBOOK_UNREADABLE 不是完整的 xlsx 或 ods 文件"]
    assert refused(template[:-500], ruleset) == ["a.xlsx: WORKBOOK_UNREADABLE 不是完整的 xlsx 或 ods 文件"]
    assert refused(bytes(20_000_001), ruleset) == ["a.xlsx: WORKBOOK_TOO_LARGE 文件有20000001字节"]


def test_a_part_that_stands_there_twice_is_not_opened(template, ruleset):
    saved = io.BytesIO(template)
    with zipfile.ZipFile(saved, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("xl/workbook.xml", b"<x/>")

    assert refused(saved.getvalue(), ruleset) == ["a.xlsx: WORKBOOK_UNREADABLE 压缩包里有重名的部件，各软件读法不一"]


def test_a_web_address_that_became_a_link_is_let_through(template, ruleset):
    def change(book):
        book["佐证"]["U6"] = "https://www.example.gov.cn/1"
        book["佐证"]["U6"].hyperlink = "https://www.example.gov.cn/1"

    submission, problems = read_all([edited(template, change)], ruleset)
    assert submission is not None, problems

    assert "https://www.example.gov.cn/1" in {item.url for item in submission.evidence}


# --- OpenDocument -----------------------------------------------------------------------------------------------------


def as_ods(book: Book, change: Callable[[str], str] = lambda text: text) -> bytes:
    """The cells of a workbook as the .ods that LibreOffice would write of them, in little."""
    tables = []
    for grid in book.sheets.values():
        rows = []
        last = 0
        for number in sorted({row for row, _ in grid.cells}):
            cells, column = [], 0
            if number > last + 1:
                rows.append(
                    f'<table:table-row table:number-rows-repeated="{number - last - 1}"><table:table-cell/></table:table-row>'
                )
            for (row, at), cell in sorted(grid.cells.items()):
                if row == number:
                    gap = f'<table:table-cell table:number-columns-repeated="{at - column - 1}"/>' if at > column + 1 else ""
                    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.text.split("\n"))
                    cells.append(f'{gap}<table:table-cell office:value-type="string">{lines}</table:table-cell>')
                    column = at
            rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
            last = number
        tables.append(f"<table:table table:name={quoteattr(grid.name)}>{''.join(rows)}</table:table>")
    names = ["office", "table", "text", "script"]
    spaces = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", change(f"<office:document-content{spaces}>{body}</office:document-content>"))
    return saved.getvalue()


def test_an_ods_says_the_same(template, ruleset):
    book, _ = read_book(template, "a.xlsx")
    assert book is not None
    same, _ = read_all([template], ruleset)
    other, problems = read_all([as_ods(book)], ruleset)
    assert same is not None and other is not None, problems

    assert other.digest == same.digest


OFFICERS = '<table:table-cell office:value-type="string"><text:p>31人</text:p></table:table-cell>'
ODS = {
    "a formula": ('<table:table-cell table:formula="of:=1+30" office:value-type="float" office:value="31"/>', "a.xlsx!填数!C23: CELL_FORMULA 填的是公式「=1+30」"),
    "an error": ('<table:table-cell calcext:value-type="error" office:value-type="string"><text:p>#DIV/0!</text:p></table:table-cell>', "a.xlsx!填数!C23: CELL_ERROR 是出错的值「#DIV/0!」"),
    "a truth": ('<table:table-cell office:value-type="boolean" office:boolean-value="true"/>', "a.xlsx!填数!C23: CELL_BOOLEAN 这里要数或文字，现为真假值 TRUE"),
    "a day": ('<table:table-cell office:value-type="date" office:date-value="2023-03-13"/>', "a.xlsx!填数!C23: CELL_DATE 这里要数，现为日期 2023-03-13"),
    "no number": ('<table:table-cell office:value-type="float" office:value="NaN"/>', "a.xlsx!填数!C23: CELL_ERROR 是出错的值「错误」"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODS)
def test_a_bad_cell_of_an_ods_is_refused_with_its_place(case, template, ruleset):
    cell, expected = ODS[case]
    book, _ = read_book(template, "a.xlsx")
    assert book is not None

    assert refused(as_ods(book, lambda text: text.replace(OFFICERS, cell, 1)), ruleset) == [expected]


def test_an_ods_that_acts_is_not_opened(template, ruleset):
    book, _ = read_book(template, "a.xlsx")
    assert book is not None
    linked = as_ods(
        book, lambda text: text.replace("<table:table ", '<table:table-source xlink:href="b.ods"/><table:table ', 1)
    )
    typed = as_ods(book, lambda text: f"<!DOCTYPE x>{text}")
    macros = repacked(as_ods(book), lambda parts: parts.update({"Basic/script-lc.xml": b"<x/>"}))

    assert [refused(content, ruleset)[0].split()[1] for content in (linked, typed, macros)] == [
        "WORKBOOK_EXTERNAL", "WORKBOOK_DTD", "WORKBOOK_MACRO",
    ]  # fmt: skip


# --- several workbooks ------------------------------------------------------------------------------------------------


def read_all(contents: list[bytes], ruleset: Ruleset) -> tuple[Submission | None, list[Problem]]:
    """Several workbooks read as one submission."""
    books = []
    for number, content in enumerate(contents):
        book, problems = read_book(content, f"{'abc'[number]}.xlsx")
        assert book is not None, problems
        stencil, problems = read_stencil(book)
        assert stencil is not None, problems
        books.append((book, stencil))
    if problems := belong_together(books):
        return None, problems
    return read_returned(books, ruleset)


@pytest.mark.parametrize(
    "path", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "..\\x.csv", "submission.yaml", "C:x.csv", ".x.csv"]
)
def test_no_workbook_says_where_outside_the_folder_to_write(path, county, ruleset):
    """A stencil that was forged with a fitting seal still names no path outside."""
    form = make_form(ruleset, county, UNIT)
    lines = tuple(line.model_copy(update={"table": path}) if line.table else line for line in form.stencil.lines)
    content = write_form(form._replace(stencil=form.stencil.model_copy(update={"lines": lines})), ruleset)

    assert refused(content, ruleset) == ["a.xlsx!_meta: WORKBOOK_META 模板信息读不出来"]


def test_the_rules_must_be_those_that_the_workbook_was_made_by(template, ruleset):
    later = ruleset.model_copy(update={"digest": "f" * 64})

    (found,) = problems_of(template, later)
    assert (found.code, str(found.place)) == ("WORKBOOK_RULESET", "a.xlsx!_meta")
    assert found.remedy == "当时的规则还在的，用 --ruleset lbg-2021@0.2.0；不在的，请专班重出模板"


def test_workbooks_of_two_submissions_are_not_put_together(template, county, ruleset):
    later = county.model_copy(update={"head": county.head.model_copy(update={"as_of": date(2024, 4, 30)})})
    other = write_form(make_form(ruleset, later, "公安局"), ruleset)

    _, (found,) = read_all([template, other], ruleset)
    assert f"{found.place}: {found.code} {found.found}" == (
        "b.xlsx!_meta: WORKBOOK_DIFFERS 与「a.xlsx」不是同一次填报的（2024-03-31、2024-04-30）".replace("填报的（", "填报（")
    )


def test_what_two_workbooks_say_differently_is_kept_twice(template, ruleset):
    """Nothing is chosen between two numbers: the contradiction is seen, with both cells."""
    submission, problems = read_all([template, edited(template, put("填数", "C23", "35人"))], ruleset)
    assert submission is not None

    assert [f.value for f in submission.head.facts if f.measure == "enforcement_officers"] == ["31人", "35人"]
    assert [p.code for p in problems if p.subject == "enforcement_officers" and p.severity is not Severity.NOTICE] == [
        "FACT_CONFLICT"
    ]


def test_a_register_that_came_twice_counts_once_and_two_registers_stay_two(template, ruleset):
    name = "表10 应急预案印发备案登记表"
    twice, _ = read_all([template, template], ruleset)
    other, _ = read_all([template, edited(template, put(name, "B5", "另一件"))], ruleset)
    assert twice is not None and other is not None

    assert len([fact for fact in twice.head.facts if fact.table]) == 2
    assert sorted(fact.table for fact in other.head.facts if fact.measure == "emergency_plans") == [
        "files/tables/emergency-plans-2.csv",
        "files/tables/emergency-plans.csv",
    ]


def test_one_item_is_not_described_in_two_ways(template, ruleset):
    _, problems = read_all([template, edited(template, put("佐证", "B6", "换了题名"))], ruleset)

    assert [f"{p.place}: {p.code} {p.found}" for p in problems if p.severity is Severity.REFUSED] == [
        "b.xlsx!佐证!A6: ID_DUPLICATE 材料「E-IR68-training」与 a.xlsx!佐证!A6 登记的不一样"
    ]


# --- laws -------------------------------------------------------------------------------------------------------------

RULES = {
    "n": {"kind": "count", "unit_of_measure": "件", "over": "period"},
    "d": {"kind": "count", "unit_of_measure": "件", "over": "period"},
    "rate": {"kind": "ratio", "numerator": "n", "denominator": "d", "direction": "higher", "when_none_due": "unknown"},
    "day": {"kind": "date"},
    "happened": {"kind": "events"},
    "often": {"kind": "count_in_period", "of": "happened"},
    "cases": {"kind": "records", "columns": {"case": {"kind": "key", "label": "案号"}, "on": {"kind": "date", "label": "日期"}}, "counted_on": "on"},
    "kept": {"kind": "procedure_share", "of": "cases", "order": ["on"], "direction": "higher", "when_none_due": "unknown"},
}  # fmt: skip


@pytest.fixture(scope="module")
def small(make_rules) -> Ruleset:
    elements = [
        {"key": name, "title": name, "measure": name, "meets": {"at_least": "1"}} for name in ("rate", "often", "kept")
    ]
    return make_rules(
        RULES,
        {"id": "I-1", "award": "elements", "elements": [*elements, {"key": "done", "title": "做了"}]},
        {"id": "I-2", "measure": "day", "meets": {"by": {"month_day": "03-31", "years_after": 1}}},
    )


# What a person may type: anything but what nobody sees, with no blanks around it.
PRINTED = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co", "Zs"]) | st.just(" "), min_size=1, max_size=30).map(str.strip)  # fmt: skip
TEXTS = PRINTED.filter(bool) | st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "'=x", "_x0041_", "<b>&amp;", "{=1}", "1e5", "007", "TRUE", "是"])  # fmt: skip
DAYS = st.sampled_from(["2020", "2020-03", "2020-03-09"])
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "at": DAYS,
        "source": TEXTS,
        "note": TEXTS,
        "filled_by": TEXTS,
        "checked_by": TEXTS,
        "source_class": st.sampled_from(["system", "outside"]),
        "period": st.sampled_from(["previous", "2020-03", {"from": "2019", "to": "2020-06"}]),
    },
)
FACTS = st.one_of(
    st.builds(lambda name, value, more: {"measure": name, "value": value, **more}, st.sampled_from(["n", "d", "rate", "day"]), TEXTS, EXTRAS),
    st.builds(lambda value, more: {"element": "I-1.done", "value": value, **more}, st.booleans(), EXTRAS),
    st.builds(lambda days, title, more: {"measure": "happened", "events": [{"date": day, "title": title} for day in days], **more}, st.lists(DAYS, min_size=1, max_size=3), TEXTS, EXTRAS),
    st.builds(lambda full, more: {"measure": "cases", "table": "t/cases.csv", "full": full, **more}, st.booleans(), EXTRAS),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(FACTS, max_size=6), st.lists(st.tuples(TEXTS, TEXTS), max_size=4, unique=True))
def test_what_is_written_is_what_is_read(small, submit, facts, rows):
    """Law: a workbook that nobody touched says exactly what it was made from, whatever was typed, formulas and all."""
    seen = [fact for fact in facts if fact.get("table")][:1]
    facts = [fact for fact in facts if not fact.get("table")] + seen
    submission = submit(facts, unit={"roles": []})
    if seen:
        text = register_bytes(_table(rows)).decode("utf-8-sig")
        submission = submit(facts, tables={"t/cases.csv": text})
    form = make_form(small, submission, "")
    back, problems = read_all([write_form(form, small)], small)
    assert back is not None, [str(p) for p in problems]

    assert form.unheld == ()
    assert canonical_bytes(back.head) == canonical_bytes(submission.head)
    assert [(t.header, [r.cells for r in t.rows]) for t in back.tables.values()] == [
        (t.header, [r.cells for r in t.rows]) for t in submission.tables.values()
    ]


def _table(rows):
    return Table(
        file="t/cases.csv", header=("案号", "日期"), rows=tuple(Row(cells=row, line=n) for n, row in enumerate(rows, 2))
    )


@given(st.text(max_size=40))
def test_no_cell_of_a_csv_is_taken_for_a_formula_and_none_is_lost(text):
    """Law: what is guarded begins with nothing that runs, and is read back as it was."""
    assert bare(guarded(text)) == text
    assert guarded(text) == "-" or guarded(text).lstrip(" ")[:1] not in set("=+-@＝＋－＠\t\r\n")


def test_a_register_written_as_csv_is_read_back():
    rows = [("=cmd|' /C calc'!A0", "2020-03-01"), ("-", "未办"), ("'=x", 'a,b"c')]
    text, _ = decode(register_bytes(_table(rows)), "t.csv", ("utf-8-sig",))
    table, problems = parse_csv(str(text), "t.csv")
    assert table is not None and not problems

    assert {row.cells for row in table.rows} == set(rows)


def test_the_same_form_gives_the_same_bytes(county, ruleset):
    form: Form = make_form(ruleset, county, UNIT)

    assert write_form(form, ruleset) == write_form(make_form(ruleset, county, UNIT), ruleset)
