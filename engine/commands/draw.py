"""``fazhi draw``: case files drawn from the full registers, for a unit's own rehearsal."""

from pathlib import Path
from typing import Any

import click

from engine.admission import admit_facts
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.evaluations import pick_evaluation
from engine.commands.inputs import Inputs
from engine.commands.inputs import Refusal
from engine.commands.inputs import format_option
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.models.sampling import Draw
from engine.rendering.documents import render_json
from engine.rendering.sampling_list import render_draw
from engine.rendering.sampling_list import render_draw_csv
from engine.rendering.sampling_list import render_draw_markdown
from engine.sampling import draw
from engine.sampling import find_frame

FORMS = {"table": render_draw, "json": render_json, "md": render_draw_markdown, "csv": render_draw_csv}
LONGEST_SEED = 64


def draw_case_files(judged: Inputs, departments: int, files: int, seed: str) -> Draw:
    """Draw from the registers of a submission that was judged, or refuse with the reason."""
    seed = seed.strip()
    if not seed or len(seed) > LONGEST_SEED or not seed.isprintable():
        refuse_usage(f"--seed 要一段看得见的文字或数，不超过{LONGEST_SEED}个字")
    registers = pick_evaluation(judged.ruleset, judged.profile).case_files_from
    facts, _ = admit_facts(judged.ruleset, judged.submission)
    home = judged.folder if judged.folder.is_dir() else judged.folder.parent
    unit = judged.submission.head.unit
    frame, problems = find_frame(judged.ruleset, unit, facts, registers.register_, "submission.yaml")
    if frame is None:
        raise Refusal(problems, home)
    return draw(frame, unit.name, departments, files, seed)


def write_draw(drawn: Draw, form: str, output: Path | None) -> None:
    """Write a draw in one format."""
    write(FORMS[form](drawn), output, spreadsheet=form == "csv")


@click.command(
    options_metavar=OPTIONS,
    help="从全量登记表里抽单位、抽案卷，供本单位演练。种子相同、登记表相同，抽出来的就相同。",
)
@with_inputs
@click.option("--departments", metavar="几个", type=click.IntRange(min=1), required=True, help="抽几个单位")
@click.option("--files", metavar="几件", type=click.IntRange(min=1), required=True, help="每个单位抽几件；不足的全部列出")
@click.option("--seed", metavar="种子", required=True, help="种子，数或文字；先约定用什么（如演练日期）再抽，不要挑着换")
@format_option
@output_option
def command(departments: int, files: int, seed: str, form: str, output: Path | None, **inputs: Any) -> int:
    """Draw and write the list."""
    write_draw(draw_case_files(judge_submission(**inputs), departments, files, seed), form, output)
    return OK
