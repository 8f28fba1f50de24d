"""A mend earns what the engine gives once it is done: never the sum of gap lines, never anything for what is not known."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.assessment import Workings
from engine.assessment import assess
from engine.assessment import work_out
from engine.mendable import FILING_DAYS
from engine.mends import find_mends
from engine.mends import most_of
from engine.models.plan import Outlook
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Submission
from engine.models.whatif import Change
from engine.planning import draft_plan
from engine.submissions import in_canonical_order
from engine.submissions import load_submission
from engine.whatif import what_if

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path.parent for path in (ROOT / "evidence_samples").glob("*/submission.yaml"))
COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
MEASURES: dict[str, Any] = {"n": COUNT, "m": COUNT}


def slot(name: str, **keys: Any) -> dict[str, Any]:
    return {"slot": name, "title": f"{name}凭据", "kinds": ["document"], "period": "any", **keys}


def indicator(name: str, *slots: dict[str, Any], **keys: Any) -> dict[str, Any]:
    measured = {"measure": "n", "meets": {"at_least": "5"}}
    return {"id": name, **measured, "evidence": list(slots), "remedy": remedy(f"办好{name}"), **keys}


def remedy(action: str, days: int = 10, past: bool = False) -> dict[str, Any]:
    return {"action": action, "effort_days": days, "can_fix_past": past}


def workings_of(rules: Ruleset, submission: Submission) -> Workings:
    workings, problems = work_out(rules, rules.profiles[rules.header.default_profile], submission)
    assert workings is not None, [str(p) for p in problems]
    return workings


def outlook_of(workings: Workings) -> Outlook:
    assessment = workings.assessment
    reserve = sum(pillar.reserve for pillar in assessment.pillars)
    return find_mends(workings.appraisals, assessment.findings, workings.items, assessment.gaps, workings.scope, reserve)


@pytest.fixture
def outlook(make_rules: Any, submit: Any) -> Any:
    """What can be mended of a submission by a few indicators."""

    def make(*indicators: dict[str, Any], facts: Any = (), rules: Any = None, **keys: Any) -> Outlook:
        return outlook_of(workings_of(make_rules(MEASURES, *indicators, **(rules or {})), submit(facts, **keys)))

    return make


MET = [{"measure": "n", "value": 5}]
SHORT = [{"measure": "n", "value": 4}]


def told(outlook: Outlook) -> list[tuple[str, int]]:
    return [(mend.id, mend.points) for mend in outlook.mends]


def test_all_the_missing_proof_earns_together(outlook: Any) -> None:
    """Two requirements that one claim hangs on are one mend: either alone earns nothing."""
    found = outlook(indicator("I-1", slot("a"), slot("b")), facts=MET)

    assert told(found) == [("I-1[I-1/a+I-1/b]", 1000)]
    assert [(w.kind, w.days, w.gaps) for w in found.works] == [
        ("file", FILING_DAYS, ("I-1/EVIDENCE_MISSING/a",)),
        ("file", FILING_DAYS, ("I-1/EVIDENCE_MISSING/b",)),
    ]


def test_what_is_not_known_promises_nothing(outlook: Any) -> None:
    """Without the fact nothing is offered, though filing is possible; it is to be asked first."""
    found = outlook(indicator("I-1", slot("a")))

    assert (found.mends, found.works) == ((), ())
    assert [(one.indicator, one.points, one.reasons) for one in found.asked] == [("I-1", 1000, ("没提",))]


def test_what_was_not_done_in_time_is_lost(outlook: Any) -> None:
    """After the period nothing is to be done about it, and no effort is asked."""
    found = outlook(indicator("I-1", slot("a")), facts=SHORT)

    assert (found.mends, found.asked) == ((), ())
    assert [(one.indicator, one.points, one.reasons) for one in found.lost] == [
        ("I-1", 1000, ("4件；评估期已过，事后的不算数",))
    ]


def test_doing_takes_the_rules_own_effort_and_its_proof(outlook: Any) -> None:
    """While there is time, doing and filing together earn; the last day to start is the period's end less the effort."""
    found = outlook(indicator("I-1", slot("a")), facts=SHORT, as_of="2020-09-01")

    assert told(found) == [("I-1[I-1/a+I-1/do]", 1000)]
    assert {w.id: (w.kind, w.days, w.start_by) for w in found.works} == {
        "I-1/a": ("file", 1, None),
        "I-1/do": ("do", 10, date(2020, 12, 21)),
    }


