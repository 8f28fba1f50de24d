"""What if a figure were otherwise, an item accepted, an item taken back (假如): before and after, side by side.

The change is a function from submission to submission; both are judged by the same stages, the second only where the change
reaches.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date

from engine.admission import fact_period
from engine.assessment import work_out
from engine.incremental import reassess
from engine.laid_out import lay_out
from engine.models.admitted import CURRENT
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import ProblemShown
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Supposed
from engine.models.submission import Withdrawal
from engine.models.whatif import Change
from engine.models.whatif import FindingShift
from engine.models.whatif import FindingSide
from engine.models.whatif import GapShift
from engine.models.whatif import ItemShown
from engine.models.whatif import Setting
from engine.models.whatif import SettingShown
from engine.models.whatif import Side
from engine.models.whatif import WhatIf
from engine.shaping import nearest
from engine.submissions import in_canonical_order

SUPPOSED = "假设"


def what_if(
    ruleset: Ruleset, profile: Profile, submission: Submission, change: Change, as_of: date | None = None
) -> tuple[WhatIf | None, tuple[Problem, ...]]:
    """Judge a submission as it is and as it is supposed to be. What is not there is refused with the nearest name."""
    faults = _faults(submission, change)
    if faults:
        return None, tuple(faults)
    workings, problems = work_out(ruleset, profile, submission, as_of)
    if workings is None:
        return None, problems
    changed, problems = reassess(lay_out(workings), change_submission(ruleset, submission, change), as_of)
    if changed is None:
        return None, problems
    before, after = workings.assessment, changed.workings.assessment
    codes = {item.id: item.codes for item in before.evidence}
    items = {item.id: item for item in submission.evidence}

    def shown(names: Iterable[str]) -> tuple[ItemShown, ...]:
        return tuple(ItemShown(item=name, title=items[name].title, codes=codes[name]) for name in sorted(set(names)))

    return (
        WhatIf(
            unit=before.submission.unit,
            as_of=before.as_of,
            ruleset=f"{before.ruleset.id}@{before.ruleset.revision}",
            profile=before.profile.id,
            settings=tuple(_setting(setting, ruleset, submission.head) for setting in change.settings),
            overlooked=shown(change.accept),
            withdrawn=shown(change.withdraw),
            before=_side(before),
            after=_side(after),
            findings=tuple(_finding_shifts(before, after)),
            gaps=tuple(_gap_shifts(before, after)),
            problems=tuple(
                p for p in _new_problems(before, after) if not (p.code == "WITHDRAWN" and p.subject in change.withdraw)
            ),
        ),
        (),
    )


# --- the change -----------------------------------------------------------------------------------------------------


def change_submission(ruleset: Ruleset, submission: Submission, change: Change) -> Submission:
    """The submission as it is supposed to be. A change of nothing is the submission itself."""
    head = submission.head
    for setting in change.settings:
        filed = _filed(setting, ruleset, head)
        kept = tuple(fact for fact in head.facts if not any(fact is one for one in filed))
        head = head.model_copy(update={"facts": (*kept, _supposed(setting, filed))})
    taken = set(change.withdraw)
    evidence = tuple(_taken_back(item) if item.id in taken else item for item in submission.evidence)
    changed = in_canonical_order(head, evidence, submission.tables, submission.files, submission.inputs)
    if not change.accept:
        return changed
    values = {name: getattr(changed, name) for name in Submission.model_fields}
    return Supposed(**values, overlooked=tuple(sorted(set(change.accept))))


def _filed(setting: Setting, ruleset: Ruleset, head: SubmissionFile) -> list[Fact]:
    """What was filed of the same measure by the same unit, or of the same element, for the period itself."""
    return [
        fact
        for fact in head.facts
        if setting.subject in (fact.measure, fact.element)
        and (fact.unit == setting.unit or fact.element is not None)
        and fact_period(fact.period, ruleset.measures.get(fact.measure or ""), head) == (CURRENT, "")
    ]


def _supposed(setting: Setting, filed: list[Fact]) -> Fact:
    """A value that takes the place of what was filed, and cites what that cited."""
    cited = dict.fromkeys(name for fact in filed for name in fact.evidence)
    subject = {"element" if _is_element(setting) else "measure": setting.subject}
    place = Place(file=setting.named)
    return Fact(**subject, value=setting.value, unit=setting.unit, source=SUPPOSED, evidence=tuple(cited), place=place)


def _is_element(setting: Setting) -> bool:
    return "." in setting.subject


def _taken_back(item: EvidenceItem) -> EvidenceItem:
    return item.model_copy(update={"withdrawn": Withdrawal(by=SUPPOSED, at="本次试算", reason="只是假设")})


def _faults(submission: Submission, change: Change) -> list[Problem]:
    """What cannot be supposed: items that are not there, or were taken back, and two things at once."""
    items = {item.id: item for item in submission.evidence}
    titles = {name: item.title for name, item in items.items()}
    faults: list[Problem] = []
    for option, names in (("--accept", change.accept), ("--withdraw", change.withdraw)):
        for name in names:
            place = Place(file=f"{option} {name}")
            if name not in items:
                remedy = nearest(name, titles) or "查材料：fazhi evidence list 目录"
                faults.append(problem("NAME_UNKNOWN", place, f"没有登记材料「{name}」", remedy))
            elif items[name].withdrawn is not None:
                found = f"{name}「{items[name].title}」早已撤回，{'不能当作合格' if option == '--accept' else '不用再撤'}"
                faults.append(problem("WITHDRAWN", place, found, "撤回的留痕，不作证据；要证明这一项请另登一件", name))
            elif name in change.accept and name in change.withdraw and option == "--accept":
                found = f"「{name}」又当作合格又撤回"
                faults.append(problem("RECORD_INCONSISTENT", place, found, "--accept 和 --withdraw 只写一个"))
    stated: dict[tuple[str, str | None], Setting] = {}
    for setting in change.settings:
        other = stated.setdefault((setting.subject, setting.unit), setting)
        if other.value != setting.value:
            found = f"「{setting.subject}」写了两个值：{other.value}、{setting.value}"
            faults.append(problem("RECORD_INCONSISTENT", Place(file=setting.named), found, "一次只假设一个值"))
    return faults


# --- side by side ---------------------------------------------------------------------------------------------------


def _setting(setting: Setting, ruleset: Ruleset, head: SubmissionFile) -> SettingShown:
    measure = ruleset.measures.get(setting.subject)
    elements = {f"{i.id}.{e.key}": f"{i.title}：{e.title}" for i in ruleset.indicators for e in i.elements}
    return SettingShown(
        subject=setting.subject,
        label=measure.label if measure is not None else elements.get(setting.subject, setting.subject),
        unit=setting.unit,
        filed=tuple(_told(fact) for fact in _filed(setting, ruleset, head)),
        supposed=_spoken(setting.value),
    )


def _told(fact: Fact) -> str:
    if fact.events is not None:
        return f"逐次登记{len(fact.events)}次"
    return f"登记表{fact.table}" if fact.table is not None else _spoken(fact.value)


def _spoken(value: str | bool | None) -> str:
    if value is None or value == "":
        return "没有填值"
    return value if isinstance(value, str) else "是" if value else "否"


def _side(assessment: Assessment) -> Side:
    score = assessment.score
    return Side(
        claimed_earned=score.claimed.earned,
        claimed_reachable=score.claimed.reachable,
        substantiated_earned=score.substantiated.earned,
        substantiated_reachable=score.substantiated.reachable,
        maximum=score.maximum,
        qualified=score.qualified,
        gaps=len(assessment.gaps),
    )


def _finding_shifts(before: Assessment, after: Assessment) -> Iterator[FindingShift]:
    """What comes out differently, the largest change of 有据已得 first."""
    shifts = []
    for was, now in zip(before.findings, after.findings, strict=True):
        if was is now:
            continue
        one, other = _finding_side(was), _finding_side(now)
        if one != other:
            shifts.append(FindingShift(indicator=was.indicator, title=was.title, before=one, after=other))
    yield from sorted(
        shifts, key=lambda s: (-abs(s.after.substantiated_earned - s.before.substantiated_earned), s.indicator)
    )


def _finding_side(finding: Finding) -> FindingSide:
    return FindingSide(
        outcome=finding.outcome,
        claimed_earned=finding.claimed.earned,
        claimed_reachable=finding.claimed.reachable,
        substantiated_earned=finding.substantiated.earned,
        substantiated_reachable=finding.substantiated.reachable,
    )


def _gap_shifts(before: Assessment, after: Assessment) -> Iterator[GapShift]:
    was, now = ({gap.id: gap.detail for gap in assessment.gaps} for assessment in (before, after))
    for name in [*was, *(name for name in now if name not in was)]:
        one, other = was.get(name), now.get(name)
        if one != other:
            fate = "new" if one is None else "closed" if other is None else "changed"
            yield GapShift(gap=name, fate=fate, before=one, after=other)


def _new_problems(before: Assessment, after: Assessment) -> Iterator[ProblemShown]:
    known = {(p.code, p.subject, p.found) for p in before.problems}
    yield from (p for p in after.problems if (p.code, p.subject, p.found) not in known)
