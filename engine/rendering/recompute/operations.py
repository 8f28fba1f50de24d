"""The text of the formulas that put values together: a rate from its parts, and the four operations on intervals."""

from engine.models import ruleset as model
from engine.models.ruleset import NoneDue
from engine.rendering.recompute.cells import Named
from engine.rendering.recompute.known import Known
from engine.rendering.recompute.known import between_0_and_1
from engine.rendering.recompute.known import reduced


def holes_of_reported(reported: Known | None) -> dict[str, Named]:
    """The holes that a reported rate fills, where there is one."""
    return {**reported.holes("r"), "rd": reported.doubt} if reported else {}


def route_of_ratio(reported: Known | None) -> str:
    """Which of the readings of a rate applies: the order in which they are tried is the engine's."""
    known = "AND(OR(ISNUMBER({tln}),ISNUMBER({thn})),OR(ISNUMBER({bln}),ISNUMBER({bhn})),OR({td}=1,{bd}=1))"
    divides = "IF(AND(ISNUMBER({tln}),ISNUMBER({bln})),IF(AND({tln}>=0,{bln}>0),1,0),0)"
    last = '"按所报"' if reported else '"不知"'
    route = f'IF({divides}=1,"计算",IF({known},"矛盾",{last}))'
    if reported:
        route = f'IF({{rd}}=1,"按所报",{route})'
    return f'IF(AND({{bln}}=0,{{bhn}}=0,{{bd}}=0),"没有应办",{route})'


def ends_of_ratio(measure: model.Ratio) -> dict[str, str]:
    """Both ends of a rate from both ends of its parts."""
    low, low_of = "{tln}*{bhd}", "{tld}*{bhn}"
    high, high_of = "{thn}*{bld}", "{thd}*{bln}"
    clip = reduced if measure.may_exceed_one else between_0_and_1
    (low_n, low_d), (high_n, high_d) = clip(low, low_of), clip(high, high_of)
    boundless = '""' if measure.may_exceed_one else "1"
    return {
        "low_n": f"IF(ISNUMBER({{bhn}}),{low_n},0)",
        "low_d": f"IF(ISNUMBER({{bhn}}),{low_d},1)",
        "high_n": f"IF(ISNUMBER({{thn}}),{high_n},{boundless})",
        "high_d": f"IF(ISNUMBER({{thn}}),{high_d},1)",
    }


OPEN_ENDS = {
    "low_open": "IF(OR({tlo}=1,AND({tln}<>0,OR({bho}=1,NOT(ISNUMBER({bhn}))))),1,0)",
    "high_open": "IF(ISNUMBER({thn}),IF({thn}*{bld}>{thd}*{bln},0,IF(OR({tho}=1,AND({thn}<>0,{blo}=1)),1,0)),0)",
}


def is_not_applicable(measure: model.Share) -> int:
    """Whether nothing due leaves a rate without a meaning."""
    return int(measure.when_none_due is NoneDue.NOT_APPLICABLE)


def nothing_due(measure: model.Share) -> dict[str, str]:
    """Both ends where nothing was due, and where nothing is known."""
    if measure.when_none_due is not NoneDue.MET:
        return {"low_n": '""', "low_d": "1", "high_n": '""', "high_d": "1"}
    best = "0" if measure.direction == "lower" else "1"
    told = f'IF({{route}}="没有应办",{best},"")'
    return {"low_n": told, "low_d": "1", "high_n": told, "high_d": "1"}


_BOTH_LOW, _BOTH_HIGH = "AND(ISNUMBER({aln}),ISNUMBER({bln}))", "AND(ISNUMBER({ahn}),ISNUMBER({bhn}))"
_LOW_HIGH, _HIGH_LOW = "AND(ISNUMBER({aln}),ISNUMBER({bhn}))", "AND(ISNUMBER({ahn}),ISNUMBER({bln}))"
_ALL = "AND(ISNUMBER({aln}),ISNUMBER({bln}),ISNUMBER({ahn}),ISNUMBER({bhn}))"
_CORNERS = ",".join(
    f"{{a{one}n}}*{{b{two}n}}*{{a{'h' if one == 'l' else 'l'}d}}*{{b{'h' if two == 'l' else 'l'}d}}"
    for one in "lh"
    for two in "lh"
)
_CORNERS_OF = "{ald}*{ahd}*{bld}*{bhd}"
_DIVIDES = "IF(AND(ISNUMBER({aln}),ISNUMBER({bln})),IF(AND({aln}>=0,{bln}>0),1,0),0)=1"
# Per operation, for both ends: when it is known, its numerator, its denominator.
OPERATIONS = {
    "+": (
        (_BOTH_LOW, "({aln}*{bld}+{bln}*{ald})", "({ald}*{bld})"),
        (_BOTH_HIGH, "({ahn}*{bhd}+{bhn}*{ahd})", "({ahd}*{bhd})"),
    ),
    "-": (
        (_LOW_HIGH, "({aln}*{bhd}-{bhn}*{ald})", "({ald}*{bhd})"),
        (_HIGH_LOW, "({ahn}*{bld}-{bln}*{ahd})", "({ahd}*{bld})"),
    ),
    "*": ((_ALL, f"MIN({_CORNERS})", f"({_CORNERS_OF})"), (_ALL, f"MAX({_CORNERS})", f"({_CORNERS_OF})")),
    "/": (
        (_DIVIDES, "IF(ISNUMBER({bhn}),{aln}*{bhd},0)", "IF(ISNUMBER({bhn}),{ald}*{bhn},1)"),
        (f"IF({_DIVIDES},ISNUMBER({{ahn}}),1=0)", "({ahn}*{bld})", "({ahd}*{bln})"),
    ),
}
OPENED = {
    "+": {"low_open": "MAX({alo},{blo})", "high_open": "MAX({aho},{bho})"},
    "-": {"low_open": "MAX({alo},{bho})", "high_open": "MAX({aho},{blo})"},
    "*": {"low_open": "0*{alo}", "high_open": "0*{aho}"},
    "/": {
        "low_open": "IF(ISNUMBER({ln}),IF(OR({alo}=1,AND({aln}<>0,OR({bho}=1,NOT(ISNUMBER({bhn}))))),1,0),0)",
        "high_open": "IF(ISNUMBER({hn}),IF(OR({aho}=1,AND({ahn}<>0,{blo}=1)),1,0),0)",
    },
}
