"""Text to data: strict, with places, exact, and canonical bytes of it."""

from pathlib import Path
from typing import Any

import pytest

from engine.models.record import Block
from engine.models.record import Number
from engine.models.submission import SubmissionFile
from engine.sources import canonical_bytes
from engine.sources import decode
from engine.sources import digest_of
from engine.sources import load_yaml
from engine.sources import parse_csv
from engine.sources import parse_ledger
from engine.sources import parse_yaml
from engine.sources import sha256_of


def codes(text: str) -> list[str]:
    return [p.code for p in parse_yaml(text, "f.yaml")[1]]


def test_numbers_keep_their_text() -> None:
    """2025.10 never becomes 2025.1."""
    data, problems = parse_yaml("a: 2025.10\nb: -3\nc: 0.50", "f.yaml")

    assert (list(data.values()), problems) == (["2025.10", "-3", "0.50"], [])
    assert all(isinstance(value, Number) for value in data.values())


def test_quoted_numbers_are_text() -> None:
    """A number in quotation marks is text."""
    data, _ = parse_yaml("a: '007'", "f.yaml")

    assert (data["a"], isinstance(data["a"], Number)) == ("007", False)


@pytest.mark.parametrize(
    ("written", "value"), [("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("是", "是")]
)
def test_plain_words(written: str, value: Any) -> None:
    """true and false are the only truths, null, ~ and nothing are empty, everything else is text."""
    data, problems = parse_yaml(f"a: {written}", "f.yaml")

    assert (value, []) == (data["a"], problems)


@pytest.mark.parametrize("text", ["a: yes", "a: No", "a: ON", "a: off", "a: y", "a: TRUE", "a: Null"])
def test_words_that_others_read_as_truths_are_refused(text: str) -> None:
    """yes, on and the like are read as truths by some software, so they are refused."""
    assert codes(text) == ["YAML_BOOLEAN_WORD"]


@pytest.mark.parametrize(
    "number", ["007", "0x1F", "0o17", "1_000", "+5", "1e3", ".5", "5.", "12:30", ".inf", ".NaN", "0b11"]
)
def test_numbers_that_software_reads_differently_are_refused(number: str) -> None:
    """Leading zeros, exponents, underscores, base sixty and the like are refused."""
    assert codes(f"a: {number}") == ["YAML_NUMBER_FORM"]


@pytest.mark.parametrize("text", ["2020-01-01", "3/13", "95%以上", "1,220", "003 一(七)", "v1.2.3", "-"])
def test_text_that_looks_like_a_number_is_text(text: str) -> None:
    """Dates, fractions, percentages and sources are plain text."""
    data, problems = parse_yaml(f"a: {text}" if text != "-" else "a: '-'", "f.yaml")

    assert (text, []) == (data["a"], problems)


def test_places_count_lines_and_characters_from_one() -> None:
    """A place is a line and a column of characters, both from 1, also behind Chinese."""
    data, _ = parse_yaml("单位:\n  名称: {甲: 1}\n", "f.yaml")

    assert (data["单位"].place.line, data["单位"].place.column) == (2, 3)
    assert (data["单位"]["名称"].place.line, data["单位"]["名称"].place.column) == (2, 7)
    assert str(data["单位"]["名称"].value_places["甲"]) == "f.yaml:2:11"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\na: 2", "YAML_KEY_DUPLICATE"),
        ("a: &x 1", "YAML_ALIAS"),
        ("a: !!int 5", "YAML_TAG"),
        ("a: !x {b: 1}", "YAML_TAG"),
        ("a: 1\n---\nb: 2", "YAML_DOCUMENTS"),
        ("", "YAML_EMPTY"),
        ("# nichts\n", "YAML_EMPTY"),
        ("? [a]\n: 1", "YAML_KEY_NOT_TEXT"),
        ("true: 1", "YAML_KEY_NOT_TEXT"),
        ("a: [1, 2", "YAML_SYNTAX"),
        ("a: b: c", "YAML_SYNTAX"),
        ("a:\n\t- 1", "YAML_TAB"),
        ("a: " + "[" * 60 + "]" * 60, "YAML_TOO_DEEP"),
    ],
)
def test_what_is_not_plain_is_refused(text: str, code: str) -> None:
    """Duplicate keys, anchors, tags, several documents, emptiness, strange keys, bad form and depth are refused."""
    assert [code] == codes(text)


