"""A ruleset for people: what it holds, one indicator whole, and the dictionary of measures (口径表)."""

from collections.abc import Iterator
from datetime import date

from engine.findings import AWARD_NAMES
from engine.findings import CLOCK_NAMES
from engine.models import ruleset as model
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Ruleset
from engine.proof_gaps import NEEDS
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.overlay_book import overlaid_lines
from engine.rendering.words import CHANNELS
from engine.rendering.words import KINDS
from engine.rendering.words import PROFILE_STATUS
from engine.rendering.words import TEXT_STATUS
from engine.rendering.words import TITLE_STATUS
from engine.rule_parts import inputs_of
from engine.rule_parts import probes_of
from engine.scope import demand_text

MEASURE_KINDS = {
    "count": "整数",
    "amount": "数",
    "date": "日期",
    "choice": "选一项",
    "boolean": "是或否",
    "events": "逐次日期",
    "records": "逐件登记表",
    "ratio": "率",
    "on_time_share": "按期率",
    "procedure_share": "程序齐全率",
    "formula": "算式",
    "count_in_period": "期内次数",
    "every": "逐期够次数",
    "trend": "比上期变化",
}
HOW_TO_WRITE = (
    "填报写 measure 后面的英文名。要填的：整数、数、日期、是或否、选一项写 value；逐次日期写 events，或只写次数 value；"
    "逐件登记表写 table（CSV，第一行是列名）和 full: true，没有办的格写 未办，不知道的留空。"
    "率可以报分子分母，也可以直接报率（带百分号）。"
)
DIRECTIONS = {"higher": "高好", "lower": "低好", "neutral": ""}
NONE_DUE = {"not_applicable": "分母为0时不适用（须零报告）", "met": "分母为0算达标", "unknown": "分母为0待核"}


def render_ruleset(ruleset: Ruleset) -> str:
    """Write what a ruleset holds."""
    header = ruleset.header
    verified = sum(i.text_status is model.TextStatus.VERIFIED for i in ruleset.indicators)
    totals = header.official_totals
    lines = [
        *wrap(f"{header.id}  {header.title}"),
        RULE,
        *wrap_parts([f"版本 {header.edition}", f"修订 {header.revision}", f"{_term(header)}执行"], "版次  "),
        *wrap_parts([f"制定 {header.issuer}", f"摘要 {ruleset.digest[:16]}"], "出处  "),
        *wrap_parts(
            [
                f"官方一级{totals.pillars}、二级{totals.subpillars}、三级{totals.indicators}项",
                *([f"附加项{totals.bonus_items}项"] if totals.bonus_items is not None else []),
                f"收录{len(ruleset.indicators)}项",
                f"核对过原文{verified}项",
            ],
            "项数  ",
        ),
        *_reused(ruleset),
        *overlaid_lines(ruleset),
    ]
    for profile in ruleset.profiles.values():
        lines += wrap(f"{profile.id}（{PROFILE_STATUS[profile.status]}）{profile.title}：{profile.basis}", "口径  ")
    for pillar in ruleset.pillars:
        status = f"（{TITLE_STATUS[pillar.title_status]}）" if pillar.title_status else ""
        lines += ["", *wrap(f"{pillar.id} {pillar.title}{status}")]
        rows = [[i.id, KINDS[i.kind.value], CLOCK_NAMES[i.clock.value], i.lead_unit, i.title] for i in pillar.indicators]
        lines += columns_of(rows, indent="  ") if rows else ["  （未收录）"]
    lines += ["", *wrap_parts([f"fazhi rules show {header.id} --measures", f"fazhi rules show {header.id} I-R59"], "再看  ")]
    return "\n".join(lines) + "\n"


def _term(header: model.Header) -> str:
    return f"{header.in_force.from_}至{header.in_force.to}" if header.in_force.to else f"{header.in_force.from_}起"


def _reused(ruleset: Ruleset) -> Iterator[str]:
    """What was taken over from another ruleset, and what that means for the texts."""
    header, count = ruleset.header, sum(len(pillar.reuses) for pillar in ruleset.pillars)
    if header.reuses:
        yield from wrap(f"{header.reuses}的{count}项；{header.reuses_note}", "沿用  ")


