"""What would come out if something were otherwise (假如). Nothing of it is ever written into a submission."""

from datetime import date
from typing import Literal

from engine.models.record import Record
from engine.models.result import Outcome
from engine.models.result import Points
from engine.models.result import ProblemShown


class Setting(Record):
    """A measure or element with the value that it is supposed to have; ``unit`` is a member unit or the whole."""

    subject: str
    value: str | bool
    unit: str | None = None

    @property
    def named(self) -> str:
        """As it was asked for."""
        value = self.value if isinstance(self.value, str) else str(self.value).lower()
        return f"--set {self.subject}={value}{f' --unit {self.unit}' if self.unit else ''}"


class Change(Record):
    """What is supposed: values, returned items that are accepted, items that are taken back."""

    settings: tuple[Setting, ...] = ()
    accept: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()


class SettingShown(Record):
    """A supposed value beside what was filed."""

    subject: str
    label: str
    unit: str | None
    filed: tuple[str, ...]
    supposed: str


class ItemShown(Record):
    """An item that is supposed to be accepted or taken back, with the codes that were found."""

    item: str
    title: str
    codes: tuple[str, ...]


class Side(Record):
    """The score on one side."""

    claimed_earned: Points
    claimed_reachable: Points
    substantiated_earned: Points
    substantiated_reachable: Points
    maximum: Points
    qualified: Literal["yes", "no", "unknown"]
    gaps: int


class FindingSide(Record):
    """One finding on one side; ``outcome`` is the substantiated one."""

    outcome: Outcome
    claimed_earned: Points
    claimed_reachable: Points
    substantiated_earned: Points
    substantiated_reachable: Points


class FindingShift(Record):
    """One indicator that comes out differently."""

    indicator: str
    title: str
    before: FindingSide
    after: FindingSide


class GapShift(Record):
    """A gap that is new, closed, or told differently."""

    gap: str
    fate: Literal["new", "closed", "changed"]
    before: str | None
    after: str | None


class WhatIf(Record):
    """Before and after, side by side.

    Attributes:
        overlooked: Items supposed to be accepted, with the codes that are overlooked; none where it was accepted anyway.
        withdrawn: Items supposed to be taken back; they stay in the list of evidence with their contradictions.
        problems: What is set aside or said only on the changed side: a supposed value is admitted like a filed one.
    """

    format: Literal["fazhi/whatif/1"] = "fazhi/whatif/1"
    unit: str
    as_of: date | None
    ruleset: str
    profile: str
    settings: tuple[SettingShown, ...]
    overlooked: tuple[ItemShown, ...]
    withdrawn: tuple[ItemShown, ...]
    before: Side
    after: Side
    findings: tuple[FindingShift, ...]
    gaps: tuple[GapShift, ...]
    problems: tuple[ProblemShown, ...]
