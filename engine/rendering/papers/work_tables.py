"""The tables that people work from: ledger, task breakdown, evidence catalogue, units, what was set aside."""

from engine.models.result import Assessment
from engine.models.result import Gap
from engine.models.result import SlotShown
from engine.models.result import points_text
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


def rectification_table(assessment: Assessment) -> Table:
    """The rectification ledger (整改台账): what the assessment knows is filled in, what people decide is blank."""
    columns = (
        Column("序号", 2, right=True),
        Column("问题编号", 16, printed=False),
        Column("发现日期", 5),
        Column("来源", 8, printed=False),
        Column("种类", 2),
        Column("指标", 5),
        Column("问题", 16),
        Column("整改目标", 10),
        Column("措施", 12),
        Column("牵头单位", 5),
        Column("责任单位", 10, printed=False),
        Column("责任人", 4, printed=False),
        Column("最迟动手", 5),
        Column("计划完成日", 5),
        Column("进展", 8, printed=False),
        Column("佐证", 8, printed=False),
        Column("牵头复核人、日期", 6, printed=False),
        Column("专班核验、日期", 6, printed=False),
        Column("销号结论", 4),
        Column("反弹复查日", 5, printed=False),
    )
    work = [gap for gap in assessment.gaps if not is_conclusion(gap)]
    rows = tuple(_ledger_row(number, gap, assessment) for number, gap in enumerate(work, 1))
    return Table("整改台账", "整改台账", columns, rows)


def _ledger_row(number: int, gap: Gap, assessment: Assessment) -> tuple[str, ...]:
    lost = is_lost(gap)
    action = gap.remedy.action if gap.remedy else ""
    return (
        str(number),
        gap.id,
        str(assessment.as_of),
        gap.source,
        gap_word(gap),
        gap.indicator or "",
        "；".join(part for part in (gap.current, gap.missing) if part),
        gap.required,
        "期内的补不了，如实说明" if lost else action,
        few_names(gap.unit),
        few_names("、".join(gap.responsible_units)),
        BY_HAND,
        str(gap.start_by or ""),
        str(gap.due or ""),
        BY_HAND,
        BY_HAND,
        BY_HAND,
        BY_HAND,
        "补不了" if lost else "未启动",
        BY_HAND,
    )


def tasks_table(assessment: Assessment) -> Table:
    """The task breakdown (任务分解表): who leads, who answers, what proof is asked for, by when."""
    names = names_of_roles(assessment)
    pillars = {pillar.id: pillar.short for pillar in assessment.pillars}
    columns = (
        Column("序号", 2, right=True),
        Column("一级", 4),
        Column("编号", 5),
        Column("国家编号", 4, printed=False),
        Column("名称", 10),
        Column("要求原文", 30, printed=False),
        Column("类型", 2),
        Column("满分", 5, right=True),
        Column("评测方式", 4, printed=False),
        Column("牵头单位", 5),
        Column("责任单位", 8),
        Column("分管领导", 4, printed=False),
        Column("联络员", 4, printed=False),
        Column("要交的证据", 18),
        Column("完成时限", 5),
        Column("状态", 4),
        Column("有据已得", 4, right=True),
        Column("适用", 8, printed=False),
    )
    rows = tuple(
        (
            str(number),
            pillars[f.pillar],
            f.indicator,
            str(f.official_no or "没有核对"),
            f.title,
            f.requirement,
            KINDS[f.kind],
            points_text(f.maximum),
            CHANNELS[f.channel],
            told_lead(f, names),
            told_responsible(f, names),
            BY_HAND,
            BY_HAND,
            "；".join(_slot_told(slot) for slot in f.slots),
            str(f.state.by or ""),
            outcome_word(f, f.outcome),
            points_text(f.substantiated.earned),
            f.applicability.reason or "",
        )
        for number, f in enumerate(assessment.findings, 1)
    )
    return Table("任务分解", "任务分解表", columns, rows)


def _slot_told(slot: SlotShown) -> str:
    count = f"{slot.accepted}/{slot.required}" + ("（每单位）" if slot.units_unknown else "")
    return f"{slot.title} {'不要' if slot.status == 'not_needed' else count}"


def evidence_table(assessment: Assessment) -> Table:
    """The catalogue of evidence (证据台账目录)."""
    columns = (
        Column("件号", 7),
        Column("名称", 16),
        Column("文号", 8),
        Column("种类", 4, printed=False),
        Column("成文", 5),
        Column("公开", 5, printed=False),
        Column("覆盖", 6, printed=False),
        Column("公开网址", 14, printed=False),
        Column("用于", 10),
        Column("用几处", 3, right=True),
        Column("校验状态", 8),
        Column("提示", 8, printed=False),
        Column("摘要", 20, printed=False),
    )
    rows = tuple(
        (
            e.id,
            e.title,
            e.number or "",
            e.kind,
            e.issued or "",
            e.published or "",
            e.covers or "",
            e.url or "",
            "、".join(e.uses),
            str(len(e.uses)),
            "已核"
            if e.status == "accepted" and e.reviewed
            else "：".join(part for part in (STATUS[e.status], "、".join(problem_word(code) for code in e.codes)) if part),
            "、".join(problem_word(code) for code in e.warnings),
            e.sha256 or "",
        )
        for e in assessment.evidence
    )
    return Table("证据目录", "证据台账目录", columns, rows, empty="没有交一件材料")


def units_table(assessment: Assessment) -> Table:
    """What every unit was to give and gave."""
    columns = (
        Column("单位", 8),
        Column("该答要素", 4, right=True),
        Column("答得上", 4, right=True),
        Column("该证", 4, right=True),
        Column("合格", 4, right=True),
        Column("退回", 4, right=True),
        Column("牵头满分", 4, right=True),
        Column("有据已得", 4, right=True),
    )
    rows = tuple(
        (
            u.name,
            str(u.facts_due),
            str(u.facts_given),
            str(u.slots_due),
            str(u.accepted),
            str(u.returned),
            points_text(u.maximum),
            points_text(u.earned),
        )
        for u in assessment.units
        if u.facts_due or u.slots_due or u.maximum
    )
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
