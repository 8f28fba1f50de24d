"""The evidence ledger and the run journal as lists: what lies there and what became of it. Decides nothing."""

from collections.abc import Sequence

from engine.models.ledger import ItemListed
from engine.models.ledger import JournalEntry
from engine.models.result import Assessment
from engine.models.result import EvidenceShown
from engine.models.submission import EvidenceItem
from engine.rendering.layout import COLUMNS
from engine.rendering.layout import columns_of
from engine.rendering.layout import plain
from engine.rendering.layout import width

ITEM_COLUMNS = ("编号", "状态", "名称", "种类", "用于", "文件或网址", "填报人", "复核人", "复核日", "撤回", "位置")
JOURNAL_COLUMNS = ("行", "时刻（世界时）", "谁", "做了什么", "关于", "摘要")
STATUS = {"accepted": "形式合格", "returned": "退回", "unused": "未用", "withdrawn": "已撤回"}


def list_items(assessment: Assessment, evidence: Sequence[EvidenceItem]) -> tuple[ItemListed, ...]:
    """Put every item together with its verdict, in the order of the numbers."""
    verdicts = {shown.id: shown for shown in assessment.evidence}
    return tuple(_listed(item, verdicts[item.id]) for item in sorted(evidence, key=lambda item: item.id))


def _listed(item: EvidenceItem, verdict: EvidenceShown) -> ItemListed:
    return ItemListed(
        id=item.id,
        title=item.title,
        kind=item.kind,
        status="withdrawn" if item.withdrawn else verdict.status,
        checked=verdict.reviewed,
        codes=verdict.codes,
        warnings=verdict.warnings,
        uses=verdict.uses,
        file=item.file,
        sha256=verdict.sha256,
        url=item.url,
        filled_by=item.filled_by,
        reviewed_by=item.reviewed_by,
        reviewed_on=str(item.reviewed_on) if item.reviewed_on else None,
        withdrawn=item.withdrawn,
        place=item.place,
    )


def status_text(item: ItemListed) -> str:
    """What became of an item, in words, with the codes.

    An item that serves for one requirement and not for another is accepted, with the codes of the other.
    """
    word = "已核" if item.status == "accepted" and item.checked else STATUS[item.status]
    return " ".join([word, *(code for code in item.codes if code != "WITHDRAWN")])


def item_row(item: ItemListed) -> list[str]:
    """One item as cells."""
    taken = item.withdrawn
    return [
        item.id,
        status_text(item),
        item.title,
        item.kind,
        "、".join(item.uses),
        item.file or item.url or "",
        item.filled_by or "",
        item.reviewed_by or "",
        item.reviewed_on or "",
        f"{taken.by} {taken.at} {taken.reason}" if taken else "",
        str(item.place),
    ]


def render_items(items: Sequence[ItemListed]) -> str:
    """Write the list for a terminal: number, verdict, title."""
    rows = [[item.id, status_text(item), plain(item.title)] for item in items]
    room = COLUMNS - sum(max((width(row[i]) for row in rows), default=0) + 2 for i in range(2))
    shown = [[*row[:2], _clipped(row[2], max(room, 20))] for row in rows]
    counts = {word: sum(STATUS[item.status] == word for item in items) for word in STATUS.values()}
    checked = sum(item.status == "accepted" and item.checked for item in items)
    told = "  ".join(f"{word}{count}" for word, count in counts.items() if count)
    return "\n".join([*columns_of(shown, ["编号", "状态", "名称"]), f"共{len(items)}件  {told}  其中已核{checked}"]) + "\n"


def _clipped(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text
    while width(text) > columns - 2:
        text = text[:-1]
    return f"{text}等"


def journal_row(entry: JournalEntry) -> list[str]:
    """One line of the journal as cells."""
    return [str(entry.seq), entry.at, entry.by, entry.did, entry.about, entry.digest]


def render_journal(entries: Sequence[JournalEntry]) -> str:
    """Write the journal for a terminal; digests by their first half."""
    rows = [[*journal_row(entry)[:5], entry.digest[:16]] for entry in entries]
    return "\n".join([*(columns_of(rows, JOURNAL_COLUMNS) if rows else []), f"共{len(rows)}条"]) + "\n"
