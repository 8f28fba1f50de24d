"""Some rows of a sweep judged once more, each by itself, before the results are put together."""

import hashlib
from heapq import nsmallest

import polars as pl

from engine.commands.long_work import counted
from engine.commands.sweep_folder import Sweep
from engine.commands.sweep_layout import height_of
from engine.commands.sweep_layout import repeated_rows
from engine.spot_checks import Checked
from engine.spot_checks import check_rows


def check_some(asked: Sweep, wanted: int) -> list[Checked]:
    """Draw rows and judge them by the plain path; the same table and rules draw the same rows."""
    height = height_of(asked.laid)
    if not height:
        return []
    chosen = sorted(nsmallest(wanted, range(height), key=lambda row: _rank(asked.task.ruleset.digest, row)))
    facts = pl.scan_parquet(asked.laid, glob=False).filter(_is_among(chosen)).collect(engine="streaming")
    results = pl.scan_parquet(asked.pieces, glob=False).filter(_is_among(chosen)).collect(engine="streaming")
    checked = check_rows(asked.task, facts, results, repeated_rows(asked.laid, 0, height))
    return list(counted(checked, len(chosen), "已抽查（行）"))


def _rank(digest: str, row: int) -> bytes:
    return hashlib.sha256(f"{digest} {row}".encode()).digest()


def _is_among(rows: list[int]) -> pl.Expr:
    return pl.col("row").is_in(pl.Series(rows, dtype=pl.Int64).implode())
