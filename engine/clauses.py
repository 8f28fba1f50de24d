"""Clauses as plain rules for chaining: ``any`` spread out, strata found, and the checks that need the whole ruleset.

A tally over conclusions opens a later stratum: what it counts must be concluded first. What takes points away rests only on
what is known to be wrong.
"""

from collections.abc import Iterator
from itertools import product

from engine.chaining import Pattern
from engine.chaining import Rule
from engine.chaining import limits_broken
from engine.models.clause import LOWERING
from engine.models.clause import Clause
from engine.models.clause import Clauses
from engine.models.clause import Premise
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.shaping import nearest

WITH_AMOUNT = ("penalty", "cap", "deduct", "bonus")


def premises_of(clause: Clause) -> Iterator[Premise]:
    """Every single premise of a clause, those inside ``any`` too."""
    for premise in clause.when:
        yield from premise.any or (premise,)


def rules_of(clause: Clause) -> tuple[Rule, ...]:
    """One plain conjunction for every way to meet a clause; a rule's name is the clause's id and a number."""
    ways = product(*(premise.any or (premise,) for premise in clause.when))
    return tuple(
        Rule(f"{clause.id}#{n}", tuple(_pattern(premise) for premise in way), clause.concludes or "")
        for n, way in enumerate(ways)
    )


def _pattern(premise: Premise) -> Pattern:
    kind = premise.subject
    value = premise.outcome or premise.code or ""
    return Pattern(kind, str(getattr(premise, kind)), value, premise.unit is not None)


def strata_of(clauses: Clauses) -> dict[str, int] | None:
    """In which stratum each clause fires; ``None`` where a tally counts what it leads to itself."""
    strata = dict.fromkeys((clause.id for clause in clauses.clauses), 0)
    counted = {tally.id: tally.count.concluded for tally in clauses.tallies}
    for _ in range(len(clauses.clauses) + 1):
        before = dict(strata)
        for clause in clauses.clauses:
            strata[clause.id] = max([0, *(_stratum(premise, clauses, counted, before) for premise in premises_of(clause))])
        if strata == before:
            return strata
    return None


def _stratum(premise: Premise, clauses: Clauses, counted: dict[str, str | None], strata: dict[str, int]) -> int:
    name = premise.concluded or counted.get(premise.tally or "")
    if name is None:
        return 0
    made = max([0, *(strata[clause.id] for clause in clauses.clauses if clause.concludes == name)])
    return made + (1 if premise.tally else 0)


def makers_of(clause: Clause, clauses: tuple[Clause, ...]) -> tuple[str, ...]:
    """The clauses whose conclusions a clause rests on."""
    needed = {premise.concluded for premise in premises_of(clause) if premise.concluded}
    return tuple(other.id for other in clauses if other.concludes in needed)


def loops_in(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The clauses that come back to their own conclusion."""
    rests_on = {clause.id: makers_of(clause, clauses) for clause in clauses}
    return tuple(clause for clause in clauses if clause.id in _all_below(clause.id, rests_on))


def _all_below(name: str, rests_on: dict[str, tuple[str, ...]]) -> set[str]:
    below: set[str] = set()
    todo = list(rests_on[name])
    while todo:
        step = todo.pop()
        if step not in below:
            below.add(step)
            todo += rests_on[step]
    return below


def check_clauses(ruleset: Ruleset) -> list[Problem]:
    """Check names, strata, limits, and that nothing lowers a score from what is unknown."""
    clauses = ruleset.clauses
    problems = [p for clause in clauses.clauses for p in _check_clause(clause, ruleset)]
    problems += [p for tally in clauses.tallies for p in _check_tally_names(tally, ruleset)]
    if strata_of(clauses) is None:
        remedy = "计数的结论不能又靠这个计数得出"
        problems.append(problem("CLAUSE_CYCLE", clauses.place, "条款与计数互相依赖，分不出先后", remedy))
    broken = limits_broken(rule for clause in clauses.clauses for rule in rules_of(clause))
    problems += [problem("CLAUSE_LIMIT", clauses.place, text, "请拆分或合并条款") for text in broken]
    for profile in ruleset.profiles.values():
        problems += _check_amounts(profile, clauses)
    return problems


def _check_clause(clause: Clause, ruleset: Ruleset) -> Iterator[Problem]:
    known = _known_names(ruleset)
    for premise in premises_of(clause):
        kind = premise.subject
        name = str(getattr(premise, kind))
        if name not in known[kind]:
            remedy = nearest(name, known[kind]) or f"可用：{'、'.join(sorted(known[kind])[:20]) or '还没有'}"
            yield problem("NAME_UNKNOWN", premise.place, f"条款「{clause.id}」的前提 {kind}「{name}」没有定义", remedy)
        if clause.effect.kind in LOWERING and premise.outcome not in (None, "NOT_MET"):
            found = f"条款「{clause.id}」要扣分或否决，前提却是 {premise.outcome}"
            remedy = "扣分、封顶、否决只能以 NOT_MET、退回的材料、查实的事项为前提"
            yield problem("CLAUSE_FROM_UNKNOWN", premise.place, found, remedy)
    targets = {"cap": known["pillar"], "deduct": known["finding"]}.get(clause.effect.kind)
    if targets is not None and clause.effect.target not in targets:
        remedy = nearest(str(clause.effect.target), targets)
        yield problem("NAME_UNKNOWN", clause.place, f"条款「{clause.id}」的对象「{clause.effect.target}」没有定义", remedy)


def _known_names(ruleset: Ruleset) -> dict[str, set[str]]:
    indicators = {indicator.id for indicator in ruleset.indicators}
    return {
        "finding": indicators,
        "member_finding": {i.id for i in ruleset.indicators if any(p.each_member for p in (i, *i.elements))},
        "evidence_returned": indicators,
        "incident": set(ruleset.clauses.incident_kinds),
        "tally": {tally.id for tally in ruleset.clauses.tallies},
        "concluded": {clause.concludes for clause in ruleset.clauses.clauses if clause.concludes},
        "pillar": {pillar.id for pillar in ruleset.pillars},
    }


def _check_tally_names(tally: object, ruleset: Ruleset) -> Iterator[Problem]:
    known = _known_names(ruleset)
    count = tally.count  # type: ignore[attr-defined]
    asked = (
        ("member_finding", count.member_findings),
        ("pillar", count.findings if count.findings != "all" else None),
        ("incident", count.incidents),
        ("concluded", count.concluded),
    )
    for kind, name in asked:
        if name is not None and name not in known[kind]:
            remedy = nearest(name, known[kind]) or "请先定义"
            yield problem("NAME_UNKNOWN", count.place, f"计数的 {kind}「{name}」没有定义", remedy)


def _check_amounts(profile: Profile, clauses: Clauses) -> Iterator[Problem]:
    needed = {clause.id: clause.effect.kind for clause in clauses.clauses if clause.effect.kind in WITH_AMOUNT}
    for name in sorted(set(profile.clauses) - set(needed)):
        remedy = nearest(name, needed) or "只有扣分、封顶、联动、附加项的条款有分值"
        yield problem("NAME_UNKNOWN", profile.place, f"口径给了「{name}」分值，没有这样的条款", remedy)
    for name, kind in needed.items():
        amount = profile.clauses.get(name)
        if amount is None or (kind == "cap") != (amount.share is not None):
            key = "share" if kind == "cap" else "points"
            yield problem(
                "NAME_UNKNOWN",
                profile.place,
                f"口径没有给条款「{name}」写 {key}",
                f"请在 clauses 里写「{name}: {{{key}: …, reason: …}}」",
            )
