"""How fast fazhi is beside other rules engines, on the same rules and the same facts, with equal verdicts.

Every rule holds a share of two counts against a bound: met, not met, or unknown where a count is missing or nothing was due.
All engines take turns in one process; before anything is timed, every one of them must have given the same verdicts. A peer that
is not installed is said to be missing, never left out in silence. ``make bench`` installs them.

    python benchmarks/engines.py [--rounds 5] [--rules 100 230] [--units 1 1000] [--many 100000] [--json F] [--svg F]
"""

import argparse
import importlib.util
import json
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("FAZHI_CACHE", "")

import numpy as np
import polars as pl

from engine.assessment import assess
from engine.bulk import judge_chunk
from engine.kernel import Kernel
from engine.lowering import Frame
from engine.lowering import rules_for
from engine.models import ruleset as model
from engine.models.exact import PartialDate
from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Unit
from engine.rulesets import load_ruleset

MET, NOT_MET, UNKNOWN = 2, 0, 1
NAMES = {"MET": MET, "NOT_MET": NOT_MET, "UNKNOWN": UNKNOWN}
FRAME = Frame("county", False, date(2020, 1, 1), date(2020, 12, 31), date(2021, 3, 31))
BOUNDS = (50, 60, 75, 80, 90, 95, 100)
SLOWEST = 20.0
Verdicts = list[list[int]]
Units = list[dict[str, int | None]]


def bound_of(rule: int) -> int:
    return BOUNDS[rule % len(BOUNDS)]


def make_rules(rules: int) -> model.Ruleset:
    """A ruleset of so many shares; header and calendar are the shipped ones."""
    shipped, _ = load_ruleset(Path(__file__).parents[1] / "rulesets" / "lbg-2021")
    assert shipped is not None
    measures: dict[str, Any] = {}
    indicators = []
    for n in range(rules):
        measures |= {f"a{n}": {"kind": "count", "label": f"a{n}"}, f"b{n}": {"kind": "count", "label": f"b{n}"}}
        share = {"kind": "ratio", "label": f"r{n}", "direction": "higher", "numerator": f"a{n}", "denominator": f"b{n}"}
        measures[f"r{n}"] = {**share, "when_none_due": "not_applicable"}
        indicators.append(
            {
                "id": f"I-{n}", "official_no": None, "text_status": "local", "title": f"r{n}", "requirement": "应当办好。",
                "kind": "dynamic", "clock": "standing", "lead_unit": next(iter(shipped.header.roles)),
                "measure": f"r{n}", "award": "all_or_nothing", "meets": {"at_least": f"{bound_of(n)}%"},
                "remedy": {"action": "办好", "effort_days": 10, "can_fix_past": False},
            }
        )  # fmt: skip
    pillar = model.Pillar.model_validate({"id": "P1", "title": "试例", "short": "试例", "indicators": indicators})
    profile = model.Profile.model_validate(
        {"id": "plain", "title": "试例", "status": "assumption", "basis": "试例", "maximum": Fraction(rules), "na_policy": "rescale",
         "points": {f"I-{n}": "1" for n in range(rules)}}
    )  # fmt: skip
    measured = model.Measures.model_validate({"measures": measures}).measures
    return model.Ruleset(
        header=shipped.header, measures=measured, pillars=(pillar,), profiles={"plain": profile}, calendar=shipped.calendar
    )


