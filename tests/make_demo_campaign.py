"""Make ``evidence_samples/demo-campaign``: the invented demo county once more, as its 20 units and the task force hand it in.

Every fact goes to whom it belongs: a member's own to the member, one of the whole to the one unit that leads it, what no unit
leads to the county's own part (本级). 己坪乡 hands in nothing. ``python tests/make_demo_campaign.py`` writes anew.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

from engine.models.ruleset import Ruleset
from engine.rule_parts import inputs_of
from engine.rule_parts import probes_of
from engine.rulesets import load_ruleset

ROOT = Path(__file__).parent.parent
COUNTY = ROOT / "evidence_samples" / "demo-county"
CAMPAIGN = ROOT / "evidence_samples" / "demo-campaign"
WHOLE = "本级"
SILENT = "己坪乡"
HEAD = """\
# 示例县{name}，虚构。由 tests/make_demo_campaign.py 从 demo-county 拆出；数字、人名、文件、网址全部是编的。
"""
SETTINGS = """\
# 示例县全县填报，虚构：20个单位各交各的，专班的放在“本级”。由 tests/make_demo_campaign.py 从 demo-county 拆出。
ruleset: lbg-2021
unit:
  name: 示例县
  kind: government
  level: county
  legislative_power: false
  members:
{members}
period: {{from: 2023-01-01, to: 2023-12-31}}
as_of: 2024-03-31
data_until: 2023-12-31
rhythm: month                   # 提示卡和通报几时一期：week 周、ten_days 旬、month 月、quarter 季、half_year 半年
begins: 2024-01-01              # 第1期从这天起
contact: 创建专班 王示例
stages:                         # asks：到截止日应交的：facts 数、evidence 材料、review 牵头复核、mend 整改
  - {{title: 各单位自评填报, from: 2024-01-02, to: 2024-02-29, asks: [facts, evidence]}}
  - {{title: 牵头单位复核, from: 2024-03-01, to: 2024-03-20, asks: [review]}}
  - {{title: 专班核验, from: 2024-03-21, to: 2024-04-10, asks: [mend]}}
units:                          # code 写在各单位材料编号前面，两个单位的 E-001 就不会混
{units}
note: 示例县，虚构。没有这个县，里面没有一个真数。
"""


def flow(value: Any) -> str:
    """One entry on one line, as the demo county is written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    text = str(value)
    return f'"{text}"' if any(mark in text for mark in ",:#{}[]") or not text else text


class Division:
    """Which unit hands in what."""

    def __init__(self, data: dict[str, Any], ruleset: Ruleset) -> None:
        self.members = {member["name"]: set(member["roles"]) for member in data["unit"]["members"]}
        self.held = {name: set(measure.held_by) for name, measure in ruleset.measures.items()}
        self.leads: dict[str, list[str]] = {}
        for indicator in ruleset.indicators:
            lead = indicator.lead_unit
            self.leads.setdefault(indicator.id, []).append(lead)
            for probe in probes_of(indicator):
                self._note(probe.measure, lead, ruleset)
                for clue in probe.clues:
                    self._note(clue.measure, lead, ruleset)
            for name in indicator.monitors:
                self._note(name, lead, ruleset)

    def _note(self, name: str | None, lead: str, ruleset: Ruleset) -> None:
        if name is None or lead in self.leads.get(name, []):
            return
        self.leads.setdefault(name, []).append(lead)
        for part in inputs_of(ruleset.measures[name]):
            self._note(part, lead, ruleset)
        for part in getattr(ruleset.measures[name], "parts", ()):
            self._note(part, lead, ruleset)

    def unit_leading(self, subject: str) -> str:
        """The one unit that leads what a measure, element or indicator belongs to."""
        for role in self.leads.get(subject.partition(".")[0], []):
            leading = [name for name, roles in self.members.items() if role in roles]
            if len(leading) == 1:
                return leading[0]
        return WHOLE

    def of_fact(self, fact: dict[str, Any]) -> str:
        if fact.get("unit") or "element" in fact:
            return fact.get("unit") or self.unit_leading(fact["element"])
        # The county's total of what every unit holds: its lead holds some of it, too, and would speak for itself.
        unit, held = self.unit_leading(fact["measure"]), self.held[fact["measure"]]
        return WHOLE if held & self.members.get(unit, set()) else unit

    def of_item(self, item: dict[str, Any]) -> str:
        return item.get("unit") or (self.unit_leading(item["proves"][0]["indicator"]) if item.get("proves") else WHOLE)


