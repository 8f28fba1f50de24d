"""Workbooks that come back into a campaign (全县填报收工作簿): each into its own unit's folder, nothing overwritten."""

from itertools import count
from pathlib import Path
from typing import NamedTuple

import click

from engine.campaigns import load_campaign
from engine.campaigns import settings_of
from engine.commands.cache import load_kept_submission
from engine.commands.cache import read_kept_campaign_file
from engine.commands.inputs import Refusal
from engine.commands.inputs import file_name
from engine.commands.inputs import refuse_usage
from engine.hash_chain import looks_chained
from engine.merging import as_part
from engine.merging import merge
from engine.models.campaign import Campaign
from engine.models.form import Stencil
from engine.models.grid import Book
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import refused
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.named_files import CAMPAIGN
from engine.named_files import LEDGER
from engine.rendering.submission_files import submission_files
from engine.returned_forms import read_returned

# Where what a workbook replaced is kept, beside the parts.
BEFORE = "以前的填报"


class _Returned(NamedTuple):
    """One unit's part as it came back, and its folder inside the campaign's."""

    unit: str
    folder: str
    submission: Submission


def is_campaign(folder: Path) -> bool:
    """Whether a folder holds a campaign."""
    return (folder / CAMPAIGN).is_file()


def take_in(books: list[tuple[Book, Stencil]], rules: Ruleset, root: Path) -> None:
    """Write every workbook into its unit's folder, all of them or none; what it replaces is kept."""
    campaign, problems = load_campaign(root, load_kept_submission, read_kept_campaign_file)
    if campaign is None or refused(problems):
        raise Refusal(problems, root)
    returned, found = _read_all(books, rules, campaign)
    if refused(found):
        raise Refusal([p for p in found if p.severity is Severity.REFUSED])
    for part in returned:
        _refuse_chained(root / part.folder)
    for one in found:
        click.echo(str(one), err=True)
    for part in returned:
        kept = _write(part, root)
        told = f"，原来的{kept}个文件移到 {BEFORE}" if kept else ""
        facts, items = part.submission.head.facts, part.submission.evidence
        click.echo(f"{part.unit}：填报{len(facts)}条，材料{len(items)}件，已写 {part.folder}{told}")
    click.echo(f"接着看  fazhi campaign status {root}")


def _read_all(
    books: list[tuple[Book, Stencil]], rules: Ruleset, campaign: Campaign
) -> tuple[list[_Returned], list[Problem]]:
    settings, returned, problems = settings_of(campaign.head), list[_Returned](), list[Problem]()
    parts = {part.unit: part for part in campaign.parts}
    merged, _ = merge(campaign, rules)
    for book, stencil in books:
        entry = settings.get(stencil.member)
        if entry is None or stencil.head.unit.name != campaign.head.unit.name:
            refuse_usage(f"{book.file}：「{stencil.member or stencil.head.unit.name}」不在这次全县填报的名单上")
        name = stencil.member or campaign.head.unit.name
        if any(one.unit == name for one in returned):
            refuse_usage(f"{book.file}：{name}交了两份工作簿，只留一份")
        others = [item for item in merged.submission.evidence if merged.owners[item.id] != stencil.member]
        submission, found = read_returned([(book, stencil)], rules, others)
        problems += found
        if submission is not None:
            folder, before = f"{campaign.head.parts}/{entry.folder}/", parts[stencil.member].submission
            own = as_part(submission, str(entry.code), folder, before)
            returned.append(_Returned(name, folder, own))
    return returned, problems


def _refuse_chained(folder: Path) -> None:
    """A chained ledger is only ever added to: a workbook would break its chain."""
    path = folder / LEDGER
    if path.is_file() and looks_chained(path.read_bytes().partition(b"\n")[0]):
        refuse_usage(f"{path} 是链式台账，只加不改，不能用工作簿替换；材料用 fazhi evidence add 登记")


def _write(part: _Returned, root: Path) -> int:
    """Put the files of a part in place and say how many were moved away for them."""
    folder, files = root / part.folder, submission_files(part.submission)
    stale = [name for name in dict.fromkeys([*files, LEDGER]) if (folder / name).is_file()]
    name = file_name(part.unit)
    shelf = root / BEFORE / f"{name}-{_next(root / BEFORE, name)}"
    for name in stale:
        (shelf / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).replace(shelf / name)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return len(stale)


def _next(shelf: Path, name: str) -> int:
    """How many times something of a unit was replaced before, and one."""
    return next(number for number in count(1) if not (shelf / f"{name}-{number}").exists())
