"""What several commands share: finding rulesets, loading inputs, refusing with places, writing results."""

import os
from collections.abc import Callable
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from typing import NamedTuple
from typing import NoReturn

import click

from engine.assessment import assess
from engine.models.exact import read_date
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.rulesets import find_ruleset
from engine.rulesets import load_ruleset
from engine.shaping import nearest
from engine.submissions import load_submission

SHIPPED = Path(__file__).resolve().parent.parent.parent / "rulesets"
DEFAULT_RULESET = "lbg-2021"


class Refusal(click.ClickException):
    """Refused input: every problem at once, with exit code 2."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], folder: Path | None = None) -> None:
        self.problems = list(problems)
        self.folder = folder
        super().__init__(f"{len(self.problems)}处不能用")

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        """Write the problems to standard error."""
        for found in self.problems:
            click.echo(str(from_here(found, self.folder)), err=True)
        click.echo(f"以上{len(self.problems)}处改好再来；没有评判，也没有改动任何文件。", err=True)


def from_here(found: Problem, folder: Path | None) -> Problem:
    """Name the file as it can be opened from where the user stands."""
    return found if folder is None else found.model_copy(update={"place": place_from_here(found.place, folder)})


def place_from_here(place: Place, folder: Path) -> Place:
    """A place with its file as it can be opened from where the user stands."""
    path = folder / place.file
    if not place.file or not path.exists():
        return place
    shown = os.path.relpath(path)
    return place.model_copy(update={"file": str(path) if shown.startswith("..") else shown})


class Inputs(NamedTuple):
    """One assessment and what it was made from."""

    assessment: Assessment
    ruleset: Ruleset
    folder: Path


def with_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument and the options that name a submission and how to judge it."""
    decorators: tuple[Callable[..., Any], ...] = (
        click.argument("submission", type=click.Path(path_type=Path)),
        click.option("--ruleset", metavar="ID|DIR", help="用哪个规则集；不写就用填报里写的"),
        click.option(
            "--rulesets", "folder", metavar="DIR", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹"
        ),
        click.option("--profile", metavar="ID", help="用哪个评分口径；不写就用填报里写的或规则集默认的"),
        click.option("--as-of", "as_of", metavar="DAY", help="评判日，如 2021-03-31；不写就用填报里写的"),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def ruleset_folders(extra: Path | None) -> list[Path]:
    """Where rulesets are looked for: the shipped ones, then the user's own."""
    return [SHIPPED, *([extra] if extra else [])]


def open_ruleset(name: str, folder: Path | None) -> Ruleset:
    """Load a ruleset by id or folder, or refuse."""
    path, problems = find_ruleset(name, ruleset_folders(folder))
    if path is None:
        raise Refusal(problems)
    ruleset, problems = load_ruleset(path)
    if ruleset is None:
        raise Refusal(problems, path.parent)
    return ruleset


def judge_submission(
    submission: Path, ruleset: str | None, folder: Path | None, profile: str | None, as_of: str | None
) -> Inputs:
    """Load everything and assess it, or refuse with every problem found."""
    day = _read_day(as_of)
    loaded, problems = load_submission(submission)
    home = submission if submission.is_dir() else submission.parent
    if loaded is None or refused(problems):
        raise Refusal(problems, home)
    rules = open_ruleset(ruleset or loaded.head.ruleset or DEFAULT_RULESET, folder)
    points = _pick_profile(rules, profile or loaded.head.profile or rules.header.default_profile)
    assessment, found = assess(rules, points, loaded, day)
    if assessment is None:
        raise Refusal((p for p in found if p.severity is Severity.REFUSED), home)
    return Inputs(assessment, rules, submission)


def _pick_profile(rules: Ruleset, name: str) -> Profile:
    if name in rules.profiles:
        return rules.profiles[name]
    remedy = nearest(name, rules.profiles) or f"现有：{'、'.join(rules.profiles)}"
    raise Refusal([problem("PROFILE_UNKNOWN", Place(file=rules.header.id), f"没有评分口径「{name}」", remedy)])


def _read_day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return read_date(text)
    except ValueError as error:
        refuse_usage(f"--as-of 要写到日，如 2021-03-31；写的是「{text}」", error)


def refuse_usage(message: str, cause: Exception | None = None) -> NoReturn:
    """Leave with exit code 2 and a sentence."""
    raise click.UsageError(message) from cause


def write(text: str, output: Path | None, *, spreadsheet: bool = False) -> None:
    """Write a result to standard output or, whole or not at all, to a file.

    Files and pipes are always UTF-8; a CSV file begins with a mark, so that spreadsheets know.
    """
    content = text.encode("utf-8-sig" if spreadsheet and output else "utf-8")
    if output is None:
        click.echo(content, nl=False)
        return
    unfinished = output.with_name(f".{output.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(output)
    click.echo(f"已写 {output}", err=True)


format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "md", "csv"]),
    default="table",
    show_default=True,
    help="输出格式",
)
output_option = click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="写到文件，不写就打印")
