"""The sheet of measured values (量值): sums, rates, windows and shares of members, live from the facts.

It mirrors the stage that measures, kind by kind: the same choice of inputs, the same exact interval arithmetic.
"""

from collections.abc import Callable
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from typing import NamedTuple

from engine.formulas import Tree
from engine.formulas import parse_formula
from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.admitted import CURRENT
from engine.models.admitted import PREVIOUS
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Measured
from engine.models.ruleset import Measure
from engine.periods import exactly_fill
from engine.periods import span_of
from engine.periods import windows
from engine.quantities import quantity_text
from engine.registers import register_of
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.cells import together
from engine.rendering.recompute.facts import Facts
from engine.rendering.recompute.facts import known_of
from engine.rendering.recompute.facts import period_text
from engine.rendering.recompute.known import Known
from engine.rendering.recompute.known import reduced
from engine.rendering.recompute.known import style_of
from engine.rendering.recompute.operations import OPEN_ENDS
from engine.rendering.recompute.operations import OPENED
from engine.rendering.recompute.operations import OPERATIONS
from engine.rendering.recompute.operations import ends_of_ratio
from engine.rendering.recompute.operations import holes_of_reported
from engine.rendering.recompute.operations import is_not_applicable
from engine.rendering.recompute.operations import nothing_due
from engine.rendering.recompute.operations import route_of_ratio
from engine.scope import Scope
from engine.scope import falls_into
from engine.scope import members_with
from engine.scope import unit_of_measure

COLUMNS = (
    Column("id", "编号", 7, "id"),
    Column("label", "是什么", 34, "wrap"),
    Column("unit", "单位", 16),
    Column("period", "期间", 12),
    Column("how", "怎样算", 44, "wrap"),
    Column("low_show", "下限", 11, "rate", "看这里（约数）"),
    Column("high_show", "上限", 11, "rate", "看这里（约数）"),
    Column("route", "走哪条路", 10, "text", "整数算"),
    Column("good", "合格数", 8, "int", "整数算"),
    Column("possible", "可能合格数", 8, "int", "整数算"),
    Column("due", "应有数", 8, "int", "整数算"),
    Column("low_n", "下限分子", 10, "int", "整数算"),
    Column("low_d", "下限分母", 9, "int", "整数算"),
    Column("high_n", "上限分子", 10, "int", "整数算"),
    Column("high_d", "上限分母", 9, "int", "整数算"),
    Column("low_open", "不含下限", 6, "flag", "整数算"),
    Column("high_open", "不含上限", 6, "flag", "整数算"),
    Column("none_due", "没有应办", 6, "flag", "整数算"),
    Column("doubt", "有矛盾", 6, "flag", "整数算"),
    Column("running", "期限未到数", 8, "int", "整数算"),
)
NOTES = (
    "每行由「事实」或本表别的行算出，没有一个是写死的数。下限、上限都是整数之比，不四舍五入；空着＝不知道。",
    "率＝分子÷分母，夹在0与1之间；分母为0＝没有应办的事。成员单位没有报全的合计只能作下限。",
)
NOTHING: "dict[str, Formula | int]" = {"low_n": formula('""'), "low_d": 1, "high_n": formula('""'), "high_d": 1}
_SHOW = 'IF(ISNUMBER({n}),{n}/{d},"")'


class Sum(NamedTuple):
    """What is to be added up, and out of how many."""

    rows: list[Row]
    expected: Named


