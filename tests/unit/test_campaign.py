"""A campaign: parts of many units become one submission; what is missing, misplaced or said twice is seen."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.assessment import assess
from engine.campaigns import load_campaign
from engine.commands import cli
from engine.hash_chain import read_chain
from engine.merging import merge
from engine.models.campaign import CutOff
from engine.models.campaign import Merged
from engine.models.problem import Problem
from engine.models.result import Assessment
from engine.models.ruleset import Ruleset
from engine.owed import owed_by_units
from engine.rendering.layout import width
from engine.rulesets import load_ruleset
from engine.standings import league
from engine.standings import losses
from engine.standings import points_of_units
from engine.standings import statuses
from engine.submissions import load_submission

ROOT = Path(__file__).parents[2]
COUNTY = ROOT / "evidence_samples" / "demo-county"
DEMO = ROOT / "evidence_samples" / "demo-campaign"


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    ruleset, _ = load_ruleset(ROOT / "rulesets" / "lbg-2021")
    assert ruleset is not None
    return ruleset


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "campaign"))


def together(folder: Path, rules: Ruleset) -> tuple[Merged, list[Problem]]:
    campaign, problems = load_campaign(folder, load_submission)
    assert campaign is not None, problems
    merged, found = merge(campaign, rules)
    return merged, [*problems, *found]


def assessed(merged: Merged, rules: Ruleset) -> Assessment:
    done, _ = assess(rules, rules.profiles[rules.header.default_profile], merged.submission)
    assert done is not None
    return done


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False, catch_exceptions=False)


def refused(*arguments: str | Path) -> str:
    result = CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False)
    assert result.exception is not None
    problems = getattr(result.exception, "problems", None)
    return "\n".join(map(str, problems)) if problems else result.exception.message  # type: ignore[attr-defined]


def change(folder: Path, unit: str, old: str, new: str) -> None:
    file = folder / "units" / unit / "submission.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def unnumbered(value: Any) -> Any:
    """Without what a campaign puts before the numbers of evidence, and with what was ordered by them ordered anew."""
    if isinstance(value, dict):
        return {key: unnumbered(part) for key, part in value.items()}
    if isinstance(value, list):
        parts = [unnumbered(part) for part in value]
        return sorted(parts) if parts and all(isinstance(part, str) for part in parts) else parts
    return re.sub(r"\b(D\d\d|BJ)-(?=E-)", "", value) if isinstance(value, str) else value


def test_the_demo_campaign_comes_out_like_the_demo_county(rules: Ruleset) -> None:
    """What 20 units and the task force hand in is judged as what one submission said: every finding, point and clause."""
    merged, problems = together(DEMO, rules)
    whole, _ = load_submission(COUNTY)
    assert whole is not None
    county, _ = assess(rules, rules.profiles[rules.header.default_profile], whole)
    assert county is not None
    one, other = (done.model_dump(mode="json", by_alias=True) for done in (assessed(merged, rules), county))

    assert problems == []
    assert merged.silent == ("己坪乡",)
    assert len(merged.given) == 20
    for key in ("score", "pillars", "measures", "units", "conclusions"):
        assert one[key] == other[key]
    for mine, theirs in zip(one["findings"], other["findings"], strict=True):
        trace = mine.pop("trace"), theirs.pop("trace")
        assert len(trace[0]) == len(trace[1])
        assert unnumbered(mine) == unnumbered(theirs)
    told = [sorted(re.sub(r"(D\d\d|BJ)-(?=E-)", "", gap["id"]) for gap in done["gaps"]) for done in (one, other)]
    assert told[0] == told[1]
    assert [unnumbered(item["id"]) for item in one["evidence"]] != []
    assert {unnumbered(i["id"]): i["status"] for i in one["evidence"]} == {i["id"]: i["status"] for i in other["evidence"]}


def test_a_rolled_up_figure_is_walked_back_to_the_units(rules: Ruleset) -> None:
    """Every member's figure names the line of the member's own file."""
    result = run("explain", DEMO, "I-R36")

    assert "units/公安局/submission.yaml:10" in result.stdout.replace("\n    ", "")
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("unit", "old", "new", "told"),
    [
        (
            "公安局",
            "unit: {name: 公安局",
            "unit: {name: 公安分局",
            (
                "units/公安局/submission.yaml:3:7: PART_OTHER_UNIT 写的是「公安分局」，这个文件夹是「公安局」的\n"
                "    请核对是不是放错了文件夹；这一份当没交"
            ),
        ),
        (
            "公安局",
            "to: 2023-12-31",
            "to: 2023-06-30",
            (
                "units/公安局/submission.yaml:4:9: PART_OTHER_PERIOD 评估期2023-01-01至2023-06-30，全县的是2023-01-01至2023-12-31\n"
                "    请按全县的评估期重报；这一份当没交"
            ),
        ),
        (
            "公安局",
            "ruleset: lbg-2021",
            "ruleset: lbg-2019",
            (
                "units/公安局/submission.yaml:2:10: PART_OTHER_RULES 按规则集「lbg-2019」填的，全县用的是「lbg-2021」\n"
                "    请按全县的规则集重报；这一份当没交"
            ),
        ),
    ],
)
def test_a_foreign_part_is_left_out_whole(copy: Path, rules: Ruleset, unit: str, old: str, new: str, told: str) -> None:
    """A part of another unit, period or ruleset counts as not handed in, and says why."""
    change(copy, unit, old, new)
    merged, problems = together(copy, rules)

    assert list(map(str, problems)) == [told]
    assert list(merged.left_out) == [unit]
    assert not any(fact.unit == unit for fact in merged.submission.head.facts)


def test_what_cannot_be_read_stops_nobody_else(copy: Path, rules: Ruleset) -> None:
    """A broken file, and a measure that the rules do not know, leave out their own unit alone; missing is never zero."""
    change(copy, "公安局", "facts:", "facts: [")
    change(copy, "甲河镇", "measure: enforcement_officers", "measure: enforcement_oficers")
    merged, problems = together(copy, rules)

    assert set(merged.left_out) == {"公安局", "甲河镇"}
    assert {p.code for p in problems} >= {"NAME_UNKNOWN"}
    assert all(p.place.file.split("/")[1] in merged.left_out for p in problems)
    finding = next(f for f in assessed(merged, rules).findings if f.indicator == "I-R36")
    assert finding.value is not None
    assert {m.unit for m in finding.value.members if m.outcome == "UNKNOWN"} >= {"公安局", "甲河镇", "己坪乡"} - {"己坪乡"}


def test_a_misnamed_folder_does_not_make_a_unit_silent_unseen(copy: Path, rules: Ruleset) -> None:
    """A folder that belongs to nobody is said, with the unit that was probably meant."""
    (copy / "units" / "公安局").rename(copy / "units" / "公按局")
    merged, problems = together(copy, rules)

    assert [str(p) for p in problems] == [
        "units/公按局: PART_STRANGER 「公按局」不是名单上的单位，没有读\n    是否想写「公安局」？"
    ]
    assert "公安局" in merged.silent


def test_a_workbook_that_is_not_imported_is_said(copy: Path, rules: Ruleset) -> None:
    """Nobody is taken for silent whose workbook lies there."""
    (copy / "units" / "己坪乡").mkdir()
    (copy / "units" / "己坪乡" / "己坪乡.xlsx").write_bytes(b"PK")
    merged, problems = together(copy, rules)

    assert [str(p) for p in problems] == [
        (
            "units/己坪乡/己坪乡.xlsx: PART_WORKBOOK 工作簿还没有导入，当没交\n"
            "    先收进来：fazhi import units/己坪乡/己坪乡.xlsx -o 全县填报的文件夹"
        )
    ]
    assert list(merged.left_out) == ["己坪乡"]


def test_a_unit_that_does_not_lead_speaks_for_itself_alone(copy: Path, rules: Ruleset) -> None:
    """A figure of the whole from a unit that does not lead it never becomes the county's."""
    change(copy, "公安局", "facts:", "facts:\n  - {measure: litigation_cases, value: 3件}")
    merged, problems = together(copy, rules)

    assert [str(p) for p in problems] == [
        (
            "units/公安局/submission.yaml:8:5: PART_OWN_FIGURE 「行政诉讼案件数」是公安局报的，公安局不牵头；只当本单位的数，不当全县的\n"
            "    全县的数由司法行政报；确由本单位掌握的，写 unit: 示例县"
        )
    ]
    assert [f.unit for f in merged.submission.head.facts if f.measure == "litigation_cases"] == [None, "公安局"] or [
        f.unit for f in merged.submission.head.facts if f.measure == "litigation_cases"
    ] == ["公安局", None]


