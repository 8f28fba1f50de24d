"""What a ruleset takes over from another: made whole when it is loaded, and standing on its own afterwards."""

import shutil
from pathlib import Path

import pytest

from engine.linting import lint
from engine.linting import lint_frozen
from engine.models.problem import Problem
from engine.models.ruleset import Ruleset
from engine.models.ruleset import TextStatus
from engine.reuse import is_own
from engine.rulesets import load_ruleset
from engine.sources import written_whole

SMALL = Path(__file__).parents[1] / "messages" / "rules" / "small"
FILES = {
    "ruleset.yaml": """id: older
title: 旧版
issuer: 测试
edition: "2018"
revision: 0.1.0
status: draft
in_force: {from: 2018-01, to: 2019-12}
official_totals: {pillars: 1, subpillars: 1, indicators: 5}
default_profile: plain
reuses: small
reuses_note: 旧版原文没有见到。
roles: {档案: 档案局}
sources: []
""",
    "measures.yaml": "measures:\n  archives_opened: {label: 开放档案, kind: count, unit_of_measure: 卷, over: period}\n",
    "pillars/1-test.yaml": """id: P1
title: 旧测试
title_status: recalled
short: 测试
reuses:
  - {indicator: I-R74, note: 旧版或许不分期。}
  - {indicator: I-R69, text_status: verified, official_no: 7, subpillar: 旧二级}
indicators:
  - id: I-R99
    official_no: null
    text_status: local
    title: 开放档案
    requirement: 开放档案。
    kind: dynamic
    clock: cumulative
    lead_unit: 档案
    measure: archives_opened
    meets: {at_least: 1}
    award: all_or_nothing
    authority: [{document: 某法, locator: 第一条, gives: 开放, in_force: {from: 2010}, status: recalled}]
    remedy: {action: 开放, effort_days: 5, can_fix_past: false}
""",
    "profiles/plain.yaml": """id: plain
title: 旧口径
status: assumption
basis: 测试
reuses: plain
maximum: 5
na_policy: rescale
points: {I-R99: 1}
reserve: [{rows: 2, points: 2, reason: 没有见到}]
""",
    "clauses.yaml": "reuses: [K-2]\n",
}


def write(home: Path, **changes: str | None) -> Path:
    """Write a ruleset that reuses the small one, beside it; changes replace texts, ``None`` leaves a file out."""
    shutil.copytree(SMALL, home / "small", dirs_exist_ok=True)
    for name, text in (FILES | {}).items():
        key = name.replace("/", "_").replace("-", "_").replace(".", "_")
        written = changes.get(key, text) if key in changes else text
        if written is not None:
            path = home / "older" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(written, encoding="utf-8")
    return home / "older"


def loaded(folder: Path) -> Ruleset:
    ruleset, problems = load_ruleset(folder)
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


def refused(folder: Path) -> list[Problem]:
    ruleset, problems = load_ruleset(folder)
    assert ruleset is None
    return problems


def test_words_come_whole_and_own_ones_are_added(tmp_path: Path) -> None:
    """Measures, roles, kinds of evidence and of incidents, working days."""
    older, small = loaded(write(tmp_path)), loaded(SMALL)

    assert set(older.measures) == {*small.measures, "archives_opened"}
    assert set(older.header.roles) == {*small.header.roles, "档案"}
    assert older.header.evidence_kinds == small.header.evidence_kinds
    assert set(older.clauses.incident_kinds) == set(small.clauses.incident_kinds)
    assert older.calendar == small.calendar


def test_indicators_come_by_name_before_its_own(tmp_path: Path) -> None:
    """The rule is the same; what was checked in the other edition does not count here."""
    older, small = loaded(write(tmp_path)), loaded(SMALL)
    lectures, handled, archives = older.indicators
    base = next(i for i in small.indicators if i.id == "I-R74")

    assert [lectures.id, handled.id, archives.id] == ["I-R74", "I-R69", "I-R99"]
    assert (lectures.text_status, lectures.official_no, lectures.note) == (
        TextStatus.RECALLED,
        None,
        "旧版原文没有见到。旧版或许不分期。",
    )
    assert (handled.text_status, handled.official_no, handled.subpillar) == (TextStatus.VERIFIED, 7, "旧二级")
    assert lectures.model_copy(update={k: getattr(base, k) for k in ("text_status", "note")}) == base


