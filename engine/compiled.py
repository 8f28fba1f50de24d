"""The rules of one frame as closures over slots (编译): the outcomes of one row in microseconds, without points or trace.

A slot is the place of a cell among the columns. Shares are decided by whole numbers against bounds; everything else is
looked up by the cells that it depends on, and asked of the plain path where it is met first. Nothing is decided here by
itself: laws, ties and answers are those that many rows rest on, too.
"""

import re
from collections.abc import Callable
from functools import reduce
from itertools import repeat
from operator import call
from operator import itemgetter
from operator import or_
from types import NoneType
from typing import Any

from engine.answers import MOST
from engine.answers import NONE
from engine.answers import PLAIN_COUNT
from engine.answers import PROOFS
from engine.answers import PROVEN
from engine.answers import Answers
from engine.answers import certain_of
from engine.answers import outcome_by
from engine.answers import stated
from engine.lowering import Cells
from engine.lowering import refusal
from engine.share_laws import ShareLaw
from engine.share_laws import worth_of
from engine.ties import DAY
from engine.ties import Form
from engine.ties import Tie

Values = list[Any]
# Substantiated and claimed.
Verdict = tuple[str, str]
Verdicts = dict[str, Verdict]
_Bits = Callable[[Values], int]
_WHOLE, _SAID = {int, NoneType}, {str, bool, NoneType}
_IS_PLAIN = re.compile(PLAIN_COUNT)
_ARE_DAYS = re.compile(DAY)


def compile_rules(answers: Answers) -> Callable[[Cells], Verdicts | str]:
    """What gives the outcomes of a row by its cells, by indicator; or why its cells cannot be used, in one line."""
    # Counts come first, so that their kinds can be looked at together.
    columns = sorted(answers.columns, key=lambda name: name not in answers.counts)
    slots = {name: slot for slot, name in enumerate(columns)}
    verdicts = [(outcome_by(bits, proven_only=True), outcome_by(bits, proven_only=False)) for bits in range(1 << 7)]
    is_plain = _plainness(answers, slots)
    parts = [_part(answers, at, slots) for at in range(len(answers.rules.questions))]
    quickly, carefully = _quick(answers, parts, slots, verdicts), _careful(answers, parts, slots, verdicts)

    def judge(cells: Cells) -> Verdicts | str:
        values = list(map(cells.get, columns))
        found = quickly(values) if is_plain(values) else None
        return carefully(values) if found is None else found

    return judge


def _plainness(answers: Answers, slots: dict[str, int]) -> Callable[[Values], bool]:
    """Whether a row holds plain counts and words, no figures at odds, and nothing that no part looks at."""
    counts = len(answers.counts)
    read = {name for question in answers.rules.questions for name in (*question.value_cells, *question.proof_cells)}
    reported = {law.reported for law in answers.laws.values()}
    idle = [slot for name, slot in slots.items() if name in reported or name not in read | answers.counts]
    above = [[slots[cell] for cell in tie.cells] for tie in answers.ties if tie.form is Form.FIRST_ABOVE_SECOND]
    tests = [_test(tie, slots) for tie in answers.ties if tie.form is not Form.FIRST_ABOVE_SECOND]

    def is_plain(values: Values) -> bool:
        if not set(map(type, values[:counts])) <= _WHOLE or not set(map(type, values[counts:])) <= _SAID:
            return False
        stated = [count for count in values[:counts] if count is not None]
        if stated and (min(stated) < 0 or max(stated) > MOST):
            return False
        for low, high in above:
            if (part := values[low]) is not None and (whole := values[high]) is not None and part > whole:
                return False
        return all(values[slot] is None for slot in idle) and not any(test(values) for test in tests)

    return is_plain


