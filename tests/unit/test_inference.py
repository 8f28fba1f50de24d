"""What incidents lead to: only what was confirmed, in time and is still so."""

from typing import Any

import pytest

from engine.models.ruleset import Ruleset


@pytest.fixture(scope="module")
def conclude(ruleset: Ruleset, assess_facts: Any) -> Any:
    """Judge 2020 on 2021-03-31 with one incident; whether the unit may apply, and the clauses that fired."""

    def run(kind: str, items: Any = (), **keys: Any) -> tuple[str, set[str]]:
        incident = {"kind": kind, "date": "2020-05-01", "confirmed_by": "省级机关", **keys}
        given = {key: value for key, value in incident.items() if value is not None}
        done = assess_facts(ruleset, incidents=[given], evidence=items).done
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


def test_what_happened_long_before_the_period_does_not_count(conclude: Any) -> None:
    """No accident of 2005 decides about 2020."""
    assert conclude("major_accident", date="2005-05-01") == ("unknown", set())


def test_what_happened_after_the_period_and_before_the_day_counts(conclude: Any) -> None:
    """The day of judgement is what an applicant is looked at on."""
    assert conclude("major_accident", date="2021-02") == ("no", {"veto"})


def test_an_honour_counts_whenever_it_was_given(conclude: Any) -> None:
    """A designation of years ago still stands."""
    assert conclude("national_model", date="2015-06")[1] == {"bonus"}


def test_criticism_counts_until_accepted_proof_shows_it_mended(conclude: Any, filed: Any) -> None:
    """点名且未整改: a word alone mends nothing, accepted proof does, however old the criticism is."""
    proof = filed("I-R83", "closing", kind="table")
    blocked = ("no", {"block"})

    assert conclude("superior_criticism", date="2018-05") == blocked
    assert conclude("superior_criticism", status="closed") == blocked
    assert conclude("superior_criticism", evidence="E-001", items=[{**proof, "kind": "photo"}]) == blocked
    assert conclude("superior_criticism", evidence="E-001", items=[proof]) == ("unknown", set())


def test_two_fatal_files_of_one_unit_are_two(ruleset: Ruleset, assess_facts: Any) -> None:
    """A tally of incidents counts incidents, not the units that had them."""

    def fired(*days: str) -> set[str]:
        files = [{"kind": "fatal_case_file", "date": day, "confirmed_by": "评查组"} for day in days]
        return {c.clause for c in assess_facts(ruleset, incidents=files).done.conclusions}

    assert "K-PEN-5" not in fired("2020-05-01")
    assert "K-PEN-5" in fired("2020-05-01", "2020-06-01")