def test_two_units_that_disagree_are_a_contradiction(copy: Path, rules: Ruleset) -> None:
    """The county's figure by a second unit that says expressly that it is the county's: never silently resolved."""
    change(copy, "公安局", "facts:", "facts:\n  - {measure: litigation_cases, unit: 示例县, value: 19件}")
    merged, problems = together(copy, rules)

    assert problems == []
    conflicts = [p for p in assessed(merged, rules).problems if p.code == "FACT_CONFLICT"]
    assert len(conflicts) == 1
    assert conflicts[0].file in ("units/公安局/submission.yaml", "units/司法局/submission.yaml")
    assert "17件、19件" in conflicts[0].found


def test_a_unit_cannot_speak_for_others_elements_or_sign_for_the_whole(copy: Path, rules: Ruleset) -> None:
    """Elements of others and zero reports for the whole are set aside."""
    change(copy, "甲河镇", "facts:", "facts:\n  - {element: I-R20.compiled, value: true}")
    change(copy, "公安局", "facts:", "declarations:\n  - {kind: leader_disciplined, signed_by: 张三}\nfacts:")
    merged, problems = together(copy, rules)

    assert [str(p) for p in problems] == [
        (
            "units/公安局/submission.yaml:8:5: PART_NOT_ASKED 零报告「leader_disciplined」说的是全县，公安局不能代签\n"
            "    请交专班放进示例县本级的填报；这一条没有计"
        )
    ] or {p.code for p in problems} == {"PART_NOT_ASKED"}
    assert sum(d.kind == "leader_disciplined" for d in merged.submission.head.declarations) == 1


