"""Overlays: everything below holds, more may be asked for with a local authority, nothing is loosened; and they stack."""

import json
import shutil
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest

from engine.models.problem import Problem
from engine.models.ruleset import Ruleset
from engine.reuse import is_own
from engine.rule_changes import compare_rules
from engine.rulesets import load_ruleset
from engine.sources import canonical_bytes
from engine.sources import written_whole

SMALL = Path(__file__).parents[1] / "messages" / "rules" / "small"
HEADER = """id: {name}
title: 叠加
issuer: 测试
edition: "2023"
revision: 0.1.0
status: draft
in_force: {{from: 2023, to: 2025}}
extends: {below}
sources: []
"""
LAW = "authority: [{document: 市方案, locator: 第一条, in_force: {from: 2023}, status: recalled, local: true}]"
PLAN = "title: 方案\nfrom: 2023\nto: 2025\ncheckpoints: 5\nmilestones: [{year: 2023, kind: static, title: 静态达标}]\nsource: 测试\n"


def write(home: Path, name: str = "city", below: str = "small", header: str = "", **files: str) -> Path:
    """Write an overlay over the small ruleset, or over another overlay beside it."""
    shutil.copytree(SMALL, home / "small", dirs_exist_ok=True)
    folder = home / name
    texts = {"ruleset.yaml": HEADER.format(name=name, below=below) + header}
    texts |= {f"{key.replace('__', '/')}.yaml": text for key, text in files.items()}
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def loaded(folder: Path) -> Ruleset:
    ruleset, problems = load_ruleset(folder)
    assert ruleset is not None, [str(p) for p in problems]
    return ruleset


def refused(folder: Path) -> list[Problem]:
    ruleset, problems = load_ruleset(folder)
    assert ruleset is None
    return problems


def changes(text: str) -> str:
    return f"changes:\n  - {{indicator: {text}}}\n"


def checkpoints(*texts: str) -> str:
    lines = [f"  - {{title: 检查, source: 测试, {text}}}" for text in texts]
    return "\n".join(["checkpoints:", *lines, ""])


# --- what holds -----------------------------------------------------------------------------------------------------


def test_an_overlay_of_nothing_leaves_every_rule_as_it_is(tmp_path: Path) -> None:
    """Indicators, measures, points, clauses and calendar are those below; official totals, too."""
    city, small = loaded(write(tmp_path)), loaded(SMALL)

    for part in ("measures", "pillars", "profiles", "calendar", "clauses", "evaluations"):
        assert getattr(city, part) == getattr(small, part), part
    assert city.header.official_totals == small.header.official_totals
    assert city.header.default_profile == small.header.default_profile
    assert (city.header.id, city.header.in_force.to is not None) == ("city", True)


def test_it_knows_what_it_lies_over(tmp_path: Path) -> None:
    """With the digest as it was, so that a record says which rules these were."""
    city, small = loaded(write(tmp_path)), loaded(SMALL)
    assert city.overlaid is not None

    assert [(layer.id, layer.revision, layer.digest) for layer in city.overlaid.layers] == [("small", "0.1.0", small.digest)]


def test_a_ruleset_made_whole_needs_no_folder(tmp_path: Path) -> None:
    """Written down whole it reads back the same: checkpoints, plan and names are in it."""
    files = {"plan": PLAN, "checkpoints__1": checkpoints("id: C-1, indicator: I-R82, checks: {slot: url}")}
    city = loaded(write(tmp_path, header="units: {司法行政: [市司法局]}\n", **files))

    assert Ruleset.model_validate(json.loads(json.dumps(written_whole(city)))) == city
    assert city.digest != loaded(write(tmp_path / "bare")).digest


def test_the_layer_below_changes_what_lies_over_it(tmp_path: Path) -> None:
    """Nothing changes unseen."""
    folder = write(tmp_path)
    before = loaded(folder).digest
    path = tmp_path / "small" / "pillars" / "1-test.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{at_least: 2}", "{at_least: 3}"), encoding="utf-8")

    assert loaded(folder).digest != before


