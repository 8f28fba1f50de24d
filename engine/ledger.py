"""The evidence ledger (佐证台账): the bytes of ``ledger.jsonl`` → evidence items with what was said of them later.

A ledger is plain (one item a line) or chained (items, withdrawals and reviews that hold each other fast), never both. A
withdrawn item stays, and says so; a review counts when its maker is not the item's filler.
"""

import itertools
import json
import re
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from engine.hash_chain import Chain
from engine.hash_chain import Link
from engine.hash_chain import is_torn_beginning
from engine.hash_chain import looks_chained
from engine.hash_chain import next_line
from engine.hash_chain import read_chain
from engine.hash_chain import read_link
from engine.models.ledger import LedgerEntry
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.submission import EvidenceItem
from engine.models.submission import Review
from engine.models.submission import Withdrawal
from engine.shaping import Model
from engine.shaping import nearest
from engine.shaping import shape
from engine.sources import decode
from engine.sources import parse_ledger
from engine.sources import place_json


class Ledger(NamedTuple):
    """A ledger as it was read; a plain one has no entries and no chain."""

    items: tuple[EvidenceItem, ...] = ()
    entries: tuple[LedgerEntry, ...] = ()
    chain: Chain = Chain()
    is_plain: bool = False


def read_ledger(content: bytes, name: str) -> tuple[Ledger, list[Problem]]:
    """Read a ledger. Refused where the chain does not hold, naming the first bad line; then nothing is handed out."""
    lines = content.split(b"\n")
    first = next((line for line in lines if line.strip()), b"")
    if is_torn_beginning(content):
        return Ledger(), read_chain(content, name)[1]
    if mixed := _first_of_the_other_kind(lines, first):
        return Ledger(), [_mixed(name, mixed, chained=looks_chained(first))]
    if first and not looks_chained(first):
        entered, problems = _read_plain(content, name)
        return Ledger(items=tuple(map(settled, entered)), is_plain=True), problems
    chain, problems = read_chain(content, name)
    if problems:
        return Ledger(chain=chain), problems
    entries, problems = read_entries(LedgerEntry, chain.links, name)
    if refused(problems):
        return Ledger(chain=chain), problems
    items, found = replay_entries(entries)
    return Ledger(items, tuple(entries), chain), [*problems, *found, *_turned_back(entries)]


def _read_plain(content: bytes, name: str) -> tuple[list[EvidenceItem], list[Problem]]:
    """Read every line of a plain ledger as one item, as strictly as YAML."""
    text, problems = decode(content, name)
    blocks, found = parse_ledger(text, name) if text is not None else ([], [])
    problems += found
    items: list[EvidenceItem] = []
    for block in blocks:
        item, found = shape(EvidenceItem, block, name)
        problems += found
        if item is not None:
            items.append(item)
    return items, problems


def read_entries(model: type[Model], links: Iterable[Link], name: str) -> tuple[list[Model], list[Problem]]:
    """Read what links say, each as one record."""
    records: list[Model] = []
    problems: list[Problem] = []
    for link in links:
        data, hidden = place_json(link.content, Place(file=name, line=link.seq, column=1))
        record, found = shape(model, data, name, hidden)
        problems += found
        if record is not None:
            records.append(record)
    return records, problems


def read_back(model: type[Model], line: bytes, before: Link | None, name: str) -> tuple[Model | None, list[Problem]]:
    """Read a line that was made to follow another; what cannot be read again is never written."""
    link, complaint = read_link(line, before)
    assert link is not None, complaint
    records, problems = read_entries(model, [link], name)
    return (records[0] if not problems else None), problems


def replay_entries(entries: Iterable[LedgerEntry]) -> tuple[tuple[EvidenceItem, ...], list[Problem]]:
    """Bring items and what was said of them later together, in the order of the lines."""
    items: dict[str, EvidenceItem] = {}
    problems: list[Problem] = []
    for entry in entries:
        if entry.item is not None and entry.item.id not in items:
            items[entry.item.id] = _entered(entry.item, entry)
        elif entry.item is not None:
            found = f"材料编号「{entry.item.id}」在前面已登过"
            problems.append(problem("ID_DUPLICATE", entry.item.place, found, "每件材料用自己的编号"))
        elif (named := entry.withdraw or entry.review) is not None and named.id in items:
            items[named.id] = _told(items[named.id], entry)
        elif named is not None:
            problems.append(unknown_item(named.id, items, named.place))
    return tuple(map(settled, items.values())), problems


def unknown_item(name: str, known: Iterable[str], place: Place) -> Problem:
    """An item that the ledger does not hold."""
    remedy = nearest(name, known) or "看有哪些：fazhi evidence list 文件夹"
    return problem("NAME_UNKNOWN", place, f"台账里没有材料「{name}」", remedy)


def _entered(item: EvidenceItem, entry: LedgerEntry) -> EvidenceItem:
    return item if item.filled_by else item.model_copy(update={"entered_by": entry.by})


