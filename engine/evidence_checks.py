"""An item of the ledger held against the text of its file (佐证核对): what a person should look at.

In: items and what their file says. Out: flags, each with a code, the place in the file and the words around it. Flags never
decide: a difference may lie in the ledger as well as in the file, and no flag calls anything false.
"""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction

from engine.acceptance import REMEDIES as RETURN_REMEDIES
from engine.file_kinds import CSV
from engine.file_kinds import IMAGE
from engine.file_kinds import XLSX
from engine.models.evidence_check import EvidenceCheck
from engine.models.evidence_check import EvidenceFlag
from engine.models.evidence_check import OpenedFile
from engine.models.exact import PartialDate
from engine.models.file_text import FileText
from engine.models.submission import EvidenceItem
from engine.similarity import abbreviates
from engine.similarity import bare
from engine.similarity import likeness
from engine.sources import sha256_of
from engine.stated import Said
from engine.stated import SaidDay
from engine.stated import Text
from engine.stated import compact
from engine.stated import days
from engine.stated import gaps
from engine.stated import issuers
from engine.stated import own_number
from engine.stated import persons
from engine.stated import secrets
from engine.stated import titled_years
from engine.stated import titles
from engine.stated import years

# From this likeness on, a line at the head of a file is taken for its title, worded otherwise.
TITLE_LIKENESS = Fraction(6, 10)
# Shorter texts are forms and covers; that two are alike says nothing.
LEAST_CHARACTERS = 30
_NOWHERE = Said("", "", "")

# In the order of the report: what must be taken away first, then what is not there or cannot be read, then differences.
REMEDIES = {
    **{code: RETURN_REMEDIES[code] for code in ("E18", "E22", "E19", "E17", "E15")},
    "CHECK_EMPTY": "请换成有内容的原件",
    "CHECK_DAMAGED": "请用 WPS 打开试试；打不开的找回原件重新登记",
    "CHECK_ENCRYPTED": "请去掉密码另存一份再登记；评估时别人也要打得开",
    "CHECK_KIND": "请核对是不是传错了文件，改成与内容相符的扩展名后重新登记",
    "CHECK_FORMAT": "请换成 PDF、OFD、docx、xlsx、图片或文本；这一件要由人打开看",
    "CHECK_TOO_LARGE": "没有往下读；请核对是不是传错了文件，太大的拆开登记",
    "CHECK_TIMEOUT": "没有读完；请由人打开看，或另存一份再试",
    "CHECK_PART_READ": "后面的没有核对；请由人看，或拆开登记",
    "CHECK_DTD": "正常的 Office、OFD 文件不会有；请用 WPS 另存一份，来历不明的不要打开",
    "CHECK_MACRO": "请另存为不带宏的格式（docx、xlsx、PDF）再登记",
    "CHECK_NO_TEXT": "机器读不出；请由人对照台账看，有电子原件的换成电子原件",
    "CHECK_NUMBER": "请对照原件，登错的更正台账，传错的换文件",
    "CHECK_ISSUED": "请查发文登记，看是台账登错还是传错了文件",
    "CHECK_PUBLISHED": "请对照公开的网页，更正台账或说明为何不同",
    "CHECK_TITLE": "请对照原件，名称照原件登；传错的换文件",
    "CHECK_ISSUER": "请对照原件，更正出具单位或换文件",
    "CHECK_YEAR": "请核对所涉期间（covers）和文件；传错年度的换成所证年度的原件",
    "CHECK_UNSTATED": "请由人打开看；文件里确实没有的，换成写明了的原件，或在说明里写为什么",
    "CHECK_DATE_ORDER": "请查发文登记和网站后台，说明哪个日期错",
    "CHECK_CHAPTER": "请核对是缺章节还是序号写错；缺的找原件，已发布的照实说明",
    "CHECK_SAME_FILE": "同一份文件登一次，在 proves 里写几处用；登重的撤回",
    "CHECK_SAME_TEXT": "请核对是不是同一份材料改了名；是的只留一件",
    "CHECK_REUSE": "请核对每一处是否真能证明；证明不了的换成对应的材料",
}


