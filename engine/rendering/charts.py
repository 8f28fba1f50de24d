"""Pictures as SVG (图): one self-contained element each, readable without colours and by a screen reader."""

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from engine.models.plan import Plan
from engine.models.result import PillarScore
from engine.models.result import Score
from engine.models.result import points_text
from engine.models.simulation import EvaluatorView
from engine.models.simulation import Simulation
from engine.rendering.words import DISCLAIMER

FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif"
WIDTH, LEFT, RIGHT = 720, 96, 40
# One look per evaluator or part: a colour and a pattern of strokes or a letter, so that colour is never the only sign.
STROKES = (("#1b6e53", ""), ("#274b8f", "6 3"), ("#a03a2c", "2 3"))
PARTS = (
    ("earned", "有据已得", "#2f7d5b", ""),
    ("open", "待核", "#ecd99a", "M0 8L8 0"),
    ("recoverable", "还能补", "#a9c7ea", "M0 4H8"),
    ("lost", "已丢", "#d0d0d0", "M0 0L8 8M0 8L8 0"),
)
# How a part is filled: its colour with its strokes over it, under one name on every picture of a page.
_FILLS = "".join(
    f'<pattern id="part-{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
    f'<rect width="8" height="8" fill="{colour}"/>'
    f'<path d="{strokes}" stroke="#333" stroke-width="0.7" opacity="0.45"/></pattern>'
    for key, _, colour, strokes in PARTS
)


def distribution_chart(simulation: Simulation) -> str:
    """How likely each score is, for every evaluator, with the deterministic range; a named line where chances are told."""
    height, top, bottom = 360, 78, 268
    most = simulation.maximum / 1000
    line = None if simulation.refused else simulation.asked_line
    peak = max((share for view in simulation.evaluators for _, share in _likely(view)), default=0.0) or 1.0
    body = [
        *_axis(most, top, bottom),
        *(
            part
            for number, view in enumerate(simulation.evaluators)
            for part in _curve(view, number, most, top, bottom, peak)
        ),
        *_range(simulation, most, bottom),
        *(_named_line(float(line), most, top, bottom) if line is not None and "/" not in line else ()),
        *_legend(
            [
                (f"{view.title} {view.spread.p5}至{view.spread.p95}分", *STROKES[number % 3])
                for number, view in enumerate(simulation.evaluators)
            ],
            height - 16,
        ),
    ]
    told = "；".join(f"{v.title}：P5 {v.spread.p5}，P50 {v.spread.p50}，P95 {v.spread.p95}" for v in simulation.evaluators)
    title = f"{simulation.unit} 模拟第三方评估：大概给多少分"
    under = f"{simulation.notice}；只按已经有据的算，待核{simulation.unknown}分不在里面"
    described = f"{told}；待核另有{simulation.unknown}分不在里面。{simulation.notice}"
    return _svg(title, described, height, [_text(LEFT, 24, title, 16), _text(LEFT, 44, under, 12), *body])


def pillars_chart(pillars: tuple[PillarScore, ...], notice: str) -> str:
    """Points earned with proof, not known, still to be mended and lost, pillar by pillar."""
    rows = [pillar for pillar in pillars if pillar.maximum]
    most = max((pillar.maximum for pillar in rows), default=1)
    height = 96 + 30 * len(rows)
    body = [_text(16, 24, "各方面的分", 16), _text(16, 44, notice, 12)]
    for number, pillar in enumerate(rows):
        parts = [(key, getattr(pillar.substantiated, key)) for key, _, _, _ in PARTS]
        body += _stacked(pillar.short, parts, 58 + 30 * number, most)
    body += _parts_legend(height - 14)
    told = "；".join(
        f"{p.short}：" + "，".join(f"{n}{points_text(getattr(p.substantiated, k))}" for k, n, _, _ in PARTS) for p in rows
    )
    return _svg("各方面的分：有据已得、待核、还能补、已丢", told, height, [f"<defs>{_FILLS}</defs>", *body])


