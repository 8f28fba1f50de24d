"""Measured values: exact, interval-aware, per unit, with the arithmetic; what is not known is never a guess."""

from fractions import Fraction
from typing import Any

import pytest

from engine.measuring import measure_value
from engine.membership import measure_members
from engine.models.interval import Interval
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.ruleset import EachMember
from engine.models.ruleset import Ruleset
from engine.models.submission import Unit
from engine.scope import members_with

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
RATIO = {"kind": "ratio", "direction": "higher", "when_none_due": "not_applicable"}
FILE = {
    "kind": "records",
    "counted_on": "made",
    "columns": {
        "no": {"kind": "key", "label": "编号"},
        "made": {"kind": "date", "label": "决定日"},
        "shown": {"kind": "date", "label": "公示日"},
        "met": {"kind": "date", "label": "会议日"},
        "said": {"kind": "text", "label": "结论"},
    },
}
ON_TIME = {"kind": "on_time_share", "from": "made", "to": "shown", "direction": "higher", "when_none_due": "not_applicable"}
IN_ORDER = {"kind": "procedure_share", "of": "steps", "direction": "higher", "when_none_due": "not_applicable"}
MEASURES: dict[str, Any] = {
    "due": COUNT,
    "good": {**COUNT, "part_of": "due"},
    "share": {**RATIO, "numerator": "good", "denominator": "due"},
    "share_met": {**RATIO, "numerator": "good", "denominator": "due", "when_none_due": "met"},
    "share_met_low": {**RATIO, "numerator": "good", "denominator": "due", "when_none_due": "met", "direction": "lower"},
    "share_unknown": {**RATIO, "numerator": "good", "denominator": "due", "when_none_due": "unknown"},
    "checkers": {"kind": "count", "unit_of_measure": "人", "at": "end", "held_by": ["局", "镇"], "roll_up": "sum"},
    "officers": {"kind": "count", "unit_of_measure": "人", "at": "end", "held_by": ["局", "镇"], "roll_up": "sum"},
    "checker_share": {**RATIO, "numerator": "checkers", "denominator": "officers"},
    "money": {"kind": "amount", "unit_of_measure": "万元", "over": "period"},
    "is": {"kind": "boolean", "held_by": ["局"]},
    "how": {"kind": "choice", "options": ["全部", "部分"]},
    "day": {"kind": "date"},
    "bad": {"kind": "formula", "expression": "due - good", "unit_of_measure": "件"},
    "change": {"kind": "trend", "of": "due", "unit_of_measure": "件"},
    "talks": {"kind": "events", "held_by": ["局"]},
    "talks_count": {"kind": "count_in_period", "of": "talks", "unit_of_measure": "次"},
    "talks_half": {"kind": "every", "of": "talks", "per": "half_year"},
    "talks_twice": {"kind": "every", "of": "talks", "per": "year", "at_least": "2"},
    "talks_24": {"kind": "every", "of": "talks", "per": "24 months", "starts": "2019-04-01"},
    "file": {**FILE, "held_by": ["局"], "roll_up": "sum"},
    "steps": FILE,
    "on_time": {**ON_TIME, "of": "file", "within": "7 working_days"},
    "on_time_strict": {**ON_TIME, "of": "file", "within": "7 days", "extends_over_rest_days": False},
    "on_time_days": {**ON_TIME, "of": "file", "within": "7 days"},
    "in_order": {**IN_ORDER, "order": ["made", "shown", "met"]},
    "paused": {
        **IN_ORDER,
        "order": ["made", "shown"],
        "pauses": [{"from": "made", "to": "shown", "at_least": "7 working_days"}],
    },
    "accepted": {**IN_ORDER, "order": ["made", "met"], "accepts": {"said": ["合法", "已改"]}},
}


@pytest.fixture(scope="module")
def rules(make_rules: Any) -> Ruleset:
    return make_rules(MEASURES)


