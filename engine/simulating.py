"""A whole simulated evaluation (模拟第三方评估): an assessment and assumed evaluators in, what they are likely to give out.

The deterministic range stands apart. No chance is ever put on what is not known: it stays a range beside the distribution.
"""

from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from math import fsum
from typing import NamedTuple

from engine.assessment import Workings
from engine.drawing import draw_scores
from engine.drawing import expected_distance
from engine.evaluation import Looked
from engine.evaluation import Weights
from engine.evaluation import judge_blocks
from engine.evaluation import look
from engine.evaluation import pillar_spread
from engine.evaluation import weigh
from engine.likelihoods import QUANTILES
from engine.likelihoods import bands
from engine.likelihoods import error_of
from engine.likelihoods import ranking
from engine.likelihoods import reaching
from engine.likelihoods import uncertain
from engine.models.evaluation import Evaluation
from engine.models.evaluation import Evaluator
from engine.models.exact import exact_text
from engine.models.result import PillarScore
from engine.models.simulation import AskFirst
from engine.models.simulation import DrawnCheck
from engine.models.simulation import Error
from engine.models.simulation import EvaluatorView
from engine.models.simulation import PillarView
from engine.models.simulation import Simulation
from engine.models.simulation import SpreadShown
from engine.prospects import Prospects
from engine.prospects import find_prospects
from engine.rounding import digits_for
from engine.rounding import in_points
from engine.rounding import in_points_up
from engine.rounding import percent
from engine.rounding import percent_up
from engine.scope import unit_names
from engine.score_grid import Spread
from engine.score_grid import below
from engine.score_grid import mean_of
from engine.score_grid import quantile
from engine.sensitivities import at_stake
from engine.sensitivities import sweep
from engine.sensitivities import uncertainties

NOTICE = "试算，非评估结论，不得外引"
# With more of the points not known than this, no chance of a line or rank is given (research examples.md, first screen).
TOO_MUCH_UNKNOWN = Fraction(3, 10)
MOST_ASKED = 3


class Asked(NamedTuple):
    """What the user names: a line in points, a rank among so many, and by how many draws to check (0: by none)."""

    line: Fraction | None = None
    rank: tuple[int, int] | None = None
    draws: int = 0
    seed: str = ""


def simulate(workings: Workings, evaluation: Evaluation, asked: Asked) -> Simulation:
    """Let every evaluator of an evaluation look at an assessment."""
    assessment, score = workings.assessment, workings.assessment.score
    prospects = find_prospects(workings, evaluation.case_files_from)
    weights = weigh(prospects, evaluation)
    open_share = Fraction(score.substantiated.open, score.maximum) if score.maximum else Fraction(0)
    refused = _refusal(open_share) if open_share > TOO_MUCH_UNKNOWN else None
    told = asked._replace(line=None, rank=None) if refused else asked
    return Simulation(
        notice=NOTICE,
        unit=assessment.submission.unit,
        as_of=workings.scope.as_of,
        ruleset=f"{assessment.ruleset.id}@{assessment.ruleset.revision}",
        profile=assessment.profile.id,
        evaluation=evaluation.title,
        basis=evaluation.basis,
        checked_rows=assessment.ruleset.checked_against_issued_text,
        official_rows=assessment.ruleset.official_indicators,
        maximum=score.maximum,
        claimed=score.claimed,
        substantiated=score.substantiated,
        unknown=in_points(weights.unknown, 1),
        unknown_share=percent(open_share),
        asked_line=exact_text(asked.line) if asked.line is not None else None,
        asked_rank=asked.rank,
        refused=refused,
        ask_first=_ask_first(workings),
        bonus=f"附加项{score.bonus['points']}分不计在内" if score.bonus["points"] != "0.000" else "附加项不计在内",
        evaluators=tuple(
            _view(evaluator, prospects, weights, evaluation, told, assessment.pillars) for evaluator in evaluation.evaluators
        ),
        sweep=tuple(sweep(prospects, evaluation, assessment.pillars, told.line)),
        strata=evaluation.strata,
        grid=exact_text(evaluation.grid),
    )


def _refusal(open_share: Fraction) -> str:
    return f"待核占满分的{percent(open_share)}，超过{percent(TOO_MUCH_UNKNOWN)}，不给过线和名次的把握；只能回答先补什么"


def _ask_first(workings: Workings) -> tuple[AskFirst, ...]:
    """The units on which most of what is not known hangs."""
    held: dict[str, int] = {}
    for finding in workings.assessment.findings:
        unit = unit_names(finding.lead_unit, workings.scope.unit)
        held[unit] = held.get(unit, 0) + finding.substantiated.open
    most = sorted((entry for entry in held.items() if entry[1]), key=lambda entry: (-entry[1], entry[0]))
    return tuple(AskFirst(unit=unit, open=points) for unit, points in most[:MOST_ASKED])


