"""Rule tests beside the rules: facts in, expected outcome and points out (规则用例)."""

from typing import Annotated
from typing import Literal

from pydantic import BeforeValidator
from pydantic import Discriminator
from pydantic import Field
from pydantic import StrictBool
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
from engine.models.submission import Declaration
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Incident
from engine.models.submission import Period
from engine.models.submission import RatingEntry
from engine.models.submission import Unit


class Expectation(Placed):
    """What a case must yield, all of it: what is not named is expected to be nothing, or what follows from the rest.

    Attributes:
        outcome: The finding's own outcome: the substantiated one.
        claimed: The outcome on the claimed track; not named, the same.
        earned, open, recoverable, lost: Shares of the maximum on the claimed track. Not named, what is met has earned all
            and everything else is 0.
        proven: The share earned on the substantiated track; not named, what follows from the outcome and ``earned``.
        phase: Not named, what the shares say: met, lost, or not known. 有风险、可望、未到期 must be named.
        cause, by: Why something is not known, and the day that the state names; not named, none.
        applies: Whether the indicator applies: 不适用 is not 不归本单位.
        problems: The codes of everything that is said about the facts and the evidence, all of them.
        conclusions: The clauses that the case fires, all of them.
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
    conclusions: tuple[Text, ...] = ()


class AllBut(Placed):
    """Everything that the slots ask for, but for some of them; reports that nothing happened only where wanted."""

    without: Annotated[tuple[Text, ...], Field(min_length=1)]
    zero_reports: StrictBool = False


def _evidence_form(value: object) -> str:
    if isinstance(value, str):
        return "全部"
    return "缺几样" if isinstance(value, dict | AllBut) else "逐件"


CaseEvidence = Annotated[
    Annotated[Literal["complete", "complete_with_zero_reports"], Tag("全部")]
    | Annotated[AllBut, Tag("缺几样")]
    | Annotated[tuple[EvidenceItem, ...], Tag("逐件")],
    Discriminator(_evidence_form),
]


class Case(Placed):
    """One case. ``evidence: complete`` files what every slot asks for, but for reports that nothing happened.

    ``complete_with_zero_reports`` files those too; ``{without: […]}`` leaves some slots empty.
    """

    case: Text
    indicator: Annotated[str, Field(pattern=r"^I-[A-Z0-9-]{1,20}$")]
    unit: Unit | None = None
    period: Period | None = None
    as_of: Day | None = None
    facts: tuple[Fact, ...] = ()
    tables: dict[Text, Text] = Field(default={}, description="登记表的内容，按 CSV 写")
    ratings: tuple[RatingEntry, ...] = ()
    incidents: tuple[Incident, ...] = ()
    evidence: CaseEvidence = ()
    expect: Expectation


class CaseFile(Placed):
    """Cases that share a unit, a period, a day of judgement and a profile unless they name their own."""

    profile: Identifier
    unit: Unit
    period: Period
    as_of: Day
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


class Fired(Placed):
    """A clause that a case must fire, and for which unit, where it speaks of one."""

    clause: Text
    unit: Text | None = None


def _spread_fired(value: object) -> object:
    """A clause that speaks of no unit is written by its id alone."""
    return {"clause": value} if isinstance(value, str) else value


class ClauseExpectation(Placed):
    """What a case about clauses must yield: every conclusion, and what else is named.

    Attributes:
        conclusions: Every clause that fires, once for each unit where it speaks of units.
        qualified: Whether the unit may apply.
        penalty, bonus: The points that the clauses take and bring, before floor and gate.
        problems: The codes of everything that is said about the facts and the evidence, all of them.
    """

    conclusions: tuple[Annotated[Fired, BeforeValidator(_spread_fired, json_schema_input_type=str | Fired)], ...]
    qualified: Literal["yes", "no", "unknown"] | None = None
    penalty: Exact | None = None
    bonus: Exact | None = None
    problems: tuple[Text, ...] = ()


class ClauseCase(Placed):
    """One case about clauses: facts, events and evidence in, conclusions out."""

    case: Text
    unit: Unit | None = None
    period: Period | None = None
    as_of: Day | None = None
    facts: tuple[Fact, ...] = ()
    tables: dict[Text, Text] = Field(default={}, description="登记表的内容，按 CSV 写")
    incidents: tuple[Incident, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    expect: ClauseExpectation


class ClauseCaseFile(Placed):
    """``cases/clauses.yaml``: cases about clauses, which may concern any indicator."""

    profile: Identifier
    unit: Unit
    period: Period
    as_of: Day
    cases: Annotated[tuple[ClauseCase, ...], Field(min_length=1)]


class CaseResult(Record):
    """What a case yielded: every expectation that was not met, in Chinese. ``indicator`` is empty for cases on clauses."""

    file: str
    line: int
    case: str
    indicator: str
    failures: tuple[str, ...]
