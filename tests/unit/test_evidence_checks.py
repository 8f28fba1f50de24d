"""One broken file for each code of the evidence check, made here, with exactly what is said of it."""

import io
import json
import mmap
import multiprocessing
import os
import runpy
import sys
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from pypdf import PdfReader
from pypdf import PdfWriter

from engine.commands import cli
from engine.commands import evidence_check
from engine.commands import opening
from engine.commands.opening import Task
from engine.commands.opening import open_all
from engine.commands.opening import open_one
from engine.evidence_flags import REMEDIES
from engine.file_texts import read_file
from engine.models.problem import CODES
from engine.models.submission import EvidenceItem
from engine.rendering.layout import width

ROOT = Path(__file__).parents[2]
MADE = runpy.run_path(str(ROOT / "tests" / "make_demo_files.py"))
pdf, docx, xlsx, png = MADE["pdf"], MADE["docx"], MADE["xlsx"], MADE["png"]

TITLE = "示例县2023年度法治政府建设情况报告"
NUMBER = "示政发〔2023〕5号"
GOOD = [
    NUMBER,
    TITLE,
    "一、主要做法",
    "（一）健全机制",
    "（二）抓好落实",
    "二、存在不足",
    "三、下步安排",
    "示例县人民政府",
    "2023年3月9日",
]
ITEM = {"title": TITLE, "kind": "report", "number": NUMBER, "issuer": "示例县人民政府", "issued": "2023-03-09"}


def swapped(old: str, new: str) -> list[str]:
    """The good report with one line changed."""
    assert old in GOOD
    return [new if line == old else line for line in GOOD]


def zipped(parts: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A packed document with one part added or changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    return zipped({**parts, name: part})


def rewritten(content: bytes, password: str | None = None, made: str | None = None) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    if made:
        writer.add_metadata({"/CreationDate": made})
    if password is not None:
        writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def many_pages(count: int) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(GOOD))))
    for _ in range(count - 1):
        writer.add_blank_page()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned(lines: list[str]) -> bytes:
    """A picture of a page in a PDF; where there are lines, behind a page of text."""
    out = io.BytesIO()
    Image.new("L", (60, 80), 200).save(out, "PDF", creationDate=time.gmtime(0), modDate=time.gmtime(0))
    if not lines:
        return out.getvalue()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(lines))))
    writer.append(PdfReader(out))
    both = io.BytesIO()
    writer.write(both)
    return both.getvalue()


def ofd(lines: list[str], created: str = "2023-03-09") -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    pieces = "".join(
        f'<ofd:TextObject Boundary="20 {20 + 10 * at} 100 8"><ofd:TextCode>{line}</ofd:TextCode></ofd:TextObject>'
        for at, line in enumerate(lines)
    )
    root = f"<ofd:OFD {space}><ofd:DocBody><ofd:DocInfo><ofd:CreationDate>{created}</ofd:CreationDate></ofd:DocInfo></ofd:DocBody></ofd:OFD>"
    page = f"<ofd:Page {space}><ofd:Content><ofd:Layer>{pieces}</ofd:Layer></ofd:Content></ofd:Page>"
    return zipped({"OFD.xml": root.encode(), "Doc_0/Pages/Page_0/Content.xml": page.encode()})


CORE = "<cp:coreProperties xmlns:cp='urn:c' xmlns:dcterms='urn:d'><dcterms:{}>{}T08:00:00Z</dcterms:{}></cp:coreProperties>"
WEB = "<html><head><script>var a='机密★';</script></head><body><p>发布时间：2023-02-23 09:18</p>{}</body></html>"
BOMB = zipped({"word/document.xml": b"0" * 21_000_000})
DTD = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "b">]><w:document xmlns:w="urn:w"><w:body/></w:document>'
MERGED = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
ID_CARD = "11010519900307002X"

