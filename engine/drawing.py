"""The same evaluation by drawing (抽样核对): a second way to the distribution, for checking the first. It decides nothing.

It goes from documents to conditions, parts and points one evaluation at a time, and knows no grid, no blocks and no strata.
Every document and every kind of work draws from a stream of its own, so that a further rule does not shuffle the others.
"""

import hashlib
from collections.abc import Callable
from collections.abc import Iterator
from math import sqrt

import numpy as np
from numpy.random import Generator
from numpy.random import Philox
from numpy.typing import NDArray

from engine.evaluation import Weights
from engine.grades import Graded
from engine.grades import lower
from engine.models.evaluation import Evaluator
from engine.models.evaluation import Prior
from engine.prospects import Pool
from engine.prospects import Prospects
from engine.prospects import Stake

Draws = NDArray[np.float64]
Yes = NDArray[np.bool_]
# A stream of its own for every name.
Streams = Callable[[str], Generator]

# How many evaluations are drawn at once: it bounds the memory, not the result.
BATCH = 50_000
# What the largest distance between a distribution function and that of its draws does not exceed in 99 of 100 trials
# (Kolmogorov), times the root of the number of draws.
KOLMOGOROV = 1.63


def draw_scores(prospects: Prospects, evaluator: Evaluator, weights: Weights, draws: int, seed: str) -> Draws:
    """Draw the scores of so many evaluations, in points; in the order drawn."""
    streams: dict[str, Generator] = {}

    def stream(name: str) -> Generator:
        if name not in streams:
            streams[name] = Generator(Philox(key=_key(f"{seed}/{name}")))
        return streams[name]

    batches = (min(BATCH, draws - start) for start in range(0, draws, BATCH))
    return np.concatenate([_batch(prospects, evaluator, weights, size, stream) for size in batches])


def expected_distance(draws: int) -> float:
    """How far the distribution function of the draws may be from the true one."""
    return KOLMOGOROV / sqrt(draws)


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")


def _batch(prospects: Prospects, evaluator: Evaluator, weights: Weights, size: int, stream: Streams) -> Draws:
    harder = np.exp(float(evaluator.spread_of_strictness) * stream("strictness").standard_normal(size))
    accepted = {
        name: _accepted(graded, evaluator, harder, stream(f"document/{name}"), stream(f"address/{name}"))
        for name, graded in prospects.documents.items()
    }
    points: dict[tuple[str, str], NDArray[np.int64]] = {}
    for stake in prospects.stakes:
        earned = _earned(stake, accepted, size)
        if stake.channel == "field":
            found = stream(f"site/{stake.indicator}").random(size) < _odds(float(evaluator.on_site.mean), harder)
            earned = np.where(found, earned, 0)
        account = (stake.channel, stake.pillar)
        points[account] = points.get(account, np.zeros(size, dtype=np.int64)) + earned
    total = np.zeros(size)
    left = {pillar: np.full(size, cap, dtype=np.int64) for pillar, cap in prospects.caps.items()}
    for account in sorted(points, key=lambda account: -weights.factors[account]):
        kept = points[account]
        if account[1] in left:
            kept = np.minimum(kept, left[account[1]])
            left[account[1]] = left[account[1]] - kept
        total += kept * (weights.factors[account] / 1000)
    for weight, share in _own_work(prospects, evaluator, weights, size, stream):
        total += weight * share
    return np.maximum(total - prospects.taken / 1000, 0.0)


def _odds(share: float, harder: Draws) -> Draws:
    chance: Draws = 1.0 / (1.0 + (1.0 - share) / share * harder)
    return chance


def _accepted(graded: Graded, evaluator: Evaluator, harder: Draws, own: Generator, address: Generator) -> Yes:
    """Whether a document is accepted: one grade lower where its address does not open."""
    priors = evaluator.acceptance.by_grade
    chance = _odds(float(priors[graded.grade].mean), harder)
    if graded.by_address:
        dead = address.random(len(harder)) < float(evaluator.dead_links.is_)
        chance = np.where(dead, _odds(float(priors[lower(graded.grade)].mean), harder), chance)
    accepted: Yes = own.random(len(harder)) < chance
    return accepted


def _earned(stake: Stake, accepted: dict[str, Yes], size: int) -> NDArray[np.int64]:
    met = [
        sum((accepted[name].astype(np.int64) for name in condition.of), np.zeros(size, dtype=np.int64)) >= condition.at_least
        for condition in stake.conditions
    ]
    which = np.zeros(size, dtype=np.int64)
    for number, (_, needed) in enumerate(stake.parts):
        stands = np.ones(size, dtype=bool)
        for condition in needed:
            stands &= met[condition]
        which |= stands.astype(np.int64) << number
    worth = [stake.worth([n for n in range(len(stake.parts)) if code >> n & 1]) for code in range(1 << len(stake.parts))]
    return np.array(worth, dtype=np.int64)[which]


# --- the evaluator's own work ---------------------------------------------------------------------------------------


def _own_work(
    prospects: Prospects, evaluator: Evaluator, weights: Weights, size: int, stream: Streams
) -> Iterator[tuple[float, Draws]]:
    if not prospects.whole:
        return
    survey = evaluator.survey
    asked = int(survey.sample.is_ / survey.design_effect.is_)
    yield float(weights.visits), _tried(evaluator.visits.times.is_, evaluator.visits.good, size, stream("visits"))
    yield (
        float(weights.interviews),
        _tried(evaluator.interviews.times.is_, evaluator.interviews.good, size, stream("interviews")),
    )
    yield float(weights.survey), _tried(asked, survey.good, size, stream("survey"))
    if prospects.pools:
        yield float(weights.case_files), _case_files(prospects.pools, evaluator, size, stream("case files"))


def _tried(times: int, good: Prior, size: int, generator: Generator) -> Draws:
    share = generator.beta(float(good.mean * good.worth), float((1 - good.mean) * good.worth), size)
    tried: Draws = generator.binomial(times, share) / times
    return tried


def _case_files(pools: tuple[Pool, ...], evaluator: Evaluator, size: int, generator: Generator) -> Draws:
    """Departments, then files, without replacement; fatal faults of files that nobody looked at as the prior says."""
    rules = evaluator.case_files
    departments = max(1, min(rules.departments.is_, len(pools)))
    files = rules.files.is_ * (1 if len(pools) > 1 else rules.departments.is_)
    order = np.argsort(generator.random((size, len(pools))), axis=1)[:, :departments]
    scores = np.stack([_pool_score(pool, evaluator, files, size, generator) for pool in pools], axis=1)
    mean: Draws = np.take_along_axis(scores, order, axis=1).mean(axis=1)
    return mean


def _pool_score(pool: Pool, evaluator: Evaluator, files: int, size: int, generator: Generator) -> Draws:
    rules = evaluator.case_files
    drawn = min(files, pool.files)
    a, b = float(rules.fatal.mean * rules.fatal.worth), float((1 - rules.fatal.mean) * rules.fatal.worth)
    share = generator.beta(a + pool.failed, b + pool.reviewed - pool.failed, size)
    fatal = pool.failed + generator.binomial(pool.files - pool.reviewed, share)
    failed = generator.hypergeometric(fatal, pool.files - fatal, drawn)
    excellent = generator.binomial(drawn - failed, float(rules.excellent.is_))
    good = excellent * float(rules.excellent_worth.is_) + (drawn - failed - excellent) * float(rules.passing_worth.is_)
    score: Draws = good / drawn
    return score
