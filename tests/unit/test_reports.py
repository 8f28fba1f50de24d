"""Reports as a user meets them: every kind in every format, read back by a second program, hostile text and all."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result
from docx import Document
from openpyxl import load_workbook

from engine.commands import cli
from engine.commands import papers
from engine.commands.inputs import Inputs
from engine.commands.inputs import judge_submission
from engine.rendering.papers.kinds import KINDS
from engine.rendering.papers.plain import paper_markdown

ROOT = Path(__file__).parents[2]
COUNTY = ROOT / "evidence_samples" / "demo-county"
TAONAN = ROOT / "evidence_samples" / "taonan-2020"
NOTICE = "内部试算，非评估结论，不得外引"
HOSTILE = '=HYPERLINK("http://x","点")<script>alert(1)</script>{{ 7*7 }} & \'引号\''


def fazhi(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], standalone_mode=False)


def made(path: Path, *arguments: object) -> Path:
    done = fazhi(*arguments, "-o", path)
    assert done.exception is None, done.exception
    return path


@pytest.fixture(scope="module")
def judged() -> Inputs:
    return judge_submission(TAONAN, None, None, None, None)


class Page(HTMLParser):
    """What a browser would see without running anything: tags, addresses asked for, text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asked: list[str] = []
        self.handlers: list[str] = []
        self.text: list[str] = []
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "data", "srcset", "action", "poster") and not (value or "").startswith("#"):
                self.asked.append(f"{tag} {value}")
            if name.startswith("on") or name == "style":
                self.handlers.append(f"{tag} {name}")
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] not in ("script", "style"):
            self.text.append(data)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A submission whose texts try to become formulas, scripts and templates."""
    folder = tmp_path / "填报"
    shutil.copytree(TAONAN, folder)
    file = folder / "submission.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("name: 洮南市", "name: '" + HOSTILE.replace("'", "''") + "'", 1), encoding="utf-8")
    assert HOSTILE.replace("'", "''") in file.read_text(encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_format(kind: str, judged: Inputs, tmp_path: Path) -> None:
    """Each carries the notice and the profile, and opens in a second library."""
    paper = KINDS[kind].lay_out(judged.assessment, papers.simulated(judged) if KINDS[kind].simulated else None)
    for form in papers.FORMATS:
        papers.write_paper(paper, form, tmp_path / f"r.{form}")
    document = Document(str(tmp_path / "r.docx"))
    book = load_workbook(tmp_path / "r.xlsx")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    markdown = (tmp_path / "r.md").read_text(encoding="utf-8")
    heads = "".join(p.text for section in document.sections for p in section.header.paragraphs)

    assert NOTICE in heads and f"口径{judged.profile.id}（假设）" in heads
    assert KINDS[kind].title[:2] in document.paragraphs[0].text + document.core_properties.title
    assert all(NOTICE in str(sheet.oddFooter.left.text) for sheet in book.worksheets)
    assert NOTICE in page and NOTICE in markdown
    rows = list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text(encoding="utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert not document.element.xpath("//w:t[contains(., '{{')]")


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice the same, in every format; no part of a packed file bears the day of the run."""
    for form in ("html", "xlsx", "docx"):
        first = made(tmp_path / f"1.{form}", "assess", TAONAN, "--format", form).read_bytes()
        assert first == made(tmp_path / f"2.{form}", "assess", TAONAN, "--format", form).read_bytes()
    with zipfile.ZipFile(tmp_path / "1.docx") as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_page_asks_for_nothing_and_reads_without_scripts(tmp_path: Path) -> None:
    """No address but its own headings, no handler, no inline style; every gap is in the text; search is hidden."""
    text = made(tmp_path / "a.html", "assess", COUNTY, "--format", "html").read_text(encoding="utf-8")
    page = Page(text)
    told = "".join(page.text)
    gaps = list(csv.DictReader(io.StringIO(fazhi("gaps", COUNTY, "--format", "csv").stdout)))

    assert page.asked == [] and page.handlers == []
    assert page.policy.startswith("default-src 'none'") and "unsafe" not in page.policy
    assert page.tags.count("script") == 1 and page.tags.count("svg") == 3
    assert len(gaps) > 100 and all(gap["应当怎样"] in told for gap in gaps)
    assert text.count('class="find" hidden') == text.count('class="find"') > 2
    assert "@page { size: A4" in text and "@page wide { size: A4 landscape" in text


