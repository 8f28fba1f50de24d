"""Broken copies of real submissions: never a crash, never a number that nobody wrote."""

import random
import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.assessment import assess
from engine.models.problem import refused
from engine.models.ruleset import Counted
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.submissions import load_submission

SAMPLES = Path(__file__).parents[2] / "evidence_samples"
MUTANTS = [(sample, seed) for sample in ("taonan-2020", "xx-district") for seed in range(150)]

Mutation = Callable[[bytes, random.Random], bytes]


def _lines(change: Callable[[list[bytes], random.Random], list[bytes]]) -> Mutation:
    return lambda content, chance: b"\n".join(change(content.split(b"\n"), chance))


def _drop_lines(lines: list[bytes], chance: random.Random) -> list[bytes]:
    gone = {chance.randrange(len(lines)) for _ in range(chance.randint(1, 5))}
    return [line for n, line in enumerate(lines) if n not in gone]


def _repeat_a_line(lines: list[bytes], chance: random.Random) -> list[bytes]:
    n = chance.randrange(len(lines))
    return [*lines[: n + 1], *lines[n:]]


def _swap_lines(lines: list[bytes], chance: random.Random) -> list[bytes]:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def _indent_a_line(lines: list[bytes], chance: random.Random) -> list[bytes]:
    n = chance.randrange(len(lines))
    lines[n] = chance.choice([b" ", b"   ", b"\t", b"- "]) + lines[n]
    return lines


VALUES = [
    "true",
    "null",
    "[1]",
    "{a:",
    "1}",
    "'x'",
    "2020-13-45",
    ".inf",
    "1e400",
    "''",
    "'-'",
    "~",
    "0.1",
    "3/0",
    "Ⅷ",
    "１２．５",
    "十二件",
    "-5",
    "+5",
    "007",
    "12:30",
    "!!int",
    "&a",
    "*a",
    '"\\0"',
    '"\\ud800"',
    "'300余'",
    "2万余",
    "{}",
    "[]",
]


def _swap_a_value(content: bytes, chance: random.Random) -> bytes:
    """Another type, or another thing altogether, in place of a value."""
    return _at_random(rb"(?<=: )[^,}\n{\[]+", chance.choice(VALUES).encode(), content, chance)


def _huge_number(content: bytes, chance: random.Random) -> bytes:
    return _at_random(rb"\d+", str(chance.randrange(10 ** chance.choice([5, 16, 19, 31, 60]))).encode(), content, chance)


def _repeat_a_key(content: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"(\w+): ([^,}\n{\[]+)", content))
    if not found:
        return content
    one = chance.choice(found)
    return content[: one.end()] + b", " + one[0] + content[one.end() :]


def _rename_a_key(content: bytes, chance: random.Random) -> bytes:
    return _at_random(
        rb"\w+(?=: )",
        chance.choice(["valu", "unit", "值", "", "as_of", "events", "table", "period"]).encode(),
        content,
        chance,
    )


def _widen_a_sign(content: bytes, chance: random.Random) -> bytes:
    old, new = chance.choice([(",", "，"), (":", "："), ("{", "｛"), ("'", "‘"), ("-", "－"), ("%", "％"), ("0", "０")])
    return _at_random(re.escape(old.encode()), new.encode(), content, chance)


