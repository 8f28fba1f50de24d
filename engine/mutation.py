"""Rules changed a little, to see whether any case notices (变异). A change that no case notices is a rule nobody tests.

In: a ruleset and its cases made ready. Out: every small change with the case that breaks on it, or none. One function per
kind of change, in one table. A change that provably changes nothing a case compares is not run: it is told with its reason.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from fractions import Fraction
from typing import Any
from typing import NamedTuple

from engine.cases import Trial
from engine.cases import rules_for
from engine.cases import rules_for_clauses
from engine.cases import run_trial
from engine.clauses import makers_of
from engine.clauses import premises_of
from engine.clocks import CLOCKS
from engine.models import ruleset as model
from engine.models.case import ClauseCase
from engine.models.clause import Clause
from engine.models.clause import Premise
from engine.models.clause import Tally
from engine.models.record import Place
from engine.models.ruleset import Clock
from engine.models.ruleset import Condition
from engine.models.ruleset import Credit
from engine.models.ruleset import Deadline
from engine.models.ruleset import Element
from engine.models.ruleset import Indicator
from engine.models.ruleset import Limit
from engine.models.ruleset import Measure
from engine.models.ruleset import Probe
from engine.models.ruleset import Ruleset
from engine.narrowing import reached
from engine.quantities import decimal_text
from engine.rule_parts import probes_of
from engine.scope import unit_of_measure

ONE = Fraction(1)
# A share of windows or of members moves by whole windows and members, so that a hundredth more or less would change nothing:
# one of two windows, one of twenty members.
ONE_WINDOW, ONE_MEMBER = Fraction(1, 2), Fraction(1, 20)


class Mutant(NamedTuple):
    """One small change of the rules. ``spared`` says why it changes nothing that a case compares; empty, it is tried."""

    subject: str
    kind: str
    place: Place
    change: str
    suggestion: str
    ruleset: Ruleset
    spared: str = ""


class Verdict(NamedTuple):
    """What became of one change: the case that broke on it, or none. ``spared`` as above."""

    subject: str
    kind: str
    place: Place
    change: str
    suggestion: str
    spared: str
    killed_by: str

    @property
    def survived(self) -> bool:
        """Whether nothing tells the changed rules from the rules."""
        return not self.killed_by and not self.spared


def try_indicator(ruleset: Ruleset, name: str, trials: Iterable[Trial]) -> Iterator[Verdict]:
    """Change everything about one indicator, one thing at a time, and run its cases on each change.

    ``trials`` are the cases of that indicator alone. A case that fails already tells nothing and is left out. The partial
    credit that is changed is that of the profiles which its cases use.
    """
    trials = tuple(trials)
    rules = rules_for(ruleset, name, trials)
    telling = [trial for trial in trials if not run_trial(rules, trial).failures]
    (indicator,) = rules.indicators
    for mutant in mutants_of(indicator, rules, sorted({trial.profile for trial in trials})):
        yield _tried(mutant, telling)


def try_clauses(ruleset: Ruleset, trials: Iterable[Trial]) -> Iterator[Verdict]:
    """Change everything about the clauses and tallies, one thing at a time, and run the cases about clauses on each."""
    parts = [(trial, rules_for_clauses(ruleset, trial)) for trial in trials]
    telling = [(trial, rules) for trial, rules in parts if not run_trial(rules, trial).failures]
    for mutant in mutants_of_clauses(ruleset):
        update = {"clauses": mutant.ruleset.clauses}
        near = _near(mutant.subject, ruleset)
        # Whatever is likely to notice goes first: the rest need not run then.
        nearest = sorted(telling, key=lambda part: not near & _spoken_of(part[0]))
        notices = (t.case.case for t, rules in nearest if run_trial(rules.model_copy(update=update), t).failures)
        yield Verdict(*mutant[:5], mutant.spared, next(notices, ""))


def _near(subject: str, ruleset: Ruleset) -> set[str]:
    """A clause, what it rests on, and the kinds of events that it asks for; of a tally, those of the clauses that use it."""
    clauses = ruleset.clauses.clauses
    about = [c for c in clauses if c.id == subject or any(premise.tally == subject for premise in premises_of(c))]
    kinds = {premise.incident for clause in about for premise in premises_of(clause) if premise.incident}
    return {subject, *kinds, *(c.id for c in about), *(name for c in about for name in makers_of(c, clauses))}


def _spoken_of(trial: Trial) -> set[str]:
    """The kinds of events that a case about clauses reports and the clauses that it expects."""
    fired = {fired.clause for fired in trial.case.expect.conclusions} if isinstance(trial.case, ClauseCase) else set()
    return fired | {incident.kind for incident in trial.case.incidents}


def _tried(mutant: Mutant, trials: Iterable[Trial]) -> Verdict:
    notices = (trial.case.case for trial in trials if run_trial(mutant.ruleset, _fitted(trial, mutant)).failures)
    told = mutant[:5]
    return Verdict(*told, mutant.spared, "" if mutant.spared else next(notices, ""))


def _fitted(trial: Trial, mutant: Mutant) -> Trial:
    """The same case without what the changed rules do not know: to be refused for a name that is gone tells nothing."""
    submission = trial.submission
    if submission is None or mutant.kind not in FORGETTING:
        return trial
    slots = {(i.id, slot.slot) for i in mutant.ruleset.indicators for slot in i.evidence}
    elements = {f"{i.id}.{e.key}" for i in mutant.ruleset.indicators for e in i.elements}
    proving = [
        item.model_copy(update={"proves": tuple(p for p in item.proves if (p.indicator, p.slot) in slots)})
        for item in submission.evidence
    ]
    facts = tuple(fact for fact in submission.head.facts if fact.element is None or fact.element in elements)
    head = submission.head.model_copy(update={"facts": facts})
    return trial._replace(submission=submission.model_copy(update={"head": head, "evidence": tuple(proving)}))


# --- one indicator --------------------------------------------------------------------------------------------------


class Where(NamedTuple):
    """A condition, where it stands in words, and how to put another in its place."""

    named: str
    condition: Condition
    step: Fraction
    unit: str | None
    replaced: Callable[[Condition], Ruleset]


class Subject(NamedTuple):
    """What is changed: one indicator in the part of the rules that concerns it, and the profiles that its cases use."""

    indicator: Indicator
    ruleset: Ruleset
    profiles: tuple[str, ...]

    def mutant(self, kind: str, place: Place, change: str, suggestion: str, rules: Ruleset, spared: str = "") -> Mutant:
        """A change of this indicator."""
        return Mutant(self.indicator.id, kind, place, change, suggestion, rules, spared)

    def changed(self, **update: Any) -> Ruleset:
        """The rules with the indicator changed."""
        return self.with_indicator(self.indicator.model_copy(update=update))

    def with_indicator(self, indicator: Indicator) -> Ruleset:
        """The rules with the indicator replaced."""
        pillars = tuple(pillar.model_copy(update={"indicators": (indicator,)}) for pillar in self.ruleset.pillars)
        return self.ruleset.model_copy(update={"pillars": pillars})

    def with_element(self, element: Element, **update: Any) -> Ruleset:
        """The rules with one element changed."""
        changed = element.model_copy(update=update)
        return self.changed(elements=tuple(changed if e.key == element.key else e for e in self.indicator.elements))

    def with_probe(self, probe: Probe, **update: Any) -> Ruleset:
        """The rules with the indicator itself or one of its elements changed."""
        return self.with_element(probe, **update) if isinstance(probe, Element) else self.changed(**update)

    def with_measure(self, name: str, **update: Any) -> Ruleset:
        """The rules with one measure changed."""
        measures = self.ruleset.measures | {name: self.ruleset.measures[name].model_copy(update=update)}
        return self.ruleset.model_copy(update={"measures": measures})

    def credit(self, profile: str) -> Credit:
        """The partial credit that a profile gives."""
        return self.ruleset.profiles[profile].credit.get(self.indicator.id, Credit())

    def with_credit(self, profile: str, **update: Any) -> Ruleset:
        """The rules with the partial credit of one profile changed."""
        credit = self.credit(profile).model_copy(update=update)
        own = self.ruleset.profiles[profile]
        own = own.model_copy(update={"credit": own.credit | {self.indicator.id: credit}})
        return self.ruleset.model_copy(update={"profiles": self.ruleset.profiles | {profile: own}})


def mutants_of(indicator: Indicator, ruleset: Ruleset, profiles: Iterable[str]) -> Iterator[Mutant]:
    """Every small change of one indicator, in the order of the table."""
    subject = Subject(indicator, ruleset, tuple(profiles))
    for change in CHANGES:
        yield from change(subject)


def _conditions(subject: Subject) -> Iterator[Where]:
    """Every condition of an indicator, its elements, its members and the lower bands of its profiles."""
    for probe in probes_of(subject.indicator):
        named = f"{subject.indicator.id}.{probe.key}" if isinstance(probe, Element) else subject.indicator.id
        yield from _conditions_of(subject, probe, named)
    for profile in subject.profiles:
        bands = subject.credit(profile).bands
        for at, band in enumerate(bands):

            def replaced(condition: Condition, at: int = at, profile: str = profile) -> Ruleset:
                own = subject.credit(profile).bands
                moved = own[at].model_copy(update={"meets": condition})
                return subject.with_credit(profile, bands=(*own[:at], moved, *own[at + 1 :]))

            step, unit = _step(subject, subject.indicator, band.meets, of_members=False)
            yield Where(f"口径「{profile}」的一档", band.meets, step, unit, replaced)


def _conditions_of(subject: Subject, probe: Probe, named: str) -> Iterator[Where]:
    if probe.meets is not None:
        step, unit = _step(subject, probe, probe.meets, of_members=False)
        yield Where(named, probe.meets, step, unit, lambda condition: subject.with_probe(probe, meets=condition))
    each = probe.each_member
    if each is not None and each.meets is not None:
        step, unit = _step(subject, probe, each.meets, of_members=True)

        def replaced(condition: Condition) -> Ruleset:
            return subject.with_probe(probe, each_member=each.model_copy(update={"meets": condition}))

        yield Where(f"{named} 逐单位", each.meets, step, unit, replaced)


def _step(subject: Subject, probe: Probe, condition: Condition, *, of_members: bool) -> tuple[Fraction, str | None]:
    """By how much a bound moves, and in which unit it is told: one case, one window, one member, or its last digit."""
    measure = subject.ruleset.measures[probe.measure] if probe.measure else None
    bound = next((b for b in (condition.at_least, condition.more_than, condition.at_most, condition.less_than) if b), ONE)
    if probe.each_member is not None and probe.each_member.meets is not None and not of_members:
        return ONE_MEMBER, "%"
    if isinstance(measure, model.Every):
        return ONE_WINDOW, "%"
    unit = unit_of_measure(measure) if measure is not None else None
    scale = 100 if unit == "%" else 1
    return Fraction(1, scale * 10 ** _decimals(bound * scale)), unit


def _decimals(value: Fraction) -> int:
    """After how many decimals a number ends; three where it never does."""
    return next((n for n in range(12) if (value * 10**n).denominator == 1), 3)


_NUMERIC = ("at_least", "more_than", "at_most", "less_than")
_WORDS = {"at_least": "不低于", "more_than": "超过", "at_most": "不高于", "less_than": "低于"}


def _comparison(condition: Condition) -> str:
    return next(iter(condition.model_fields_set - {"place"}))


def _put(comparison: str, value: object, place: Place) -> Condition:
    return Condition.model_validate({comparison: value, "place": place})


def _told(value: Fraction, unit: str | None) -> str:
    return f"{decimal_text(value * 100, 4)}%" if unit == "%" else decimal_text(value, 4)


def _moved_bounds(subject: Subject) -> Iterator[Mutant]:
    for where in _conditions(subject):
        comparison = _comparison(where.condition)
        if comparison not in _NUMERIC:
            continue
        bound: Fraction = getattr(where.condition, comparison)
        for moved in (bound + where.step, bound - where.step):
            # Between the two bounds the verdicts differ; the end that is included is the value to try.
            between = max(bound, moved) if comparison in ("at_most", "more_than") else min(bound, moved)
            yield subject.mutant(
                "阈值",
                where.condition.place,
                f"{where.named}：{_WORDS[comparison]}{_told(bound, where.unit)} 改为 {_told(moved, where.unit)}",
                f"补一个值恰为{_told(between, where.unit)}的用例",
                where.replaced(_put(comparison, moved, where.condition.place)),
            )


_FLIPPED = {
    "at_least": ("at_most", "more_than"),
    "at_most": ("at_least", "less_than"),
    "more_than": ("less_than", "at_least"),
    "less_than": ("more_than", "at_most"),
}


def _flipped_comparisons(subject: Subject) -> Iterator[Mutant]:
    for where in _conditions(subject):
        comparison, place = _comparison(where.condition), where.condition.place
        value = getattr(where.condition, comparison)
        for flipped in _FLIPPED.get(comparison, ()):
            told = _told(value, where.unit)
            yield subject.mutant(
                "比较",
                place,
                f"{where.named}：{_WORDS[comparison]}{told} 改为 {_WORDS[flipped]}{told}",
                f"补一个值恰为{told}的用例" if flipped in ("more_than", "less_than") else f"补一个达到{told}而有余的用例",
                where.replaced(_put(flipped, value, place)),
            )
        if isinstance(value, bool):
            change = f"{where.named}：{'应为是' if value else '应为否'} 改为 {'应为否' if value else '应为是'}"
            suggestion = f"补一个报{'是' if value else '否'}的用例"
            yield subject.mutant("比较", place, change, suggestion, where.replaced(_put("equals", not value, place)))


def _other_options(subject: Subject) -> Iterator[Mutant]:
    for probe in probes_of(subject.indicator):
        measure = subject.ruleset.measures[probe.measure] if probe.measure else None
        for where in _conditions_of(subject, probe, subject.indicator.id) if isinstance(measure, model.Chosen) else ():
            for option in measure.options if isinstance(measure, model.Chosen) else ():
                if isinstance(where.condition.equals, str) and option != where.condition.equals:
                    yield subject.mutant(
                        "比较",
                        where.condition.place,
                        f"{where.named}：应为{where.condition.equals} 改为 应为{option}",
                        f"补一个报{option}的用例",
                        where.replaced(_put("equals", option, where.condition.place)),
                    )


def _moved_limits(subject: Subject) -> Iterator[Mutant]:
    """The limits inside the measures: days to do something in or to wait, how often, from when on."""
    probes = [probe.measure for probe in probes_of(subject.indicator) if probe.measure]
    for name in reached(probes, subject.ruleset.measures):
        yield from _limits_of(subject, name, subject.ruleset.measures[name])


def _limits_of(subject: Subject, name: str, measure: Measure) -> Iterator[Mutant]:
    if isinstance(measure, model.OnTimeShare):
        for limit in _a_day_apart(measure.within):
            suggestion = f"补一件恰在第{max(limit.days, measure.within.days)}{'个工作日' if limit.working else '日'}办的用例"
            change = f"口径「{name}」：{measure.within}内 改为 {limit}内"
            yield subject.mutant("阈值", measure.place, change, suggestion, subject.with_measure(name, within=limit))
    if isinstance(measure, model.ProcedureShare):
        for at, pause in enumerate(measure.pauses):
            for limit in _a_day_apart(pause.at_least):
                moved = pause.model_copy(update={"at_least": limit})
                rules = subject.with_measure(name, pauses=(*measure.pauses[:at], moved, *measure.pauses[at + 1 :]))
                change = f"口径「{name}」：{pause.from_}到{pause.to}不少于{pause.at_least} 改为 {limit}"
                suggestion = f"补一件{pause.from_}到{pause.to}恰隔{min(limit.days, pause.at_least.days)}天的用例"
                yield subject.mutant("阈值", pause.place, change, suggestion, rules)
    if isinstance(measure, model.Every):
        yield from _windows_of(subject, name, measure)


def _a_day_apart(limit: Limit) -> tuple[Limit, ...]:
    return tuple(Limit(days, limit.working) for days in (limit.days + 1, limit.days - 1) if days >= 0)


_NEIGHBOURS = {
    "month": ("quarter",),
    "quarter": ("month", "half_year"),
    "half_year": ("quarter", "year"),
    "year": ("half_year",),
}


def _windows_of(subject: Subject, name: str, measure: model.Every) -> Iterator[Mutant]:
    for often in (measure.at_least + 1, measure.at_least - 1):
        change = f"口径「{name}」：每个窗口不少于{measure.at_least}次 改为 {often}次"
        suggestion = f"补一个窗口里恰有{min(often, measure.at_least)}次的用例"
        yield subject.mutant("阈值", measure.place, change, suggestion, subject.with_measure(name, at_least=often))
    months = measure.per.removesuffix(" months")
    lengths = (
        _NEIGHBOURS[measure.per]
        if measure.per in _NEIGHBOURS
        else tuple(f"{n} months" for n in (int(months) + 1, int(months) - 1) if n)
    )
    for length in lengths:
        change = f"口径「{name}」：窗口 {measure.per} 改为 {length}"
        suggestion = "补一个把事情放在窗口边上的用例，窗口长短一变就少一个窗口"
        yield subject.mutant("阈值", measure.place, change, suggestion, subject.with_measure(name, per=length))
    for days in (1, -1) if measure.starts is not None else ():
        assert measure.starts is not None
        moved = measure.starts + timedelta(days=days)
        change = f"口径「{name}」：第一个窗口 {measure.starts} 起 改为 {moved} 起"
        suggestion = "补一个在窗口第一天或最后一天办的用例"
        yield subject.mutant("期限", measure.place, change, suggestion, subject.with_measure(name, starts=moved))


def _moved_credit(subject: Subject) -> Iterator[Mutant]:
    """The numbers of partial credit: where nothing is left, what each step and each case costs."""
    for profile in subject.profiles:
        credit = subject.credit(profile)
        if credit.zero_at is not None:
            step, unit = _step(subject, subject.indicator, Condition(at_least=credit.zero_at), of_members=False)
            for moved in (credit.zero_at + step, credit.zero_at - step):
                rules = subject.with_credit(profile, zero_at=moved)
                change = f"口径「{profile}」：零分线 {_told(credit.zero_at, unit)} 改为 {_told(moved, unit)}"
                yield subject.mutant("阈值", credit.place, change, "补一个得部分分的用例", rules)
        if credit.steps is not None:
            for key, value, least in (("every", credit.steps.every, 0), ("deduct", credit.steps.deduct, 2)):
                for moved in _a_digit_apart(value, least):
                    steps = credit.steps.model_copy(update={key: moved})
                    change = f"口径「{profile}」：steps.{key} {value} 改为 {moved}"
                    suggestion = "补一个差一步、一个差两步的用例"
                    yield subject.mutant("阈值", credit.place, change, suggestion, subject.with_credit(profile, steps=steps))
        if credit.each is not None:
            for key, value in (("deduct", credit.each.deduct), ("cap", credit.each.cap)):
                for moved in _a_digit_apart(value, 2):
                    each = credit.each.model_copy(update={key: moved})
                    change = f"口径「{profile}」：each.{key} {value} 改为 {moved}"
                    suggestion = "补一个扣一件、一个扣到上限的用例"
                    spared = "上限过了满分，和满分一样" if key == "cap" and min(value, moved) >= 1 else ""
                    rules = subject.with_credit(profile, each=each)
                    yield subject.mutant("阈值", credit.place, change, suggestion, rules, spared)


def _a_digit_apart(value: Fraction, decimals: int) -> tuple[Fraction, ...]:
    """One more and one less at the last digit, of which there are at least so many: a share moves by hundredths."""
    step = Fraction(1, 10 ** max(decimals, _decimals(value)))
    return tuple(moved for moved in (value + step, value - step) if moved > 0)


def _dropped_slots(subject: Subject) -> Iterator[Mutant]:
    for slot in subject.indicator.evidence:
        rest = tuple(other for other in subject.indicator.evidence if other.slot != slot.slot)
        elements = tuple(
            element.model_copy(update={"proof": tuple(name for name in element.proof if name != slot.slot)})
            for element in subject.indicator.elements
        )
        suggestion = (
            f"补一个零报告缺{slot.slot}的用例：evidence 写 complete，期内没有应办的事"
            if slot.for_none
            else f"补一个别的材料都齐、只缺它的用例：evidence: {{without: [{slot.slot}]}}"
        )
        change = f"佐证「{slot.slot}」{slot.title} 删去"
        yield subject.mutant("佐证", slot.place, change, suggestion, subject.changed(evidence=rest, elements=elements))


def _dropped_for_none(subject: Subject) -> Iterator[Mutant]:
    for slot in subject.indicator.evidence:
        if slot.for_none:
            asked = slot.model_copy(update={"for_none": False})
            evidence = tuple(asked if other.slot == slot.slot else other for other in subject.indicator.evidence)
            suggestion = "补一个期内有事、不交零报告而有据的用例，再补一个期内没有、有零报告的用例"
            change = f"佐证「{slot.slot}」的 for_none 删去"
            yield subject.mutant("零报告", slot.place, change, suggestion, subject.changed(evidence=evidence))


def _moved_counts(subject: Subject) -> Iterator[Mutant]:
    for slot in subject.indicator.evidence:
        for count in (slot.count + 1, slot.count - 1):
            if count:
                fewer = slot.model_copy(update={"count": count})
                evidence = tuple(fewer if other.slot == slot.slot else other for other in subject.indicator.evidence)
                change = f"佐证「{slot.slot}」{slot.count}件 改为 {count}件"
                suggestion = f"补一个只交{min(count, slot.count)}件的用例"
                yield subject.mutant("佐证", slot.place, change, suggestion, subject.changed(evidence=evidence))


def _dropped_elements(subject: Subject) -> Iterator[Mutant]:
    elements = subject.indicator.elements
    for element in elements if len(elements) > 1 else ():
        rules = subject.changed(elements=tuple(other for other in elements if other.key != element.key))
        for profile in subject.profiles:
            shares = {key: share for key, share in subject.credit(profile).elements.items() if key != element.key}
            whole = sum(shares.values(), Fraction(0))
            if shares and whole:
                scaled = {key: share / whole for key, share in shares.items()}
                rules = rules.model_copy(
                    update={"profiles": rules.profiles | subject.with_credit(profile, elements=scaled).profiles}
                )
        change = f"要素「{element.key}」{element.title} 删去"
        suggestion = "补一个只有这个要素不达标、别的都达标的用例"
        yield subject.mutant("要素", element.place, change, suggestion, rules)


def _moved_deadlines(subject: Subject) -> Iterator[Mutant]:
    for probe in probes_of(subject.indicator):
        named = probe.title if isinstance(probe, Element) else subject.indicator.id
        for where in _conditions_of(subject, probe, named):
            for moved in _days_apart(where.condition.by):
                change = f"{where.named}：{_day_text(where.condition.by)}前 改为 {_day_text(moved)}前"
                rules = where.replaced(_put("by", moved, where.condition.place))
                yield subject.mutant("期限", where.condition.place, change, _ON_THE_DAY, rules)
        if isinstance(probe, Element) and probe.due is not None:
            # A date that is measured carries its own last day; the other is never asked.
            spared = "有 by 的要素不看 due" if probe.meets is not None and probe.meets.by is not None else ""
            for moved in _days_apart(probe.due):
                change = f"要素「{probe.key}」的期限 {_day_text(probe.due)} 改为 {_day_text(moved)}"
                rules = subject.with_element(probe, due=moved)
                yield subject.mutant("期限", probe.place, change, _ON_THE_DAY, rules, spared)
    for slot in subject.indicator.evidence:
        for moved in _days_apart(slot.publish_by):
            later = slot.model_copy(update={"publish_by": moved})
            evidence = tuple(later if other.slot == slot.slot else other for other in subject.indicator.evidence)
            change = f"佐证「{slot.slot}」的公开期限 {_day_text(slot.publish_by)} 改为 {_day_text(moved)}"
            yield subject.mutant("期限", slot.place, change, _ON_THE_DAY, subject.changed(evidence=evidence))


_ON_THE_DAY = "补两个用例：恰在期限那天，和期限的后一天"


def _days_apart(deadline: Deadline | None) -> Iterator[Deadline]:
    """The day after and the day before, in a year that is not a leap year."""
    if deadline is None:
        return
    day = date.fromisoformat(f"2023-{deadline.month_day}")
    for days in (1, -1):
        moved = day + timedelta(days=days)
        years = deadline.years_after + moved.year - day.year
        if years >= 0:
            yield Deadline(years_after=years, month_day=f"{moved:%m-%d}", place=deadline.place)


def _day_text(deadline: Deadline | None) -> str:
    assert deadline is not None
    return f"{'次年' if deadline.years_after else ''}{deadline.month_day}"


# --- clocks ---------------------------------------------------------------------------------------------------------


def _swapped_clocks(subject: Subject) -> Iterator[Mutant]:
    """Every clock against every other one that does anything else here; of those that do the same, the first."""
    indicator = subject.indicator
    inheriting = [e for e in indicator.elements if e.clock is None] if indicator.elements else [indicator]
    bearers: list[tuple[Indicator | Element, list[Any]]] = [(indicator, inheriting)]
    bearers += [(element, [element]) for element in indicator.elements if element.clock is not None]
    for bearer, parts in bearers:
        own = bearer.clock
        assert own is not None
        seen = {_behaviour(own, bearer, parts, subject)}
        for clock in Clock:
            behaviour = _behaviour(clock, bearer, parts, subject)
            if clock is own:
                continue
            rules = (
                subject.with_element(bearer, clock=clock) if isinstance(bearer, Element) else subject.changed(clock=clock)
            )
            named = f"要素「{bearer.key}」" if isinstance(bearer, Element) else indicator.id
            change = f"{named}：时间型 {own.value} 改为 {clock.value}"
            spared = "" if behaviour not in seen else "和原来的（或已试的）时间型在这里是同一个函数，结果没有不同"
            spared = spared or _never_told_apart(own, clock, subject)
            seen.add(behaviour)
            yield subject.mutant("时间型", bearer.place, change, _AT_ANOTHER_TIME, rules, spared)


_AT_ANOTHER_TIME = "补三个用例：期中做到了的，期中没做到的，评估期跨两年而只报一年的"


def _behaviour(clock: Clock, bearer: Indicator | Element, parts: list[Any], subject: Subject) -> tuple[object, ...]:
    """Everything by which one clock differs from another in what an indicator or element makes of it.

    standing, snapshot and paced are one function under three names; yearly and deadline judge each year apart; triggered is
    per_record, but that a count of 0 means that nothing happened, which it asks of the indicator's clock alone; a clock that
    every element replaces by its own decides nothing else.
    """
    measures = [part.measure for part in (*subject.indicator.elements, *parts) if part.measure]
    counts = any(
        isinstance(subject.ruleset.measures[name], model.Counted | model.Events | model.CountInPeriod) for name in measures
    )
    triggered = isinstance(bearer, Indicator) and clock is Clock.TRIGGERED and counts
    if not parts:
        return (triggered,)
    return CLOCKS[clock], clock in (Clock.YEARLY, Clock.DEADLINE), triggered, clock is Clock.DEADLINE


def _never_told_apart(own: Clock, other: Clock, subject: Subject) -> str:
    """Why two clocks that are different functions cannot be told apart by anything that a case compares."""
    pair = {own, other}
    hard = {Clock.PER_RECORD, Clock.TRIGGERED, Clock.NEVER}
    if pair <= hard and Clock.NEVER in pair and subject.indicator.elements:
        return "never 与 per_record 只差最后一天，而失分已成定局，谁也没有可补的日子；要素的这一天不单独列出"
    if subject.indicator.remedy.can_fix_past and pair <= hard | {Clock.CUMULATIVE} and Clock.NEVER not in pair:
        return "can_fix_past 的缺口任何时间型下都能补，累计与逐件没有不同"
    return ""


# --- clauses --------------------------------------------------------------------------------------------------------


def mutants_of_clauses(ruleset: Ruleset) -> Iterator[Mutant]:
    """Every small change of the clauses and tallies."""
    for clause in ruleset.clauses.clauses:
        yield from _dropped_premises(clause, ruleset)
        yield from _unbound_premises(clause, ruleset)
    for tally in ruleset.clauses.tallies:
        yield from _moved_tally(tally, ruleset)


def _with_clause(ruleset: Ruleset, clause: Clause, *replacements: Clause) -> Ruleset:
    clauses = tuple(c for other in ruleset.clauses.clauses for c in (replacements if other.id == clause.id else (other,)))
    return ruleset.model_copy(update={"clauses": ruleset.clauses.model_copy(update={"clauses": clauses})})


def _dropped_premises(clause: Clause, ruleset: Ruleset) -> Iterator[Mutant]:
    """Each premise and each branch of a choice; a clause with a single premise goes with it."""
    for at, premise in enumerate(clause.when):
        rest = (*clause.when[:at], *clause.when[at + 1 :])
        left = [clause.model_copy(update={"when": rest})] if rest else []
        change = f"{clause.id}：前提 {_premise_text(premise)} 删去" if rest else f"{clause.id}：整条删去"
        suggestion = "补一个别的前提都有、只缺它的用例，预期不触发" if rest else "补一个触发它的用例"
        yield Mutant(clause.id, "条款", premise.place, change, suggestion, _with_clause(ruleset, clause, *left))
        for branch in premise.any:
            fewer = premise.model_copy(update={"any": tuple(b for b in premise.any if b is not branch)})
            changed = clause.model_copy(update={"when": (*clause.when[:at], fewer, *clause.when[at + 1 :])})
            change = f"{clause.id}：其中一种 {_premise_text(branch)} 删去"
            suggestion = f"补一个只凭 {_premise_text(branch)} 就触发的用例"
            yield Mutant(clause.id, "条款", branch.place, change, suggestion, _with_clause(ruleset, clause, changed))
        if premise.code is not None:
            loose = premise.model_copy(update={"code": None})
            changed = clause.model_copy(update={"when": (*clause.when[:at], loose, *clause.when[at + 1 :])})
            change = f"{clause.id}：退回代码 {premise.code} 改为任何代码"
            suggestion = "补一个因别的代码退回的用例，预期不触发"
            yield Mutant(clause.id, "条款", premise.place, change, suggestion, _with_clause(ruleset, clause, changed))


def _unbound_premises(clause: Clause, ruleset: Ruleset) -> Iterator[Mutant]:
    """Each premise that speaks of the same unit as another, made to speak of any unit."""
    bound = [premise for premise in clause.when if premise.unit is not None]
    for premise in bound if len(bound) > 1 else ():
        loose = premise.model_copy(update={"unit": None})
        changed = clause.model_copy(update={"when": tuple(loose if p is premise else p for p in clause.when)})
        change = f"{clause.id}：前提 {_premise_text(premise)} 不再要求同一单位"
        suggestion = "补一个两件事在两个单位的用例，预期不触发"
        yield Mutant(clause.id, "条款", premise.place, change, suggestion, _with_clause(ruleset, clause, changed))


def _moved_tally(tally: Tally, ruleset: Ruleset) -> Iterator[Mutant]:
    for number in (tally.at_least + 1, tally.at_least - 1):
        moved = tally.model_copy(update={"at_least": number})
        tallies = tuple(moved if other.id == tally.id else other for other in ruleset.clauses.tallies)
        rules = ruleset.model_copy(update={"clauses": ruleset.clauses.model_copy(update={"tallies": tallies})})
        change = f"计数「{tally.id}」不少于{tally.at_least} 改为 {number}"
        suggestion = f"补一个恰有{min(number, tally.at_least)}个的用例"
        yield Mutant(tally.id, "计数", tally.place, change, suggestion, rules)


def _premise_text(premise: Premise) -> str:
    if premise.any:
        return "或".join(_premise_text(branch) for branch in premise.any)
    value = premise.outcome or premise.code or ""
    return " ".join(part for part in (premise.subject, str(getattr(premise, premise.subject)), value) if part)


CHANGES: tuple[Callable[[Subject], Iterator[Mutant]], ...] = (
    _moved_bounds,
    _flipped_comparisons,
    _other_options,
    _moved_limits,
    _moved_credit,
    _dropped_slots,
    _dropped_for_none,
    _moved_counts,
    _dropped_elements,
    _moved_deadlines,
    _swapped_clocks,
)
# Changes after which a case may name what is no longer there.
FORGETTING = {"佐证", "要素"}
