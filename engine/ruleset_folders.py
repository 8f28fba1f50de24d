"""Where rulesets lie: the folders of their names, without a look at what stands in them."""

from collections.abc import Iterable
from pathlib import Path

from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.shaping import nearest


def find_ruleset(name: str, folders: Iterable[Path], named_at: Place | None = None) -> tuple[Path | None, list[Problem]]:
    """Find a ruleset by its folder or by its id among the folders that hold rulesets."""
    direct = Path(name)
    if (direct / "ruleset.yaml").is_file():
        return direct, []
    known = known_rulesets(folders)
    if name in known:
        return known[name], []
    remedy = nearest(name, known) or f"现有：{'、'.join(sorted(known)) or '无'}"
    return None, [problem("RULESET_UNKNOWN", named_at or Place(file="规则集"), f"没有规则集「{name}」", remedy)]


def known_rulesets(folders: Iterable[Path]) -> dict[str, Path]:
    """The ruleset folders inside some folders, by name; of two of one name the later is taken."""
    return {path.parent.name: path.parent for folder in folders for path in sorted(folder.glob("*/ruleset.yaml"))}
