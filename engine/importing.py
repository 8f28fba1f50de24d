"""What stands in a workbook that came back → facts, registers and evidence (导入). Rows are known by their id, not by where.

In: cells and the stencil that the workbook was made from. Out: records whose every value knows its cell, and everything
that does not fit, all at once. Nothing is evaluated, nothing is guessed.
"""

from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from engine.form_sheets import ELEMENT_COLUMNS
from engine.form_sheets import ELEMENTS
from engine.form_sheets import EVENT_COLUMNS
from engine.form_sheets import EVENTS
from engine.form_sheets import EVIDENCE
from engine.form_sheets import EVIDENCE_COLUMNS
from engine.form_sheets import FACT_COLUMNS
from engine.form_sheets import FACTS
from engine.form_sheets import GUIDE
from engine.form_sheets import LISTS
from engine.form_sheets import META
from engine.form_sheets import PREVIOUS
from engine.form_sheets import SOURCES
from engine.form_sheets import WANTED
from engine.form_sheets import register_columns
from engine.forms import content_digest
from engine.models import ruleset as model
from engine.models.form import Line
from engine.models.form import Stencil
from engine.models.grid import Book
from engine.models.grid import cell_place
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Block
from engine.models.record import Items
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Row
from engine.models.submission import Table
from engine.reading_cells import Entry
from engine.reading_cells import Filled
from engine.reading_cells import ids_of
from engine.reading_cells import read_choice
from engine.reading_cells import read_day
from engine.reading_cells import read_text
from engine.reading_cells import read_truth
from engine.reading_cells import read_value
from engine.reading_cells import rows_on
from engine.shaping import nearest
from engine.shaping import shape

_DAYS = ("at",)
_TEXTS = ("source", "filled_by", "checked_by", "note")
_ITEM_DAYS = ("issued", "published", "effective_from", "effective_to", "file_created")
_ITEM_TEXTS = (
    "title", "number", "issuer", "signed_by", "classification", "unit", "file", "pages", "url", "sha256", "filled_by",
    "note",
)  # fmt: skip


class Part(NamedTuple):
    """What one workbook says. A register's ``file`` is the sheet it stands on, its rows' lines are those of the sheet."""

    stencil: Stencil
    facts: tuple[Fact, ...]
    tables: dict[str, Table]
    items: tuple[EvidenceItem, ...]


def read_part(book: Book, stencil: Stencil, ruleset: Ruleset) -> tuple[Part, list[Problem]]:
    """Read everything that was filled in."""
    problems: list[Problem] = []
    tables = _read_registers(book, stencil, ruleset, problems)
    happened = _read_events(book, stencil, ruleset, problems)
    facts: list[Fact] = []
    for name, columns in ((FACTS, FACT_COLUMNS), (ELEMENTS, ELEMENT_COLUMNS)):
        lines = {line.id: line for line in stencil.lines if (line.measure is not None) == (name == FACTS)}
        if not lines:
            continue
        rows = rows_on(book, name, columns, problems)
        for line, filled in _rows_of_lines(rows, lines, book, name, problems) if rows is not None else ():
            facts += _facts_of(line, filled, happened.get(line.id), tables, ruleset, problems)
    items = _read_items(book, stencil, ruleset, problems)
    known = {FACTS, ELEMENTS, EVENTS, EVIDENCE} | {line.sheet for line in stencil.lines}
    problems += _extra_sheets(book, known)
    return Part(stencil, tuple(facts), tables, tuple(items)), problems


def _extra_sheets(book: Book, known: set[str | None]) -> Iterator[Problem]:
    looked_up = {GUIDE, WANTED, META, LISTS}
    for name, grid in book.sheets.items():
        if name not in known | looked_up and grid.cells:
            found = f"多出来一张工作表「{name}」，没有读"
            yield problem("WORKBOOK_SHEET_EXTRA", cell_place(book.file, name), found, "要报的数请填到模板的表里")


