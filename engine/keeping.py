"""What was loaded, as canonical JSON, and the same back from it (缓存的写法): nothing is read as YAML twice.

What comes back equals what was written: values, places, and which keys were written at all. Nothing is checked again, so
only what this engine wrote for exactly these sources may be read; whoever stores it sees to that.

Every array begins with what it is: 0 a tuple, 1 a fraction, 2 a day, 3 a date with its precision, 4 a limit, 5 a
mapping (pairs in a row, for it has an order), 6 a number in its own text, 7 a place, from 8 on one of the ``kinds`` by
number. Everything else is itself.
"""

import importlib
import json
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from engine.models.exact import PartialDate
from engine.models.exact import exact_text
from engine.models.exact import read_exact
from engine.models.record import Number
from engine.models.record import Place
from engine.models.record import Placed
from engine.models.ruleset import Limit
from engine.sources import canonical_bytes

FORMAT = "fazhi/kept/2"
_TUPLE, _FRACTION, _DAY, _DATE, _LIMIT, _MAPPING, _NUMBER, _PLACE, _FIRST_KIND = range(9)
# The modules of everything that is read from YAML. Of what an entry names, nothing else is ever made.
_MODULES = {
    f"engine.models.{name}"
    for name in [
        "authority",
        "campaign",
        "clause",
        "evaluation",
        "migration",
        "overlay",
        "problem",
        "record",
        "ruleset",
        "submission",
    ]
}


def _name_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__name__}"


def _kind_named(name: str) -> type[BaseModel | Enum]:
    """A kind of record or of word, by name. Its module is loaded here, so that each run has only those that it needs."""
    module, _, kind = name.rpartition(".")
    found = getattr(importlib.import_module(module), kind) if module in _MODULES else None
    if not isinstance(found, type) or not issubclass(found, BaseModel | Enum):
        raise TypeError(name)
    return found


def to_keep(value: Any) -> bytes:
    """Write what was loaded down as canonical JSON, with every place."""
    writer = _Writer()
    content = writer.write(value)
    return canonical_bytes({"format": FORMAT, "files": list(writer.files), "kinds": list(writer.kinds), "kept": content})


class _Writer:
    def __init__(self) -> None:
        self.kinds: dict[str, int] = {}
        self.files: dict[str, int] = {}

    def write(self, value: Any) -> Any:
        match value:
            case Enum():
                return [self.kind(value), value.value]
            case Number():
                return [_NUMBER, str(value)]
            case bool() | int() | str() | None:
                return value
            case Fraction():
                return [_FRACTION, exact_text(value)]
            case PartialDate():
                return [_DATE, value.text]
            case date():
                return [_DAY, value.isoformat()]
            case Limit():
                return [_LIMIT, value.days, value.working]
            case tuple():
                return [_TUPLE, *map(self.write, value)]
            case dict():
                return [_MAPPING, *(part for key, held in value.items() for part in (key, self.write(held)))]
            case Place():
                return [_PLACE, *self.place(value)]
            case Placed():
                place = self.place(value.place) if "place" in value.model_fields_set else None
                return [*self.record(value, value.model_fields_set - {"place"}), place, self.places(value)]
            case BaseModel():
                return self.record(value, value.model_fields_set)
        raise TypeError(type(value).__name__)

    def record(self, value: BaseModel, names: set[str]) -> list[Any]:
        # Sorted, for a set has no order of its own; the order of keys is the model's.
        return [self.kind(value), {name: self.write(getattr(value, name)) for name in sorted(names)}]

    def kind(self, value: Any) -> int:
        return _FIRST_KIND + self.kinds.setdefault(_name_of(type(value)), len(self.kinds))

    def place(self, place: Place) -> list[Any]:
        return [self.files.setdefault(place.file, len(self.files)), place.line, place.column]

    def places(self, record: Placed) -> str:
        """The places of a record's values, one a line, as one text: half of what is kept, and hardly ever asked for."""
        held = record._value_places  # noqa: SLF001 - the other half of what a record remembers
        return "\n".join(" ".join([key, *map(str, self.place(place))]) for key, place in held.items())


def from_kept(content: bytes) -> Any:
    """Read back what was kept; ``None`` where this is none of this format."""
    try:
        data = json.loads(content)
        if data["format"] != FORMAT:
            return None
        reader = _Reader([_kind_named(name) for name in data["kinds"]], data["files"])
        return reader.read(data["kept"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None


@lru_cache(maxsize=1000)
def _fraction(text: str) -> Fraction:
    return read_exact(text)


class _Reader:
    def __init__(self, kinds: list[type], files: list[str]) -> None:
        self.files = files
        self.readers: list[Callable[[list[Any]], Any]] = [
            lambda held: tuple(self.read(value) for value in held[1:]),
            lambda held: _fraction(held[1]),
            lambda held: date.fromisoformat(held[1]),
            lambda held: PartialDate(held[1]),
            lambda held: Limit(held[1], held[2]),
            lambda held: {held[at]: self.read(held[at + 1]) for at in range(1, len(held), 2)},
            lambda held: Number(held[1]),
            lambda held: _place(files, *held[1:]),
        ]
        self.readers += map(self.reader_of, kinds)

    def read(self, value: Any) -> Any:
        return self.readers[value[0]](value) if type(value) is list else value

    def reader_of(self, kind: type) -> Callable[[list[Any]], Any]:
        if issubclass(kind, Enum):
            words = {word.value: word for word in kind}
            return lambda held: words[held[1]]
        assert issubclass(kind, BaseModel)
        return self.reader_of_record(kind)

    def reader_of_record(self, kind: type[BaseModel]) -> Callable[[list[Any]], Any]:
        """Make the records of one kind as they were, past their checks: those were passed when it was written."""
        # In the order of the model, in which records show and compare themselves.
        unwritten = {name: None if field.is_required() else field.default for name, field in kind.model_fields.items()}
        own = [name for name, default in unwritten.items() if isinstance(default, dict)]
        placed, readers, files = issubclass(kind, Placed), self.readers, self.files

        def make(held: list[Any]) -> Any:
            written = held[1]
            values = unwritten.copy()
            for name in own:
                values[name] = {}
            for name, value in written.items():
                values[name] = readers[value[0]](value) if type(value) is list else value
            names = set(written)
            if not placed:
                return _made(kind, values, names, None)
            if held[2] is not None:
                values["place"] = _place(files, *held[2])
                names.add("place")
            return _made(kind, values, names, {"_value_places": _Places(files, held[3])})

        return make


def _made(kind: type[BaseModel], values: dict[str, Any], names: set[str], private: dict[str, Any] | None) -> Any:
    record = kind.__new__(kind)
    _set(record, "__dict__", values)
    _set(record, "__pydantic_fields_set__", names)
    _set(record, "__pydantic_extra__", None)
    _set(record, "__pydantic_private__", private)
    return record


_set = object.__setattr__


def _place(files: list[str], file: int, line: int, column: int) -> Any:
    return _made(Place, {"file": files[file], "line": line, "column": column}, {"file", "line", "column"}, None)


class _Places(Mapping[str, Place]):
    """The places of a record's values, made when one is asked for: most never are."""

    def __init__(self, files: list[str], held: str) -> None:
        self.files = files
        self.held = held

    def __getitem__(self, key: str) -> Place:
        for line in self.held.splitlines():
            name, *at = line.split(" ")
            if name == key:
                place: Place = _place(self.files, *map(int, at))
                return place
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (line.partition(" ")[0] for line in self.held.splitlines())

    def __len__(self) -> int:
        return len(self.held.splitlines())
