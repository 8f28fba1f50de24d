"""The simulated third party: closed forms against tables, blocks against enumeration, distributions against draws."""

import json
import random
import shutil
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from engine.assessment import Workings
from engine.assessment import work_out
from engine.blocks import find_blocks
from engine.blocks import outcomes_of
from engine.blocks import spread_of
from engine.chances import beta_binomial
from engine.chances import fatal_drawn
from engine.chances import hypergeometric
from engine.chances import normal_below
from engine.chances import normal_quantile
from engine.drawing import draw_scores
from engine.drawing import expected_distance
from engine.evaluation import Looked
from engine.evaluation import judge_blocks
from engine.evaluation import look
from engine.evaluation import weigh
from engine.grades import Graded
from engine.grades import grade_of
from engine.likelihoods import reaching
from engine.models.admitted import AdmittedItem
from engine.models.admitted import Use
from engine.models.evaluation import Evaluator
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.prospects import Condition
from engine.prospects import Pool
from engine.prospects import Prospects
from engine.prospects import Stake
from engine.prospects import find_prospects
from engine.rulesets import load_ruleset
from engine.score_grid import Outcomes
from engine.score_grid import below
from engine.score_grid import lowered
from engine.score_grid import mean_of
from engine.score_grid import nothing
from engine.score_grid import plus
from engine.score_grid import quantile
from engine.simulating import Asked
from engine.simulating import simulate
from engine.submissions import load_submission

ROOT = Path(__file__).parents[2]
SAMPLES = ("demo-county", "taonan-2020", "xx-district", "yuanjiang-bureau-2023", "wenshan-2023")


def shipped() -> Ruleset:
    ruleset, problems = load_ruleset(ROOT / "rulesets" / "lbg-2021")
    assert ruleset is not None, problems
    return ruleset


RULES = shipped()
ASSUMED = RULES.evaluations["assumed"]
LENIENT, USUAL, STRICT = ASSUMED.evaluators


def worked_out(sample: str) -> Workings:
    submission, problems = load_submission(ROOT / "evidence_samples" / sample)
    assert submission is not None, problems
    workings, problems = work_out(RULES, RULES.profiles["assumed-100"], submission)
    assert workings is not None, problems
    return workings


@pytest.fixture(scope="module")
def county() -> Workings:
    """The demo county, worked out once."""
    return worked_out("demo-county")


def changed(evaluator: Evaluator, strictness: str | None = None, **grades: str) -> Evaluator:
    """An evaluator of another strictness, or with other chances of acceptance."""
    priors = {
        name: getattr(evaluator.acceptance, name).model_copy(update={"mean": Fraction(mean)})
        for name, mean in grades.items()
    }
    tau = evaluator.strictness.model_copy(update={"is_": Fraction(strictness or evaluator.strictness.is_)})
    return evaluator.model_copy(update={"acceptance": evaluator.acceptance.model_copy(update=priors), "strictness": tau})


def stake(name: str, *conditions: Condition, pillar: str = "P1", channel: str = "document", points: int = 1000) -> Stake:
    """An indicator of one part that needs all its conditions."""
    return Stake(name, name, pillar, channel, points, 0, ((Fraction(1), frozenset(range(len(conditions)))),), conditions)


def prospects(stakes: tuple[Stake, ...], grades: dict[str, Graded], **others: Any) -> Prospects:
    """What an outsider looks at, without any work of the outsider's own unless ``whole``."""
    base = Prospects(
        maximum=sum(one.maximum for one in stakes),
        whole=False,
        stakes=tuple(sorted(stakes, key=lambda one: one.indicator)),
        documents=grades,
        titles={name: name for name in grades},
        reserve=0,
        pools=(),
        no_pools="",
        caps={},
        taken=0,
    )
    return base._replace(**others)


def graded(letter: str, by_address: bool = False) -> Graded:
    return Graded(letter, (), by_address)  # type: ignore[arg-type]


