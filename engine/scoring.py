"""Findings → the score sheet (计分). Adds up, decides nothing: every subtotal is the sum of the lines above it."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from engine.allotment import Allotment
from engine.models.appraisal import Appraisal
from engine.models.result import Coverage
from engine.models.result import Finding
from engine.models.result import Outcome
from engine.models.result import PillarScore
from engine.models.result import Range
from engine.models.result import Score
from engine.models.result import Split
from engine.models.ruleset import Profile
from engine.models.submission import Unit

UNPLACED = "未收录"


class Held(NamedTuple):
    """The points kept for rows of one pillar that the ruleset does not hold."""

    pillar: str
    rows: int
    points: int


def reserves(profile: Profile, allotment: Allotment, unit: Unit) -> tuple[Held, ...]:
    """What is kept for rows not held; a department answers only for its own indicators and has no reserve."""
    if unit.kind != "government":
        return ()
    return tuple(
        Held(reserve.pillar or UNPLACED, reserve.rows, points)
        for reserve, points in zip(profile.reserve, allotment.reserves, strict=True)
    )


def score_pillars(
    names: Iterable[tuple[str, str, str]], findings: tuple[Finding, ...], held: tuple[Held, ...] = ()
) -> tuple[PillarScore, ...]:
    """Add up each pillar (id, title, short title); what is held in reserve stays in it as unknown."""
    pillars = list(names)
    if any(reserve.pillar == UNPLACED for reserve in held):
        pillars.append((UNPLACED, "未收录的行，不知属于哪个一级指标", "归属不知"))
    return tuple(
        _score_pillar(
            pillar,
            [finding for finding in findings if finding.pillar == pillar[0]],
            sum(reserve.points for reserve in held if reserve.pillar == pillar[0]),
            sum(reserve.rows for reserve in held if reserve.pillar == pillar[0]),
        )
        for pillar in pillars
    )


def _score_pillar(names: tuple[str, str, str], findings: list[Finding], reserve: int, rows: int) -> PillarScore:
    counts = Counter(
        finding.outcome.value for finding in findings if finding.scored and finding.applicability.is_ != "not_ours"
    )
    return PillarScore(
        id=names[0],
        title=names[1],
        short=names[2],
        maximum=sum(finding.maximum for finding in findings) + reserve,
        reserve=reserve,
        rows_reserved=rows,
        claimed=_sum([finding.claimed for finding in findings], reserve),
        substantiated=_sum([finding.substantiated for finding in findings], reserve),
        outcomes={outcome.value: counts.get(outcome.value, 0) for outcome in Outcome},
    )


def _sum(tracks: Iterable[Split], reserve: int) -> Split:
    tracks = list(tracks)
    return Split(
        earned=sum(track.earned for track in tracks),
        open=sum(track.open for track in tracks) + reserve,
        recoverable=sum(track.recoverable for track in tracks),
        lost=sum(track.lost for track in tracks),
    )


def score_sheet(pillars: tuple[PillarScore, ...], coverage: Coverage) -> Score:
    """Add up the pillars."""
    return Score(
        claimed=_range(pillar.claimed for pillar in pillars),
        substantiated=_range(pillar.substantiated for pillar in pillars),
        maximum=sum(pillar.maximum for pillar in pillars),
        bonus={"points": "0.000", "reason": "本规则集还没有附加项条款"},
        penalty={"points": "0.000", "reason": "本规则集还没有罚扣条款"},
        qualified="unknown",
        qualified_reason="负面清单条款还没有收入本规则集；没有申报不等于没有，须有关机关出具证明",
        coverage=coverage,
    )


def _range(splits: Iterable[Split]) -> Range:
    total = _sum(splits, 0)
    return Range(
        earned=total.earned, reachable=total.reachable, open=total.open, recoverable=total.recoverable, lost=total.lost
    )


def count_coverage(appraisals: Iterable[Appraisal]) -> Coverage:
    """How many parts need facts and have them, how many slots are due and filled."""
    ours = [appraisal for appraisal in appraisals if appraisal.applies == "yes"]
    parts = [part for appraisal in ours for part in appraisal.parts]
    slots = [slot for appraisal in ours for slot in appraisal.slots if slot.status != "not_needed"]
    return Coverage(
        facts_due=len(parts),
        facts_given=sum(part.text not in ("没报", "报得不全") for part in parts),
        slots_due=len(slots),
        slots_accepted=sum(slot.status == "accepted" for slot in slots),
    )
