"""The close-out ledger for a terminal and as a table (整改台账): where every gap stands, and what this issue changed."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date

from engine.closing import LEVELS
from engine.closing import STATES
from engine.closing import can_take
from engine.models.closing import Case
from engine.models.closing import CloseOut
from engine.models.comparison import Fate
from engine.rendering.layout import RULE
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER

FATES: dict[Fate, str] = {"new": "新出现", "persisting": "还在", "closed": "已消", "reopened": "反弹"}
CLOSE_OUT_COLUMNS = (
    "编号", "单位", "问题", "状态", "本期", "查到的期次", "责任人", "期限", "逾期", "级别", "建议升级", "申请", "牵头复核",
    "专班核验", "销号日", "备注",
)  # fmt: skip
# How many cases a screen shows one by one.
FIRST_CASES = 20


def case_row(case: Case, on: date) -> list[str]:
    """One case as cells."""
    return [
        case.gap,
        case.unit,
        case.what,
        STATES[case.state],
        FATES[case.fate],
        "、".join(map(str, case.found_in)),
        case.person or "",
        str(case.last_day or ""),
        "逾期" if case.is_overdue(on) else "",
        LEVELS[case.level],
        LEVELS[case.proposed] if case.proposed else "",
        case.applied_by or "",
        case.checked_by or "",
        case.verified_by or "",
        str(case.closed_on or ""),
        case.remark or "",
    ]


def render_close_out(whole: str, account: CloseOut, cases: Sequence[Case], on: date, head: str, folder: str) -> str:
    """Where everything stands; ``head`` is the end of the chain, to be noted down elsewhere."""
    states = Counter(case.state for case in cases)
    fates = Counter(case.fate for case in cases if case.state != "closed" or case.fate == "reopened")
    overdue = sum(case.is_overdue(on) for case in cases)
    lines = [
        ends(f"{whole}  整改台账  记到第{account.issue}期  {account.as_of or '没有记过'}", DISCLAIMER),
        RULE,
        *wrap_parts([*(f"{word}{states[state]}" for state, word in STATES.items()), f"其中逾期{overdue}"], "状态  "),
        *wrap_parts([f"{word}{fates[fate]}" for fate, word in FATES.items()], "本期  "),
        *_escalations(cases),
        *_open_cases(cases, on),
        *wrap(f"末尾 {head}", "链    "),
        *wrap(f"fazhi campaign close-out {folder} --note --by 姓名", "记本期  "),
        *wrap(
            f"fazhi campaign close-out {folder} --gap 编号 --unit 单位 --step 启动 --by 姓名"
            " --person 责任人 --deadline 日期",
            "办一步  ",
        ),
    ]
    return "\n".join(lines) + "\n"


def _escalations(cases: Sequence[Case]) -> Iterator[str]:
    proposed = [case for case in cases if case.proposed]
    if not proposed:
        return
    yield from wrap(f"{len(proposed)}件连续两期没有销号，建议升级；由人签发（--step 升级）才算", "升级  ")
    units = Counter((case.unit, str(case.proposed)) for case in proposed)
    yield from wrap("、".join(f"{unit}{LEVELS[level]}{count}" for (unit, level), count in sorted(units.items())), "      ")


def _open_cases(cases: Sequence[Case], on: date) -> Iterator[str]:
    """The cases that are not closed: overdue first, then those that somebody has to look at."""
    wanting = {"applied": 1, "checked": 1, "returned": 2, "reopened": 2}
    waiting = [case for case in cases if case.state != "closed"]
    waiting.sort(key=lambda case: (not case.is_overdue(on), wanting.get(case.state, 3), case.unit, case.gap))
    for case in waiting[:FIRST_CASES]:
        told = list(dict.fromkeys([STATES[case.state], FATES[case.fate]]))
        told += [f"责任人{case.person}"] if case.person else []
        told += [f"期限{case.last_day}{'（逾期）' if case.is_overdue(on) else ''}"] if case.last_day else []
        told += [f"级别{LEVELS[case.level]}"] if case.level != "blue" else []
        told += ["差距已消，可以申请销号"] if case.is_gone and can_take(case, "apply") else []
        yield from wrap_parts([case.unit, case.gap], "  ")
        yield from wrap_parts(told, "      ")
    if len(waiting) > FIRST_CASES:
        yield f"  另有{len(waiting) - FIRST_CASES}件，见 --format csv"
