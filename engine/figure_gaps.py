"""Gaps in what was reported: what is not known, and what is known to be short (缺数、失分)."""

from collections.abc import Iterator

from engine.clause_gaps import CONTRADICTIONS
from engine.clocks import start_by
from engine.distances import UNKNOWN_DISTANCE
from engine.gap_lines import CAUSES
from engine.gap_lines import PHASES
from engine.gap_lines import gap_line
from engine.gap_lines import needs_nothing
from engine.gap_lines import points_of
from engine.gap_lines import share_of
from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.admitted import AdmittedFacts
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.problem import Problem
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Phase
from engine.rulesets import inputs_of
from engine.rulesets import probes_of
from engine.scope import Scope
from engine.scope import demand_text
from engine.scope import value_text


def find_unknowns(appraisal: Appraisal, finding: Finding, aside: dict[str, str], scope: Scope) -> Iterator[Gap]:
    """One gap per cause: the parts of an indicator that cannot be told."""
    by_cause: dict[tuple[Cause, bool], list[Part]] = {}
    open_parts = [part for part in appraisal.parts if part.claimed.open and part.cause is not None]
    if not open_parts:
        return
    # A zero is asked for as proof where a slot asks for it; a contradiction and what proof lacks are gaps of their own.
    elsewhere = {Cause.CONTRADICTION, Cause.NO_PROOF} | (
        {Cause.NONE_DUE} if any(s.for_none for s in appraisal.indicator.evidence) else set()
    )
    for part in open_parts:
        if part.cause is not None and part.cause not in elsewhere and not needs_nothing(part):
            waits = part.not_due or part.cause is Cause.NOT_YET_DECIDED
            by_cause.setdefault((part.cause, waits), []).append(part)
    for (cause, waits), parts in by_cause.items():
        kind = GapKind.NOT_YET_DUE if waits else GapKind.FACT_MISSING
        phase = PHASES[(Phase.NOT_YET_DUE if parts[0].not_due else finding.state.phase) if waits else Phase.UNKNOWN]
        soon = not waits and all(part.soon for part in parts)
        phase = PHASES[Phase.AT_RISK] if soon else phase
        due = min((part.due for part in parts if part.due is not None), default=None) if waits or soon else None
        yield gap_line(
            finding,
            kind,
            cause.value,
            scope,
            state=f"{phase}·{CAUSES[cause]}",
            current="；".join(_how_it_is(part, appraisal, aside, scope) for part in parts),
            required=_asked(appraisal, parts, scope),
            missing=_distances(parts, appraisal) or UNKNOWN_DISTANCE,
            ending=f"{due}后再看" if waits and due else f"最迟{due}报" if due else "可补报",
            open_points=points_of(share_of(parts, lambda part: part.claimed.open, appraisal), finding),
            due=due,
        )


def reported_and_set_aside(problems: list[Problem]) -> dict[str, str]:
    """What was reported of the whole and does not count, by measure: it is not missing, it was set aside."""
    return {
        p.subject: p.found
        for p in problems
        if p.severity == "set_aside" and p.code.startswith("FACT_") and p.code not in CONTRADICTIONS and not p.unit
    }


def _how_it_is(part: Part, appraisal: Appraisal, aside: dict[str, str], scope: Scope) -> str:
    title = "" if part.key == appraisal.indicator.id else f"{part.title}"
    if part.clue:
        return f"{title}{'：' if title else ''}{part.clue}"
    if part.measured is None:
        return f"{title}没报"
    if part.measured.members and part.measured.value is not None:
        label = scope.ruleset.measures[part.measured.measure].label
        return f"{title}{'：' if title else ''}{label}{part.text}{_silent_units(part.measured)}"
    told = _inputs_told(part.measured.measure, aside, scope)
    return f"{title}：{told}" if title and told else title or told


def _silent_units(measured: Measured) -> str:
    """Which member units said nothing, by name where they are known."""
    silent = [member.unit for member in measured.members if member.value is None]
    unnamed = (measured.members_total or 0) - len(measured.members)
    told = [*silent, *([f"另有{unnamed}个没列名"] if unnamed > 0 else [])]
    return f"，没报的：{'、'.join(told)}" if told else ""


