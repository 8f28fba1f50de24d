"""DOCX, XLSX and OFD → passages with their places, what is odd about them, and the days that they bear.

In: bytes. ``UnreadableError`` for what may not be read; ``file_texts`` makes a value of it.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from engine.models.file_text import Obstacle
from engine.models.file_text import Passage
from engine.packed_files import Package
from engine.packed_files import UnreadableError
from engine.packed_files import tag_of
from engine.packed_files import value_of
from engine.workbooks import LAST_COLUMN
from engine.workbooks import LAST_ROW
from engine.workbooks import cells_of
from engine.workbooks import is_beyond
from engine.workbooks import open_workbook

MOST_PAGES = 500
MOST_PASSAGES = 200_000

_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_MADE = {"created": "形成日期", "modified": "修改日期"}
Read = tuple[list[Passage], list[Obstacle], list[tuple[str, date]]]


def read_docx(content: bytes) -> Read:
    """Paragraphs and table cells in their order, then headers, footers and notes."""
    package = Package(content)
    body = next((child for child in package.tree("word/document.xml") if tag_of(child) == "body"), None)
    passages = [] if body is None else list(_docx_blocks(body))
    for prefix, told in (("word/header", "页眉"), ("word/footer", "页脚"), ("word/footnotes", "脚注")):
        for name in sorted(name for name in package.names if name.startswith(prefix) and name.endswith(".xml")):
            passages += [Passage(told, docx_text(one)) for one in package.tree(name).iter() if tag_of(one) == "p"]
    return passages, _macros(package), _office_days(package)


def _docx_blocks(body: Any) -> Iterator[Passage]:
    paragraphs = tables = 0
    for block in body:
        if tag_of(block) == "tbl":
            tables += 1
            yield from _docx_table(block, tables)
        else:
            for paragraph in (one for one in block.iter() if tag_of(one) == "p"):
                paragraphs += 1
                yield Passage(f"第{paragraphs}段", docx_text(paragraph))


def _docx_table(table: Any, number: int) -> Iterator[Passage]:
    rows = [row for row in table.iter() if tag_of(row) == "tr"]
    for at, row in enumerate(rows, start=1):
        label = ""
        for column, cell in enumerate((cell for cell in row if tag_of(cell) == "tc"), start=1):
            text = "\n".join(docx_text(one) for one in cell.iter() if tag_of(one) == "p")
            yield Passage(f"表{number}第{at}行第{column}格", text, label)
            label = text


def docx_text(paragraph: Any) -> str:
    """The text as it reads today: what was struck out under revision marks is gone."""
    marks = {"tab": "\t", "br": "\n", "cr": "\n"}
    return "".join(str(one.text or "") if tag_of(one) == "t" else marks.get(tag_of(one), "") for one in paragraph.iter())


def read_xlsx(content: bytes) -> Read:
    """Every cell of every sheet, behind the one to its left."""
    package = Package(content)
    book = open_workbook(content, package)
    passages: list[Passage] = []
    obstacles = _macros(package)
    for sheet in book.worksheets:
        if is_beyond(sheet):
            told = f"只看了前{LAST_ROW}行、前{LAST_COLUMN}列"
            obstacles.append(Obstacle("CHECK_PART_READ", told, sheet.title))
        label, row = "", 0
        for cell in islice(cells_of(sheet), MOST_PASSAGES + 1):
            label = label if cell.row == row else ""
            passages.append(Passage(f"{sheet.title}!{cell.address}", cell.text, label))
            label, row = cell.text, cell.row
    return passages, obstacles, _office_days(package)


def _macros(package: Package) -> list[Obstacle]:
    named = sorted(name for name in package.names if name.endswith("vbaProject.bin"))
    return [Obstacle("CHECK_MACRO", f"文件里有宏（{named[0]}）")] if named else []


def _office_days(package: Package) -> list[tuple[str, date]]:
    if "docProps/core.xml" not in package.names:
        return []
    return days_of({tag_of(one): str(one.text or "") for one in package.tree("docProps/core.xml")})


def read_ofd(content: bytes) -> Read:
    """The lines of every page of an OFD document (GB/T 33190)."""
    package = Package(content)
    if any(name.endswith("Encryptions.xml") for name in package.names):
        raise UnreadableError("CHECK_ENCRYPTED", "OFD 加了密")
    pages = sorted((name for name in package.names if re.search(r"Pages?/Page_?\d+/Content\.xml$", name)), key=_page_number)
    passages: list[Passage] = []
    for number, name in enumerate(pages[:MOST_PAGES], start=1):
        passages += [Passage(f"第{number}页", line) for line in _ofd_lines(package.tree(name))]
    obstacles = [Obstacle("CHECK_PART_READ", f"有{len(pages)}页，只看了前{MOST_PAGES}页")] if len(pages) > MOST_PAGES else []
    if pages and not passages:
        obstacles.append(Obstacle("CHECK_NO_TEXT", "整份没有文字，像是扫描件"))
    told = {tag_of(one): str(one.text or "") for one in package.tree("OFD.xml").iter()}
    return passages, obstacles, days_of({"created": told.get("CreationDate", ""), "modified": told.get("ModDate", "")})


def _page_number(name: str) -> tuple[str, int]:
    found = re.fullmatch(r"(.*?)(\d+)/Content\.xml", name)
    assert found is not None
    return found[1], int(found[2])


def _ofd_lines(page: Any) -> list[str]:
    """Pieces of text that begin at the same height make one line."""
    lines: list[tuple[str, str]] = []
    for one in (one for one in page.iter() if tag_of(one) == "TextObject"):
        text = "".join(str(code.text or "") for code in one.iter() if tag_of(code) == "TextCode")
        height = (f"{value_of(one, 'Boundary') or ''} . .".split())[1]
        if lines and lines[-1][0] == height:
            text = lines.pop()[1] + text
        lines.append((height, text))
    return [text for _, text in lines]


def days_of(told: dict[str, str]) -> list[tuple[str, date]]:
    """The days that a file bears, of those that can be read."""
    days: list[tuple[str, date]] = []
    for key, name in _MADE.items():
        found = _DAY.match(told.get(key, ""))
        try:
            days += [(name, date(*map(int, found.groups())))] if found else []
        except ValueError:
            continue
    return days
