"""Every member unit that plays a role, measured one by one: the share that meet, or the lowest value (逐单位)."""

from fractions import Fraction

from engine.measuring import measure_value
from engine.models import ruleset as model
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.measured import Cause
from engine.models.measured import Measured
from engine.models.measured import MemberValue
from engine.models.ruleset import EachMember
from engine.quantities import meets
from engine.scope import Scope
from engine.scope import members_with
from engine.scope import nothing_known


def measure_members(name: str, each: EachMember, scope: Scope) -> Measured:
    """Measure every member that plays a role: the share that meet, or the lowest value.

    A number that is known for the whole only is never a verdict on its members.
    """
    names, expected = members_with(each.roles, scope.unit)
    singles = [measure_value(name, scope._replace(member=member)) for member in names]
    due = [single for single in singles if not single.none_due]
    members = tuple(
        MemberValue(unit=single.unit or scope.unit.name, value=single.value, meets=_member_meets(single, each, scope))
        for single in due
    )
    facts = tuple(fact for single in singles for fact in single.facts)
    whole = measure_value(name, scope)
    if whole.cause is Cause.NOT_IN_FORCE:
        return whole
    if expected is None:
        unknown = f"担任{'、'.join(each.roles)}的单位有几个没报，分母不知"
        return nothing_known(name, scope, (*whole.steps, unknown), given=bool(facts or whole.facts))._replace(
            facts=(*facts, *whole.facts)
        )
    total = expected - (len(singles) - len(due))
    reported = sum(single.value is not None for single in due)
    steps = (*whole.steps, f"应逐单位{total}个，报了{reported}个")
    base = Measured(
        measure=name, members=members, members_total=total, facts=(*facts, *whole.facts), steps=steps, due=point(total)
    )
    if total == 0:
        return base._replace(none_due=True, cause=Cause.NONE_DUE)
    if reported == 0:
        cause = Cause.NUMBER_MISSING if base.facts or name in scope.facts.set_aside else Cause.NOT_MENTIONED
        return base._replace(cause=cause)
    if each.take == "lowest":
        return _lowest(base, due, total)
    met = sum(member.meets is True for member in members)
    short = sum(member.meets is False for member in members)
    value = Interval(Fraction(met, total), Fraction(total - short, total))
    doubted = any(single.contradictory for single in due)
    told = f"达标{met}个，不达标{short}个，不知{total - met - short}个"
    return base._replace(
        value=value,
        good=Interval(Fraction(met), Fraction(total - short)),
        cause=None if value.exact is not None else Cause.CONTRADICTION if doubted else Cause.NUMBER_MISSING,
        running_until=min((single.running_until for single in due if single.running_until), default=None),
        running=Fraction(sum(_may_still(single, member) for single, member in zip(due, members, strict=True)), total),
        steps=(*steps, told),
    )


def _may_still(single: Measured, member: MemberValue) -> bool:
    """Whether a member is short only because its time still runs."""
    return member.meets is False and single.running > 0


def _member_meets(single: Measured, each: EachMember, scope: Scope) -> bool | None:
    if single.value is None or each.meets is None:
        return None
    measure = scope.ruleset.measures[single.measure]
    options = measure.options if isinstance(measure, model.Chosen) else ()
    return meets(single.value, each.meets, scope.window.last, options)


def _lowest(base: Measured, due: list[Measured], total: int) -> Measured:
    known = [single.value for single in due if single.value is not None]
    highs = [value.high for value in known if value.high is not None]
    lows = [value.low for value in known if value.low is not None]
    complete = len(known) == total
    low = min(lows) if complete and len(lows) == len(known) else None
    value = Interval(low, min(highs) if highs else None)
    cause = None if complete else Cause.NUMBER_MISSING
    return base._replace(value=value, cause=cause)