def check_file(items: Iterable[EvidenceItem], content: bytes, name: str, text: FileText) -> OpenedFile:
    """Hold every item that names a file against what it says."""
    digest, said = sha256_of(content), Text(text.passages)
    flags = [flag for item in items for flag in _flags_of(item, name, digest, text, said)]
    letters = bare(said.whole)
    return OpenedFile(
        file=name,
        kind=text.kind,
        sha256=digest,
        text_digest=sha256_of(letters.encode()) if len(letters) >= LEAST_CHARACTERS else "",
        characters=len(letters),
        flags=tuple(flags),
    )


def unopened(items: Iterable[EvidenceItem], name: str, code: str, found: str) -> OpenedFile:
    """What is left to say of a file that could not even be read."""
    flags = tuple(flag_of(item, name, code, found) for item in items)
    return OpenedFile(file=name, kind="", sha256="", text_digest="", characters=0, flags=flags)


def summed_up(
    unit: str,
    items: tuple[EvidenceItem, ...],
    opened: tuple[OpenedFile, ...],
    absent: Iterable[EvidenceItem],
    reuse_limit: int,
) -> EvidenceCheck:
    """The whole check; ``absent`` are the items whose file is not there."""
    flags = [flag for file in opened for flag in file.flags]
    flags += [flag_of(item, item.file or "", "E17", "登记了文件，文件夹里没有") for item in absent]
    flags += compare_files(opened, items, reuse_limit)
    rank = {code: number for number, code in enumerate(REMEDIES)}
    kinds = Counter(file.kind for file in opened)
    return EvidenceCheck(
        unit=unit,
        items=len(items),
        files=len(opened),
        without_file=sum(item.file is None for item in items),
        without_text=sum(file.characters == 0 for file in opened),
        kinds={kind: kinds[kind] for kind in sorted(kinds)},
        flags=tuple(sorted(flags, key=lambda flag: (rank[flag.code], flag.item, flag.file, flag.where, flag.found))),
    )


def flag_of(item: EvidenceItem, name: str, code: str, found: str, said: Said = _NOWHERE) -> EvidenceFlag:
    """Make a flag; what to do follows from its code."""
    return EvidenceFlag(
        code=code,
        item=item.id,
        title=item.title,
        file=name,
        where=said.place,
        found=found,
        words=said.words,
        remedy=REMEDIES[code],
        place=item.place_of("file"),
    )


def _flags_of(item: EvidenceItem, name: str, digest: str, file: FileText, text: Text) -> Iterator[EvidenceFlag]:
    if item.sha256 is not None and item.sha256 != digest:
        yield flag_of(item, name, "E19", "文件与登记时不是同一份")
    for obstacle in file.obstacles:
        yield flag_of(item, name, obstacle.code, obstacle.found, Said("", obstacle.place, ""))
    if file.kind == IMAGE and not file.obstacles and item.kind != "photo":
        yield flag_of(item, name, "CHECK_NO_TEXT", "是图片，机器读不出字")
    yield from _made_later(item, name, file)
    for check in CHECKS if text.passages else ():
        for code, found, said in check(item, text):
            yield flag_of(item, name, code, found, said)
    missing = _unstated(item, file.kind, text)
    if missing and text.passages:
        yield flag_of(item, name, "CHECK_UNSTATED", f"文件里没有找到登记的{'、'.join(missing)}")


def _made_later(item: EvidenceItem, name: str, file: FileText) -> Iterator[EvidenceFlag]:
    """Say once that the file is younger than the document; why is for a person to find out."""
    later = [(told, day) for told, day in file.made if item.issued is not None and day > item.issued.last]
    if later:
        told, day = later[-1]
        found = f"疑似后补：电子文件自带的{told}是{day}，晚于登记的成文{item.issued}；扫描件、转存件属正常的请写明"
        yield flag_of(item, name, "E15", found)


# --- what the file says against what the ledger says ------------------------------------------------------------------

Finding = tuple[str, str, Said]


def _number(item: EvidenceItem, text: Text) -> Iterator[Finding]:
    own = own_number(text)
    if own is None or item.number is not None and compact(item.number) in text.whole:
        return
    if item.number is None:
        yield "CHECK_NUMBER", f"文件的文号是「{own.text}」，台账没有登文号", own
    elif compact(item.number) != own.text:
        yield "CHECK_NUMBER", f"台账登的文号是「{item.number}」，文件写的是「{own.text}」", own


