"""Zipped documents (DOCX, XLSX, OFD) opened with limits: no bomb is unpacked, no DTD is read.

In: bytes. Out: parts by name. What may not be read ends in ``UnreadableError``, which the readers' door turns into a value.
"""

import io
import zipfile
import zlib
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError
from defusedxml.ElementTree import fromstring

MOST_PARTS = 5_000
MOST_UNPACKED = 200_000_000
# No office document shrinks so far by itself; small parts of one repeated character do, and do no harm.
BOMB_RATIO, BOMB_SIZE = 200, 20_000_000
MOST_XML = 30_000_000
# Bit 0 of a zip entry's flags: encrypted.
ENCRYPTED = 0x1


class UnreadableError(Exception):
    """A file that cannot be read, by the code of a problem; never leaves the readers."""

    def __init__(self, code: str, found: str) -> None:
        self.code, self.found = code, found
        super().__init__(found)


class Package:
    """The parts of a zipped document."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise UnreadableError("CHECK_DAMAGED", "压缩包打不开") from error
        parts = self._archive.infolist()
        if len(parts) > MOST_PARTS:
            raise UnreadableError("CHECK_TOO_LARGE", f"压缩包里有{len(parts)}个部件，超过{MOST_PARTS}个")
        if any(part.flag_bits & ENCRYPTED for part in parts):
            raise UnreadableError("CHECK_ENCRYPTED", "压缩包加了密码")
        unpacked = sum(part.file_size for part in parts)
        packed = max(1, sum(part.compress_size for part in parts))
        if unpacked > MOST_UNPACKED or unpacked > BOMB_SIZE and unpacked // packed > BOMB_RATIO:
            raise UnreadableError("CHECK_TOO_LARGE", f"{len(content)}字节展开后有{unpacked}字节")
        self.names = frozenset(part.filename for part in parts)
        for name in sorted(self.names):
            if name.endswith((".xml", ".rels")) and _has_doctype(self.part(name)):
                raise UnreadableError("CHECK_DTD", f"部件 {name} 带有 DOCTYPE")

    def part(self, name: str) -> bytes:
        """The bytes of one part, at most as many as are taken for XML."""
        try:
            with self._archive.open(name) as opened:
                content = opened.read(MOST_XML + 1)
        except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, NotImplementedError) as error:
            raise UnreadableError("CHECK_DAMAGED", f"部件 {name} 读不出来") from error
        if len(content) > MOST_XML:
            raise UnreadableError("CHECK_TOO_LARGE", f"部件 {name} 超过{MOST_XML}字节")
        return content

    def tree(self, name: str) -> Any:
        """One part as an XML tree."""
        try:
            return fromstring(self.part(name), forbid_dtd=True)
        except (ParseError, ValueError) as error:
            code = "CHECK_DTD" if isinstance(error, DefusedXmlException) else "CHECK_DAMAGED"
            raise UnreadableError(code, f"部件 {name} 不是完整的XML") from error


def _has_doctype(content: bytes) -> bool:
    return (
        b"<!DOCTYPE" in content or "<!DOCTYPE".encode("utf-16-le") in content or "<!DOCTYPE".encode("utf-16-be") in content
    )


def tag_of(element: Any) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def value_of(element: Any, name: str) -> str | None:
    """An attribute by its name without namespace."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)
