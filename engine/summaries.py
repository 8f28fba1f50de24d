"""What an assessment says of its inputs: rules, points, submission, measures, evidence, units. Decides nothing."""

from collections.abc import Container
from collections.abc import Iterable

from engine.findings import Checks
from engine.findings import show_value
from engine.measuring import measure_value
from engine.models.admitted import AdmittedFacts
from engine.models.admitted import AdmittedItem
from engine.models.appraisal import Appraisal
from engine.models.record import Place
from engine.models.result import EvidenceShown
from engine.models.result import Finding
from engine.models.result import InputShown
from engine.models.result import ProfileShown
from engine.models.result import RulesetShown
from engine.models.result import SubmissionShown
from engine.models.result import UnitShown
from engine.models.result import ValueShown
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.models.ruleset import TextStatus
from engine.models.submission import Fact
from engine.models.submission import Submission
from engine.rule_parts import inputs_of
from engine.scope import Scope
from engine.sources import digest_of


def show_ruleset(ruleset: Ruleset) -> RulesetShown:
    """Name the rules that judged, with their digest."""
    checked = sum(i.text_status is TextStatus.VERIFIED for i in ruleset.indicators)
    header = ruleset.header
    return RulesetShown(
        id=header.id,
        title=header.title,
        edition=header.edition,
        revision=header.revision,
        digest=ruleset.digest,
        indicators=len(ruleset.indicators),
        checked_against_issued_text=checked,
        official_indicators=header.official_totals.indicators,
    )


def show_profile(profile: Profile) -> ProfileShown:
    """Name the points that judged, with their digest."""
    return ProfileShown(
        id=profile.id,
        title=profile.title,
        status=profile.status,
        basis=profile.basis,
        na_policy=profile.na_policy,
        digest=profile.once(digest_of),
    )


def show_submission(submission: Submission, scope: Scope, used: Container[Place]) -> SubmissionShown:
    """Say whose facts were judged, and from which files; ``used`` are the places of the facts that count."""
    head = submission.head
    return SubmissionShown(
        unit=head.unit.name,
        kind=head.unit.kind,
        level=head.unit.level,
        roles=head.unit.roles,
        period_from=scope.window.first,
        period_to=scope.window.last,
        data_until=str(head.data_until) if head.data_until else None,
        documents_until=documents_until(submission),
        facts_filed=len(head.facts),
        facts_set_aside=count_set_aside(head.facts, scope.facts, used),
        digest=submission.digest,
        inputs=show_inputs(submission),
    )


def show_inputs(submission: Submission) -> tuple[InputShown, ...]:
    """The files that a submission came in, by digest."""
    return tuple(InputShown(file=i.file, sha256=i.sha256) for i in submission.inputs)


def documents_until(submission: Submission) -> str | None:
    """The day of the latest document that is not later than the day of judgement."""
    dated = (item.issued or item.published for item in submission.evidence)
    documents = [day for day in dated if day is not None and day.first <= submission.head.as_of]
    return str(max(documents)) if documents else None


def count_set_aside(facts: Iterable[Fact], admitted: AdmittedFacts, used: Container[Place]) -> int:
    """How many facts count for nothing: neither they, nor any of their events, nor a register of theirs was admitted."""

    def counts(fact: Fact) -> bool:
        return any(place in used for place in filed_at(fact)) or (fact.measure, fact.unit or "") in admitted.registers

    return sum(not counts(fact) for fact in facts)


def filed_at(fact: Fact) -> tuple[Place, ...]:
    """Where a fact and its events were written."""
    return (fact.place, *(event.place for event in fact.events or ()))


def show_measures(checks: Checks, scope: Scope) -> tuple[ValueShown, ...]:
    """Every value that the whole unit reported or that follows from what it reported."""
    told = {name for name, *_ in (*scope.facts.readings, *scope.facts.events, *scope.facts.registers)}
    rests_on = scope.ruleset.once(_names_below)
    measured = (measure_value(name, scope) for name, below in rests_on if not told.isdisjoint(below))
    return tuple(show_value(m, checks, scope) for m in measured if m.value is not None)


