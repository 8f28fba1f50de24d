"""The cells of an .ods file (LibreOffice, WPS). XML is read through defusedxml: this is its only door.

No maintained library tells formulas and errors in .ods from values; the format itself does, so it is read here.
"""

from collections.abc import Iterator
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError
from defusedxml.ElementTree import fromstring

from engine.models.grid import Cell
from engine.models.grid import Grid

MAX_ROWS, MAX_COLUMNS = 20_000, 200
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_GROUPS = {f"{_TABLE}{name}" for name in ("table-row-group", "table-header-rows", "table-rows")}
_LONGEST_RUN = 32_767


def read_ods(content: bytes) -> tuple[Grid, ...]:
    """Read every sheet of ``content.xml``. A cell beyond the limits stands at them, so that it is seen and refused.

    Raises:
        ValueError: The XML is broken, or declares what it must not.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(str(error)) from error
    return tuple(Grid(table.get(f"{_TABLE}name", ""), dict(_cells(table))) for table in root.iter(f"{_TABLE}table"))


def _cells(table: Any) -> Iterator[tuple[tuple[int, int], Cell]]:
    row = 1
    for element in _rows(table):
        repeated = _number(element, "number-rows-repeated")
        found = list(_cells_of(element))
        for offset in range(min(repeated, MAX_ROWS) if found else 0):
            for column, cell in found:
                yield (min(row + offset, MAX_ROWS + 1), column), cell
        row += repeated


def _rows(parent: Any) -> Iterator[Any]:
    for element in parent:
        if element.tag == f"{_TABLE}table-row":
            yield element
        elif element.tag in _GROUPS:
            yield from _rows(element)


def _cells_of(row: Any) -> Iterator[tuple[int, Cell]]:
    column = 1
    for element in row:
        repeated = _number(element, "number-columns-repeated")
        cell = _cell(element) if element.tag == f"{_TABLE}table-cell" else None
        for offset in range(min(repeated, MAX_COLUMNS) if cell is not None else 0):
            assert cell is not None
            yield min(column + offset, MAX_COLUMNS + 1), cell
        column += repeated


def _number(element: Any, name: str) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _cell(element: Any) -> Cell | None:
    formula = element.get(f"{_TABLE}formula")
    if formula is not None:
        return Cell("formula", formula.partition(":")[2] or formula)
    kind = element.get(f"{_OFFICE}value-type")
    shown = "\n".join(_said(paragraph) for paragraph in element if paragraph.tag == f"{_TEXT}p")
    if element.get(f"{_CALC}value-type") == "error":
        return Cell("error", shown)
    if kind in ("float", "percentage", "currency"):
        return _numeric(element.get(f"{_OFFICE}value", ""), shown, percent=kind == "percentage")
    if kind == "date":
        day = element.get(f"{_OFFICE}date-value", "")
        return Cell("date", day.removesuffix("T00:00:00"))
    if kind == "boolean":
        return Cell("boolean", element.get(f"{_OFFICE}boolean-value", ""))
    if kind == "time":
        return Cell("text", shown)
    text = element.get(f"{_OFFICE}string-value") if kind == "string" else None
    text = shown if text is None else text
    return Cell("text", text) if text else None


def _numeric(value: str, shown: str, *, percent: bool) -> Cell:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return Cell("error", shown)
    return number_cell(number, percent=percent) if number.is_finite() else Cell("error", shown)


def number_cell(number: Decimal, *, percent: bool) -> Cell:
    """A number as its shortest decimal, with its sign where it is shown as a percentage.

    >>> number_cell(Decimal("0.9650"), percent=True).text, number_cell(Decimal("1E+3"), percent=False).text
    ('96.5%', '1000')
    """
    exact = number * 100 if percent else number
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Cell("number", ("0" if text == "-0" else text) + ("%" if percent else ""), percent)


def _said(element: Any) -> str:
    """The text of a paragraph; blanks, tabs and line ends have elements of their own."""
    if element.tag == f"{_TEXT}s":
        count = element.get(f"{_TEXT}c", "1")
        return " " * min(int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 1, _LONGEST_RUN)
    if element.tag == f"{_TEXT}tab":
        return "\t"
    if element.tag == f"{_TEXT}line-break":
        return "\n"
    return (element.text or "") + "".join(_said(child) + (child.tail or "") for child in element)
