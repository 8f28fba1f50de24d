"""Taonan's report on 2020: what was read from it must come out as a careful reader would put it."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from engine.admission import admit_facts
from engine.admission import submission_window
from engine.contradictions import find_contradictions
from engine.models.admitted import CURRENT
from engine.models.ruleset import Condition
from engine.models.ruleset import Ruleset
from engine.quantities import meets


def test_first_thing_said_is_how_many_values_were_set_aside(taonan: Any) -> None:
    """Everything set aside is listed with its code: six titles without a file, one pair of dates, three other periods."""
    aside = sorted(p.code for p in taonan.problems if p.severity == "set_aside")

    assert ["E02", *["E17"] * 7, "FACT_DATE_ORDER", *["FACT_OTHER_PERIOD"] * 2] == aside


def test_every_problem_names_its_line(taonan: Any) -> None:
    """A problem of the submission points at a line of it."""
    placeless = [p.code for p in taonan.problems if p.place.file == "submission.yaml" and not p.place.line]

    assert placeless == []


# --- losing and appearing -------------------------------------------------------------------------------------------


def test_loss_rate_agrees_with_its_parts(taonan: Any) -> None:
    """23 % is 3 of 13, cut to whole per cents; it is computed from its parts."""
    value = taonan.value("litigation_loss_rate")

    assert (Fraction(3, 13), Fraction(3, 13)) == (value.low, value.high)
    assert value.check == "自报23%，3/13=约23.08%，相符"


def test_loss_rate_is_monitored_with_every_denominator(taonan: Any) -> None:
    """The loss rate stands beside I-R59 with both other ways to count it."""
    (monitored,) = taonan.finding("I-R59").monitored

    assert monitored.measure == "litigation_loss_rate"
    assert monitored.variants == {"剔除中止": "3/12=25%", "剔除中止和撤诉": "3/8=37.5%"}


def test_loss_rate_takes_no_points(taonan: Any, ruleset: Ruleset) -> None:
    """No scored indicator rests on the loss rate."""
    resting = [i.id for i in ruleset.indicators for p in (i, *i.elements) if p.measure == "litigation_loss_rate"]

    assert resting == []


def test_appearance_rate_is_taken_as_stated(taonan: Any) -> None:
    """77 % stays 77 %: no number of hearings or of appearances is made up for it."""
    value = taonan.finding("I-R59").value

    assert (Fraction(77, 100), Fraction(77, 100)) == (value.low, value.high)
    assert (value.good, value.due) == (None, None)


def test_appearance_counts_are_nowhere(taonan: Any, numbers_of: Any) -> None:
    """Neither 10 of 13 nor 7 of 9 appears anywhere as a value."""
    measured = {value.measure for value in numbers_of(taonan)}

    assert set() == measured & {"hearings_held_cases", "hearings_attended_cases"}


def test_appearance_shortfall_is_lost(taonan: Any) -> None:
    """What lacks to 100 % is lost, since hearings that were held cannot be attended any more."""
    maximum, claimed = taonan.finding("I-R59").maximum, taonan.finding("I-R59").claimed

    assert (maximum * 77 + 50) // 100 == claimed.earned
    assert (0, 0, maximum - claimed.earned) == (claimed.open, claimed.recoverable, claimed.lost)


def test_appearance_gap_says_that_it_cannot_be_mended(taonan: Any) -> None:
    """The gap says 补不了 and that the number of cases cannot be told."""
    (gap,) = taonan.gaps("I-R59", "SHORTFALL")

    assert (gap.open, gap.recoverable) == (0, 0)
    assert "〔锁定失分〕行政机关负责人出庭率77%，分子分母没有都报，缺几件说不准" in gap.detail
    assert gap.detail.endswith("司法行政→被诉单位；补不了")


# --- review officers and discretion standards -----------------------------------------------------------------------


def test_review_officers_are_unknown_for_lack_of_a_number(taonan: Any) -> None:
    """1220 officers and no number of reviewers: 待核·缺数, neither none nor enough."""
    finding = taonan.finding("I-R36")

    assert (finding.outcome, finding.state.cause) == ("UNKNOWN", "number_missing")
    assert (0, finding.maximum) == (finding.claimed.earned, finding.claimed.open)


def test_review_officers_distance_names_the_floor_and_the_ceiling(taonan: Any) -> None:
    """At least 61 over all, at most 101 once each of the 43 units is rounded up."""
    (distance,) = taonan.finding("I-R36").distance

    assert (
        distance.text == "逐单位不低于5%：43个单位没报；按行政执法人员数1220人至少应有61人，分到43个单位逐个取整最多要101人"
    )


def test_filed_standards_are_the_wrong_measure(taonan: Any) -> None:
    """23 standards filed say nothing of standards published: 待核·口径不对."""
    finding = taonan.finding("I-R37")

    assert (finding.outcome, finding.state.cause) == ("UNKNOWN", "wrong_measure")
    assert any("裁量基准报备部门数23个，报备不等于向社会公布" in gap.current for gap in taonan.gaps("I-R37"))


# --- numbers as they were written -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("line", "answer"), [("95%", True), ("98%", None)])
def test_hotline_closure_is_judged_on_its_interval(taonan: Any, ruleset: Ruleset, line: str, answer: bool | None) -> None:
    """95%以上 meets 95 % and leaves 98 % open."""
    admitted, _ = admit_facts(ruleset, taonan.submission)
    reading = admitted.readings["hotline_closure_rate", "", CURRENT]
    condition = Condition.model_validate({"at_least": line})

    assert answer is meets(reading.interval, condition, submission_window(taonan.submission.head).last)


def test_parts_that_add_up_are_no_problem(taonan: Any) -> None:
    """52 + 16 + 10 = 78, 7 + 5 + 20 = 32, 6756 + 4640 = 11396, 93 + 1 = 94, 8 + 61 + 2 + 1 = 72."""
    assert not {"FACT_PARTS_SUM", "FACT_PART_EXCEEDS", "FACT_RATE_CHECK", "FACT_CONFLICT"} & set(taonan.codes)


def test_rates_that_were_cut_agree(taonan: Any, ruleset: Ruleset) -> None:
    """19.7 % of 447 in 2263 was cut, not rounded, and agrees; so does every rate whose parts were reported."""
    admitted, _ = admit_facts(ruleset, taonan.submission)
    _, checks, _ = find_contradictions(ruleset, taonan.submission.head.unit, admitted)
    agreeing = {check.measure: check.agrees for check in checks}

    assert agreeing["mediation_family_share"] is True
    assert {
        "litigation_loss_rate",
        "mediation_success_rate",
        "mediation_land_share",
        "mediation_neighbours_share",
        "mediation_family_share",
    } == {name for name, agrees in agreeing.items() if agrees}


def test_vague_numbers_stay_vague(taonan: Any) -> None:
    """320余件 is 321 to 329, 50余万元 lies between 50 and 60."""
    proposals, investment = taonan.value("proposals_handled"), taonan.value("law_culture_investment")

    assert ((proposals.low, proposals.high), (investment.low, investment.high)) == ((321, 329), (50, 60))


# --- dates and periods ----------------------------------------------------------------------------------------------


def test_report_dates_contradict_each_other(taonan: Any) -> None:
    """Published 2021-02-23 and signed 2021-03-23 are 28 days in the wrong order, as facts and as a document."""
    assert "差28天" in taonan.problem("FACT_DATE_ORDER").found
    assert "差28天" in taonan.problem("E02").found


def test_report_in_time_stands_whatever_date_is_right(taonan: Any) -> None:
    """Both dates are before the deadline: the element stays claimed as met."""
    element = next(e for e in taonan.finding("I-R82").elements if e.key == "published_in_time")

    assert (element.earned, element.open, element.cause) == (1, 0, None)


def test_report_contradiction_demands_a_correction(taonan: Any) -> None:
    """The contradiction comes before all work, keeps the verdict and asks for a correction."""
    kinds = [gap.kind.value for gap in taonan.done.gaps]
    (gap,) = taonan.gaps(kind="CONTRADICTION")

    assert set(kinds[: kinds.index("CONTRADICTION")]) <= {"CLAUSE"}
    assert gap.id == "I-R82/CONTRADICTION/FACT_DATE_ORDER/annual_report_published"
    assert gap.detail.endswith("应前后一致；各种读法结论相同，结论保留。司法行政；先更正，原件留痕")


def test_other_periods_are_set_aside(taonan: Any) -> None:
    """Counts since 2018 and since 2016 are not figures of 2020."""
    labels = sorted(p.subject for p in taonan.problems if p.code == "FACT_OTHER_PERIOD")

    assert labels == ["duty_list_adjustments", "online_investment_projects"]
    assert [taonan.value(name) for name in labels] == [None] * 2


def test_laws_of_later_are_only_noticed(taonan: Any) -> None:
    """The Penalties Act in force from 2021-07-15 is noticed, and in force for nothing in 2020."""
    noticed = [p for p in taonan.problems if p.code == "NOT_YET_IN_FORCE" and "2021-07-15" in p.found]
    later = [a for f in taonan.done.findings for a in f.authority if a.in_force_from == "2021-07-15"]

    assert {"I-R34", "I-R36", "I-R37"} <= {p.found[:5] for p in noticed}
    assert {"notice"} == {p.severity.value for p in noticed}
    assert {False} == {a.in_force_in_period for a in later}


def test_lost_points_rest_on_laws_in_force(taonan: Any) -> None:
    """Whatever loses points has an authority that was in force in the period and states the demand."""
    losing = [f for f in taonan.done.findings if f.claimed.lost or f.substantiated.lost]

    assert "I-R59" in {f.indicator for f in losing}
    assert all(any(a.gives and a.in_force_in_period for a in f.authority) for f in losing)


# --- the score ------------------------------------------------------------------------------------------------------


def test_nothing_is_substantiated(taonan: Any) -> None:
    """One report and no files: 有据 is 0, and no slot is filled."""
    score = taonan.done.score

    assert (score.substantiated.earned, score.coverage.slots_accepted) == (0, 0)


def test_range_is_wide(taonan: Any) -> None:
    """Nearly everything is still open, and the range says so."""
    score = taonan.done.score

    assert score.maximum == 100_000
    assert score.claimed.earned < 5_000 < 90_000 < score.claimed.reachable < 100_000


def test_rules_not_held_stay_in_the_denominator(taonan: Any) -> None:
    """The rows of the issued table that the ruleset lacks are open points: with those scored they are 100."""
    pillars, scored = taonan.done.pillars, sum(f.scored for f in taonan.done.findings)

    assert scored + sum(pillar.rows_reserved for pillar in pillars) == 100
    assert all(pillar.reserve <= pillar.claimed.open for pillar in pillars)


def test_qualification_is_unknown(taonan: Any) -> None:
    """No clause on vetoes was answered, so nobody says whether the unit may apply."""
    assert taonan.done.score.qualified == "unknown"


def test_rules_without_legislative_power_do_not_apply(taonan: Any) -> None:
    """A county-level city makes no government rules: 不适用, and its point went to the rest."""
    finding = taonan.finding("I-R19")

    assert (finding.outcome, finding.applicability.is_, finding.maximum) == ("NOT_APPLICABLE", "no", 0)


def test_dates_of_judgement_data_and_documents_are_apart(taonan: Any) -> None:
    """Judged on one day, on figures up to another, from documents of a third."""
    shown = taonan.done.submission

    assert date(2021, 3, 31) == taonan.done.as_of
    assert (shown.data_until, shown.documents_until) == ("2020-12-31", "2021-03-23")


def test_members_known_by_number_only_are_all_due(taonan: Any) -> None:
    """25 departments, 16 towns and 2 subdistricts are 43 rosters to file."""
    (roster,) = (slot for slot in taonan.finding("I-R36").slots if slot.slot == "roster")

    assert (roster.required, roster.accepted, roster.status) == (43, 0, "missing")


def test_every_value_walks_back_to_a_line(taonan: Any) -> None:
    """The trace of a judged rate names the fact's file and line."""
    (fact,) = (line for line in taonan.finding("I-R59").trace if line.step == "fact" and "77%" in line.text)

    assert (fact.file, bool(fact.line)) == ("submission.yaml", True)
