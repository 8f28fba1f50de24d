"""``fazhi simulate --draw``: case files drawn from the full registers, for a unit's own rehearsal."""

from pathlib import Path

from engine.admission import admit_facts
from engine.commands.evaluations import pick_evaluation
from engine.commands.inputs import Inputs
from engine.commands.inputs import Refusal
from engine.commands.inputs import refuse_usage
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


def draw_case_files(judged: Inputs, departments: int, files: int, seed: str | None) -> Draw:
    """Draw from the registers of a submission that was judged, or refuse with the reason."""
    seed = (seed or "").strip()
    if not seed or len(seed) > LONGEST_SEED or not seed.isprintable():
        refuse_usage(f"--draw 要连同 --seed 写一段看得见的文字或数，不超过{LONGEST_SEED}个字")
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
    if form not in FORMS:
        refuse_usage(f"抽取清单没有 {form} 格式；可用：{'、'.join(FORMS)}")
    write(FORMS[form](drawn), output, spreadsheet=form == "csv")
