"""Which facts may count: everything else is set aside with its reason and place; nothing is guessed, nothing lost."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from engine.admission import previous_window
from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.ruleset import Ruleset
from engine.periods import Window

MEASURES: dict[str, Any] = {
    "cases": {"kind": "count", "unit_of_measure": "件", "also_written": ["起"], "over": "period"},
    "lost": {"kind": "count", "unit_of_measure": "件", "over": "period", "part_of": "cases"},
    "people": {"kind": "count", "unit_of_measure": "人", "at": "end", "held_by": ["局"], "roll_up": "sum"},
    "money": {"kind": "amount", "unit_of_measure": "万元", "over": "period"},
    "rate": {"kind": "ratio", "numerator": "lost", "denominator": "cases", "direction": "lower", "when_none_due": "met"},
    "growth": {
        "kind": "ratio",
        "numerator": "cases",
        "denominator": "lost",
        "direction": "neutral",
        "when_none_due": "unknown",
        "may_exceed_one": True,
    },
    "day": {"kind": "date"},
    "how": {"kind": "choice", "options": ["全部", "部分"]},
    "is": {"kind": "boolean"},
    "talks": {"kind": "events"},
    "meetings": {"kind": "events", "held_by": ["局"]},
    "table": {
        "kind": "records",
        "counted_on": "done",
        "columns": {"no": {"kind": "key", "label": "编号"}, "done": {"kind": "date", "label": "办结日"}},
    },
    "notes": {
        "kind": "records",
        "counted_on": "done",
        "columns": {
            "no": {"kind": "key", "label": "编号"},
            "done": {"kind": "date", "label": "办结日"},
            "noted": {"kind": "date", "label": "备注日"},
        },
    },
}
CLAIMED = {"id": "I-1", "award": "elements", "elements": [{"key": "made", "title": "做了"}]}
UNIT = {"members": [{"name": "甲局", "roles": ["局"]}]}


@pytest.fixture(scope="module")
def rules(make_rules: Any) -> Ruleset:
    return make_rules(MEASURES, CLAIMED)


@pytest.fixture(scope="module")
def admit(rules: Ruleset, scope_of: Any) -> Any:
    """Admit facts; what was read and the codes of what was not."""

    def run(*facts: Any, **keys: Any) -> Any:
        scope, problems = scope_of(rules, facts, **{"unit": UNIT, **keys})
        return scope.facts, [p.code for p in problems]

    return run


@pytest.mark.parametrize(
    ("measure", "text", "interval"),
    [
        ("cases", "13件", point(13)),
        ("cases", "13起", point(13)),
        ("cases", "1.5万件", point(15_000)),
        ("cases", "300余件", Interval(Fraction(301), Fraction(399))),
        ("cases", "近300件", Interval(Fraction(200), Fraction(299))),
        ("cases", "超过26件", Interval(Fraction(27), None)),
        ("money", "50余万元", Interval(Fraction(50), Fraction(60), True, True)),
        ("money", "50万元", point(50)),
        ("money", "500000元", point(50)),
        ("money", "12.5", point(Fraction(25, 2))),
        ("rate", "23%", point(Fraction(23, 100))),
        ("rate", "3/13", point(Fraction(3, 13))),
        ("rate", "95%以上", Interval(Fraction(19, 20), Fraction(1))),
        ("growth", "120%", point(Fraction(6, 5))),
        ("day", "2021-02-23", point(date(2021, 2, 23).toordinal())),
        ("day", "2021/2/23", point(date(2021, 2, 23).toordinal())),
        ("day", "2021年2月23日", point(date(2021, 2, 23).toordinal())),
        ("how", "部分", point(1)),
        ("is", True, point(1)),
        ("is", "否", point(0)),
    ],
)
def test_values_are_read_as_their_measure_is_written(admit: Any, measure: str, text: Any, interval: Interval) -> None:
    """Counts in their unit, rates as shares, dates as days, choices and truths as their place."""
    facts, codes = admit({"measure": measure, "value": text})
    read = facts.readings[measure, "", CURRENT].interval

    assert codes == []
    assert (interval.low, interval.high, interval.low_open, interval.high_open) == (
        read.low,
        read.high,
        read.low_open,
        read.high_open,
    )


@pytest.mark.parametrize("text", ["15余件", "3多件", "9.5余件"])
def test_a_count_that_no_whole_number_fits_is_no_impossible_value(admit: Any, text: str) -> None:
    """Between 15 and 16 there is no number of cases: the lower end never lies above the upper."""
    facts, codes = admit({"measure": "cases", "value": text})
    reading = facts.readings.get(("cases", "", CURRENT))

    assert codes if reading is None else reading.interval.low <= reading.interval.high


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ({"measure": "cases", "value": None}, "FACT_EMPTY"),
        ({"measure": "cases", "value": "  "}, "FACT_EMPTY"),
        ({"measure": "cases", "value": "X件"}, "FACT_PLACEHOLDER"),
        ({"measure": "is", "value": "待核"}, "FACT_PLACEHOLDER"),
        ({"measure": "cases", "value": "较多"}, "FACT_NO_NUMBER"),
        ({"measure": "cases", "value": "3至5件"}, "FACT_UNREADABLE"),
        ({"measure": "cases", "value": "12.5件"}, "FACT_NOT_WHOLE"),
        ({"measure": "cases", "value": "5%"}, "FACT_UNIT_OF_MEASURE"),
        ({"measure": "cases", "value": "5人"}, "FACT_UNIT_OF_MEASURE"),
        ({"measure": "money", "value": "50万"}, "FACT_UNIT_OF_MEASURE"),
        ({"measure": "rate", "value": "77"}, "FACT_PERCENT"),
        ({"measure": "rate", "value": "0.77"}, "FACT_PERCENT"),
        ({"measure": "rate", "value": "101%"}, "FACT_OUT_OF_RANGE"),
        ({"measure": "rate", "value": "超过100%"}, "FACT_OUT_OF_RANGE"),
        ({"measure": "day", "value": "2021.3"}, "FACT_UNREADABLE"),
        ({"measure": "day", "value": "2021-02-30"}, "FACT_UNREADABLE"),
        ({"measure": "cases", "value": "二十件"}, "FACT_NO_NUMBER"),
        ({"measure": "cases", "value": "20件。"}, "FACT_UNREADABLE"),
        ({"measure": "rate", "value": "提高5个百分点"}, "FACT_UNREADABLE"),
        ({"measure": "rate", "value": "5个百分点"}, "FACT_UNREADABLE"),
        ({"measure": "day", "value": "2021-04-01"}, "FACT_AFTER_AS_OF"),
        ({"measure": "how", "value": "大半"}, "FACT_UNREADABLE"),
        ({"measure": "is", "value": "大概"}, "FACT_UNREADABLE"),
        ({"measure": "people", "value": 5, "at": "2021-04-01"}, "FACT_AFTER_AS_OF"),
        ({"measure": "talks", "events": [{"date": "2021-04-01"}]}, "FACT_AFTER_AS_OF"),
        ({"element": "I-1.made", "value": "差不多"}, "FACT_UNREADABLE"),
    ],
)
def test_what_cannot_count_is_set_aside(admit: Any, fact: Any, code: str) -> None:
    """Each reason has its code, and the value is as if it were missing."""
    facts, codes = admit(fact)

    assert [code] == codes
    assert facts.readings | facts.claims == {}
    assert fact.get("measure", fact.get("element")) in facts.set_aside


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ({"measure": "casess", "value": 1}, "NAME_UNKNOWN"),
        ({"element": "I-1.mad", "value": True}, "NAME_UNKNOWN"),
        ({"measure": "cases", "unit": "甲", "value": 1}, "UNIT_UNKNOWN"),
        ({"measure": "cases", "value": True}, "FACT_FORM"),
        ({"measure": "cases", "events": []}, "FACT_FORM"),
        ({"measure": "table", "value": 3}, "FACT_FORM"),
        ({"measure": "talks", "table": "t.csv"}, "FACT_FORM"),
    ],
)
def test_what_the_rules_do_not_know_is_refused(admit: Any, fact: Any, code: str) -> None:
    """A near-miss in a name or the wrong form stops everything."""
    facts, codes = admit({"measure": "lost", "value": 1}, fact)

    assert ([code], {}) == (codes, facts.readings)


@pytest.mark.parametrize(
    ("fact", "remedy"),
    [
        ({"measure": "cases", "value": "二十件"}, "请写阿拉伯数字：20件"),
        ({"measure": "cases", "value": "两万件"}, "请写阿拉伯数字：2万件"),
        ({"measure": "rate", "value": "九成以上"}, "请写阿拉伯数字：90%以上"),
        ({"measure": "rate", "value": "达到95%"}, "请写 95%；不止这么多的写 95%以上"),
        ({"measure": "cases", "value": "20件。"}, "请去掉，写 20件"),
        ({"measure": "cases", "value": "13人"}, "若就是13件，请写 13件；若数的是人，请报到数人的口径"),
        ({"measure": "money", "value": "50亩"}, "请换算成万元"),
        (
            {"measure": "table", "value": 0},
            "应交逐件登记表（table: 文件名.csv, full: true）；期内没有的，交只有列名的表，full: true，并附零报告",
        ),
        ({"measure": "is", "events": []}, "应写 value: true 或 value: false"),
        ({"measure": "how", "events": []}, "可选：全部、部分"),
        ({"measure": "day", "events": []}, "应报日期，如 value: 2023-03-01"),
        ({"measure": "rate", "value": True}, "应报率，如 value: 95% 或 value: 3/13"),
        ({"measure": "cases", "unit": "示例县", "value": 1}, "这就是填报的本级；全县、全市的数不写 unit"),
    ],
)
def test_a_message_says_how_to_write_it(rules: Ruleset, scope_of: Any, fact: Any, remedy: str) -> None:
    """What was meant is shown as it should be written."""
    _, (found,) = scope_of(rules, [fact], unit=UNIT)

    assert remedy == found.remedy


# --- periods --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "key"),
    [
        (None, CURRENT),
        ("2020", CURRENT),
        ({"from": "2020-01", "to": "2020-12"}, CURRENT),
        ("previous", PREVIOUS),
        ("2019", PREVIOUS),
    ],
)
def test_periods_that_count(admit: Any, period: Any, key: str) -> None:
    """The period itself and the one before it, however they are written."""
    facts, codes = admit({"measure": "cases", "value": 5, **({"period": period} if period else {})})

    assert codes == []
    assert ("cases", "", key) in facts.readings


def test_stretches_that_make_the_period_count(admit: Any) -> None:
    """Two halves of the year are both kept."""
    halves = [{"from": "2020-01", "to": "2020-06"}, {"from": "2020-07", "to": "2020-12"}]
    facts, codes = admit(*[{"measure": "cases", "value": 5, "period": half} for half in halves])

    assert codes == []
    assert {"2020-01-01/2020-06-30", "2020-07-01/2020-12-31"} == {key[2] for key in facts.readings}


@pytest.mark.parametrize("period", ["2018", {"from": "2018", "to": "2020"}, {"from": "2020-06", "to": "2021-01"}])
def test_other_periods_do_not_count(admit: Any, period: Any) -> None:
    """A count that began before the period or ends after it is not the period's."""
    assert admit({"measure": "cases", "value": 5, "period": period})[1] == ["FACT_OTHER_PERIOD"]


