"""The recomputing workbook on small rules: every kind of measure, form, clock and policy that the samples do not show."""

from pathlib import Path
from typing import Any

import pytest

from engine import cases
from engine.cases import load_cases
from engine.cases import run_cases
from engine.models.run_record import RunRecord
from engine.records import make_record
from engine.rendering.recompute.workbook import Recomputed
from engine.rendering.recompute.workbook import recompute

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
HELD = {**COUNT, "held_by": ["局"], "roll_up": "sum"}
RATE = {"kind": "ratio", "numerator": "a", "denominator": "b", "direction": "higher", "when_none_due": "not_applicable"}
LOWER = {**RATE, "direction": "lower"}
BUREAUS = {"members": [{"name": n, "kind": "department", "roles": ["局"]} for n in ("甲局", "乙局", "丙局")]}
MORE = {**BUREAUS, "member_counts": {"局": 5}}
FULL = {"at_least": "90%"}
TALKS = {"kind": "events"}


def rule(award: str = "share", **keys: Any) -> dict[str, Any]:
    return {"id": "I-1", "measure": "r", "clock": "standing", "award": award, **keys}


def both(a: object, b: object, unit: str | None = None) -> list[dict[str, Any]]:
    return [{"measure": name, "value": value, "unit": unit} for name, value in (("a", a), ("b", b)) if value is not None]


def of_units(**numbers: tuple[object, object]) -> list[dict[str, Any]]:
    return [fact for unit, (a, b) in numbers.items() for fact in both(a, b, unit)]


