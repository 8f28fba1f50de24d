"""How an outside team is assumed to look (评估人): every parameter with its source and status. None of it is published."""

from fractions import Fraction
from typing import Annotated
from typing import Literal

from pydantic import Field
from pydantic import model_validator

from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.exact import Exact
from engine.models.exact import Whole
from engine.models.record import Placed

Status = Literal["assumption", "derived", "published", "calibrated"]
# How strong a document looks to an outsider, best first.
Grade = Literal["A", "B", "C", "D"]
GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")


class Assumed(Placed):
    """One number of the evaluation, with where it comes from.

    Attributes:
        sweep: The ends between which it is moved, to see whether a conclusion survives.
        n: On how many observations it was calibrated; none where it was not.
    """

    is_: Exact = Field(alias="is")
    status: Status
    source: Text
    sweep: tuple[Exact, Exact] | None = None
    n: Annotated[Whole, Field(ge=1)] | None = None


class Share(Assumed):
    """A share from 0 to 1."""

    is_: Annotated[Exact, Field(alias="is", ge=0, le=1)]


class Amount(Assumed):
    """An amount that is not negative."""

    is_: Annotated[Exact, Field(alias="is", ge=0)]


class Number(Placed):
    """A whole number of things, with where it comes from."""

    is_: Annotated[Whole, Field(alias="is", ge=1, le=100000)]
    status: Status
    source: Text


class Prior(Placed):
    """What is thought of a share before anything was seen: its mean, and as how many observations that counts."""

    mean: Annotated[Exact, Field(gt=0, lt=1)]
    worth: Annotated[Exact, Field(gt=0)]
    status: Status
    source: Text
    n: Annotated[Whole, Field(ge=1)] | None = None


class Channels(Placed):
    """What the three ways of looking weigh in the whole: 书面、实地、满意度."""

    document: Share
    field: Share
    survey: Share

    @model_validator(mode="after")
    def _are_all(self) -> "Channels":
        if self.document.is_ + self.field.is_ + self.survey.is_ != 1:
            raise inconsistent("书面、实地、满意度三个权重合计应为100%")
        return self


class FieldParts(Placed):
    """What the parts of the field work weigh in it."""

    indicators: Share
    case_files: Share
    visits: Share
    interviews: Share

    @model_validator(mode="after")
    def _are_all(self) -> "FieldParts":
        if self.indicators.is_ + self.case_files.is_ + self.visits.is_ + self.interviews.is_ != 1:
            raise inconsistent("实地各部分的权重合计应为100%")
        return self


class Acceptance(Placed):
    """How likely an item of each grade is accepted by an evaluator of usual strictness."""

    A: Prior
    B: Prior
    C: Prior
    D: Prior

    @model_validator(mode="after")
    def _falls(self) -> "Acceptance":
        means = [self.A.mean, self.B.mean, self.C.mean, self.D.mean]
        if means != sorted(means, reverse=True):
            raise inconsistent("材料等级越低，采信率不能越高，请按A、B、C、D从高到低写")
        return self

    @property
    def by_grade(self) -> dict[Grade, Prior]:
        """The priors by grade."""
        return {"A": self.A, "B": self.B, "C": self.C, "D": self.D}


class CaseFiles(Placed):
    """How case files are drawn and what they are worth.

    Attributes:
        departments, files: How many departments are drawn, and how many files in each.
        fatal: The share of files with a fatal fault (致命问题), which score nothing.
        excellent: Of the other files, the share that is excellent.
        excellent_worth, passing_worth: What an excellent and a passing file score, of 1.
    """

    departments: Number
    files: Number
    fatal: Prior
    excellent: Share
    excellent_worth: Share
    passing_worth: Share


class Trials(Placed):
    """Something tried several times on the spot: visits to the hall, people asked."""

    times: Number
    good: Prior


class Survey(Placed):
    """The survey of satisfaction: the share that is satisfied.

    Attributes:
        method: Who asks whom, and how: the level of the result depends on it more than on anything else.
        design_effect: By how much the sample counts less than one drawn at random.
    """

    method: Text
    good: Prior
    sample: Number
    design_effect: Amount

    @model_validator(mode="after")
    def _counts(self) -> "Survey":
        if self.design_effect.is_ < 1 or self.sample.is_ / self.design_effect.is_ < 1:
            raise inconsistent("design_effect 不小于1，sample 除以它不小于1")
        return self


class Evaluator(Placed):
    """One assumed evaluator.

    Attributes:
        strictness: τ: how far a kind and a harsh team are apart, one standard deviation to either side, on the logit scale.
            All items of one evaluation share one strictness δ, normal around 0 with the deviation τ/2.
        dead_links: The share of public addresses that do not open when they are looked up; such an item falls by one grade.
        on_site: How likely what was reported of a field indicator is found on the spot.
    """

    id: Identifier
    title: Text
    acceptance: Acceptance
    strictness: Amount
    dead_links: Share
    on_site: Prior
    case_files: CaseFiles
    visits: Trials
    interviews: Trials
    survey: Survey

    @property
    def spread_of_strictness(self) -> Fraction:
        """The standard deviation of the shared strictness δ: half of τ."""
        return self.strictness.is_ / 2


class GradeBand(Placed):
    """A band of the whole score (等次带), from a share of the maximum on."""

    title: Text
    from_: Annotated[Exact, Field(alias="from", ge=0, le=1)]


class Bands(Placed):
    """The bands of the whole score, best first, with where they come from."""

    bands: Annotated[tuple[GradeBand, ...], Field(min_length=1)]
    status: Status
    source: Text

    @model_validator(mode="after")
    def _fall_to_zero(self) -> "Bands":
        starts = [band.from_ for band in self.bands]
        if starts != sorted(set(starts), reverse=True) or starts[-1] != 0:
            raise inconsistent("等次从高到低写，不重复，最后一个从0开始")
        return self


class Rivals(Placed):
    """The scores of the others, for a rank: mean and spread of a normal distribution, as shares of the maximum."""

    mean: Share
    spread: Amount


class CaseFileRegisters(Placed):
    """Which measures tell of case files: the full register, how many were looked at, and how many of them passed."""

    register_: Identifier = Field(alias="register")
    reviewed: Identifier
    passed: Identifier


class Evaluation(Placed):
    """``evaluations/*.yaml``: the assumed third-party evaluation (模拟第三方评估).

    Attributes:
        grid: The step on which scores are computed, in points of a hundred.
        strata: Into how many equally likely strata the strictness is divided.
    """

    id: Identifier
    title: Text
    basis: Text
    channels: Channels
    field_parts: FieldParts
    case_files_from: CaseFileRegisters
    evaluators: Annotated[tuple[Evaluator, ...], Field(min_length=1)]
    bands: Bands
    rivals: Rivals
    grid: Annotated[Exact, Field(gt=0, le=Fraction(1, 10))]
    strata: Annotated[Whole, Field(ge=4, le=256)]