def test_points_and_clauses_come_by_name(tmp_path: Path) -> None:
    """Of a profile what belongs to the indicators taken over; of clauses those named, with their tallies."""
    older = loaded(write(tmp_path))

    assert {name: int(points) for name, points in older.profiles["plain"].points.items()} == {
        "I-R74": 1,
        "I-R69": 1,
        "I-R99": 1,
    }
    assert set(older.profiles["plain"].credit) == {"I-R69"}
    assert [c.id for c in older.clauses.clauses] == ["K-2"]
    assert [t.id for t in older.clauses.tallies] == ["two"]


def test_a_ruleset_made_whole_needs_no_other(tmp_path: Path) -> None:
    """Written down whole it reads back the same, without the ruleset that it reuses."""
    older = loaded(write(tmp_path))

    assert Ruleset.model_validate(written_whole(older)) == older


def test_what_the_base_says_changes_what_reuses_it(tmp_path: Path) -> None:
    """The digest is over the whole: nothing changes unseen."""
    folder = write(tmp_path)
    before = loaded(folder)
    path = tmp_path / "small" / "pillars" / "1-test.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{at_least: 2}", "{at_least: 3}"), encoding="utf-8")

    assert before.digest != loaded(folder).digest


def test_the_base_may_stand_in_another_home(tmp_path: Path) -> None:
    """A user's ruleset reuses a shipped one."""
    folder = write(tmp_path / "own")
    shutil.move(tmp_path / "own" / "small", tmp_path / "small")

    assert [p.code for p in refused(folder)] == ["RULESET_UNKNOWN"]
    assert load_ruleset(folder, [tmp_path])[0] is not None


def test_what_is_its_own_is_known_by_where_it_stands(tmp_path: Path) -> None:
    """Places stay those of the files that were read."""
    older = loaded(write(tmp_path))

    assert [is_own(indicator, older) for indicator in older.indicators] == [False, False, True]
    assert older.indicators[0].place.file == "small/pillars/1-test.yaml"


def test_lint_looks_at_own_things_only(tmp_path: Path) -> None:
    """Cases of what was taken over stand in the base; so do the other users of its measures."""
    found = lint(write(tmp_path))

    # The small ruleset has a threshold that no authority gives: a fault of the rule is one wherever the rule holds.
    assert [(p.code, p.place.file) for p in found] == [
        ("LINT_NO_CASES", "older/pillars/1-test.yaml"),
        ("LINT_THRESHOLD_UNFOUNDED", "small/pillars/1-test.yaml"),
    ]
    assert [p.code for p in lint_frozen(loaded(tmp_path / "older"))] == ["LINT_THRESHOLD_UNFOUNDED"]


