"""The score sheet: adds up, decides nothing."""

from typing import Any

import pytest

from engine.models.ruleset import Ruleset

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
MEASURES: dict[str, Any] = {
    "a": COUNT,
    "b": COUNT,
    "rate": {"kind": "ratio", "numerator": "b", "denominator": "a", "direction": "higher", "when_none_due": "unknown"},
}
FIRST = {"id": "I-1", "measure": "a", "meets": {"at_least": "5"}}
SECOND = {"id": "I-2", "measure": "rate", "award": "share", "clock": "cumulative"}
THIRD = {"id": "I-3", "measure": "b", "meets": {"at_least": "9"}, "applies_when": {"legislative_power": True}}
RESERVE = [
    {"pillar": "P1", "rows": "2", "points": "2", "reason": "未收录"},
    {"rows": "3", "points": "3", "reason": "归属不知"},
]


@pytest.fixture(scope="module")
def rules(make_rules: Any) -> Ruleset:
    return make_rules(MEASURES, FIRST, SECOND, THIRD, reserve=RESERVE)


@pytest.fixture(scope="module")
def done(rules: Ruleset, assess_facts: Any) -> Any:
    """I-1 met, I-2 two thirds, I-3 not applicable: its point goes to the other seven."""
    return assess_facts(rules, [{"measure": "a", "value": 6}, {"measure": "b", "value": 4}]).done


def test_points_of_what_does_not_apply_go_to_the_rest(done: Any) -> None:
    """Eight points over seven: what cannot be divided goes to the largest remainders."""
    maxima = {finding.indicator: finding.maximum for finding in done.findings}

    assert maxima == {"I-1": 1143, "I-2": 1143, "I-3": 0}
    assert [pillar.reserve for pillar in done.pillars] == [2286, 3428]


def test_a_pillar_is_the_sum_of_its_findings_and_its_reserve(done: Any) -> None:
    """1143 met, 762 of 1143, and 2286 open."""
    pillar = done.pillars[0]

    assert (
        pillar.maximum,
        pillar.claimed.earned,
        pillar.claimed.open,
        pillar.claimed.recoverable,
        pillar.claimed.lost,
    ) == (1143 + 1143 + 2286, 1143 + 762, 2286, 0, 381)


def test_rows_of_no_known_pillar_stand_in_a_line_of_their_own(done: Any) -> None:
    """Nothing that is reserved disappears from the sheet."""
    last = done.pillars[-1]

    assert (last.id, last.rows_reserved, last.maximum, last.claimed.open) == ("未收录", 3, 3428, 3428)


def test_the_sheet_is_the_sum_of_its_pillars(done: Any) -> None:
    """Eight points, as the profile says."""
    score = done.score

    assert 8000 == score.maximum == sum(pillar.maximum for pillar in done.pillars)
    assert score.claimed.earned == 1905
    assert score.claimed.reachable == score.claimed.earned + score.claimed.open


def test_outcomes_are_counted_as_a_third_party_would(done: Any) -> None:
    """Without proof nothing is met: two unknown, one not applicable."""
    assert done.pillars[0].outcomes == {"MET": 0, "PARTIAL": 0, "NOT_MET": 0, "UNKNOWN": 2, "NOT_APPLICABLE": 1}


def test_a_department_has_its_own_maximum(make_rules: Any, assess_facts: Any) -> None:
    """A department answers for what it leads, without any reserve."""
    ours = make_rules(MEASURES, {**FIRST, "lead_unit": "局"}, SECOND, reserve=RESERVE)
    done = assess_facts(ours, unit={"kind": "department", "roles": ["局"]}).done

    assert (done.score.maximum, done.score.claimed.open) == (1000, 1000)


def test_coverage_counts_what_was_asked_and_given(done: Any) -> None:
    """Two parts need facts and have them; no slot is asked for."""
    coverage = done.score.coverage

    assert (coverage.facts_due, coverage.facts_given, coverage.slots_due, coverage.slots_accepted) == (2, 2, 0, 0)


def test_everything_not_applicable_leaves_the_reserve(make_rules: Any, assess_facts: Any) -> None:
    """Where no indicator applies, the rows that are not held carry all points."""
    done = assess_facts(make_rules(MEASURES, THIRD, reserve=RESERVE)).done

    assert (done.score.maximum, done.score.claimed.open) == (6000, 6000)


@pytest.mark.parametrize(("value", "earned"), [(1, 111), (2, 222), (5, 556)])
def test_points_are_rounded_once(make_rules: Any, assess_facts: Any, value: int, earned: int) -> None:
    """A ninth of a point is 111 thousandths, and the four parts still add up to the maximum."""
    done = assess_facts(make_rules(MEASURES, SECOND), [{"measure": "a", "value": 9}, {"measure": "b", "value": value}]).done
    claimed = done.findings[0].claimed

    assert (earned, 1000) == (claimed.earned, claimed.earned + claimed.open + claimed.recoverable + claimed.lost)
