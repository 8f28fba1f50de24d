"""``fazhi plan``: what is printed says which track counts, what is out of reach and by how much, and what is not promised."""

import csv
import io
import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import cli
from engine.models.plan import Choice
from engine.models.plan import Mend
from engine.models.plan import Outlook
from engine.models.plan import Plan
from engine.models.plan import Withheld
from engine.models.plan import Work
from engine.planning import plan_mends
from engine.rendering.plan_report import plan_rows
from engine.rendering.plan_report import render_plan

ROOT = Path(__file__).parents[2]
DEMO = str(ROOT / "evidence_samples" / "demo-county")


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["plan", DEMO, *arguments])
    return result.exit_code, result.stdout, result.stderr


def work(name: str, days: int, kind: str = "file", **keys: object) -> Work:
    return Work.model_validate(
        {"id": name, "kind": kind, "title": f"{name}的事", "days": days, "unit": "甲局", "indicators": ("I-1",), **keys}
    )


def mend(name: str, points: int, *works: str) -> Mend:
    return Mend(id=f"{name}[{works}]", group=name, indicator=name, pillar="P1", title="试例", points=points, works=works)


def plan(days: int | None = None, line: int | None = None, **keys: object) -> Plan:
    """A unit that has 10 points, can file for 2 and do for 3; 4 points are not known, 1 is lost."""
    works = (work("E-1", 2, codes=("E04",)), work("I-2/do", 20, "do", start_by="2020-12-01", others="乙局"))
    mends = (mend("I-1", 1000, "E-1"), mend("I-2", 3000, "I-2/do"), mend("I-3", 1000, "E-1"))
    asked = (Withheld(indicator="I-4", title="未知", points=4000, reasons=("没提",), unit="甲局"),)
    lost = (Withheld(indicator="I-5", title="已丢", points=1000, reasons=("已经发生的改不了",), unit="甲局"),)
    return Plan.model_validate(
        {
            "unit": "示例县",
            "as_of": "2020-10-01",
            "ruleset": "small@0.1.0",
            "profile": "plain",
            "profile_status": "assumption",
            "earned": 10_000,
            "reachable": 14_000,
            "maximum": 20_000,
            "base": 10_000,
            "line": line,
            "filing_days": 1,
            "outlook": Outlook(works=works, mends=mends, asked=asked, lost=lost, reserve=0),
            "solution": plan_mends(mends, works, {}, days, None if line is None else max(0, line - 10_000)),
            **keys,
        }
    )


def verdict(of: Plan) -> str:
    """The conclusion, without the line breaks of the screen."""
    lines = render_plan(of).splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("一、"))
    last = next(n for n, line in enumerate(lines) if "天数与最多加分" in line)
    return "".join(line.strip() for line in lines[first:last])


@pytest.mark.parametrize(
    ("days", "line", "told"),
    [
        (5, None, "一、5天内：加2.000，有据到12.000，用2天"),
        (None, None, "一、全部能补的：加5.000，有据到15.000，用22天"),
        (None, 12_000, "一、到12.000分最少要2天：加2.000，有据到12.000，用2天"),
        (None, 9_000, "一、9.000分已经到了：现在有据10.000"),
        (None, 16_000, "一、到不了16.000分，还差1.000。待核的4.000分问清了才知道"),
        (5, 13_000, "一、5天内到不了13.000分，还差1.000；不限天数，最少要20天"),
        (5, 16_000, "一、5天内到不了16.000分，还差4.000；不限天数也只到15.000，差1.000。待核的4.000分问清了才知道"),
    ],
)
def test_the_conclusion_is_one_sentence(days: int | None, line: int | None, told: str) -> None:
    """Within days, to a line, already there, out of reach and by how much: each says so at once."""
    assert verdict(plan(days, line)).startswith(told)


