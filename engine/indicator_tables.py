"""Grids → the rows of an indicator table as governments publish them (指标表).

In: grids. Out: rows, each with pillar, second level, number and text as the table says them, and everything left out
with its reason. Nothing is added: a number that starts anew under each heading is no number of the table.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.scaffold import Grid
from engine.models.scaffold import GridCell
from engine.models.scaffold import IndicatorTable
from engine.models.scaffold import LeftOut
from engine.models.scaffold import TableRow
from engine.numerals import small_number
from engine.similarity import bare

# What the columns are called, the longer names first.
HEADINGS: dict[str, tuple[str, ...]] = {
    "pillar": ("一级指标", "一级"),
    "subpillar": ("二级指标", "二级"),
    "number": ("指标序号", "三级指标序号", "三级序号", "序号", "编号", "指标编号"),
    "indicator": (
        "三级指标",
        "三级",
        "具体指标",
        "测评指标",
        "评估指标",
        "考核指标",
        "测评点",
        "测评项目",
        "指标名称",
        "指标",
    ),
    "requirement": (
        *(
            "指标要求",
            "具体要求",
            "指标内容",
            "测评内容",
            "评估内容",
            "测评标准",
            "评估标准",
            "评分标准",
            "具体内容",
            "创建标准",
        ),
        *("指标说明", "工作要求", "任务要求", "要求", "标准", "内容"),
    ),
}
# How a title is numbered: 一、 （一） 第一章 1. 1、 （1） ①.
_NUMBERED = re.compile(
    r"\s*(?:第?(?P<chinese>[一二三四五六七八九十]{1,3})(?:[、.．,，]|章|部分|\s)|[（(](?P<bracketed>[一二三四五六七八九十]{1,3}|\d{1,3})[)）]、?"
    r"|(?P<digits>\d{1,4})(?:[、.．,，](?!\d)|\s)|(?P<circled>[①-⑳]))\s*"
)
_LEVELS = (
    re.compile(r"\s*(?:第?[一二三四五六七八九十]{1,3}(?:、|[.．]|章|部分|\s))"),
    re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[)）]"),
)
_NO_ROW = re.compile(r"(合\s*计|总\s*计|小\s*计|共\s*计|总\s*分)|[（(]?(注|备注|说明|填表说明)\s*[:：0-9１-９]")
LONGEST_TITLE = 40


class Columns(NamedTuple):
    """Which column says what, by its place in the grid; the rest by their headings."""

    known: dict[str, int]
    others: dict[int, str]


class Reading(NamedTuple):
    """What was read so far, under which headings."""

    rows: list[TableRow]
    left_out: list[LeftOut]
    headings: dict[str, str]


def read_table(grids: tuple[Grid, ...], file: str) -> tuple[IndicatorTable | None, list[Problem]]:
    """Read the indicator table of a file; tables that follow without a heading of their own go on with the one before."""
    reading = Reading([], [], {"pillar": "", "subpillar": ""})
    columns: Columns | None = None
    for grid in grids:
        at, found = _heading(grid)
        if found is not None:
            columns = found
            reading.left_out.extend(_out(row, "表头以前") for row in grid.rows[:at] if _texts(row))
            reading.left_out.append(_out(grid.rows[at], "表头"))
            _read_rows(grid.rows[at + 1 :], grid.rows[at], columns, reading)
        elif columns is not None and _fits(grid, columns):
            _read_rows(grid.rows, (), columns, reading)
        else:
            reading.left_out.append(LeftOut(place=grid.place, text=_told(grid.rows[0]), reason="没有认出表头，整张表没有读"))
    if columns is None:
        wanted = "、".join(names[0] for names in HEADINGS.values())
        remedy = f"表头要有「三级指标」或「测评内容」一类的列；认得的：{wanted} 等"
        return None, [problem("TABLE_COLUMNS", Place(file=file), f"看了{len(grids)}张表，没有一张认得出表头", remedy)]
    rows, notices = _with_numbers_of_the_table(reading.rows)
    return IndicatorTable(file=file, rows=tuple(rows), left_out=tuple(reading.left_out), notices=tuple(notices)), []


# --- columns ----------------------------------------------------------------------------------------------------------


def _heading(grid: Grid) -> tuple[int, Columns | None]:
    """The first row that names an indicator's text and one thing more."""
    for at, row in enumerate(grid.rows[:30]):
        columns = _columns(row)
        if {"indicator", "requirement"} & set(columns.known) and len(columns.known) + len(columns.others) > 1:
            return at, columns
    return 0, None


def _columns(row: tuple[GridCell, ...]) -> Columns:
    known: dict[str, int] = {}
    others: dict[int, str] = {}
    if len({cell.place for cell in row if cell.text}) < 2:
        return Columns({}, {})
    for at, cell in enumerate(row):
        name = bare(cell.text)
        kind = next((kind for kind, names in HEADINGS.items() if name in map(bare, names) and kind not in known), None)
        if kind is not None and cell.own:
            known[kind] = at
        elif name and cell.own:
            others[at] = cell.text.strip()
    return Columns(known, others)


def _fits(grid: Grid, columns: Columns) -> bool:
    return len(grid.rows[0]) > max([*columns.known.values(), *columns.others])


# --- rows -------------------------------------------------------------------------------------------------------------


