"""Chinese number and date text → intervals; intervals → Chinese text; three-valued comparison.

What officials write is rarely a bare number: 300余件, 95%以上, 约1.5万件, １，２２０名. Each becomes the interval of what it
can mean; nothing is rounded, and what cannot be read is said, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from engine.models.exact import PartialDate
from engine.models.exact import exact_text
from engine.models.interval import ONE
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.ruleset import Condition
from engine.models.ruleset import Deadline

_SCALES = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3, "百": 10**2, "": 1}
_SCALE = "|".join(s for s in _SCALES if s)
_AT_LEAST = "不少于|不低于|至少|大于等于|>="
_MORE = "超过|突破|超出|多于|高于|大于|逾|超|>"
_AT_MOST = "不超过|不多于|不高于|至多|最多|小于等于|<="
_LESS = "不足|不到|未达|少于|低于|小于|<"
_ABOUT = "大约|约|大概|左右|上下"
_QUANTITY = re.compile(
    rf"(?P<before>{_AT_LEAST}|{_AT_MOST}|{_MORE}|{_LESS}|大约|约|大概|将近|近)?"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,30}}(?:\.\d{{1,30}})?)"
    rf"(?:/(?P<over>\d{{1,30}}))?"
    rf"(?P<more1>余|多|来)?(?P<scale>{_SCALE})?(?P<more2>余|多|来)?"
    rf"(?P<percent>[%‰]|个百分点)?(?P<unit>[^\d\s%‰]*?)"
    rf"(?P<after>及以上|以上|及以下|以下|以内|左右|上下)?"
)
_PLACEHOLDER = re.compile(
    r"[xX×*□○〇_—–\-/?.…·■△#]+|无|暂无|没有数据|待补|待定|待填|待核|未填|未统计|n/?a|none|null|nil|tbd", re.IGNORECASE
)
_MIXED_PLACEHOLDER = re.compile(r"\d*[xX×*□○〇_?#]+\d*[^\d]*|[xX×*□○〇?#]+%")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,30}")
_DIGITS_APART = re.compile(r"\d\s+\d")
_BLANK = re.compile(r"\s")

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_WHOLE_NUMERAL = "[零〇一二两三四五六七八九十百千]+"
_NUMERAL = f"{_WHOLE_NUMERAL}(?:点[零〇一二三四五六七八九]+)?"
_TAIL = re.compile(r"[。，,；;、！!.\s]+$")
_LEAD = re.compile(r"^(?:已|共计|合计|累计|总计|共|计|达到|达|实现|完成|为|是|有)+")


class Quantity(NamedTuple):
    """A number as it was written: its interval, whether it is a percentage, the unit of measurement behind it."""

    interval: Interval
    percent: bool
    unit: str
    scale: int


def normalised(text: str) -> str:
    """Full-width forms to half-width, blanks and 第 thousands separators out of the way."""
    return unicodedata.normalize("NFKC", text).replace("≥", ">=").replace("≤", "<=").replace("﹪", "%").strip()


@lru_cache(maxsize=4096)
def is_placeholder(text: str) -> bool:
    """Whether a text stands for a missing value: X, ××, 待补, 3X件.

    >>> is_placeholder("X"), is_placeholder("3X件"), is_placeholder("0")
    (True, True, False)
    """
    if _PLAIN_NUMBER.fullmatch(text):
        return False
    compact = _BLANK.sub("", normalised(text))
    return bool(_PLACEHOLDER.fullmatch(compact) or _MIXED_PLACEHOLDER.fullmatch(compact))


@lru_cache(maxsize=4096)
def read_quantity(text: str) -> Quantity | None:
    """Read a number as officials write it, or ``None``.

    以上、不少于 include the number, 超过、不足 exclude it. 300余 lies between 300 and 400: the step is that of the last
    digit that is not zero; 约 N is N ± half a step; 近 N is less than a step below N.

    >>> q = read_quantity("300余件")
    >>> q.interval.low, q.interval.high, q.unit
    (Fraction(300, 1), Fraction(400, 1), '件')
    """
    if _PLAIN_NUMBER.fullmatch(text):
        number = Fraction(int(text))
        return Quantity(Interval(number, number, resolution=ONE), False, "", 1)
    plain = normalised(text)
    # Digits apart are two numbers, not one.
    found = None if _DIGITS_APART.search(plain) else _QUANTITY.fullmatch(_BLANK.sub("", plain))
    if not found or found["over"] is not None and int(found["over"]) == 0:
        return None
    vague = [word for word in (found["before"], found["more1"], found["more2"], found["after"]) if word]
    if len(vague) > 1:
        return None
    digits = found["digits"].replace(",", "")
    factor = Fraction(_SCALES[found["scale"] or ""]) / {"%": 100, "‰": 1000, "个百分点": 100, None: 1}[found["percent"]]
    number = Fraction(digits) * factor / int(found["over"] or 1)
    interval = _meaning(vague[0], number, _step(digits) * factor) if vague else point(number)
    # A fraction was written exactly; a decimal only to its last digit.
    unit = Fraction(0) if found["over"] else _resolution(digits) * factor
    written = Interval(interval.low, interval.high, interval.low_open, interval.high_open, unit)
    return Quantity(written, found["percent"] is not None or found["over"] is not None, found["unit"], int(factor) or 1)


def rewritten_quantities(text: str) -> Iterator[str]:
    """Ways to write a number so that it can be read: without what stands around it, in Arabic digits. For advice only.

    >>> list(rewritten_quantities("达到百分之九十五。"))
    ['达到百分之九十五', '达到95%', '95%']
    """
    bare = _TAIL.sub("", normalised(text))
    arabic = _in_arabic(bare)
    for better in dict.fromkeys((bare, arabic, _LEAD.sub("", arabic))):
        if better != text:
            yield better


def _in_arabic(text: str) -> str:
    """Chinese numerals as Arabic ones: 二十件 as 20件, 百分之九十五 as 95%, 九成五 as 95%, 三分之一 as 1/3."""
    number = rf"(?:{_NUMERAL}|\d+(?:\.\d+)?)"
    text = re.sub(f"百分之({number})", lambda found: f"{_digits_of(found[1])}%", text)
    text = re.sub(f"千分之({number})", lambda found: f"{_digits_of(found[1])}‰", text)
    text = re.sub(f"({number})分之({number})", lambda found: f"{_digits_of(found[2])}/{_digits_of(found[1])}", text)
    text = re.sub(r"([一二三四五六七八九\d])成([一二三四五六七八九]?)", lambda found: _tenths(found[1], found[2]), text)
    text = re.sub(f"({_WHOLE_NUMERAL})万((?=[^万]*[千百十零]){_WHOLE_NUMERAL})", _ten_thousands, text)
    return re.sub(_NUMERAL, lambda found: _digits_of(found[0]), text)


def _ten_thousands(found: re.Match[str]) -> str:
    return str(int(_digits_of(found[1])) * 10_000 + int(_digits_of(found[2])))


def _tenths(tens: str, ones: str) -> str:
    return f"{_digits_of(tens)}{_digits_of(ones) if ones else 0}%"


def _digits_of(numeral: str) -> str:
    """One Chinese numeral below 万 in Arabic digits."""
    whole, _, decimals = numeral.partition("点")
    if whole.isdecimal():
        return whole
    if not set(whole) & set(_STEPS):
        digits = "".join(str(_DIGITS[character]) for character in whole)
    else:
        total, pending = 0, 0
        for character in whole:
            if character in _STEPS:
                total += (pending or 1) * _STEPS[character]
                pending = 0
            else:
                pending = _DIGITS[character]
        digits = str(total + pending)
    return digits + ("." + "".join(str(_DIGITS[c]) for c in decimals) if decimals else "")


def _step(digits: str) -> Fraction:
    """The place value of the last digit that is not zero."""
    whole, _, decimals = digits.partition(".")
    stripped = decimals.rstrip("0")
    if stripped:
        return Fraction(1, 10 ** len(stripped))
    return Fraction(10 ** (len(whole) - len(whole.rstrip("0")))) if whole.strip("0") else Fraction(1)


def _resolution(digits: str) -> Fraction:
    """The place value of the last digit written."""
    return Fraction(1, 10 ** len(digits.partition(".")[2]))


def _meaning(word: str, number: Fraction, step: Fraction) -> Interval:
    zero = Fraction(0)
    if word in ("余", "多", "来"):
        return Interval(number, number + step, True, True)
    if re.fullmatch(f"{_AT_LEAST}|以上|及以上", word):
        return Interval(number, None)
    if re.fullmatch(_MORE, word):
        return Interval(number, None, True)
    if re.fullmatch(f"{_AT_MOST}|以下|及以下|以内", word):
        return Interval(zero, number)
    if re.fullmatch(_LESS, word):
        return Interval(zero, number, False, True)
    if re.fullmatch(_ABOUT, word):
        return Interval(max(zero, number - step / 2), number + step / 2)
    if word in ("近", "将近"):
        return Interval(max(zero, number - step), number, False, True)
    return Interval(number, number)


def unit_factor(written: str, wanted: str, synonyms: tuple[str, ...]) -> Fraction | None:
    """How many of the wanted unit of measurement one written unit is; ``None`` where they do not fit.

    >>> unit_factor("元", "万元", ())
    Fraction(1, 10000)
    """
    if written == wanted:
        return ONE
    scale = next((s for s in _SCALES if s and wanted.startswith(s) and len(wanted) > len(s)), "")
    base = wanted[len(scale) :]
    if written == base or written in synonyms:
        return Fraction(1, _SCALES[scale])
    return None


def date_interval(day: PartialDate) -> Interval:
    """The days that a date may mean, as an interval of ordinals."""
    return Interval(Fraction(day.first.toordinal()), Fraction(day.last.toordinal()))


def deadline_day(deadline: Deadline, period_end: date) -> date:
    """The last day of a deadline that is counted from the year a period ends in."""
    return date.fromisoformat(f"{period_end.year + deadline.years_after}-{deadline.month_day}")


def meets(value: Interval, condition: Condition, period_end: date, options: tuple[str, ...] = ()) -> bool | None:
    """Whether a value meets a condition: yes, no, or cannot be told from what is known."""
    if condition.at_least is not None:
        return value.at_least(condition.at_least)
    if condition.more_than is not None:
        return value.more_than(condition.more_than)
    if condition.at_most is not None:
        return _not(value.more_than(condition.at_most))
    if condition.less_than is not None:
        return _not(value.at_least(condition.less_than))
    if condition.by is not None:
        return _not(value.more_than(Fraction(deadline_day(condition.by, period_end).toordinal())))
    wanted = Fraction(int(condition.equals) if isinstance(condition.equals, bool) else _index(condition, options))
    if value.exact is not None:
        return value.exact == wanted
    return None if value.meets_interval(Interval(wanted, wanted)) else False


def _index(condition: Condition, options: tuple[str, ...]) -> int:
    return options.index(str(condition.equals)) if condition.equals in options else -1


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def decimal_text(value: Fraction, digits: int = 2) -> str:
    """A number for people: at most ``digits`` decimals, cut and marked with 约 where that loses something.

    >>> decimal_text(Fraction(3, 13) * 100), decimal_text(Fraction(77))
    ('约23.08', '77')
    """
    return _decimal(value.numerator, value.denominator, digits)


def _decimal(numerator: int, denominator: int, digits: int) -> str:
    if denominator == 1:
        return str(numerator)
    scale = 10**digits
    whole, rest = divmod(numerator * scale, denominator)
    rounded = whole + 1 if rest * 2 >= denominator else whole
    sign, size = ("-", -rounded) if rounded < 0 else ("", rounded)
    text = f"{sign}{size // scale}.{size % scale:0{digits}d}".rstrip("0").rstrip(".")
    return f"约{text}" if rest else text


def quantity_text(value: Interval, unit: str | None) -> str:
    """An interval for people, in its unit of measurement.

    >>> quantity_text(Interval(Fraction(95, 100), None), "%")
    '95%以上'
    """
    if value.exact is not None:
        return number_text(value.exact, unit)
    if value.low is None and value.high is None:
        return "不知"
    if value.high is None and value.low is not None:
        low = number_text(value.low, unit)
        return f"超过{low}" if value.low_open else f"{low}以上"
    if value.low is None and value.high is not None:
        high = number_text(value.high, unit)
        return f"不足{high}" if value.high_open else f"{high}以下"
    assert value.low is not None and value.high is not None
    if value.low == 0 and value.high_open:
        return f"不足{number_text(value.high, unit)}"
    return f"{number_text(value.low, unit)}至{number_text(value.high, unit)}"


def number_text(number: Fraction, unit: str | None) -> str:
    """A number for people, in its unit of measurement; a share as a percentage."""
    if unit == "日期":
        return date.fromordinal(int(number)).isoformat()
    if unit == "%":
        return f"{_decimal(number.numerator * 100, number.denominator, 2)}%"
    return f"{decimal_text(number)}{unit or ''}"


def condition_text(condition: Condition, unit: str | None, period_end: date) -> str:
    """A condition for people: 不低于5%, 不晚于2021-03-31."""
    named = (
        ("不低于", condition.at_least),
        ("超过", condition.more_than),
        ("不高于", condition.at_most),
        ("低于", condition.less_than),
    )
    for word, bound in named:
        if bound is not None:
            return f"{word}{number_text(bound, unit)}"
    if condition.by is not None:
        return f"不晚于{deadline_day(condition.by, period_end).isoformat()}"
    if isinstance(condition.equals, bool):
        return "" if condition.equals else "不得有"
    return f"为{condition.equals}"


def rule_text(condition: Condition, unit: str | None) -> str:
    """A condition as the rule has it: exact, and without a period; a deadline is told by the year that it counts from."""
    if condition.by is not None:
        return f"不晚于期末后第{condition.by.years_after}年{condition.by.month_day}"
    text = condition_text(condition, unit, date.min)
    bound = next((b for b in (condition.at_least, condition.more_than, condition.at_most, condition.less_than) if b), None)
    if "约" not in text or bound is None:
        return text
    word = text[: text.index("约")]
    return f"{word}{exact_text(bound * 100)}%" if unit == "%" else f"{word}{exact_text(bound)}{unit or ''}"
