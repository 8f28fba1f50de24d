"""Entering evidence: from what was typed to a line of the ledger and one of the journal, both on the disk."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine.acceptance import admit_evidence
from engine.commands.appending import append_line
from engine.commands.appending import now
from engine.commands.cache import load_kept_submission
from engine.commands.inputs import DEFAULT_RULESET
from engine.commands.inputs import Refusal
from engine.commands.inputs import from_here
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import pick_profile
from engine.commands.inputs import refuse_usage
from engine.commands.integrity import read_whole
from engine.commands.journal import append_to_journal
from engine.commands.journal import refuse_broken_journal
from engine.ledger import Ledger
from engine.ledger import entry_line
from engine.ledger import next_id
from engine.ledger import read_ledger
from engine.ledger import unknown_item
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import FoundFile
from engine.models.submission import Submission
from engine.named_files import LEDGER
from engine.named_files import find_inside
from engine.shaping import shape
from engine.sources import sha256_of

HERE = Place.model_construct(file="命令行")


def load_with_rules(folder: Path, ruleset: str | None, rulesets: Path | None) -> tuple[Submission, Ruleset]:
    """Load the submission that an item is to belong to, and its rules, or refuse."""
    submission, problems = load_kept_submission(folder)
    if submission is None or refused(problems):
        raise Refusal(problems, folder)
    return submission, open_ruleset(ruleset or submission.head.ruleset or DEFAULT_RULESET, rulesets)


def item_from(given: dict[str, Any], by: str, folder: Path) -> tuple[EvidenceItem, dict[str, FoundFile]]:
    """Make an item of the options, or refuse with everything that does not fit."""
    data = {key: value for key, value in given.items() if value is not None and key not in ("covers", "proves")}
    data |= {"id": given["id"] or next_id([]), "filled_by": given["filled_by"] or by}
    if given["covers"]:
        data["covers"] = dict(zip(("from", "to"), given["covers"], strict=True))
    if given["proves"]:
        data["proves"] = [_proof(text) for text in given["proves"]]
    files: dict[str, FoundFile] = {}
    if given["file"]:
        data["file"], found = _hashed(given["file"], folder)
        data["sha256"] = found.sha256
        files[data["file"]] = found
    item, problems = shape(EvidenceItem, data, HERE.file)
    if item is None:
        raise Refusal(problems)
    proves = tuple(proof.model_copy(update={"place": HERE}) for proof in item.proves)
    return item.model_copy(update={"place": HERE, **({"proves": proves} if proves else {})}), files


def _proof(text: str) -> dict[str, str]:
    parts = text.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        refuse_usage(f"--proves 要写 指标/佐证要求，如 I-R36/catalogue，有成员单位的再加 /单位；写的是「{text}」")
    return dict(zip(("indicator", "slot", "unit"), parts, strict=False))


def _hashed(name: str, folder: Path) -> tuple[str, FoundFile]:
    """Find a file inside the folder, named from there or from where the user stands, and take its digest."""
    here = Path(name)
    inside = here.is_file() and here.resolve().is_relative_to(folder.resolve())
    name = here.resolve().relative_to(folder.resolve()).as_posix() if inside else name
    path, problems = find_inside(folder, name, HERE)
    if path is None:
        raise Refusal(problems)
    content = read_whole(path)
    return name, FoundFile(sha256=sha256_of(content), size=len(content))


Saying = Callable[[Ledger], tuple[dict[str, Any], list[Problem]]]


def enter(folder: Path, by: str, did: str, say: Saying, about: Callable[[], str]) -> str:
    """Add one line to the ledger and one to the journal; both lie on the disk when this returns."""
    refuse_broken_journal(folder)

    def compose(content: bytes) -> tuple[bytes, list[Problem]]:
        ledger, problems = read_ledger(content, LEDGER)
        if ledger.is_plain:
            problems = [is_plain()]
        if refused(problems):
            return b"", problems
        said, problems = say(ledger)
        return (b"", problems) if problems else entry_line(ledger.chain.last, now(), by, said, HERE.file)

    if not folder.is_dir():
        raise Refusal([problem("FILE_MISSING", Place(file=str(folder)), "没有这个文件夹", "请核对填报文件夹的名字")])
    line, problems = append_line(folder / LEDGER, compose)
    if not line:
        raise Refusal(problems, folder)
    entry = json.loads(line)
    note(folder, by, did, about(), entry["hash"])
    return f"末尾  {entry['seq']} {entry['hash']}\n"


def note(folder: Path, by: str, did: str, about: str, digest: str) -> None:
    """Note a run in the journal. What was done is done: a journal that fails now is said, and undoes nothing."""
    problems = append_to_journal(folder, by, did, about, digest)
    for found in problems:
        click.echo(f"{from_here(found, folder)}\n台账已经写好；运行日志没有记上这一次，请修好日志。", err=True)


def find_standing(name: str, ledger: Ledger) -> tuple[EvidenceItem | None, list[Problem]]:
    """Find an item that can still be withdrawn or reviewed."""
    item = next((item for item in ledger.items if item.id == name), None)
    if item is None:
        return None, [unknown_item(name, (known.id for known in ledger.items), HERE)]
    if item.withdrawn is not None:
        found = f"{name}已由{item.withdrawn.by}于{item.withdrawn.at}撤回"
        return None, [problem("WITHDRAWN", HERE, found, "撤回的不再复核，也不用再撤；要证明这一项请另登一件")]
    return item, []


def foreseen(item: EvidenceItem, rules: Ruleset, submission: Submission, files: dict[str, FoundFile]) -> str:
    """What assess will make of an item as it stands; figures that contradict each other show only there."""
    profile = pick_profile(rules, submission.head.profile or rules.header.default_profile)
    together = submission.model_copy(
        update={"evidence": (*submission.evidence, item), "files": {**submission.files, **files}}
    )
    admitted, problems = admit_evidence(rules, profile, together, frozenset())
    mine = next(one for one in admitted if one.item.id == item.id)
    accepted = sum(use.accepted for use in mine.uses)
    word = f"{len(mine.uses)}处用途，形式合格{accepted}处" if mine.uses else "没有写证明什么（--proves），哪一项都不算"
    told = [f"  {p.code} {p.found}\n      {p.remedy}" for p in problems if p.subject == item.id]
    return "\n".join([f"现在看  {word}", *told]) + "\n"


def is_plain() -> Problem:
    """A ledger that has no chain to add to or to check."""
    remedy = "先改成链式：fazhi evidence chain 文件夹 --by 姓名；原文件另存，一件不少"
    return problem("LEDGER_PLAIN", Place(file=LEDGER), "台账是明文的，没有链，改动看不出来", remedy)
