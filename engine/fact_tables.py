"""What the columns of a table of facts may be (事实表的列): names that the rules know, kinds of values that are exact."""

from collections.abc import Iterable
from collections.abc import Mapping

import polars as pl

from engine.lowering import cells_known
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.shaping import nearest

# What a row says of its unit itself.
OWN_COLUMNS = ("unit", "level", "legislative_power")
# The columns of a long table: a line for each cell.
LONG = frozenset({"unit", "cell", "value"})


def check_columns(schema: Mapping[str, pl.DataType], ruleset: Ruleset, place: Place) -> list[Problem]:
    """Refuse the columns of a wide table that are not what the rules know, or not exact."""
    known = cells_known(ruleset)
    problems: list[Problem] = []
    if "unit" not in schema:
        problems.append(problem("TABLE_HEADER", place, "没有 unit 这一列", "每行要写单位的名称或编号"))
    for name, kind in schema.items():
        if kind.is_nested():
            problems.append(problem("TABLE_HEADER", place, f"列「{name}」一格里有几个值", "一格写一个值，整数或文字"))
        if name in OWN_COLUMNS:
            continue
        if name not in known:
            remedy = nearest(name, known) or "列名写口径、指标.要素 或 指标/佐证要求"
            problems.append(problem("TABLE_HEADER", place, f"规则集不认识列「{name}」", remedy))
        elif kind.is_float():
            problems.append(problem("TABLE_HEADER", place, f"列「{name}」是浮点数，不确切", "请存成整数或文字，如 96.5%"))
    return problems


def check_cells(cells: Iterable[str], ruleset: Ruleset, place: Place) -> list[Problem]:
    """Refuse the names in a long table that the rules do not know."""
    known = cells_known(ruleset) | set(OWN_COLUMNS[1:])
    strange = [name for name in cells if name not in known]
    remedies = [nearest(name, known) or "写口径、指标.要素 或 指标/佐证要求" for name in strange]
    pairs = zip(strange, remedies, strict=True)
    return [problem("TABLE_HEADER", place, f"规则集不认识「{name}」", remedy) for name, remedy in pairs]


def as_stated(schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """Every column as truths, whole numbers of at most 64 bits, or text: what any reader of Parquet has."""
    return [pl.col(name).cast(_plain_kind(kind)) for name, kind in schema.items()]


def _plain_kind(kind: pl.DataType) -> type[pl.DataType]:
    if kind == pl.Boolean:
        return pl.Boolean
    return pl.Int64 if kind in {pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32} else pl.String
