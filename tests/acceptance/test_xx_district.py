"""A report whose numbers were replaced by X: nothing in it is a number, and nothing becomes one."""

from datetime import date
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[2] / "evidence_samples" / "xx-district" / "submission.yaml"


def test_five_values_are_set_aside(xx_district: Any) -> None:
    """A placeholder and four phrases without a number are set aside, and four documents of which only the title is there."""
    aside = sorted(p.code for p in xx_district.problems if p.severity == "set_aside")

    assert [*["E17"] * 4, *["FACT_NO_NUMBER"] * 4, "FACT_PLACEHOLDER"] == aside


def test_every_value_set_aside_names_its_line(xx_district: Any) -> None:
    """At the line that a problem names stands the fact that was set aside."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    aside = [p for p in xx_district.problems if p.severity == "set_aside" and p.code.startswith("FACT_")]

    assert {"submission.yaml"} == {p.place.file for p in aside}
    assert [str(p) for p in aside if f"measure: {p.subject}," not in lines[p.place.line - 1]] == []


def test_no_placeholder_is_a_number(xx_district: Any, numbers_of: Any) -> None:
    """No value anywhere has a bound: X is not 0, 逐年上升 is not a rate, 靠后 is not a rank."""
    bounded = [v.measure for v in numbers_of(xx_district) if v.low is not None or v.high is not None]

    assert bounded == []


def test_nothing_is_earned_or_lost(xx_district: Any) -> None:
    """Without a number everything is open: 0 to 100, on both tracks."""
    score = xx_district.done.score

    for track in (score.claimed, score.substantiated):
        assert (track.earned, track.reachable, track.recoverable, track.lost) == (0, 100_000, 0, 0)


def test_what_was_said_without_a_number_is_missing_not_silent(xx_district: Any) -> None:
    """A phrase in place of the appearance rate makes it 缺数; what nobody wrote of is 没提."""
    causes = {f.indicator: f.state.cause for f in xx_district.done.findings}

    assert (causes["I-R59"], causes["I-R74"]) == ("number_missing", "not_mentioned")


def test_no_outcome_but_unknown_where_it_applies(xx_district: Any) -> None:
    """Every scored indicator that applies is 待核, none is failed."""
    outcomes = {f.outcome for f in xx_district.done.findings if f.scored and f.applicability.is_ == "yes"}

    assert {"UNKNOWN"} == outcomes


def test_annual_report_is_not_yet_due(xx_district: Any) -> None:
    """Judged in September 2020, the report on 2020 has its first day on 2021-03-01 and is nobody's gap before that."""
    finding = xx_district.finding("I-R82")

    assert ("not_yet_due", date(2021, 3, 1)) == (finding.state.phase, finding.state.by)
    assert {gap.kind for gap in xx_district.gaps("I-R82")} == {"NOT_YET_DUE"}


def test_remedy_never_asks_to_make_a_number_up(xx_district: Any) -> None:
    """A placeholder is to be replaced by the true number, or by a signed zero, or to go."""
    assert xx_district.problem("FACT_PLACEHOLDER").remedy == "请填真实的数；没有发生填 0 并附零报告，不知道就删去这一条"
