"""The law of better facts (越改越差): to change one fact for the better never costs points. Searched for what breaks it.

In: an indicator and the rules. Out: submissions, made by a seed and so the same every time, in which one fact was changed in
its declared direction, all else fixed, and the indicator earns less or can reach less on either track.

Exempt by declaration: what is neutral, what is of an earlier period, denominators, one more case or member. A change
by which a fact comes to contradict another, or no longer does, is exempt too: a contradiction is what it is.
"""

import math
import random
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

from engine.assessment import assess
from engine.construction import NOT_DONE
from engine.construction import Setting
from engine.construction import Statement
from engine.construction import evidence_for
from engine.construction import good_row
from engine.construction import players
from engine.construction import settings_for
from engine.construction import steps_of
from engine.construction import submission_of
from engine.formulas import Tree
from engine.formulas import parse_formula
from engine.models import ruleset as model
from engine.models.admitted import PREVIOUS
from engine.models.exact import exact_text
from engine.models.result import Finding
from engine.models.ruleset import Award
from engine.models.ruleset import Condition
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Probe
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import RatingEntry
from engine.models.submission import Submission
from engine.narrowing import connected
from engine.periods import Window
from engine.periods import years
from engine.quantities import deadline_day
from engine.quantities import read_quantity

# What a change may set off that is a contradiction between facts, or between a fact and a report that there was nothing.
CONTRADICTIONS = {
    "FACT_CONFLICT",
    "FACT_CLAIM_CONFLICT",
    "FACT_PARTS_SUM",
    "FACT_PART_EXCEEDS",
    "FACT_RATE_CHECK",
    "FACT_DATE_ORDER",
    "FACT_MEMBERS_SUM",
    "FACT_ROW",
    "RATING_TWICE",
    "E13",
}
# So many changes are tried of one submission: another submission shows more than the tenth change of the same.
CHANGES = 4
SMALL = ("0", "1", "2", "3", "4", "5", "10", "19", "20", "39", "40", "100")
VAGUE = ("不足5", "约12", "近10", "300余", "不少于3")
SHARES = ("0%", "30%", "49%", "50%", "79%", "80%", "95%以上", "99%", "99.5%", "100%")


Said = Statement | RatingEntry


class Leaf(NamedTuple):
    """One thing that can be stated, and which way is better: 1 more, -1 less, 0 neither or not declared."""

    subject: str
    better: int
    form: str
    unit: str | None = None
    period: str | None = None
    wanted: object = None


class Draft(NamedTuple):
    """A submission in the making."""

    statements: tuple[Statement, ...]
    evidence: tuple[EvidenceItem, ...]
    ratings: tuple[RatingEntry, ...]
    setting: Setting


class Breach(NamedTuple):
    """A change for the better that costs points: the submission before, the fact that changed, and what was lost."""

    indicator: str
    profile: str
    before: Submission
    changed: str
    became: str
    lost: str


# --- the search -----------------------------------------------------------------------------------------------------


def find_breaches(ruleset: Ruleset, profile: str, tries: int, seed: int) -> Iterator[Breach]:
    """Make so many submissions about the only indicator of some rules, and better every fact of each; one breach will do."""
    (indicator,) = ruleset.indicators
    setting = next(settings_for(indicator, ruleset), None)
    if setting is None:
        return
    chance = random.Random(f"{seed} {indicator.id}")  # noqa: S311 - the same submissions every time; nothing secret
    trial = _Search(indicator, ruleset, profile, chance)
    for _ in range(tries):
        draft = _drafted(trial, setting)
        before = _judged(trial, draft)
        if before is None:
            continue
        changes = list(_bettered(trial, draft))
        for better, changed, became in chance.sample(changes, min(CHANGES, len(changes))):
            lost = _loss(before, _judged(trial, better), _tied_to(changed, ruleset))
            if lost:
                small, after = _shrunk(trial, draft, changed, became)
                yield Breach(indicator.id, profile, _submission(trial, small), _told(changed), _told(became), after or lost)
                return


class _Search(NamedTuple):
    """What stays the same all through a search."""

    indicator: Indicator
    ruleset: Ruleset
    profile: str
    chance: random.Random


class _Judged(NamedTuple):
    """The finding, and the measures, elements and items that contradict something."""

    finding: Finding
    contradicted: frozenset[str]


