"""How far a change of what was submitted can reach (波及): measures that hang together, and the indicators that read them.

The measures of a ruleset fall apart into islands. What is stated of one island is admitted, compared and measured without
a look at any other, so that a change stays on its island, and with the indicators that read anything on it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from engine.inference import heard
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.narrowing import islands
from engine.narrowing import named_by
from engine.rule_parts import indicators_by_id
from engine.rule_parts import probes_of


class Reach(NamedTuple):
    """What of a ruleset can be reached from where.

    Attributes:
        islands: By measure, everything that any chain of computing or comparing ties to it, itself included, as rules of
            their own.
        readers: By measure, element or indicator, the indicators that anything said of it can reach.
        pillars, positions: By indicator.
        rated: The measures and indicators of which those who file them may not rate them.
        heard: What any clause or tally looks at.
    """

    ruleset: Ruleset
    indicators: dict[str, Indicator]
    islands: dict[str, Ruleset]
    readers: dict[str, frozenset[str]]
    pillars: dict[str, str]
    positions: dict[str, int]
    rated: frozenset[str]
    heard: frozenset[tuple[str, str, str]]


def reach_of(ruleset: Ruleset) -> Reach:
    """Follow everything that a ruleset says, once."""
    indicators = ruleset.once(indicators_by_id)
    islands = _islands(ruleset)
    return Reach(
        ruleset=ruleset,
        indicators=indicators,
        islands=islands,
        readers=_readers(indicators, islands),
        pillars={indicator.id: pillar.id for pillar in ruleset.pillars for indicator in pillar.indicators},
        positions={name: at for at, name in enumerate(indicators)},
        rated=frozenset(name for i in ruleset.indicators if i.rating for name in (i.id, *_measured(i))),
        heard=heard(ruleset),
    )


def _measured(indicator: Indicator) -> Iterator[str]:
    return (probe.measure for probe in probes_of(indicator) if probe.measure)


def _islands(ruleset: Ruleset) -> dict[str, Ruleset]:
    measures, found = ruleset.measures, dict[str, Ruleset]()
    for start, island in islands(measures).items():
        if start not in found:
            found |= dict.fromkeys(island, confined(ruleset, {name: measures[name] for name in sorted(island)}))
    return found


def confined(ruleset: Ruleset, measures: dict[str, Measure]) -> Ruleset:
    """The rules by which some measures are admitted and measured: nothing is judged by them."""
    return ruleset.model_copy(update={"measures": measures, "pillars": ()})


def _readers(indicators: dict[str, Indicator], islands: dict[str, Ruleset]) -> dict[str, frozenset[str]]:
    readers: dict[str, set[str]] = {}
    for indicator in indicators.values():
        own = [indicator.id, *(f"{indicator.id}.{element.key}" for element in indicator.elements)]
        for name in (*own, *(tied for named in named_by(indicator) for tied in islands[named].measures)):
            readers.setdefault(name, set()).add(indicator.id)
    return {name: frozenset(found) for name, found in readers.items()}
