"""Case files drawn from the full registers for a unit's own rehearsal (抽取案卷), never picked by hand.

Every unit and every file gets a rank, the SHA-256 of the seed and of what it is; the lowest are drawn. So a draw can be
made again anywhere, the order of rows means nothing, and one more file displaces at most one of those drawn.
"""

import hashlib
from collections.abc import Iterable
from collections.abc import Iterator

from engine.models.admitted import AdmittedFacts
from engine.models.admitted import Case
from engine.models.problem import Problem
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Records
from engine.models.ruleset import Ruleset
from engine.models.sampling import Draw
from engine.models.sampling import DrawnUnit
from engine.models.sampling import Excluded
from engine.models.sampling import Frame
from engine.models.sampling import Stratum
from engine.models.submission import Unit
from engine.scope import members_with
from engine.sources import canonical_bytes
from engine.sources import digest_of

HOW_TO_FILE = "请交期内全部案卷的登记表，一件一行，写 full: true；是哪个单位的写 unit"


def find_frame(
    ruleset: Ruleset, unit: Unit, facts: AdmittedFacts, register: str, home: str
) -> tuple[Frame | None, list[Problem]]:
    """Gather the complete registers of one measure. Refused where there is none: a part of a register proves nothing.

    ``home`` is the file that a problem names where nothing was filed at all.
    """
    measure = ruleset.measures[register]
    assert isinstance(measure, Records)
    key = next(name for name, column in measure.columns.items() if column.kind == "key")
    filed = {holder: found for (name, holder), found in facts.registers.items() if name == register}
    holders, expected = members_with(measure.held_by, unit)
    loose = {holder: found for holder, found in filed.items() if found.lacks}
    strata = {holder: _identities(found.cases, key) for holder, found in filed.items() if not found.lacks}
    # A file that a unit and the whole both register is one file.
    named = {number for holder, numbers in strata.items() if holder for number in numbers}
    if "" in strata:
        strata[""] = tuple(number for number in strata[""] if number not in named)
    frame = Frame(
        register_id=register,
        label=measure.label,
        key_label=measure.columns[key].label,
        strata=tuple(Stratum(unit=holder, files=numbers) for holder, numbers in sorted(strata.items()) if numbers),
        excluded=tuple(
            Excluded(unit=holder or unit.name, reason=found.lacks, remedy=HOW_TO_FILE)
            for holder, found in sorted(loose.items())
        ),
        silent=tuple(sorted(holder for holder in holders if holder not in filed)),
        unnamed=None if expected is None else max(0, expected - len(holders)),
    )
    if frame.strata:
        return frame, []
    problems = [
        problem(
            "REGISTER_NOT_FULL", found.fact.place, f"「{measure.label}」{found.lacks}，不能抽", HOW_TO_FILE, register, holder
        )
        for holder, found in sorted(loose.items())
    ]
    if not filed:
        found = f"没有一个单位交「{measure.label}」（{register}），抽不了；没交不等于没有案卷"
        problems = [problem("REGISTER_MISSING", Place(file=home), found, HOW_TO_FILE, register)]
    elif not problems:
        found = f"「{measure.label}」里一件也没有，没有可抽的"
        problems = [
            problem("REGISTER_MISSING", one.fact.place, found, "确实没有案卷的，不用抽；有就补进登记表", register, holder)
            for holder, one in sorted(filed.items())
        ]
    return None, problems


def _identities(cases: Iterable[Case], key: str) -> tuple[str, ...]:
    """One identity a file, in an order that is not that of the rows; blank rows are no files, a number counts once."""
    told = {case.cells[key] or _without_number(case) for case in cases if any(case.cells.values())}
    return tuple(sorted(told))


def _without_number(case: Case) -> str:
    return f"（没有编号）{'、'.join(cell for _, cell in sorted(case.cells.items()) if cell)}"


def draw(frame: Frame, whole: str, departments: int, files: int, seed: str) -> Draw:
    """Draw so many units, and so many files of each; the files of the whole whose unit nobody names are one more unit."""
    return Draw(
        whole=whole,
        register_id=frame.register_id,
        label=frame.label,
        key_label=frame.key_label,
        seed=seed,
        departments=departments,
        files=files,
        frame=digest_of([[stratum.unit, list(stratum.files)] for stratum in frame.strata]),
        pooled=any(not stratum.unit for stratum in frame.strata),
        drawn=tuple(_drawn_units(frame, whole, departments, files, seed)),
        excluded=frame.excluded,
        silent=frame.silent,
        unnamed=frame.unnamed,
    )


def _drawn_units(frame: Frame, whole: str, departments: int, files: int, seed: str) -> Iterator[DrawnUnit]:
    units = {stratum.unit: stratum for stratum in frame.strata}
    for name in sorted(_lowest(units, departments, [seed, "unit", frame.register_id])):
        numbers = units[name].files
        lowest = _lowest(numbers, files, [seed, "file", frame.register_id, name])
        yield DrawnUnit(unit=name or whole, short=len(numbers) < files, files=tuple(sorted(lowest)))


def _lowest(names: Iterable[str], number: int, about: list[str]) -> list[str]:
    """The names of the lowest ranks; names do not repeat, so that none can be drawn twice."""
    return sorted(names, key=lambda name: (_rank([*about, name]), name))[:number]


def _rank(about: list[str]) -> bytes:
    return hashlib.sha256(canonical_bytes(about)).digest()
