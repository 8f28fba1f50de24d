"""What a ruleset takes over from another (沿用): its words, and the indicators, points and clauses that it names.

In: the parts of one folder as they were written, and the whole ruleset that it reuses. Out: the parts made whole, and the
problems found. A ruleset made whole stands on its own: a record or a release of it needs no other.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple
from typing import TypeVar

from engine.clauses import premises_of
from engine.models.clause import Clause
from engine.models.clause import Clauses
from engine.models.evaluation import Evaluation
from engine.models.migration import Migration
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Placed
from engine.models.ruleset import Header
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measures
from engine.models.ruleset import Pillar
from engine.models.ruleset import Profile
from engine.models.ruleset import Reused
from engine.models.ruleset import Ruleset
from engine.models.ruleset import WorkingDays
from engine.shaping import nearest

Value = TypeVar("Value")


class Parts(NamedTuple):
    """What one ruleset folder says, file by file."""

    header: Header
    dictionary: Measures
    calendar: WorkingDays
    clauses: Clauses
    pillars: tuple[Pillar, ...]
    profiles: tuple[Profile, ...]
    migrations: tuple[Migration, ...]
    evaluations: tuple[Evaluation, ...]


def is_own(part: Placed, ruleset: Ruleset) -> bool:
    """Whether something was written in the ruleset's own folder, and not taken over from another."""
    return part.place.file.split("/")[0] == ruleset.header.place.file.split("/")[0]


def check_nothing_reused(parts: Parts) -> list[Problem]:
    """Refuse what is taken over where the ruleset does not say from which other."""
    reusing: list[Placed] = [reused for pillar in parts.pillars for reused in pillar.reuses]
    reusing += [profile for profile in parts.profiles if profile.reuses]
    reusing += [parts.clauses] if parts.clauses.reuses else []
    remedy = "请在 ruleset.yaml 里写 reuses: 规则集编号，或删去这里的 reuses"
    return [problem("RECORD_INCONSISTENT", part.place, "这里要沿用，却没有写沿用哪个规则集", remedy) for part in reusing]


def take_over(parts: Parts, base: Ruleset) -> tuple[Parts, list[Problem]]:
    """Make the parts of a ruleset whole with what it takes over from another."""
    problems: list[Problem] = [*written_twice(parts, base), *_unknown_names(parts, base), *_taken_twice(parts)]
    header, indicators = parts.header, {indicator.id: indicator for indicator in base.indicators}
    taken = {clause.id: clause for clause in base.clauses.clauses if clause.id in parts.clauses.reuses}
    whole = Parts(
        header=header.model_copy(
            update={
                "roles": base.header.roles | header.roles,
                "evidence_kinds": base.header.evidence_kinds | header.evidence_kinds,
            }
        ),
        dictionary=parts.dictionary.model_copy(
            update={
                "measures": base.measures | parts.dictionary.measures,
                "kept": (*base.kept, *parts.dictionary.kept),
                "groups": (*base.groups, *parts.dictionary.groups),
            }
        ),
        calendar=joined_calendar(parts.calendar, base.calendar),
        clauses=_clauses(parts.clauses, base.clauses, taken),
        pillars=tuple(_pillar(pillar, indicators, header) for pillar in parts.pillars),
        profiles=tuple(_profile(profile, parts, base, taken) for profile in parts.profiles),
        migrations=parts.migrations,
        evaluations=(*base.evaluations.values(), *parts.evaluations),
    )
    return whole, problems


def written_twice(parts: Parts, base: Ruleset) -> Iterator[Problem]:
    """Refuse a name of one's own that is taken over already: which of the two holds would be a guess."""
    header, dictionary, clauses = parts.header, parts.dictionary, parts.clauses
    pairs: tuple[tuple[str, Iterable[str], Iterable[str], Placed], ...] = (
        ("角色", header.roles, base.header.roles, header),
        ("材料种类", header.evidence_kinds, base.header.evidence_kinds, header),
        ("口径", dictionary.measures, base.measures, dictionary),
        ("工作日表的年份", parts.calendar.years, base.calendar.years, parts.calendar),
        ("事项种类", clauses.incident_kinds, base.clauses.incident_kinds, clauses),
        ("评估人假设", (own.id for own in parts.evaluations), base.evaluations, header),
    )
    for what, own, others, part in pairs:
        for name in sorted(set(own) & set(others)):
            found = f"{what}「{name}」在沿用的{base.header.id}里已有"
            yield problem("ID_DUPLICATE", part.place, found, "请删去，或改一个没有用过的名字")


