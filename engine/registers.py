"""Shares counted case by case over record tables (逐件): in time, or by every step of a procedure.

Only a complete register gives a denominator; a case that cannot be judged stays in it as unknown.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from engine.models import interval as intervals
from engine.models import ruleset as model
from engine.models.admitted import PREVIOUS
from engine.models.admitted import Case
from engine.models.admitted import Register
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.periods import last_day
from engine.periods import next_working_day
from engine.quantities import quantity_text
from engine.scope import Scope
from engine.scope import as_stated
from engine.scope import falls_into
from engine.scope import members_with
from engine.scope import nothing_due
from engine.scope import nothing_known


def register_of(name: str, scope: Scope) -> Register | None:
    """The register of a unit; of the whole, its members' together, complete only where every one's is and none is silent."""
    own = scope.facts.registers.get((name, scope.member))
    measure = scope.ruleset.measures[name]
    if own is not None or scope.member or not measure.held_by:
        return own
    holders, expected = members_with(measure.held_by, scope.unit)
    given = [found for found in (scope.facts.registers.get((name, holder)) for holder in holders) if found is not None]
    if not given:
        return None
    silent = "" if len(given) == expected else f"应交登记表{expected or '不知几'}个单位，只有{len(given)}个交了"
    loose = "、".join(register.fact.unit for register in given if register.lacks)
    return Register(
        cases=tuple(case for register in given for case in register.cases),
        lacks=silent or (f"{loose}没有写明是全量表（full: true）" if loose else ""),
        fact=given[0].fact.model_copy(update={"text": f"{len(given)}个单位的登记表", "unit": ""}),
    )


def register_size(name: str, measure: model.Records, scope: Scope) -> Measured:  # noqa: ARG001 - one signature for all kinds
    """Count the rows of a register."""
    register = register_of(name, scope)
    if register is None:
        return nothing_known(name, scope)
    return Measured(measure=name, unit=scope.member, value=point(len(register.cases)), facts=(register.fact,))


def on_time_share(name: str, measure: model.OnTimeShare, scope: Scope) -> Measured:
    """Judge each case by one date that must follow another within a limit."""

    def on_time(case: Case) -> bool | None:
        start = case.dates.get(measure.from_)
        if start is None or len(start.text) != 10:
            return None
        limit = last_day(start.first, measure.within, scope.ruleset.calendar)
        if limit is None:
            return None
        done = case.dates.get(measure.to)
        if done is not None and done.last < start.first:
            return None
        if done is not None:
            extends = measure.extends_over_rest_days and not measure.within.working
            at_the_latest = next_working_day(limit, scope.ruleset.calendar) if extends else limit
            return True if done.last <= limit else False if done.first > at_the_latest else None
        said_not_done = case.cells[measure.to].startswith(("未", "没有"))
        return False if said_not_done and limit < scope.known_until else None

    return _share_of_cases(name, measure, scope, on_time, f"{measure.within}内")


def procedure_share(name: str, measure: model.ProcedureShare, scope: Scope) -> Measured:
    """Judge each case by the steps of a procedure: all taken, in order, with the pauses asked for."""

    def in_order(case: Case) -> bool | None:
        answers = [_comes_before(case, before, after) for before, after in pairwise(measure.order)]
        answers += [_is_taken(case, step) for step in measure.order]
        answers += [_pause_kept(case, pause, scope) for pause in measure.pauses]
        answers += [_accepted(case.cells[column], allowed) for column, allowed in measure.accepts.items()]
        return False if False in answers else None if None in answers else True

    return _share_of_cases(name, measure, scope, in_order, "步骤齐全、次序不倒")


class _Tally(NamedTuple):
    """How many cases are good, bad, or neither yet."""

    good: int
    bad: int
    undecided: int


def _share_of_cases(
    name: str,
    measure: model.OnTimeShare | model.ProcedureShare,
    scope: Scope,
    judge: Callable[[Case], bool | None],
    how: str,
) -> Measured:
    """Judge every case of the period. Only a complete register gives a denominator."""
    register = register_of(measure.of, scope)
    reported = scope.facts.readings.get((name, scope.member, scope.period))
    if register is None or scope.period == PREVIOUS:
        if reported is not None:
            measured = as_stated(name, reported, scope)
            return measured._replace(steps=(*measured.steps, "没有逐件登记表，按所报的率计"))
        return nothing_known(name, scope, given=measure.of in scope.facts.set_aside)
    table = scope.ruleset.measures[measure.of]
    assert isinstance(table, model.Records)
    inside = [falls_into(case.dates.get(table.counted_on), scope.window) for case in register.cases]
    judged = [
        (case, judge(case) if where and case.usable else None)
        for case, where in zip(register.cases, inside, strict=True)
        if where is not False
    ]
    answers = [answer for _, answer in judged]
    tally = _Tally(answers.count(True), answers.count(False), answers.count(None))
    due = len(answers)
    named = tuple(
        _named(table, judged, answer, word) for answer, word in ((False, "不合"), (None, "说不准")) if answer in answers
    )
    step = f"{measure.label}：期内{due}件，{how}{tally.good}件，不合{tally.bad}件，说不准{tally.undecided}件"
    if register.lacks:
        told = (step, *named, f"{register.lacks}，分母说不准，不定比例")
        return Measured(
            measure=name,
            unit=scope.member,
            cause=Cause.NUMBER_MISSING,
            good=Interval(Fraction(tally.good), None),
            facts=(register.fact,),
            steps=told,
        )
    if due == 0:
        return nothing_due(name, measure, scope, (register.fact,), (step,))
    value = Interval(Fraction(tally.good, due), Fraction(tally.good + tally.undecided, due))
    facts = (register.fact, *(reported.facts if reported else ()))
    if reported is not None and not reported.interval.meets_interval(_widened(value, reported.interval)):
        steps = (step, *named, f"自报{quantity_text(reported.interval, '%')}，与登记表不合")
        doubted = intervals.hull([value, reported.interval])
        return Measured(
            measure=name,
            unit=scope.member,
            value=doubted,
            cause=Cause.CONTRADICTION,
            contradictory=True,
            facts=facts,
            steps=steps,
        )
    return Measured(
        measure=name,
        unit=scope.member,
        value=value,
        cause=Cause.NUMBER_MISSING if tally.undecided else None,
        good=Interval(Fraction(tally.good), Fraction(tally.good + tally.undecided)),
        due=point(due),
        facts=facts,
        steps=(step, *named),
    )


def _named(table: model.Records, judged: list[tuple[Case, bool | None]], answer: bool | None, word: str) -> str:
    """The cases that were judged so, by number and line, the first ten of them."""
    key = next(name for name, column in table.columns.items() if column.kind == "key")
    found = [f"{case.cells[key]}（第{case.place.line}行）" for case, given in judged if given is answer]
    return f"{word}的：{'、'.join(found[:10])}{f'等{len(found)}件' if len(found) > 10 else ''}"


def _widened(value: Interval, reported: Interval) -> Interval:
    """A computed share with the room that rounding or cutting the reported one leaves."""
    unit = reported.resolution
    low = None if value.low is None else value.low - unit
    high = None if value.high is None else value.high + unit / 2
    return Interval(low, high, True, False)


def _is_taken(case: Case, step: str) -> bool | None:
    if step in case.dates:
        return True
    return False if case.cells[step].startswith(("未", "没有")) else None


def _comes_before(case: Case, before: str, after: str) -> bool | None:
    first, second = case.dates.get(before), case.dates.get(after)
    if first is None or second is None:
        return None
    return True if first.last <= second.first else False if first.first > second.last else None


def _pause_kept(case: Case, pause: model.Pause, scope: Scope) -> bool | None:
    first, second = case.dates.get(pause.from_), case.dates.get(pause.to)
    if first is None or second is None or len(first.text) != 10 or len(second.text) != 10:
        return None
    earliest = last_day(first.first, pause.at_least, scope.ruleset.calendar)
    return None if earliest is None else second.first >= earliest


def _accepted(cell: str, allowed: tuple[str, ...]) -> bool | None:
    return cell in allowed if cell else None
