"""Many units at once are judged as each by itself, to the last thousandth, or are refused loudly."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine import answers as answers_given
from engine import compiled as compiled_rules
from engine.answers import Answers
from engine.assessment import assess
from engine.bulk import find_outcomes
from engine.bulk import judge_chunk
from engine.compiled import compile_rules
from engine.kernel import Kernel
from engine.lowering import Frame
from engine.lowering import Rules
from engine.lowering import cells_known
from engine.lowering import facts_of
from engine.lowering import judge_row
from engine.lowering import read_filed
from engine.lowering import rules_for
from engine.models import ruleset as model
from engine.models.clause import Amount
from engine.models.clause import Clause
from engine.models.ruleset import Ruleset
from engine.spot_checks import line_of

OVER = Frame("county", False, date(2020, 1, 1), date(2020, 12, 31), date(2021, 3, 31))
RUNNING = Frame("prefecture", True, date(2020, 1, 1), date(2021, 12, 31), date(2021, 9, 30))
RATES = ["100%", "96.5%", "80%", "0%", "95%以上", "3/13", None]


def _whole(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)


def _cells(line: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    return {name: _whole(line[name]) for name in columns if line[name] is not None}


def _tied(ruleset: Ruleset) -> list[tuple[str, str]]:
    """Pairs of counts of which the first is never above the second."""
    measures = ruleset.measures
    pairs = [(n, m.part_of) for n, m in measures.items() if isinstance(m, model.Counted) and m.part_of]
    pairs += [(m.numerator, m.denominator) for m in measures.values() if isinstance(m, model.Ratio)]
    counted = {n for n, m in measures.items() if isinstance(m, model.Counted) and m.kind == "count"}
    return [(low, high) for low, high in pairs if low in counted and high in counted]


def make_agree(
    line: dict[str, Any], tied: list[tuple[str, str]], sums: list[tuple[str, tuple[str, ...]]], random: Random
) -> None:
    """Bring parts below wholes and totals to their sums, until hardly anything is at odds."""
    for _ in range(10):
        for low, high in tied:
            if line[low] is not None and line[high] is not None and line[low] > line[high]:
                line[low] = random.choice([line[high], line[high] // 2])
        for total, parts in sums:
            line[total] = sum(line[part] or 0 for part in parts)


def _stated(measure: model.Measure, random: Random) -> Any:
    """A value of anything but a count, or ``None``; a rate is rarely reported beside its counts."""
    if isinstance(measure, model.Ratio):
        return random.choice(RATES) if random.random() < 0.002 else None
    if isinstance(measure, model.OnTimeShare | model.ProcedureShare):
        return random.choice(RATES)
    if isinstance(measure, model.Chosen):
        return random.choice([None, True, False])
    if isinstance(measure, model.Dated):
        return random.choice([None, None, "2020-03-01", "2020-12-30", "2020-06"])
    return random.choice([None, "0", "2", "4"]) if isinstance(measure, model.Events) else None


def draw_rows(ruleset: Ruleset, random: Random, rows: int, agreeing: float) -> pl.DataFrame:
    """Rows in which everything that can be stated is stated, mostly; ``agreeing`` of them without contradictions."""
    measures = ruleset.measures
    counts = [n for n, m in measures.items() if isinstance(m, model.Counted) and m.kind == "count"]
    sums = [
        (n, m.parts) for n, m in measures.items() if isinstance(m, model.Counted) and m.parts and set(m.parts) <= {*counts}
    ]
    tied, lines = _tied(ruleset), []
    for number in range(rows):
        line: dict[str, Any] = {"row": number, "unit": f"单位{number}"}
        line |= {name: None if random.random() < 0.1 else random.choice([0, 1, 3, 10, 37, 100]) for name in counts}
        if random.random() < agreeing:
            make_agree(line, tied, sums, random)
        line |= {name: value for name, measure in measures.items() if (value := _stated(measure, random)) is not None}
        for indicator in ruleset.indicators:
            for element in indicator.elements:
                if element.measure is None:
                    line[f"{indicator.id}.{element.key}"] = random.choice([None, True, True, False])
            for slot in indicator.evidence:
                line[f"{indicator.id}/{slot.slot}"] = random.choice([None, "0", "1", "1", "3", "1 lacks public_url"])
        lines.append(line)
    names = dict.fromkeys(name for line in lines for name in line)
    return pl.DataFrame({name: [line.get(name) for line in lines] for name in names}, strict=False)


def compare(rules: Rules, columns: list[str], table: pl.DataFrame, sample: list[int]) -> int:
    """Hold columns and closures against the plain path; how many rows were judged without asking it by row."""
    kernel = Kernel(rules, columns)
    outcome = judge_chunk(kernel, table)
    marks = ["row", *(f"{name}{mark}" for name in rules.scored for mark in ("", ".claimed"))]
    assert find_outcomes(kernel, table).results.select(marks).equals(outcome.results.select(marks))
    compiled = compile_rules(Answers(rules, columns))
    lines = {line["row"]: line for line in outcome.results.iter_rows(named=True)}
    aside = {line.row for line in outcome.aside}
    for row in sample:
        stated = {name: value for name, value in table.row(row, named=True).items() if name in columns and value is not None}
        plain, verdicts = judge_row(rules, _cells(stated, [*stated])), compiled(stated)
        assert compiled(_cells(stated, [*stated])) == verdicts
        if isinstance(plain, list):
            assert row in aside and verdicts == next(line.why for line in outcome.aside if line.row == row)
            continue
        assert verdicts == {name: (plain.substantiated[name].outcome, plain.claimed[name].outcome) for name in rules.scored}
        expected = line_of(plain)
        assert {name: lines[row][name] for name in expected} == expected, row
    return outcome.results.height - outcome.plain


@pytest.mark.parametrize(("frame", "profile"), [(OVER, "assumed-100"), (RUNNING, "equal-100")])
def test_the_real_rules_by_columns_and_one_by_one(ruleset: Ruleset, frame: Frame, profile: str) -> None:
    """Rows with everything in them, over and in the middle of a period, with points rescaled and spread."""
    table = draw_rows(ruleset, Random(20240101), 12, agreeing=0.8)
    columns = [name for name in table.columns if name not in ("row", "unit")]
    rules = rules_for(ruleset, ruleset.profiles[profile], frame, columns)
    assert compare(rules, columns, table, list(range(12))) > 3


@pytest.mark.parametrize("every", ["1%", "25%", "1/30"])
def test_a_stepwise_award_jumps_where_the_plain_path_does(make_rules: Callable[..., Ruleset], every: str) -> None:
    """At every step and between any two: more states than fit into a small number, and jumps that lie on a straight line."""
    rate = {"kind": "ratio", "direction": "higher", "when_none_due": "unknown", "numerator": "good", "denominator": "due"}
    counted = {"kind": "count", "over": "period"}
    rules = make_rules(
        {"good": counted, "due": counted, "rate": rate},
        {"id": "I-1", "measure": "rate", "clock": "standing", "award": "steps", "meets": {"at_least": "99%"}},
        points={"I-1": "1"},
        credit={"I-1": {"steps": {"every": every, "deduct": every}}},
    )
    good = list(range(301))
    table = pl.DataFrame({"row": good, "unit": [str(n) for n in good], "good": good, "due": [300] * 301})
    compare(rules_for(rules, rules.profiles["plain"], OVER, ["good", "due"]), ["good", "due"], table, good)


def test_shares_of_every_denominator_are_told_exactly(make_rules: Callable[..., Ruleset]) -> None:
    """More different fractions than any common denominator holds, because every row was asked about by itself."""
    counted = {"kind": "count", "over": "period"}
    rate = {"kind": "ratio", "direction": "higher", "when_none_due": "unknown", "numerator": "good", "denominator": "due"}
    elements = [
        {"key": key, "title": key, "measure": name, "meets": {"at_least": "90%"}}
        for key, name in (("a", "rate"), ("b", "other"))
    ]
    rules = make_rules(
        {"good": counted, "due": counted, "rate": rate, "fine": counted, "all": counted,
         "other": {**rate, "numerator": "fine", "denominator": "all"}},
        {"id": "I-1", "measure": "rate", "award": "share", "clock": "standing"},
        {"id": "I-2", "award": "elements", "elements": elements, "clock": "standing"},
        points={"I-1": "0.333", "I-2": "0.777"},
    )  # fmt: skip
    rows = list(range(60))
    due = [f"{n}余件" if n % 2 else str(n) for n in range(301, 361)]
    table = pl.DataFrame({"row": rows, "unit": [str(n) for n in rows], "good": [str(100 + n) for n in rows], "due": due,
                          "fine": [str(7 * n) for n in rows], "all": [str(500 + n) for n in rows]})  # fmt: skip
    columns = table.columns[2:]
    compare(rules_for(rules, rules.profiles["plain"], OVER, columns), columns, table, rows)


def test_what_was_met_in_one_chunk_does_not_change_the_next(make_rules: Callable[..., Ruleset]) -> None:
    """Large numbers, small ones, large ones again, in two columns that are looked up together."""
    counted = {"kind": "count", "over": "period"}
    rules = make_rules(
        {"one": counted, "other": counted, "sum": {"kind": "formula", "expression": "one + other"}},
        {"id": "I-1", "measure": "sum", "award": "all_or_nothing", "meets": {"at_least": "5"}, "clock": "standing"},
        points={"I-1": "1"},
    )
    columns = ["one", "other"]
    asked = rules_for(rules, rules.profiles["plain"], OVER, columns)
    kernel = Kernel(asked, columns)
    for one, other in (([70_000, 1, 0], [3, 90_000, 0]), ([2, 3, None], [3, 1, 9]), ([5, 70_000, 2], [0, 3, 90_001])):
        table = pl.DataFrame({"row": [0, 1, 2], "unit": ["甲", "乙", "丙"], "one": one, "other": other})
        fresh = judge_chunk(Kernel(asked, columns), table).results
        assert judge_chunk(kernel, table).results.equals(fresh)
        compare(asked, columns, table, [0, 1, 2])


def test_words_that_cannot_be_used_are_refused_beside_a_share_too(make_rules: Callable[..., Ruleset]) -> None:
    """An indicator of a share and of a day: nobody asks about the day until the share alone does not decide."""
    counted = {"kind": "count", "over": "period"}
    rules = make_rules(
        {"good": counted, "due": counted, "begun": {"kind": "date"}, "beside": counted,
         "rate": {"kind": "ratio", "direction": "higher", "when_none_due": "unknown", "numerator": "good", "denominator": "due"}},
        {"id": "I-1", "clock": "standing", "award": "elements", "elements": [
            {"key": "a", "title": "甲", "measure": "rate", "meets": {"at_least": "50%"}},
            {"key": "b", "title": "乙", "measure": "begun", "meets": {"by": {"month_day": "06-30"}}},
        ]},
    )  # fmt: skip
    days = ["2020-03-01", "昨天", None, "2020-07-02", "2020-03-01", "2020-03-01", "2020-03-01"]
    good, beside = [1, 1, 1, 0, 3, 1, 10**10], [None, 3, 3, 3, 3, -1, 1]
    table = pl.DataFrame({"row": range(7), "unit": list("甲乙丙丁戊己庚"), "good": good, "due": [2] * 7, "begun": days,
                          "beside": beside})  # fmt: skip
    columns = table.columns[2:]
    compare(rules_for(rules, rules.profiles["plain"], OVER, columns), columns, table, list(range(7)))


@pytest.mark.parametrize("days", [([20200301, None, 2020], [20200201, 1, None]), ([True, None, False], ["2020-03-01"] * 3)])
def test_columns_of_days_that_hold_none(make_rules: Callable[..., Ruleset], days: tuple[list[Any], list[Any]]) -> None:
    """Whole numbers, truths and nothing at all in the place of two days of which one must not come before the other."""
    rules = make_rules(
        {"begun": {"kind": "date"}, "done": {"kind": "date", "not_before": "begun"}},
        {"id": "I-1", "clock": "deadline", "measure": "done", "meets": {"by": {"month_day": "06-30"}}},
    )
    nothing = [None] * 3
    for done, begun in (days, (days[0], nothing), (nothing, days[1]), (nothing, nothing)):
        table = pl.DataFrame({"row": range(3), "unit": list("甲乙丙"), "done": done, "begun": begun})
        compare(rules_for(rules, rules.profiles["plain"], OVER, ["done", "begun"]), ["done", "begun"], table, [0, 1, 2])


def test_answers_that_were_forgotten_are_asked_for_again(ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few are kept, nothing is judged otherwise, and no more of them are kept."""
    monkeypatch.setattr(compiled_rules, "_MOST_KNOWN", 2)
    monkeypatch.setattr(answers_given, "MOST_ANSWERS", 3)
    table = draw_rows(ruleset, Random(5), 6, agreeing=0.8)
    columns = table.columns[2:]
    rules = rules_for(ruleset, ruleset.profiles["assumed-100"], OVER, columns)
    compare(rules, columns, table, list(range(6)))
    answers = Answers(rules, columns)
    judge = compile_rules(answers)
    for row in range(6):
        judge(_cells(table.row(row, named=True), columns))
    assert answers.known() == 3


