"""How a campaign stands, in 80 columns: who gave what, whose the loss is, the monthly league (进度、分摊、通报)."""

from collections.abc import Iterator
from collections.abc import Sequence
from fractions import Fraction

from engine.models.campaign import Campaign
from engine.models.campaign import CutOff
from engine.models.campaign import Issue
from engine.models.campaign import LeagueRow
from engine.models.campaign import LossLine
from engine.models.campaign import Merged
from engine.models.campaign import UnitPoints
from engine.models.campaign import UnitStatus
from engine.models.result import points_text
from engine.quantities import decimal_text
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER
from engine.rhythm import RHYTHMS

STATES = {"given": "已交", "silent": "没交", "unreadable": "不能用", "nothing_due": "不欠", "nobody": "没定"}
STATUS_COLUMNS = ("单位", "状态", "应报", "已报", "应证", "合格", "退回", "逾期", "将到期", "待复核")
LEAGUE_COLUMNS = ("名次", "单位", "得分率", "已定率", "应交", "已报", "合格", "退回", "逾期", "较上月")
HOW_RANKED = (
    "按有据得分率排，不比总分：满分是自己牵头的加逐单位算的自己那一份。率相同的，已定率高的在前；",
    "都相同的并列。如实报不达标的排在没交的前面；没有应交项的不排。分值是假设口径，通报须专班长签发。",
)
LOSS_COLUMNS = ("单位", "身份", "指标", "名称", "待定", "还能补", "已丢")
PARTS = {"lead": "牵头", "responsible": "责任"}
# How many lines of loss a screen shows of each unit's.
FIRST_UNITS = 10


def issue_named(issue: Issue) -> str:
    """An issue by number and month."""
    return f"第{issue.number}期（{issue.first}至{issue.last}）"


def status_row(row: UnitStatus) -> list[str]:
    """One unit's account as cells."""
    counts = [row.facts_due, row.facts_given, row.proofs_due, row.accepted, row.returned, row.overdue, row.due_next]
    return [row.unit, STATES[row.state], *map(str, counts), str(row.unreviewed)]


def render_status(
    campaign: Campaign, merged: Merged, rows: Sequence[UnitStatus], issue: Issue, cut_off: CutOff, folder: str
) -> str:
    """Who has given what, who is silent, what falls due by the next cut-off."""
    head = campaign.head
    lines = [
        ends(f"{head.unit.name}  填报进度  {issue_named(issue)}", DISCLAIMER),
        RULE,
        *_days(campaign, merged, cut_off),
        *taken_over(campaign, merged),
        "",
        *columns_of([status_row(row) for row in rows], STATUS_COLUMNS, right=range(2, len(STATUS_COLUMNS))),
        _total(rows),
        "",
        *wrap("应报、应证是本单位牵头的，加上逐单位算的自己那一份；合格是形式合格。", "怎么读  "),
        *wrap(f"将到期是{cut_off.day}以前到期的；待复核是别的单位牵头、还没有牵头单位复核的材料。", "        "),
        *_nobody(rows),
        *_whom_to_call(rows, campaign),
        *wrap_parts([f"fazhi campaign remind {folder} -o 提示卡", f"fazhi assess {folder} --unit 单位"], "再看  "),
    ]
    return "\n".join(lines) + "\n"


def _days(campaign: Campaign, merged: Merged, cut_off: CutOff) -> Iterator[str]:
    head, as_of = campaign.head, merged.submission.head.as_of
    told = [f"评判日 {as_of}", f"评估期 {head.period.from_}至{head.period.to}", f"每{RHYTHMS[head.rhythm]}一期"]
    yield from wrap_parts([*told, f"下一个截止日 {cut_off.day}（{cut_off.title}）"], "日期  ")
    for number, stage in enumerate(head.stages, start=1):
        state = "已截止" if stage.to < as_of else "未开始" if stage.from_ > as_of else "正在办"
        yield from wrap(f"{number} {stage.title}  {stage.from_}至{stage.to}  {state}", "阶段  " if number == 1 else "      ")


def taken_over(campaign: Campaign, merged: Merged) -> Iterator[str]:
    """Which parts were brought together and which were not."""
    units = len(campaign.head.unit.members)
    members = [unit for unit in merged.given if unit]
    told = [f"应交{units}个单位", f"已交{len(members)}", f"没交{len([u for u in merged.silent if u])}"]
    told.append(f"不能用{len([u for u in merged.left_out if u])}")
    told.append(f"本级{'已交' if '' in merged.given else '不能用' if '' in merged.left_out else '没交'}")
    yield from wrap_parts(told, "并表  ")
    if silent := [unit for unit in merged.silent if unit]:
        yield from wrap(f"{'、'.join(silent)}（按没报算，不按0算）", "没交  ")
    if unfit := [unit or "本级" for unit in merged.left_out]:
        yield from wrap(f"{'、'.join(unfit)}（原因见上面的提示；按没报算，不按0算）", "不能用")


