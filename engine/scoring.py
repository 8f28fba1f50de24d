"""Findings → the score sheet (计分). Adds up, decides nothing: every subtotal is the sum of the lines above it."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from engine.allotment import Allotment
from engine.allotment import round_half_even
from engine.clauses import premises_of
from engine.models.appraisal import Appraisal
from engine.models.result import NOT_ASKED
from engine.models.result import Conclusion
from engine.models.result import Coverage
from engine.models.result import Finding
from engine.models.result import Outcome
from engine.models.result import PillarScore
from engine.models.result import Range
from engine.models.result import Score
from engine.models.result import Split
from engine.models.result import Standing
from engine.models.result import points_text
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import SubmissionFile
from engine.models.submission import Unit

UNPLACED = "未收录"
# The official negative list was not read anywhere: what the clauses hold is an assumption, and says so wherever it decides.
NEGATIVE_LIST = "负面清单（本工具的假设，官方清单没有读到）"
NO_CLAUSES = "负面清单条款还没有收入本规则集；没有申报不等于没有，须有关机关出具证明"


def find_standing(ruleset: Ruleset, conclusions: tuple[Conclusion, ...], head: SubmissionFile) -> Standing:
    """A veto stands, or all its facts are denied by somebody outside, or it is not known."""
    standing = [c for c in conclusions if c.effect in ("block", "veto")]
    if standing:
        told = "；".join(f"{c.clause} {c.title}（{'、'.join(c.because)}）" for c in standing)
        return Standing(qualified="no", reason=f"不具备资格：{told}")
    kinds = {
        premise.incident: ruleset.clauses.incident_kinds[premise.incident].title
        for clause in ruleset.clauses.clauses
        if clause.effect.kind in ("block", "veto")
        for premise in premises_of(clause)
        if premise.incident
    }
    if not kinds:
        return Standing(qualified="unknown", reason=NO_CLAUSES)
    reported = {kinds[i.kind] for i in head.incidents if i.kind in kinds and not i.confirmed_by}
    doubts = [f"有申报而没有查实：{'、'.join(sorted(reported))}，须有关机关认定"] if reported else []
    denied = {d.kind for d in head.declarations if d.confirmed_by and d.signed_by}
    silent = [label for kind, label in kinds.items() if kind not in denied and label not in reported]
    if silent:
        found = f"{len(silent)}种没有零报告和外部证明（{'、'.join(silent)}）"
        doubts.append(f"{NEGATIVE_LIST}{len(kinds)}种事项，{found}，没申报不等于没有")
    if doubts:
        return Standing(qualified="unknown", reason="；".join(doubts))
    return Standing(qualified="yes", reason=f"{NEGATIVE_LIST}{len(kinds)}种事项都有零报告和外部证明")


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
        claimed=added_up([finding.claimed for finding in findings], reserve),
        substantiated=added_up([finding.substantiated for finding in findings], reserve),
        outcomes={outcome.value: counts.get(outcome.value, 0) for outcome in Outcome},
    )


def added_up(tracks: Iterable[Split], reserve: int) -> Split:
    """The sum of some lines, with what is kept for lines that are not held: nobody knows it, so it is open."""
    tracks = list(tracks)
    return Split(
        earned=sum(track.earned for track in tracks),
        open=sum(track.open for track in tracks) + reserve,
        recoverable=sum(track.recoverable for track in tracks),
        lost=sum(track.lost for track in tracks),
    )


def score_sheet(
    pillars: tuple[PillarScore, ...],
    coverage: Coverage,
    conclusions: tuple[Conclusion, ...] = (),
    profile: Profile | None = None,
    standing: Standing | None = None,
) -> Score:
    """Add up the pillars, cap and deduct what the clauses conclude, and put bonuses beside the sum.

    Caps come first, then penalties and linked deductions, which stay inside what was earned and never go below 0. A vetoed
    unit is still scored: only the conclusion says that it may not apply.
    """
    claimed = after_clauses([(p.id, p.maximum, p.claimed) for p in pillars], conclusions)
    substantiated = after_clauses([(p.id, p.maximum, p.substantiated) for p in pillars], conclusions)
    stands = standing or Standing(qualified="unknown", reason=NO_CLAUSES)
    return Score(
        claimed=claimed,
        substantiated=substantiated,
        maximum=sum(pillar.maximum for pillar in pillars),
        bonus=_bonus(conclusions, profile, substantiated, stands.qualified),
        penalty=_penalty(conclusions, profile),
        qualified=stands.qualified,
        qualified_reason=stands.reason,
        coverage=coverage,
    )


def after_clauses(pillars: Iterable[tuple[str, int, Split]], conclusions: tuple[Conclusion, ...]) -> Range:
    """Cap each pillar (id, maximum, what it got), add up, and take the penalties away; what goes is lost."""
    earned = reachable = recoverable = maximum = 0
    for pillar, most, split in pillars:
        cap = round_half_even(most * cap_share(pillar, conclusions))
        earned += min(split.earned, cap)
        reachable += min(split.reachable, cap)
        recoverable += min(split.recoverable, max(0, cap - split.reachable))
        maximum += most
    taken = taken_by(conclusions)
    earned, reachable = max(0, earned - taken), max(0, reachable - taken)
    return Range(
        earned=earned,
        reachable=reachable,
        open=reachable - earned,
        recoverable=recoverable,
        lost=maximum - reachable - recoverable,
    )


def cap_of(pillar: PillarScore, conclusions: tuple[Conclusion, ...]) -> int:
    """The most that a pillar may earn, in thousandths: its maximum, or what a clause leaves of it."""
    return round_half_even(pillar.maximum * cap_share(pillar.id, conclusions))


def cap_share(pillar: str, conclusions: Iterable[Conclusion]) -> Fraction:
    """Up to which share of its maximum a pillar may earn: of two caps the lower one holds."""
    caps = (c.share for c in conclusions if c.share is not None and c.effect == "cap" and c.target == pillar)
    return min([Fraction(1), *caps])


def taken_by(conclusions: Iterable[Conclusion]) -> int:
    """What penalties and linked deductions take from the sum, in thousandths."""
    return sum(c.points or 0 for c in conclusions if c.effect in ("penalty", "deduct"))


def _penalty(conclusions: tuple[Conclusion, ...], profile: Profile | None) -> dict[str, str]:
    taken = [c for c in conclusions if c.effect in ("penalty", "deduct")]
    capped = [c for c in conclusions if c.effect == "cap"]
    told = [f"{c.clause} {c.title}{f'（{c.unit}）' if c.unit else ''} {points_text(c.points or 0)}" for c in taken]
    told += [f"{c.clause} {c.title} 封顶{profile.clauses[c.clause].share}" for c in capped if profile is not None]
    return {"points": points_text(sum(c.points or 0 for c in taken)), "reason": "；".join(told) or "没有条款扣分"}


def _bonus(
    conclusions: tuple[Conclusion, ...], profile: Profile | None, substantiated: Range, qualified: str
) -> dict[str, str]:
    """The same honour counts once, at its highest; all of it stays outside the sum, behind a gate and under a cap."""
    best: dict[str, int] = {}
    for conclusion in conclusions:
        if conclusion.effect == "bonus":
            honour = conclusion.target or conclusion.clause
            best[honour] = max(best.get(honour, 0), conclusion.points or 0)
    points = sum(best.values())
    gate = round_half_even((profile.bonus_gate or Fraction(0)) * 1000) if profile else 0
    if profile is not None and profile.bonus_cap is not None:
        points = min(points, round_half_even(profile.bonus_cap * 1000))
    counts = substantiated.earned >= gate and qualified != "no"
    why = "没有附加项" if not best else "计入" if counts else f"有据已得过{points_text(gate)}、没有否决才计入"
    return {"points": points_text(points if counts else 0), "claimed": points_text(points), "reason": why}


def _range(splits: Iterable[Split]) -> Range:
    total = added_up(splits, 0)
    return Range(
        earned=total.earned, reachable=total.reachable, open=total.open, recoverable=total.recoverable, lost=total.lost
    )


def count_coverage(appraisals: Iterable[Appraisal]) -> Coverage:
    """How many parts need facts and have them, how many slots are due and filled."""
    ours = [appraisal for appraisal in appraisals if appraisal.applies == "yes"]
    every = (part for appraisal in ours for part in appraisal.parts)
    parts = [part for part in every if part.text != NOT_ASKED]
    slots = [slot for appraisal in ours for slot in appraisal.slots if slot.status != "not_needed"]
    return Coverage(
        facts_due=len(parts),
        facts_given=sum(part.text not in ("没报", "报得不全") for part in parts),
        slots_due=len(slots),
        slots_accepted=sum(slot.status == "accepted" for slot in slots),
    )
