"""Whether admitted facts agree: totals with parts, rates with counts, dates with dates, units with the whole.

In: admitted facts. Out: the same facts, in which whatever disagrees is the hull of all readings and marked, and the
problems. A contradiction is never resolved here; where every reading gives the same verdict, judgement lets it stand.
"""

from fractions import Fraction

from engine.formulas import evaluate
from engine.formulas import parse_formula
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import FactRef
from engine.models.admitted import Key
from engine.models.admitted import RateCheck
from engine.models.admitted import Reading
from engine.models.interval import Interval
from engine.models.interval import add
from engine.models.interval import clip
from engine.models.interval import hull
from engine.models.interval import negate
from engine.models.interval import point
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import Counted
from engine.models.ruleset import Dated
from engine.models.ruleset import Formula
from engine.models.ruleset import Ratio
from engine.models.ruleset import Ruleset
from engine.models.submission import Unit
from engine.quantities import quantity_text

Readings = dict[Key, Reading]
# What else a number may be, and the facts that say so.
Doubts = dict[Key, list[tuple[Interval, tuple[FactRef, ...]]]]


def find_contradictions(
    ruleset: Ruleset, unit: Unit, admitted: AdmittedFacts
) -> tuple[AdmittedFacts, tuple[RateCheck, ...], list[Problem]]:
    """Hold every admitted number against the others that it must agree with."""
    stated = admitted.readings
    doubted: Doubts = {}
    problems: list[Problem] = []
    checks: list[RateCheck] = []
    for key in stated:
        measure = ruleset.measures[key[0]]
        if isinstance(measure, Counted):
            problems += _parts_against_total(key, measure, stated, ruleset, doubted)
            problems += _part_within_whole(key, measure, stated, ruleset, doubted)
            problems += _members_against_whole(key, measure, stated, unit, doubted)
        elif isinstance(measure, Dated) and measure.not_before:
            problems += _date_after_date(key, measure, stated, ruleset, doubted)
        elif isinstance(measure, Ratio):
            check, found = _rate_against_counts(key, measure, stated, ruleset, doubted)
            checks += check
            problems += found
    problems += _more_than_all(stated, ruleset, doubted)
    readings = {key: _with_doubts(reading, doubted.get(key, [])) for key, reading in stated.items()}
    return admitted.model_copy(update={"readings": readings}), tuple(checks), problems


def _with_doubts(reading: Reading, others: list[tuple[Interval, tuple[FactRef, ...]]]) -> Reading:
    if not others:
        return reading
    facts = dict.fromkeys([*reading.facts, *(fact for _, said in others for fact in said)])
    values = hull([reading.interval, *(other for other, _ in others)])
    return reading.model_copy(update={"interval": values, "facts": tuple(facts), "contradictory": True})


def _doubt(doubted: Doubts, key: Key, other: Interval, *because: Reading) -> None:
    doubted.setdefault(key, []).append((other, tuple(fact for reading in because for fact in reading.facts)))


def _parts_against_total(key: Key, measure: Counted, stated: Readings, ruleset: Ruleset, doubted: Doubts) -> list[Problem]:
    parts = {(part, key[1], key[2]): stated.get((part, key[1], key[2])) for part in measure.parts}
    given = {k: reading for k, reading in parts.items() if reading is not None}
    if not given:
        return []
    total, added = stated[key].interval, _added([reading.interval for reading in given.values()])
    complete = len(given) == len(parts)
    if added.meets_interval(total if complete else Interval(Fraction(0), total.high, high_open=total.high_open)):
        return []
    if complete:
        _doubt(doubted, key, added, *given.values())
    for part in given:
        others = _added([reading.interval for k, reading in given.items() if k != part])
        rest = clip(add(total, negate(others)), Fraction(0), None)
        _doubt(doubted, part, rest, stated[key], *given.values())
    unit = measure.unit_of_measure
    terms = " + ".join(f"{ruleset.measures[k[0]].label}{quantity_text(r.interval, None)}" for k, r in given.items())
    found = f"「{measure.label}」{quantity_text(total, unit)}，分项 {terms} = {quantity_text(added, unit)}"
    return [_contradiction("FACT_PARTS_SUM", stated[key], found, key)]


def _added(values: list[Interval]) -> Interval:
    total = point(0)
    for value in values:
        total = add(total, value)
    return total


def _part_within_whole(key: Key, measure: Counted, stated: Readings, ruleset: Ruleset, doubted: Doubts) -> list[Problem]:
    if measure.part_of is None:
        return []
    whole_key = (measure.part_of, key[1], key[2])
    whole = stated.get(whole_key)
    part = stated[key].interval
    if whole is None or part.low is None or whole.interval.high is None or part.low <= whole.interval.high:
        return []
    _doubt(doubted, key, whole.interval, whole)
    _doubt(doubted, whole_key, part, stated[key])
    unit = measure.unit_of_measure
    whole_label = ruleset.measures[measure.part_of].label
    found = f"「{measure.label}」{quantity_text(part, unit)}，大于「{whole_label}」{quantity_text(whole.interval, unit)}"
    return [_contradiction("FACT_PART_EXCEEDS", stated[key], found, key)]


