"""A submission as a small YAML file that can be read again: one line a fact and an item, tables as comments behind."""

import json
import re
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.models.submission import Table

# What may stand without quotation marks: names, dates, whole numbers, and texts that nothing else begins like.
_BARE = re.compile(r"[A-Za-z一-鿿][A-Za-z0-9一-鿿_.〔〕-]*|\d{4}-\d\d-\d\d|0|[1-9]\d*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


def render_submission(submission: Submission) -> str:
    """Write a submission as YAML; a table cannot stand inside one and follows as a comment."""
    head = submission.head.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"facts", "evidence"})
    lines = [f"{key}: {_flow(value)}" for key, value in head.items() if not isinstance(value, list)]
    lists = {key: value for key, value in head.items() if isinstance(value, list)}
    lists["facts"] = [_dumped(fact) for fact in submission.head.facts]
    lists["evidence"] = [_dumped(item) for item in submission.evidence]
    for key, values in lists.items():
        lines += [f"{key}:", *(f"  - {_flow(value)}" for value in values)] if values else []
    for table in submission.tables.values():
        lines += _table_lines(table)
    return "\n".join(lines) + "\n"


def _dumped(record: Any) -> dict[str, Any]:
    plain: dict[str, Any] = record.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    # A fact without a value is said to have none; without the key it could not be read again.
    silent = isinstance(record, Fact) and not {"value", "events", "table"} & set(plain)
    return {**plain, "value": None} if silent else plain


def _table_lines(table: Table) -> Iterator[str]:
    yield f"# {table.file}："
    rows: Iterable[tuple[str, ...]] = (table.header, *(row.cells for row in table.rows))
    yield from (f"# {','.join(cells)}" for cells in rows)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    text = str(value)
    return text if _BARE.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text, ensure_ascii=False)
