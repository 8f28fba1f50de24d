"""Gaps that hold no points of their own or rest on several statements: contradictions, clauses, weaknesses, eligibility."""

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date

from engine.gap_lines import points_of
from engine.judgement import WEAKNESSES
from engine.models import ruleset as model
from engine.models.admitted import StandingFinding
from engine.models.appraisal import Appraisal
from engine.models.measured import Cause
from engine.models.problem import Problem
from engine.models.result import Conclusion
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Standing
from engine.models.result import points_text
from engine.models.submission import Incident
from engine.rulesets import inputs_of
from engine.rulesets import probes_of
from engine.scope import Scope
from engine.scope import unit_names

CONTRADICTIONS = {
    "FACT_CONFLICT",
    "FACT_PARTS_SUM",
    "FACT_PART_EXCEEDS",
    "FACT_RATE_CHECK",
    "FACT_DATE_ORDER",
    "FACT_MEMBERS_SUM",
    "FACT_CLAIM_CONFLICT",
}


EFFECTS = {
    "block": "不得申报",
    "veto": "一票否决",
    "penalty": "罚扣",
    "warn": "提示",
    "cap": "封顶",
    "deduct": "联动扣分",
    "bonus": "附加项",
    "level": "升级建议",
    "cause": "根因",
}
# Whether the unit may apply at all comes first; what only advises comes last.
ELIGIBILITY = {"资格", EFFECTS["block"], EFFECTS["veto"]}
# What a former evaluation or inspection found: not mended yet, or shown to be and not confirmed by a person.
EARLIER, EARLIER_SHOWN = "往次指出", "往次指出·待核"
EARLIER_KINDS = {"third_party": "往次第三方评估", "inspection": "督察"}
LEVELS = {"blue": "蓝色提醒", "yellow": "黄色限期整改", "red": "红色（建议通报，待签发）"}


def effect_text(conclusion: Conclusion, target_title: str = "") -> str:
    """What a clause does, and to what, for people; a red notice is a draft for a person to sign."""
    if conclusion.effect == "level":
        return f"建议{LEVELS[str(conclusion.target)]}"
    target = target_title or conclusion.target or "" if conclusion.effect != "bonus" else ""
    points = f"{points_text(conclusion.points)}分" if conclusion.points is not None else ""
    points += "（同一荣誉只计最高）" if conclusion.effect == "bonus" else ""
    return f"{EFFECTS[conclusion.effect]}{target}{points}"


def find_contradicted(
    problems: list[Problem], appraisals: tuple[Appraisal, ...], findings: tuple[Finding, ...], scope: Scope
) -> Iterator[Gap]:
    """What contradicts itself: the verdict stands or waits, a correction is demanded either way."""
    by_indicator = {finding.indicator: finding for finding in findings}
    applying = {appraisal.indicator.id: appraisal for appraisal in appraisals if appraisal.applies == "yes"}
    readers = scope.ruleset.once(_readers)
    for p in problems:
        if p.code not in CONTRADICTIONS:
            continue
        resting = [applying[name] for name in readers.get(p.subject, ()) if name in applying]
        finding = by_indicator[resting[0].indicator.id] if resting else None
        stands = not any(part.cause is Cause.CONTRADICTION for a in resting for part in a.parts)
        verdict = "各种读法结论相同，结论保留" if resting and stands else "更正前不定" if resting else "不影响本规则集的指标"
        open_points = sum(
            points_of(part.weight * part.claimed.open, by_indicator[a.indicator.id])
            for a in resting
            for part in a.parts
            if part.cause is Cause.CONTRADICTION
        )
        lead = finding.lead_unit if finding else ""
        unit = unit_names(lead, scope.unit) if finding else scope.unit.name
        yield Gap(
            id=f"{finding.indicator if finding else '-'}/CONTRADICTION/{p.code}/{p.subject}{'@' if p.unit else ''}{p.unit}",
            indicator=finding.indicator if finding else None,
            kind=GapKind.CONTRADICTION,
            unit=unit,
            state="矛盾",
            current=p.found,
            required="应前后一致",
            missing=verdict,
            detail=f"〔矛盾〕{p.found}；应前后一致；{verdict}。{unit}；先更正，原件留痕",
            open=open_points,
            recoverable=0,
            due=None,
            start_by=None,
            lead_unit=lead,
            responsible_units=finding.responsible_units if finding else (),
            source=str(p.place.file),
            remedy=None,
        )


def gap_of_clause(conclusion: Conclusion, scope: Scope) -> Gap:
    """What a clause concluded, as one line."""
    return _without_points(
        f"{conclusion.clause}{'@' if conclusion.unit else ''}{conclusion.unit or ''}",
        unit=conclusion.unit or scope.unit.name,
        state=EFFECTS[conclusion.effect],
        current=f"{conclusion.title}：{'；'.join(conclusion.because)}",
        required="应查清并整改，整改材料入台账",
        missing=effect_text(conclusion, _title_of(conclusion.target, scope)),
        ending="由人认定",
        clause=conclusion.clause,
        source=conclusion.clause,
    )


def _title_of(target: str | None, scope: Scope) -> str:
    """The pillar or the indicator that a clause is about, by its title."""
    titles = {pillar.id: pillar.short for pillar in scope.ruleset.pillars}
    titles |= {indicator.id: indicator.title for indicator in scope.ruleset.indicators}
    return titles.get(target or "", "")


