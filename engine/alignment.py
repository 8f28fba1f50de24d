"""The rows of an indicator table beside the indicators of a ruleset (对照): matched, doubtful, unmatched.

In: rows and a ruleset. Out: every row once, with the indicator that is nearest and why it was matched or not. What is not
clear stays doubtful until a person decides; no indicator is given to two rows.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from engine.models.ruleset import Indicator
from engine.models.ruleset import Ruleset
from engine.models.scaffold import Aligned
from engine.models.scaffold import Alignment
from engine.models.scaffold import IndicatorTable
from engine.models.scaffold import TableRow
from engine.similarity import likeness

# The same text but for a word or two, and no other indicator nearly as near.
SAME, APART = Fraction(80, 100), Fraction(10, 100)
# Under the same official number, about the same thing.
SAME_NUMBER = Fraction(50, 100)
# From here on a person should look.
ALIKE = Fraction(20, 100)
NEW = "新增"


class Near(NamedTuple):
    """An indicator beside a row."""

    likeness: Fraction
    indicator: Indicator


def align(
    table: IndicatorTable, ruleset: Ruleset | None, issued: bool = False, decided: Mapping[str, str] | None = None
) -> Alignment:
    """Hold every row against every indicator.

    ``issued``: the table is the issued one, so that its numbers are official; those of another table can agree with official
    numbers but not contradict them. ``decided`` is what people said, by the place of the row: an id, or 新增.
    """
    decided = decided or {}
    indicators = ruleset.indicators if ruleset is not None else ()
    judged = [_judge(row, indicators, issued, decided.get(row.place)) for row in table.rows]
    judged = _given_once(judged)
    held = {indicator.id for indicator in indicators}
    numbered = [
        one.model_copy(update={"id": one.indicator if one.match == "matched" else _new_id(number, held)})
        for number, one in enumerate(judged, start=1)
    ]
    met = {one.indicator for one in numbered if one.match == "matched"}
    unmet = tuple((indicator.id, indicator.title) for indicator in indicators if indicator.id not in met)
    return Alignment(against=ruleset.header.id if ruleset is not None else None, rows=tuple(numbered), unmet=unmet)


def _judge(row: TableRow, indicators: Iterable[Indicator], issued: bool, decision: str | None) -> Aligned:
    near = sorted((Near(_likeness(row, one), one) for one in indicators), key=lambda one: (-one.likeness, one.indicator.id))
    if decision is not None:
        return _decided(row, near, decision)
    numbered = next((one for one in near if row.number is not None and one.indicator.official_no == row.number), None)
    if numbered is not None and (issued or numbered is near[0] and numbered.likeness >= SAME_NUMBER):
        return _by_number(row, numbered, near[0])
    if not near or near[0].likeness < ALIKE:
        return _aligned(row, "unmatched", near[0] if near else None, "没有相近的指标")
    best, next_best = near[0], near[1].likeness if len(near) > 1 else Fraction(0)
    if issued and best.indicator.official_no is not None and row.number is not None:
        return _aligned(row, "doubtful", best, f"文字相近，序号不同（规则集写的是{best.indicator.official_no}）")
    if best.likeness < SAME:
        return _aligned(row, "doubtful", best, f"文字相近，不到{_percent(SAME)}")
    if best.likeness - next_best < APART:
        return _aligned(row, "doubtful", best, f"还有一项差不多一样近：{near[1].indicator.id}")
    return _aligned(row, "matched", best, "文字几乎相同")


def _by_number(row: TableRow, numbered: Near, best: Near) -> Aligned:
    if best.indicator.id != numbered.indicator.id and best.likeness > max(numbered.likeness, ALIKE):
        return _aligned(row, "doubtful", best, f"序号相同的是 {numbered.indicator.id}，文字却是这一项更近")
    if numbered.likeness < SAME_NUMBER:
        return _aligned(row, "doubtful", numbered, f"序号相同，文字不到{_percent(SAME_NUMBER)}")
    return _aligned(row, "matched", numbered, "序号相同，文字相近")


def _decided(row: TableRow, near: list[Near], decision: str) -> Aligned:
    chosen = next((one for one in near if one.indicator.id == decision), None)
    match = "unmatched" if decision == NEW else "matched"
    made = _aligned(row, match, chosen, "人定")
    return made.model_copy(update={"by_person": True})


def _aligned(row: TableRow, match: str, near: Near | None, reason: str) -> Aligned:
    return Aligned.model_validate(
        {
            "row": row,
            "match": match,
            "id": "",
            "indicator": near.indicator.id if near is not None else None,
            "indicator_title": near.indicator.title if near is not None else "",
            "likeness": near.likeness if near is not None else Fraction(0),
            "reason": reason,
        }
    )


def _likeness(row: TableRow, indicator: Indicator) -> Fraction:
    """Of title with title and requirement with requirement, whichever is more: titles are often shortened."""
    return max(likeness(row.title, indicator.title), likeness(row.requirement, indicator.requirement))


def _given_once(judged: list[Aligned]) -> list[Aligned]:
    """An indicator that two rows would have is doubtful for both, unless a person gave it to one."""
    takers: dict[str, list[Aligned]] = {}
    for one in judged:
        if one.match == "matched" and one.indicator is not None:
            takers.setdefault(one.indicator, []).append(one)
    result = []
    for one in judged:
        rivals = takers.get(one.indicator or "", []) if one.match == "matched" else []
        if len(rivals) > 1 and not one.by_person:
            places = "、".join(rival.row.place for rival in rivals if rival is not one)
            one = one.model_copy(update={"match": "doubtful", "reason": f"另有一行也对上这一项：{places}"})  # noqa: PLW2901
        result.append(one)
    return result


def _new_id(number: int, held: set[str]) -> str:
    """An id of our own by the order of the table; never an official number."""
    name = f"I-T{number:03}"
    while name in held:
        name += "N"
    return name


def _percent(share: Fraction) -> str:
    return f"{share.numerator * 100 // share.denominator}%"
