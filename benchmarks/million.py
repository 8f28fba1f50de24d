"""A million units swept, killed in the middle, gone on with, and a random thousand of them held against the plain path.

Every cell that ``lbg-2021`` knows is stated of most units, by numbers drawn from the row; counts mostly agree with each other, one
cell in twenty thousand is a round figure. The sweep is the command itself in processes of its own.

    python benchmarks/million.py [--units 1000000] [--sample 1000] [--folder DIR]
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import polars as pl
from workload import counts_of
from workload import tied_counts

from engine.models import ruleset as model
from engine.rulesets import load_ruleset

RULES = ROOT / "rulesets" / "lbg-2021"


def draw(seed: int, values: list[object]) -> pl.Expr:
    """One of some values by the number of the row."""
    kind = pl.Boolean if True in values else pl.String
    return pl.lit(pl.Series(values, dtype=kind)).gather(pl.col("n").hash(seed) % len(values))


def write_facts(path: Path, units: int, ruleset: model.Ruleset) -> None:
    """A wide table of units; counts are brought to agree by a few passes of smaller ones below larger ones."""
    measures = ruleset.measures
    counts = counts_of(ruleset)
    sums = [(n, m.parts) for n, m in measures.items() if isinstance(m, model.Counted) and m.parts and set(m.parts) <= {*counts}]
    table = pl.LazyFrame().select(pl.int_range(units).alias("n"))
    table = table.with_columns(pl.format("示例单位{}", "n").alias("unit"))
    table = table.with_columns((pl.col("n").hash(seed) % 400).cast(pl.Int64).alias(name) for seed, name in enumerate(counts))
    for _ in range(4):
        for low, high in tied_counts(ruleset):
            table = table.with_columns(pl.min_horizontal(low, high).alias(low))
        for whole, parts in sums:
            table = table.with_columns(pl.sum_horizontal(parts).alias(whole))
    table = table.with_columns(
        pl.when(pl.col("n").hash(7000 + seed) % 20_000 == 0)
        .then(pl.lit("约20"))
        .when(pl.col("n").hash(8000 + seed) % 10 > 0)
        .then(pl.col(name).cast(pl.String))
        .alias(name)
        for seed, name in enumerate(counts)
    )
    table = table.with_columns(expr for expr in _other_cells(ruleset)).drop("n")
    table.sink_parquet(path)


def _other_cells(ruleset: model.Ruleset) -> Iterator[pl.Expr]:
    seed = 10_000
    for name, measure in ruleset.measures.items():
        seed += 1
        if isinstance(measure, model.OnTimeShare | model.ProcedureShare):
            yield draw(seed, ["100%", "96.5%", "80%", "0%", "95%以上", None]).alias(name)
        elif isinstance(measure, model.Chosen):
            yield draw(seed, [None, True, False]).alias(name)
        elif isinstance(measure, model.Dated):
            yield draw(seed, [None, None, "2020-03-01", "2020-12-30", "2020-06"]).alias(name)
    for indicator in ruleset.indicators:
        for element in indicator.elements:
            seed += 1
            if element.measure is None:
                yield draw(seed, [None, True, True, False]).alias(f"{indicator.id}.{element.key}")
        for slot in indicator.evidence:
            seed += 1
            yield draw(seed, [None, "0", "1", "1", "3", "1 lacks public_url"]).alias(f"{indicator.id}/{slot.slot}")


def sweep(facts: Path, results: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "cli.py"), "sweep", str(facts), "-o", str(results), "--period", "2020",
               "--as-of", "2021-03-31", *options]  # fmt: skip
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def kill_in_the_middle(facts: Path, results: Path, pieces: int) -> int:
    """Kill a sweep when so many of its pieces are there; how many there were."""
    running = sweep(facts, results)
    parts = results.with_name(f".{results.name}.parts")
    while len(done := list(parts.glob("[0-9]*.parquet"))) < pieces:
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    return len(done)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--units", type=int, default=1_000_000)
    options.add_argument("--sample", type=int, default=1000)
    options.add_argument("--folder", type=Path)
    asked = options.parse_args()
    ruleset, _ = load_ruleset(RULES)
    assert ruleset is not None
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        facts, results = Path(name) / "facts.parquet", Path(name) / "results.parquet"
        write_facts(facts, asked.units, ruleset)
        width = len(pl.scan_parquet(facts).collect_schema())
        print(f"{asked.units:,} units of {width} columns, {facts.stat().st_size / 1e6:,.0f} MB")
        start = time.perf_counter()
        there = kill_in_the_middle(facts, results, max(1, asked.units // 40_000))
        killed = time.perf_counter() - start
        print(f"killed after {killed:.0f} s with {there} pieces there")
        start = time.perf_counter()
        again = sweep(facts, results, "--check", str(asked.sample))
        said, told = again.communicate()
        print(said.strip())
        print(re.sub(r"\r.*\r", "", told).strip())
        print(f"gone on for {time.perf_counter() - start:.0f} s; together {killed + time.perf_counter() - start:.0f} s")
        rows = pl.scan_parquet(results).select(pl.len(), pl.col("row").n_unique().alias("rows")).collect(engine="streaming").row(0)
        print(f"{rows[0]:,} rows of results, {rows[1]:,} different ones, {results.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
