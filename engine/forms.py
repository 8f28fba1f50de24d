"""What each unit is asked (谁填什么): rules and a submission in, one form a unit out.

Every figure is asked for exactly once. One that members hold is asked of each of them; one of the whole, and an element, of
the one member that leads the indicator, else of the whole itself. What the submission already holds stands in its place.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import NamedTuple

from engine.models import ruleset as model
from engine.models.form import NOT_IN_WORKBOOKS
from engine.models.form import Asked
from engine.models.form import Checked
from engine.models.form import Form
from engine.models.form import Line
from engine.models.form import Rules
from engine.models.form import SlotAsked
from engine.models.form import Stencil
from engine.models.form import stays_inside
from engine.models.ruleset import Element
from engine.models.ruleset import Indicator
from engine.models.ruleset import Records
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.models.submission import Unit
from engine.rule_parts import inputs_of
from engine.rule_parts import probes_of
from engine.scope import members_with
from engine.sources import digest_of

WHOLE = ""
# As many numbers are kept ready for items that are still to come.
SPARE = 30
_SAID_BY_OTHERS = ("lead_checked_by", "reviewed_by", "reviewed_on", "entered_by", "withdrawn")
_COMPUTED = (model.Formula, model.CountInPeriod, model.Every, model.Trend)


class _Question(NamedTuple):
    """One thing asked: a measure or an element, of one indicator, of a period, from one member, speaking for a unit."""

    subject: str
    indicator: Indicator
    element: Element | None
    member: str
    unit: str | None
    previous: bool = False


def units_asked(unit: Unit) -> tuple[str, ...]:
    """Who fills in a workbook: the whole (the empty name), then every member."""
    return (WHOLE, *(member.name for member in unit.members)) if unit.kind == "government" else (WHOLE,)


def make_form(
    ruleset: Ruleset,
    submission: Submission,
    member: str,
    last: Submission | None = None,
    owners: Mapping[str, str] | None = None,
) -> Form:
    """Make the form of one member, or of the whole; ``last`` is the submission of the period before.

    ``owners`` says who handed in each item, where every unit hands in its own: there an item stands in one workbook only.
    """
    head = submission.head
    questions = list(_questions(ruleset, head))
    homes = _homes(questions)
    own = [fact for fact in head.facts if _home_of_fact(fact, homes, ruleset, head.unit) == member]
    asked, unheld = _with_answers([q for q in questions if q.member == member], own, ruleset, submission, last)
    cited = {name for fact in own for name in (*fact.evidence, *(n for e in fact.events or () for n in e.evidence))}
    items = tuple(
        item
        for item in submission.evidence
        if (
            owners[item.id] == member
            if owners and item.id in owners
            else item.id in cited or _home_of_item(item, ruleset, head.unit) == member
        )
    )
    stencil = Stencil(
        rules=Rules(id=ruleset.header.id, revision=ruleset.header.revision, digest=ruleset.digest),
        head=_head_alone(head),
        member=member,
        lines=tuple(one.line for one in asked),
        checked={item.id: said for item in items if (said := checked(item)) is not None},
    )
    return Form(
        stencil=stencil,
        asked=asked,
        tables={one.line.id: submission.tables[one.fact.table] for one in asked if one.fact is not None and one.fact.table},
        slots=tuple(_slots_asked(ruleset, submission, member)),
        items=items,
        spare=tuple(_spare_ids(member, submission)),
        unheld=tuple(unheld),
    )


def value_cell(value: str | bool | None) -> str:
    """A value as it stands in a cell."""
    return ("是" if value else "否") if isinstance(value, bool) else value or ""


def not_in_workbooks(head: SubmissionFile) -> list[str]:
    """What stands in a submission and in none of its workbooks, in words."""
    return [f"{title}{len(getattr(head, key))}条" for key, title in NOT_IN_WORKBOOKS.items() if getattr(head, key)]


def _head_alone(head: SubmissionFile) -> SubmissionFile:
    nothing: dict[str, tuple[()]] = dict.fromkeys(("facts", *NOT_IN_WORKBOOKS, "evidence"), ())
    return head.model_copy(update=nothing)


# --- who is asked what ------------------------------------------------------------------------------------------------


def concerns(indicator: Indicator, unit: Unit) -> bool:
    """Whether a unit is asked about an indicator at all."""
    when = indicator.applies_when
    if unit.kind != "government" and not set(unit.roles) & {indicator.lead_unit, *indicator.responsible_units}:
        return False
    return (
        (not when.level or unit.level in when.level)
        and (not when.kind or unit.kind in when.kind)
        and (when.legislative_power is None or unit.legislative_power == when.legislative_power)
    )


def lead_of(indicator: Indicator, unit: Unit) -> str:
    """The one member that leads an indicator; the whole where none or several are named."""
    leads = [member.name for member in unit.members if indicator.lead_unit in member.roles]
    return leads[0] if len(leads) == 1 and unit.kind == "government" else WHOLE


def _questions(ruleset: Ruleset, head: SubmissionFile) -> Iterator[_Question]:
    """Every question once, in the order of the rules."""
    seen: set[tuple[str, str | None, bool]] = set()
    for indicator in ruleset.indicators:
        if not concerns(indicator, head.unit):
            continue
        for probe in probes_of(indicator):
            for question in _questions_of(probe, indicator, ruleset, head.unit):
                key = (question.subject, question.unit, question.previous)
                if key not in seen:
                    seen.add(key)
                    yield question


def _questions_of(probe: model.Probe, indicator: Indicator, ruleset: Ruleset, unit: Unit) -> Iterator[_Question]:
    if isinstance(probe, Element) and probe.measure is None:
        yield _Question(f"{indicator.id}.{probe.key}", indicator, probe, lead_of(indicator, unit), None)
        return
    names = [probe.measure] if probe.measure else []
    names += indicator.monitors if probe is indicator else ()
    for name in dict.fromkeys(names):
        for stored in _reported(name, ruleset):
            for member, speaks_for in _tellers(stored, probe, indicator, ruleset, unit):
                yield _Question(stored, indicator, None, member, speaks_for)
                if isinstance(ruleset.measures[name], model.Trend):
                    yield _Question(stored, indicator, None, member, speaks_for, previous=True)


def _reported(name: str, ruleset: Ruleset) -> Iterator[str]:
    """What is reported for a measure: totals before their parts, then itself, where it is not merely computed."""
    measure = ruleset.measures[name]
    if isinstance(measure, model.Counted) and measure.part_of is not None:
        yield from _reported(measure.part_of, ruleset)
    for part in reversed(inputs_of(measure)):
        yield from _reported(part, ruleset)
    if not isinstance(measure, _COMPUTED):
        yield name


def _tellers(
    name: str, probe: model.Probe, indicator: Indicator, ruleset: Ruleset, unit: Unit
) -> Iterator[tuple[str, str | None]]:
    """Who reports a measure, and for whom: each member that holds it, or the lead for the whole."""
    roles = ruleset.measures[name].held_by or (probe.each_member.roles if probe.each_member else ())
    if not roles or unit.kind != "government":
        yield lead_of(indicator, unit), None
        return
    names, expected = members_with(roles, unit)
    for holder in names:
        yield holder, holder
    if expected != len(names):
        yield lead_of(indicator, unit), None


# --- what is already there --------------------------------------------------------------------------------------------


def _homes(questions: Iterable[_Question]) -> dict[str, str]:
    """By what is asked for the whole: in whose workbook."""
    return {question.subject: question.member for question in questions if question.unit is None}


def _home_of_fact(fact: Fact, homes: dict[str, str], ruleset: Ruleset, unit: Unit) -> str:
    if fact.unit is not None and unit.kind == "government":
        return fact.unit
    subject = str(fact.measure or fact.element)
    if subject in homes:
        return homes[subject]
    about = _indicator_about(subject, ruleset)
    return lead_of(about, unit) if about is not None and concerns(about, unit) else WHOLE


def _indicator_about(subject: str, ruleset: Ruleset) -> Indicator | None:
    """The first indicator that asks for a measure or holds an element."""
    for indicator in ruleset.indicators:
        if subject.startswith(f"{indicator.id}."):
            return indicator
        named = [p.measure for p in probes_of(indicator) if p.measure] + list(indicator.monitors)
        if any(subject in _reported(name, ruleset) for name in named):
            return indicator
    return None


def _home_of_item(item: EvidenceItem, ruleset: Ruleset, unit: Unit) -> str:
    """In whose workbook an item stands: its own unit's, that of the unit it speaks of, or that of the lead."""
    names = {member.name for member in unit.members} if unit.kind == "government" else set()
    spoken_of = [item.unit, *(proof.unit for proof in item.proves)]
    for name in spoken_of:
        if name in names:
            return str(name)
    indicators = {indicator.id: indicator for indicator in ruleset.indicators}
    leads = [lead_of(indicators[p.indicator], unit) for p in item.proves if p.indicator in indicators]
    return next((lead for lead in leads if lead), WHOLE)


