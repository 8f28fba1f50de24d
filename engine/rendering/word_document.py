"""A report as a Word document, by a template that staff edit in WPS. This is the only door to python-docx.

The template's styles decide how everything looks (laid out after GB/T 9704 as shipped); its placeholders decide where the
title, the notice and the content stand. The program writes nothing else, and the same report gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.section import WD_SECTION
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from engine.rendering.papers.paper import Block
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text

TITLE, CONTENT, NOTICE, ASSUMED = "{{标题}}", "{{正文}}", "{{提示}}", "{{口径}}"
STYLES = {"body": "报告正文", "points": "报告要点", "note": "报告说明", "small": "报告小字"}
CELL, CAPTION = "表格文字", "表格标题"
HEADINGS = ("Heading 1", "Heading 2", "Heading 3")
# Zip entries bear a day: always the same one, the first that the format knows.
NO_DAY = (1980, 1, 1, 0, 0, 0)
_UNREADABLE = (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError)
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# More columns than this leave no room for a sign on a sheet of A4.
MOST_COLUMNS = 36
_CHARACTER = 240  # twips of room for one character in a cell, before the table is fitted to the page


def write_document(paper: Paper, template: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """Fill the template; or say what it lacks, each in a few words."""
    try:
        document = Document(io.BytesIO(template))
    except _UNREADABLE:
        return None, ("读不出，不是 docx 文件",)
    if lacking := tuple(_lacking(document)):
        return None, lacking
    words = {TITLE: paper.title, NOTICE: paper.notice, ASSUMED: paper.assumed}
    for paragraph in _all_paragraphs(document):
        _fill(paragraph, words)
    marker = next(p for p in document.paragraphs if CONTENT in p.text)
    behind = [element for element in marker._p.itersiblings() if not element.tag.endswith("}sectPr")]  # noqa: SLF001
    for element in (marker._p, *behind):  # noqa: SLF001 - python-docx has no door for removing
        element.getparent().remove(element)
    _write_sections(document, paper)
    if behind and _on_its_side(document):
        _turn(document)
    for element in behind:
        document.element.body.insert(len(document.element.body) - 1, element)
    document.core_properties.title = paper.title
    return _packed(document), ()


def _lacking(document: Any) -> Iterator[str]:
    """What the template must hold and does not: nothing may be printed without the notice and the profile."""
    if sum(CONTENT in p.text for p in document.paragraphs) != 1:
        yield f"正文里要有一段 {CONTENT}，只要一段"
    heads = [p.text for p in _running_paragraphs(document)]
    yield from (f"页眉或页脚里要有 {name}" for name in (NOTICE, ASSUMED) if not any(name in text for text in heads))
    known = {style.name for style in document.styles}
    yield from (f"少样式「{name}」" for name in (*STYLES.values(), CELL, CAPTION, *HEADINGS) if name not in known)


def _running_paragraphs(document: Any) -> Iterator[Any]:
    for section in document.sections:
        for part in (
            section.header, section.footer, section.even_page_header, section.even_page_footer, section.first_page_header,
            section.first_page_footer,
        ):  # fmt: skip
            yield from () if part.is_linked_to_previous else part.paragraphs


def _all_paragraphs(document: Any) -> Iterator[Any]:
    yield from document.paragraphs
    for table in document.tables:
        yield from (p for row in table.rows for cell in row.cells for p in cell.paragraphs)
    yield from _running_paragraphs(document)


def _fill(paragraph: Any, words: dict[str, str]) -> None:
    """Put words in place of placeholders, even where an editor has split one over several runs."""
    text = paragraph.text
    if not any(name in text for name in words):
        return
    for name, said in words.items():
        text = text.replace(name, _clean(said))
    first, *others = paragraph.runs
    first.text = text
    for run in others:
        run.text = ""


def _write_sections(document: Any, paper: Paper) -> None:
    for number, section in enumerate(paper.sections):
        if _wide(section) != _on_its_side(document):
            _turn(document, here=number == 0)
        elif section.new_page:
            document.add_page_break()
        document.add_paragraph(_clean(section.title), style=HEADINGS[section.level - 1])
        for block in section.blocks:
            _write_block(document, block)


def _wide(section: Section) -> bool:
    return any(isinstance(block, Table) and block.rows and block.printed().wide for block in section.blocks)


def _on_its_side(document: Any) -> bool:
    return bool(document.sections[-1].orientation == WD_ORIENT.LANDSCAPE)


def _turn(document: Any, *, here: bool = False) -> None:
    """Go on with a sheet turned by a quarter, margins and all; at the beginning the sheet that is ``here`` is turned."""
    section = document.sections[-1] if here else document.add_section(WD_SECTION.NEW_PAGE)
    wide = section.orientation == WD_ORIENT.LANDSCAPE
    section.orientation = WD_ORIENT.PORTRAIT if wide else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    top, right, bottom, left = section.top_margin, section.right_margin, section.bottom_margin, section.left_margin
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = left, top, right, bottom
    if wide:
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = right, bottom, left, top


def _write_block(document: Any, block: Block) -> None:
    """Write text or a table; the numbers of pictures stand in tables already."""
    if isinstance(block, Text):
        for line in block.lines:
            document.add_paragraph(_clean(line), style=STYLES[block.look])
    elif isinstance(block, Table):
        if block.look == "matrix" and len(block.columns) > MOST_COLUMNS:
            told = f"{block.title}：{len(block.columns) - 2}个单位，一张纸写不下，见网页或工作簿"
            document.add_paragraph(_clean(told), style=STYLES["note"])
            return
        if not block.rows:
            document.add_paragraph(_clean(f"{block.title}：{block.empty}"), style=STYLES["note"])
            return
        document.add_paragraph(_clean(block.title), style=CAPTION)
        section = document.sections[-1]
        room = (section.page_width - section.left_margin - section.right_margin) // 635  # EMU in a twip
        style = document.styles[CELL].style_id
        document.element.body.insert(len(document.element.body) - 1, parse_xml(_table(block.printed(), room, style)))


def _table(table: Table, room: int, style: str) -> str:
    """A table as XML: built as text, since the library walks every cell anew and large tables would take minutes."""
    asked = [_CHARACTER * max(2, column.width) for column in table.columns]
    widths = [width * room // sum(asked) for width in asked]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    upright = [table.look == "matrix" and at > 1 for at in range(len(widths))]
    heads = [
        _cell(column.head, width, style, head=True, right=False, upright=turned)
        for column, width, turned in zip(table.columns, widths, upright, strict=True)
    ]
    tall = '<w:trHeight w:val="1500" w:hRule="atLeast"/>' if table.look == "matrix" else ""
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            _cell(cell, width, style, head=False, right=column.right)
            for cell, width, column in zip(row, widths, table.columns, strict=True)
        )
        + "</w:tr>"
        for row in table.rows
    )
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="15" w:type="dxa"/>'
        f'<w:left w:w="60" w:type="dxa"/><w:bottom w:w="15" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/>{tall}<w:tblHeader/></w:trPr>{''.join(heads)}</w:tr>{rows}</w:tbl>"
    )


def _cell(text: str, width: int, style: str, *, head: bool, right: bool, upright: bool = False) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E7ECF4"/>' if head else ""
    turned = '<w:textDirection w:val="tbRlV"/>' if upright else ""
    side = "center" if head else "right" if right else "left"
    bold = "<w:rPr><w:b/></w:rPr>" if head else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}{turned}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{escape(style)}"/><w:jc w:val="{side}"/></w:pPr>'
        f'<w:r>{bold}<w:t xml:space="preserve">{escape(_clean(text))}</w:t></w:r></w:p></w:tc>'
    )


def _clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def _packed(document: Any) -> bytes:
    """The file, every part bearing the same day."""
    saved, packed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as read, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            entry = zipfile.ZipInfo(name, NO_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, read.read(name))
    return packed.getvalue()
