"""The rules of one frame over given columns, and every answer that the plain path has given so far (内核).

Every distinct combination of cells has a number, in the order in which combinations were met. A part in one row is a code:
the number of its state times four, and how it is proven. What codes are worth stands in tables that only grow.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import partial
from math import lcm
from typing import Any
from typing import NamedTuple

import polars as pl

from engine.allotment import Allotment
from engine.columns import numbers_in
from engine.lowering import Answer
from engine.lowering import Cells
from engine.lowering import Points
from engine.lowering import Question
from engine.lowering import Rules
from engine.lowering import allot
from engine.lowering import answer
from engine.lowering import exact_points
from engine.lowering import proof
from engine.lowering import read_filed
from engine.lowering import refusal
from engine.models import ruleset as model
from engine.share_laws import ShareLaw
from engine.share_laws import Worth
from engine.share_laws import find_law
from engine.share_laws import worth_of
from engine.ties import find_ties

# Counts above this are read like any text; below it every product of a count with a bound fits into 64 bits.
MOST = 10**9
# Some hundred bytes each.
MOST_ANSWERS = 500_000
OUTCOMES = ("NOT_MET", "UNKNOWN", "PARTIAL", "MET", "NOT_APPLICABLE")
OUTCOME = pl.Enum(OUTCOMES)
# How a part is proven: 1 by accepted evidence, 2 a zero report is accepted, 3 both.
PROOFS = 4
_PROVEN, _NONE = 1, 2
# What is certain of a part in a row, as bits that parts share by "or"; claimed and substantiated apart.
KEPT, LACKS, LACKS_PROVEN, SOME, SOME_PROVEN, OPEN, OPEN_PROVEN = (1 << bit for bit in range(7))


class Amounts(NamedTuple):
    """What the codes of the parts of one indicator are worth, as whole numbers of one small unit.

    Attributes:
        weights: The weight of each part by code; 0 where it has nothing to judge.
        starts: Of each part by code: earned as claimed, earned as proven, earned or open, lost; times its weight.
        slopes: How much more of each a whole share gives; empty for a part none of whose states hangs on a share.
        most: No sum of weights, starts or slopes is larger.
    """

    weights: tuple[pl.Series, ...]
    starts: tuple[tuple[pl.Series, ...], ...]
    slopes: tuple[tuple[pl.Series, ...], ...]
    most: int


class Combinations:
    """The combinations of some columns met so far, by number."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.rows: list[tuple[Any, ...]] = [] if names else [()]
        self.known: pl.DataFrame | None = None

    def numbers(self, table: pl.DataFrame) -> pl.Series:
        """Which combination every row of a table has; those not met before are numbered on."""
        if not self.names:
            return pl.repeat(0, table.height, dtype=pl.UInt32, eager=True)
        cells = table.select(self.names)
        found = self._found(cells)
        if found is None or found.null_count():
            fresh = (cells if found is None else cells.filter(found.is_null())).unique(maintain_order=True)
            first = len(self.rows)
            numbered = fresh.with_columns(pl.int_range(first, first + fresh.height, dtype=pl.UInt32).alias("~at"))
            self.known = numbered if self.known is None else pl.concat([self.known, numbered])
            self.rows += fresh.rows()
            found = self._found(cells)
        assert found is not None
        return found

    def _found(self, cells: pl.DataFrame) -> pl.Series | None:
        if self.known is None:
            return None
        return numbers_in(cells, self.known)


