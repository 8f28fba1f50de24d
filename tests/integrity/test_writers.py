"""Many writers, killed writers, full disks: no acknowledged entry is lost, none is torn into another."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from engine.commands import appending
from engine.commands.appending import append_line
from engine.commands.appending import mend
from engine.commands.appending import replace_whole
from engine.ledger import chained_from
from engine.ledger import read_ledger

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WRITERS, EACH = 12, 15


def start(folder: Path, who: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "writer.py"), str(folder), who, str(count)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def ids_in(folder: Path) -> list[str]:
    ledger, problems = read_ledger((folder / "ledger.jsonl").read_bytes(), "ledger.jsonl")
    assert problems == []
    return [item.id for item in ledger.items]


def test_writers_at_once_neither_lose_nor_interleave(tmp_path):
    """A dozen processes add at once: every line is there once, each writer's in his order, and the chain holds."""
    processes = [start(tmp_path, f"w{n}", EACH) for n in range(WRITERS)]
    told = [process.communicate()[0].decode().split() for process in processes]
    found = ids_in(tmp_path)

    assert [process.returncode for process in processes] == [0] * WRITERS
    assert Counter(found) == Counter(name for names in told for name in names)
    assert len(found) == WRITERS * EACH
    for names in told:
        assert [name for name in found if name in set(names)] == names


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
def test_kill_9_loses_no_acknowledged_entry(tmp_path):
    """A writer on its way to 200 entries is killed at a chance moment, again and again, in the same ledger."""
    chance = random.Random(9)
    acknowledged: list[str] = []
    for turn in range(8):
        process = start(tmp_path, f"k{turn}", 200)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.4))
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += (first + process.communicate()[0]).decode().split("\n")[:-1]
        _, _, problems = mend(tmp_path / "ledger.jsonl")
        assert problems == []
    found = ids_in(tmp_path)

    assert len(acknowledged) >= 8
    assert [name for name in acknowledged if name not in set(found)] == []
    # At most the line in flight was written and not yet acknowledged.
    assert len(found) - len(acknowledged) <= 8


@pytest.fixture
def written(tmp_path):
    """A ledger of three items, and its bytes."""
    process = start(tmp_path, "w", 3)
    assert process.wait() == 0
    process.communicate()
    return tmp_path / "ledger.jsonl", (tmp_path / "ledger.jsonl").read_bytes()


def test_a_tail_torn_anywhere_is_mended_and_kept(written):
    """Cut the last line at every byte: it is said, the cut bytes are kept, the lines before it stay, writing goes on."""
    path, content = written
    before = content[: content[:-1].rfind(b"\n") + 1]
    for length in range(len(before) + 1, len(content)):
        path.write_bytes(content[:length])
        assert [p.code for p in read_ledger(path.read_bytes(), path.name)[1]] == ["LEDGER_TORN"]
        told, kept, problems = mend(path)

        assert problems == []
        if length == len(content) - 1:
            assert (kept, path.read_bytes()) == (None, content), told
        else:
            assert kept is not None
            assert (path.read_bytes(), kept.read_bytes()) == (before, content[len(before) : length])
            kept.unlink()


def test_cut_bytes_are_never_written_over(written):
    """Every torn tail is kept under a name of its own."""
    path, content = written
    names = []
    for _ in range(3):
        path.write_bytes(content[:-5])
        names.append(mend(path)[1].name)

    assert names == ["ledger.jsonl.torn", "ledger.jsonl.2.torn", "ledger.jsonl.3.torn"]


def test_mending_touches_nothing_else(written):
    """A line changed in the middle is not for us to mend, torn tail or not; a whole ledger stays as it is."""
    path, content = written
    path.write_bytes(content.replace("某件".encode(), "某样".encode(), 1)[:-5])
    changed = path.read_bytes()

    assert ([p.code for p in mend(path)[2]], path.read_bytes()) == (["LEDGER_CHAIN"], changed)
    path.write_bytes(content)
    assert (mend(path)[1:], path.read_bytes()) == ((None, []), content)


def test_a_full_disk_leaves_the_ledger_as_it_was(written, monkeypatch):
    """What got through of a line before the disk was full is taken away again."""
    path, content = written

    def full(file: int, line: bytes) -> None:
        os.write(file, line[:20])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(appending, "_write_all", full)
    with pytest.raises(OSError, match="No space"):
        append_line(path, lambda _: (b"x" * 100, []))

    assert path.read_bytes() == content


def test_a_refused_first_entry_leaves_no_file(tmp_path):
    """Nothing is made for an entry that is refused."""
    _, (refusal,) = read_ledger(b"[]\n", "ledger.jsonl")
    append_line(tmp_path / "ledger.jsonl", lambda _: (b"", [refusal]))

    assert list(tmp_path.iterdir()) == []


def test_a_ledger_may_not_outgrow_its_reader(tmp_path):
    """An entry after which the ledger could no longer be read is refused."""
    (tmp_path / "ledger.jsonl").write_bytes(b"x" * 4_999_950)
    _, (found,) = append_line(tmp_path / "ledger.jsonl", lambda _: (b"y" * 60, []))

    assert (found.code, (tmp_path / "ledger.jsonl").stat().st_size) == ("FILE_TOO_LARGE", 4_999_950)


def test_a_writer_that_waited_finds_the_new_file(tmp_path):
    """While a ledger is converted, writers wait, and then add to the converted one."""
    plain = "".join(f'{{"id": "E-{n:03d}", "title": "某件", "kind": "document"}}\n' for n in range(1500))
    (tmp_path / "ledger.jsonl").write_text(plain, encoding="utf-8")
    waiting: list[subprocess.Popen[bytes]] = []

    def make(content: bytes):
        waiting.append(start(tmp_path, "late", 2))
        time.sleep(1)
        return chained_from(content, "2024-03-01T09:30:00Z", "张三", "ledger.jsonl")

    replace_whole(tmp_path / "ledger.jsonl", make, tmp_path / "ledger.plain.jsonl")
    waiting[0].communicate()
    found = ids_in(tmp_path)

    assert waiting[0].returncode == 0
    assert (len(found), found[-2:]) == (1502, ["E-late-000", "E-late-001"])
    assert (tmp_path / "ledger.plain.jsonl").read_text(encoding="utf-8") == plain
