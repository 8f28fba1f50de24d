"""The folder to double-click: it assesses what lies beside it and writes the reports, or says in plain words what is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import cli

ROOT = Path(__file__).parents[2]
LAUNCHER = ROOT / "launcher"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A packed folder without packages: those of this Python serve."""
    target = tmp_path / "法治 自评"
    words = [sys.executable, str(LAUNCHER / "pack.py"), str(target), "--no-packages", "--platform", "linux-aarch64"]
    subprocess.run(words, check=True, capture_output=True)
    shutil.rmtree(target / "填报")
    shutil.copytree(ROOT / "evidence_samples" / "taonan-2020", target / "填报")
    return target


def started(kit: Path, *, by: str = "start.py") -> subprocess.CompletedProcess[str]:
    words = ["sh", str(kit / by)] if by.endswith(".sh") else [sys.executable, "-B", str(kit / by)]
    nothing_of_ours = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    folder = Path(sys.executable).parent
    env = {
        **nothing_of_ours,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if "site-packages" in p),
    }
    return subprocess.run(
        [*words, "--no-open"], cwd="/", env=env, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


@pytest.mark.parametrize("by", ["start.py", "run.sh"])
def test_the_reports_are_written(kit: Path, by: str) -> None:
    """From any directory, under a name with Chinese and a blank; everything lands in one folder."""
    done = started(kit, by=by)

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in (kit / "报告").iterdir()) == sorted(
        ["自评试算.html", "自评试算.xlsx", "差距清单.docx", "整改台账.xlsx", "迎评应知应会卡.docx"]
    )
    assert "自评试算" in done.stdout and str(kit / "报告" / "自评试算.html") in done.stdout


def test_workbooks_are_collected(kit: Path) -> None:
    """Filled workbooks alone are enough; they are collected into a folder of their own and stay as they are."""
    shutil.rmtree(kit / "填报")
    sample, words = str(ROOT / "evidence_samples" / "taonan-2020"), ["template", "-o", str(kit / "填报")]
    made = CliRunner().invoke(cli, [*words, sample], standalone_mode=False)
    before = {path.name: path.read_bytes() for path in (kit / "填报").iterdir()}
    done = started(kit)

    assert made.exception is None and done.returncode == 0 and "Traceback" not in done.stderr
    assert len(list((kit / "报告").glob("收回的填报-*/submission.yaml"))) == 1 and (kit / "报告" / "自评试算.html").is_file()
    assert {path.name: path.read_bytes() for path in (kit / "填报").iterdir()} == before


def test_what_is_wrong_is_said(kit: Path) -> None:
    """A mistake in the submission with its place; a missing folder by name; never a traceback."""
    file = kit / "填报" / "submission.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\nunknown_key: 1\n", encoding="utf-8")
    wrong = started(kit)
    shutil.rmtree(kit / "填报")
    missing = started(kit)

    assert wrong.returncode == 2 and "submission.yaml:" in wrong.stderr and "再双击一次" in wrong.stdout
    assert missing.returncode == 2 and "没有文件夹" in missing.stdout
    assert "Traceback" not in wrong.stderr + missing.stderr and not (kit / "报告").exists()


def test_missing_packages_are_named(kit: Path) -> None:
    """A kit for another machine says which it is for."""
    (kit / "lib" / "win-x86_64-3.12").mkdir(parents=True)
    words = [sys.executable, "-B", "-I", "-S", str(kit / "start.py"), "--no-open"]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)

    assert done.returncode == 2 and "缺程序包" in done.stdout and "win-x86_64-3.12" in done.stdout


def test_the_batch_file_suits_windows() -> None:
    """Plain ASCII with its own line ends, since it is read before the window speaks UTF-8."""
    text = (LAUNCHER / "run.bat").read_bytes()

    assert text.isascii() and text.count(b"\r\n") == text.count(b"\n") > 10
    assert b"start.py" in text and b'cd /d "%~dp0"' in text


def test_the_desktop_file_is_valid() -> None:
    """Starts the script that lies beside it, in a terminal."""
    text = (LAUNCHER / "fazhi.desktop").read_text(encoding="utf-8")

    assert text.startswith("[Desktop Entry]\n") and "Terminal=true" in text and "run.sh" in text
