"""Which evidence may count: every code once returned and once not."""

from typing import Any

import pytest

from engine.acceptance import REMEDIES
from engine.acceptance import is_public
from engine.models.problem import CODES
from engine.models.ruleset import Ruleset

SLOTS = [
    {"slot": "plain", "title": "文件", "kinds": ["document"]},
    {"slot": "numbered", "title": "有文号的文件", "kinds": ["document"], "needs": ["number"]},
    {"slot": "signed", "title": "签字的文件", "kinds": ["document"], "needs": ["signature"]},
    {"slot": "outside", "title": "外部文件", "kinds": ["document"], "needs": ["outside"]},
    {"slot": "public", "title": "公开页", "kinds": ["document", "url"], "needs": ["public_url"]},
    {"slot": "valid", "title": "现行制度", "kinds": ["document"], "in_force": True, "period": "any"},
    {"slot": "yearly", "title": "每年一件", "kinds": ["document"], "period": "every_year"},
    {
        "slot": "in_time",
        "title": "按期公开",
        "kinds": ["document"],
        "publish_by": {"years_after": "1", "month_day": "03-31"},
    },
    {"slot": "whenever", "title": "何时都行", "kinds": ["document"], "period": "any"},
]
MEASURES: dict[str, Any] = {
    "n": {"kind": "count", "unit_of_measure": "件", "over": "period"},
    "m": {"kind": "count", "unit_of_measure": "件", "over": "period"},
}
ASKED = {"id": "I-1", "measure": "n", "meets": {"at_least": "1"}, "evidence": SLOTS}
UNIT = {"members": [{"name": "甲局", "roles": ["局"]}]}
SHA = "a" * 64


@pytest.fixture(scope="module")
def rules(make_rules: Any) -> Ruleset:
    return make_rules(MEASURES, ASKED)


@pytest.fixture(scope="module")
def accept(rules: Ruleset, assess_facts: Any, filed: Any) -> Any:
    """File one item for a slot; its codes and its warnings."""

    def run(slot: str = "plain", facts: Any = (), files: Any = None, as_of: str = "2021-03-31", **keys: Any) -> Any:
        item = {key: value for key, value in filed("I-1", slot, **keys).items() if value is not None}
        shown = assess_facts(rules, facts, evidence=[item], unit=UNIT, files=files, as_of=as_of).item("E-001")
        return shown.codes, shown.warnings

    return run


def test_an_item_that_nothing_is_wrong_with_is_accepted(accept: Any) -> None:
    """A numbered, signed, dated document of the period with a public address serves every slot."""
    assert [((), ())] * len(SLOTS) == [accept(slot["slot"]) for slot in SLOTS]


