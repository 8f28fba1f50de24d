"""Arrow batches of facts in, Arrow batches of results out (批进批出), for engines that move data so, as Spark's mapInArrow.

Only bytes and words travel: the ruleset as it is kept, and what else says how to judge. Whoever receives them makes the
rules and their kernels anew, once a process.
"""

from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from engine import __version__
from engine.keeping import from_kept
from engine.keeping import to_keep
from engine.models.ruleset import Ruleset
from engine.sweeping import Kernels
from engine.sweeping import Task
from engine.sweeping import judge_piece


class Order(NamedTuple):
    """How to judge, as it travels: the kept ruleset, and the day of ``as_of`` and of the period's ends.

    Attributes:
        columns: What the columns of the batches are called, in their order: names with dots are no names to some engines.
    """

    engine: str
    kept: bytes
    profile: str
    first: str
    last: str
    as_of: str
    columns: tuple[str, ...]


def order_of(task: Task, columns: Iterable[str]) -> Order:
    """What has to travel so that others judge the same."""
    first, last, as_of = (day.isoformat() for day in (task.first, task.last, task.as_of))
    return Order(__version__, to_keep(task.ruleset), task.profile.id, first, last, as_of, tuple(columns))


def judge_batches(
    order: Order, batches: Iterable[pa.RecordBatch], repeated: Container[int] = ()
) -> Iterator[pa.RecordBatch]:
    """Judge batch by batch; the same rows as ``judge_piece`` gives.

    Raises:
        RuntimeError: Another version of the engine gave the order; its results could differ.
    """
    task, kernels = _bench(order)
    for batch in batches:
        piece = pl.DataFrame(pa.Table.from_batches([batch]).rename_columns(list(order.columns)))
        judged = judge_piece(task, piece, repeated, kernels).rechunk()
        # The kinds of Arrow that every engine has: its newer texts are not among them.
        kinds = pa.schema([(name, pa.int64() if kind.is_integer() else pa.string()) for name, kind in judged.schema.items()])
        yield from judged.to_arrow().cast(kinds).to_batches()


@lru_cache(maxsize=2)
def _bench(order: Order) -> tuple[Task, Kernels]:
    if order.engine != __version__:
        raise RuntimeError(f"这里装的是 fazhi {__version__}，派活的是 {order.engine}；请装成同一版")
    ruleset = from_kept(order.kept)
    if not isinstance(ruleset, Ruleset):
        raise RuntimeError("收到的规则集读不回来")
    first, last, as_of = (date.fromisoformat(day) for day in (order.first, order.last, order.as_of))
    return Task(ruleset, ruleset.profiles[order.profile], first, last, as_of), {}
