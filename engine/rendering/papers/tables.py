"""The tables that reports are made of; every cell is read off the assessment."""

from collections.abc import Sequence

from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import MemberShown
from engine.models.result import Outcome
from engine.models.result import PillarScore
from engine.models.result import SlotShown
from engine.models.result import points_text
from engine.models.simulation import Simulation
from engine.rendering.documents import FINDING_COLUMNS
from engine.rendering.documents import GAP_COLUMNS
from engine.rendering.documents import finding_rows
from engine.rendering.documents import gap_row
from engine.rendering.evidence_list import STATUS
from engine.rendering.gap_groups import is_conclusion
from engine.rendering.gap_groups import is_lost
from engine.rendering.papers.basis import BY_HAND
from engine.rendering.papers.basis import names_of_roles
from engine.rendering.papers.basis import told_lead
from engine.rendering.papers.basis import told_responsible
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Table
from engine.rendering.words import CHANNELS
from engine.rendering.words import KINDS
from engine.rendering.words import few_names
from engine.rendering.words import gap_word
from engine.rendering.words import outcome_word
from engine.rendering.words import problem_word

# One sign per outcome: a matrix must be readable without its colours.
SIGNS = {
    Outcome.MET.value: "达",
    Outcome.PARTIAL.value: "部",
    Outcome.NOT_MET.value: "差",
    Outcome.UNKNOWN.value: "核",
    Outcome.NOT_APPLICABLE.value: "不",
}
ANSWERS, NOT_OURS = "责", ""
MATRIX_KEY = "达＝达标　部＝部分　差＝不达标　核＝待核　不＝不适用　责＝是责任单位，没有单独的数　空白＝不归本单位；带*的是牵头单位"
MOST_LOST = 3


def score_table(assessment: Assessment, simulation: Simulation | None = None) -> Table:
    """The score summary (得分汇总表): a line per pillar, what clauses take, the total; every column adds up."""
    columns = [
        Column("一级指标", 5), Column("满分", 4, right=True), Column("未收录", 4, right=True), Column("自报已得", 4, right=True),
        Column("有据已得", 4, right=True), Column("待定", 4, right=True), Column("还能补", 4, right=True),
        Column("已丢", 4, right=True), Column("最高可到", 4, right=True),
        *([Column("模拟中间值（宽/中/严）", 8, printed=False), Column("模拟区间（宽/中/严，各5%到95%）", 16, printed=False)]
          if simulation else []),
        Column("失分最大三项", 30, printed=False), Column("牵头单位", 14, printed=False),
    ]  # fmt: skip
    rows = [_pillar_row(pillar, assessment, simulation) for pillar in assessment.pillars if pillar.maximum]
    blank = [""] * (len(columns) - 9)
    total = assessment.score
    last = [
        total.maximum, sum(p.reserve for p in assessment.pillars), total.claimed.earned, total.substantiated.earned,
        total.substantiated.open, total.substantiated.recoverable, total.substantiated.lost, total.substantiated.reachable,
    ]  # fmt: skip
    sums = [sum(column) for column in zip(*map(_points_of, assessment.pillars), strict=True)]
    taken = [whole - before for whole, before in zip(last, sums, strict=True)]
    if any(taken):
        rows.append(("条款扣减", *(points_text(value) if value else "" for value in taken), *blank))
    rows.append(("合计", *map(points_text, last), *blank))
    return Table("得分汇总", "得分汇总表", tuple(columns), tuple(rows))


def _points_of(pillar: PillarScore) -> tuple[int, ...]:
    proven = pillar.substantiated
    return (
        pillar.maximum, pillar.reserve, pillar.claimed.earned, proven.earned, proven.open, proven.recoverable, proven.lost,
        proven.reachable,
    )  # fmt: skip


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
        "编号": 16, "指标": 4, "种类": 3, "单位": 6, "状态": 6, "现在怎样": 18, "应当怎样": 10, "差多少": 12, "整改": 20, "责任单位": 10,
        "截止": 6, "最迟动手": 6, "来源": 8,
    }  # fmt: skip
    columns = tuple(
        Column(head, widths.get(head, 4), right=head in ("待定分", "还能补分", "约几天"), printed=head in printed)
        for head in GAP_COLUMNS
    )
    rows = tuple((row[0], row[1], row[2], few_names(row[3]), *row[4:]) for row in map(gap_row, gaps))
    return Table("差距清单", "差距清单", columns, rows, empty="本次没有列出差距；没有列出不等于没有，待核的另见得分汇总")


