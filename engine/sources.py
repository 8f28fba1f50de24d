"""Text to data with line and column, strictly; canonical bytes and sha256 of everything read.

In: bytes of a file. Out: plain data whose every value knows its place, and the problems found.
"""

import csv
import hashlib
import io
from itertools import dropwhile
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import BaseModel

from engine.csv_cells import bare
from engine.hidden_characters import HIDDEN
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import WITH_PLACES
from engine.models.record import Block
from engine.models.record import Items
from engine.models.record import Number
from engine.models.record import Place
from engine.models.submission import Row
from engine.models.submission import Table

MAX_BYTES = 5_000_000
# As many lines are named one by one; of more, these and how many there are.
MANY = 5


def sha256_of(content: bytes) -> str:
    """The digest of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def canonical_bytes(value: Any) -> bytes:
    """The canonical JSON (RFC 8785) of plain data or of a model; places are never part of it.

    Of a model only what differs from the defaults is written: a key that a later engine adds changes no older digest.
    """
    plain = value.model_dump(mode="json", by_alias=True, exclude_defaults=True) if isinstance(value, BaseModel) else value
    return rfc8785.dumps(plain)


def written_whole(model: BaseModel) -> dict[str, Any]:
    """A model as plain data from which it can be read back, with the places that its messages name."""
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True, context=WITH_PLACES)


def digest_of(value: Any) -> str:
    """The digest of the canonical JSON of a value."""
    return sha256_of(canonical_bytes(value))


def read_bytes(path: Path, name: str) -> tuple[bytes | None, list[Problem]]:
    """Read a file of at most 5 MB."""
    place = Place(file=name)
    if not path.is_file():
        return None, [problem("FILE_MISSING", place, "没有这个文件", "请核对文件名和所在文件夹")]
    if path.stat().st_size > MAX_BYTES:
        return None, [
            problem("FILE_TOO_LARGE", place, f"文件有{path.stat().st_size}字节", "请拆分；单个文件不超过5000000字节")
        ]
    return path.read_bytes(), []


def decode(content: bytes, name: str, encodings: tuple[str, ...] = ("utf-8-sig",)) -> tuple[str | None, list[Problem]]:
    """Decode a file and refuse invisible control characters."""
    text = next((t for t in (_decoded(content, encoding) for encoding in encodings) if t is not None), None)
    if text is None:
        remedy = "请用 UTF-8 编码另存（WPS、记事本另存为时可选）"
        return None, [problem("FILE_ENCODING", Place(file=name), "不是 UTF-8 文本", remedy)]
    found = HIDDEN.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        what = f"含有不可见的控制字符 U+{ord(found[0]):04X}"
        place = Place(file=name, line=line, column=column)
        return None, [problem("FILE_CONTROL_CHARACTER", place, what, "请删去这个字符，多半是从别处粘贴带来的")]
    return text, []


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def load_yaml(path: Path, name: str) -> tuple[Any, str, list[Problem]]:
    """Read one YAML file: its data (``None`` where it cannot be used), its digest and all problems found."""
    content, problems = read_bytes(path, name)
    if content is None:
        return None, "", problems
    text, problems = decode(content, name)
    if text is None:
        return None, sha256_of(content), problems
    data, problems = parse_yaml(text, name)
    return data, sha256_of(content), problems


def parse_yaml(text: str, name: str, first_line: int = 1) -> tuple[Any, list[Problem]]:
    """Turn YAML text into plain data with places; ``first_line`` is the number of the text's first line."""
    # Only who reads YAML needs its parser; a run on inputs that were read before reads none.
    from engine.yaml_text import read_yaml  # noqa: PLC0415

    return read_yaml(text, name, first_line)


def parse_ledger(text: str, name: str) -> tuple[list[Block], list[Problem]]:
    """Read a ledger: one JSON object a line, as strictly as YAML."""
    entries: list[Block] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        data, found = parse_yaml(line, name, number)
        problems += found
        if isinstance(data, Block) and line.lstrip().startswith("{"):
            entries.append(data)
        elif not found:
            place = Place(file=name, line=number, column=1)
            problems.append(problem("LEDGER_LINE", place, "这一行不是一个JSON对象", "每行写一件材料，用花括号括起来"))
    return entries, problems


