"""The front door for a campaign: a folder → its settings and every unit's part (全县一次填报).

``campaign.yaml`` says who takes part, for which period and until when. Under ``units`` each unit has a folder of its own
with an ordinary submission, the task force too (本级). A part that is not there, or cannot be read, stops nobody else's.
"""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from pathlib import Path

from engine.models.campaign import WHOLE
from engine.models.campaign import Campaign
from engine.models.campaign import CampaignFile
from engine.models.campaign import CampaignUnit
from engine.models.campaign import Part
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.submission import Submission
from engine.named_files import CAMPAIGN
from engine.named_files import find_inside
from engine.shaping import nearest
from engine.shaping import shape
from engine.sources import load_yaml
from engine.sources import sha256_of

# The folder and the code of the part that the task force hands in, where nothing else is said.
WHOLE_FOLDER, WHOLE_CODE = "本级", "BJ"
_WORKBOOKS = (".xlsx", ".ods", ".et", ".xls")


# What reads one unit's folder, told with its path inside the campaign's.
LoadPart = Callable[[Path, str], tuple[Submission | None, list[Problem]]]
ReadFile = Callable[[Path], tuple[CampaignFile | None, str, list[Problem]]]


def read_campaign_file(folder: Path) -> tuple[CampaignFile | None, str, list[Problem]]:
    """Read ``campaign.yaml`` alone: who takes part, its digest, and what is wrong with it."""
    data, digest, problems = load_yaml(folder / CAMPAIGN, CAMPAIGN)
    if data is None:
        return None, digest, problems
    head, problems = shape(CampaignFile, data, CAMPAIGN, problems)
    return (None if refused(problems) else head), digest, problems


def load_campaign(
    folder: Path, load: LoadPart, read: ReadFile = read_campaign_file
) -> tuple[Campaign | None, list[Problem]]:
    """Read ``campaign.yaml`` and every part; only what is wrong with the settings themselves is refused."""
    if not (folder / CAMPAIGN).is_file():
        found = f"没有这个文件；{folder.name or '这里'}不是全县填报的文件夹"
        remedy = "请核对文件夹；写法见 fazhi rules schema campaign"
        return None, [problem("FILE_MISSING", Place(file=CAMPAIGN), found, remedy)]
    head, digest, problems = read(folder)
    if head is None:
        return None, problems
    problems += _unfit_units(head)
    problems += find_inside(folder, head.parts, head.place_of("parts"))[1]
    if refused(problems):
        return None, problems
    settings = settings_of(head)
    parts = tuple(_load_part(folder, head.parts, entry, name, load) for name, entry in settings.items())
    problems += _strangers(folder / head.parts, head.parts, settings.values())
    return Campaign(head=head, parts=parts, digest=digest), problems


def settings_of(head: CampaignFile) -> dict[str, CampaignUnit]:
    """What is known of every part, by the unit's name; the whole's own part stands first under the empty name."""
    told = {entry.name: entry for entry in head.units}
    whole = told.get(head.unit.name, CampaignUnit(name=head.unit.name))
    own = whole.model_copy(update={"folder": whole.folder or WHOLE_FOLDER, "code": whole.code or WHOLE_CODE})
    settings = {WHOLE: own}
    for member in sorted(head.unit.members, key=lambda m: m.name):
        entry = told.get(member.name, CampaignUnit(name=member.name))
        # A code nobody chose follows from the name, so that it stays the same whoever joins later.
        code = entry.code or f"U{sha256_of(member.name.encode())[:6]}"
        settings[member.name] = entry.model_copy(update={"folder": entry.folder or member.name, "code": code})
    return settings


def _unfit_units(head: CampaignFile) -> list[Problem]:
    """Entries that name nobody, and codes and folders that two units would share."""
    names = {member.name for member in head.unit.members} | {head.unit.name}
    problems = [
        problem("UNIT_UNKNOWN", entry.place_of("name"), f"单位「{entry.name}」不在名录里", _meant(entry.name, names))
        for entry in head.units
        if entry.name not in names
    ]
    settings = list(settings_of(head).values())
    places = {entry.name: entry.place for entry in head.units}
    for key, word in (("code", "代号"), ("folder", "文件夹")):
        counts = Counter(getattr(entry, key) for entry in settings)
        shared = [(entry, getattr(entry, key)) for entry in settings if counts[getattr(entry, key)] > 1]
        problems += [
            problem("ID_DUPLICATE", places.get(entry.name, head.place), f"{word}「{value}」有两个单位用", "一个单位一个")
            for entry, value in shared
        ]
    repeated = [name for name, count in Counter(entry.name for entry in head.units).items() if count > 1]
    problems += [problem("ID_DUPLICATE", places[name], f"单位「{name}」写了两次", "一个单位写一条") for name in repeated]
    return problems


def _meant(name: str, names: Iterable[str]) -> str:
    return nearest(name, names) or "请先在 unit.members 里登记这个单位"


def _load_part(root: Path, parts: str, entry: CampaignUnit, unit: str, load: LoadPart) -> Part:
    """Read one unit's folder, told with its path inside the campaign's."""
    within = f"{parts}/{entry.folder}/"
    path, found = find_inside(root, within, entry.place_of("folder"))
    if path is None or not path.is_dir():
        return Part(unit=unit, folder=within, problems=tuple(found))
    if not (path / "submission.yaml").is_file():
        return Part(unit=unit, folder=within, problems=tuple(_not_imported(path, within)))
    submission, problems = load(path, within)
    return Part(unit=unit, folder=within, submission=None if refused(problems) else submission, problems=tuple(problems))


def _not_imported(path: Path, within: str) -> list[Problem]:
    """A workbook that lies there is not yet a submission: nobody may take the unit for silent."""
    books = sorted(file.name for file in path.iterdir() if file.suffix.lower() in _WORKBOOKS and file.name[0] not in ".~")
    remedy = f"先收进来：fazhi import {within}{books[0]} -o 全县填报的文件夹" if books else ""
    return [problem("PART_WORKBOOK", Place(file=within + books[0]), "工作簿还没有导入，当没交", remedy)] if books else []


def _strangers(folder: Path, parts: str, settings: Iterable[CampaignUnit]) -> list[Problem]:
    """Folders that belong to nobody: misnamed, they would make a unit look silent."""
    known = {entry.folder or "" for entry in settings}
    found = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return [
        problem("PART_STRANGER", Place(file=f"{parts}/{name}"), f"「{name}」不是名单上的单位，没有读", _meant(name, known))
        for name in found
        if name not in known and not name.startswith(".")
    ]
