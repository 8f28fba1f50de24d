"""``fazhi compare``: two runs or more, what changed and what brought it."""

from pathlib import Path

import click

from engine.commands import OPTIONS
from engine.commands.inputs import Refusal
from engine.commands.inputs import formats
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import write
from engine.commands.recorded import basis_of
from engine.commands.recorded import open_record
from engine.comparison import compare
from engine.rendering.comparison_report import render_comparison
from engine.rendering.documents import render_json


@click.command(
    options_metavar=OPTIONS,
    help="比较两次试算记录：变了多少，填报、材料、规则、口径、评判日各带来多少，差距新增、已销、仍在。"
    "给三份以上，比首尾两份，中间的用来认出又出现的差距。",
)
@click.argument("records", metavar="记录 记录", nargs=-1, type=click.Path(path_type=Path))
@formats("table", "json")
@output_option
def command(records: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Compare records in the order given."""
    if len(records) < 2:
        refuse_usage("要给两份或更多的试算记录，先旧后新")
    comparison, problems = compare(tuple(basis_of(open_record(path), path) for path in records))
    if comparison is None:
        raise Refusal(problems)
    write(render_json(comparison) if form == "json" else render_comparison(comparison), output)
