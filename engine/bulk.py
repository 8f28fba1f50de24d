"""Many units at once (成批试算): columns of facts and evidence states in, outcomes, points and scores out, on both tracks.

No rule has a second meaning here. Every distinct combination of the cells that a part depends on is answered once, by the
plain path; shares of two counts follow straight lines between bounds that the plain path was asked for, and that are only
used where it agrees on a third point. Lines are computed in binary fractions: wherever the error that these can carry could
reach a half of a thousandth, the number is computed exactly instead. A row whose figures contradict each other, or that
states anything but plain counts where counts are added up, is judged by the plain path as a whole.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any
from typing import NamedTuple

import polars as pl

from engine.lowering import Answer
from engine.lowering import Cells
from engine.lowering import Judged
from engine.lowering import Points
from engine.lowering import Question
from engine.lowering import Rules
from engine.lowering import allot
from engine.lowering import answer
from engine.lowering import exact_points
from engine.lowering import judge_row
from engine.lowering import proof
from engine.lowering import read_filed
from engine.lowering import refusal
from engine.lowering import why_not
from engine.models import ruleset as model
from engine.models.ruleset import Condition
from engine.rule_parts import inputs_of

# Counts above this are read like any text; below it every product of a count with a bound fits into 64 bits.
MOST = 10**9
# A share, its weight and the points together carry less than 1e-9 thousandths of error; a thousand times that is no risk.
NEAR = 1e-6
# Some hundred bytes each.
MOST_ANSWERS = 500_000
OUTCOMES = ("NOT_MET", "UNKNOWN", "PARTIAL", "MET", "NOT_APPLICABLE")


class Kernel:
    """The rules of one frame over given columns, with every answer that the plain path has given so far."""

    def __init__(self, rules: Rules, columns: Iterable[str]) -> None:
        self.rules = rules
        self.columns = tuple(columns)
        self.counts = frozenset(name for name in self.columns if _is_count(name, rules))
        self.answers: dict[tuple[int, tuple[Any, ...]], Answer | None] = {}
        self.proofs: dict[tuple[int, tuple[Any, ...]], tuple[bool, bool]] = {}
        self.refusals: dict[tuple[str, Any], bool] = {}
        self.exact: dict[tuple[Any, ...], tuple[Points, Points]] = {}
        self.laws = {at: law for at, q in enumerate(rules.questions) if (law := find_law(self, at, q)) is not None}
        self.parts: dict[str, list[int]] = {}
        for at, question in enumerate(rules.questions):
            self.parts.setdefault(question.indicator.id, []).append(at)

    def answered(self, at: int, cells: tuple[Any, ...]) -> Answer | None:
        """What the plain path says of one part by its cells; ``None`` where it refuses them."""
        if (at, cells) not in self.answers:
            question = self.rules.questions[at]
            given = answer(self.rules, question, _stated(question.value_cells, cells))
            self.answers[at, cells] = given if isinstance(given, Answer) else None
        return self.answers[at, cells]

    def proven(self, at: int, cells: tuple[Any, ...]) -> tuple[bool, bool]:
        """Whether a part is proven, and whether a zero report was accepted."""
        if (at, cells) not in self.proofs:
            question = self.rules.questions[at]
            self.proofs[at, cells] = proof(self.rules, question, _stated(question.proof_cells, cells))
        return self.proofs[at, cells]

    def forget(self) -> None:
        """Forget the answers when they are too many to keep; they can be asked for again."""
        for told in (self.answers, self.proofs, self.refusals, self.exact):
            if len(told) > MOST_ANSWERS:
                told.clear()

    def usable(self, name: str, value: Any) -> bool:
        """Whether the plain path would use a cell at all."""
        if (name, value) not in self.refusals:
            if "/" in name:
                self.refusals[name, value] = read_filed(str(value)) is None
            else:
                self.refusals[name, value] = bool(refusal(self.rules, _stated((name,), (value,))))
        return not self.refusals[name, value]


def _stated(names: Iterable[str], values: Iterable[Any]) -> Cells:
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


# --- shares of two counts -------------------------------------------------------------------------------------------


class Segment(NamedTuple):
    """One piece of a line, at a bound or between two: at share ``x`` each amount is ``start + slope * x``."""

    start: tuple[float, ...]
    slope: tuple[float, ...]
    full: bool
    some: bool
    open: bool


class Law(NamedTuple):
    """How the worth of a part follows from a share of two counts."""

    top: str
    bottom: str
    reported: str | None
    bounds: tuple[Fraction, ...]
    segments: tuple[Segment, ...]
    cases: tuple[Answer, ...]


def find_law(kernel: Kernel, at: int, question: Question) -> Law | None:
    """Ask the plain path for the line that a share follows; ``None`` where there is none, or it cannot be relied on."""
    probe = question.asked.probe
    measure = kernel.rules.ruleset.measures[probe.measure] if probe.measure else None
    if not isinstance(measure, model.Ratio) or measure.may_exceed_one or probe.each_member is not None:
        return None
    names = {measure.numerator, measure.denominator}
    if len(names) != 2 or not names <= kernel.counts or not names <= set(question.value_cells) <= {*names, probe.measure}:
        return None

    def ask(top: int | None, bottom: int | None) -> Answer | None:
        stated = {measure.numerator: top, measure.denominator: bottom}
        return kernel.answered(at, tuple(stated.get(name) for name in question.value_cells))

    bounds = tuple(sorted({Fraction(0), Fraction(1), *(b for b in _bounds(question) if 0 < b < 1)}))
    if any(b.denominator > 1000 for b in bounds):
        return None
    segments: list[Segment] = []
    for number, bound in enumerate(bounds):
        pieces = [(bound, bound, bound)]
        if number + 1 < len(bounds):
            step = (bounds[number + 1] - bound) / 4
            pieces.append((bound + step, bound + 2 * step, bound + 3 * step))
        for shares in pieces:
            segment = _segment(shares, [ask(x.numerator * 4, x.denominator * 4) for x in shares])
            if segment is None:
                return None
            segments.append(segment)
    alike: list[list[tuple[int | None, int | None]]] = [
        [(None, None)],
        [(None, 0)],
        [(None, 1), (None, 7)],
        [(0, None), (1, None), (7, None)],
        [(0, 0)],
    ]
    told = [{ask(*pair) for pair in pairs} for pairs in alike]
    cases = tuple(next(iter(same)) for same in told)
    if any(len(same) > 1 for same in told) or any(case is None for case in cases):
        return None
    reported = probe.measure if probe.measure in question.value_cells else None
    return Law(
        measure.numerator, measure.denominator, reported, bounds, tuple(segments), tuple(c for c in cases if c is not None)
    )


def _bounds(question: Question) -> list[Fraction]:
    credit = question.asked.credit
    conditions = [question.asked.probe.meets, *(band.meets for band in credit.bands)]
    found = [bound for condition in conditions if condition is not None for bound in _bounds_of(condition)]
    return [*found, *([credit.zero_at] if credit.zero_at is not None else [])]


def _bounds_of(condition: Condition) -> list[Fraction]:
    every = (condition.at_least, condition.more_than, condition.at_most, condition.less_than)
    return [bound for bound in every if bound is not None]


def _segment(shares: tuple[Fraction, Fraction, Fraction], given: list[Answer | None]) -> Segment | None:
    answers = [a for a in given if a is not None and not a.dropped and not a.dropped_if_none]
    if len(answers) < 3:
        return None
    amounts = [(a.earned, a.earned + a.open, a.lost) for a in answers]
    wide = shares[2] - shares[0]
    slope = tuple((last - first) / wide if wide else Fraction(0) for first, last in zip(amounts[0], amounts[2], strict=True))
    start = tuple(first - by * shares[0] for first, by in zip(amounts[0], slope, strict=True))
    if any(begin + by * shares[1] != middle for begin, by, middle in zip(start, slope, amounts[1], strict=True)):
        return None
    flags = {(a.earned == 1, a.earned > 0, a.open > 0) for a in answers}
    if len(flags) != 1:
        return None
    return Segment(tuple(map(float, start)), tuple(map(float, slope)), *flags.pop())


# --- one chunk of rows ----------------------------------------------------------------------------------------------


class Aside(NamedTuple):
    """A row that cannot be used, and why."""

    row: int
    unit: str
    why: str


class Outcome(NamedTuple):
    """What came of a chunk; ``plain`` counts the rows that the plain path judged as a whole."""

    results: pl.DataFrame
    aside: tuple[Aside, ...]
    plain: int


class _Column(NamedTuple):
    """One part in every row: amounts (earned, earned and open, lost) and what is certain of them."""

    amounts: tuple[pl.Series, pl.Series, pl.Series]
    full: pl.Series
    some: pl.Series
    open: pl.Series
    dropped: pl.Series
    dropped_if_none: pl.Series


def judge_chunk(kernel: Kernel, chunk: pl.DataFrame) -> Outcome:
    """Judge the rows of a chunk (``row``, ``unit`` and the kernel's columns)."""
    kernel.forget()
    table, odd = _typed(kernel, chunk)
    odd = odd | _disagreeing(kernel, table)
    regular, rest = table.filter(~odd), chunk.filter(odd)
    judged: list[tuple[int, str, Judged]] = []
    aside: list[Aside] = []
    for line in rest.select("row", "unit", *kernel.columns).iter_rows(named=True):
        found = _plain(kernel, line)
        if isinstance(found, str):
            aside.append(Aside(line["row"], line["unit"], found))
        else:
            judged.append((line["row"], line["unit"], found))
    frames = [_judge_regular(kernel, regular)] if regular.height else []
    frames += [_shown(kernel, judged)] if judged else []
    results = pl.concat(frames).sort("row") if frames else _shown(kernel, [])
    return Outcome(results, tuple(aside), len(judged))


def _plain(kernel: Kernel, line: dict[str, Any]) -> Judged | str:
    cells = {name: line[name] for name in kernel.columns if line[name] is not None}
    unread = [name for name, value in cells.items() if "/" in name and not kernel.usable(name, value)]
    if unread:
        return f"{'、'.join(unread)} 写的是「{cells[unread[0]]}」；请写受理了几件，如 1，或 1 lacks public_url"
    found = judge_row(kernel.rules, _stated(cells.keys(), cells.values()))
    return found if isinstance(found, Judged) else why_not(found)


def _typed(kernel: Kernel, chunk: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Counts as numbers, everything else as text or truth; and which rows hold a cell that the kernel does not take."""
    odd = pl.repeat(False, chunk.height, dtype=pl.Boolean, eager=True)
    columns = [chunk["row"], chunk["unit"]]
    for name in kernel.columns:
        column = chunk[name]
        if name in kernel.counts:
            if not column.dtype.is_integer():
                text = column.cast(pl.String)
                column = text.set(~text.str.contains(r"^(0|[1-9]\d{0,8})$").fill_null(True), None).cast(pl.Int64)
                odd = odd | (text.is_not_null() & column.is_null())
            column = column.cast(pl.Int64)
            odd = odd | ((column < 0) | (column > MOST)).fill_null(False)
        else:
            column = column if column.dtype == pl.Boolean else column.cast(pl.String)
            bad = [value for value in column.unique().to_list() if value is not None and not kernel.usable(name, value)]
            odd = odd | column.is_in(bad).fill_null(False) if bad else odd
        columns.append(column.alias(name))
    return pl.DataFrame(columns), odd


def _disagreeing(kernel: Kernel, table: pl.DataFrame) -> pl.Series:
    """The rows in which figures might contradict each other; too many rather than too few."""
    measures, held = kernel.rules.ruleset.measures, set(kernel.columns)
    at_odds: list[pl.Expr] = [pl.lit(False)]
    for name in kernel.columns:
        measure = measures.get(name)
        own = pl.col(name)
        if isinstance(measure, model.Counted):
            if measure.part_of in held:
                whole = pl.col(str(measure.part_of))
                plain = {name, measure.part_of} <= kernel.counts
                at_odds.append(own > whole if plain else own.is_not_null() & whole.is_not_null())
            parts = [part for part in measure.parts if part in held]
            if parts:
                given = own.is_not_null() & pl.any_horizontal([pl.col(part).is_not_null() for part in parts])
                at_odds.append(given & _parts_at_odds(own, parts, measure) if {name, *parts} <= kernel.counts else given)
        elif isinstance(measure, model.Dated) and measure.not_before in held:
            other = pl.col(str(measure.not_before))
            days = own.str.contains(_DAY) & other.str.contains(_DAY)
            at_odds.append(own.is_not_null() & other.is_not_null() & (~days | (own < other)))
        elif isinstance(measure, model.Ratio):
            below = _all_inputs(measure, measures) & held
            at_odds += [own.is_not_null() & pl.col(part).is_not_null() for part in sorted(below)]
    for measure in measures.values():
        if isinstance(measure, model.Ratio) and {measure.numerator, measure.denominator} <= held:
            both = {measure.numerator, measure.denominator} <= kernel.counts
            top, bottom = pl.col(measure.numerator), pl.col(measure.denominator)
            at_odds.append(top > bottom if both else top.is_not_null() & bottom.is_not_null())
    return table.select(pl.any_horizontal([test.fill_null(False) for test in at_odds]).alias("odd"))["odd"]


# Days that are written out compare as texts.
_DAY = r"^\d{4}-\d{2}-\d{2}$"


def _parts_at_odds(own: pl.Expr, parts: list[str], measure: model.Counted) -> pl.Expr:
    """All parts make the whole; some of them make no more than that."""
    added = pl.sum_horizontal(parts)
    if len(parts) < len(measure.parts):
        return added > own
    complete = pl.all_horizontal([pl.col(part).is_not_null() for part in parts])
    return (added > own) | complete & (added != own)


def _all_inputs(measure: model.Measure, measures: dict[str, model.Measure]) -> set[str]:
    found: set[str] = set()
    todo = list(inputs_of(measure))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += inputs_of(measures[name])
    return found


class _Lookup:
    """Distinct combinations of some columns of one chunk, found once however many parts ask for them."""

    def __init__(self, table: pl.DataFrame) -> None:
        self.table = table
        self.found: dict[tuple[str, ...], tuple[list[tuple[Any, ...]], pl.Series]] = {}

    def of(self, names: tuple[str, ...]) -> tuple[list[tuple[Any, ...]], pl.Series]:
        """The combinations, and which of them each row has."""
        if names not in self.found:
            if names:
                cells = self.table.select(names)
                each = cells.unique(maintain_order=True)
                at = cells.join(
                    each.with_row_index("~at"), on=list(names), how="left", nulls_equal=True, maintain_order="left"
                )
                self.found[names] = each.rows(), at["~at"]
            else:
                self.found[names] = [()], pl.repeat(0, self.table.height, dtype=pl.UInt32, eager=True)
        return self.found[names]


def _tabulated(answers: list[Answer], at: pl.Series) -> _Column:
    def column(values: list[Any]) -> pl.Series:
        return pl.Series(values).gather(at)

    amounts = [[float(a.earned), float(a.earned + a.open), float(a.lost)] for a in answers]
    return _Column(
        (column([a[0] for a in amounts]), column([a[1] for a in amounts]), column([a[2] for a in amounts])),
        column([a.earned == 1 for a in answers]),
        column([a.earned > 0 for a in answers]),
        column([a.open > 0 for a in answers]),
        column([a.dropped for a in answers]),
        column([a.dropped_if_none for a in answers]),
    )


def _by_law(law: Law, table: pl.DataFrame) -> _Column:
    top, bottom = table[law.top], table[law.bottom]
    case = table.select(
        pl.when(pl.col(law.bottom) > 0, pl.col(law.top).is_not_null())
        .then(-1)
        .when(pl.col(law.top).is_null())
        .then(pl.when(pl.col(law.bottom).is_null()).then(0).when(pl.col(law.bottom) == 0).then(1).otherwise(2))
        .otherwise(pl.when(pl.col(law.bottom).is_null()).then(3).otherwise(4))
        .alias("case")
    )["case"]
    on_line = case == -1
    bottom, top = bottom.set(~on_line, 1), top.set(~on_line, 0)
    at = pl.repeat(-1, table.height, dtype=pl.Int64, eager=True)
    for bound in law.bounds:
        left, right = top * bound.denominator, bottom * bound.numerator
        at = at + (left > right).cast(pl.Int64) + (left >= right).cast(pl.Int64)
    share = top.cast(pl.Float64) / bottom.cast(pl.Float64)
    elsewhere = _tabulated(list(law.cases), case.set(on_line, 0))

    def column(values: list[Any]) -> pl.Series:
        return pl.Series(values).gather(at)

    def amount(number: int) -> pl.Series:
        line = column([s.start[number] for s in law.segments]) + column([s.slope[number] for s in law.segments]) * share
        return line.zip_with(on_line, elsewhere.amounts[number])

    return _Column(
        (amount(0), amount(1), amount(2)),
        column([s.full for s in law.segments]).zip_with(on_line, elsewhere.full),
        column([s.some for s in law.segments]).zip_with(on_line, elsewhere.some),
        column([s.open for s in law.segments]).zip_with(on_line, elsewhere.open),
        elsewhere.dropped & ~on_line,
        elsewhere.dropped_if_none & ~on_line,
    )


def _column_of(kernel: Kernel, at: int, lookup: _Lookup) -> tuple[_Column, pl.Series | None]:
    """One part in every row; and which rows it cannot be told of, where there are any."""
    law = kernel.laws.get(at)
    question = kernel.rules.questions[at]
    names = question.value_cells
    if law is not None:
        names = (law.reported,) if law.reported else ()
        line = _by_law(law, lookup.table)
        if law.reported is None or lookup.table[law.reported].null_count() == lookup.table.height:
            return line, None
    each, index = lookup.of(names)
    full = [tuple(dict(zip(names, cells, strict=True)).get(name) for name in question.value_cells) for cells in each]
    given = [kernel.answered(at, cells) for cells in full]
    zero = Fraction(0)
    nothing = Answer(zero, zero, zero, zero, False, False)
    column = _tabulated([a or nothing for a in given], index)
    refused = pl.Series([a is None for a in given]).gather(index) if any(a is None for a in given) else None
    if law is not None and law.reported is not None:
        stated = lookup.table[law.reported].is_not_null()
        first, second, third = (a.zip_with(stated, b) for a, b in zip(column.amounts, line.amounts, strict=True))
        column = _Column(
            (first, second, third),
            column.full.zip_with(stated, line.full),
            column.some.zip_with(stated, line.some),
            column.open.zip_with(stated, line.open),
            column.dropped.zip_with(stated, line.dropped),
            column.dropped_if_none.zip_with(stated, line.dropped_if_none),
        )
    return column, refused


class _Sums:
    """The parts of one indicator added up in every row."""

    def __init__(self, height: int) -> None:
        zero = pl.repeat(0.0, height, dtype=pl.Float64, eager=True)
        yes, no = (pl.repeat(value, height, dtype=pl.Boolean, eager=True) for value in (True, False))
        self.weight, self.reach, self.lost = zero, zero, zero
        self.earned = [zero, zero]
        self.all_full, self.some, self.open = [yes, yes], [no, no], [no, no]

    def add(self, weight: float, part: _Column, proven: pl.Series, kept: pl.Series) -> None:
        """Add a part where it is kept; on the substantiated track what is not proven is open."""
        share = kept.cast(pl.Float64) * weight
        self.weight = self.weight + share
        self.reach = self.reach + share * part.amounts[1]
        self.lost = self.lost + share * part.amounts[2]
        for track, counts in enumerate((kept, kept & proven)):
            self.earned[track] = self.earned[track] + counts.cast(pl.Float64) * weight * part.amounts[0]
            self.all_full[track] = self.all_full[track] & (~kept | part.full & counts)
            self.some[track] = self.some[track] | counts & part.some
            self.open[track] = self.open[track] | kept & (part.open | part.some & ~counts)

    def outcome(self, track: int, judged: pl.Series) -> pl.Series:
        """What the shares mean, as in ``OUTCOMES``."""
        at = self.open[track].cast(pl.Int64).set(self.some[track], 2).set(self.all_full[track], 3).set(~judged, 4)
        return pl.Series(OUTCOMES).gather(at)


def _judge_regular(kernel: Kernel, table: pl.DataFrame) -> pl.DataFrame:
    """Judge rows whose figures agree with each other, part by part."""
    rules, lookup, height = kernel.rules, _Lookup(table), table.height
    sums: dict[str, _Sums] = {}
    gone: dict[str, pl.Series] = {}
    for name, parts in kernel.parts.items():
        total = _Sums(height)
        judged = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
        for at in parts:
            question = rules.questions[at]
            column, refused = _column_of(kernel, at, lookup)
            assert refused is None, "every cell was asked for by itself before"
            each, index = lookup.of(question.proof_cells)
            proofs = [kernel.proven(at, cells) for cells in each]
            proven = pl.Series([p[0] for p in proofs]).gather(index)
            none = pl.Series([p[1] for p in proofs]).gather(index)
            kept = ~(column.dropped | column.dropped_if_none & none)
            judged = judged | kept
            total.add(float(question.weight), column, proven, kept)
        sums[name] = total
        if not judged.all():
            gone[name] = ~judged
    maxima, reserve = _maxima(kernel, gone, height)
    shown: dict[str, pl.Series] = {}
    for name in rules.scored:
        maximum = maxima[name]
        judged = ~gone[name] if name in gone else pl.repeat(name in sums, height, dtype=pl.Boolean, eager=True)
        columns = _points(kernel, name, sums.get(name, _Sums(height)), judged, maximum, table)
        shown |= {f"{name}{mark}": column for mark, column in columns.items()}
    return _with_totals(table["row"], table["unit"], shown, reserve, rules.scored)


def _maxima(kernel: Kernel, gone: dict[str, pl.Series], height: int) -> tuple[dict[str, pl.Series], pl.Series]:
    """The maximum of every indicator in every row, and what is held in reserve, by what has nothing to judge there."""
    rules = kernel.rules
    lookup = _Lookup(pl.DataFrame(gone) if gone else pl.DataFrame({"~": pl.repeat(False, height, eager=True)}))
    each, index = lookup.of(tuple(gone))
    allotments = [allot(rules, frozenset(n for n, is_gone in zip(gone, row, strict=True) if is_gone)) for row in each]
    maxima = {
        name: pl.Series([a.indicators.get(name, 0) for a in allotments], dtype=pl.Int64).gather(index)
        for name in rules.scored
    }
    return maxima, pl.Series([sum(a.reserves) for a in allotments], dtype=pl.Int64).gather(index)


_MARKS = ("", ".maximum", ".earned", ".reachable", ".lost", ".claimed", ".claimed_earned")


def _points(
    kernel: Kernel, name: str, total: _Sums, judged: pl.Series, maximum: pl.Series, table: pl.DataFrame
) -> dict[str, pl.Series]:
    """Thousandths on both tracks; where a half of one is near, exactly."""
    scale = maximum.cast(pl.Float64) / total.weight.set(total.weight == 0, 1.0)
    near = pl.repeat(False, table.height, dtype=pl.Boolean, eager=True)
    rounded: list[pl.Series] = []
    for amount in (*total.earned, total.reach, total.lost):
        exact = amount * scale
        near = near | (((exact - exact.floor()) - 0.5).abs() < NEAR)
        rounded.append(exact.round(0).cast(pl.Int64))
    claimed, earned, reachable, lost = rounded
    reachable = _greater(reachable, claimed)
    lost = _lesser(lost, maximum - reachable)
    columns = {
        "": total.outcome(1, judged),
        ".maximum": maximum,
        ".earned": earned,
        ".reachable": reachable,
        ".lost": lost,
        ".claimed": total.outcome(0, judged),
        ".claimed_earned": claimed,
    }
    rows = (near & judged).arg_true().to_list()
    if rows:
        each, index = _lines(kernel, name, table, maximum, rows)
        known = [_exactly(kernel, name, line) for line in each]
        mended = [known[at] for at in index]
        for number, mark in ((2, ".earned"), (3, ".reachable"), (4, ".lost"), (6, ".claimed_earned")):
            columns[mark] = columns[mark].scatter(rows, [line[number] for line in mended])
    return columns


def _greater(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.zip_with(one >= other, other)


def _lesser(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.zip_with(one <= other, other)


def _lines(
    kernel: Kernel, name: str, table: pl.DataFrame, maximum: pl.Series, rows: list[int]
) -> tuple[list[dict[str, Any]], list[int]]:
    """The distinct cells that an indicator depends on, with its maximum, and which of them each row has."""
    questions = [kernel.rules.questions[at] for at in kernel.parts[name]]
    names = tuple(dict.fromkeys(cell for q in questions for cell in (*q.value_cells, *q.proof_cells)))
    names = (*names, _MOST)
    each, index = _Lookup(table.with_columns(maximum.alias(_MOST)).select(names)[rows]).of(names)
    return [dict(zip(names, line, strict=True)) for line in each], index.to_list()


# The column of maxima, which no cell can be called.
_MOST = "~maximum"


def _exactly(kernel: Kernel, name: str, line: dict[str, Any]) -> tuple[Any, ...]:
    """The same points in fractions, as the plain path has them."""
    key = (name, *line.values())
    if key not in kernel.exact:
        parts: list[tuple[Question, Answer, bool]] = []
        for at in kernel.parts[name]:
            question = kernel.rules.questions[at]
            given = kernel.answered(at, tuple(line[cell] for cell in question.value_cells))
            proven, none = kernel.proven(at, tuple(line[cell] for cell in question.proof_cells))
            assert given is not None, "every cell was asked for by itself before"
            if not (given.dropped or given.dropped_if_none and none):
                parts.append((question, given, proven))
        kernel.exact[key] = exact_points(parts, line[_MOST])
    return _line_of(line[_MOST], *kernel.exact[key])


def _line_of(maximum: int, claimed: Points, substantiated: Points) -> tuple[Any, ...]:
    """One indicator in one row, in the order of its columns."""
    own = substantiated
    return own.outcome, maximum, own.earned, own.reachable, own.lost, claimed.outcome, claimed.earned


def _shown(kernel: Kernel, judged: list[tuple[int, str, Judged]]) -> pl.DataFrame:
    """What the plain path made of whole rows, in the same columns."""
    shown: dict[str, pl.Series] = {}
    for name in kernel.rules.scored:
        lines = [_line_of(j.maximum[name], j.claimed[name], j.substantiated[name]) for _, _, j in judged]
        for number, mark in enumerate(_MARKS):
            kind = pl.String if mark in ("", ".claimed") else pl.Int64
            shown[f"{name}{mark}"] = pl.Series([line[number] for line in lines], dtype=kind)
    rows = pl.Series("row", [row for row, _, _ in judged], dtype=pl.Int64)
    units = pl.Series("unit", [unit for _, unit, _ in judged], dtype=pl.String)
    reserve = pl.Series([j.reserve for _, _, j in judged], dtype=pl.Int64)
    return _with_totals(rows, units, shown, reserve, kernel.rules.scored)


def _with_totals(
    rows: pl.Series, units: pl.Series, shown: dict[str, pl.Series], reserve: pl.Series, names: tuple[str, ...]
) -> pl.DataFrame:
    """Put the sums before the indicators; what is held in reserve is open on both tracks."""

    def total(mark: str) -> pl.Series:
        return pl.DataFrame([shown[f"{name}{mark}"].alias(name) for name in names]).sum_horizontal()

    maximum, reachable = total(".maximum") + reserve, total(".reachable") + reserve
    totals = {
        "row": rows.cast(pl.Int64),
        "unit": units.cast(pl.String),
        "maximum": maximum,
        "claimed.earned": total(".claimed_earned"),
        "substantiated.earned": total(".earned"),
        "reachable": reachable,
        "recoverable": maximum - reachable - total(".lost"),
        "lost": total(".lost"),
    }
    return pl.DataFrame([column.alias(name) for name, column in {**totals, **shown}.items()])
