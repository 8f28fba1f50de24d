"""What must hold of the checkpoints of a ruleset (检查点): each belongs to one indicator, and none asks for less than it.

In: a whole ruleset. Out: the problems found, each where the checkpoint was written.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Placed
from engine.models.ruleset import ActionPlan
from engine.models.ruleset import Check
from engine.models.ruleset import Checkpoint
from engine.models.ruleset import Indicator
from engine.models.ruleset import Overlaid
from engine.models.ruleset import Ruleset
from engine.quantities import rule_text
from engine.shaping import nearest
from engine.tightness import is_as_strict


def check_checkpoints(ruleset: Ruleset) -> list[Problem]:
    """Everything that is wrong with a ruleset's checkpoints and its plan."""
    overlaid = ruleset.overlaid
    if overlaid is None:
        return []
    indicators = {indicator.id: indicator for indicator in ruleset.indicators}
    problems = [*_too_many(overlaid), *_repeated(overlaid.checkpoints)]
    for checkpoint in overlaid.checkpoints:
        indicator = indicators.get(checkpoint.indicator)
        if indicator is None:
            titles = {name: one.title for name, one in indicators.items()}
            problems += _unknown(checkpoint.indicator, titles, "指标", checkpoint)
            continue
        problems += _check_refused(checkpoint, indicator, ruleset)
        if overlaid.plan is not None:
            problems += _year_refused(checkpoint, indicator, overlaid.plan)
    return problems


def _too_many(overlaid: Overlaid) -> Iterator[Problem]:
    plan, held = overlaid.plan, len(overlaid.checkpoints)
    if plan is not None and held > plan.checkpoints:
        found = f"检查点有{held}个，方案写一共{plan.checkpoints}个"
        yield problem("CHECKPOINT_COUNT", plan.place_of("checkpoints"), found, "请核对方案的总数，或删去多出来的检查点")


def _repeated(checkpoints: tuple[Checkpoint, ...]) -> Iterator[Problem]:
    counts = Counter(checkpoint.id for checkpoint in checkpoints)
    for checkpoint in checkpoints:
        if counts[checkpoint.id] > 1:
            found = f"检查点编号「{checkpoint.id}」重复"
            yield problem("ID_DUPLICATE", checkpoint.place, found, "请改成没有用过的编号；一个检查点只属于一个指标")


def _unknown(name: str, known: Iterable[str], what: str, at: Placed) -> Iterator[Problem]:
    remedy = nearest(name, known) or f"可用：{'、'.join(known) or '无'}"
    yield problem("NAME_UNKNOWN", at.place, f"{what}「{name}」没有定义", remedy)


def _check_refused(checkpoint: Checkpoint, indicator: Indicator, ruleset: Ruleset) -> Iterator[Problem]:
    check = checkpoint.checks
    if check is None:
        return
    elements = {element.key: element.title for element in indicator.elements}
    slots = {slot.slot: slot.title for slot in indicator.evidence}
    if check.element is not None and check.element not in elements:
        yield from _unknown(check.element, elements, f"{indicator.id}的要素", check)
    for slot in (*([check.slot] if check.slot else []), *check.proof):
        if slot not in slots:
            yield from _unknown(slot, slots, f"{indicator.id}的佐证要求", check)
    if check.measure is not None:
        if check.measure in ruleset.measures:
            yield from _looser(check, indicator)
        else:
            yield from _unknown(check.measure, {n: m.label for n, m in ruleset.measures.items()}, "口径", check)


def _looser(check: Check, indicator: Indicator) -> Iterator[Problem]:
    """Refuse a checkpoint that would be met while the same measure of its indicator falls short."""
    for probe in (indicator, *indicator.elements):
        if probe.measure != check.measure or check.meets is None:
            continue
        if probe.each_member is not None:
            found = f"「{indicator.id}」对{check.measure}是逐单位看的，检查点只看全市一个数"
            yield problem("OVERLAY_LOOSENS", check.place, found, "请改成查整个指标（不写 checks）或它的要素")
        elif probe.meets is not None and not is_as_strict(check.meets, probe.meets):
            asked = f"{check.measure}{rule_text(check.meets, None)}"
            found = f"检查点要{asked}，比「{indicator.id}」的{rule_text(probe.meets, None)}松，或比不出松紧"
            yield problem("OVERLAY_LOOSENS", check.place, found, "请写得不低于指标，或改成查整个指标（不写 checks）")


def _year_refused(checkpoint: Checkpoint, indicator: Indicator, plan: ActionPlan) -> Iterator[Problem]:
    year = checkpoint.target_year
    if year is None:
        return
    place = checkpoint.place_of("target_year")
    if not plan.from_ <= year <= plan.to:
        found = f"「{checkpoint.id}」的目标年{year}不在方案的{plan.from_}至{plan.to}年里"
        yield problem("CHECKPOINT_YEAR", place, found, "请改目标年，或核对方案的起止年")
    kind = checkpoint.kind or indicator.kind.value
    due = next((milestone for milestone in plan.milestones if milestone.kind == kind), None)
    if due is not None and year > due.year:
        found = f"「{checkpoint.id}」的目标年{year}晚于方案的「{due.title}」（{due.year}年）"
        yield problem("CHECKPOINT_YEAR", place, found, f"请写到{due.year}年以前，或删去，由方案定")
