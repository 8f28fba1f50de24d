"""The sheets of sums: 条款 (what the clauses concluded, as flags), 人工认定, 板块 and 总分. Every subtotal is a live sum."""

from fractions import Fraction
from typing import NamedTuple

from engine.models.result import Assessment
from engine.models.result import Conclusion
from engine.models.ruleset import Profile
from engine.models.submission import Override
from engine.overriding import SHARES
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Several
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.cells import together
from engine.rendering.recompute.points import Allotted
from engine.rendering.recompute.points import half_even

CLAUSE_COLUMNS = (
    Column("id", "条款", 11, "id"),
    Column("title", "名称", 30, "wrap"),
    Column("kind", "效果", 10),
    Column("target", "对象", 10),
    Column("unit", "单位", 14),
    Column("counts", "算数", 6, "input_flag"),
    Column("n", "分或份额·分子", 9, "input_int", "口径（可改）"),
    Column("d", "分或份额·分母", 9, "input_int", "口径（可改）"),
    Column("points", "千分之一分", 10, "points"),
    Column("because", "前提", 60, "wrap"),
)
CLAUSE_NOTES = (
    "条款成立不成立由链式推理得出，不是算式，这里作为标记进来，写明前提；改了事实，标记不会跟着变，请手改「算数」或改填报重跑。",
    "封顶写的是份额（封到满分的几成）；罚扣、联动扣减、附加项写的是分。",
)
EFFECTS = {
    "block": "不得申报",
    "veto": "一票否决",
    "penalty": "罚扣",
    "deduct": "联动扣减",
    "cap": "封顶",
    "bonus": "附加项",
}
OVERRIDE_COLUMNS = (
    Column("id", "指标", 9, "id"),
    Column("old", "算出的结论", 12),
    Column("new", "人工认定", 12),
    Column("n", "得几成·分子", 8, "input_int"),
    Column("d", "得几成·分母", 8, "input_int"),
    Column("open", "改作待核", 8, "input_flag"),
    Column("maximum", "满分", 9, "points"),
    Column("earned", "认定后已得", 10, "points"),
    Column("opened", "认定后待定", 10, "points"),
    Column("lost", "认定后已丢", 10, "points"),
    Column("remark", "理由、依据、认定人、日期", 60, "wrap"),
)
OVERRIDE_NOTES = ("人工认定是人的决定，不是算式，作为标记进来；算出的结论在「指标」里不变，含认定的得分另算一遍。",)
AMOUNTS = ("earned", "open", "recoverable", "lost")
_CLAIMED, _PROVEN, _CAPPED = "自报（千分之一分）", "有据（千分之一分）", "封顶以后"
PILLAR_COLUMNS = (
    Column("id", "编号", 8, "id"),
    Column("title", "一级指标", 34, "wrap"),
    Column("maximum", "满分", 10, "points", "千分之一分"),
    Column("reserve", "其中未收录", 10, "points", "千分之一分"),
    *(
        Column(f"{track}{key}", head, 9, "points", group)
        for track, group in (("", _CLAIMED), ("s_", _PROVEN))
        for key, head in zip((*AMOUNTS, "reachable"), ("已得", "待定", "还能补", "已丢", "最高可到"), strict=True)
    ),
    Column("cap", "封顶", 10, "points", _CAPPED),
    *(
        Column(f"{track}capped_{key}", head, 10, "points", _CAPPED)
        for track, word in (("", "自报"), ("s_", "有据"))
        for key, head in (("earned", f"{word}已得"), ("reachable", f"{word}可到"), ("recoverable", f"{word}还能补"))
    ),
)
PILLAR_NOTES = ("每格是「指标」里同一个一级指标的和（SUMIF）；未收录的行的分算待定。单位都是千分之一分。",)
TOTAL_COLUMNS = (
    Column("id", "项", 34, "wrap"),
    Column("claimed", "自报（分）", 13, "result"),
    Column("proven", "有据（分）", 13, "result"),
    Column("claimed_whole", "自报（千分之一分）", 13, "points"),
    Column("proven_whole", "有据（千分之一分）", 13, "points"),
    Column("how", "怎样算", 60, "wrap"),
)
TOTAL_NOTES = ("先封顶，再罚扣；罚扣在已得之内，不会扣到0以下。附加项在外，另列。",)


