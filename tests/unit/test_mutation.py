"""Small changes of rules: those that a case notices, those that none does, and those that change nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.cases import runs_of
from engine.cases import trials_of
from engine.coverage import Covered
from engine.coverage import cover
from engine.models.case import CaseFile
from engine.models.case import ClauseCaseFile
from engine.models.clause import Clauses
from engine.models.ruleset import Ruleset
from engine.mutation import Verdict
from engine.mutation import try_clauses
from engine.mutation import try_indicator

GOVERNMENT = {"name": "示例县", "kind": "government", "level": "county", "legislative_power": False}
HEAD = {"profile": "plain", "unit": GOVERNMENT, "period": {"from": "2020-01-01", "to": "2020-12-31"}, "as_of": "2021-03-31"}
SLOTS = [{"slot": "list", "title": "清单", "kinds": ["document"]}, {"slot": "log", "title": "台账", "kinds": ["record"]}]


def case(value: str, outcome: str, evidence: Any = "complete", **keys: Any) -> dict[str, Any]:
    shares = {"lost": "1"} if outcome == "NOT_MET" else {}
    expect = {"outcome": outcome, **shares, **keys.pop("expect", {})}
    return {
        "case": f"报{value}",
        "indicator": "I-1",
        "facts": [{"measure": "n", "value": value}],
        "evidence": evidence,
        "expect": expect,
        **keys,
    }


UNPROVEN = {"claimed": "MET", "cause": "no_proof"}
NOTICING = [
    case("3", "MET"),
    case("2", "NOT_MET"),
    case("9", "MET"),
    case("3", "UNKNOWN", {"without": ["list"]}, expect=UNPROVEN),
    case("3", "UNKNOWN", {"without": ["log"]}, expect=UNPROVEN),
    case("2", "NOT_MET", as_of="2020-12-01", expect={"lost": "0", "recoverable": "1", "phase": "at_risk", "by": "2020-12-21"}),
    case("3", "MET", as_of="2020-12-31"),
    case("3", "MET", as_of="2020-06-30"),
    case("3", "MET", period={"from": "2019-01-01", "to": "2020-12-31"}),
    {"case": "没报", "indicator": "I-1", "as_of": "2020-06-30", "expect": {"outcome": "UNKNOWN", "open": "1", "cause": "not_mentioned"}},
]  # fmt: skip


@pytest.fixture(scope="module")
def rules(make_rules: Callable[..., Ruleset]) -> Ruleset:
    """One indicator over a count, with two slots."""
    return make_rules(
        {"n": {"kind": "count", "direction": "higher"}},
        {"id": "I-1", "measure": "n", "meets": {"at_least": "3"}, "evidence": SLOTS},
    )


def verdicts(rules: Ruleset, cases: list[dict[str, Any]]) -> list[Verdict]:
    file = CaseFile.model_validate({**HEAD, "cases": cases})
    return list(try_indicator(rules, "I-1", trials_of(rules, [file])))


def survivors(found: list[Verdict]) -> list[str]:
    return [verdict.change for verdict in found if verdict.survived]


def test_cases_that_stand_on_every_edge_let_nothing_through(rules: Ruleset) -> None:
    """At the bound and just below, each slot empty once, in mid-period and over two years: every change is noticed."""
    assert survivors(verdicts(rules, NOTICING)) == []


@pytest.mark.parametrize(
    ("left_out", "survivor"),
    [
        (1, "I-1：不低于3 改为 2"),
        (3, "佐证「list」清单 删去"),
        (4, "佐证「log」台账 删去"),
        (8, "I-1：时间型 standing 改为 yearly"),
    ],
)
def test_a_planted_hole_in_the_cases_is_found(rules: Ruleset, left_out: int, survivor: str) -> None:
    """Without the one case that stands on an edge, the change across it survives, with its place and a suggestion."""
    cases = [c for n, c in enumerate(NOTICING) if n != left_out and not (left_out == 1 and n == 5)]
    found = [v for v in verdicts(rules, cases) if v.survived]

    assert survivor in [verdict.change for verdict in found]
    assert all(verdict.suggestion.startswith("补") for verdict in found)


def test_what_provably_changes_nothing_is_spared_with_its_reason(rules: Ruleset) -> None:
    """standing, snapshot and paced are one function."""
    spared = {v.change: v.spared for v in verdicts(rules, NOTICING) if v.spared}

    assert "同一个函数" in spared["I-1：时间型 standing 改为 snapshot"]
    assert "同一个函数" in spared["I-1：时间型 standing 改为 paced"]


def test_without_cases_everything_survives(rules: Ruleset) -> None:
    """Nobody notices anything."""
    assert all(v.survived or v.spared for v in try_indicator(rules, "I-1", ()))


def test_a_failing_case_notices_nothing(rules: Ruleset) -> None:
    """A case that fails on the rules themselves would break on every change."""
    assert all(v.survived or v.spared for v in verdicts(rules, [case("3", "NOT_MET")]))


@pytest.mark.parametrize(
    ("indicator", "measure", "credit", "changes"),
    [
        ({"meets": {"at_most": "5%"}}, {"kind": "ratio", "numerator": "a", "denominator": "b", "when_none_due": "unknown", "direction": "higher"}, {}, {"I-1：不高于5% 改为 6%", "I-1：不高于5% 改为 4%", "I-1：不高于5% 改为 不低于5%", "I-1：不高于5% 改为 低于5%"}),
        ({"meets": {"by": {"month_day": "03-31"}}, "clock": "deadline"}, {"kind": "date"}, {}, {"I-1：03-31前 改为 04-01前", "I-1：03-31前 改为 03-30前"}),
        ({"meets": {"equals": True}}, {"kind": "boolean"}, {}, {"I-1：应为是 改为 应为否"}),
        ({"meets": {"equals": "好"}}, {"kind": "choice", "options": ["好", "差"]}, {}, {"I-1：应为好 改为 应为差"}),
        ({"award": "linear", "meets": {"at_least": "10"}}, {"kind": "count"}, {"zero_at": "5"}, {"口径「plain」：零分线 5 改为 6", "口径「plain」：零分线 5 改为 4"}),
        ({"award": "deduct_each"}, {"kind": "count"}, {"each": {"deduct": "1/4"}}, {"口径「plain」：each.deduct 1/4 改为 13/50", "口径「plain」：each.cap 1 改为 99/100"}),
        ({"award": "bands", "meets": {"at_least": "10"}}, {"kind": "count"}, {"bands": [{"meets": {"at_least": "5"}, "share": "1/2"}]}, {"口径「plain」的一档：不低于5 改为 6", "口径「plain」的一档：不低于5 改为 超过5"}),
        ({"award": "share"}, {"kind": "on_time_share", "of": "r", "from": "d", "to": "e", "within": "7 working_days", "when_none_due": "unknown", "direction": "higher"}, {}, {"口径「n」：7个工作日内 改为 8个工作日内", "口径「n」：7个工作日内 改为 6个工作日内"}),
        ({"award": "share"}, {"kind": "procedure_share", "of": "r", "order": ["d", "e"], "pauses": [{"from": "d", "to": "e", "at_least": "30 days"}], "when_none_due": "unknown", "direction": "higher"}, {}, {"口径「n」：d到e不少于30日 改为 31日"}),
        ({"award": "share"}, {"kind": "every", "of": "v", "per": "24 months", "starts": "2019-04-01"}, {}, {"口径「n」：窗口 24 months 改为 25 months", "口径「n」：每个窗口不少于1次 改为 2次", "口径「n」：第一个窗口 2019-04-01 起 改为 2019-04-02 起"}),
    ],
)  # fmt: skip
def test_every_kind_of_number_is_moved(
    make_rules: Any, indicator: Any, measure: Any, credit: Any, changes: set[str]
) -> None:
    """Thresholds, limits, pauses, windows, bands, deductions and deadlines, by one unit each way."""
    columns = {
        "k": {"kind": "key", "label": "号"},
        "d": {"kind": "date", "label": "始"},
        "e": {"kind": "date", "label": "终"},
    }
    others = {
        "a": {"kind": "count"},
        "b": {"kind": "count"},
        "v": {"kind": "events"},
        "r": {"kind": "records", "counted_on": "d", "columns": columns},
    }
    made = make_rules(
        {"n": measure, **others}, {"id": "I-1", "measure": "n", **indicator}, credit={"I-1": credit} if credit else {}
    )
    found = {v.change for v in verdicts(made, [case("1", "MET")])}

    assert changes <= found


# --- clauses --------------------------------------------------------------------------------------------------------


def test_clauses_are_changed_premise_by_premise(rules: Ruleset) -> None:
    """A premise that no case leaves out can be dropped unnoticed; a tally that no case stands below can be lowered."""
    clauses = {
        "incident_kinds": {"fault": "差错", "late": "迟延"},
        "tallies": [{"id": "two", "title": "两次差错", "count": {"incidents": "fault"}, "at_least": 2}],
        "clauses": [
            {"id": "K-1", "title": "差错又迟延", "effect": "warn", "when": [{"tally": "two"}, {"incident": "late"}]}
        ],
    }
    made = rules.model_copy(update={"clauses": Clauses.model_validate(clauses)})

    def left(*cases: tuple[list[str], list[str]]) -> set[str]:
        written = [
            {"case": f"第{n}", "incidents": [{"kind": kind, "date": f"2020-05-0{d}", "confirmed_by": "上级"} for d, kind in enumerate(kinds, 1)], "expect": {"conclusions": fired}}
            for n, (kinds, fired) in enumerate(cases)
        ]  # fmt: skip
        file = ClauseCaseFile.model_validate({**HEAD, "cases": written})
        return {v.change for v in try_clauses(made, trials_of(made, [], file)) if v.survived}

    fires = (["fault", "fault", "late"], ["K-1"])
    assert left(fires) == {"K-1：前提 tally two 删去", "K-1：前提 incident late 删去", "计数「two」不少于2 改为 1"}
    assert left(fires, (["fault", "late"], []), (["fault", "fault"], [])) == set()


# --- coverage -------------------------------------------------------------------------------------------------------


def test_coverage_names_what_no_case_reaches(rules: Ruleset) -> None:
    """A band, a slot, a state: reached or missed, per indicator."""
    file = CaseFile.model_validate({**HEAD, "cases": [NOTICING[0]]})
    missed = {(c.subject, c.kind): c.missed for c in cover(rules, runs_of(rules, trials_of(rules, [file])))}

    assert missed["I-1", "档次"] == ("零分",)
    assert missed["I-1", "佐证"] == ("list 没有", "log 没有")
    assert "met" not in missed["I-1", "状态"]
    assert "at_risk" in missed["I-1", "状态"]


def test_a_failing_case_covers_nothing(rules: Ruleset) -> None:
    """What is not as expected shows nothing yet."""
    file = CaseFile.model_validate({**HEAD, "cases": [case("3", "NOT_MET")]})
    covered = cover(rules, runs_of(rules, trials_of(rules, [file])))

    assert Covered("I-1", "档次", ("满分", "零分"), frozenset()) in covered
