"""What commands on records share: opening one, and what it was made from."""

from pathlib import Path

from engine.commands.inputs import Difference
from engine.commands.inputs import Refusal
from engine.comparison import Basis
from engine.models.run_record import RunRecord
from engine.records import read_record
from engine.replay import inputs_of_record

# What makes a record worthless as evidence, rather than merely unusable.
BROKEN = {"RUN_RECORD_ALTERED", "RUN_RECORD_TRUNCATED"}


def open_record(path: Path) -> RunRecord:
    """Read a record and check its seal, or refuse with the reason."""
    record, problems = read_record(path.read_bytes(), path.name)
    if record is None:
        refusal = Difference if {p.code for p in problems} & BROKEN else Refusal
        raise refusal(problems, path.parent)
    return record


def basis_of(record: RunRecord, path: Path) -> Basis:
    """Everything that a run was made from, or refuse."""
    inputs, problems = inputs_of_record(record)
    if inputs is None:
        raise Refusal(problems, path.parent)
    rules = inputs.ruleset
    return Basis(rules, rules.profiles[record.profile], inputs.submission, record.dates.judged, record.dates.run)
