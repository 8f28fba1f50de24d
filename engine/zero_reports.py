"""Zero reports against figures (零报告核对): who reports cases cannot also report that there were none."""

from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.ruleset import Indicator
from engine.models.submission import EvidenceItem
from engine.scope import Scope


def contradicted_zero_reports(evidence: tuple[EvidenceItem, ...], scope: Scope) -> frozenset[str]:
    """The items that say that nothing was due, for an indicator of which every figure says that something was (E13)."""
    for_none = {
        (indicator.id, slot.slot)
        for indicator in scope.ruleset.indicators
        for slot in indicator.evidence
        if slot.for_none and _happened_throughout(indicator, scope)
    }
    return frozenset(item.id for item in evidence if any((proof.indicator, proof.slot) in for_none for proof in item.proves))


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
