"""``fazhi simulate`` as a user meets it: what is printed, how wide, and what is refused."""

import csv
import io
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from click.testing import Result

from engine.commands import cli
from engine.rendering.layout import width

ROOT = Path(__file__).parents[2]
COUNTY = str(ROOT / "evidence_samples" / "demo-county")
NOTICE = "试算，非评估结论，不得外引"


def fazhi(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["simulate", *arguments], standalone_mode=False)


def text_of(*arguments: str) -> str:
    done = fazhi(*arguments)
    assert done.exception is None, done.exception
    return done.stdout


@pytest.mark.parametrize("sample", ["demo-county", "taonan-2020", "yuanjiang-bureau-2023"])
def test_screen_keeps_to_eighty_columns(sample: str) -> None:
    """And carries the notice, the rows that were checked, and what stands behind the calibration."""
    folder = Path("evidence_samples") / sample
    text = text_of(str(ROOT / folder), "--line", "80", "--rank", "10/50", "--draws", "2000")
    lines = [line for line in text.splitlines() if str(ROOT) not in line]

    assert max(width(line) for line in lines) <= 80
    assert NOTICE in text and "核对过原文3行" in text and "n=0" in text
    assert text.index("一、确定的范围") < text.index("二、三种评估人")
    assert re.search(r"宽 .*\n +中 .*\n +严 ", text)


def test_every_format_carries_the_notice(tmp_path: Path) -> None:
    """JSON, Markdown and the picture; the table of a spreadsheet has one row per evaluator."""
    told = json.loads(text_of(COUNTY, "--format", "json"))
    rows = list(csv.reader(io.StringIO(text_of(COUNTY, "--format", "csv"))))
    picture = tmp_path / "d.svg"
    text_of(COUNTY, "--format", "svg", "--line", "60", "-o", str(picture))
    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))  # noqa: S314 - written a line above
    names = [child.tag.rpartition("}")[2] for child in root]

    assert told["notice"] == NOTICE and told["format"] == "fazhi/simulation/1"
    assert [row[0] for row in rows] == ["评估人", "宽", "中", "严"]
    assert NOTICE in text_of(COUNTY, "--format", "md")
    assert names[:2] == ["title", "desc"] and names.count("polyline") == 3
    assert root.attrib["role"] == "img" and NOTICE in (root[1].text or "")
    # While too much is unknown, not even a picture shows where a line would fall.
    assert not any("点名的线" in (child.text or "") for child in root)


def test_same_bytes_twice() -> None:
    """No clock, no chance."""
    assert text_of(COUNTY, "--format", "json") == text_of(COUNTY, "--format", "json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--line", "及格"), "要写一个分数，如 80；写的是「及格」"),
        (("--line", "-5"), "分数不能是负的；写的是「-5」"),
        (("--rank", "10"), "要写成「前几名/一共几个」，如 10/50；写的是「10」"),
        (("--rank", "60/50"), "要写成「前几名/一共几个」，如 10/50；写的是「60/50」"),
        (("--evaluation", "没有.yaml"), "没有这个文件"),
    ],
)
def test_usage_is_explained(arguments: tuple[str, str], message: str) -> None:
    """In Chinese, with what was written."""
    done = fazhi(COUNTY, *arguments)

    assert done.exception is not None
    shown = getattr(done.exception, "message", "") + "".join(str(p) for p in getattr(done.exception, "problems", ()))
    assert message in shown


def test_an_evaluation_of_ones_own(tmp_path: Path) -> None:
    """Another file of assumptions changes what is told, and is named."""
    own = tmp_path / "own.yaml"
    shutil.copy(ROOT / "rulesets" / "lbg-2021" / "evaluations" / "assumed.yaml", own)
    text = own.read_text(encoding="utf-8").replace("title: 宽、中、严三种评估人（假设）", "title: 本地三种评估人")
    own.write_text(text.replace("mean: 0.75, worth: 20", "mean: 0.90, worth: 20"), encoding="utf-8")
    usual, local = (json.loads(text_of(COUNTY, "--format", "json", *more)) for more in ((), ("--evaluation", str(own))))

    assert local["evaluation"] == "本地三种评估人"
    middle = [int(told["evaluators"][1]["spread"]["p50"]) for told in (usual, local)]
    assert middle[0] < middle[1]


def test_bad_assumptions_are_refused_with_their_place(tmp_path: Path) -> None:
    """File, line and column, and nothing simulated."""
    own = tmp_path / "own.yaml"
    text = (ROOT / "rulesets" / "lbg-2021" / "evaluations" / "assumed.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("strata: 32", "strata: 2"), encoding="utf-8")
    done = fazhi(COUNTY, "--evaluation", str(own))
    problems = getattr(done.exception, "problems", [])

    assert [p.place.file for p in problems] == ["own.yaml"] and problems[0].place.line > 100
    assert done.stdout == ""


def test_mends_as_a_picture() -> None:
    """Longest first; what is done and what is filed differ by word and stroke, not by colour alone."""
    done = CliRunner().invoke(cli, ["plan", COUNTY, "--days", "30", "--format", "svg"], standalone_mode=False)
    root = ElementTree.fromstring(done.stdout)  # noqa: S314 - made a line above
    words = [child.text or "" for child in root if child.tag.endswith("text")]
    bars = [child for child in root if child.tag.endswith("rect") and "stroke" in child.attrib]
    wide = [float(bar.attrib["width"]) for bar in bars]

    assert "内部试算，非评估结论，不得外引" in words
    assert wide == sorted(wide, reverse=True) and len(wide) > 10
    assert ["stroke-dasharray" in bar.attrib for bar in bars] == ["办事" in word for word in words if "分 " in word]