def test_anchor_and_alias_are_both_refused() -> None:
    """The anchor and every alias of it are named."""
    assert codes("a: &x 1\nb: *x") == ["YAML_ALIAS", "YAML_ALIAS"]


def test_a_boolean_word_as_a_key_is_blamed_once() -> None:
    """A key that is refused as a boolean word is not blamed a second time for not being text."""
    assert codes("no: 5") == ["YAML_BOOLEAN_WORD"]


def test_duplicate_key_names_its_first_line() -> None:
    """The message tells where the key stood first."""
    _, (found,) = parse_yaml("a: 1\nb: 2\na: 3", "f.yaml")

    assert (str(found.place), found.found) == ("f.yaml:3:1", "键「a」重复，第1行已写过")


def test_all_problems_are_found_at_once() -> None:
    """One run over a file names everything that is wrong with it."""
    assert codes("a: 01\nb: yes\nc: !t x") == ["YAML_NUMBER_FORM", "YAML_BOOLEAN_WORD", "YAML_TAG"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x7f", "\x85", "\u2028", "\u202e", "\ufffe"])
def test_invisible_characters_are_refused_with_their_place(character: str) -> None:
    """A control character is named by its number and its place."""
    text, (found,) = decode(f"a: 1\nbc{character}d".encode(), "f.yaml")

    assert (text, found.code, str(found.place)) == (None, "FILE_CONTROL_CHARACTER", "f.yaml:2:3")
    assert f"U+{ord(character):04X}" in found.found


def test_byte_order_mark_is_taken_off() -> None:
    """A file saved by Windows Notepad reads as any other."""
    assert decode(b"\xef\xbb\xbfa: 1", "f.yaml") == ("a: 1", [])


def test_other_encodings_are_refused() -> None:
    """A YAML file in GB 18030 is refused, not guessed."""
    _, (found,) = decode("单位".encode("gb18030"), "f.yaml")

    assert found.code == "FILE_ENCODING"


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    """Nothing is raised for a file that is not there."""
    data, digest, (found,) = load_yaml(tmp_path / "no.yaml", "no.yaml")

    assert (data, digest, found.code) == (None, "", "FILE_MISSING")


def test_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    """The digest covers the file as it is, with its byte order mark and line ends."""
    content = b"\xef\xbb\xbfa: 1\r\n"
    (tmp_path / "f.yaml").write_bytes(content)

    assert sha256_of(content) == load_yaml(tmp_path / "f.yaml", "f.yaml")[1]


# --- slips of the pen -----------------------------------------------------------------------------------------------

LIST = "as_of: 2021-03-31\nfacts:\n  - {measure: a, value: 1}\n  - %s\n  - {measure: c, value: 3}\n"


def said(text: str) -> list[str]:
    return [f"{p.place.line}:{p.place.column} {p.found}" for p in parse_yaml(text, "f.yaml")[1]]


@pytest.mark.parametrize(
    ("entry", "slips"),
    [
        ("{measure： b, value: 2}", ["4:13 用了全角冒号「：」"]),
        ("{measure: b，value: 2}", ["4:16 用了全角逗号「，」"]),
        ("{measure: b，value：2}", ["4:16 用了全角逗号「，」", "4:22 用了全角冒号「：」"]),
        ("{measure：b, value:2}", ["4:13 用了全角冒号「：」", "4:22 冒号后缺一个空格"]),
        ("｛measure: b, value: 2｝", ["4:5 用了全角花括号「｛」", "4:26 用了全角花括号「｝」"]),
        ("{measure: b, events: ［{date: 2020}］}", ["4:26 用了全角方括号「［」", "4:39 用了全角方括号「］」"]),
        ("{measure: b,　value: 2}", ["4:17 用了全角空格"]),
        ("{measure: b, value:　2}", ["4:24 用了全角空格"]),
        ("{measure: b, value:2}", ["4:23 冒号后缺一个空格"]),
        ("{measure: b, value: 2, note: 说明: 一审}", ["4:36 值里有英文冒号"]),
        ('{measure: b, value: 2, note: "复议"逐案表}', ["4:38 引号后面还有字「逐案表」"]),
        ("{measure: b, value: 2", ["4:5 「{」没有收尾"]),
        ("{measure: b, events: [{date: 2020}", ["4:5 「{」没有收尾", "4:26 「[」没有收尾"]),
        ("{measure: b, events: [{date: 2020}}", ["4:26 「[」没有收尾"]),
        ('{measure: b, note: "表一}', ['4:24 这个引号「"」没有收尾']),
        ("{measure: b, value: # 2}", ["4:25 「#」以后是注释，这一行没有写完"]),
        ("{measure: b, value: 2},", ["4:27 「}」后面多了「,」"]),
        ("{measure: b, value: 2}}", ["4:27 多了一个「}」"]),
        ("{measure: b, value: 1,020件}", ["4:25 「1,020件」里的逗号把数分成了几截"]),
        ("{measure: b, value: 1,220,300}", ["4:25 「1,220,300」里的逗号把数分成了几截"]),
    ],
)
def test_a_slip_is_named_at_its_own_place(entry: str, slips: list[str]) -> None:
    """What was written wrong is said where it stands, not where a parser gives up."""
    assert slips == said(LIST % entry)


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("a: 1\nas_of：2024-03-31\nb: 2\n", ["2:6 用了全角冒号「：」"]),
        ("a: 1\nas_of：2024-03-31", ["2:6 用了全角冒号「：」"]),
        ("a: 1\nas_of:2024-03-31\nb: 2\n", ["2:6 冒号后缺一个空格"]),
        ("a: 1\nas_of:　2024-03-31\nb: 2\n", ["2:7 用了全角空格"]),
        ("note: 说明: 一审\n", ["1:9 值里有英文冒号"]),
        ('note: "复议"逐案表\n', ["1:11 引号后面还有字「逐案表」"]),
        ("a:\n  -{b: 1, c: 2}\n", ["2:3 「-」后面紧接着写了字"]),
        ("a:\n  －{b: 1, c: 2}\n", ["2:3 用了全角横线「－」"]),
        ("a:\n  - {b: 1}\n　　- {b: 2}\n", ["3:1 用了全角空格"]),
        ("a: 1\nb 2\nc: 3\n", ["2:1 读到「b 2」读不下去"]),
    ],
)
def test_a_slip_between_the_lines_is_named_at_its_own_place(text: str, slips: list[str]) -> None:
    """The same outside of braces; the last line is no exception."""
    assert slips == said(text)


