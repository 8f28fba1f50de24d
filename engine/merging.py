"""Every unit's part → one submission of the whole (并表). Nothing is added up here: facts keep saying whose they are.

A figure that members hold stays its member's, and is rolled up by the measure; a figure of the whole counts only from the
unit that leads. What two units say differently stays twice, so that admission sees the contradiction. A part that cannot be
used is left out whole, as if nothing had been handed in: missing, never zero.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from engine.acceptance import unknown_names
from engine.campaigns import settings_of
from engine.models.campaign import WHOLE
from engine.models.campaign import Campaign
from engine.models.campaign import CampaignFile
from engine.models.campaign import Merged
from engine.models.campaign import Part
from engine.models.form import NOT_IN_WORKBOOKS
from engine.models.problem import Problem
from engine.models.problem import in_order
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.ruleset import Counted
from engine.models.ruleset import Records
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import FoundFile
from engine.models.submission import InputFile
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.rule_parts import inputs_of
from engine.rule_parts import probes_of
from engine.submissions import in_canonical_order
from engine.vetting import vet_names_and_forms

# From the numbers that a unit cites to those in the whole campaign.
_Cited = Callable[[Iterable[str]], tuple[str, ...]]


class _Rules(NamedTuple):
    """What merging asks of the rules: who may speak for the whole, and which proof every member files for itself."""

    ruleset: Ruleset
    leads: dict[str, frozenset[str]]
    answers: dict[str, frozenset[str]]
    by_member: frozenset[tuple[str, str]]


class _Taken(NamedTuple):
    """One part in the whole's own terms."""

    unit: str
    facts: tuple[Fact, ...]
    head: dict[str, tuple[Any, ...]]
    evidence: tuple[EvidenceItem, ...]
    tables: dict[str, Table]
    files: dict[str, FoundFile]
    inputs: tuple[InputFile, ...]


def merge(campaign: Campaign, ruleset: Ruleset) -> tuple[Merged, list[Problem]]:
    """Bring the parts of all units together, in an order that does not depend on theirs."""
    head, rules = campaign.head, _rules_of(ruleset)
    settings = settings_of(head)
    problems: list[Problem] = []
    left_out: dict[str, tuple[Problem, ...]] = {}
    numbers = {
        f"{settings[part.unit].code}-{item.id}"
        for part in campaign.parts
        if part.submission is not None
        for item in part.submission.evidence
    }
    codes = frozenset(str(entry.code) for entry in settings.values())
    taken: dict[str, _Taken] = {}
    for part in campaign.parts:
        unfit = [*part.problems, *_foreign(part, head)]
        if part.submission is None or any(p.code in _LEAVES_OUT for p in unfit):
            if unfit:
                left_out[part.unit] = in_order(unfit)
            continue
        problems += part.problems
        taken[part.unit], found = _take(part, str(settings[part.unit].code), head, rules, numbers, codes)
        problems += found
    if refused(_vetted(head, taken.values(), ruleset)):
        for unit, why in _at_fault(head, taken, ruleset).items():
            left_out[unit] = why
            del taken[unit]
    problems += [p for why in left_out.values() for p in why]
    taken, found = _doubtful_registers(taken, ruleset)
    given = tuple(unit for unit, part in taken.items() if part.facts or part.evidence or any(part.head.values()))
    silent = tuple(part.unit for part in campaign.parts if part.unit not in given and part.unit not in left_out)
    submission = _together(head, taken.values(), (InputFile(file="campaign.yaml", sha256=campaign.digest),))
    owners = {item.id: unit for unit, part in taken.items() for item in part.evidence}
    merged = Merged(submission=submission, given=given, silent=silent, left_out=left_out, owners=owners)
    return merged, [*problems, *found]


_LEAVES_OUT = {"PART_OTHER_UNIT", "PART_OTHER_PERIOD", "PART_OTHER_RULES"}


