"""Make the small files of ``evidence_samples/demo-county/files``: an invented county, so that proof can be opened and hashed.

Reads ``ledger.jsonl`` for what each file is to say, writes every file anew with fixed dates and the standard library only:
the same bytes on every machine. ``python tests/make_demo_files.py`` writes; ``--check`` only compares.
"""

import csv
import io
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from collections.abc import Iterable
from datetime import date
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

DEMO = Path(__file__).parent.parent / "evidence_samples" / "demo-county"
INVENTED = "示例县，虚构"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FIXED = (2024, 1, 1, 0, 0, 0)
PDF_FONT = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>"
)
PDF_FONT_SHAPE = (
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
    b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
)

# What of 2023 does not follow the week: days off, and weekends that were worked.
HOLIDAYS = """
2023-01-02 2023-01-23 2023-01-24 2023-01-25 2023-01-26 2023-01-27 2023-04-05 2023-05-01 2023-05-02 2023-05-03
2023-06-22 2023-06-23 2023-09-29 2023-10-02 2023-10-03 2023-10-04 2023-10-05 2023-10-06
"""
WORKED = "2023-01-28 2023-01-29 2023-04-23 2023-05-06 2023-06-25 2023-10-07 2023-10-08"

Rows = list[list[str]]


def _after(start: str, days: int) -> str:
    return (date.fromisoformat(start) + timedelta(days=days)).isoformat()


def _at_work(day: str) -> str:
    """That day, or the last working day of 2023 before it: offices decide and answer nothing on a holiday."""
    at = date.fromisoformat(day)
    while day not in WORKED and (at.weekday() > 4 or day in HOLIDAYS):
        at -= timedelta(days=1)
        day = at.isoformat()
    return day


def penalties() -> Rows:
    """Thirty-six penalty decisions: four published late, one not at all, one of which nothing is known."""
    offices = ["市监", "城管", "公安", "环保", "应急", "人社"]
    late, rows = {5: 16, 14: 21, 23: 30, 31: 15}, []
    for i in range(36):
        decided = _at_work(_after("2023-01-09", i * 10))
        published = _at_work(_after(decided, late.get(i, 3 + i % 4)))
        published = "未公示" if i == 18 else "" if i == 27 else published
        rows.append([f"示例县（虚构）{offices[i % 6]}罚〔2023〕{i + 1}号", decided, published])
    return rows


def reconsiderations() -> Rows:
    """Twenty-four reconsideration cases: two decided late, one without a date of decision."""
    rows = []
    for i in range(24):
        accepted = _at_work(_after("2023-01-12", i * 12))
        decided = _at_work(_after(accepted, {7: 83, 16: 71}.get(i, 38 + i % 15)))
        rows.append([f"示例县（虚构）行复〔2023〕{i + 1}号", accepted, "" if i == 20 else decided])
    return rows


def defences() -> Rows:
    """Seventeen statements of defence, all in time."""
    days = [_at_work(_after("2023-01-17", i * 20)) for i in range(17)]
    return [[f"（2023）示例县（虚构）行初{i + 1}号", day, _at_work(_after(day, 8 + i % 6))] for i, day in enumerate(days)]


def poor_ratings() -> Rows:
    """Fourteen poor ratings: one never followed up, one with a blank, one followed up before it was set right."""
    rows = []
    for i in range(14):
        received = _at_work(_after("2023-01-19", i * 24))
        steps = [_at_work(_after(received, days)) for days in (2, 7, 12)]
        steps = {4: [*steps[:2], "未回访"], 9: [steps[0], "", steps[2]], 11: [steps[0], steps[2], steps[1]]}.get(i, steps)
        rows.append([f"示例县（虚构）差评{i + 1:02d}", received, *steps])
    return rows


