"""The report of a simulated third party (模拟第三方评估报告). It shows no chance of anything being drawn."""

from engine.models.result import Assessment
from engine.models.result import Outcome
from engine.models.result import points_text
from engine.models.simulation import Simulation
from engine.rendering.charts import distribution_chart
from engine.rendering.papers.basis import paper
from engine.rendering.papers.overview import first_work
from engine.rendering.papers.overview import standing_told
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Figure
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text
from engine.rendering.papers.tables import gaps_table
from engine.rendering.papers.tables import score_table
from engine.rendering.simulation_report import CAUSES
from engine.rendering.simulation_report import COLUMNS
from engine.rendering.simulation_report import NO_LINE
from engine.rendering.simulation_report import between_text
from engine.rendering.simulation_report import simulation_rows

STATED = "本报告是本单位自己的模拟，不是任何评估机构的评估，也不代表评估结论。评估人的松紧、采信率、各项权重都是假设。"
MOST_BRIGHT = 15


def simulated_evaluation(assessment: Assessment, simulation: Simulation | None) -> Paper:
    """Lay it out: statement, conclusion, eligibility, pillars, what was looked at, gaps, advice, assumptions."""
    assert simulation is not None, "asked for only with a simulation"
    score = score_table(assessment, simulation)
    spreads = _spreads(simulation)
    sections = (
        Section("声明", (Text((STATED, f"假设：{simulation.evaluation}。{simulation.basis}")),)),
        Section(
            "一、结论", (Text(_concluded(simulation)), Figure(distribution_chart(simulation)), spreads, _bands(simulation))
        ),
        Section("二、资格与否决风险", (Text((standing_told(assessment),)),)),
        Section("三、分一级指标得分", (score, _pillars(simulation))),
        Section("四、看了什么、凭什么", (Text(_looked(simulation)),)),
        Section("五、有据的分里最可能保不住的", (_at_stake(simulation),)),
        Section("六、问题清单", (gaps_table(assessment.gaps),)),
        Section("七、亮点", (Text(_bright(assessment), "points"),)),
        Section("八、建议", (Text(first_work(assessment), "points"),)),
        Section("附录　参数与敏感性", (Text(_parameters(simulation)), _sweep(simulation))),
    )
    title = f"{assessment.submission.unit}法治政府建设模拟第三方评估报告"
    return paper("simulated", title, assessment, sections, spreads)


def _concluded(simulation: Simulation) -> tuple[str, ...]:
    proven, claimed = simulation.substantiated, simulation.claimed
    told = [
        (
            f"确定的范围（没有随机，不看评估人）：有据{points_text(proven.earned)}至{points_text(proven.reachable)}分，"
            f"自报{points_text(claimed.earned)}至{points_text(claimed.reachable)}分；待核占满分的{simulation.unknown_share}。"
        ),
        "；".join(
            f"评估人{v.title}：中间值{v.spread.p50}分，5%到95%为{v.spread.p5}至{v.spread.p95}分，误差不过{v.error.points}分"
            for v in simulation.evaluators
        )
        + f"。只按已经有据的算，待核{simulation.unknown}分不在里面。",
    ]
    if simulation.refused:
        told.append(f"过线和名次：不给。{simulation.refused}。")
    elif simulation.asked_line is None and simulation.asked_rank is None:
        told.append(f"{NO_LINE}。")
    for name, asked in (("line", simulation.asked_line), ("rank", simulation.asked_rank)):
        chances = [(v.title, getattr(v, name)) for v in simulation.evaluators]
        if asked is not None and all(chance is not None for _, chance in chances):
            what = f"到{asked}分" if name == "line" else f"{asked[1]}个里进前{asked[0]}名"
            told.append(f"{what}：{'；'.join(f'{title} {between_text(chance)}' for title, chance in chances)}。")
    return tuple(told)


def _spreads(simulation: Simulation) -> Table:
    columns = tuple(Column(head, 3, right=at > 1, printed=head != "编号") for at, head in enumerate(COLUMNS))
    return Table("三种评估人", "三种评估人大概给多少", columns, tuple(tuple(row) for row in simulation_rows(simulation)))


