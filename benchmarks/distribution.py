"""How long the distribution of a simulated score takes, beside drawing it a million times with numpy.

Both look at the same 100 indicators (60 rest on an A, 25 on a B, 15 on a C) under one strictness that all items share; ours uses
16 strata. The runs take turns in one process. Prints the ratio of the medians, and by how much the two results differ.

    python benchmarks/distribution.py [--rounds 7] [--draws 1000000]
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine.evaluation import Looked
from engine.evaluation import judge_blocks
from engine.evaluation import look
from engine.evaluation import weigh
from engine.grades import Graded
from engine.prospects import Condition
from engine.prospects import Prospects
from engine.prospects import Stake
from engine.rulesets import load_ruleset
from engine.score_grid import below
from engine.score_grid import quantile

GRADES = "A" * 60 + "B" * 25 + "C" * 15
STRATA, SEED = 16, 20240101
SHARES = (0.05, 0.5, 0.95)


def held() -> Prospects:
    """100 indicators of one point, each resting on one document of its own."""
    names = [f"{number:03d}" for number in range(len(GRADES))]
    part = ((Fraction(1), frozenset({0})),)
    return Prospects(
        maximum=1000 * len(GRADES),
        whole=False,
        stakes=tuple(Stake(f"I-{n}", n, "P1", "document", 1000, 0, part, (Condition(1, (f"E-{n}",)),)) for n in names),
        documents={f"E-{n}": Graded(grade, (), False) for n, grade in zip(names, GRADES, strict=True)},
        titles={},
        reserve=0,
        pools=(),
        no_pools="",
        caps={},
        taken=0,
    )


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--draws", type=int, default=1_000_000)
    asked = options.parse_args()
    rules, _ = load_ruleset(Path(__file__).parents[1] / "rulesets" / "lbg-2021")
    assert rules is not None
    evaluation = rules.evaluations["assumed"]
    evaluator, prospects = evaluation.evaluators[1], held()
    weights = weigh(prospects, evaluation)
    accept = {name: float(prior.mean) for name, prior in evaluator.acceptance.by_grade.items()}

    def ours() -> Looked:
        return look(prospects, judge_blocks(prospects, evaluator, STRATA), weights, Fraction(1, 10))

    def drawn() -> np.ndarray:
        """The plain way: one strictness for each evaluation, then every document."""
        generator = np.random.default_rng(SEED)
        harder = np.exp(float(evaluator.spread_of_strictness) * generator.standard_normal(asked.draws))
        chance = {name: 1.0 / (1.0 + (1.0 - share) / share * harder) for name, share in accept.items()}
        total = np.zeros(asked.draws)
        for grade in GRADES:
            total += generator.random(asked.draws) < chance[grade]
        return total

    ours()
    took: dict[str, list[float]] = {"fazhi": [], "numpy": []}
    for _ in range(asked.rounds):
        seconds, looked = timed(ours)
        took["fazhi"].append(seconds)
        seconds, scores = timed(drawn)
        took["numpy"].append(seconds)
    assert isinstance(looked, Looked) and isinstance(scores, np.ndarray)
    medians = {name: statistics.median(times) for name, times in took.items()}
    far = max(abs(float((scores < at).mean()) - below(looked.estimate, at)) for at in range(1, 100))
    result = {
        "indicators": len(GRADES),
        "strata": STRATA,
        "draws": asked.draws,
        "seconds": {n: {"median": medians[n], "least": min(took[n]), "most": max(took[n])} for n in took},
        "times_faster": round(medians["numpy"] / medians["fazhi"], 1),
        "quantiles": {
            "fazhi": [quantile(looked.estimate, share) for share in SHARES],
            "numpy": [float(np.quantile(scores, share)) for share in SHARES],
        },
        "largest_distance": round(far, 4),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
