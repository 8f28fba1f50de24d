"""Calibration: Beta counts that share a strictness, strictness and its spread on a grid, back-test, and the local file."""

import math
import random
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.backtest import calibrate
from engine.calibration import calibrate_grades
from engine.calibration import calibrate_spread
from engine.calibration import find_strictness
from engine.models.evaluation import Evaluation
from engine.models.past_result import PastResult
from engine.rendering.evaluation_text import render_evaluation
from engine.rulesets import load_ruleset
from engine.shaping import shape
from engine.sources import parse_yaml
from engine.strictness import GRID
from engine.strictness import accepted_by
from engine.strictness import posterior

ROOT = Path(__file__).parents[2]
RULES, _ = load_ruleset(ROOT / "rulesets" / "lbg-2021")
assert RULES is not None
ASSUMED = RULES.evaluations["assumed"]
USUAL = next(one for one in ASSUMED.evaluators if one.id == "usual")
PRIORS = {grade: getattr(USUAL.acceptance, grade) for grade in "ABCD"}
MEANS = {grade: prior.mean for grade, prior in PRIORS.items()}


def counted(name: str = "R-1", **items: tuple[int, int]) -> PastResult:
    """A result item by item: of each grade the accepted and the filed."""
    seen = {grade: {"filed": filed, "accepted": accepted} for grade, (accepted, filed) in items.items()}
    return result(name, items=seen)


def result(name: str, **keys: object) -> PastResult:
    return PastResult.model_validate(
        {
            "id": name,
            "title": name,
            "source": f"{name}号文",
            "dated": "2022-03-01",
            "period": {"from": "2021-01-01", "to": "2021-12-31"},
            **keys,
        }
    )


def scored(score: str, items: int = 20, grade: str = "B", name: str = "R-1") -> PastResult:
    return result(name, pillars=[{"pillar": "P1", "score": score, "at_stake": {grade: {"items": items, "points": "10"}}}])


def mean_after(grade: str, *results: PastResult) -> Fraction:
    return {one.grade: one.mean for one in calibrate_grades(USUAL, results)}[grade]


# --- acceptance -----------------------------------------------------------------------------------------------------


def test_counts_are_added_to_what_was_assumed():
    """By hand: 40 of 60 of grade B, 0.75 and worth 20 before; ρ = 0.75·0.25·0.25², 60 items count as 60/(1+59ρ)."""
    seen = next(one for one in calibrate_grades(USUAL, [counted(B=(40, 60))]) if one.grade == "B")
    counts = 60 / (1 + 59 * Fraction(75, 100) * Fraction(25, 100) * Fraction(1, 16))

    assert (seen.n, seen.accepted, seen.inferred) == (60, 40, 0)
    assert seen.counts_as == round(counts) == 35
    assert seen.worth == 55
    assert seen.mean == round((15 + counts * Fraction(40, 60)) / (20 + counts), 2) == Fraction(70, 100)


def test_items_that_share_no_strictness_count_one_each():
    """With τ = 0 the update is the plain Beta update."""
    alone = USUAL.model_copy(update={"strictness": USUAL.strictness.model_copy(update={"is_": Fraction(0)})})
    seen = next(one for one in calibrate_grades(alone, [counted(B=(40, 60))]) if one.grade == "B")

    assert (seen.counts_as, seen.worth, seen.mean) == (60, 80, round(Fraction(15 + 40, 80), 2))


def test_a_grade_that_nobody_saw_stays_as_it_was():
    """No item, no change, no n."""
    untouched = [one for one in calibrate_grades(USUAL, [counted(B=(40, 60))]) if one.grade != "B"]

    assert [(one.n, one.mean, one.worth) for one in untouched] == [(0, MEANS[g], PRIORS[g].worth) for g in "ACD"]


@given(st.dictionaries(st.sampled_from("ABCD"), st.tuples(st.integers(0, 80), st.integers(1, 80)), min_size=1))
@settings(max_examples=60)
def test_a_worse_grade_is_never_accepted_more_often(given_items):
    """Whatever was seen, the means fall from A to D and stay between 0 and 1."""
    items = {grade: (min(accepted, filed), filed) for grade, (accepted, filed) in given_items.items()}
    means = [one.mean for one in calibrate_grades(USUAL, [counted(**items)])]

    assert means == sorted(means, reverse=True)
    assert all(0 < mean < 1 for mean in means)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