def _members_against_whole(key: Key, measure: Counted, stated: Readings, unit: Unit, doubted: Doubts) -> list[Problem]:
    if key[1] or measure.roll_up != "sum":
        return []
    holders = [member.name for member in unit.members if set(member.roles) & set(measure.held_by)]
    readings = [stated[key[0], name, key[2]] for name in holders if (key[0], name, key[2]) in stated]
    members = [reading.interval for reading in readings]
    whole = stated[key].interval
    if not members or any(m.exact is None for m in members) or whole.exact is None:
        return []
    added = sum((m.exact for m in members if m.exact is not None), Fraction(0))
    expected = sum(unit.member_counts.get(role, 0) for role in measure.held_by)
    complete = len(members) == len(holders) and len(holders) >= expected
    if added == whole.exact or not complete and added < whole.exact:
        return []
    _doubt(doubted, key, point(added), *readings)
    found = f"「{measure.label}」全市报{whole.exact}，{len(members)}个单位相加是{added}"
    return [_contradiction("FACT_MEMBERS_SUM", stated[key], found, key)]


def _date_after_date(key: Key, measure: Dated, stated: Readings, ruleset: Ruleset, doubted: Doubts) -> list[Problem]:
    other_key = (str(measure.not_before), key[1], key[2])
    other = stated.get(other_key)
    mine = stated[key].interval
    if other is None or mine.high is None or other.interval.low is None or mine.high >= other.interval.low:
        return []
    _doubt(doubted, key, other.interval, other)
    _doubt(doubted, other_key, mine, stated[key])
    days = int(other.interval.low - mine.high)
    other_label = ruleset.measures[other_key[0]].label
    found = (
        f"「{measure.label}」{quantity_text(mine, '日期')}，早于「{other_label}」"
        f"{quantity_text(other.interval, '日期')}，差{days}天"
    )
    return [_contradiction("FACT_DATE_ORDER", stated[key], found, key)]


def _rate_against_counts(
    key: Key, measure: Ratio, stated: Readings, ruleset: Ruleset, doubted: Doubts
) -> tuple[list[RateCheck], list[Problem]]:
    top = _stated_number(measure.numerator, key, stated, ruleset)
    bottom = _stated_number(measure.denominator, key, stated, ruleset)
    if top is None or not bottom:
        return [], []
    exact = top / bottom
    reported = stated[key].interval
    fits = agrees(exact, reported, measure.tolerance)
    check = RateCheck(
        measure=key[0],
        unit=key[1],
        reported=quantity_text(reported, "%"),
        computed=exact,
        numerator=str(top),
        denominator=str(bottom),
        agrees=fits,
    )
    if fits:
        return [check], []
    _doubt(doubted, key, point(exact))
    found = (
        f"「{measure.label}」自报{check.reported}，按分子分母是{check.numerator}/{check.denominator}"
        f"={quantity_text(point(exact), '%')}"
    )
    return [check], [_contradiction("FACT_RATE_CHECK", stated[key], found, key)]


def _more_than_all(stated: Readings, ruleset: Ruleset, doubted: Doubts) -> list[Problem]:
    """A numerator above its denominator, where a ratio may not exceed one."""
    problems: list[Problem] = []
    by_measure: dict[str, list[Key]] = {}
    for key in stated:
        by_measure.setdefault(key[0], []).append(key)
    for measure in ruleset.once(_shares_of_a_whole):
        for key in by_measure.get(measure.numerator, ()):
            part, whole_key = stated[key], (measure.denominator, key[1], key[2])
            whole = stated.get(whole_key)
            if whole is None or key in doubted:
                continue
            if part.interval.low is None or whole.interval.high is None or part.interval.low <= whole.interval.high:
                continue
            _doubt(doubted, key, whole.interval, whole)
            _doubt(doubted, whole_key, part.interval, part)
            top, bottom = ruleset.measures[key[0]], ruleset.measures[whole_key[0]]
            found = (
                f"「{top.label}」{quantity_text(part.interval, top.unit_of_measure)}，"
                f"大于「{bottom.label}」{quantity_text(whole.interval, bottom.unit_of_measure)}"
            )
            problems.append(_contradiction("FACT_PART_EXCEEDS", part, found, key))
    return problems


def _shares_of_a_whole(ruleset: Ruleset) -> tuple[Ratio, ...]:
    """The ratios that may not exceed one."""
    return tuple(m for m in ruleset.measures.values() if isinstance(m, Ratio) and not m.may_exceed_one)


def _stated_number(name: str, key: Key, stated: Readings, ruleset: Ruleset) -> Fraction | None:
    """The exact number that was stated for a measure, or follows by its formula from numbers that were."""

    def value_of(part: str) -> Interval | None:
        reading = stated.get((part, key[1], key[2]))
        return reading.interval if reading is not None else None

    measure = ruleset.measures[name]
    tree = parse_formula(measure.expression) if isinstance(measure, Formula) else name
    value = evaluate(tree, value_of) if tree is not None else None
    return value.exact if value is not None else None


def agrees(exact: Fraction, reported: Interval, tolerance: Fraction = Fraction(0)) -> bool:
    """Whether a reported rate can be this exact one, rounded or cut at its last digit.

    With u the unit of that digit, the exact rate lies in [r - u/2, r + u).

    >>> agrees(Fraction(447, 2263), Interval(Fraction(197, 1000), Fraction(197, 1000), resolution=Fraction(1, 1000)))
    True
    """
    unit = reported.resolution
    if reported.exact is None:
        return reported.meets_interval(point(exact))
    if reported.exact == 1 and exact < 1:
        return exact >= 1 - tolerance  # 100 % is 100 %: nobody rounds a missing case away
    return reported.exact - unit / 2 - tolerance <= exact < reported.exact + unit + tolerance


def _contradiction(code: str, reading: Reading, found: str, key: Key) -> Problem:
    remedy = "请核对原件更正；更正前按各种读法都一样的部分计"
    return problem(code, reading.facts[0].place, found, remedy, key[0], key[1])
