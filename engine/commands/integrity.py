"""What the commands on ledgers, journals and signatures share: heads, keys, and files that are read whole."""

import re
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from engine.commands.inputs import Difference
from engine.commands.inputs import Refusal
from engine.commands.inputs import refuse_usage
from engine.hash_chain import Chain
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place

signatures: ModuleType | None
try:
    from engine import signatures
except ImportError:  # cryptography is only needed to sign and to check signatures
    signatures = None

_HEAD = re.compile(r"\s*(?:(\d{1,9})\s+)?([0-9a-f]{64})\s*")


TAIL_UNSEEN = "请把末尾抄到别处（公文、签名、另一台机器）：删去末尾几行，只有对照抄下的末尾才看得出来"


class Head(NamedTuple):
    """The end of a chain as it was noted down elsewhere."""

    hash: str
    seq: int | None = None


def read_whole(path: Path) -> bytes:
    """Read a file, of whatever size, or refuse."""
    if not path.is_file():
        raise Refusal([problem("FILE_MISSING", Place(file=str(path)), "没有这个文件", "请核对文件名和所在文件夹")])
    return path.read_bytes()


def head_text(chain: Chain) -> str:
    """What is to be noted down of a chain: its number of lines and its last hash."""
    return f"{len(chain.links)} {chain.head}"


def read_head(text: str) -> Head:
    """Read a head from the command line, or from the file that is named there."""
    found = _HEAD.fullmatch(text)
    if found is None and Path(text).is_file():
        found = _HEAD.fullmatch(Path(text).read_text(encoding="utf-8", errors="replace"))
    if found is None:
        refuse_usage(f"--head 要写末尾哈希（64位十六进制），或存着它的文件；写的是「{text}」")
    return Head(found[2], int(found[1]) if found[1] else None)


def against_head(chain: Chain, head: Head, name: str) -> tuple[str, list[Problem]]:
    """Find a head that was noted down in the chain of today, and say how much came after it."""
    seq = next((link.seq for link in chain.links if link.hash == head.hash), None)
    if seq is None or head.seq not in (None, seq):
        found = f"链上没有记下的末尾 {head.hash[:16]}…；现有{len(chain.links)}行，末尾 {chain.head[:16]}…"
        remedy = "末尾几行被删去，或整份被换过；请从备份恢复，查清以前不能采信"
        return "", [problem("LEDGER_HEAD", Place(file=name), found, remedy)]
    later = len(chain.links) - seq
    return f"与记下的末尾相符：第{seq}行" + (f"，此后新增{later}行" if later else "，没有新增"), []


def check_signature(content: bytes, name: str, signature: Path, key: Path) -> str:
    """Hold a signature against a file, or leave: refused where a file or key cannot be used, different where it is wrong."""
    if signatures is None:
        raise Refusal([no_library()])
    given, public = read_whole(signature), read_whole(key)
    problems = signatures.check(content, given, public, name, str(signature), str(key))
    if any(p.code == "SIGNATURE_DIFFERS" for p in problems):
        raise Difference(problems)
    if problems:
        raise Refusal(problems)
    return f"签名相符  {name}\n公钥指纹  {signatures.fingerprint(public)}（请当面或打电话核对是不是签名人的）"


def no_library() -> Problem:
    """Say how to get what signing needs, and how to do without."""
    remedy = "装上：pip install 'fazhi[sign]'；只核对也可以用 openssl，写法见 README"
    return problem("SIGNATURE_LIBRARY", Place(file="命令行"), "没有装 cryptography，签名和核对签名用不了", remedy)
