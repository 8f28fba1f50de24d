"""Laws that hold whatever is submitted: order never matters, sums add up, proof never adds, time never gives back."""

import json
import random
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.allotment import allot_points
from engine.assessment import assess
from engine.contradictions import agrees
from engine.formulas import names_in
from engine.formulas import parse_formula
from engine.models.interval import Interval
from engine.models.interval import add
from engine.models.interval import clip
from engine.models.interval import divide
from engine.models.interval import hull
from engine.models.interval import multiply
from engine.models.interval import negate
from engine.models.result import Assessment
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.quantities import read_quantity
from engine.rule_parts import inputs_of
from engine.rulesets import load_ruleset
from engine.shaping import shape
from engine.sources import canonical_bytes
from engine.sources import parse_csv
from engine.sources import parse_yaml
from engine.submissions import in_canonical_order

Data = dict[str, Any]


# Indicators of every clock and award form. The laws need no more, and a run over all of them takes ten times as long.
INDICATORS = {
    *("I-001", "I-003", "I-R10", "I-R19", "I-R20", "I-R24", "I-R34", "I-R36", "I-R37", "I-R56"),
    *("I-R57", "I-R59", "I-R67", "I-R69", "I-R74", "I-R82"),
}


def shipped() -> Ruleset:
    ruleset, problems = load_ruleset(Path(__file__).parents[2] / "rulesets" / "lbg-2021")
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


def needed(whole: Ruleset, names: set[str]) -> set[str]:
    """Some measures, and all that they are computed from, are parts of or are held against."""
    found: set[str] = set()
    todo = set(names)
    while todo:
        name = todo.pop()
        found.add(name)
        measure = whole.measures[name]
        near = {*inputs_of(measure), *getattr(measure, "parts", ())}
        near |= {getattr(measure, "part_of", None), getattr(measure, "not_before", None)}
        trees = [parse_formula(text) for text in getattr(measure, "variants", {}).values()]
        near |= {part for tree in trees if tree is not None for part in names_in(tree)}
        todo |= {str(other) for other in near if other} - found
    return found


def narrowed(whole: Ruleset, stated: set[str]) -> Ruleset:
    """Some indicators of a ruleset, with the measures that they and some facts need."""
    pillars = [
        p.model_copy(update={"indicators": tuple(i for i in p.indicators if i.id in INDICATORS)}) for p in whole.pillars
    ]
    indicators = [i for p in pillars for i in p.indicators]
    probes = [probe for i in indicators for probe in (i, *i.elements)]
    named = {name for probe in probes for name in (probe.measure, *(clue.measure for clue in probe.clues)) if name}
    measures = needed(whole, stated | named | {name for i in indicators for name in i.monitors})
    profile = whole.profiles["assumed-100"]
    points = {name: value for name, value in profile.points.items() if name in INDICATORS}
    maximum = sum(points.values(), sum((reserve.points for reserve in profile.reserve), Fraction(0)))
    own = profile.model_copy(update={"points": points, "maximum": maximum, "clauses": {}})
    return whole.model_copy(
        update={
            "pillars": tuple(pillars),
            "measures": {name: measure for name, measure in whole.measures.items() if name in measures},
            "profiles": {own.id: own},
            "clauses": Ruleset.model_fields["clauses"].default,
        }
    )


# --- submissions ----------------------------------------------------------------------------------------------------

MEMBERS = [
    {"name": "公安局", "roles": ["执法部门", "公安", "被诉单位"]},
    {"name": "城管局", "roles": ["执法部门", "审批部门"]},
    {"name": "甲镇", "kind": "town", "roles": ["乡镇"]},
    {"name": "乙街道", "kind": "town", "roles": ["街道"]},
    {"name": "司法局", "roles": ["司法行政"]},
]
COUNTS = [
    "approvals_due",
    "approvals_in_time",
    "promised_days_average",
    "intermediary_items",
    "intermediary_baseless_items",
    "intermediary_disclosed_items",
    "hearings_held_cases",
    "hearings_attended_cases",
    "litigation_cases",
    "litigation_lost",
    "litigation_withdrawn",
    "reconsideration_cases",
    "reconsideration_revoked",
    "defaulting_agencies",
    "enforcement_officers",
    "legal_reviewers",
    "standard_filed_departments",
    "documents_reviewed",
]
RATES = [
    "head_appearance_rate",
    "litigation_loss_rate",
    "approval_on_time",
    "intermediary_disclosed_share",
    "penalty_publication",
    "poor_rating_closed",
    "decision_review",
]
HELD = ["enforcement_officers", "legal_reviewers", "hearings_held_cases", "hearings_attended_cases"]
DATES = ["annual_report_published", "annual_report_signed"]
OTHERS = [
    "promised_days_average",
    "law_lectures",
    "county_drills",
    "town_drills",
    "emergency_responses",
    "standard_published",
]
RULES = narrowed(shipped(), {*COUNTS, *RATES, *HELD, *DATES, *OTHERS})
PROFILE = RULES.profiles["assumed-100"]
ELEMENTS = [f"{i.id}.{e.key}" for i in RULES.indicators for e in i.elements if e.measure is None]
SLOTS = [(i.id, slot.slot, slot.kinds[0]) for i in RULES.indicators for slot in i.evidence]
DAYS = ["2020-02-03", "2020-03", "2020-05-20", "2020-09-30", "2020", "2019-05-01"]
TABLES = {
    "penalties.csv": "case,decided,published\n1,2020-03-02,2020-03-04\n2,2020-03-02,2020-09-01\n3,2020-05-06,未公示\n4,2020-06-01,\n",
    "decisions.csv": "decision,listed,sent,opinion,conclusion,meeting\n"
    "甲,2020-01-05,2020-03-02,2020-03-16,合法,2020-03-20\n乙,2020-01-05,2020-03-02,2020-03-03,合法,2020-03-20\n",
    "none.csv": "number,received,verified,rectified,followed_up\n",
}
TABLE_OF = {"penalty_decisions": "penalties.csv", "major_decisions": "decisions.csv", "poor_ratings": "none.csv"}

