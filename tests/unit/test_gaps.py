"""The gap list: every gap once, in the order of work, each with its five parts."""

import re
from datetime import date
from itertools import permutations
from typing import Any

import pytest

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
MEASURES: dict[str, Any] = {
    "a": COUNT,
    "b": {**COUNT, "part_of": "a"},
    "c": COUNT,
    "filed": COUNT,
    "rate": {
        "kind": "ratio",
        "numerator": "b",
        "denominator": "a",
        "direction": "higher",
        "when_none_due": "not_applicable",
    },
    "people": {"kind": "count", "unit_of_measure": "人", "at": "end", "held_by": ["局"], "roll_up": "sum"},
    "signed": {"kind": "date"},
    "published": {"kind": "date", "not_before": "signed"},
}
PROOF = {"slot": "proof", "title": "凭据", "kinds": ["document"], "period": "any"}
RATE = {"id": "I-RATE", "measure": "rate", "award": "share", "clock": "cumulative"}
ENOUGH = {"measure": "c", "meets": {"at_least": "5"}, "clock": "standing"}


@pytest.fixture(scope="module")
def listed(make_rules: Any, assess_facts: Any) -> Any:
    """Assess some facts by some indicators; the gaps."""

    def run(indicators: Any, *facts: Any, **keys: Any) -> Any:
        rules = make_rules(MEASURES, *indicators)
        stated = [f if isinstance(f, dict) else {"measure": f[0], "value": f[1]} for f in facts]
        return list(assess_facts(rules, stated, **keys).done.gaps)

    return run


# --- five parts -----------------------------------------------------------------------------------------------------


def test_a_gap_line_has_five_parts(listed: Any) -> None:
    """State and cause; how it is; how it should be; how far; who, and by when."""
    (gap,) = listed([{**ENOUGH, "id": "I-1", "responsible_units": ["局"]}], ("c", 3), as_of="2020-03-01")

    assert gap.detail == "〔可望〕c3件；要求：c不低于5件；还差2件。办→局；最迟2020-12-21动手"
    assert (gap.state, gap.current, gap.required, gap.missing) == ("可望", "c3件", "要求：c不低于5件", "还差2件")
    assert (date(2020, 12, 31), date(2020, 12, 21), 0, 1000) == (gap.due, gap.start_by, gap.open, gap.recoverable)


def test_what_cannot_be_mended_says_so(listed: Any) -> None:
    """After the period a shortfall is 补不了, and nothing hangs on it."""
    (gap,) = listed([{**ENOUGH, "id": "I-1"}], ("c", 3))

    assert gap.detail.endswith("。办；补不了")
    assert (gap.open, gap.recoverable, gap.start_by) == (0, 0, None)


def test_a_rate_without_its_parts_never_counts_cases(listed: Any) -> None:
    """Of a bare 77 % the distance is in percentage points: how many cases cannot be told."""
    (gap,) = listed([RATE], ("rate", "77%"))

    assert (gap.current, gap.missing) == ("rate77%，分子分母没有都报，缺几件说不准", "还差23个百分点")


def test_a_rate_with_its_parts_counts_cases(listed: Any) -> None:
    """10 of 13 lack three."""
    (gap,) = listed([RATE], ("b", 10), ("a", 13))

    assert gap.missing == "还差3件（共13件）"


