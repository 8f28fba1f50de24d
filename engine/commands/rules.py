"""``fazhi rules``: look at rules, look them over, test them, export their JSON Schemas."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from engine.cases import load_cases
from engine.cases import load_clause_cases
from engine.cases import runs_of
from engine.cases import trials_of
from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.cache import load_kept
from engine.commands.cache import load_kept_header
from engine.commands.inputs import Refusal
from engine.commands.inputs import formats
from engine.commands.inputs import from_here
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import output_option
from engine.commands.inputs import place_from_here
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import ruleset_folders
from engine.commands.inputs import rulesets_option
from engine.commands.inputs import write
from engine.commands.long_work import default_jobs
from engine.commands.revisions import compare_revisions
from engine.commands.revisions import freeze_revision
from engine.commands.revisions import look_at_releases
from engine.commands.scaffold import scaffold
from engine.commands.workers import CLAUSES
from engine.commands.workers import TOTALS
from engine.commands.workers import mutate_all
from engine.commands.workers import verify_all
from engine.coverage import WHOLE
from engine.coverage import cover
from engine.linting import lint
from engine.linting import lint_frozen
from engine.models.problem import Problem
from engine.models.problem import refused
from engine.models.ruleset import Ruleset
from engine.releases import read_lock
from engine.rendering.documents import render_json
from engine.rendering.layout import columns_of
from engine.rendering.lint_report import FORMS
from engine.rendering.lint_report import render_findings
from engine.rendering.rule_book import render_indicator
from engine.rendering.rule_book import render_measures
from engine.rendering.rule_book import render_ruleset
from engine.rendering.rule_check import TestReport
from engine.rendering.rule_check import render_faults
from engine.rendering.rule_check import render_tests
from engine.reuse import is_own
from engine.ruleset_folders import known_rulesets
from engine.schemas import KINDS
from engine.schemas import schema_of
from engine.shaping import nearest
from engine.versions import find_working
from engine.versions import names_release


@click.group(
    options_metavar=OPTIONS,
    subcommand_metavar="命令 [参数]",
    help="看规则、测规则、比较两版、冻结修订、导出规则的JSON Schema。规则集写编号（现行）、编号@修订（冻结的）、"
    "编号@^1、系统@日期（那一天执行的版本，如 lbg@2020-12-31），或文件夹。",
)
def command() -> None:
    """Hold the commands on rules together."""


command.add_command(freeze_revision)
command.add_command(look_at_releases)
command.add_command(compare_revisions)
command.add_command(scaffold)


@command.command("list", options_metavar=OPTIONS, help="有哪些规则集。")
@rulesets_option
def list_rulesets(folder: Path | None) -> int:
    """List every ruleset that can be found; one that cannot be used is said so."""
    homes = ruleset_folders(folder)
    rows: list[list[str]] = []
    titles: list[str] = []
    broken = False
    for path in [path.parent for home in homes for path in sorted(home.glob("*/ruleset.yaml"))]:
        ruleset, problems = load_kept(path, homes)
        if ruleset is None:
            broken = True
            rows.append([path.name, "-", "-", "-", "-"])
            titles.append(f"有{len(problems)}处不能用，见 fazhi rules show {path.name}")
        else:
            header = ruleset.header
            held = f"{len(ruleset.indicators)}/{header.official_totals.indicators}"
            in_force = f"{header.in_force.from_}{f'至{header.in_force.to}' if header.in_force.to else '起'}"
            rows.append([header.id, header.revision, _frozen(path.parent, header.id), held, in_force])
            titles.append(header.title)
    heading, *lines = columns_of(rows, ["编号", "修订", "已冻结", "收录", "执行期"])
    listed = [heading, *(line for pair in zip(lines, (f"  {title}" for title in titles), strict=True) for line in pair)]
    write("\n".join(listed) + "\n", None)
    return FOUND if broken else OK


def _frozen(home: Path, ruleset: str) -> str:
    """Which revisions of a ruleset are frozen, drafts marked."""
    lock, _ = read_lock(home)
    if lock is None:
        return "锁坏了"
    names = ((str(r), lock.releases[f"{ruleset}@{r}"].draft) for r in lock.revisions_of(ruleset))
    return "、".join(f"{name}{'（草稿）' if draft else ''}" for name, draft in names) or "无"


@command.command(options_metavar=OPTIONS, help="看一个规则集、其中一个指标，或它的口径表。")
@click.argument("ruleset", metavar="规则集")
@click.argument("indicator", metavar="[指标]", required=False)
@click.option("--measures", is_flag=True, help="口径表：照它就能写填报")
@formats("table", "json")
@rulesets_option
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
@rulesets_option
@output_option
def look_over(ruleset: str, form: str, folder: Path | None, output: Path | None) -> int:
    """Say everything that is wrong in a ruleset."""
    findings = tuple(_looked_over(ruleset, folder))
    write(render_findings(findings, form), output)
    return FOUND if findings else OK


def _looked_over(name: str, folder: Path | None) -> Iterator[Problem]:
    """What is wrong in working rules, which need not load for that; or in a frozen revision."""
    homes = ruleset_folders(folder)
    if names_release(name):
        yield from lint_frozen(open_ruleset(name, folder))
        return
    path, problems = find_working(name, homes, load_kept_header)
    if path is None:
        raise Refusal(problems)
    path = path.resolve()
    yield from (from_here(found, path.parent) for found in lint(path, homes))


indicator_option = click.option("--indicator", metavar="指标", help="只看这一个指标")
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=default_jobs, show_default="看有几个处理器", help="同时用几个进程"
)
report_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式"
)


@command.command(
    options_metavar=OPTIONS,
    help="跑规则用例：该有的没有、没有预期的有了，都算不合。有一个不合（或一处改动没有用例发现）就以退出码1结束。",
)
@click.argument("ruleset", metavar="规则集")
@click.option("--coverage", "covered", is_flag=True, help="列出没有用例够到的档次、要素、佐证、代码、状态、原因、条款、计数")
@click.option("--mutate", "mutated", is_flag=True, help="把规则逐处改一点，看有没有用例发现；没有发现的列出并建议怎样补")
@indicator_option
@report_option
@jobs_option
@rulesets_option
@output_option
def test(
    ruleset: str,
    covered: bool,
    mutated: bool,
    indicator: str | None,
    form: str,
    jobs: int,
    folder: Path | None,
    output: Path | None,
) -> int:
    """Run the cases of a ruleset, say what they reach, and try whether they notice changes."""
    path, rules = _open_folder(ruleset, folder)
    files, problems = load_cases(path)
    about_clauses, found = load_clause_cases(path)
    if refused([*problems, *found]):
        raise Refusal([*problems, *found], path.parent)
    names = _named_indicators(rules, indicator)
    trials = trials_of(rules, files, about_clauses if indicator is None else None)
    # A case about an indicator that is not there is run too: it fails, and says so.
    runs = list(runs_of(rules, [t for t in trials if indicator is None or t.indicator == indicator]))
    taken_over = {indicator.id for indicator in rules.indicators if not is_own(indicator, rules)}
    wanted = {*names, *([] if indicator else (CLAUSES, WHOLE))}
    # The clauses take longest: begun first, they do not hold up the end.
    subjects = [*([CLAUSES] if indicator is None and rules.clauses.clauses else []), *names]
    report = TestReport(
        results=tuple(run.result for run in runs),
        untested=tuple(sorted(set(names) - taken_over - {run.trial.indicator for run in runs})),
        coverage=tuple(c for c in cover(rules, runs) if c.subject in wanted) if covered else None,
        verdicts=mutate_all(path, subjects, jobs) if mutated else None,
    )
    write(render_tests(_from_here(report, path.parent), form), output)
    if taken_over:
        below = rules.overlaid.layers[-1].id if rules.overlaid else rules.header.reuses
        click.echo(f"沿用{below}的{len(taken_over)}项，用例在那边：fazhi rules test {below}", err=True)
    empty = not report.results and set(names) - taken_over
    return FOUND if report.failed or report.survivors or empty else OK


@command.command(
    options_metavar=OPTIONS,
    help="核验整个规则集：每项够得着满分和零分，合计不多不少，条款不绕圈、都能触发，改好一个数绝不丢分。有一处就以退出码1结束。",
)
@click.argument("ruleset", metavar="规则集")
@indicator_option
@click.option("--tries", type=click.IntRange(0), default=30, show_default=True, help="每个指标造几份填报找反例")
@click.option("--seed", type=int, default=0, show_default=True, help="造填报的种子；同一个种子每次都一样")
@report_option
@jobs_option
@rulesets_option
@output_option
def verify(
    ruleset: str,
    indicator: str | None,
    tries: int,
    seed: int,
    form: str,
    jobs: int,
    folder: Path | None,
    output: Path | None,
) -> int:
    """Look for what no case can show: what cannot be reached, and better facts that cost points."""
    path, rules = _open_folder(ruleset, folder)
    names = _named_indicators(rules, indicator)
    whole = [TOTALS, CLAUSES] if indicator is None else []
    faults = verify_all(path, [*whole, *names], tries, seed, jobs)
    shown = tuple(fault._replace(place=place_from_here(fault.place, path.parent)) for fault in faults)
    examined = f"{rules.header.id} {f'{len(names)}个指标' if indicator is None else indicator}，每个试{tries}份填报"
    write(render_faults(shown, examined, form), output)
    return FOUND if faults else OK


def _open_folder(ruleset: str, folder: Path | None) -> tuple[Path, Ruleset]:
    """A ruleset and the folder of its cases: those of a frozen revision stand beside the working rules now."""
    rules, homes = open_ruleset(ruleset, folder), ruleset_folders(folder)
    if names_release(ruleset):
        path = known_rulesets(homes).get(rules.header.id)
        if path is None:
            refuse_usage(f"「{ruleset}」的用例找不到：没有规则集「{rules.header.id}」的文件夹")
        return path.resolve(), rules
    path, problems = find_working(ruleset, homes, load_kept_header)
    if path is None:
        raise Refusal(problems)
    return path.resolve(), rules


def _named_indicators(rules: Ruleset, indicator: str | None) -> list[str]:
    known = [i.id for i in rules.indicators]
    if indicator is not None and indicator not in known:
        refuse_usage(f"没有指标「{indicator}」。{nearest(indicator, known) or '可用：' + '、'.join(known)}")
    return known if indicator is None else [indicator]


def _from_here(report: TestReport, home: Path) -> TestReport:
    """The same report with places that can be opened from where the user stands."""
    if report.verdicts is None:
        return report
    verdicts = tuple(v._replace(place=place_from_here(v.place, home)) for v in report.verdicts)
    return report._replace(verdicts=verdicts)


@command.command(
    options_metavar=OPTIONS,
    help=f"导出JSON Schema，给编辑器补全和检查用。种类：{'、'.join(KINDS)}；不写就全部导出到文件夹。",
)
@click.argument("kind", metavar="[种类]", required=False, type=click.Choice(KINDS))
@click.option("--ruleset", metavar="编号|文件夹", help="把这个规则集的口径、指标、角色写进去，编辑器能逐个补全")
@rulesets_option
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
