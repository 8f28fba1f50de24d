"""The sheet of parts (要素): value, condition, share, what time allows, what is proven, what each adds to its indicator."""

import math
from fractions import Fraction

from engine.awards import bands_of
from engine.findings import AWARD_NAMES
from engine.findings import CLOCK_NAMES
from engine.judgement import is_windowed
from engine.judgement import question_of
from engine.judgement import scope_of_year
from engine.judgement import waits_to_happen
from engine.models import ruleset as model
from engine.models.appraisal import Appraisal
from engine.models.appraisal import Part
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.result import NOT_ASKED
from engine.models.ruleset import Award
from engine.models.ruleset import Condition
from engine.models.ruleset import Credit
from engine.models.ruleset import Element
from engine.models.ruleset import Indicator
from engine.models.ruleset import Probe
from engine.models.ruleset import Profile
from engine.ratings import rate_points
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.facts import known_of
from engine.rendering.recompute.forms import Terms
from engine.rendering.recompute.forms import shares_of
from engine.rendering.recompute.known import Known
from engine.rendering.recompute.known import bound_on
from engine.rendering.recompute.known import mark_of
from engine.rendering.recompute.known import meets
from engine.rendering.recompute.known import style_of
from engine.rendering.recompute.members import Members
from engine.rendering.recompute.proofs import Proofs
from engine.rendering.recompute.values import known_in
from engine.scope import Scope

_VALUE, _ASKED, _SHARE = "现值（整数之比）", "要求与口径（可改）", "份额（整数之比）"
_FLAG, _OWN, _ADDS = "标记（不是算出的）", "本部分（份）", "计入指标"
COLUMNS = (
    Column("indicator", "指标", 9, "id"),
    Column("title", "部分", 34, "wrap"),
    Column("year", "年度", 7, "year"),
    Column("low_show", "值·下限", 11, "rate", "看这里（约数）"),
    Column("high_show", "值·上限", 11, "rate", "看这里（约数）"),
    Column("earned_show", "已得份额", 9, "percent", "看这里（约数）"),
    Column("reach_show", "最高可到", 9, "percent", "看这里（约数）"),
    Column("proven", "有据", 6, "verdict", "看这里（约数）"),
    Column("source", "值在哪一行", 10, "text", "看这里（约数）"),
    Column("low_n", "下限分子", 10, "int", _VALUE),
    Column("low_d", "下限分母", 9, "int", _VALUE),
    Column("high_n", "上限分子", 10, "int", _VALUE),
    Column("high_d", "上限分母", 9, "int", _VALUE),
    Column("low_open", "不含下限", 6, "flag", _VALUE),
    Column("high_open", "不含上限", 6, "flag", _VALUE),
    Column("none_due", "没有应办", 6, "flag", _VALUE),
    Column("doubt", "有矛盾", 6, "flag", _VALUE),
    Column("weight", "权重份数", 7, "input_int", _ASKED),
    Column("form", "计分形式", 14, "wrap", _ASKED),
    Column("mark", "满分要", 6, "text", _ASKED),
    Column("bound_n", "界限分子", 9, "input_int", _ASKED),
    Column("bound_d", "界限分母", 9, "input_int", _ASKED),
    Column("one", "参数一", 9, "text", _ASKED),
    Column("one_n", "一·分子", 7, "input_int", _ASKED),
    Column("one_d", "一·分母", 7, "input_int", _ASKED),
    Column("two", "参数二", 9, "text", _ASKED),
    Column("two_n", "二·分子", 7, "input_int", _ASKED),
    Column("two_d", "二·分母", 7, "input_int", _ASKED),
    Column("answer", "合满分条件", 7, "verdict", _SHARE),
    Column("raw_low_n", "照式下限分子", 9, "int", _SHARE),
    Column("raw_low_d", "照式下限分母", 9, "int", _SHARE),
    Column("raw_high_n", "照式上限分子", 9, "int", _SHARE),
    Column("raw_high_d", "照式上限分母", 9, "int", _SHARE),
    Column("share_low_n", "下限分子", 9, "int", _SHARE),
    Column("share_low_d", "下限分母", 9, "int", _SHARE),
    Column("share_high_n", "上限分子", 9, "int", _SHARE),
    Column("share_high_d", "上限分母", 9, "int", _SHARE),
    Column("clock", "时间型", 7, "text", _FLAG),
    Column("gains", "好的算数", 7, "input_flag", _FLAG),
    Column("mendable", "还来得及补", 7, "input_flag", _FLAG),
    Column("costs", "据以扣分", 7, "input_flag", _FLAG),
    Column("carried", "材料具备要件", 8, "input_flag", _FLAG),
    Column("of", "共几份", 9, "int", _OWN),
    Column("earned", "已得", 9, "int", _OWN),
    Column("open", "待定", 9, "int", _OWN),
    Column("recoverable", "还能补", 9, "int", _OWN),
    Column("lost", "已丢", 9, "int", _OWN),
    Column("kept", "在分母里", 7, "flag", _ADDS),
    Column("kept_weight", "计入的权重", 8, "int", _ADDS),
    Column("kept_of", "计入的份数", 9, "int", _ADDS),
    Column("adds_earned", "自报已得", 11, "int", _ADDS),
    Column("adds_open", "自报待定", 11, "int", _ADDS),
    Column("adds_recoverable", "还能补", 11, "int", _ADDS),
    Column("adds_lost", "已丢", 11, "int", _ADDS),
    Column("adds_proven", "有据已得", 11, "int", _ADDS),
)
NOTES = (
    "一行是指标的一个部分（要素，逐年的分年）。份额在0与1之间：下限＝肯定的，上限＝可能的；没有应办的事，或有矛盾而各种读法结论不同，份额就是0至1。",
    "好的算数：1＝现在好的已经定了，可以得分；0＝期间没完，还说不准。还来得及补：时限、办理天数、能否补过去，都在评判日上判。",
    "权重份数：0＝要求这一部分的依据在评估期内没有施行，不在分母里。据以扣分：0＝依据在评估期内不施行，差的不扣，只作待定。材料具备要件：公开网址、文号、签章、外部来源，要的都有。",
    "已得＝下限（好的算数时）；待定＝上限－已得；还能补＝1－上限（还来得及补时）；已丢＝其余。有据＝要的材料都齐、要件具备；没有据的，自报已得在有据这条线上算待定。",
)
_SHOW = 'IF(ISNUMBER({n}),{n}/{d},"")'


