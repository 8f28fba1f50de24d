"""The sheet of members (逐单位): what every unit's value is, whether it meets what is asked, and what share of them do."""

from typing import NamedTuple

from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.measured import Cause
from engine.models.ruleset import EachMember
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.known import Known
from engine.rendering.recompute.known import bound_on
from engine.rendering.recompute.known import mark_of
from engine.rendering.recompute.known import meets
from engine.rendering.recompute.known import reduced
from engine.rendering.recompute.known import style_of
from engine.rendering.recompute.values import NOTHING
from engine.rendering.recompute.values import Values
from engine.rendering.recompute.values import known_in
from engine.scope import Scope
from engine.scope import members_with

COLUMNS = (
    Column("label", "是什么", 34, "wrap"),
    Column("unit", "单位", 18),
    Column("low_show", "下限", 11, "rate", "现值（约数）"),
    Column("high_show", "上限", 11, "rate", "现值（约数）"),
    Column("mark", "要求", 6, "text", "要求"),
    Column("bound_n", "界限分子", 9, "input_int", "要求"),
    Column("bound_d", "界限分母", 9, "input_int", "要求"),
    Column("given", "报了", 6, "flag", "判定"),
    Column("none_due", "没有应办", 6, "flag", "判定"),
    Column("meets", "达标", 6, "verdict", "判定"),
    Column("running", "期限未到", 6, "flag", "判定"),
    Column("low_one", "下限分母（空作1）", 9, "int", "取最低时用"),
    Column("high_one", "上限分母（空作1）", 9, "int", "取最低时用"),
    Column("low_same", "下限通分", 10, "int", "取最低时用"),
    Column("high_same", "上限通分", 10, "int", "取最低时用"),
)
NOTES = (
    "一个单位一行。达标：1是，0否，空＝不知。没有报的单位留在分母里作待核，不当作达标，也不当作不达标。",
    "指标上的份额＝达标单位数÷应有单位数；没有应办的事的单位不在分母里。",
)
_SHOW = 'IF(ISNUMBER({n}),{n}/{d},"")'


class Block(NamedTuple):
    """The members of one question, and the value that they come to."""

    value: Known
    members: dict[str, Row]


