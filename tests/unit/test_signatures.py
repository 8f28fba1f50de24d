"""Detached signatures: openssl agrees, and nothing missing, empty, weak or of another kind is ever a yes."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine import signatures
from engine.signatures import check
from engine.signatures import fingerprint
from engine.signatures import new_key_pair
from engine.signatures import sign
from engine.sources import sha256_of

PRIVATE, PUBLIC = new_key_pair()
OTHER_PRIVATE, OTHER_PUBLIC = new_key_pair()
CONTENT = "第1版\n".encode()
SIGNATURE, _ = sign(CONTENT, PRIVATE, "key.pem")


def pem_of(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ), key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


RSA = pem_of(rsa.generate_private_key(public_exponent=65537, key_size=2048))
CURVE = pem_of(ec.generate_private_key(ec.SECP256R1()))
EXCHANGE = pem_of(x25519.X25519PrivateKey.generate())
LOCKED = serialization.load_pem_private_key(PRIVATE, None).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
)
RAW = serialization.load_pem_public_key(PUBLIC).public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def codes(content=CONTENT, signature=SIGNATURE, key=PUBLIC):
    return [p.code for p in check(content, signature, key, "a", "a.sig", "key.pub.pem")]


def test_the_owner_s_signature_is_accepted():
    """64 bytes, the same every time, accepted with the public half of the key."""
    assert (len(SIGNATURE), sign(CONTENT, PRIVATE, "key.pem")[0]) == (64, SIGNATURE)
    assert codes() == []


@pytest.mark.parametrize(
    "key", [b"", b"\x00", b"key", PRIVATE, LOCKED, RSA[0], RSA[1], CURVE[1], EXCHANGE[1], RAW, PUBLIC[:-40]], ids=range(11)
)
def test_no_other_key_is_ever_a_yes(key):
    """A key that is empty, half, private, of another kind or in another form is refused as a key."""
    assert codes(key=key)[0] in ("KEY_UNREADABLE", "KEY_TYPE")
    assert fingerprint(key) == ""


@pytest.mark.parametrize(
    "signature",
    [b"", SIGNATURE[:-1], SIGNATURE + b"\n", bytes(64), SIGNATURE[32:] + SIGNATURE[:32], sign(CONTENT, OTHER_PRIVATE, "")[0]],
    ids=range(6),
)  # fmt: skip
def test_no_other_signature_is_a_yes(signature):
    """Empty, short, long, zero, swapped, or somebody else's."""
    assert codes(signature=signature) == ["SIGNATURE_DIFFERS"]


def test_another_owner_s_key_and_other_content_are_told_apart_from_the_right_ones():
    """The key that signed and the bytes that were signed, no others."""
    assert codes(key=OTHER_PUBLIC) == codes(content=CONTENT + b" ") == codes(content=b"") == ["SIGNATURE_DIFFERS"]
    assert fingerprint(PUBLIC) == sha256_of(RAW) != fingerprint(OTHER_PUBLIC)


def test_the_second_spelling_of_a_signature_is_none():
    """Adding the group's order to the second half gives no second signature."""
    order = 2**252 + 27742317777372353535851937790883648493
    doubled = int.from_bytes(SIGNATURE[32:], "little") + order

    assert codes(signature=SIGNATURE[:32] + doubled.to_bytes(32, "little")) == ["SIGNATURE_DIFFERS"]


def test_keys_for_which_anybody_can_sign_are_refused():
    """Every point of small order, in both spellings and with both signs, is no key."""
    prime = 2**255 - 19
    d = -121665 * pow(121666, -1, prime) % prime
    # A point of order eight doubles to one of height 0, so x² = -y², and on the curve d·y⁴ + 2y² = 1. Of the two y² that
    # solve this only one is a square (their product, -1/d, is none), so that the heights are one y and its negative.
    eight = {height for height in signatures._WEAK if (d * height**4 + 2 * height**2 - 1) % prime == 0}
    assert len(eight) == 2 and sum(eight) == prime
    assert {0, 1, prime - 1, prime, prime + 1, *eight} == signatures._WEAK
    for height in signatures._WEAK:
        for sign_bit in (0, 2**255):
            raw = (height + sign_bit).to_bytes(32, "little")
            pem = Ed25519PublicKey.from_public_bytes(raw).public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            assert codes(signature=raw + bytes(32), key=pem) == ["KEY_TYPE"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (b"", "KEY_UNREADABLE"),
        (b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "KEY_UNREADABLE"),
        (LOCKED, "KEY_UNREADABLE"),
        (PUBLIC, "KEY_TYPE"),
        (RSA[0], "KEY_TYPE"),
        (CURVE[0], "KEY_TYPE"),
    ],
)
def test_only_a_private_key_signs(key, code):
    """Anything else gives no signature."""
    signature, (found,) = sign(CONTENT, key, "key.pem")

    assert (signature, found.code) == (b"", code)


def test_openssl_alone_agrees(tmp_path: Path):
    """openssl verifies what we sign, refuses what was changed, and we accept what it signs."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not there: that it agrees with us was NOT tested")
    for name, content in {"a": CONTENT, "a.sig": SIGNATURE, "key.pem": PRIVATE, "key.pub.pem": PUBLIC}.items():
        (tmp_path / name).write_bytes(content)

    def openssl(*arguments: str) -> int:
        return subprocess.run(["openssl", "pkeyutl", *arguments], cwd=tmp_path, capture_output=True, check=False).returncode

    verifying = ["-verify", "-pubin", "-inkey", "key.pub.pem", "-rawin", "-in", "a", "-sigfile"]
    assert openssl(*verifying, "a.sig") == 0
    (tmp_path / "a").write_bytes(CONTENT + b" ")
    assert openssl(*verifying, "a.sig") != 0
    assert openssl("-sign", "-inkey", "key.pem", "-rawin", "-in", "a", "-out", "theirs.sig") == 0
    assert codes(content=CONTENT + b" ", signature=(tmp_path / "theirs.sig").read_bytes()) == []
