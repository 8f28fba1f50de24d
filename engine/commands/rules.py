"""``fazhi rules``: look at rules, look them over, test them, export their JSON Schemas."""

import json
from pathlib import Path

import click

from engine.cases import load_cases
from engine.cases import run_cases
from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.inputs import Refusal
from engine.commands.inputs import from_here
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import ruleset_folders
from engine.commands.inputs import write
from engine.linting import lint
from engine.models.problem import refused
from engine.models.ruleset import Ruleset
from engine.rendering.documents import render_json
from engine.rendering.layout import columns_of
from engine.rendering.lint_report import FORMS
from engine.rendering.lint_report import render_findings
from engine.rendering.rule_book import render_indicator
from engine.rendering.rule_book import render_measures
from engine.rendering.rule_book import render_ruleset
from engine.rulesets import find_ruleset
from engine.rulesets import load_ruleset
from engine.schemas import KINDS
from engine.schemas import schema_of
from engine.shaping import nearest

folder_option = click.option(
    "--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹"
)
output_option = click.option("-o", "--output", metavar="文件", type=click.Path(path_type=Path), help="写到文件，不写就打印")


@click.group(
    options_metavar=OPTIONS,
    subcommand_metavar="命令 [参数]",
    help="看规则、测规则、导出规则的JSON Schema。规则集可以写编号，也可以写文件夹。",
)
def command() -> None:
    """Hold the commands on rules together."""


@command.command("list", options_metavar=OPTIONS, help="有哪些规则集。")
@folder_option
def list_rulesets(folder: Path | None) -> int:
    """List every ruleset that can be found; one that cannot be used is said so."""
    paths = [path.parent for home in ruleset_folders(folder) for path in sorted(home.glob("*/ruleset.yaml"))]
    rows: list[list[str]] = []
    broken = False
    for path in paths:
        ruleset, problems = load_ruleset(path)
        if ruleset is None:
            broken = True
            rows.append([path.name, "-", "-", f"有{len(problems)}处不能用，见 fazhi rules show {path.name}"])
        else:
            header = ruleset.header
            held = f"{len(ruleset.indicators)}/{header.official_totals.indicators}"
            rows.append([header.id, header.revision, held, header.title])
    write("\n".join(columns_of(rows, ["编号", "修订", "收录", "名称"])) + "\n", None)
    return FOUND if broken else OK


@command.command(options_metavar=OPTIONS, help="看一个规则集、其中一个指标，或它的口径表。")
@click.argument("ruleset", metavar="规则集")
@click.argument("indicator", metavar="[指标]", required=False)
@click.option("--measures", is_flag=True, help="口径表：照它就能写填报")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="输出格式")
@folder_option
@output_option
def show(ruleset: str, indicator: str | None, measures: bool, form: str, folder: Path | None, output: Path | None) -> None:
    """Show rules for people, or as JSON."""
    rules = open_ruleset(ruleset, folder)
    if indicator is not None:
        found = next((i for i in rules.indicators if i.id == indicator), None)
        if found is None:
            refuse_usage(_no_indicator(indicator, rules, ruleset))
        write(render_json(found) if form == "json" else render_indicator(rules, found), output)
    elif form == "json":
        write(render_json(rules), output)
    else:
        write(render_measures(rules) if measures else render_ruleset(rules), output)


def _no_indicator(name: str, rules: Ruleset, ruleset: str) -> str:
    """Say that something is no indicator, and what it is."""
    if name in rules.measures:
        return f"「{name}」是口径（{rules.measures[name].label}），不是指标。看口径表：fazhi rules show {ruleset} --measures"
    remedy = nearest(name, {i.id: i.title for i in rules.indicators}) or f"看有哪些：fazhi rules show {ruleset}"
    return f"没有指标「{name}」。{remedy}"


@command.command(
    "lint",
    options_metavar=OPTIONS,
    help="规则体检：没人用的口径，够不着的档，没有佐证的要素，不会成立的条款，没有出处的满分线。有一处就以退出码1结束。",
)
@click.argument("ruleset", metavar="规则集")
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="text", show_default=True, help="输出格式")
@folder_option
@output_option
def look_over(ruleset: str, form: str, folder: Path | None, output: Path | None) -> int:
    """Say everything that is wrong in a ruleset."""
    path, problems = find_ruleset(ruleset, ruleset_folders(folder))
    if path is None:
        raise Refusal(problems)
    path = path.resolve()
    findings = tuple(from_here(found, path.parent) for found in lint(path))
    write(render_findings(findings, form), output)
    return FOUND if findings else OK


@command.command(options_metavar=OPTIONS, help="跑规则用例：填报进去，看结论和分是不是规则要的。有一个不合就以退出码1结束。")
@click.argument("ruleset", metavar="规则集")
@folder_option
def test(ruleset: str, folder: Path | None) -> int:
    """Run the cases of a ruleset."""
    rules = open_ruleset(ruleset, folder)
    path, _ = find_ruleset(ruleset, ruleset_folders(folder))
    files, problems = load_cases(path) if path is not None else ((), [])
    if refused(problems):
        raise Refusal(problems, path.parent if path else None)
    results = list(run_cases(rules, files))
    failed = [result for result in results if result.failures]
    lines = [f"{r.file}:{r.line} {r.indicator} {r.case}\n    " + "\n    ".join(r.failures) for r in failed]
    untested = sorted({i.id for i in rules.indicators} - {r.indicator for r in results})
    lines += [f"没有用例的指标：{'、'.join(untested)}"] if untested else []
    lines.append(f"{len(results)}个用例，合{len(results) - len(failed)}，不合{len(failed)}")
    write("\n".join(lines) + "\n", None)
    return FOUND if failed or not results else OK


@command.command(
    options_metavar=OPTIONS,
    help=f"导出JSON Schema，给编辑器补全和检查用。种类：{'、'.join(KINDS)}；不写就全部导出到文件夹。",
)
@click.argument("kind", metavar="[种类]", required=False, type=click.Choice(KINDS))
@click.option("--ruleset", metavar="编号|文件夹", help="把这个规则集的口径、指标、角色写进去，编辑器能逐个补全")
@folder_option
@output_option
def schema(kind: str | None, ruleset: str | None, folder: Path | None, output: Path | None) -> None:
    """Write one schema, or all of them into a folder."""
    rules = open_ruleset(ruleset, folder) if ruleset else None
    if kind is not None:
        write(_as_json(kind, rules), output)
        return
    if output is None:
        refuse_usage("要么写一个种类，要么用 -o 写一个文件夹，全部导出")
    output.mkdir(parents=True, exist_ok=True)
    for name in KINDS:
        write(_as_json(name, rules), output / f"{name}.schema.json")


def _as_json(kind: str, rules: object) -> str:
    return json.dumps(schema_of(kind, rules), ensure_ascii=False, indent=2) + "\n"  # type: ignore[arg-type]