def _total(rows: Sequence[UnitStatus]) -> str:
    sums = [
        sum(getattr(row, key) for row in rows)
        for key in ("facts_due", "facts_given", "proofs_due", "accepted", "returned", "overdue", "due_next", "unreviewed")
    ]
    names = ("应报", "已报", "应证", "合格", "退回", "逾期", "将到期", "待复核")
    return "\n".join(wrap_parts([f"{name}{number}" for name, number in zip(names, sums, strict=True)], "合计  "))


def _nobody(rows: Sequence[UnitStatus]) -> Iterator[str]:
    """Roles that lead something and that no unit plays: nobody can be asked."""
    if roles := [row.unit for row in rows if row.state == "nobody"]:
        yield from wrap(f"{'、'.join(roles)}有牵头的项，名单上没有单位担任；请在 campaign.yaml 的 roles 里定下来", "没定  ")


def _whom_to_call(rows: Sequence[UnitStatus], campaign: Campaign) -> Iterator[str]:
    """Who is to be called first: the silent, then the overdue."""
    contacts = {entry.name: entry.contact for entry in campaign.head.units if entry.contact}
    late = [row for row in rows if row.state in ("silent", "unreadable") or row.overdue and row.state != "nobody"]
    late.sort(key=lambda row: (row.state == "given", -row.overdue, row.unit))
    if late:
        named = [f"{row.unit}{f'（{contacts[row.unit]}）' if row.unit in contacts else ''}" for row in late[:FIRST_UNITS]]
        yield from wrap(f"{'、'.join(named)}{f'等{len(late)}个' if len(late) > FIRST_UNITS else ''}", "先催  ")


# --- the loss ---------------------------------------------------------------------------------------------------------


def points_rows(points: Sequence[UnitPoints]) -> list[list[str]]:
    """What hangs on each unit as cells, the most unearned first."""
    order = sorted(points, key=lambda one: (-(one.maximum - one.earned), one.unit))
    return [
        [
            one.unit,
            *(points_text(value) for value in (one.maximum, one.earned, one.open, one.recoverable, one.lost)),
            rate_text(one.rate),
        ]
        for one in order
        if one.maximum
    ]


POINTS_COLUMNS = ("单位", "满分", "有据", "待定", "还能补", "已丢", "得分率")


def loss_row(line: LossLine) -> list[str]:
    """One unit's loss at one indicator as cells."""
    amounts = (line.open, line.recoverable, line.lost)
    return [line.unit, PARTS[line.part], line.indicator, line.title, *map(points_text, amounts)]


def render_points(points: Sequence[UnitPoints]) -> list[str]:
    """What hangs on each unit, below the first screen of the whole."""
    return [
        "",
        "按单位分摊（牵头的全算；逐单位算的，各算自己那一份。同一分可能两边都算，不能相加）",
        *columns_of(points_rows(points), POINTS_COLUMNS, indent="    ", right=range(1, len(POINTS_COLUMNS))),
    ]


def rate_text(rate: Fraction | None) -> str:
    """A rate to one decimal.

    >>> rate_text(Fraction(1, 3)), rate_text(None)
    ('约33.3%', '')
    """
    if rate is None:
        return ""
    told = f"{decimal_text(rate * 100, 1)}%"
    return told if (rate * 1000).denominator == 1 else f"约{told.removeprefix('约')}"


# --- the league -------------------------------------------------------------------------------------------------------


def league_row(row: LeagueRow) -> list[str]:
    """One place of the league as cells."""
    counts = [row.due, row.given, row.accepted, row.returned, row.overdue]
    rate = rate_text(row.rate) if row.reported else "没交"
    return [str(row.rank or ""), row.unit, rate, rate_text(row.settled), *map(str, counts), _change(row)]


def _change(row: LeagueRow) -> str:
    if row.rank is None:
        return ""
    if row.rank_before is None:
        return "首次"
    places = row.rank_before - row.rank
    told = f"升{places}" if places > 0 else f"降{-places}" if places < 0 else "平"
    if row.rate is None or row.rate_before is None or row.rate == row.rate_before:
        return told
    moved = decimal_text(abs(row.rate - row.rate_before) * 100, 1).removeprefix("约")
    return f"{told}，{'+' if row.rate > row.rate_before else '-'}{moved}点"


def render_league(campaign: Campaign, merged: Merged, rows: Sequence[LeagueRow], issue: Issue) -> str:
    """The monthly league."""
    lines = [
        ends(f"{campaign.head.unit.name}  创建工作通报（草稿）  {issue_named(issue)}", DISCLAIMER),
        RULE,
        *taken_over(campaign, merged),
        "",
        *columns_of([league_row(row) for row in rows], LEAGUE_COLUMNS, right=(0, *range(2, 9)), blanks=1),
        "",
        *wrap(HOW_RANKED[0], "怎么排  "),
        *wrap(HOW_RANKED[1], "        "),
    ]
    return "\n".join(lines) + "\n"
