"""What is done with columns again and again (列的算法): look up, number what is distinct, round."""

import polars as pl

# Truths that go into one whole number.
_BITS = 60


def looked_up(values: pl.Series, at: pl.Expr) -> pl.Expr:
    """The value that stands at the number of each row."""
    return pl.lit(values).gather(at)


def numbered(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows of a table in the order in which they come, and which of them each row is."""
    each = cells.unique(maintain_order=True)
    return each, numbers_in(cells, each.with_row_index("~at"))


def numbers_in(cells: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Which of some known rows, numbered in ``~at``, each row is; null where it is none of them."""
    return cells.join(known, on=cells.columns, how="left", nulls_equal=True, maintain_order="left")["~at"]


def numbered_truths(table: pl.DataFrame, names: list[str]) -> tuple[list[tuple[bool, ...]], pl.Series]:
    """The distinct combinations of some columns of truths, and which of them each row has."""
    if not names:
        return [()], pl.repeat(0, table.height, dtype=pl.UInt32, eager=True)
    # A join by a few whole numbers is much quicker than one by dozens of truths.
    words = [names[first : first + _BITS] for first in range(0, len(names), _BITS)]
    packed = table.select(
        pl.sum_horizontal([pl.col(name).cast(pl.Int64) * (1 << bit) for bit, name in enumerate(word)]).alias(str(n))
        for n, word in enumerate(words)
    )
    each, numbers = numbered(packed)
    unpacked = each.select(
        (pl.col(str(n)) // (1 << bit) % 2 == 1).alias(name) for n, word in enumerate(words) for bit, name in enumerate(word)
    )
    return unpacked.rows(), numbers


def round_half_even(over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """A quotient of whole numbers to the nearest whole number, halves to the even one."""
    return nearest(over, under, over // under)


def nearest(over: pl.Expr, under: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """The same where what is whole of the quotient was worked out before."""
    twice = 2 * (over - whole * under)
    return whole + ((twice > under) | ((twice == under) & (whole % 2 == 1))).cast(pl.Int32)
