"""What a nation would need: bytes, minutes and money for monthly sweeps and ten years of replays, from measured figures of one.

Measures, with the shipped rules and the command itself: bytes a row of facts and of results, microseconds a unit with and without
what starting costs, the most memory at two sizes, and how large a record is and how long its replay takes. Everything else is
arithmetic over assumptions, which are printed as such and can all be given.

    python benchmarks/sizing.py [--units 2000 10000] [--price 0.3] [--page docs/sizing.md]

``--page`` puts what would be printed between the marks of a page, with the command.
"""

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import polars as pl
from workload import counts_of
from workload import tied_counts

from engine import __version__
from engine.commands.cache import load_kept
from engine.models import ruleset as model

# What runs is measured from outside: a fresh process, as a user starts it.
MEASURE = """
import json, sys
from engine.commands import run
from engine.commands.long_work import most_memory
code = run(sys.argv[1:])
print(json.dumps([code, most_memory()]), file=sys.stderr)
"""
MARKS = re.compile(r"(<!-- sizing -->\n).*?(<!-- end -->)", re.DOTALL)
RECORDS = ["demo-county", "taonan-2020", "xx-district", "yuanjiang-bureau-2023"]
MB, GB = 10**6, 10**9


def draw_facts(path: Path, units: int, seed: int = 20240101) -> int:
    """A table in which nine of ten counts, elements and slots are stated; how many columns it has."""
    ruleset, _ = load_kept(ROOT / "rulesets" / "lbg-2021")
    assert ruleset is not None
    chance = random.Random(seed)
    counts = counts_of(ruleset)
    parts = [f"{i.id}.{e.key}" for i in ruleset.indicators for e in i.elements if e.measure is None]
    slots = [f"{i.id}/{s.slot}" for i in ruleset.indicators for s in i.evidence]
    columns: dict[str, list[Any]] = {"unit": [f"某省某市第{number}单位" for number in range(units)]}
    for name in counts:
        columns[name] = [None if chance.random() < 0.1 else int(chance.paretovariate(0.6)) % 5000 for _ in range(units)]
    for _ in range(4):
        for low, high in tied_counts(ruleset):
            pairs = zip(columns[low], columns[high], strict=True)
            columns[low] = [a if a is None or b is None or a <= b else b - b // 10 for a, b in pairs]
    for name in parts:
        columns[name] = [chance.choice((None, True, True, True, False)) for _ in range(units)]
    for name in slots:
        columns[name] = [chance.choice((None, "0", "1", "1", "3", "1 lacks public_url")) for _ in range(units)]
    table = pl.DataFrame(columns)
    # Totals of parts are left out: where they are stated, they must be right, or the row is one for the plain path.
    sums = [n for n, m in ruleset.measures.items() if isinstance(m, model.Counted) and m.parts and n in columns]
    table.drop(sums).write_parquet(path)
    return len(table.columns) - len(sums)


def run(*words: str) -> tuple[float, int, str]:
    """Seconds, the most bytes of memory, and what was printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", MEASURE, *words], cwd=ROOT, env=environment, capture_output=True, check=True)
    seconds = time.perf_counter() - begun
    code, memory = json.loads(done.stderr.decode().splitlines()[-1])
    assert code == 0, done.stderr.decode()
    return seconds, memory, done.stdout.decode()


def measure(folder: Path, sizes: tuple[int, int], rows: int) -> dict[str, Any]:
    """Every figure that the rest is worked out from."""
    found: list[dict[str, Any]] = []
    for units in sizes:
        facts, results = folder / f"{units}.parquet", folder / f"{units}.results.parquet"
        columns = draw_facts(facts, units)
        words = [str(facts), "-o", str(results), "--period", "2020", "--as-of", "2021-03-31", "--rows", str(rows)]
        seconds, memory, told = run("sweep", *words)
        plain = re.search(r"其中(\d+)行", told)
        result = pl.scan_parquet(results)
        sizes_of = {"facts": facts.stat().st_size / units, "results": results.stat().st_size / units}
        assert result.select(pl.len()).collect().item() == units
        found.append({"units": units, "seconds": seconds, "memory": memory, "plain": int(plain[1]) if plain else 0, **sizes_of})
    small, large = found
    indicators = len([name for name in result.collect_schema().names() if name.endswith(".claimed")])
    each = max(0.0, (large["seconds"] - small["seconds"]) / (large["units"] - small["units"]))
    records = [path.stat().st_size for name in RECORDS if (path := ROOT / "tests" / "records" / f"{name}.json").is_file()]
    replays = [run("replay", str(ROOT / "tests" / "records" / f"{name}.json"))[0] for name in RECORDS]
    return {
        "runs": found, "columns": columns, "indicators": indicators, "each": each,
        "start": max(0.0, small["seconds"] - each * small["units"]),
        "record": sum(records) / len(records), "replay": sum(replays) / len(replays),
    }  # fmt: skip


def size(byte: float) -> str:
    """Bytes as people read them."""
    return f"{byte / GB:,.1f} GB" if byte >= GB else f"{byte / MB:,.1f} MB" if byte >= MB / 10 else f"{byte / 1000:,.1f} KB"


def span(seconds: float) -> str:
    """Seconds as people read them."""
    if seconds < 90:
        return f"{seconds:,.1f} 秒"
    return f"{seconds / 60:,.1f} 分钟" if seconds < 5400 else f"{seconds / 3600:,.1f} 小时"


def table(heads: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, ["---"] * len(heads), *rows]) + "\n"


def page(found: dict[str, Any], asked: argparse.Namespace) -> str:
    """The measured figures, the assumptions, and what follows from both."""
    more = asked.checkpoints / found["indicators"]
    cores = os.cpu_count() or 1
    measured = [
        ["事实表的列数", f"{found['columns']}"],
        ["计分指标数（lbg-2021）", f"{found['indicators']}"],
        *(
            [f"{one['units']:,} 个单位", f"{one['seconds']:.1f} 秒，内存最多 {one['memory'] / 2**20:,.0f} MiB，"
             f"有项要逐份问的 {one['plain']} 行"]
            for one in found["runs"]
        ),
        ["启动、建核、头一遍问答", f"{found['start']:.1f} 秒（和单位数无关的一次性开销）"],
        ["每多一个单位", f"{found['each'] * 1e6:,.0f} 微秒（两次之差 ÷ 单位数之差）"],
        ["每行事实（Parquet，压缩后）", size(found["runs"][1]["facts"])],
        ["每行结果（Parquet，压缩后）", size(found["runs"][1]["results"])],
        ["一份试算记录", f"{size(found['record'])}（{len(RECORDS)} 份样例的平均）"],
        ["复核一份记录", f"{found['replay']:.2f} 秒（含启动）"],
    ]  # fmt: skip
    assumed = [
        ["县、乡镇、部门的个数", f"{asked.counties:,}、{asked.towns:,}、{asked.departments:,}"],
        ["检查点", f"{asked.checkpoints}；字节和时间按 {asked.checkpoints} ÷ {found['indicators']} = {more:.2f} 倍放大"],
        ["频次", f"每月一次，{asked.years} 年的月份全部重算一遍；一次性开销只算一遍，不计入"],
        ["记录", "只给县留，每月一份；大小不放大"],
        ["核", f"{asked.cores} 个；本机 {cores} 个，假设时间与核数成反比"],
        ["一核一小时的价钱", f"{asked.price} 元"],
        ["一 GB 存一年的价钱", f"{asked.storage} 元"],
    ]
    each = found["each"] * more * cores / asked.cores
    months = asked.years * 12
    groups = {"县": asked.counties, "乡镇": asked.towns, "部门": asked.departments}
    groups["合计"] = sum(groups.values())
    rows = []
    for name, units in groups.items():
        byte = [units * found["runs"][1][kind] * more for kind in ("facts", "results")]
        once, all_years = units * each, units * each * months
        paid = all_years * asked.cores / 3600 * asked.price
        held = [size(byte[0]), size(byte[1]), size(byte[0] * months), size(byte[1] * months)]
        rows.append([name, f"{units:,}", *held, span(once), span(all_years), f"{paid:,.2f} 元"])
    heads = ["", "单位", "每月事实", "每月结果", f"{asked.years}年事实", f"{asked.years}年结果", "算一个月", f"重算{asked.years}年", "重算的机时费"]
    kept = asked.counties * months * found["record"]
    all_bytes = sum(groups["合计"] * found["runs"][1][kind] * more * months for kind in ("facts", "results")) + kept
    replayed = asked.counties * months * found["replay"] / asked.cores
    return "\n".join(
        [
            f"fazhi {__version__}，Python {platform.python_version()}，polars {pl.__version__}，{platform.machine()}，{cores} 核。",
            "", "量出来的：", "", table(["", ""], measured), "假设的（每一项都可以用选项另给）：", "", table(["", ""], assumed),
            "推算的：", "", table(heads, rows),
            table(
                ["", ""],
                [[f"县的记录，{asked.years}年", size(kept)], ["逐份复核全部记录", span(replayed)],
                 ["全部存着，一年的存储费", f"{all_bytes / GB * asked.storage:,.0f} 元"],
                 ["内存", f"和单位总数无关，一次 {asked.rows:,} 行；检查点多 {more:.2f} 倍，约 "
                          f"{found['runs'][1]['memory'] * more / 2**20:,.0f} MiB"]],
            ),
        ]
    )  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--units", type=int, nargs=2, default=[2000, 10000], metavar=("SMALL", "LARGE"))
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--counties", type=int, default=3_000)
    options.add_argument("--towns", type=int, default=40_000)
    options.add_argument("--departments", type=int, default=85_000)
    options.add_argument("--checkpoints", type=int, default=230)
    options.add_argument("--years", type=int, default=10)
    options.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    options.add_argument("--price", type=float, default=0.3, help="yuan a core-hour: an assumption")
    options.add_argument("--storage", type=float, default=1.5, help="yuan a gigabyte-year: an assumption")
    options.add_argument("--page", type=Path, help="a page with marks between which the tables are written")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = page(measure(Path(folder), tuple(asked.units), asked.rows), asked)
    if asked.page is None:
        print(told)
        return
    command = f"python benchmarks/sizing.py {' '.join(sys.argv[1:])}"
    text = asked.page.read_text(encoding="utf-8")
    block = f"```console\n$ {command}\n```\n\n{told}"
    asked.page.write_text(MARKS.sub(lambda m: f"{m[1]}{block}{m[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
