"""Mends → the set that earns most within so many days, or reaches a line with the fewest (先补什么).

Exact: a dynamic programme over whole days. Works that serve several indicators are settled first, done or not, which
takes the rest apart into pieces that are computed alone and put together again. Every case is gone through, so that the
value is its own bound. Among choices of the same points the one with the fewest days is taken, then the one that earns
most above the caps, then the one whose works come first by id: the order of the input never matters.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from engine.models.plan import Choice
from engine.models.plan import Mend
from engine.models.plan import Outlook
from engine.models.plan import Plan
from engine.models.plan import Solution
from engine.models.plan import Step
from engine.models.plan import Work
from engine.models.result import Assessment
from engine.scoring import cap_of

# What cannot be had with exactly so many days.
_NEVER = -1
Frontier = list[int]


def draft_plan(
    assessment: Assessment,
    outlook: Outlook,
    filing_days: int,
    days: int | None = None,
    line: int | None = None,
) -> Plan:
    """Choose among everything that can be mended: most within some days, or a line of 有据已得 with the fewest."""
    caps = {pillar.id: cap_of(pillar, assessment.conclusions) for pillar in assessment.pillars}
    earned = {pillar.id: min(pillar.substantiated.earned, caps[pillar.id]) for pillar in assessment.pillars}
    rooms = {p.id: caps[p.id] - earned[p.id] for p in assessment.pillars if caps[p.id] < p.maximum}
    taken = sum(c.points or 0 for c in assessment.conclusions if c.effect in ("penalty", "deduct"))
    base = sum(earned.values()) - taken
    need = None if line is None else max(0, line - base)
    score = assessment.score
    return Plan(
        unit=assessment.submission.unit,
        as_of=assessment.as_of,
        ruleset=f"{assessment.ruleset.id}@{assessment.ruleset.revision}",
        profile=assessment.profile.id,
        profile_status=assessment.profile.status,
        earned=score.substantiated.earned,
        reachable=score.substantiated.reachable,
        maximum=score.maximum,
        base=base,
        line=line,
        filing_days=filing_days,
        outlook=outlook,
        solution=plan_mends(outlook.mends, outlook.works, rooms, days, need),
    )


class _Way(NamedTuple):
    """One mend on its way through the programme: its own days and value, and the shared works it still waits for."""

    days: int
    value: int
    waits: frozenset[str]


class _Group(NamedTuple):
    """The ways to mend one thing, of which at most one is taken; ``pillar`` only where that pillar is capped."""

    pillar: str
    ways: tuple[_Way, ...]


class _Coding(NamedTuple):
    """How a choice is one number: points after caps, points before, then a bit for every work, the first id highest."""

    amount_bits: int
    bits: Mapping[str, int]
    rooms: Mapping[str, int]

    def value(self, points: int) -> int:
        return ((points << self.amount_bits) + points) << len(self.bits)

    def points(self, value: int) -> int:
        return value >> (self.amount_bits + len(self.bits))

    def capped(self, value: int, pillar: str) -> int:
        """The same choice where a pillar takes no more than its room."""
        over = self.points(value) - self.rooms[pillar]
        return value - (over << (self.amount_bits + len(self.bits))) if over > 0 else value


def plan_mends(
    mends: Iterable[Mend],
    works: Iterable[Work],
    rooms: Mapping[str, int],
    days: int | None = None,
    need: int | None = None,
) -> Solution:
    """Choose works.

    ``rooms`` says how many points more a capped pillar takes. ``need`` asks for the fewest days that earn so much; where
    that is out of reach, or out of ``days``, the best that can be had is returned and ``reached`` is false.
    """
    by_id = {work.id: work for work in sorted(works, key=lambda work: work.id)}
    known = tuple(sorted((mend for mend in mends if mend.points > 0), key=lambda mend: mend.id))
    used = sorted({name for mend in known for name in mend.works})
    whole = sum(by_id[name].days for name in used)
    limit = whole if days is None else min(days, whole)
    rooms = {pillar: room for pillar, room in rooms.items() if sum(_most(known, pillar)) > room}
    coding = _Coding(
        amount_bits=sum(_most(known)).bit_length() + 1,
        bits={name: 1 << (len(used) - 1 - rank) for rank, name in enumerate(used)},
        rooms=rooms,
    )
    frontier = _solve(_grouped(known, by_id, coding), by_id, coding, whole)
    curve = _rises(frontier, coding)
    enough = [step.days for step in curve if need is not None and step.points >= need]
    reached = bool(enough) and enough[0] <= limit
    at = enough[0] if reached else max(step.days for step in curve if step.days <= limit)
    best = _choice(_works_in(frontier[at], coding), known, by_id, rooms)
    assert (best.points, best.days) == (coding.points(frontier[at]), at)
    return Solution(
        best=best,
        greedy=_greedy(known, by_id, rooms, limit, need if reached else None),
        bound=next(step.points for step in reversed(curve) if step.days <= at),
        within=days,
        need=need,
        reached=reached,
        soonest=enough[0] if enough else None,
        everything=_choice(used, known, by_id, rooms),
        curve=curve,
    )


def _most(mends: Iterable[Mend], pillar: str | None = None) -> Iterable[int]:
    """The most that each group can earn."""
    best: dict[str, int] = {}
    for mend in mends:
        if pillar in (None, mend.pillar):
            best[mend.group] = max(best.get(mend.group, 0), mend.points)
    return best.values()


def _grouped(mends: Iterable[Mend], works: Mapping[str, Work], coding: _Coding) -> tuple[_Group, ...]:
    """Pay for what only one group uses inside its ways; the rest waits."""
    groups: dict[str, list[Mend]] = {}
    for mend in mends:
        groups.setdefault(mend.group, []).append(mend)
    users: dict[str, set[str]] = {}
    for mend in mends:
        for name in mend.works:
            users.setdefault(name, set()).add(mend.group)
    shared = {name for name, by in users.items() if len(by) > 1}

    def way(mend: Mend) -> _Way:
        own = set(mend.works) - shared
        value = coding.value(mend.points) + sum(coding.bits[name] for name in own)
        return _Way(sum(works[name].days for name in own), value, frozenset(mend.works) & shared)

    return tuple(
        _Group(mine[0].pillar if mine[0].pillar in coding.rooms else "", tuple(way(mend) for mend in mine))
        for _, mine in sorted(groups.items())
    )


def _solve(groups: Sequence[_Group], works: Mapping[str, Work], coding: _Coding, limit: int) -> Frontier:
    """The best value for every exact number of days up to the limit."""
    total: Frontier = [0]
    for piece in _pieces(groups):
        total = _joined(total, _solve_piece(piece, works, coding, limit), limit)
    return total


def _pieces(groups: Sequence[_Group]) -> list[list[_Group]]:
    """Groups that neither wait for the same work nor stand under the same cap can be computed apart."""
    pieces: list[tuple[set[str], list[_Group]]] = []
    for group in groups:
        ties = {name for way in group.ways for name in way.waits} | ({f"<{group.pillar}>"} if group.pillar else set())
        held = [group]
        apart = []
        for names, others in pieces:
            if names & ties:
                ties |= names
                held = others + held
            else:
                apart.append((names, others))
        pieces = [*apart, (ties, held)]
    return [held for _, held in pieces]


def _solve_piece(piece: list[_Group], works: Mapping[str, Work], coding: _Coding, limit: int) -> Frontier:
    """Settle the work that most groups wait for, both ways; where none is left, fold the groups one by one."""
    waited: dict[str, int] = {}
    for group in piece:
        for name in {name for way in group.ways for name in way.waits}:
            waited[name] = waited.get(name, 0) + 1
    if not waited:
        return _folded(piece, coding, limit)
    name = min(waited, key=lambda name: (-waited[name], name))
    without = _solve(_narrowed(piece, lambda way: None if name in way.waits else way), works, coding, limit)
    if (cost := works[name].days) > limit:
        return without
    done = _narrowed(piece, lambda way: way._replace(waits=way.waits - {name}))
    paid = _shifted(_solve(done, works, coding, limit - cost), cost, coding.bits[name])
    return _better(without, paid)


def _narrowed(piece: list[_Group], change: Callable[[_Way], _Way | None]) -> tuple[_Group, ...]:
    """The groups with every way changed; what is left without a way is left out."""
    changed = ((group, tuple(new for way in group.ways if (new := change(way)) is not None)) for group in piece)
    return tuple(group._replace(ways=ways) for group, ways in changed if ways)


def _folded(piece: list[_Group], coding: _Coding, limit: int) -> Frontier:
    """Add group after group, at most one way of each; a capped pillar is cut once it is whole."""
    frontier: Frontier = [0]
    for group in piece:
        ways = [way for way in group.ways if way.days <= limit]
        longest = min(limit + 1, len(frontier) + max((way.days for way in ways), default=0))
        kept = frontier + [_NEVER] * (longest - len(frontier))
        for way in ways:
            kept = _better(kept, _shifted(frontier, way.days, way.value)[:longest])
        frontier = kept
    pillar = piece[0].pillar
    return [value if value < 0 else coding.capped(value, pillar) for value in frontier] if pillar else frontier


def _shifted(frontier: Frontier, days: int, value: int) -> Frontier:
    """Everything with so many days and so much value more."""
    return [_NEVER] * days + [have + value if have >= 0 else _NEVER for have in frontier]


def _better(one: Frontier, other: Frontier) -> Frontier:
    """The better of two at every number of days."""
    short, long = sorted((one, other), key=len)
    return [*map(max, short, long), *long[len(short) :]]


def _joined(one: Frontier, other: Frontier, limit: int) -> Frontier:
    """Spend some days here and the others there."""
    short, long = sorted((one, other), key=len)
    joined = [_NEVER] * min(limit + 1, len(one) + len(other) - 1)
    for days, value in enumerate(short):
        if value >= 0:
            reach = joined[days : days + len(long)]
            joined[days : days + len(reach)] = map(max, reach, _shifted(long, 0, value))
    return joined


def _rises(frontier: Frontier, coding: _Coding) -> tuple[Step, ...]:
    """Where one more day earns more."""
    steps = [Step(days=0, points=0)]
    for days, value in enumerate(frontier):
        if value >= 0 and coding.points(value) > steps[-1].points:
            steps.append(Step(days=days, points=coding.points(value)))
    return tuple(steps)


def _works_in(value: int, coding: _Coding) -> list[str]:
    return [name for name, bit in coding.bits.items() if value & bit]


def _choice(names: Iterable[str], mends: Iterable[Mend], works: Mapping[str, Work], rooms: Mapping[str, int]) -> Choice:
    """What some works earn together: of each group the mend that earns most, ties to the first id."""
    done = set(names)
    best: dict[str, Mend] = {}
    for mend in mends:
        if done >= set(mend.works) and (mend.group not in best or mend.points > best[mend.group].points):
            best[mend.group] = mend
    by_pillar: dict[str, int] = {}
    for mend in best.values():
        by_pillar[mend.pillar] = by_pillar.get(mend.pillar, 0) + mend.points
    return Choice(
        works=tuple(sorted(done)),
        mends=tuple(sorted(mend.id for mend in best.values())),
        points=sum(min(points, rooms.get(pillar, points)) for pillar, points in by_pillar.items()),
        uncapped=sum(by_pillar.values()),
        days=sum(works[name].days for name in done),
    )


def _greedy(
    mends: Sequence[Mend], works: Mapping[str, Work], rooms: Mapping[str, int], limit: int, need: int | None
) -> Choice:
    """Take again and again what earns most per day, ties to the first id, until the days or the need are used up."""
    chosen = _choice((), mends, works, rooms)
    while need is None or chosen.points < need:
        best, rate = chosen, Fraction(0)
        for mend in mends:
            if not set(mend.works) <= set(chosen.works):
                more = _choice({*chosen.works, *mend.works}, mends, works, rooms)
                gain = Fraction(more.points - chosen.points, more.days - chosen.days)
                if more.days <= limit and gain > rate:
                    best, rate = more, gain
        if not rate:
            break
        chosen = best
    return chosen