def _submission(search: _Search, draft: Draft) -> Submission:
    made = submission_of(draft.statements, search.ruleset, draft.setting, draft.evidence)
    return made.model_copy(update={"head": made.head.model_copy(update={"ratings": draft.ratings})})


def _judged(search: _Search, draft: Draft) -> _Judged | None:
    assessment, problems = assess(search.ruleset, search.ruleset.profiles[search.profile], _submission(search, draft))
    if assessment is None:
        return None
    doubted = frozenset(p.subject for p in problems if p.code in CONTRADICTIONS)
    return _Judged(assessment.findings[0], doubted)


def _tied_to(changed: Said, ruleset: Ruleset) -> set[str]:
    """Everything that a fact can agree or disagree with."""
    if isinstance(changed, RatingEntry):
        return {changed.indicator}
    return {changed.subject, *connected([changed.subject], ruleset.measures)}


def _loss(before: _Judged, after: _Judged | None, tied: set[str]) -> str:
    """What a change cost; empty where it cost nothing, where the fact contradicts another, or where nothing is judged.

    What contradicts itself is not known, before or after, and to be known to be short is less than not to be known.
    """
    doubted = before.contradicted | (after.contradicted if after is not None else frozenset())
    if after is None or doubted & tied or (before.contradicted != after.contradicted):
        return ""
    old, new = before.finding, after.finding
    if old.applicability.is_ != "yes" or new.applicability.is_ != "yes":
        return ""
    pairs = (
        ("自报已得", old.claimed.earned, new.claimed.earned),
        ("自报最高可到", old.claimed.reachable, new.claimed.reachable),
        ("有据已得", old.substantiated.earned, new.substantiated.earned),
        ("有据最高可到", old.substantiated.reachable, new.substantiated.reachable),
    )
    return "；".join(f"{name}由{was}降到{now}（千分之一分）" for name, was, now in pairs if now < was)


# --- making smaller -------------------------------------------------------------------------------------------------


def _shrunk(search: _Search, draft: Draft, changed: Said, became: Said) -> tuple[Draft, str]:
    """Leave out whatever the breach does not need."""
    lost = _loss_of(search, draft, changed, became)
    smaller = True
    while smaller:
        smaller = False
        for less in _less(draft, changed):
            still = _loss_of(search, less, changed, became)
            if still:
                draft, lost, smaller = less, still, True
                break
    return draft, lost


def _loss_of(search: _Search, draft: Draft, changed: Said, became: Said) -> str:
    before, after = _judged(search, draft), _judged(search, _put(draft, changed, became))
    return "" if before is None else _loss(before, after, _tied_to(changed, search.ruleset))


def _less(draft: Draft, kept: object) -> Iterator[Draft]:
    if draft.evidence:
        yield draft._replace(evidence=())
        yield from (draft._replace(evidence=tuple(i for i in draft.evidence if i is not item)) for item in draft.evidence)
    for statement in draft.statements:
        if statement is not kept:
            yield draft._replace(statements=tuple(s for s in draft.statements if s is not statement))
    for rating in draft.ratings:
        if rating is not kept:
            yield draft._replace(ratings=tuple(r for r in draft.ratings if r is not rating))


def _put(draft: Draft, changed: Said, became: Said) -> Draft:
    if isinstance(became, RatingEntry):
        return draft._replace(ratings=tuple(became if r is changed else r for r in draft.ratings))
    return draft._replace(statements=tuple(became if s is changed else s for s in draft.statements))


def _told(what: Said) -> str:
    if isinstance(what, RatingEntry):
        return f"{what.rater}对{what.point}评{what.grade}"
    said: object = what.value
    if what.events is not None:
        said = "、".join(what.events) or "没有"
    if what.rows is not None:
        said = "；".join(",".join(row) for row in what.rows)
    unit = f"{what.unit} " if what.unit else ""
    return f"{unit}{what.subject} {what.period or ''} {'是' if said is True else '否' if said is False else said}".replace(
        "  ", " "
    )


# --- what can be stated ---------------------------------------------------------------------------------------------


def leaves_of(indicator: Indicator, ruleset: Ruleset, setting: Setting) -> tuple[Leaf, ...]:
    """Everything by which an indicator can be reported, with the direction that the rules declare for it."""
    found: dict[tuple[str, str | None, str | None], Leaf] = {}
    for probe in indicator.elements or (indicator,):
        for leaf in _leaves_of_probe(indicator, probe, ruleset, setting):
            key = (leaf.subject, leaf.unit, leaf.period)
            if key not in found:
                found[key] = leaf
            elif found[key].better != leaf.better:
                # Above the line here and below it there, or better both more and less: nothing is declared for it.
                found[key] = found[key]._replace(better=0)
    return tuple(found.values())


