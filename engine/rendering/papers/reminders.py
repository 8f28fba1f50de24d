"""A reminder card (提示卡) as a sheet of paper, after research examples.md §2. No points, no chances."""

from engine.models.campaign import Card
from engine.models.result import Assessment
from engine.rendering.papers.basis import paper
from engine.rendering.papers.paper import Block
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text
from engine.rendering.reminder_card import RECEIPT
from engine.rendering.reminder_card import account_told
from engine.rendering.reminder_card import level_told

_TASKS = (Column("序", 2), Column("事项", 16), Column("交到什么样算合格", 16), Column("动手", 6), Column("截止", 6))
_RETURNED = (Column("材料", 8), Column("名称", 14), Column("原因", 9), Column("怎么改", 17))
SILENT = "本单位到本期没有交填报，先交填报；按没报算，不按0算。"


def reminder_paper(card: Card, assessment: Assessment) -> Paper:
    """One unit's card of one issue."""
    tasks = _tasks(card)
    asked = (("缺的数，一次报齐：", card.asked_facts), ("缺的材料，一次交齐：", card.asked_proofs))
    wanted: list[Block] = [block for title, lines in asked if lines for block in (Text((title,)), Text(lines, "points"))]
    sections = (
        Section(_issue(card), (Text(_heads(card), "small"),)),
        Section("一、上期结账", (*((Text((SILENT,)),) if card.silent else ()), Text((account_told(card.account),)))),
        Section("二、本期要办（按最迟动手日排）", (tasks, *wanted)),
        Section("三、退回的材料（改好重报，原件留痕不删）", (_returned(card),)),
        Section("四、补不了的（如实写明即可）", (Text(card.lost, "points") if card.lost else Text(("没有。",)),)),
        Section("五、需要别人配合", (Text(_help(card), "points") if card.help_from else Text(("没有。",)),)),
        Section("签收", (Text(tuple(line.strip() for line in RECEIPT.split("    ")), "small"),)),
    )
    made = paper("reminder", f"{card.whole}法治政府示范创建提示卡", assessment, sections, tasks)
    return made._replace(unit=card.unit)


def _issue(card: Card) -> str:
    return f"{card.issue.first.year}年{card.issue.first.month}月　第{card.issue.number}期"


def _heads(card: Card) -> tuple[str, ...]:
    return (
        f"级别：{level_told(card)}",
        f"送：{card.unit}　分管领导{card.leader or '______'}　联络员{card.contact or '______'}",
        f"发：{card.force_contact or '创建专班'}　本期截止{card.issue.last}",
    )


def _tasks(card: Card) -> Table:
    rows = tuple(
        (str(number), task.task, task.done_when, str(task.start or "尽快"), str(task.due or "尽快"))
        for number, task in enumerate(card.tasks, start=1)
    )
    return Table("要办", "本期要办", _TASKS, rows, empty="没有逐件要办的")


def _returned(card: Card) -> Table:
    rows = tuple((one.item, one.title, f"{one.code} {one.meaning}", one.remedy) for one in card.returned)
    return Table("退回", "退回的材料", _RETURNED, rows)


def _help(card: Card) -> tuple[str, ...]:
    return tuple(f"第{number}件：{'、'.join(names)}" for number, names in card.help_from)
