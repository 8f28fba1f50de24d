"""JSON Schemas of everything that is written by hand or read by programs, for editors and for other software."""

from typing import Any

from pydantic import BaseModel

from engine.models.campaign import CampaignFile
from engine.models.case import CaseFile
from engine.models.case import ClauseCaseFile
from engine.models.closing import CloseOutEntry
from engine.models.evaluation import Evaluation
from engine.models.ledger import JournalEntry
from engine.models.ledger import LedgerEntry
from engine.models.overlay import CheckpointFile
from engine.models.overlay import IndicatorChanges
from engine.models.overlay import OverlayHeader
from engine.models.past_result import PastResult
from engine.models.result import Assessment
from engine.models.ruleset import ActionPlan
from engine.models.ruleset import Header
from engine.models.ruleset import Measures
from engine.models.ruleset import Pillar
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import WorkingDays
from engine.models.submission import EvidenceItem
from engine.models.submission import SubmissionFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"

WRITTEN: dict[str, tuple[type[BaseModel], str]] = {
    "ruleset": (Header, "ruleset.yaml"),
    "overlay": (OverlayHeader, "叠加层的 ruleset.yaml"),
    "indicator-changes": (IndicatorChanges, "叠加层的 indicators.yaml"),
    "checkpoints": (CheckpointFile, "叠加层的 checkpoints/*.yaml"),
    "action-plan": (ActionPlan, "叠加层的 plan.yaml"),
    "measures": (Measures, "measures.yaml"),
    "pillar": (Pillar, "pillars/*.yaml"),
    "profile": (Profile, "profiles/*.yaml"),
    "evaluation": (Evaluation, "evaluations/*.yaml"),
    "past-result": (PastResult, "往次结果（fazhi calibrate）"),
    "working-days": (WorkingDays, "working-days.yaml"),
    "cases": (CaseFile, "cases/*.yaml"),
    "clause-cases": (ClauseCaseFile, "cases/clauses.yaml"),
    "submission": (SubmissionFile, "submission.yaml"),
    "campaign": (CampaignFile, "campaign.yaml"),
    "close-out-entry": (CloseOutEntry, "close_out.jsonl 的一行"),
    "ledger-entry": (EvidenceItem, "ledger.jsonl 的一行"),
    "chained-ledger-entry": (LedgerEntry, "链式 ledger.jsonl 的一行"),
    "journal-entry": (JournalEntry, "journal.jsonl 的一行"),
}
KINDS = (*WRITTEN, "assessment")


def schema_of(kind: str, ruleset: Ruleset | None = None) -> dict[str, Any]:
    """The JSON Schema of one kind of file. With a ruleset, names that it defines are offered by an editor."""
    if kind == "assessment":
        schema = Assessment.model_json_schema(mode="serialization", by_alias=True)
        title = "fazhi assess --format json"
    else:
        model, title = WRITTEN[kind]
        schema = model.model_json_schema(mode="validation", by_alias=True)
    schema = {"$schema": DIALECT, **schema, "title": title}
    if ruleset is not None:
        _offer_names(schema, ruleset)
    return schema


def _offer_names(schema: dict[str, Any], ruleset: Ruleset) -> None:
    """Let an editor complete the names of measures, elements, roles and kinds of evidence, each with its meaning."""
    definitions = schema.get("$defs", {})
    measures = {name: m.label for name, m in ruleset.measures.items()}
    elements = {f"{i.id}.{e.key}": f"{i.title}：{e.title}" for i in ruleset.indicators for e in i.elements}
    indicators = {i.id: i.title for i in ruleset.indicators}
    header = ruleset.header
    wanted: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("Fact", "measure", measures),
        ("Fact", "element", elements),
        ("Proof", "indicator", indicators),
        ("EvidenceItem", "kind", header.evidence_kinds),
        ("RatingEntry", "indicator", indicators),
        ("Checkpoint", "indicator", indicators),
        ("Check", "measure", measures),
        ("Change", "indicator", indicators),
    )
    for definition, key, names in wanted:
        owner = definitions.get(definition, schema if schema.get("title", "").startswith("ledger") else {})
        if key in owner.get("properties", {}):
            owner["properties"][key] = _one_of(names)
    if "Member" in definitions:
        definitions["Member"]["properties"]["roles"] = {"type": "array", "items": _one_of(header.roles)}


def _one_of(names: dict[str, str]) -> dict[str, Any]:
    return {"oneOf": [{"const": name, "description": label} for name, label in names.items()]}
