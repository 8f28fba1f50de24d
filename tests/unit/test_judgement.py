"""One appraisal per indicator: measure, clock, award and slots put together, on both tracks."""

from datetime import date
from typing import Any

import pytest

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
MEASURES: dict[str, Any] = {
    "due": COUNT,
    "good": {**COUNT, "part_of": "due"},
    "share": {
        "kind": "ratio",
        "numerator": "good",
        "denominator": "due",
        "direction": "higher",
        "when_none_due": "not_applicable",
    },
    "bad": {**COUNT, "direction": "lower"},
    "filed": COUNT,
    "talks": {"kind": "events"},
    "talks_half": {"kind": "every", "of": "talks", "per": "half_year"},
    "held": {"kind": "events"},
    "day": {"kind": "date"},
}
PROOF = {"slot": "proof", "title": "凭据", "kinds": ["document"], "period": "any"}
ZERO = {"slot": "zero", "title": "零报告", "kinds": ["zero_report"], "needs": ["signature"], "for_none": True}
SHARE = {"id": "I-1", "measure": "share", "award": "share", "clock": "cumulative", "evidence": [PROOF, ZERO]}
LIST = {
    "id": "I-1",
    "award": "elements",
    "elements": [{"key": "made", "title": "制定", "proof": ["proof"]}, {"key": "shown", "title": "公布", "proof": ["page"]}],
    "evidence": [PROOF, {"slot": "page", "title": "公开页", "kinds": ["url"], "period": "any"}],
}


@pytest.fixture(scope="module")
def find(make_rules: Any, assess_facts: Any) -> Any:
    """Judge one indicator on some facts; its finding."""

    def run(indicator: Any, *facts: Any, policy: Any = None, **keys: Any) -> Any:
        rules = make_rules(MEASURES, {"id": "I-1", **indicator}, **(policy or {}))
        stated = [f if isinstance(f, dict) else {"measure": f[0], "value": f[1]} for f in facts]
        return assess_facts(rules, stated, **keys).finding("I-1")

    return run


def split(track: Any) -> tuple[int, int, int, int]:
    return track.earned, track.open, track.recoverable, track.lost


# --- two tracks -----------------------------------------------------------------------------------------------------


def test_a_claim_without_proof_earns_nothing_from_a_third_party(find: Any) -> None:
    """10 of 10 without a document: claimed met, and 待核 where proof counts."""
    finding = find(SHARE, ("good", 10), ("due", 10))

    assert (finding.claimed.outcome, split(finding.claimed)) == ("MET", (1000, 0, 0, 0))
    assert (
        finding.outcome,
        finding.substantiated.outcome,
        split(finding.substantiated),
    ) == ("UNKNOWN", "UNKNOWN", (0, 1000, 0, 0))
    assert finding.state.cause == "no_proof"


def test_accepted_proof_carries_what_is_claimed(find: Any, filed: Any) -> None:
    """With its document, 7 of 10 earn 0.7 on both tracks."""
    finding = find(SHARE, ("good", 7), ("due", 10), evidence=[filed("I-1", "proof")])

    assert (finding.outcome, split(finding.substantiated)) == ("PARTIAL", (700, 0, 0, 300))
    assert split(finding.claimed) == split(finding.substantiated)


def test_returned_proof_carries_nothing(find: Any, filed: Any) -> None:
    """A photograph in place of the document leaves the claim unproven."""
    finding = find(SHARE, ("good", 10), ("due", 10), evidence=[filed("I-1", "proof", kind="photo")])

    assert (finding.substantiated.earned, finding.slots[0].status) == (0, "returned")


def test_a_shortfall_is_the_same_on_both_tracks(find: Any) -> None:
    """What the facts themselves say is lost needs no proof."""
    finding = find(SHARE, ("good", 7), ("due", 10))

    assert (split(finding.claimed), split(finding.substantiated)) == ((700, 0, 0, 300), (0, 700, 0, 300))


# --- checklists -----------------------------------------------------------------------------------------------------


def claim(key: str, value: bool) -> dict[str, Any]:
    return {"element": f"I-1.{key}", "value": value}


def test_elements_are_counted_one_by_one(find: Any) -> None:
    """Made and not shown is half; both halves of the truth are kept."""
    finding = find(LIST, claim("made", True), claim("shown", False))

    assert (finding.claimed.outcome, split(finding.claimed)) == ("PARTIAL", (500, 0, 0, 500))


def test_a_silent_element_is_open(find: Any) -> None:
    """Nothing said of the second element: half earned, half open."""
    assert split(find(LIST, claim("made", True)).claimed) == (500, 500, 0, 0)


