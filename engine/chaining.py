"""Forward chaining over closed tokens: the reference chainer, and the limits under which a RETE gives the same answer.

In: rules of plain conjunctions and tokens. Out: every firing with its premises, in canonical order. Conclusions are sets:
the order of rules and tokens never matters.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple


class Token(NamedTuple):
    """One closed statement: a kind, a name, a value, a unit; empty where it has none."""

    kind: str
    name: str
    value: str = ""
    unit: str = ""


class Pattern(NamedTuple):
    """What a token must be; ``bound`` patterns of one rule must speak of the same unit."""

    kind: str
    name: str
    value: str = ""
    bound: bool = False

    def fits(self, token: Token) -> bool:
        """Whether a token is of this kind, name and value, and names a unit where one is bound."""
        return self.head == token[:3] and (bool(token.unit) or not self.bound)

    @property
    def head(self) -> tuple[str, str, str]:
        """Kind, name and value."""
        return self.kind, self.name, self.value


class Rule(NamedTuple):
    """A plain conjunction. ``concludes`` is a token's name; with a bound unit the conclusion speaks of that unit."""

    name: str
    patterns: tuple[Pattern, ...]
    concludes: str = ""

    @property
    def per_unit(self) -> bool:
        """Whether the rule fires once a unit."""
        return any(pattern.bound for pattern in self.patterns)


class Firing(NamedTuple):
    """One rule that fired, for which unit, from which tokens (in the order of its patterns)."""

    rule: str
    unit: str
    premises: tuple[Token, ...]


CONCLUDED = "concluded"

# Limits of research/engines.md §1.3, with room to spare: beyond them durable-rules hangs, crashes or answers wrongly.
MOST_PATTERNS = 12
MOST_RULES = 1000
MOST_RULES_PER_FIRST_PATTERN = 200
MOST_NAMES_PER_KIND = 400
MOST_PATTERNS_PER_TOKEN = 50


def limits_broken(rules: Iterable[Rule]) -> list[str]:
    """Say, in Chinese, which limits a set of rules breaks; nothing is loaded from one that breaks any."""
    rules = list(rules)
    broken: list[str] = []
    if len(rules) > MOST_RULES:
        broken.append(f"条款展开后有{len(rules)}条，最多{MOST_RULES}条")
    names = Counter(rule.name for rule in rules)
    broken += [f"条款「{name}」重名" for name, count in sorted(names.items()) if count > 1]
    for rule in rules:
        broken += _rule_broken(rule)
    patterns = [pattern for rule in rules for pattern in rule.patterns]
    firsts = Counter(rule.patterns[0] for rule in rules if rule.patterns)
    kinds = Counter(kind for kind, *_ in {pattern.head for pattern in patterns})
    counted = (
        ("以同一个前提开头的条款", firsts.values(), MOST_RULES_PER_FIRST_PATTERN),
        ("同一种前提的名字", kinds.values(), MOST_NAMES_PER_KIND),
        ("同一个前提的用处", Counter(pattern.head for pattern in patterns).values(), MOST_PATTERNS_PER_TOKEN),
    )
    for what, counts, most in counted:
        broken += [f"{what}有{count}，最多{most}" for count in counts if count > most]
    return broken


def _rule_broken(rule: Rule) -> Iterator[str]:
    if not rule.patterns:
        yield f"条款「{rule.name}」没有前提"
    if len(rule.patterns) > MOST_PATTERNS:
        yield f"条款「{rule.name}」有{len(rule.patterns)}个前提，最多{MOST_PATTERNS}个"
    heads = Counter(pattern.head for pattern in rule.patterns)
    if any(count > 1 for count in heads.values()):
        yield f"条款「{rule.name}」同一个前提写了两次"
    for pattern in rule.patterns:
        if any(not text.isascii() or len(text) > 200 for text in pattern.head) or not pattern.kind or not pattern.name:
            yield f"条款「{rule.name}」的前提要用英文名，不空、不过长"


def chain(rules: Iterable[Rule], tokens: Iterable[Token]) -> tuple[Firing, ...]:
    """Fire every rule for every combination of tokens, and again for what that concludes, until nothing new follows.

    Self-feeding rules stop, since a conclusion is a set member: it is concluded once.
    """
    rules = list(rules)
    known: dict[tuple[str, str, str], list[Token]] = {}
    waiting = sorted(set(tokens))
    readers: dict[tuple[str, str, str], list[Rule]] = {}
    for rule in rules:
        for pattern in rule.patterns:
            readers.setdefault(pattern.head, []).append(rule)
    firings: set[Firing] = set()
    while waiting:
        token = waiting.pop()
        if token in known.get(token[:3], []):
            continue
        known.setdefault(token[:3], []).append(token)
        for rule in readers.get(token[:3], []):
            for firing in _firings_with(rule, token, known):
                firings.add(firing)
                if rule.concludes:
                    waiting.append(conclusion_of(rule, firing))
    return tuple(sorted(firings))


def conclusion_of(rule: Rule, firing: Firing) -> Token:
    """The token that a firing concludes."""
    return Token(CONCLUDED, rule.concludes, "", firing.unit)


def _firings_with(rule: Rule, token: Token, known: dict[tuple[str, str, str], list[Token]]) -> Iterator[Firing]:
    """The firings of a rule in which a given token takes part."""
    choices = [[token] if pattern.head == token[:3] else known.get(pattern.head, []) for pattern in rule.patterns]
    for premises in product(*choices):
        if not all(pattern.fits(premise) for pattern, premise in zip(rule.patterns, premises, strict=True)):
            continue
        units = {premise.unit for pattern, premise in zip(rule.patterns, premises, strict=True) if pattern.bound}
        if len(units) <= 1:
            yield Firing(rule.name, next(iter(units), ""), premises)