@pytest.fixture(scope="module")
def measure(rules: Ruleset, scope_of: Any) -> Any:
    """Measure one measure of what was stated, of the whole or of a member."""

    def run(name: str, *facts: Any, member: str = "", **keys: Any) -> Measured:
        stated = [f if isinstance(f, dict) else {"measure": f[0], "value": f[1]} for f in facts]
        scope, _ = scope_of(rules, stated, **keys)
        return measure_value(name, scope._replace(member=member))

    return run


def ends(measured: Measured) -> tuple[Any, Any] | None:
    value = measured.value
    return None if value is None else (value.low, value.high)


# --- stored ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "low"), [("due", "13件", 13), ("money", "12.5", Fraction(25, 2)), ("is", True, 1), ("how", "部分", 1)]
)
def test_stored_values_are_as_stated(measure: Any, name: str, value: Any, low: Any) -> None:
    """A count, an amount, a truth and a choice are what was stated."""
    assert (low, low) == ends(measure(name, (name, value)))


def test_nothing_stated_is_not_mentioned(measure: Any) -> None:
    """What nobody wrote of is 没提, without a value."""
    measured = measure("due")

    assert (measured.value, measured.cause) == (None, Cause.NOT_MENTIONED)


def test_a_placeholder_is_a_number_missing(measure: Any) -> None:
    """What was written of without a number is 缺数."""
    measured = measure("due", ("due", "X"))

    assert (measured.value, measured.cause) == (None, Cause.NUMBER_MISSING)


def test_contradictory_values_are_marked(measure: Any) -> None:
    """Two numbers leave everything between them possible."""
    measured = measure("due", ("due", 5), ("due", 7))

    assert (ends(measured), measured.cause, measured.contradictory) == ((5, 7), Cause.CONTRADICTION, True)


# --- stretches of years that tile a period --------------------------------------------------------------------------

TWO_YEARS = {"from": "2019-01-01", "to": "2020-12-31"}


def part(value: Any, period: Any) -> dict[str, Any]:
    return {"measure": "due", "value": value, "period": period}


def test_years_that_make_the_period_are_added_up(measure: Any) -> None:
    """5 in 2019 and 7 in 2020 are 12 in both years."""
    measured = measure("due", part(5, "2019"), part(7, "2020"), period=TWO_YEARS)

    assert (ends(measured), measured.steps) == ((12, 12), ("due = 5件 + 7件 = 12件",))


def test_vague_years_add_up_to_a_vague_period(measure: Any) -> None:
    """301 to 399 and 7 are 308 to 406."""
    measured = measure("due", part("300余", "2019"), part(7, "2020"), period=TWO_YEARS)

    assert Interval(Fraction(308), Fraction(406)) == measured.value


@pytest.mark.parametrize(
    "stretches",
    [
        [("5", "2019")],
        [("5", "2019"), ("7", {"from": "2020-02", "to": "2020-12"})],
        [("5", {"from": "2019-01", "to": "2020-01"}), ("7", "2020")],
    ],
)
def test_years_with_holes_or_overlaps_are_not_added_up(measure: Any, stretches: Any) -> None:
    """A missing year, a missing month or a month counted twice leaves the period unknown, 缺数 and not 没提."""
    measured = measure("due", *[part(value, period) for value, period in stretches], period=TWO_YEARS)

    assert (measured.value, measured.cause) == (None, Cause.NUMBER_MISSING)


def test_the_period_s_own_number_comes_first(measure: Any) -> None:
    """A number for the whole period is taken as it is."""
    assert ends(measure("due", ("due", 20), part(5, "2019"), period=TWO_YEARS)) == (20, 20)


def test_headcounts_of_years_are_never_added_up(measure: Any) -> None:
    """Ten people in 2019 and ten in 2020 are ten people."""
    facts = [{"measure": "officers", "value": 10, "period": year} for year in ("2019", "2020")]

    assert ends(measure("officers", *facts, period=TWO_YEARS)) == (10, 10)


# --- rolling up -----------------------------------------------------------------------------------------------------

