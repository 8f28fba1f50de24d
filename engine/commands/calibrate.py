"""``fazhi calibrate``: an assumed evaluator in the light of earlier real results."""

from pathlib import Path

import click

from engine.backtest import calibrate
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.evaluations import pick_evaluation
from engine.commands.evaluations import pick_evaluator
from engine.commands.inputs import DEFAULT_RULESET
from engine.commands.inputs import Refusal
from engine.commands.inputs import format_option
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import pick_profile
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.models.calibration import Calibration
from engine.past_results import load_past_results
from engine.rendering.calibration_report import FEW
from engine.rendering.calibration_report import render_calibration
from engine.rendering.calibration_report import render_calibration_csv
from engine.rendering.calibration_report import render_calibration_markdown
from engine.rendering.documents import render_json
from engine.rendering.evaluation_text import render_evaluation

FORMS = {
    "table": render_calibration,
    "json": render_json,
    "md": render_calibration_markdown,
    "csv": render_calibration_csv,
}


@click.command(
    options_metavar=OPTIONS,
    help="用往次第三方评估的真实结果校准一种评估人的采信率和严格度：打印校准前后和n，-o 写出本地的评估人假设。",
)
@click.argument("results", metavar="往次结果...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--ruleset", metavar="编号[@版本]|文件夹", default=DEFAULT_RULESET, show_default=True, help="用哪个规则集")
@click.option("--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
@click.option("--profile", metavar="编号", help="用哪个评分口径；不写就用规则集默认的")
@click.option("--evaluator", metavar="编号", default="usual", show_default=True, help="校准哪一种评估人，如 usual（中）")
@format_option
@click.option("-o", "--output", metavar="文件", type=click.Path(path_type=Path), help="本地的评估人假设写到哪里（YAML）")
def command(
    results: tuple[Path, ...],
    ruleset: str,
    folder: Path | None,
    profile: str | None,
    evaluator: str,
    form: str,
    output: Path | None,
) -> int:
    """Calibrate, print, and write the local evaluation where one is asked for."""
    rules = open_ruleset(ruleset, folder)
    evaluation = pick_evaluation(rules, pick_profile(rules, profile or rules.header.default_profile))
    chosen = pick_evaluator(evaluation, evaluator)
    loaded, problems = load_past_results(results, (pillar.id for pillar in rules.pillars))
    if not loaded:
        raise Refusal(problems)
    done = calibrate(f"{rules.header.id}@{rules.header.revision}", evaluation, chosen, loaded)
    write(FORMS[form](done), None)
    if output is not None:
        write_bytes(render_evaluation(done.local, _notes(done)).encode(), output)
        kept = "或放进规则集的 evaluations/，在评分口径里写 evaluation: local"
        click.echo(f"    用它来模拟：fazhi simulate 填报 --evaluation {output}；{kept}", err=True)
    return OK


def _notes(done: Calibration) -> tuple[str, ...]:
    few = f"。{FEW}" if done.few else ""
    n = f"往次结果{len(done.results)}次，共{done.items}件"
    return (f"本地校准：{done.ruleset} {done.evaluation} 的「{done.evaluator_title}」，{n}{few}",)