class Parts:
    """The sheet while it grows: one indicator after another."""

    def __init__(self, members: Members, proofs: Proofs, profile: Profile) -> None:
        self.members = members
        self.values = members.values
        self.proofs = proofs
        self.sheet = Sheet("要素", "要素：每个部分值多少份额", NOTES, COLUMNS, frozen=2)
        self._profile = profile

    def enter(self, appraisal: Appraisal, common: Cell, scope: Scope) -> list[Row]:
        """All parts of an indicator; ``common`` is the number of pieces that its parts have in common."""
        indicator = appraisal.indicator
        filled = self.proofs.enter(indicator, scope)
        units = math.lcm(*(part.weight.denominator for part in appraisal.parts))
        rows = []
        for part in appraisal.parts:
            element = next((e for e in indicator.elements if e.key == part.key), None)
            row = self._part(indicator, element, part, scope_of_year(part.year, scope))
            # What no law of the period asked for weighs nothing: it is in no denominator.
            row.put("weight", 0 if part.text == NOT_ASKED else int(part.weight * units))
            self._prove(row, indicator, part, dict(filled))
            _add_up(row, common)
            rows.append(row)
        return rows

    def _part(self, indicator: Indicator, element: Element | None, part: Part, scope: Scope) -> Row:
        probe: Probe = element or indicator
        credit = self._profile.credit.get(indicator.id, Credit())
        award = indicator.award
        if element is not None:
            award = Award.ALL_OR_NOTHING if element.meets is not None else Award.SHARE
        measured = self._measured(probe, scope)
        value = self._value(indicator, element, part, award, measured, credit, scope)
        row = self.sheet.add(indicator=indicator.id, title=part.title, year=part.year, source=value.name)
        question = question_of(probe, credit, scope)
        measure = scope.ruleset.measures[probe.measure] if probe.measure else None
        self._ask(row, award, probe, credit, scope)
        share = award is Award.RATED or probe.each_member is not None and probe.each_member.take is None
        _take(row, value, "percent" if share else style_of(measure))
        terms = self._terms(row, award, probe, credit, known_on(row), question.lower_is_better, scope)
        for key, text in zip(("low_n", "low_d", "high_n", "high_d"), shares_of(award, terms), strict=True):
            row.put(f"raw_{key}", text)
        none_due = "{none}"
        holes: dict[str, Named] = {"none": measured.none_due if measured else 0}
        if measured is not None and probe.measure and waits_to_happen(indicator, probe.measure, scope):
            none_due = "IF(OR({none}=1,AND({ln}=0,{hn}=0)),1,0)"
            holes |= {"ln": measured.low_n, "hn": measured.high_n}
        row.put("none_due", formula(none_due, **holes))
        row.put("doubt", formula("{doubt}", doubt=(measured or value).doubt))
        _use_shares(row)
        timing = part.timing
        row.put("clock", CLOCK_NAMES[(element.clock if element and element.clock else indicator.clock).value])
        for key, flag in (("gains", timing.gains_final), ("mendable", timing.mendable), ("costs", timing.takes_points)):
            row.put(key, int(flag))
        raised = None
        if measure is not None and isinstance(measure, model.Every) and not indicator.remedy.can_fix_past:
            assert measured is not None and is_windowed(part.measured, scope)
            raised = self._raised(row, award, probe, credit, measured, question.lower_is_better, scope)
        _divide(row, raised)
        return row

    # --- what is known ----------------------------------------------------------------------------------------------

    def _measured(self, probe: Probe, scope: Scope) -> Known | None:
        if probe.measure is None:
            return None
        if probe.each_member is not None:
            return self.members.block(probe.measure, probe.each_member, scope).value
        return self.values.measure(probe.measure, scope)

    def _value(
        self,
        indicator: Indicator,
        element: Element | None,
        part: Part,
        award: Award,
        measured: Known | None,
        credit: Credit,
        scope: Scope,
    ) -> Known:
        """Grades where it is rated, else what was measured, else what was said of the element."""
        if award is Award.RATED:
            return self._rated(indicator, credit, scope)
        if measured is not None:
            return measured
        assert element is not None
        claim = part.claim
        said = None if claim is None or claim.value is None else point(int(claim.value))
        how = "没有报，待核；可填1或0试算"
        if claim is not None:
            how = "自报" if claim.facts else "所报的材料就是自报"
            how = "各处说法不一" if claim.value is None else how
        row = self.values.facts.count(
            ("claim", indicator.id, element.key, part.year),
            said,
            label=f"{indicator.id} {element.title}",
            of="是否",
            how=how,
            scope=scope,
            facts=claim.facts if claim else (),
            doubt=claim is not None and claim.value is None,
            style="input_yes",
            code=f"{indicator.id}.{element.key}",
        )
        return known_of(row)

    def _rated(self, indicator: Indicator, credit: Credit, scope: Scope) -> Known:
        """The average over the stated points; what each is worth by its raters' grades enters as a fact."""
        assert indicator.rating is not None
        entries = tuple(entry for entry in scope.facts.ratings if entry.indicator == indicator.id)
        rows = []
        for stated, share, told in rate_points(indicator.rating, credit, entries):
            entered = share if share != Interval(Fraction(0), Fraction(1)) else None
            rows.append(
                self.values.facts.count(
                    ("rating", indicator.id, stated.key),
                    entered,
                    label=f"{indicator.id} 评定：{stated.title}",
                    of="份额",
                    how=f"由评定人的等次按口径换算；{told}",
                    scope=scope,
                    style="input_rate",
                    scale=100,
                    code=f"{indicator.id}.{stated.key}",
                )
            )
        parts = [known_of(row) for row in rows]
        summary = self.values.derive(f"{indicator.title}：评定份额", scope, "各评定点的平均；没有两人评的点为0至1", {})
        common = "*".join(f"{{d{at}}}*{{e{at}}}" for at in range(len(parts)))
        holes: dict[str, Named] = {}
        for at, part in enumerate(parts):
            holes |= {f"l{at}": part.low_n, f"d{at}": part.low_d, f"h{at}": part.high_n, f"e{at}": part.high_d}
        for end, letter, of, otherwise in (("low", "l", "d", 0), ("high", "h", "e", 1)):
            terms = "+".join(
                f"IF(ISNUMBER({{{letter}{at}}}),{{{letter}{at}}},{otherwise})*QUOTIENT({common},{{{of}{at}}})"
                for at in range(len(parts))
            )
            number = f"GCD({terms},{common}*{len(parts)})"
            summary.put(f"{end}_n", formula(f"QUOTIENT({terms},{number})", **holes))
            summary.put(f"{end}_d", formula(f"QUOTIENT({common}*{len(parts)},{number})", **holes))
        return known_in(summary)

    # --- what is asked ----------------------------------------------------------------------------------------------

    def _ask(self, row: Row, award: Award, probe: Probe, credit: Credit, scope: Scope) -> None:
        """Write down the condition and the numbers of the partial credit."""
        row.put("form", AWARD_NAMES[award.value])
        named: list[tuple[str, Fraction]] = []
        if award is Award.LINEAR:
            named = [("零分点", credit.zero_at or Fraction(0))]
        elif award is Award.STEPS and credit.steps is not None:
            named = [("每差", credit.steps.every), ("扣", credit.steps.deduct)]
        elif award is Award.DEDUCT_EACH and credit.each is not None:
            named = [("每件扣", credit.each.deduct), ("最多扣", min(credit.each.cap, Fraction(1)))]
        for key, (name, number) in zip(("one", "two"), named, strict=False):
            row.put(key, name)
            row.put(f"{key}_n", number.numerator)
            row.put(f"{key}_d", number.denominator)
        if probe.meets is not None:
            _condition(row, probe.meets, probe, scope)

    def _terms(self, row: Row, award: Award, probe: Probe, credit: Credit, value: Known, lower: bool, scope: Scope) -> Terms:
        bands: list[tuple[Cell, Cell, Cell]] = []
        if probe.meets is not None:
            asked = meets(value, probe.meets, row["bound_n"], row["bound_d"])
            row.put("answer", asked)
        else:
            row.put("answer", formula('""'))
        if award is Award.BANDS:
            bands = self._bands(row, probe, credit, value, scope)
        return Terms(
            value,
            row["answer"],
            lower,
            (row["bound_n"], row["bound_d"]),
            (row["one_n"], row["one_d"]),
            (row["two_n"], row["two_d"]),
            tuple(bands),
        )

    def _bands(self, row: Row, probe: Probe, credit: Credit, value: Known, scope: Scope) -> list[tuple[Cell, Cell, Cell]]:
        """A row below for every band, best first: its condition, its share, whether it is met."""
        found = []
        for condition, share in bands_of(question_of(probe, credit, scope)):
            band = self.sheet.add(indicator=row["indicator"].content, title="　档", form="分档的一档", source="同上行")
            _condition(band, condition, probe, scope)
            band.put("one", "得")
            band.put("one_n", share.numerator)
            band.put("one_d", share.denominator)
            band.put("answer", meets(value, condition, band["bound_n"], band["bound_d"]))
            found.append((band["answer"], band["one_n"], band["one_d"]))
        return found

    def _raised(
        self, row: Row, award: Award, probe: Probe, credit: Credit, measured: Known, lower: bool, scope: Scope
    ) -> Row:
        """A row below: what the share could still become in the windows whose time still runs."""
        extra = self.sheet.add(
            indicator=row["indicator"].content,
            title="　期限未到的都补上时",
            form="只用来算还能补多少",
            source="同上行",
        )
        if probe.meets is not None:
            _condition(extra, probe.meets, probe, scope)
        for key in ("one_n", "one_d", "two_n", "two_d"):
            extra.put(key, formula("{same}", same=row[key]), "int")
        for key in ("low_n", "low_d", "low_open"):
            extra.put(key, formula("{same}", same=row[key]))
        holes: dict[str, Named] = {
            "n": row["high_n"],
            "d": row["high_d"],
            "r": measured.running,
            "of": measured.running_of,
        }
        top, bottom = "({n}*{of}+{r}*{d})", "({d}*{of})"
        common = f"GCD({top},{bottom})"
        full = f"{top}>={bottom}"
        runs = "IF(ISNUMBER({n}),IF(ISNUMBER({of}),1,0),0)=1"
        extra.put("high_n", formula(f'IF({runs},IF({full},1,QUOTIENT({top},{common})),"")', **holes))
        extra.put("high_d", formula(f"IF({runs},IF({full},1,QUOTIENT({bottom},{common})),1)", **holes))
        extra.put("high_open", 0)
        terms = self._terms(extra, award, probe, credit, known_on(extra), lower, scope)
        for key, text in zip(("low_n", "low_d", "high_n", "high_d"), shares_of(award, terms), strict=True):
            extra.put(f"raw_{key}", text)
        return extra

    # --- what is proven ---------------------------------------------------------------------------------------------

    def _prove(self, row: Row, indicator: Indicator, part: Part, filled: dict[str, Cell]) -> None:
        """Whether a part is proven, and whether it leaves the denominator because nothing was due."""
        row.put("carried", int(part.carried))
        asked = [filled[name] for name in part.slots]
        holes: dict[str, Named] = {f"s{at}": cell for at, cell in enumerate(asked)}
        every = ",".join(f"{{s{at}}}=1" for at in range(len(asked)))
        proven = formula(f"IF(AND({every},{{carried}}=1),1,0)", **holes, carried=row["carried"])
        row.put("proven", proven if asked else 0)
        for_none = [filled[slot.slot] for slot in indicator.evidence if slot.for_none]
        holes = {f"s{at}": cell for at, cell in enumerate(for_none)}
        every = ",".join(f"{{s{at}}}=1" for at in range(len(for_none)))
        kept = formula(f"IF(AND({{none}}=1,{{gains}}=1,{every}),0,1)", **holes, none=row["none_due"], gains=row["gains"])
        row.put("kept", kept if for_none else 1)


