"""Data with places → a frozen model; what does not fit becomes problems, all at once, in Chinese."""

import difflib
import types
import typing
from collections.abc import Iterable
from typing import Any
from typing import TypeVar

from pydantic import BaseModel
from pydantic import Tag
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Block
from engine.models.record import Items
from engine.models.record import Place

Model = TypeVar("Model", bound=BaseModel)

_EXPECTED = {
    "string_type": "文字",
    "bool_type": "true 或 false",
    "tuple_type": "清单（每行以 - 开头，或用方括号）",
    "dict_type": "若干「键: 值」",
    "model_type": "若干「键: 值」",
    "model_attributes_type": "若干「键: 值」",
    "none_required": "留空",
    "frozen_set_type": "清单",
    "string_too_short": "不空的文字",
    "string_too_long": "不超过4000字的文字",
    "too_short": "至少一项",
}


def nearest(word: str, known: Iterable[str]) -> str:
    """Name the known word that is most like a given one, as a clause to put into a remedy; empty where none is."""
    close = difflib.get_close_matches(word, sorted(known), n=5, cutoff=0.5)
    best = max(close, key=lambda name: _likeness(word, name), default="")
    return f"是否想写「{best}」？" if best else ""


def _likeness(one: str, other: str) -> tuple[float, int]:
    """How like two words are; of equals, the one that begins alike for longer is nearer."""
    alike = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return difflib.SequenceMatcher(None, other, one).ratio(), alike


def shape(model: type[Model], data: Any, file: str, read: Iterable[Problem] = ()) -> tuple[Model | None, list[Problem]]:
    """Make a model of data, or say everything that does not fit.

    ``read`` are the problems of reading: they are handed on, and what they already blame is not blamed again.
    """
    problems = list(read)
    try:
        return model.model_validate(data), problems
    except ValidationError as error:
        blamed = {p.place for p in problems}
        made = [_explain(model, data, detail, file) for detail in error.errors(include_url=False)]
        return None, problems + [p for p in made if p.place not in blamed]


def _explain(model: type[BaseModel], data: Any, detail: ErrorDetails, file: str) -> Problem:
    kind, loc, value = detail["type"], detail["loc"], detail["input"]
    place, path = _locate(data, loc, file)
    name = "文件" if not path else ".".join(f"第{step + 1}项" if isinstance(step, int) else step for step in path)
    last = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        place = _key_place(data, loc, place)
        known = _keys_at(model, loc[:-1])
        remedy = nearest(last, known) or f"可用的键：{'、'.join(sorted(known))}"
        return problem("KEY_UNKNOWN", place, f"不认识的键「{last}」", remedy)
    if kind == "missing" or kind == "union_tag_not_found":
        key = last if kind == "missing" else "kind"
        return problem("KEY_MISSING", place, f"缺少「{key}」", f"请在{name}里补写「{key}: …」")
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        context = detail.get("ctx", {})
        choices = str(context.get("expected") or context.get("expected_tags", ""))
        allowed = [part.strip(" '\"") for part in choices.replace(" or ", ",").split(",")]
        shown = context.get("tag", value)
        remedy = nearest(str(shown), allowed) or f"可选：{'、'.join(allowed)}"
        return problem("VALUE_CHOICE", place, f"「{name}」的值「{_shown(shown)}」不在可选范围", remedy)
    if kind in CODES:
        return problem(kind, place, f"「{name}」写的是「{_shown(value)}」", detail["msg"])
    if kind == "string_pattern_mismatch":
        pattern = detail.get("ctx", {}).get("pattern", "")
        return problem("VALUE_TYPE", place, f"「{name}」写的是「{_shown(value)}」", f"格式应为 {pattern}")
    if kind.startswith(("greater_than", "less_than")):
        bound = next(iter(detail.get("ctx", {}).values()), "")
        way = "不小于" if kind.startswith("greater") else "不大于"
        return problem("VALUE_TYPE", place, f"「{name}」写的是「{_shown(value)}」", f"应{way}{bound}")
    expected = _EXPECTED.get(kind, "别的写法，请对照样例")
    return problem("VALUE_TYPE", place, f"「{name}」写的是「{_shown(value)}」", f"这里要{expected}")


def _key_place(data: Any, loc: tuple[int | str, ...], otherwise: Place) -> Place:
    """Where the last key of a location was written."""
    owner = data
    for step in loc[:-1]:
        if isinstance(owner, Block) and step in owner:
            owner = owner[str(step)]
        elif isinstance(owner, Items) and isinstance(step, int) and step < len(owner):
            owner = owner[step]
    return owner.key_places.get(str(loc[-1]), otherwise) if isinstance(owner, Block) else otherwise


def _shown(value: Any) -> str:
    if isinstance(value, Block | dict):
        return "一组键值"
    if isinstance(value, list | tuple):
        return "一个清单"
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:60]


def _locate(data: Any, loc: tuple[int | str, ...], file: str) -> tuple[Place, list[int | str]]:
    """Walk a pydantic location through the data, leaving out the names of union branches."""
    place = getattr(data, "place", Place(file=file))
    path: list[int | str] = []
    for step in loc:
        if isinstance(data, Block) and step in data:
            key = str(step)
            is_last = step == loc[-1] and not isinstance(data[key], Block | Items)
            place = data.value_places[key] if is_last or isinstance(data[key], Block | Items) else data.key_places[key]
            data = data[key]
            path.append(step)
        elif isinstance(data, Items) and isinstance(step, int) and step < len(data):
            place, data = data.value_places[step], data[step]
            path.append(step)
    return place, path


def _keys_at(model: Any, loc: tuple[int | str, ...]) -> set[str]:
    """The keys that the models at a pydantic location accept."""
    kinds: list[Any] = [model]
    for step in loc:
        kinds = [inner for kind in kinds for inner in _inside(kind, step)]
    return {
        field.alias or name
        for kind in kinds
        for branch in _branches(kind)
        for name, field in branch.model_fields.items()
        if name != "place"
    }


def _branches(kind: Any) -> list[type[BaseModel]]:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _branches(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [branch for part in typing.get_args(kind) for branch in _branches(part)]
    return [kind] if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _inside(kind: Any, step: int | str) -> list[Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _inside(arguments[0], step)
    if origin in (typing.Union, types.UnionType):
        tagged = [part for part in arguments if _has_tag(part, step)]
        return tagged or [inner for part in arguments for inner in _inside(part, step)] or [kind]
    if origin is tuple or origin is list:
        return [arguments[0]] if isinstance(step, int) else [kind]
    if origin is dict:
        return [arguments[1]]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.annotation for name, field in kind.model_fields.items() if step in (name, field.alias)]
    return []


def _has_tag(kind: Any, step: int | str) -> bool:
    """Whether a branch of a union answers to a tag, by its ``kind`` or by name."""
    if step in [tag.tag for tag in typing.get_args(kind) if isinstance(tag, Tag)]:
        return True
    kinds = [branch.model_fields["kind"] for branch in _branches(kind) if "kind" in branch.model_fields]
    return any(step in typing.get_args(field.annotation) for field in kinds)