def test_one_case_in_two_units_registers_is_doubted(copy: Path, rules: Ruleset) -> None:
    """The same penalty decision listed by two units: the register is no longer taken for complete."""
    owner = next(f for f in (copy / "units").glob("*/submission.yaml") if "penalty_decisions" in f.read_text("utf-8"))
    table = owner.parent / "files" / "tables" / "penalties.csv"
    other = copy / "units" / "公安局" / "files" / "tables"
    other.mkdir(parents=True, exist_ok=True)
    shutil.copy(table, other / "penalties.csv")
    change(
        copy, "公安局", "facts:",
        "facts:\n  - {measure: penalty_decisions, unit: 示例县, table: files/tables/penalties.csv, full: true}",
    )  # fmt: skip
    merged, problems = together(copy, rules)

    assert [p.code for p in problems] == ["PART_DOUBLE_CASE"]
    assert "36件" in problems[0].found
    assert {f.full for f in merged.submission.head.facts if f.measure == "penalty_decisions"} == {False}


def test_numbers_of_evidence_stay_apart(copy: Path, rules: Ruleset) -> None:
    """Two units' E-001 are two items; a fact cites its own unit's."""
    for unit in ("公安局", "甲河镇"):
        with (copy / "units" / unit / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
            ledger.write('{"id": "E-001", "title": "名册", "kind": "table", "proves": []}\n')
        change(copy, unit, "measure: enforcement_officers, ", "measure: enforcement_officers, evidence: E-001, ")
    merged, problems = together(copy, rules)

    assert problems == []
    ids = {item.id for item in merged.submission.evidence if item.id.endswith("-E-001")}
    assert ids == {"D06-E-001", "D15-E-001"}
    cited = {f.unit: f.evidence for f in merged.submission.head.facts if f.measure == "enforcement_officers" and f.evidence}
    assert cited == {"公安局": ("D06-E-001",), "甲河镇": ("D15-E-001",)}
    assert merged.owners["D06-E-001"] == "公安局"


def test_the_leads_review_is_asked_for_where_the_profile_asks(copy: Path, rules: Ruleset) -> None:
    """E20: without the lead unit's review nothing is accepted; with it the item is."""
    file = copy / "units" / "公安局" / "ledger.jsonl"
    lines = file.read_text("utf-8").splitlines()
    item = json.loads(lines[0]) | {"lead_checked_by": "司法局赵示例"}
    file.write_text("\n".join([json.dumps(item, ensure_ascii=False), *lines[1:]]) + "\n", "utf-8")
    merged, _ = together(copy, rules)
    profile = rules.profiles[rules.header.default_profile].model_copy(update={"lead_review": True})
    done, _ = assess(rules, profile, merged.submission)
    assert done is not None

    returned = {shown.id for shown in done.evidence if "E20" in shown.codes}
    assert f"D06-{item['id']}" not in returned
    assert len(returned) == len(done.evidence) - 1


def test_settings_that_name_nobody_are_refused(copy: Path) -> None:
    """Entries for unknown units and codes that two units would share."""
    file = copy / "campaign.yaml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("{name: 公安局, code: D06}", "{name: 公按局, code: D06}").replace("code: D07", "code: D08"), "utf-8"
    )
    _, problems = load_campaign(copy, load_submission)

    told = sorted(f"{p.code} {p.found}" for p in problems)
    assert told == [
        "ID_DUPLICATE 代号「D08」有两个单位用",
        "ID_DUPLICATE 代号「D08」有两个单位用",
        "UNIT_UNKNOWN 单位「公按局」不在名录里",
    ]


