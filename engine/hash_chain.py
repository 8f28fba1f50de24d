"""Lines that hold each other fast (链式行): each names the digest of the line before, so that no change goes unseen.

In: the bytes of a file. Out: its links, and the first line that does not hold. A line is one canonical JSON object
(RFC 8785) with ``seq``, ``prev``, ``at``, ``by``, ``hash`` and what it says. What was cut off at the end cannot be seen
from the file alone: for that its head is noted down elsewhere. Knows nothing of what the lines say.
"""

import json
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.sources import canonical_bytes
from engine.sources import sha256_of

# What stands before the first line.
BEGINNING = "0" * 64
MARKS = (b'"seq":', b'"prev":', b'"hash":')
# A canonical line begins with its first key in the alphabet.
_START = b'{"at":"'


class Link(NamedTuple):
    """One line that holds."""

    seq: int
    hash: str
    digest: str
    content: Mapping[str, Any]


class Chain(NamedTuple):
    """The links that hold, in order, and the bytes behind them where the last line was not finished (断尾)."""

    links: tuple[Link, ...] = ()
    torn: bytes = b""

    @property
    def head(self) -> str:
        """What to note down elsewhere: the last line's hash, which rests on every line before."""
        return self.links[-1].hash if self.links else BEGINNING

    @property
    def last(self) -> Link | None:
        """The last link."""
        return self.links[-1] if self.links else None


def next_line(before: Link | None, content: Mapping[str, Any]) -> bytes:
    """Make the line that follows another, without its line end.

    Raises:
        ValueError: The content has no canonical form (numbers that are not exact, broken characters).
    """
    seq, prev = (before.seq + 1, before.digest) if before else (1, BEGINNING)
    bare = {**content, "seq": seq, "prev": prev}
    return canonical_bytes({**bare, "hash": sha256_of(canonical_bytes(bare))})


def looks_chained(line: bytes) -> bool:
    """Whether a line, whole or torn or changed, was meant as a link: no plain item has these keys."""
    return line.startswith(_START) or any(mark in line for mark in MARKS)


def is_torn_beginning(content: bytes) -> bool:
    """Whether a file holds nothing but the first bytes of its first link."""
    return bool(content) and _START.startswith(content)


def read_chain(content: bytes, name: str) -> tuple[Chain, list[Problem]]:
    """Check every line. The first that does not hold is named; the links before it are handed out."""
    *lines, tail = content.split(b"\n")
    links: list[Link] = []
    for line in lines:
        link, complaint = read_link(line, links[-1] if links else None)
        if link is None:
            return Chain(tuple(links)), [_broken(name, len(links) + 1, complaint)]
        links.append(link)
    chain = Chain(tuple(links), tail)
    return chain, [_torn(name, chain)] if tail else []


def lacks_line_end(chain: Chain) -> bool:
    """Whether the unfinished last line is whole and holds, and lacks nothing but its line end."""
    return bool(chain.torn) and read_link(chain.torn, chain.last)[0] is not None


def read_link(line: bytes, before: Link | None) -> tuple[Link | None, str]:
    """Check one line by the one before, or say why it does not hold."""
    data = _canonical_object(line)
    if data is None:
        return None, "不是工具写下的样子（规范JSON），被改过，或是手工写进来的"
    seq, prev, hashed = data.get("seq"), data.get("prev"), data.get("hash")
    if not isinstance(hashed, str) or not isinstance(prev, str) or not isinstance(seq, int) or isinstance(seq, bool):
        return None, "没有 seq、prev、hash，不是链上的行"
    if hashed != sha256_of(canonical_bytes({key: value for key, value in data.items() if key != "hash"})):
        return None, "内容与自带的 hash 不符，这一行被改过"
    expected = before.seq + 1 if before else 1
    if seq != expected:
        return None, f"序号是{seq}，应为{expected}；有行被删去、插入或调换"
    if prev != (before.digest if before else BEGINNING):
        return None, "接不上前面；前一行被改过并重算了 hash，或整段被换过"
    return Link(seq, hashed, sha256_of(line), data), ""


def _canonical_object(line: bytes) -> dict[str, Any] | None:
    """The object on a line; none where the line is not byte for byte its canonical form."""
    try:
        data = json.loads(line.decode("utf-8"))
        return data if isinstance(data, dict) and canonical_bytes(data) == line else None
    except (ValueError, RecursionError):
        return None


def _broken(name: str, line: int, complaint: str) -> Problem:
    before = f"前{line - 1}行没有问题；" if line > 1 else ""
    remedy = f"{before}请从备份或签过名的副本恢复，并查是谁动过；旧行不能改，更正用撤回、另登"
    return problem("LEDGER_CHAIN", Place(file=name, line=line, column=1), complaint, remedy)


def _torn(name: str, chain: Chain) -> Problem:
    place = Place(file=name, line=len(chain.links) + 1, column=1)
    command = f"fazhi {'journal' if name.startswith('journal') else 'evidence'} verify 文件夹 --mend"
    if lacks_line_end(chain):
        return problem("LEDGER_TORN", place, "最后一行完整，只缺行末的换行", f"运行 {command}，补上换行，一行不少")
    found = f"最后一行没有写完（{len(chain.torn)}字节），多半是登记时断电或被中止；正在登记的请稍候再看"
    remedy = f"运行 {command}：切下的字节另存 {name}.torn，前{len(chain.links)}行不动；再看最后那件登上没有"
    return problem("LEDGER_TORN", place, found, remedy)