def test_indicators_are_changed_in_place(tmp_path: Path) -> None:
    """Kind, units, elements, evidence and stricter conditions; the place says where to write cases."""
    text = f"""changes:
  - indicator: I-R74
    kind: static
    lead_unit: 执法部门
    responsible_units: [司法行政]
    tighten: [{{meets: {{at_least: 3}}}}]
    evidence: [{{slot: plan, title: 计划, kinds: [plan]}}]
    {LAW}
  - indicator: I-R82
    elements: [{{key: answered, title: 答复, proof: [text]}}]
    tighten: [{{element: delivered, proof: [url]}}]
    authority: [{{document: 市方案, locator: 第二条, in_force: {{from: 2023}}, status: recalled, local: true, for: [answered]}}]
"""
    city = loaded(write(tmp_path, indicators=text))
    indicators = {indicator.id: indicator for indicator in city.indicators}
    lectures, report = indicators["I-R74"], indicators["I-R82"]

    assert (lectures.kind.value, lectures.lead_unit, lectures.responsible_units) == ("static", "执法部门", ("司法行政",))
    assert lectures.meets is not None and lectures.meets.at_least == 3
    assert [slot.slot for slot in lectures.evidence] == ["plan"]
    assert [element.key for element in report.elements] == ["published", "delivered", "answered"]
    assert report.elements[1].proof == ("text", "url")
    assert [is_own(indicator, city) for indicator in city.indicators] == [True, False, False, True]


def test_profiles_build_on_those_below(tmp_path: Path) -> None:
    """What a profile says itself stands, the rest is taken over."""
    text = """id: local
title: 本地
status: local
basis: 测试
reuses: plain
maximum: 5
na_policy: rescale
points: {I-R82: 2}
"""
    city = loaded(write(tmp_path, header="default_profile: local\n", profiles__local=text))

    assert city.profiles["local"].points == {"I-R82": 2, "I-R37": 1, "I-R69": 1, "I-R74": 1}
    assert set(city.profiles["local"].credit) == {"I-R69"}
    assert (set(city.profiles), city.header.default_profile) == ({"plain", "reviewed", "local"}, "local")


def test_words_are_added(tmp_path: Path) -> None:
    """Measures, kinds of incidents, clauses, roles."""
    city = loaded(
        write(
            tmp_path,
            header="roles: {专班: 创建专班}\nunits: {专班: [创建专班办公室]}\n",
            measures="measures:\n  visits: {label: 走访, kind: count, over: period}\n",
            clauses="incident_kinds: {card: 提示卡}\nclauses: [{id: K-9, title: 提示卡, effect: warn, when: [{incident: card}]}]\n",
        )
    )

    assert {"visits", "law_lectures"} <= set(city.measures)
    assert [clause.id for clause in city.clauses.clauses] == ["K-1", "K-2", "K-9"]
    assert "专班" in city.header.roles and "card" in city.clauses.incident_kinds


# --- stacking -------------------------------------------------------------------------------------------------------


def test_overlays_stack(tmp_path: Path) -> None:
    """National, provincial, local: checkpoints of all layers, the nearest plan, the nearest name."""
    write(
        tmp_path,
        "province",
        plan=PLAN,
        header="units: {司法行政: [省厅], 执法部门: [总队]}\n",
        checkpoints__1=checkpoints("id: C-P-1, indicator: I-R82"),
    )
    nearer = PLAN.replace("title: 方案", "title: 市方案").replace("checkpoints: 5", "checkpoints: 7")
    files = {"plan": nearer, "checkpoints__1": checkpoints("id: C-C-1, indicator: I-R82")}
    city = loaded(write(tmp_path, "city", "province", header="units: {司法行政: [市局]}\n", **files))
    assert city.overlaid is not None and city.overlaid.plan is not None

    assert [layer.id for layer in city.overlaid.layers] == ["small", "province"]
    assert [checkpoint.id for checkpoint in city.overlaid.checkpoints] == ["C-P-1", "C-C-1"]
    assert (city.overlaid.plan.title, city.overlaid.plan.checkpoints) == ("市方案", 7)
    assert city.overlaid.units == {"司法行政": ("市局",), "执法部门": ("总队",)}


