"""What became of each indicator between two editions (对照表): the same, renamed, split, merged, dropped or new."""

from typing import Annotated
from typing import Literal

from pydantic import Field
from pydantic import model_validator

from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.record import Placed

IndicatorId = Annotated[str, Field(pattern=r"^I-[A-Z0-9-]{1,20}$")]


class Change(Placed):
    """One row of the map. ``status`` says whether both texts were read or the row is from memory."""

    kind: Literal["same", "renamed", "split", "merged", "dropped", "new"]
    from_: tuple[IndicatorId, ...] = Field(default=(), alias="from")
    to: tuple[IndicatorId, ...] = ()
    status: Literal["verified", "recalled"] = "recalled"
    note: Text | None = None

    @model_validator(mode="after")
    def _numbers_fit(self) -> "Change":
        fits = {
            "same": len(self.from_) == 1 and self.from_ == self.to,
            "renamed": len(self.from_) == len(self.to) == 1 and self.from_ != self.to,
            "split": len(self.from_) == 1 and len(self.to) > 1,
            "merged": len(self.from_) > 1 and len(self.to) == 1,
            "dropped": len(self.from_) == 1 and not self.to,
            "new": not self.from_ and len(self.to) == 1,
        }
        if not fits[self.kind]:
            raise inconsistent(f"{self.kind} 的 from 和 to 个数不对")
        return self


class Migration(Placed):
    """``migrations/*.yaml``: the map from another ruleset to this one."""

    from_: Identifier = Field(alias="from")
    note: Text | None = None
    changes: tuple[Change, ...]

    def to_here(self, indicator: str) -> str:
        """What an indicator of the other ruleset is called here, where it is one and the same."""
        return next((c.to[0] for c in self.changes if c.kind in ("same", "renamed") and c.from_ == (indicator,)), indicator)

    def from_here(self, indicator: str) -> str:
        """What an indicator of this ruleset was called there, where it is one and the same."""
        return next((c.from_[0] for c in self.changes if c.kind in ("same", "renamed") and c.to == (indicator,)), indicator)