def _foreign(part: Part, head: CampaignFile) -> Iterator[Problem]:
    """Why a part is not one of this campaign: another unit's, of another period, by other rules."""
    if part.submission is None:
        return
    own = part.submission.head
    wanted = {part.unit or head.unit.name, head.unit.name}
    if own.unit.name not in wanted:
        found = f"写的是「{own.unit.name}」，这个文件夹是「{part.unit or head.unit.name}」的"
        yield problem("PART_OTHER_UNIT", own.place_of("unit"), found, "请核对是不是放错了文件夹；这一份当没交")
    if (own.period.from_.first, own.period.to.last) != (head.period.from_.first, head.period.to.last):
        found = f"评估期{own.period.from_}至{own.period.to}，全县的是{head.period.from_}至{head.period.to}"
        yield problem("PART_OTHER_PERIOD", own.place_of("period"), found, "请按全县的评估期重报；这一份当没交")
    if own.ruleset and head.ruleset and own.ruleset != head.ruleset:
        found = f"按规则集「{own.ruleset}」填的，全县用的是「{head.ruleset}」"
        yield problem("PART_OTHER_RULES", own.place_of("ruleset"), found, "请按全县的规则集重报；这一份当没交")


def _rules_of(ruleset: Ruleset) -> _Rules:
    leads: dict[str, set[str]] = {}
    answers: dict[str, frozenset[str]] = {}
    by_member: set[tuple[str, str]] = set()
    for indicator in ruleset.indicators:
        named = {probe.measure for probe in probes_of(indicator) if probe.measure}
        named |= {clue.measure for probe in probes_of(indicator) for clue in probe.clues} | set(indicator.monitors)
        for name in _all_inputs(named, ruleset):
            leads.setdefault(name, set()).add(indicator.lead_unit)
        for element in indicator.elements:
            roles = frozenset({indicator.lead_unit, *indicator.responsible_units})
            answers[f"{indicator.id}.{element.key}"] = roles
        by_member |= {(indicator.id, slot.slot) for slot in indicator.evidence if slot.by == "each_member"}
    return _Rules(ruleset, {name: frozenset(roles) for name, roles in leads.items()}, answers, frozenset(by_member))


def _all_inputs(names: Iterable[str], ruleset: Ruleset) -> set[str]:
    """Measures with everything that they are computed from, and what these are parts or wholes of."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found or name not in ruleset.measures:
            continue
        found.add(name)
        measure = ruleset.measures[name]
        waiting += inputs_of(measure)
        if isinstance(measure, Counted):
            waiting += [*measure.parts, *([measure.part_of] if measure.part_of else [])]
    return found


def _take(
    part: Part, code: str, head: CampaignFile, rules: _Rules, numbers: set[str], codes: frozenset[str]
) -> tuple[_Taken, list[Problem]]:
    """Say a part again in the whole's terms: whose each fact is, which file lies where, which number an item bears."""
    submission = part.submission
    assert submission is not None
    own = {item.id for item in submission.evidence}

    def number(name: str) -> str:
        return name if name not in own and name in numbers else f"{code}-{name}"

    def cited(names: Iterable[str]) -> tuple[str, ...]:
        """Items of others that are not there, since their unit handed in nothing, are cited in vain and prove nothing."""
        return tuple(number(n) for n in names if n in own or n in numbers or n.partition("-")[0] not in codes)

    facts: list[Fact] = []
    problems: list[Problem] = []
    speaks_for_all = part.unit == WHOLE or submission.head.unit.name == head.unit.name
    for fact in submission.head.facts:
        unit, found = (fact.unit, []) if speaks_for_all else _whose(fact, part.unit, head, rules)
        problems += found
        if not any(p.code == "PART_NOT_ASKED" for p in found):
            facts.append(_fact_in_whole(fact, None if unit == head.unit.name else unit, part.folder, cited))
    kept, found = _other_entries(part, head, cited)
    taken = _Taken(
        part.unit,
        tuple(facts),
        kept,
        tuple(_item_in_whole(item, part, head, rules, number) for item in submission.evidence),
        {part.folder + name: table for name, table in submission.tables.items()},
        {part.folder + name: file for name, file in submission.files.items()},
        submission.inputs,
    )
    return taken, [*problems, *found]