count = st.integers(0, 12).map(str)
vague = st.sampled_from(["0", "300余", "约12", "不足5", "近10", "X", "不少于3", "1.5万"])
number = st.one_of(count, count, vague, st.none())
share = st.one_of(
    st.integers(0, 100).map("{}%".format), st.sampled_from(["3/13", "95%以上", "不足50%", "77.0%", "X", "偏低"])
)
period = st.sampled_from([None, None, None, "previous", "2020", "2019", "2020-03"])
UNITS = [member["name"] for member in MEMBERS]


def _fact(**keys: Any) -> Data:
    return {key: value for key, value in keys.items() if value is not None or key == "value"}


def stated(**values: Any) -> list[Data]:
    return [{"measure": name, "value": value} for name, value in values.items() if value is not None]


def topic(make: Callable[..., list[Data]], *parts: Any) -> Any:
    """Nothing of a topic, or what belongs together."""
    return st.one_of(st.just([]), st.builds(make, *parts))


def _of_members(numbers: dict[str, tuple[str, str] | None]) -> list[Data]:
    return [
        {"measure": measure, "unit": unit, "value": value}
        for unit, pair in numbers.items()
        if pair
        for measure, value in zip(("legal_reviewers", "enforcement_officers"), pair, strict=True)
    ]


