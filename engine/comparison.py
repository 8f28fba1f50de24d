"""Two runs held side by side (比较): what changed, and how much of it facts, evidence, rules, profile and date brought.

Every mixture of the two runs' inputs is judged; what a factor brought is its effect averaged over all orders in which the
factors can be exchanged. The parts add up to the whole exactly.
"""

from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Any
from typing import NamedTuple

from engine.assessment import assess
from engine.models.comparison import Amounts
from engine.models.comparison import Comparison
from engine.models.comparison import Contribution
from engine.models.comparison import Factor
from engine.models.comparison import FindingChange
from engine.models.comparison import GapChange
from engine.models.comparison import RunNamed
from engine.models.migration import Migration
from engine.models.problem import Problem
from engine.models.result import Assessment
from engine.models.result import Finding
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.submission import EvidenceItem
from engine.models.submission import Submission
from engine.models.submission import SubmissionFile
from engine.rulesets import check_ruleset
from engine.sources import digest_of
from engine.submissions import in_canonical_order

FIGURES = tuple(Amounts.model_fields)


class Basis(NamedTuple):
    """Everything that one run was made from."""

    ruleset: Ruleset
    profile: Profile
    submission: Submission
    as_of: date
    run: str = ""


class _Factor(NamedTuple):
    """One thing that can be exchanged: its names, and how a basis takes it over from another one."""

    name: Factor
    take: Callable[[Basis, Basis], Basis]


def compare(bases: tuple[Basis, ...]) -> tuple[Comparison | None, list[Problem]]:
    """Compare the last of some runs with the first; those between tell which gaps were closed and came back."""
    results: list[Assessment] = []
    for basis in bases:
        assessment, problems = _judged(basis)
        if assessment is None:
            return None, list(problems)
        results.append(assessment)
    before, after = bases[0], bases[-1]
    split, merged_because = _split(before, after)
    names = _Names(before.ruleset, after.ruleset)
    return (
        Comparison(
            before=_named(before, results[0]),
            after=_named(after, results[-1]),
            change=_minus(_figures(results[-1]), _figures(results[0])),
            split=split,
            merged_because=merged_because,
            findings=tuple(_finding_changes(results[0], results[-1], names)),
            gaps=tuple(_gap_changes(bases, results)),
        ),
        [],
    )


def _judged(basis: Basis) -> tuple[Assessment | None, tuple[Problem, ...]]:
    return assess(basis.ruleset, basis.profile, basis.submission, basis.as_of)


def _named(basis: Basis, assessment: Assessment) -> RunNamed:
    return RunNamed(
        unit=assessment.submission.unit,
        ruleset=f"{basis.ruleset.header.id}@{basis.ruleset.header.revision}",
        profile=basis.profile.id,
        judged=basis.as_of.isoformat(),
        run=basis.run,
        earned=assessment.score.substantiated.earned,
        reachable=assessment.score.substantiated.reachable,
    )


# --- what brought the change ----------------------------------------------------------------------------------------


def _take_facts(basis: Basis, other: Basis) -> Basis:
    head = _renamed_head(other.submission.head, _Names(other.ruleset, basis.ruleset))
    return basis._replace(submission=_mixed(head, other.submission, basis.submission))


def _take_evidence(basis: Basis, other: Basis) -> Basis:
    names = _Names(other.ruleset, basis.ruleset)
    items = tuple(_renamed_item(item, names) for item in other.submission.evidence)
    renamed = other.submission.model_copy(update={"evidence": items})
    return basis._replace(submission=_mixed(basis.submission.head, basis.submission, renamed))


def _take_rules(basis: Basis, other: Basis) -> Basis:
    names = _Names(basis.ruleset, other.ruleset)
    head = _renamed_head(basis.submission.head, names)
    items = tuple(_renamed_item(item, names) for item in basis.submission.evidence)
    own = basis.submission.model_copy(update={"evidence": items})
    return basis._replace(ruleset=other.ruleset, submission=_mixed(head, own, own))


def _take_profile(basis: Basis, other: Basis) -> Basis:
    return basis._replace(profile=other.profile)


def _take_date(basis: Basis, other: Basis) -> Basis:
    return basis._replace(as_of=other.as_of)


def _in_turn(*takes: Callable[[Basis, Basis], Basis]) -> Callable[[Basis, Basis], Basis]:
    def take(basis: Basis, other: Basis) -> Basis:
        for one in takes:
            basis = one(basis, other)
        return basis

    return take


FACTS, EVIDENCE = _Factor("facts", _take_facts), _Factor("evidence", _take_evidence)
RULES, PROFILE, DATE = _Factor("rules", _take_rules), _Factor("profile", _take_profile), _Factor("date", _take_date)
RULES_AND_PROFILE = _Factor("rules_and_profile", _in_turn(_take_rules, _take_profile))
# Rules first: what else is taken over is then called as the new rules call it.
INPUTS = _Factor("inputs", _in_turn(_take_rules, _take_profile, _take_facts, _take_evidence))

