"""What a formula comes to, exactly: the little of a spreadsheet's language that our formulas speak.

A workbook carries the results beside the formulas, since many readers show them without calculating. This is stricter than
a spreadsheet: where programs part (a text in a sum, a blank in a comparison) it fails, so that no formula rests on it.
"""

import math
import re
from collections.abc import Callable
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Any
from typing import NoReturn

from engine.rendering.recompute.cells import Book
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Several
from engine.rendering.recompute.cells import Span

# What stands in a hole: a number, a text, nothing, a truth, or a list of them.
Value = Any
_Holes = dict[str, Value]
_Step = Callable[[_Holes], Value]

_TOKEN = re.compile(
    r'\s*(?:(?P<number>\d+)|"(?P<text>[^"]*)"|\{(?P<hole>\w+)\}|(?P<name>[A-Z]+)(?=\()|(?P<mark><>|<=|>=|.))'
)
_COMPARISONS = ("<>", "<=", ">=", "=", "<", ">")


def calculate(book: Book) -> None:
    """Note down in every cell what it comes to."""
    done: set[int] = set()
    for cell in book.cells():
        _settle(cell, done)


def _settle(cell: Cell, done: set[int]) -> Value:
    if id(cell) not in done:
        content = cell.content
        if isinstance(content, Formula):
            # Only what the formula really names: a hole that is on offer and not used may even depend on this cell.
            holes = {name: _held(content.holes[name], done) for name in _named_in(content.template)}
            try:
                found = _compiled(content.template)(holes)
            except (TypeError, ValueError, ZeroDivisionError) as error:
                raise ValueError(f"{cell.sheet}!{cell.place} {content.text(cell.sheet)}: {error}") from error
            cell.cached = 0 if found is None else found
        else:
            cell.cached = content
        done.add(id(cell))
    return cell.cached


