"""A form laid out as sheets of texts (填报工作簿的版面): what is written into a workbook is what is looked for in it again.

Nothing here knows a file format. A sheet has a title, explanations, one row of heads and rows of cells under keys.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple

from engine.forms import value_cell
from engine.models import ruleset as model
from engine.models.form import Asked
from engine.models.form import Form
from engine.models.form import Stencil
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Period
from engine.models.submission import Table
from engine.proof_gaps import NEEDS

GUIDE, FACTS, ELEMENTS, EVENTS, EVIDENCE, WANTED, META = "说明", "填数", "要素", "事件", "佐证", "应交材料", "_meta"
LISTS = "_lists"
ID_HEAD = "编号（勿改）"
ROW_HEAD = "序号"
# Blank rows for what is still to come.
MORE_EVENTS, MORE_ROWS = 12, 20
# No cell of a spreadsheet holds more than 32,767 characters.
PIECE = 16_000

TRUTH = ("是", "否")
SOURCES = {"本单位自报": "self", "系统导出": "system", "外部出具": "outside"}
PREVIOUS = "上期"


class Column(NamedTuple):
    """One column: its key, its head, its width in half-width characters, whether it is filled in, from which list."""

    key: str
    head: str
    width: int
    fill: bool = True
    choices: str = ""


class SheetRow(NamedTuple):
    """One row: texts under the keys of the columns.

    Attributes:
        wants: What its value must be: ``count``, ``amount``, ``rate``, ``date``, ``truth``, ``choice:…``; empty: anything.
        closed: Columns that are for other rows only.
        comment: What is shown when the value is pointed at.
    """

    cells: dict[str, str]
    wants: str = ""
    closed: frozenset[str] = frozenset()
    comment: str = ""


class FormSheet(NamedTuple):
    """One sheet. ``frozen`` columns stay in sight."""

    name: str
    title: str
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[SheetRow, ...]
    frozen: int = 0


_ABOUT = (
    Column("at", "取数日", 12),
    Column("from", "数据起", 12),
    Column("to", "数据止", 12),
    Column("source", "来源（文件、系统）", 16),
    Column("source_class", "谁出的数", 12, choices="sources"),
    Column("filled_by", "填报人", 10),
    Column("checked_by", "复核人", 10),
    Column("evidence", "佐证编号", 18),
    Column("note", "备注", 16),
)
FACT_COLUMNS = (
    Column("indicator", "指标", 24, fill=False),
    Column("label", "要报的数", 28, fill=False),
    Column("value", "填报值", 18),
    Column("unit_of_measure", "单位", 10, fill=False),
    Column("explain", "怎么数", 42, fill=False),
    *_ABOUT,
    Column("full", "是否全量表", 10, choices="truth"),
    Column("id", ID_HEAD, 26, fill=False),
)
ELEMENT_COLUMNS = (
    Column("indicator", "指标", 24, fill=False),
    Column("label", "要做到的", 34, fill=False),
    Column("value", "做到没有", 10, choices="truth"),
    Column("explain", "指标要求", 46, fill=False),
    *_ABOUT,
    Column("id", ID_HEAD, 22, fill=False),
)
EVENT_COLUMNS = (
    Column("label", "什么事", 32, fill=False),
    Column("date", "日期", 14),
    Column("title", "名称", 40),
    Column("evidence", "佐证编号", 24),
    Column("id", ID_HEAD, 28, fill=False),
)
EVIDENCE_COLUMNS = (
    Column("id", "材料编号", 18),
    Column("title", "题名", 36),
    Column("kind", "种类", 14, choices="kinds"),
    Column("proves", "证明哪一项（指标/佐证要求，多项用；隔开）", 34, choices="slots"),
    Column("number", "文号", 20),
    Column("issuer", "责任者", 18),
    Column("issued", "成文日期", 12),
    Column("published", "公开日期", 12),
    Column("covers_from", "覆盖起", 12),
    Column("covers_to", "覆盖止", 12),
    Column("effective_from", "生效日期", 12),
    Column("effective_to", "失效日期", 12),
    Column("signed_by", "签发人", 10),
    Column("sealed", "是否盖章", 9, choices="truth"),
    Column("classification", "密级标注", 10),
    Column("source_class", "谁出具的", 12, choices="sources"),
    Column("unit", "哪个单位的", 16),
    Column("file", "文件（files/…）", 26),
    Column("file_created", "电子文件日期", 12),
    Column("pages", "页码或段落", 12),
    Column("url", "公开网址", 30),
    Column("sha256", "文件哈希", 14),
    Column("filled_by", "填报人", 10),
    Column("note", "备注", 20),
    Column("checked", "复核情况（勿改）", 20, fill=False),
)
WANTED_COLUMNS = (
    Column("indicator", "指标", 24, fill=False),
    Column("role", "本单位", 8, fill=False),
    Column("title", "要交什么", 40, fill=False),
    Column("kinds", "种类", 24, fill=False),
    Column("count", "件数", 8, fill=False),
    Column("filed", "已登记", 8, fill=False),
    Column("needs", "还要", 30, fill=False),
    Column("slot", "指标/佐证要求（抄到佐证表）", 26, fill=False),
)


def form_sheets(form: Form, ruleset: Ruleset) -> tuple[FormSheet, ...]:
    """Every sheet that a person fills in or looks things up on, in the order of work."""
    facts = [one for one in form.asked if one.line.measure is not None]
    elements = [one for one in form.asked if one.line.element is not None]
    events = [one for one in facts if isinstance(one.measure, model.Events)]
    sheets = [_fact_sheet(facts)] if facts else []
    sheets += [_element_sheet(elements)] if elements else []
    sheets += [_event_sheet(events)] if events else []
    sheets += [_register_sheet(one, form.tables.get(one.line.id)) for one in facts if one.line.sheet is not None]
    return (*sheets, _evidence_sheet(form, ruleset), *([_wanted_sheet(form, ruleset)] if form.slots else []))


def choices_of(form: Form, ruleset: Ruleset) -> dict[str, tuple[str, ...]]:
    """The lists from which cells are chosen, by name."""
    lists = {
        "truth": TRUTH,
        "sources": tuple(SOURCES),
        "kinds": tuple(ruleset.header.evidence_kinds.values()),
        "slots": tuple(f"{one.indicator.id}/{one.slot.slot} {one.slot.title}" for one in form.slots),
    }
    for one in form.asked:
        if isinstance(one.measure, model.Chosen) and one.measure.options:
            lists[f"choice_{one.line.measure}"] = one.measure.options
    return {name: words for name, words in lists.items() if words}


# --- facts and elements -----------------------------------------------------------------------------------------------


def _fact_sheet(asked: list[Asked]) -> FormSheet:
    notes = (
        "黄色格填写，灰色格勿改。知道的填，不知道的空着，空着按没有报算；确实没有发生的填 0，另附签字的零报告。",
        "数照报告里的说法写就行：13、1.5万件、300余人、95%以上、3/13、2023-03 都认。率要带百分号或写成几分之几。",
        f"只有不是整个评估期的数才填数据起、止；上一个评估期的数，数据起填“{PREVIOUS}”。",
    )
    return FormSheet(FACTS, "填数", notes, FACT_COLUMNS, tuple(_fact_row(one) for one in asked), frozen=3)


def _fact_row(one: Asked) -> SheetRow:
    assert one.measure is not None
    unit = one.measure.unit_of_measure or ""
    is_register = one.line.sheet is not None
    cells = {
        "indicator": _named(one),
        "label": one.measure.label + _remark(one),
        "value": "" if one.fact is None else value_cell(one.fact.value),
        "unit_of_measure": unit or _how(one.measure),
        "explain": one.measure.explain or "",
        "id": one.line.id,
        **_about(one.fact),
    }
    if is_register:
        cells["value"] = f"见“{one.line.sheet}”"
    elif isinstance(one.measure, model.Events) and one.fact is not None and one.fact.events:
        cells["explain"] = f"已在“{EVENTS}”表逐次列出{len(one.fact.events)}次。{cells['explain']}"
    if "@previous" in one.line.id:
        cells["from"] = PREVIOUS
    closed = frozenset({"value"}) if is_register else frozenset({"full"})
    return SheetRow({key: cells.get(key, "") for key in _keys(FACT_COLUMNS)}, _wants(one), closed, _comment(one))


def _remark(one: Asked) -> str:
    """What the name of a figure must add: of which period, or that it is computed anyway."""
    if "@previous" in one.line.id:
        return "（上期）"
    return "（可不填）" if isinstance(one.measure, model.Share) else ""


def _element_sheet(asked: list[Asked]) -> FormSheet:
    notes = ("做到的填“是”，没有做到的填“否”，不知道的空着。填“是”要有材料撑着：材料登记在“佐证”表，编号写在佐证编号里。",)
    rows = []
    for one in asked:
        cells = {
            "indicator": _named(one),
            "label": one.element.title if one.element is not None else str(one.line.element),
            "value": "" if one.fact is None else value_cell(one.fact.value),
            "explain": one.indicator.requirement if one.indicator is not None else "",
            "id": one.line.id,
            **_about(one.fact),
        }
        rows.append(
            SheetRow({key: cells.get(key, "") for key in _keys(ELEMENT_COLUMNS)}, "truth", frozenset(), _comment(one))
        )
    return FormSheet(ELEMENTS, "要素：做到没有", notes, ELEMENT_COLUMNS, tuple(rows), frozen=3)


def _keys(columns: Iterable[Column]) -> tuple[str, ...]:
    return tuple(column.key for column in columns)


def _named(one: Asked) -> str:
    return f"{one.indicator.id} {one.indicator.title}" if one.indicator is not None else "（没有指标要用）"


def _how(measure: model.Measure) -> str:
    """How a value without a unit of measurement is written."""
    if isinstance(measure, model.Share):
        return "%"
    if isinstance(measure, model.Dated):
        return "日期"
    if isinstance(measure, model.Chosen):
        return "、".join(measure.options) or "是或否"
    return "次" if isinstance(measure, model.Events) else ""


def _wants(one: Asked) -> str:
    measure = one.measure
    if isinstance(measure, model.Counted):
        return measure.kind
    if isinstance(measure, model.Share):
        return "rate"
    if isinstance(measure, model.Dated):
        return "date"
    if isinstance(measure, model.Chosen):
        return f"choice_{one.line.measure}" if measure.options else "truth"
    return "count" if isinstance(measure, model.Events) else ""


def _comment(one: Asked) -> str:
    """Definition, form and last period's value, shown where the value is filled in."""
    measure = one.measure
    lines = [measure.label, measure.explain or ""] if measure is not None else []
    if isinstance(measure, model.Share):
        lines.append("率可以不填，由分子分母或登记表算出；填了会与它们核对")
    if isinstance(measure, model.Counted) and measure.at == "end":
        lines.append("报评估期最后一天的数")
    if one.element is not None:
        lines.append(one.element.title)
    lines.append(f"上期：{one.last}" if one.last else "上期：没有")
    return "\n".join(line for line in lines if line)


