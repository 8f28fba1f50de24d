"""How much faster it is to judge one changed fact again than to assess everything, with equal results to the byte.

On so many synthetic rules, and on the demo county by the shipped rules, with one figure or one item otherwise. Both ways take
turns in one process; before anything is timed, both must have given the same JSON. What is timed is the assessment of a
changed submission that is there already; laying out the first one, done once for any number of changes, is told apart.

    python benchmarks/incremental.py [--rounds 9] [--rules 230] [--changes 40] [--json F]
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
os.environ.setdefault("FAZHI_CACHE", "")

from workload import cells_of
from workload import make_rules
from workload import make_units

from engine.assessment import work_out
from engine.incremental import reassess
from engine.laid_out import LaidOut
from engine.laid_out import lay_out
from engine.lowering import facts_of
from engine.models.exact import PartialDate
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Unit
from engine.models.whatif import Change
from engine.models.whatif import Setting
from engine.rendering.documents import render_json
from engine.rulesets import load_ruleset
from engine.submissions import in_canonical_order
from engine.submissions import load_submission
from engine.whatif import change_submission

TARGET = 20


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spread(times: Iterable[float]) -> dict[str, float]:
    times = sorted(times)
    return {
        "median": round(1e3 * statistics.median(times), 3),
        "least": round(1e3 * times[0], 3),
        "most": round(1e3 * times[-1], 3),
    }


def synthetic(rules: int) -> tuple[Ruleset, Profile, Submission]:
    """So many rules of three kinds, and one county's counts."""
    ruleset = make_rules(rules)
    period = {"from": PartialDate("2020-01-01"), "to": PartialDate("2020-12-31")}
    unit = Unit(name="县", kind="government", level="county", legislative_power=False)
    facts = facts_of({name: value for name, value in cells_of(make_units(rules, 1)[0]).items() if "/" not in name})
    head = SubmissionFile(unit=unit, period=period, as_of=date(2021, 3, 31), facts=facts)
    return ruleset, ruleset.profiles["plain"], in_canonical_order(head, (), {}, {}, ())


def county() -> tuple[Ruleset, Profile, Submission]:
    ruleset, _ = load_ruleset(ROOT / "rulesets" / "lbg-2021")
    submission, _ = load_submission(ROOT / "evidence_samples" / "demo-county")
    assert ruleset is not None
    assert submission is not None
    return ruleset, ruleset.profiles[ruleset.header.default_profile], submission


def figures(ruleset: Ruleset, submission: Submission, changes: int) -> list[Submission]:
    """One figure each otherwise than it was filed."""
    filed = [fact for fact in submission.head.facts if fact.measure and isinstance(fact.value, str) and not fact.period]
    drawn = Random(20240101).sample(filed, min(changes, len(filed)))
    settings = (Setting(subject=str(fact.measure), value="7", unit=fact.unit) for fact in drawn)
    return [change_submission(ruleset, submission, Change(settings=(setting,))) for setting in settings]


def withdrawals(ruleset: Ruleset, submission: Submission, changes: int) -> list[Submission]:
    """One item each taken back."""
    drawn = Random(20240101).sample([item.id for item in submission.evidence if item.withdrawn is None], changes)
    return [change_submission(ruleset, submission, Change(withdraw=(name,))) for name in drawn]


def same(laid: LaidOut, profile: Profile, submission: Submission) -> LaidOut:
    """Judge a changed submission both ways; to the byte the same must come out."""
    now, found = reassess(laid, submission)
    whole, problems = work_out(laid.reach.ruleset, profile, submission)
    assert now is not None
    assert whole is not None
    assert found == problems
    assert render_json(now.workings.assessment) == render_json(whole.assessment)
    return now


def measure(ruleset: Ruleset, profile: Profile, submission: Submission, changed: list[Submission], rounds: int) -> Any:
    """Let both ways take turns over the changes."""
    workings, _ = work_out(ruleset, profile, submission)
    assert workings is not None
    laid = lay_out(workings)
    followed = [same(laid, profile, one) for one in changed]
    own: list[list[float]] = [[] for _ in changed]
    whole: list[float] = []
    ratios: list[float] = []
    for number in range(rounds):
        one = changed[number % len(changed)]
        full = seconds(lambda one=one: work_out(ruleset, profile, one))
        each = [seconds(lambda one=one: reassess(laid, one)) for one in changed]
        for times, took in zip(own, each, strict=True):
            times.append(took)
        whole.append(full)
        ratios.append(full / statistics.median(each))
    judged = [
        sum(was is not now for was, now in zip(workings.appraisals, one.workings.appraisals, strict=True))
        for one in followed
    ]
    return {
        "changes": len(changed),
        "judged_from_the_start": sum(one.anew for one in followed),
        "indicators_judged_again": {"median": statistics.median(judged), "most": max(judged)},
        "full_milliseconds": spread(whole),
        "changed_milliseconds": spread(statistics.median(times) for times in own),
        "laying_out_milliseconds": spread(seconds(lambda: lay_out(workings)) for _ in range(rounds)),
        "times_faster": {
            "median": round(statistics.median(ratios), 1),
            "least": round(min(ratios), 1),
            "most": round(max(ratios), 1),
        },
    }


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--rules", type=int, default=230)
    options.add_argument("--changes", type=int, default=40)
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    plain, real = synthetic(asked.rules), county()
    runs = {
        f"{asked.rules} synthetic rules, one figure": measure(
            *plain, figures(plain[0], plain[2], asked.changes), asked.rounds
        ),
        "demo county, one figure": measure(*real, figures(real[0], real[2], asked.changes), asked.rounds),
        "demo county, one item": measure(*real, withdrawals(real[0], real[2], asked.changes), asked.rounds),
    }
    result = {"rounds": asked.rounds, "results": "equal", "target": TARGET, "runs": runs}
    text = json.dumps(result, indent=2, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    for name, run in runs.items():
        held = "" if run["times_faster"]["median"] >= TARGET else f"  MISSED {TARGET}"
        print(f"{name}: {run['times_faster']['median']} times faster{held}", file=sys.stderr)


if __name__ == "__main__":
    main()