BUREAUS = {"members": [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局")]}


def officers(**numbers: Any) -> list[dict[str, Any]]:
    return [{"measure": "officers", "unit": name, "value": value} for name, value in numbers.items()]


def test_members_that_all_reported_are_added_up(measure: Any) -> None:
    """6 and 7 of two units are 13, where it is said that there are no others."""
    measured = measure("officers", *officers(甲局=6, 乙局=7), unit={**BUREAUS, "member_counts": {"镇": 0}})

    assert (ends(measured), measured.cause) == ((13, 13), None)


def test_members_of_which_one_is_silent_are_a_lower_bound(measure: Any) -> None:
    """6 of one unit of two is at least 6."""
    measured = measure("officers", *officers(甲局=6), unit=BUREAUS)

    assert (ends(measured), measured.cause) == ((6, None), Cause.NUMBER_MISSING)


def test_members_of_another_role_that_nobody_spoke_of_are_missed(measure: Any) -> None:
    """Officers are held by 局 and 镇: nobody said how many 镇 there are, so two 局 are a lower bound."""
    assert ends(measure("officers", *officers(甲局=6, 乙局=7), unit=BUREAUS)) == (13, None)


def test_members_known_by_number_only_are_missed(measure: Any) -> None:
    """Two named of ten: at least what the two have."""
    assert ends(measure("officers", *officers(甲局=6, 乙局=7), unit={**BUREAUS, "member_counts": {"局": 10}})) == (13, None)


def test_the_whole_s_own_number_comes_before_its_members(measure: Any) -> None:
    """A total that was stated is taken, and its members are only held against it."""
    assert ends(measure("officers", ("officers", 13), *officers(甲局=6), unit=BUREAUS)) == (13, 13)


def test_a_member_has_its_own_number_only(measure: Any) -> None:
    """The whole's number is never a member's."""
    assert ends(measure("officers", ("officers", 13), member="甲局", unit=BUREAUS)) is None


@pytest.mark.parametrize(
    ("members", "counts", "roles", "expected"),
    [
        ({"甲局": ["局"], "乙局": ["局"]}, {}, ["局"], 2),
        ({}, {"局": 25}, ["局"], 25),
        ({}, {"局": 25, "镇": 16}, ["局", "镇"], 41),
        ({"甲局": ["局"]}, {"局": 25}, ["局"], 25),
        ({"甲局": ["局"], "乙局": ["局"]}, {"局": 1}, ["局"], 2),
        ({"甲镇": ["镇"], "乙镇": ["镇"]}, {"局": 25}, ["局", "镇"], 27),
        ({"甲局": ["局", "办"]}, {}, ["局", "办"], 1),
        ({}, {}, ["局"], None),
        ({"甲办": ["办"]}, {}, ["局"], None),
        ({}, {"局": 0}, ["局"], 0),
    ],
)
def test_how_many_members_there_should_be(members: Any, counts: Any, roles: Any, expected: int | None) -> None:
    """Role by role the larger of the number stated and the names given; unknown where a role has neither."""
    unit = Unit.model_validate(
        {
            "name": "县",
            "kind": "government",
            "level": "county",
            "legislative_power": False,
            "members": [{"name": name, "roles": played} for name, played in members.items()],
            "member_counts": counts,
        }
    )

    assert expected == members_with(roles, unit)[1]


# --- ratios ---------------------------------------------------------------------------------------------------------


def test_a_ratio_is_computed_from_its_parts(measure: Any) -> None:
    """3 of 13 is 3/13, with both counts beside it."""
    measured = measure("share", ("good", 3), ("due", 13))

    assert (Fraction(3, 13), Fraction(3, 13)) == ends(measured)
    assert (measured.good.exact, measured.due.exact) == (3, 13)


def test_a_ratio_of_vague_parts_is_vague(measure: Any) -> None:
    """300余 of 1000 is 30.1 % to 39.9 %."""
    assert (Fraction(301, 1000), Fraction(399, 1000)) == ends(measure("share", ("good", "300余"), ("due", 1000)))


def test_a_reported_rate_is_only_checked_where_its_parts_are_there(measure: Any) -> None:
    """The computed 3/13 counts, not the reported 23 %."""
    assert (Fraction(3, 13), Fraction(3, 13)) == ends(measure("share", ("good", 3), ("due", 13), ("share", "23%")))


def test_a_reported_rate_that_its_parts_deny_is_either(measure: Any) -> None:
    """40 % and 3 of 13: anything between."""
    measured = measure("share", ("good", 3), ("due", 13), ("share", "40%"))

    assert ((Fraction(3, 13), Fraction(2, 5)), Cause.CONTRADICTION) == (ends(measured), measured.cause)


def test_a_reported_rate_alone_is_taken_as_stated(measure: Any) -> None:
    """77 % is 77 %; no counts are made up."""
    measured = measure("share", ("share", "77%"))

    assert ((Fraction(77, 100), Fraction(77, 100)), None, None) == (ends(measured), measured.good, measured.due)


@pytest.mark.parametrize(
    ("rate", "due", "good"),
    [("77%", 13, 10), ("50%", 2, 1), ("33%", 3, 1), ("77%", 400, None), ("77%", 7, None), ("100%", 9, 9)],
)
def test_a_count_is_shown_only_where_one_alone_fits(measure: Any, rate: str, due: int, good: int | None) -> None:
    """77 % of 13 can only be 10; of 400 it can be several, of 7 none."""
    measured = measure("share", ("share", rate), ("due", due))

    assert good == (measured.good.exact if measured.good else None)


def test_one_part_alone_is_a_number_missing(measure: Any) -> None:
    """The denominator alone gives no rate, and is kept."""
    measured = measure("share", ("due", 13))

    assert (measured.value, measured.cause) == (None, Cause.NUMBER_MISSING)
    assert measured.due.exact == 13


@pytest.mark.parametrize(
    ("name", "value", "none_due", "cause"),
    [
        ("share", None, True, Cause.NONE_DUE),
        ("share_met", (1, 1), False, None),
        ("share_met_low", (0, 0), False, None),
        ("share_unknown", None, False, Cause.NONE_DUE),
    ],
)
def test_a_denominator_of_zero_means_what_the_measure_says(
    measure: Any, name: str, value: Any, none_due: bool, cause: Any
) -> None:
    """Nothing due: not applicable, met at its best, or unknown."""
    measured = measure(name, ("good", 0), ("due", 0))

    assert (value, none_due, cause) == (ends(measured), measured.none_due, measured.cause)


def test_a_denominator_that_may_be_zero_gives_no_rate(measure: Any) -> None:
    """不足5件 may be none at all."""
    assert ends(measure("share", ("good", 0), ("due", "不足5件"))) is None


def test_good_above_due_is_never_an_impossible_value(measure: Any) -> None:
    """More checkers than officers is at most 100 %: the lower end never lies above the upper."""
    measured = measure("checker_share", ("checkers", 10), ("officers", 5))

    assert measured.value is None or measured.value.low <= measured.value.high


def test_nothing_good_of_a_vague_number_is_nothing(measure: Any) -> None:
    """0 of 300余 is 0 %, and not more than 0 %."""
    value = measure("share", ("good", 0), ("due", "300余")).value

    assert (value.exact, value.more_than(Fraction(0))) == (0, False)


# --- formulas, trends -----------------------------------------------------------------------------------------------


def test_a_formula_computes_from_its_parts(measure: Any) -> None:
    """13 less 3 is 10, and the step says so."""
    measured = measure("bad", ("due", 13), ("good", 3))

    assert (ends(measured), measured.steps[-1]) == ((10, 10), "bad = due - good = 10件")


def test_a_formula_with_a_part_missing_is_unknown(measure: Any) -> None:
    """A part that nobody stated is not 0."""
    measured = measure("bad", ("due", 13))

    assert (measured.value, measured.cause) == (None, Cause.NUMBER_MISSING)


def test_a_trend_subtracts_the_period_before(measure: Any) -> None:
    """5 after 7 is two fewer."""
    assert ends(measure("change", ("due", 5), part(7, "previous"))) == (-2, -2)


@pytest.mark.parametrize("facts", [[("due", 5)], [part(7, "previous")]])
def test_a_trend_without_both_periods_is_unknown(measure: Any, facts: Any) -> None:
    """Without a number to compare with there is no change, and it is not 0."""
    measured = measure("change", *facts)

    assert (measured.value, measured.cause) == (None, Cause.NUMBER_MISSING)


# --- events ---------------------------------------------------------------------------------------------------------


def talks(*dates: str, unit: str | None = None) -> dict[str, Any]:
    return {"measure": "talks", "events": [{"date": d} for d in dates], **({"unit": unit} if unit else {})}


@pytest.mark.parametrize(
    ("dates", "count"),
    [
        (["2020-03-01", "2020-10"], (2, 2)),
        (["2019-12-31", "2020-01-01", "2021-01-01"], (1, 1)),
        (["2020"], (1, 1)),
        ([], (0, 0)),
    ],
)
def test_events_in_the_period_are_counted(measure: Any, dates: list[str], count: Any) -> None:
    """Only what lies in the period counts; an empty list is none."""
    assert (count, count) == (ends(measure("talks", talks(*dates))), ends(measure("talks_count", talks(*dates))))


def test_an_event_of_a_vague_date_may_lie_outside(measure: Any) -> None:
    """Sometime in 2020 may or may not lie in the first half of it."""
    half = {"from": "2020-01-01", "to": "2020-06-30"}

    assert ends(measure("talks_count", talks("2020"), period=half)) == (0, 1)


def test_a_number_of_events_counts_as_their_number(measure: Any) -> None:
    """Two talks without their dates are two talks, in no known half."""
    assert ends(measure("talks_count", ("talks", 2))) == (2, 2)
    assert (
        measure("talks_half", ("talks", 2)).value,
        measure("talks_half", ("talks", 2)).cause,
    ) == (None, Cause.NUMBER_MISSING)


@pytest.mark.parametrize(
    ("dates", "value"),
    [
        (["2020-03-01", "2020-10-09"], (1, 1)),
        (["2020-03-01", "2020-04-01"], (Fraction(1, 2), Fraction(1, 2))),
        (["2020", "2020-03-01"], (Fraction(1, 2), 1)),
        ([], (0, 0)),
    ],
)
def test_every_window_must_have_its_event(measure: Any, dates: list[str], value: Any) -> None:
    """One talk in each half of the year; a talk of an unknown month may serve the half that lacks one."""
    assert value == ends(measure("talks_half", talks(*dates)))


def test_a_window_may_ask_for_several(measure: Any) -> None:
    """Two a year: one is not enough."""
    assert [ends(measure("talks_twice", talks(*dates))) for dates in (["2020-03-01"], ["2020-03-01", "2020-09-01"])] == [
        (0, 0),
        (1, 1),
    ]


def test_a_window_that_reaches_out_of_the_period_counts_what_is_in_it(measure: Any) -> None:
    """Once in 24 months from April 2019: a drill in May 2019 serves the year 2020."""
    assert ends(measure("talks_24", talks("2019-05-01"))) == (1, 1)


@pytest.mark.parametrize(("number", "value"), [("2", (1, 1)), ("1", (0, 0)), ("2以上", (1, 1)), ("1以上", (0, 1))])
def test_a_number_without_dates_is_enough_for_a_single_window(measure: Any, number: str, value: Any) -> None:
    """Where the period is one window, when it was does not matter."""
    assert value == ends(measure("talks_twice", ("talks", number)))


@pytest.mark.parametrize(("as_of", "running"), [("2020-06-01", 1), ("2020-12-31", Fraction(1, 2)), ("2021-01-01", 0)])
def test_windows_whose_time_runs_can_still_be_filled(measure: Any, as_of: str, running: Any) -> None:
    """A window is short for good once its last day has passed."""
    assert running == measure("talks_half", talks(), as_of=as_of).running


# --- registers ------------------------------------------------------------------------------------------------------


def register(*rows: str, full: Any = True, of: str = "file") -> Any:
    table = "编号,决定日,公示日,会议日,结论\n" + "".join(f"{n},{row}\n" for n, row in enumerate(rows, 1))
    return {"measure": of, "table": "t.csv", **({"full": full} if full is not None else {})}, {"t.csv": table}


@pytest.fixture(scope="module")
def of_cases(measure: Any) -> Any:
    """Measure a share over cases."""

    def run(name: str, *rows: str, full: Any = True, facts: Any = (), **keys: Any) -> Measured:
        fact, tables = register(*rows, full=full, of="file" if name == "file" or name.startswith("on_time") else "steps")
        return measure(name, fact, *facts, tables=tables, **keys)

    return run


def test_a_register_counts_its_rows(of_cases: Any) -> None:
    """Two rows are two cases."""
    assert ends(of_cases("file", "2020-03-02,,,", "2020-03-03,,,")) == (2, 2)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("2020-06-01,2020-06-10,,", (1, 1)),  # the seventh working day
        ("2020-06-01,2020-06-11,,", (0, 0)),
        ("2020-01-20,2020-02-06,,", (1, 1)),  # Spring Festival lies between
        ("2020-06-01,,,", (0, 1)),  # an empty cell says nothing
        ("2020-06-01,未公示,,", (0, 0)),  # its time is over
        ("2020-06-01,2020-06,,", (0, 1)),  # sometime in June
        ("2020-06-01,2020-07,,", (0, 0)),
        ("2020-06,2020-06-10,,", (0, 1)),  # the limit's first day is not known
    ],
)
def test_cases_in_time(of_cases: Any, row: str, value: Any) -> None:
    """A case is in time for certain, late for certain, or cannot be told."""
    assert value == ends(of_cases("on_time", row))


