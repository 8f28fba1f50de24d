"""Whether a submission speaks of what the ruleset knows, in the form that it asks for. Near-misses are refused loudly."""

from collections import Counter
from collections.abc import Iterable

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Chosen
from engine.models.ruleset import Counted
from engine.models.ruleset import Dated
from engine.models.ruleset import Events
from engine.models.ruleset import Measure
from engine.models.ruleset import OnTimeShare
from engine.models.ruleset import ProcedureShare
from engine.models.ruleset import Ratio
from engine.models.ruleset import Records
from engine.models.ruleset import Ruleset
from engine.models.submission import Declaration
from engine.models.submission import Event
from engine.models.submission import Fact
from engine.models.submission import Incident
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.shaping import nearest


def vet_names_and_forms(ruleset: Ruleset, submission: Submission) -> list[Problem]:
    """Refuse measures, elements, units, roles, grades and items that are not there, and values of the wrong form."""
    head = submission.head
    return [
        *_repeated_members(head),
        *_unknown_names(ruleset, head),
        *_unfit_forms(ruleset, head),
        *_unfit_ratings(ruleset, head),
        *_unknown_items(submission),
    ]


def unknown_unit(name: str, members: set[str], place: Place) -> Problem:
    """A unit that is not in the list of members."""
    remedy = nearest(name, members) or "请先在 unit.members 里登记这个单位"
    return problem("UNIT_UNKNOWN", place, f"单位「{name}」不在名录里", remedy)


def unknown_indicator(name: str, indicators: Iterable[str], place: Place) -> Problem:
    """An indicator that the ruleset does not hold."""
    remedy = nearest(name, indicators) or "查指标：fazhi rules show 规则集"
    return problem("INDICATOR_UNKNOWN", place, f"没有指标「{name}」", remedy)


def _unknown_items(submission: Submission) -> list[Problem]:
    """Numbers of evidence that nobody entered, cited by a fact, an event or an incident."""
    known = {item.id for item in submission.evidence}
    head = submission.head
    citing: list[Fact | Event | Incident] = [
        *head.facts,
        *(event for fact in head.facts for event in fact.events or ()),
        *head.incidents,
    ]
    return [
        problem(
            "NAME_UNKNOWN", one.place, f"没有登记材料「{name}」", nearest(name, known) or "请登记这件材料，或删去这个编号"
        )
        for one in citing
        for name in one.evidence
        if name not in known
    ]


def _unknown_names(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    elements = {f"{i.id}.{e.key}" for i in ruleset.indicators for e in i.elements}
    members = {member.name for member in head.unit.members}
    labels = {m.label: name for name, m in ruleset.measures.items()}
    indicators = {i.id for i in ruleset.indicators}
    problems: list[Problem] = []
    for fact in head.facts:
        if fact.measure is not None and fact.measure not in ruleset.measures:
            known = labels.get(fact.measure)
            remedy = f"应写「{known}」" if known else nearest(fact.measure, ruleset.measures)
            remedy = remedy or "查口径表：fazhi rules show 规则集 --measures"
            problems.append(problem("NAME_UNKNOWN", fact.place, f"口径「{fact.measure}」没有定义", remedy))
        if fact.element is not None and fact.element not in elements:
            remedy = nearest(fact.element, elements) or "查要素：fazhi rules show 规则集 指标编号"
            problems.append(problem("NAME_UNKNOWN", fact.place, f"要素「{fact.element}」没有定义", remedy))
        if fact.unit is not None and fact.unit not in members:
            problems.append(unknown_unit(fact.unit, members, fact.place))
    roles = [(role, member.place) for member in head.unit.members for role in member.roles]
    roles += [(role, head.unit.place) for role in (*head.unit.roles, *head.unit.member_counts)]
    for role, place in roles:
        if role not in ruleset.header.roles:
            remedy = nearest(role, ruleset.header.roles) or f"可用的角色：{'、'.join(ruleset.header.roles)}"
            problems.append(problem("NAME_UNKNOWN", place, f"角色「{role}」没有定义", remedy))
    kinds = ruleset.clauses.incident_kinds
    named: list[Incident | Declaration] = [*head.incidents, *head.declarations]
    for event in named:
        if kinds and event.kind not in kinds:
            remedy = nearest(event.kind, kinds) or f"可用：{'、'.join(kinds)}"
            problems.append(problem("NAME_UNKNOWN", event.place, f"事项「{event.kind}」没有定义", remedy))
    problems += [
        unknown_indicator(override.indicator, indicators, override.place)
        for override in head.overrides
        if override.indicator not in indicators
    ]
    for incident in head.incidents:
        if incident.unit is not None and incident.unit not in members:
            problems.append(unknown_unit(incident.unit, members, incident.place))
        strangers = [name for name in incident.indicators if name not in indicators]
        problems += [unknown_indicator(name, indicators, incident.place) for name in strangers]
    return problems


def _unfit_forms(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    problems: list[Problem] = []
    for fact in head.facts:
        measure = ruleset.measures.get(fact.measure or "")
        if measure is None:
            continue
        wanted = _wanted_form(measure)
        given = "events" if fact.events is not None else "table" if fact.table is not None else "value"
        is_boolean = isinstance(measure, Chosen) and measure.kind == "boolean"
        wrong_type = isinstance(fact.value, bool) and not is_boolean
        if given not in wanted or wrong_type:
            found = f"口径「{measure.label}」报的是{'真假' if wrong_type else given}"
            how = f"应报 {' 或 '.join(wanted)}" if wanted else f"它由别的口径算出，请报：{_parts_named(measure, ruleset)}"
            problems.append(problem("FACT_FORM", fact.place, found, how))
    return problems


def _wanted_form(measure: Measure) -> tuple[str, ...]:
    if isinstance(measure, Counted | Dated | Chosen | Ratio):
        return ("value",)
    if isinstance(measure, OnTimeShare | ProcedureShare):
        return ("value",)
    if isinstance(measure, Events):
        return "events", "value"
    return ("table",) if isinstance(measure, Records) else ()


def _parts_named(measure: Measure, ruleset: Ruleset) -> str:
    of = getattr(measure, "of", None)
    return f"{of}（{ruleset.measures[of].label}）" if of else "算式里的各口径"


def _unfit_ratings(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    rated = {i.id: i.rating for i in ruleset.indicators if i.rating}
    problems: list[Problem] = []
    for entry in head.ratings:
        rating = rated.get(entry.indicator)
        if rating is None:
            remedy = nearest(entry.indicator, rated) or "只有人工评定的指标才评等次"
            problems.append(problem("INDICATOR_UNKNOWN", entry.place, f"「{entry.indicator}」不是评定指标", remedy))
        elif entry.point not in {p.key for p in rating.points}:
            remedy = nearest(entry.point, [p.key for p in rating.points])
            problems.append(problem("NAME_UNKNOWN", entry.place, f"没有评分要点「{entry.point}」", remedy))
        elif entry.grade not in rating.grades:
            remedy = f"等次只有：{'、'.join(rating.grades)}"
            problems.append(problem("RATING_GRADE", entry.place, f"没有等次「{entry.grade}」", remedy))
    return problems


def _repeated_members(head: SubmissionFile) -> list[Problem]:
    counts = Counter(member.name for member in head.unit.members)
    return [
        problem("ID_DUPLICATE", member.place, f"单位「{member.name}」登记了两次", "一个单位只登记一次，角色写在一起")
        for member in head.unit.members
        if counts[member.name] > 1
    ]