class Kernel:
    """The rules of one frame over given columns, with every answer that the plain path has given so far."""

    def __init__(self, rules: Rules, columns: Iterable[str]) -> None:
        self.rules = rules
        self.columns = tuple(columns)
        self.counts = frozenset(name for name in self.columns if _is_count(name, rules))
        self.ties = find_ties(rules.ruleset.measures, self.columns, self.counts)
        self.answers: dict[tuple[int, tuple[str, ...], tuple[Any, ...]], Answer | None] = {}
        self.proofs: dict[tuple[int, tuple[Any, ...]], tuple[bool, bool]] = {}
        self.refusals: dict[tuple[str, Any], bool] = {}
        self.allotments: dict[frozenset[str], Allotment] = {}
        self.combinations: dict[tuple[str, ...], Combinations] = {}
        self.states: dict[int, States] = {}
        self.amounts: dict[str, tuple[list[int], Amounts]] = {}
        self.parts: dict[str, list[int]] = {}
        self.laws: dict[int, ShareLaw] = {}
        for at, question in enumerate(rules.questions):
            self.parts.setdefault(question.indicator.id, []).append(at)
            ask = partial(self.answered, at, question.value_cells)
            law = find_law(question, rules.ruleset.measures, self.counts, ask)
            if law is not None:
                self.laws[at] = law

    def answered(self, at: int, names: tuple[str, ...], cells: tuple[Any, ...]) -> Answer | None:
        """What the plain path says of one part by some cells; ``None`` where it refuses them."""
        if (at, names, cells) not in self.answers:
            given = answer(self.rules, self.rules.questions[at], stated(names, cells))
            self.answers[at, names, cells] = given if isinstance(given, Answer) else None
        return self.answers[at, names, cells]

    def proven(self, at: int, cells: tuple[Any, ...]) -> tuple[bool, bool]:
        """Whether a part is proven, and whether a zero report was accepted."""
        if (at, cells) not in self.proofs:
            question = self.rules.questions[at]
            self.proofs[at, cells] = proof(self.rules, question, stated(question.proof_cells, cells))
        return self.proofs[at, cells]

    def forget(self) -> None:
        """Forget the answers when they are too many to keep; they can be asked for again."""
        told: tuple[dict[Any, Any], ...] = (self.answers, self.proofs, self.refusals, self.allotments)
        if max(map(len, told)) + sum(len(each.rows) for each in self.combinations.values()) > MOST_ANSWERS:
            for known in (*told, self.combinations, self.states, self.amounts):
                known.clear()

    def usable(self, name: str, value: Any) -> bool:
        """Whether the plain path would use a cell at all."""
        if (name, value) not in self.refusals:
            if "/" in name:
                self.refusals[name, value] = read_filed(str(value)) is None
            else:
                self.refusals[name, value] = bool(refusal(self.rules, stated((name,), (value,))))
        return not self.refusals[name, value]

    def combinations_of(self, names: tuple[str, ...]) -> Combinations:
        """The combinations of some columns, the same for every part that asks for them."""
        return self.combinations.setdefault(names, Combinations(names))

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
        known += [self.state_by(at, names, cells) for cells in self.combinations_of(names).rows[len(known) :]]
        return pl.Series(known, dtype=pl.UInt32)

    def proofs_looked_up(self, at: int, names: tuple[str, ...]) -> pl.Series:
        """How a part is proven by every combination met so far."""
        told = (self.proven(at, cells) for cells in self.combinations_of(names).rows)
        return pl.Series([_PROVEN * proven + _NONE * none for proven, none in told], dtype=pl.UInt8)

    def allotted(self, dropped: frozenset[str]) -> Allotment:
        """The points of rows of which some indicators have nothing to judge."""
        if dropped not in self.allotments:
            self.allotments[dropped] = allot(self.rules, dropped)
        return self.allotments[dropped]


def points_of(claimed: Points, substantiated: Points) -> tuple[int, ...]:
    """Claimed, earned, reachable and lost, in thousandths."""
    return claimed.earned, substantiated.earned, substantiated.reachable, substantiated.lost


class States:
    """The distinct states of a part, numbered in the order in which they were met, and what their codes are worth."""

    def __init__(self, question: Question, known: tuple[Worth, ...]) -> None:
        self.question = question
        self.worths = list(known)
        self.numbers = {worth: number for number, worth in reversed(list(enumerate(known)))}
        self.looked_up: list[int] = []
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
            self._certain = pl.Series([_certain(*code) for code in codes_of(self.worths)], dtype=pl.UInt8)
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
        if worth.dropped or worth.dropped_if_none and proven & _NONE:
            return None
        earned, reach, lost = (start + slope * share for start, slope in zip(worth.start, worth.slope, strict=True))
        return self.question, Answer(earned, reach - earned, 1 - reach - lost, lost, False, False), bool(proven & _PROVEN)