def _issued(item: EvidenceItem, text: Text) -> Iterator[Finding]:
    found = days(text, "issued")
    if item.issued is not None and found and not _agrees(item.issued, found):
        last = found[-1]
        yield "CHECK_ISSUED", f"台账登的成文是{item.issued}，文件写的是{last.day}", last.said


def _published(item: EvidenceItem, text: Text) -> Iterator[Finding]:
    found = days(text, "published")
    if item.published is not None and found and not _agrees(item.published, found):
        yield "CHECK_PUBLISHED", f"台账登的公开是{item.published}，文件写的是{found[0].day}", found[0].said


def _agrees(day: PartialDate, found: Iterable[SaidDay]) -> bool:
    return any(day.first <= said.day <= day.last for said in found)


def _date_order(_: EvidenceItem, text: Text) -> Iterator[Finding]:
    """A document published before it was signed: one of the two dates is wrong."""
    signed, published = days(text, "issued"), days(text, "published")
    if signed and published and published[0].day < signed[-1].day:
        apart = (signed[-1].day - published[0].day).days
        found = f"文件自己写着公开{published[0].day}（{published[0].said.place}），成文{signed[-1].day}，早{apart}天"
        yield "CHECK_DATE_ORDER", found, signed[-1].said


def _title(item: EvidenceItem, text: Text) -> Iterator[Finding]:
    best = _nearest_title(item, text)
    if best is not None and not _bears_title(item, text):
        yield "CHECK_TITLE", f"台账登的名称是「{item.title}」，文件写的是「{best.text}」", best


def _bears_title(item: EvidenceItem, text: Text) -> bool:
    """Whether a file bears the title of the ledger, or one that it shortens."""
    title = bare(item.title)
    if title in bare(text.whole):
        return True
    return any(
        titled_years(item.title) == titled_years(said.text)
        and 2 * len(title) >= len(bare(said.text))
        and abbreviates(title, said.text)
        for said in titles(text)
    )


def _nearest_title(item: EvidenceItem, text: Text) -> Said | None:
    """The line at the head that is most like the title, if any is like it at all."""
    rated = [(likeness(item.title, said.text), -number, said) for number, said in enumerate(titles(text))]
    alike = [one for one in rated if one[0] >= TITLE_LIKENESS]
    return max(alike, key=lambda one: one[:2])[2] if alike else None


def _issuer(item: EvidenceItem, text: Text) -> Iterator[Finding]:
    named = issuers(text)
    if item.issuer is None or not named or _names_issuer(item, text):
        return
    yield "CHECK_ISSUER", f"台账登的出具单位是「{item.issuer}」，文件写的是「{named[-1].text}」", named[-1]


def _names_issuer(item: EvidenceItem, text: Text) -> bool:
    issuer = bare(item.issuer or "")
    if issuer in bare(text.whole):
        return True
    return any(abbreviates(issuer, said.text) or abbreviates(said.text, issuer) for said in issuers(text))


def _years(item: EvidenceItem, text: Text) -> Iterator[Finding]:
    """The years that an item is to cover, against those that its file speaks of."""
    if item.covers is None:
        return
    covered = set(range(item.covers.from_.first.year, item.covers.to.last.year + 1))
    told = "、".join(map(str, sorted(covered)))
    nearest = _nearest_title(item, text)
    headed = titled_years(nearest.text) if nearest is not None else frozenset()
    spoken = years(text)
    if nearest is not None and headed and not headed & covered:
        yield "CHECK_YEAR", f"台账登的是{told}年的事，文件标题写的是{_listed(headed)}年度", nearest
    elif spoken and not spoken & covered:
        yield "CHECK_YEAR", f"台账登的是{told}年的事，文件里只出现{_listed(spoken)}年", _NOWHERE


def _listed(found: Iterable[int]) -> str:
    return "、".join(map(str, sorted(found)))