def make_units(rules: int, units: int) -> Units:
    chance = random.Random(20240101)
    made: Units = []
    for _ in range(units):
        unit: dict[str, int | None] = {}
        for n in range(rules):
            due = chance.choice([None, 0, 1, 7, 20, 100, 512])
            unit[f"b{n}"] = due
            unit[f"a{n}"] = None if due is None or chance.random() < 0.08 else chance.randint(due // 2, due)
        made.append(unit)
    return made


# --- the engines: each is given the rules and hands back how it judges units ----------------------------------------


def fazhi_plain(rules: int) -> Callable[[Units], Verdicts]:
    """Full assessments on both tracks, with gaps and trace."""
    ruleset = make_rules(rules)
    period = {"from": PartialDate("2020-01-01"), "to": PartialDate("2020-12-31")}
    unit = Unit(name="县", kind="government", level="county", legislative_power=False)

    def run(units: Units) -> Verdicts:
        found: Verdicts = []
        for cells in units:
            facts = tuple(Fact(measure=name, value=str(value)) for name, value in cells.items() if value is not None)
            head = SubmissionFile(unit=unit, period=period, as_of=FRAME.as_of, facts=facts)
            submission = Submission(head=head, evidence=(), tables={}, files={}, inputs=())
            assessment, _ = assess(ruleset, ruleset.profiles["plain"], submission)
            assert assessment is not None
            found.append([NAMES[finding.claimed.outcome.value] for finding in assessment.findings])
        return found

    return run


def fazhi_columns(rules: int) -> Callable[[Any], Any]:
    """The columnar kernel: both tracks, points and scores."""
    ruleset = make_rules(rules)
    columns = [f"{letter}{n}" for n in range(rules) for letter in "ab"]
    kernel = Kernel(rules_for(ruleset, ruleset.profiles["plain"], FRAME, columns), columns)
    return lambda table: judge_chunk(kernel, table).results


def numpy_by_hand(rules: int) -> Callable[[Any], Any]:
    """The floor: verdicts only, written by hand."""
    bounds = np.array([bound_of(n) for n in range(rules)], dtype=np.int64)[:, None]

    def run(counts: tuple[Any, Any]) -> Any:
        top, bottom = counts
        unknown = (top < 0) | (bottom <= 0)
        return np.where(unknown, UNKNOWN, np.where(top * 100 >= bottom * bounds, MET, NOT_MET))

    return run


def zen(rules: int) -> Callable[[Units], Verdicts]:
    """One graph with one expression node."""
    import zen as engine

    lines = [
        {"id": f"e{n}", "key": f"v{n}",
         "value": f"a{n} == null or b{n} == null or b{n} == 0 ? 1 : (a{n} * 100 >= b{n} * {bound_of(n)} ? 2 : 0)"}
        for n in range(rules)
    ]  # fmt: skip
    nodes = [
        {"id": "i", "name": "i", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "x", "name": "x", "type": "expressionNode", "content": {"expressions": lines}, "position": {"x": 1, "y": 0}},
        {"id": "o", "name": "o", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [{"id": f"{a}{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in ("ix", "xo")]
    decision = engine.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def run(units: Units) -> Verdicts:
        results = (decision.evaluate(unit)["result"] for unit in units)
        return [[int(result[f"v{n}"]) for n in range(rules)] for result in results]

    return run


def cel(rules: int) -> Callable[[Units], Verdicts]:
    """One compiled program a rule."""
    from cel import Context
    from cel import compile as compiled

    programs = [
        compiled(f"a{n} == null || b{n} == null || b{n} == 0 ? 1 : (a{n} * 100 >= b{n} * {bound_of(n)} ? 2 : 0)")
        for n in range(rules)
    ]

    def run(units: Units) -> Verdicts:
        contexts = (Context(variables=unit) for unit in units)
        return [[int(program.execute(context)) for program in programs] for context in contexts]

    return run


def rule_engine(rules: int) -> Callable[[Units], Verdicts]:
    """One compiled rule a rule."""
    from rule_engine import Rule

    made = [
        Rule(f"a{n} == null or b{n} == null or b{n} == 0 ? 1 : (a{n} * 100 >= b{n} * {bound_of(n)} ? 2 : 0)")
        for n in range(rules)
    ]
    return lambda units: [[int(rule.evaluate(unit)) for rule in made] for unit in units]


def openfisca(rules: int) -> Callable[[Any], Any]:
    """One variable a rule over one entity, computed for all units at once."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    entity = build_entity("unit", "units", "", is_person=True)
    system = TaxBenefitSystem([entity])
    common = {"value_type": int, "entity": entity, "definition_period": DateUnit.YEAR, "label": ""}

    def formula_of(n: int) -> Callable[[Any, Any], Any]:
        def formula(units: Any, period: Any) -> Any:
            top, bottom = units(f"a{n}", period).astype(np.int64), units(f"b{n}", period).astype(np.int64)
            met = np.where(top * 100 >= bottom * bound_of(n), MET, NOT_MET)
            return np.where((top < 0) | (bottom <= 0), UNKNOWN, met)

        return formula

    for n in range(rules):
        for name in (f"a{n}", f"b{n}"):
            system.add_variable(type(name, (Variable,), {**common, "default_value": -1}))
        system.add_variable(type(f"v{n}", (Variable,), {**common, "formula": formula_of(n)}))

    def run(counts: tuple[Any, Any]) -> Any:
        top, bottom = counts
        builder = SimulationBuilder()
        simulation = builder.build_default_simulation(system, count=top.shape[1])
        for n in range(rules):
            simulation.set_input(f"a{n}", "2020", top[n])
            simulation.set_input(f"b{n}", "2020", bottom[n])
        return np.array([simulation.calculate(f"v{n}", "2020") for n in range(rules)])

    return run


ROWS = {
    "fazhi, full assessment": fazhi_plain,
    "zen-engine": zen,
    "common-expression-language": cel,
    "rule-engine": rule_engine,
}
COLUMNS = {"fazhi, columns with points": fazhi_columns, "openfisca-core": openfisca, "numpy by hand": numpy_by_hand}
MODULES = {
    "zen-engine": "zen",
    "common-expression-language": "cel",
    "rule-engine": "rule_engine",
    "openfisca-core": "openfisca_core",
}


# --- the runs -------------------------------------------------------------------------------------------------------


def as_columns(units: Units, rules: int) -> dict[str, Any]:
    """The same facts as each engine of columns takes them."""
    table = pl.DataFrame(
        {"row": range(len(units)), "unit": [str(n) for n in range(len(units))],
         **{f"{letter}{n}": pl.Series([u[f"{letter}{n}"] for u in units], dtype=pl.Int64) for n in range(rules) for letter in "ab"}}
    )  # fmt: skip
    counts = tuple(
        np.array([table[f"{letter}{n}"].fill_null(-1).to_numpy() for n in range(rules)], dtype=np.int64) for letter in "ab"
    )
    return {"fazhi, columns with points": table, "openfisca-core": counts, "numpy by hand": counts}


def as_verdicts(name: str, result: Any, rules: int) -> Verdicts:
    if name == "fazhi, columns with points":
        words = [[NAMES[word] for word in result[f"I-{n}.claimed"].to_list()] for n in range(rules)]
        return [list(row) for row in zip(*words, strict=True)]
    return [list(map(int, row)) for row in np.asarray(result).T]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(rules: int, units: int, rounds: int, engines: dict[str, Callable[..., Any]]) -> dict[str, Any]:
    """Let the engines take turns on the same units; each must have given the verdicts of the first one."""
    facts = make_units(rules, min(units, 1000)) * max(1, units // 1000)
    columns = as_columns(facts, rules) if any(name in COLUMNS for name in engines) else {}
    expected = as_verdicts("numpy by hand", numpy_by_hand(rules)(as_columns(facts, rules)["numpy by hand"]), rules)
    took: dict[str, list[float]] = {}
    for name, run in engines.items():
        given = columns[name] if name in COLUMNS else facts
        result = run(given)
        verdicts = as_verdicts(name, result, rules) if name in COLUMNS else result
        assert verdicts == expected, f"{name} says otherwise"
        took[name] = []
    for _ in range(rounds):
        for name, run in engines.items():
            given = columns[name] if name in COLUMNS else facts
            took[name].append(timed(lambda run=run, given=given: run(given)))
    return {
        "rules": rules,
        "units": units,
        "microseconds_a_unit": {
            name: {
                "median": round(1e6 * statistics.median(times) / units, 2),
                "least": round(1e6 * min(times) / units, 2),
                "most": round(1e6 * max(times) / units, 2),
            }
            for name, times in took.items()
        },
    }


def growth(rounds: int) -> dict[str, float]:
    """By which power the time of a full assessment grows with rules, and that of the columns with units."""

    def power(sizes: list[int], times: list[float]) -> float:
        x, y = [math.log(size) for size in sizes], [math.log(seconds) for seconds in times]
        return round(statistics.linear_regression(x, y).slope, 2)

    sizes = [10, 100, 1000]
    by_rules = [
        statistics.median(timed(lambda run=run, facts=facts: run(facts)) for _ in range(rounds))
        for run, facts in ((fazhi_plain(size), make_units(size, 1)) for size in sizes)
    ]
    kernel, many = fazhi_columns(100), [1000, 10_000, 100_000]
    tables = [as_columns(make_units(100, min(size, 1000)), 100)["fazhi, columns with points"] for size in many]
    tables = [
        pl.concat([table] * (size // 1000)) if size > 1000 else table for size, table in zip(many, tables, strict=True)
    ]
    kernel(tables[0])
    by_units = [statistics.median(timed(lambda table=table: kernel(table)) for _ in range(rounds)) for table in tables]
    return {
        "full assessment, rules 10 to 1000": power(sizes, by_rules),
        "columns, units 1000 to 100000": power(many, by_units),
    }


def svg_of(runs: list[dict[str, Any]]) -> str:
    """Bars on a logarithmic scale, one group a run."""
    lines, y = [], 24
    for run in runs:
        lines.append(f'<text x="8" y="{y}" font-weight="bold">{run["rules"]} rules, {run["units"]} units: µs a unit</text>')
        for name, times in sorted(run["microseconds_a_unit"].items(), key=lambda pair: pair[1]["median"]):
            y += 22
            width = max(2, round(60 * math.log10(max(1.2, times["median"] * 10))))
            lines.append(f'<text x="200" y="{y}" text-anchor="end">{name}</text>')
            colour = "#b3261e" if name.startswith("fazhi") else "#7a8794"
            lines.append(f'<rect x="208" y="{y - 12}" width="{width}" height="15" fill="{colour}"/>')
            lines.append(f'<text x="{214 + width}" y="{y}">{times["median"]:g}</text>')
        y += 36
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{y}" font-family="sans-serif" font-size="13">'
    return "\n".join([head, *lines, "</svg>"]) + "\n"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--rules", type=int, nargs="+", default=[100, 230])
    options.add_argument("--units", type=int, nargs="+", default=[1, 1000])
    options.add_argument("--many", type=int, default=100_000)
    options.add_argument("--json", type=Path)
    options.add_argument("--svg", type=Path)
    asked = options.parse_args()
    missing = sorted(name for name, module in MODULES.items() if importlib.util.find_spec(module) is None)
    runs: list[dict[str, Any]] = []
    for rules in asked.rules:
        rows = {name: make(rules) for name, make in ROWS.items() if name not in missing}
        columns = {name: make(rules) for name, make in COLUMNS.items() if name not in missing}
        for units in asked.units:
            sample = make_units(rules, min(units, 10))
            bearable = {
                n: run for n, run in rows.items() if timed(lambda run=run: run(sample)) * units / len(sample) < SLOWEST
            }
            runs.append(
                measure(rules, units, asked.rounds, {**bearable, **columns}) | {"too_slow": sorted({*rows} - {*bearable})}
            )
        if asked.many:
            runs.append(measure(rules, asked.many, asked.rounds, columns))
    result = {"rounds": asked.rounds, "missing": missing, "verdicts": "equal", "runs": runs, "growth": growth(asked.rounds)}
    text = json.dumps(result, indent=2, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    if asked.svg:
        asked.svg.write_text(svg_of(runs), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