# file, content, what the ledger says otherwise than ITEM, and each flag: code, place in the file, what was found, words
CASES: list[tuple[str, bytes, dict[str, Any], list[tuple[str, str, str, str]]]] = [
    ("a.pdf", b"", {}, [("CHECK_EMPTY", "", "文件是空的，0字节", "")]),
    ("a.docx", docx([]), {}, [("CHECK_EMPTY", "", "打得开，里面没有内容", "")]),
    ("a.pdf", b"%PDF-1.4 torn", {}, [("CHECK_DAMAGED", "", "读到一半读不下去（PdfStreamError）", "")]),
    ("a.docx", docx(GOOD)[:400], {}, [("CHECK_DAMAGED", "", "压缩包打不开", "")]),
    (
        "a.docx",
        zipped({"word/document.xml": b"<w:document"}),
        {},
        [("CHECK_DAMAGED", "", "部件 word/document.xml 不是完整的XML", "")],
    ),
    ("a.png", png(["x"])[:300], {}, [("CHECK_DAMAGED", "", "图片不完整", "")]),
    ("a.pdf", rewritten(pdf(GOOD), "secret"), {}, [("CHECK_ENCRYPTED", "", "PDF 加了打开密码", "")]),
    (
        "a.docx",
        b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        {},
        [("CHECK_ENCRYPTED", "", "Office 文件加了打开密码", "")],
    ),
    ("a.ofd", with_part(ofd(GOOD), "Encryptions.xml", b"<a/>"), {}, [("CHECK_ENCRYPTED", "", "OFD 加了密", "")]),
    ("a.pdf", docx(GOOD), {}, [("CHECK_KIND", "", "扩展名是 .pdf，内容是Word 文档（docx）", "")]),
    ("a.doc", b"\xd0\xcf\x11\xe0old", {}, [("CHECK_FORMAT", "", "旧格式打不开，请另存为 docx、xlsx 或 PDF 再登记", "")]),
    ("a.zip", zipped({"a.txt": b"a"}), {}, [("CHECK_FORMAT", "", "是压缩包，请解开逐件登记", "")]),
    ("a.bin", b"\x01\x00\xff\xff", {}, [("CHECK_FORMAT", "", "内容认不出来（扩展名 bin）", "")]),
    ("a.docx", BOMB, {}, [("CHECK_TOO_LARGE", "", f"{len(BOMB)}字节展开后有21000000字节", "")]),
    (
        "a.xlsx",
        with_part(xlsx([TITLE]), "xl/worksheets/sheet1.xml", MERGED),
        {},
        [("CHECK_TOO_LARGE", "", "工作表 xl/worksheets/sheet1.xml 合并的单元格太多", "")],
    ),
    ("a.pdf", many_pages(501), {}, [("CHECK_PART_READ", "", "有501页，只看了前500页", "")]),
    (
        "a.docx",
        with_part(docx(GOOD), "word/document.xml", DTD),
        {},
        [("CHECK_DTD", "", "部件 word/document.xml 带有 DOCTYPE", "")],
    ),
    (
        "a.docx",
        with_part(docx(GOOD), "word/vbaProject.bin", b"x"),
        {},
        [("CHECK_MACRO", "", "文件里有宏（word/vbaProject.bin）", "")],
    ),
    ("a.pdf", scanned([]), {}, [("CHECK_NO_TEXT", "", "整份是扫描件，没有文字", "")]),
    ("a.pdf", scanned(GOOD), {}, [("CHECK_NO_TEXT", "第2页", "有1页是扫描的，没有文字：第2页", "")]),
    ("a.png", png(GOOD), {}, [("CHECK_NO_TEXT", "", "是图片，机器读不出字", "")]),
    (
        "a.docx",
        docx(swapped(NUMBER, "示政发〔2022〕15号")),
        {},
        [
            (
                "CHECK_NUMBER",
                "第1段",
                "台账登的文号是「示政发〔2023〕5号」，文件写的是「示政发〔2022〕15号」",
                "示政发〔2022〕15号 / 示例县2023年度法治政",
            )
        ],
    ),
    (
        "a.docx",
        docx(GOOD),
        {"number": None},
        [
            (
                "CHECK_NUMBER",
                "第1段",
                "文件的文号是「示政发〔2023〕5号」，台账没有登文号",
                "示政发〔2023〕5号 / 示例县2023年度法治政",
            )
        ],
    ),
    (
        "a.pdf",
        pdf(swapped("2023年3月9日", "2023年3月19日")),
        {},
        [
            (
                "CHECK_ISSUED",
                "第1页",
                "台账登的成文是2023-03-09，文件写的是2023-03-19",
                "、下步安排 / 示例县人民政府 / 2023年3月19日",
            )
        ],
    ),
    (
        "a.docx",
        docx(swapped("2023年3月9日", "二〇二二年十二月三十日")),
        {},
        [
            (
                "CHECK_ISSUED",
                "第9段",
                "台账登的成文是2023-03-09，文件写的是2022-12-30",
                "、下步安排 / 示例县人民政府 / 二〇二二年十二月三十日",
            )
        ],
    ),
    (
        "a.txt",
        "\n".join(["发布日期：2023年4月1日", *GOOD]).encode("gb18030"),
        {"published": "2023-03-31"},
        [
            (
                "CHECK_PUBLISHED",
                "第1行",
                "台账登的公开是2023-03-31，文件写的是2023-04-01",
                "发布日期:2023年4月1日 / 示政发〔2023〕5号 / 示",
            )
        ],
    ),
    (
        "a.html",
        WEB.format("".join(f"<p>{line}</p>" for line in GOOD)).encode(),
        {},
        [
            (
                "CHECK_DATE_ORDER",
                "第10段",
                "文件自己写着公开2023-02-23（第1段），成文2023-03-09，早14天",
                "、下步安排 / 示例县人民政府 / 2023年3月9日",
            )
        ],
    ),
    (
        "a.docx",
        docx(swapped(TITLE, "示例县2022年度法治政府建设情况报告")),
        {},
        [
            (
                "CHECK_TITLE",
                "第2段",
                "台账登的名称是「示例县2023年度法治政府建设情况报告」，文件写的是「示例县2022年度法治政府建设情况报告」",
                "",
            )
        ],
    ),
    (
        "a.docx",
        docx(swapped("示例县人民政府", "样板县人民政府")),
        {},
        [
            (
                "CHECK_ISSUER",
                "第8段",
                "台账登的出具单位是「示例县人民政府」，文件写的是「样板县人民政府」",
                "二、存在不足 / 三、下步安排 / 样板县人民政府 / 2023年3月9日",
            )
        ],
    ),
    (
        "a.docx",
        docx(GOOD),
        {"covers": {"from": "2021", "to": "2022"}},
        [("CHECK_YEAR", "第2段", "台账登的是2021、2022年的事，文件标题写的是2023年度", "")],
    ),
    (
        "a.txt",
        "会议记录\n2022年6月1日开会，讨论2021年的工作。\n".encode(),
        {
            "title": "会议记录",
            "number": None,
            "issuer": None,
            "issued": "2022-06-01",
            "covers": {"from": "2023", "to": "2023"},
        },
        [("CHECK_YEAR", "", "台账登的是2023年的事，文件里只出现2021、2022年", "")],
    ),
    ("a.txt", "别的事。\n".encode(), {}, [("CHECK_UNSTATED", "", "文件里没有找到登记的名称、文号、成文日期、出具单位", "")]),
    ("a.xlsx", xlsx(["别的表", "甲：1"]), {}, [("CHECK_UNSTATED", "", "文件里没有找到登记的名称", "")]),
    (
        "a.ofd",
        ofd(swapped("三、下步安排", "六、下步安排")),
        {},
        [
            (
                "CHECK_CHAPTER",
                "第1页",
                "标题从二跳到六，缺三、四、五",
                "二)抓好落实 / 二、存在不足 / 六、下步安排 / 示例县人民政府 / 2023年",
            )
        ],
    ),
    (
        "a.pdf",
        rewritten(pdf(GOOD), made="D:20230410120000+08'00'"),
        {},
        [
            (
                "E15",
                "",
                "疑似后补：电子文件自带的形成日期是2023-04-10，晚于登记的成文2023-03-09；扫描件、转存件属正常的请写明",
                "",
            )
        ],
    ),
    (
        "a.docx",
        with_part(docx(GOOD), "docProps/core.xml", CORE.format("modified", "2023-03-10", "modified").encode()),
        {},
        [
            (
                "E15",
                "",
                "疑似后补：电子文件自带的修改日期是2023-03-10，晚于登记的成文2023-03-09；扫描件、转存件属正常的请写明",
                "",
            )
        ],
    ),
    ("a.docx", docx(["机密★1年", *GOOD]), {}, [("E18", "第1段", "文件里有密级或内部标志「机密★」", "")]),
    ("a.pdf", pdf(["内部资料  注意保存", *GOOD]), {}, [("E18", "第1页", "文件里有密级或内部标志「内部资料注意保存」", "")]),
    ("a.docx", docx(GOOD), {"sha256": "0" * 64}, [("E19", "", "文件与登记时不是同一份", "")]),
    (
        "a.docx",
        docx([*GOOD[:3], f"张三 {ID_CARD}", "李四，139 1234 5678。", *GOOD[3:]]),
        {},
        [
            (
                "E22",
                "第4段",
                "文件里有身份证号或手机号2处（第4段、第5段）",
                "情况报告 / 一、主要做法 / 张三110*************2X / 李四,139******",
            )
        ],
    ),
]


