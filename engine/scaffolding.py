"""An aligned table → the files of a ruleset to be completed (规则骨架): only what the table says, nothing made up.

In: rows and what they were held to be. Out: files by name. What the table does not say is not written, so that
``rules lint`` names every key that is still to be written.
"""

import json
import re
from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.alignment import SAME_NUMBER
from engine.models.ruleset import Pillar
from engine.models.ruleset import Profile
from engine.models.ruleset import Reserve
from engine.models.ruleset import Ruleset
from engine.models.scaffold import Aligned
from engine.models.scaffold import Alignment
from engine.models.scaffold import IndicatorTable
from engine.quantities import decimal_text
from engine.similarity import likeness

_PLAIN = re.compile(r"[一-鿿A-Za-z〔《（“](?!.*(?::\s|\s#|:$))[^\x00-\x1f\\\x7f-\x9f\u2028\u2029\ufeff]*")
_FLOW = re.compile(r"[,\[\]{}]")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n", "nan", "inf"}
HEAD = "# 骨架，由 fazhi rules scaffold 照「{}」写出：只有表里写着的。还缺什么，fazhi rules lint 逐条列出。\n"


class PillarRows(NamedTuple):
    """One first-level indicator of the table with its rows."""

    id: str
    title: str
    rows: tuple[Aligned, ...]


def scaffold(table: IndicatorTable, alignment: Alignment, issued: bool, ruleset: Ruleset | None) -> dict[str, str]:
    """Every file of the skeleton by its name."""
    pillars = pillars_of(alignment.rows)
    files = {"ruleset.yaml": _header(table, pillars, issued)}
    for number, pillar in enumerate(pillars, start=1):
        files[f"pillars/{number:02}.yaml"] = _pillar(pillar, table.file, issued, alignment.against)
    for profile in ruleset.profiles.values() if ruleset is not None else ():
        assert ruleset is not None
        files[f"reserve-{profile.id}.yaml"] = _snippet(profile, pillars, ruleset)
    return files


def pillars_of(rows: Iterable[Aligned]) -> tuple[PillarRows, ...]:
    """Rows under their first-level indicators, in the order of the table; numbered as there where that can be."""
    groups: dict[tuple[int | None, str], list[Aligned]] = {}
    for one in rows:
        groups.setdefault((one.row.pillar_no, one.row.pillar), []).append(one)
    numbers = [number for number, _ in groups]
    numbered = len(set(numbers)) == len(numbers) and all(number is not None and 0 < number < 100 for number in numbers)
    return tuple(
        PillarRows(f"P{number if numbered else at}", title, tuple(held))
        for at, ((number, title), held) in enumerate(groups.items(), start=1)
    )


# --- files ------------------------------------------------------------------------------------------------------------


def _header(table: IndicatorTable, pillars: tuple[PillarRows, ...], issued: bool) -> str:
    rows = [one.row for pillar in pillars for one in pillar.rows]
    locator = f"{rows[0].place} 至 {rows[-1].place}，共{len(rows)}行" if rows else "没有读到指标"
    status = "verified" if issued else "recalled"
    lines = [HEAD.format(table.file).rstrip("\n"), "revision: 0.0.1", "status: draft"]
    if issued:
        seconds = len({(row.pillar, row.subpillar) for row in rows if row.subpillar})
        lines.append(f"official_totals: {{pillars: {len(pillars)}, subpillars: {seconds}, indicators: {len(rows)}}}")
    lines += ["sources:", f"  - {{title: {in_flow(table.file)}, locator: {in_flow(locator)}, status: {status}}}"]
    return "\n".join(lines) + "\n"


def _pillar(pillar: PillarRows, file: str, issued: bool, against: str | None) -> str:
    lines = [HEAD.format(file).rstrip("\n"), f"id: {pillar.id}"]
    lines += [f"title: {scalar(pillar.title)}"] if pillar.title else []
    lines.append("indicators:")
    for one in pillar.rows:
        lines += _indicator(one, issued, against)
    return "\n".join(lines) + "\n"


def _indicator(one: Aligned, issued: bool, against: str | None) -> Iterator[str]:
    row = one.row
    if against is not None:
        yield f"  # {_remark(one, against)}"
    yield f"  - id: {one.id}"
    yield f"    official_no: {row.number if issued and row.number is not None else 'null'}"
    yield f"    text_status: {'verified' if issued else 'recalled'}"
    if row.subpillar:
        yield f"    subpillar: {scalar(row.subpillar)}"
    yield f"    title: {scalar(row.title)}"
    yield f"    requirement: {scalar(row.requirement)}"
    number = [] if issued or row.number is None else [f"表中第{row.number}项"]
    told = [f"表中{row.place}", *number, *(f"{name}：{text}" for name, text in row.other)]
    yield f"    note: {scalar('；'.join(told))}"


