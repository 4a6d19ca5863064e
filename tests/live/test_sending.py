"""Sending: until the frames end, the client goes or the hub stops."""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Message

from foedus.live.sending import Sender
from foedus.traffic.stopping import Stopping

SCOPE = {"type": "http"}


class Client:
    """What a server is to an application, for one client."""

    def __init__(self) -> None:
        self.told: list[bytes] = []
        self.left = asyncio.Event()
        self.takes = asyncio.Event()
        self.takes.set()
        self.more = asyncio.Condition()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.takes.wait()
        self.told.append(message.get("body", b""))
        async with self.more:
            self.more.notify_all()


class Frames:
    """Frames that end when they are told to."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.closed = False

    async def __call__(self) -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await self.end.wait()
            yield b"last"
        finally:
            self.closed = True


async def told(client: Client, count: int) -> None:
    async with asyncio.timeout(5), client.more:
        await client.more.wait_for(lambda: len(client.told) >= count)


async def test_frames_are_sent_until_they_end() -> None:
    client, frames = Client(), Frames()
    frames.end.set()
    flow = Sender(Stopping()).answer(frames(), {})
    await flow(SCOPE, client.receive, client.send)
    assert client.told == [b"", b"first", b"last", b""]


async def test_nothing_more_is_made_for_a_client_that_has_gone() -> None:
    client, frames = Client(), Frames()
    flow = Sender(Stopping()).answer(frames(), {})
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(flow(SCOPE, client.receive, client.send))
        await told(client, 2)
        client.left.set()
    assert client.told == [b"", b"first"]
    assert frames.closed


async def test_who_does_not_take_the_last_words_is_cut_off() -> None:
    client, frames, stopping = Client(), Frames(), Stopping()
    flow = Sender(stopping).answer(frames(), {})
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(flow(SCOPE, client.receive, client.send))
        await told(client, 2)
        client.takes.clear()
        frames.end.set()
        stopping.stop()
    assert client.told == [b"", b"first"]