def test_round_figures_and_those_of_the_period_before(ruleset: Ruleset) -> None:
    """Counts that are no plain numbers, cells of the period before, and figures at odds in both."""
    random, table = Random(3), draw_rows(ruleset, Random(20240607), 12, agreeing=0.5)
    counts = [name for name in table.columns if table.schema[name] == pl.Int64 and name != "row"]
    before = random.sample(counts, 60)
    round_ = [
        pl.Series([random.choice([*("约20", "300余件", "5", "0")]) for _ in range(12)]).alias(name) for name in counts[::9]
    ]
    table = table.with_columns(round_)
    table = table.with_columns(
        [pl.Series([random.choice([None, 0, 5, 40]) for _ in range(12)]).alias(f"{n}@previous") for n in before]
    )
    columns = [name for name in table.columns if name not in ("row", "unit")]
    compare(rules_for(ruleset, ruleset.profiles["assumed-100"], OVER, columns), columns, table, list(range(12)))


def test_clauses_that_rest_on_findings_fire_by_columns_too(ruleset: Ruleset) -> None:
    """Two caps of one pillar, a deduction that follows from a conclusion, and a penalty by a count of what is not met."""
    table = draw_rows(ruleset, Random(11), 12, agreeing=1)
    columns = [name for name in table.columns if name not in ("row", "unit")]
    profile = ruleset.profiles["assumed-100"]
    plain = judge_chunk(Kernel(rules_for(ruleset, profile, OVER, columns), columns), table).results
    often = [i.id for i in ruleset.indicators if i.id in plain.columns and 2 < (plain[i.id] == "NOT_MET").sum() < 11]
    one, other = often[:2]

    def clause(name: str, effect: Any, *when: dict[str, Any], **keys: Any) -> Clause:
        return Clause.model_validate({"id": name, "title": name, "effect": effect, "when": list(when), **keys})

    added = (
        clause("K-X-1", {"cap": "P2"}, {"finding": one, "outcome": "NOT_MET"}, concludes="weak"),
        clause("K-X-2", {"cap": "P2"}, {"finding": other, "outcome": "NOT_MET"}),
        clause("K-X-3", {"deduct": one}, {"concluded": "weak"}, {"finding": other, "outcome": "NOT_MET"}),
        clause("K-X-4", "penalty", {"tally": "not_met_10"}),
    )
    cost = {"K-X-1": {"share": "1/33"}, "K-X-2": {"share": "2/77"}, "K-X-3": {"points": "0.125"}, "K-X-4": {"points": "7"}}
    amounts = {name: Amount.model_validate({**by, "reason": "试例"}) for name, by in cost.items()}
    clauses = ruleset.clauses.model_copy(update={"clauses": (*ruleset.clauses.clauses, *added)})
    points = profile.model_copy(update={"clauses": {**profile.clauses, **amounts}})
    rules = rules_for(ruleset.model_copy(update={"clauses": clauses}), points, OVER, columns)
    told = judge_chunk(Kernel(rules, columns), table).results["clauses"].to_list()
    assert all(any(one.id in each for each in told) for one in added) and len(set(told)) > 3
    compare(rules, columns, table, list(range(12)))


