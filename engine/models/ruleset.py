"""The nouns of a ruleset: pillars, indicators, measures, evidence slots, authorities, profiles (规则集)."""

import re
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated
from typing import Any
from typing import Literal
from typing import NamedTuple

from pydantic import Field
from pydantic import PlainSerializer
from pydantic import PlainValidator
from pydantic import StrictBool
from pydantic import WithJsonSchema
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from engine.models.authority import Authority
from engine.models.authority import Identifier
from engine.models.authority import InForce
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.clause import Amount
from engine.models.clause import Clauses
from engine.models.evaluation import Evaluation
from engine.models.exact import Day
from engine.models.exact import Exact
from engine.models.exact import Whole
from engine.models.lasting import Lasting
from engine.models.migration import Migration
from engine.models.record import Placed
from engine.models.record import Record


class TextStatus(StrEnum):
    """Where the text of an indicator comes from: read in the issued table, remembered as a topic, or made locally."""

    VERIFIED = "verified"
    RECALLED = "recalled"
    LOCAL = "local"


class Kind(StrEnum):
    """How an indicator is reported: 静态、动态、监测（监测只列示，不计分）."""

    STATIC = "static"
    DYNAMIC = "dynamic"
    MONITORED = "monitored"


class Clock(StrEnum):
    """How an indicator runs in time (时间型): when it can be decided and what is already lost."""

    STANDING = "standing"
    YEARLY = "yearly"
    SNAPSHOT = "snapshot"
    CUMULATIVE = "cumulative"
    PER_RECORD = "per_record"
    PACED = "paced"
    DEADLINE = "deadline"
    NEVER = "never"
    TRIGGERED = "triggered"


class Award(StrEnum):
    """How a decided value becomes points (计分形式)."""

    ALL_OR_NOTHING = "all_or_nothing"
    BANDS = "bands"
    LINEAR = "linear"
    STEPS = "steps"
    ELEMENTS = "elements"
    SHARE = "share"
    DEDUCT_EACH = "deduct_each"
    RATED = "rated"


class Need(StrEnum):
    """What a piece of evidence must carry beside its kind and period."""

    PUBLIC_URL = "public_url"
    NUMBER = "number"
    SIGNATURE = "signature"
    OUTSIDE = "outside"


class Deadline(Placed):
    """A day of the year by which something must be done, counted from the year that a period ends in."""

    years_after: Whole = 0
    month_day: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]

    @model_validator(mode="after")
    def _exists(self) -> "Deadline":
        try:
            date.fromisoformat(f"2023-{self.month_day}")
        except ValueError:
            raise inconsistent(f"没有{self.month_day}这一天（2月29日也不能作每年的期限）") from None
        return self


class Condition(Placed):
    """What a value must meet; exactly one comparison. 以上、不低于 include the bound, 超过、不足 exclude it."""

    at_least: Exact | None = None
    more_than: Exact | None = None
    at_most: Exact | None = None
    less_than: Exact | None = None
    equals: Text | StrictBool | None = None
    by: Deadline | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Condition":
        if len(self.model_fields_set - {"place"}) != 1:
            raise inconsistent("只能写一个比较：at_least、more_than、at_most、less_than、equals、by 六选一")
        return self


class EachMember(Placed):
    """Judge every member unit that plays a role: the value becomes the share that meet, or the lowest value."""

    roles: Annotated[tuple[Text, ...], Field(min_length=1)]
    meets: Condition | None = None
    take: Literal["lowest"] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "EachMember":
        if (self.meets is None) == (self.take is None):
            raise inconsistent("each_member 里 meets 和 take 必须且只能写一个")
        return self


class Clue(Placed):
    """A measure that looks like the one asked for and is not (口径不对)."""

    measure: Identifier
    says: Text


class Probe(Placed):
    """What is measured, for whom, and what it must meet."""

    measure: Identifier | None = None
    each_member: EachMember | None = None
    meets: Condition | None = None
    clues: tuple[Clue, ...] = ()