def item_of(**said: Any) -> EvidenceItem:
    return EvidenceItem.model_validate(
        {"id": "E-1", **{key: value for key, value in {**ITEM, **said}.items() if value is not None}}
    )


def flags_of(name: str, content: bytes, said: dict[str, Any], folder: Path) -> list[tuple[str, str, str, str]]:
    path = folder / name
    path.write_bytes(content)
    opened = open_one(Task(name, path, (item_of(file=name, **said),)), 60)
    return [(flag.code, flag.where, flag.found, flag.words) for flag in opened.flags]


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case[3][0][0]}" for number, case in enumerate(CASES)])
def test_a_broken_file_gives_exactly_its_flag(case, tmp_path):
    """The code, the place in the file, what was found, and the words around it; and nothing else is said."""
    name, content, said, expected = case

    found = flags_of(name, content, said, tmp_path)

    assert found == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", pdf(GOOD)),
        ("a.docx", docx(GOOD)),
        ("a.xlsx", xlsx(GOOD)),
        ("a.ofd", ofd(GOOD)),
        ("a.txt", "\n".join(GOOD).encode("gb18030")),
        ("a.txt", "\n".join(GOOD).encode("utf-16")),
        ("a.html", ("<p>" + "</p><p>".join(GOOD) + "</p>").encode()),
        ("a.csv", "决定书文号,日期\n示市监罚〔2023〕1号,2023-01-09\n".encode()),
        ("a.pdf", rewritten(pdf(GOOD), "")),
    ],
)
def test_a_good_file_is_left_alone(name, content, tmp_path):
    """Every kind of file that says what its entry says; a number in a register is not the register's own."""
    said = {"number": None, "issued": None} if name in ("a.xlsx", "a.csv") else {}

    assert flags_of(name, content, said, tmp_path) == []


