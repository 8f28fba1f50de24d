"""Which facts may count (受理): a submission and a ruleset in, admitted readings and problems out.

Rules and facts meet here for the first time. What cannot be used is set aside with a reason and its place; nothing is
guessed, nothing is lost. No points are thought of here.
"""

from collections.abc import Iterable
from datetime import date
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import Claim
from engine.models.admitted import DatedEvent
from engine.models.admitted import EventList
from engine.models.admitted import FactRef
from engine.models.admitted import Key
from engine.models.admitted import Reading
from engine.models.admitted import Register
from engine.models.exact import PartialDate
from engine.models.exact import day_before
from engine.models.interval import Interval
from engine.models.interval import hull
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import Counted
from engine.models.ruleset import Dated
from engine.models.ruleset import Events
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.models.ruleset import Share
from engine.models.submission import Fact
from engine.models.submission import Period
from engine.models.submission import RatingEntry
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.periods import Window
from engine.periods import exactly_fill
from engine.periods import months_later
from engine.periods import span_key
from engine.periods import span_of
from engine.periods import years
from engine.quantities import is_placeholder
from engine.quantities import quantity_text
from engine.readings import read_value
from engine.rule_parts import probes_of
from engine.tables import admit_rows
from engine.vetting import vet_names_and_forms


def submission_window(head: SubmissionFile) -> Window:
    """The days of a submission's period."""
    return Window(head.period.from_.first, head.period.to.last)


def previous_window(window: Window) -> Window:
    """The period before: of as many months where it spans whole months, else of as many days."""
    last = day_before(window.first)
    if window.first.day != 1 or (window.last + timedelta(days=1)).day != 1:
        return Window(last - (window.last - window.first), last)
    months = (window.last.year - window.first.year) * 12 + window.last.month - window.first.month + 1
    return Window(months_later(window.first, -months), last)


class _Entry(NamedTuple):
    """One readable fact on its way in."""

    key: Key
    interval: Interval
    fact: FactRef


def admit_facts(ruleset: Ruleset, submission: Submission) -> tuple[AdmittedFacts, list[Problem]]:
    """Admit every fact that may count, and say of every other one why it does not."""
    problems = vet_names_and_forms(ruleset, submission)
    if problems:
        return AdmittedFacts(readings={}, claims={}, events={}, registers={}, set_aside={}), problems
    return admit_vetted(ruleset, submission)


def admit_vetted(ruleset: Ruleset, submission: Submission) -> tuple[AdmittedFacts, list[Problem]]:
    """Admit facts whose names and forms the ruleset knows. No measure's or element's facts look at another's."""
    head = submission.head
    problems: list[Problem] = []
    entries: list[_Entry] = []
    claims: dict[tuple[str, str], list[_Entry]] = {}
    events: dict[tuple[str, str], list[DatedEvent]] = {}
    registers: dict[tuple[str, str], Register] = {}
    for fact in head.facts:
        stranger = _by_a_stranger(fact, ruleset, head)
        if stranger is not None:
            problems.append(stranger)
            continue
        if fact.events is not None:
            listed_before = events.setdefault((str(fact.measure), fact.unit or ""), [])
            dated, found = _admit_events(fact, ruleset.measures[str(fact.measure)].label, head.as_of, listed_before)
            listed_before.extend(dated)
        elif fact.table is not None:
            register, found = _admit_register(fact, ruleset, submission)
            if register is not None:
                key = (str(fact.measure), fact.unit or "")
                registers[key] = _joined(registers[key], register) if key in registers else register
        else:
            entry, found = _admit_value(fact, ruleset, head)
            if entry is not None and fact.element is not None:
                claims.setdefault((fact.element, entry.key[2]), []).append(entry)
            elif entry is not None:
                entries.append(entry)
        problems += found
    entries, stretch_problems = _without_loose_stretches(entries, ruleset, head)
    readings, found = _gather(entries, ruleset)
    admitted_claims, claim_problems = _gather_claims(claims)
    ratings, rating_problems = admit_ratings(ruleset, submission)
    problems += [*stretch_problems, *rating_problems]
    event_lists = {key: EventList(events=tuple(dated)) for key, dated in events.items()}
    for (measure, unit, period), reading in readings.items():
        if isinstance(ruleset.measures[measure], Events) and period == CURRENT:
            listed = event_lists.get((measure, unit))
            event_lists[measure, unit], conflict = _number_with_list(reading, listed, submission_window(head))
            found += conflict
    problems += found + claim_problems
    admitted = AdmittedFacts(
        readings=readings,
        claims=admitted_claims,
        events=event_lists,
        registers=registers,
        set_aside=codes_set_aside(problems),
        ratings=ratings,
    )
    return admitted, problems