class Values:
    """The sheet while it grows; what was measured once is not measured again."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.sheet = Sheet("量值", "量值：由事实算出的数、率、份额", NOTES, COLUMNS, frozen=2)
        self._known: dict[object, Known] = {}

    def measure(self, name: str, scope: Scope) -> Known:
        """One measure of one unit in one period, as the stage that measures would find it."""
        key = (name, scope.member, scope.period, scope.window)
        if key not in self._known:
            measure = scope.ruleset.measures[name]
            self._known[key] = _KINDS[type(measure)](self, name, measure, scope)
        return self._known[key]

    def derive(
        self, label: str, scope: Scope, how: str, contents: "Mapping[str, Formula | int]", shown: str = "percent"
    ) -> Row:
        """Add a row; what is not said of it is empty or 0."""
        row = self.sheet.add(
            id=f"V{len(self.sheet.rows) + 1:03d}",
            label=label,
            unit=scope.member or "本级合计",
            period=period_text(scope),
            how=how,
        )
        for key, content in {"low_open": 0, "high_open": 0, "none_due": 0, "doubt": 0, "running": 0, **contents}.items():
            row.put(key, content)
        for end in ("low", "high"):
            row.put(f"{end}_show", formula(_SHOW, n=row[f"{end}_n"], d=row[f"{end}_d"]), shown)
        return row

    def unknown(self, label: str, scope: Scope, how: str) -> Known:
        """A row that says that nothing can be known, and why."""
        return known_in(self.derive(label, scope, how, NOTHING))

    def expected(self, roles: tuple[str, ...], scope: Scope) -> Row:
        """How many units play some roles: a fact of its own."""
        wanted = tuple(sorted(set(roles)))
        _, number = members_with(wanted, scope.unit)
        return self.facts.count(
            ("expected", wanted),
            None if number is None else point(number),
            label=f"应报单位数：{'、'.join(wanted)}",
            of="个",
            how="名册上的单位与所报家数" if number is not None else "单位有几个没有报，分母不知",
            scope=scope._replace(member="", period=CURRENT),
        )

    # --- stored -----------------------------------------------------------------------------------------------------

    def stored(self, name: str, measure: Measure, scope: Scope) -> Known:
        """A stored number: stated for the whole, or added up from stretches of time or from member units."""
        readings = scope.facts.readings
        own = readings.get((name, scope.member, scope.period))
        if own is None:
            stretches = self._stretches(name, measure, scope)
            if stretches:
                return self._sum(measure, scope, Sum(stretches, len(stretches)), f"各段相加（{len(stretches)}段）")
            if not scope.member and measure.roll_up == "sum" and measure.held_by:
                holders, _ = members_with(measure.held_by, scope.unit)
                if any(readings.get((name, holder, scope.period)) for holder in holders):
                    scopes = [scope._replace(member=holder) for holder in holders]
                    rows = [self.facts.reading(name, one, readings.get((name, one.member, one.period))) for one in scopes]
                    whole = self.expected(measure.held_by, scope)
                    return self._sum(measure, scope, Sum(rows, whole["low"]), "成员单位相加；没有报全只作下限")
        return known_of(self.facts.reading(name, scope, own))

    def _stretches(self, name: str, measure: Measure, scope: Scope) -> list[Row]:
        """The rows of years or months that together make exactly the period."""
        if not isinstance(measure, model.Counted) or measure.over != "period" or scope.period == PREVIOUS:
            return []
        found = [
            (period, reading)
            for (measured, unit, period), reading in sorted(scope.facts.readings.items(), key=lambda entry: entry[0])
            if measured == name and unit == scope.member and "/" in period
        ]
        if not exactly_fill([span_of(period) for period, _ in found], scope.window):
            return []
        return [self.facts.reading(name, scope._replace(period=period), reading) for period, reading in found]

    def _sum(self, measure: Measure, scope: Scope, added: Sum, how: str) -> Known:
        lows, highs, scale = together(added.rows, "low_whole"), together(added.rows, "high_whole"), added.rows[0]["scale"]
        low_n, low_d = reduced("SUM({lows})", "{scale}")
        high_n, high_d = reduced("SUM({highs})", "{scale}")
        whole = {"lows": lows, "highs": highs, "scale": scale, "expected": added.expected}
        complete = "IF(ISNUMBER({expected}),AND(COUNT({lows})={expected},COUNT({highs})={expected}),1=0)"
        opens = {end: together(added.rows, f"{end}_open") for end in ("low", "high")}
        contents = {
            "low_n": formula(f'IF(COUNT({{lows}})=0,"",{low_n})', **whole),
            "low_d": formula(f"IF(COUNT({{lows}})=0,1,{low_d})", **whole),
            "high_n": formula(f'IF({complete},{high_n},"")', **whole),
            "high_d": formula(f"IF({complete},{high_d},1)", **whole),
            "low_open": formula("MAX({opens})", opens=opens["low"]),
            "high_open": formula(f"IF({complete},MAX({{opens}}),0)", **whole, opens=opens["high"]),
            "doubt": formula("MAX({doubts})", doubts=together(added.rows, "doubt")),
        }
        return known_in(self.derive(measure.label, scope, f"{how}：{_named(added.rows)}", contents, style_of(measure)))

    # --- rates ------------------------------------------------------------------------------------------------------

    def ratio(self, name: str, measure: model.Ratio, scope: Scope) -> Known:
        """Numerator over denominator; the reported rate only where that cannot be computed."""
        top, bottom = self.measure(measure.numerator, scope), self.measure(measure.denominator, scope)
        reading = scope.facts.readings.get((name, scope.member, scope.period))
        reported = known_of(self.facts.reading(name, scope, reading)) if reading is not None else None
        row = self.derive(measure.label, scope, f"{_told(top)} ÷ {_told(bottom)}", {})
        both: dict[str, Named] = {**top.holes("t"), **bottom.holes("b"), "td": top.doubt, "bd": bottom.doubt}
        row.put("route", formula(route_of_ratio(reported), **both, **holes_of_reported(reported)))
        holes = {**both, **holes_of_reported(reported), "route": row["route"]}
        for end, whole in ends_of_ratio(measure).items():
            stated = "{r" + {"low_n": "ln", "low_d": "ld", "high_n": "hn", "high_d": "hd"}[end] + "}"
            nothing = nothing_due(measure)[end]
            otherwise = f'IF({{route}}="按所报",{stated},{nothing})' if reported else nothing
            row.put(end, formula(f'IF({{route}}="计算",{whole},{otherwise})', **holes))
        ends = {"ln": row["low_n"], "ld": row["low_d"], "hn": row["high_n"], "hd": row["high_d"]}
        for end, opened in OPEN_ENDS.items():
            stated = {"low_open": "{rlo}", "high_open": "{rho}"}[end]
            otherwise = f'IF({{route}}="按所报",{stated},0)' if reported else "0"
            # A share that is 0 or 1 whatever it is computed from is exactly that.
            clipped = "0" if measure.may_exceed_one else "IF({ln}={ld},1,0)"
            rule = f"IF(ISNUMBER({{hn}}),IF(OR({clipped}=1,{{hn}}=0),0,{opened}),0)"
            if measure.may_exceed_one:
                rule = opened
            row.put(end, formula(f'IF({{route}}="计算",{rule},{otherwise})', **holes, **ends))
        row.put("none_due", formula(f'IF({{route}}="没有应办",{is_not_applicable(measure)},0)', route=row["route"]))
        stated = "{rd}" if reported else "0"
        doubts = f'IF({{route}}="计算",MAX({{td}},{{bd}}),IF({{route}}="矛盾",1,IF({{route}}="按所报",{stated},0)))'
        row.put("doubt", formula(doubts, **holes))
        return known_in(row)

    def share_of_cases(self, name: str, measure: model.OnTimeShare | model.ProcedureShare, scope: Scope) -> Known:
        """Good cases over all cases of a complete register; what each case is worth enters as a count."""
        register = register_of(measure.of, scope)
        measured = measure_value(name, scope)
        if register is None or scope.period == PREVIOUS:
            reading = scope.facts.readings.get((name, scope.member, scope.period))
            return known_of(self.facts.reading(name, scope, reading, "没有逐件登记表，按所报的率" if reading else ""))
        if measured.contradictory:
            row = self.facts.count(
                ("doubt", name, scope.member, scope.window),
                measured.value,
                label=measure.label,
                of="%",
                how="登记表与自报的率不合，取各种读法",
                scope=scope,
                facts=measured.facts,
                doubt=True,
                style="input_rate",
                scale=10_000,
                code=name,
            )
            return known_of(row)
        good, bad, open_, complete = self._tallied(name, measure, scope, measured, lacks=register.lacks)
        counted: dict[str, Named] = {"good": good["low"], "bad": bad["low"], "open": open_["low"], "full": complete["low"]}
        row = self.derive(measure.label, scope, f"合格{_told_row(good)} ÷（合格＋不合＋说不准）", {})
        row.put("good", formula("{good}", **counted))
        row.put("possible", formula("{good}+{open}", **counted))
        row.put("due", formula("{good}+{bad}+{open}", **counted))
        route = 'IF({full}<>1,"登记不全",IF({due}=0,"没有应办","计算"))'
        row.put("route", formula(route, **counted, due=row["due"]))
        holes = {"route": row["route"], "due": row["due"]}
        for end, part in (("low", row["good"]), ("high", row["possible"])):
            nothing_n, nothing_d = (nothing_due(measure)[f"{end}_{which}"] for which in ("n", "d"))
            n, d = reduced("{part}", "{due}")
            row.put(f"{end}_n", formula(f'IF({{route}}="计算",{n},{nothing_n})', **holes, part=part))
            row.put(f"{end}_d", formula(f'IF({{route}}="计算",{d},{nothing_d})', **holes, part=part))
        row.put("none_due", formula(f'IF({{route}}="没有应办",{is_not_applicable(measure)},0)', route=row["route"]))
        return known_in(row)

    def _tallied(
        self, name: str, measure: model.OnTimeShare | model.ProcedureShare, scope: Scope, measured: Measured, lacks: str
    ) -> tuple[Row, Row, Row, Row]:
        """How many cases are good, bad and undecided, and whether the register is complete."""
        good = measured.good.low if measured.good and measured.good.low is not None else Fraction(0)
        possible = measured.good.high if measured.good and measured.good.high is not None else good
        due = measured.due.exact if measured.due and measured.due.exact is not None else possible
        how = "登记表逐件判定后的件数；逐件的判断不在本表里重做"
        counts = (("合格", good), ("不合", due - possible), ("说不准", possible - good))
        rows = [
            self.facts.count(
                (word, name, scope.member, scope.window),
                point(number),
                label=f"{measure.label}：{word}件数",
                of="件",
                how=how,
                scope=scope,
                facts=measured.facts,
                code=name,
            )
            for word, number in counts
        ]
        complete = self.facts.count(
            ("complete", name, scope.member, scope.window),
            point(0 if lacks else 1),
            label=f"{measure.label}：登记表是全量的",
            of="",
            how=lacks or "写明是全量表",
            scope=scope,
            facts=measured.facts,
            style="input_yes",
            code=name,
        )
        return rows[0], rows[1], rows[2], complete

    # --- events -----------------------------------------------------------------------------------------------------

    def events(self, name: str, measure: Measure, scope: Scope) -> Known:
        """How many events fall into the period."""
        of = measure.of if isinstance(measure, model.CountInPeriod) else name
        listed = scope.facts.events.get((of, scope.member))
        measured = measure_value(name, scope)
        row = self.facts.count(
            ("events", of, scope.member, scope.window),
            measured.value,
            label=measure.label,
            of=unit_of_measure(measure) or "次",
            how="没有报，待核；可填数试算"
            if listed is None
            else "照填报的次数"
            if listed.number
            else "逐次日期落在期内的次数",
            scope=scope,
            facts=measured.facts,
            doubt=measured.contradictory,
            code=of,
            text="" if listed is None or listed.number else f"{len(listed.events)}次",
        )
        return known_of(row)

    def register_size(self, name: str, measure: model.Records, scope: Scope) -> Known:
        """How many rows a register has."""
        measured = measure_value(name, scope)
        row = self.facts.count(
            ("register", name, scope.member),
            measured.value,
            label=f"{measure.label}：件数",
            of=unit_of_measure(measure) or "件",
            how="没有报，待核；可填数试算" if measured.value is None else "登记表的行数",
            scope=scope,
            facts=measured.facts,
            code=name,
        )
        return known_of(row)

    def windows_met(self, name: str, measure: model.Every, scope: Scope) -> Known:  # noqa: ARG002
        """In how many windows there were enough."""
        spans = windows(scope.window, measure.per, measure.starts)
        listed = scope.facts.events.get((measure.of, scope.member))
        if not spans:
            return self.unknown(measure.label, scope, f"第一个窗口{measure.starts}起算，在评估期之后")
        if listed is not None and listed.number is not None and spans != [scope.window]:
            return self.unknown(measure.label, scope, "只报了次数，没有日期，分不到各期")
        rows = []
        for span in spans:
            value, how = None, "没有报，待核；可填数试算"
            if listed is not None and listed.number is not None:
                value, how = listed.number.interval, "照填报的次数"
            elif listed is not None:
                inside = [falls_into(event.date, span) for event in listed.events]
                value = Interval(Fraction(inside.count(True)), Fraction(inside.count(True) + inside.count(None)))
                how = "逐次日期落在这一段里的次数"
            rows.append(
                self.facts.count(
                    ("window", measure.of, scope.member, span),
                    value,
                    label=f"{scope.ruleset.measures[measure.of].label}：{span}",
                    of="次",
                    how=how,
                    scope=scope,
                    facts=[event.fact for event in listed.events if falls_into(event.date, span)] if listed else (),
                    waits=span.last >= scope.as_of,
                    doubt=bool(listed and listed.number and listed.number.contradictory),
                    code=measure.of,
                )
            )
        # Rows that were entered before may lie apart: every window is asked by itself.
        enough = measure.at_least
        told = f"{len(spans)}个窗口，每个不少于{enough}次的有几个：{_named(rows)}"
        row = self.derive(measure.label, scope, told, {})
        holes: dict[str, Named] = {"lows": together(rows, "low"), "enough": enough, "due": row["due"]}
        for at, window in enumerate(rows):
            holes |= {f"l{at}": window["low"], f"h{at}": window["high"], f"w{at}": window["waits"]}
        numbers = range(len(rows))
        row.put("due", len(rows))
        good = "+".join(f"IF(ISNUMBER({{l{at}}}),IF({{l{at}}}>={{enough}},1,0),0)" for at in numbers)
        possible = "+".join(f"IF(ISNUMBER({{h{at}}}),IF({{h{at}}}>={{enough}},1,0),1)" for at in numbers)
        running = "+".join(f"IF(ISNUMBER({{h{at}}}),IF(AND({{h{at}}}<{{enough}},{{w{at}}}=1),1,0),0)" for at in numbers)
        row.put("good", formula(good, **holes))
        row.put("possible", formula(possible, **holes))
        row.put("running", formula(running, **holes))
        for end, part in (("low", row["good"]), ("high", row["possible"])):
            n, d = reduced("{part}", "{due}")
            row.put(f"{end}_n", formula(f'IF(COUNT({{lows}})=0,"",{n})', **holes, part=part))
            row.put(f"{end}_d", formula(f"IF(COUNT({{lows}})=0,1,{d})", **holes, part=part))
        row.put("doubt", formula("MAX({doubts})", doubts=together(rows, "doubt")))
        return known_in(row)._replace(running_of=row["due"])

    # --- formulas ---------------------------------------------------------------------------------------------------

    def computed(self, name: str, measure: model.Formula, scope: Scope) -> Known:  # noqa: ARG002
        """A formula over measures, operation by operation."""
        tree = parse_formula(measure.expression)
        assert tree is not None
        return self._operation(tree, f"{measure.label} = {measure.expression}", scope)

    def _operation(self, tree: Tree, label: str, scope: Scope) -> Known:
        if isinstance(tree, str):
            return self.measure(tree, scope)
        if isinstance(tree, Fraction):
            number, of = tree.numerator, tree.denominator
            return Known(number, of, number, of)
        mark, *sides = tree
        left, right = (self._operation(side, f"{label}（中间一步）", scope) for side in sides)
        return self.combined(mark, left, right, label, scope)

    def combined(self, mark: str, left: Known, right: Known, label: str, scope: Scope) -> Known:
        """Two values put together by one of the four operations."""
        low, high = OPERATIONS[mark]
        row = self.derive(label, scope, f"{_told(left)} {mark} {_told(right)}", {}, "rate")
        holes: dict[str, Named] = {**left.holes("a"), **right.holes("b")}
        for end, (asked, n, d) in (("low", low), ("high", high)):
            top, bottom = reduced(n, d)
            row.put(f"{end}_n", formula(f'IF({asked},{top},"")', **holes))
            row.put(f"{end}_d", formula(f"IF({asked},{bottom},1)", **holes))
        known: dict[str, Named] = {"ln": row["low_n"], "hn": row["high_n"]}
        for end, opened in OPENED[mark].items():
            row.put(end, formula(opened, **holes, **known))
        doubts = "IF(OR(ISNUMBER({ln}),ISNUMBER({hn})),MAX({ad},{bd}),0)"
        row.put("doubt", formula(doubts, **known, ad=left.doubt, bd=right.doubt))
        return known_in(row)

    def trend(self, name: str, measure: model.Trend, scope: Scope) -> Known:  # noqa: ARG002
        """The value of this period minus the previous one's."""
        now, before = self.measure(measure.of, scope), self.measure(measure.of, scope._replace(period=PREVIOUS))
        return self.combined("-", now, before, f"{measure.label} = 本期 - 上期", scope)


