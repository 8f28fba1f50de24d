"""The evidence ledger: items with what was said of them later; plain, chained, never mixed."""

import json
import shutil
from pathlib import Path

import pytest

from engine.hash_chain import read_link
from engine.ledger import chained_from
from engine.ledger import entry_line
from engine.ledger import read_ledger
from engine.submissions import load_submission

NAME = "ledger.jsonl"
ITEM = {"id": "E-001", "title": "关于公布裁量基准的通知", "kind": "document", "filled_by": "张三"}
SAMPLES = Path(__file__).parents[2] / "evidence_samples"


def ledger_of(*said, by="张三", at="2024-03-01T09:30:00Z"):
    """Make the bytes of a ledger; an entry may bring its own ``by`` and ``at``."""
    last, lines = None, []
    for one in said:
        rest = {key: value for key, value in one.items() if key not in ("by", "at")}
        line, problems = entry_line(last, one.get("at", at), one.get("by", by), rest, NAME)
        assert problems == []
        last, _ = read_link(line, last)
        lines.append(line + b"\n")
    return b"".join(lines)


def review(by, result="accepted", on="2024-03-05", **keys):
    return {"review": {"id": "E-001", "by": by, "on": on, "result": result, **keys}}


def read(*said):
    ledger, problems = read_ledger(ledger_of(*said), NAME)
    return ledger.items, [p.code for p in problems]


def test_a_withdrawn_item_stays_and_says_so():
    """Who, when and why stand beside what was entered."""
    (item,), codes = read({"item": ITEM}, {"withdraw": {"id": "E-001", "reason": "登重了"}, "by": "李四"})

    assert (item.title, codes) == (ITEM["title"], [])
    assert (item.withdrawn.by, item.withdrawn.at, item.withdrawn.reason) == ("李四", "2024-03-01T09:30:00Z", "登重了")


@pytest.mark.parametrize(
    ("reviews", "reviewed_by", "checked"),
    [
        ([], None, False),
        ([review("李四")], "李四", True),
        ([review("李四"), review("王五", on="2024-03-06")], "王五", True),
        ([review("张三")], None, False),
        ([review(" 张　三 ")], None, False),
        ([review("李四"), review("张三")], "李四", True),
        ([review("李四"), review("王五", "rejected")], None, False),
        ([review("李四"), review("张三", "rejected")], None, False),
        ([review("王五", "rejected"), review("张三")], None, False),
        ([review("王五", "rejected"), review("李四")], "李四", True),
        ([{**review("李四"), "by": "张三"}], None, False),
    ],
)  # fmt: skip
def test_a_review_counts_when_somebody_else_made_it(reviews, reviewed_by, checked):
    """The last review that counts decides; the filler's own acceptance, made or typed in, is none."""
    (item,), _ = read({"item": ITEM}, *[{"by": one["review"]["by"], **one} for one in reviews])

    assert (item.reviewed_by, item.is_checked) == (reviewed_by, checked)


@pytest.mark.parametrize(
    ("reviewer", "checked", "own"), [("李四", True, False), ("张三", False, True), ("张　三", False, True)]
)
def test_a_plain_item_s_reviewer_is_held_to_the_same_rule(reviewer, checked, own):
    """Whoever filled a plain item in cannot check it either."""
    (item,) = read_ledger(json.dumps({**ITEM, "reviewed_by": reviewer}).encode(), NAME)[0].items

    assert (item.is_checked, item.is_checked_by_its_filler) == (checked, own)


def test_who_typed_it_in_is_its_filler_where_nobody_else_is_named():
    """Leaving the filler out does not let him review his own item."""
    bare = {key: value for key, value in ITEM.items() if key != "filled_by"}
    (item,), _ = read({"item": bare}, {**review("张三"), "by": "张三"})

    assert (item.filled_by, item.filler, item.is_checked, item.is_checked_by_its_filler) == (None, "张三", False, True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([{"withdraw": {"id": "E-001", "reason": "x"}}, {"item": ITEM}], "NAME_UNKNOWN"),
        ([{"item": ITEM}, {"withdraw": {"id": "E-0O1", "reason": "x"}}], "NAME_UNKNOWN"),
        ([{"item": ITEM}, {"item": ITEM}], "ID_DUPLICATE"),
        ([{"item": ITEM, "at": "2024-03-01T09:30:01Z"}, {"item": {**ITEM, "id": "E-002"}}], "LEDGER_TIME"),
    ],
)
def test_entries_that_do_not_fit_together_are_said(said, code):
    """An unknown or repeated number is refused, a clock that went back is said."""
    assert read(*said)[1] == [code]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"item": {**ITEM, "withdrawn": {"by": "x", "at": "x", "reason": "x"}}}, "RECORD_INCONSISTENT"),
        ({"item": {**ITEM, "reviews": []}}, "RECORD_INCONSISTENT"),
        ({"item": ITEM, "withdraw": {"id": "E-001", "reason": "x"}}, "RECORD_INCONSISTENT"),
        ({}, "RECORD_INCONSISTENT"),
        ({"item": {**ITEM, "titel": "x"}}, "KEY_UNKNOWN"),
        ({"item": {**ITEM, "note": "\x07"}}, "FILE_CONTROL_CHARACTER"),
        ({"item": {**ITEM, "note": "\ud800"}}, "FILE_ENCODING"),
        ({"review": {"id": "E-001", "by": "x", "on": "2024-02-30", "result": "accepted"}}, "DATE_UNREADABLE"),
        ({"review": {"id": "E-001", "by": "x", "on": "2024-02-03", "result": "ok"}}, "VALUE_CHOICE"),
    ],
)
def test_what_cannot_be_read_again_is_never_written(said, code):
    """A line is read back before it is handed out."""
    _, problems = entry_line(None, "2024-03-01T09:30:00Z", "张三", said, NAME)

    assert [p.code for p in problems] == [code]