def test_filing_and_doing_are_told_apart_and_shared_effort_once() -> None:
    """One item serves two indicators: its days stand once, the second time it is only named."""
    text = render_plan(plan())

    assert "二、交证：已经做到，把佐证交上、改好（2项，加2.000）" in text
    assert "三、办事：没做的去做，做了再交（1项，加3.000）" in text
    assert text.count("E-1的事（退回：E04没有签章）。甲局；评估前交") == 1
    assert "E-1的事：上面已列，只办一次" in text
    assert "I-2/do的事。甲局->乙局；最迟2020-12-01动手" in text


def test_what_is_not_chosen_is_listed_too() -> None:
    """With two days only the item is mended; what is left, asked and lost is still there."""
    text = render_plan(plan(2))

    assert "没挑上的（1项，按每天得分）\n    I-2  试例  3.000  20天  甲局\n" in text
    assert "先问（待核：没问清以前不许诺得分）（1项，4.000）\n    I-4 未知  4.000  没提\n" in text
    assert "补不了（照实保留）（1项，1.000）\n    I-5 已丢  1.000  已经发生的改不了\n" in text


def test_a_worse_greedy_choice_says_by_how_much() -> None:
    """The comparison names what going by points per day would lose."""
    greedy = Choice(points=1500, days=3)
    solution = plan(5).solution.model_copy(update={"greedy": greedy})

    assert "按每天得分从高到低逐件挑，加1.500，用3天，少0.500" in verdict(plan(5, solution=solution))


def test_rows_hold_everything_once() -> None:
    """Chosen, not chosen, to be asked and lost: one row each."""
    assert [row[:5] for row in plan_rows(plan(2))] == [
        ["交证", "I-1", "试例", "1.000", "2"],
        ["交证", "I-3", "试例", "1.000", "2"],
        ["没挑上", "I-2", "试例", "3.000", "20"],
        ["先问", "I-4", "未知", "4.000", ""],
        ["补不了", "I-5", "已丢", "1.000", ""],
    ]


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_screen_of_the_demo_county_fits_and_says_what_counts() -> None:
    """At most 80 columns; the track, the assumption and what is not promised are said."""
    code, out, _ = run("--days", "20")
    widths = [sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in out.splitlines()]

    assert code == 0
    assert max(widths) <= 80
    for told in ("算哪条  有据", "内部试算，非评估结论，不得外引", "是本工具的假设", "先问（待核：没问清以前不许诺得分）"):
        assert told in out


def test_formats_agree() -> None:
    """JSON, CSV and Markdown hold the same mends."""
    plan_json = json.loads(run("--days", "20", "--format", "json")[1])
    rows = list(csv.DictReader(io.StringIO(run("--days", "20", "--format", "csv")[1])))
    markdown = run("--days", "20", "--format", "md")[1]
    chosen = sorted(row["指标"] for row in rows if row["怎么办"] in ("交证", "办事"))

    assert plan_json["format"] == "fazhi/plan/1"
    assert plan_json["solution"]["best"]["points"] == plan_json["solution"]["bound"]
    assert sorted(name.partition("[")[0] for name in plan_json["solution"]["best"]["mends"]) == chosen
    assert all(f"| {name} " in markdown for name in chosen)


def test_a_plan_is_written_to_a_file(tmp_path: Path) -> None:
    """``-o`` writes it, with the mark that spreadsheets want."""
    code, out, err = run("--format", "csv", "-o", str(tmp_path / "plan.csv"))

    assert (code, out, err) == (0, "", f"已写 {tmp_path / 'plan.csv'}\n")
    assert (tmp_path / "plan.csv").read_bytes().startswith("\ufeff怎么办,".encode())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--line", "7x"), "「7x」不是分数，写成 70 或 70.5（最多三位小数）"),
        (("--line", "101"), "--line 101.000 超过满分100.000"),
        (("--days", "0"), "0"),
    ],
)
def test_wrong_numbers_are_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    """Exit code 2 with a sentence."""
    result = CliRunner().invoke(cli, ["plan", DEMO, *arguments])

    assert result.exit_code == 2
    assert message in result.stderr
