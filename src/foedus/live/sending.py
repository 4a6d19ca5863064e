"""Sending: an answer that lasts, and how it ends.

- A client that goes is noticed, and nothing more is made for it.
- When the hub stops, streams end of themselves. A client that has not taken its last
  words within `PATIENCE_S` is cut off: the server would wait for it.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from foedus.traffic.connections import Peer, cut_off
from foedus.traffic.stopping import Stopping

PATIENCE_S: Final = 0.5
"""Seconds that a stream has for its last words once the hub stops."""

MEDIA_TYPE: Final = "text/event-stream; charset=utf-8"


class Sender:
    """Sends the streams of one process, and cuts them off at its stop.

    Args:
        stopping: tells that the process stops.
    """

    def __init__(self, stopping: Stopping) -> None:
        self._open: dict[asyncio.Task[None], Peer | None] = {}
        stopping.listen(self._stop)

    def answer(
        self, frames: AsyncIterator[bytes], headers: Mapping[str, str]
    ) -> "Flow":
        """Make the answer that sends frames as they come."""
        return Flow(frames, headers, self._open)

    def _stop(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(PATIENCE_S, _cut_off, dict(self._open))


class Flow:
    """An answer that sends frames until there are no more, or the client goes."""

    def __init__(
        self,
        frames: AsyncIterator[bytes],
        headers: Mapping[str, str],
        sending: dict[asyncio.Task[None], Peer | None],
    ) -> None:
        self._frames = frames
        self._headers = {**headers, "Content-Type": MEDIA_TYPE}
        self._sending = sending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send."""
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send(send))
            leaving = tasks.create_task(_has_left(receive))
            self._sending[sending] = _peer(scope)
            try:
                await asyncio.wait(
                    (sending, leaving), return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                self._sending.pop(sending)
                sending.cancel()
                leaving.cancel()

    async def _send(self, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": HTTPStatus.OK,
                "headers": [
                    (name.lower().encode("ascii"), value.encode("ascii"))
                    for name, value in self._headers.items()
                ],
            }
        )
        async for frames in self._frames:
            await send(_part(frames, more=True))
        await send(_part(b"", more=False))


def _peer(scope: Scope) -> Peer | None:
    """Tell who is at the other end; some servers write the port as text."""
    client = scope.get("client")
    return None if client is None else (str(client[0]), int(client[1]))


def _cut_off(streams: dict[asyncio.Task[None], Peer | None]) -> None:
    for task in streams:
        task.cancel()
    cut_off({peer for peer in streams.values() if peer is not None})


def _part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def _has_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