HEADER = FILES["ruleset.yaml"]
PILLAR = FILES["pillars/1-test.yaml"]


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"ruleset_yaml": HEADER.replace("reuses: small", "reuses: smal")}, "RULESET_UNKNOWN", "是否想写「small」？"),
        ({"ruleset_yaml": HEADER.replace("reuses_note: 旧版原文没有见到。\n", "")}, "RECORD_INCONSISTENT", "reuses_note"),
        ({"ruleset_yaml": HEADER.replace("{档案: 档案局}", "{执法部门: 又一个}")}, "ID_DUPLICATE", "改一个没有用过的名字"),
        (
            {"pillars_1_test_yaml": PILLAR.replace("indicator: I-R74", "indicator: I-R7")},
            "NAME_UNKNOWN",
            "是否想写「I-R74」？",
        ),
        ({"pillars_1_test_yaml": PILLAR.replace("indicator: I-R74", "indicator: I-R69")}, "ID_DUPLICATE", "一项只沿用一次"),
        ({"clauses_yaml": "reuses: [K-3]\n"}, "NAME_UNKNOWN", "是否想写「K-"),
        ({"clauses_yaml": "reuses: [K-2, K-2]\nincident_kinds: {honour: 又一个}\n"}, "ID_DUPLICATE", "改一个没有用过的名字"),
        (
            {"profiles_plain_yaml": FILES["profiles/plain.yaml"].replace("reuses: plain", "reuses: plane")},
            "NAME_UNKNOWN",
            "是否想写「plain」？",
        ),
        (
            {"measures_yaml": "measures:\n  law_lectures: {label: 又一个, kind: events}\n"},
            "ID_DUPLICATE",
            "改一个没有用过的名字",
        ),
    ],
)
def test_mistakes_in_reusing_are_refused(tmp_path: Path, changes: dict[str, str], code: str, said: str) -> None:
    """Unknown names with the nearest one; names that are taken over already."""
    found = [p for p in refused(write(tmp_path, **changes)) if p.code == code]

    assert any(said in p.remedy for p in found), [str(p) for p in found]
    assert all(p.place.file.startswith("older/") and p.place.line for p in found)


def test_a_clause_is_taken_over_once(tmp_path: Path) -> None:
    """Twice the same clause would fire twice."""
    assert [p.code for p in refused(write(tmp_path, clauses_yaml="reuses: [K-2, K-2]\n"))] == ["ID_DUPLICATE"]


def test_reusing_without_saying_from_where_is_refused(tmp_path: Path) -> None:
    """Every place that takes something over is named."""
    shutil.copytree(SMALL, tmp_path / "small")
    path = tmp_path / "small" / "pillars" / "1-test.yaml"
    text = path.read_text(encoding="utf-8").replace("short: 测试\n", "short: 测试\nreuses: [{indicator: I-R99}]\n")
    path.write_text(text, encoding="utf-8")
    (found,) = refused(tmp_path / "small")

    assert (found.code, found.place.line) == ("RECORD_INCONSISTENT", 4)
    assert "ruleset.yaml" in found.remedy


def test_a_base_must_be_whole_itself(tmp_path: Path) -> None:
    """One look must show where a rule comes from; a circle is the same mistake."""
    write(tmp_path)
    third = shutil.copytree(tmp_path / "older", tmp_path / "third")
    header = HEADER.replace("id: older", "id: third").replace("reuses: small", "reuses: older")
    (third / "ruleset.yaml").write_text(header, encoding="utf-8")
    (found,) = refused(third)
    assert (found.code, found.remedy) == ("RECORD_INCONSISTENT", "请直接沿用「small」")

    (third / "ruleset.yaml").write_text(header.replace("reuses: older", "reuses: third"), encoding="utf-8")
    assert [p.code for p in refused(third)] == ["RECORD_INCONSISTENT"]


def test_a_ruleset_that_reuses_nothing_says_its_own_words(tmp_path: Path) -> None:
    """Roles and kinds of evidence are needed where there is no other to take them from."""
    shutil.copytree(SMALL, tmp_path / "small")
    path = tmp_path / "small" / "ruleset.yaml"
    text = path.read_text(encoding="utf-8").replace("sources: []", "sources: []\nroles_: {}")
    path.write_text(text.replace("roles:\n  司法行政: 司法局\n  执法部门: 有行政执法权的部门\n", ""), encoding="utf-8")

    assert {"KEY_UNKNOWN"} <= {p.code for p in refused(tmp_path / "small")}
    path.write_text(
        text.replace("roles:\n  司法行政: 司法局\n  执法部门: 有行政执法权的部门\n", "").replace("roles_: {}", ""),
        encoding="utf-8",
    )
    (found,) = refused(tmp_path / "small")
    assert (found.code, "roles" in found.remedy) == ("RECORD_INCONSISTENT", True)