def test_a_case_whose_time_still_runs_is_not_late(of_cases: Any) -> None:
    """Not published five days after the decision is not late yet."""
    assert ends(of_cases("on_time", "2020-12-28,未公示,,", as_of="2020-12-31")) == (0, 1)


@pytest.mark.parametrize(
    ("shown", "value"),
    [("2020-06-06", (1, 1)), ("2020-06-08", (0, 1)), ("2020-06-09", (0, 0))],
)
def test_a_limit_that_ends_on_a_rest_day_may_run_on(of_cases: Any, shown: str, value: Any) -> None:
    """Seven days from 30 May end on Saturday 6 June: Monday the 8th is for a person to decide, Tuesday is late."""
    assert value == ends(of_cases("on_time_days", f"2020-05-30,{shown},,"))


def test_a_limit_of_hours_does_not_run_on(of_cases: Any) -> None:
    """Where a rule says so, Monday is late."""
    assert ends(of_cases("on_time_strict", "2020-05-30,2020-06-08,,")) == (0, 0)


@pytest.mark.parametrize(("until", "value"), [(None, (0, 0)), ("2020-06-05", (0, 1)), ("2020-06-30", (0, 0))])
def test_an_open_case_is_late_only_by_what_the_figures_speak_of(of_cases: Any, until: Any, value: Any) -> None:
    """Not shown by 5 June, when the figures end, is not known to be late on the 6th."""
    keys = {"data_until": until} if until else {}
    assert value == ends(of_cases("on_time_days", "2020-05-30,未公示,,", **keys))


