"""The score that an outside team is likely to give (模拟第三方评估): prospects and one assumed evaluator → a distribution.

Given the strictness, which all items share, blocks are independent and the score is their convolution. The strictness is
divided into equally likely strata; since the score falls with it, the ends of the strata bracket the distribution function.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from math import comb
from math import fsum
from typing import NamedTuple

import numpy as np

from engine.blocks import Block
from engine.blocks import Chance
from engine.blocks import Sums
from engine.blocks import find_blocks
from engine.blocks import outcomes_of
from engine.blocks import spread_of
from engine.chances import accepted
from engine.chances import beta_binomial
from engine.chances import decimal_of
from engine.chances import fatal_drawn
from engine.chances import growth
from engine.chances import normal_quantile
from engine.grades import lower
from engine.models.evaluation import Evaluation
from engine.models.evaluation import Evaluator
from engine.models.evaluation import Grade
from engine.models.evaluation import Prior
from engine.prospects import Pool
from engine.prospects import Prospects
from engine.score_grid import Outcomes
from engine.score_grid import Spread
from engine.score_grid import lowered
from engine.score_grid import mixed
from engine.score_grid import nothing
from engine.score_grid import plus

CHANNELS = ("document", "field", "survey")
# Steps from 0 to 1 on which scores of case files are added up.
FINE = 500


class Weights(NamedTuple):
    """What everything weighs in the whole score, in points.

    Attributes:
        factors: What one point of an indicator weighs, by channel and pillar.
        case_files, visits, interviews, survey: What the evaluator's own work weighs.
        unknown: What is not known (待核), weighed the same way: it is in no distribution.
    """

    factors: dict[tuple[str, str], float]
    case_files: Fraction
    visits: Fraction
    interviews: Fraction
    survey: Fraction
    unknown: float


class Looked(NamedTuple):
    """One evaluator's distribution: the estimate, and one below and one above it in strictness.

    Attributes:
        parts: By name, the mean and variance of every part that is independent of the others given the strictness;
            one number for each stratum.
    """

    estimate: Spread
    kindest: Spread
    harshest: Spread
    parts: dict[str, tuple[Chance, Chance]]


class Judged(NamedTuple):
    """What one evaluator sees: the points of blocks by account, for each strictness, and the evaluator's own work.

    Attributes:
        chances: How likely each document is accepted.
        on_site: How likely a field indicator is found on the spot as it was told.
        own_work: What is drawn, visited and asked, as shares of what it weighs; independent of the strictness.
    """

    blocks: tuple[tuple[Block, Sums], ...]
    own_work: dict[str, Outcomes]
    chances: dict[str, Chance]
    on_site: Chance
    strata: int


def weigh(prospects: Prospects, evaluation: Evaluation, emphasis: Mapping[str, Fraction] | None = None) -> Weights:
    """Share out the maximum among channels and parts; what a unit does not have leaves its weight to the rest.

    ``emphasis`` multiplies what the indicators of a pillar weigh within their channel.
    """
    times = emphasis or {}
    channels = evaluation.channels
    maxima = {
        channel: sum(
            (stake.maximum * times.get(stake.pillar, Fraction(1)) for stake in prospects.stakes if stake.channel == channel),
            Fraction(prospects.reserve if channel == "document" else 0),
        )
        for channel in CHANNELS
    }
    parts, whole = evaluation.field_parts, prospects.whole
    shares = {
        "document": channels.document.is_ if maxima["document"] else Fraction(0),
        "field": channels.field.is_ * parts.indicators.is_ if maxima["field"] else Fraction(0),
        "case_files": channels.field.is_ * parts.case_files.is_ if whole else Fraction(0),
        "visits": channels.field.is_ * parts.visits.is_ if whole else Fraction(0),
        "interviews": channels.field.is_ * parts.interviews.is_ if whole else Fraction(0),
        "survey": channels.survey.is_ if whole else Fraction(0),
    }
    given = sum(shares.values(), Fraction(0))
    points = {name: share / given * prospects.maximum / 1000 for name, share in shares.items()} if given else shares
    pillars = {stake.pillar for stake in prospects.stakes}
    factors = {
        (channel, pillar): float(points[channel] * 1000 / maxima[channel] * times.get(pillar, Fraction(1)))
        if maxima[channel] and channel != "survey"
        else 0.0
        for channel in CHANNELS
        for pillar in pillars
    }
    unknown = fsum(factors[stake.channel, stake.pillar] * stake.open / 1000 for stake in prospects.stakes)
    unknown += float(points["document"] * prospects.reserve / maxima["document"]) if maxima["document"] else 0.0
    unknown += 0.0 if prospects.pools else float(points["case_files"])
    return Weights(
        factors=factors,
        case_files=points["case_files"] if prospects.pools else Fraction(0),
        visits=points["visits"],
        interviews=points["interviews"],
        survey=points["survey"],
        unknown=unknown,
    )


def judge_blocks(prospects: Prospects, evaluator: Evaluator, strata: int) -> Judged:
    """Work out every block under every strictness: first the middles of the strata, then their ends from kind to harsh."""
    harder = _growths(evaluator, strata)
    chances = _acceptance_of(prospects, evaluator, harder)
    on_site = np.array(accepted(evaluator.on_site.mean, harder))
    return Judged(
        tuple(
            (block, spread_of(block, chances, on_site, lambda name: prospects.documents[name].grade))
            for block in find_blocks(prospects)
        ),
        _own_work(prospects, evaluator),
        chances,
        on_site,
        strata,
    )


def look(prospects: Prospects, judged: Judged, weights: Weights, step: Fraction) -> Looked:
    """The distribution of the score under one evaluator; ``step`` of the grid in points."""
    strata = judged.strata
    rows = 2 * strata + 1
    spread = nothing(step, rows)
    parts: dict[str, tuple[Chance, Chance]] = {"evidence": (np.zeros(rows), np.zeros(rows))}
    for block, sums in judged.blocks:
        outcomes = outcomes_of(block, sums, weights.factors, prospects.caps)
        spread = plus(spread, outcomes)
        most = max(weights.factors[account] for account in block.accounts)
        spread = spread._replace(variance=spread.variance + sums.variance * most**2)
        mean, variance = _moments(outcomes, rows)
        parts["evidence"] = (parts["evidence"][0] + mean, parts["evidence"][1] + variance)
    bracket = {
        "estimate": mixed(spread, slice(0, strata)),
        "kindest": mixed(spread, slice(strata, 2 * strata)),
        "harshest": mixed(spread, slice(strata + 1, 2 * strata + 1)),
    }
    for name, shares in judged.own_work.items():
        outcomes = _weighed(shares, float(getattr(weights, name)))
        bracket = {which: plus(one, outcomes) for which, one in bracket.items()}
        parts[name] = _moments(outcomes, rows)
    taken = Fraction(prospects.taken, 1000)
    return Looked(**{which: lowered(one, taken) for which, one in bracket.items()}, parts=parts)


def pillar_spread(judged: Judged, prospects: Prospects, pillar: str, step: Fraction) -> Spread:
    """The distribution of one pillar's points on the score sheet, without the evaluator's own work."""
    spread = nothing(step, 2 * judged.strata + 1)
    for block, sums in judged.blocks:
        if any(name == pillar for _, name in block.accounts):
            factors = {account: float(account[1] == pillar) for account in block.accounts}
            spread = plus(spread, outcomes_of(block, sums, factors, prospects.caps))
    return mixed(spread, slice(0, judged.strata))


# --- strictness -----------------------------------------------------------------------------------------------------


def _growths(evaluator: Evaluator, strata: int) -> list[float]:
    """By how much the odds of acceptance worsen, in the middles of the strata and then at their ends, from kind to harsh."""
    spread = decimal_of(evaluator.spread_of_strictness)
    inner = [Fraction(number, strata) for number in range(1, strata)]
    middle = [Fraction(2 * number + 1, 2 * strata) for number in range(strata)]
    if spread == 0:
        return [1.0] * (2 * strata + 1)
    return [
        *(growth(spread * normal_quantile(share)) for share in middle),
        0.0,
        *(growth(spread * normal_quantile(share)) for share in inner),
        float("inf"),
    ]


def _acceptance_of(prospects: Prospects, evaluator: Evaluator, harder: list[float]) -> dict[str, Chance]:
    """How likely each document is accepted, under every strictness; documents of one kind alike."""
    kinds = {(graded.grade, graded.by_address) for graded in prospects.documents.values()}
    chances = {kind: _acceptance(*kind, evaluator, harder) for kind in kinds}
    return {name: chances[graded.grade, graded.by_address] for name, graded in prospects.documents.items()}


def _acceptance(grade: Grade, by_address: bool, evaluator: Evaluator, harder: list[float]) -> Chance:
    """By the grade, or by the next one where the address does not open."""
    priors = evaluator.acceptance.by_grade
    dead = float(evaluator.dead_links.is_) if by_address else 0.0
    own, fallen = (np.array(accepted(priors[which].mean, harder)) for which in (grade, lower(grade)))
    return (1.0 - dead) * own + dead * fallen


# --- the evaluator's own work ---------------------------------------------------------------------------------------


def _own_work(prospects: Prospects, evaluator: Evaluator) -> dict[str, Outcomes]:
    if not prospects.whole:
        return {}
    survey = evaluator.survey
    asked = int(survey.sample.is_ / survey.design_effect.is_)
    work = {
        "visits": _tried(evaluator.visits.times.is_, evaluator.visits.good),
        "interviews": _tried(evaluator.interviews.times.is_, evaluator.interviews.good),
        "survey": _tried(asked, survey.good),
    }
    return {"case_files": _case_files(prospects.pools, evaluator), **work} if prospects.pools else work


def _tried(times: int, good: Prior) -> Outcomes:
    """The share of good ones among some trials."""
    chances = beta_binomial(times, good.mean, good.worth)
    return Outcomes(tuple(k / times for k in range(times + 1)), tuple(np.array([chance]) for chance in chances))


def _weighed(shares: Outcomes, weight: float) -> Outcomes:
    return shares._replace(amounts=tuple(share * weight for share in shares.amounts))


def _case_files(pools: tuple[Pool, ...], evaluator: Evaluator) -> Outcomes:
    """The score of the case files drawn: departments without replacement, then files without replacement.

    All departments are as likely; the score is the mean of the departments drawn. A file with a fatal fault scores nothing.
    """
    rules = evaluator.case_files
    drawn = max(1, min(rules.departments.is_, len(pools)))
    # By how many departments were drawn so far, how their scores add up.
    added = np.zeros((drawn + 1, drawn * FINE + 2))
    added[0, 0] = 1.0
    for pool in pools:
        scores = _pool_scores(pool, evaluator, 1 if len(pools) > 1 else rules.departments.is_)
        for count in range(drawn, 0, -1):
            for place in np.flatnonzero(scores):
                added[count, place:] += added[count - 1, : added.shape[1] - place] * scores[place]
    # Every set of departments is as likely as the others.
    chances = added[drawn] / comb(len(pools), drawn)
    places = [int(place) for place in np.flatnonzero(chances)]
    return Outcomes(tuple(place / (FINE * drawn) for place in places), tuple(chances[place : place + 1] for place in places))


def _pool_scores(pool: Pool, evaluator: Evaluator, departments: int) -> Chance:
    """The mean score of the files drawn of one pool, on fine steps, each score split so that its mean is kept."""
    rules = evaluator.case_files
    drawn = min(rules.files.is_ * departments, pool.files)
    fatal = fatal_drawn(pool.files, pool.reviewed, pool.failed, drawn, rules.fatal.mean, rules.fatal.worth)
    scores = np.zeros(FINE + 1)
    for failed, chance in enumerate(fatal):
        for excellent, other in enumerate(_binomial(drawn - failed, rules.excellent.is_)):
            good = excellent * rules.excellent_worth.is_ + (drawn - failed - excellent) * rules.passing_worth.is_
            low, part = divmod(good * FINE / drawn, 1)
            scores[int(low)] += chance * other * float(1 - part)
            scores[min(int(low) + 1, FINE)] += chance * other * float(part)
    return scores


def _binomial(trials: int, share: Fraction) -> list[float]:
    own, other = float(share), float(1 - share)
    chances = [1.0]
    for _ in range(trials):
        chances = [
            (chances[k] * other if k < len(chances) else 0.0) + (chances[k - 1] * own if k else 0.0)
            for k in range(len(chances) + 1)
        ]
    return chances


def _moments(outcomes: Outcomes, rows: int) -> tuple[Chance, Chance]:
    """Mean and variance of an amount, for each strictness."""
    mean = reduce(lambda total, one: total + one[0] * one[1], zip(*outcomes, strict=True), np.zeros(rows))
    square = reduce(lambda total, one: total + one[0] ** 2 * one[1], zip(*outcomes, strict=True), np.zeros(rows))
    return mean, np.maximum(square - mean * mean, 0.0)
