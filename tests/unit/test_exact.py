"""Exact scalars: fractions from their text, whole numbers, dates that keep their precision."""

from datetime import date
from fractions import Fraction

import pytest
from pydantic_core import PydanticCustomError

from engine.models.exact import day_before
from engine.models.exact import exact_text
from engine.models.exact import read_any_date
from engine.models.exact import read_date
from engine.models.exact import read_exact
from engine.models.exact import read_partial_date
from engine.models.exact import read_whole
from engine.models.exact import rewritten_date
from engine.models.record import Number


@pytest.mark.parametrize(
    ("text", "value"),
    [("5%", "1/20"), ("0.5", "1/2"), ("1/3", "1/3"), ("12", "12"), ("-0.25", "-1/4"), ("5‰", "1/200"), ("0", "0")],
)
def test_exact_numbers(text: str, value: str) -> None:
    """Per cents, decimals and fractions are read exactly."""
    assert Fraction(value) == read_exact(text)


@pytest.mark.parametrize("value", ["", "五", "1/0", "1e3", "5 %", "1/2/3", ".5", True, 0.5, None])
def test_what_is_not_exact(value: object) -> None:
    """Words, exponents, floats and division by zero are refused."""
    with pytest.raises(PydanticCustomError):
        read_exact(value)


@pytest.mark.parametrize(
    ("value", "text"), [("1/20", "0.05"), ("3/13", "3/13"), ("-5/4", "-1.25"), ("1000", "1000"), ("0", "0")]
)
def test_exact_text_reads_back(value: str, text: str) -> None:
    """A number that ends is written as a decimal, another as a fraction; both read back as themselves."""
    assert text == exact_text(Fraction(value))
    assert Fraction(value) == read_exact(text)


def test_whole_numbers() -> None:
    """A whole number is read from its text."""
    assert (read_whole("12"), read_whole(Number("-3")), read_whole(7)) == (12, -3, 7)


@pytest.mark.parametrize("value", ["1.0", "十", True, "", "1" * 19])
def test_what_is_not_whole(value: object) -> None:
    """Decimals, words, truths and numbers of nineteen digits are refused."""
    with pytest.raises(PydanticCustomError):
        read_whole(value)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021-12", date(2021, 12, 1), date(2021, 12, 31)),
        ("2020-03-09", date(2020, 3, 9), date(2020, 3, 9)),
    ],
)
def test_dates_keep_their_precision(text: str, first: date, last: date) -> None:
    """A year alone is a year: it may mean any of its days."""
    day = read_partial_date(text)

    assert (text, first, last) == (str(day), day.first, day.last)


@pytest.mark.parametrize(
    "text", ["2020.10", "2020/03/09", "2020-3-9", "2021-02-29", "2020-13", "去年", "1899", "2201", "20", ""]
)
def test_days_that_do_not_exist(text: str) -> None:
    """Other ways of writing, days that do not exist and years far away are refused."""
    with pytest.raises(PydanticCustomError):
        read_partial_date(text)


def test_a_decimal_is_told_apart_from_other_mistakes() -> None:
    """2020.10 without quotation marks is said to be a decimal."""
    with pytest.raises(PydanticCustomError) as caught:
        read_partial_date(Number("2020.10"))

    assert caught.value.type == "DATE_AS_NUMBER"


def test_a_day_is_asked_for_where_one_is_needed() -> None:
    """A month alone is no day."""
    with pytest.raises(PydanticCustomError) as caught:
        read_date("2020-03")

    assert caught.value.type == "DATE_NOT_A_DAY"
    assert date(2020, 3, 9) == read_date("2020-03-09")


def test_dates_order_by_what_they_can_mean() -> None:
    """A year stands before the months that begin later in it."""
    dates = ["2020-03-09", "2020", "2021", "2020-03", "2020-01-01"]

    assert [str(d) for d in sorted(map(read_partial_date, dates))] == ["2020-01-01", "2020", "2020-03", "2020-03-09", "2021"]


def test_the_day_before_crosses_months_and_years() -> None:
    """The day before New Year is the last of December."""
    assert date(2019, 12, 31) == day_before(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("2020/3/9", "2020-03-09"),
        ("2020-3-9", "2020-03-09"),
        ("2020.3.9", "2020-03-09"),
        ("2020年3月9日", "2020-03-09"),
        ("２０２０年３月９号", "2020-03-09"),
        ("2020年3月", "2020-03"),
        ("2020年", "2020"),
        ("2020.10", None),
        ("2020/3", None),
        ("3/9/2020", None),
        ("2020/3-9", None),
        ("去年", None),
    ],
)
def test_other_ways_to_write_a_date(text: str, better: str | None) -> None:
    """What has one reading only is rewritten; what has two is not."""
    assert better == rewritten_date(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2020/3/9", "请写 2020-03-09"),
        ("20200309", "请写 2020-03-09"),
        ("2020-03-09 08:30", "请写 2020-03-09"),
        ("2023-02-29", "2023年2月只有28天"),
        ("2023-13-01", "没有13月；请核对月份"),
        ("1020-01-01", "年份只认1900到2200"),
    ],
)
def test_an_unreadable_date_is_shown_as_it_should_be_written(text: str, said: str) -> None:
    """The message holds the date itself, or why there is no such day."""
    with pytest.raises(PydanticCustomError) as caught:
        read_partial_date(text)

    assert said == caught.value.message()


def test_any_date_is_read_where_spreadsheets_write() -> None:
    """A cell may hold what Excel makes of a date; a day that does not exist stays unreadable."""
    assert str(read_any_date("2020/3/9")) == "2020-03-09"
    with pytest.raises(PydanticCustomError):
        read_any_date("2023/2/29")