@pytest.mark.parametrize(
    "line",
    [
        "不得以内部文件为依据。",
        "涉及国家秘密、商业秘密的除外。",
        "统一社会信用代码91110105MA01ABCD2X",
        "共计13912345678.50元",
        "热线电话0436-6335202",
    ],
)
def test_sentences_and_codes_are_no_marks(line, tmp_path):
    """A word in a sentence is no mark of secrecy; a long number is not always a person's."""
    assert flags_of("a.docx", docx([*GOOD[:3], line, *GOOD[3:]]), {}, tmp_path) == []


def test_a_shortened_title_and_issuer_agree(tmp_path):
    """What leaves out characters of the original is no difference."""
    lines = swapped(TITLE, "中共示例县委示例县人民政府关于2023年度法治政府建设情况的报告")

    assert (
        flags_of("a.docx", docx(lines), {"title": "示例县政府2023年度法治政府建设报告", "issuer": "示例县政府"}, tmp_path)
        == []
    )


def test_text_is_found_across_line_breaks(tmp_path):
    """Lines of a PDF break where the page ends, not where a title or number does."""
    lines = ["示政发", "〔2023〕 5号", "示例县2023年度法治", "政府建设情况报告", "示例县人民政府", "2023年3月9日"]

    assert flags_of("a.pdf", pdf(lines), {}, tmp_path) == []


def test_headings_may_begin_anew(tmp_path):
    """A contents page before, an annex behind, and second-level headings under each first-level one are no jumps."""
    lines = [
        NUMBER,
        TITLE,
        "一、甲",
        "二、乙",
        "三、丙",
        "一、甲",
        "（一）子",
        "（二）丑",
        "二、乙",
        "（一）寅",
        "三、丙",
        *GOOD[-2:],
    ]

    assert flags_of("a.docx", docx(lines), {}, tmp_path) == []


def test_time_and_memory_end(tmp_path):
    """A file that takes too long is left, and said so; the others are read."""
    cells = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><v>1</v></c></row>' for row in range(1, 60_000)
    )
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    (tmp_path / "slow.xlsx").write_bytes(with_part(xlsx(["a"]), "xl/worksheets/sheet1.xml", sheet.encode()))
    (tmp_path / "good.pdf").write_bytes(pdf(GOOD))
    tasks = [Task(name, tmp_path / name, (item_of(file=name),)) for name in ("slow.xlsx", "good.pdf")]

    slow, good = open_all(tasks, 1, 0.1)

    assert [(flag.code, flag.found) for flag in slow.flags] == [("CHECK_TIMEOUT", "0.1秒没有读完")]
    assert good.flags == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process how much address space it holds")
