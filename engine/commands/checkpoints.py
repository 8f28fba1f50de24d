"""``fazhi checkpoints``: a run read by the checkpoints of a local overlay."""

from pathlib import Path
from typing import Any

import click

from engine.checkpoints import of_units
from engine.checkpoints import read_by_checkpoints
from engine.commands import OPTIONS
from engine.commands.inputs import format_option
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.models.checkpoint_sheet import CheckpointSheet
from engine.rendering.checkpoint_report import render_checkpoints
from engine.rendering.checkpoint_report import render_checkpoints_md
from engine.rendering.checkpoint_report import table_of
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.shaping import nearest


@click.command(
    options_metavar=OPTIONS,
    help="检查点台账：地方叠加层把指标细分成的检查点，逐个看到没到、哪一年该到；没有收录的计数列出。"
    "--ruleset 写叠加层，如 wenshan-2023。",
)
@with_inputs
@click.option(
    "--by",
    type=click.Choice(["checkpoint", "indicator"]),
    default="checkpoint",
    show_default=True,
    help="逐检查点看，或归到指标看",
)
@click.option("--unit", metavar="单位", help="只看一个单位（写单位名或角色）牵头或负责的")
@format_option
@output_option
def command(by: str, unit: str | None, form: str, output: Path | None, **inputs: Any) -> None:
    """Write the checkpoints in one format."""
    judged = judge_submission(**inputs)
    sheet = read_by_checkpoints(judged.workings, judged.profile)
    if sheet is None:
        refuse_usage(f"「{judged.ruleset.header.id}」没有检查点：检查点写在叠加层里，用 --ruleset 写叠加层的编号")
    if unit is not None:
        known = {name for result in sheet.checkpoints for name in result.units}
        if unit not in known:
            refuse_usage(f"检查点里没有单位「{unit}」。{nearest(unit, known) or '可用：' + '、'.join(sorted(known))}")
        sheet = of_units(sheet, {unit})
    write(_render(sheet, by, form, unit or ""), output, spreadsheet=form == "csv")


def _render(sheet: CheckpointSheet, by: str, form: str, unit: str) -> str:
    if form == "json":
        return render_json(sheet)
    if form == "csv":
        return render_csv(*table_of(sheet, by))
    return render_checkpoints_md(sheet, by) if form == "md" else render_checkpoints(sheet, by, unit)
