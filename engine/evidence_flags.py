"""How a flag of the evidence check is made, and what to do about each."""

from collections.abc import Iterable

from engine.acceptance import REMEDIES as RETURN_REMEDIES
from engine.models.evidence_check import EvidenceFlag
from engine.models.evidence_check import OpenedFile
from engine.models.submission import EvidenceItem
from engine.stated import Said

NOWHERE = Said("", "", "")
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


def flag_of(item: EvidenceItem, name: str, code: str, found: str, said: Said = NOWHERE) -> EvidenceFlag:
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


def unopened(items: Iterable[EvidenceItem], name: str, code: str, found: str) -> OpenedFile:
    """What is left to say of a file that could not even be read."""
    flags = tuple(flag_of(item, name, code, found) for item in items)
    return OpenedFile(file=name, kind="", sha256="", text_digest="", characters=0, flags=flags)