def _with_answers(
    questions: list[_Question], facts: list[Fact], ruleset: Ruleset, submission: Submission, last: Submission | None
) -> tuple[tuple[Asked, ...], list[str]]:
    """Every question with the fact that answers it; every further fact on a line of its own."""
    left = sorted(facts, key=lambda fact: fact.period is not None)
    asked: list[Asked] = []
    unheld: list[str] = []
    numbers: dict[tuple[str, str | None], int] = {}
    before = _last_values(last, ruleset)

    def add(subject: str, unit: str | None, indicator: Indicator | None, fact: Fact | None, name: str) -> None:
        element = _element(subject, indicator)
        measure = ruleset.measures.get(subject)
        line = Line(
            id=name,
            measure=subject if measure is not None else None,
            element=subject if measure is None else None,
            unit=unit,
            **_register_of(name, subject, unit, fact, sum(one.line.sheet is not None for one in asked), ruleset),
        )
        asked.append(Asked(line, indicator, measure, element, fact, before.get((subject, unit), "")))

    for question in questions:
        fits = [
            fact
            for fact in left
            if (fact.measure or fact.element, fact.unit) == (question.subject, question.unit)
            and (fact.period == "previous") == question.previous
            and _held(fact, submission, ruleset)
        ]
        if fits:
            left.remove(fits[0])
        name = f"{question.subject}@{'previous' if question.previous else 'own' if question.unit else ''}".rstrip("@")
        numbers.setdefault((question.subject, question.unit), 1)
        add(question.subject, question.unit, question.indicator, fits[0] if fits else None, name)
    for fact in left:
        if not _held(fact, submission, ruleset):
            unheld.append(_what_is_not_held(fact, ruleset))
            continue
        subject = str(fact.measure or fact.element)
        number = numbers.get((subject, fact.unit), 0) + 1
        numbers[subject, fact.unit] = number
        name = subject + ("@own" if fact.unit else "") + (f"#{number}" if number > 1 else "")
        add(subject, fact.unit, _indicator_about(subject, ruleset), fact, name)
    order = {indicator.id: at for at, indicator in enumerate(ruleset.indicators)}
    asked.sort(key=lambda one: order[one.indicator.id] if one.indicator is not None else len(order))
    return tuple(asked), unheld


