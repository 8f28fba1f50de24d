"""Zero reports against figures (零报告核对): who reports cases cannot also report that there were none."""

from collections.abc import Mapping

from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.ruleset import Indicator
from engine.models.submission import EvidenceItem
from engine.scope import Scope


def contradicted_zero_reports(evidence: tuple[EvidenceItem, ...], scope: Scope) -> frozenset[str]:
    """The items that say that nothing was due, for an indicator of which every figure says that something was (E13)."""
    indicators = {indicator.id: indicator for indicator in scope.ruleset.indicators}
    return frozenset(item.id for item in evidence if is_contradicted(item, indicators, scope))


def is_contradicted(item: EvidenceItem, indicators: Mapping[str, Indicator], scope: Scope) -> bool:
    """Whether one item says that nothing was due where every figure says that something was."""
    return any(
        proof.indicator in indicators
        and any(slot.for_none and slot.slot == proof.slot for slot in indicators[proof.indicator].evidence)
        and _happened_throughout(indicators[proof.indicator], scope)
        for proof in item.proves
    )


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