def _rows_of_lines(
    rows: list[Filled], lines: dict[str, Line], book: Book, sheet: str, problems: list[Problem]
) -> Iterator[tuple[Line, Filled]]:
    """Every row with the line that its id names; ids that are not there, are there twice, or are gone."""
    seen: set[str] = set()
    for filled in rows:
        name = read_text(filled, "id", problems) or ""
        if "id" in filled.refused:
            continue
        if name not in lines:
            problems.append(_unknown_id(name, lines, filled))
        elif name in seen:
            found = f"编号「{name}」在这张表里有两行"
            problems.append(
                problem("ID_DUPLICATE", filled.place("id"), found, "一个编号一行；要再报一个时期的数，请专班重出模板")
            )
        else:
            seen.add(name)
            yield lines[name], filled
    if gone := [name for name in lines if name not in seen]:
        shown = "、".join(gone[:5]) + (f"等{len(gone)}行" if len(gone) > 5 else "")
        remedy = "请不要删行，不知道的把值空着；从模板把这一行抄回来"
        problems.append(problem("WORKBOOK_ROW", cell_place(book.file, sheet), f"少了编号{shown}", remedy))


def _unknown_id(name: str, lines: dict[str, Line], filled: Filled) -> Problem:
    if not name:
        return problem(
            "WORKBOOK_STRAY", filled.first_place, "这一行写了内容，却没有编号", "请写到有编号的行里；另写的话放进备注"
        )
    remedy = nearest(name, lines) or "请从模板把编号抄回来"
    return problem("WORKBOOK_ID", filled.place("id"), f"编号「{name}」不在模板里", f"编号不能改。{remedy}")


# --- facts ------------------------------------------------------------------------------------------------------------


def _facts_of(
    line: Line,
    filled: Filled,
    events: Items | None,
    tables: dict[str, Table],
    ruleset: Ruleset,
    problems: list[Problem],
) -> Iterator[Fact]:
    """The facts on one row: its value, its events, its register; each with what the row says of it."""
    about = _about(line, filled, problems)
    measure = ruleset.measures.get(line.measure or "")
    said: list[tuple[str, Any, Place]] = []
    if line.sheet is not None:
        told = read_text(filled, "value", problems)
        if told and not told.startswith("见"):
            remedy = f"这个数一件一行写在“{line.sheet}”表"
            problems.append(problem("WORKBOOK_STRAY", filled.place("value"), f"这一格不填，写的是「{told}」", remedy))
        if line.table in tables and (tables[line.table].rows or "full" in about):
            said.append(("table", line.table, filled.place("id")))
    else:
        value = read_value(filled, measure, problems)
        if value is not None:
            said.append(("value", value, filled.place("value")))
        if events is not None:
            said.append(("events", events, events.place))
    # Something is said about a value that is not there; that a line asks for the period before says nothing.
    if not said and set(about) - ({"period"} if "@previous" in line.id else set()):
        said.append(("value", None, filled.place("value")))
    for form, content, place in said:
        block = Block(filled.place("value"))
        for key, (written, at) in {**_subject(line, filled), **about}.items():
            _put(block, key, written, at)
        _put(block, form, content, place)
        fact, found = shape(Fact, block, place.file)
        problems += found
        if fact is not None:
            yield fact


def _put(block: Block, key: str, value: Any, place: Place) -> None:
    block[key] = value
    block.key_places[key] = block.value_places[key] = place


def _subject(line: Line, filled: Filled) -> dict[str, Entry]:
    at = filled.place("id")
    subject = {"measure": line.measure, "element": line.element, "unit": line.unit}
    return {key: (value, at) for key, value in subject.items() if value is not None}


