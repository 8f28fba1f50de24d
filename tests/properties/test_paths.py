"""One law over every path: plain, compiled, incremental, columnar and Spark judge drawn rules and facts alike."""

from collections.abc import Callable
from datetime import date
from typing import Any
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.answers import Answers
from engine.arrow_batches import order_of
from engine.assessment import work_out
from engine.compiled import compile_rules
from engine.incremental import reassess
from engine.laid_out import lay_out
from engine.lowering import Frame
from engine.lowering import facts_of
from engine.lowering import rules_for
from engine.models.clause import Amount
from engine.models.clause import Clause
from engine.models.result import Assessment
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.rendering.documents import render_json
from engine.sweeping import Task
from engine.sweeping import judge_piece

# One Java machine for all tests that need it, however many processes share the suite.
pytestmark = pytest.mark.xdist_group("spark")
Data = dict[str, Any]
Cells = dict[str, Any]

# --- what is drawn --------------------------------------------------------------------------------------------------

COUNT = {"kind": "count", "over": "period"}
MEASURES: dict[str, Data] = {
    "good": {**COUNT, "part_of": "due"},
    "due": COUNT,
    "total": {**COUNT, "parts": ["a", "b"]},
    "a": COUNT,
    "b": {**COUNT, "direction": "lower"},
    "sum": {"kind": "formula", "expression": "a + b"},
    "begun": {"kind": "date"},
    "done": {"kind": "date", "not_before": "begun"},
}
DOCUMENT = {"slot": "doc", "title": "文件", "kinds": ["document"]}
NOTHING = {"slot": "none", "title": "零报告", "kinds": ["zero_report"], "for_none": True}
FORMS: list[tuple[Data, Data]] = [
    ({"award": "share"}, {}),
    ({"award": "linear", "meets": {"at_least": "90%"}}, {"zero_at": "1/3"}),
    ({"award": "all_or_nothing", "meets": {"at_least": "2/3"}}, {}),
    ({"award": "bands", "meets": {"more_than": "95%"}}, {"bands": [{"meets": {"at_least": "80%"}, "share": "1/2"}]}),
    ({"award": "steps", "meets": {"at_least": "100%"}}, {"steps": {"every": "10%", "deduct": "1/7"}}),
    ({"award": "steps", "meets": {"at_least": "99%"}}, {"steps": {"every": "1%", "deduct": "1/100"}}),
]
CLAUSES: list[Data] = [
    {"id": "K-1", "title": "封顶", "effect": {"cap": "P1"}, "when": [{"finding": "I-1", "outcome": "NOT_MET"}], "concludes": "weak"},
    {"id": "K-2", "title": "扣分", "effect": {"deduct": "I-3"}, "when": [{"concluded": "weak"}]},
]  # fmt: skip
AMOUNTS: dict[str, Data] = {"K-1": {"share": "2/3", "reason": "试例"}, "K-2": {"points": "0.125", "reason": "试例"}}

NUMBERS = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 10**9), st.sampled_from([10**9 + 1, "约20", "300余件"]))
FILED = st.sampled_from([None, "0", "1"])
CELLS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(["good", "due", "total", "a", "b", "good@previous"], NUMBERS),
    "rate": st.sampled_from([None, None, None, "90%", "50%以上"]),
    **dict.fromkeys(["begun", "done"], st.sampled_from([None, "2020-03-01", "2020-06-30", "2020-12-01", "2020-07"])),
    **dict.fromkeys(["I-3.x", "I-3.y"], st.sampled_from([None, True, False])),
    **dict.fromkeys(["I-1/doc", "I-1/none", "I-3/doc"], FILED),
}


class Drawn(NamedTuple):
    """By what is judged, and rows of cells: numbers and truths as such, all else as text."""

    task: Task
    rows: list[Cells]


