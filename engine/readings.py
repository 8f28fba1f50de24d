"""One stated value → the interval it means, read the way its measure is written; or why it cannot be read."""

import math
from datetime import date
from fractions import Fraction

from pydantic_core import PydanticCustomError

from engine.models.exact import read_any_date
from engine.models.interval import ONE
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.ruleset import Chosen
from engine.models.ruleset import Counted
from engine.models.ruleset import Dated
from engine.models.ruleset import Events
from engine.models.ruleset import Measure
from engine.models.ruleset import Ratio
from engine.models.ruleset import Share
from engine.quantities import Quantity
from engine.quantities import date_interval
from engine.quantities import normalised
from engine.quantities import read_quantity
from engine.quantities import rewritten_quantities
from engine.quantities import unit_factor

# Why a value cannot count: code, what was found, what to do.
Refusal = tuple[str, str, str]


_TRUE, _FALSE = {"是", "有", "已", "已完成"}, {"否", "没有", "未", "未完成"}


def read_value(text: str, measure: Measure | None, as_of: date) -> tuple[Interval | None, Refusal]:
    """Read a value the way its measure is written; with the reason where it cannot be read."""
    if measure is None or isinstance(measure, Chosen):
        return _read_choice(text, measure)
    if isinstance(measure, Dated):
        return _read_date(text, as_of)
    is_rate = isinstance(measure, Share)
    quantity = read_quantity(text)
    if quantity is None or not _fits(quantity, measure):
        advice = _rewritten(text, measure)
        if advice or quantity is None:
            return None, _unreadable(text, advice, is_rate=is_rate)
    if is_rate and "百分点" in text:
        return None, _unreadable(text, None, is_rate=True)
    if is_rate != quantity.percent:
        remedy = "率要写百分号或分数，如 96.5% 或 3/13" if is_rate else "这里要件数、人数一类的数，不是率"
        return None, ("FACT_PERCENT" if is_rate else "FACT_UNIT_OF_MEASURE", f"写的是「{text}」", remedy)
    if is_rate:
        return _within_one(quantity.interval, measure, text)
    wanted = measure.unit_of_measure or ""
    factor = ONE if not quantity.unit else unit_factor(quantity.unit, wanted, measure.also_written)
    if factor is None:
        return None, _other_unit(text, quantity, measure)
    if not quantity.unit and quantity.scale > 1 and wanted[:1] in "万亿千百" and wanted:
        return None, ("FACT_UNIT_OF_MEASURE", f"写的是「{text}」，与单位{wanted}重了", f"请写明单位，如 50{wanted}")
    value = _scaled(quantity.interval, factor)
    whole = isinstance(measure, Counted) and measure.kind == "count" or isinstance(measure, Events)
    if whole and value.exact is not None and value.exact.denominator != 1:
        return None, ("FACT_NOT_WHOLE", f"写的是「{text}」", "件数、人数应是整数")
    tight = _whole_numbers(value) if whole else value
    if tight.low is not None and tight.high is not None and tight.low > tight.high:
        return None, ("FACT_NOT_WHOLE", f"写的是「{text}」，没有一个整数合这个说法", "请写确切的数，或改用 约、以上")
    return tight, ("", "", "")


def _fits(quantity: Quantity, measure: Measure) -> bool:
    """Whether a number is a rate where a rate is asked for, and else in the unit of measurement that is."""
    if isinstance(measure, Share):
        return quantity.percent and not quantity.unit
    wanted = measure.unit_of_measure or ""
    return not quantity.percent and (
        not quantity.unit or unit_factor(quantity.unit, wanted, measure.also_written) is not None
    )


def _rewritten(text: str, measure: Measure) -> str | None:
    """How the same number should be written, where that can be told."""
    for better in rewritten_quantities(text):
        quantity = read_quantity(better)
        if quantity is not None and _fits(quantity, measure) and "百分点" not in better:
            return better
    return None


