"""A document on paper: the same sentences, plots and tables, set as PDF.

- Set by Typst with the fonts that it carries; nothing is fetched, and no font of the
  machine is used.
- The document has no date of its own making, and ids that follow from its content; so
  equal documents give equal bytes.
- What is told is data to the setter, never a part of its text: no word of a nation can
  be a command to it.

Source: Typst 0.15, `document` and `sys.inputs`.
"""

from importlib.resources import files
from typing import Final

import msgspec

from foedus.paper.documents import Chapter, Document, Plot, Table

NO_DATE: Final = 0
"""What stands where a document would say when it was made."""

PLOT_MM: Final = 165
"""How wide a plot is on paper, in millimetres, and below how tall."""

PLOT_HEIGHT_MM: Final = 190

ROWS_MAX: Final = 1_500
"""Rows of one table that are printed, some forty pages; the page and the JSON have
all, and the paper says how many more."""


def as_pdf(document: Document) -> bytes:
    """Set a document."""
    import typst  # noqa: PLC0415 - takes longer than most commands run

    made = typst.compile(
        files("foedus.paper").joinpath("paper.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=NO_DATE,
        sys_inputs={"document": msgspec.json.encode(_data(document)).decode()},
    )
    assert isinstance(made, bytes), "without a file to write to it gives the bytes"
    return made


def _data(document: Document) -> dict[str, object]:
    return {
        **msgspec.structs.asdict(document),
        "chapters": [_chapter(each) for each in document.chapters],
    }


def _chapter(chapter: Chapter) -> dict[str, object]:
    return {
        **msgspec.structs.asdict(chapter),
        "plots": [_placed(each) for each in chapter.plots],
        "tables": [_cut(each) for each in chapter.tables],
    }


def _placed(plot: Plot) -> dict[str, object]:
    """Say how wide a plot is, so that it fits on a page."""
    width = min(PLOT_MM, PLOT_HEIGHT_MM * plot.width / plot.height)
    return {**msgspec.structs.asdict(plot), "width": round(width, 1)}


def _cut(table: Table) -> dict[str, object]:
    return {
        **msgspec.structs.asdict(table),
        "rows": table.rows[:ROWS_MAX],
        "more": max(len(table.rows) - ROWS_MAX, 0),
    }
