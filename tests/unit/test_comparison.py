"""Two runs side by side: the change is split exactly into what brought it; gaps are new, closed, persisting or reopened."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.comparison import Basis
from engine.comparison import compare
from engine.models.comparison import Amounts
from engine.models.comparison import Comparison
from engine.models.migration import Migration

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
SHARE = {
    "kind": "ratio",
    "numerator": "good",
    "denominator": "due",
    "direction": "higher",
    "when_none_due": "not_applicable",
}
MEASURES: dict[str, Any] = {"good": COUNT, "due": COUNT, "n": COUNT, "share": SHARE}
SLOT = {"slot": "s", "title": "凭据", "kinds": ["document"], "period": "any"}
FIRST = {"id": "I-1", "measure": "share", "award": "share", "clock": "cumulative", "evidence": [SLOT]}
SECOND = {"id": "I-2", "measure": "n", "meets": {"at_least": "5"}, "clock": "standing"}


@pytest.fixture(scope="module")
def basis(make_rules: Any, submit: Any) -> Any:
    """Make one run's inputs."""

    def make(
        good: int = 9, n: int = 5, evidence: Any = (), rules: Any = (FIRST, SECOND), day: str = "2021-03-31", **keys: Any
    ) -> Basis:
        ruleset = make_rules(MEASURES, *rules, **keys)
        facts = [{"measure": "good", "value": good}, {"measure": "due", "value": 10}, {"measure": "n", "value": n}]
        return Basis(ruleset, ruleset.profiles["plain"], submit(facts, evidence=evidence), date.fromisoformat(day))

    return make


def compared(*bases: Basis) -> Comparison:
    comparison, problems = compare(bases)
    assert comparison is not None, [str(p) for p in problems]
    return comparison


def whole(comparison: Comparison) -> Amounts:
    """What the factors brought, added up."""
    figures = Amounts.model_fields
    return Amounts(**{figure: sum(getattr(p.brought, figure) for p in comparison.split) for figure in figures})


def test_the_same_run_twice_changes_nothing(basis: Any) -> None:
    """No factor, no finding, no new or closed gap."""
    same = compared(basis(), basis())

    assert (same.split, same.findings, {g.fate for g in same.gaps}) == ((), (), {"persisting"})


def test_each_factor_gets_what_it_alone_brought(basis: Any, filed: Any) -> None:
    """Better facts bring 自报; evidence alone brings 有据; where both are needed they share."""
    better = compared(basis(good=5), basis(good=10))
    proven = compared(basis(), basis(evidence=[filed("I-1", "s")]))
    both = compared(basis(good=5), basis(good=10, evidence=[filed("I-1", "s")]))

    assert [(p.factor, p.brought.claimed_earned) for p in better.split] == [("facts", 500)]
    assert [(p.factor, p.brought.substantiated_earned) for p in proven.split] == [("evidence", 900)]
    assert [(p.factor, p.brought.substantiated_earned) for p in both.split] == [("facts", 250), ("evidence", 750)]


def test_a_later_day_is_a_factor_of_its_own(basis: Any) -> None:
    """Before the period is over a cumulative rate is not decided."""
    (part,) = compared(basis(day="2020-06-30"), basis()).split

    assert (part.factor, part.brought.claimed_earned) == ("date", 900)


def test_a_stricter_rule_is_a_factor_of_its_own(basis: Any) -> None:
    """Six instead of five."""
    stricter = {**SECOND, "meets": {"at_least": "6"}}
    (part,) = compared(basis(), basis(rules=(FIRST, stricter))).split

    assert (part.factor, part.brought.claimed_earned) == ("rules", -1000)


def test_other_points_are_a_factor_of_their_own(basis: Any) -> None:
    """The same rules and facts under a profile that cuts at six."""
    linear = {**SECOND, "award": "linear"}
    (part,) = compared(
        basis(n=4, rules=(FIRST, linear), credit={"I-2": {"zero_at": "0"}}),
        basis(n=4, rules=(FIRST, linear), credit={"I-2": {"zero_at": "3"}}),
    ).split

    assert (part.factor, part.brought.claimed_earned) == ("profile", -300)


def test_a_dropped_indicator_joins_rules_and_profile(basis: Any) -> None:
    """Points of one cannot be laid over the other: they are told together, with the reason."""
    comparison = compared(basis(), basis(rules=(FIRST,)))

    assert [p.factor for p in comparison.split] == ["rules_and_profile"]
    assert comparison.merged_because is not None
    assert whole(comparison) == comparison.change


def test_a_renamed_indicator_is_the_same_one(basis: Any, filed: Any) -> None:
    """By the declared map neither its proof nor its gap is lost."""
    renamed = {**FIRST, "id": "I-9"}
    after = basis(evidence=[filed("I-9", "s")], rules=(renamed, SECOND))
    change = {"kind": "renamed", "from": ["I-1"], "to": ["I-9"]}
    migration = Migration.model_validate(
        {"from": "old", "changes": [change, {"kind": "same", "from": ["I-2"], "to": ["I-2"]}]}
    )
    before = basis(evidence=[filed("I-1", "s")])
    header = before.ruleset.header.model_copy(update={"id": "old"})
    before = before._replace(ruleset=before.ruleset.model_copy(update={"header": header}))
    after = after._replace(ruleset=after.ruleset.model_copy(update={"migrations": {"old": migration}}))
    comparison = compared(before, after)

    assert (comparison.findings, comparison.change, {g.fate for g in comparison.gaps}) == (
        (),
        Amounts(),
        {"persisting"},
    )


def test_gaps_that_come_back_are_reopened(basis: Any) -> None:
    """Short, enough, short again."""
    gaps = compared(basis(n=3), basis(n=5), basis(n=4)).gaps

    assert {g.gap: g.fate for g in gaps}["I-2/SHORTFALL/value"] == "reopened"


def test_gaps_are_new_closed_or_persisting(basis: Any, filed: Any) -> None:
    """One is mended, one appears, one stays."""
    fates = {g.gap: g.fate for g in compared(basis(n=3), basis(n=5, good=10, evidence=[filed("I-1", "s")])).gaps}

    assert fates == {
        "I-1/EVIDENCE_MISSING/s": "closed",
        "I-1/SHORTFALL/value": "closed",
        "I-2/SHORTFALL/value": "closed",
    }


def test_what_cannot_be_judged_is_refused(basis: Any, submit: Any) -> None:
    """A submission that its own rules refuse is no run."""
    bad = basis()._replace(submission=submit([{"measure": "unknown", "value": 1}]))

    assert compare((basis(), bad))[0] is None


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_parts_always_add_up(basis: Any, filed: Any, data: st.DataObject) -> None:
    """Whatever changes at once, the contributions are the whole change."""

    def drawn() -> Basis:
        rule = {**SECOND, "meets": {"at_least": data.draw(st.sampled_from(["4", "6"]))}}
        return basis(
            good=data.draw(st.integers(0, 10)),
            n=data.draw(st.integers(3, 6)),
            evidence=[filed("I-1", "s")] if data.draw(st.booleans()) else (),
            rules=data.draw(st.sampled_from([(FIRST, rule), (FIRST,)])),
            day=data.draw(st.sampled_from(["2020-06-30", "2021-03-31"])),
        )

    comparison = compared(drawn(), drawn())

    assert whole(comparison) == comparison.change
