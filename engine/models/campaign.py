"""The nouns of a campaign (全县一次填报): its settings, the parts of its units, who has given what, league and cards."""

from datetime import date
from fractions import Fraction
from typing import Annotated
from typing import Literal

from pydantic import Field
from pydantic import model_validator

from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.exact import Day
from engine.models.exact import SomeDay
from engine.models.problem import Problem
from engine.models.record import Placed
from engine.models.record import Record
from engine.models.result import ExactText
from engine.models.result import GapKind
from engine.models.result import Points
from engine.models.submission import Period
from engine.models.submission import Submission
from engine.models.submission import Unit

Rhythm = Literal["week", "ten_days", "month", "quarter", "half_year"]
# The part that the task force itself hands in: incidents, zero reports, ratings, and what no unit leads (本级).
WHOLE = ""


Asks = Literal["facts", "evidence", "review", "mend"]


class Stage(Placed):
    """A stage of the campaign; its last day is a cut-off.

    Attributes:
        asks: What is due by then, where it has no day of its own: figures, proof, the lead units' review, mending.
    """

    title: Text
    from_: Day = Field(alias="from")
    to: Day
    asks: tuple[Asks, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Stage":
        if self.to < self.from_:
            raise inconsistent("截止日早于开始日", "to")
        return self


class CampaignUnit(Placed):
    """What is known of one unit's part beside its roles.

    Attributes:
        name: A member's name, or the campaign's own unit for the part of the task force (本级).
        folder: Where its submission lies under ``parts``; its name where nothing is said.
        code: What stands before the numbers of its evidence, so that two units' E-001 stay apart.
        leader, contact: Who answers for it, and who is called (分管领导、联络员).
    """

    name: Text
    folder: Text | None = None
    code: Annotated[Identifier, Field(max_length=16)] | None = None
    leader: Text | None = None
    contact: Text | None = None


class CampaignFile(Placed):
    """``campaign.yaml``.

    Attributes:
        begins: The first day of the first issue (第1期); issues follow each other by ``rhythm``.
        contact: Whom the units call at the task force.
        parts: The folder in which each unit has a folder of its own.
    """

    ruleset: Text | None = None
    profile: Text | None = None
    unit: Unit
    period: Period
    as_of: Day
    data_until: SomeDay | None = None
    rhythm: Rhythm = "month"
    begins: Day
    contact: Text | None = None
    stages: tuple[Stage, ...] = ()
    parts: Text = "units"
    units: tuple[CampaignUnit, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "CampaignFile":
        if self.unit.kind != "government":
            raise inconsistent("全县、全市的填报要由市县政府牵头，unit 的 kind 写 government", "unit")
        if not self.unit.members:
            raise inconsistent("单位名单是空的，请在 unit.members 里逐个登记", "unit")
        if self.as_of < self.begins:
            raise inconsistent("评判日早于 begins（第1期第一天）", "as_of")
        return self


class Part(Record):
    """What one unit handed in: a submission, or nothing (没交), or something that cannot be read."""

    unit: str
    folder: str
    submission: Submission | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether anything was handed in at all, readable or not."""
        return self.submission is not None or bool(self.problems)


class Campaign(Record):
    """The settings and every unit's part, by name; the part of the whole stands first."""

    head: CampaignFile
    parts: tuple[Part, ...]
    digest: str


class Merged(Record):
    """The parts of all units as one submission, and what became of each part.

    Attributes:
        given: The units of which something was taken over; ``""`` is the whole's own part.
        silent: The units that handed in nothing.
        left_out: The units whose part cannot be used, with the reasons.
        owners: Whose item an item of evidence is, by its number in the whole campaign.
    """

    submission: Submission
    given: tuple[str, ...]
    silent: tuple[str, ...]
    left_out: dict[str, tuple[Problem, ...]]
    owners: dict[str, str]


class Owed(Record):
    """One thing that one unit owes: to report, to prove, to mend or to correct.

    Attributes:
        gap: The gap's id; what is counted unit by unit bears the unit's name behind it.
        leads: Whether the unit leads the indicator, or answers for its own line of it.
        mendable: Whether anything of it can still be mended.
        due, start_by: Its own day, else the cut-off of the stage that asks for it.
        others: Who has to lend a hand.
    """

    gap: str
    kind: GapKind
    indicator: str | None
    unit: str
    leads: bool
    plain: bool
    mendable: bool
    what: str
    done_when: str
    due: date | None
    start_by: date | None
    others: tuple[str, ...] = ()


class Issue(Record):
    """One issue (期): its number from 1, its first and last day."""

    number: int
    first: date
    last: date


class CutOff(Record):
    """A day by which something is due."""

    title: str
    day: date


PartState = Literal["given", "silent", "unreadable", "nothing_due", "nobody"]


class UnitStatus(Record):
    """One unit's account: what it owes, what it gave, what became of that. Its own figures and what it leads count.

    Attributes:
        state: Whether it handed anything in; ``nothing_due`` where it owes nothing, ``nobody`` for a role of which the list
            of members says no unit.
        facts_due, facts_given: Figures and elements.
        proofs_due, accepted: Requirements of proof, and those that are filled.
        returned: Items of evidence that were returned.
        overdue: Gaps whose day has passed.
        due_next: Gaps that fall due by the next cut-off.
        unreviewed: Its items that bear no review by a lead unit (E20).
    """

    unit: str
    state: PartState
    facts_due: int
    facts_given: int
    proofs_due: int
    accepted: int
    returned: int
    overdue: int
    due_next: int
    unreviewed: int


class UnitPoints(Record):
    """What hangs on one unit: the points of what it leads, and its share of what is counted unit by unit.

    maximum = earned + open + recoverable + lost, in thousandths, on the track of what is proven.
    """

    unit: str
    maximum: Points
    earned: Points
    open: Points
    recoverable: Points
    lost: Points

    @property
    def rate(self) -> Fraction | None:
        """Earned of maximum; nothing where nothing is due."""
        return Fraction(self.earned, self.maximum) if self.maximum else None

    @property
    def settled(self) -> Fraction:
        """Which share of the points is decided either way: an honest 不达标 is decided, silence is not."""
        return 1 - Fraction(self.open, self.maximum) if self.maximum else Fraction(0)


class LossLine(Record):
    """One unit's loss at one indicator, as the one that leads it or as one that answers for it."""

    unit: str
    part: Literal["lead", "responsible"]
    indicator: str
    title: str
    lost: Points
    open: Points
    recoverable: Points


class LeagueRow(Record):
    """One unit's place in the monthly league. ``rank`` is empty where nothing is due of it."""

    rank: int | None
    unit: str
    reported: bool
    rate: ExactText
    settled: ExactText
    due: int
    given: int
    accepted: int
    returned: int
    overdue: int
    rank_before: int | None = None
    rate_before: ExactText = None


class CardTask(Record):
    """One thing to do on a card: what, what counts as done, begin and end."""

    gap: str
    task: str
    done_when: str
    start: date | None
    due: date | None


class CardReturn(Record):
    """One returned item on a card, and how to mend it."""

    item: str
    title: str
    code: str
    meaning: str
    remedy: str


class CardAccount(Record):
    """What became of what the last issue asked for."""

    issue: int
    asked: int
    closed: int
    returned: int
    overdue: int
    open: int


class Card(Record):
    """One unit's reminder card of one issue (提示卡). No points and no chances stand on it.

    ``level`` is the highest one proposed or signed, ``signed`` whether a person signed it.
    ``help_from`` says for a task, by its number, which other units have to lend a hand.
    """

    whole: str
    unit: str
    issue: Issue
    level: Literal["blue", "yellow", "red"]
    signed: bool
    leader: str | None
    contact: str | None
    force_contact: str | None
    silent: bool
    account: CardAccount | None
    tasks: tuple[CardTask, ...]
    later: int
    asked_facts: tuple[str, ...]
    asked_proofs: tuple[str, ...]
    returned: tuple[CardReturn, ...]
    lost: tuple[str, ...]
    help_from: tuple[tuple[int, tuple[str, ...]], ...]
