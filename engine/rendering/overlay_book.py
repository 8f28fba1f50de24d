"""What an overlay adds, for people: the layers below, the names of units, the plan, and how many checkpoints there are."""

from collections import Counter
from collections.abc import Iterator

from engine.models.ruleset import Overlaid
from engine.models.ruleset import Ruleset
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts


def overlaid_lines(ruleset: Ruleset) -> Iterator[str]:
    """Write what an overlay adds; nothing of a ruleset that lies over none."""
    overlaid = ruleset.overlaid
    if overlaid is None:
        return
    layers = [f"{layer.id}@{layer.revision}（摘要{layer.digest[:12]}）" for layer in overlaid.layers]
    yield from wrap_parts([" < ".join(layers)], "叠在  ")
    yield from _plan(overlaid)
    if overlaid.checkpoints:
        per = Counter(checkpoint.indicator for checkpoint in overlaid.checkpoints)
        most, count = max(per.items(), key=lambda pair: (pair[1], pair[0]))
        told = [f"{len(overlaid.checkpoints)}个", f"分属{len(per)}个指标", f"最多的{most}有{count}个"]
        yield from wrap_parts([*told, *_unheld(overlaid)], "检查点  ")
    if overlaid.units:
        yield from wrap_parts([f"{role}：{'、'.join(names)}" for role, names in overlaid.units.items()], "单位  ")


def _plan(overlaid: Overlaid) -> Iterator[str]:
    plan = overlaid.plan
    if plan is None:
        return
    yield from wrap(f"{plan.title}（{plan.source}）", "方案  ")
    goals = [f"{milestone.year}年{milestone.title}" for milestone in plan.milestones]
    yield from wrap_parts([f"{plan.from_}至{plan.to}年，一共{plan.checkpoints}个检查点", *goals], "      ")
    if plan.note:
        yield from wrap(plan.note, "      ")


def _unheld(overlaid: Overlaid) -> list[str]:
    return [f"待补{overlaid.plan.checkpoints - len(overlaid.checkpoints)}个"] if overlaid.plan is not None else []
