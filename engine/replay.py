"""A record run again (复核): the same inputs, the same bytes, or the first differences by name."""

from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from pydantic import ValidationError

from engine import SEMANTICS
from engine.assessment import assess
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.models.run_record import Difference
from engine.models.run_record import Replayed
from engine.models.run_record import RunRecord
from engine.models.submission import Submission
from engine.records import RESULT_WRITERS
from engine.rule_parts import digest_of_ruleset
from engine.sources import digest_of
from engine.submissions import digest_of_submission

# The parts of a result in the order of the stages that make them, and how one entry of each is named.
STAGES: tuple[tuple[str, str, str], ...] = (
    ("ruleset", "规则", ""),
    ("profile", "口径", ""),
    ("submission", "填报", ""),
    ("as_of", "评判日", ""),
    ("problems", "受理", ""),
    ("evidence", "材料受理", "id"),
    ("measures", "比对", "measure"),
    ("findings", "评判", "indicator"),
    ("conclusions", "条款", "clause"),
    ("pillars", "计分", "id"),
    ("score", "计分", ""),
    ("units", "按单位汇总", "name"),
    ("gaps", "差距", "id"),
)


class Inputs(NamedTuple):
    """What a record was made from, with the places that its messages name."""

    ruleset: Ruleset
    submission: Submission


def inputs_of_record(record: RunRecord) -> tuple[Inputs | None, list[Problem]]:
    """The rules and the submission as they were; refuses a record of which this engine cannot read them any more."""
    try:
        return Inputs(Ruleset.model_validate(record.ruleset), Submission.model_validate(record.submission)), []
    except ValidationError as error:
        where = "/".join(str(part) for part in error.errors()[0]["loc"])
        found = f"记录里的规则或填报读不进来（{where}）"
        return None, [
            problem("RUN_RECORD_UNREADABLE", Place(file="record"), found, f"请用写它的那一版（{record.engine}）复核")
        ]


def replay(record: RunRecord) -> tuple[Replayed | None, list[Problem]]:
    """Judge a record's inputs again and compare in the record's own format."""
    inputs, unreadable = inputs_of_record(record)
    if inputs is None:
        return None, unreadable
    ruleset, submission = inputs
    assessment, problems = assess(ruleset, ruleset.profiles[record.profile], submission, record.dates.judged)
    if assessment is None:
        return None, list(problems)
    now = RESULT_WRITERS[record.format](assessment)
    differences = (*_digests(record, inputs), *_differences(record.result, now))
    replayed = Replayed(
        same=not differences and record.semantics == SEMANTICS,
        recorded_semantics=record.semantics,
        semantics=SEMANTICS,
        differences=differences,
    )
    return replayed, []


def _digests(record: RunRecord, inputs: Inputs) -> Iterator[Difference]:
    """Whether the inputs are those whose digests were noted down."""
    now = {
        "submission": digest_of_submission(inputs.submission),
        "ruleset": digest_of_ruleset(inputs.ruleset),
        "profile": digest_of(inputs.ruleset.profiles[record.profile]),
    }
    for name, digest in record.digests.model_dump().items():
        if now[name] != digest:
            yield Difference(stage="摘要", where=name, recorded=digest, now=now[name])


def _differences(recorded: dict[str, Any], now: dict[str, Any]) -> Iterator[Difference]:
    """Every difference, in the order of the stages; the engine's own version is none."""
    for part, stage, name in STAGES:
        for where, before, after in _compared(recorded.get(part), now.get(part), part, name):
            yield Difference(stage=stage, where=where, recorded=_told(before), now=_told(after))
    known = {part for part, *_ in STAGES} | {"engine"}
    for part in sorted({*recorded, *now} - known):
        for where, before, after in _compared(recorded.get(part), now.get(part), part, ""):
            yield Difference(stage="格式", where=where, recorded=_told(before), now=_told(after))


def _compared(before: Any, after: Any, where: str, name: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _compared(before.get(key), after.get(key), f"{where}/{key}", "")
    elif isinstance(before, list) and isinstance(after, list):
        old, new = _by_name(before, name), _by_name(after, name)
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _compared(old.get(key), new.get(key), f"{where}/{key}", "")
        if list(old) != list(new) and set(old) == set(new):
            yield where, "原来的次序", "次序变了"
    elif before != after:
        yield where, before, after


def _by_name(entries: list[Any], name: str) -> dict[str, Any]:
    """Entries by their own name where they have one; by number where they do not, or where a name comes twice."""
    found: dict[str, Any] = {}
    for number, entry in enumerate(entries, start=1):
        key = str(entry[name]) if name and isinstance(entry, dict) and name in entry else str(number)
        found[key if key not in found else f"{key}#{number}"] = entry
    return found


def _told(value: Any) -> str:
    if value is None:
        return "没有"
    if isinstance(value, dict | list):
        return f"有（{len(value)}项）"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
