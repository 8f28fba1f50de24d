"""What a person decides against the machine: dated, authored, for a time, and always beside what was computed."""

from typing import Any

import pytest

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
RULE = {"id": "I-1", "measure": "n", "meets": {"at_least": "5"}, "clock": "standing"}
ENTRY = {
    "indicator": "I-1",
    "old": "NOT_MET",
    "new": "MET",
    "remark": "另有两件见卷宗",
    "authority": "创建专班会议纪要第3号",
    "decided_by": "李认定",
    "decided_on": "2021-02-01",
    "expires": "2021-06-30",
}


@pytest.fixture(scope="module")
def judged(make_rules: Any, assess_facts: Any) -> Any:
    """Judge three of five with overrides."""
    rules = make_rules({"n": COUNT}, RULE)

    def run(*entries: Any, value: int = 3, **keys: Any) -> Any:
        return assess_facts(
            rules, [{"measure": "n", "value": value, "filled_by": "王填报"}], overrides=list(entries), **keys
        )

    return run


def test_an_override_stands_beside_what_was_computed(judged: Any) -> None:
    """The finding and the score stay; the score with it is shown apart."""
    done = judged(ENTRY).done

    assert (done.findings[0].outcome, done.score.claimed.earned) == ("NOT_MET", 0)
    assert done.score_with_overrides.claimed.earned == done.findings[0].maximum
    (shown,) = done.overrides
    assert (shown.computed, shown.decided, shown.decided_by) == (0, done.findings[0].maximum, "李认定")


@pytest.mark.parametrize(
    ("change", "earned"),
    [
        ({"new": "PARTIAL", "share": "0.5"}, 500),
        ({"new": "UNKNOWN"}, 0),
        ({"new": "NOT_MET"}, 0),
    ],
)
def test_points_by_what_was_decided(judged: Any, change: Any, earned: int) -> None:
    """Half is half; unknown is open; not met is lost."""
    score = judged({**ENTRY, **change}).done.score_with_overrides

    assert score.substantiated.earned == earned
    assert score.substantiated.open == (1000 if change["new"] == "UNKNOWN" else 0)
    assert score.maximum == score.substantiated.earned + score.substantiated.open + score.substantiated.lost


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([{**ENTRY, "expires": "2021-03-30"}], "OVERRIDE_EXPIRED"),
        ([{**ENTRY, "decided_on": "2021-04-01"}], "FACT_AFTER_AS_OF"),
        ([{**ENTRY, "old": "UNKNOWN"}], "OVERRIDE_STALE"),
        ([ENTRY, {**ENTRY, "new": "UNKNOWN"}], "OVERRIDE_CONFLICT"),
    ],
)
def test_an_override_that_does_not_stand_changes_nothing(judged: Any, entries: Any, code: str) -> None:
    """Run out, of the future, of another result, or contradicted the same day."""
    assessed = judged(*entries)

    assert (code in assessed.codes, assessed.done.score_with_overrides, assessed.done.overrides) == (True, None, ())


def test_an_override_reverts_by_itself(judged: Any) -> None:
    """On its last day it stands, on the next it does not."""
    assert judged(ENTRY, as_of="2021-06-30").done.overrides
    assert not judged(ENTRY, as_of="2021-07-01").done.overrides


def test_the_latest_of_several_counts(judged: Any) -> None:
    """A later decision replaces an earlier one."""
    later = {**ENTRY, "decided_on": "2021-03-01", "new": "PARTIAL", "share": "0.2"}

    assert [o.decided for o in judged(ENTRY, later).done.overrides] == [200]


def test_whoever_filled_in_and_overrides_is_named(judged: Any) -> None:
    """The record says that they did not differ."""
    assert "OVERRIDE_SELF" in judged({**ENTRY, "decided_by": "王填报"}).codes
    assert "OVERRIDE_SELF" not in judged(ENTRY).codes
