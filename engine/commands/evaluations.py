"""Which of a ruleset's evaluations a command is about, and which of its evaluators."""

from engine.commands.inputs import Refusal
from engine.models.evaluation import Evaluation
from engine.models.evaluation import Evaluator
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Profile
from engine.models.ruleset import Ruleset
from engine.shaping import nearest


def pick_evaluation(rules: Ruleset, profile: Profile) -> Evaluation:
    """The evaluation that a profile names, or the only one that the ruleset has; or refuse."""
    known = rules.evaluations
    if profile.evaluation in known:
        return known[str(profile.evaluation)]
    if len(known) == 1:
        return next(iter(known.values()))
    found = f"评分口径「{profile.id}」没有写用哪一套评估人假设（evaluation）"
    remedy = f"请写 evaluation: 编号；现有：{'、'.join(known)}" if known else "请换有 evaluations/ 的修订，如 lbg-2021@^0.2"
    raise Refusal(
        [problem("NAME_UNKNOWN", profile.place if profile.place.file else Place(file=rules.header.id), found, remedy)]
    )


def pick_evaluator(evaluation: Evaluation, name: str) -> Evaluator:
    """One evaluator by its number or its title, or refuse."""
    for evaluator in evaluation.evaluators:
        if name in (evaluator.id, evaluator.title):
            return evaluator
    titles = {evaluator.id: evaluator.title for evaluator in evaluation.evaluators}
    remedy = nearest(name, titles) or f"现有：{'、'.join(f'{key}（{title}）' for key, title in titles.items())}"
    place = evaluation.place if evaluation.place.file else Place(file=evaluation.id)
    raise Refusal([problem("NAME_UNKNOWN", place, f"没有评估人「{name}」", remedy)])