class Totals(NamedTuple):
    """Where the sums stand: the pillars by id, and the totals by name, with and without what people decided."""

    sheets: tuple[Sheet, ...]
    pillars: dict[str, Row]
    totals: dict[str, Row]


def add_up(
    assessment: Assessment,
    profile: Profile,
    findings: Sheet,
    allotted: Allotted,
    overrides: tuple[Override, ...],
) -> Totals:
    """Sum up the findings; ``assessment`` says which pillars there are and what was concluded."""
    clauses = Sheet("条款", "条款：成立的条款（标记）", CLAUSE_NOTES, CLAUSE_COLUMNS, frozen=2)
    concluded = [(c, _clause(clauses, c, profile)) for c in assessment.conclusions if c.effect in EFFECTS]
    by_id = {str(row["id"].content): row for row in findings.rows}
    total_sheet = Sheet("总分", "总分：自报、有据两条线", TOTAL_NOTES, TOTAL_COLUMNS)
    standing = clauses.add(
        id="资格",
        title="能不能报：yes能、no不能、unknown不知",
        kind="标记",
        target=assessment.score.qualified,
        because=assessment.score.qualified_reason,
    )
    standing.put("target", assessment.score.qualified, "input_text")
    sheet = Sheet("板块", "板块：每个一级指标的小计", PILLAR_NOTES, PILLAR_COLUMNS, frozen=2)
    pillars = _pillars(sheet, assessment, findings, allotted, concluded, {})
    totals = _totals(total_sheet, sheet, clauses, "")
    _bonus(total_sheet, totals, concluded, profile, standing["target"])
    sheets = [total_sheet, sheet]
    if overrides:
        decided_sheet = Sheet("人工认定", "人工认定：人的决定", OVERRIDE_NOTES, OVERRIDE_COLUMNS)
        decided = {o.indicator: _decided(decided_sheet, o, by_id[o.indicator]) for o in overrides}
        again = Sheet("板块（含认定）", "板块：含人工认定的小计", PILLAR_NOTES, PILLAR_COLUMNS, frozen=2)
        changed = {name: (by_id[name], row) for name, row in decided.items()}
        _pillars(again, assessment, findings, allotted, concluded, changed)
        totals |= {f"decided_{key}": row for key, row in _totals(total_sheet, again, clauses, "含人工认定：").items()}
        sheets += [decided_sheet, again]
    return Totals((*sheets, clauses), pillars, totals)


def _clause(sheet: Sheet, conclusion: Conclusion, profile: Profile) -> Row:
    amount = profile.clauses.get(conclusion.clause)
    row = sheet.add(
        id=conclusion.clause,
        title=conclusion.title,
        kind=EFFECTS[conclusion.effect],
        target=conclusion.target or "",
        unit=conclusion.unit or "",
        counts=1,
        because="；".join(conclusion.because),
    )
    number = None if amount is None else amount.points if amount.points is not None else amount.share
    if conclusion.effect == "cap" and number is None:
        number = Fraction(1)
    if number is not None:
        row.put("n", number.numerator)
        row.put("d", number.denominator)
    if conclusion.effect in ("penalty", "deduct", "bonus"):
        points = half_even("1000*{n}", "{d}") if number is not None else "0"
        row.put("points", formula(f"IF({{counts}}=1,{points},0)", counts=row["counts"], n=row["n"], d=row["d"]))
    return row


Concluded = list[tuple[Conclusion, Row]]


def _pillars(
    sheet: Sheet,
    assessment: Assessment,
    findings: Sheet,
    allotted: Allotted,
    concluded: Concluded,
    changed: dict[str, tuple[Row, Row]],
) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for pillar in assessment.pillars:
        row = rows[pillar.id] = sheet.add(id=pillar.id, title=pillar.title)
        row.put("reserve", _reserve_of(row, allotted))
        where: dict[str, Named] = {"where": findings.span("pillar"), "id": row["id"], "reserve": row["reserve"]}
        row.put("maximum", formula("SUMIF({where},{id},{what})+{reserve}", **where, what=findings.span("maximum")))
        mine = [pair for pair in changed.values() if pair[0]["pillar"].content == pillar.id]
        for track in ("", "s_"):
            for key in AMOUNTS:
                row.put(f"{track}{key}", _sum_of(findings, track, key, where, mine))
            holes: dict[str, Named] = {key: row[f"{track}{key}"] for key in AMOUNTS}
            row.put(f"{track}reachable", formula("{earned}+{open}", **holes))
        _cap(row, [line for conclusion, line in concluded if conclusion.effect == "cap" and conclusion.target == pillar.id])
    return rows


