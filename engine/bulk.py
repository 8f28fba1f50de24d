"""Many units at once (成批试算): columns of facts and evidence states in, outcomes, points and scores out, on both tracks.

No rule has a second meaning here. Every distinct combination of the cells that a part depends on is answered once, by the
plain path, and has a number from then on; a share of two counts gets its number by comparing whole numbers. What a number is
worth is looked up, and parts are added up as whole numbers over one denominator: no binary fraction comes into it. Where
figures of a row might contradict each other, or are no plain counts, the plain path is asked about the parts that hang on
them, with every cell that might matter.
"""

from fractions import Fraction
from functools import reduce
from math import prod
from operator import add
from operator import mul
from operator import or_
from typing import Any
from typing import NamedTuple

import polars as pl

from engine.answers import OPEN_PROVEN
from engine.answers import PROOFS
from engine.answers import outcome_by
from engine.answers import stated
from engine.bulk_clauses import SUMS
from engine.bulk_clauses import fire
from engine.bulk_clauses import total
from engine.columns import looked_up
from engine.columns import nearest
from engine.columns import numbered
from engine.columns import numbered_truths
from engine.kernel import OUTCOME
from engine.kernel import Kernel
from engine.kernel import numbered_column
from engine.kernel import points_of
from engine.lowering import exact_points
from engine.lowering import pillars_of
from engine.lowering import refusal
from engine.lowering import reserved
from engine.regular_rows import Typed
from engine.regular_rows import type_cells
from engine.share_laws import ShareLaw

# Parts in more states than this are added up rather than laid out as points.
MOST_STATES = 64
_CERTAIN = range(2 * OPEN_PROVEN)
_MARKS = ("", ".maximum", ".earned", ".reachable", ".lost", ".claimed", ".claimed_earned")
_AMOUNTS = (".claimed_earned", ".earned", ".reachable", ".lost")
_NOTHING = pl.lit("NOT_APPLICABLE", dtype=OUTCOME)
# Whole numbers of 64 or 128 bits.
Kind = type[pl.Int64] | type[pl.Int128]


class Aside(NamedTuple):
    """A row that cannot be used, and why."""

    row: int
    unit: str
    why: str


class Outcome(NamedTuple):
    """What came of a chunk; ``plain`` counts the rows of which the plain path was asked a part by itself."""

    results: pl.DataFrame
    aside: tuple[Aside, ...]
    plain: int


class _Codes(NamedTuple):
    """Every part of every row as a code (a column by its number) beside the cells it came from, and what codes are worth."""

    rows: pl.DataFrame
    certain: dict[int, pl.Series]


def judge_chunk(kernel: Kernel, chunk: pl.DataFrame) -> Outcome:
    """Judge the rows of a chunk (``row``, ``unit`` and the kernel's columns): outcomes, points and totals."""
    usable, typed, aside = _usable(kernel, chunk)
    codes = _codes(kernel, usable, typed)
    return Outcome(_points(kernel, codes), aside, _plainly(typed))


def find_outcomes(kernel: Kernel, chunk: pl.DataFrame) -> Outcome:
    """Judge the rows of a chunk as far as the outcomes of both tracks, without points."""
    usable, typed, aside = _usable(kernel, chunk)
    outcomes = _outcomes(kernel, _codes(kernel, usable, typed))
    marks = [f"{name}{mark}" for name in kernel.rules.scored for mark in ("", ".claimed")]
    return Outcome(outcomes.select("row", "unit", *marks), aside, _plainly(typed))


def _usable(kernel: Kernel, chunk: pl.DataFrame) -> tuple[pl.DataFrame, Typed, tuple[Aside, ...]]:
    """The rows that can be used, their cells by kind, and the others with the reason."""
    kernel.forget()
    typed = type_cells(kernel, chunk)
    if typed.unusable is None:
        return chunk, typed, ()
    refused = chunk.filter(typed.unusable).select("row", "unit", *kernel.columns)
    aside = tuple(Aside(line["row"], line["unit"], _why(kernel, line)) for line in refused.iter_rows(named=True))
    usable = chunk.filter(~typed.unusable)
    return usable, type_cells(kernel, usable), aside


