"""Pack a folder that runs without installing anything: ``python launcher/pack.py TARGET [options]``.

Program, rulesets, a sample to be replaced, the launchers, and under lib/ the packages for one platform, unpacked. Made on a
machine with a connection, used on one without. ``--wheels DIR`` takes packages from a wheelhouse instead.
"""

import argparse
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from start import library_name

LAUNCHER = Path(__file__).resolve().parent
ROOT = LAUNCHER.parent
STARTERS = ("run.bat", "run.sh", "fazhi.desktop", "start.py", "说明.txt")
EXTRAS = ("office", "evidence")
# The reference chainer needs no compiler and gives the same conclusions.
LEFT_OUT = "durable-rules"
# pip asks this machine, not the other, whether it is a Windows: what only Windows needs is named here.
WINDOWS_NEEDS = ("colorama",)
SAMPLE = "demo-county"
# The tags of packages by the name of a platform: a newer system takes what was made for an older one.
TAGS = {
    "win-x86_64": ("win_amd64",),
    "linux-x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-aarch64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
}


def requirements(platform: str) -> list[str]:
    """What fazhi stands on, as pyproject.toml says, without what needs a compiler."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(one for extra in EXTRAS for one in project["optional-dependencies"][extra])]
    needed = [one for one in asked if not one.startswith(LEFT_OUT)]
    return [*needed, *(WINDOWS_NEEDS if platform.startswith("win") else ())]


def for_platform(name: str, python: str) -> list[str]:
    """How pip is told to take packages for another machine."""
    tags = [word for tag in TAGS[name] for word in ("--platform", tag)]
    abis = ["--abi", f"cp{python.replace('.', '')}", "--abi", "abi3", "--abi", "none"]
    return ["--only-binary=:all:", "--implementation", "cp", "--python-version", python, *tags, *abis]


def copy_program(target: Path) -> None:
    """Program, rulesets, launchers and the sample."""
    for folder in ("engine", "rulesets"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for name in STARTERS:
        shutil.copy2(LAUNCHER / name, target / name)
    shutil.copy2(ROOT / "LICENSE", target / "LICENSE")
    if not (target / "填报").exists():
        shutil.copytree(ROOT / "evidence_samples" / SAMPLE, target / "填报")


def pip(*words: str) -> None:
    """Run this Python's pip."""
    subprocess.run([sys.executable, "-m", "pip", words[0], "--quiet", *words[1:]], check=True)  # noqa: S603 - words of ours


def main() -> int:
    """Pack, and say where."""
    here, _, version = library_name().rpartition("-")
    parser = argparse.ArgumentParser(description="Pack a folder that runs without installing anything.")
    parser.add_argument("target", type=Path)
    parser.add_argument("--platform", choices=sorted(TAGS), default=here)
    parser.add_argument("--python", default=version, help="the version of Python on the other machine, such as 3.12")
    parser.add_argument("--wheels", type=Path, help="take packages from this folder alone, without a connection")
    parser.add_argument("--runtime", type=Path, help="a folder with a Python for the other machine, copied to python/")
    parser.add_argument("--no-packages", action="store_true", help="the program alone")
    parser.add_argument("--wheelhouse", action="store_true", help="only fetch the packages, as they are, into TARGET")
    asked = parser.parse_args()
    other = for_platform(asked.platform, asked.python)
    if asked.wheelhouse:
        pip("download", "--dest", str(asked.target), *other, *requirements(asked.platform))
        pip("wheel", "--no-deps", "--wheel-dir", str(asked.target), str(ROOT))
        print(f"fetched {asked.target}")
        return 0
    asked.target.mkdir(parents=True, exist_ok=True)
    copy_program(asked.target)
    if asked.runtime:
        shutil.copytree(asked.runtime, asked.target / "python", dirs_exist_ok=True)
    if not asked.no_packages:
        library = asked.target / "lib" / f"{asked.platform}-{asked.python}"
        source = ["--no-index", "--find-links", str(asked.wheels)] if asked.wheels else []
        where = ["--target", str(library), "--upgrade", "--no-compile"]
        pip("install", *source, *other, *where, *requirements(asked.platform))
    print(f"packed {asked.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
