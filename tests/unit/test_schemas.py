"""The JSON Schemas accept what ships and refuse what the readers refuse."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from engine.commands import cli
from engine.models.record import Number
from engine.rulesets import load_ruleset
from engine.schemas import KINDS
from engine.schemas import schema_of
from engine.sources import parse_yaml

ROOT = Path(__file__).parents[2]
SHIPPED = [
    *[("overlay" if (p.parent / "plan.yaml").exists() else "ruleset", p) for p in ROOT.glob("rulesets/*/ruleset.yaml")],
    *[("checkpoints", p) for p in ROOT.glob("rulesets/*/checkpoints/*.yaml")],
    *[("action-plan", p) for p in ROOT.glob("rulesets/*/plan.yaml")],
    *[("measures", p) for p in ROOT.glob("rulesets/*/measures.yaml")],
    *[("pillar", p) for p in ROOT.glob("rulesets/*/pillars/*.yaml")],
    *[("profile", p) for p in ROOT.glob("rulesets/*/profiles/*.yaml")],
    *[("working-days", p) for p in ROOT.glob("rulesets/*/working-days.yaml")],
    *[("cases", p) for p in ROOT.glob("rulesets/*/cases/[0-9]*.yaml")],
    *[("clause-cases", p) for p in ROOT.glob("rulesets/*/cases/clauses.yaml")],
    *[("submission", p) for p in ROOT.glob("evidence_samples/*/submission.yaml")],
]


def plain(value):
    """What a YAML 1.2 reader, such as an editor's, makes of the same text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, Number):
        return int(value) if value.lstrip("-").isdigit() else float(Decimal(value))
    return value


def read(path: Path):
    data, problems = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    assert problems == []
    return plain(data)


@pytest.fixture(scope="module")
def rules():
    ruleset, _ = load_ruleset(ROOT / "rulesets" / "lbg-2021")
    assert ruleset is not None
    return ruleset


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=lambda value: str(value).rpartition("/")[2])
def test_schema_accepts_what_ships(kind, path, rules):
    """Every shipped file is valid against its schema, with the ruleset's own names offered."""
    errors = [e.message for e in Draft202012Validator(schema_of(kind, rules)).iter_errors(read(path))]

    assert errors == []


@pytest.mark.parametrize("kind", KINDS)
def test_schema_is_a_schema(kind):
    """Each schema is itself valid."""
    Draft202012Validator.check_schema(schema_of(kind))


def test_assessment_keeps_its_contract():
    """What assess prints as JSON is valid against the published schema."""
    sample = str(ROOT / "evidence_samples" / "taonan-2020")
    printed = CliRunner().invoke(cli, ["assess", sample, "--format", "json"], standalone_mode=False).stdout
    errors = [e.message for e in Draft202012Validator(schema_of("assessment")).iter_errors(json.loads(printed))]

    assert errors == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"facts": [{"measure": "no_such", "value": 1}]}, "is not valid under any of the given schemas"),
        ({"facts": [{"measure": "litigation_cases", "valeu": 1}]}, "Additional properties are not allowed"),
        ({"unit": {"name": "甲", "kind": "goverment", "level": "county", "legislative_power": False}}, "is not one of"),
        ({"as_of": "2021"}, "does not match"),
    ],
)
def test_schema_refuses_near_misses(change, said, rules):
    """An editor marks an unknown measure, an unknown key, a wrong choice and half a date."""
    data = read(ROOT / "evidence_samples" / "taonan-2020" / "submission.yaml") | change
    errors = " ".join(e.message for e in Draft202012Validator(schema_of("submission", rules)).iter_errors(data))

    assert said in errors


def test_schema_explains_measures(rules):
    """An editor shows a measure's Chinese name while completing."""
    offered = schema_of("submission", rules)["$defs"]["Fact"]["properties"]["measure"]["oneOf"]

    assert {"const": "litigation_cases", "description": "行政诉讼案件数"} in offered
