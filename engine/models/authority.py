"""What a rule rests on (依据): documents with article and dates in force; and the texts and names that models share."""

from typing import Annotated
from typing import Literal

from pydantic import Field
from pydantic import StrictBool
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from engine.models.exact import SomeDay
from engine.models.record import Placed

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]


def inconsistent(message: str, key: str | None = None) -> PydanticCustomError:
    """Say that several keys do not fit together, or that one key does not fit the rest."""
    return PydanticCustomError("RECORD_INCONSISTENT", "{message}", {"message": message, "key": key})


class InForce(Placed):
    """From when to when something is in force; no end means it still is."""

    from_: SomeDay = Field(alias="from")
    to: SomeDay | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "InForce":
        if self.to is not None and self.to.last < self.from_.first:
            raise PydanticCustomError("DATE_ORDER", "截止日早于开始日")
        return self


class Authority(Placed):
    """A law, regulation or State document that an indicator rests on (依据), with its dates in force.

    ``for`` names the elements that it is about, where it is not about the whole indicator. ``local`` marks a document of a
    province, a city or a county: only by such a one may an overlay ask for more.
    """

    document: Text
    locator: Text
    gives: Text | None = None
    in_force: InForce
    status: Literal["verified", "recalled"]
    for_: tuple[Identifier, ...] = Field(default=(), alias="for")
    local: StrictBool = Field(default=False, description="地方的文件：叠加层要多的、要紧的，凭它")
    note: Text | None = None
