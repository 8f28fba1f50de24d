"""Reports that are one list: gap list, rectification ledger, score summary, task breakdown, evidence catalogue."""

from collections.abc import Callable

from engine.models.result import Assessment
from engine.models.simulation import Simulation
from engine.rendering.charts import pillars_chart
from engine.rendering.gap_groups import is_lost
from engine.rendering.papers.basis import paper
from engine.rendering.papers.overview import HOW_TO_READ
from engine.rendering.papers.overview import NOT_ADDED
from engine.rendering.papers.overview import counts_told
from engine.rendering.papers.overview import range_told
from engine.rendering.papers.overview import standing_told
from engine.rendering.papers.paper import Figure
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text
from engine.rendering.papers.tables import gaps_table
from engine.rendering.papers.tables import score_table
from engine.rendering.papers.work_tables import evidence_table
from engine.rendering.papers.work_tables import problems_table
from engine.rendering.papers.work_tables import rectification_table
from engine.rendering.papers.work_tables import tasks_table
from engine.rendering.words import DISCLAIMER


def gap_list(assessment: Assessment, _simulation: Simulation | None) -> Paper:
    """差距清单: every gap with its parts, in the order of work."""
    table = gaps_table(assessment.gaps)
    lost = sum(is_lost(gap) for gap in assessment.gaps)
    told = f"共{len(assessment.gaps)}条，其中补不了的{lost}条，如实写明即可。次序是先办什么，不是按假设的分。{NOT_ADDED}"
    return _listed("gaps", "差距清单", assessment, table, told)


def rectification_ledger(assessment: Assessment, _simulation: Simulation | None) -> Paper:
    """整改台账: one row per gap, to be kept by hand from here."""
    told = (
        "问题编号在各次试算之间不变，按编号对照。责任人、进展、佐证、复核、核验由人填写。"
        "销号结论：未启动、整改中、申请销号、退回、已销号、超期；标「补不了」的如实说明，不销号。"
    )
    return _listed("rectification", "整改台账", assessment, rectification_table(assessment), told)


def task_breakdown(assessment: Assessment, _simulation: Simulation | None) -> Paper:
    """任务分解表: indicators, who leads, who answers, what proof."""
    told = "牵头、责任单位按规则里的角色和填报里的名册对应，凡与本地分工不同的请先改。证据写作 合格件数/应有件数。"
    return _listed("tasks", "任务分解表", assessment, tasks_table(assessment), told)


def evidence_catalogue(assessment: Assessment, _simulation: Simulation | None) -> Paper:
    """证据台账目录: every item with what became of it."""
    told = "形式合格是程序核过的，已核是有人核过实物的；退回的写明代码，改好重报，原件留痕不删。"
    made = _listed("evidence", "证据台账目录", assessment, evidence_table(assessment), told)
    problems = Section("不计、退回与提示", (problems_table(assessment),))
    return made._replace(sections=(*made.sections, problems))


def score_summary(assessment: Assessment, simulation: Simulation | None) -> Paper:
    """得分汇总表: a line per pillar, every column adds up."""
    table = score_table(assessment, simulation)
    score = assessment.score
    ends = (
        f"条款罚扣{score.penalty['points']}分；附加{score.bonus['points']}分（{score.bonus['reason']}），在满分以外。",
        f"资格：{standing_told(assessment)}",
        HOW_TO_READ,
    )
    sections = (
        Section("结论", (Text((counts_told(assessment), range_told(assessment))),)),
        Section("各方面", (Figure(pillars_chart(assessment.pillars, DISCLAIMER)), table, Text(ends))),
    )
    return paper("score", f"{assessment.submission.unit}得分汇总表", assessment, sections, table)


def _listed(kind: str, title: str, assessment: Assessment, table: Table, told: str) -> Paper:
    sections = (Section(title, (Text((told,)), table)),)
    return paper(kind, f"{assessment.submission.unit}{title}", assessment, sections, table)


LISTS: dict[str, tuple[str, Callable[[Assessment, Simulation | None], Paper]]] = {
    "gaps": ("差距清单", gap_list),
    "rectification": ("整改台账", rectification_ledger),
    "score": ("得分汇总表", score_summary),
    "tasks": ("任务分解表", task_breakdown),
    "evidence": ("证据台账目录", evidence_catalogue),
}