# code, what is returned, what is not
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("E01", {"issued": "2018-05", "published": None, "number": None}, {"issued": "2020", "published": None}),
    ("E01", {"covers": {"from": "2018", "to": "2019"}}, {"covers": {"from": "2019-07", "to": "2020-06"}}),
    ("E01", {"issued": None, "published": None}, {"issued": None, "published": "2020-05"}),
    ("E02", {"issued": "2020-07-02", "published": "2020-07-01"}, {"issued": "2020-07", "published": "2020-07-01"}),
    (
        "E02",
        {"effective_from": "2020-05", "effective_to": "2020-04"},
        {"effective_from": "2020-05", "effective_to": "2022-04"},
    ),
    ("E02", {"number": "示发〔2016〕1号"}, {"number": "示发〔2020〕1号"}),
    ("E02", {"number": "示发〔2021〕1号"}, {"number": "示发〔2019〕1号"}),
    ("E03", {"number": "第一号"}, {"number": "示办发[2020]第12号"}),
    ("E03", {"slot": "numbered", "number": None}, {"slot": "numbered"}),
    ("E04", {"slot": "signed", "signed_by": None}, {"slot": "signed", "signed_by": None, "sealed": True}),
    ("E06", {"kind": "record"}, {"kind": "document"}),
    ("E06", {"slot": "outside", "source_class": "self"}, {"slot": "outside", "source_class": "outside"}),
    ("E07", {"kind": "plan"}, {"kind": "document"}),
    ("E08", {"kind": "photo"}, {"kind": "document"}),
    (
        "E10",
        {"url": "http://10.1.2.3/a", "file": "a.pdf", "files": {"a.pdf": SHA}},
        {"url": "http://www.example.gov.cn/a"},
    ),
    (
        "E10",
        {"slot": "public", "url": None, "file": "a.pdf", "files": {"a.pdf": SHA}},
        {"slot": "public", "file": "a.pdf", "files": {"a.pdf": SHA}},
    ),
    (
        "E11",
        {"slot": "in_time", "issued": "2020-12", "published": "2021-04-01", "as_of": "2021-06-30"},
        {"slot": "in_time", "issued": "2020-12", "published": "2021-03-31", "as_of": "2021-06-30"},
    ),
    ("E14", {"slot": "valid", "effective_to": "2021-03-30"}, {"slot": "valid", "effective_to": "2021-03-31"}),
    ("E14", {"slot": "valid", "effective_from": "2021-01-01"}, {"slot": "valid", "effective_from": "2020-12-31"}),
    ("E15", {"file_created": "2020-07-01"}, {"file_created": "2020-06-30"}),
    ("E17", {"url": None}, {"url": None, "file": "a.pdf", "files": {"a.pdf": SHA}}),
    ("E17", {"url": None, "file": "a.pdf"}, {"file": "a.pdf"}),
    ("E18", {"classification": "机密"}, {"classification": None}),
    ("E18", {"title": "某某通报（秘密★10年）"}, {"title": "保守国家秘密法宣传方案"}),
    ("E18", {"note": "内部资料，注意保存"}, {"note": "内部培训记录"}),
    ("E18", {"title": "绝密级文件"}, {"title": "关于保护商业秘密（试行）的通知"}),
    (
        "E19",
        {"file": "a.pdf", "files": {"a.pdf": SHA}, "sha256": "b" * 64},
        {"file": "a.pdf", "files": {"a.pdf": SHA}, "sha256": SHA},
    ),
    (
        "E21",
        {"issued": "2021-04-01", "published": None, "number": None, "covers": {"from": "2020", "to": "2020"}},
        {"issued": "2021-03-31", "published": None, "number": None, "covers": {"from": "2020", "to": "2020"}},
    ),
    ("E21", {"published": "2021-05"}, {"published": "2021-03"}),
    ("E22", {"note": "联系人身份证220881199001011234"}, {"note": "统一编码2208811990010112345"}),
    ("E22", {"title": "名单（13812345678）"}, {"title": "名单（0436-6221234）"}),
]


