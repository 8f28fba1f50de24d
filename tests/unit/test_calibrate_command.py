"""``fazhi calibrate``: what it prints in each form, what it writes, and what it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import cli
from engine.commands.inputs import Refusal
from engine.rendering.layout import COLUMNS
from engine.rendering.layout import width
from engine.rulesets import load_ruleset

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "evidence_samples" / "demo-county" / "past-results").glob("*.yaml"))
ONE = """\
id: R-1
title: 某次评估
source: 某号文
dated: 2022-03-01
period: {from: 2021-01-01, to: 2021-12-31}
"""
ITEMS = "items:\n  B: {filed: 60, accepted: 40}\n"


def printed(*words: object) -> str:
    return CliRunner().invoke(cli, ["calibrate", *map(str, words)], standalone_mode=False, catch_exceptions=False).stdout


def said(folder: Path, *texts: str) -> list[str]:
    """What refuses some files."""
    paths = []
    for at, text in enumerate(texts, start=1):
        (folder / f"{at}.yaml").write_text(text, encoding="utf-8")
        paths.append(str(folder / f"{at}.yaml"))
    result = CliRunner().invoke(cli, ["calibrate", *paths], standalone_mode=False)
    assert isinstance(result.exception, Refusal), result.output
    return [str(p).replace(f"{folder.as_posix()}/", "") for p in result.exception.problems]


def test_the_samples_are_invented_and_say_so():
    """Nobody takes them for a real county's."""
    assert len(SAMPLES) == 3
    assert all("示例县，虚构" in path.read_text(encoding="utf-8") for path in SAMPLES)


def test_the_screen_fits_and_carries_prior_posterior_and_n():
    """At most 80 columns, every number with its n, and the words that it is little."""
    text = printed(*SAMPLES)

    assert [line for line in text.splitlines() if width(line) > COLUMNS] == []
    assert "n     往次结果3次，共457件。样本太少，只作参考\n" in text
    assert "    B     0.75      20   144    101    90    0.71     110\n" in text
    assert (
        "    D等不到30件：样本太少，只作参考\n    由各方面得分推算、没有逐件数过的：A等34件、B等25件、C等18件、D等2件\n"
        in text
    )
    assert "原先0.25，校准后0.3（九成在0.1至0.55）；\n    n=3次，样本太少" in text
    assert "三、回测（留一次，用其余各次预测它；n=3次）\n" in text
    assert "内部试算，非评估结论，不得外引" in text


@pytest.mark.parametrize("form", ["md", "csv"])
def test_every_form_carries_n_and_says_that_it_is_little(form):
    """A number never travels without how much it rests on."""
    text = printed(*SAMPLES, "--format", form)

    assert "144" in text and "样本太少，只作参考" in text


def test_the_bytes_are_the_same_whatever_the_order():
    """Of files, and from run to run."""
    assert printed(*SAMPLES) == printed(*reversed(SAMPLES)) == printed(*SAMPLES)


def test_json_is_exact():
    """Exact numbers as text, no float."""
    done = json.loads(printed(*SAMPLES, "--format", "json"))

    assert (done["format"], done["grades"][1]["mean"], done["grades"][1]["n"]) == ("fazhi/calibration/1", "0.71", 144)
    assert done["local"]["id"] == "local"


def test_one_result_makes_no_back_test(tmp_path):
    """And leaves the spread as it was."""
    text = printed(SAMPLES[0])

    assert "只有一次结果，留不出来，做不了回测；有两次以上再做" in text
    assert "各次评估的差别（标准差，τ的一半）：0.25，没有改；n=1次，一次看不出各次的差\n    别" in text


def test_the_written_file_serves_as_an_evaluation_of_the_ruleset(tmp_path):
    """Put beside the shipped one, the ruleset still loads, and the profile can name it."""
    output = tmp_path / "local.yaml"
    printed(*SAMPLES, "-o", output)
    folder = tmp_path / "lbg-2021"
    (folder / "evaluations").mkdir(parents=True)
    for path in (ROOT / "rulesets" / "lbg-2021").rglob("*.yaml"):
        target = folder / path.relative_to(ROOT / "rulesets" / "lbg-2021")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (folder / "evaluations" / "local.yaml").write_bytes(output.read_bytes())
    profile = folder / "profiles" / "assumed-100.yaml"
    profile.write_text(
        profile.read_text(encoding="utf-8").replace("evaluation: assumed", "evaluation: local"), encoding="utf-8"
    )
    ruleset, problems = load_ruleset(folder)

    assert ruleset is not None, [str(p) for p in problems]
    assert ruleset.evaluations[str(ruleset.profiles["assumed-100"].evaluation)].evaluators[1].acceptance.B.n == 144


def test_the_evaluator_may_be_named_by_its_title():
    """严 is strict; what is outside the others is told."""
    text = printed(*SAMPLES, "--evaluator", "严")

    assert text.startswith("校准「严」（strict）")
    assert "注意：校准后" in text


@pytest.mark.parametrize(
    ("texts", "messages"),
    [
        pytest.param(
            (ONE,),
            [
                "1.yaml:1:1: RECORD_INCONSISTENT 「文件」写了 id、title、source、dated、period\n    items（各等材料提交几件、采信几件）和 pillars（各方面得分）至少写一样"
            ],
            id="says nothing",
        ),
        pytest.param(
            (ONE + "items:\n  B: {filed: 4, accepted: 5}\n",),
            ["1.yaml:7:27: RECORD_INCONSISTENT 「items.B.accepted」写的是「5」\n    采信5件多于提交4件"],
            id="more accepted than filed",
        ),
        pytest.param(
            (ONE + "pillars:\n  - {pillar: P1, score: 11, at_stake: {B: {items: 3, points: 10}}}\n",),
            [
                "1.yaml:7:25: RECORD_INCONSISTENT 「pillars.第1项.score」写的是「11」\n    score 大于挂在材料上的分（at_stake 各等 points 之和）"
            ],
            id="more points than at stake",
        ),
        pytest.param(
            (ONE + "pillars:\n  - {pillar: P12, score: 1, at_stake: {B: {items: 3, points: 10}}}\n",),
            ["1.yaml:7:14: NAME_UNKNOWN 一级指标「P12」没有定义\n    是否想写「P1」？"],
            id="no such pillar",
        ),
        pytest.param(
            (ONE + ITEMS, ONE + ITEMS),
            [
                "1.yaml:1:5: ID_DUPLICATE 往次结果编号「R-1」重复\n    一次评估只给一个文件，用自己的编号",
                "2.yaml:1:5: ID_DUPLICATE 往次结果编号「R-1」重复\n    一次评估只给一个文件，用自己的编号",
            ],
            id="one result twice",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path, texts, messages):
    """Where, which code, what and what to do."""
    found = said(tmp_path, *texts)

    assert len(found) == len(messages)
    assert all(one.startswith(start) for one, start in zip(found, messages, strict=True)), found


def test_an_unknown_evaluator_is_refused():
    """With those that there are."""
    result = CliRunner().invoke(cli, ["calibrate", str(SAMPLES[0]), "--evaluator", "kind"], standalone_mode=False)

    assert isinstance(result.exception, Refusal)
    (found,) = result.exception.problems
    assert (found.code, found.found, found.remedy) == (
        "NAME_UNKNOWN",
        "没有评估人「kind」",
        "现有：lenient（宽）、usual（中）、strict（严）",
    )
