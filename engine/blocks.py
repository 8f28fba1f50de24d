"""Points that fall together (联合块): indicators that share a document, or a capped pillar, as one distribution.

Given the strictness, documents are accepted independently. Indicators are taken one after another; the state remembers
only the shared documents that later ones still look at.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.prospects import Condition
from engine.prospects import Prospects
from engine.prospects import Stake
from engine.score_grid import Outcomes

Chance = NDArray[np.float64]
Chances = Mapping[str, Chance]
# Points in thousandths, one number for each account (see ``Block.accounts``).
Points = tuple[int, ...]
State = frozenset[str]
# What one point weighs in the whole, by channel and pillar.
Factors = Mapping[tuple[str, str], float]

# With more shared documents than this alive at once, those of one grade are taken to be accepted or refused together: the
# mean stays, the spread is rather too wide than too narrow.
MOST_SHARED = 10
# With more different sums than this, sums are put on the finest of these steps (in thousandths) that leaves fewer.
MOST_SUMS = 1500
STEPS = (5, 10, 25, 50, 100, 250)


class Sums(NamedTuple):
    """The distribution of a block's points by account, and what putting them on a step added to the variance (points²)."""

    chances: dict[Points, Chance]
    variance: float


class Block(NamedTuple):
    """Indicators that are judged together.

    Attributes:
        shared: The documents on which more than one condition looks.
        accounts: What the points are added up by: channel and pillar.
    """

    stakes: tuple[Stake, ...]
    shared: tuple[str, ...]
    accounts: tuple[tuple[str, str], ...]


def find_blocks(prospects: Prospects) -> tuple[Block, ...]:
    """Divide the indicators into blocks that have no document and no cap in common."""
    stakes = [stake for stake in prospects.stakes if stake.parts]
    groups: dict[str, int] = {}
    members: list[list[int]] = []
    for number, stake in enumerate(stakes):
        keys = {name for condition in stake.conditions for name in condition.of}
        keys |= {f"cap {stake.pillar}"} if stake.pillar in prospects.caps else set()
        joined = sorted({groups[key] for key in keys if key in groups})
        target = joined[0] if joined else len(members)
        if not joined:
            members.append([])
        for other in joined[1:]:
            members[target] += members[other]
            members[other] = []
        members[target].append(number)
        if len(joined) > 1:
            groups = {key: target if group in joined else group for key, group in groups.items()}
        groups.update(dict.fromkeys(keys, target))
    return tuple(block_of([stakes[i] for i in sorted(group)]) for group in members if group)


def block_of(stakes: Sequence[Stake]) -> Block:
    """Indicators as one block, whether or not they have anything in common."""
    looked_at: dict[str, int] = {}
    for stake in stakes:
        for condition in stake.conditions:
            for name in condition.of:
                looked_at[name] = looked_at.get(name, 0) + 1
    accounts = sorted({(stake.channel, stake.pillar) for stake in stakes})
    return Block(tuple(stakes), tuple(sorted(name for name, times in looked_at.items() if times > 1)), tuple(accounts))


def spread_of(block: Block, chances: Chances, on_site: Chance, grade_of: Callable[[str], str]) -> Sums:
    """The distribution of a block's points by account; ``on_site`` is the chance that a field indicator is found as told."""
    coins, of_coin = _coins(block, chances, grade_of)
    last = {coin: max(i for i, stake in enumerate(block.stakes) if coin in _coins_of(stake, of_coin)) for coin in coins}
    nothing = (0,) * len(block.accounts)
    states: dict[State, dict[Points, Chance]] = {frozenset(): {nothing: np.ones_like(on_site)}}
    alive: list[str] = []
    variance = 0.0
    for number, stake in enumerate(block.stakes):
        for coin in (c for c in sorted(_coins_of(stake, of_coin)) if c not in alive):
            states, alive = _tossed(states, coin, coins[coin]), [*alive, coin]
        account = block.accounts.index((stake.channel, stake.pillar))
        states = {
            state: _added(sums, _earnings(stake, state, of_coin, chances, on_site), account)
            for state, sums in states.items()
        }
        step = _step_for(max(len(sums) for sums in states.values()))
        if step > 1:
            states = {state: _on_steps(sums, account, step) for state, sums in states.items()}
            variance += (step / 1000) ** 2 / 4
        done = {coin for coin in alive if last[coin] == number}
        states, alive = _forgotten(states, done), [coin for coin in alive if coin not in done]
    return Sums(states[frozenset()], variance)


def _coins(block: Block, chances: Chances, grade_of: Callable[[str], str]) -> tuple[dict[str, Chance], dict[str, str]]:
    """What is tossed once for several conditions, and which coin stands for which shared document."""
    if len(block.shared) <= MOST_SHARED:
        return {name: chances[name] for name in block.shared}, {name: name for name in block.shared}
    of_coin = {name: f"等级{grade_of(name)}" for name in block.shared}
    coins: dict[str, Chance] = {}
    for name, coin in of_coin.items():
        coins.setdefault(coin, chances[name])
    return coins, of_coin


def _coins_of(stake: Stake, of_coin: Mapping[str, str]) -> set[str]:
    return {of_coin[name] for condition in stake.conditions for name in condition.of if name in of_coin}


def _tossed(states: dict[State, dict[Points, Chance]], coin: str, chance: Chance) -> dict[State, dict[Points, Chance]]:
    """Both ways that one shared document can go."""
    tossed: dict[State, dict[Points, Chance]] = {}
    for state, sums in states.items():
        tossed[state] = {points: held * (1.0 - chance) for points, held in sums.items()}
        tossed[state | {coin}] = {points: held * chance for points, held in sums.items()}
    return tossed