PLAIN = {"a": COUNT, "b": COUNT, "r": RATE}
HELD_RATE = {"a": HELD, "b": HELD, "r": RATE}
EACH = {"roles": ["局"], "meets": {"at_least": "5%"}}
CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]] = {
    "rate": (PLAIN, [rule()], both(7, 13), {}),
    "rate with vague parts": (PLAIN, [rule()], both("300余", "约400"), {}),
    "rate without an upper end": (PLAIN, [rule("linear", meets=FULL)], both("12以上", 13), {"credit": {"zero_at": "1/2"}}),
    "rate that may exceed one": ({**PLAIN, "r": {**RATE, "may_exceed_one": True}}, [rule()], both(15, 13), {}),
    "rate of nothing": (PLAIN, [rule()], both(0, 0), {}),
    "rate of nothing is met": ({**PLAIN, "r": {**RATE, "when_none_due": "met"}}, [rule()], both(0, 0), {}),
    "lower rate of nothing is met": ({**PLAIN, "r": {**LOWER, "when_none_due": "met"}}, [rule()], both(0, 0), {}),
    "rate of nothing is unknown": ({**PLAIN, "r": {**RATE, "when_none_due": "unknown"}}, [rule()], both(0, 0), {}),
    "rate as reported": (PLAIN, [rule()], [{"measure": "r", "value": "95%以上"}], {}),
    "rate as reported, one part": (PLAIN, [rule()], [{"measure": "r", "value": "77%"}, *both(None, 13)], {}),
    "rate that contradicts its parts": (PLAIN, [rule()], [{"measure": "r", "value": "99%"}, *both(7, 13)], {}),
    "two figures for one thing": (PLAIN, [rule()], [*both(7, 13), {"measure": "a", "value": 9}], {}),
    "lower is better": ({**PLAIN, "r": LOWER}, [rule("linear", meets={"at_most": "10%"})], both(2, 13), {"credit": {"zero_at": "1/2"}}),
    "bands": (PLAIN, [rule("bands", meets=FULL)], both(7, 10), {"credit": {"bands": [{"meets": {"at_least": "60%"}, "share": "1/3"}, {"meets": {"at_least": "40%"}, "share": "1/7"}]}}),
    "bands between": (PLAIN, [rule("bands", meets=FULL)], both("5以上", 10), {"credit": {"bands": [{"meets": {"at_least": "60%"}, "share": "1/3"}]}}),
    "steps": ({"r": COUNT}, [rule("steps", meets={"at_least": "10"})], [{"measure": "r", "value": 7}], {"credit": {"steps": {"every": "2", "deduct": "3/10"}}}),
    "steps over": ({"r": {**COUNT, "direction": "lower"}}, [rule("steps", meets={"less_than": "3"})], [{"measure": "r", "value": "4余"}], {"credit": {"steps": {"every": "1", "deduct": "1/4"}}}),
    "deduct each": ({"r": COUNT}, [rule("deduct_each")], [{"measure": "r", "value": 2}], {"credit": {"each": {"deduct": "1/7", "cap": "3/5"}}}),
    "deduct each of nobody knows": ({"r": COUNT}, [rule("deduct_each")], [], {"credit": {"each": {"deduct": "1/7", "cap": "3/5"}}}),
    "formula": ({"a": COUNT, "b": COUNT, "r": {"kind": "formula", "expression": "(a + b) * a / 2 - b"}}, [rule("all_or_nothing", meets={"at_least": "30"})], both("约6", 7), {}),
    "formula without a figure": ({"a": COUNT, "b": COUNT, "r": {"kind": "formula", "expression": "a / b"}}, [rule("all_or_nothing", meets={"at_least": "3"})], both(6, 0), {}),
    "trend": ({"a": COUNT, "r": {"kind": "trend", "of": "a"}}, [rule("all_or_nothing", meets={"at_most": "0"})], [{"measure": "a", "value": 6}, {"measure": "a", "value": 7, "period": "previous"}], {}),
    "members added up": (HELD_RATE, [rule()], of_units(甲局=(1, 9), 乙局=(2, 9), 丙局=(3, 8)), {"unit": BUREAUS}),
    "not all members": (HELD_RATE, [rule()], of_units(甲局=(1, 9), 乙局=(2, 9)), {"unit": BUREAUS}),
    "members": (HELD_RATE, [rule(each_member=EACH)], of_units(甲局=(1, 9), 乙局=(0, 9), 丙局=(0, 0)), {"unit": BUREAUS}),
    "members without names": (HELD_RATE, [rule(each_member=EACH)], of_units(甲局=(1, 9)), {"unit": MORE}),
    "nobody knows how many members": (HELD_RATE, [rule(each_member=EACH)], both(1, 9), {}),
    "the lowest member": (HELD_RATE, [rule(each_member={"roles": ["局"], "take": "lowest"})], of_units(甲局=(1, 9), 乙局=(2, 7), 丙局=("3以上", 8)), {"unit": BUREAUS}),
    "the lowest of those who told": (HELD_RATE, [rule(each_member={"roles": ["局"], "take": "lowest"})], of_units(甲局=(1, 9), 乙局=(2, 7)), {"unit": BUREAUS}),
    "the lowest day": ({"r": {"kind": "date", "held_by": ["局"]}}, [rule("all_or_nothing", meets={"by": {"month_day": "06-30"}})], [{"measure": "r", "value": "2020-06"}], {}),
    "windows": ({"e": TALKS, "r": {"kind": "every", "of": "e", "per": "quarter", "direction": "higher"}}, [rule(clock="paced")], [{"measure": "e", "events": [{"date": "2020-02"}, {"date": "2020-05-01"}, {"date": "2020"}]}], {}),
    "windows that run": ({"e": TALKS, "r": {"kind": "every", "of": "e", "per": "quarter", "direction": "higher"}}, [rule("bands", clock="paced", meets={"at_least": "100%"})], [{"measure": "e", "events": [{"date": "2020-05-01"}]}], {"as_of": "2020-08-01", "credit": {"bands": [{"meets": {"at_least": "75%"}, "share": "1/2"}]}}),
    "windows told as a number": ({"e": TALKS, "r": {"kind": "every", "of": "e", "per": "year", "direction": "higher", "at_least": 2}}, [rule(clock="paced")], [{"measure": "e", "value": 1}], {"as_of": "2020-08-01"}),
    "windows of members": ({"e": {**TALKS, "held_by": ["局"]}, "r": {"kind": "every", "of": "e", "per": "half_year", "direction": "higher"}}, [rule(clock="paced", each_member={"roles": ["局"], "meets": {"at_least": "100%"}})], [{"measure": "e", "unit": "甲局", "events": [{"date": "2020-02-02"}]}, {"measure": "e", "unit": "乙局", "events": []}], {"unit": BUREAUS, "as_of": "2020-09-01"}),
    "events": ({"e": TALKS, "r": {"kind": "count_in_period", "of": "e"}}, [rule("all_or_nothing", meets={"at_least": "2"})], [{"measure": "e", "events": [{"date": "2020-02"}, {"date": "2019-05-01"}]}], {}),
    "years added up": (PLAIN, [rule()], [{"measure": "b", "value": 10}, *({"measure": "a", "value": v, "period": {"from": y, "to": y}} for y, v in (("2019", 3), ("2020", 4)))], {"period": {"from": "2019-01-01", "to": "2020-12-31"}}),
    "year by year": ({}, [{"id": "I-1", "award": "elements", "clock": "yearly", "elements": [{"key": "x", "title": "甲"}, {"key": "y", "title": "乙"}]}], [{"element": "I-1.x", "value": True}, {"element": "I-1.y", "value": True, "period": {"from": "2019", "to": "2019"}}], {"period": {"from": "2018-01-01", "to": "2020-12-31"}, "credit": {"elements": {"x": "2/7", "y": "5/7"}}}),
    "said both ways": ({}, [{"id": "I-1", "award": "elements", "elements": [{"key": "x", "title": "甲"}]}], [{"element": "I-1.x", "value": True}, {"element": "I-1.x", "value": False}], {}),
    "a weakness": (PLAIN, [rule()], both(7, 7), {"incidents": [{"kind": "admitted_weakness", "indicators": ["I-1"], "title": "弱项", "date": "2020-05-01"}]}),
    "points by thirds": (PLAIN, [rule(), rule(id="I-2", applies_when={"level": ["prefecture"]}), rule(id="I-3")], both(7, 13), {"points": {"I-1": "0.333", "I-2": "0.714", "I-3": "2"}}),
    "points spread": (PLAIN, [rule(), rule(id="I-2", applies_when={"level": ["prefecture"]}), rule(id="I-3")], both(7, 13), {"points": {"I-1": "0.333", "I-2": "0.714", "I-3": "2"}, "na_policy": "spread", "reserve": [{"rows": 2, "points": "1", "reason": "试"}]}),
    "only what does not apply": (PLAIN, [rule(applies_when={"level": ["prefecture"]})], [], {}),
    "monitored": (PLAIN, [rule(), rule(id="I-2", kind="monitored")], both(7, 13), {}),
    "not in force": (PLAIN, [rule(authority=[{"document": "某法", "locator": "第一条", "gives": "90%", "in_force": {"from": "2022"}, "status": "verified"}, {"document": "某规", "locator": "全文", "in_force": {"from": "2010"}, "status": "verified"}])], both(7, 13), {}),
    "mendable": (PLAIN, [rule()], both(7, 13), {"as_of": "2020-07-01"}),
    "mendable later too": (PLAIN, [rule(remedy={"action": "办好", "effort_days": 10, "can_fix_past": True})], both(7, 13), {}),
    "not decided yet": (PLAIN, [rule(clock="cumulative")], both(7, 13), {"as_of": "2020-07-01"}),
    "triggered by nothing": ({"r": COUNT}, [rule("all_or_nothing", clock="triggered", meets={"at_most": "3"})], [{"measure": "r", "value": 0}], {}),
    "a department": (PLAIN, [rule(lead_unit="局"), rule(id="I-2", lead_unit="办")], both(7, 13), {"unit": {"kind": "department", "roles": ["局"]}, "reserve": [{"rows": 2, "points": "1", "reason": "试"}]}),
}  # fmt: skip


