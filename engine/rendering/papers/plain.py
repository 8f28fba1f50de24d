"""A report as Markdown and CSV."""

from collections.abc import Iterator

from engine.rendering.documents import render_csv
from engine.rendering.layout import markdown_table
from engine.rendering.papers.paper import Block
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text


def paper_markdown(paper: Paper) -> str:
    """The whole in Markdown, with every column; pictures are left out, their numbers stand in the tables."""
    lines = [f"# {paper.title}", "", f"> {paper.notice}。{paper.assumed}", ""]
    lines += [f"- {name}：{said}" for name, said in paper.about]
    for section in paper.sections:
        lines += ["", f"{'#' * (section.level + 1)} {section.title}"]
        for block in section.blocks:
            lines += _block(block)
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from ("", f"**{block.title}**", "")
        yield from markdown_table([c.head for c in block.columns], block.rows) if block.rows else [block.empty]
    elif isinstance(block, Text):
        points = block.look == "points"
        yield from [""] if points else []
        for line in block.lines:
            yield from [f"- {line}"] if points else ["", line]


def paper_csv(paper: Paper) -> str:
    """The main table as CSV, with every column."""
    return render_csv([column.head for column in paper.main.columns], paper.main.rows)
