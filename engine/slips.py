"""Slips of the pen in YAML: full-width marks, a blank too few, what was opened and never closed; each at its place.

A parser stops at the first thing it cannot read, often lines after the slip, and names what it expected. This walks
over the text as a person would and names what was written. It is asked only about a text that a parser refused, or
about a key that no one would write on purpose; what it says is advice, never data.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

WIDE_SPACE = "\N{IDEOGRAPHIC SPACE}"
_CLOSER = {"{": "}", "[": "]"}
_NARROW = {"｛": "{", "［": "[", "｝": "}", "］": "]"}
_WORD = r"[A-Za-z_][A-Za-z0-9_]*"

# A key in a text that is read as one piece: what stands before it, and the mark that should have parted it.
_WIDE_COLON = re.compile(rf"(?:^|[，,\s])-?({_WORD})\s*(：)\s*([^，,：]*)")
_TIGHT_COLON = re.compile(rf"(?:^|[，,\s])({_WORD})(:)(?!//)([^\s:，,][^，,]*)")
_SPACED_COLON = re.compile(rf"(?:^|[，,\s]){_WORD}:({WIDE_SPACE})")
_WIDE_COMMA = re.compile(rf"(，)\s*(?={_WORD}\s*(?:[：:]|$))")
_GLUED_KEY = re.compile(rf"(，)\s*({_WORD})\s*(：)")
_ENTRY = re.compile(r"\s*(-\s|-$|[-－—][{\[｛［]|\w+\s*[:：](\s|$)|[A-Za-z_]+：)")
_BLOCK_TEXT = re.compile(r"[|>][-+\d]*\s*(#.*)?$")
_TIGHT_DASH = re.compile(r"-(?=[{\[｛［\"'A-Za-z_\u4e00-\u9fff])")
_WIDE_DASH = re.compile(rf"[－—–]\s*(?=[{{\[｛［]|{_WORD}\s*[:：])")


class Slip(NamedTuple):
    """One slip: how far into the text or line it stands, what was found, what to do."""

    row: int
    column: int
    found: str
    remedy: str


def slips_in_entry(text: str, *, parted: bool) -> Iterator[Slip]:
    """The slips in what should have been one key; ``parted`` says whether a colon follows it."""
    if text.startswith(WIDE_SPACE):
        yield _wide_space(0)
    if _TIGHT_DASH.match(text):
        yield Slip(0, 0, "「-」后面紧接着写了字", "「-」后要空一格")
    if text[:1] in ("｛", "［"):
        yield _wide_bracket(0, text[0])
    for found in _WIDE_COLON.finditer(text):
        yield Slip(0, found.start(2), "用了全角冒号「：」", f"请改成英文冒号加空格：{found[1]}: {found[3].strip() or '…'}")
    for found in _SPACED_COLON.finditer(text):
        yield _wide_space(found.start(1))
    for found in _WIDE_COMMA.finditer(text):
        if parted or found.end() < len(text) and re.match(rf"{_WORD}\s*[：:]", text[found.end() :]):
            yield _wide_comma(found.start(1))
    for found in () if parted else _TIGHT_COLON.finditer(text):
        if found[3][0] != WIDE_SPACE:
            yield Slip(0, found.start(2), "冒号后缺一个空格", f"请写 {found[1]}: {found[3].strip()}")


def slips_in_value(text: str) -> Iterator[Slip]:
    """The slips that glue a further key to a value: 13件，unit：公安局."""
    for found in _GLUED_KEY.finditer(text):
        yield _wide_comma(found.start(1))
        yield Slip(0, found.start(3), "用了全角冒号「：」", f"请改成英文冒号加空格：{found[2]}: …")


def find_slips(text: str) -> list[Slip]:
    """Every slip in a text, in the order of the lines, rows and columns from 0."""
    walk = _Walk()
    for row, line in enumerate(text.replace("\r", "").split("\n")):
        walk.over(row, line)
    walk.end()
    return sorted(set(walk.slips))


def _wide_space(column: int) -> Slip:
    return Slip(0, column, "用了全角空格", "请改成英文空格")


def _wide_comma(column: int) -> Slip:
    return Slip(0, column, "用了全角逗号「，」", "请改成英文逗号加空格")


def _wide_bracket(column: int, mark: str) -> Slip:
    name = "花括号" if _NARROW[mark] in "{}" else "方括号"
    return Slip(0, column, f"用了全角{name}「{mark}」", f"请改成英文{name}「{_NARROW[mark]}」")


class _Opened(NamedTuple):
    """A bracket or quotation mark and where it stands; how far in its line begins."""

    mark: str
    row: int
    column: int
    indent: int


class _Walk:
    """Walks over the lines of a text with the brackets and the quotation mark that are open."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []
        self.open: list[_Opened] = []
        self.quote: _Opened | None = None
        self.comments: dict[int, tuple[int, str]] = {}
        self.text_deeper_than: int | None = None
        self.row = 0
        self.line = ""
        # Whether a key was read and its value is next.
        self.after_key = False

    def over(self, row: int, line: str) -> None:
        """Look at one line."""
        self.row, self.line = row, line
        indent = len(line) - len(line.lstrip(" "))
        if self.text_deeper_than is not None:
            if not line.strip() or indent > self.text_deeper_than:
                return
            self.text_deeper_than = None
        if _ENTRY.match(line):
            self._give_up_what_is_open(indent)
        at = self._close_quote(0) if self.quote is not None else self._begin(indent)
        if not self.open:
            self.after_key = False
        while at < len(line):
            at = self._step(at, indent)

    def end(self) -> None:
        """Say what is still open at the end of the text."""
        self._give_up_what_is_open(-1)

    def _note(self, slip: Slip) -> None:
        self.slips.append(slip._replace(row=self.row))

    def _begin(self, at: int) -> int:
        """Pass the blanks and dashes that a line begins with."""
        if self.line[at : at + 1] == WIDE_SPACE:
            self._note(_wide_space(at))
        at = len(self.line) - len(self.line.lstrip(f" \t{WIDE_SPACE}"))
        while not self.open and at < len(self.line):
            if wide := _WIDE_DASH.match(self.line, at):
                self._note(Slip(0, at, f"用了全角横线「{self.line[at]}」", "请改成英文减号「-」加空格"))
                at = wide.end()
            elif self.line[at] == "-" and self.line[at + 1 : at + 2] == WIDE_SPACE:
                self._note(_wide_space(at + 1))
                at += 2
            elif _TIGHT_DASH.match(self.line, at):
                self._note(Slip(0, at, "「-」后面紧接着写了字", "「-」后要空一格"))
                at += 1
            elif self.line[at] == "-" and self.line[at + 1 : at + 2] in ("", " "):
                at += 2
            elif self.line[at] == " ":
                at += 1
            else:
                break
        return at

    def _step(self, at: int, indent: int) -> int:
        """Read one mark or one piece of plain text; where the next one begins."""
        mark = self.line[at]
        if mark in " \t":
            return at + 1
        if mark == WIDE_SPACE:
            self._note(_wide_space(at))
            return at + 1
        if mark == "#" and (at == 0 or self.line[at - 1] in " \t"):
            self.comments[self.row] = (at, self.line[at:])
            return len(self.line)
        if mark in "{[｛［":
            return self._open(at, indent)
        if mark in "}]｝］" and (self.open or mark in "}]"):
            return self._close(at)
        if mark in "\"'":
            self.quote = _Opened(mark, self.row, at, indent)
            return self._close_quote(at + 1)
        if mark in ",:，" and self.open:
            if mark == "，":
                self._note(_wide_comma(at))
            self.after_key = mark == ":"
            return at + 1
        if mark in "|>" and not self.open and _BLOCK_TEXT.match(self.line, at):
            self.text_deeper_than = indent
            return len(self.line)
        return self._plain(at)

    def _open(self, at: int, indent: int) -> int:
        mark = self.line[at]
        if mark in _NARROW:
            self._note(_wide_bracket(at, mark))
        self.open.append(_Opened(_NARROW.get(mark, mark), self.row, at, indent))
        self.after_key = False
        return at + 1

    def _close(self, at: int) -> int:
        mark = _NARROW.get(self.line[at], self.line[at])
        if self.line[at] in _NARROW:
            self._note(_wide_bracket(at, self.line[at]))
        if not any(_CLOSER[opened.mark] == mark for opened in self.open):
            self._note(Slip(0, at, f"多了一个「{mark}」", "请删去，或补上与它配对的开头"))
            return at + 1
        while _CLOSER[self.open[-1].mark] != mark:
            self._never_closed(self.open.pop())
        self.open.pop()
        self.after_key = True
        if not self.open and (behind := re.match(r"\s*[,，;；。](?=\s*(#|$))", self.line[at + 1 :])):
            self._note(Slip(0, at + behind.end(), f"「{mark}」后面多了「{behind[0].strip()}」", "请删去"))
            return at + 1 + behind.end()
        return at + 1

    def _close_quote(self, at: int) -> int:
        """Pass a quoted text to its closing mark, and look at what stands behind it."""
        assert self.quote is not None
        mark = self.quote.mark
        inside = re.compile(r'(?:[^"\\]|\\.)*"' if mark == '"' else r"(?:[^']|'')*'").match(self.line, at)
        if inside is None:
            return len(self.line)
        opened, self.quote = self.quote, None
        behind = re.match(r"\s*", self.line[inside.end() :])
        at = inside.end() + (behind.end() if behind else 0)
        follower = self.line[at : at + 1]
        if follower == "，":
            self._note(_wide_comma(at))
            self.after_key = False
            return at + 1
        if follower == "：":
            self._note(Slip(0, at, "用了全角冒号「：」", "请改成英文冒号加空格"))
            self.after_key = True
            return at + 1
        if follower and follower not in ",}]:#｝］":
            end = self._end_of_plain(at)
            quoted = self.line[opened.column + 1 : inside.end() - 1] if opened.row == self.row else "…"
            rest = self.line[inside.end() : end].strip()
            if re.search(r"[,，:：]\s*$", quoted):
                # What closes it was meant to open the next text.
                self._quote_never_closed(opened)
                return end
            remedy = f"请整句加单引号，或改用直角引号：「{quoted}」{rest}"
            self._note(Slip(0, at, f"引号后面还有字「{rest[:20]}」", remedy))
            return end
        return at

    def _end_of_plain(self, at: int) -> int:
        """Where plain text ends: at a comment, inside brackets also at a bracket, a comma or a colon."""
        ends = r"[,{}\[\]｝］]|:(?=[\s,{}\[\]]|$)|\s#" if self.open else r"\s#|$"
        found = re.compile(ends).search(self.line, at)
        return found.start() if found else len(self.line)

    def _plain(self, at: int) -> int:
        """Read plain text: a key where one is due, else a value."""
        end = max(self._end_of_plain(at), at + 1)
        text = self.line[at:end]
        inside_list = bool(self.open) and self.open[-1].mark == "["
        if self.open:
            parted = self.line[end : end + 1] == ":"
        else:
            colon = re.search(r":(?=\s|$)", text)
            parted = colon is not None
            if colon is not None:
                end, text = at + colon.start(), text[: colon.start()]
        if self.after_key or parted or not inside_list:
            self._look_into(at, text, parted=parted)
        if parted:
            self.after_key = True
            return end + 1
        return end

    def _look_into(self, at: int, text: str, *, parted: bool) -> None:
        found = list(slips_in_entry(text, parted=parted))
        if self.after_key:
            glued = parted and _WIDE_COMMA.search(text)
            found = [*slips_in_value(text), *([_wide_comma(glued.start(1))] if glued else [])]
        for slip in found:
            self._note(slip._replace(column=at + slip.column))
        if self.after_key and parted and not found:
            self._note(Slip(0, at + len(text), "值里有英文冒号", "请给整个值加引号，或改用全角冒号「：」"))

    def _give_up_what_is_open(self, indent: int) -> None:
        """A new entry begins, or the text ends: what is open and does not enclose it was never closed."""
        if self.quote is not None:
            opened, self.quote = self.quote, None
            self._quote_never_closed(opened)
            # The quotation swallowed whatever would have closed the brackets of its line.
            self.open = [one for one in self.open if one.row != opened.row]
        if self.open and indent <= self.open[0].indent:
            for opened in self.open:
                self._never_closed(opened)
            self.open = []

    def _quote_never_closed(self, opened: _Opened) -> None:
        self.slips.append(Slip(opened.row, opened.column, f"这个引号「{opened.mark}」没有收尾", "请在句末补上同样的引号"))

    def _never_closed(self, opened: _Opened) -> None:
        closer = _CLOSER[opened.mark]
        for row, (column, comment) in self.comments.items():
            if opened.row <= row and closer in comment:
                remedy = "「#」也是内容的，请给整个值加引号；是注释的，先写完这一条再写"
                self.slips.append(Slip(row, column, "「#」以后是注释，这一行没有写完", remedy))
                return
        self.slips.append(Slip(opened.row, opened.column, f"「{opened.mark}」没有收尾", f"请在这一条末尾补上「{closer}」"))
