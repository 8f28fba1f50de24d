"""Before and after, side by side, for people."""

from collections.abc import Iterator

from engine.models.problem import CODES
from engine.models.result import points_text
from engine.models.whatif import FindingShift
from engine.models.whatif import ItemShown
from engine.models.whatif import SettingShown
from engine.models.whatif import WhatIf
from engine.rendering.comparison_report import signed
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import OUTCOMES
from engine.rendering.words import detail_text

FATES = {"new": "新增", "closed": "消去", "changed": "变了"}
FIGURES = {
    "substantiated_earned": "有据已得",
    "substantiated_reachable": "有据最高可到",
    "claimed_earned": "自报已得",
    "claimed_reachable": "自报最高可到",
}
QUALIFIED = {"yes": "可以报", "no": "不具备资格", "unknown": "待核"}
SHOWN = 12


def render_whatif(result: WhatIf) -> str:
    """Write what is supposed and what would come of it."""
    lines = [
        ends(f"{result.unit}  假如  评判日{result.as_of}", DISCLAIMER),
        RULE,
        *_supposed(result),
        "只是试算：没有改动任何文件，也不进记录",
        "",
        *_score(result),
        "",
        *_findings(result),
        "",
        *_gaps(result),
        *_problems(result),
    ]
    return "\n".join(lines) + "\n"


def _supposed(result: WhatIf) -> Iterator[str]:
    if not (result.settings or result.overlooked or result.withdrawn):
        yield "假如    什么也不变"
    for setting in result.settings:
        yield from wrap(_setting(setting), "假如    ")
    for item in result.overlooked:
        told = f"越过{_codes(item)}" if item.codes else "它本来就没有退回，什么也没越过"
        yield from wrap(f"{item.item}「{item.title}」当作合格：{told}", "假如    ")
    for item in result.withdrawn:
        codes = f"；原有的{_codes(item)}也照旧" if item.codes else ""
        yield from wrap(f"{item.item}「{item.title}」撤回：不再算数，仍列着，矛盾照旧{codes}", "假如    ")


def _setting(setting: SettingShown) -> str:
    unit = f"{setting.unit}的" if setting.unit else ""
    filed = f"原来报{'、'.join(setting.filed)}" if setting.filed else "原来没报"
    return f"{unit}{setting.label}（{setting.subject}）是「{setting.supposed}」，{filed}"


def _codes(item: ItemShown) -> str:
    return "、".join(f"{code}{CODES[code][1]}" for code in item.codes)


def _score(result: WhatIf) -> Iterator[str]:
    before, after = result.before, result.after
    rows = [[word, *_pair(getattr(before, figure), getattr(after, figure))] for figure, word in FIGURES.items()]
    yield "一、分"
    yield from columns_of(rows, ["", "现在", "假如", "变化"], "    ", right=(1, 2, 3))
    if before.qualified != after.qualified:
        yield f"    能不能报  {QUALIFIED[before.qualified]}变{QUALIFIED[after.qualified]}"


def _pair(before: int, after: int) -> list[str]:
    return [points_text(before), points_text(after), signed(after - before)]


def _findings(result: WhatIf) -> Iterator[str]:
    yield f"二、变了的指标（{len(result.findings)}项）"
    if not result.findings:
        return
    for shift in result.findings[:SHOWN]:
        yield from wrap_parts(_finding(shift), "    ", "      ")
    if len(result.findings) > SHOWN:
        yield f"    另有{len(result.findings) - SHOWN}项，见 --format json"


def _finding(shift: FindingShift) -> list[str]:
    """The name, and what of it is otherwise."""
    before, after = shift.before, shift.after
    outcome = [f"{OUTCOMES[before.outcome]}变{OUTCOMES[after.outcome]}"] if before.outcome != after.outcome else []
    moved = [
        f"{word}{points_text(getattr(before, figure))}变{points_text(getattr(after, figure))}"
        for figure, word in FIGURES.items()
        if getattr(before, figure) != getattr(after, figure)
    ]
    return [f"{shift.indicator} {shift.title}", *outcome, *moved]


def _gaps(result: WhatIf) -> Iterator[str]:
    counts = {fate: sum(gap.fate == fate for gap in result.gaps) for fate in FATES}
    told = "  ".join(f"{word}{counts[fate]}" for fate, word in FATES.items())
    yield f"三、差距  现在{result.before.gaps}条，假如{result.after.gaps}条  {told}"
    for fate, word in FATES.items():
        mine = [gap for gap in result.gaps if gap.fate == fate]
        for gap in mine[:SHOWN]:
            name = gap.gap.partition("/")[0].removeprefix("-")
            told = detail_text((gap.after or gap.before or "").replace("·", "，", 1))
            yield from wrap(f"{name} {told}".strip(), f"    {word}  ")
        if len(mine) > SHOWN:
            yield f"    {word}的另有{len(mine) - SHOWN}条，见 --format json"


def _problems(result: WhatIf) -> Iterator[str]:
    if not result.problems:
        return
    yield ""
    yield f"四、这样会多出的提示和退回（{len(result.problems)}处）"
    for found in result.problems[:SHOWN]:
        yield from wrap(f"{found.code} {found.found}；{found.remedy}", "    ", "      ")
    if len(result.problems) > SHOWN:
        yield f"    另有{len(result.problems) - SHOWN}处，见 --format json"
