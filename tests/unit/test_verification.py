"""What no case can show, planted: full or zero points out of reach, better facts that cost, clauses that never fire."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.assessment import assess
from engine.better_facts import find_breaches
from engine.construction import Aim
from engine.construction import Impossible
from engine.construction import Task
from engine.construction import evidence_for
from engine.construction import settings_for
from engine.construction import statements_for
from engine.construction import submission_of
from engine.models.clause import Clauses
from engine.models.ruleset import Credit
from engine.models.ruleset import Ruleset
from engine.models.submission import SubmissionFile
from engine.rendering.submission_text import render_submission
from engine.shaping import shape
from engine.sources import parse_yaml
from engine.verification import Fault
from engine.verification import verify_clauses
from engine.verification import verify_indicator
from engine.verification import verify_totals

SLOT = [{"slot": "list", "title": "清单", "kinds": ["document"]}]
COLUMNS = {
    "k": {"kind": "key", "label": "号"},
    "begun": {"kind": "date", "label": "始"},
    "heard": {"kind": "date", "label": "听"},
    "done": {"kind": "date", "label": "终"},
    "said": {"kind": "text", "label": "结论"},
}
OTHERS = {
    "a": {"kind": "count"},
    "b": {"kind": "count"},
    "now": {"kind": "amount", "direction": "lower"},
    "v": {"kind": "events"},
    "r": {"kind": "records", "counted_on": "done", "columns": COLUMNS},
}
HIGHER = {"direction": "higher", "when_none_due": "unknown"}


@pytest.fixture(scope="module")
def one(make_rules: Callable[..., Ruleset]) -> Callable[..., Ruleset]:
    """Rules of one indicator over one measure."""

    def make(measure: dict[str, Any], credit: dict[str, Any] | None = None, /, **indicator: Any) -> Ruleset:
        whole = {"id": "I-1", "measure": "n", "evidence": SLOT, **indicator}
        return make_rules({"n": measure, **OTHERS}, whole, credit={"I-1": credit} if credit else {})

    return make


def checks(faults: Any) -> list[tuple[str, str]]:
    return [(fault.check, fault.subject) for fault in faults]


def verified(rules: Ruleset, tries: int = 15) -> list[Fault]:
    return list(verify_indicator(rules, "I-1", tries, 0))


# --- every kind of measure ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "credit", "indicator"),
    [
        ({"kind": "count"}, {}, {"meets": {"at_least": "3"}}),
        ({"kind": "count"}, {}, {"meets": {"less_than": "3"}}),
        ({"kind": "amount"}, {}, {"meets": {"more_than": "2.5"}}),
        ({"kind": "count", "direction": "lower"}, {"each": {"deduct": "1/4"}}, {"award": "deduct_each", "clock": "never"}),
        ({"kind": "ratio", "numerator": "a", "denominator": "b", **HIGHER}, {"zero_at": "50%"}, {"award": "linear", "meets": {"at_least": "95%"}}),
        ({"kind": "ratio", "numerator": "a", "denominator": "b", **HIGHER, "direction": "lower"}, {}, {"award": "share"}),
        ({"kind": "ratio", "numerator": "a", "denominator": "b", **HIGHER}, {"steps": {"every": "10%", "deduct": "1/2"}}, {"award": "steps", "meets": {"at_least": "80%"}}),
        ({"kind": "formula", "expression": "a - b", "direction": "higher"}, {}, {"meets": {"at_least": "3"}}),
        ({"kind": "formula", "expression": "a * 2 + b", "direction": "higher"}, {}, {"meets": {"at_least": "4"}}),
        ({"kind": "trend", "of": "now", "direction": "lower"}, {}, {"meets": {"at_most": "0"}}),
        ({"kind": "events", "direction": "higher"}, {}, {"meets": {"at_least": "2"}}),
        ({"kind": "count_in_period", "of": "v", "direction": "higher"}, {"bands": [{"meets": {"at_least": "1"}, "share": "1/2"}]}, {"award": "bands", "meets": {"at_least": "2"}}),
        ({"kind": "every", "of": "v", "per": "quarter", "at_least": 2, "direction": "higher"}, {}, {"award": "share", "clock": "paced"}),
        ({"kind": "on_time_share", "of": "r", "from": "begun", "to": "done", "within": "7 working_days", **HIGHER}, {}, {"award": "share"}),
        ({"kind": "procedure_share", "of": "r", "order": ["begun", "heard", "done"], "pauses": [{"from": "begun", "to": "heard", "at_least": "7 working_days"}], "accepts": {"said": ["同意"]}, **HIGHER}, {}, {"award": "share"}),
        ({"kind": "procedure_share", "of": "r", "order": ["done"], "accepts": {"said": ["同意"]}, **HIGHER}, {}, {"award": "share"}),
        ({"kind": "date"}, {}, {"meets": {"by": {"month_day": "03-31", "years_after": 1}}, "clock": "deadline"}),
        ({"kind": "choice", "options": ["好", "差"]}, {}, {"meets": {"equals": "好"}}),
        ({"kind": "boolean"}, {}, {"meets": {"equals": True}}),
        ({"kind": "boolean", "held_by": ["局"]}, {}, {"award": "share", "each_member": {"roles": ["局"], "meets": {"equals": True}}}),
        ({"kind": "count", "held_by": ["局"]}, {}, {"meets": {"at_least": "2"}, "each_member": {"roles": ["局"], "take": "lowest"}}),
        ({"kind": "events"}, {"grades": {"好": "1", "中": "1/2", "差": "0"}}, {"award": "rated", "clock": "triggered", "rating": {"points": [{"key": "p", "title": "甲"}], "grades": ["好", "中", "差"]}}),
    ],
)  # fmt: skip
def test_every_kind_of_measure_can_be_constructed(one: Any, measure: Any, credit: Any, indicator: Any) -> None:
    """Full points and none, and nothing in between that better facts would make worse."""
    assert verified(one(measure, credit, **indicator), tries=8) == []


def test_what_cannot_be_constructed_is_said(one: Any) -> None:
    """Nobody plays the role, so that there is nobody to state anything."""
    rules = one(
        {"kind": "boolean", "held_by": ["局"]}, award="share", each_member={"roles": ["局"], "meets": {"equals": True}}
    )
    (indicator,) = rules.indicators
    setting = next(settings_for(indicator, rules))
    alone = setting._replace(unit=setting.unit.model_copy(update={"members": ()}))

    with pytest.raises(Impossible, match="没有担任局的成员单位"):
        statements_for(Task(indicator, rules, alone, Credit(), Aim.FULL))


# --- planted faults -------------------------------------------------------------------------------------------------


def test_a_condition_that_nothing_meets_keeps_full_points_out_of_reach(one: Any) -> None:
    """More than all is never reached; the submission that comes nearest is shown."""
    rules = one({"kind": "ratio", "numerator": "a", "denominator": "b", **HIGHER}, meets={"more_than": "100%"})
    (fault,) = verified(rules)

    assert (fault.check, fault.subject) == ("满分", "I-1")
    assert fault.example is not None


def test_an_element_without_proof_keeps_full_points_out_of_reach(one: Any) -> None:
    """A part that asks for no proof is never proven."""
    elements = [{"key": "x", "title": "甲", "proof": ["list"]}, {"key": "y", "title": "乙"}]

    assert checks(verified(one({"kind": "count"}, measure=None, award="elements", elements=elements))) == [("满分", "I-1")]


def test_a_condition_that_everything_meets_keeps_zero_out_of_reach(one: Any) -> None:
    """No count is below 0."""
    assert checks(verified(one({"kind": "count"}, meets={"at_least": "0"}))) == [("零分", "I-1")]


def test_a_declared_cap_of_deductions_is_no_fault(one: Any) -> None:
    """At most half is deducted: half is what can be lost."""
    rules = one({"kind": "count", "direction": "lower"}, {"each": {"deduct": "1/4", "cap": "1/2"}}, award="deduct_each")

    assert verified(rules) == []


@pytest.mark.parametrize(
    ("measure", "indicator"),
    [
        ({"kind": "count", "direction": "higher"}, {"meets": {"at_most": "3"}}),
        (
            {"kind": "ratio", "numerator": "a", "denominator": "b", **HIGHER, "direction": "lower"},
            {"meets": {"at_least": "50%"}},
        ),
        ({"kind": "boolean"}, {"award": "all_or_nothing", "meets": {"equals": False}}),
    ],
)
def test_a_direction_that_the_condition_contradicts_breaks_the_law(one: Any, measure: Any, indicator: Any) -> None:
    """Better as the measure says is worse as the rule says; a boolean declares nothing but what it must equal."""
    found = [fault for fault in verified(one(measure, **indicator), tries=40) if fault.check == "越改越差"]

    assert bool(found) == (measure["kind"] != "boolean")


def test_the_counterexample_is_small_and_can_be_read_again(one: Any) -> None:
    """What it shows is one fact; as YAML it is a submission."""
    rules = one({"kind": "count", "direction": "higher"}, meets={"at_most": "3"})
    breach = next(find_breaches(rules, "plain", 40, 0))
    text = render_submission(breach.before)
    data, problems = parse_yaml(text, "submission.yaml")
    head, problems = shape(SubmissionFile, data, "submission.yaml", problems)

    assert head is not None and not problems
    assert [fact.measure for fact in head.facts] == ["n"]
    assert "最高可到" in breach.lost or "已得" in breach.lost


def test_the_same_seed_finds_the_same(one: Any) -> None:
    """Chance is seeded: the same submissions every time."""
    rules = one({"kind": "count", "direction": "higher"}, meets={"at_most": "3"})

    assert list(find_breaches(rules, "plain", 40, 7)) == list(find_breaches(rules, "plain", 40, 7))


def test_two_indicators_that_want_the_same_number_otherwise_spoil_the_total(make_rules: Any) -> None:
    """Each alone can be met; both together cannot."""
    rules = make_rules(
        {"n": {"kind": "count"}},
        {"id": "I-1", "measure": "n", "meets": {"at_least": "5"}, "evidence": SLOT},
        {"id": "I-2", "measure": "n", "meets": {"at_most": "2"}, "evidence": SLOT},
    )
    found = list(verify_totals(rules))

    assert {fault.check for fault in found} == {"合计"}
    assert {fault.subject for fault in found} == {"I-2"}


def test_totals_come_to_exactly_the_maximum(make_rules: Any) -> None:
    """With points that do not divide evenly and a reserve for what is not held."""
    rules = make_rules(
        {"n": {"kind": "count"}},
        {"id": "I-1", "measure": "n", "meets": {"at_least": "5"}, "evidence": SLOT},
        {"id": "I-2", "measure": "n", "meets": {"at_least": "2"}, "evidence": SLOT},
        points={"I-1": "0.333", "I-2": "0.667"},
        reserve=[{"rows": 1, "points": "2", "reason": "试例"}],
    )

    assert list(verify_totals(rules)) == []


CLAUSES = {
    "incident_kinds": {"accident": "事故", "fault": "差错"},
    "tallies": [
        {"id": "two", "title": "两次差错", "count": {"incidents": "fault"}, "at_least": 2},
        {"id": "short2", "title": "两个单位不达标", "count": {"member_findings": "I-2", "outcome": "NOT_MET"}, "at_least": 2},
        {"id": "risky2", "title": "两个单位有风险", "count": {"concluded": "risky"}, "at_least": 2},
    ],
    "clauses": [
        {"id": "K-1", "title": "事故", "effect": "veto", "concludes": "stands", "when": [{"any": [{"incident": "accident"}, {"tally": "two"}]}]},
        {"id": "K-2", "title": "不达标", "effect": "cause", "concludes": "weak", "when": [{"finding": "I-1", "outcome": "NOT_MET"}]},
        {"id": "K-3", "title": "两个单位不达标", "effect": "warn", "when": [{"tally": "short2"}, {"concluded": "weak"}]},
        {"id": "K-4", "title": "同一单位", "effect": "warn", "concludes": "risky", "per": "unit", "when": [{"member_finding": "I-2", "outcome": "NOT_MET", "unit": "$u"}, {"incident": "fault", "unit": "$u"}]},
        {"id": "K-5", "title": "两个单位有风险", "effect": {"level": "red"}, "when": [{"tally": "risky2"}]},
        {"id": "K-6", "title": "退回", "effect": "warn", "when": [{"evidence_returned": "I-1", "code": "E02"}]},
        {"id": "K-7", "title": "达标", "effect": "warn", "when": [{"finding": "I-1", "outcome": "MET"}]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def with_clauses(make_rules: Any) -> Callable[..., Ruleset]:
    """Two indicators, one of them judged member by member, and clauses over them."""
    rules = make_rules(
        {"n": {"kind": "count"}, "m": {"kind": "boolean", "held_by": ["局"]}},
        {"id": "I-1", "measure": "n", "meets": {"at_least": "5"}, "evidence": SLOT},
        {
            "id": "I-2",
            "measure": "m",
            "award": "share",
            "each_member": {"roles": ["局"], "meets": {"equals": True}},
            "evidence": SLOT,
        },
    )

    def make(*more: dict[str, Any]) -> Ruleset:
        clauses = {**CLAUSES, "clauses": [*CLAUSES["clauses"], *more]}
        return rules.model_copy(update={"clauses": Clauses.model_validate(clauses)})

    return make


def test_every_clause_that_can_fire_is_made_to(with_clauses: Any) -> None:
    """Incidents, findings, members, tallies, conclusions and returned evidence, each through the engine."""
    assert list(verify_clauses(with_clauses())) == []


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ({"id": "K-9", "title": "甲", "effect": "warn", "when": [{"evidence_returned": "I-1", "code": "E11"}]}, "造不出退回代码 E11"),
        ({"id": "K-9", "title": "甲", "effect": "warn", "when": [{"finding": "I-1", "outcome": "MET"}, {"finding": "I-1", "outcome": "NOT_MET"}]}, "还是没有触发"),
        ({"id": "K-9", "title": "甲", "effect": "warn", "concludes": "round", "when": [{"concluded": "round"}]}, "绕回到自己的结论"),
        ({"id": "K-9", "title": "甲", "effect": "warn", "when": [{"finding": "I-1", "outcome": "PARTIAL"}]}, "构造不了"),
    ],
)  # fmt: skip
def test_a_clause_that_never_fires_is_found(with_clauses: Any, clause: Any, said: str) -> None:
    """What cannot be, what contradicts itself, what rests on itself, and what cannot be constructed."""
    found = list(verify_clauses(with_clauses(clause)))

    assert {fault.subject for fault in found} == {"K-9"}
    assert any(said in fault.found for fault in found)


def test_a_constructed_submission_is_judged_by_the_engine(one: Any) -> None:
    """What is constructed says what it should, in facts that a person could have written."""
    rules = one({"kind": "formula", "expression": "a - b", "direction": "higher"}, meets={"at_least": "3"})
    (indicator,) = rules.indicators
    setting = next(settings_for(indicator, rules))
    statements = statements_for(Task(indicator, rules, setting, Credit(), Aim.FULL))
    submission = submission_of(statements, rules, setting, evidence_for(indicator, setting, indicator.evidence))
    assessment, problems = assess(rules, rules.profiles["plain"], submission)

    assert assessment is not None
    assert [(fact.measure, fact.value) for fact in submission.head.facts] == [("a", "3"), ("b", "0")]
    assert assessment.findings[0].outcome == "MET"
    assert not [p for p in problems if p.code != "NOT_YET_IN_FORCE"]
