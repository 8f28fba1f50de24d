"""Indicator tables as they are published, in three formats with merged cells, and what becomes of every row."""

import csv
import io
import json
import runpy
import zipfile
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.alignment import align
from engine.commands import cli
from engine.commands.inputs import Refusal
from engine.indicator_tables import read_table
from engine.models.exact import read_exact
from engine.models.scaffold import IndicatorTable
from engine.rendering.layout import width
from engine.scaffolding import scaffold
from engine.similarity import likeness
from engine.sources import parse_yaml
from engine.table_files import read_grids

ROOT = Path(__file__).parents[2]
MADE = runpy.run_path(str(ROOT / "tests" / "make_demo_files.py"))

# A cell: text, rows down, columns across. What stands under a cell that reaches down is not written again.
Cell = tuple[str, int, int]
HEADER: list[Cell] = [("一级指标", 1, 1), ("二级指标", 1, 1), ("序号", 1, 1), ("三级指标", 1, 1), ("分值", 1, 1)]
TABLE: list[list[Cell]] = [
    [("市县法治政府建设指标（样表）", 1, 5)],
    HEADER,
    [
        ("一、政府职能\n依法全面履行", 3, 1),
        ("（一）简政放权", 2, 1),
        ("1", 1, 1),
        ("依法许可，无变相许可。", 1, 1),
        ("2", 1, 1),
    ],
    [("2", 1, 1), ("权责清单: 公布与调整 #1", 1, 1), ("3", 1, 1)],
    [("（二）监管", 1, 1), ("3", 1, 1), ("信用监管", 1, 1), ("", 1, 1)],
    [("二、行政执法", 1, 1), ("1．执法公示", 1, 1), ("4", 1, 1), ("行政执法公示", 1, 1), ("1.5", 1, 1)],
    [("合计", 1, 4), ("100", 1, 1)],
    [("注：分值为本地所定。", 1, 5)],
]


def placed(table: list[list[Cell]]) -> dict[tuple[int, int], Cell]:
    """Where each cell begins, rows and columns from 0."""
    taken: set[tuple[int, int]] = set()
    begins: dict[tuple[int, int], Cell] = {}
    for row, cells in enumerate(table):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            begins[row, column] = cell
            taken |= {(row + down, column + across) for down in range(cell[1]) for across in range(cell[2])}
    return begins


def as_xlsx(table: list[list[Cell]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "指标"
    for (row, column), (text, down, across) in placed(table).items():
        sheet.cell(row + 1, column + 1, text or None).data_type = "s"
        if down > 1 or across > 1:
            sheet.merge_cells(start_row=row + 1, start_column=column + 1, end_row=row + down, end_column=column + across)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_html(table: list[list[Cell]]) -> bytes:
    rows = ""
    for cells in table:
        rows += "<tr>" + "".join(
            f'<td rowspan="{d}" colspan={a}><p>{escape(t)}</p></td>' for t, d, a in cells
        )  # nobody closes rows
    return f"<html><body><table>{rows}</table></body></html>".encode()


def as_docx(table: list[list[Cell]]) -> bytes:
    begins = placed(table)
    goes_on = {(row + down, column): cell for (row, column), cell in begins.items() for down in range(1, cell[1])}
    rows = ""
    for row in range(len(table)):
        cells = ""
        for column in range(20):
            cell, above = begins.get((row, column)), goes_on.get((row, column))
            if cell is None and above is None:
                continue
            text, down, across = cell or ("", 2, above[2] if above else 1)
            merge = ('<w:vMerge w:val="restart"/>' if down > 1 else "") if cell else "<w:vMerge/>"
            lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))
            cells += f'<w:tc><w:tcPr><w:gridSpan w:val="{across}"/>{merge}</w:tcPr>{lines}</w:tc>'
        rows += f"<w:tr>{cells}</w:tr>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(MADE["docx"](["x"]))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = f'<w:document xmlns:w="{space}"><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>'.encode()
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return out.getvalue()


FORMATS = {"t.xlsx": as_xlsx, "t.html": as_html, "t.docx": as_docx}


def read(content: bytes, name: str) -> IndicatorTable:
    grids, problems = read_grids(content, name)
    assert problems == []
    table, problems = read_table(grids, name)
    assert table is not None, problems
    return table


