"""The 2019 edition: nothing is claimed of it that was not read, and it judges the cycle that it was made for."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from engine.assessment import assess
from engine.judgement import in_force
from engine.linting import lint
from engine.models.ruleset import Indicator
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import TextStatus
from engine.periods import Window
from engine.rulesets import load_ruleset
from engine.submissions import load_submission

RULESETS = Path(__file__).parents[2] / "rulesets"
SAMPLES = Path(__file__).parents[2] / "evidence_samples"


def loaded(name: str) -> Ruleset:
    ruleset, problems = load_ruleset(RULESETS / name)
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


OLD, NEW = loaded("lbg-2019"), loaded("lbg-2021")
every_indicator = pytest.mark.parametrize("indicator", [pytest.param(i, id=i.id) for i in OLD.indicators])
every_profile = pytest.mark.parametrize("profile", [pytest.param(p, id=p.id) for p in OLD.profiles.values()])


def test_totals_are_those_that_were_read() -> None:
    """8, 34, 100 and 4; eight first-level indicators, of which four titles were read."""
    totals = OLD.header.official_totals
    statuses = [pillar.title_status for pillar in OLD.pillars]

    assert (totals.pillars, totals.subpillars, totals.indicators, totals.bonus_items) == (8, 34, 100, 4)
    assert len(OLD.pillars) == 8
    assert statuses == [TextStatus.VERIFIED] * 4 + [TextStatus.RECALLED] * 4


@every_indicator
def test_no_row_is_claimed_to_be_checked(indicator: Indicator) -> None:
    """No row of the 2019 table was seen: no number, no status, no second-level title, and the note says so."""
    assert (indicator.text_status, indicator.official_no, indicator.subpillar) == (TextStatus.RECALLED, None, None)
    assert indicator.note is not None and indicator.note.startswith("2019年版这一行的文字没有见到")


@every_indicator
def test_a_law_in_force_then_decides(indicator: Indicator) -> None:
    """Every indicator taken over rests on something that was in force in the cycle of 2019 and 2020."""
    cycle = Window(date(2019, 5, 1), date(2020, 12, 31))

    assert any(in_force(authority, cycle) for authority in indicator.authority)


def test_measures_are_shared_and_not_copied() -> None:
    """There is no second dictionary that could say something else."""
    assert not (RULESETS / "lbg-2019" / "measures.yaml").exists()
    assert OLD.measures == NEW.measures


def test_the_pillar_of_emergencies_is_left_out() -> None:
    """New in 2021, from memory."""
    assert [p.id for p in OLD.pillars] == [p.id for p in NEW.pillars if p.id != "P7"]
    assert {i.id for i in NEW.indicators} - {i.id for i in OLD.indicators} == {i.id for i in NEW.pillars[6].indicators}


@every_profile
def test_every_row_is_scored_or_kept_for(profile: Profile) -> None:
    """82 and 18 rows make 100; every profile is an assumption and says so."""
    rows = len(profile.points) + sum(reserve.rows for reserve in profile.reserve)
    total = sum(profile.points.values(), Fraction(0)) + sum((r.points for r in profile.reserve), Fraction(0))

    assert rows == OLD.header.official_totals.indicators
    assert total == profile.maximum
    assert profile.status == "assumption" and "官方没有公布" in profile.basis
    assert not profile.pass_lines


def test_lint_finds_nothing() -> None:
    """What was taken over is tested where it was written."""
    assert lint(RULESETS / "lbg-2019") == ()


def test_the_map_names_every_indicator_once_and_claims_nothing() -> None:
    """Same or new, each from memory; what became of the other rows is said to be unknown."""
    migration = NEW.migrations["lbg-2019"]
    from_there = [name for change in migration.changes for name in change.from_]
    to_here = [name for change in migration.changes for name in change.to]

    assert sorted(from_there) == sorted(i.id for i in OLD.indicators)
    assert sorted(to_here) == sorted(i.id for i in NEW.indicators)
    assert {change.status for change in migration.changes} == {"recalled"}
    assert {change.kind for change in migration.changes} == {"same", "new"}
    assert migration.note is not None and "不知道" in migration.note


def test_editions_follow_each_other_without_a_day_between() -> None:
    """Every day from May 2019 on has exactly one edition."""
    ends = OLD.header.in_force.to
    assert ends is not None

    assert (NEW.header.in_force.from_.first - ends.last).days == 1


def test_taonan_is_judged_by_the_edition_of_its_cycle() -> None:
    """Nothing is refused, the edition fits, and what the report states is claimed as under 2021."""
    submission, problems = load_submission(SAMPLES / "taonan-2020")
    assert submission is not None, [str(p) for p in problems]
    results = {}
    for rules in (OLD, NEW):
        assessment, found = assess(rules, rules.profiles[rules.header.default_profile], submission)
        assert assessment is not None, [str(p) for p in found]
        results[rules.header.id] = assessment
    codes = {name: {p.code for p in result.problems} for name, result in results.items()}
    claimed = {
        name: {f.indicator: f.claimed.outcome for f in result.findings if f.pillar != "P7"}
        for name, result in results.items()
    }

    assert "EDITION_OUTSIDE" in codes["lbg-2021"] and "EDITION_OUTSIDE" not in codes["lbg-2019"]
    assert claimed["lbg-2019"] == claimed["lbg-2021"]
    assert results["lbg-2019"].ruleset.checked_against_issued_text == 0
