"""The rules of one frame over given columns, and every answer that the plain path has given so far (内核).

Every distinct combination of cells has a number, in the order in which combinations were met. A part in one row is a code:
the number of its state times four, and how it is proven. What codes are worth stands in tables that only grow.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import lcm
from math import prod
from typing import Any
from typing import NamedTuple
from typing import TypeVar

import polars as pl

from engine.answers import MOST_ANSWERS
from engine.answers import NONE
from engine.answers import OUTCOMES
from engine.answers import PROOFS
from engine.answers import PROVEN
from engine.answers import Answers
from engine.answers import certain_of
from engine.columns import looked_up
from engine.columns import numbers_in
from engine.lowering import Answer
from engine.lowering import Points
from engine.lowering import Question
from engine.lowering import Rules
from engine.lowering import exact_points
from engine.share_laws import Worth
from engine.share_laws import worth_of

OUTCOME = pl.Enum(OUTCOMES)
# Whole numbers below this, in columns that are no counts, are words of their own: how many items are accepted.
_SMALL = [str(number) for number in range(16)]
# A table of places takes four bytes for each.
_MOST_PLACES = 1 << 16


class Amounts(NamedTuple):
    """What the codes of the parts of one indicator are worth, as whole numbers of one small unit.

    Attributes:
        weights: The weight of each part by code; 0 where it has nothing to judge.
        starts: Of each part by code: earned as claimed, earned as proven, earned or open, lost; times its weight.
        slopes: How much more of each a whole share gives; empty for a part none of whose states hangs on a share.
        wild: Which codes of each part are of no such unit: their rows are worked out one by one.
        most: No sum of weights, starts or slopes is larger.
    """

    weights: tuple[pl.Series, ...]
    starts: tuple[tuple[pl.Series, ...], ...]
    slopes: tuple[tuple[pl.Series, ...], ...]
    wild: tuple[pl.Series, ...]
    most: int


Numbers = TypeVar("Numbers", int, pl.Expr)


class Words:
    """What the cells of one column that are no counts say, by number; 0 says nothing."""

    def __init__(self) -> None:
        self.said: list[Any] = [None]

    def as_they_are(self, name: str, kind: pl.DataType, most: int | None) -> pl.Expr | None:
        """The words of a column whose cells are numbers of words themselves: truths, or whole numbers from 0 to ``most``."""
        if kind == pl.Boolean and self._begin_with([False, True]):
            return (pl.col(name).cast(pl.UInt32) + 1).fill_null(0)
        if most is not None and most < len(_SMALL) and self._begin_with(_SMALL):
            return (pl.col(name).cast(pl.UInt32) + 1).fill_null(0)
        return None

    def spelt(self, name: str) -> pl.Expr:
        """The cells of a column as words; those that were not met before are missing."""
        return pl.col(name).cast(pl.String).cast(pl.Enum(self.said[1:]), strict=False)

    def learn(self, texts: pl.Series) -> None:
        """Number on the words that were not met before."""
        self.said += texts.drop_nulls().unique(maintain_order=True).to_list()

    def _begin_with(self, words: list[Any]) -> bool:
        """Whether these words have the first numbers; numbers once given stay."""
        if self.said == [None]:
            self.said += words
        return self.said[1 : 1 + len(words)] == words


class Combinations:
    """The combinations of some columns met so far, by number; columns without words hold counts.

    Where the columns can hold few different cells, a combination is found at a place of its own in a table; else by a join.
    """

    def __init__(self, names: tuple[str, ...], words: list[Words | None]) -> None:
        self.columns = [name if said is None else numbered_column(name) for name, said in zip(names, words, strict=True)]
        self.words = words
        self.met: list[tuple[int | None, ...]] = [] if names else [()]
        self._sizes: tuple[int, ...] = ()
        self._places = pl.Series([], dtype=pl.UInt32)

    def spelt_from(self, number: int) -> list[tuple[Any, ...]]:
        """The cells of the combinations from a number on, in the order of their numbers."""
        return [self._spelt(line) for line in self.met[number:]]

    def found(self, table: pl.DataFrame, sizes: dict[str, int]) -> pl.Expr:
        """Which combination every row of a table has, by how many numbers its columns may hold; null where it is new."""
        if not self.columns:
            return pl.lit(0, dtype=pl.UInt32)
        wanted = tuple(sizes[name] for name in self.columns)
        if prod(1 << (size - 1).bit_length() for size in wanted) > _MOST_PLACES:
            known = pl.DataFrame(self.met, schema=dict.fromkeys(self.columns, pl.Int64), orient="row")
            return pl.lit(numbers_in(table.select(pl.col(self.columns).cast(pl.Int64)), known.with_row_index("~at")))
        if not self._sizes or any(new > old for new, old in zip(wanted, self._sizes, strict=True)):
            self._lay_out(wanted)
        return looked_up(self._places, self._place())

    def meet(self, rows: pl.DataFrame) -> None:
        """Number on the combinations of rows that were not met before."""
        self.met += rows.select(self.columns).unique(maintain_order=True).rows()
        self._sizes = ()

    def _lay_out(self, sizes: tuple[int, ...]) -> None:
        """Give every combination its place; one with a larger number than the sizes allow is in no row of the table."""
        self._sizes = tuple(1 << (size - 1).bit_length() for size in sizes)
        places: list[int | None] = [None] * prod(self._sizes)
        for number, line in enumerate(self.met):
            cells = [_after_nothing(c) if said is None else c or 0 for c, said in zip(line, self.words, strict=True)]
            if all(cell < size for cell, size in zip(cells, self._sizes, strict=True)):
                places[self._placed(cells)] = number
        self._places = pl.Series(places, dtype=pl.UInt32)

    def _place(self) -> pl.Expr:
        return self._placed(
            [
                pl.col(name) if words is not None else (pl.col(name).cast(pl.UInt32) + 1).fill_null(0)
                for name, words in zip(self.columns, self.words, strict=True)
            ]
        )

    def _placed(self, cells: list[Numbers]) -> Numbers:
        """The place of a combination by the numbers of its cells, or the places of many by columns of such numbers."""
        place = cells[0]
        for cell, size in zip(cells[1:], self._sizes[1:], strict=True):
            place = place * size + cell
        return place

    def _spelt(self, line: tuple[int | None, ...]) -> tuple[Any, ...]:
        cells = zip(line, self.words, strict=True)
        return tuple(cell if said is None else said.said[cell or 0] for cell, said in cells)


def _after_nothing(count: int | None) -> int:
    """A count that is not stated comes before every number, as the word for nothing does."""
    return 0 if count is None else count + 1


def numbered_column(name: str) -> str:
    """The column beside a cell's own that holds the numbers of its words; no cell can be called so."""
    return f"#{name}"


