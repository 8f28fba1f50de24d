"""Which evidence may count (形式合格或退回): every item and each of its uses, with reason codes E01 to E22.

In: the ruleset, the submission, the admitted facts. Out: items with their codes, and problems. Accepted here means
accepted by the machine; only a named person makes it 已核. What was withdrawn, or rejected in a review, stays with all
its codes and counts no more. Flags, never decides, forgery.
"""

import re
from collections.abc import Iterable
from datetime import date

from engine.models.admitted import AdmittedItem
from engine.models.admitted import Use
from engine.models.exact import PartialDate
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.ruleset import Indicator
from engine.models.ruleset import Need
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import Slot
from engine.models.submission import EvidenceItem
from engine.models.submission import Submission
from engine.models.submission import Supposed
from engine.models.submission import member_names
from engine.periods import Window
from engine.periods import years
from engine.quantities import deadline_day
from engine.quantities import normalised
from engine.rule_parts import indicators_by_id
from engine.shaping import nearest
from engine.vetting import unknown_indicator
from engine.vetting import unknown_unit

_NUMBER = re.compile(r"[一-鿿A-Za-z]{2,20}[〔\[\(【（](\d{4})[〕\]\)】）](第)?\d{1,5}号")
_SECRET = re.compile(r"(绝密|机密|(?<!商业)秘密)(★|\s*级|件)|内部资料|内部文件|注意保存|仅供内部")
_ID_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_PUBLIC_URL = re.compile(r"https?://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d+)?([/?#]\S*)?", re.IGNORECASE)
_PRIVATE_HOST = re.compile(
    r"localhost|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|169\.254\..*|.*\.(local|lan|internal|intra)|[^.]*|\[.*"
)
_PLANS, _PHOTOS = {"plan"}, {"photo"}

REMEDIES = {
    "E01": "请交覆盖评估期的原件；写的是评估期的事、成文在后的，补 covers: {from: …, to: …}",
    "E02": "请查发文登记，更正并说明哪个日期错；更正前不作证据",
    "E03": "请补登文号，格式如 洮办发〔2020〕2号；没有文号的写明材料种类",
    "E04": "请交有签发人或印章的原件",
    "E05": "由他单位出具的，请说明出具单位与本项的关系",
    "E06": "请换成这一项要的材料，或改登到它能证明的要求",
    "E07": "请交落实的记录；计划只能说明打算做",
    "E08": "请交当时的签到表、课件或文件；当时没有就写没有",
    "E09": "请交所缺年度当年的原件",
    "E10": "请填外网能直接打开的网址，不用内网地址和检索页",
    "E11": "已逾期的补不了，照实保留公开日期并写明原因，不改日期",
    "E12": "一件材料可以多处用；请核对每处是否真能证明",
    "E13": "请核对材料里的数与填报的数，更正其一并说明",
    "E14": "请换成现行有效的文件",
    "E15": "请说明电子文件为何晚于成文；由人工核对纸质原件",
    "E17": "请附文件，或填公开网址",
    "E18": "不附文件，只登记文号和存放处；已经附了的请立即撤下并按保密规定报告",
    "E19": "请核对文件是否被改动或登错，重新登记",
    "E20": "请牵头单位复核后填 lead_checked_by",
    "E21": "请交评判日以前已形成的原件；当时没有就如实写没有",
    "E22": "请先遮盖身份证号、手机号再登记",
    "WITHDRAWN": "要证明这一项请另登一件；撤回的留痕，不删",
    "REVIEW_REJECTED": "请按复核意见换交或补正后另登，再请人复核",
    "REVIEW_SELF": "请换没有填报这件材料的人复核；此前只算形式合格",
}


Slots = dict[tuple[str, str], Slot]


def admit_evidence(
    ruleset: Ruleset, profile: Profile, submission: Submission, contradictory: frozenset[str]
) -> tuple[tuple[AdmittedItem, ...], list[Problem]]:
    """Accept or return every item; ``contradictory`` names the items whose figures contradict other facts."""
    indicators = ruleset.once(indicators_by_id)
    problems = [p for item in submission.evidence for p in unknown_names(item, ruleset, submission)]
    if problems:
        return (), problems
    admitted = [judge_item(item, indicators, profile, submission, contradictory) for item in submission.evidence]
    admitted = with_coverage(admitted, ruleset.once(slots_of_every_year), submission)
    return tuple(admitted), [p for item in admitted for p in problems_of_item(item)]


