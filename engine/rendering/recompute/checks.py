"""The sheet that holds the record against the workbook (核对): every finding, pillar and total, number by number."""

from fractions import Fraction
from typing import Any

from engine.models.result import Outcome
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.cells import Row
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.totals import Totals
from engine.rendering.words import OUTCOMES

_HEADS = (
    ("maximum", "满分"),
    ("earned", "自报已得"),
    ("open", "自报待定"),
    ("recoverable", "自报还能补"),
    ("lost", "自报已丢"),
    ("reachable", "自报最高可到"),
    ("s_earned", "有据已得"),
    ("s_open", "有据待定"),
    ("s_recoverable", "有据还能补"),
    ("s_lost", "有据已丢"),
    ("s_reachable", "有据最高可到"),
)
KEYS = tuple(key for key, _ in _HEADS)
COLUMNS = (
    Column("id", "编号", 10, "id"),
    Column("title", "名称", 34, "wrap"),
    Column("verdict", "一致吗", 9, "agreement"),
    Column("wrong", "不一致几处", 8, "int"),
    Column("outcome_was", "结论", 9, "center", "记录里的"),
    *(Column(f"{key}_was", head, 9, "result", "记录里的") for key, head in _HEADS),
    Column("outcome", "结论", 9, "center", "本表算出的"),
    *(Column(key, head, 9, "result", "本表算出的") for key, head in _HEADS),
)
NOTES = (
    "左半是试算记录里写着的数，右半是本表的公式算出的数，单位分。没有改动任何格时应当处处一致；改了事实试算，不一致的就是因此变了的。",
)
# What the two lines of bonus and penalty have: one amount each.
_TRACKS = (("", "claimed"), ("s_", "substantiated"))


def hold_against(result: dict[str, Any], findings: Sheet, totals: Totals) -> Sheet:
    """Every number of a recorded result beside the number that the workbook comes to."""
    sheet = Sheet("核对", "核对", NOTES, COLUMNS, frozen=4)
    recorded = {finding["indicator"]: finding for finding in result["findings"]}
    for row in findings.rows:
        name = str(row["id"].content)
        was = recorded.get(name, {})
        line = sheet.add(id=name, title=row["title"].content)
        _numbers(line, {key: row[key] for key in KEYS}, _recorded(was))
        scored = was.get("scored") and was.get("applicability", {}).get("is") == "yes"
        outcome = Outcome(was["outcome"]) if scored else Outcome.NOT_APPLICABLE
        line.put("outcome_was", OUTCOMES[outcome])
        line.put("outcome", formula("{now}", now=row["outcome"]))
    pillars = {pillar["id"]: pillar for pillar in result["pillars"]}
    for name, row in totals.pillars.items():
        line = sheet.add(id=name, title=row["title"].content)
        _numbers(line, {key: row[key] for key in KEYS}, _recorded(pillars.get(name, {})))
    _whole(sheet, "总分", totals.totals, "", result["score"])
    if result.get("score_with_overrides"):
        _whole(sheet, "总分（含人工认定）", totals.totals, "decided_", result["score_with_overrides"])
    score = result["score"]
    for title, cell, was in (
        ("罚扣", totals.totals["taken"]["proven_whole"], score["penalty"]["points"]),
        ("附加项（申报的）", totals.totals["bonus_claimed"]["proven_whole"], score["bonus"]["claimed"]),
        ("附加项（计入的）", totals.totals["bonus"]["proven_whole"], score["bonus"]["points"]),
    ):
        line = sheet.add(id=title, title=f"{title}：只有一个数，列在满分一栏")
        _numbers(line, {"maximum": cell}, {"maximum": Fraction(was)})
    for line in sheet.rows:
        _compare(line)
    told = '"核对：不一致"&{wrong}&"处（比了"&{lines}&"行"&IF({near}=0,"）","，其中"&{near}&"项的份数太大，只是约数）")'
    wrong = formula("SUM({all})", all=sheet.span("wrong"))
    top = sheet.add(id="合计")
    top.put("wrong", wrong)
    top.put("verdict", formula('IF({wrong}=0,"一致","不一致")', wrong=top["wrong"]))
    near = sheet.add(id="约数", title="份数太大、只算到约数的指标数（应为0）")
    near.put("wrong", formula('COUNTIF({all},"约数")', all=findings.span("exact")))
    near.put("verdict", formula('IF({wrong}=0,"一致","不一致")', wrong=near["wrong"]))
    sheet.top.content = formula(told, wrong=top["wrong"], lines=len(sheet.rows) - 2, near=near["wrong"])
    return sheet


def _recorded(was: dict[str, Any]) -> dict[str, Fraction | None]:
    """The amounts of a recorded finding, pillar or score, by our keys."""
    found: dict[str, Fraction | None] = {"maximum": _points(was.get("maximum"))}
    for prefix, track in _TRACKS:
        split = was.get(track, {})
        for key in ("earned", "open", "recoverable", "lost"):
            found[f"{prefix}{key}"] = _points(split.get(key))
        earned, opened = found[f"{prefix}earned"], found[f"{prefix}open"]
        total = earned + opened if earned is not None and opened is not None else None
        found[f"{prefix}reachable"] = _points(split["reachable"]) if "reachable" in split else total
    return found


def _points(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _whole(sheet: Sheet, title: str, totals: dict[str, Row], prefix: str, score: dict[str, Any]) -> None:
    cells = {"maximum": totals[f"{prefix}maximum"]["proven_whole"]}
    for track, column in (("", "claimed_whole"), ("s_", "proven_whole")):
        for key in ("earned", "open", "recoverable", "lost", "reachable"):
            cells[f"{track}{key}"] = totals[f"{prefix}{key}"][column]
    line = sheet.add(id=title, title=title)
    _numbers(line, cells, _recorded(score))


def _numbers(line: Row, cells: dict[str, Cell], recorded: dict[str, Fraction | None]) -> None:
    for key, cell in cells.items():
        line.put(key, formula("{whole}/1000", whole=cell))
        line.put(f"{key}_was", recorded.get(key))


def _compare(line: Row) -> None:
    """Count what differs, to the thousandth; what the record does not hold differs."""
    texts, holes = [], dict[str, Named]()
    for at, key in enumerate(KEYS):
        if line[key].content is not None:
            holes |= {f"a{at}": line[f"{key}_was"], f"b{at}": line[key]}
            texts.append(f"IF(ISNUMBER({{a{at}}}),IF(ROUND(({{a{at}}}-{{b{at}}})*1000,0)=0,0,1),1)")
    if line["outcome"].content is not None:
        holes |= {"was": line["outcome_was"], "now": line["outcome"]}
        texts.append("IF({was}={now},0,1)")
    line.put("wrong", formula("+".join(texts), **holes))
    line.put("verdict", formula('IF({wrong}=0,"一致","不一致")', wrong=line["wrong"]))
