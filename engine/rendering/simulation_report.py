"""A simulated third-party evaluation for people: the deterministic range first and apart, all evaluators together."""

from collections.abc import Iterator

from engine.models.result import points_text
from engine.models.simulation import Between
from engine.models.simulation import EvaluatorView
from engine.models.simulation import Simulation
from engine.rendering.bars import spread_bar
from engine.rendering.bars import stacked_bar
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts

CAUSES = {
    "strictness": "整组评审的松紧",
    "evidence": "逐件采信不采信",
    "case_files": "抽到哪些案卷",
    "visits": "大厅暗访",
    "interviews": "访谈测试",
    "survey": "满意度调查",
}
COLUMNS = (
    "评估人", "编号", "P5", "P50", "P95", "平均", "待核另有", "误差分", "过线至少", "过线至多", "名次至少", "名次至多",
    "只靠假设", "校准样本", "说明",
)  # fmt: skip
BAR = 60
NO_LINE = "没有点名分数线。官方没有公布及格线；要看某条线，写 --line 80，要看名次，写 --rank 10/50"


def render_simulation(simulation: Simulation, source: str) -> str:
    """Write the whole on pages of 80 columns; ``source`` is how the submission was named."""
    lines = [
        ends(f"{simulation.unit}  模拟第三方评估", simulation.notice),
        RULE,
        *wrap_parts(
            [
                f"{simulation.ruleset}（核对过原文{simulation.checked_rows}行，官方共{simulation.official_rows}行）",
                f"口径 {simulation.profile}",
                f"评判日 {simulation.as_of}",
            ],
            "规则  ",
        ),
        *wrap(f"{simulation.evaluation}。{simulation.basis}", "假设  "),
        *wrap(_calibration(simulation), "校准  "),
        "",
        *_deterministic(simulation),
        *_spreads(simulation),
        *_lines(simulation),
        *_bands(simulation),
        *_rests_on(simulation),
        *_pillars(simulation),
        *_at_stake(simulation),
        *_sweep(simulation),
        *_checks(simulation),
        *wrap_parts([f"fazhi plan {source}", f"fazhi whatif {source}", f"fazhi gaps {source}"], "再看  "),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _calibration(simulation: Simulation) -> str:
    told = [f"{view.title}{view.calibrated_on}" for view in simulation.evaluators]
    if not any(view.calibrated_on for view in simulation.evaluators):
        return "采信率没有用往次结果校准（n=0），分数只能用来比较先补什么，不能当成会得多少"
    return f"采信率用往次结果校准的件数：{'、'.join(told)}"


def _deterministic(simulation: Simulation) -> Iterator[str]:
    yield "一、确定的范围（没有随机，不看评估人）"
    for name, track in (("有据", simulation.substantiated), ("自报", simulation.claimed)):
        yield f"    {name}  已得 {points_text(track.earned)}  最高可到 {points_text(track.reachable)}"
    yield f"    待核占满分的{simulation.unknown_share}；待核不给概率，只留在范围里"
    yield ""


def _spreads(simulation: Simulation) -> Iterator[str]:
    yield f"二、三种评估人大概给多少（折算成书面、实地、满意度的总分，满分{points_text(simulation.maximum)}）"
    rows = [
        [view.title, view.spread.p5, view.spread.p50, view.spread.p95, view.spread.mean, f"±{view.error.points}"]
        for view in simulation.evaluators
    ]
    headers = ["评估人", "P5", "P50", "P95", "平均", "计算误差"]
    yield from columns_of(rows, headers, indent="    ", right=range(1, 6))
    yield from wrap(
        f"P5、P95：二十次里各有一次比它低、比它高。只按已经有据的算；待核另有{simulation.unknown}分不在里面。"
        f"{simulation.bonus}。满意度、暗访、访谈和没有评查过的案卷，本单位没有报过数，全凭假设，占满分的{simulation.evaluators[0].priors_alone}。",
        "    ",
    )
    top = simulation.maximum / 1000
    line = float(simulation.asked_line) if simulation.asked_line and _is_number(simulation.asked_line) else None
    yield ""
    for view in simulation.evaluators:
        low, middle, high = (float(part) for part in (view.spread.p5, view.spread.p50, view.spread.p95))
        bar = spread_bar(low, middle, high, high + float(simulation.unknown), top, line, BAR)
        yield f"    {view.title}  {bar}"
    yield f"        0{'':{BAR - 4}}{simulation.maximum // 1000}"
    yield "        = 五分位到九十五分位  # 中间  . 待核全算好还能到" + ("  | 点名的线" if line is not None else "")
    yield ""


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _lines(simulation: Simulation) -> Iterator[str]:
    yield "三、过线和名次"
    if simulation.refused:
        yield from wrap(f"不给。{simulation.refused}。", "    ")
        asked = [f"{one.unit}（待核{points_text(one.open)}分）" for one in simulation.ask_first]
        yield from wrap(f"先补：{'、'.join(asked)}", "    ") if asked else ()
    elif simulation.asked_line is None and simulation.asked_rank is None:
        yield from wrap(NO_LINE, "    ")
    else:
        if simulation.asked_line is not None:
            yield f"    到{simulation.asked_line}分"
            yield from _told([(view.title, view.line) for view in simulation.evaluators])
        if simulation.asked_rank is not None:
            yield f"    {simulation.asked_rank[1]}个里进前{simulation.asked_rank[0]}名（对手的分按假设的正态分布）"
            yield from _told([(view.title, view.rank) for view in simulation.evaluators])
        yield "    左边：待核一分不得；右边：待核全得。三种评估人要一起看。"
    yield ""


def _told(chances: list[tuple[str, Between | None]]) -> Iterator[str]:
    yield from columns_of([[name, between_text(chance)] for name, chance in chances if chance], indent="        ")


def between_text(chance: Between) -> str:
    """Two bounds of a chance."""
    return chance.least if chance.least == chance.most else f"{chance.least}至{chance.most}"


def _bands(simulation: Simulation) -> Iterator[str]:
    yield "四、落在哪一等（等次线是假设；至少、至多看待核得不得）"
    titles = [f"{band.title}（{band.from_}起）" for band in simulation.evaluators[0].bands]
    rows = [[view.title, *(between_text(band.chance) for band in view.bands)] for view in simulation.evaluators]
    yield from columns_of(rows, ["评估人", *titles], indent="    ")
    yield ""


def _rests_on(simulation: Simulation) -> Iterator[str]:
    yield "五、靠什么撑着"
    for view in simulation.evaluators:
        causes = "、".join(f"{CAUSES[one.cause]}{one.share}" for one in view.uncertainties[:3])
        yield from wrap(f"满分的{view.priors_alone}只靠假设；高低主要由什么定（占方差）：{causes}", f"    {view.title}  ")
    yield ""


def _pillars(simulation: Simulation) -> Iterator[str]:
    yield "六、九个方面（评分口径的分，不折算；有据的分里评估人大概留多少，中间值）"
    views = simulation.evaluators
    rows = []
    for number, pillar in enumerate(views[0].pillars):
        if not pillar.maximum:
            continue
        lost = pillar.maximum - pillar.earned - pillar.open
        parts = (("#", pillar.earned / 1000), (".", pillar.open / 1000), ("-", lost / 1000))
        rows.append(
            [
                pillar.short,
                points_text(pillar.maximum),
                points_text(pillar.earned),
                *(view.pillars[number].spread.p50 for view in views),
                stacked_bar(parts, pillar.maximum / 1000, 20),
            ]
        )
    headers = ["一级指标", "满分", "有据", *(view.title for view in views), "# 有据 . 待核 - 其余"]
    yield from columns_of(rows, headers, indent="    ", right=range(1, 3 + len(views)))
    yield ""


def _at_stake(simulation: Simulation) -> Iterator[str]:
    middle = simulation.evaluators[len(simulation.evaluators) // 2]
    if not middle.at_stake:
        return
    yield f"七、有据的分里最可能保不住的（评估人：{middle.title}）"
    for one in middle.at_stake:
        yield from wrap(f"{one.indicator} {one.title}：折{one.weighs}分，大概丢{one.likely_lost}分", "    ")
        lacks = "、".join(one.lacks) or "没有短处"
        yield from wrap(f"最弱的材料 {one.document}「{one.document_title}」{one.grade}等：{lacks}", "        ")
    yield ""


def _sweep(simulation: Simulation) -> Iterator[str]:
    question = f"到不到{simulation.asked_line}分" if simulation.asked_line and not simulation.refused else "落在哪一等"
    yield f"八、权重没有公布：换一换，中间值{question}变不变"
    for view in simulation.evaluators:
        mine = [one for one in simulation.sweep if one.evaluator == view.id]
        if not mine:
            continue
        scores = sorted(mine, key=lambda one: float(one.p50))
        turned = [f"{one.moved}{one.to}（{one.p50}分，{one.band}）" for one in mine if not one.survives]
        told = f"换{len(mine)}种，中间值{scores[0].p50}至{scores[-1].p50}；"
        yield from wrap(told + (f"会变：{'、'.join(turned)}" if turned else "结论都不变"), f"    {view.title}  ")
    yield from wrap("书面、实地、满意度各换到假设的两端，九个方面各减半、加半；其余按比例让出或补上。", "    ")
    yield ""


def _checks(simulation: Simulation) -> Iterator[str]:
    checks = [(view, view.check) for view in simulation.evaluators if view.check is not None]
    if not checks:
        return
    yield f"九、抽样核对（抽{checks[0][1].draws}次，种子{checks[0][1].seed}）"
    rows = [
        [view.title, check.spread.p5, check.spread.p50, check.spread.p95, check.spread.mean, check.distance, check.expected]
        for view, check in checks
    ]
    yield from columns_of(
        rows, ["评估人", "P5", "P50", "P95", "平均", "两法最大相差", "应不超过"], indent="    ", right=range(1, 7)
    )
    yield ""


def notice_of(simulation: Simulation) -> str:
    """What stands on every page."""
    return f"{simulation.notice}；核对过原文{simulation.checked_rows}行，官方共{simulation.official_rows}行"


def simulation_rows(simulation: Simulation) -> list[list[str]]:
    """One row per evaluator, for spreadsheets."""
    return [_row(view, simulation) for view in simulation.evaluators]


def _row(view: EvaluatorView, simulation: Simulation) -> list[str]:
    line, rank = (
        [chance.least, chance.most] if chance is not None else ["不给", "不给"] for chance in (view.line, view.rank)
    )
    spread = view.spread
    return [
        view.title, view.id, spread.p5, spread.p50, spread.p95, spread.mean, simulation.unknown, view.error.points,
        *line, *rank, view.priors_alone, str(view.calibrated_on), notice_of(simulation),
    ]  # fmt: skip
