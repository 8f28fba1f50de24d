"""The month of a campaign: workbooks out, workbooks in, each into its own unit's folder, and nothing lost on the way."""

import json
import shutil
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from click.testing import Result

from engine.commands import cli
from engine.sources import sha256_of

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "evidence_samples" / "demo-campaign"


def fazhi(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments])


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A copy of the invented county's campaign."""
    return shutil.copytree(SHIPPED, tmp_path / "campaign")


def judged(folder: Path) -> dict[str, Any]:
    """What the whole comes to, without the digests and places of its files."""
    done = fazhi("assess", folder, "--format", "json")
    assert done.exit_code == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    keep = ("score", "pillars", "units", "conclusions")
    findings = [{key: one[key] for key in ("indicator", "outcome", "claimed", "substantiated")} for one in told["findings"]]
    evidence = [(one["id"], one["status"], one["codes"]) for one in told["evidence"]]
    return {key: told[key] for key in keep} | {"findings": findings, "evidence": evidence}


def taken_round(campaign: Path, books: Path) -> Result:
    assert fazhi("template", campaign, "-o", books).exit_code == 0
    return fazhi("import", *sorted(books.glob("*.xlsx")), "-o", campaign)


def test_a_whole_round_changes_nothing(campaign: Path, tmp_path: Path) -> None:
    """Out and in twice: the same assessment, incidents and zero reports included, and what was replaced is still there."""
    before = judged(campaign)
    originals = {p.relative_to(campaign): sha256_of(p.read_bytes()) for p in campaign.rglob("*.csv")}
    first = taken_round(campaign, tmp_path / "first")

    assert first.exit_code == 0, first.stderr
    assert first.stdout.count("已写 units/") == 21
    assert judged(campaign) == before
    assert taken_round(campaign, tmp_path / "second").exit_code == 0
    assert judged(campaign) == before
    assert {p: sha256_of((campaign / p).read_bytes()) for p in originals} == originals
    kept = campaign / "以前的填报" / "公安局-1" / "submission.yaml"
    assert kept.read_bytes() == (SHIPPED / "units" / "公安局" / "submission.yaml").read_bytes()
    assert (campaign / "以前的填报" / "公安局-2").is_dir()


def test_what_one_unit_filled_in_reaches_the_whole(campaign: Path, tmp_path: Path) -> None:
    """One changed figure of one unit, handed in alone."""
    book = tmp_path / "公安局.xlsx"
    assert fazhi("template", campaign, "--unit", "公安局", "-o", book).exit_code == 0
    filled = openpyxl.load_workbook(book)
    sheet = filled["填数"]
    rows = [row for row in sheet.iter_rows() if any("法制审核人员数" in str(cell.value) for cell in row)]
    (cell,) = [cell for cell in rows[0] if cell.value == "11人"]
    cell.value = "3人"
    filled.save(book)
    done = fazhi("import", book, "-o", campaign)
    short = next(
        f for f in json.loads(fazhi("assess", campaign, "--format", "json").stdout)["findings"] if f["indicator"] == "I-R36"
    )
    members = {member["unit"]: member for member in short["value"]["members"]}

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("公安局：填报13条，材料")
    assert (members["公安局"]["outcome"], members["市场监督管理局"]["outcome"]) == ("NOT_MET", "MET")


def test_two_workbooks_of_one_unit_are_refused(campaign: Path, tmp_path: Path) -> None:
    """Which of them holds would be a guess; nothing is written."""
    one, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for book in (one, other):
        assert fazhi("template", campaign, "--unit", "公安局", "-o", book).exit_code == 0
    done = fazhi("import", one, other, "-o", campaign)

    assert done.exit_code == 2 and "公安局交了两份工作簿，只留一份" in done.stderr
    assert not (campaign / "以前的填报").exists()


def test_a_chained_ledger_is_never_replaced(campaign: Path, tmp_path: Path) -> None:
    """It is only ever added to."""
    book = tmp_path / "公安局.xlsx"
    assert fazhi("template", campaign, "--unit", "公安局", "-o", book).exit_code == 0
    assert fazhi("evidence", "chain", campaign / "units" / "公安局", "--by", "张示例").exit_code == 0
    done = fazhi("import", book, "-o", campaign)

    assert done.exit_code == 2 and "链式台账，只加不改" in done.stderr
    assert not (campaign / "以前的填报").exists()


def test_a_stranger_s_workbook_is_refused(campaign: Path, tmp_path: Path) -> None:
    """Of a unit that this campaign does not know."""
    book = tmp_path / "洮南.xlsx"
    assert fazhi("template", ROOT / "evidence_samples" / "taonan-2020", "--unit", "洮南市", "-o", book).exit_code == 0
    done = fazhi("import", book, "-o", campaign)

    assert done.exit_code == 2 and "不在这次全县填报的名单上" in done.stderr


def test_cards_as_word_files_carry_what_the_text_carries(campaign: Path, tmp_path: Path) -> None:
    """One file a unit, opened by another library: issue, level, tasks, receipt; neither points nor chances."""
    done = fazhi("campaign", "remind", campaign, "--unit", "城市管理局", "--format", "docx", "-o", tmp_path / "cards")
    (path,) = (tmp_path / "cards").iterdir()
    word = docx.Document(str(path))
    text = "\n".join(p.text for p in word.paragraphs) + "\n".join(
        c.text for t in word.tables for r in t.rows for c in r.cells
    )

    assert done.exit_code == 0, done.stderr
    assert path.name == "示例县-第3期-城市管理局.docx"
    assert all(told in text for told in ("2024年3月　第3期", "级别：", "送：城市管理局", "I-R37", "E-IR53", "专班核验"))
    assert "分" not in text.replace("分管", "").replace("部分", "").replace("未公布分值", "") and "%抽中" not in text


def test_the_league_as_a_workbook_and_a_word_file(campaign: Path, tmp_path: Path) -> None:
    """Every unit a row, under a filter; a draft that a person signs."""
    book, word = tmp_path / "league.xlsx", tmp_path / "league.docx"
    for path in (book, word):
        assert fazhi("campaign", "league", campaign, "--format", path.suffix[1:], "-o", path).exit_code == 0
    sheets = openpyxl.load_workbook(book)
    sheet = next(one for one in sheets.worksheets if one.title == "通报")
    units = {cell.value for row in sheet.iter_rows() for cell in row}
    text = "\n".join(p.text for p in docx.Document(str(word)).paragraphs)

    assert sheet.auto_filter.ref and {"司法局", "己坪乡", "公安局"} <= units
    assert "草稿" in text and "专班长签发" in text and "己坪乡" in text and "不比总分" in text


def test_a_real_unit_name_of_an_overlay_is_understood() -> None:
    """文山市司法局 plays 司法行政."""
    folder = ROOT / "evidence_samples" / "wenshan-2023"
    by_name, by_role = (
        fazhi("gaps", folder, "--ruleset", "wenshan-2023", "--unit", unit) for unit in ("文山市司法局", "司法行政")
    )

    assert by_name.exit_code == 0 and by_name.stdout == by_role.stdout
