"""Twice as many rules take twice the work, never more: counted in lines of the program run, so that no clock is asked."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from engine.assessment import assess
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission

SMALL, LARGE = 12, 96


def rules_of(number: int, make_rules: Callable[..., Ruleset]) -> Ruleset:
    """So many ratios, each with a slot to file for, and so many checklists with an element to claim."""
    measures: dict[str, Any] = {}
    indicators: list[Any] = []
    slot = {"slot": "list", "title": "清单", "kinds": ["document"]}
    for n in range(number):
        measures |= {f"{letter}{n}": {"kind": "count", "over": "period"} for letter in "ab"}
        measures[f"r{n}"] = {
            "kind": "ratio",
            "direction": "higher",
            "numerator": f"a{n}",
            "denominator": f"b{n}",
            "when_none_due": "not_applicable",
        }
        bound = {"at_least": "90%"}
        indicators.append(
            {"id": f"I-R{n}", "measure": f"r{n}", "meets": bound, "award": "all_or_nothing", "evidence": [slot]}
        )
        element = {"key": "made", "title": "已制定", "proof": ["list"]}
        indicators.append({"id": f"I-E{n}", "award": "elements", "elements": [element], "evidence": [slot]})
    return make_rules(measures, *indicators)


def facts_of(number: int, submit: Callable[..., Submission]) -> Submission:
    """Of every three: figures that agree, figures that contradict each other, figures of a part of the period."""
    facts: list[Any] = []
    for n in range(number):
        numerator: dict[str, Any] = {"measure": f"a{n}", "value": (50, 120, 10)[n % 3]}
        if n % 3 == 2:
            numerator["period"] = {"from": "2020-01-01", "to": "2020-06-30"}
        facts += [numerator, {"measure": f"b{n}", "value": 100}, {"element": f"I-E{n}.made", "value": True}]
    item = {"title": "清单", "kind": "document", "issued": "2020-05-01", "url": "https://example.gov.cn/a"}
    proofs = [{"indicator": f"I-{letter}{n}", "slot": "list"} for n in range(number) for letter in "RE"]
    return submit(facts, [{**item, "proves": [proof]} for proof in proofs])


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of the program some work runs."""
    run = 0

    def trace(_: FrameType, event: str, __: object) -> Any:
        nonlocal run
        run += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return run


def test_work_grows_in_a_straight_line_with_the_rules(
    make_rules: Callable[..., Ruleset], submit: Callable[..., Submission]
) -> None:
    run: list[int] = []
    for number in (SMALL, LARGE):
        rules, submission = rules_of(number, make_rules), facts_of(number, submit)

        def work(rules: Ruleset = rules, submission: Submission = submission) -> None:
            assessment, problems = assess(rules, rules.profiles["plain"], submission)
            assert assessment is not None, problems
            assert len([gap for gap in assessment.gaps if gap.kind == "CONTRADICTION"]) == len(rules.indicators) // 6

        work()
        run.append(lines_run(work))
    assert run[1] / run[0] <= LARGE / SMALL