class Element(Probe):
    """One element of a checklist (要素): claimed yes or no, or measured, with the proof it needs.

    Attributes:
        clock: Its own clock, where it runs otherwise than the indicator.
        due: Its last day under a deadline clock, where no measured date carries one.
    """

    key: Identifier
    title: Text
    clock: Clock | None = None
    due: Deadline | None = None
    proof: tuple[Identifier, ...] = ()
    needs: tuple[Need, ...] = ()


class Slot(Placed):
    """One kind of evidence that an indicator asks for (佐证要求)."""

    slot: Identifier
    title: Text
    kinds: Annotated[tuple[Text, ...], Field(min_length=1)]
    count: Annotated[Whole, Field(ge=1, le=1000)] = 1
    period: Literal["within", "every_year", "any"] = "within"
    in_force: StrictBool = False
    by: Literal["each_member"] | None = None
    needs: tuple[Need, ...] = ()
    publish_by: Deadline | None = None
    for_none: StrictBool = Field(default=False, description="只在报零时要：证明期内确实没有")


class RatedPoint(Placed):
    """One stated point that raters grade."""

    key: Identifier
    title: Text


class Rating(Placed):
    """What two named raters grade, and the grades they may give, best first."""

    points: Annotated[tuple[RatedPoint, ...], Field(min_length=1)]
    grades: Annotated[tuple[Text, ...], Field(min_length=2)]


class AppliesWhen(Placed):
    """For whom an indicator applies; what is not named does not matter."""

    level: tuple[Literal["county", "prefecture"], ...] = ()
    kind: tuple[Literal["government", "department", "town"], ...] = ()
    legislative_power: StrictBool | None = None
    otherwise: Text | None = Field(default=None, description="不适用时怎样说，写明依据的条文")


class Remedy(Placed):
    """The real way to mend a gap (整改): what to do, how long it takes, whether a past period can still be mended."""

    action: Text
    effort_days: Annotated[Whole, Field(ge=0, le=3650)]
    can_fix_past: StrictBool


class Indicator(Probe):
    """One third-level indicator (三级指标)."""

    id: Annotated[str, Field(pattern=r"^I-[A-Z0-9-]{1,20}$")]
    official_no: Whole | None
    text_status: TextStatus
    subpillar: Text | None = None
    title: Text
    requirement: Text
    kind: Kind
    clock: Clock
    applies_when: AppliesWhen = AppliesWhen()
    lead_unit: Text
    responsible_units: tuple[Text, ...] = ()
    channel: Literal["document", "field", "survey"] = "document"
    elements: tuple[Element, ...] = ()
    award: Award
    rating: Rating | None = None
    monitors: tuple[Identifier, ...] = ()
    evidence: tuple[Slot, ...] = ()
    authority: tuple[Authority, ...] = ()
    remedy: Remedy
    note: Text | None = None

    @model_validator(mode="after")
    def _form_fits(self) -> "Indicator":
        if (self.award is Award.ELEMENTS) != bool(self.elements):
            raise inconsistent("award: elements 与 elements 清单必须同时有或同时没有")
        if (self.award is Award.RATED) != (self.rating is not None):
            raise inconsistent("award: rated 与 rating 必须同时有或同时没有")
        if self.award in (Award.ALL_OR_NOTHING, Award.BANDS, Award.LINEAR, Award.STEPS) and self.meets is None:
            raise inconsistent(f"award: {self.award.value} 要有 meets 说明满分条件")
        if self.award is not Award.ELEMENTS and self.award is not Award.RATED and self.measure is None:
            raise inconsistent(f"award: {self.award.value} 要有 measure")
        return self


class Reused(Placed):
    """One indicator taken over from the reused ruleset (沿用), with what is known of its row in this edition.

    Nothing that was checked against the other edition's issued text counts here: number, status and second-level title
    are this edition's own.
    """

    indicator: Text
    official_no: Whole | None = None
    text_status: TextStatus = TextStatus.RECALLED
    subpillar: Text | None = None
    note: Text | None = None


