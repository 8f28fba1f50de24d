"""``fazhi rules scaffold``: from an indicator table to the skeleton of a ruleset."""

import csv
import importlib
import io
from pathlib import Path
from types import ModuleType

import click

from engine.alignment import NEW
from engine.alignment import align
from engine.commands import OPTIONS
from engine.commands.evidence_check import READERS
from engine.commands.inputs import Refusal
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import rulesets_option
from engine.commands.inputs import write
from engine.indicator_tables import read_table
from engine.models.problem import problem
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.models.scaffold import IndicatorTable
from engine.rendering.scaffold import DECISION
from engine.rendering.scaffold import PLACE
from engine.rendering.scaffold import render_alignment
from engine.rendering.scaffold import render_scaffold
from engine.scaffolding import scaffold as files_of
from engine.shaping import nearest
from engine.sources import decode

ALIGNMENT = "alignment.csv"


@click.command(
    "scaffold",
    options_metavar=OPTIONS,
    help="把公布的指标表（xlsx、docx、html）写成规则集的骨架：只写表里有的；再与现有规则集逐行对照，"
    "对上、存疑、没对上都列出来，存疑的等人定。",
)
@click.argument("file", metavar="指标表", type=click.Path(path_type=Path))
@click.option("--against", metavar="编号|文件夹", help="与哪个规则集对照，如 lbg-2021；不写就不对照")
@click.option(
    "--issued", is_flag=True, help="这张表就是印发的原文：序号作官方序号，text_status 写 verified；不写就都不当原文"
)
@click.option("--decided", metavar="FILE.csv", type=click.Path(path_type=Path), help="填了「人定」列的 alignment.csv")
@click.option("-o", "--output", metavar="文件夹", type=click.Path(path_type=Path), help="写到哪个新文件夹；不写就只看")
@rulesets_option
def scaffold(
    file: Path, against: str | None, issued: bool, decided: Path | None, output: Path | None, folder: Path | None
) -> None:
    """Write the skeleton, the alignment and the changed reserve into a new folder."""
    if output is not None and output.exists() and (not output.is_dir() or any(output.iterdir())):
        refuse_usage(f"「{output}」里已有东西；骨架写到新文件夹，免得盖掉写好的规则")
    if not file.is_file():
        raise Refusal([problem("FILE_MISSING", Place(file=str(file)), "没有这个文件", "请核对文件名和所在文件夹")])
    ruleset = open_ruleset(against, folder) if against else None
    table = _read(file)
    alignment = align(table, ruleset, issued, _decisions(decided, table, ruleset) if decided else None)
    if output is not None:
        made = {name: text.encode() for name, text in files_of(table, alignment, issued, ruleset).items()}
        made[ALIGNMENT] = render_alignment(table, alignment).encode("utf-8-sig")
        for name, content in made.items():
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            (output / name).write_bytes(content)
    write(render_scaffold(table, alignment, str(output) if output is not None else None), None)


def _read(file: Path) -> IndicatorTable:
    grids, problems = _readers().read_grids(file.read_bytes(), file.name)
    table, found = read_table(grids, file.name) if grids else (None, [])
    if table is None:
        raise Refusal([*problems, *found], file.parent)
    return table


def _readers() -> ModuleType:
    try:
        return importlib.import_module("engine.table_files")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in READERS:
            raise
        refuse_usage("读 Word、Excel 里的表要 openpyxl、defusedxml，没有装齐：pip install 'fazhi[evidence]'", error)


def _decisions(path: Path, table: IndicatorTable, ruleset: Ruleset | None) -> dict[str, str]:
    """What people wrote into the last column, by the place of the row; every mistake at once."""
    if not path.is_file():
        raise Refusal([problem("FILE_MISSING", Place(file=str(path)), "没有这个文件", "请核对文件名和所在文件夹")])
    text, problems = decode(path.read_bytes(), str(path), ("utf-8-sig", "gb18030"))
    if text is None:
        raise Refusal(problems)
    known = {indicator.id: indicator.title for indicator in ruleset.indicators} if ruleset is not None else {}
    places = {row.place for row in table.rows}
    decided: dict[str, str] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        said, at = (row.get(DECISION) or "").strip(), Place(file=str(path), line=line, column=1)
        if not said:
            continue
        if row.get(PLACE) not in places:
            problems.append(
                problem("NAME_UNKNOWN", at, f"表里没有「{row.get(PLACE)}」这一行指标", "请用同一张表写出的 alignment.csv")
            )
        elif said != NEW and said not in known:
            remedy = nearest(said, known) or f"写规则集里的指标编号，或写「{NEW}」"
            problems.append(problem("INDICATOR_UNKNOWN", at, f"没有指标「{said}」", remedy))
        elif said != NEW and said in decided.values():
            problems.append(problem("ID_DUPLICATE", at, f"指标「{said}」已给了另一行", "一项指标只对一行"))
        else:
            decided[str(row[PLACE])] = said
    if problems:
        raise Refusal(problems)
    return decided
