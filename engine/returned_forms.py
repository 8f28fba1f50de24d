"""Workbooks that came back → one submission (导入): each by its own stencil, together only where they belong to one.

What two workbooks say differently is kept twice, so that it is seen as the contradiction it is.
"""

import json
import re
from collections.abc import Iterable

from pydantic import ValidationError

from engine.admission import admit_facts
from engine.form_sheets import META
from engine.importing import Part
from engine.importing import read_part
from engine.models.form import FORMAT
from engine.models.form import Stencil
from engine.models.grid import Book
from engine.models.grid import cell_place
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.models.submission import Table
from engine.sources import canonical_bytes
from engine.sources import sha256_of
from engine.submissions import in_canonical_order

MAX_ROWS = 1_048_576  # of a sheet
_ASK_AGAIN = "请从模板重新填；没有模板，请专班用 fazhi template 重出"


def read_stencil(book: Book) -> tuple[Stencil | None, list[Problem]]:
    """Read what a workbook was made from, and check that it was not changed."""
    grid = book.sheets.get(META)
    if grid is None:
        return None, [_no_stencil(book, "没有隐藏的模板信息，不是模板填的")]
    names = {cell.text: row for (row, column), cell in grid.cells.items() if column == 1}
    texts = {name: grid.cells[row, 2].text for name, row in names.items() if (row, 2) in grid.cells}
    if texts.get("格式") != FORMAT:
        return None, [_no_stencil(book, f"模板格式是「{texts.get('格式', '空')}」，这里读 {FORMAT}")]
    count = sum(name.startswith("模板") for name in texts)
    content = "".join(texts.get(f"模板{number}", "") for number in range(1, count + 1))
    if sha256_of(content.encode("utf-8", "replace")) != texts.get("封口"):
        return None, [_no_stencil(book, "模板信息被改动过，与封口不符")]
    try:
        stencil = Stencil.model_validate(json.loads(content))
    except (ValidationError, ValueError, RecursionError):
        return None, [_no_stencil(book, "模板信息读不出来")]
    shown = {"规则摘要": stencil.rules.digest, "单位": stencil.member, "评判日": stencil.head.as_of.isoformat()}
    changed = [name for name, value in shown.items() if texts.get(name, "") != value]
    if changed:
        return None, [_no_stencil(book, f"模板信息的「{changed[0]}」被改动过", names.get(changed[0], 0))]
    return stencil, []


def _no_stencil(book: Book, found: str, row: int = 0) -> Problem:
    place = cell_place(book.file, META, row, 2 if row else 0) if META in book.sheets else Place(file=book.file)
    return problem("WORKBOOK_META", place, found, _ASK_AGAIN)


def fits_rules(book: Book, stencil: Stencil, ruleset: Ruleset) -> list[Problem]:
    """Refuse a workbook that was made by other rules."""
    made = stencil.rules
    if made.digest == ruleset.digest:
        return []
    now = f"修订{ruleset.header.revision}（{ruleset.digest[:16]}）"
    found = f"按 {made.id} 修订{made.revision}（{made.digest[:16]}）出的，现在的是{now}"
    remedy = f"当时的规则还在的，用 --ruleset {made.id}@{made.revision}；不在的，请专班重出模板"
    return [problem("WORKBOOK_RULESET", cell_place(book.file, META), found, remedy)]


def belong_together(books: list[tuple[Book, Stencil]]) -> list[Problem]:
    """Refuse workbooks of different submissions: another unit, period, day of judgement or rules."""
    first, made = books[0]
    problems = []
    for book, stencil in books[1:]:
        if stencil.rules != made.rules:
            problems.append(_apart(book, f"与「{first.file}」不是同一版规则"))
        elif canonical_bytes(stencil.head) != canonical_bytes(made.head):
            told = [
                (s.head.unit.name, f"{s.head.period.from_}至{s.head.period.to}", str(s.head.as_of)) for s in (made, stencil)
            ]
            differs = next((f"{one}、{other}" for one, other in zip(*told, strict=True) if one != other), "单位名单等")
            problems.append(_apart(book, f"与「{first.file}」不是同一次填报（{differs}）"))
    return problems


def _apart(book: Book, found: str) -> Problem:
    return problem("WORKBOOK_DIFFERS", cell_place(book.file, META), found, "请分开导入，或请专班按同一次填报重出模板")