class Pillar(Placed):
    """One first-level indicator (一级指标) with the indicators that the ruleset holds of it.

    Attributes:
        title_status: Whether the title was read anywhere (``sources`` say where) or is from memory, where that was noted.
        reuses: The indicators taken over; once a ruleset is loaded they stand among ``indicators``, before its own.
    """

    id: Annotated[str, Field(pattern=r"^P[1-9][0-9]?$")]
    title: Text
    title_status: TextStatus | None = None
    short: Annotated[str, Field(min_length=1, max_length=8)]
    reuses: tuple[Reused, ...] = ()
    indicators: tuple[Indicator, ...] = ()


class Limit(NamedTuple):
    """A time limit in days or in working days."""

    days: int
    working: bool

    def __str__(self) -> str:
        return f"{self.days}{'个工作日' if self.working else '日'}"


_LIMIT = re.compile(r"(\d{1,4}) (working_days|days)")


def _read_limit(value: Any) -> Limit:
    found = _LIMIT.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, Limit):
        return value
    if not found:
        raise PydanticCustomError("VALUE_TYPE", "这里要写成「7 working_days」或「30 days」")
    return Limit(int(found[1]), found[2] == "working_days")


def _write_limit(limit: Limit) -> str:
    return f"{limit.days} {'working_days' if limit.working else 'days'}"


Within = Annotated[
    Limit,
    PlainValidator(_read_limit),
    PlainSerializer(_write_limit, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_LIMIT.pattern}$"}),
]


class NoneDue(StrEnum):
    """What it means that nothing was due, so that a denominator is 0."""

    NOT_APPLICABLE = "not_applicable"
    MET = "met"
    UNKNOWN = "unknown"


class MeasureBase(Placed):
    """What every measure says of itself."""

    label: Text
    unit_of_measure: Text | None = None
    also_written: tuple[Text, ...] = Field(default=(), description="同义的计量单位，如 人 也写作 名")
    direction: Literal["higher", "lower", "neutral"] = "neutral"
    held_by: tuple[Text, ...] = Field(default=(), description="由哪些角色的单位各报各的")
    roll_up: Literal["sum", "none"] = "none"
    explain: Text | None = Field(default=None, description="怎么数：算什么，不算什么")


class Counted(MeasureBase):
    """A stored number: a count (whole) or an amount, over the period or at its end."""

    kind: Literal["count", "amount"]
    over: Literal["period"] | None = None
    at: Literal["end"] | None = None
    part_of: Identifier | None = None
    parts: tuple[Identifier, ...] = Field(default=(), description="各分项，全部报了就必须加得起来")


class Dated(MeasureBase):
    """A stored date."""

    kind: Literal["date"]
    not_before: Identifier | None = None


class Chosen(MeasureBase):
    """A stored choice among named options, or a yes or no."""

    kind: Literal["choice", "boolean"]
    options: tuple[Text, ...] = ()


class Events(MeasureBase):
    """Dated events, or their mere number."""

    kind: Literal["events"]


class Column(Placed):
    """One column of a record table; a header may be the key or the label."""

    kind: Literal["key", "date", "text"]
    label: Text


class Records(MeasureBase):
    """A table with one row a case (逐件登记表)."""

    kind: Literal["records"]
    columns: dict[Identifier, Column]
    counted_on: Identifier = Field(description="哪一列的日期决定一件归哪个期间")

    @model_validator(mode="after")
    def _columns_fit(self) -> "Records":
        keys = [name for name, column in self.columns.items() if column.kind == "key"]
        if len(keys) != 1:
            raise inconsistent("登记表要有且只有一个 kind: key 的列")
        counted = self.columns.get(self.counted_on)
        if counted is None or counted.kind != "date":
            raise inconsistent("counted_on 要指向一个日期列")
        labels = [column.label for column in self.columns.values()]
        if len(set(labels)) != len(labels):
            raise inconsistent("登记表的列名（label）重复")
        return self


class Share(MeasureBase):
    """What the measures with a denominator have in common."""

    direction: Literal["higher", "lower", "neutral"]
    when_none_due: NoneDue
    denominator_rule: Text | None = None