def looked_at(held: Prospects, evaluator: Evaluator, strata: int = 32, step: Fraction = Fraction(1, 50)) -> Looked:
    return look(held, judge_blocks(held, evaluator, strata), weigh(held, ASSUMED), step)


# --- closed forms ---------------------------------------------------------------------------------------------------

# No fatal file among n drawn of 400 with K fatal ones (research domain.md §4.4).
NONE_FATAL = {
    1: (0.988, 0.975, 0.950, 0.925, 0.875),
    4: (0.951, 0.903, 0.814, 0.731, 0.585),
    8: (0.903, 0.815, 0.661, 0.533, 0.340),
    20: (0.773, 0.595, 0.349, 0.202, 0.065),
}


@pytest.mark.parametrize("fatal", sorted(NONE_FATAL))
def test_files_are_drawn_without_replacement(fatal: int) -> None:
    """To three digits, as the table says."""
    drawn = (5, 10, 20, 30, 50)

    # The table rounds 0.9875 down and 0.8745 up: half a thousandth either way.
    assert [float(hypergeometric(400, fatal, n)[0]) for n in drawn] == pytest.approx(NONE_FATAL[fatal], abs=0.00051)
    assert all(sum(hypergeometric(400, fatal, n)) == 1 for n in drawn)


def test_unseen_files_fail_as_the_prior_says() -> None:
    """Summed over how many fatal files there may be, the closed form and the long way agree."""
    files, reviewed, failed, drawn, mean, worth = 40, 12, 2, 8, Fraction(1, 50), Fraction(50)
    unseen = beta_binomial(files - reviewed, (mean * worth + failed) / (worth + reviewed), worth + reviewed)
    long_way = [0.0] * (drawn + 1)
    for new, chance in enumerate(unseen):
        for x, share in enumerate(hypergeometric(files, failed + new, drawn)):
            long_way[x] += chance * float(share)

    assert fatal_drawn(files, reviewed, failed, drawn, mean, worth) == pytest.approx(long_way, abs=1e-12)


@pytest.mark.parametrize(("share", "point"), [("1/2", "0"), ("39/40", "1.959963984540"), ("1/1000", "-3.090232306168")])
def test_normal_quantiles(share: str, point: str) -> None:
    """To twelve digits, and back."""
    found = normal_quantile(Fraction(share))

    assert f"{found:.12f}" == f"{float(point):.12f}"
    assert float(normal_below(found)) == pytest.approx(float(Fraction(share)), abs=1e-12)


@given(trials=st.integers(1, 60), mean=st.fractions("1/20", "19/20"), worth=st.integers(1, 80))
def test_beta_binomial_keeps_its_mean(trials: int, mean: Fraction, worth: int) -> None:
    """And is a distribution."""
    chances = beta_binomial(trials, mean, Fraction(worth))

    assert sum(chances) == pytest.approx(1)
    assert sum(k * chance for k, chance in enumerate(chances)) == pytest.approx(float(mean) * trials)


# --- the grid -------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 100)), min_size=1, max_size=12))
def test_splitting_keeps_the_mean(items: list[tuple[int, int]]) -> None:
    """However amounts fall between the steps, the mean is that of the amounts, and nothing is lost."""
    spread = nothing(Fraction(1, 10), 1)
    for thousandths, percent in items:
        share = percent / 100
        spread = plus(spread, Outcomes((0.0, thousandths / 1000), (np.array([1 - share]), np.array([share]))))

    assert float(spread.rows.sum()) == pytest.approx(1)
    assert mean_of(spread) == pytest.approx(sum(t / 1000 * p / 100 for t, p in items))


def test_what_lies_on_the_grid_is_exact() -> None:
    """No split, no error."""
    spread = plus(nothing(Fraction(1, 50), 1), Outcomes((0.0, 0.3), (np.array([0.25]), np.array([0.75]))))

    assert spread.shift == 0
    assert below(spread, 0.3) == 0.25
    assert (quantile(spread, 0.2), quantile(spread, 0.5)) == (0.0, 0.3)


