"""What is printed for people: the first screen, the gap list and the cells of a report, in their words and their order."""

import re
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.commands import cli
from engine.commands.unit_view import coverage_of
from engine.findings import show_value
from engine.measuring import measure_value
from engine.models.measured import Cause
from engine.models.problem import CODES
from engine.models.problem import Severity
from engine.models.result import Distance
from engine.models.result import GapKind
from engine.models.result import Outcome
from engine.models.result import OverrideShown
from engine.models.result import Phase
from engine.models.result import State
from engine.models.ruleset import Condition
from engine.rendering.documents import _distance_told
from engine.rendering.documents import finding_rows
from engine.rendering.explanation import _verdict
from engine.rendering.explanation import render_explanation
from engine.rendering.gap_groups import asked_by_unit
from engine.rendering.gap_groups import is_conclusion
from engine.rendering.gap_groups import tasks_of
from engine.rendering.gap_groups import told_one_by_one
from engine.rendering.layout import columns_of
from engine.rendering.layout import width
from engine.rendering.screen import render_screen
from engine.rendering.words import PROBLEMS
from engine.rendering.words import gap_text
from engine.rendering.words import gap_word
from engine.rendering.words import phase_word
from engine.scope import demand_text

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path.parent.name for path in (ROOT / "evidence_samples").glob("*/submission.yaml"))
DEPARTMENT = "yuanjiang-bureau-2023"


@cache
def printed(*words: str) -> str:
    """What a command prints for a sample, named second."""
    command, sample, *rest = words
    arguments = [command, str(ROOT / "evidence_samples" / sample), *rest]
    return CliRunner().invoke(cli, arguments, standalone_mode=False, catch_exceptions=False).stdout


# --- words ----------------------------------------------------------------------------------------------------------


def test_everything_set_aside_has_a_short_chinese_name() -> None:
    """The head of the screen shows no bare English code."""
    assert set(PROBLEMS) >= {code for code, (severity, _) in CODES.items() if severity is Severity.SET_ASIDE}
    assert [word for word in PROBLEMS.values() if not re.search("[一-鿿]", word)] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_head_counts_by_name(sample: str) -> None:
    """No code of ours stands on the screen, apart from those that evidence is returned with."""
    assert re.findall(r"FACT_[A-Z_]+|INCIDENT_[A-Z_]+|封顶P\d", printed("assess", sample)) == []


@pytest.mark.parametrize(
    ("phase", "outcome", "lost", "word"),
    [
        (Phase.MET, Outcome.MET, 0, "达标"),
        (Phase.MET, Outcome.UNKNOWN, 0, "自报达标"),
        (Phase.LOCKED_LOSS, Outcome.PARTIAL, 0, "锁定失分，丢的不足0.001"),
        (Phase.LOCKED_LOSS, Outcome.PARTIAL, 1, "锁定失分"),
    ],
)
def test_a_state_does_not_contradict_the_verdict(taonan: Any, phase: Phase, outcome: Outcome, lost: int, word: str) -> None:
    """达标 by the unit's word alone, and a loss that rounds to nothing, are said to be so."""
    finding = taonan.finding("I-R59")
    shown = finding.model_copy(
        update={
            "state": finding.state.model_copy(update={"phase": phase}),
            "claimed": finding.claimed.model_copy(update={"lost": lost}),
            "substantiated": finding.substantiated.model_copy(update={"outcome": outcome}),
        }
    )

    assert word == phase_word(shown)


@pytest.mark.parametrize(
    ("phase", "cause", "told"),
    [
        (Phase.UNKNOWN, Cause.NOT_MENTIONED, "待核（没提）"),
        (Phase.LOCKED_LOSS, Cause.NUMBER_MISSING, "锁定失分，另有待核（缺数）"),
        (Phase.NOT_YET_DUE, Cause.NOT_MENTIONED, "未到期，到2021-06-30再看"),
        (Phase.AT_RISK, None, "有风险，最迟2021-06-30动手"),
        (Phase.MET, None, "自报达标，有效到2021-06-30"),
    ],
)
def test_a_verdict_says_what_its_day_and_its_cause_are(taonan: Any, phase: Phase, cause: Cause, told: str) -> None:
    """A bare date or 锁定失分、没提 leave the reader to guess."""
    by = date(2021, 6, 30) if phase in (Phase.NOT_YET_DUE, Phase.AT_RISK, Phase.MET) else None
    finding = taonan.finding("I-R59").model_copy(update={"state": State(phase=phase, cause=cause, by=by)})

    assert _verdict(finding).partition("；")[2] == told


