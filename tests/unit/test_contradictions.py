"""Whether admitted facts agree; what does not is marked and widened, never resolved."""

from fractions import Fraction
from typing import Any

import pytest

from engine.contradictions import agrees
from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.interval import Interval
from engine.models.ruleset import Ruleset
from engine.quantities import read_quantity

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
MEASURES: dict[str, Any] = {
    "all": {**COUNT, "parts": ["won", "lost"]},
    "won": {**COUNT, "part_of": "all"},
    "lost": {**COUNT, "part_of": "all"},
    "rate": {"kind": "ratio", "numerator": "lost", "denominator": "all", "direction": "lower", "when_none_due": "met"},
    "loose": {
        "kind": "ratio",
        "numerator": "lost",
        "denominator": "all",
        "direction": "lower",
        "when_none_due": "met",
        "tolerance": "1%",
    },
    "settled": {"kind": "formula", "expression": "all - lost"},
    "settled_rate": {
        "kind": "ratio",
        "numerator": "settled",
        "denominator": "all",
        "direction": "higher",
        "when_none_due": "met",
    },
    "people": {"kind": "count", "unit_of_measure": "人", "at": "end", "held_by": ["局"], "roll_up": "sum"},
    "signed": {"kind": "date"},
    "published": {"kind": "date", "not_before": "signed"},
    "file": {
        "kind": "records",
        "counted_on": "made",
        "columns": {
            "no": {"kind": "key", "label": "编号"},
            "made": {"kind": "date", "label": "决定日"},
            "shown": {"kind": "date", "label": "公示日"},
        },
    },
    "on_time": {
        "kind": "on_time_share",
        "of": "file",
        "from": "made",
        "to": "shown",
        "within": "7 days",
        "direction": "higher",
        "when_none_due": "met",
    },
}
UNIT = {"members": [{"name": "甲局", "roles": ["局"]}, {"name": "乙局", "roles": ["局"]}]}


@pytest.fixture(scope="module")
def rules(make_rules: Any) -> Ruleset:
    return make_rules(MEASURES)


@pytest.fixture(scope="module")
def hold(rules: Ruleset, scope_of: Any) -> Any:
    """State numbers of the whole unit; their readings, and the problems."""

    def run(unit: Any = UNIT, facts: Any = (), **values: Any) -> Any:
        stated = [{"measure": name, "value": value} for name, value in values.items()]
        scope, problems = scope_of(rules, [*stated, *facts], unit=unit)
        return {key[0]: reading for key, reading in scope.facts.readings.items() if not key[1]}, problems

    return run


def ends(interval: Interval) -> tuple[Fraction | None, Fraction | None]:
    return interval.low, interval.high


def test_what_adds_up_is_left_alone(hold: Any) -> None:
    """10 + 3 = 13, and 23 % of it: nothing to say."""
    readings, problems = hold(all=13, won=10, lost=3, rate="23%")

    assert (problems, any(reading.contradictory for reading in readings.values())) == ([], False)


def test_parts_that_do_not_add_up(hold: Any) -> None:
    """10 + 4 is not 13: the total may be 13 or 14, and each part what the others leave."""
    readings, (found,) = hold(all=13, won=10, lost=4)

    assert (found.code, found.found) == ("FACT_PARTS_SUM", "「all」13件，分项 won10 + lost4 = 14件")
    assert {name: ends(r.interval) for name, r in readings.items()} == {"all": (13, 14), "won": (9, 10), "lost": (3, 4)}


def test_parts_that_are_not_all_stated_may_be_less(hold: Any) -> None:
    """One part alone may be anything up to the total."""
    assert hold(all=13, won=10)[1] == []


def test_vague_totals_are_held_against_exact_parts(hold: Any) -> None:
    """300余 cannot be the total of 250 and 250, whatever it is exactly."""
    assert [p.code for p in hold(all="300余", won=250, lost=250)[1]] == ["FACT_PARTS_SUM"]


def test_a_part_larger_than_the_whole(hold: Any) -> None:
    """15 lost of 13 is a contradiction; either number may be the wrong one."""
    readings, problems = hold(all=13, lost=15)

    assert "FACT_PART_EXCEEDS" in {p.code for p in problems}
    assert (readings["all"].contradictory, readings["lost"].contradictory) == (True, True)


def test_a_rate_that_its_parts_do_not_give(hold: Any) -> None:
    """40 % is not 3 of 13: the rate is doubted, the counts are not."""
    readings, (found,) = hold(all=13, lost=3, rate="40%")

    assert found.code == "FACT_RATE_CHECK"
    assert found.found == "「rate」自报40%，按分子分母是3/13=约23.08%"
    assert (Fraction(3, 13), Fraction(2, 5)) == ends(readings["rate"].interval)
    assert (readings["all"].contradictory, readings["lost"].contradictory) == (False, False)


def test_a_fraction_must_be_the_fraction(hold: Any) -> None:
    """4/13 stated beside 3 of 13 is a contradiction: a fraction was not rounded."""
    assert [p.code for p in hold(all=13, lost=3, rate="4/13")[1]] == ["FACT_RATE_CHECK"]