APART = {
    "one": f"I-R74, tighten: [{{meets: {{at_least: 3}}}}], {LAW}",
    "two": "I-R37, kind: dynamic",
    "three": f"I-R82, evidence: [{{slot: minutes, title: 记录, kinds: [record]}}], {LAW}",
}


def test_layers_that_change_different_things_may_stack_in_any_order(tmp_path: Path) -> None:
    """The rules come out the same."""
    seen = set()
    for number, order in enumerate(permutations(APART)):
        below = "small"
        for name in order:
            write(tmp_path / str(number), name, below, indicators=changes(APART[name]))
            below = name
        ruleset = loaded(tmp_path / str(number) / below)
        seen.add(b"".join(canonical_bytes(indicator) for indicator in ruleset.indicators))

    assert len(seen) == 1


def test_a_layer_above_may_not_loosen_a_layer_between(tmp_path: Path) -> None:
    """Three was asked for by the province; two, as the nation has it, is loose for the city."""
    write(tmp_path, "province", indicators=changes(APART["one"]))
    city = write(tmp_path, "city", "province", indicators=changes(APART["one"].replace("at_least: 3", "at_least: 2")))

    assert [p.code for p in refused(city)] == ["OVERLAY_LOOSENS"]


def test_circles_are_refused(tmp_path: Path) -> None:
    """An overlay over itself, and two over each other."""
    (found,) = refused(write(tmp_path, "city", "city"))
    assert str(found) == "city/ruleset.yaml:8:10: OVERLAY_CYCLE 叠加绕成了圈：city → city\n    一层只能叠在不靠它的一层上"

    write(tmp_path, "province", "city")
    (found,) = refused(write(tmp_path, "city", "province"))
    assert found.found == "叠加绕成了圈：city → province → city"


# --- what is refused ------------------------------------------------------------------------------------------------


