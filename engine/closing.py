"""The way of a gap from being found to being closed (销号): notes and marks in, where every gap stands out.

未启动 → 整改中 → 申请销号 → 牵头复核 → 专班核验 → 已销号; either look may send it back. A gap closes only after an issue no
longer found it, and three people's marks; one that is found again after it was closed is reopened (反弹), as when its
evidence has expired. Nothing is forgotten: the ledger is a chain, and a case is what follows from its lines in order.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from engine.hash_chain import Chain
from engine.hash_chain import next_line
from engine.hash_chain import read_chain
from engine.ledger import read_back
from engine.ledger import read_entries
from engine.models.closing import Case
from engine.models.closing import CloseOut
from engine.models.closing import CloseOutEntry
from engine.models.closing import MarkEntry
from engine.models.closing import NoteEntry
from engine.models.closing import State
from engine.models.closing import Step
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.submission import same_person
from engine.shaping import nearest

# After how many issues in which it was found unclosed a gap is proposed for the next level.
PATIENCE = 2
STATES: dict[State, str] = {
    "not_started": "未启动",
    "in_progress": "整改中",
    "applied": "申请销号",
    "checked": "牵头已复核",
    "returned": "退回",
    "closed": "已销号",
    "reopened": "反弹",
}
STEPS: dict[Step, str] = {
    "begin": "启动整改",
    "apply": "申请销号",
    "check": "牵头复核",
    "verify": "专班核验",
    "send_back": "退回",
    "escalate": "签发升级",
}
LEVELS = {"blue": "蓝", "yellow": "黄", "red": "红"}
_WAY: dict[Step, tuple[frozenset[State], State]] = {
    "begin": (frozenset({"not_started", "in_progress", "returned", "reopened"}), "in_progress"),
    "apply": (frozenset({"in_progress"}), "applied"),
    "check": (frozenset({"applied"}), "checked"),
    "verify": (frozenset({"checked"}), "closed"),
    "send_back": (frozenset({"applied", "checked"}), "returned"),
}
Key = tuple[str, str]


class CloseOutLedger(NamedTuple):
    """A close-out ledger as it was read: where everything stands, its lines, its chain."""

    account: CloseOut = CloseOut.model_construct()
    entries: tuple[CloseOutEntry, ...] = ()
    chain: Chain = Chain()


def read_close_out(content: bytes, name: str) -> tuple[CloseOutLedger, list[Problem]]:
    """Read a close-out ledger. Refused where the chain does not hold or a line says what could not have been."""
    chain, problems = read_chain(content, name)
    if problems:
        return CloseOutLedger(chain=chain), problems
    entries, problems = read_entries(CloseOutEntry, chain.links, name)
    account, found = account_of(entries)
    problems += found
    return CloseOutLedger(CloseOut() if refused(problems) else account, tuple(entries), chain), problems


def close_out_line(
    ledger: CloseOutLedger, at: str, by: str, said: Mapping[str, Any], name: str
) -> tuple[bytes, list[Problem]]:
    """Make the next line, read it back and walk it: what could not have been is never written."""
    try:
        line = next_line(ledger.chain.last, {"at": at, "by": by, **said})
    except ValueError:
        found = "含有不能编码的字符"
        return b"", [problem("FILE_ENCODING", Place(file=name), found, "请删去这个字符，多半是从别处粘贴带来的")]
    entry, problems = read_back(CloseOutEntry, line, ledger.chain.last, name)
    if entry is None:
        return b"", problems
    _, hindered = account_of([*ledger.entries, entry])
    # The line is not in the file yet: a place in it would lead nowhere.
    problems += [p.model_copy(update={"place": Place(file=name)}) for p in hindered]
    return (b"" if refused(hindered) else line), problems


def account_of(entries: Iterable[CloseOutEntry]) -> tuple[CloseOut, list[Problem]]:
    """Walk the lines in order; every step that could not be taken is refused."""
    cases: dict[Key, Case] = {}
    problems: list[Problem] = []
    issue, as_of = 0, None
    for entry in entries:
        if entry.note is not None and as_of is not None and entry.note.as_of < as_of:
            found = f"台账已经记到{as_of}，这一期是{entry.note.as_of}的"
            problems.append(problem("CLOSE_STEP", entry.note.place, found, "各期按日子先后记，不倒着记"))
        elif entry.note is not None:
            cases = _noted(cases, entry.note, same_issue=entry.note.issue == issue)
            issue, as_of = entry.note.issue, entry.note.as_of
        elif entry.mark is not None:
            key = (entry.mark.gap, entry.mark.unit)
            if key not in cases:
                problems.append(_unknown(entry.mark, cases))
                continue
            hindered = _hindered(cases[key], entry.mark)
            problems += hindered
            if not hindered:
                cases[key] = _marked(cases[key], entry.mark)
    ordered = tuple(case for _, case in sorted(cases.items()))
    return CloseOut(cases=ordered, issue=issue, as_of=as_of), problems


def _unknown(mark: MarkEntry, cases: Mapping[Key, Case]) -> Problem:
    known = {gap for gap, unit in cases if unit == mark.unit} or {gap for gap, _ in cases}
    remedy = nearest(mark.gap, known) or "先把本期记下来：fazhi campaign close-out 文件夹 --note --by 姓名"
    return problem("NAME_UNKNOWN", mark.place, f"销号台账里没有{mark.unit}的「{mark.gap}」", remedy)


# --- issues -----------------------------------------------------------------------------------------------------------


def _noted(cases: Mapping[Key, Case], note: NoteEntry, *, same_issue: bool) -> dict[Key, Case]:
    """Hold an issue against what was known: new, persisting, gone, or back again."""
    found = {(one.gap, one.unit): one for one in note.gaps}
    after: dict[Key, Case] = {}
    for key, case in cases.items():
        one = found.pop(key, None)
        if one is None:
            after[key] = case.model_copy(update={"fate": "closed", "is_gone": True, "proposed": None})
            continue
        back = case.state == "closed"
        seen = () if back else tuple(number for number in case.found_in if number != note.issue)
        again = case.model_copy(
            update={
                "what": one.what,
                "due": one.due,
                "is_gone": False,
                "fate": "reopened" if back or (same_issue and case.fate == "reopened") else _fate(case, note.issue),
                "state": "reopened" if back else case.state,
                "found_in": (*seen, note.issue),
                **({"applied_by": None, "checked_by": None, "verified_by": None, "deadline": None} if back else {}),
            }
        )
        after[key] = again.model_copy(update={"proposed": proposed_level(again)})
    for (gap, unit), one in found.items():
        after[gap, unit] = Case(
            gap=gap,
            unit=unit,
            what=one.what,
            state="not_started",
            fate="new",
            is_gone=False,
            found_in=(note.issue,),
            due=one.due,
        )
    return after


def _fate(case: Case, issue: int) -> str:
    """The same issue noted again says the same of a gap that was new in it."""
    return "new" if case.found_in == (issue,) else "persisting"


def proposed_level(case: Case) -> str | None:
    """The level that the tool proposes: one step up after every two issues in which a gap was found and not closed.

    It is a proposal; only a person's signature makes it so.
    """
    if case.state == "closed" or len(case.found_in) < PATIENCE:
        return None
    earned = "red" if len(case.found_in) >= 2 * PATIENCE and case.level != "blue" else "yellow"
    return earned if list(LEVELS).index(earned) > list(LEVELS).index(case.level) else None


def can_take(case: Case, step: Step) -> bool:
    """Whether a case's state leads on to a step; one that is gone may be applied for wherever it stood."""
    if step == "escalate":
        return case.proposed is not None
    return case.state in _WAY[step][0] or step == "apply" and case.is_gone and case.state in _WAY["begin"][0]


