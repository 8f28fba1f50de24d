"""Clauses over many rows (成批推理): rows that agree in all that clauses ask are concluded once, by the plain path.

A row states no incidents, no members and no returned evidence: clauses fire on findings, on counts of findings, and on what
follows from these.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from engine.chaining import Token
from engine.clauses import rules_of
from engine.columns import numbered_truths
from engine.columns import round_half_even
from engine.inference import conclude
from engine.lowering import Rules
from engine.lowering import pillars_of
from engine.models.result import Conclusion
from engine.scoring import cap_share
from engine.scoring import taken_by

Conclusions = tuple[Conclusion, ...]
# What is added up by pillar: the maximum, and claimed, earned, reachable and lost.
SUMS = ("maximum", "claimed", "earned", "reachable", "lost")


class Fired(NamedTuple):
    """The different conclusions that rows come to, and which of them each row comes to."""

    each: list[Conclusions]
    numbers: pl.Series

    def clauses(self) -> pl.Series:
        """The clauses that fired in every row."""
        told = ["、".join(dict.fromkeys(c.clause for c in conclusions)) for conclusions in self.each]
        return pl.Series(told, dtype=pl.String).gather(self.numbers)


def fire(rules: Rules, outcomes: pl.DataFrame) -> Fired:
    """Conclude from the substantiated outcomes of every row, a column by indicator."""
    tests = [test.alias(str(n)) for n, test in enumerate(_asked(rules))]
    asked = outcomes.with_columns(tests)
    _, numbers = numbered_truths(asked, [str(n) for n in range(len(tests))])
    examples = outcomes[numbers.arg_unique()].select(rules.scored)
    return Fired([_concluded(rules, row) for row in examples.iter_rows(named=True)], numbers)


def _asked(rules: Rules) -> Iterator[pl.Expr]:
    """All that clauses ask of the findings of a row."""
    clauses = rules.ruleset.clauses
    patterns = {p for clause in clauses.clauses for rule in rules_of(clause) for p in rule.patterns if p.kind == "finding"}
    for pattern in sorted(patterns):
        if pattern.name in rules.scored:
            yield pl.col(pattern.name) == pattern.value
    pillars = pillars_of(rules)
    for tally in clauses.tallies:
        wanted = tally.count.findings
        names = () if wanted is None else rules.scored if wanted == "all" else pillars[wanted]
        if names:
            yield (
                pl.sum_horizontal([(pl.col(name) == tally.count.outcome).cast(pl.Int32) for name in names]) >= tally.at_least
            )


def _concluded(rules: Rules, row: dict[str, str]) -> Conclusions:
    conclusions, _ = conclude(rules.ruleset, rules.profile, [Token("finding", name, row[name]) for name in rules.scored])
    return conclusions


def total(sums: dict[str, dict[str, pl.Series]], fired: Fired) -> pl.DataFrame:
    """The totals of every row after the clauses: caps by pillar first, then what is taken from the sum.

    ``sums`` holds for every pillar the sums named in ``SUMS``, with what is held in reserve.
    """
    columns = {f"{pillar}|{name}": own[name] for pillar, own in sums.items() for name in SUMS}
    table = pl.DataFrame(columns).with_columns(fired.numbers.alias("~fired")).with_row_index("~row")
    alike = table.partition_by("~fired", maintain_order=True)
    found = [_totals(rows, list(sums), fired.each[rows["~fired"][0]]) for rows in alike]
    return (pl.concat(found).sort("~row") if found else _totals(table, list(sums), ())).drop("~row")


def _totals(table: pl.DataFrame, pillars: list[str], conclusions: Conclusions) -> pl.DataFrame:
    taken = taken_by(conclusions)
    lines = [_after_cap(pillar, cap_share(pillar, conclusions)) for pillar in pillars]
    maximum, claimed, earned, reachable, recoverable = (pl.sum_horizontal(column) for column in zip(*lines, strict=True))
    claimed, earned, reachable = (pl.max_horizontal(0, amount - taken) for amount in (claimed, earned, reachable))
    return table.select(
        "~row",
        maximum.alias("maximum"),
        claimed.alias("claimed.earned"),
        earned.alias("substantiated.earned"),
        reachable.alias("reachable"),
        recoverable.alias("recoverable"),
        (maximum - reachable - recoverable).alias("lost"),
    )


def _after_cap(pillar: str, share: Fraction) -> tuple[pl.Expr, ...]:
    """Maximum, claimed, earned, reachable and recoverable of a pillar under its cap."""
    maximum, claimed, earned, reachable, lost = (pl.col(f"{pillar}|{name}") for name in SUMS)
    recoverable = maximum - reachable - lost
    if share == 1:
        return maximum, claimed, earned, reachable, recoverable
    cap = round_half_even(maximum * share.numerator, pl.lit(share.denominator))
    under = (pl.min_horizontal(amount, cap) for amount in (claimed, earned, reachable))
    return maximum, *under, pl.min_horizontal(recoverable, pl.max_horizontal(0, cap - reachable))
