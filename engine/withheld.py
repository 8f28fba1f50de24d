"""What no mend promises of an indicator: what must be asked first, and what is lost (先问、补不了), with the reasons."""

from collections.abc import Iterable
from fractions import Fraction

from engine.allotment import round_half_even
from engine.clocks import start_by
from engine.gap_lines import CAUSES
from engine.gap_lines import needs_nothing
from engine.gap_lines import who_mends
from engine.mendable import Bench
from engine.mendable import Goal
from engine.mendable import is_too_late
from engine.mendable import obstacle_of
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.plan import Withheld
from engine.models.problem import CODES
from engine.models.result import SlotShown

ONE = Fraction(1)


def find_withheld(bench: Bench, goals: tuple[Goal, ...], rest: int) -> tuple[list[Withheld], list[Withheld]]:
    """Divide the ``rest`` that no mend of an indicator earns: first what is not known, what remains is lost."""
    finding, appraisal = bench.finding, bench.appraisal
    shares, reasons = _asked(bench, goals)
    unknown = min(rest, round_half_even(finding.maximum * shares))
    lead, _ = who_mends(finding, bench.scope)

    def held(points: int, why: Iterable[str]) -> list[Withheld]:
        told = tuple(dict.fromkeys(why))
        base = Withheld(indicator=finding.indicator, title=finding.title, points=points, reasons=told, unit=lead)
        return [base] if points > 0 else []

    return held(unknown, reasons), held(rest - unknown, _why_lost(appraisal, bench))


def _asked(bench: Bench, goals: tuple[Goal, ...]) -> tuple[Fraction, list[str]]:
    """The share of an indicator that is not known, with its causes; what lacks only a known proof is not among it."""
    appraisal = bench.appraisal
    if appraisal.claimed.open == 1 and appraisal.weakness:
        return ONE, [f"自认或被指出有短板，先问整改材料：{appraisal.weakness}"]
    reached = {(goal.part, goal.does) for goal in goals}
    kept = [(at, part) for at, part in enumerate(appraisal.parts) if not part.dropped and (at, "drop") not in reached]
    weight = sum((part.weight for _, part in kept), Fraction(0))
    share, reasons = Fraction(0), list[str]()
    for at, part in kept:
        title = f"{part.title}：" if part.key != appraisal.indicator.id else ""
        if part.claimed.open > 0 and not needs_nothing(part):
            share += part.weight * part.claimed.open / weight
            reasons.append(f"{title}{CAUSES[part.cause] if part.cause else '说不准'}")
        open_slots = [] if part.proven else _asked_of(part, appraisal)
        doubts = [told for slot in open_slots if (told := obstacle_of(slot))]
        if doubts and not any(is_too_late(slot) for slot in open_slots):
            share += part.weight * (part.claimed.earned + part.claimed.recoverable) / weight
            reasons += [f"{title}{told}" for told in doubts]
        elif part.claimed.recoverable > 0 and appraisal.weakness and (at, "do") not in reached:
            share += part.weight * part.claimed.recoverable / weight
            reasons.append(f"{title}自认或被指出有短板，先问整改材料")
    return share, reasons


def _asked_of(part: Part, appraisal: Appraisal) -> list[SlotShown]:
    return [slot for slot in appraisal.slots if slot.slot in part.slots and slot.status != "accepted"]


def _why_lost(appraisal: Appraisal, bench: Bench) -> Iterable[str]:
    for part in appraisal.parts:
        title = f"{part.title}：" if part.key != appraisal.indicator.id else ""
        if part.claimed.lost > 0:
            yield f"{title}{part.text}；{_why_gone(part, bench)}"
        late = [slot for slot in _asked_of(part, appraisal) if is_too_late(slot)]
        if late and not part.proven and part.claimed.earned + part.claimed.recoverable > 0:
            yield f"{title}{late[0].title}{CODES['E11'][1]}（E11），照实保留"
        if not part.slots and part.claimed.earned > 0:
            yield f"{title}规则没有写要什么佐证，有据算不上"


def _why_gone(part: Part, bench: Bench) -> str:
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
