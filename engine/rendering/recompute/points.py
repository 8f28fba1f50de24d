"""The sheets of points: 口径 (how many points each indicator has, live) and 指标 (what each gets, on both tracks)."""

import math
from typing import NamedTuple

from engine.models import ruleset as model
from engine.models.appraisal import Appraisal
from engine.models.ruleset import Profile
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.cells import together
from engine.rendering.recompute.parts import Parts
from engine.scope import Scope
from engine.scoring import UNPLACED

PROFILE_COLUMNS = (
    Column("id", "编号", 12, "id"),
    Column("title", "是什么", 40, "wrap"),
    Column("pillar", "一级指标", 9),
    Column("points", "分值", 9, "input", "口径（可改）"),
    Column("rows", "占几行", 7, "input_int", "口径（可改）"),
    Column("joins", "参加分配", 8, "flag"),
    Column("pieces", "分值份数", 11, "int", "最大余数法"),
    Column("weight", "分余下的权重", 11, "int", "最大余数法"),
    Column("exact", "应得（分子）", 15, "int", "最大余数法"),
    Column("whole", "整数部分", 10, "int", "最大余数法"),
    Column("rest", "余数", 15, "int", "最大余数法"),
    Column("order", "编号次序", 8, "int", "最大余数法"),
    Column("rank", "余数名次", 8, "int", "最大余数法"),
    Column("maximum", "满分（千分之一分）", 10, "int", "结果"),
    Column("reason", "说明", 50, "wrap", "结果"),
)
PROFILE_NOTES = (
    "分值是口径，是本工具的假设（见「说明」），不是官方公布的。不适用的指标不参加分配，它的分按比例或平均分给其余各行：先取整数部分，余下的按余数从大到小每行加千分之一分，余数相同按编号。",
    "上面几行是总的：满分、份数、折算办法；下面每个指标、每笔未收录的分各一行。",
)
_CLAIMED, _PROVEN, _SHARES = "自报（千分之一分）", "有据（千分之一分）", "份额（分子与分母）"
FINDING_COLUMNS = (
    Column("id", "指标", 9, "id"),
    Column("title", "名称", 34, "wrap"),
    Column("pillar", "一级指标", 8),
    Column("maximum", "满分", 8, "points", "千分之一分"),
    Column("earned", "已得", 8, "points", _CLAIMED),
    Column("open", "待定", 8, "points", _CLAIMED),
    Column("recoverable", "还能补", 8, "points", _CLAIMED),
    Column("lost", "已丢", 8, "points", _CLAIMED),
    Column("reachable", "最高可到", 8, "points", _CLAIMED),
    Column("s_earned", "已得", 8, "points", _PROVEN),
    Column("s_open", "待定", 8, "points", _PROVEN),
    Column("s_recoverable", "还能补", 8, "points", _PROVEN),
    Column("s_lost", "已丢", 8, "points", _PROVEN),
    Column("s_reachable", "最高可到", 8, "points", _PROVEN),
    Column("outcome", "有据的结论", 9, "center", "结论"),
    Column("applies", "适用", 9, "input_text", "标记（不是算出的）"),
    Column("scored", "计分", 6, "input_flag", "标记（不是算出的）"),
    Column("weak", "有未整改的弱项", 9, "input_flag", "标记（不是算出的）"),
    Column("reason", "标记的理由", 40, "wrap", "标记（不是算出的）"),
    Column("parts", "在分母里的部分", 8, "int", _SHARES),
    Column("judged", "参加计分", 7, "flag", _SHARES),
    Column("common", "份数的最小公倍数", 10, "int", _SHARES),
    Column("weight", "权重合计", 8, "int", _SHARES),
    Column("of", "分母", 12, "int", _SHARES),
    Column("doubted", "按弱项作待定", 8, "flag", _SHARES),
    Column("e", "自报已得", 12, "int", _SHARES),
    Column("o", "自报待定", 12, "int", _SHARES),
    Column("r", "还能补", 12, "int", _SHARES),
    Column("l", "已丢", 12, "int", _SHARES),
    Column("s", "有据已得", 12, "int", _SHARES),
    Column("t", "有据待定", 12, "int", _SHARES),
    Column("exact", "精确", 10, "center", _SHARES),
)
FINDING_NOTES = (
    "得分＝满分×分子÷分母，只在这里舍入一次：商＋（余数过半进一，正好一半则商为奇数才进一），单位千分之一分。",
    "有未整改的弱项又自报满分的，整项作待定。最高可到＝已得＋待定。满分＝已得＋待定＋还能补＋已丢。",
)
APPLIES = {"yes": "适用", "no": "不适用", "not_ours": "不归本单位"}
# Whole numbers up to here are exact in every program, with room for what programs do to their last digits.
EXACT_UP_TO = 10**13


