"""The front door for facts: a file or a folder → a frozen submission and the problems found (填报).

Reads ``submission.yaml``, the ledger and record tables beside it, and hashes the files that evidence names. Knows
nothing of rules; everything comes out in an order that does not depend on the order of the input.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from engine.ledger import read_ledger
from engine.ledger import settled
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.record import Placed
from engine.models.submission import EarlierFinding
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import FoundFile
from engine.models.submission import InputFile
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.named_files import LEDGER
from engine.named_files import SUBMISSION
from engine.named_files import find_inside
from engine.named_files import hash_files
from engine.shaping import Model
from engine.shaping import nearest
from engine.shaping import shape
from engine.sources import canonical_bytes
from engine.sources import decode
from engine.sources import digest_of
from engine.sources import load_yaml
from engine.sources import parse_csv
from engine.sources import read_bytes
from engine.sources import sha256_of

# How Excel and WPS workbooks begin, whatever they are called: packed (xlsx, et) and old (xls).
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def load_submission(path: Path, within: str = "") -> tuple[Submission | None, list[Problem]]:
    """Read a submission: a YAML file, or a folder that holds ``submission.yaml``.

    ``within`` is the folder's own path inside a larger one, as ``units/公安局/``: every place is told from there.
    """
    file = path / SUBMISSION if path.is_dir() else path
    if not file.is_file():
        return None, [_no_submission(path, file)]
    name = within + file.name
    data, digest, problems = load_yaml(file, name)
    if data is None:
        return None, problems
    head, problems = shape(SubmissionFile, data, name, problems)
    inputs = [InputFile(file=name, sha256=digest)]
    entries, ledger_problems = _load_ledger(file.parent, inputs, within)
    problems += ledger_problems
    if head is None or refused(problems):
        return None, problems
    tables, table_problems = _load_tables(head.facts, file.parent, inputs, within)
    evidence = (*map(settled, head.evidence), *entries)
    files, file_problems = hash_files(evidence, file.parent)
    problems += [*table_problems, *file_problems, *_repeated_ids("材料", evidence)]
    problems += _repeated_ids("往次问题", head.earlier_findings)
    if refused(problems):
        return None, problems
    return in_canonical_order(head, evidence, tables, files, tuple(inputs)), problems


def _no_submission(path: Path, file: Path) -> Problem:
    """A submission that is not there, with what was probably meant."""
    if path.is_dir():
        others = [other.name for other in sorted(path.glob("*.y*ml"))]
        remedy = f"文件夹里有「{others[0]}」，请改名为 submission.yaml" if others else "填报写在文件夹里的 submission.yaml"
        return problem("FILE_MISSING", Place(file=file.name), "文件夹里没有这个文件", remedy)
    beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    remedy = nearest(path.name, beside) or "请核对文件名和所在文件夹"
    return problem("FILE_MISSING", Place(file=file.name), "没有这个文件", remedy)


def in_canonical_order(
    head: SubmissionFile,
    evidence: tuple[EvidenceItem, ...],
    tables: dict[str, Table],
    files: dict[str, FoundFile],
    inputs: tuple[InputFile, ...],
) -> Submission:
    """Bring everything into an order of its content and take the digest of that."""
    unit = head.unit.model_copy(update={"members": tuple(sorted(head.unit.members, key=lambda m: m.name))})
    ordered = head.model_copy(
        update={
            "unit": unit,
            "facts": _by_content(head.facts),
            "incidents": _by_content(head.incidents),
            "earlier_findings": _by_content(head.earlier_findings),
            "declarations": _by_content(head.declarations),
            "ratings": _by_content(head.ratings),
            "overrides": _by_content(head.overrides),
            "evidence": (),
        }
    )
    submission = Submission(head=ordered, evidence=_by_content(evidence), tables=tables, files=files, inputs=tuple(inputs))
    return submission.model_copy(update={"digest": digest_of_submission(submission)})


def digest_of_submission(submission: Submission) -> str:
    """The digest over what was submitted, whatever files it came in."""
    return digest_of(submission.model_copy(update={"inputs": (), "digest": ""}))


def _by_content(records: tuple[Model, ...]) -> tuple[Model, ...]:
    return tuple(sorted(records, key=lambda r: (canonical_bytes(r), _line(r))))


def _line(record: object) -> tuple[str, int, int]:
    place = record.place if isinstance(record, Placed) else Place(file="")
    return place.file, place.line, place.column


def _load_ledger(folder: Path, inputs: list[InputFile], within: str) -> tuple[list[EvidenceItem], list[Problem]]:
    name = within + LEDGER
    if not (folder / LEDGER).is_file():
        return [], []
    content, problems = read_bytes(folder / LEDGER, name)
    if content is None:
        return [], problems
    inputs.append(InputFile(file=name, sha256=sha256_of(content)))
    ledger, problems = read_ledger(content, name)
    return list(ledger.items), problems


def _load_tables(
    facts: tuple[Fact, ...], folder: Path, inputs: list[InputFile], within: str
) -> tuple[dict[str, Table], list[Problem]]:
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for fact in facts:
        if fact.table is None or fact.table in tables:
            continue
        named_at = fact.place_of("table")
        path, found = find_inside(folder, fact.table, named_at)
        problems += found
        if path is None:
            continue
        if not path.is_file():
            problems.append(_no_table(fact.table, folder, named_at))
            continue
        name = within + fact.table
        content, found = read_bytes(path, name)
        problems += found
        if content is None:
            continue
        inputs.append(InputFile(file=name, sha256=sha256_of(content)))
        if content.startswith(WORKBOOKS):
            remedy = "请在表格软件里另存为 CSV（UTF-8），这里写那个 .csv 文件名"
            problems.append(problem("FILE_ENCODING", named_at, f"「{fact.table}」是 Excel 文件，不是 CSV", remedy))
            continue
        # Tables come out of WPS and Excel, where GB 18030 is still the usual encoding of CSV.
        text, found = decode(content, name, ("utf-8-sig", "gb18030"))
        problems += found
        table, found = parse_csv(text, name) if text is not None else (None, [])
        problems += found
        if table is not None:
            tables[fact.table] = table
    return tables, problems


def _no_table(name: str, folder: Path, named_at: Place) -> Problem:
    """A table that is not there, with the file that was probably meant."""
    tables = {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    elsewhere = [table for table in sorted(tables) if Path(table).name == Path(name).name]
    remedy = f"是否想写「{elsewhere[0]}」？" if elsewhere else nearest(name, tables)
    remedy = remedy or "请核对文件名，把 CSV 文件放进填报文件夹"
    return problem("FILE_MISSING", named_at, f"没有登记表文件「{name}」", remedy)


def _repeated_ids(what: str, entries: Iterable[EvidenceItem | EarlierFinding]) -> list[Problem]:
    entries = tuple(entries)
    counts = Counter(entry.id for entry in entries)
    return [
        problem("ID_DUPLICATE", entry.place_of("id"), f"{what}编号「{entry.id}」重复", f"每件{what}用自己的编号")
        for entry in entries
        if counts[entry.id] > 1
    ]
