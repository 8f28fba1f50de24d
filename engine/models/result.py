"""What a run yields: findings, gaps, the score sheet and the whole assessment (评判、差距、得分)."""

from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated
from typing import Literal

from pydantic import Field
from pydantic import PlainSerializer
from pydantic import WithJsonSchema

from engine.models.exact import exact_text
from engine.models.measured import Cause
from engine.models.problem import Problem
from engine.models.record import Place
from engine.models.record import Record


def points_text(thousandths: int) -> str:
    """Write integer thousandths as an exact decimal.

    >>> points_text(750)
    '0.750'
    """
    sign, size = ("-", -thousandths) if thousandths < 0 else ("", thousandths)
    return f"{sign}{size // 1000}.{size % 1000:03d}"


Points = Annotated[
    int,
    PlainSerializer(points_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{3}$", "description": "分，三位小数"}),
]
ExactText = Annotated[
    Fraction | None,
    PlainSerializer(lambda v: None if v is None else exact_text(v), return_type=str | None),
    WithJsonSchema({"type": ["string", "null"], "description": "确切的数：十进制或 a/b"}),
]


class Outcome(StrEnum):
    """达标、部分、不达标、待核、不适用."""

    MET = "MET"
    PARTIAL = "PARTIAL"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Phase(StrEnum):
    """Where an indicator stands in time (期中状态)."""

    MET = "met"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LOCKED_LOSS = "locked_loss"
    OUT_OF_REACH = "out_of_reach"
    NOT_YET_DUE = "not_yet_due"
    NOT_TRIGGERED = "not_triggered"
    UNKNOWN = "unknown"
    NONE = "none"


class Split(Record):
    """The points of one track: maximum = earned + open + recoverable + lost, in thousandths; shares before rounding."""

    earned: Points
    open: Points
    recoverable: Points
    lost: Points

    @property
    def reachable(self) -> int:
        """最高可到: what is earned and what is not known."""
        return self.earned + self.open


class Track(Split):
    """One track of one indicator: 自报 (claimed) or 有据 (substantiated)."""

    outcome: Outcome
    reachable_points: Points = Field(serialization_alias="reachable")
    band: str


class MemberShown(Record):
    """One member unit's value."""

    unit: str
    text: str
    outcome: Literal["MET", "NOT_MET", "UNKNOWN"]


class ValueShown(Record):
    """A measured value as it is shown."""

    measure: str
    label: str
    text: str
    low: ExactText
    high: ExactText
    unit_of_measure: str | None
    good: str | None = None
    due: str | None = None
    members: tuple[MemberShown, ...] = ()
    variants: dict[str, str] = {}
    check: str | None = None


class Distance(Record):
    """What is missing to the next band, in the facts' own terms; ``element`` names the element, where there are several."""

    band: str
    missing: str
    text: str
    element: str | None = None


class State(Record):
    """Where an indicator stands in time, why, what is needed, and by when."""

    phase: Phase
    cause: Cause | None = None
    needed: str | None = None
    by: date | None = None


class SlotShown(Record):
    """One kind of required evidence and what was filed for it.

    ``units_unknown``: every unit is to file its own and it is not known how many units there are, so that ``required``
    says only how many each has to file.
    """

    slot: str
    title: str
    status: Literal["accepted", "returned", "missing", "incomplete", "not_needed"]
    required: int
    accepted: int
    items: tuple[str, ...]
    codes: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    units_unknown: bool = False


# What is said of an element that no law of the period asked for: it is in no count and no denominator.
NOT_ASKED = "依据评估期内没有施行，不计"


class ElementShown(Record):
    """One element of a checklist, on both tracks, as a share of the element."""

    key: str
    title: str
    year: int | None
    weight: ExactText
    earned: ExactText
    open: ExactText
    recoverable: ExactText
    lost: ExactText
    proven: bool
    cause: Cause | None
    text: str
    value: ValueShown | None = None


class AuthorityShown(Record):
    """An authority and whether it was in force in the period."""

    document: str
    locator: str
    gives: str | None
    in_force_from: str
    in_force_to: str | None
    status: str
    in_force_in_period: bool


class TraceLine(Record):
    """One step from the clause of law to the points, with its place where it has one."""

    step: Literal["authority", "requirement", "fact", "measure", "award", "evidence", "points", "clock"]
    text: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


class Applicability(Record):
    """Whether an indicator applies: 不适用 is not 不归本单位."""

    is_: Literal["yes", "no", "not_ours"] = Field(serialization_alias="is")
    reason: str | None = None


class RemedyShown(Record):
    """How a gap can really be mended."""

    action: str
    effort_days: int
    can_fix_past: bool


class Finding(Record):
    """Exactly one per indicator (评判)."""

    indicator: str
    pillar: str
    title: str
    official_no: int | None
    text_status: str
    requirement: str
    kind: str
    channel: str
    scored: bool
    lead_unit: str
    responsible_units: tuple[str, ...]
    authority: tuple[AuthorityShown, ...]
    applicability: Applicability
    outcome: Outcome
    maximum: Points
    claimed: Track
    substantiated: Track
    value: ValueShown | None
    elements: tuple[ElementShown, ...]
    distance: tuple[Distance, ...]
    clock: str
    state: State
    slots: tuple[SlotShown, ...]
    monitored: tuple[ValueShown, ...]
    remedy: RemedyShown
    trace: tuple[TraceLine, ...]


class GapKind(StrEnum):
    """What kind of gap it is."""

    SHORTFALL = "SHORTFALL"
    FACT_MISSING = "FACT_MISSING"
    EVIDENCE_MISSING = "EVIDENCE_MISSING"
    EVIDENCE_RETURNED = "EVIDENCE_RETURNED"
    CONTRADICTION = "CONTRADICTION"
    CLAUSE = "CLAUSE"
    NOT_YET_DUE = "NOT_YET_DUE"


class Gap(Record):
    """One gap, in five parts: state and cause; how it is; how it should be; how far; who and by when.

    ``open`` and ``recoverable`` are the points that hang on it; several gaps may hang on the same points.
    ``indicators`` names every indicator that it concerns, where there are several.
    """

    id: str
    indicator: str | None
    indicators: tuple[str, ...] = ()
    clause: str | None = None
    kind: GapKind
    unit: str
    state: str
    current: str
    required: str
    missing: str
    detail: str
    open: Points
    recoverable: Points
    due: date | None
    start_by: date | None
    lead_unit: str
    responsible_units: tuple[str, ...]
    source: str
    remedy: RemedyShown | None


class PillarScore(Record):
    """The sum of one pillar's findings, with the points reserved for rows that the ruleset does not hold."""

    id: str
    title: str
    short: str
    maximum: Points
    reserve: Points
    rows_reserved: int
    claimed: Split
    substantiated: Split
    outcomes: dict[str, int]


class Range(Record):
    """What is earned and what could at most be."""

    earned: Points
    reachable: Points
    open: Points
    recoverable: Points
    lost: Points


class Standing(Record):
    """Whether the unit may apply: yes, no, or not known, and why (能不能报)."""

    qualified: Literal["yes", "no", "unknown"]
    reason: str


class Coverage(Record):
    """How much of what is due was given."""

    facts_due: int
    facts_given: int
    slots_due: int
    slots_accepted: int


class Score(Record):
    """The score sheet: every subtotal is the sum of the lines above it."""

    model: Literal["fazhi:two-track-points"] = "fazhi:two-track-points"
    claimed: Range
    substantiated: Range
    maximum: Points
    bonus: dict[str, str]
    penalty: dict[str, str]
    qualified: Literal["yes", "no", "unknown"]
    qualified_reason: str
    coverage: Coverage


class EvidenceShown(Record):
    """One piece of evidence with its verdict."""

    id: str
    title: str
    kind: str
    number: str | None
    issued: str | None
    published: str | None
    covers: str | None
    sha256: str | None
    url: str | None
    status: Literal["accepted", "returned", "unused"]
    reviewed: bool
    codes: tuple[str, ...]
    warnings: tuple[str, ...]
    uses: tuple[str, ...]


class UnitShown(Record):
    """One unit's share of the work."""

    name: str
    kind: str
    roles: tuple[str, ...]
    facts_due: int
    facts_given: int
    slots_due: int
    accepted: int
    returned: int
    maximum: Points
    earned: Points


class RulesetShown(Record):
    """Which rules judged."""

    id: str
    title: str
    edition: str
    revision: str
    digest: str
    indicators: int
    checked_against_issued_text: int
    official_indicators: int


class ProfileShown(Record):
    """Which points judged."""

    id: str
    title: str
    status: str
    basis: str
    na_policy: str
    digest: str


class InputShown(Record):
    """One input file by digest."""

    file: str
    sha256: str


class SubmissionShown(Record):
    """Whose facts were judged.

    ``roles`` are those that a department or town plays itself. Facts filed and set aside are not counted where only one
    unit's part is shown.
    """

    unit: str
    kind: str
    level: str
    roles: tuple[str, ...]
    period_from: date | None
    period_to: date | None
    data_until: str | None
    documents_until: str | None
    facts_filed: int | None
    facts_set_aside: int | None
    digest: str
    inputs: tuple[InputShown, ...]


class Conclusion(Record):
    """What a clause concluded, for whom, from what, and what it costs or brings; ``share`` is what a cap leaves."""

    clause: str
    title: str
    effect: str
    target: str | None
    unit: str | None
    concludes: str | None
    points: Points | None
    share: ExactText = None
    because: tuple[str, ...]


class ProblemShown(Record):
    """A problem as it is shown; ``subject`` is the measure, element, indicator or item that it concerns."""

    severity: str
    code: str
    subject: str
    file: str
    line: int
    column: int
    found: str
    remedy: str


class OverrideShown(Record):
    """What a person decided, beside what was computed: 有据已得 before and after."""

    indicator: str
    old: Outcome
    new: Outcome
    computed: Points
    decided: Points
    remark: str
    authority: str
    decided_by: str
    decided_on: date
    expires: date


class Assessment(Record):
    """Everything one run yields. Same inputs, same bytes."""

    format: Literal["fazhi/assessment/1"] = "fazhi/assessment/1"
    engine: str
    as_of: date | None
    ruleset: RulesetShown
    profile: ProfileShown
    submission: SubmissionShown
    score: Score
    score_with_overrides: Score | None = None
    overrides: tuple[OverrideShown, ...] = ()
    pillars: tuple[PillarScore, ...]
    findings: tuple[Finding, ...]
    measures: tuple[ValueShown, ...]
    gaps: tuple[Gap, ...]
    evidence: tuple[EvidenceShown, ...]
    units: tuple[UnitShown, ...]
    conclusions: tuple[Conclusion, ...]
    problems: tuple[ProblemShown, ...]


def shown(problem: Problem) -> ProblemShown:
    """Show a problem."""
    place: Place = problem.place
    return ProblemShown(
        severity=problem.severity.value,
        code=problem.code,
        subject=problem.subject,
        file=place.file,
        line=place.line,
        column=place.column,
        found=problem.found,
        remedy=problem.remedy,
    )
