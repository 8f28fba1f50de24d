"""What a simulated third-party evaluation says (模拟第三方评估). No number has more digits than its error leaves."""

from typing import Literal

from engine.models.exact import Day
from engine.models.record import Record
from engine.models.result import Points
from engine.models.result import Range


class Error(Record):
    """By how much the printed numbers may be off because of how they are computed: points, and shares of probability."""

    points: str
    probability: str


class Between(Record):
    """A chance that is only known to lie between two bounds, as shares from 0 to 1.

    The lower one takes everything that is not known (待核) as not earned, the upper one as earned.
    """

    least: str
    most: str


class BandChance(Record):
    """How likely the score lies in one band (等次)."""

    title: str
    from_: str
    chance: Between


class SpreadShown(Record):
    """A distribution of points: what is exceeded in 95, 50 and 5 of 100 evaluations, and the mean; without what is 待核."""

    p5: str
    p50: str
    p95: str
    mean: str


class PillarView(Record):
    """One pillar on the score sheet: what the outsider is likely to leave of what was earned with proof."""

    id: str
    short: str
    maximum: Points
    earned: Points
    open: Points
    spread: SpreadShown


class Uncertainty(Record):
    """A cause of spread, with its share of the variance."""

    cause: Literal["strictness", "evidence", "case_files", "visits", "interviews", "survey"]
    share: str


class AtStake(Record):
    """An indicator of which much may be lost: what it weighs, what is likely lost, and its weakest document."""

    indicator: str
    title: str
    weighs: str
    likely_lost: str
    document: str
    document_title: str
    grade: str
    lacks: tuple[str, ...]


class DrawnCheck(Record):
    """The same by drawing, as a check: largest distance between the two distribution functions, and what may be expected."""

    draws: int
    seed: str
    spread: SpreadShown
    distance: str
    expected: str


class EvaluatorView(Record):
    """What one assumed evaluator is likely to give.

    Attributes:
        priors_alone: The share of the maximum that rests on nothing but assumptions about the evaluator's own work.
        calibrated_on: The number of observations behind the calibration of acceptance; 0 where there was none.
        line, rank: Only for a line or rank that the user named, and not while too much is not known.
    """

    id: str
    title: str
    spread: SpreadShown
    error: Error
    bands: tuple[BandChance, ...]
    line: Between | None
    rank: Between | None
    priors_alone: str
    calibrated_on: int
    uncertainties: tuple[Uncertainty, ...]
    pillars: tuple[PillarView, ...]
    at_stake: tuple[AtStake, ...]
    curve: tuple[tuple[str, str], ...]
    check: DrawnCheck | None = None


class Swept(Record):
    """What becomes of one evaluator's middle score when a weight is moved; ``band`` is the band that it falls into.

    ``survives`` says whether the answer to the user's question (the line, else the band) stays the same.
    """

    evaluator: str
    moved: str
    to: str
    p50: str
    band: str
    survives: bool


class AskFirst(Record):
    """Whom to ask first while too much is not known."""

    unit: str
    open: Points


class Simulation(Record):
    """Everything that one simulated evaluation yields. Same inputs, same bytes."""

    format: Literal["fazhi/simulation/1"] = "fazhi/simulation/1"
    notice: str
    unit: str
    as_of: Day
    ruleset: str
    profile: str
    evaluation: str
    basis: str
    checked_rows: int
    official_rows: int
    maximum: Points
    claimed: Range
    substantiated: Range
    unknown: str
    unknown_share: str
    asked_line: str | None
    asked_rank: tuple[int, int] | None
    refused: str | None
    ask_first: tuple[AskFirst, ...]
    bonus: str
    evaluators: tuple[EvaluatorView, ...]
    sweep: tuple[Swept, ...]
    strata: int
    grid: str
