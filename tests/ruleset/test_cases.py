"""The rule cases beside the shipped rules: facts in, expected outcome, points and conclusions out."""

from pathlib import Path

import pytest

from engine.cases import load_cases
from engine.cases import load_clause_cases
from engine.cases import run_cases
from engine.models.case import CaseResult
from engine.rulesets import load_ruleset

RULESETS = Path(__file__).parents[2] / "rulesets"


def results() -> list[CaseResult]:
    """Every result of every shipped ruleset; cases that cannot be read are one failure of their own."""
    found: list[CaseResult] = []
    for folder in sorted(path.parent for path in RULESETS.glob("*/ruleset.yaml")):
        ruleset, problems = load_ruleset(folder)
        files, unread = load_cases(folder)
        about_clauses, unread_too = load_clause_cases(folder)
        failures = tuple(str(p) for p in (*problems, *unread, *unread_too))
        if failures:
            found.append(CaseResult(file=folder.name, line=0, case="读不出", indicator="", failures=failures))
        if ruleset is not None:
            found += run_cases(ruleset, files, about_clauses)
    return found


@pytest.mark.parametrize("result", [pytest.param(r, id=f"{r.indicator or '条款'} {r.case}") for r in results()])
def test_a_case_yields_what_it_expects(result: CaseResult) -> None:
    """Everything that a case expects is there, and nothing else."""
    assert result.failures == (), f"{result.file}:{result.line}"
