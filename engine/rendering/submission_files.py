"""A submission as the files of its folder: ``submission.yaml``, ``ledger.jsonl`` and registers as CSV (填报文件夹)."""

import csv
import io
import json

from engine.csv_cells import guarded
from engine.ledger import written
from engine.models.submission import Submission
from engine.models.submission import Table
from engine.named_files import LEDGER
from engine.rendering.submission_text import render_submission


def submission_files(submission: Submission, *, ledger: bool = True) -> dict[str, bytes]:
    """The bytes of every file, by its path in the folder; without ``ledger`` the evidence stands in the YAML."""
    text = render_submission(submission.model_copy(update={"tables": {}, **({"evidence": ()} if ledger else {})}))
    files = {"submission.yaml": text.encode()}
    if ledger and submission.evidence:
        lines = [json.dumps(written(item), ensure_ascii=False, sort_keys=False) for item in submission.evidence]
        files[LEDGER] = "".join(f"{line}\n" for line in lines).encode()
    return files | {path: register_bytes(table) for path, table in sorted(submission.tables.items())}


def register_bytes(table: Table) -> bytes:
    """A register as CSV that spreadsheets open in Chinese and in which they run nothing."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([guarded(head) for head in table.header])
    writer.writerows([guarded(cell) for cell in row.cells] for row in table.rows)
    return buffer.getvalue().encode("utf-8-sig")
