"""One finding and target a line, as comma-separated values for spreadsheets.

A spreadsheet runs a cell that starts like a formula, so such a cell gets an apostrophe in front.
"""

import csv
import io

from portgauge.model.analysis import Analysis
from portgauge.reporting.finding_rows import COLUMNS, Cell, finding_rows
from portgauge.reporting.plain_text import visible

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also in full width, which some spreadsheets read as the same."""


def render(analysis: Analysis) -> bytes:
    """Return the rows with a header, as RFC 4180 has it, in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row.values()] for row in finding_rows(analysis))
    return text.getvalue().encode("utf-8")


def safe_cell(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs; numbers and harmless text stay as they are."""
    if not isinstance(cell, str):
        return cell
    return f"'{visible(cell)}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else visible(cell)
