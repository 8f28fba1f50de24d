"""Two rulesets held side by side, in the words of rules (规则比较): what changed, and what it touches.

Every key that differs gives at least one change: what no handler below tells better is told by its key. So there is no
change exactly where the rules say the same; places and the revision's number are no part of that.
"""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.indicator_changes import Sides
from engine.indicator_changes import indicator_changes
from engine.models.migration import Migration
from engine.models.rule_change import ChangeKind as K
from engine.models.rule_change import Compared
from engine.models.rule_change import RuleChange
from engine.models.rule_change import RuleChanges
from engine.models.rule_change import TouchedPeriod
from engine.models.ruleset import Pillar
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.overlay_changes import overlay_changes
from engine.rule_parts import digest_of_ruleset
from engine.rule_words import At
from engine.rule_words import Handler
from engine.rule_words import by_name
from engine.rule_words import differences
from engine.rule_words import in_one_line
from engine.rule_words import matched
from engine.rule_words import plain
from engine.rule_words import said
from engine.rule_words import told
from engine.touched import Periods
from engine.touched import counting_working_days
from engine.touched import merged
from engine.touched import moved
from engine.touched import period_of
from engine.touched import readers_of
from engine.touched import term_text
from engine.touched import touched_by

# Of what sort the change of each key is.
FORMULA_KEYS = ("expression", "numerator", "denominator", "denominator_rule", "variants", "of", "parts", "part_of", "kind")
WINDOW_KEYS = ("over", "at", "per", "at_least", "starts", "within", "from", "to", "counted_on", "extends_over_rest_days")
MEASURE_KINDS = {**dict.fromkeys(FORMULA_KEYS, K.FORMULA), **dict.fromkeys(WINDOW_KEYS, K.WINDOW)}
PROFILE_KINDS = {
    "points": K.POINTS,
    "reserve": K.POINTS,
    "maximum": K.POINTS,
    "credit": K.CREDIT,
    "clauses": K.CLAUSE_POINTS,
}


def compare_rules(before: Ruleset, after: Ruleset) -> RuleChanges:
    """Say what changed from one ruleset to another."""
    sides = Sides(before, after, _names(before, after))
    changes = (
        *_header(sides),
        *_pillars(sides),
        *indicator_changes(sides),
        *_measures(sides),
        *_profiles(sides),
        *_evaluations(sides),
        *_clauses(sides),
        *_calendar(sides),
        *overlay_changes(sides),
        *_rest(sides),
    )
    order = [i.id for i in after.indicators] + [i.id for i in before.indicators]
    touched = {name for change in changes for name in change.indicators}
    return RuleChanges(
        before=_compared(before),
        after=_compared(after),
        changes=changes,
        indicators=tuple(dict.fromkeys(name for name in order if name in touched)),
        periods=merged(period for change in changes for period in change.periods),
        titles=_titles(sides, changes),
    )


def _compared(ruleset: Ruleset) -> Compared:
    return Compared(id=ruleset.header.id, revision=ruleset.header.revision, digest=digest_of_ruleset(ruleset))


def _names(before: Ruleset, after: Ruleset) -> dict[str, str]:
    """What each earlier indicator is called afterwards, where one map between the two says so."""
    there, here = after.migrations.get(before.header.id), before.migrations.get(after.header.id)

    def renamed(name: str, there: Migration | None, here: Migration | None) -> str:
        if there is not None:
            return there.to_here(name)
        return here.from_here(name) if here is not None else name

    return {i.id: renamed(i.id, there, here) for i in before.indicators}


def _titles(sides: Sides, changes: Iterable[RuleChange]) -> dict[str, str]:
    known = {i.id: i.title for side in (sides.before, sides.after) for i in side.indicators}
    known |= {name: m.label for side in (sides.before, sides.after) for name, m in side.measures.items()}
    known |= {c.id: c.title for side in (sides.before, sides.after) for c in side.clauses.clauses}
    known |= {c.id: c.title for side in (sides.before, sides.after) if side.overlaid for c in side.overlaid.checkpoints}
    mentioned = {name for change in changes for name in (change.subject, *change.indicators)}
    return {name: known[name] for name in sorted(mentioned) if name in known}


# --- header and pillars ---------------------------------------------------------------------------------------------


def _header(sides: Sides) -> Iterator[RuleChange]:
    before, after = sides.before.header, sides.after.header
    at = At("ruleset.yaml", (), (), {"in_force": K.IN_FORCE}, K.HEADER)
    handlers: dict[str, Handler] = {
        "in_force": lambda at, *_: _edition_moved(at, sides),
        "roles": lambda at, *_: _words(at, "角色", before.roles, after.roles),
        "evidence_kinds": lambda at, *_: _words(at, "材料种类", before.evidence_kinds, after.evidence_kinds),
    }
    yield from differences(at, before.model_copy(update={"revision": after.revision}), after, handlers)


def _edition_moved(at: At, sides: Sides) -> Iterator[RuleChange]:
    before, after = sides.before.header.in_force, sides.after.header.in_force
    everything = tuple(i.id for i in sides.after.indicators)
    there = at._replace(indicators=everything, periods=moved(before, after))
    yield told(there, "in_force", term_text(before), term_text(after))


