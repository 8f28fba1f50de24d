"""What every model shares: frozen, closed, and aware of where it was written."""

from collections.abc import Mapping
from typing import Annotated
from typing import Any
from typing import Self
from typing import TypeVar

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic import GetPydanticSchema
from pydantic import ModelWrapValidatorHandler
from pydantic import PrivateAttr
from pydantic import SerializationInfo
from pydantic import SerializerFunctionWrapHandler
from pydantic import model_serializer
from pydantic import model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError
from pydantic_core import core_schema


class Record(BaseModel):
    """A frozen record that refuses unknown keys. Its checks are built when one is first made from data.

    So that none are built by an import alone, what is made there (a default, a constant) is made with ``model_construct``.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True, defer_build=True
    )


Kind = TypeVar("Kind")
# A record that was made before and is only handed on: its checks were passed then, and need not be built for it once more.
Made = Annotated[Kind, GetPydanticSchema(lambda kind, _: core_schema.is_instance_schema(kind))]


class Place(Record):
    """Where something was written: a file (relative to its input folder), a line and a column, both from 1."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Block(dict[str, Any]):
    """A mapping read from a file, with its own place and the place of each key and value."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.key_places: dict[str, Place] = {}
        self.value_places: dict[str, Place] = {}


class Items(list[Any]):
    """A sequence read from a file, with its own place and the place of each item."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.value_places: list[Place] = []


class Number(str):
    """A plain number read from a file. It keeps its text, so that 2025.10 never becomes 2025.1."""


# Asked for when a model is written down whole, so that it can be read back with the places that its messages name.
WITH_PLACES = "with places"


class Placed(Record):
    """A record that remembers the place it was read from, and those of its values. No place is ever part of a digest."""

    place: SkipJsonSchema[Place] = Field(default=Place.model_construct(file=""), exclude=True, repr=False)
    _value_places: Mapping[str, Place] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _remember_places(cls, data: Any, make: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, Block):
            if "place" in data:
                raise PydanticCustomError("KEY_UNKNOWN", "不认识的键「place」，请删去；要写备注用 note")
            made, places = make({**data, "place": data.place}), data.value_places
        elif isinstance(data, dict) and isinstance(data.get("place"), str):
            place = _place_from(data["place"])
            places = {key: _place_from(f"{place.file}:{at}") for key, at in (data.get("places") or {}).items()}
            made = make({**{key: value for key, value in data.items() if key != "places"}, "place": place})
        else:
            return make(data)
        made._value_places = places  # noqa: SLF001 - its own
        return made

    @model_serializer(mode="wrap")
    def _keep_places(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        if info.context == WITH_PLACES and self.place.file:
            written["place"] = f"{self.place.file}:{self.place.line}:{self.place.column}"
            if self._value_places:
                written["places"] = {key: f"{at.line}:{at.column}" for key, at in self._value_places.items()}
        return written

    def place_of(self, key: str) -> Place:
        """Where the value of a key was written; where the record begins if it was not written at all."""
        return self._value_places.get(key, self.place)


def _place_from(text: str) -> Place:
    file, line, column = text.rsplit(":", 2)
    return Place(file=file, line=int(line), column=int(column))