def find_qualification(standing: Standing, scope: Scope) -> Iterator[Gap]:
    """Whether the unit may apply at all comes before everything else."""
    if standing.qualified == "unknown" and scope.ruleset.clauses.clauses and scope.unit.kind == "government":
        yield _without_points(
            "qualification",
            unit=scope.unit.name,
            state="资格",
            current=standing.reason,
            required="应逐项有零报告和有关机关的证明",
            missing="资格待核",
            ending="可补报",
            clause="资格",
            source="负面清单",
        )


def find_weaknesses(incidents: tuple[Incident, ...], findings: tuple[Finding, ...], scope: Scope) -> Iterator[Gap]:
    """What the unit itself, or somebody outside, says is weak: a full claim there waits for proof that it was mended."""
    by_indicator = {finding.indicator: finding for finding in findings if finding.applicability.is_ == "yes"}
    for number, incident in enumerate((i for i in incidents if i.kind in WEAKNESSES), start=1):
        about = [by_indicator[name] for name in incident.indicators if name in by_indicator]
        leads = "、".join(dict.fromkeys(unit_names(finding.lead_unit, scope.unit) for finding in about))
        names = "、".join(incident.indicators)
        yield _without_points(
            f"{incident.kind}-{number:02d}",
            unit=incident.unit or leads or scope.unit.name,
            state="外部指出" if incident.confirmed_by else "自认",
            current=f"{incident.title or incident.kind}（{incident.confirmed_by or incident.source or '本单位报告'}）",
            required="应附整改材料",
            missing=f"{names}不得报满分" if names else "没有对到指标",
            ending="如实写明进展",
            source=incident.source or "",
            about=about,
        )


def find_earlier(earlier: tuple[StandingFinding, ...], findings: tuple[Finding, ...], scope: Scope) -> Iterator[Gap]:
    """What a former evaluation or inspection found and nobody has closed: with the day it was due, under its own number."""
    by_indicator = {finding.indicator: finding for finding in findings if finding.applicability.is_ == "yes"}
    for one in earlier:
        old = one.finding
        about = [by_indicator[name] for name in old.indicators if name in by_indicator]
        leads = "、".join(dict.fromkeys(unit_names(finding.lead_unit, scope.unit) for finding in about))
        held = f"销号前{'、'.join(old.indicators)}不得报满分" if old.indicators else "没有对到指标"
        lacking = "整改材料形式合格，还没有人确认销号" if one.shown else "没有受理的整改材料"
        late = f"，已超期{(scope.as_of - old.due).days}天" if old.due is not None and old.due < scope.as_of else ""
        yield _without_points(
            f"earlier-{old.id}",
            unit=old.unit or leads or scope.unit.name,
            state=EARLIER_SHOWN if one.shown else EARLIER,
            current=f"{EARLIER_KINDS[old.kind]}{old.found_on}指出：{old.found}（{old.document}）",
            required=old.demanded,
            missing=f"{lacking}；{held}",
            ending=f"{f'限{old.due}{late}，' if old.due else ''}由{'没有填报的人确认' if one.shown else '填报人交整改材料'}",
            source=old.document,
            about=about,
            due=old.due,
        )


def _without_points(
    name: str,
    *,
    unit: str,
    state: str,
    current: str,
    required: str,
    missing: str,
    ending: str,
    source: str,
    clause: str | None = None,
    about: Sequence[Finding] = (),
    due: date | None = None,
) -> Gap:
    """A gap that holds no points of its own: it comes from a clause, or from what somebody says is weak."""
    first = about[0].indicator if about else None
    answering = (role for finding in about for role in (finding.lead_unit, *finding.responsible_units))
    return Gap(
        id=f"{first or '-'}/CLAUSE/{name}",
        indicator=first,
        indicators=tuple(finding.indicator for finding in about),
        clause=clause,
        kind=GapKind.CLAUSE,
        unit=unit,
        state=state,
        current=current,
        required=required,
        missing=missing,
        detail=f"〔{state}〕{current}；{required}；{missing}。{unit}；{ending}",
        open=0,
        recoverable=0,
        due=due,
        start_by=None,
        lead_unit=about[0].lead_unit if about else "",
        responsible_units=tuple(dict.fromkeys(answering)) if about else (),
        source=source,
        remedy=None,
    )


def _readers(ruleset: model.Ruleset) -> dict[str, list[str]]:
    """The indicators that rest on each measure or element, in the order of the rules."""
    found: dict[str, list[str]] = {}
    for indicator in ruleset.indicators:
        elements = [f"{indicator.id}.{element.key}" for element in indicator.elements]
        for name in (*elements, *_measures_below(indicator, ruleset)):
            found.setdefault(name, []).append(indicator.id)
    return found


def _measures_below(indicator: model.Indicator, ruleset: model.Ruleset) -> set[str]:
    """The measures that an indicator's verdict rests on, and the dates that theirs must not precede."""
    todo = [probe.measure for probe in probes_of(indicator) if probe.measure]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            measure = ruleset.measures[name]
            todo += inputs_of(measure)
            todo += [measure.not_before] if isinstance(measure, model.Dated) and measure.not_before else []
    return seen
