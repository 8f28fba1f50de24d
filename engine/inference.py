"""Findings and events → conclusions of the clauses (条款推理): vetoes, caps, linked deductions, bonuses, levels, causes.

Every comparison is made here, in typed code; the chainers receive closed tokens. What the reference chainer and
durable-rules conclude is compared: a difference is said, never chosen over. Tallies are counted between the strata.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator

from engine.chaining import Firing
from engine.chaining import Rule
from engine.chaining import Token
from engine.chaining import chain
from engine.chaining import conclusion_of
from engine.clauses import rules_of
from engine.clauses import strata_of
from engine.judgement import WEAKNESSES
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.clause import Clause
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.result import Conclusion
from engine.models.result import Outcome
from engine.models.ruleset import Kind
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import Incident

Chainer = Callable[[Iterable[Rule], Iterable[Token]], tuple[Firing, ...]]
chain_by_rete: Chainer | None
try:
    from engine.rete import chain as chain_by_rete
except ImportError:  # durable-rules does not install everywhere; the reference chainer answers alone
    chain_by_rete = None

OUTCOMES = {"MET": "达标", "PARTIAL": "部分", "NOT_MET": "不达标", "UNKNOWN": "待核", "NOT_APPLICABLE": "不适用"}


def infer(
    ruleset: Ruleset,
    profile: Profile,
    appraisals: tuple[Appraisal, ...],
    items: tuple[AdmittedItem, ...],
    incidents: tuple[Incident, ...],
) -> tuple[tuple[Conclusion, ...], list[Problem]]:
    """Fire the clauses on what was found, returned and happened, and say what each concludes and from what."""
    tokens = {*_finding_tokens(appraisals), *_item_tokens(items), *_incident_tokens(incidents)}
    return conclude(ruleset, profile, tokens, incidents)


def conclude(
    ruleset: Ruleset, profile: Profile, stated: Iterable[Token], incidents: tuple[Incident, ...] = ()
) -> tuple[tuple[Conclusion, ...], list[Problem]]:
    """Fire the clauses on closed statements, stratum by stratum."""
    strata = strata_of(ruleset.clauses) or {}
    clauses = {clause.id: clause for clause in ruleset.clauses.clauses}
    tokens = set(stated)
    firings: set[Firing] = set()
    problems: list[Problem] = []
    for stratum in sorted(set(strata.values())):
        rules = [rule for clause in clauses.values() if strata[clause.id] == stratum for rule in rules_of(clause)]
        tokens |= set(_tally_tokens(ruleset, tokens, incidents))
        fired, found = _chained(rules, tokens, ruleset)
        problems += found
        firings |= set(fired)
        by_name = {rule.name: rule for rule in rules}
        tokens |= {conclusion_of(by_name[f.rule], f) for f in fired if by_name[f.rule].concludes}
    return tuple(_conclusions(clauses, firings, profile, ruleset)), problems


def _chained(rules: list[Rule], tokens: set[Token], ruleset: Ruleset) -> tuple[tuple[Firing, ...], list[Problem]]:
    """Ask the reference chainer, and durable-rules where it is there; a difference is an error that is shown."""
    fired = chain(rules, tokens)
    if chain_by_rete is None or not rules or chain_by_rete(rules, tokens) == fired:
        return fired, []
    remedy = "结论取内置推理器；请把输入的摘要反馈，查清以前不要据此扣分"
    return fired, [problem("CLAUSE_CHAINERS_DIFFER", ruleset.clauses.place, "两个推理器的结论不一致", remedy)]


def _finding_tokens(appraisals: tuple[Appraisal, ...]) -> Iterator[Token]:
    for appraisal in appraisals:
        if appraisal.indicator.kind is Kind.MONITORED or appraisal.applies == "not_ours":
            continue  # shown or another's, never judged: it has no verdict to rest on
        if appraisal.applies != "yes":
            yield Token("finding", appraisal.indicator.id, Outcome.NOT_APPLICABLE.value)
            continue
        yield Token("finding", appraisal.indicator.id, appraisal.substantiated.outcome.value)
        for part in appraisal.parts:
            for member in part.measured.members if part.measured else ():
                outcome = {True: "MET", False: "NOT_MET", None: "UNKNOWN"}[member.meets]
                yield Token("member_finding", appraisal.indicator.id, outcome, member.unit)


def _item_tokens(items: tuple[AdmittedItem, ...]) -> Iterator[Token]:
    for admitted in items:
        for use in admitted.uses:
            # Taking an item back is no return: only what is wrong with it besides counts.
            for code in (code for code in use.codes if code != "WITHDRAWN"):
                yield Token("evidence_returned", use.indicator, code, use.unit)
                yield Token("evidence_returned", use.indicator, "", use.unit)


def _incident_tokens(incidents: tuple[Incident, ...]) -> Iterator[Token]:
    for incident in incidents:
        if _decides(incident):
            yield Token("incident", incident.kind, "", incident.unit or "")


def _decides(incident: Incident) -> bool:
    """Only what somebody confirmed is a premise, and what the unit admits itself; a mere report is asked about."""
    return incident.confirmed_by is not None or incident.kind in WEAKNESSES


def _tally_tokens(ruleset: Ruleset, tokens: set[Token], incidents: tuple[Incident, ...]) -> Iterator[Token]:
    """Count findings and conclusions by their tokens, incidents one by one: a unit may have two of a kind."""
    pillar_of = {indicator.id: pillar.id for pillar in ruleset.pillars for indicator in pillar.indicators}
    for tally in ruleset.clauses.tallies:
        count = tally.count
        wanted = {
            "member_finding": (count.member_findings, count.outcome),
            "concluded": (count.concluded, ""),
        }
        counted = sum(
            token.kind in wanted and wanted[token.kind][0] == token.name and (wanted[token.kind][1] or "") == token.value
            for token in tokens
        )
        if count.findings is not None:
            counted = sum(
                token.kind == "finding"
                and token.value == count.outcome
                and count.findings in ("all", pillar_of.get(token.name))
                for token in tokens
            )
        if count.incidents is not None:
            counted = sum(incident.kind == count.incidents and _decides(incident) for incident in incidents)
        if counted >= tally.at_least:
            yield Token("tally", tally.id)


def _conclusions(
    clauses: dict[str, Clause], firings: set[Firing], profile: Profile, ruleset: Ruleset
) -> Iterator[Conclusion]:
    """One conclusion per clause and unit, with every premise that led to it."""
    led: dict[tuple[str, str], set[Token]] = {}
    for firing in firings:
        led.setdefault((firing.rule.partition("#")[0], firing.unit), set()).update(firing.premises)
    made: dict[str, set[str]] = {}
    for name, _ in led:
        made.setdefault(clauses[name].concludes or "", set()).add(clauses[name].title)
    for (name, unit), premises in sorted(led.items()):
        clause = clauses[name]
        amount = profile.clauses.get(name)
        points = None if amount is None or amount.points is None else round(amount.points * 1000)
        yield Conclusion(
            clause=name,
            title=clause.title,
            effect=clause.effect.kind,
            target=clause.effect.target,
            unit=unit or None,
            concludes=clause.concludes,
            points=points,
            share=amount.share if amount is not None and clause.effect.kind == "cap" else None,
            because=tuple(_told(token, ruleset, made) for token in sorted(premises)),
        )


def _told(token: Token, ruleset: Ruleset, made: dict[str, set[str]]) -> str:
    """A premise for people."""
    unit = f"（{token.unit}）" if token.unit else ""
    if token.kind in ("finding", "member_finding"):
        title = next((i.title for i in ruleset.indicators if i.id == token.name), token.name)
        return f"{token.name}{title}{OUTCOMES[token.value]}{unit}"
    if token.kind == "incident":
        known = "" if token.name in WEAKNESSES else "查实："
        return f"{known}{ruleset.clauses.incident_kinds[token.name].title}{unit}"
    if token.kind == "evidence_returned":
        why = f"（{CODES[token.value][1]}）" if token.value else ""
        return f"{token.name}的材料被退回{why}{unit}"
    if token.kind == "tally":
        return next((tally.title for tally in ruleset.clauses.tallies if tally.id == token.name), token.name)
    return f"已得出：{'、'.join(sorted(made.get(token.name, {token.name})))}{unit}"