days = st.lists(st.sampled_from(DAYS), max_size=3)
pair = st.one_of(st.none(), st.tuples(count, count))
full = st.sampled_from([True, True, False])
coherent = st.tuples(
    topic(lambda n, k: stated(approvals_due=str(n + k), approvals_in_time=str(n)), st.integers(0, 9), st.integers(0, 3)),
    topic(
        lambda now, before: [
            *stated(promised_days_average=now),
            {"measure": "promised_days_average", "value": before, "period": "previous"},
        ],
        count,
        count,
    ),
    topic(
        lambda n, b, d: stated(intermediary_items=n, intermediary_baseless_items=b, intermediary_disclosed_items=d),
        count,
        st.sampled_from(["0", "0", "2"]),
        count,
    ),
    topic(
        lambda n, k: stated(hearings_held_cases=str(n + k), hearings_attended_cases=str(n)),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    topic(
        lambda n, k, r: stated(litigation_cases=str(n + k), litigation_lost=str(n), litigation_loss_rate=r),
        st.integers(0, 9),
        st.integers(0, 9),
        share,
    ),
    topic(lambda r: stated(head_appearance_rate=r), share),
    topic(_of_members, st.fixed_dictionaries(dict.fromkeys(UNITS[:4], pair))),
    topic(
        lambda one, two: [
            {"measure": "standard_published", "unit": u, "value": v} for u, v in zip(UNITS, (one, two), strict=False)
        ],
        st.booleans(),
        st.booleans(),
    ),
    topic(lambda d: [{"measure": "law_lectures", "events": [{"date": day} for day in d]}], days),
    topic(lambda d: [{"measure": "county_drills", "events": [{"date": day} for day in d]}], days),
    topic(
        lambda d, e: [
            {"measure": "town_drills", "unit": u, "events": [{"date": day} for day in x]}
            for u, x in (("甲镇", d), ("乙街道", e))
        ],
        days,
        days,
    ),
    topic(lambda d: [{"measure": "emergency_responses", "events": [{"date": day} for day in d]}], days),
    topic(lambda n: stated(defaulting_agencies=n), st.sampled_from(["0", "0", "1", "X"])),
    topic(
        lambda a, b: stated(annual_report_published=a, annual_report_signed=b),
        st.sampled_from(["2020-05-30", "2020-06"]),
        st.sampled_from(["2020-05-30", "2020-06-01", None]),
    ),
    topic(
        lambda values: [{"element": e, "value": v} for e, v in values.items()],
        st.dictionaries(st.sampled_from(ELEMENTS), st.booleans(), max_size=12),
    ),
    topic(lambda m, f: [{"measure": m, "table": TABLE_OF[m], "full": f}], st.just("penalty_decisions"), full),
    topic(lambda m, f: [{"measure": m, "table": TABLE_OF[m], "full": f}], st.just("major_decisions"), full),
    topic(lambda m, f: [{"measure": m, "table": TABLE_OF[m], "full": f}], st.just("poor_ratings"), full),
).map(lambda topics: [fact for given_facts in topics for fact in given_facts])

loose = st.one_of(
    st.builds(
        lambda m, v, p, s: _fact(measure=m, value=v, period=p, source=s),
        st.sampled_from(COUNTS),
        number,
        period,
        st.sampled_from([None, "表一"]),
    ),
    st.builds(lambda m, v, p: _fact(measure=m, value=v, period=p), st.sampled_from(RATES), share, period),
    st.builds(lambda m, u, v: _fact(measure=m, unit=u, value=v), st.sampled_from(HELD), st.sampled_from(UNITS), number),
    st.builds(
        lambda e, v, p: _fact(element=e, value=v, period=p),
        st.sampled_from(ELEMENTS),
        st.booleans(),
        st.sampled_from([None, "2020"]),
    ),
)


def _item(number: int, slot: tuple[str, str, str], flaw: int, unit: str | None) -> Data:
    item: Data = {
        "id": f"E-{number:03d}",
        "title": f"材料{number}",
        "kind": slot[2],
        "number": f"示发〔2020〕{number}号",
        "issued": "2020-05-06",
        "published": "2020-05-07",
        "covers": {"from": "2019-01-01", "to": "2020-12-31"},
        "signed_by": "张某",
        "source_class": "outside",
        "url": f"https://www.example.gov.cn/{number}",
        "proves": [{"indicator": slot[0], "slot": slot[1]}],
        "unit": unit,
    }
    item |= [
        {},
        {"kind": "photo"},
        {"url": None},
        {"published": "2020-05-01"},
        {"classification": "秘密"},
        {"covers": None},
    ][flaw]
    return {key: value for key, value in item.items() if value is not None}


def _complete(indicators: set[str], zeros: bool) -> list[tuple[tuple[str, str, str], int, str | None]]:
    """Everything that some indicators ask for, with or without their zero reports."""
    return [
        ((i.id, slot.slot, slot.kinds[0]), 0, unit)
        for i in RULES.indicators
        if i.id in indicators
        for slot in i.evidence
        if zeros or not slot.for_none
        for unit in (UNITS[:4] if slot.by else [None])
        for _ in range(slot.count)
    ]


evidence = st.builds(
    lambda indicators, zeros, loose_items: [
        _item(n, *use) for n, use in enumerate([*_complete(indicators, zeros), *loose_items], 1)
    ],
    st.sets(st.sampled_from([i.id for i in RULES.indicators]), max_size=12),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(SLOTS), st.integers(0, 5), st.sampled_from([None, "公安局", "甲镇"])), max_size=5),
)

ratings = st.lists(
    st.builds(
        lambda p, g, r: {
            "indicator": "I-R69",
            "point": p,
            "grade": g,
            "rater": r,
            "rated_on": "2020-05-30",
            "reason": "见卷",
        },
        st.sampled_from(["basis", "grading", "least_harm", "lifted"]),
        st.sampled_from(["好", "一般", "差"]),
        st.sampled_from(["甲", "乙", "丙"]),
    ),
    max_size=6,
    unique_by=lambda entry: (entry["point"], entry["rater"]),
)


def _submission(
    given_facts: Any, items: Any, rated: Any, power: bool, members: Any, counts: Any, years: int, as_of: str
) -> Data:
    unit = {
        "name": "示例县",
        "kind": "government",
        "level": "prefecture" if power else "county",
        "legislative_power": power,
        "members": MEMBERS if members else MEMBERS[:3],
        **({"member_counts": {"执法部门": 3, "乡镇": 2}} if counts else {}),
    }
    days = {"from": "2020-01-01" if years == 1 else "2019-01-01", "to": "2020-12-31"}
    known = {member["name"] for member in unit["members"]}
    return {
        "unit": unit,
        "period": days,
        "as_of": as_of,
        "facts": [fact for fact in given_facts if fact.get("unit", "公安局") in known],
        "evidence": [item for item in items if item.get("unit", "公安局") in known],
        "ratings": rated,
    }


submissions = st.builds(
    _submission,
    st.tuples(coherent, st.lists(loose, max_size=4)).map(lambda both: [*both[0], *both[1]]),
    evidence,
    ratings,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1, 1, 2]),
    st.sampled_from(["2020-06-30", "2020-12-31", "2021-03-31", "2021-06-30"]),
)


