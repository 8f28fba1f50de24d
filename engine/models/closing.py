"""The nouns of the close-out ledger (销号台账): issues that were noted, marks of people, and where each gap stands."""

from datetime import date
from typing import Literal

from pydantic import model_validator

from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.comparison import Fate
from engine.models.exact import Day
from engine.models.exact import Whole
from engine.models.ledger import ChainedLine
from engine.models.ledger import Digest
from engine.models.record import Placed
from engine.models.record import Record

# What a person may do to a gap: begin (with whom, until when), apply for closing, check as the lead, verify as the task
# force, send back, sign that it goes up a level.
Step = Literal["begin", "apply", "check", "verify", "send_back", "escalate"]
# 未启动、整改中、申请销号、牵头已复核、退回、已销号、反弹. Overdue is no state of its own: any but 已销号 may be overdue.
State = Literal["not_started", "in_progress", "applied", "checked", "returned", "closed", "reopened"]
Level = Literal["blue", "yellow", "red"]


class Noted(Placed):
    """One gap as it stood in one issue."""

    gap: Text
    unit: Text
    what: Text
    due: Day | None = None


class NoteEntry(Placed):
    """One issue: everything that was outstanding in an assessment, known by its digest."""

    issue: Whole
    as_of: Day
    assessment: Digest
    gaps: tuple[Noted, ...] = ()


class MarkEntry(Placed):
    """What somebody did about one gap.

    Attributes:
        by: Who did it: an application's maker, a checker, a verifier, a signer. Who typed it in stands on the line.
        person, deadline: Who is to mend it and until when (begin).
        level: The level that is signed (escalate).
    """

    gap: Text
    unit: Text
    step: Step
    by: Text
    on: Day
    person: Text | None = None
    deadline: Day | None = None
    level: Literal["yellow", "red"] | None = None
    remark: Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> "MarkEntry":
        if self.step == "begin" and (self.person is None or self.deadline is None):
            raise inconsistent("启动整改要写责任人 person 和期限 deadline")
        if self.step == "send_back" and self.remark is None:
            raise inconsistent("退回要写明哪里不行 remark")
        if (self.step == "escalate") != (self.level is not None):
            raise inconsistent("升级要写 level（yellow 或 red），别的不写")
        return self


class CloseOutEntry(ChainedLine):
    """One line of ``close_out.jsonl``: an issue that is noted, or a mark."""

    note: NoteEntry | None = None
    mark: MarkEntry | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "CloseOutEntry":
        if (self.note is None) == (self.mark is None):
            raise inconsistent("note、mark 必须且只能写一个")
        return self


class Case(Record):
    """Where one gap of one unit stands.

    Attributes:
        fate: What the last issue said of it: new, persisting, closed (the gap is gone), reopened.
        is_gone: Whether the last issue no longer found it.
        found_in: The issues in which it was found since it was last closed.
        level: The level that a person signed; ``proposed`` what is proposed and waits for a signature.
        applied_by, checked_by, verified_by: Who applied, checked for the lead unit, verified for the task force.
    """

    gap: str
    unit: str
    what: str
    state: State
    fate: Fate
    is_gone: bool
    found_in: tuple[int, ...]
    due: date | None
    person: str | None = None
    deadline: date | None = None
    level: Level = "blue"
    proposed: Level | None = None
    applied_by: str | None = None
    checked_by: str | None = None
    verified_by: str | None = None
    closed_on: date | None = None
    remark: str | None = None

    @property
    def last_day(self) -> date | None:
        """The deadline that was set for it, else the gap's own day."""
        return self.deadline or self.due

    def is_overdue(self, on: date) -> bool:
        """Whether its day has passed, it is not closed and still found (超期)."""
        return self.state != "closed" and not self.is_gone and self.last_day is not None and self.last_day < on


class CloseOut(Record):
    """Every gap that was ever noted, and the number of the last issue."""

    cases: tuple[Case, ...] = ()
    issue: int = 0
    as_of: date | None = None