def test_a_filed_item_claims_its_element(find: Any, filed: Any) -> None:
    """The document claims and proves what it is filed for, and nothing else."""
    finding = find(LIST, evidence=[filed("I-1", "proof")])

    assert (split(finding.claimed), split(finding.substantiated)) == ((500, 500, 0, 0), (500, 500, 0, 0))


def test_a_title_alone_claims_nothing(find: Any, filed: Any) -> None:
    """A title without a file or an address is no evidence and no claim."""
    finding = find(LIST, evidence=[filed("I-1", "proof", url=None)])

    assert split(finding.claimed) == (0, 1000, 0, 0)


def test_a_denial_stands_against_a_filed_item(find: Any, filed: Any) -> None:
    """Who says no is not overruled by a document of their own."""
    finding = find(LIST, claim("made", False), evidence=[filed("I-1", "proof")])

    assert finding.claimed.lost == 500


def test_contradictory_claims_leave_their_element_open(find: Any) -> None:
    """Yes and no at once is open, and named a contradiction."""
    finding = find(LIST, claim("made", True), {**claim("made", False), "source": "b"}, claim("shown", True))

    assert (split(finding.claimed), finding.state.cause) == ((500, 500, 0, 0), "contradiction")


def test_shares_of_elements_come_from_the_profile(find: Any) -> None:
    """Three quarters and a quarter instead of halves."""
    policy = {"credit": {"I-1": {"elements": {"made": "3/4", "shown": "1/4"}}}}

    assert find(LIST, claim("made", True), policy=policy).claimed.earned == 750


# --- nothing due, not triggered, not in force -----------------------------------------------------------------------


def zero(filed: Any) -> Any:
    return filed("I-1", "zero", kind="zero_report")


def test_a_bare_zero_is_open(find: Any) -> None:
    """None due without a signed zero report is 待核, 报零无凭."""
    finding = find(SHARE, ("good", 0), ("due", 0))

    assert (finding.outcome, finding.state.cause, split(finding.claimed)) == ("UNKNOWN", "none_due", (0, 1000, 0, 0))


def test_a_proven_zero_does_not_apply(find: Any, filed: Any) -> None:
    """None due with a signed zero report leaves the denominator."""
    finding = find(SHARE, ("good", 0), ("due", 0), evidence=[zero(filed)])

    assert (finding.outcome, finding.applicability.is_, finding.state.phase) == ("NOT_APPLICABLE", "no", "not_triggered")


def test_a_proven_zero_settles_nothing_before_the_period_ends(find: Any, filed: Any) -> None:
    """Something may still become due."""
    finding = find(SHARE, ("good", 0), ("due", 0), as_of="2020-09-30", evidence=[zero(filed)])

    assert finding.applicability.is_ == "yes"


def test_what_never_happened_is_met_only_with_a_zero_and_the_period_over(find: Any) -> None:
    """None so far is on its way; none at the end is met; one is lost at once."""
    never = {"measure": "bad", "award": "all_or_nothing", "clock": "never", "meets": {"at_most": "0"}}

    assert split(find(never, ("bad", 0), as_of="2020-09-30").claimed) == (0, 1000, 0, 0)
    assert split(find(never, ("bad", 0)).claimed) == (1000, 0, 0, 0)
    assert split(find(never, ("bad", 1), as_of="2020-09-30").claimed) == (0, 0, 0, 1000)
    assert split(find(never).claimed) == (0, 1000, 0, 0)


def law(gives: str | None, start: str, end: str | None = None) -> dict[str, Any]:
    force = {"from": start, **({"to": end} if end else {})}
    return {"document": "某法", "locator": "第一条", "gives": gives, "in_force": force, "status": "verified"}


def test_a_demand_of_a_later_law_takes_no_points(find: Any) -> None:
    """The law that states the demand came into force after the period: a shortfall is open, not lost."""
    finding = find({**SHARE, "authority": [law("全部", "2021-07-15"), law(None, "2019")]}, ("good", 7), ("due", 10))

    assert (split(finding.claimed), finding.state.cause) == ((700, 300, 0, 0), "not_in_force")


def test_laws_that_are_all_out_of_force_leave_nothing_to_judge(find: Any) -> None:
    """Nothing was demanded in the period at all."""
    finding = find(
        {**SHARE, "authority": [law("全部", "2021-07-15"), law("全部", "2010", "2018")]}, ("good", 7), ("due", 10)
    )

    assert (finding.outcome, finding.applicability.is_) == ("NOT_APPLICABLE", "no")


def test_a_law_in_force_for_a_day_of_the_period_counts(find: Any) -> None:
    """In force until New Year's Day of the period is in force in it."""
    finding = find({**SHARE, "authority": [law("全部", "2010", "2020-01-01")]}, ("good", 7), ("due", 10))

    assert finding.claimed.lost == 300


# --- for whom -------------------------------------------------------------------------------------------------------


