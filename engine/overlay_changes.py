"""What changed in what overlays add: layers below, names for roles, the plan, the checkpoints (叠加层比较)."""

from collections.abc import Iterator

from engine.indicator_changes import Sides
from engine.models.rule_change import ChangeKind as K
from engine.models.rule_change import RuleChange
from engine.models.ruleset import Checkpoint
from engine.models.ruleset import Overlaid
from engine.rule_words import At
from engine.rule_words import by_name
from engine.rule_words import differences
from engine.rule_words import in_one_line
from engine.rule_words import matched
from engine.rule_words import said
from engine.rule_words import told

NOTHING = Overlaid.model_construct(layers=())


def overlay_changes(sides: Sides) -> Iterator[RuleChange]:
    """Every difference between what two rulesets have laid over others. No finding of an indicator hangs on any of it."""
    before, after = sides.before.overlaid or NOTHING, sides.after.overlaid or NOTHING
    at = At("ruleset.yaml", (), (), {}, K.LAYER)
    if before.layers != after.layers:
        yield told(at, "layers", _layers(before), _layers(after), "叠在")
    names = matched(before.units, after.units)
    for role in dict.fromkeys([*names.gone, *names.come, *names.stayed]):
        old, new = before.units.get(role), after.units.get(role)
        yield told(at, "units", in_one_line(list(old or ())) or None, in_one_line(list(new or ())) or None, f"{role}的单位")
    yield from _plan(before, after)
    yield from _checkpoints(before, after, sides)


def _layers(overlaid: Overlaid) -> str | None:
    return "、".join(f"{layer.id}@{layer.revision}（摘要{layer.digest[:12]}）" for layer in overlaid.layers) or None


def _plan(before: Overlaid, after: Overlaid) -> Iterator[RuleChange]:
    at = At("plan.yaml", (), (), {}, K.PLAN)
    if before.plan is not None and after.plan is not None:
        yield from differences(at, before.plan, after.plan, {})
    elif before.plan is not None or after.plan is not None:
        yield told(at, "plan", _title(before), _title(after), "方案")


def _title(overlaid: Overlaid) -> str | None:
    return f"{overlaid.plan.title}，{overlaid.plan.checkpoints}个检查点" if overlaid.plan is not None else None


def _checkpoints(before: Overlaid, after: Overlaid, sides: Sides) -> Iterator[RuleChange]:
    found = matched(*(by_name(side.checkpoints, lambda c: c.id) for side in (before, after)))
    for name, checkpoint in found.gone.items():
        yield said(_at(name, checkpoint), K.CHECKPOINT_REMOVED, f"删去检查点 {checkpoint.title}（{checkpoint.indicator}）")
    for name, checkpoint in found.come.items():
        yield said(_at(name, checkpoint), K.CHECKPOINT_ADDED, f"增加检查点 {checkpoint.title}（{checkpoint.indicator}）")
    for name, (old, new) in found.stayed.items():
        renamed = old.model_copy(update={"indicator": sides.names.get(old.indicator, old.indicator)})
        yield from differences(_at(name, new), renamed, new, {})
    kept = [[c.id for c in side.checkpoints] for side in (before, after)]
    if kept[0] != kept[1] and sorted(kept[0]) == sorted(kept[1]):
        yield said(At("checkpoints/", (), (), {}, K.CHECKPOINT), K.CHECKPOINT, "检查点的次序变了")


def _at(name: str, checkpoint: Checkpoint) -> At:
    return At(name, (checkpoint.indicator,), (), {}, K.CHECKPOINT)
