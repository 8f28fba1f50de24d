"""The nouns of the evidence ledger and of the run journal: lines that hold each other fast (链式台账、运行日志)."""

from datetime import datetime
from typing import Annotated
from typing import Any
from typing import Literal

from pydantic import Field
from pydantic import PlainValidator
from pydantic import WithJsonSchema
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.exact import SomeDay
from engine.models.exact import Whole
from engine.models.record import Place
from engine.models.record import Placed
from engine.models.record import Record
from engine.models.submission import EvidenceItem
from engine.models.submission import Withdrawal

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def moment_text(moment: datetime) -> str:
    """Write a moment in UTC, to the second.

    >>> from datetime import UTC
    >>> moment_text(datetime(2024, 3, 1, 9, 30, tzinfo=UTC))
    '2024-03-01T09:30:00Z'
    """
    return moment.strftime(_MOMENT)


def _read_moment(value: Any) -> str:
    try:
        if isinstance(value, str) and moment_text(datetime.strptime(value, _MOMENT)) == value:  # noqa: DTZ007 - Z is UTC
            return value
    except ValueError:
        pass
    raise PydanticCustomError("DATE_UNREADABLE", "这里要世界时的日期和时刻（如 2024-03-01T09:30:00Z）")


Moment = Annotated[
    str,
    PlainValidator(_read_moment),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"}),
]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ChainedLine(Placed):
    """What every chained line bears.

    Attributes:
        seq: Its number, from 1.
        prev: The sha256 of the bytes of the line before, without its line end; zeros before the first.
        at: When it was entered, in UTC.
        by: Who entered it.
        hash: The sha256 of its canonical form without this key.
    """

    seq: Annotated[Whole, Field(ge=1)]
    prev: Digest
    at: Moment
    by: Text
    hash: Digest


class WithdrawEntry(Placed):
    """An item is taken back."""

    id: Identifier
    reason: Text


class ReviewEntry(Placed):
    """Somebody looked at an item."""

    id: Identifier
    by: Text
    on: SomeDay
    result: Literal["accepted", "rejected"]
    remark: Text | None = None


class LedgerEntry(ChainedLine):
    """One line of a chained ledger: an item, its withdrawal, or a review of it."""

    item: EvidenceItem | None = None
    withdraw: WithdrawEntry | None = None
    review: ReviewEntry | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "LedgerEntry":
        if sum(part is not None for part in (self.item, self.withdraw, self.review)) != 1:
            raise inconsistent("item、withdraw、review 必须且只能写一个")
        if self.item is not None and {"entered_by", "reviews", "withdrawn"} & self.item.model_fields_set:
            raise inconsistent("撤回和复核另起一行，不写在 item 里")
        return self


class ItemListed(Record):
    """One item of evidence as ``evidence list`` shows it."""

    id: str
    title: str
    kind: str
    status: Literal["accepted", "returned", "unused", "withdrawn"]
    checked: bool
    codes: tuple[str, ...]
    warnings: tuple[str, ...]
    uses: tuple[str, ...]
    file: str | None
    sha256: str | None
    url: str | None
    filled_by: str | None
    reviewed_by: str | None
    reviewed_on: str | None
    withdrawn: Withdrawal | None
    place: Place


class JournalEntry(ChainedLine):
    """One line of the run journal: what was done, about what, with which digest."""

    did: Text
    about: Text
    digest: Digest
