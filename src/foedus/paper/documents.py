"""What a document is made of: chapters of sentences, plots and tables of cells.

Words and numbers are made once, by whoever tells something, so that page, paper and
hub say the same. A document has no date of its own making; equal documents give equal
bytes.
"""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

NONE: Final = "-"
"""What stands in a cell where there is nothing."""

Kind = Literal["", "number", "bad", "missed", "quiet"]
"""How a cell is set: a number, something bad, both, or what is not known."""


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """What stands in a cell, and how it is set."""

    text: str
    kind: Kind = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table.

    Attributes:
        name: what a file of it is called.
        widths: of the columns, for paper; how much of what is left each takes.
        caption: what it needs to be read; empty for nothing.
    """

    name: str
    title: str
    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """A plot; a table of the document has the same as words.

    Attributes:
        title: what it shows.
        svg: the drawing, which needs nothing else.
    """

    title: str
    caption: str
    svg: str
    width: int
    height: int


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a document.

    Attributes:
        name: what it is linked by.
        says: its sentences, one paragraph each.
        sources: where it is from, and how that is known; empty for the hub itself.
    """

    name: str
    title: str
    says: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    sources: tuple[str, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document.

    Attributes:
        label: who may see it; above and below every page.
        summary: in a sentence, below the title.
        facts: what it is about, by name.
        foot: what it rests on.
    """

    title: str
    label: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    foot: tuple[str, ...] = ()


def row(*cells: str | Cell) -> tuple[Cell, ...]:
    """Make a row of a table."""
    return tuple(each if isinstance(each, Cell) else Cell(each) for each in cells)


def number(text: str) -> Cell:
    """Make a cell that is set as a number."""
    return Cell(text, "number")


def quiet(text: str) -> Cell:
    """Make a cell of what is not known, or does not apply."""
    return Cell(text, "quiet")


def with_rows(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Leave out tables that have no rows."""
    return tuple(each for each in tables if each.rows)


def only(plot: Plot | None) -> tuple[Plot, ...]:
    """Give the plots of a chapter that has one, or none."""
    return () if plot is None else (plot,)
