"""Two rulesets held side by side: told in the words of rules, complete, and with what is touched."""

import copy
import json
import shutil
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.models.authority import InForce
from engine.models.migration import Migration
from engine.models.rule_change import ChangeKind
from engine.models.rule_change import RuleChange
from engine.models.rule_change import RuleChanges
from engine.models.rule_change import TouchedPeriod
from engine.models.ruleset import Ruleset
from engine.rendering.layout import width
from engine.rendering.rule_changes import render_changes
from engine.rule_changes import compare_rules
from engine.rule_parts import digest_of_ruleset
from engine.rulesets import load_ruleset
from engine.sources import written_whole
from engine.touched import merged
from engine.touched import moved
from engine.touched import period_of

SHIPPED = Path(__file__).parents[2] / "rulesets" / "lbg-2021"
MEASURES, ENFORCEMENT, PROFILE = "measures.yaml", "pillars/4-enforcement.yaml", "profiles/assumed-100.yaml"


@pytest.fixture
def after(tmp_path: Path, ruleset: Ruleset) -> Any:
    """Copy the shipped ruleset, replace texts in its files, and say what changed."""

    def run(*changes: tuple[str, str, str]) -> RuleChanges:
        folder = shutil.copytree(SHIPPED, tmp_path / "lbg-2021", dirs_exist_ok=True)
        for file, old, new in changes:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text, old
            (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        changed, problems = load_ruleset(folder)
        assert changed is not None, [str(p) for p in problems]
        return compare_rules(ruleset, changed)

    return run


def only(changes: RuleChanges) -> RuleChange:
    """The one change there is."""
    (change,) = changes.changes
    return change


def since(year: int, month: int, day: int) -> tuple[TouchedPeriod, ...]:
    return (TouchedPeriod(from_=date(year, month, day)),)


EDITION = since(2021, 8, 1)


# --- in the words of rules ------------------------------------------------------------------------------------------


def test_a_ruleset_is_as_it_is(ruleset: Ruleset) -> None:
    """Nothing changed; and the words for that."""
    changes = compare_rules(ruleset, ruleset)

    assert (changes.changes, changes.indicators, changes.periods) == ((), (), ())
    assert "一个字没改" in render_changes(changes)


def test_another_number_alone_is_no_change(after: Any) -> None:
    """The revision's number stands in the heading."""
    changes = after(("ruleset.yaml", "revision: 0.2.0", "revision: 0.3.0"))

    assert changes.changes == ()
    assert "只有修订号不同" in render_changes(changes)


def test_comments_and_lines_are_no_change(after: Any) -> None:
    """Places are no part of what the rules say."""
    assert after((ENFORCEMENT, "id: P4", "# 注\n\nid: P4")).changes == ()


def test_a_threshold(after: Any) -> None:
    """5% → 6%, in the measure's own unit, with what it touches."""
    change = only(after((ENFORCEMENT, "{at_least: 5%}", "{at_least: 6%}")))

    assert (change.kind, change.subject) == (ChangeKind.THRESHOLD, "I-R36")
    assert change.before is not None and change.before.endswith("逐单位不低于5%")
    assert change.after is not None and change.after.endswith("逐单位不低于6%")
    assert (change.indicators, change.periods) == (("I-R36",), EDITION)


def test_a_threshold_that_reads_the_same_is_told_exactly(after: Any) -> None:
    """5% and 5.00001% look alike on a screen: the rule's own number is told."""
    change = only(after((ENFORCEMENT, "{at_least: 5%}", "{at_least: 5.00001%}")))

    assert change.before != change.after
    assert change.text.endswith("不低于5% → 执法部门、乡镇、街道逐单位不低于5.00001%")


def test_a_slot_added(after: Any) -> None:
    """Proof that is asked for, by its name and title."""
    slot = "      - {slot: extra, title: 另一件, kinds: [document]}\n"
    text = (SHIPPED / ENFORCEMENT).read_text(encoding="utf-8")
    start = text.index("  - id: I-R36")
    line = text[text.index("      - {slot:", start) :].split("\n", 1)[0] + "\n"

    added = only(after((ENFORCEMENT, line, line + slot)))
    assert (added.kind, added.text) == (ChangeKind.SLOT_ADDED, "增加佐证要求 extra「另一件」")


def test_a_slot_changed(after: Any) -> None:
    """Which one, and what of it."""
    change = only(
        after(("pillars/9-leadership.yaml", "{slot: delivery, title: 报送凭证", "{slot: delivery, title: 报送的凭证"))
    )

    assert (change.kind, change.subject) == (ChangeKind.SLOT, "I-R82")
    assert change.text == "佐证要求 delivery 标题：报送凭证 → 报送的凭证"


def test_an_element_added(after: Any) -> None:
    """With its share in both profiles, each told on its own."""
    changes = after(
        (
            "pillars/3-decisions.yaml",
            "      - {key: published,",
            "      - {key: heard, title: 听过意见, proof: [catalogue]}\n      - {key: published,",
        ),
        (
            PROFILE,
            "{compiled: 1/3, consented: 1/3, published: 1/3}",
            "{compiled: 1/4, consented: 1/4, published: 1/4, heard: 1/4}",
        ),
        (
            "profiles/equal-100.yaml",
            "{compiled: 1/3, consented: 1/3, published: 1/3}",
            "{compiled: 1/4, consented: 1/4, published: 1/4, heard: 1/4}",
        ),
    )

    assert [(c.kind, c.subject) for c in changes.changes] == [
        (ChangeKind.ELEMENT_ADDED, "I-R20.heard"),
        (ChangeKind.CREDIT, "assumed-100"),
        (ChangeKind.CREDIT, "equal-100"),
    ]
    assert changes.indicators == ("I-R20",)


def test_a_clock(after: Any) -> None:
    """In the word that is printed for it."""
    text = (SHIPPED / ENFORCEMENT).read_text(encoding="utf-8")
    block = text[text.index("  - id: I-R36") : text.index("  - id: I-R37")]
    change = only(after((ENFORCEMENT, block, block.replace("clock: snapshot", "clock: standing"))))

    assert (change.kind, change.text) == (ChangeKind.CLOCK, "时间型：时点 → 长效")


def test_points_that_moved(after: Any) -> None:
    """From one indicator to another, in one profile."""
    changes = after((PROFILE, "  I-R36: 1\n  I-R37: 1\n", "  I-R36: 1.5\n  I-R37: 0.5\n"))

    assert [(c.kind, c.subject, c.text, c.indicators) for c in changes.changes] == [
        (ChangeKind.POINTS, "assumed-100", "I-R36的分值：1分 → 3/2分", ("I-R36",)),
        (ChangeKind.POINTS, "assumed-100", "I-R37的分值：1分 → 1/2分", ("I-R37",)),
    ]


def test_an_authority_that_ended(after: Any) -> None:
    """What it touches are the days after its end."""
    old = "{document: 行政复议法实施条例, locator: 第二条, gives: 配备、充实专职复议人员，办案能力与工作任务相适应, in_force: {from: 2007-08-01}"
    change = only(after(("pillars/9-leadership.yaml", old, old.replace("2007-08-01}", "2007-08-01, to: 2025-12-31}"))))

    assert (change.kind, change.subject) == (ChangeKind.AUTHORITY_ENDED, "I-R85")
    assert "到2025-12-31为止" in change.text
    assert change.periods == since(2026, 1, 1)


def test_an_authority_that_came(after: Any) -> None:
    """What it touches are the days of its own term."""
    line = "      - {document: 行政复议法实施条例, locator: 第二条,"
    new = "      - {document: 某条例, locator: 第九条, in_force: {from: 2023-02-01, to: 2024-02}, status: recalled}\n"
    change = only(after(("pillars/9-leadership.yaml", line, new + line)))

    assert (change.kind, change.text) == (ChangeKind.AUTHORITY_ADDED, "增加依据 某条例第九条（2023-02-01至2024-02）")
    assert change.periods == (TouchedPeriod(from_=date(2023, 2, 1), to=date(2024, 2, 29)),)


def test_a_formula_and_a_window(after: Any) -> None:
    """Measures name every indicator that reads them."""
    changes = after((MEASURES, "per: 24 months", "per: 12 months"))
    change = only(changes)

    assert (change.kind, change.text) == (ChangeKind.WINDOW, "窗口：24 months → 12 months")
    assert "I-R67" in change.indicators


def test_a_measure_that_no_rule_reads_touches_nothing(after: Any) -> None:
    """A new word in the dictionary changes no result."""
    change = only(after((MEASURES, "measures:\n", "measures:\n  strangers: {label: 生数, kind: count, over: period}\n")))

    assert (change.kind, change.indicators, change.periods) == (ChangeKind.MEASURE_ADDED, (), ())


def test_a_clause_added_and_its_amount(after: Any) -> None:
    """A clause by its title; what it costs by the profile."""
    clause = "  - {id: K-DED-3, title: 又一条, effect: {deduct: I-R36}, when: [{incident: honour}]}\n\n  # 提示升级"
    amount = ("clauses:\n", "clauses:\n  K-DED-3: {points: 1/2, reason: 假设}\n")
    changes = after(("clauses.yaml", "\n  # 提示升级", clause), (PROFILE, *amount), ("profiles/equal-100.yaml", *amount))

    assert [(c.kind, c.subject, c.indicators) for c in changes.changes] == [
        (ChangeKind.CLAUSE_POINTS, "assumed-100", ("I-R36",)),
        (ChangeKind.CLAUSE_POINTS, "equal-100", ("I-R36",)),
        (ChangeKind.CLAUSE_ADDED, "K-DED-3", ("I-R36",)),
    ]


def test_wording_alone_touches_no_result(after: Any) -> None:
    """A note is told, and nothing is said to be touched."""
    change = only(after((ENFORCEMENT, "note: 人数看取数日，不是期间数。", "note: 人数看取数那一日，不是期间数。")))

    assert (change.kind, change.indicators, change.periods) == (ChangeKind.TEXT, (), ())


def test_the_term_of_an_edition(after: Any) -> None:
    """Every indicator, for the days between."""
    change = only(after(("ruleset.yaml", "in_force: {from: 2021-08}", "in_force: {from: 2021-10}")))

    assert change.kind is ChangeKind.IN_FORCE
    assert change.periods == (TouchedPeriod(from_=date(2021, 8, 1), to=date(2021, 9, 30)),)
    assert len(change.indicators) == 89


def test_a_year_of_working_days(after: Any) -> None:
    """Only what counts in working days, for that year."""
    text = (SHIPPED / "working-days.yaml").read_text(encoding="utf-8")
    first = text.index('"2020"')
    holiday = text[text.index("2020-", first) :][:10]
    change = only(after(("working-days.yaml", f"{holiday}, ", "")))

    assert (change.kind, change.text) == (ChangeKind.CALENDAR, "改了2020年的工作日")
    assert change.periods == (TouchedPeriod(from_=date(2020, 1, 1), to=date(2020, 12, 31)),)
    assert "I-R34" in change.indicators and "I-R36" not in change.indicators


def test_indicators_that_came_and_went(ruleset: Ruleset) -> None:
    """Each once, by its title; what it had of points is told too."""
    pillar = ruleset.pillars[0]
    fewer = ruleset.model_copy(
        update={"pillars": (pillar.model_copy(update={"indicators": pillar.indicators[1:]}), *ruleset.pillars[1:])}
    )

    assert [(c.kind, c.subject) for c in compare_rules(ruleset, fewer).changes] == [(ChangeKind.INDICATOR_REMOVED, "I-001")]
    assert [(c.kind, c.subject) for c in compare_rules(fewer, ruleset).changes] == [(ChangeKind.INDICATOR_ADDED, "I-001")]


def test_an_indicator_that_moved(ruleset: Ruleset) -> None:
    """From one first-level indicator to another."""
    first, second = ruleset.pillars[:2]
    there = second.model_copy(update={"indicators": (*second.indicators, first.indicators[0])})
    here = first.model_copy(update={"indicators": first.indicators[1:]})
    after = ruleset.model_copy(update={"pillars": (here, there, *ruleset.pillars[2:])})

    assert only(compare_rules(ruleset, after)).text == "由 P1 移到 P2"


def test_a_map_between_two_editions_is_followed(ruleset: Ruleset) -> None:
    """What was renamed is renamed, not gone and come."""
    change = {"kind": "renamed", "from": ["I-R36"], "to": ["I-X36"]}
    renamed = _replaced(ruleset, '"I-R36"', '"I-X36"')
    header = renamed.header.model_copy(update={"id": "lbg-2030"})
    migration = Migration.model_validate({"from": "lbg-2021", "changes": [change]})
    after = renamed.model_copy(update={"header": header, "migrations": {"lbg-2021": migration}})
    changes = compare_rules(ruleset, after)

    kinds = {c.kind for c in changes.changes}
    assert ChangeKind.INDICATOR_RENAMED in kinds
    assert not kinds & {ChangeKind.INDICATOR_ADDED, ChangeKind.INDICATOR_REMOVED, ChangeKind.POINTS, ChangeKind.CREDIT}
    assert ChangeKind.INDICATOR_RENAMED in {c.kind for c in compare_rules(after, ruleset).changes}


def _replaced(ruleset: Ruleset, old: str, new: str) -> Ruleset:
    return Ruleset.model_validate(json.loads(json.dumps(written_whole(ruleset)).replace(old, new)))


# --- complete -------------------------------------------------------------------------------------------------------


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in plain data."""
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, inner in children:
        if key not in ("place", "places"):
            yield (*path, key)
            yield from leaves(inner, (*path, key))


def loaded(folder: Path) -> Ruleset:
    ruleset, problems = load_ruleset(folder)
    assert ruleset is not None, problems
    return ruleset


SMALL = loaded(Path(__file__).parents[1] / "messages" / "rules" / "small")
LARGE = loaded(SHIPPED)


def paths_of(ruleset: Ruleset) -> list[tuple[Any, ...]]:
    """The path of every value of a ruleset, in an order that stays."""
    return sorted(leaves({key: value for key, value in written_whole(ruleset).items() if key != "digest"}), key=str)


def shapes_of(ruleset: Ruleset) -> list[tuple[Any, ...]]:
    """One path of every shape: which measure or which row it is does not matter."""
    return list(
        {tuple("#" if isinstance(s, int) else s for s in path[:1] + path[2:]): path for path in paths_of(ruleset)}.values()
    )


def altered(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return value[:-1] if isinstance(value, list) else f"{value}1" if isinstance(value, str) else None


def changed_at(ruleset: Ruleset, path: tuple[Any, ...], drop: bool) -> Ruleset | None:
    """A ruleset with one value altered or dropped; ``None`` where that is no ruleset any more."""
    data = copy.deepcopy(written_whole(ruleset))
    owner = data
    for step in path[:-1]:
        owner = owner[step]
    if drop:
        del owner[path[-1]]
    else:
        owner[path[-1]] = altered(owner[path[-1]])
    try:
        return Ruleset.model_validate(data)
    except ValidationError:
        return None


def every_change_is_told(before: Ruleset, path: tuple[Any, ...], drop: bool) -> None:
    """There is a change exactly where the digest, the number apart, is another; and it fits the screen."""
    after = changed_at(before, path, drop)
    assume(after is not None)
    assert after is not None
    header = after.header.model_copy(update={"revision": before.header.revision})
    changes = compare_rules(before, after)

    assert bool(changes.changes) == (digest_of_ruleset(after.model_copy(update={"header": header})) != before.digest)
    assert all(width(line) <= 80 for line in render_changes(changes).splitlines())


@settings(max_examples=300)
@given(st.sampled_from(paths_of(SMALL)), st.booleans())
def test_no_change_goes_untold(path: tuple[Any, ...], drop: bool) -> None:
    """Whatever value of a small ruleset is altered or dropped."""
    every_change_is_told(SMALL, path, drop)


@settings(max_examples=25)
@given(st.sampled_from(shapes_of(LARGE)), st.booleans())
def test_no_change_of_the_shipped_rules_goes_untold(path: tuple[Any, ...], drop: bool) -> None:
    """One value of every shape that the shipped rules have."""
    every_change_is_told(LARGE, path, drop)


@given(st.sampled_from(paths_of(SMALL)))
def test_a_change_back_is_as_many_changes(path: tuple[Any, ...]) -> None:
    """What is told one way is told the other way."""
    after = changed_at(SMALL, path, drop=False)
    assume(after is not None)
    assert after is not None

    assert len(compare_rules(SMALL, after).changes) == len(compare_rules(after, SMALL).changes)


def test_a_new_order_is_told(ruleset: Ruleset) -> None:
    """Nothing but the order changed: of slots, authorities, elements, indicators, first-level indicators, clauses."""
    indicator = next(i for i in ruleset.indicators if i.id == "I-R82")
    for key in ("elements", "evidence", "authority"):
        assert len(getattr(indicator, key)) > 1
        turned = indicator.model_copy(update={key: getattr(indicator, key)[::-1]})
        pillars = tuple(
            p.model_copy(update={"indicators": tuple(turned if i.id == "I-R82" else i for i in p.indicators)})
            for p in ruleset.pillars
        )
        assert "次序变了" in only(compare_rules(ruleset, ruleset.model_copy(update={"pillars": pillars}))).text

    pillar = ruleset.pillars[0]
    turned_pillar = pillar.model_copy(update={"indicators": pillar.indicators[::-1]})
    clauses = ruleset.clauses.model_copy(update={"clauses": ruleset.clauses.clauses[::-1]})
    for update in (
        {"pillars": (turned_pillar, *ruleset.pillars[1:])},
        {"pillars": ruleset.pillars[::-1]},
        {"clauses": clauses},
    ):
        assert "次序变了" in only(compare_rules(ruleset, ruleset.model_copy(update=update))).text


# --- periods --------------------------------------------------------------------------------------------------------

FIRST = date(2020, 1, 1)
days = st.integers(min_value=0, max_value=40).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def terms(draw: Any) -> InForce:
    start, end = sorted((draw(days), draw(days)))
    return InForce.model_validate({"from": start, "to": end if draw(st.booleans()) else None})


def covered(periods: tuple[TouchedPeriod, ...]) -> set[date]:
    horizon = [FIRST + timedelta(days=n) for n in range(-2, 45)]
    return {day for day in horizon for p in periods if p.from_ <= day and (p.to is None or day <= p.to)}


@given(terms(), terms())
def test_a_term_that_moved_touches_at_least_the_days_in_one_of_the_two(one: InForce, other: InForce) -> None:
    """Every day that is in the one term alone is named, and none that is in both."""
    old, new = covered((period_of(one),)), covered((period_of(other),))

    assert (old ^ new) <= covered(moved(one, other))
    assert moved(one, one) == ()
    if old & new:
        assert (old ^ new) == covered(moved(one, other))


@given(st.lists(terms().map(period_of), max_size=5))
def test_periods_put_together_cover_the_same_days(periods: list[TouchedPeriod]) -> None:
    """In order, apart from each other, and no day more or less."""
    done = merged(periods)

    assert covered(done) == covered(tuple(periods))
    assert all(a.to is not None and a.to + timedelta(days=1) < b.from_ for a, b in pairwise(done))
