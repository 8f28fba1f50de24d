"""Which measures a measure is worked out from, and which can contradict each other (勾稽成组)."""

from collections.abc import Iterator

from engine.models import ruleset as model
from engine.rulesets import inputs_of

Measures = dict[str, model.Measure]


def hang_together(measures: Measures) -> dict[str, str]:
    """Every measure under the name of one that stands for all whose figures can contradict each other."""
    stands_for = {name: name for name in measures}

    def head(name: str) -> str:
        while stands_for[name] != name:
            name = stands_for[name]
        return name

    for name, measure in measures.items():
        for other in _must_agree_with(measure, measures):
            stands_for[head(name)] = head(other)
    return {name: head(name) for name in measures}


def _must_agree_with(measure: model.Measure, measures: Measures) -> Iterator[str]:
    if isinstance(measure, model.Counted):
        yield from measure.parts
        yield from [measure.part_of] if measure.part_of is not None else []
    elif isinstance(measure, model.Dated):
        yield from [measure.not_before] if measure.not_before is not None else []
    elif isinstance(measure, model.Ratio):
        yield from all_inputs(measure, measures)


def all_inputs(measure: model.Measure, measures: Measures) -> tuple[str, ...]:
    """Every measure that one is worked out from, however far below."""
    found: set[str] = set()
    todo = list(inputs_of(measure))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += inputs_of(measures[name])
    return tuple(sorted(found))
