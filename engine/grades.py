"""How strong an accepted item looks to an outsider (材料等级): A to D, derived from what it bears, never typed.

Issued documents are looked at for a number, a seal or signature, a period and a public address; working papers (表册、登记、
记录) for a source, somebody who answers for them, and a period. A bears all of it; B lacks one; C lacks more, or only
shows; D contradicts something.
"""

from typing import NamedTuple

from engine.models.admitted import AdmittedItem
from engine.models.evaluation import GRADES
from engine.models.evaluation import Grade
from engine.models.submission import EvidenceItem

# What an authority issues; everything else is a working paper.
ISSUED_KINDS = {"document", "notice", "report", "url"}
NUMBERED_KINDS = {"document", "notice"}
# What only shows; it is never better than C. (A plan in place of what was done is returned before, E07.)
WEAK_KINDS = {"photo"}
# Codes that say that an item disagrees with something: with itself, other figures, its file, or its own date.
CONTRADICTING = {"E02", "E13", "E15", "E19"}
# Used beyond the limit, or issued by another unit than the one it stands for: one grade lower.
DOUBTFUL = {"E05", "E12"}


class Graded(NamedTuple):
    """An item's grade, why it is not better, and whether it rests on an address that may not open."""

    grade: Grade
    lacks: tuple[str, ...]
    by_address: bool


def grade_of(admitted: AdmittedItem) -> Graded:
    """Grade one item. A named person's check (已核) makes up for one missing mark."""
    item = admitted.item
    codes = {*admitted.codes, *admitted.warnings, *(code for use in admitted.uses for code in use.codes)}
    lacks = _issued_lacks(item) if item.kind in ISSUED_KINDS else _working_paper_lacks(item)
    if codes & CONTRADICTING:
        return Graded("D", ("与别的材料或自身矛盾",), bool(item.url))
    if item.kind in WEAK_KINDS:
        lacks.append("只有照片")
    missing = len(lacks) - (1 if item.is_checked and lacks else 0)
    place = 2 if item.kind in WEAK_KINDS else min(missing, 2)
    doubts = sorted(codes & DOUBTFUL)
    if doubts:
        lacks.append({"E05": "出具单位与所证单位不一", "E12": "复用过多"}[doubts[0]])
        place = min(place + 1, 3)
    return Graded(GRADES[place], tuple(lacks), bool(item.url))


def lower(grade: Grade) -> Grade:
    """The next grade below; nothing is below D."""
    return GRADES[min(GRADES.index(grade) + 1, 3)]


def _issued_lacks(item: EvidenceItem) -> list[str]:
    return [
        *([] if item.number or item.kind not in NUMBERED_KINDS else ["没有文号"]),
        *([] if item.sealed or item.signed_by or item.kind == "url" else ["没有印章或签发人"]),
        *([] if _names_period(item) else ["看不出属于哪个时期"]),
        *([] if item.url else ["公网查不到"]),
    ]


def _working_paper_lacks(item: EvidenceItem) -> list[str]:
    return [
        *([] if item.source_class in ("system", "outside") or item.url else ["本单位自制，不是系统导出或外部出具"]),
        *([] if item.sealed or item.signed_by or item.issuer and item.filled_by else ["没有人签字，也没写谁出具、谁填报"]),
        *([] if _names_period(item) else ["看不出属于哪个时期"]),
    ]


def _names_period(item: EvidenceItem) -> bool:
    """The days it covers, or a date of issue to the month at least."""
    return item.covers is not None or item.issued is not None and len(item.issued.text) > 4