def unknown_names(item: EvidenceItem, ruleset: Ruleset, submission: Submission) -> list[Problem]:
    """Kinds, units, indicators and slots that an item names and the ruleset or the submission does not hold."""
    problems: list[Problem] = []
    indicators = ruleset.once(indicators_by_id)
    members = submission.head.unit.once(member_names)
    if item.kind not in ruleset.header.evidence_kinds:
        kinds = ruleset.header.evidence_kinds
        remedy = nearest(item.kind, kinds) or f"可用：{'、'.join(f'{k}（{v}）' for k, v in kinds.items())}"
        problems.append(problem("NAME_UNKNOWN", item.place, f"材料种类「{item.kind}」没有定义", remedy))
    named = [item.unit, *(proof.unit for proof in item.proves)]
    problems += [unknown_unit(unit, members, item.place) for unit in named if unit is not None and unit not in members]
    for proof in item.proves:
        indicator = indicators.get(proof.indicator)
        if indicator is None:
            problems.append(unknown_indicator(proof.indicator, indicators, proof.place))
        elif proof.slot not in {slot.slot for slot in indicator.evidence}:
            slots = [slot.slot for slot in indicator.evidence]
            remedy = nearest(proof.slot, slots) or f"可用：{'、'.join(slots)}"
            found = f"指标「{proof.indicator}」没有佐证要求「{proof.slot}」"
            problems.append(problem("NAME_UNKNOWN", proof.place, found, remedy))
    return problems


def judge_item(
    item: EvidenceItem,
    indicators: dict[str, Indicator],
    profile: Profile,
    submission: Submission,
    contradictory: frozenset[str],
) -> AdmittedItem:
    """Accept or return one item, years aside: those are counted over all that was filed for a requirement."""
    admitted = _with_codes(item, indicators, profile, submission, contradictory)
    return _overlooking(admitted) if item.id in overlooked_in(submission) else admitted


def overlooked_in(submission: Submission) -> tuple[str, ...]:
    """The items whose codes are supposed away; of what was really submitted none."""
    return submission.overlooked if isinstance(submission, Supposed) else ()


def _with_codes(
    item: EvidenceItem,
    indicators: dict[str, Indicator],
    profile: Profile,
    submission: Submission,
    contradictory: frozenset[str],
) -> AdmittedItem:
    codes = tuple(sorted(_item_codes(item, profile, submission, contradictory)))
    window = Window(submission.head.period.from_.first, submission.head.period.to.last)
    uses: list[Use] = []
    warnings = {"E12"} if len({(p.indicator, p.slot) for p in item.proves}) > profile.reuse_limit else set()
    for proof in item.proves:
        indicator = indicators[proof.indicator]
        slot = next(slot for slot in indicator.evidence if slot.slot == proof.slot)
        use_codes = (*codes, *sorted(_use_codes(item, slot, window, submission.head.as_of)))
        uses.append(
            Use(
                item=item.id, indicator=proof.indicator, slot=proof.slot, unit=proof.unit or item.unit or "", codes=use_codes
            )
        )
        if item.unit and item.issuer and item.issuer != item.unit:
            warnings.add("E05")
    if item.is_checked_by_its_filler:
        warnings.add("REVIEW_SELF")
    found = submission.files.get(item.file or "")
    return AdmittedItem(
        item=item,
        sha256=found.sha256 if found else None,
        codes=codes,
        warnings=tuple(sorted(warnings)),
        uses=tuple(sorted(uses, key=lambda use: (use.indicator, use.slot, use.unit))),
    )


def _overlooking(admitted: AdmittedItem) -> AdmittedItem:
    """An item as if no code had been found."""
    uses = tuple(use.model_copy(update={"codes": ()}) for use in admitted.uses)
    return admitted.model_copy(update={"codes": (), "uses": uses})


def _item_codes(
    item: EvidenceItem, profile: Profile, submission: Submission, contradictory: frozenset[str]
) -> Iterable[str]:
    """The codes that concern an item whatever it is to prove."""
    as_of = submission.head.as_of
    found = submission.files.get(item.file or "")
    if _dates_disagree(item):
        yield "E02"
    if item.number is not None and not _NUMBER.fullmatch(normalised(item.number).replace(" ", "")):
        yield "E03"
    if item.url is not None and not is_public(item.url):
        yield "E10"
    if item.id in contradictory:
        yield "E13"
    if item.file_created is not None and item.issued is not None and item.file_created.first > item.issued.last:
        yield "E15"
    if found is None and not is_classified(item) and (item.url is None or not is_public(item.url)):
        yield "E17"
    if is_classified(item):
        yield "E18"
    if found is not None and item.sha256 is not None and found.sha256 != item.sha256:
        yield "E19"
    if profile.lead_review and not item.lead_checked_by:
        yield "E20"
    if any(day is not None and day.first > as_of for day in (item.issued, item.published, item.file_created)):
        yield "E21"
    if names_persons(item):
        yield "E22"
    yield from _later_codes(item)