# --- who stands where -------------------------------------------------------------------------------------------------


def test_points_of_units_add_up_and_losses_name_both(rules: Ruleset) -> None:
    """Every unit's four shares make its maximum; a loss is told of the lead and of whoever falls short."""
    merged, _ = together(DEMO, rules)
    done = assessed(merged, rules)
    for points in points_of_units(done, rules).values():
        assert points.maximum == points.earned + points.open + points.recoverable + points.lost
    told = {(line.unit, line.part): line for line in losses(done, rules) if line.indicator == "I-R37"}

    assert set(told) == {
        ("司法局", "lead"), ("城市管理局", "responsible"), ("发展和改革局", "responsible"), ("人力资源和社会保障局", "responsible"),
    }  # fmt: skip
    finding = next(f for f in done.findings if f.indicator == "I-R37")
    lead = told["司法局", "lead"]
    assert (lead.open, lead.recoverable, lead.lost) == (
        finding.substantiated.open, finding.substantiated.recoverable, finding.substantiated.lost,
    )  # fmt: skip


def test_who_handed_in_nothing_stands_below_an_honest_no(copy: Path, rules: Ruleset) -> None:
    """甲河镇 reports that nothing of it is done; 己坪乡 says nothing: both earn 0, the silent one stands below."""
    file = copy / "units" / "甲河镇" / "submission.yaml"
    head = file.read_text("utf-8").split("facts:")[0]
    said = ["town_enforcement_ready", "legal_service_station", "town_plan_in_force", "town_emergency_force"]
    file.write_text(head + "facts:\n" + "".join(f"  - {{measure: {m}, value: false}}\n" for m in said), "utf-8")
    shutil.rmtree(copy / "units" / "丙湖镇")
    merged, _ = together(copy, rules)
    done = assessed(merged, rules)
    assert done.as_of is not None
    owed = owed_by_units(done, rules)
    rows = statuses(done, rules, merged, owed, CutOff(title="", day=done.as_of))
    places = {row.unit: row for row in league(rows, points_of_units(done, rules))}

    assert places["甲河镇"].rate == 0
    assert places["己坪乡"].rank == places["丙湖镇"].rank == (places["甲河镇"].rank or 0) + 1
    assert places["东关街道"].rank == places["西关街道"].rank == 1
    assert not places["己坪乡"].reported
    assert "审计" not in places


# --- the month in one command each way --------------------------------------------------------------------------------


def test_every_screen_fits_and_names_the_silent() -> None:
    """80 columns, and who did not hand in."""
    for name in ("status", "league"):
        shown = run("campaign", name, DEMO).stdout
        assert all(width(line) <= 80 for line in shown.splitlines() if str(DEMO) not in line)
        assert "没交  己坪乡（按没报算，不按0算）" in shown


def test_the_dry_run_of_the_whole_can_be_recorded_and_replayed(tmp_path: Path) -> None:
    """A record of a campaign replays without the folder."""
    result = run("campaign", "assess", DEMO, "--record", tmp_path)

    assert "按单位分摊" in result.stdout
    record = next(tmp_path.glob("record-*.json"))
    assert run("replay", record).exit_code == 0


def test_the_league_tells_the_change_against_the_last(copy: Path, tmp_path: Path) -> None:
    """Down one place and by how much."""
    last = tmp_path / "last.json"
    run("campaign", "league", copy, "--format", "json", "-o", last)
    change(copy, "公安局", "measure: standard_published, value: true", "measure: standard_published, value: false")
    rows = run("campaign", "league", copy, "--last", last, "--format", "csv").stdout

    row = next(line for line in rows.splitlines() if ",公安局," in line)
    assert re.search(r"降\d，-\d+\.\d+点|降\d，-\d+点", row)
    assert "不是通报" in refused("campaign", "league", copy, "--last", copy / "campaign.yaml")