def _leaves_of_probe(indicator: Indicator, probe: Probe, ruleset: Ruleset, setting: Setting) -> Iterator[Leaf]:
    if probe.measure is None:
        if isinstance(probe, model.Element):
            yield Leaf(f"{indicator.id}.{probe.key}", 1, "claim")
        return
    each = probe.each_member
    condition = each.meets if each is not None and each.meets is not None else probe.meets
    better = _declared(ruleset.measures[probe.measure], condition, indicator)
    for unit in players(each, setting.unit) if each is not None else (None,):
        for leaf in _leaves(probe.measure, better, ruleset, condition):
            yield leaf._replace(unit=unit)


def _declared(measure: Measure, condition: Condition | None, indicator: Indicator) -> int:
    """Which way is better: as the measure says, else as the condition or the form of award does."""
    if "direction" in measure.model_fields_set:
        return {"higher": 1, "lower": -1, "neutral": 0}[measure.direction]
    if condition is not None:
        if condition.at_least is not None or condition.more_than is not None:
            return 1
        return 1 if condition.equals is not None else -1
    return {Award.DEDUCT_EACH: -1, Award.SHARE: 1}.get(indicator.award, 0)


def _leaves(name: str, better: int, ruleset: Ruleset, condition: Condition | None) -> Iterator[Leaf]:
    measure = ruleset.measures[name]
    own = _own(measure, better)
    if isinstance(measure, model.Counted):
        yield Leaf(name, own, "number")
    elif isinstance(measure, model.Dated):
        yield Leaf(name, own, "date", wanted=condition.by if condition is not None else None)
    elif isinstance(measure, model.Chosen):
        yield Leaf(name, own, "choice", wanted=condition.equals if condition is not None else None)
    elif isinstance(measure, model.Events):
        yield Leaf(name, own, "events")
    elif isinstance(measure, model.Records):
        yield Leaf(name, 0, "register")
    elif isinstance(measure, model.OnTimeShare | model.ProcedureShare):
        yield Leaf(measure.of, own, "register")
        yield Leaf(name, own, "share")
    elif isinstance(measure, model.Ratio):
        yield from _leaves(measure.numerator, own, ruleset, None)
        yield from _leaves(measure.denominator, 0, ruleset, None)
        yield Leaf(name, own, "share")
    elif isinstance(measure, model.Formula):
        tree = parse_formula(measure.expression)
        for part, way in _signs(tree, own) if tree is not None else ():
            yield from _leaves(part, way, ruleset, None)
    elif isinstance(measure, model.CountInPeriod | model.Every):
        yield from _leaves(measure.of, own, ruleset, None)
    else:
        assert isinstance(measure, model.Trend)
        yield from _leaves(measure.of, own, ruleset, None)
        yield from (leaf._replace(better=0, period="previous") for leaf in _leaves(measure.of, 0, ruleset, None))


def _own(measure: Measure, inherited: int) -> int:
    """What a measure declares itself goes before what it is used for; what it is exempt from stays so."""
    if inherited and "direction" in measure.model_fields_set:
        return {"higher": 1, "lower": -1, "neutral": 0}[measure.direction]
    return inherited


def _signs(tree: Tree, better: int) -> Iterator[tuple[str, int]]:
    if isinstance(tree, str):
        yield tree, better
    elif isinstance(tree, tuple):
        yield from _signs(tree[1], better)
        yield from _signs(tree[2], {"+": better, "-": -better, "*": better, "/": 0}[tree[0]])


# --- making submissions ---------------------------------------------------------------------------------------------


def _drafted(search: _Search, setting: Setting) -> Draft:
    """A submission of what may be said, some of it left out, on one of several days of judgement."""
    chance, window = search.chance, setting.window
    year = window.first.year
    days = (date(year, 6, 30), date(year, 11, 15), window.last, date(year + 1, 1, 31), setting.as_of)
    if chance.random() < 0.15:
        window = Window(date(year - 1, 1, 1), window.last)
    now = setting._replace(as_of=chance.choice(days), window=window)
    leaves = [leaf for leaf in leaves_of(search.indicator, search.ruleset, now) if chance.random() < 0.85]
    statements = [s for leaf in leaves for s in _spread(search, leaf, now)]
    return Draft(_without_rivals(search, statements), _filed(search, now), _rated(search, now), now)