# --- marks ------------------------------------------------------------------------------------------------------------


def _hindered(case: Case, mark: MarkEntry) -> list[Problem]:
    """Why a step cannot be taken."""
    if mark.step == "escalate":
        return _unsigned(case, mark)
    if not can_take(case, mark.step):
        ways = [word for step, word in STEPS.items() if step in _WAY and can_take(case, step)]
        remedy = f"现在可以：{'、'.join(ways)}" if ways else "已经销号；再出现的会自动记为反弹"
        found = f"「{case.gap}」现在是{STATES[case.state]}，不能{STEPS[mark.step]}"
        return [problem("CLOSE_STEP", mark.place, found, remedy)]
    if mark.step == "verify" and not case.is_gone:
        remedy = "请先按改好的填报再评一次并记下：fazhi campaign close-out 文件夹 --note --by 姓名；补不了的不销号，如实列着"
        return [problem("CLOSE_STILL_OPEN", mark.place, f"「{case.gap}」最近一期还查得到", remedy)]
    before = {"check": [case.applied_by, case.person], "verify": [case.applied_by, case.checked_by, case.person]}
    for other in before.get(mark.step, []):
        if same_person(other, mark.by):
            found = f"{mark.by}已经整改、申请或复核过「{case.gap}」"
            return [problem("CLOSE_SAME_PERSON", mark.place, found, f"{STEPS[mark.step]}请换一个人")]
    return []


def _unsigned(case: Case, mark: MarkEntry) -> list[Problem]:
    if case.proposed == mark.level:
        return []
    told = f"现在建议的是{LEVELS[case.proposed]}" if case.proposed else "现在没有升级建议（连续两期没有销号才建议）"
    found = f"「{case.gap}」签发的是{LEVELS[str(mark.level)]}，{told}"
    return [problem("CLOSE_UNSIGNED", mark.place, found, "按建议的级别签发；不该升的不签")]


def _marked(case: Case, mark: MarkEntry) -> Case:
    if mark.step == "escalate":
        return case.model_copy(update={"level": mark.level, "proposed": None, "remark": mark.remark or case.remark})
    said: dict[str, Any] = {"state": _WAY[mark.step][1], "remark": mark.remark}
    if mark.step == "begin":
        said |= {"person": mark.person, "deadline": mark.deadline, "applied_by": None, "checked_by": None}
    elif mark.step == "apply":
        said["applied_by"] = mark.by
    elif mark.step == "check":
        said["checked_by"] = mark.by
    elif mark.step == "verify":
        said |= {"verified_by": mark.by, "closed_on": mark.on, "proposed": None}
    elif mark.step == "send_back":
        said |= {"applied_by": None, "checked_by": None}
    return case.model_copy(update=said)
