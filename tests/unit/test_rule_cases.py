"""Rule tests fail both ways: on what is expected and missing, and on what is there and not expected."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.cases import load_cases
from engine.cases import load_clause_cases
from engine.cases import run_cases
from engine.models.case import CaseFile
from engine.models.case import ClauseCaseFile
from engine.models.clause import Clauses
from engine.models.ruleset import Ruleset

GOVERNMENT = {"name": "示例县", "kind": "government", "level": "county", "legislative_power": False}
HEAD = {"profile": "plain", "unit": GOVERNMENT, "period": {"from": "2020-01-01", "to": "2020-12-31"}, "as_of": "2021-03-31"}
MET = {"outcome": "MET"}


@pytest.fixture(scope="module")
def rules(make_rules: Callable[..., Ruleset]) -> Ruleset:
    """One indicator over a count, with two slots."""
    return make_rules(
        {"done": {"kind": "count"}, "all": {"kind": "count"}, "rate": {"kind": "ratio", "numerator": "done", "denominator": "all", "when_none_due": "unknown", "direction": "higher"}},
        {
            "id": "I-1",
            "measure": "rate",
            "meets": {"at_least": "80%"},
            "evidence": [{"slot": "list", "title": "清单", "kinds": ["document"]}, {"slot": "log", "title": "台账", "kinds": ["record"]}],
        },
        {"id": "I-2", "measure": "done", "meets": {"at_least": "1"}},
    )  # fmt: skip


@pytest.fixture(scope="module")
def failures_of(rules: Ruleset) -> Callable[..., tuple[str, ...]]:
    """Run one case and say how it fails."""

    def run(
        expect: dict[str, Any], done: str = "8", evidence: Any = "complete", indicator: str = "I-1", **keys: Any
    ) -> tuple[str, ...]:
        facts = [{"measure": "done", "value": done}, {"measure": "all", "value": "10"}]
        case = {"case": "一例", "indicator": indicator, "facts": facts, "evidence": evidence, "expect": expect, **keys}
        (result,) = run_cases(rules, [CaseFile.model_validate({**HEAD, "cases": [case]})])
        return result.failures

    return run


def test_a_case_that_yields_exactly_what_it_expects_passes(failures_of: Any) -> None:
    """Met, all earned, all proven: naming the outcome says it all."""
    assert failures_of(MET) == ()


def test_an_expectation_that_is_not_met_fails(failures_of: Any) -> None:
    """The wrong outcome is said with both values."""
    assert "有据结论：应为MET，实为NOT_MET" in failures_of(MET, done="7")


@pytest.mark.parametrize(
    ("expect", "done", "evidence", "said"),
    [
        ({"outcome": "UNKNOWN", "claimed": "MET"}, "8", (), "原因：应为无，实为no_proof"),
        ({"outcome": "NOT_MET"}, "7", "complete", "自报已丢：应为0，实为1000"),
        ({"outcome": "UNKNOWN", "open": "1"}, "15", "complete", "退回、不计和要核对的代码：应为无，实为FACT_PART_EXCEEDS"),
        ({"outcome": "UNKNOWN", "open": "1", "cause": "contradiction"}, "15", "complete", "实为FACT_PART_EXCEEDS"),
    ],
)
def test_what_nobody_expected_fails(failures_of: Any, expect: Any, done: str, evidence: Any, said: str) -> None:
    """A cause, a loss, a code that a case does not name is expected not to be there."""
    assert any(said in failure for failure in failures_of(expect, done=done, evidence=evidence))


def test_a_state_that_calls_for_something_must_be_named(failures_of: Any) -> None:
    """At risk, with a day to act by: neither follows from the shares."""
    shares = {"outcome": "NOT_MET", "recoverable": "1"}

    assert failures_of(shares, done="7", as_of="2020-12-01") == (
        "日期：应为无，实为2020-12-21",
        "状态：应为unknown，实为at_risk",
    )
    assert failures_of({**shares, "phase": "at_risk", "by": "2020-12-21"}, done="7", as_of="2020-12-01") == ()


def test_everything_but_one_slot_can_be_filed(failures_of: Any) -> None:
    """What is left out makes the claim unproven; a slot that is not there is said."""
    expect = {"outcome": "UNKNOWN", "claimed": "MET", "cause": "no_proof"}

    assert failures_of(expect, evidence={"without": ["log"]}) == ()
    assert failures_of(expect, evidence={"without": ["lgo"]}) == ("没有佐证要求「lgo」。是否想写「log」？",)


def test_a_case_about_no_indicator_fails(failures_of: Any) -> None:
    """Nothing is silently skipped."""
    assert failures_of(MET, indicator="I-9") == ("没有指标「I-9」",)


def test_other_indicators_do_not_matter_to_a_case(failures_of: Any) -> None:
    """Each case is judged against the part of the rules that can touch it."""
    assert failures_of(MET, indicator="I-2", evidence=()) != ()
    assert failures_of({"outcome": "UNKNOWN", "claimed": "MET", "cause": "no_proof"}, indicator="I-2", evidence=()) == ()


# --- clauses --------------------------------------------------------------------------------------------------------

CLAUSES = {
    "incident_kinds": {"accident": "事故", "fault": "差错"},
    "tallies": [{"id": "two", "title": "两次差错", "count": {"incidents": "fault"}, "at_least": 2}],
    "clauses": [
        {"id": "K-1", "title": "事故", "effect": "veto", "when": [{"incident": "accident"}]},
        {"id": "K-2", "title": "两次差错又不达标", "effect": "warn", "when": [{"tally": "two"}, {"finding": "I-1", "outcome": "NOT_MET"}]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def with_clauses(rules: Ruleset) -> Ruleset:
    """The same rules with a veto and a warning."""
    return rules.model_copy(update={"clauses": Clauses.model_validate(CLAUSES)})


def clause_case(expect: dict[str, Any], *kinds: str, done: str = "7", **keys: Any) -> ClauseCaseFile:
    incidents = [{"kind": kind, "date": f"2020-05-0{n}", "confirmed_by": "上级"} for n, kind in enumerate(kinds, 1)]
    facts = [{"measure": "done", "value": done}, {"measure": "all", "value": "10"}]
    case = {"case": "一例", "facts": facts, "incidents": incidents, "expect": expect, **keys}
    return ClauseCaseFile.model_validate({**HEAD, "cases": [case]})


@pytest.mark.parametrize(
    ("expect", "kinds", "said"),
    [
        ({"conclusions": ["K-1"], "qualified": "no"}, ["accident"], ()),
        ({"conclusions": ["K-2"]}, ["fault", "fault"], ()),
        ({"conclusions": ["K-2"]}, ["fault"], ("应触发而没有触发：K-2",)),
        ({"conclusions": []}, ["accident"], ("没有预期而触发了：K-1",)),
        ({"conclusions": [], "qualified": "yes"}, [], ("能不能报：应为yes，实为unknown",)),
    ],
)
def test_a_case_about_clauses_names_every_conclusion(with_clauses: Ruleset, expect: Any, kinds: Any, said: Any) -> None:
    """What fires and what does not, both ways."""
    (result,) = run_cases(with_clauses, [], clause_case(expect, *kinds))

    assert result.failures == said
    assert result.indicator == ""


def test_a_case_about_an_indicator_says_which_clauses_it_fires(with_clauses: Ruleset) -> None:
    """A clause that fires from an indicator's case is expected there."""
    clauses = with_clauses.clauses.model_copy(
        update={
            "clauses": (
                with_clauses.clauses.clauses[1].model_copy(update={"when": with_clauses.clauses.clauses[1].when[1:]}),
            )
        }
    )
    rules = with_clauses.model_copy(update={"clauses": clauses})
    facts = [{"measure": "done", "value": "7"}, {"measure": "all", "value": "10"}]

    def failures(**more: Any) -> tuple[str, ...]:
        case = {"case": "一例", "indicator": "I-1", "facts": facts, "expect": {"outcome": "NOT_MET", "lost": "1", **more}}
        (result,) = run_cases(rules, [CaseFile.model_validate({**HEAD, "cases": [case]})])
        return result.failures

    assert failures() == ("条款：应为无，实为K-2",)
    assert failures(conclusions=["K-2"]) == ()


def test_clause_cases_are_a_file_of_their_own(tmp_path: Path) -> None:
    """clauses.yaml holds cases about clauses; without it there are none."""
    assert load_clause_cases(tmp_path) == (None, [])
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "clauses.yaml").write_text("profile: plain\n", encoding="utf-8")
    file, problems = load_clause_cases(tmp_path)

    assert file is None
    assert {p.code for p in problems} == {"KEY_MISSING"}
    assert load_cases(tmp_path) == ((), [])
