"""How the worth of a part follows from a share of two counts (比率的分段线): asked of the plain path, never said again.

Between two bounds of a rule worth follows a straight line in the share. The plain path is asked where the line begins and
where it ends, and once more in the middle: a line that it does not confirm is not used. Bounds that change nothing fall out.
"""

from collections.abc import Callable
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from engine.lowering import Answer
from engine.lowering import Question
from engine.models import ruleset as model
from engine.models.ruleset import Condition

# Every bound costs six questions.
MOST_BOUNDS = 250
Amounts = tuple[Fraction, Fraction, Fraction]
# Where both counts are missing, the top alone with a bottom of nought or of more, the bottom alone, and both nought.
_BESIDE_THE_LINE: tuple[tuple[tuple[int | None, int | None], ...], ...] = (
    ((None, None),),
    ((None, 0),),
    ((None, 1), (None, 7)),
    ((0, None), (1, None), (7, None)),
    ((0, 0),),
)


class Worth(NamedTuple):
    """What a part is worth in one state.

    Attributes:
        start: Earned, earned and open, and lost, of one, where the share is nought.
        slope: How much more of each a whole share gives.
    """

    start: Amounts
    slope: Amounts
    full: bool
    some: bool
    open: bool
    dropped: bool
    dropped_if_none: bool

    @property
    def sloped(self) -> bool:
        """Whether the share itself counts, not only where it lies."""
        return any(self.slope)


class Step(NamedTuple):
    """From a bound on, or only above it, another state holds."""

    bound: Fraction
    above: bool


class ShareLaw(NamedTuple):
    """The states of a part that hangs on a share: one more after every step, and the states beside the line.

    Attributes:
        beside: Which state holds in each of the five cases where there is no share.
        reported: The cell of the share itself, where rows may state it; such rows are looked up.
    """

    top: str
    bottom: str
    reported: str | None
    steps: tuple[Step, ...]
    beside: tuple[int, ...]
    worths: tuple[Worth, ...]


def worth_of(answer: Answer) -> Worth:
    """An answer that hangs on no share."""
    none = Fraction(0)
    amounts = (answer.earned, answer.earned + answer.open, answer.lost)
    flags = (answer.earned == 1, answer.earned > 0, answer.open > 0, answer.dropped, answer.dropped_if_none)
    return Worth(amounts, (none, none, none), *flags)


def find_law(
    question: Question,
    measures: dict[str, model.Measure],
    counts: frozenset[str],
    answered: Callable[[tuple[int | None, ...]], Answer | None],
) -> ShareLaw | None:
    """Ask the plain path for the line that a share follows; ``None`` where there is none, or it cannot be relied on."""
    probe = question.asked.probe
    measure = measures[probe.measure] if probe.measure else None
    if not isinstance(measure, model.Ratio) or measure.may_exceed_one:
        return None
    top, bottom = measure.numerator, measure.denominator
    if (
        top == bottom
        or not {top, bottom} <= counts
        or not {top, bottom} <= set(question.value_cells) <= {top, bottom, probe.measure}
    ):
        return None

    def ask(over: int | None, under: int | None) -> Answer | None:
        stated = {top: over, bottom: under}
        return answered(tuple(stated.get(name) for name in question.value_cells))

    steps, worths = _line(_bounds(question), ask)
    told = [{ask(*pair) for pair in pairs} for pairs in _BESIDE_THE_LINE]
    beside = [next(iter(same)) for same in told if len(same) == 1]
    known = [answer for answer in beside if answer is not None]
    if not worths or len(known) < len(_BESIDE_THE_LINE):
        return None
    states = [*worths, *(worth for worth in dict.fromkeys(map(worth_of, known)) if worth not in worths)]
    where = tuple(states.index(worth_of(answer)) for answer in known)
    reported = probe.measure if probe.measure in question.value_cells else None
    return ShareLaw(top, bottom, reported, steps, where, tuple(states))


def _line(bounds: list[Fraction], ask: Callable[[int, int], Answer | None]) -> tuple[tuple[Step, ...], list[Worth]]:
    """The worth at every bound and between every two, without what makes no difference; nothing where it is no line."""
    ends = sorted({Fraction(0), Fraction(1), *(b for b in bounds if 0 < b < 1)})
    if len(ends) > MOST_BOUNDS or any(end.denominator > 1000 for end in ends):
        return (), []
    steps: list[Step] = []
    worths: list[Worth] = []
    for number, end in enumerate(ends):
        pieces = [(end, end, end)]
        if number + 1 < len(ends):
            quarter = (ends[number + 1] - end) / 4
            pieces.append((end + quarter, end + 2 * quarter, end + 3 * quarter))
        for above, shares in zip((False, True), pieces, strict=False):
            worth = _between(shares, [ask(x.numerator * 4, x.denominator * 4) for x in shares])
            if worth is None:
                return (), []
            if not worths or worth != worths[-1]:
                steps += [Step(end, above)] if worths else []
                worths.append(worth)
    return tuple(steps), worths


def _between(shares: Amounts, given: list[Answer | None]) -> Worth | None:
    answers = [a for a in given if a is not None]
    if len(answers) < len(shares):
        return None
    first, middle, last = (worth_of(answer) for answer in answers)
    if {first[2:], middle[2:], last[2:]} != {first[2:]}:
        return None
    wide = shares[2] - shares[0]
    slope = _each((b - a) / wide if wide else Fraction(0) for a, b in zip(first.start, last.start, strict=True))
    start = _each(a - by * shares[0] for a, by in zip(first.start, slope, strict=True))
    if any(a + by * shares[1] != m for a, by, m in zip(start, slope, middle.start, strict=True)):
        return None
    return first._replace(start=start, slope=slope)


def _each(amounts: Iterable[Fraction]) -> Amounts:
    earned, reach, lost = amounts
    return earned, reach, lost


def _bounds(question: Question) -> list[Fraction]:
    """Wherever the worth of a share may bend or jump, by every form of award."""
    credit = question.asked.credit
    each = question.asked.probe.each_member
    conditions = [question.asked.probe.meets, each.meets if each is not None else None, *(b.meets for b in credit.bands)]
    found = [bound for condition in conditions if condition is not None for bound in _bounds_of(condition)]
    found += [credit.zero_at] if credit.zero_at is not None else []
    if credit.steps is not None:
        every = credit.steps.every
        found += [bound + n * every for bound in found for n in range(-int(1 / every) - 1, int(1 / every) + 2)]
    if credit.each is not None and credit.each.deduct:
        found.append(min(credit.each.cap, Fraction(1)) / credit.each.deduct)
    return found


def _bounds_of(condition: Condition) -> list[Fraction]:
    every = (condition.at_least, condition.more_than, condition.at_most, condition.less_than)
    return [bound for bound in every if bound is not None]