def test_a_number_at_the_end_may_name_any_stretch_to_the_end(admit: Any) -> None:
    """A headcount of December is the year's headcount."""
    facts, _ = admit({"measure": "people", "value": 5, "period": "2020-12"})

    assert ("people", "", CURRENT) in facts.readings


def test_a_stretch_that_cannot_be_used_is_not_lost_in_silence(admit: Any) -> None:
    """A number of half a year alone says nothing of the year: a problem tells, instead of 没提."""
    _, codes = admit({"measure": "cases", "value": 5, "period": {"from": "2020-01", "to": "2020-06"}})

    assert codes != []


def test_a_headcount_of_years_ago_is_not_this_period_s(admit: Any) -> None:
    """A number taken in 2015 is not one of 2020."""
    assert admit({"measure": "people", "value": 5, "at": "2015-06"})[1] != []


@pytest.mark.parametrize(
    ("window", "before"),
    [
        (Window(date(2020, 1, 1), date(2020, 12, 31)), Window(date(2019, 1, 1), date(2019, 12, 31))),
        (Window(date(2019, 1, 1), date(2020, 12, 31)), Window(date(2017, 1, 1), date(2018, 12, 31))),
        (Window(date(2020, 4, 1), date(2020, 6, 30)), Window(date(2020, 1, 1), date(2020, 3, 31))),
        (Window(date(2020, 3, 10), date(2020, 3, 19)), Window(date(2020, 2, 29), date(2020, 3, 9))),
        (Window(date(2020, 1, 15), date(2020, 2, 14)), Window(date(2019, 12, 15), date(2020, 1, 14))),
    ],
)
def test_the_period_before(window: Window, before: Window) -> None:
    """As many months where the period spans whole months, else as many days."""
    assert before == previous_window(window)


