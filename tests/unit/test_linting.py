"""Looking over rules: every planted fault is found at its line, and nothing else is said."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from click.testing import Result

from engine.commands import cli
from engine.linting import lint
from engine.models.problem import CODES
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.rendering.lint_report import render_findings

SHIPPED = Path(__file__).parents[2] / "rulesets" / "lbg-2021"
MEASURES, PROFILE, CLAUSES = "measures.yaml", "profiles/assumed-100.yaml", "clauses.yaml"
EQUAL = "profiles/equal-100.yaml"
FUNCTIONS, DECISIONS, ENFORCEMENT, OVERSIGHT, DISPUTES, EMERGENCIES = (
    f"pillars/{name}.yaml"
    for name in ("1-functions", "3-decisions", "4-enforcement", "5-oversight", "6-disputes", "7-emergencies")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped ruleset, in which nothing is wrong, to plant faults in."""
    return shutil.copytree(SHIPPED, tmp_path / "lbg-2021")


def plant(folder: Path, file: str, old: str, new: str) -> None:
    """Write something else wherever a text stands in a file."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def plant_clauses(folder: Path, *clauses: str) -> None:
    """Put clauses before those that are there; what they need stands in the premises alone."""
    path = folder / CLAUSES
    text = path.read_text(encoding="utf-8") if path.exists() else "incident_kinds: {}\nclauses:\n"
    found = re.search(r"^clauses:.*\n((?:\s*#.*\n|\s*\n)*)(\s*)", text, re.MULTILINE)
    assert found is not None
    lines = "".join(f"{found[2]}- {{title: 试例, {clause}}}\n" for clause in clauses)
    path.write_text(text[: found.end(1)] + lines + text[found.end(1) :], encoding="utf-8")


def line_of(folder: Path, file: str, mark: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if mark in line)


def places_of(findings: tuple[Problem, ...]) -> Counter[tuple[str, str, int]]:
    return Counter((found.code, found.place.file, found.place.line) for found in findings)


def test_the_shipped_ruleset_has_no_findings() -> None:
    """What is shipped is in order."""
    assert lint(SHIPPED) == ()


# --- planted faults: file, old text, new text, code, and where the finding stands (file and a text in its line) ---------

BAND = "- {meets: {at_least: 80%}, share: 1/2}"
MEND = "查出有的先履行再报告"
LED = "lead_unit: 信用\n    responsible_units: "
LOADING = [
    (
        ENFORCEMENT,
        "measure: legal_reviewer_share\n",
        "measure: legal_reviewer_shares\n",
        "NAME_UNKNOWN",
        ENFORCEMENT,
        "id: I-R36",
    ),
    (PROFILE, "I-R36: 1\n", "I-R36: 2\n", "POINTS_SUM", PROFILE, "id: assumed-100"),
    (EQUAL, "rows: 11, points: 11", "rows: 11, points: 10", "POINTS_SUM", EQUAL, "id: equal-100"),
    (
        ENFORCEMENT,
        "gives: 原则上不少于本单位执法人员总数的5%, in_force: {from: 2018-12-05}",
        "gives: 5%",
        "KEY_MISSING",
        ENFORCEMENT,
        "gives: 5%",
    ),
    (OVERSIGHT, f"{MEND}, effort_days: 1, can_fix_past: false", f"{MEND}, effort_days: 1", "KEY_MISSING", OVERSIGHT, MEND),
    (OVERSIGHT, f"{LED}[各单位]", f"{LED}[各科室]", "NAME_UNKNOWN", OVERSIGHT, "id: I-R56"),
    (
        MEASURES,
        "\nkept:\n",
        "\nkept:\n  - {reason: 留着, measures: [litigation_case]}\n",
        "NAME_UNKNOWN",
        MEASURES,
        "[litigation_case]",
    ),
    ("cases/5-oversight.yaml", "cases:\n", "caze: 1\ncases:\n", "KEY_UNKNOWN", "cases/5-oversight.yaml", "caze"),
]
MEANING = [
    (
        MEASURES,
        "\n  law_lectures:",
        "\n  unheard_of: {label: 没人问的数, kind: count}\n  law_lectures:",
        "LINT_MEASURE_UNUSED",
        MEASURES,
        "unheard_of",
    ),
    (
        "pillars/8-capability.yaml",
        "monitors: [law_lectures_yearly]",
        "monitors: []",
        "LINT_MEASURE_UNUSED",
        MEASURES,
        "law_lectures_yearly:",
    ),
    (PROFILE, BAND, BAND.replace("80%", "100%"), "LINT_BAND_UNREACHABLE", PROFILE, "at_least: 100%"),
    (PROFILE, BAND, BAND.replace("at_least: 80%", "more_than: 100%"), "LINT_BAND_UNREACHABLE", PROFILE, "more_than: 100%"),
    (
        PROFILE,
        BAND,
        f"{BAND}\n      - {{meets: {{at_least: 90%}}, share: 1/4}}",
        "LINT_BAND_UNREACHABLE",
        PROFILE,
        "at_least: 90%",
    ),
    (
        PROFILE,
        "steps: {every: 1, deduct: 1/2}",
        f"steps: {{every: 1, deduct: 1/2}}\n    bands: [{BAND[2:]}]",
        "LINT_BAND_UNREACHABLE",
        PROFILE,
        "bands: [",
    ),
    (PROFILE, BAND, BAND.replace("1/2", "1"), "LINT_BAND_OVERLAP", PROFILE, "at_least: 80%"),
    (
        PROFILE,
        BAND,
        f"{BAND}\n      - {{meets: {{at_least: 60%}}, share: 1/2}}",
        "LINT_BAND_OVERLAP",
        PROFILE,
        "at_least: 60%",
    ),
    (PROFILE, BAND, BAND.replace("at_least", "at_most"), "LINT_BAND_OVERLAP", PROFILE, "at_most: 80%"),
    (DECISIONS, "proof: [consent]", "proof: [catalogue]", "LINT_SLOT_UNUSED", DECISIONS, "slot: consent"),
    (DECISIONS, "proof: [catalogue], needs", "needs", "LINT_ELEMENT_UNPROVEN", DECISIONS, "key: published"),
    (
        EMERGENCIES,
        "gives: 县级以上政府及有关部门、乡镇政府、街道办至少每2年组织1次, ",
        "",
        "LINT_THRESHOLD_UNFOUNDED",
        EMERGENCIES,
        "key: county",
    ),
    ("cases/6-disputes.yaml", "indicator: I-R57", "indicator: I-R59", "LINT_NO_CASES", DISPUTES, "id: I-R57"),
    (
        OVERSIGHT,
        "action: 用全市机构名单",
        "action: 补开查询记录，用全市机构名单",
        "LINT_FORBIDDEN_WORD",
        OVERSIGHT,
        "补开查询记录",
    ),
    (OVERSIGHT, "requirement: 评判时没有", "requirement: 倒签以后没有", "LINT_FORBIDDEN_WORD", OVERSIGHT, "倒签以后"),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "where", "mark"), [*LOADING, *MEANING])
def test_a_planted_fault_is_found_at_its_line(
    folder: Path, file: str, old: str, new: str, code: str, where: str, mark: str
) -> None:
    """One fault, one finding, in the file and line where somebody has to mend it."""
    plant(folder, file, old, new)

    assert places_of(lint(folder)) == Counter([(code, f"lbg-2021/{where}", line_of(folder, where, mark))])


def test_an_indicator_without_a_case_of_the_unknown_is_found(folder: Path) -> None:
    """Every indicator has a case that is met, one that is not, and one where it cannot be told."""
    file = folder / "cases/5-oversight.yaml"
    cases = re.split("(?=  # ---- I-R)", file.read_text(encoding="utf-8"))
    of_one = [text.replace("UNKNOWN", "MET") if "---- I-R56" in text else text for text in cases]
    file.write_text("".join(of_one), encoding="utf-8")

    expected = ("LINT_NO_CASES", f"lbg-2021/{OVERSIGHT}", line_of(folder, OVERSIGHT, "id: I-R56"))
    assert places_of(lint(folder)) == Counter([expected])


NEVER, LOOP = "LINT_CLAUSE_NEVER", "LINT_CLAUSE_LOOP"
WARN = "effect: warn, when: "
RESTS_ON_NOTHING = "id: K-T1, concludes: nothing, " + WARN + "[{finding: I-R56, outcome: PARTIAL}]"


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        (["id: K-T1, effect: block, when: [{finding: I-R36, outcome: UNKNOWN}]"], {"K-T1": "CLAUSE_FROM_UNKNOWN"}),
        ([f"id: K-T1, {WARN}[{{finding: I-R99, outcome: MET}}]"], {"K-T1": "NAME_UNKNOWN"}),
        ([f"id: K-T1, {WARN}[{{finding: I-R56, outcome: PARTIAL}}]"], {"K-T1": NEVER}),
        ([f"id: K-T1, {WARN}[{{finding: I-R56, outcome: NOT_APPLICABLE}}]"], {"K-T1": NEVER}),
        ([f"id: K-T1, {WARN}[{{member_finding: I-R36, outcome: PARTIAL}}]"], {"K-T1": NEVER}),
        ([f"id: K-T1, {WARN}[{{evidence_returned: I-R36, code: E99}}]"], {"K-T1": NEVER}),
        (
            [f"id: K-T1, {WARN}[{{any: [{{finding: I-R56, outcome: PARTIAL}}, {{finding: I-R56, outcome: MET}}]}}]"],
            {"K-T1": NEVER},
        ),
        ([RESTS_ON_NOTHING, f"id: K-T2, {WARN}[{{concluded: nothing}}]"], {"K-T1": NEVER, "K-T2": NEVER}),
        (
            [
                f"id: K-T1, concludes: weak, {WARN}[{{finding: I-R56, outcome: NOT_MET}}]",
                f"id: K-T2, per: unit, {WARN}[{{concluded: weak, unit: $u}}]",
            ],
            {"K-T2": NEVER},
        ),
        ([f"id: K-T1, concludes: again, {WARN}[{{concluded: again}}]"], {"K-T1": LOOP}),
        (
            [
                f"id: K-T1, concludes: one, {WARN}[{{concluded: two}}]",
                f"id: K-T2, concludes: two, {WARN}[{{concluded: one}}]",
            ],
            {"K-T1": LOOP, "K-T2": LOOP},
        ),
        ([f"id: K-T1, remedy: 补签后再报, {WARN}[{{finding: I-R56, outcome: NOT_MET}}]"], {"K-T1": "LINT_FORBIDDEN_WORD"}),
    ],
)
def test_a_faulty_clause_is_found_at_its_line(folder: Path, clauses: list[str], expected: dict[str, str]) -> None:
    """A clause that can never hold, never ends, lowers from what is unknown, or advises what it must not."""
    plant_clauses(folder, *clauses)

    where = f"lbg-2021/{CLAUSES}"
    assert places_of(lint(folder)) == Counter(
        (code, where, line_of(folder, CLAUSES, f"id: {name},")) for name, code in expected.items()
    )


@pytest.mark.parametrize(
    "clauses",
    [
        [f"id: K-T1, {WARN}[{{finding: I-R36, outcome: PARTIAL}}, {{member_finding: I-R36, outcome: UNKNOWN}}]"],
        [f"id: K-T1, {WARN}[{{finding: I-R19, outcome: NOT_APPLICABLE}}]"],
        [f"id: K-T1, {WARN}[{{finding: I-R34, outcome: NOT_APPLICABLE}}]"],
        [f"id: K-T1, {WARN}[{{finding: I-R37, outcome: PARTIAL}}, {{evidence_returned: I-R37, code: E14}}]"],
        [
            f"id: K-T1, concludes: weak, per: unit, {WARN}[{{member_finding: I-R36, outcome: NOT_MET, unit: $u}}]",
            f"id: K-T2, per: unit, {WARN}[{{concluded: weak, unit: $u}}]",
        ],
    ],
)
def test_a_clause_that_may_hold_is_left_alone(folder: Path, clauses: list[str]) -> None:
    """What can come true is no fault."""
    plant_clauses(folder, *clauses)

    assert lint(folder) == ()


def test_without_a_number_in_the_law_every_recalled_threshold_is_unfounded(folder: Path) -> None:
    """A limit inside a measure is a threshold too; where the issued text was read, the text itself is the source."""
    for file in (FUNCTIONS, ENFORCEMENT):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(re.sub(r"gives: [^,}]*, ", "", text), encoding="utf-8")
    found = {(finding.place.file, finding.place.line) for finding in lint(folder)}

    assert {finding.code for finding in lint(folder)} == {"LINT_THRESHOLD_UNFOUNDED"}
    assert found >= {
        (f"lbg-2021/{MEASURES}", line_of(folder, MEASURES, "label: 处罚决定按期公示率")),
        (f"lbg-2021/{ENFORCEMENT}", line_of(folder, ENFORCEMENT, "meets: {at_least: 5%}")),
    }
    assert not any(finding.found.startswith(("「I-001」", "「I-003」")) for finding in lint(folder))


def test_a_band_of_another_direction_does_not_blame_the_bands_below_it(folder: Path) -> None:
    """One fault is said once."""
    plant(folder, PROFILE, BAND, "- {meets: {at_most: 90%}, share: 3/4}\n      " + BAND)

    assert [finding.code for finding in lint(folder)] == ["LINT_BAND_OVERLAP"]


def test_bands_may_be_written_in_any_order(folder: Path) -> None:
    """The share says which band is the better one."""
    plant(folder, PROFILE, BAND, "- {meets: {at_least: 60%}, share: 1/4}\n      " + BAND)

    assert lint(folder) == ()


def test_every_code_of_lint_is_planted_once() -> None:
    """No kind of fault is without a fault that it found."""
    planted = {row[3] for row in MEANING} | {NEVER, LOOP}

    assert {code for code in CODES if code.startswith("LINT_")} == planted


# --- what is printed ------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rules", "lint", *arguments], standalone_mode=False)


def test_nothing_found_leaves_with_0(folder: Path) -> None:
    """A ruleset in order is said to be so."""
    done = run(str(folder))

    assert (done.return_value, done.stdout) == (0, "没有发现问题\n")


@pytest.mark.parametrize("fault", [LOADING[0], MEANING[0]])
def test_something_found_leaves_with_1_and_says_where(folder: Path, fault: tuple[str, ...]) -> None:
    """Rules that do not load are a finding like any other."""
    file, old, new, code, where, mark = fault
    plant(folder, file, old, new)

    done = run(str(folder))

    assert done.return_value == 1
    assert f"{folder / where}:{line_of(folder, where, mark)}:" in done.stdout
    assert f": {code} " in done.stdout
    assert done.stdout.endswith("共1处，请逐处核对\n")


def test_a_ruleset_that_is_not_there_leaves_with_2() -> None:
    """The nearest known name is offered."""
    done = run("lbg-2012")

    assert getattr(done.exception, "exit_code", None) == 2
    assert "是否想写「lbg-2019」" in str(getattr(done.exception, "problems", [""])[0])


def test_an_own_folder_of_rulesets_is_searched(folder: Path) -> None:
    """A ruleset of one's own is named by its id."""
    folder.rename(folder.parent / "local-2024")

    assert run("local-2024", "--rulesets", str(folder.parent)).return_value == 0


