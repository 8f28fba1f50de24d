"""Rule tests: each case becomes a submission, is assessed, and is held against what it expects (规则用例).

A case fails on what it expects and does not get, and on what it gets and does not expect: what a case does not name is
expected to be nothing.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from engine.assessment import assess
from engine.clauses import premises_of
from engine.models.case import AllBut
from engine.models.case import Case
from engine.models.case import CaseFile
from engine.models.case import CaseResult
from engine.models.case import ClauseCase
from engine.models.case import ClauseCaseFile
from engine.models.case import Expectation
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.result import Outcome
from engine.models.result import Phase
from engine.models.result import points_text
from engine.models.ruleset import Indicator
from engine.models.ruleset import Ruleset
from engine.models.ruleset import Slot
from engine.models.submission import EvidenceItem
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.models.submission import Table
from engine.models.submission import Unit
from engine.narrowing import connected
from engine.narrowing import named_by
from engine.narrowing import narrow
from engine.quantities import deadline_day
from engine.shaping import nearest
from engine.shaping import shape
from engine.sources import load_yaml
from engine.sources import parse_csv
from engine.submissions import in_canonical_order

CLAUSES = "clauses.yaml"
# What a run says of the rules' own dates, whatever is submitted.
OF_THE_RULES = {"NOT_YET_IN_FORCE", "EDITION_OUTSIDE", "CALENDAR_YEAR_MISSING"}


class Trial(NamedTuple):
    """One case made ready: its submission, or why there is none."""

    file: str
    case: Case | ClauseCase
    profile: str
    submission: Submission | None
    unusable: tuple[str, ...] = ()

    @property
    def indicator(self) -> str:
        """The indicator that the case is about; empty for a case about clauses."""
        return self.case.indicator if isinstance(self.case, Case) else ""


class Run(NamedTuple):
    """One case as it came out: what was judged, and every way in which it is not as expected."""

    trial: Trial
    assessment: Assessment | None
    problems: tuple[Problem, ...]
    failures: tuple[str, ...]

    @property
    def finding(self) -> Finding | None:
        """The finding that the case is about."""
        if self.assessment is None:
            return None
        return next((f for f in self.assessment.findings if f.indicator == self.trial.indicator), None)

    @property
    def result(self) -> CaseResult:
        """What is told of the run."""
        place = self.trial.case.place
        return CaseResult(
            file=place.file,
            line=place.line,
            case=self.trial.case.case,
            indicator=self.trial.indicator,
            failures=self.failures,
        )


# --- reading --------------------------------------------------------------------------------------------------------


def load_cases(folder: Path) -> tuple[tuple[CaseFile, ...], list[Problem]]:
    """Read the cases about indicators of one ruleset folder."""
    files: list[CaseFile] = []
    problems: list[Problem] = []
    for path in sorted((folder / "cases").glob("*.yaml")):
        if path.name == CLAUSES:
            continue
        name = f"{folder.name}/cases/{path.name}"
        data, _, found = load_yaml(path, name)
        if data is not None:
            shaped, found = shape(CaseFile, data, name, found)
            files += [shaped] if shaped else []
        problems += found
    return tuple(files), problems


def load_clause_cases(folder: Path) -> tuple[ClauseCaseFile | None, list[Problem]]:
    """Read the cases about clauses of one ruleset folder; ``None`` where there are none."""
    path = folder / "cases" / CLAUSES
    if not path.is_file():
        return None, []
    name = f"{folder.name}/cases/{CLAUSES}"
    data, _, problems = load_yaml(path, name)
    return shape(ClauseCaseFile, data, name, problems) if data is not None else (None, problems)


# --- running --------------------------------------------------------------------------------------------------------


def run_cases(ruleset: Ruleset, files: Iterable[CaseFile], clauses: ClauseCaseFile | None = None) -> Iterator[CaseResult]:
    """Run every case, in the order of the files."""
    yield from (run.result for run in runs_of(ruleset, trials_of(ruleset, files, clauses)))


def trials_of(ruleset: Ruleset, files: Iterable[CaseFile], clauses: ClauseCaseFile | None = None) -> tuple[Trial, ...]:
    """Make every case ready to be run."""
    indicators = {indicator.id: indicator for indicator in ruleset.indicators}
    about_clauses = [_clause_trial(ruleset, clauses, case) for case in clauses.cases] if clauses is not None else []
    return (*(_trial(ruleset, indicators, file, case) for file in files for case in file.cases), *about_clauses)


def runs_of(ruleset: Ruleset, trials: Iterable[Trial]) -> Iterator[Run]:
    """Run cases in their order, each against the part of the rules that can say anything about it."""
    trials = tuple(trials)
    alone = {
        name: rules_for(ruleset, name, [t for t in trials if t.indicator == name]) for name in {t.indicator for t in trials}
    }
    for trial in trials:
        rules = rules_for_clauses(ruleset, trial) if isinstance(trial.case, ClauseCase) else alone[trial.indicator]
        yield run_trial(rules, trial)


def rules_for(ruleset: Ruleset, indicator: str, trials: Iterable[Trial]) -> Ruleset:
    """The part of a ruleset that cases about one indicator can touch."""
    trials = tuple(trials)
    stated = {fact.measure for trial in trials for fact in trial.case.facts if fact.measure is not None}
    kinds = {incident.kind for trial in trials for incident in trial.case.incidents}
    return narrow(ruleset, {indicator}, stated, kinds)


def rules_for_clauses(ruleset: Ruleset, trial: Trial) -> Ruleset:
    """All clauses, with the indicators that they name or that a case says anything of: of the others nothing is known."""
    clauses = ruleset.clauses
    counted = {tally.count.findings for tally in clauses.tallies if tally.count.outcome not in ("NOT_MET", "PARTIAL")}
    if counted - {None} or trial.submission is None:
        return ruleset
    premises = [premise for clause in clauses.clauses for premise in premises_of(clause)]
    named = {name for p in premises for name in (p.finding, p.member_finding, p.evidence_returned)}
    named |= {tally.count.member_findings for tally in clauses.tallies}
    kept = {str(name) for name in named if name} | _spoken_of(ruleset, trial.submission)
    stated = {fact.measure for fact in trial.case.facts if fact.measure is not None}
    rules = narrow(ruleset, kept, stated, clauses.incident_kinds)
    profiles = {
        name: profile.model_copy(update={"clauses": ruleset.profiles[name].clauses})
        for name, profile in rules.profiles.items()
    }
    return rules.model_copy(update={"clauses": clauses, "profiles": profiles})


def _spoken_of(ruleset: Ruleset, submission: Submission) -> set[str]:
    """The indicators that facts or evidence say anything of."""
    stated = {fact.measure for fact in submission.head.facts if fact.measure is not None}
    touched = connected(stated, ruleset.measures)
    claimed = {fact.element.partition(".")[0] for fact in submission.head.facts if fact.element is not None}
    proven = {proof.indicator for item in submission.evidence for proof in item.proves}
    named = {name for incident in submission.head.incidents for name in incident.indicators}
    named |= {name for finding in submission.head.earlier_findings for name in finding.indicators}
    return claimed | proven | named | {i.id for i in ruleset.indicators if touched & set(named_by(i))}


def run_trial(ruleset: Ruleset, trial: Trial) -> Run:
    """Assess the submission of one case and hold the result against what the case expects."""
    if trial.submission is None:
        return Run(trial, None, (), trial.unusable)
    assessment, problems = assess(ruleset, ruleset.profiles[trial.profile], trial.submission)
    if assessment is None:
        return Run(trial, None, problems, tuple(str(p) for p in problems))
    run = Run(trial, assessment, problems, ())
    unmet = _unmet_clauses(trial.case, assessment) if isinstance(trial.case, ClauseCase) else _unmet(trial.case, run)
    return run._replace(failures=(*unmet, *_unmet_problems(trial.case, problems)))


# --- making ready ---------------------------------------------------------------------------------------------------


def _trial(ruleset: Ruleset, indicators: dict[str, Indicator], file: CaseFile, case: Case) -> Trial:
    trial = Trial(case.place.file, case, file.profile, None)
    indicator = indicators.get(case.indicator)
    if indicator is None:
        return trial._replace(unusable=(f"没有指标「{case.indicator}」",))
    if file.profile not in ruleset.profiles:
        return trial._replace(unusable=(f"没有评分口径「{file.profile}」",))
    strange = _strange_slots(case, indicator)
    tables, unread = _tables_of(case)
    if strange or unread:
        return trial._replace(unusable=(*strange, *unread))
    head = SubmissionFile(
        unit=case.unit or file.unit,
        period=case.period or file.period,
        as_of=case.as_of or file.as_of,
        facts=case.facts,
        ratings=case.ratings,
        incidents=case.incidents,
    )
    return trial._replace(submission=in_canonical_order(head, _filed(case, indicator, head), tables, {}, ()))


def _clause_trial(ruleset: Ruleset, file: ClauseCaseFile, case: ClauseCase) -> Trial:
    trial = Trial(case.place.file, case, file.profile, None)
    if file.profile not in ruleset.profiles:
        return trial._replace(unusable=(f"没有评分口径「{file.profile}」",))
    tables, unread = _tables_of(case)
    if unread:
        return trial._replace(unusable=unread)
    head = SubmissionFile(
        unit=case.unit or file.unit,
        period=case.period or file.period,
        as_of=case.as_of or file.as_of,
        facts=case.facts,
        incidents=case.incidents,
        declarations=case.declarations,
    )
    return trial._replace(submission=in_canonical_order(head, case.evidence, tables, {}, ()))


def _tables_of(case: Case | ClauseCase) -> tuple[dict[str, Table], tuple[str, ...]]:
    tables: dict[str, Table] = {}
    unread: list[str] = []
    for name, text in case.tables.items():
        table, problems = parse_csv(text, name)
        unread += [f"{p.code}：{p.found}" for p in problems]
        if table is not None:
            tables[name] = table
    return tables, tuple(unread)


def _strange_slots(case: Case, indicator: Indicator) -> tuple[str, ...]:
    known = [slot.slot for slot in indicator.evidence]
    left_out = case.evidence.without if isinstance(case.evidence, AllBut) else ()
    return tuple(f"没有佐证要求「{name}」。{nearest(name, known)}" for name in left_out if name not in known)


def _filed(case: Case, indicator: Indicator, head: SubmissionFile) -> tuple[EvidenceItem, ...]:
    if isinstance(case.evidence, AllBut):
        left_out, zeros = case.evidence.without, case.evidence.zero_reports
        asked = [s for s in indicator.evidence if s.slot not in left_out and (zeros or not s.for_none)]
        return complete_evidence(indicator, asked, head)
    if case.evidence == "complete":
        return complete_evidence(indicator, [slot for slot in indicator.evidence if not slot.for_none], head)
    if case.evidence == "complete_with_zero_reports":
        return complete_evidence(indicator, indicator.evidence, head)
    return case.evidence


def complete_evidence(indicator: Indicator, slots: Iterable[Slot], head: SubmissionFile) -> tuple[EvidenceItem, ...]:
    """File, for every one of some slots, exactly what it asks for."""
    wanted = [(slot, unit) for slot in slots for unit in _units_asked(indicator, slot, head.unit) for _ in range(slot.count)]
    return tuple(_item(number, indicator, slot, unit, head) for number, (slot, unit) in enumerate(wanted, 1))


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


# --- holding against what is expected -------------------------------------------------------------------------------


def _unmet_problems(case: Case | ClauseCase, problems: Iterable[Problem]) -> Iterator[str]:
    found = tuple(sorted({p.code for p in problems if p.severity is not Severity.REFUSED} - OF_THE_RULES))
    if found != tuple(sorted(set(case.expect.problems))):
        yield f"退回、不计和要核对的代码：应为{'、'.join(case.expect.problems) or '无'}，实为{'、'.join(found) or '无'}"


def _unmet(case: Case, run: Run) -> Iterator[str]:
    finding, expected = run.finding, _filled_in(case.expect)
    if finding is None:
        yield f"没有指标「{case.indicator}」的结论"
        return
    yield from _unmet_finding(expected, finding)
    if not _is_expected(finding.state.phase, expected):
        named = expected.phase or "、".join(phase.value for phase in _phases_meant(expected))
        yield f"状态：应为{named}，实为{finding.state.phase}"
    fired = sorted({c.clause for c in run.assessment.conclusions}) if run.assessment is not None else []
    if fired != sorted(set(expected.conclusions)):
        yield f"条款：应为{'、'.join(expected.conclusions) or '无'}，实为{'、'.join(fired) or '无'}"


def _unmet_finding(expected: Expectation, finding: Finding) -> Iterator[str]:
    pairs: list[tuple[str, object, object]] = [
        ("有据结论", expected.outcome, finding.outcome),
        ("自报结论", expected.claimed, finding.claimed.outcome),
        ("有据已得", _in_points(expected.proven, finding), finding.substantiated.earned),
        ("自报已得", _in_points(expected.earned, finding), finding.claimed.earned),
        ("自报待定", _open_in_points(expected, finding), finding.claimed.open),
        ("自报还能补", _recoverable_in_points(expected, finding), finding.claimed.recoverable),
        ("自报已丢", _in_points(expected.lost, finding), finding.claimed.lost),
        ("原因", expected.cause, finding.state.cause),
        ("日期", expected.by, finding.state.by),
    ]
    if expected.applies is not None:
        pairs.append(("适用", expected.applies, finding.applicability.is_))
    for name, wanted, found in pairs:
        if wanted != found:
            yield f"{name}：应为{'无' if wanted is None else wanted}，实为{'无' if found is None else found}"


def _filled_in(expected: Expectation) -> Expectation:
    """An expectation with everything that follows from what it names."""
    claimed = expected.claimed or expected.outcome
    zero, one = Fraction(0), Fraction(1)
    earned = expected.earned if expected.earned is not None else one if claimed is Outcome.MET else zero
    proven = expected.proven
    if proven is None:
        proven = {Outcome.MET: one, Outcome.PARTIAL: earned}.get(expected.outcome, zero)
    return expected.model_copy(
        update={
            "claimed": claimed,
            "earned": earned,
            "proven": proven,
            "open": expected.open or zero,
            "recoverable": expected.recoverable or zero,
            "lost": expected.lost or zero,
        }
    )


def _is_expected(phase: Phase, expected: Expectation) -> bool:
    return phase is expected.phase if expected.phase is not None else phase in _phases_meant(expected)


def _phases_meant(expected: Expectation) -> tuple[Phase, ...]:
    """The states that an expectation without one can only mean; those that call for something to be done must be named."""
    if expected.claimed is Outcome.NOT_APPLICABLE:
        return (Phase.NONE,)
    if expected.earned == 1:
        return (Phase.MET,)
    return (Phase.LOCKED_LOSS, Phase.OUT_OF_REACH) if expected.lost else (Phase.UNKNOWN,)


def _in_points(share: Fraction | None, finding: Finding) -> int:
    return round(finding.maximum * (share or Fraction(0)))


def _open_in_points(expected: Expectation, finding: Finding) -> int:
    """What is open is the difference of two rounded amounts: what can be reached, and what is earned."""
    earned, still = expected.earned or Fraction(0), expected.open or Fraction(0)
    return round(finding.maximum * (earned + still)) - round(finding.maximum * earned)


def _recoverable_in_points(expected: Expectation, finding: Finding) -> int:
    """What can be mended is what is left of the maximum once what can be reached and what is lost are rounded."""
    earned, still = expected.earned or Fraction(0), expected.open or Fraction(0)
    return finding.maximum - round(finding.maximum * (earned + still)) - _in_points(expected.lost, finding)


def _unmet_clauses(case: ClauseCase, assessment: Assessment) -> Iterator[str]:
    expected, score = case.expect, assessment.score
    wanted = sorted({(fired.clause, fired.unit or "") for fired in expected.conclusions})
    found = sorted({(conclusion.clause, conclusion.unit or "") for conclusion in assessment.conclusions})
    missing, surplus = [c for c in wanted if c not in found], [c for c in found if c not in wanted]
    if missing:
        yield f"应触发而没有触发：{'、'.join(map(_clause_text, missing))}"
    if surplus:
        yield f"没有预期而触发了：{'、'.join(map(_clause_text, surplus))}"
    pairs: list[tuple[str, object, object]] = [
        ("能不能报", expected.qualified, score.qualified),
        ("罚扣", _points_in_text(expected.penalty), score.penalty["points"]),
        ("附加项", _points_in_text(expected.bonus), score.bonus["claimed"]),
    ]
    yield from (f"{name}：应为{want}，实为{got}" for name, want, got in pairs if want is not None and want != got)


def _clause_text(fired: tuple[str, str]) -> str:
    return f"{fired[0]}（{fired[1]}）" if fired[1] else fired[0]


def _points_in_text(points: Fraction | None) -> str | None:
    return None if points is None else points_text(round(points * 1000))