LISTS = ("facts", "evidence", "ratings", "members")


def read(data: Data, seed: int | None = None, inner: bool = False) -> Submission:
    """Read a submission as if from a file; with a seed, with its keys, facts, members and items in another order."""
    written = (
        data if seed is None else _shuffled(data, random.Random(seed), (*LISTS, "events", "proves") if inner else LISTS)
    )
    plain, problems = parse_yaml(json.dumps(written, ensure_ascii=False, indent=1), "submission.yaml")
    head, problems = shape(SubmissionFile, plain, "submission.yaml", problems)
    assert head is not None, [str(p) for p in problems]
    tables = {name: parse_csv(csv, name)[0] for name, csv in TABLES.items()}
    return in_canonical_order(head, head.evidence, {name: table for name, table in tables.items() if table}, {}, ())


def _shuffled(value: Any, chance: random.Random, lists: tuple[str, ...], key: str = "") -> Any:
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {inner: _shuffled(value[inner], chance, lists, inner) for inner in keys}
    if isinstance(value, list):
        items = [_shuffled(item, chance, lists) for item in value]
        if key in lists:
            chance.shuffle(items)
        return items
    return value


def judged(data: Data, seed: int | None = None, as_of: date | None = None, inner: bool = False) -> Assessment:
    assessment, problems = assess(RULES, PROFILE, read(data, seed, inner), as_of)
    assert assessment is not None, [str(p) for p in problems]
    return assessment


def content(assessment: Assessment) -> Any:
    """Everything an assessment says, but for lines and columns."""
    return _placeless(assessment.model_dump(mode="json", by_alias=True))


def _placeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _placeless(inner) for key, inner in value.items() if key not in ("line", "column")}
    if isinstance(value, list):
        return [_placeless(inner) for inner in value]
    return re.sub(r"(submission\.yaml):\d+:\d+", r"\1", value) if isinstance(value, str) else value


def claims_and_proofs(assessment: Assessment) -> list[tuple[Any, Any]]:
    return [(finding.claimed, finding.substantiated) for finding in assessment.findings]


# --- order ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(submissions, st.integers(1, 10**6))
def test_order_never_matters(data: Data, seed: int) -> None:
    """Facts, members, items, ratings and keys in another order give the same assessment and the same digest."""
    assert content(judged(data)) == content(judged(data, seed))


@settings(max_examples=40)
@given(submissions, st.integers(1, 10**6))
def test_order_inside_a_fact_or_an_item_is_never_judged(data: Data, seed: int) -> None:
    """Events of one fact and uses of one item in another order give the same findings, gaps and points."""
    one, other = content(judged(data)), content(judged(data, seed, inner=True))
    one["submission"]["digest"] = other["submission"]["digest"] = ""

    assert one == other


@settings(max_examples=20)
@given(submissions)
def test_the_same_input_gives_the_same_bytes(data: Data) -> None:
    """A second run yields the same bytes, places and all."""
    assert canonical_bytes(judged(data)) == canonical_bytes(judged(data))


# --- sums and tracks ------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(submissions)
def test_everything_adds_up(data: Data) -> None:
    """maximum = earned + open + recoverable + lost on every line, and every subtotal is the sum of the lines above it."""
    done = judged(data)

    for finding in done.findings:
        for track in (finding.claimed, finding.substantiated):
            assert finding.maximum == track.earned + track.open + track.recoverable + track.lost
            assert min(track.earned, track.open, track.recoverable, track.lost) >= 0
    for pillar in done.pillars:
        own = [finding for finding in done.findings if finding.pillar == pillar.id]
        assert pillar.maximum == pillar.reserve + sum(finding.maximum for finding in own)
        for name in ("claimed", "substantiated"):
            split = getattr(pillar, name)
            assert split.earned == sum(getattr(finding, name).earned for finding in own)
            assert split.open == pillar.reserve + sum(getattr(finding, name).open for finding in own)
            assert split.recoverable == sum(getattr(finding, name).recoverable for finding in own)
            assert split.lost == sum(getattr(finding, name).lost for finding in own)
    for name in ("claimed", "substantiated"):
        total = getattr(done.score, name)
        for key in ("earned", "open", "recoverable", "lost"):
            assert getattr(total, key) == sum(getattr(getattr(pillar, name), key) for pillar in done.pillars)
        assert total.reachable == total.earned + total.open


@settings(max_examples=60)
@given(submissions)
def test_the_maximum_is_the_profile_s_whatever_does_not_apply(data: Data) -> None:
    """Points of what does not apply go to the rest, to the thousandth."""
    done = judged(data)

    assert PROFILE.maximum * 1000 == done.score.maximum == sum(pillar.maximum for pillar in done.pillars)
    assert {0} >= {f.maximum for f in done.findings if f.applicability.is_ != "yes"}


