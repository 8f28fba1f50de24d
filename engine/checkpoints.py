"""A run read by checkpoints (检查点): each looks at one thing of one indicator, and no checkpoint counts as met unproven.

In: the workings of a run under an overlay. Out: a sheet with one result per checkpoint. Every checkpoint has the same
points, the open ones too: the plan names no weights, and what is not known stays in the denominator.
"""

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.allotment import split_points
from engine.assessment import Workings
from engine.gap_lines import CAUSES
from engine.gap_lines import PHASES
from engine.judgement import combined
from engine.measuring import measure_value
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Shares
from engine.models.checkpoint_sheet import CheckpointPhase
from engine.models.checkpoint_sheet import CheckpointResult
from engine.models.checkpoint_sheet import CheckpointSheet
from engine.models.checkpoint_sheet import IndicatorLine
from engine.models.checkpoint_sheet import YearLine
from engine.models.result import Finding
from engine.models.result import Outcome
from engine.models.result import SlotShown
from engine.models.result import Split
from engine.models.result import Track
from engine.models.ruleset import ActionPlan
from engine.models.ruleset import Check
from engine.models.ruleset import Checkpoint
from engine.models.ruleset import Chosen
from engine.models.ruleset import Overlaid
from engine.models.ruleset import Profile
from engine.quantities import meets
from engine.scope import Scope
from engine.scope import demand_text
from engine.scope import value_text
from engine.scoring import added_up

OPEN, EARNED = Shares(open=Fraction(1)), Shares(earned=Fraction(1))
NOTHING = Split.model_construct(earned=0, open=0, recoverable=0, lost=0)


class Seen(NamedTuple):
    """What is seen at a checkpoint: the whole of it divided on both tracks, in words; ``None``: it does not apply."""

    claimed: Shares | None
    substantiated: Shares | None
    current: str


def read_by_checkpoints(workings: Workings, profile: Profile) -> CheckpointSheet | None:
    """Read a run by checkpoints; ``None`` where its rules have none."""
    scope, assessment = workings.scope, workings.assessment
    overlaid = scope.ruleset.overlaid
    if overlaid is None or not (overlaid.checkpoints or overlaid.plan):
        return None
    findings = {finding.indicator: finding for finding in assessment.findings}
    appraisals = {appraisal.indicator.id: appraisal for appraisal in workings.appraisals}
    ours = [c for c in overlaid.checkpoints if findings[c.indicator].applicability.is_ != "not_ours"]
    seen = {c.id: look_at(c, appraisals[c.indicator], findings[c.indicator], scope) for c in ours}
    total = overlaid.plan.checkpoints if overlaid.plan else len(overlaid.checkpoints)
    unheld = total - len(overlaid.checkpoints)
    none = [name for name, one in seen.items() if one.claimed is None]
    elsewhere = len(overlaid.checkpoints) - len(ours)
    points, open_points = share_out(int(profile.maximum * 1000), overlaid.checkpoints, none, unheld)
    results = tuple(_result(c, seen[c.id], points.get(c.id, 0), findings[c.indicator], workings, overlaid) for c in ours)
    # A department is shown its own; which of the open ones would be its own is not known.
    kept = open_points if scope.unit.kind == "government" else 0
    return CheckpointSheet(
        engine=assessment.engine,
        unit=assessment.submission.unit,
        as_of=scope.as_of,
        ruleset=assessment.ruleset.id,
        revision=assessment.ruleset.revision,
        digest=assessment.ruleset.digest,
        profile=assessment.profile.id,
        submission=assessment.submission.digest,
        plan=overlaid.plan.title if overlaid.plan else None,
        plan_source=overlaid.plan.source if overlaid.plan else None,
        plan_note=overlaid.plan.note if overlaid.plan else None,
        total=total,
        held=len(overlaid.checkpoints),
        open=unheld,
        maximum=sum(result.maximum for result in results) + kept,
        open_points=kept,
        claimed=added_up((result.claimed for result in results), kept),
        substantiated=added_up((result.substantiated for result in results), kept),
        checkpoints=results,
        indicators=tuple(_lines(results, {name: (f.title, f.outcome) for name, f in findings.items()})),
        years=tuple(_years(_milestones(overlaid.plan), results)),
        elsewhere=elsewhere,
        without=tuple(sorted(set(findings) - {c.indicator for c in overlaid.checkpoints})),
    )


def share_out(
    maximum: int, checkpoints: Iterable[Checkpoint], not_applicable: Iterable[str], unheld: int
) -> tuple[dict[str, int], int]:
    """The same points for every checkpoint that applies, in thousandths, by largest remainder, ties by id.

    The points of what does not apply go to the rest. Returns them by id, and together those of the ones not held.
    """
    aside = set(not_applicable)
    names = sorted(checkpoint.id for checkpoint in checkpoints if checkpoint.id not in aside)
    rows = len(names) + unheld
    if not rows:
        return {}, 0
    each, rest = divmod(maximum, rows)
    points = {name: each + (at < rest) for at, name in enumerate(names)}
    return points, maximum - sum(points.values())


# --- one checkpoint -------------------------------------------------------------------------------------------------


