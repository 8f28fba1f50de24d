"""One difference between two rules, told by its key (规则用语). What no word is known for is told as it is written."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple
from typing import TypeVar

from pydantic import BaseModel

from engine.models.rule_change import ChangeKind
from engine.models.rule_change import RuleChange
from engine.touched import Periods

Part = TypeVar("Part", bound=BaseModel)

# What the keys of rules are called.
# fmt: off
NAMES = {
    "title": "标题", "requirement": "要求", "official_no": "官方序号", "text_status": "原文状态",
    "subpillar": "二级指标", "note": "说明", "kind": "类型", "clock": "时间型", "applies_when": "适用范围",
    "lead_unit": "牵头单位", "responsible_units": "责任单位", "channel": "评查方式", "measure": "口径",
    "meets": "满分线", "each_member": "逐单位满分线", "award": "计分形式", "rating": "评定要点",
    "monitors": "列示的口径", "clues": "口径不对的线索", "remedy": "整改", "elements": "要素", "evidence": "佐证要求",
    "authority": "依据", "proof": "凭哪几项佐证", "due": "期限", "needs": "材料须带", "kinds": "材料种类",
    "count": "件数", "period": "所属期", "in_force": "执行期", "by": "逐单位", "publish_by": "公开期限",
    "for_none": "只在报零时要", "locator": "条款", "gives": "给出的要求", "status": "状态", "for": "针对的要素",
    "label": "名称", "unit_of_measure": "计量单位", "also_written": "同义计量单位", "direction": "方向",
    "held_by": "由谁报", "roll_up": "汇总", "explain": "怎么数", "numerator": "分子", "denominator": "分母",
    "denominator_rule": "分母怎么数", "variants": "别的分母口径", "when_none_due": "没有应办的怎么算",
    "tolerance": "容差", "expression": "算式", "of": "由哪个口径算", "within": "期限", "from": "起点", "to": "终点",
    "order": "步骤次序", "pauses": "步骤间隔", "accepts": "认可的值", "per": "窗口", "at_least": "每个窗口次数",
    "starts": "第一个窗口起算日", "over": "计数期", "at": "取数时点", "part_of": "所属总数", "parts": "分项",
    "columns": "登记表的列", "counted_on": "按哪一列归期", "extends_over_rest_days": "末日遇休息日顺延",
    "basis": "依据", "maximum": "满分", "na_policy": "不适用的分怎么办", "reserve": "未收录的留分",
    "at_risk_days": "提前提醒天数", "reuse_limit": "一件材料用几次", "lead_review": "牵头复核",
    "bonus_gate": "附加项门槛", "bonus_cap": "附加项上限", "pass_lines": "参考线", "effect": "效果",
    "concludes": "结论", "when": "前提", "short": "简称", "title_status": "标题的原文状态", "reuses": "沿用",
    "id": "编号", "issuer": "发布机关", "edition": "版本", "official_totals": "官方总数",
    "default_profile": "默认口径", "reuses_note": "沿用的说明", "roles": "角色", "evidence_kinds": "材料种类",
    "sources": "来源", "pillars": "一级", "subpillars": "二级", "indicators": "三级", "bonus_items": "附加项",
    "indicator": "指标", "document": "文件", "slot": "佐证要求", "key": "编号", "points": "分值", "share": "份额",
    "rows": "行数", "reason": "理由", "pillar": "一级指标", "slots": "空位", "rates": "率", "candidates": "候选",
    "measures": "口径", "counts": "算到几时", "outcome": "结论", "unit": "单位", "target": "对象", "action": "做法",
    "effort_days": "工期", "can_fix_past": "过了期能不能补", "each": "每件", "deduct": "扣", "cap": "上限",
    "zero_at": "零分线", "grades": "等次", "bands": "低档", "evaluation": "评估人假设", "every": "每差", "steps": "递减",
    "checks": "查什么", "target_year": "目标年", "source": "出处", "element": "要素", "checkpoints": "检查点总数",
    "milestones": "年度目标", "year": "年", "local": "地方依据",
}
# fmt: on
# How many characters of a value are told; the whole stands in ``before`` and ``after``.
TOLD = 60


class At(NamedTuple):
    """What a change is about, and what it touches."""

    subject: str
    indicators: tuple[str, ...]
    periods: Periods
    kinds: Mapping[str, ChangeKind]
    otherwise: ChangeKind


Handler = Callable[[At, Any, Any], Iterator[RuleChange]]


def plain(value: Any) -> Any:
    """A value as its digest sees it: without places, without what is as by default."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def in_one_line(value: Any) -> str | None:
    """A plain value in one line; what is inside a mapping is told by its key."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        between = "、" if all(isinstance(inner, str) for inner in value) else "；"
        return between.join(in_one_line(inner) or "空" for inner in value)
    if isinstance(value, dict):
        return "，".join(f"{NAMES.get(key, key)} {in_one_line(inner)}" for key, inner in sorted(value.items()))
    return str(value)


def _what_changed(before: str | None, after: str | None) -> str:
    """Two texts beside each other; of long ones only the piece in which they differ."""
    old, new = before or "", after or ""
    if not old or not new or max(len(old), len(new)) <= TOLD:
        return f"{_cut(old)} → {_cut(new)}"
    room = min(len(old), len(new))
    start, end = _alike(old, new), _alike(old[::-1], new[::-1])
    # What is alike by chance at the one end must not be taken from the piece that is alike at the other.
    start, end = (start, min(end, room - start)) if start >= end else (min(start, room - end), end)
    gone, come = old[start : len(old) - end], new[start : len(new) - end]
    if not gone:
        return f"增加「{_cut(come)}」"
    return f"「{_cut(gone)}」改为「{_cut(come)}」" if come else f"删去「{_cut(gone)}」"


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common from the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _cut(text: str) -> str:
    if not text:
        return "没有"
    return text if len(text) <= TOLD else f"{text[: TOLD - 1]}等"


def told(at: At, key: str, before: str | None, after: str | None, name: str = "") -> RuleChange:
    """One value that changed, told by its key."""
    return RuleChange(
        kind=at.kinds.get(key, at.otherwise),
        subject=at.subject,
        text=f"{name or NAMES.get(key, key)}：{_what_changed(before, after)}",
        before=before,
        after=after,
        indicators=at.indicators,
        periods=at.periods,
    )


def said(at: At, kind: ChangeKind, text: str) -> RuleChange:
    """Something that came, went or moved, in so many words."""
    return RuleChange(kind=kind, subject=at.subject, text=text, indicators=at.indicators, periods=at.periods)


def differences(at: At, before: BaseModel, after: BaseModel, handlers: Mapping[str, Handler]) -> Iterator[RuleChange]:
    """Every key of two models that differs, each told by its handler, or else by its name."""
    old, new = plain(before), plain(after)
    keys = dict.fromkeys(f.alias or name for m in (after, before) for name, f in type(m).model_fields.items())
    for key in keys:
        if old.get(key) != new.get(key):
            made = list(handlers[key](at, before, after)) if key in handlers else []
            yield from made or [told(at, key, in_one_line(old.get(key)), in_one_line(new.get(key)))]


class Matched(NamedTuple):
    """Things by name, on two sides."""

    gone: dict[str, Any]
    come: dict[str, Any]
    stayed: dict[str, tuple[Any, Any]]


def matched(before: Mapping[str, Any], after: Mapping[str, Any]) -> Matched:
    """Things by name: those that are gone, those that came, those that stayed and say something else."""
    return Matched(
        {name: thing for name, thing in before.items() if name not in after},
        {name: thing for name, thing in after.items() if name not in before},
        {name: (before[name], after[name]) for name in after if name in before and _differ(before[name], after[name])},
    )


def _differ(before: Any, after: Any) -> bool:
    return bool(plain(before) != plain(after))


def by_name(parts: Iterable[Part], name: Callable[[Part], str]) -> dict[str, Part]:
    """Parts by name; of two of one name the second gets a number."""
    found: dict[str, Part] = {}
    for part in parts:
        key, number = name(part), 2
        while key in found:
            key, number = f"{name(part)}#{number}", number + 1
        found[key] = part
    return found
