"""The shipped rules: what their cases reach, that changes of them are noticed, that nothing in them is out of reach."""

from functools import cache
from pathlib import Path

import pytest

from engine.cases import load_cases
from engine.cases import load_clause_cases
from engine.cases import runs_of
from engine.cases import trials_of
from engine.coverage import Covered
from engine.coverage import cover
from engine.models.ruleset import Ruleset
from engine.mutation import try_clauses
from engine.mutation import try_indicator
from engine.rendering.rule_check import totals_of
from engine.rulesets import load_ruleset
from engine.verification import verify_clauses
from engine.verification import verify_indicator
from engine.verification import verify_totals

SHIPPED = Path(__file__).parents[2] / "rulesets" / "lbg-2021"
# One of every clock and award form; all of them are tried by `fazhi rules test --mutate` and `fazhi rules verify`.
SOME = ("I-001", "I-R12", "I-R20", "I-R24", "I-R33", "I-R37", "I-R67", "I-R69", "I-R74", "I-R82")


@cache
def shipped() -> Ruleset:
    ruleset, problems = load_ruleset(SHIPPED)
    assert ruleset is not None, problems
    return ruleset


@cache
def coverage() -> tuple[Covered, ...]:
    trials = trials_of(shipped(), load_cases(SHIPPED)[0], load_clause_cases(SHIPPED)[0])
    return cover(shipped(), runs_of(shipped(), trials))


def test_every_clause_and_tally_has_a_case_that_fires_it() -> None:
    """36 clauses and 6 tallies."""
    assert {kind: (reached, of) for kind, reached, of in totals_of(coverage()) if kind in ("条款", "计数")} == {
        "条款": (36, 36),
        "计数": (6, 6),
    }


def test_cases_reach_nearly_everything() -> None:
    """At least so much of each kind; what is missed may only become less."""
    least = {"档次": 0.98, "要素": 0.98, "佐证": 0.99, "状态": 0.85, "待核原因": 0.85, "代码": 0.75, "结论": 1}
    reached = {kind: reached / of for kind, reached, of in totals_of(coverage())}

    assert {kind for kind, share in least.items() if reached[kind] < share} == set()


@pytest.mark.parametrize("name", SOME)
def test_small_changes_of_an_indicator_are_noticed(name: str) -> None:
    """No threshold, slot, clock, element or day can be changed without a case that breaks."""
    trials = [t for t in trials_of(shipped(), load_cases(SHIPPED)[0]) if t.indicator == name]

    assert [v.change for v in try_indicator(shipped(), name, trials) if v.survived] == []


def test_small_changes_of_clauses_are_noticed() -> None:
    """No premise can be dropped, no number moved."""
    trials = trials_of(shipped(), (), load_clause_cases(SHIPPED)[0])

    assert [v.change for v in try_clauses(shipped(), trials) if v.survived] == []


@pytest.mark.parametrize("indicator", [pytest.param(i, id=i.id) for i in shipped().indicators])
def test_an_indicator_can_be_worth_everything_and_nothing(indicator) -> None:
    """Under every profile, by constructed submissions; two of these are bettered fact by fact."""
    assert list(verify_indicator(shipped(), indicator.id, 2, 0)) == []


def test_everything_together_comes_to_the_maximum() -> None:
    """89 rows and 11 in reserve, under both profiles."""
    assert list(verify_totals(shipped())) == []


def test_every_clause_can_be_made_to_fire() -> None:
    """By constructed facts, through the engine."""
    assert list(verify_clauses(shipped())) == []
