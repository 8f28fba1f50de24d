"""The front door for earlier real results: YAML files → frozen past results and the problems found (往次结果)."""

from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path

from engine.models.past_result import PastResult
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.shaping import nearest
from engine.shaping import shape
from engine.sources import load_yaml


def load_past_results(paths: Sequence[Path], pillars: Iterable[str]) -> tuple[tuple[PastResult, ...], list[Problem]]:
    """Read every file; ``pillars`` are those of the ruleset. With a refused problem nothing is handed out."""
    problems: list[Problem] = []
    results: list[PastResult] = []
    for path in paths:
        data, _, found = load_yaml(path, path.as_posix())
        problems += found
        if data is None:
            continue
        result, found = shape(PastResult, data, path.as_posix())
        problems += found
        results += [result] if result is not None else []
    problems += [*_repeated(results), *_unknown_pillars(results, set(pillars))]
    return (() if refused(problems) else tuple(results)), problems


def _repeated(results: Sequence[PastResult]) -> list[Problem]:
    ids = [result.id for result in results]
    return [
        problem(
            "ID_DUPLICATE", result.place_of("id"), f"往次结果编号「{result.id}」重复", "一次评估只给一个文件，用自己的编号"
        )
        for result in results
        if ids.count(result.id) > 1
    ]


def _unknown_pillars(results: Sequence[PastResult], known: set[str]) -> list[Problem]:
    return [
        problem(
            "NAME_UNKNOWN",
            one.place_of("pillar"),
            f"一级指标「{one.pillar}」没有定义",
            nearest(one.pillar, sorted(known)) or f"现有：{'、'.join(sorted(known))}",
        )
        for result in results
        for one in result.pillars
        if one.pillar not in known
    ]
