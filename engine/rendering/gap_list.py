"""The gap list alone: every gap with its five parts, in the order of work; plain requests gathered by unit."""

from collections.abc import Iterator
from collections.abc import Sequence
from itertools import groupby

from engine.models.result import Assessment
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import points_text
from engine.rendering.gap_groups import asked_by_unit
from engine.rendering.gap_groups import told_one_by_one
from engine.rendering.layout import RULE
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import few_names
from engine.rendering.words import gap_text
from engine.rendering.words import gap_word


def render_gaps(assessment: Assessment, gaps: Sequence[Gap], scope: str = "") -> str:
    """Write the gap list for a terminal."""
    what = f"{scope}  " if scope else ""
    lines = [
        ends(f"{assessment.submission.unit}  {what}差距清单  {len(gaps)}条  评判日{assessment.as_of}", DISCLAIMER),
        RULE,
    ]
    for number, gap in enumerate(told_one_by_one(gaps), start=1):
        lines += _one(number, gap)
    untouched = {
        f"{finding.indicator}/{GapKind.EVIDENCE_MISSING.value}/{slot.slot}"
        for finding in assessment.findings
        for slot in finding.slots
        if not slot.accepted
    }
    for kind, title in (
        (GapKind.FACT_MISSING, "缺数，按单位一次要齐"),
        (GapKind.EVIDENCE_MISSING, "缺佐证，按单位一次要齐"),
    ):
        plain = asked_by_unit(gaps, kind)
        if plain:
            lines += ["", f"{title}（{len(plain)}条）"]
            lines += _by_unit(plain, untouched)
    lines += ["", *wrap("分值为假设口径；同一分数可能挂在几条差距上，不能相加。", "")]
    return "\n".join(lines) + "\n"


def _one(number: int, gap: Gap) -> Iterator[str]:
    name = f"{gap.indicator} " if gap.indicator else ""
    yield from wrap(f"{name}{gap_text(gap)}", f"{number:>3} {gap_word(gap)}  ")
    told = [
        f"待定{points_text(gap.open)}" if gap.open else "",
        f"还能补{points_text(gap.recoverable)}" if gap.recoverable else "",
    ]
    if gap.remedy is not None:
        told.append(f"整改：{gap.remedy.action}（约{gap.remedy.effort_days}天）")
    if any(told):
        yield from wrap("  ".join(part for part in told if part), "          ")


def _by_unit(gaps: Sequence[Gap], untouched: set[str]) -> Iterator[str]:
    for unit, group in groupby(sorted(gaps, key=lambda gap: (gap.unit, gap.indicator or "")), key=lambda gap: gap.unit):
        yield from wrap(few_names(unit), "  ")
        for indicator, mine in groupby(group, key=lambda gap: gap.indicator):
            told = list(mine)
            if told[0].kind is GapKind.EVIDENCE_MISSING:
                text = "；".join(_proof_asked(gap, untouched) for gap in told)
                yield from wrap(text, f"    {indicator} ")
            else:
                for gap in told:
                    yield from wrap(gap_text(gap).partition("。")[0], f"    {indicator} ")


def _proof_asked(gap: Gap, untouched: set[str]) -> str:
    """What is to be filed; where some of it was filed already, only what is lacking."""
    if gap.id in untouched:
        return gap.required.removeprefix("应交")
    return f"{gap.current}，{gap.missing}" if gap.required.startswith("应交") else gap.current
