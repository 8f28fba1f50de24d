"""A run written down whole (试算记录): what went in, what judged it, what came out; enough to run it again years later."""

from typing import Any
from typing import Literal

from engine.models.exact import Day
from engine.models.record import Record


class RunDates(Record):
    """The four dates of a run, kept apart: they mean different things.

    Attributes:
        judged: The day it was judged at (评判日).
        data_until: The last day that the figures speak of, as it was written; ``None`` where nobody said.
        documents_until: The latest day on which evidence was made; ``None`` where none bears a date.
        run: When it was run, in UTC.
    """

    judged: Day
    data_until: str | None
    documents_until: str | None
    run: str


class RunDigests(Record):
    """What went in, by digest of its canonical content (sha256)."""

    submission: str
    ruleset: str
    profile: str


class NotSubmitted(Record):
    """One thing that was asked for and not submitted: a gap of the kind 缺数 or 缺佐证."""

    gap: str
    indicator: str | None
    unit: str
    missing: str


class RunRecord(Record):
    """One run. ``submission``, ``ruleset`` and ``result`` are plain data in the form of the record's own format.

    Attributes:
        semantics: The number of the meaning that the rules had in the engine that judged.
        profile: Which of the ruleset's profiles judged.
        withdrawn: The evidence that was withdrawn: it proves nothing and stays in the record.
    """

    format: str
    semantics: int
    engine: str
    dates: RunDates
    digests: RunDigests
    profile: str
    submission: dict[str, Any]
    ruleset: dict[str, Any]
    withdrawn: tuple[str, ...] = ()
    not_submitted: tuple[NotSubmitted, ...] = ()
    result: dict[str, Any]


class Difference(Record):
    """Where a replay parts from the record: at which stage, in what, what was recorded and what came out now."""

    stage: str
    where: str
    recorded: str
    now: str


class Replayed(Record):
    """How a replay ended: ``same`` only where the meaning of the rules is the same too."""

    format: Literal["fazhi/replay/1"] = "fazhi/replay/1"
    same: bool
    recorded_semantics: int
    semantics: int
    differences: tuple[Difference, ...]
