"""Detached Ed25519 signatures over the bytes of a file (签名), as openssl makes and checks them.

The only door to cryptography. In: bytes. Out: bytes or problems; whatever is missing, empty, of another kind or not
understood is a problem, never a yes.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.sources import sha256_of

LENGTH = 64
_PRIME = 2**255 - 19
# The points of small order and their second spellings, by what stands below the sign bit: for such a "key" anybody can
# make signatures (RFC 8032 does not forbid them; libsodium refuses the same seven).
_ORDER_EIGHT = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_WEAK = {0, 1, _PRIME - 1, _PRIME, _PRIME + 1, _ORDER_EIGHT, _PRIME - _ORDER_EIGHT}


def new_key_pair() -> tuple[bytes, bytes]:
    """Make a private and a public key, as PEM. The one thing here that is left to chance."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


def sign(content: bytes, private_key: bytes, key_name: str) -> tuple[bytes, list[Problem]]:
    """Sign bytes: 64 raw bytes, the same for the same key and content."""
    place = Place(file=key_name)
    if b"PUBLIC KEY" in private_key:
        return b"", [problem("KEY_TYPE", place, "这是公钥", "签名用私钥；公钥交给核对的人")]
    try:
        key = serialization.load_pem_private_key(private_key, password=None)
    except TypeError:
        return b"", [problem("KEY_UNREADABLE", place, "私钥加了口令", "请先用 openssl pkey -in 私钥 -out 新文件 去掉口令")]
    except (ValueError, UnsupportedAlgorithm):
        return b"", [
            problem("KEY_UNREADABLE", place, "读不出私钥", "要PEM格式的Ed25519私钥；新建：fazhi sign --new-key 私钥.pem")
        ]
    if not isinstance(key, Ed25519PrivateKey):
        return b"", [problem("KEY_TYPE", place, "不是Ed25519私钥", "新建：fazhi sign --new-key 私钥.pem")]
    return key.sign(content), []


def check(
    content: bytes, signature: bytes, public_key: bytes, name: str, signature_name: str, key_name: str
) -> list[Problem]:
    """Hold a signature against the bytes it is said to be over; no problem means that the key's owner signed them."""
    key, problems = _public_key(public_key, key_name)
    if key is None:
        return problems
    place = Place(file=signature_name)
    if len(signature) != LENGTH:
        found = f"签名有{len(signature)}字节，应为{LENGTH}字节"
        return [problem("SIGNATURE_DIFFERS", place, found, "请向签名的人要原来的签名文件")]
    try:
        key.verify(signature, content)
    except InvalidSignature:
        found = f"这份签名不是这把公钥对 {name} 签的"
        remedy = "文件、签名、公钥三样有一样不对：请向签名的人另要一份，逐样核对摘要和公钥指纹"
        return [problem("SIGNATURE_DIFFERS", place, found, remedy)]
    return []


def fingerprint(public_key: bytes) -> str:
    """The sha256 of a readable public key, to be read out over the telephone; empty where it cannot be read."""
    key, _ = _public_key(public_key, "")
    return sha256_of(_raw(key)) if key else ""


def _public_key(content: bytes, name: str) -> tuple[Ed25519PublicKey | None, list[Problem]]:
    place = Place(file=name)
    if b"PRIVATE KEY" in content:
        return None, [problem("KEY_TYPE", place, "这是私钥", "核对用公钥；私钥不要离开签名的人")]
    try:
        key = serialization.load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        return None, [problem("KEY_UNREADABLE", place, "读不出公钥", "要PEM格式的Ed25519公钥，向签名的人当面要")]
    if not isinstance(key, Ed25519PublicKey):
        return None, [problem("KEY_TYPE", place, "不是Ed25519公钥", "向签名的人要Ed25519公钥")]
    if int.from_bytes(_raw(key), "little") % 2**255 in _WEAK:
        return None, [problem("KEY_TYPE", place, "这把公钥谁都能替它签名", "请当面核对公钥指纹，另要一把")]
    return key, []


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
