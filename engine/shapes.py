"""The shape of a published format: which keys it has, so that a later engine can still write it (格式)."""

import json
from functools import cache
from importlib.resources import files
from typing import Any
from typing import get_args

from pydantic import BaseModel

# Nested keys; ``None`` where a value is written as it is.
Shape = dict[str, Any] | None


def shape_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys that a model is written with, models within it in turn."""
    return {
        field.serialization_alias or field.alias or name: _shape_within(field.annotation)
        for name, field in sorted(model.model_fields.items())
    }


def _shape_within(annotation: Any) -> Shape:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return shape_of(annotation)
    return next((found for part in get_args(annotation) if (found := _shape_within(part)) is not None), None)


@cache
def published(name: str) -> dict[str, Any]:
    """The shape of a format as it was published, from the file that is never changed."""
    text = files("engine").joinpath("formats", f"{name}.json").read_text(encoding="utf-8")
    shape: dict[str, Any] = json.loads(text)
    return shape


def in_shape(data: Any, shape: Shape) -> Any:
    """Data with only the keys that a format has: what a later engine adds is left out."""
    if shape is None:
        return data
    if isinstance(data, list):
        return [in_shape(entry, shape) for entry in data]
    if isinstance(data, dict):
        return {key: in_shape(value, shape[key]) for key, value in data.items() if key in shape}
    return data