def test_a_deduction_stops_at_nothing() -> None:
    """What was less than the deduction is 0."""
    spread = plus(nothing(Fraction(1, 10), 1), Outcomes((0.5, 2.0), (np.array([0.25]), np.array([0.75]))))
    less = lowered(spread, Fraction(1))

    assert below(less, 0.05) == 0.25
    assert below(less, 1.0) == 0.25
    assert mean_of(less) == pytest.approx(0.75)


# --- grades ---------------------------------------------------------------------------------------------------------

PLAIN = {"id": "E-1", "title": "通知", "kind": "document", "proves": [{"indicator": "I-001", "slot": "s"}]}
GOOD = PLAIN | {"number": "示发〔2023〕1号", "sealed": True, "issued": "2023-03-01", "url": "https://www.example.gov.cn/1"}


def admitted(item: dict[str, Any], codes: tuple[str, ...] = (), warnings: tuple[str, ...] = ()) -> AdmittedItem:
    uses = (Use(item="E-1", indicator="I-001", slot="s", unit="", codes=codes),)
    return AdmittedItem(item=EvidenceItem.model_validate(item), sha256=None, codes=codes, warnings=warnings, uses=uses)


@pytest.mark.parametrize(
    ("item", "codes", "warnings", "grade"),
    [
        (GOOD, (), (), "A"),
        (GOOD | {"url": None}, (), (), "B"),
        (GOOD | {"url": None, "reviewed_by": "王示例", "filled_by": "李示例"}, (), (), "A"),
        (GOOD | {"url": None, "reviewed_by": "李示例", "filled_by": "李示例"}, (), (), "B"),
        (GOOD | {"url": None, "sealed": None}, (), (), "C"),
        (GOOD | {"issued": "2023"}, (), (), "B"),
        (GOOD, (), ("E12",), "B"),
        (GOOD, (), ("E05",), "B"),
        (GOOD, ("E13",), (), "D"),
        (GOOD | {"kind": "photo"}, (), (), "C"),
        (PLAIN | {"kind": "register", "source_class": "system", "issuer": "示例局", "filled_by": "李", "issued": "2023-01-05"}, (), (), "A"),
        (PLAIN | {"kind": "register", "issuer": "示例局", "filled_by": "李", "issued": "2023-01-05"}, (), (), "B"),
        (PLAIN | {"kind": "register", "issued": "2023"}, (), (), "C"),
    ],
)  # fmt: skip
def test_grades_follow_from_what_an_item_bears(
    item: dict[str, Any], codes: tuple[str, ...], warnings: tuple[str, ...], grade: str
) -> None:
    """Number, seal, period, public address, contradictions, reuse, and a named person's check."""
    given_item = {key: value for key, value in item.items() if value is not None}

    assert grade_of(admitted(given_item, codes, warnings)).grade == grade


def test_what_lacks_is_said() -> None:
    """A grade comes with its reasons."""
    assert grade_of(admitted(PLAIN)).lacks == ("没有文号", "没有印章或签发人", "看不出属于哪个时期", "公网查不到")


# --- blocks against enumeration -------------------------------------------------------------------------------------

DOCUMENTS = [f"E-{number}" for number in range(6)]


@st.composite
def small_prospects(draw: st.DrawFn) -> Prospects:
    """A few indicators over a few documents, some shared, some in the field, some pillars capped."""
    stakes = []
    for number in range(draw(st.integers(1, 5))):
        conditions = draw(
            st.lists(
                st.builds(
                    lambda of, least: Condition(min(least, len(of)), tuple(sorted(of))),
                    st.sets(st.sampled_from(DOCUMENTS), min_size=1, max_size=3),
                    st.integers(1, 3),
                ),
                min_size=1,
                max_size=3,
                unique=True,
            )
        )
        shares = draw(st.sampled_from([("1",), ("1/2", "1/2"), ("1/3", "1/3", "1/6")]))
        parts = tuple(
            (Fraction(share), frozenset(draw(st.sets(st.integers(0, len(conditions) - 1), min_size=1)))) for share in shares
        )
        channel, pillar = draw(st.sampled_from(["document", "field"])), draw(st.sampled_from(["P1", "P2"]))
        points = draw(st.sampled_from([500, 1000, 1013, 2000]))
        stakes.append(Stake(f"I-{number}", f"第{number}项", pillar, channel, points, 0, parts, tuple(conditions)))
    letters = {name: graded(draw(st.sampled_from("ABCD")), draw(st.booleans())) for name in DOCUMENTS}
    used = {name for one in stakes for condition in one.conditions for name in condition.of}
    caps = draw(st.sampled_from([{}, {"P1": 700}, {"P1": 0, "P2": 1500}]))
    held = {name: letters[name] for name in sorted(used)}
    return prospects(tuple(stakes), held, caps=caps, taken=draw(st.sampled_from([0, 300])))