@pytest.mark.parametrize(("code", "bad", "good"), CASES, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(CASES)])
def test_a_code_is_given_where_it_belongs(accept: Any, code: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    """The code is given for what is wrong, and not for its near neighbour that is right."""
    assert ((code,), ()) == accept(**bad)
    assert accept(**good) == ((), ())


def test_a_date_that_is_only_the_year_of_the_number_is_no_contradiction(accept: Any) -> None:
    """A document numbered in one year and issued at the turn of the next is no contradiction."""
    assert accept(number="示发〔2019〕88号", issued="2020-01-06", published=None) == ((), ())


def test_e05_another_issuer_only_warns(accept: Any) -> None:
    """A document that another unit issued is accepted with a warning."""
    assert accept(unit="甲局", issuer="乙局") == ((), ("E05",))
    assert accept(unit="甲局", issuer="甲局") == ((), ())


def test_e12_many_uses_only_warn(rules: Ruleset, assess_facts: Any, filed: Any) -> None:
    """An item used for more than the profile's limit of three requirements is accepted with a warning."""

    def warnings(slots: list[str]) -> Any:
        proves = [{"indicator": "I-1", "slot": slot} for slot in slots]
        return assess_facts(rules, evidence=[filed("I-1", "plain", proves=proves)]).item("E-001").warnings

    assert warnings(["plain", "numbered", "signed", "whenever"]) == ("E12",)
    assert warnings(["plain", "numbered", "signed"]) == ()


def test_e13_figures_that_contradict_others(accept: Any) -> None:
    """An item that a contradictory fact cites is returned; one that agreeing facts cite is not."""
    first = {"measure": "n", "value": 5, "evidence": ["E-001"]}

    assert accept(facts=[first, {"measure": "n", "value": 7}]) == (("E13",), ())
    assert accept(facts=[first, {"measure": "m", "value": 7}]) == ((), ())


def test_e20_lead_unit_did_not_review(make_rules: Any, assess_facts: Any, filed: Any) -> None:
    """Where the profile asks for the lead unit's review, an item without it is returned."""
    rules = make_rules(MEASURES, ASKED, lead_review=True)
    codes = [
        assess_facts(rules, evidence=[filed("I-1", "plain", **keys)]).item("E-001").codes
        for keys in ({}, {"lead_checked_by": "李某"})
    ]

    assert codes == [("E20",), ()]


# --- years ----------------------------------------------------------------------------------------------------------

TWO_YEARS = {"from": "2019-01-01", "to": "2020-12-31"}
ONE = {"issued": "2019-06", "published": None, "number": None, "url": "https://www.example.gov.cn/2019"}
OTHER = {"issued": "2020-06", "published": None, "number": None, "url": "https://www.example.gov.cn/2020"}


@pytest.mark.parametrize(
    ("items", "codes"),
    [
        ([ONE], [("E09",)]),
        ([ONE, OTHER], [(), ()]),
        ([{**ONE, "covers": TWO_YEARS}], [()]),
        ([ONE, {**OTHER, "kind": "plan"}], [("E09",), ("E07",)]),
    ],
)
def test_e09_every_year_must_be_covered(
    rules: Ruleset, assess_facts: Any, filed: Any, items: list[Any], codes: list[Any]
) -> None:
    """Items together must cover every year; a returned one covers nothing."""
    evidence = [filed("I-1", "yearly", **item) for item in items]
    shown = assess_facts(rules, evidence=evidence, period=TWO_YEARS)

    assert codes == [shown.item(f"E-{n:03d}").codes for n in range(1, len(items) + 1)]


def test_e09_is_asked_of_every_member_apart(make_rules: Any, assess_facts: Any, filed: Any) -> None:
    """Where every member files its own, one member's year does not cover for another's."""
    roster = {"slot": "roster", "title": "名册", "kinds": ["document"], "period": "every_year", "by": "each_member"}
    measures = {**MEASURES, "n": {**MEASURES["n"], "held_by": ["局"]}}
    each = {"roles": ["局"], "meets": {"at_least": "1"}}
    rules = make_rules(measures, {"id": "I-1", "measure": "n", "award": "share", "each_member": each, "evidence": [roster]})
    unit = {"members": [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局")]}
    evidence = [filed("I-1", "roster", unit="甲局", **ONE), filed("I-1", "roster", unit="乙局", **OTHER)]

    assert [c for c in assess_facts(rules, evidence=evidence, period=TWO_YEARS, unit=unit).codes if c == "E09"] == [
        "E09",
        "E09",
    ]


# --- what is no item of the rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"kind": "memo"}, "NAME_UNKNOWN"),
        ({"unit": "丙局"}, "UNIT_UNKNOWN"),
        ({"proves": [{"indicator": "I-9", "slot": "plain"}]}, "INDICATOR_UNKNOWN"),
        ({"proves": [{"indicator": "I-1", "slot": "plane"}]}, "NAME_UNKNOWN"),
    ],
)
def test_unknown_names_are_refused(rules: Ruleset, assess_facts: Any, filed: Any, keys: Any, code: str) -> None:
    """A kind, unit, indicator or requirement that the rules do not know stops everything."""
    assessed = assess_facts(rules, evidence=[filed("I-1", "plain", **keys)], unit=UNIT)

    assert ([code], None) == (assessed.codes, assessed.assessment)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://www.taonan.gov.cn/zwgk/202102/t20210223.html", True),
        ("http://xxgk.example.gov.cn:8080/art?id=3", True),
        ("https://www.example.gov.cn?id=3", True),
        ("https://www.example.gov.cn/年度报告.html", True),
        ("HTTP://WWW.EXAMPLE.GOV.CN", True),
        ("http://localhost/a", False),
        ("http://192.168.0.8/a", False),
        ("http://172.16.3.4/a", False),
        ("http://172.32.3.4/a", True),
        ("http://oa/a", False),
        ("http://oa.county.local/a", False),
        ("file:///d/a.pdf", False),
        ("www.example.gov.cn", False),
        ("https://www.example.gov.cn/a b", False),
        ("见政府网站", False),
    ],
)
def test_public_addresses(url: str, public: bool) -> None:
    """An address is public by its form: http or https, and no host of an inner network."""
    assert public is is_public(url)


def test_every_code_says_what_to_do() -> None:
    """Every evidence code has a remedy, and no remedy helps to hide anything."""
    forbidden = ("补造", "补签", "倒签", "补开", "调整日期", "挑选案卷", "造假")

    later = {"WITHDRAWN", "REVIEW_REJECTED", "REVIEW_SELF"}

    assert {code for code in CODES if code[1:].isdigit()} | later == set(REMEDIES)
    assert [text for text in REMEDIES.values() if any(word in text for word in forbidden)] == []