def test_a_case_published_before_it_was_decided_is_no_good_case(of_cases: Any) -> None:
    """A date before the other it must follow is a mistake in one of them: the case is not counted as in time."""
    assert of_cases("on_time", "2020-06-10,2020-06-01,,").value.low == 0


def test_a_working_day_in_a_year_that_the_table_lacks_is_unknown(of_cases: Any) -> None:
    """Working days of a year without a calendar cannot be counted; days can."""
    keys = {"period": {"from": "2035-01-01", "to": "2035-12-31"}, "as_of": "2036-03-31"}
    row = "2035-06-01,2035-06-02,,"

    assert (ends(of_cases("on_time", row, **keys)), ends(of_cases("on_time_days", row, **keys))) == ((0, 1), (1, 1))


def test_cases_of_other_years_do_not_count(of_cases: Any) -> None:
    """Only cases decided in the period are due."""
    measured = of_cases("on_time", "2019-06-03,2019-09-02,,", "2020-06-01,2020-06-02,,")

    assert (ends(measured), measured.due.exact) == ((1, 1), 1)


def test_a_case_of_an_unknown_date_is_unknown(of_cases: Any) -> None:
    """A case whose day is not given may or may not be due."""
    assert (Fraction(1, 2), 1) == ends(of_cases("on_time", ",2020-06-02,,", "2020-06-01,2020-06-02,,"))