def _words(at: At, what: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[RuleChange]:
    """Names with a meaning each."""
    found = matched(before, after)
    yield from (said(at, at.otherwise, f"删去{what}「{name}」") for name in found.gone)
    yield from (said(at, at.otherwise, f"增加{what}「{name}」") for name in found.come)
    for name, (old, new) in found.stayed.items():
        yield told(at, "", in_one_line(plain(old)), in_one_line(plain(new)), f"{what}「{name}」")


def _pillars(sides: Sides) -> Iterator[RuleChange]:
    found = matched(*(by_name(side.pillars, lambda p: p.id) for side in (sides.before, sides.after)))
    for name, pillar in found.gone.items():
        at = At(name, (), (period_of(sides.before.header.in_force),), {}, K.PILLAR)
        yield said(at, K.PILLAR_REMOVED, f"删去一级指标 {pillar.title}")
    for name, pillar in found.come.items():
        yield said(At(name, (), sides.periods, {}, K.PILLAR), K.PILLAR_ADDED, f"增加一级指标 {pillar.title}")
    for name, (old, new) in found.stayed.items():
        at = At(name, (), (), {}, K.PILLAR)
        yield from differences(at, _without_indicators(old), _without_indicators(new), {})
        yield from _reordered(at, old, new, sides)
    if [p.id for p in sides.before.pillars] != [p.id for p in sides.after.pillars] and not found.gone and not found.come:
        yield said(At("pillars/", (), (), {}, K.PILLAR), K.PILLAR, "一级指标的次序变了")


def _without_indicators(pillar: Pillar) -> Pillar:
    return pillar.model_copy(update={"indicators": ()})


def _reordered(at: At, old: Pillar, new: Pillar, sides: Sides) -> Iterator[RuleChange]:
    before, after = [sides.names[i.id] for i in old.indicators], [i.id for i in new.indicators]
    if before != after and sorted(before) == sorted(after):
        yield said(at, K.PILLAR, "指标的次序变了")


# --- measures -------------------------------------------------------------------------------------------------------


def _measures(sides: Sides) -> Iterator[RuleChange]:
    readers = [readers_of(sides.before), readers_of(sides.after)]

    def at(name: str) -> At:
        here = readers[1].get(name, set()) | {sides.names[i] for i in readers[0].get(name, set())}
        return At(name, tuple(sorted(here)), sides.periods if here else (), MEASURE_KINDS, K.MEASURE)

    found = matched(sides.before.measures, sides.after.measures)
    for name, measure in found.gone.items():
        yield said(at(name), K.MEASURE_REMOVED, f"删去口径 {measure.label}")
    for name, measure in found.come.items():
        yield said(at(name), K.MEASURE_ADDED, f"增加口径 {measure.label}")
    for name, (old, new) in found.stayed.items():
        yield from differences(at(name), old, new, {})


# --- profiles -------------------------------------------------------------------------------------------------------


def _profiles(sides: Sides) -> Iterator[RuleChange]:
    everything = tuple(i.id for i in sides.after.indicators)
    found = matched(sides.before.profiles, sides.after.profiles)
    for name, profile in found.gone.items():
        yield said(At(name, (), (), {}, K.PROFILE), K.PROFILE_REMOVED, f"删去评分口径 {profile.title}")
    for name, profile in found.come.items():
        yield said(At(name, (), (), {}, K.PROFILE), K.PROFILE_ADDED, f"增加评分口径 {profile.title}")
    for name, (earlier, new) in found.stayed.items():
        renamed = {"points": _renamed(earlier.points, sides), "credit": _renamed(earlier.credit, sides)}
        old = earlier.model_copy(update=renamed)
        at = At(name, everything, sides.periods, PROFILE_KINDS, K.PROFILE)
        handlers: dict[str, Handler] = {
            "points": lambda at, old, new: _points(at, old.points, new.points),
            "credit": lambda at, old, new: _credit(at, old.credit, new.credit),
            "clauses": lambda at, old, new: _amounts(at, old, new, sides),
        }
        said_of_it = {key: getattr(new, key) for key in ("title", "basis", "status", "reuses", "evaluation")}
        respoken = old.model_copy(update=said_of_it)
        yield from differences(at._replace(indicators=(), periods=()), old, respoken, {})
        yield from differences(at, respoken, new, handlers)


def _evaluations(sides: Sides) -> Iterator[RuleChange]:
    """How an outside team is assumed to look: it changes no finding."""
    found = matched(sides.before.evaluations, sides.after.evaluations)
    for name, evaluation in found.gone.items():
        yield said(At(name, (), (), {}, K.EVALUATION), K.EVALUATION_REMOVED, f"删去评估人假设 {evaluation.title}")
    for name, evaluation in found.come.items():
        yield said(At(name, (), (), {}, K.EVALUATION), K.EVALUATION_ADDED, f"增加评估人假设 {evaluation.title}")
    for name, (old, new) in found.stayed.items():
        yield from _numbers(At(name, (), (), {}, K.EVALUATION), _by_id(plain(old)), _by_id(plain(new)))


def _numbers(at: At, old: Any, new: Any, path: str = "") -> Iterator[RuleChange]:
    """Every single assumption that differs, by its path."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _numbers(at, old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif old != new:
        yield told(at, path, in_one_line(old), in_one_line(new))


def _by_id(evaluation: dict[str, Any]) -> dict[str, Any]:
    return {**evaluation, "evaluators": {one["id"]: one for one in evaluation["evaluators"]}}


def _renamed(values: dict[str, Any], sides: Sides) -> dict[str, Any]:
    return {sides.names.get(name, name): value for name, value in values.items()}


def _points(at: At, old: dict[str, Any], new: dict[str, Any]) -> Iterator[RuleChange]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            texts = [f"{values[name]}分" if name in values else None for values in (old, new)]
            yield told(at._replace(indicators=(name,)), "points", texts[0], texts[1], f"{name}的分值")


def _credit(at: At, old: dict[str, Any], new: dict[str, Any]) -> Iterator[RuleChange]:
    for name in sorted({*old, *new}):
        one, other = plain(old.get(name)), plain(new.get(name))
        if one != other:
            yield told(at._replace(indicators=(name,)), "credit", in_one_line(one), in_one_line(other), f"{name}的部分得分")


def _amounts(at: At, old: Profile, new: Profile, sides: Sides) -> Iterator[RuleChange]:
    clauses = {c.id: c for side in (sides.before, sides.after) for c in side.clauses.clauses}
    for name in sorted({*old.clauses, *new.clauses}):
        one, other = plain(old.clauses.get(name)), plain(new.clauses.get(name))
        if one != other:
            touched = touched_by(clauses[name], sides.after) if name in clauses else ()
            there = at._replace(indicators=touched)
            yield told(there, "clauses", in_one_line(one), in_one_line(other), f"{name}的分值")


# --- clauses --------------------------------------------------------------------------------------------------------


def _clauses(sides: Sides) -> Iterator[RuleChange]:
    before, after = sides.before.clauses, sides.after.clauses
    at = At("clauses.yaml", (), sides.periods, {}, K.CLAUSE)
    handlers: dict[str, Handler] = {
        "incident_kinds": lambda at, *_: _words(at, "事项种类", before.incident_kinds, after.incident_kinds),
        "tallies": lambda at, *_: _words(at, "计数", *(by_name(c.tallies, lambda t: t.id) for c in (before, after))),
        "clauses": lambda at, *_: _single_clauses(at, sides),
    }
    yield from differences(at, before, after, handlers)


def _single_clauses(at: At, sides: Sides) -> Iterator[RuleChange]:
    found = matched(*(by_name(side.clauses.clauses, lambda c: c.id) for side in (sides.before, sides.after)))
    if not any(found):
        yield said(at, K.CLAUSE, "条款的次序变了")
    for name, clause in found.gone.items():
        there = at._replace(subject=name, indicators=touched_by(clause, sides.before))
        yield said(there, K.CLAUSE_REMOVED, f"删去条款「{clause.title}」")
    for name, clause in found.come.items():
        there = at._replace(subject=name, indicators=touched_by(clause, sides.after))
        yield said(there, K.CLAUSE_ADDED, f"增加条款「{clause.title}」")
    for name, (old, new) in found.stayed.items():
        touched = {*touched_by(old, sides.before), *touched_by(new, sides.after)}
        yield from differences(at._replace(subject=name, indicators=tuple(sorted(touched))), old, new, {})


# --- calendar and the rest ------------------------------------------------------------------------------------------


def _calendar(sides: Sides) -> Iterator[RuleChange]:
    before, after = sides.before.calendar, sides.after.calendar
    counting = tuple(sorted(counting_working_days(sides.after)))
    at = At("working-days.yaml", counting, (), {}, K.CALENDAR)

    def years(at: At, *_: Any) -> Iterator[RuleChange]:
        found = matched(before.years, after.years)
        words = {**dict.fromkeys(found.gone, "删去"), **dict.fromkeys(found.come, "增加")}
        words |= dict.fromkeys(found.stayed, "改了")
        for year, word in sorted(words.items()):
            yield said(at._replace(periods=_year(year)), K.CALENDAR, f"{word}{year}年的工作日")

    yield from differences(at, before, after, {"years": years})


def _year(text: str) -> Periods:
    if not re.fullmatch("[1-9][0-9]{3}", text):
        return ()
    return (TouchedPeriod(from_=date(int(text), 1, 1), to=date(int(text), 12, 31)),)


def _rest(sides: Sides) -> Iterator[RuleChange]:
    """What decides nothing: measures kept without use, groups of rates, maps from other rulesets."""
    before, after = sides.before, sides.after
    for key, name in (("kept", "留存口径"), ("groups", "率组")):
        old, new = plain(getattr(before, key)), plain(getattr(after, key))
        if old != new:
            yield told(At("measures.yaml", (), (), {}, K.OTHER), key, in_one_line(old), in_one_line(new), name)
    at = At("migrations/", (), (), {}, K.OTHER)
    yield from _words(at, "对照表", before.migrations, after.migrations)
