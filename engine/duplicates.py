"""Files of a ledger against each other: the same in bytes or in text under other names, and how often one is used in all."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator

from engine.evidence_flags import flag_of
from engine.models.evidence_check import EvidenceFlag
from engine.models.evidence_check import OpenedFile
from engine.models.submission import EvidenceItem


def compare_files(opened: Iterable[OpenedFile], items: Iterable[EvidenceItem], reuse_limit: int) -> list[EvidenceFlag]:
    """Files that are the same, in bytes or in text, under other names or numbers; and how often one is used in all."""
    files = {file.file: file for file in opened}
    bearers = [item for item in items if item.file in files]
    flags: list[EvidenceFlag] = []
    for group in _alike(bearers, lambda item: files[item.file or ""].sha256):
        flags += _as_same(group, "CHECK_SAME_FILE", "同一份文件")
        flags += _used_often(group, reuse_limit)
    for group in _alike(bearers, lambda item: files[item.file or ""].text_digest):
        if len({files[item.file or ""].sha256 for item in group}) > 1:
            flags += _as_same(group, "CHECK_SAME_TEXT", "文字完全相同的文件")
    return flags


def _alike(items: Iterable[EvidenceItem], key: Callable[[EvidenceItem], str]) -> list[list[EvidenceItem]]:
    groups: dict[str, list[EvidenceItem]] = {}
    for item in sorted(items, key=lambda item: item.id):
        if key(item):
            groups.setdefault(key(item), []).append(item)
    return [group for group in groups.values() if len(group) > 1]


def _as_same(group: list[EvidenceItem], code: str, what: str) -> Iterator[EvidenceFlag]:
    """One flag a group, at the second item; the first is named in it."""
    others = "、".join(f"{item.id}（{item.file}）" for item in group if item is not group[-1])
    yield flag_of(group[-1], group[-1].file or "", code, f"与 {others} 是{what}")


def _used_often(group: list[EvidenceItem], limit: int) -> Iterator[EvidenceFlag]:
    """An item over the limit by itself is told by assess (E12); here, one file entered several times."""
    uses = {(proof.indicator, proof.slot) for item in group for proof in item.proves}
    if len(uses) > limit:
        found = f"同一份文件登成{len(group)}件，共用于{len(uses)}处，超过{limit}处"
        yield flag_of(group[-1], group[-1].file or "", "CHECK_REUSE", found)