def place_json(data: Any, place: Place) -> tuple[Any, list[Problem]]:
    """Give data that was read from one line of canonical JSON that line's place; as strict as YAML about what is hidden.

    Canonical JSON can be read in one way only, so that it need not be read as YAML.
    """
    problems: list[Problem] = []
    return _placed(data, place, problems), problems


def _placed(data: Any, place: Place, problems: list[Problem]) -> Any:
    if isinstance(data, dict):
        block = Block(place)
        for key, value in data.items():
            block[key] = _placed(value, place, problems)
        block.key_places = block.value_places = dict.fromkeys(data, place)
        return block
    if isinstance(data, list):
        items = Items(place)
        items.extend(_placed(value, place, problems) for value in data)
        items.value_places = [place] * len(data)
        return items
    if isinstance(data, int | float) and not isinstance(data, bool):
        return Number(canonical_bytes(data).decode())
    hidden = HIDDEN.search(data) if isinstance(data, str) else None
    if hidden:
        what = f"含有不可见的控制字符 U+{ord(hidden[0]):04X}"
        problems.append(problem("FILE_CONTROL_CHARACTER", place, what, "请删去这个字符，多半是从别处粘贴带来的"))
    return data


def parse_csv(text: str, name: str) -> tuple[Table | None, list[Problem]]:
    """Read a record table: the first line names the columns, every further line is a row, also one of commas alone.

    A quotation mark before what a spreadsheet would take for a formula is no part of the cell.
    """
    lines: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            lines += [(start, cells)] if len(cells) > 1 or any(cell.strip() for cell in cells) else []
            start = reader.line_num + 1
    except csv.Error:
        found = "从这一行起读不下去，多半是双引号没有配对，或一格太长"
        return None, [problem("TABLE_ROW", Place(file=name, line=start, column=1), found, "请核对这一行的双引号")]
    lines = list(dropwhile(lambda line: not any(cell.strip() for cell in line[1]), lines))
    if not lines:
        remedy = "第一行写列名；没有发生也要保留列名"
        return None, [problem("TABLE_HEADER", Place(file=name), "登记表是空的", remedy)]
    header = tuple(bare(cell.strip()) for cell in lines[0][1])
    if other := _other_separator(header):
        place = Place(file=name, line=lines[0][0], column=lines[0][1][0].index(other) + 1)
        shown = "制表符" if other == "\t" else f"「{other}」"
        remedy = "请把分隔改成英文逗号「,」；用表格软件的，另存为 CSV（逗号分隔）"
        return None, [problem("TABLE_HEADER", place, f"列名之间用{shown}分隔，不是英文逗号", remedy)]
    rows = [Row(cells=tuple(bare(cell.strip()) for cell in cells), line=number) for number, cells in lines[1:]]
    table = Table(file=name, header=header, rows=tuple(sorted(rows, key=lambda row: row.cells)))
    return table, _rows_of_another_length(name, len(header), rows)


def _other_separator(header: tuple[str, ...]) -> str:
    """What parts the names of the columns where no comma does; a record table has at least two."""
    return next((mark for mark in "，;；\t、|" if len(header) == 1 and mark in header[0]), "")


def _rows_of_another_length(name: str, columns: int, rows: list[Row]) -> list[Problem]:
    """Say once for every wrong number of cells which rows have it."""
    lines: dict[tuple[int, bool], list[int]] = {}
    for row in rows:
        if len(row.cells) != columns:
            lines.setdefault((len(row.cells), "，" in "".join(row.cells)), []).append(row.line)
    problems: list[Problem] = []
    for (cells, wide), found in lines.items():
        place = Place(file=name, line=found[0], column=1)
        what = f"这一行有{cells}格" if len(found) == 1 else f"{lines_named(found)}各有{cells}格"
        remedy = "值里有逗号请加双引号" if cells > columns else "没有写的格也要留着逗号"
        if cells < columns and wide:
            remedy = "分隔用了全角逗号「，」的，请改成英文逗号"
        problems.append(problem("TABLE_ROW", place, what, f"应有{columns}格；{remedy}"))
    return problems


def lines_named(lines: list[int]) -> str:
    """Name the lines on which one thing is wrong, the first five one by one.

    >>> lines_named([3, 7]), lines_named(list(range(2, 302)))
    ('第3、7行', '第2、3、4、5、6…行等300行')
    """
    shown = "、".join(map(str, lines[:MANY]))
    return f"第{shown}行" if len(lines) <= MANY else f"第{shown}…行等{len(lines)}行"
