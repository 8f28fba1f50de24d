"""Files → text with places: one reader for each kind of file. The only door to pypdf and Pillow.

In: bytes and a name. Out: passages (a line, paragraph or cell with its place), the days that the file itself bears, and what
hindered reading, as values: a damaged, locked or hostile file never raises. Limits of size, pages and cells end each reader.
"""

import csv
import io
import re
import warnings
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import DependencyError
from pypdf.errors import LimitReachedError

from engine.file_kinds import CSV
from engine.file_kinds import DOCX
from engine.file_kinds import ENDINGS
from engine.file_kinds import HTML
from engine.file_kinds import IMAGE
from engine.file_kinds import KINDS
from engine.file_kinds import OFD
from engine.file_kinds import PDF
from engine.file_kinds import TEXT
from engine.file_kinds import XLSX
from engine.file_kinds import check_kind
from engine.file_kinds import decoded
from engine.file_kinds import ending_of
from engine.file_kinds import kind_of
from engine.models.file_text import FileText
from engine.models.file_text import Obstacle
from engine.models.file_text import Passage
from engine.office_texts import MOST_PAGES
from engine.office_texts import MOST_PASSAGES
from engine.office_texts import Read
from engine.office_texts import days_of
from engine.office_texts import read_docx
from engine.office_texts import read_ofd
from engine.office_texts import read_xlsx
from engine.packed_files import UnreadableError

MOST_BYTES = 100_000_000
MOST_PIXELS = 200_000_000
# A page with fewer characters than this and a picture on it was scanned.
FEW_CHARACTERS = 10
# The EXIF tag of when a picture was made or last changed.
DATE_TIME = 306


def read_file(content: bytes, name: str) -> FileText:
    """Read a file, whatever it is and whatever is wrong with it."""
    if not content:
        return _hindered("", "CHECK_EMPTY", "文件是空的，0字节")
    if len(content) > MOST_BYTES:
        return _hindered("", "CHECK_TOO_LARGE", f"文件有{len(content)}字节，超过{MOST_BYTES}字节")
    kind = ""
    try:
        kind = kind_of(content, name)
        check_kind(kind, name)
        passages, obstacles, made = READERS[kind](content)
    except UnreadableError as trouble:
        return _hindered(kind, trouble.code, trouble.found, name)
    except MemoryError:
        return _hindered(kind, "CHECK_TOO_LARGE", "读这个文件要的内存太多", name)
    except Exception as error:  # noqa: BLE001 - whatever a library raises on a hostile file
        return _hindered(kind, "CHECK_DAMAGED", f"读到一半读不下去（{type(error).__name__}）", name)
    if len(passages) > MOST_PASSAGES:
        passages = passages[:MOST_PASSAGES]
        obstacles = [*obstacles, Obstacle("CHECK_PART_READ", f"太长，只看了前{MOST_PASSAGES}段（格）")]
    passages = [passage for passage in passages if passage.text.strip()]
    if not passages and kind != IMAGE and not obstacles:
        obstacles = [Obstacle("CHECK_EMPTY", "打得开，里面没有内容")]
    return FileText(kind, tuple(passages), (*_misnamed(kind, name), *obstacles), tuple(made))


def _hindered(kind: str, code: str, found: str, name: str = "") -> FileText:
    return FileText(kind, obstacles=(*_misnamed(kind, name), Obstacle(code, found)))


def _misnamed(kind: str, name: str) -> Iterator[Obstacle]:
    """Say that the content is not what the ending promises; texts and tables of text have no content of their own."""
    promised = ENDINGS.get(ending_of(name))
    if kind and promised and promised != kind and {promised, kind} not in ({TEXT, CSV}, {TEXT, HTML}):
        yield Obstacle("CHECK_KIND", f"扩展名是 .{ending_of(name)}，内容是{KINDS[kind]}")


# --- PDF --------------------------------------------------------------------------------------------------------------


def _read_pdf(content: bytes) -> Read:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not _opens_without_password(reader):
            raise UnreadableError("CHECK_ENCRYPTED", "PDF 加了打开密码")
        try:
            return _pdf_pages(reader)
        except LimitReachedError as error:
            raise UnreadableError("CHECK_TOO_LARGE", "PDF 里有展开后过大的内容") from error


def _opens_without_password(reader: PdfReader) -> bool:
    """Whether a PDF only forbids printing or copying; anybody may open that."""
    try:
        return bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        return False