def _about(line: Line, filled: Filled, problems: list[Problem]) -> dict[str, Entry]:
    about: dict[str, Entry] = {}
    for key in _DAYS:
        if (day := read_day(filled, key, problems)) is not None:
            about[key] = (day, filled.place(key))
    for key in _TEXTS:
        if (text := read_text(filled, key, problems)) is not None:
            about[key] = (text, filled.place(key))
    if (source := read_choice(filled, "source_class", SOURCES, problems)) is not None:
        about["source_class"] = (source, filled.place("source_class"))
    if names := ids_of(read_text(filled, "evidence", problems)):
        about["evidence"] = (names, filled.place("evidence"))
    if (full := read_truth(filled, "full", problems)) is not None:
        about["full"] = (full, filled.place("full"))
    if (period := _period(line, filled, problems)) is not None:
        about["period"] = (period, filled.place("from"))
    return about


def _period(line: Line, filled: Filled, problems: list[Problem]) -> Any:
    first = read_day(filled, "from", problems, words=(PREVIOUS, "previous"))
    last = read_day(filled, "to", problems)
    if first in (PREVIOUS, "previous") or first is None and "@previous" in line.id:
        return "previous"
    if first is None and last is not None:
        found = "填了数据止，没有填数据起"
        problems.append(problem("RECORD_INCONSISTENT", filled.place("to"), found, "两格都填；整个评估期的数两格都空着"))
    return _span(first, last, filled, "from", "to") if first is not None and last is not None else first


def _span(first: str | None, last: str | None, filled: Filled, start: str, end: str) -> Block:
    block = Block(filled.place(start))
    for key, value, column in (("from", first, start), ("to", last, end)):
        if value is not None:
            _put(block, key, value, filled.place(column))
    return block


# --- events and registers ---------------------------------------------------------------------------------------------


def _read_events(book: Book, stencil: Stencil, ruleset: Ruleset, problems: list[Problem]) -> dict[str, Items]:
    """The events listed under each line."""
    lines = {line.id: line for line in stencil.lines if isinstance(ruleset.measures.get(line.measure or ""), model.Events)}
    happened: dict[str, Items] = {}
    for filled in (rows_on(book, EVENTS, EVENT_COLUMNS, problems) or ()) if lines else ():
        name = read_text(filled, "id", problems) or ""
        if not filled.any_of("date", "title", "evidence") or filled.refused & {"id", "date"}:
            continue
        if name not in lines:
            problems.append(_unknown_id(name, lines, filled))
            continue
        event = Block(filled.place("date"))
        day = read_day(filled, "date", problems)
        for key, value in (
            ("date", day),
            ("title", read_text(filled, "title", problems)),
            ("evidence", ids_of(read_text(filled, "evidence", problems)) or None),
        ):
            if value is not None:
                _put(event, key, value, filled.place(key))
        if "date" in filled.cells and day is None:
            continue
        if day is None:
            found = "写了一件事，没有写日期"
            problems.append(
                problem("KEY_MISSING", filled.place("date"), found, "请补日期；只知道年月的写到年月，不知道的删去这一行")
            )
            continue
        listed = happened.setdefault(name, Items(filled.place("date")))
        listed.append(event)
        listed.value_places.append(event.place)
    return happened


