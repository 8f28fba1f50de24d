"""``fazhi assess``: the whole dry run."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import format_option
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.commands.unit_view import of_unit
from engine.models.result import Assessment
from engine.rendering.documents import FINDING_COLUMNS
from engine.rendering.documents import finding_rows
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.documents import render_markdown
from engine.rendering.screen import render_screen


@click.command(options_metavar=OPTIONS, help="自评试算。SUBMISSION 是填报文件，或放着 submission.yaml 的文件夹。")
@with_inputs
@click.option("--unit", metavar="UNIT", help="只看一个单位（写单位名或角色）牵头或负责的")
@click.option("--fail-on-gaps", is_flag=True, help="有差距就以退出码1结束")
@format_option
@output_option
def command(unit: str | None, form: str, output: Path | None, fail_on_gaps: bool, **inputs: Any) -> int:
    """Assess a submission and write the result in one format."""
    judged = judge_submission(**inputs)
    assessment = of_unit(judged.assessment, unit) if unit else judged.assessment
    write(_render(assessment, form, str(judged.folder)), output, spreadsheet=form == "csv")
    return FOUND if fail_on_gaps and assessment.gaps else OK


def _render(assessment: Assessment, form: str, folder: str) -> str:
    if form == "json":
        return render_json(assessment)
    if form == "md":
        return render_markdown(assessment)
    if form == "csv":
        return render_csv(FINDING_COLUMNS, finding_rows(assessment))
    # The day of the run belongs on paper only; the result itself must not depend on it.
    return render_screen(assessment, folder, date.today())  # noqa: DTZ011 - the user's own calendar day