class Kernel(Answers):
    """The rules of one frame over given columns, with every answer that the plain path has given so far by number."""

    def __init__(self, rules: Rules, columns: Iterable[str]) -> None:
        super().__init__(rules, columns)
        self.words = {name: Words() for name in self.columns if name not in self.counts}
        self.combinations: dict[tuple[str, ...], Combinations] = {}
        self.states: dict[int, States] = {}
        self.amounts: dict[str, tuple[list[int], Amounts]] = {}

    def forget(self) -> None:
        """Forget the answers when they are too many to keep; they can be asked for again."""
        if self.known() + sum(len(each.met) for each in self.combinations.values()) > MOST_ANSWERS:
            super().forget()
            self.words = {name: Words() for name in self.words}
            for known in (self.combinations, self.states, self.amounts):
                known.clear()

    def combinations_of(self, names: tuple[str, ...]) -> Combinations:
        """The combinations of some columns, the same for every part that asks for them."""
        if names not in self.combinations:
            self.combinations[names] = Combinations(names, [self.words.get(name) for name in names])
        return self.combinations[names]

    def states_of(self, at: int) -> "States":
        """The states of a part that were met so far."""
        if at not in self.states:
            law = self.laws.get(at)
            self.states[at] = States(self.rules.questions[at], law.worths if law is not None else ())
        return self.states[at]

    def amounts_of(self, name: str) -> Amounts:
        """What every code of the parts of an indicator met so far is worth."""
        parts = [self.states_of(at) for at in self.parts[name]]
        met = [len(part.worths) for part in parts]
        if name not in self.amounts or self.amounts[name][0] != met:
            self.amounts[name] = met, weigh(parts)
        return self.amounts[name][1]

    def state_by(self, at: int, names: tuple[str, ...], cells: tuple[Any, ...]) -> int:
        """The state of a part by some cells."""
        given = self.answered(at, names, cells)
        assert given is not None, "every cell was asked for by itself before"
        return self.states_of(at).number(worth_of(given))

    def looked_up(self, at: int) -> tuple[str, ...] | None:
        """The cells by whose combinations a part is looked up; ``None`` where its share says all."""
        law = self.laws.get(at)
        if law is None:
            return self.rules.questions[at].value_cells
        return (law.reported,) if law.reported is not None else None

    def states_looked_up(self, at: int, names: tuple[str, ...]) -> pl.Series:
        """The state of a part by every combination met so far."""
        known = self.states_of(at).looked_up
        known += [self.state_by(at, names, cells) for cells in self.combinations_of(names).spelt_from(len(known))]
        return pl.Series(known, dtype=pl.UInt32)

    def proofs_looked_up(self, at: int, names: tuple[str, ...]) -> pl.Series:
        """How a part is proven by every combination met so far."""
        known = self.states_of(at).proofs
        told = (self.proven(at, cells) for cells in self.combinations_of(names).spelt_from(len(known)))
        known += [PROVEN * proven + NONE * none for proven, none in told]
        return pl.Series(known, dtype=pl.UInt8)


def points_of(claimed: Points, substantiated: Points) -> tuple[int, ...]:
    """Claimed, earned, reachable and lost, in thousandths."""
    return claimed.earned, substantiated.earned, substantiated.reachable, substantiated.lost


