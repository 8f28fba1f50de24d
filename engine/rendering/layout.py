"""Text on a terminal of 80 columns, where a Chinese character takes two. This is the only door to tabulate."""

import unicodedata
from collections.abc import Iterable
from collections.abc import Sequence

COLUMNS = 80
RULE = "-" * COLUMNS

# Characters that Chinese terminals draw one or two columns wide: written with something that is never in doubt.
_DOUBTFUL = str.maketrans(
    {
        "“": "「",
        "”": "」",
        "‘": "「",
        "’": "」",
        "·": ".",
        "…": "等",
        "—": "-",
        "–": "-",
        "×": "x",
        "→": "->",
        "÷": "/",
        "－": "-",
    }
)
_NO_LINE_START = set("，。；：、）」』〕》！？")


def plain(text: str) -> str:
    """Replace characters whose width is in doubt.

    >>> plain("“一网通办”")
    '「一网通办」'
    """
    return text.translate(_DOUBTFUL)


def width(text: str) -> int:
    """How many columns a text takes.

    >>> width("洮南市 a")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """Fill up to so many columns."""
    return text + " " * max(0, columns - width(text))


def ends(left: str, right: str) -> str:
    """Put one text at the left edge and one at the right; on a line of its own where both do not fit."""
    if width(left) + width(right) >= COLUMNS:
        return f"{left}\n{pad('', COLUMNS - width(right))}{right}"
    return pad(left, COLUMNS - width(right)) + right


def wrap(text: str, first: str = "", rest: str | None = None, columns: int = COLUMNS) -> list[str]:
    """Break a text into lines that fit; ``first`` and ``rest`` stand before the first line and the others.

    A line never begins with a closing mark, and words of Latin letters and digits stay whole.
    """
    lines: list[str] = []
    line = first
    indent = " " * width(first) if rest is None else rest
    for piece in _pieces(plain(text)):
        if width(line) + width(piece) > columns and line.strip() and piece[0] not in _NO_LINE_START:
            lines.append(line.rstrip())
            line = indent
        line += piece if line.strip() or line == first else piece.lstrip()
    return [*lines, line.rstrip()]


def wrap_parts(parts: Iterable[str], first: str = "", rest: str | None = None) -> list[str]:
    """Break between parts, two blanks apart, and inside a part only where it alone is too long."""
    indent = " " * width(first) if rest is None else rest
    lines, line = list[str](), first
    for part in parts:
        joined = line + ("" if line in (first, indent) else "  ") + plain(part)
        if width(joined) <= COLUMNS:
            line = joined
            continue
        if line not in (first, indent):
            lines.append(line)
            line = indent
        *full, line = wrap(part, line, indent)
        lines += full
    return [*lines, line]


def _pieces(text: str) -> Iterable[str]:
    """Units that stay on one line: a Latin word, or one character with the closing marks behind it."""
    piece = ""
    for character in text:
        joins = piece and (
            character in _NO_LINE_START or (_is_latin(character) and _is_latin(piece[-1])) or piece[-1] in "（「〔《"
        )
        if not joins and piece:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _is_latin(character: str) -> bool:
    return character.isascii() and not character.isspace()


def columns_of(
    rows: Sequence[Sequence[str]],
    headers: Sequence[str] = (),
    indent: str = "",
    right: Iterable[int] = (),
    blanks: int = 2,
) -> list[str]:
    """Line up columns by their width on the terminal, so many blanks apart; ``right`` names those to align at the right."""
    rightward = set(right)
    cells = [[plain(cell) for cell in row] for row in ([headers, *rows] if headers else rows)]
    widest = [max(width(row[i]) for row in cells) for i in range(len(cells[0]))] if cells else []
    padded = [
        [
            " " * (w - width(cell)) + cell if i in rightward else pad(cell, w)
            for i, (cell, w) in enumerate(zip(row, widest, strict=True))
        ]
        for row in cells
    ]
    # Only where a table is printed: it brings the widths of all characters with it.
    from tabulate import DataRow  # noqa: PLC0415
    from tabulate import TableFormat  # noqa: PLC0415
    from tabulate import tabulate  # noqa: PLC0415

    # Cells are padded already: tabulate must neither parse numbers nor measure widths again.
    apart = DataRow("", " " * blanks, "")
    form = TableFormat(None, None, None, None, apart, apart, 0, None)
    text = tabulate(padded, tablefmt=form, stralign=None, numalign=None, disable_numparse=True, preserve_whitespace=True)
    return [f"{indent}{line}".rstrip() for line in text.splitlines()]


def markdown_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; bars and line breaks in cells cannot break out of it."""
    from tabulate import tabulate  # noqa: PLC0415 - only where a table is written

    safe = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    text = tabulate(safe, headers=list(headers), tablefmt="pipe", disable_numparse=True)
    return text.splitlines()
