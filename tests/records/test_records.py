"""Records kept from engine to engine: each replays to the same bytes, whatever was changed since."""

from pathlib import Path

import pytest

from engine.records import read_record
from engine.replay import replay

KEPT = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_kept_record_replays(path: Path) -> None:
    """No file beside it is needed; a change of meaning would have to raise the number of the semantics and say so."""
    record, problems = read_record(path.read_bytes(), path.name)
    assert record is not None, [str(p) for p in problems]
    replayed, problems = replay(record)

    assert replayed is not None, [str(p) for p in problems]
    assert replayed.differences == ()
    assert replayed.same


def test_every_sample_has_a_kept_record() -> None:
    """All five, and one of the 2019 edition."""
    assert {path.stem for path in KEPT} == {
        "demo-county",
        "taonan-2020",
        "taonan-2020-by-lbg-2019",
        "wenshan-2023",
        "xx-district",
        "yuanjiang-bureau-2023",
    }
