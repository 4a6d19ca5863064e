"""Decisions for tests: delegates, drafts, acts, and time that passes.

For hubs of `tests.api.world`; whoever uses it imports the fixture `delegates`.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from foedus.clock import StoppedClock, to_ms
from foedus.decisions.events import CHANNEL, ChannelReachable
from foedus.eventlog.envelope import Act, Append
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.releasability.viewers import Role
from tests.api.world import FOUNDER, NOON, PASSWORD, Client, Clients, bearer

DECISIONS = "/api/v1/decisions"
UNKNOWN = f"{DECISIONS}/decision--{'0' * 8}-0000-4000-8000-{'0' * 12}"
UNTIL = "2026-11-25 16:00 Europe/Brussels"
TO_ALL = "NATO UNCLASSIFIED // REL TO NATO, MDA"
INVITED = {
    "kind": "status",
    "nation": "MDA",
    "status": "invitee",
    "since": "2026-11-23",
}


def draft(
    *effects: dict[str, Any],
    label: str = TO_ALL,
    of: tuple[str, ...] = ("FIN", "POL"),
    title: str = "A watch",
    decides: str = "to keep watch",
) -> dict[str, Any]:
    return {
        "text": {
            "title": title,
            "label": label,
            "forum": {"name": "Some", "of": list(of)},
            "paragraphs": [{"verb": "decides", "text": decides}],
            "effects": list(effects or (INVITED,)),
        }
    }


async def open_delegate(hub: Hub, nation: str) -> dict[str, str]:
    """Open an account that speaks for a nation; gives the headers that name it."""
    opening = Opening(
        name=f"{nation.lower()}-delegate",
        nation=nation,
        roles=frozenset({Role.READER, Role.DELEGATE}),
    )
    opened = await open_account(
        hub.registry,
        opening,
        Secret(PASSWORD),
        alliance=hub.alliance,
        act=Act(who=FOUNDER, at=NOON),
    )
    return bearer(hub.keyring.tokens.issue(opened.account, TokenTerms(), NOON).reveal())


@pytest.fixture
async def delegates(hub: Hub, clients: Clients) -> dict[str, Client]:
    found = {
        nation: Client(clients.desk.http, await open_delegate(hub, nation))
        for nation in ("FIN", "POL", "MDA")
    }
    await hub.seen([hub.log.head()])
    return found


async def drafted(client: Client, sent: dict[str, Any]) -> str:
    """Draft a text; gives the path of the decision."""
    response = await client.post(DECISIONS, sent)
    assert response.status_code == 201, response.text
    return f"{DECISIONS}/{response.json()['decision']}"


async def do(client: Client, path: str, act: str, **words: object) -> Any:  # noqa: ANN401
    response = await client.post(f"{path}/acts", {"move": {"act": act, **words}})
    assert response.status_code == 200, response.text
    return response.json()


async def pass_time(hub: Hub, clock: StoppedClock, hours: float) -> None:
    """Let time pass in which silence could be broken throughout."""
    since_ms = to_ms(clock())
    clock.advance(timedelta(hours=hours))
    position = await hub.log.append(
        Append(
            event_id=UUID(int=since_ms),
            stream=CHANNEL,
            event=ChannelReachable(since_ms=since_ms, until_ms=to_ms(clock())),
            who=FOUNDER,
        )
    )
    await hub.seen([position])


async def silence_ends(
    hub: Hub, clock: StoppedClock, client: Client, sent: dict[str, Any]
) -> str:
    """Draft a text, circulate it, and let silence end; nothing is settled yet."""
    path = await drafted(client, sent)
    await do(client, path, "circulate", until=UNTIL)
    await pass_time(hub, clock, 51.1)
    return path


__all__ = ["delegates"]
