"""`foedus assess`: what changes if a nation joins or deepens its ties."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from foedus.cli import spelling
from foedus.cli.output import say, table, tell
from foedus.cli.recording import as_reader, parts
from foedus.cli.station import Station, on_station, reader
from foedus.paper.documents import Cell, Chapter, Document, Table
from foedus.planning.assessing import assess
from foedus.planning.cases import Asked
from foedus.planning.dossier import Dossier, as_json
from foedus.planning.dossier_words import document_of

_WRITERS = (".json", ".html", ".pdf")

CELL_MAX = 60
"""Characters of a cell on the terminal; the other forms have all of them."""


@click.command("assess")
@click.argument("code")
@click.option(
    "--to",
    "to",
    metavar="STATUS|FRAMEWORK",
    required=True,
    help="What it would become: a status, or a framework by its id or name.",
)
@click.option(
    "--with",
    "together",
    metavar="CODE[,CODE…]",
    type=spelling.listed,
    default="",
    help="Further candidates, added in every order.",
)
@click.option(
    "--as-of",
    "as_of",
    metavar="DATE",
    type=spelling.day,
    help="As of which day; today by default.",
)
@click.option(
    "-o",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE: .html, .pdf or .json; to the terminal without.",
)
@as_reader
@on_station
def command(  # noqa: PLR0913 - one for each option
    station: Station,
    code: str,
    *,
    to: str,
    together: str,
    as_of: date | None,
    file: Path | None,
    name: str | None,
) -> None:
    """Assess what changes if the nation CODE becomes what is named; record nothing."""
    if file is not None and file.suffix not in _WRITERS:
        raise click.BadParameter(f"{file.name!r} ends in none of .html, .pdf, .json")
    asked = Asked(
        nation=code,
        to=to,
        on=as_of or station.clock().date(),
        together=parts(together),
    )
    with station.hub() as hub:
        found = asyncio.run(assess(hub, reader(hub, name), asked)).dossier
    if file is not None:
        file.write_bytes(_written(found, file.suffix))
        say(f"written to {file}")
    elif station.as_json:
        click.echo(as_json(found).decode().rstrip())
    else:
        tell(_lines(document_of(found)))


def _written(found: Dossier, suffix: str) -> bytes:
    if suffix == ".json":
        return as_json(found)
    # Setting type takes longer to load than most commands run.
    if suffix == ".html":
        from foedus.paper.html import as_html  # noqa: PLC0415

        return as_html(document_of(found))
    from foedus.paper.pdf import as_pdf  # noqa: PLC0415

    return as_pdf(document_of(found))


def _lines(document: Document) -> Iterator[str]:
    yield document.label
    yield document.title
    yield document.summary
    yield ""
    for name, value in document.facts:
        yield f"{name}: {value}"
    for chapter in document.chapters:
        yield from _chapter(chapter)
    yield ""
    yield from document.foot
    yield document.label


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield ""
    yield chapter.title
    for text in chapter.says:
        yield f"  {text}"
    for each in chapter.tables:
        yield from _table(each)
    for text in chapter.sources:
        yield f"  {text}"


def _table(found: Table) -> Iterator[str]:
    yield f"  {found.title}"
    cells = [found.head, *(tuple(map(_short, each)) for each in found.rows)]
    yield from (f"    {line}" for line in table(cells))


def _short(cell: Cell) -> str:
    text = cell.text
    return text if len(text) <= CELL_MAX else f"{text[: CELL_MAX - 1]}…"