def _element(subject: str, indicator: Indicator | None) -> Element | None:
    elements = indicator.elements if indicator is not None else ()
    return next((e for e in elements if indicator is not None and f"{indicator.id}.{e.key}" == subject), None)


def _register_of(name: str, subject: str, unit: str | None, fact: Fact | None, at: int, ruleset: Ruleset) -> dict[str, str]:
    """Where the rows of a register go: where the submission keeps them, else into a folder of the unit."""
    measure = ruleset.measures.get(subject)
    if not isinstance(measure, Records):
        return {}
    number = name.partition("#")[2]
    own = f"tables/{unit}/{subject}{number}.csv"
    path = own if unit and stays_inside(own) else f"tables/{subject}{number}.csv"
    if fact is not None and fact.table and stays_inside(fact.table):
        path = fact.table
    # Excel allows 31 characters, and none of these.
    title = measure.label.translate({ord(mark): "" for mark in "[]:*?/\\'"})
    return {"table": path, "sheet": f"表{at + 1} {title}"[:31]}


def _held(fact: Fact, submission: Submission, ruleset: Ruleset) -> bool:
    """Whether a workbook can hold a fact: an empty value, an empty list and a row of commas alone leave no trace in one."""
    if fact.events is not None:
        return bool(fact.events)
    if fact.table is None:
        told = {"at", "period", "source", "filled_by", "checked_by", "evidence", "note", "full"} & fact.model_fields_set
        return fact.value is not None and bool(str(fact.value).strip()) or fact.value is None and bool(told)
    measure = ruleset.measures.get(fact.measure or "")
    table = submission.tables[fact.table]
    return isinstance(measure, Records) and _can_be_laid_out(table, measure) and bool(table.rows or fact.full is not None)


