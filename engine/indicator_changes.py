"""What changed in the indicators of two rulesets: thresholds, elements, evidence, clocks, authorities and the rest."""

from collections.abc import Iterator
from collections.abc import Sequence
from typing import NamedTuple

from engine.findings import AWARD_NAMES
from engine.findings import CLOCK_NAMES
from engine.models.authority import Authority
from engine.models.rule_change import ChangeKind as K
from engine.models.rule_change import RuleChange
from engine.models.ruleset import Element
from engine.models.ruleset import Indicator
from engine.models.ruleset import Probe
from engine.models.ruleset import Ruleset
from engine.models.ruleset import Slot
from engine.quantities import rule_text
from engine.rule_words import At
from engine.rule_words import Handler
from engine.rule_words import by_name
from engine.rule_words import differences
from engine.rule_words import matched
from engine.rule_words import said
from engine.rule_words import told
from engine.scope import unit_of_measure
from engine.touched import Periods
from engine.touched import moved
from engine.touched import period_of
from engine.touched import term_text

# Of what sort the change of each key is.
# What is only said of an indicator and changes no result.
SPOKEN_KEYS = ("title", "official_no", "text_status", "subpillar", "note")
UNIT_KEYS = ("lead_unit", "responsible_units")
INDICATOR_KINDS = {
    **dict.fromkeys((*SPOKEN_KEYS, "requirement"), K.TEXT),
    **dict.fromkeys(UNIT_KEYS, K.UNITS),
    "kind": K.KIND,
    "clock": K.CLOCK,
    "applies_when": K.APPLIES,
    "channel": K.KIND,
    "measure": K.MEASURED,
    "monitors": K.MEASURED,
    "clues": K.MEASURED,
    "meets": K.THRESHOLD,
    "each_member": K.THRESHOLD,
    "award": K.AWARD,
    "rating": K.AWARD,
    "remedy": K.REMEDY,
    "elements": K.ELEMENT,
    "evidence": K.SLOT,
    "authority": K.AUTHORITY,
}


class Sides(NamedTuple):
    """Both rulesets, the earlier with the names that its indicators have in the later."""

    before: Ruleset
    after: Ruleset
    names: dict[str, str]

    @property
    def periods(self) -> Periods:
        """When the later ruleset is in force."""
        return (period_of(self.after.header.in_force),)


def indicator_changes(sides: Sides) -> Iterator[RuleChange]:
    """What came, went, moved or changed among the indicators, in the order of the later ruleset."""
    before = {sides.names[i.id]: i for i in sides.before.indicators}
    after = {i.id: i for i in sides.after.indicators}
    homes = [
        {i.id: p.id for p in sides.before.pillars for i in p.indicators},
        {i.id: p.id for p in sides.after.pillars for i in p.indicators},
    ]
    for name, old in before.items():
        if name not in after:
            at = At(name, (name,), (period_of(sides.before.header.in_force),), {}, K.OTHER)
            yield said(at, K.INDICATOR_REMOVED, f"删去指标 {old.title}")
    for name, new in after.items():
        at = At(name, (name,), sides.periods, INDICATOR_KINDS, K.OTHER)
        if name not in before:
            yield said(at, K.INDICATOR_ADDED, f"增加指标 {new.title}")
            continue
        old = before[name]
        if old.id != name:
            yield said(at, K.INDICATOR_RENAMED, f"编号由 {old.id} 改为 {name}")
        if homes[0][old.id] != homes[1][name]:
            yield said(at, K.INDICATOR_MOVED, f"由 {homes[0][old.id]} 移到 {homes[1][name]}")
        yield from _indicator(at, old.model_copy(update={"id": name}), new, sides)


def _indicator(at: At, old: Indicator, new: Indicator, sides: Sides) -> Iterator[RuleChange]:
    handlers: dict[str, Handler] = {
        **_probe_handlers(sides),
        "clock": lambda at, *_: iter([told(at, "clock", CLOCK_NAMES[old.clock], CLOCK_NAMES[new.clock])]),
        "award": lambda at, *_: iter([told(at, "award", AWARD_NAMES[old.award], AWARD_NAMES[new.award])]),
        "elements": lambda at, *_: _elements(at, old, new, sides),
        "evidence": lambda at, *_: _slots(at, old.evidence, new.evidence),
        "authority": lambda at, *_: _authorities(at, old.authority, new.authority),
    }
    spoken = old.model_copy(update={key: getattr(new, key) for key in SPOKEN_KEYS})
    yield from differences(at._replace(indicators=(), periods=()), old, spoken, {})
    yield from differences(at, spoken, new, handlers)


