"""The rules and units on which all engines are timed: pure data, so that no engine pays for another's imports.

A rule is of one of three kinds, in turn: a share of two counts against a bound, a count against a bound, a yes or no. It is met,
not met, or unknown where a number is missing or nothing was due. Every rule asks for one document; half of them are on file, and
whoever gives scores looks at them. Verdicts are of what is claimed: they rest on facts alone.
"""

import random
from typing import Any

MET, NOT_MET, UNKNOWN = 2, 0, 1
SHARE, COUNT, SAID = range(3)
BOUNDS = (50, 60, 75, 80, 90, 95, 100)

Unit = dict[str, int | None]
Units = list[Unit]


def kind_of(rule: int) -> int:
    return rule % 3


def bound_of(rule: int) -> int:
    """In percent for a share, a number for a count."""
    return BOUNDS[rule % len(BOUNDS)]


def make_units(rules: int, units: int) -> Units:
    """Counts, yes and no as 1 and 0, documents on file as 1 and 0; missing ones are ``None``."""
    chance = random.Random(20240101)
    made: Units = []
    for _ in range(units):
        unit: Unit = {}
        for n in range(rules):
            unit[f"p{n}"] = chance.choice([0, 1])
            if kind_of(n) == SHARE:
                due = chance.choice([None, 0, 1, 7, 20, 100, 512])
                unit[f"b{n}"] = due
                unit[f"a{n}"] = None if due is None or chance.random() < 0.08 else chance.randint(due // 2, due)
            elif kind_of(n) == COUNT:
                unit[f"a{n}"] = chance.choice([None, *range(0, 121, 5)])
            else:
                unit[f"a{n}"] = said = chance.choice([None, 0, 1, 1])
                # To fazhi an accepted document says yes by itself: the others see none.
                unit[f"p{n}"] = unit[f"p{n}"] if said else 0
        made.append(unit)
    return made


def verdict_of(rule: int, unit: Unit) -> int:
    """What every engine must say."""
    value = unit[f"a{rule}"]
    if kind_of(rule) == SHARE:
        due = unit[f"b{rule}"]
        return UNKNOWN if value is None or not due else MET if value * 100 >= due * bound_of(rule) else NOT_MET
    bound = bound_of(rule) if kind_of(rule) == COUNT else 1
    return UNKNOWN if value is None else MET if value >= bound else NOT_MET


def expression_of(rule: int, equal: str = "==", both: str = "or") -> str:
    """The same as text, in the syntax that zen-engine, CEL and rule-engine share."""
    a, b, bound = f"a{rule}", f"b{rule}", bound_of(rule)
    if kind_of(rule) == SHARE:
        return f"{a} {equal} null {both} {b} {equal} null {both} {b} {equal} 0 ? 1 : ({a} * 100 >= {b} * {bound} ? 2 : 0)"
    return f"{a} {equal} null ? 1 : ({a} >= {bound if kind_of(rule) == COUNT else 1} ? 2 : 0)"


# --- what counts of a ruleset have to do with each other ---------------------------------------------------------------


def counts_of(ruleset: Any) -> list[str]:
    """The measures that are plain counts."""
    return [name for name, measure in ruleset.measures.items() if measure.kind == "count"]


def tied_counts(ruleset: Any) -> list[tuple[str, str]]:
    """Pairs of counts of which the first is never above the second."""
    measures, counts = ruleset.measures, set(counts_of(ruleset))
    pairs = [(name, m.part_of) for name, m in measures.items() if m.kind == "count"]
    pairs += [(m.numerator, m.denominator) for m in measures.values() if m.kind == "ratio"]
    return [(low, high) for low, high in pairs if low in counts and high in counts]


# --- the same for fazhi ---------------------------------------------------------------------------------------------


def make_rules(rules: int) -> Any:
    """A ruleset of so many indicators; header and calendar are the shipped ones."""
    from fractions import Fraction
    from pathlib import Path

    from engine.models import ruleset as model
    from engine.rulesets import load_ruleset

    shipped, _ = load_ruleset(Path(__file__).parents[1] / "rulesets" / "lbg-2021")
    assert shipped is not None
    measures: dict[str, Any] = {}
    indicators = []
    for n in range(rules):
        one = {
            "id": f"I-{n}", "official_no": None, "text_status": "local", "title": f"r{n}", "requirement": "应当办好。",
            "kind": "dynamic", "clock": "standing", "lead_unit": next(iter(shipped.header.roles)),
            "evidence": [{"slot": "doc", "title": "材料", "kinds": ["document"]}],
            "remedy": {"action": "办好", "effort_days": 10, "can_fix_past": False},
        }  # fmt: skip
        if kind_of(n) == SAID:
            one |= {"elements": [{"key": "done", "title": "办了", "proof": ["doc"]}], "award": "elements"}
        else:
            measures[f"a{n}"] = {"kind": "count", "label": f"a{n}"}
            one |= {"measure": f"a{n}", "award": "all_or_nothing", "meets": {"at_least": str(bound_of(n))}}
        if kind_of(n) == SHARE:
            share = {"kind": "ratio", "label": f"r{n}", "direction": "higher", "when_none_due": "unknown"}
            measures |= {
                f"b{n}": {"kind": "count", "label": f"b{n}"},
                f"r{n}": {**share, "numerator": f"a{n}", "denominator": f"b{n}"},
            }
            one |= {"measure": f"r{n}", "meets": {"at_least": f"{bound_of(n)}%"}}
        indicators.append(one)
    pillar = model.Pillar.model_validate({"id": "P1", "title": "试例", "short": "试例", "indicators": indicators})
    profile = model.Profile.model_validate(
        {"id": "plain", "title": "试例", "status": "assumption", "basis": "试例", "maximum": Fraction(rules),
         "na_policy": "rescale", "points": {f"I-{n}": "1" for n in range(rules)}}
    )  # fmt: skip
    return model.Ruleset(
        header=shipped.header,
        measures=model.Measures.model_validate({"measures": measures}).measures,
        pillars=(pillar,),
        profiles={"plain": profile},
        calendar=shipped.calendar,
    )


def cells_of(unit: Unit) -> dict[str, str | bool]:
    """A unit as a row of cells."""
    cells: dict[str, str | bool] = {}
    for name, value in unit.items():
        rule = int(name[1:])
        if name.startswith("p"):
            cells[f"I-{rule}/doc"] = str(value)
        elif value is not None and kind_of(rule) == SAID:
            cells[f"I-{rule}.done"] = bool(value)
        elif value is not None:
            cells[name] = str(value)
    return cells


def columns_of(rules: int, documents: bool) -> list[str]:
    """The cells that rows state: facts, and documents on file where these are looked at."""
    found: list[str] = []
    for n in range(rules):
        found += [f"I-{n}.done"] if kind_of(n) == SAID else [f"a{n}"]
        found += [f"b{n}"] if kind_of(n) == SHARE else []
        found += [f"I-{n}/doc"] if documents else []
    return found