@pytest.mark.parametrize(
    ("measure", "condition", "told"),
    [
        ("town_drills_every_24m", {"at_least": "1"}, "每24个月不少于1次"),
        ("law_lectures_yearly", {"at_least": "1"}, "每年不少于2次"),
        ("head_appearance_rate", {"at_least": "1"}, "达到100%"),
        ("head_appearance_rate", {"at_least": "90%"}, "不低于90%"),
        ("litigation_lost", {"at_most": "0"}, "为0件"),
        ("promised_days_change", {"at_most": "0"}, "不高于0个工作日"),
    ],
)
def test_what_is_asked_reads_as_a_person_would_say_it(ruleset: Any, measure: str, condition: Any, told: str) -> None:
    """Windows are told by how often, all of them and none of them as such; a change may well be below 0."""
    assert told == demand_text(ruleset.measures[measure], Condition.model_validate(condition), date(2020, 12, 31))


def test_one_word_stands_before_a_gap_in_every_list(taonan: Any) -> None:
    """What was filed by another measure is 口径, on the screen and in the cells alike."""
    (gap,) = taonan.gaps("I-R37", "FACT_MISSING")

    assert gap_word(gap) == "口径"
    assert gap_word(gap.model_copy(update={"kind": GapKind.CLAUSE, "state": "外部指出"})) == "指出"


def test_long_lists_of_units_are_counted_on_a_terminal(taonan: Any) -> None:
    """Seven names fill lines and say nothing; the doubtful dot of a state is written as a comma."""
    (gap,) = taonan.gaps("I-R37", "FACT_MISSING")
    detail = "〔待核·缺数〕甲；乙；丙。司法局→一、二、三、四、五、六、七；可补报"

    assert (
        gap_text(gap.model_copy(update={"state": "待核·缺数", "detail": detail}))
        == "〔待核，缺数〕甲；乙；丙。司法局→各单位（7个）；可补报"
    )


def test_cells_speak_chinese_and_name_the_element(taonan: Any) -> None:
    """Pillars by their short names, kinds in Chinese; how far each element is, elements alike together."""
    rows = finding_rows(taonan.done)
    distance = [
        Distance(band="满分", missing=m, text="", element=e) for m, e in (("不知", "甲"), ("差1件", "乙"), ("不知", "丙"))
    ]

    assert {"动态", "静态"} >= {row[3] for row in rows}
    assert rows[0][2] == "政府职能"
    assert _distance_told(distance) == "甲、丙：不知；乙：差1件"


# --- the screen -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("command", ["assess", "gaps"])
def test_every_sample_fits_80_columns(sample: str, command: str) -> None:
    """Nothing is wider than the terminal, whatever the sample."""
    assert [line for line in printed(command, sample).splitlines() if width(line) > 80] == []


def test_the_widest_pillar_table_fits_80_columns() -> None:
    """Full marks on both tracks and two-digit counts in every column still fit."""
    headers = ["一级指标", "达标", "部分", "不达标", "待核", "不适用", "未收录", "自报", "有据", "最高可到", "满分"]
    row = ["9 组织领导", *["88"] * 6, *["100.000"] * 4]

    assert max(map(width, columns_of([row], headers, right=range(1, 11), blanks=1))) <= 80


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_screen_can_be_checked_against_the_list(sample: str) -> None:
    """What the screen shows, leaves out and puts elsewhere adds up to the numbered lines of the gap list."""
    screen, listed = printed("assess", sample), printed("gaps", sample)
    total, told = re.search(r"逐条列(\d+)条(?:（(.*?)）)?", screen.replace("\n    ", "")).groups()  # type: ignore[union-attr]
    numbers = re.findall(r"^ {0,2}(\d+) [一-鿿]{2}  ", listed, re.MULTILINE)

    assert int(total) == len(numbers) == sum(map(int, re.findall(r"\d+", told or "")))


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_merely_missing_is_counted_as_the_list_counts_it(sample: str) -> None:
    """Section six and the headings of the gap list give the same numbers."""
    screen, listed = printed("assess", sample), printed("gaps", sample)
    asked = re.search(r"缺数(\d+)条、缺证(\d+)条", screen).groups()  # type: ignore[union-attr]

    assert asked == tuple(re.findall(r"按单位一次要齐（(\d+)条）", listed))


