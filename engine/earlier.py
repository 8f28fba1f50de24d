"""Which findings of former evaluations and inspections still stand (往次问题): closed by evidence and a person alone.

In: what was entered, and the accepted evidence. Out: what is not closed on the day of judgement, the same as incidents of
the kind that judgement knows, and what was set aside with the reason.
"""

from engine.incidents import accepted_items
from engine.models.admitted import AdmittedItem
from engine.models.admitted import StandingFinding
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.submission import EarlierFinding
from engine.models.submission import Incident
from engine.models.submission import SubmissionFile
from engine.models.submission import same_person

# What somebody outside found is one thing, whether it was entered as an event or with the life of a finding.
KIND = "outside_finding"


def admit_earlier(
    head: SubmissionFile, items: tuple[AdmittedItem, ...]
) -> tuple[tuple[StandingFinding, ...], list[Problem]]:
    """Keep what is not closed: without accepted evidence, or without a person who did not file that evidence himself."""
    accepted = accepted_items(items)
    fillers = {admitted.item.id: admitted.item.filler for admitted in items}
    standing: list[StandingFinding] = []
    problems: list[Problem] = []
    for finding in head.earlier_findings:
        told = f"往次问题「{finding.id}」"
        if finding.found_on.first > head.as_of:
            found = f"{told}的{finding.found_on}在评判日{head.as_of}之后"
            problems.append(problem("FACT_AFTER_AS_OF", finding.place, found, "评判日之后的事，到时再报"))
            continue
        shown = bool(finding.evidence) and set(finding.evidence) <= accepted
        own = any(same_person(finding.confirmed_by, fillers.get(name)) for name in finding.evidence)
        confirmed = finding.closed_on is not None and finding.closed_on <= head.as_of
        if not (shown and confirmed and not own):
            standing.append(StandingFinding(finding=finding, shown=shown))
        if confirmed and not shown:
            remedy = "请在 evidence 里写已受理的整改材料编号；写上前仍按没有整改"
            found = f"{told}写了已销号，没有受理的整改材料"
            problems.append(problem("INCIDENT_NOT_MENDED", finding.place_of("closed_on"), found, remedy))
        elif confirmed and own:
            found = f"{told}的确认人{finding.confirmed_by}就是整改材料的填报人"
            problems.append(
                problem("REVIEW_SELF", finding.place_of("confirmed_by"), found, "请换没有填报的人确认，确认前为待核")
            )
    return tuple(standing), problems


def as_incidents(standing: tuple[StandingFinding, ...]) -> tuple[Incident, ...]:
    """What stands, as the incidents that judgement and clauses know."""
    return tuple(_as_incident(one.finding) for one in standing)


def _as_incident(finding: EarlierFinding) -> Incident:
    return Incident(
        kind=KIND,
        date=finding.found_on,
        unit=finding.unit,
        title=finding.found,
        confirmed_by=finding.document,
        indicators=finding.indicators,
        source=finding.document,
    )