def _why(kernel: Kernel, line: dict[str, Any]) -> str:
    cells = {name: line[name] for name in kernel.columns if line[name] is not None}
    unread = [name for name, value in cells.items() if "/" in name and not kernel.usable(name, value)]
    if unread:
        return f"{'、'.join(unread)} 写的是「{cells[unread[0]]}」；请写受理了几件，如 1，或 1 lacks public_url"
    return refusal(kernel.rules, stated(cells.keys(), cells.values()))


def _plainly(typed: Typed) -> int:
    """In how many rows the plain path was asked by figures that might be at odds, or are no plain counts."""
    return int(reduce(or_, typed.doubts.values()).sum()) if typed.doubts else 0


# --- cells to codes -------------------------------------------------------------------------------------------------


def _codes(kernel: Kernel, usable: pl.DataFrame, typed: Typed) -> _Codes:
    """Number every part of every row by its state and its proof."""
    table = _with_combinations(kernel, typed)
    codes = [_code(kernel, at).alias(str(at)) for at in range(len(kernel.rules.questions))]
    doubtful = {at: rows for at in range(len(codes)) if (rows := _doubted(kernel, at, typed)) is not None}
    known = table.with_columns(codes)
    for at, rows in doubtful.items():
        own = known[str(at)].cast(pl.UInt32)
        asked = _asked(kernel, at, usable, rows) * PROOFS + own.filter(rows) % PROOFS
        known = known.with_columns(own.scatter(rows.arg_true(), asked).alias(str(at)))
    return _Codes(known, {at: kernel.states_of(at).certain() for at in range(len(codes))})


def _code(kernel: Kernel, at: int) -> pl.Expr:
    """The code of a part by its cells: its state, and how it is proven."""
    question, law = kernel.rules.questions[at], kernel.laws.get(at)
    proofs = kernel.proofs_looked_up(at, question.proof_cells)
    always = proofs[0] if proofs.len() == 1 else 0
    if law is None:
        code = _code_by_cells(kernel, at, always)
    else:
        code = _state_on(law) * PROOFS + always
        if law.reported is not None:
            # A share that is reported is looked up: its counts are missing, or may be at odds with it.
            code = pl.when(pl.col(law.reported).is_null()).then(code).otherwise(_code_by_cells(kernel, at, always))
    return code if proofs.len() == 1 else code + _by_combination(question.proof_cells, proofs)


def _code_by_cells(kernel: Kernel, at: int, always: int) -> pl.Expr:
    """The state of a part that is looked up by its cells, and how it is proven in every row."""
    names = kernel.looked_up(at)
    assert names is not None, "its share says all"
    return _by_combination(names, kernel.states_looked_up(at, names) * PROOFS + always)


def _sizes(kernel: Kernel, typed: Typed) -> dict[str, int]:
    """How many different numbers a column of words or of counts may hold, nothing being one."""
    counts = {name: most + 2 for name, most in typed.most.items()}
    return counts | {numbered_column(name): len(words.said) for name, words in kernel.words.items()}


def _with_combinations(kernel: Kernel, typed: Typed) -> pl.DataFrame:
    """Beside the cells, which combination of those that parts hang on every row has."""
    asked = ((kernel.looked_up(at), question.proof_cells) for at, question in enumerate(kernel.rules.questions))
    wanted = {names: kernel.combinations_of(names) for both in asked for names in both if names is not None}
    table, sizes = typed.table, _sizes(kernel, typed)
    numbered = table.with_columns(each.found(table, sizes).alias(_combined(names)) for names, each in wanted.items())
    new = numbered.select(pl.col(_combined(names)).null_count() for names in wanted).to_dicts()
    for names in [names for names in wanted if new and new[0][_combined(names)]]:
        wanted[names].meet(numbered.filter(pl.col(_combined(names)).is_null()))
        numbered = numbered.with_columns(wanted[names].found(table, sizes).alias(_combined(names)))
    return numbered


def _combined(names: tuple[str, ...]) -> str:
    """The column that holds the numbers of combinations; no cell can be called so."""
    return "&".join(["", *names])