def _forgotten(states: dict[State, dict[Points, Chance]], done: set[str]) -> dict[State, dict[Points, Chance]]:
    """Put states together that differ only in documents at which nobody looks any more."""
    if not done:
        return states
    kept: dict[State, dict[Points, Chance]] = {}
    for state in sorted(states, key=sorted):
        sums = kept.setdefault(state - done, {})
        for points, held in states[state].items():
            sums[points] = sums[points] + held if points in sums else held
    return kept


def _added(sums: dict[Points, Chance], earnings: dict[int, Chance], account: int) -> dict[Points, Chance]:
    total: dict[Points, Chance] = {}
    for points, held in sums.items():
        for earned, chance in earnings.items():
            key = (*points[:account], points[account] + earned, *points[account + 1 :])
            total[key] = total[key] + held * chance if key in total else held * chance
    return dict(sorted(total.items()))


def _step_for(sums: int) -> int:
    """The step that leaves few enough sums; 1 where there are few."""
    return next((step for step in (1, *STEPS) if sums <= MOST_SUMS * step), STEPS[-1])


def _on_steps(sums: dict[Points, Chance], account: int, step: int) -> dict[Points, Chance]:
    """The same sums on steps of one account, each split so that its mean is kept."""
    total: dict[Points, Chance] = {}
    for points, held in sums.items():
        low, part = divmod(points[account], step)
        for place, share in ((low, (step - part) / step), (low + 1, part / step)):
            if share:
                key = (*points[:account], place * step, *points[account + 1 :])
                total[key] = total[key] + held * share if key in total else held * share
    return dict(sorted(total.items()))


# --- one indicator --------------------------------------------------------------------------------------------------


def _earnings(
    stake: Stake, state: State, of_coin: Mapping[str, str], chances: Chances, on_site: Chance
) -> dict[int, Chance]:
    """What one indicator earns, given which shared documents were accepted.

    Conditions that bear the same parts stand or fall for the same points: they are one event.
    """
    bearing: dict[frozenset[int], Chance] = {}
    for number, condition in enumerate(stake.conditions):
        parts = frozenset(i for i, (_, needed) in enumerate(stake.parts) if number in needed)
        chance = _met(condition, state, of_coin, chances)
        bearing[parts] = bearing[parts] * chance if parts in bearing else chance
    events = sorted(bearing.items(), key=lambda event: sorted(event[0]))
    earnings: dict[int, Chance] = {}
    for proven, chance in _ways(events, frozenset(range(len(stake.parts))), np.ones_like(on_site)):
        earned = stake.worth(sorted(proven))
        earnings[earned] = earnings[earned] + chance if earned in earnings else chance
    if stake.channel != "field":
        return earnings
    found = {earned: chance * on_site for earned, chance in earnings.items() if earned}
    found[0] = earnings.get(0, 0.0) * on_site + (1.0 - on_site)
    return found


def _ways(
    events: list[tuple[frozenset[int], Chance]], proven: frozenset[int], chance: Chance
) -> Iterator[tuple[frozenset[int], Chance]]:
    """Every set of parts that may stand, with its chance."""
    if not events:
        yield proven, chance
        return
    (parts, met), rest = events[0], events[1:]
    yield from _ways(rest, proven, chance * met)
    yield from _ways(rest, proven - parts, chance * (1.0 - met))


def _met(condition: Condition, state: State, of_coin: Mapping[str, str], chances: Chances) -> Chance:
    """The chance that enough documents of a condition are accepted, those tossed before being known."""
    known = sum(of_coin.get(name) in state for name in condition.of if name in of_coin)
    private = [chances[name] for name in condition.of if name not in of_coin]
    needed = condition.at_least - known
    if needed <= 0:
        return np.ones_like(next(iter(chances.values())))
    if needed > len(private):
        return np.zeros_like(next(iter(chances.values())))
    exactly = [np.ones_like(private[0]), *(np.zeros_like(private[0]) for _ in range(needed))]
    for chance in private:
        for count in range(needed, 0, -1):
            gained = exactly[count - 1] * chance
            exactly[count] = exactly[count] + gained if count == needed else exactly[count] * (1.0 - chance) + gained
        exactly[0] = exactly[0] * (1.0 - chance)
    return exactly[needed]


# --- points of accounts -> one amount -------------------------------------------------------------------------------


def outcomes_of(block: Block, sums: Sums, factors: Factors, caps: Mapping[str, int]) -> Outcomes:
    """Weigh the points of each account; of a capped pillar the points that weigh most are kept."""
    amounts: dict[float, Chance] = {}
    for points, chance in sums.chances.items():
        amount = _weighed(dict(zip(block.accounts, points, strict=True)), factors, caps)
        amounts[amount] = amounts[amount] + chance if amount in amounts else chance
    ordered = sorted(amounts)
    return Outcomes(tuple(ordered), tuple(amounts[amount] for amount in ordered))


def _weighed(points: dict[tuple[str, str], int], factors: Factors, caps: Mapping[str, int]) -> float:
    total, left = 0.0, dict(caps)
    for account, earned in sorted(points.items(), key=lambda entry: -factors[entry[0]]):
        kept = min(earned, left.get(account[1], earned))
        total += factors[account] * kept / 1000
        if account[1] in left:
            left[account[1]] -= kept
    return total
