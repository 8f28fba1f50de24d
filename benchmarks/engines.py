"""How fast fazhi is beside other rules engines, on the same rules and the same facts, with equal verdicts.

All engines take turns; before anything is timed, every one of them must have said what ``workload.verdict_of`` says. A peer that is
not installed is said to be missing, never left out in silence. ``make bench`` installs them. Every ratio is taken within one round.

    python benchmarks/engines.py [--rounds 5] [--rules 100 230] [--many 100000] [--json F] [--svg F]
"""

import argparse
import importlib.util
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ.setdefault("FAZHI_CACHE", "")

from drawing import svg_of
from peers import COLUMNS
from peers import MODULES
from peers import ROWS
from peers import Engine
from workload import make_rules
from workload import make_units
from workload import verdict_of

# Seconds that one engine may take for one run of a workload; slower ones are timed on fewer units, and that is said.
PATIENCE = 15.0
# A turn takes at least as many seconds: who comes after another one begins with a cold processor, and warm work is asked for.
TURN = 0.02
# What is asked of each (issue of speed), as at most so many times its peer in the same run.
TARGETS = {
    ("one unit", "fazhi, full assessment"): ("zen-engine", 2.0),
    ("one unit", "fazhi, compiled verdicts"): ("zen-engine", 0.1),
    ("many units", "fazhi, columns, verdicts"): ("numpy by hand, verdicts", 2.0),
    ("many units", "fazhi, columns, scores"): ("numpy by hand, scores", 5.0),
}
BESIDE = {"one unit": "zen-engine", "1000 units": "zen-engine", "many units": "numpy by hand, verdicts", "whole process": "zen-engine"}


