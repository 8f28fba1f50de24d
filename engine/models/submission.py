"""The nouns of a submission (填报): the unit, its facts, incidents, ratings and evidence."""

import unicodedata
from typing import Annotated
from typing import Any
from typing import Literal

from pydantic import BeforeValidator
from pydantic import Discriminator
from pydantic import Field
from pydantic import PlainValidator
from pydantic import SerializationInfo
from pydantic import SerializerFunctionWrapHandler
from pydantic import StrictBool
from pydantic import Tag
from pydantic import WithJsonSchema
from pydantic import model_serializer
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.clause import Verdict
from engine.models.exact import Day
from engine.models.exact import Exact
from engine.models.exact import SomeDay
from engine.models.exact import Whole
from engine.models.lasting import Lasting
from engine.models.record import WITH_PLACES
from engine.models.record import Placed
from engine.models.record import Record

SourceClass = Literal["self", "system", "outside"]


def _is_absent(value: object) -> bool:
    return not value


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


EvidenceIds = Annotated[
    tuple[Identifier, ...],
    BeforeValidator(_one_or_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


def _read_value(value: Any) -> str | bool | None:
    if value is None or isinstance(value, str | bool):
        return value
    raise PydanticCustomError("VALUE_TYPE", "这里要一个数、日期、文字或 true、false")


Value = Annotated[
    str | bool | None,
    PlainValidator(_read_value),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]


class Member(Placed):
    """A member unit (部门、乡镇街道) with the roles it plays."""

    name: Text
    kind: Literal["department", "town"] = "department"
    roles: tuple[Text, ...] = ()


class Unit(Placed, Lasting):
    """The unit that assesses itself."""

    name: Text
    kind: Literal["government", "department", "town"]
    level: Literal["county", "prefecture"]
    legislative_power: StrictBool
    roles: tuple[Text, ...] = ()
    members: tuple[Member, ...] = ()
    member_counts: dict[Text, Annotated[Whole, Field(ge=0)]] = Field(default={}, description="名单不全时，各角色有几个单位")

    @model_validator(mode="after")
    def _no_county_makes_rules(self) -> "Unit":
        if self.level == "county" and self.legislative_power:
            raise inconsistent("县没有规章制定权（立法法2023年修正第九十三条），请写 false", "legislative_power")
        return self


def member_names(unit: Unit) -> frozenset[str]:
    """The names of the member units."""
    return frozenset(member.name for member in unit.members)


class Period(Placed):
    """From a first to a last day; a year or a month stands for its first and last day."""

    from_: SomeDay = Field(alias="from")
    to: SomeDay

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.to.last < self.from_.first:
            raise PydanticCustomError("DATE_ORDER", "截止日早于开始日")
        return self


def _period_form(value: Any) -> str:
    if value == "previous":
        return "上期"
    return "起止" if isinstance(value, dict | Period) else "日期"


FactPeriod = Annotated[
    Annotated[Literal["previous"], Tag("上期")] | Annotated[Period, Tag("起止")] | Annotated[SomeDay, Tag("日期")],
    Discriminator(_period_form),
]


class Event(Placed):
    """One dated event."""

    date: SomeDay
    title: Text | None = None
    evidence: EvidenceIds = ()


class Fact(Placed):
    """One statement by one unit about one measure or element. It says what was observed, never whether that is enough.

    Attributes:
        value: As it was written; empty means that the key stands there without a value.
        at: The day on which a headcount or list was taken (取数日).
        full: Whether a table is the complete register (全量表).
    """

    measure: Text | None = None
    element: Annotated[str, Field(pattern=r"^I-[A-Z0-9-]+\.[A-Za-z][A-Za-z0-9_-]*$")] | None = None
    value: Value = None
    events: tuple[Event, ...] | None = None
    table: Text | None = None
    full: StrictBool | None = None
    unit: Text | None = None
    period: FactPeriod | None = None
    at: SomeDay | None = None
    source: Text | None = None
    source_class: SourceClass = "self"
    filled_by: Text | None = None
    checked_by: Text | None = None
    evidence: EvidenceIds = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _one_subject_one_form(self) -> "Fact":
        if self.measure is None and self.element is None:
            raise inconsistent("这一条没有写是什么数：口径写 measure，要素写 element")
        if self.measure is not None and self.element is not None:
            raise inconsistent("measure 和 element 只写一个；两样都要报就分成两条")
        forms = [form for form in ("value", "events", "table") if form in self.model_fields_set]
        if not forms and self.element is not None:
            raise inconsistent("这一条没有写 value（如 value: true）")
        if not forms:
            raise inconsistent("这一条没有写数：value（如 value: 20件）、events、table 写一个")
        if len(forms) > 1:
            raise inconsistent(f"{'、'.join(forms)} 只写一个")
        if self.element is not None and forms != ["value"]:
            raise inconsistent("要素只报做到没有，写 value: true 或 value: false")
        return self


class Incident(Placed):
    """Something that clauses look at: vetoes, the negative list, honours."""

    kind: Text
    date: SomeDay
    unit: Text | None = None
    title: Text | None = None
    confirmed_by: Text | None = None
    status: Literal["open", "closed"] = "open"
    indicators: tuple[Text, ...] = ()
    evidence: EvidenceIds = ()
    source: Text | None = None


class EarlierFinding(Placed):
    """What a former third-party evaluation or inspection (督察) found, to be closed with evidence (销号).

    Attributes:
        document: The report it stands in.
        found, demanded: What was found, and what was demanded, in the words of that report.
        evidence: The items that are to show it mended.
        confirmed_by, closed_on: Who confirmed that it is mended, and when; not whoever filed the evidence.
    """

    id: Identifier
    kind: Literal["third_party", "inspection"]
    document: Text
    found_on: SomeDay
    found: Text
    demanded: Text
    indicators: tuple[Text, ...] = ()
    unit: Text | None = None
    due: Day | None = None
    evidence: EvidenceIds = ()
    confirmed_by: Text | None = None
    closed_on: Day | None = None

    @model_validator(mode="after")
    def _fits(self) -> "EarlierFinding":
        if (self.confirmed_by is None) != (self.closed_on is None):
            raise inconsistent("confirmed_by（谁确认销号）和 closed_on（哪天）要一起写")
        for key, day in (("due", self.due), ("closed_on", self.closed_on)):
            if day is not None and day < self.found_on.first:
                raise inconsistent(f"{key} 早于 found_on", key)
        return self


class Declaration(Placed):
    """A signed statement that something did not happen (零报告), and who outside confirmed it."""

    kind: Text
    signed_by: Text
    signed_on: SomeDay | None = None
    confirmed_by: Text | None = None
    evidence: EvidenceIds = ()


class RatingEntry(Placed):
    """One rater's grade of one stated point."""

    indicator: Text
    point: Identifier
    grade: Text
    rater: Text
    rated_on: Day
    reason: Text


class Override(Placed):
    """What a person decided against the machine (人工认定): dated, authored, and for a time only.

    Attributes:
        old: The computed outcome that is overridden; when another one is computed, the override falls.
        new: What was decided; ``share`` of the points goes with PARTIAL.
        authority: On whose or what authority.
        expires: The last day on which it stands.
    """

    indicator: Text
    old: Verdict
    new: Literal["MET", "PARTIAL", "NOT_MET", "UNKNOWN"]
    share: Annotated[Exact, Field(gt=0, lt=1)] | None = None
    remark: Text
    authority: Text
    decided_by: Text
    decided_on: Day
    expires: Day

    @model_validator(mode="after")
    def _share_fits(self) -> "Override":
        if (self.new == "PARTIAL") != (self.share is not None):
            raise inconsistent("认定为 PARTIAL 要写 share（得几成，如 0.5），别的不写")
        if self.expires < self.decided_on:
            raise inconsistent("expires 早于 decided_on")
        return self


class Proof(Placed):
    """What an item is meant to prove."""

    indicator: Text
    slot: Identifier
    unit: Text | None = None


class Withdrawal(Placed):
    """Who took an item back, when and why (撤回). The item stays in the record, with its contradictions."""

    by: Text
    at: Text
    reason: Text


class Review(Placed):
    """One person's look at an item (复核); ``entered_by`` typed it in."""

    by: Text
    on: SomeDay
    result: Literal["accepted", "rejected"]
    remark: Text | None = None
    entered_by: Text | None = None


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two names are one person's, however they are spaced or how wide their letters are.

    >>> same_person("张 三", "张三"), same_person(None, None)
    (True, False)
    """
    return one is not None and other is not None and _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


class EvidenceItem(Placed):
    """One piece of evidence (佐证材料) as it was entered. Dates keep their precision.

    Attributes:
        effective: From when to when the document is in force.
        file_created: The date the electronic file itself bears.
        entered_by: Who typed it into the ledger, where nobody is named as having filled it in.
        withdrawn, reviews: Later lines of the ledger about it. Left out of the digest while there are none, so that a
            ledger without them keeps the digest it always had.
    """

    id: Identifier
    title: Text
    kind: Text
    number: Text | None = None
    issuer: Text | None = None
    issued: SomeDay | None = None
    published: SomeDay | None = None
    covers: Period | None = None
    effective_from: SomeDay | None = None
    effective_to: SomeDay | None = None
    signed_by: Text | None = None
    sealed: StrictBool | None = None
    classification: Text | None = None
    source_class: SourceClass = "self"
    unit: Text | None = None
    proves: tuple[Proof, ...] = ()
    file: Text | None = None
    file_created: SomeDay | None = None
    pages: Text | None = None
    url: Text | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    lead_checked_by: Text | None = None
    reviewed_by: Text | None = None
    reviewed_on: SomeDay | None = None
    filled_by: Text | None = None
    note: Text | None = None
    entered_by: Text | None = Field(default=None, exclude_if=_is_absent)
    reviews: tuple[Review, ...] = Field(default=(), exclude_if=_is_absent)
    withdrawn: Withdrawal | None = Field(default=None, exclude_if=_is_absent)

    @property
    def filler(self) -> str | None:
        """Who answers for what was entered."""
        return self.filled_by or self.entered_by

    @property
    def is_checked(self) -> bool:
        """Whether a named person other than its filler has accepted it (已核)."""
        return self.reviewed_by is not None and not same_person(self.reviewed_by, self.filler)

    @property
    def is_checked_by_its_filler(self) -> bool:
        """Whether somebody tried to accept what he filled in himself; that is no review."""
        own = any(review.result == "accepted" and self.is_own(review) for review in self.reviews)
        return own or same_person(self.reviewed_by, self.filler)

    @property
    def standing_review(self) -> Review | None:
        """The last review that counts: a rejection by anybody, an acceptance by anybody but the filler."""
        counting = [review for review in self.reviews if review.result == "rejected" or not self.is_own(review)]
        return counting[-1] if counting else None

    def is_own(self, review: Review) -> bool:
        """Whether a review was made, or typed in, by the filler."""
        return same_person(review.by, self.filler) or same_person(review.entered_by, self.filler)


class FoundFile(Record):
    """A file that evidence names and that was found, by digest."""

    sha256: str
    size: int


class Row(Record):
    """One row of a record table; cells as they were written."""

    cells: tuple[str, ...]
    line: int = Field(exclude=True)

    @model_serializer(mode="wrap")
    def _keep_line(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        return {**written, "line": self.line} if info.context == WITH_PLACES else written


class Table(Record):
    """A record table as it was read."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


class SubmissionFile(Placed):
    """``submission.yaml``."""

    ruleset: Text | None = None
    profile: Text | None = None
    unit: Unit
    period: Period
    as_of: Day
    data_until: SomeDay | None = None
    facts: tuple[Fact, ...] = ()
    incidents: tuple[Incident, ...] = ()
    earlier_findings: tuple[EarlierFinding, ...] = Field(default=(), exclude_if=_is_absent)
    declarations: tuple[Declaration, ...] = ()
    ratings: tuple[RatingEntry, ...] = ()
    overrides: tuple[Override, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    note: Text | None = None


class InputFile(Record):
    """A file that was read, by digest."""

    file: str
    sha256: str


class Submission(Record):
    """Everything a unit submitted, in canonical order, with a digest over its content."""

    head: SubmissionFile
    evidence: tuple[EvidenceItem, ...]
    tables: dict[str, Table]
    files: dict[str, FoundFile]
    inputs: tuple[InputFile, ...]
    digest: str = ""


class Supposed(Submission):
    """A submission as it is supposed to be (假如): the codes of some items are overlooked.

    No file and no record is ever read into one, so that nothing that was really submitted can overlook a code.
    """

    overlooked: tuple[str, ...]
