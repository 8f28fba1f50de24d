"""The formulas of the recomputing workbook against the engine's own arithmetic, case by case, exactly."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.allotment import round_half_even
from engine.awards import Question
from engine.awards import award_shares
from engine.models.interval import Interval
from engine.models.interval import add
from engine.models.interval import divide
from engine.models.interval import multiply
from engine.models.interval import negate
from engine.models.ruleset import Award
from engine.models.ruleset import Band
from engine.models.ruleset import Condition
from engine.models.ruleset import Credit
from engine.models.ruleset import EachCredit
from engine.models.ruleset import StepCredit
from engine.quantities import meets as meets_by_engine
from engine.rendering.recompute.arithmetic import calculate
from engine.rendering.recompute.cells import Book
from engine.rendering.recompute.cells import Cell
from engine.rendering.recompute.cells import Column
from engine.rendering.recompute.cells import Formula
from engine.rendering.recompute.cells import Sheet
from engine.rendering.recompute.cells import formula
from engine.rendering.recompute.forms import Terms
from engine.rendering.recompute.forms import shares_of
from engine.rendering.recompute.known import Known
from engine.rendering.recompute.known import meets
from engine.rendering.recompute.operations import OPENED
from engine.rendering.recompute.operations import OPERATIONS
from engine.rendering.recompute.points import half_even

PERIOD_END = date(2020, 12, 31)
SMALL = st.builds(Fraction, st.integers(0, 40), st.sampled_from([1, 2, 3, 20]))
SHARE = st.builds(Fraction, st.integers(0, 20), st.just(20))


class Bench:
    """A sheet of one column on which formulas are tried."""

    def __init__(self) -> None:
        self.sheet = Sheet("试", "试", (), (Column("x", "x", 9),))

    def put(self, content: object) -> Cell:
        return self.sheet.add(x=content)["x"]

    def known(self, value: Interval | None) -> Known:
        ends = (value.low, value.high) if value else (None, None)
        cells = []
        for end in ends:
            cells += [self.put("" if end is None else end.numerator), self.put(1 if end is None else end.denominator)]
        opens = [self.put(int(bool(value and flag))) for flag in ((value.low_open, value.high_open) if value else (0, 0))]
        return Known(*cells, *opens)

    def comes_to(self, *texts: Formula) -> list[object]:
        cells = [self.put(text) for text in texts]
        calculate(Book((self.sheet,)))
        return [cell.cached for cell in cells]


@st.composite
def intervals(draw: st.DrawFn, *, unknown: bool = True) -> Interval | None:
    """Exact, between two ends, without one of them, or nothing known."""
    low, high = sorted([draw(SMALL), draw(SMALL)])
    shapes = ["exact", "between", "from", "to"] + (["nothing"] if unknown else [])
    shape = draw(st.sampled_from(shapes))
    if shape == "nothing":
        return None
    if shape == "exact":
        return Interval(low, low)
    opens = (draw(st.booleans()), draw(st.booleans())) if low != high else (False, False)
    if shape == "between":
        return Interval(low, high, *opens)
    return Interval(low, None, opens[0]) if shape == "from" else Interval(Fraction(0), high, False, opens[1] and high > 0)


CONDITIONS = st.builds(
    lambda name, bound: Condition(**{name: str(bound)}),
    st.sampled_from(["at_least", "more_than", "at_most", "less_than"]),
    SMALL,
)


@given(intervals(), CONDITIONS)
def test_a_condition_answers_as_the_engine_does(value, condition):
    """Yes, no and cannot be told, on closed, open and missing ends."""
    bench = Bench()
    bound = next(
        b for b in (condition.at_least, condition.more_than, condition.at_most, condition.less_than) if b is not None
    )

    (answer,) = bench.comes_to(meets(bench.known(value), condition, bound.numerator, bound.denominator))

    expected = None if value is None else meets_by_engine(value, condition, PERIOD_END)
    assert answer == {True: 1, False: 0, None: ""}[expected]


@given(intervals(), st.integers(0, 3))
def test_equality_answers_as_the_engine_does(value, wanted):
    """A choice is compared by its place among the options."""
    bench, options = Bench(), ("甲", "乙", "丙", "丁")
    condition = Condition(equals=options[wanted])

    (answer,) = bench.comes_to(meets(bench.known(value), condition, wanted, 1))

    expected = None if value is None else meets_by_engine(value, condition, PERIOD_END, options)
    assert answer == {True: 1, False: 0, None: ""}[expected]


@st.composite
def questions(draw: st.DrawFn) -> tuple[Award, Question]:
    award = draw(st.sampled_from([a for a in Award if a is not Award.ELEMENTS]))
    lower = draw(st.booleans())
    condition = Condition(**{"at_most" if lower else "at_least": str(draw(SMALL))})
    bands = tuple(
        Band(meets=Condition(at_least=str(draw(SMALL))), share=str(draw(SHARE))) for _ in range(draw(st.integers(0, 3)))
    )
    credit = Credit(
        bands=bands,
        zero_at=str(draw(SMALL)),
        steps=StepCredit(every=str(draw(SMALL) + Fraction(1, 20)), deduct=str(draw(SHARE) + Fraction(1, 20))),
        each=EachCredit(deduct=str(draw(SHARE)), cap=str(draw(SHARE))),
    )
    return award, Question(condition, credit, lower, PERIOD_END)


@given(intervals(), questions())
def test_an_award_form_gives_the_share_that_the_engine_gives(value, asked):
    """Every form, at both ends, as a fraction in lowest terms."""
    award, question = asked
    bench = Bench()
    credit, condition = question.credit, question.meets
    assert credit.steps is not None and credit.each is not None and condition is not None
    known = bench.known(value)

    def two(number: Fraction) -> tuple[Cell, Cell]:
        return bench.put(number.numerator), bench.put(number.denominator)

    one, other = {
        Award.LINEAR: (credit.zero_at, Fraction(1)),
        Award.STEPS: (credit.steps.every, credit.steps.deduct),
        Award.DEDUCT_EACH: (credit.each.deduct, min(Fraction(1), credit.each.cap)),
    }.get(award, (Fraction(1), Fraction(1)))
    bound = two(condition.at_most if question.lower_is_better else condition.at_least)
    answer = bench.put(meets(known, condition, *bound))
    bands = [(answer, *two(Fraction(1)))]
    for band in sorted(credit.bands, key=lambda band: band.share, reverse=True):
        met = bench.put(meets(known, band.meets, *two(band.meets.at_least)))
        bands.append((met, *two(band.share)))
    terms = Terms(known, answer, question.lower_is_better, bound, two(one), two(other), tuple(bands))

    low_n, low_d, high_n, high_d = bench.comes_to(*shares_of(award, terms))

    expected = award_shares(award, value, question)
    assert (Fraction(low_n, low_d), Fraction(high_n, high_d)) == (expected.low, expected.high)


@given(st.sampled_from("+-*/"), intervals(), intervals())
def test_an_operation_gives_the_interval_that_the_engine_gives(mark, one, other):
    """Sums, differences, products and quotients, with open and missing ends."""
    bench = Bench()
    left, right = bench.known(one), bench.known(other)
    holes = {**left.holes("a"), **right.holes("b")}
    cells = {}
    for end, (asked, n, d) in zip(("l", "h"), OPERATIONS[mark], strict=True):
        cells[f"{end}n"] = bench.put(formula(f'IF({asked},{n},"")', **holes))
        cells[f"{end}d"] = bench.put(formula(f"IF({asked},{d},1)", **holes))
    opens = bench.comes_to(*(formula(text, **holes, ln=cells["ln"], hn=cells["hn"]) for text in OPENED[mark].values()))
    low, high = (
        None if cells[f"{end}n"].cached == "" else Fraction(cells[f"{end}n"].cached, cells[f"{end}d"].cached) for end in "lh"
    )

    operation = {"+": add, "-": lambda a, b: add(a, negate(b)), "*": multiply, "/": divide}[mark]
    expected = operation(one, other) if one is not None and other is not None else None
    assert (low, high) == ((expected.low, expected.high) if expected else (None, None))
    if expected:
        known_ends = [(low, opens[0], expected.low_open), (high, opens[1], expected.high_open)]
        assert all(flag == opened for end, flag, opened in known_ends if end is not None)


@given(st.integers(0, 20_000), st.integers(0, 500), st.integers(1, 500))
def test_points_are_rounded_half_to_even(maximum, number, of):
    """The formula that rounds is the engine's rounding."""
    bench = Bench()

    (points,) = bench.comes_to(formula(half_even("{max}*{n}", "{of}"), max=maximum, n=number, of=of))

    assert points == round_half_even(Fraction(maximum * number, of))


@pytest.mark.parametrize(
    "text",
    ['"甲"+1', "IF(1,2,3)", '"甲"<1', "1/0", "MOD(1,0)", "{blank}=0", "AND(1,1=1)", "LCM({texts})"],
)
def test_what_programs_do_not_agree_on_is_refused(text):
    """No formula of ours may rest on what one spreadsheet takes and another does not."""
    bench = Bench()
    blank = bench.put(None)

    with pytest.raises(ValueError, match="试!"):
        bench.comes_to(Formula(text, {"blank": blank, "texts": bench.put("甲")}))


def test_a_formula_names_cells_of_other_sheets_in_full():
    """A cell of the same sheet goes by its place, one of another by the sheet's name too."""
    here, there = Sheet("此", "", (), (Column("x", "x", 9),)), Sheet("彼", "", (), (Column("x", "x", 9),))
    cell, other = here.add(x=1)["x"], there.add(x=2)["x"]

    assert formula("{a}+SUM({b})", a=cell, b=there.span("x")).text("此") == "=A4+SUM('彼'!$A$4:$A$4)"
    assert formula("{a}", a=other).text("彼") == "=A4"
