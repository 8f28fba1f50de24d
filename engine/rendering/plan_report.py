"""What to mend first, for people: what to file, what to do, what to ask first, what is lost."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence

from engine.models.plan import Choice
from engine.models.plan import Mend
from engine.models.plan import Plan
from engine.models.plan import Withheld
from engine.models.plan import Work
from engine.models.result import points_text
from engine.rendering.layout import RULE
from engine.rendering.layout import columns_of
from engine.rendering.layout import ends
from engine.rendering.layout import markdown_table
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import DISCLAIMER
from engine.rendering.words import PROFILE_STATUS
from engine.rendering.words import TENTHS
from engine.rendering.words import few_names
from engine.rendering.words import problem_word

PLAN_COLUMNS = ("怎么办", "指标", "名称", "分", "天数", "牵头", "责任单位", "最迟动手", "办什么", "差距编号")
SHOWN = 8
Section = tuple[str, list[str]]
# How many points of the curve of days and points are told.
STEPS = 6


def render_plan(plan: Plan) -> str:
    """Write the plan for a terminal."""
    lines = [ends(f"{plan.unit}  先补什么  评判日{plan.as_of}", DISCLAIMER), RULE, *_head(plan)]
    for number, (title, body) in enumerate(_sections(plan)):
        lines += ["", *wrap(title, f"{TENTHS[number]}、"), *body]
    return "\n".join([*lines, "", *_notes(plan)]) + "\n"


def _sections(plan: Plan) -> Iterator[Section]:
    yield _verdict(plan)
    yield from _chosen(plan)
    yield from _left_over(plan)
    yield from _held("先问（待核：没问清以前不许诺得分）", plan.outlook.asked)
    yield from _held("补不了（照实保留）", plan.outlook.lost)


def _head(plan: Plan) -> Iterator[str]:
    solution, outlook = plan.solution, plan.outlook
    everything = solution.everything
    yield f"规则  {plan.ruleset}  口径 {plan.profile}（{PROFILE_STATUS[plan.profile_status]}）"
    yield "算哪条  有据：受理的佐证撑得住的分。自报多少不算"
    yield from wrap_parts(
        [f"有据{points_text(plan.earned)}", f"最高可到{points_text(plan.reachable)}", f"满分{points_text(plan.maximum)}"],
        "现在    ",
    )
    for word, kind in (("交证", "file"), ("办事", "do")):
        mine = [work for work in outlook.works if work.kind == kind]
        yield f"{word}    {len(mine)}件，共{sum(work.days for work in mine)}天  {WHAT[kind]}"
    cut = everything.uncapped - everything.points
    capped = f"（封顶少计{points_text(cut)}）" if cut else ""
    yield from wrap(f"全办完  有据{points_text(plan.after(everything))}，加{points_text(everything.points)}{capped}")
    asked, lost = (sum(held.points for held in those) for those in (outlook.asked, outlook.lost))
    gone = plan.maximum - plan.earned - everything.uncapped - asked - lost - outlook.reserve
    yield from wrap_parts(
        [
            f"先问{points_text(asked)}（{len(outlook.asked)}项里有待核）",
            f"补不了{points_text(lost)}（{len(outlook.lost)}项）",
            *([f"规则没有收录的行{points_text(outlook.reserve)}"] if outlook.reserve else []),
            *([f"条款已扣{points_text(gone)}"] if gone else []),
            "连同现在的和能补的，等于满分",
        ],
        "其余    ",
    )


WHAT = {"file": "自报已做到，只差佐证", "do": "没做的去做，期限没过或规则允许事后补"}


def _verdict(plan: Plan) -> Section:
    solution = plan.solution
    best = solution.best
    told = (
        f"加{points_text(best.points)}，有据到{points_text(plan.after(best))}，用{best.days}天（各种搭配都算过，没有更好的）"
    )
    below = list[str]()
    if plan.line is None:
        within = f"{solution.within}天内" if solution.within is not None else "全部能补的"
        title = f"{within}：{told}"
    elif plan.line <= plan.earned:
        title = f"{points_text(plan.line)}分已经到了：现在有据{points_text(plan.earned)}"
    elif solution.reached:
        title = f"到{points_text(plan.line)}分最少要{best.days}天：{told}"
    else:
        title = _out_of_reach(plan, plan.line)
        below += wrap(f"能做到的最好：{told}", "    ")
    if best.works:
        below += wrap(_compared(best, solution.greedy), "    ")
    return title, [*below, *_curve(plan)]


def _out_of_reach(plan: Plan, line: int) -> str:
    solution = plan.solution
    days = f"{solution.within}天内" if solution.within is not None else ""
    told = f"{days}到不了{points_text(line)}分，还差{points_text(line - plan.after(solution.best))}"
    if solution.soonest is not None:
        return f"{told}；不限天数，最少要{solution.soonest}天"
    whole = plan.after(solution.everything)
    unlimited = f"；不限天数也只到{points_text(whole)}，差{points_text(line - whole)}" if days else ""
    open_points = sum(held.points for held in plan.outlook.asked)
    return f"{told}{unlimited}。待核的{points_text(open_points)}分问清了才知道"


def _compared(best: Choice, greedy: Choice) -> str:
    if (greedy.points, greedy.days) == (best.points, best.days):
        return "作比较：按每天得分从高到低逐件挑，结果一样"
    told = f"作比较：按每天得分从高到低逐件挑，加{points_text(greedy.points)}，用{greedy.days}天"
    if greedy.points < best.points:
        return f"{told}，少{points_text(best.points - greedy.points)}"
    return f"{told}，多用{greedy.days - best.days}天"


def _curve(plan: Plan) -> Iterator[str]:
    """A few points of what so many days earn at most, evenly over the days."""
    curve = plan.solution.curve[1:]
    if not curve:
        return
    wanted = [curve[-1].days * k // STEPS for k in range(1, STEPS + 1)]
    steps = dict.fromkeys(next((s for s in reversed(curve) if s.days <= days), curve[0]) for days in wanted)
    yield from wrap_parts((f"{step.days}天加{points_text(step.points)}" for step in steps), "    天数与最多加分  ")


def _by_kind(plan: Plan, names: Iterable[str]) -> tuple[list[Mend], list[Mend]]:
    """Mends that only file, and mends for which something is to be done; what earns most per day first."""
    works = {work.id: work for work in plan.outlook.works}
    wanted = set(names)
    mends = [mend for mend in plan.outlook.mends if mend.id in wanted]
    mends.sort(key=lambda mend: (-mend.points / _days(mend, works), mend.id))
    doing = [mend for mend in mends if any(works[name].kind == "do" for name in mend.works)]
    return [mend for mend in mends if mend not in doing], doing


def _days(mend: Mend, works: dict[str, Work]) -> int:
    return sum(works[name].days for name in mend.works)


def _chosen(plan: Plan) -> Iterator[Section]:
    works = {work.id: work for work in plan.outlook.works}
    told: set[str] = set()
    number = 1
    for title, mends in zip(TITLES, _by_kind(plan, plan.solution.best.mends), strict=True):
        body = [line for at, mend in enumerate(mends, number) for line in _one(at, mend, works, told)]
        number += len(mends)
        if mends:
            yield f"{title}（{len(mends)}项，加{points_text(sum(mend.points for mend in mends))}）", body


TITLES = ("交证：已经做到，把佐证交上、改好", "办事：没做的去做，做了再交")


def _one(number: int, mend: Mend, works: dict[str, Work], told: set[str]) -> Iterator[str]:
    mine = [works[name] for name in mend.works]
    days = f"{sum(work.days for work in mine)}天"
    yield from wrap(f"{mend.indicator} {mend.title}  加{points_text(mend.points)}  {days}", f"{number:>3} ")
    for work in mine:
        if work.id in told:
            yield from wrap(f"{work.title}：上面已列，只办一次", "      ")
            continue
        told.add(work.id)
        effort = f"（{work.days}天）" if len(mine) > 1 else ""
        yield from wrap(f"{_what(work)}{effort}。{who_does(work)}；{when_at_latest(work)}", "      ")


def _what(work: Work) -> str:
    """What is to be filed or done, and why what was filed before was returned."""
    returned = "、".join(problem_word(code) for code in work.codes)
    return f"{work.title}（退回：{returned}）" if returned else work.title


def who_does(work: Work) -> str:
    """Who leads, and who answers for it."""
    return f"{few_names(work.unit)}→{few_names(work.others)}" if work.others else few_names(work.unit)


def when_at_latest(work: Work) -> str:
    """When it must be begun."""
    if work.start_by is not None:
        return f"最迟{work.start_by}动手"
    return "评估前交" if work.kind == "file" else "可事后补，越早越好"


def _left_over(plan: Plan) -> Iterator[Section]:
    """What can be mended and was not chosen, each indicator at its best."""
    left = _not_chosen(plan)
    works = {work.id: work for work in plan.outlook.works}
    rows = [
        [
            mend.indicator,
            mend.title,
            points_text(mend.points),
            f"{_days(mend, works)}天",
            few_names(works[mend.works[0]].unit),
        ]
        for mend in left[:SHOWN]
    ]
    if left:
        yield f"没挑上的（{len(left)}项，按每天得分）", [*columns_of(rows, indent="    ", right=(2, 3)), *_others(left)]


def _others(held: Sequence[object]) -> list[str]:
    return [f"    另有{len(held) - SHOWN}项，见 --format csv"] if len(held) > SHOWN else []


def _not_chosen(plan: Plan) -> list[Mend]:
    best: dict[str, Mend] = {}
    for mend in plan.outlook.mends:
        if mend.group not in best or mend.points > best[mend.group].points:
            best[mend.group] = mend
    chosen = set(plan.solution.best.mends)
    filing, doing = _by_kind(plan, (mend.id for mend in best.values() if mend.id not in chosen))
    return [*filing, *doing]


def _held(title: str, held: Sequence[Withheld]) -> Iterator[Section]:
    """The largest first: what is to be asked, or what is lost."""
    body = list[str]()
    for one in sorted(held, key=lambda one: (-one.points, one.indicator))[:SHOWN]:
        body += wrap(f"{one.indicator} {one.title}  {points_text(one.points)}  {'；'.join(one.reasons)}", "    ", "      ")
    if held:
        yield f"{title}（{len(held)}项，{points_text(sum(one.points for one in held))}）", [*body, *_others(held)]


def _notes(plan: Plan) -> Iterator[str]:
    yield from wrap(
        f"交证每件按{plan.filing_days}天算，不超过该项整改的天数，是本工具的假设；办事的天数出自规则。天数是各件相加，"
        "几个单位可以同时办。",
        "怎么算  ",
    )
    yield from wrap("佐证要当时已有的原件；当时没有的如实写没有，这一项的分就没有，事后另做的不算数。", "        ")
    yield from wrap("一件材料、一次办理管几处的只算一次天数。条款结论照现在的算，整改后会不会解除，这里不许诺。", "        ")


# --- tables ---------------------------------------------------------------------------------------------------------


def plan_rows(plan: Plan) -> list[list[str]]:
    """Every mend, chosen or not, and what is to be asked or lost, one a row."""
    works = {work.id: work for work in plan.outlook.works}
    filing, doing = _by_kind(plan, plan.solution.best.mends)
    rows = [_row("交证", mend, works) for mend in filing] + [_row("办事", mend, works) for mend in doing]
    rows += [_row("没挑上", mend, works) for mend in _not_chosen(plan)]
    for word, held in (("先问", plan.outlook.asked), ("补不了", plan.outlook.lost)):
        for one in held:
            rows.append(
                [word, one.indicator, one.title, points_text(one.points), "", one.unit, "", "", "；".join(one.reasons), ""]
            )
    return rows


def _row(word: str, mend: Mend, works: dict[str, Work]) -> list[str]:
    mine = [works[name] for name in mend.works]
    starts = [work.start_by for work in mine if work.start_by is not None]
    return [
        word,
        mend.indicator,
        mend.title,
        points_text(mend.points),
        str(_days(mend, works)),
        _names(work.unit for work in mine),
        _names(work.others for work in mine),
        str(min(starts)) if starts else "",
        "；".join(f"{_what(work)}（{work.days}天）" for work in mine),
        "、".join(gap for work in mine for gap in work.gaps),
    ]


def _names(lists: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(name for names in lists for name in names.split("、") if name))


def render_plan_md(plan: Plan) -> str:
    """The plan as Markdown: the same head, then every line in one table."""
    title, body = _verdict(plan)
    lines = [
        f"# {plan.unit}  先补什么",
        "",
        f"> {DISCLAIMER}",
        "",
        *(f"- {line.strip()}" for line in _head(plan)),
        "",
        *(line.strip() for line in (title, *body)),
        "",
        *markdown_table(PLAN_COLUMNS, plan_rows(plan)),
        "",
        *(line.strip() for line in _notes(plan)),
    ]
    return "\n".join(lines) + "\n"
