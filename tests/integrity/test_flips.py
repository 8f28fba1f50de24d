"""Two thousand single-byte changes in ledgers, signatures and signed files: none is accepted, none is a crash."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import cli
from engine.commands.inputs import Refusal
from engine.hash_chain import read_link
from engine.ledger import entry_line
from engine.ledger import read_ledger
from engine.models.problem import refused
from engine.signatures import check
from engine.signatures import new_key_pair
from engine.signatures import sign

FLIPS = 2000
SAID = [
    {"item": {"id": "E-001", "title": "关于公布裁量基准的通知", "kind": "document", "issued": "2020-03", "filled_by": "张三"}},
    {"item": {"id": "E-002", "title": "执法人员名册“甲”\\n", "kind": "table", "proves": [{"indicator": "I-R36", "slot": "roster"}]}},
    {"review": {"id": "E-001", "by": "李四", "on": "2024-03-05", "result": "accepted"}},
    {"withdraw": {"id": "E-002", "reason": "登重了"}},
]  # fmt: skip
HEAD = "unit: {name: 甲县, kind: government, level: county, legislative_power: false}\nperiod: {from: 2020-01-01, to: 2020-12-31}\nas_of: 2021-03-31\n"


def ledger_of(count: int) -> bytes:
    last, lines = None, b""
    for said in SAID[:count]:
        line, problems = entry_line(last, "2024-03-01T09:30:00Z", "张三", said, "ledger.jsonl")
        assert problems == []
        last, _ = read_link(line, last)
        lines += line + b"\n"
    return lines


def flipped(content: bytes, chance: random.Random) -> bytes:
    """One byte, anywhere, replaced by any other."""
    where = chance.randrange(len(content))
    return content[:where] + bytes([content[where] ^ chance.randint(1, 255)]) + content[where + 1 :]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_no_changed_ledger_is_accepted(count):
    """Whatever byte becomes whatever other: the ledger is refused, and nothing of it is handed out."""
    chance, content = random.Random(count), ledger_of(count)
    assert read_ledger(content, "ledger.jsonl")[1] == []
    for _ in range(FLIPS):
        changed = flipped(content, chance)
        ledger, problems = read_ledger(changed, "ledger.jsonl")

        assert refused(problems), changed
        assert ledger.items == () or ledger.is_plain, changed


def test_every_byte_and_every_bit_of_a_small_ledger():
    """Not at random but all of them: each bit of each byte."""
    content = ledger_of(1)
    changed = (
        content[:n] + bytes([content[n] ^ 1 << bit]) + content[n + 1 :] for n in range(len(content)) for bit in range(8)
    )

    assert [c for c in changed if not refused(read_ledger(c, "ledger.jsonl")[1])] == []


@pytest.mark.parametrize("name", ["signature", "ledger.jsonl", "record"])
def test_no_changed_signature_or_signed_file_is_accepted(name):
    """A signature, a signed ledger, a signed file of any other bytes."""
    chance = random.Random(name)
    private, public = new_key_pair()
    content = ledger_of(4) if name == "ledger.jsonl" else chance.randbytes(3000)
    signature, _ = sign(content, private, "key.pem")
    assert check(content, signature, public, name, "sig", "key") == []
    for _ in range(FLIPS):
        pair = (content, flipped(signature, chance)) if name == "signature" else (flipped(content, chance), signature)

        assert [p.code for p in check(*pair, public, name, "sig", "key")] == ["SIGNATURE_DIFFERS"]


def test_no_changed_file_gets_past_the_command_line(tmp_path: Path):
    """The same through the commands: a ledger, its signed head, the signature, the public key's neighbour; never 0, never a crash."""
    chance = random.Random(7)
    private, public = new_key_pair()
    _, stranger = new_key_pair()
    ledger = ledger_of(4)
    head, _ = read_ledger(ledger, "ledger.jsonl")
    noted = f"{len(head.chain.links)} {head.chain.head}\n".encode()
    good = {"submission.yaml": HEAD.encode(), "ledger.jsonl": ledger, "head.txt": noted, "key.pub.pem": public}
    good["head.txt.sig"], _ = sign(noted, private, "key.pem")
    arguments = ["evidence", "verify", str(tmp_path), "--head", str(tmp_path / "head.txt")]
    arguments += ["--signature", str(tmp_path / "head.txt.sig"), "--key", str(tmp_path / "key.pub.pem")]

    def outcome(**changed: bytes) -> object:
        for name, content in {**good, **changed}.items():
            (tmp_path / name).write_bytes(content)
        return CliRunner().invoke(cli, arguments, standalone_mode=False).exception

    assert outcome() is None
    assert getattr(outcome(**{"key.pub.pem": stranger}), "exit_code", 0) == 3
    for _ in range(300):
        name = chance.choice(["ledger.jsonl", "head.txt", "head.txt.sig"])
        failure = outcome(**{name: flipped(good[name], chance)})

        assert isinstance(failure, Refusal) or getattr(failure, "exit_code", 0) == 2, (name, failure)
        assert failure.exit_code in (2, 3)
