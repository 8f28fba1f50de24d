"""What rules are made of, for whoever reads them: the measures below a measure, what names one, the digest of it all."""

from collections.abc import Iterator

from engine.formulas import names_in
from engine.formulas import parse_formula
from engine.models import ruleset as model
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.sources import digest_of


def digest_of_ruleset(ruleset: Ruleset) -> str:
    """The digest over everything that the rules say, wherever it stands."""
    return digest_of(ruleset.model_copy(update={"digest": ""}))


def inputs_of(measure: Measure) -> tuple[str, ...]:
    """The measures that a measure is computed from."""
    if isinstance(measure, model.Ratio):
        return measure.numerator, measure.denominator
    if isinstance(measure, model.Formula):
        tree = parse_formula(measure.expression)
        return tuple(sorted(set(names_in(tree)))) if tree is not None else ()
    if isinstance(measure, model.OnTimeShare | model.ProcedureShare | model.CountInPeriod | model.Every | model.Trend):
        return (measure.of,)
    return ()


def probes_of(indicator: Indicator) -> Iterator[model.Probe]:
    """The indicator and its elements: everything that names a measure."""
    yield indicator
    yield from indicator.elements


def indicators_by_id(ruleset: Ruleset) -> dict[str, Indicator]:
    """Every indicator by its id."""
    return {indicator.id: indicator for indicator in ruleset.indicators}


def element_titles(ruleset: Ruleset) -> dict[str, str]:
    """The title of every element, by the name under which it is claimed."""
    return {f"{i.id}.{e.key}": e.title for i in ruleset.indicators for e in i.elements}


def names_behind(ruleset: Ruleset) -> dict[str, frozenset[str]]:
    """By indicator: itself, its elements, and every measure that it reads, directly or through another."""
    return {indicator.id: _names_behind(indicator, ruleset.measures) for indicator in ruleset.indicators}


def _names_behind(indicator: Indicator, measures: dict[str, Measure]) -> frozenset[str]:
    todo = [*indicator.monitors, *(probe.measure for probe in probes_of(indicator) if probe.measure)]
    names = {indicator.id, *(f"{indicator.id}.{element.key}" for element in indicator.elements)}
    while todo:
        name = todo.pop()
        if name not in names:
            names.add(name)
            todo += inputs_of(measures[name])
    return frozenset(names)