def _unstated(item: EvidenceItem, kind: str, text: Text) -> list[str]:
    """What the ledger says and nothing in the file does. Tables rarely say more than their title, records not even that."""
    if kind == CSV:
        return []
    number = item.number is not None and own_number(text) is None and compact(item.number) not in text.whole
    issued = item.issued is not None and not days(text, "issued") and not _mentions(text, item.issued)
    issuer = item.issuer is not None and not issuers(text) and not _names_issuer(item, text)
    untitled = not _bears_title(item, text) and _nearest_title(item, text) is None
    missing = {"名称": untitled, "文号": number, "成文日期": issued, "出具单位": issuer}
    return [name for name, is_missing in missing.items() if is_missing and (name == "名称" or kind != XLSX)]


def _mentions(text: Text, day: PartialDate) -> bool:
    """Whether a date stands anywhere, with no label and as no signature."""
    year, *rest = (int(part) for part in day.text.split("-"))
    if not rest:
        return year in years(text)
    month = f"{year}年{rest[0]}月"
    forms = [f"{month}{rest[1]}日", day.text, f"{year}.{rest[0]}.{rest[1]}"] if len(rest) > 1 else [month, day.text]
    return any(form in text.whole for form in forms)


def _chapters(_: EvidenceItem, text: Text) -> Iterator[Finding]:
    for gap in gaps(text):
        missing = "、".join(_chinese(number) for number in range(gap.before + 1, gap.after))
        yield "CHECK_CHAPTER", f"标题从{_chinese(gap.before)}跳到{_chinese(gap.after)}，缺{missing}", gap.said


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return ("" if not tens else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones or not tens else "")


def _secrets(_: EvidenceItem, text: Text) -> Iterator[Finding]:
    found = secrets(text)
    if found:
        yield "E18", f"文件里有密级或内部标志「{found[0].text}」", found[0]


def _persons(_: EvidenceItem, text: Text) -> Iterator[Finding]:
    found = persons(text)
    if found:
        places = "、".join(list(dict.fromkeys(said.place for said in found))[:3])
        yield "E22", f"文件里有身份证号或手机号{len(found)}处（{places}{'等' if len(found) > 3 else ''}）", found[0]


CHECKS: tuple[Callable[[EvidenceItem, Text], Iterator[Finding]], ...] = (
    _number,
    _issued,
    _published,
    _date_order,
    _title,
    _issuer,
    _years,
    _chapters,
    _secrets,
    _persons,
)


# --- files against each other -----------------------------------------------------------------------------------------


def compare_files(opened: Iterable[OpenedFile], items: Iterable[EvidenceItem], reuse_limit: int) -> list[EvidenceFlag]:
    """Files that are the same, in bytes or in text, under other names or numbers; and how often one is used in all."""
    files = {file.file: file for file in opened}
    bearers = [item for item in items if item.file in files]
    flags: list[EvidenceFlag] = []
    for group in _alike(bearers, lambda item: files[item.file or ""].sha256):
        flags += _as_same(group, "CHECK_SAME_FILE", "同一份文件")
        flags += _used_often(group, reuse_limit)
    for group in _alike(bearers, lambda item: files[item.file or ""].text_digest):
        if len({files[item.file or ""].sha256 for item in group}) > 1:
            flags += _as_same(group, "CHECK_SAME_TEXT", "文字完全相同的文件")
    return flags


def _alike(items: Iterable[EvidenceItem], key: Callable[[EvidenceItem], str]) -> list[list[EvidenceItem]]:
    groups: dict[str, list[EvidenceItem]] = {}
    for item in sorted(items, key=lambda item: item.id):
        if key(item):
            groups.setdefault(key(item), []).append(item)
    return [group for group in groups.values() if len(group) > 1]


def _as_same(group: list[EvidenceItem], code: str, what: str) -> Iterator[EvidenceFlag]:
    """One flag a group, at the second item; the first is named in it."""
    others = "、".join(f"{item.id}（{item.file}）" for item in group if item is not group[-1])
    yield flag_of(group[-1], group[-1].file or "", code, f"与 {others} 是{what}")


def _used_often(group: list[EvidenceItem], limit: int) -> Iterator[EvidenceFlag]:
    """An item over the limit by itself is told by assess (E12); here, one file entered several times."""
    uses = {(proof.indicator, proof.slot) for item in group for proof in item.proves}
    if len(uses) > limit:
        found = f"同一份文件登成{len(group)}件，共用于{len(uses)}处，超过{limit}处"
        yield flag_of(group[-1], group[-1].file or "", "CHECK_REUSE", found)