def test_hostile_text_stays_text(hostile: Path, tmp_path: Path) -> None:
    """In a page no element, in a workbook no formula, in CSV a quote before it, in Word literally."""
    text = made(tmp_path / "a.html", "assess", hostile, "--format", "html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.tags.count("script") == 1 and "<script>alert" not in text and HOSTILE in "".join(page.text)

    for words in (("assess", hostile, "--format", "xlsx"), ("report", "interview", hostile)):
        book = load_workbook(made(tmp_path / "a.xlsx", *words))
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
        assert any(HOSTILE in str(cell.value) for cell in cells)

    document = Document(str(made(tmp_path / "a.docx", "report", "self", hostile)))
    assert document.paragraphs[0].text.startswith(HOSTILE)
    assert "49" not in document.paragraphs[0].text

    rows = list(csv.reader(io.StringIO(made(tmp_path / "a.csv", "report", "gaps", hostile).read_text(encoding="utf-8-sig"))))
    assert not [
        cell
        for row in rows
        for cell in row
        if cell[:1] in ("=", "+", "@") or cell[:1] == "-" and cell != "-" and not cell.startswith("-/")
    ]


def test_a_workbook_has_filters_and_numbers(tmp_path: Path) -> None:
    """Points are numbers that add up to the total, the head stays in sight and is printed on every page."""
    book = load_workbook(made(tmp_path / "s.xlsx", "report", "score", COUNTY))
    sheet = book["得分汇总"]
    heads = [cell.value for cell in sheet[4]]
    proven = [row[heads.index("有据已得")] for row in sheet.iter_rows(min_row=5, values_only=True)]

    assert sheet.auto_filter.ref and sheet.freeze_panes and sheet.print_title_rows
    assert all(isinstance(value, int | float) for value in proven)
    assert sum(round(value * 1000) for value in proven[:-1]) == round(proven[-1] * 1000)


def test_the_ledger_keeps_every_gap_and_leaves_people_their_columns(tmp_path: Path) -> None:
    """Numbers that stay from run to run; nobody's name, progress or mark is invented."""
    rows = list(
        csv.DictReader(io.StringIO(fazhi("report", "rectification", COUNTY, "--format", "csv").stdout.lstrip("\ufeff")))
    )
    gaps = {gap["编号"] for gap in csv.DictReader(io.StringIO(fazhi("gaps", COUNTY, "--format", "csv").stdout))}

    assert len({row["问题编号"] for row in rows}) == len(rows) > 100
    assert {row["问题编号"].lstrip("'") for row in rows} <= {gap.lstrip("'") for gap in gaps}
    by_hand = ("责任人", "进展", "佐证", "牵头复核人、日期", "专班核验、日期", "反弹复查日")
    assert {row[head] for row in rows for head in by_hand} == {""}
    assert {row["销号结论"] for row in rows} == {"未启动", "补不了"}


def test_a_card_speaks_of_its_unit_alone() -> None:
    """With --unit there is one card, without the whole's points; five questions at most."""
    text = fazhi("report", "interview", COUNTY, "--unit", "信访局", "--format", "md").stdout
    cards = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert cards == ["信访局"]
    assert 1 <= len(re.findall(r"^\d\. ", text, re.MULTILINE)) <= 5
    assert "满分" not in text.split("## 信访局")[1]


def test_no_report_shows_chances_of_being_drawn_or_forbidden_words() -> None:
    """Neither does any report say how to make a past that was not."""
    judged = judge_submission(COUNTY, None, None, None, None)
    simulation = papers.simulated(judged)
    for kind in KINDS:
        text = paper_markdown(KINDS[kind].lay_out(judged.assessment, simulation))
        assert not re.search(r"抽中概率|被抽中的概率|补造|倒签|补签|补开|调整日期|挑选案卷|造假", text), kind


def test_a_template_edited_by_staff(tmp_path: Path) -> None:
    """Their words stay, before and behind the content; what may not be left out is asked for by name."""
    own = made(tmp_path / "own.docx", "report", "template")
    document = Document(str(own))
    document.paragraphs[0].insert_paragraph_before("示例县委全面依法治县委员会办公室")
    document.add_paragraph("（联系人：张三）")
    document.save(str(own))
    filled = Document(str(made(tmp_path / "r.docx", "report", "gaps", TAONAN, "--template", own)))
    texts = [p.text for p in filled.paragraphs if p.text]

    assert texts[0] == "示例县委全面依法治县委员会办公室" and texts[-1] == "（联系人：张三）"

    for section in document.sections:
        for header in (section.header, section.even_page_header):
            header.paragraphs[0].text = "内部资料"
    next(p for p in document.paragraphs if "正文" in p.text).text = "正文"
    document.save(str(own))
    done = fazhi("report", "gaps", TAONAN, "--template", own, "-o", tmp_path / "r2.docx")
    assert str(done.exception) == (
        f"模板「{own}」不能用：正文里要有一段 {{{{正文}}}}，只要一段；页眉或页脚里要有 {{{{提示}}}}；页眉或页脚里要有 {{{{口径}}}}。"
        "用 fazhi report template -o 文件 取一份原样的再改"
    )
    assert not (tmp_path / "r2.docx").exists()
    own.write_text("不是文档", encoding="utf-8")
    assert "读不出，不是 docx 文件" in str(
        fazhi("report", "gaps", TAONAN, "--template", own, "-o", tmp_path / "r2.docx").exception
    )


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("write_page", "html", "写 HTML 报告要 Jinja2，没有装：pip install 'fazhi[office]'"),
        ("write_workbook", "xlsx", "写 Excel 工作簿要 XlsxWriter，没有装：pip install 'fazhi[office]'"),
        ("write_document", "docx", "写 Word 文件要 python-docx，没有装：pip install 'fazhi[office]'"),
    ],
)
def test_what_is_not_installed_is_named(
    name: str, form: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And nothing is written."""
    monkeypatch.setattr(papers, name, None)
    done = fazhi("report", "gaps", TAONAN, "-o", tmp_path / f"r.{form}")

    assert str(done.exception) == said and list(tmp_path.iterdir()) == []


def test_usage(tmp_path: Path) -> None:
    """What cannot be meant is refused in a sentence."""
    assert "看不出要什么格式：文件名「r.pdf」请以 .html、.xlsx、.docx、.md、.csv 结尾" in str(
        fazhi("report", "gaps", TAONAN, "-o", tmp_path / "r.pdf").exception
    )
    assert (
        str(fazhi("report", "gaps", TAONAN, "--format", "docx").exception) == "docx 是二进制文件，请用 -o 写明写到哪个文件"
    )
    assert "只和 docx 一起用" in str(fazhi("report", "gaps", TAONAN, "--template", "a.docx", "--format", "md").exception)
    assert "没有模板" in str(fazhi("report", "gaps", TAONAN, "--template", "a.docx", "-o", tmp_path / "r.docx").exception)


def test_quiet_says_only_mistakes(tmp_path: Path) -> None:
    """What was written is said, and not said where asked not to; mistakes are said all the same."""
    told = fazhi("report", "gaps", TAONAN, "-o", tmp_path / "a.md")
    hushed = fazhi("report", "gaps", TAONAN, "-o", tmp_path / "b.md", "--quiet")

    assert told.stderr == f"已写 {tmp_path / 'a.md'}\n" and hushed.stderr == ""
    assert (tmp_path / "a.md").read_bytes() == (tmp_path / "b.md").read_bytes()
    assert fazhi("report", "gaps", tmp_path / "没有", "-q").exception is not None


def test_nothing_is_coloured() -> None:
    """NO_COLOR has nothing to take away: no output holds an escape sequence."""
    for words in (["assess"], ["gaps"], ["report", "weekly"]):
        assert "\x1b" not in fazhi(*words, TAONAN).output


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed: Word files are not opened by it")
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    """The Word file becomes a PDF; a card stays on one page per unit."""
    made(tmp_path / "w.docx", "report", "weekly", TAONAN)
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    done = subprocess.run(
        [*words, "--outdir", str(tmp_path), str(tmp_path / "w.docx")], capture_output=True, timeout=120, check=False
    )
    if b"no export filter" in done.stderr + done.stdout or not (tmp_path / "w.pdf").exists():
        pytest.skip("LibreOffice Writer is not installed: Word files are not opened by it")

    assert (tmp_path / "w.pdf").read_bytes().startswith(b"%PDF")