def range_chart(score: Score, notice: str) -> str:
    """Both tracks as ranges from what is earned to what could at most be, and what the rest of the points is."""
    height, most = 176, score.maximum or 1
    tracks = (("自报", score.claimed), ("有据", score.substantiated))
    body = [_text(16, 24, "得分区间：已得到最高可到，其余是什么", 16), _text(16, 44, notice, 12)]
    for number, (name, track) in enumerate(tracks):
        parts = [(key, getattr(track, key)) for key, _, _, _ in PARTS]
        body += _stacked(name, parts, 58 + 38 * number, most)
    body += [
        _text(_x(most * tenth / 10000, most / 1000), 146, f"{most * tenth / 10000:g}", 11, "middle")
        for tenth in (0, 2, 4, 6, 8, 10)
    ]
    body += _parts_legend(height - 8)
    told = "；".join(
        f"{name}{points_text(track.earned)}至{points_text(track.reachable)}，还能补{points_text(track.recoverable)}，"
        f"已丢{points_text(track.lost)}"
        for name, track in tracks
    )
    title = f"得分区间，满分{points_text(score.maximum)}"
    return _svg(title, told, height, [f"<defs>{_FILLS}</defs>", *body])


def _stacked(name: str, parts: list[tuple[str, int]], y: int, most: int) -> Iterator[str]:
    """One bar of parts, each with its points written on it where there is room."""
    yield _text(16, y + 15, name, 13)
    titles = {key: title for key, title, _, _ in PARTS}
    x = float(LEFT)
    for key, points in parts:
        wide = points / most * (WIDTH - LEFT - RIGHT)
        if points:
            told = escape(f"{name} {titles[key]} {points_text(points)}分")
            yield (
                f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="20" fill="url(#part-{key})" stroke="#333"'
                f' stroke-width="0.5"><title>{told}</title></rect>'
            )
        if wide > 44:
            ink = "#fff" if key == "earned" else "#111"
            yield from _written(x + 3, y + 14, points_text(points), ink, plain=key == "earned")
        x += wide


def _written(x: float, y: float, text: str, ink: str, *, plain: bool) -> Iterator[str]:
    """Digits on a bar; where strokes run below them, on a white ground."""
    if not plain:
        size = f'width="{6.6 * len(text) + 3:.1f}" height="13"'
        yield f'<rect x="{x - 1:.1f}" y="{y - 10:.1f}" {size} fill="#fff" opacity="0.85"/>'
    yield f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" fill="{ink}">{escape(text)}</text>'


def _parts_legend(y: int) -> Iterator[str]:
    for number, (key, name, _, _) in enumerate(PARTS):
        x = LEFT + number * 150
        yield f'<rect x="{x}" y="{y - 12}" width="28" height="14" fill="url(#part-{key})" stroke="#333" stroke-width="0.5"/>'
        yield _text(x + 34, y, name, 12)


def mends_chart(plan: Plan) -> str:
    """What each mend of the best choice brings, most first, with its days; filing and doing differ by stroke and word."""
    works = {work.id: work for work in plan.outlook.works}
    chosen = [mend for mend in plan.outlook.mends if mend.id in plan.solution.best.mends]
    chosen.sort(key=lambda mend: (-mend.points, mend.id))
    most = max((mend.points for mend in chosen), default=1) or 1
    height = 84 + 24 * max(1, len(chosen))
    body = [_text(16, 24, f"{plan.unit} 先补什么：每件加多少分", 16), _text(16, 44, DISCLAIMER, 12)]
    for number, mend in enumerate(chosen):
        y, wide = 56 + 24 * number, mend.points / most * 260
        days = sum(works[name].days for name in mend.works)
        does = any(works[name].kind == "do" for name in mend.works)
        dashed = ' stroke-dasharray="4 2"' if does else ""
        look = f'fill="{"#7aa6d9" if does else "#2f7d5b"}" stroke="#333"{dashed}'
        body.append(_text(16, y + 13, f"{mend.indicator} {mend.title}", 12))
        body.append(f'<rect x="330" y="{y}" width="{wide:.1f}" height="16" {look}/>')
        told_days = f"{'办事' if does else '交证'}{days}天"
        body.append(_text(336 + wide, y + 13, f"{points_text(mend.points)}分 {told_days}", 11))
    told = "；".join(f"{mend.indicator}{mend.title}加{points_text(mend.points)}分" for mend in chosen) or "没有"
    return _svg(f"{plan.unit} 先补什么", f"{told}。{DISCLAIMER}", height, body)