def _reserve_of(row: Row, allotted: Allotted) -> Formula | int:
    """What is held for rows of a pillar that the ruleset does not hold; a department has no reserve."""
    if not allotted.reserves:
        return 0
    return formula(
        "IF({held}=1,SUMIF({where},{id},{what}),0)",
        held=allotted.totals["held"]["points"],
        where=together(list(allotted.reserves), "pillar"),
        what=together(list(allotted.reserves), "maximum"),
        id=row["id"],
    )


def _sum_of(findings: Sheet, track: str, key: str, where: dict[str, Named], changed: list[tuple[Row, Row]]) -> Formula:
    """The sum of one amount over a pillar; what people decided stands in for what was computed."""
    text = "SUMIF({where},{id},{what})" + ("+{reserve}" if key == "open" else "")
    holes: dict[str, Named] = {**where, "what": findings.span(f"{track}{key}")}
    for at, (computed, decided) in enumerate(changed):
        text += f"-{{c{at}}}"
        holes[f"c{at}"] = computed[f"{track}{key}"]
        stands = {"earned": "earned", "open": "opened", "lost": "lost"}.get(key)
        if stands:
            text += f"+{{d{at}}}"
            holes[f"d{at}"] = decided[stands]
    return Formula(text, holes)


def _cap(row: Row, clauses: list[Row]) -> None:
    """Cap what a pillar has; where several caps stand, the lowest."""
    holes: dict[str, Named] = {"max": row["maximum"]}
    caps = []
    for at, clause in enumerate(clauses):
        holes |= {f"k{at}": clause["counts"], f"n{at}": clause["n"], f"d{at}": clause["d"]}
        caps.append(f"IF({{k{at}}}=1,{half_even(f'{{max}}*{{n{at}}}', f'{{d{at}}}')},{{max}})")
    row.put("cap", formula(f"MIN({','.join(['{max}', *caps])})", **holes))
    for track in ("", "s_"):
        cells: dict[str, Named] = {key: row[f"{track}{key}"] for key in ("earned", "reachable", "recoverable")}
        for key in ("earned", "reachable"):
            row.put(f"{track}capped_{key}", formula(f"MIN({{{key}}},{{cap}})", **cells, cap=row["cap"]))
        left = "MIN({recoverable},MAX(0,{cap}-{reachable}))"
        row.put(f"{track}capped_recoverable", formula(left, **cells, cap=row["cap"]))


def _totals(sheet: Sheet, pillars: Sheet, clauses: Sheet, prefix: str) -> dict[str, Row]:
    lines = (
        ("maximum", "满分", "各板块满分的和"),
        ("capped", "封顶后已得", "各板块封顶后已得的和"),
        ("capped_reachable", "封顶后可到", "各板块封顶后可到的和"),
        ("taken", "罚扣", "「条款」里罚扣、联动扣减的和"),
        ("earned", "已得", "封顶后已得－罚扣，不低于0"),
        ("reachable", "最高可到", "封顶后可到－罚扣，不低于0"),
        ("open", "待定", "最高可到－已得"),
        ("recoverable", "还能补", "各板块封顶后还能补的和"),
        ("lost", "已丢", "满分－最高可到－还能补"),
    )
    rows = {key: sheet.add(id=f"{prefix}{head}", how=how) for key, head, how in lines}
    for track, column in (("", "claimed"), ("s_", "proven")):

        def put(key: str, text: str, column: str = column, **holes: Named) -> Cell:
            whole = rows[key].put(f"{column}_whole", formula(text, **holes))
            rows[key].put(column, formula("{whole}/1000", whole=whole))
            return whole

        maximum = put("maximum", "SUM({all})", all=pillars.span("maximum"))
        capped = put("capped", "SUM({all})", all=pillars.span(f"{track}capped_earned"))
        possible = put("capped_reachable", "SUM({all})", all=pillars.span(f"{track}capped_reachable"))
        kinds = "+".join(f'SUMIF({{kinds}},"{EFFECTS[kind]}",{{points}})' for kind in ("penalty", "deduct"))
        less = put("taken", kinds, kinds=clauses.span("kind"), points=clauses.span("points"))
        earned = put("earned", "MAX(0,{capped}-{less})", capped=capped, less=less)
        reachable = put("reachable", "MAX(0,{possible}-{less})", possible=possible, less=less)
        put("open", "{reachable}-{earned}", reachable=reachable, earned=earned)
        mended = put("recoverable", "SUM({all})", all=pillars.span(f"{track}capped_recoverable"))
        put("lost", "{maximum}-{reachable}-{mended}", maximum=maximum, reachable=reachable, mended=mended)
    return rows


