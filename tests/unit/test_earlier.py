"""Findings of former evaluations and inspections: in the gap list until evidence was accepted and a person confirmed it."""

from typing import Any

import pytest

from engine.sources import digest_of

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
MEASURES = {"a": COUNT}
FULL = {"id": "I-1", "measure": "a", "meets": {"at_least": "5"}, "clock": "standing"}
ITEM = {
    "id": "E-1",
    "title": "整改报告",
    "kind": "document",
    "number": "示政发〔2020〕5号",
    "issued": "2020-06-01",
    "signed_by": "张某",
    "url": "https://www.example.gov.cn/5.html",
    "filled_by": "赵某",
}
FINDING = {
    "id": "S-1",
    "kind": "third_party",
    "document": "2019年度评估报告",
    "found_on": "2020-02",
    "found": "件数不实",
    "demanded": "重新统计",
    "indicators": ["I-1"],
    "due": "2020-06-30",
}
CLOSED = {"evidence": "E-1", "confirmed_by": "王某", "closed_on": "2020-07-01"}


@pytest.fixture(scope="module")
def assessed(make_rules: Any, assess_facts: Any) -> Any:
    """Assess one indicator that is claimed in full, beside some earlier findings."""

    def run(*findings: Any, evidence: Any = (ITEM,), value: int = 5, **keys: Any) -> Any:
        rules = make_rules(MEASURES, FULL)
        return assess_facts(
            rules, [{"measure": "a", "value": value}], earlier_findings=list(findings), evidence=list(evidence), **keys
        )

    return run


def lines(of: Any) -> list[str]:
    return [gap.detail for gap in of.gaps(kind="CLAUSE")]


def test_an_open_finding_is_a_line_without_points(assessed: Any) -> None:
    """What was found and where, what was demanded, what is lacking, who, and since when it is late."""
    (gap,) = assessed(FINDING).gaps(kind="CLAUSE")

    assert gap.detail == (
        "〔往次指出〕往次第三方评估2020-02指出：件数不实（2019年度评估报告）；重新统计；没有受理的整改材料；"
        "销号前I-1不得报满分。办；限2020-06-30，已超期274天，由填报人交整改材料"
    )
    assert (gap.id, gap.open, gap.recoverable, str(gap.due)) == ("I-1/CLAUSE/earlier-S-1", 0, 0, "2020-06-30")


def test_accepted_evidence_without_a_person_waits(assessed: Any) -> None:
    """Shown to be mended is not confirmed: 待核."""
    of = assessed({**FINDING, "evidence": "E-1"})

    assert [gap.state for gap in of.gaps(kind="CLAUSE")] == ["往次指出·待核"]
    assert "整改材料形式合格，还没有人确认销号" in lines(of)[0]


def test_evidence_and_a_person_close_it(assessed: Any) -> None:
    """Nothing is left, and nobody is told anything."""
    of = assessed({**FINDING, **CLOSED})

    assert (lines(of), of.codes, of.finding("I-1").claimed.outcome.value) == ([], [], "MET")


@pytest.mark.parametrize(
    ("change", "state", "codes"),
    [
        pytest.param({"evidence": []}, "往次指出", ["INCIDENT_NOT_MENDED"], id="a word alone closes nothing"),
        pytest.param({"closed_on": "2022-01-01"}, "往次指出·待核", [], id="closed after the day of judgement"),
        pytest.param({"confirmed_by": "赵 某"}, "往次指出·待核", ["REVIEW_SELF"], id="confirmed by the filler"),
    ],
)
def test_what_does_not_close_it(assessed: Any, change: Any, state: str, codes: list[str]) -> None:
    """It stays in the list, and the record says why."""
    of = assessed({**FINDING, **CLOSED, **change})

    assert ([gap.state for gap in of.gaps(kind="CLAUSE")], of.codes) == ([state], codes)


