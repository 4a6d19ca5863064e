"""`foedus protocol report`: what a run teaches, as one may know it."""

from pathlib import Path

import click

from foedus.cli import spelling
from foedus.cli.output import say
from foedus.cli.station import Station, on_station
from foedus.response.report import Report, as_json, make

_WRITERS = (".json", ".html", ".pdf")


@click.command("report")
@click.argument("run", metavar="RUN")
@click.option(
    "-o",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE: .html, .pdf or .json; to stdout as JSON without.",
)
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="As NAME may see it.",
)
@on_station
def command(station: Station, run: str, file: Path | None, name: str) -> None:
    """Report on RUN after it has ended, or as it stands; from the log alone."""
    if file is not None and file.suffix not in _WRITERS:
        raise click.BadParameter(f"{file.name!r} ends in none of .html, .pdf, .json")
    with station.hub() as hub, hub.reading.snapshot() as seen:
        report = make(seen, hub.authenticator.named(name).viewer(), run)
    if file is None:
        click.echo(as_json(report).decode().rstrip())
        return
    file.write_bytes(_written(report, file.suffix))
    say(f"written to {file}")


def _written(report: Report, suffix: str) -> bytes:
    if suffix == ".json":
        return as_json(report)
    # Setting type takes longer to load than most commands run.
    if suffix == ".html":
        from foedus.response.report_html import as_html  # noqa: PLC0415

        return as_html(report)
    from foedus.response.report_pdf import as_pdf  # noqa: PLC0415

    return as_pdf(report)
