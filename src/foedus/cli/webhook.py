"""`foedus webhook`: post to a receiver, as it comes, what a service may see."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import click

from foedus.cli import spelling
from foedus.cli.output import give, say, table, tell
from foedus.cli.station import Station, on_station
from foedus.identity.webhooks import Webhook, Webhooks, own
from foedus.intel.sieves import CONFIDENCE_MAX
from foedus.processes.webhook_registering import Application, register, try_out
from foedus.processes.webhook_sheets import (
    Tried,
    WebhookMade,
    WebhookSheet,
    known_to,
    made_sheet,
    sheet,
)

if TYPE_CHECKING:
    from foedus.hub import Hub

REFUSED: Final = 1
"""The exit code where a test was not taken."""


class _Words(TypedDict):
    """The options of `add`."""

    ceiling: str
    own_system: bool
    kinds: str
    types: str
    collections: str
    labels: tuple[str, ...]
    confidence_min: int
    pattern: str
    snapshot: bool


_as_owner = click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="Only if it is one that NAME may know of; any by default.",
)
_id = click.argument("webhook_id", metavar="ID")


@click.group("webhook")
def command() -> None:
    """Post to a receiver, as it comes, what a service may see."""


@command.command("add")
@click.argument("url", metavar="URL")
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="The service whose webhook it is.",
)
@click.option(
    "--ceiling", metavar="LEVEL", required=True, help="Nothing above it is sent."
)
@click.option(
    "--own-system",
    is_flag=True,
    help="The receiver is a system of NAME's nation: send what may not be passed on.",
)
@click.option(
    "--kind",
    "kinds",
    metavar="K[,K…]",
    help="Only such news.",
    type=spelling.listed,
    default="",
)
@click.option(
    "--type",
    "types",
    metavar="T[,T…]",
    help="Only such objects.",
    type=spelling.listed,
    default="",
)
@click.option(
    "--collection",
    "collections",
    metavar="ALIAS[,ALIAS…]",
    help="Only of these collections.",
    type=spelling.listed,
    default="",
)
@click.option(
    "--label",
    "labels",
    metavar="TEXT",
    multiple=True,
    help="Only up to this level, or with exactly this label; several times for more.",
)
@click.option(
    "--confidence-min",
    metavar="N",
    type=click.IntRange(0, CONFIDENCE_MAX),
    default=0,
    help="Only objects as sure as this.",
)
@click.option(
    "--pattern", metavar="P", default="", help="Only what this STIX pattern asks for."
)
@click.option("--snapshot", is_flag=True, help="Begin with what there is.")
@on_station
def add(station: Station, url: str, name: str, **words: Unpack[_Words]) -> None:
    """Post to URL what NAME may see, as it comes.

    The secret with which each message is signed is printed once.
    """
    application = Application(
        url=url,
        ceiling=words["ceiling"],
        own_system=words["own_system"],
        kinds=_split(words["kinds"]),
        types=_split(words["types"]),
        collections=_split(words["collections"]),
        labels=words["labels"],
        confidence_min=words["confidence_min"],
        pattern=words["pattern"],
        snapshot=words["snapshot"],
    )
    made = asyncio.run(_add(station, name, application))
    if station.as_json:
        give(made)
        return
    tell([f"webhook  {made.id}", f"secret   {made.secret}"])
    say("The secret is not shown again. Try it: foedus webhook test " + made.id)


@command.command("list")
@_as_owner
@on_station
def listing(station: Station, name: str | None) -> None:
    """List webhooks: whose, where to, and how they fare."""
    with station.hub() as hub:
        alliance = hub.alliance
        found = [sheet(each, hub.keyring, alliance) for each in _known(hub, name)]
    if station.as_json:
        give(found)
    else:
        tell(table(_row(each) for each in found))


@command.command("remove")
@_id
@_as_owner
@on_station
def remove(station: Station, webhook_id: str, name: str | None) -> None:
    """Forget the webhook ID with its secret."""
    with station.hub() as hub:
        hub.keyring.webhooks.remove(own(_known(hub, name), webhook_id).id)
    if station.as_json:
        give({"removed": webhook_id})


@command.command("pause")
@_id
@_as_owner
@on_station
def pause(station: Station, webhook_id: str, name: str | None) -> None:
    """Send nothing by the webhook ID until it is resumed."""
    _change(station, webhook_id, name, Webhooks.pause)


@command.command("resume")
@_id
@_as_owner
@on_station
def resume(station: Station, webhook_id: str, name: str | None) -> None:
    """Let the webhook ID go on from where it was, without a gap."""
    _change(station, webhook_id, name, Webhooks.resume)


@command.command("test")
@_id
@_as_owner
@on_station
@click.pass_context
def test(
    context: click.Context, station: Station, webhook_id: str, name: str | None
) -> None:
    """Send a message that holds nothing, and say what became of it."""
    with station.hub() as hub:
        webhook = own(_known(hub, name), webhook_id)
        answer = asyncio.run(try_out(hub.dispatch, webhook, at=station.clock()))
    tried = Tried(
        taken=not answer.failure, status=answer.status or None, reason=answer.failure
    )
    if station.as_json:
        give(tried)
    else:
        tell(["taken" if tried.taken else f"not taken: {tried.reason}"])
    if not tried.taken:
        context.exit(REFUSED)


async def _add(station: Station, name: str, application: Application) -> WebhookMade:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        made, secret = await register(
            hub.dispatch, account, application, at=station.clock()
        )
        return made_sheet(made, secret, hub.keyring, hub.alliance)


def _change(
    station: Station,
    webhook_id: str,
    name: str | None,
    verb: Callable[[Webhooks, str], None],
) -> None:
    with station.hub() as hub:
        webhooks = hub.keyring.webhooks
        verb(webhooks, own(_known(hub, name), webhook_id).id)
        changed = sheet(webhooks.find(webhook_id), hub.keyring, hub.alliance)
    if station.as_json:
        give(changed)
    else:
        tell(table([_row(changed)]))


def _known(hub: "Hub", name: str | None) -> list[Webhook]:
    if name is None:
        return hub.keyring.webhooks.every()
    return known_to(hub.authenticator.named(name), hub.keyring, hub.alliance)


def _row(each: WebhookSheet) -> tuple[str, ...]:
    return (
        each.id,
        each.state,
        each.account,
        each.nation,
        f"up to {each.ceiling}",
        each.url,
        each.reason,
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()