REFUSED = {
    "no such layer": (
        {"below": "smal"},
        "city/ruleset.yaml:8:10: RULESET_UNKNOWN 没有要叠加在上面的规则集「smal」\n    是否想写「small」？",
    ),
    "indicators of its own": (
        {"pillars__1": "id: P2\n"},
        ("city/pillars/1.yaml: RECORD_INCONSISTENT 叠加层不另立指标，这里却有 pillars/\n"
        "    请改写成：细分用 checkpoints/，改下面那层的指标用 indicators.yaml"),
    ),
    "no such role": (
        {"header": "units: {司法行证: [甲局]}\n"},
        "city/ruleset.yaml:10:8: NAME_UNKNOWN units 里的角色「司法行证」没有定义\n    是否想写「司法行政」？",
    ),
    "a role that is there": (
        {"header": "roles: {司法行政: 甲}\n"},
        "city/ruleset.yaml:1:1: ID_DUPLICATE 角色「司法行政」在沿用的small里已有\n    请删去，或改一个没有用过的名字",
    ),
    "clauses taken over by name": (
        {"clauses": "reuses: [K-1]\n"},
        "city/clauses.yaml:1:9: RECORD_INCONSISTENT 叠加层里写了 reuses：下面那层的条款全都在\n    请删去 reuses",
    ),
    "a profile that is there": (
        {"profiles__plain": "id: plain\ntitle: 又\nstatus: local\nbasis: 测试\nmaximum: 4\nna_policy: rescale\n"},
        ("city/profiles/plain.yaml:1:1: ID_DUPLICATE 评分口径「plain」下面那层已有\n"
        "    请改个编号；要在它上面改，写 reuses: plain"),
    ),
    "no such indicator": (
        {"indicators": changes("I-R7, kind: static")},
        "city/indicators.yaml:2:5: NAME_UNKNOWN 要改的指标「I-R7」下面那层没有\n    是否想写「I-R74」？",
    ),
    "looser": (
        {"indicators": changes(f"I-R74, tighten: [{{meets: {{at_least: 1}}}}], {LAW}")},
        ("city/indicators.yaml:2:42: OVERLAY_LOOSENS 「I-R74」的满分线写成不低于1，比下面那层的不低于2松，或比不出松紧\n"
        "    叠加层只能收紧：同一种比较，写得不低于下面那层；更松的要求请删去"),
    ),
    "another sort of condition": (
        {"indicators": changes(f"I-R74, tighten: [{{meets: {{at_most: 5}}}}], {LAW}")},
        ("city/indicators.yaml:2:42: OVERLAY_LOOSENS 「I-R74」的满分线写成不高于5，比下面那层的不低于2松，或比不出松紧\n"
        "    叠加层只能收紧：同一种比较，写得不低于下面那层；更松的要求请删去"),
    ),
    "a later day": (
        {
            "indicators": changes(
                f"I-R82, tighten: [{{element: published, meets: {{by: {{years_after: 1, month_day: 04-30}}}}}}], {LAW}"
            )
        },
        ("city/indicators.yaml:2:62: OVERLAY_LOOSENS 「I-R82.published」的满分线写成不晚于期末后第1年04-30，"
        "比下面那层的不晚于期末后第1年03-31松，或比不出松紧\n    叠加层只能收紧：同一种比较，写得不低于下面那层；更松的要求请删去"),
    ),
    "nothing to tighten": (
        {"indicators": changes(f"I-R74, tighten: [{{member_meets: {{at_least: 1}}}}], {LAW}")},
        "city/indicators.yaml:2:49: RECORD_INCONSISTENT 「I-R74」没有逐单位满分线，无从收紧\n    请删去，或另立检查点",
    ),
    "no such element": (
        {"indicators": changes(f"I-R82, tighten: [{{element: publisht, proof: [text]}}], {LAW}")},
        "city/indicators.yaml:2:34: NAME_UNKNOWN 「I-R82」没有要素「publisht」\n    是否想写「published」？",
    ),
    "a slot that is there": (
        {"indicators": changes(f"I-R82, evidence: [{{slot: url, title: 又, kinds: [document]}}], {LAW}")},
        "city/indicators.yaml:2:5: ID_DUPLICATE 佐证要求「I-R82.url」下面那层已有\n    叠加层只加不换；请改一个没有用过的名字",
    ),
    "elements where there are none": (
        {
            "indicators": changes(
                f"I-R74, elements: [{{key: more, title: 多}}], {LAW}".replace("local: true", "local: true, for: [more]")
            )
        },
        "city/indicators.yaml:2:5: RECORD_INCONSISTENT 「I-R74」不按要素计分，加不了要素\n    请改加佐证要求（evidence），或另立检查点",
    ),
    "changed twice": (
        {"indicators": "changes:\n  - {indicator: I-R74, kind: static}\n  - {indicator: I-R74, note: 又}\n"},
        "city/indicators.yaml:3:5: ID_DUPLICATE 指标「I-R74」改了两处\n    一项的改动写在一处",
    ),
    "an orphan": (
        {"checkpoints__1": checkpoints("id: C-1, indicator: I-R88")},
        "city/checkpoints/1.yaml:2:5: NAME_UNKNOWN 指标「I-R88」没有定义\n    是否想写「I-R82」？",
    ),
    "the same checkpoint twice": (
        {"checkpoints__1": checkpoints("id: C-1, indicator: I-R82"), "checkpoints__2": checkpoints("id: C-1, indicator: I-R74")},
        "city/checkpoints/1.yaml:2:5: ID_DUPLICATE 检查点编号「C-1」重复\n    请改成没有用过的编号；一个检查点只属于一个指标",
    ),
    "an element that is not there": (
        {"checkpoints__1": checkpoints("id: C-1, indicator: I-R82, checks: {element: publish}")},
        "city/checkpoints/1.yaml:2:64: NAME_UNKNOWN I-R82的要素「publish」没有定义\n    是否想写「published」？",
    ),
    "evidence that is not there": (
        {"checkpoints__1": checkpoints("id: C-1, indicator: I-R82, checks: {slot: ulr}")},
        "city/checkpoints/1.yaml:2:64: NAME_UNKNOWN I-R82的佐证要求「ulr」没有定义\n    是否想写「url」？",
    ),
    "a measure that is not there": (
        {"checkpoints__1": checkpoints("id: C-1, indicator: I-R74, checks: {measure: law_lecture, meets: {at_least: 2}}")},
        "city/checkpoints/1.yaml:2:64: NAME_UNKNOWN 口径「law_lecture」没有定义\n    是否想写「law_lectures」？",
    ),
    "a checkpoint that asks for less": (
        {"checkpoints__1": checkpoints("id: C-1, indicator: I-R74, checks: {measure: law_lectures, meets: {at_least: 1}}")},
        ("city/checkpoints/1.yaml:2:64: OVERLAY_LOOSENS 检查点要law_lectures不低于1，比「I-R74」的不低于2松，或比不出松紧\n"
        "    请写得不低于指标，或改成查整个指标（不写 checks）"),
    ),
    "more than the plan has": (
        {
            "plan": PLAN.replace("checkpoints: 5", "checkpoints: 1"),
            "checkpoints__1": checkpoints("id: C-1, indicator: I-R82", "id: C-2, indicator: I-R82"),
        },
        "city/plan.yaml:4:14: CHECKPOINT_COUNT 检查点有2个，方案写一共1个\n    请核对方案的总数，或删去多出来的检查点",
    ),
    "a year outside the plan": (
        {"plan": PLAN, "checkpoints__1": checkpoints("id: C-1, indicator: I-R74, target_year: 2026")},
        "city/checkpoints/1.yaml:2:69: CHECKPOINT_YEAR 「C-1」的目标年2026不在方案的2023至2025年里\n    请改目标年，或核对方案的起止年",
    ),
    "a static one later than the plan": (
        {"plan": PLAN, "checkpoints__1": checkpoints("id: C-1, indicator: I-R82, target_year: 2024")},
        ("city/checkpoints/1.yaml:2:69: CHECKPOINT_YEAR 「C-1」的目标年2024晚于方案的「静态达标」（2023年）\n"
        "    请写到2023年以前，或删去，由方案定"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_mistakes_are_refused_with_their_place(name: str, tmp_path: Path) -> None:
    """The first message is exactly this one."""
    files, message = REFUSED[name]

    assert str(refused(write(tmp_path, **files))[0]) == message


INCONSISTENT = {
    "more without a local authority": (
        changes("I-R74, tighten: [{meets: {at_least: 3}}]"),
        "多要的、收紧的要有地方依据：authority 里写明文件并标 local: true",
    ),
    "a national authority": (
        changes(f"I-R74, kind: static, {LAW.replace(', local: true', '')}"),
        "叠加层只加地方依据（local: true）；国家的依据写在下面那层",
    ),
    "no change": (changes("I-R74"), "这一条什么也没有改"),
    "an element of which no authority speaks": (
        changes(f"I-R82, elements: [{{key: more, title: 多}}], {LAW}"),
        "加的要素「more」没有依据：请在 authority 的 for 里列上",
    ),
    "an empty tightening": (
        changes(f"I-R82, tighten: [{{element: published}}], {LAW}"),
        "tighten 里要写 meets、member_meets 或 proof",
    ),
    "proof of no element": (
        changes(f"I-R82, tighten: [{{proof: [text]}}], {LAW}"),
        "proof 只跟要素：整个指标的佐证要求，写在 evidence 里就要交",
    ),
}


@pytest.mark.parametrize("name", INCONSISTENT)
def test_a_change_must_make_sense(name: str, tmp_path: Path) -> None:
    """Each is refused where it stands."""
    text, said = INCONSISTENT[name]
    (found,) = refused(write(tmp_path, indicators=text))

    assert (found.code, said in str(found), found.place.file) == ("RECORD_INCONSISTENT", True, "city/indicators.yaml")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("{slot: url, element: published}", "写且只写一个"),
        ("{}", "写且只写一个"),
        ("{measure: law_lectures}", "measure 和 meets 必须同时有或同时没有"),
        ("{slot: url, proof: [url]}", "proof 只跟 measure"),
    ],
)
def test_a_checkpoint_looks_at_one_thing(check: str, said: str, tmp_path: Path) -> None:
    """An element, a kind of evidence, or a measure with its condition."""
    folder = write(tmp_path, checkpoints__1=checkpoints(f"id: C-1, indicator: I-R82, checks: {check}"))

    assert [said in str(found) for found in refused(folder)] == [True]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (PLAN.replace("to: 2025", "to: 2022"), "to 早于 from"),
        (PLAN.replace("year: 2023, kind", "year: 2026, kind"), "「静态达标」的2026年不在2023至2025年里"),
        (
            PLAN.replace("milestones: [", "milestones: [{year: 2024, kind: static, title: 又}, "),
            "同一种（kind）只能有一个到期年",
        ),
    ],
)
def test_a_plan_must_make_sense(plan: str, said: str, tmp_path: Path) -> None:
    """Its years, and one due year for each kind."""
    assert any(said in str(found) for found in refused(write(tmp_path, plan=plan)))


