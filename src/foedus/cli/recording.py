"""Recording something of readiness on somebody's behalf, from the command line."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

import click
import msgspec

from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.output import give, say, tell
from foedus.cli.station import Station
from foedus.errors import InvalidInputError
from foedus.readiness.commands import Recorded, Recording, record
from foedus.readiness.records import AnyContent

C = TypeVar("C", bound=AnyContent)
F = TypeVar("F", bound=Callable[..., None])

as_reader = click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="With what NAME may see; what the staff of the alliance may by default.",
)


as_of = click.option(
    "--as-of",
    metavar="DATE",
    type=spelling.day,
    help="As of which day; today by default.",
)

label = click.option(
    "--label",
    metavar="TEXT",
    default="",
    help="Who may see it; the author's nation alone by default.",
)

illustrative = click.option(
    "--illustrative", is_flag=True, help="It is made up to show something."
)


def recorded_as(command: F) -> F:
    """Give a command the options of whatever records something."""
    return acting_as(label(illustrative(command)))


def content_of(kind: type[C], said: Mapping[str, object]) -> C:
    """Make a content of what was typed; what was left out has its default.

    Raises:
        InvalidInputError: something is missing or cannot be meant.
    """
    typed = {
        name: value for name, value in said.items() if value is not None and value != ""
    }
    try:
        return msgspec.convert(typed, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error).replace(" - at `$.", " - in `")) from error


def record_for(station: Station, name: str, sent: Recording) -> None:
    """Record something on an account's behalf, and tell its id."""
    made = asyncio.run(_record(station, name, sent))
    if station.as_json:
        give({"record": made.record, "remark": made.remark})
        return
    tell([made.record])
    if made.remark:
        say(made.remark)


async def _record(station: Station, name: str, sent: Recording) -> Recorded:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        made = await record(
            hub.register, account.viewer(), station.act_for(account), sent
        )
        await hub.seen([made.position])
    return made


def parts(text: str) -> tuple[str, ...]:
    """Take a list apart that is separated by commas."""
    return tuple(text.split(",")) if text else ()
