"""What of an indicator is proven: accepted evidence counted against what is asked for."""

from typing import Any

import pytest

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period", "held_by": ["局"]}
ASKED = {"id": "I-1", "measure": "n", "meets": {"at_least": "1"}}
BUREAUS = {"members": [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局")]}


@pytest.fixture(scope="module")
def slot(make_rules: Any, assess_facts: Any) -> Any:
    """File items for the one slot of an indicator, which is claimed as met; the slot, and what is proven."""

    def run(asked: Any, *items: Any, each: Any = None, **keys: Any) -> Any:
        indicator = {**ASKED, "evidence": [{"slot": "s", "title": "凭据", "kinds": ["document"], "period": "any", **asked}]}
        if each:
            indicator |= {"each_member": each, "award": "share"}
        rules = make_rules({"n": COUNT}, indicator)
        finding = assess_facts(rules, [{"measure": "n", "value": 1}], evidence=items, **keys).finding("I-1")
        return finding.slots[0], finding.substantiated.earned

    return run


def test_one_accepted_item_fills_a_slot(slot: Any, filed: Any) -> None:
    """One is asked, one is there."""
    shown, earned = slot({}, filed("I-1", "s"))

    assert (shown.status, shown.required, shown.accepted, shown.items, earned) == ("accepted", 1, 1, ("E-001",), 1000)


def test_nothing_filed_is_missing(slot: Any) -> None:
    """An empty slot proves nothing."""
    shown, earned = slot({})

    assert (shown.status, shown.accepted, earned) == ("missing", 0, 0)


def test_everything_returned_is_returned(slot: Any, filed: Any) -> None:
    """What was filed is named with its codes."""
    shown, earned = slot({}, filed("I-1", "s", kind="photo"))

    assert (shown.status, shown.codes, shown.items, earned) == ("returned", ("E08",), ("E-001",), 0)


def test_too_few_items_are_incomplete(slot: Any, filed: Any) -> None:
    """One accepted of two asked proves nothing yet."""
    shown, earned = slot({"count": "2"}, filed("I-1", "s"), filed("I-1", "s", kind="photo"))

    assert (shown.status, shown.required, shown.accepted, earned) == ("incomplete", 2, 1, 0)


def test_one_item_filed_twice_is_one_item(slot: Any, filed: Any) -> None:
    """The same item named twice for one slot counts once."""
    twice = [{"indicator": "I-1", "slot": "s"}] * 2

    assert slot({"count": "2"}, filed("I-1", "s", proves=twice))[0].status == "incomplete"


EACH = {"roles": ["局"], "meets": {"at_least": "1"}}


def test_every_member_files_its_own(slot: Any, filed: Any) -> None:
    """Two items of one unit do not stand for another unit's."""
    asked = {"by": "each_member"}
    alone = slot(asked, filed("I-1", "s", unit="甲局"), filed("I-1", "s", unit="甲局"), each=EACH, unit=BUREAUS)[0]
    both = slot(asked, filed("I-1", "s", unit="甲局"), filed("I-1", "s", unit="乙局"), each=EACH, unit=BUREAUS)[0]

    assert (alone.status, alone.required, alone.accepted) == ("incomplete", 2, 1)
    assert (both.status, both.required, both.accepted) == ("accepted", 2, 2)


def test_members_known_by_number_only_are_all_asked(slot: Any, filed: Any) -> None:
    """43 units are 43 items, whoever they are."""
    shown, _ = slot({"by": "each_member"}, filed("I-1", "s"), each=EACH, unit={"member_counts": {"局": 43}})

    assert (shown.required, shown.accepted) == (43, 0)


def test_a_use_may_name_its_own_unit(slot: Any, filed: Any) -> None:
    """One joint document may be each unit's."""
    proves = [{"indicator": "I-1", "slot": "s", "unit": unit} for unit in ("甲局", "乙局")]

    assert slot({"by": "each_member"}, filed("I-1", "s", proves=proves), each=EACH, unit=BUREAUS)[0].accepted == 2


def test_a_zero_report_is_asked_only_where_there_was_none(slot: Any, filed: Any) -> None:
    """A slot for a zero report is not needed where something was due."""
    assert slot({"for_none": True}, filed("I-1", "s"))[0].status == "not_needed"


@pytest.mark.parametrize(
    ("need", "without"),
    [
        ("public_url", {"url": None, "file": "a.pdf"}),
        ("number", {"number": None}),
        ("signature", {"signed_by": None}),
        ("outside", {"source_class": "self"}),
    ],
)
def test_an_element_asks_more_of_its_proof(make_rules: Any, assess_facts: Any, filed: Any, need: str, without: Any) -> None:
    """The same document is accepted for the slot, and proves the element only if it carries what that needs."""
    listed = {
        "id": "I-1",
        "award": "elements",
        "elements": [{"key": "made", "title": "制定", "proof": ["s"], "needs": [need]}],
        "evidence": [{"slot": "s", "title": "凭据", "kinds": ["document"], "period": "any"}],
    }
    rules = make_rules({}, listed)
    facts = [{"element": "I-1.made", "value": True}]

    def earned(**keys: Any) -> int:
        item = {k: v for k, v in filed("I-1", "s", **keys).items() if v is not None}
        found = assess_facts(rules, facts, evidence=[item], files={"a.pdf": "a" * 64}).finding("I-1")
        assert found.slots[0].status == "accepted"
        return found.substantiated.earned

    assert (earned(), earned(**without)) == (1000, 0)


NONE = {"slot": "zero", "title": "零报告", "kinds": ["zero_report"], "count": 1, "period": "any", "for_none": True}


@pytest.mark.parametrize(("cases", "status"), [(0, "accepted"), (3, "returned")])
def test_a_zero_report_beside_cases_is_returned(
    make_rules: Any, assess_facts: Any, filed: Any, cases: int, status: str
) -> None:
    """Who reports three cases cannot also report that there were none; the zero report goes back."""
    share = {"kind": "ratio", "numerator": "n", "denominator": "n", "direction": "higher", "when_none_due": "not_applicable"}
    asked = {"id": "I-1", "measure": "rate", "award": "share", "evidence": [NONE]}
    rules = make_rules({"n": COUNT, "rate": share}, asked)
    done = assess_facts(rules, [{"measure": "n", "value": cases}], evidence=[filed("I-1", "zero", kind="zero_report")])

    assert ("E13" in done.codes) == (status == "returned")
    assert done.item("E-001").status == status
