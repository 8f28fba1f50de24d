"""Interview cards (迎评应知应会卡): one page a unit, from what it leads or answers for, and nothing of another's."""

from collections.abc import Iterator
from collections.abc import Sequence
from typing import NamedTuple

from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Gap
from engine.models.result import GapKind
from engine.models.result import Outcome
from engine.models.simulation import Simulation
from engine.rendering.gap_groups import is_lost
from engine.rendering.gap_groups import is_weakness
from engine.rendering.papers.basis import paper
from engine.rendering.papers.basis import told_items
from engine.rendering.papers.paper import Block
from engine.rendering.papers.paper import Column
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text
from engine.rendering.words import outcome_word

MOST_QUESTIONS, MOST_ROWS, MOST_ITEMS = 5, 10, 2
STEPS = (
    "先听评估人要看什么，按指标编号找材料；材料在下表所列的件号里，原件拿出来，不拿复印的节选。",
    "问到数，说清是哪天取的、分母是什么、谁导出的；说不准的就说说不准，当天查清再答。",
    "案卷由评估人从全部案卷里抽，不自选；没有做的照实说没有，说明何时怎样改。",
)


class _Ours(NamedTuple):
    """A unit's part."""

    name: str
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]


def interview_cards(assessment: Assessment, _simulation: Simulation | None) -> Paper:
    """A card for every unit that leads or answers for something."""
    ours = [_ours(assessment, unit.name, {unit.name, *unit.roles}) for unit in assessment.units]
    cards = [one for one in ours if one.findings]
    sections = tuple(_card(one, number > 0) for number, one in enumerate(cards))
    every = _all_questions(cards)
    title = f"{assessment.submission.unit}迎评应知应会卡"
    return paper("interview", title, assessment, sections or (Section("没有单位", (Text(("名册里没有单位",)),)),), every)


def _ours(assessment: Assessment, name: str, roles: set[str]) -> _Ours:
    """What it leads; where it leads nothing, what it answers for."""
    led = tuple(f for f in assessment.findings if f.scored and f.lead_unit in roles)
    answers = tuple(f for f in assessment.findings if f.scored and roles & set(f.responsible_units))
    mine = tuple(gap for gap in assessment.gaps if name in gap.unit.split("、") or gap.lead_unit in roles)
    return _Ours(name, led or answers, mine)


def _card(ours: _Ours, new_page: bool) -> Section:
    questions = tuple(_questions(ours))
    blocks: tuple[Block, ...] = (
        Text(("一、怎么走",), "small"),
        Text(STEPS, "small"),
        Text((f"二、本单位的指标和材料（共{len(ours.findings)}项）",), "small"),
        _table(ours),
        Text(("三、可能会问",), "small"),
        Text(tuple(f"{number}. {told}" for number, told in enumerate(questions, 1)), "small"),
        Text(("联络员 ________　电话 ________　分管领导 ________",), "small"),
    )
    return Section(ours.name, blocks, new_page=new_page)


def _table(ours: _Ours) -> Table:
    """The weakest first: they are what will be asked about."""
    order = [Outcome.NOT_MET, Outcome.PARTIAL, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE]
    ranked = sorted(ours.findings, key=lambda f: (order.index(f.outcome), f.indicator))
    columns = (Column("指标", 3), Column("名称", 11), Column("结论", 3), Column("材料件号", 22))
    rows = [(f.indicator, f.title, outcome_word(f, f.outcome), few_items(f) or "还没有合格的") for f in ranked[:MOST_ROWS]]
    rest = len(ranked) - MOST_ROWS
    rows += [("", f"另有{rest}项", "", "见任务分解表")] if rest > 0 else []
    return Table(ours.name, f"{ours.name}的指标和材料", columns, tuple(rows))


def few_items(finding: Finding) -> str:
    """The first numbers of what was filed, and how many more there are."""
    items = told_items(finding).split("、")
    return "、".join(items[:MOST_ITEMS]) + (f"等{len(items)}件" if len(items) > MOST_ITEMS else "")


def _questions(ours: _Ours) -> Iterator[str]:
    """At most five, from what is contradictory, admitted, lost, returned or without proof; what is plain comes last."""
    asked = list(dict.fromkeys(_from_gaps(ours.gaps)))
    asked += [f"{f.indicator} {f.title}：自报的这些，实物在哪一件、哪一页？" for f in ours.findings if _without_proof(f)]
    asked += [f"{f.indicator} {f.title}：今年做了什么，谁管，材料在哪？" for f in ours.findings]
    yield from asked[:MOST_QUESTIONS]


def _from_gaps(gaps: Sequence[Gap]) -> Iterator[str]:
    for gap in sorted(gaps, key=_weight):
        name = f"{gap.indicator} " if gap.indicator else ""
        if gap.kind is GapKind.CONTRADICTION:
            yield f"{name}{gap.current}：哪个对，凭什么？"
        elif is_weakness(gap):
            yield f"{name}自己说过「{gap.current}」：后来怎么改的，整改材料在哪？"
        elif gap.kind is GapKind.SHORTFALL:
            yield f"{name}{gap.current}：差在哪几件，什么原因，今后怎么防？"
        elif gap.kind is GapKind.EVIDENCE_RETURNED:
            yield f"{name}{gap.current}：原件什么样，为什么被退？"


def _weight(gap: Gap) -> tuple[int, bool]:
    order = (GapKind.CONTRADICTION, GapKind.CLAUSE, GapKind.SHORTFALL, GapKind.EVIDENCE_RETURNED)
    return (order.index(gap.kind) if gap.kind in order else len(order), not is_lost(gap))


def _without_proof(finding: Finding) -> bool:
    return (
        finding.claimed.outcome in (Outcome.MET, Outcome.PARTIAL) and finding.substantiated.earned < finding.claimed.earned
    )


def _all_questions(cards: list[_Ours]) -> Table:
    columns = (Column("单位", 8), Column("序号", 3, right=True), Column("可能会问", 50))
    rows = [(ours.name, str(number), told) for ours in cards for number, told in enumerate(_questions(ours), 1)]
    return Table("可能会问", "可能会问", columns, tuple(rows))
