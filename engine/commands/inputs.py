"""What several commands share: finding rulesets, loading inputs, refusing with places, writing results."""

import os
from collections.abc import Callable
from collections.abc import Iterable
from datetime import UTC
from datetime import date
from datetime import datetime
from pathlib import Path
from typing import Any
from typing import NamedTuple
from typing import NoReturn

import click

from engine.assessment import assess
from engine.commands import DIFFERS
from engine.models.exact import read_date
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.ruleset import Header
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.shaping import nearest
from engine.submissions import load_submission
from engine.versions import edition_on
from engine.versions import open_named

SHIPPED = Path(__file__).resolve().parent.parent.parent / "rulesets"
DEFAULT_RULESET = "lbg-2021"
# What makes frozen rules worthless, rather than merely unusable.
ALTERED = {"RELEASE_ALTERED", "RELEASE_MISSING", "RELEASE_UNLOCKED", "RELEASE_LOCK_UNREADABLE", "REVISION_TAKEN"}


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


class AlteredRelease(Refusal):
    """Something frozen was altered, is gone, or was never locked: exit code 3."""

    exit_code = DIFFERS


def from_here(found: Problem, folder: Path | None) -> Problem:
    """Name the file as it can be opened from where the user stands."""
    if folder is None or not found.place.file:
        return found
    path = folder / found.place.file
    if not path.exists():
        return found
    shown = os.path.relpath(path)
    place = found.place.model_copy(update={"file": str(path) if shown.startswith("..") else shown})
    return found.model_copy(update={"place": place})


class Inputs(NamedTuple):
    """One assessment and what it was made from."""

    assessment: Assessment
    ruleset: Ruleset
    profile: Profile
    submission: Submission
    folder: Path


def with_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument and the options that name a submission and how to judge it."""
    decorators: tuple[Callable[..., Any], ...] = (
        click.argument("submission", type=click.Path(path_type=Path)),
        click.option(
            "--ruleset",
            metavar="ID[@版本]|DIR",
            help="用哪个规则集，如 lbg-2021、lbg-2021@0.1.0、lbg@2020-12-31；不写就用填报里写的",
        ),
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
    """Load a ruleset by name, with or without a version, or by its folder; or refuse."""
    opened = open_named(name, ruleset_folders(folder))
    if opened.ruleset is None:
        raise refusal_of(opened.problems, opened.home)
    return opened.ruleset


def refusal_of(problems: Iterable[Problem], folder: Path | None) -> Refusal:
    """The refusal that problems call for: what was frozen and is not as it was ends with exit code 3."""
    problems = list(problems)
    altered = any(p.code in ALTERED for p in problems)
    return AlteredRelease(problems, folder) if altered else Refusal(problems, folder)


def judge_submission(
    submission: Path, ruleset: str | None, folder: Path | None, profile: str | None, as_of: str | None
) -> Inputs:
    """Load everything and assess it, or refuse with every problem found."""
    day = read_day(as_of)
    loaded, problems = load_submission(submission)
    home = submission if submission.is_dir() else submission.parent
    if loaded is None or refused(problems):
        raise Refusal(problems, home)
    rules = open_ruleset(ruleset or loaded.head.ruleset or DEFAULT_RULESET, folder)
    points = pick_profile(rules, profile or loaded.head.profile or rules.header.default_profile)
    assessment, found = assess(rules, points, loaded, day)
    if assessment is None:
        raise Refusal((p for p in found if p.severity is Severity.REFUSED), home)
    return Inputs(assessment, rules, points, loaded, submission)


def edition_then(judged: Inputs, folder: Path | None) -> Header | None:
    """The edition that was in force at the end of a period in which the one that judged was not, if it is at hand."""
    system = judged.ruleset.header.system
    if system is None or all(p.code != "EDITION_OUTSIDE" for p in judged.assessment.problems):
        return None
    edition, _ = edition_on(system, judged.submission.head.period.to.last, ruleset_folders(folder))
    return edition.header if edition is not None else None


def pick_profile(rules: Ruleset, name: str) -> Profile:
    """One of a ruleset's profiles, or refuse."""
    if name in rules.profiles:
        return rules.profiles[name]
    remedy = nearest(name, rules.profiles) or f"现有：{'、'.join(rules.profiles)}"
    raise Refusal([problem("PROFILE_UNKNOWN", Place(file=rules.header.id), f"没有评分口径「{name}」", remedy)])


def read_day(text: str | None) -> date | None:
    """Read the day of ``--as-of``, or refuse."""
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
    write_bytes(content, output)


def write_bytes(content: bytes, output: Path) -> None:
    """Write a file whole or not at all, and say so."""
    unfinished = output.with_name(f".{output.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(output)
    click.echo(f"已写 {output}", err=True)


def now_in_utc() -> str:
    """When this runs, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


rulesets_option = click.option(
    "--rulesets", "folder", metavar="DIR", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹"
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "md", "csv"]),
    default="table",
    show_default=True,
    help="输出格式",
)
output_option = click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="写到文件，不写就打印")
