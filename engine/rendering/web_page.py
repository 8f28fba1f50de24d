"""A report as one HTML file that asks for nothing, not even a script to be read. This is the only door to Jinja2."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import StrictUndefined
from markupsafe import Markup
from markupsafe import escape

from engine.rendering.papers.paper import Figure
from engine.rendering.papers.paper import Paper
from engine.rendering.papers.paper import Section
from engine.rendering.papers.paper import Table
from engine.rendering.papers.paper import Text

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_SIGNS = {"达": "s-met", "部": "s-part", "差": "s-not", "核": "s-unknown", "不": "s-na", "责": "s-duty"}
_LONG, _MID = 12, 6
# Dates and the numbers of indicators stay on one line.
_CODE = re.compile(r"[0-9A-Za-z-]{1,12}")


def write_page(paper: Paper) -> str:
    """Write the whole page. Whatever stands in the data is text; style and script are named by their digests."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"looks": _looks, "cell_looks": _cell_looks, "drawn": _drawn}
    environment.tests |= {"figure": lambda block: isinstance(block, Figure), "text": lambda block: isinstance(block, Text)}
    style = _read("report.css") + _running_heads(paper)
    script = _read("report.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; base-uri 'none'; form-action 'none'"
    )
    page = environment.get_template("report.html")
    return page.render(paper=paper, style=Markup(style), script=Markup(script), policy=policy)  # noqa: S704 - both are ours


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _running_heads(paper: Paper) -> str:
    """What stands on every sheet of paper: the notice, the profile, the page."""
    boxes = (
        f'@top-left {{ content: "{_in_css(paper.notice)}"; font-size: 9pt; font-weight: bold; }} '
        f'@top-right {{ content: "{_in_css(paper.assumed)}"; font-size: 8pt; }} '
        '@bottom-center { content: "— " counter(page) " —"; font-size: 9pt; }'
    )
    return (
        f"@page {{ size: A4; margin: 20mm 16mm 18mm; {boxes} }}\n"
        f"@page wide {{ size: A4 landscape; margin: 18mm 14mm 16mm; {boxes} }}\n"
    )


def _in_css(text: str) -> str:
    """A text inside a string of CSS: every character by its number, so that none can end the string."""
    return "".join(f"\\{ord(character):06x}" for character in text)


def _drawn(svg: str) -> Markup:
    """A picture as it is: the charts escape whatever they write."""
    return Markup(svg)  # noqa: S704 - made by rendering/charts.py


def _looks(section: Section) -> str:
    wide = any(isinstance(block, Table) and block.printed().wide for block in section.blocks)
    return " ".join(word for word, so in (("wide", wide), ("page", section.new_page)) if so)


def _cell_looks(cell: str, table: Table, at: int) -> Markup:
    """The class of a cell: a number, the sign of a verdict, or by how much text there is room for."""
    if table.look == "matrix":
        look = "named" if at < 2 else _SIGNS.get(cell[:1], "")
    elif table.columns[at].right:
        look = "n"
    elif _CODE.fullmatch(cell):
        look = "code"
    else:
        width = table.columns[at].width
        look = "long" if width >= _LONG else "mid" if width >= _MID else "short"
    return Markup(f' class="{escape(look)}"') if look else Markup("")  # noqa: S704 - a word of ours
