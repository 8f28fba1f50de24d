"""Rules → submissions that meet them in full, or miss them altogether (构造). What no case can show, a construction can.

In: an indicator and the rules. Out: a submission that should be worth everything, or nothing; the engine judges whether it
is. One function per kind of measure, in one table. Where nothing can be constructed, that is said, never hidden.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from engine.admission import admit_facts
from engine.cases import complete_evidence
from engine.formulas import Tree
from engine.formulas import parse_formula
from engine.judgement import takes_points
from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.exact import exact_text
from engine.models.ruleset import Award
from engine.models.ruleset import Condition
from engine.models.ruleset import Credit
from engine.models.ruleset import EachMember
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Probe
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Period
from engine.models.submission import RatingEntry
from engine.models.submission import Row
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.models.submission import Unit
from engine.periods import Window
from engine.periods import last_day
from engine.periods import windows
from engine.quantities import deadline_day
from engine.rule_parts import probes_of
from engine.scope import scope_of_whole
from engine.submissions import in_canonical_order

ZERO, ONE = Fraction(0), Fraction(1)
# So many cases too many that no deduction, band or step leaves anything, and so many days too late for any time limit.
FAR, LATE = 1000, timedelta(days=100)
NOT_DONE = "未办"
Rows = tuple[tuple[str, ...], ...]


class Setting(NamedTuple):
    """For whom, over which days and at which day something is constructed."""

    unit: Unit
    window: Window
    as_of: date

    def head(self, facts: Iterable[Fact] = (), ratings: Iterable[RatingEntry] = ()) -> SubmissionFile:
        """The submission's own page."""
        period = Period.model_validate({"from": self.window.first.isoformat(), "to": self.window.last.isoformat()})
        return SubmissionFile(unit=self.unit, period=period, as_of=self.as_of, facts=tuple(facts), ratings=tuple(ratings))


class Statement(NamedTuple):
    """One fact to be: a value, dated events or the rows of a register, of the whole or of one member."""

    subject: str
    value: str | bool | None = None
    events: tuple[str, ...] | None = None
    rows: Rows | None = None
    unit: str | None = None
    period: str | None = None


class Impossible(Exception):  # noqa: N818 - it names a finding about the rules, not an error of the program
    """Nothing can be constructed here: says where and why."""


class Grades(NamedTuple):
    """What every rater gives to every stated point."""

    indicator: Indicator
    grade: str


# --- settings -------------------------------------------------------------------------------------------------------


def settings_for(indicator: Indicator, ruleset: Ruleset, members: int = 2) -> Iterator[Setting]:
    """Units and years in which an indicator may be judged, the latest year first."""
    when = indicator.applies_when
    kinds = [kind for kind in ("government", "department", "town") if not when.kind or kind in when.kind]
    # Only a prefecture may make rules (立法法第九十三条).
    makes_rules = when.legislative_power is True
    fitting = ("prefecture",) if makes_rules else ("county", "prefecture")
    levels = [level for level in fitting if not when.level or level in when.level]
    unit = unit_with(ruleset, kinds[0], levels[0], makes_rules, members)
    for window in years_of(ruleset):
        if all(takes_points(indicator, element, window) for element in indicator.elements or (None,)):
            yield Setting(unit, window, date(window.last.year + 1, 12, 31))


def years_of(ruleset: Ruleset) -> Iterator[Window]:
    """The whole years that the edition was in force in and that the table of working days knows, the latest first."""
    edition = ruleset.header.in_force
    for year in sorted(map(int, ruleset.calendar.years), reverse=True):
        window = Window(date(year, 1, 1), date(year, 12, 31))
        if edition.from_.first <= window.first and (edition.to is None or edition.to.last >= window.last):
            yield window


