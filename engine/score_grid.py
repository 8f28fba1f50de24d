"""Distributions of a score on a grid (得分网格): sums of independent amounts, one row for each strictness.

An amount between two steps is split so that its mean is kept. No Fourier transform and no matrix product: every number is
a sum in a fixed order, the same on every machine.
"""

from fractions import Fraction
from math import ceil
from math import floor
from math import log
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

# The part of the probability that the bound on the grid's error leaves aside.
LEFT_ASIDE = 0.001
# What a place may differ from a step and still be that step.
DUST = 1e-9


class Outcomes(NamedTuple):
    """What one independent amount may be, in points, with its chances: one for each strictness, or one for all."""

    amounts: tuple[float, ...]
    chances: tuple[Rows, ...]


class Spread(NamedTuple):
    """The distribution of a sum: ``rows[k, i]`` is the chance of ``i`` steps under strictness ``k``.

    Attributes:
        step: One step of the grid, in points.
        variance: What splitting amounts between steps has added to the variance, at most.
    """

    step: Fraction
    rows: Rows
    variance: float = 0.0

    @property
    def shift(self) -> float:
        """By how many points a quantile may be off because of the grid (Bernstein's bound, but for ``LEFT_ASIDE``)."""
        if self.variance == 0:
            return 0.0
        deviation = log(2 / LEFT_ASIDE)
        return sqrt(2 * self.variance * deviation) + float(self.step) * deviation / 3


def nothing(step: Fraction, rows: int) -> Spread:
    """A sum of no amounts: certainly 0."""
    return Spread(step, np.ones((rows, 1)))


def plus(spread: Spread, outcomes: Outcomes) -> Spread:
    """Add an independent amount to a sum."""
    step = float(spread.step)
    steps: dict[int, Rows] = {}
    variance = np.zeros(1)
    for amount, chance in zip(outcomes.amounts, outcomes.chances, strict=True):
        low, part = _on_grid(amount / step)
        if part:
            steps[low + 1] = steps.get(low + 1, 0.0) + chance * part
            variance = variance + chance * (part * (1.0 - part) * step * step)
        steps[low] = steps.get(low, 0.0) + chance * (1.0 - part)
    rows, width = spread.rows.shape
    first, *others = sorted(steps)
    total = np.zeros((rows, width + max(steps)))
    np.multiply(spread.rows, np.reshape(steps[first], (-1, 1)), out=total[:, first : first + width])
    for offset in others:
        total[:, offset : offset + width] += np.reshape(steps[offset], (-1, 1)) * spread.rows
    return Spread(spread.step, total, spread.variance + float(np.max(variance)))


def _on_grid(place: float) -> tuple[int, float]:
    """The step below a place, and how far it lies above that step; the dust of a division is no distance."""
    nearest = round(place)
    if abs(place - nearest) < DUST:
        return nearest, 0.0
    return floor(place), place - floor(place)


def mixed(spread: Spread, which: slice) -> Spread:
    """The mean of some rows, taken in their order: what is left when each of them is as likely as the others."""
    rows = spread.rows[which]
    total = np.zeros(rows.shape[1])
    for row in rows:
        total = total + row
    return spread._replace(rows=(total / len(rows)).reshape(1, -1))


def lowered(spread: Spread, points: Fraction) -> Spread:
    """A sum less a fixed deduction, and never below 0; a deduction between two steps counts as the larger one."""
    steps = ceil(points / spread.step)
    if steps <= 0:
        return spread
    cumulated = np.cumsum(spread.rows, axis=1)
    width = spread.rows.shape[1]
    return spread._replace(rows=np.hstack([cumulated[:, min(steps, width - 1), None], spread.rows[:, steps + 1 :]]))


def below(spread: Spread, points: float) -> float:
    """The chance of less than some points, in the first row."""
    count = ceil(points / float(spread.step) - DUST)
    if count <= 0:
        return 0.0
    cumulated = np.cumsum(spread.rows[0])
    return min(1.0, float(cumulated[min(count, len(cumulated)) - 1]))


def quantile(spread: Spread, share: float) -> float:
    """The least points that a share of the distribution does not exceed, in the first row."""
    cumulated = np.cumsum(spread.rows[0])
    place = int(np.searchsorted(cumulated, share * float(cumulated[-1]), side="left"))
    return min(place, len(cumulated) - 1) * float(spread.step)


def mean_of(spread: Spread) -> float:
    """The mean in points, in the first row."""
    weighted = np.cumsum(spread.rows[0] * np.arange(spread.rows.shape[1]))
    return float(weighted[-1]) * float(spread.step)
