"""What bytes are by their content, whatever the file is called (文件种类)."""

import re
from pathlib import PurePosixPath

from engine.packed_files import Package
from engine.packed_files import UnreadableError

PDF, DOCX, XLSX, OFD, IMAGE, CSV, HTML, TEXT = "pdf", "docx", "xlsx", "ofd", "image", "csv", "html", "text"
KINDS = {
    PDF: "PDF",
    DOCX: "Word 文档（docx）",
    XLSX: "Excel 表格（xlsx）",
    OFD: "OFD",
    IMAGE: "图片",
    CSV: "CSV 表格",
    HTML: "网页",
    TEXT: "纯文本",
    "old": "旧格式的 Office 文件（doc、xls、wps、et）",
    "odf": "OpenDocument 文件（odt、ods）",
    "zip": "压缩包",
    "": "认不出的内容",
}
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
# What Office puts a document into that needs a password.
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(
    rb"\s*(<!--.*?-->\s*)?(<!doctype\s+html|<html|<head|<body|<meta|<\?xml[^>]*>\s*<(!doctype\s+)?html)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<(p|div|br|span|table|a|body)[\s>/]", re.IGNORECASE)
# What each ending promises.
ENDINGS = {
    "pdf": PDF,
    "docx": DOCX,
    "docm": DOCX,
    "xlsx": XLSX,
    "xlsm": XLSX,
    "ofd": OFD,
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"), IMAGE),
    "csv": CSV,
    **dict.fromkeys(("htm", "html", "shtml"), HTML),
    **dict.fromkeys(("txt", "md"), TEXT),
    **dict.fromkeys(("odt", "ods", "odp"), "odf"),
    **dict.fromkeys(("doc", "xls", "ppt", "wps", "et", "dps"), "old"),
    "zip": "zip",
}


def ending_of(name: str) -> str:
    """The ending of a file's name, small, without its dot."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def kind_of(content: bytes, name: str) -> str:
    """What a file is by its content; the name tells plain texts and tables apart. ``UnreadableError``: a broken zip."""
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if _LOCKED in content:
            raise UnreadableError("CHECK_ENCRYPTED", "Office 文件加了打开密码")
        return "old"
    if content.startswith(_IMAGES) or content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return IMAGE
    if _HTML.match(content[:4096].removeprefix(b"\xef\xbb\xbf")):
        return HTML
    if decoded(content) is None:
        return ""
    promised = ENDINGS.get(ending_of(name))
    is_tagged = promised == HTML and _TAG.search(content) is not None
    return CSV if promised == CSV else HTML if is_tagged else TEXT


def _packed(content: bytes) -> str:
    names = Package(content).names
    signs = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "OFD.xml": OFD, "META-INF/manifest.xml": "odf"}
    return next((kind for sign, kind in signs.items() if sign in names), "zip")


def decoded(content: bytes) -> str | None:
    """Text in one of the encodings that are in use: UTF-8, UTF-16 with a mark, GB 18030. ``None`` for anything else."""
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def check_kind(kind: str, name: str) -> None:
    """Refuse what has no reader; nothing is said of an ending that promises nothing."""
    remedies = {
        "old": "旧格式打不开，请另存为 docx、xlsx 或 PDF 再登记",
        "odf": "这种格式（odt、ods）打不开，请另存为 docx、xlsx 或 PDF 再登记",
        "zip": "是压缩包，请解开逐件登记",
        "": f"内容认不出来（扩展名 {ending_of(name) or '没有'}）",
    }
    if kind in remedies:
        raise UnreadableError("CHECK_FORMAT", remedies[kind])
