"""What one unit may see of a whole assessment (部门视图): its own, never another unit's figures, never the whole's score.

An indicator that it does not lead and has no line in is 不归本单位; that is not 不适用: it stays in the whole's denominator.
"""

from collections.abc import Iterable
from typing import NamedTuple

from engine.acceptance import REMEDIES
from engine.models.campaign import CardReturn
from engine.models.campaign import Owed
from engine.models.measured import Cause
from engine.models.problem import CODES
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import GapKind
from engine.models.result import Outcome
from engine.models.result import ProblemShown
from engine.models.result import ValueShown
from engine.owed import members_values

# How many questions an evaluator's visit is prepared with.
MOST_QUESTIONS = 6


class Department(NamedTuple):
    """One unit's view: which indicators are its own, and what to say of them, first what would be returned."""

    name: str
    led: tuple[Finding, ...]
    shared: tuple[Finding, ...]
    elsewhere: int
    not_applicable: int
    returned: tuple[CardReturn, ...]
    set_aside: tuple[ProblemShown, ...]
    doubtful: tuple[Owed, ...]
    admitted: tuple[str, ...]
    facts: tuple[Owed, ...]
    proofs: tuple[Owed, ...]
    mendable: tuple[Owed, ...]
    lost: tuple[Owed, ...]
    ready: tuple[Finding, ...]
    unproven: tuple[Finding, ...]
    own_ready: tuple[str, ...]
    questions: tuple[str, ...]


def department_view(
    assessment: Assessment, name: str, roles: frozenset[str], owed: Iterable[Owed], own_items: frozenset[str]
) -> Department:
    """Gather one unit's view; ``own_items`` are the items of evidence that it filed itself."""
    owed = tuple(owed)
    ours = [finding for finding in assessment.findings if _is_ours(finding, name, roles)]
    applying = [finding for finding in ours if finding.applicability.is_ == "yes" and finding.scored]
    led = tuple(finding for finding in applying if finding.lead_unit in roles)
    shared = tuple(finding for finding in applying if finding.lead_unit not in roles)
    scored = [finding for finding in assessment.findings if finding.scored]
    returned = tuple(
        CardReturn(item=item.id, title=item.title, code=code, meaning=CODES[code][1], remedy=REMEDIES.get(code, ""))
        for item in assessment.evidence
        if item.id in own_items and item.status == "returned"
        for code in item.codes
    )
    mendable = tuple(line for line in owed if line.mendable)
    doubtful = tuple(line for line in mendable if line.kind is GapKind.CONTRADICTION or _is_wrong_measure(line))
    earning = {Outcome.MET, Outcome.PARTIAL}
    return Department(
        name=name,
        led=led,
        shared=shared,
        elsewhere=sum(finding not in ours and finding.applicability.is_ != "no" for finding in scored),
        not_applicable=sum(finding.applicability.is_ == "no" for finding in ours),
        returned=returned,
        set_aside=_own_problems(assessment, name, led),
        doubtful=doubtful,
        admitted=_admitted(assessment, led, name),
        facts=tuple(line for line in mendable if line.plain and line.kind is GapKind.FACT_MISSING),
        proofs=tuple(line for line in mendable if line.plain and line.kind is GapKind.EVIDENCE_MISSING),
        mendable=tuple(line for line in mendable if line.kind is GapKind.SHORTFALL),
        lost=tuple(line for line in owed if not line.mendable and line.kind is GapKind.SHORTFALL),
        ready=tuple(finding for finding in led if finding.substantiated.outcome in earning),
        unproven=tuple(
            finding for finding in led if finding.claimed.outcome in earning and finding.substantiated.outcome not in earning
        ),
        own_ready=tuple(
            f"{finding.indicator} {value.label}{member.text}"
            for finding in shared
            for value, member in members_values(finding)
            if member.unit == name and member.outcome == "MET"
        ),
        questions=_questions(led, shared, name, doubtful),
    )


def _is_ours(finding: Finding, name: str, roles: frozenset[str]) -> bool:
    """Whether a unit leads an indicator, or has a line of its own in it, or answers for it alone."""
    if finding.lead_unit in roles or any(member.unit == name for _, member in members_values(finding)):
        return True
    return bool(set(finding.responsible_units) & roles)


def _is_wrong_measure(line: Owed) -> bool:
    return line.kind is GapKind.FACT_MISSING and not line.plain and line.due is None


def _own_problems(assessment: Assessment, name: str, led: tuple[Finding, ...]) -> tuple[ProblemShown, ...]:
    """Facts of its own that do not count, with the place where each was written."""
    places = {(line.file, line.line) for finding in led for line in finding.trace if line.step == "fact"}
    subjects = {value.measure for finding in led for value in _values(finding)}
    return tuple(
        p
        for p in assessment.problems
        if p.severity == "set_aside"
        and p.code.startswith("FACT_")
        and (name == assessment.submission.unit or p.subject in subjects or (p.file, p.line) in places)
    )


def _values(finding: Finding) -> list[ValueShown]:
    return [value for value in (finding.value, *(element.value for element in finding.elements)) if value is not None]


def _admitted(assessment: Assessment, led: tuple[Finding, ...], name: str) -> tuple[str, ...]:
    """Weaknesses that somebody admitted or pointed out, of the unit or of what it leads."""
    ours = {finding.indicator for finding in led}
    weak = [gap for gap in assessment.gaps if gap.kind is GapKind.CLAUSE and gap.clause is None]
    told = [gap for gap in weak if gap.unit == name or {gap.indicator, *gap.indicators} & ours]
    return tuple(dict.fromkeys(f"{gap.current}：{gap.required}；{gap.missing}" for gap in told))


def _questions(
    led: tuple[Finding, ...], shared: tuple[Finding, ...], name: str, doubtful: tuple[Owed, ...]
) -> tuple[str, ...]:
    """What an evaluator would ask, out of what the unit itself handed in; an honest answer names the record."""
    asked = [f"{line.indicator or ''} {line.what}：以哪个为准，原件在哪？".strip() for line in doubtful]
    for finding in led:
        values = [element.value for element in finding.elements if element.lost]
        values += [finding.value] if finding.substantiated.lost else []
        asked += [_about_the_rest(finding, value) for value in values if value is not None and value.good and value.due]
    asked += [
        f"{finding.indicator} {value.label}现为{member.text}：什么时候起的，谁在改？"
        for finding in shared
        for value, member in members_values(finding)
        if member.unit == name and member.outcome == "NOT_MET"
    ]
    asked += [
        f"{finding.indicator} {finding.title}：报了没有材料，拿什么证明？"
        for finding in led
        if finding.state.cause is Cause.NO_PROOF
    ]
    asked += [
        f"{finding.indicator} {finding.requirement}现场看哪里，找谁问？" for finding in led if finding.channel == "field"
    ]
    return tuple(dict.fromkeys(asked))[:MOST_QUESTIONS]


def _about_the_rest(finding: Finding, value: ValueShown) -> str:
    return f"{finding.indicator} {value.label}：{value.due}里只有{value.good}合格，其余的为什么？"
