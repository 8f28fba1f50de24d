"""What a simulated score depends on most (敏感处): causes of spread, points at stake, and weights that nobody published."""

from collections.abc import Iterator
from collections.abc import Mapping
from fractions import Fraction

from engine.blocks import Chance
from engine.blocks import block_of
from engine.blocks import spread_of
from engine.evaluation import CHANNELS
from engine.evaluation import Judged
from engine.evaluation import Looked
from engine.evaluation import Weights
from engine.evaluation import judge_blocks
from engine.evaluation import look
from engine.evaluation import weigh
from engine.models.evaluation import Channels
from engine.models.evaluation import Evaluation
from engine.models.evaluation import Share
from engine.models.result import PillarScore
from engine.models.simulation import AtStake
from engine.models.simulation import Swept
from engine.models.simulation import Uncertainty
from engine.prospects import Prospects
from engine.prospects import Stake
from engine.rounding import in_points
from engine.rounding import percent
from engine.score_grid import quantile

MOST_AT_STAKE = 5
# A sweep is told in whole points: fewer strata and a coarser grid will do.
SWEEP_STRATA, SWEEP_GRID = 8, Fraction(1, 10)
# What the indicators of one pillar are multiplied by, to see whether a conclusion survives another weight.
EMPHASIS = {"减半": Fraction(1, 2), "加半": Fraction(3, 2)}
CHANNEL_NAMES = {"document": "书面", "field": "实地", "survey": "满意度"}


def uncertainties(looked: Looked, strata: int) -> tuple[Uncertainty, ...]:
    """What share of the variance each cause brings: the shared strictness, the documents one by one, each own work."""
    means, shares = [0.0] * strata, {}
    for name, (mean, variance) in looked.parts.items():
        means = [total + float(mean[number]) for number, total in enumerate(means)]
        shares[name] = sum(float(one) for one in variance[:strata]) / strata
    centre = sum(means) / strata
    shares["strictness"] = sum((mean - centre) ** 2 for mean in means) / strata
    whole = sum(shares.values())
    ordered = sorted(shares.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(
        Uncertainty.model_validate({"cause": name, "share": percent(share / whole)}) for name, share in ordered if share > 0
    )


# --- points at stake ------------------------------------------------------------------------------------------------


def at_stake(judged: Judged, prospects: Prospects, weights: Weights) -> tuple[AtStake, ...]:
    """The indicators of which most is likely lost, with the weakest document that bears each."""
    losses = [
        (weights.factors[stake.channel, stake.pillar], _kept(stake, prospects, judged), stake)
        for stake in prospects.stakes
        if stake.earned
    ]
    shown = [
        (weight * (stake.earned - kept) / 1000, _shown(stake, weight, kept, prospects, judged.chances))
        for weight, kept, stake in losses
    ]
    shown.sort(key=lambda entry: (-round(entry[0], 9), entry[1].indicator))
    return tuple(stake for _, stake in shown[:MOST_AT_STAKE])


def _kept(stake: Stake, prospects: Prospects, judged: Judged) -> float:
    """How many thousandths of an indicator's points stand on average."""
    sums = spread_of(block_of([stake]), judged.chances, judged.on_site, lambda name: prospects.documents[name].grade)
    return sum(points[0] * float(sum(chance[: judged.strata])) for points, chance in sums.chances.items()) / judged.strata


def _shown(stake: Stake, weight: float, kept: float, prospects: Prospects, chances: Mapping[str, Chance]) -> AtStake:
    names = {name for condition in stake.conditions for name in condition.of}
    weakest = min(names, key=lambda name: (float(chances[name][0]), name))
    graded = prospects.documents[weakest]
    return AtStake(
        indicator=stake.indicator,
        title=stake.title,
        weighs=in_points(weight * stake.earned / 1000, 2),
        likely_lost=in_points(weight * (stake.earned - kept) / 1000, 1),
        document=weakest,
        document_title=prospects.titles[weakest],
        grade=graded.grade,
        lacks=graded.lacks,
    )


# --- weights that nobody published ----------------------------------------------------------------------------------


def sweep(
    prospects: Prospects, evaluation: Evaluation, pillars: tuple[PillarScore, ...], line: Fraction | None
) -> Iterator[Swept]:
    """Move each channel's weight to the ends of its sweep, and each pillar's by half, and see what survives.

    The band of the middle score is the conclusion, or the line where one was named.
    """
    for evaluator in evaluation.evaluators:
        judged = judge_blocks(prospects, evaluator, SWEEP_STRATA)
        usual = _conclusion(_middle(prospects, judged, weigh(prospects, evaluation)), prospects, evaluation, line)
        for moved, to, weights in _moved(prospects, evaluation, pillars):
            score = _middle(prospects, judged, weights)
            there = _conclusion(score, prospects, evaluation, line)
            yield Swept(
                evaluator=evaluator.id,
                moved=moved,
                to=to,
                p50=in_points(score, 0 if prospects.maximum > 20000 else 1),
                band=_band(score, prospects, evaluation),
                survives=there == usual,
            )


def _middle(prospects: Prospects, judged: Judged, weights: Weights) -> float:
    step = SWEEP_GRID * prospects.maximum / 100000 or SWEEP_GRID
    return quantile(look(prospects, judged, weights, step).estimate, 0.5)


def _moved(
    prospects: Prospects, evaluation: Evaluation, pillars: tuple[PillarScore, ...]
) -> Iterator[tuple[str, str, Weights]]:
    for channel in CHANNELS:
        for end in getattr(evaluation.channels, channel).sweep or ():
            channels = _with_weight(evaluation.channels, channel, end)
            moved = evaluation.model_copy(update={"channels": channels})
            yield CHANNEL_NAMES[channel], percent(end), weigh(prospects, moved)
    held = {stake.pillar for stake in prospects.stakes}
    for pillar in (pillar for pillar in pillars if pillar.id in held):
        for name, times in EMPHASIS.items():
            yield pillar.short, name, weigh(prospects, evaluation, {pillar.id: times})


def _with_weight(channels: Channels, channel: str, weight: Fraction) -> Channels:
    """One channel at another weight; the other two share the rest as before."""
    own: Share = getattr(channels, channel)
    rest = {
        other: getattr(channels, other).model_copy(
            update={"is_": getattr(channels, other).is_ * (1 - weight) / (1 - own.is_)}
        )
        for other in CHANNELS
        if other != channel
    }
    return channels.model_copy(update={channel: own.model_copy(update={"is_": weight}), **rest})


def _conclusion(score: float, prospects: Prospects, evaluation: Evaluation, line: Fraction | None) -> str | bool:
    """What the user wants to know: whether the middle score reaches the line, else its band."""
    return score >= float(line) if line is not None else _band(score, prospects, evaluation)


def _band(score: float, prospects: Prospects, evaluation: Evaluation) -> str:
    top = Fraction(prospects.maximum, 1000)
    return next(band.title for band in evaluation.bands.bands if score >= float(band.from_ * top))
