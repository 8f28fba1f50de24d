"""Gaps in what is proven: evidence that is missing, was returned, or does not bear what it must (缺佐证、退回)."""

from collections.abc import Iterator

from engine.acceptance import REMEDIES
from engine.gap_lines import PHASES
from engine.gap_lines import gap_line
from engine.gap_lines import hanging
from engine.gap_lines import needs_nothing
from engine.gap_lines import points_of
from engine.gap_lines import share_of
from engine.models import ruleset as model
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.problem import CODES
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Phase
from engine.models.result import SlotShown
from engine.models.submission import EvidenceItem
from engine.scope import Scope


def find_missing_proof(
    appraisal: Appraisal, finding: Finding, items: tuple[AdmittedItem, ...], scope: Scope
) -> Iterator[Gap]:
    """Proof that is missing or was returned; none is asked for what the unit itself says was not done."""
    for slot in appraisal.slots:
        using = [part for part in appraisal.parts if slot.slot in part.slots or not part.slots]
        resting = [part for part in using if hanging(part) > 0 and not part.proven and not needs_nothing(part)]
        if slot.status in ("accepted", "not_needed") or using and not resting:
            continue
        waits = bool(resting) and all(part.not_due for part in resting)
        due = min((part.due for part in resting if part.due is not None), default=None) if waits else None
        returned = slot.status == "returned" or slot.status == "incomplete" and slot.codes
        kind = GapKind.EVIDENCE_RETURNED if returned else GapKind.EVIDENCE_MISSING
        state = f"退回·{'、'.join(slot.codes)}" if returned else "缺佐证"
        asked = next(s for s in appraisal.indicator.evidence if s.slot == slot.slot)
        yield gap_line(
            finding,
            GapKind.NOT_YET_DUE if waits and not returned else kind,
            slot.slot,
            scope,
            state=PHASES[Phase.NOT_YET_DUE] if waits and not returned else state,
            current=_filed(slot, items, appraisal.indicator.id) if slot.items else f"{slot.title}没有交",
            required=_asked_of(slot, asked),
            missing=_still_lacking(slot),
            ending=f"{due}前交" if due and not returned else _ending_of(slot, returned=bool(returned)),
            open_points=points_of(share_of(resting, hanging, appraisal), finding),
            due=due,
        )
    for part in appraisal.parts:
        if part.lacks and not part.proven and hanging(part) > 0:
            yield _lacking_needs(part, appraisal, finding, scope)


def _lacking_needs(part: Part, appraisal: Appraisal, finding: Finding, scope: Scope) -> Gap:
    """Proof that is there and does not bear all that it must."""
    lacks = "、".join(NEEDS[need] for need in part.lacks)
    titles = "、".join(slot.title for slot in appraisal.slots if slot.slot in part.slots)
    return gap_line(
        finding,
        GapKind.EVIDENCE_MISSING,
        f"{part.key}-needs{part.year or ''}",
        scope,
        state="缺佐证",
        current=f"{part.title}：{titles}已交，没有{lacks}",
        required=f"应有{lacks}",
        missing=f"缺{lacks}",
        ending="可补交",
        open_points=points_of(share_of([part], hanging, appraisal), finding),
    )


def _asked_of(slot: SlotShown, asked: model.Slot) -> str:
    number = f"逐单位各{slot.required}件" if slot.units_unknown else f"{slot.required}件"
    return f"应交{slot.title}{number}{_needs_text(asked)}"


def _still_lacking(slot: SlotShown) -> str:
    if slot.units_unknown:
        return f"单位数没报，还差几件不知（已合格{slot.accepted}件）"
    return f"还差{slot.required - slot.accepted}件{_lacking(slot)}"


def _ending_of(slot: SlotShown, *, returned: bool) -> str:
    if returned and set(slot.codes) == {"E11"}:
        return "逾期的补不了，照实保留"
    return "可补交，原件留痕不删" if returned else "可补交"


def _lacking(slot: SlotShown) -> str:
    shown = slot.lacking[:12]
    return f"（{'、'.join(shown)}{'等' if len(slot.lacking) > len(shown) else ''}）" if shown else ""


def _filed(slot: SlotShown, items: tuple[AdmittedItem, ...], indicator: str) -> str:
    def told_of(item: EvidenceItem, codes: tuple[str, ...]) -> str:
        reasons = [f"{CODES[code][1]}，{REMEDIES[code]}" for code in codes]
        numbered = reasons if len(reasons) == 1 else [f"（{n}）{reason}" for n, reason in enumerate(reasons, 1)]
        return f"{item.id}{item.title}：{'；'.join(numbered)}"

    told = [
        told_of(a.item, use.codes)
        for a in items
        for use in a.uses
        if use.indicator == indicator and use.slot == slot.slot and use.codes
    ]
    return "；".join(told) or f"{slot.title}只有{slot.accepted}件"


NEEDS = {
    model.Need.PUBLIC_URL: "公开直链",
    model.Need.NUMBER: "文号",
    model.Need.SIGNATURE: "签字或印章",
    model.Need.OUTSIDE: "外部机关出具",
}


def _needs_text(slot: model.Slot) -> str:
    needs = [NEEDS[need] for need in slot.needs]
    needs += ["各年都有"] if slot.period == "every_year" else []
    needs += ["现行有效"] if slot.in_force else []
    needs += ["逐单位"] if slot.by else []
    return f"（{'、'.join(needs)}）" if needs else ""