@settings(max_examples=60)
@given(submissions)
def test_proof_never_adds_to_a_claim(data: Data) -> None:
    """有据 is at most 自报; what can be reached, mended or is lost is the same on both tracks."""
    for claimed, substantiated in claims_and_proofs(judged(data)):
        assert substantiated.earned <= claimed.earned
        assert substantiated.reachable == claimed.reachable
        assert (substantiated.recoverable, substantiated.lost) == (claimed.recoverable, claimed.lost)


@settings(max_examples=40)
@given(submissions)
def test_without_evidence_nothing_is_substantiated(data: Data) -> None:
    """Facts alone earn nothing where proof counts."""
    assert judged({**data, "evidence": []}).score.substantiated.earned == 0


@settings(max_examples=40)
@given(submissions)
def test_one_finding_for_every_indicator(data: Data) -> None:
    """Exactly one, in the order of the rules."""
    assert [i.id for i in RULES.indicators] == [f.indicator for f in judged(data).findings]


# --- gaps -----------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(submissions)
def test_gaps_are_told_apart(data: Data) -> None:
    """No id is given twice, and every gap has its five parts."""
    gaps = judged(data).gaps

    assert len(gaps) == len({gap.id for gap in gaps})
    for gap in gaps:
        assert all((gap.state, gap.current, gap.required, gap.missing, gap.unit))
        assert gap.detail.startswith(f"〔{gap.state}〕{gap.current}；{gap.required}；{gap.missing}。")


@settings(max_examples=60)
@given(submissions)
def test_nothing_is_open_or_short_without_a_gap(data: Data) -> None:
    """Whatever is not earned where proof counts is somebody's gap, or waits for its day."""
    done = judged(data)
    told = {gap.indicator for gap in done.gaps}
    corrects = any(gap.kind == "CONTRADICTION" for gap in done.gaps)
    left = [f for f in done.findings if f.substantiated.earned < f.maximum and f.indicator not in told]

    assert [f.indicator for f in left if not (corrects and f.state.cause == "contradiction")] == []


# --- more knowledge -------------------------------------------------------------------------------------------------

MET: dict[str, list[Data]] = {
    "intermediary_baseless_items": [{"measure": "intermediary_baseless_items", "value": "0"}],
    "head_appearance_rate": [{"measure": "head_appearance_rate", "value": "100%"}],
    "law_lectures": [{"measure": "law_lectures", "events": [{"date": "2020-02-03"}, {"date": "2020-05-20"}]}],
    "county_drills": [{"measure": "county_drills", "events": [{"date": "2020-02-03"}]}],
    "annual_report_published": [{"measure": "annual_report_published", "value": "2020-06-01"}],
    "defaulting_agencies": [{"measure": "defaulting_agencies", "value": "0"}],
    **{element: [{"element": element, "value": True}] for element in ELEMENTS},
}
# What a fact is held against or computed from: where one of these is stated, more is changed than one unknown.
NEAR = {
    "intermediary_baseless_items": {"intermediary_items"},
    "head_appearance_rate": {"hearings_held_cases", "hearings_attended_cases"},
    "annual_report_published": {"annual_report_signed"},
}


@settings(max_examples=60)
@given(submissions, st.sampled_from(sorted(MET)))
def test_an_unknown_that_turns_out_met_never_lowers_anything(data: Data, name: str) -> None:
    """Saying what nobody had said, and saying that it is met, never lowers what is earned or what can be reached."""
    data["facts"] = [
        f for f in data["facts"] if {f.get("measure"), f.get("element")}.isdisjoint({name, *NEAR.get(name, ())})
    ]
    before, after = judged(data).score.claimed, judged({**data, "facts": [*data["facts"], *MET[name]]}).score.claimed

    assert after.earned >= before.earned
    assert after.reachable >= before.reachable
    assert after.lost <= before.lost


@settings(max_examples=40)
@given(submissions, st.sampled_from(SLOTS))
def test_one_more_accepted_item_never_lowers_what_is_substantiated(data: Data, slot: tuple[str, str, str]) -> None:
    """A further good document never takes anything away, unless it proves that nothing was due."""
    item = _item(900, slot, 0, None)
    before, after = judged(data), judged({**data, "evidence": [*data["evidence"], item]})
    assume([f.applicability for f in before.findings] == [f.applicability for f in after.findings])

    assert after.score.substantiated.earned >= before.score.substantiated.earned
    assert after.score.claimed.earned >= before.score.claimed.earned


# --- clauses --------------------------------------------------------------------------------------------------------

WHOLE = shipped()
GOOD = {"national_model", "provincial_model", "national_pilot", "honour"}
INCIDENTS = st.sets(st.sampled_from(sorted(set(WHOLE.clauses.incident_kinds) - GOOD)), max_size=4).map(
    lambda kinds: [
        {"kind": kind, "date": "2020-05-20", "confirmed_by": "某机关", "status": "open", "indicators": ["I-R24", "I-R59"]}
        for kind in sorted(kinds)
    ]
)


