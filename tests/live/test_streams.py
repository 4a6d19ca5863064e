"""Streams: what one consumer is sent, until it may follow no longer."""

import secrets
from collections.abc import AsyncIterator

import pytest

from foedus.clock import to_ms
from foedus.errors import RateLimitedError
from foedus.hub import Hub
from foedus.identity.tokens import TokenTerms
from foedus.intel.courses import Ids
from foedus.live import streams as module
from foedus.live.asking import Ask
from foedus.live.pages import Sheets
from foedus.live.streams import Streams
from foedus.streaming.pulse import Pulse
from foedus.streaming.seats import Seat
from tests.api.world import OPEN, World, bearer, publish, suspend
from tests.processes.webhook_world import open_service


@pytest.fixture
def streams(hub: Hub) -> Streams:
    return Streams(hub, Sheets(Ids(secrets.token_bytes(64))), Pulse(hub))


@pytest.fixture
def fin(hub: Hub, founded: World) -> Seat:
    header = bearer(founded.tokens["fin"])["Authorization"].encode()
    return Seat(hub, hub.authenticator.named("fin"), header=header)


def run(streams: Streams, seat: Seat) -> AsyncIterator[bytes]:
    interest, course = streams.start(seat, Ask())
    return streams.run(seat, interest, course, follow=True)


async def event(frames: AsyncIterator[bytes]) -> str:
    frame = (await anext(frames)).decode()
    return next((x for x in frame.splitlines() if x.startswith("event")), frame)


async def test_what_comes_is_sent_until_the_nation_is_suspended(
    hub: Hub, streams: Streams, fin: Seat
) -> None:
    frames = run(streams, fin)
    assert await event(frames) == "retry: 3000\n\n"
    assert await event(frames) == "event: heartbeat"
    await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
    assert await event(frames) == "event: put"
    await suspend(hub, "FIN")
    assert await event(frames) == "event: access-ended"
    assert [frame async for frame in frames] == []


async def test_one_stream_too_many_is_refused_and_an_ended_one_makes_room(
    streams: Streams, fin: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OF_ACCOUNT_MAX", 1)
    frames = run(streams, fin)
    await anext(frames)
    with pytest.raises(RateLimitedError, match="account"):
        streams.check_room(fin.account)
    monkeypatch.setattr(module, "OF_ACCOUNT_MAX", 2)
    monkeypatch.setattr(module, "OF_NATION_MAX", 1)
    with pytest.raises(RateLimitedError, match="nation"):
        streams.check_room(fin.account)
    await frames.aclose()  # type: ignore[attr-defined]  # it is a generator
    streams.check_room(fin.account)


async def test_frames_are_written_once_for_all_of_a_class(
    hub: Hub, streams: Streams, founded: World
) -> None:
    header = bearer(founded.tokens["fin"])["Authorization"].encode()
    account = hub.authenticator.named("fin")
    followers = [run(streams, Seat(hub, account, header=header)) for _ in range(5)]
    for each in followers:
        await anext(each)
        assert await event(each) == "event: heartbeat"
    await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
    told = [await anext(each) for each in followers]
    assert streams.sheets.read == 1
    assert all(each is told[0] for each in told)


async def test_a_program_that_follows_is_known_by_how_far_it_has_come(
    hub: Hub, streams: Streams
) -> None:
    account = await open_service(hub, "siem", "FIN", clearance=1)
    token = hub.keyring.tokens.issue(account.id, TokenTerms(), hub.clock()).reveal()
    seat = Seat(hub, account, header=f"Bearer {token}".encode())
    frames = run(streams, seat)
    for _ in range(2):
        await anext(frames)
    await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
    await anext(frames)
    hub.consumers.write()
    now_ms = to_ms(hub.clock())

    (found,) = hub.consumers.consumers.of_nation(account.nation, now_ms)

    assert (found.account_id, found.door) == (account.id, "live")
    assert (found.until_ms, found.is_open) == (now_ms, True)
    await frames.aclose()  # type: ignore[attr-defined]  # it is a generator
    hub.consumers.write()
    (found,) = hub.consumers.consumers.of_nation(account.nation, now_ms)
    assert not found.is_open