COUNTED: dict[str, tuple[list[str], Rows]] = {
    "files/tables/penalties.csv": (["决定书文号", "决定日期", "公示日期"], penalties()),
    "files/tables/reconsiderations.csv": (["复议案号", "受理日期", "决定日期"], reconsiderations()),
    "files/tables/defences.csv": (["案号", "收到起诉状副本日期", "提交答辩状和证据日期"], defences()),
    "files/tables/poor-ratings.csv": (["差评编号", "收到日期", "核实日期", "整改日期", "回访日期"], poor_ratings()),
}
WRITTEN = {
    "files/tables/major-decisions.csv": """
决策事项,列入目录日期,送审日期,审查意见日期,审查结论,会议讨论日期
示例县（虚构）城区停车收费方案,2023-02-20,2023-03-06,2023-03-17,合法,2023-03-28
示例县（虚构）国土空间总体规划,2023-02-20,2023-04-10,2023-04-24,已按意见修改,2023-05-09
示例县（虚构）供水价格调整,2023-02-20,2023-06-05,2023-06-08,合法,2023-06-20
示例县（虚构）生活垃圾焚烧厂选址,2023-02-20,2023-08-07,2023-08-21,已按意见修改,2023-09-05
示例县（虚构）老城片区征收补偿,未办,未办,未办,未办,2023-10-17
示例县（虚构）中小学布局调整,2023-02-20,2023-10-30,2023-11-13,合法,2023-11-28
""",
    "files/tables/duty-list-changes.csv": """
事项名称,依据或职能变化日期,清单调整公布日期
示例县（虚构）燃气经营许可,2023-02-14,2023-03-20
示例县（虚构）户外广告设置审批,2023-04-03,2023-04-28
示例县（虚构）劳务派遣经营许可,2023-06-12,2023-07-10
示例县（虚构）排污许可变更,2023-09-18,2023-10-23
示例县（虚构）危险化学品经营许可,2023-11-06,未调整
""",
    "files/tables/competition-reviews.csv": """
政策措施名称,审查结论日期,审查结论,出台日期
示例县（虚构）稳增长十条,2023-01-16,符合标准,2023-02-06
示例县（虚构）招商引资办法,2023-03-13,已按意见修改,2023-04-10
示例县（虚构）公交特许经营方案,2023-05-15,适用例外规定,2023-06-05
示例县（虚构）农产品品牌奖补,未审,未审,2023-07-24
示例县（虚构）政府采购本地名录,2023-09-11,违反标准,2023-09-25
示例县（虚构）数字经济扶持,2023-10-09,符合标准,2023-11-06
""",
    "files/tables/normative-documents.csv": """
文件名称,评估论证日期,公开征求意见开始日期,公开征求意见截止日期,送审日期,审核意见日期,审核结论,集体审议日期,公布日期
示例县（虚构）物业管理办法,2023-01-30,2023-02-06,2023-03-10,2023-03-13,2023-03-24,合法,2023-04-04,2023-04-10
示例县（虚构）犬只管理办法,2023-03-06,2023-03-13,2023-04-14,2023-04-17,2023-04-28,已按意见修改,2023-05-16,2023-05-22
示例县（虚构）河道采砂管理办法,2023-05-08,2023-05-15,2023-06-16,2023-06-19,2023-06-30,合法,2023-07-11,2023-07-17
示例县（虚构）临时救助办法,2023-07-10,2023-07-17,2023-08-18,未办,未办,未办,2023-09-12,2023-09-18
示例县（虚构）户外广告管理办法,2023-08-21,2023-08-28,2023-09-28,2023-10-09,2023-10-20,合法,2023-10-17,2023-10-24
""",
    "files/tables/judicial-advice.csv": """
建议文号,收到日期,书面回复日期,回复期限
示例县（虚构）司建〔2023〕1号,2023-03-07,2023-04-20,2023-05-06
示例县（虚构）检建〔2023〕3号,2023-05-15,2023-07-04,2023-07-15
示例县（虚构）检建〔2023〕8号,2023-08-22,2023-10-11,2023-10-22
""",
    "files/tables/reconsideration-opinions.csv": """
意见书文号,收到意见书日期,回报日期
示例县（虚构）行复意〔2023〕1号,2023-05-19,2023-07-07
示例县（虚构）行复意〔2023〕2号,2023-09-15,2023-11-03
""",
    "files/tables/emergency-plans.csv": """
预案名称,印发日期,备案日期
示例县（虚构）防汛抗旱应急预案,2023-04-17,2023-05-08
示例县（虚构）森林火灾应急预案,2023-09-04,2023-09-22
示例县（虚构）燃气事故应急预案,2023-10-16,2023-12-04
""",
    "files/tables/emergency-releases.csv": """
事件名称,启动响应日期,首次发布信息日期
示例县（虚构）7·9暴雨内涝,2023-07-09,2023-07-09
示例县（虚构）11·2化工园区泄漏,2023-11-02,2023-11-03
""",
}


