"""``fazhi assess``: the whole dry run."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Inputs
from engine.commands.inputs import edition_then
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
from engine.rendering.documents import finding_row
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.documents import render_markdown
from engine.rendering.screen import render_screen


@click.command(options_metavar=OPTIONS, help="自评试算。SUBMISSION 是填报文件，或放着 submission.yaml 的文件夹。")
@with_inputs
@click.option("--unit", metavar="UNIT", help="只看一个单位（写单位名或角色）牵头或负责的")
@click.option("--record", metavar="DIR", type=click.Path(path_type=Path), help="把这次试算整个写成一份记录，放进这个文件夹")
@click.option("--fail-on-gaps", is_flag=True, help="有差距就以退出码1结束")
@format_option
@output_option
def command(unit: str | None, form: str, output: Path | None, record: Path | None, fail_on_gaps: bool, **inputs: Any) -> int:
    """Assess a submission and write the result in one format."""
    judged = judge_submission(**inputs)
    assessment = of_unit(judged.assessment, unit) if unit else judged.assessment
    if record is not None:
        _record(judged, record)
    if form == "table":
        write(_screen(assessment, judged, inputs), output)
    else:
        write(RENDERERS[form](assessment), output, spreadsheet=form == "csv")
    return FOUND if fail_on_gaps and assessment.gaps else OK


def _record(judged: Inputs, folder: Path) -> None:
    """Write the run down, whole, as exactly one file."""
    made = make_record(judged.ruleset, judged.profile, judged.submission, judged.assessment, now_in_utc())
    content = sealed(made)
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(content, folder / record_name(content, made))


def _screen(assessment: Assessment, judged: Inputs, inputs: dict[str, Any]) -> str:
    """The first screen, with what only the command line knows: the day, the other editions, the options."""
    names = {"ruleset": "--ruleset", "folder": "--rulesets", "profile": "--profile", "as_of": "--as-of"}
    chosen = " ".join(f"{option} {inputs[name]}" for name, option in names.items() if inputs[name] is not None)
    # The day of the run belongs on paper only; the result itself must not depend on it.
    today = date.today()  # noqa: DTZ011 - the user's own calendar day
    return render_screen(assessment, str(judged.folder), today, edition_then(judged, inputs["folder"]), chosen)


def _findings_table(assessment: Assessment) -> str:
    return render_csv(FINDING_COLUMNS, (finding_row(finding) for finding in assessment.findings))


RENDERERS = {"json": render_json, "md": render_markdown, "csv": _findings_table}