def said(table: IndicatorTable) -> list[tuple[Any, ...]]:
    return [
        (row.pillar_no, row.pillar, row.subpillar, row.number, row.title, row.requirement, row.other) for row in table.rows
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_with_merged_cells(name):
    """The same rows from each format: merged cells filled, numbers off the titles, totals and notes left out with a reason."""
    table = read(FORMATS[name](TABLE), name)

    assert said(table) == [
        (1, "政府职能依法全面履行", "简政放权", 1, "依法许可", "依法许可，无变相许可。", (("分值", "2"),)),
        (1, "政府职能依法全面履行", "简政放权", 2, "权责清单", "权责清单:公布与调整#1", (("分值", "3"),)),
        (1, "政府职能依法全面履行", "监管", 3, "信用监管", "信用监管", ()),
        (2, "行政执法", "执法公示", 4, "行政执法公示", "行政执法公示", (("分值", "1.5"),)),
    ]
    assert [(out.text, out.reason) for out in table.left_out] == [
        ("市县法治政府建设指标（样表）", "表头以前"),
        ("一级指标 二级指标 序号 三级指标 分值", "表头"),
        ("合计 100", "合计或说明"),
        ("注：分值为本地所定。", "合计或说明"),
    ]
    assert table.notices == ()


def test_headings_over_the_whole_row():
    """一、 and （一） over the row are levels; a heading repeated on the next page is left out; numbers may begin anew."""
    rows: list[list[Cell]] = [
        [("指标", 1, 1), ("测评标准", 1, 1)],
        [("一、政府职能", 1, 2)],
        [("（一）放权", 1, 2)],
        [("1．许可", 1, 1), ("依法许可", 1, 1)],
        [("2．清单", 1, 1), ("公布清单", 1, 1)],
        [("指标", 1, 1), ("测评标准", 1, 1)],
        [("（二）监管", 1, 2)],
        [("1．信用", 1, 1), ("信用监管", 1, 1)],
        [("二、执法", 1, 2)],
        [("1．公示", 1, 1), ("执法公示", 1, 1)],
    ]
    table = read(as_html(rows), "t.html")

    assert [row[:6] for row in said(table)] == [
        (1, "政府职能", "放权", None, "许可", "依法许可"),
        (1, "政府职能", "放权", None, "清单", "公布清单"),
        (1, "政府职能", "监管", None, "信用", "信用监管"),
        (2, "执法", "", None, "公示", "执法公示"),
    ]
    assert table.notices == ("表里的序号有重复（多半在各二级指标下重新起算），不当作全表的序号，official_no 都留空",)
    assert [out.reason for out in table.left_out] == ["表头", "分级标题", "分级标题", "重复的表头", "分级标题", "分级标题"]


def test_numbers_that_jump_are_said():
    """A number left out or missing may be a row left out."""
    rows = [HEADER[2:4], [("1", 1, 1), ("甲事", 1, 1)], [("3", 1, 1), ("乙事", 1, 1)], [("", 1, 1), ("丙事", 1, 1)]]

    assert read(as_html(rows), "t.html").notices == ("表1第4行第2格 没有序号", "表1第3行第2格 序号从1跳到3")


def test_a_table_goes_on_after_the_page():
    """A second table without a heading goes on with the first; one that does not fit is named."""
    one = as_html([HEADER[2:4], [("1", 1, 1), ("甲事", 1, 1)]]).decode()
    more = as_html([[("2", 1, 1), ("乙事", 1, 1)]]).decode() + as_html([[("别的", 1, 1)]]).decode()
    table = read((one + more).encode(), "t.html")

    assert [row.requirement for row in table.rows] == ["甲事", "乙事"]
    assert [(out.place, out.reason) for out in table.left_out][-1] == ("表3", "没有认出表头，整张表没有读")


texts = st.text(
    "政府职能依法全面履行公开许可清单执法监督复议年度目录，。（）: #\"'[]{}-!&*|%@`0123\n a", min_size=1, max_size=30
).filter(lambda text: any("一" <= c <= "鿿" for c in text) and not text.strip().startswith(("（", "注", "0", "1", "2", "3")))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), texts), min_size=1, max_size=12),
    st.sampled_from(sorted(FORMATS)),
)
def test_every_row_stands_exactly_once_in_the_skeleton(rows, name):
    """Whatever the texts and merges: each row once, in order, with its own words, in YAML that reads back."""
    rows = sorted(rows, key=lambda row: row[:2])
    cells: list[list[Cell]] = [HEADER[:4]]
    for at, (pillar, second, text) in enumerate(rows):
        line: list[Cell] = []
        if at == 0 or rows[at - 1][0] != pillar:
            line.append((f"{'一二三'[pillar]}、{'甲乙丙'[pillar]}类", sum(row[0] == pillar for row in rows), 1))
        if at == 0 or rows[at - 1][:2] != (pillar, second):
            line.append((f"（{'一二'[second]}）子{pillar}{second}", sum(row[:2] == (pillar, second) for row in rows), 1))
        cells.append([*line, (str(at + 1), 1, 1), (text, 1, 1)])
    table = read(FORMATS[name](cells), name)
    files = scaffold(table, align(table, None, issued=True), issued=True, ruleset=None)

    written = []
    for file in sorted(one for one in files if one.startswith("pillars/")):
        data, problems = parse_yaml(files[file], file)
        assert problems == []
        written += [
            (data["id"], one["subpillar"], int(one["official_no"]), one["requirement"]) for one in data["indicators"]
        ]
        assert {one["text_status"] for one in data["indicators"]} == {"verified"}
    assert [(pillar, second, number) for pillar, second, number, _ in written] == [
        (f"P{pillar + 1}", f"子{pillar}{second}", at) for at, (pillar, second, _) in enumerate(rows, start=1)
    ]
    assert ["".join(text.split()) for *_, text in written] == ["".join(text.split()) for *_, text in rows]