def look_at(checkpoint: Checkpoint, appraisal: Appraisal, finding: Finding, scope: Scope) -> Seen:
    """See what is so at one checkpoint."""
    check = checkpoint.checks
    if finding.applicability.is_ != "yes":
        return Seen(None, None, finding.applicability.reason or "不适用")
    if check is None:
        return _whole(appraisal, finding)
    if check.element is not None:
        seen = _element(check.element, appraisal)
    elif check.slot is not None:
        seen = _slot(check.slot, appraisal)
    else:
        seen = _measured(check, appraisal, scope)
    if appraisal.weakness and seen.claimed is not None and seen.claimed.earned == 1:
        # What somebody outside found weak is not claimed in full before it is shown to be mended, here as there.
        return Seen(OPEN, OPEN, f"{seen.current}；被指出的问题没有整改材料：{appraisal.weakness}")
    return seen


def _whole(appraisal: Appraisal, finding: Finding) -> Seen:
    """The indicator's own finding, with a person's override where there is one."""
    if not finding.scored:
        return Seen(None, None, "只监测，不评判")
    if finding.maximum == 0:
        return Seen(appraisal.claimed, appraisal.substantiated, _told(finding))
    claimed, substantiated = (_shares(track, finding.maximum) for track in (finding.claimed, finding.substantiated))
    return Seen(claimed, substantiated, _told(finding))


def _told(finding: Finding) -> str:
    """What is known of a whole indicator, and why it is not more."""
    value = finding.value
    known = value is not None and (value.low is not None or value.high is not None)
    cause = CAUSES[finding.state.cause] if finding.state.cause is not None else ""
    told = [value.text if value is not None and known else "", cause]
    return "；".join(text for text in told if text) or PHASES[finding.state.phase]


def _shares(track: Track, maximum: int) -> Shares:
    return Shares(
        earned=Fraction(track.earned, maximum),
        open=Fraction(track.open, maximum),
        recoverable=Fraction(track.recoverable, maximum),
        lost=Fraction(track.lost, maximum),
    )


def _element(key: str, appraisal: Appraisal) -> Seen:
    parts = [part for part in appraisal.parts if part.key == key]
    kept = [part for part in parts if not part.dropped]
    text = "；".join(dict.fromkeys(part.text for part in parts if part.text)) or "没报"
    if not kept:
        return Seen(None, None, text)
    return Seen(combined(kept, proven_only=False), combined(kept, proven_only=True), text)


def _slot(name: str, appraisal: Appraisal) -> Seen:
    """A kind of evidence is there as asked for or it is not known: what was not handed in may still exist."""
    slot = next((slot for slot in appraisal.slots if slot.slot == name), None)
    if slot is None or slot.status == "not_needed":
        return Seen(None, None, "本期不要这项佐证")
    shares = EARNED if slot.status == "accepted" else OPEN
    return Seen(shares, shares, f"应交{slot.required}件，形式合格{slot.accepted}件")


def _measured(check: Check, appraisal: Appraisal, scope: Scope) -> Seen:
    name, condition = check.measure, check.meets
    assert name is not None and condition is not None, "the model asks for both"
    measured, measure = measure_value(name, scope), scope.ruleset.measures[name]
    asked = demand_text(measure, condition, scope.window.last)
    text = f"{measure.label}{value_text(name, measured.value, scope.ruleset)}，应{asked}"
    options = measure.options if isinstance(measure, Chosen) else ()
    verdict = meets(measured.value, condition, scope.window.last, options) if measured.value is not None else None
    if verdict is None:
        return Seen(OPEN, OPEN, text)
    if not verdict:
        mendable = appraisal.indicator.remedy.can_fix_past or scope.as_of <= scope.window.last
        short = Shares(recoverable=Fraction(1)) if mendable else Shares(lost=Fraction(1))
        return Seen(short, short, text)
    proven = all(slot.status == "accepted" for slot in _proof(check, appraisal))
    return Seen(EARNED, EARNED if proven else OPEN, text if proven else f"{text}；佐证没有交齐")


def _proof(check: Check, appraisal: Appraisal) -> list[SlotShown]:
    needed = [slot for slot in appraisal.slots if slot.status != "not_needed"]
    return [slot for slot in needed if slot.slot in check.proof] if check.proof else needed


def _result(
    checkpoint: Checkpoint, seen: Seen, maximum: int, finding: Finding, workings: Workings, overlaid: Overlaid
) -> CheckpointResult:
    outcomes = [shares.outcome if shares else Outcome.NOT_APPLICABLE for shares in (seen.substantiated, seen.claimed)]
    kind, year = checkpoint.kind or finding.kind, target_year(checkpoint, finding.kind, overlaid.plan)

    lead = checkpoint.lead_unit or finding.lead_unit
    responsible = checkpoint.responsible_units or finding.responsible_units
    return CheckpointResult(
        checkpoint=checkpoint.id,
        title=checkpoint.title,
        indicator=checkpoint.indicator,
        pillar=finding.pillar,
        kind=kind,
        looks_at=_looks_at(checkpoint.checks, workings.scope, finding),
        target_year=year,
        phase=phase_of(outcomes[0], year, workings.scope.as_of.year),
        outcome=outcomes[0],
        claimed_outcome=outcomes[1],
        maximum=maximum,
        claimed=split_points(seen.claimed, maximum) if seen.claimed is not None else NOTHING,
        substantiated=split_points(seen.substantiated, maximum) if seen.substantiated is not None else NOTHING,
        current=seen.current,
        lead_unit="、".join(_names(lead, overlaid, workings.scope)),
        responsible_units=tuple(name for unit in responsible for name in overlaid.units.get(unit, (unit,))),
        units=tuple(
            dict.fromkeys(name for unit in (lead, *responsible) for name in (unit, *_names(unit, overlaid, workings.scope)))
        ),
        source=checkpoint.source,
    )


