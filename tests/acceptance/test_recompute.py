"""A record recomputed without us: by our own arithmetic, and by LibreOffice, to the last thousandth."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from engine.assessment import assess
from engine.commands import cli
from engine.commands import papers
from engine.models.ruleset import Ruleset
from engine.models.run_record import RunRecord
from engine.models.submission import Submission
from engine.records import make_record
from engine.records import sealed
from engine.rendering.recompute.arithmetic import calculate
from engine.rendering.recompute.cells import Book
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.checks import KEYS
from engine.rendering.recompute.workbook import recompute
from engine.rendering.spreadsheet import write_workbook
from engine.submissions import load_submission

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path.parent for path in (ROOT / "evidence_samples").glob("*/submission.yaml"))
RUN = "2026-01-01T00:00:00Z"
# LibreOffice trusts the results that stand in a file; for a test it must calculate every one again.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">\
<value>0</value></prop></item>
</oor:items>
"""
needs_soffice = pytest.mark.skipif(
    shutil.which("soffice") is None,
    reason="NOT RECALCULATED BY LIBREOFFICE: soffice is not on this machine (apt install libreoffice-calc)",
)


def record_of(submission: Submission, ruleset: Ruleset, name: str | None = None) -> RunRecord:
    profile = ruleset.profiles[name or submission.head.profile or ruleset.header.default_profile]
    assessment, _ = assess(ruleset, profile, submission)
    assert assessment is not None
    return make_record(ruleset, profile, submission, assessment, RUN)


def load(folder: Path) -> Submission:
    submission, _ = load_submission(folder)
    assert submission is not None
    return submission


def book_of(record: RunRecord) -> Book:
    made, problems = recompute(record, "0" * 64)
    assert made is not None, [str(p) for p in problems]
    return made.book


def sheet_of(book: Book, name: str) -> Sheet:
    return next(sheet for sheet in book.sheets if sheet.name == name)


def differing(book: Book) -> list[str]:
    return [str(row["id"].content) for row in sheet_of(book, "核对").rows if row["wrong"].cached]


def recalculated(content: dict[str, bytes], folder: Path) -> dict[str, Any]:
    """Let LibreOffice open some workbooks, calculate every formula again, and save them."""
    settings = folder / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(RECALCULATE)
    for name, bytes_ in content.items():
        (folder / f"{name}.xlsx").write_bytes(bytes_)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx"]
    files = [str(folder / f"{name}.xlsx") for name in content]
    subprocess.run([*command, "--outdir", str(folder / "out"), *files], check=True, capture_output=True, timeout=600)
    return {name: openpyxl.load_workbook(folder / "out" / f"{name}.xlsx", data_only=True) for name in content}


def value_in(workbook: Any, cell: Cell) -> Any:
    return workbook[cell.sheet].cell(cell.row + 1, cell.column + 1).value


# --- the record again -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records(ruleset: Ruleset) -> dict[str, RunRecord]:
    return {folder.name: record_of(load(folder), ruleset) for folder in SAMPLES}


@pytest.mark.parametrize("name", [folder.name for folder in SAMPLES])
def test_every_number_of_a_record_comes_out_again(records, name):
    """Every finding, pillar and total of every sample, on both tracks."""
    book = book_of(records[name])

    assert differing(book) == []
    assert str(sheet_of(book, "核对").top.cached).startswith("核对：不一致0处")
    assert len(sheet_of(book, "核对").rows) >= len(records[name].result["findings"]) + len(records[name].result["pillars"])


def test_points_given_out_equally_come_out_again(ruleset):
    """Under the other policy for what does not apply."""
    assert differing(book_of(record_of(load(ROOT / "evidence_samples" / "demo-county"), ruleset, "equal-100"))) == []


@needs_soffice
def test_libreoffice_comes_to_the_record(records, tmp_path):
    """Every sample, calculated by LibreOffice from the bytes: the numbers of the record, and every cell as we have it."""
    books = {name: book_of(record) for name, record in records.items()}

    found = recalculated({name: write_workbook(book) for name, book in books.items()}, tmp_path)

    for name, book in books.items():
        check, result = sheet_of(book, "核对"), records[name].result
        assert str(value_in(found[name], check.top)).startswith("核对：不一致0处")
        _equal(found[name], check, {f["indicator"]: f for f in result["findings"]}, {p["id"]: p for p in result["pillars"]})
        total = next(row for row in check.rows if row["id"].content == "总分")
        assert _thousandths(value_in(found[name], total["s_earned"])) == _whole(result["score"]["substantiated"]["earned"])
        assert [cell.place for cell in _formulas(book) if not _same(value_in(found[name], cell), cell.cached)] == []


