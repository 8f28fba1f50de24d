"""Rows judged once more, each by itself (抽查): whether the results say what the plain path says, to the thousandth."""

from collections.abc import Container
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import polars as pl

from engine.answers import stated
from engine.bulk import Aside
from engine.lowering import Cells
from engine.lowering import Judged
from engine.lowering import Rules
from engine.lowering import judge_row
from engine.lowering import read_filed
from engine.lowering import rules_for
from engine.sweeping import PLAIN
from engine.sweeping import WHY
from engine.sweeping import Task
from engine.sweeping import by_frame
from engine.sweeping import columns_of


class Checked(NamedTuple):
    """A row that was judged once more; ``differs`` names the columns of which the results say otherwise."""

    row: int
    unit: str
    differs: tuple[str, ...]


def check_rows(task: Task, facts: pl.DataFrame, results: pl.DataFrame, repeated: Container[int] = ()) -> Iterator[Checked]:
    """Judge every row of some facts by the plain path and hold what is in the results (with ``~why``) against it."""
    aside: list[Aside] = []
    lines = {line["row"]: line for line in results.iter_rows(named=True)}
    for frame, rows in by_frame(task, facts, aside, repeated):
        columns = columns_of(rows)
        rules = rules_for(task.ruleset, task.profile, frame, columns)
        for given in rows.iter_rows(named=True):
            cells = stated(columns, [given[name] for name in columns])
            yield _held(given["row"], given["unit"], _line_by_itself(rules, cells), lines.get(given["row"]))
    for refused in aside:
        yield _held(refused.row, refused.unit, {WHY: refused.why}, lines.get(refused.row))


def _line_by_itself(rules: Rules, cells: Cells) -> dict[str, Any] | None:
    """What the results must say of a row; ``None`` where it must be set aside."""
    if any(read_filed(str(value)) is None for name, value in cells.items() if "/" in name):
        return None
    judged = judge_row(rules, cells)
    return line_of(judged) if isinstance(judged, Judged) else None


def line_of(judged: Judged) -> dict[str, Any]:
    """A row as the results show it: totals, clauses, and every indicator on both tracks."""
    claimed, own = judged.totals
    line: dict[str, Any] = {
        "maximum": own.reachable + own.recoverable + own.lost,
        "claimed.earned": claimed.earned,
        "substantiated.earned": own.earned,
        "reachable": own.reachable,
        "recoverable": own.recoverable,
        "lost": own.lost,
        "clauses": "、".join(dict.fromkeys(judged.clauses)),
    }
    for name, points in judged.substantiated.items():
        line |= {
            name: points.outcome,
            f"{name}.maximum": judged.maximum[name],
            f"{name}.earned": points.earned,
            f"{name}.reachable": points.reachable,
            f"{name}.lost": points.lost,
            f"{name}.claimed": judged.claimed[name].outcome,
            f"{name}.claimed_earned": judged.claimed[name].earned,
        }
    return line


def _held(row: int, unit: str, expected: dict[str, Any] | None, line: dict[str, Any] | None) -> Checked:
    if line is None:
        return Checked(row, unit, ("row",))
    if expected is None:
        return Checked(row, unit, () if line[WHY] else (WHY,))
    said = {name: value for name, value in line.items() if name not in ("row", "unit", PLAIN) and value is not None}
    return Checked(row, unit, tuple(sorted(name for name in said.keys() | expected if said.get(name) != expected.get(name))))
