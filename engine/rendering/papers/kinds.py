"""Every kind of report by its name on the command line."""

from collections.abc import Callable
from typing import NamedTuple

from engine.models.result import Assessment
from engine.models.simulation import Simulation
from engine.rendering.papers.cards import interview_cards
from engine.rendering.papers.lists import LISTS
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.self_assessment import self_assessment
from engine.rendering.papers.simulated import simulated_evaluation
from engine.rendering.papers.weekly import weekly_page


class Kind(NamedTuple):
    """What a kind is called, how it is laid out, and whether it cannot do without a simulation."""

    title: str
    lay_out: Callable[[Assessment, Simulation | None], Paper]
    simulated: bool = False


KINDS = {
    "self": Kind("自评报告", self_assessment),
    **{name: Kind(title, lay_out) for name, (title, lay_out) in LISTS.items()},
    "simulated": Kind("模拟第三方评估报告", simulated_evaluation, simulated=True),
    "interview": Kind("迎评应知应会卡", interview_cards),
    "weekly": Kind("周报", weekly_page),
}