def timed(work: Callable[[], object], times: int = 1) -> float:
    """Seconds that work takes, on average over so many times in a row."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def told(values: list[float], digits: int = 2) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), digits),
        "least": round(min(values), digits),
        "most": round(max(values), digits),
    }


def compare(workload: str, rules: int, units: int, rounds: int, engines: dict[str, Engine]) -> dict[str, Any]:
    """Let engines take turns on the same units; each must have said the same of them."""
    some = make_units(rules, min(units, 1000))
    expected = [[verdict_of(n, unit) for n in range(rules)] for unit in some]
    given, counts, times = {}, {}, {}
    for name, engine in engines.items():
        one = engine.prepare(some[:1])
        engine.judge(one)
        seconds = timed(lambda engine=engine, one=one: engine.judge(one))
        slow = seconds * units > PATIENCE and name in ROWS
        times[name] = math.ceil(TURN / seconds) if units == 1 else 1
        counts[name] = min(units, 10) if slow else units
        given[name] = engine.prepare((some * math.ceil(counts[name] / len(some)))[: counts[name]])
        verdicts = engine.verdicts(engine.judge(given[name]))
        assert verdicts[: len(some)] == expected[: counts[name]], f"{name} says otherwise"
    took: dict[str, list[float]] = {name: [] for name in engines}
    for number in range(rounds):
        # In another order every round: nobody always comes after the same one.
        names = random.Random(number).sample(sorted(engines), len(engines))
        for name in names:
            took[name].append(timed(lambda name=name: engines[name].judge(given[name]), times[name]) / counts[name])
    return shown(workload, rules, units, took) | {
        "timed_on_fewer": {name: count for name, count in counts.items() if count < units}
    }


def shown(workload: str, rules: int, units: int, took: dict[str, list[float]]) -> dict[str, Any]:
    beside = BESIDE[workload]
    ratios: dict[str, Any] = {}
    for name, times in took.items():
        peer, target = TARGETS.get((workload, name), (beside, None))
        if peer in took and peer != name:
            ratio = told([own / other for own, other in zip(times, took[peer], strict=True)], 3)
            ratios[name] = {"beside": peer, **ratio} | ({"asked": target} if target else {})
    return {
        "workload": workload,
        "rules": rules,
        "units": units,
        "microseconds_a_unit": {name: told([1e6 * t for t in times]) for name, times in took.items()},
        "ratios": ratios,
    }


# --- whole processes ------------------------------------------------------------------------------------------------


def cold(rules: int, rounds: int, names: list[str]) -> dict[str, Any]:
    """One unit from nothing: imports, rules, judgement. fazhi reads the rules that it kept, and makes the whole assessment."""
    from engine.keeping import to_keep

    with tempfile.TemporaryDirectory() as folder:
        # Everybody's byte code is there after the first run, which is not timed.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder) / "code")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        kept = Path(folder) / "rules.json"
        kept.write_bytes(to_keep(make_rules(rules)))
        took: dict[str, list[float]] = {name: [] for name in names}
        for number in range(rounds + 1):
            for name in names:
                command = [sys.executable, __file__, "--only", name, "--rules", str(rules), "--kept", str(kept)]
                seconds = timed(lambda command=command: subprocess.run(command, env=environment, check=True))
                took[name] += [seconds] if number else []
    return shown("whole process", rules, 1, took)


def judge_once(name: str, rules: int, kept: Path) -> None:
    units = make_units(rules, 1)
    if name == "fazhi, full assessment":
        from engine.keeping import from_kept
        from peers import fazhi_assessment

        engine = fazhi_assessment(rules, from_kept(kept.read_bytes()))
    else:
        engine = ROWS[name](rules)
    engine.judge(engine.prepare(units))


# --- growth ---------------------------------------------------------------------------------------------------------


def growth(rounds: int) -> dict[str, Any]:
    """By which power time grows from size to size: 1 is a straight line, less means that a fixed cost is shared."""
    by_rules = {}
    for rules in (1, 10, 100, 1000):
        engine = ROWS["fazhi, full assessment"](rules)
        by_rules[rules] = _seconds(engine, make_units(rules, 1), rounds)
    rows, columns = ROWS["fazhi, full assessment"](100), COLUMNS["fazhi, columns, scores"](100)
    some = make_units(100, 1000)
    by_units = {units: _seconds(rows, some[:units], min(rounds, 3)) for units in (1, 10, 100, 1000)}
    in_columns = {units: _seconds(columns, (some * 100)[:units], rounds) for units in (1, 10, 100, 1000, 10_000, 100_000)}
    named = {"full assessment, rules": by_rules, "full assessment, units": by_units, "columns with scores, units": in_columns}
    return {name: {"seconds": sizes, "powers": _powers(sizes)} for name, sizes in named.items()}


def _seconds(engine: Engine, units: Any, rounds: int) -> float:
    given = engine.prepare(units)
    engine.judge(given)
    return round(statistics.median(timed(lambda: engine.judge(given)) for _ in range(rounds)), 6)


def _powers(sizes: dict[int, float]) -> dict[str, float]:
    pairs = zip(list(sizes.items()), list(sizes.items())[1:], strict=False)
    return {f"{a} to {b}": round(math.log(t / s) / math.log(b / a), 2) for (a, s), (b, t) in pairs}


# --- what is printed ------------------------------------------------------------------------------------------------


def lines_of(result: dict[str, Any]) -> list[str]:
    lines = [f"missing: {', '.join(result['missing'])}"] if result["missing"] else []
    for run in result["runs"]:
        lines.append(f"\n{run['workload']}: {run['rules']} rules, {run['units']} units; µs a unit, median (least to most)")
        for name, times in sorted(run["microseconds_a_unit"].items(), key=lambda pair: pair[1]["median"]):
            spread = f"{times['median']:>12,.1f} ({times['least']:,.1f} to {times['most']:,.1f})"
            ratio = run["ratios"].get(name)
            beside = f"{ratio['median']:g} × {ratio['beside']} ({ratio['least']:g} to {ratio['most']:g})" if ratio else ""
            asked = f", asked {ratio['asked']:g}" if ratio and "asked" in ratio else ""
            fewer = run.get("timed_on_fewer", {}).get(name)
            lines.append(f"  {name:28}{spread:40}{beside}{asked}{f' [timed on {fewer} units]' if fewer else ''}")
    for name, grown in result["growth"].items():
        lines.append(f"\ngrowth, {name}: " + ", ".join(f"{n}: {s:g} s" for n, s in grown["seconds"].items()))
        lines.append("  powers " + ", ".join(f"{step}: {power:g}" for step, power in grown["powers"].items()))
    return lines


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--rules", type=int, nargs="+", default=[100, 230])
    options.add_argument("--many", type=int, default=100_000)
    options.add_argument("--json", type=Path)
    options.add_argument("--svg", type=Path)
    options.add_argument("--only", help=argparse.SUPPRESS)
    options.add_argument("--kept", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.only:
        judge_once(asked.only, asked.rules[0], asked.kept)
        return
    missing = sorted(name for name, module in MODULES.items() if importlib.util.find_spec(module) is None)
    runs: list[dict[str, Any]] = []
    for rules in asked.rules:
        rows = {name: make(rules) for name, make in ROWS.items() if name not in missing}
        runs.append(cold(rules, asked.rounds, [name for name in rows if name != "fazhi, compiled verdicts"]))
        runs.append(compare("one unit", rules, 1, 4 * asked.rounds, rows))
        runs.append(compare("1000 units", rules, 1000, 1, rows))
        columns = {name: make(rules) for name, make in COLUMNS.items() if name not in missing}
        runs.append(compare("many units", rules, asked.many, asked.rounds, columns))
    result = {"rounds": asked.rounds, "missing": missing, "verdicts": "equal", "runs": runs, "growth": growth(asked.rounds)}
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if asked.svg:
        asked.svg.write_text(svg_of(runs), encoding="utf-8")
    print("\n".join(lines_of(result)))


if __name__ == "__main__":
    main()