@given(small_prospects())
@settings(max_examples=150)
def test_blocks_are_what_enumeration_says(held: Prospects) -> None:
    """Every way that the documents can go, one by one, gives the same distribution of points."""
    names = sorted(held.documents)
    chances = {name: np.array([0.2 + 0.1 * number]) for number, name in enumerate(names)}
    certain = np.ones(1)
    factors = {(channel, pillar): 1.0 for channel in ("document", "field") for pillar in ("P1", "P2")}
    spread = nothing(Fraction(1, 1000), 1)
    for block in find_blocks(held):
        sums = spread_of(block, chances, certain, lambda name: held.documents[name].grade)
        spread = plus(spread, outcomes_of(block, sums, factors, held.caps))
    expected: dict[int, float] = {}
    for way in product((False, True), repeat=len(names)):
        accepted = {name for name, yes in zip(names, way, strict=True) if yes}
        chance = 1.0
        for name in names:
            chance *= float(chances[name][0]) if name in accepted else 1 - float(chances[name][0])
        points = points_of(held, accepted)
        expected[points] = expected.get(points, 0.0) + chance

    for points, chance in expected.items():
        assert spread.rows[0][points] == pytest.approx(chance, abs=1e-9)
    assert float(spread.rows.sum()) == pytest.approx(1)


def points_of(held: Prospects, accepted: set[str]) -> int:
    """The points of one way, by hand."""
    by_pillar: dict[str, int] = {}
    for one in held.stakes:
        met = {n for n, c in enumerate(one.conditions) if len(accepted & set(c.of)) >= c.at_least}
        proven = [n for n, (_, needed) in enumerate(one.parts) if needed <= met]
        by_pillar[one.pillar] = by_pillar.get(one.pillar, 0) + one.worth(proven)
    return sum(min(points, held.caps.get(pillar, points)) for pillar, points in by_pillar.items())


# --- distributions against draws ------------------------------------------------------------------------------------


def distance(held: Prospects, evaluator: Evaluator, draws: int, step: Fraction) -> tuple[float, float]:
    """How far the draws lie outside of what strata and grid leave open, and how far chance alone may bring them."""
    looked = looked_at(held, evaluator, step=step)
    scores = np.sort(draw_scores(held, evaluator, weigh(held, ASSUMED), draws, "7"))
    top, far = held.maximum / 1000, 0.0
    for at in (top * number / 60 for number in range(61)):
        share = float(np.searchsorted(scores, at, side="left")) / draws
        most = below(looked.harshest, at + looked.harshest.shift + 1e-6)
        least = below(looked.kindest, at - looked.kindest.shift - 1e-6)
        far = max(far, share - most, least - share)
    return far, expected_distance(draws)


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_agree_with_a_million_draws(sample: str) -> None:
    """Whoever evaluates: two ways that share no arithmetic."""
    held = find_prospects(worked_out(sample), ASSUMED.case_files_from)
    far, expected = distance(held, USUAL, 1_000_000, Fraction(1, 50))

    assert far <= expected


