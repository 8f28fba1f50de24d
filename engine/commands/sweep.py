"""``fazhi sweep``: many units at once, from a table of facts to a table of results; goes on where it was stopped."""

import time
from datetime import date
from pathlib import Path
from typing import Literal

import click
from pydantic_core import PydanticCustomError

from engine.commands import DIFFERS
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands import tell
from engine.commands.inputs import DEFAULT_RULESET
from engine.commands.inputs import Refusal
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import pick_profile
from engine.commands.inputs import read_day
from engine.commands.inputs import refuse_usage
from engine.commands.long_work import most_memory
from engine.models.exact import read_partial_date
from engine.models.problem import problem
from engine.models.record import Place

ROWS_AT_ONCE = 20_000


@click.command(
    options_metavar=OPTIONS,
    help="成批试算：一行一个单位的事实表（Parquet 或 CSV）进，结论和分数表出。中断了再跑一次，从断处接着算。",
)
@click.argument("facts", metavar="事实表", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "-o", "--output", metavar="结果表", required=True, type=click.Path(path_type=Path), help="结果写到哪个 Parquet 文件"
)
@click.option("--period", metavar="起/止", required=True, help="评估期，如 2020 或 2020-01-01/2020-12-31")
@click.option("--as-of", "as_of", metavar="日期", required=True, help="评判日，如 2021-03-31")
@click.option("--ruleset", metavar="编号[@版本]|文件夹", default=DEFAULT_RULESET, show_default=True, help="用哪个规则集")
@click.option("--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
@click.option("--profile", metavar="编号", help="用哪个评分口径；不写就用规则集默认的")
@click.option(
    "--rows", metavar="行数", type=click.IntRange(1, 1_000_000), default=ROWS_AT_ONCE, show_default=True, help="一次算多少行"
)
@click.option(
    "--engine",
    metavar="local|spark",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="在本机算，还是交给 Spark；结果一样",
)
@click.option(
    "--master",
    metavar="地址",
    help="Spark 在哪里，如 local[4]、spark://主机:7077；不写是 local[*]，用 spark-submit 提交的不用写",
)
@click.option(
    "--check",
    metavar="行数",
    type=click.IntRange(1, 1_000_000),
    help="算完后抽这么多行，逐行按 assess 的算法重算，看结果是否相同；不同就退出 3",
)
def command(
    facts: Path,
    output: Path,
    period: str,
    as_of: str,
    ruleset: str,
    folder: Path | None,
    profile: str | None,
    rows: int,
    engine: Literal["local", "spark"],
    master: str | None,
    check: int | None,
) -> int:
    """Judge every row of a table and write one row of results for each that can be used."""
    started = time.monotonic()
    _see_what_is_installed(engine, master)
    if not facts.is_file():
        raise Refusal([problem("FILE_MISSING", Place(file=str(facts)), "没有这个文件", "请核对文件名")])
    rules = open_ruleset(ruleset, folder)
    points = pick_profile(rules, profile or rules.header.default_profile)
    first, last = _read_period(period)
    day = read_day(as_of)
    assert day is not None, "the option is required"

    from engine.commands.sweep_check import check_some  # noqa: PLC0415 - polars comes with an extra
    from engine.commands.sweep_check import told_of  # noqa: PLC0415
    from engine.commands.sweep_folder import Sweep  # noqa: PLC0415
    from engine.commands.sweep_folder import claimed  # noqa: PLC0415
    from engine.commands.sweep_folder import finish  # noqa: PLC0415
    from engine.commands.sweep_folder import prepare  # noqa: PLC0415
    from engine.sweeping import Task  # noqa: PLC0415

    asked = Sweep(facts, output, Task(rules, points, first, last, day), engine, rows)
    with claimed(asked):
        prepare(asked)
        if engine == "spark":
            from engine.commands.sweep_spark import run_on_spark  # noqa: PLC0415 - pyspark comes with an extra

            run_on_spark(asked, master)
        else:
            from engine.commands.sweep_here import run_here  # noqa: PLC0415

            run_here(asked)
        checked = check_some(asked, check) if check else []
        done = finish(asked)
    click.echo(f"算了{done.judged}行，写在 {output}" if done.judged else "没有一行能算，没有写结果表")
    if done.plain:
        click.echo(f"其中{done.plain}行有数可能互相矛盾，或该是整数而不是；牵连到的各项按 assess 的算法算")
    if done.aside:
        click.echo(f"另有{done.aside}行不能用，没有算；逐行原因在 {asked.aside}")
    if checked:
        click.echo(told_of(checked))
    click.echo("试算，非评估结论，不得外引。")
    tell(f"用时{time.monotonic() - started:.1f}秒{_memory()}")
    return DIFFERS if any(row.differs for row in checked) else OK


def _see_what_is_installed(engine: str, master: str | None) -> None:
    try:
        import polars  # noqa: F401, PLC0415 - polars comes with an extra
    except ImportError:
        refuse_usage("成批试算要先装 polars：pip install 'fazhi[bulk]'")
    if engine == "local":
        if master:
            refuse_usage("--master 只和 --engine spark 一起用")
        return
    try:
        import pandas  # noqa: F401, PLC0415 - pyspark and what it needs come with an extra
        import pyarrow  # noqa: F401, PLC0415
        import pyspark  # noqa: F401, PLC0415
    except ImportError:
        refuse_usage(
            "--engine spark 要先装 pyspark：pip install 'fazhi[spark]'，还要 Java 17 以上；单机用 --engine local 就够"
        )


def _read_period(text: str) -> tuple[date, date]:
    first, _, last = text.partition("/")
    try:
        return read_partial_date(first).first, read_partial_date(last or first).last
    except PydanticCustomError as error:
        refuse_usage(f"--period 要写成 2020 或 2020-01-01/2020-12-31；写的是「{text}」：{error.message()}", error)


def _memory() -> str:
    held = most_memory()
    return "" if held is None else f"，本进程内存最多时{held // 2**20}MiB"
