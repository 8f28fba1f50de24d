"""What a measurement reads: whose value, for which period, from which admitted facts; and how a value is told."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from engine.admission import submission_window
from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import FactRef
from engine.models.admitted import Reading
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.models.submission import SubmissionFile
from engine.models.submission import Unit
from engine.periods import Window
from engine.quantities import condition_text
from engine.quantities import quantity_text

# Which measure, of which member, for which period and days.
Wanted = tuple[str, str, str, Window]


class Scope(NamedTuple):
    """Whose value is measured, for which period, from what. ``as_of`` is the day it is judged at.

    ``measured`` is the memory of what was measured, shared by every scope that is drawn from the same whole.
    """

    ruleset: Ruleset
    facts: AdmittedFacts
    unit: Unit
    window: Window
    as_of: date
    measured: dict[Wanted, Measured]
    member: str = ""
    period: str = CURRENT
    data_until: date | None = None

    @property
    def known_until(self) -> date:
        """The last day that the figures speak of: what is not done by then is not known to be late afterwards."""
        return min(self.as_of, self.data_until) if self.data_until is not None else self.as_of


def scope_of_whole(ruleset: Ruleset, facts: AdmittedFacts, head: SubmissionFile) -> Scope:
    """What measuring starts from: the submission's own unit over its whole period."""
    until = head.data_until.last if head.data_until is not None else None
    return Scope(ruleset, facts, head.unit, submission_window(head), head.as_of, measured={}, data_until=until)


def unit_of_measure(measure: Measure) -> str | None:
    """In which unit a value of a measure is shown."""
    kind = type(measure)
    return _FIXED_UNITS.get(kind) or measure.unit_of_measure or _USUAL_UNITS.get(kind)


_FIXED_UNITS: dict[type, str] = {
    model.Ratio: "%",
    model.OnTimeShare: "%",
    model.ProcedureShare: "%",
    model.Every: "%",
    model.Dated: "日期",
}
_USUAL_UNITS: dict[type, str] = {model.Records: "件"}
PER = {"month": "月", "quarter": "季度", "half_year": "半年", "year": "年"}


def demand_text(measure: Measure, condition: model.Condition, period_end: date) -> str:
    """What is asked of a measure, for people: 每24个月不少于1次 of windows, 达到100% of a share, 为0 of a count."""
    unit = unit_of_measure(measure)
    if isinstance(measure, model.Every) and condition.at_least == 1:
        per = PER.get(measure.per) or f"{measure.per.split(maxsplit=1)[0]}个月"
        return f"每{per}不少于{measure.at_least}次"
    if isinstance(measure, model.Share) and condition.at_least == 1:
        return "达到100%"
    if condition.at_most == 0 and not isinstance(measure, model.Trend | model.Formula):
        return f"为0{unit or ''}"
    return condition_text(condition, unit, period_end)


def value_text(name: str, value: Interval | None, ruleset: Ruleset) -> str:
    """A value of a measure for people."""
    measure = ruleset.measures[name]
    if value is None:
        return "没报"
    if isinstance(measure, model.Chosen) and value.exact is not None:
        at = int(value.exact)
        return measure.options[at] if measure.kind == "choice" else ("是" if at else "否")
    return quantity_text(value, unit_of_measure(measure))


def members_with(roles: Iterable[str], unit: Unit) -> tuple[list[str], int | None]:
    """The known members that play one of some roles, and how many there should be (``None``: not known).

    A department or town that plays one of them itself is its own only member, under the empty name of the whole.
    """
    wanted = sorted(set(roles))
    if unit.kind != "government" and set(unit.roles) & set(wanted):
        return [""], 1
    playing = unit.once(_members_by_role)
    members = sorted({member for role in wanted for member in playing.get(role, ())})
    names = [unit.members[member].name for member in members]
    unnamed = 0
    for role in wanted:
        named = len(playing.get(role, ()))
        if not named and role not in unit.member_counts:
            return names, None
        unnamed += max(0, unit.member_counts.get(role, 0) - named)
    return names, len(names) + unnamed


def _members_by_role(unit: Unit) -> dict[str, list[int]]:
    """Which of the members play each role, by their numbers."""
    playing: dict[str, list[int]] = {}
    for number, member in enumerate(unit.members):
        for role in dict.fromkeys(member.roles):
            playing.setdefault(role, []).append(number)
    return playing


def unit_names(role: str, unit: Unit) -> str:
    """The real names of the units that play a role, else the role itself."""
    names = [unit.members[member].name for member in unit.once(_members_by_role).get(role, ())]
    return "、".join(names) or role


def falls_into(day: object, window: Window) -> bool | None:
    """Whether a date falls into a period: yes, no, or cannot be told from the date as written."""
    first, last = getattr(day, "first", None), getattr(day, "last", None)
    if first is None or last is None:
        return None
    if first >= window.first and last <= window.last:
        return True
    return False if last < window.first or first > window.last else None


def nothing_known(name: str, scope: Scope, steps: tuple[str, ...] = (), given: bool = False) -> Measured:
    """Nothing is known: not mentioned at all, or mentioned without a usable number."""
    aside = name in scope.facts.set_aside
    cause = Cause.NUMBER_MISSING if given or aside else Cause.NOT_MENTIONED
    return Measured(measure=name, unit=scope.member, cause=cause, steps=steps)


def as_stated(name: str, reading: Reading, scope: Scope) -> Measured:
    """Take a value as it was stated."""
    label = scope.ruleset.measures[name].label
    step = f"{label} = {value_text(name, reading.interval, scope.ruleset)}"
    return Measured(
        measure=name,
        unit=scope.member,
        value=reading.interval,
        cause=Cause.CONTRADICTION if reading.contradictory else None,
        contradictory=reading.contradictory,
        facts=reading.facts,
        steps=(step + ("（各处说法不一，取各种读法）" if reading.contradictory else ""),),
    )


def nothing_due(
    name: str, measure: model.Share, scope: Scope, facts: tuple[FactRef, ...], steps: tuple[str, ...]
) -> Measured:
    """Nothing was due: the measure itself says what that means."""
    base = Measured(measure=name, unit=scope.member, facts=facts, steps=steps, cause=Cause.NONE_DUE, none_due=True)
    if measure.when_none_due is model.NoneDue.MET:
        best = Fraction(0) if measure.direction == "lower" else Fraction(1)
        return base._replace(value=point(best), cause=None, none_due=False)
    if measure.when_none_due is model.NoneDue.UNKNOWN:
        return base._replace(none_due=False)
    return base
