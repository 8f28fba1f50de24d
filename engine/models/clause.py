"""Clauses: what no single indicator can say (条款). Vetoes, caps, linked deductions, bonuses, escalation, root causes."""

from typing import Annotated
from typing import Any
from typing import Literal

from pydantic import BeforeValidator
from pydantic import Field
from pydantic import model_validator

from engine.models.authority import Authority
from engine.models.authority import Identifier
from engine.models.authority import Text
from engine.models.authority import inconsistent
from engine.models.exact import Exact
from engine.models.exact import Whole
from engine.models.record import Placed

Verdict = Literal["MET", "PARTIAL", "NOT_MET", "UNKNOWN", "NOT_APPLICABLE"]
EffectKind = Literal["block", "veto", "penalty", "warn", "cap", "deduct", "bonus", "level", "cause"]
# What takes points or the right to apply away: such a clause rests on what is known to be wrong, never on what is unknown.
LOWERING = ("block", "veto", "penalty", "cap", "deduct")


def _spread_effect(value: Any) -> Any:
    """``veto`` and ``{cap: P4}`` are both written; a target stands behind the kind."""
    if isinstance(value, str):
        return {"kind": value}
    if isinstance(value, dict) and len(value) == 1 and "kind" not in value:
        ((kind, target),) = value.items()
        return {"kind": kind, "target": target}
    return value


class Effect(Placed):
    """What a clause does: its kind, and what it does it to (a pillar, an indicator, a level, an honour)."""

    kind: EffectKind
    target: Text | None = None

    @model_validator(mode="after")
    def _target_fits(self) -> "Effect":
        needs = self.kind in ("cap", "deduct", "bonus", "level")
        if needs != (self.target is not None):
            raise inconsistent(f"效果 {self.kind} {'要写明对什么，如 {cap: P4}' if needs else '后面不写对象'}")
        if self.kind == "level" and self.target not in ("blue", "yellow", "red"):
            raise inconsistent("提示等级只有 blue、yellow、red")
        return self


class Premise(Placed):
    """One thing that must be so; exactly one subject. ``unit: $u`` binds the same unit across premises."""

    finding: Text | None = None
    member_finding: Text | None = None
    incident: Identifier | None = None
    evidence_returned: Text | None = None
    tally: Identifier | None = None
    concluded: Identifier | None = None
    any: "tuple[Premise, ...]" = ()
    outcome: Verdict | None = None
    code: Text | None = None
    unit: Literal["$u"] | None = None

    @property
    def subject(self) -> str:
        """Which of the subjects is named."""
        names = ("finding", "member_finding", "incident", "evidence_returned", "tally", "concluded", "any")
        return next(name for name in names if getattr(self, name))

    @model_validator(mode="after")
    def _one_subject(self) -> "Premise":
        names = {"finding", "member_finding", "incident", "evidence_returned", "tally", "concluded", "any"}
        given = names & self.model_fields_set
        if len(given) != 1:
            raise inconsistent("一个前提只写一种主语，如 finding、incident、tally、concluded")
        if bool({"finding", "member_finding"} & given) != (self.outcome is not None):
            raise inconsistent("finding、member_finding 要写 outcome，别的前提不写")
        if self.code is not None and "evidence_returned" not in given:
            raise inconsistent("code 只跟 evidence_returned")
        if self.unit is not None and given & {"finding", "tally", "any"}:
            raise inconsistent("unit 只跟 member_finding、incident、evidence_returned、concluded")
        if any(inner.any for inner in self.any):
            raise inconsistent("any 里面不再写 any")
        return self


class Clause(Placed):
    """One clause. Its amount, where it has one, stands in the profile."""

    id: Annotated[str, Field(pattern=r"^K-[A-Z0-9-]{1,30}$")]
    title: Text
    effect: Annotated[Effect, BeforeValidator(_spread_effect)]
    concludes: Identifier | None = None
    per: Literal["unit"] | None = None
    when: Annotated[tuple[Premise, ...], Field(min_length=1, max_length=12)]
    authority: tuple[Authority, ...] = ()
    remedy: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _units_fit(self) -> "Clause":
        bound = any(premise.unit or any(inner.unit for inner in premise.any) for premise in self.when)
        if bound != (self.per == "unit"):
            raise inconsistent("per: unit 与前提里的 unit: $u 必须同时有或同时没有")
        if self.effect.kind == "cause" and self.concludes is None:
            raise inconsistent("根因要写 concludes")
        return self


class Counting(Placed):
    """What a tally counts; exactly one."""

    member_findings: Text | None = None
    findings: Text | None = Field(default=None, description="一级指标编号；写 all 数全部")
    incidents: Identifier | None = None
    concluded: Identifier | None = None
    outcome: Verdict | None = None

    @model_validator(mode="after")
    def _one(self) -> "Counting":
        given = {"member_findings", "findings", "incidents", "concluded"} & self.model_fields_set
        if len(given) != 1:
            raise inconsistent("一个计数只数一种：member_findings、findings、incidents、concluded")
        if bool({"member_findings", "findings"} & given) != (self.outcome is not None):
            raise inconsistent("数 findings、member_findings 要写 outcome")
        return self


class Tally(Placed):
    """A count that becomes one token when it reaches a number; counted in our own code, never by the chainer."""

    id: Identifier
    title: Text
    count: Counting
    at_least: Annotated[Whole, Field(ge=1)]


def _spread_kind(value: Any) -> Any:
    """A title alone is a kind that counts in the period."""
    return {"title": value} if isinstance(value, str) else value


class IncidentKind(Placed):
    """A kind of event, and how long one counts: from the period's first day on, until it is mended, or for ever."""

    title: str
    counts: Literal["period", "until_mended", "always"] = "period"


class Clauses(Placed):
    """``clauses.yaml``. ``reuses`` names the clauses taken over; once loaded, they stand before its own."""

    reuses: tuple[Text, ...] = ()
    incident_kinds: dict[Identifier, Annotated[IncidentKind, BeforeValidator(_spread_kind)]] = {}
    tallies: tuple[Tally, ...] = ()
    clauses: tuple[Clause, ...] = ()


class Amount(Placed):
    """What a clause costs or brings, in a profile: an assumption with its reason."""

    points: Exact | None = None
    share: Exact | None = None
    reason: Text

    @model_validator(mode="after")
    def _one(self) -> "Amount":
        if (self.points is None) == (self.share is None):
            raise inconsistent("points（分）和 share（封顶到满分的几成）只写一个")
        return self
