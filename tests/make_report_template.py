"""Make engine/templates/report.docx, laid out after GB/T 9704-2012: page, running heads, styles. Run by hand, rarely.

``python tests/make_report_template.py`` writes it anew. Staff edit their own copy in WPS (``fazhi report template``).
"""

import io
import zipfile
from datetime import UTC
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.shared import Pt

TARGET = Path(__file__).parents[1] / "engine" / "templates" / "report.docx"
SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
LINE = Pt(28.95)


def set_font(style, font, size, *, bold=False):
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.color.rgb = None
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name, value in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font), ("cs", LATIN)):
        fonts.set(qn(f"w:{name}"), value)
    for colour in style.element.rPr.findall(qn("w:color")):
        style.element.rPr.remove(colour)


def set_lines(style, *, exact=LINE, indent=0, before=0, after=0, align=None, keep=False, off_grid=False):
    form = style.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY if exact else WD_LINE_SPACING.SINGLE
    if exact:
        form.line_spacing = exact
    form.space_before, form.space_after, form.first_line_indent = Pt(before), Pt(after), Pt(indent)
    form.keep_with_next, form.alignment = keep, align
    if off_grid:
        snap = OxmlElement("w:snapToGrid")
        snap.set(qn("w:val"), "0")
        style.element.get_or_add_pPr().append(snap)


def style_of(document, name):
    known = {style.name for style in document.styles}
    made = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = None if name == "Normal" else document.styles["Normal"]
    return made


def field(paragraph, code):
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(14)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def page_number(footer, align):
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    paragraph.add_run("— ").font.size = Pt(14)
    field(paragraph, "PAGE")
    paragraph.add_run(" —").font.size = Pt(14)


def make():
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    looks = {
        "Normal": (FANG, 16, {}),
        "报告正文": (FANG, 16, {"indent": 32, "align": WD_ALIGN_PARAGRAPH.JUSTIFY}),
        "报告要点": (FANG, 16, {"indent": 32, "align": WD_ALIGN_PARAGRAPH.LEFT}),
        "报告说明": (KAI, 14, {"exact": Pt(22), "off_grid": True}),
        "报告小字": (FANG, 12, {"exact": Pt(18), "off_grid": True}),
        "报告标题": (SONG, 22, {"exact": Pt(34), "align": WD_ALIGN_PARAGRAPH.CENTER, "after": 12}),
        "Heading 1": (HEI, 16, {"indent": 32, "keep": True}),
        "Heading 2": (KAI, 16, {"indent": 32, "keep": True}),
        "Heading 3": (FANG, 16, {"indent": 32, "keep": True}),
        "表格标题": (HEI, 12, {"exact": Pt(20), "off_grid": True, "before": 6, "after": 3, "align": WD_ALIGN_PARAGRAPH.CENTER, "keep": True}),
        "表格文字": (FANG, 9, {"exact": None, "off_grid": True}),
        "Header": (HEI, 9, {"exact": None, "off_grid": True, "align": WD_ALIGN_PARAGRAPH.CENTER}),
        "Footer": (FANG, 14, {"exact": None, "off_grid": True}),
    }  # fmt: skip
    for name, (font, size, lines) in looks.items():
        style = style_of(document, name)
        set_font(style, font, size)
        set_lines(style, **lines)
    document.settings.odd_and_even_pages_header_footer = True
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        header.paragraphs[0].text = "{{提示}}　{{口径}}"
    page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    document.add_paragraph("{{标题}}", style="报告标题")
    document.add_paragraph("{{提示}}。{{口径}}", style="报告说明").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("{{正文}}", style="报告正文")
    core = document.core_properties
    core.author, core.comments, core.title = "fazhi", "", ""
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC)
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as read, zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, read.read(name))


if __name__ == "__main__":
    make()
