"""What if: nothing changed is the same run, accepting never costs, taking back never earns, and nothing is written."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.assessment import assess
from engine.commands import cli
from engine.models.result import Assessment
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.models.whatif import Change
from engine.models.whatif import Setting
from engine.models.whatif import WhatIf
from engine.submissions import load_submission
from engine.whatif import change_submission
from engine.whatif import what_if

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "evidence_samples" / "demo-county"


@pytest.fixture(scope="module")
def demo() -> Submission:
    submission, _ = load_submission(DEMO)
    assert submission is not None
    return submission


@pytest.fixture(scope="module")
def today(demo: Submission, ruleset: Ruleset, profile: Profile) -> Assessment:
    assessment, _ = assess(ruleset, profile, demo)
    assert assessment is not None
    return assessment


@pytest.fixture(scope="module")
def suppose(demo: Submission, ruleset: Ruleset, profile: Profile) -> Any:
    """Ask what would come out of the demo county."""

    def ask(**change: Any) -> WhatIf:
        result, problems = what_if(ruleset, profile, demo, Change(**change))
        assert result is not None, [str(p) for p in problems]
        return result

    return ask


def setting(subject: str, value: str | bool, unit: str | None = None) -> Setting:
    return Setting(subject=subject, value=value, unit=unit)


# --- laws -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.parent.name for path in (ROOT / "evidence_samples").glob("*/submission.yaml")))
def test_nothing_changed_is_the_same_submission(name: str, ruleset: Ruleset, profile: Profile) -> None:
    """Of every sample: the digest stays, and before and after are one."""
    submission, _ = load_submission(ROOT / "evidence_samples" / name)
    assert submission is not None
    result, _ = what_if(ruleset, profile, submission, Change())
    assert result is not None

    assert change_submission(ruleset, submission, Change()) == submission
    assert result.before == result.after
    assert (result.findings, result.gaps, result.problems) == ((), (), ())


def test_setting_what_was_filed_changes_no_score(suppose: Any, demo: Submission) -> None:
    """A supposed value that says what the filed one says is that value."""
    filed = next(fact for fact in demo.head.facts if fact.measure == "approvals_due" and fact.unit is None)
    result = suppose(settings=(setting("approvals_due", filed.value),))

    assert result.before == result.after
    assert result.settings[0].filed == (filed.value,)


@settings(max_examples=8)
@given(data=st.data())
def test_accepting_never_costs(suppose: Any, today: Assessment, demo: Submission, ruleset: Ruleset, data: Any) -> None:
    """No track falls, earned or reachable; where a zero report is accepted, earned only, since what it names leaves."""
    returned = sorted(item.id for item in today.evidence if item.status == "returned")
    names = tuple(data.draw(st.sets(st.sampled_from(returned), max_size=5)))
    result = suppose(accept=names)
    zeros = {(i.id, s.slot) for i in ruleset.indicators for s in i.evidence if s.for_none}
    no_zero = not any((p.indicator, p.slot) in zeros for item in demo.evidence if item.id in names for p in item.proves)

    assert result.after.claimed_earned >= result.before.claimed_earned
    assert result.after.substantiated_earned >= result.before.substantiated_earned
    if no_zero:
        assert result.after.claimed_reachable >= result.before.claimed_reachable
        assert result.after.substantiated_reachable >= result.before.substantiated_reachable


@settings(max_examples=8)
@given(data=st.data())
def test_taking_back_never_earns(suppose: Any, demo: Submission, data: Any) -> None:
    """Whatever is withdrawn, 有据已得 does not rise."""
    names = tuple(data.draw(st.sets(st.sampled_from([item.id for item in demo.evidence]), max_size=8)))
    result = suppose(withdraw=names)

    assert result.after.substantiated_earned <= result.before.substantiated_earned


def test_what_is_taken_back_stays_in_sight(demo: Submission, ruleset: Ruleset, profile: Profile) -> None:
    """A withdrawn item is still listed with the codes that it had, and the contradictions of the facts stay."""
    name = "E-IR06-log"
    changed = change_submission(ruleset, demo, Change(withdraw=(name,)))
    before, _ = assess(ruleset, profile, demo)
    after, _ = assess(ruleset, profile, changed)
    assert before is not None
    assert after is not None
    was, now = (next(item for item in a.evidence if item.id == name) for a in (before, after))

    assert set(was.codes) < set(now.codes)
    assert "WITHDRAWN" in now.codes
    kinds = [[p.found for p in a.problems if p.code in ("FACT_PARTS_SUM", "FACT_RATE_CHECK")] for a in (before, after)]
    assert kinds[0] == kinds[1] != []


def test_no_record_can_overlook_a_code(demo: Submission, ruleset: Ruleset) -> None:
    """What is supposed cannot be written down and read back as if it had been submitted."""
    supposed = change_submission(ruleset, demo, Change(accept=("E-IR42-statement",)))

    with pytest.raises(ValidationError):
        Submission.model_validate(supposed.model_dump(mode="json"))


# --- what is told ---------------------------------------------------------------------------------------------------


def test_overlooked_codes_are_named(suppose: Any) -> None:
    """Accepting a returned item says which codes were overlooked, and what came of it."""
    result = suppose(accept=("E-IR42-statement",))

    assert [(item.item, item.codes) for item in result.overlooked] == [("E-IR42-statement", ("E04",))]
    assert [(s.indicator, s.after.substantiated_earned - s.before.substantiated_earned) for s in result.findings] == [
        ("I-R42", 505)
    ]
    assert [(gap.gap, gap.fate) for gap in result.gaps] == [("I-R42/EVIDENCE_RETURNED/statement", "closed")]


def test_a_set_value_passes_the_same_admission(suppose: Any) -> None:
    """A placeholder is set aside as it would be if it were filed."""
    result = suppose(settings=(setting("legal_reviewers", "X", "城市管理局"),))

    assert [p.code for p in result.problems] == ["FACT_PLACEHOLDER"]


def test_an_element_is_set_whoever_filed_it(suppose: Any) -> None:
    """The filed denial is replaced, not contradicted; proof is still missing."""
    result = suppose(settings=(setting("I-R20.consented", True),))

    assert result.settings[0].filed == ("否",)
    assert result.problems == ()
    (shift,) = result.findings
    assert (shift.after.claimed_earned, shift.after.substantiated_earned) == (1010, shift.before.substantiated_earned)


def test_the_submission_itself_is_not_touched(suppose: Any, demo: Submission) -> None:
    """The change is a new value: what was submitted keeps its digest."""
    before = demo.model_copy()
    suppose(
        settings=(setting("legal_reviewers", "8", "城市管理局"),), accept=("E-IR82-text",), withdraw=("E-I001-register",)
    )

    assert demo == before


# --- the command ----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["whatif", str(DEMO), *arguments], standalone_mode=True)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--set", "legal_reviewer=8"),
            "--set legal_reviewer=8: NAME_UNKNOWN 口径「legal_reviewer」没有定义\n    是否想写「legal_reviewers」？\n",
        ),
        (
            ("--set", "I-R20.consent=true"),
            "--set I-R20.consent=true: NAME_UNKNOWN 要素「I-R20.consent」没有定义\n    是否想写「I-R20.consented」？\n",
        ),
        (
            ("--set", "legal_reviewers=8", "--unit", "城市局"),
            "--set legal_reviewers=8 --unit 城市局: UNIT_UNKNOWN 单位「城市局」不在名录里\n    是否想写「城市管理局」？\n",
        ),
        (
            ("--accept", "E-IR82-txt"),
            "--accept E-IR82-txt: NAME_UNKNOWN 没有登记材料「E-IR82-txt」\n    是否想写「E-IR82-text」？\n",
        ),
        (
            ("--accept", "E-IR82-text", "--withdraw", "E-IR82-text"),
            "--accept E-IR82-text: RECORD_INCONSISTENT 「E-IR82-text」又当作合格又撤回\n    --accept 和 --withdraw 只写一个\n",
        ),
        (
            ("--set", "legal_reviewers=8", "--set", "legal_reviewers=9"),
            "--set legal_reviewers=9: RECORD_INCONSISTENT 「legal_reviewers」写了两个值：8、9\n    一次只假设一个值\n",
        ),
    ],
)
def test_unknown_and_contradictory_suppositions_are_refused(arguments: tuple[str, ...], message: str) -> None:
    """Refused with what was probably meant, exit code 2."""
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err == f"{message}以上1处改好再来；没有评判，也没有改动任何文件。\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--set", "legal_reviewers"), "--set 要写成 口径=值，如 legal_reviewers=8；写的是「legal_reviewers」"),
        (("--unit", "司法局"), "--unit 要和 --set 口径=值 一起写，说的是哪个单位的数；要素不分单位"),
    ],
)
def test_half_a_supposition_is_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    """Exit code 2 with a sentence."""
    code, _, err = run(*arguments)

    assert code == 2
    assert message in err


def test_the_screen_says_that_nothing_was_written() -> None:
    """The first lines say what is supposed and that it is no more than that."""
    code, out, _ = run("--accept", "E-IR42-statement")

    assert code == 0
    assert "E-IR42-statement「示例县2023年度罚没管理情况说明」当作合格：越过E04" in out
    assert "只是试算：没有改动任何文件，也不进记录" in out
    assert "有据已得      55.551  56.056  +0.505" in out