def test_a_register_that_is_not_said_to_be_full_gives_no_share(of_cases: Any) -> None:
    """Without full: true nobody knows what is left out."""
    for full in (None, False):
        measured = of_cases("on_time", "2020-06-01,2020-06-02,,", full=full)
        assert (measured.value, measured.cause) == (None, Cause.NUMBER_MISSING)


def test_a_full_register_without_cases_is_none_due(of_cases: Any) -> None:
    """A table of nothing but its header says that there was none."""
    measured = of_cases("on_time")

    assert (measured.none_due, measured.cause) == (True, Cause.NONE_DUE)


def test_a_stated_share_without_a_register_is_taken_as_stated(measure: Any) -> None:
    """92 % without a table is 92 %."""
    measured = measure("on_time", ("on_time", "92%"))

    assert ((Fraction(23, 25), Fraction(23, 25)), None) == (ends(measured), measured.good)


def test_a_stated_share_that_its_register_denies_is_either(of_cases: Any) -> None:
    """100 % stated and half in the table: anything between, and a contradiction."""
    rows = ["2020-06-01,2020-06-02,,", "2020-06-01,2020-09-01,,"]
    measured = of_cases("on_time", *rows, facts=[("on_time", "100%")])

    assert ((Fraction(1, 2), 1), Cause.CONTRADICTION) == (ends(measured), measured.cause)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("2020-06-01,2020-06-10,2020-06-11,", (1, 1)),
        ("2020-06-01,2020-06-10,2020-06-10,", (1, 1)),  # the same day is in order
        ("2020-06-10,2020-06-01,2020-06-11,", (0, 0)),
        ("2020-06-01,未审,2020-06-11,", (0, 0)),  # a step that was not taken
        ("2020-06-01,,2020-06-11,", (0, 1)),  # nothing is said of it
        ("2020-06-10,2020-06,2020-06-11,", (0, 1)),
    ],
)
def test_steps_in_order(of_cases: Any, row: str, value: Any) -> None:
    """Every step taken and none before the one it must follow."""
    assert value == ends(of_cases("in_order", row))


