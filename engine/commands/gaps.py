"""``fazhi gaps``: the gap list alone."""

from pathlib import Path
from typing import Any

import click

from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Inputs
from engine.commands.inputs import format_option
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.models.result import Assessment
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.rendering.documents import GAP_COLUMNS
from engine.rendering.documents import gap_row
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.gap_list import render_gaps
from engine.rendering.layout import markdown_table
from engine.rendering.words import GAP_KINDS

# What people also call a kind of gap.
ALSO = {"差距": GapKind.SHORTFALL, "缺佐证": GapKind.EVIDENCE_MISSING, "未到期": GapKind.NOT_YET_DUE}


def _kinds_named(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Find the codes of the kinds of gap that are named, by their Chinese words or by the codes themselves."""
    words = {word: kind for kind, word in GAP_KINDS.items()} | ALSO
    unknown = [value for value in values if value not in words and value not in GapKind.__members__]
    if unknown:
        raise click.BadParameter(f"没有「{unknown[0]}」这种差距。可用：{'、'.join(words)}")
    return tuple(words[value].value if value in words else value for value in values)


@click.command(options_metavar=OPTIONS, help="差距清单，按办事次序。填报是一个文件，或放着 submission.yaml 的文件夹。")
@with_inputs
@click.option("--unit", metavar="单位", help="只看一个单位（写单位名或角色）牵头或负责的")
@click.option(
    "--kind",
    "kinds",
    callback=_kinds_named,
    multiple=True,
    metavar="种类",
    help=f"只看几种：{'、'.join(GAP_KINDS.values())}；可以写几次",
)
@click.option(
    "--sort", type=click.Choice(["work", "points"]), default="work", show_default=True, help="按办事次序，或按挂着的分"
)
@click.option("--fail-on-gaps", is_flag=True, help="有差距就以退出码1结束")
@format_option
@output_option
def command(
    unit: str | None, kinds: tuple[str, ...], sort: str, fail_on_gaps: bool, form: str, output: Path | None, **inputs: Any
) -> int:
    """Write the gap list in one format."""
    judged = judge_submission(**inputs)
    unit, gaps = _own_gaps(judged, unit) if unit else (None, judged.assessment.gaps)
    gaps = tuple(gap for gap in gaps if not kinds or gap.kind.value in kinds)
    if sort == "points":
        gaps = tuple(sorted(gaps, key=lambda gap: (-gap.open - gap.recoverable, gap.id)))
    write(_render(judged.assessment, gaps, form, unit or ""), output, spreadsheet=form == "csv")
    return FOUND if fail_on_gaps and gaps else OK


def _own_gaps(judged: Inputs, name: str) -> tuple[str, tuple[Gap, ...]]:
    """The role behind a unit's name, and its gaps."""
    # Only who asks for one unit needs what parts the work between units.
    from engine.commands.unit_view import gaps_of_unit  # noqa: PLC0415
    from engine.commands.unit_view import role_behind  # noqa: PLC0415

    role = role_behind(judged.ruleset, name)
    return role, gaps_of_unit(judged.assessment, role)


def _render(assessment: Assessment, gaps: tuple[Gap, ...], form: str, unit: str) -> str:
    rows = [gap_row(gap) for gap in gaps]
    if form == "json":
        return render_json(gaps)
    if form == "csv":
        return render_csv(GAP_COLUMNS, rows)
    if form == "md":
        return "\n".join(markdown_table(GAP_COLUMNS, rows)) + "\n"
    return render_gaps(assessment, gaps, unit)