# --- parts of a picture ---------------------------------------------------------------------------------------------


def _svg(title: str, description: str, height: int, body: list[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" font-family="{FONTS}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    )
    return "\n".join([head, *body, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, size: int, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'


def _x(points: float, most: float) -> float:
    return LEFT + points / most * (WIDTH - LEFT - RIGHT) if most else float(LEFT)


def _axis(most: float, top: int, bottom: int) -> Iterator[str]:
    for tenth in range(0, 11, 2):
        x = _x(most * tenth / 10, most)
        yield f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#e3e3e3"/>'
        yield _text(x, bottom + 18, f"{most * tenth / 10:g}分", 11, "middle")
    yield f'<line x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}" stroke="#888"/>'
    yield _text(LEFT - 8, top + 8, "越高越可能", 11, "end")


def _likely(view: EvaluatorView) -> list[tuple[float, float]]:
    """How likely the score falls between a point of the curve and the next."""
    curve = [(float(points), float(share)) for points, share in view.curve]
    return [(points, max(0.0, after - share)) for (points, share), (_, after) in pairwise(curve)]


def _curve(view: EvaluatorView, number: int, most: float, top: int, bottom: int, peak: float) -> Iterator[str]:
    colour, dashes = STROKES[number % 3]
    places = _likely(view)
    if not places:
        return
    ends = [(places[0][0], 0.0), *((points + 0.5, share) for points, share in places), (places[-1][0] + 1, 0.0)]
    drawn = " ".join(f"{_x(points, most):.1f},{bottom - (bottom - top) * share / peak:.1f}" for points, share in ends)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    yield f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _range(simulation: Simulation, most: float, bottom: int) -> Iterator[str]:
    """The deterministic range of 有据, apart from the curves."""
    earned, reachable = (
        _x(points / 1000, most) for points in (simulation.substantiated.earned, simulation.substantiated.reachable)
    )
    y = bottom + 36
    yield f'<line x1="{earned:.1f}" y1="{y}" x2="{reachable:.1f}" y2="{y}" stroke="#222" stroke-width="3"/>'
    yield _text(LEFT - 8, y + 4, "确定范围", 11, "end")
    track = simulation.substantiated
    told = f"有据 {points_text(track.earned)} 至 {points_text(track.reachable)}（评分口径的分）"
    yield _text(max(LEFT, min(earned, WIDTH - RIGHT - 260)), y + 18, told, 11)


def _named_line(line: float, most: float, top: int, bottom: int) -> Iterator[str]:
    x = _x(min(line, most), most)
    drawn = f'x1="{x:.1f}" y1="{top - 6}" x2="{x:.1f}" y2="{bottom}"'
    yield f'<line {drawn} stroke="#000" stroke-width="1.5" stroke-dasharray="8 2 2 2"/>'
    yield _text(x + 4, top + 16, f"点名的线 {line:g}", 11)


def _legend(entries: list[tuple[str, str, str]], y: int) -> Iterator[str]:
    for number, (name, colour, dashes) in enumerate(entries):
        x = LEFT + number * 150
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        yield f'<line x1="{x}" y1="{y - 4}" x2="{x + 28}" y2="{y - 4}" stroke="{colour}" stroke-width="6"{dashed}/>'
        yield _text(x + 34, y, name, 12)
