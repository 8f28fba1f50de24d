"""A run read by checkpoints: proof decides, open ones keep their points, years roll over, and 230 of them add up."""

import json
import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from engine.assessment import Workings
from engine.assessment import work_out
from engine.checkpoints import of_units
from engine.checkpoints import phase_of
from engine.checkpoints import read_by_checkpoints
from engine.checkpoints import share_out
from engine.commands import cli
from engine.linting import lint
from engine.models.checkpoint_sheet import CheckpointPhase
from engine.models.checkpoint_sheet import CheckpointResult
from engine.models.checkpoint_sheet import CheckpointSheet
from engine.models.result import Outcome
from engine.models.ruleset import Checkpoint
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.records import make_record
from engine.records import read_record
from engine.records import sealed
from engine.rendering.layout import width
from engine.replay import replay
from engine.rulesets import load_ruleset
from engine.submissions import load_submission

ROOT = Path(__file__).parents[2]
RULESETS, SAMPLES = ROOT / "rulesets", ROOT / "evidence_samples"
MADE = runpy.run_path(str(ROOT / "tests" / "make_overlay.py"))


def loaded(folder: Path) -> Ruleset:
    ruleset, problems = load_ruleset(folder, [RULESETS])
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


def submitted(sample: str) -> Submission:
    submission, problems = load_submission(SAMPLES / sample)
    assert submission is not None, [str(p) for p in problems]
    return submission


DONE: dict[tuple[str, str], Workings] = {}


def worked(ruleset: Ruleset, sample: str) -> Workings:
    """A run of a sample; the same run is made once."""
    key = (ruleset.digest, sample)
    if key not in DONE or DONE[key].scope.ruleset != ruleset:
        workings, problems = work_out(ruleset, ruleset.profiles["assumed-100"], submitted(sample))
        assert workings is not None, [str(p) for p in problems]
        DONE[key] = workings
    return DONE[key]