@pytest.mark.parametrize(
    "text",
    [
        "note: 见：甲，乙：丙",
        "note: 甲　乙",
        "note: |\n  as_of：2024\n  说明: 甲：乙",
        'note: "说明: 一审，value：2"',
        "url: https://www.example.gov.cn/a:b",
        "a: [甲，乙, 丙：丁]",
        "a: {甲：乙丙: 1}",
        "a: {note: 见：甲}",
    ],
)
def test_full_width_marks_in_values_are_no_slips(text: str) -> None:
    """Chinese punctuation in a text is Chinese punctuation."""
    assert said(text) == []


def test_every_slip_is_named_at_once() -> None:
    """All slips of a file are named in one run."""
    assert said("as_of：2024\n" + LIST % "{measure： b，value:2") == [
        "1:6 用了全角冒号「：」",
        "5:5 「{」没有收尾",
        "5:13 用了全角冒号「：」",
        "5:16 用了全角逗号「，」",
        "5:22 冒号后缺一个空格",
    ]


# --- canonical bytes ------------------------------------------------------------------------------------------------


def test_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    """Keys come out in one order, text as UTF-8, without blanks."""
    assert '{"a":"甲","b":["1",null,true]}'.encode() == canonical_bytes({"b": ["1", None, True], "a": "甲"})


def test_places_are_never_part_of_a_digest() -> None:
    """The same content further down a file has the same digest."""
    text = "unit: {name: 甲, kind: town, level: county, legislative_power: false}\nperiod: {from: 2020, to: 2020}\nas_of: 2021-01-01"
    one, other = (SubmissionFile.model_validate(parse_yaml(t, "f.yaml")[0]) for t in (text, f"\n\n# 注\n{text}"))

    assert one.place != other.place
    assert digest_of(one) == digest_of(other)