def _quick(
    answers: Answers, parts: list[_Bits], slots: dict[str, int], verdicts: list[Verdict]
) -> Callable[[Values], Verdicts | None]:
    """Judge a plain row; ``None`` where it says something that the plain path refuses."""
    whole = {name: _together([parts[at] for at in own]) for name, own in answers.parts.items()}
    cells = {name: _cells_of(answers, own) for name, own in answers.parts.items()}
    nothing = dict.fromkeys(answers.rules.scored, verdicts[0])
    nothing |= {name: verdicts[whole[name]([None] * len(slots))] for name, own in cells.items() if not own}
    by_cells = [name for name, own in answers.parts.items() if cells[name] and answers.laws.keys().isdisjoint(own)]
    looked_up = [itemgetter(*(slots[cell] for cell in cells[name])) for name in by_cells]
    known: list[dict[Any, Verdict]] = [{} for _ in by_cells]
    shares = [(name, whole[name]) for name in answers.parts if cells[name] and name not in set(by_cells)]

    def judge(values: Values) -> Verdicts | None:
        keys = list(map(call, looked_up, repeat(values)))
        said: list[Any] = list(map(dict.get, known, keys))
        for number in [number for number, verdict in enumerate(said) if verdict is None]:
            name = by_cells[number]
            if not all(values[slots[cell]] is None or answers.usable(cell, values[slots[cell]]) for cell in cells[name]):
                return None
            said[number] = known[number][keys[number]] = verdicts[whole[name](values)]
        found = nothing.copy()
        found.update(zip(by_cells, said, strict=True))
        for name, certain in shares:
            found[name] = verdicts[certain(values)]
        return found

    return judge


def _cells_of(answers: Answers, parts: list[int]) -> tuple[str, ...]:
    questions = [answers.rules.questions[at] for at in parts]
    return tuple(dict.fromkeys(cell for q in questions for cell in (*q.value_cells, *q.proof_cells)))


def _together(parts: list[_Bits]) -> _Bits:
    if len(parts) == 1:
        return parts[0]
    return lambda values: reduce(or_, [part(values) for part in parts])


def _careful(
    answers: Answers, parts: list[_Bits], slots: dict[str, int], verdicts: list[Verdict]
) -> Callable[[Values], Verdicts | str]:
    """Judge any row: where its figures may be at odds or are no plain counts, by every cell that might matter."""
    read, columns = _reader(answers, slots), list(slots)
    ties = [(answers.rules.together[tie.measure], _test(tie, slots)) for tie in answers.ties]
    numbers = range(len(answers.rules.questions))
    asked = [_by_every_cell(answers, at, slots) for at in numbers]
    hangs_on = [question.hangs_on for question in answers.rules.questions]

    def judge(given: Values) -> Verdicts | str:
        values = given.copy()
        doubted = read(values)
        if doubted is None:
            return refusal(answers.rules, stated(columns, given))
        doubted.update(name for name, at_odds in ties if at_odds(values))
        bits = [parts[at](values) if doubted.isdisjoint(hangs_on[at]) else asked[at](given) for at in numbers]
        found = dict.fromkeys(answers.rules.scored, verdicts[0])
        found.update((name, verdicts[reduce(or_, [bits[at] for at in own])]) for name, own in answers.parts.items())
        return found

    return judge


def _reader(answers: Answers, slots: dict[str, int]) -> Callable[[Values], set[str] | None]:
    """Bring cells to their kinds, in place; what must be asked about with care, or ``None`` where a cell is refused."""
    counts = [(slot, name) for name, slot in slots.items() if name in answers.counts]
    others = [(slot, name) for name, slot in slots.items() if name not in answers.counts]
    stands_for = answers.rules.together

    def read(values: Values) -> set[str] | None:
        doubted: set[str] = set()
        for slot, name in counts:
            value = values[slot]
            if value is None or type(value) is int and 0 <= value <= MOST:
                continue
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if _IS_PLAIN.fullmatch(text):
                values[slot] = int(text)
            elif answers.usable(name, text):
                values[slot] = None
                doubted.add(stands_for[name])
            else:
                return None
        for slot, name in others:
            value = values[slot]
            if value is not None and not isinstance(value, bool):
                values[slot] = value = str(value)
            if value is not None and not answers.usable(name, value):
                return None
        return doubted

    return read


# --- one part -------------------------------------------------------------------------------------------------------


def _part(answers: Answers, at: int, slots: dict[str, int]) -> _Bits:
    """What is certain of a part by its slots, where no figures are at odds."""
    law, question = answers.laws.get(at), answers.rules.questions[at]
    proof = _proof(answers, at, slots)
    if law is None:
        return _by_cells(answers, at, question.value_cells, proof, slots)
    on_share = _by_share(law, proof, slots)
    if law.reported is None:
        return on_share
    by_cells, reported = _by_cells(answers, at, question.value_cells, proof, slots), slots[law.reported]
    return lambda values: on_share(values) if values[reported] is None else by_cells(values)