def test_json_is_for_programs(folder: Path, tmp_path: Path) -> None:
    """Every finding with code, meaning, place and remedy; written to a file where one is named."""
    plant(folder, *MEANING[0][:3])
    output = tmp_path / "lint.json"

    done = run(str(folder), "--format", "json", "-o", str(output))
    written = json.loads(output.read_text(encoding="utf-8"))

    assert (done.return_value, done.stdout) == (1, "")
    assert written["format"] == "fazhi/lint/1"
    assert [
        {
            "severity": "notice",
            "code": "LINT_MEASURE_UNUSED",
            "meaning": CODES["LINT_MEASURE_UNUSED"][1],
            "file": str(folder / MEASURES),
            "line": line_of(folder, MEASURES, "unheard_of"),
            "column": 15,
            "found": "口径「unheard_of」没人问的数没有指标、派生口径、分项关系、线索或监测用到",
            "remedy": "请删去，或在口径表的 kept 里列入并写明为什么留着",
        }
    ] == written["findings"]


def sarif(*findings: Problem) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render_findings(findings, "sarif"))
    return document


def test_sarif_has_what_the_standard_requires(folder: Path) -> None:
    """Version, tool and results; each result with its rule, message and physical location."""
    plant(folder, *LOADING[0][:3])
    document = json.loads(run(str(folder), "--format", "sarif").stdout)
    (only,) = document["runs"]
    (result,) = only["results"]
    (location,) = result["locations"]

    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    assert only["tool"]["driver"]["name"] == "fazhi"
    assert ["NAME_UNKNOWN"] == [rule["id"] for rule in only["tool"]["driver"]["rules"]] == [result["ruleId"]]
    assert result["level"] == "error"
    assert "legal_reviewer_shares" in result["message"]["text"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": (folder / ENFORCEMENT).as_uri()},
        "region": {"startLine": line_of(folder, ENFORCEMENT, "id: I-R36"), "startColumn": 5},
    }


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    """A code host takes the findings back that are gone."""
    assert sarif()["runs"][0]["results"] == []


@pytest.mark.parametrize(("code", "level"), [("KEY_MISSING", "error"), ("E01", "warning"), ("LINT_NO_CASES", "note")])
def test_the_level_says_how_much_a_finding_stops(code: str, level: str) -> None:
    """Refused, set aside, or only to be looked at."""
    found = problem(code, Place(file="规则/a.yaml", line=2, column=3), "有误", "请改")

    assert level == sarif(found)["runs"][0]["results"][0]["level"]


def test_a_relative_path_is_written_as_a_uri_and_a_whole_file_has_no_region() -> None:
    """Chinese names and blanks are percent-encoded; line 0 is no line."""
    found = problem("FILE_MISSING", Place(file="规则 一/a.yaml"), "没有这个文件", "请核对")
    location = sarif(found)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]

    assert location == {"artifactLocation": {"uri": "%E8%A7%84%E5%88%99%20%E4%B8%80/a.yaml"}}
