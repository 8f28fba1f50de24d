"""The plan is the best there is: held against every set of works on small cases, whole on large ones."""

import time
from itertools import combinations
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.plan import Mend
from engine.models.plan import Solution
from engine.models.plan import Work
from engine.planning import plan_mends


def work(name: str, days: int) -> Work:
    return Work(id=name, kind="file", title=name, days=days, unit="甲局", indicators=("I-1",))


def mend(name: str, points: int, *works: str, group: str = "", pillar: str = "P1") -> Mend:
    return Mend(
        id=name, group=group or name, indicator=name, pillar=pillar, title=name, points=points, works=tuple(sorted(works))
    )


Case = tuple[list[Mend], list[Work], dict[str, int]]


@st.composite
def cases(draw: Any) -> Case:
    """Up to seven works, some shared, up to nine mends in groups and pillars, of which some are capped."""
    works = [work(f"w{i}", draw(st.integers(1, 6))) for i in range(draw(st.integers(1, 7)))]
    names = st.sets(st.sampled_from([w.id for w in works]), min_size=1, max_size=3)
    mends = [
        mend(
            f"m{i}",
            draw(st.integers(1, 9)),
            *draw(names),
            group=draw(st.sampled_from(["", "g1", "g2"])),
            pillar="P1",
        )
        for i in range(draw(st.integers(1, 9)))
    ]
    of_group = {group: draw(st.sampled_from(["P1", "P2"])) for group in sorted({m.group for m in mends})}
    mends = [m.model_copy(update={"pillar": of_group[m.group]}) for m in mends]
    return mends, works, draw(st.dictionaries(st.sampled_from(["P1", "P2"]), st.integers(0, 15)))


def worth(done: set[str], mends: list[Mend], rooms: dict[str, int]) -> tuple[int, int]:
    """What some works earn, after caps and before: told again, by the words of the model alone."""
    earned: dict[str, dict[str, int]] = {}
    for m in mends:
        if set(m.works) <= done:
            groups = earned.setdefault(m.pillar, {})
            groups[m.group] = max(groups.get(m.group, 0), m.points)
    sums = {pillar: sum(groups.values()) for pillar, groups in earned.items()}
    return sum(min(points, rooms.get(pillar, points)) for pillar, points in sums.items()), sum(sums.values())


def every_set(case: Case) -> list[tuple[tuple[int, int], int, tuple[str, ...]]]:
    """Every set of works: what it earns, what it takes, and its names."""
    mends, works, rooms = case
    found = []
    for size in range(len(works) + 1):
        for chosen in combinations(works, size):
            names = tuple(sorted(w.id for w in chosen))
            found.append((worth(set(names), mends, rooms), sum(w.days for w in chosen), names))
    return found


def first_by_id(names: tuple[str, ...], works: list[Work]) -> int:
    ordered = sorted(w.id for w in works)
    return sum(1 << (len(ordered) - ordered.index(name)) for name in names)


def solved(case: Case, **asked: int | None) -> Solution:
    mends, works, rooms = case
    return plan_mends(mends, works, rooms, **asked)


@given(cases(), st.integers(0, 25))
def test_within_days_it_is_the_best_of_all_sets(case: Case, days: int) -> None:
    """Most points, then fewest days, then most above the caps, then the first ids: compared with every set there is."""
    fitting = [one for one in every_set(case) if one[1] <= days]
    most = max(fitting, key=lambda one: (one[0][0], -one[1], one[0][1], first_by_id(one[2], case[1])))
    best = solved(case, days=days).best

    assert (best.points, best.days, best.uncapped, best.works) == (most[0][0], most[1], most[0][1], most[2])


@given(cases(), st.integers(1, 30))
def test_a_line_is_reached_with_the_fewest_days(case: Case, need: int) -> None:
    """No set of works reaches it sooner; where none does, the best there is comes back and it is said."""
    enough = [days for (points, _), days, _ in every_set(case) if points >= need]
    solution = solved(case, need=need)

    assert solution.reached == bool(enough)
    if enough:
        assert (solution.best.days, solution.best.points >= need) == (min(enough), True)
    else:
        assert solution.best.points == max(points for (points, _), _, _ in every_set(case))


