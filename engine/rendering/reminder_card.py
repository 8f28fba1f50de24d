"""One unit's reminder card as text and as Markdown, after research examples.md §2. No points, no chances."""

from collections.abc import Iterator
from datetime import date

from engine.models.campaign import Card
from engine.models.campaign import CardAccount
from engine.models.campaign import CardReturn
from engine.rendering.layout import COLUMNS
from engine.rendering.layout import RULE
from engine.rendering.layout import ends
from engine.rendering.layout import markdown_table
from engine.rendering.layout import pad
from engine.rendering.layout import width
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import few_names

PROPOSED = {"blue": "蓝（日常提醒）", "yellow": "黄（建议，专班长签发后生效）", "red": "红（建议通报，待签发）"}
SIGNED = {"blue": "蓝（日常提醒）", "yellow": "黄（限期整改，已签发）", "red": "红（通报，已签发）"}
# How many plain requests, and how many losses, a card names one by one.
MOST_ASKED, MOST_LOST = 12, 8
RECEIPT = "签收 ______  月 日    牵头单位复核 ______  月 日    专班核验 ______  月 日"
# The columns of a task: its number, what, what counts as done, begin, end.
_WHAT, _DONE = 30, 30


def render_card(card: Card) -> str:
    """The card as it is printed on a sheet."""
    month = f"{card.issue.first.year}年{card.issue.first.month}月"
    lines = [
        ends(f"{card.whole}  法治政府示范创建提示卡", f"{month}  第{card.issue.number}期"),
        ends("", f"级别：{level_told(card)}"),
        RULE,
        *wrap_parts([f"{card.unit}", f"分管领导 {card.leader or '______'}", f"联络员 {card.contact or '______'}"], "送    "),
        *wrap_parts([f"{card.force_contact or '创建专班'}", f"本期截止 {card.issue.last}"], "发    "),
        *_account(card.account, card),
        *_tasks(card),
        *_asked(card),
        *_returned(card.returned),
        *_lost(card),
        *_help(card),
        RULE,
        RECEIPT,
    ]
    return "\n".join(lines) + "\n"


def level_told(card: Card) -> str:
    """The card's level, and whether anybody signed it."""
    return (SIGNED if card.signed else PROPOSED)[card.level]


def _account(account: CardAccount | None, card: Card) -> Iterator[str]:
    if card.silent:
        yield from wrap("本单位到本期没有交填报，先交填报；按没报算，不按0算。", "提醒  ")
    if account is None:
        yield "一、上期结账：没有上期交办的事"
        return
    told = [f"已销{account.closed}", f"退回{account.returned}", f"逾期{account.overdue}", f"在办{account.open}"]
    yield from wrap_parts([f"第{account.issue}期止交办{account.asked}件", *told], "一、上期结账：")


def _tasks(card: Card) -> Iterator[str]:
    yield "二、本期要办（按最迟动手日排）"
    if not card.tasks:
        yield "    没有逐件要办的"
        return
    yield _line("    ", "事项", "交到什么样算合格", "动手", "截止")
    for number, task in enumerate(card.tasks, start=1):
        what = wrap(task.task, columns=_WHAT)
        done = wrap(task.done_when, columns=_DONE)
        for at in range(max(len(what), len(done))):
            first = (f"{number:>3} " if at == 0 else "    ", what[at] if at < len(what) else "")
            days = (_day(task.start), _day(task.due)) if at == 0 else ("", "")
            yield _line(*first, done[at] if at < len(done) else "", *days)
    if card.later:
        yield f"    另有{card.later}件，见 fazhi gaps 文件夹 --unit {card.unit}"


def _line(number: str, what: str, done: str, start: str, due: str) -> str:
    return f"{number}{pad(what, _WHAT)}  {pad(done, _DONE)}  {pad(start, 5)}  {due}".rstrip()


def _day(day: date | None) -> str:
    return f"{day.month:02d}-{day.day:02d}" if day is not None else "尽快"


