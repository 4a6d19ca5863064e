"""The pulse: what was waited for before it happened is never missed."""

import asyncio

from foedus.hub import Hub
from foedus.streaming.pulse import Pulse
from tests.api.world import OPEN, publish


async def test_a_publication_wakes_who_waits(hub: Hub) -> None:
    pulse = Pulse(hub)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(pulse.keep())
        await pulse.wait(pulse.ticket(), 5)
        ticket = pulse.ticket()
        await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
        await asyncio.wait_for(ticket.wait(), 5)
        keeping.cancel()


async def test_a_changed_credential_is_seen(hub: Hub) -> None:
    pulse = Pulse(hub)
    before = pulse.credentials
    fin = hub.authenticator.named("fin")
    (stored,) = hub.keyring.tokens.list_of(fin.id)
    hub.keyring.tokens.revoke(fin.id, stored.token_id)
    assert pulse.credentials != before


async def test_nobody_waits_for_ever_where_nobody_keeps_the_pulse(hub: Hub) -> None:
    pulse = Pulse(hub)
    await asyncio.wait_for(pulse.wait(pulse.ticket(), 60), 5)
