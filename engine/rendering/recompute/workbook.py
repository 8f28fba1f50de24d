"""A record → the workbook that recomputes it. Stages in the order of the engine's own; each is a sheet or two."""

from typing import NamedTuple

from engine.assessment import work_out
from engine.models.problem import Problem
from engine.models.run_record import RunRecord
from engine.rendering.recompute.arithmetic import calculate
from engine.rendering.recompute.cells import Book
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.checks import hold_against
from engine.rendering.recompute.cover import make_cover
from engine.rendering.recompute.facts import Facts
from engine.rendering.recompute.members import Members
from engine.rendering.recompute.parts import Parts
from engine.rendering.recompute.points import Points
from engine.rendering.recompute.proofs import Proofs
from engine.rendering.recompute.totals import add_up
from engine.rendering.recompute.values import Values
from engine.replay import inputs_of_record


class Recomputed(NamedTuple):
    """A workbook, every cell with what it comes to, and how many numbers differ from the record."""

    book: Book
    mismatches: int


def recompute(record: RunRecord, digest: str) -> tuple[Recomputed | None, tuple[Problem, ...]]:
    """Lay a record out as a workbook; ``digest`` names the record. Refuses what cannot be read or judged any more."""
    inputs, unreadable = inputs_of_record(record)
    if inputs is None:
        return None, tuple(unreadable)
    ruleset, submission = inputs
    profile = ruleset.profiles[record.profile]
    workings, problems = work_out(ruleset, profile, submission, record.dates.judged)
    if workings is None:
        return None, problems
    scope = workings.scope
    facts = Facts(scope)
    values = Values(facts)
    members = Members(values)
    proofs = Proofs(members, workings.items)
    parts = Parts(members, proofs, profile)
    points = Points(profile, parts)
    allotted = points.enter(workings.appraisals, scope)
    totals = add_up(workings.assessment, profile, points.sheet, allotted, workings.overrides)
    check = hold_against(record.result, points.sheet, totals)
    cover = make_cover(record, digest, scope.unit.name, check, totals.totals)
    total, pillars, *others = totals.sheets
    *decided, clauses = others
    order = (
        cover, total, pillars, *decided, points.sheet, parts.sheet, proofs.sheet,
        members.sheet, values.sheet, facts.sheet, points.profile_sheet, clauses, check,
    )  # fmt: skip
    book = Book(tuple(_not_empty(sheet) for sheet in order))
    calculate(book)
    wrong = next(row["wrong"].cached for row in check.rows if row["id"].content == "合计")
    assert wrong is not None and not isinstance(wrong, str)
    return Recomputed(book, int(wrong)), ()


def _not_empty(sheet: Sheet) -> Sheet:
    """A sheet without rows says so."""
    if not sheet.rows:
        sheet.add(**{sheet.columns[0].key: "（没有）"})
    return sheet
