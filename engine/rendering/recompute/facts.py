"""The sheet of facts (事实): every measured input that a part rests on, one a row, to be changed and tried."""

import math
from collections.abc import Iterable

from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.admitted import FactRef
from engine.models.admitted import Reading
from engine.models.interval import Interval
from engine.models.ruleset import Measure
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.known import DAY_ZERO
from engine.rendering.recompute.known import Known
from engine.rendering.recompute.known import reduced
from engine.scope import Scope
from engine.scope import unit_of_measure

COLUMNS = (
    Column("id", "编号", 7, "id"),
    Column("label", "是什么", 34, "wrap"),
    Column("unit", "单位", 16),
    Column("period", "期间", 12),
    Column("of", "计量", 7),
    Column("low", "下限", 12, "input", "填报的数（可改）"),
    Column("high", "上限", 12, "input", "填报的数（可改）"),
    Column("low_open", "不含下限", 6, "input_flag", "填报的数（可改）"),
    Column("high_open", "不含上限", 6, "input_flag", "填报的数（可改）"),
    Column("scale", "一分几份", 9, "int", "填报的数（可改）"),
    Column("doubt", "有矛盾", 7, "input_flag", "标记（不是算出的）"),
    Column("waits", "期限未到", 7, "input_flag", "标记（不是算出的）"),
    Column("text", "填报原文", 20, "wrap", "来历"),
    Column("how", "怎样进来", 26, "wrap", "来历"),
    Column("source", "出处（文件:行）", 24, "wrap", "来历"),
    Column("key", "口径代码", 24, "code", "来历"),
    Column("low_whole", "下限份数", 10, "int", "换成整数之比"),
    Column("high_whole", "上限份数", 10, "int", "换成整数之比"),
    Column("low_n", "下限分子", 10, "int", "换成整数之比"),
    Column("low_d", "下限分母", 9, "int", "换成整数之比"),
    Column("high_n", "上限分子", 10, "int", "换成整数之比"),
    Column("high_d", "上限分母", 9, "int", "换成整数之比"),
)
NOTES = (
    "黄色格可以改，改了就全表重算。只有一个确数时改「下限」一格，「上限」会跟着；空着＝没有报＝待核，不是0。",
    "「95%以上」这类说法，下限0.95、上限空着。是否写1或0。登记表、逐次事件以件数、次数进来，逐件逐次的判断不在本表里重做。",
    "有矛盾、期限未到是受理时的判断，改了数不会自动跟着变；改数以后要定论，请改填报重跑。",
)
_WHOLE = 'IF(ISNUMBER({value}),ROUND({value}*{scale},0),"")'
_TOP, _BOTTOM = reduced("{whole}", "{scale}")
_ONE_DECIMAL = {"%": 10_000, "amount": 1_000}