def test_a_tolerance_lets_small_differences_pass(hold: Any) -> None:
    """A measure may allow a difference of a per cent."""
    assert hold(all=13, lost=3, loose="24%")[1] == []
    assert hold(all=13, lost=3, loose="25%")[1] != []


def test_a_rate_is_held_against_a_computed_part(hold: Any) -> None:
    """10 of 13 were settled by subtraction; 77 % agrees, 80 % does not."""
    assert hold(all=13, lost=3, settled_rate="77%")[1] == []
    assert [p.code for p in hold(all=13, lost=3, settled_rate="80%")[1]] == ["FACT_RATE_CHECK"]


def test_a_rate_with_a_part_missing_is_not_checked(hold: Any) -> None:
    """Nothing can be said of a rate alone."""
    assert hold(all=13, rate="23%")[1] == []


def test_dates_in_the_wrong_order(hold: Any) -> None:
    """Published before it was signed: both dates are doubted, and the days between them named."""
    readings, (found,) = hold(signed="2021-03-23", published="2021-02-23")

    assert found.code == "FACT_DATE_ORDER"
    assert found.found.endswith("差28天")
    assert ends(readings["signed"].interval) == ends(readings["published"].interval)


@pytest.mark.parametrize("published", ["2021-03-23", "2021-03", "2021-03-24"])
def test_dates_that_may_be_in_order(hold: Any, published: str) -> None:
    """The same day, or a month that holds it, is in order."""
    assert hold(signed="2021-03-23", published=published)[1] == []


def test_members_that_do_not_add_up_to_the_whole(hold: Any) -> None:
    """6 and 7 are not 20."""
    members = [{"measure": "people", "unit": name, "value": n} for name, n in (("甲局", 6), ("乙局", 7))]
    readings, (found,) = hold(people=20, facts=members)

    assert (found.code, ends(readings["people"].interval)) == ("FACT_MEMBERS_SUM", (13, 20))
    assert found.found == "「people」全市报20，2个单位相加是13"


def test_members_that_are_not_all_there_may_add_up_to_less(hold: Any) -> None:
    """One of two members alone may have less than the whole, never more."""
    assert hold(people=20, facts=[{"measure": "people", "unit": "甲局", "value": 6}])[1] == []
    assert hold(people=20, facts=[{"measure": "people", "unit": "甲局", "value": 21}])[1] != []


def test_members_known_by_number_only_are_still_missing(hold: Any) -> None:
    """Two named of ten: their sum may be less than the whole."""
    unit = {**UNIT, "member_counts": {"局": 10}}
    members = [{"measure": "people", "unit": name, "value": n} for name, n in (("甲局", 6), ("乙局", 7))]

    assert hold(unit, members, people=20)[1] == []


def test_a_member_s_own_numbers_are_held_against_each_other(hold: Any) -> None:
    """A member's parts are held against the member's total."""
    facts = [{"measure": name, "unit": "甲局", "value": n} for name, n in (("all", 5), ("won", 4), ("lost", 2))]

    assert [p.code for p in hold(facts=facts)[1]] == ["FACT_PARTS_SUM"]


def test_a_stated_share_is_held_against_the_register(assess_facts: Any, rules: Ruleset) -> None:
    """100 % stated and a register in which half was late is a contradiction like any other, with a problem."""
    table = "编号,决定日,公示日\n1,2020-03-01,2020-03-02\n2,2020-03-01,2020-05-01\n"
    facts = [{"measure": "file", "table": "t.csv", "full": True}, {"measure": "on_time", "value": "100%"}]

    assert [code for code in assess_facts(rules, facts, tables={"t.csv": table}).codes if code.startswith("FACT_")] != []


# --- rounding and cutting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exact", "stated", "answer"),
    [
        ("3/13", "23%", True),
        ("10/13", "77%", True),
        ("7/9", "77%", True),  # cut
        ("7/9", "78%", True),  # rounded
        ("7/9", "76%", False),
        ("447/2263", "19.7%", True),
        ("687/2263", "30.3%", True),
        ("687/2263", "30.4%", True),
        ("687/2263", "30.2%", False),
        ("2242/2263", "99%", True),
        ("999/1000", "100%", False),  # 100 % is 100 %
        ("1", "100%", True),
        ("1/1000", "0%", True),
        ("3/13", "20%以上", True),
        ("3/13", "不足20%", False),
        ("3/13", "约23%", True),
    ],
)
def test_a_rate_agrees_rounded_or_cut(exact: str, stated: str, answer: bool) -> None:
    """The exact rate may lie half a unit below or a unit above the last digit written; nobody rounds a case away to 100 %."""
    read = read_quantity(stated)

    assert read and answer is agrees(Fraction(exact), read.interval)


def test_periods_are_held_apart(rules: Ruleset, scope_of: Any) -> None:
    """The parts of this period are never added up to the total of the period before."""
    facts = [
        {"measure": "all", "value": 99, "period": "previous"},
        {"measure": "won", "value": 10},
        {"measure": "lost", "value": 4},
    ]
    scope, problems = scope_of(rules, facts)

    assert problems == []
    assert {PREVIOUS, CURRENT} == {key[2] for key in scope.facts.readings}
