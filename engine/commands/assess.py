"""``fazhi assess``: the whole dry run."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Inputs
from engine.commands.inputs import Refusal
from engine.commands.inputs import edition_then
from engine.commands.inputs import formats
from engine.commands.inputs import judge_submission
from engine.commands.inputs import now_in_utc
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.models.result import Assessment
from engine.rendering.documents import DOCUMENTS
from engine.rendering.screen import render_screen
from engine.sources import sha256_of

PAPERS = ("html", "xlsx", "docx")


@click.command(options_metavar=OPTIONS, help="自评试算。填报是一个文件，或放着 submission.yaml 的文件夹。")
@with_inputs
@click.option("--unit", metavar="单位", help="只看一个单位（写单位名或角色）牵头或负责的")
@click.option(
    "--record", metavar="文件夹", type=click.Path(path_type=Path), help="把这次试算整个写成一份记录，放进这个文件夹"
)
@click.option("--by", metavar="NAME", help="谁在试算：连同 --record 写进填报文件夹的运行日志")
@click.option("--fail-on-gaps", is_flag=True, help="有差距就以退出码1结束")
@formats("table", "json", "md", "csv", "html", "xlsx", "docx", told="输出格式；html 是一个离线文件，xlsx、docx 要写 -o")
@output_option
def command(
    unit: str | None, form: str, output: Path | None, record: Path | None, by: str | None, fail_on_gaps: bool, **inputs: Any
) -> int:
    """Assess a submission and write the result in one format."""
    judged = judge_submission(**inputs)
    unit, assessment = _own_part(judged, unit) if unit else (None, judged.assessment)
    if by is not None and record is None:
        refuse_usage("--by 要和 --record 一起写：运行日志记的是哪一份记录")
    if record is not None:
        record_run(judged, record, by)
    if form == "table" and unit is not None:
        write(_screen_of_unit(judged, unit), output)
    elif form == "table":
        write(screen_of(assessment, judged, inputs), output)
    elif form in PAPERS:
        _write_paper(assessment, judged, form, output, bool(unit))
    else:
        write(DOCUMENTS[form](assessment), output, spreadsheet=form == "csv")
    return FOUND if fail_on_gaps and assessment.gaps else OK


def _own_part(judged: Inputs, name: str) -> tuple[str, Assessment]:
    """The role behind a unit's name, and its part of the assessment."""
    # Only who asks for one unit needs what parts the work between units.
    from engine.commands.unit_view import of_unit  # noqa: PLC0415
    from engine.commands.unit_view import role_behind  # noqa: PLC0415

    role = role_behind(judged.ruleset, name)
    return role, of_unit(judged.assessment, role)


def _screen_of_unit(judged: Inputs, role: str) -> str:
    from engine.commands.unit_view import department_of  # noqa: PLC0415
    from engine.rendering.department import render_department  # noqa: PLC0415

    return render_department(department_of(judged, role), judged.assessment, str(judged.folder))


def _write_paper(assessment: Assessment, judged: Inputs, form: str, output: Path | None, of_one_unit: bool) -> None:
    """A unit sees its own part: what outsiders would give is said of the whole alone."""
    # Only who wants paper needs the writers and the distribution behind it.
    from engine.commands.papers import simulated  # noqa: PLC0415
    from engine.commands.papers import write_paper  # noqa: PLC0415
    from engine.rendering.papers.overview import overview  # noqa: PLC0415

    write_paper(overview(assessment, None if of_one_unit else simulated(judged)), form, output)


def record_run(judged: Inputs, folder: Path, by: str | None, did: str = "assess --record") -> None:
    """Write the run down, whole, as exactly one file; who ran it goes into the journal beside the submission."""
    from engine.records import make_record  # noqa: PLC0415 - only who writes one
    from engine.records import record_name  # noqa: PLC0415
    from engine.records import sealed  # noqa: PLC0415

    home = judged.folder if judged.folder.is_dir() else judged.folder.parent
    if by is not None:
        # Only who signs needs the journal and the chains behind it.
        from engine.commands.journal import append_to_journal  # noqa: PLC0415
        from engine.commands.journal import refuse_broken_journal  # noqa: PLC0415

        refuse_broken_journal(home)
    made = make_record(judged.ruleset, judged.profile, judged.submission, judged.assessment, now_in_utc())
    content = sealed(made)
    folder.mkdir(parents=True, exist_ok=True)
    name = record_name(content, made)
    write_bytes(content, folder / name)
    if by is not None and (problems := append_to_journal(home, by, did, name, sha256_of(content))):
        raise Refusal(problems, home)


def screen_of(assessment: Assessment, judged: Inputs, inputs: dict[str, Any]) -> str:
    """The first screen, with what only the command line knows: the day, the other editions, the options."""
    names = {"ruleset": "--ruleset", "folder": "--rulesets", "profile": "--profile", "as_of": "--as-of"}
    chosen = " ".join(f"{option} {inputs[name]}" for name, option in names.items() if inputs[name] is not None)
    # The day of the run belongs on paper only; the result itself must not depend on it.
    today = date.today()  # noqa: DTZ011 - the user's own calendar day
    return render_screen(assessment, str(judged.folder), today, edition_then(judged, inputs["folder"]), chosen)