# From the finest split to the coarsest, with the reason for which a finer one can be impossible.
SPLITS: tuple[tuple[tuple[_Factor, ...], str | None], ...] = (
    ((FACTS, EVIDENCE, RULES, PROFILE, DATE), None),
    ((FACTS, EVIDENCE, RULES_AND_PROFILE, DATE), "两次的指标不同，一次的口径套不上另一次的规则，规则和口径合在一起算"),
    ((INPUTS, DATE), "一次的填报在另一次的规则下不能用，填报、材料、规则和口径合在一起算"),
)


def _split(before: Basis, after: Basis) -> tuple[tuple[Contribution, ...], str | None]:
    for factors, because in SPLITS:
        changing = [factor for factor in factors if not _is_alike(factor, before, after)]
        values = _values(changing, before, after)
        if values is not None:
            return tuple(_contributions(changing, values)), because
    raise AssertionError("the coarsest split exchanges both runs whole, and both were judged")


def _is_alike(factor: _Factor, before: Basis, after: Basis) -> bool:
    """Whether taking a factor over changes nothing that is judged."""
    return _content(factor.take(before, after)) == _content(before)


def _content(basis: Basis) -> tuple[object, ...]:
    rules = basis.ruleset.model_copy(update={"profiles": {}, "digest": "", "migrations": {}})
    # Which rules and which day a submission asks for is not what it reports.
    head = basis.submission.head.model_copy(update={"as_of": date.min, "ruleset": None, "profile": None, "note": None})
    plain = basis.submission.model_copy(update={"head": head, "inputs": (), "digest": ""})
    return digest_of(rules), digest_of(basis.profile), digest_of(plain), basis.as_of


def _values(factors: list[_Factor], before: Basis, after: Basis) -> dict[frozenset[str], tuple[int, ...]] | None:
    """The figures of every mixture; ``None`` where one of them cannot be judged."""
    values: dict[frozenset[str], tuple[int, ...]] = {}
    for size in range(len(factors) + 1):
        for taken in combinations(factors, size):
            mixture = before
            for factor in sorted(taken, key=lambda f: f.name != "rules"):
                mixture = factor.take(mixture, after)
            own = mixture.ruleset.model_copy(update={"profiles": {mixture.profile.id: mixture.profile}})
            if _does_not_fit(own, mixture.profile):
                return None
            assessment, _ = _judged(mixture)
            if assessment is None:
                return None
            values[frozenset(factor.name for factor in taken)] = _as_tuple(_figures(assessment))
    return values


def _does_not_fit(ruleset: Ruleset, profile: Profile) -> bool:
    header = ruleset.header.model_copy(update={"default_profile": profile.id})
    return bool(check_ruleset(ruleset.model_copy(update={"header": header})))


def _contributions(factors: list[_Factor], values: dict[frozenset[str], tuple[int, ...]]) -> Iterator[Contribution]:
    """The Shapley value of each factor, rounded so that the parts still add up."""
    names = [factor.name for factor in factors]
    exact = {name: _average_effect(name, names, values) for name in names}
    whole = [a - b for a, b in zip(values[frozenset(names)], values[frozenset()], strict=True)]
    rounded = [_to_thousandths([exact[name][i] for name in names], whole[i]) for i in range(len(FIGURES))]
    for number, factor in enumerate(factors):
        brought = Amounts(**{figure: rounded[i][number] for i, figure in enumerate(FIGURES)})
        yield Contribution(factor=factor.name, brought=brought)


def _average_effect(name: str, names: list[Any], values: dict[frozenset[str], tuple[int, ...]]) -> list[Fraction]:
    others = [other for other in names if other != name]
    effect = [Fraction(0)] * len(FIGURES)
    for size in range(len(others) + 1):
        weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(names)))
        for taken in combinations(others, size):
            with_it, without = values[frozenset([*taken, name])], values[frozenset(taken)]
            effect = [e + weight * (a - b) for e, a, b in zip(effect, with_it, without, strict=True)]
    return effect


