"""The self-assessment report (自评报告): seven parts and annexes; what is weak is never left out."""

from collections.abc import Iterator

from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Outcome
from engine.models.result import PillarScore
from engine.models.result import points_text
from engine.models.simulation import Simulation
from engine.rendering.gap_groups import is_conclusion
from engine.rendering.gap_groups import is_lost
from engine.rendering.gap_groups import is_weakness
from engine.rendering.gap_groups import told_one_by_one
from engine.rendering.papers.basis import names_of_roles
from engine.rendering.papers.basis import paper
from engine.rendering.papers.basis import told_gap
from engine.rendering.papers.basis import told_items
from engine.rendering.papers.basis import told_lead
from engine.rendering.papers.basis import told_value
from engine.rendering.papers.overview import counts_told
from engine.rendering.papers.overview import range_told
from engine.rendering.papers.overview import standing_told
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text
from engine.rendering.papers.tables import score_table
from engine.rendering.papers.work_tables import evidence_table
from engine.rendering.papers.work_tables import rectification_table
from engine.rendering.words import outcome_word

NUMERALS = "一二三四五六七八九十"
LAST_PILLAR = "P9"


def self_assessment(assessment: Assessment, _simulation: Simulation | None) -> Paper:
    """Lay the report out."""
    score = score_table(assessment)
    sections = (
        Section("一、基本情况与组织领导", (Text(_basics(assessment)),)),
        Section("二、对照一级指标逐项自评", (Text((counts_told(assessment),)),)),
        *_pillars(assessment),
        Section("三、特色亮点与附加项", (Text(_bright(assessment)),)),
        Section("四、存在问题与扣分项", (Text(_weak(assessment), "points"),)),
        Section("五、整改措施与时限", (rectification_table(assessment),)),
        Section("六、得分汇总", (Text((range_told(assessment),)), score)),
        Section("附件1　证据目录", (evidence_table(assessment),), new_page=True),
        Section("附件2　数据来源与口径", (_sources(assessment),), new_page=True),
        Section("附件3　资格与否决事项", (Text((standing_told(assessment), _declared(assessment))),), new_page=True),
    )
    title = f"{assessment.submission.unit}法治政府建设示范创建自评报告"
    return paper("self", title, assessment, sections, score)


def _basics(assessment: Assessment) -> tuple[str, ...]:
    told, covered = assessment.submission, assessment.score.coverage
    checked = sum(item.reviewed and item.status == "accepted" for item in assessment.evidence)
    accepted = sum(item.status == "accepted" for item in assessment.evidence)
    returned = sum(item.status == "returned" for item in assessment.evidence)
    units = [unit.name for unit in assessment.units if unit.kind != "role"]
    return (
        f"评估期{told.period_from}至{told.period_to}，评判日{assessment.as_of}。"
        + (f"参加填报的单位{len(units)}个。" if units else "没有分单位填报。"),
        (
            f"应填要素{covered.facts_due}个，答得上{covered.facts_given}个；应交证据{covered.slots_due}项，合格{covered.slots_accepted}项。"
            f"共交材料{len(assessment.evidence)}件，形式合格{accepted}件（其中已核{checked}件），退回{returned}件。"
        ),
        "本报告由填报的事实和材料算出。没有合格佐证的自报不得分；不知道的写待核，不当作零，也不当作没有。",
        *_leadership(assessment),
    )


def _leadership(assessment: Assessment) -> Iterator[str]:
    led = [f for f in assessment.findings if f.pillar == LAST_PILLAR and f.applicability.is_ == "yes" and f.scored]
    if led:
        yield "组织领导：" + "；".join(f"{f.title}（{outcome_word(f, f.outcome)}）" for f in led) + "。"