def without_own_name(item: dict[str, Any], unit: str) -> dict[str, Any]:
    """A unit need not say of its own evidence that it is its own."""
    proves = [{k: v for k, v in proof.items() if (k, v) != ("unit", unit)} for proof in item.get("proves", [])]
    kept = {key: value for key, value in item.items() if (key, value) != ("unit", unit)}
    return {**kept, **({"proves": proves} if proves else {})}


def divide() -> dict[str, dict[str, Any]]:
    """The files of every part, by folder."""
    data = yaml.load((COUNTY / "submission.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts alone
    ledger = [json.loads(line) for line in (COUNTY / "ledger.jsonl").read_text("utf-8").splitlines()]
    ruleset, _ = load_ruleset(ROOT / "rulesets" / "lbg-2021")
    assert ruleset is not None
    division = Division(data, ruleset)
    codes = {WHOLE: "BJ"} | {name: f"D{number:02d}" for number, name in enumerate(division.members, start=1)}
    owner = {item["id"]: division.of_item(item) for item in ledger}
    parts: dict[str, dict[str, Any]] = {name: {"facts": [], "items": []} for name in [*division.members, WHOLE]}

    def cited(entry: dict[str, Any], unit: str) -> dict[str, Any]:
        """An item of another unit is cited by its number in the whole campaign."""
        if "evidence" not in entry:
            return entry
        names = [entry["evidence"]] if isinstance(entry["evidence"], str) else entry["evidence"]
        numbers = [name if owner[name] == unit else f"{codes[owner[name]]}-{name}" for name in names]
        return {**entry, "evidence": numbers if len(numbers) > 1 else numbers[0]}

    for fact in data["facts"]:
        unit = division.of_fact(fact)
        parts[unit]["facts"].append(cited({key: value for key, value in fact.items() if key != "unit"}, unit))
    for item in ledger:
        parts[owner[item["id"]]]["items"].append(without_own_name(item, owner[item["id"]]))
    for key in ("ratings", "incidents", "earlier_findings", "declarations"):
        parts[WHOLE][key] = [cited(entry, WHOLE) for entry in data[key]]
    parts["settings"] = {"data": data, "codes": codes}
    return parts


def write() -> None:
    """Write the folder anew."""
    parts = divide()
    settings = parts.pop("settings")
    shutil.rmtree(CAMPAIGN, ignore_errors=True)
    data, codes = settings["data"], settings["codes"]
    members = {member["name"]: member for member in data["unit"]["members"]}
    for name, part in parts.items():
        if name == SILENT:
            assert not part["facts"] and not part["items"]
            continue
        folder = CAMPAIGN / "units" / name
        folder.mkdir(parents=True)
        own = (
            {key: members[name][key] for key in ("name", "kind")}
            if name in members
            else {"name": "示例县", "kind": "government"}
        )
        unit = {**own, "level": "county", "legislative_power": "false"}
        if name in members:
            unit["roles"] = members[name]["roles"]
        lines = [HEAD.format(name=name), "ruleset: lbg-2021\n", f"unit: {flow(unit)}\n"]
        lines += ["period: {from: 2023-01-01, to: 2023-12-31}\n", "as_of: 2024-03-31\n", "data_until: 2023-12-31\n"]
        for key in ("facts", "ratings", "incidents", "earlier_findings", "declarations"):
            entries = part.get(key) or []
            lines += [f"{key}:\n", *(f"  - {flow(entry)}\n" for entry in entries)] if entries else []
        (folder / "submission.yaml").write_text("".join(lines), "utf-8")
        if part["items"]:
            text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in part["items"])
            (folder / "ledger.jsonl").write_text(text, "utf-8")
        named = [fact["table"] for fact in part["facts"] if "table" in fact] + [
            i["file"] for i in part["items"] if "file" in i
        ]
        for file in sorted(set(named)):
            if (COUNTY / file).is_file():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(COUNTY / file, folder / file)
    text = SETTINGS.format(
        members="\n".join(f"    - {flow(member)}" for member in data["unit"]["members"]),
        units="\n".join(
            f"  - {flow({'name': '示例县' if name == WHOLE else name, 'code': code, **({'folder': WHOLE} if name == WHOLE else {})})}"
            for name, code in codes.items()
        ),
    )
    (CAMPAIGN / "campaign.yaml").write_text(text, "utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{sum(path.is_file() for path in CAMPAIGN.rglob('*'))} files\n")