def read(workings: Workings) -> CheckpointSheet:
    ruleset = workings.scope.ruleset
    sheet = read_by_checkpoints(workings, ruleset.profiles["assumed-100"])
    assert sheet is not None
    return sheet


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the synthetic overlay of 230 checkpoints."""
    folder = tmp_path_factory.mktemp("overlays")
    MADE["make_overlay"](folder, RULESETS / "lbg-2021")
    return folder


@pytest.fixture(scope="module")
def synthetic(home: Path) -> Ruleset:
    """The synthetic overlay."""
    return loaded(home / "synthetic-230")


@pytest.fixture(scope="module")
def wenshan() -> Ruleset:
    """The shipped overlay."""
    return loaded(RULESETS / "wenshan-2023")


@pytest.fixture(scope="module")
def demo(synthetic: Ruleset) -> CheckpointSheet:
    """The demo county under the synthetic overlay."""
    return read(worked(synthetic, "demo-county"))


# --- the findings stay what they are --------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", ["demo-county", "wenshan-2023"])
def test_checkpoints_change_no_finding(sample: str, synthetic: Ruleset, wenshan: Ruleset) -> None:
    """Under an overlay that changes no indicator every finding, gap and point is that of the layer below."""
    below = worked(loaded(RULESETS / "lbg-2021"), sample).assessment
    for overlay in (synthetic, wenshan):
        above = worked(overlay, sample).assessment

        assert above.findings == below.findings
        assert above.gaps == below.gaps
        assert above.score == below.score


def test_a_ruleset_without_checkpoints_has_no_sheet() -> None:
    """There is nothing to read by."""
    national = loaded(RULESETS / "lbg-2021")

    assert read_by_checkpoints(worked(national, "wenshan-2023"), national.profiles["assumed-100"]) is None


def test_a_record_of_a_run_under_an_overlay_replays_without_its_folder(wenshan: Ruleset) -> None:
    """The rules are in the record whole, checkpoints and plan with them."""
    workings = worked(wenshan, "wenshan-2023")
    profile = wenshan.profiles["assumed-100"]
    made = make_record(wenshan, profile, submitted("wenshan-2023"), workings.assessment, "2024-01-01T00:00:00Z")
    record, problems = read_record(sealed(made), "记录")
    assert record is not None, [str(p) for p in problems]

    replayed, problems = replay(record)
    assert replayed is not None, [str(p) for p in problems]

    assert (replayed.differences, problems) == ((), [])
    assert json.loads(sealed(made))["ruleset"]["overlaid"]["plan"]["checkpoints"] == 230


# --- 230 of them ----------------------------------------------------------------------------------------------------


def test_there_are_exactly_230_and_none_is_an_orphan(synthetic: Ruleset, demo: CheckpointSheet) -> None:
    """Every indicator of the 89 has two or three; every checkpoint one indicator."""
    per = Counter(result.indicator for result in demo.checkpoints)

    assert (demo.total, demo.held, demo.open, len(demo.checkpoints)) == (230, 230, 0, 230)
    assert set(per) == {indicator.id for indicator in synthetic.indicators}
    assert (set(per.values()), demo.without) == ({2, 3}, ())


def test_points_add_up_to_the_whole(demo: CheckpointSheet) -> None:
    """By checkpoint, by indicator, by year; every line is divided without a rest."""
    for result in demo.checkpoints:
        for split in (result.claimed, result.substantiated):
            assert split.earned + split.open + split.recoverable + split.lost == result.maximum
    assert (
        sum(line.maximum for line in demo.indicators) == sum(r.maximum for r in demo.checkpoints) == demo.maximum == 100_000
    )
    assert sum(line.earned for line in demo.indicators) == demo.substantiated.earned
    assert [name for line in demo.indicators for name in line.checkpoints] == [r.checkpoint for r in demo.checkpoints]


def test_a_checkpoint_of_the_whole_is_its_indicators_finding(demo: CheckpointSheet, synthetic: Ruleset) -> None:
    """Both tracks have its outcome."""
    findings = {finding.indicator: finding for finding in worked(synthetic, "demo-county").assessment.findings}
    whole = [result for result in demo.checkpoints if result.looks_at == "整个指标" and findings[result.indicator].scored]

    assert whole
    assert [r.outcome for r in whole] == [findings[r.indicator].outcome for r in whole]
    assert [r.claimed_outcome for r in whole] == [findings[r.indicator].claimed.outcome for r in whole]


def test_a_claim_without_proof_is_not_met(demo: CheckpointSheet) -> None:
    """Some are claimed and not proven; nothing is proven that is not claimed."""
    assert any(r.claimed_outcome is Outcome.MET and r.outcome is Outcome.UNKNOWN for r in demo.checkpoints)
    assert all(r.substantiated.earned <= r.claimed.earned for r in demo.checkpoints)
    assert all(r.claimed_outcome is Outcome.MET for r in demo.checkpoints if r.outcome is Outcome.MET)


def test_static_ones_are_due_by_the_milestone(demo: CheckpointSheet) -> None:
    """The plan says 2023 for all of them; in March 2024 what is not met is past its year."""
    static = [result for result in demo.checkpoints if result.kind == "static"]

    assert {result.target_year for result in static} == {2023}
    assert {result.phase for result in static} == {CheckpointPhase.MET, CheckpointPhase.PAST_DUE, CheckpointPhase.NONE}
    assert {r.phase for r in demo.checkpoints if r.target_year == 2025} - {CheckpointPhase.MET, CheckpointPhase.NONE} == {
        CheckpointPhase.NOT_YET_DUE
    }


def test_years_count_what_is_due(demo: CheckpointSheet) -> None:
    """Each year its own; what does not apply is due in none."""
    for line in demo.years:
        due = [r for r in demo.checkpoints if r.target_year == line.year and r.outcome is not Outcome.NOT_APPLICABLE]
        assert (line.due, line.met) == (len(due), sum(r.outcome is Outcome.MET for r in due))
    assert [line.year for line in demo.years] == [2023, 2024, 2025]


def test_a_unit_sees_its_own_points_alone(demo: CheckpointSheet) -> None:
    """By role or by name; none of the rest."""
    role, name = of_units(demo, {"政务服务"}), of_units(demo, {"政务服务管理局"})

    assert 0 < len(role.checkpoints) < 230
    # The unit plays other roles, too.
    assert {r.checkpoint for r in role.checkpoints} < {r.checkpoint for r in name.checkpoints}
    assert role.maximum == sum(r.maximum for r in role.checkpoints) < demo.maximum
    assert role.elsewhere == 230 - len(role.checkpoints)


# --- Wenshan --------------------------------------------------------------------------------------------------------


def test_open_checkpoints_are_counted_and_keep_their_points(wenshan: Ruleset) -> None:
    """29 are known of 230; the other 201 stay in the denominator, and nothing of them is earned."""
    sheet = read(worked(wenshan, "wenshan-2023"))

    assert (sheet.total, sheet.held, sheet.open) == (230, 29, 201)
    assert sheet.maximum == 100_000 == sheet.open_points + sum(r.maximum for r in sheet.checkpoints)
    assert sheet.claimed.open >= sheet.open_points == 87_385
    assert sheet.substantiated.earned == 0


def test_a_found_weakness_keeps_its_checkpoints_open(wenshan: Ruleset) -> None:
    """The congress found enforcement documents wanting: that review was held is not claimed in full before they are mended."""
    result = next(r for r in read(worked(wenshan, "wenshan-2023")).checkpoints if r.checkpoint == "C-ENFORCE-5")

    assert (result.claimed_outcome, "被指出的问题没有整改材料" in result.current) == (Outcome.UNKNOWN, True)


def test_roles_have_the_names_that_the_overlay_gives(wenshan: Ruleset) -> None:
    """Where it gives none, the role stands."""
    leads = {r.checkpoint: r.lead_unit for r in read(worked(wenshan, "wenshan-2023")).checkpoints}

    assert (leads["C-SERVICE-1"], leads["C-OVERSIGHT-1"]) == ("文山市政务服务管理局", "审计")


# --- laws -----------------------------------------------------------------------------------------------------------


def made(number: int) -> list[Checkpoint]:
    return [Checkpoint(id=f"C-{n}", title="甲", indicator="I-1", source="测试") for n in range(number)]


@given(st.integers(0, 10**6), st.integers(0, 40), st.integers(0, 40), st.randoms(use_true_random=False))
def test_points_are_shared_out_evenly_and_whole(maximum: int, held: int, unheld: int, chance: Any) -> None:
    """Nothing is lost, no two differ by more than a thousandth, and the order of writing does not matter."""
    checkpoints = made(held)
    aside = {c.id for c in checkpoints if chance.random() < 0.3}
    points, open_points = share_out(maximum, checkpoints, aside, unheld)
    turned = share_out(maximum, reversed(checkpoints), aside, unheld)

    assert (points, open_points) == turned
    assert set(points) == {c.id for c in checkpoints} - aside
    if points or unheld:
        assert sum(points.values()) + open_points == maximum
    assert len(set(points.values())) <= 2 and (not points or max(points.values()) - min(points.values()) <= 1)


@given(
    st.sampled_from([Outcome.PARTIAL, Outcome.NOT_MET, Outcome.UNKNOWN]), st.integers(2000, 2100), st.integers(2000, 2100)
)
def test_years_roll_over_once(outcome: Outcome, target: int, year: int) -> None:
    """未到期 before, 本年到期 in, 已过目标年 after its year; what is met is met in any year."""
    order = [CheckpointPhase.NOT_YET_DUE, CheckpointPhase.DUE_THIS_YEAR, CheckpointPhase.PAST_DUE]

    assert phase_of(outcome, target, year) is order[(year >= target) + (year > target)]
    assert phase_of(Outcome.MET, target, year) is CheckpointPhase.MET
    assert phase_of(outcome, None, year) is CheckpointPhase.UNDATED
    assert phase_of(Outcome.NOT_APPLICABLE, target, year) is CheckpointPhase.NONE


# --- what checkpoints look at ---------------------------------------------------------------------------------------


def looked(ruleset: Ruleset, *checks: dict[str, Any], indicator: str = "I-R34") -> Iterator[CheckpointResult]:
    """Checkpoints of one indicator, read in the demo county."""
    assert ruleset.overlaid is not None
    own = tuple(
        Checkpoint.model_validate({"id": f"C-{n}", "title": "甲", "indicator": indicator, "source": "测试", "checks": check})
        for n, check in enumerate(checks)
    )
    changed = ruleset.model_copy(update={"overlaid": ruleset.overlaid.model_copy(update={"checkpoints": own})})
    yield from read(worked(changed, "demo-county")).checkpoints


def test_a_measure_is_held_against_its_condition_and_needs_proof(synthetic: Ruleset) -> None:
    """Met with all proof; short; not told."""
    met, short, unknown = looked(
        synthetic,
        {"measure": "reconsideration_cases", "meets": {"at_least": "1"}},
        {"measure": "reconsideration_cases", "meets": {"at_least": "100000"}},
        {"measure": "official_pillars", "meets": {"at_least": "1"}},
        indicator="I-R57",
    )

    assert (met.claimed_outcome, short.outcome, unknown.outcome) == (Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN)
    assert "应不低于1件" in met.current and "没报" in unknown.current


LOCAL = """changes:
  - indicator: I-R36
    tighten: [{member_meets: {at_least: 90%}}]
    authority: [{document: 市方案, locator: 第一条, gives: 90%, in_force: {from: 2020}, status: recalled, local: true}]
