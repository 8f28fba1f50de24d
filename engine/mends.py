"""Findings → what can be mended and what it earns (能补什么), told apart from what must be asked first and what is lost.

A gap line is no mend: points hang on all the missing proof of an element together, and several lines hang on the same
points. So every set of works is judged again by the stage that judges findings, and its gain is what 有据已得 rises by.
Two kinds of work: filing proof of what is claimed (交证), and doing what was not done where the rules still allow it
(办事). What is not known promises nothing.
"""

from collections.abc import Iterable
from fractions import Fraction

from engine.allotment import round_half_even
from engine.judgement import combined
from engine.mendable import Bench
from engine.mendable import Goal
from engine.mendable import find_goals
from engine.mendable import is_mendable
from engine.mendable import merge_works
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Shares
from engine.models.plan import Mend
from engine.models.plan import Outlook
from engine.models.plan import Withheld
from engine.models.plan import Work
from engine.models.result import Finding
from engine.models.result import Gap
from engine.scope import Scope
from engine.withheld import find_withheld

# Of an indicator with more separate things to mend, each is offered by itself: their combinations would be too many.
MOST_TOGETHER = 8


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
        bench = Bench(appraisal, finding, reused, by_id, scope, listed, works)
        goals = find_goals(bench, leaders[finding.remedy.action])
        own = _mends_of(bench, goals)
        mends += own
        rest = finding.maximum - finding.substantiated.earned - sum(most_of(own).values())
        unknown, gone = find_withheld(bench, goals, rest)
        asked += unknown
        lost += gone
    needed = {name for mend in mends for name in mend.works}
    return Outlook(
        works=merge_works(work for work in works if work.id in needed),
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
    """The items that were returned for more than one requirement that is still open and can be mended themselves."""
    open_slots = {(a.indicator.id, s.slot) for a in appraisals for s in a.slots if s.status in ("returned", "incomplete")}
    uses = {a.item.id: {(u.indicator, u.slot) for u in a.uses if is_mendable(u)} & open_slots for a in items}
    return frozenset(name for name, of in uses.items() if len(of) > 1)


def most_of(mends: Iterable[Mend]) -> dict[str, int]:
    """The most that each group of mends can earn."""
    most: dict[str, int] = {}
    for mend in mends:
        most[mend.group] = max(most.get(mend.group, 0), mend.points)
    return most


def _mends_of(bench: Bench, goals: tuple[Goal, ...]) -> list[Mend]:
    """The ways to mend one indicator: no way takes more works than another that earns as much."""
    if len({goal.works for goal in goals}) <= MOST_TOGETHER:
        return _ways(bench, goals, bench.finding.indicator)
    # What leaves the denominator changes what everything else is worth: among so many it is not offered.
    pieces = _apart(tuple(goal for goal in goals if goal.does != "drop"))
    return [way for number, piece in enumerate(pieces) for way in _ways(bench, piece, f"{bench.finding.indicator}#{number}")]


def _apart(goals: tuple[Goal, ...]) -> list[tuple[Goal, ...]]:
    """Goals that share no work, one by one."""
    pieces: list[tuple[Goal, ...]] = []
    for goal in sorted(goals, key=lambda goal: (sorted(goal.works), goal.part, goal.does)):
        tied = [piece for piece in pieces if any(goal.works & other.works for other in piece)]
        pieces = [piece for piece in pieces if piece not in tied] + [(*(one for piece in tied for one in piece), goal)]
    return pieces


def _ways(bench: Bench, goals: tuple[Goal, ...], group: str) -> list[Mend]:
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


def _mend(bench: Bench, goals: tuple[Goal, ...], works: frozenset[str], group: str) -> Mend | None:
    """What an indicator earns more once some works are done; a piece of one rounds down, so that sums promise no more."""
    finding, now = bench.finding, bench.appraisal.substantiated.earned
    after = _earned_after(bench.appraisal, goals, works)
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


def _earned_after(appraisal: Appraisal, goals: tuple[Goal, ...], works: frozenset[str]) -> Fraction:
    """The share of an indicator that 有据已得 comes to once some works are done, judged as any finding is."""
    reached = {(goal.part, goal.does) for goal in goals if goal.works <= works}
    parts = [
        part._replace(
            proven=part.proven or bool({(at, "prove"), (at, "do")} & reached),
            claimed=_as_done(part.claimed) if (at, "do") in reached else part.claimed,
        )
        for at, part in enumerate(appraisal.parts)
        if not part.dropped and (at, "drop") not in reached
    ]
    return combined(parts, proven_only=True).earned


def _as_done(claimed: Shares) -> Shares:
    return claimed._replace(earned=claimed.earned + claimed.recoverable, recoverable=Fraction(0))