def test_doing_earns_what_the_engine_gives_once_it_is_done(make_rules: Any, assess_facts: Any, filed: Any) -> None:
    """The same day, with what was short made good and its proof filed: 有据已得 is what the mend promised."""
    rules = make_rules(MEASURES, indicator("I-1", slot("a")))
    before = assess_facts(rules, SHORT, as_of="2020-09-01")
    after = assess_facts(rules, MET, as_of="2020-09-01", evidence=[filed("I-1", "a")])
    (mend,) = outlook_of(workings_of(rules, before.submission)).mends

    assert after.finding("I-1").substantiated.earned - before.finding("I-1").substantiated.earned == mend.points


def test_what_comes_too_late_to_be_done_says_so(outlook: Any) -> None:
    """Nine days are left and ten are needed."""
    found = outlook(indicator("I-1", slot("a")), facts=SHORT, as_of="2020-12-22")

    assert [one.reasons for one in found.lost] == [("4件；要10天，2020-12-31前来不及",)]


def test_what_may_be_mended_afterwards_has_no_last_day(outlook: Any) -> None:
    """A rule that allows it keeps the mend open after the period."""
    found = outlook(indicator("I-1", slot("a"), remedy=remedy("补办", past=True)), facts=SHORT)

    assert told(found) == [("I-1[I-1/a+I-1/do]", 1000)]
    assert {w.start_by for w in found.works} == {None}


def test_one_action_for_two_indicators_is_done_once(outlook: Any) -> None:
    """The same words of two remedies are one work, with the longer effort, and both indicators need it."""
    one = indicator("I-1", slot("a"), remedy=remedy("建名册", 10, past=True))
    two = indicator("I-2", slot("a"), remedy=remedy("建名册", 12, past=True))
    found = outlook(one, two, facts=SHORT)
    doing = [w for w in found.works if w.kind == "do"]

    assert [(w.id, w.days, w.indicators) for w in doing] == [("I-1/do", 12, ("I-1", "I-2"))]
    assert told(found) == [("I-1[I-1/a+I-1/do]", 1000), ("I-2[I-1/do+I-2/a]", 1000)]


def test_an_item_returned_for_two_requirements_is_mended_once(outlook: Any, filed: Any) -> None:
    """One document with one fault, filed for two indicators, is one work under its own number."""
    item = filed(
        "I-1", "a", number="没有文号", proves=[{"indicator": "I-1", "slot": "a"}, {"indicator": "I-2", "slot": "a"}]
    )
    found = outlook(indicator("I-1", slot("a")), indicator("I-2", slot("a")), facts=MET, evidence=[item])

    assert [(w.id, w.days, w.indicators, w.codes) for w in found.works] == [("E-001", 1, ("I-1", "I-2"), ("E03",))]
    assert told(found) == [("I-1[E-001]", 1000), ("I-2[E-001]", 1000)]
    assert found.works[0].gaps == ("I-1/EVIDENCE_RETURNED/a", "I-2/EVIDENCE_RETURNED/a")


def test_an_item_of_the_wrong_kind_is_not_mended_for_both(outlook: Any, filed: Any) -> None:
    """Another document is needed for each requirement: two works."""
    item = filed("I-1", "a", kind="photo", proves=[{"indicator": "I-1", "slot": "a"}, {"indicator": "I-2", "slot": "a"}])
    found = outlook(indicator("I-1", slot("a")), indicator("I-2", slot("a")), facts=MET, evidence=[item])

    assert [(w.id, w.codes) for w in found.works] == [("I-1/a", ("E08",)), ("I-2/a", ("E08",))]


def test_a_late_publication_cannot_be_mended(outlook: Any, filed: Any) -> None:
    """What was published after its day stays as it is: lost, with the reason."""
    late = slot("a", publish_by={"month_day": "03-31"})
    found = outlook(indicator("I-1", late), facts=MET, evidence=[filed("I-1", "a", published="2020-07-01")])

    assert found.mends == ()
    assert [one.reasons for one in found.lost] == [("a凭据公开日期晚于规定期限（E11），照实保留",)]


