"""Exact scalar types: fractions from their text, dates that keep their precision. No float ever."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from fractions import Fraction
from functools import total_ordering
from typing import Annotated
from typing import Any

from pydantic import PlainSerializer
from pydantic import PlainValidator
from pydantic import WithJsonSchema
from pydantic_core import PydanticCustomError

from engine.models.record import Number

_DECIMAL = r"-?\d{1,30}(?:\.\d{1,30})?"
_EXACT = re.compile(rf"({_DECIMAL})(?:/(\d{{1,30}}))?(%|‰)?")
_PERCENT = {"%": 100, "‰": 1000, None: 1}
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


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

    @property
    def first(self) -> date:
        """The first day it can mean."""
        parts = self._parts()
        return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)

    @property
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
        raise PydanticCustomError("DATE_AS_NUMBER", "写成了小数；日期请写 2025-10 或 2025-10-09")
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if not found or not _exists(found):
        raise PydanticCustomError("DATE_UNREADABLE", "这里要一个日期（如 2020、2020-03、2020-03-09）")
    return PartialDate(found[0])


def _exists(found: re.Match[str]) -> bool:
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    # Day arithmetic around the date must stay inside the calendar.
    return 1900 <= int(found[1]) <= 2200


def read_date(value: Any) -> date:
    """Read a full day."""
    if isinstance(value, date):
        return value
    partial = read_partial_date(value)
    if len(partial.text) != 10:
        raise PydanticCustomError("DATE_NOT_A_DAY", "这里要写到日（如 2020-12-31）")
    return partial.first


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
