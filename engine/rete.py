"""The same chaining in durable-rules, behind every guard that its measured failures ask for. The only door to durable.

Closed ASCII tokens in narrow facts with our own ids; plain conjunctions and equality joins on a required text field; no
numbers, no null, no ``$or``, no ``none``, no arithmetic. Timer threads never start; one boot fact fires first; actions take
one parameter and only record; what they conclude is asserted from outside; session and ruleset are freed.
"""

import itertools
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

import durable_rules_engine
from durable import engine as durable

from engine.chaining import Firing
from engine.chaining import Pattern
from engine.chaining import Rule
from engine.chaining import Token
from engine.chaining import conclusion_of
from engine.chaining import limits_broken

_SESSION = "s"
_NO_UNIT = "-"
_numbers = itertools.count()


class RefusedError(ValueError):
    """Rules or tokens that durable-rules cannot be trusted with."""


class FailedError(RuntimeError):
    """durable-rules reported an error of its own."""


class _QuietHost(durable.Host):  # type: ignore[misc]
    """A host whose timer threads never start."""

    def _run(self) -> None:
        return


def chain(rules: Iterable[Rule], tokens: Iterable[Token]) -> tuple[Firing, ...]:
    """Do what ``engine.chaining.chain`` does, by a RETE."""
    rules, tokens = list(rules), sorted(set(tokens))
    broken = [*limits_broken(rules), *_tokens_refused(tokens)]
    if broken:
        raise RefusedError("；".join(broken))
    units = {unit: f"u{n:05d}" for n, unit in enumerate(sorted({token.unit for token in tokens if token.unit}))}
    session = _Session(rules, units)
    try:
        for token in tokens:
            session.tell(token)
        while session.waiting:
            session.tell(session.waiting.pop(0))
    finally:
        session.close()
    return tuple(sorted(session.firings))


def _tokens_refused(tokens: list[Token]) -> list[str]:
    wrong = [t for t in tokens if not t.kind or not t.name or any(not part.isascii() or len(part) > 200 for part in t[:3])]
    return [f"「{token.name}」不是可用的记号" for token in wrong]


def _fnv(text: str) -> int:
    """The 32-bit hash by which durable-rules tells ids apart."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


class _Session:
    """One ruleset, one session, freed at the end."""

    def __init__(self, rules: list[Rule], units: dict[str, str]) -> None:
        self.firings: set[Firing] = set()
        self.waiting: list[Token] = []
        self._units = units
        self._readers: dict[tuple[str, str, str], set[Pattern]] = {}
        for pattern in {pattern for rule in rules for pattern in rule.patterns}:
            self._readers.setdefault(pattern.head, set()).add(pattern)
        self._told: dict[str, Token] = {}
        self._seen: set[Token] = set()
        self._hashes: set[int] = {_fnv(_SESSION)}
        self._failure: BaseException | None = None
        self._host = _QuietHost()
        self._name = f"fazhi{next(_numbers)}"
        definition: dict[str, Any] = {f"r{n:04d}": self._definition(rule) for n, rule in enumerate(rules)}
        definition["boot"] = {"all": [{"m": {"kind": "boot"}}], "run": lambda c: None}  # noqa: ARG005 - one parameter
        self._host.register_rulesets({self._name: definition})
        self._assert({"id": "boot", "sid": _SESSION, "kind": "boot"})

    def _definition(self, rule: Rule) -> dict[str, Any]:
        patterns: list[dict[str, Any]] = []
        first_bound = next((n for n, pattern in enumerate(rule.patterns) if pattern.bound), None)
        for n, pattern in enumerate(rule.patterns):
            tests: list[dict[str, Any]] = [{"kind": pattern.kind}, {"name": pattern.name}, {"value": pattern.value or "-"}]
            if pattern.bound:
                tests.append({"has_unit": "1"})
                if n != first_bound:
                    tests.append({"unit": {f"m{first_bound}": "unit"}})
            patterns.append({f"m{n}": {"$and": tests}})
        return {"all": patterns, "run": self._recorder(rule)}

    def _recorder(self, rule: Rule) -> Callable[[Any], None]:
        def record(c: Any) -> None:
            try:
                premises = tuple(self._told[getattr(c, f"m{n}").id] for n in range(len(rule.patterns)))
                unit = next((t.unit for p, t in zip(rule.patterns, premises, strict=True) if p.bound), "")
                firing = Firing(rule.name, unit, premises)
                self.firings.add(firing)
                if rule.concludes:
                    self.waiting.append(conclusion_of(rule, firing))
            except BaseException as error:  # noqa: BLE001 - durable swallows what an action raises; raised again outside
                self._failure = error

        return record

    def tell(self, token: Token) -> None:
        """Assert one token, once; what no pattern reads would be refused as an error and is left out."""
        if token in self._seen or not any(pattern.fits(token) for pattern in self._readers.get(token[:3], ())):
            return
        self._seen.add(token)
        number = f"t{len(self._told):06d}"
        self._told[number] = token
        unit = self._units.get(token.unit, _NO_UNIT)
        fact = {"id": number, "sid": _SESSION, "kind": token.kind, "name": token.name, "value": token.value or "-",
                "unit": unit, "has_unit": "1" if token.unit else "0"}  # fmt: skip
        self._assert(fact)

    def _assert(self, fact: dict[str, str]) -> None:
        hashed = _fnv(fact["id"])
        if hashed in self._hashes:
            raise RefusedError(f"记号 {fact['id']} 的散列相撞")
        self._hashes.add(hashed)
        state = self._host.assert_fact(self._name, fact)
        if self._failure is not None:
            raise FailedError(str(self._failure)) from self._failure
        if state and state.get("exception"):
            raise FailedError(str(state["exception"]))

    def close(self) -> None:
        """Free the session and its ruleset."""
        ruleset = self._host.get_ruleset(self._name)
        ruleset.delete_state(_SESSION)
        durable_rules_engine.delete_ruleset(ruleset._handle)  # noqa: SLF001 - durable offers no other way