def _taken_twice(parts: Parts) -> Iterator[Problem]:
    """Refuse to take one thing over twice, or beside one of the same name."""
    seen = {indicator.id for pillar in parts.pillars for indicator in pillar.indicators}
    for reused in (reused for pillar in parts.pillars for reused in pillar.reuses):
        if reused.indicator in seen:
            yield problem("ID_DUPLICATE", reused.place, f"指标「{reused.indicator}」已有", "一项只沿用一次，也不另写一份")
        seen.add(reused.indicator)
    clauses = [*(clause.id for clause in parts.clauses.clauses), *parts.clauses.reuses]
    for name in sorted({name for name in clauses if clauses.count(name) > 1}):
        yield problem("ID_DUPLICATE", parts.clauses.place, f"条款「{name}」重复", "一条只沿用一次，也不另写一份")


def _unknown_names(parts: Parts, base: Ruleset) -> Iterator[Problem]:
    indicators = {indicator.id for indicator in base.indicators}
    for reused in (reused for pillar in parts.pillars for reused in pillar.reuses):
        yield from _unknown(reused.indicator, indicators, "指标", base, reused)
    for profile in parts.profiles:
        if profile.reuses:
            yield from _unknown(profile.reuses, base.profiles, "评分口径", base, profile)
    for name in parts.clauses.reuses:
        yield from _unknown(name, (clause.id for clause in base.clauses.clauses), "条款", base, parts.clauses)


def _unknown(name: str, known: Iterable[str], what: str, base: Ruleset, at: Placed) -> Iterator[Problem]:
    known = set(known)
    if name not in known:
        remedy = nearest(name, known) or f"请看 fazhi rules show {base.header.id}"
        yield problem("NAME_UNKNOWN", at.place, f"要沿用的{what}「{name}」{base.header.id}里没有", remedy)


def joined_calendar(own: WorkingDays, base: WorkingDays) -> WorkingDays:
    """The years of both tables."""
    if not own.years:
        return base
    return own.model_copy(update={"source": f"{base.source}；{own.source}", "years": base.years | own.years})


def _pillar(pillar: Pillar, indicators: dict[str, Indicator], header: Header) -> Pillar:
    taken = (_taken_over(reused, indicators[reused.indicator], header) for reused in _known(pillar, indicators))
    return pillar.model_copy(update={"indicators": (*taken, *pillar.indicators)})


def _known(pillar: Pillar, indicators: dict[str, Indicator]) -> Iterator[Reused]:
    return (reused for reused in pillar.reuses if reused.indicator in indicators)


def _taken_over(reused: Reused, indicator: Indicator, header: Header) -> Indicator:
    """An indicator as it stands in this edition: the same rule, but nothing of the other edition's issued text."""
    notes = [header.reuses_note, reused.note, indicator.note]
    return indicator.model_copy(
        update={
            "official_no": reused.official_no,
            "text_status": reused.text_status,
            "subpillar": reused.subpillar,
            "note": "".join(note for note in notes if note),
        }
    )


def _profile(profile: Profile, parts: Parts, base: Ruleset, taken: dict[str, Clause]) -> Profile:
    """A profile with the points and credit that it takes over; what it says itself stands."""
    other = base.profiles.get(profile.reuses or "")
    if other is None:
        return profile
    reused = {entry.indicator for pillar in parts.pillars for entry in pillar.reuses}
    return profile.model_copy(
        update={
            "points": _named(other.points, reused) | profile.points,
            "credit": _named(other.credit, reused) | profile.credit,
            "clauses": _named(other.clauses, taken) | profile.clauses,
            "evaluation": profile.evaluation or other.evaluation,
        }
    )


def _named(values: dict[str, Value], names: Iterable[str]) -> dict[str, Value]:
    wanted = set(names)
    return {name: value for name, value in values.items() if name in wanted}


def _clauses(own: Clauses, base: Clauses, taken: dict[str, Clause]) -> Clauses:
    """The named clauses with the tallies that they count on; every kind of incident, so that each can be reported."""
    counted = {premise.tally for clause in taken.values() for premise in premises_of(clause) if premise.tally}
    reused = (taken[name] for name in own.reuses if name in taken)
    return own.model_copy(
        update={
            "incident_kinds": base.incident_kinds | own.incident_kinds,
            "tallies": (*(tally for tally in base.tallies if tally.id in counted), *own.tallies),
            "clauses": (*reused, *own.clauses),
        }
    )
