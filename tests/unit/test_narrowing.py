"""The part of a ruleset says of its indicators exactly what the whole says."""

from functools import cache
from pathlib import Path

import pytest

from engine.assessment import assess
from engine.cases import Trial
from engine.cases import load_cases
from engine.cases import load_clause_cases
from engine.cases import rules_for
from engine.cases import rules_for_clauses
from engine.cases import trials_of
from engine.models.ruleset import Ruleset
from engine.narrowing import connected
from engine.narrowing import narrow
from engine.rulesets import check_ruleset
from engine.rulesets import load_ruleset

POINTS = {"earned", "open", "recoverable", "lost", "reachable_points"}
SHIPPED = Path(__file__).parents[2] / "rulesets" / "lbg-2021"


@cache
def shipped() -> Ruleset:
    ruleset, problems = load_ruleset(SHIPPED)
    assert ruleset is not None, problems
    return ruleset


@cache
def trials() -> tuple[Trial, ...]:
    return trials_of(shipped(), load_cases(SHIPPED)[0], load_clause_cases(SHIPPED)[0])


@pytest.mark.parametrize("at", range(0, 1200, 37))
def test_a_case_comes_out_alike_against_the_part_and_against_the_whole(at: int) -> None:
    """Everything but the points, which the whole takes from what does not apply and gives to the rest."""
    trial = [t for t in trials() if t.indicator][at]
    whole, part = shipped(), rules_for(shipped(), trial.indicator, [trial])
    assert trial.submission is not None
    found = []
    for rules in (whole, part):
        assessment, problems = assess(rules, rules.profiles[trial.profile], trial.submission)
        assert assessment is not None
        finding = next(f for f in assessment.findings if f.indicator == trial.indicator)
        told = finding.model_dump(exclude={"maximum": True, "claimed": POINTS, "substantiated": POINTS, "trace": True})
        found.append((told, {p.code for p in problems if p.code != "NOT_YET_IN_FORCE"}))

    assert found[0] == found[1]


@pytest.mark.parametrize("at", range(0, 50, 7))
def test_clauses_conclude_alike_from_the_part_and_from_the_whole(at: int) -> None:
    """The same conclusions from the same facts and events."""
    trial = [t for t in trials() if not t.indicator][at]
    assert trial.submission is not None
    found = []
    for rules in (shipped(), rules_for_clauses(shipped(), trial)):
        assessment, _ = assess(rules, rules.profiles[trial.profile], trial.submission)
        assert assessment is not None
        found.append((assessment.conclusions, assessment.score.qualified))

    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["I-001", "I-R24", "I-R36", "I-R59"])
def test_a_part_is_a_ruleset_that_can_be_used(name: str) -> None:
    """Names, points and formulas still hold together."""
    assert check_ruleset(narrow(shipped(), {name})) == []


def test_measures_are_tied_in_both_directions() -> None:
    """A part of a total brings the total, and the total its other parts and its rates."""
    found = connected(["litigation_withdrawn"], shipped().measures)

    assert {"litigation_cases", "litigation_lost", "litigation_loss_rate"} <= found
    assert "law_lectures" not in found
