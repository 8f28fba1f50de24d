"""Rule tests: each case becomes a submission, is assessed, and is held against what it expects (规则用例)."""

from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from engine.assessment import assess
from engine.models.case import Case
from engine.models.case import CaseFile
from engine.models.case import CaseResult
from engine.models.case import Expectation
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.result import Finding
from engine.models.ruleset import Indicator
from engine.models.ruleset import Ruleset
from engine.models.ruleset import Slot
from engine.models.submission import EvidenceItem
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.models.submission import Unit
from engine.quantities import deadline_day
from engine.shaping import shape
from engine.sources import load_yaml
from engine.sources import parse_csv
from engine.submissions import in_canonical_order


def load_cases(folder: Path) -> tuple[tuple[CaseFile, ...], list[Problem]]:
    """Read the cases of one ruleset folder."""
    files: list[CaseFile] = []
    problems: list[Problem] = []
    for path in sorted((folder / "cases").glob("*.yaml")):
        name = f"{folder.name}/cases/{path.name}"
        data, _, found = load_yaml(path, name)
        if data is not None:
            shaped, found = shape(CaseFile, data, name, found)
            files += [shaped] if shaped else []
        problems += found
    return tuple(files), problems


def run_cases(ruleset: Ruleset, files: tuple[CaseFile, ...]) -> Iterator[CaseResult]:
    """Run every case, in the order of the files."""
    for file in files:
        for case in file.cases:
            yield CaseResult(
                file=case.place.file,
                line=case.place.line,
                case=case.case,
                indicator=case.indicator,
                failures=tuple(_failures(ruleset, file, case)),
            )


def _failures(ruleset: Ruleset, file: CaseFile, case: Case) -> Iterator[str]:
    indicator = next((i for i in ruleset.indicators if i.id == case.indicator), None)
    if indicator is None:
        yield f"没有指标「{case.indicator}」"
        return
    if file.profile not in ruleset.profiles:
        yield f"没有评分口径「{file.profile}」"
        return
    unit = case.unit or file.unit
    head = SubmissionFile(
        unit=unit,
        period=case.period or file.period,
        as_of=case.as_of or file.as_of,
        facts=case.facts,
        ratings=case.ratings,
    )
    tables: dict[str, Table] = {}
    for name, text in case.tables.items():
        table, problems = parse_csv(text, name)
        yield from (f"{p.code}：{p.found}" for p in problems)
        if table is not None:
            tables[name] = table
    evidence = _filed(case, indicator, head)
    submission = in_canonical_order(head, evidence, tables, {}, ())
    assessment, problems_found = assess(_alone(indicator, ruleset), ruleset.profiles[file.profile], submission)
    if assessment is None:
        yield from (str(p) for p in problems_found)
        return
    finding = next(f for f in assessment.findings if f.indicator == case.indicator)
    yield from _unmet(case.expect, finding)
    aside = tuple(sorted({p.code for p in problems_found if p.severity is Severity.SET_ASIDE}))
    if aside != tuple(sorted(set(case.expect.problems))):
        yield f"退回或不计的代码：应为{'、'.join(case.expect.problems) or '无'}，实为{'、'.join(aside) or '无'}"


def _alone(indicator: Indicator, ruleset: Ruleset) -> Ruleset:
    """The ruleset with one indicator only: a case is about that one, and its shares do not depend on the others."""
    pillar = next(pillar for pillar in ruleset.pillars if indicator in pillar.indicators)
    return ruleset.model_copy(update={"pillars": (pillar.model_copy(update={"indicators": (indicator,)}),)})


def _unmet(expected: Expectation, finding: Finding) -> Iterator[str]:
    pairs: list[tuple[str, object, object]] = [
        ("有据结论", expected.outcome, finding.outcome),
        ("自报结论", expected.claimed, finding.claimed.outcome),
        ("状态", expected.phase, finding.state.phase),
        ("原因", expected.cause, finding.state.cause),
        ("日期", expected.by, finding.state.by),
        ("适用", expected.applies, finding.applicability.is_),
        ("有据已得", _in_points(expected.proven, finding), finding.substantiated.earned),
        ("自报已得", _in_points(expected.earned, finding), finding.claimed.earned),
        ("自报待定", _open_in_points(expected, finding), finding.claimed.open),
        ("自报还能补", _recoverable_in_points(expected, finding), finding.claimed.recoverable),
        ("自报已丢", _in_points(expected.lost, finding), finding.claimed.lost),
    ]
    for name, wanted, found in pairs:
        if wanted is not None and wanted != found:
            yield f"{name}：应为{wanted}，实为{found}"


def _in_points(share: Fraction | None, finding: Finding) -> int | None:
    return None if share is None else round(finding.maximum * share)


def _open_in_points(expected: Expectation, finding: Finding) -> int | None:
    """What is open is the difference of two rounded amounts: what can be reached, and what is earned."""
    if expected.open is None:
        return None
    earned = expected.earned or Fraction(0)
    return round(finding.maximum * (earned + expected.open)) - round(finding.maximum * earned)


def _recoverable_in_points(expected: Expectation, finding: Finding) -> int | None:
    """What can be mended is what is left of the maximum once what can be reached and what is lost are rounded."""
    if expected.recoverable is None:
        return None
    lost = expected.lost or Fraction(0)
    reachable = round(finding.maximum * (1 - expected.recoverable - lost))
    return finding.maximum - reachable - round(finding.maximum * lost)


def _filed(case: Case, indicator: Indicator, head: SubmissionFile) -> tuple[EvidenceItem, ...]:
    if case.evidence == "complete":
        return tuple(_complete([slot for slot in indicator.evidence if not slot.for_none], indicator, head))
    if case.evidence == "complete_with_zero_reports":
        return tuple(_complete(indicator.evidence, indicator, head))
    return case.evidence


def _complete(slots: Iterable[Slot], indicator: Indicator, head: SubmissionFile) -> Iterator[EvidenceItem]:
    """File, for every one of an indicator's slots, exactly what it asks for."""
    number = 0
    for slot in slots:
        for unit in _units_asked(indicator, slot, head.unit):
            for _ in range(slot.count):
                number += 1
                yield _item(number, indicator, slot, unit, head)


def _units_asked(indicator: Indicator, slot: Slot, unit: Unit) -> list[str | None]:
    if slot.by is None:
        return [None]
    roles = {role for p in (indicator, *indicator.elements) if p.each_member for role in p.each_member.roles}
    return [member.name for member in unit.members if set(member.roles) & roles]


def _item(number: int, indicator: Indicator, slot: Slot, unit: str | None, head: SubmissionFile) -> EvidenceItem:
    last = min(head.period.to.last, head.as_of)
    published = last
    if slot.publish_by is not None:
        published = min(deadline_day(slot.publish_by, head.period.to.last), head.as_of)
    data = {
        "id": f"E-{number:03d}",
        "title": slot.title,
        "kind": slot.kinds[0],
        "number": f"示发〔{last.year}〕{number}号",
        "issued": last.isoformat(),
        "published": published.isoformat(),
        "covers": {"from": str(head.period.from_), "to": str(head.period.to)},
        "signed_by": "示例负责人",
        "source_class": "outside",
        "url": f"https://www.example.gov.cn/{number}",
        "proves": [{"indicator": indicator.id, "slot": slot.slot, "unit": unit}],
    }
    return EvidenceItem.model_validate(data)