@pytest.mark.parametrize(
    ("row", "value"),
    [("2020-06-01,2020-06-10,,", (1, 1)), ("2020-06-01,2020-06-09,,", (0, 0)), ("2020-06-01,2020-06,,", (0, 1))],
)
def test_pauses_between_steps(of_cases: Any, row: str, value: Any) -> None:
    """Seven working days must pass between two steps."""
    assert value == ends(of_cases("paused", row))


@pytest.mark.parametrize(("said", "value"), [("合法", (1, 1)), ("已改", (1, 1)), ("不合法", (0, 0)), ("", (0, 1))])
def test_conclusions_that_are_accepted(of_cases: Any, said: str, value: Any) -> None:
    """Only named conclusions are good; none at all cannot be told."""
    assert value == ends(of_cases("accepted", f"2020-06-01,,2020-06-11,{said}"))


def test_members_registers_together_are_full_only_if_all_are(rules: Ruleset, measure: Any) -> None:
    """One register of two leaves the whole without a denominator."""
    fact, tables = register("2020-06-01,2020-06-02,,")
    one = {**fact, "unit": "甲局"}

    assert measure("on_time", one, tables=tables, unit=BUREAUS).value is None
    assert ends(measure("on_time", one, {**one, "unit": "乙局"}, tables=tables, unit=BUREAUS)) == (1, 1)


# --- every member ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def members(rules: Ruleset, scope_of: Any) -> Any:
    """Measure every member of some roles."""

    def run(name: str, each: Any, facts: Any = (), **keys: Any) -> Measured:
        scope, _ = scope_of(rules, facts, **keys)
        return measure_members(name, EachMember.model_validate(each), scope)

    return run


FIVE = {"roles": ["局"], "meets": {"at_least": "5%"}}


