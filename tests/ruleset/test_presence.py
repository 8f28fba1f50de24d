"""Whether the shipped rules are complete: texts, sources, points, and cases for every indicator."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from engine.cases import load_cases
from engine.models.ruleset import Indicator
from engine.models.ruleset import Kind
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import TextStatus
from engine.rulesets import load_ruleset

SHIPPED = Path(__file__).parents[2] / "rulesets" / "lbg-2021"
FORBIDDEN = ("补造", "补签", "倒签", "补开", "统一口径答复", "调整日期", "挑选案卷", "造假")


def loaded() -> Ruleset:
    ruleset, problems = load_ruleset(SHIPPED)
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


RULESET = loaded()
every_indicator = pytest.mark.parametrize("indicator", [pytest.param(i, id=i.id) for i in RULESET.indicators])
every_profile = pytest.mark.parametrize("profile", [pytest.param(p, id=p.id) for p in RULESET.profiles.values()])


# --- cases ----------------------------------------------------------------------------------------------------------


CASES = [case for file in load_cases(SHIPPED)[0] for case in file.cases]


def outcomes_of(indicator: str) -> set[str]:
    """What the cases of one indicator expect, on either track."""
    own = [case.expect for case in CASES if case.indicator == indicator]
    return {expect.outcome for expect in own} | {expect.claimed for expect in own if expect.claimed}


@every_indicator
def test_an_indicator_has_cases_of_every_outcome(indicator: Indicator) -> None:
    """At least one case is met, one is not met or only partly, one is unknown; what is only monitored has a case."""
    found = outcomes_of(indicator.id)

    if indicator.kind is Kind.MONITORED:
        assert found
    else:
        assert {"MET", "UNKNOWN"} <= found
        assert {"NOT_MET", "PARTIAL"} & found


def test_cases_are_about_indicators_that_exist() -> None:
    """No case is left over from an indicator that is gone."""
    assert {case.indicator for case in CASES} <= {i.id for i in RULESET.indicators}


def test_names_of_cases_are_not_used_twice() -> None:
    """A case is known by its indicator and its name."""
    names = Counter((case.indicator, case.case) for case in CASES)

    assert [name for name, times in names.items() if times > 1] == []


# --- points ---------------------------------------------------------------------------------------------------------


@every_profile
def test_points_and_reserve_add_up(profile: Profile) -> None:
    """What is scored and what is kept for rows that are not held is the maximum."""
    total = sum(profile.points.values(), Fraction(0)) + sum((r.points for r in profile.reserve), Fraction(0))

    assert profile.maximum == total


@every_profile
def test_scored_and_reserved_rows_are_the_issued_table(profile: Profile) -> None:
    """Every row of the issued table is either scored or kept for."""
    rows = len(profile.points) + sum(reserve.rows for reserve in profile.reserve)

    assert RULESET.header.official_totals.indicators == rows


@every_profile
def test_every_assumption_says_why(profile: Profile) -> None:
    """Partial credit that is assumed has a reason beside it."""
    assert [name for name, credit in profile.credit.items() if not credit.reason] == []


# --- texts ----------------------------------------------------------------------------------------------------------


@every_indicator
def test_an_indicator_is_whole(indicator: Indicator) -> None:
    """A title, a requirement that is a sentence, an authority, and for what is scored the evidence it asks for."""
    assert indicator.title and indicator.requirement.endswith("。")
    assert indicator.authority
    assert indicator.evidence or indicator.kind is Kind.MONITORED


@every_indicator
def test_official_numbers_are_only_for_text_that_was_checked(indicator: Indicator) -> None:
    """A number of the issued table stands only where the issued text was read."""
    assert (indicator.official_no is not None) == (indicator.text_status is TextStatus.VERIFIED)


@every_indicator
def test_every_element_asks_for_proof(indicator: Indicator) -> None:
    """An element that asks for nothing could never be proven."""
    assert [e.key for e in indicator.elements if not e.proof] == []


@every_indicator
def test_remedies_help_to_mend_and_not_to_hide(indicator: Indicator) -> None:
    """No remedy contains a word for making something up afterwards."""
    assert [word for word in FORBIDDEN if word in indicator.remedy.action] == []


@every_indicator
def test_what_may_be_none_due_can_be_proven(indicator: Indicator) -> None:
    """Where nothing due leaves the denominator, a zero report can be filed: else the points stay open for ever."""
    probes = (indicator, *indicator.elements)
    measures = [RULESET.measures[probe.measure] for probe in probes if probe.measure and not probe.each_member]
    leaves = [m.label for m in measures if getattr(m, "when_none_due", None) == "not_applicable"]

    assert not leaves or indicator.kind is Kind.MONITORED or any(slot.for_none for slot in indicator.evidence)


def test_there_are_as_many_pillars_as_issued() -> None:
    """Nine first-level indicators, each with a short name of its own."""
    shorts = {pillar.short for pillar in RULESET.pillars}

    assert RULESET.header.official_totals.pillars == len(RULESET.pillars) == len(shorts)


def test_every_role_and_kind_of_evidence_is_used_or_explained() -> None:
    """Every role says in words who it is."""
    assert [role for role, words in RULESET.header.roles.items() if len(words) < 3] == []


def test_every_measure_of_an_indicator_says_how_to_count() -> None:
    """What decides points is explained or computed from what is."""
    named = {probe.measure for i in RULESET.indicators for probe in (i, *i.elements) if probe.measure}
    silent = [
        name
        for name in sorted(named)
        if not RULESET.measures[name].explain and RULESET.measures[name].kind in ("count", "records")
    ]

    assert silent == []