def _read_rows(
    rows: tuple[tuple[GridCell, ...], ...], head: tuple[GridCell, ...], columns: Columns, reading: Reading
) -> None:
    for row in rows:
        texts = _texts(row)
        if not texts:
            continue
        if head and [cell.text for cell in row] == [cell.text for cell in head]:
            reading.left_out.append(_out(row, "重复的表头"))
        elif _NO_ROW.match(texts[0]):
            reading.left_out.append(_out(row, "合计或说明"))
        elif len({cell.place for cell in row if cell.text}) == 1 and _is_heading(row, columns):
            _take_heading(texts[0], reading)
            reading.left_out.append(_out(row, "分级标题"))
        elif (read := _row(row, columns, reading.headings)) is not None:
            reading.rows.append(read)
        else:
            reading.left_out.append(_out(row, "没有指标文字"))


def _is_heading(row: tuple[GridCell, ...], columns: Columns) -> bool:
    """A single text over the whole row, or one numbered as headings are and outside the indicators' column."""
    text = next(cell for cell in row if cell.text)
    spans = sum(cell.place == text.place for cell in row) == len(row) > 1
    at = row.index(text)
    in_own_column = at in (columns.known.get("indicator"), columns.known.get("requirement"))
    return spans or not in_own_column and any(level.match(text.text) for level in _LEVELS)


def _take_heading(text: str, reading: Reading) -> None:
    """A heading row opens a second level where it is numbered like one, else a first."""
    if _LEVELS[1].match(text):
        reading.headings["subpillar"] = text
    else:
        reading.headings.update(pillar=text, subpillar="")


def _row(row: tuple[GridCell, ...], columns: Columns, headings: dict[str, str]) -> TableRow | None:
    said = {kind: row[at].text.strip() for kind, at in columns.known.items()}
    text_at = columns.known.get("indicator", columns.known.get("requirement", 0))
    if not said.get("indicator") and not said.get("requirement"):
        return None
    # A merged text that an earlier row has said is that row's; here only what belongs to this row counts.
    if not any(row[at].own and row[at].text for kind, at in columns.known.items() if kind in ("indicator", "requirement")):
        return None
    pillar = said.get("pillar") or headings["pillar"]
    subpillar = said.get("subpillar") or ("" if said.get("pillar", pillar) != headings["pillar"] else headings["subpillar"])
    headings.update(pillar=pillar, subpillar=subpillar)
    number, indicator = unnumbered(said.get("indicator") or said["requirement"])
    given = small_number(said.get("number", ""))
    requirement = one_line(unnumbered(said.get("requirement") or "")[1]) or one_line(indicator)
    pillar_no, pillar_title = unnumbered(pillar)
    return TableRow(
        place=row[text_at].place,
        pillar_no=pillar_no,
        pillar=one_line(pillar_title),
        subpillar=one_line(unnumbered(subpillar)[1]),
        number=given if given is not None else number,
        title=_title(one_line(indicator)),
        requirement=requirement,
        other=tuple((name, one_line(row[at].text)) for at, name in columns.others.items() if row[at].text.strip()),
    )


def unnumbered(text: str) -> tuple[int | None, str]:
    """A text and the number that it begins with.

    >>> unnumbered("（三）健全机制"), unnumbered("12．公开"), unnumbered("2023年前完成"), unnumbered("一 总则")
    ((3, '健全机制'), (12, '公开'), (None, '2023年前完成'), (1, '总则'))
    """
    found = _NUMBERED.match(text)
    if found is None:
        return None, text
    return small_number(next(part for part in found.groups() if part)), text[found.end() :] or text


def one_line(text: str) -> str:
    r"""A cell's text without the line breaks that only its width made.

    >>> one_line("全面推行 \n行政执法公示")
    '全面推行行政执法公示'
    """
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", " ".join(text.split()))


def _title(text: str) -> str:
    """How the text begins, up to its first stop: literally, since a table often gives no other name."""
    first = re.split(r"[。；;，,：:]", text, maxsplit=1)[0]
    return first[:LONGEST_TITLE] or text[:LONGEST_TITLE]


def _with_numbers_of_the_table(rows: list[TableRow]) -> tuple[list[TableRow], list[str]]:
    """Keep numbers only where they run through the whole table; say where they jump."""
    numbers = [row.number for row in rows if row.number is not None]
    if len(set(numbers)) < len(numbers):
        told = "表里的序号有重复（多半在各二级指标下重新起算），不当作全表的序号，official_no 都留空"
        return [row.model_copy(update={"number": None}) for row in rows], [told]
    notices = [f"{row.place} 没有序号" for row in rows if row.number is None] if numbers else []
    notices += list(_jumps(rows))
    return rows, notices


def _jumps(rows: list[TableRow]) -> Iterator[str]:
    before = 0
    for row in rows:
        if row.number is not None and row.number != before + 1:
            yield f"{row.place} 序号从{before}跳到{row.number}"
        before = row.number if row.number is not None else before + 1


def _texts(row: tuple[GridCell, ...]) -> list[str]:
    return [cell.text for cell in row if cell.text.strip() and cell.own]


def _told(row: tuple[GridCell, ...]) -> str:
    return " ".join(dict.fromkeys(one_line(cell.text) for cell in row if cell.text.strip()))[:60]


def _out(row: tuple[GridCell, ...], reason: str) -> LeftOut:
    place = next((cell.place for cell in row if cell.text.strip()), row[0].place)
    return LeftOut(place=place, text=_told(row), reason=reason)