def _later_codes(item: EvidenceItem) -> Iterable[str]:
    """What was said of an item after it was entered."""
    if item.withdrawn is not None:
        yield "WITHDRAWN"
    if item.standing_review is not None and item.standing_review.result == "rejected":
        yield "REVIEW_REJECTED"


def barred_from_entry(item: EvidenceItem) -> list[Problem]:
    """Why an item may not even be entered: a mark of secrecy, or numbers of persons that are not covered."""
    barred = {"E18": is_classified(item), "E22": names_persons(item)}
    return [
        problem(code, item.place, f"「{item.title}」{CODES[code][1]}", REMEDIES[code])
        for code, is_so in barred.items()
        if is_so
    ]


def names_persons(item: EvidenceItem) -> bool:
    """Whether what was entered holds an identity card's or a mobile telephone's number."""
    texts = _texts(item)
    return bool(_ID_CARD.search(texts) or _PHONE.search(texts))


def is_classified(item: EvidenceItem) -> bool:
    """Whether an item bears a mark of secrecy: its file may not be entered, so that none is asked for."""
    return bool(item.classification) or bool(_SECRET.search(_texts(item)))


def is_sensitive(text: str) -> bool:
    """Whether a text bears a mark of secrecy, or an identity card's or a mobile telephone's number."""
    return any(pattern.search(text) for pattern in (_SECRET, _ID_CARD, _PHONE))


def _texts(item: EvidenceItem) -> str:
    return " ".join(text for text in (item.title, item.number, item.note, item.file, item.issuer) if text)


def is_public(url: str) -> bool:
    """Whether an address can be opened from outside, as far as its form tells."""
    found = _PUBLIC_URL.fullmatch(url.strip())
    return bool(found) and not _PRIVATE_HOST.fullmatch(found["host"].lower())  # type: ignore[index]


def _dates_disagree(item: EvidenceItem) -> bool:
    if item.issued and item.published and item.published.last < item.issued.first:
        return True
    if item.effective_from and item.effective_to and item.effective_to.last < item.effective_from.first:
        return True
    numbered = _NUMBER.fullmatch(normalised(item.number).replace(" ", "")) if item.number else None
    # A number is given in the year of issue; a document numbered at the turn of the year may bear the next one.
    return bool(numbered and item.issued) and not (
        item.issued.first.year - 1 <= int(numbered[1]) <= item.issued.last.year  # type: ignore[index, union-attr]
    )


def _use_codes(item: EvidenceItem, slot: Slot, window: Window, as_of: date) -> Iterable[str]:
    """The codes that concern one use: kind, period, force, and what the requirement asks for."""
    if item.kind not in slot.kinds:
        yield "E07" if item.kind in _PLANS else "E08" if item.kind in _PHOTOS else "E06"
    if slot.period != "any" and not slot.in_force and not touches(item, window):
        yield "E01"
    if slot.in_force and (
        item.effective_to is not None
        and item.effective_to.last < as_of
        or item.effective_from is not None
        and item.effective_from.first > window.last
    ):
        yield "E14"
    if Need.NUMBER in slot.needs and item.number is None:
        yield "E03"
    if Need.SIGNATURE in slot.needs and not (item.signed_by or item.sealed):
        yield "E04"
    if Need.PUBLIC_URL in slot.needs and item.url is None and item.file is not None:
        yield "E10"
    if Need.OUTSIDE in slot.needs and item.source_class != "outside":
        yield "E06"
    if slot.publish_by and item.published and item.published.first > deadline_day(slot.publish_by, window.last):
        yield "E11"


def covered_days(item: EvidenceItem) -> tuple[PartialDate, PartialDate] | None:
    """From when to when an item speaks: what it covers, else when it was issued or published."""
    if item.covers is not None:
        return item.covers.from_, item.covers.to
    day = item.issued or item.published
    return (day, day) if day is not None else None


