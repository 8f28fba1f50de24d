"""How strict a team was (严格度), on a grid: what earlier results say of one team, and of how teams differ.

P(accept | q, δ) = logistic(logit q − δ) with one δ for a whole evaluation and δ ~ N(0, (τ/2)²) (see models/evaluation.py).
What is called spread here is the standard deviation τ/2.
Exponentials and logarithms are decimal, and correctly rounded; what is done to floats afterwards (+ − × ÷, square root,
``fsum``) IEEE 754 fixes to the last bit: the same digits on every machine.
"""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Context
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from engine.chances import accepted
from engine.chances import decimal_of
from engine.chances import growth
from engine.models.evaluation import Grade
from engine.models.past_result import PastResult
from engine.models.past_result import PillarResult

# δ from −4 to 4 and its deviation from 0.05 to 2, both in steps of 0.05: what is printed carries no more digits than that.
STEPS = 20
GRID = tuple(Fraction(i, STEPS) for i in range(-4 * STEPS, 4 * STEPS + 1))
SPREADS = tuple(Fraction(i, STEPS) for i in range(1, 2 * STEPS + 1))
# How far the log of the deviation may be from the assumed one before anything was seen: within a factor of about 2.7 in nine
# cases of ten.
SPREAD_OF_LOG = Fraction(3, 5)
TAIL = 0.05
# What explains a result worst of all still explains it: nothing is ever divided by nothing.
LEAST = 1e-300

Means = Mapping[Grade, Fraction]
_DECIMALS = Context(prec=28)


def exp(value: Fraction | float) -> float:
    """The exponential, by way of decimals."""
    return float(_DECIMALS.exp(_decimal(value)))


def ln(value: Fraction | float) -> float:
    """The natural logarithm, by way of decimals."""
    return float(_DECIMALS.ln(_decimal(value)))


def _decimal(value: Fraction | float) -> Decimal:
    if isinstance(value, float):
        return Decimal(value)
    return _DECIMALS.divide(Decimal(value.numerator), Decimal(value.denominator))


@lru_cache(maxsize=20000)
def accepted_by(q: Fraction, delta: Fraction) -> float:
    """How likely a team of some strictness accepts what the usual one accepts with likelihood ``q``."""
    return accepted(q, [growth(decimal_of(delta))])[0]


@lru_cache(maxsize=20000)
def _logs(q: Fraction, delta: Fraction) -> tuple[float, float]:
    """The logarithms of accepting and of returning."""
    p = accepted_by(q, delta)
    return ln(p), ln(1 - p)


@lru_cache(maxsize=200)
def weights(spread: Fraction) -> tuple[float, ...]:
    """The normal distribution of δ on the grid, adding up to one; all of it on 0 where teams do not differ."""
    if not spread:
        return tuple(float(delta == 0) for delta in GRID)
    return shares([exp(-(delta**2) / (2 * spread**2)) for delta in GRID])


def shares(values: Sequence[float]) -> tuple[float, ...]:
    """What each is of all."""
    total = math.fsum(values)
    return tuple(value / total for value in values)


def likelihoods(result: PastResult, means: Means) -> tuple[float, ...]:
    """How well each strictness explains a result, the best of them as 1. What was counted goes before what was scored."""
    logs = [_log_likelihood(result, means, delta) for delta in GRID]
    best = max(logs)
    return tuple(max(exp(value - best), LEAST) for value in logs)


def _log_likelihood(result: PastResult, means: Means, delta: Fraction) -> float:
    if is_counted(result):
        counts = [(_logs(means[grade], delta), seen) for grade, seen in sorted(result.items.items())]
        return math.fsum(seen.accepted * yes + (seen.filed - seen.accepted) * no for (yes, no), seen in counts)
    return math.fsum(_log_of_score(pillar, means, delta) for pillar in result.pillars)


def is_counted(result: PastResult) -> bool:
    """Whether a result tells what was accepted item by item."""
    return any(seen.filed for seen in result.items.values())


def _log_of_score(pillar: PillarResult, means: Means, delta: Fraction) -> float:
    mean, variance = expected_score(pillar, means, delta)
    off = float(pillar.score) - mean
    return -off * off / (2 * variance) - ln(variance) / 2


def expected_score(pillar: PillarResult, means: Means, delta: Fraction) -> tuple[float, float]:
    """Mean and variance of a pillar's points, its items of one grade worth the same."""
    parts = [(accepted_by(means[grade], delta), stake) for grade, stake in sorted(pillar.at_stake.items())]
    mean = math.fsum(float(stake.points) * p for p, stake in parts)
    variance = math.fsum(float(stake.points**2 / stake.items) * p * (1 - p) for p, stake in parts)
    return mean, variance


def posterior(result: PastResult, means: Means, spread: Fraction) -> tuple[float, ...]:
    """What is thought of a team's strictness after its result, on the grid."""
    fit = likelihoods(result, means)
    return shares([one * other for one, other in zip(weights(spread), fit, strict=True)])


def spread_posterior(results: Sequence[PastResult], means: Means, spread: Fraction) -> tuple[float, ...]:
    """What is thought of the deviation τ/2 after several results: log-normal around the assumed one before."""
    fits = [likelihoods(result, means) for result in results]
    logs = [_log_of_spread(one, fits, spread) for one in SPREADS]
    best = max(logs)
    return shares([exp(value - best) for value in logs])


def _log_of_spread(one: Fraction, fits: Sequence[tuple[float, ...]], assumed: Fraction) -> float:
    away = ln(one / assumed)
    prior = -away * away / float(2 * SPREAD_OF_LOG**2) - ln(one)
    explained = [ln(math.fsum(w * fit for w, fit in zip(weights(one), of, strict=True))) for of in fits]
    return math.fsum([prior, *explained])


def mean_of(grid: Sequence[Fraction], density: Sequence[float]) -> Fraction:
    """The mean of a distribution on a grid, to the step of the grid."""
    mean = math.fsum(float(at) * share for at, share in zip(grid, density, strict=True))
    return Fraction(round(mean * STEPS), STEPS)


def ends_of(grid: Sequence[Fraction], density: Sequence[float]) -> tuple[Fraction, Fraction]:
    """The 5 % and 95 % points of a distribution on a grid."""
    return point_of(grid, density, TAIL), point_of(grid, density, 1 - TAIL)


def point_of(grid: Sequence[Fraction], density: Sequence[float], below: float) -> Fraction:
    """The first point of a grid up to which so much of a distribution lies."""
    reached = (at for number, at in enumerate(grid, start=1) if math.fsum(density[:number]) >= below)
    return next(reached, grid[-1])
