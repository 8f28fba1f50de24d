"""Data with places → a frozen model; what does not fit becomes problems, all at once, in Chinese."""

import difflib
import types
import typing
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import Literal
from typing import NamedTuple
from typing import TypeVar

from pydantic import BaseModel
from pydantic import Tag
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_core import PydanticCustomError

from engine.glossary import EXAMPLES
from engine.glossary import choice_for
from engine.glossary import choice_with_meaning
from engine.glossary import key_for
from engine.glossary import with_meaning
from engine.models.exact import PartialDate
from engine.models.exact import read_any_date
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Block
from engine.models.record import Items
from engine.models.record import Place

Model = TypeVar("Model", bound=BaseModel)

# Below this share of common characters two words are not alike.
LIKE_ENOUGH = 0.5
# As many keys are named when they do not fit together.
FEW = 8

_EXPECTED = {
    "string_type": "文字",
    "bool_type": "true（是）或 false（否）",
    "tuple_type": "清单（每行以 - 开头，或用方括号）",
    "dict_type": "若干「键: 值」",
    "model_type": "若干「键: 值」",
    "model_attributes_type": "若干「键: 值」",
    "none_required": "留空",
    "frozen_set_type": "清单",
    "string_too_short": "不空的文字",
    "string_too_long": "不超过4000字的文字",
    "too_short": "至少一项",
}
# What the patterns of the models ask for, by how they begin.
_FORMS = {
    "^[A-Za-z][A-Za-z0-9_-]": "编号用字母开头，只用字母、数字、- 和 _，如 E-1",
    "^I-[A-Z0-9-]+": "要素写成 指标编号.要素，如 I-R20.compiled",
    "^I-": "指标编号写成 I- 加大写字母和数字，如 I-R20",
    "^C-": "检查点编号写成 C- 加大写字母和数字，如 C-ENFORCE-1",
    "^K-": "条款编号写成 K- 加大写字母和数字，如 K-VETO-1",
    "^P[": "一级指标编号写成 P1 到 P99",
    "^[0-9a-f]{64}": "这里要64位的十六进制哈希；不知道就不写",
    "^(0[1-9]": "写成月-日，如 03-31",
    r"^\d+\.\d+": "修订号写成 1.0.0 这样",
    "^(month": "可写 month（月）、quarter（季）、half_year（半年）、year（年）或 24 months",
}
_TRUTHS = {"是": "true", "有": "true", "对": "true", "否": "false", "没有": "false", "无": "false", "不是": "false"}