@pytest.mark.parametrize("at", ["2024-03-01", "2024-02-30T00:00:00Z", "2024-03-01T09:30:00+08:00", "2024-3-1T09:30:00Z"])
def test_a_moment_is_one_of_universal_time(at):
    """A moment of entry cannot be written in two ways."""
    _, problems = entry_line(None, at, "张三", {"item": ITEM}, NAME)

    assert [p.code for p in problems] == ["DATE_UNREADABLE"]


def test_a_ledger_without_later_lines_keeps_its_digest():
    """The keys that only later lines fill are no part of an item while there are none."""
    (item,), _ = read({"item": ITEM})

    assert set(item.model_dump(mode="json")) & {"reviews", "withdrawn", "entered_by"} == set()


def test_converting_changes_no_item(tmp_path):
    """A plain ledger made into a chained one holds the same items: the submission keeps its digest."""
    shutil.copytree(SAMPLES / "demo-county", tmp_path / "demo")
    before, _ = load_submission(tmp_path / "demo")
    whole, problems = chained_from((tmp_path / "demo" / NAME).read_bytes(), "2024-03-01T09:30:00Z", "张三", NAME)
    (tmp_path / "demo" / NAME).write_bytes(whole)
    after, found = load_submission(tmp_path / "demo")

    assert [*problems, *found] == []
    assert before is not None and after is not None
    assert (len(after.evidence), after.digest) == (277, before.digest)


PLAIN = (json.dumps({**ITEM, "id": "E-900"}, ensure_ascii=False) + "\n").encode()
CHAINED = ledger_of({"item": ITEM}, review("李四"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (CHAINED + PLAIN, ("LEDGER_MIXED", 3)),
        (CHAINED + PLAIN.rstrip(b"\n"), ("LEDGER_MIXED", 3)),
        (PLAIN + CHAINED, ("LEDGER_MIXED", 2)),
        (b"\n" + PLAIN + b"\n" + CHAINED, ("LEDGER_MIXED", 4)),
        (CHAINED[:-1], ("LEDGER_TORN", 2)),
        (CHAINED + b'{"at":"2024', ("LEDGER_TORN", 3)),
        (b'{"at', ("LEDGER_TORN", 1)),
        (b"{", ("LEDGER_TORN", 1)),
        (CHAINED + b"\n", ("LEDGER_CHAIN", 3)),
        (CHAINED.split(b"\n")[1] + b"\n", ("LEDGER_CHAIN", 1)),
    ],
)
def test_a_ledger_is_plain_or_chained_and_whole(content, expected):
    """Nothing is handed out of a ledger that does not hold."""
    ledger, (found,) = read_ledger(content, NAME)

    assert (found.code, found.place.line, ledger.items) == (*expected, ())


def test_plain_lines_behind_links_are_taken_on():
    """Converting mends a chained ledger into which somebody wrote by hand; the links stay as they are."""
    whole, problems = chained_from(CHAINED + b"\n" + PLAIN, "2024-03-02T00:00:00Z", "王五", NAME)
    ledger, found = read_ledger(whole, NAME)

    assert ([*problems, *found], whole.startswith(CHAINED)) == ([], True)
    assert ([item.id for item in ledger.items], ledger.entries[-1].by) == (["E-001", "E-900"], "王五")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PLAIN + CHAINED, ("LEDGER_MIXED", 2)),
        (CHAINED.replace(b"E-001", b"E-002", 1) + PLAIN, ("LEDGER_CHAIN", 1)),
        (CHAINED + PLAIN.replace(b"title", b"titel"), ("KEY_MISSING", 3)),
        (CHAINED + PLAIN.replace(b"E-900", b"E-001"), ("ID_DUPLICATE", 3)),
    ],
)
def test_what_cannot_be_converted_is_refused_with_its_line(content, expected):
    """A broken chain is not made whole by converting it."""
    _, problems = chained_from(content, "2024-03-02T00:00:00Z", "王五", NAME)

    assert expected in [(p.code, p.place.line) for p in problems]