class Ratio(Share):
    """A numerator over a denominator. The rate itself may be reported; it is then checked against its parts."""

    kind: Literal["ratio"]
    numerator: Identifier
    denominator: Identifier
    variants: dict[str, Text] = Field(default={}, description="别的分母口径，只列示")
    may_exceed_one: StrictBool = False
    tolerance: Exact = Fraction(0)


class OnTimeShare(Share):
    """Records in which one date follows another within a limit, over the records that were due.

    A limit in calendar days whose last day is a rest day may run on to the next working day (民事诉讼法第八十五条 and
    民法典第二百零三条): what was done between the two is for a person to decide. ``extends_over_rest_days: false`` says
    that it may not, as with what is really a limit of hours.
    """

    kind: Literal["on_time_share"]
    of: Identifier
    from_: Identifier = Field(alias="from")
    to: Identifier
    within: Within
    extends_over_rest_days: StrictBool = True


class Pause(Placed):
    """The least time between two steps of a procedure."""

    from_: Identifier = Field(alias="from")
    to: Identifier
    at_least: Within


class ProcedureShare(Share):
    """Records whose required steps all exist, in order, with the required pauses, over all records."""

    kind: Literal["procedure_share"]
    of: Identifier
    order: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    pauses: tuple[Pause, ...] = ()
    accepts: dict[Identifier, tuple[Text, ...]] = {}


class Formula(MeasureBase):
    """A calculation over measures with + - * / and brackets."""

    kind: Literal["formula"]
    expression: Text


class CountInPeriod(MeasureBase):
    """How many of some events fall into the period."""

    kind: Literal["count_in_period"]
    of: Identifier


class Every(MeasureBase):
    """In how many of the windows of a period something happened often enough."""

    kind: Literal["every"]
    of: Identifier
    per: Annotated[str, Field(pattern=r"^(month|quarter|half_year|year|[1-9]\d{0,2} months)$")]
    at_least: Annotated[Whole, Field(ge=1)] = 1
    starts: Day | None = Field(default=None, description="第一个窗口的起算日；不写就从期间首日起")


class Trend(MeasureBase):
    """The change against the previous period: this period's value minus the previous one's."""

    kind: Literal["trend"]
    of: Identifier


Measure = Annotated[
    Counted
    | Dated
    | Chosen
    | Events
    | Records
    | Ratio
    | OnTimeShare
    | ProcedureShare
    | Formula
    | CountInPeriod
    | Every
    | Trend,
    Field(discriminator="kind"),
]


