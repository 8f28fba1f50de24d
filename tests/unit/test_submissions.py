"""A submission folder: read whole, hashed, in an order of its content; mistakes are problems, never crashes."""

from pathlib import Path
from typing import Any

import pytest

from engine.sources import sha256_of
from engine.submissions import load_submission

HEAD = """\
unit: {name: 甲县, kind: government, level: county, legislative_power: false%s}
period: {from: 2020-01-01, to: 2020-12-31}
as_of: 2021-03-31
"""
PLAIN = HEAD % ""
ITEM = "{id: E-001, title: 某文件, kind: document, file: %s}"


@pytest.fixture
def load(write_folder: Any) -> Any:
    """Write a folder and read it back."""

    def run(text: str | bytes, files: Any = None) -> Any:
        return load_submission(write_folder(text, files=files))

    return run


def codes(loaded: Any) -> list[str]:
    return [p.code for p in loaded[1]]


def test_a_folder_or_its_file_is_read(load: Any, tmp_path: Path) -> None:
    """Naming the folder or the file in it is the same."""
    submission, problems = load(PLAIN)

    assert (submission.head.unit.name, problems) == ("甲县", [])
    assert submission.digest == load_submission(tmp_path / "submission.yaml")[0].digest


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    """A folder without a submission says which file is missing."""
    submission, (found,) = load_submission(tmp_path)

    assert (submission, found.code, str(found.place)) == (None, "FILE_MISSING", "submission.yaml")


def test_a_ledger_beside_it_adds_to_the_evidence(load: Any) -> None:
    """Items of the file and of the ledger are one list; the ledger is an input with its digest."""
    ledger = '{"id": "E-002", "title": "乙", "kind": "document"}\n'
    text = PLAIN + "evidence: [{id: E-001, title: 甲, kind: document}]"
    submission, problems = load(text, {"ledger.jsonl": ledger})

    assert (problems, sorted(item.id for item in submission.evidence)) == ([], ["E-001", "E-002"])
    assert [("submission.yaml", sha256_of(text.encode())), ("ledger.jsonl", sha256_of(ledger.encode()))] == [
        (i.file, i.sha256) for i in submission.inputs
    ]


def test_an_id_twice_is_refused_across_files(load: Any) -> None:
    """The same id in the file and in the ledger is named at both places."""
    loaded = load(
        PLAIN + "evidence: [{id: E-001, title: 甲, kind: document}]",
        {"ledger.jsonl": '{"id": "E-001", "title": "乙", "kind": "document"}'},
    )

    assert codes(loaded) == ["ID_DUPLICATE", "ID_DUPLICATE"]
    assert {"submission.yaml", "ledger.jsonl"} == {p.place.file for p in loaded[1]}


def test_a_ledger_line_that_does_not_fit_is_named(load: Any) -> None:
    """A ledger entry is shaped like an item in the file."""
    loaded = load(PLAIN, {"ledger.jsonl": '\n{"id": "E-001", "title": "乙", "sort": "document"}'})

    assert sorted(codes(loaded)) == ["KEY_MISSING", "KEY_UNKNOWN"]
    assert {("ledger.jsonl", 2)} == {(p.place.file, p.place.line) for p in loaded[1]}


def test_files_that_evidence_names_are_hashed(load: Any) -> None:
    """A file that is there is known by digest and size; one that is not is not invented."""
    submission, _ = load(
        PLAIN + f"evidence:\n - {ITEM % '凭据/a.pdf'}\n - {{id: E-002, title: 乙, kind: document, file: b.pdf}}",
        {"凭据/a.pdf": b"abc"},
    )

    assert {"凭据/a.pdf": (sha256_of(b"abc"), 3)} == {name: (f.sha256, f.size) for name, f in submission.files.items()}


@pytest.mark.parametrize("name", ["../a.pdf", "/etc/passwd", "a/../../b.pdf", "a\\\\b.pdf", "C:/a.pdf"])
def test_files_outside_the_folder_are_refused(load: Any, name: str) -> None:
    """Nothing outside the submission's own folder is ever read."""
    found = codes(load(PLAIN + f"evidence: [{ITEM % (chr(34) + name + chr(34))}]"))

    assert found == ["FILE_OUTSIDE"] or name == "C:/a.pdf" and found == []


