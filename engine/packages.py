"""Whether a spreadsheet file may be opened at all: a zip of plain XML, not too large, with nothing in it that acts.

Looked at before any library reads it. In: bytes. Out: the parts, or why the file is refused.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place

MAX_FILE, MAX_PARTS, MAX_UNPACKED = 20_000_000, 2_000, 60_000_000
_OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

# Parts of a package that run, or that reach outside of it.
_MACROS = re.compile(r"vbaProject|vbaData|macrosheets/|activeX/|^Basic/|^Scripts/|ctrlProps/", re.IGNORECASE)
_OUTSIDE = re.compile(r"externalLinks/|embeddings/|connections\.xml|queryTables/|oleObject|webextensions/", re.IGNORECASE)
_MACRO_TYPE = re.compile(
    rb"macroEnabled|vbaProject|<script:(?!event-listeners)|<office:script |xlink:href=\"vnd\.sun\.star\.script"
)
_LINKED = re.compile(
    rb"<table:table-source|<office:dde-source|<table:dde-link|<table:database-source|<table:cell-range-source"
)
# A web address that somebody typed becomes such a relationship on its own; it does nothing.
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_HYPERLINK = re.compile(rb"Type=\"[^\"]*/hyperlink\"")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def open_package(content: bytes, name: str) -> tuple[dict[str, bytes], list[Problem]]:
    """Unpack a spreadsheet file, or say why it is not opened."""
    place = Place(file=name)
    if len(content) > MAX_FILE:
        found = f"文件有{len(content)}字节"
        return {}, [problem("WORKBOOK_TOO_LARGE", place, found, f"工作簿不超过{MAX_FILE}字节；图片、附件不要贴在表里")]
    if content.startswith(_OLD_OR_ENCRYPTED):
        remedy = "请去掉打开密码，另存为 xlsx（Excel 工作簿）再交"
        return {}, [problem("WORKBOOK_UNREADABLE", place, "是旧格式（xls、et），或者加了打开密码", remedy)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            listed = package.infolist()
            if problems := list(_unfit(listed, place)):
                return {}, problems
            parts = {part.filename: package.read(part) for part in listed}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return {}, [
            problem("WORKBOOK_UNREADABLE", place, "不是完整的 xlsx 或 ods 文件", "请用表格软件打开，另存为 xlsx 再交")
        ]
    return parts, list(_acting(parts, place))


def is_opendocument(parts: dict[str, bytes]) -> bool:
    """Whether a package is a spreadsheet of LibreOffice and the like."""
    return parts.get("mimetype", b"").decode("ascii", "replace").startswith(_ODS)


def _unfit(listed: list[zipfile.ZipInfo], place: Place) -> Iterator[Problem]:
    names = [part.filename for part in listed]
    unpacked = sum(part.file_size for part in listed)
    if len(names) > MAX_PARTS or unpacked > MAX_UNPACKED:
        found = f"解开有{len(names)}个部件、{unpacked}字节"
        yield problem("WORKBOOK_TOO_LARGE", place, found, "疑似压缩炸弹，没有打开；请从模板重新填写")
    elif len(set(names)) != len(names):
        yield problem(
            "WORKBOOK_UNREADABLE", place, "压缩包里有重名的部件，各软件读法不一", "请用表格软件打开，另存为 xlsx 再交"
        )
    elif any(part.flag_bits & 1 for part in listed):
        yield problem("WORKBOOK_UNREADABLE", place, "压缩包加了密码", "请去掉密码再交")


def _acting(parts: dict[str, bytes], place: Place) -> Iterator[Problem]:
    """Macros, links to other files, and declarations by which XML reads other files or grows without end."""
    xml = {name: content for name, content in parts.items() if name.endswith((".xml", ".rels", ".vml")) and content}
    odd = [name for name, content in xml.items() if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:200]]
    doctype = [name for name, content in xml.items() if _DOCTYPE.search(content)] + odd
    if doctype:
        found = f"部件 {doctype[0]} 里有文档类型声明（DTD），或不是 UTF-8"
        yield problem("WORKBOOK_DTD", place, found, "正常的工作簿没有这个；请从模板重新填写")
    macros = [name for name in parts if _MACROS.search(name)]
    macros += [name for name, content in xml.items() if _MACRO_TYPE.search(content)]
    if macros:
        yield problem("WORKBOOK_MACRO", place, f"带宏或控件（{macros[0]}）", "请另存为不带宏的 xlsx 再交")
    outside = [name for name in parts if _OUTSIDE.search(name)]
    outside += [name for name, content in xml.items() if _LINKED.search(content) or _reaches_outside(content)]
    if outside:
        found = f"链接到别的文件，或嵌入了别的文件（{outside[0]}）"
        yield problem("WORKBOOK_EXTERNAL", place, found, "请在表格软件里断开链接、删去嵌入的对象，只留值")


def _reaches_outside(content: bytes) -> bool:
    return any(
        b'TargetMode="External"' in relation and not _HYPERLINK.search(relation) for relation in _RELATION.findall(content)
    )
