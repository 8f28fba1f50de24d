"""``fazhi template``: one workbook a unit, with what it is asked and what it has already told."""

from pathlib import Path

import click

from engine.admission import admit_facts
from engine.commands import OPTIONS
from engine.commands.inputs import Opened
from engine.commands.inputs import Refusal
from engine.commands.inputs import file_name
from engine.commands.inputs import open_submission
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import write_bytes
from engine.forms import WHOLE
from engine.forms import make_form
from engine.forms import not_in_workbooks
from engine.forms import units_asked
from engine.models.form import Form
from engine.models.problem import refused
from engine.models.submission import Submission
from engine.shaping import nearest

try:
    from engine.rendering.form_workbook import write_form
except ModuleNotFoundError as error:  # XlsxWriter is an extra: everything else works without it
    if error.name != "xlsxwriter":
        raise
    write_form = None  # type: ignore[assignment]


@click.command(
    options_metavar=OPTIONS,
    help="出填报工作簿（Excel）：一个单位一份，只问本单位的数、要素和材料，报过的已经填好。"
    "全县填报的文件夹也行。写 --unit 出一份；不写就每个单位一份，连同本级的一份，放进 -o 的文件夹。"
    "填好用 fazhi import 收回来。",
)
@click.argument("submission", metavar="填报", type=click.Path(path_type=Path))
@click.option("--unit", metavar="单位", help="只出这个单位的；写填报单位自己的名字，出本级的")
@click.option("--last", metavar="填报", type=click.Path(path_type=Path), help="上一期的填报；上期的数写在批注里")
@click.option("--ruleset", metavar="编号[@版本]|文件夹", help="用哪个规则集；不写就用填报里写的")
@click.option("--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
@click.option("-o", "--output", metavar="文件.xlsx|文件夹", required=True, type=click.Path(path_type=Path), help="写到哪里")
def command(
    submission: Path, unit: str | None, last: Path | None, ruleset: str | None, folder: Path | None, output: Path
) -> None:
    """Write the workbook of one unit, or of every unit."""
    if write_form is None:
        refuse_usage("写 Excel 工作簿要 XlsxWriter，没有装：pip install 'fazhi[office]'")
    opened = open_submission(submission, ruleset, folder, None, None)
    loaded, rules = opened.submission, opened.ruleset
    before = open_submission(last, ruleset, folder, None, None).submission if last is not None else None
    _, problems = admit_facts(rules, loaded)
    if refused(problems):
        raise Refusal([p for p in problems if refused([p])], opened.home)
    if unit is not None:
        if output.suffix.lower() != ".xlsx":
            refuse_usage(f"写出的是 Excel 工作簿，文件名请以 .xlsx 结尾；写的是「{output.name}」")
        form = make_form(rules, loaded, _member(unit, loaded), before, opened.owners)
        write_bytes(write_form(form, rules), output)
        _tell(form)
    else:
        _write_all(opened, before, output)
    if left := not_in_workbooks(loaded.head):
        click.echo(f"不进工作簿，留在原填报里：{'、'.join(left)}", err=True)


def _member(unit: str, submission: Submission) -> str:
    whole = submission.head.unit
    members = units_asked(whole)
    if unit == whole.name:
        return WHOLE
    if unit not in members:
        known = [whole.name, *filter(None, members)]
        refuse_usage(f"没有单位「{unit}」。{nearest(unit, known) or '可用：' + '、'.join(known)}")
    return unit


def _write_all(opened: Opened, before: Submission | None, output: Path) -> None:
    if output.suffix.lower() == ".xlsx" or output.is_file():
        refuse_usage(f"没有写 --unit，每个单位一份；-o 请写一个文件夹，写的是「{output.name}」")
    output.mkdir(parents=True, exist_ok=True)
    for member in units_asked(opened.submission.head.unit):
        form = make_form(opened.ruleset, opened.submission, member, before, opened.owners)
        write_bytes(write_form(form, opened.ruleset), output / f"{_file_name(form)}.xlsx")
        _tell(form)


def _file_name(form: Form) -> str:
    return file_name(form.name if form.stencil.member else f"{form.name}本级")


def _tell(form: Form) -> None:
    filled = sum(one.fact is not None for one in form.asked)
    click.echo(f"    {form.name}：要填{len(form.asked)}行，已填{filled}行；材料{len(form.items)}件", err=True)
    for left in form.unheld:
        click.echo(f"    放不进工作簿，留在原填报里：{left}", err=True)
