"""What several commands share: finding rulesets, loading inputs, refusing with places, writing results."""

import os
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import UTC
from datetime import date
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
from typing import NoReturn

import click
from pydantic_core import PydanticCustomError

from engine.assessment import Workings
from engine.assessment import work_out
from engine.commands import DIFFERS
from engine.commands import REFUSED
from engine.commands import tell
from engine.commands.cache import load_kept
from engine.commands.cache import load_kept_header
from engine.commands.cache import load_kept_submission
from engine.models.exact import read_date
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.ruleset import HeaderBase
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.named_files import CAMPAIGN
from engine.shaping import nearest
from engine.versions import edition_on
from engine.versions import open_named

if TYPE_CHECKING:  # campaigns are loaded where one is given
    from engine.models.campaign import CampaignFile
    from engine.models.campaign import Stage

SHIPPED = Path(__file__).resolve().parent.parent.parent / "rulesets"
DEFAULT_RULESET = "lbg-2021"
# What makes frozen rules worthless, rather than merely unusable.
ALTERED = {"RELEASE_ALTERED", "RELEASE_MISSING", "RELEASE_UNLOCKED", "RELEASE_LOCK_UNREADABLE", "REVISION_TAKEN"}


class Refusal(click.ClickException):
    """Refused input: every problem at once, with exit code 2."""

    exit_code = REFUSED
    ending = "以上{}处改好再来；没有评判，也没有改动任何文件。"

    def __init__(self, problems: Iterable[Problem], folder: Path | None = None) -> None:
        self.problems = list(problems)
        self.folder = folder
        super().__init__(f"{len(self.problems)}处不能用")

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        """Write the problems to standard error."""
        for found in self.problems:
            click.echo(str(from_here(found, self.folder)), err=True)
        click.echo(self.ending.format(len(self.problems)), err=True)


class Difference(Refusal):
    """Integrity differs: what was to be checked is not what it is said to be, with exit code 3."""

    exit_code = DIFFERS
    ending = "核对不符，以上{}处；查清以前不能采信。"


class AlteredRelease(Refusal):
    """Something frozen was altered, is gone, or was never locked: exit code 3."""

    exit_code = DIFFERS


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


_UNFIT = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


class Inputs(NamedTuple):
    """One assessment and what it was made from.

    ``owners`` and ``stages`` are a campaign's: whose each item of evidence is, and by when what is due.
    """

    assessment: Assessment
    ruleset: Ruleset
    profile: Profile
    submission: Submission
    folder: Path
    workings: Workings
    owners: Mapping[str, str] = {}
    stages: "tuple[Stage, ...]" = ()


def with_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument and the options that name a submission and how to judge it."""
    decorators: tuple[Callable[..., Any], ...] = (
        click.argument("submission", metavar="填报", type=click.Path(path_type=Path)),
        click.option(
            "--ruleset",
            metavar="编号[@版本]|文件夹",
            help="用哪个规则集，如 lbg-2021、lbg-2021@0.1.0、lbg@2020-12-31；不写就用填报里写的",
        ),
        click.option(
            "--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹"
        ),
        click.option("--profile", metavar="编号", help="用哪个评分口径；不写就用填报里写的或规则集默认的"),
        click.option("--as-of", "as_of", metavar="日期", help="评判日，如 2021-03-31；不写就用填报里写的"),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def ruleset_folders(extra: Path | None) -> list[Path]:
    """Where rulesets are looked for: the shipped ones, then the user's own."""
    return [SHIPPED, *([extra] if extra else [])]


def open_ruleset(name: str, folder: Path | None, named_at: Place | None = None, home: Path | None = None) -> Ruleset:
    """Load a ruleset by name, with or without a version, or by its folder; or refuse.

    ``named_at`` is where a submission in ``home`` names it.
    """
    opened = open_named(name, ruleset_folders(folder), load_kept, load_kept_header)
    if opened.ruleset is None:
        raise refusal_of((_named_at(p, named_at) for p in opened.problems), opened.home or home)
    return opened.ruleset


def _named_at(found: Problem, place: Place | None) -> Problem:
    """A name that led to nothing is blamed where it stands; a mistake in the rules, where that stands."""
    return found.model_copy(update={"place": place}) if place is not None and not found.place.line else found


def refusal_of(problems: Iterable[Problem], folder: Path | None) -> Refusal:
    """The refusal that problems call for: what was frozen and is not as it was ends with exit code 3."""
    problems = list(problems)
    altered = any(p.code in ALTERED for p in problems)
    return AlteredRelease(problems, folder) if altered else Refusal(problems, folder)


