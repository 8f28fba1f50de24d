"""What an overlay makes of the ruleset below it (叠加): everything there holds, and it may add or ask for more.

In: the parts of an overlay as they were written, and the whole ruleset or overlay that it lies over. Out: a whole ruleset,
and the problems found. It stands on its own: a record or a release of it needs no other. What the layer below asks for is
never loosened; a condition that would be looser is refused.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple
from typing import TypeVar

from engine.models.clause import Clauses
from engine.models.evaluation import Evaluation
from engine.models.overlay import Change
from engine.models.overlay import OverlayHeader
from engine.models.overlay import Tightening
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import ActionPlan
from engine.models.ruleset import Checkpoint
from engine.models.ruleset import Element
from engine.models.ruleset import Header
from engine.models.ruleset import Indicator
from engine.models.ruleset import Kind
from engine.models.ruleset import Layer
from engine.models.ruleset import Measures
from engine.models.ruleset import Overlaid
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import WorkingDays
from engine.quantities import rule_text
from engine.reuse import Parts
from engine.reuse import joined_calendar
from engine.reuse import written_twice
from engine.shaping import nearest
from engine.tightness import is_as_strict

Probed = TypeVar("Probed", Indicator, Element)


class OverlayParts(NamedTuple):
    """What one overlay folder says, file by file."""

    header: OverlayHeader
    dictionary: Measures
    calendar: WorkingDays
    clauses: Clauses
    profiles: tuple[Profile, ...]
    evaluations: tuple[Evaluation, ...]
    changes: tuple[Change, ...]
    checkpoints: tuple[Checkpoint, ...]
    plan: ActionPlan | None


def lay_over(parts: OverlayParts, base: Ruleset) -> tuple[Ruleset, list[Problem]]:
    """Make a whole ruleset of an overlay and the layer below it."""
    header = _header(parts.header, base.header)
    problems = [
        *written_twice(_as_parts(parts, header), base),
        *_profiles_twice(parts, base),
        *_clauses_reused(parts.clauses),
        *_roles_unknown(parts.header, header),
        *_changes_refused(parts.changes, base),
    ]
    changes = {change.indicator: change for change in parts.changes}
    ruleset = base.model_copy(
        update={
            "header": header,
            "measures": base.measures | parts.dictionary.measures,
            "kept": (*base.kept, *parts.dictionary.kept),
            "groups": (*base.groups, *parts.dictionary.groups),
            "pillars": tuple(
                pillar.model_copy(update={"indicators": tuple(_changed(i, changes.get(i.id)) for i in pillar.indicators)})
                for pillar in base.pillars
            ),
            "profiles": base.profiles | {profile.id: _profile(profile, base) for profile in parts.profiles},
            "calendar": joined_calendar(parts.calendar, base.calendar),
            "clauses": _clauses(parts.clauses, base.clauses),
            "evaluations": base.evaluations | {evaluation.id: evaluation for evaluation in parts.evaluations},
            "overlaid": _overlaid(parts, base),
            "digest": "",
        }
    )
    return ruleset, problems


def _header(own: OverlayHeader, base: Header) -> Header:
    """What the overlay says of itself; official totals and whatever else it does not say are those below."""
    return Header(
        place=own.place,
        id=own.id,
        title=own.title,
        issuer=own.issuer,
        edition=own.edition,
        revision=own.revision,
        status=own.status,
        in_force=own.in_force,
        roles=base.roles | own.roles,
        evidence_kinds=base.evidence_kinds | own.evidence_kinds,
        sources=(*base.sources, *own.sources),
        note=own.note,
        official_totals=base.official_totals,
        default_profile=own.default_profile or base.default_profile,
    )


def _as_parts(parts: OverlayParts, header: Header) -> Parts:
    """The same as parts of a ruleset that reuses another, to be held against it name by name."""
    own = header.model_copy(update={"roles": parts.header.roles, "evidence_kinds": parts.header.evidence_kinds})
    return Parts(own, parts.dictionary, parts.calendar, parts.clauses, (), parts.profiles, (), parts.evaluations)


def _clauses(own: Clauses, base: Clauses) -> Clauses:
    return base.model_copy(
        update={
            "reuses": (),
            "incident_kinds": base.incident_kinds | own.incident_kinds,
            "tallies": (*base.tallies, *own.tallies),
            "clauses": (*base.clauses, *own.clauses),
        }
    )


def _profile(own: Profile, base: Ruleset) -> Profile:
    """A profile with all that it takes over from one below; what it says itself stands."""
    other = base.profiles.get(own.reuses or "")
    if other is None:
        return own
    return own.model_copy(
        update={
            "points": other.points | own.points,
            "credit": other.credit | own.credit,
            "clauses": other.clauses | own.clauses,
            "reserve": own.reserve or other.reserve,
            "evaluation": own.evaluation or other.evaluation,
        }
    )


def _overlaid(parts: OverlayParts, base: Ruleset) -> Overlaid:
    """The layers, the names, the plan of the nearest layer that has one, and the checkpoints of all of them."""
    below = base.overlaid or Overlaid(layers=())
    layer = Layer(id=base.header.id, revision=base.header.revision, digest=base.digest)
    return Overlaid(
        layers=(*below.layers, layer),
        units=below.units | parts.header.units,
        plan=parts.plan or below.plan,
        checkpoints=(*below.checkpoints, *parts.checkpoints),
    )


# --- one indicator --------------------------------------------------------------------------------------------------


def _changed(indicator: Indicator, change: Change | None) -> Indicator:
    """An indicator as it is under the overlay; its place is that of the change, so that cases are asked for there."""
    if change is None:
        return indicator
    more = {tight.element: tight for tight in change.tighten}
    whole = _tightened(indicator, more.get(None))
    elements = tuple(_proven_by_more(_tightened(e, more.get(e.key)), more.get(e.key)) for e in indicator.elements)
    return whole.model_copy(
        update={
            "place": change.place,
            "kind": Kind(change.kind) if change.kind else indicator.kind,
            "lead_unit": change.lead_unit or indicator.lead_unit,
            "responsible_units": tuple(dict.fromkeys([*indicator.responsible_units, *change.responsible_units])),
            "elements": (*elements, *change.elements),
            "evidence": (*indicator.evidence, *change.evidence),
            "authority": (*indicator.authority, *change.authority),
            "note": "".join(note for note in (indicator.note, change.note) if note) or None,
        }
    )


def _tightened(probe: Probed, tight: Tightening | None) -> Probed:
    if tight is None:
        return probe
    update: dict[str, object] = {"meets": tight.meets or probe.meets}
    if tight.member_meets is not None and probe.each_member is not None:
        update["each_member"] = probe.each_member.model_copy(update={"meets": tight.member_meets})
    return probe.model_copy(update=update)


def _proven_by_more(element: Element, tight: Tightening | None) -> Element:
    if tight is None or not tight.proof:
        return element
    return element.model_copy(update={"proof": tuple(dict.fromkeys([*element.proof, *tight.proof]))})


def _changes_refused(changes: Iterable[Change], base: Ruleset) -> Iterator[Problem]:
    indicators = {indicator.id: indicator for indicator in base.indicators}
    seen: set[str] = set()
    for change in changes:
        indicator = indicators.get(change.indicator)
        if indicator is None:
            titles = {name: one.title for name, one in indicators.items()}
            remedy = nearest(change.indicator, titles) or f"请看 fazhi rules show {base.header.id}"
            yield problem("NAME_UNKNOWN", change.place, f"要改的指标「{change.indicator}」下面那层没有", remedy)
            continue
        if change.indicator in seen:
            yield problem("ID_DUPLICATE", change.place, f"指标「{change.indicator}」改了两处", "一项的改动写在一处")
        seen.add(change.indicator)
        yield from _change_refused(change, indicator)


def _change_refused(change: Change, indicator: Indicator) -> Iterator[Problem]:
    if change.kind is not None and indicator.kind is Kind.MONITORED:
        found = f"「{indicator.id}」只监测不计分，叠加层不能改成计分的"
        yield problem("RECORD_INCONSISTENT", change.place, found, "请删去 kind；要考核它，另立检查点")
    if change.elements and not indicator.elements:
        found = f"「{indicator.id}」不按要素计分，加不了要素"
        yield problem("RECORD_INCONSISTENT", change.place, found, "请改加佐证要求（evidence），或另立检查点")
    for what, own, below in (
        ("要素", [element.key for element in change.elements], {element.key for element in indicator.elements}),
        ("佐证要求", [slot.slot for slot in change.evidence], {slot.slot for slot in indicator.evidence}),
    ):
        for name in own:
            if name in below:
                found = f"{what}「{indicator.id}.{name}」下面那层已有"
                yield problem("ID_DUPLICATE", change.place, found, "叠加层只加不换；请改一个没有用过的名字")
    elements = {element.key: element for element in indicator.elements}
    for tight in change.tighten:
        probe = indicator if tight.element is None else elements.get(tight.element)
        if probe is None:
            remedy = nearest(str(tight.element), elements) or f"要素有：{'、'.join(elements) or '无'}"
            yield problem("NAME_UNKNOWN", tight.place, f"「{indicator.id}」没有要素「{tight.element}」", remedy)
        else:
            yield from _loosened(tight, probe, f"{indicator.id}{f'.{tight.element}' if tight.element else ''}")


def _loosened(tight: Tightening, probe: Indicator | Element, name: str) -> Iterator[Problem]:
    """Refuse a condition that is not at least as strict as the one below."""
    each = probe.each_member.meets if probe.each_member is not None else None
    for what, own, below in (("满分线", tight.meets, probe.meets), ("逐单位满分线", tight.member_meets, each)):
        if own is None:
            continue
        if below is None:
            yield problem("RECORD_INCONSISTENT", own.place, f"「{name}」没有{what}，无从收紧", "请删去，或另立检查点")
        elif not is_as_strict(own, below):
            found = f"「{name}」的{what}写成{rule_text(own, None)}，比下面那层的{rule_text(below, None)}松，或比不出松紧"
            remedy = "叠加层只能收紧：同一种比较，写得不低于下面那层；更松的要求请删去"
            yield problem("OVERLAY_LOOSENS", own.place, found, remedy)


# --- names ----------------------------------------------------------------------------------------------------------


def _profiles_twice(parts: OverlayParts, base: Ruleset) -> Iterator[Problem]:
    for profile in parts.profiles:
        if profile.id in base.profiles:
            found = f"评分口径「{profile.id}」下面那层已有"
            yield problem("ID_DUPLICATE", profile.place, found, f"请改个编号；要在它上面改，写 reuses: {profile.id}")
        if profile.reuses and profile.reuses not in base.profiles:
            remedy = nearest(profile.reuses, base.profiles) or f"下面那层有：{'、'.join(base.profiles)}"
            yield problem("NAME_UNKNOWN", profile.place, f"要沿用的评分口径「{profile.reuses}」下面那层没有", remedy)


def _clauses_reused(clauses: Clauses) -> Iterator[Problem]:
    if clauses.reuses:
        found = "叠加层里写了 reuses：下面那层的条款全都在"
        yield problem("RECORD_INCONSISTENT", clauses.place_of("reuses"), found, "请删去 reuses")


def _roles_unknown(own: OverlayHeader, header: Header) -> Iterator[Problem]:
    for role in own.units:
        if role not in header.roles:
            remedy = nearest(role, header.roles) or f"角色有：{'、'.join(header.roles)}"
            yield problem("NAME_UNKNOWN", own.place_of("units"), f"units 里的角色「{role}」没有定义", remedy)
