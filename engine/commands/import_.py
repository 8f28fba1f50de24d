"""``fazhi import``: workbooks that came back → a submission folder; every mistake with its file, sheet and cell."""

import shutil
from pathlib import Path

import click

from engine.commands import OPTIONS
from engine.commands.inputs import Refusal
from engine.commands.inputs import open_ruleset
from engine.commands.inputs import refuse_usage
from engine.commands.returned import is_campaign
from engine.commands.returned import take_in
from engine.models.form import Stencil
from engine.models.grid import Book
from engine.models.problem import Problem
from engine.models.problem import Severity
from engine.models.problem import problem
from engine.models.problem import refused
from engine.models.record import Place
from engine.models.ruleset import Ruleset
from engine.models.submission import Submission
from engine.rendering.submission_files import submission_files
from engine.returned_forms import belong_together
from engine.returned_forms import fits_rules
from engine.returned_forms import read_returned
from engine.returned_forms import read_stencil

try:
    from engine.spreadsheets import read_book
except ModuleNotFoundError as error:  # openpyxl and defusedxml are extras: everything else works without them
    if error.name not in ("openpyxl", "defusedxml"):
        raise
    read_book = None  # type: ignore[assignment]

_YAML = (".yaml", ".yml")


@click.command(
    options_metavar=OPTIONS,
    help="收回填好的工作簿（xlsx、ods，可以几份一起），写成填报文件夹。逐格检查，错在哪个文件哪个表哪一格一次说完；"
    "有一处不能用就什么也不写，从不改动交来的文件。",
)
@click.argument("workbooks", metavar="工作簿...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="文件夹|文件.yaml",
    required=True,
    type=click.Path(path_type=Path),
    help="写到哪里，不覆盖已有的填报；全县填报的文件夹（有 campaign.yaml）则各进各单位的，替换下来的留着",
)
@click.option("--ruleset", metavar="编号[@版本]|文件夹", help="用哪个规则集；不写就用出模板时的")
@click.option("--rulesets", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="自己的规则集放在哪个文件夹")
def command(workbooks: tuple[Path, ...], output: Path, ruleset: str | None, folder: Path | None) -> None:
    """Read workbooks and write one submission, whole or not at all."""
    if read_book is None:
        refuse_usage("读工作簿要 openpyxl 和 defusedxml，没有装：pip install 'fazhi[office]'")
    if not is_campaign(output):
        _refuse_to_overwrite(output)
    books = _open_all(workbooks)
    rules = _rules_of(books, ruleset, folder)
    if is_campaign(output):
        take_in(books, rules, output)
        return
    submission, problems = read_returned(books, rules)
    if submission is None:
        raise Refusal([p for p in problems if p.severity is Severity.REFUSED])
    for found in problems:
        click.echo(str(found), err=True)
    _write(submission, output)
    _tell(submission, problems, len(books), output)


def _refuse_to_overwrite(output: Path) -> None:
    taken = output if output.suffix.lower() in _YAML else output / "submission.yaml"
    if taken.exists():
        refuse_usage(f"{taken} 已经有了，不覆盖；请换一个文件夹，或先把它移走")
    if output.is_file():
        refuse_usage(f"{output} 是文件；请写一个文件夹，或以 .yaml 结尾的文件名")


def _open_all(workbooks: tuple[Path, ...]) -> list[tuple[Book, Stencil]]:
    """Open every workbook and read what it was made from, or refuse with everything found in all of them."""
    books: list[tuple[Book, Stencil]] = []
    problems: list[Problem] = []
    for path in workbooks:
        if not path.is_file():
            problems.append(problem("FILE_MISSING", Place(file=str(path)), "没有这个文件", "请核对文件名和所在文件夹"))
            continue
        book, found = read_book(path.read_bytes(), str(path))
        problems += found
        if book is None:
            continue
        stencil, found = read_stencil(book)
        problems += found
        if stencil is not None:
            books.append((book, stencil))
    problems += belong_together(books) if books else []
    if refused(problems):
        raise Refusal(problems)
    return books


def _rules_of(books: list[tuple[Book, Stencil]], ruleset: str | None, folder: Path | None) -> Ruleset:
    """The rules that the workbooks were made by; other rules are refused."""
    stencil = books[0][1]
    rules = open_ruleset(ruleset or stencil.head.ruleset or stencil.rules.id, folder)
    if problems := fits_rules(books[0][0], stencil, rules):
        raise Refusal(problems)
    return rules


def _write(submission: Submission, output: Path) -> None:
    """Write everything beside where it goes, then put it there at once."""
    single = output.suffix.lower() in _YAML
    files = submission_files(submission, ledger=not single)
    folder = output.parent if single else output
    if taken := [name for name in files if name != "submission.yaml" and (folder / name).exists()]:
        refuse_usage(f"{folder / taken[0]} 已经有了，不覆盖；请换一个文件夹，或先把它移走")
    unfinished = folder.with_name(f".{output.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    for name, content in files.items():
        path = unfinished / (output.name if single and name == "submission.yaml" else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in sorted(p for p in unfinished.rglob("*") if p.is_file()):
        place = folder / path.relative_to(unfinished)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
    shutil.rmtree(unfinished)


def _tell(submission: Submission, problems: list[Problem], books: int, output: Path) -> None:
    facts, items = submission.head.facts, submission.evidence
    aside = sum(p.severity is Severity.SET_ASIDE for p in problems)
    click.echo(f"工作簿{books}份：填报{len(facts)}条，登记表{len(submission.tables)}张，材料{len(items)}件，已写 {output}")
    if aside:
        click.echo(f"其中{aside}处读得进来、不能计（见上），改好可以再导入")
    files = sorted({item.file for item in items if item.file})
    if files:
        click.echo(f"材料的文件不在工作簿里：{len(files)}个，请放进同一文件夹，如 {files[0]}")
    click.echo(f"接着看  fazhi assess {output}")