def _remark(one: Aligned, against: str) -> str:
    told = f"{against} {one.indicator}（{percent(one.likeness)}）" if one.indicator else ""
    if one.match == "matched":
        return f"对上 {told}：{one.reason}；其余各键可照它写"
    if one.match == "doubtful":
        return f"存疑，像 {told}：{one.reason}；人定以前用新编号"
    return f"没对上：{one.reason}" + (f"；最近的是 {told}" if told else "")


def scalar(text: str) -> str:
    """A text as YAML reads it back, whatever stands in it; quoted only where it must be.

    >>> print(scalar("全面公开"), scalar("比例: 5%"), scalar("12"))
    全面公开 "比例: 5%" "12"
    """
    safe = _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS
    return text if safe else json.dumps(text, ensure_ascii=False)


def in_flow(text: str) -> str:
    """The same inside braces, where commas and brackets end a value.

    >>> print(in_flow("甲,乙"), in_flow("甲，乙"))
    "甲,乙" 甲，乙
    """
    return json.dumps(text, ensure_ascii=False) if _FLOW.search(text) else scalar(text)


def percent(share: Fraction) -> str:
    """A likeness in whole per cents, rounded down."""
    return f"{share.numerator * 100 // share.denominator}%"


# --- the reserve ------------------------------------------------------------------------------------------------------


def _snippet(profile: Profile, pillars: tuple[PillarRows, ...], ruleset: Ruleset) -> str:
    """What of a profile changes: points for the rows that are new, out of the reserve kept for rows not held."""
    reserve = dict(enumerate(profile.reserve))
    points: list[str] = []
    without: list[str] = []
    for pillar in pillars:
        home = _home_of(pillar, ruleset.pillars)
        for one in (one for one in pillar.rows if one.match == "unmatched"):
            at = _reserve_for(home, reserve)
            if at is None:
                without.append(one.id)
                continue
            share = _share(reserve[at])
            reserve[at] = reserve[at].model_copy(update={"rows": reserve[at].rows - 1, "points": reserve[at].points - share})
            points.append(f"  {one.id}: {decimal_text(share, 3)}  # {one.row.title}")
    doubtful = sum(one.match == "doubtful" for pillar in pillars for one in pillar.rows)
    lines = [
        f"# 并入口径 {profile.id} 的片段：没对上的{len(points) + len(without)}行从留分里支出，合计不变。",
        f"# 存疑的{doubtful}行没有动留分，人定以后再减。分值是假设，表里没有写。",
    ]
    if without:
        lines.append(f"# 留分不够，这{len(without)}行没有分值，要人重新分配：{'、'.join(without)}")
    lines += ["points:" if points else "points: {}", *points]
    kept = [_reserve_line(entry) for entry in reserve.values() if entry.rows or entry.points]
    return "\n".join([*lines, "reserve:" if kept else "reserve: []", *kept]) + "\n"


def _home_of(pillar: PillarRows, known: Iterable[Pillar]) -> str | None:
    """The ruleset's first-level indicator of much the same name."""
    near = sorted(((likeness(pillar.title, one.title), one.id) for one in known), key=lambda one: (-one[0], one[1]))
    return near[0][1] if near and near[0][0] >= SAME_NUMBER else None


def _reserve_for(pillar: str | None, reserve: dict[int, Reserve]) -> int | None:
    """Where a row's points come from: its pillar's reserve, else one that is of no pillar."""
    open_ = {at: entry for at, entry in reserve.items() if entry.rows}
    own = (at for at, entry in open_.items() if pillar is not None and entry.pillar == pillar)
    return next(own, next((at for at, entry in open_.items() if entry.pillar is None), None))


def _share(entry: Reserve) -> Fraction:
    """One row's part of a reserve, in whole thousandths; the last row takes what is left."""
    return entry.points if entry.rows == 1 else Fraction(int(entry.points * 1000 / entry.rows), 1000)


def _reserve_line(entry: Reserve) -> str:
    pillar = f"pillar: {entry.pillar}, " if entry.pillar else ""
    return f"  - {{{pillar}rows: {entry.rows}, points: {decimal_text(entry.points, 3)}, reason: {in_flow(entry.reason)}}}"