# --- several statements on one thing --------------------------------------------------------------------------------


def test_the_same_number_twice_is_noticed_once(admit: Any) -> None:
    """The same number from two sources counts once."""
    facts, codes = admit(
        {"measure": "cases", "value": 5, "source": "a"}, {"measure": "cases", "value": "5件", "source": "b"}
    )

    assert (codes, facts.readings["cases", "", CURRENT].contradictory) == (["FACT_REPEATED"], False)


def test_a_vague_and_an_exact_number_that_agree_give_the_exact_one(admit: Any) -> None:
    """300余 and 320 agree on 320."""
    facts, codes = admit({"measure": "cases", "value": "300余"}, {"measure": "cases", "value": 320})

    assert (codes, facts.readings["cases", "", CURRENT].interval.exact) == (["FACT_REPEATED"], 320)


def test_two_numbers_contradict_each_other(admit: Any) -> None:
    """5 and 7 are a contradiction: the value may be anything from 5 to 7."""
    facts, codes = admit({"measure": "cases", "value": 5}, {"measure": "cases", "value": 7})
    reading = facts.readings["cases", "", CURRENT]

    assert (codes, reading.contradictory) == (["FACT_CONFLICT"], True)
    assert (reading.interval.low, reading.interval.high) == (5, 7)