def _read_registers(book: Book, stencil: Stencil, ruleset: Ruleset, problems: list[Problem]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for line in stencil.lines:
        measure = ruleset.measures.get(line.measure or "")
        if line.sheet is None or line.table is None or not isinstance(measure, model.Records):
            continue
        rows: list[Row] = []
        for filled in rows_on(book, line.sheet, register_columns(measure), problems) or ():
            cells = tuple(read_text(filled, name, problems) or "" for name in measure.columns)
            if any(cells):
                rows.append(Row(cells=cells, line=filled.row))
        header = tuple(column.label for column in measure.columns.values())
        ordered = tuple(sorted(rows, key=lambda row: row.cells))
        tables[line.table] = Table(file=f"{book.file}!{line.sheet}", header=header, rows=ordered)
    return tables


# --- evidence ---------------------------------------------------------------------------------------------------------


def _read_items(book: Book, stencil: Stencil, ruleset: Ruleset, problems: list[Problem]) -> Iterator[EvidenceItem]:
    kinds = {title: code for code, title in ruleset.header.evidence_kinds.items()}
    columns = tuple(column.key for column in EVIDENCE_COLUMNS if column.fill and column.key != "id")
    seen: set[str] = set()
    rows = rows_on(book, EVIDENCE, EVIDENCE_COLUMNS, problems)
    whole = rows is not None
    for filled in rows or ():
        if not filled.any_of(*columns):
            continue
        before = len(problems)
        block = _item_block(filled, kinds, problems)
        item, found = shape(EvidenceItem, block, filled.place("id").file)
        # What was refused is not also missing.
        blamed = len(problems) > before or bool(filled.refused)
        problems += [p for p in found if p.code != "KEY_MISSING" or not blamed]
        if item is None:
            whole = False
            continue
        if item.id in seen:
            problems.append(
                problem("ID_DUPLICATE", filled.place("id"), f"材料编号「{item.id}」重复", "每件材料用自己的编号")
            )
            continue
        seen.add(item.id)
        yield _with_what_others_said(item, stencil, filled, problems)
    for name in stencil.checked:
        if whole and name not in seen:
            remedy = "请把这一行补回来；要撤回的，在台账里写：fazhi evidence withdraw"
            place = cell_place(book.file, EVIDENCE)
            problems.append(problem("WORKBOOK_CHECKED", place, f"复核过或撤回的材料「{name}」不见了", remedy))


def _item_block(filled: Filled, kinds: dict[str, str], problems: list[Problem]) -> Block:
    block = Block(filled.place("id"))
    values: dict[str, Any] = {"id": read_text(filled, "id", problems)}
    values |= {key: read_text(filled, key, problems) for key in _ITEM_TEXTS}
    values |= {key: read_day(filled, key, problems) for key in _ITEM_DAYS}
    values["kind"] = read_choice(filled, "kind", kinds, problems)
    values["source_class"] = read_choice(filled, "source_class", SOURCES, problems)
    values["sealed"] = read_truth(filled, "sealed", problems)
    for key, value in values.items():
        if value is not None:
            _put(block, key, value, filled.place(key))
    first, last = (read_day(filled, key, problems) for key in ("covers_from", "covers_to"))
    if first is not None or last is not None:
        _put(block, "covers", _span(first, last, filled, "covers_from", "covers_to"), filled.place("covers_from"))
    if proves := _proofs(filled, problems):
        _put(block, "proves", proves, filled.place("proves"))
    return block


def _proofs(filled: Filled, problems: list[Problem]) -> Items:
    """What an item proves: 指标/佐证要求 or 指标/佐证要求/单位, several behind each other; a title behind it is left out."""
    place = filled.place("proves")
    items = Items(place)
    for piece in ids_of(read_text(filled, "proves", problems), marks="；;、\n"):
        parts = piece.split(maxsplit=1)[0].split("/")
        if len(parts) not in (2, 3) or not all(parts):
            found = f"「{piece}」读不出证明哪一项"
            problems.append(problem("CELL_CHOICE", place, found, "写成 指标/佐证要求，如 I-R36/catalogue；几项用；隔开"))
            continue
        proof = Block(place)
        for key, part in zip(("indicator", "slot", "unit"), parts, strict=False):
            _put(proof, key, part, place)
        items.append(proof)
        items.value_places.append(place)
    return items


def _with_what_others_said(item: EvidenceItem, stencil: Stencil, filled: Filled, problems: list[Problem]) -> EvidenceItem:
    """Reviews and withdrawals come from the stencil alone, and stand only while the item is what they were about."""
    said = stencil.checked.get(item.id)
    if said is None:
        return item
    if content_digest(item) != said.content:
        remedy = "请照模板改回来；换了材料的，另登记成新的一件"
        problems.append(problem("WORKBOOK_CHECKED", filled.place("id"), f"复核过或撤回的材料「{item.id}」被改动", remedy))
    kept = {key: getattr(said, key) for key in said.model_fields_set if key != "content"}
    return item.model_copy(update={key: value for key, value in kept.items() if value})
