"""The distributions of single events, in closed form (单项的分布). Nothing is drawn here.

Only additions, multiplications and divisions in a fixed order, and ``Decimal`` for what is not rational: the same numbers
on every machine.
"""

from collections.abc import Sequence
from decimal import Context
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import comb
from math import fsum

_EXACTLY = Context(prec=40)
_HALF = Decimal("0.5")
_ROOT_OF_TWO_PI = _EXACTLY.sqrt(Decimal("6.2831853071795864769252867665590057683943"))


def decimal_of(value: Fraction) -> Decimal:
    """A fraction to 40 digits."""
    return _EXACTLY.divide(Decimal(value.numerator), Decimal(value.denominator))


def normal_below(z: Decimal) -> Decimal:
    """The share of a standard normal distribution that lies below ``z``."""
    if abs(z) > 9:
        return Decimal(0) if z < 0 else Decimal(1)
    term, total, odd, square = z, z, 1, _EXACTLY.multiply(z, z)
    while abs(term) > Decimal("1e-38"):
        odd += 2
        term = _EXACTLY.divide(_EXACTLY.multiply(term, square), Decimal(odd))
        total = _EXACTLY.add(total, term)
    density = _EXACTLY.divide(_EXACTLY.exp(-square / 2), _ROOT_OF_TWO_PI)
    return _EXACTLY.add(_HALF, _EXACTLY.multiply(density, total))


@lru_cache(maxsize=1024)
def normal_quantile(share: Fraction) -> Decimal:
    """The point below which a share of a standard normal distribution lies, to 12 digits."""
    if share == Fraction(1, 2):
        return Decimal(0)
    if share > Fraction(1, 2):
        return -normal_quantile(1 - share)
    wanted, low, high = decimal_of(share), Decimal(-9), Decimal(0)
    for _ in range(48):
        middle = (low + high) / 2
        low, high = (middle, high) if normal_below(middle) < wanted else (low, middle)
    return round((low + high) / 2, 12)


def growth(delta: Decimal) -> float:
    """``exp`` of a strictness, correctly rounded."""
    return float(_EXACTLY.exp(delta))


def accepted(share: Fraction, harder: Sequence[float]) -> list[float]:
    """How likely something of an acceptance ``share`` is accepted when its odds are so many times worse.

    ``logistic(logit(q) − δ)`` for every ``exp(δ)`` of ``harder``.
    """
    odds = float((1 - share) / share)
    return [1.0 / (1.0 + odds * times) for times in harder]


def hypergeometric(total: int, marked: int, drawn: int) -> list[Fraction]:
    """How many marked things are among those drawn without replacement: the chance of 0, of 1, and so on."""
    ways = comb(total, drawn)
    return [Fraction(comb(marked, x) * comb(total - marked, drawn - x), ways) for x in range(min(marked, drawn) + 1)]


def beta_binomial(trials: int, mean: Fraction | float, worth: Fraction | float) -> list[float]:
    """How many of some trials are good, when their share is only known as a Beta of a mean and a worth in observations."""
    a, b = float(mean * worth), float((1 - mean) * worth)
    # By the ratio of each chance to the one before, begun at the mean, where nothing vanishes.
    middle = round(trials * a / (a + b))
    up, down = [1.0], [1.0]
    for k in range(middle, trials):
        up.append(up[-1] * ((trials - k) / (k + 1)) * ((k + a) / (trials - k - 1 + b)))
    for k in range(middle, 0, -1):
        down.append(down[-1] * (k / (trials - k + 1)) * ((trials - k + b) / (k - 1 + a)))
    return _normalised([*reversed(down[1:]), *up])


def fatal_drawn(files: int, reviewed: int, failed: int, drawn: int, mean: Fraction, worth: Fraction) -> list[float]:
    """How many files with a fatal fault are among those drawn: the chance of 0 to ``drawn``.

    ``failed`` of the ``reviewed`` files are known to have one; the others have it as a Beta prior says, once it has seen
    the reviewed ones. Files whose share is the same Beta are exchangeable: those drawn of them fail as a beta-binomial.
    """
    chances = [0.0] * (drawn + 1)
    unseen = hypergeometric(files, files - reviewed, drawn)
    after = worth + reviewed
    for new, share in enumerate(unseen):
        if share == 0:
            continue
        known = hypergeometric(reviewed, failed, drawn - new)
        further = beta_binomial(new, (mean * worth + failed) / after, after)
        for x, one in enumerate(known):
            for y, other in enumerate(further):
                chances[x + y] += float(share * one) * other
    return _normalised(chances)


def _normalised(weights: Sequence[float]) -> list[float]:
    whole = fsum(weights)
    return [weight / whole for weight in weights]