def test_two_claims_contradict_each_other(admit: Any) -> None:
    """Claimed and denied is neither."""
    facts, codes = admit({"element": "I-1.made", "value": True}, {"element": "I-1.made", "value": False})

    assert codes == ["FACT_CLAIM_CONFLICT"]
    assert facts.claims["I-1.made", CURRENT].value is None


def test_the_same_claim_twice_is_one_claim(admit: Any) -> None:
    """Two sources that say yes say yes."""
    facts, codes = admit({"element": "I-1.made", "value": True}, {"element": "I-1.made", "value": "是", "source": "b"})

    assert (codes, facts.claims["I-1.made", CURRENT].value) == ([], True)


def test_events_of_several_facts_are_one_list(admit: Any) -> None:
    """Events may be listed in several places."""
    facts, codes = admit(
        {"measure": "talks", "events": [{"date": "2020-03-01"}]}, {"measure": "talks", "events": [{"date": "2020-05"}]}
    )

    assert (codes, [str(e.date) for e in facts.events["talks", ""].events]) == ([], ["2020-03-01", "2020-05"])


def test_a_number_of_events_is_held_against_their_list(admit: Any) -> None:
    """Five talks stated and one listed is a contradiction; the number is not dropped in silence."""
    _, codes = admit({"measure": "talks", "value": 5}, {"measure": "talks", "events": [{"date": "2020-03-01"}]})

    assert codes != []


def test_two_tables_of_one_measure_are_not_dropped_in_silence(admit: Any) -> None:
    """Two tables for one register are both counted, or one of them is named as a problem."""
    tables = {"a.csv": "编号,办结日\n1,2020-01-01\n", "b.csv": "编号,办结日\n2,2020-01-02\n"}
    facts, codes = admit({"measure": "table", "table": "a.csv"}, {"measure": "table", "table": "b.csv"}, tables=tables)

    assert codes or len(facts.registers["table", ""].cases) == 2


def test_a_number_by_a_unit_that_does_not_hold_it_is_not_lost_in_silence(admit: Any) -> None:
    """A count that only 局 hold, reported by a 镇, counts nowhere; somebody has to be told."""
    unit = {"members": [{"name": "甲局", "roles": ["局"]}, {"name": "乙镇", "kind": "town", "roles": ["镇"]}]}

    held = {"measure": "meetings", "unit": "乙镇", "events": [{"date": "2020-03-01"}]}

    assert admit({"measure": "people", "unit": "乙镇", "value": 5}, unit=unit)[1] == ["FACT_UNIT_ROLE"]
    assert admit(held, unit=unit)[1] == ["FACT_UNIT_ROLE"]


