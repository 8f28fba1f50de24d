"""Formulas over measures: + - * / and brackets, read into a tree and evaluated on intervals."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from engine.models import interval
from engine.models.interval import Interval

# A name, a number, or (operator, left, right).
Tree = str | Fraction | tuple[str, "Tree", "Tree"]

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z][A-Za-z0-9_-]*(?<!-))|([-+*/()]))")


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Tree | None:
    """Read a formula, or ``None`` where it cannot be read. A minus beside a name needs blanks around it.

    >>> parse_formula("a - b / 2")
    ('-', 'a', ('/', 'b', Fraction(2, 1)))
    """
    tokens = _tokens(text)
    if tokens is None:
        return None
    try:
        tree = _sum(tokens)
    except (IndexError, RecursionError):
        return None
    return tree if not tokens else None


def _tokens(text: str) -> list[str] | None:
    found: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if not match:
            return None
        found.append(match[0].strip())
        at = match.end()
    return found


def _sum(tokens: list[str]) -> Tree | None:
    return _chain(tokens, "+-", _product)


def _product(tokens: list[str]) -> Tree | None:
    return _chain(tokens, "*/", _atom)


def _chain(tokens: list[str], operators: str, part: Callable[[list[str]], Tree | None]) -> Tree | None:
    left = part(tokens)
    while left is not None and tokens and tokens[0] in operators:
        operator = tokens.pop(0)
        right = part(tokens)
        left = None if right is None else (operator, left, right)
    return left


def _atom(tokens: list[str]) -> Tree | None:
    first = tokens.pop(0)
    if first == "(":
        inner = _sum(tokens)
        return inner if tokens and tokens.pop(0) == ")" else None
    if first[0].isdigit():
        return Fraction(first)
    return first if first[0].isalpha() else None


def names_in(tree: Tree) -> Iterator[str]:
    """The measures that a formula reads."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, tuple):
        yield from names_in(tree[1])
        yield from names_in(tree[2])


def evaluate(tree: Tree, values: Callable[[str], Interval | None]) -> Interval | None:
    """The interval of a formula; ``None`` where an input is unknown or a divisor may be zero."""
    if isinstance(tree, Fraction):
        return interval.point(tree)
    if isinstance(tree, str):
        return values(tree)
    left, right = evaluate(tree[1], values), evaluate(tree[2], values)
    if left is None or right is None:
        return None
    if tree[0] == "+":
        return interval.add(left, right)
    if tree[0] == "-":
        return interval.add(left, interval.negate(right))
    return interval.multiply(left, right) if tree[0] == "*" else interval.divide(left, right)