def test_returned_evidence_closes_nothing(assessed: Any) -> None:
    """Evidence that is only a title is none."""
    bare = {key: value for key, value in ITEM.items() if key != "url"}
    of = assessed({**FINDING, **CLOSED}, evidence=[bare])

    assert [gap.state for gap in of.gaps(kind="CLAUSE")] == ["往次指出"]
    assert "INCIDENT_NOT_MENDED" in of.codes


def test_an_open_finding_lowers_no_points_but_holds_a_full_claim(assessed: Any) -> None:
    """The law of every weakness: the full claim is open until it is closed; nothing is lost."""
    before, beside = assessed().finding("I-1"), assessed(FINDING).finding("I-1")

    assert (before.claimed.outcome.value, before.claimed.earned) == ("MET", before.maximum)
    assert (beside.claimed.outcome.value, beside.claimed.open, beside.claimed.lost) == ("UNKNOWN", before.maximum, 0)
    assert beside.state.needed == "整改材料：件数不实"


def test_less_than_a_full_claim_stands(assessed: Any) -> None:
    """A claim that says itself that something is weak is left as it is."""
    without, beside = assessed(value=4).finding("I-1"), assessed(FINDING, value=4).finding("I-1")

    assert without.claimed == beside.claimed
    assert without.substantiated == beside.substantiated


def test_it_weighs_what_the_same_incident_weighs(assessed: Any, make_rules: Any, assess_facts: Any) -> None:
    """One meaning: entered as an event from outside or as an earlier finding, the points are the same."""
    incident = {
        "kind": "outside_finding",
        "date": "2020-02",
        "title": "件数不实",
        "confirmed_by": "某组",
        "indicators": ["I-1"],
    }
    rules = make_rules(MEASURES, FULL)
    other = assess_facts(rules, [{"measure": "a", "value": 5}], incidents=[incident], evidence=[ITEM])

    assert assessed(FINDING).done.score == other.done.score


def test_what_is_late_comes_before_what_is_not(assessed: Any) -> None:
    """Overdue findings stand with what is overdue."""
    of = assessed({**FINDING, "id": "B", "due": "2021-12-31"}, {**FINDING, "id": "C"})

    assert [gap.id for gap in of.gaps(kind="CLAUSE")] == ["I-1/CLAUSE/earlier-C", "I-1/CLAUSE/earlier-B"]


def test_one_found_after_the_day_of_judgement_is_set_aside(assessed: Any) -> None:
    """It did not happen yet."""
    of = assessed({**FINDING, "found_on": "2022-02", "due": "2022-06-30"})

    assert (of.codes, lines(of)) == (["FACT_AFTER_AS_OF"], [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"confirmed_by": "王某"}, "confirmed_by（谁确认销号）和 closed_on（哪天）要一起写"),
        ({"due": "2020-01-31"}, "due 早于 found_on"),
        ({**CLOSED, "closed_on": "2020-01-31"}, "closed_on 早于 found_on"),
    ],
)
def test_what_does_not_fit_together_is_refused(assessed: Any, change: Any, said: str) -> None:
    """Nearly right is refused, not guessed."""
    with pytest.raises(ValueError, match=said.replace("（", ".").replace("）", ".")):
        assessed({**FINDING, **change})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"indicators": ["I-9"]}, "INDICATOR_UNKNOWN"),
        ({"evidence": "E-9"}, "NAME_UNKNOWN"),
        ({"unit": "没有的局"}, "UNIT_UNKNOWN"),
    ],
)
def test_unknown_names_are_refused(assessed: Any, change: Any, code: str) -> None:
    """An indicator, an item or a unit that nobody knows."""
    assert code in assessed({**FINDING, **change}).codes


def test_a_submission_without_any_keeps_its_digest(assessed: Any) -> None:
    """The new key is not in the digest before it is used, nor in a record."""
    head = assessed().submission.head

    assert "earlier_findings" not in head.model_dump(mode="json", by_alias=True)
    assert digest_of(head) == digest_of(head.model_copy(update={"earlier_findings": ()}))