def half_even(number: str, of: str) -> str:
    """The text of a formula that rounds a fraction to a whole number, halves to the even one."""
    whole, rest = f"QUOTIENT({number},{of})", f"MOD({number},{of})"
    return f"{whole}+IF(2*{rest}>{of},1,IF(2*{rest}<{of},0,MOD({whole},2)))"


class Allotted(NamedTuple):
    """The rows of the profile: the totals by name, every indicator, every reserve."""

    totals: dict[str, Row]
    indicators: dict[str, Row]
    reserves: tuple[Row, ...]


class Points:
    """Both sheets while they grow."""

    def __init__(self, profile: Profile, parts: Parts) -> None:
        self.profile_sheet = Sheet("口径", "口径：每个指标满分多少", PROFILE_NOTES, PROFILE_COLUMNS, frozen=2)
        self.sheet = Sheet("指标", "指标：每个指标得多少分", FINDING_NOTES, FINDING_COLUMNS, frozen=2)
        self._profile = profile
        self._parts = parts

    def enter(self, appraisals: tuple[Appraisal, ...], scope: Scope) -> Allotted:
        """Every indicator, and the points that it has once it is settled what does not apply."""
        rows = {appraisal.indicator.id: self._finding(appraisal, scope) for appraisal in appraisals}
        allotted = self._allot(appraisals, rows, scope)
        for appraisal in appraisals:
            row, own = rows[appraisal.indicator.id], allotted.indicators[appraisal.indicator.id]
            row.put("maximum", formula("IF({judged}=1,{own},0)", judged=row["judged"], own=own["maximum"]))
        return allotted

    # --- what each indicator gets -----------------------------------------------------------------------------------

    def _finding(self, appraisal: Appraisal, scope: Scope) -> Row:
        indicator = appraisal.indicator
        # An indicator that does not apply because nothing happened still shows its parts, from which that follows.
        applies = "yes" if appraisal.not_triggered else appraisal.applies
        row = self.sheet.add(
            id=indicator.id,
            title=indicator.title,
            pillar=appraisal.pillar,
            applies=APPLIES[applies],
            scored=int(indicator.kind is not model.Kind.MONITORED),
            weak=int(bool(appraisal.weakness)),
            reason=appraisal.weakness or ("" if appraisal.not_triggered else appraisal.reason or ""),
        )
        parts = self._parts.enter(appraisal, row["common"], scope) if appraisal.parts else []
        _share_out(row, parts)
        _give_points(row)
        return row

    # --- what each indicator has ------------------------------------------------------------------------------------

    def _allot(self, appraisals: tuple[Appraisal, ...], rows: dict[str, Row], scope: Scope) -> Allotted:
        profile, sheet = self._profile, self.profile_sheet
        points = [*profile.points.values(), *(reserve.points for reserve in profile.reserve), profile.maximum]
        pieces = math.lcm(*(number.denominator for number in points))
        totals = {
            "maximum": sheet.add(id="满分", title="满分（分）", points=profile.maximum, reason=profile.basis),
            "pieces": sheet.add(id="份数", title="一分几份，使各行都是整数", points=pieces),
            "policy": sheet.add(
                id="折算", title="1＝按分值的比例，0＝按行数平均", points=int(profile.na_policy == "rescale")
            ),
            "held": sheet.add(
                id="未收录",
                title="1＝政府，未收录的行的分算进来；0＝部门，没有",
                points=int(scope.unit.kind == "government"),
            ),
            "freed": sheet.add(id="余下", title="不适用的指标让出来的份数"),
            "weight": sheet.add(id="权重", title="分这些份数的权重合计"),
            "missing": sheet.add(id="缺", title="取整数部分后还差几个千分之一分"),
        }
        for name, row in totals.items():
            row.put("points", row["points"].content, "int" if name in ("pieces", "freed", "weight", "missing") else "input")
        judged = [appraisal.indicator.id for appraisal in appraisals]
        others = [name for name in profile.points if name not in judged]  # of indicators that these rules do not hold
        ids = [*judged, *others, *_reserve_names(profile)]
        order = {name: at for at, name in enumerate(sorted(ids), start=1)}
        indicators = {a.indicator.id: self._own(a, rows[a.indicator.id], order) for a in appraisals}
        unheld = [
            sheet.add(id=name, title="规则里没有的指标", points=profile.points[name], rows=1, joins=1, order=order[name])
            for name in others
        ]
        reserves = tuple(
            sheet.add(
                id=name,
                title="未收录的行",
                pillar=reserve.pillar or UNPLACED,
                points=reserve.points,
                rows=reserve.rows,
                joins=1,
                order=order[name],
                reason=reserve.reason,
            )
            for name, reserve in zip(_reserve_names(profile), profile.reserve, strict=True)
        )
        lines = [*indicators.values(), *unheld, *reserves]
        _spread(lines, totals)
        return Allotted(totals, indicators, reserves)

    def _own(self, appraisal: Appraisal, finding: Row, order: dict[str, int]) -> Row:
        name = appraisal.indicator.id
        given = self._profile.points.get(name)
        row = self.profile_sheet.add(
            id=name,
            title=appraisal.indicator.title,
            pillar=appraisal.pillar,
            points=given if given is not None else 0,
            rows=1,
            order=order[name],
            reason=self._profile.credit[name].reason if name in self._profile.credit else None,
        )
        joins = 'IF(OR({applies}="不适用",AND({applies}="适用",{scored}=1,{parts}=0)),0,1)'
        holes = {"applies": finding["applies"], "scored": finding["scored"], "parts": finding["parts"]}
        row.put("joins", formula(joins, **holes) if given is not None else 0)
        return row


