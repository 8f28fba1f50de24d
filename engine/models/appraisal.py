"""An indicator before it has points: every part of it as shares of one, on both tracks."""

from datetime import date
from fractions import Fraction
from typing import Literal
from typing import NamedTuple

from engine.models.admitted import Claim
from engine.models.interval import ZERO
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.result import Distance
from engine.models.result import Outcome
from engine.models.result import SlotShown
from engine.models.result import State
from engine.models.ruleset import Indicator
from engine.models.ruleset import Need


class Shares(NamedTuple):
    """How one whole is divided: 已得、待定、还能补、已丢. They add up to one."""

    earned: Fraction = ZERO
    open: Fraction = ZERO
    recoverable: Fraction = ZERO
    lost: Fraction = ZERO

    @property
    def outcome(self) -> Outcome:
        """What the shares mean."""
        if self.earned == 1:
            return Outcome.MET
        if self.earned:
            return Outcome.PARTIAL
        return Outcome.UNKNOWN if self.open else Outcome.NOT_MET


class Timing(NamedTuple):
    """What time and law let a part do, apart from its value.

    Attributes:
        gains_final: What is good now may be earned.
        mendable: What is short can still be mended.
        takes_points: An authority that states the demand was in force in the period, so that a shortfall costs points.
    """

    gains_final: bool
    mendable: bool
    takes_points: bool


class Part(NamedTuple):
    """One element, in one year where it is due every year, or the whole indicator.

    Attributes:
        weight: Its share of the indicator.
        claimed: What the facts say.
        claim: What was said of an element that is not measured.
        timing: What time and law let it do.
        carried: Whether accepted proof bears what the element needs it to bear.
        proven: Whether accepted evidence carries it.
        dropped: Nothing was due and that is proven, so that it leaves the denominator.
        due: The last day to mend what is short, where there is one.
        not_due: Its day is still far: what is not known of it is no gap.
        soon: Its day is near and has not passed: what is not known of it is to be filed before.
        slots: What is asked for as its proof.
        lacks: What its proof, though filed and accepted, does not bear (a public address, a signature, …).
    """

    key: str
    title: str
    weight: Fraction
    claimed: Shares
    claim: Claim | None
    timing: Timing
    carried: bool
    proven: bool
    year: int | None = None
    dropped: bool = False
    cause: Cause | None = None
    measured: Measured | None = None
    due: date | None = None
    not_due: bool = False
    soon: bool = False
    slots: tuple[str, ...] = ()
    lacks: tuple[Need, ...] = ()
    text: str = ""
    steps: tuple[str, ...] = ()
    distance: tuple[Distance, ...] = ()
    clue: str = ""


class Appraisal(NamedTuple):
    """One indicator, judged, without points.

    Attributes:
        weakness: What is admitted or found to be weak here and not shown to be mended; empty where nothing is.
    """

    indicator: Indicator
    pillar: str
    applies: Literal["yes", "no", "not_ours"]
    state: State
    reason: str | None = None
    not_triggered: bool = False
    weakness: str = ""
    parts: tuple[Part, ...] = ()
    slots: tuple[SlotShown, ...] = ()
    claimed: Shares = Shares()
    substantiated: Shares = Shares()
    monitored: tuple[Measured, ...] = ()
