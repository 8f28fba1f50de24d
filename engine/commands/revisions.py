"""``fazhi rules freeze | releases | diff``: what is frozen, whether it still is, and what changed between two."""

from collections.abc import Iterator
from pathlib import Path

import click

from engine.commands import DIFFERS
from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.cache import load_kept_header
from engine.commands.inputs import ALTERED
from engine.commands.inputs import Refusal
from engine.commands.inputs import from_here
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import output_option
from engine.commands.inputs import refusal_of
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import ruleset_folders
from engine.commands.inputs import rulesets_option
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.models.problem import Problem
from engine.releases import FOLDER
from engine.releases import LOCK_NAME
from engine.releases import check_number
from engine.releases import check_place
from engine.releases import check_published
from engine.releases import check_releases
from engine.releases import freeze
from engine.releases import key_of
from engine.releases import lock_bytes
from engine.releases import read_lock
from engine.rendering.documents import render_json
from engine.rendering.lint_report import FORMS
from engine.rendering.lint_report import render_findings
from engine.rendering.rule_changes import render_changes
from engine.rule_changes import compare_rules
from engine.ruleset_folders import known_rulesets
from engine.rulesets import load_ruleset
from engine.versions import find_working
from engine.versions import names_release


class NothingToFreeze(Refusal):
    """A number that does not fit what is frozen: exit code 1."""

    exit_code = FOUND


@click.command(
    "freeze",
    options_metavar=OPTIONS,
    help="冻结一个修订：写成一个规范文件放进 releases/，摘要写进锁。同号改了内容退出码3；号提了内容没变、号太低退出码1。",
)
@click.argument("ruleset", metavar="规则集")
@click.option("--draft", is_flag=True, help="冻结的是草稿（status: draft）；锁里会写明")
@rulesets_option
def freeze_revision(ruleset: str, draft: bool, folder: Path | None) -> int:
    """Freeze the working rules under their number; a second time writes nothing."""
    if names_release(ruleset):
        refuse_usage("冻结的是现行的规则：只写编号或文件夹，不写修订")
    path, problems = find_working(ruleset, ruleset_folders(folder), load_kept_header)
    if path is None:
        raise Refusal(problems)
    rules, home = open_ruleset(ruleset, folder), path.resolve().parent
    unready = [] if draft else check_published(rules)
    lock, problems = read_lock(home)
    if lock is None or unready:
        raise refusal_of([*unready, *problems], home)
    frozen, problems = freeze(rules, lock)
    if problems:
        altered = any(p.code in ALTERED for p in problems)
        raise refusal_of(problems, home) if altered else NothingToFreeze(problems, home)
    if frozen is None:
        click.echo(f"{key_of(rules)}已经冻结，内容相同，没有写文件", err=True)
        return OK
    problems = check_place(home, frozen)
    if problems:
        raise refusal_of(problems, home)
    (home / FOLDER).mkdir(exist_ok=True)
    write_bytes(frozen.content, home / FOLDER / frozen.name)
    write_bytes(lock_bytes(frozen.lock), home / FOLDER / LOCK_NAME)
    return OK


@click.command(
    "releases",
    options_metavar=OPTIONS,
    help="核对冻结的修订：改动、缺失、没上锁的退出码3；现行规则的修订号与冻结的不合，退出码1（同号改了内容仍是3）。",
)
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="text", show_default=True, help="输出格式")
@rulesets_option
@output_option
def look_at_releases(form: str, folder: Path | None, output: Path | None) -> int:
    """Hold every release against the lock, and the working rules against the newest release."""
    homes = ruleset_folders(folder)
    findings = tuple(from_here(found, home) for home in homes for found in _wrong_in(home, homes))
    write(render_findings(findings, form), output)
    if any(found.code in ALTERED for found in findings):
        return DIFFERS
    return FOUND if findings else OK


def _wrong_in(home: Path, homes: list[Path]) -> Iterator[Problem]:
    yield from check_releases(home)
    lock, _ = read_lock(home)
    if lock is None or not lock.releases:
        return
    for path in known_rulesets([home]).values():
        rules, problems = load_ruleset(path, homes)
        yield from problems if rules is None else check_number(rules, lock)


@click.command(
    "diff",
    options_metavar=OPTIONS,
    help="比较两版规则，用规则的话说：满分线、要素、佐证、时间型、依据、口径、分值、条款改了什么，影响哪些指标和评估期。",
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式")
@rulesets_option
@output_option
def compare_revisions(before: str, after: str, form: str, folder: Path | None, output: Path | None) -> None:
    """Say what changed from one ruleset to another; a difference is a result."""
    changes = compare_rules(open_ruleset(before, folder), open_ruleset(after, folder))
    write(render_json(changes) if form == "json" else render_changes(changes), output)
