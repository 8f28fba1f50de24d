"""A sweep on a Spark cluster: the same kernel in ``mapInArrow``, wave by wave, each on the shared disk before the next.

The driver lays the facts out and puts the results together; what is between goes from the executors to the disk and does not
pass through the driver. Nothing travels but bytes and words (see ``engine.arrow_batches``).
"""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import SparkSession
from pyspark.sql.types import LongType
from pyspark.sql.types import StringType
from pyspark.sql.types import StructField
from pyspark.sql.types import StructType

from engine.arrow_batches import judge_batches
from engine.arrow_batches import order_of
from engine.commands.inputs import refuse_usage
from engine.commands.long_work import counted
from engine.commands.sweep_folder import Sweep
from engine.commands.sweep_layout import height_of
from engine.commands.sweep_layout import repeated_rows
from engine.sweeping import Task
from engine.sweeping import empty_results

# How many pieces make a wave, after each of which a sweep that is stopped goes on.
WAVE = 64
DEFAULT_MASTER = "local[*]"
ENGINE = Path(__file__).parents[1]
# Set by spark-submit, which has its own say about the master and about Python.
SUBMITTED = "PYSPARK_GATEWAY_PORT"


def run_on_spark(asked: Sweep, master: str | None) -> None:
    """Judge wave by wave; a wave that is there already is not judged again."""
    if SUBMITTED not in os.environ and not _java():
        refuse_usage("--engine spark 要 Java 17 以上；请先装好，再看 java -version 能不能跑（或设好 JAVA_HOME）")
    try:
        with started(master) as spark:
            _run(asked, spark)
    except (PySparkException, Py4JError) as error:
        told = "各台都要有同一版 fazhi[bulk] 和 pandas；算完的波次还在，改好以后照原样再跑一次，从断处接着算"
        refuse_usage(f"Spark 没有跑成：{_in_short(error)}。{told}", error)


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java", path=str(Path(home) / "bin") if home else None))


@contextmanager
def started(master: str | None) -> Iterator[SparkSession]:
    """A session: the one that runs already, or a new one that is stopped afterwards."""
    if (running := SparkSession.getActiveSession()) is not None:
        yield running
        return
    builder = SparkSession.builder.appName("fazhi sweep")
    if SUBMITTED not in os.environ or master:
        builder = builder.master(master or DEFAULT_MASTER)
    if SUBMITTED not in os.environ:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        quiet = f"-Dlog4j2.configurationFile={(ENGINE / 'templates' / 'spark-log4j2.properties').as_uri()}"
        builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        builder = builder.config("spark.executorEnv.PYTHONPATH", str(ENGINE.parent))
        builder = builder.config("spark.driver.extraJavaOptions", quiet)
    # As many processes as cores are at work; each of them alone needs but one.
    spark = builder.config("spark.executorEnv.POLARS_MAX_THREADS", "1").getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def _in_short(error: Exception) -> str:
    """The last line that says something; a cluster sends pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return (said or lines or [type(error).__name__])[-1][:300]


def _run(asked: Sweep, spark: SparkSession) -> None:
    columns = pl.scan_parquet(asked.laid, glob=False).collect_schema().names()
    sent = spark.sparkContext.broadcast(order_of(asked.task, columns))
    height, step = height_of(asked.laid), WAVE * asked.rows
    _cut_by_row_groups(asked, spark, -(-height // asked.rows))
    starts = range(0, height, step)
    waves = (_judge(asked, spark, sent, first, min(first + step, height)) for first in starts)
    for _ in counted(waves, len(starts), "已算（波）"):
        pass


def _cut_by_row_groups(asked: Sweep, spark: SparkSession, pieces: int) -> None:
    """Let every task read about one group of rows, and hand it over as one batch."""
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(max(1, asked.laid.stat().st_size // max(1, pieces))))
    spark.conf.set("spark.sql.files.openCostInBytes", "0")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(asked.rows))


def _judge(asked: Sweep, spark: SparkSession, sent: Any, first: int, last: int) -> Path:
    number = first // (WAVE * asked.rows)
    done, folder = asked.work / f"{number:06d}.done", asked.work / f"{number:06d}.spark"
    if done.is_file():
        return done
    for left in asked.work.glob(f"{number:06d}-*.parquet"):
        left.unlink()
    facts = spark.read.parquet(_as_spark_reads(asked.laid)).filter(f"row >= {first} and row < {last}")
    judged = judge_table(asked.task, sent, facts, repeated_rows(asked.laid, first, last))
    judged.write.parquet(f"file://{folder.resolve()}", mode="overwrite")
    _put_in_order(folder, asked.work, number, last - first)
    done.touch()
    shutil.rmtree(folder)
    return done


def judge_table(task: Task, sent: Any, facts: DataFrame, repeated: frozenset[int] = frozenset()) -> DataFrame:
    """The results of a table of facts, row by row, as ``judge_piece`` gives them; ``sent`` is the order, broadcast."""
    # To Spark a dot in a name means something else.
    named = facts.toDF(*(f"c{at}" for at in range(len(facts.columns))))
    return named.mapInArrow(partial(_judge_sent, sent, repeated), _spark_schema(task))


def _judge_sent(sent: Any, repeated: frozenset[int], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What an executor does: Spark pickles the name of this function, the number of what was sent, and a few row numbers."""
    return judge_batches(sent.value, batches, repeated)


def _spark_schema(task: Task) -> StructType:
    kinds = {name: LongType() if kind.is_integer() else StringType() for name, kind in empty_results(task).schema.items()}
    return StructType([StructField(name, kind) for name, kind in kinds.items()])


def _as_spark_reads(path: Path) -> str:
    """A path in which nothing is a pattern."""
    return "file://" + re.sub(r"([\\\[\]{}*?])", r"\\\1", str(path.resolve()))


def _put_in_order(folder: Path, work: Path, number: int, height: int) -> None:
    """Name what the executors wrote by the order of rows. A task reads rows that follow each other; if ever not, sort."""
    parts = {path: pl.read_parquet(path, columns=["row"], glob=False)["row"] for path in folder.glob("part-*.parquet")}
    held = sorted((rows for rows in parts.values() if len(rows)), key=lambda rows: rows[0])
    rows = pl.concat(held) if held else pl.Series("row", [], dtype=pl.Int64)
    if len(rows) != height:
        raise RuntimeError(f"Spark judged {len(rows)} of {height} rows")
    if not rows.is_sorted():
        whole = work / f"{number:06d}-0.part"
        pl.scan_parquet(list(parts), glob=False).sort("row").sink_parquet(whole)
        whole.replace(whole.with_suffix(".parquet"))
        return
    ordered = sorted((path for path, rows in parts.items() if len(rows)), key=lambda path: parts[path][0])
    for at, path in enumerate(ordered):
        path.replace(work / f"{number:06d}-{at:06d}.parquet")
