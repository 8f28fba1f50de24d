"""``fazhi whatif``: a figure otherwise, an item accepted or taken back; before and after, nothing written."""

from pathlib import Path
from typing import Any

import click

from engine.commands import OPTIONS
from engine.commands.inputs import Refusal
from engine.commands.inputs import formats
from engine.commands.inputs import open_submission
from engine.commands.inputs import output_option
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import with_inputs
from engine.commands.inputs import write
from engine.models.problem import Severity
from engine.models.whatif import Change
from engine.models.whatif import Setting
from engine.rendering.documents import render_json
from engine.rendering.whatif_report import render_whatif
from engine.whatif import what_if

TRUTHS = {"true": True, "false": False}
SPOKEN = {"是": True, "有": True, "否": False, "没有": False}


@click.command(
    options_metavar=OPTIONS,
    help="假如：换一个数、把退回的材料当作合格、撤回一件材料，前后对照。只是试算，什么文件也不改。",
)
@with_inputs
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="口径=值",
    help="假设一个数或要素，如 legal_reviewers=8、I-R20.published=true；可以写几次",
)
@click.option("--unit", metavar="单位", help="--set 说的是哪个成员单位的数；不写就是本级的")
@click.option("--accept", multiple=True, metavar="编号", help="把一件退回的材料当作合格；可以写几次")
@click.option("--withdraw", multiple=True, metavar="编号", help="假设撤回一件材料：不再算数，仍列着，矛盾照旧；可以写几次")
@formats("table", "json")
@output_option
def command(
    settings: tuple[str, ...],
    unit: str | None,
    accept: tuple[str, ...],
    withdraw: tuple[str, ...],
    form: str,
    output: Path | None,
    **inputs: Any,
) -> None:
    """Write before and after in one format."""
    change = Change(settings=tuple(_setting_named(text, unit) for text in settings), accept=accept, withdraw=withdraw)
    if unit and all(setting.unit is None for setting in change.settings):
        refuse_usage("--unit 要和 --set 口径=值 一起写，说的是哪个单位的数；要素不分单位")
    opened = open_submission(**inputs)
    result, problems = what_if(opened.ruleset, opened.profile, opened.submission, change, opened.as_of)
    if result is None:
        refusing = [p for p in problems if p.severity is Severity.REFUSED]
        raise Refusal(refusing or problems, opened.home)
    write(render_json(result) if form == "json" else render_whatif(result), output)


def _setting_named(text: str, unit: str | None) -> Setting:
    """Read ``name=value``; an element is said to be so or not, in words or as YAML says it."""
    subject, equals, value = text.partition("=")
    if not equals or not subject.strip():
        refuse_usage(f"--set 要写成 口径=值，如 legal_reviewers=8；写的是「{text}」")
    subject, value = subject.strip(), value.strip()
    if "." in subject:
        return Setting(subject=subject, value=(TRUTHS | SPOKEN).get(value, value))
    return Setting(subject=subject, value=TRUTHS.get(value, value), unit=unit)