@pytest.fixture(scope="module")
def recomputed(make_rules: Any, assess_facts: Any) -> Any:
    """Judge by small rules, write the record down, and lay it out."""

    def run(
        measures: dict[str, Any], indicators: list[dict[str, Any]], facts: list[dict[str, Any]], **keys: Any
    ) -> tuple[RunRecord, Recomputed]:
        policy = {key: keys.pop(key) for key in ("points", "na_policy", "reserve") if key in keys}
        credit = keys.pop("credit", None)
        if credit:
            policy["credit"] = {"I-1": credit}
        rules = make_rules(measures, *indicators, **policy)
        assessed = assess_facts(rules, facts, **keys)
        record = make_record(rules, rules.profiles["plain"], assessed.submission, assessed.done, "2026-01-01T00:00:00Z")
        made, problems = recompute(record, "0" * 64)
        assert made is not None, [str(p) for p in problems]
        return record, made

    return run


@pytest.mark.parametrize("name", CASES)
def test_small_rules_come_out_again(recomputed: Any, name: str) -> None:
    """Every number of the record, by the workbook's own formulas."""
    measures, indicators, facts, keys = CASES[name]
    facts = [{key: value for key, value in fact.items() if value is not None} for fact in facts]

    _, made = recomputed(measures, indicators, facts, **keys)

    check = next(sheet for sheet in made.book.sheets if sheet.name == "核对")
    assert [(str(row["id"].content), row["wrong"].cached) for row in check.rows if row["wrong"].cached] == []