def _pillars(assessment: Assessment) -> Iterator[Section]:
    held = [p for p in assessment.pillars if p.maximum and any(p.outcomes.values())]
    for number, pillar in enumerate(held):
        mine = [finding for finding in assessment.findings if finding.pillar == pillar.id]
        title = f"（{NUMERALS[number % 10]}）{pillar.title}"
        yield Section(title, (Text((_pillar_told(pillar),)), _pillar_table(pillar, mine, assessment)), level=2)


def _pillar_told(pillar: PillarScore) -> str:
    proven, left = pillar.substantiated, pillar.rows_reserved
    return (
        f"满分{points_text(pillar.maximum)}分，自报已得{points_text(pillar.claimed.earned)}分，有据已得{points_text(proven.earned)}分，"
        f"待定{points_text(proven.open)}分，还能补{points_text(proven.recoverable)}分，已丢{points_text(proven.lost)}分。"
        + (f"另有{left}项未收录，按待核占着分母。" if left else "")
    )


def _pillar_table(pillar: PillarScore, findings: list[Finding], assessment: Assessment) -> Table:
    names = names_of_roles(assessment)
    columns = (
        Column("指标", 4),
        Column("名称", 6),
        Column("现在怎样", 13),
        Column("证据编号", 7),
        Column("牵头", 4),
        Column("结论", 3),
        Column("满分", 4, right=True),
        Column("自报", 4, right=True),
        Column("有据", 4, right=True),
    )
    rows = tuple(
        (
            f.indicator,
            f.title,
            told_value(f) or "没有报",
            told_items(f) or "没有",
            told_lead(f, names),
            outcome_word(f, f.outcome),
            points_text(f.maximum),
            points_text(f.claimed.earned),
            points_text(f.substantiated.earned),
        )
        for f in findings
    )
    return Table(f"{pillar.id} {pillar.short}", pillar.title, columns, rows)


def _bright(assessment: Assessment) -> tuple[str, ...]:
    bonus = assessment.score.bonus
    honours = [f"{c.title}：{'；'.join(c.because)}。" for c in assessment.conclusions if c.effect == "bonus"]
    full = [f for f in assessment.findings if f.scored and f.substantiated.outcome is Outcome.MET]
    told = "、".join(f"{f.indicator} {f.title}" for f in full)
    return (
        *honours,
        f"附加{bonus['points']}分（{bonus['reason']}），在满分以外。",
        f"有合格佐证而达标的{len(full)}项：{told}。" if full else "还没有一项是有合格佐证而达标的。",
        "特色做法要有上级文件或外部材料，由人写入。",
    )


def _weak(assessment: Assessment) -> tuple[str, ...]:
    """Every task, every loss, what the unit admits itself, and what is merely missing, by number."""
    numbered = [gap for gap in told_one_by_one(assessment.gaps) if not is_conclusion(gap)]
    told = tuple(told_gap(gap) + ("；期内的补不了" if is_lost(gap) else "") for gap in numbered)
    plain = len(assessment.gaps) - len(told_one_by_one(assessment.gaps))
    admitted = sum(is_weakness(gap) for gap in assessment.gaps)
    rest = [f"缺数、缺证另有{plain}条，见整改台账"] if plain else []
    rest += [] if admitted else ["没有自己写下的短板；没有写不等于没有，请各单位补写"]
    return (*told, *rest)


def _sources(assessment: Assessment) -> Table:
    columns = (Column("口径", 12), Column("编号", 10), Column("数", 10), Column("与自报核对", 14))
    rows = tuple((m.label, m.measure, m.text, m.check or "") for m in assessment.measures)
    return Table("数据口径", "数据与口径", columns, rows)


def _declared(assessment: Assessment) -> str:
    vetoes = [c.title for c in assessment.conclusions if c.effect in ("veto", "block")]
    told = (
        f"成立的否决事项：{'、'.join(vetoes)}。"
        if vetoes
        else "没有查实的否决事项；没有申报不等于没有，须有关机关出具证明。"
    )
    return f"{told}声明由主要负责人签字：__________　　年　　月　　日"