def test_a_row_is_judged_as_the_submission_that_says_the_same(ruleset: Ruleset, submit: Callable[..., Any]) -> None:
    """The plain path of a row is the plain path: the same facts, filed as a submission, come to the same points."""
    table = draw_rows(ruleset, Random(7), 3, agreeing=1)
    columns = [name for name in table.columns if name not in ("row", "unit") and "/" not in name]
    profile = ruleset.profiles["assumed-100"]
    rules = rules_for(ruleset, profile, OVER, columns)
    results = judge_chunk(Kernel(rules, columns), table).results
    for row in range(3):
        facts = [fact.model_dump(exclude_unset=True) for fact in facts_of(_cells(table.row(row, named=True), columns))]
        assessment, problems = assess(ruleset, profile, submit(facts))
        assert assessment is not None, [str(p) for p in problems]
        line = results.row(row, named=True)
        for finding in assessment.findings:
            if finding.scored:
                got = (
                    line[finding.indicator],
                    line[f"{finding.indicator}.claimed_earned"],
                    line[f"{finding.indicator}.lost"],
                )
                assert got == (finding.outcome.value, finding.claimed.earned, finding.claimed.lost)
        assert line["claimed.earned"] == assessment.score.claimed.earned
        assert line["substantiated.earned"] == assessment.score.substantiated.earned
        assert line["reachable"] == assessment.score.claimed.reachable
        assert line["maximum"] == assessment.score.maximum
        assert (line["recoverable"], line["lost"]) == (assessment.score.claimed.recoverable, assessment.score.claimed.lost)