ENTRY = {
    "indicator": "I-1",
    "old": "UNKNOWN",
    "remark": "见卷宗",
    "authority": "会议纪要",
    "decided_by": "李认定",
    "decided_on": "2021-02-01",
    "expires": "2021-06-30",
}


@pytest.mark.parametrize(
    "change", [{"new": "MET"}, {"new": "NOT_MET"}, {"new": "PARTIAL", "share": "2/3"}, {"new": "UNKNOWN"}]
)
def test_what_people_decided_is_added_up_apart(recomputed: Any, change: dict[str, str]) -> None:
    """The score with overrides, beside the score without."""
    record, made = recomputed(PLAIN, [rule()], both(7, 13), overrides=[{**ENTRY, **change}])

    assert record.result["score_with_overrides"] is not None
    assert made.mismatches == 0
    assert "人工认定" in [sheet.name for sheet in made.book.sheets]


def test_a_count_too_large_to_be_exact_says_so(recomputed: Any) -> None:
    """Where pieces outgrow what programs hold exactly, the workbook says that it is near, not that it is exact."""
    large = {f"{half}{n}": COUNT for half in "ab" for n in range(4)}
    rates = {f"r{n}": {**RATE, "numerator": f"a{n}", "denominator": f"b{n}"} for n in range(4)}
    elements = [{"key": f"e{n}", "title": "率", "measure": f"r{n}"} for n in range(4)]
    indicator = {"id": "I-1", "award": "elements", "elements": elements}
    primes = (9973, 9967, 9949, 9941)
    facts = [{"measure": f"{half}{n}", "value": 7 if half == "a" else primes[n]} for half in "ab" for n in range(4)]

    _, made = recomputed({**large, **rates}, [indicator], facts)

    findings = next(sheet for sheet in made.book.sheets if sheet.name == "指标")
    check = next(sheet for sheet in made.book.sheets if sheet.name == "核对")
    assert findings.rows[0]["exact"].cached == "约数"
    assert "其中1项的份数太大，只是约数" in str(check.top.cached)
    assert [row["id"].content for row in check.rows if row["wrong"].cached] == ["约数"]
    assert made.mismatches == 0


def test_rule_cases_come_out_again(ruleset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in forty of the cases beside the shipped rules, each by its own formulas."""
    judged: list[tuple[Any, ...]] = []
    original = cases.assess

    def noted(rules: Any, profile: Any, submission: Any) -> Any:
        assessment, problems = original(rules, profile, submission)
        judged.append((rules, profile, submission, assessment))
        return assessment, problems

    monkeypatch.setattr(cases, "assess", noted)
    files, _ = load_cases(Path(__file__).parents[2] / "rulesets" / "lbg-2021")
    list(run_cases(ruleset, files))

    for rules, profile, submission, assessment in judged[::40]:
        made, _ = recompute(make_record(rules, profile, submission, assessment, "2026-01-01T00:00:00Z"), "0" * 64)
        assert made is not None
        assert made.mismatches == 0