def _can_be_laid_out(table: Table, measure: Records) -> bool:
    names = {key: key for key in measure.columns} | {column.label: key for key, column in measure.columns.items()}
    heads = [names.get(head) for head in table.header]
    return sorted(map(str, heads)) == sorted(measure.columns) and all(any(row.cells) for row in table.rows)


def _what_is_not_held(fact: Fact, ruleset: Ruleset) -> str:
    measure = ruleset.measures.get(fact.measure or "")
    label = measure.label if measure is not None else str(fact.element)
    why = "空的清单" if fact.events is not None else "列名不对或有整行空着的登记表" if fact.table else "没有填值"
    return f"{label}（{fact.place}）：{why}"


def _last_values(last: Submission | None, ruleset: Ruleset) -> dict[tuple[str, str | None], str]:
    """What the submission of the period before said of the same thing."""
    values: dict[tuple[str, str | None], str] = {}
    for fact in last.head.facts if last is not None else ():
        key = (str(fact.measure or fact.element), fact.unit)
        if fact.period is None and fact.value is not None and key not in values:
            values[key] = value_cell(fact.value)
        elif fact.events is not None and fact.measure in ruleset.measures:
            values[key] = f"{len(fact.events)}次"
    return values


# --- evidence ---------------------------------------------------------------------------------------------------------


def _slots_asked(ruleset: Ruleset, submission: Submission, member: str) -> Iterator[SlotAsked]:
    unit = submission.head.unit
    roles = {role for one in unit.members if one.name == member for role in one.roles}
    for indicator in ruleset.indicators:
        leads = lead_of(indicator, unit) == member
        if not concerns(indicator, unit) or not leads and not roles & set(indicator.responsible_units):
            continue
        for slot in indicator.evidence:
            # Of what others lead, a unit files what every unit files for itself; the rest the lead asks for.
            if leads or slot.by == "each_member":
                yield SlotAsked(indicator, slot, leads, _filed(indicator, slot, submission, None if leads else member))


def _filed(indicator: Indicator, slot: model.Slot, submission: Submission, member: str | None) -> int:
    return sum(
        proof.indicator == indicator.id and proof.slot == slot.slot and (member is None or member in (proof.unit, item.unit))
        for item in submission.evidence
        if item.withdrawn is None
        for proof in item.proves
    )


def checked(item: EvidenceItem) -> Checked | None:
    """What others have said of an item, with the digest of what they said it of; ``None`` where nobody has."""
    said = Checked(
        lead_checked_by=item.lead_checked_by,
        reviewed_by=item.reviewed_by,
        reviewed_on=item.reviewed_on,
        entered_by=item.entered_by,
        reviews=item.reviews,
        withdrawn=item.withdrawn,
    )
    return said.model_copy(update={"content": content_digest(item)}) if said != Checked() else None


def content_digest(item: EvidenceItem) -> str:
    """The digest of what a filler says of an item."""
    return digest_of(item.model_copy(update=dict.fromkeys(_SAID_BY_OTHERS) | {"reviews": ()}))


def _spare_ids(member: str, submission: Submission) -> Iterator[str]:
    """Numbers that no other unit's workbook gives out."""
    taken = {item.id for item in submission.evidence}
    at = units_asked(submission.head.unit).index(member)
    fresh = (f"E-U{at:02d}-{number:03d}" for number in range(1, 1000))
    yield from [name for name in fresh if name not in taken][:SPARE]
