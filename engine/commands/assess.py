"""``fazhi assess``: the whole dry run."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Inputs
from engine.commands.inputs import format_option
from engine.commands.inputs import judge_submission
from engine.commands.inputs import now_in_utc
from engine.commands.inputs import output_option
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.commands.unit_view import of_unit
from engine.models.result import Assessment
from engine.records import make_record
from engine.records import record_name
from engine.records import sealed
from engine.rendering.documents import FINDING_COLUMNS
from engine.rendering.documents import finding_rows
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.documents import render_markdown
from engine.rendering.screen import render_screen


@click.command(options_metavar=OPTIONS, help="自评试算。填报是一个文件，或放着 submission.yaml 的文件夹。")
@with_inputs
@click.option("--unit", metavar="单位", help="只看一个单位（写单位名或角色）牵头或负责的")
@click.option(
    "--record", metavar="文件夹", type=click.Path(path_type=Path), help="把这次试算整个写成一份记录，放进这个文件夹"
)
@click.option("--fail-on-gaps", is_flag=True, help="有差距就以退出码1结束")
@format_option
@output_option
def command(unit: str | None, form: str, output: Path | None, record: Path | None, fail_on_gaps: bool, **inputs: Any) -> int:
    """Assess a submission and write the result in one format."""
    judged = judge_submission(**inputs)
    assessment = of_unit(judged.assessment, unit) if unit else judged.assessment
    if record is not None:
        _record(judged, record)
    write(_render(assessment, form, str(judged.folder)), output, spreadsheet=form == "csv")
    return FOUND if fail_on_gaps and assessment.gaps else OK


def _record(judged: Inputs, folder: Path) -> None:
    """Write the run down, whole, as exactly one file."""
    made = make_record(judged.ruleset, judged.profile, judged.submission, judged.assessment, now_in_utc())
    content = sealed(made)
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(content, folder / record_name(content, made))


def _render(assessment: Assessment, form: str, folder: str) -> str:
    if form == "json":
        return render_json(assessment)
    if form == "md":
        return render_markdown(assessment)
    if form == "csv":
        return render_csv(FINDING_COLUMNS, finding_rows(assessment))
    # The day of the run belongs on paper only; the result itself must not depend on it.
    return render_screen(assessment, folder, date.today())  # noqa: DTZ011 - the user's own calendar day
