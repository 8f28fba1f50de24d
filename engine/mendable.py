"""What must be filed or done so that a part of an indicator earns (要交的证、要办的事).

Filing proof of what is claimed takes a day an item, which is our assumption; doing what was not done takes the effort that
the rule states. What cannot be filled, or where somebody must be asked first, has no works.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal
from typing import NamedTuple

from engine.clocks import start_by
from engine.gap_lines import who_mends
from engine.judgement import WEAKNESSES
from engine.models.admitted import AdmittedItem
from engine.models.admitted import Use
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.measured import Cause
from engine.models.plan import Work
from engine.models.problem import CODES
from engine.models.result import Finding
from engine.models.result import GapKind
from engine.models.result import SlotShown
from engine.proof_gaps import NEEDS
from engine.scope import Scope

# The working effort of filing one item of proof that exists, in days: our assumption, said wherever it is used.
FILING_DAYS = 1
# Codes that leave open whether there is an original at all: nothing is promised before somebody has looked.
DOUBTED = {"E15": "先由人核对纸质原件", "E21": "先问评判日前有没有原件"}

# Codes that no correction of the item itself mends: another one is to be filed.
ANOTHER = {"E01", "E06", "E07", "E08", "E09", "E11", "E14", "WITHDRAWN", "REVIEW_REJECTED"}


class Goal(NamedTuple):
    """What some works do to one part of an indicator: prove it, do it, or prove that nothing was due."""

    part: int
    does: str
    works: frozenset[str]


class Bench(NamedTuple):
    """One indicator with all that its works are made from. ``found`` gathers them."""

    appraisal: Appraisal
    finding: Finding
    reused: frozenset[str]
    items: dict[str, AdmittedItem]
    scope: Scope
    gaps: frozenset[str]
    found: list[Work]


def find_goals(bench: Bench, leader: str) -> tuple[Goal, ...]:
    """What can be brought about for each part of an indicator, with the works that it takes."""
    goals: list[Goal] = []
    for at, part in enumerate(bench.appraisal.parts):
        if part.dropped:
            continue
        if part.cause is Cause.NONE_DUE:
            goals += _goal_of_zero(at, bench)
            continue
        proving = _proving(part, bench)
        if proving is None:
            continue
        if part.claimed.earned > 0 and not part.proven:
            goals.append(Goal(at, "prove", proving))
        if part.claimed.recoverable > 0 and (mended := _showing_mended(bench)) is not None:
            goals.append(Goal(at, "do", proving | {_doing(part, leader, bench)} | mended))
    return () if bench.appraisal.claimed.open == 1 else tuple(goals)


def _showing_mended(bench: Bench) -> frozenset[str] | None:
    """What must be filed beside the doing where a weakness was admitted or found: full points wait for it.

    ``None`` where the rules let a weakness count on whatever is shown.
    """
    weakness = bench.appraisal.weakness
    if not weakness:
        return frozenset()
    kinds = bench.scope.ruleset.clauses.incident_kinds
    if any(kind not in kinds or kinds[kind].counts != "until_mended" for kind in WEAKNESSES):
        return None
    # One admission that concerns several indicators is answered once: the works are merged by this name.
    name = f"整改材料/{weakness}"
    bench.found.append(_work(name, "file", f"整改材料：{weakness}", FILING_DAYS, None, bench, "weakness"))
    return frozenset({name})


def _goal_of_zero(at: int, bench: Bench) -> list[Goal]:
    """A zero report takes what was not due out of the denominator; an indicator of nothing else promises no points."""
    kept = [part for part in bench.appraisal.parts if not part.dropped and part.cause is not Cause.NONE_DUE]
    zero = {slot.slot for slot in bench.appraisal.indicator.evidence if slot.for_none}
    filling = _filling(tuple(sorted(zero)), bench)
    return [Goal(at, "drop", filling)] if kept and filling and not bench.appraisal.weakness else []


def _proving(part: Part, bench: Bench) -> frozenset[str] | None:
    """What is to be filed so that a part is proven; ``None`` where filing cannot do it."""
    if part.proven:
        return frozenset()
    element = next((one for one in bench.appraisal.indicator.elements if one.key == part.key), None)
    needs = "、".join(NEEDS[need] for need in element.needs) if element is not None and not part.carried else ""
    filling = _filling(part.slots, bench, needs) if part.slots else None
    if filling is None or not part.lacks:
        return filling
    lacks = "、".join(NEEDS[need] for need in part.lacks)
    suffix = f"{part.key}-needs{part.year or ''}"
    return filling | {_filed(suffix, f"{part.title}：补上{lacks}", 1, bench)}


def _filling(slots: tuple[str, ...], bench: Bench, needs: str = "") -> frozenset[str] | None:
    """The works that fill some requirements; ``None`` where one of them cannot be filled, or nobody knows how far.

    ``needs`` says what the proof must bear beside.
    """
    names: set[str] = set()
    for slot in bench.appraisal.slots:
        if slot.slot in slots and slot.status != "accepted":
            if obstacle_of(slot) or is_too_late(slot):
                return None
            names |= _fill(slot, bench, needs)
    return frozenset(names)


def obstacle_of(slot: SlotShown) -> str:
    """What must be asked before anybody can say that a requirement can be filled; empty where nothing must."""
    if slot.units_unknown:
        return "单位数没报，要交几件佐证不知"
    doubts = [f"{slot.title}{CODES[code][1]}（{code}），{remedy}" for code, remedy in DOUBTED.items() if code in slot.codes]
    return "；".join(doubts)


def is_too_late(slot: SlotShown) -> bool:
    """Published after its last day: no filing mends that."""
    return set(slot.codes) == {"E11"}


def _fill(slot: SlotShown, bench: Bench, needs: str) -> set[str]:
    """Mend what was returned for several requirements once; file the rest for this one."""
    lacking = slot.required - slot.accepted
    mended = [name for name in slot.items if name in bench.reused and _is_returned(name, slot, bench)][:lacking]
    works = {_corrected(bench.items[name], slot, bench) for name in mended}
    if lacking > len(mended):
        title = f"{slot.title}{lacking - len(mended)}件{f'，须有{needs}' if needs else ''}"
        works.add(_filed(slot.slot, title, lacking - len(mended), bench, slot))
    return works


def is_mendable(use: Use) -> bool:
    """Whether a use was returned for faults that can be mended on the item itself, for whatever it serves."""
    return bool(use.codes) and not ANOTHER & set(use.codes)


def _is_returned(name: str, slot: SlotShown, bench: Bench) -> bool:
    uses = bench.items[name].uses
    return any(is_mendable(use) and (use.indicator, use.slot) == (bench.finding.indicator, slot.slot) for use in uses)


def _corrected(admitted: AdmittedItem, slot: SlotShown, bench: Bench) -> str:
    codes = sorted({code for use in admitted.uses for code in use.codes})
    title = f"{admitted.item.title}（几处共用，只改一次）"
    work = _work(admitted.item.id, "file", title, FILING_DAYS, None, bench, slot.slot)
    bench.found.append(work.model_copy(update={"codes": tuple(codes)}))
    return admitted.item.id


def _filed(suffix: str, title: str, items: int, bench: Bench, slot: SlotShown | None = None) -> str:
    """Filing takes a day an item, and never longer than doing the whole thing would; who has not filed answers for it."""
    name = f"{bench.finding.indicator}/{suffix}"
    days = max(1, min(items * FILING_DAYS, bench.finding.remedy.effort_days))
    work = _work(name, "file", title, days, None, bench, suffix)
    others = "、".join(slot.lacking) if slot is not None and slot.lacking else work.others
    codes = slot.codes if slot is not None else ()
    bench.found.append(work.model_copy(update={"others": others, "codes": codes}))
    return name


def _doing(part: Part, leader: str, bench: Bench) -> str:
    remedy = bench.finding.remedy
    days = max(1, remedy.effort_days)
    start = start_by(part.due, days) if part.due is not None else None
    # What may still be mended although its day has gone has no last day.
    start = start if start is not None and start >= bench.scope.as_of else None
    bench.found.append(_work(f"{leader}/do", "do", remedy.action, days, start, bench, "value"))
    return f"{leader}/do"


def _work(name: str, kind: Literal["file", "do"], title: str, days: int, start: date | None, bench: Bench, gap: str) -> Work:
    lead, others = who_mends(bench.finding, bench.scope)
    closes = (f"{bench.finding.indicator}/{of.value}/{gap}" for of in GapKind)
    return Work(
        id=name,
        kind=kind,
        title=title,
        days=days,
        start_by=start,
        unit=lead,
        others=others,
        indicators=(bench.finding.indicator,),
        gaps=tuple(name for name in closes if name in bench.gaps),
    )


def merge_works(works: Iterable[Work]) -> tuple[Work, ...]:
    """One work under one name: the longest effort, the earliest last day, everybody and everything that it concerns."""
    by_id: dict[str, list[Work]] = {}
    for work in works:
        by_id.setdefault(work.id, []).append(work)
    return tuple(_as_one(same) for _, same in sorted(by_id.items()))


def _as_one(same: list[Work]) -> Work:
    leads = list(dict.fromkeys(name for work in same for name in work.unit.split("、")))
    others = dict.fromkeys(name for work in same for name in work.others.split("、") if name and name not in leads)
    return same[0].model_copy(
        update={
            "title": max((work.title for work in same), key=lambda title: (len(title), title)),
            "days": max(work.days for work in same),
            "start_by": min((work.start_by for work in same if work.start_by is not None), default=None),
            "unit": "、".join(leads),
            "others": "、".join(others),
            "indicators": tuple(dict.fromkeys(name for work in same for name in work.indicators)),
            "gaps": tuple(dict.fromkeys(name for work in same for name in work.gaps)),
            "codes": tuple(sorted({code for work in same for code in work.codes})),
        }
    )
