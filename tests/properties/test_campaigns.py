"""Laws of a campaign: the order of its units decides nothing, and a unit that falls silent raises nothing."""

from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.assessment import assess
from engine.campaigns import load_campaign
from engine.closing import account_of
from engine.merging import merge
from engine.models.campaign import Campaign
from engine.models.campaign import Part
from engine.models.closing import CloseOutEntry
from engine.models.closing import MarkEntry
from engine.models.closing import NoteEntry
from engine.models.result import Assessment
from engine.models.ruleset import Ruleset
from engine.rhythm import RHYTHMS
from engine.rhythm import issue_on
from engine.rhythm import next_cut_off
from engine.rhythm import stretch_of
from engine.rulesets import load_ruleset
from engine.submissions import load_submission

ROOT = Path(__file__).parents[2]


@cache
def demo() -> tuple[Campaign, Ruleset]:
    campaign, _ = load_campaign(ROOT / "evidence_samples" / "demo-campaign", load_submission)
    ruleset, _ = load_ruleset(ROOT / "rulesets" / "lbg-2021")
    assert campaign is not None and ruleset is not None
    return campaign, ruleset


def assessed(campaign: Campaign) -> Assessment:
    _, rules = demo()
    done, _ = assess(rules, rules.profiles[rules.header.default_profile], merge(campaign, rules)[0].submission)
    assert done is not None
    return done


@cache
def whole() -> Assessment:
    return assessed(demo()[0])


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_units_decides_nothing(chance):
    campaign, rules = demo()
    parts = list(campaign.parts)
    chance.shuffle(parts)
    shuffled = campaign.model_copy(update={"parts": tuple(parts)})

    assert merge(shuffled, rules)[0].submission.digest == merge(campaign, rules)[0].submission.digest


@settings(max_examples=8, deadline=None)
@given(st.sets(st.integers(1, 20), min_size=1))
def test_a_unit_that_falls_silent_raises_nothing(silent):
    """Neither what is claimed nor what is proven of any indicator rises because somebody hands in nothing."""
    campaign, _ = demo()
    parts = tuple(
        Part(unit=part.unit, folder=part.folder) if at in silent else part for at, part in enumerate(campaign.parts)
    )
    done = assessed(campaign.model_copy(update={"parts": parts}))

    for before, after in zip(whole().findings, done.findings, strict=True):
        assert after.claimed.earned <= before.claimed.earned, before.indicator
        assert after.substantiated.earned <= before.substantiated.earned, before.indicator
        assert after.maximum == before.maximum


@given(st.dates(), st.dates(), st.sampled_from(sorted(RHYTHMS)))
def test_issues_follow_each_other(one, begins, rhythm):
    """A day lies in its stretch; the next stretch is the next issue; a cut-off never lies behind."""
    if one.year > 9998 or begins.year > 9998:
        return
    first, last = stretch_of(one, rhythm)
    assert first <= one <= last
    assert next_cut_off(one, rhythm, ()).day == last
    after = issue_on(last.fromordinal(last.toordinal() + 1), begins, rhythm)
    assert after.number == issue_on(one, begins, rhythm).number + 1


STEPS = ("begin", "apply", "check", "verify", "send_back")
SEAL = {"prev": "0" * 64, "hash": "0" * 64, "at": "2024-01-01T00:00:00Z", "by": "王示例"}


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("note"), st.booleans()),
            st.tuples(st.sampled_from(STEPS), st.sampled_from(("甲", "乙", "丙", "丁"))),
        ),
        max_size=14,
    )
)
def test_nothing_closes_without_three_people_and_an_issue_that_no_longer_finds_it(steps):
    """Whatever is tried in whatever order: a closed case bears three names, and was gone when it was closed."""
    entries = []
    for number, (step, said) in enumerate(steps, start=1):
        if step == "note":
            gaps = ({"gap": "G", "unit": "U", "what": "少一件"},) if said else ()
            note = NoteEntry(issue=str(number), as_of=f"2024-01-{number:02d}", assessment="0" * 64, gaps=gaps)
            entries.append(CloseOutEntry(seq=str(number), note=note, **SEAL))
        else:
            more = {"begin": {"person": "戊", "deadline": "2024-02-01"}, "send_back": {"remark": "不对"}}.get(step, {})
            mark = MarkEntry(gap="G", unit="U", step=step, by=said, on="2024-01-31", **more)
            entry = CloseOutEntry(seq=str(number), mark=mark, **SEAL)
            if not account_of([*entries, entry])[1]:
                entries.append(entry)
    account, problems = account_of(entries)

    assert problems == []
    for case in account.cases:
        if case.state == "closed":
            assert case.is_gone
            assert len({case.applied_by, case.checked_by, case.verified_by, case.person}) == 4 or case.person is None
            assert len({case.applied_by, case.checked_by, case.verified_by}) == 3
