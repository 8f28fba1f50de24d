"""Cells of CSV that no spreadsheet takes for a formula, and the way back (防公式注入).

A cell that begins like a formula is written with a quotation mark before it; one that already begins with quotation marks
before such a beginning gets one more, so that what was written can always be read back.
"""

import re

# What spreadsheets take for the start of a formula, also in full width, behind blanks or quotation marks of ours.
_LIKE_A_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
# A single dash stands for nothing in a column and is no formula.
_DASH = "-"


def guarded(cell: str) -> str:
    """Write a cell so that no spreadsheet runs it.

    >>> guarded("=1+1"), guarded("-"), guarded("'=x"), guarded("13件")
    ("'=1+1", '-', "''=x", '13件')
    """
    return f"'{cell}" if cell != _DASH and _LIKE_A_FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """Read back what ``guarded`` wrote.

    >>> bare("'=1+1"), bare("''=x"), bare("'twas")
    ('=1+1', "'=x", "'twas")
    """
    return cell[1:] if cell.startswith("'") and _LIKE_A_FORMULA.match(cell) else cell
