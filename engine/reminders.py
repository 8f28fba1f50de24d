"""One reminder card a unit and an issue (提示卡): what to do, by when, what came back, what cannot be mended.

No points and no chances stand on a card. What the last issue asked for is accounted for first; a level above blue stands on
it only as a proposal, until a person signs.
"""

from collections.abc import Mapping

from engine.acceptance import REMEDIES
from engine.closing import LEVELS
from engine.models.campaign import WHOLE
from engine.models.campaign import Campaign
from engine.models.campaign import CampaignUnit
from engine.models.campaign import Card
from engine.models.campaign import CardAccount
from engine.models.campaign import CardReturn
from engine.models.campaign import CardTask
from engine.models.campaign import Issue
from engine.models.campaign import Merged
from engine.models.campaign import Owed
from engine.models.closing import Case
from engine.models.closing import CloseOut
from engine.models.closing import Level
from engine.models.problem import CODES
from engine.models.result import Assessment
from engine.models.result import EvidenceShown
from engine.models.result import GapKind

# What one card asks for one by one; the rest is counted and stands in the gap list.
MOST_TASKS = 8


def make_cards(
    campaign: Campaign,
    assessment: Assessment,
    merged: Merged,
    owed: Mapping[str, tuple[Owed, ...]],
    settings: Mapping[str, CampaignUnit],
    account: CloseOut,
    issue: Issue,
) -> tuple[Card, ...]:
    """The cards of every member unit that owes anything or was asked for anything, in the order of their names."""
    returned: dict[str, list[EvidenceShown]] = {}
    for item in assessment.evidence:
        if item.status == "returned":
            returned.setdefault(merged.owners.get(item.id, WHOLE), []).append(item)
    cases: dict[str, list[Case]] = {}
    for case in account.cases:
        cases.setdefault(case.unit, []).append(case)
    members = sorted(member.name for member in campaign.head.unit.members)
    return tuple(
        _card(
            campaign,
            settings[name],
            owed.get(name, ()),
            returned.get(name, []),
            cases.get(name, []),
            account,
            issue,
            silent=name in merged.silent or name in merged.left_out,
        )
        for name in members
        if owed.get(name) or returned.get(name) or cases.get(name)
    )


def _card(
    campaign: Campaign,
    entry: CampaignUnit,
    owed: tuple[Owed, ...],
    returned: list[EvidenceShown],
    cases: list[Case],
    account: CloseOut,
    issue: Issue,
    *,
    silent: bool,
) -> Card:
    mendable = [line for line in owed if line.mendable and line.kind is not GapKind.NOT_YET_DUE]
    # What came back stands in its own part of the card; what is merely missing is asked for at once.
    single = [line for line in mendable if not line.plain and line.kind is not GapKind.EVIDENCE_RETURNED]
    single.sort(key=lambda line: (line.start_by is None, line.start_by or issue.last, line.gap))
    persons = {(case.gap, case.unit): case for case in cases}
    return Card(
        whole=campaign.head.unit.name,
        unit=entry.name,
        issue=issue,
        level=(level := _level(cases)),
        signed=any(case.level == level for case in cases if case.state != "closed"),
        leader=entry.leader,
        contact=entry.contact,
        force_contact=campaign.head.contact,
        silent=silent,
        account=_account(cases, account, issue),
        tasks=tuple(_task(line, persons.get((line.gap, line.unit))) for line in single[:MOST_TASKS]),
        later=max(0, len(single) - MOST_TASKS),
        asked_facts=_asked(mendable, GapKind.FACT_MISSING),
        asked_proofs=_asked(mendable, GapKind.EVIDENCE_MISSING),
        returned=tuple(one for item in returned for one in _returned(item, f"{entry.code}-")),
        lost=tuple(_with_indicator(line) for line in owed if not line.mendable and line.kind is GapKind.SHORTFALL),
        help_from=tuple((number, line.others) for number, line in enumerate(single[:MOST_TASKS], start=1) if line.others),
    )


def _level(cases: list[Case]) -> Level:
    """The highest level that stands signed or proposed."""
    levels: list[Level] = [
        level for case in cases if case.state != "closed" for level in (case.level, case.proposed) if level
    ]
    return max(levels, key=list(LEVELS).index, default="blue")


def _account(cases: list[Case], account: CloseOut, issue: Issue) -> CardAccount | None:
    """What became of what was asked up to the last issue that was noted before this one."""
    asked = [case for case in cases if case.found_in and min(case.found_in) < issue.number or case.state == "closed"]
    if not account.issue or not asked:
        return None
    overdue = sum(case.is_overdue(issue.last) for case in asked)
    closed = sum(case.state == "closed" for case in asked)
    sent_back = sum(case.state == "returned" and not case.is_overdue(issue.last) for case in asked)
    last = max((number for case in asked for number in case.found_in if number < issue.number), default=account.issue)
    return CardAccount(
        issue=last,
        asked=len(asked),
        closed=closed,
        returned=sent_back,
        overdue=overdue,
        open=len(asked) - closed - sent_back - overdue,
    )


def _task(line: Owed, case: Case | None) -> CardTask:
    due = case.deadline if case is not None and case.deadline is not None else line.due
    return CardTask(gap=line.gap, task=_with_indicator(line), done_when=line.done_when, start=line.start_by, due=due)


def _with_indicator(line: Owed) -> str:
    return f"{line.indicator} {line.what}" if line.indicator else line.what


def _asked(owed: list[Owed], kind: GapKind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_with_indicator(line) for line in owed if line.plain and line.kind is kind))


def _returned(item: EvidenceShown, prefix: str) -> list[CardReturn]:
    """What came back, under the number that the unit itself gave it."""
    return [
        CardReturn(
            item=item.id.removeprefix(prefix),
            title=item.title,
            code=code,
            meaning=CODES[code][1],
            remedy=REMEDIES.get(code, ""),
        )
        for code in item.codes
    ]
