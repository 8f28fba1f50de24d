"""What a person decided against the machine (人工认定), as dated and authored entries beside the computed result.

The computed findings stay as they are; the score is shown with and without. An override runs out by itself, and falls when
what was computed is no longer what it overrode.
"""

from collections.abc import Iterator
from fractions import Fraction

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.result import Finding
from engine.models.result import Outcome
from engine.models.result import OverrideShown
from engine.models.result import Track
from engine.models.ruleset import Ruleset
from engine.models.submission import Override
from engine.models.submission import Submission
from engine.rule_parts import inputs_of
from engine.rule_parts import probes_of

SHARES = {"MET": Fraction(1), "NOT_MET": Fraction(0)}


def settle_overrides(
    ruleset: Ruleset, submission: Submission, findings: tuple[Finding, ...]
) -> tuple[tuple[Override, ...], list[Problem]]:
    """Keep the overrides that stand on the day of judgement, one for an indicator, and say why others do not."""
    by_indicator = {finding.indicator: finding for finding in findings}
    standing: list[Override] = []
    problems: list[Problem] = []
    for override in submission.head.overrides:
        refusal = _why_not(override, by_indicator[override.indicator], submission)
        problems += [refusal] if refusal else []
        standing += [] if refusal else [override]
    settled = []
    for name in dict.fromkeys(override.indicator for override in standing):
        rivals = [override for override in standing if override.indicator == name]
        latest = [override for override in rivals if override.decided_on == max(rival.decided_on for rival in rivals)]
        if len({(override.new, override.share) for override in latest}) > 1:
            found = f"{name}在{latest[0].decided_on}有{len(latest)}条不同的人工认定"
            problems.append(problem("OVERRIDE_CONFLICT", latest[0].place, found, "只留一条；都不算，按算出的结果", name))
            continue
        settled.append(latest[0])
        problems += _own_work(latest[0], ruleset, submission)
    return tuple(settled), problems


def _why_not(override: Override, finding: Finding, submission: Submission) -> Problem | None:
    name, as_of = override.indicator, submission.head.as_of
    if override.decided_on > as_of:
        found = f"{name}的人工认定日{override.decided_on}在评判日{as_of}之后"
        return problem("FACT_AFTER_AS_OF", override.place, found, "评判日之后的认定不算", name)
    if override.expires < as_of:
        found = f"{name}的人工认定到{override.expires}为止"
        return problem("OVERRIDE_EXPIRED", override.place, found, "已恢复算出的结果；仍要认定的，另写一条", name)
    if not finding.scored or finding.applicability.is_ != "yes":
        return problem("OVERRIDE_STALE", override.place, f"{name}本次不计分", "不计分的指标没有可认定的", name)
    if finding.outcome.value != override.old:
        found = f"{name}认定时算出的是{override.old}，现在是{finding.outcome.value}"
        return problem("OVERRIDE_STALE", override.place, found, "情况变了，请重新认定；改前按算出的结果", name)
    return None


def _own_work(override: Override, ruleset: Ruleset, submission: Submission) -> Iterator[Problem]:
    """Who fills in, who checks and who overrides differ, or the record says that they did not."""
    indicator = next(i for i in ruleset.indicators if i.id == override.indicator)
    todo = [probe.measure for probe in probes_of(indicator) if probe.measure]
    measures: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in measures:
            measures.add(name)
            todo += inputs_of(ruleset.measures[name])
    facts = [
        fact
        for fact in submission.head.facts
        if fact.measure in measures or (fact.element or "").startswith(f"{override.indicator}.")
    ]
    items = [item for item in submission.evidence if override.indicator in {proof.indicator for proof in item.proves}]
    others = {fact.filled_by for fact in facts} | {fact.checked_by for fact in facts}
    others |= {item.filled_by for item in items} | {item.reviewed_by for item in items}
    if override.decided_by in others:
        found = f"{override.indicator}的认定人{override.decided_by}也填报或复核了这一项"
        yield problem("OVERRIDE_SELF", override.place, found, "照记在案；最好由没有经手的人认定", override.indicator)


def apply_overrides(findings: tuple[Finding, ...], overrides: tuple[Override, ...]) -> tuple[Finding, ...]:
    """The findings as they would be by what people decided, on both tracks."""
    decided = {override.indicator: override for override in overrides}
    return tuple(
        _decided(finding, decided[finding.indicator]) if finding.indicator in decided else finding for finding in findings
    )


def _decided(finding: Finding, override: Override) -> Finding:
    track = _track(finding.claimed, finding.maximum, override)
    return finding.model_copy(update={"outcome": Outcome(override.new), "claimed": track, "substantiated": track})


def _track(computed: Track, maximum: int, override: Override) -> Track:
    if override.new == "UNKNOWN":
        return computed.model_copy(
            update={
                "outcome": Outcome.UNKNOWN,
                "earned": 0,
                "open": maximum,
                "recoverable": 0,
                "lost": 0,
                "reachable_points": maximum,
            }
        )
    share = override.share if override.share is not None else SHARES[override.new]
    earned = round(maximum * share)
    return computed.model_copy(
        update={
            "outcome": Outcome(override.new),
            "earned": earned,
            "open": 0,
            "recoverable": 0,
            "lost": maximum - earned,
            "reachable_points": earned,
        }
    )


def show_overrides(
    overrides: tuple[Override, ...], computed: tuple[Finding, ...], decided: tuple[Finding, ...]
) -> tuple[OverrideShown, ...]:
    """Every override that stands, with the points before and after."""
    before = {finding.indicator: finding for finding in computed}
    after = {finding.indicator: finding for finding in decided}
    return tuple(
        OverrideShown(
            indicator=override.indicator,
            old=Outcome(override.old),
            new=Outcome(override.new),
            computed=before[override.indicator].substantiated.earned,
            decided=after[override.indicator].substantiated.earned,
            remark=override.remark,
            authority=override.authority,
            decided_by=override.decided_by,
            decided_on=override.decided_on,
            expires=override.expires,
        )
        for override in overrides
    )