class Opened(NamedTuple):
    """Everything that an assessment is made from; ``as_of`` only where another day than the submission's is asked."""

    ruleset: Ruleset
    profile: Profile
    submission: Submission
    as_of: date | None
    home: Path
    owners: Mapping[str, str] = {}
    stages: "tuple[Stage, ...]" = ()


def judge_submission(
    submission: Path, ruleset: str | None, folder: Path | None, profile: str | None, as_of: str | None
) -> Inputs:
    """Load everything and assess it, or refuse with every problem found."""
    opened = open_submission(submission, ruleset, folder, profile, as_of)
    workings, found = work_out(opened.ruleset, opened.profile, opened.submission, opened.as_of)
    if workings is None:
        raise Refusal((p for p in found if p.severity is Severity.REFUSED), opened.home)
    return inputs_of(opened, workings, submission)


def inputs_of(opened: Opened, workings: Workings, folder: Path) -> Inputs:
    """What was worked out, beside what it was worked out from."""
    rules, points, submission = opened.ruleset, opened.profile, opened.submission
    return Inputs(workings.assessment, rules, points, submission, folder, workings, opened.owners, opened.stages)


def open_submission(
    submission: Path, ruleset: str | None, folder: Path | None, profile: str | None, as_of: str | None
) -> Opened:
    """Load a submission with the rules and points that are to judge it, or refuse with every problem found."""
    day = read_day(as_of)
    if (submission / CAMPAIGN).is_file():
        from engine.commands.campaign_inputs import open_as_submission  # noqa: PLC0415

        return open_as_submission(submission, ruleset, folder, profile, day)
    loaded, problems = load_kept_submission(submission)
    home = submission if submission.is_dir() else submission.parent
    if loaded is None or refused(problems):
        raise Refusal(problems, home)
    rules, points = rules_for(loaded.head, ruleset, folder, profile, home)
    return Opened(rules, points, loaded, day, home)


def rules_for(
    head: "SubmissionFile | CampaignFile", ruleset: str | None, rulesets: Path | None, profile: str | None, home: Path
) -> tuple[Ruleset, Profile]:
    """The rules and the points that the options name, else those that are written in what is judged."""
    named_at = None if ruleset else head.place_of("ruleset")
    rules = open_ruleset(ruleset or head.ruleset or DEFAULT_RULESET, rulesets, named_at, home)
    points_at = head.place_of("profile") if head.profile and not profile else None
    return rules, pick_profile(rules, profile or head.profile or rules.header.default_profile, points_at, home)


def edition_then(judged: Inputs, folder: Path | None) -> HeaderBase | None:
    """The edition that was in force at the end of a period in which the one that judged was not, if it is at hand."""
    system = judged.ruleset.header.system
    if system is None or all(p.code != "EDITION_OUTSIDE" for p in judged.assessment.problems):
        return None
    edition, _ = edition_on(system, judged.submission.head.period.to.last, ruleset_folders(folder), load_kept_header)
    return edition.header if edition is not None else None


def pick_profile(rules: Ruleset, name: str, named_at: Place | None = None, home: Path | None = None) -> Profile:
    """One of a ruleset's profiles, or refuse; ``named_at`` is where a submission in ``home`` names it."""
    if name in rules.profiles:
        return rules.profiles[name]
    titles = {key: profile.title for key, profile in rules.profiles.items()}
    remedy = nearest(name, titles) or f"现有：{'、'.join(f'{key}（{title}）' for key, title in titles.items())}"
    place = named_at or Place(file=rules.header.id)
    raise Refusal([problem("PROFILE_UNKNOWN", place, f"没有评分口径「{name}」", remedy)], home)


def read_day(text: str | None) -> date | None:
    """Read the day of ``--as-of``, or refuse."""
    if text is None:
        return None
    try:
        return read_date(text)
    except PydanticCustomError as error:
        refuse_usage(f"--as-of 要写到日，如 2021-03-31；写的是「{text}」：{error.message()}", error)


def refuse_usage(message: str, cause: Exception | None = None) -> NoReturn:
    """Leave with exit code 2 and a sentence."""
    raise click.UsageError(message) from cause


def file_name(name: str) -> str:
    """A name with what no file name may hold on Windows replaced."""
    return name.translate(_UNFIT)


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
    tell(f"已写 {output}")


def now_in_utc() -> str:
    """When this runs, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


rulesets_option = click.option(
    "--rulesets", "folder", metavar="DIR", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹"
)


def formats(*names: str, told: str = "输出格式") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that names the format of the output, the first by default; ``told`` is what its help says."""
    return click.option("--format", "form", type=click.Choice(names), default=names[0], show_default=True, help=told)


format_option = formats("table", "json", "md", "csv")
output_option = click.option("-o", "--output", metavar="文件", type=click.Path(path_type=Path), help="写到文件，不写就打印")
