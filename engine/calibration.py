"""Earlier real results → an evaluator in their light (校准): acceptance by grade, strictness, a local evaluation.

Items of one evaluation share its strictness, so that n of them tell less than n drawn one by one: they are counted
down by the design effect 1 + (n − 1)·q(1 − q)τ², which is what the shared δ comes to.
"""

from collections.abc import Iterable
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from engine.models.calibration import GradeCalibrated
from engine.models.calibration import SpreadCalibrated
from engine.models.calibration import StrictnessSeen
from engine.models.evaluation import GRADES
from engine.models.evaluation import Acceptance
from engine.models.evaluation import Amount
from engine.models.evaluation import Evaluation
from engine.models.evaluation import Evaluator
from engine.models.evaluation import Grade
from engine.models.evaluation import Prior
from engine.models.past_result import PastResult
from engine.strictness import GRID
from engine.strictness import SPREADS
from engine.strictness import accepted_by
from engine.strictness import ends_of
from engine.strictness import is_counted
from engine.strictness import mean_of
from engine.strictness import posterior
from engine.strictness import spread_posterior

LOCAL = "local"
# Shares carry two digits, and none is certain.
LEAST, MOST = Fraction(1, 100), Fraction(99, 100)


class _Seen(NamedTuple):
    """The items of one grade in one result."""

    n: int
    accepted: Fraction
    inferred: bool


def calibrate_grades(evaluator: Evaluator, results: Sequence[PastResult]) -> tuple[GradeCalibrated, ...]:
    """Count what was accepted on top of what was assumed, grade by grade; no worse grade is accepted more often."""
    priors, spread = evaluator.acceptance.by_grade, evaluator.spread_of_strictness
    seen = [_seen(result, {grade: prior.mean for grade, prior in priors.items()}, spread) for result in results]
    return _falling(
        [_calibrated(grade, priors[grade], spread, [one[grade] for one in seen if grade in one]) for grade in GRADES]
    )


def _seen(result: PastResult, means: dict[Grade, Fraction], spread: Fraction) -> dict[Grade, _Seen]:
    if is_counted(result):
        counted = {grade: one for grade, one in result.items.items() if one.filed}
        return {grade: _Seen(one.filed, Fraction(one.accepted), inferred=False) for grade, one in counted.items()}
    # Only the points are known: how many were accepted is what a team as strict as they say would have accepted.
    delta = mean_of(GRID, posterior(result, means, spread))
    numbers = {grade: sum(p.at_stake[grade].items for p in result.pillars if grade in p.at_stake) for grade in GRADES}
    return {
        grade: _Seen(n, round(n * Fraction(accepted_by(means[grade], delta)), 1), inferred=True)
        for grade, n in numbers.items()
        if n
    }


def _calibrated(grade: Grade, prior: Prior, spread: Fraction, seen: Iterable[_Seen]) -> GradeCalibrated:
    seen = list(seen)
    shared = prior.mean * (1 - prior.mean) * spread**2
    counts_as = [Fraction(one.n) / (1 + (one.n - 1) * shared) for one in seen]
    worth = prior.worth + sum(counts_as)
    accepted = sum(weight * one.accepted / one.n for weight, one in zip(counts_as, seen, strict=True))
    return GradeCalibrated(
        grade=grade,
        prior_mean=prior.mean,
        prior_worth=prior.worth,
        n=sum(one.n for one in seen),
        accepted=sum((one.accepted for one in seen), start=Fraction(0)),
        inferred=sum(one.n for one in seen if one.inferred),
        counts_as=sum(counts_as, start=Fraction(0)),
        mean=(prior.mean * prior.worth + accepted) / worth,
        worth=worth,
    )


def _falling(grades: Sequence[GradeCalibrated]) -> tuple[GradeCalibrated, ...]:
    """Draw neighbours together until the means fall from grade to grade (pool adjacent violators); then round."""
    groups: list[list[GradeCalibrated]] = []
    for grade in grades:
        groups.append([grade])
        while len(groups) > 1 and _mean(groups[-2]) < _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    return tuple(_rounded(grade, _mean(group), pooled=len(group) > 1) for group in groups for grade in group)


def _mean(group: Sequence[GradeCalibrated]) -> Fraction:
    worth = sum((grade.worth for grade in group), start=Fraction(0))
    return sum((grade.mean * grade.worth for grade in group), start=Fraction(0)) / worth


def _rounded(grade: GradeCalibrated, mean: Fraction, *, pooled: bool) -> GradeCalibrated:
    untouched = not grade.n and not pooled
    return grade.model_copy(
        update={
            "counts_as": Fraction(round(grade.counts_as)),
            "mean": grade.prior_mean if untouched else min(max(round(mean, 2), LEAST), MOST),
            "worth": grade.prior_worth if untouched else Fraction(round(grade.worth)),
            "pooled": pooled,
        }
    )


