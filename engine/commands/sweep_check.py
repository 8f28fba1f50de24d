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


def told_of(checked: list[Checked]) -> str:
    """What came of judging rows once more, in a line."""
    differing = [row for row in checked if row.differs]
    told = f"抽查{len(checked)}行，逐行按 assess 的算法重算："
    if not differing:
        return f"{told}都相同"
    first = differing[0]
    where = f"第{first.row + 1}行{first.unit or ''}的 {'、'.join(first.differs[:5])}"
    return f"{told}{len(differing)}行不同，如{where}。这是程序的错，不是填报的错；结果请不要用，并请连同命令和输入的摘要反馈"


def _rank(digest: str, row: int) -> bytes:
    return hashlib.sha256(f"{digest} {row}".encode()).digest()


def _is_among(rows: list[int]) -> pl.Expr:
    return pl.col("row").is_in(pl.Series(rows, dtype=pl.Int64).implode())