def test_members_that_are_short_are_named(listed: Any) -> None:
    """The unit that is short, and how many are silent."""
    each = {"roles": ["局"], "meets": {"at_least": "5"}}
    unit = {"members": [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局", "丙局")]}
    facts = [{"measure": "people", "unit": name, "value": n} for name, n in (("甲局", 6), ("乙局", 2))]
    gaps = listed([{"id": "I-1", "measure": "people", "award": "share", "each_member": each}], *facts, unit=unit)

    assert {"1个单位不达标：乙局还差3人；1个单位没报"} == {gap.missing for gap in gaps}


def test_missing_evidence_says_what_is_asked(listed: Any) -> None:
    """How many, and what it must carry."""
    slot = {**PROOF, "count": "2", "needs": ["public_url", "signature"], "period": "every_year", "in_force": True}
    gap = next(g for g in listed([{**RATE, "evidence": [slot]}], ("b", 9), ("a", 9)) if g.kind == "EVIDENCE_MISSING")

    assert gap.required == "应交凭据2件（公开直链、签字或印章、各年都有、现行有效）"
    assert (gap.missing, gap.open) == ("还差2件", 1000)


def test_missing_evidence_holds_only_the_points_of_its_element(listed: Any) -> None:
    """Of two elements the one that rests on the slot: half the indicator, not all of it."""
    elements = [
        {"key": "x", "title": "甲", "measure": "a", "meets": {"at_least": "1"}, "proof": ["proof"]},
        {"key": "y", "title": "乙", "measure": "c", "meets": {"at_least": "1"}, "proof": ["other"]},
    ]
    slots = [PROOF, {**PROOF, "slot": "other"}]
    gaps = listed([{"id": "I-1", "award": "elements", "elements": elements, "evidence": slots}], ("a", 1), ("c", 1))

    assert {gap.id.rpartition("/")[2]: gap.open for gap in gaps} == {"proof": 500, "other": 500}


def test_no_proof_is_asked_of_what_was_not_done(listed: Any) -> None:
    """An element that the unit itself denies, and a member that says it fell short, owe no proof: none may be made up."""
    denied = {"id": "I-1", "award": "elements", "elements": [{"key": "x", "title": "甲", "proof": ["proof"]}]}
    each = {"roles": ["局"], "meets": {"at_least": "5"}}
    members = {"id": "I-2", "measure": "people", "award": "share", "each_member": each}
    unit = {"members": [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局")]}
    facts = [{"measure": "people", "unit": name, "value": n} for name, n in (("甲局", 6), ("乙局", 2))]
    rules = [{**denied, "evidence": [PROOF]}, {**members, "evidence": [{**PROOF, "by": "each_member"}]}]
    gaps = listed(rules, {"element": "I-1.x", "value": False}, *facts, unit=unit)
    asked = [gap for gap in gaps if gap.kind == "EVIDENCE_MISSING"]

    assert [(gap.indicator, gap.missing) for gap in asked] == [("I-2", "还差1件（甲局）")]


def test_pieces_are_not_counted_where_the_units_are_not(listed: Any) -> None:
    """Every unit files its own and nobody said how many there are."""
    each = {"roles": ["局"], "meets": {"at_least": "5"}}
    rule = {"id": "I-2", "measure": "people", "award": "share", "each_member": each}
    gaps = listed([{**rule, "evidence": [{**PROOF, "by": "each_member"}]}])
    (gap,) = (gap for gap in gaps if gap.kind == "EVIDENCE_MISSING")

    assert (gap.required, gap.missing) == ("应交凭据逐单位各1件（逐单位）", "单位数没报，还差几件不知（已合格0件）")


def test_proof_that_does_not_bear_what_it_must_is_asked_for(listed: Any, filed: Any) -> None:
    """The document is there and its public address is not."""
    element = {"key": "x", "title": "公布", "proof": ["proof"], "needs": ["public_url"]}
    item = {**filed("I-1", "proof"), "file": "a.pdf"}
    del item["url"]
    rule = {"id": "I-1", "award": "elements", "elements": [element], "evidence": [PROOF]}
    claimed = {"element": "I-1.x", "value": True}
    (gap,) = listed([rule], claimed, evidence=[item], files={"a.pdf": "0" * 64})

    assert (gap.kind, gap.current, gap.open) == ("EVIDENCE_MISSING", "公布：凭据已交，没有公开直链", 1000)


def test_proof_of_what_is_far_off_is_not_missing(listed: Any) -> None:
    """In January nobody lacks the report that is due at the end of March; on the day itself it is first in the list."""
    due = {"years_after": "1", "month_day": "03-31"}
    element = {"key": "x", "title": "报送", "due": due, "proof": ["proof"]}
    rule = {"id": "I-1", "award": "elements", "clock": "deadline", "elements": [element], "evidence": [PROOF]}
    early, late = (listed([rule, {**ENOUGH, "id": "I-2"}], as_of=day) for day in ("2021-01-05", "2021-03-31"))

    assert {gap.kind for gap in early if gap.indicator == "I-1"} == {"NOT_YET_DUE"}
    assert (late[0].indicator, late[0].kind, late[0].state) == ("I-1", "FACT_MISSING", "有风险·没提")


def test_what_was_reported_and_does_not_count_is_not_called_missing(listed: Any) -> None:
    """逐年下降 was reported: the reason stands where 没报 would."""
    (gap,) = listed([RATE], ("rate", "逐年下降"))

    assert gap.current == "「rate」只写了「逐年下降」，没有数，不计"


def test_a_weakness_of_several_indicators_is_one_gap_that_concerns_them_all(listed: Any) -> None:
    """One line, found under each of its indicators."""
    weak = {
        "kind": "outside_finding",
        "date": "2020-05",
        "title": "不规范",
        "confirmed_by": "人大",
        "indicators": ["I-1", "I-2"],
    }
    gaps = listed([{**ENOUGH, "id": "I-1"}, {**ENOUGH, "id": "I-2"}], ("c", 6), incidents=[weak])

    assert [gap.indicators for gap in gaps if gap.kind == "CLAUSE"] == [("I-1", "I-2")]


def test_returned_evidence_says_why(listed: Any, filed: Any) -> None:
    """The code, what it means and what to do."""
    (gap,) = listed([{**RATE, "evidence": [PROOF]}], ("b", 9), ("a", 9), evidence=[filed("I-RATE", "proof", kind="photo")])

    assert (gap.kind, gap.state) == ("EVIDENCE_RETURNED", "退回·E08")
    assert gap.current == "E-001试例文件：只有照片，没有文件，请交当时的签到表、课件或文件；当时没有就写没有"


def test_an_item_returned_for_two_reasons_says_what_to_do_about_both(listed: Any, filed: Any) -> None:
    """Each reason has its own remedy; mending one alone would bring the item back again."""
    item = filed("I-RATE", "proof", kind="photo", title="签到表13812345678")
    (gap,) = listed([{**RATE, "evidence": [PROOF]}], ("b", 9), ("a", 9), evidence=[item])

    assert "请交当时的签到表" in gap.current
    assert "请先遮盖身份证号、手机号再登记" in gap.current


def test_real_names_stand_for_roles(listed: Any) -> None:
    """Where the submission names the unit that plays a role, the gap names it."""
    unit = {"members": [{"name": "县府办", "roles": ["办"]}]}

    assert listed([{**ENOUGH, "id": "I-1"}], ("c", 3), unit=unit)[0].unit == "县府办"


# --- contradictions -------------------------------------------------------------------------------------------------


def test_a_contradiction_that_decides_holds_its_points(listed: Any) -> None:
    """Four or six, five are asked: the whole hangs on the correction."""
    (gap,) = listed([{**ENOUGH, "id": "I-1"}], ("c", 4), ("c", 6))

    assert (gap.kind, gap.id, gap.open) == ("CONTRADICTION", "I-1/CONTRADICTION/FACT_CONFLICT/c", 1000)
    assert gap.detail.endswith("；应前后一致；更正前不定。办；先更正，原件留痕")


def test_a_contradiction_that_decides_nothing_keeps_the_verdict(listed: Any) -> None:
    """Six or seven, five are asked: the verdict stands, a correction is demanded."""
    (gap,) = listed([{**ENOUGH, "id": "I-1"}], ("c", 6), ("c", 7))

    assert (gap.missing, gap.open) == ("各种读法结论相同，结论保留", 0)


def test_a_contradiction_that_no_indicator_rests_on_is_still_told(listed: Any) -> None:
    """It belongs to the unit itself."""
    (gap,) = listed([{**ENOUGH, "id": "I-1"}], ("c", 6), ("filed", 1), ("filed", 2))

    assert (gap.indicator, gap.id, gap.unit) == (None, "-/CONTRADICTION/FACT_CONFLICT/filed", "示例县")


def test_a_contradiction_that_several_rest_on_names_them_all(listed: Any) -> None:
    """The points of every indicator that rests on it hang on the correction."""
    gaps = listed([{**ENOUGH, "id": "I-1"}, {**ENOUGH, "id": "I-2"}], ("c", 4), ("c", 6))

    assert sum(gap.open for gap in gaps) == 2000


# --- every gap once -------------------------------------------------------------------------------------------------


def test_ids_are_never_given_twice(listed: Any) -> None:
    """Two members that contradict themselves are two gaps with two ids."""
    each = {"roles": ["局"], "meets": {"at_least": "5"}}
    unit = {"members": [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局")]}
    facts = [{"measure": "people", "unit": name, "value": n} for name in ("甲局", "乙局") for n in (4, 6)]
    ids = [
        gap.id
        for gap in listed([{"id": "I-1", "measure": "people", "award": "share", "each_member": each}], *facts, unit=unit)
        if gap.kind == "CONTRADICTION"
    ]

    assert 2 == len(ids) == len(set(ids))


def test_one_measure_wrong_in_two_ways_has_two_ids(listed: Any) -> None:
    """Two numbers for a part, both larger than the total: no id is used for both."""
    ids = [gap.id for gap in listed([RATE], ("a", 2), ("b", 3), ("b", 5)) if gap.kind == "CONTRADICTION"]

    assert 2 == len(ids) == len(set(ids))


def test_ids_stay_when_other_facts_change(listed: Any) -> None:
    """A gap keeps its id from run to run while it stands."""
    rules = [{**ENOUGH, "id": "I-1"}, RATE]
    before, after = listed(rules, ("c", 3)), listed(rules, ("c", 4), ("b", 9), ("a", 9))

    assert {"I-1/SHORTFALL/value"} == {g.id for g in before} & {g.id for g in after}


def test_a_closed_gap_is_gone(listed: Any, filed: Any) -> None:
    """Met and proven leaves no gap."""
    facts, item = [("b", 9), ("a", 9)], filed("I-RATE", "proof")

    assert [g.id for g in listed([{**RATE, "evidence": [PROOF]}], *facts)] == ["I-RATE/EVIDENCE_MISSING/proof"]
    assert listed([{**RATE, "evidence": [PROOF]}], *facts, evidence=[item]) == []


def test_causes_of_one_indicator_are_told_apart(make_rules: Any, assess_facts: Any) -> None:
    """What was not mentioned and what lacks a number are two requests."""
    elements = [{"key": "x", "title": "甲", "measure": "a", "meets": {"at_least": "1"}}, {"key": "y", "title": "乙"}]
    rules = make_rules(MEASURES, {"id": "I-1", "award": "elements", "elements": elements})
    gaps = assess_facts(rules, [{"measure": "a", "value": "X"}]).done.gaps

    assert {g.id: g.open for g in gaps} == {"I-1/FACT_MISSING/number_missing": 500, "I-1/FACT_MISSING/not_mentioned": 500}


@pytest.mark.parametrize(
    "facts", [[("b", 0), ("a", 0)], [("rate", "X")], [], [("a", 5)], [("b", "300余"), ("a", 500)], [("b", 3), ("a", 2)]]
)
def test_whatever_is_open_hangs_on_a_gap(listed: Any, facts: Any) -> None:
    """No point is open without somebody being told what to do."""
    assert [gap for gap in listed([RATE], *facts) if gap.open] != []


def test_what_only_waits_is_not_yet_due(listed: Any) -> None:
    """A rate that can only be decided at the end of the period is no gap to work on now."""
    (gap,) = listed([RATE], ("b", 9), ("a", 9), as_of="2020-09-30")

    assert ("NOT_YET_DUE", "可望·期限未到", date(2020, 12, 31)) == (gap.kind, gap.state, gap.due)


# --- the order of work ----------------------------------------------------------------------------------------------

LATER = {"action": "办好", "effort_days": "200", "can_fix_past": False}
CLUE = {"clues": [{"measure": "filed", "says": "报备不是办结"}]}
INDICATORS = [
    {**ENOUGH, "id": "I-SOON"},
    {**ENOUGH, "id": "I-LONG", "remedy": LATER},
    {"id": "I-CONFLICT", "measure": "published", "clock": "deadline", "meets": {"by": {"month_day": "12-31"}}},
    {"id": "I-WRONG", "measure": "a", "meets": {"at_least": "5"}, **CLUE},
    {"id": "I-SILENT", "measure": "people", "meets": {"at_least": "5"}},
    {**RATE, "id": "I-WAITS", "measure": "rate"},
    {"id": "I-PROOF", "measure": "filed", "meets": {"at_least": "1"}, "evidence": [PROOF]},
    {"id": "I-RETURNED", "measure": "filed", "meets": {"at_least": "1"}, "evidence": [PROOF]},
]
FACTS = [("c", 3), ("filed", 3), ("signed", "2020-05-30"), ("published", "2020-05-02")]


def test_the_order_of_work(listed: Any, filed: Any) -> None:
    """Contradictions, latest start first, wrong measure, missing facts, returned and missing proof."""
    gaps = listed(
        INDICATORS,
        *FACTS,
        as_of="2020-05-31",
        evidence=[filed("I-RETURNED", "proof", kind="photo", number=None, issued="2020-05", published=None)],
    )

    assert [gap.id for gap in gaps] == [
        "I-CONFLICT/CONTRADICTION/FACT_DATE_ORDER/published",
        "I-LONG/SHORTFALL/value",
        "I-SOON/SHORTFALL/value",
        "I-WRONG/FACT_MISSING/wrong_measure",
        "I-SILENT/FACT_MISSING/not_mentioned",
        "I-WAITS/FACT_MISSING/not_mentioned",
        "I-RETURNED/EVIDENCE_RETURNED/proof",
        "I-PROOF/EVIDENCE_MISSING/proof",
    ]


def test_what_is_overdue_comes_before_what_is_not(listed: Any) -> None:
    """What should have been begun, and can still be mended, comes first."""
    fixable = {"action": "补报", "effort_days": "200", "can_fix_past": True}
    gaps = listed([{**ENOUGH, "id": "I-A"}, {**ENOUGH, "id": "I-Z", "remedy": fixable}], ("c", 3), as_of="2020-09-30")

    assert [gap.id for gap in gaps] == ["I-Z/SHORTFALL/value", "I-A/SHORTFALL/value"]


def test_the_order_does_not_depend_on_the_order_of_facts(listed: Any) -> None:
    """Facts in any order give the same list."""
    lists = {tuple(g.id for g in listed(INDICATORS, *facts)) for facts in list(permutations(FACTS))[::5]}

    assert len(lists) == 1


def test_missing_facts_are_gathered_by_unit(listed: Any) -> None:
    """What one unit owes stands together."""
    silent = [
        {"id": f"I-{n}", "measure": "c", "meets": {"at_least": "5"}, "lead_unit": lead} for n, lead in enumerate("局办局办")
    ]

    assert sorted(gap.unit for gap in listed(silent)) == ["办", "办", "局", "局"]
    assert len(re.findall("局办|办局", "".join(gap.unit for gap in listed(silent)))) == 1
