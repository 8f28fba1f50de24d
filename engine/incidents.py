"""Which events still count for clauses and weaknesses (事项): by their day, by their kind, by what was shown to be mended.

In: what was entered, and the accepted evidence. Out: the incidents that stand, and what was set aside with the reason.
"""

from engine.models.admitted import AdmittedItem
from engine.models.clause import IncidentKind
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import Ruleset
from engine.models.submission import Incident
from engine.models.submission import SubmissionFile

# A kind that the ruleset does not name is refused at the door; a ruleset without clauses names none.
UNNAMED = IncidentKind.model_construct(title="")


def admit_incidents(
    ruleset: Ruleset, head: SubmissionFile, items: tuple[AdmittedItem, ...]
) -> tuple[tuple[Incident, ...], list[Problem]]:
    """Keep what counts on the day of judgement: nothing of the future, nothing too old for its kind, nothing mended."""
    accepted = accepted_items(items)
    standing: list[Incident] = []
    problems: list[Problem] = []
    for incident in head.incidents:
        kind = ruleset.clauses.incident_kinds.get(incident.kind, UNNAMED)
        told = f"事项「{incident.title or kind.title or incident.kind}」"
        if incident.date.first > head.as_of:
            found = f"{told}的{incident.date}在评判日{head.as_of}之后"
            problems.append(problem("FACT_AFTER_AS_OF", incident.place, found, "评判日之后的事，到时再报"))
        elif kind.counts == "period" and incident.date.last < head.period.from_.first:
            found = f"{told}的{incident.date}在评估期开始{head.period.from_}之前"
            problems.append(
                problem("INCIDENT_BEFORE_PERIOD", incident.place, found, "这一种只算评估期开始以后的；请核对日期")
            )
        elif kind.counts != "until_mended" or not _is_mended(incident, accepted):
            standing.append(incident)
            if kind.counts == "until_mended" and incident.status == "closed":
                remedy = "请在 evidence 里写已受理的整改材料编号；写上前仍按没有整改"
                problems.append(
                    problem("INCIDENT_NOT_MENDED", incident.place, f"{told}写了已办结，没有受理的整改材料", remedy)
                )
    return tuple(standing), problems


def accepted_items(items: tuple[AdmittedItem, ...]) -> set[str]:
    """The numbers of the items that serve at all."""
    return {admitted.item.id for admitted in items if _is_accepted(admitted)}


def _is_mended(incident: Incident, accepted: set[str]) -> bool:
    """Whether every item that is said to show it mended was accepted; a word alone mends nothing."""
    return bool(incident.evidence) and set(incident.evidence) <= accepted


def _is_accepted(admitted: AdmittedItem) -> bool:
    """Whether an item serves at all: for one of its uses, or, filed for none, without any code."""
    return any(use.accepted for use in admitted.uses) if admitted.uses else not admitted.codes
