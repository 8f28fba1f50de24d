"""Golden files: what the command line prints for every sample, byte for byte, reasons included.

After a change that is meant: ``make golden``, then read the difference line by line before it is committed.
"""

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import cli

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SAMPLES = sorted(path.parent for path in (ROOT / "evidence_samples").glob("*/submission.yaml"))

OUTPUTS = {
    "screen.txt": ["assess"],
    "assessment.json": ["assess", "--format", "json"],
    "report.md": ["assess", "--format", "md"],
    "findings.csv": ["assess", "--format", "csv"],
    "gaps.txt": ["gaps"],
    "gaps.csv": ["gaps", "--format", "csv"],
    "gaps-by-unit.txt": ["gaps", "--unit", "司法行政"],
    "plan.txt": ["plan", "--days", "30"],
}
EXPLAINED = ("I-001", "I-R19", "I-R36", "I-R37", "I-R59", "I-R82")


def printed(arguments: list[str]) -> bytes:
    result = CliRunner().invoke(cli, arguments, standalone_mode=False, catch_exceptions=False)
    # The day of the run stands on the screen alone; it is never part of a result.
    return re.sub(
        rb"\xe8\xbf\x90\xe8\xa1\x8c\xe6\x97\xa5 \d{4}-\d\d-\d\d", "运行日 2026-01-01".encode(), result.stdout_bytes
    )


def cases() -> list[tuple[str, str, list[str]]]:
    found = []
    for sample in SAMPLES:
        shown = f"evidence_samples/{sample.name}"
        found += [(sample.name, name, [words[0], shown, *words[1:]]) for name, words in OUTPUTS.items()]
        found += [(sample.name, f"explain-{i}.txt", ["explain", shown, i]) for i in EXPLAINED]
    found += [
        # One page whole, as it is opened in a browser; the other samples differ in their data alone.
        ("yuanjiang-bureau-2023", "report.html", ["assess", "evidence_samples/yuanjiang-bureau-2023", "--format", "html"]),
        ("yuanjiang-bureau-2023", "self.md", ["report", "self", "evidence_samples/yuanjiang-bureau-2023"]),
        ("rules", "measures.txt", ["rules", "show", "lbg-2021", "--measures"]),
        ("rules", "ruleset.txt", ["rules", "show", "lbg-2021"]),
        ("rules", "lint.txt", ["rules", "lint", "lbg-2021"]),
        ("rules", "I-R36.txt", ["rules", "show", "lbg-2021", "I-R36"]),
    ]
    return found


@pytest.mark.parametrize(("folder", "name", "arguments"), cases(), ids=lambda value: value if isinstance(value, str) else "")
def test_output_is_golden(folder, name, arguments, monkeypatch):
    """The same inputs print the same bytes as when they were last reviewed."""
    monkeypatch.chdir(ROOT)
    path = HERE / folder / name
    actual = printed(arguments)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual)

    assert path.read_bytes().decode() == actual.decode()