def _whose(fact: Fact, unit: str, head: CampaignFile, rules: _Rules) -> tuple[str | None, list[Problem]]:
    """For whom a unit's fact speaks: for itself, for the whole where it leads, or for whom it says."""
    roles = next(frozenset(member.roles) for member in head.unit.members if member.name == unit)
    if fact.element is not None:
        asked = rules.answers.get(fact.element)
        if fact.unit is None and asked is not None and not asked & roles:
            found = f"要素「{fact.element}」不归「{unit}」报"
            remedy = f"由{'、'.join(sorted(asked))}报；这一条没有计"
            return None, [problem("PART_NOT_ASKED", fact.place, found, remedy, fact.element, unit)]
        return (None if fact.unit == unit else fact.unit), []
    if fact.unit is not None:
        return fact.unit, []
    measure = rules.ruleset.measures.get(fact.measure or "")
    if measure is None:
        return None, []
    leads = rules.leads.get(fact.measure or "", frozenset())
    if measure.held_by and set(measure.held_by) & roles:
        return unit, []
    if not leads or leads & roles:
        return None, []
    found = f"「{measure.label}」是{unit}报的，{unit}不牵头；只当本单位的数，不当全县的"
    remedy = f"全县的数由{'、'.join(sorted(leads))}报；确由本单位掌握的，写 unit: {head.unit.name}"
    return unit, [problem("PART_OWN_FIGURE", fact.place, found, remedy, fact.measure or "", unit)]


def _fact_in_whole(fact: Fact, unit: str | None, folder: str, cited: _Cited) -> Fact:
    said: dict[str, Any] = {"unit": unit, "evidence": cited(fact.evidence)}
    if fact.table is not None:
        said["table"] = folder + fact.table
    if fact.events is not None:
        said["events"] = tuple(
            event.model_copy(update={"evidence": cited(event.evidence)}) if event.evidence else event
            for event in fact.events
        )
    return fact.model_copy(update=said)


def _other_entries(part: Part, head: CampaignFile, cited: _Cited) -> tuple[dict[str, tuple[Any, ...]], list[Problem]]:
    """Incidents and ratings of any part; zero reports and overrides speak for the whole: only its own part makes them."""
    assert part.submission is not None
    own = part.submission.head
    incidents = tuple(
        one.model_copy(update={"unit": one.unit or part.unit or None, "evidence": cited(one.evidence)})
        for one in own.incidents
    )
    earlier = tuple(
        one.model_copy(update={"unit": one.unit or part.unit or None, "evidence": cited(one.evidence)})
        for one in own.earlier_findings
    )
    kept: dict[str, tuple[Any, ...]] = {"incidents": incidents, "ratings": own.ratings, "earlier_findings": earlier}
    signed = tuple(one.model_copy(update={"evidence": cited(one.evidence)}) for one in own.declarations)
    if part.unit == WHOLE:
        return {**kept, "declarations": signed, "overrides": own.overrides}, []
    remedy = f"请交专班放进{head.unit.name}本级的填报；这一条没有计"
    turned_away = [(one, f"零报告「{one.kind}」") for one in own.declarations]
    turned_away += [(one, f"{one.indicator}的人工认定") for one in own.overrides]  # type: ignore[misc]
    return kept, [
        problem("PART_NOT_ASKED", one.place, f"{what}说的是全县，{part.unit}不能代签", remedy, "", part.unit)
        for one, what in turned_away
    ]