def test_two_members_of_one_name_are_refused(admit: Any) -> None:
    """A unit registered twice would be counted twice."""
    unit = {"members": [{"name": "甲局", "roles": ["局"]}, {"name": "甲局", "roles": ["局"]}]}

    assert admit({"measure": "people", "unit": "甲局", "value": 5}, unit=unit)[1] != []


# --- record tables --------------------------------------------------------------------------------------------------


def test_table_columns_go_by_key_or_label(admit: Any) -> None:
    """A header may be the Chinese label or the key, in any order."""
    for header in ("编号,办结日", "no,done"):
        facts, codes = admit({"measure": "table", "table": "t.csv"}, tables={"t.csv": f"{header}\n1,2020-01-01\n"})
        assert codes == []
        assert str(facts.registers["table", ""].cases[0].dates["done"]) == "2020-01-01"


@pytest.mark.parametrize("header", ["编号", "编号,办结日,备注", "编号,编号", "编号,日期"])
def test_tables_with_other_columns_are_refused(admit: Any, header: str) -> None:
    """A missing, a further, a repeated or a differently named column is refused."""
    row = ",".join(["1"] * len(header.split(",")))

    assert admit({"measure": "table", "table": "t.csv"}, tables={"t.csv": f"{header}\n{row}\n"})[1] == ["TABLE_HEADER"]


@pytest.mark.parametrize("row", ["1,2020.10", "1,去年", "1,2021-04-01", ",2020-01-01"])
def test_rows_that_cannot_be_used_stay_as_unknown(admit: Any, row: str) -> None:
    """A row with an unreadable or later date, or without a number, stays in the register and counts as unknown."""
    facts, codes = admit({"measure": "table", "table": "t.csv"}, tables={"t.csv": f"编号,办结日\n{row}\n"})

    assert codes == ["FACT_ROW"]
    assert [case.usable for case in facts.registers["table", ""].cases] == [False]


@pytest.mark.parametrize("cell", ["未办结", "没有"])
def test_undone_dates_are_no_mistake(admit: Any, cell: str) -> None:
    """未 says that it was not done: that is no problem."""
    facts, codes = admit({"measure": "table", "table": "t.csv"}, tables={"t.csv": f"编号,办结日\n1,{cell}\n"})

    assert (codes, facts.registers["table", ""].cases[0].dates) == ([], {})


@pytest.mark.parametrize(("cell", "code"), [("", "FACT_EMPTY"), ("X", "FACT_PLACEHOLDER"), ("待补", "FACT_PLACEHOLDER")])
def test_what_a_table_leaves_open_is_said_and_unknown(admit: Any, cell: str, code: str) -> None:
    """An empty date and a placeholder say nothing: they are named, and the case stays in the register without the date."""
    facts, codes = admit({"measure": "table", "table": "t.csv"}, tables={"t.csv": f"编号,办结日\n1,{cell}\n"})
    (case,) = facts.registers["table", ""].cases

    assert ([code], {}, "") == (codes, case.dates, case.cells["done"])


@pytest.mark.parametrize("day", ["2020/1/9", "2020-1-9", "2020.1.9", "2020年1月9日"])
def test_spreadsheets_write_dates_in_their_own_way(admit: Any, day: str) -> None:
    """What Excel makes of a date has one reading, and is read."""
    facts, codes = admit({"measure": "table", "table": "t.csv"}, tables={"t.csv": f"编号,办结日\n1,{day}\n"})

    assert (codes, str(facts.registers["table", ""].cases[0].dates["done"])) == ([], "2020-01-09")


def test_an_empty_column_that_no_rule_reads_is_no_matter(admit: Any) -> None:
    """Nothing hangs on a column that no share is counted over."""
    facts, codes = admit({"measure": "notes", "table": "t.csv"}, tables={"t.csv": "编号,办结日,备注日\n1,2020-01-01,\n"})

    assert (codes, [case.usable for case in facts.registers["notes", ""].cases]) == ([], [True])


def test_a_row_of_commas_stays_as_unknown(admit: Any) -> None:
    """A row without a word is named, and counts as a case that nothing is known of until it is taken out."""
    facts, codes = admit({"measure": "table", "table": "t.csv"}, tables={"t.csv": "编号,办结日\n1,2020-01-01\n,\n"})

    assert (codes, [case.usable for case in facts.registers["table", ""].cases]) == (["FACT_ROW"], [False, True])


