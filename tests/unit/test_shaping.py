"""Data to models: everything that does not fit is said at once, in Chinese, at its place."""

from typing import Any

import pytest

from engine.models.submission import SubmissionFile
from engine.shaping import nearest
from engine.shaping import shape
from engine.sources import parse_yaml

HEAD = """\
unit: {name: 甲县, kind: government, level: county, legislative_power: false}
period: {from: 2020-01-01, to: 2020-12-31}
as_of: 2021-03-31
"""


def problems_of(text: str) -> list[Any]:
    data, found = parse_yaml(text, "f.yaml")
    return shape(SubmissionFile, data, "f.yaml", found)[1]


def test_what_fits_becomes_a_model() -> None:
    """A complete head has no problems."""
    data, found = parse_yaml(HEAD, "f.yaml")
    head, problems = shape(SubmissionFile, data, "f.yaml", found)

    assert (head.unit.name if head else None, problems) == ("甲县", [])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("fact: []", "KEY_UNKNOWN"),
        ("facts: {a: 1}", "VALUE_TYPE"),
        ("facts: [{measure: a, value: [1]}]", "VALUE_TYPE"),
        ("facts: [{measure: a, value: 1, full: 1}]", "VALUE_TYPE"),
        ("facts: [{measure: a, value: 1, source_class: 听说}]", "VALUE_CHOICE"),
        ("facts: [{measure: a, value: 1, period: 2020.10}]", "DATE_AS_NUMBER"),
        ("facts: [{measure: a, value: 1, period: 去年}]", "DATE_UNREADABLE"),
        ("facts: [{measure: a, value: 1, period: {from: 2020-05, to: 2020-02}}]", "DATE_ORDER"),
        ("facts: [{measure: a}]", "RECORD_INCONSISTENT"),
        ("facts: [{measure: a, element: I-1.b, value: 1}]", "RECORD_INCONSISTENT"),
        ("facts: [{measure: a, value: 1, table: t.csv}]", "RECORD_INCONSISTENT"),
        ("facts: [{element: I-1.b, events: []}]", "RECORD_INCONSISTENT"),
        ("evidence: [{id: 1号, title: 某文件, kind: document}]", "VALUE_TYPE"),
        ("evidence: [{id: E-1, kind: document}]", "KEY_MISSING"),
        ("ratings: [{indicator: I-1, point: a, grade: 好, rater: 甲, rated_on: 2020-02, reason: 无}]", "DATE_NOT_A_DAY"),
        ("data_until: 2020-02-30", "DATE_UNREADABLE"),
        ("data_until: 1020-02-03", "DATE_UNREADABLE"),
    ],
)
def test_one_misfit_is_one_problem(line: str, code: str) -> None:
    """Each misfit has its own code, and is named once, on its line."""
    (found,) = problems_of(HEAD + line)

    assert (code, 4) == (found.code, found.place.line)


def test_missing_keys_are_named_one_by_one() -> None:
    """Every key that is required and absent is named."""
    found = problems_of("period: {from: 2020, to: 2020}")

    assert sorted(p.found for p in found) == ["缺少「as_of」", "缺少「unit」"]


def test_unknown_key_points_at_the_key() -> None:
    """The place of an unknown key is the key, not its value, and the nearest known key is offered."""
    (found,) = problems_of(HEAD + "facts:\n  - {measure: a, vlaue: 1, value: 2}")

    assert (str(found.place), found.remedy) == ("f.yaml:5:18", "是否想写「value」？")


def test_wrong_value_points_at_the_value() -> None:
    """The place of a wrong value is the value."""
    (found,) = problems_of(HEAD + "data_until: 昨天")

    assert (str(found.place), found.found) == ("f.yaml:4:13", "「data_until」写的是「昨天」")


def test_what_reading_blames_is_not_blamed_again() -> None:
    """A value that could not be read is one problem, not two."""
    assert [p.code for p in problems_of(HEAD.replace("false", "no"))] == ["YAML_BOOLEAN_WORD"]


@pytest.mark.parametrize("text", ["- a", "只有一句话", "12"])
def test_a_file_that_is_no_mapping_is_refused_in_words(text: str) -> None:
    """A list or a sentence in place of a submission is said to be one; the message names the file, not nothing."""
    (found,) = problems_of(text)

    assert found.code == "VALUE_TYPE"
    assert "「」" not in found.found


def test_structures_are_named_not_printed() -> None:
    """A message never prints a whole structure: a list is called a list."""
    (found,) = problems_of(HEAD + "facts: [{measure: a, value: [1, 2, 3]}]")

    assert found.found == "「facts.第1项.value」写的是「一个清单」"


def test_nearest_offers_only_what_is_like() -> None:
    """A word with no likeness to any known one gets no offer."""
    assert (nearest("司法局办公室", ["司法局", "公安局"]), nearest("甲", ["xyz"])) == ("是否想写「司法局」？", "")
