"""Turns: how many requests of a nation are worked on at once.

- A nation below `at_once` never waits; beyond it, its requests wait in its own line,
  first come first served, and beyond `waiting` they are refused.
- So what others of one worker wait for, whoever floods it, is at the most `at_once`
  short pieces of work, and never a place.
- Whoever is cancelled leaves the line.
"""

import asyncio
from collections import deque
from typing import Final

from foedus.errors import RateLimitedError

RETRY_AFTER_S: Final = 1
"""Seconds after which to come back: a line moves within one."""


class _Nation:
    __slots__ = ("line", "working")

    def __init__(self) -> None:
        self.working = 0
        self.line: deque[asyncio.Future[None]] = deque()


class Turns:
    """The lines of one worker; belongs to its event loop.

    Args:
        at_once: requests of one nation that are worked on at once.
        waiting: further ones that may wait.
    """

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._at_once = at_once
        self._waiting = waiting
        self._nations: dict[str, _Nation] = {}

    def begin(self, nation: str) -> bool:
        """Begin at once, if it is the nation's turn.

        Returns:
            Whether it is; if not, `wait` for it.
        """
        found = self._nations.get(nation)
        if found is None:
            found = self._nations[nation] = _Nation()
        if found.working >= self._at_once:
            return False
        found.working += 1
        return True

    async def wait(self, nation: str) -> None:
        """Wait for the turn and begin.

        Raises:
            RateLimitedError: too many of this nation wait already.
        """
        found = self._nations[nation]
        if len(found.line) >= self._waiting:
            raise RateLimitedError(
                f"{self._waiting} requests of your nation wait already; ask with "
                "fewer connections, or come back",
                retry_after_s=RETRY_AFTER_S,
            )
        turn = asyncio.get_running_loop().create_future()
        found.line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.end(nation)  # it was given, and nobody is there to take it
            else:
                found.line.remove(turn)
            raise

    def end(self, nation: str) -> None:
        """End what was begun, and let the next one in."""
        found = self._nations[nation]
        while found.line:
            turn = found.line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        found.working -= 1
        if not found.working:
            del self._nations[nation]

    def figures(self) -> tuple[int, int]:
        """Count the requests that are worked on, and those that wait."""
        nations = self._nations.values()
        return sum(each.working for each in nations), sum(
            len(each.line) for each in nations
        )