def _reserve_names(profile: Profile) -> list[str]:
    return [f"~{index:04d}" for index in range(len(profile.reserve))]


def _spread(lines: list[Row], totals: dict[str, Row]) -> None:
    """Largest remainder in whole numbers: what is freed goes to the rest, ties by id."""
    pieces, maximum = totals["pieces"]["points"], totals["maximum"]["points"]
    freed, weight, missing = (totals[key]["points"] for key in ("freed", "weight", "missing"))
    column = {key: together(lines, key) for key in ("pieces", "weight", "whole", "rest", "order")}
    freed.content = formula("{maximum}*{pieces}-SUM({own})", maximum=maximum, pieces=pieces, own=column["pieces"])
    weight.content = formula("SUM({weights})", weights=column["weight"])
    missing.content = formula(
        "IF({weight}>0,{maximum}*1000,0)-SUM({whole})", weight=weight, maximum=maximum, whole=column["whole"]
    )
    for row in lines:
        own = {key: row[key] for key in ("points", "rows", "joins", "pieces", "weight", "exact", "whole", "rest", "order")}
        every: dict[str, Named] = {"all": weight, "freed": freed, "number": pieces, "policy": totals["policy"]["points"]}
        row.put("pieces", formula("IF({joins}=1,ROUND({points}*{number},0),0)", **own, **every))
        row.put("weight", formula("IF({joins}=1,IF({policy}=1,{pieces},{rows}),0)", **own, **every))
        exact = 'IF(AND({joins}=1,{all}>0),({pieces}*{all}+{freed}*{weight})*1000,"")'
        row.put("exact", formula(exact, **own, **every))
        row.put("whole", formula("IF(ISNUMBER({exact}),QUOTIENT({exact},{number}*{all}),0)", **own, **every))
        row.put("rest", formula('IF(ISNUMBER({exact}),MOD({exact},{number}*{all}),"")', **own, **every))
        rank = '1+COUNTIF({rests},">"&{rest})+COUNTIFS({rests},{rest},{orders},"<"&{order})'
        ranks: dict[str, Named] = {"rests": column["rest"], "orders": column["order"]}
        row.put("rank", formula(f'IF(ISNUMBER({{rest}}),{rank},"")', **own, **ranks))
        gets = "IF(ISNUMBER({rank}),{whole}+IF({rank}<={missing},1,0),0)"
        row.put("maximum", formula(gets, rank=row["rank"], whole=row["whole"], missing=missing))


