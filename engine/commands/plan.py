"""``fazhi plan``: what to mend first."""

import re
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
from engine.mendable import FILING_DAYS
from engine.mends import find_mends
from engine.models.plan import Plan
from engine.models.result import points_text
from engine.planning import draft_plan
from engine.rendering.charts import mends_chart
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.plan_report import PLAN_COLUMNS
from engine.rendering.plan_report import plan_rows
from engine.rendering.plan_report import render_plan
from engine.rendering.plan_report import render_plan_md


def _points_named(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """Read points into thousandths."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value):
        raise click.BadParameter(f"「{value}」不是分数，写成 70 或 70.5（最多三位小数）")
    whole, _, part = value.partition(".")
    return int(whole) * 1000 + int(part.ljust(3, "0"))


@click.command(
    options_metavar=OPTIONS,
    help="先补什么。--days：这么多天里有据得分最多；--line：最省力到一条有据的线；都不写就列出全部能补的。"
    "只算有据；待核的先问，不许诺得分；补不了的照实列出。",
)
@with_inputs
@click.option("--days", type=click.IntRange(min=1), metavar="天数", help="一共有多少天的工作量可用")
@click.option("--line", callback=_points_named, metavar="分数", help="有据要到多少分，如 70")
@formats("table", "json", "md", "csv", "svg", told="输出格式；svg 是每件加多少分的图")
@output_option
def command(days: int | None, line: int | None, form: str, output: Path | None, **inputs: Any) -> None:
    """Write what to mend first in one format."""
    judged = judge_submission(**inputs)
    assessment, workings = judged.assessment, judged.workings
    if line is not None and line > assessment.score.maximum:
        refuse_usage(f"--line {points_text(line)} 超过满分{points_text(assessment.score.maximum)}")
    outlook = find_mends(
        workings.appraisals,
        assessment.findings,
        workings.items,
        assessment.gaps,
        workings.scope,
        sum(pillar.reserve for pillar in assessment.pillars),
    )
    plan = draft_plan(assessment, outlook, FILING_DAYS, days, line)
    write(_render(plan, form), output, spreadsheet=form == "csv")


def _render(plan: Plan, form: str) -> str:
    if form == "json":
        return render_json(plan)
    if form == "csv":
        return render_csv(PLAN_COLUMNS, plan_rows(plan))
    if form == "svg":
        return mends_chart(plan)
    return render_plan_md(plan) if form == "md" else render_plan(plan)
