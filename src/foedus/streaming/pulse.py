"""The pulse: wakes every stream of the process when there may be something new.

- One task looks for all: after each commit, and every `LOOK_S` besides.
- What comes within `GATHER_S` wakes once.
- Nobody has a timer of their own: whose time has come is woken at a look.
"""

import asyncio
import math
import time
from contextlib import suppress
from typing import Final

from foedus.errors import UnavailableError
from foedus.hub import Hub

LOOK_S: Final = 0.25
"""Seconds between two looks when nobody rings; also at credentials."""

GATHER_S: Final = 0.04
"""Seconds in which commits are gathered; a person does not notice them. At 50 commits a
second it halves what a thousand consumers cost, and so what they wait."""

ALONE_S: Final = 0.05
"""Seconds between two looks of each stream, where nobody keeps the pulse."""


class Pulse:
    """What streams wait for; one event loop's.

    Args:
        hub: what may have changed.

    Attributes:
        is_stopping: whether streams are to end, since the process stops.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._seen = (-1, -1)
        self._beats = 0
        self._waiting: dict[asyncio.Future[None], float] = {}
        self._is_kept = False
        self.is_stopping = False
        hub.stopping.listen(self.stop)

    @property
    def credentials(self) -> int:
        """A number that changes whenever any credential does."""
        return self._seen[1] if self._is_kept else self._hub.store.version()

    def stop(self) -> None:
        """Wake everybody for the last time: the process stops."""
        self.is_stopping = True
        self._beat()

    def ticket(self) -> int:
        """Give what to wait with; taken before looking, so that nothing is missed."""
        return self._beats

    async def wait(self, ticket: int, until: float) -> None:
        """Wait until there may be something new, or until a time.

        Args:
            ticket: as of before the waiter looked.
            until: of the monotonic clock, in seconds; at most `LOOK_S` and `GATHER_S`
                later it is over.
        """
        if not self._is_kept:
            left_s = max(0.0, until - time.monotonic())
            await asyncio.sleep(min(left_s, ALONE_S))
            return
        if ticket != self._beats:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = until
        try:
            await waiter
        finally:
            self._waiting.pop(waiter, None)

    async def keep(self) -> None:
        """Wake streams for as long as the hub runs."""
        loop = asyncio.get_running_loop()
        rung = asyncio.Event()

        def ring() -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                loop.call_soon_threadsafe(rung.set)

        unlisten = self._hub.log.listen(ring)
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await rung.wait()
                rung.clear()
                await self._look()
                await asyncio.sleep(GATHER_S)
        finally:
            unlisten()
            self._is_kept = False
            self._beat()

    async def _look(self) -> None:
        with suppress(UnavailableError):
            await self._hub.projector.wait(self._hub.log.head(), LOOK_S)
        seen = (self._hub.projector.position(), self._hub.store.version())
        self._is_kept = True
        if seen != self._seen:
            self._seen = seen
            self._beat()
        else:
            self._wake(time.monotonic())

    def _beat(self) -> None:
        self._beats += 1
        self._wake(math.inf)

    def _wake(self, now: float) -> None:
        """Wake whose time has come."""
        for waiter, until in self._waiting.items():
            if until <= now and not waiter.done():
                waiter.set_result(None)