def _spread(search: _Search, leaf: Leaf, setting: Setting) -> Iterator[Statement]:
    """One thing for the whole and the whole period, or by member where members add up, or year by year."""
    measure = search.ruleset.measures.get(leaf.subject)
    adds_up = isinstance(measure, model.Counted) and measure.roll_up == "sum" and leaf.unit is None
    if adds_up and search.chance.random() < 0.3:
        holders = [m.name for m in setting.unit.members if set(m.roles) & set(measure.held_by if measure else ())]
        yield from (_stated(search, leaf, setting)._replace(unit=name) for name in holders)
    elif setting.window.first.year < setting.window.last.year and leaf.form in ("number", "claim") and leaf.period is None:
        by_year = search.chance.random() < 0.7
        periods = [str(year) for year in years(setting.window)] if by_year else [None]
        yield from (_stated(search, leaf, setting)._replace(period=period) for period in periods)
    else:
        yield _stated(search, leaf, setting)


def _without_rivals(search: _Search, statements: list[Statement]) -> tuple[Statement, ...]:
    """A rate is seldom stated beside its own counts, so that most submissions agree with themselves."""
    rates = {s.subject for s in statements if isinstance(search.ruleset.measures.get(s.subject), model.Share)}
    if search.chance.random() < 0.8:
        statements = [s for s in statements if s.subject not in rates]
    elif search.chance.random() < 0.8:
        parts = {part for rate in rates for part in _parts(search.ruleset.measures[rate])}
        statements = [s for s in statements if s.subject not in parts]
    return tuple(statements)


def _parts(measure: Measure) -> tuple[str, ...]:
    if isinstance(measure, model.Ratio):
        return measure.numerator, measure.denominator
    return (measure.of,) if isinstance(measure, model.OnTimeShare | model.ProcedureShare) else ()


def _stated(search: _Search, leaf: Leaf, setting: Setting) -> Statement:
    chance = search.chance
    made = Statement(leaf.subject, unit=leaf.unit, period=leaf.period)
    if leaf.form == "claim":
        return made._replace(value=chance.random() < 0.5)
    if leaf.form == "number":
        return made._replace(value=chance.choice(VAGUE) if chance.random() < 0.1 else chance.choice(SMALL))
    if leaf.form == "share":
        return made._replace(value=chance.choice(SHARES))
    if leaf.form == "choice":
        measure = search.ruleset.measures[leaf.subject]
        assert isinstance(measure, model.Chosen)
        return made._replace(value=chance.random() < 0.5 if measure.kind == "boolean" else chance.choice(measure.options))
    if leaf.form == "date":
        return made._replace(value=_some_day(search, leaf, setting).isoformat())
    if leaf.form == "events":
        return made._replace(events=tuple(_random_days(chance, setting, chance.randrange(5))))
    return made._replace(rows=_random_rows(search, leaf.subject, setting))


def _some_day(search: _Search, leaf: Leaf, setting: Setting) -> date:
    near = deadline_day(leaf.wanted, setting.window.last) if isinstance(leaf.wanted, model.Deadline) else setting.window.last
    return near + timedelta(days=search.chance.choice((-30, -1, 0, 1, 30)))


def _random_days(chance: random.Random, setting: Setting, number: int) -> Iterator[str]:
    last = min(setting.window.last, setting.as_of)
    span = (last - setting.window.first).days
    yield from sorted((setting.window.first + timedelta(days=chance.randrange(span + 1))).isoformat() for _ in range(number))


def _random_rows(search: _Search, register: str, setting: Setting) -> tuple[tuple[str, ...], ...]:
    """Rows that begin as they should be, with some of their cells undone, late, unknown or not accepted."""
    measure = search.ruleset.measures[register]
    assert isinstance(measure, model.Records)
    rows: list[tuple[str, ...]] = []
    for number in range(search.chance.randrange(4)):
        row = _moved(good_row(register, search.ruleset, setting), search.chance.randrange(-150, 30))
        for name, column in measure.columns.items():
            if column.kind != "key" and name != measure.counted_on and search.chance.random() < 0.3:
                row[name] = _spoiled(row[name], column, search.chance)
        rows.append(tuple(f"第{number + 1}件" if c.kind == "key" else row[n] for n, c in measure.columns.items()))
    return tuple(rows)


