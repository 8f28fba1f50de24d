"""Text to data with line and column, strictly; canonical bytes and sha256 of everything read.

In: bytes of a file. Out: plain data whose every value knows its place, and the problems found. Numbers keep their
text, so nothing is rounded and ``2025.10`` stays ``2025.10``. This is the only door to PyYAML.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path
from typing import Any

import rfc8785
import yaml
from pydantic import BaseModel

from engine.csv_cells import bare
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import WITH_PLACES
from engine.models.record import Block
from engine.models.record import Items
from engine.models.record import Number
from engine.models.record import Place
from engine.models.submission import Row
from engine.models.submission import Table
from engine.slips import WIDE_SPACE
from engine.slips import Slip
from engine.slips import find_slips
from engine.slips import slips_in_entry
from engine.slips import slips_in_value

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
# As many lines are named one by one; of more, these and how many there are.
MANY = 5

# libyaml where the wheel has it: ten times as fast, same events and marks.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
# What YAML 1.1, YAML 1.2 or a person would each read differently.
_NUMBER_TRAP = re.compile(
    r"[-+]?(0[0-9_]+(\.\d*)?|0[xX][0-9a-fA-F_]+|0o[0-7]+|0b[01_]+|[0-9][0-9_]*_[0-9_.]*|\+\d[\d.]*"
    r"|(\d+\.?\d*|\.\d+)[eE][-+]?\d+|\.\d+|\d+\.|\d+(:[0-5]?\d)+(\.\d*)?|\.(inf|Inf|INF)|\.(nan|NaN|NAN))"
)
_BOOLEAN_WORDS = {"yes", "no", "on", "off", "y", "n"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

# libyaml's reasons, for a person who never read the YAML specification.
_REASONS = {
    "mapping values are not allowed": "冒号的位置不对；多半是上一行缩进不齐，或值里有英文冒号而没有加引号",
    "could not find expected ':'": "这一行缺少英文冒号加空格",
    "did not find expected '-' indicator": "清单的缩进不齐",
    "did not find expected key": "缩进不齐，或引号没有配对",
    "did not find expected ',' or '}'": "花括号没有写完整",
    "did not find expected ',' or ']'": "方括号没有写完整",
    "found unexpected end of stream": "引号或括号没有收尾",
    "found character that cannot start any token": "这个字符不能放在开头；请给整个值加引号",
    "found unknown escape character": "双引号里的反斜杠写法不认识；请改用单引号",
}


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
    found = _CONTROL.search(text)
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
    reader = _Reader(name, first_line)
    try:
        data = reader.document(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        blamed = {p.place for p in reader.problems}
        found = _syntax_problems(error, text, name, first_line)
        return None, reader.problems + [p for p in found if p.place not in blamed]
    except _TooDeepError as error:
        reader.problems.append(
            problem("YAML_TOO_DEEP", error.place, f"嵌套超过{MAX_DEPTH}层", "请检查缩进；填报用不到这么深")
        )
        return None, reader.problems
    if data is None and not reader.problems:
        reader.problems.append(problem("YAML_EMPTY", Place(file=name), "文件是空的", "请按样例填写"))
    return data, reader.problems


def _syntax_problems(error: yaml.YAMLError, text: str, name: str, first_line: int) -> list[Problem]:
    """What was written where, if a slip of the pen explains the error; else where the parser stopped, and why."""
    stopped = _where_the_parser_stopped(error, text, name, first_line)
    slips = find_slips(text)
    problems = [
        problem("YAML_SYNTAX", Place(file=name, line=first_line + s.row, column=s.column + 1), s.found, s.remedy)
        for s in slips
    ]
    explained = any(p.place.line <= stopped.place.line for p in problems)
    return problems if explained and stopped.code != "YAML_TAB" else [*problems, stopped]


def _where_the_parser_stopped(error: yaml.YAMLError, text: str, name: str, first_line: int) -> Problem:
    mark: yaml.Mark | None = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", "") or "")
    if "could not find expected ':'" in reason:
        # The key without a colon begins earlier than where its colon was missed.
        mark = getattr(error, "context_mark", None) or mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    place = Place(file=name, line=first_line + line, column=column + 1)
    lines = text.splitlines()
    shown = lines[line].strip()[:60] if line < len(lines) else "（文件末尾）"
    if line < len(lines) and "\t" in lines[line][: column + 1]:
        return problem("YAML_TAB", place, f"「{shown}」前用了制表符", "请全部改用空格缩进")
    why = next((said for key, said in _REASONS.items() if key in reason), "YAML写法不通")
    return problem("YAML_SYNTAX", place, f"读到「{shown}」读不下去", why)


class _TooDeepError(Exception):
    def __init__(self, place: Place) -> None:
        self.place = place


def _is_plain(event: Any) -> bool:
    """Whether a text was written without quotation marks, tags and anchors."""
    return isinstance(event, yaml.ScalarEvent) and event.style not in ("'", '"', "|", ">")


class _Reader:
    """Builds plain data from YAML events and collects problems on the way."""

    def __init__(self, name: str, first_line: int) -> None:
        self.name = name
        self.first_line = first_line
        self.problems: list[Problem] = []

    def place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(file=self.name, line=mark.line + self.first_line, column=mark.column + 1)

    def note(self, code: str, event: Any, found: str, remedy: str) -> None:
        self.problems.append(problem(code, self.place(event), found, remedy))

    def document(self, events: Iterator[Any]) -> Any:
        data, documents = None, 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self.note("YAML_DOCUMENTS", event, "文件里有第二份文档（---）", "请拆成两个文件")
            elif isinstance(event, yaml.NodeEvent):
                value = self.value(event, events, 0)
                data = value if documents == 1 else data
        return data

    def value(self, event: Any, events: Iterator[Any], depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.note("YAML_ALIAS", event, f"用了别名「*{event.anchor}」", "请把内容照写一遍；填报不用锚点和别名")
        if depth > MAX_DEPTH:
            raise _TooDeepError(self.place(event))
        if getattr(event, "anchor", None):
            self.note("YAML_ALIAS", event, f"用了锚点「&{event.anchor}」", "请删去锚点，内容照写一遍")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event, events, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, events, depth)
        return self.scalar(event)

    def sequence(self, event: Any, events: Iterator[Any], depth: int) -> Items:
        self.refuse_tag(event)
        items = Items(self.place(event))
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.value_places.append(self.place(item))
            items.append(self.value(item, events, depth + 1))
        return items

    def mapping(self, event: Any, events: Iterator[Any], depth: int) -> Block:
        self.refuse_tag(event)
        block = Block(self.place(event))
        for key_event in events:
            if isinstance(key_event, yaml.MappingEndEvent):
                break
            if _is_plain(key_event):
                value_event = next(events)
                if not self.mended(block, key_event, value_event, events, depth):
                    self.entry(block, key_event, self.value(key_event, events, depth + 1), value_event, events, depth)
            else:
                key = self.value(key_event, events, depth + 1)
                self.entry(block, key_event, key, next(events), events, depth)
        return block

    def entry(self, block: Block, key_event: Any, key: Any, value_event: Any, events: Iterator[Any], depth: int) -> None:
        blamed = {p.place for p in self.problems}
        value = self.value(value_event, events, depth + 1)
        if isinstance(key, str):
            self.put(block, key, value, key_event, value_event)
        elif self.place(key_event) not in blamed:
            self.note("YAML_KEY_NOT_TEXT", key_event, "键不是文字", "键要写成一个词；需要时加引号")

    def put(self, block: Block, key: str, value: Any, key_event: Any, value_event: Any) -> None:
        if key in block:
            first = block.key_places[key].line
            self.note("YAML_KEY_DUPLICATE", key_event, f"键「{key}」重复，第{first}行已写过", "请合并成一处")
            return
        block[str(key)] = value
        block.key_places[key] = self.place(key_event)
        block.value_places[key] = self.place(value_event)

    def mended(self, block: Block, key_event: Any, value_event: Any, events: Iterator[Any], depth: int) -> bool:
        """Blame an entry that is a slip of the pen, and read on as it was meant, so that nothing else is blamed for it."""
        plain = value_event.value if _is_plain(value_event) else None
        if plain == "" and self.joined_thousands(block, key_event.value):
            return True
        slips = [(key_event, slip) for slip in slips_in_entry(key_event.value, parted=plain != "")]
        slips += [(value_event, slip) for slip in slips_in_value(plain or "")]
        for event, slip in slips:
            self.note_slip(event, slip)
        if not slips:
            return False
        value = self.value(value_event, events, depth + 1)
        pieces = key_event.value.lstrip(f"-｛［{WIDE_SPACE}").split("，")
        if plain:
            value, *further = plain.split("，")
            pieces += further
        for piece in pieces:
            key, *told = (part.strip() for part in re.split("[：:]", piece, maxsplit=1))
            self.put(block, key, told[0] if told else value, key_event, value_event)
        return True

    def joined_thousands(self, block: Block, text: str) -> bool:
        """Blame ``value: 1,020件`` in braces, which reads as the value 1 and a key 020件."""
        last = next(reversed(block), None)
        before = block[last] if last is not None else None
        group = re.match(r"\d{3}(?!\d)", text)
        if last is None or group is None or not isinstance(before, str) or not re.fullmatch(r"\d{1,3}(\d{3})*", before):
            return False
        place, whole = block.value_places[last], before + text
        written = f"{int(before + group[0]):,}{text[3:]}"
        self.problems = [p for p in self.problems if p.place != place]
        remedy = f"千位逗号要去掉或加引号：{whole}"
        self.problems.append(problem("YAML_NUMBER_FORM", place, f"「{written}」里的逗号把数分成了几截", remedy))
        block[last] = whole
        return True

    def note_slip(self, event: Any, slip: Slip) -> None:
        start = self.place(event)
        place = start.model_copy(update={"line": start.line + slip.row, "column": start.column + slip.column})
        self.problems.append(problem("YAML_SYNTAX", place, slip.found, slip.remedy))

    def refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.note("YAML_TAG", event, f"用了类型标签「{shown}」", "请删去以叹号开头的标签")

    def scalar(self, event: Any) -> Any:
        self.refuse_tag(event)
        text = event.value
        hidden = _CONTROL.search(text)
        if hidden:
            what = f"含有不可见的控制字符 U+{ord(hidden[0]):04X}"
            return self.note("FILE_CONTROL_CHARACTER", event, what, "请删去这个字符，多半是从别处粘贴带来的")
        if not _is_plain(event):
            return text
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if text.lower() in _BOOLEAN_WORDS or text.lower() in ("true", "false", "null"):
            remedy = "真假请写 true 或 false；若就是这个词，请加引号"
            return self.note("YAML_BOOLEAN_WORD", event, f"「{text}」会被有的软件当成真假", remedy)
        if _NUMBER.fullmatch(text):
            return Number(text)
        if _NUMBER_TRAP.fullmatch(text):
            remedy = "数请写成普通十进制；编号、时刻等文字请加引号"
            return self.note("YAML_NUMBER_FORM", event, f"「{text}」各软件读法不一", remedy)
        return text


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
    hidden = _CONTROL.search(data) if isinstance(data, str) else None
    if hidden:
        what = f"含有不可见的控制字符 U+{ord(hidden[0]):04X}"
        problems.append(problem("FILE_CONTROL_CHARACTER", place, what, "请删去这个字符，多半是从别处粘贴带来的"))
    return data


def hidden_character(text: str) -> str | None:
    """The first invisible control character of a text."""
    found = _CONTROL.search(text)
    return found[0] if found else None


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