def codes_of(worths: list[Worth]) -> list[tuple[Worth, bool, bool]]:
    """Every code in order: a state, whether it is proven, whether a zero report is accepted."""
    return [(worth, bool(proven & _PROVEN), bool(proven & _NONE)) for worth in worths for proven in range(PROOFS)]


def weigh(parts: list[States]) -> Amounts:
    """Lay out what the parts of an indicator are worth over one common denominator."""
    exact = [_weighed(part.worths, part.question.weight) for part in parts]
    unit = lcm(*(amount.denominator for lines in exact for line in lines for amount in line))
    whole = [[[int(amount * unit) for amount in line] for line in lines] for lines in exact]
    columns = [list(zip(*lines, strict=True)) or [()] * _COLUMNS for lines in whole]

    def series(values: Iterable[tuple[int, ...]]) -> tuple[pl.Series, ...]:
        return tuple(pl.Series(column, dtype=pl.Int64) for column in values)

    return Amounts(
        tuple(pl.Series(one[0], dtype=pl.Int64) for one in columns),
        tuple(series(one[1:5]) for one in columns),
        tuple(series(one[5:]) if any(map(any, one[5:])) else () for one in columns),
        sum(max((abs(amount) for column in one for amount in column), default=0) for one in columns),
    )


# A weight, four amounts and their slopes.
_COLUMNS = 9


def _weighed(worths: list[Worth], weight: Fraction) -> list[tuple[Fraction, ...]]:
    """By code: the weight where the part is kept, the four amounts and their slopes by weight."""
    lines: list[tuple[Fraction, ...]] = []
    for worth, proven, none in codes_of(worths):
        kept = weight * (not (worth.dropped or worth.dropped_if_none and none))
        both = ((earned, earned * proven, reach, lost) for earned, reach, lost in (worth.start, worth.slope))
        lines.append((kept, *(kept * amount for amounts in both for amount in amounts)))
    return lines


def _certain(worth: Worth, proven: bool, none: bool) -> int:
    if worth.dropped or worth.dropped_if_none and none:
        return 0
    bits = {
        LACKS: not worth.full,
        LACKS_PROVEN: not (worth.full and proven),
        SOME: worth.some,
        SOME_PROVEN: worth.some and proven,
        OPEN: worth.open,
        OPEN_PROVEN: worth.open or worth.some and not proven,
    }
    return KEPT | sum(bit for bit, is_so in bits.items() if is_so)


def outcome_by(certain: int, proven_only: bool) -> str:
    """What the shares of an indicator mean on a track, by what is certain of its parts together."""
    lacks, some, open_ = (LACKS_PROVEN, SOME_PROVEN, OPEN_PROVEN) if proven_only else (LACKS, SOME, OPEN)
    if not certain & KEPT:
        return "NOT_APPLICABLE"
    if not certain & lacks:
        return "MET"
    return "PARTIAL" if certain & some else "UNKNOWN" if certain & open_ else "NOT_MET"


def stated(names: Iterable[str], values: Iterable[Any]) -> Cells:
    """The cells that hold anything, as a submission would have them."""
    return {name: _as_written(value) for name, value in zip(names, values, strict=True) if value is not None}


def _as_written(value: Any) -> str | bool:
    """A cell as a submission would have it: a truth is a truth also where a table can hold nothing but text."""
    if isinstance(value, bool) or value in ("true", "false"):
        return value in (True, "true")
    return str(value)


def _is_count(name: str, rules: Rules) -> bool:
    """Whether a column holds counts whose plain whole numbers are always used as they are."""
    measure = rules.ruleset.measures.get(name)
    if not isinstance(measure, model.Counted) or measure.kind != "count":
        return False
    return not any(refusal(rules, {name: str(number)}) for number in (0, 1, MOST))
