"""A draw of case files as a list to work through: for a terminal, as Markdown and as CSV. Says nothing of chances."""

from collections.abc import Iterator

from engine.models.sampling import Draw
from engine.rendering.documents import render_csv
from engine.rendering.layout import RULE
from engine.rendering.layout import ends
from engine.rendering.layout import markdown_table
from engine.rendering.layout import wrap
from engine.rendering.words import DISCLAIMER

COLUMNS = ("序号", "单位", "案卷编号", "登记表", "种子", "总体摘要", "提示")
FOR_REHEARSAL = "供本单位演练自查；抽中的照原卷查，不换卷、不改卷。别人来抽，会另抽，没抽中的也要能查。"
MISSING_IS_NOT_NONE = "没交不等于没有案卷：这些单位没法演练，先交登记表"
POOLED = "案卷若在{}一张表里，分不出单位，也就抽不到单位；请各单位分别交（写 unit）"


def render_draw(draw: Draw) -> str:
    """Write the list for a terminal."""
    lines = [ends(f"{draw.whole}  抽取案卷（演练）", DISCLAIMER), *_how_drawn(draw), RULE]
    for number, unit in enumerate(draw.drawn, start=1):
        lines += wrap(f"{unit.unit}{_short(draw) if unit.short else ''}", f"{number:>3} ")
        lines += [line for name in unit.files for line in wrap(name, "      [ ] ", "          ")]
    lines += ["", *_not_drawn(draw), *wrap(FOR_REHEARSAL, "说明      ")]
    return "\n".join(lines) + "\n"


def _how_drawn(draw: Draw) -> Iterator[str]:
    yield from wrap(f"{draw.label}（{draw.register_id}）全量表，按{draw.key_label}抽", "登记表    ")
    yield from wrap(f"{draw.seed}    抽{draw.departments}个单位，每个{draw.files}件", "种子      ")
    yield from wrap(f"{draw.frame[:16]}（登记表、种子不变，重抽结果相同）", "总体      ")


def _short(draw: Draw) -> str:
    return f"（不足{draw.files}件，全部列出）"


def _not_drawn(draw: Draw) -> Iterator[str]:
    for one in draw.excluded:
        yield from wrap(f"{one.unit}：{one.reason}；{one.remedy}", "不能抽    ")
    if draw.silent:
        yield from wrap(
            f"{'、'.join(draw.silent)}。{_what_silence_means(draw)}", "没单独交  " if draw.pooled else "没交      "
        )
    if draw.unnamed is None or draw.unnamed:
        told = f"另有{draw.unnamed}个应交的单位" if draw.unnamed else "应交的单位共几个没有报，是否还有别的单位不知道；"
        yield from wrap(f"{told}{'不在名录里，也没有交' if draw.unnamed else '请在 unit.members 里列全'}", "名录外    ")


def _what_silence_means(draw: Draw) -> str:
    return POOLED.format(draw.whole) if draw.pooled else MISSING_IS_NOT_NONE


def draw_rows(draw: Draw) -> list[list[str]]:
    """Every drawn file as cells, and after them what could not be drawn from."""
    rows = [(unit.unit, name, _short(draw) if unit.short else "") for unit in draw.drawn for name in unit.files]
    rows += [(one.unit, "", f"不能抽：{one.reason}；{one.remedy}") for one in draw.excluded]
    rows += [(name, "", f"没有单独交登记表：{_what_silence_means(draw)}") for name in draw.silent]
    return [
        [str(number), unit, name, draw.register_id, draw.seed, draw.frame[:16], told]
        for number, (unit, name, told) in enumerate(rows, start=1)
    ]


def render_draw_csv(draw: Draw) -> str:
    """The list for a spreadsheet; the seed and the digest of the registers on every line."""
    return render_csv(COLUMNS, draw_rows(draw))


def render_draw_markdown(draw: Draw) -> str:
    """The list for a report."""
    lines = [
        f"# {draw.whole} 抽取案卷（演练）",
        "",
        f"> {DISCLAIMER}。{FOR_REHEARSAL}",
        "",
        f"- 登记表：{draw.label}（{draw.register_id}）全量表，总体摘要 {draw.frame}",
        f"- 种子：{draw.seed}；抽{draw.departments}个单位，每个{draw.files}件",
        "",
        *markdown_table(COLUMNS, draw_rows(draw)),
    ]
    lines += ["", *(f"- {line.strip()}" for line in _unlisted(draw))] if _unlisted(draw) else []
    return "\n".join(lines) + "\n"


def _unlisted(draw: Draw) -> list[str]:
    return list(_not_drawn(draw.model_copy(update={"excluded": (), "silent": ()})))
