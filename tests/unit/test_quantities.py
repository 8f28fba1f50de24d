"""Numbers as officials write them become the interval of what they can mean; nothing is rounded, nothing guessed."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from engine.models.exact import read_partial_date
from engine.models.interval import Interval
from engine.models.interval import point
from engine.models.ruleset import Condition
from engine.quantities import condition_text
from engine.quantities import date_interval
from engine.quantities import decimal_text
from engine.quantities import is_placeholder
from engine.quantities import meets
from engine.quantities import quantity_text
from engine.quantities import read_quantity
from engine.quantities import rewritten_quantities
from engine.quantities import unit_factor

END = date(2020, 12, 31)


def ends(text: str) -> str | None:
    """Write what a text is read as in the mathematicians' way: [a, b) and so on, with the unit of measurement."""
    read = read_quantity(text)
    if read is None:
        return None
    one = read.interval
    low, high = ("" if end is None else str(end) for end in (one.low, one.high))
    return f"{'(' if one.low_open else '['}{low},{high}{')' if one.high_open else ']'}{read.unit}"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        # plain numbers, separators, widths
        ("0", "[0,0]"),
        ("1220名", "[1220,1220]名"),
        ("1,220名", "[1220,1220]名"),
        ("１，２２０名", "[1220,1220]名"),
        ("１２.５％", "[1/8,1/8]"),
        (" 13 件 ", "[13,13]件"),
        ("2900人次", "[2900,2900]人次"),
        ("800平方米", "[800,800]平方米"),
        # scales
        ("1.5万件", "[15000,15000]件"),
        ("1.5万", "[15000,15000]"),
        ("3千万元", "[30000000,30000000]元"),
        ("2亿元", "[200000000,200000000]元"),
        ("5百人", "[500,500]人"),
        # more than said: the step is that of the last digit that is not zero
        ("300余件", "(300,400)件"),
        ("300多件", "(300,400)件"),
        ("1200余名", "(1200,1300)名"),
        ("320余", "(320,330)"),
        ("15余件", "(15,16)件"),
        ("1000余", "(1000,2000)"),
        ("50余万元", "(500000,600000)元"),
        ("50万余元", "(500000,600000)元"),
        ("1.5万余件", "(15000,16000)件"),
        # bounds: 以上、不少于 include, 超过、不足 exclude
        ("95%以上", "[19/20,]"),
        ("95%及以上", "[19/20,]"),
        ("不低于95%", "[19/20,]"),
        ("不少于3次", "[3,]次"),
        ("至少3次", "[3,]次"),
        (">=3", "[3,]"),
        ("≥3", "[3,]"),
        ("800平方米以上", "[800,]平方米"),
        ("超过26类", "(26,]类"),
        ("逾300件", "(300,]件"),
        (">3", "(3,]"),
        ("不足5%", "[0,1/20)"),
        ("不到100", "[0,100)"),
        ("低于3%", "[0,3/100)"),
        ("<3", "[0,3)"),
        ("不超过3件", "[0,3]件"),
        ("3件以下", "[0,3]件"),
        ("3个月以内", "[0,3]个月"),
        ("≤3", "[0,3]"),
        # about: half a step to both sides; near: less than a step below
        ("约300件", "[250,350]件"),
        ("300件左右", "[250,350]件"),
        ("300左右", "[250,350]"),
        ("大约1.5万件", "[14500,15500]件"),
        ("约13", "[25/2,27/2]"),
        ("近300件", "[200,300)件"),
        ("近1.5万件", "[14000,15000)件"),
        ("将近5%", "[1/25,1/20)"),
        # rates
        ("96.5%", "[193/200,193/200]"),
        ("5‰", "[1/200,1/200]"),
        ("3/13", "[3/13,3/13]"),
        ("2个百分点", "[1/50,1/50]"),
    ],
)
def test_what_a_number_can_mean(text: str, read: str) -> None:
    """Each way of writing a number has one meaning."""
    assert read == ends(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "逐年上升",
        "三件",
        "十余件",
        "约300余件",
        "不少于300以上",
        "1,22名",
        "1.2.3",
        "3/0",
        "5-6件",
        "-5",
        "3/13/4",
        "1e3",
        "件3",
    ],
)
def test_what_cannot_be_read_is_not_guessed(text: str) -> None:
    """Words, two hedges at once, ranges, signs, odd separators and division by zero are not read."""
    assert ends(text) is None


def test_digits_apart_are_not_run_together() -> None:
    """Two numbers with a blank between them are not one number."""
    assert ends("3 13") is None


@pytest.mark.parametrize(
    ("text", "resolution"), [("77%", "1/100"), ("77.0%", "1/1000"), ("1.5万", "1000"), ("300", "1"), ("99.07%", "1/10000")]
)
def test_resolution_is_the_unit_of_the_last_digit(text: str, resolution: str) -> None:
    """77% was written to one per cent, 77.0% to a tenth of it."""
    read = read_quantity(text)

    assert Fraction(resolution) == (read.interval.resolution if read else None)


def test_a_fraction_was_written_exactly() -> None:
    """3/13 leaves no room for rounding: it has no last digit."""
    read = read_quantity("3/13")

    assert read and read.interval.resolution == 0