def _equal(workbook: Any, check: Sheet, findings: dict[str, Any], pillars: dict[str, Any]) -> None:
    """The amounts that LibreOffice came to, held against the record itself."""
    held = {**findings, **pillars}
    lines = {str(row["id"].content): row for row in check.rows if str(row["id"].content) in held}
    assert set(lines) == set(held)
    for name, row in lines.items():
        assert _thousandths(value_in(workbook, row["maximum"])) == _whole(held[name]["maximum"])
        for prefix, track in (("", "claimed"), ("s_", "substantiated")):
            for key in ("earned", "open", "recoverable", "lost"):
                now = _thousandths(value_in(workbook, row[f"{prefix}{key}"]))
                assert now == _whole(held[name][track][key]), (name, track, key)


def _thousandths(value: float) -> int:
    whole = round(value * 1000)
    assert abs(value * 1000 - whole) < 1e-9
    return whole


def _whole(points: str) -> int:
    return int(Fraction(points) * 1000)


def _formulas(book: Book) -> Iterator[Cell]:
    return (cell for cell in book.cells() if isinstance(cell.content, Formula))


def _same(found: Any, ours: Any) -> bool:
    if isinstance(ours, str):
        return (found or "") == ours
    if hasattr(found, "year"):  # a day that the cell's format shows as one
        return True
    return isinstance(found, int | float) and abs(found - float(ours)) < 1e-12


# --- what if --------------------------------------------------------------------------------------------------------


def changed(submission: Submission, measure: str, unit: str | None, value: str | bool) -> Submission:
    """The submission with one fact told otherwise."""
    facts = submission.head.facts
    (at,) = [n for n, fact in enumerate(facts) if (fact.measure, fact.unit) == (measure, unit) and fact.period is None]
    told = facts[at].model_copy(update={"value": value})
    head = submission.head.model_copy(update={"facts": (*facts[:at], told, *facts[at + 1 :])})
    return submission.model_copy(update={"head": head})


def fact_row(book: Book, measure: str, unit: str | None) -> Row:
    (row,) = [
        row
        for row in sheet_of(book, "事实").rows
        if row["key"].content == measure and row["unit"].content == (unit or "本级合计") and row["period"].content == "本期"
    ]
    return row


CHANGES = [
    ("legal_reviewers", "丁桥镇", "1人", 1),
    ("legal_reviewers", "公安局", "3人", 3),
    ("duty_list_published", "城市管理局", True, 1),
    ("standard_published", "公安局", False, 0),
    ("intermediary_disclosed_items", None, "7项", 7),
    ("informal_approvals", None, "2项", 2),
    ("promised_days_average", None, "5.25", Fraction(21, 4)),
    ("commitments_to_check", None, "0件", 0),
]


def _amounts(row: Row) -> dict[str, int]:
    return {key: int(row[key].cached) for key in KEYS}


@pytest.mark.parametrize(("measure", "unit", "told", "number"), CHANGES)
def test_a_changed_fact_gives_what_the_engine_gives(ruleset, measure, unit, told, number):
    """One fact told otherwise: every indicator, pillar and the total as the engine judges the changed facts."""
    submission = load(ROOT / "evidence_samples" / "demo-county")
    book = book_of(record_of(submission, ruleset))
    fact_row(book, measure, unit)["low"].content = number
    if measure == "commitments_to_check":
        fact_row(book, "commitments_checked", None)["low"].content = 0
        submission = changed(submission, "commitments_checked", None, "0件")

    calculate(book)

    expected = book_of(record_of(changed(submission, measure, unit, told), ruleset))
    for name in ("指标", "板块"):
        now, then = sheet_of(book, name).rows, sheet_of(expected, name).rows
        assert {r["id"].content: _amounts(r) for r in now} == {r["id"].content: _amounts(r) for r in then}
    assert differing(expected) == []


@needs_soffice
def test_libreoffice_follows_a_changed_fact(ruleset, tmp_path):
    """A fact changed in the file by another program, and calculated by LibreOffice: the engine's own result."""
    submission = load(ROOT / "evidence_samples" / "demo-county")
    book = book_of(record_of(submission, ruleset))
    (tmp_path / "as-it-was.xlsx").write_bytes(write_workbook(book))
    workbook = openpyxl.load_workbook(tmp_path / "as-it-was.xlsx")
    for measure, unit, told, number in CHANGES[:6]:
        cell = fact_row(book, measure, unit)["low"]
        workbook[cell.sheet][cell.place] = number
        submission = changed(submission, measure, unit, told)
    workbook.save(tmp_path / "changed.xlsx")
    record = record_of(submission, ruleset)

    found = recalculated({"changed-again": (tmp_path / "changed.xlsx").read_bytes()}, tmp_path)["changed-again"]

    check = sheet_of(book, "核对")
    assert "不一致0处" not in value_in(found, check.top)
    _equal(
        found,
        check,
        {f["indicator"]: f for f in record.result["findings"]},
        {p["id"]: p for p in record.result["pillars"]},
    )
    total = next(row for row in check.rows if row["id"].content == "总分")
    for key, (track, amount) in {"s_earned": ("substantiated", "earned"), "reachable": ("claimed", "reachable")}.items():
        assert _thousandths(value_in(found, total[key])) == _whole(record.result["score"][track][amount])


