"""The tables that reports are made of; every cell is read off the assessment."""

from collections.abc import Mapping
from collections.abc import Sequence

from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import Outcome
from engine.models.result import PillarScore
from engine.models.result import points_text
from engine.models.simulation import Simulation
from engine.rendering.documents import FINDING_COLUMNS
from engine.rendering.documents import GAP_COLUMNS
from engine.rendering.documents import finding_rows
from engine.rendering.documents import gap_row
from engine.rendering.papers.basis import names_of_roles
from engine.rendering.papers.basis import told_lead
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Table
from engine.rendering.words import few_names

# One sign per outcome: a matrix must be readable without its colours.
SIGNS = {
    Outcome.MET.value: "达",
    Outcome.PARTIAL.value: "部",
    Outcome.NOT_MET.value: "差",
    Outcome.UNKNOWN.value: "核",
    Outcome.NOT_APPLICABLE.value: "不",
}
ANSWERS, NOT_OURS = "责", ""
MATRIX_KEY = (
    "达＝达标　部＝部分　差＝不达标　核＝待核　不＝不适用　责＝是责任单位，没有单独的数　空白＝不归本单位；带*的是牵头单位"
)
WORST_FIRST = ("NOT_MET", "UNKNOWN", "MET")
MOST_LOST = 3


def score_table(assessment: Assessment, simulation: Simulation | None = None) -> Table:
    """The score summary (得分汇总表): a line per pillar, what clauses take, the total; every column adds up."""
    columns = [
        Column("一级指标", 5),
        Column("满分", 4, right=True),
        Column("未收录", 4, right=True),
        Column("自报已得", 4, right=True),
        Column("有据已得", 4, right=True),
        Column("待定", 4, right=True),
        Column("还能补", 4, right=True),
        Column("已丢", 4, right=True),
        Column("最高可到", 4, right=True),
        *(
            [
                Column("模拟中间值（宽/中/严）", 8, printed=False),
                Column("模拟区间（宽/中/严，各5%到95%）", 16, printed=False),
            ]
            if simulation
            else []
        ),
        Column("失分最大三项", 30, printed=False),
        Column("牵头单位", 14, printed=False),
    ]
    rows = [_pillar_row(pillar, assessment, simulation) for pillar in assessment.pillars if pillar.maximum]
    blank = [""] * (len(columns) - 9)
    total = assessment.score
    last = [
        total.maximum,
        sum(p.reserve for p in assessment.pillars),
        total.claimed.earned,
        total.substantiated.earned,
        total.substantiated.open,
        total.substantiated.recoverable,
        total.substantiated.lost,
        total.substantiated.reachable,
    ]
    sums = [sum(column) for column in zip(*map(_points_of, assessment.pillars), strict=True)]
    taken = [whole - before for whole, before in zip(last, sums, strict=True)]
    if any(taken):
        rows.append(("条款扣减", *(points_text(value) if value else "" for value in taken), *blank))
    rows.append(("合计", *map(points_text, last), *blank))
    return Table("得分汇总", "得分汇总表", tuple(columns), tuple(rows))


def _points_of(pillar: PillarScore) -> tuple[int, ...]:
    proven = pillar.substantiated
    return (
        pillar.maximum,
        pillar.reserve,
        pillar.claimed.earned,
        proven.earned,
        proven.open,
        proven.recoverable,
        proven.lost,
        proven.reachable,
    )


def _pillar_row(pillar: PillarScore, assessment: Assessment, simulation: Simulation | None) -> tuple[str, ...]:
    names = names_of_roles(assessment)
    mine = [finding for finding in assessment.findings if finding.pillar == pillar.id and finding.scored]
    worst = sorted(mine, key=lambda f: (-f.substantiated.lost - f.substantiated.recoverable, f.indicator))[:MOST_LOST]
    told = [
        f"{f.indicator} {f.title}{points_text(f.substantiated.lost + f.substantiated.recoverable)}"
        for f in worst
        if f.substantiated.lost + f.substantiated.recoverable
    ]
    leads = dict.fromkeys(told_lead(finding, names) for finding in mine)
    simulated: tuple[str, ...] = ()
    if simulation:
        spreads = [view.spread for one in simulation.evaluators for view in one.pillars if view.id == pillar.id]
        simulated = (" / ".join(s.p50 for s in spreads), " / ".join(f"{s.p5}至{s.p95}" for s in spreads))
    return (pillar.short, *map(points_text, _points_of(pillar)), *simulated, "；".join(told), "、".join(leads))


def findings_table(assessment: Assessment) -> Table:
    """Every finding, with all that a spreadsheet has room for."""
    printed = {"指标", "名称", "牵头", "有据结论", "状态", "原因", "满分", "有据已得", "自报已得", "差多少"}
    widths = {"名称": 10, "数值": 30, "差多少": 16, "牵头": 5, "指标": 4, "原因": 4, "状态": 5}
    points = {"满分", "有据已得", "自报已得", "最高可到", "待定", "还能补", "已丢"}
    columns = tuple(Column(h, widths.get(h, 4), right=h in points, printed=h in printed) for h in FINDING_COLUMNS)
    return Table("逐项结论", "逐项结论", columns, tuple(tuple(row) for row in finding_rows(assessment)))


def gaps_table(gaps: Sequence[Gap]) -> Table:
    """The gap list (差距清单), in the order of work."""
    printed = {"指标", "种类", "单位", "现在怎样", "应当怎样", "差多少", "最迟动手", "截止"}
    widths = {
        "编号": 16,
        "指标": 4,
        "种类": 3,
        "单位": 6,
        "状态": 6,
        "现在怎样": 18,
        "应当怎样": 10,
        "差多少": 12,
        "整改": 20,
        "责任单位": 10,
        "截止": 6,
        "最迟动手": 6,
        "来源": 8,
    }
    columns = tuple(
        Column(head, widths.get(head, 4), right=head in ("待定分", "还能补分", "约几天"), printed=head in printed)
        for head in GAP_COLUMNS
    )
    rows = tuple((row[0], row[1], row[2], few_names(row[3]), *row[4:]) for row in map(gap_row, gaps))
    return Table("差距清单", "差距清单", columns, rows, empty="本次没有列出差距；没有列出不等于没有，待核的另见得分汇总")


def matrix_table(assessment: Assessment) -> Table:
    """Indicators by units: the lead's verdict, a member's own, or that the unit answers for it."""
    units = [unit for unit in assessment.units if unit.kind != "role" or unit.facts_due or unit.slots_due]
    columns = (Column("指标", 4), Column("名称", 12), *(Column(unit.name, 1) for unit in units))
    rows = tuple(
        (f.indicator, f.title, *(_sign(f, own, unit.name, {unit.name, *unit.roles}) for unit in units))
        for f, own in ((f, _own_signs(f)) for f in assessment.findings if f.scored)
    )
    return Table("指标与单位", "指标与单位对照", columns, rows, look="matrix")


def _sign(finding: Finding, own: Mapping[str, str], name: str, roles: set[str]) -> str:
    if finding.lead_unit in roles:
        return f"{SIGNS[finding.outcome.value]}*"
    return own.get(name) or (ANSWERS if roles & set(finding.responsible_units) else NOT_OURS)


def _own_signs(finding: Finding) -> dict[str, str]:
    """The worst of each member's own values."""
    values = [finding.value, *(element.value for element in finding.elements)]
    worst: dict[str, str] = {}
    for member in (member for value in values if value is not None for member in value.members):
        worst[member.unit] = min(worst.get(member.unit, "MET"), member.outcome, key=WORST_FIRST.index)
    return {unit: SIGNS[outcome] for unit, outcome in worst.items()}
