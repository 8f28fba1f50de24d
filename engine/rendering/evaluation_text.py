"""An evaluation as a YAML file that can be read again and edited: one line a parameter, as in ``evaluations/*.yaml``."""

import json
import re
from collections.abc import Iterator
from typing import Any

from engine.models.evaluation import Evaluation
from engine.rendering.words import DISCLAIMER

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
# What a plain text may not begin with, hold, or be, for every YAML reader to take it as it stands.
_SPECIAL = re.compile(r"""^[\s\-?:!&*|>%@`"'~=<\d.+]|[\[\]{},#]|:\s|:$|\s$""")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def render_evaluation(evaluation: Evaluation, notes: tuple[str, ...]) -> str:
    """Write an evaluation as YAML, under comments that say where it comes from."""
    written = evaluation.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    lines = [f"# {DISCLAIMER}。", *(f"# {note}" for note in notes), *_block(written, "")]
    return "\n".join(lines) + "\n"


def _block(mapping: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in mapping.items():
        if isinstance(value, dict) and not _is_leaf(value):
            yield f"{indent}{_flow(key)}:"
            yield from _block(value, indent + "  ")
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            yield f"{indent}{_flow(key)}:"
            yield from _items(value, indent + "  ")
        else:
            yield f"{indent}{_flow(key)}: {_flow(value)}"


def _items(values: list[Any], indent: str) -> Iterator[str]:
    for value in values:
        if _is_leaf(value):
            yield f"{indent}- {_flow(value)}"
            continue
        first, *rest = _block(value, indent + "  ")
        yield f"{indent}- {first.strip()}"
        yield from rest


def _is_leaf(value: dict[str, Any]) -> bool:
    """Whether a mapping holds nothing that is a mapping itself."""
    return not any(
        isinstance(inner, dict) or isinstance(inner, list) and inner and isinstance(inner[0], dict)
        for inner in value.values()
    )


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    text = str(value)
    if isinstance(value, int) or _NUMBER.fullmatch(text):
        return text
    return (
        json.dumps(text, ensure_ascii=False)
        if _SPECIAL.search(text) or text.lower() in _WORDS or not text.isprintable()
        else text
    )
