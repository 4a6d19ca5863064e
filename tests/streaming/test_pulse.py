"""The pulse: what was waited for before it happened is never missed."""

import asyncio
import math
import time

import pytest

from foedus.hub import Hub
from foedus.streaming.pulse import Pulse
from tests.api.world import OPEN, publish

LONG = math.inf


async def test_a_publication_wakes_who_waits(hub: Hub) -> None:
    pulse = Pulse(hub)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(pulse.keep())
        await pulse.wait(pulse.ticket(), LONG)  # until somebody keeps it
        waiting = tasks.create_task(pulse.wait(pulse.ticket(), LONG))
        await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
        await asyncio.wait_for(waiting, 5)
        keeping.cancel()


async def test_what_happens_between_ticket_and_waiting_is_not_missed(hub: Hub) -> None:
    pulse = Pulse(hub)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(pulse.keep())
        await pulse.wait(pulse.ticket(), LONG)
        ticket = pulse.ticket()
        early = tasks.create_task(pulse.wait(ticket, LONG))
        await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
        await asyncio.wait_for(early, 5)
        await asyncio.wait_for(pulse.wait(ticket, LONG), 5)
        keeping.cancel()


async def test_who_waits_until_a_time_waits_hardly_longer(hub: Hub) -> None:
    pulse = Pulse(hub)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(pulse.keep())
        await pulse.wait(pulse.ticket(), LONG)
        early = tasks.create_task(pulse.wait(pulse.ticket(), time.monotonic()))
        late = tasks.create_task(pulse.wait(pulse.ticket(), LONG))
        await asyncio.wait_for(early, 5)
        assert not late.done()
        late.cancel()
        keeping.cancel()


async def test_who_goes_is_waited_for_no_longer(hub: Hub) -> None:
    pulse = Pulse(hub)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(pulse.keep())
        await pulse.wait(pulse.ticket(), LONG)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pulse.wait(pulse.ticket(), LONG), 0.01)
        pulse.stop()
        await asyncio.wait_for(pulse.wait(pulse.ticket() - 1, LONG), 5)
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
    await asyncio.wait_for(pulse.wait(pulse.ticket(), LONG), 5)