def unit_with(ruleset: Ruleset, kind: str, level: str, power: bool, members: int) -> Unit:
    """A unit in which every role that anything asks for is played by so many members."""
    asked = {role for i in ruleset.indicators for p in probes_of(i) if p.each_member for role in p.each_member.roles}
    asked |= {role for measure in ruleset.measures.values() for role in measure.held_by}
    named = [(f"{role}{n}", role) for role in sorted(asked) for n in range(1, members + 1)]
    own = sorted({role for i in ruleset.indicators for role in (i.lead_unit, *i.responsible_units)})
    return Unit.model_validate(
        {
            "name": "示例县",
            "kind": kind,
            "level": level,
            "legislative_power": power,
            "roles": [] if kind == "government" else own,
            "members": [{"name": name, "roles": [role]} for name, role in named] if kind == "government" else [],
        }
    )


def players(each: EachMember, unit: Unit) -> tuple[str, ...]:
    """The members that play one of the roles."""
    return tuple(member.name for member in unit.members if set(member.roles) & set(each.roles))


# --- whole submissions ----------------------------------------------------------------------------------------------


class Aim(Enum):
    """What a submission is to be worth."""

    FULL = "满分"
    ZERO = "零分"


class Task(NamedTuple):
    """What is to be constructed: the worth of one indicator, in a setting, under one profile's partial credit.

    ``stated``: rates are stated as such; else the counts above and below their line are, which is the usual way.
    """

    indicator: Indicator
    ruleset: Ruleset
    setting: Setting
    credit: Credit
    aim: Aim
    stated: bool = False

    @property
    def shares(self) -> tuple[str, ...]:
        """The shares of rows that the indicator reads: good or bad together where they read one register."""
        named = dict.fromkeys(probe.measure for probe in probes_of(self.indicator) if probe.measure is not None)
        return tuple(n for n in named if isinstance(self.ruleset.measures[n], model.OnTimeShare | model.ProcedureShare))


def statements_for(task: Task) -> tuple[Statement | Grades, ...]:
    """What to state so that an indicator is worth what is aimed at."""
    indicator = task.indicator
    if indicator.award is Award.RATED and indicator.rating is not None:
        best_first = sorted(indicator.rating.grades, key=lambda grade: task.credit.grades[grade], reverse=True)
        grade = best_first[0] if task.aim is Aim.FULL else best_first[-1]
        return (*_happened(task), Grades(indicator, grade))
    probes: tuple[Probe, ...] = indicator.elements or (indicator,)
    return once(statement for probe in probes for statement in _of_probe(probe, task))


def _happened(task: Task) -> tuple[Statement, ...]:
    """What is rated must have happened once."""
    return state(task.indicator.measure, ONE, task) if task.indicator.measure is not None else ()