@given(small_prospects(), st.sampled_from(ASSUMED.evaluators), st.booleans())
@settings(max_examples=200)
def test_random_rules_agree_with_draws(held: Prospects, evaluator: Evaluator, whole: bool) -> None:
    """With shared documents, caps, deductions, case files of several units and the evaluator's own work."""
    pools = (Pool("甲局", 30, 10, 1), Pool("乙局", 5, 0, 0), Pool("丙局", 200, 0, 0)) if whole else ()
    far, expected = distance(held._replace(whole=whole, pools=pools), evaluator, 100_000, Fraction(1, 500))

    assert far <= expected


def toy(tau: str) -> Looked:
    """100 indicators of one point: 60 rest on an A, 25 on a B, 15 on a C (research domain.md §4.3)."""
    letters = "A" * 60 + "B" * 25 + "C" * 15
    stakes = tuple(stake(f"I-{n:03d}", Condition(1, (f"E-{n:03d}",))) for n in range(100))
    held = prospects(stakes, {f"E-{n:03d}": graded(letter) for n, letter in enumerate(letters)})
    evaluator = changed(USUAL, tau, A="97/100", B="75/100", C="35/100", D="10/100")
    return look(held, judge_blocks(held, evaluator, 64), weigh(held, ASSUMED), Fraction(1, 10))


def width(looked: Looked) -> float:
    """Of the 90 % interval, between the steps of a point: from the standard deviation of the estimate."""
    row = looked.estimate.rows[0]
    points = np.arange(len(row)) * float(looked.estimate.step)
    mean = float((row * points).sum())
    return float(np.sqrt((row * (points - mean) ** 2).sum()))


def test_ignoring_strictness_narrows_the_interval() -> None:
    """By about 22 % at τ = 0.5 and 46 % at τ = 1, with the standard deviations of the toy."""
    none, half, one = (width(toy(tau)) for tau in ("0", "0.5", "1"))

    assert (none, half, one) == pytest.approx((3.13, 3.98, 5.84), rel=0.02)
    assert 1 - none / half == pytest.approx(0.22, abs=0.03)
    assert 1 - none / one == pytest.approx(0.46, abs=0.03)


def test_a_pillar_of_certainties_is_a_point_mass() -> None:
    """Nothing to chance, nothing spread."""
    stakes = tuple(stake(f"I-{n}", Condition(1, (f"E-{n}",)), points=700) for n in range(10))
    held = prospects(stakes, {f"E-{n}": graded("A") for n in range(10)})
    looked = looked_at(held, changed(USUAL, "0", A="1"), step=Fraction(1, 10))

    assert looked.estimate.shift == 0
    assert looked.estimate.rows[0][70] == 1
    assert reaching(looked, 0.0, Fraction(7)).least == "100%"
    assert reaching(looked, 0.0, Fraction(701, 100)).most == "0%"


# --- laws -----------------------------------------------------------------------------------------------------------


@given(small_prospects(), st.sampled_from(DOCUMENTS), st.integers(0, 30))
@settings(max_examples=80)
def test_better_or_more_evidence_never_lowers_a_chance(held: Prospects, name: str, tenths: int) -> None:
    """A better grade, an address that opens, one more item where several do."""
    line = tenths / 10
    better = held._replace(documents=held.documents | ({name: graded("A")} if name in held.documents else {}))
    more = held._replace(
        stakes=tuple(
            one._replace(conditions=tuple(c._replace(of=(*c.of, f"E-new-{one.indicator}-{i}")) for i, c in enumerate(one.conditions)))
            for one in held.stakes
        ),
        documents=held.documents
        | {f"E-new-{one.indicator}-{i}": graded("C") for one in held.stakes for i in range(len(one.conditions))},
    )  # fmt: skip
    before = below(looked_at(held, USUAL, 8, Fraction(1, 1000)).estimate, line)

    assert below(looked_at(better, USUAL, 8, Fraction(1, 1000)).estimate, line) <= before + 1e-9
    assert below(looked_at(more, USUAL, 8, Fraction(1, 1000)).estimate, line) <= before + 1e-9