class Facts:
    """The sheet while it grows; what was entered once is not entered again."""

    def __init__(self, scope: Scope) -> None:
        self.sheet = Sheet("事实", "事实：各部分得分所依据的数", NOTES, COLUMNS, frozen=2)
        self._scope = scope
        self._rows: dict[object, Row] = {}

    def reading(self, name: str, scope: Scope, reading: Reading | None, how: str = "") -> Row:
        """A value as it was stated, or an empty row where nothing was."""
        measure = scope.ruleset.measures[name]
        key = (name, scope.member, scope.period)
        if key in self._rows:
            return self._rows[key]
        interval = _on_the_calendar(reading.interval if reading else None, measure)
        return self._enter(
            key,
            interval,
            scale=self._scale_of(name, measure),
            style=_style_of(measure),
            label=_label_of(measure),
            unit=scope.member or "本级合计",
            period=period_text(scope),
            of=unit_of_measure(measure) or "",
            doubt=int(reading.contradictory) if reading else 0,
            text=_texts(reading.facts) if reading else "",
            how=how or _how(reading),
            source=_sources(reading.facts) if reading else "",
            code=name,
        )

    def count(
        self,
        key: tuple[object, ...],
        value: Interval | None,
        *,
        label: str,
        of: str,
        how: str,
        scope: Scope,
        facts: Iterable[FactRef] = (),
        waits: bool = False,
        doubt: bool = False,
        style: str = "input_int",
        scale: int = 1,
        code: str = "",
        text: str = "",
    ) -> Row:
        """A count or a flag that enters as it is: how it came about is said, not calculated."""
        if key in self._rows:
            return self._rows[key]
        facts = tuple(facts)
        return self._enter(
            key,
            value,
            scale=scale,
            style=style,
            label=label,
            unit=scope.member or "本级合计",
            period=period_text(scope),
            of=of,
            doubt=int(doubt),
            waits=int(waits),
            text=text or _texts(facts),
            how=how,
            source=_sources(facts),
            code=code,
        )

    def _enter(
        self,
        key: object,
        value: Interval | None,
        *,
        scale: int,
        style: str,
        code: str,
        doubt: int = 0,
        waits: int = 0,
        **texts: str,
    ) -> Row:
        row = self.sheet.add(id=f"F{len(self.sheet.rows) + 1:03d}", key=code, doubt=doubt, waits=waits, **texts)
        self._rows[key] = row
        low, high = (value.low, value.high) if value is not None else (None, None)
        row.put("low", low, style)
        follows = value is None or low == high
        row.put("high", formula('IF(ISNUMBER({low}),{low},"")', low=row["low"]) if follows else high, style)
        row.put("low_open", int(value.low_open) if value else 0)
        row.put("high_open", int(value.high_open) if value else 0)
        row.put("scale", math.lcm(scale, *(end.denominator for end in (low, high) if end is not None)))
        for end in ("low", "high"):
            row.put(f"{end}_whole", formula(_WHOLE, value=row[end], scale=row["scale"]))
            holes = {"whole": row[f"{end}_whole"], "scale": row["scale"]}
            row.put(f"{end}_n", formula(f'IF(ISNUMBER({{whole}}),{_TOP},"")', **holes))
            row.put(f"{end}_d", formula(f"IF(ISNUMBER({{whole}}),{_BOTTOM},1)", **holes))
        return row

    def _scale_of(self, name: str, measure: Measure) -> int:
        """Into how many parts one is divided, the same for all values of a measure, so that they can be added up."""
        kind = measure.kind if measure.kind == "amount" else unit_of_measure(measure) or ""
        ends = [
            end
            for (measured, *_), reading in self._scope.facts.readings.items()
            if measured == name
            for end in (reading.interval.low, reading.interval.high)
            if end is not None
        ]
        return math.lcm(_ONE_DECIMAL.get(kind, 1), *(end.denominator for end in ends))


def known_of(row: Row) -> Known:
    """What a row of facts says."""
    return Known(
        row["low_n"],
        row["low_d"],
        row["high_n"],
        row["high_d"],
        row["low_open"],
        row["high_open"],
        0,
        row["doubt"],
        name=str(row["id"].content),
    )


def period_text(scope: Scope) -> str:
    """For people: of which period a value speaks."""
    return {CURRENT: "本期", PREVIOUS: "上期"}.get(scope.period, scope.period.replace("/", "至"))


def _on_the_calendar(value: Interval | None, measure: Measure) -> Interval | None:
    if value is None or not isinstance(measure, model.Dated):
        return value
    low, high = (None if end is None else end - DAY_ZERO for end in (value.low, value.high))
    return Interval(low, high, value.low_open, value.high_open)


def _style_of(measure: Measure) -> str:
    if isinstance(measure, model.Dated):
        return "input_date"
    if isinstance(measure, model.Chosen) and measure.kind == "boolean":
        return "input_yes"
    if unit_of_measure(measure) == "%":
        return "input_rate"
    return "input" if measure.kind == "amount" else "input_int"


def _label_of(measure: Measure) -> str:
    options = measure.options if isinstance(measure, model.Chosen) else ()
    listed = "，".join(f"{at}＝{option}" for at, option in enumerate(options))
    return f"{measure.label}（{listed}）" if listed else measure.label


def _how(reading: Reading | None) -> str:
    if reading is None:
        return "没有报，待核；可填数试算"
    return "各处说法不一，取各种读法" if reading.contradictory else "照填报"


def _texts(facts: Iterable[FactRef]) -> str:
    told = list(dict.fromkeys(fact.text for fact in facts))
    return "；".join(told[:4]) + (f"等{len(told)}处" if len(told) > 4 else "")


def _sources(facts: Iterable[FactRef]) -> str:
    told = list(dict.fromkeys(str(fact.place) for fact in facts))
    return "；".join(told[:3]) + (f"等{len(told)}处" if len(told) > 3 else "")