def _bands(simulation: Simulation) -> Table:
    heads = [f"{band.title}（{band.from_}起）" for band in simulation.evaluators[0].bands]
    rows = tuple((v.title, *(between_text(band.chance) for band in v.bands)) for v in simulation.evaluators)
    columns = (Column("评估人", 5), *(Column(head, 9) for head in heads))
    return Table("等次", "落在哪一等（等次线是假设；至少、至多看待核得不得）", columns, rows)


def _pillars(simulation: Simulation) -> Table:
    views = simulation.evaluators
    columns = (
        Column("一级指标", 5),
        Column("满分", 4, right=True),
        Column("有据", 4, right=True),
        Column("待核", 4, right=True),
        *(Column(f"{view.title} P5、P50、P95", 8) for view in views),
    )
    rows = tuple(
        (
            one.short,
            points_text(one.maximum),
            points_text(one.earned),
            points_text(one.open),
            *("、".join((v.pillars[at].spread.p5, v.pillars[at].spread.p50, v.pillars[at].spread.p95)) for v in views),
        )
        for at, one in enumerate(views[0].pillars)
        if one.maximum
    )
    return Table("各方面试算", "有据的分里评估人大概留多少（评分口径的分，不折算）", columns, rows)


def _looked(simulation: Simulation) -> tuple[str, ...]:
    told = [
        f"{v.title}：满分的{v.priors_alone}只靠假设；高低主要由什么定（占方差）："
        + "、".join(f"{CAUSES[one.cause]}{one.share}" for one in v.uncertainties[:3])
        for v in simulation.evaluators
    ]
    check = [
        f"抽样核对（{v.title}）：抽{v.check.draws}次，种子{v.check.seed}，两法最大相差{v.check.distance}，应不超过{v.check.expected}"
        for v in simulation.evaluators
        if v.check is not None
    ]
    plain = "本次没有另外抽样：分布由逐项相加算出，同样的输入给同样的结果。"
    return (*told, *(check or [plain]), "抽哪些部门、案卷、网址由评估时从全量名册里抽，本报告不给被抽中的把握。")


def _at_stake(simulation: Simulation) -> Table:
    columns = (
        Column("评估人", 3),
        Column("指标", 4),
        Column("名称", 10),
        Column("折多少分", 4, right=True),
        Column("大概丢", 4, right=True),
        Column("最弱的材料", 14),
        Column("等", 2),
        Column("短处", 14),
    )
    rows = tuple(
        (
            view.title,
            one.indicator,
            one.title,
            one.weighs,
            one.likely_lost,
            f"{one.document} {one.document_title}",
            one.grade,
            "、".join(one.lacks),
        )
        for view in simulation.evaluators
        for one in view.at_stake
    )
    return Table("可能保不住", "有据的分里最可能保不住的", columns, rows)


def _bright(assessment: Assessment) -> tuple[str, ...]:
    full = [f for f in assessment.findings if f.scored and f.substantiated.outcome is Outcome.MET]
    told = [f"{f.indicator} {f.title}：有合格佐证，达标" for f in full[:MOST_BRIGHT]]
    rest = [f"另有{len(full) - MOST_BRIGHT}项"] if len(full) > MOST_BRIGHT else []
    return (*told, *rest) or ("还没有一项是有合格佐证而达标的",)


def _parameters(simulation: Simulation) -> tuple[str, ...]:
    calibrated = "、".join(f"{v.title}{v.calibrated_on}" for v in simulation.evaluators)
    return (
        (
            f"规则{simulation.ruleset}，口径{simulation.profile}，评判日{simulation.as_of}；核对过原文{simulation.checked_rows}行，"
            f"官方共{simulation.official_rows}行。"
        ),
        f"格距{simulation.grid}，松紧分{simulation.strata}层；采信率用往次结果校准的件数：{calibrated}。{simulation.bonus}。",
    )


def _sweep(simulation: Simulation) -> Table:
    titles = {view.id: view.title for view in simulation.evaluators}
    columns = (
        Column("评估人", 4),
        Column("换哪一项", 12),
        Column("换成", 5),
        Column("中间值", 4, right=True),
        Column("落在", 6),
        Column("结论变不变", 5),
    )
    rows = tuple(
        (titles[s.evaluator], s.moved, s.to, s.p50, s.band, "不变" if s.survives else "变") for s in simulation.sweep
    )
    return Table("敏感性", "权重没有公布：换一换，结论变不变", columns, rows)
