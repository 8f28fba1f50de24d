"""The files of one ruleset folder → its parts as they were written (规则文件). What it takes from another is not looked at.

Reads files. Every file's problems are kept; a folder with a refused file has no parts.
"""

from pathlib import Path

from engine.models import ruleset as model
from engine.models.clause import Clauses
from engine.models.evaluation import Evaluation
from engine.models.migration import Migration
from engine.models.overlay import CheckpointFile
from engine.models.overlay import IndicatorChanges
from engine.models.overlay import OverlayHeader
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.ruleset import ActionPlan
from engine.models.ruleset import Header
from engine.models.ruleset import Profile
from engine.overlaying import OverlayParts
from engine.reuse import Parts
from engine.shaping import Model
from engine.shaping import shape
from engine.sources import load_yaml

Problems = list[Problem]


def read_folder(folder: Path) -> tuple[Parts | None, Problems]:
    """Read every file of one ruleset folder; nothing that it reuses is looked at."""
    problems: Problems = []

    def read(kind: type[Model], path: Path) -> Model | None:
        shaped, found = _read_file(kind, path, folder)
        problems.extend(found)
        return shaped

    header = read(model.Header, folder / "ruleset.yaml")
    reusing = header is not None and header.reuses is not None

    def read_unless_reused(kind: type[Model], name: str, otherwise: Model) -> Model | None:
        """What a ruleset that reuses another may leave out."""
        return otherwise if reusing and not (folder / name).is_file() else read(kind, folder / name)

    dictionary = read_unless_reused(model.Measures, "measures.yaml", model.Measures(measures={}))
    calendar = read_unless_reused(model.WorkingDays, "working-days.yaml", model.WorkingDays(source="沿用", years={}))
    clauses = read(Clauses, folder / "clauses.yaml") if (folder / "clauses.yaml").is_file() else None
    pillars = [read(model.Pillar, path) for path in sorted((folder / "pillars").glob("*.yaml"))]
    profiles = [read(model.Profile, path) for path in sorted((folder / "profiles").glob("*.yaml"))]
    evaluations = [read(Evaluation, path) for path in sorted((folder / "evaluations").glob("*.yaml"))]
    migrations = [read(Migration, path) for path in sorted((folder / "migrations").glob("*.yaml"))]
    if refused(problems) or header is None or dictionary is None or calendar is None:
        return None, problems
    return Parts(
        header=header,
        dictionary=dictionary,
        calendar=calendar,
        clauses=clauses or Clauses(),
        pillars=tuple(pillar for pillar in pillars if pillar),
        profiles=tuple(profile for profile in profiles if profile),
        migrations=tuple(migration for migration in migrations if migration),
        evaluations=tuple(evaluation for evaluation in evaluations if evaluation),
    ), problems


def _read_file(kind: type[Model], path: Path, folder: Path) -> tuple[Model | None, Problems]:
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    data, _, problems = load_yaml(path, name)
    return shape(kind, data, name, problems) if data is not None else (None, problems)


def read_evaluation(path: Path) -> tuple[Evaluation | None, Problems]:
    """Read one file of assumed evaluators that stands by itself."""
    data, _, problems = load_yaml(path, path.name)
    return shape(Evaluation, data, path.name, problems) if data is not None else (None, problems)


def read_header(folder: Path) -> tuple[Header | OverlayHeader | None, Problems]:
    """Read what a ruleset says of itself, and nothing else."""
    path = folder / "ruleset.yaml"
    return _read_file(OverlayHeader, path, folder) if is_overlay(folder) else _read_file(Header, path, folder)


def is_overlay(folder: Path) -> bool:
    """Whether a folder says that it lies over another; nothing else of it need be right."""
    data, _, _ = load_yaml(folder / "ruleset.yaml", f"{folder.name}/ruleset.yaml")
    return isinstance(data, dict) and "extends" in data


def read_overlay(folder: Path) -> tuple[OverlayParts | None, Problems]:
    """Read every file of one overlay folder; all but its header may be left out."""
    problems: Problems = _pillars_refused(folder)

    def read(kind: type[Model], name: str) -> Model | None:
        shaped, found = _read_file(kind, folder / name, folder)
        problems.extend(found)
        return shaped

    def read_if_there(kind: type[Model], name: str) -> Model | None:
        return read(kind, name) if (folder / name).is_file() else None

    def read_all(kind: type[Model], inside: str) -> tuple[Model, ...]:
        names = [path.relative_to(folder).as_posix() for path in sorted((folder / inside).glob("*.yaml"))]
        return tuple(shaped for shaped in (read(kind, name) for name in names) if shaped)

    header = read(OverlayHeader, "ruleset.yaml")
    dictionary = read_if_there(model.Measures, "measures.yaml")
    calendar = read_if_there(model.WorkingDays, "working-days.yaml")
    clauses = read_if_there(Clauses, "clauses.yaml")
    changes = read_if_there(IndicatorChanges, "indicators.yaml")
    plan = read_if_there(ActionPlan, "plan.yaml")
    profiles, evaluations = read_all(Profile, "profiles"), read_all(Evaluation, "evaluations")
    files = read_all(CheckpointFile, "checkpoints")
    if refused(problems) or header is None:
        return None, problems
    return OverlayParts(
        header=header,
        dictionary=dictionary or model.Measures(measures={}),
        calendar=calendar or model.WorkingDays(source="沿用", years={}),
        clauses=clauses or Clauses(),
        profiles=profiles,
        evaluations=evaluations,
        changes=changes.changes if changes else (),
        checkpoints=tuple(checkpoint for file in files for checkpoint in file.checkpoints),
        plan=plan,
    ), problems


def _pillars_refused(folder: Path) -> Problems:
    """An overlay has no indicators of its own: they would need points that nobody gave."""
    path = next(iter(sorted((folder / "pillars").glob("*.yaml"))), None)
    if path is None:
        return []
    place = Place(file=f"{folder.name}/pillars/{path.name}")
    remedy = "请改写成：细分用 checkpoints/，改下面那层的指标用 indicators.yaml"
    return [problem("RECORD_INCONSISTENT", place, "叠加层不另立指标，这里却有 pillars/", remedy)]