def _item_in_whole(
    item: EvidenceItem, part: Part, head: CampaignFile, rules: _Rules, number: Callable[[str], str]
) -> EvidenceItem:
    """An item under its campaign-wide number; what every member files for itself is filed for its own unit."""
    own = part.unit if part.unit != WHOLE else None

    def proven_for(indicator: str, slot: str, unit: str | None) -> str | None:
        if unit == head.unit.name:
            return None
        return unit or item.unit or (own if (indicator, slot) in rules.by_member else None)

    proves = tuple(
        proof.model_copy(update={"unit": proven_for(proof.indicator, proof.slot, proof.unit)}) for proof in item.proves
    )
    unit = None if item.unit == head.unit.name else item.unit
    file = part.folder + item.file if item.file is not None else None
    return item.model_copy(update={"id": number(item.id), "proves": proves, "unit": unit, "file": file})


def as_part(submission: Submission, code: str, folder: str, before: Submission | None) -> Submission:
    """Say what came back of one unit in its own terms again: its numbers without its code, its files without its folder.

    What no workbook holds (incidents, zero reports, ratings, overrides, earlier findings) stays as it was ``before``. A
    register that says what it said stays the file that it was, since evidence may name it; a changed one gets another name.
    """
    own = {item.id for item in submission.evidence}

    def name_of(number: str) -> str:
        return number.removeprefix(f"{code}-") if number in own else number

    def cited(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name_of(number) for number in names)

    registers = before.tables if before is not None else {}
    names = {name: _register_name(name.removeprefix(folder), table, registers) for name, table in submission.tables.items()}
    facts = tuple(_fact_in_part(fact, names, cited) for fact in submission.head.facts)
    items = tuple(
        item.model_copy(update={"id": name_of(item.id), "file": item.file.removeprefix(folder) if item.file else None})
        for item in submission.evidence
    )
    kept = {key: getattr(before.head, key) for key in NOT_IN_WORKBOOKS} if before is not None else {}
    head = submission.head.model_copy(update={"facts": facts, **kept})
    tables = {names[name]: table for name, table in submission.tables.items() if names[name] not in registers}
    return submission.model_copy(update={"head": head, "evidence": items, "tables": tables})


def _register_name(name: str, table: Table, before: Mapping[str, Table]) -> str:
    """The name of a register that is unchanged, or one that no register of before has."""
    number, free = 1, name
    while free in before and not _says_the_same(before[free], table):
        number += 1
        free = f"{name.removesuffix('.csv')}-{number}.csv"
    return free


def _says_the_same(one: Table, other: Table) -> bool:
    return one.header == other.header and [row.cells for row in one.rows] == [row.cells for row in other.rows]


def _fact_in_part(fact: Fact, names: Mapping[str, str], cited: _Cited) -> Fact:
    said: dict[str, Any] = {"evidence": cited(fact.evidence)}
    if fact.table is not None:
        said["table"] = names.get(fact.table, fact.table)
    if fact.events is not None:
        said["events"] = tuple(event.model_copy(update={"evidence": cited(event.evidence)}) for event in fact.events)
    return fact.model_copy(update=said)


def _together(head: CampaignFile, parts: Iterable[_Taken], inputs: tuple[InputFile, ...] = ()) -> Submission:
    """One submission of several parts; its head remembers where the campaign's settings were written."""
    parts = sorted(parts, key=lambda part: part.unit)
    said = {
        key: tuple(entry for part in parts for entry in part.head.get(key, ()))
        for key in ("incidents", "ratings", "earlier_findings", "declarations", "overrides")
    }
    whole = SubmissionFile(
        place=head.place,
        ruleset=head.ruleset,
        profile=head.profile,
        unit=head.unit,
        period=head.period,
        as_of=head.as_of,
        data_until=head.data_until,
        facts=tuple(fact for part in parts for fact in part.facts),
        **said,
    )
    whole._value_places = head._value_places  # noqa: SLF001 - its keys were written there
    evidence = tuple(item for part in parts for item in part.evidence)
    tables = {name: table for part in parts for name, table in sorted(part.tables.items())}
    files = {name: file for part in parts for name, file in sorted(part.files.items())}
    read = tuple(one for part in parts for one in part.inputs)
    return in_canonical_order(whole, evidence, tables, files, (*inputs, *read))