def _about(fact: Fact | None) -> dict[str, str]:
    """What a fact says beside its value, as cells."""
    if fact is None:
        return {}
    sources = {code: word for word, code in SOURCES.items()}
    texts = {
        "at": str(fact.at or ""),
        "source": fact.source or "",
        "source_class": "" if fact.source_class == "self" else sources[fact.source_class],
        "filled_by": fact.filled_by or "",
        "checked_by": fact.checked_by or "",
        "evidence": "；".join(fact.evidence),
        "note": fact.note or "",
        "full": "" if fact.full is None else value_cell(fact.full),
    }
    if fact.period == "previous":
        texts["from"] = PREVIOUS
    elif isinstance(fact.period, Period):
        texts |= {"from": str(fact.period.from_), "to": str(fact.period.to)}
    elif fact.period is not None:
        texts["from"] = str(fact.period)
    return texts


# --- events and registers ---------------------------------------------------------------------------------------------


def _event_sheet(asked: list[Asked]) -> FormSheet:
    notes = (
        "一次一行，写日期；只知道年月的写到年月。期内没有的，不在这里写，到“填数”表填 0。",
        "行数不够就插入一行，编号照抄同一件事的。",
    )
    rows = [row for one in asked for row in _event_rows(one)]
    return FormSheet(EVENTS, "事件：一次一行", notes, EVENT_COLUMNS, tuple(rows))


