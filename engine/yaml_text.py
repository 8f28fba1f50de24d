"""YAML text to plain data with line and column, strictly; nothing is guessed, every slip is named where it stands.

Numbers keep their text, so nothing is rounded and ``2025.10`` stays ``2025.10``. This is the only door to PyYAML. It is
opened for the first text that is to be read; of inputs that were read before, none is.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from engine.hidden_characters import HIDDEN
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Block
from engine.models.record import Items
from engine.models.record import Number
from engine.models.record import Place
from engine.slips import WIDE_SPACE
from engine.slips import Slip
from engine.slips import find_slips
from engine.slips import slips_in_entry
from engine.slips import slips_in_value

MAX_DEPTH = 40

# libyaml where the wheel has it: ten times as fast, same events and marks.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
# What YAML 1.1, YAML 1.2 or a person would each read differently.
_NUMBER_TRAP = re.compile(
    r"[-+]?(0[0-9_]+(\.\d*)?|0[xX][0-9a-fA-F_]+|0o[0-7]+|0b[01_]+|[0-9][0-9_]*_[0-9_.]*|\+\d[\d.]*"
    r"|(\d+\.?\d*|\.\d+)[eE][-+]?\d+|\.\d+|\d+\.|\d+(:[0-5]?\d)+(\.\d*)?|\.(inf|Inf|INF)|\.(nan|NaN|NAN))"
)
_BOOLEAN_WORDS = {"yes", "no", "on", "off", "y", "n"}

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


def read_yaml(text: str, name: str, first_line: int = 1) -> tuple[Any, list[Problem]]:
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
        hidden = HIDDEN.search(text)
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