def judged_by_all(data: Data) -> Assessment:
    assessment, problems = assess(WHOLE, WHOLE.profiles["assumed-100"], read(data))
    assert assessment is not None, [str(p) for p in problems]
    return assessment


@settings(max_examples=20)
@given(submissions, INCIDENTS)
def test_what_is_held_against_a_unit_never_helps_it(data: Data, incidents: list[Data]) -> None:
    """A confirmed incident never raises what is earned, can be reached or is added, on either track; nothing is negative."""
    before, after = judged_by_all(data).score, judged_by_all({**data, "incidents": incidents}).score

    for one, other in ((before.claimed, after.claimed), (before.substantiated, after.substantiated)):
        assert other.earned <= one.earned
        assert other.reachable <= one.reachable
        assert after.maximum == other.earned + other.open + other.recoverable + other.lost
        assert min(other.earned, other.open, other.recoverable, other.lost) >= 0
    assert after.substantiated.earned <= after.claimed.earned
    assert after.substantiated.reachable == after.claimed.reachable
    assert Fraction(after.bonus["points"]) <= Fraction(before.bonus["points"])


# --- better facts ---------------------------------------------------------------------------------------------------

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
FORMS: list[tuple[str, Any, Data]] = [
    ("all_or_nothing", "80%", {}),
    (
        "bands",
        "90%",
        {"bands": [{"meets": {"at_least": "50%"}, "share": "1/4"}, {"meets": {"at_least": "70%"}, "share": "1/2"}]},
    ),
    ("linear", "90%", {"zero_at": "30%"}),
    ("steps", "90%", {"steps": {"every": "10%", "deduct": "1/4"}}),
    ("share", None, {}),
]
LOW_FORMS: list[tuple[str, Any, Data]] = [
    ("all_or_nothing", "2", {}),
    ("bands", "1", {"bands": [{"meets": {"at_most": "3"}, "share": "1/2"}]}),
    ("linear", "0", {"zero_at": "8"}),
    ("steps", "0", {"steps": {"every": "1", "deduct": "1/5"}}),
    ("deduct_each", None, {"each": {"deduct": "1/5", "cap": "4/5"}}),
]


@pytest.fixture(scope="module")
def forms(make_rules: Callable[..., Ruleset]) -> dict[tuple[str, str], Ruleset]:
    """One ruleset for each award form: over a rate where higher is better, and over a count where lower is."""
    rate = {"kind": "ratio", "numerator": "good", "denominator": "due", "direction": "higher", "when_none_due": "unknown"}
    measures = {"good": COUNT, "due": COUNT, "rate": rate, "bad": {**COUNT, "direction": "lower"}}
    made: dict[tuple[str, str], Ruleset] = {}
    for award, bound, credit in FORMS:
        asked = {"id": "I-1", "measure": "rate", "award": award, **({"meets": {"at_least": bound}} if bound else {})}
        made["higher", award] = make_rules(measures, asked, credit={"I-1": credit} if credit else {})
    for award, bound, credit in LOW_FORMS:
        asked = {"id": "I-1", "measure": "bad", "award": award, **({"meets": {"at_most": bound}} if bound else {})}
        made["lower", award] = make_rules(measures, asked, credit={"I-1": credit} if credit else {})
    return made


@settings(max_examples=150)
@given(data=st.data())
def test_better_facts_never_earn_less(
    forms: dict[tuple[str, str], Ruleset], assess_facts: Callable[..., Any], data: Any
) -> None:
    """One more good case of as many, or one bad case fewer, never lowers what is claimed or what can be reached."""
    way, award = data.draw(st.sampled_from(sorted(forms)))
    rules, due = forms[way, award], data.draw(st.integers(1, 40))
    worse, better = sorted(data.draw(st.tuples(st.integers(0, due), st.integers(0, due))), reverse=way == "lower")

    def claimed(number: int) -> Any:
        stated = {"good": number, "due": due} if way == "higher" else {"bad": number}
        facts = [{"measure": name, "value": value} for name, value in stated.items()]
        return assess_facts(rules, facts).done.score.claimed

    assert claimed(worse).earned <= claimed(better).earned
    assert claimed(worse).reachable <= claimed(better).reachable


@settings(max_examples=100)
@given(data=st.data())
def test_a_vaguer_fact_never_earns_more_nor_reaches_less(
    forms: dict[tuple[str, str], Ruleset], assess_facts: Callable[..., Any], data: Any
) -> None:
    """What is certain of 不少于 n is certain of n, and what is possible of n is possible of 不少于 n."""
    way, award = data.draw(st.sampled_from(sorted(forms)))
    rules, number = forms[way, award], data.draw(st.integers(0, 30))
    vague = data.draw(st.sampled_from(["不少于{}", "不超过{}", "约{}"])).format(number)

    def claimed(value: Any) -> Any:
        stated = {"good": value, "due": 30} if way == "higher" else {"bad": value}
        facts = [{"measure": name, "value": given} for name, given in stated.items()]
        return assess_facts(rules, facts).done.score.claimed

    assert claimed(vague).earned <= claimed(number).earned
    assert claimed(vague).reachable >= claimed(number).reachable


