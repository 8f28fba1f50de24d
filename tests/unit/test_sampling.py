"""Draws of case files: repeatable, blind to the order of rows, from full registers only, and silent about chances."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from engine.admission import admit_facts
from engine.commands import cli
from engine.commands.inputs import Refusal
from engine.models.sampling import Frame
from engine.models.sampling import Stratum
from engine.sampling import draw
from engine.sampling import find_frame
from engine.submissions import load_submission

HEAD = """\
ruleset: lbg-2021
unit:
  name: 示例县
  kind: government
  level: county
  legislative_power: false
  members:
    - {name: 公安局, roles: [执法部门]}
    - {name: 城管局, roles: [执法部门]}
    - {name: 市监局, roles: [执法部门]}
period: {from: 2022-01-01, to: 2022-12-31}
as_of: 2023-03-31
"""
COLUMNS = "决定书文号,决定日期,公示日期\n"
Filed = dict[str, tuple[list[str], bool]]


def rows(numbers: list[str]) -> str:
    return COLUMNS + "".join(f"{number},2022-03-01,2022-03-02\n" for number in numbers)


@pytest.fixture
def county(tmp_path: Path) -> Callable[..., Path]:
    """A folder with one register for each unit that is named; the empty name is the county itself."""

    def write(registers: Filed) -> Path:
        facts = []
        for at, (unit, (numbers, full)) in enumerate(registers.items()):
            (tmp_path / f"{at}.csv").write_text(rows(numbers), encoding="utf-8")
            who = f", unit: {unit}" if unit else ""
            facts.append(f"  - {{measure: penalty_decisions, table: {at}.csv{', full: true' if full else ''}{who}}}\n")
        text = HEAD + ("facts:\n" + "".join(facts) if facts else "")
        (tmp_path / "submission.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def frame_of(ruleset, county):
    """What can be drawn from in such a folder, and the problems."""

    def find(registers: Filed):
        submission, problems = load_submission(county(registers))
        assert submission is not None, [str(p) for p in problems]
        facts, _ = admit_facts(ruleset, submission)
        return find_frame(ruleset, submission.head.unit, facts, "penalty_decisions", "submission.yaml")

    return find


def frame(**strata: list[str]) -> Frame:
    return Frame(
        register_id="penalty_decisions",
        label="登记表",
        key_label="文号",
        strata=tuple(Stratum(unit=unit, files=tuple(sorted(files))) for unit, files in sorted(strata.items())),
    )


def drawn(some: Frame, departments: int, files: int, seed: str) -> dict[str, tuple[str, ...]]:
    return {unit.unit: unit.files for unit in draw(some, "示例县", departments, files, seed).drawn}


# --- laws -----------------------------------------------------------------------------------------------------------

NUMBERS = st.lists(st.integers(0, 60).map(lambda n: f"罚{n}号"), min_size=1, max_size=40, unique=True)


def test_a_draw_is_the_same_on_any_machine():
    """SHA-256 of the canonical JSON of seed, kind, register, unit and number: written down, so that it never changes."""
    some = frame(甲=[f"{n}号" for n in range(1, 11)], 乙=["a", "b"], 丙=["c"])

    assert drawn(some, 2, 3, "2023-04-01") == {"丙": ("c",), "乙": ("a", "b")}
    assert drawn(some, 3, 3, "2023-04-01")["甲"] == ("10号", "4号", "9号")


@given(NUMBERS, st.integers(1, 50), st.text(min_size=1, max_size=5))
def test_no_file_is_drawn_twice_and_none_from_elsewhere(numbers, files, seed):
    """As many as asked for, each once, each out of the register."""
    (picked,) = drawn(frame(甲=numbers), 1, files, seed).values()

    assert len(picked) == len(set(picked)) == min(files, len(numbers))
    assert set(picked) <= set(numbers)


@given(NUMBERS, st.integers(1, 20))
def test_one_more_file_displaces_at_most_one(numbers, files):
    """Who adds a file to a register does not shuffle the others."""
    before = set(drawn(frame(甲=numbers), 1, files, "7")["甲"])
    after = set(drawn(frame(甲=[*numbers, "新的一件"]), 1, files, "7")["甲"])

    assert len(before - after) <= 1
    assert after - before <= {"新的一件"}


def test_every_file_and_every_unit_can_be_drawn():
    """Over many seeds none is left out."""
    some = frame(**{unit: [f"{unit}{n}" for n in range(12)] for unit in "甲乙丙"})
    seen = [drawn(some, 1, 1, str(seed)) for seed in range(400)]

    assert {unit for one in seen for unit in one} == set("甲乙丙")
    assert {name for one in seen for names in one.values() for name in names} == {
        name for stratum in some.strata for name in stratum.files
    }


def test_what_other_units_file_does_not_change_a_unit_s_files():
    """The files of a unit hang on the seed and on its own register."""
    alone = drawn(frame(甲=[f"{n}" for n in range(30)]), 1, 5, "s")
    beside = drawn(frame(甲=[f"{n}" for n in range(30)], 乙=["x"]), 2, 5, "s")

    assert alone["甲"] == beside["甲"]


# --- what can be drawn from -----------------------------------------------------------------------------------------


def test_the_order_of_rows_means_nothing(frame_of):
    """The same register written the other way round is the same register."""
    numbers = [f"罚{n}号" for n in range(20)]

    assert frame_of({"公安局": (numbers, True)}) == frame_of({"公安局": (numbers[::-1], True)})


def test_a_register_that_is_not_full_is_left_out_with_its_reason(frame_of):
    """Its files cannot be drawn before the unit says that it is complete; the others are drawn from."""
    found, problems = frame_of({"公安局": (["甲1"], False), "城管局": (["乙1"], True)})

    assert problems == []
    assert [stratum.unit for stratum in found.strata] == ["城管局"]
    assert [(one.unit, one.reason) for one in found.excluded] == [("公安局", "没有写明是全量表（full: true）")]
    assert found.silent == ("市监局",)


def test_where_no_register_is_full_the_draw_is_refused(frame_of):
    """With the place, the reason and what to do."""
    found, problems = frame_of({"公安局": (["甲1"], False)})

    assert found is None
    assert [str(p) for p in problems] == [
        (
            "submission.yaml:14:5: REGISTER_NOT_FULL 「行政处罚决定公示登记表」没有写明是全量表（full: true），不能抽\n"
            "    请交期内全部案卷的登记表，一件一行，写 full: true；是哪个单位的写 unit"
        )
    ]


def test_without_any_register_the_draw_is_refused(frame_of):
    """Missing is not none."""
    found, problems = frame_of({})

    assert found is None
    assert [str(p) for p in problems] == [
        (
            "submission.yaml: REGISTER_MISSING 没有一个单位交「行政处罚决定公示登记表」（penalty_decisions），抽不了；没交不等于没有案卷\n"
            "    请交期内全部案卷的登记表，一件一行，写 full: true；是哪个单位的写 unit"
        )
    ]


def test_an_empty_register_has_nothing_to_draw(frame_of):
    """It is said where it stands."""
    found, problems = frame_of({"公安局": ([], True)})

    assert found is None
    assert [str(p) for p in problems] == [
        (
            "submission.yaml:14:5: REGISTER_MISSING 「行政处罚决定公示登记表」里一件也没有，没有可抽的\n"
            "    确实没有案卷的，不用抽；有就补进登记表"
        )
    ]


def test_a_file_registered_by_a_unit_and_by_the_county_is_one_file(frame_of):
    """It stays with the unit; what only the county has can be drawn as its own."""
    found, _ = frame_of({"": (["甲1", "散1"], True), "公安局": (["甲1"], True)})

    assert [(stratum.unit, stratum.files) for stratum in found.strata] == [("", ("散1",)), ("公安局", ("甲1",))]


def test_a_row_without_a_number_can_be_drawn(frame_of):
    """Leaving out the number does not keep a file out of the draw."""
    found, _ = frame_of({"公安局": (["", "甲1"], True)})

    assert found.strata[0].files == ("甲1", "（没有编号）2022-03-01、2022-03-02")


# --- the command ----------------------------------------------------------------------------------------------------


def printed(folder: Path, *words: str) -> str:
    arguments = ["simulate", str(folder), "--draw", "2/3", "--seed", "演练1", *words]
    return CliRunner().invoke(cli, arguments, standalone_mode=False, catch_exceptions=False).stdout


REGISTERS: Filed = {
    "公安局": ([f"公{n}号" for n in range(1, 10)], True),
    "城管局": ([f"城{n}号" for n in range(1, 3)], True),
}


def test_the_list_for_a_terminal(county):
    """Units, numbers, seed, what filed nothing, and nothing of chances."""
    text = printed(county(REGISTERS))

    assert text.startswith("示例县  抽取案卷（演练）                          内部试算，非评估结论，不得外引\n")
    assert "种子      演练1    抽2个单位，每个3件\n" in text
    assert "  2 城管局（不足3件，全部列出）\n      [ ] 城1号\n      [ ] 城2号\n" in text
    assert "没交      市监局。没交不等于没有案卷：这些单位没法演练，先交登记表\n" in text
    assert all(len(line.encode("gb18030")) <= 80 for line in text.splitlines())


@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_no_chance_is_ever_shown(county, form):
    """Neither a probability nor how many files a register holds, of which so many are drawn."""
    text = printed(county(REGISTERS), "--format", form)

    assert not re.search(r"概率|几率|可能性|%|％|\b9\b|9件|共\d+件|/9", text.replace("公9号", ""))


def test_every_form_carries_seed_and_digest(county):
    """Whoever gets the list can have the draw repeated."""
    folder = county(REGISTERS)
    digest = json.loads(printed(folder, "--format", "json"))["frame"]

    assert all(
        "演练1" in text and digest[:16] in text
        for form in ("table", "md", "csv")
        if (text := printed(folder, "--format", form))
    )


def test_a_county_s_own_register_draws_no_units(county):
    """Where all files stand in one table, the list says why no unit can be drawn."""
    text = printed(county({"": (["甲1", "甲2"], True)}))

    assert "没单独交  公安局、城管局、市监局。案卷若在示例县一张表里，分不出单位" in text


@pytest.mark.parametrize("seed", [" ", "a\tb", "长" * 65])
def test_a_seed_must_be_visible(county, seed):
    """A seed that nobody can copy from the list is refused."""
    arguments = ["simulate", str(county(REGISTERS)), "--draw", "1/1", "--seed", seed]
    result = CliRunner().invoke(cli, arguments)

    assert (result.exit_code, "--draw 要连同 --seed 写一段看得见的文字或数" in result.stderr) == (2, True)


def test_a_ruleset_without_evaluations_is_refused(county):
    """An older revision does not say which register holds the case files."""
    arguments = ["simulate", str(county(REGISTERS)), "--draw", "1/1", "--seed", "1"]
    result = CliRunner().invoke(cli, [*arguments, "--ruleset", "lbg-2021@0.1.0"], standalone_mode=False)

    assert isinstance(result.exception, Refusal)
    assert [p.code for p in result.exception.problems] == ["NAME_UNKNOWN"]
