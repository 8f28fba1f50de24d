"""fazhi and the engines beside it, each given the same rules. Every import is inside, so that each pays for its own.

An engine is made of two functions: one brings units into the form that the engine takes (not timed: for fazhi's assessment that
is a submission, for engines of rows mappings, for engines of columns arrays), one judges them and is timed.
"""

import json
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

from workload import COUNT
from workload import MET
from workload import NOT_MET
from workload import SAID
from workload import SHARE
from workload import UNKNOWN
from workload import Units
from workload import bound_of
from workload import cells_of
from workload import columns_of
from workload import expression_of
from workload import kind_of
from workload import make_rules

Verdicts = list[list[int]]
NAMES = {"MET": MET, "NOT_MET": NOT_MET, "UNKNOWN": UNKNOWN}


class Engine(NamedTuple):
    """How units are brought into form, judged, and what was said of what is claimed."""

    prepare: Callable[[Units], Any]
    judge: Callable[[Any], Any]
    verdicts: Callable[[Any], Verdicts] = lambda verdicts: verdicts


def _frame() -> Any:
    from datetime import date

    from engine.lowering import Frame

    return Frame("county", False, date(2020, 1, 1), date(2020, 12, 31), date(2021, 3, 31))


def _asked(rules: int, documents: bool) -> tuple[Any, list[str]]:
    from engine.lowering import rules_for

    ruleset, columns = make_rules(rules), columns_of(rules, documents)
    return rules_for(ruleset, ruleset.profiles["plain"], _frame(), columns), columns


# --- fazhi ----------------------------------------------------------------------------------------------------------


def fazhi_assessment(rules: int, ruleset: Any = None) -> Engine:
    """Full assessments on both tracks, with gaps and trace. No document is on file: a submission would bring it as an item."""
    from engine.assessment import assess
    from engine.lowering import facts_of
    from engine.models.exact import PartialDate
    from engine.models.submission import Submission
    from engine.models.submission import SubmissionFile
    from engine.models.submission import Unit

    ruleset = ruleset or make_rules(rules)
    period = {"from": PartialDate("2020-01-01"), "to": PartialDate("2020-12-31")}
    unit = Unit(name="县", kind="government", level="county", legislative_power=False)

    def prepare(units: Units) -> Any:
        stated = [facts_of({n: v for n, v in cells_of(given).items() if "/" not in n}) for given in units]
        heads = [SubmissionFile(unit=unit, period=period, as_of=_frame().as_of, facts=facts) for facts in stated]
        return [Submission(head=head, evidence=(), tables={}, files={}, inputs=()) for head in heads]

    def judge(submissions: Any) -> Any:
        return [assess(ruleset, ruleset.profiles["plain"], submission)[0] for submission in submissions]

    return Engine(prepare, judge, lambda found: [[NAMES[f.claimed.outcome.value] for f in one.findings] for one in found])


def fazhi_verdicts(rules: int) -> Engine:
    """The compiled rules: outcomes of both tracks by the facts alone, row by row."""
    from engine.answers import Answers
    from engine.compiled import compile_rules

    judge_one = compile_rules(Answers(*_asked(rules, documents=False)))
    names = [f"I-{n}" for n in range(rules)]

    def prepare(units: Units) -> Any:
        facts = [{name: value for name, value in cells_of(unit).items() if "/" not in name} for unit in units]
        return [{name: v if isinstance(v, bool) else int(v) for name, v in stated.items()} for stated in facts]

    return Engine(
        prepare,
        lambda rows: [judge_one(row) for row in rows],
        lambda found: [[NAMES[verdicts[name][1]] for name in names] for verdicts in found],
    )


def _fazhi_columns(rules: int, judge: Callable[[Any, Any], Any], documents: bool) -> Engine:
    import polars as pl

    from engine.kernel import Kernel

    kernel = Kernel(*_asked(rules, documents))

    def prepare(units: Units) -> Any:
        columns: dict[str, Any] = {"row": pl.Series(range(len(units))), "unit": [str(n) for n in range(len(units))]}
        for n in range(rules):
            said = kind_of(n) == SAID
            kind = pl.Boolean if said else pl.Int64
            own = [None if u[f"a{n}"] is None else bool(u[f"a{n}"]) if said else u[f"a{n}"] for u in units]
            columns[f"I-{n}.done" if said else f"a{n}"] = pl.Series(own, dtype=kind)
            if kind_of(n) == SHARE:
                columns[f"b{n}"] = pl.Series([u[f"b{n}"] for u in units], dtype=pl.Int64)
            if documents:
                columns[f"I-{n}/doc"] = pl.Series([u[f"p{n}"] for u in units], dtype=pl.Int64)
        return pl.DataFrame(columns)

    def verdicts(table: Any) -> Verdicts:
        said = [[NAMES[word] for word in table[f"I-{n}.claimed"].to_list()] for n in range(rules)]
        return [list(row) for row in zip(*said, strict=True)]

    return Engine(prepare, lambda table: judge(kernel, table).results, verdicts)