# --- points ---------------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(
    st.dictionaries(st.integers(1, 60).map("I-{:02d}".format), st.integers(0, 9_999), min_size=1, max_size=30),
    st.sets(st.integers(1, 60).map("I-{:02d}".format)),
    st.sampled_from(["rescale", "spread"]),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9_999)), max_size=4),
)
def test_points_are_never_lost_in_thousandths(points: Any, away: Any, policy: str, reserve: Any) -> None:
    """Whatever does not apply, the allotted thousandths add up to the maximum, and none is negative."""
    total = sum(points.values()) + sum(kept for _, kept in reserve)
    profile = Profile.model_validate(
        {
            "id": "p",
            "title": "试例",
            "status": "assumption",
            "basis": "试例",
            "maximum": Fraction(total, 1000),
            "na_policy": policy,
            "points": {name: Fraction(value, 1000) for name, value in points.items()},
            "reserve": [{"rows": str(rows), "points": Fraction(kept, 1000), "reason": "未收录"} for rows, kept in reserve],
        }
    )
    indicators, reserves = allot_points(profile, frozenset(away))
    left = set(points) - away
    weights = [points[name] for name in left] + [kept for _, kept in reserve]
    rows = [1 for _ in left] + [rows for rows, _ in reserve]
    assume(sum(weights if policy == "rescale" else rows) > 0)

    assert total == sum(indicators.values()) + sum(reserves)
    assert left == set(indicators)
    assert min([0, *indicators.values(), *reserves]) == 0


# --- time -----------------------------------------------------------------------------------------------------------

LATER = [date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 1), date(2020, 12, 31), date(2021, 3, 31), date(2021, 9, 30)]


@settings(max_examples=60)
@given(submissions, st.tuples(st.sampled_from(LATER), st.sampled_from(LATER)).map(sorted))
def test_what_is_lost_stays_lost(data: Data, days: list[date]) -> None:
    """Judged later on the same facts, nothing that was lost can be mended, and nothing more can be mended than before."""
    data["as_of"] = "2020-06-30"
    early, late = (judged(data, as_of=day) for day in days)

    for before, after in zip(early.findings, late.findings, strict=True):
        if before.maximum and after.maximum:
            room = Fraction(2, min(before.maximum, after.maximum))
            assert Fraction(after.claimed.lost, after.maximum) + room >= Fraction(before.claimed.lost, before.maximum)
            assert Fraction(after.claimed.recoverable, after.maximum) <= Fraction(
                before.claimed.recoverable, before.maximum
            ) + room + Fraction(before.claimed.open, before.maximum)


# --- intervals ------------------------------------------------------------------------------------------------------

ends = st.one_of(st.none(), st.fractions(-4, 4, max_denominator=3))


@st.composite
def intervals(draw: st.DrawFn, low: int = -4) -> Interval:
    """An interval that holds at least one number."""
    first, second = draw(ends), draw(ends)
    if first is not None and second is not None and first > second:
        first, second = second, first
    first = first if first is None or first >= low else Fraction(low)
    opened, closed = draw(st.booleans()), draw(st.booleans())
    if first is not None and second is not None and first >= second:
        return Interval(first, first)
    return Interval(first, second, opened and first is not None, closed and second is not None)


def holds(value: Interval, number: Fraction) -> bool:
    above = value.low is None or number > value.low or number == value.low and not value.low_open
    below = value.high is None or number < value.high or number == value.high and not value.high_open
    return above and below


def sampled(value: Interval) -> list[Fraction]:
    """Numbers in an interval: near both ends, at them where they belong to it, and between."""
    low = value.low if value.low is not None else (value.high if value.high is not None else Fraction(0)) - 20
    high = value.high if value.high is not None else low + 40
    step = (high - low) / 1000
    return [x for x in (low, low + step, (low + high) / 2, high - step, high) if holds(value, x)]


@settings(max_examples=300)
@given(intervals(), st.fractions(-5, 5, max_denominator=3))
def test_comparisons_agree_with_every_point(value: Interval, bound: Fraction) -> None:
    """Yes holds for every number, no for none; what cannot be told holds for some and not for others."""
    points = sampled(value)
    for answer, of in (
        (value.at_least(bound), [x >= bound for x in points]),
        (value.more_than(bound), [x > bound for x in points]),
    ):
        assert answer is not True or all(of)
        assert answer is not False or not any(of)
        assert answer is not None or value.low is None or value.high is None or {True, False} == set(of)