def draw_rules(draw: Callable[..., Any], make_rules: Callable[..., Ruleset]) -> Ruleset:
    form, credit = draw(st.sampled_from(FORMS))
    none_due = draw(st.sampled_from(["not_applicable", "met", "unknown"]))
    clock = draw(st.sampled_from(["standing", "cumulative", "per_record", "triggered", "yearly"]))
    rate = {"kind": "ratio", "direction": draw(st.sampled_from(["higher", "lower"])), "when_none_due": none_due}
    rules = make_rules(
        {**MEASURES, "rate": {**rate, "numerator": "good", "denominator": "due"}},
        {"id": "I-1", "measure": "rate", "clock": clock, "evidence": [DOCUMENT, NOTHING], **form},
        {"id": "I-2", "measure": "b", "award": "deduct_each"},
        {"id": "I-3", "award": "elements", "evidence": [DOCUMENT], "elements": [
            {"key": "x", "title": "甲", "proof": ["doc"]},
            {"key": "y", "title": "乙"},
            {"key": "z", "title": "丙", "measure": "rate", "meets": {"at_least": "50%"}, "proof": ["doc"]},
            {"key": "w", "title": "丁", "measure": "sum", "meets": {"at_least": "3"}},
        ]},
        {"id": "I-4", "measure": "done", "clock": "deadline", "meets": {"by": {"month_day": "06-30"}}},
        points={"I-1": draw(st.sampled_from(["1", "0.125", "0.333"])), "I-2": "0.25", "I-3": "0.777", "I-4": "0.007"},
        credit={"I-2": {"each": {"deduct": "1/5", "cap": "4/5"}}} | ({"I-1": credit} if credit else {}),
        na_policy=draw(st.sampled_from(["rescale", "spread"])),
    )  # fmt: skip
    if not draw(st.booleans()):
        return rules
    clauses = rules.clauses.model_copy(update={"clauses": tuple(Clause.model_validate(clause) for clause in CLAUSES)})
    amounts = {name: Amount.model_validate(amount) for name, amount in AMOUNTS.items()}
    profile = rules.profiles["plain"].model_copy(update={"clauses": amounts})
    return rules.model_copy(update={"clauses": clauses, "profiles": {"plain": profile}})


def draw_case(draw: Callable[..., Any], make_rules: Callable[..., Ruleset]) -> Drawn:
    rules = draw_rules(draw, make_rules)
    day = draw(st.sampled_from([date(2020, 9, 30), date(2021, 3, 31)]))
    task = Task(rules, rules.profiles["plain"], date(2020, 1, 1), date(2020, 12, 31), day)
    return Drawn(task, draw(st.lists(st.fixed_dictionaries(CELLS), min_size=2, max_size=6)))


# --- the plain path and those that must agree with it ------------------------------------------------------------------


def submission_of(cells: Cells, task: Task, submit: Callable[..., Submission], filed: Callable[..., Data]) -> Submission:
    """What a unit would hand in that says what a row says."""
    stated = {name: value if isinstance(value, bool) else str(value) for name, value in cells.items() if value is not None}
    facts = facts_of({name: value for name, value in stated.items() if "/" not in name})
    kinds = {"doc": {}, "none": {"kind": "zero_report"}}
    slots = [name.split("/") for name, value in stated.items() if "/" in name and value == "1"]
    items = [filed(indicator, slot, **kinds[slot]) for indicator, slot in slots]
    return submit([fact.model_dump(exclude_unset=True) for fact in facts], items, as_of=task.as_of.isoformat())


def shown(assessment: Assessment) -> Data:
    """An assessment as a row of results would say it."""
    own, claimed = assessment.score.substantiated, assessment.score.claimed
    line: Data = {"maximum": assessment.score.maximum, "claimed.earned": claimed.earned, "substantiated.earned": own.earned}
    line |= {"reachable": own.reachable, "recoverable": own.recoverable, "lost": own.lost}
    for finding in assessment.findings:
        name, proven = finding.indicator, finding.substantiated
        line |= {name: proven.outcome.value, f"{name}.claimed": finding.claimed.outcome.value}
        line |= {f"{name}.maximum": finding.maximum, f"{name}.claimed_earned": finding.claimed.earned}
        line |= {f"{name}.earned": proven.earned, f"{name}.reachable": proven.reachable, f"{name}.lost": proven.lost}
    return line


