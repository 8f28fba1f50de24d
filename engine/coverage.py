"""What the cases of a ruleset reach, and what none of them does (用例覆盖).

In: a ruleset and its cases as they came out. Out: for every indicator, for the clauses and for the whole, the things that
cases should reach and those that they do. Only cases that came out as expected count: the others show nothing yet.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.cases import Run
from engine.models import ruleset as model
from engine.models.measured import Cause
from engine.models.problem import CODES
from engine.models.problem import Severity
from engine.models.result import ElementShown
from engine.models.result import Finding
from engine.models.result import Outcome
from engine.models.result import Phase
from engine.models.ruleset import Award
from engine.models.ruleset import Clock
from engine.models.ruleset import Indicator
from engine.models.ruleset import Kind
from engine.models.ruleset import Need
from engine.models.ruleset import Ruleset
from engine.models.ruleset import Slot
from engine.rule_parts import probes_of

WHOLE, CLAUSES = "全部", "条款"
# Forms that lose piece by piece, so that a loss may leave the rest open.
PIECEWISE = {Award.SHARE, Award.ELEMENTS, Award.DEDUCT_EACH, Award.RATED}


class Covered(NamedTuple):
    """One kind of thing in one indicator: what there is, and what some case reaches, in the order of what there is."""

    subject: str
    kind: str
    wanted: tuple[str, ...]
    reached: frozenset[str]

    @property
    def missed(self) -> tuple[str, ...]:
        """What no case reaches."""
        return tuple(name for name in self.wanted if name not in self.reached)


def cover(ruleset: Ruleset, runs: Iterable[Run]) -> tuple[Covered, ...]:
    """Hold what cases reach against what there is: per indicator, for clauses and tallies, and over everything."""
    shown = [run for run in runs if not run.failures]
    findings: dict[str, list[tuple[str, Finding]]] = {}
    for run in shown:
        if run.finding is not None:
            findings.setdefault(run.trial.indicator, []).append((run.trial.profile, run.finding))
    return (
        *(
            c
            for indicator in ruleset.indicators
            for c in _cover_indicator(indicator, ruleset, findings.get(indicator.id, []))
        ),
        *_cover_clauses(ruleset, shown),
        *_cover_whole(shown),
    )


# --- one indicator --------------------------------------------------------------------------------------------------


def _cover_indicator(indicator: Indicator, ruleset: Ruleset, findings: list[tuple[str, Finding]]) -> Iterator[Covered]:
    found = [finding for _, finding in findings]
    if indicator.kind is Kind.MONITORED:
        return
    shares = [share for profile in sorted({p for p, _ in findings}) for share in _shares_of(indicator, ruleset, profile)]
    bands = tuple(dict.fromkeys(["满分", *shares, "零分"]))
    yield Covered(indicator.id, "档次", bands, frozenset(name for f in found for name in _bands_reached(f)))
    elements = tuple(f"{element.key} {word}" for element in indicator.elements for word in ("达标", "不达标"))
    if elements:
        told = frozenset(name for f in found for element in f.elements for name in _element_reached(element))
        yield Covered(indicator.id, "要素", elements, told)
    slots = tuple(f"{slot.slot} {word}" for slot in indicator.evidence for word in ("受理", "没有"))
    yield Covered(indicator.id, "佐证", slots, frozenset(name for f in found for name in _slots_reached(f)))
    codes = tuple(sorted({code for slot in indicator.evidence for code in _codes_of(slot)}))
    returned = frozenset(code for f in found for slot in f.slots for code in slot.codes)
    yield Covered(indicator.id, "退回代码", codes, returned)
    phases = tuple(phase.value for phase in _phases_of(indicator))
    yield Covered(indicator.id, "状态", phases, frozenset(f.state.phase.value for f in found))
    causes = tuple(cause.value for cause in _causes_of(indicator, ruleset))
    yield Covered(indicator.id, "待核原因", causes, frozenset(f.state.cause.value for f in found if f.state.cause))


def _shares_of(indicator: Indicator, ruleset: Ruleset, profile: str) -> Iterator[str]:
    """The lower bands of an indicator; of every other form that has a middle, that something in the middle is reached."""
    credit = ruleset.profiles[profile].credit.get(indicator.id, model.Credit())
    yield from (_band_text(band.share) for band in credit.bands)
    if indicator.award not in (Award.ALL_OR_NOTHING, Award.BANDS):
        yield "部分"


def _band_text(share: Fraction) -> str:
    return f"{share}档"


def _bands_reached(finding: Finding) -> Iterator[str]:
    claimed = finding.claimed
    if claimed.outcome is Outcome.MET:
        yield "满分"
    if claimed.outcome is Outcome.NOT_MET:
        yield "零分"
    if claimed.outcome is Outcome.PARTIAL:
        yield "部分"
        if claimed.open == 0 and finding.maximum:
            yield _band_text(Fraction(claimed.earned, finding.maximum))


def _element_reached(element: ElementShown) -> Iterator[str]:
    if element.earned == 1:
        yield f"{element.key} 达标"
    if element.earned == 0 and element.open == 0:
        yield f"{element.key} 不达标"


def _slots_reached(finding: Finding) -> Iterator[str]:
    words = {"accepted": "受理", "missing": "没有"}
    yield from (f"{slot.slot} {words[slot.status]}" for slot in finding.slots if slot.status in words)


def _codes_of(slot: Slot) -> Iterator[str]:
    """The codes with which a slot's own demands return what is filed; those of every item are looked at over the whole."""
    if slot.in_force:
        yield "E14"
    if slot.publish_by is not None:
        yield "E11"
    if slot.period == "every_year":
        yield "E01"
    demands = {Need.NUMBER: "E03", Need.SIGNATURE: "E04", Need.PUBLIC_URL: "E10", Need.OUTSIDE: "E06"}
    yield from (demands[need] for need in slot.needs)


