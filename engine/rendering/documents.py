"""An assessment as Markdown, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterable
from collections.abc import Sequence

from pydantic import BaseModel

from engine.csv_cells import guarded
from engine.gap_lines import CAUSES
from engine.models.result import Assessment
from engine.models.result import Distance
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import points_text
from engine.rendering.layout import markdown_table
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import KINDS
from engine.rendering.words import NOT_FOR_UNITS
from engine.rendering.words import gap_word
from engine.rendering.words import outcome_word
from engine.rendering.words import phase_word

FINDING_COLUMNS = (
    "指标", "名称", "一级指标", "类型", "牵头", "有据结论", "自报结论", "状态", "原因", "满分", "有据已得", "自报已得",
    "最高可到", "待定", "还能补", "已丢", "数值", "差多少",
)  # fmt: skip
GAP_COLUMNS = (
    "编号", "指标", "种类", "单位", "状态", "现在怎样", "应当怎样", "差多少", "待定分", "还能补分", "截止", "最迟动手",
    "牵头", "责任单位", "整改", "约几天", "过期能补", "来源",
)  # fmt: skip


def render_json(value: BaseModel | Sequence[BaseModel]) -> str:
    """JSON for programs: the keys in the order of the contract, Chinese as it is."""
    models = [value] if isinstance(value, BaseModel) else list(value)
    plain = [model.model_dump(mode="json", by_alias=True) for model in models]
    return json.dumps(plain[0] if isinstance(value, BaseModel) else plain, ensure_ascii=False, indent=2) + "\n"


def finding_rows(assessment: Assessment) -> list[list[str]]:
    """Every finding as cells, under the short name of its pillar."""
    pillars = {pillar.id: pillar.short for pillar in assessment.pillars}
    return [_finding_row(finding, pillars[finding.pillar]) for finding in assessment.findings]


def _finding_row(finding: Finding, pillar: str) -> list[str]:
    return [
        finding.indicator,
        finding.title,
        pillar,
        KINDS[finding.kind],
        finding.lead_unit,
        outcome_word(finding, finding.substantiated.outcome),
        outcome_word(finding, finding.claimed.outcome),
        phase_word(finding),
        CAUSES[finding.state.cause] if finding.state.cause else "",
        points_text(finding.maximum),
        points_text(finding.substantiated.earned),
        points_text(finding.claimed.earned),
        points_text(finding.claimed.reachable),
        points_text(finding.substantiated.open),
        points_text(finding.substantiated.recoverable),
        points_text(finding.substantiated.lost),
        finding.value.text if finding.value else "；".join(f"{e.title}：{e.text}" for e in finding.elements),
        _distance_told(finding.distance),
    ]


def _distance_told(distance: Sequence[Distance]) -> str:
    """How far each element is; elements of which the same is said are named together."""
    elements: dict[str, list[str]] = {}
    for one in distance:
        elements.setdefault(one.missing, []).append(one.element or "")
    return "；".join(
        f"{'、'.join(dict.fromkeys(named))}：{missing}" if any(named) else missing for missing, named in elements.items()
    )


def gap_row(gap: Gap) -> list[str]:
    """One gap as cells."""
    remedy = gap.remedy
    return [
        gap.id,
        gap.indicator or "",
        gap_word(gap),
        gap.unit,
        gap.state,
        gap.current,
        gap.required,
        gap.missing,
        points_text(gap.open),
        points_text(gap.recoverable),
        gap.due.isoformat() if gap.due else "",
        gap.start_by.isoformat() if gap.start_by else "",
        gap.lead_unit,
        "、".join(gap.responsible_units),
        remedy.action if remedy else "",
        str(remedy.effort_days) if remedy else "",
        ("是" if remedy.can_fix_past else "否") if remedy else "",
        gap.source,
    ]


def render_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV that a spreadsheet opens without running anything in it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def render_markdown(assessment: Assessment) -> str:
    """A report in Markdown: the score sheet, every finding, the gap list and what was set aside."""
    score, submission, rules = assessment.score, assessment.submission, assessment.ruleset
    pillars = [
        [p.title, points_text(p.claimed.earned), points_text(p.substantiated.earned), points_text(p.substantiated.reachable),
         points_text(p.maximum), points_text(p.reserve)]
        for p in assessment.pillars
    ]  # fmt: skip
    sums = [
        sum(p.claimed.earned for p in assessment.pillars) - score.claimed.earned,
        sum(p.substantiated.earned for p in assessment.pillars) - score.substantiated.earned,
        sum(p.substantiated.reachable for p in assessment.pillars) - score.substantiated.reachable,
    ]
    if any(sums):
        pillars.append(["条款扣减", *(points_text(-value) for value in sums), "", ""])
    total = [
        "合计", points_text(score.claimed.earned), points_text(score.substantiated.earned),
        points_text(score.substantiated.reachable), points_text(score.maximum), "",
    ]  # fmt: skip
    lines = [
        f"# {submission.unit} 法治政府示范创建 自评试算",
        "",
        f"> {DISCLAIMER}。{assessment.profile.basis}",
        "",
        f"- 规则：{rules.id} 修订{rules.revision}（{rules.digest[:16]}）",
        f"- 收录{rules.indicators}项，核对过原文{rules.checked_against_issued_text}项，官方{rules.official_indicators}项",
        f"- 评判日：{assessment.as_of}；评估期：{submission.period_from}至{submission.period_to}",
        f"- 填报摘要：{submission.digest}",
        f"- 资格：{score.qualified_reason if submission.kind == 'government' else NOT_FOR_UNITS}",
        "",
        "## 得分区间",
        "",
        *markdown_table(["一级指标", "自报已得", "有据已得", "最高可到", "满分", "其中未收录"], [*pillars, total]),
        "",
        "## 逐项结论",
        "",
        *markdown_table(FINDING_COLUMNS, finding_rows(assessment)),
        "",
        "## 差距清单",
        "",
        *(
            f"{n}. {f'{gap.indicator} ' if gap.indicator else ''}{gap.detail}"
            for n, gap in enumerate(assessment.gaps, start=1)
        ),
        "",
        "## 不计、退回与提示",
        "",
        *markdown_table(
            ["代码", "位置", "是什么", "怎么办"],
            [[p.code, f"{p.file}:{p.line}:{p.column}", p.found, p.remedy] for p in assessment.problems],
        ),
    ]
    return "\n".join(lines) + "\n"


def render_findings(assessment: Assessment) -> str:
    """The findings as CSV, one a line."""
    return render_csv(FINDING_COLUMNS, finding_rows(assessment))


# An assessment in every form that is not the screen.
DOCUMENTS = {"json": render_json, "md": render_markdown, "csv": render_findings}
