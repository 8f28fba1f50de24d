"""Where a sweep keeps what it has so far: claimed by one process at a time, noted, resumed, put together, cleared away."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from typing import Any
from typing import NamedTuple

import polars as pl

from engine import __version__
from engine.commands.appending import lock_at_once
from engine.commands.appending import locked
from engine.commands.inputs import Refusal
from engine.commands.inputs import refuse_usage
from engine.commands.sweep_layout import lay_out
from engine.sweeping import PLAIN
from engine.sweeping import WHY
from engine.sweeping import Task


class Sweep(NamedTuple):
    """What is swept, by what, and where the pieces lie until all are there."""

    facts: Path
    output: Path
    task: Task
    engine: str
    rows: int

    @property
    def work(self) -> Path:
        """The folder of what is not finished."""
        return self.output.with_name(f".{self.output.name}.parts")

    @property
    def laid(self) -> Path:
        """The facts as they are read: a row a unit, numbered."""
        return self.work / "facts.parquet"

    @property
    def pieces(self) -> list[Path]:
        """The results that are there so far, in their order."""
        return sorted(self.work.glob("[0-9]*.parquet"))

    @property
    def aside(self) -> Path:
        """Which rows could not be used, and why."""
        return self.output.with_name(f"{self.output.stem}.aside.csv")


class Done(NamedTuple):
    """How many rows were judged, how many of these by the plain path as a whole, and how many were set aside."""

    judged: int
    plain: int
    aside: int


@contextmanager
def claimed(asked: Sweep) -> Iterator[None]:
    """Keep other sweeps away from the same output for as long as this one runs; a killed one leaves nothing claimed."""
    claim = asked.output.with_name(f".{asked.output.name}.lock")
    claim.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked(claim, lock_at_once))
        except BlockingIOError as error:
            refuse_usage(f"另一个 sweep 正在往 {asked.output} 写；请等它做完，或换一个 -o", error)
        try:
            yield
        finally:
            # Windows keeps it, empty, while it is open.
            with suppress(PermissionError):
                claim.unlink(missing_ok=True)


def prepare(asked: Sweep) -> None:
    """Lay the table out in pieces that can be read one by one, and note what is being done; or see that it is the same."""
    noted = asked.work / "sweep.json"
    if noted.is_file():
        if json.loads(noted.read_text(encoding="utf-8")) != _note(asked):
            refuse_usage(f"{asked.work} 里是另一次没有算完的结果（事实表、规则或选项不同）；请删去它，或换一个 -o")
        return
    # Without a note nothing in it can be trusted: it was killed while laying out, or while clearing up.
    shutil.rmtree(asked.work, ignore_errors=True)
    try:
        lay_out(asked.facts, asked.task.ruleset, asked.laid, asked.rows)
    except Refusal:
        shutil.rmtree(asked.work, ignore_errors=True)
        raise
    unfinished = noted.with_suffix(".part")
    unfinished.write_text(json.dumps(_note(asked)), encoding="utf-8")
    unfinished.replace(noted)


def _note(asked: Sweep) -> dict[str, Any]:
    """Everything that pieces of the same sweep have in common."""
    task = asked.task
    return {
        "engine": __version__,
        "facts": [asked.facts.stat().st_size, asked.facts.stat().st_mtime_ns, str(asked.facts.resolve())],
        "ruleset": task.ruleset.digest,
        "profile": task.profile.id,
        "period": [task.first.isoformat(), task.last.isoformat()],
        "as_of": task.as_of.isoformat(),
        "rows": asked.rows,
        "by": asked.engine,
    }


def finish(asked: Sweep) -> Done:
    """Put the pieces together, whole or not at all, and clear up behind."""
    pieces = asked.pieces
    done = _counted(pieces)
    if done.judged:
        unfinished = asked.work / "results.part"
        pl.scan_parquet(pieces, glob=False).filter(pl.col(WHY).is_null()).drop(PLAIN, WHY).sink_parquet(unfinished)
        unfinished.replace(asked.output)
    asked.aside.unlink(missing_ok=True)
    if done.aside:
        _write_aside(pieces, asked.work / "aside.part", asked.aside)
    # The note goes first: what is left of a folder whose clearing was cut short is never taken for pieces.
    (asked.work / "sweep.json").unlink()
    shutil.rmtree(asked.work)
    return done


def _counted(pieces: list[Path]) -> Done:
    if not pieces:
        return Done(0, 0, 0)
    usable = pl.col(WHY).is_null()
    counts = (usable.sum().alias("judged"), pl.col(PLAIN).sum(), (~usable).sum().alias("aside"))
    return Done(*pl.scan_parquet(pieces, glob=False).select(counts).collect(engine="streaming").row(0))


def _write_aside(pieces: list[Path], unfinished: Path, aside: Path) -> None:
    """Write why rows were set aside, one piece after the other."""
    told = ("row", "unit", pl.col(WHY).alias("why"))
    with unfinished.open("wb") as file:
        pl.DataFrame(schema={"row": pl.Int64, "unit": pl.String, "why": pl.String}).write_csv(file, include_bom=True)
        for piece in pieces:
            lines = pl.scan_parquet(piece, glob=False).filter(pl.col(WHY).is_not_null()).select(told)
            lines.collect().write_csv(file, include_header=False)
    unfinished.replace(aside)
