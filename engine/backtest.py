"""How well calibration foretells (回测): every past result from the others alone, against what it was.

And the whole of calibration, which ends with it.
"""

import math
from collections.abc import Iterator
from collections.abc import Sequence
from fractions import Fraction

from engine.calibration import calibrate_grades
from engine.calibration import calibrate_spread
from engine.calibration import find_strictness
from engine.calibration import items_of
from engine.calibration import local_evaluation
from engine.calibration import means_of
from engine.calibration import outside_of_others
from engine.chances import beta_binomial
from engine.models.calibration import Calibration
from engine.models.calibration import Foretold
from engine.models.calibration import GradeCalibrated
from engine.models.calibration import ResultNamed
from engine.models.evaluation import Evaluation
from engine.models.evaluation import Evaluator
from engine.models.past_result import PastResult
from engine.models.past_result import PillarResult
from engine.strictness import GRID
from engine.strictness import accepted_by
from engine.strictness import ends_of
from engine.strictness import expected_score
from engine.strictness import is_counted
from engine.strictness import shares
from engine.strictness import weights

# Beyond so many items the chance of the single item no longer widens the interval.
MOST_ITEMS = 1000
# Standard deviations on either side of the mean that hold nine tenths of a normal distribution.
NINE_TENTHS = 1.645


def calibrate(ruleset: str, evaluation: Evaluation, evaluator: Evaluator, given: Sequence[PastResult]) -> Calibration:
    """Calibrate one evaluator by earlier results, in whatever order they are given."""
    results = sorted(given, key=lambda result: (result.dated, result.id))
    grades = calibrate_grades(evaluator, results)
    spread = calibrate_spread(evaluator, results, grades)
    return Calibration(
        ruleset=ruleset,
        evaluation=evaluation.id,
        evaluator=evaluator.id,
        evaluator_title=evaluator.title,
        results=tuple(_named(result) for result in results),
        grades=grades,
        strictness=find_strictness(evaluator, results),
        spread=spread,
        foretold=tuple(_foretold(evaluator, results)),
        outside=outside_of_others(evaluation, evaluator, grades),
        local=local_evaluation(evaluation, evaluator, results, grades, spread),
    )


def _named(result: PastResult) -> ResultNamed:
    return ResultNamed(
        id=result.id,
        title=result.title,
        source=result.source,
        dated=result.dated.isoformat(),
        n=items_of(result),
        by="items" if is_counted(result) else "pillars",
    )


def _foretold(evaluator: Evaluator, results: Sequence[PastResult]) -> Iterator[Foretold]:
    """Leave each result out once, and let the others foretell it."""
    if len(results) < 2:
        return
    for number, result in enumerate(results):
        others = [*results[:number], *results[number + 1 :]]
        grades = calibrate_grades(evaluator, others)
        density = weights(calibrate_spread(evaluator, others, grades).mean)
        if is_counted(result):
            of_grade = {grade.grade: grade for grade in grades}
            for name, seen in sorted(result.items.items()):
                if seen.filed:
                    counts = _counts(of_grade[name], density, min(seen.filed, MOST_ITEMS))
                    yield _foretold_items(result.id, name, seen.filed, seen.accepted, counts)
        else:
            yield from (_foretold_score(result.id, pillar, grades, density) for pillar in result.pillars)


def _counts(grade: GradeCalibrated, density: Sequence[float], n: int) -> tuple[float, ...]:
    """How likely 0, 1 … n of n items are accepted: beta-binomial given the strictness, which is summed over."""
    held = [(share, accepted_by(grade.mean, delta)) for delta, share in zip(GRID, density, strict=True) if share]
    worth = float(grade.worth)
    tables = [(share, beta_binomial(n, p, worth)) for share, p in held]
    return shares([math.fsum(share * table[k] for share, table in tables) for k in range(n + 1)])


def _foretold_items(result: str, grade: str, n: int, accepted: int, counts: Sequence[float]) -> Foretold:
    of = len(counts) - 1
    grid = [Fraction(k, of) for k in range(of + 1)]
    low, high = ends_of(grid, counts)
    mean = math.fsum(k * share for k, share in enumerate(counts)) / of
    return Foretold(
        result=result,
        what=f"{grade}等",
        n=n,
        predicted=_thousandths(mean),
        low=low,
        high=high,
        observed=Fraction(accepted, n),
    )


def _foretold_score(
    result: str, pillar: PillarResult, grades: Sequence[GradeCalibrated], density: Sequence[float]
) -> Foretold:
    """A score by its mean and variance: of single items, of what is not known of acceptance, and of the strictness."""
    means, worth = means_of(grades), {grade.grade: float(grade.worth) for grade in grades}
    given = [expected_score(pillar, means, delta) for delta in GRID]
    unsure = [
        math.fsum(
            float(stake.points) ** 2
            * accepted_by(means[name], delta)
            * (1 - accepted_by(means[name], delta))
            / (worth[name] + 1)
            for name, stake in sorted(pillar.at_stake.items())
        )
        for delta in GRID
    ]
    mean = math.fsum(share * at for share, (at, _) in zip(density, given, strict=True))
    variance = math.fsum(
        share * (within + extra + (at - mean) * (at - mean))
        for share, (at, within), extra in zip(density, given, unsure, strict=True)
    )
    points, half = float(pillar.points), NINE_TENTHS * math.sqrt(variance)
    return Foretold(
        result=result,
        what=pillar.pillar,
        n=pillar.items,
        predicted=_thousandths(mean / points),
        low=_thousandths(max(0.0, (mean - half) / points)),
        high=_thousandths(min(1.0, (mean + half) / points)),
        observed=pillar.score / pillar.points,
    )


def _thousandths(value: float) -> Fraction:
    return Fraction(round(value * 1000), 1000)
