"""What was admitted of a submission: readings, claims, events, records and evidence uses (受理的结果)."""

from fractions import Fraction

from engine.models.exact import PartialDate
from engine.models.interval import Interval
from engine.models.lasting import Lasting
from engine.models.record import Place
from engine.models.record import Record
from engine.models.submission import EarlierFinding
from engine.models.submission import EvidenceItem
from engine.models.submission import RatingEntry
from engine.models.submission import SourceClass

# Which period a reading speaks for: the submission's, the one before it, or a stretch of days inside it.
CURRENT = "current"
PREVIOUS = "previous"

# measure, member unit ("" for the whole), period
Key = tuple[str, str, str]


class FactRef(Record):
    """Where an admitted number comes from."""

    measure: str
    unit: str
    text: str
    source: str
    place: Place
    evidence: tuple[str, ...] = ()
    source_class: SourceClass = "self"


class Reading(Record):
    """One admitted value. A contradiction makes it the hull of all readings, and marks it."""

    interval: Interval
    facts: tuple[FactRef, ...]
    contradictory: bool = False


class Claim(Record):
    """Whether an element is claimed; ``None`` where the claims contradict each other."""

    value: bool | None
    facts: tuple[FactRef, ...]


class DatedEvent(Record):
    """One admitted event."""

    date: PartialDate
    fact: FactRef


class EventList(Record):
    """Admitted events of one measure and unit: each dated, or their number alone."""

    events: tuple[DatedEvent, ...] = ()
    number: Reading | None = None


class Case(Record):
    """One admitted row of a record table."""

    cells: dict[str, str]
    dates: dict[str, PartialDate]
    place: Place
    usable: bool = True


class Register(Record):
    """An admitted record table; ``lacks`` says why it is not the complete register, empty where it is."""

    cases: tuple[Case, ...]
    fact: FactRef
    lacks: str = ""


class Use(Record):
    """One use of a piece of evidence: what it is to prove, and whether it was accepted or returned with codes."""

    item: str
    indicator: str
    slot: str
    unit: str
    codes: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the machine accepts it (形式合格)."""
        return not self.codes


class AdmittedItem(Record):
    """One piece of evidence with the codes that concern it as a whole, and its uses."""

    item: EvidenceItem
    sha256: str | None
    codes: tuple[str, ...]
    warnings: tuple[str, ...]
    uses: tuple[Use, ...]


class StandingFinding(Record):
    """A finding of a former evaluation or inspection that stands; ``shown`` where accepted evidence waits for a person."""

    finding: EarlierFinding
    shown: bool


class AdmittedFacts(Lasting):
    """Everything that may count of the facts."""

    readings: dict[Key, Reading]
    claims: dict[tuple[str, str], Claim]
    events: dict[tuple[str, str], EventList]
    registers: dict[tuple[str, str], Register]
    set_aside: dict[str, tuple[str, ...]]
    ratings: tuple[RatingEntry, ...] = ()


class RateCheck(Record):
    """A reported rate held against its own parts."""

    measure: str
    unit: str
    reported: str
    computed: Fraction
    numerator: str
    denominator: str
    agrees: bool
