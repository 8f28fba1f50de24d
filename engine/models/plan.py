"""What can be mended, what it takes, and what to do first (整改方案). Points are thousandths, effort is in whole days."""

from datetime import date
from typing import Literal

from pydantic import Field

from engine.models.record import Record
from engine.models.result import Points


class Work(Record):
    """One thing to be done once, however many indicators it serves.

    Attributes:
        kind: ``file`` (交证: what was done is to be proven), ``do`` (办事: what was not done is to be done).
        days: Working effort; of filing it is an assumption, of doing the rule's own ``effort_days``.
        start_by: The last day to start it; none where no day is set for it.
        gaps: The lines of the gap list that it closes or helps to close.
        codes: Why what was filed before was returned.
    """

    id: str
    kind: Literal["file", "do"]
    title: str
    days: int = Field(ge=1)
    start_by: date | None = None
    unit: str
    others: str = ""
    indicators: tuple[str, ...]
    gaps: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class Mend(Record):
    """What one indicator would earn more by 有据 once all of some works are done; fewer of them earn less or nothing.

    Attributes:
        group: Of the mends of one group only the one that earns most counts: they are ways to mend the same thing.
    """

    id: str
    group: str
    indicator: str
    pillar: str
    title: str
    points: Points
    works: tuple[str, ...]


class Withheld(Record):
    """Points of one indicator that no mend promises: not known (to be asked first), or lost."""

    indicator: str
    title: str
    points: Points
    reasons: tuple[str, ...]
    unit: str


class Outlook(Record):
    """Everything that can be mended, and what cannot: maximum = earned + mendable + asked + lost + not held, as judged.

    Attributes:
        asked: 待核: no gain is promised before the facts are there.
        lost: 补不了.
        reserve: The points kept for rows that the ruleset does not hold.
    """

    works: tuple[Work, ...]
    mends: tuple[Mend, ...]
    asked: tuple[Withheld, ...]
    lost: tuple[Withheld, ...]
    reserve: Points


class Choice(Record):
    """Some works with what they earn together. ``points`` is after caps, ``uncapped`` before."""

    works: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()
    points: Points = 0
    uncapped: Points = 0
    days: int = 0


class Step(Record):
    """With so many days, so many points can be earned at most."""

    days: int
    points: Points


class Solution(Record):
    """The best choice, proven: ``bound`` is what no choice can exceed; greedy beside it for comparison.

    Attributes:
        within: The days that were allowed, if any.
        need: The points that were asked for, if any.
        reached: Whether ``need`` is reached by ``best``.
        soonest: The fewest days that reach ``need``, whatever days were allowed; none where nothing reaches it.
        everything: All that can be mended.
        curve: What can be earned at most with how many days, where it rises.
    """

    best: Choice
    greedy: Choice
    bound: Points
    within: int | None
    need: Points | None
    reached: bool
    soonest: int | None
    everything: Choice
    curve: tuple[Step, ...]


class Plan(Record):
    """What to mend first, for one run. Only 有据已得 counts.

    Attributes:
        earned, reachable: As on the score sheet, after caps and deductions.
        base: Earned after caps, less what clauses deduct; below 0 where they deduct more than there is.
        line: The 有据已得 that was asked for.
        filing_days: The effort of filing one item, an assumption of this program.
    """

    format: Literal["fazhi/plan/1"] = "fazhi/plan/1"
    track: Literal["substantiated"] = "substantiated"
    unit: str
    as_of: date | None
    ruleset: str
    profile: str
    profile_status: str
    earned: Points
    reachable: Points
    maximum: Points
    base: Points
    line: Points | None
    filing_days: int
    outlook: Outlook
    solution: Solution

    def after(self, choice: Choice) -> int:
        """有据已得 once a choice is done."""
        return max(0, self.base + choice.points)