def table_bytes(header: list[str], rows: Rows) -> bytes:
    """A record table as UTF-8 CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def lines_of(item: dict[str, Any]) -> list[str]:
    """What a file says: that it is invented, and what the ledger says of it."""
    covers = item.get("covers")
    told = [
        ("标题", item["title"]),
        ("文号", item.get("number")),
        ("出具", item.get("issuer")),
        ("成文", item.get("issued")),
        ("公开", item.get("published")),
        ("所涉期间", covers and f"{covers['from']}至{covers['to']}"),
        ("签发", item.get("signed_by")),
        ("登记编号", item["id"]),
    ]
    head = [INVENTED, "本件只为演示登记、受理和退回，没有真实内容，不得引用。"]
    return head + [f"{label}：{value}" for label, value in told if value]


def pdf(lines: list[str]) -> bytes:
    """One page; Chinese in a font that every reader brings along."""
    shown = "\n".join(f"<{line.encode('utf-16-be').hex().upper()}> Tj T*" for line in lines)
    stream = f"BT /F1 13 Tf 60 780 Td 22 TL\n{shown}\nET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        PDF_FONT,
        PDF_FONT_SHAPE,
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _zipped(parts: Iterable[tuple[str, str]]) -> bytes:
    """Stored, not deflated: what deflate makes differs between versions of zlib."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts:
            info = zipfile.ZipInfo(name, FIXED)
            info.create_system = 0
            archive.writestr(info, XML + text)
    return out.getvalue()


def _types(part: str, kind: str, more: str = "") -> str:
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/>{more}</Types>'
    )


def _relation(kind: str, target: str) -> str:
    base = "http://schemas.openxmlformats.org"
    return (
        f'<Relationships xmlns="{base}/package/2006/relationships"><Relationship Id="rId1"'
        f' Type="{base}/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
    )


def docx(lines: list[str]) -> bytes:
    """A document of plain paragraphs."""
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in lines)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return _zipped(
        [
            ("[Content_Types].xml", _types("/word/document.xml", "wordprocessingml.document")),
            ("_rels/.rels", _relation("officeDocument", "word/document.xml")),
            ("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'),
        ]
    )


def xlsx(lines: list[str]) -> bytes:
    """A sheet: each line in a row, what stands before the colon apart from what stands behind it."""
    rows = ""
    for number, line in enumerate(lines, start=1):
        cells = "".join(
            f'<c r="{column}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for column, text in zip("AB", line.split("：", 1), strict=False)
        )
        rows += f'<row r="{number}">{cells}</row>'
    space, base = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org"
    sheet = (
        '<Override PartName="/xl/worksheets/sheet1.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    )
    book = (
        f'<workbook xmlns="{space}" xmlns:r="{base}/officeDocument/2006/relationships">'
        '<sheets><sheet name="登记" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return _zipped(
        [
            ("[Content_Types].xml", _types("/xl/workbook.xml", "spreadsheetml.sheet", sheet)),
            ("_rels/.rels", _relation("officeDocument", "xl/workbook.xml")),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", _relation("worksheet", "worksheets/sheet1.xml")),
            ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    """A zlib stream of stored blocks, for the same bytes under every zlib."""
    out, step = bytearray(b"\x78\x01"), 65535
    for start in range(0, len(data), step):
        block = data[start : start + step]
        out += struct.pack("<BHH", start + step >= len(data), len(block), len(block) ^ 0xFFFF) + block
    return bytes(out + struct.pack(">I", zlib.adler32(data)))


def png(lines: list[str]) -> bytes:
    """A small grey picture; what it is stands in its text chunk."""
    width, height = 64, 40
    rows = b"".join(b"\0" + bytes((160 + (x * 5 + y * 3) % 64) for x in range(width)) for y in range(height))
    text = b"Description\0\0\0zh\0\0" + "；".join(lines).encode()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"iTXt", text), (b"IDAT", _stored(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def txt(lines: list[str]) -> bytes:
    """Plain text."""
    return ("\n".join(lines) + "\n").encode()


def sheet_csv(lines: list[str]) -> bytes:
    """A table of two columns: what it is, what it says."""
    return table_bytes(["项目", "内容"], [line.split("：", 1) if "：" in line else ["说明", line] for line in lines])


MAKERS: dict[str, Callable[[list[str]], bytes]] = {
    ".pdf": pdf,
    ".docx": docx,
    ".xlsx": xlsx,
    ".png": png,
    ".txt": txt,
    ".csv": sheet_csv,
}


def demo_files() -> dict[str, bytes]:
    """Every file by its path below the sample."""
    made = {name: table_bytes(header, rows) for name, (header, rows) in COUNTED.items()}
    made |= {name: text.lstrip("\n").encode() for name, text in WRITTEN.items()}
    for line in (DEMO / "ledger.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        name = item.get("file")
        if name and name not in made:
            made[name] = MAKERS[Path(name).suffix](lines_of(item))
    return made


def main() -> int:
    """Write the files, or with ``--check`` name those that differ."""
    differing = []
    for name, content in sorted(demo_files().items()):
        path = DEMO / name
        if path.is_file() and path.read_bytes() == content:
            continue
        differing.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    sys.stdout.write("".join(f"{name}\n" for name in differing))
    return int(bool(differing) and "--check" in sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
