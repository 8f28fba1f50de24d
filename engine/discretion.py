"""What one unit may read of an assessment: how many others fall short, never which, nor by how much (只看本单位)."""

from collections.abc import Iterable

from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import ValueShown


def without_others(text: str, others: Iterable[str]) -> str:
    """A told gap without other units' own figures: what is said of them by name is cut down to how many they are.

    >>> without_others("还差1件；2个单位不达标：甲局现为否、乙局现为否", ["甲局", "乙局"])
    '还差1件；2个单位不达标'
    """
    others = tuple(others)
    kept = []
    for part in text.split("；"):
        at = min((part.find(name) for name in others if name in part), default=-1)
        head = part if at < 0 else _without_lead_in(part[:at].rpartition("：")[0])
        if head:
            kept.append(head)
    return "；".join(kept)


def _without_lead_in(text: str) -> str:
    """Leave out the words that only led on to names: 没报的."""
    told, comma, last = text.rpartition("，")
    return told if comma and last.endswith("的") else text


def own_gap(gap: Gap, others: Iterable[str]) -> Gap:
    """A gap as a unit may read it: how many others fall short, never which and by how much."""
    others = tuple(others)
    current, missing = without_others(gap.current, others), without_others(gap.missing, others)
    detail = gap.detail.replace(gap.current, current, 1).replace(gap.missing, missing, 1)
    return gap.model_copy(update={"current": current, "missing": missing, "detail": detail})


def own_finding(finding: Finding, own: frozenset[str], others: frozenset[str]) -> Finding:
    """A finding as a unit may read it: its own line alone, and no step of the trace that another unit's figure made."""
    elements = tuple(
        element.model_copy(update={"value": _own_value(element.value, own)}) if element.value is not None else element
        for element in finding.elements
    )
    return finding.model_copy(
        update={
            "value": _own_value(finding.value, own) if finding.value is not None else None,
            "elements": elements,
            "slots": tuple(
                slot.model_copy(update={"lacking": tuple(name for name in slot.lacking if name in own)})
                for slot in finding.slots
            ),
            "distance": tuple(
                one.model_copy(
                    update={"missing": without_others(one.missing, others), "text": without_others(one.text, others)}
                )
                for one in finding.distance
            ),
            "state": finding.state.model_copy(update={"needed": without_others(finding.state.needed or "", others) or None}),
            "trace": tuple(line for line in finding.trace if not any(name in line.text for name in others)),
        }
    )


def _own_value(value: ValueShown, own: frozenset[str]) -> ValueShown:
    return value.model_copy(update={"members": tuple(member for member in value.members if member.unit in own)})
