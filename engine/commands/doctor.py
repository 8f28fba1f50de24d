"""``fazhi doctor``: what this machine offers and lacks."""

import importlib
import platform
import sys
from importlib import metadata
from pathlib import Path

import click

from engine import __version__
from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.cache import load_kept
from engine.commands.evidence_check import READERS
from engine.commands.inputs import SHIPPED
from engine.commands.inputs import ruleset_folders
from engine.commands.inputs import write
from engine.commands.integrity import signatures
from engine.rendering.layout import columns_of

NEEDED = ("pydantic", "PyYAML", "click", "tabulate", "wcwidth", "rfc8785")
WRITERS = {"Jinja2": "出 HTML 报告", "python-docx": "出 Word 报告", "XlsxWriter": "出 Excel 工作簿"}


@click.command(options_metavar=OPTIONS, help="看看这台机器上能用什么、缺什么。")
@click.option("--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
def command(folder: Path | None) -> int:
    """Report versions, the inference back end, encodings and the rulesets that can be used."""
    rows = [
        ["fazhi", __version__, "好"],
        ["Python", platform.python_version(), "好" if sys.version_info >= (3, 11) else "要3.11以上"],
        *([name, *_version(name)] for name in NEEDED),
        ["YAML读取", *_yaml()],
        ["链式推理", *_inference()],
        ["签名", *_signing()],
        [
            "输出编码",
            sys.stdout.encoding or "不明",
            "好" if (sys.stdout.encoding or "").lower() in ("utf-8", "gbk", "gb18030") else "中文可能显示不全",
        ],
        *([name, *_extra(name, told, "office")] for name, told in WRITERS.items()),
        *([name, *_extra(name, "收工作簿、打开佐证文件、读指标表", "evidence")] for name in READERS.values()),
        *_rulesets(folder),
    ]
    write("\n".join(columns_of(rows, ["项目", "版本", "状态"])) + "\n", None)
    return OK if all(row[2].startswith(("好", "可")) for row in rows) else FOUND


def _version(name: str) -> tuple[str, str]:
    try:
        return metadata.version(name), "好"
    except metadata.PackageNotFoundError:
        return "-", f"没有装：pip install {name}"


def _extra(name: str, purpose: str, extra: str) -> tuple[str, str]:
    """What only some commands use."""
    try:
        return metadata.version(name), "好"
    except metadata.PackageNotFoundError:
        return "-", f"可不装，要{purpose}才用：pip install 'fazhi[{extra}]'"


def _yaml() -> tuple[str, str]:
    fast = importlib.import_module("yaml").__with_libyaml__
    return ("libyaml", "好") if fast else ("纯Python", "可用，读大文件慢十倍")


def _inference() -> tuple[str, str]:
    try:
        importlib.import_module("durable.engine")
    except ImportError:
        return "内置推理器", "可用，结论相同（durable-rules 要 Python 3.12 以下和 C 编译器）"
    return f"durable-rules {metadata.version('durable-rules')}", "好，另有内置推理器对照"


def _signing() -> tuple[str, str]:
    if signatures is None:
        return "-", "可不装；要签名、核对签名：pip install 'fazhi[sign]'"
    return f"cryptography {metadata.version('cryptography')}", "好"


def _rulesets(folder: Path | None) -> list[list[str]]:
    rows = []
    homes = ruleset_folders(folder)
    for path in [p.parent for home in homes for p in sorted(home.glob("*/ruleset.yaml"))]:
        ruleset, problems = load_kept(path, homes)
        state = "好" if ruleset else f"有{len(problems)}处不能用"
        rows.append([f"规则集 {path.name}", ruleset.digest[:16] if ruleset else "-", state])
    return rows or [["规则集", "-", f"没有找到，应在 {SHIPPED}"]]