def test_what_the_parent_holds_is_not_the_childs_memory():
    """A process that is forked begins with its parent's address space, however much libraries have set aside there."""
    import resource  # noqa: PLC0415 - there is none on Windows

    set_aside = 4_000_000_000
    with mmap.mmap(-1, set_aside), ProcessPoolExecutor(1, initializer=opening._be_modest) as pool:
        limit, _ = pool.submit(resource.getrlimit, resource.RLIMIT_AS).result()

    assert limit > set_aside + opening.MOST_MEMORY


def test_a_cell_a_million_rows_down_is_not_walked_to(tmp_path):
    """The rows between are not there."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    )

    text = read_file(with_part(xlsx(["a"]), "xl/worksheets/sheet1.xml", sheet.encode()), "a.xlsx")

    assert [(passage.place, passage.text) for passage in text.passages] == [("登记!A1", "甲")]
    assert [(one.code, one.found, one.place) for one in text.obstacles] == [
        ("CHECK_PART_READ", "只看了前100000行、前500列", "登记")
    ]


@pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="what a test plants is only inherited by a fork")
def test_a_file_that_brings_its_process_down_is_named(tmp_path, monkeypatch):
    """The others are opened all the same."""
    for name, content in (("a.pdf", pdf(GOOD)), ("b.txt", b"fatal"), ("c.docx", docx(GOOD))):
        (tmp_path / name).write_bytes(content)
    whole = opening.read_file
    monkeypatch.setattr(
        opening, "read_file", lambda content, name: os._exit(9) if content == b"fatal" else whole(content, name)
    )
    tasks = [Task(name, tmp_path / name, (item_of(file=name),)) for name in ("a.pdf", "b.txt", "c.docx")]

    flags = [[(flag.code, flag.found) for flag in file.flags] for file in open_all(tasks, 2)]

    assert flags == [[], [("CHECK_DAMAGED", "读的时候程序被系统中止")], []]


@pytest.mark.parametrize("make", [pdf, docx, xlsx, ofd, png])
def test_no_torn_file_raises(make):
    """Cut off anywhere, or with bytes turned over, a file gives a value."""
    whole = make(GOOD)
    ending = {pdf: "pdf", docx: "docx", xlsx: "xlsx", ofd: "ofd", png: "png"}[make]
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            assert all(one.code in CODES for one in read_file(content, f"a.{ending}").obstacles)


# --- the command ------------------------------------------------------------------------------------------------------

HEAD = """\
ruleset: lbg-2021
unit: {name: 示例县, kind: government, level: county, legislative_power: false}
period: {from: 2023-01-01, to: 2023-12-31}
as_of: 2024-03-31
"""


def submission(folder: Path, *items: dict[str, Any], **files: bytes) -> None:
    (folder / "submission.yaml").write_text(HEAD, encoding="utf-8")
    (folder / "ledger.jsonl").write_text(
        "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8"
    )
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["evidence", "check", *arguments], standalone_mode=False, catch_exceptions=False)


def test_files_entered_twice_and_used_too_often(tmp_path):
    """The same bytes, the same text under another name, and a use of one file over the limit by several entries."""
    uses = [{"indicator": "I-R36", "slot": "catalogue"}, {"indicator": "I-R36", "slot": "roster"}]
    others = [{"indicator": "I-R01", "slot": "catalogue"}, {"indicator": "I-R01", "slot": "list"}]
    submission(
        tmp_path,
        {**ITEM, "id": "E-1", "file": "a.pdf", "proves": uses},
        {**ITEM, "id": "E-2", "file": "b.pdf", "proves": others},
        {**ITEM, "id": "E-3", "file": "c.docx"},
        {**ITEM, "id": "E-4", "file": "gone.pdf"},
        {**ITEM, "id": "E-5", "url": "https://example.gov.cn/a"},
        a_pdf=pdf(GOOD),
        b_pdf=pdf(GOOD),
        c_docx=docx(GOOD),
    )

    told = json.loads(run(str(tmp_path), "--format", "json").stdout)

    assert [(flag["code"], flag["item"], flag["found"]) for flag in told["flags"]] == [
        ("E17", "E-4", "登记了文件，文件夹里没有"),
        ("CHECK_SAME_FILE", "E-2", "与 E-1（a.pdf） 是同一份文件"),
        ("CHECK_SAME_TEXT", "E-3", "与 E-1（a.pdf）、E-2（b.pdf） 是文字完全相同的文件"),
        ("CHECK_REUSE", "E-2", "同一份文件登成2件，共用于4处，超过3处"),
    ]
    assert (told["items"], told["files"], told["without_file"], told["without_text"]) == (5, 3, 1, 0)
    assert told["kinds"] == {"docx": 1, "pdf": 2}


def test_what_a_person_reads(tmp_path):
    """Flags of one code together, what to do once, nobody's number, no line too wide; --fail is the exit code."""
    submission(
        tmp_path,
        {**ITEM, "id": "E-1", "file": "a.docx"},
        a_docx=docx([*GOOD, f"附：{ID_CARD}"]),
    )

    result = run(str(tmp_path))

    assert result.stdout == (
        "佐证核对  示例县\n"
        "  台账1件，打开文件1个\n"
        "  提示1处，涉及1件。只提示给人看，不判定真伪；差异可能在文件，也可能在台账\n"
        "\n"
        "E22 含身份证号或手机号，须先遮盖（1处）\n"
        "  E-1 a.docx 第10段：文件里有身份证号或手机号1处（第10段）\n"
        "      原文：府 / 2023年3月9日 / 附:110*************2X\n"
        "  -> 请先遮盖身份证号、手机号再登记\n"
    )
    assert result.return_value == 0
    assert run(str(tmp_path), "--fail").return_value == 1
    for form in ("table", "json", "csv", "md"):
        shown = run(str(tmp_path), "--format", form).stdout
        assert "E22" in shown and ID_CARD not in shown and "19900307" not in shown
    assert all(width(line) <= 80 for line in result.stdout.splitlines())


