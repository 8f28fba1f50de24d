"""The whole dry run on one page (自评试算): what ``assess`` writes as HTML, XLSX and DOCX."""

from engine.gap_lines import CAUSES
from engine.models.result import Assessment
from engine.models.result import Outcome
from engine.models.result import points_text
from engine.models.simulation import Simulation
from engine.rendering.charts import distribution_chart
from engine.rendering.charts import pillars_chart
from engine.rendering.charts import range_chart
from engine.rendering.gap_groups import tasks_of
from engine.rendering.papers.basis import paper
from engine.rendering.papers.basis import told_gap
from engine.rendering.papers.basis import two_tracks
from engine.rendering.papers.paper import Block
from engine.rendering.papers.paper import Figure
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Text
from engine.rendering.papers.tables import MATRIX_KEY
from engine.rendering.papers.tables import findings_table
from engine.rendering.papers.tables import gaps_table
from engine.rendering.papers.tables import matrix_table
from engine.rendering.papers.tables import score_table
from engine.rendering.papers.work_tables import evidence_table
from engine.rendering.papers.work_tables import problems_table
from engine.rendering.papers.work_tables import units_table
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import OUTCOMES
from engine.rendering.words import cause_counts

FIRST = 8
HOW_TO_READ = "待定是待核的项挂着的分；最高可到是把待定全算好，不是整改能到的分。没有合格佐证的自报，有据一栏不得分。"
NOT_ADDED = "同一分数可能挂在几条差距上，不能相加。"


def overview(assessment: Assessment, simulation: Simulation | None) -> Paper:
    """Lay the whole out: eligibility, counts, range, pillars, first work, every table."""
    findings = findings_table(assessment)
    sections = (
        Section("能不能报", (Text((standing_told(assessment),)), *_conclusions(assessment))),
        Section("项数和得分区间", _range(assessment, simulation)),
        Section("各方面", (Figure(pillars_chart(assessment.pillars, DISCLAIMER)), score_table(assessment))),
        Section("先办", (Text(first_work(assessment), "points"),)),
        Section("指标与单位", (Text((MATRIX_KEY,), "note"), matrix_table(assessment)), new_page=True),
        Section("差距清单", (Text((NOT_ADDED,), "note"), gaps_table(assessment.gaps))),
        Section("逐项结论", (findings,)),
        Section("各单位", (units_table(assessment),)),
        Section("证据目录", (evidence_table(assessment),)),
        Section("不计、退回与提示", (problems_table(assessment),)),
    )
    return paper("assessment", f"{assessment.submission.unit}法治政府示范创建自评试算", assessment, sections, findings)


def standing_told(assessment: Assessment) -> str:
    """Whether the unit may apply, and why."""
    word = {"yes": "没有发现不能报的", "no": "不具备资格", "unknown": "待核"}[assessment.score.qualified]
    return f"{word}。{assessment.score.qualified_reason}"


def counts_told(assessment: Assessment) -> str:
    """How many indicators came out how; the rows that are not held stay counted."""
    scored = [finding.outcome for finding in assessment.findings if finding.scored]
    told = [
        f"{word}{scored.count(outcome)}项" for outcome, word in OUTCOMES.items() if outcome is not Outcome.NOT_APPLICABLE
    ]
    aside = [
        f"不适用{scored.count(Outcome.NOT_APPLICABLE)}项",
        f"未收录{sum(p.rows_reserved for p in assessment.pillars)}项",
    ]
    causes = "、".join(f"{CAUSES[cause]}{count}" for cause, count in cause_counts(assessment).items())
    return f"按有据：{'、'.join([*told, *aside])}。" + (f"待核的原因：{causes}。" if causes else "")


def range_told(assessment: Assessment) -> str:
    """Both tracks as ranges."""
    score = assessment.score
    claimed = two_tracks(score.claimed.earned, score.claimed.reachable)
    proven = two_tracks(score.substantiated.earned, score.substantiated.reachable)
    return f"自报{claimed}分，有据{proven}分，满分{points_text(score.maximum)}分。{HOW_TO_READ}"


def _range(assessment: Assessment, simulation: Simulation | None) -> tuple[Block, ...]:
    pictures = [Figure(range_chart(assessment.score, DISCLAIMER))]
    told = [counts_told(assessment), range_told(assessment)]
    if simulation:
        pictures.append(Figure(distribution_chart(simulation)))
        spreads = "；".join(f"{v.title} {v.spread.p50}分（{v.spread.p5}至{v.spread.p95}）" for v in simulation.evaluators)
        told.append(f"模拟第三方的三种评估人，中间值和5%到95%的试算区间：{spreads}。{simulation.refused or ''}")
    return (Text(tuple(told)), *pictures)


def _conclusions(assessment: Assessment) -> tuple[Block, ...]:
    told = tuple(
        f"{c.clause} {c.title}{f'（{c.unit}）' if c.unit else ''}：{'；'.join(c.because)}" for c in assessment.conclusions
    )
    return (Text(told, "points"),) if told else ()


def first_work(assessment: Assessment, most: int = FIRST) -> tuple[str, ...]:
    """The first real tasks, in the order of work."""
    tasks = tasks_of(assessment.gaps)
    told = [told_gap(gap) for gap in tasks[:most]]
    rest = [f"另有{len(tasks) - most}件，见差距清单"] if len(tasks) > most else []
    return (*told, *rest) or ("没有；缺数缺证见差距清单",)
