"""``fazhi explain``: one indicator or measure walked back to facts, proof and law."""

from pathlib import Path
from typing import Any

import click

from engine.commands import OPTIONS
from engine.commands.inputs import formats
from engine.commands.inputs import judge_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.rendering.documents import render_json
from engine.rendering.explanation import explained_names
from engine.rendering.explanation import render_explanation
from engine.rendering.explanation import render_measure
from engine.rendering.explanation import render_set_aside
from engine.rendering.explanation import set_aside_of
from engine.shaping import nearest


@click.command(
    options_metavar=OPTIONS,
    help="一个指标怎么算出来的：条文、要求、填报在哪个文件第几行、算式、佐证、得分。也可以问一个口径。",
)
@with_inputs
@click.argument("indicator", metavar="指标|口径")
@formats("table", "json")
@output_option
def command(indicator: str, form: str, output: Path | None, **inputs: Any) -> None:
    """Explain one finding or one measured value."""
    assessment = judge_submission(**inputs).assessment
    finding = next((f for f in assessment.findings if f.indicator == indicator), None)
    value = next((v for v in assessment.measures if v.measure == indicator), None)
    if finding is not None:
        write(render_json(finding) if form == "json" else render_explanation(assessment, finding), output)
    elif value is not None:
        write(render_json(value) if form == "json" else render_measure(value, assessment), output)
    elif aside := set_aside_of(indicator, assessment):
        write(render_json(aside) if form == "json" else render_set_aside(indicator, assessment), output)
    else:
        known = explained_names(assessment)
        refuse_usage(f"没有指标、也没有报过的口径「{indicator}」。{nearest(indicator, known) or '指标如 I-R59'}")