# --- held against a ruleset -------------------------------------------------------------------------------------------


def one_row(ruleset, title: str, number: int | None = None, issued: bool = True) -> Any:
    rows = [HEADER[2:4], [(str(number or ""), 1, 1), (title, 1, 1)]]
    return align(read(as_html(rows), "t.html"), ruleset, issued).rows[0]


def test_thresholds(ruleset):
    """Matched only by nearly the same text, or by number and half the text; the rest is doubtful, or nothing like it."""
    title = next(one.title for one in ruleset.indicators if one.id == "I-R07")
    same, near, far = one_row(ruleset, title), one_row(ruleset, "信用监管分级"), one_row(ruleset, "甲乙丙丁")

    assert (same.match, same.indicator, same.likeness, same.reason) == ("matched", "I-R07", 1, "文字几乎相同")
    assert (near.match, near.indicator, near.likeness, near.reason) == (
        "doubtful",
        "I-R07",
        Fraction(3, 4),
        "文字相近，不到80%",
    )
    assert (far.match, far.id, far.reason) == ("unmatched", "I-T001", "没有相近的指标")


def test_the_number_and_the_text_must_agree(ruleset):
    """In the issued table, another text under a number is doubtful, and another number over a text; other tables count as they like."""
    other_text, other_number, third = (
        one_row(ruleset, "别的一件事", 2),
        one_row(ruleset, "依法许可、无变相许可", 7),
        one_row(ruleset, "信用监管", 3),
    )
    agreed = one_row(ruleset, "依法许可、无变相许可事项", 2)

    assert (other_text.match, other_text.indicator, other_text.reason) == ("doubtful", "I-002", "序号相同，文字不到50%")
    assert (other_number.match, other_number.reason) == ("doubtful", "文字相近，序号不同（规则集写的是2）")
    assert (third.match, third.indicator, third.reason) == ("doubtful", "I-R07", "序号相同的是 I-003，文字却是这一项更近")
    own_numbers = one_row(ruleset, "依法许可、无变相许可", 7, issued=False), one_row(ruleset, "信用监管", 3, issued=False)
    assert [(one.match, one.indicator) for one in own_numbers] == [("matched", "I-002"), ("matched", "I-R07")]
    assert (agreed.match, agreed.id, agreed.reason) == ("matched", "I-002", "序号相同，文字相近")


def test_no_indicator_is_given_twice(ruleset):
    """Two rows with one text are both doubtful."""
    rows = [HEADER[3:], [("信用监管", 1, 1), ("1", 1, 1)], [("信用监管", 1, 1), ("2", 1, 1)]]
    aligned = align(read(as_html(rows), "t.html"), ruleset)

    assert [(one.match, one.id) for one in aligned.rows] == [("doubtful", "I-T001"), ("doubtful", "I-T002")]
    assert aligned.rows[0].reason == "另有一行也对上这一项：表1第3行第1格"