def test_a_link_out_of_the_folder_is_refused(load: Any, tmp_path: Path) -> None:
    """A symbolic link does not lead out of the folder."""
    (tmp_path / "a.pdf").symlink_to("/etc/hostname")

    assert codes(load(PLAIN + f"evidence: [{ITEM % 'a.pdf'}]")) == ["FILE_OUTSIDE"]


@pytest.mark.parametrize("key", ["file", "table"])
@pytest.mark.parametrize("name", ["文" * 100 + ".csv", r"a\0b.csv", "."])
def test_names_that_no_file_can_have_are_no_crash(load: Any, key: str, name: str) -> None:
    """A name of a hundred Chinese characters, one with a zero byte, or the folder itself: never an exception."""
    line = (
        f"evidence: [{ITEM % (chr(34) + name + chr(34))}]" if key == "file" else f'facts: [{{measure: a, table: "{name}"}}]'
    )
    submission, problems = load(PLAIN + line)

    assert submission is not None or problems


def test_a_table_in_the_encoding_of_office_software_is_read(load: Any) -> None:
    """WPS writes CSV in GB 18030."""
    submission, problems = load(
        PLAIN + "facts: [{measure: a, table: t.csv}]", {"t.csv": "编号,日期\n甲,2020-01-01\n".encode("gb18030")}
    )

    assert (problems, submission.tables["t.csv"].header) == ([], ("编号", "日期"))


def test_a_table_that_is_missing_is_refused(load: Any) -> None:
    """A table that is named and not there stops everything."""
    assert codes(load(PLAIN + "facts: [{measure: a, table: t.csv}]")) == ["FILE_MISSING"]


@pytest.mark.parametrize("count", ["99999999999999999", "999999999999999999"])
def test_huge_whole_numbers_are_no_crash(load: Any, count: str) -> None:
    """A count of members of seventeen digits is read or refused, never an exception."""
    submission, problems = load(HEAD % f", member_counts: {{执法部门: {count}}}")

    assert submission is not None or problems


def test_a_negative_count_of_members_is_refused(load: Any) -> None:
    """There are never minus five departments."""
    assert codes(load(HEAD % ", member_counts: {执法部门: -5}")) != []


def test_a_file_that_is_too_large_is_refused_unread(load: Any) -> None:
    """More than 5 MB is no submission."""
    assert codes(load(b"#" * 5_000_001)) == ["FILE_TOO_LARGE"]


# --- order and digest -----------------------------------------------------------------------------------------------

FACTS = ["{measure: a, value: 1}", "{measure: b, value: 77%, source: 表一}", "{element: I-1.c, value: true}"]


def test_the_order_of_content_does_not_matter(load: Any) -> None:
    """Facts, members and evidence in another order are the same submission."""
    one = load(PLAIN + "facts:\n" + "".join(f"  - {fact}\n" for fact in FACTS))[0]
    other = load(PLAIN + "facts:\n" + "".join(f"  - {fact}\n" for fact in reversed(FACTS)))[0]

    assert one.digest == other.digest
    assert [f.measure or f.element for f in one.head.facts] == [f.measure or f.element for f in other.head.facts]


def test_evidence_in_the_ledger_or_in_the_file_is_the_same(load: Any, tmp_path: Path) -> None:
    """Where an item was entered is no part of the content."""
    inside = load(PLAIN + "evidence: [{id: E-001, title: 甲, kind: document}]")[0]
    beside = load(PLAIN, {"ledger.jsonl": '{"id": "E-001", "title": "甲", "kind": "document"}'})[0]

    assert inside.digest == beside.digest


@pytest.mark.parametrize("change", ["77.0%", "76%"])
def test_every_change_of_content_changes_the_digest(load: Any, change: str) -> None:
    """A digit more is another submission."""
    one = load(PLAIN + "facts: [{measure: b, value: 77%}]")[0]

    assert one.digest != load(PLAIN + f"facts: [{{measure: b, value: {change}}}]")[0].digest


def test_the_bytes_of_a_table_are_content(load: Any) -> None:
    """Another row in a table is another submission; another order of rows is not."""
    texts = ["a,b\n1,2\n3,4\n", "a,b\n3,4\n1,2\n", "a,b\n1,2\n3,5\n"]
    one, two, three = (load(PLAIN + "facts: [{measure: a, table: t.csv}]", {"t.csv": text})[0].digest for text in texts)

    assert (one == two, one == three) == (True, False)