def fazhi_column_verdicts(rules: int) -> Engine:
    """The kernel without points: outcomes of both tracks by the facts alone."""
    from engine.bulk import find_outcomes

    return _fazhi_columns(rules, find_outcomes, documents=False)


def fazhi_column_scores(rules: int) -> Engine:
    """The kernel: outcomes, points of both tracks, totals, clauses."""
    from engine.bulk import judge_chunk

    return _fazhi_columns(rules, judge_chunk, documents=True)


# --- numpy by hand: the floor ---------------------------------------------------------------------------------------


def _arrays(units: Units, rules: int) -> Any:
    import numpy as np

    def column(name: str) -> Any:
        return np.array([-1 if unit.get(name) is None else unit[name] for unit in units], dtype=np.int64)

    return {f"{letter}{n}": column(f"{letter}{n}") for n in range(rules) for letter in "abp"}


def _verdict(given: Any, n: int) -> Any:
    import numpy as np

    own, due = given[f"a{n}"], given[f"b{n}"]
    if kind_of(n) == SHARE:
        met = np.where(own * 100 >= due * bound_of(n), np.int8(MET), np.int8(NOT_MET))
        return np.where((own < 0) | (due <= 0), np.int8(UNKNOWN), met)
    met = np.where(own >= (bound_of(n) if kind_of(n) == COUNT else 1), np.int8(MET), np.int8(NOT_MET))
    return np.where(own < 0, np.int8(UNKNOWN), met)


def _by_unit(columns: Any) -> Verdicts:
    import numpy as np

    return np.array(columns).T.tolist()


def numpy_verdicts(rules: int) -> Engine:
    """Verdicts of what is claimed, rule by rule, in the smallest numbers."""
    return Engine(
        lambda units: _arrays(units, rules), lambda given: [_verdict(given, n) for n in range(rules)], _by_unit
    )


def numpy_scores(rules: int) -> Engine:
    """Both tracks with points and totals, in the smallest numbers that hold them."""
    import numpy as np

    def judge(given: Any) -> Any:
        columns = []
        totals = np.zeros((4, len(given["a0"])), dtype=np.int64)
        for n in range(rules):
            claimed = _verdict(given, n)
            met, proven = claimed == MET, given[f"p{n}"] == 1
            own = np.where(met & ~proven, np.int8(UNKNOWN), claimed)
            points = np.int32(1000)
            amounts = (met * points, (met & proven) * points, (claimed != NOT_MET) * points, (claimed == NOT_MET) * points)
            for total, amount in zip(totals, amounts, strict=True):
                total += amount
            columns.append((claimed, own, *amounts))
        return columns, totals

    return Engine(lambda units: _arrays(units, rules), judge, lambda found: _by_unit([column[0] for column in found[0]]))


# --- other engines --------------------------------------------------------------------------------------------------