def staff(**numbers: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [
        {"measure": name, "unit": unit, "value": value}
        for unit, pair in numbers.items()
        for name, value in zip(("checkers", "officers"), pair, strict=True)
        if value is not None
    ]


def test_each_member_is_judged_by_its_own(members: Any) -> None:
    """5 of 100 is enough, 1 of 52 is not: half of the units meet it."""
    measured = members("checker_share", FIVE, staff(甲局=(5, 100), 乙局=(1, 52)), unit=BUREAUS)

    assert (Fraction(1, 2), Fraction(1, 2)) == ends(measured)
    assert {m.unit: m.meets for m in measured.members} == {"甲局": True, "乙局": False}


def test_a_silent_member_may_be_either(members: Any) -> None:
    """One of two reported: between a half and all."""
    measured = members("checker_share", FIVE, staff(甲局=(5, 100)), unit=BUREAUS)

    assert ((Fraction(1, 2), 1), Cause.NUMBER_MISSING) == (ends(measured), measured.cause)


def test_the_whole_s_share_is_no_verdict_on_its_members(members: Any) -> None:
    """61 of 1220 over all says nothing of any one unit."""
    facts = [{"measure": "checkers", "value": 61}, {"measure": "officers", "value": 1220}]
    measured = members("checker_share", FIVE, facts, unit={"member_counts": {"局": 43}})

    assert (measured.value, measured.members_total, measured.cause) == (None, 43, Cause.NUMBER_MISSING)


def test_members_of_unknown_number_are_unknown(members: Any) -> None:
    """Nobody said how many units there are."""
    assert (members("checker_share", FIVE).value, members("checker_share", FIVE).members_total) == (None, None)


def test_a_member_with_nothing_due_leaves_the_denominator(members: Any) -> None:
    """A unit without officers is not asked for checkers."""
    measured = members("checker_share", FIVE, staff(甲局=(5, 100), 乙局=(0, 0)), unit=BUREAUS)

    assert (ends(measured), measured.members_total) == ((1, 1), 1)


def test_all_members_with_nothing_due_is_none_due(members: Any) -> None:
    """No unit has officers: nothing was due."""
    measured = members("checker_share", FIVE, staff(甲局=(0, 0), 乙局=(0, 0)), unit=BUREAUS)

    assert (measured.none_due, measured.cause) == (True, Cause.NONE_DUE)


LOWEST = {"roles": ["局"], "take": "lowest"}


def test_the_lowest_of_all_members(members: Any) -> None:
    """The unit with the smallest share gives the value."""
    measured = members("checker_share", LOWEST, staff(甲局=(5, 100), 乙局=(1, 50)), unit=BUREAUS)

    assert (Fraction(1, 50), Fraction(1, 50)) == ends(measured)


def test_the_lowest_with_a_silent_member_has_no_lower_end(members: Any) -> None:
    """A silent unit may be lower still, never raise the lowest."""
    measured = members("checker_share", LOWEST, staff(甲局=(5, 100)), unit=BUREAUS)

    assert ((None, Fraction(1, 20)), Cause.NUMBER_MISSING) == (ends(measured), measured.cause)


def test_truths_are_asked_of_every_member(members: Any) -> None:
    """Published by one of two is a half."""
    facts = [{"measure": "is", "unit": unit, "value": value} for unit, value in (("甲局", True), ("乙局", False))]

    assert (Fraction(1, 2), Fraction(1, 2)) == ends(
        members("is", {"roles": ["局"], "meets": {"equals": True}}, facts, unit=BUREAUS)
    )


def test_windows_that_run_are_counted_by_member(members: Any) -> None:
    """A unit that is short while its time runs can still mend it."""
    each = {"roles": ["局"], "meets": {"at_least": "100%"}}
    facts = [talks("2020-03-01", unit="甲局"), talks(unit="乙局")]
    measured = members("talks_24", each, facts, unit=BUREAUS, as_of="2020-12-31")

    assert ((Fraction(1, 2), Fraction(1, 2)), Fraction(1, 2)) == (ends(measured), measured.running)