def _probe_handlers(sides: Sides) -> dict[str, Handler]:
    def threshold(at: At, old: Probe, new: Probe) -> Iterator[RuleChange]:
        texts = _threshold(old, sides.before), _threshold(new, sides.after)
        if texts[0] != texts[1]:
            yield told(at, "meets", texts[0], texts[1])

    return {"meets": threshold, "each_member": threshold}


def _threshold(probe: Probe, ruleset: Ruleset) -> str | None:
    """What a value must meet, told in the measure's own unit."""
    measure = ruleset.measures.get(probe.measure or "")
    unit = unit_of_measure(measure) if measure is not None else None
    parts: list[str] = []
    if probe.each_member is not None:
        roles = "、".join(probe.each_member.roles)
        asked = rule_text(probe.each_member.meets, unit) or "为是" if probe.each_member.meets else "取最低的"
        parts.append(f"{roles}逐单位{asked}")
    if probe.meets is not None:
        parts.append(rule_text(probe.meets, unit) or "为是")
    return "，".join(parts) or None


def _elements(at: At, old: Indicator, new: Indicator, sides: Sides) -> Iterator[RuleChange]:
    found = matched(*(by_name(side.elements, lambda e: e.key) for side in (old, new)))
    if not any(found):
        yield said(at, K.ELEMENT, "要素的次序变了")
    for name, element in found.gone.items():
        yield said(_element_at(at, name), K.ELEMENT_REMOVED, f"删去要素「{element.title}」")
    for name, element in found.come.items():
        yield said(_element_at(at, name), K.ELEMENT_ADDED, f"增加要素「{element.title}」")
    for name, (one, other) in found.stayed.items():
        handlers = {**_probe_handlers(sides), "clock": _element_clock}
        yield from differences(_element_at(at, name), one, other, handlers)


def _element_at(at: At, name: str) -> At:
    return at._replace(subject=f"{at.subject}.{name}", otherwise=K.ELEMENT)


def _element_clock(at: At, old: Element, new: Element) -> Iterator[RuleChange]:
    names = [CLOCK_NAMES[e.clock] if e.clock else None for e in (old, new)]
    yield told(at, "clock", names[0], names[1])


def _slots(at: At, old: Sequence[Slot], new: Sequence[Slot]) -> Iterator[RuleChange]:
    found = matched(by_name(old, lambda s: s.slot), by_name(new, lambda s: s.slot))
    if not any(found):
        yield said(at, K.SLOT, "佐证要求的次序变了")
    for name, slot in found.gone.items():
        yield said(at, K.SLOT_REMOVED, f"删去佐证要求 {name}「{slot.title}」")
    for name, slot in found.come.items():
        yield said(at, K.SLOT_ADDED, f"增加佐证要求 {name}「{slot.title}」")
    for name, (one, other) in found.stayed.items():
        yield from (_led_by(change, f"佐证要求 {name} ") for change in differences(_plainly(at, K.SLOT), one, other, {}))


def _plainly(at: At, kind: K) -> At:
    """The same place, where every key is of one kind."""
    return at._replace(kinds={}, otherwise=kind)


def _led_by(change: RuleChange, lead: str) -> RuleChange:
    return change.model_copy(update={"text": lead + change.text})


def _authorities(at: At, old: Sequence[Authority], new: Sequence[Authority]) -> Iterator[RuleChange]:
    found = matched(by_name(old, _cited), by_name(new, _cited))
    if not any(found):
        yield said(at, K.AUTHORITY, "依据的次序变了")
    for name, authority in found.gone.items():
        there = at._replace(periods=(period_of(authority.in_force),))
        yield said(there, K.AUTHORITY_REMOVED, f"删去依据 {name}（{term_text(authority.in_force)}）")
    for name, authority in found.come.items():
        there = at._replace(periods=(period_of(authority.in_force),))
        yield said(there, K.AUTHORITY_ADDED, f"增加依据 {name}（{term_text(authority.in_force)}）")
    for name, (one, other) in found.stayed.items():
        there = _plainly(at, K.AUTHORITY)._replace(periods=(period_of(other.in_force),))
        changes = differences(there, one, other, {"in_force": _authority_moved})
        yield from (_led_by(change, f"依据 {name} ") for change in changes)


def _cited(authority: Authority) -> str:
    return f"{authority.document}{authority.locator}"


def _authority_moved(at: At, old: Authority, new: Authority) -> Iterator[RuleChange]:
    there = at._replace(periods=moved(old.in_force, new.in_force))
    if old.in_force.to is None and new.in_force.to is not None and old.in_force.from_ == new.in_force.from_:
        yield said(there, K.AUTHORITY_ENDED, f"到{new.in_force.to}为止，不再执行")
    else:
        yield told(there, "in_force", term_text(old.in_force), term_text(new.in_force))