def _unreadable(text: str, better: str | None, *, is_rate: bool) -> Refusal:
    """Why a text is no number of its measure, and how to write it."""
    if is_rate and "百分点" in text:
        return "FACT_UNREADABLE", f"写的是「{text}」，百分点是变化，不是率", "请写率本身，如 95%、95%以上"
    if not any(character.isdigit() for character in normalised(text)):
        if better:
            return "FACT_NO_NUMBER", f"只写了「{text}」，没有阿拉伯数字", f"请写阿拉伯数字：{better}"
        return "FACT_NO_NUMBER", f"只写了「{text}」，没有数", "请报数；趋势、位次不能代替数"
    if better and text.startswith(better):
        return "FACT_UNREADABLE", f"「{text}」末尾多了「{text[len(better) :]}」", f"请去掉，写 {better}"
    if better:
        more = f"；不止这么多的写 {better}以上" if better.endswith("%") else ""
        return "FACT_UNREADABLE", f"「{text}」读不出是多少", f"请写 {better}{more}"
    if is_rate:
        return "FACT_UNREADABLE", f"「{text}」读不出是多少", "请写成一个率，如 95%、95%以上、3/13"
    remedy = "请写成一个数，可带 余、约、以上、不足 和计量单位，如 300余件"
    return "FACT_UNREADABLE", f"「{text}」读不出是多少", remedy


def _other_unit(text: str, quantity: Quantity, measure: Measure) -> Refusal:
    """Say that a number counts something else than its measure."""
    wanted = measure.unit_of_measure or ""
    found = f"写的是「{text}」，计量单位应为{wanted}"
    if not wanted:
        return "FACT_UNIT_OF_MEASURE", f"写的是「{text}」，这里不带计量单位", "请只写数"
    if isinstance(measure, Counted) and measure.kind == "amount":
        return "FACT_UNIT_OF_MEASURE", found, f"请换算成{wanted}"
    same = normalised(text).replace(quantity.unit, wanted)
    remedy = f"若就是{same}，请写 {same}；若数的是{quantity.unit}，请报到数{quantity.unit}的口径"
    return "FACT_UNIT_OF_MEASURE", found, remedy


def _whole_numbers(value: Interval) -> Interval:
    """The whole numbers in an interval: (300, 400) holds 301 to 399."""
    low, high = value.low, value.high
    if value.is_point and low is not None and low.denominator == 1:
        return value
    if low is not None:
        low = Fraction(math.floor(low) + 1 if value.low_open else math.ceil(low))
    if high is not None:
        high = Fraction(math.ceil(high) - 1 if value.high_open else math.floor(high))
    return Interval(low, high, resolution=value.resolution)


def _scaled(value: Interval, factor: Fraction) -> Interval:
    if factor == 1:
        return value
    return Interval(
        None if value.low is None else value.low * factor,
        None if value.high is None else value.high * factor,
        value.low_open,
        value.high_open,
        value.resolution * factor,
    )


def _within_one(value: Interval, measure: Measure, text: str) -> tuple[Interval | None, Refusal]:
    if isinstance(measure, Ratio) and measure.may_exceed_one:
        return value, ("", "", "")
    if value.low is not None and (value.low > 1 or value.low == 1 and value.low_open):
        return None, ("FACT_OUT_OF_RANGE", f"写的是「{text}」，超过100%", "请核对分子分母")
    if value.high is None or value.high > 1:
        value = Interval(value.low, Fraction(1), value.low_open, False, value.resolution)
    return value, ("", "", "")


def _read_choice(text: str, measure: Chosen | None) -> tuple[Interval | None, Refusal]:
    if measure is not None and measure.kind == "choice":
        if text in measure.options:
            return point(measure.options.index(text)), ("", "", "")
        return None, ("FACT_UNREADABLE", f"「{text}」不在可选项里", f"可选：{'、'.join(measure.options)}")
    if text in _TRUE or text in _FALSE:
        return point(int(text in _TRUE)), ("", "", "")
    return None, ("FACT_UNREADABLE", f"写的是「{text}」", "请写 true 或 false（是、否也可以）")


def _read_date(text: str, as_of: date) -> tuple[Interval | None, Refusal]:
    try:
        day = read_any_date(text)
    except PydanticCustomError as error:
        return None, ("FACT_UNREADABLE", f"「{text}」读不出是哪一天", error.message())
    if day.first > as_of:
        return None, ("FACT_AFTER_AS_OF", f"日期{day}在评判日{as_of}之后", "评判日之后的事，到时再报")
    return date_interval(day), ("", "", "")
