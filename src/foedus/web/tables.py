"""Tables for other software: the same as a page shows, as CSV.

What somebody wrote is text and stays text: a cell that a spreadsheet would take for a
formula begins with an apostrophe.

Source:
    OWASP, CSV Injection.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from starlette.responses import Response

from foedus.web.rendering import page_headers

Cell = object
"""What is written as text; None is written as nothing."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(
    name: str, columns: Sequence[str], rows: Iterable[Iterable[Cell]]
) -> Response:
    """Give a table as a file to be kept under a name."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows([_harmless(each) for each in row] for row in rows)
    disposition = f'attachment; filename="{name}.csv"'
    return Response(
        out.getvalue(),
        media_type="text/csv",
        headers={**page_headers(), "Content-Disposition": disposition},
    )


def _harmless(cell: Cell) -> Cell:
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell
