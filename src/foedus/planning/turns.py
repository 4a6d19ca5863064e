"""Nations take turns: one nation's work never keeps another's from its turn.

- At most so many run at once, and of one nation fewer, where there is more than one.
- Each nation has a queue of its own; when something ends, the next nation that waits is
  asked, whichever has how many waiting.
- A queue that is full answers at once, to that nation alone.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from foedus.errors import RateLimitedError

RETRY_AFTER_S = 10
"""When a nation whose queue is full may ask again."""


READ_AT_ONCE: Final = 2
"""Dossiers that are read at once, one of each nation: what opens is counted in some 2 s
of a core for a million objects."""

READ_WAITING_MAX: Final = 4
"""Dossiers of one nation that may wait to be read, as many as plans."""


class Turns:
    """Who runs and who waits.

    Args:
        at_once: how many may run.
        waiting_max: how many of one nation may wait.
        what: they are called, in the refusal of one too many.
    """

    def __init__(self, at_once: int, waiting_max: int, what: str = "plans") -> None:
        self._what = what
        self._at_once = at_once
        self._of_one = max(1, at_once - 1)
        self._waiting_max = waiting_max
        self._running: Counter[str] = Counter()
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}

    def waiting(self, nation: str) -> int:
        """Tell how much of a nation waits."""
        return len(self._queues.get(nation, ()))

    @asynccontextmanager
    async def turn(self, nation: str) -> AsyncIterator[None]:
        """Wait for a nation's turn, and keep it until the end of the block.

        Raises:
            RateLimitedError: too much of this nation waits already.
        """
        await self._take(nation)
        try:
            yield
        finally:
            self._leave(nation)

    async def _take(self, nation: str) -> None:
        if self.waiting(nation) >= self._waiting_max:
            raise RateLimitedError(
                f"{self._waiting_max} {self._what} of your nation wait already; "
                "wait for one or cancel one",
                retry_after_s=RETRY_AFTER_S,
            )
        mine = asyncio.get_running_loop().create_future()
        self._queues.setdefault(nation, deque()).append(mine)
        self._wake()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._leave(nation)  # the turn had just come
            else:
                self._forget(nation, mine)
            raise

    def _leave(self, nation: str) -> None:
        self._running[nation] -= 1
        self._wake()

    def _forget(self, nation: str, mine: asyncio.Future[None]) -> None:
        queue = self._queues[nation]
        queue.remove(mine)
        if not queue:
            del self._queues[nation]

    def _wake(self) -> None:
        """Give what is free to the nations that wait, one after another."""
        for nation in list(self._queues):
            if self._running.total() >= self._at_once:
                return
            if self._running[nation] >= self._of_one:
                continue
            queue = self._queues.pop(nation)
            queue.popleft().set_result(None)
            self._running[nation] += 1
            if queue:
                self._queues[nation] = queue  # behind the others now


def reading_turns() -> Turns:
    """Make the turns in which a hub reads for dossiers."""
    return Turns(READ_AT_ONCE, READ_WAITING_MAX, "dossiers")
