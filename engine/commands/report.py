"""``fazhi report``: documents for people, one kind a command."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from engine.assessment import assess
from engine.commands import DIFFERS
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Difference
from engine.commands.inputs import Refusal
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.commands.papers import FORMATS
from engine.commands.papers import format_of
from engine.commands.papers import shipped_template
from engine.commands.papers import simulated
from engine.commands.papers import template_option
from engine.commands.papers import workbook_writer
from engine.commands.papers import write_paper
from engine.commands.recorded import basis_of
from engine.commands.recorded import open_record
from engine.commands.simulate import read_line
from engine.commands.simulate import read_rank
from engine.commands.unit_view import of_unit
from engine.models.problem import problem
from engine.models.record import Place
from engine.rendering.documents import DOCUMENTS
from engine.rendering.papers.kinds import KINDS
from engine.rendering.recompute.workbook import recompute as lay_out
from engine.replay import replay
from engine.simulating import Asked
from engine.sources import sha256_of


@click.group(options_metavar=OPTIONS, subcommand_metavar="种类 [参数]", help="出报告：给人看的文件，一种一个命令。")
def command() -> None:
    """Hold the kinds of reports together."""


@command.command(
    "assessment",
    options_metavar=OPTIONS,
    help="只凭一份试算记录写出当时的自评报告，不需要当时的文件夹和规则集。复核不同的不写，退出码3。",
)
@click.argument("record", metavar="记录", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(DOCUMENTS)), default="md", show_default=True, help="输出格式")
@output_option
def assessment(record: Path, form: str, output: Path | None) -> None:
    """Write the report of a run from its record alone."""
    opened = open_record(record)
    replayed, problems = replay(opened)
    if replayed is None:
        raise Refusal(problems, record.parent)
    if not replayed.same:
        place = Place(file=record.name)
        found = f"照记录再算，结果有{len(replayed.differences)}处不同"
        raise Difference([problem("RUN_RECORD_DIFFERS", place, found, f"先看 fazhi replay {record}")], record.parent)
    basis = basis_of(opened, record)
    judged, _ = assess(basis.ruleset, basis.profile, basis.submission, basis.as_of)
    assert judged is not None, "a record that replays can be judged"
    write(DOCUMENTS[form](judged), output, spreadsheet=form == "csv")


@command.command(
    "recompute",
    options_metavar=OPTIONS,
    short_help="自行复算表：用活公式重算每一分的工作簿，凭一份试算记录。",
    help="自行复算表：一份工作簿，用活公式从事实和口径重新算出每个指标的得分、每个小计和总分，并与试算记录逐个核对。"
    "不用本工具，用 LibreOffice、WPS、Excel 就能重算、试改。有不一致就以退出码3结束（文件照写）。",
)
@click.argument("record", metavar="记录", type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="FILE.xlsx", required=True, type=click.Path(path_type=Path), help="写到哪个文件")
def recompute(record: Path, output: Path) -> int:
    """Write the workbook of one record, and say whether it comes to the same."""
    write_workbook = workbook_writer()
    if output.suffix.lower() != ".xlsx":
        refuse_usage(f"写出的是 Excel 工作簿，文件名请以 .xlsx 结尾；写的是「{output.name}」")
    opened = open_record(record)
    made, problems = lay_out(opened, sha256_of(record.read_bytes()))
    if made is None:
        raise Refusal(problems, record.parent)
    write_bytes(write_workbook(made.book), output)
    click.echo(f"与记录核对：不一致{made.mismatches}处", err=True)
    return DIFFERS if made.mismatches else OK


@command.command("template", options_metavar=OPTIONS, help="取一份原样的 Word 模板，在 WPS 里改了再用 --template 交回来。")
@click.option("-o", "--output", metavar="FILE.docx", required=True, type=click.Path(path_type=Path), help="写到哪个文件")
def template(output: Path) -> None:
    """Hand out the shipped template."""
    write_bytes(shipped_template(), output)


def _report(
    kind: str, unit: str | None, form: str | None, output: Path | None, template: Path | None, **inputs: Any
) -> None:
    """Assess a submission and write one kind of report on it."""
    form = format_of(form, output)
    asked = Asked(inputs.pop("line", None), inputs.pop("rank", None))
    judged = judge_submission(**inputs)
    chosen = KINDS[kind]
    simulation = simulated(judged, asked) if kind in SIMULATED and unit is None else None
    if chosen.simulated and simulation is None:
        refuse_usage(f"评分口径{judged.profile.id}没有写 evaluation，没有评估人的假设，写不出{chosen.title}")
    assessment = of_unit(judged.assessment, unit) if unit else judged.assessment
    write_paper(chosen.lay_out(assessment, simulation), form, output, template)


def _add(kind: str) -> None:
    """Make the command of one kind."""
    whole = kind == "simulated"  # an outside evaluation is of the whole, never of one unit
    callback: Any = output_option(partial(_report, kind, unit=None) if whole else partial(_report, kind))
    callback = template_option(callback)
    ways = click.Choice(FORMATS)
    callback = click.option("--format", "form", type=ways, help="输出格式；不写就看文件名的结尾，打印时是 md")(callback)
    if whole:
        callback = click.option("--rank", metavar="名次/个数", callback=read_rank, help="点名一个名次，如 10/50")(callback)
        callback = click.option("--line", metavar="分", callback=read_line, help="点名一条分数线")(callback)
    else:
        callback = click.option("--unit", metavar="单位", help="只要一个单位的")(callback)
    command.command(kind, options_metavar=OPTIONS, help=f"{KINDS[kind].title}。{HELP[kind]}")(with_inputs(callback))


SIMULATED = ("simulated", "score")
HELP = {
    "self": "基本情况、逐项自评、亮点、问题、整改、得分汇总，附证据目录、口径、否决事项声明。",
    "gaps": "逐条：现在怎样、应当怎样、差多少、谁、到哪天。",
    "rectification": "每条差距一行，责任人、进展、复核、销号留着填。",
    "score": "每个一级指标一行，每一列都加得起来，连同三种评估人的试算区间。",
    "tasks": "每个指标谁牵头、谁负责、要交什么证据。",
    "evidence": "每件材料的文号、日期、用处、校验状态和退回代码。",
    "simulated": "声明、区间、等次、分项、敏感性；不给被抽中的把握。",
    "interview": "一个单位一页：怎么走、管哪些指标、材料在哪、可能会问什么。",
    "weekly": "一页：现在怎样、过期的、两周内要动手的、退回的、各单位。",
}
for _kind in KINDS:
    _add(_kind)