@given(cases(), st.integers(0, 25), st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(case: Case, days: int, random: Random) -> None:
    """Shuffled mends and works give the same solution, greedy and curve included."""
    mends, works, rooms = list(case[0]), list(case[1]), case[2]
    random.shuffle(mends)
    random.shuffle(works)

    assert plan_mends(mends, works, rooms, days) == solved(case, days=days)


@given(cases(), st.integers(0, 25))
def test_greedy_fits_and_never_beats_the_optimum(case: Case, days: int) -> None:
    """What is shown for comparison keeps the same days and earns no more."""
    solution = solved(case, days=days)

    assert solution.greedy.days <= days
    assert solution.greedy.points <= solution.best.points == solution.bound


@given(cases())
def test_more_days_never_earn_less(case: Case) -> None:
    """The curve rises, and every step of it is the optimum for its days."""
    curve = solved(case).curve

    assert all(a.days < b.days and a.points < b.points for a, b in pairwise(curve))
    assert [solved(case, days=step.days).best.points for step in curve] == [step.points for step in curve]


def test_a_work_that_serves_two_is_paid_once() -> None:
    """Neither of two mends is worth the roster alone; together they are."""
    mends = [mend("a", 5, "roster"), mend("b", 5, "roster"), mend("c", 7, "alone")]
    solution = plan_mends(mends, [work("roster", 4), work("alone", 4)], {}, 4)

    assert (solution.best.works, solution.best.points, solution.best.days) == (("roster",), 10, 4)


def test_greedy_can_be_worse() -> None:
    """What earns most per day is taken first and leaves no room for the better two."""
    mends = [mend("a", 7, "w1"), mend("b", 5, "w2"), mend("c", 5, "w3")]
    solution = plan_mends(mends, [work("w1", 6), work("w2", 5), work("w3", 5)], {}, 10)

    assert (solution.greedy.points, solution.best.points) == (7, 10)


def test_what_a_cap_cuts_is_not_bought() -> None:
    """Where a pillar takes 6 more points, days are not spent on the seventh."""
    mends = [mend("a", 6, "w1"), mend("b", 6, "w2")]
    solution = plan_mends(mends, [work("w1", 3), work("w2", 2)], {"P1": 6}, 5)

    assert (solution.best.works, solution.best.points, solution.everything.uncapped) == (("w2",), 6, 12)


def test_nothing_to_mend_is_nothing_to_do() -> None:
    """Without mends the solution is empty and no line is reached."""
    solution = plan_mends([], [], {}, 30, 1000)

    assert (solution.best.works, solution.best.points, solution.reached, solution.everything.days) == ((), 0, False, 0)


def test_hundreds_of_mends_are_no_matter() -> None:
    """A county with five hundred things to file, two days and a point each: the first three fit into a week."""
    names = [f"w{i:03}" for i in range(500)]
    solution = plan_mends([mend(f"m{name}", 1, name) for name in names], [work(name, 2) for name in names], {}, 7)

    assert (solution.best.points, solution.best.days, solution.best.works) == (3, 6, ("w000", "w001", "w002"))
    assert (solution.everything.points, solution.curve[-1].days) == (500, 1000)


@pytest.mark.parametrize("shared", [6, 10])
def test_sixty_mends_are_proven_quickly(shared: int) -> None:
    """Sixty mends of which many share their effort: no better one was left out, and nobody waits."""
    random = Random(shared)
    works = [work(f"w{i:02}", random.randint(1, 30)) for i in range(60)]
    works += [work(f"s{i:02}", random.randint(5, 40)) for i in range(shared)]
    mends = [
        mend(f"m{i:02}", random.randint(50, 1000), f"w{i:02}", *{f"s{random.randrange(shared):02}" for _ in range(i % 3)})
        for i in range(60)
    ]
    start = time.process_time()
    solution = plan_mends(mends, works, {}, 200)

    assert time.process_time() - start < 5
    assert solution.best.points == solution.bound >= solution.greedy.points
    assert solution.best.days <= 200