class Members:
    """The sheet while it grows; what was asked of members once is not asked again."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.sheet = Sheet("逐单位", "逐单位：每个成员单位达标没有", NOTES, COLUMNS, frozen=2)
        self._blocks: dict[object, Block] = {}

    def block(self, name: str, each: EachMember, scope: Scope) -> Block:
        """Every member that plays a role, and the share that meet or the lowest value."""
        key = (name, each.model_dump_json(), scope.period, scope.window)
        if key not in self._blocks:
            self._blocks[key] = self._make(name, each, scope)
        return self._blocks[key]

    def _make(self, name: str, each: EachMember, scope: Scope) -> Block:
        label = scope.ruleset.measures[name].label
        names, expected = members_with(each.roles, scope.unit)
        if measure_value(name, scope).cause is Cause.NOT_IN_FORCE:
            return Block(self.values.unknown(label, scope, "第一个窗口在评估期之后起算"), {})
        if expected is None or not names:
            why = "应报的单位有几个没有报，分母不知" if expected is None else "没有报成员单位的名字，逐个的数不知"
            unknown = self.values.derive(label, scope, why, {**NOTHING, "none_due": int(expected == 0)})
            return Block(known_in(unknown), {})
        known = {member: self.values.measure(name, scope._replace(member=member)) for member in names}
        rows = {member: self._member(label, member, each, name, value, scope) for member, value in known.items()}
        total = self.values.expected(each.roles, scope)["low"]
        lined = list(rows.values())
        value = (
            self._lowest(label, lined, list(known.values()), total, scope)
            if each.take == "lowest"
            else self._share(label, lined, total, each, scope)
        )
        return Block(value, {member or scope.unit.name: row for member, row in rows.items()})

    def _member(self, label: str, member: str, each: EachMember, name: str, value: Known, scope: Scope) -> Row:
        row = self.sheet.add(label=label, unit=member or scope.unit.name)
        for end, n, d in (("low", value.low_n, value.low_d), ("high", value.high_n, value.high_d)):
            row.put(f"{end}_show", formula(_SHOW, n=n, d=d), style_of(scope.ruleset.measures[name]))
            row.put(f"{end}_one", formula("IF(ISNUMBER({n}),{d},1)", n=n, d=d))
        both: dict[str, Named] = {"l": value.low_n, "h": value.high_n, "none": value.none_due}
        row.put("none_due", formula("{none}", none=value.none_due))
        row.put("given", formula("IF(AND({none}=0,OR(ISNUMBER({l}),ISNUMBER({h}))),1,0)", **both))
        if each.meets is None:
            row.put("meets", formula('""'))
            row.put("running", 0)
            return row
        measure = scope.ruleset.measures[name]
        options = measure.options if isinstance(measure, model.Chosen) else ()
        bound = bound_on(each.meets, scope.window.last, options, measure)
        row.put("mark", mark_of(each.meets))
        row.put("bound_n", bound.numerator)
        row.put("bound_d", bound.denominator)
        asked = meets(value, each.meets, row["bound_n"], row["bound_d"])
        row.put("meets", formula(f'IF({{given}}=1,{asked.template},"")', **asked.holes, given=row["given"]))
        row.put("running", formula("IF({meets}=0,IF({r}>0,1,0),0)", meets=row["meets"], r=value.running))
        return row

    def _share(self, label: str, rows: list[Row], expected: Cell, each: EachMember, scope: Scope) -> Known:
        assert each.meets is not None
        told = f"达标单位÷应有单位（逐单位第{rows[0].number + 1}至{rows[-1].number + 1}行）"
        summary = self.values.derive(f"{label}：达标单位的份额", scope, told, {})
        spans = {key: self.sheet.span(key, rows) for key in ("meets", "given", "none_due", "running")}
        summary.put("due", formula('IF(ISNUMBER({all}),{all}-SUM({none}),"")', all=expected, none=spans["none_due"]))
        summary.put("good", formula("COUNTIF({meets},1)", meets=spans["meets"]))
        holes: dict[str, Named] = {"due": summary["due"], "meets": spans["meets"], "given": spans["given"]}
        possible = 'IF(ISNUMBER({due}),{due}-COUNTIF({meets},0),"")'
        summary.put("possible", formula(possible, **holes))
        route = 'IF(ISNUMBER({due}),IF({due}<=0,"没有应办",IF(SUM({given})=0,"不知","计算")),"不知")'
        summary.put("route", formula(route, **holes))
        for end, part in (("low", summary["good"]), ("high", summary["possible"])):
            n, d = reduced("{part}", "{due}")
            asked: dict[str, Named] = {"route": summary["route"], "due": summary["due"], "part": part}
            summary.put(f"{end}_n", formula(f'IF({{route}}="计算",{n},"")', **asked))
            summary.put(f"{end}_d", formula(f'IF({{route}}="计算",{d},1)', **asked))
        summary.put("none_due", formula('IF({route}="没有应办",1,0)', route=summary["route"]))
        summary.put("running", formula("SUM({running})", running=spans["running"]))
        return known_in(summary)._replace(running_of=summary["due"])

    def _lowest(self, label: str, rows: list[Row], known: list[Known], expected: Cell, scope: Scope) -> Known:
        """The lowest value: what is not told by everybody has no lower end."""
        told = f"各单位中最低的（逐单位第{rows[0].number + 1}至{rows[-1].number + 1}行）"
        summary = self.values.derive(f"{label}：最低的单位", scope, told, {}, rows[0]["low_show"].style)
        none, given = self.sheet.span("none_due", rows), self.sheet.span("given", rows)
        summary.put("due", formula('IF(ISNUMBER({all}),{all}-SUM({none}),"")', all=expected, none=none))
        summary.put("none_due", formula("IF(ISNUMBER({due}),IF({due}<=0,1,0),0)", due=summary["due"]))
        for end in ("low", "high"):
            ones, same = self.sheet.span(f"{end}_one", rows), self.sheet.span(f"{end}_same", rows)
            common = "good" if end == "low" else "possible"  # the common denominator stands where counts stand elsewhere
            summary.put(common, formula("LCM({ones})", ones=ones))
            for row, value in zip(rows, known, strict=True):
                shown: dict[str, Named] = {"one": row[f"{end}_one"], "all": summary[common]}
                number = value.low_n if end == "low" else value.high_n
                row.put(f"{end}_same", formula('IF(ISNUMBER({n}),{n}*QUOTIENT({all},{one}),"")', **shown, n=number))
            holes: dict[str, Named] = {"same": same, "common": summary[common], "given": given, "due": summary["due"]}
            complete = "IF(ISNUMBER({due}),AND(SUM({given})={due},COUNT({same})={due}),1=0)"
            asked = complete if end == "low" else "COUNT({same})>0"
            n, d = reduced("MIN({same})", "{common}")
            summary.put(f"{end}_n", formula(f'IF({asked},{n},"")', **holes))
            summary.put(f"{end}_d", formula(f"IF({asked},{d},1)", **holes))
        return known_in(summary)
