"""Findings → the gap list (找差距), in the order of work. Does not know the score sheet, decides nothing."""

from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date

from engine.clause_gaps import ELIGIBILITY
from engine.clause_gaps import find_contradicted
from engine.clause_gaps import find_earlier
from engine.clause_gaps import find_qualification
from engine.clause_gaps import find_weaknesses
from engine.clause_gaps import gap_of_clause
from engine.figure_gaps import find_shortfalls
from engine.figure_gaps import find_unknowns
from engine.figure_gaps import reported_and_set_aside
from engine.gap_lines import CAUSES
from engine.models.admitted import AdmittedItem
from engine.models.admitted import StandingFinding
from engine.models.appraisal import Appraisal
from engine.models.measured import Cause
from engine.models.problem import Problem
from engine.models.result import Conclusion
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Standing
from engine.models.submission import Incident
from engine.proof_gaps import find_missing_proof
from engine.scope import Scope


def find_gaps(
    appraisals: tuple[Appraisal, ...],
    findings: tuple[Finding, ...],
    filed: Mapping[str, tuple[AdmittedItem, ...]],
    problems: list[Problem],
    conclusions: tuple[Conclusion, ...],
    incidents: tuple[Incident, ...],
    earlier: tuple[StandingFinding, ...],
    standing: Standing,
    scope: Scope,
) -> tuple[Gap, ...]:
    """List every gap once, in the order in which a task force would work; ``filed`` holds the items by indicator."""
    gaps: list[Gap] = []
    aside = reported_and_set_aside(problems)
    for appraisal, finding in zip(appraisals, findings, strict=True):
        gaps += gaps_of_indicator(appraisal, finding, filed.get(finding.indicator, ()), aside, scope)
    gaps += find_contradicted(problems, appraisals, findings, scope)
    gaps += gaps_of_whole(findings, conclusions, incidents, earlier, standing, scope)
    return tuple(sorted(gaps, key=lambda gap: order_of_work(gap, scope.as_of)))


def gaps_of_indicator(
    appraisal: Appraisal, finding: Finding, items: tuple[AdmittedItem, ...], aside: dict[str, str], scope: Scope
) -> Iterator[Gap]:
    """What is not known of one indicator, what is short of it, and what proof it lacks."""
    if appraisal.applies == "yes" and finding.scored:
        yield from find_unknowns(appraisal, finding, aside, scope)
        yield from find_shortfalls(appraisal, finding, scope)
        yield from find_missing_proof(appraisal, finding, items, scope)


def gaps_of_whole(
    findings: tuple[Finding, ...],
    conclusions: tuple[Conclusion, ...],
    incidents: tuple[Incident, ...],
    earlier: tuple[StandingFinding, ...],
    standing: Standing,
    scope: Scope,
) -> Iterator[Gap]:
    """Eligibility, what is said to be weak, what was found before, and what the clauses conclude."""
    yield from find_qualification(standing, scope)
    yield from find_weaknesses(incidents, findings, scope)
    yield from find_earlier(earlier, findings, scope)
    yield from (gap_of_clause(conclusion, scope) for conclusion in conclusions if conclusion.effect != "bonus")


_BY_KIND = {
    GapKind.CONTRADICTION: 1,
    GapKind.FACT_MISSING: 5,
    GapKind.EVIDENCE_RETURNED: 6,
    GapKind.EVIDENCE_MISSING: 7,
    GapKind.SHORTFALL: 8,
    GapKind.NOT_YET_DUE: 9,
    GapKind.CLAUSE: 10,
}


def order_of_work(gap: Gap, as_of: date) -> tuple[object, ...]:
    """Eligibility, contradictions, overdue, latest start, wrong measure, missing facts by unit, proof, the rest, advice."""
    rank = _BY_KIND[gap.kind]
    if gap.kind is GapKind.CLAUSE and gap.state in ELIGIBILITY:
        rank = 0
    elif gap.kind is GapKind.CLAUSE and gap.clause is None:
        rank = 2 if gap.due is not None and gap.due < as_of else 6
    elif gap.kind in (GapKind.SHORTFALL, GapKind.FACT_MISSING) and (gap.recoverable or gap.start_by is not None):
        rank = 2 if gap.start_by is None or gap.start_by < as_of else 3
    elif gap.kind is GapKind.FACT_MISSING and CAUSES[Cause.WRONG_MEASURE] in gap.state:
        rank = 4
    return rank, gap.start_by or date.max, gap.unit if rank in (5, 7) else "", gap.id