def _to_thousandths(exact: list[Fraction], whole: int) -> list[int]:
    """Whole thousandths that add up: cut, then what is left to the largest remainders, ties in the order given."""
    cut = [value.numerator // value.denominator for value in exact]
    order = sorted(range(len(exact)), key=lambda i: (cut[i] - exact[i], i))
    for i in order[: whole - sum(cut)]:
        cut[i] += 1
    return cut


def _figures(assessment: Assessment) -> Amounts:
    score = assessment.score
    return Amounts(
        claimed_earned=score.claimed.earned,
        claimed_reachable=score.claimed.reachable,
        substantiated_earned=score.substantiated.earned,
        substantiated_reachable=score.substantiated.reachable,
        maximum=score.maximum,
    )


def _as_tuple(amounts: Amounts) -> tuple[int, ...]:
    return tuple(getattr(amounts, figure) for figure in FIGURES)


def _minus(after: Amounts, before: Amounts) -> Amounts:
    return Amounts(**{figure: getattr(after, figure) - getattr(before, figure) for figure in FIGURES})


# --- mixing inputs --------------------------------------------------------------------------------------------------


class _Names:
    """What the indicators of one ruleset are called in another, by whichever of the two holds the map."""

    def __init__(self, here: Ruleset, there: Ruleset) -> None:
        self._onward: Migration | None = there.migrations.get(here.header.id)
        self._back: Migration | None = here.migrations.get(there.header.id)

    def of(self, indicator: str) -> str:
        if self._onward is not None:
            return self._onward.to_here(indicator)
        return self._back.from_here(indicator) if self._back is not None else indicator


def _mixed(head: SubmissionFile, facts_of: Submission, evidence_of: Submission) -> Submission:
    """The facts of one submission with the evidence of another; what cites evidence that is not there cites nothing."""
    there = {item.id for item in evidence_of.evidence}
    plain = head.model_copy(
        update={
            "facts": tuple(_citing(fact, there) for fact in head.facts),
            "incidents": tuple(_citing(incident, there) for incident in head.incidents),
            "earlier_findings": tuple(_citing(finding, there) for finding in head.earlier_findings),
            "declarations": tuple(_citing(declaration, there) for declaration in head.declarations),
            "evidence": (),
        }
    )
    return in_canonical_order(plain, evidence_of.evidence, facts_of.tables, evidence_of.files, facts_of.inputs)


def _citing(entry: Any, there: set[str]) -> Any:
    events = getattr(entry, "events", None)
    changed: dict[str, Any] = {"evidence": tuple(name for name in entry.evidence if name in there)}
    if events:
        changed["events"] = tuple(_citing(event, there) for event in events)
    return entry.model_copy(update=changed)


def _renamed_head(head: SubmissionFile, names: _Names) -> SubmissionFile:
    """A submission's statements with the indicators called as another ruleset calls them."""

    def element(name: str | None) -> str | None:
        if name is None:
            return None
        indicator, _, key = name.partition(".")
        return f"{names.of(indicator)}.{key}"

    return head.model_copy(
        update={
            "facts": tuple(fact.model_copy(update={"element": element(fact.element)}) for fact in head.facts),
            "incidents": tuple(
                incident.model_copy(update={"indicators": tuple(names.of(name) for name in incident.indicators)})
                for incident in head.incidents
            ),
            "earlier_findings": tuple(
                finding.model_copy(update={"indicators": tuple(names.of(name) for name in finding.indicators)})
                for finding in head.earlier_findings
            ),
            "ratings": tuple(rating.model_copy(update={"indicator": names.of(rating.indicator)}) for rating in head.ratings),
        }
    )


def _renamed_item(item: EvidenceItem, names: _Names) -> EvidenceItem:
    proves = tuple(proof.model_copy(update={"indicator": names.of(proof.indicator)}) for proof in item.proves)
    return item.model_copy(update={"proves": proves})


# --- what became of findings and gaps -------------------------------------------------------------------------------


def _finding_changes(before: Assessment, after: Assessment, names: _Names) -> Iterator[FindingChange]:
    """Every indicator that came out differently, the largest change in 有据 first."""
    old = {names.of(finding.indicator): finding for finding in before.findings}
    new = {finding.indicator: finding for finding in after.findings}
    changes = []
    for name in [*old, *(name for name in new if name not in old)]:
        was, now = old.get(name), new.get(name)
        if was is not None and now is not None and _verdict(was) == _verdict(now):
            continue
        shown = now or was
        assert shown is not None
        changes.append(
            FindingChange(
                before=was.indicator if was else None,
                after=now.indicator if now else None,
                title=shown.title,
                outcome_before=was.outcome if was else None,
                outcome_after=now.outcome if now else None,
                claimed=(now.claimed.earned if now else 0) - (was.claimed.earned if was else 0),
                substantiated=(now.substantiated.earned if now else 0) - (was.substantiated.earned if was else 0),
            )
        )
    yield from sorted(changes, key=lambda c: (-abs(c.substantiated), -abs(c.claimed), c.after or c.before or ""))


def _verdict(finding: Finding) -> tuple[object, ...]:
    """What makes two findings the same to a reader: outcome and earned points on both tracks."""
    claimed, substantiated = finding.claimed, finding.substantiated
    return finding.outcome, claimed.outcome, claimed.earned, substantiated.outcome, substantiated.earned


def _gap_changes(bases: tuple[Basis, ...], results: list[Assessment]) -> Iterator[GapChange]:
    """What became of every gap, by the name that the last run gives it."""
    last = bases[-1].ruleset
    runs = []
    for basis, result in zip(bases, results, strict=True):
        names = _Names(basis.ruleset, last)
        runs.append({_gap_name(gap.id, names): gap for gap in result.gaps})
    first, now = runs[0], runs[-1]
    for name in sorted({name for run in runs for name in run}):
        gap = now.get(name) or next(run[name] for run in runs if name in run)
        if name in now:
            seen = [name in run for run in runs]
            came_back = any(seen[i] and not seen[i + 1] for i in range(len(seen) - 1))
            fate = "reopened" if came_back else "persisting" if name in first else "new"
        else:
            fate = "closed"
        yield GapChange(gap=name, fate=fate, detail=gap.detail)


def _gap_name(gap: str, names: _Names) -> str:
    indicator, _, rest = gap.partition("/")
    return f"{names.of(indicator)}/{rest}"
