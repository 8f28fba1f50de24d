"""A sweep on this machine: piece by piece, each on the disk before the next."""

from pathlib import Path

import polars as pl

from engine.commands.long_work import counted
from engine.commands.sweep_folder import Sweep
from engine.commands.sweep_layout import height_of
from engine.commands.sweep_layout import repeated_rows
from engine.sweeping import Kernels
from engine.sweeping import judge_piece


def run_here(asked: Sweep) -> None:
    """Judge piece by piece; a piece that is there already is not judged again."""
    kernels: Kernels = {}
    starts = range(0, height_of(asked.laid), asked.rows)
    for _ in counted((_judge(asked, first, kernels) for first in starts), len(starts), "已算（块）"):
        pass


def _judge(asked: Sweep, first: int, kernels: Kernels) -> Path:
    piece = asked.work / f"{first // asked.rows:09d}.parquet"
    if piece.is_file():
        return piece
    rows = pl.scan_parquet(asked.laid, glob=False).slice(first, asked.rows).collect()
    repeated = repeated_rows(asked.laid, first, first + asked.rows)
    unfinished = piece.with_suffix(".part")
    judge_piece(asked.task, rows, repeated, kernels).write_parquet(unfinished)
    return unfinished.replace(piece)