def _without_loose_stretches(
    entries: list[_Entry], ruleset: Ruleset, head: SubmissionFile
) -> tuple[list[_Entry], list[Problem]]:
    """Set aside figures of a part of the period that make neither a whole year nor, together, the whole period."""
    whole = submission_window(head)
    single_years = {span_key(Window(date(y, 1, 1), date(y, 12, 31))) for y in years(whole)}
    stretches: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        if "/" in entry.key[2]:
            stretches.setdefault(entry.key[:2], set()).add(entry.key[2])
    loose = {
        (*name, key)
        for name, keys in stretches.items()
        for key in keys
        if key not in single_years and not exactly_fill([span_of(k) for k in keys], whole)
    }
    problems = [
        problem(
            "FACT_OTHER_PERIOD",
            entry.fact.place,
            f"「{ruleset.measures[entry.key[0]].label}」「{entry.fact.text}」只是{span_of(entry.key[2])}的数，合不成整个评估期",
            "请报整个评估期的数，或把其余各段也报上",
            entry.key[0],
        )
        for entry in entries
        if entry.key in loose
    ]
    return [entry for entry in entries if entry.key not in loose], problems


def admit_ratings(ruleset: Ruleset, submission: Submission) -> tuple[tuple[RatingEntry, ...], list[Problem]]:
    """Set aside ratings after the day of judgement, and those of whoever filled in what they rate."""
    if not submission.head.ratings:
        return (), []
    fillers = _fillers(ruleset, submission)
    grades: dict[tuple[str, str, str], set[str]] = {}
    for entry in submission.head.ratings:
        grades.setdefault((entry.indicator, entry.point, entry.rater), set()).add(entry.grade)
    admitted: list[RatingEntry] = []
    problems: list[Problem] = []
    for entry in submission.head.ratings:
        if entry.rated_on > submission.head.as_of:
            found = f"{entry.rater}对{entry.indicator}的评定日{entry.rated_on}在评判日{submission.head.as_of}之后"
            problems.append(problem("FACT_AFTER_AS_OF", entry.place, found, "评判日之后的评定不算", entry.indicator))
        elif entry.rater in fillers[entry.indicator]:
            found = f"{entry.indicator}的评定人{entry.rater}就是填报人"
            problems.append(problem("RATING_SELF", entry.place, found, "请换没有填报这一项的人评定", entry.indicator))
        elif len(grades[entry.indicator, entry.point, entry.rater]) > 1:
            found = f"{entry.rater}对{entry.indicator}的{entry.point}评了两个等次"
            problems.append(problem("RATING_TWICE", entry.place, found, "一人一个要点只评一次，请只留一条", entry.indicator))
            admitted.append(entry)
        else:
            admitted.append(entry)
    return tuple(admitted), problems


def _fillers(ruleset: Ruleset, submission: Submission) -> dict[str, set[str | None]]:
    """Who filled in what is rated, by indicator: its figures and what was filed for it."""
    by_measure: dict[str | None, set[str | None]] = {}
    for fact in submission.head.facts:
        by_measure.setdefault(fact.measure, set()).add(fact.filled_by)
    fillers: dict[str, set[str | None]] = {
        indicator.id: set().union(*(by_measure.get(probe.measure, ()) for probe in probes_of(indicator)))
        for indicator in ruleset.indicators
        if indicator.rating
    }
    for item in submission.evidence:
        for proof in item.proves:
            if proof.indicator in fillers:
                fillers[proof.indicator].add(item.filled_by)
    return fillers


def codes_set_aside(problems: Iterable[Problem]) -> dict[str, tuple[str, ...]]:
    """The codes for which values of a measure or element were set aside."""
    codes: dict[str, tuple[str, ...]] = {}
    for p in problems:
        if p.subject:
            codes[p.subject] = (*codes.get(p.subject, ()), p.code)
    return codes


def _reference(fact: Fact, text: str) -> FactRef:
    return FactRef(
        measure=str(fact.measure or fact.element),
        unit=fact.unit or "",
        text=text,
        source=fact.source or "",
        place=fact.place,
        evidence=fact.evidence,
        source_class=fact.source_class,
    )


