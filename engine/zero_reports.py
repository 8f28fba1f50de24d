"""Zero reports against figures (零报告核对): who reports cases cannot also report that there were none."""

from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.ruleset import Indicator
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.scope import Scope


def contradicted_zero_reports(evidence: tuple[EvidenceItem, ...], scope: Scope) -> frozenset[str]:
    """The items that say that nothing was due, for an indicator of which every figure says that something was (E13)."""
    return frozenset(item.id for item in evidence if is_contradicted(item, scope))


def is_contradicted(item: EvidenceItem, scope: Scope) -> bool:
    """Whether one item says that nothing was due where every figure says that something was."""
    for_none = scope.ruleset.once(_asked_for_none)
    asked = (for_none.get((proof.indicator, proof.slot)) for proof in item.proves)
    return any(indicator is not None and _happened_throughout(indicator, scope) for indicator in asked)


def _asked_for_none(ruleset: Ruleset) -> dict[tuple[str, str], Indicator]:
    """The indicators that ask for a report that nothing was due, by indicator and slot."""
    return {(i.id, slot.slot): i for i in ruleset.indicators for slot in i.evidence if slot.for_none}


def _happened_throughout(indicator: Indicator, scope: Scope) -> bool:
    measures = [probe.measure for probe in indicator.elements or (indicator,) if probe.measure is not None]
    return bool(measures) and all(_happened(name, scope) for name in measures)


def _happened(name: str, scope: Scope) -> bool:
    """Whether what a measure is about is known to have happened at least once."""
    measure = scope.ruleset.measures[name]
    if isinstance(measure, model.Ratio):
        return _happened(measure.denominator, scope)
    if isinstance(measure, model.OnTimeShare | model.ProcedureShare):
        return _happened(measure.of, scope)
    if not isinstance(measure, model.Counted | model.Events | model.Records | model.CountInPeriod):
        return False
    value = measure_value(name, scope).value
    return value is not None and value.low is not None and (value.low > 0 or value.low_open)
