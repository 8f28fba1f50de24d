"""``fazhi sign``: make a key pair, sign a file."""

import os
from pathlib import Path

import click

from engine.commands import OPTIONS
from engine.commands import integrity
from engine.commands.inputs import Refusal
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import write
from engine.sources import sha256_of

# Only its owner may read a private key.
PRIVATE = 0o600


@click.command(
    options_metavar=OPTIONS,
    help="给文件签名（Ed25519，签名另存 FILE.sig，64字节）。台账、记录、发布件都可以签；核对用 fazhi verify 或 openssl。",
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--key", metavar="KEY.pem", type=click.Path(path_type=Path), help="私钥")
@click.option("--signature", metavar="FILE.sig", type=click.Path(path_type=Path), help="签名存到哪里；不写就是 FILE.sig")
@click.option(
    "--new-key", metavar="KEY.pem", type=click.Path(path_type=Path), help="新建一对密钥：私钥存这里，公钥存 KEY.pub.pem"
)
def command(file: Path | None, key: Path | None, signature: Path | None, new_key: Path | None) -> None:
    """Sign a file, or make the keys to do it with."""
    if integrity.signatures is None:
        raise Refusal([integrity.no_library()])
    if (new_key is None) == (file is None) or (file is None) != (key is None):
        refuse_usage("写 FILE --key 私钥.pem 签名，或单写 --new-key 私钥.pem 新建密钥")
    if new_key is not None:
        write(_new_keys(new_key), None)
    elif file is not None and key is not None:
        write(_sign(file, key, signature or file.with_name(f"{file.name}.sig")), None)


def _new_keys(path: Path) -> str:
    assert integrity.signatures is not None
    public_path = path.with_name(f"{path.stem}.pub.pem")
    for taken in (path, public_path):
        if taken.exists():
            refuse_usage(f"已经有 {taken}，不覆盖；换个名字，或先把旧的移走")
    private, public = integrity.signatures.new_key_pair()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
        file.write(private)
    public_path.write_bytes(public)
    return (
        f"私钥  {path}（只有本人能读，不要外传，另备一份）\n公钥  {public_path}（交给核对的人）\n"
        f"公钥指纹  {integrity.signatures.fingerprint(public)}（当面或打电话告诉核对的人）\n"
    )


def _sign(file: Path, key: Path, target: Path) -> str:
    assert integrity.signatures is not None
    content = integrity.read_whole(file)
    signature, problems = integrity.signatures.sign(content, integrity.read_whole(key), str(key))
    if problems:
        raise Refusal(problems)
    if target.exists() and target.read_bytes() != signature:
        refuse_usage(f"已经有另一份签名 {target}，不覆盖；用 --signature 另存，或先把旧的移走")
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.write_bytes(signature)
    unfinished.replace(target)
    return f"已签名  {file}\n签名  {target}\n文件摘要  {sha256_of(content)}\n"
