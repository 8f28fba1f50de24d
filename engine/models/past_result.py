"""An earlier real result (往次结果) by which an assumed evaluator is calibrated: what was filed, what a team gave.

Either item by item, by grade of evidence: how many were filed and how many accepted. Or pillar by pillar: the score, and
how many points hung on evidence of each grade. The grades are those that our own evidence of that time would have had.
"""

from fractions import Fraction
from typing import Annotated
from typing import Literal

from pydantic import Field
from pydantic import model_validator

from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.evaluation import Grade
from engine.models.exact import Day
from engine.models.exact import Exact
from engine.models.exact import Whole
from engine.models.record import Placed
from engine.models.submission import Period


class Counted(Placed):
    """Of the items of one grade: how many were filed, and how many were accepted."""

    filed: Annotated[Whole, Field(ge=0, le=100000)]
    accepted: Annotated[Whole, Field(ge=0, le=100000)]

    @model_validator(mode="after")
    def _fits(self) -> "Counted":
        if self.accepted > self.filed:
            raise inconsistent(f"采信{self.accepted}件多于提交{self.filed}件", "accepted")
        return self


class AtStake(Placed):
    """Of one pillar: how many items of one grade carried how many points."""

    items: Annotated[Whole, Field(ge=1, le=100000)]
    points: Annotated[Exact, Field(gt=0)]


class PillarResult(Placed):
    """What an outside team gave one pillar.

    Attributes:
        score: The points given, of what hung on evidence; points for anything else are left out.
        at_stake: What hung on evidence, by its grade.
    """

    pillar: Annotated[str, Field(pattern=r"^P[1-9][0-9]?$")]
    score: Annotated[Exact, Field(ge=0)]
    at_stake: Annotated[dict[Grade, AtStake], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> "PillarResult":
        if self.score > self.points:
            raise inconsistent("score 大于挂在材料上的分（at_stake 各等 points 之和）", "score")
        return self

    @property
    def points(self) -> Fraction:
        """All that hung on evidence."""
        return sum((stake.points for stake in self.at_stake.values()), start=Fraction(0))

    @property
    def items(self) -> int:
        """How many items carried it."""
        return sum(stake.items for stake in self.at_stake.values())


class PastResult(Placed):
    """One earlier result, with the document it is taken from."""

    id: Identifier
    title: Text
    source: Text
    dated: Day
    period: Period
    kind: Literal["third_party", "inspection"] = "third_party"
    items: dict[Grade, Counted] = {}
    pillars: tuple[PillarResult, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "PastResult":
        if not any(counted.filed for counted in self.items.values()) and not self.pillars:
            raise inconsistent("items（各等材料提交几件、采信几件）和 pillars（各方面得分）至少写一样")
        names = [pillar.pillar for pillar in self.pillars]
        if len(set(names)) < len(names):
            raise inconsistent("pillars 里同一个一级指标写了两次", "pillars")
        return self
