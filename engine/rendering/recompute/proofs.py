"""The sheet of proof (佐证): what each kind of evidence asks for, what was accepted of it, and whether that is enough."""

from collections.abc import Mapping

from engine.models.admitted import AdmittedItem
from engine.models.ruleset import Indicator
from engine.models.ruleset import Slot
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.members import Members
from engine.rule_parts import probes_of
from engine.scope import Scope
from engine.scope import members_with

COLUMNS = (
    Column("indicator", "指标", 9, "id"),
    Column("title", "佐证要求", 34, "wrap"),
    Column("unit", "单位", 18),
    Column("count", "每份要几件", 8, "input_int", "要求"),
    Column("expected", "应有单位数", 8, "int", "要求"),
    Column("required", "要几件", 8, "int", "要求"),
    Column("accepted", "形式合格几件", 9, "input_int", "受理（可改）"),
    Column("short", "自报不达标", 8, "flag", "逐单位的"),
    Column("counted", "计几件", 8, "int", "逐单位的"),
    Column("enough", "齐了", 7, "verdict", "结论"),
    Column("items", "材料编号", 26, "wrap", "来历"),
    Column("slot", "代码", 18, "code", "来历"),
)
NOTES = (
    "材料是退回还是形式合格，由受理环节判，这里以件数进来；齐不齐、哪一部分有据，由本表算。",
    "逐单位要的材料，自报不达标的单位不要（没做的事不要证明），名单随「逐单位」里的达标与否变。",
)


class Proofs:
    """The sheet while it grows: one indicator after another."""

    def __init__(self, members: Members, items: tuple[AdmittedItem, ...]) -> None:
        self.members = members
        self.sheet = Sheet("佐证", "佐证：每个指标要的材料齐了没有", NOTES, COLUMNS, frozen=2)
        self._items = items

    def enter(self, indicator: Indicator, scope: Scope) -> Mapping[str, Cell]:
        """All that an indicator asks for; by slot, the cell that says whether it is filled."""
        short = self._short(indicator, scope) if any(slot.by == "each_member" for slot in indicator.evidence) else {}
        return {slot.slot: self._slot(indicator, slot, short, scope)["enough"] for slot in indicator.evidence}

    def _short(self, indicator: Indicator, scope: Scope) -> dict[str, tuple[Cell, ...]]:
        """Per member, the verdicts that may say that it falls short."""
        found: dict[str, tuple[Cell, ...]] = {}
        for probe in probes_of(indicator):
            if probe.measure and probe.each_member and probe.each_member.meets:
                for unit, row in self.members.block(probe.measure, probe.each_member, scope).members.items():
                    found[unit] = (*found.get(unit, ()), row["meets"])
        return found

    def _slot(self, indicator: Indicator, slot: Slot, short: dict[str, tuple[Cell, ...]], scope: Scope) -> Row:
        uses = [
            use
            for admitted in self._items
            for use in admitted.uses
            if use.indicator == indicator.id and use.slot == slot.slot
        ]
        good = [use for use in uses if use.accepted]
        row = self.sheet.add(
            indicator=indicator.id,
            title=f"{slot.title}{'（只在没有应办的事时要）' if slot.for_none else ''}",
            count=slot.count,
            slot=slot.slot,
            items="、".join(sorted({use.item for use in uses})),
        )
        if slot.by != "each_member":
            row.put("required", formula("{count}", count=row["count"]))
            row.put("accepted", len({use.item for use in good}))
            row.put("counted", formula("{accepted}", accepted=row["accepted"]))
            row.put("enough", formula("IF({counted}>={required},1,0)", counted=row["counted"], required=row["required"]))
            return row
        roles = next((probe.each_member.roles for probe in probes_of(indicator) if probe.each_member), ())
        names, _ = members_with(roles, scope.unit)
        row.put("unit", "逐单位合计", "text")
        lines = []
        for name in names:
            line = self.sheet.add(indicator=indicator.id, title="　其中", unit=name or scope.unit.name, slot=slot.slot)
            lines.append(line)
            line.put("accepted", sum(use.unit == name for use in good))
            verdicts = short.get(name or scope.unit.name, ())
            asked = ",".join(f"{{m{at}}}=0" for at in range(len(verdicts)))
            holes: dict[str, Named] = {f"m{at}": cell for at, cell in enumerate(verdicts)}
            line.put("short", formula(f"IF(OR({asked}),1,0)", **holes) if verdicts else 0)
            counted = "IF({short}=1,0,MIN({accepted},{count}))"
            line.put("counted", formula(counted, short=line["short"], accepted=line["accepted"], count=row["count"]))
        expected = self.members.values.expected(roles, scope)["low"]
        row.put("expected", formula('IF(ISNUMBER({all}),{all},"")', all=expected))
        holes = {"all": row["expected"], "count": row["count"]}
        if not lines:
            row.put("counted", formula("0*{count}", **holes))
            row.put("required", formula("IF(ISNUMBER({all}),{all},1)*{count}", **holes))
        else:
            shorts = self.sheet.span("short", lines)
            row.put("counted", formula("SUM({all})", all=self.sheet.span("counted", lines)))
            row.put("required", formula("IF(ISNUMBER({all}),{all}-SUM({shorts}),1)*{count}", **holes, shorts=shorts))
        enough = "IF(ISNUMBER({all}),IF({counted}>={required},1,0),0)"
        row.put("enough", formula(enough, **holes, counted=row["counted"], required=row["required"]))
        return row
