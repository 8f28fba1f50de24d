"""How long the command line takes to start, beside the imports that it rests on; and what was kept beside its YAML.

Whole processes take turns, each with its byte code and its inputs kept from a first run. Prints medians with their spread, and
ratios. pydantic loads next to nothing until it is asked for a model: the line with ``BaseModel`` says what that takes.

    python benchmarks/startup.py [--rounds 15]
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from engine.commands.cache import load_kept
from engine.rulesets import load_ruleset

PROCESSES = {
    "import click": ["-c", "import click"],
    "fazhi --help": ["cli.py", "--help"],
    "import pydantic, yaml, click": ["-c", "import pydantic, yaml, click"],
    "import BaseModel, yaml, click": ["-c", "from pydantic import BaseModel; import yaml, click"],
    "fazhi assess": ["cli.py", "assess", "evidence_samples/taonan-2020"],
    "fazhi assess, nothing kept": ["cli.py", "assess", "evidence_samples/taonan-2020"],
}
RATIOS = [
    ("fazhi --help", "import click", 2.0),
    ("fazhi assess", "import pydantic, yaml, click", 2.0),
    ("fazhi assess", "import BaseModel, yaml, click", None),
    ("fazhi assess, nothing kept", "import pydantic, yaml, click", None),
    ("kept ruleset", "YAML ruleset", 0.1),
    ("kept overlay", "YAML overlay", 0.1),
]


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def process(name: str, folder: Path) -> Callable[[], object]:
    kept = "" if name.endswith("nothing kept") else str(folder / "cache")
    environment = {**os.environ, "FAZHI_CACHE": kept, "PYTHONPYCACHEPREFIX": str(folder / "code"), "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *PROCESSES[name]]
    return lambda: subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=15)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # As every command does; and no round pays for the garbage of the one before.
        gc.set_threshold(200_000, 20, 20)
        os.environ["FAZHI_CACHE"] = str(Path(folder) / "cache")
        rules, overlay = (ROOT / "rulesets" / name for name in ("lbg-2021", "wenshan-2023"))
        works = {name: process(name, Path(folder)) for name in PROCESSES}
        works |= {"YAML ruleset": lambda: load_ruleset(rules), "kept ruleset": lambda: load_kept(rules)}
        works |= {"YAML overlay": lambda: load_ruleset(overlay), "kept overlay": lambda: load_kept(overlay)}
        for work in works.values():
            work()
        took: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(asked.rounds):
            for name, work in works.items():
                took[name].append(seconds(work))
    medians = {name: statistics.median(times) for name, times in took.items()}
    result = {
        "rounds": asked.rounds,
        "milliseconds": {
            name: {
                part: round(1000 * value, 1)
                for part, value in (("median", medians[name]), ("least", min(took[name])), ("most", max(took[name])))
            }
            for name in took
        },
        "ratios": [
            {"of": name, "beside": other, "ratio": round(medians[name] / medians[other], 2), "target": target}
            for name, other, target in RATIOS
        ],
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