def test_a_harsher_evaluator_gives_less(county: Workings) -> None:
    """Point by point."""
    held = find_prospects(county, ASSUMED.case_files_from)
    kind, usual, harsh = (looked_at(held, evaluator) for evaluator in ASSUMED.evaluators)

    for points in range(20, 90):
        assert below(kind.estimate, points) <= below(usual.estimate, points) + 1e-9
        assert below(usual.estimate, points) <= below(harsh.estimate, points) + 1e-9


def test_the_strata_bracket_the_estimate(county: Workings) -> None:
    """And twice as many strata bracket it closer."""
    held = find_prospects(county, ASSUMED.case_files_from)
    gaps = []
    for strata in (8, 16, 32):
        looked = looked_at(held, USUAL, strata)
        for points in range(30, 80):
            middle = below(looked.estimate, points)
            assert below(looked.kindest, points) <= middle + 1e-12 <= below(looked.harshest, points) + 2e-12
        gaps.append(max(below(looked.harshest, p) - below(looked.kindest, p) for p in range(30, 80)))

    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] <= 1 / 32 + 1e-9


def test_permuting_the_rules_changes_no_byte(county: Workings) -> None:
    """Not one digit of the whole result."""
    told = simulate(county, ASSUMED, Asked(Fraction(60), (5, 20), 1000, "3")).model_dump_json()
    order = random.Random(5)
    pillars = [
        pillar.model_copy(update={"indicators": tuple(order.sample(pillar.indicators, len(pillar.indicators)))})
        for pillar in RULES.pillars
    ]
    submission, _ = load_submission(ROOT / "evidence_samples" / "demo-county")
    assert submission is not None
    shuffled = RULES.model_copy(update={"pillars": tuple(pillars)})
    workings, _ = work_out(shuffled, RULES.profiles["assumed-100"], submission)
    assert workings is not None

    assert simulate(workings, ASSUMED, Asked(Fraction(60), (5, 20), 1000, "3")).model_dump_json() == told


def test_an_unknown_point_is_in_no_distribution(county: Workings) -> None:
    """Taking everything known away leaves what the outsider does alone; what is not known stays a range."""
    held = find_prospects(county, ASSUMED.case_files_from)
    unknown = held._replace(
        stakes=tuple(one._replace(parts=(), conditions=(), open=one.open + one.earned) for one in held.stakes), documents={}
    )
    weights = weigh(unknown, ASSUMED)

    assert weights.unknown > weigh(held, ASSUMED).unknown
    assert mean_of(looked_at(unknown, USUAL).estimate) < mean_of(looked_at(held, USUAL).estimate)
    assert weights.unknown + float(weights.visits + weights.interviews + weights.survey + weights.case_files) <= 100


# --- what is told ---------------------------------------------------------------------------------------------------


def known_well(workings: Workings) -> Workings:
    """The same with so little unknown that chances may be told."""
    score = workings.assessment.score
    track = score.substantiated.model_copy(update={"open": 25000})
    return workings._replace(
        assessment=workings.assessment.model_copy(update={"score": score.model_copy(update={"substantiated": track})})
    )


def test_no_chance_while_too_much_is_unknown(county: Workings) -> None:
    """Neither a line nor a rank; it says so, and whom to ask first."""
    told = simulate(county, ASSUMED, Asked(Fraction(60), (5, 20)))

    assert told.refused == "待核占满分的34%，超过30%，不给过线和名次的把握；只能回答先补什么"
    assert all(view.line is None and view.rank is None for view in told.evaluators)
    assert [one.unit for one in told.ask_first] == ["司法局", "政府办公室", "应急管理局"]


def test_chances_only_where_named(county: Workings) -> None:
    """A line and a rank come as bounds; nothing named, nothing told."""
    silent = simulate(known_well(county), ASSUMED, Asked())
    named = simulate(known_well(county), ASSUMED, Asked(Fraction(50), (30, 40)))

    assert all(view.line is None and view.rank is None for view in silent.evaluators)
    for view in named.evaluators:
        assert view.line is not None and view.rank is not None
        assert int(view.line.least[:-1]) <= int(view.line.most[:-1])
    lines = [int(view.line.least[:-1]) for view in named.evaluators if view.line]
    assert lines == sorted(lines, reverse=True) and lines[0] > lines[-1]