def _moved(row: dict[str, str], days: int) -> dict[str, str]:
    return {name: _later(cell, days) for name, cell in row.items()}


def _later(cell: str, days: int) -> str:
    try:
        return (date.fromisoformat(cell) + timedelta(days=days)).isoformat()
    except ValueError:
        return cell


def _spoiled(cell: str, column: model.Column, chance: random.Random) -> str:
    if column.kind == "text":
        return chance.choice(("不合要求", ""))
    return chance.choice((NOT_DONE, "", _later(cell, chance.choice((3, 8, 30, 70, 120)))))


def _filed(search: _Search, setting: Setting) -> tuple[EvidenceItem, ...]:
    chance, every = search.chance, search.indicator.evidence
    usual = [slot for slot in every if not slot.for_none]
    some = [slot for slot in every if chance.random() < 0.7]
    slots = chance.choice(([], usual, usual, list(every), some))
    return evidence_for(search.indicator, setting, slots)


def _rated(search: _Search, setting: Setting) -> tuple[RatingEntry, ...]:
    rating = search.indicator.rating
    raters = ("甲", "乙", "丙")[: search.chance.randrange(4)] if rating is not None else ()
    return tuple(
        RatingEntry.model_validate(
            {
                "indicator": search.indicator.id,
                "point": point.key,
                "grade": search.chance.choice(rating.grades),
                "rater": rater,
                "rated_on": setting.as_of.isoformat(),
                "reason": "试例",
            }
        )
        for point in (rating.points if rating is not None else ())
        for rater in raters
        if rating is not None
    )


# --- bettering ------------------------------------------------------------------------------------------------------

# The submission after, the fact that changed, and what it became.
Change = tuple[Draft, Said, Said]


def _bettered(search: _Search, draft: Draft) -> Iterator[Change]:
    """Every fact of a submission, one at a time, a little and a lot better."""
    every = leaves_of(search.indicator, search.ruleset, draft.setting)
    leaves = {(leaf.subject, leaf.unit, leaf.period): leaf for leaf in every}
    for statement in draft.statements:
        leaf = _leaf_of(statement, leaves)
        for became in _better(search, statement, leaf, draft.setting) if leaf.better else ():
            yield _put(draft, statement, became), statement, became
    for entry in draft.ratings:
        better = _better_grade(search, entry, draft.ratings)
        if better is not None:
            yield _put(draft, entry, better), entry, better


def _leaf_of(statement: Statement, leaves: dict[tuple[str, str | None, str | None], Leaf]) -> Leaf:
    """What a statement is about; what is said of one member or year is better as it is for the whole."""
    period = statement.period if statement.period == PREVIOUS else None
    own = leaves.get((statement.subject, statement.unit, period))
    return own or leaves[statement.subject, None, period]