def test_withdrawn_items_are_left_out(tmp_path):
    """What was taken back is not opened again."""
    submission(tmp_path, {**ITEM, "id": "E-1", "file": "a.pdf", "withdrawn": None}, a_pdf=pdf(GOOD))
    run_all = CliRunner().invoke(
        cli, ["evidence", "chain", str(tmp_path), "--by", "张三"], standalone_mode=False, catch_exceptions=False
    )
    assert run_all.exit_code == 0
    CliRunner().invoke(
        cli, ["evidence", "withdraw", str(tmp_path), "E-1", "--by", "张三", "--reason", "登重"], standalone_mode=False
    )

    assert json.loads(run(str(tmp_path), "--format", "json").stdout)["items"] == 0


def test_a_missing_library_is_named_with_how_to_install_it(tmp_path, monkeypatch):
    """No traceback: which libraries, and the one line that installs them."""

    def absent(_: str) -> None:
        raise ModuleNotFoundError(name="pypdf")

    monkeypatch.setattr(evidence_check.importlib, "import_module", absent)
    with pytest.raises(Exception, match=r"没有装齐：pip install 'fazhi\[evidence\]'") as caught:
        evidence_check._readers()

    assert caught.value.exit_code == 2


def test_processes_change_nothing():
    """One process or two: the same bytes; and of the demo county nothing is flagged that was not meant."""
    one, two = (run("evidence_samples/demo-county", "--format", "json", "--jobs", jobs).stdout for jobs in "12")
    flags = [(flag["code"], flag["item"]) for flag in json.loads(one)["flags"]]

    assert one == two
    assert [flag for flag in flags if flag[0] != "CHECK_NO_TEXT"] == [
        ("E19", "E-IR85-budget"),
        ("CHECK_DATE_ORDER", "E-IR82-text"),
        ("CHECK_SAME_FILE", "E-IR14-register"),
    ]
    pictures = {path.stem for path in (ROOT / "evidence_samples/demo-county/files").glob("*.png")}
    assert {item for code, item in flags if code == "CHECK_NO_TEXT"} == pictures - {"E-IR75-record"}


def test_every_code_has_its_file_and_its_remedy():
    """No code without a file above, none without something to do, and none that calls a file false."""
    elsewhere = {"CHECK_TIMEOUT", "CHECK_SAME_FILE", "CHECK_SAME_TEXT", "CHECK_REUSE", "E17"}
    tried = {code for case in CASES for code, *_ in case[3]}

    assert set(REMEDIES) == tried | elsewhere
    assert {code for code in CODES if code.startswith("CHECK_")} < set(REMEDIES)
    assert "造假" not in "".join([*REMEDIES.values(), *(meaning for _, meaning in CODES.values())])