FORMS = [
    {"award": "share"},
    {"award": "linear", "meets": {"at_least": "90%"}},
    {"award": "all_or_nothing", "meets": {"at_least": "2/3"}},
    {"award": "bands", "meets": {"more_than": "95%"}},
    {"award": "steps", "meets": {"at_least": "100%"}},
    {"award": "steps", "meets": {"at_least": "100%"}},
    {"award": "steps", "meets": {"at_least": "99%"}},
]
CREDIT = [
    {},
    {"zero_at": "1/3"},
    {},
    {"bands": [{"meets": {"at_least": "80%"}, "share": "1/2"}]},
    {"steps": {"every": "10%", "deduct": "1/7"}},
    # Halfway between its jumps this one lies on a straight line.
    {"steps": {"every": "25%", "deduct": "1/4"}},
    # More states than fit into a small number together with how they are proven.
    {"steps": {"every": "1%", "deduct": "1/100"}},
]


@settings(max_examples=40)
@given(data=st.data())
def test_drawn_rules_and_facts_are_judged_alike(make_rules: Callable[..., Ruleset], data: st.DataObject) -> None:
    """Every form over a share of two counts, every clock, points that make halves of a thousandth likely."""
    form = data.draw(st.integers(0, len(FORMS) - 1))
    clock = data.draw(st.sampled_from(["standing", "cumulative", "per_record", "triggered", "yearly"]))
    none_due = data.draw(st.sampled_from(["not_applicable", "met", "unknown"]))
    rate = {"kind": "ratio", "direction": data.draw(st.sampled_from(["higher", "lower"])), "when_none_due": none_due}
    measures = {
        "good": {"kind": "count", "over": "period"},
        "due": {"kind": "count", "over": "period"},
        "rate": {**rate, "numerator": "good", "denominator": "due"},
    }
    slots = [
        {"slot": "list", "title": "清单", "kinds": ["document"]},
        {"slot": "none", "title": "零报告", "kinds": ["zero_report"], "for_none": True},
    ]
    rules = make_rules(
        measures,
        {"id": "I-1", "measure": "rate", "clock": clock, "evidence": slots, **FORMS[form]},
        {"id": "I-2", "measure": "rate", "award": "share", "clock": "standing"},
        points={"I-1": data.draw(st.sampled_from(["1", "0.125", "0.333"])), "I-2": "0.007"},
        credit={"I-1": CREDIT[form]} if CREDIT[form] else {},
        na_policy=data.draw(st.sampled_from(["rescale", "spread"])),
    )
    number = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 10**9), st.sampled_from(["300余件", "约20", "-1", "X"]))
    rows = data.draw(
        st.lists(
            st.tuples(number, number, st.sampled_from([None, "90%", "50%以上"]), st.integers(0, 1), st.integers(0, 1)),
            min_size=1,
            max_size=12,
        )
    )
    table = pl.DataFrame(
        {
            "row": list(range(len(rows))),
            "unit": [str(n) for n in range(len(rows))],
            "good": [None if r[0] is None else str(r[0]) for r in rows],
            "due": [None if r[1] is None else str(r[1]) for r in rows],
            "rate": [r[2] for r in rows],
            "I-1/list": [r[3] for r in rows],
            "I-1/none": [r[4] for r in rows],
        },
        schema_overrides={"good": pl.String, "due": pl.String, "rate": pl.String},
    )
    columns = table.columns[2:]
    frame = data.draw(st.sampled_from([OVER, OVER._replace(as_of=date(2020, 6, 30))]))
    compare(rules_for(rules, rules.profiles["plain"], frame, columns), columns, table, list(range(len(rows))))


@pytest.mark.parametrize(
    ("text", "filed"),
    [("2", (2, set())), ("1 lacks public_url, number", (1, {"public_url", "number"})), ("有", None), ("1 lacks x", None)],
)
def test_what_the_cell_of_a_slot_says(text: str, filed: Any) -> None:
    assert read_filed(text) == filed


def test_every_cell_has_a_name_of_its_own(ruleset: Ruleset) -> None:
    """Records with dates have none: they are refused as columns, never read otherwise."""
    known = cells_known(ruleset)
    records = {name for name, measure in ruleset.measures.items() if isinstance(measure, model.Records)}
    assert records and not records & known
    facts_of(dict.fromkeys(known, "1"))
