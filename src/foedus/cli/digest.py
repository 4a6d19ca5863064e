"""`foedus digest`: letters of what came, to people who are not always here."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

import click
import msgspec

from foedus.cli import spelling
from foedus.cli.output import give, say, table, tell
from foedus.cli.station import Station, on_station
from foedus.clock import from_ms, to_ms
from foedus.errors import NotFoundError
from foedus.identity.digests import Digest, Every, Order
from foedus.processes.digest_letters import Letter
from foedus.processes.digest_times import print_minute, read_minute, read_zone
from foedus.processes.digests import compose
from foedus.processes.mailing import check_address

if TYPE_CHECKING:
    from foedus.hub import Hub


class DigestSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A digest, as the operator is told of it.

    Attributes:
        account: the name of the account.
        sent: when the last letter was sent; null for never.
        reason: why the last try failed; empty where it did not.
    """

    account: str
    to: str
    at: str
    zone: str
    every: Every
    paused: bool
    sent: datetime | None
    reason: str


class _Words(TypedDict):
    """The options of `set`."""

    to: str
    at: str
    zone: str | None
    every: str


_name = click.argument("name", type=spelling.name)


@click.group("digest")
def command() -> None:
    """Send letters of what came: counts and links, titles of what is public."""


@command.command("set")
@_name
@click.option("--to", metavar="ADDRESS", required=True, help="Where to.")
@click.option(
    "--at", metavar="HH:MM", default="07:00", show_default=True, help="When, there."
)
@click.option(
    "--zone", metavar="ZONE", help="Where that is; the alliance's zone by default."
)
@click.option(
    "--every",
    type=click.Choice([each.value for each in Every]),
    default=Every.DAY.value,
    show_default=True,
    help="How often; weekly on Mondays.",
)
@on_station
def order(station: Station, name: str, **words: Unpack[_Words]) -> None:
    """Send NAME a letter of what came, from now on."""
    with station.hub() as hub:
        asked = Order(
            address=check_address(words["to"]),
            minute=read_minute(words["at"]),
            zone=read_zone(words["zone"] or hub.alliance.timezone),
            every=Every(words["every"]),
        )
        account = hub.authenticator.named(name)
        hub.keyring.digests.set(account.id, asked, at_ms=to_ms(station.clock()))
        if hub.settings.mail.host is None:
            say("No letters are sent until the setting mail.host names a mail server.")
        _answer(station, hub, _find(hub, name))


@command.command("list")
@on_station
def listing(station: Station) -> None:
    """List who gets letters, where and when."""
    with station.hub() as hub:
        found = [_sheet(hub, each) for each in hub.keyring.digests.every()]
    if station.as_json:
        give(found)
    else:
        tell(table(_row(each) for each in found))


@command.command("remove")
@_name
@on_station
def remove(station: Station, name: str) -> None:
    """Send NAME no letters any more."""
    with station.hub() as hub:
        hub.keyring.digests.remove(hub.authenticator.named(name).id)
    if station.as_json:
        give({"removed": name})


@command.command("pause")
@_name
@on_station
def pause(station: Station, name: str) -> None:
    """Send NAME nothing for a while."""
    _pause(station, name, paused=True)


@command.command("resume")
@_name
@on_station
def resume(station: Station, name: str) -> None:
    """Send NAME letters again; the first one counts what came meanwhile."""
    _pause(station, name, paused=False)


@command.command("show")
@_name
@on_station
def show(station: Station, name: str) -> None:
    """Print the letter that NAME would be sent now."""
    with station.hub() as hub:
        _, letter = compose(hub.digest_desk, _find(hub, name), station.clock())
    _print(station, letter)


def _pause(station: Station, name: str, *, paused: bool) -> None:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        hub.keyring.digests.pause(account.id, paused=paused)
        _answer(station, hub, _find(hub, name))


def _print(station: Station, letter: Letter) -> None:
    if station.as_json:
        give(letter)
    else:
        tell([letter.subject, "", letter.text.rstrip("\n")])


def _find(hub: "Hub", name: str) -> Digest:
    found = hub.keyring.digests.find(hub.authenticator.named(name).id)
    if found is None:
        raise NotFoundError(f"{name} has no digest; see 'foedus digest set'")
    return found


def _answer(station: Station, hub: "Hub", digest: Digest) -> None:
    told = _sheet(hub, digest)
    if station.as_json:
        give(told)
    else:
        tell(table([_row(told)]))


def _sheet(hub: "Hub", digest: Digest) -> DigestSheet:
    return DigestSheet(
        account=hub.keyring.names.of(digest.account_id) or "",
        to=digest.address,
        at=print_minute(digest.minute),
        zone=digest.zone,
        every=digest.every,
        paused=bool(digest.paused),
        sent=None if digest.sent_ms is None else from_ms(digest.sent_ms),
        reason=digest.reason,
    )


def _row(each: DigestSheet) -> tuple[str, ...]:
    when = f"every {each.every} at {each.at} {each.zone}"
    return (each.account, each.to, when, "paused" if each.paused else "", each.reason)
