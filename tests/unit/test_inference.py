"""What incidents lead to: only what was confirmed, in time and is still so."""

from typing import Any

import pytest

from engine.models.ruleset import Ruleset


@pytest.fixture(scope="module")
def conclude(ruleset: Ruleset, assess_facts: Any) -> Any:
    """Judge 2020 on 2021-03-31 with one incident; whether the unit may apply, and the clauses that fired."""

    def run(kind: str, **keys: Any) -> tuple[str, set[str]]:
        incident = {"kind": kind, "date": "2020-05-01", "confirmed_by": "省级机关", **keys}
        done = assess_facts(ruleset, incidents=[{key: value for key, value in incident.items() if value is not None}]).done
        return done.score.qualified, {conclusion.effect for conclusion in done.conclusions}

    return run


def test_a_confirmed_accident_in_the_period_is_a_veto(conclude: Any) -> None:
    """The conclusion says no, and names the veto."""
    assert conclude("major_accident") == ("no", {"veto"})


def test_a_report_that_nobody_confirmed_decides_nothing(conclude: Any) -> None:
    """Reported and not confirmed is unknown."""
    assert conclude("major_accident", confirmed_by=None) == ("unknown", set())


@pytest.mark.parametrize("day", ["2021-04-01", "2022-05"])
def test_what_happened_after_the_day_of_judgement_does_not_count(conclude: Any, day: str) -> None:
    """Nothing of the future decides about the past."""
    assert conclude("major_accident", date=day) == ("unknown", set())