def test_who_has_no_such_power_is_not_asked(find: Any) -> None:
    """不适用 says why, in the rule's words."""
    finding = find({**SHARE, "applies_when": {"legislative_power": True, "otherwise": "没有规章制定权"}})

    assert (finding.outcome, finding.applicability.is_, finding.applicability.reason) == (
        "NOT_APPLICABLE",
        "no",
        "没有规章制定权",
    )


def test_what_a_department_does_not_lead_is_not_its_own(find: Any) -> None:
    """不归本单位 is not 不适用: it has no points here, and stays in the county's."""
    department = {"kind": "department", "roles": ["局"]}

    assert (
        find(SHARE, unit=department).applicability.is_,
        find(SHARE, unit=department).maximum,
    ) == ("not_ours", 0)
    assert find({**SHARE, "responsible_units": ["局"]}, unit=department).applicability.is_ == "yes"


def test_monitored_indicators_are_shown_and_not_scored(find: Any) -> None:
    """A monitored value has no maximum, no outcome and no gap."""
    finding = find({**SHARE, "kind": "monitored", "monitors": ["bad"]}, ("bad", 3), policy={"points": {}})

    assert (finding.scored, finding.maximum, finding.outcome) == (False, 0, "NOT_APPLICABLE")
    assert [value.text for value in finding.monitored] == ["3件"]


# --- where it stands in time ----------------------------------------------------------------------------------------

STANDING = {"measure": "due", "award": "all_or_nothing", "meets": {"at_least": "5"}, "clock": "standing"}


@pytest.mark.parametrize(
    ("indicator", "facts", "as_of", "phase", "by"),
    [
        (STANDING, [("due", 5)], "2020-09-30", "met", None),
        (STANDING, [("due", 4)], "2020-03-01", "on_track", date(2020, 12, 21)),
        (STANDING, [("due", 4)], "2020-11-30", "at_risk", date(2020, 12, 21)),
        (STANDING, [("due", 4)], "2021-01-01", "out_of_reach", None),
        (STANDING, [], "2020-09-30", "unknown", None),
        ({**SHARE, "clock": "per_record"}, [("good", 7), ("due", 10)], "2020-09-30", "locked_loss", None),
        ({**SHARE, "clock": "cumulative"}, [("good", 10), ("due", 10)], "2020-09-30", "on_track", date(2020, 12, 31)),
        (
            {"measure": "day", "clock": "deadline", "meets": {"by": {"years_after": "1", "month_day": "03-31"}}},
            [],
            "2021-03-31",
            "at_risk",
            date(2021, 3, 21),
        ),
        (
            {"measure": "day", "clock": "deadline", "meets": {"by": {"years_after": "1", "month_day": "03-31"}}},
            [],
            "2021-01-10",
            "not_yet_due",
            date(2021, 3, 31),
        ),
        (
            {"measure": "day", "clock": "deadline", "meets": {"by": {"years_after": "1", "month_day": "03-31"}}},
            [("day", "2021-04-02")],
            "2021-05-01",
            "out_of_reach",
            None,
        ),
    ],
)
def test_phases(find: Any, indicator: Any, facts: Any, as_of: str, phase: str, by: date | None) -> None:
    """Met, on track, at risk by when to begin, lost in part, out of reach, not yet due, or unknown."""
    state = find(indicator, *facts, as_of=as_of).state

    assert (phase, by) == (state.phase, state.by)


def test_what_time_allows_can_be_mended(find: Any) -> None:
    """Short in spring is recoverable, short when ten days are not left is lost, unless the past can be mended."""
    fixable = {**STANDING, "remedy": {"action": "补报", "effort_days": "10", "can_fix_past": True}}

    assert split(find(STANDING, ("due", 4), as_of="2020-03-01").claimed) == (0, 0, 1000, 0)
    assert split(find(STANDING, ("due", 4), as_of="2020-12-22").claimed) == (0, 0, 0, 1000)
    assert split(find(fixable, ("due", 4), as_of="2021-06-01").claimed) == (0, 0, 1000, 0)


def test_of_windows_only_the_running_ones_can_be_mended(find: Any) -> None:
    """No talk in the first half is lost, none yet in the second can be mended."""
    paced = {"measure": "talks_half", "award": "share", "clock": "paced"}
    finding = find(paced, {"measure": "talks", "events": []}, as_of="2020-09-30")

    assert split(finding.claimed) == (0, 0, 500, 500)


