"""Which gaps are told one by one and which are asked for unit by unit: one division for the screen and the list."""

from collections.abc import Sequence

from engine.clause_gaps import EFFECTS
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.rendering.words import is_wrong_measure

# Conclusions that follow from other gaps and name no work of their own.
_FOLLOWS = {EFFECTS[effect] for effect in ("cap", "cause", "level", "warn")}


def is_plain_request(gap: Gap) -> bool:
    """Whether something is merely missing, figure or proof: every unit is asked for it once, for everything together.

    What has a last day of its own, and what was filed by another measure, is told by itself.
    """
    if gap.kind is GapKind.EVIDENCE_MISSING:
        return True
    return gap.kind is GapKind.FACT_MISSING and gap.due is None and not is_wrong_measure(gap)


def told_one_by_one(gaps: Sequence[Gap]) -> list[Gap]:
    """The gaps that get a number of their own, in the order given."""
    return [gap for gap in gaps if not is_plain_request(gap)]


def asked_by_unit(gaps: Sequence[Gap], kind: GapKind) -> list[Gap]:
    """The plain requests of a kind."""
    return [gap for gap in gaps if gap.kind is kind and is_plain_request(gap)]


def is_conclusion(gap: Gap) -> bool:
    """Whether a clause only draws a conclusion here: a warning, a cause, a level, a cap."""
    return gap.kind is GapKind.CLAUSE and gap.clause is not None and gap.state in _FOLLOWS


def is_lost(gap: Gap) -> bool:
    """Whether nothing of it can be mended any more (补不了)."""
    return gap.kind is GapKind.SHORTFALL and not gap.recoverable


def is_weakness(gap: Gap) -> bool:
    """Whether the unit itself, or somebody outside, says that something is weak."""
    return gap.kind is GapKind.CLAUSE and gap.clause is None


def tasks_of(gaps: Sequence[Gap]) -> list[Gap]:
    """The gaps that are work to begin with: neither conclusions, nor lost, nor of a day to come."""
    return [
        gap
        for gap in told_one_by_one(gaps)
        if not is_conclusion(gap) and not is_lost(gap) and gap.kind is not GapKind.NOT_YET_DUE
    ]