@settings(max_examples=60)
def test_one_more_accepted_never_lowers_acceptance(seen):
    """The same number filed, one more accepted."""
    filed, accepted = seen

    assert mean_after("B", counted(B=(accepted, filed))) <= mean_after("B", counted(B=(accepted + 1, filed)))


def test_neighbours_are_drawn_together_where_they_would_cross():
    """C was accepted more often than B: both get one mean, and the report says so."""
    b, c = (one for one in calibrate_grades(USUAL, [counted(B=(5, 60), C=(58, 60))]) if one.grade in "BC")

    assert (b.pooled, c.pooled, b.mean == c.mean) == (True, True, True)


# --- strictness -----------------------------------------------------------------------------------------------------


def test_acceptance_is_logistic_in_the_strictness():
    """P = logistic(logit q − δ), by the plain formula."""
    for delta in GRID[::16]:
        for q in MEANS.values():
            plain = 1 / (1 + math.exp(-(math.log(q / (1 - q)) - float(delta))))
            assert accepted_by(q, delta) == pytest.approx(plain, rel=1e-12)


def test_the_posterior_is_bayes_on_a_grid():
    """Against the same sum written with plain floats."""
    seen = counted(A=(50, 60), B=(20, 40))
    density = posterior(seen, MEANS, Fraction(1, 2))
    plain = []
    for delta in map(float, GRID):
        log = -(delta**2) / (2 * 0.25)
        for grade, (k, n) in {"A": (50, 60), "B": (20, 40)}.items():
            p = 1 / (1 + math.exp(-(math.log(MEANS[grade] / (1 - MEANS[grade])) - delta)))
            log += k * math.log(p) + (n - k) * math.log(1 - p)
        plain.append(math.exp(log))

    assert list(density) == pytest.approx([one / sum(plain) for one in plain], rel=1e-9, abs=1e-15)


def test_what_was_expected_says_nothing_of_strictness():
    """A team that accepted what was assumed was as strict as assumed."""
    (seen,) = find_strictness(USUAL, [counted(B=(75, 100))])

    assert abs(seen.mean) <= Fraction(1, 20)
    assert seen.low < 0 < seen.high


def test_a_team_that_accepted_less_was_stricter():
    """Item by item and by scores alike."""
    (less,), (more,) = find_strictness(USUAL, [counted(B=(40, 100))]), find_strictness(USUAL, [counted(B=(95, 100))])
    (poor,), (rich,) = find_strictness(USUAL, [scored("4")]), find_strictness(USUAL, [scored("9.5")])

    assert less.low > 0 > more.high
    assert poor.mean > 0 > rich.mean


def test_an_impossible_result_still_has_a_posterior():
    """Every item of the best grade returned: the strictest point of the grid, no error."""
    (seen,) = find_strictness(USUAL, [counted(A=(0, 5000), B=(5000, 5000))])

    assert -4 <= seen.low <= seen.mean <= seen.high <= 4


def test_one_evaluation_says_nothing_of_how_they_differ():
    """The deviation stays half of the assumed τ, with n = 1."""
    results = [counted(B=(40, 60))]
    spread = calibrate_spread(USUAL, results, calibrate_grades(USUAL, results))

    assert (spread.prior, spread.mean, spread.n) == (Fraction(1, 4), Fraction(1, 4), 1)


def test_teams_that_differ_much_widen_the_spread():
    """And teams that agree narrow it."""

    def after(*shares: int) -> Fraction:
        results = [counted(f"R-{at}", B=(accepted, 100)) for at, accepted in enumerate(shares)]
        return calibrate_spread(USUAL, results, calibrate_grades(USUAL, results)).mean

    assert after(74, 75, 76, 75, 75, 75) < Fraction(1, 4) < after(20, 97, 35, 99, 15, 95)


# --- results by pillar ----------------------------------------------------------------------------------------------


def test_scores_tell_of_acceptance_by_inference():
    """A poor score lowers acceptance, is told as inferred, and moves less than counted items would."""
    (b,) = (one for one in calibrate_grades(USUAL, [scored("5")]) if one.grade == "B")

    assert (b.n, b.inferred) == (20, 20)
    assert mean_after("B", counted(B=(10, 20))) <= b.mean < MEANS["B"]


