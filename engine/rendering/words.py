"""The words that are printed for people (research examples.md §7.1). One table for every output."""

from fractions import Fraction

from engine.clause_gaps import EARLIER
from engine.clause_gaps import EARLIER_SHOWN
from engine.gap_lines import CAUSES
from engine.gap_lines import PHASES
from engine.models.measured import Cause
from engine.models.problem import CODES
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Outcome
from engine.models.result import Phase
from engine.quantities import decimal_text

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
# What a clause says of a unit, as it stands in a gap's state: the same word wherever such a gap is listed.
CLAUSE_WORDS = {"自认": "自认", "外部指出": "指出", EARLIER: "往次", EARLIER_SHOWN: "往次", "资格": "资格"}
KINDS = {"static": "静态", "dynamic": "动态", "monitored": "监测"}
CHANNELS = {"document": "书面评审", "field": "实地", "survey": "测评"}
TEXT_STATUS = {"verified": "核对过原文", "recalled": "凭主题收录", "local": "本地"}
TITLE_STATUS = {"verified": "名称有出处", "recalled": "名称凭记忆", "local": "名称是本地的"}
PROFILE_STATUS = {"assumption": "假设", "local": "本地", "official": "官方"}
DISCLAIMER = "内部试算，非评估结论，不得外引"
SET_ASIDE = "不计或退回"
NOT_FOR_UNITS = "不归部门和乡镇街道申报，由市县政府申报"
# Codes of what was set aside, as short as the head of a screen needs them.
PROBLEMS = {
    "FACT_EMPTY": "空值",
    "FACT_PLACEHOLDER": "占位符",
    "FACT_NO_NUMBER": "有话没数",
    "FACT_UNREADABLE": "读不出",
    "FACT_NOT_WHOLE": "不是整数",
    "FACT_PERCENT": "率没写百分号",
    "FACT_OUT_OF_RANGE": "超出范围",
    "FACT_UNIT_OF_MEASURE": "计量单位不符",
    "FACT_OTHER_PERIOD": "跨期",
    "FACT_AFTER_AS_OF": "晚于评判日",
    "FACT_CLAIM_CONFLICT": "有无说法不一",
    "FACT_CONFLICT": "同数不一",
    "FACT_PARTS_SUM": "分项不符",
    "FACT_UNIT_ROLE": "不由该单位报",
    "FACT_PART_EXCEEDS": "其中项大于总数",
    "FACT_RATE_CHECK": "率与件数不符",
    "FACT_DATE_ORDER": "日期先后矛盾",
    "FACT_MEMBERS_SUM": "各单位之和不符",
    "WITHDRAWN": "已撤回",
    "REVIEW_REJECTED": "复核没有认可",
    "FACT_ROW": "登记表行不能用",
    "PART_WORKBOOK": "工作簿没导入",
    "PART_STRANGER": "不认识的文件夹",
    "PART_OTHER_UNIT": "写的是别的单位",
    "PART_OTHER_PERIOD": "评估期不同",
    "PART_OTHER_RULES": "规则集不同",
    "PART_NOT_ASKED": "不归它报",
    "PART_DOUBLE_CASE": "一件几家登",
    "INCIDENT_BEFORE_PERIOD": "事项早于评估期",
    "INCIDENT_NOT_MENDED": "办结没有整改材料",
    "OVERRIDE_STALE": "认定的依据变了",
    "OVERRIDE_CONFLICT": "认定互相矛盾",
    "RATING_SELF": "自填自评",
    "RATING_TWICE": "一人评两次",
    "E01": "E01不在评估期",
    "E02": "E02日期矛盾",
    "E03": "E03文号缺或错",
    "E04": "E04没有签章",
    "E06": "E06种类不对",
    "E07": "E07只有计划",
    "E08": "E08只有照片",
    "E09": "E09年度不全",
    "E10": "E10不是直链",
    "E11": "E11公开逾期",
    "E13": "E13与他件矛盾",
    "E14": "E14已失效",
    "E15": "E15疑似后补",
    "E17": "E17只有名称",
    "E18": "E18标有密级",
    "E19": "E19与登记不符",
    "E20": "E20牵头没复核",
    "E21": "E21晚于评判日",
    "E22": "E22个人信息",
}
TENTHS = "一二三四五六七八九"
# A list of more names than this is told by its number where there is little room.
MANY_NAMES = 6


def problem_word(code: str) -> str:
    """The short name of a code; a code without one says its meaning."""
    return PROBLEMS.get(code) or CODES[code][1]


def outcome_word(finding: Finding, outcome: Outcome) -> str:
    """The word for an outcome; what is only monitored, and what is not ours, have their own."""
    if not finding.scored:
        return "监测"
    if finding.applicability.is_ == "not_ours":
        return "不归本单位"
    return OUTCOMES[outcome]


def phase_word(finding: Finding) -> str:
    """Where an indicator stands in time; says so where only the claim is met, and where a loss is too small to be shown."""
    phase, word = finding.state.phase, PHASES[finding.state.phase]
    if phase is Phase.MET and finding.substantiated.outcome is not Outcome.MET:
        return f"自报{word}"
    if phase is Phase.LOCKED_LOSS and not finding.claimed.lost:
        return f"{word}，丢的不足0.001"
    return word


def is_wrong_measure(gap: Gap) -> bool:
    """Whether something was filed that looks like what is asked for and is not (口径不对)."""
    return gap.kind is GapKind.FACT_MISSING and CAUSES[Cause.WRONG_MEASURE] in gap.state


def gap_word(gap: Gap) -> str:
    """The word that stands before a gap, the same in every list."""
    if is_wrong_measure(gap):
        return "口径"
    if gap.kind is GapKind.CLAUSE:
        return CLAUSE_WORDS.get(gap.state, GAP_KINDS[gap.kind])
    return GAP_KINDS[gap.kind]


def gap_text(gap: Gap) -> str:
    """A gap's five parts for a terminal: without a doubtful dot in its state, and with long lists of units counted."""
    return detail_text(gap.detail.replace(gap.state, gap.state.replace("·", "，"), 1))


def detail_text(detail: str) -> str:
    """A gap's five parts with long lists of units counted."""
    told, stop, tail = detail.rpartition("。")
    who, semicolon, ending = tail.rpartition("；")
    lead, arrow, others = who.partition("→")
    return f"{told}{stop}{few_names(lead)}{arrow}{few_names(others)}{semicolon}{ending}"


def few_names(names: str) -> str:
    """Names as they are, or how many they are where they would fill several lines.

    >>> few_names("甲局、乙局"), few_names("甲、乙、丙、丁、戊、己、庚")
    ('甲局、乙局', '各单位（7个）')
    """
    count = len(names.split("、"))
    return names if count <= MANY_NAMES else f"各单位（{count}个）"


def share_word(share: Fraction) -> str:
    """A share in tenths as it is spoken, else in per cent.

    >>> share_word(Fraction(4, 5)), share_word(Fraction(1, 4))
    ('八成', '25%')
    """
    tenths = share * 10
    if tenths.denominator == 1 and 0 < tenths < 10:
        return f"{TENTHS[int(tenths) - 1]}成"
    return f"{decimal_text(share * 100)}%"


def cause_counts(assessment: Assessment) -> dict[Cause, int]:
    """How many scored indicators are 待核, by their main cause."""
    counts: dict[Cause, int] = {}
    for finding in assessment.findings:
        if finding.scored and finding.outcome is Outcome.UNKNOWN and finding.state.cause is not None:
            counts[finding.state.cause] = counts.get(finding.state.cause, 0) + 1
    return {cause: counts[cause] for cause in CAUSES if cause in counts}
