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

    assert sorted(p.found for p in found) == ["缺少「as_of」（评判日）", "缺少「unit」（单位）"]


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


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("facts: [{口径: a, value: 1}]", "应写「measure」"),
        ("facts: [{measure: a, 数值: 1}]", "应写「value」"),
        ("facts: [{measure: a, value: 1, 单位: 件}]", "报数的单位写 unit；计量单位直接写在 value 里，如 value: 20件"),
        ("facts: [{measure: a, events: [2020-03-01]}]", "请写 {date: 2020-03-01}"),
        ("facts: [{measure: a, events: 2020-03-01}]", "这里要清单，请加方括号：[2020-03-01]"),
        ("facts: [{measure: a, value: 1, full: 是}]", "应写 true"),
        (
            "facts: [{measure: a, value: 1, source_class: 系统}]",
            "可选：self（自己报的）、system（系统导出）、outside（外部出具）",
        ),
        ("facts: [{measure: a, value: 1, source_class: 系统导出}]", "应写 system（系统导出）"),
        ("facts: [{element: I-1.b}]", "这一条没有写 value（如 value: true）"),
        ("facts: [{measure: a}]", "这一条没有写数：value（如 value: 20件）、events、table 写一个"),
        ("facts: [{value: 1}]", "这一条没有写是什么数：口径写 measure，要素写 element"),
        ("facts: [{element: 已公布, value: true}]", "要素写成 指标编号.要素，如 I-R20.compiled"),
        ("evidence: [{id: 材料1, title: 甲, kind: document}]", "编号用字母开头，只用字母、数字、- 和 _，如 E-1"),
        ("incidents: [{kind: honour}]", "请在「incidents.第1项」里补写，如 date: 2023-03-01"),
        ("data_until: 2020/12/31", "请写 2020-12-31"),
        ("data_until: 2020-02-30", "2020年2月只有29天"),
    ],
)
def test_a_message_says_what_to_write(line: str, remedy: str) -> None:
    """Chinese names of keys, choices and forms are led to the word that is written; no pattern is ever shown."""
    (found,) = problems_of(HEAD + line)

    assert remedy == found.remedy


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("county", "县", "应写 county（县、县级市、区）"),
        ("county", "县级", "可选：county（县、县级市、区）、prefecture（设区的市、州）"),
        ("government", "县政府", "可选：government（一级政府）、department（部门）、town（乡镇、街道）"),
        ("{from: 2020-01-01, to: 2020-12-31}", "2020年", "请写起止两天：{from: 2020-01-01, to: 2020-12-31}"),
        (
            "{from: 2020-01-01, to: 2020-12-31}",
            "{from: 2020-12, to: 2020-01}",
            "请把两个日期对调：{from: 2020-01, to: 2020-12}",
        ),
        ("2021-03-31", "2021年3月31日", "请写 2021-03-31"),
        ("2021-03-31", "2021/3", "这里要一个日期（如 2020、2020-03、2020-03-09）"),
        ("2021-03-31", "2021年3月", "这里要写到日，如 2021-03-31"),
        ("false", "true", "县没有规章制定权（立法法2023年修正第九十三条），请写 false"),
    ],
)
def test_a_message_on_the_head_says_what_to_write(old: str, new: str, remedy: str) -> None:
    """The same for the unit, the period and the day of judgement."""
    (found,) = problems_of(HEAD.replace(old, new))

    assert remedy == found.remedy


def test_a_city_may_make_rules() -> None:
    """Only a county has no power to make rules."""
    assert problems_of(HEAD.replace("county", "prefecture").replace("false", "true")) == []


def test_every_value_knows_its_place() -> None:
    """A record keeps the place of each of its values; what was not written is where the record begins."""
    data, _ = parse_yaml(HEAD + "facts:\n  - {measure: a, value: 1}", "f.yaml")
    (fact,) = SubmissionFile.model_validate(data).facts

    assert [str(fact.place_of(key)) for key in ("value", "unit")] == ["f.yaml:5:25", "f.yaml:5:5"]


def test_structures_are_named_not_printed() -> None:
    """A message never prints a whole structure: a list is called a list."""
    (found,) = problems_of(HEAD + "facts: [{measure: a, value: [1, 2, 3]}]")

    assert found.found == "「facts.第1项.value」写的是「一个清单」"


def test_nearest_offers_only_what_is_like() -> None:
    """A word with no likeness to any known one gets no offer."""
    assert (nearest("司法局办公室", ["司法局", "公安局"]), nearest("甲", ["xyz"])) == ("是否想写「司法局」？", "")


def test_nearest_weighs_what_begins_alike() -> None:
    """Two roles that begin alike are nearer than two that end alike."""
    assert nearest("执法单位", ["各单位", "执法部门"]) == "是否想写「执法部门」？"


def test_nearest_knows_titles() -> None:
    """A title is as good as the word it is the title of, in full or by how it begins."""
    kinds = {"register": "登记表或系统导出", "report": "报告", "receipt": "报送凭证"}

    assert [nearest(word, kinds) for word in ("报告", "登记表")] == ["应写「report」", "应写「register」"]
