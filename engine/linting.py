"""What is wrong in a ruleset though it loads (规则体检): what nothing uses, what can never be, what rests on nothing.

In: a ruleset folder. Out: problems, each with its place and what to do. A ruleset that does not load has the problems of
loading alone. Every check is a small function in one table; none knows the others.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from typing import NamedTuple

from engine.cases import load_cases
from engine.cases import load_clause_cases
from engine.clauses import loops_in
from engine.clauses import premises_of
from engine.models import ruleset as model
from engine.models.case import Case
from engine.models.case import CaseFile
from engine.models.case import Expectation
from engine.models.clause import Clause
from engine.models.clause import Premise
from engine.models.clause import Tally
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import problem
from engine.models.record import Block
from engine.models.record import Items
from engine.models.record import Place
from engine.models.ruleset import Award
from engine.models.ruleset import Band
from engine.models.ruleset import Clock
from engine.models.ruleset import Condition
from engine.models.ruleset import Indicator
from engine.models.ruleset import Kind
from engine.models.ruleset import Measure
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import TextStatus
from engine.narrowing import named_by
from engine.narrowing import near
from engine.narrowing import reached
from engine.reuse import is_own
from engine.rule_parts import probes_of
from engine.rulesets import load_ruleset
from engine.sources import load_yaml

# Words of whoever makes a record afterwards; no rule may advise it (design §2, integrity).
FORBIDDEN = ("补造", "补签", "倒签", "补开", "调整日期", "挑选案卷", "完善旧记录", "统一口径答复")
ADVISING_KEYS = ("requirement", "action", "remedy")


class Advice(NamedTuple):
    """A text that tells people what to do, and where it was written."""

    text: str
    place: Place


class Examined(NamedTuple):
    """What the checks look at: the ruleset, its cases (``None``: not all could be read), and the advice as written."""

    ruleset: Ruleset
    cases: tuple[CaseFile, ...] | None
    advice: tuple[Advice, ...]


def lint(folder: Path, homes: Iterable[Path] = ()) -> tuple[Problem, ...]:
    """Everything that is wrong in a ruleset folder, in the order of its files.

    What a ruleset reuses is looked over where it was written: there stand its cases, and whoever else uses its measures.
    """
    ruleset, problems = load_ruleset(folder, homes)
    cases, case_problems = load_cases(folder)
    _, clause_problems = load_clause_cases(folder)
    problems = [*problems, *case_problems, *clause_problems]
    if ruleset is not None:
        problems += _found_in(Examined(ruleset, None if case_problems else cases, tuple(_advice_in(folder))))
    return _in_order(problems)


def lint_frozen(ruleset: Ruleset) -> tuple[Problem, ...]:
    """Everything that is wrong in a ruleset of which there are no files any more; its cases were left behind."""
    return _in_order(_found_in(Examined(ruleset, None, tuple(_advice_of(ruleset)))))


def _found_in(examined: Examined) -> list[Problem]:
    return [found for check in CHECKS for found in check(examined)]


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: (p.place.file, p.place.line, p.place.column, p.code, p.found)))


# --- measures -------------------------------------------------------------------------------------------------------


def _unused_measures(examined: Examined) -> Iterator[Problem]:
    ruleset = examined.ruleset
    kept = {name for group in ruleset.kept for name in group.measures}
    for name in unused_measures(ruleset):
        measure = ruleset.measures[name]
        if name not in kept and is_own(measure, ruleset):
            found = f"口径「{name}」{measure.label}没有指标、派生口径、分项关系、线索或监测用到"
            yield problem("LINT_MEASURE_UNUSED", measure.place, found, "请删去，或在口径表的 kept 里列入并写明为什么留着")


def unused_measures(ruleset: Ruleset) -> tuple[str, ...]:
    """The measures that nothing names, in the order of the dictionary, whether they are kept or not."""
    named = {name for indicator in ruleset.indicators for name in named_by(indicator)}
    named |= {name for measure in ruleset.measures.values() for name in near(measure)}
    return tuple(name for name in ruleset.measures if name not in named)


# --- bands ----------------------------------------------------------------------------------------------------------


def _bands(examined: Examined) -> Iterator[Problem]:
    indicators = {indicator.id: indicator for indicator in examined.ruleset.indicators}
    for profile in examined.ruleset.profiles.values():
        for name, credit in profile.credit.items():
            if credit.bands:
                yield from _bands_of(indicators[name], credit.bands, profile)


def _bands_of(indicator: Indicator, bands: tuple[Band, ...], profile: Profile) -> Iterator[Problem]:
    if indicator.award is not Award.BANDS or indicator.meets is None:
        found = f"「{indicator.id}」按 {indicator.award.value} 计分，低档用不上"
        yield problem("LINT_BAND_UNREACHABLE", bands[0].place, found, "请删去 bands，或把指标改为 award: bands")
        return
    full = Band(meets=indicator.meets, share=Fraction(1))
    for at, band in enumerate(bands):
        better = [full, *(other for other in bands[:at] if other.share >= band.share)]
        better += [other for other in bands[at + 1 :] if other.share > band.share]
        yield from _band_against(band, better, f"口径「{profile.id}」里「{indicator.id}」的")


def _band_against(band: Band, better: list[Band], whose: str) -> Iterator[Problem]:
    """The first thing wrong with a band beside the better ones, of which the full condition is the first."""
    full_direction = _direction(better[0].meets)
    alike = [other for other in better if _direction(other.meets) == _direction(band.meets)]
    if full_direction != _direction(band.meets):
        found = f"{whose}一档与满分线方向不一（{_told(band.meets)}）"
        yield problem("LINT_BAND_OVERLAP", band.place, found, "各档要用同一方向的比较，如都写 at_least")
    elif any(other.share == band.share for other in better):
        found = f"{whose}两档份额同为{band.share}"
        yield problem("LINT_BAND_OVERLAP", band.place, found, "低档的份额要小于更好的档；同样份额的请并成一档")
    elif any(_as_strict(band.meets, other.meets) for other in alike):
        found = f"{whose}一档（{_told(band.meets)}）不比更好的档宽，够得着它的都已进了更好的档"
        yield problem("LINT_BAND_UNREACHABLE", band.place, found, "请放宽这一档的条件，或删去")


def _comparison(condition: Condition) -> str:
    return next(iter(condition.model_fields_set - {"place"}))


def _told(condition: Condition) -> str:
    comparison = _comparison(condition)
    value = getattr(condition, comparison)
    if isinstance(value, bool):
        return f"{comparison} {'true' if value else 'false'}"
    return f"{comparison} {value.month_day if isinstance(value, model.Deadline) else value}"


def _direction(condition: Condition) -> str:
    pairs = {"at_least": "higher", "more_than": "higher", "at_most": "lower", "less_than": "lower"}
    comparison = _comparison(condition)
    return pairs.get(comparison, comparison)


def _as_strict(lower: Condition, better: Condition) -> bool:
    """Whether everything that meets the lower band meets the better one too; both are of one direction."""
    if _direction(lower) == "equals":
        return lower.equals == better.equals
    one, other = _bound(lower), _bound(better)
    return one >= other if _direction(lower) == "higher" else one <= other


def _bound(condition: Condition) -> tuple[Any, ...]:
    """A bound that orders conditions of one direction; a bound that is excluded lies a little beyond."""
    comparison = _comparison(condition)
    value = getattr(condition, comparison)
    if isinstance(value, model.Deadline):
        return value.years_after, value.month_day
    return value, {"more_than": 1, "less_than": -1}.get(comparison, 0)


# --- evidence -------------------------------------------------------------------------------------------------------


def _unused_slots(examined: Examined) -> Iterator[Problem]:
    for indicator in examined.ruleset.indicators:
        asked = {name for element in indicator.elements for name in element.proof}
        for slot in indicator.evidence if indicator.elements else ():
            if slot.slot not in asked and not slot.for_none:
                found = f"「{indicator.id}」的佐证要求「{slot.slot}」{slot.title}，没有要素要用"
                yield problem("LINT_SLOT_UNUSED", slot.place, found, "请写进某个要素的 proof，或删去这项要求")


def _unproven_elements(examined: Examined) -> Iterator[Problem]:
    for indicator in examined.ruleset.indicators:
        for element in indicator.elements:
            if not element.proof:
                found = f"「{indicator.id}」的要素「{element.key}」{element.title}没有写佐证，永远不会有据"
                yield problem("LINT_ELEMENT_UNPROVEN", element.place, found, "请在 proof 里写明用哪几项佐证要求")


# --- authority ------------------------------------------------------------------------------------------------------


class Threshold(NamedTuple):
    """A number that decides, what it is called, and where it was written."""

    name: str
    place: Place


def _unfounded_thresholds(examined: Examined) -> Iterator[Problem]:
    for indicator in examined.ruleset.indicators:
        founded = any(authority.gives for authority in indicator.authority)
        thresholds = list(_thresholds_of(indicator, examined.ruleset))
        if thresholds and not founded and indicator.text_status is not TextStatus.VERIFIED:
            names = "、".join(dict.fromkeys(threshold.name for threshold in thresholds))
            found = f"「{indicator.id}」的满分线（{names}）没有依据写明是多少"
            remedy = "请在 authority 里写 gives：哪一条给出这个数；没有出处的放到评分口径里作假设"
            yield problem("LINT_THRESHOLD_UNFOUNDED", thresholds[0].place, found, remedy)


def _thresholds_of(indicator: Indicator, ruleset: Ruleset) -> Iterator[Threshold]:
    """The conditions of an indicator and its elements, then the limits inside the measures that they use."""
    probes = list(probes_of(indicator))
    for probe in probes:
        conditions = [probe.meets, probe.each_member.meets if probe.each_member else None]
        yield from (Threshold(_told(condition), condition.place) for condition in conditions if condition is not None)
    for name in reached([probe.measure for probe in probes if probe.measure], ruleset.measures):
        yield from _limits_of(name, ruleset.measures[name])


def _limits_of(name: str, measure: Measure) -> Iterator[Threshold]:
    if isinstance(measure, model.OnTimeShare):
        yield Threshold(f"{name} within {measure.within}", measure.place)
    if isinstance(measure, model.ProcedureShare):
        yield from (Threshold(f"{name} at_least {pause.at_least}", pause.place) for pause in measure.pauses)
    if isinstance(measure, model.Every):
        yield Threshold(f"{name} per {measure.per}", measure.place)


# --- cases ----------------------------------------------------------------------------------------------------------


def _missing_cases(examined: Examined) -> Iterator[Problem]:
    if examined.cases is None:
        return
    cases = [case for file in examined.cases for case in file.cases]
    for indicator in (i for i in examined.ruleset.indicators if is_own(i, examined.ruleset)):
        missing = _cases_missing(indicator, [case for case in cases if case.indicator == indicator.id])
        if missing:
            found = f"「{indicator.id}」{indicator.title}{missing}"
            remedy = "请在 cases/ 里补：达标、不达标（或部分、或丢分）、待核至少各一个；只监测的至少一个"
            yield problem("LINT_NO_CASES", indicator.place, found, remedy)


def _cases_missing(indicator: Indicator, cases: list[Case]) -> str:
    if not cases:
        return "没有用例"
    if indicator.kind is Kind.MONITORED:
        return ""
    seen = {name for case in cases for name in _shown_by(case.expect)}
    lacking = [name for name in ("达标", "不达标或丢分", "待核") if name not in seen]
    return f"的用例里没有{'、'.join(lacking)}" if lacking else ""


def _shown_by(expected: Expectation) -> Iterator[str]:
    """What a case shows: on either track, and what of the points is lost."""
    words = {"MET": "达标", "NOT_MET": "不达标或丢分", "PARTIAL": "不达标或丢分", "UNKNOWN": "待核"}
    for outcome in (expected.outcome, expected.claimed):
        if outcome is not None and outcome.value in words:
            yield words[outcome.value]
    if expected.lost:
        yield words["NOT_MET"]


# --- clauses --------------------------------------------------------------------------------------------------------


def _dead_premises(examined: Examined) -> Iterator[Problem]:
    ruleset = examined.ruleset
    hopeless = _hopeless_clauses(ruleset)
    for clause in ruleset.clauses.clauses:
        for premise in premises_of(clause):
            why = _never_holds(premise, ruleset, hopeless)
            if why:
                found = f"条款「{clause.id}」{clause.title}的前提永远不会成立：{why}"
                yield problem("LINT_CLAUSE_NEVER", premise.place, found, "请改前提，或删去这个条款")


def _hopeless_clauses(ruleset: Ruleset) -> frozenset[str]:
    """The clauses that can never hold; one that merely rests on itself is not among them: that is said apart."""
    hopeless: frozenset[str] = frozenset()
    while True:
        more = frozenset(c.id for c in ruleset.clauses.clauses if _is_hopeless(c, ruleset, hopeless))
        if more == hopeless:
            return hopeless
        hopeless = more


def _is_hopeless(clause: Clause, ruleset: Ruleset, hopeless: frozenset[str]) -> bool:
    return any(all(_never_holds(way, ruleset, hopeless) for way in premise.any or (premise,)) for premise in clause.when)


def _never_holds(premise: Premise, ruleset: Ruleset, hopeless: frozenset[str]) -> str:
    """Why a premise can never hold; empty where it may."""
    indicators = {indicator.id: indicator for indicator in ruleset.indicators}
    if premise.finding:
        return _verdict_never(indicators[premise.finding], str(premise.outcome), ruleset)
    if premise.member_finding:
        return _member_verdict_never(indicators[premise.member_finding], str(premise.outcome))
    if premise.code is not None and not _returns_evidence(premise.code):
        return f"没有退回材料的代码「{premise.code}」"
    if premise.concluded:
        return _conclusion_never(premise.concluded, premise.unit is not None, ruleset, hopeless)
    tally = next((tally for tally in ruleset.clauses.tallies if tally.id == premise.tally), None)
    return _tally_never(tally, ruleset, hopeless) if tally is not None else ""


def _verdict_never(indicator: Indicator, outcome: str, ruleset: Ruleset) -> str:
    if indicator.kind is Kind.MONITORED:
        return f"「{indicator.id}」只监测，没有结论"
    by_year = indicator.clock in (Clock.YEARLY, Clock.DEADLINE)
    if outcome == "PARTIAL" and indicator.award is Award.ALL_OR_NOTHING and not by_year:
        return f"「{indicator.id}」不是全得就是不得，没有部分达标"
    if outcome == "NOT_APPLICABLE" and _always_applies(indicator, ruleset):
        return f"「{indicator.id}」总是适用"
    return ""


def _always_applies(indicator: Indicator, ruleset: Ruleset) -> bool:
    """Whether an indicator applies to every government that the edition is for, whatever happens in the period."""
    when, edition = indicator.applies_when, ruleset.header.in_force
    limited = bool(when.level or when.kind or when.legislative_power is not None)
    may_be_none = any(slot.for_none for slot in indicator.evidence)
    terms = [authority.in_force for authority in indicator.authority]
    founded = not terms or any(
        term.from_.first <= edition.from_.first
        and (term.to is None or edition.to is not None and term.to.last >= edition.to.last)
        for term in terms
    )
    return founded and not limited and not may_be_none


def _member_verdict_never(indicator: Indicator, outcome: str) -> str:
    if outcome in ("PARTIAL", "NOT_APPLICABLE"):
        return f"逐单位只有 MET、NOT_MET、UNKNOWN，没有 {outcome}"
    judged = any(probe.each_member and probe.each_member.meets for probe in probes_of(indicator))
    return "" if judged or outcome == "UNKNOWN" else f"「{indicator.id}」只取各单位最低的数，不逐单位判断"


def _returns_evidence(code: str) -> bool:
    return code.startswith("E") and code[1:].isdigit() and CODES.get(code, (None, ""))[0] is Severity.SET_ASIDE


def _conclusion_never(name: str, of_a_unit: bool, ruleset: Ruleset, hopeless: frozenset[str]) -> str:
    makers = [c for c in ruleset.clauses.clauses if c.concludes == name and (c.per == "unit" or not of_a_unit)]
    if not makers:
        return f"得出「{name}」的条款都不分单位"
    return f"得出「{name}」的条款都不会成立" if all(c.id in hopeless for c in makers) else ""


def _tally_never(tally: Tally, ruleset: Ruleset, hopeless: frozenset[str]) -> str:
    """Only a count of conclusions is known before there are facts."""
    counted = tally.count.concluded
    return _conclusion_never(counted, False, ruleset, hopeless) if counted else ""


def _loops(examined: Examined) -> Iterator[Problem]:
    for clause in loops_in(examined.ruleset.clauses.clauses):
        found = f"条款「{clause.id}」{clause.title}绕回到自己的结论「{clause.concludes}」"
        yield problem("LINT_CLAUSE_LOOP", clause.place, found, "请从前提里去掉由它自己得出的结论")


# --- words ----------------------------------------------------------------------------------------------------------


def _forbidden_words(examined: Examined) -> Iterator[Problem]:
    for advice in examined.advice:
        words = [word for word in FORBIDDEN if word in advice.text]
        if words:
            found = f"写了「{'、'.join(words)}」"
            remedy = "请改成真能补救的做法；已经过去而补不了的，照实说明"
            yield problem("LINT_FORBIDDEN_WORD", advice.place, found, remedy)


def _advice_in(folder: Path) -> Iterator[Advice]:
    """The requirements and remedies as they were written: only the file knows the line of a single text."""
    for path in [*sorted((folder / "pillars").glob("*.yaml")), folder / "clauses.yaml"]:
        if path.is_file():
            data, _, _ = load_yaml(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
            yield from _advice_within(data)


def _advice_of(ruleset: Ruleset) -> Iterator[Advice]:
    """The same of a ruleset without its files: only the whole indicator's or remedy's line is known."""
    for indicator in ruleset.indicators:
        yield Advice(indicator.requirement, indicator.place)
        yield Advice(indicator.remedy.action, indicator.remedy.place)
    yield from (Advice(clause.remedy, clause.place) for clause in ruleset.clauses.clauses if clause.remedy)


def _advice_within(data: Any) -> Iterator[Advice]:
    for item in data if isinstance(data, Items) else ():
        yield from _advice_within(item)
    for key, value in data.items() if isinstance(data, Block) else ():
        if key in ADVISING_KEYS and isinstance(value, str):
            yield Advice(value, data.value_places[key])
        yield from _advice_within(value)


CHECKS: tuple[Callable[[Examined], Iterator[Problem]], ...] = (
    _unused_measures,
    _bands,
    _unused_slots,
    _unproven_elements,
    _unfounded_thresholds,
    _missing_cases,
    _dead_premises,
    _loops,
    _forbidden_words,
)