def test_every_gap_stands_in_one_place(taonan: Any) -> None:
    """Numbered, asked for as a figure or asked for as proof: nothing twice, nothing lost."""
    gaps = taonan.done.gaps
    kinds = (GapKind.FACT_MISSING, GapKind.EVIDENCE_MISSING)
    placed = [*told_one_by_one(gaps), *(gap for kind in kinds for gap in asked_by_unit(gaps, kind))]

    assert sorted(gap.id for gap in placed) == sorted(gap.id for gap in gaps)


def test_first_tasks_are_tasks(taonan: Any) -> None:
    """A warning or a cause is no work; a contradiction and a wrong measure are."""
    tasks = tasks_of(taonan.done.gaps)

    assert any(is_conclusion(gap) for gap in taonan.done.gaps)
    assert [gap.id for gap in tasks if is_conclusion(gap)] == []
    assert {"矛盾", "口径"} <= {gap_word(gap) for gap in tasks}


def test_a_department_does_not_apply_and_holds_no_rows_of_others() -> None:
    """示范创建 is applied for by the government; rows not held are not in a department's denominator."""
    screen = printed("assess", DEPARTMENT)

    assert "一、能不能报    不归部门" in screen
    assert re.search(r"二、本单位\d+项 +牵头\d+  配合\d+", screen)
    assert "占着分母" not in screen


def test_a_units_part_of_a_county_is_shown_as_its_own() -> None:
    """The county's conclusions, its score and the number of facts it filed are not the unit's."""
    screen = printed("assess", "demo-county", "--unit", "司法局")

    assert "只看本单位，不是全县（市）得分" in screen
    assert "一、先改：报出来就会被退" in screen
    assert "得分区间" not in screen
    assert "报来" not in screen
    assert "K-BONUS" not in screen


def test_coverage_is_counted_from_findings_as_from_appraisals(taonan: Any, xx_district: Any) -> None:
    """A unit's part is counted like the whole: of all findings together it is the whole's coverage."""
    for assessed in (taonan, xx_district):
        assert assessed.done.score.coverage == coverage_of(assessed.done.findings)


def test_what_a_person_decided_stands_beside_what_was_computed(taonan: Any) -> None:
    """The computed range stays; the decided one follows, and the indicator says who decided what and until when."""
    day = date(2021, 3, 1)
    shown = OverrideShown(
        indicator="I-R59", old=Outcome.UNKNOWN, new=Outcome.MET, computed=0, decided=1010, remark="核过庭审笔录",
        authority="专班会议纪要", decided_by="王某", decided_on=day, expires=date(2021, 12, 31),
    )  # fmt: skip
    done = taonan.done.model_copy(update={"overrides": (shown,), "score_with_overrides": taonan.done.score})

    assert "    人工认定    1项  照认定算有据 " in render_screen(done)
    assert "认定  算出有据 待核 0.000，人工认定 达标 1.010：" in render_explanation(done, taonan.finding("I-R59"))


def test_bonuses_and_caps_are_told_by_what_they_do() -> None:
    """The same honour counts once, nothing counts below the gate, and a cap names its pillar and its points."""
    screen = printed("assess", "demo-county").replace("\n" + " " * 16, "")

    assert re.search(r"K-BONUS-1 .*：附加2\.000分，未计入（有据已得不到门槛）", screen)
    assert re.search(r"K-BONUS-2 .*：同一荣誉只计最高，不另计", screen)
    assert re.search(r"K-CAP-1 .*：行政执法最多\d+\.\d{3}分（八成）", screen)


def test_only_what_is_lacking_of_proof_is_asked_for() -> None:
    """Of proof that some units filed, the list names the others."""
    assert "法律顾问聘任文件或者公职律师证只有10件，还差1件（信访局）" in printed("gaps", "demo-county").replace(
        "\n" + " " * 10, ""
    )


def test_the_day_of_documents_falls_back_to_publication(make_rules: Any, assess_facts: Any, filed: Any) -> None:
    """A page that bears no date of issue was made no later than it was published."""
    rules = make_rules({}, {"id": "I-A", "elements": [{"key": "a", "title": "甲", "proof": ["p"]}], "award": "elements",
                            "evidence": [{"slot": "p", "title": "文件", "kinds": ["document"], "count": 1}]})  # fmt: skip
    assessment = assess_facts(rules, evidence=[filed("I-A", "p", issued=None, published="2020-07-01")]).done

    assert assessment.submission.documents_until == "2020-07-01"