def _event_rows(one: Asked) -> Iterator[SheetRow]:
    assert one.measure is not None
    same = {"label": one.measure.label, "id": one.line.id}
    events = one.fact.events or () if one.fact is not None else ()
    for event in events:
        told = {"date": str(event.date), "title": event.title or "", "evidence": "；".join(event.evidence)}
        yield SheetRow({**same, **told}, "date")
    for _ in range(MORE_EVENTS):
        yield SheetRow({**same, "date": "", "title": "", "evidence": ""}, "date")


def register_columns(measure: model.Records) -> tuple[Column, ...]:
    """The columns of a register as the rules name them, behind a column of numbers."""
    widths = {"key": 30, "date": 16, "text": 20}
    return (
        Column(ROW_HEAD, ROW_HEAD, 6, fill=False),
        *(Column(name, column.label, widths[column.kind]) for name, column in measure.columns.items()),
    )


def _register_sheet(one: Asked, table: Table | None) -> FormSheet:
    assert isinstance(one.measure, model.Records) and one.line.sheet is not None
    columns = register_columns(one.measure)
    names = {key: key for key in one.measure.columns} | {c.label: key for key, c in one.measure.columns.items()}
    heads = [names[head] for head in table.header] if table is not None else []
    told = [dict(zip(heads, row.cells, strict=True)) for row in table.rows] if table is not None else []
    blank: dict[str, str] = dict.fromkeys(one.measure.columns, "")
    rows = [
        SheetRow({ROW_HEAD: str(number), **blank, **cells})
        for number, cells in enumerate([*told, *[blank] * MORE_ROWS], start=1)
    ]
    notes = (
        f"{one.measure.explain or '一件一行。'}没有办的格写“未办”，不知道的空着。",
        f"登记完了，到“{FACTS}”表这一行填“是否全量表”。",
    )
    return FormSheet(one.line.sheet, one.measure.label, notes, columns, tuple(rows), frozen=2)