def rectification_table(assessment: Assessment) -> Table:
    """The rectification ledger (整改台账): what the assessment knows is filled in, what people decide is blank."""
    columns = (
        Column("序号", 2, right=True), Column("问题编号", 16, printed=False), Column("发现日期", 5), Column("来源", 8, printed=False),
        Column("种类", 2), Column("指标", 3), Column("问题", 16), Column("整改目标", 10), Column("措施", 12),
        Column("牵头单位", 5), Column("责任单位", 10, printed=False), Column("责任人", 4, printed=False), Column("最迟动手", 5),
        Column("计划完成日", 5), Column("进展", 8, printed=False), Column("佐证", 8, printed=False),
        Column("牵头复核人、日期", 6, printed=False), Column("专班核验、日期", 6, printed=False), Column("销号结论", 4),
        Column("反弹复查日", 5, printed=False),
    )  # fmt: skip
    work = [gap for gap in assessment.gaps if not is_conclusion(gap)]
    rows = tuple(_ledger_row(number, gap, assessment) for number, gap in enumerate(work, 1))
    return Table("整改台账", "整改台账", columns, rows)


def _ledger_row(number: int, gap: Gap, assessment: Assessment) -> tuple[str, ...]:
    lost = is_lost(gap)
    action = gap.remedy.action if gap.remedy else ""
    return (
        str(number), gap.id, str(assessment.as_of), gap.source, gap_word(gap), gap.indicator or "",
        "；".join(part for part in (gap.current, gap.missing) if part), gap.required, "期内的补不了，如实说明" if lost else action,
        few_names(gap.unit), few_names("、".join(gap.responsible_units)), BY_HAND, str(gap.start_by or ""), str(gap.due or ""),
        BY_HAND, BY_HAND, BY_HAND, BY_HAND, "补不了" if lost else "未启动", BY_HAND,
    )  # fmt: skip


def tasks_table(assessment: Assessment) -> Table:
    """The task breakdown (任务分解表): who leads, who answers, what proof is asked for, by when."""
    names = names_of_roles(assessment)
    pillars = {pillar.id: pillar.short for pillar in assessment.pillars}
    columns = (
        Column("序号", 2, right=True), Column("一级", 4), Column("编号", 3), Column("国家编号", 4, printed=False), Column("名称", 10),
        Column("要求原文", 30, printed=False), Column("类型", 2), Column("满分", 3, right=True), Column("评测方式", 4, printed=False),
        Column("牵头单位", 5), Column("责任单位", 8), Column("分管领导", 4, printed=False), Column("联络员", 4, printed=False),
        Column("要交的证据", 18), Column("完成时限", 5), Column("状态", 4), Column("有据已得", 4, right=True),
        Column("适用", 8, printed=False),
    )  # fmt: skip
    rows = tuple(
        (
            str(number), pillars[f.pillar], f.indicator, str(f.official_no or "没有核对"), f.title, f.requirement, KINDS[f.kind],
            points_text(f.maximum), CHANNELS[f.channel], told_lead(f, names), told_responsible(f, names), BY_HAND, BY_HAND,
            "；".join(_slot_told(slot) for slot in f.slots), str(f.state.by or ""), outcome_word(f, f.outcome),
            points_text(f.substantiated.earned), f.applicability.reason or "",
        )
        for number, f in enumerate(assessment.findings, 1)
    )  # fmt: skip
    return Table("任务分解", "任务分解表", columns, rows)