def known_on(row: Row) -> Known:
    """The value on a row of parts."""
    return Known(row["low_n"], row["low_d"], row["high_n"], row["high_d"], row["low_open"], row["high_open"])


def _condition(row: Row, condition: Condition, probe: Probe, scope: Scope) -> None:
    measure = scope.ruleset.measures[probe.measure] if probe.measure else None
    options = measure.options if isinstance(measure, model.Chosen) else ()
    bound = bound_on(condition, scope.window.last, options, measure)
    row.put("mark", mark_of(condition))
    row.put("bound_n", bound.numerator)
    row.put("bound_d", bound.denominator)


def _take(row: Row, value: Known, shown: str) -> None:
    for key, place in zip(("low_n", "low_d", "high_n", "high_d", "low_open", "high_open"), value[:6], strict=True):
        row.put(key, formula("{from}", **{"from": place}))
    for end in ("low", "high"):
        row.put(f"{end}_show", formula(_SHOW, n=row[f"{end}_n"], d=row[f"{end}_d"]), shown)


def _use_shares(row: Row) -> None:
    """What is not decided, or contradicts itself with different outcomes, may be anything from nothing to all."""
    raw = {key: row[f"raw_{key}"] for key in ("low_n", "low_d", "high_n", "high_d")}
    differ = "{low_n}*{high_d}<>{high_n}*{low_d}"
    anything = f"OR({{none}}=1,AND({{doubt}}=1,{differ}))"
    holes: dict[str, Named] = {**raw, "none": row["none_due"], "doubt": row["doubt"]}
    for key, otherwise in (("low_n", 0), ("low_d", 1), ("high_n", 1), ("high_d", 1)):
        row.put(f"share_{key}", formula(f"IF({anything},{otherwise},{{{key}}})", **holes))


