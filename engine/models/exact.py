"""Exact scalar types: fractions from their text, dates that keep their precision. No float ever."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from functools import total_ordering
from typing import Annotated
from typing import Any
from typing import LiteralString

from pydantic import PlainSerializer
from pydantic import PlainValidator
from pydantic import WithJsonSchema
from pydantic_core import PydanticCustomError

from engine.models.record import Number

_DECIMAL = r"-?\d{1,30}(?:\.\d{1,30})?"
_EXACT = re.compile(rf"({_DECIMAL})(?:/(\d{{1,30}}))?(%|‰)?")
_PERCENT = {"%": 100, "‰": 1000, None: 1}
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
# What spreadsheets and people write in place of 2023-01-09; one reading each.
_OTHER_DAY = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"|年(?:度|(?P<month2>\d{1,2})月(?:(?P<day2>\d{1,2})[日号]?)?)?)"
)
FIRST_YEAR, LAST_YEAR = 1900, 2200


def read_exact(value: Any) -> Fraction:
    """Read ``5%``, ``0.5``, ``1/3`` or ``12`` as an exact fraction; anything else is refused.

    >>> read_exact("5%")
    Fraction(1, 20)
    """
    if isinstance(value, Fraction):
        return value
    found = _EXACT.fullmatch(value) if isinstance(value, str) else None
    if not found or found[2] and int(found[2]) == 0:
        raise PydanticCustomError("VALUE_NOT_EXACT", "这里要一个确切的数（如 5%、0.5、1/3）")
    return Fraction(found[1]) / int(found[2] or 1) / _PERCENT[found[3]]


def exact_text(value: Fraction) -> str:
    """Write a fraction as a terminating decimal where there is one, else as ``a/b``.

    >>> exact_text(Fraction(1, 20)), exact_text(Fraction(3, 13))
    ('0.05', '3/13')
    """
    remainder, power = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while remainder % prime == 0:
            remainder, count = remainder // prime, count + 1
        power = max(power, count)
    if remainder != 1:
        return f"{value.numerator}/{value.denominator}"
    if power == 0:
        return str(value.numerator)
    digits = str(abs(value.numerator) * 10**power // value.denominator).rjust(power + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-power]}.{digits[-power:]}"


def read_whole(value: Any) -> int:
    """Read a whole number from its text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"-?\d{1,15}", str(value)):
        raise PydanticCustomError("VALUE_NOT_WHOLE", "这里要一个整数")
    return int(value)


@total_ordering
@dataclass(frozen=True)
class PartialDate:
    """A date with the precision it was written in: a year alone is a year, a month alone is a month."""

    text: str

    def _parts(self) -> list[int]:
        return [int(part) for part in self.text.split("-")]

    @cached_property
    def first(self) -> date:
        """The first day it can mean."""
        parts = self._parts()
        return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)

    @cached_property
    def last(self) -> date:
        """The last day it can mean."""
        parts = self._parts()
        if len(parts) == 3:
            return self.first
        month = parts[1] if len(parts) > 1 else 12
        return date(parts[0], month, calendar.monthrange(parts[0], month)[1])

    def __lt__(self, other: "PartialDate") -> bool:
        return (self.first, self.last) < (other.first, other.last)

    def __str__(self) -> str:
        return self.text


def read_partial_date(value: Any) -> PartialDate:
    """Read ``2020``, ``2020-03`` or ``2020-03-09``; ``2020.10`` and days that do not exist are refused."""
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, date):
        return PartialDate(value.isoformat())
    if isinstance(value, Number) and "." in value:
        raise _unreadable("DATE_AS_NUMBER", f"写成了小数；日期请写 {_decimal_as_month(value)}")
    if not isinstance(value, str) or not _DAY.fullmatch(value) or _what_is_not(value):
        raise _unreadable("DATE_UNREADABLE", _how_to_write(value))
    return PartialDate(value)