def _by_combination(names: tuple[str, ...], known: pl.Series) -> pl.Expr:
    """What is known of the combination that each row has."""
    return pl.lit(known[0], dtype=known.dtype) if known.len() == 1 else looked_up(known, pl.col(_combined(names)))


def _doubted(kernel: Kernel, at: int, typed: Typed) -> pl.Series | None:
    """In which rows the cells that a part hangs on may be at odds, or are no plain counts."""
    found = [rows for name, rows in typed.doubts.items() if name in kernel.rules.questions[at].hangs_on]
    return reduce(or_, found) if found else None


def _asked(kernel: Kernel, at: int, usable: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """The state of a part in doubtful rows, by every cell that might matter, asked of the plain path."""
    names = kernel.rules.questions[at].doubtful_cells
    cells = usable.select(names).filter(rows)
    each, numbers = numbered(cells)
    return pl.Series([kernel.state_by(at, names, line) for line in each.iter_rows()], dtype=pl.UInt32).gather(numbers)


def _state_on(law: ShareLaw) -> pl.Expr:
    """Which state a share is in, by whole numbers alone."""
    # The smallest numbers that hold every code made of a state.
    kind = pl.UInt8 if len(law.worths) * PROOFS <= 1 << 8 else pl.UInt16
    top, bottom = pl.col(law.top), pl.col(law.bottom)
    state = pl.lit(0, dtype=kind)
    for step in law.steps:
        left, right = top * step.bound.denominator, bottom * step.bound.numerator
        state = state + (left > right if step.above else left >= right).cast(kind)
    beside = _state_beside(law, [pl.lit(number, dtype=kind) for number in law.beside])
    return pl.when((bottom > 0) & top.is_not_null()).then(state).otherwise(beside)


def _state_beside(law: ShareLaw, beside: list[pl.Expr]) -> pl.Expr:
    top, bottom = pl.col(law.top), pl.col(law.bottom)
    neither, none_of_none, top_missing, bottom_missing, both_nought = beside
    first, second, third, fourth, fifth = law.beside
    if {first, third, fourth} == {first} and second == fifth:
        return pl.when(bottom == 0).then(none_of_none).otherwise(neither)
    without_top = pl.when(bottom.is_null()).then(neither).when(bottom == 0).then(none_of_none).otherwise(top_missing)
    with_top = pl.when(bottom.is_null()).then(bottom_missing).otherwise(both_nought)
    return pl.when(top.is_null()).then(without_top).otherwise(with_top)


# --- codes to outcomes ----------------------------------------------------------------------------------------------


def _together(codes: _Codes, parts: list[int]) -> pl.Expr:
    """What is certain of the parts of an indicator together."""
    return reduce(or_, [looked_up(codes.certain[at], pl.col(str(at))) for at in parts])


def _outcomes(kernel: Kernel, codes: _Codes) -> pl.DataFrame:
    """The outcomes of every indicator on both tracks, and ``name?`` where some row may have nothing to judge."""
    found: list[pl.Expr] = []
    for name in kernel.rules.scored:
        parts = kernel.parts.get(name, [])
        certain = codes.certain[parts[0]].to_list() if len(parts) == 1 else _CERTAIN
        at = pl.col(str(parts[0])) if len(parts) == 1 else _together(codes, parts) if parts else _NOTHING
        for mark, proven_only in (("", True), (".claimed", False)):
            told = pl.Series([outcome_by(bits, proven_only) for bits in certain], dtype=OUTCOME)
            found.append((looked_up(told, at) if parts else _NOTHING).alias(f"{name}{mark}"))
        if parts and all(_may_drop(codes.certain[part]) for part in parts):
            found.append((_together(codes, parts) == 0).alias(f"{name}?"))
    return codes.rows.select("row", "unit", *found)


def _may_drop(certain: pl.Series) -> bool:
    return bool((certain == 0).any())


# --- outcomes to points ---------------------------------------------------------------------------------------------


def _points(kernel: Kernel, codes: _Codes) -> pl.DataFrame:
    outcomes = _outcomes(kernel, codes)
    maxima, reserve = _maxima(kernel, outcomes)
    laid_out = [name for name in kernel.rules.scored if _is_laid_out(kernel, name, maxima)]
    added_up = [name for name in kernel.rules.scored if name not in laid_out]
    shown = _by_table(kernel, codes, laid_out, maxima) | _by_sum(kernel, codes, added_up, maxima)
    for name in kernel.rules.scored:
        shown |= {f"{name}{mark}": outcomes[f"{name}{mark}"] for mark in ("", ".claimed")}
        shown[f"{name}.maximum"] = _as_column(maxima[name], outcomes.height)
    fired = fire(kernel.rules, outcomes)
    columns = [shown[f"{name}{mark}"].alias(f"{name}{mark}") for name in kernel.rules.scored for mark in _MARKS]
    return outcomes.select(
        pl.col("row").cast(pl.Int64),
        pl.col("unit").cast(pl.String),
        *total(_by_pillar(kernel, shown, reserve), fired).get_columns(),
        fired.clauses().alias("clauses"),
        *columns,
    )


def _by_pillar(
    kernel: Kernel, shown: dict[str, pl.Series], reserve: dict[str, pl.Series]
) -> dict[str, dict[str, pl.Series]]:
    """What every pillar adds up to; what is held in reserve is open on both tracks."""
    marks = dict(zip(SUMS, (".maximum", *_AMOUNTS), strict=True))

    def added(names: list[str], mark: str, held: pl.Series) -> pl.Series:
        if not names:
            return held
        return held + pl.DataFrame([shown[f"{name}{mark}"].alias(name) for name in names]).sum_horizontal()

    return {
        pillar: {key: added(names, mark, reserve[pillar] * (key in ("maximum", "reachable"))) for key, mark in marks.items()}
        for pillar, names in pillars_of(kernel.rules).items()
    }


def _maxima(kernel: Kernel, outcomes: pl.DataFrame) -> tuple[dict[str, int | pl.Series], dict[str, pl.Series]]:
    """The maximum of every indicator, one for all rows where nothing falls away; and what is held in reserve by pillar."""
    gone = [name for name in kernel.rules.scored if f"{name}?" in outcomes.columns and outcomes[f"{name}?"].any()]
    met, numbers = numbered_truths(outcomes, [f"{name}?" for name in gone])
    allotments = [kernel.allotted(frozenset(n for n, is_gone in zip(gone, row, strict=True) if is_gone)) for row in met]
    held = [reserved(kernel.rules, allotment) for allotment in allotments]
    reserve = {
        pillar: pl.Series([line.get(pillar, 0) for line in held], dtype=pl.Int64).gather(numbers)
        for pillar in pillars_of(kernel.rules)
    }
    if not gone:
        return {name: allotments[0].indicators.get(name, 0) for name in kernel.rules.scored}, reserve
    by_name = {name: [a.indicators.get(name, 0) for a in allotments] for name in kernel.rules.scored}
    return {name: pl.Series(each, dtype=pl.Int32).gather(numbers) for name, each in by_name.items()}, reserve


def _as_column(amount: int | pl.Series, height: int) -> pl.Series:
    return pl.repeat(amount, height, dtype=pl.Int32, eager=True) if isinstance(amount, int) else amount


def _as_expression(amount: int | pl.Series) -> pl.Expr:
    return pl.lit(amount, dtype=pl.Int32) if isinstance(amount, int) else pl.lit(amount)


def _is_laid_out(kernel: Kernel, name: str, maxima: dict[str, int | pl.Series]) -> bool:
    """Whether an indicator is worth the same points in every row with the same code, and has few of these."""
    parts = kernel.parts.get(name, [])
    if not parts:
        return True
    states = kernel.states_of(parts[0]).worths
    few = len(parts) == 1 and len(states) <= MOST_STATES and not any(worth.sloped for worth in states)
    return few and isinstance(maxima[name], int)


def _by_table(kernel: Kernel, codes: _Codes, names: list[str], maxima: dict[str, int | pl.Series]) -> dict[str, pl.Series]:
    """The points of indicators whose every code has been worked out exactly."""
    found: list[pl.Expr] = []
    for name in names:
        maximum, parts = maxima[name], kernel.parts.get(name, [])
        lines = kernel.states_of(parts[0]).lines(maximum) if parts and isinstance(maximum, int) else [(0, 0, 0, 0)]
        for number, mark in enumerate(_AMOUNTS):
            told = pl.Series([line[number] for line in lines], dtype=pl.Int32)
            at = pl.col(str(parts[0])) if parts else pl.col("row") * 0
            found.append(looked_up(told, at).alias(f"{name}{mark}"))
    return codes.rows.select(found).to_dict()


def _by_sum(kernel: Kernel, codes: _Codes, names: list[str], maxima: dict[str, int | pl.Series]) -> dict[str, pl.Series]:
    """The points of indicators whose parts are added up, all in whole numbers."""
    kinds = {name: _kind(kernel, codes, name, maxima[name]) for name in names}
    tame = {name: kind for name, kind in kinds.items() if kind is not None}
    shown = _rounded(kernel, codes, tame, maxima)
    wild = codes.rows.select(_is_wild(kernel, name).alias(name) for name in tame)
    for name, kind in kinds.items():
        rows = pl.repeat(True, codes.rows.height, dtype=pl.Boolean, eager=True) if kind is None else wild[name]
        if rows.any():
            most = _as_column(maxima[name], codes.rows.height).filter(rows)
            each = _one_by_one(kernel, name, codes.rows.filter(rows), most)
            for mark, amounts in zip(_AMOUNTS, each, strict=True):
                known = shown.get(f"{name}{mark}")
                shown[f"{name}{mark}"] = amounts if known is None else known.scatter(rows.arg_true(), amounts)
    return shown


def _rounded(
    kernel: Kernel, codes: _Codes, kinds: dict[str, Kind], maxima: dict[str, int | pl.Series]
) -> dict[str, pl.Series]:
    """The points by the sums of the parts, step by step: what one step finds, the next ones look at and do not find anew."""
    summed: list[pl.Expr] = []
    for name, kind in kinds.items():
        over, under = _sums(kernel, codes, name, kind)
        maximum = _as_expression(maxima[name]).cast(kind)
        summed += [(maximum * amount).alias(f"{name}{mark}") for mark, amount in zip(_AMOUNTS, over, strict=True)]
        summed += [under.alias(f"{name}/"), maximum.cast(pl.Int32).alias(f"{name}^")]
    quotients = [(f"{name}{mark}", f"{name}/") for name in kinds for mark in _AMOUNTS]
    sums = codes.rows.select(summed).with_columns((pl.col(o) // pl.col(u)).alias(f"{o}|") for o, u in quotients)
    found = sums.with_columns(
        nearest(pl.col(over), pl.col(under), pl.col(f"{over}|")).cast(pl.Int32).alias(over) for over, under in quotients
    )
    # Rounding apart must neither leave less reachable than is claimed nor lose more than the maximum leaves.
    claimed, _, reach, lost = _AMOUNTS
    found = found.with_columns(
        pl.max_horizontal(f"{name}{reach}", f"{name}{claimed}").alias(f"{name}{reach}") for name in kinds
    )
    left = {name: pl.col(f"{name}^") - pl.col(f"{name}{reach}") for name in kinds}
    found = found.with_columns(pl.min_horizontal(f"{name}{lost}", left[name]).alias(f"{name}{lost}") for name in kinds)
    return found.select(over for over, _ in quotients).to_dict()


def _is_wild(kernel: Kernel, name: str) -> pl.Expr:
    """In which rows any part is in a state that has no place over the common denominator."""
    parts = zip(kernel.parts[name], kernel.amounts_of(name).wild, strict=True)
    tests = [looked_up(wild, pl.col(str(at))) for at, wild in parts if wild.any()]
    return pl.any_horizontal(tests) if tests else pl.col("row").is_null()


def _kind(kernel: Kernel, codes: _Codes, name: str, maximum: int | pl.Series) -> Kind | None:
    """The whole numbers that hold every product on the way; ``None`` where none do."""
    largest = maximum if isinstance(maximum, int) else _most(maximum)
    below = prod(_most(codes.rows[bottom]) for bottom in _bottoms(kernel, name))
    product = 4 * kernel.amounts_of(name).most * max(1, largest) * below
    return pl.Int64 if product < 2**63 else pl.Int128 if product < 2**127 else None


def _most(amounts: pl.Series) -> int:
    most = amounts.max()
    return max(1, most) if isinstance(most, int) else 1


def _bottoms(kernel: Kernel, name: str) -> list[str]:
    """The counts by which the shares of an indicator are divided, each once."""
    parts = zip(kernel.parts[name], kernel.amounts_of(name).slopes, strict=True)
    return list(dict.fromkeys(kernel.laws[at].bottom for at, slopes in parts if slopes))


def _sums(kernel: Kernel, codes: _Codes, name: str, kind: Kind) -> tuple[list[pl.Expr], pl.Expr]:
    """Claimed, earned, earned or open, and lost, of all parts together; and the weight that is kept, one where none is."""
    parts, amounts = kernel.parts[name], kernel.amounts_of(name)
    weights = [looked_up(weight.cast(kind), pl.col(str(at))) for at, weight in zip(parts, amounts.weights, strict=True)]
    # Over the product of all bottoms, every part is a whole number.
    bottoms = {bottom: _there(bottom).cast(kind) for bottom in _bottoms(kernel, name)}
    every = reduce(mul, bottoms.values()) if bottoms else None
    over: list[list[pl.Expr]] = []
    for at, starts, slopes in zip(parts, amounts.starts, amounts.slopes, strict=True):
        own = [looked_up(start.cast(kind), pl.col(str(at))) for start in starts]
        own = own if every is None else [start * every for start in own]
        if slopes:
            law = kernel.laws[at]
            others = reduce(mul, (b for name, b in bottoms.items() if name != law.bottom), _top(law).cast(kind))
            own = [a + looked_up(slope.cast(kind), pl.col(str(at))) * others for a, slope in zip(own, slopes, strict=True)]
        over.append(own)
    kept = pl.lit(sum(weight[0] for weight in amounts.weights), dtype=kind)
    if any(_may_drop(codes.certain[at]) for at in parts):
        kept = reduce(add, weights)
    under = pl.when(kept == 0).then(1).otherwise(kept)
    return [reduce(add, column) for column in zip(*over, strict=True)], under if every is None else under * every


def _there(bottom: str) -> pl.Expr:
    return pl.when(pl.col(bottom) > 0).then(pl.col(bottom)).otherwise(1)


def _top(law: ShareLaw) -> pl.Expr:
    """The upper count of a share; nought where there is no share, for nothing hangs on it there."""
    top = pl.col(law.top)
    return pl.when((pl.col(law.bottom) > 0) & top.is_not_null()).then(top).otherwise(0)


def _one_by_one(kernel: Kernel, name: str, codes: pl.DataFrame, maximum: pl.Series) -> list[pl.Series]:
    """The same in fractions of any size, by distinct codes, shares and maxima."""
    parts = kernel.parts[name]
    laws = [kernel.laws[at] for at in parts if at in kernel.laws]
    names = list(dict.fromkeys([*map(str, parts), *(count for law in laws for count in (law.top, law.bottom))]))
    hangs_on = codes.select(names).with_columns(maximum.alias(_MOST))
    each, numbers = numbered(hangs_on)
    lines = [_exact_line(kernel, parts, line) for line in each.iter_rows(named=True)]
    return [pl.Series([line[n] for line in lines], dtype=pl.Int32).gather(numbers) for n in range(len(_AMOUNTS))]


# The column of maxima, which no cell can be called.
_MOST = "~maximum"


def _exact_line(kernel: Kernel, parts: list[int], line: dict[str, Any]) -> tuple[int, ...]:
    kept = [kernel.states_of(at).kept(line[str(at)], _exact_share(kernel.laws.get(at), line)) for at in parts]
    return points_of(*exact_points([part for part in kept if part is not None], line[_MOST]))


def _exact_share(law: ShareLaw | None, line: dict[str, Any]) -> Fraction:
    if law is None or not line[law.bottom] or line[law.top] is None:
        return Fraction(0)
    return Fraction(line[law.top], line[law.bottom])