def nearest(word: str, known: Iterable[str]) -> str:
    """Name the known word that is most like a given one, as a clause to put into a remedy; empty where none is.

    Where the known words come with their titles, a title is as good as the word.
    """
    names = list(known)
    titles = {title: name for name, title in known.items() if isinstance(title, str)} if isinstance(known, Mapping) else {}
    if word in titles:
        return f"应写「{titles[word]}」"
    begun = {name for title, name in titles.items() if len(word) > 1 and title.startswith(word)}
    if len(begun) == 1:
        return f"应写「{begun.pop()}」"
    best = closest(word, names)
    return f"是否想写「{best}」？" if best else ""


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like a given one; ``None`` where none is like it."""
    best = max(sorted(known), key=lambda name: _likeness(word, name), default=None)
    return best if best is not None and _shared(word, best) >= LIKE_ENOUGH else None


def _likeness(one: str, other: str) -> tuple[float, float]:
    """How like two words are; what begins alike counts too: 执法单位 is nearer 执法部门 than 各单位."""
    shared = _shared(one, other)
    alike = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    # Of words that share too little, however they begin, none is offered.
    return (shared + alike / max(len(one), len(other), 1) if shared >= LIKE_ENOUGH else 0), shared


def _shared(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, one).ratio()


def shape(model: type[Model], data: Any, file: str, read: Iterable[Problem] = ()) -> tuple[Model | None, list[Problem]]:
    """Make a model of data, or say everything that does not fit.

    ``read`` are the problems of reading: they are handed on, and what they already blame is not blamed again.
    """
    problems = list(read)
    try:
        return model.model_validate(data), problems
    except ValidationError as error:
        blamed = {p.place for p in problems}
        made = [_explain(model, data, detail, file) for detail in error.errors(include_url=False)]
        return None, problems + [p for p in made if p.place not in blamed]


class _Misfit(NamedTuple):
    """One thing that does not fit: what pydantic calls it, where it stands, what it is called in the file."""

    model: type[BaseModel]
    data: Any
    kind: str
    loc: tuple[int | str, ...]
    value: Any
    context: dict[str, Any]
    message: str
    place: Place
    path: list[int | str]

    @property
    def name(self) -> str:
        """The path of keys as a person would say it."""
        return ".".join(f"第{step + 1}项" if isinstance(step, int) else step for step in self.path) or "文件"

    @property
    def last(self) -> str:
        """The last step of the location: the key that is missing or too many."""
        return str(self.loc[-1]) if self.loc else ""

    @property
    def written(self) -> str:
        """What stands there, in words."""
        return f"「{self.name}」写的是「{_shown(self.value)}」"


def _explain(model: type[BaseModel], data: Any, detail: ErrorDetails, file: str) -> Problem:
    place, path = _locate(data, detail["loc"], file)
    misfit = _Misfit(
        model, data, detail["type"], detail["loc"], detail["input"], detail.get("ctx", {}), detail["msg"], place, path
    )
    if misfit.kind == "extra_forbidden":
        return _unknown_key(misfit)
    if misfit.kind in ("missing", "union_tag_not_found"):
        return _missing_key(misfit)
    if misfit.kind in ("literal_error", "enum", "union_tag_invalid"):
        return _no_such_choice(misfit)
    if misfit.kind == "RECORD_INCONSISTENT":
        return _inconsistent(misfit)
    if misfit.kind == "DATE_ORDER":
        return _dates_turned_round(misfit)
    if misfit.kind in CODES:
        remedy = misfit.message
        if misfit.kind == "DATE_UNREADABLE" and path[-1:] == ["period"]:
            remedy += "；上期的数写 previous"
        return problem(misfit.kind, place, misfit.written, remedy)
    return problem("VALUE_TYPE", place, misfit.written, _what_is_wanted(misfit))


def _unknown_key(misfit: _Misfit) -> Problem:
    known, word = _keys_at(misfit.model, misfit.loc[:-1]), misfit.last
    meant = key_for(word, known)
    if word in ("单位", "计量单位") and "value" in known:
        remedy = "报数的单位写 unit；计量单位直接写在 value 里，如 value: 20件"
    elif meant is not None:
        remedy = f"应写「{meant}」"
    else:
        remedy = nearest(word, known) or f"可用的键：{'、'.join(map(with_meaning, sorted(known)))}"
    return problem("KEY_UNKNOWN", _key_place(misfit.data, misfit.loc, misfit.place), f"不认识的键「{word}」", remedy)


def _missing_key(misfit: _Misfit) -> Problem:
    key = misfit.last if misfit.kind == "missing" else "kind"
    where = "文件" if not misfit.path else f"「{misfit.name}」"
    remedy = f"请在{where}里补写" + (f"，如 {key}: {EXAMPLES[key]}" if key in EXAMPLES else f" {key}: …")
    if choices := _choices_at(misfit.model, misfit.loc):
        remedy += f"；可选：{'、'.join(map(choice_with_meaning, choices))}"
    return problem("KEY_MISSING", misfit.place, f"缺少「{key}」" + with_meaning(key).removeprefix(key), remedy)


def _no_such_choice(misfit: _Misfit) -> Problem:
    choices = str(misfit.context.get("expected") or misfit.context.get("expected_tags", ""))
    allowed = [part.strip(" '\"") for part in choices.replace(" or ", ",").split(",")]
    shown = str(misfit.context.get("tag", misfit.value))
    meant = choice_for(shown, allowed)
    remedy = f"应写 {choice_with_meaning(meant)}" if meant else nearest(shown, allowed)
    remedy = remedy or f"可选：{'、'.join(map(choice_with_meaning, allowed))}"
    return problem("VALUE_CHOICE", misfit.place, f"「{misfit.name}」的值「{_shown(shown)}」不在可选范围", remedy)


def _inconsistent(misfit: _Misfit) -> Problem:
    """Say what was written together, unless one key alone is to blame."""
    key = misfit.context.get("key")
    if key is not None and isinstance(misfit.value, Block) and key in misfit.value:
        name = f"{misfit.name}.{key}" if misfit.path else key
        found = f"「{name}」写的是「{_shown(misfit.value[key])}」"
        return problem("RECORD_INCONSISTENT", misfit.value.value_places[key], found, misfit.message)
    keys = "、".join(misfit.value) if isinstance(misfit.value, Block) and len(misfit.value) <= FEW else ""
    found = f"「{misfit.name}」写了 {keys}" if keys else f"「{misfit.name}」的几个键合在一起说不通"
    return problem("RECORD_INCONSISTENT", misfit.place, found, misfit.message)


def _dates_turned_round(misfit: _Misfit) -> Problem:
    first, last = (misfit.value.get("from"), misfit.value.get("to")) if isinstance(misfit.value, Block) else ("", "")
    found = f"「{misfit.name}」从{first}到{last}，{first}晚于{last}"
    return problem("DATE_ORDER", misfit.place, found, f"请把两个日期对调：{{from: {last}, to: {first}}}")


def _what_is_wanted(misfit: _Misfit) -> str:
    kind, value = misfit.kind, misfit.value
    if kind == "string_pattern_mismatch":
        pattern = str(misfit.context.get("pattern", ""))
        return next((said for begin, said in _FORMS.items() if pattern.startswith(begin)), "写法不对，请对照样例")
    if kind.startswith(("greater_than", "less_than")):
        bound = next(iter(misfit.context.values()), "")
        return f"应{'不小于' if kind.startswith('greater') else '不大于'}{bound}"
    if kind == "bool_type" and value in _TRUTHS:
        return f"应写 {_TRUTHS[str(value)]}"
    if kind == "tuple_type" and isinstance(value, str):
        return f"这里要清单，请加方括号：[{value}]"
    if kind in ("model_type", "model_attributes_type"):
        return _as_a_block(misfit)
    return f"这里要{_EXPECTED.get(kind, '别的写法，请对照样例')}"


def _as_a_block(misfit: _Misfit) -> str:
    """How something should be written that needs several keys, shown with what was written where that can be told."""
    keys = _keys_at(misfit.model, misfit.loc)
    day = _day_in(misfit.value)
    if {"from", "to"} <= keys:
        example = f"{{from: {day.first}, to: {day.last}}}" if day is not None else EXAMPLES["period"]
        return f"请写起止两天：{example}"
    if "date" in keys and day is not None:
        return f"请写 {{date: {day}}}"
    if EXAMPLES.get(misfit.last, "").startswith("{"):
        return f"请写成 {misfit.last}: {EXAMPLES[misfit.last]}"
    listed = "、".join(map(with_meaning, sorted(keys)))
    return f"这里要花括号里的若干「键: 值」，可用的键：{listed}" if listed else "这里要若干「键: 值」"


def _day_in(value: Any) -> PartialDate | None:
    try:
        return read_any_date(value) if isinstance(value, str) else None
    except PydanticCustomError:
        return None


def _key_place(data: Any, loc: tuple[int | str, ...], otherwise: Place) -> Place:
    """Where the last key of a location was written."""
    owner = data
    for step in loc[:-1]:
        if isinstance(owner, Block) and step in owner:
            owner = owner[str(step)]
        elif isinstance(owner, Items) and isinstance(step, int) and step < len(owner):
            owner = owner[step]
    return owner.key_places.get(str(loc[-1]), otherwise) if isinstance(owner, Block) else otherwise


def _shown(value: Any) -> str:
    if isinstance(value, Block | dict):
        return "一组键值"
    if isinstance(value, list | tuple):
        return "一个清单"
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:60]


def _locate(data: Any, loc: tuple[int | str, ...], file: str) -> tuple[Place, list[int | str]]:
    """Walk a pydantic location through the data, leaving out the names of union branches."""
    place = getattr(data, "place", Place(file=file))
    path: list[int | str] = []
    for step in loc:
        if isinstance(data, Block) and step in data:
            key = str(step)
            is_last = step == loc[-1] and not isinstance(data[key], Block | Items)
            place = data.value_places[key] if is_last or isinstance(data[key], Block | Items) else data.key_places[key]
            data = data[key]
            path.append(step)
        elif isinstance(data, Items) and isinstance(step, int) and step < len(data):
            place, data = data.value_places[step], data[step]
            path.append(step)
    return place, path


def _keys_at(model: Any, loc: tuple[int | str, ...]) -> set[str]:
    """The keys that the models at a pydantic location accept."""
    kinds: list[Any] = [model]
    for step in loc:
        kinds = [inner for kind in kinds for inner in _inside(kind, step)]
    return {
        field.alias or name
        for kind in kinds
        for branch in _branches(kind)
        for name, field in branch.model_fields.items()
        if name != "place"
    }


def _choices_at(model: Any, loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The fixed words that may stand at a pydantic location."""
    kinds: list[Any] = [model]
    for step in loc:
        kinds = [inner for kind in kinds for inner in _inside(kind, step)]
    return tuple(word for kind in kinds if typing.get_origin(kind) is Literal for word in typing.get_args(kind))


def _branches(kind: Any) -> list[type[BaseModel]]:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _branches(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [branch for part in typing.get_args(kind) for branch in _branches(part)]
    return [kind] if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _inside(kind: Any, step: int | str) -> list[Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _inside(arguments[0], step)
    if origin in (typing.Union, types.UnionType):
        tagged = [part for part in arguments if _has_tag(part, step)]
        return tagged or [inner for part in arguments for inner in _inside(part, step)] or [kind]
    if origin is tuple or origin is list:
        return [arguments[0]] if isinstance(step, int) else [kind]
    if origin is dict:
        return [arguments[1]]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.annotation for name, field in kind.model_fields.items() if step in (name, field.alias)]
    return []


def _has_tag(kind: Any, step: int | str) -> bool:
    """Whether a branch of a union answers to a tag, by its ``kind`` or by name."""
    if step in [tag.tag for tag in typing.get_args(kind) if isinstance(tag, Tag)]:
        return True
    kinds = [branch.model_fields["kind"] for branch in _branches(kind) if "kind" in branch.model_fields]
    return any(step in typing.get_args(field.annotation) for field in kinds)
