"""The weekly page (周报): what falls due, what was returned, what moved since the run before, on one page."""

from collections.abc import Sequence
from datetime import date
from datetime import timedelta

from engine.models.result import Assessment
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.simulation import Simulation
from engine.rendering.gap_groups import is_conclusion
from engine.rendering.gap_groups import is_lost
from engine.rendering.gap_groups import tasks_of
from engine.rendering.papers.basis import paper
from engine.rendering.papers.overview import counts_told
from engine.rendering.papers.overview import range_told
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text
from engine.rendering.papers.work_tables import units_table
from engine.rendering.words import few_names
from engine.rendering.words import gap_word

AHEAD = timedelta(days=14)
MOST = 6


def weekly_page(assessment: Assessment, _simulation: Simulation | None) -> Paper:
    """Lay the page out, seen from the day it is judged at."""
    day = assessment.as_of or date.min
    work = [gap for gap in assessment.gaps if not is_conclusion(gap) and not is_lost(gap)]
    overdue = [gap for gap in work if gap.due and gap.due < day]
    begin = [gap for gap in work if gap not in overdue and _falls(gap, day)]
    returned = [gap for gap in work if gap.kind is GapKind.EVIDENCE_RETURNED]
    waiting = [gap for gap in tasks_of(assessment.gaps) if gap not in overdue and gap not in begin and gap not in returned]
    main = _table("本周要办", begin or waiting)
    counted = (
        f"截至{day}：待办{len(work)}条，其中过了截止日{len(overdue)}条，两周内到期或要动手{len(begin)}条，退回{len(returned)}条；"
        f"补不了{sum(map(is_lost, assessment.gaps))}条，如实说明。"
    )
    sections = (
        Section("一、现在怎样", (Text((counts_told(assessment), range_told(assessment), counted), "small"),)),
        Section("二、过了截止日的", (_table("过期", overdue),)),
        Section("三、两周内到期或要动手的" if begin else "三、没有定日子的，按次序先办", (main,)),
        Section("四、退回待改的", (_table("退回", returned),)),
        Section("五、各单位", (units_table(assessment),)),
    )
    return paper("weekly", f"{assessment.submission.unit}法治政府示范创建周报", assessment, sections, main)


def _falls(gap: Gap, day: date) -> bool:
    return any(when is not None and when <= day + AHEAD for when in (gap.due, gap.start_by))


def _table(name: str, gaps: Sequence[Gap]) -> Table:
    columns = (
        Column("种类", 3),
        Column("指标", 4),
        Column("事项", 22),
        Column("单位", 6),
        Column("动手", 6),
        Column("截止", 6),
    )
    rows = [
        (
            gap_word(gap),
            gap.indicator or "",
            "；".join(part for part in (gap.current, gap.missing) if part),
            few_names(gap.unit),
            str(gap.start_by or ""),
            str(gap.due or ""),
        )
        for gap in gaps[:MOST]
    ]
    rest = len(gaps) - MOST
    rows += [("", "", f"另有{rest}条，见差距清单", "", "", "")] if rest > 0 else []
    return Table(name, name, columns, tuple(rows))