# --- evidence ---------------------------------------------------------------------------------------------------------


def _evidence_sheet(form: Form, ruleset: Ruleset) -> FormSheet:
    notes = (
        "一件材料一行。编号可以用表里备好的，也可以自己编（英文字母开头）。",
        "实物放进填报文件夹的 files 里，这里写 files/文件名；公开的写网址。",
        f"证明哪一项从“{WANTED}”表抄，如 I-R36/catalogue；说的是成员单位的，再加 /单位。有密级的材料不要登记。",
    )
    sources = {code: word for word, code in SOURCES.items()}
    rows = [_evidence_row(item, sources, ruleset) for item in form.items]
    rows += [SheetRow({key: name if key == "id" else "" for key in _keys(EVIDENCE_COLUMNS)}) for name in form.spare]
    return FormSheet(EVIDENCE, "佐证材料", notes, EVIDENCE_COLUMNS, tuple(rows), frozen=2)


def _evidence_row(item: EvidenceItem, sources: dict[str, str], ruleset: Ruleset) -> SheetRow:
    cells = {key: str(value or "") for key in _keys(EVIDENCE_COLUMNS) if (value := getattr(item, key, None)) is not None}
    cells |= {
        "kind": ruleset.header.evidence_kinds.get(item.kind, item.kind),
        "proves": "；".join("/".join(filter(None, (p.indicator, p.slot, p.unit))) for p in item.proves),
        "sealed": "" if item.sealed is None else value_cell(item.sealed),
        "source_class": "" if item.source_class == "self" else sources[item.source_class],
        "covers_from": str(item.covers.from_) if item.covers else "",
        "covers_to": str(item.covers.to) if item.covers else "",
        "checked": _checked_told(item),
    }
    return SheetRow({key: cells.get(key, "") for key in _keys(EVIDENCE_COLUMNS)})


def _checked_told(item: EvidenceItem) -> str:
    if item.withdrawn is not None:
        return f"已撤回：{item.withdrawn.reason}"
    said = [f"牵头复核{item.lead_checked_by}"] if item.lead_checked_by else []
    return "；".join([*said, f"已核{item.reviewed_by}"] if item.reviewed_by else said)


def _wanted_sheet(form: Form, ruleset: Ruleset) -> FormSheet:
    kinds = ruleset.header.evidence_kinds
    rows = [
        SheetRow(
            {
                "indicator": f"{one.indicator.id} {one.indicator.title}",
                "role": "牵头" if one.leads else "配合",
                "title": one.slot.title,
                "kinds": "、".join(kinds.get(kind, kind) for kind in one.slot.kinds),
                "count": str(one.slot.count) + ("/单位" if one.slot.by and one.leads else ""),
                "filed": str(one.filed),
                "needs": "、".join(_needs(one.slot)),
                "slot": f"{one.indicator.id}/{one.slot.slot}" + ("" if one.leads else f"/{form.name}"),
            }
        )
        for one in form.slots
    ]
    notes = ("只看不填：本单位牵头的指标要交的材料，和每个单位都要各交一份的材料。",)
    return FormSheet(WANTED, "应交材料", notes, WANTED_COLUMNS, tuple(rows), frozen=3)


def _needs(slot: model.Slot) -> Iterator[str]:
    yield from (NEEDS[need] for need in slot.needs)
    if slot.period == "every_year":
        yield "各年都有"
    if slot.in_force:
        yield "现行有效"
    if slot.for_none:
        yield "报零时才要"


# --- the hidden sheet -------------------------------------------------------------------------------------------------


def meta_rows(stencil: Stencil, seal: str, content: str) -> tuple[tuple[str, str], ...]:
    """The hidden sheet: what a person may want to look up, then the stencil itself in pieces that cells can hold."""
    head, rules = stencil.head, stencil.rules
    pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
    return (
        ("格式", stencil.format),
        ("规则集", rules.id),
        ("修订", rules.revision),
        ("规则摘要", rules.digest),
        ("评分口径", head.profile or ""),
        ("填报", head.unit.name),
        ("单位", stencil.member),
        ("评估期", f"{head.period.from_}至{head.period.to}"),
        ("评判日", head.as_of.isoformat()),
        ("封口", seal),
        *((f"模板{number}", piece) for number, piece in enumerate(pieces, start=1)),
    )