@given(st.text("法治政府建设", max_size=8), st.text("法治政府建设", max_size=8))
def test_likeness_is_a_share_and_the_same_both_ways(one, other):
    """0 to 1, symmetric, and 1 for the same text."""
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert likeness(one, one) == bool(one)


# --- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["rules", "scaffold", *arguments], standalone_mode=False, catch_exceptions=False)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "指标.xlsx"
    path.write_bytes(as_xlsx(TABLE))
    return path


def test_what_is_written_and_said(table, tmp_path):
    """The skeleton, the alignment for people, the smaller reserve; and lint lists what is still to be written."""
    result = run(str(table), "--against", "lbg-2021", "--issued", "-o", str(tmp_path / "new"))
    written = sorted(path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*.*"))

    assert written == [
        "alignment.csv",
        "pillars/01.yaml",
        "pillars/02.yaml",
        "reserve-assumed-100.yaml",
        "reserve-equal-100.yaml",
        "ruleset.yaml",
    ]
    assert (tmp_path / "new/pillars/02.yaml").read_text(encoding="utf-8") == (
        "# 骨架，由 fazhi rules scaffold 照「指标.xlsx」写出：只有表里写着的。还缺什么，fazhi rules lint 逐条列出。\n"
        "id: P2\n"
        "title: 行政执法\n"
        "indicators:\n"
        "  # 存疑，像 lbg-2021 I-R30（50%）：文字相近，不到80%；人定以前用新编号\n"
        "  - id: I-T004\n"
        "    official_no: 4\n"
        "    text_status: verified\n"
        "    subpillar: 执法公示\n"
        "    title: 行政执法公示\n"
        "    requirement: 行政执法公示\n"
        "    note: 表中指标!D6；分值：1.5\n"
    )
    assert "official_totals: {pillars: 2, subpillars: 3, indicators: 4}" in (tmp_path / "new/ruleset.yaml").read_text(
        "utf-8"
    )
    assert "对照 lbg-2021：对上0，存疑4，没对上0；规则集有、表里没有对上的89项" in result.stdout.replace("\n      ", "")
    assert all(width(line) <= 80 for line in result.stdout.splitlines() if str(tmp_path) not in line)

    lint = CliRunner().invoke(cli, ["rules", "lint", str(tmp_path / "new"), "--format", "json"], standalone_mode=False)
    missing = {found["found"] for found in json.loads(lint.stdout)["findings"] if "pillars/02" in found["file"]}
    assert missing == {f"缺少「{key}」" for key in ("award", "clock", "lead_unit", "remedy", "short")} | {
        "缺少「kind」（种类）"
    }


def test_without_a_folder_nothing_is_written(table, tmp_path, monkeypatch):
    """Whoever only wants to look gets the same list."""
    monkeypatch.chdir(tmp_path)
    result = run(str(table), "--against", "lbg-2021")

    assert [path.name for path in tmp_path.iterdir()] == [table.name]
    assert result.stdout.startswith("规则骨架  指标.xlsx（只看，没有写文件）\n")
    assert result.stdout.endswith("再看\n  加 -o 新文件夹 写出骨架、alignment.csv 和留分片段\n")


def test_a_person_decides(table, tmp_path):
    """What stands in the last column of the alignment holds; the rest is as before, and new rows take from the reserve."""
    run(str(table), "--against", "lbg-2021", "-o", str(tmp_path / "one"))
    rows = list(csv.reader(io.StringIO((tmp_path / "one/alignment.csv").read_text("utf-8-sig"))))
    assert [row[6] for row in rows[1:9]] == ["存疑", "存疑", "对上", "存疑", "不是指标", "不是指标", "不是指标", "不是指标"]
    rows[2][-1], rows[4][-1] = "I-R02", "新增"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    (tmp_path / "decided.csv").write_text(out.getvalue(), encoding="utf-8-sig")
    run(str(table), "--against", "lbg-2021", "--decided", str(tmp_path / "decided.csv"), "-o", str(tmp_path / "two"))

    assert "- id: I-R02\n    official_no: null\n    text_status: recalled\n" in (tmp_path / "two/pillars/01.yaml").read_text(
        "utf-8"
    )
    snippet, _ = parse_yaml((tmp_path / "two/reserve-equal-100.yaml").read_text("utf-8"), "x")
    assert snippet["points"] == {"I-T004": "1"}
    assert [(entry["rows"], entry["points"]) for entry in snippet["reserve"]] == [("10", "10")]


def test_the_reserve_and_the_new_points_come_to_the_same(ruleset, tmp_path):
    """However many rows are new, points and reserve together are what the reserve was."""
    rows = [HEADER[2:4], *([(str(at), 1, 1), (chr(0x5000 + 3 * at) * 4, 1, 1)] for at in range(104, 118))]
    table = read(as_html(rows), "t.html")
    files = scaffold(table, align(table, ruleset, issued=True), issued=True, ruleset=ruleset)

    for name, profile in ruleset.profiles.items():
        data, problems = parse_yaml(files[f"reserve-{name}.yaml"], name)
        assert problems == []
        points = [read_exact(value) for value in data["points"].values()]
        kept = [read_exact(entry["points"]) for entry in data["reserve"]]
        assert sum(points) + sum(kept) == sum(entry.points for entry in profile.reserve)
    assert "# 留分不够，这3行没有分值，要人重新分配：I-T012、I-T013、I-T014\n" in files["reserve-equal-100.yaml"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.pdf",
            MADE["pdf"](["一级指标"]),
            "a.pdf: TABLE_FILE 这是PDF，读不出表格\n    请另存为 xlsx、docx 或 html；PDF 里的表先转成 Excel",
        ),
        ("a.docx", MADE["docx"](["没有表"]), "a.docx: TABLE_FILE 文件里没有表格\n    请核对是不是传错了文件；要的是指标表"),
        (
            "a.xlsx",
            b"PK\x03\x04torn",
            "a.xlsx: TABLE_FILE 压缩包打不开\n    请另存为 xlsx、docx 或 html；PDF 里的表先转成 Excel",
        ),
        (
            "a.xlsx",
            as_xlsx([HEADER, *[[("", 1, 1)]] * 20_000, [("甲", 1, 1)]]),
            "a.xlsx: TABLE_FILE 指标超过20000行或100列，不像指标表\n    请另存为 xlsx、docx 或 html；PDF 里的表先转成 Excel",
        ),
        (
            "a.html",
            b"<table><tr><td>a<td>b</table>",
            "a.html: TABLE_COLUMNS 看了1张表，没有一张认得出表头\n    表头要有「三级指标」或「测评内容」一类的列；认得的：一级指标、二级指标、指标序号、三级指标、指标要求 等",
        ),
    ],
)
def test_files_without_a_table_are_refused(name, content, message, tmp_path):
    """What it is, and what to bring instead; nothing is written."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal) as caught:
        run(str(tmp_path / name), "-o", str(tmp_path / "new"))

    assert [str(found) for found in caught.value.problems] == [message]
    assert not (tmp_path / "new").exists()


def test_decisions_with_mistakes_are_refused_all_at_once(table, tmp_path):
    """A row that is not there, an indicator that is not there, and one given twice."""
    path = tmp_path / "d.csv"
    path.write_text("表中位置,人定\n指标!Z9,新增\n指标!D3,I-R99\n指标!D4,I-002\n指标!D5,I-002\n", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        run(str(table), "--against", "lbg-2021", "--decided", str(path), "-o", str(tmp_path / "new"))

    assert [(found.code, found.place.line, found.found) for found in caught.value.problems] == [
        ("NAME_UNKNOWN", 2, "表里没有「指标!Z9」这一行指标"),
        ("INDICATOR_UNKNOWN", 3, "没有指标「I-R99」"),
        ("ID_DUPLICATE", 5, "指标「I-002」已给了另一行"),
    ]


def test_written_rules_are_never_overwritten(table, tmp_path):
    """A folder with anything in it is left alone."""
    (tmp_path / "new").mkdir()
    (tmp_path / "new/a").write_text("mine")
    with pytest.raises(Exception, match="里已有东西；骨架写到新文件夹"):
        run(str(table), "-o", str(tmp_path / "new"))

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a"]
