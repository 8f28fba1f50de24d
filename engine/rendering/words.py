"""The words that are printed for people (research examples.md §7.1). One table for every output."""

from engine.models.measured import Cause
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import GapKind
from engine.models.result import Outcome

OUTCOMES = {
    Outcome.MET: "达标",
    Outcome.PARTIAL: "部分",
    Outcome.NOT_MET: "不达标",
    Outcome.UNKNOWN: "待核",
    Outcome.NOT_APPLICABLE: "不适用",
}
GAP_KINDS = {
    GapKind.SHORTFALL: "失分",
    GapKind.FACT_MISSING: "缺数",
    GapKind.EVIDENCE_MISSING: "缺证",
    GapKind.EVIDENCE_RETURNED: "退回",
    GapKind.CONTRADICTION: "矛盾",
    GapKind.CLAUSE: "条款",
    GapKind.NOT_YET_DUE: "未到",
}
KINDS = {"static": "静态", "dynamic": "动态", "monitored": "监测"}
CHANNELS = {"document": "书面评审", "field": "实地", "survey": "测评"}
TEXT_STATUS = {"verified": "核对过原文", "recalled": "凭主题收录", "local": "本地"}
TITLE_STATUS = {"verified": "名称有出处", "recalled": "名称凭记忆", "local": "名称是本地的"}
PROFILE_STATUS = {"assumption": "假设", "local": "本地", "official": "官方"}
DISCLAIMER = "内部试算，非评估结论，不得外引"
SET_ASIDE = "不计或退回"


def outcome_word(finding: Finding, outcome: Outcome) -> str:
    """The word for an outcome; what is only monitored, and what is not ours, have their own."""
    if not finding.scored:
        return "监测"
    if finding.applicability.is_ == "not_ours":
        return "不归本单位"
    return OUTCOMES[outcome]


def cause_counts(assessment: Assessment) -> dict[Cause, int]:
    """How many scored indicators are 待核, by their main cause."""
    counts: dict[Cause, int] = {}
    for finding in assessment.findings:
        if finding.scored and finding.outcome is Outcome.UNKNOWN and finding.state.cause is not None:
            counts[finding.state.cause] = counts.get(finding.state.cause, 0) + 1
    return counts
