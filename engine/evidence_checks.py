"""An item of the ledger held against the text of its file (佐证核对): what a person should look at.

In: items and what their file says. Out: flags, each with a code, the place in the file and the words around it. Flags never
decide: a difference may lie in the ledger as well as in the file, and no flag calls anything false.
"""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction

from engine.duplicates import compare_files
from engine.evidence_flags import NOWHERE
from engine.evidence_flags import REMEDIES
from engine.evidence_flags import flag_of
from engine.file_kinds import CSV
from engine.file_kinds import IMAGE
from engine.file_kinds import XLSX
from engine.models.evidence_check import EvidenceCheck
from engine.models.evidence_check import EvidenceFlag
from engine.models.evidence_check import OpenedFile
from engine.models.exact import PartialDate
from engine.models.file_text import FileText
from engine.models.submission import EvidenceItem
from engine.numerals import in_chinese
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
        yield "CHECK_YEAR", f"台账登的是{told}年的事，文件里只出现{_listed(spoken)}年", NOWHERE


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
        missing = "、".join(in_chinese(number) for number in range(gap.before + 1, gap.after))
        yield "CHECK_CHAPTER", f"标题从{in_chinese(gap.before)}跳到{in_chinese(gap.after)}，缺{missing}", gap.said


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