def _control_character(content: bytes, chance: random.Random) -> bytes:
    n = chance.randrange(len(content))
    return content[:n] + chance.choice(["\x00", "\x07", "\x1b", "\u2028", "\ufeff", "\u202e", "\r"]).encode() + content[n:]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _flip_bytes(content: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _at_random(pattern: bytes, new: bytes, content: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(pattern, content))
    if not found:
        return content
    one = chance.choice(found)
    return content[: one.start()] + new + content[one.end() :]


MUTATIONS: list[Mutation] = [
    _lines(_drop_lines),
    _lines(_repeat_a_line),
    _lines(_swap_lines),
    _lines(_indent_a_line),
    _swap_a_value,
    _swap_a_value,
    _huge_number,
    _huge_number,
    _repeat_a_key,
    _rename_a_key,
    _widen_a_sign,
    _control_character,
    _cut,
    _flip_bytes,
]


def mutant(sample: str, seed: int) -> bytes:
    """A copy of a sample with one to three things wrong; always the same for the same seed."""
    chance = random.Random(f"{sample}/{seed}")
    content = (SAMPLES / sample / "submission.yaml").read_bytes()
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        content = chance.choice(MUTATIONS)(content, chance) or b"\n"
    return content


SCALES = {"": 1, "百": 10**2, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
HALF_OPEN = ("不足", "不到", "低于", "少于", "不超过", "以下", "以内")


def numbers_in(text: str) -> set[Fraction]:
    """Every number that stands in a text, and the next whole one: 超过26 is 27 at least."""
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?)(百万|千万|百|千|万|亿)?", unicodedata.normalize("NFKC", text))
    plain = {Fraction(digits.replace(",", "")) * SCALES[scale] for digits, scale in found}
    return plain | {number + 1 for number in plain}


def doubtful(ruleset: Ruleset, problems: Any) -> set[str]:
    """Measures that a contradiction touches: what they may be is computed from the others."""
    touched = {p.subject for p in problems if p.subject}
    near = {
        relative
        for name, measure in ruleset.measures.items()
        if isinstance(measure, Counted)
        for relative in (name, *measure.parts)
        if {name, measure.part_of, *measure.parts} & touched
    }
    return touched | near


@pytest.fixture(scope="module")
def rules(ruleset: Ruleset, profile: Profile) -> tuple[tuple[Ruleset, Profile], tuple[Ruleset, Profile]]:
    """The shipped rules whole, and with one indicator of each pillar: every measure is read, in a fifth of the time."""
    pillars = tuple(pillar.model_copy(update={"indicators": pillar.indicators[:1]}) for pillar in ruleset.pillars)
    points = {pillar.indicators[0].id: profile.points.get(pillar.indicators[0].id, Fraction(0)) for pillar in pillars}
    maximum = sum(points.values(), sum((reserve.points for reserve in profile.reserve), Fraction(0)))
    lean = profile.model_copy(update={"points": points, "maximum": maximum, "clauses": {}})
    update = {"pillars": pillars, "clauses": Ruleset.model_fields["clauses"].default}
    return (ruleset, profile), (ruleset.model_copy(update=update), lean)


@pytest.mark.parametrize(("sample", "seed"), MUTANTS)
def test_a_broken_copy_is_refused_or_assessed(
    sample: str, seed: int, write_folder: Callable[..., Path], rules: tuple[tuple[Ruleset, Profile], ...]
) -> None:
    """Either a refused problem with its place, or an assessment in which every count was written by somebody."""
    content = mutant(sample, seed)
    ruleset, profile = rules[seed % 5 != 0]
    submission, problems = load_submission(write_folder(content))
    if submission is None:
        assert refused(problems)
        assert all(p.place.file for p in problems)
        return
    assessment, found = assess(ruleset, profile, submission)
    if assessment is None:
        assert refused(found)
        assert all(p.place.file and p.place.line for p in found)
        return
    text, away = content.decode("utf-8-sig"), doubtful(ruleset, found)
    written = numbers_in(text) | ({Fraction(0)} if any(word in text for word in HALF_OPEN) else set())
    counts = [v for v in assessment.measures if isinstance(m := ruleset.measures[v.measure], Counted) and m.kind == "count"]
    assert [v.measure for v in counts if v.measure not in away and v.low is not None and v.low not in written] == []


def test_mutants_are_of_every_sort(ruleset: Ruleset, write_folder: Callable[..., Path]) -> None:
    """The broken copies are broken in many ways, and some of them can still be read."""
    codes: set[str] = set()
    read = 0
    for sample, seed in MUTANTS:
        submission, problems = load_submission(write_folder(mutant(sample, seed)))
        read += submission is not None
        codes |= {p.code for p in problems}

    assert 30 < read < 270
    assert {
        "YAML_SYNTAX",
        "KEY_UNKNOWN",
        "FILE_CONTROL_CHARACTER",
        "FILE_ENCODING",
        "YAML_KEY_DUPLICATE",
        "KEY_MISSING",
    } <= codes
