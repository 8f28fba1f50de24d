"""Runs written down and read back (试算记录). One canonical file, sealed: any changed byte is found.

A record holds its inputs by digest and by content, so that it can be run again without the folder it came from. Every
format that was ever written keeps its writer here; a later engine writes a replayed result in the record's own format.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from engine import SEMANTICS
from engine import __version__
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.result import Assessment
from engine.models.result import GapKind
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.run_record import NotSubmitted
from engine.models.run_record import RunDates
from engine.models.run_record import RunDigests
from engine.models.run_record import RunRecord
from engine.models.submission import Submission
from engine.shapes import in_shape
from engine.shapes import published
from engine.sources import canonical_bytes
from engine.sources import sha256_of
from engine.sources import written_whole

FORMAT = "fazhi/record/1"


def _write_result_1(assessment: Assessment) -> dict[str, Any]:
    written: dict[str, Any] = in_shape(assessment.model_dump(mode="json", by_alias=True), published("assessment-1"))
    return written


# One writer per format that was ever written. A new one is added; none is ever changed.
RESULT_WRITERS: dict[str, Callable[[Assessment], dict[str, Any]]] = {FORMAT: _write_result_1}


def make_record(ruleset: Ruleset, profile: Profile, submission: Submission, assessment: Assessment, run: str) -> RunRecord:
    """Write a run down. ``run`` is when it was run, in UTC; nothing of the result depends on it."""
    assert assessment.as_of is not None
    asked = (gap for gap in assessment.gaps if gap.kind in (GapKind.FACT_MISSING, GapKind.EVIDENCE_MISSING))
    return RunRecord(
        format=FORMAT,
        semantics=SEMANTICS,
        engine=f"fazhi {__version__}",
        dates=RunDates(
            judged=assessment.as_of,
            data_until=assessment.submission.data_until,
            documents_until=assessment.submission.documents_until,
            run=run,
        ),
        digests=RunDigests(submission=submission.digest, ruleset=ruleset.digest, profile=assessment.profile.digest),
        profile=profile.id,
        submission=written_whole(submission),
        ruleset=written_whole(ruleset),
        withdrawn=tuple(item.id for item in submission.evidence if item.withdrawn is not None),
        not_submitted=tuple(
            NotSubmitted(gap=gap.id, indicator=gap.indicator, unit=gap.unit, missing=gap.missing) for gap in asked
        ),
        result=RESULT_WRITERS[FORMAT](assessment),
    )


def sealed(record: RunRecord) -> bytes:
    """The one canonical file of a record: canonical JSON (RFC 8785), closed by digests over everything before them."""
    content = record.model_dump(mode="json", by_alias=True)
    return canonical_bytes({**content, "seal": _seal(canonical_bytes(content), _algorithms())}) + b"\n"


def _algorithms() -> list[str]:
    """SHA-256 always; SM3 (GB/T 32905) where the OpenSSL behind Python has it."""
    return ["sha256", *(["sm3"] if "sm3" in hashlib.algorithms_available else [])]


def _seal(content: bytes, algorithms: list[str]) -> dict[str, str]:
    return {name: hashlib.new(name, content).hexdigest() for name in algorithms}


def read_record(content: bytes, name: str) -> tuple[RunRecord | None, list[Problem]]:
    """Read a record and check its seal. Refuses, with the reason, what was altered, cut short or is of a newer format."""

    def refuse(code: str, found: str, remedy: str) -> tuple[None, list[Problem]]:
        return None, [problem(code, Place(file=name), found, remedy)]

    try:
        data = json.loads(content.decode("utf-8"), object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        if not content.endswith(b"}\n"):
            return refuse("RUN_RECORD_TRUNCATED", f"只有{len(content)}字节，没有写完或被截断", "请换一份完整的副本")
        return refuse("RUN_RECORD_ALTERED", f"读不成JSON（{type(error).__name__}），内容被改动过", "请换一份没有动过的副本")
    if not isinstance(data, dict) or not isinstance(data.get("format"), str):
        return refuse("RUN_RECORD_UNREADABLE", "不是试算记录", "请给 fazhi assess --record 写出的文件")
    if data["format"] not in RESULT_WRITERS and data["format"].startswith("fazhi/record/"):
        newest = max(RESULT_WRITERS)
        return refuse("RUN_RECORD_NEWER", f"格式是{data['format']}，本程序认到{newest}", "请用写它的那一版或更新的fazhi")
    if data["format"] not in RESULT_WRITERS:
        return refuse(
            "RUN_RECORD_UNREADABLE", f"不是试算记录（{data['format'][:40]}）", "请给 fazhi assess --record 写出的文件"
        )
    seal = data.pop("seal", None)
    if not _holds(seal, data, content):
        return refuse(
            "RUN_RECORD_ALTERED",
            "内容与文件末尾的摘要对不上，被改动过",
            "请换一份没有动过的副本；记录写出以后一个字也不能改",
        )
    try:
        return RunRecord.model_validate(data), []
    except ValidationError as error:
        where = "、".join(str(part) for part in error.errors()[0]["loc"])
        return refuse("RUN_RECORD_UNREADABLE", f"缺少或多出内容：{where}", "请给 fazhi assess --record 写出的文件")


def _holds(seal: Any, data: dict[str, Any], content: bytes) -> bool:
    """Whether a seal is over exactly this content, and the file is written exactly so."""
    if not isinstance(seal, dict) or not set(seal) <= {"sha256", "sm3"} or "sha256" not in seal:
        return False
    known = [name for name in seal if name in hashlib.algorithms_available]
    try:
        plain = canonical_bytes(data)
        whole = canonical_bytes({**data, "seal": seal}) + b"\n"
    except (ValueError, RecursionError):
        return False
    return whole == content and all(_seal(plain, known)[name] == seal[name] for name in known)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(text: str) -> None:
    raise ValueError(text)


def record_name(content: bytes, record: RunRecord) -> str:
    """The file name of a record: the day it was judged at and the beginning of its digest."""
    return f"record-{record.dates.judged.isoformat()}-{sha256_of(content)[:12]}.json"