def _admit_value(fact: Fact, ruleset: Ruleset, head: SubmissionFile) -> tuple[_Entry | None, list[Problem]]:
    """Read one stated value; a value that cannot count is set aside with its place."""
    subject = str(fact.measure or fact.element)
    measure = ruleset.measures.get(fact.measure or "")
    label = measure.label if measure else "要素"

    def aside(code: str, found: str, remedy: str, key: str = "value") -> tuple[None, list[Problem]]:
        return None, [problem(code, fact.place_of(key), f"「{label}」{found}", remedy, subject)]

    if fact.value is None or isinstance(fact.value, str) and not fact.value.strip():
        return aside("FACT_EMPTY", "没有填值", "有数就填；确实没有发生请填 0 并附签字的零报告")
    text = "是" if fact.value is True else "否" if fact.value is False else str(fact.value)
    if is_placeholder(text):
        return aside(
            "FACT_PLACEHOLDER", f"填的是占位符「{text}」", "请填真实的数；没有发生填 0 并附零报告，不知道就删去这一条"
        )
    if fact.at is not None and fact.at.first > head.as_of:
        return aside("FACT_AFTER_AS_OF", f"取数日{fact.at}在评判日{head.as_of}之后", "请报评判日之前的数", "at")
    if fact.at is not None and fact.at.last < submission_window(head).first:
        return aside("FACT_OTHER_PERIOD", f"「{text}」是{fact.at}取的数，不是评估期内的", "请报评估期内取的数", "at")
    window, other = fact_period(fact.period, measure, head)
    if other:
        return aside(
            "FACT_OTHER_PERIOD",
            f"「{text}」是{other}的数，不是评估期内的",
            "请另报评估期内的数；跨期累计数不能当本期数",
            "period",
        )
    interval, refused = read_value(text, measure, head.as_of)
    if interval is None:
        code, found, remedy = refused
        return aside(code, found, remedy)
    return _Entry((subject, fact.unit or "", window), interval, _reference(fact, text)), []


def _by_a_stranger(fact: Fact, ruleset: Ruleset, head: SubmissionFile) -> Problem | None:
    """Say that a member unit reports what only units of other roles hold: it would count nowhere."""
    measure = ruleset.measures.get(fact.measure or "")
    if measure is None or fact.unit is None or not measure.held_by:
        return None
    if any(member.name == fact.unit and set(member.roles) & set(measure.held_by) for member in head.unit.members):
        return None
    found = f"「{measure.label}」不由「{fact.unit}」报"
    remedy = f"由{'、'.join(measure.held_by)}报；或给这个单位补上角色"
    return problem("FACT_UNIT_ROLE", fact.place_of("unit"), found, remedy, fact.measure or "", fact.unit)


def fact_period(period: str | Period | PartialDate | None, measure: Measure | None, head: SubmissionFile) -> tuple[str, str]:
    """Which period a fact speaks for, or the words for another period that does not count."""
    if period is None:
        return CURRENT, ""
    if isinstance(period, str):
        return PREVIOUS, ""
    whole = submission_window(head)
    first, last = (period.from_.first, period.to.last) if isinstance(period, Period) else (period.first, period.last)
    if isinstance(measure, Counted) and measure.at == "end" and last == whole.last and first >= whole.first:
        return CURRENT, ""
    if (first, last) == whole:
        return CURRENT, ""
    if (first, last) == previous_window(whole):
        return PREVIOUS, ""
    if first >= whole.first and last <= whole.last:
        return span_key(Window(first, last)), ""
    return "", f"{first.isoformat()}至{last.isoformat()}"


def _admit_events(fact: Fact, label: str, as_of: date, before: list[DatedEvent]) -> tuple[list[DatedEvent], list[Problem]]:
    """Admit events by the day of judgement; one of the same day and title as an earlier one is the same event."""
    known = {(str(event.date), event.fact.text) for event in before}
    admitted: list[DatedEvent] = []
    problems: list[Problem] = []
    for event in sorted(fact.events or (), key=lambda e: (e.date, e.title or "")):
        named = event.title or str(event.date)
        if event.date.first > as_of:
            found = f"「{label}」的{event.date}在评判日{as_of}之后"
            problems.append(
                problem("FACT_AFTER_AS_OF", event.place_of("date"), found, "评判日之后的事，到时再报", str(fact.measure))
            )
        elif (str(event.date), named) in known:
            title = f"「{event.title}」" if event.title else "（没写名称）"
            found = f"「{label}」的{event.date}{title}报了不止一次"
            problems.append(problem("FACT_REPEATED", event.place, found, "同日同名算一次；是两件事的，请写不同的名称"))
        else:
            known.add((str(event.date), named))
            reference = _reference(fact, named)
            evidence = (*fact.evidence, *event.evidence)
            admitted.append(
                DatedEvent(date=event.date, fact=reference.model_copy(update={"place": event.place, "evidence": evidence}))
            )
    return admitted, problems


def _admit_register(fact: Fact, ruleset: Ruleset, submission: Submission) -> tuple[Register | None, list[Problem]]:
    """Read a record table by the columns of its measure; rows that cannot be used stay in it as unknown."""
    table = submission.tables[str(fact.table)]
    cases, problems = admit_rows(table, str(fact.measure), ruleset, submission.head.as_of)
    if cases is None:
        return None, problems
    text = f"{table.file}（{len(cases)}行）"
    lacks = "" if fact.full is True else "没有写明是全量表（full: true）"
    return Register(cases=cases, lacks=lacks, fact=_reference(fact, text)), problems


