"""Bars on a logarithmic scale, a group for every run."""

import math
from typing import Any


def svg_of(runs: list[dict[str, Any]]) -> str:
    lines, y = [], 24
    for run in runs:
        head = f"{run['workload']}: {run['rules']} rules, {run['units']:,} units; µs a unit"
        lines.append(f'<text x="8" y="{y}" font-weight="bold">{head}</text>')
        for name, times in sorted(run["microseconds_a_unit"].items(), key=lambda pair: pair[1]["median"]):
            y += 22
            width = max(2, round(52 * math.log10(max(1.2, times["median"] * 10))))
            lines.append(f'<text x="230" y="{y}" text-anchor="end">{name}</text>')
            colour = "#b3261e" if name.startswith("fazhi") else "#7a8794"
            lines.append(f'<rect x="238" y="{y - 12}" width="{width}" height="15" fill="{colour}"/>')
            lines.append(f'<text x="{244 + width}" y="{y}">{times["median"]:,g}</text>')
        y += 36
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{y}" font-family="sans-serif" font-size="13">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *lines, "</svg>"]) + "\n"
