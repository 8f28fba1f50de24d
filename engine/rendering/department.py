"""One unit's view in 80 columns, after research examples.md §3: what would be returned first, what is ready last."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import groupby

from engine.departments import Department
from engine.models.campaign import Owed
from engine.models.result import Assessment
from engine.rendering.layout import RULE
from engine.rendering.layout import ends
from engine.rendering.layout import wrap
from engine.rendering.layout import wrap_parts
from engine.rendering.words import OUTCOMES
from engine.rendering.words import detail_text
from engine.rendering.words import problem_word

ONLY_OURS = "只看本单位，不是全县（市）得分"
# How many lines each part shows; the rest is counted.
MOST_LINES, MOST_LOST = 12, 6


def render_department(view: Department, assessment: Assessment, folder: str) -> str:
    """Write one unit's view."""
    lines = [
        ends(f"{view.name}  本单位视图  {_period(assessment)}", ONLY_OURS),
        RULE,
        *_share(view),
        *_progress(view, assessment),
        *_would_be_returned(view),
        *_admitted(view),
        *_missing(view),
        *_ready(view),
        *_questions(view),
        *_lost(view),
        *wrap_parts([f"fazhi gaps {folder} --unit {view.name}", "有疑问先问口径，不要先凑材料"], "改完再跑  "),
    ]
    return "\n".join(lines) + "\n"


def _period(assessment: Assessment) -> str:
    first, last = assessment.submission.period_from, assessment.submission.period_to
    if first is None or last is None:
        return ""
    whole_year = first.year == last.year and (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    return f"{first.year}年度" if whole_year else f"{first}至{last}"


def _share(view: Department) -> Iterator[str]:
    told = [f"牵头{len(view.led)}项", f"配合{len(view.shared)}项（牵头为假设，请核）"]
    told += [f"不归本单位{view.elsewhere}项（由别的单位牵头，仍在全县分母里）"] if view.elsewhere else []
    told += [f"不适用{view.not_applicable}项（不在分母里）"] if view.not_applicable else []
    yield from wrap_parts(told, "分工  ")


def _progress(view: Department, assessment: Assessment) -> Iterator[str]:
    outcomes = Counter(finding.outcome for finding in view.led)
    told = [f"牵头的{len(view.led)}项"] if view.led else ["没有牵头的项"]
    told += [f"{word}{outcomes.get(outcome, 0)}" for outcome, word in OUTCOMES.items()][:4] if view.led else []
    told.append(f"评判日 {assessment.as_of}")
    yield from wrap_parts(told, "进度  ")
    if view.shared:
        yield from wrap("配合的项只看自己那一份：缺的、不合格的列在下面。", "      ")


def _would_be_returned(view: Department) -> Iterator[str]:
    count = len(view.returned) + len(view.set_aside) + len(view.doubtful)
    yield f"一、先改：报出来就会被退、或者不算数的{'' if count else '：没有'}"
    for one in view.returned[:MOST_LINES]:
        yield from wrap(f"{one.item} {one.title}", "    材料  ", "          ")
        yield from wrap(f"{one.code} {one.meaning}；{one.remedy}", "          ")
    yield from _further(len(view.returned))
    for p in view.set_aside[:MOST_LINES]:
        yield from wrap(f"{problem_word(p.code)}：{p.found}（{p.file}:{p.line}）", "    数    ", "          ")
        yield from wrap(p.remedy, "          ")
    yield from _further(len(view.set_aside))
    for line in view.doubtful[:MOST_LINES]:
        yield from wrap(f"{line.indicator or ''} {line.what}；{line.done_when}".strip(), "    口径  ", "          ")
    yield from _further(len(view.doubtful))


def _admitted(view: Department) -> Iterator[str]:
    yield f"二、自己说有问题的（不能同时报满分）{'' if view.admitted or view.mendable else '：没有'}"
    for text in view.admitted[:MOST_LINES]:
        yield from wrap(detail_text(text), "    ", "      ")
    for line in view.mendable[:MOST_LINES]:
        day = f"；{line.due}前" if line.due else ""
        yield from wrap(f"{line.indicator} {line.what}{day}", "    可补  ", "          ")
    yield from _further(len(view.mendable))


def _missing(view: Department) -> Iterator[str]:
    yield f"三、缺的，一次补齐（数{len(view.facts)}、材料{len(view.proofs)}）{'' if view.facts or view.proofs else '：没有'}"
    yield from _by_indicator("数    ", view.facts)
    yield from _by_indicator("材料  ", view.proofs)


def _by_indicator(word: str, owed: Iterable[Owed]) -> Iterator[str]:
    """What is asked of each indicator on one line."""
    gathered = [
        (indicator, "；".join(line.what for line in lines))
        for indicator, lines in groupby(sorted(owed, key=lambda line: line.indicator or ""), lambda line: line.indicator)
    ]
    for indicator, text in gathered[:MOST_LINES]:
        yield from wrap(f"{indicator} {text}", f"    {word}", "          ")
    yield from _further(len(gathered), "项")


def _ready(view: Department) -> Iterator[str]:
    yield f"四、已能用{'' if view.ready or view.unproven or view.own_ready else '：没有'}"
    if view.own_ready:
        yield from wrap_parts(view.own_ready[:MOST_LINES], "    达标  ", "          ")
        yield from _further(len(view.own_ready), "项")
    if view.ready:
        told = [f"{finding.indicator} {finding.title}" for finding in view.ready]
        yield from wrap_parts(told[:MOST_LINES], "    有据  ", "          ")
        yield from _further(len(told), "项")
    if view.unproven:
        told = [f"{finding.indicator} {finding.title}" for finding in view.unproven]
        yield from wrap_parts(told[:MOST_LINES], "    待证  ", "          ")
        yield from _further(len(told), "项")
        yield "          （数有了，缺合格的材料，有据仍为0）"


def _questions(view: Department) -> Iterator[str]:
    yield f"五、评估组会问你{'' if view.questions else '：没有现成的问题'}"
    for question in view.questions:
        yield from wrap(question, "    ", "      ")


def _lost(view: Department) -> Iterator[str]:
    if view.lost:
        yield f"六、补不了的（{len(view.lost)}项，如实写明即可，事后的记录不算数）"
        for line in view.lost[:MOST_LOST]:
            yield from wrap(f"{line.indicator} {line.what}", "    ", "      ")
        yield from _further(len(view.lost), shown=MOST_LOST)


def _further(count: int, word: str = "处", shown: int = MOST_LINES) -> Iterator[str]:
    if count > shown:
        yield f"          另有{count - shown}{word}"
