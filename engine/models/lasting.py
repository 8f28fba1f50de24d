"""A record that is asked often: what follows from it alone is worked out once."""

from collections.abc import Callable
from functools import cached_property
from typing import Any
from typing import Self
from typing import TypeVar

from engine.models.record import Record

Answer = TypeVar("Answer")


class Lasting(Record):
    """A record with a memory for what was worked out from it. A changed copy starts with none."""

    @cached_property
    def worked_out(self) -> dict[Callable[..., Any], Any]:
        """What was worked out so far, by the function that did."""
        return {}

    def once(self, work: Callable[[Self], Answer]) -> Answer:
        """What a function makes of this record: asked again, the same is handed back."""
        known = self.worked_out
        if work not in known:
            known[work] = work(self)
        answer: Answer = known[work]
        return answer

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.__dict__.pop("worked_out", None)
        return copied

    def __getstate__(self) -> dict[Any, Any]:
        state = super().__getstate__()
        return {**state, "__dict__": {key: value for key, value in state["__dict__"].items() if key != "worked_out"}}
