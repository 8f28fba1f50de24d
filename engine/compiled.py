"""The rules of one frame as closures over slots (编译): the outcomes of one row in microseconds, without points or trace.

A slot is the place of a cell among the columns. Shares are decided by whole numbers against bounds; everything else is
looked up by the cells that it depends on, and asked of the plain path where it is met first. Nothing is decided here by
itself: laws, ties and answers are those that many rows rest on, too.
"""

import re
from collections.abc import Callable
from collections.abc import Sequence
from functools import reduce
from operator import getitem
from operator import itemgetter
from operator import or_
from types import NoneType
from typing import Any
from typing import NamedTuple

from engine.answers import MOST
from engine.answers import NONE
from engine.answers import PLAIN_COUNT
from engine.answers import PROOFS
from engine.answers import PROVEN
from engine.answers import Answers
from engine.answers import certain_of
from engine.answers import outcome_by
from engine.answers import remember
from engine.answers import stated
from engine.lowering import Cells
from engine.lowering import refusal
from engine.share_laws import ShareLaw
from engine.share_laws import Step
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
# Answers by some cells that are kept at a time.
_MOST_KNOWN = 2000


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


# --- plain rows -----------------------------------------------------------------------------------------------------


def _plainness(answers: Answers, slots: dict[str, int]) -> Callable[[Values], bool]:
    """Whether a row holds whole numbers and words in their places, no share beside its counts, and no figures at odds.

    Whether the counts of a share agree, and whether what is said can be used, is seen where it is looked at.
    """
    counts = len(answers.counts)
    reported = _keys([(slots[law.reported],) for law in answers.laws.values() if law.reported is not None])
    shares = {(law.top, law.bottom) for law in answers.laws.values()}
    tests = [_test(tie, slots) for tie in answers.ties if tie.form is not Form.FIRST_ABOVE_SECOND or tie.cells not in shares]

    def is_plain(values: Values) -> bool:
        if not set(map(type, values[:counts])) <= _WHOLE or not set(map(type, values[counts:])) <= _SAID:
            return False
        return set(reported(values)) <= {None} and not any(test(values) for test in tests)

    return is_plain


def _quick(
    answers: Answers, parts: list[_Bits], slots: dict[str, int], verdicts: list[Verdict]
) -> Callable[[Values], Verdicts | None]:
    """Judge a plain row; ``None`` where it must be looked at with care."""
    laws = list(answers.laws.values())
    by_cells = {name: [at for at in own if at not in answers.laws] for name, own in answers.parts.items()}
    lookups = [(name, own) for name, own in by_cells.items() if own]
    owners = [*(name for name, _ in lookups), *(answers.rules.questions[at].indicator.id for at in answers.laws)]
    places = {name: [at for at, owner in enumerate(owners) if owner == name] for name in owners}
    several = {name: own for name, own in places.items() if len(own) > 1}
    # What one part alone decides is a verdict at once; of several, what is certain is put together first.
    means: dict[str, Sequence[Any]] = {name: range(len(verdicts)) if name in several else verdicts for name in owners}
    say = _read([_by_own_cells(answers, own, parts, slots, means[name]) for name, own in lookups])
    prove = _read([_by_proof(answers, at, slots, means[answers.rules.questions[at].indicator.id]) for at in answers.laws])
    place, is_usable = _states(laws, slots), _read(_unread(answers, slots))
    nothing = dict.fromkeys(set(answers.rules.scored).difference(owners), verdicts[0])

    def judge(values: Values) -> Verdicts | None:
        said, by_state, states = say(values), prove(values), place(values)
        if said is None or by_state is None or None in states or is_usable(values) is None:
            return None
        told = [*said, *[line[state] for line, state in zip(by_state, states, strict=True)]]
        found = dict(zip(owners, told, strict=True))
        found.update(nothing)
        for name, own in several.items():
            found[name] = verdicts[reduce(or_, [told[at] for at in own])]
        return found

    return judge


class _Table(NamedTuple):
    """What is known by some cells of a row; what is not known yet is asked for, ``None`` where that takes care."""

    slots: tuple[int, ...]
    ask: Callable[[Values], Any]
    known: dict[Any, Any]


def _by_own_cells(
    answers: Answers, own: list[int], parts: list[_Bits], slots: dict[str, int], means: Sequence[Any]
) -> _Table:
    """What is certain of parts that hang on no share, by all their cells."""
    questions = [answers.rules.questions[at] for at in own]
    names = tuple(dict.fromkeys(cell for q in questions for cell in (*q.value_cells, *q.proof_cells)))

    def ask(values: Values) -> Any:
        if not _can_be_used(answers, names, values, slots):
            return None
        return means[reduce(or_, [parts[at](values) for at in own])]

    return _Table(tuple(slots[name] for name in names), ask, {})


def _by_proof(answers: Answers, at: int, slots: dict[str, int], means: Sequence[Any]) -> _Table:
    """What is certain of a share in each of its states, by how it is proven."""
    names, proof = answers.rules.questions[at].proof_cells, _proof(answers, at, slots)

    def ask(values: Values) -> Any:
        if not _can_be_used(answers, names, values, slots):
            return None
        return tuple([means[bits] for bits in _by_state(answers.laws[at])[proof(values)]])

    return _Table(tuple(slots[name] for name in names), ask, {})


