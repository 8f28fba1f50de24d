"""What a text says of itself (文内自述): number, dates, who issued it, title, headings, years, marks and personal numbers.

In: passages. Out: what was found, each with its place and the words around it. Knows nothing of the ledger.
"""

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from engine.models.file_text import Passage
from engine.numerals import small_number
from engine.quantities import normalised

AROUND = 12
# A letterhead, title and number stand at the top; a document cites those of others further down.
HEAD = 15

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATE = (
    r"(?P<year>(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})(?P<mark>年|[-/.])"
    r"(?P<month>\d{1,2}|[元一二三四五六七八九十]{1,2})(?:月|(?P=mark))(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})(?:日|号|(?!\d))"
)
_ISSUED = r"成文日期|成文时间|成文|落款日期|印发日期|印发时间|发文日期|签发日期|形成日期|制发日期|出具日期"
_PUBLISHED = r"公开日期|公开时间|公开|发布日期|发布时间|公布日期|公布时间|公示日期"
_ISSUERS = r"出具单位|出具|发文机关|发文单位|制发机关|制发单位|发布机构|公开责任部门"
_DATED = {
    "issued": re.compile(rf"(?:^|[^一-鿿])(?:{_ISSUED}):?{_DATE}"),
    "published": re.compile(rf"(?:^|[^一-鿿])(?:{_PUBLISHED}):?{_DATE}"),
}
_SIGNED = re.compile(rf"(?P<issuer>[^,。;!?、:\d]{{0,30}}){_DATE}(?:印发)?")
_ISSUER = re.compile(rf"(?:{_ISSUERS}):(?P<issuer>[^:,。;]{{2,40}})")
_TITLE = re.compile(r"(?:标题|名称|文件名称|题名):(?P<title>.{2,100})")
_NUMBER = r"[^\s:,。;《》]{2,30}〔\d{4}〕第?\d{1,5}号"
_OWN_NUMBER = re.compile(rf"(?P<label>(?:文号|发文字号|文件编号|公文编号):?)?(?P<number>{_NUMBER})")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年?(?:至|-|—|~)((?:19|20)\d\d))?(?=[年度\-/.〕\])、至]|$)")
_CHINESE_YEAR = re.compile(r"(二[〇○零][〇○零一二三四五六七八九]{2})年")
_TITLED_YEAR = re.compile(r"((?:19|20)\d\d)年度")
_HEADINGS = (re.compile(r"([一二三四五六七八九十]{1,3})、"), re.compile(r"\(([一二三四五六七八九十]{1,3})\)"))
_SECRET = re.compile(
    r"(?:绝密|机密|秘密)★|(?:密级:?)?(?:绝密|机密|秘密)(?:级|件)?(?:\d+年|长期)?$|(?:^|[^一-鿿])密级:(?:绝密|机密|秘密)"
    r"|^内部(?:资料|文件)[,.!]?(?:注意保存|请勿外传|不得外传|妥善保管)?[.!]?$"
)
_ID_CARD = re.compile(
    r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_PHONE = re.compile(r"(?<![\d.])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d.]\d|\d)")


class Said(NamedTuple):
    """Something a text says, where, and the words around it."""

    text: str
    place: str
    words: str


class SaidDay(NamedTuple):
    """A date a text gives itself."""

    day: date
    said: Said


class Gap(NamedTuple):
    """Headings that jump: from which number to which."""

    before: int
    after: int
    said: Said


class Text:
    """Passages without blanks and in half-width forms, one by one and run together, so that a line break hides nothing."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = tuple(passages)
        self.lines = tuple(compact(passage.text) for passage in self.passages)
        self.whole = "".join(self.lines)
        # Covered before anything is cut out: half a number would not be known for one.
        self._shown = "".join(map(masked, self.lines))
        self._starts: list[int] = []
        length = 0
        for line in self.lines:
            self._starts.append(length)
            length += len(line)
        # Every passage, a cell behind the words to its left: its number, how far that pushed it, and what to read.
        self.told = tuple(self._told())

    def at(self, start: int, end: int) -> Said:
        """What stands between two characters of the whole."""
        place = self.passages[bisect_right(self._starts, start) - 1].place
        return Said(self._shown[start:end], place, self._words(max(0, start - AROUND), end + AROUND))

    def _words(self, start: int, end: int) -> str:
        """Some words as they stand, passages apart."""
        breaks = self._starts[bisect_right(self._starts, start) : bisect_left(self._starts, end)]
        bounds = [start, *breaks, end]
        pieces = (self._shown[one:other] for one, other in pairwise(bounds))
        return " / ".join(piece for piece in pieces if piece)

    def of(self, number: int, start: int, end: int) -> Said:
        """What stands between two characters of one passage."""
        return self.at(self._starts[number] + start, self._starts[number] + end)

    def _told(self) -> Iterator[tuple[int, int, str]]:
        for number, (passage, line) in enumerate(zip(self.passages, self.lines, strict=True)):
            label = compact(passage.label or "").rstrip(":")[:20]
            yield (number, len(label) + 1, f"{label}:{line}") if label else (number, 0, line)


def compact(text: str) -> str:
    """Without blanks but between digits, in half-width forms; the brackets of numbers made one.

    >>> compact("示政发 [2023] 5 号 ：")
    '示政发〔2023〕5号:'
    """
    text = re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", re.sub(r"\s+", " ", normalised(text)))
    return re.sub(r"[\[【(]((?:19|20)\d\d)[\])】]", r"〔\1〕", text)


def masked(text: str) -> str:
    """Numbers of persons covered but for their ends.

    >>> masked("电话13912345678")
    '电话139******78'
    """
    for pattern in (_ID_CARD, _PHONE, re.compile(r"\d{11,}[\dXx]?")):
        text = pattern.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 5)}{found[0][-2:]}", text)
    return text


# --- numbers, dates, issuers, titles ----------------------------------------------------------------------------------


def own_number(text: Text) -> Said | None:
    """The number that a text bears at its head: alone on its line, or in a cell behind its label."""
    for number, shift, line in text.told[:HEAD]:
        found = _OWN_NUMBER.fullmatch(line)
        if found and (text.passages[number].label is None or found["label"]):
            return text.of(number, max(0, found.start("number") - shift), max(0, found.end("number") - shift))
    return None


def days(text: Text, which: str) -> list[SaidDay]:
    """The dates under a label: ``issued`` or ``published``. Signing dates count as issued."""
    found = [(number, shift, match) for number, shift, line in text.told for match in _DATED[which].finditer(line)]
    if which == "issued":
        found += [(number, 0, match) for number, match in _signatures(text)]
    days = [(_day(match), number, shift, match) for number, shift, match in found]
    return [
        SaidDay(day, text.of(number, max(0, match.start("year") - shift), max(0, match.end() - shift)))
        for day, number, shift, match in days
        if day is not None
    ]


def _signatures(text: Text) -> Iterator[tuple[int, re.Match[str]]]:
    """Lines that are nothing but a date as it stands under a document, with who signed it or without."""
    for number, (passage, line) in enumerate(zip(text.passages, text.lines, strict=True)):
        found = _SIGNED.fullmatch(line) if passage.label is None and number else None
        if found and found["mark"] == "年" and number >= len(text.lines) // 2:
            yield number, found


def issuers(text: Text) -> list[Said]:
    """Who issued it: behind a label, before a signing date, or on the line above one."""
    said = []
    for number, shift, line in text.told:
        found = _ISSUER.search(line)
        if found:
            said.append(text.of(number, max(0, found.start("issuer") - shift), max(0, found.end("issuer") - shift)))
    for number, found in _signatures(text):
        above = text.lines[number - 1]
        if found["issuer"]:
            said.append(text.of(number, 0, found.end("issuer")))
        elif 3 <= len(above) <= 30 and not re.search(r"[,。;:!?、\d]", above):
            said.append(text.of(number - 1, 0, len(above)))
    return said


def titles(text: Text) -> list[Said]:
    """What may be the title: behind a label, or up to three lines of the head together."""
    said = []
    for number, shift, line in text.told[:HEAD]:
        found = _TITLE.fullmatch(line)
        if found:
            said.append(text.of(number, max(0, found.start("title") - shift), max(0, found.end("title") - shift)))
    for first in range(min(HEAD, len(text.lines))):
        for last in range(first, min(first + 3, len(text.lines))):
            if len("".join(text.lines[first : last + 1])) <= 100:
                start = text.of(first, 0, 0)
                said.append(Said(masked("".join(text.lines[first : last + 1])), start.place, ""))
    return said


def _day(found: re.Match[str]) -> date | None:
    year = found["year"].translate(_DIGITS)
    try:
        return date(int(year), small_number(found["month"].replace("元", "一")) or 0, small_number(found["day"]) or 0)
    except ValueError:
        return None


# --- years, headings --------------------------------------------------------------------------------------------------


def years(text: Text) -> frozenset[int]:
    """Every year that a text speaks of; those between two that are joined by 至 with them."""
    found = {int(year.translate(_DIGITS)) for year in _CHINESE_YEAR.findall(text.whole)}
    for line in text.lines:
        for first, last in _YEAR.findall(line):
            found |= set(range(int(first), int(last) + 1)) if last and int(last) - int(first) < 50 else {int(first)}
    return frozenset(found)


def titled_years(title: str) -> frozenset[int]:
    """The years that a title is about: 2023年度."""
    return frozenset(map(int, _TITLED_YEAR.findall(compact(title))))


def gaps(text: Text) -> list[Gap]:
    """Headings whose numbers jump: 三、 and next 六、. A number that is not higher begins a new row."""
    found, at = [], [0, 0]
    for number, (passage, line) in enumerate(zip(text.passages, text.lines, strict=True)):
        for level, pattern in enumerate(_HEADINGS):
            heading = pattern.match(line) if passage.label is None else None
            if heading is None:
                continue
            now = small_number(heading[1]) or 0
            if 0 < at[level] < now - 1:
                found.append(Gap(at[level], now, text.of(number, 0, min(len(line), 20))))
            at[level:] = [now, *[0] * (1 - level)]
    return found


# --- what may not be entered ------------------------------------------------------------------------------------------


def secrets(text: Text) -> list[Said]:
    """Marks of secrecy: those that stand alone as marks do, not the words in a sentence."""
    return [
        Said(found[0], text.passages[number].place, "")
        for number, line in enumerate(text.lines)
        if (found := _SECRET.search(line)) and (len(line) <= 20 or "★" in found[0])
    ]


def persons(text: Text) -> list[Said]:
    """Numbers of identity cards and mobile telephones, covered."""
    found = [
        (number, match.start(), match.end())
        for number, line in enumerate(text.lines)
        for pattern in (_ID_CARD, _PHONE)
        for match in pattern.finditer(line)
    ]
    return [text.of(*one) for one in sorted(found)]