def test_counts_go_before_scores():
    """The same evidence is never used twice."""
    both = result(
        "R-1",
        items={"B": {"filed": 60, "accepted": 40}},
        pillars=[{"pillar": "P1", "score": "1", "at_stake": {"B": {"items": 20, "points": "10"}}}],
    )

    assert calibrate_grades(USUAL, [both]) == calibrate_grades(USUAL, [counted(B=(40, 60))])
    assert find_strictness(USUAL, [both]) == find_strictness(USUAL, [counted(B=(40, 60))])


# --- the whole ------------------------------------------------------------------------------------------------------

THREE = (counted("R-1", A=(80, 84), B=(38, 61)), counted("R-2", B=(45, 58), C=(11, 27)), scored("7", name="R-3"))


def test_the_order_of_the_files_means_nothing():
    """Whatever order they are given in."""
    done = {calibrate("r", ASSUMED, USUAL, order).model_dump_json() for order in permutations(THREE)}

    assert len(done) == 1


def test_each_is_foretold_from_the_others_alone():
    """What a result itself says never foretells it."""
    before = calibrate("r", ASSUMED, USUAL, THREE).foretold
    changed = calibrate("r", ASSUMED, USUAL, (counted("R-1", A=(1, 84), B=(1, 61)), *THREE[1:])).foretold

    assert [one.predicted for one in before if one.result == "R-1"] == [
        one.predicted for one in changed if one.result == "R-1"
    ]
    assert [one.observed for one in before if one.result == "R-1"] == [Fraction(80, 84), Fraction(38, 61)]


def test_one_result_cannot_be_left_out():
    """There is nothing to foretell it from."""
    assert calibrate("r", ASSUMED, USUAL, THREE[:1]).foretold == ()


def test_ninety_per_cent_holds_about_ninety():
    """Results made by the model itself, with one strictness each, lie inside as often as is said."""
    chance = random.Random(20261122)
    inside = []
    for trial in range(15):
        results = []
        for at in range(3):
            delta = Fraction(round(chance.gauss(0, 0.5) * 100), 100)
            kept = {g: sum(chance.random() < accepted_by(MEANS[g], delta) for _ in range(25)) for g in "BC"}
            results.append(counted(f"R-{trial}-{at}", **{g: (k, 25) for g, k in kept.items()}))
        inside += [one.inside for one in calibrate("r", ASSUMED, USUAL, results).foretold]

    assert 0.86 <= sum(inside) / len(inside) <= 1


def test_the_local_file_is_an_evaluation():
    """It can be read again, is the same, and every changed number says that it was calibrated, by what, on how many."""
    local = calibrate("r", ASSUMED, USUAL, THREE).local
    data, problems = parse_yaml(render_evaluation(local, ("说明",)), "local.yaml")
    read, problems = shape(Evaluation, data, "local.yaml", problems)

    assert [str(p) for p in problems] == []
    assert read is not None
    assert read.model_dump() == local.model_dump()
    usual = next(one for one in local.evaluators if one.id == "usual")
    assert [(getattr(usual.acceptance, g).status, getattr(usual.acceptance, g).n) for g in "ABCD"] == [
        ("calibrated", 84),
        ("calibrated", 139),
        ("calibrated", 27),
        ("assumption", None),
    ]
    assert (usual.strictness.status, usual.strictness.n) == ("calibrated", 3)
    assert "R-1（R-1号文，2022-03-01）" in usual.acceptance.A.source


def test_the_other_evaluators_are_left_alone():
    """Only the one that was calibrated changes, and only where results speak."""
    local = calibrate("r", ASSUMED, USUAL, THREE).local

    assert [one for one in local.evaluators if one.id != "usual"] == [one for one in ASSUMED.evaluators if one.id != "usual"]
    assert local.channels == ASSUMED.channels


def test_an_evaluator_stricter_than_the_strict_is_told():
    """The three shown side by side would no longer be in order."""
    results = [counted(f"R-{at}", B=(0, 300)) for at in range(5)]

    assert calibrate("r", ASSUMED, USUAL, results).outside[:1] == ("B等比「严」还低",)


@pytest.mark.parametrize("text", ["a: b", "2021年", "- x", "no", "x #y", "“中”", "a,b", "'x", "尾 "])
def test_any_text_survives_the_file(text):
    """What would mean something else in YAML is quoted."""
    given = ASSUMED.model_copy(update={"title": text})
    data, problems = parse_yaml(render_evaluation(given, ()), "local.yaml")

    assert (problems, data["title"]) == ([], text)
