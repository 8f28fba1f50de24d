"""The nouns of a workbook that a unit fills in (填报工作簿): what it is asked, and the stencil by which it is read back."""

import re
from typing import Literal
from typing import NamedTuple

from pydantic import field_validator

from engine.models.authority import Text
from engine.models.exact import SomeDay
from engine.models.record import Record
from engine.models.ruleset import Element
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Slot
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Review
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.models.submission import Withdrawal

FORMAT: Literal["fazhi/workbook/1"] = "fazhi/workbook/1"
# What stands in a submission and in none of its workbooks: by key, in words.
NOT_IN_WORKBOOKS = {
    "incidents": "负面清单和荣誉事项",
    "declarations": "零报告声明",
    "ratings": "评定",
    "overrides": "人工认定",
    "earlier_findings": "往次评估和督察的问题",
}


_PART = r"(?!\.)[^/\\:*?\"<>|\x00-\x1f]{1,80}"
_TABLE = re.compile(rf"(?:{_PART}/){{0,8}}{_PART}\.csv")


def stays_inside(path: str) -> bool:
    """Whether a register may be written under this path: a .csv file inside the folder, on any system.

    >>> stays_inside("tables/公安局/a.csv"), stays_inside("../a.csv"), stays_inside("/etc/a.csv")
    (True, False, False)
    """
    return bool(_TABLE.fullmatch(path))


class Rules(Record):
    """By which rules a workbook was made."""

    id: Text
    revision: Text
    digest: Text


class Line(Record):
    """One line of a workbook: a measure or an element, and for whom it speaks.

    Attributes:
        unit: The member unit whose figure it is; ``None`` where it is that of the whole.
        table: Where the rows of a register go, and ``sheet`` on which they stand.
    """

    id: Text
    measure: str | None = None
    element: str | None = None
    unit: str | None = None
    table: str | None = None
    sheet: str | None = None

    @field_validator("table")
    @classmethod
    def _written_inside(cls, table: str | None) -> str | None:
        if table is not None and not stays_inside(table):
            raise ValueError(table)
        return table


class Checked(Record):
    """What others than the filler have said of an item; no workbook ever changes it.

    Attributes:
        content: The digest of what they have said it of.
    """

    content: str = ""
    lead_checked_by: str | None = None
    reviewed_by: str | None = None
    reviewed_on: SomeDay | None = None
    entered_by: str | None = None
    reviews: tuple[Review, ...] = ()
    withdrawn: Withdrawal | None = None


class Stencil(Record):
    """What a workbook was made from (模板信息). Kept on its hidden sheet, and checked when it comes back.

    Attributes:
        head: The submission without its facts and its evidence.
        member: The member unit that fills it in; empty for the whole's own.
        checked: By the id of an item, what others have said of it.
    """

    format: Literal["fazhi/workbook/1"] = FORMAT
    rules: Rules
    head: SubmissionFile
    member: str
    lines: tuple[Line, ...]
    checked: dict[str, Checked] = {}


class Asked(NamedTuple):
    """One line with what a person must know to fill it in, and what the submission already holds."""

    line: Line
    indicator: Indicator | None
    measure: Measure | None
    element: Element | None
    fact: Fact | None
    last: str


class SlotAsked(NamedTuple):
    """One kind of evidence that a unit is asked for, as the lead or as one that helps; how many items are filed."""

    indicator: Indicator
    slot: Slot
    leads: bool
    filed: int


class Form(NamedTuple):
    """Everything that one unit is asked, and what it has already told.

    Attributes:
        tables: By the id of a line, the register that the submission already holds.
        spare: Numbers for items that are still to come.
        unheld: What the submission holds and a workbook cannot, in words.
    """

    stencil: Stencil
    asked: tuple[Asked, ...]
    tables: dict[str, Table]
    slots: tuple[SlotAsked, ...]
    items: tuple[EvidenceItem, ...]
    spare: tuple[str, ...]
    unheld: tuple[str, ...]

    @property
    def name(self) -> str:
        """Who fills it in."""
        return self.stencil.member or self.stencil.head.unit.name