@settings(max_examples=300)
@given(intervals(), intervals())
def test_arithmetic_holds_every_result(one: Interval, other: Interval) -> None:
    """Whatever two numbers may be, their sum, difference, product and hull lie in what was computed."""
    product, whole = multiply(one, other), hull([one, other])
    for x in sampled(one):
        assert holds(whole, x)
        for y in sampled(other):
            assert holds(add(one, other), x + y)
            assert holds(add(one, negate(other)), x - y)
            assert product is None or holds(product, x * y)


@settings(max_examples=300)
@given(intervals(low=0), intervals(low=0))
def test_quotients_hold_every_result(one: Interval, other: Interval) -> None:
    """Whatever two numbers may be, their quotient lies in what was computed."""
    quotient = divide(one, other)
    for x in sampled(one):
        for y in sampled(other):
            assert quotient is None or y == 0 or holds(quotient, x / y)


@settings(max_examples=300)
@given(intervals(), intervals())
def test_having_a_number_in_common_is_having_one(one: Interval, other: Interval) -> None:
    """Two intervals agree if and only if some number lies in both."""
    common = [x for x in [*sampled(one), *sampled(other)] if holds(one, x) and holds(other, x)]
    reach = [x for x in (one.low, one.high, other.low, other.high) if x is not None]
    between = [(x + y) / 2 for x in reach for y in reach]

    assert one.meets_interval(other) == bool(
        common or [x for x in [*reach, *between, Fraction(0)] if holds(one, x) and holds(other, x)]
    )


@settings(max_examples=200)
@given(intervals())
def test_clipping_never_leaves_an_impossible_interval(value: Interval) -> None:
    """What lies between two bounds stays, and the lower end is never above the upper."""
    cut = clip(value, Fraction(0), Fraction(1))

    assert cut.low is not None and cut.high is not None and cut.low <= cut.high
    assert all(holds(cut, x) for x in sampled(value) if 0 <= x <= 1)


# --- rates and numbers in words -------------------------------------------------------------------------------------


@settings(max_examples=400)
@given(st.integers(1, 5_000), st.integers(0, 4), st.booleans(), st.data())
def test_every_rate_agrees_with_its_own_rounding_and_cutting(due: int, digits: int, rounds: bool, data: Any) -> None:
    """k of n, rounded or cut at any digit, agrees with k of n; only rounding up to 100 % does not."""
    good = data.draw(st.integers(0, due))
    scaled = Fraction(good, due) * 100 * 10**digits
    shown = (scaled + Fraction(1, 2)).__floor__() if rounds else scaled.__floor__()
    text = f"{shown // 10**digits}.{shown % 10**digits:0{digits}d}%" if digits else f"{shown}%"
    quantity = read_quantity(text)
    assert quantity is not None
    assume(not (quantity.interval.exact == 1 and good < due))

    assert agrees(Fraction(good, due), quantity.interval)


@settings(max_examples=200)
@given(st.integers(1, 400), st.data())
def test_a_rate_two_units_away_never_agrees(due: int, data: Any) -> None:
    """A rate that is two per cent off is a contradiction."""
    good = data.draw(st.integers(0, due))
    stated = (Fraction(good, due) * 100).__floor__() + data.draw(st.sampled_from([-2, 3]))
    assume(0 <= stated <= 100)
    quantity = read_quantity(f"{stated}%")

    assert quantity is not None and not agrees(Fraction(good, due), quantity.interval)


WIDE = str.maketrans("0123456789.,%", "０１２３４５６７８９．，％")


@settings(max_examples=300)
@given(
    st.integers(0, 10**12),
    st.sampled_from(["", "件", "人次", "个工作日"]),
    st.sampled_from(["plain", "grouped", "wide", "blank"]),
)
def test_a_number_reads_as_itself(number: int, unit: str, way: str) -> None:
    """A whole number in any writing is itself."""
    digits = f"{number:,}" if way == "grouped" else str(number)
    text = {"wide": digits.translate(WIDE), "blank": f" {digits} "}.get(way, digits) + unit
    quantity = read_quantity(text)

    assert quantity is not None
    assert (number, unit, False) == (quantity.interval.exact, quantity.unit, quantity.percent)


@settings(max_examples=300)
@given(
    st.integers(0, 10**6),
    st.integers(0, 6),
    st.sampled_from([("", 1), ("%", Fraction(1, 100)), ("‰", Fraction(1, 1000)), ("万", 10_000), ("亿", 10**8)]),
)
def test_a_decimal_reads_as_itself(number: int, places: int, scale: tuple[str, Any]) -> None:
    """A decimal, a rate or a number of 万 is exactly what it says."""
    digits = f"{number // 10**places}.{number % 10**places:0{places}d}" if places else str(number)
    quantity = read_quantity(digits + scale[0])

    assert quantity is not None and Fraction(number, 10**places) * scale[1] == quantity.interval.exact