class Kept(Placed):
    """Measures that no rule reads and that stay all the same, so that no reported fact is lost, and why (留存口径)."""

    reason: Text
    measures: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class RateGroup(Placed):
    """A named group of rates with so many slots, filled by the user; what is not public stays empty (率组)."""

    id: Identifier
    title: Text
    slots: Whole
    rates: tuple[Identifier, ...] = ()
    candidates: tuple[Identifier, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> "RateGroup":
        if len(self.rates) > self.slots:
            raise inconsistent(f"只有{self.slots}个空位，填了{len(self.rates)}个率")
        return self


class Measures(Placed):
    """The dictionary of measures (口径表)."""

    measures: dict[Identifier, Measure]
    kept: tuple[Kept, ...] = Field(default=(), description="没有规则用到而仍然留着的口径，写明为什么")
    groups: tuple[RateGroup, ...] = Field(default=(), description="率组：名单没有公开的留空位")


class Band(Placed):
    """A lower band of partial credit: below the full condition, a share of the points."""

    meets: Condition
    share: Annotated[Exact, Field(ge=0, le=1)]


class StepCredit(Placed):
    """Minus ``deduct`` (a share of the points) for each ``every`` that the value falls short of the full condition."""

    every: Exact
    deduct: Exact


class EachCredit(Placed):
    """Minus ``deduct`` (a share of the points) for each case, at most ``cap``."""

    deduct: Exact
    cap: Exact = Fraction(1)


class Credit(Placed):
    """The partial credit of one indicator: our assumption, never part of the published text."""

    bands: tuple[Band, ...] = ()
    zero_at: Exact | None = None
    steps: StepCredit | None = None
    each: EachCredit | None = None
    elements: dict[Identifier, Exact] = {}
    grades: dict[Text, Exact] = {}
    reason: Text | None = None


class Reserve(Placed):
    """Points kept for rows of the issued table that the ruleset does not hold (未收录)."""

    pillar: Identifier | None = None
    rows: Annotated[Whole, Field(ge=0)]
    points: Exact
    reason: Text


class Profile(Placed, Lasting):
    """Points, partial credit and policies (评分口径): assumptions, each with its basis, apart from the text."""

    id: Identifier
    title: Text
    status: Literal["assumption", "local", "official"]
    basis: Text
    reuses: Identifier | None = Field(default=None, description="沿用的规则集里的哪个口径；自己写的以自己的为准")
    maximum: Exact
    na_policy: Literal["rescale", "spread"]
    points: dict[str, Exact] = {}
    reserve: tuple[Reserve, ...] = ()
    credit: dict[str, Credit] = {}
    at_risk_days: Annotated[Whole, Field(ge=0)] = 60
    reuse_limit: Annotated[Whole, Field(ge=1)] = 3
    lead_review: StrictBool = Field(default=False, description="是否要求牵头单位复核后才算（E20）")
    clauses: dict[str, Amount] = Field(default={}, description="条款的分值，都是假设")
    bonus_gate: Exact | None = Field(default=None, description="有据已得过了这个分才算附加项")
    bonus_cap: Exact | None = None
    pass_lines: tuple[Exact, ...] = ()
    evaluation: Identifier | None = Field(default=None, description="按哪一套评估人的假设模拟第三方评估（evaluations/）")


class Totals(Placed):
    """How many rows the issued table has on each level."""

    pillars: Whole
    subpillars: Whole
    indicators: Whole
    bonus_items: Whole | None = Field(default=None, description="附加项几项；不知道就不写")


class Source(Placed):
    """Where the content of the ruleset was read."""

    title: Text
    locator: Text
    status: Literal["verified", "recalled"]


class HeaderBase(Placed):
    """What every ruleset says of itself, whether it stands alone, reuses another or lies over one."""

    id: Identifier
    title: Text
    issuer: Text
    edition: Text
    revision: Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}$")]
    status: Literal["draft", "published"]
    in_force: InForce
    roles: dict[Text, Text] = {}
    evidence_kinds: dict[Text, Text] = {}
    sources: tuple[Source, ...]
    note: Text | None = None

    @property
    def system(self) -> str | None:
        """The system of which this is an edition: ``lbg`` of ``lbg-2021``; ``None`` where the id does not say."""
        return self.id.removesuffix(f"-{self.edition}") if self.id.endswith(f"-{self.edition}") else None


class Header(HeaderBase):
    """``ruleset.yaml``: what the ruleset is.

    Attributes:
        reuses: The ruleset beside it from which measures, calendar, roles, kinds of evidence and incidents come.
        reuses_note: What every indicator taken over from there says of itself.
    """

    official_totals: Totals
    default_profile: Identifier
    reuses: Identifier | None = None
    reuses_note: Text | None = None

    @model_validator(mode="after")
    def _whole_or_reusing(self) -> "Header":
        if (self.reuses is None) != (self.reuses_note is None):
            raise inconsistent("reuses 与 reuses_note 必须同时有或同时没有：沿用的指标都要说明本版的原文见没见到")
        if self.reuses is None and not (self.roles and self.evidence_kinds):
            raise inconsistent("没有 reuses 的规则集要自己写 roles 和 evidence_kinds")
        return self


class WorkingDays(Placed):
    """Days that are not as the week says, per year: holidays on weekdays and working days on weekends."""

    source: Text
    years: dict[str, "CalendarYear"]


class CalendarYear(Placed):
    """One year of the table."""

    holidays: tuple[Day, ...]
    workdays: tuple[Day, ...]