# --- the file -------------------------------------------------------------------------------------------------------


def test_no_number_of_points_is_written_down(records):
    """In 指标, 板块 and 总分 every number is a formula; only flags and the profile's gate and cap are not."""
    book = book_of(records["demo-county"])
    allowed = {"scored", "weak", "proven"}

    loose = [
        (name, key, row["id"].content)
        for name in ("指标", "板块", "总分")
        for row in sheet_of(book, name).rows
        for key, cell in row.cells.items()
        if isinstance(cell.content, int | Fraction) and key not in allowed
    ]

    assert loose == []
    gates = [r["id"].content for r in sheet_of(book, "总分").rows if isinstance(r["proven"].content, int | Fraction)]
    assert gates == ["附加项的门槛", "附加项的上限"]


def test_the_same_record_gives_the_same_bytes(records):
    """No day, no chance, no order of a set in it."""
    assert write_workbook(book_of(records["taonan-2020"])) == write_workbook(book_of(records["taonan-2020"]))


def test_formulas_stay_within_what_programs_take(records):
    """Excel takes 8192 characters and 64 levels."""
    for cell in _formulas(book_of(records["demo-county"])):
        text = Formula.text(cell.content, cell.sheet)  # type: ignore[arg-type]
        depth = deepest = 0
        for character in text:
            depth += (character == "(") - (character == ")")
            deepest = max(deepest, depth)
        assert len(text) < 8000
        assert deepest < 60


def test_texts_of_a_submission_never_become_formulas(ruleset):
    """A text that begins like a formula is shown as it is."""
    submission = load(ROOT / "evidence_samples" / "taonan-2020")
    unit = submission.head.unit.model_copy(update={"name": "=HYPERLINK(1)"})
    head = submission.head.model_copy(update={"unit": unit})
    book = book_of(record_of(submission.model_copy(update={"head": head}), ruleset))

    assert book.sheets[0].top.content == "=HYPERLINK(1) 法治政府示范创建自评：自行复算表"
    content = write_workbook(book)
    assert b"HYPERLINK" not in b"".join(part for name, part in _parts(content) if "sheet" in name)


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if "sharedStrings" not in name:
                yield name, archive.read(name)


# --- the command ----------------------------------------------------------------------------------------------------


def _run(*arguments: str):
    return CliRunner().invoke(cli, ["report", "recompute", *arguments], standalone_mode=False)


def test_the_command_writes_the_workbook_and_says_how_it_came_out(records, tmp_path):
    """The file, and on standard error how many numbers differ from the record."""
    (tmp_path / "r.json").write_bytes(sealed(records["yuanjiang-bureau-2023"]))

    result = _run(str(tmp_path / "r.json"), "-o", str(tmp_path / "x.xlsx"))

    assert result.return_value == 0
    assert "与记录核对：不一致0处" in result.stderr
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames[:2] == ["说明", "总分"]


def test_a_record_of_another_result_is_said_to_differ(records, tmp_path):
    """The workbook calculates; what the record claims beside it is compared, never believed."""
    record = records["yuanjiang-bureau-2023"]
    finding, *others = record.result["findings"]
    forged = {**finding, "claimed": {**finding["claimed"], "earned": "9.000"}}
    altered = record.model_copy(update={"result": {**record.result, "findings": [forged, *others]}})
    (tmp_path / "r.json").write_bytes(sealed(altered))

    result = _run(str(tmp_path / "r.json"), "-o", str(tmp_path / "x.xlsx"))

    assert result.return_value == 3
    assert "不一致1处" in result.stderr


def test_without_xlsxwriter_the_command_says_what_to_install(monkeypatch, tmp_path):
    """An extra that is not there is named, without a traceback."""
    monkeypatch.setattr(papers, "write_workbook", None)

    result = _run(str(tmp_path / "r.json"), "-o", str(tmp_path / "x.xlsx"))

    assert result.exit_code != 0
    assert "pip install 'fazhi[office]'" in str(result.exception.message)


def test_another_kind_of_file_is_refused(tmp_path):
    """Only .xlsx is written."""
    assert "请以 .xlsx 结尾" in str(_run(str(tmp_path / "r.json"), "-o", str(tmp_path / "x.pdf")).exception.message)