def _slot_told(slot: SlotShown) -> str:
    count = f"{slot.accepted}/{slot.required}" + ("（每单位）" if slot.units_unknown else "")
    return f"{slot.title} {'不要' if slot.status == 'not_needed' else count}"


def evidence_table(assessment: Assessment) -> Table:
    """The catalogue of evidence (证据台账目录)."""
    columns = (
        Column("件号", 7), Column("名称", 16), Column("文号", 8), Column("种类", 4, printed=False), Column("成文", 5),
        Column("公开", 5, printed=False), Column("覆盖", 6, printed=False), Column("公开网址", 14, printed=False), Column("用于", 10),
        Column("用几处", 3, right=True), Column("校验状态", 8), Column("提示", 8, printed=False),
        Column("摘要", 20, printed=False),
    )  # fmt: skip
    rows = tuple(
        (
            e.id, e.title, e.number or "", e.kind, e.issued or "", e.published or "", e.covers or "", e.url or "", "、".join(e.uses),
            str(len(e.uses)),
            "已核" if e.status == "accepted" and e.reviewed else "：".join(
                part for part in (STATUS[e.status], "、".join(problem_word(code) for code in e.codes)) if part
            ),
            "、".join(problem_word(code) for code in e.warnings), e.sha256 or "",
        )
        for e in assessment.evidence
    )  # fmt: skip
    return Table("证据目录", "证据台账目录", columns, rows, empty="没有交一件材料")


def units_table(assessment: Assessment) -> Table:
    """What every unit was to give and gave."""
    columns = (
        Column("单位", 8), Column("该答要素", 4, right=True), Column("答得上", 4, right=True), Column("该证", 4, right=True),
        Column("合格", 4, right=True), Column("退回", 4, right=True), Column("牵头满分", 4, right=True), Column("有据已得", 4, right=True),
    )  # fmt: skip
    rows = tuple(
        (
            u.name, str(u.facts_due), str(u.facts_given), str(u.slots_due), str(u.accepted), str(u.returned),
            points_text(u.maximum), points_text(u.earned),
        )
        for u in assessment.units
        if u.facts_due or u.slots_due or u.maximum
    )  # fmt: skip
    return Table("各单位", "各单位该交和交了的", columns, rows)


def problems_table(assessment: Assessment) -> Table:
    """What was set aside, returned or only remarked on, with its place."""
    columns = (
        Column("代码", 6),
        Column("意思", 6, printed=False),
        Column("位置", 8),
        Column("是什么", 20),
        Column("怎么办", 16),
    )
    rows = tuple(
        (p.code, problem_word(p.code), f"{p.file}:{p.line}:{p.column}", p.found, p.remedy) for p in assessment.problems
    )
    return Table("不计退回", "不计、退回与提示", columns, rows)


def matrix_table(assessment: Assessment) -> Table:
    """Indicators by units: the lead's verdict, a member's own, or that the unit answers for it."""
    units = [unit for unit in assessment.units if unit.kind != "role" or unit.facts_due or unit.slots_due]
    columns = (Column("指标", 4), Column("名称", 12), *(Column(unit.name, 1) for unit in units))
    rows = tuple(
        (f.indicator, f.title, *(_sign(f, unit.name, {unit.name, *unit.roles}) for unit in units))
        for f in assessment.findings
        if f.scored
    )
    return Table("指标与单位", "指标与单位对照", columns, rows, look="matrix")


def _sign(finding: Finding, name: str, roles: set[str]) -> str:
    if finding.lead_unit in roles:
        return f"{SIGNS[finding.outcome.value]}*"
    own = [member for member in _members(finding) if member.unit == name]
    if own:
        return SIGNS[min((member.outcome for member in own), key=["NOT_MET", "UNKNOWN", "MET"].index)]
    return ANSWERS if roles & set(finding.responsible_units) else NOT_OURS


def _members(finding: Finding) -> list[MemberShown]:
    values = [finding.value, *(element.value for element in finding.elements)]
    return [member for value in values if value is not None for member in value.members]
