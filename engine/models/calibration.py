"""What calibration yields: prior, posterior and n of every parameter, a local evaluation, and a back-test."""

from typing import Literal

from engine.models.evaluation import Evaluation
from engine.models.evaluation import Grade
from engine.models.exact import Exact
from engine.models.record import Record

# Below these numbers a result is told as 样本太少，只作参考: items of one grade, and evaluations for their differences.
ENOUGH_ITEMS = 30
ENOUGH_EVALUATIONS = 5


class GradeCalibrated(Record):
    """How likely items of one grade are accepted, before and after.

    Attributes:
        n, accepted: The items seen and accepted; of results by pillar ``accepted`` is inferred and not whole.
        inferred: How many of the items come from scores by pillar, where nobody counted what was accepted.
        counts_as: As how many independent items they count, since those of one evaluation share its strictness.
        pooled: Whether the neighbouring grades were drawn together, so that a worse grade is not accepted more often.
    """

    grade: Grade
    prior_mean: Exact
    prior_worth: Exact
    n: int
    accepted: Exact
    inferred: int
    counts_as: Exact
    mean: Exact
    worth: Exact
    pooled: bool = False

    @property
    def few(self) -> bool:
        """Whether there are too few items to rest anything on."""
        return self.n < ENOUGH_ITEMS


class StrictnessSeen(Record):
    """How strict one team was, on the logit scale, against the assumed evaluator: posterior mean, 5 % and 95 % points."""

    result: str
    n: int
    mean: Exact
    low: Exact
    high: Exact


class SpreadCalibrated(Record):
    """The deviation τ/2 of the strictness, before and after; after one evaluation it is what it was."""

    prior: Exact
    low: Exact
    high: Exact
    mean: Exact
    n: int

    @property
    def few(self) -> bool:
        """Whether there are too few evaluations to tell how they differ."""
        return self.n < ENOUGH_EVALUATIONS


class Foretold(Record):
    """One share of a past result as the others foretell it, and as it was."""

    result: str
    what: str
    n: int
    predicted: Exact
    low: Exact
    high: Exact
    observed: Exact

    @property
    def inside(self) -> bool:
        """Whether what came lies inside the 90 % that was foretold."""
        return self.low <= self.observed <= self.high


class ResultNamed(Record):
    """A past result by its title, its source and how many items it tells of."""

    id: str
    title: str
    source: str
    dated: str
    n: int
    by: Literal["items", "pillars"]


class Calibration(Record):
    """Everything that calibration says."""

    format: Literal["fazhi/calibration/1"] = "fazhi/calibration/1"
    ruleset: str
    evaluation: str
    evaluator: str
    evaluator_title: str
    results: tuple[ResultNamed, ...]
    grades: tuple[GradeCalibrated, ...]
    strictness: tuple[StrictnessSeen, ...]
    spread: SpreadCalibrated
    foretold: tuple[Foretold, ...]
    outside: tuple[str, ...] = ()
    local: Evaluation

    @property
    def items(self) -> int:
        """All items seen."""
        return sum(grade.n for grade in self.grades)

    @property
    def few(self) -> bool:
        """Whether anything rests on too little."""
        return self.spread.few or any(grade.few for grade in self.grades)