# --- one evaluator --------------------------------------------------------------------------------------------------


def _view(
    evaluator: Evaluator,
    prospects: Prospects,
    weights: Weights,
    evaluation: Evaluation,
    asked: Asked,
    pillars: tuple[PillarScore, ...],
) -> EvaluatorView:
    step, top = _step(evaluation, prospects), Fraction(prospects.maximum, 1000)
    judged = judge_blocks(prospects, evaluator, evaluation.strata)
    looked = look(prospects, judged, weights, step)
    error = error_of(looked)
    return EvaluatorView(
        id=evaluator.id,
        title=evaluator.title,
        spread=_shown(looked.estimate, digits_for(error)),
        error=Error(points=in_points_up(error, 1), probability=percent_up(uncertain(looked))),
        bands=bands(looked, weights.unknown, evaluation, top),
        line=reaching(looked, weights.unknown, asked.line) if asked.line is not None else None,
        rank=ranking(looked, weights.unknown, evaluation, asked.rank, top) if asked.rank else None,
        priors_alone=percent(_priors_alone(prospects, weights) / top) if top else percent(0),
        calibrated_on=sum(prior.n or 0 for prior in evaluator.acceptance.by_grade.values()),
        uncertainties=uncertainties(looked, evaluation.strata),
        pillars=tuple(
            PillarView(
                id=pillar.id,
                short=pillar.short,
                maximum=pillar.maximum,
                earned=pillar.substantiated.earned,
                open=pillar.substantiated.open,
                spread=_shown(pillar_spread(judged, prospects, pillar.id, step), 1),
            )
            for pillar in pillars
        ),
        at_stake=at_stake(judged, prospects, weights),
        curve=tuple(_curve(looked)),
        check=_check(looked, prospects, evaluator, weights, asked) if asked.draws else None,
    )


def _step(evaluation: Evaluation, prospects: Prospects) -> Fraction:
    """One step of the grid in points."""
    return evaluation.grid * prospects.maximum / 100000 or evaluation.grid


def _priors_alone(prospects: Prospects, weights: Weights) -> Fraction:
    """What weighs in the whole and rests on nothing that the unit filed: the evaluator's own work."""
    seen = any(pool.reviewed for pool in prospects.pools)
    return weights.survey + weights.visits + weights.interviews + (Fraction(0) if seen else weights.case_files)


def _shown(spread: Spread, digits: int) -> SpreadShown:
    p5, p50, p95 = (in_points(quantile(spread, share), digits) for share in QUANTILES)
    return SpreadShown(p5=p5, p50=p50, p95=p95, mean=in_points(mean_of(spread), digits))


def _check(looked: Looked, prospects: Prospects, evaluator: Evaluator, weights: Weights, asked: Asked) -> DrawnCheck:
    """Hold the distribution against draws: the largest distance of the two functions beyond the grid's own error."""
    scores = sorted(draw_scores(prospects, evaluator, weights, asked.draws, asked.seed).tolist())
    digits = digits_for(error_of(looked))
    p5, p50, p95 = (in_points(scores[min(len(scores) - 1, ceil(share * len(scores)) - 1)], digits) for share in QUANTILES)
    shift = looked.estimate.shift
    drawn = [(at, bisect_left(scores, at) / len(scores)) for at in (n * prospects.maximum / 100000 for n in range(1, 101))]
    above = max(share - below(looked.estimate, at + shift) for at, share in drawn)
    under = max(below(looked.estimate, at - shift) - share for at, share in drawn)
    far = max(above, under, 0.0)
    return DrawnCheck(
        draws=asked.draws,
        seed=asked.seed,
        spread=SpreadShown(p5=p5, p50=p50, p95=p95, mean=in_points(fsum(scores) / len(scores), digits)),
        distance=in_points(far, 3),
        expected=in_points_up(expected_distance(asked.draws) + uncertain(looked), 3),
    )


def _curve(looked: Looked) -> Iterator[tuple[str, str]]:
    """How likely each whole point is not reached, for pictures; where the distribution begins and ends."""
    spread = looked.estimate
    top = spread.rows.shape[1] * float(spread.step)
    bar = max(1, round(top / 100))
    for points in range(0, int(top) + bar + 1, bar):
        share = below(spread, points)
        if share > 0 or below(spread, points + bar) > 0:
            yield str(points), in_points(share, 3)
        if share >= 1:
            return