def _names(unit: str, overlaid: Overlaid, scope: Scope) -> tuple[str, ...]:
    """The units that play a role: as the overlay names them, else the submission, else the role itself."""
    members = tuple(member.name for member in scope.unit.members if unit in member.roles)
    return overlaid.units.get(unit) or members or (unit,)


def target_year(checkpoint: Checkpoint, kind: str, plan: ActionPlan | None) -> int | None:
    """By the end of which year a checkpoint is to be met: its own, else the plan's for its kind, else not known."""
    if checkpoint.target_year is not None or plan is None:
        return checkpoint.target_year
    wanted = checkpoint.kind or kind
    return next((milestone.year for milestone in plan.milestones if milestone.kind == wanted), None)


def phase_of(outcome: Outcome, target: int | None, year: int) -> CheckpointPhase:
    """Where a checkpoint stands in a year; its target year runs to the last of December."""
    if outcome is Outcome.NOT_APPLICABLE:
        return CheckpointPhase.NONE
    if outcome is Outcome.MET:
        return CheckpointPhase.MET
    if target is None:
        return CheckpointPhase.UNDATED
    if year == target:
        return CheckpointPhase.DUE_THIS_YEAR
    return CheckpointPhase.NOT_YET_DUE if year < target else CheckpointPhase.PAST_DUE


def _looks_at(check: Check | None, scope: Scope, finding: Finding) -> str:
    if check is None:
        return "整个指标"
    if check.element is not None:
        return f"要素 {next((e.title for e in finding.elements if e.key == check.element), check.element)}"
    if check.slot is not None:
        return f"佐证 {next((slot.title for slot in finding.slots if slot.slot == check.slot), check.slot)}"
    assert check.measure is not None and check.meets is not None, "the model asks for both"
    measure = scope.ruleset.measures[check.measure]
    return f"{measure.label}{demand_text(measure, check.meets, scope.window.last)}"


# --- by indicator and by year ---------------------------------------------------------------------------------------


def _lines(results: tuple[CheckpointResult, ...], heads: dict[str, tuple[str, Outcome]]) -> Iterator[IndicatorLine]:
    """One line for every indicator that has checkpoints, under its title and its own outcome."""
    for name, (title, outcome) in heads.items():
        own = [result for result in results if result.indicator == name]
        if own:
            yield IndicatorLine(
                indicator=name,
                title=title,
                outcome=outcome,
                checkpoints=tuple(result.checkpoint for result in own),
                outcomes=_counted(result.outcome.value for result in own),
                phases=_counted(result.phase.value for result in own),
                maximum=sum(result.maximum for result in own),
                earned=sum(result.substantiated.earned for result in own),
            )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _milestones(plan: ActionPlan | None) -> dict[int, tuple[str, ...]]:
    """Every year of a plan with what it wants to have reached by then."""
    if plan is None:
        return {}
    years = range(plan.from_, plan.to + 1)
    return {year: tuple(milestone.title for milestone in plan.milestones if milestone.year == year) for year in years}


def _years(milestones: dict[int, tuple[str, ...]], results: tuple[CheckpointResult, ...]) -> Iterator[YearLine]:
    for year, titles in milestones.items():
        due = [result for result in results if result.target_year == year and result.phase is not CheckpointPhase.NONE]
        yield YearLine(
            year=year,
            milestones=titles,
            due=len(due),
            met=sum(result.phase is CheckpointPhase.MET for result in due),
            past_due=sum(result.phase is CheckpointPhase.PAST_DUE for result in due),
        )


def of_units(sheet: CheckpointSheet, names: Collection[str]) -> CheckpointSheet:
    """Only what some units or roles lead or answer for: their own points alone, and none of the open ones."""
    own = tuple(result for result in sheet.checkpoints if set(names) & set(result.units))
    return sheet.model_copy(
        update={
            "maximum": sum(result.maximum for result in own),
            "open_points": 0,
            "claimed": added_up((result.claimed for result in own), 0),
            "substantiated": added_up((result.substantiated for result in own), 0),
            "checkpoints": own,
            "indicators": tuple(_lines(own, {line.indicator: (line.title, line.outcome) for line in sheet.indicators})),
            "years": tuple(_years({line.year: line.milestones for line in sheet.years}, own)),
            "elsewhere": sheet.held - len(own),
            "without": (),
        }
    )