# --- causes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ([], "not_mentioned"),
        ([("due", 10)], "number_missing"),
        ([("share", "X")], "number_missing"),
        ([("filed", 3)], "wrong_measure"),
        ([("good", "300余"), ("due", 1000)], "number_missing"),
        ([("due", 10), ("due", 12), ("good", 10)], "contradiction"),
    ],
)
def test_why_something_is_unknown(find: Any, facts: Any, cause: str) -> None:
    """Four causes are told apart: not mentioned, number missing, wrong measure, contradiction."""
    clued = {**SHARE, "clues": [{"measure": "filed", "says": "报备不是办结"}]}

    assert cause == find(clued, *facts).state.cause


def test_a_contradiction_whose_readings_agree_on_the_verdict_stands(find: Any) -> None:
    """Six or seven, five are asked: met, and a correction is demanded."""
    finding = find(STANDING, ("due", 6), ("due", 7))

    assert (finding.claimed.outcome, finding.state.cause) == ("MET", "no_proof")


def test_a_contradiction_that_decides_leaves_everything_open(find: Any) -> None:
    """Four or six, five are asked: 待核·矛盾."""
    finding = find(STANDING, ("due", 4), ("due", 6))

    assert (finding.claimed.outcome, finding.state.cause, finding.claimed.open) == ("UNKNOWN", "contradiction", 1000)


def test_ratings_carry_a_rated_indicator(find: Any) -> None:
    """Two raters' grades are the value; before that it is unknown."""
    rated = {
        "measure": "held",
        "award": "rated",
        "clock": "triggered",
        "rating": {"points": [{"key": "p", "title": "依据"}], "grades": ["好", "一般", "差"]},
    }
    policy = {"credit": {"I-1": {"grades": {"好": "1", "一般": "1/2", "差": "0"}}}}
    held = {"measure": "held", "events": [{"date": "2020-05-01"}]}
    entries = [
        {"indicator": "I-1", "point": "p", "grade": grade, "rater": rater, "rated_on": "2021-01-05", "reason": "见卷"}
        for rater, grade in (("甲", "好"), ("乙", "一般"))
    ]

    assert split(find(rated, held, policy=policy).claimed) == (0, 1000, 0, 0)
    assert split(find(rated, held, policy=policy, ratings=entries).claimed) == (750, 0, 0, 250)


def test_years_are_judged_apart_where_something_is_due_every_year(find: Any) -> None:
    """Made in 2019 and silent on 2020 is half of a two-year period."""
    yearly = {"award": "elements", "elements": [{"key": "made", "title": "制定"}], "clock": "yearly"}
    period = {"from": "2019-01-01", "to": "2020-12-31"}
    finding = find(yearly, {**claim("made", True), "period": "2019"}, period=period)

    assert [(e.year, e.earned) for e in finding.elements] == [(2019, 1), (2020, 0)]
    assert split(finding.claimed) == (500, 500, 0, 0)


# --- an admitted weakness -------------------------------------------------------------------------------------------

WEAK = {"kind": "admitted_weakness", "date": "2020-05", "title": "自认不规范", "indicators": ["I-1"]}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "UNKNOWN"),
        ({"status": "closed"}, "UNKNOWN"),
        ({"indicators": []}, "MET"),
        ({"date": "2021-06"}, "MET"),
        ({"kind": "outside_finding", "confirmed_by": "人大常委会"}, "UNKNOWN"),
    ],
)
def test_a_full_claim_beside_a_weakness_waits(find: Any, change: dict[str, Any], outcome: str) -> None:
    """All good beside a weakness of the same indicator contradicts itself; nothing is lost by it."""
    finding = find(SHARE, ("good", 10), ("due", 10), incidents=[{**WEAK, **change}])

    assert (finding.claimed.outcome, finding.claimed.lost) == (outcome, 0)


def test_a_partial_claim_stands_beside_a_weakness(find: Any) -> None:
    """Nine of ten says itself that something is weak."""
    finding = find(SHARE, ("good", 9), ("due", 10), incidents=[WEAK])

    assert (finding.claimed.outcome, finding.claimed.earned) == ("PARTIAL", 900)


# --- laws that came into force later --------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "split_of"), [("2020-06-01", (500, 500, 0, 0)), ("2021-06-01", (1000, 0, 0, 0))])
def test_an_element_of_a_later_law_leaves_the_denominator(find: Any, start: str, split_of: tuple[int, ...]) -> None:
    """Only one of two elements rests on the new article: in the year before it, the other one is the whole."""
    old = {"document": "旧法", "locator": "一", "gives": "做", "in_force": {"from": "2000-01-01"}, "status": "verified"}
    new = {**old, "document": "新法", "in_force": {"from": start}, "for": ["b"]}
    elements = [
        {"key": "a", "title": "甲", "measure": "due", "meets": {"at_least": "1"}},
        {"key": "b", "title": "乙", "proof": []},
    ]
    finding = find({"award": "elements", "elements": elements, "authority": [old, new]}, ("due", 10))

    assert split(finding.claimed) == split_of