def read_any_date(text: str) -> PartialDate:
    """Read a date also as spreadsheets write it: ``2023/1/9``, ``2023-1-9``, ``2023.1.9``, ``2023年1月9日``."""
    return read_partial_date(rewritten_date(text) or text)


def rewritten_date(text: str) -> str | None:
    """Write a date in another unambiguous form as it should be written; ``None`` where there is no one reading.

    >>> rewritten_date("2023/1/9"), rewritten_date("2023年3月"), rewritten_date("2023.10")
    ('2023-01-09', '2023-03', None)
    """
    found = _OTHER_DAY.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if not found:
        return None
    parts = [found["year"], found["month"] or found["month2"], found["day"] or found["day2"]]
    return "-".join(part.rjust(2, "0") for part in parts if part)


def _unreadable(code: LiteralString, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{message}", {"message": message})


def _how_to_write(value: Any) -> str:
    """How to write a date that was written otherwise, or why there is no such day."""
    text = value if isinstance(value, str) else ""
    better = rewritten_date(text) or _without_time_or_run_together(text)
    if _DAY.fullmatch(better):
        return _what_is_not(better) or f"请写 {better}"
    return "这里要一个日期（如 2020、2020-03、2020-03-09）"


def _without_time_or_run_together(text: str) -> str:
    """A day as systems export it: with a time behind it, or as eight digits."""
    day = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?$", "", text.strip())
    run_together = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", day)
    return "-".join(run_together.groups()) if run_together else rewritten_date(day) or day


def _what_is_not(text: str) -> str:
    """Which part of a date does not exist; empty where it exists."""
    year, month, day = (int(part) for part in [*text.split("-"), "1", "1"][:3])
    # Day arithmetic around the date must stay inside the calendar.
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return f"年份只认{FIRST_YEAR}到{LAST_YEAR}"
    if not 1 <= month <= 12:
        return f"没有{month}月；请核对月份"
    days = calendar.monthrange(year, month)[1]
    return "" if 1 <= day <= days else f"{year}年{month}月只有{days}天"


def _decimal_as_month(value: str) -> str:
    """What a decimal was most likely meant to be: 2020.10 is October."""
    year, _, month = value.partition(".")
    meant = f"{year}-{month.rjust(2, '0')}"
    return meant if _DAY.fullmatch(meant) and not _what_is_not(meant) else "2025-10 或 2025-10-09"


def read_date(value: Any) -> date:
    """Read a full day."""
    if isinstance(value, date):
        return value
    shorter = rewritten_date(value) if isinstance(value, str) else None
    if shorter is not None and len(shorter) < len("2020-12-31") and not _what_is_not(shorter):
        raise _not_a_day(PartialDate(shorter))
    partial = read_partial_date(value)
    if len(partial.text) != len("2020-12-31"):
        raise _not_a_day(partial)
    return partial.first


def _not_a_day(written: PartialDate) -> PydanticCustomError:
    return _unreadable("DATE_NOT_A_DAY", f"这里要写到日，如 {written.last}")


def day_before(day: date) -> date:
    """Return the day before."""
    return day - timedelta(days=1)


def _typed(read: Any, write: Any, schema: dict[str, Any]) -> tuple[Any, Any, Any]:
    return PlainValidator(read), PlainSerializer(write, return_type=str), WithJsonSchema(schema)


_NUMERIC = {"anyOf": [{"type": "string", "pattern": f"^{_EXACT.pattern}$"}, {"type": "number"}]}

Exact = Annotated[Fraction, *_typed(read_exact, exact_text, {**_NUMERIC, "description": "确切的数，如 5%、0.5、1/3"})]
Whole = Annotated[int, PlainValidator(read_whole), WithJsonSchema({"type": "integer"})]
Day = Annotated[date, *_typed(read_date, date.isoformat, {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})]
SomeDay = Annotated[
    PartialDate,
    *_typed(
        read_partial_date,
        str,
        {"anyOf": [{"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}, {"type": "integer"}]},
    ),
]