@pytest.mark.parametrize(
    "text",
    ["X", "x件", "××", "3X件", "X%", "_", "——", "/", "待补", "待核", "无", "暂无", "N/A", "?", "…", "□□", "TBD", "○○件"],
)
def test_placeholders(text: str) -> None:
    """An X, a dash, 待补 and the like stand for a missing value."""
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["0", "0件", "13", "2020-03-09", "是", "逐年上升", "没有", "5%", "无锡市"])
def test_what_is_no_placeholder(text: str) -> None:
    """A zero is a number, a phrase is a phrase."""
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("二十件", "20件"),
        ("十三件", "13件"),
        ("两万件", "2万件"),
        ("三万五千件", "35000件"),
        ("一百零五", "105"),
        ("十余件", "10余件"),
        ("百分之九十五", "95%"),
        ("百分之九十九点五", "99.5%"),
        ("九成以上", "90%以上"),
        ("九成五", "95%"),
        ("千分之三", "3‰"),
        ("三分之一", "1/3"),
        ("达到95%", "95%"),
        ("20件。", "20件"),
        ("共计二十件。", "20件"),
    ],
)
def test_how_a_number_should_be_written(text: str, better: str) -> None:
    """Chinese numerals and what stands around a number are advised on, never read."""
    assert read_quantity(text) is None or text.endswith("。")
    assert better in rewritten_quantities(text)


@pytest.mark.parametrize(
    ("written", "wanted", "synonyms", "factor"),
    [
        ("件", "件", (), 1),
        ("名", "人", ("名",), 1),
        ("元", "万元", (), Fraction(1, 10_000)),
        ("人次", "人", (), None),
        ("人", "人次", (), None),
        ("户", "件", ("起",), None),
        ("个", "千个", (), Fraction(1, 1000)),
    ],
)
def test_units_of_measurement(written: str, wanted: str, synonyms: tuple[str, ...], factor: Any) -> None:
    """The same unit, a synonym and a unit ten thousand times as large fit; 人 and 人次 do not."""
    assert factor == unit_factor(written, wanted, synonyms)


# --- conditions -----------------------------------------------------------------------------------------------------


def asked(**condition: Any) -> Condition:
    return Condition.model_validate(condition)


@pytest.mark.parametrize(
    ("text", "condition", "answer"),
    [
        ("95%以上", {"at_least": "95%"}, True),
        ("95%以上", {"at_least": "98%"}, None),
        ("95%以上", {"more_than": "95%"}, None),
        ("超过95%", {"more_than": "95%"}, True),
        ("不足5%", {"at_least": "5%"}, False),
        ("不足5%", {"less_than": "5%"}, True),
        ("不足5%", {"at_most": "5%"}, True),
        ("300余件", {"at_least": "300"}, True),
        ("300余件", {"at_least": "400"}, False),
        ("300余件", {"at_least": "350"}, None),
        ("300余件", {"at_most": "300"}, False),
        ("近300件", {"at_least": "300"}, False),
        ("约300件", {"at_least": "250"}, True),
        ("0", {"at_most": "0"}, True),
        ("1件", {"at_most": "0"}, False),
    ],
)
def test_conditions_are_answered_on_what_the_number_can_mean(text: str, condition: Any, answer: bool | None) -> None:
    """Yes where every meaning meets it, no where none does, else it cannot be told."""
    read = read_quantity(text)

    assert read and answer is meets(read.interval, asked(**condition), END)


@pytest.mark.parametrize(
    ("day", "answer"), [("2021-03-31", True), ("2021-04-01", False), ("2021-03", True), ("2021", None), ("2020", True)]
)
def test_deadlines_are_answered_on_every_day_a_date_can_mean(day: str, answer: bool | None) -> None:
    """A month or a year alone is in time only if every day of it is."""
    condition = asked(by={"years_after": "1", "month_day": "03-31"})

    assert answer is meets(date_interval(read_partial_date(day)), condition, END)


def test_equality_is_asked_of_options_and_truths() -> None:
    """A choice equals its option; an answer that is contradicted may or may not."""
    options = ("全部", "部分")

    assert meets(point(1), asked(equals="部分"), END, options) is True
    assert meets(point(0), asked(equals="部分"), END, options) is False
    assert meets(Interval(Fraction(0), Fraction(1)), asked(equals=True), END) is None


# --- numbers for people ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [("77", "77"), ("1/3", "约0.33"), ("2/3", "约0.67"), ("1/8", "约0.13"), ("-1/2", "-0.5"), ("100", "100"), ("0", "0")],
)
def test_decimals_say_when_they_are_shortened(value: str, text: str) -> None:
    """A number that does not fit two decimals is marked 约."""
    assert text == decimal_text(Fraction(value))


@pytest.mark.parametrize("text", ["95%以上", "超过26%", "77%", "23.5%"])
def test_rates_read_back_as_they_were_written(text: str) -> None:
    """What was written is what is shown."""
    read = read_quantity(text)

    assert read and text == quantity_text(read.interval, "%")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("300余件", "300件至400件"), ("约300件", "250件至350件"), ("1.5万件", "15000件"), ("3件以下", "0件至3件")],
)
def test_counts_show_their_ends(text: str, shown: str) -> None:
    """An interval shows both ends."""
    read = read_quantity(text)

    assert read and shown == quantity_text(read.interval, "件")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"at_least": "5%"}, "不低于5%"),
        ({"more_than": "0"}, "超过0%"),
        ({"at_most": "0"}, "不高于0%"),
        ({"less_than": "1/2"}, "低于50%"),
        ({"by": {"years_after": "1", "month_day": "03-31"}}, "不晚于2021-03-31"),
        ({"equals": True}, ""),
        ({"equals": False}, "不得有"),
        ({"equals": "全部"}, "为全部"),
    ],
)
def test_conditions_in_words(condition: Any, text: str) -> None:
    """A condition reads as a sentence would say it."""
    assert text == condition_text(asked(**condition), "%", END)