def _unread(answers: Answers, slots: dict[str, int]) -> list[_Table]:
    """The cells that no part looks at: the plain path refuses a row for them, too."""
    read = {name for question in answers.rules.questions for name in (*question.value_cells, *question.proof_cells)}

    def table(name: str) -> _Table:
        return _Table((slots[name],), lambda values: _can_be_used(answers, (name,), values, slots) or None, {})

    return [table(name) for name in slots if name not in read]


def _can_be_used(answers: Answers, names: tuple[str, ...], values: Values, slots: dict[str, int]) -> bool:
    """Whether some cells of a plain row are words that the plain path takes, and numbers of a size to reckon with."""
    return all(
        value is None or (0 <= value <= MOST if name in answers.counts else answers.usable(name, value))
        for name in names
        for value in [values[slots[name]]]
    )


def _read(tables: list[_Table]) -> Callable[[Values], list[Any] | None]:
    """What tables say of a row, in their order; ``None`` where one cannot say it."""
    keys_of, known = _keys([table.slots for table in tables]), [table.known for table in tables]

    def read(values: Values) -> list[Any] | None:
        keys = keys_of(values)
        try:
            return list(map(getitem, known, keys))
        except KeyError:
            return learn(keys, values)

    def learn(keys: Sequence[Any], values: Values) -> list[Any] | None:
        for table, key in zip(tables, keys, strict=True):
            if key in table.known:
                continue
            if (told := table.ask(values)) is None:
                return None
            remember(table.known, key, told, _MOST_KNOWN)
        return [held[key] for held, key in zip(known, keys, strict=True)]

    return read


def _keys(groups: list[tuple[int, ...]]) -> Callable[[Values], Sequence[Any]]:
    """The cells at groups of slots; the cell itself where a group is of one."""
    if len(groups) > 1 and all(len(group) == 1 for group in groups):
        return itemgetter(*(slot for group in groups for slot in group))
    if not any(groups):
        every_time = [()] * len(groups)
        return lambda _: every_time
    picked = [itemgetter(*group) if group else _nothing for group in groups]
    return lambda values: [pick(values) for pick in picked]


def _nothing(_: Values) -> tuple[()]:
    return ()


def _states(laws: list[ShareLaw], slots: dict[str, int]) -> Callable[[Values], list[int | None]]:
    """Which state every share is in; ``None`` where its counts are at odds."""
    tops, bottoms = _keys([(slots[law.top],) for law in laws]), _keys([(slots[law.bottom],) for law in laws])
    own = [(*_first_step(law), len(law.steps) == 1, _state(law)) for law in laws]

    def states(values: Values) -> list[int | None]:
        # Most shares have one step: nobody is asked about those.
        return [
            (0 if over * by < under * bound + above else 1 if alone else state(over, under))
            if over is not None and under and 0 <= over <= under <= MOST
            else state(over, under)
            for over, under, (by, bound, above, alone, state) in zip(tops(values), bottoms(values), own, strict=True)
        ]

    return states


def _first_step(law: ShareLaw) -> tuple[int, int, int]:
    """The first bound of a share; without bounds, one that every share reaches."""
    return _whole(law.steps[0]) if law.steps else (0, 0, 0)


def _whole(step: Step) -> tuple[int, int, int]:
    """By what the top and the bottom are multiplied, and 1 where only what lies above the bound has passed it."""
    return step.bound.denominator, step.bound.numerator, int(step.above)


# --- any row --------------------------------------------------------------------------------------------------------


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
    own = [slots[name] for name in answers.rules.questions[at].proof_cells]
    known: dict[tuple[Any, ...], int] = {}

    def how(values: Values) -> int:
        cells = tuple([values[slot] for slot in own])
        if cells not in known:
            proven, none = answers.proven(at, cells)
            remember(known, cells, PROVEN * proven + NONE * none, _MOST_KNOWN)
        return known[cells]

    return how


def _by_share(law: ShareLaw, proof: _Bits, slots: dict[str, int]) -> _Bits:
    """Decide by two whole numbers."""
    top, bottom, state, certain = slots[law.top], slots[law.bottom], _state(law), _by_state(law)

    def decide(values: Values) -> int:
        at = state(values[top], values[bottom])
        assert at is not None, "counts that are at odds are asked about with care"
        return certain[proof(values)][at]

    return decide


def _by_state(law: ShareLaw) -> list[list[int]]:
    """What is certain of a share, by how it is proven and by its state."""
    return [[certain_of(w, bool(how & PROVEN), bool(how & NONE)) for w in law.worths] for how in range(PROOFS)]


def _state(law: ShareLaw) -> Callable[[int | None, int | None], int | None]:
    """Which state two counts are; ``None`` where they are at odds."""
    neither, none_of_none, top_missing, bottom_missing, both_nought = law.beside
    steps = [_whole(step) for step in law.steps]

    def state(over: int | None, under: int | None) -> int | None:
        if over is None:
            if under is None:
                return neither
            return (top_missing if under else none_of_none) if 0 <= under <= MOST else None
        if under is None:
            return bottom_missing if 0 <= over <= MOST else None
        if not 0 <= over <= under <= MOST:
            return None
        if not under:
            return both_nought
        passed = 0
        for by, bound, above in steps:
            if over * by < under * bound + above:
                break
            passed += 1
        return passed

    return state


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
            remember(known, key, certain_of(worth_of(given), bool(how & PROVEN), bool(how & NONE)), _MOST_KNOWN)
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
        return not (_ARE_DAYS.match(str(first)) and _ARE_DAYS.match(str(second))) or first < second

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
