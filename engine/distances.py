"""How far a value is from the next band, in the facts' own terms (差多少；说不准就说怎么说不准)."""

from fractions import Fraction

from engine.awards import Question
from engine.awards import bands_of
from engine.awards import bound_of
from engine.measuring import measure_value
from engine.models.interval import Interval
from engine.models.measured import Measured
from engine.models.result import Distance
from engine.models.ruleset import Award
from engine.models.ruleset import Condition
from engine.models.ruleset import Every
from engine.models.ruleset import OnTimeShare
from engine.models.ruleset import Probe
from engine.models.ruleset import ProcedureShare
from engine.models.ruleset import Ratio
from engine.quantities import decimal_text
from engine.quantities import meets
from engine.quantities import quantity_text
from engine.scope import Scope
from engine.scope import demand_text
from engine.scope import unit_of_measure
from engine.scope import value_text

UNKNOWN_DISTANCE = "差多少不知"
_ALL = Condition.model_construct(at_least=Fraction(1))
_NONE = Condition.model_construct(at_most=Fraction(0))


def find_distance(probe: Probe, award: Award, measured: Measured, question: Question, scope: Scope) -> tuple[Distance, ...]:
    """The distance to every band above the present one, nearest first."""
    if probe.each_member is not None:
        return _over_members(probe, measured, scope)
    targets = bands_of(question) if award is Award.BANDS else [(_full(question), Fraction(1))]
    found: list[Distance] = []
    for condition, share in reversed(targets):
        answer = None if measured.value is None else meets(measured.value, condition, question.period_end, question.options)
        if answer is not True:
            name = "满分" if share == 1 else f"{decimal_text(share * 100)}%档"
            missing = _missing(measured, condition, scope)
            demand = demand_text(scope.ruleset.measures[measured.measure], condition, question.period_end)
            found.append(Distance(band=name, missing=missing, text=f"{name}要{demand}：{missing}"))
    return tuple(found)


def _full(question: Question) -> Condition:
    return question.meets or (_NONE if question.lower_is_better else _ALL)


def _missing(measured: Measured, condition: Condition, scope: Scope) -> str:
    value, measure = measured.value, scope.ruleset.measures[measured.measure]
    bound = bound_of(condition, scope.window.last)
    good, due = _exact(measured.good), _exact(measured.due)
    higher = condition.at_least is not None or condition.more_than is not None
    if value is None:
        if due is not None and higher and isinstance(measure, Ratio):
            unit = scope.ruleset.measures[measure.numerator].unit_of_measure or ""
            return f"分母{due}，至少应有{_at_least(bound, due)}{unit}，现有几{unit}没报"
        return UNKNOWN_DISTANCE
    if condition.equals is not None:
        return f"现为{value_text(measured.measure, value, scope.ruleset)}"
    if good is not None and due is not None and isinstance(measure, Ratio | OnTimeShare | ProcedureShare | Every):
        return _missing_count(measure, condition, bound, good, due, scope)
    exact = value.exact
    if exact is None and due is not None and measured.good is not None and measured.good.high is not None:
        wrong = due - measured.good.high
        open_cases = measured.good.high - (measured.good.low or 0)
        if wrong > 0 and isinstance(measure, OnTimeShare | ProcedureShare):
            return f"已有{wrong}件不合，另有{open_cases}件说不准（共{due}件）"
    if exact is None:
        return f"说不准，只知{value_text(measured.measure, value, scope.ruleset)}"
    if condition.by is not None:
        return f"晚了{int(exact - bound)}天"
    gap = abs(bound - exact)
    if unit_of_measure(measure) == "%":
        return f"{'还差' if higher else '高出'}{decimal_text(gap * 100)}个百分点"
    return f"{'还差' if higher else '多出'}{quantity_text(Interval(gap, gap), unit_of_measure(measure))}"


def _missing_count(
    measure: Ratio | OnTimeShare | ProcedureShare | Every,
    condition: Condition,
    bound: Fraction,
    good: Fraction,
    due: Fraction,
    scope: Scope,
) -> str:
    unit = "个窗口" if isinstance(measure, Every) else "件"
    if isinstance(measure, Ratio):
        unit = scope.ruleset.measures[measure.numerator].unit_of_measure or ""
    if condition.at_most is not None or condition.less_than is not None:
        most = bound * due
        return f"多出{good - most.numerator // most.denominator}{unit}（共{due}{unit}）"
    return f"还差{_at_least(bound, due) - good}{unit}（共{due}{unit}）"


def _at_least(share: Fraction, due: Fraction) -> int:
    needed = share * due
    return -(-needed.numerator // needed.denominator)


def _exact(value: Interval | None) -> Fraction | None:
    return value.exact if value is not None else None


def _over_members(probe: Probe, measured: Measured, scope: Scope) -> tuple[Distance, ...]:
    """Which member units are short, how many are silent, and what the whole says as a floor."""
    short = [_member_missing(member.unit, probe, scope) for member in measured.members if member.meets is False]
    if measured.members_total is None:
        missing = "应考核的单位数没报，差几个不知"
    else:
        told = sum(member.meets is not None for member in measured.members)
        silent = measured.members_total - told
        parts = [f"{len(short)}个单位不达标：{'、'.join(short[:8])}{'等' if len(short) > 8 else ''}"] if short else []
        parts += [f"{silent}个单位没报"] if silent else []
        floor = _floor_over_total(probe, measured, scope)
        missing = "；".join([*parts, *([floor] if floor else [])])
    if not missing:
        return ()
    assert probe.each_member is not None
    each = probe.each_member.meets
    demand = demand_text(scope.ruleset.measures[measured.measure], each, scope.window.last) if each else "取最低"
    asked = f"逐单位{demand}"
    return (Distance(band="满分", missing=missing, text=f"{asked}：{missing}"),)


def _member_missing(member: str, probe: Probe, scope: Scope) -> str:
    """A member unit that falls short, and by how much in the facts' own terms."""
    assert probe.measure is not None and probe.each_member is not None
    if probe.each_member.meets is None:
        return member
    own = scope._replace(member="" if member == scope.unit.name else member)
    return f"{member}{_missing(measure_value(probe.measure, own), probe.each_member.meets, scope)}"


def _floor_over_total(probe: Probe, measured: Measured, scope: Scope) -> str:
    """What a share asked of every member needs at least over the whole, and at most once each member is rounded up.

    For a share p/q and n over m members: at least ceil(np/q); a member of x needs ceil(xp/q) <= (xp + q - 1)/q, so that
    all together need at most floor((np + (q - 1)m)/q).
    """
    measure, each = scope.ruleset.measures[measured.measure], probe.each_member
    if not isinstance(measure, Ratio) or each is None or each.meets is None or each.meets.at_least is None:
        return ""
    total = _exact(measure_value(measure.denominator, scope).value)
    if total is None or not measured.members_total:
        return ""
    share, unit = each.meets.at_least, scope.ruleset.measures[measure.numerator].unit_of_measure or ""
    most = (total * share.numerator + (share.denominator - 1) * measured.members_total) / share.denominator
    label = scope.ruleset.measures[measure.denominator].label
    return (
        f"按{label}{total}{unit}至少应有{_at_least(share, total)}{unit}，"
        f"分到{measured.members_total}个单位逐个取整最多要{most.numerator // most.denominator}{unit}"
    )
