"""What a distribution says of a line, a band or a rank (过线、等次、名次的把握), and by how much it may be off.

Every chance comes as two bounds. The lower one takes nothing of what is not known (待核) as earned and reads the strata
harshly; the upper one takes all of it and reads them kindly.
"""

from collections.abc import Callable
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from math import ceil
from math import comb
from math import floor

from engine.chances import decimal_of
from engine.chances import normal_below
from engine.evaluation import Looked
from engine.models.evaluation import Evaluation
from engine.models.simulation import BandChance
from engine.models.simulation import Between
from engine.rounding import percent
from engine.rounding import percent_down
from engine.rounding import percent_up
from engine.score_grid import LEFT_ASIDE
from engine.score_grid import Spread
from engine.score_grid import below
from engine.score_grid import quantile

QUANTILES = (0.05, 0.5, 0.95)
# Ranks are computed on steps of a quarter of a point.
PER_POINT = 4
PARTS_OF_UNKNOWN = 40


def error_of(looked: Looked) -> float:
    """By how many points the three printed quantiles may be off: strata and grid together."""
    ends = (looked.kindest, looked.harshest)
    far = max(abs(quantile(end, share) - quantile(looked.estimate, share)) for end in ends for share in QUANTILES)
    return far + looked.estimate.shift


def uncertain(looked: Looked) -> float:
    """By how much the distribution function may be off because of the strata, at most: half of the widest bracket."""
    ends = list(_hundredths(looked.estimate))
    return max(abs(below(looked.harshest, at) - below(looked.kindest, at)) for at in ends) / 2


def _hundredths(spread: Spread) -> Iterator[float]:
    top = spread.rows.shape[1] * float(spread.step)
    return (number * top / 100 for number in range(1, 101))


def reaching(looked: Looked, unknown: float, line: Fraction) -> Between:
    """The chance of reaching a line."""
    shift = looked.estimate.shift
    aside = LEFT_ASIDE if shift else 0.0
    return Between(
        least=percent_down(1.0 - below(looked.harshest, float(line) + shift) - aside),
        most=percent_up(1.0 - below(looked.kindest, float(line) - unknown - shift) + aside),
    )


def bands(looked: Looked, unknown: float, evaluation: Evaluation, top: Fraction) -> tuple[BandChance, ...]:
    """The chance of each band: its least and its most over how much of what is not known turns out to be earned."""
    found: list[BandChance] = []
    most: Fraction | None = None
    for band in evaluation.bands.bands:
        least = band.from_ * top
        chances = [
            _within(looked, float(least) - extra, float(most) - extra if most is not None else None)
            for extra in (Fraction(0), unknown)
        ]
        between = Between(least=percent_down(min(chances)), most=percent_up(max(chances)))
        found.append(BandChance(title=band.title, from_=percent(band.from_), chance=between))
        most = least
    return tuple(found)


def _within(looked: Looked, least: float, most: float | None) -> float:
    under = below(looked.estimate, most) if most is not None else 1.0
    return max(0.0, under - below(looked.estimate, least))


def ranking(looked: Looked, unknown: float, evaluation: Evaluation, rank: tuple[int, int], top: Fraction) -> Between:
    """The chance of a rank among rivals whose scores are normal, as the evaluation assumes."""
    mean, spread = evaluation.rivals.mean.is_ * top, evaluation.rivals.spread.is_ * top
    return Between(
        least=percent_down(_ranked(looked.harshest, 0.0, floor, (mean, spread), rank)),
        most=percent_up(_ranked(looked.kindest, unknown, ceil, (mean, spread), rank)),
    )


def _ranked(
    score: Spread,
    extra: float,
    rounding: Callable[[float], int],
    rivals: tuple[Fraction, Fraction],
    rank: tuple[int, int],
) -> float:
    total = 0.0
    for place, chance in enumerate(score.rows[0]):
        if chance > 0:
            points = place * float(score.step) + extra
            total += float(chance) * _rank_chance(rounding(points * PER_POINT), *rivals, *rank)
    return total


@lru_cache(maxsize=4096)
def _rank_chance(steps: int, mean: Fraction, spread: Fraction, best: int, of: int) -> float:
    """The chance that fewer than ``best`` of the others have more than a score, given in steps."""
    gap = Fraction(steps, PER_POINT) - mean
    under = float(normal_below(decimal_of(gap / spread))) if spread else float(gap >= 0)
    over, others = 1.0 - under, of - 1
    return sum(comb(others, k) * over**k * under ** (others - k) for k in range(min(best, of)))