@cache
def _named_in(template: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", template)))


def _held(hole: Cell | Span | Several | int, done: set[int]) -> Value:
    if isinstance(hole, int):
        return hole
    if isinstance(hole, Cell):
        return _settle(hole, done)
    return [_settle(cell, done) for cell in hole.cells]


@cache
def _compiled(template: str) -> _Step:
    tokens = [(found.lastgroup or "", found[found.lastgroup or 0]) for found in _TOKEN.finditer(template)]
    step = _comparison(tokens)
    if tokens:
        raise ValueError(f"cannot read {template} from {tokens[0][1]} on")
    return step


_Tokens = list[tuple[str, str]]


def _is(tokens: _Tokens, *marks: str) -> bool:
    return bool(tokens) and tokens[0][0] == "mark" and tokens[0][1] in marks


def _comparison(tokens: _Tokens) -> _Step:
    left = _joined(tokens)
    if not _is(tokens, *_COMPARISONS):
        return left
    mark = tokens.pop(0)[1]
    right = _joined(tokens)
    return lambda holes: _compared(mark, left(holes), right(holes))


def _compared(mark: str, left: Value, right: Value) -> bool:
    if mark in ("=", "<>"):
        same = left is None and right == "" or left == "" and right is None
        if not same and (left is None or right is None):
            raise ValueError("a blank is compared with a number")
        return (same or type(left) is str and left == right or type(left) is not str and left == right) == (mark == "=")
    one, other = _number(left), _number(right)
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[mark]


def _joined(tokens: _Tokens) -> _Step:
    left = _sum(tokens)
    while _is(tokens, "&"):
        tokens.pop(0)
        left = _binary("&", left, _sum(tokens))
    return left


def _sum(tokens: _Tokens) -> _Step:
    left = _product(tokens)
    while _is(tokens, "+", "-"):
        left = _binary(tokens.pop(0)[1], left, _product(tokens))
    return left


def _product(tokens: _Tokens) -> _Step:
    left = _atom(tokens)
    while _is(tokens, "*", "/"):
        left = _binary(tokens.pop(0)[1], left, _atom(tokens))
    return left


def _binary(mark: str, left: _Step, right: _Step) -> _Step:
    return {
        "&": lambda holes: _text(left(holes)) + _text(right(holes)),
        "+": lambda holes: _number(left(holes)) + _number(right(holes)),
        "-": lambda holes: _number(left(holes)) - _number(right(holes)),
        "*": lambda holes: _number(left(holes)) * _number(right(holes)),
        "/": lambda holes: Fraction(_number(left(holes))) / _number(right(holes)),
    }[mark]


def _atom(tokens: _Tokens) -> _Step:
    kind, text = tokens.pop(0)
    if kind == "number":
        number = int(text)
        return lambda _: number
    if kind == "text":
        return lambda _: text
    if kind == "hole":
        return lambda holes: holes[text]
    if kind == "name":
        return _call(text, _arguments(tokens))
    if text == "-":
        inner = _atom(tokens)
        return lambda holes: -_number(inner(holes))
    if text == "(":
        inner = _comparison(tokens)
        _expect(tokens, ")")
        return inner
    raise ValueError(f"cannot read {text}")


def _arguments(tokens: _Tokens) -> list[_Step]:
    _expect(tokens, "(")
    found = [_comparison(tokens)]
    while _is(tokens, ","):
        tokens.pop(0)
        found.append(_comparison(tokens))
    _expect(tokens, ")")
    return found


def _expect(tokens: _Tokens, mark: str) -> None:
    if not _is(tokens, mark):
        raise ValueError(f"{mark} is missing")
    tokens.pop(0)


def _call(name: str, arguments: list[_Step]) -> _Step:
    if name == "IF":
        question, yes, no = arguments
        return lambda holes: yes(holes) if _truth(question(holes)) else no(holes)
    function = _FUNCTIONS[name]
    return lambda holes: function(*(argument(holes) for argument in arguments))


def _number(value: Value) -> int | Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        _refuse(value)
    return value


def _refuse(value: Value) -> NoReturn:
    raise ValueError(f"{value!r} is no number")


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _text(value: Value) -> str:
    return value if isinstance(value, str) else str(int(_number(value)))


def _numbers(arguments: Iterable[Value]) -> list[int | Fraction]:
    """The numbers among arguments; texts and blanks are passed over in lists of cells, and only there."""
    found: list[int | Fraction] = []
    for argument in arguments:
        if isinstance(argument, list):
            found += [value for value in argument if isinstance(value, int | Fraction) and not isinstance(value, bool)]
        else:
            found.append(_number(argument))
    return found


def _whole_numbers(arguments: Iterable[Value]) -> list[int]:
    """Whole numbers alone; a text in a list would be an error in some programs."""
    every = [value for argument in arguments for value in (argument if isinstance(argument, list) else [argument])]
    found = [_number(value) for value in every]
    if any(number.denominator != 1 for number in found):
        raise ValueError("a whole number is asked for")
    return [int(number) for number in found]


def _quotient(one: Value, other: Value) -> int:
    left, right = Fraction(_number(one)), _number(other)
    return math.trunc(left / right)


def _fits(value: Value, criterion: Value) -> bool:
    """Whether a cell fits what COUNTIF looks for: a number, a text, or a comparison with a number."""
    if isinstance(criterion, str):
        mark = next((mark for mark in _COMPARISONS if criterion.startswith(mark)), "")
        if mark:
            is_number = isinstance(value, int | Fraction) and not isinstance(value, bool)
            return is_number and _compared(mark, value, Fraction(criterion.removeprefix(mark)))
        return isinstance(value, str) and value == criterion
    return not isinstance(value, str) and value is not None and value == _number(criterion)


def _matching(pairs: tuple[Value, ...]) -> list[bool]:
    columns = list(zip(pairs[::2], pairs[1::2], strict=True))
    return [all(_fits(values[i], criterion) for values, criterion in columns) for i in range(len(pairs[0]))]


def _sum_if(where: list[Value], criterion: Value, what: list[Value]) -> int | Fraction:
    return sum(_numbers([[value for value, fits in zip(what, _matching((where, criterion)), strict=True) if fits]]))


def _round(value: Value, digits: Value) -> int:
    assert digits == 0
    number = Fraction(_number(value))
    whole = math.floor(abs(number) + Fraction(1, 2))
    return whole if number >= 0 else -whole


def _shown(value: Value, form: Value) -> str:
    """A number with three decimals; it has no more."""
    assert form == "0.000"
    thousandths = _number(value) * 1000
    assert thousandths.denominator == 1 and thousandths >= 0
    return f"{int(thousandths) // 1000}.{int(thousandths) % 1000:03d}"


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "ABS": lambda value: abs(_number(value)),
    "AND": lambda *truths: set(map(_truth, truths)) == {True},
    "COUNT": lambda *values: len(_numbers(values)),
    "COUNTIF": lambda where, criterion: sum(_matching((where, criterion))),
    "COUNTIFS": lambda *pairs: sum(_matching(pairs)),
    "GCD": lambda *values: math.gcd(*_whole_numbers(values)),
    "IFERROR": lambda value, _: value,
    "ISNUMBER": lambda value: isinstance(value, int | Fraction) and not isinstance(value, bool),
    "LCM": lambda *values: math.lcm(*_whole_numbers(values)),
    "MAX": lambda *values: max(_numbers(values), default=0),
    "MIN": lambda *values: min(_numbers(values), default=0),
    "MOD": lambda one, other: _number(one) % _number(other),
    "NOT": lambda truth: not _truth(truth),
    "OR": lambda *truths: True in set(map(_truth, truths)),
    "QUOTIENT": _quotient,
    "ROUND": _round,
    "SIGN": lambda value: (_number(value) > 0) - (_number(value) < 0),
    "TEXT": _shown,
    "SUM": lambda *values: sum(_numbers(values)),
    "SUMIF": _sum_if,
}
