"""A scaffold for a terminal, and its alignment as CSV for people to decide on. Decides nothing."""

from collections import Counter
from collections.abc import Iterable

from engine.models.scaffold import Aligned
from engine.models.scaffold import Alignment
from engine.models.scaffold import IndicatorTable
from engine.models.scaffold import Match
from engine.rendering.documents import render_csv
from engine.rendering.layout import wrap
from engine.scaffolding import percent

WORDS: dict[Match, str] = {"matched": "对上", "doubtful": "存疑", "unmatched": "没对上"}
DECISION, PLACE = "人定", "表中位置"
COLUMNS = (
    PLACE,
    "序号",
    "一级指标",
    "二级指标",
    "名称",
    "要求",
    "结论",
    "骨架编号",
    "相近指标",
    "相近指标名称",
    "相似度",
    "理由",
    DECISION,
)
ORDER: tuple[Match, ...] = ("doubtful", "unmatched", "matched")
SHOWN = 12


def render_alignment(table: IndicatorTable, alignment: Alignment) -> str:
    """Every row of the table once, and the indicators that no row was matched with; the last column is for people."""
    rows = [_aligned_row(one) for one in alignment.rows]
    rows += [[out.place, "", "", "", out.text, "", "不是指标", "", "", "", "", out.reason, ""] for out in table.left_out]
    rows += [
        ["", "", "", "", "", "", "表里没有", "", name, title, "", "没有一行对上", ""] for name, title in alignment.unmet
    ]
    return render_csv(COLUMNS, rows)


def _aligned_row(one: Aligned) -> list[str]:
    row = one.row
    number = "" if row.number is None else str(row.number)
    told = [row.place, number, row.pillar, row.subpillar, row.title, row.requirement, WORDS[one.match], one.id]
    decision = "" if not one.by_person else one.indicator if one.match == "matched" else "新增"
    return [*told, one.indicator or "", one.indicator_title, percent(one.likeness), one.reason, decision or ""]


def render_scaffold(table: IndicatorTable, alignment: Alignment, folder: str | None) -> str:
    """What was read, what each row was held to be, and what is to be done next; ``None``: nothing was written."""
    counts = Counter(one.match for one in alignment.rows)
    reasons = Counter(out.reason for out in table.left_out)
    left = "、".join(f"{reason}{count}" for reason, count in reasons.items())
    pillars = len({(one.row.pillar_no, one.row.pillar) for one in alignment.rows})
    lines = [f"规则骨架  {table.file}" + (f" 写到 {folder}" if folder else "（只看，没有写文件）")]
    lines += wrap(f"指标{len(table.rows)}行，一级指标{pillars}个" + (f"；不是指标的：{left}" if left else ""), "  ")
    lines += [line for notice in table.notices[:SHOWN] for line in wrap(f"注意  {notice}", "  ", "        ")]
    if alignment.against is not None:
        told = "，".join(f"{word}{counts[match]}" for match, word in WORDS.items())
        lines += wrap(f"对照 {alignment.against}：{told}；规则集有、表里没有对上的{len(alignment.unmet)}项", "  ")
        for match in ORDER:
            lines += _listed(match, [one for one in alignment.rows if one.match == match])
    if folder is None:
        return "\n".join([*lines, "", "再看", "  加 -o 新文件夹 写出骨架、alignment.csv 和留分片段"]) + "\n"
    lines += ["", "再看", *wrap(f"fazhi rules lint {folder}  逐条列出还要写什么", "  ", "      ")]
    if counts["doubtful"]:
        told = f"{folder}/alignment.csv 的「{DECISION}」列写指标编号或「新增」，再用 --decided 指着它重做到新文件夹"
        lines += wrap(told, "  ", "      ")
    return "\n".join(lines) + "\n"


def _listed(match: Match, rows: list[Aligned]) -> Iterable[str]:
    if not rows:
        return
    meaning = {"doubtful": "，人定以前用新编号", "unmatched": "，用新编号", "matched": ""}
    yield ""
    yield f"{WORDS[match]}{len(rows)}行{meaning[match]}"
    for one in rows[:SHOWN]:
        number = "" if one.row.number is None else f"第{one.row.number}项"
        near = f"{one.indicator} {one.indicator_title} {percent(one.likeness)}，" if one.indicator else ""
        yield from wrap(f"{one.row.place} {number}「{one.row.title}」", "  ", "      ")
        yield from wrap(f"{near}{one.reason}", "      ")
    if len(rows) > SHOWN:
        yield f"  其余{len(rows) - SHOWN}行见 alignment.csv"
