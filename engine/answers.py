"""Every answer that the plain path has given of the rules of one frame (问答簿), and what is certain by it.

Shares of two counts are asked for their line at once; everything else is asked when it is met first, and remembered.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from engine.allotment import Allotment
from engine.lowering import Answer
from engine.lowering import Cells
from engine.lowering import Rules
from engine.lowering import allot
from engine.lowering import answer
from engine.lowering import proof
from engine.lowering import read_filed
from engine.lowering import refusal
from engine.models import ruleset as model
from engine.share_laws import ShareLaw
from engine.share_laws import Worth
from engine.share_laws import find_law
from engine.ties import find_ties

# Counts above this are read like any text; below it every product of a count with a bound fits into 64 bits.
MOST = 10**9
# A count that is plain as a text; others are read by the plain path.
PLAIN_COUNT = r"^(0|[1-9]\d{0,8})$"
# Some hundred bytes each.
MOST_ANSWERS = 500_000
OUTCOMES = ("NOT_MET", "UNKNOWN", "PARTIAL", "MET", "NOT_APPLICABLE")
# How a part is proven: 1 by accepted evidence, 2 a zero report is accepted, 3 both.
PROOFS = 4
PROVEN, NONE = 1, 2
# What is certain of a part in a row, as bits that parts share by "or"; claimed and substantiated apart.
KEPT, LACKS, LACKS_PROVEN, SOME, SOME_PROVEN, OPEN, OPEN_PROVEN = (1 << bit for bit in range(7))


class Answers:
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
            remember(self.answers, (at, names, cells), given if isinstance(given, Answer) else None, MOST_ANSWERS)
        return self.answers[at, names, cells]

    def proven(self, at: int, cells: tuple[Any, ...]) -> tuple[bool, bool]:
        """Whether a part is proven, and whether a zero report was accepted."""
        if (at, cells) not in self.proofs:
            question = self.rules.questions[at]
            told = proof(self.rules, question, stated(question.proof_cells, cells))
            remember(self.proofs, (at, cells), told, MOST_ANSWERS)
        return self.proofs[at, cells]

    def usable(self, name: str, value: Any) -> bool:
        """Whether the plain path would use a cell at all."""
        if (name, value) not in self.refusals:
            refused = read_filed(str(value)) is None if "/" in name else bool(refusal(self.rules, stated((name,), (value,))))
            remember(self.refusals, (name, value), refused, MOST_ANSWERS)
        return not self.refusals[name, value]

    def allotted(self, dropped: frozenset[str]) -> Allotment:
        """The points of rows of which some indicators have nothing to judge."""
        if dropped not in self.allotments:
            self.allotments[dropped] = allot(self.rules, dropped)
        return self.allotments[dropped]

    def known(self) -> int:
        """How many answers of one kind are kept at most."""
        return max(len(self.answers), len(self.proofs), len(self.refusals), len(self.allotments))

    def forget(self) -> None:
        """Forget the answers; they can be asked for again."""
        for known in (self.answers, self.proofs, self.refusals, self.allotments):
            known.clear()


def remember(known: dict[Any, Any], key: Any, told: Any, most: int) -> None:
    """Keep an answer; where there are ``most`` before it, those are forgotten and can be asked for again."""
    if len(known) >= most:
        known.clear()
    known[key] = told


def certain_of(worth: Worth, proven: bool, none: bool) -> int:
    """What is certain of a part in a state, by whether it is proven and whether a zero report is accepted."""
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
