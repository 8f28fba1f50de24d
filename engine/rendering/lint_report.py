"""The findings of a look over rules: for people, for programs, and as SARIF 2.1.0 for editors and code hosts."""

import json
from collections.abc import Callable
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from engine import __version__
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import Severity

SARIF_VERSION = "2.1.0"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.REFUSED: "error", Severity.SET_ASIDE: "warning", Severity.NOTICE: "note"}


def render_findings(findings: tuple[Problem, ...], form: str) -> str:
    """The findings in one of the forms."""
    return FORMS[form](findings)


def _as_text(findings: tuple[Problem, ...]) -> str:
    total = f"共{len(findings)}处，请逐处核对" if findings else "没有发现问题"
    return "\n".join([*(str(found) for found in findings), total]) + "\n"


def _as_json(findings: tuple[Problem, ...]) -> str:
    return _written({"format": "fazhi/lint/1", "findings": [_plain(found) for found in findings]})


def _plain(found: Problem) -> dict[str, Any]:
    return {
        "severity": found.severity.value,
        "code": found.code,
        "meaning": CODES[found.code][1],
        "file": found.place.file,
        "line": found.place.line,
        "column": found.place.column,
        "found": found.found,
        "remedy": found.remedy,
    }


def _as_sarif(findings: tuple[Problem, ...]) -> str:
    driver = {"name": "fazhi", "version": __version__, "rules": list(_rules_met(findings))}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(f) for f in findings]}
    return _written({"$schema": SARIF_SCHEMA, "version": SARIF_VERSION, "runs": [run]})


def _rules_met(findings: Iterable[Problem]) -> Iterable[dict[str, Any]]:
    for code in sorted({found.code for found in findings}):
        severity, meaning = CODES[code]
        yield {
            "id": code,
            "shortDescription": {"text": meaning},
            "defaultConfiguration": {"level": LEVELS[severity]},
        }


def _result(found: Problem) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(found.place.file)}}
    if found.place.line:
        location["region"] = {"startLine": found.place.line, "startColumn": max(1, found.place.column)}
    return {
        "ruleId": found.code,
        "level": LEVELS[found.severity],
        "message": {"text": f"{found.found}。{found.remedy}"},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


FORMS: dict[str, Callable[[tuple[Problem, ...]], str]] = {"text": _as_text, "json": _as_json, "sarif": _as_sarif}
