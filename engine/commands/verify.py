"""``fazhi verify``: hold a signature against a file."""

from pathlib import Path

import click

from engine.commands import OPTIONS
from engine.commands.inputs import write
from engine.commands.integrity import check_signature
from engine.commands.integrity import read_whole
from engine.sources import sha256_of


@click.command(options_metavar=OPTIONS, help="核对文件的签名。相符退出码0；不符3；缺文件、密钥不对2。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", metavar="PUB.pem", required=True, type=click.Path(path_type=Path), help="签名人的公钥")
@click.option("--signature", metavar="FILE.sig", type=click.Path(path_type=Path), help="签名在哪里；不写就是 FILE.sig")
def command(file: Path, key: Path, signature: Path | None) -> None:
    """Say that a file is signed by the owner of a key, or leave with what is wrong."""
    content = read_whole(file)
    told = check_signature(content, str(file), signature or file.with_name(f"{file.name}.sig"), key)
    write(f"{told}\n文件摘要  {sha256_of(content)}\n", None)
