"""Judging only what a change reaches gives what judging everything again gives, to the byte, whatever changes after whatever."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.assessment import Workings
from engine.assessment import work_out
from engine.incremental import reassess
from engine.laid_out import LaidOut
from engine.laid_out import lay_out
from engine.models.clause import Clauses
from engine.models.exact import PartialDate
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.models.submission import Supposed
from engine.rejudging import exchange_problems
from engine.rendering.documents import render_json
from engine.rulesets import check_ruleset
from engine.submissions import in_canonical_order
from engine.submissions import load_submission
from engine.whatif import SUPPOSED

ROOT = Path(__file__).parents[2]
SAMPLES = {"demo-county": 4, "taonan-2020": 3, "wenshan-2023": 2, "xx-district": 2, "yuanjiang-bureau-2023": 3}
Data = dict[str, Any]


def laid(rules: Ruleset, profile: Profile, submission: Submission) -> LaidOut:
    workings, problems = work_out(rules, profile, submission)
    assert workings is not None, [str(p) for p in problems]
    return lay_out(workings)


def hold_alike(was: LaidOut, submission: Submission) -> LaidOut:
    """Assess a changed submission both ways; everything must come out alike, and be laid out alike for the next change."""
    ground = was.workings.ground
    expected, problems = work_out(was.reach.ruleset, ground.profile, submission)
    now, found = reassess(was, submission)
    assert found == problems
    if expected is None or now is None:
        assert now is None
        assert expected is None
        return was
    assert render_json(now.workings.assessment) == render_json(expected.assessment)
    assert remembering_nothing(now.workings) == remembering_nothing(expected)
    assert as_laid(now) == as_laid(lay_out(expected))
    return now


def remembering_nothing(workings: Workings) -> Workings:
    return workings._replace(scope=workings.scope._replace(measured={}))


def as_laid(one: LaidOut) -> tuple[object, ...]:
    """Where things stand; the numbers of the gaps within a source are not part of it."""
    gaps = tuple(line[3] for line in one.lines)
    return dict(one.used), dict(one.filed), one.items_of, gaps, one.contradicted, one.whole


# --- changes --------------------------------------------------------------------------------------------------------

VALUES = ["0", "1", "5", "7件", "100", "95%", "80%以上", "3/13", "300余", "XX", "", "2020-05-06", True, False]
PLACES = [Place(file=""), Place(file="submission.yaml", line=3, column=5), Place(file=SUPPOSED)]
FLAWS: list[Data] = [
    {"url": None, "file": None},
    {"url": "https://www.example.gov.cn/9"},
    {"number": None},
    {"issued": None, "published": None, "covers": None},
    {"kind": "plan"},
    {"signed_by": None, "sealed": None},
    {"filled_by": "甲", "reviewed_by": "乙"},
    {"proves": ()},
]


def with_facts(submission: Submission, facts: tuple[Fact, ...]) -> Submission:
    head = submission.head.model_copy(update={"facts": facts})
    return in_canonical_order(head, submission.evidence, submission.tables, submission.files, submission.inputs)


def with_items(submission: Submission, items: tuple[EvidenceItem, ...]) -> Submission:
    return in_canonical_order(submission.head, items, submission.tables, submission.files, submission.inputs)


def change(draw: Callable[..., Any], submission: Submission, subjects: list[str]) -> Submission:
    """One thing otherwise: a value, a fact less, a fact said twice, an item with a flaw, or an item overlooked."""
    facts, items = submission.head.facts, submission.evidence
    kind = draw(st.sampled_from(["value", "value", "new", "drop", "twice", "item", "overlook"]))
    if kind == "new":
        subject = draw(st.sampled_from(subjects))
        named = {"element" if "." in subject else "measure": subject}
        unit = draw(st.sampled_from([None, None, *(member.name for member in submission.head.unit.members)]))
        made = Fact(**named, value=draw(st.sampled_from(VALUES)), unit=None if "." in subject else unit)
        return with_facts(submission, (*facts, made))
    if kind in ("item", "overlook") and items:
        at = draw(st.integers(0, len(items) - 1))
        if kind == "item":
            flawed = items[at].model_copy(update=draw(st.sampled_from(FLAWS)))
            return with_items(submission, (*items[:at], flawed, *items[at + 1 :]))
        values = {name: getattr(submission, name) for name in Submission.model_fields}
        return Supposed(**values, overlooked=(items[at].id,))
    if not facts:
        return submission
    at = draw(st.integers(0, len(facts) - 1))
    if kind == "drop" or facts[at].value is None:
        return with_facts(submission, (*facts[:at], *facts[at + 1 :]))
    new = {"value": draw(st.sampled_from(VALUES)), "place": draw(st.sampled_from([facts[at].place, *PLACES]))}
    kept = facts if kind == "twice" else (*facts[:at], *facts[at + 1 :])
    return with_facts(submission, (*kept, facts[at].model_copy(update=new)))


# --- the real rules -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def samples(ruleset: Ruleset, profile: Profile) -> dict[str, LaidOut]:
    """Every sample, assessed and laid out."""
    loaded = {name: load_submission(ROOT / "evidence_samples" / name)[0] for name in SAMPLES}
    return {name: laid(ruleset, profile, submission) for name, submission in loaded.items() if submission is not None}


@pytest.mark.parametrize("name", SAMPLES)
def test_real_submissions_changed_again_and_again(name: str, samples: dict[str, LaidOut], ruleset: Ruleset) -> None:
    """A chain of changes of each sample, each of them held against judging everything again."""
    subjects = sorted(ruleset.measures) + sorted(f"{i.id}.{e.key}" for i in ruleset.indicators for e in i.elements)

    @settings(max_examples=SAMPLES[name])
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        now = samples[name]
        for _ in range(2):
            now = hold_alike(now, change(data.draw, now.workings.ground.submission, subjects))

    run()


def test_no_figure_of_the_demo_county_has_a_reach_without_bound(samples: dict[str, LaidOut]) -> None:
    """Every one of its facts, taken away by itself, is followed; few indicators are judged again for one."""
    whole = samples["demo-county"]
    submission = whole.workings.ground.submission
    for at in range(0, len(submission.head.facts), 3):
        facts = (*submission.head.facts[:at], *submission.head.facts[at + 1 :])
        now, _ = reassess(whole, submission.model_copy(update={"head": submission.head.model_copy(update={"facts": facts})}))
        assert now is not None
        assert not now.anew
        pairs = zip(whole.workings.appraisals, now.workings.appraisals, strict=True)
        assert sum(was is not new for was, new in pairs) <= 8


def test_what_has_no_bound_is_judged_from_the_start(samples: dict[str, LaidOut]) -> None:
    """Another unit, another day, other events, an item that is gone: all of it is judged again, and it is said."""
    whole = samples["yuanjiang-bureau-2023"]
    submission = whole.workings.ground.submission
    head = submission.head
    renamed = head.model_copy(update={"unit": head.unit.model_copy(update={"name": "另一个局"})})
    later = head.model_copy(update={"as_of": head.as_of.replace(year=2030)})
    for one in (
        submission.model_copy(update={"head": renamed}),
        submission.model_copy(update={"head": later}),
        submission.model_copy(update={"head": head.model_copy(update={"incidents": ()})}),
        submission.model_copy(update={"evidence": uncited(submission)}),
    ):
        assert hold_alike(whole, one).anew


def uncited(submission: Submission) -> tuple[EvidenceItem, ...]:
    """All items but the first that nobody cites."""
    cited = {name for fact in submission.head.facts for name in fact.evidence}
    gone = next(item.id for item in submission.evidence if item.id not in cited)
    return tuple(item for item in submission.evidence if item.id != gone)


def test_a_change_may_be_judged_on_another_day(samples: dict[str, LaidOut], ruleset: Ruleset, profile: Profile) -> None:
    """The day that a submission is judged at is no part of the change."""
    submission = samples["yuanjiang-bureau-2023"].workings.ground.submission
    day = submission.head.as_of.replace(year=2030)
    workings, _ = work_out(ruleset, profile, submission, day)
    assert workings is not None
    now, _ = reassess(lay_out(workings), with_facts(submission, submission.head.facts[1:]), day)
    assert now is not None
    expected, _ = work_out(ruleset, profile, with_facts(submission, submission.head.facts[1:]), day)
    assert expected is not None
    assert not now.anew
    assert render_json(now.workings.assessment) == render_json(expected.assessment)


def test_what_is_refused_is_refused_alike(samples: dict[str, LaidOut]) -> None:
    """A measure or an item that is not there, a value of the wrong form."""
    whole = samples["yuanjiang-bureau-2023"]
    submission = whole.workings.ground.submission
    for fact in (
        Fact(measure="no_such_measure", value="1"),
        Fact(measure="litigation_lost", value="1", evidence=("E-none",)),
        Fact(measure="litigation_lost", value=True),
        Fact(element="I-R20.nothing", value=True),
    ):
        assert hold_alike(whole, with_facts(submission, (*submission.head.facts, fact))) is whole
    item = EvidenceItem(id="E-new", title="新", kind="no_such_kind")
    assert hold_alike(whole, with_items(submission, (*submission.evidence, item))) is whole


# --- drawn rules ----------------------------------------------------------------------------------------------------

COUNT = {"kind": "count", "over": "period"}
RATE = {"kind": "ratio", "direction": "higher", "numerator": "good", "denominator": "due", "variants": {"别": "due - a"}}
MEASURES: dict[str, Data] = {
    "total": {**COUNT, "parts": ["a", "b"]},
    "a": COUNT,
    "b": {**COUNT, "direction": "lower"},
    "good": {**COUNT, "part_of": "due"},
    "due": COUNT,
    "sum": {"kind": "formula", "expression": "a + b"},
    "more": {"kind": "trend", "of": "good"},
    "own": {**COUNT, "held_by": ["局"], "roll_up": "sum"},
    "graded": COUNT,
    "begun": {"kind": "date"},
    "done": {"kind": "date", "not_before": "begun"},
    "meetings": {"kind": "events"},
    "quarterly": {"kind": "every", "of": "meetings", "per": "quarter"},
    "held": {"kind": "count_in_period", "of": "meetings"},
    "cases": {
        "kind": "records",
        "counted_on": "start",
        "columns": {
            "case": {"kind": "key", "label": "案号"},
            "start": {"kind": "date", "label": "立案"},
            "end": {"kind": "date", "label": "办结"},
        },
    },
}
CASES = "case,start,end\n1,2020-03-02,2020-03-04\n2,2020-03-02,2020-09-01\n3,2020-05-06,\n"
TABLES = {"cases.csv": CASES, "none.csv": "case,start,end\n"}
MEMBERS = [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局")] + [{"name": "丙镇", "roles": ["镇"]}]
DOCUMENT = {"slot": "doc", "title": "文件", "kinds": ["document"]}
NOTHING = {"slot": "none", "title": "零报告", "kinds": ["zero_report"], "for_none": True}
CLAUSES = {
    "incident_kinds": {"admitted_weakness": {"title": "自认短板", "counts": "until_mended"}, "accident": "事故"},
    "tallies": [{"id": "short_2", "title": "两项以上不达标", "count": {"findings": "all", "outcome": "NOT_MET"}, "at_least": 2}],
    "clauses": [
        {"id": "K-CAP", "title": "封顶", "effect": {"cap": "P1"}, "when": [{"tally": "short_2"}]},
        {"id": "K-WARN", "title": "退回", "effect": "warn", "when": [{"evidence_returned": "I-1"}]},
        {
            "id": "K-UNIT", "title": "单位", "effect": "warn", "per": "unit",
            "when": [{"member_finding": "I-4", "outcome": "NOT_MET", "unit": "$u"}],
        },
    ],
}  # fmt: skip


def indicators(none_due: str, clock: str) -> list[Data]:
    """One of every form, reading measures of their own and of each other."""
    graded = {"points": [{"key": "p", "title": "要点"}], "grades": ["好", "差"]}
    return [
        {"id": "I-1", "measure": "rate", "meets": {"at_least": "80%"}, "clock": clock, "monitors": ["sum", "more", "held"],
         "evidence": [{**DOCUMENT, "period": "every_year"}, NOTHING], "clues": [{"measure": "total", "says": "口径不同"}]},
        {"id": "I-2", "measure": "b", "award": "deduct_each", "evidence": [DOCUMENT]},
        {"id": "I-3", "award": "elements", "evidence": [DOCUMENT], "elements": [
            {"key": "x", "title": "甲", "proof": ["doc"], "needs": ["public_url"]},
            {"key": "y", "title": "乙", "measure": "rate", "meets": {"at_least": "50%"}, "proof": ["doc"]},
            {"key": "z", "title": "丙", "measure": "quarterly", "meets": {"at_least": "1"}},
        ]},
        {"id": "I-4", "measure": "own", "award": "share", "each_member": {"roles": ["局"], "meets": {"at_least": "3"}},
         "evidence": [{**DOCUMENT, "by": "each_member", "period": "every_year"}]},
        {"id": "I-5", "measure": "quick", "award": "share", "clock": "triggered", "lead_unit": "镇", "evidence": [DOCUMENT, NOTHING]},
        {"id": "I-6", "measure": "done", "clock": "deadline", "meets": {"by": {"month_day": "06-30"}}},
        {"id": "I-7", "measure": "graded", "award": "rated", "rating": graded, "evidence": [DOCUMENT]},
        {"id": "I-8", "measure": "a", "kind": "monitored", "award": "all_or_nothing", "meets": {"at_least": none_due and "1"}},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def drawn_rules(make_rules: Callable[..., Ruleset]) -> Callable[..., Ruleset]:
    """A ruleset in which everything that can hang together does, with clauses."""

    def make(none_due: str, clock: str, policy: str, reserve: bool) -> Ruleset:
        quick = {"kind": "on_time_share", "of": "cases", "from": "start", "to": "end", "within": "30 days"}
        shares = {
            "rate": {**RATE, "when_none_due": none_due},
            "quick": {**quick, "direction": "higher", "when_none_due": none_due},
        }
        kept = ({"pillar": "P1", "rows": 2, "points": "3", "reason": "未收录"},) if reserve else ()
        credit = {"I-2": {"each": {"deduct": "1/5", "cap": "4/5"}}, "I-7": {"grades": {"好": "1", "差": "1/3"}}}
        plain = make_rules(
            {**MEASURES, **shares}, *indicators(none_due, clock), na_policy=policy, reserve=kept, credit=credit
        )
        cap = {"K-CAP": {"share": "1/2", "reason": "试例"}}
        profile = plain.profiles["plain"].model_dump(mode="json", by_alias=True) | {"clauses": cap}
        rules = plain.model_copy(
            update={
                "clauses": Clauses.model_validate(CLAUSES),
                "profiles": {"plain": Profile.model_validate(profile)},
            }
        )
        assert not check_ruleset(rules)
        return rules

    return make


FACTS: list[Data] = [
    *({"measure": name, "value": value} for name in ("total", "a", "b", "good", "due") for value in ("3", "8", "0")),
    {"measure": "good", "value": "2", "period": "previous"},
    {"measure": "due", "value": "5", "period": "2020-03"},
    {"measure": "rate", "value": "50%"},
    {"measure": "rate", "value": "99%", "evidence": "E-002"},
    {"measure": "quick", "value": "10%", "evidence": "E-001"},
    *({"measure": "own", "value": value, "unit": unit} for value in ("2", "4") for unit in ("甲局", "乙局", "丙镇")),
    {"measure": "own", "value": "7"},
    {"measure": "begun", "value": "2020-05-01"},
    {"measure": "done", "value": "2020-04-01"},
    {"measure": "done", "value": "2020-07-01"},
    {"measure": "meetings", "events": [{"date": "2020-02-03"}, {"date": "2020-05-06", "title": "会"}]},
    {"measure": "meetings", "value": "3"},
    {"measure": "graded", "value": "3", "filled_by": "丁"},
    {"measure": "cases", "table": "cases.csv", "full": True},
    {"measure": "cases", "table": "none.csv", "full": True},
    {"element": "I-3.x", "value": True},
    {"element": "I-3.x", "value": False},
]
SLOTS = [("I-1", "doc"), ("I-1", "none"), ("I-2", "doc"), ("I-3", "doc"), ("I-4", "doc"), ("I-5", "doc"), ("I-5", "none")]
RATINGS = [
    {"indicator": "I-7", "point": "p", "grade": grade, "rater": rater, "rated_on": "2020-12-01", "reason": "见卷"}
    for grade, rater in (("好", "甲"), ("差", "乙"), ("好", "丁"))
]
INCIDENTS = [
    {"kind": "admitted_weakness", "date": "2020-03-01", "indicators": ["I-1"], "evidence": "E-001", "title": "弱"},
    {"kind": "accident", "date": "2020-03-01", "confirmed_by": "纪委"},
]
OVERRIDES = [
    {"indicator": "I-2", "old": old, "new": "MET", "remark": "核", "authority": "组长", "decided_by": "组长",
     "decided_on": "2021-01-05", "expires": "2021-12-31"}
    for old in ("UNKNOWN", "NOT_MET")
]  # fmt: skip


@settings(max_examples=40)
@given(data=st.data())
def test_drawn_rules_and_facts_changed_again_and_again(
    drawn_rules: Callable[..., Ruleset], submit: Callable[..., Submission], filed: Callable[..., Data], data: st.DataObject
) -> None:
    """Totals and parts, rates, trends, registers, years, zero reports, ratings, incidents, overrides, clauses, 不适用."""
    rules = drawn_rules(
        data.draw(st.sampled_from(["not_applicable", "met", "unknown"])),
        data.draw(st.sampled_from(["standing", "yearly", "triggered"])),
        data.draw(st.sampled_from(["rescale", "spread"])),
        data.draw(st.booleans()),
    )
    covers = st.sampled_from(["2019-01-01", "2020-01-01"])
    proved = data.draw(st.lists(st.tuples(st.sampled_from(SLOTS), covers, st.booleans()), min_size=2, max_size=6))
    items = [
        {
            **filed(*slot),
            "kind": "zero_report" if slot[1] == "none" else "document",
            "covers": {"from": since, "to": "2020-12-31"},
            **({"unit": "甲局"} if slot[0] == "I-4" else {}),
            **({} if sound else {"url": None}),
        }
        for slot, since, sound in proved
    ]
    submission = submit(
        data.draw(st.lists(st.sampled_from(FACTS), max_size=9)),
        evidence=items,
        tables=TABLES,
        unit={"members": MEMBERS},
        period={"from": data.draw(covers), "to": "2020-12-31"},
        ratings=data.draw(st.lists(st.sampled_from(RATINGS), max_size=3, unique_by=lambda entry: entry["rater"])),
        incidents=data.draw(st.lists(st.sampled_from(INCIDENTS), max_size=2, unique_by=lambda incident: incident["kind"])),
        overrides=data.draw(st.lists(st.sampled_from(OVERRIDES), max_size=1)),
    )
    now = laid(rules, rules.profiles["plain"], submission)
    subjects = [
        *(name for name in rules.measures if name not in ("cases", "meetings", "sum", "more", "quarterly", "held")),
        "I-3.x",
    ]
    for _ in range(4):
        now = hold_alike(now, change(data.draw, now.workings.ground.submission, subjects))
    more = submit(data.draw(st.lists(st.sampled_from(FACTS), min_size=1, max_size=4)), tables=TABLES)
    last = now.workings.ground.submission
    hold_alike(now, with_facts(last, (*last.head.facts, *more.head.facts)))


# --- what reaches further than its own indicators -------------------------------------------------------------------


@pytest.fixture(scope="module")
def judge_change(drawn_rules: Callable[..., Ruleset], submit: Callable[..., Submission]) -> Callable[..., Any]:
    """Assess a submission, then the same with one thing otherwise, both ways; what came out before and after."""

    def run(said: list[Data], alter: Callable[[Submission], Submission], **keys: Any) -> tuple[Assessment, Assessment]:
        rules = drawn_rules("not_applicable", "standing", "rescale", reserve=True)
        submission = submit(said, tables=TABLES, **keys)
        was = laid(rules, rules.profiles["plain"], submission)
        now = hold_alike(was, alter(submission))
        assert now is not was
        assert not now.anew
        return was.workings.assessment, now.workings.assessment

    return run


def saying(**keys: Any) -> Callable[[Submission], Submission]:
    """One fact more."""
    return lambda submission: with_facts(submission, (*submission.head.facts, Fact(**keys)))


def without(subject: str) -> Callable[[Submission], Submission]:
    """All facts but those of a measure."""
    return lambda one: with_facts(one, tuple(fact for fact in one.head.facts if fact.measure != subject))


def entering(number: str, **keys: Any) -> Callable[[Submission], Submission]:
    """One item entered otherwise."""
    return lambda submission: with_items(
        submission, tuple(item.model_copy(update=keys) if item.id == number else item for item in submission.evidence)
    )


def codes_of(assessment: Assessment) -> dict[str, tuple[str, ...]]:
    return {item.id: item.codes for item in assessment.evidence}


def test_years_are_counted_again_over_all_items(judge_change: Callable[..., Any], filed: Callable[..., Data]) -> None:
    """Two items cover two years together; where one does no more, the other is returned too."""
    items = [
        {**filed("I-1", "doc"), "covers": {"from": str(year), "to": str(year)}, "issued": f"{year}-06-30"}
        for year in (2019, 2020)
    ]
    items[0] |= {"number": "示发〔2019〕1号", "published": "2019-07-01"}
    before, after = judge_change(
        [], entering("E-002", kind="plan"), evidence=items, period={"from": "2019-01-01", "to": "2020-12-31"}
    )
    assert codes_of(before) == {"E-001": (), "E-002": ()}
    assert codes_of(after) == {"E-001": ("E09",), "E-002": ("E07",)}


def test_who_fills_in_a_figure_may_not_rate_it(judge_change: Callable[..., Any]) -> None:
    """The rating of a person falls with the fact that the same person filed."""
    said = Fact(measure="begun", value="2020-05-01", filled_by="甲")
    _, other = judge_change([], lambda one: with_facts(one, (said,)), ratings=RATINGS[:2])
    before, after = judge_change([], saying(measure="graded", value="3", filled_by="甲"), ratings=RATINGS[:2])
    assert "RATING_SELF" not in {p.code for p in (*before.problems, *other.problems)}
    assert "RATING_SELF" in {p.code for p in after.problems}


def test_a_fact_that_shares_its_place_is_told_anew(judge_change: Callable[..., Any]) -> None:
    """Where nothing that counts stands at a place any more, what was set aside there counts for nothing and is told."""
    before, after = judge_change([{"measure": "due", "value": "3"}, {"measure": "own", "value": "XX"}], without("due"))
    assert (before.submission.facts_set_aside, after.submission.facts_set_aside) == (0, 1)
    told = [" ".join(line.text for f in one.findings if f.indicator == "I-4" for line in f.trace) for one in (before, after)]
    assert ["，不计" in text for text in told] == [False, True]


def test_a_mended_event_stands_again_without_its_proof(judge_change: Callable[..., Any], filed: Callable[..., Data]) -> None:
    """The item that shows it mended is returned: the event stands, and what is weak cannot be claimed in full."""
    weak = {"kind": "admitted_weakness", "date": "2020-03-01", "title": "弱", "status": "closed", "evidence": "E-001"}
    said = [{"measure": "good", "value": "9"}, {"measure": "due", "value": "9"}]
    before, after = judge_change(
        said, entering("E-001", url=None), evidence=[filed("I-2", "doc")], incidents=[{**weak, "indicators": ["I-1"]}]
    )
    assert "INCIDENT_NOT_MENDED" in {p.code for p in after.problems}
    claimed = [f.claimed.outcome.value for one in (before, after) for f in one.findings if f.indicator == "I-1"]
    assert claimed == ["MET", "UNKNOWN"]
    assert any("弱" in gap.current for gap in after.gaps)


def test_a_rate_that_its_register_denies_is_found(judge_change: Callable[..., Any]) -> None:
    """The register was there before; the rate that does not fit it is what came."""
    register = {"measure": "cases", "table": "cases.csv", "full": True}
    before, after = judge_change([register], saying(measure="quick", value="100%"))
    assert "FACT_RATE_CHECK" not in {p.code for p in before.problems}
    assert "FACT_RATE_CHECK" in {p.code for p in after.problems}


def test_the_latest_document_may_be_another(judge_change: Callable[..., Any], filed: Callable[..., Data]) -> None:
    """Until when there are documents is said anew with the items."""
    later = entering("E-001", issued=PartialDate("2020-09-09"), published=None)
    before, after = judge_change([], later, evidence=[filed("I-2", "doc")])
    assert (before.submission.documents_until, after.submission.documents_until) == ("2020-06-30", "2020-09-09")


def test_another_order_is_no_change_that_is_followed(
    drawn_rules: Callable[..., Ruleset], submit: Callable[..., Submission]
) -> None:
    """Which of two facts is named first depends on their order."""
    rules = drawn_rules("met", "standing", "spread", reserve=False)
    submission = submit([{"measure": "due", "value": "3"}, {"measure": "due", "value": "4"}])
    first = tuple(f.model_copy(update={"place": Place(file=f"{n}")}) for n, f in enumerate(submission.head.facts))
    ordered = submission.model_copy(update={"head": submission.head.model_copy(update={"facts": first})})
    turned = submission.model_copy(update={"head": submission.head.model_copy(update={"facts": first[::-1]})})
    assert hold_alike(laid(rules, rules.profiles["plain"], ordered), turned).anew


def test_problems_that_stand_alike_and_say_otherwise_are_not_put_in_order() -> None:
    """Their order is that of the stages, which nobody knows any more."""
    one = problem("FACT_EMPTY", Place(file="a"), "没有填值", "请填")
    other = one.model_copy(update={"remedy": "请删"})
    assert exchange_problems((one,), [], [other]) is None
    assert exchange_problems((one,), [one], [other]) == (other,)
    assert exchange_problems((one,), [one], [one, one]) == (one, one)


def test_what_ceases_to_apply_moves_all_points(
    drawn_rules: Callable[..., Ruleset], submit: Callable[..., Submission], filed: Callable[..., Data]
) -> None:
    """A zero with its report leaves the denominator: every other indicator is worth more, and the units owe otherwise."""
    rules = drawn_rules("not_applicable", "standing", "rescale", reserve=True)
    report = {**filed("I-5", "none"), "kind": "zero_report"}
    weak = {"kind": "admitted_weakness", "date": "2020-03-01", "indicators": ["I-5"], "title": "弱"}
    said = [{"measure": "due", "value": "3"}, {"measure": "good", "value": "8"}]
    some = submit(said, evidence=[report], tables=TABLES, incidents=[weak])
    now = laid(rules, rules.profiles["plain"], some)
    none = Fact(measure="cases", table="none.csv", full=True)
    after = hold_alike(now, with_facts(some, (*some.head.facts, none)))

    before = {f.indicator: f.maximum for f in now.workings.assessment.findings}
    moved = {f.indicator for f in after.workings.assessment.findings if f.maximum != before[f.indicator]}
    assert not after.anew
    assert {"镇"} == {u.name for u in now.workings.assessment.units} - {u.name for u in after.workings.assessment.units}
    assert moved == {"I-1", "I-2", "I-3", "I-4", "I-5", "I-6", "I-7"}
    assert after.workings.ground.allotment.indicators.get("I-5") is None
    assert sum(p.maximum for p in after.workings.assessment.pillars) == Fraction(10) * 1000
