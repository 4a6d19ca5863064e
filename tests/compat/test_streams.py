"""Streams: what one connector is sent, until it may read no longer."""

import re
from collections.abc import AsyncGenerator

import pytest

from foedus.compat import streams as module
from foedus.compat.asking import Ask
from foedus.compat.ids import EventId
from foedus.compat.reading import Journey
from foedus.compat.streams import LIVE, Stream, Streams
from foedus.errors import GoneError, RateLimitedError, UnauthorizedError
from foedus.hub import Hub
from foedus.intel.places import BEGINNING as PLACE
from foedus.streaming.pulse import Pulse
from foedus.streaming.seats import Seat
from tests.api.world import OPEN, World, bearer, publish, suspend


@pytest.fixture
def streams(hub: Hub) -> Streams:
    return Streams(hub, Pulse(hub))


@pytest.fixture
def fin(hub: Hub, founded: World) -> Seat:
    token = founded.tokens["fin"]
    header = bearer(token)["Authorization"].encode()
    return Seat(hub, hub.authenticator.bearer(token), header=header)


async def begin(
    streams: Streams, seat: Seat, ask: Ask | None = None
) -> AsyncGenerator[bytes]:
    ask = ask or Ask()
    stream, journey = await streams.start(seat, "live", ask)
    frames = streams.run(seat, stream, journey, ask)
    assert isinstance(frames, AsyncGenerator)
    assert b"connected" in await anext(frames)
    return frames


async def event(frames: AsyncGenerator[bytes]) -> str:
    return ",".join(re.findall("event: (.+)", (await anext(frames)).decode()))


async def test_what_comes_is_sent_until_the_nation_is_suspended(
    hub: Hub, streams: Streams, fin: Seat
) -> None:
    frames = await begin(streams, fin)
    assert await event(frames) == "heartbeat"
    await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
    assert await event(frames) == "create"
    await suspend(hub, "FIN")
    assert [each async for each in frames] == []
    with pytest.raises(UnauthorizedError):
        await streams.start(fin, "live", Ask())


async def test_one_that_is_stopped_ends_and_is_refused(
    hub: Hub, streams: Streams, fin: Seat
) -> None:
    frames = await begin(streams, fin)
    connectors = hub.keyring.connectors
    found = connectors.register(fin.account.id, "one", "One", at_ms=1)
    connectors.stop(found, stopped=True)
    assert [each async for each in frames] == []
    with pytest.raises(GoneError):
        await streams.start(fin, "live", Ask())


async def test_a_hub_that_stops_says_when_to_come_back(
    hub: Hub, streams: Streams, fin: Seat
) -> None:
    frames = await begin(streams, fin)
    assert await event(frames) == "heartbeat"
    hub.stopping.stop()
    assert [each async for each in frames] == [b"retry: 30000\n\n"]


async def test_events_come_one_by_one_where_that_is_wanted(
    hub: Hub, streams: Streams, fin: Seat
) -> None:
    pol = hub.authenticator.named("pol")
    for number in (1, 2):
        await publish(hub, pol, OPEN, number)
    frames = await begin(streams, fin, Ask(delay_ms=1))
    assert [await event(frames), await event(frames)] == ["create", "create"]
    at_once = await begin(streams, fin)
    assert await event(at_once) == "create,create"
    [one, other] = sorted(streams._open)  # noqa: SLF001 - its names
    streams.delay(fin.account, one, 5)
    mda = hub.authenticator.named("mda")
    with pytest.raises(UnauthorizedError):
        streams.delay(mda, other, 5)


async def test_one_stream_too_many_is_refused_and_an_ended_one_makes_room(
    streams: Streams, fin: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OF_ACCOUNT_MAX", 1)
    frames = await begin(streams, fin)
    with pytest.raises(RateLimitedError):
        await streams.start(fin, "live", Ask())
    await frames.aclose()
    await streams.start(fin, "live", Ask())


async def test_a_token_that_is_revoked_ends_its_stream(
    hub: Hub, streams: Streams, fin: Seat
) -> None:
    frames = await begin(streams, fin)
    assert await event(frames) == "heartbeat"
    [token] = hub.keyring.tokens.list_of(fin.account.id)
    hub.keyring.tokens.revoke(fin.account.id, token.token_id)
    assert [each async for each in frames] == []


@pytest.mark.usefixtures("lagging")
async def test_a_node_that_lags_behind_sends_heartbeats_and_nothing_else(
    streams: Streams, fin: Seat
) -> None:
    live = Stream(id=LIVE, name="Live", description="")
    journey = Journey(place=PLACE, last=EventId(5, 5))
    frames = streams.run(fin, live, journey, Ask(follow=False))
    assert b"connected" in await anext(frames)
    assert (await anext(frames)).startswith(b"id: 5-5\nevent: heartbeat\n")