"""


def test_a_stricter_condition_judges_and_is_compared(home: Path) -> None:
    """Every member is held to the local number; the layer below stays as it is, and the difference is told."""
    folder = home / "stricter"
    folder.mkdir()
    header = MADE["HEADER"].replace("synthetic-230", "stricter")
    (folder / "ruleset.yaml").write_text(header, encoding="utf-8")
    (folder / "indicators.yaml").write_text(LOCAL, encoding="utf-8")
    stricter = loaded(folder)
    findings = {f.indicator: f for f in worked(stricter, "demo-county").assessment.findings}
    below = {f.indicator: f for f in worked(loaded(RULESETS / "lbg-2021"), "demo-county").assessment.findings}

    assert findings["I-R36"].claimed.earned < below["I-R36"].claimed.earned
    assert {name for name, finding in findings.items() if finding != below[name]} == {"I-R36"}
    assert [p.code for p in lint(folder, [RULESETS])] == ["LINT_NO_CASES"]


def test_a_checkpoint_may_not_look_past_the_members(home: Path) -> None:
    """The nation asks every department for five in a hundred; a total for the city would hide who lacks them."""
    folder = home / "looser"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "ruleset.yaml").write_text(MADE["HEADER"].replace("synthetic-230", "looser"), encoding="utf-8")
    text = "checkpoints:\n  - {id: C-1, title: 甲, indicator: I-R36, checks: {measure: legal_reviewer_share, meets: {at_least: 5%}}, source: 合成}\n"
    (folder / "checkpoints" / "1.yaml").write_text(text, encoding="utf-8")
    _, problems = load_ruleset(folder, [RULESETS])

    assert [str(p) for p in problems] == [
        (
            "looser/checkpoints/1.yaml:2:51: OVERLAY_LOOSENS 「I-R36」对legal_reviewer_share是逐单位看的，检查点只看全市一个数\n"
            "    请改成查整个指标（不写 checks）或它的要素"
        )
    ]


# --- the command ----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["checkpoints", *arguments], standalone_mode=False)


WENSHAN = (str(SAMPLES / "wenshan-2023"), "--ruleset", "wenshan-2023")


@pytest.mark.parametrize("by", ["checkpoint", "indicator"])
def test_the_screen_fits_and_counts_the_open_ones(by: str) -> None:
    """80 columns; 201 open."""
    text = run(*WENSHAN, "--by", by).stdout

    assert "一共230个  收录29个  待补201个" in text
    assert [line for line in text.splitlines() if width(line) > 80] == []


def test_the_year_rolls_over_on_the_screen() -> None:
    """On the last day of 2023 the static ones are due this year; a day later they are past it."""
    before, after = (run(*WENSHAN, "--as-of", day).stdout for day in ("2023-12-31", "2024-01-01"))

    assert "本年到期（5）" in before and "已过目标年（" not in before
    assert "已过目标年（5）" in after and "本年到期" not in after


@pytest.mark.parametrize("by", ["checkpoint", "indicator"])
def test_tables_hold_every_row_and_the_open_ones(by: str, home: Path) -> None:
    """CSV and Markdown have a row for each, and one for what is not held."""
    rows = run(*WENSHAN, "--by", by, "--format", "csv").stdout.strip().splitlines()
    lines = run(*WENSHAN, "--by", by, "--format", "md").stdout.strip().splitlines()

    assert len(rows) == 1 + (29 if by == "checkpoint" else 24) + 1
    assert rows[-1].startswith("待补,没有收录的201个") and "87.385" in rows[-1]
    assert lines[-1].startswith("| 待补")


def test_json_is_the_sheet(home: Path) -> None:
    """For programs: every key of the model, points as decimals."""
    sheet = json.loads(
        run(str(SAMPLES / "demo-county"), "--ruleset", "synthetic-230", "--rulesets", str(home), "--format", "json").stdout
    )

    assert (sheet["format"], sheet["maximum"], len(sheet["checkpoints"])) == ("fazhi/checkpoints/1", "100.000", 230)


def test_a_unit_is_asked_for_by_name_or_role() -> None:
    """The name that the overlay gives, or the role; a slip is told the nearest."""
    by_name, by_role = (run(*WENSHAN, "--unit", unit).stdout for unit in ("文山市司法局", "司法行政"))

    assert by_name.partition("规则  ")[2] == by_role.partition("规则  ")[2] != ""
    assert "没有收录的" not in by_name and "待补（" not in by_name
    assert "是否想写「文山市司法局」？" in str(run(*WENSHAN, "--unit", "文山市司发局").exception)


def test_rules_without_checkpoints_are_told_where_they_stand() -> None:
    """The way out is an overlay."""
    refusal = run(str(SAMPLES / "wenshan-2023")).exception

    assert str(refusal) == "「lbg-2021」没有检查点：检查点写在叠加层里，用 --ruleset 写叠加层的编号"
