"""`foedus label`: read labels and markings, and see whom they reach.

Both run without a data folder, on the shipped pack.
"""

from collections.abc import Mapping

import click

from foedus.cli.output import REFUSED, give, say, tell
from foedus.cli.station import Station, on_station
from foedus.errors import LabelError
from foedus.intel.explain import preview as preview_label
from foedus.releasability import parsing


@click.group("label")
def command() -> None:
    """Read labels and markings, and see whom they reach."""


@command.command("parse")
@click.argument("text")
@on_station
def parse(station: Station, text: str) -> None:
    """Read TEXT, a marking or a label, and say what it says.

    The canonical text is null for a marking that is understood but that this hub
    cannot enforce, such as another organisation's; `refused` then says why.
    """
    alliance = station.access().alliance
    try:
        found = parsing.say(text, alliance)
    except LabelError as refusal:
        if station.as_json:
            give({"valid": False, "error": refusal.code, "detail": refusal.detail})
        else:
            say(f"foedus: {refusal.detail} ({refusal.code})")
        raise click.exceptions.Exit(REFUSED) from refusal
    if station.as_json:
        give({"valid": True, **found})
    else:
        tell(_lines(found))


@command.command("preview")
@click.argument("text")
@on_station
def preview(station: Station, text: str) -> None:
    """Say whom information marked TEXT would reach today, and whom not, and why."""
    found = preview_label(text, station.access())
    if station.as_json:
        give({"canonical": found.canonical, "sees": found.sees, "not": found.others})
        return
    tell([found.canonical, f"sees  {', '.join(found.sees) or 'nobody'}"])
    tell(f"not   {nation}: {why}" for nation, why in found.others.items())


def _lines(found: Mapping[str, object]) -> list[str]:
    lines = []
    for key, value in found.items():
        if isinstance(value, list | tuple):
            lines.append(f"{key}  {', '.join(map(str, value))}")
        elif isinstance(value, dict):
            lines.append(f"{key}  {value['detail']}")
        else:
            lines.append(f"{key}  {'-' if value is None else value}")
    return lines