def _phases_of(indicator: Indicator) -> Iterator[Phase]:
    """The states that an indicator can be in, by its clocks, its form and its remedy."""
    clocks = {indicator.clock, *(element.clock for element in indicator.elements if element.clock)}
    mendable = bool(clocks - {Clock.PER_RECORD, Clock.TRIGGERED, Clock.NEVER}) or indicator.remedy.can_fix_past
    yield from (Phase.MET, Phase.UNKNOWN)
    if clocks - {Clock.DEADLINE}:
        yield Phase.ON_TRACK
    if mendable:
        yield Phase.AT_RISK
    if not indicator.remedy.can_fix_past:
        yield Phase.OUT_OF_REACH
        if indicator.award in PIECEWISE:
            yield Phase.LOCKED_LOSS
    if clocks <= {Clock.DEADLINE}:
        yield Phase.NOT_YET_DUE
    if any(slot.for_none for slot in indicator.evidence) and not _stays_without_cases(indicator):
        yield Phase.NOT_TRIGGERED


def _stays_without_cases(indicator: Indicator) -> bool:
    """Whether some element is judged even where nothing happened, so that the indicator always applies."""
    return any(element.measure is None for element in indicator.elements)


def _causes_of(indicator: Indicator, ruleset: Ruleset) -> Iterator[Cause]:
    """Why an indicator may not be known, as far as its own measures, clocks and proofs can bring it about."""
    probes = list(probes_of(indicator))
    measures = [ruleset.measures[probe.measure] for probe in probes if probe.measure]
    clocks = {indicator.clock, *(element.clock for element in indicator.elements if element.clock)}
    yield Cause.NOT_MENTIONED
    if indicator.evidence:
        yield Cause.NO_PROOF
    if measures:
        yield Cause.NUMBER_MISSING
    if any(probe.clues for probe in probes):
        yield Cause.WRONG_MEASURE
    if any(isinstance(measure, model.Share) and measure.when_none_due is not model.NoneDue.MET for measure in measures):
        yield Cause.NONE_DUE
    if clocks & {Clock.CUMULATIVE, Clock.PER_RECORD, Clock.NEVER, Clock.TRIGGERED}:
        yield Cause.NOT_YET_DECIDED


# --- clauses and the whole ------------------------------------------------------------------------------------------


def _cover_clauses(ruleset: Ruleset, runs: list[Run]) -> Iterator[Covered]:
    conclusions = [c for run in runs if run.assessment is not None for c in run.assessment.conclusions]
    if ruleset.clauses.clauses:
        fired = frozenset(conclusion.clause for conclusion in conclusions)
        yield Covered(CLAUSES, "条款", tuple(clause.id for clause in ruleset.clauses.clauses), fired)
    if ruleset.clauses.tallies:
        because = {text for conclusion in conclusions for text in conclusion.because}
        reached = frozenset(tally.id for tally in ruleset.clauses.tallies if tally.title in because)
        yield Covered(CLAUSES, "计数", tuple(tally.id for tally in ruleset.clauses.tallies), reached)


def _cover_whole(runs: list[Run]) -> Iterator[Covered]:
    """What only all cases together are asked to reach: every code, every state, every cause."""
    # What is said of the parts of a campaign is said before any rule is asked.
    codes = tuple(
        code for code, (severity, _) in CODES.items() if severity is Severity.SET_ASIDE and not code.startswith("PART_")
    )
    yield Covered(WHOLE, "代码", codes, frozenset(p.code for run in runs for p in run.problems))
    found = [run.finding for run in runs if run.finding is not None]
    yield Covered(WHOLE, "状态", tuple(phase.value for phase in Phase), frozenset(f.state.phase.value for f in found))
    causes = frozenset(f.state.cause.value for f in found if f.state.cause is not None)
    yield Covered(WHOLE, "待核原因", tuple(cause.value for cause in Cause), causes)
    yield Covered(WHOLE, "结论", tuple(outcome.value for outcome in Outcome), frozenset(f.outcome.value for f in found))
