"""Whether a submission speaks of what the ruleset knows, in the form that it asks for. Near-misses are refused loudly."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping

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
from engine.models.submission import EarlierFinding
from engine.models.submission import Event
from engine.models.submission import Fact
from engine.models.submission import Incident
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import member_names
from engine.rule_parts import element_titles
from engine.rule_parts import indicators_by_id
from engine.rule_parts import inputs_of
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
        *_unknown_kinds_of_evidence(ruleset, submission),
    ]


def vet_facts(ruleset: Ruleset, submission: Submission, facts: tuple[Fact, ...]) -> list[Problem]:
    """The same of some facts alone, where everything else of the submission was vetted before."""
    nothing = {"incidents": (), "earlier_findings": ()}
    head = submission.head.model_copy(update={"facts": facts, **nothing})
    alone = submission.model_copy(update={"head": head})
    return [*_unknown_names_in_facts(ruleset, head), *_unfit_forms(ruleset, head), *_unknown_items(alone)]


def unknown_unit(name: str, members: frozenset[str], place: Place, own: str = "") -> Problem:
    """A unit that is not in the list of members; ``own`` is the unit whose members they are."""
    remedy = nearest(name, members) or "请先在 unit.members 里登记这个单位"
    if name == own:
        remedy = "这就是填报的本级；全县、全市的数不写 unit"
    return problem("UNIT_UNKNOWN", place, f"单位「{name}」不在名录里", remedy)


def unknown_indicator(name: str, indicators: Iterable[str], place: Place) -> Problem:
    """An indicator that the ruleset does not hold."""
    remedy = nearest(name, indicators) or "查指标：fazhi rules show 规则集"
    return problem("INDICATOR_UNKNOWN", place, f"没有指标「{name}」", remedy)


def _unknown_items(submission: Submission) -> list[Problem]:
    """Numbers of evidence that nobody entered, cited by a fact, an event, an incident or an earlier finding."""
    known = {item.id for item in submission.evidence}
    head = submission.head
    citing: list[Fact | Event | Incident | EarlierFinding] = [
        *head.facts,
        *(event for fact in head.facts for event in fact.events or ()),
        *head.incidents,
        *head.earlier_findings,
    ]
    return [
        problem(
            "NAME_UNKNOWN",
            one.place_of("evidence"),
            f"没有登记材料「{name}」",
            nearest(name, known) or "请登记这件材料，或删去这个编号",
        )
        for one in citing
        for name in one.evidence
        if name not in known
    ]


def _unknown_kinds_of_evidence(ruleset: Ruleset, submission: Submission) -> list[Problem]:
    kinds = ruleset.header.evidence_kinds
    return [
        problem(
            "NAME_UNKNOWN",
            item.place_of("kind"),
            f"材料「{item.id}」的种类「{item.kind}」没有定义",
            nearest(item.kind, kinds) or f"可用：{_titled(kinds)}",
        )
        for item in submission.evidence
        if item.kind not in kinds
    ]


def _titled(titles: Mapping[str, str]) -> str:
    """Names with their titles, for a list of what may be written."""
    return "、".join(f"{name}（{title}）" for name, title in titles.items())


def _unknown_names(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    return [
        *_unknown_names_in_facts(ruleset, head),
        *_unknown_roles(ruleset, head),
        *_unknown_kinds_of_events(ruleset, head),
        *_unknown_names_in_incidents_and_overrides(ruleset, head),
    ]


def _unknown_names_in_facts(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    problems: list[Problem] = []
    elements, members = ruleset.once(element_titles), head.unit.once(member_names)
    for fact in head.facts:
        if fact.measure is not None and fact.measure not in ruleset.measures:
            remedy = nearest(fact.measure, {name: measure.label for name, measure in ruleset.measures.items()})
            remedy = remedy or "查口径表：fazhi rules show 规则集 --measures"
            found = f"口径「{fact.measure}」没有定义"
            problems.append(problem("NAME_UNKNOWN", fact.place_of("measure"), found, remedy))
        if fact.element is not None and fact.element not in elements:
            remedy = nearest(fact.element, list(elements)) or "查要素：fazhi rules show 规则集 指标编号"
            found = f"要素「{fact.element}」没有定义"
            problems.append(problem("NAME_UNKNOWN", fact.place_of("element"), found, remedy))
        if fact.unit is not None and fact.unit not in members:
            problems.append(unknown_unit(fact.unit, members, fact.place_of("unit"), head.unit.name))
    return problems


def _unknown_roles(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    known = ruleset.header.roles
    roles = [(role, member.place_of("roles")) for member in head.unit.members for role in member.roles]
    roles += [(role, head.unit.place_of("roles")) for role in head.unit.roles]
    roles += [(role, head.unit.place_of("member_counts")) for role in head.unit.member_counts]
    return [
        problem("NAME_UNKNOWN", place, f"角色「{role}」没有定义", nearest(role, known) or f"可用的角色：{'、'.join(known)}")
        for role, place in roles
        if role not in known
    ]


def _unknown_kinds_of_events(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    titles = {name: kind.title for name, kind in ruleset.clauses.incident_kinds.items()}
    named: list[Incident | Declaration] = [*head.incidents, *head.declarations]
    return [
        problem(
            "NAME_UNKNOWN",
            event.place_of("kind"),
            f"事项「{event.kind}」没有定义",
            nearest(event.kind, titles) or f"可用的种类：{_titled(titles)}",
        )
        for event in named
        if titles and event.kind not in titles
    ]


def _unknown_names_in_incidents_and_overrides(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    members = head.unit.once(member_names)
    indicators = ruleset.once(indicators_by_id)
    problems: list[Problem] = []
    problems += [
        unknown_indicator(override.indicator, indicators, override.place_of("indicator"))
        for override in head.overrides
        if override.indicator not in indicators
    ]
    named: list[Incident | EarlierFinding] = [*head.incidents, *head.earlier_findings]
    for incident in named:
        if incident.unit is not None and incident.unit not in members:
            problems.append(unknown_unit(incident.unit, members, incident.place_of("unit"), head.unit.name))
        strangers = [name for name in incident.indicators if name not in indicators]
        problems += [unknown_indicator(name, indicators, incident.place_of("indicators")) for name in strangers]
    return problems


def _unfit_forms(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    problems: list[Problem] = []
    for fact in head.facts:
        measure = ruleset.measures.get(fact.measure or "")
        if measure is None:
            continue
        given = "events" if fact.events is not None else "table" if fact.table is not None else "value"
        is_boolean = isinstance(measure, Chosen) and measure.kind == "boolean"
        wrong_type = isinstance(fact.value, bool) and not is_boolean
        if given not in _wanted_form(measure) or wrong_type:
            shown = " true 或 false" if wrong_type else _FORMS[given]
            found = f"口径「{measure.label}」报的是{shown}"
            problems.append(problem("FACT_FORM", fact.place_of(given), found, _how_to_report(measure, ruleset)))
    return problems


_FORMS = {"value": "一个数（value）", "events": "逐次列出的事（events）", "table": "登记表（table）"}


def _wanted_form(measure: Measure) -> tuple[str, ...]:
    if isinstance(measure, Counted | Dated | Chosen | Ratio):
        return ("value",)
    if isinstance(measure, OnTimeShare | ProcedureShare):
        return ("value",)
    if isinstance(measure, Events):
        return "events", "value"
    return ("table",) if isinstance(measure, Records) else ()


def _how_to_report(measure: Measure, ruleset: Ruleset) -> str:
    """What to write for a measure, by its kind; for a computed one, which measures to report in its place."""
    if isinstance(measure, Records):
        return "应交逐件登记表（table: 文件名.csv, full: true）；期内没有的，交只有列名的表，full: true，并附零报告"
    if isinstance(measure, Events):
        return "应逐次列出（events: [{date: 2023-03-01, title: 名称}]），或只报次数（value: 4次）"
    if isinstance(measure, Dated):
        return "应报日期，如 value: 2023-03-01"
    if isinstance(measure, Chosen):
        return "应写 value: true 或 value: false" if measure.kind == "boolean" else f"可选：{'、'.join(measure.options)}"
    if isinstance(measure, Ratio | OnTimeShare | ProcedureShare):
        return "应报率，如 value: 95% 或 value: 3/13"
    if isinstance(measure, Counted):
        return f"应报数，如 value: 20{measure.unit_of_measure or ''}"
    parts = "、".join(f"{name}（{ruleset.measures[name].label}）" for name in inputs_of(measure))
    return f"它由别的口径算出，不用报；请报：{parts}"


def _unfit_ratings(ruleset: Ruleset, head: SubmissionFile) -> list[Problem]:
    rated = {i.id: i.rating for i in ruleset.indicators if i.rating} if head.ratings else {}
    problems: list[Problem] = []
    for entry in head.ratings:
        rating = rated.get(entry.indicator)
        if rating is None:
            remedy = nearest(entry.indicator, rated) or "只有人工评定的指标才评等次"
            problems.append(
                problem("INDICATOR_UNKNOWN", entry.place_of("indicator"), f"「{entry.indicator}」不是评定指标", remedy)
            )
        elif entry.point not in {p.key for p in rating.points}:
            points = {p.key: p.title for p in rating.points}
            remedy = nearest(entry.point, points) or f"要点有：{_titled(points)}"
            problems.append(problem("NAME_UNKNOWN", entry.place_of("point"), f"没有评分要点「{entry.point}」", remedy))
        elif entry.grade not in rating.grades:
            remedy = f"等次只有：{'、'.join(rating.grades)}"
            problems.append(problem("RATING_GRADE", entry.place_of("grade"), f"没有等次「{entry.grade}」", remedy))
    return problems


def _repeated_members(head: SubmissionFile) -> list[Problem]:
    counts = Counter(member.name for member in head.unit.members)
    return [
        problem("ID_DUPLICATE", member.place, f"单位「{member.name}」登记了两次", "一个单位只登记一次，角色写在一起")
        for member in head.unit.members
        if counts[member.name] > 1
    ]