def by_columns(case: Drawn) -> pl.DataFrame:
    return judge_piece(case.task, table_of(case.rows), (), {}).drop("~plain")


def table_of(rows: list[Cells]) -> pl.DataFrame:
    """Rows as a table; a column in which some counts are words is one of words."""
    columns = {name: [row[name] for row in rows] for name in CELLS}
    words = {name for name, held in columns.items() if any(isinstance(value, str) for value in held)}
    kinds = {name: pl.Boolean if "." in name else pl.String if name in words or "/" in name else None for name in CELLS}
    held = [
        pl.Series(name, [None if v is None else str(v) for v in column] if name in words else column, dtype=kinds[name])
        for name, column in columns.items()
    ]
    numbers = pl.Series("row", range(len(rows)), dtype=pl.Int64)
    return pl.DataFrame([numbers, pl.Series("unit", [f"县{n}" for n in range(len(rows))]), *held])


def hold(case: Drawn, submit: Callable[..., Submission], filed: Callable[..., Data]) -> pl.DataFrame:
    """Hold compiled, incremental and columnar results against the plain path's; what the columns said."""
    profile = case.task.profile
    frame = Frame("county", False, case.task.first, case.task.last, case.task.as_of)
    columns = list(CELLS)
    judge = compile_rules(Answers(rules_for(case.task.ruleset, profile, frame, columns), columns))
    results = by_columns(case)
    lines = {line["row"]: line for line in results.iter_rows(named=True)}
    before = lay_out(plainly(case, submit([], as_of=case.task.as_of.isoformat())))
    for row, cells in enumerate(case.rows):
        submission = submission_of(cells, case.task, submit, filed)
        plain = plainly(case, submission)
        expected, line = shown(plain.assessment), lines[row]
        assert {name: line[name] for name in expected} == expected
        stated = {name: value for name, value in cells.items() if value is not None}
        written = {name: value if isinstance(value, bool) else str(value) for name, value in stated.items()}
        verdicts = {f.indicator: (f.substantiated.outcome.value, f.claimed.outcome.value) for f in plain.assessment.findings}
        assert judge(stated) == judge(written) == verdicts
        now, _ = reassess(before, submission)
        assert now is not None
        assert render_json(now.workings.assessment) == render_json(plain.assessment)
        before = now
    return results


def plainly(case: Drawn, submission: Submission) -> Any:
    workings, problems = work_out(case.task.ruleset, case.task.profile, submission)
    assert workings is not None, [str(p) for p in problems]
    return workings


# --- the law --------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(data=st.data())
def test_four_paths_judge_alike(
    make_rules: Callable[..., Ruleset],
    submit: Callable[..., Submission],
    filed: Callable[..., Data],
    data: st.DataObject,
) -> None:
    hold(draw_case(data.draw, make_rules), submit, filed)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=8)
@given(data=st.data())
def test_all_five_paths_judge_alike(
    spark: Any,
    make_rules: Callable[..., Ruleset],
    submit: Callable[..., Submission],
    filed: Callable[..., Data],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    case = draw_case(data.draw, make_rules)
    expected = hold(case, submit, filed)
    path = tmp_path_factory.mktemp("drawn") / "f.parquet"
    table_of(case.rows).write_parquet(path)
    session = spark.SparkSession.getActiveSession()
    facts = session.read.parquet(str(path))
    sent = session.sparkContext.broadcast(order_of(case.task, facts.columns))
    told = pl.DataFrame(spark.judge_table(case.task, sent, facts).toArrow()).sort("row")
    assert told.drop("~plain").equals(expected)
