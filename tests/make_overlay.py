"""Make a synthetic overlay of exactly 230 checkpoints over the indicators of lbg-2021. None of it is anybody's plan.

    python tests/make_overlay.py FOLDER

writes ``FOLDER/synthetic-230``. Every indicator gets two or three checkpoints: its elements first, then its kinds of
evidence, then the whole indicator again. Target years follow no real plan either.
"""

import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from engine.models.ruleset import Indicator
from engine.models.ruleset import Ruleset
from engine.rulesets import load_ruleset

NAME, COUNT, YEARS = "synthetic-230", 230, (2023, 2024, 2025)
HEADER = f"""# 合成的叠加层，只供测试规模用：没有一条是真的。
id: {NAME}
title: 合成叠加层（230个检查点，测试用）
issuer: 测试
edition: "2023"
revision: 0.1.0
status: draft
in_force: {{from: 2020, to: 2025}}
extends: lbg-2021
sources: []
note: 合成的，没有一条是真的。
"""
PLAN = f"""# 合成的方案。
title: 合成三年方案
from: {YEARS[0]}
to: {YEARS[-1]}
checkpoints: {COUNT}
milestones: [{{year: 2023, kind: static, title: 静态全面达标}}]
source: 合成
"""


def checks_of(indicator: Indicator) -> Iterator[str]:
    """What the checkpoints of one indicator look at, without end: elements, kinds of evidence, the whole."""
    named = [f"{{element: {element.key}}}" for element in indicator.elements]
    named += [f"{{slot: {slot.slot}}}" for slot in indicator.evidence if not slot.for_none]
    return cycle([*named, ""])


def checkpoints_of(ruleset: Ruleset) -> list[str]:
    """One line for each of exactly so many checkpoints, spread over all indicators as evenly as can be."""
    each, more = divmod(COUNT, len(ruleset.indicators))
    years = cycle(YEARS)
    lines = []
    for at, indicator in enumerate(ruleset.indicators):
        for number, check in zip(range(1, each + (at < more) + 1), checks_of(indicator), strict=False):
            checks = f", checks: {check}" if check else ""
            year = "" if indicator.kind.value == "static" else f", target_year: {next(years)}"
            name = f"C-{indicator.id.removeprefix('I-')}-{number}"
            title = f"合成：{indicator.title}之{number}"
            lines.append(f"  - {{id: {name}, title: {title}, indicator: {indicator.id}{checks}{year}, source: 合成}}")
    return lines


def make_overlay(home: Path, base: Path) -> Path:
    """Write the overlay into a folder of rulesets; the ruleset below it is read from ``base``."""
    ruleset, problems = load_ruleset(base)
    assert ruleset is not None, [str(p) for p in problems]
    folder = home / NAME
    files: dict[str, Any] = {
        "ruleset.yaml": HEADER,
        "plan.yaml": PLAN,
        "checkpoints/1-synthetic.yaml": "\n".join(["# 合成的检查点。", "checkpoints:", *checkpoints_of(ruleset), ""]),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    make_overlay(Path(sys.argv[1]), Path(__file__).parents[1] / "rulesets" / "lbg-2021")