def test_the_error_is_told_and_bounds_the_digits(county: Workings) -> None:
    """Whole points while the error is more than a twentieth of one."""
    for view in simulate(county, ASSUMED, Asked()).evaluators:
        assert "." not in view.spread.p50 and float(view.error.points) > 0.05
        assert view.error.probability == "2%"
        assert view.calibrated_on == 0 and view.priors_alone == "38%"


def test_draws_check_the_whole(county: Workings) -> None:
    """The check that the user may ask for stays within what is expected, and is the same for the same seed."""
    first = simulate(county, ASSUMED, Asked(draws=20_000, seed="4"))
    again = simulate(county, ASSUMED, Asked(draws=20_000, seed="4"))

    assert first == again
    for view in first.evaluators:
        assert view.check is not None
        assert float(view.check.distance) <= float(view.check.expected)


def test_causes_of_spread_add_up(county: Workings) -> None:
    """To all of it, but for the rounding of each."""
    for view in simulate(county, ASSUMED, Asked()).evaluators:
        assert sum(int(one.share[:-1]) for one in view.uncertainties) == pytest.approx(100, abs=3)
        assert {one.cause for one in view.uncertainties} >= {"strictness", "evidence", "survey"}


def test_a_department_is_looked_at_by_its_own_indicators() -> None:
    """No survey of a city, no draw of its files."""
    held = find_prospects(worked_out("yuanjiang-bureau-2023"), ASSUMED.case_files_from)
    weights = weigh(held, ASSUMED)

    assert (weights.survey, weights.visits, weights.case_files) == (0, 0, 0)
    assert weights.unknown == pytest.approx(11)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("document: {is: 50%", "document: {is: 60%", "RECORD_INCONSISTENT"),
        ("A: {mean: 0.97", "A: {mean: 0.60", "RECORD_INCONSISTENT"),
        ("A: {mean: 0.97", "A: {mean: 1", "VALUE_TYPE"),
        ("register: penalty_decisions", "register: penalty_decision", "NAME_UNKNOWN"),
        ("id: strict", "id: usual", "ID_DUPLICATE"),
        ("status: assumption, source: 没有公开数据}", "source: 没有公开数据}", "KEY_MISSING"),
        ("grid: 0.02", "grid: 0.5", "VALUE_TYPE"),
        ("from: 0}", "from: 10%}", "RECORD_INCONSISTENT"),
    ],
)
def test_mistakes_in_assumptions_are_refused(tmp_path: Path, old: str, new: str, code: str) -> None:
    """Each with its place: an evaluator whose numbers do not fit judges nothing."""
    folder = tmp_path / "lbg-2021"
    shutil.copytree(ROOT / "rulesets" / "lbg-2021", folder)
    path = folder / "evaluations" / "assumed.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    _, problems = load_ruleset(folder)

    assert code in {p.code for p in problems}
    assert all(p.place.line for p in problems if p.code == code)


def test_json_is_what_the_schema_says(county: Workings) -> None:
    """Every number a text with no more digits than it carries; the notice on top."""
    told = json.loads(simulate(county, ASSUMED, Asked()).model_dump_json(by_alias=True))

    assert told["notice"] == "试算，非评估结论，不得外引"
    assert (told["checked_rows"], told["official_rows"]) == (3, 100)
    assert [view["id"] for view in told["evaluators"]] == ["lenient", "usual", "strict"]


def test_all_parameters_have_a_source() -> None:
    """Every number of every evaluator says what it is and where it comes from."""
    held: list[Any] = [ASSUMED.model_dump(mode="python")]
    numbers = 0
    while held:
        one = held.pop()
        if isinstance(one, dict):
            if "is_" in one or "mean" in one and "worth" in one:
                numbers += 1
                assert one["source"] and one["status"] in ("assumption", "derived", "published", "calibrated"), one
            held += one.values()
        elif isinstance(one, list | tuple):
            held += one
    assert numbers > 60
