"""``fazhi replay``: run a record again, as it was or under other rules, another profile, another day."""

from pathlib import Path

import click

from engine.commands import DIFFERS
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Refusal
from engine.commands.inputs import formats
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import output_option
from engine.commands.inputs import pick_profile
from engine.commands.inputs import read_day
from engine.commands.inputs import write
from engine.commands.recorded import basis_of
from engine.commands.recorded import open_record
from engine.comparison import Basis
from engine.comparison import compare
from engine.models.ruleset import Ruleset
from engine.rendering.comparison_report import render_comparison
from engine.rendering.comparison_report import render_replay
from engine.rendering.documents import render_json
from engine.replay import replay


@click.command(
    options_metavar=OPTIONS,
    help="复核：照记录再算一遍。相同退出码0，不同退出码3并指出最先不同的地方。换规则、口径或评判日，就和原来的结果比较。",
)
@click.argument("record", metavar="记录", type=click.Path(path_type=Path))
@click.option("--ruleset", metavar="编号|文件夹", help="换一个规则集")
@click.option("--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
@click.option("--profile", metavar="编号", help="换一个评分口径")
@click.option("--as-of", "as_of", metavar="日期", help="换一个评判日，如 2021-03-31")
@formats("table", "json")
@output_option
def command(
    record: Path,
    ruleset: str | None,
    folder: Path | None,
    profile: str | None,
    as_of: str | None,
    form: str,
    output: Path | None,
) -> int:
    """Replay a record; with other rules, profile or day, compare with what was recorded."""
    opened = open_record(record)
    if ruleset or profile or as_of:
        before = basis_of(opened, record)
        rules = open_ruleset(ruleset, folder) if ruleset else before.ruleset
        write(_beside(before, rules, profile, as_of, form), output)
        return OK
    replayed, problems = replay(opened)
    if replayed is None:
        raise Refusal(problems)
    write(render_json(replayed) if form == "json" else render_replay(opened, replayed), output)
    return OK if replayed.same else DIFFERS


def _beside(before: Basis, rules: Ruleset, profile: str | None, as_of: str | None, form: str) -> str:
    """The same facts under other rules, another profile or another day, beside what was recorded."""
    name = profile or (before.profile.id if before.profile.id in rules.profiles else rules.header.default_profile)
    day = read_day(as_of) or before.as_of
    after = before._replace(ruleset=rules, profile=pick_profile(rules, name), as_of=day, run="")
    comparison, problems = compare((before, after))
    if comparison is None:
        raise Refusal(problems)
    return render_json(comparison) if form == "json" else render_comparison(comparison)