def _told(item: EvidenceItem, entry: LedgerEntry) -> EvidenceItem:
    if entry.withdraw is not None:
        taken = Withdrawal(by=entry.by, at=entry.at, reason=entry.withdraw.reason, place=entry.place)
        return item if item.withdrawn else item.model_copy(update={"withdrawn": taken})
    assert entry.review is not None
    said = entry.review
    review = Review(by=said.by, on=said.on, result=said.result, remark=said.remark, entered_by=entry.by, place=entry.place)
    return item.model_copy(update={"reviews": (*item.reviews, review)})


def settled(item: EvidenceItem) -> EvidenceItem:
    """Let the last review that counts say who checked an item, and when; without reviews what was entered stands."""
    review = item.standing_review
    if review is None:
        return item
    accepted = review.result == "accepted"
    by, on = (review.by, review.on) if accepted else (None, None)
    return item.model_copy(update={"reviewed_by": by, "reviewed_on": on})


def _first_of_the_other_kind(lines: list[bytes], first: bytes) -> int:
    """The number of the first line that is plain among links, or a link among plain lines; 0 where there is none."""
    chained = looks_chained(first)
    for number, line in enumerate(lines, start=1):
        if line.strip() and (_is_plain_item(line) if chained else looks_chained(line)):
            return number
    return 0


def _is_plain_item(line: bytes) -> bool:
    if looks_chained(line):
        return False
    try:
        data = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "id" in data


def _mixed(name: str, line: int, *, chained: bool) -> Problem:
    place = Place(file=name, line=line, column=1)
    if chained:
        found = "这一行是直接写进来的明文，前面是链式行"
        remedy = "运行 fazhi evidence chain 文件夹 --by 姓名：明文行接到链上，原文件另存 ledger.plain.jsonl"
        return problem("LEDGER_MIXED", place, found, remedy)
    remedy = "请把链式行移回它自己的台账；剩下的明文再运行 fazhi evidence chain 文件夹 --by 姓名"
    return problem("LEDGER_MIXED", place, "这一行是链式行，前面是明文", remedy)


def _turned_back(entries: list[LedgerEntry]) -> list[Problem]:
    """Say where the clock went back: a line may have been dated to look earlier."""
    return [
        problem("LEDGER_TIME", later.place, f"登记时刻{later.at}早于上一行的{earlier.at}", "请核对这台机器的时钟；行不用改")
        for earlier, later in itertools.pairwise(entries)
        if later.at < earlier.at
    ]


# --- what is written --------------------------------------------------------------------------------------------------


def entry_line(before: Link | None, at: str, by: str, said: Mapping[str, Any], name: str) -> tuple[bytes, list[Problem]]:
    """Make the next line of a ledger and read it back: what cannot be read again is never written."""
    try:
        line = next_line(before, {"at": at, "by": by, **said})
    except ValueError:
        found = "含有不能编码的字符"
        return b"", [problem("FILE_ENCODING", Place(file=name), found, "请删去这个字符，多半是从别处粘贴带来的")]
    _, problems = read_back(LedgerEntry, line, before, name)
    return line, problems


def next_id(taken: Iterable[str]) -> str:
    """The number that follows the highest one given so far.

    >>> next_id(["E-001", "E-017", "E-IR01-list"])
    'E-018'
    """
    numbers = [int(found[1]) for name in taken if (found := re.fullmatch(r"E-(\d{1,9})", name))]
    return f"E-{max(numbers, default=0) + 1:03d}"


def written(item: EvidenceItem) -> dict[str, Any]:
    """An item as it is written on a line: what was entered, and nothing that was not."""
    kept: dict[str, Any] = item.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    return kept


def chained_from(content: bytes, at: str, by: str, name: str) -> tuple[bytes, list[Problem]]:
    """Turn a plain ledger into a chained one; behind links that hold, plain lines are taken on as new links."""
    lines = content.split(b"\n")
    kept: list[bytes] = []
    last: Link | None = None
    for line in itertools.takewhile(looks_chained, lines):
        last, _ = read_link(line, last)
        if last is None:
            return b"", read_chain(content, name)[1]
        kept.append(line)
    rest = lines[len(kept) :]
    stray = next((number for number, line in enumerate(rest, start=len(kept) + 1) if looks_chained(line)), 0)
    if stray:
        return b"", [_mixed(name, stray, chained=False)]
    # Blank lines in place of the links keep the numbers of the lines behind them.
    items, problems = _read_plain(b"\n" * len(kept) + b"\n".join(rest), name)
    for item in items if not refused(problems) else ():
        line, found = entry_line(last, at, by, {"item": written(item)}, name)
        problems += found
        if refused(found):
            break
        last, _ = read_link(line, last)
        kept.append(line)
    if refused(problems):
        return b"", problems
    whole = b"".join(line + b"\n" for line in kept)
    return whole, read_ledger(whole, name)[1]
