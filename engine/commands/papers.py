"""Reports as files: which format is meant, what may be asked of it, and that nothing half is ever written."""

from collections.abc import Callable
from pathlib import Path

import click

from engine.commands.inputs import Inputs
from engine.commands.inputs import refuse_usage
from engine.commands.inputs import write
from engine.commands.inputs import write_bytes
from engine.models.simulation import Simulation
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.plain import paper_csv
from engine.rendering.papers.plain import paper_markdown
from engine.rendering.papers.sheets import paper_book
from engine.rendering.recompute.cells import Book
from engine.simulating import Asked
from engine.simulating import simulate

try:
    from engine.rendering.spreadsheet import write_workbook
except ModuleNotFoundError as error:  # each of the three is an extra: everything else works without it
    if error.name != "xlsxwriter":
        raise
    write_workbook = None  # type: ignore[assignment]
try:
    from engine.rendering.web_page import write_page
except ModuleNotFoundError as error:
    if error.name not in ("jinja2", "markupsafe"):
        raise
    write_page = None  # type: ignore[assignment]
try:
    from engine.rendering.word_document import write_document
except ModuleNotFoundError as error:
    if error.name not in ("docx", "lxml"):
        raise
    write_document = None  # type: ignore[assignment]

SHIPPED_TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "report.docx"
FORMATS = ("html", "xlsx", "docx", "md", "csv")
INSTALL = "没有装：pip install 'fazhi[office]'"
template_option = click.option(
    "--template",
    metavar="FILE.docx",
    type=click.Path(path_type=Path),
    help="用自己在 WPS 里改过的 Word 模板；原样的用 fazhi report template 取",
)


def shipped_template() -> bytes:
    """The Word template as it ships."""
    return SHIPPED_TEMPLATE.read_bytes()


def workbook_writer() -> Callable[[Book], bytes]:
    """What writes workbooks, or refuse where it is not installed."""
    if write_workbook is None:
        refuse_usage(f"写 Excel 工作簿要 XlsxWriter，{INSTALL}")
    return write_workbook


def format_of(form: str | None, output: Path | None) -> str:
    """The format that was asked for, or that the name of the file says; Markdown where nothing is said."""
    if form is not None:
        return form
    if output is None:
        return "md"
    ending = output.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        refuse_usage(
            f"看不出要什么格式：文件名「{output.name}」请以 {'、'.join(f'.{one}' for one in FORMATS)} 结尾，或写 --format"
        )
    return ending


def write_paper(paper: Paper, form: str, output: Path | None, template: Path | None = None) -> None:
    """Write a report in one format, or refuse with what is missing."""
    if template is not None and form != "docx":
        refuse_usage(f"--template 是 Word 模板，只和 docx 一起用；这里的格式是 {form}")
    if form == "md":
        write(paper_markdown(paper), output)
    elif form == "csv":
        write(paper_csv(paper), output, spreadsheet=True)
    elif form == "html":
        if write_page is None:
            refuse_usage(f"写 HTML 报告要 Jinja2，{INSTALL}")
        write(write_page(paper), output)
    else:
        if output is None:
            refuse_usage(f"{form} 是二进制文件，请用 -o 写明写到哪个文件")
        write_bytes(_bytes_of(paper, form, template), output)


def _bytes_of(paper: Paper, form: str, template: Path | None) -> bytes:
    if form == "xlsx":
        return workbook_writer()(paper_book(paper))
    if write_document is None:
        refuse_usage(f"写 Word 文件要 python-docx，{INSTALL}")
    if template is not None and not template.is_file():
        refuse_usage(f"没有模板「{template}」，请核对 --template 的路径")
    made, lacking = write_document(paper, template.read_bytes() if template else shipped_template())
    if made is None:
        told = "；".join(lacking)
        refuse_usage(f"模板「{template}」不能用：{told}。用 fazhi report template -o 文件 取一份原样的再改")
    return made


def simulated(judged: Inputs, asked: Asked | None = None) -> Simulation | None:
    """What assumed evaluators are likely to give, where the profile names an evaluation."""
    name = judged.profile.evaluation
    evaluation = judged.ruleset.evaluations.get(name) if name else None
    return simulate(judged.workings, evaluation, asked or Asked()) if evaluation else None
