"""What changed between two rulesets, for people: by indicator first, then measures, points, clauses and the rest."""

from collections.abc import Iterable
from collections.abc import Iterator

from engine.models.rule_change import Compared
from engine.models.rule_change import RuleChange
from engine.models.rule_change import RuleChanges
from engine.models.rule_change import TouchedPeriod
from engine.rendering.layout import RULE
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts

# From how many on changes in the same words are told once.
ALIKE = 4


def render_changes(changes: RuleChanges) -> str:
    """Write all changes and what they touch, at most 80 columns wide."""
    lines = [*wrap(f"{_name(changes.before)} → {_name(changes.after)}"), RULE]
    if not changes.changes:
        same = changes.before.digest == changes.after.digest
        return "\n".join([*lines, "一个字没改" if same else "规则没有不同，只有修订号不同"]) + "\n"
    lines += [f"共{len(changes.changes)}处改动", ""]
    subjects: dict[str, list[RuleChange]] = {}
    alike = {text: found for text, found in _by_text(changes).items() if len(found) >= ALIKE}
    for change in changes.changes:
        if change.text in alike:
            continue
        subjects.setdefault(change.subject.split(".")[0] if _is_indicator(change) else change.subject, []).append(change)
    for subject, found in subjects.items():
        lines += wrap(f"{subject} {changes.titles.get(subject, '')}".rstrip())
        lines += [line for change in found for line in _lines(change, subject)]
    for text, found in alike.items():
        lines += [*wrap(text), *wrap_parts([f"{len(found)}处相同：", *(change.subject for change in found)], "  ")]
    lines += ["", *_touched(changes)]
    return "\n".join(lines) + "\n"


def _by_text(changes: RuleChanges) -> dict[str, list[RuleChange]]:
    found: dict[str, list[RuleChange]] = {}
    for change in changes.changes:
        found.setdefault(change.text, []).append(change)
    return found


def _name(compared: Compared) -> str:
    return f"{compared.id}@{compared.revision}（摘要{compared.digest[:12]}）"


def _is_indicator(change: RuleChange) -> bool:
    return change.subject.startswith("I-")


def _lines(change: RuleChange, subject: str) -> Iterator[str]:
    part = change.subject.removeprefix(subject).removeprefix(".")
    yield from wrap(f"{part} {change.text}" if part else change.text, "  ", "    ")
    beside = [name for name in change.indicators if name != subject and name not in change.text]
    if beside and not _is_indicator(change):
        yield from wrap_parts([f"影响{len(beside)}项：", *_few(beside)], "    ", "      ")


def _few(names: list[str]) -> Iterable[str]:
    return names if len(names) <= 12 else [*names[:12], f"等{len(names)}项"]


def _touched(changes: RuleChanges) -> Iterator[str]:
    yield from wrap_parts([*changes.indicators] or ["没有"], f"影响的指标（{len(changes.indicators)}项）  ", "  ")
    yield from wrap_parts([_period(p) for p in changes.periods] or ["没有"], "影响的评估期  ", "  ")


def _period(period: TouchedPeriod) -> str:
    return f"{period.from_}至{period.to}" if period.to else f"{period.from_}起"
