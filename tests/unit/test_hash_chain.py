"""Lines that hold each other fast: every change is found, and the first bad line is named."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.hash_chain import BEGINNING
from engine.hash_chain import lacks_line_end
from engine.hash_chain import next_line
from engine.hash_chain import read_chain
from engine.hash_chain import read_link
from engine.sources import canonical_bytes
from engine.sources import sha256_of


def chain_of(*said: str) -> list[bytes]:
    """Make the lines of a chain, each with its line end."""
    lines, last = [], None
    for text in said:
        line = next_line(last, {"at": "2024-03-01T09:30:00Z", "by": "张三", "said": text})
        last, complaint = read_link(line, last)
        assert last is not None, complaint
        lines.append(line + b"\n")
    return lines


def rehashed(line: bytes, **changes: object) -> bytes:
    """A line changed by somebody who knows how hashes are made."""
    data = {**json.loads(line), **changes}
    bare = {key: value for key, value in data.items() if key != "hash"}
    return canonical_bytes({**bare, "hash": sha256_of(canonical_bytes(bare))}) + b"\n"


def verdict(lines: list[bytes]) -> tuple[str, int] | None:
    """The code and line of what is wrong; nothing where the chain holds."""
    chain, problems = read_chain(b"".join(lines), "ledger.jsonl")
    assert len(problems) <= 1
    if not problems:
        assert len(chain.links) == len(lines)
    return (problems[0].code, problems[0].place.line) if problems else None


FIVE = chain_of("甲", "乙", "丙", "丁", "戊")


def test_a_line_says_what_it_rests_on():
    """The format is what it is said to be: seq, prev, hash, in canonical JSON."""
    first, second = FIVE[0].rstrip(b"\n"), json.loads(FIVE[1])
    data = json.loads(first)

    assert (data["seq"], data["prev"], second["seq"], second["prev"]) == (1, BEGINNING, 2, sha256_of(first))
    assert canonical_bytes(data) == first
    assert data["hash"] == sha256_of(canonical_bytes({k: v for k, v in data.items() if k != "hash"}))


def test_what_was_written_holds():
    """An untouched chain, of any length, holds."""
    assert [verdict(FIVE[:n]) for n in range(6)] == [None] * 6


@pytest.mark.parametrize(
    ("lines", "first_bad"),
    [
        ([FIVE[0], *FIVE[2:]], 2),
        (FIVE[1:], 1),
        ([FIVE[0], FIVE[2], FIVE[1], *FIVE[3:]], 2),
        ([*FIVE[:2], FIVE[1], *FIVE[2:]], 3),
        ([*FIVE[:2], chain_of("别的", "别的", "别的")[2], *FIVE[2:]], 3),
        ([*FIVE[:2], b"\n", *FIVE[2:]], 3),
        ([*FIVE, b"\n"], 6),
        ([FIVE[0], FIVE[1].replace("乙".encode(), "己".encode()), *FIVE[2:]], 2),
        ([FIVE[0], rehashed(FIVE[1], said="己"), *FIVE[2:]], 3),
        ([FIVE[0], FIVE[1].replace(b",", b", ", 1), *FIVE[2:]], 2),
        ([FIVE[0], FIVE[1].replace(b"\n", b"\r\n"), *FIVE[2:]], 2),
        ([b"\xef\xbb\xbf" + FIVE[0], *FIVE[1:]], 1),
        ([FIVE[0], b"[]\n"], 2),
        ([FIVE[0], b"\xff\n"], 2),
        ([FIVE[0], b"[" * 100_000 + b"\n"], 2),
        ([FIVE[0], b'{"seq":1e400}\n'], 2),
        ([FIVE[0], b'{"seq":' + b"9" * 5000 + b"}\n"], 2),
        ([FIVE[0], b'{"a":"\\ud800"}\n'], 2),
        ([FIVE[0], rehashed(FIVE[1], seq=True), *FIVE[2:]], 2),
        ([FIVE[0], rehashed(FIVE[1], seq="2"), *FIVE[2:]], 2),
        ([FIVE[0], rehashed(FIVE[1], prev=None), *FIVE[2:]], 2),
    ],
)  # fmt: skip
def test_the_first_bad_line_is_named(lines, first_bad):
    """Edits, with and without new hashes, deletions, insertions and moves are found where they begin."""
    assert verdict(lines) == ("LEDGER_CHAIN", first_bad)


def test_a_cut_tail_is_only_seen_with_a_head():
    """Whole lines gone from the end leave a chain that holds: another head tells."""
    whole, _ = read_chain(b"".join(FIVE), "ledger.jsonl")
    cut, problems = read_chain(b"".join(FIVE[:4]), "ledger.jsonl")

    assert problems == []
    assert cut.head == whole.links[3].hash != whole.head


def test_a_last_line_torn_anywhere_is_said_and_named():
    """Whatever part of the last line reached the disk, the lines before it hold and the torn one is named."""
    for length in range(1, len(FIVE[4])):
        chain, (found,) = read_chain(b"".join(FIVE[:4]) + FIVE[4][:length], "ledger.jsonl")

        assert (found.code, found.place.line, len(chain.links)) == ("LEDGER_TORN", 5, 4)
        assert chain.torn == FIVE[4][:length]
        assert lacks_line_end(chain) == (length == len(FIVE[4]) - 1)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_change_is_found_before_or_where_it_was_made(said, chance):
    """Whatever text is chained holds; a changed byte, wherever, is found at its line or, torn, at the end."""
    try:
        lines = chain_of(*said)
    except ValueError:
        return  # half of a pair of surrogates has no bytes: refused when it is made
    assert verdict(lines) is None
    content = bytearray(b"".join(lines))
    where = chance.randrange(len(content))
    content[where] ^= 1 << chance.randrange(8)
    line = bytes(content[:where]).count(b"\n") + 1
    _, problems = read_chain(bytes(content), "ledger.jsonl")

    assert [p.place.line for p in problems] == [line]


@given(st.integers(2, 30), st.randoms(use_true_random=False))
def test_any_other_order_is_found(count, chance: random.Random):
    """Of all orders and selections of the lines, only beginnings of the true one hold."""
    lines = chain_of(*map(str, range(count)))
    chosen = [chance.choice(lines) for _ in range(chance.randint(1, count))]

    assert (verdict(chosen) is None) == (chosen == lines[: len(chosen)])
