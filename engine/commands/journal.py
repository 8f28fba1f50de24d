"""``fazhi journal``: the run journal, and the one function by which other commands write to it."""

from pathlib import Path

import click

from engine.commands import OPTIONS
from engine.commands.appending import append_line
from engine.commands.appending import mend
from engine.commands.appending import now
from engine.commands.inputs import Difference
from engine.commands.inputs import Refusal
from engine.commands.inputs import format_option
from engine.commands.inputs import output_option
from engine.commands.inputs import write
from engine.commands.integrity import TAIL_UNSEEN
from engine.commands.integrity import against_head
from engine.commands.integrity import head_text
from engine.commands.integrity import read_head
from engine.commands.integrity import read_whole
from engine.journal import Journal
from engine.journal import journal_line
from engine.journal import read_journal
from engine.models.problem import Problem
from engine.models.problem import refused
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.evidence_list import JOURNAL_COLUMNS
from engine.rendering.evidence_list import journal_row
from engine.rendering.evidence_list import render_journal
from engine.rendering.layout import markdown_table

JOURNAL = "journal.jsonl"


def append_to_journal(folder: Path, by: str, did: str, about: str, digest: str) -> list[Problem]:
    """Note one run in the journal beside a submission; done once it lies on the disk.

    ``did`` is the command, ``about`` what it was about (an item, a record's file name), ``digest`` the sha256 that stands
    for the result. Refused, with nothing written, where the journal's chain does not hold.
    """

    def compose(content: bytes) -> tuple[bytes, list[Problem]]:
        journal, problems = read_journal(content, JOURNAL)
        if refused(problems):
            return b"", problems
        return journal_line(journal.chain.last, now(), by, did, about, digest, JOURNAL)

    return append_line(folder / JOURNAL, compose)[1]


def refuse_broken_journal(folder: Path) -> None:
    """Leave before anything is written elsewhere that could then not be noted."""
    if (folder / JOURNAL).is_file():
        _, problems = read_journal((folder / JOURNAL).read_bytes(), JOURNAL)
        if refused(problems):
            raise Refusal(problems, folder)


@click.group(
    options_metavar=OPTIONS, subcommand_metavar="命令 [参数]", help="运行日志：谁在什么时候做了什么。DIR 是填报文件夹。"
)
def command() -> None:
    """Hold the commands on the journal together."""


@command.command("list", options_metavar=OPTIONS, help="看运行日志；链断了就拒绝。")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@format_option
@output_option
def list_runs(folder: Path, form: str, output: Path | None) -> None:
    """List every run that was noted."""
    journal, problems = _read(folder)
    if refused(problems):
        raise Difference(problems, folder)
    rows = [journal_row(entry) for entry in journal.entries]
    if form == "json":
        text = render_json(journal.entries)
    elif form == "csv":
        text = render_csv(JOURNAL_COLUMNS, rows)
    else:
        table = "\n".join(markdown_table(JOURNAL_COLUMNS, rows)) + "\n"
        text = table if form == "md" else render_journal(journal.entries)
    write(text, output, spreadsheet=form == "csv")


@command.command(options_metavar=OPTIONS, help="核对运行日志的链；不符以退出码3结束，指出第一处。")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--head", metavar="HASH|FILE", help="别处记下的末尾")
@click.option("--mend", "mending", is_flag=True, help="最后一行没有写完时切下来另存 .torn；别的一律不动")
def verify(folder: Path, head: str | None, mending: bool) -> None:
    """Check the journal's chain, and its end where that was noted down."""
    noted = read_head(head) if head else None
    if mending:
        read_whole(folder / JOURNAL)
        told, _, problems = mend(folder / JOURNAL)
        if problems:
            raise Difference(problems, folder)
        write(f"{told}\n", None)
    journal, problems = _read(folder)
    if refused(problems):
        raise Difference(problems, folder)
    lines = [f"{JOURNAL} 共{len(journal.entries)}行，链完整", f"末尾  {head_text(journal.chain)}"]
    if noted:
        told, problems = against_head(journal.chain, noted, JOURNAL)
        if problems:
            raise Difference(problems, folder)
        lines.append(told)
    lines.append(TAIL_UNSEEN)
    write("\n".join(lines) + "\n", None)


def _read(folder: Path) -> tuple[Journal, list[Problem]]:
    return read_journal(read_whole(folder / JOURNAL), JOURNAL)
