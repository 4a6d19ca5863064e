"""`foedus connector`: the connectors of OpenCTI that read from the hub."""

from collections.abc import Callable
from datetime import UTC, datetime

import click

from foedus.cli import spelling
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.errors import InvalidInputError, NotFoundError
from foedus.hub import Hub
from foedus.identity.connectors import BEGINNING, Connector, Connectors

_Verb = Callable[[Connectors, Connector], object]
"""What is done to a connector."""

_as = click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="Whose it is; needed where several accounts have a connector of that id.",
)
_which = click.argument("connector", metavar="ID")


@click.group("connector")
def command() -> None:
    """See how far connectors of OpenCTI have come, and send them elsewhere."""


@command.command("list")
@click.option(
    "--as", "name", metavar="NAME", type=spelling.name, help="Only those of NAME."
)
@on_station
def listing(station: Station, name: str | None) -> None:
    """List connectors, and the last event that each has done with."""
    with station.hub() as hub:
        account = None if name is None else hub.authenticator.named(name).id
        found = hub.keyring.connectors.list_of(account)
        documents = [_document(hub, each) for each in found]
    _answer(station, documents)


@command.command("rewind")
@_which
@click.option(
    "--to",
    "event",
    metavar="EVENT",
    default=BEGINNING,
    show_default=True,
    help="What follows this event comes next; an instant in ms with -0 will do.",
)
@_as
@on_station
def rewind(station: Station, connector: str, event: str, name: str | None) -> None:
    """Send the connector ID to another place; it goes on there once it has restarted.

    One that runs ends itself within a minute, and whatever supervises it starts it.
    """
    _change(station, connector, name, lambda kept, found: kept.move(found, event))


@command.command("skip")
@_which
@_as
@on_station
def skip(station: Station, connector: str, name: str | None) -> None:
    """Let the connector ID pass over the event that follows its last one.

    For an event that the connector fails at whenever it starts.
    """
    _change(station, connector, name, Connectors.skip)


@command.command("stop")
@_which
@_as
@on_station
def stop(station: Station, connector: str, name: str | None) -> None:
    """End the streams of the connector's account, and refuse them until it is started.

    Streams do not say which connector they are of, so give each an account of its own.
    """
    _change(
        station, connector, name, lambda kept, found: kept.stop(found, stopped=True)
    )


@command.command("start")
@_which
@_as
@on_station
def start(station: Station, connector: str, name: str | None) -> None:
    """Let the connector ID, which was stopped, read again."""
    _change(
        station, connector, name, lambda kept, found: kept.stop(found, stopped=False)
    )


def _change(station: Station, connector: str, name: str | None, verb: _Verb) -> None:
    with station.hub() as hub:
        connectors = hub.keyring.connectors
        found = _find(hub, connectors, connector, name)
        verb(connectors, found)
        changed = connectors.find(found.account_id, found.connector_id)
        document = _document(hub, changed)
    _answer(station, [document])


def _find(
    hub: Hub, connectors: Connectors, connector: str, name: str | None
) -> Connector:
    account = None if name is None else hub.authenticator.named(name).id
    found = [
        each
        for each in connectors.list_of(account)
        if each.connector_id == connector.strip()
    ]
    if len(found) > 1:
        raise InvalidInputError(
            "several accounts have a connector of that id; say whose with --as"
        )
    if not found:
        raise NotFoundError(
            "no such connector; 'foedus connector list' tells which there are"
        )
    return found[0]


def _document(hub: Hub, connector: Connector) -> dict[str, object]:
    at = datetime.fromtimestamp(connector.seen_ms / 1_000, UTC)
    return {
        "id": connector.connector_id,
        "name": connector.name,
        "account": hub.keyring.names.of(connector.account_id) or "",
        "last": connector.last,
        "skips_after": connector.skipped,
        "state": _state_of(connector),
        "seen": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _state_of(connector: Connector) -> str:
    if connector.stopped:
        return "stopped"
    return "moved" if connector.moved else "going"


def _answer(station: Station, documents: list[dict[str, object]]) -> None:
    if station.as_json:
        give(documents)
    else:
        shown = ("id", "account", "name", "state", "last", "seen")
        tell(table(tuple(str(each[key]) for key in shown) for each in documents))