@pytest.mark.parametrize(
    ("keys", "code", "first"),
    [
        ({"file": "a.pdf", "file_created": "2021-01-05"}, "E15", "先由人核对纸质原件"),
        ({"issued": "2021-05-01", "published": None, "number": None}, "E21", "先问评判日前有没有原件"),
    ],
)
def test_where_an_original_is_in_doubt_it_is_asked_for_first(
    outlook: Any, filed: Any, keys: Any, code: str, first: str
) -> None:
    """Nothing is promised for an item that may have been made afterwards."""
    item = filed("I-1", "a", **keys)
    found = outlook(indicator("I-1", slot("a")), facts=MET, evidence=[item], files={"a.pdf": "0" * 64})

    assert found.mends == ()
    assert len(found.asked) == 1
    assert code in found.asked[0].reasons[0]
    assert found.asked[0].reasons[0].endswith(first)


def test_an_admitted_weakness_is_asked_for_first(outlook: Any) -> None:
    """Who says himself that something is weak is promised nothing before he shows that it is mended."""
    weak = [{"kind": "admitted_weakness", "date": "2020-05", "title": "人手不够", "indicators": ["I-1"]}]
    found = outlook(indicator("I-1", slot("a")), facts=MET, incidents=weak)

    assert found.mends == ()
    assert found.asked[0].reasons == ("自认或被指出有短板，先问整改材料：人手不够",)


def test_doing_what_was_admitted_to_be_weak_needs_that_to_be_shown(ruleset: Ruleset) -> None:
    """The demo county admits that benchmarks were not published: publishing them earns with the proof of rectification."""
    submission, _ = load_submission(ROOT / "evidence_samples" / "demo-county")
    assert submission is not None
    found = outlook_of(workings_of(ruleset, submission))
    (mend,) = (mend for mend in found.mends if mend.indicator == "I-R37")
    kinds = {work.id: work.kind for work in found.works if work.id in mend.works}

    assert mend.points == 1010
    assert sorted(kinds.values()) == ["do", "file"]
    assert "I-R37" not in {one.indicator for one in found.asked}


def test_elements_are_mended_one_by_one_and_together(outlook: Any) -> None:
    """Every element has its own way; ways that take more and earn no more are not offered."""
    elements = [{"key": key, "title": key, "proof": [key]} for key in "ab"]
    both = {
        "id": "I-1",
        "award": "elements",
        "kind": "static",
        "elements": elements,
        "evidence": [slot("a"), slot("b")],
        "remedy": remedy("办好"),
    }
    facts = [{"element": f"I-1.{key}", "value": True} for key in "ab"]

    assert told(outlook(both, facts=facts)) == [
        ("I-1[I-1/a+I-1/b]", 1000),
        ("I-1[I-1/a]", 500),
        ("I-1[I-1/b]", 500),
    ]


def test_many_elements_are_offered_apart_and_promise_no_more_than_they_hold(outlook: Any) -> None:
    """Eleven elements: each by itself, rounded down, so that their sum is never above the whole."""
    keys = [f"k{n:02}" for n in range(11)]
    many = {
        "id": "I-1",
        "award": "elements",
        "kind": "static",
        "elements": [{"key": key, "title": key, "proof": [key]} for key in keys],
        "evidence": [slot(key) for key in keys],
        "remedy": remedy("办好"),
    }
    found = outlook(many, facts=[{"element": f"I-1.{key}", "value": True} for key in keys])

    assert [mend.points for mend in found.mends] == [90] * 11
    assert len(most_of(found.mends)) == 11


# --- the samples ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.name)
def sample(request: Any, ruleset: Ruleset) -> Submission:
    """Every shipped sample."""
    submission, _ = load_submission(request.param)
    assert submission is not None
    return submission


def test_everything_adds_up_to_the_maximum(sample: Submission, ruleset: Ruleset) -> None:
    """Of every sample: earned, mendable, asked, lost and not held are the maximum, to the thousandth."""
    workings = workings_of(ruleset, sample)
    found = outlook_of(workings)
    parts = [finding.substantiated.earned for finding in workings.assessment.findings]
    parts += [*most_of(found.mends).values(), *(one.points for one in (*found.asked, *found.lost)), found.reserve]

    assert sum(parts) == workings.assessment.score.maximum