class Check(Placed):
    """What of its indicator a checkpoint looks at: an element, a kind of evidence, or a measure with what it must meet.

    Attributes:
        proof: With a measure, the kinds of evidence that bear it; all that the indicator asks for, where none is named.
    """

    element: Identifier | None = None
    slot: Identifier | None = None
    measure: Identifier | None = None
    meets: Condition | None = None
    proof: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _one_thing(self) -> "Check":
        if sum(name is not None for name in (self.element, self.slot, self.measure)) != 1:
            raise inconsistent("checks 里 element、slot、measure 写且只写一个；查整个指标就不写 checks")
        if (self.measure is None) != (self.meets is None):
            raise inconsistent("measure 和 meets 必须同时有或同时没有")
        if self.proof and self.measure is None:
            raise inconsistent("proof 只跟 measure：要素和佐证要求自己知道凭什么")
        return self


Year = Annotated[Whole, Field(ge=2000, le=2100)]
CheckpointKind = Literal["static", "dynamic"]


class Checkpoint(Placed):
    """One local item (检查点) into which an indicator is broken down; it belongs to exactly one indicator.

    Attributes:
        checks: What it looks at; the whole indicator where nothing is named.
        kind: Static or dynamic; as the indicator is, where nothing is said.
        target_year: By the end of which year it is to be met; static ones otherwise by the plan's milestone.
        lead_unit: A unit's name or a role; the indicator's own, where nothing is said.
        source: Where it was read.
    """

    id: Annotated[str, Field(pattern=r"^C-[A-Z0-9-]{1,30}$")]
    title: Text
    indicator: Text
    checks: Check | None = None
    kind: CheckpointKind | None = None
    target_year: Year | None = None
    lead_unit: Text | None = None
    responsible_units: tuple[Text, ...] = ()
    source: Text
    note: Text | None = None


class Milestone(Placed):
    """What a plan wants to have reached by the end of a year; with a kind, every checkpoint of that kind is due then."""

    year: Year
    title: Text
    kind: CheckpointKind | None = None


class ActionPlan(Placed):
    """A plan over several years (行动方案): how many checkpoints there are in all, and what is to be met by when."""

    title: Text
    from_: Year = Field(alias="from")
    to: Year
    checkpoints: Annotated[Whole, Field(ge=1)] = Field(description="方案一共有多少个检查点；没有收录的按待补留着")
    milestones: tuple[Milestone, ...] = ()
    source: Text
    note: Text | None = None

    @model_validator(mode="after")
    def _years_fit(self) -> "ActionPlan":
        if self.to < self.from_:
            raise inconsistent("to 早于 from")
        outside = [milestone for milestone in self.milestones if not self.from_ <= milestone.year <= self.to]
        if outside:
            raise inconsistent(f"「{outside[0].title}」的{outside[0].year}年不在{self.from_}至{self.to}年里", "milestones")
        kinds = [milestone.kind for milestone in self.milestones if milestone.kind]
        if len(kinds) != len(set(kinds)):
            raise inconsistent("同一种（kind）只能有一个到期年", "milestones")
        return self


class Layer(Record):
    """A ruleset that lies below an overlay, as it was when the overlay was loaded."""

    id: str
    revision: str
    digest: str


class Overlaid(Record):
    """What overlays add to a ruleset beside rules: the layers below, names for roles, the plan and the checkpoints."""

    layers: tuple[Layer, ...]
    units: dict[str, tuple[str, ...]] = {}
    plan: ActionPlan | None = None
    checkpoints: tuple[Checkpoint, ...] = ()


class Ruleset(Lasting):
    """A whole ruleset, checked, with its digest over canonical content."""

    header: Header
    measures: dict[str, Measure]
    kept: tuple[Kept, ...] = ()
    groups: tuple[RateGroup, ...] = ()
    pillars: tuple[Pillar, ...]
    profiles: dict[str, Profile]
    calendar: WorkingDays
    clauses: Clauses = Clauses(incident_kinds={})
    migrations: dict[str, Migration] = {}
    evaluations: dict[str, Evaluation] = {}
    overlaid: Overlaid | None = None
    digest: str = ""

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in the order of the pillars."""
        return self.once(_all_indicators)


def _all_indicators(ruleset: Ruleset) -> tuple[Indicator, ...]:
    return tuple(indicator for pillar in ruleset.pillars for indicator in pillar.indicators)