def once(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Each thing said once: where two parts of an indicator would say it differently, as the first does."""
    said: dict[tuple[str, str | None, str | None], Statement] = {}
    for statement in statements:
        said.setdefault((statement.subject, statement.unit, statement.period), statement)
    return tuple(said.values())


def _of_probe(probe: Probe, task: Task) -> Iterator[Statement]:
    if probe.measure is None:
        assert isinstance(probe, model.Element)
        yield Statement(f"{task.indicator.id}.{probe.key}", value=task.aim is Aim.FULL)
        return
    each = probe.each_member
    if each is None:
        yield from state(probe.measure, wanted(probe, task), task)
        return
    names = players(each, task.setting.unit)
    if not names:
        raise Impossible(f"没有担任{'、'.join(each.roles)}的成员单位")
    target = wanted(Probe(measure=probe.measure, meets=each.meets or probe.meets), task)
    for name in names:
        yield from (statement._replace(unit=name) for statement in state(probe.measure, target, task))


def submission_of(
    statements: Iterable[Statement | Grades],
    ruleset: Ruleset,
    setting: Setting,
    evidence: tuple[EvidenceItem, ...] = (),
) -> Submission:
    """A submission that says so."""
    facts: list[Fact] = []
    tables: dict[str, Table] = {}
    ratings: list[RatingEntry] = []
    for statement in dict.fromkeys(statements):
        if isinstance(statement, Grades):
            ratings += _ratings(statement, setting)
        else:
            fact, table = _written(statement, ruleset, len(tables))
            facts.append(fact)
            tables |= {table.file: table} if table is not None else {}
    return in_canonical_order(setting.head(facts, ratings), evidence, tables, {}, ())


def evidence_for(indicator: Indicator, setting: Setting, slots: Iterable[model.Slot]) -> tuple[EvidenceItem, ...]:
    """What some slots ask for; every item with a name of its own."""
    items = complete_evidence(indicator, slots, setting.head())
    return tuple(item.model_copy(update={"id": f"{indicator.id}-{item.id}"}) for item in items)


def _written(statement: Statement, ruleset: Ruleset, number: int) -> tuple[Fact, Table | None]:
    key = "measure" if statement.subject in ruleset.measures else "element"
    data: dict[str, object] = {key: statement.subject, "unit": statement.unit, "period": statement.period}
    table = None
    if statement.rows is not None:
        measure = ruleset.measures[statement.subject]
        assert isinstance(measure, model.Records)
        header = tuple(measure.columns)
        rows = tuple(Row(cells=cells, line=line) for line, cells in enumerate(statement.rows, 2))
        table = Table(file=f"{statement.subject}{number or ''}.csv", header=header, rows=rows)
        data |= {"table": table.file, "full": True}
    elif statement.events is not None:
        data["events"] = [{"date": day, "title": f"第{n}次"} for n, day in enumerate(statement.events, 1)]
    else:
        data["value"] = statement.value
    return Fact.model_validate({name: value for name, value in data.items() if value is not None or name == "value"}), table


def _ratings(grades: Grades, setting: Setting) -> Iterator[RatingEntry]:
    rating = grades.indicator.rating
    for point in rating.points if rating is not None else ():
        for rater in ("甲", "乙"):
            yield RatingEntry.model_validate(
                {
                    "indicator": grades.indicator.id,
                    "point": point.key,
                    "grade": grades.grade,
                    "rater": rater,
                    "rated_on": setting.as_of.isoformat(),
                    "reason": "试例",
                }
            )


# --- what to aim at -------------------------------------------------------------------------------------------------


def wanted(probe: Probe, task: Task) -> Fraction:
    """The value that is worth everything, or nothing."""
    assert probe.measure is not None
    measure, credit, good = task.ruleset.measures[probe.measure], task.credit, task.aim is Aim.FULL
    condition = probe.meets
    if condition is None:
        lower = measure.direction == "lower" or credit.each is not None
        worst = Fraction(FAR) if credit.each is not None else ONE
        return (ZERO if lower else ONE) if good else (worst if lower else ZERO)
    if condition.by is not None:
        last = Fraction(deadline_day(condition.by, task.setting.window.last).toordinal())
        return last if good else last + 1
    if condition.equals is not None:
        return _choice(condition, measure, good)
    return _number(condition, measure, credit, good)


def _choice(condition: Condition, measure: Measure, good: bool) -> Fraction:
    if isinstance(condition.equals, bool):
        return Fraction(condition.equals is good)
    options = measure.options if isinstance(measure, model.Chosen) else ()
    fitting = [at for at, option in enumerate(options) if (option == condition.equals) is good]
    if not fitting:
        raise Impossible(f"选项里没有{'合' if good else '不合'}「{condition.equals}」的")
    return Fraction(fitting[0])


def _number(condition: Condition, measure: Measure, credit: Credit, good: bool) -> Fraction:
    """At the bound or just past it; or as far from it as the measure goes."""
    share = isinstance(measure, model.Share | model.Every)
    most = ONE if share and not getattr(measure, "may_exceed_one", False) else Fraction(FAR)
    step = Fraction(1, 100) if share else ONE
    higher = condition.at_least is not None or condition.more_than is not None
    if not good:
        beyond = [band.meets for band in credit.bands] + [condition]
        bounds = [b for c in beyond for b in (c.at_most, c.less_than) if b is not None]
        bounds += [] if credit.zero_at is None else [credit.zero_at]
        worst = most if share else max(bounds, default=ZERO) + FAR
        return ZERO if higher else worst
    if condition.at_least is not None:
        return condition.at_least
    if condition.more_than is not None:
        return min(most, condition.more_than + step)
    if condition.at_most is not None:
        return min(condition.at_most, most)
    assert condition.less_than is not None
    return max(ZERO, condition.less_than - step)


# --- one measure ----------------------------------------------------------------------------------------------------


def state(name: str, target: Fraction, task: Task) -> tuple[Statement, ...]:
    """The facts by which a measure comes to a value."""
    measure = task.ruleset.measures[name]
    return tuple(_KINDS[type(measure)](name, measure, target, task))


def _counted(name: str, measure: model.Counted, target: Fraction, task: Task) -> Iterator[Statement]:  # noqa: ARG001
    if target < 0 or measure.kind == "count" and target.denominator != 1:
        raise Impossible(f"口径「{name}」报不出{exact_text(target)}")
    yield Statement(name, value=exact_text(target))


def _dated(name: str, measure: model.Dated, target: Fraction, task: Task) -> Iterator[Statement]:  # noqa: ARG001
    day = date.fromordinal(int(target))
    if day > task.setting.as_of:
        raise Impossible(f"口径「{name}」的{day}在评判日{task.setting.as_of}之后")
    yield Statement(name, value=day.isoformat())


def _chosen(name: str, measure: model.Chosen, target: Fraction, task: Task) -> Iterator[Statement]:  # noqa: ARG001
    yield Statement(name, value=bool(target) if measure.kind == "boolean" else measure.options[int(target)])


def _ratio(name: str, measure: model.Ratio, target: Fraction, task: Task) -> Iterator[Statement]:
    if task.stated:
        yield Statement(name, value=f"{exact_text(target * 100)}%")
        return
    whole = target.denominator * 4
    yield from state(measure.denominator, Fraction(whole), task)
    yield from state(measure.numerator, target * whole, task)


def _formula(name: str, measure: model.Formula, target: Fraction, task: Task) -> Iterator[Statement]:
    tree = parse_formula(measure.expression)
    if tree is None:
        raise Impossible(f"口径「{name}」的算式读不懂")
    for part, value in _solved(tree, target, name).items():
        yield from state(part, value, task)


def _solved(tree: Tree, target: Fraction, name: str) -> dict[str, Fraction]:
    """Values for the parts of a formula: the left operand takes what the right, made neutral, leaves."""
    if isinstance(tree, str):
        return {tree: target}
    if isinstance(tree, Fraction):
        if tree != target:
            raise Impossible(f"口径「{name}」的算式里的常数{tree}凑不成{exact_text(target)}")
        return {}
    operator, left, right = tree
    neutral = right if isinstance(right, Fraction) else ZERO if operator in "+-" else ONE
    rest = {"+": target - neutral, "-": target + neutral, "*": target / (neutral or ONE), "/": target * neutral}[operator]
    over = {} if isinstance(right, Fraction) else _solved(right, neutral, name)
    solved = _solved(left, rest, name)
    if set(over) & set(solved):
        raise Impossible(f"口径「{name}」的算式两边用了同一个口径，构造不了")
    return over | solved


def _trend(name: str, measure: model.Trend, target: Fraction, task: Task) -> Iterator[Statement]:
    share = isinstance(task.ruleset.measures[measure.of], model.Share)
    before = max(ZERO, -target) if share else max(ZERO, -target) + 1
    yield from state(measure.of, before + target, task)
    for statement in state(measure.of, before, task):
        if statement.value is None:
            raise Impossible(f"口径「{name}」要上期的数，而「{measure.of}」的上期构造不了")
        yield statement._replace(period="previous")


def _happenings(name: str, measure: Measure, target: Fraction, task: Task) -> Iterator[Statement]:  # noqa: ARG001
    if target < 0 or target.denominator != 1:
        raise Impossible(f"口径「{name}」不能是{exact_text(target)}次")
    yield Statement(name, events=tuple(_days_of(task.setting.window, task.setting.as_of, int(target))))


def _count_in_period(name: str, measure: model.CountInPeriod, target: Fraction, task: Task) -> Iterator[Statement]:
    yield from _happenings(measure.of, measure, target, task)
    assert name


def _days_of(window: Window, as_of: date, number: int) -> Iterator[str]:
    """So many days of a window, from its last day that is not after the day of judgement backwards, round and round."""
    last = min(window.last, as_of)
    span = (last - window.first).days + 1
    if span <= 0 and number:
        raise Impossible(f"{window}在评判日{as_of}之后")
    yield from ((last - timedelta(days=n % span)).isoformat() for n in range(number))


def _windows_met(name: str, measure: model.Every, target: Fraction, task: Task) -> Iterator[Statement]:
    spans = windows(task.setting.window, measure.per, measure.starts)
    if not spans:
        raise Impossible(f"口径「{name}」的第一个窗口在评估期之后")
    met = spans[: -(-target.numerator * len(spans) // target.denominator)]
    days = [day for span in met for day in _days_of(span, task.setting.as_of, measure.at_least)]
    yield Statement(measure.of, events=tuple(days))


def _register(name: str, measure: model.Records, target: Fraction, task: Task) -> Iterator[Statement]:
    if target < 0 or target.denominator != 1:
        raise Impossible(f"登记表「{name}」不能是{exact_text(target)}行")
    row = good_row(name, task.ruleset, task.setting)
    yield Statement(name, rows=tuple(_numbered(measure, n, row) for n in range(int(target))))


def _share_of_rows(
    name: str, measure: model.OnTimeShare | model.ProcedureShare, target: Fraction, task: Task
) -> Iterator[Statement]:
    """One register for every share that reads it: its rows are good, or bad, for all of them at once."""
    table = task.ruleset.measures[measure.of]
    assert isinstance(table, model.Records)
    sharing = (other for other in task.shares if getattr(task.ruleset.measures[other], "of", "") == measure.of)
    readers = tuple(sharing) or (name,)
    best, worst = (
        row_that_is(aim, measure.of, readers, task) if needed else {}
        for aim, needed in ((Aim.FULL, target > 0), (Aim.ZERO, target < 1))
    )
    total = target.denominator
    made = [best] * target.numerator + [worst] * (total - target.numerator)
    yield Statement(measure.of, rows=tuple(_numbered(table, n, row) for n, row in enumerate(made)))


_KINDS: dict[type, Callable[..., Iterable[Statement]]] = {
    model.Counted: _counted,
    model.Dated: _dated,
    model.Chosen: _chosen,
    model.Events: _happenings,
    model.Records: _register,
    model.Ratio: _ratio,
    model.OnTimeShare: _share_of_rows,
    model.ProcedureShare: _share_of_rows,
    model.Formula: _formula,
    model.CountInPeriod: _count_in_period,
    model.Every: _windows_met,
    model.Trend: _trend,
}


# --- rows of registers ----------------------------------------------------------------------------------------------


def row_that_is(aim: Aim, register: str, readers: tuple[str, ...], task: Task) -> dict[str, str]:
    """A row of a register that every one of some shares counts as good, or none of them does: tried, not believed."""
    good, ruleset, setting = aim is Aim.FULL, task.ruleset, task.setting
    made = [good_row(register, ruleset, setting)] if good else list(_bad_rows(register, ruleset, setting))
    fitting = (row for row in made if all(_counts(row, register, reader, ruleset, setting) is good for reader in readers))
    found = next(fitting, None)
    if found is None:
        told = "、".join(readers)
        raise Impossible(f"登记表「{register}」造不出一行，让{told}都{'合格' if good else '不合格'}")
    return found


def _counts(row: dict[str, str], register: str, reader: str, ruleset: Ruleset, setting: Setting) -> bool | None:
    measure = ruleset.measures[register]
    assert isinstance(measure, model.Records)
    submission = submission_of([Statement(register, rows=(_numbered(measure, 0, row),))], ruleset, setting)
    facts, _ = admit_facts(ruleset, submission)
    share = measure_value(reader, scope_of_whole(ruleset, facts, submission.head)).value
    return None if share is None or share.exact not in (ZERO, ONE) else share.exact == ONE


def _numbered(measure: model.Records, number: int, row: dict[str, str]) -> tuple[str, ...]:
    """The cells of a row in the order of the columns, under a number of its own."""
    return tuple(f"第{number + 1}件" if c.kind == "key" else row[name] for name, c in measure.columns.items())


class Step(NamedTuple):
    """One date that may not come before another, or not before so long after it."""

    before: str
    after: str
    pause: model.Limit


def steps_of(register: str, ruleset: Ruleset) -> tuple[Step, ...]:
    """What every share that reads a register asks of the order of its dates."""
    none = model.Limit(0, False)
    found: list[Step] = []
    for measure in ruleset.measures.values():
        if isinstance(measure, model.OnTimeShare) and measure.of == register:
            found.append(Step(measure.from_, measure.to, none))
        if isinstance(measure, model.ProcedureShare) and measure.of == register:
            found += [Step(a, b, none) for a, b in zip(measure.order, measure.order[1:], strict=False)]
            found += [Step(pause.from_, pause.to, pause.at_least) for pause in measure.pauses]
    return tuple(found)


def good_row(register: str, ruleset: Ruleset, setting: Setting) -> dict[str, str]:
    """Every step as early as the order and the pauses allow, from the first of July on; every text as it is accepted."""
    measure = ruleset.measures[register]
    assert isinstance(measure, model.Records)
    start = date(setting.window.first.year, 7, 1)
    dates = dict.fromkeys((name for name, column in measure.columns.items() if column.kind == "date"), start)
    steps = steps_of(register, ruleset)
    for _ in range(len(dates) + 1):
        for step in steps:
            earliest = last_day(dates[step.before], step.pause, ruleset.calendar) or dates[step.before]
            dates[step.after] = max(dates[step.after], earliest if step.pause.days else dates[step.before])
    texts = {name: _accepted_text(register, name, ruleset) for name, c in measure.columns.items() if c.kind != "date"}
    return texts | {name: day.isoformat() for name, day in dates.items()}


def _accepted_text(register: str, column: str, ruleset: Ruleset) -> str:
    for measure in ruleset.measures.values():
        if isinstance(measure, model.ProcedureShare) and measure.of == register and measure.accepts.get(column):
            return measure.accepts[column][0]
    return "示例"


def _bad_rows(register: str, ruleset: Ruleset, setting: Setting) -> Iterator[dict[str, str]]:
    """Nothing done; everything late; what is late and the rest not done; texts that nobody accepts."""
    measure = ruleset.measures[register]
    assert isinstance(measure, model.Records)
    good = good_row(register, ruleset, setting)
    dates = [name for name, column in measure.columns.items() if column.kind == "date" and name != measure.counted_on]
    texts = {name: "不合要求" for name, column in measure.columns.items() if column.kind == "text"}
    undone = good | dict.fromkeys(dates, NOT_DONE)
    late = good | _late_dates(register, ruleset, setting)
    limited = {m.to for m in ruleset.measures.values() if isinstance(m, model.OnTimeShare) and m.of == register}
    limited |= {m.from_ for m in ruleset.measures.values() if isinstance(m, model.OnTimeShare) and m.of == register}
    mixed = late | {name: NOT_DONE for name in dates if name not in limited}
    for row in (undone, late, mixed, good):
        yield row | texts
        yield row


def _late_dates(register: str, ruleset: Ruleset, setting: Setting) -> dict[str, str]:
    """Every date that has a time limit, long after the one it is counted from; the counted one stays in the period."""
    days: dict[str, date] = {}
    limits = [m for m in ruleset.measures.values() if isinstance(m, model.OnTimeShare) and m.of == register]
    for _ in limits:
        for limit in limits:
            begun = days.setdefault(limit.from_, setting.window.first)
            days[limit.to] = max(days.get(limit.to, begun), begun + LATE + timedelta(days=limit.within.days))
    return {name: min(day, setting.as_of).isoformat() for name, day in days.items()}
