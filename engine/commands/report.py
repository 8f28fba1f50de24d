"""``fazhi report``: documents for people, one kind a command."""

from pathlib import Path

import click

from engine.assessment import assess
from engine.commands import DIFFERS
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Difference
from engine.commands.inputs import Refusal
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.commands.recorded import basis_of
from engine.commands.recorded import open_record
from engine.models.problem import problem
from engine.models.record import Place
from engine.rendering.documents import DOCUMENTS
from engine.rendering.recompute.workbook import recompute as lay_out
from engine.replay import replay
from engine.sources import sha256_of

try:
    from engine.rendering.spreadsheet import write_workbook
except ModuleNotFoundError as error:  # XlsxWriter is an extra: everything else works without it
    if error.name != "xlsxwriter":
        raise
    write_workbook = None  # type: ignore[assignment]


@click.group(options_metavar=OPTIONS, subcommand_metavar="种类 [参数]", help="出报告：给人看的文件，一种一个命令。")
def command() -> None:
    """Hold the kinds of reports together."""


@command.command(
    "assessment",
    options_metavar=OPTIONS,
    help="只凭一份试算记录写出当时的自评报告，不需要当时的文件夹和规则集。复核不同的不写，退出码3。",
)
@click.argument("record", metavar="RECORD", type=click.Path(path_type=Path))
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
    help="自行复算表：一份工作簿，用活公式从事实和口径重新算出每个指标的得分、每个小计和总分，并与试算记录逐个核对。"
    "不用本工具，用 LibreOffice、WPS、Excel 就能重算、试改。有不一致就以退出码3结束（文件照写）。",
)
@click.argument("record", metavar="RECORD", type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="FILE.xlsx", required=True, type=click.Path(path_type=Path), help="写到哪个文件")
def recompute(record: Path, output: Path) -> int:
    """Write the workbook of one record, and say whether it comes to the same."""
    if write_workbook is None:
        refuse_usage("写 Excel 工作簿要 XlsxWriter，没有装：pip install 'fazhi[office]'")
    if output.suffix.lower() != ".xlsx":
        refuse_usage(f"写出的是 Excel 工作簿，文件名请以 .xlsx 结尾；写的是「{output.name}」")
    opened = open_record(record)
    made, problems = lay_out(opened, sha256_of(record.read_bytes()))
    if made is None:
        raise Refusal(problems, record.parent)
    write_bytes(write_workbook(made.book), output)
    click.echo(f"与记录核对：不一致{made.mismatches}处", err=True)
    return DIFFERS if made.mismatches else OK
