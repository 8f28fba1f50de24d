"""An evidence check for a terminal, as JSON, CSV and Markdown. Decides nothing."""

from collections.abc import Callable
from itertools import groupby

from engine.models.evidence_check import EvidenceCheck
from engine.models.evidence_check import EvidenceFlag
from engine.models.problem import CODES
from engine.rendering.documents import render_csv
from engine.rendering.documents import render_json
from engine.rendering.layout import markdown_table
from engine.rendering.layout import wrap

COLUMNS = ("代码", "是什么", "编号", "名称", "文件", "文件里的位置", "查到什么", "前后文字", "怎么办", "台账位置")
NOT_DECIDED = "只提示给人看，不判定真伪；差异可能在文件，也可能在台账"


def flag_row(flag: EvidenceFlag) -> list[str]:
    """One flag as cells."""
    return [
        flag.code,
        CODES[flag.code][1],
        flag.item,
        flag.title,
        flag.file,
        flag.where,
        flag.found,
        flag.words,
        flag.remedy,
        str(flag.place),
    ]


def counts_told(check: EvidenceCheck) -> list[str]:
    """What was opened, what was not, and what came of it."""
    opened = f"台账{check.items}件，打开文件{check.files}个"
    if check.without_file:
        opened += f"；{check.without_file}件没有登文件，没有开"
    if check.without_text:
        opened += f"；{check.without_text}个没有文字可对照"
    flagged = len({flag.item for flag in check.flags})
    found = f"提示{len(check.flags)}处，涉及{flagged}件" if check.flags else "没有要提示的"
    return [opened, f"{found}。{NOT_DECIDED}"]


def render_check(check: EvidenceCheck) -> str:
    """For a terminal: flags of one code together, what to do said once."""
    lines = [f"佐证核对  {check.unit}", *(line for told in counts_told(check) for line in wrap(told, "  "))]
    for code, flags in groupby(check.flags, key=lambda flag: flag.code):
        group = list(flags)
        lines += ["", *wrap(f"{code} {CODES[code][1]}（{len(group)}处）", "", "  ")]
        for flag in group:
            where = f"{flag.file} {flag.where}".strip()
            lines += wrap(f"{flag.item} {where}：{flag.found}", "  ", "      ")
            if flag.words:
                lines += wrap(f"原文：{flag.words}", "      ")
        lines += wrap(f"→ {group[0].remedy}", "  ", "     ")
    return "\n".join(lines) + "\n"


def render_check_markdown(check: EvidenceCheck) -> str:
    """The same as a table in Markdown."""
    rows = [flag_row(flag) for flag in check.flags]
    table = ["", *markdown_table(COLUMNS, rows)] if rows else []
    return "\n".join([f"# {check.unit} 佐证核对", "", *(f"- {line}" for line in counts_told(check)), *table]) + "\n"


def render_check_csv(check: EvidenceCheck) -> str:
    """One flag a line."""
    return render_csv(COLUMNS, map(flag_row, check.flags))


CHECK_FORMS: dict[str, Callable[[EvidenceCheck], str]] = {
    "table": render_check,
    "json": render_json,
    "md": render_check_markdown,
    "csv": render_check_csv,
}