def _inputs_told(name: str, aside: dict[str, str], scope: Scope) -> str:
    """What was reported and what was not, of everything that a measure is computed from."""

    def told_of(name: str) -> str:
        value = measure_value(name, scope).value
        if value is None and name in aside:
            return f"{aside[name]}，不计"
        return f"{scope.ruleset.measures[name].label}{value_text(name, value, scope.ruleset)}"

    inputs = inputs_of(scope.ruleset.measures[name])
    if not inputs or name in aside or name in scope.facts.once(_stated_measures):
        return told_of(name)
    return "，".join(told_of(i) for i in inputs)


def _stated_measures(facts: AdmittedFacts) -> frozenset[str]:
    return frozenset(name for name, *_ in facts.readings)


def _asked(appraisal: Appraisal, parts: list[Part], scope: Scope) -> str:
    """What should be, in the rule's own terms."""
    conditions = [
        _condition(probe, scope)
        for probe in probes_of(appraisal.indicator)
        for part in parts
        if _is_of(probe, part, appraisal)
    ]
    told = [text for text in dict.fromkeys(conditions) if text]
    return f"要求：{'、'.join(told) or appraisal.indicator.requirement.rstrip('。')}"


def _is_of(probe: model.Probe, part: Part, appraisal: Appraisal) -> bool:
    key = probe.key if isinstance(probe, model.Element) else appraisal.indicator.id
    return key == part.key


def _condition(probe: model.Probe, scope: Scope) -> str:
    if probe.measure is None:
        return ""
    measure = scope.ruleset.measures[probe.measure]
    label = scope.ruleset.measures[measure.of].label if isinstance(measure, model.Every) else measure.label
    if probe.each_member is not None and probe.each_member.meets is not None:
        return f"逐单位{label}{demand_text(measure, probe.each_member.meets, scope.window.last)}"
    if probe.meets is not None:
        return f"{label}{demand_text(measure, probe.meets, scope.window.last)}"
    return ""


def find_shortfalls(appraisal: Appraisal, finding: Finding, scope: Scope) -> Iterator[Gap]:
    """What is known to be short of an indicator, as one line: how far, and whether it can still be mended."""
    parts = [part for part in appraisal.parts if part.claimed.recoverable or part.claimed.lost]
    if not parts:
        return
    recoverable = share_of(parts, lambda part: part.claimed.recoverable, appraisal)
    dues = [part.due for part in parts if part.claimed.recoverable > 0 and part.due is not None and part.due >= scope.as_of]
    due = min(dues, default=None)
    if due is not None:
        ending = f"最迟{start_by(due, finding.remedy.effort_days)}动手"
    else:
        ending = "可补" if recoverable else "补不了"
    phase = finding.state.phase if finding.state.phase is not Phase.UNKNOWN else Phase.LOCKED_LOSS
    cause = f"·{CAUSES[finding.state.cause]}" if finding.state.cause is Cause.CONTRADICTION else ""
    waits = phase is Phase.NOT_YET_DUE
    yield gap_line(
        finding,
        GapKind.NOT_YET_DUE if waits else GapKind.SHORTFALL,
        "value",
        scope,
        state=f"{'还能补' if phase is Phase.AT_RISK and due is None else PHASES[phase]}{cause}",
        current="；".join(_how_it_stands(part, appraisal, scope) for part in parts),
        required=_asked(appraisal, parts, scope),
        missing=_distances(parts, appraisal) or _elements_missing(parts),
        ending=ending,
        recoverable=points_of(recoverable, finding),
        due=due,
    )


def _distances(parts: list[Part], appraisal: Appraisal) -> str:
    """How far each part is, by its title where there are several; what is not known is left to those that are."""
    told = dict.fromkeys(
        f"{f'{part.title}：' if len(parts) > 1 and part.key != appraisal.indicator.id else ''}{distance.missing}"
        for part in parts
        for distance in part.distance
        if distance.missing != UNKNOWN_DISTANCE
    )
    return "；".join(told)


def _how_it_stands(part: Part, appraisal: Appraisal, scope: Scope) -> str:
    """The value as it was measured; a rate whose parts were not reported says that the cases cannot be counted."""
    lead = f"{part.title}：" if part.key != appraisal.indicator.id else ""
    if part.measured is None:
        return f"{lead}{part.text}"
    measure = scope.ruleset.measures[part.measured.measure]
    uncounted = isinstance(measure, model.Ratio) and part.measured.good is None and part.measured.members_total is None
    return f"{lead}{measure.label}{part.text}{'，分子分母没有都报，缺几件说不准' if uncounted else ''}"


def _elements_missing(parts: list[Part]) -> str:
    return f"差{len(parts)}项：{'、'.join(part.title for part in parts)}"
