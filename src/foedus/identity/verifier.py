"""Verifying passwords off the event loop, one by one, in a bounded queue.

- Each nation has a line of its own, and the lines take turns: when a thousand programs
  of one sign in at once, those of another wait for a few verifications, not for all.
- At most `QUEUE_MAX` wait, and of one address `OF_ONE_ADDRESS_MAX`; more get an answer
  at once instead of a place. Where the queue is full, the longest line gives one up to
  a shorter.
- A credential that was right before always finds a place, at the head of its line, so
  that guessers keep nobody out who was in.
- Many who bring the same credential at the same moment share one verification.
- Hashing gives way to the event loops where it can: who is signed in comes first.
"""

import asyncio
import os
import sys
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from foedus.errors import RateLimitedError, UnavailableError

QUEUE_MAX: Final = 128
"""Verifications under way. At 30 ms each the last one waits for two to four seconds."""

OF_ONE_ADDRESS_MAX: Final = 32
"""Verifications for one address, so that it cannot fill the queue alone."""

TIMEOUT_S: Final = 10.0
"""How long a request waits for its verification before it is told to come back."""

NICE: Final = 5
"""How much hashing gives way, on a scale of 19: on a busy machine it has a quarter."""

_THREADS = 2 if (os.cpu_count() or 1) > 2 else 1  # noqa: PLR2004 - threads, and cores to spare

_FULL: Final = "too many are signing in just now; try again"


class _Waiting:
    """A verification that waits for its turn."""

    __slots__ = ("future", "is_known", "verify")

    def __init__(self, verify: Callable[[], bool], *, is_known: bool) -> None:
        self.future: Future[bool] = Future()
        self.verify = verify
        self.is_known = is_known


class Verifier:
    """A few threads that hash; closed with `close`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(
            _THREADS, thread_name_prefix="password", initializer=_give_way
        )
        self._lock = threading.Lock()
        self._lines: OrderedDict[bytes, deque[_Waiting]] = OrderedDict()
        self._running: dict[bytes, Future[bool]] = {}
        self._of_address: Counter[str] = Counter()

    async def verdict(
        self,
        credential: bytes,
        address: str | None,
        verify: Callable[[], bool],
        *,
        line: bytes = b"",
        is_known: bool = False,
    ) -> bool:
        """Wait for the verdict on a credential.

        Args:
            credential: names it, so that its verification can be shared.
            address: where the request comes from.
            verify: gives the verdict; runs in a thread.
            line: in which it waits; a nation's.
            is_known: whether the credential was right before.

        Raises:
            RateLimitedError: too many verifications for this address.
            UnavailableError: too many altogether, or it took too long.
        """
        with self._lock:
            future = self._running.get(credential)
        if future is None:
            waiting = _Waiting(verify, is_known=is_known)
            future = self._queue(credential, address or "", waiting, line)
        try:
            # Shielded: who goes away does not take the verdict from the others.
            return await asyncio.wait_for(
                asyncio.shield(asyncio.wrap_future(future)), TIMEOUT_S
            )
        except TimeoutError as error:
            raise UnavailableError("signing in takes too long; try again") from error

    def close(self) -> None:
        """Finish what is under way and end the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            left = [each for places in self._lines.values() for each in places]
            self._lines.clear()
        for each in left:
            each.future.set_exception(UnavailableError("the hub stops; try again"))

    def _queue(
        self, credential: bytes, address: str, waiting: _Waiting, line: bytes
    ) -> Future[bool]:
        """Let one wait at the end of its line; known ones at its head."""
        displaced = None
        with self._lock:
            if not waiting.is_known:
                self._check_address(address)
                if len(self._running) >= QUEUE_MAX:
                    displaced = self._displaced_by(line)
            places = self._lines.setdefault(line, deque())
            if waiting.is_known:
                places.appendleft(waiting)
            else:
                places.append(waiting)
            self._running[credential] = waiting.future
            self._of_address[address] += 1

        def done(_: Future[bool]) -> None:
            with self._lock:
                del self._running[credential]
                self._of_address[address] -= 1
                if not self._of_address[address]:
                    del self._of_address[address]

        waiting.future.add_done_callback(done)
        if displaced is not None:
            displaced.future.set_exception(UnavailableError(_FULL))
        self._threads.submit(self._next)
        return waiting.future

    def _next(self) -> None:
        """Verify the first of the line that has waited longest for its turn."""
        with self._lock:
            if not self._lines:  # the one that this was for gave up its place
                return
            line, places = next(iter(self._lines.items()))
            waiting = places.popleft()
            if places:
                self._lines.move_to_end(line)
            else:
                del self._lines[line]
        try:
            waiting.future.set_result(waiting.verify())
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            waiting.future.set_exception(error)

    def _check_address(self, address: str) -> None:
        if address and self._of_address[address] >= OF_ONE_ADDRESS_MAX:
            raise RateLimitedError(
                "too many attempts to sign in at once from here; wait", retry_after_s=1
            )

    def _displaced_by(self, line: bytes) -> _Waiting:
        """Take the last of the longest line out, for one of a line that is shorter.

        Raises:
            UnavailableError: no line is longer by more than the one that comes.
        """
        longest = max(self._lines, key=lambda each: len(self._lines[each]), default=b"")
        places = self._lines.get(longest, deque())
        if len(places) > len(self._lines.get(line, ())) + 1 and not places[-1].is_known:
            return places.pop()
        raise UnavailableError(_FULL)


def _give_way() -> None:
    """Let this thread have a smaller share of a busy processor, where that is known."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
