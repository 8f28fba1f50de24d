"""What rule tests and the verification of rules found: for people, and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from engine.coverage import Covered
from engine.models.case import CaseResult
from engine.models.record import Place
from engine.mutation import Verdict
from engine.rendering.layout import columns_of
from engine.rendering.submission_text import render_submission
from engine.verification import Fault


class TestReport(NamedTuple):
    """Everything that one call of ``rules test`` was asked for; what was not asked for is ``None``."""

    results: tuple[CaseResult, ...]
    untested: tuple[str, ...]
    coverage: tuple[Covered, ...] | None = None
    verdicts: tuple[Verdict, ...] | None = None

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that did not come out as expected."""
        return tuple(result for result in self.results if result.failures)

    @property
    def survivors(self) -> tuple[Verdict, ...]:
        """The changes that no case noticed."""
        return tuple(verdict for verdict in self.verdicts or () if verdict.survived)


def render_tests(report: TestReport, form: str) -> str:
    """Rule tests in one of the forms."""
    return _written(_tests_as_data(report)) if form == "json" else "\n".join(_test_lines(report)) + "\n"


def _test_lines(report: TestReport) -> Iterator[str]:
    for failed in report.failed:
        yield f"{failed.file}:{failed.line} {failed.indicator} {failed.case}".replace("  ", " ")
        yield from (f"    {failure}" for failure in failed.failures)
    if report.untested:
        yield f"没有用例的指标：{'、'.join(report.untested)}"
    if report.coverage is not None:
        yield from _coverage_lines(report.coverage)
    if report.verdicts is not None:
        yield from _mutation_lines(report)
    number = len(report.results)
    yield f"{number}个用例，合{number - len(report.failed)}，不合{len(report.failed)}"


def _coverage_lines(coverage: Iterable[Covered]) -> Iterator[str]:
    coverage = tuple(coverage)
    yield "没有用例够到的："
    missing = False
    for covered in coverage:
        if covered.missed:
            missing = True
            yield f"  {covered.subject} {covered.kind}：{'、'.join(covered.missed)}"
    if not missing:
        yield "  没有"
    rows = [[kind, str(reached), str(wanted)] for kind, reached, wanted in totals_of(coverage)]
    yield from columns_of(rows, ["覆盖", "够到", "共"], right=(1, 2))


def totals_of(coverage: Iterable[Covered]) -> Iterator[tuple[str, int, int]]:
    """Per kind of thing, how much cases reach and how much there is."""
    wanted: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for covered in coverage:
        wanted[covered.kind] += len(covered.wanted)
        missed[covered.kind] += len(covered.missed)
    yield from ((kind, wanted[kind] - missed[kind], wanted[kind]) for kind in wanted)


def _mutation_lines(report: TestReport) -> Iterator[str]:
    verdicts = report.verdicts or ()
    for survivor in report.survivors:
        yield f"{survivor.place}: {survivor.subject} 改了没有用例发现：{survivor.change}"
        yield f"    {survivor.suggestion}"
    spared = Counter(verdict.spared for verdict in verdicts if verdict.spared)
    for reason, number in sorted(spared.items()):
        yield f"没有试的{number}处，改了也没有不同：{reason}"
    tried = len(verdicts) - sum(spared.values())
    yield f"{tried}处改动，发现{tried - len(report.survivors)}，没有发现{len(report.survivors)}"


def _tests_as_data(report: TestReport) -> dict[str, Any]:
    data: dict[str, Any] = {
        "format": "fazhi/rule-tests/1",
        "cases": len(report.results),
        "failed": [result.model_dump(mode="json") for result in report.failed],
        "untested": list(report.untested),
    }
    if report.coverage is not None:
        data["coverage"] = {
            "totals": {kind: {"reached": reached, "of": of} for kind, reached, of in totals_of(report.coverage)},
            "missed": [
                {"subject": c.subject, "kind": c.kind, "missed": list(c.missed), "of": len(c.wanted)}
                for c in report.coverage
                if c.missed
            ],
        }
    if report.verdicts is not None:
        data["mutants"] = [_verdict_as_data(verdict) for verdict in report.verdicts]
    return data


def _verdict_as_data(verdict: Verdict) -> dict[str, Any]:
    outcome = "spared" if verdict.spared else "survived" if verdict.survived else "killed"
    told = {"change": verdict.change, "outcome": outcome, "killed_by": verdict.killed_by, "reason": verdict.spared}
    return {
        "subject": verdict.subject,
        "kind": verdict.kind,
        **_where(verdict.place),
        **told,
        "suggestion": verdict.suggestion if verdict.survived else "",
    }


def render_faults(faults: tuple[Fault, ...], examined: str, form: str) -> str:
    """What a verification found, in one of the forms."""
    if form == "json":
        return _written({"format": "fazhi/rule-verification/1", "examined": examined, "faults": [*map(_fault_data, faults)]})
    lines = [line for fault in faults for line in _fault_lines(fault)]
    total = f"共{len(faults)}处，请逐处核对" if faults else "没有发现问题"
    return "\n".join([*lines, f"{examined}：{total}"]) + "\n"


def _fault_lines(fault: Fault) -> Iterator[str]:
    yield f"{fault.place}: {fault.check} {fault.subject} {fault.found}"
    yield f"    {fault.remedy}"
    if fault.example is not None:
        yield "    填报："
        yield from (f"      {line}" for line in render_submission(fault.example).splitlines())


def _fault_data(fault: Fault) -> dict[str, Any]:
    example = render_submission(fault.example) if fault.example is not None else None
    told = {"check": fault.check, "subject": fault.subject, **_where(fault.place)}
    return {**told, "found": fault.found, "remedy": fault.remedy, "submission": example}


def _where(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
