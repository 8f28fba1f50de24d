"""Long work on rules, spread over processes and counted on a terminal. Each process reads the ruleset once."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from functools import partial
from pathlib import Path
from typing import NamedTuple
from typing import TypeVar

from engine.cases import Trial
from engine.cases import load_cases
from engine.cases import load_clause_cases
from engine.cases import trials_of
from engine.commands.cache import load_kept
from engine.commands.inputs import ruleset_folders
from engine.commands.long_work import counted
from engine.models.ruleset import Ruleset
from engine.mutation import Verdict
from engine.mutation import try_clauses
from engine.mutation import try_indicator
from engine.verification import Fault
from engine.verification import verify_clauses
from engine.verification import verify_indicator
from engine.verification import verify_totals

CLAUSES, TOTALS = "条款", "合计"
Result = TypeVar("Result")


class Opened(NamedTuple):
    """A ruleset and its cases, as one process holds them."""

    ruleset: Ruleset
    trials: tuple[Trial, ...]


@cache
def opened(folder: Path) -> Opened:
    """Read a ruleset that is known to be readable."""
    ruleset, problems = load_kept(folder, ruleset_folders(None))
    assert ruleset is not None, problems
    files, _ = load_cases(folder)
    about_clauses, _ = load_clause_cases(folder)
    return Opened(ruleset, trials_of(ruleset, files, about_clauses))


def mutate(folder: Path, subject: str) -> tuple[Verdict, ...]:
    """Change everything about one indicator, or about the clauses."""
    ruleset, trials = opened(folder)
    if subject == CLAUSES:
        return tuple(try_clauses(ruleset, [trial for trial in trials if not trial.indicator]))
    return tuple(try_indicator(ruleset, subject, [trial for trial in trials if trial.indicator == subject]))


def verify(folder: Path, tries: int, seed: int, subject: str) -> tuple[Fault, ...]:
    """Verify one indicator, the clauses or the totals."""
    ruleset = opened(folder).ruleset
    if subject == CLAUSES:
        return tuple(verify_clauses(ruleset))
    return tuple(verify_totals(ruleset) if subject == TOTALS else verify_indicator(ruleset, subject, tries, seed))


def mutate_all(folder: Path, subjects: Iterable[str], jobs: int) -> tuple[Verdict, ...]:
    """Change everything about some indicators and the clauses, in their order."""
    made = _spread(partial(mutate, folder), tuple(subjects), jobs, "变异")
    return tuple(verdict for verdicts in made for verdict in verdicts)


def verify_all(folder: Path, subjects: Iterable[str], tries: int, seed: int, jobs: int) -> tuple[Fault, ...]:
    """Verify some indicators, the clauses and the totals, in their order."""
    made = _spread(partial(verify, folder, tries, seed), tuple(subjects), jobs, "核验")
    return tuple(fault for faults in made for fault in faults)


def _spread(work: Callable[[str], Result], subjects: tuple[str, ...], jobs: int, label: str) -> Iterator[Result]:
    """Do the same with every subject; the results come in the order of the subjects, however many processes there are."""
    if jobs == 1 or len(subjects) == 1:
        yield from counted(map(work, subjects), len(subjects), label)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from counted(pool.map(work, subjects), len(subjects), label)