def read_returned(
    books: list[tuple[Book, Stencil]], ruleset: Ruleset, elsewhere: Iterable[EvidenceItem] = ()
) -> tuple[Submission | None, list[Problem]]:
    """Read several workbooks of one submission; ``None`` where anything in them is refused.

    ``elsewhere`` are the items that other units hand in, which may be cited here.
    """
    parts: list[Part] = []
    problems: list[Problem] = []
    for book, stencil in books:
        part, found = read_part(book, stencil, ruleset)
        parts.append(part)
        problems += found
    tables, facts, found = _registers_apart(parts)
    problems += found
    items, found = _once_each([item for part in parts for item in part.items])
    problems += found
    opened = [book for book, _ in books]
    if refused(problems):
        return None, by_cell(problems, opened)
    head = parts[0].stencil.head.model_copy(update={"facts": facts})
    submission = in_canonical_order(head, items, tables, {}, ())
    _, found = admit_facts(ruleset, submission.model_copy(update={"evidence": (*items, *elsewhere)}))
    problems += [_with_row(p) for p in found]
    return (None if refused(problems) else submission), by_cell(problems, opened)


def by_cell(problems: Iterable[Problem], books: Iterable[Book]) -> list[Problem]:
    """Bring problems into the order in which a person walks through the workbooks: file, sheet, row, column."""
    sheets = [(book.file, name) for book in books for name in book.sheets]
    places = {f"{file}!{name}": number for number, (file, name) in enumerate(sheets)}

    def order(found: Problem) -> tuple[int, int, int, str]:
        sheet, _, cell = found.place.file.rpartition("!")
        # What is said of a whole sheet stands behind its cells.
        row = int("".join(filter(str.isdecimal, cell)) or 0) if sheet in places else MAX_ROWS
        column = "".join(filter(str.isalpha, cell)) if sheet in places else ""
        return places.get(sheet, places.get(found.place.file, -1)), row, len(column), column

    return sorted(problems, key=order)


def _with_row(found: Problem) -> Problem:
    """A register's line is a row of its sheet."""
    place = found.place
    return found.model_copy(update={"place": Place(file=f"{place.file}!第{place.line}行")}) if place.line else found


def _registers_apart(parts: list[Part]) -> tuple[dict[str, Table], tuple[Fact, ...], list[Problem]]:
    """Every register under a path of its own; the very same one that came twice counts once."""
    tables: dict[str, Table] = {}
    facts: list[Fact] = []
    problems: list[Problem] = []
    for part in parts:
        for fact in part.facts:
            if fact.table is None:
                facts.append(fact)
                continue
            table = part.tables[fact.table]
            path = _free_path(fact.table, table, tables)
            moved = fact.model_copy(update={"table": path})
            moved._value_places = fact._value_places  # noqa: SLF001 - a copy keeps the places it was read from
            if path in tables and any(canonical_bytes(moved) == canonical_bytes(other) for other in facts):
                found = f"登记表「{fact.table}」交了两次，一字不差，只算一次"
                problems.append(problem("FACT_REPEATED", fact.place, found, "同一份工作簿只交一次"))
                continue
            tables.setdefault(path, table)
            facts.append(moved)
    return tables, tuple(facts), problems


def _free_path(path: str, table: Table, tables: dict[str, Table]) -> str:
    stem, number = re.sub(r"\.csv$", "", path), 1
    while path in tables and _content(tables[path]) != _content(table):
        number += 1
        path = f"{stem}-{number}.csv"
    return path


def _content(table: Table) -> tuple[tuple[str, ...], ...]:
    return (table.header, *(row.cells for row in table.rows))


def _once_each(items: Iterable[EvidenceItem]) -> tuple[tuple[EvidenceItem, ...], list[Problem]]:
    """Every item once; two workbooks that describe one number differently are refused."""
    kept: dict[str, EvidenceItem] = {}
    problems: list[Problem] = []
    for item in items:
        other = kept.setdefault(item.id, item)
        if canonical_bytes(other) != canonical_bytes(item):
            found = f"材料「{item.id}」与 {other.place} 登记的不一样"
            problems.append(problem("ID_DUPLICATE", item.place, found, "同一件材料改成一样；不是同一件的，换一个编号"))
    return tuple(kept.values()), problems