def means_of(grades: Iterable[GradeCalibrated]) -> dict[Grade, Fraction]:
    """What each grade is accepted with, after calibration."""
    return {grade.grade: grade.mean for grade in grades}


def find_strictness(evaluator: Evaluator, results: Iterable[PastResult]) -> tuple[StrictnessSeen, ...]:
    """How strict each team was, against what was assumed of the usual one: above 0 it accepted less."""
    means = {grade: prior.mean for grade, prior in evaluator.acceptance.by_grade.items()}
    return tuple(_strictness(result, means, evaluator.spread_of_strictness) for result in results)


def _strictness(result: PastResult, means: dict[Grade, Fraction], spread: Fraction) -> StrictnessSeen:
    density = posterior(result, means, spread)
    low, high = ends_of(GRID, density)
    return StrictnessSeen(result=result.id, n=items_of(result), mean=mean_of(GRID, density), low=low, high=high)


def items_of(result: PastResult) -> int:
    """How many items a result tells of."""
    if is_counted(result):
        return sum(one.filed for one in result.items.values())
    return sum(pillar.items for pillar in result.pillars)


def calibrate_spread(
    evaluator: Evaluator, results: Sequence[PastResult], grades: Iterable[GradeCalibrated]
) -> SpreadCalibrated:
    """How much teams differ, once acceptance is what they together say; one evaluation says nothing of it."""
    assumed = evaluator.spread_of_strictness
    if len(results) < 2 or not assumed:
        return SpreadCalibrated(prior=assumed, low=assumed, high=assumed, mean=assumed, n=len(results))
    density = spread_posterior(results, means_of(grades), assumed)
    low, high = ends_of(SPREADS, density)
    return SpreadCalibrated(prior=assumed, low=low, high=high, mean=mean_of(SPREADS, density), n=len(results))


def local_evaluation(
    evaluation: Evaluation,
    evaluator: Evaluator,
    results: Sequence[PastResult],
    grades: Sequence[GradeCalibrated],
    spread: SpreadCalibrated,
) -> Evaluation:
    """The same evaluation with one evaluator calibrated: every changed number with its documents and its n."""
    source = f"往次结果{len(results)}次：" + "；".join(f"{one.title}（{one.source}，{one.dated}）" for one in results)
    priors = evaluator.acceptance.by_grade
    acceptance = {grade.grade: _prior(grade, priors[grade.grade], source) for grade in grades}
    strictness = evaluator.strictness
    if spread.n > 1 and strictness.is_:
        strictness = Amount(is_=2 * spread.mean, status="calibrated", source=source, n=spread.n)
    calibrated = evaluator.model_copy(update={"acceptance": Acceptance(**acceptance), "strictness": strictness})
    total = sum(grade.n for grade in grades)
    return evaluation.model_copy(
        update={
            "id": LOCAL,
            "title": f"「{evaluator.title}」按往次结果{len(results)}次、{total}件校准",
            "basis": f"由 {evaluation.id} 校准「{evaluator.title}」的采信率和严格度而来，其余未动。{evaluation.basis}",
            "evaluators": tuple(calibrated if one.id == evaluator.id else one for one in evaluation.evaluators),
        }
    )


def _prior(grade: GradeCalibrated, before: Prior, source: str) -> Prior:
    if not grade.n and not grade.pooled:
        return before
    inferred = f"；其中{grade.inferred}件由各方面得分推算" if grade.inferred else ""
    pooled = "；与相邻等级合并，使等级低的采信率不更高" if grade.pooled else ""
    if not grade.n:
        return Prior(mean=grade.mean, worth=grade.worth, status="derived", source=f"没有本等级的件{pooled}；{source}")
    told = f"{source}{inferred}{pooled}"
    return Prior(mean=grade.mean, worth=grade.worth, status="calibrated", source=told, n=grade.n)


def outside_of_others(evaluation: Evaluation, evaluator: Evaluator, grades: Iterable[GradeCalibrated]) -> tuple[str, ...]:
    """Where the calibrated evaluator is no longer between the others, which stay assumed."""
    told: list[str] = []
    for grade in grades:
        others = {
            one.title: one.acceptance.by_grade[grade.grade].mean for one in evaluation.evaluators if one.id != evaluator.id
        }
        lowest = min(others, key=lambda title: others[title], default=None)
        highest = max(others, key=lambda title: others[title], default=None)
        if lowest is not None and grade.mean < others[lowest]:
            told.append(f"{grade.grade}等比「{lowest}」还低")
        elif highest is not None and grade.mean > others[highest]:
            told.append(f"{grade.grade}等比「{highest}」还高")
    return tuple(told)