def _divide(row: Row, raised: Row | None) -> None:
    """Divide the whole: earned, open, recoverable, lost, as pieces of one common number."""
    holes: dict[str, Named] = {
        "ln": row["share_low_n"],
        "ld": row["share_low_d"],
        "hn": row["share_high_n"],
        "hd": row["share_high_d"],
        "gains": row["gains"],
        "mend": row["mendable"],
        "costs": row["costs"],
        "of": row["of"],
    }
    row.put(
        "of",
        formula(
            "LCM({ld},{hd},{rd})", ld=row["share_low_d"], hd=row["share_high_d"], rd=raised["raw_high_d"] if raised else 1
        ),
    )
    low, high = "{ln}*QUOTIENT({of},{ld})", "{hn}*QUOTIENT({of},{hd})"
    rest = f"{{of}}-{high}"
    if raised is not None:
        # Of several windows only those that still run can be mended.
        holes |= {"rn": raised["raw_high_n"], "rd": raised["raw_high_d"], "known": row["high_n"]}
        rest = f"IF(ISNUMBER({{known}}),{{rn}}*QUOTIENT({{of}},{{rd}})-{high},0)"
    row.put("earned", formula(f"IF({{gains}}=1,{low},0)", **holes))
    own: dict[str, Named] = {**holes, "earned": row["earned"]}
    row.put("open", formula(f"IF({{costs}}=1,{high},{{of}})-{{earned}}", **own))
    row.put("recoverable", formula(f"IF(AND({{costs}}=1,{{mend}}=1),{rest},0)", **own))
    parts: dict[str, Named] = {key: row[key] for key in ("of", "earned", "open", "recoverable")}
    row.put("lost", formula("{of}-{earned}-{open}-{recoverable}", **parts))
    row.put("earned_show", formula("{earned}/{of}", **parts))
    row.put("reach_show", formula("({earned}+{open})/{of}", **parts))


def _add_up(row: Row, common: Cell) -> None:
    """What a part adds to its indicator, in the indicator's own pieces."""
    holes: dict[str, Named] = {"kept": row["kept"], "weight": row["weight"], "of": row["of"], "all": common}
    row.put("kept_weight", formula("{kept}*{weight}", **holes))
    row.put("kept_of", formula("IF({kept}=1,{of},1)", **holes))
    for key in ("earned", "open", "recoverable", "lost"):
        row.put(f"adds_{key}", formula("{mine}*{kw}*QUOTIENT({all},{of})", **holes, mine=row[key], kw=row["kept_weight"]))
    row.put("adds_proven", formula("{mine}*{proven}", mine=row["adds_earned"], proven=row["proven"]))
