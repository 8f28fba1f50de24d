"""Which rows of a record table may count (逐件登记表): cells in, cases out, and once per column what is wrong with them.

A row that cannot be used stays in the register as unknown. What a cell does not say is unknown, never no: an empty
cell and a placeholder alike; what was not done is written 未办.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from engine.models.admitted import Case
from engine.models.exact import PartialDate
from engine.models.exact import read_any_date
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Column
from engine.models.ruleset import OnTimeShare
from engine.models.ruleset import ProcedureShare
from engine.models.ruleset import Records
from engine.models.ruleset import Ruleset
from engine.models.submission import Table
from engine.quantities import is_placeholder
from engine.quantities import normalised
from engine.shaping import closest
from engine.sources import lines_named

# A cell that says a step was not taken; an empty cell says nothing.
NOT_DONE = ("未", "没有")


class _Complaint(NamedTuple):
    """One thing wrong with one row; what agrees in all but the line and the cell is said once."""

    code: str
    column: str
    reason: str
    remedy: str
    written: str
    line: int


class _Reading(NamedTuple):
    """By what a table is read: its columns, those that a rule reads, and who must not come before whom."""

    columns: dict[str, Column]
    key: str
    read: frozenset[str]
    accepted: dict[str, frozenset[str]]
    ordered: tuple[tuple[str, str], ...]
    as_of: date


def admit_rows(table: Table, name: str, ruleset: Ruleset, as_of: date) -> tuple[tuple[Case, ...] | None, list[Problem]]:
    """Read a record table by the columns of its measure; ``None`` where its columns are others."""
    measure = ruleset.measures[name]
    assert isinstance(measure, Records)
    names = {key: key for key in measure.columns} | {c.label: key for key, c in measure.columns.items()}
    keys = [names.get(header, "") for header in table.header]
    if "" in keys or set(keys) != set(measure.columns) or len(set(keys)) != len(keys):
        return None, [_other_columns(table, keys, measure)]
    reading = _how_to_read(name, measure, ruleset, as_of)
    cases: list[Case] = []
    complaints: list[_Complaint] = []
    seen: set[str] = set()
    for row in table.rows:
        cells = dict(zip(keys, row.cells, strict=True))
        case, found = _admit_row(cells, row.line, reading, Place(file=table.file, line=row.line, column=1), seen)
        cases.append(case)
        complaints += found
    return tuple(cases), list(_said_once(complaints, table.file, name))


def _how_to_read(name: str, measure: Records, ruleset: Ruleset, as_of: date) -> _Reading:
    """What the shares that are counted over a table read of it."""
    read = {measure.counted_on}
    shares = ruleset.once(_shares_of_registers).get(name, ())
    accepted: dict[str, frozenset[str]] = {}
    ordered: list[tuple[str, str]] = []
    for share in shares:
        if isinstance(share, OnTimeShare):
            read |= {share.from_, share.to}
            ordered.append((share.from_, share.to))
        else:
            read |= {*share.order, *(end for pause in share.pauses for end in (pause.from_, pause.to)), *share.accepts}
            for column, allowed in share.accepts.items():
                accepted[column] = accepted.get(column, frozenset()) | set(allowed)
    key = next(column for column, kind in measure.columns.items() if kind.kind == "key")
    return _Reading(measure.columns, key, frozenset(read), accepted, tuple(ordered), as_of)


def _shares_of_registers(ruleset: Ruleset) -> dict[str, list[OnTimeShare | ProcedureShare]]:
    """The shares that are counted over each register, in the order of the measures."""
    found: dict[str, list[OnTimeShare | ProcedureShare]] = {}
    for measure in ruleset.measures.values():
        if isinstance(measure, OnTimeShare | ProcedureShare):
            found.setdefault(measure.of, []).append(measure)
    return found


def _other_columns(table: Table, keys: list[str], measure: Records) -> Problem:
    """Say which column is wrong, which one it was probably meant to be, and which are missing."""
    labels = {name: column.label for name, column in measure.columns.items()}
    missing = {label for name, label in labels.items() if name not in keys}
    said: list[str] = []
    for number, (header, key) in enumerate(zip(table.header, keys, strict=True), 1):
        meant = closest(header, missing) if not key and header else None
        if not header:
            said.append(f"第{number}列没有列名")
        elif meant is not None:
            missing.discard(meant)
            said.append(f"第{number}列「{header}」是否「{meant}」")
        elif not key:
            said.append(f"多了第{number}列「{header}」")
        elif key in keys[: number - 1]:
            said.append(f"第{number}列「{header}」重复")
    said += [f"缺「{label}」" for label in labels.values() if label in missing]
    place = Place(file=table.file, line=1, column=1)
    return problem("TABLE_HEADER", place, f"列名不对：{'；'.join(said)}", f"要有且只有这些列：{'、'.join(labels.values())}")


def _admit_row(
    cells: dict[str, str], line: int, reading: _Reading, place: Place, seen: set[str]
) -> tuple[Case, list[_Complaint]]:
    """Read one row; ``seen`` are the keys of the rows before it."""
    if not any(cells.values()):
        remedy = "没有这一件就删去这一行；有就补上。留着就算一件说不准的"
        return Case(cells=cells, dates={}, place=place, usable=False), [
            _Complaint("FACT_ROW", "", "整行空着（只有逗号）", remedy, "", line)
        ]
    complaints: list[_Complaint] = []
    dates: dict[str, PartialDate] = {}
    # What a placeholder stands for is not known, as if nothing were written.
    known = {name: "" if _says_nothing(name, cell, reading) else cell for name, cell in cells.items()}
    for name in reading.columns:
        complaints += _silence(name, cells[name], reading, line)
        if reading.columns[name].kind == "date" and known[name] and not normalised(known[name]).startswith(NOT_DONE):
            day, found = _date_in(name, known[name], reading, line)
            complaints += found
            if day is not None:
                dates[name] = day
    complaints += _turned_round(dates, reading, line)
    if known[reading.key] in seen:
        label = reading.columns[reading.key].label
        complaints.append(_Complaint("FACT_ROW", label, "重复了", "一件一行，编号不空不重", known[reading.key], line))
    if known[reading.key]:
        seen.add(known[reading.key])
    usable = bool(known[reading.key]) and not any(complaint.code == "FACT_ROW" for complaint in complaints)
    return Case(cells=known, dates=dates, place=place, usable=usable), complaints


def _says_nothing(name: str, cell: str, reading: _Reading) -> bool:
    """Whether a cell is a placeholder. A number of a case may hold an X or a dash; what a rule accepts says something."""
    if name == reading.key and any(character.isdigit() for character in cell):
        return False
    return is_placeholder(cell) and cell not in reading.accepted.get(name, ())


def _silence(name: str, cell: str, reading: _Reading, line: int) -> Iterator[_Complaint]:
    """Say that a cell is empty or holds a placeholder, where something hangs on it."""
    label, kind = reading.columns[name].label, reading.columns[name].kind
    if name == reading.key and not cell:
        yield _Complaint("FACT_ROW", label, "没有写", "一件一行，编号不空不重", "", line)
    elif cell and _says_nothing(name, cell, reading):
        remedies = {"date": "办了的填日期，没有办的写 未办；不知道就空着，按说不准算", "key": "一件一行，编号不空不重"}
        remedy = remedies.get(kind, "请照实填；不知道就空着，按说不准算")
        yield _Complaint("FACT_PLACEHOLDER", label, "是占位符", remedy, cell, line)
    elif not cell and name in reading.read:
        remedy = "办了的补日期，没有办的写 未办；补上以前按说不准算" if kind == "date" else "请照实补上；补上以前按说不准算"
        yield _Complaint("FACT_EMPTY", label, "空着", remedy, "", line)


def _date_in(name: str, cell: str, reading: _Reading, line: int) -> tuple[PartialDate | None, list[_Complaint]]:
    label = reading.columns[name].label
    try:
        day = read_any_date(normalised(cell))
    except PydanticCustomError as error:
        exact = error.message() if error.type == "DATE_UNREADABLE" and "只有" in error.message() else ""
        remedy = "日期写成 2020-03-09；没有办的写 未办，不知道就空着"
        return None, [_Complaint("FACT_ROW", label, exact or "读不出是哪一天", remedy, cell, line)]
    if day.first > reading.as_of:
        found = f"在评判日{reading.as_of}之后"
        return None, [_Complaint("FACT_ROW", label, found, "评判日之后的日期不计", str(day), line)]
    return day, []


def _turned_round(dates: dict[str, PartialDate], reading: _Reading, line: int) -> Iterator[_Complaint]:
    for before, after in reading.ordered:
        if before in dates and after in dates and dates[after].last < dates[before].first:
            labels = reading.columns[after].label, f"早于「{reading.columns[before].label}」"
            yield _Complaint("FACT_ROW", *labels, "请核对原件改正日期；改正前这一件说不准", "", line)


def _said_once(complaints: Iterable[_Complaint], file: str, measure: str) -> Iterator[Problem]:
    """One problem for each column and reason, at the first of its lines."""
    alike: dict[tuple[str, str, str], list[_Complaint]] = {}
    for complaint in sorted(complaints, key=lambda c: c.line):
        alike.setdefault((complaint.code, complaint.column, complaint.reason), []).append(complaint)
    for (code, column, reason), group in alike.items():
        first = group[0]
        subject = f"「{column}」" if column else ""
        if len(group) > 1:
            example = f"，如「{first.written}」" if first.written else ""
            found = f"{subject}{lines_named([c.line for c in group])}{reason}{example}"
        elif first.written:
            found = f"{subject}写的是「{first.written}」，{reason}"
        else:
            found = f"{subject or '这一行'}{reason}"
        yield problem(code, Place(file=file, line=first.line, column=1), found, first.remedy, measure)
