"""The nouns of a draw of case files (案卷抽样): what is drawn from, and what was drawn. No chance is ever part of either."""

from typing import Literal

from engine.models.record import Record


class Stratum(Record):
    """The complete register of one unit, by the identities of its files in an order of their own.

    Attributes:
        unit: The member unit; empty for the files of the whole whose unit nobody names.
        files: One identity a file: its number, or where it has none, everything else that is written of it.
    """

    unit: str
    files: tuple[str, ...]


class Excluded(Record):
    """A unit whose register cannot be drawn from, and why."""

    unit: str
    reason: str
    remedy: str


class Frame(Record):
    """What is drawn from (抽样总体).

    Attributes:
        register_id, label, key_label: The measure that is the register, its name, and the name of its key column.
        excluded: Units that filed a register which is not the complete one.
        silent: Units that should keep a register and filed none. Missing, which is not the same as having no files.
        unnamed: How many more units should have one that the list of members does not name; ``None`` where nobody knows.
    """

    register_id: str
    label: str
    key_label: str
    strata: tuple[Stratum, ...]
    excluded: tuple[Excluded, ...] = ()
    silent: tuple[str, ...] = ()
    unnamed: int | None = 0


class DrawnUnit(Record):
    """One drawn unit and the files drawn of it, by number; ``short`` where it has fewer than were asked for."""

    unit: str
    short: bool
    files: tuple[str, ...]


class Draw(Record):
    """A draw, with everything that is needed to make it again.

    Attributes:
        frame: The digest of what was drawn from, whatever the order of its rows.
        pooled: Whether a register of the whole, whose units nobody names, was among it.
    """

    format: Literal["fazhi/sampling-list/1"] = "fazhi/sampling-list/1"
    whole: str
    register_id: str
    label: str
    key_label: str
    seed: str
    departments: int
    files: int
    frame: str
    pooled: bool
    drawn: tuple[DrawnUnit, ...]
    excluded: tuple[Excluded, ...]
    silent: tuple[str, ...]
    unnamed: int | None