class States:
    """The distinct states of a part, numbered in the order in which they were met, and what their codes are worth."""

    def __init__(self, question: Question, known: tuple[Worth, ...]) -> None:
        self.question = question
        self.worths = list(known)
        self.numbers = {worth: number for number, worth in reversed(list(enumerate(known)))}
        # By the numbers of the combinations that they hang on.
        self.looked_up: list[int] = []
        self.proofs: list[int] = []
        self._certain: pl.Series | None = None
        self._lines: dict[int, list[tuple[int, ...]]] = {}

    def number(self, worth: Worth) -> int:
        """The number of a state, a new one where it was not met before."""
        if worth not in self.numbers:
            self.numbers[worth] = len(self.worths)
            self.worths.append(worth)
        return self.numbers[worth]

    def certain(self) -> pl.Series:
        """What is certain of every code met so far."""
        if self._certain is None or self._certain.len() < len(self.worths) * PROOFS:
            self._certain = pl.Series([certain_of(*code) for code in codes_of(self.worths)], dtype=pl.UInt8)
        return self._certain

    def lines(self, maximum: int) -> list[tuple[int, ...]]:
        """The points of an indicator of this part alone by every code met so far, by the plain path's arithmetic."""
        known = self._lines.setdefault(maximum, [])
        known += [self._line(code, maximum) for code in range(len(known), len(self.worths) * PROOFS)]
        return known

    def _line(self, code: int, maximum: int) -> tuple[int, ...]:
        kept = self.kept(code, Fraction(0))
        return points_of(*exact_points([kept], maximum)) if kept is not None else (0, 0, 0, 0)

    def kept(self, code: int, share: Fraction) -> tuple[Question, Answer, bool] | None:
        """A part with its exact worth at a share, and whether it is proven; ``None`` where it has nothing to judge."""
        worth, proven = self.worths[code // PROOFS], code % PROOFS
        if worth.dropped or worth.dropped_if_none and proven & NONE:
            return None
        earned, reach, lost = (start + slope * share for start, slope in zip(worth.start, worth.slope, strict=True))
        return self.question, Answer(earned, reach - earned, 1 - reach - lost, lost, False, False), bool(proven & PROVEN)


def codes_of(worths: list[Worth]) -> list[tuple[Worth, bool, bool]]:
    """Every code in order: a state, whether it is proven, whether a zero report is accepted."""
    return [(worth, bool(proven & PROVEN), bool(proven & NONE)) for worth in worths for proven in range(PROOFS)]


def weigh(parts: list[States]) -> Amounts:
    """Lay out what the parts of an indicator are worth over one common denominator, as far as it stays small."""
    unit, tame = _common_unit(parts)
    whole = [_weighed(part, unit, own) for part, own in zip(parts, tame, strict=True)]
    columns = [list(zip(*lines, strict=True)) or [()] * _COLUMNS for lines in whole]

    def series(values: Iterable[tuple[int, ...]]) -> tuple[pl.Series, ...]:
        return tuple(pl.Series(column, dtype=pl.Int64) for column in values)

    return Amounts(
        tuple(pl.Series(one[0], dtype=pl.Int64) for one in columns),
        tuple(series(one[1:5]) for one in columns),
        tuple(series(one[5:]) if any(map(any, one[5:])) else () for one in columns),
        tuple(pl.Series([not is_tame for is_tame in own for _ in range(PROOFS)], dtype=pl.Boolean) for own in tame),
        sum(max((abs(amount) for column in one for amount in column), default=0) for one in columns),
    )


# A weight, four amounts and their slopes.
_COLUMNS = 9
# Above this a common denominator helps nobody: a share that was asked by itself may be any fraction.
_MOST_UNIT = 10**6


def _common_unit(parts: list[States]) -> tuple[int, list[list[bool]]]:
    """A denominator for as many states as possible, those met first before others; and which states those are."""
    unit = lcm(*(part.question.weight.denominator for part in parts))
    tame: list[list[bool]] = []
    for part in parts:
        tame.append([])
        for worth in part.worths:
            wanted = lcm(unit, *((part.question.weight * amount).denominator for amount in (*worth.start, *worth.slope)))
            tame[-1].append(wanted <= _MOST_UNIT)
            unit = wanted if wanted <= _MOST_UNIT else unit
    return unit, tame


def _weighed(part: States, unit: int, tame: list[bool]) -> list[tuple[int, ...]]:
    """By code: the weight where the part is kept, the four amounts and their slopes by weight; of tame states only."""
    weight = part.question.weight * unit
    scaled = [
        [[int(weight * a) for a in amounts] for amounts in (worth.start, worth.slope)] if is_tame else [[0] * 3, [0] * 3]
        for worth, is_tame in zip(part.worths, tame, strict=True)
    ]
    lines: list[tuple[int, ...]] = []
    for code, (worth, proven, none) in enumerate(codes_of(part.worths)):
        kept = not (worth.dropped or worth.dropped_if_none and none)
        both = ((earned, earned * proven, reach, lost) for earned, reach, lost in scaled[code // PROOFS])
        lines.append((int(weight) * kept, *(kept * amount for amounts in both for amount in amounts)))
    return lines
