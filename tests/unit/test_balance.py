"""The first screen says which pillars lie idle, so that a good one cannot hide them (以偏概全)."""

from typing import Any

import pytest

from engine.rendering.screen import _balance

COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
TWO = ("one", "two")
MEASURES: dict[str, Any] = {
    f"{name}{pillar}": value
    for pillar in TWO
    for name, value in {
        "due_": COUNT,
        "good_": COUNT,
        "share_": {
            "kind": "ratio",
            "numerator": f"good_{pillar}",
            "denominator": f"due_{pillar}",
            "direction": "higher",
            "when_none_due": "unknown",
        },
    }.items()
}


@pytest.mark.parametrize(
    ("good", "told"),
    [((9, 9), None), ((9, None), "一项没报：乙"), ((9, 0), "报了没有得分：乙"), ((9, 1), "自报率不到平均一半：乙")],
)
def test_an_idle_pillar_is_said(make_rules: Any, assess_facts: Any, good: tuple[int | None, ...], told: str | None) -> None:
    """Unreported, at zero, or below half of the average; balanced pillars need no word."""
    rules = make_rules(
        MEASURES,
        *({"id": f"I-{name.upper()}", "measure": f"share_{name}", "award": "share", "clock": "cumulative"} for name in TWO),
    )
    first, second = rules.pillars[0].indicators
    pillars = (
        rules.pillars[0].model_copy(update={"id": "P1", "short": "甲", "indicators": (first,)}),
        rules.pillars[0].model_copy(update={"id": "P2", "short": "乙", "indicators": (second,)}),
    )
    facts = [
        {"measure": f"{part}_{name}", "value": value}
        for name, count in zip(TWO, good, strict=True)
        if count is not None
        for part, value in (("good", count), ("due", 10))
    ]
    assessment = assess_facts(rules.model_copy(update={"pillars": pillars}), facts).done

    assert " ".join(_balance(assessment)).strip() == (f"看点  {told}" if told else "")
