"""The files that an input names: inside its own folder only, each by its digest."""

from pathlib import Path

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.submission import EvidenceItem
from engine.models.submission import FoundFile
from engine.models.submission import Submission
from engine.sources import sha256_of

SUBMISSION, LEDGER, CAMPAIGN = "submission.yaml", "ledger.jsonl", "campaign.yaml"
# What common file systems take: bytes in a name, characters in a path.
LONGEST_NAME, LONGEST_PATH = 255, 1000


def find_inside(folder: Path, name: str, place: Place) -> tuple[Path | None, list[Problem]]:
    """Find a file that an input names; never one outside the input's own folder."""
    path = folder / name
    if "\0" in name or any(len(part.encode()) > LONGEST_NAME for part in Path(name).parts) or len(name) > LONGEST_PATH:
        return None, [problem("FILE_OUTSIDE", place, f"「{name[:40]}」不能作文件名", "请改短，去掉看不见的字符")]
    if Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()) or "\\" in name:
        remedy = "请把文件放进填报文件夹，写相对路径，用正斜杠"
        return None, [problem("FILE_OUTSIDE", place, f"「{name}」指向填报文件夹以外", remedy)]
    return path, []


def hash_files(evidence: tuple[EvidenceItem, ...], folder: Path) -> tuple[dict[str, FoundFile], list[Problem]]:
    """The digests and sizes of the files that items name, as far as they are there."""
    files: dict[str, FoundFile] = {}
    problems: list[Problem] = []
    for item in evidence:
        if item.file is None or item.file in files:
            continue
        path, found = find_inside(folder, item.file, item.place_of("file"))
        problems += found
        if path is not None and path.is_file():
            content = path.read_bytes()
            files[item.file] = FoundFile(sha256=sha256_of(content), size=len(content))
    return files, problems


def still_holds(submission: Submission, folder: Path, within: str) -> bool:
    """Whether every table and every file that a submission rests on is still what it was when it was read."""
    tables = {fact.table: fact.place_of("table") for fact in submission.head.facts if fact.table is not None}
    if any(find_inside(folder, name, named_at)[1] for name, named_at in tables.items()):
        return False
    for entry in submission.inputs:
        path = folder / entry.file.removeprefix(within)
        if not path.is_file() or sha256_of(path.read_bytes()) != entry.sha256:
            return False
    return hash_files(submission.evidence, folder) == (submission.files, [])