def render_indicator(ruleset: Ruleset, indicator: Indicator) -> str:
    """Write one indicator whole: requirement, measure, elements, evidence, authority, remedy, points."""
    number = str(indicator.official_no) if indicator.official_no else "不明"
    kinds = [KINDS[indicator.kind.value], f"时间型{CLOCK_NAMES[indicator.clock.value]}", CHANNELS[indicator.channel]]
    lines = [
        *wrap(f"{indicator.id}  {indicator.title}"),
        RULE,
        *wrap_parts([f"官方序号{number}", TEXT_STATUS[indicator.text_status.value], *kinds], "类型  "),
        *wrap(indicator.requirement, "要求  "),
        *wrap(f"牵头{indicator.lead_unit}  责任{'、'.join(indicator.responsible_units) or '同上'}", "单位  "),
        *wrap(AWARD_NAMES[indicator.award.value], "计分  "),
    ]
    if indicator.applies_when.otherwise:
        lines += wrap(indicator.applies_when.otherwise, "适用  ")
    lines += _probe(ruleset, indicator, "口径  ")
    for element in indicator.elements:
        proof = f"（凭{'、'.join(element.proof)}）" if element.proof else ""
        lines += wrap(f"{indicator.id}.{element.key} {element.title}{proof}", "要素  ")
        lines += _probe(ruleset, element, "      ")
    for name in indicator.monitors:
        lines += wrap(f"{name} {ruleset.measures[name].label}", "列示  ")
    for slot in indicator.evidence:
        needs = [NEEDS[need] for need in slot.needs]
        needs += ["各年都有"] if slot.period == "every_year" else []
        needs += ["现行有效"] if slot.in_force else []
        needs += ["逐单位"] if slot.by else []
        needs += ["只在报零时要"] if slot.for_none else []
        kinds = [ruleset.header.evidence_kinds[kind] for kind in slot.kinds]
        text = f"{slot.slot} {slot.title}：{slot.count}件，{'或'.join(kinds)}{'，' + '、'.join(needs) if needs else ''}"
        lines += wrap(text, "佐证  ")
    for authority in indicator.authority:
        read = "已读条文" if authority.status == "verified" else "凭记忆，待核"
        gives = f"：{authority.gives}" if authority.gives else ""
        until = f"至{authority.in_force.to}" if authority.in_force.to else ""
        text = f"{authority.document}{authority.locator}{gives}（{authority.in_force.from_}起施行{until}；{read}）"
        lines += wrap(text, "依据  ")
    past = "过了期还能补" if indicator.remedy.can_fix_past else "过了期补不了"
    lines += wrap(f"{indicator.remedy.action}（约{indicator.remedy.effort_days}天，{past}）", "整改  ")
    if indicator.note:
        lines += wrap(indicator.note, "说明  ")
    for profile in ruleset.profiles.values():
        credit = profile.credit.get(indicator.id)
        if indicator.id in profile.points:
            reason = f"；{credit.reason}" if credit and credit.reason else ""
            lines += wrap(f"{profile.id} {profile.points[indicator.id]}分{reason}", "分值  ")
    return "\n".join(lines) + "\n"


def _probe(ruleset: Ruleset, probe: model.Probe, lead: str) -> Iterator[str]:
    if probe.measure is None:
        return
    measure = ruleset.measures[probe.measure]
    asked = f"，{_asked(measure, probe.meets)}" if probe.meets else ""
    each = ""
    if probe.each_member is not None and probe.each_member.meets is not None:
        each = f"，{'、'.join(probe.each_member.roles)}逐单位{_asked(measure, probe.each_member.meets)}"
    yield from wrap(f"{probe.measure} {measure.label}{each}{asked}", lead)


def _asked(measure: Measure, condition: model.Condition) -> str:
    """A condition without a period: a deadline is told as the rule has it."""
    if condition.by is not None:
        return f"不晚于期末后第{condition.by.years_after}年{condition.by.month_day}"
    return demand_text(measure, condition, date.min)