def _proof(answers: Answers, at: int, slots: dict[str, int]) -> _Bits:
    """How a part is proven by its slots."""
    names = answers.rules.questions[at].proof_cells
    own = [slots[name] for name in names]
    known: dict[Any, int] = {}

    def told(cells: tuple[Any, ...]) -> int:
        proven, none = answers.proven(at, cells)
        return PROVEN * proven + NONE * none

    def by_one(values: Values) -> int:
        cell = values[own[0]]
        if cell not in known:
            known[cell] = told((cell,))
        return known[cell]

    def by_some(values: Values) -> int:
        cells = tuple([values[slot] for slot in own])
        if cells not in known:
            known[cells] = told(cells)
        return known[cells]

    return by_one if len(own) == 1 else by_some


def _by_share(law: ShareLaw, proof: _Bits, slots: dict[str, int]) -> _Bits:
    """Decide by two whole numbers."""
    top, bottom = slots[law.top], slots[law.bottom]
    tables = [[certain_of(w, bool(how & PROVEN), bool(how & NONE)) for w in law.worths] for how in range(PROOFS)]
    neither, none_of_none, top_missing, bottom_missing, both_nought = law.beside
    steps = [(step.bound.denominator, step.bound.numerator, step.above) for step in law.steps]

    def decide(values: Values) -> int:
        over, under = values[top], values[bottom]
        if over is None:
            state = neither if under is None else top_missing if under else none_of_none
        elif not under:
            state = bottom_missing if under is None else both_nought
        else:
            state = 0
            for by, bound, above in steps:
                difference = over * by - under * bound
                if difference < 0 or above and not difference:
                    break
                state += 1
        return tables[proof(values)][state]

    return decide


def _by_cells(answers: Answers, at: int, names: tuple[str, ...], proof: _Bits, slots: dict[str, int]) -> _Bits:
    """Look the answer up by the cells, and ask for it where it was not asked for before."""
    own = [slots[name] for name in names]
    known: dict[tuple[Any, ...], int] = {}

    def look_up(values: Values) -> int:
        how = proof(values)
        cells = tuple([values[slot] for slot in own])
        key = (how, *cells)
        if key not in known:
            given = answers.answered(at, names, cells)
            assert given is not None, "every cell was asked for by itself before"
            known[key] = certain_of(worth_of(given), bool(how & PROVEN), bool(how & NONE))
        return known[key]

    return look_up


def _by_every_cell(answers: Answers, at: int, slots: dict[str, int]) -> _Bits:
    """What is certain of a part by every cell that might matter, as it was stated."""
    return _by_cells(answers, at, answers.rules.questions[at].doubtful_cells, _proof(answers, at, slots), slots)


# --- ties over one row ----------------------------------------------------------------------------------------------


def _test(tie: Tie, slots: dict[str, int]) -> Callable[[Values], bool]:
    """The test of a tie over one row; nothing stated is nothing at odds."""
    one, other, *_ = own = [slots[name] for name in tie.cells]
    parts = own[1:]

    def above(values: Values) -> bool:
        first, second = values[one], values[other]
        return first is not None and second is not None and first > second

    def earlier(values: Values) -> bool:
        first, second = values[one], values[other]
        if first is None or second is None:
            return False
        return not (_ARE_DAYS.match(first) and _ARE_DAYS.match(second)) or first < second

    def beside(values: Values) -> bool:
        return values[one] is not None and any(values[part] is not None for part in parts)

    def parts_above(values: Values) -> bool:
        return beside(values) and sum(values[part] or 0 for part in parts) > values[one]

    def parts_off(values: Values) -> bool:
        if not beside(values):
            return False
        added, complete = sum(values[part] or 0 for part in parts), all(values[part] is not None for part in parts)
        return bool(added > values[one] or complete and added != values[one])

    return {
        Form.BOTH_STATED: beside,
        Form.TOTAL_BESIDE_PARTS: beside,
        Form.FIRST_ABOVE_SECOND: above,
        Form.FIRST_DAY_BEFORE_SECOND: earlier,
        Form.SOME_PARTS_ABOVE_TOTAL: parts_above,
        Form.ALL_PARTS_OFF_TOTAL: parts_off,
    }[tie.form]