def _bonus(sheet: Sheet, totals: dict[str, Row], concluded: Concluded, profile: Profile, qualified: Cell) -> None:
    """The same honour counts once, at its highest; all of it behind a gate and under a cap, outside the sum."""
    honours: dict[str, list[Cell]] = {}
    for conclusion, row in concluded:
        if conclusion.effect == "bonus":
            honours.setdefault(conclusion.target or conclusion.clause, []).append(row["points"])
    gate = sheet.add(id="附加项的门槛", how="口径：有据已得过了这个分才算")
    cap = sheet.add(id="附加项的上限", how="口径：没有上限的空着")
    for row, number in ((gate, profile.bonus_gate or Fraction(0)), (cap, profile.bonus_cap)):
        row.put("proven", number, "input")
        whole = formula('IF(ISNUMBER({points}),ROUND({points}*1000,0),"")', points=row["proven"])
        row.put("proven_whole", whole)
    claimed = sheet.add(id="附加项（申报的）", how="同一项荣誉只算最高的一次，合计不过上限")
    counted = sheet.add(id="附加项（计入的）", how="过了门槛、没有否决才计入；在总分之外")
    best = "+".join(f"MAX({{h{at}}})" for at in range(len(honours))) or "0*{gate}"
    holes: dict[str, Named] = {f"h{at}": Several(tuple(cells)) for at, cells in enumerate(honours.values())}
    holes |= {"gate": gate["proven_whole"], "cap": cap["proven_whole"]}
    # MIN over cells passes over an empty text; over a formula's own value it would not.
    claimed.put("claimed_whole", formula(best, **holes))
    capped = "IF(ISNUMBER({cap}),MIN({cap},{all}),{all})"
    claimed.put("proven_whole", formula(capped, cap=cap["proven_whole"], all=claimed["claimed_whole"]))
    counts = 'IF(AND({earned}>={gate},{qualified}<>"no"),{points},0)'
    counted.put(
        "proven_whole",
        formula(
            counts,
            earned=totals["earned"]["proven_whole"],
            gate=gate["proven_whole"],
            qualified=qualified,
            points=claimed["proven_whole"],
        ),
    )
    for row in (claimed, counted):
        row.put("proven", formula("{whole}/1000", whole=row["proven_whole"]))
    totals |= {"bonus_claimed": claimed, "bonus": counted}


def _decided(sheet: Sheet, override: Override, finding: Row) -> Row:
    unknown = override.new == "UNKNOWN"
    share = Fraction(0) if unknown else override.share if override.share is not None else SHARES[override.new]
    row = sheet.add(
        id=override.indicator,
        old=override.old,
        new=override.new,
        n=share.numerator,
        d=share.denominator,
        open=int(unknown),
        remark=f"{override.remark}；{override.authority}；{override.decided_by}；{override.decided_on}至{override.expires}",
    )
    row.put("maximum", formula("{max}", max=finding["maximum"]))
    own: dict[str, Named] = {"max": row["maximum"], "open": row["open"], "n": row["n"], "d": row["d"]}
    row.put("earned", formula(f"IF({{open}}=1,0,{half_even('{max}*{n}', '{d}')})", **own))
    row.put("opened", formula("IF({open}=1,{max},0)", **own))
    row.put("lost", formula("{max}-{earned}-{opened}", max=row["maximum"], earned=row["earned"], opened=row["opened"]))
    return row
