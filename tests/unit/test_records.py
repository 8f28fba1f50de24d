"""A run written down whole: read back only as it was written, and run again to the same bytes."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from engine import SEMANTICS
from engine.models.result import Assessment
from engine.models.run_record import RunRecord
from engine.records import make_record
from engine.records import read_record
from engine.records import sealed
from engine.replay import replay
from engine.shapes import in_shape
from engine.shapes import published
from engine.shapes import shape_of

ROOT = Path(__file__).resolve().parents[2]
RUN = "2026-11-22T08:00:00Z"
COUNT = {"kind": "count", "unit_of_measure": "件", "over": "period"}
SHARE = {
    "kind": "ratio",
    "numerator": "good",
    "denominator": "due",
    "direction": "higher",
    "when_none_due": "not_applicable",
}
MEASURES: dict[str, Any] = {"good": COUNT, "due": {**COUNT}, "share": SHARE}
RULE = {
    "id": "I-1",
    "measure": "share",
    "award": "share",
    "clock": "cumulative",
    "evidence": [{"slot": "s", "title": "凭据", "kinds": ["document"], "period": "any"}],
}


@pytest.fixture(scope="module")
def record(make_rules: Any, assess_facts: Any, filed: Any) -> RunRecord:
    """A small run: nine of ten, one item accepted, one fact that cannot count."""
    rules = make_rules(MEASURES, RULE)
    facts = [{"measure": "good", "value": 9}, {"measure": "due", "value": 10}, {"measure": "good", "unit": "", "value": "X"}]
    assessed = assess_facts(rules, facts[:2], evidence=[filed("I-1", "s")])
    return make_record(rules, rules.profiles["plain"], assessed.submission, assessed.done, RUN)


def codes(content: bytes) -> list[str]:
    _, problems = read_record(content, "r.json")
    return [p.code for p in problems]


def test_a_record_is_read_back_as_it_was_written(record: RunRecord) -> None:
    """The same record, byte for byte."""
    content = sealed(record)
    again, problems = read_record(content, "r.json")

    assert (again, problems) == (record, [])
    assert again is not None
    assert sealed(again) == content


def test_replay_is_the_identity(record: RunRecord) -> None:
    """The same inputs give the same result, and nothing outside the record is needed."""
    again, _ = read_record(sealed(record), "r.json")
    assert again is not None
    replayed, problems = replay(again)

    assert replayed is not None
    assert (replayed.same, replayed.differences, problems) == (True, (), [])


def test_the_four_dates_are_apart(record: RunRecord) -> None:
    """Judged, data until, documents made, run."""
    assert record.dates.model_dump(mode="json") == {
        "judged": "2021-03-31",
        "data_until": None,
        "documents_until": "2020-06-30",
        "run": RUN,
    }


def test_what_was_asked_and_not_submitted_is_in_it(make_rules: Any, assess_facts: Any) -> None:
    """A record of an empty submission names what was missing."""
    rules = make_rules(MEASURES, RULE)
    assessed = assess_facts(rules)
    made = make_record(rules, rules.profiles["plain"], assessed.submission, assessed.done, RUN)

    assert [entry.indicator for entry in made.not_submitted] == ["I-1", "I-1"]


@pytest.mark.parametrize("seed", range(8))
def test_no_flipped_byte_is_accepted(record: RunRecord, seed: int) -> None:
    """250 random single-byte changes each, 2,000 in all: none is accepted, none ends in anything but a refusal."""
    chance, content = random.Random(seed), sealed(record)
    for _ in range(250):
        at = chance.randrange(len(content))
        flipped = bytes([content[at] ^ (1 << chance.randrange(8))])
        assert codes(content[:at] + flipped + content[at + 1 :]) != []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _: b"", "RUN_RECORD_TRUNCATED"),
        (lambda c: c[:500], "RUN_RECORD_TRUNCATED"),
        (lambda c: c[:-1], "RUN_RECORD_ALTERED"),
        (lambda c: c + b"\n", "RUN_RECORD_ALTERED"),
        (lambda c: c.replace(b'"assumption"', b'"official"', 1), "RUN_RECORD_ALTERED"),
        (lambda _: b"[]", "RUN_RECORD_UNREADABLE"),
        (lambda _: b'{"format":"something/1"}\n', "RUN_RECORD_UNREADABLE"),
        (lambda c: c.replace(b"fazhi/record/1", b"fazhi/record/9"), "RUN_RECORD_NEWER"),
        (lambda _: b"[" * 100_000, "RUN_RECORD_TRUNCATED"),
    ],
)
def test_what_is_no_record_is_refused_with_its_reason(record: RunRecord, change: Any, code: str) -> None:
    """Cut short, altered, of another kind, of a newer format."""
    assert codes(change(sealed(record))) == [code]


def forged(record: RunRecord, part: str, old: str, new: str) -> RunRecord:
    """Change a record and seal it anew, as a forger with this program could."""
    text = json.dumps(getattr(record, part), ensure_ascii=False)
    assert old in text
    return record.model_copy(update={part: json.loads(text.replace(old, new))})


def test_a_forged_result_differs_from_the_replay(record: RunRecord) -> None:
    """A seal made anew does not make another result come out; the first difference is named with its stage."""
    replayed, _ = replay(forged(record, "result", '"0.900"', '"1.000"'))

    assert replayed is not None
    assert not replayed.same
    assert ("findings/I-1/claimed/earned", "评判") in {(d.where, d.stage) for d in replayed.differences}


def test_a_forged_input_differs_from_its_digest(record: RunRecord) -> None:
    """Another fact under the old digest is found, whatever comes out."""
    replayed, _ = replay(forged(record, "submission", '"9"', '"8"'))

    assert replayed is not None
    assert replayed.differences[0].stage == "摘要"


def test_another_meaning_of_the_rules_is_said(record: RunRecord) -> None:
    """A record of other semantics is never the same, even where the result is."""
    replayed, _ = replay(record.model_copy(update={"semantics": SEMANTICS + 1}))

    assert replayed is not None
    assert (replayed.same, replayed.differences) == (False, ())


def test_rules_that_cannot_be_read_any_more_are_refused(record: RunRecord) -> None:
    """A rule key that this engine does not know is no reason for a traceback."""
    replayed, problems = replay(record.model_copy(update={"ruleset": {**record.ruleset, "unknown": 1}}))

    assert (replayed, [p.code for p in problems]) == (None, ["RUN_RECORD_UNREADABLE"])


# --- formats --------------------------------------------------------------------------------------------------------


def test_the_published_format_is_what_this_engine_writes() -> None:
    """A key added to an assessment needs a new format beside the old one: engine/formats/assessment-1.json never changes."""
    assert published("assessment-1") == shape_of(Assessment)


def test_what_a_later_engine_adds_is_left_out() -> None:
    """At every depth, in lists too."""
    shape = {"a": {"b": None}, "c": None}
    data = {"a": [{"b": 1, "new": 2}], "c": {"free": 1}, "new": 3}

    assert in_shape(data, shape) == {"a": [{"b": 1}], "c": {"free": 1}}
