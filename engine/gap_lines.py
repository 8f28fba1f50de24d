"""One line of the gap list: its five parts, its points, and the words that it is told in.

State and cause; how it is; how it should be; how far; who, and by when or 补不了.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from engine.clocks import start_by
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.interval import ZERO
from engine.models.measured import Cause
from engine.models.result import NOT_ASKED
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Phase
from engine.scope import Scope
from engine.scope import unit_names

PHASES = {
    Phase.MET: "达标",
    Phase.ON_TRACK: "可望",
    Phase.AT_RISK: "有风险",
    Phase.LOCKED_LOSS: "锁定失分",
    Phase.OUT_OF_REACH: "够不着",
    Phase.NOT_YET_DUE: "未到期",
    Phase.NOT_TRIGGERED: "未触发",
    Phase.UNKNOWN: "待核",
    Phase.NONE: "不适用",
}
CAUSES = {
    Cause.NOT_MENTIONED: "没提",
    Cause.NUMBER_MISSING: "缺数",
    Cause.WRONG_MEASURE: "口径不对",
    Cause.CONTRADICTION: "矛盾",
    Cause.NOT_YET_DECIDED: "期限未到",
    Cause.NO_PROOF: "有报无据",
    Cause.NONE_DUE: "报零无凭",
    Cause.NOT_IN_FORCE: "依据未施行",
    Cause.ADMITTED: "自认短板",
}


def gap_line(
    finding: Finding,
    kind: GapKind,
    suffix: str,
    scope: Scope,
    *,
    state: str,
    current: str,
    required: str,
    missing: str,
    ending: str,
    open_points: int = 0,
    recoverable: int = 0,
    due: date | None = None,
    source: str = "自评",
) -> Gap:
    """Make the line of one gap of one indicator."""
    lead, others = who_mends(finding, scope)
    who = f"{lead}→{others}" if others else lead
    start = start_by(due, finding.remedy.effort_days) if due is not None else None
    return Gap(
        id=f"{finding.indicator}/{kind.value}/{suffix}",
        indicator=finding.indicator,
        kind=kind,
        unit=lead,
        state=state,
        current=current,
        required=required,
        missing=missing,
        detail=f"〔{state}〕{current}；{required}；{missing}。{who}；{ending}",
        open=open_points,
        recoverable=recoverable,
        due=due,
        start_by=start,
        lead_unit=finding.lead_unit,
        responsible_units=finding.responsible_units,
        source=source,
        remedy=finding.remedy,
    )


def who_mends(finding: Finding, scope: Scope) -> tuple[str, str]:
    """Who leads an indicator, and who else answers for it (牵头、责任), by their real names."""
    lead = unit_names(finding.lead_unit, scope.unit)
    named = (name for role in finding.responsible_units for name in unit_names(role, scope.unit).split("、"))
    return lead, "、".join(name for name in dict.fromkeys(named) if name not in lead.split("、"))


def points_of(share: Fraction, finding: Finding) -> int:
    """A share of an indicator in thousandths of a point."""
    return round(finding.maximum * share)


def share_of(parts: list[Part], of: Callable[[Part], Fraction], appraisal: Appraisal) -> Fraction:
    """What some parts of an indicator carry of it; what was not due has left the denominator."""
    counted = [part for part in appraisal.parts if not part.dropped]
    if parts == counted and len(parts) == 1:
        return of(parts[0])
    whole = sum((part.weight for part in counted), ZERO)
    return sum((part.weight * of(part) for part in parts), ZERO) / whole if whole else ZERO


def needs_nothing(part: Part) -> bool:
    """Whether a part left the denominator because no law of the period asked for it."""
    return part.text == NOT_ASKED


def hanging(part: Part) -> Fraction:
    """What of a part waits for proof: what is claimed, and what a filed item would claim."""
    claimed = part.claimed
    return claimed.open + claimed.earned if claimed.open and claimed.earned else claimed.open or claimed.earned