def test_cards_bear_no_points_and_ask_for_what_is_owed(tmp_path: Path) -> None:
    """One card a unit, as text and as Markdown, 80 columns, without points or chances."""
    result = run("campaign", "remind", DEMO, "-o", tmp_path)

    cards = sorted(tmp_path.glob("*.txt"))
    assert result.stdout.startswith(f"提示卡{len(cards)}张，第3期")
    text = (tmp_path / "示例县-第3期-城市管理局.txt").read_text("utf-8")
    assert "E-IR53-department-page-07" in text
    assert "D07-" not in text
    for card in cards:
        shown = card.read_text("utf-8")
        assert all(width(line) <= 80 for line in shown.splitlines())
        assert not re.search(r"满分|得分|概率|抽中|\d\.\d{3}", shown)
        assert card.with_suffix(".md").is_file()
    assert "没有交填报" in (tmp_path / "示例县-第3期-己坪乡.txt").read_text("utf-8")


def test_a_gap_is_closed_by_three_people_after_it_is_gone_and_reopens(copy: Path) -> None:
    """The whole way of one gap, each step that cannot be taken refused with the reason, and nothing written for it."""
    gap, unit = "I-R37/SHORTFALL/standard_published@城市管理局", "城市管理局"
    no, yes = "measure: standard_published, value: false", "measure: standard_published, value: true"

    def note(day: str) -> str:
        return run("campaign", "close-out", copy, "--note", "--by", "王示例", "--as-of", day, "--unit", unit).stdout

    def step(name: str, by: str, *more: str) -> list[str | Path]:
        return ["campaign", "close-out", copy, "--gap", gap, "--unit", unit, "--step", name, "--by", by, *more]

    assert "新出现2" in note("2024-02-29")
    assert "CLOSE_STEP" in refused(*step("申请", "张三"))
    assert "请写 --by" in refused(*step("申请", "张三")[:-2])
    assert "CLOSE_UNSIGNED" in refused(*step("升级", "李专班", "--level", "yellow"))
    assert "还在2" in note("2024-03-31")
    assert "级别黄" in run(*step("升级", "李专班", "--level", "yellow")).stdout
    assert "RECORD_INCONSISTENT" in refused(*step("启动", "王示例"))
    run(*step("启动", "王示例", "--person", "张三", "--deadline", "2024-04-05"))
    run(*step("申请", "张三"))
    assert "CLOSE_SAME_PERSON" in refused(*step("复核", "张 三"))
    run(*step("复核", "赵司法"))
    assert "CLOSE_STILL_OPEN" in refused(*step("核验", "孙专班"))
    change(copy, unit, no, yes)
    note("2024-04-01")
    assert "CLOSE_SAME_PERSON" in refused(*step("核验", "赵司法"))
    run(*step("核验", "孙专班"))
    rows = {case["gap"]: case for case in json.loads(run("campaign", "close-out", copy, "--format", "json").stdout)}
    assert (rows[gap]["state"], rows[gap]["checked_by"], rows[gap]["verified_by"]) == ("closed", "赵司法", "孙专班")
    change(copy, unit, yes, no)
    assert "反弹1" in note("2024-05-02")
    assert "不倒着记" in refused("campaign", "close-out", copy, "--note", "--by", "王示例", "--as-of", "2024-03-01")
    chain, problems = read_chain((copy / "close_out.jsonl").read_bytes(), "close_out.jsonl")
    assert (len(chain.links), problems) == (9, [])


def test_an_altered_close_out_ledger_is_refused(copy: Path) -> None:
    """One changed byte, and nothing rests on it any more."""
    run("campaign", "close-out", copy, "--note", "--by", "王示例")
    path = copy / "close_out.jsonl"
    path.write_bytes(path.read_bytes().replace("己坪乡".encode(), "己坪县".encode(), 1))

    assert "LEDGER_CHAIN" in refused("campaign", "close-out", copy)


def test_a_department_reads_no_other_units_figures() -> None:
    """Neither the view nor the JSON of a unit's part names another unit's figures or the whole's range."""
    view = run("assess", DEMO, "--unit", "公安局").stdout
    others = ("城市管理局", "丁桥镇", "己坪乡", "人力资源和社会保障局")

    assert not any(other in view for other in others)
    assert "满分" not in view.replace("不能同时报满分", "")
    part = json.loads(run("assess", DEMO, "--unit", "公安局", "--format", "json").stdout)
    for finding in part["findings"]:
        values = [finding["value"], *(element["value"] for element in finding["elements"])]
        assert {m["unit"] for value in values if value for m in value["members"]} <= {"公安局"}
    assert not any(other in gap["current"] + gap["missing"] for gap in part["gaps"] for other in others)


def test_not_ours_is_kept_apart_from_not_applicable() -> None:
    """What others lead stays in the county's denominator; what does not apply is in none."""
    view = run("assess", DEMO, "--unit", "司法局").stdout

    assert "不归本单位15项（由别的单位牵头，仍在全县分母里）  不适用1项（不在分母里）" in view