def zen(rules: int) -> Engine:
    """One graph with one expression node."""
    import zen as engine

    lines = [{"id": f"e{n}", "key": f"v{n}", "value": expression_of(n)} for n in range(rules)]
    nodes = [
        {"id": "i", "name": "i", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "x", "name": "x", "type": "expressionNode", "content": {"expressions": lines}, "position": {"x": 1, "y": 0}},
        {"id": "o", "name": "o", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [{"id": f"{a}{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in ("ix", "xo")]
    decision = engine.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def judge(units: Units) -> Verdicts:
        results = (decision.evaluate(unit)["result"] for unit in units)
        return [[int(result[f"v{n}"]) for n in range(rules)] for result in results]

    return Engine(lambda units: units, judge)


def cel(rules: int) -> Engine:
    """One compiled program a rule."""
    from cel import Context
    from cel import compile as compiled

    programs = [compiled(expression_of(n, both="||")) for n in range(rules)]

    def judge(units: Units) -> Verdicts:
        contexts = (Context(variables=unit) for unit in units)
        return [[int(program.execute(context)) for program in programs] for context in contexts]

    return Engine(lambda units: units, judge)


def rule_engine(rules: int) -> Engine:
    """One compiled rule a rule."""
    from rule_engine import Rule

    made = [Rule(expression_of(n)) for n in range(rules)]
    return Engine(lambda units: units, lambda units: [[int(rule.evaluate(unit)) for rule in made] for unit in units])


def durable(rules: int) -> Engine:
    """Three rules an indicator over one narrow fact each; shares come worked out, for conditions must not divide."""
    from durable import engine

    class Host(engine.Host):
        def _run(self) -> None:
            """No timer: the stock one reads sessions that were deleted."""

    said: dict[int, int] = {}

    def action(n: int, verdict: int) -> Callable[[Any], None]:
        def record(_: Any) -> None:
            said[n] = verdict

        return record

    found = {"boot": {"all": [{"m": {"kind": "boot"}}], "run": lambda c: None}}  # noqa: ARG005 - one parameter, as it must be
    for n in range(rules):
        bound = 100 * bound_of(n) if kind_of(n) == SHARE else bound_of(n) if kind_of(n) == COUNT else 1
        tests = {UNKNOWN: {"known": 0}, MET: {"$gte": {"value": bound}}, NOT_MET: {"$lt": {"value": bound}}}
        for verdict, test in tests.items():
            both = [{"kind": f"i{n}"}, test] if verdict == UNKNOWN else [{"kind": f"i{n}"}, {"known": 1}, test]
            found[f"r{n}v{verdict}"] = {"all": [{"m": {"$and": both}}], "run": action(n, verdict)}
    host = Host()
    host.set_rulesets({"r": found})

    def judge(units: Any) -> Verdicts:
        verdicts: Verdicts = []
        for facts in units:
            host.assert_fact("r", {"id": "boot", "sid": "u", "kind": "boot"})
            for fact in facts:
                host.assert_fact("r", fact)
            verdicts.append([said[n] for n in range(rules)])
            said.clear()
            host.delete_state("r", "u")
        return verdicts

    def prepare(units: Units) -> Any:
        return [[_narrow(n, unit) for n in range(rules)] for unit in units]

    return Engine(prepare, judge)


def _narrow(n: int, unit: dict[str, int | None]) -> dict[str, Any]:
    value, due = unit[f"a{n}"], unit.get(f"b{n}")
    if kind_of(n) == SHARE and value is not None:
        value = value * 10_000 // due if due else None
    known = {"known": 0, "value": 0} if value is None else {"known": 1, "value": value}
    return {"id": f"f{n}", "sid": "u", "kind": f"i{n}", **known}


def openfisca(rules: int) -> Engine:
    """One variable a rule over one entity, computed for all units at once."""
    import numpy as np
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
            names = [f"a{n}", f"b{n}"] if kind_of(n) == SHARE else [f"a{n}"]
            given = {name: units(name, period).astype(np.int64) for name in names}
            return _verdict({f"b{n}": None, **given}, n)

        return formula

    for n in range(rules):
        for name in (f"a{n}", f"b{n}"):
            system.add_variable(type(name, (Variable,), {**common, "default_value": -1}))
        system.add_variable(type(f"v{n}", (Variable,), {**common, "formula": formula_of(n)}))

    def judge(given: Any) -> Any:
        simulation = SimulationBuilder().build_default_simulation(system, count=len(given["a0"]))
        for n in range(rules):
            simulation.set_input(f"a{n}", "2020", given[f"a{n}"])
            simulation.set_input(f"b{n}", "2020", given[f"b{n}"])
        return [simulation.calculate(f"v{n}", "2020") for n in range(rules)]

    return Engine(lambda units: _arrays(units, rules), judge, _by_unit)


def duckdb(rules: int) -> Engine:
    """One CASE column a rule over a table in memory, fetched as arrays."""
    import duckdb as engine
    import polars as pl

    cases = []
    for n in range(rules):
        a, b, bound = f"a{n}", f"b{n}", bound_of(n)
        if kind_of(n) == SHARE:
            cases.append(f"CASE WHEN {a} < 0 OR {b} <= 0 THEN 1 WHEN {a} * 100 >= {b} * {bound} THEN 2 ELSE 0 END::TINYINT v{n}")
        else:
            least = bound if kind_of(n) == COUNT else 1
            cases.append(f"CASE WHEN {a} < 0 THEN 1 WHEN {a} >= {least} THEN 2 ELSE 0 END::TINYINT v{n}")
    connection = engine.connect()
    query = f"SELECT {', '.join(cases)} FROM facts"

    def prepare(units: Units) -> Any:
        connection.register("given", pl.DataFrame(_arrays(units, rules)).to_arrow())
        connection.execute("CREATE OR REPLACE TABLE facts AS SELECT * FROM given")
        return None

    def judge(_: Any) -> Any:
        found = connection.execute(query).fetchnumpy()
        return [found[f"v{n}"] for n in range(rules)]

    return Engine(prepare, judge, _by_unit)


ROWS = {
    "fazhi, full assessment": fazhi_assessment,
    "fazhi, compiled verdicts": fazhi_verdicts,
    "zen-engine": zen,
    "common-expression-language": cel,
    "durable-rules": durable,
    "rule-engine": rule_engine,
}
COLUMNS = {
    "fazhi, columns, verdicts": fazhi_column_verdicts,
    "fazhi, columns, scores": fazhi_column_scores,
    "numpy by hand, verdicts": numpy_verdicts,
    "numpy by hand, scores": numpy_scores,
    "openfisca-core": openfisca,
    "duckdb": duckdb,
}
MODULES = {
    "zen-engine": "zen",
    "common-expression-language": "cel",
    "durable-rules": "durable",
    "rule-engine": "rule_engine",
    "openfisca-core": "openfisca_core",
    "duckdb": "duckdb",
}