def _joined(one: Register, other: Register) -> Register:
    """Two tables of one register."""
    text = f"{one.fact.text}、{other.fact.text}"
    fact = one.fact.model_copy(update={"text": text})
    return Register(cases=(*one.cases, *other.cases), lacks=one.lacks or other.lacks, fact=fact)


def _gather(entries: list[_Entry], ruleset: Ruleset) -> tuple[dict[Key, Reading], list[Problem]]:
    """Bring the readings of one measure, unit and period together; what disagrees is a contradiction, never resolved."""
    grouped: dict[Key, list[_Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.key, []).append(entry)
    readings: dict[Key, Reading] = {}
    problems: list[Problem] = []
    for key, group in sorted(grouped.items()):
        facts = tuple(entry.fact for entry in group)
        intervals = [entry.interval for entry in group]
        if len(group) == 1 and intervals[0].is_point:
            readings[key] = Reading(interval=intervals[0], facts=facts)
            continue
        label, unit = ruleset.measures[key[0]].label, _unit_of(ruleset.measures[key[0]])
        agree = all(a.meets_interval(b) for a in intervals for b in intervals)
        if not agree:
            texts = "、".join(sorted({quantity_text(i, unit) for i in intervals}))
            places = "、".join(f"{f.place}" for f in facts[1:])
            found = f"「{label}」报了不同的数：{texts}（另见 {places}）"
            remedy = "请核对原件，只留一个；更正前按各种读法都一样的部分计"
            problems.append(problem("FACT_CONFLICT", facts[0].place, found, remedy, key[0], key[1]))
            readings[key] = Reading(interval=hull(intervals), facts=facts, contradictory=True)
            continue
        if len(group) > 1:
            remedy = "不影响结果；留一条即可"
            problems.append(problem("FACT_REPEATED", facts[1].place, f"「{label}」报了{len(group)}次", remedy))
        readings[key] = Reading(interval=_narrowest(intervals), facts=facts)
    return readings, problems


def _unit_of(measure: Measure) -> str | None:
    if isinstance(measure, Dated):
        return "日期"
    return "%" if isinstance(measure, Share) else measure.unit_of_measure


def _narrowest(intervals: list[Interval]) -> Interval:
    """What agreeing readings leave possible."""
    lows = [(i.low, i.low_open) for i in intervals if i.low is not None]
    highs = [(i.high, not i.high_open) for i in intervals if i.high is not None]
    low, low_open = max(lows, default=(None, False), key=lambda end: (end[0] or Fraction(0), end[1]))
    high, high_closed = min(highs, default=(None, True), key=lambda end: (end[0] or Fraction(0), end[1]))
    return Interval(low, high, low_open, not high_closed, min(i.resolution for i in intervals))


def _number_with_list(reading: Reading, listed: EventList | None, window: Window) -> tuple[EventList, list[Problem]]:
    """A stated number of events beside their list: the list where they agree, a contradiction where they do not."""
    if listed is None:
        return EventList(number=reading), []
    certain = sum(e.date.first >= window.first and e.date.last <= window.last for e in listed.events)
    possible = sum(e.date.first <= window.last and e.date.last >= window.first for e in listed.events)
    counted = Interval(Fraction(certain), Fraction(possible))
    if counted.meets_interval(reading.interval):
        return listed, []
    fact = reading.facts[0]
    found = f"「{fact.measure}」报了{fact.text}，逐次列出的期内有{possible}次"
    doubted = Reading(
        interval=hull([reading.interval, counted]),
        facts=(*reading.facts, *(event.fact for event in listed.events)),
        contradictory=True,
    )
    remedy = "请核对原件，只留对的；更正前按各种读法都一样的部分计"
    return EventList(number=doubted), [problem("FACT_CONFLICT", fact.place, found, remedy, fact.measure, fact.unit)]


def _gather_claims(claims: dict[tuple[str, str], list[_Entry]]) -> tuple[dict[tuple[str, str], Claim], list[Problem]]:
    gathered: dict[tuple[str, str], Claim] = {}
    problems: list[Problem] = []
    for key, group in sorted(claims.items()):
        values = {entry.interval.exact for entry in group}
        facts = tuple(entry.fact for entry in group)
        if len(values) > 1:
            found = f"要素「{key[0]}」有的报是、有的报否"
            problems.append(problem("FACT_CLAIM_CONFLICT", facts[0].place, found, "请核对后只留一条", key[0]))
        gathered[key] = Claim(value=None if len(values) > 1 else values == {Fraction(1)}, facts=facts)
    return gathered, problems