def _better(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterable[Statement]:
    return _BETTER[leaf.form](search, statement, leaf, setting)


def _better_claim(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterator[Statement]:  # noqa: ARG001
    if statement.value is False:
        yield statement._replace(value=True)


def _better_number(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterator[Statement]:  # noqa: ARG001
    """A number that lies beyond all that the stated one may be."""
    read = read_quantity(str(statement.value))
    end = None if read is None else read.interval.high if leaf.better > 0 else read.interval.low
    if end is None:
        return
    for step in (1, 7):
        moved = end + step * leaf.better
        if moved >= 0:
            yield statement._replace(value=str(math.ceil(moved) if leaf.better > 0 else math.floor(moved)))


def _better_share(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterator[Statement]:  # noqa: ARG001
    read = read_quantity(str(statement.value))
    end = None if read is None else read.interval.high if leaf.better > 0 else read.interval.low
    best = Fraction(1) if leaf.better > 0 else Fraction(0)
    if end is None or end == best:
        return
    yield statement._replace(value=f"{exact_text(best * 100)}%")
    nearer = end + leaf.better * Fraction(1, 100)
    if 0 <= nearer <= 1:
        yield statement._replace(value=f"{exact_text(nearer * 100)}%")


def _better_date(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterator[Statement]:  # noqa: ARG001
    day = date.fromisoformat(str(statement.value))
    yield from (statement._replace(value=(day + timedelta(days=leaf.better * days)).isoformat()) for days in (1, 30))


def _better_choice(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterator[Statement]:  # noqa: ARG001
    """What the condition asks for; a choice that nothing asks for has no better."""
    if isinstance(leaf.wanted, str | bool) and statement.value != leaf.wanted:
        yield statement._replace(value=leaf.wanted)


def _better_events(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterator[Statement]:
    assert statement.events is not None
    if leaf.better > 0:
        more = tuple(_random_days(search.chance, setting, 1))
        yield statement._replace(events=(*statement.events, *more))
    elif statement.events:
        yield statement._replace(events=statement.events[1:])


def _better_rows(search: _Search, statement: Statement, leaf: Leaf, setting: Setting) -> Iterator[Statement]:  # noqa: ARG001
    """A cell of a row: what is late, earlier; what was not done, done in its place; what is not accepted, accepted."""
    measure = search.ruleset.measures[statement.subject]
    assert isinstance(measure, model.Records) and statement.rows is not None
    names = list(measure.columns)
    for at, cells in enumerate(statement.rows):
        row = dict(zip(names, cells, strict=True))
        for name, better in _better_cells(search, statement.subject, row):
            changed = tuple(better if other == name else row[other] for other in names)
            yield statement._replace(rows=(*statement.rows[:at], changed, *statement.rows[at + 1 :]))


def _better_cells(search: _Search, register: str, row: dict[str, str]) -> Iterator[tuple[str, str]]:
    measure = search.ruleset.measures[register]
    assert isinstance(measure, model.Records)
    for name, column in measure.columns.items():
        if column.kind == "text":
            accepted = _accepted(search, register, name)
            if accepted and row[name] == "不合要求" and all(options == accepted[0] for options in accepted):
                yield name, accepted[0][0]
        elif column.kind == "date" and name != measure.counted_on:
            yield from ((name, day) for day in _better_day(search, register, name, row))


def _accepted(search: _Search, register: str, column: str) -> list[tuple[str, ...]]:
    """What each procedure over a register accepts in a column."""
    procedures = (m for m in _readers(search, register) if isinstance(m, model.ProcedureShare))
    return [m.accepts[column] for m in procedures if column in m.accepts]


def _better_day(search: _Search, register: str, name: str, row: dict[str, str]) -> Iterator[str]:
    """The earliest day that keeps the order, where nothing else is counted from it: of that it would be the worse."""
    steps = steps_of(register, search.ruleset)
    if name in {step.before for step in steps if step.pause.days} | _counted_from(search, register):
        return
    befores = [row[step.before] for step in steps if step.after == name]
    afters = [row[step.after] for step in steps if step.before == name]
    if any(step.pause.days for step in steps if step.after == name) or not all(map(_is_day, befores)):
        return
    earliest = max(befores, default=row[_counted_on(search, register)])
    if any(_is_day(after) and after < earliest for after in afters):
        return
    late = _is_day(row[name]) and row[name] > earliest
    if late or row[name] == NOT_DONE:
        yield earliest


def _counted_from(search: _Search, register: str) -> set[str]:
    """The columns from which a time limit runs."""
    return {m.from_ for m in _readers(search, register) if isinstance(m, model.OnTimeShare)}


def _counted_on(search: _Search, register: str) -> str:
    """The column by which a row belongs to a period."""
    measure = search.ruleset.measures[register]
    assert isinstance(measure, model.Records)
    return measure.counted_on


def _readers(search: _Search, register: str) -> list[model.OnTimeShare | model.ProcedureShare]:
    every = search.ruleset.measures.values()
    return [m for m in every if isinstance(m, model.OnTimeShare | model.ProcedureShare) and m.of == register]


def _is_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _better_grade(search: _Search, entry: RatingEntry, entries: tuple[RatingEntry, ...]) -> RatingEntry | None:
    """One grade better, where no two raters are further apart than they may be, before or after: that is a contradiction."""
    rating = search.indicator.rating
    assert rating is not None
    at = rating.grades.index(entry.grade)
    others = [rating.grades.index(o.grade) for o in entries if o.point == entry.point and o.rater != entry.rater]
    if at == 0 or any(abs(other - grade) > 1 for other in others for grade in (at, at - 1)):
        return None
    return entry.model_copy(update={"grade": rating.grades[at - 1]})


_BETTER: dict[str, Callable[[_Search, Statement, Leaf, Setting], Iterator[Statement]]] = {
    "claim": _better_claim,
    "number": _better_number,
    "share": _better_share,
    "date": _better_date,
    "choice": _better_choice,
    "events": _better_events,
    "register": _better_rows,
}