def test_an_edition_cannot_reuse_an_overlay(tmp_path: Path) -> None:
    """What is reused stands on its own; an overlay is laid over instead."""
    write(tmp_path)
    text = (SMALL / "ruleset.yaml").read_text(encoding="utf-8").replace("id: small", "id: older")
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "ruleset.yaml").write_text(text + "reuses: city\nreuses_note: 无\n", encoding="utf-8")
    (found,) = refused(tmp_path / "older")

    assert (found.code, found.remedy) == ("RECORD_INCONSISTENT", "请沿用「small」，或把 reuses 改写成 extends")


def test_a_broken_header_is_told_as_that_of_an_overlay(tmp_path: Path) -> None:
    """Nobody is asked for official totals, which an overlay takes from below."""
    folder = write(tmp_path)
    path = folder / "ruleset.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("title: 叠加\n", ""), encoding="utf-8")

    assert [(p.code, "title" in p.found) for p in refused(folder)] == [("KEY_MISSING", True)]


# --- comparing ------------------------------------------------------------------------------------------------------


def test_differences_name_layers_plan_names_and_checkpoints(tmp_path: Path) -> None:
    """Everything that an overlay adds is told; without a difference nothing is."""
    files = {"plan": PLAN, "checkpoints__1": checkpoints("id: C-1, indicator: I-R82", "id: C-2, indicator: I-R74")}
    before = loaded(write(tmp_path / "a", header="units: {司法行政: [甲局]}\n", **files))
    files["checkpoints__1"] = checkpoints("id: C-1, indicator: I-R82, target_year: 2023", "id: C-3, indicator: I-R74")
    files["plan"] = PLAN.replace("checkpoints: 5", "checkpoints: 6")
    after = loaded(write(tmp_path / "b", header="units: {司法行政: [乙局]}\n", **files))

    assert [(change.subject, change.text) for change in compare_rules(before, after).changes] == [
        ("ruleset.yaml", "司法行政的单位：甲局 → 乙局"),
        ("plan.yaml", "检查点总数：5 → 6"),
        ("C-2", "删去检查点 检查（I-R74）"),
        ("C-3", "增加检查点 检查（I-R74）"),
        ("C-1", "目标年：没有 → 2023"),
    ]
    assert compare_rules(before, before).changes == ()
    assert "叠在" in {change.text[:2] for change in compare_rules(loaded(SMALL), before).changes}


def test_points_of_the_layer_below_stay_exact(tmp_path: Path) -> None:
    """No number passes through a float on its way up."""
    assert loaded(write(tmp_path)).profiles["plain"].credit["I-R69"].grades["一般"] == Fraction(1, 2)
