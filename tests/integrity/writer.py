"""A process that adds to a ledger and says of each line, once it is acknowledged, what it was."""

import sys
from pathlib import Path

from engine.commands.appending import append_line
from engine.commands.appending import now
from engine.ledger import entry_line
from engine.ledger import read_ledger


def main(folder: Path, who: str, count: int) -> None:
    """Add so many items and acknowledge each on standard output."""

    def compose(content: bytes):
        ledger, problems = read_ledger(content, "ledger.jsonl")
        item = {"id": f"E-{who}-{number:03d}", "title": "某件" * 40, "kind": "document"}
        return entry_line(ledger.chain.last, now(), who, {"item": item}, "ledger.jsonl") if not problems else (b"", problems)

    for number in range(count):
        _, problems = append_line(folder / "ledger.jsonl", compose)
        assert not problems, [str(p) for p in problems]
        sys.stdout.write(f"E-{who}-{number:03d}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