def touches(item: EvidenceItem, window: Window) -> bool:
    """Whether an item speaks of any day of a period."""
    days = covered_days(item)
    return days is not None and days[0].first <= window.last and days[1].last >= window.first


def with_coverage(items: Iterable[AdmittedItem], every_year: Slots, submission: Submission) -> list[AdmittedItem]:
    """Return with E09 what does not, taken together, cover every year that a requirement asks for.

    ``items`` are all that was filed for these requirements; of their uses for others nothing is said.
    """
    items = [_without_e09(admitted, every_year) for admitted in items]
    window = Window(submission.head.period.from_.first, submission.head.period.to.last)
    covered: dict[tuple[str, str, str], set[int]] = {}
    for admitted in items:
        days = covered_days(admitted.item)
        for use in admitted.uses:
            if use.accepted and days is not None and (use.indicator, use.slot) in every_year:
                spoken = range(days[0].first.year, days[1].last.year + 1)
                covered.setdefault(_filed_for(use, every_year), set()).update(spoken)
    gappy = {key for key, told in covered.items() if not set(years(window)) <= told}
    if not gappy:
        return items
    overlooked = overlooked_in(submission)
    return [
        admitted
        if admitted.item.id in overlooked
        else _with_uses(admitted, tuple(_with_e09(use, every_year, gappy) for use in admitted.uses))
        for admitted in items
    ]


def _with_uses(admitted: AdmittedItem, uses: tuple[Use, ...]) -> AdmittedItem:
    same = all(one is other for one, other in zip(uses, admitted.uses, strict=True))
    return admitted if same else admitted.model_copy(update={"uses": uses})


def _without_e09(admitted: AdmittedItem, slots: Slots) -> AdmittedItem:
    """An item as it was before its years were counted."""
    return _with_uses(
        admitted,
        tuple(
            use.model_copy(update={"codes": ()}) if use.codes == ("E09",) and (use.indicator, use.slot) in slots else use
            for use in admitted.uses
        ),
    )


def slots_of_every_year(ruleset: Ruleset) -> Slots:
    """The requirements that ask for every year, by indicator and slot."""
    return {
        (indicator.id, slot.slot): slot
        for indicator in ruleset.indicators
        for slot in indicator.evidence
        if slot.period == "every_year"
    }


def _filed_for(use: Use, slots: Slots) -> tuple[str, str, str]:
    """What years are counted for: a requirement, and the unit where every member files its own."""
    slot = slots.get((use.indicator, use.slot))
    return use.indicator, use.slot, use.unit if slot is not None and slot.by else ""


def _with_e09(use: Use, slots: Slots, gappy: set[tuple[str, str, str]]) -> Use:
    if use.accepted and _filed_for(use, slots) in gappy:
        return use.model_copy(update={"codes": ("E09",)})
    return use


def problems_of_item(admitted: AdmittedItem) -> list[Problem]:
    """Everything that is wrong with one item, or worth a look."""
    item = admitted.item
    codes = sorted({*admitted.codes, *admitted.warnings, *(code for use in admitted.uses for code in use.codes)})
    return [
        problem(
            code, item.place, f"{item.id}「{item.title}」{CODES[code][1]}{_detail(code, admitted)}", REMEDIES[code], item.id
        )
        for code in codes
    ]


def _detail(code: str, admitted: AdmittedItem) -> str:
    item = admitted.item
    if code == "WITHDRAWN" and item.withdrawn:
        return f"：{item.withdrawn.by}于{item.withdrawn.at}，{item.withdrawn.reason}"
    if code == "REVIEW_REJECTED" and item.standing_review:
        review = item.standing_review
        return f"：{review.by}于{review.on}{f'，{review.remark}' if review.remark else ''}"
    if code == "REVIEW_SELF":
        return f"：{item.filler}"
    if code == "E02" and item.issued and item.published:
        days = (item.issued.first - item.published.last).days
        apart = f"，差{days}天" if days > 0 else ""
        return f"：公开{item.published}，成文{item.issued}{apart}"
    if code in admitted.codes or code in admitted.warnings:
        return ""
    uses = sorted({f"{use.indicator}/{use.slot}" for use in admitted.uses if code in use.codes})
    return f"{_dated_by(item) if code == 'E01' else ''}（用于{'、'.join(uses)}）"


def _dated_by(item: EvidenceItem) -> str:
    """By which day an item was judged that does not say what time it speaks of."""
    day = item.issued or item.published
    return f"：没有写 covers，按{day}看" if item.covers is None and day is not None else ""
