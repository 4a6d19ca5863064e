import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message

from foedus.alliance.statuses import Status
from foedus.errors import UnavailableError
from foedus.hub import Hub
from foedus.identity.commands import close_account
from foedus.processes.demo_told import Line, say
from foedus.web.composer import Draft, publish
from foedus.web.frame import Site, seats
from foedus.web.rendering import Renderer
from foedus.web.worlds_live import STREAMS_MAX, Worlds

TIMEOUT_S = 10


def _request() -> Request:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nobody hangs up")

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/worlds/events",
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 8440),
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1:8440")],
    }
    return Request(scope, receive)


@pytest.fixture
def site(hub: Hub) -> Site:
    return Site(hub=hub, renderer=Renderer())


async def _open(worlds: Worlds, site: Site) -> AsyncIterator[bytes]:
    response = await worlds.events(site, _request())
    assert isinstance(response, StreamingResponse)
    stream = aiter(response.body_iterator)
    assert await anext(stream) == b"retry: 1000\n\n"
    return stream  # type: ignore[return-value]  # ours yields bytes only


async def _parts(stream: AsyncIterator[bytes]) -> dict[str, str]:
    async with asyncio.timeout(TIMEOUT_S):
        news = await anext(stream)
    events = [
        orjson.loads(line.removeprefix("data: "))
        for line in news.decode().splitlines()
        if line.startswith("data: ")
    ]
    return {event["id"]: event["html"] for event in events}


async def test_a_stream_begins_with_every_part(site: Site) -> None:
    parts = await _parts(await _open(Worlds(site), site))

    columns = {f"world-{place}" for place in range(4)}
    assert columns | {"ledger", "marking-top", "said", "reaches"} <= parts.keys()


async def test_afterwards_only_what_changed_is_sent(hub: Hub, site: Site) -> None:
    stream = await _open(Worlds(site), site)
    await _parts(stream)
    accounts = seats(hub, _request())
    draft = Draft(seat="norway", domain="fresh.example", label="members")

    await publish(hub, accounts, draft)
    parts = await _parts(stream)

    assert {"world-0", "world-1", "total-0", "total-1", "ledger"} == parts.keys()
    assert "fresh[.]example" in parts["world-0"]


async def test_no_more_than_the_limit_watch_at_a_time(site: Site) -> None:
    worlds = Worlds(site)
    streams = [await _open(worlds, site) for _ in range(STREAMS_MAX)]

    with pytest.raises(UnavailableError):
        await worlds.events(site, _request())
    assert len(streams) == STREAMS_MAX


async def test_a_stream_ends_when_a_seat_is_closed(hub: Hub, site: Site) -> None:
    stream = await _open(Worlds(site), site)
    await _parts(stream)
    account = hub.authenticator.named("sweden")
    act = hub.act(account, door="test", at=hub.clock())

    position = await close_account(hub.registry, account.id, act=act)
    await hub.seen([position])

    with pytest.raises(StopAsyncIteration):
        async with asyncio.timeout(TIMEOUT_S):
            await anext(stream)


async def test_what_is_said_is_sent_although_nothing_was_published(
    hub: Hub, site: Site
) -> None:
    stream = await _open(Worlds(site), site)
    await _parts(stream)

    say(hub.store, Line(at=hub.clock(), act="Act 1", text="Nothing <b>moves</b>."))
    parts = await _parts(stream)

    assert parts.keys() == {"said"}
    assert "Nothing &lt;b&gt;moves&lt;/b&gt;." in parts["said"]


async def test_a_change_of_status_changes_the_head_of_the_column(
    hub: Hub, site: Site
) -> None:
    stream = await _open(Worlds(site), site)
    await _parts(stream)
    duty = hub.authenticator.named("duty")
    act = hub.act(duty, door="test", at=hub.clock())

    await hub.change_status(
        duty, act, "XIL", status=Status.SUSPENDED, since=act.at.date()
    )
    parts = await _parts(stream)

    assert "Suspended since" in parts["sentence-3"]
    assert "suspended" in parts["token-3"]
    assert "Nothing is visible to Illustria" in parts["world-3"]
