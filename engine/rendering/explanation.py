"""One indicator walked from its clause of law to file and line, with the arithmetic (explain)."""

from collections.abc import Iterator
from fractions import Fraction

from engine.gap_lines import CAUSES
from engine.models.interval import Interval
from engine.models.measured import Cause
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import OverrideShown
from engine.models.result import Phase
from engine.models.result import ProblemShown
from engine.models.result import State
from engine.models.result import TraceLine
from engine.models.result import ValueShown
from engine.models.result import points_text
from engine.quantities import quantity_text
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import KINDS
from engine.rendering.words import OUTCOMES
from engine.rendering.words import TEXT_STATUS
from engine.rendering.words import gap_text
from engine.rendering.words import outcome_word
from engine.rendering.words import phase_word
from engine.rendering.words import problem_word

SECTIONS = (
    ("依据", ("authority",)),
    ("要求", ("requirement",)),
    ("填报", ("fact",)),
    ("算法", ("measure", "award", "clock")),
    ("佐证", ("evidence",)),
    ("得分", ("points",)),
)


def render_explanation(assessment: Assessment, finding: Finding) -> str:
    """Write everything that a finding rests on."""
    number = f"官方序号{finding.official_no}" if finding.official_no else "官方序号不明"
    lines = [
        ends(f"{finding.indicator}  {finding.title}", DISCLAIMER),
        *wrap(
            f"{assessment.submission.unit}  评判日{assessment.as_of}  {KINDS[finding.kind]}  {number}  "
            f"{TEXT_STATUS[finding.text_status]}  牵头{finding.lead_unit}"
        ),
        RULE,
        *wrap(_verdict(finding), "结论  "),
    ]
    lines += (
        text for o in assessment.overrides if o.indicator == finding.indicator for text in wrap(_override_told(o), "认定  ")
    )
    for title, steps in SECTIONS:
        told = [line for line in finding.trace if line.step in steps]
        if told:
            lines.append(f"{title}")
            lines += [text for line in told for text in wrap(_with_place(line), "  ", "    ")]
    gaps = [gap for gap in assessment.gaps if gap.indicator == finding.indicator]
    if gaps:
        lines.append("差距")
        lines += [text for gap in gaps for text in wrap(gap_text(gap), "  ", "    ")]
    if finding.applicability.is_ == "yes":
        past = "过了期还能补" if finding.remedy.can_fix_past else "过了期补不了"
        lines += wrap(f"{finding.remedy.action}（约{finding.remedy.effort_days}天，{past}）", "整改  ")
    return "\n".join(lines) + "\n"


def _verdict(finding: Finding) -> str:
    if finding.applicability.is_ != "yes" or not finding.scored:
        reason = f"：{finding.applicability.reason}" if finding.applicability.reason else ""
        return f"{outcome_word(finding, finding.outcome)}{reason}"
    return (
        f"有据 {outcome_word(finding, finding.substantiated.outcome)} {points_text(finding.substantiated.earned)}，"
        f"自报 {outcome_word(finding, finding.claimed.outcome)} {points_text(finding.claimed.earned)}，"
        f"满分 {points_text(finding.maximum)}；{phase_word(finding)}{_cause_told(finding.state)}{_day_told(finding.state)}"
    )


def _override_told(override: OverrideShown) -> str:
    """What a person decided beside what was computed, on what authority, and until when."""
    computed = f"算出有据 {OUTCOMES[override.old]} {points_text(override.computed)}"
    decided = f"人工认定 {OUTCOMES[override.new]} {points_text(override.decided)}"
    who = f"{override.decided_by} {override.decided_on}认定，有效到{override.expires}"
    return f"{computed}，{decided}：{override.remark}（{override.authority}；{who}）"


def _cause_told(state: State) -> str:
    if state.cause is None or state.phase is Phase.NOT_YET_DUE:
        return ""
    return f"（{CAUSES[state.cause]}）" if state.phase is Phase.UNKNOWN else f"，另有待核（{CAUSES[state.cause]}）"


def _day_told(state: State) -> str:
    """What the day of a state is: the end of what is in force, the last day to start, or the day to look again."""
    if state.by is None:
        return ""
    if state.phase is Phase.MET:
        return f"，有效到{state.by}"
    waits = state.phase is Phase.NOT_YET_DUE or state.cause is Cause.NOT_YET_DECIDED
    return f"，到{state.by}再看" if waits else f"，最迟{state.by}动手"


def _with_place(line: TraceLine) -> str:
    return f"{line.text}  [{line.file}:{line.line}]" if line.file else line.text


def render_measure(value: ValueShown, assessment: Assessment) -> str:
    """Write what is known of one measure, and from where."""
    lines = [ends(f"{value.measure}  {value.label}", DISCLAIMER), RULE, *wrap(value.text, "数值  ")]
    lines += wrap(_meaning(value), "区间  ")
    rows = [[name, text] for name, text in value.variants.items()]
    if value.check:
        lines += wrap(value.check, "核对  ")
    if rows:
        lines += ["别的口径（只列示）", *columns_of(rows, indent="  ")]
    lines += _set_aside_lines(value.measure, assessment)
    users = [
        f.indicator
        for f in assessment.findings
        for v in (f.value, *f.monitored, *(e.value for e in f.elements))
        if v and v.measure == value.measure
    ]
    lines += wrap("、".join(dict.fromkeys(users)) or "本规则集没有指标用它，只保存、只核对", "用于  ")
    return "\n".join(lines) + "\n"


def render_set_aside(measure: str, assessment: Assessment) -> str:
    """Write why a measure has no value although something was filed."""
    lines = [ends(measure, DISCLAIMER), RULE, "数值  没有可用的数", *_set_aside_lines(measure, assessment)]
    return "\n".join(lines) + "\n"


def set_aside_of(measure: str, assessment: Assessment) -> list[ProblemShown]:
    """What was filed of a measure or element and does not count, or is doubted."""
    return [p for p in _facts_set_aside(assessment) if p.subject == measure]


def _facts_set_aside(assessment: Assessment) -> list[ProblemShown]:
    return [p for p in assessment.problems if p.severity == "set_aside" and p.code.startswith("FACT_")]


def _set_aside_lines(measure: str, assessment: Assessment) -> Iterator[str]:
    for p in set_aside_of(measure, assessment):
        yield from wrap(f"{p.found}；{p.remedy}  [{p.file}:{p.line}]", f"{problem_word(p.code)}  ")


def _meaning(value: ValueShown) -> str:
    """Between which ends the true value lies, and which thresholds that leaves open."""
    known = Interval(value.low, value.high)
    if known.exact is not None:
        return "确切的数"

    def said(number: Fraction) -> str:
        return quantity_text(Interval(number, number), value.unit_of_measure)

    if value.low is not None and value.high is not None:
        return f"真数在{said(value.low)}和{said(value.high)}之间；要求的线落在中间的说不准"
    if value.low is not None:
        return f"真数不低于{said(value.low)}；要求的线更高的说不准"
    if value.high is not None:
        return f"真数不高于{said(value.high)}；要求的线更低的说不准"
    return "不知"


def explained_names(assessment: Assessment) -> Iterator[str]:
    """The names that can be explained."""
    yield from (finding.indicator for finding in assessment.findings)
    yield from (value.measure for value in assessment.measures)
    yield from (p.subject for p in _facts_set_aside(assessment))
