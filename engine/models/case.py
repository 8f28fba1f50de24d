"""Rule tests beside the rules: facts in, expected outcome and points out (规则用例)."""

from typing import Annotated
from typing import Literal

from pydantic import Discriminator
from pydantic import Field
from pydantic import Tag

from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.exact import Day
from engine.models.exact import Exact
from engine.models.measured import Cause
from engine.models.record import Placed
from engine.models.record import Record
from engine.models.result import Outcome
from engine.models.result import Phase
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Period
from engine.models.submission import RatingEntry
from engine.models.submission import Unit


class Expectation(Placed):
    """What a case must yield; what is not named is not compared.

    Attributes:
        outcome: The finding's own outcome: the substantiated one.
        claimed: The outcome on the claimed track.
        earned, open, recoverable, lost: Shares of the maximum on the claimed track.
        proven: The share earned on the substantiated track.
        by: The day that the state names: act by, look again on, or good until.
        applies: Whether the indicator applies: 不适用 is not 不归本单位.
        problems: The codes of values or items set aside, all of them.
    """

    outcome: Outcome
    claimed: Outcome | None = None
    earned: Exact | None = None
    open: Exact | None = None
    recoverable: Exact | None = None
    lost: Exact | None = None
    proven: Exact | None = None
    phase: Phase | None = None
    cause: Cause | None = None
    by: Day | None = None
    applies: Literal["yes", "no", "not_ours"] | None = None
    problems: tuple[Text, ...] = ()


def _evidence_form(value: object) -> str:
    return "全部" if isinstance(value, str) else "逐件"


CaseEvidence = Annotated[
    Annotated[Literal["complete", "complete_with_zero_reports"], Tag("全部")]
    | Annotated[tuple[EvidenceItem, ...], Tag("逐件")],
    Discriminator(_evidence_form),
]


class Case(Placed):
    """One case. ``evidence: complete`` files what every slot asks for, but for reports that nothing happened.

    ``complete_with_zero_reports`` files those too.
    """

    case: Text
    indicator: Annotated[str, Field(pattern=r"^I-[A-Z0-9-]{1,20}$")]
    unit: Unit | None = None
    period: Period | None = None
    as_of: Day | None = None
    facts: tuple[Fact, ...] = ()
    tables: dict[Text, Text] = Field(default={}, description="登记表的内容，按 CSV 写")
    ratings: tuple[RatingEntry, ...] = ()
    evidence: CaseEvidence = ()
    expect: Expectation


class CaseFile(Placed):
    """Cases that share a unit, a period, a day of judgement and a profile unless they name their own."""

    profile: Identifier
    unit: Unit
    period: Period
    as_of: Day
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


class CaseResult(Record):
    """What a case yielded: every expectation that was not met, in Chinese."""

    file: str
    line: int
    case: str
    indicator: str
    failures: tuple[str, ...]
