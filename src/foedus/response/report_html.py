"""A report as one page of HTML: no script, nothing fetched, light and dark.

Every plot stands beside the table that it was drawn from. The page is made of the
report alone; equal reports give equal bytes.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

from foedus.response.report import Report
from foedus.response.report_plots import plots_of
from foedus.response.report_sections import (
    Cell,
    Fact,
    Section,
    facts,
    sections,
    summary,
)

_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
"""Nothing is fetched and nothing runs, wherever the page is opened."""


def as_html(report: Report, *, on_hub: bool = False) -> bytes:
    """Write a report as a page.

    Args:
        report: what is told.
        on_hub: whether the hub shows it, so that what it names can be linked.
    """
    title = f"{report.name}: after-action report"
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        _POLICY,
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body><main>",
        *_head(report, on_hub=on_hub),
        *_figures(report),
        *(line for each in sections(report) for line in _table(each)),
        *_foot(report),
        "</main></body></html>",
        "",
    ]
    return "\n".join(lines).encode()


@cache
def _style() -> str:
    return files("foedus.response").joinpath("report.css").read_text(encoding="utf-8")


def _head(report: Report, *, on_hub: bool) -> Iterator[str]:
    yield f'<p class="label">{escape(report.label)}</p>'
    if report.exercise:
        yield '<p class="exercise">EXERCISE EXERCISE EXERCISE</p>'
    yield f"<h1>{escape(report.name)}</h1>"
    yield f"<p>After-action report. {escape(summary(report))}</p><dl>"
    yield from (_fact(each, linked=on_hub) for each in facts(report))
    yield "</dl>"


def _fact(fact: Fact, *, linked: bool) -> str:
    said = escape(fact.text)
    if linked and fact.page:
        said = f'<a href="{escape(fact.page)}">{said}</a>'
    if fact.reference:
        said += f' <span class="small">{escape(fact.reference)}</span>'
    return f"<dt>{fact.name}</dt><dd>{said}</dd>"


def _figures(report: Report) -> Iterator[str]:
    for plot in plots_of(report):
        yield f"<h2>{plot.title}</h2><figure>{plot.svg}"
        yield f"<figcaption>{escape(plot.caption)}</figcaption></figure>"


def _foot(report: Report) -> Iterator[str]:
    rests = report.reference
    yield "<h2>What it rests on</h2>"
    yield (
        f'<p class="small">{rests.entries} entries of the log; SHA-256 of their '
        f"commitments in its order: <code>{rests.digest}</code></p>"
    )
    if rests.chain is not None:
        chain = rests.chain
        yield (
            f'<p class="small">Positions {chain.first} to {chain.last}; digest of the '
            f"chain at {chain.last}: <code>{chain.digest}</code></p>"
        )
    yield f'<p class="label">{escape(report.label)}</p>'


def _table(section: Section) -> Iterator[str]:
    yield f'<h2>{section.title}</h2><div class="wide"><table>'
    if section.caption:
        yield f"<caption>{escape(section.caption)}</caption>"
    names = "".join(map(_heading, section.head, zip(*section.rows, strict=True)))
    yield f"<thead><tr>{names}</tr></thead><tbody>"
    for row in section.rows:
        yield f"<tr>{''.join(map(_cell, row))}</tr>"
    yield "</tbody></table></div>"


def _heading(name: str, column: tuple[Cell, ...]) -> str:
    is_number = any(each.kind in {"number", "missed"} for each in column)
    css = ' class="number"' if is_number else ""
    return f'<th scope="col"{css}>{escape(name)}</th>'


def _cell(cell: Cell) -> str:
    css = f' class="{cell.kind}"' if cell.kind else ""
    return f"<td{css}>{escape(cell.text)}</td>"