def _share_out(row: Row, parts: list[Row]) -> None:
    """Add up the parts by weight over one denominator; what time does not settle stays open."""
    if not parts:
        for key in ("parts", "common", "weight", "of"):
            row.put(key, formula("IF({scored}=1,0,0)", scored=row["scored"]))
        _sums: dict[str, Formula] = {key: formula("0*{of}", of=row["of"]) for key in ("e", "o", "r", "l", "s", "t")}
        for key, zero in _sums.items():
            row.put(key, zero)
        row.put("doubted", formula("0*{of}", of=row["of"]))
    else:
        row.put("parts", formula("SUM({kept})", kept=together(parts, "kept")))
        row.put("common", formula(f"IFERROR(LCM({{each}}),{10**16})", each=together(parts, "kept_of")))
        row.put("weight", formula("SUM({weights})", weights=together(parts, "kept_weight")))
        row.put("of", formula("{weight}*{common}", weight=row["weight"], common=row["common"]))
        earned = together(parts, "adds_earned")
        # What is admitted to be weak cannot be claimed in full before it is shown to be mended.
        doubted = "IF(AND({weak}=1,{parts}>0,SUM({earned})={of}),1,0)"
        row.put("doubted", formula(doubted, weak=row["weak"], parts=row["parts"], earned=earned, of=row["of"]))
        own: dict[str, Named] = {"d": row["doubted"], "of": row["of"], "earned": earned}
        sums = {"e": "earned", "r": "recoverable", "l": "lost", "s": "proven"}
        for key, part in sums.items():
            row.put(key, formula("IF({d}=1,0,SUM({all}))", **own, all=together(parts, f"adds_{part}")))
        opened = together(parts, "adds_open")
        row.put("o", formula("IF({d}=1,{of},SUM({all}))", **own, all=opened))
        row.put("t", formula("IF({d}=1,{of},{o}+{e}-{s})", **own, o=row["o"], e=row["e"], s=row["s"]))
    judged = 'IF(AND({applies}="适用",{scored}=1,{parts}>0),1,0)'
    row.put("judged", formula(judged, applies=row["applies"], scored=row["scored"], parts=row["parts"]))


def _give_points(row: Row) -> None:
    """Round once, half to even, so that the four amounts add up to the maximum on both tracks."""
    for track, earned, opened in (("", "e", "o"), ("s_", "s", "t")):
        holes: dict[str, Named] = {
            "judged": row["judged"],
            "max": row["maximum"],
            "of": row["of"],
            "e": row[earned],
            "o": row[opened],
            "l": row["l"],
        }
        row.put(f"{track}earned", formula(_points_of("{e}"), **holes))
        reachable = f"MAX({{earned}},{_points_of('({e}+{o})')})"
        row.put(f"{track}reachable", formula(reachable, **holes, earned=row[f"{track}earned"]))
        left: dict[str, Named] = {
            "max": row["maximum"],
            "earned": row[f"{track}earned"],
            "reach": row[f"{track}reachable"],
            "lost": row[f"{track}lost"],
        }
        row.put(f"{track}open", formula("{reach}-{earned}", **left))
        row.put(f"{track}lost", formula(f"MIN({{max}}-{{reach}},{_points_of('{l}')})", **holes, reach=left["reach"]))
        row.put(f"{track}recoverable", formula("{max}-{reach}-{lost}", **left))
    outcome = 'IF({judged}=0,"不适用",IF({s}={of},"达标",IF({s}>0,"部分",IF({t}>0,"待核","不达标"))))'
    row.put("outcome", formula(outcome, judged=row["judged"], s=row["s"], of=row["of"], t=row["t"]))
    near = "IF({max}*{of}<=" + str(EXACT_UP_TO) + ',"精确","约数")'
    row.put("exact", formula(near, max=row["maximum"], of=row["of"]))


def _points_of(share: str) -> str:
    """Points of a share; beyond what programs hold exactly, the nearest (such a row says 约数)."""
    exact = half_even(f"{{max}}*{share}", "{of}")
    return f"IF({{judged}}=0,0,IF({{max}}*{{of}}<={EXACT_UP_TO},{exact},ROUND({{max}}*{share}/{{of}},0)))"