_KINDS: dict[type, Callable[[Values, str, Any, Scope], Known]] = {
    model.Counted: Values.stored,
    model.Dated: Values.stored,
    model.Chosen: Values.stored,
    model.Events: Values.events,
    model.CountInPeriod: Values.events,
    model.Records: Values.register_size,
    model.Ratio: Values.ratio,
    model.OnTimeShare: Values.share_of_cases,
    model.ProcedureShare: Values.share_of_cases,
    model.Every: Values.windows_met,
    model.Formula: Values.computed,
    model.Trend: Values.trend,
}


def known_in(row: Row) -> Known:
    """What a row of values says."""
    return Known(
        row["low_n"],
        row["low_d"],
        row["high_n"],
        row["high_d"],
        row["low_open"],
        row["high_open"],
        row["none_due"],
        row["doubt"],
        row["running"],
        name=str(row["id"].content),
    )


def _named(rows: list[Row]) -> str:
    names = [_told_row(row) for row in rows]
    return "、".join(names[:6]) + (f"等{len(names)}行" if len(names) > 6 else "")


def _told_row(row: Row) -> str:
    name = row["id"].content
    assert isinstance(name, str)
    return name


def _told(value: Known) -> str:
    """For people: on which row a value stands."""
    if isinstance(value.low_n, Cell):
        return value.name
    return quantity_text(point(Fraction(int(value.low_n), int(value.low_d) if isinstance(value.low_d, int) else 1)), None)
