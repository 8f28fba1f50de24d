"""``fazhi simulate``: what an outside team is likely to give."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from pydantic_core import PydanticCustomError

from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.drawing_list import draw_case_files
from engine.commands.drawing_list import write_draw
from engine.commands.evaluations import pick_evaluation
from engine.commands.inputs import Refusal
from engine.commands.inputs import formats
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.models.evaluation import Evaluation
from engine.models.exact import read_exact
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.simulation import Simulation
from engine.rendering.charts import distribution_chart
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.layout import markdown_table
from engine.rendering.simulation_report import COLUMNS
from engine.rendering.simulation_report import notice_of
from engine.rendering.simulation_report import render_simulation
from engine.rendering.simulation_report import simulation_rows
from engine.ruleset_files import read_evaluation
from engine.simulating import Asked
from engine.simulating import simulate

MOST_DRAWS, MOST_RIVALS = 10_000_000, 5_000
DEFAULT_SEED = "1"


def read_line(_context: click.Context, _option: click.Parameter, value: str | None) -> Fraction | None:
    """Read a line in points."""
    if value is None:
        return None
    try:
        line = read_exact(value)
    except PydanticCustomError as error:
        raise click.BadParameter(f"要写一个分数，如 80；写的是「{value}」") from error
    if line < 0:
        raise click.BadParameter(f"分数不能是负的；写的是「{value}」")
    return line


def read_rank(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read a rank among so many."""
    if value is None:
        return None
    first, slash, second = value.partition("/")
    if not (slash and first.isdigit() and second.isdigit() and 1 <= int(first) <= int(second) <= MOST_RIVALS):
        raise click.BadParameter(f"要写成「前几名/一共几个」，如 10/50；写的是「{value}」")
    return int(first), int(second)


def _read_draw(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    units, slash, files = value.partition("/")
    if not (slash and units.isdigit() and files.isdigit() and int(units) >= 1 and int(files) >= 1):
        raise click.BadParameter(f"要写成「抽几个单位/每个单位几件」，如 3/10；写的是「{value}」")
    return int(units), int(files)


@click.command(options_metavar=OPTIONS, help="模拟第三方评估：宽、中、严三种评估人大概给多少。试算，非评估结论，不得外引。")
@with_inputs
@click.option("--line", metavar="分", callback=read_line, help="点名一条分数线，看到不到得了（官方没有公布及格线）")
@click.option("--rank", metavar="名次/个数", callback=read_rank, help="点名一个名次，如 10/50")
@click.option(
    "--evaluation", metavar="文件", type=click.Path(path_type=Path), help="用自己的评估人假设（如 calibrate 写出的）"
)
@click.option("--draws", metavar="次数", type=click.IntRange(0, MOST_DRAWS), default=0, help="另外抽样核对，抽几次")
@click.option(
    "--draw",
    "drawn",
    metavar="单位数/件数",
    callback=_read_draw,
    help="只从全量登记表里抽单位、抽案卷，供本单位演练，如 3/10；要写 --seed",
)
@click.option("--seed", metavar="种子", help="抽样的种子，数或文字；--draw 必写：先约定用什么（如演练日期）再抽，不要挑着换")
@formats("table", "json", "md", "csv", "svg", told="输出格式；svg 是分布图")
@output_option
def command(
    line: Fraction | None,
    rank: tuple[int, int] | None,
    evaluation: Path | None,
    draws: int,
    drawn: tuple[int, int] | None,
    seed: str | None,
    form: str,
    output: Path | None,
    **inputs: Any,
) -> int:
    """Simulate an outside evaluation and write it in one format."""
    judged = judge_submission(**inputs)
    if drawn is not None:
        write_draw(draw_case_files(judged, *drawn, seed), form, output)
        return OK
    assumed = _open(evaluation) if evaluation else pick_evaluation(judged.ruleset, judged.profile)
    simulation = simulate(judged.workings, assumed, Asked(line, rank, draws, seed or DEFAULT_SEED))
    write(_render(simulation, form, str(judged.folder)), output, spreadsheet=form == "csv")
    return OK


def _open(path: Path) -> Evaluation:
    if not path.is_file():
        found = problem("FILE_MISSING", Place(file=str(path)), "没有这个文件", "请核对 --evaluation 的路径")
        raise Refusal([found])
    evaluation, problems = read_evaluation(path)
    if evaluation is None or refused(problems):
        raise Refusal(problems, path.parent)
    return evaluation


def _render(simulation: Simulation, form: str, source: str) -> str:
    rows = simulation_rows(simulation)
    if form == "json":
        return render_json(simulation)
    if form == "csv":
        return render_csv(COLUMNS, rows)
    if form == "md":
        return "\n".join([f"{simulation.unit}：{notice_of(simulation)}", "", *markdown_table(COLUMNS, rows)]) + "\n"
    return distribution_chart(simulation) if form == "svg" else render_simulation(simulation, source)