def _names_below(ruleset: Ruleset) -> list[tuple[str, frozenset[str]]]:
    """Every measure with itself and all that it is computed from."""

    def below(name: str) -> frozenset[str]:
        return frozenset({name}).union(*(below(part) for part in inputs_of(ruleset.measures[name])))

    return [(name, below(name)) for name in sorted(ruleset.measures)]


def show_item(admitted: AdmittedItem) -> EvidenceShown:
    """Show one piece of evidence with its verdict."""
    item = admitted.item
    codes = tuple(sorted({*admitted.codes, *(code for use in admitted.uses for code in use.codes)}))
    accepted = any(use.accepted for use in admitted.uses)
    return EvidenceShown(
        id=item.id,
        title=item.title,
        kind=item.kind,
        number=item.number,
        issued=str(item.issued) if item.issued else None,
        published=str(item.published) if item.published else None,
        covers=f"{item.covers.from_}至{item.covers.to}" if item.covers else None,
        sha256=admitted.sha256,
        url=item.url,
        status="accepted" if accepted else "returned" if codes else "unused",
        reviewed=item.is_checked,
        codes=codes,
        warnings=admitted.warnings,
        uses=tuple(f"{use.indicator}/{use.slot}" for use in admitted.uses),
    )


def show_units(appraisals: tuple[Appraisal, ...], findings: tuple[Finding, ...], scope: Scope) -> tuple[UnitShown, ...]:
    """What each unit that leads anything owes and has given, and every other member; a role stands for an unknown name."""
    leads = {finding.lead_unit for finding in findings if finding.applicability.is_ == "yes"}
    named = {role for member in scope.unit.members for role in member.roles}
    members = [(member.name, member.kind, member.roles) for member in scope.unit.members]
    roles = [(role, "role", (role,)) for role in leads - named]
    units = sorted([*members, *roles], key=lambda unit: unit[0])
    led_by: dict[str, list[tuple[Appraisal, Finding]]] = {}
    for appraisal, finding in zip(appraisals, findings, strict=True):
        if finding.applicability.is_ == "yes":
            led_by.setdefault(finding.lead_unit, []).append((appraisal, finding))
    return tuple(
        _show_unit(name, kind, played, [led for role in dict.fromkeys(played) for led in led_by.get(role, ())])
        for name, kind, played in units
    )


def _show_unit(name: str, kind: str, roles: tuple[str, ...], led: list[tuple[Appraisal, Finding]]) -> UnitShown:
    return UnitShown(name=name, kind=kind, roles=roles, **_counted(led))


def _counted(led: list[tuple[Appraisal, Finding]]) -> dict[str, int]:
    """What some findings ask of whoever leads them."""
    parts = [part for a, _ in led for part in a.parts]
    slots = [slot for a, _ in led for slot in a.slots if slot.status != "not_needed"]
    return {
        "facts_due": len(parts),
        "facts_given": sum(part.text not in ("没报", "报得不全") for part in parts),
        "slots_due": len(slots),
        "accepted": sum(slot.status == "accepted" for slot in slots),
        "returned": sum(slot.status == "returned" for slot in slots),
        "maximum": sum(f.maximum for _, f in led),
        "earned": sum(f.substantiated.earned for _, f in led),
    }


def recount_units(
    units: tuple[UnitShown, ...],
    gone: Iterable[tuple[Appraisal, Finding]],
    come: Iterable[tuple[Appraisal, Finding]],
) -> tuple[UnitShown, ...]:
    """The same units once some findings took the place of others; to whom an indicator applies must be as it was."""
    gone, come = ([(a, f) for a, f in pairs if f.applicability.is_ == "yes"] for pairs in (gone, come))
    leads = {f.lead_unit for _, f in come}
    return tuple(_recounted(unit, gone, come) if leads & set(unit.roles) else unit for unit in units)


def _recounted(unit: UnitShown, gone: list[tuple[Appraisal, Finding]], come: list[tuple[Appraisal, Finding]]) -> UnitShown:
    less, more = (_counted([(a, f) for a, f in pairs if f.lead_unit in unit.roles]) for pairs in (gone, come))
    return unit.model_copy(update={name: getattr(unit, name) - n + more[name] for name, n in less.items()})
