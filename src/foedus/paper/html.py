"""A document as one page of HTML: no script, nothing fetched, light and dark.

Every plot stands beside the table that it was drawn from.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

from foedus.paper.documents import Cell, Chapter, Document, Table

_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
"""Nothing is fetched and nothing runs, wherever the page is opened."""

_FIGURES: Final = ("number", "missed")
"""How cells of numbers are set."""


def as_html(document: Document) -> bytes:
    """Write a document as a page."""
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        _POLICY,
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(document.title)}</title>",
        f"<style>{_style()}</style></head><body><main>",
        *_head(document),
        *(line for each in document.chapters for line in _chapter(each)),
        *(f'<p class="small">{escape(each)}</p>' for each in document.foot),
        f'<p class="label">{escape(document.label)}</p>',
        "</main></body></html>",
        "",
    ]
    return "\n".join(lines).encode()


@cache
def _style() -> str:
    return files("foedus.paper").joinpath("paper.css").read_text(encoding="utf-8")


def _head(document: Document) -> Iterator[str]:
    yield f'<p class="label">{escape(document.label)}</p>'
    yield f"<h1>{escape(document.title)}</h1>"
    yield f"<p>{escape(document.summary)}</p><dl>"
    for name, value in document.facts:
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield '</dl><nav aria-label="Parts">'
    for each in document.chapters:
        yield f'<a href="#{each.name}">{escape(each.title)}</a>'
    yield "</nav>"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f'<section id="{chapter.name}"><h2>{escape(chapter.title)}</h2>'
    for text in chapter.says:
        yield f"<p>{escape(text)}</p>"
    for plot in chapter.plots:
        yield f"<figure>{plot.svg}"
        caption = f"{plot.title}. {plot.caption}".rstrip()
        yield f"<figcaption>{escape(caption)}</figcaption></figure>"
    for table in chapter.tables:
        yield from _table(table)
    for text in chapter.sources:
        yield f'<p class="small">{escape(text)}</p>'
    yield "</section>"


def _table(table: Table) -> Iterator[str]:
    caption = f"{table.title}. {table.caption}" if table.caption else table.title
    yield f'<div class="wide"><table><caption>{escape(caption)}</caption>'
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.head)
    figures = [_is_figure(each) for each in columns]
    names = "".join(map(_heading, table.head, figures))
    yield f"<thead><tr>{names}</tr></thead><tbody>"
    for row in table.rows:
        yield f"<tr>{''.join(map(_cell, row, figures))}</tr>"
    yield "</tbody></table></div>"


def _is_figure(column: tuple[Cell, ...]) -> bool:
    """Tell whether a column is one of numbers, of which some may not be known."""
    kinds = {each.kind for each in column}
    return not kinds.isdisjoint(_FIGURES) and kinds <= {*_FIGURES, "quiet"}


def _heading(name: str, is_figure: bool) -> str:  # noqa: FBT001 - mapped over columns
    css = ' class="number"' if is_figure else ""
    return f'<th scope="col"{css}>{escape(name)}</th>'


def _cell(cell: Cell, is_figure: bool) -> str:  # noqa: FBT001 - mapped over columns
    kind = "bad" if cell.kind == "missed" and not is_figure else cell.kind
    kind = "" if kind == "number" and not is_figure else kind
    css = f' class="{kind}"' if kind else ""
    return f"<td{css}>{escape(cell.text)}</td>"