def render_measures(ruleset: Ruleset) -> str:
    """Write the dictionary of measures, from which a stranger can write a submission."""
    used = _users(ruleset)
    lines = [
        *wrap(f"{ruleset.header.id} 口径表  {len(ruleset.measures)}个口径"),
        RULE,
        *wrap(HOW_TO_WRITE),
        *wrap("算出来的（按期率、算式、期内次数、逐期够次数、比上期变化）不用填，填它引用的口径。"),
        *wrap("可写 300余件、95%以上、约、近、不足、1.5万件；不知道就不写，没有发生写 0 并附零报告。"),
        "",
    ]
    for title, names in (
        ("指标要用的", [n for n in ruleset.measures if used.get(n)]),
        ("只保存、只核对的", [n for n in ruleset.measures if not used.get(n)]),
    ):
        lines.append(f"{title}（{len(names)}）")
        for name in names:
            lines += _measure_lines(name, ruleset.measures[name], used.get(name, []))
        lines.append("")
    for group in ruleset.groups:
        told = [f"{group.title}（{group.slots}个空位，已填{len(group.rates)}）", f"候选{len(group.candidates)}个"]
        lines += [*wrap_parts(told), *wrap(f"{group.note or ''}：{'、'.join(group.candidates)}", "  "), ""]
    return "\n".join(lines[:-1]) + "\n"


def _measure_lines(name: str, measure: Measure, users: list[str]) -> Iterator[str]:
    parts = [MEASURE_KINDS[measure.kind], measure.unit_of_measure or "", DIRECTIONS[measure.direction]]
    parts += [f"用于{'、'.join(users)}"] if users else []
    yield from wrap_parts([f"{name}  {measure.label}", *(part for part in parts if part)], "  ", "      ")
    for told in (*_how(measure), measure.explain):
        if told:
            yield from wrap(told, "      ")


def _how(measure: Measure) -> Iterator[str]:
    """How a measure is computed or written."""
    if isinstance(measure, model.Ratio):
        rule = f"；{measure.denominator_rule}" if measure.denominator_rule else ""
        yield f"= {measure.numerator} ÷ {measure.denominator}{rule}；{NONE_DUE[measure.when_none_due.value]}"
    elif isinstance(measure, model.OnTimeShare):
        none_due = NONE_DUE[measure.when_none_due.value]
        yield f"{measure.of} 里 {measure.from_} 到 {measure.to} 在{measure.within}内的件数占比；{none_due}"
    elif isinstance(measure, model.ProcedureShare):
        pauses = "".join(f"，{p.from_} 到 {p.to} 不少于{p.at_least}" for p in measure.pauses)
        accepts = "".join(f"，{column} 为{'或'.join(values)}" for column, values in measure.accepts.items())
        steps, none_due = " → ".join(measure.order), NONE_DUE[measure.when_none_due.value]
        yield f"{measure.of} 里 {steps} 齐全且次序不倒{pauses}{accepts}的件数占比；{none_due}"
    elif isinstance(measure, model.Formula):
        yield f"= {measure.expression}"
    elif isinstance(measure, model.CountInPeriod | model.Trend):
        yield f"由 {measure.of} 算出"
    elif isinstance(measure, model.Every):
        starts = f"，{measure.starts}起算" if measure.starts else ""
        yield f"{measure.of} 每个窗口（{measure.per}{starts}）不少于{measure.at_least}次"
    elif isinstance(measure, model.Records):
        columns = "、".join(f"{c.label}（{name}）" for name, c in measure.columns.items())
        yield f"列：{columns}；按 {measure.counted_on} 归期"
    elif isinstance(measure, model.Chosen) and measure.options:
        yield f"选项：{'、'.join(measure.options)}"
    elif isinstance(measure, model.Counted) and measure.parts:
        yield f"= {' + '.join(measure.parts)}"
    elif isinstance(measure, model.Counted) and measure.part_of:
        yield f"是 {measure.part_of} 的一部分"
    if measure.held_by:
        yield f"{'、'.join(measure.held_by)}逐单位报（写 unit）{'，全市相加' if measure.roll_up == 'sum' else ''}"


def _users(ruleset: Ruleset) -> dict[str, list[str]]:
    """Which indicators read a measure, directly or through another."""
    users: dict[str, list[str]] = {}
    for indicator in ruleset.indicators:
        todo = [p.measure for p in probes_of(indicator) if p.measure] + list(indicator.monitors)
        seen: set[str] = set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                users.setdefault(name, []).append(indicator.id)
                todo += inputs_of(ruleset.measures[name])
    return users
