"""What an overlay (叠加层) writes down: what it lies over, and what it changes in the indicators below."""

from typing import Annotated

from pydantic import Field
from pydantic import model_validator

from engine.models.authority import Authority
from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.record import Placed
from engine.models.ruleset import Checkpoint
from engine.models.ruleset import CheckpointKind
from engine.models.ruleset import Condition
from engine.models.ruleset import Element
from engine.models.ruleset import HeaderBase
from engine.models.ruleset import Slot


class OverlayHeader(HeaderBase):
    """``ruleset.yaml`` of an overlay. Official totals, and whatever else it does not say, are those of the layer below.

    Attributes:
        extends: The ruleset or overlay that it lies over; everything there holds.
        default_profile: Another than that of the layer below.
        units: The real names of the units that play a role here.
    """

    extends: Identifier
    default_profile: Identifier | None = None
    units: dict[Text, Annotated[tuple[Text, ...], Field(min_length=1)]] = {}


class Tightening(Placed):
    """More that is asked of an indicator, or of one of its elements.

    Attributes:
        meets: A stricter condition for the value.
        member_meets: A stricter condition for every member's value.
        proof: Kinds of evidence that an element needs beside those of the layer below.
    """

    element: Identifier | None = None
    meets: Condition | None = None
    member_meets: Condition | None = None
    proof: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> "Tightening":
        if self.meets is None and self.member_meets is None and not self.proof:
            raise inconsistent("tighten 里要写 meets、member_meets 或 proof")
        if self.proof and self.element is None:
            raise inconsistent("proof 只跟要素：整个指标的佐证要求，写在 evidence 里就要交")
        return self


class Change(Placed):
    """What an overlay changes in one indicator; whatever asks for more rests on a local authority.

    Attributes:
        responsible_units: Roles that answer for it beside those of the layer below.
    """

    indicator: Text
    kind: CheckpointKind | None = None
    lead_unit: Text | None = None
    responsible_units: tuple[Text, ...] = ()
    elements: tuple[Element, ...] = ()
    evidence: tuple[Slot, ...] = ()
    tighten: tuple[Tightening, ...] = ()
    authority: tuple[Authority, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _founded(self) -> "Change":
        asks_more = self.elements or self.evidence or self.tighten
        if asks_more and not any(authority.local for authority in self.authority):
            raise inconsistent("多要的、收紧的要有地方依据：authority 里写明文件并标 local: true")
        if any(not authority.local for authority in self.authority):
            raise inconsistent("叠加层只加地方依据（local: true）；国家的依据写在下面那层", "authority")
        founded = {key for authority in self.authority for key in authority.for_}
        bare = [element.key for element in self.elements if element.key not in founded]
        if bare:
            raise inconsistent(f"加的要素「{bare[0]}」没有依据：请在 authority 的 for 里列上", "elements")
        if not (asks_more or self.kind or self.lead_unit or self.responsible_units or self.note):
            raise inconsistent("这一条什么也没有改")
        return self


class IndicatorChanges(Placed):
    """``indicators.yaml`` of an overlay."""

    changes: tuple[Change, ...] = ()


class CheckpointFile(Placed):
    """``checkpoints/*.yaml`` of an overlay."""

    checkpoints: tuple[Checkpoint, ...] = ()
