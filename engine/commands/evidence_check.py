"""``fazhi evidence check``: open the files of a ledger and say what a person should look at."""

import importlib
from pathlib import Path
from types import ModuleType

import click

from engine.commands import FOUND
from engine.commands import OK
from engine.commands import OPTIONS
from engine.commands.entering import load_with_rules
from engine.commands.inputs import format_option
from engine.commands.inputs import output_option
from engine.commands.inputs import pick_profile
from engine.commands.inputs import place_from_here
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import write
from engine.commands.long_work import default_jobs
from engine.models.evidence_check import EvidenceFlag
from engine.rendering.evidence_check import CHECK_FORMS

# The libraries that open files, by the names of their modules.
READERS = {"pypdf": "pypdf", "openpyxl": "openpyxl", "PIL": "Pillow", "defusedxml": "defusedxml"}


@click.command(
    "check",
    options_metavar=OPTIONS,
    help="打开台账里的每个文件，与登记的文号、日期、名称、出具单位、年度对照，看有没有打不开、扫描无字、缺章节、"
    "密级标志、个人号码、一件多登。只提示给人看，不判定真伪。",
)
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path, file_okay=False))
@click.option("--ruleset", metavar="编号|文件夹", help="用哪个规则集的重复使用限度；不写就用填报里写的")
@click.option("--rulesets", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="同时开几个进程；不写就按处理器个数，最多4个")
@click.option("--fail", is_flag=True, help="有提示就以退出码1结束")
@format_option
@output_option
def check(
    folder: Path, ruleset: str | None, rulesets: Path | None, jobs: int | None, fail: bool, form: str, output: Path | None
) -> int:
    """Open every file of the ledger and say what a person should look at."""
    opening = _readers()
    submission, rules = load_with_rules(folder, ruleset, rulesets)
    profile = pick_profile(rules, submission.head.profile or rules.header.default_profile)
    told = opening.check_all(submission, folder, profile.reuse_limit, jobs or default_jobs())
    told = told.model_copy(update={"flags": tuple(_from_here(flag, folder) for flag in told.flags)})
    write(CHECK_FORMS[form](told), output, spreadsheet=form == "csv")
    return FOUND if fail and told.flags else OK


def _readers() -> ModuleType:
    """What opens files, with the libraries for each kind: an extra, and half of what this program takes to start."""
    try:
        return importlib.import_module("engine.commands.opening")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in READERS:
            raise
        needed = "、".join(READERS.values())
        refuse_usage(f"打开 PDF、Word、Excel、图片要 {needed}，没有装齐：pip install 'fazhi[evidence]'", error)


def _from_here(flag: EvidenceFlag, folder: Path) -> EvidenceFlag:
    return flag.model_copy(update={"place": place_from_here(flag.place, folder)})