def test_precision_of_a_number_is_part_of_a_digest() -> None:
    """77% and 77.0% were written differently, and are different content."""
    assert digest_of({"a": Number("77.0%")}) != digest_of({"a": Number("77%")})


# --- tables and ledgers ---------------------------------------------------------------------------------------------


def test_table_rows_keep_their_lines() -> None:
    """A row knows the line on which it starts, also behind blank lines and cells with line breaks."""
    table, problems = parse_csv('文号,日期\n\n"甲\n1",2020-01-01\n乙2,2020-01-02\n', "t.csv")

    assert (table.header if table else None, problems) == (("文号", "日期"), [])
    assert table and {row.cells[0]: row.line for row in table.rows} == {"甲\n1": 3, "乙2": 5}


def test_table_rows_come_out_in_order_of_content() -> None:
    """The order of rows in a table does not matter."""
    one, other = (parse_csv(f"a\n{rows}", "t.csv")[0] for rows in ("2\n1\n", "1\n2\n"))

    assert one and other and [r.cells for r in one.rows] == [r.cells for r in other.rows]


def test_a_row_of_another_length_is_refused() -> None:
    """A row with too few or too many cells is named with its line."""
    _, problems = parse_csv("a,b\n1\n1,2,3\n", "t.csv")

    assert [(p.code, p.place.line) for p in problems] == [("TABLE_ROW", 2), ("TABLE_ROW", 3)]


def test_many_rows_of_another_length_are_one_problem() -> None:
    """What is wrong with many rows in one way is said once."""
    _, problems = parse_csv("a,b\n" + "1\n" * 9, "t.csv")

    assert [p.found for p in problems] == ["第2、3、4、5、6…行等9行各有1格"]


@pytest.mark.parametrize("mark", ["，", ";", "；", "\t", "、"])
def test_another_separator_is_named(mark: str) -> None:
    """A table whose columns are parted by another mark is refused once, not row by row."""
    _, (found,) = parse_csv(f"a{mark}b\n1{mark}2\n", "t.csv")

    assert (found.code, str(found.place)) == ("TABLE_HEADER", "t.csv:1:2")


def test_a_row_of_commas_is_a_row() -> None:
    """An empty line is none, a row of commas is one: somebody has to be told of it."""
    table, _ = parse_csv("a,b\n\n,\n1,2\n", "t.csv")

    assert table and [row.line for row in table.rows] == [3, 4]


def test_an_empty_table_is_refused() -> None:
    """A table without even a header is refused: nothing happened is a header without rows."""
    assert [p.code for p in parse_csv(" ,\n", "t.csv")[1]] == ["TABLE_HEADER"]
    assert parse_csv("a,b\n", "t.csv")[1] == []


@pytest.mark.parametrize("rows", [2, 40_000])
def test_a_quotation_mark_that_is_never_closed_is_a_problem(rows: int) -> None:
    """An open quotation mark would swallow all further rows: it is refused, neither a silent loss nor a crash."""
    _, problems = parse_csv('a,b\n1,"x\n' + "2,y\n" * rows, "t.csv")

    assert problems != []


def test_ledger_entries_know_their_line() -> None:
    """Every line of a ledger is one object; blank lines do not count."""
    entries, problems = parse_ledger('{"id": "E-1"}\n\n{"id": "E-2"}\n', "l.jsonl")

    assert (problems, [entry.place.line for entry in entries]) == ([], [1, 3])
    assert all(isinstance(entry, Block) for entry in entries)


@pytest.mark.parametrize("line", ["[1, 2]", '"text"', "id: E-1"])
def test_ledger_lines_that_are_no_objects_are_refused(line: str) -> None:
    """A list, a text or a bare key is no entry."""
    assert [p.code for p in parse_ledger(line, "l.jsonl")[1]] == ["LEDGER_LINE"]


def test_ledger_lines_are_read_as_strictly_as_yaml() -> None:
    """A duplicate key in an entry is refused with its line."""
    _, (found,) = parse_ledger('{"id": "E-1"}\n{"id": "E-2", "id": "E-3"}', "l.jsonl")

    assert (found.code, found.place.line) == ("YAML_KEY_DUPLICATE", 2)