def _pdf_pages(reader: PdfReader) -> Read:
    passages: list[Passage] = []
    scanned: list[int] = []
    count = len(reader.pages)
    for number in range(1, min(count, MOST_PAGES) + 1):
        page = reader.pages[number - 1]
        text = page.extract_text()
        passages += [Passage(f"第{number}页", line) for line in text.splitlines()]
        if len(text.strip()) < FEW_CHARACTERS and _has_picture(page):
            scanned.append(number)
    obstacles = [Obstacle("CHECK_PART_READ", f"有{count}页，只看了前{MOST_PAGES}页")] if count > MOST_PAGES else []
    if scanned:
        pages = "、".join(map(str, scanned[:5])) + ("等" if len(scanned) > 5 else "")
        found = "整份是扫描件，没有文字" if len(scanned) == count else f"有{len(scanned)}页是扫描的，没有文字：第{pages}页"
        obstacles.append(Obstacle("CHECK_NO_TEXT", found, "" if len(scanned) == count else f"第{scanned[0]}页"))
    told: Mapping[str, Any] = reader.metadata or {}
    days = {"created": str(told.get("/CreationDate") or ""), "modified": str(told.get("/ModDate") or "")}
    return passages, obstacles, days_of({key: text.removeprefix("D:") for key, text in days.items()})


def _has_picture(page: Any) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    drawn = objects.get_object().values() if objects is not None else ()
    return any(one.get_object().get("/Subtype") in ("/Image", "/Form") for one in drawn)


# --- plain files ------------------------------------------------------------------------------------------------------


def _read_text(content: bytes) -> Read:
    lines = (decoded(content) or "").splitlines()
    return [Passage(f"第{number}行", line) for number, line in enumerate(lines, start=1)], [], []


def _read_csv(content: bytes) -> Read:
    passages: list[Passage] = []
    for number, row in enumerate(csv.reader(io.StringIO(decoded(content) or "")), start=1):
        for column, text in enumerate(row, start=1):
            passages.append(Passage(f"第{number}行第{column}列", text, row[column - 2] if column > 1 else ""))
    return passages, [], []


class _Page(HTMLParser):
    """The text of a web page, a line a block; scripts and styles left out."""

    BLOCKS = re.compile("p|div|br|hr|li|ul|ol|dl|dt|dd|tr|td|th|h[1-6]|title|table|section|article")
    SILENT = frozenset({"script", "style", "noscript", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a line at a block, and close one's ears in a script."""
        self._silent += tag in self.SILENT
        if self.BLOCKS.fullmatch(tag):
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        """End a line with its block."""
        self._silent = max(0, self._silent - (tag in self.SILENT))
        if self.BLOCKS.fullmatch(tag):
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        """Add to the line; line breaks of the source are blanks."""
        if not self._silent:
            self.lines[-1] += re.sub(r"[ \t\r\n]+", " ", data)


def _read_html(content: bytes) -> Read:
    page = _Page()
    page.feed(decoded(content) or "")
    page.close()
    lines = [line.strip() for line in page.lines if line.strip()]
    return [Passage(f"第{number}段", line) for number, line in enumerate(lines, start=1)], [], []


def _read_image(content: bytes) -> Read:
    """A picture holds no text; whether it is whole, and when it was taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(io.BytesIO(content))
            if picture.width * picture.height > MOST_PIXELS:
                raise UnreadableError("CHECK_TOO_LARGE", f"图片有{picture.width}×{picture.height}点")
            picture.verify()
            # Whoever verifies a picture has read it to its end; what it says of itself needs it opened anew.
            taken = str(Image.open(io.BytesIO(content)).getexif().get(DATE_TIME) or "")
        except Image.DecompressionBombError as error:
            raise UnreadableError("CHECK_TOO_LARGE", "图片的点数太多") from error
        except (OSError, SyntaxError, ValueError) as error:
            raise UnreadableError("CHECK_DAMAGED", "图片不完整") from error
    return [], [], days_of({"created": taken[:10].replace(":", "-")})


READERS: dict[str, Callable[[bytes], Read]] = {
    PDF: _read_pdf,
    DOCX: read_docx,
    XLSX: read_xlsx,
    OFD: read_ofd,
    IMAGE: _read_image,
    CSV: _read_csv,
    HTML: _read_html,
    TEXT: _read_text,
}
