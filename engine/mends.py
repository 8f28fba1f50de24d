"""Findings → what can be mended and what it earns (能补什么), told apart from what must be asked first and what is lost.

A gap line is no mend: points hang on all the missing proof of an element together, and several lines hang on the same
points. So every set of works is judged again by the stage that judges findings, and its gain is what 有据已得 rises by.
Two kinds of work: filing proof of what is claimed (交证), and doing what was not done where the rules still allow it
(办事). What is not known promises nothing.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal
from typing import NamedTuple

from engine.allotment import round_half_even
from engine.clocks import start_by
from engine.gap_lines import CAUSES
from engine.gap_lines import needs_nothing
from engine.gap_lines import who_mends
from engine.judgement import combined
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.appraisal import Shares
from engine.models.measured import Cause
from engine.models.plan import Mend
from engine.models.plan import Outlook
from engine.models.plan import Withheld
from engine.models.plan import Work
from engine.models.problem import CODES
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import SlotShown
from engine.proof_gaps import NEEDS
from engine.scope import Scope

# The working effort of filing one item of proof that exists, in days: our assumption, said wherever it is used.
FILING_DAYS = 1
# Of an indicator with more separate things to mend, each is offered by itself: their combinations would be too many.
MOST_TOGETHER = 8
ONE = Fraction(1)
# Codes that leave open whether there is an original at all: nothing is promised before somebody has looked.
DOUBTED = {"E15": "先由人核对纸质原件", "E21": "先问评判日前有没有原件"}


class _Goal(NamedTuple):
    """What some works do to one part of an indicator: prove it, do it, or prove that nothing was due."""

    part: int
    does: str
    works: frozenset[str]


class _Bench(NamedTuple):
    """One indicator with all that its works are made from. ``found`` gathers them."""

    appraisal: Appraisal
    finding: Finding
    reused: frozenset[str]
    items: dict[str, AdmittedItem]
    scope: Scope
    gaps: frozenset[str]
    found: list[Work]


def find_mends(
    appraisals: tuple[Appraisal, ...],
    findings: tuple[Finding, ...],
    items: tuple[AdmittedItem, ...],
    gaps: tuple[Gap, ...],
    scope: Scope,
    reserve: int = 0,
) -> Outlook:
    """Find every real mend. ``reserve`` is what is kept for rows that the ruleset does not hold."""
    listed = frozenset(gap.id for gap in gaps)
    works: list[Work] = []
    mends: list[Mend] = []
    asked: list[Withheld] = []
    lost: list[Withheld] = []
    by_id = {admitted.item.id: admitted for admitted in items}
    reused = _returned_for_several(appraisals, items)
    leaders = _first_of_each_action(findings)
    for appraisal, finding in zip(appraisals, findings, strict=True):
        if appraisal.applies != "yes" or not finding.maximum:
            continue
        bench = _Bench(appraisal, finding, reused, by_id, scope, listed, works)
        goals = _goals(bench, leaders[finding.remedy.action])
        own = _mends_of(bench, goals)
        mends += own
        unknown, gone = _withheld(bench, goals, own)
        asked += unknown
        lost += gone
    needed = {name for mend in mends for name in mend.works}
    return Outlook(
        works=_merged(work for work in works if work.id in needed),
        mends=tuple(sorted(mends, key=lambda mend: mend.id)),
        asked=tuple(asked),
        lost=tuple(lost),
        reserve=reserve,
    )


def _first_of_each_action(findings: Iterable[Finding]) -> dict[str, str]:
    """By which indicator a remedy is named: the same action for several is done once."""
    first: dict[str, str] = {}
    for finding in sorted(findings, key=lambda finding: finding.indicator):
        first.setdefault(finding.remedy.action, finding.indicator)
    return first


def _returned_for_several(appraisals: tuple[Appraisal, ...], items: tuple[AdmittedItem, ...]) -> frozenset[str]:
    """The items that were returned for more than one requirement that is still open: mending one mends them all."""
    open_slots = {(a.indicator.id, s.slot) for a in appraisals for s in a.slots if s.status in ("returned", "incomplete")}
    uses = {a.item.id: {(u.indicator, u.slot) for u in a.uses if u.codes} & open_slots for a in items}
    return frozenset(name for name, of in uses.items() if len(of) > 1)


# --- works ----------------------------------------------------------------------------------------------------------


def _goals(bench: _Bench, leader: str) -> tuple[_Goal, ...]:
    """What can be brought about for each part of an indicator, with the works that it takes."""
    goals: list[_Goal] = []
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
            goals.append(_Goal(at, "prove", proving))
        # A weakness that is admitted forbids full points before it is shown to be mended: doing the rest promises nothing.
        if part.claimed.recoverable > 0 and not bench.appraisal.weakness:
            goals.append(_Goal(at, "do", proving | {_doing(part, leader, bench)}))
    return () if bench.appraisal.claimed.open == 1 else tuple(goals)


def _goal_of_zero(at: int, bench: _Bench) -> list[_Goal]:
    """A zero report takes what was not due out of the denominator; an indicator of nothing else promises no points."""
    kept = [part for part in bench.appraisal.parts if not part.dropped and part.cause is not Cause.NONE_DUE]
    zero = {slot.slot for slot in bench.appraisal.indicator.evidence if slot.for_none}
    filling = _filling(tuple(sorted(zero)), bench)
    return [_Goal(at, "drop", filling)] if kept and filling and not bench.appraisal.weakness else []


def _proving(part: Part, bench: _Bench) -> frozenset[str] | None:
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


def _filling(slots: tuple[str, ...], bench: _Bench, needs: str = "") -> frozenset[str] | None:
    """The works that fill some requirements; ``None`` where one of them cannot be filled, or nobody knows how far.

    ``needs`` says what the proof must bear beside.
    """
    names: set[str] = set()
    for slot in bench.appraisal.slots:
        if slot.slot in slots and slot.status != "accepted":
            if _obstacle(slot) or _is_too_late(slot):
                return None
            names |= _fill(slot, bench, needs)
    return frozenset(names)


def _obstacle(slot: SlotShown) -> str:
    """What must be asked before anybody can say that a requirement can be filled; empty where nothing must."""
    if slot.units_unknown:
        return "单位数没报，要交几件佐证不知"
    doubts = [f"{slot.title}{CODES[code][1]}（{code}），{remedy}" for code, remedy in DOUBTED.items() if code in slot.codes]
    return "；".join(doubts)


def _is_too_late(slot: SlotShown) -> bool:
    """Published after its last day: no filing mends that."""
    return set(slot.codes) == {"E11"}


def _fill(slot: SlotShown, bench: _Bench, needs: str) -> set[str]:
    """Mend what was returned for several requirements once; file the rest for this one."""
    lacking = slot.required - slot.accepted
    mended = [name for name in slot.items if name in bench.reused and _is_returned(name, slot, bench)][:lacking]
    works = {_corrected(bench.items[name], slot, bench) for name in mended}
    if lacking > len(mended):
        title = f"{slot.title}{lacking - len(mended)}件{f'，须有{needs}' if needs else ''}"
        works.add(_filed(slot.slot, title, lacking - len(mended), bench, slot))
    return works


def _is_returned(name: str, slot: SlotShown, bench: _Bench) -> bool:
    uses = bench.items[name].uses
    return any(use.codes and (use.indicator, use.slot) == (bench.finding.indicator, slot.slot) for use in uses)


def _corrected(admitted: AdmittedItem, slot: SlotShown, bench: _Bench) -> str:
    codes = sorted({code for use in admitted.uses for code in use.codes})
    title = f"{admitted.item.title}（几处共用，只改一次）"
    work = _work(admitted.item.id, "file", title, FILING_DAYS, None, bench, slot.slot)
    bench.found.append(work.model_copy(update={"codes": tuple(codes)}))
    return admitted.item.id


def _filed(suffix: str, title: str, items: int, bench: _Bench, slot: SlotShown | None = None) -> str:
    """Filing takes a day an item, and never longer than doing the whole thing would; who has not filed answers for it."""
    name = f"{bench.finding.indicator}/{suffix}"
    days = max(1, min(items * FILING_DAYS, bench.finding.remedy.effort_days))
    work = _work(name, "file", title, days, None, bench, suffix)
    others = "、".join(slot.lacking) if slot is not None and slot.lacking else work.others
    codes = slot.codes if slot is not None else ()
    bench.found.append(work.model_copy(update={"others": others, "codes": codes}))
    return name


def _doing(part: Part, leader: str, bench: _Bench) -> str:
    remedy = bench.finding.remedy
    days = max(1, remedy.effort_days)
    start = start_by(part.due, days) if part.due is not None else None
    # What may still be mended although its day has gone has no last day.
    start = start if start is not None and start >= bench.scope.as_of else None
    bench.found.append(_work(f"{leader}/do", "do", remedy.action, days, start, bench, "value"))
    return f"{leader}/do"


def _work(
    name: str, kind: Literal["file", "do"], title: str, days: int, start: date | None, bench: _Bench, gap: str
) -> Work:
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


def _merged(works: Iterable[Work]) -> tuple[Work, ...]:
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


# --- what they earn -------------------------------------------------------------------------------------------------


def _mends_of(bench: _Bench, goals: tuple[_Goal, ...]) -> list[Mend]:
    """The ways to mend one indicator: no way takes more works than another that earns as much."""
    if len({goal.works for goal in goals}) <= MOST_TOGETHER:
        return _ways(bench, goals, bench.finding.indicator)
    # What leaves the denominator changes what everything else is worth: it is offered only together with the rest.
    pieces = _apart(tuple(goal for goal in goals if goal.does != "drop"))
    return [way for number, piece in enumerate(pieces) for way in _ways(bench, piece, f"{bench.finding.indicator}#{number}")]


def _apart(goals: tuple[_Goal, ...]) -> list[tuple[_Goal, ...]]:
    """Goals that share no work, one by one."""
    pieces: list[tuple[_Goal, ...]] = []
    for goal in sorted(goals, key=lambda goal: (sorted(goal.works), goal.part, goal.does)):
        tied = [piece for piece in pieces if any(goal.works & other.works for other in piece)]
        pieces = [piece for piece in pieces if piece not in tied] + [(*(one for piece in tied for one in piece), goal)]
    return pieces


def _ways(bench: _Bench, goals: tuple[_Goal, ...], group: str) -> list[Mend]:
    sets = sorted({goal.works for goal in goals}, key=sorted)
    together: set[frozenset[str]] = {frozenset()}
    if len(sets) > MOST_TOGETHER:
        together.add(frozenset().union(*sets))
    else:
        for works in sets:
            together |= {works | others for others in together}
    found = (_mend(bench, goals, works, group) for works in sorted(together, key=sorted))
    ways = [mend for mend in found if mend is not None]
    return [way for way in ways if not any(_is_beaten(way, other) for other in ways)]


def _is_beaten(way: Mend, other: Mend) -> bool:
    return set(other.works) < set(way.works) and other.points >= way.points


def _mend(bench: _Bench, goals: tuple[_Goal, ...], works: frozenset[str], group: str) -> Mend | None:
    """What an indicator earns more once some works are done; a piece of one rounds down, so that sums promise no more."""
    finding, now = bench.finding, bench.appraisal.substantiated.earned
    after = earned_after(bench.appraisal, goals, works)
    if group == finding.indicator:
        gain = round_half_even(finding.maximum * after) - finding.substantiated.earned
    else:
        gain = int(finding.maximum * (after - now))
    if gain <= 0:
        return None
    return Mend(
        id=f"{finding.indicator}[{'+'.join(sorted(works))}]",
        group=group,
        indicator=finding.indicator,
        pillar=finding.pillar,
        title=finding.title,
        points=gain,
        works=tuple(sorted(works)),
    )


def earned_after(appraisal: Appraisal, goals: tuple[_Goal, ...], works: frozenset[str]) -> Fraction:
    """The share of an indicator that 有据已得 comes to once some works are done, judged as any finding is."""
    reached = {(goal.part, goal.does) for goal in goals if goal.works <= works}
    parts = [
        part.model_copy(
            update={
                "proven": part.proven or bool({(at, "prove"), (at, "do")} & reached),
                "claimed": _as_done(part.claimed) if (at, "do") in reached else part.claimed,
            }
        )
        for at, part in enumerate(appraisal.parts)
        if not part.dropped and (at, "drop") not in reached
    ]
    return combined(parts, proven_only=True).earned


def _as_done(claimed: Shares) -> Shares:
    return claimed.model_copy(update={"earned": claimed.earned + claimed.recoverable, "recoverable": Fraction(0)})


# --- what is not promised -------------------------------------------------------------------------------------------


def _withheld(bench: _Bench, goals: tuple[_Goal, ...], mends: list[Mend]) -> tuple[list[Withheld], list[Withheld]]:
    """What is left of an indicator once everything is mended: first what is not known, the rest is lost."""
    finding, appraisal = bench.finding, bench.appraisal
    rest = finding.maximum - finding.substantiated.earned - sum(most_of(mends).values())
    shares, reasons = _asked(bench, goals)
    unknown = min(rest, round_half_even(finding.maximum * shares))
    lead, _ = who_mends(finding, bench.scope)

    def held(points: int, why: Iterable[str]) -> list[Withheld]:
        told = tuple(dict.fromkeys(why))
        base = Withheld(indicator=finding.indicator, title=finding.title, points=points, reasons=told, unit=lead)
        return [base] if points > 0 else []

    return held(unknown, reasons), held(rest - unknown, _why_lost(appraisal, bench))


def most_of(mends: Iterable[Mend]) -> dict[str, int]:
    """The most that each group of mends can earn."""
    most: dict[str, int] = {}
    for mend in mends:
        most[mend.group] = max(most.get(mend.group, 0), mend.points)
    return most


def _asked(bench: _Bench, goals: tuple[_Goal, ...]) -> tuple[Fraction, list[str]]:
    """The share of an indicator that is not known, with its causes; what lacks only a known proof is not among it."""
    appraisal = bench.appraisal
    if appraisal.claimed.open == 1 and appraisal.weakness:
        return ONE, [f"自认或被指出有短板，先问整改材料：{appraisal.weakness}"]
    reached = {(goal.part, goal.does) for goal in goals}
    kept = [(at, part) for at, part in enumerate(appraisal.parts) if not part.dropped and (at, "drop") not in reached]
    weight = sum((part.weight for _, part in kept), Fraction(0))
    share, reasons = Fraction(0), list[str]()
    for _, part in kept:
        title = f"{part.title}：" if part.key != appraisal.indicator.id else ""
        if part.claimed.open > 0 and not needs_nothing(part):
            share += part.weight * part.claimed.open / weight
            reasons.append(f"{title}{CAUSES[part.cause] if part.cause else '说不准'}")
        open_slots = [] if part.proven else _asked_of(part, appraisal)
        doubts = [told for slot in open_slots if (told := _obstacle(slot))]
        if doubts and not any(_is_too_late(slot) for slot in open_slots):
            share += part.weight * (part.claimed.earned + part.claimed.recoverable) / weight
            reasons += [f"{title}{told}" for told in doubts]
        elif part.claimed.recoverable > 0 and appraisal.weakness:
            share += part.weight * part.claimed.recoverable / weight
            reasons.append(f"{title}自认或被指出有短板，先问整改材料")
    return share, reasons


def _asked_of(part: Part, appraisal: Appraisal) -> list[SlotShown]:
    return [slot for slot in appraisal.slots if slot.slot in part.slots and slot.status != "accepted"]


def _why_lost(appraisal: Appraisal, bench: _Bench) -> Iterable[str]:
    for part in appraisal.parts:
        title = f"{part.title}：" if part.key != appraisal.indicator.id else ""
        if part.claimed.lost > 0:
            yield f"{title}{part.text}；{_why_gone(part, bench)}"
        late = [slot for slot in _asked_of(part, appraisal) if _is_too_late(slot)]
        if late and not part.proven and part.claimed.earned + part.claimed.recoverable > 0:
            yield f"{title}{late[0].title}{CODES['E11'][1]}（E11），照实保留"
        if not part.slots and part.claimed.earned > 0:
            yield f"{title}规则没有写要什么佐证，有据算不上"


def _why_gone(part: Part, bench: _Bench) -> str:
    """Why what is short cannot be mended any more."""
    days = bench.finding.remedy.effort_days
    if part.timing.mendable:
        return "已过的时段补不了"
    if part.due is not None and part.due >= bench.scope.as_of and start_by(part.due, days) < bench.scope.as_of:
        return f"要{days}天，{part.due}前来不及"
    if part.due == bench.scope.window.last:
        return "评估期已过，事后的不算数"
    if part.due is not None and part.due < bench.scope.as_of:
        return f"期限{part.due}已过，事后的不算数"
    return "已经发生的改不了"
