"""The API's world with a service of Finland that has a webhook, and its receiver."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import msgspec
import orjson

from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.accounts import Account, Holder
from foedus.identity.commands import close_account, open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.identity.webhooks import Webhook
from foedus.processes.webhook_posting import Poster
from foedus.processes.webhook_registering import Application, register
from foedus.processes.webhooks import Courier, Dispatch
from foedus.releasability.viewers import Role
from foedus.settings import Webhooks as WebhookSettings
from tests.api.world import FOUNDER, NOON, OPEN
from tests.leaks.proofs import thing
from tests.processes.receiver import Receiver, here

PUBLIC = "NATO UNCLASSIFIED // PUBLIC"
RESTRICTED = "NATO RESTRICTED // REL TO FIN, POL"
KEPT = "NATO UNCLASSIFIED // REL TO FIN, POL // NO ONWARD RELEASE"
LOCAL = WebhookSettings(networks=("127.0.0.0/8",), allow_http=True)


def dispatch_of(hub: Hub) -> Dispatch:
    """Let a hub send to this machine."""
    return msgspec.structs.replace(hub.dispatch, settings=LOCAL)


def courier_of(hub: Hub, *addresses: str) -> Courier:
    """Give what one process sends, where every name is this machine's."""
    dispatch = dispatch_of(hub)
    return Courier(dispatch, Poster(dispatch.policy, None, here(*addresses)))


async def open_service(hub: Hub, name: str, nation: str, *, clearance: int) -> Account:
    """Open the account of a service."""
    opened = await open_account(
        hub.registry,
        Opening(
            name=name,
            nation=nation,
            roles=frozenset({Role.READER, Role.PUBLISHER}),
            clearance=clearance,
            holder=Holder.SERVICE,
        ),
        TokenTerms(),
        alliance=hub.alliance,
        act=Act(who=FOUNDER, at=hub.clock()),
    )
    await hub.seen([opened.position])
    return hub.authenticator.named(name)


async def add_webhook(
    hub: Hub,
    receiver: Receiver,
    account: Account,
    **more: Any,  # noqa: ANN401
) -> tuple[Webhook, Secret]:
    """Let an account have a webhook, from now on, up to RESTRICTED."""
    terms = {"url": f"http://siem.example:{receiver.port}/in", "ceiling": "NR", **more}
    application = Application(**terms)
    return await register(dispatch_of(hub), account, application, at=hub.clock())


async def put(
    hub: Hub, number: int, text: str = PUBLIC, *, to: str = OPEN, **more: str
) -> str:
    """Let Poland's service publish a tool under a marking."""
    [stix_id] = await _publish(hub, thing(_tool(number), text, **more), to)
    return stix_id


async def put_many(hub: Hub, count: int) -> list[str]:
    """Let Poland's service publish tools for everybody at once."""
    things = [thing(_tool(number))[0] for number in range(count)]
    return await _publish(hub, things, OPEN)


async def _publish(hub: Hub, things: list[dict[str, Any]], to: str) -> list[str]:
    account = hub.authenticator.named("pol-tool")
    act = hub.act(account, door="taxii", at=NOON - timedelta(minutes=1))
    place = hub.reading.collection(account.viewer(), to)
    objects = [orjson.dumps(each) for each in things]
    outcomes = await hub.publish(account, act, place.id, objects)
    assert outcomes[-1].outcome == "stored", outcomes
    return [each.id for each in outcomes if each.id.startswith("tool--")]


def _tool(number: int) -> str:
    return f"tool--{uuid.UUID(int=number, version=4)}"


def tools(receiver: Receiver) -> list[tuple[str, str]]:
    """Give what came of tools: event and id."""
    return [
        (each["event"], each["id"])
        for each in receiver.changes
        if each["id"].startswith("tool--")
    ]


async def close(hub: Hub, account: Account) -> None:
    """Close an account in the log alone, as a process does that dies after it."""
    act = Act(who=FOUNDER, at=hub.clock())
    kept = hub.keyring.webhooks.of_account(account.id)
    position = await close_account(hub.registry, account.id, act=act)
    await hub.seen([position])
    assert hub.keyring.webhooks.of_account(account.id) == []
    for each in kept:
        hub.store.write(_PUT_BACK, dict(zip(_COLUMNS, _row(each), strict=True)))


_COLUMNS = (
    "webhook_id", "account_id", "nation", "url", "secret", "ceiling", "own_system",
    "wanted", "made_ms", "state", "reason", "place", "placed_ms", "delivered_ms",
    "failures", "failing_ms", "next_ms",
)  # fmt: skip

_PUT_BACK = (
    f"INSERT INTO webhook ({', '.join(_COLUMNS)}) "  # noqa: S608 - names of ours
    f"VALUES ({', '.join(f':{each}' for each in _COLUMNS)})"
)


def _row(webhook: Webhook) -> tuple[Any, ...]:
    return tuple(
        str(each) if isinstance(each, str) else each
        for each in msgspec.structs.astuple(webhook)
    )


async def until(event: asyncio.Event) -> None:
    """Wait for something that has to happen."""
    async with asyncio.timeout(10):
        await event.wait()