def test_a_mend_of_returned_items_earns_what_accepting_them_earns(
    sample: Submission, ruleset: Ruleset, profile: Profile
) -> None:
    """The engine itself is asked: what comes of treating the returned items as accepted."""
    workings = workings_of(ruleset, sample)
    slots = {(a.indicator.id, s.slot): s for a in workings.appraisals for s in a.slots}
    uncarried = {(a.indicator.id, s) for a in workings.appraisals for p in a.parts if not p.carried for s in p.slots}
    checked = 0
    for mend in outlook_of(workings).mends:
        named = [(mend.indicator, work.partition("/")[2]) for work in mend.works]
        needed = [slots[name] for name in named if name in slots and name not in uncarried]
        filled = all(slot.status == "returned" and slot.required <= len(slot.items) for slot in needed)
        if not filled or len(needed) < len(named):
            continue
        result, _ = what_if(ruleset, profile, sample, Change(accept=tuple(name for slot in needed for name in slot.items)))
        assert result is not None
        shift = next(s for s in result.findings if s.indicator == mend.indicator)
        assert shift.after.substantiated_earned - shift.before.substantiated_earned == mend.points, mend.id
        checked += 1
    assert checked >= (7 if sample.head.unit.name == "示例县" else 0)


def test_filing_the_proof_earns_what_the_mends_say(sample: Submission, ruleset: Ruleset, profile: Profile) -> None:
    """Faultless items are filed for every mend that only files, at once: every indicator rises by its points."""
    workings = workings_of(ruleset, sample)
    found = outlook_of(workings)
    filing = {work.id for work in found.works if work.kind == "file"}
    best: dict[str, Any] = {}
    for mend in found.mends:
        if set(mend.works) <= filing and mend.points >= getattr(best.get(mend.indicator), "points", 0):
            best[mend.indicator] = mend
    shown = {f.indicator: f.slots for f in workings.assessment.findings}
    asked = {i.id: i for i in ruleset.indicators}
    items = []
    for name, mend in best.items():
        works = [work for work in found.works if work.id in mend.works]
        wanted = {gap.rpartition("/")[2] for work in works for gap in work.gaps if gap.startswith(f"{name}/")}
        bearing = {s for e in asked[name].elements for s in e.proof if any("needs" in w for w in wanted)}
        for slot in shown[name]:
            if slot.slot in wanted | bearing:
                rule = next(s for s in asked[name].evidence if s.slot == slot.slot)
                units = slot.lacking if rule.by else (None,) * max(1, slot.required - slot.accepted)
                items += [
                    faultless(f"E-new-{name}-{slot.slot}-{n}", name, rule, unit, sample) for n, unit in enumerate(units)
                ]
    filed_too = in_canonical_order(sample.head, (*sample.evidence, *items), sample.tables, sample.files, sample.inputs)
    after, problems = assess(ruleset, profile, filed_too)
    assert after is not None, [str(p) for p in problems]
    for was, now in zip(workings.assessment.findings, after.findings, strict=True):
        # An item also claims an element of which nobody spoke; a mend never counts on that.
        if was.indicator in best and now.claimed.earned == was.claimed.earned:
            gain = now.substantiated.earned - was.substantiated.earned
            assert gain == best[was.indicator].points, was.indicator


def faultless(name: str, indicator: str, slot: Any, unit: str | None, sample: Submission) -> EvidenceItem:
    """An item with which nothing is wrong, of the kind that a requirement asks for."""
    first, last = sample.head.period.from_.first, sample.head.period.to.last
    return EvidenceItem.model_validate(
        {
            "id": name,
            "title": "试例文件",
            "kind": slot.kinds[0],
            "number": f"示发〔{first.year}〕1号",
            "issued": str(first),
            "published": str(first),
            "covers": {"from": str(first), "to": str(last)},
            "signed_by": "张某",
            "sealed": True,
            "source_class": "outside",
            "url": "https://www.example.gov.cn/1",
            "proves": [
                {
                    "indicator": indicator,
                    "slot": slot.slot,
                    **({"unit": unit} if unit and unit != sample.head.unit.name else {}),
                }
            ],
        }
    )


def test_the_plan_of_the_demo_county_says_what_the_score_sheet_would(ruleset: Ruleset, profile: Profile) -> None:
    """What the plan starts from is 有据已得 as the score sheet has it, after caps and deductions."""
    submission, _ = load_submission(ROOT / "evidence_samples" / "demo-county")
    assert submission is not None
    workings = workings_of(ruleset, submission)
    plan = draft_plan(workings.assessment, outlook_of(workings), FILING_DAYS, line=60_000)
    assessment, _ = assess(ruleset, profile, submission)
    assert assessment is not None

    assert plan.earned == assessment.score.substantiated.earned == plan.base
    assert plan.solution.reached
    assert plan.after(plan.solution.best) >= 60_000
    assert plan.solution.best.days == plan.solution.soonest
