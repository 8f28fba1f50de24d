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
