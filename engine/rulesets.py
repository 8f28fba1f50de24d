"""The front door for rules: a folder of YAML → a checked, frozen ruleset and the problems found (规则集).

Reads files. Knows nothing of submissions. A ruleset with a refused problem is never handed out.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from engine.checkpoint_rules import check_checkpoints
from engine.clauses import check_clauses
from engine.formulas import names_in
from engine.formulas import parse_formula
from engine.models import ruleset as model
from engine.models.evaluation import Evaluation
from engine.models.overlay import OverlayHeader
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.record import Placed
from engine.models.ruleset import Header
from engine.models.ruleset import Indicator
from engine.models.ruleset import Measure
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.overlaying import lay_over
from engine.reuse import Parts
from engine.reuse import check_nothing_reused
from engine.reuse import take_over
from engine.ruleset_files import is_overlay
from engine.ruleset_files import read_folder
from engine.ruleset_files import read_header
from engine.ruleset_files import read_overlay
from engine.shaping import nearest
from engine.sources import digest_of

Problems = list[Problem]


def load_ruleset(folder: Path, homes: Iterable[Path] = ()) -> tuple[Ruleset | None, Problems]:
    """Read and check one ruleset folder. What it reuses or lies over stands beside it or in one of ``homes``."""
    return _load(folder, tuple(homes), ())


def _load(folder: Path, homes: tuple[Path, ...], above: tuple[str, ...]) -> tuple[Ruleset | None, Problems]:
    """The same; ``above`` names the overlays for which it is loaded, the uppermost first."""
    ruleset, problems = _load_overlay(folder, homes, above) if is_overlay(folder) else _load_whole(folder, homes)
    if ruleset is not None and not refused(problems):
        problems += check_ruleset(ruleset)
    if ruleset is None or refused(problems):
        return None, problems
    return ruleset.model_copy(update={"digest": digest_of_ruleset(ruleset)}), problems


def _load_whole(folder: Path, homes: tuple[Path, ...]) -> tuple[Ruleset | None, Problems]:
    parts, problems = read_folder(folder)
    if parts is None:
        return None, problems
    if parts.header.reuses is None:
        return _assembled(parts), [*problems, *check_nothing_reused(parts)]
    base, found = _load_reused(parts.header, known_rulesets([*homes, folder.parent]))
    problems += found
    if base is None:
        return None, problems
    parts, found = take_over(parts, base)
    return _assembled(parts), [*problems, *found]


def _load_overlay(folder: Path, homes: tuple[Path, ...], above: tuple[str, ...]) -> tuple[Ruleset | None, Problems]:
    parts, problems = read_overlay(folder)
    if parts is None:
        return None, problems
    header, known = parts.header, known_rulesets([*homes, folder.parent])
    below, way = header.extends, (*above, folder.name)
    if below in way:
        found = f"叠加绕成了圈：{' → '.join([*way, below])}"
        return None, [*problems, problem("OVERLAY_CYCLE", header.place_of("extends"), found, "一层只能叠在不靠它的一层上")]
    if below not in known:
        remedy = nearest(below, known) or f"现有：{'、'.join(sorted(known)) or '无'}"
        found = f"没有要叠加在上面的规则集「{below}」"
        return None, [*problems, problem("RULESET_UNKNOWN", header.place_of("extends"), found, remedy)]
    base, found_below = _load(known[below], homes, way)
    problems += found_below
    if base is None:
        return None, problems
    ruleset, found_here = lay_over(parts, base)
    return ruleset, [*problems, *found_here]


def _load_reused(header: Header, known: dict[str, Path]) -> tuple[Ruleset | None, Problems]:
    """Load the ruleset that another reuses. It must be whole itself, so that one look shows where a rule comes from."""
    name = str(header.reuses)
    if name not in known:
        remedy = nearest(name, known) or f"现有：{'、'.join(sorted(known)) or '无'}"
        return None, [problem("RULESET_UNKNOWN", header.place, f"没有要沿用的规则集「{name}」", remedy)]
    base, problems = read_header(known[name])
    if isinstance(base, OverlayHeader):
        found = f"要沿用的「{name}」是叠加层，叠在「{base.extends}」上"
        return None, [
            *problems,
            problem("RECORD_INCONSISTENT", header.place, found, f"请沿用「{base.extends}」，或把 reuses 改写成 extends"),
        ]
    if base is not None and base.reuses is not None:
        found = f"要沿用的「{name}」自己沿用着「{base.reuses}」"
        return None, [*problems, problem("RECORD_INCONSISTENT", header.place, found, f"请直接沿用「{base.reuses}」")]
    return load_ruleset(known[name])


def _assembled(parts: Parts) -> Ruleset:
    return Ruleset(
        header=parts.header,
        measures=parts.dictionary.measures,
        kept=parts.dictionary.kept,
        groups=parts.dictionary.groups,
        pillars=parts.pillars,
        profiles={profile.id: profile for profile in parts.profiles},
        calendar=parts.calendar,
        clauses=parts.clauses,
        migrations={migration.from_: migration for migration in parts.migrations},
        evaluations={evaluation.id: evaluation for evaluation in parts.evaluations},
    )


def digest_of_ruleset(ruleset: Ruleset) -> str:
    """The digest over everything that the rules say, wherever it stands."""
    return digest_of(ruleset.model_copy(update={"digest": ""}))


def find_ruleset(name: str, folders: Iterable[Path], named_at: Place | None = None) -> tuple[Path | None, Problems]:
    """Find a ruleset by its folder or by its id among the folders that hold rulesets."""
    direct = Path(name)
    if (direct / "ruleset.yaml").is_file():
        return direct, []
    known = known_rulesets(folders)
    if name in known:
        return known[name], []
    remedy = nearest(name, known) or f"现有：{'、'.join(sorted(known)) or '无'}"
    return None, [problem("RULESET_UNKNOWN", named_at or Place(file="规则集"), f"没有规则集「{name}」", remedy)]


def known_rulesets(folders: Iterable[Path]) -> dict[str, Path]:
    """The ruleset folders inside some folders, by name; of two of one name the later is taken."""
    return {path.parent.name: path.parent for folder in folders for path in sorted(folder.glob("*/ruleset.yaml"))}


def check_ruleset(ruleset: Ruleset) -> Problems:
    """Check everything that one file alone cannot show."""
    return [
        *_check_measures(ruleset.measures, ruleset.header.roles),
        *(p for g in ruleset.groups for p in _named([*g.rates, *g.candidates], ruleset.measures, "口径", g)),
        *(p for kept in ruleset.kept for p in _named(kept.measures, ruleset.measures, "口径", kept)),
        *(p for indicator in ruleset.indicators for p in _check_indicator(indicator, ruleset)),
        *_repeated("指标编号", [(i.id, i.place) for i in ruleset.indicators]),
        *_repeated("一级指标编号", [(p.id, p.place) for p in ruleset.pillars]),
        *_repeated("条款编号", [(c.id, c.place) for c in ruleset.clauses.clauses]),
        *(p for profile in ruleset.profiles.values() for p in _check_profile(profile, ruleset)),
        *(p for evaluation in ruleset.evaluations.values() for p in _check_evaluation(evaluation, ruleset)),
        *check_clauses(ruleset),
        *check_checkpoints(ruleset),
        *_named([ruleset.header.default_profile], ruleset.profiles, "评分口径", ruleset.header),
    ]


def _repeated(what: str, ids: list[tuple[str, Place]]) -> Problems:
    counts = Counter(name for name, _ in ids)
    return [
        problem("ID_DUPLICATE", place, f"{what}「{name}」重复", "请改成没有用过的编号")
        for name, place in ids
        if counts[name] > 1
    ]


def _named(names: Iterable[str], known: Iterable[str], what: str, at: Placed) -> Problems:
    known = set(known)
    return [
        problem("NAME_UNKNOWN", at.place, f"{what}「{name}」没有定义", nearest(name, known) or f"先在规则集里定义这个{what}")
        for name in names
        if name not in known
    ]


def inputs_of(measure: Measure) -> tuple[str, ...]:
    """The measures that a measure is computed from."""
    if isinstance(measure, model.Ratio):
        return measure.numerator, measure.denominator
    if isinstance(measure, model.Formula):
        tree = parse_formula(measure.expression)
        return tuple(sorted(set(names_in(tree)))) if tree is not None else ()
    if isinstance(measure, model.OnTimeShare | model.ProcedureShare | model.CountInPeriod | model.Every | model.Trend):
        return (measure.of,)
    return ()


def _check_measures(measures: dict[str, Measure], roles: Iterable[str]) -> Problems:
    problems: Problems = []
    for name, measure in measures.items():
        problems += _named([*inputs_of(measure), *_relatives(measure)], measures, "口径", measure)
        problems += _named(measure.held_by, roles, "角色", measure)
        problems += _check_formulas(name, measure, measures)
        problems += _check_records(measure, measures)
        if _reaches_itself(name, measures):
            remedy = "一个口径不能由自己算出"
            problems.append(problem("MEASURE_CYCLE", measure.place, f"口径「{name}」绕回了自己", remedy))
    return problems


def _relatives(measure: Measure) -> tuple[str, ...]:
    if isinstance(measure, model.Counted):
        return (*measure.parts, *([measure.part_of] if measure.part_of else []))
    if isinstance(measure, model.Dated) and measure.not_before:
        return (measure.not_before,)
    return ()


def _check_formulas(name: str, measure: Measure, measures: dict[str, Measure]) -> Problems:
    texts = [measure.expression] if isinstance(measure, model.Formula) else []
    texts += measure.variants.values() if isinstance(measure, model.Ratio) else []
    problems: Problems = []
    for text in texts:
        tree = parse_formula(text)
        if tree is None:
            remedy = "只用口径名、数、+ - * / 和圆括号；减号两边要空格"
            problems.append(problem("FORMULA_UNREADABLE", measure.place, f"口径「{name}」的算式「{text}」读不懂", remedy))
        else:
            problems += _named(names_in(tree), measures, "口径", measure)
    return problems


def _check_records(measure: Measure, measures: dict[str, Measure]) -> Problems:
    """Check that what reads a record table reads columns that it has, and dates where dates are meant."""
    if not isinstance(measure, model.OnTimeShare | model.ProcedureShare):
        return _check_events(measure, measures)
    table = measures.get(measure.of)
    if not isinstance(table, model.Records):
        return [problem("NAME_UNKNOWN", measure.place, f"「{measure.of}」不是登记表", "of 要指向 kind: records 的口径")]
    dates = {name for name, column in table.columns.items() if column.kind == "date"}
    if isinstance(measure, model.OnTimeShare):
        return _named((measure.from_, measure.to), dates, "日期列", measure)
    wanted = [*measure.order, *(end for pause in measure.pauses for end in (pause.from_, pause.to))]
    return _named(wanted, dates, "日期列", measure) + _named(measure.accepts, table.columns, "列", measure)


def _check_events(measure: Measure, measures: dict[str, Measure]) -> Problems:
    if not isinstance(measure, model.CountInPeriod | model.Every):
        return []
    if isinstance(measures.get(measure.of), model.Events):
        return []
    return [problem("NAME_UNKNOWN", measure.place, f"「{measure.of}」不是事件", "of 要指向 kind: events 的口径")]


def _reaches_itself(name: str, measures: dict[str, Measure]) -> bool:
    seen: set[str] = set()
    todo = list(inputs_of(measures[name]))
    while todo:
        step = todo.pop()
        if step == name:
            return True
        if step not in seen and step in measures:
            seen.add(step)
            todo += inputs_of(measures[step])
    return False


def probes_of(indicator: Indicator) -> Iterator[model.Probe]:
    """The indicator and its elements: everything that names a measure."""
    yield indicator
    yield from indicator.elements


def indicators_by_id(ruleset: Ruleset) -> dict[str, Indicator]:
    """Every indicator by its id."""
    return {indicator.id: indicator for indicator in ruleset.indicators}


def element_titles(ruleset: Ruleset) -> dict[str, str]:
    """The title of every element, by the name under which it is claimed."""
    return {f"{i.id}.{e.key}": e.title for i in ruleset.indicators for e in i.elements}


def names_behind(ruleset: Ruleset) -> dict[str, frozenset[str]]:
    """By indicator: itself, its elements, and every measure that it reads, directly or through another."""
    return {indicator.id: _names_behind(indicator, ruleset.measures) for indicator in ruleset.indicators}


def _names_behind(indicator: Indicator, measures: dict[str, Measure]) -> frozenset[str]:
    todo = [*indicator.monitors, *(probe.measure for probe in probes_of(indicator) if probe.measure)]
    names = {indicator.id, *(f"{indicator.id}.{element.key}" for element in indicator.elements)}
    while todo:
        name = todo.pop()
        if name not in names:
            names.add(name)
            todo += inputs_of(measures[name])
    return frozenset(names)


def _check_indicator(indicator: Indicator, ruleset: Ruleset) -> Problems:
    header, slots = ruleset.header, {slot.slot for slot in indicator.evidence}
    named = [probe.measure for probe in probes_of(indicator) if probe.measure]
    clues = [clue.measure for probe in probes_of(indicator) for clue in probe.clues]
    roles = [indicator.lead_unit, *indicator.responsible_units]
    roles += [role for probe in probes_of(indicator) if probe.each_member for role in probe.each_member.roles]
    kinds = [kind for slot in indicator.evidence for kind in slot.kinds]
    return [
        *_named([*named, *clues, *indicator.monitors], ruleset.measures, "口径", indicator),
        *_named(roles, header.roles, "角色", indicator),
        *_named(kinds, header.evidence_kinds, "材料种类", indicator),
        *(p for e in indicator.elements for p in _named(e.proof, slots, "佐证要求", e)),
        *_repeated("要素", [(e.key, e.place) for e in indicator.elements]),
        *_repeated("佐证要求", [(s.slot, s.place) for s in indicator.evidence]),
    ]


def _check_profile(profile: Profile, ruleset: Ruleset) -> Problems:
    scored = {i.id: i for i in ruleset.indicators if i.kind is not model.Kind.MONITORED}
    problems = _named([*profile.points, *profile.credit], scored, "计分指标", profile)
    problems += [
        problem("NAME_UNKNOWN", profile.place, f"口径没有给「{name}」分值", f"请在 points 里写「{name}: …」")
        for name in sorted(set(scored) - set(profile.points))
    ]
    total = sum(profile.points.values(), Fraction(0)) + sum((r.points for r in profile.reserve), Fraction(0))
    if total != profile.maximum:
        found = f"各项分值与留分合计{total}，满分写的是{profile.maximum}"
        problems.append(problem("POINTS_SUM", profile.place, found, "请核对 points 与 reserve"))
    if any(points < 0 or points * 1000 % 1 for points in profile.points.values()):
        problems.append(problem("POINTS_SUM", profile.place, "有的分值不是0.001分的整数倍", "分值最多三位小数，不为负"))
    problems += _named([profile.evaluation] if profile.evaluation else [], ruleset.evaluations, "评估人假设", profile)
    problems += _named((r.pillar for r in profile.reserve if r.pillar), (p.id for p in ruleset.pillars), "一级指标", profile)
    for name, indicator in scored.items():
        problems += _check_credit(profile.credit.get(name, model.Credit()), indicator, profile)
    return problems


def _check_evaluation(evaluation: Evaluation, ruleset: Ruleset) -> Problems:
    """Check that the measures of case files are there and that no evaluator is named twice."""
    files = evaluation.case_files_from
    return [
        *_named([files.register_, files.reviewed, files.passed], ruleset.measures, "口径", files),
        *_repeated("评估人", [(evaluator.id, evaluator.place) for evaluator in evaluation.evaluators]),
    ]


def _check_credit(credit: model.Credit, indicator: Indicator, profile: Profile) -> Problems:
    """Check that the partial credit fits the award form it belongs to."""
    place = credit.place if credit.place.file else profile.place
    award = indicator.award
    needed = {
        model.Award.LINEAR: credit.zero_at is not None,
        model.Award.STEPS: credit.steps is not None,
        model.Award.DEDUCT_EACH: credit.each is not None,
        model.Award.RATED: set(credit.grades) == set(indicator.rating.grades if indicator.rating else ()),
        model.Award.ELEMENTS: not credit.elements or set(credit.elements) == {e.key for e in indicator.elements},
    }
    keys = {"linear": "zero_at", "steps": "steps", "deduct_each": "each", "rated": "grades", "elements": "elements"}
    if not needed.get(award, True):
        key = keys[award.value]
        found = f"「{indicator.id}」按 {award.value} 计分，credit 里的 {key} 缺了或与规则不一致"
        return [problem("RECORD_INCONSISTENT", place, found, f"请写全 credit.{indicator.id}.{key}")]
    if credit.elements and sum(credit.elements.values()) != 1:
        found = f"「{indicator.id}」各要素份额合计{sum(credit.elements.values())}"
        return [problem("POINTS_SUM", place, found, "份额合计应为1")]
    return []