# --- parts that the rules refuse --------------------------------------------------------------------------------------


def _vetted(head: CampaignFile, parts: Iterable[_Taken], ruleset: Ruleset) -> list[Problem]:
    whole = _together(head, parts)
    return [
        *vet_names_and_forms(ruleset, whole),
        *(p for item in whole.evidence for p in unknown_names(item, ruleset, whole)),
    ]


def _at_fault(head: CampaignFile, taken: dict[str, _Taken], ruleset: Ruleset) -> dict[str, tuple[Problem, ...]]:
    """The parts that the rules refuse, each looked at by itself with the items of others that it cites."""
    items = {item.id: item for part in taken.values() for item in part.evidence}
    faults: dict[str, tuple[Problem, ...]] = {}
    for unit, part in taken.items():
        own = {item.id for item in part.evidence}
        cited = [items[name] for name in sorted(_cited(part) - own) if name in items]
        alone = part._replace(evidence=(*part.evidence, *cited))
        found = [p for p in _vetted(head, [alone], ruleset) if p.place not in {item.place for item in cited}]
        if refused(found):
            faults[unit] = in_order(found)
    return faults


def _cited(part: _Taken) -> set[str]:
    events = [event for fact in part.facts for event in fact.events or ()]
    entries = (entry for key in ("incidents", "earlier_findings", "declarations") for entry in part.head.get(key, ()))
    citing = [*part.facts, *events, *entries]
    return {name for one in citing for name in one.evidence}


# --- double reports ---------------------------------------------------------------------------------------------------


def _doubtful_registers(taken: dict[str, _Taken], ruleset: Ruleset) -> tuple[dict[str, _Taken], list[Problem]]:
    """Two units that list the same case for one register: nobody knows how many there are until one list is corrected."""
    seen: dict[tuple[str, str, str], Fact] = {}
    doubted: set[tuple[str, str]] = set()
    problems: list[Problem] = []
    for part in taken.values():
        for fact in part.facts:
            measure = ruleset.measures.get(fact.measure or "")
            if fact.table is None or not isinstance(measure, Records):
                continue
            register = (str(fact.measure), fact.unit or "")
            shared = [name for name in _case_names(part.tables[fact.table], measure) if (*register, name) in seen]
            others = [seen[*register, name] for name in shared if seen[*register, name].table != fact.table]
            if others and register not in doubted:
                found = f"「{measure.label}」里「{shared[0]}」等{len(shared)}件，{others[0].place.file}也列了"
                remedy = "同一件只由一个单位登记；更正前这张表不当全量表"
                problems.append(problem("PART_DOUBLE_CASE", fact.place_of("table"), found, remedy, register[0], part.unit))
                doubted.add(register)
            for name in _case_names(part.tables[fact.table], measure):
                seen.setdefault((*register, name), fact)
    if not doubted:
        return taken, problems

    def unsure(fact: Fact) -> Fact:
        is_one = fact.table is not None and (str(fact.measure), fact.unit or "") in doubted
        return fact.model_copy(update={"full": False}) if is_one else fact

    return {unit: part._replace(facts=tuple(map(unsure, part.facts))) for unit, part in taken.items()}, problems


def _case_names(table: Table, measure: Records) -> list[str]:
    """What the rows of a register are known by."""
    key, column = next((name, column) for name, column in measure.columns.items() if column.kind == "key")
    at = next((i for i, header in enumerate(table.header) if header in (key, column.label)), None)
    return [row.cells[at] for row in table.rows if row.cells[at]] if at is not None else []