def test_facts_filed_and_set_aside_are_counted(xx_district: Any, taonan: Any) -> None:
    """Every fact that was filed is counted, and every one that counts for nothing."""
    assert (xx_district.done.submission.facts_filed, xx_district.done.submission.facts_set_aside) == (5, 5)
    assert taonan.done.submission.facts_set_aside == taonan.codes.count("FACT_OTHER_PERIOD")


# --- one figure -----------------------------------------------------------------------------------------------------


def test_what_was_filed_without_a_number_is_not_told_as_not_filed(xx_district: Any) -> None:
    """The phrase, its reason and its line stand in the trace; the value says that it was filed."""
    finding = xx_district.finding("I-R59")
    told = {line.text: line.line for line in finding.trace if line.step == "fact"}

    assert told["「行政诉讼败诉率」只写了「逐年下降」，没有数，不计"]
    assert any(text.endswith("行政诉讼败诉率 报了，不计") for text in (line.text for line in finding.trace))
    assert "没有数" in printed("explain", "xx-district", "litigation_loss_rate")


def test_a_fact_is_told_once_by_its_name(taonan: Any) -> None:
    """However many parts rest on it, with the key that a submission writes."""
    for finding in taonan.done.findings:
        places = [(line.text, line.line) for line in finding.trace if line.step == "fact" and line.line]
        assert len(places) == len(set(places)), finding.indicator
    assert any(
        line.text.startswith("行政机关负责人出庭率（head_appearance_rate） 报 77%") for line in taonan.finding("I-R59").trace
    )


def test_figures_that_look_like_what_is_asked_walk_back_to_their_line(taonan: Any) -> None:
    """A clue names the facts behind it."""
    (clue,) = (line for line in taonan.finding("I-R37").trace if "相近的数" in line.text)

    assert (clue.file, bool(clue.line)) == ("submission.yaml", True)


def test_last_years_figure_says_so(make_rules: Any, assess_facts: Any) -> None:
    """Two figures of one measure are told apart by their period."""
    days = {"kind": "amount", "unit_of_measure": "日"}
    change = {"kind": "trend", "of": "days", "direction": "lower", "unit_of_measure": "日"}
    rules = make_rules({"days": days, "change": change}, {"id": "I-A", "measure": "change", "meets": {"at_most": "0"}})
    done = assess_facts(rules, [{"measure": "days", "value": 4}, {"measure": "days", "value": 5, "period": "previous"}])

    assert [t.text for t in done.finding("I-A").trace if t.step == "fact"] == ["days（days） 报 4", "days（days） 上期报 5"]


def test_an_element_is_told_by_its_own_clock(taonan: Any, ruleset: Any) -> None:
    """Of I-001 only the deadline is looked at case by case."""
    told = [line.text for line in taonan.finding("I-001").trace if line.step == "clock"]
    (indicator,) = (i for i in ruleset.indicators if i.id == "I-001")

    assert len({element.clock or indicator.clock for element in indicator.elements}) == len(
        {t.split("时间型")[1][:2] for t in told}
    )


def test_shares_are_named(taonan: Any) -> None:
    """Four fractions in a row mean nothing to whoever does not know their order."""
    told = [line.text for line in taonan.finding("I-R59").trace if line.step in ("points", "clock")]

    assert "（份额：已得77/100、待定0、还能补0、已丢23/100）" in told[-2]
    assert told[0].endswith("整项：已得77/100、已丢23/100")


def test_a_share_that_may_be_anything_is_not_given_as_a_range(make_rules: Any, scope_of: Any) -> None:
    """Two lower bounds over each other say nothing; who is lacking is said by name."""
    held = {"kind": "count", "unit_of_measure": "人", "held_by": ["局"], "roll_up": "sum", "at": "end"}
    share = {"kind": "ratio", "numerator": "some", "denominator": "all", "direction": "higher", "when_none_due": "unknown"}
    rules = make_rules({"some": held, "all": held, "share": share}, {"id": "I-A", "measure": "share", "award": "share"})
    unit = {"members": [{"name": name, "roles": ["局"]} for name in ("甲局", "乙局")]}
    scope, _ = scope_of(rules, [{"measure": m, "unit": "甲局", "value": v} for m, v in (("some", 1), ("all", 9))], unit=unit)
    measured = measure_value("share", scope)

    assert (measured.value.low, measured.value.high) == (Fraction(0), Fraction(1))
    assert show_value(measured, {}, scope).text == "不能算（0%至100%都有可能）"
    assert any("（缺乙局）" in step for step in measured.steps)
    assert measured.steps[-1].endswith("不能算")
