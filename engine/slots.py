"""What of an indicator is proven: evidence uses counted against the slots that ask for them (佐证要求)."""

from collections.abc import Iterable
from typing import Literal

from engine.acceptance import touches
from engine.models.admitted import AdmittedItem
from engine.models.admitted import Claim
from engine.models.appraisal import Part
from engine.models.measured import Cause
from engine.models.result import SlotShown
from engine.models.ruleset import Element
from engine.models.ruleset import Indicator
from engine.models.ruleset import Need
from engine.models.ruleset import Slot
from engine.models.submission import Unit
from engine.periods import Window
from engine.scope import members_with

Items = tuple[AdmittedItem, ...]

# A title without a file or address, what may not be entered at all, and what was taken back: none of it claims anything.
NOT_EVIDENCE = {"E17", "E18", "WITHDRAWN"}


def items_by_indicator(items: Items) -> dict[str, Items]:
    """What was filed for each indicator, in its order: an item that serves several stands with each of them."""
    filed: dict[str, list[AdmittedItem]] = {}
    for admitted in items:
        for indicator in {use.indicator for use in admitted.uses}:
            filed.setdefault(indicator, []).append(admitted)
    return {indicator: tuple(those) for indicator, those in filed.items()}


def fill_slot(indicator: Indicator, slot: Slot, items: Items, unit: Unit, short: frozenset[str] = frozenset()) -> SlotShown:
    """Count what was filed for a slot and what of it was accepted.

    ``short`` names the members that say themselves that they fall short: of them no proof is asked.
    """
    uses = [use for admitted in items for use in admitted.uses if use.indicator == indicator.id and use.slot == slot.slot]
    good = [use for use in uses if use.accepted]
    lacking: tuple[str, ...] = ()
    units_unknown = False
    required, have = slot.count, len({use.item for use in good})
    if slot.by == "each_member":
        roles = next((p.each_member.roles for p in (indicator, *indicator.elements) if p.each_member), ())
        every, expected = members_with(roles, unit)
        names = [name for name in every if (name or unit.name) not in short]
        per_unit = [sum(use.unit == name for use in good) for name in names]
        lacking = tuple(name or unit.name for name, count in zip(names, per_unit, strict=True) if count < slot.count)
        units_unknown = expected is None
        asked = 1 if expected is None else expected - (len(every) - len(names))
        required, have = asked * slot.count, sum(min(count, slot.count) for count in per_unit)
    codes = tuple(sorted({code for use in uses for code in use.codes}))
    status: Literal["accepted", "returned", "missing", "incomplete"]
    if have >= required and not units_unknown:
        status = "accepted"
    elif have:
        status = "incomplete"
    else:
        status = "returned" if uses else "missing"
    return SlotShown(
        slot=slot.slot,
        title=slot.title,
        status=status,
        required=required,
        accepted=have,
        items=tuple(sorted({use.item for use in uses})),
        codes=codes,
        lacking=lacking,
        units_unknown=units_unknown,
    )


def needed_slots(slots: tuple[SlotShown, ...], indicator: Indicator, parts: Iterable[Part]) -> tuple[SlotShown, ...]:
    """A zero report is needed only where nothing was due."""
    none_due = any(part.cause is Cause.NONE_DUE or part.dropped for part in parts)
    for_none = {slot.slot for slot in indicator.evidence if slot.for_none}
    return tuple(
        slot.model_copy(update={"status": "not_needed"})
        if slot.slot in for_none and not none_due or slot.slot not in for_none and _all_dropped(parts)
        else slot
        for slot in slots
    )


def _all_dropped(parts: Iterable[Part]) -> bool:
    return all(part.dropped for part in parts)


def is_proven(indicator: Indicator, element: Element | None, slots: tuple[SlotShown, ...], items: Items) -> bool:
    """Whether accepted evidence fills every slot that a part asks for; a part that asks for none is never proven."""
    filled = {slot.slot for slot in slots if slot.status == "accepted"}
    asked = set(asked_slots(indicator, element))
    return bool(asked) and asked <= filled and not lacking_needs(indicator, element, items)


def asked_slots(indicator: Indicator, element: Element | None) -> tuple[str, ...]:
    """The slots that are to prove a part: an element's own, or all but the reports that nothing happened."""
    if element is not None:
        return element.proof
    return tuple(slot.slot for slot in indicator.evidence if not slot.for_none)


def lacking_needs(indicator: Indicator, element: Element | None, items: Items) -> tuple[Need, ...]:
    """What an element needs its proof to bear, and no accepted item of it bears."""
    if element is None:
        return ()
    return tuple(need for need in element.needs if not _need_met(need, indicator, element, items))


def _need_met(need: Need, indicator: Indicator, element: Element, items: Items) -> bool:
    return any(
        carries(admitted, need)
        for admitted in items
        for use in admitted.uses
        if use.accepted and use.indicator == indicator.id and use.slot in element.proof
    )


def carries(admitted: AdmittedItem, need: Need) -> bool:
    """Whether an item bears what a part needs its proof to bear."""
    item = admitted.item
    return {
        Need.PUBLIC_URL: item.url is not None,
        Need.NUMBER: item.number is not None,
        Need.SIGNATURE: bool(item.signed_by or item.sealed),
        Need.OUTSIDE: item.source_class == "outside",
    }[need]


def none_is_proven(indicator: Indicator, slots: tuple[SlotShown, ...]) -> bool:
    """Whether a zero report was asked for and accepted: a bare zero never leaves the denominator."""
    asked = {slot.slot for slot in indicator.evidence if slot.for_none}
    filled = {slot.slot for slot in slots if slot.status == "accepted"}
    return bool(asked) and asked <= filled


def filed_claim(indicator: Indicator, element: Element, window: Window, items: Items) -> Claim | None:
    """A filed item claims its element for the time it speaks of, returned or not; what is no evidence claims nothing."""
    standing = {slot.slot for slot in indicator.evidence if slot.period == "any"}
    filed = [
        (admitted, use)
        for admitted in items
        for use in admitted.uses
        if use.indicator == indicator.id
        and use.slot in element.proof
        and not set(use.codes) & NOT_EVIDENCE
        and (use.slot in standing or touches(admitted.item, window))
    ]
    complete = {use.slot for _, use in filed} >= set(element.proof)
    carried = all(any(carries(admitted, need) for admitted, _ in filed) for need in element.needs)
    return Claim(value=True, facts=()) if filed and complete and carried else None