def _asked(card: Card) -> Iterator[str]:
    for title, asked in (("缺的数，一次报齐", card.asked_facts), ("缺的材料，一次交齐", card.asked_proofs)):
        if asked:
            yield f"    {title}（{len(asked)}项）"
            for one in asked[:MOST_ASKED]:
                yield from wrap(one, "      ", "          ")
            if len(asked) > MOST_ASKED:
                yield f"      另有{len(asked) - MOST_ASKED}项，见 fazhi gaps 文件夹 --unit {card.unit}"


def _returned(returned: tuple[CardReturn, ...]) -> Iterator[str]:
    yield f"三、退回的材料（改好重报，原件留痕不删）{'' if returned else '：没有'}"
    for one in returned:
        yield from wrap(f"{one.item} {one.title}", "    ", "      ")
        yield from wrap(f"{one.code} {one.meaning}：{one.remedy}", "      ")


def _lost(card: Card) -> Iterator[str]:
    yield f"四、补不了的（如实写明即可）{'' if card.lost else '：没有'}"
    for one in card.lost[:MOST_LOST]:
        yield from wrap(one, "    ", "      ")
    if len(card.lost) > MOST_LOST:
        yield f"    另有{len(card.lost) - MOST_LOST}项"


def _help(card: Card) -> Iterator[str]:
    if card.help_from:
        told = [f"第{number}件要{few_names('、'.join(names))}配合" for number, names in card.help_from]
        yield from wrap(f"{'；'.join(told)}", "五、需要别人配合  ")
    else:
        yield "五、需要别人配合  没有"


# --- Markdown ---------------------------------------------------------------------------------------------------------


def card_markdown(card: Card) -> str:
    """The card for a word processor."""
    issue = card.issue
    lines = [
        f"# {card.whole}法治政府示范创建提示卡",
        "",
        f"{issue.first.year}年{issue.first.month}月　第{issue.number}期　级别：{level_told(card)}",
        "",
        f"送：{card.unit}　分管领导：{card.leader or '______'}　联络员：{card.contact or '______'}",
        f"　发：{card.force_contact or '创建专班'}　本期截止：{issue.last}",
        "",
        *(["**本单位到本期没有交填报，先交填报；按没报算，不按0算。**", ""] if card.silent else []),
        "## 一、上期结账",
        "",
        account_told(card.account),
        "",
        "## 二、本期要办（按最迟动手日排）",
        "",
        *_tasks_markdown(card),
        *_listed("缺的数，一次报齐", card.asked_facts),
        *_listed("缺的材料，一次交齐", card.asked_proofs),
        "## 三、退回的材料（改好重报，原件留痕不删）",
        "",
        *markdown_table(
            ("材料", "名称", "原因", "怎么改"),
            [[one.item, one.title, f"{one.code} {one.meaning}", one.remedy] for one in card.returned],
        ),
        "",
        "## 四、补不了的（如实写明即可）",
        "",
        *([f"- {one}" for one in card.lost] or ["没有。"]),
        "",
        "## 五、需要别人配合",
        "",
        *([f"- 第{number}件：{'、'.join(names)}" for number, names in card.help_from] or ["没有。"]),
        "",
        RECEIPT,
    ]
    return "\n".join(lines) + "\n"


def account_told(account: CardAccount | None) -> str:
    """What became of what was asked before, in a sentence."""
    if account is None:
        return "没有上期交办的事。"
    told = f"已销{account.closed}，退回{account.returned}，逾期{account.overdue}，在办{account.open}"
    return f"第{account.issue}期止交办{account.asked}件：{told}。"


def _tasks_markdown(card: Card) -> list[str]:
    if not card.tasks:
        return ["没有逐件要办的。", ""]
    rows = [
        [str(number), task.task, task.done_when, str(task.start or "尽快"), str(task.due or "尽快")]
        for number, task in enumerate(card.tasks, start=1)
    ]
    return [*markdown_table(("", "事项", "交到什么样算合格", "动手", "截止"), rows), ""]


def _listed(title: str, asked: tuple[str, ...]) -> list[str]:
    return [f"{title}（{len(asked)}项）：", "", *(f"- {one}" for one in asked), ""] if asked else []


assert width(_line("    ", "", "", "00-00", "00-00")) <= COLUMNS