def test_three_hundred_bad_rows_are_one_problem(rules: Ruleset, scope_of: Any) -> None:
    """What is wrong with many rows in one way is said once, with the first lines and how many there are."""
    rows = "".join(f"{n},三月初\n" for n in range(300))
    _, problems = scope_of(rules, [{"measure": "table", "table": "t.csv"}], tables={"t.csv": f"编号,办结日\n{rows}"})

    assert [p.found for p in problems] == ["「办结日」第2、3、4、5、6…行等300行读不出是哪一天，如「三月初」"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("编号,办结时间", "第2列「办结时间」是否「办结日」"),
        ("编号", "缺「办结日」"),
        ("编号,办结日,备注", "多了第3列「备注」"),
        ("编号,办结日,编号", "第3列「编号」重复"),
        ("编号,办结日,", "第3列没有列名"),
    ],
)
def test_a_wrong_column_is_named(rules: Ruleset, scope_of: Any, header: str, said: str) -> None:
    """Which column is wrong, which it was meant to be, and which is missing."""
    _, (found,) = scope_of(rules, [{"measure": "table", "table": "t.csv"}], tables={"t.csv": f"{header}\n"})

    assert found.found == f"列名不对：{said}"


def test_a_case_twice_is_a_problem(admit: Any) -> None:
    """The second row of a number is named with its line."""
    facts, codes = admit(
        {"measure": "table", "table": "t.csv"}, tables={"t.csv": "编号,办结日\n1,2020-01-01\n1,2020-01-02\n"}
    )

    assert (codes, [case.usable for case in facts.registers["table", ""].cases]) == (["FACT_ROW"], [True, False])


# --- what cannot be held together -----------------------------------------------------------------------------------


def test_the_same_event_twice_is_one_event(admit: Any) -> None:
    """One talk entered twice, in one fact or in two, is one talk: repeating a line never fulfils a duty."""
    talk = {"date": "2020-03-01", "title": "宪法"}
    inside, _ = admit({"measure": "talks", "events": [talk, talk]})
    across, _ = admit({"measure": "talks", "events": [talk]}, {"measure": "talks", "events": [talk], "source": "b"})

    assert [len(facts.events["talks", ""].events) for facts in (inside, across)] == [1, 1]


def test_two_untitled_events_of_a_day_are_one_until_they_are_named(admit: Any) -> None:
    """A clerk who means two talks on one day gives them their names."""
    unnamed, codes = admit({"measure": "talks", "events": [{"date": "2020-03-01"}, {"date": "2020-03-01"}]})
    named, _ = admit({"measure": "talks", "events": [{"date": "2020-03-01", "title": t} for t in ("宪法", "民法典")]})

    assert (codes, [len(facts.events["talks", ""].events) for facts in (unnamed, named)]) == (["FACT_REPEATED"], [1, 2])


@pytest.mark.parametrize(
    "keys",
    [
        {"facts": [{"measure": "cases", "value": "5", "evidence": ["E-999"]}]},
        {"facts": [{"measure": "talks", "events": [{"date": "2020-03-01", "evidence": ["E-999"]}]}]},
        {"incidents": [{"kind": "honour", "date": "2020-03-01", "evidence": ["E-999"]}]},
    ],
)
def test_evidence_that_is_cited_must_be_there(rules: Ruleset, assess_facts: Any, keys: Any) -> None:
    """A number of an item that nobody entered is a near-miss and refused, in a fact, an event or an incident."""
    assert "NAME_UNKNOWN" in assess_facts(rules, **keys).codes


def test_a_rating_after_the_day_of_judgement_does_not_count(make_rules: Any, assess_facts: Any) -> None:
    """Who rates next year cannot have rated by the day that is judged."""
    rated = {
        "id": "I-1",
        "measure": "talks",
        "award": "rated",
        "rating": {"points": [{"key": "p", "title": "依据"}], "grades": ["好", "差"]},
    }
    made = make_rules(MEASURES, rated, credit={"I-1": {"grades": {"好": "1", "差": "0"}}})
    entry = {"indicator": "I-1", "point": "p", "grade": "好", "rated_on": "2022-01-05", "reason": "见卷"}
    done = assess_facts(made, [{"measure": "talks", "value": 1}], ratings=[{**entry, "rater": name} for name in "甲乙"])

    assert done.finding("I-1").claimed.earned == 0
