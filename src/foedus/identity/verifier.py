"""Verifying passwords off the event loop, one by one, in a bounded queue.

- At most `QUEUE_MAX` verifications wait, and half of that from one address; more
  get an answer at once instead of a place. A credential that was right before always
  finds one, so that guessers keep nobody out who was in.
- Many who bring the same credential at the same moment share one verification.
"""

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from foedus.errors import RateLimitedError, UnavailableError

QUEUE_MAX = 64
"""Verifications under way. At 30 ms each the last one waits for one or two seconds."""

OF_ONE_ADDRESS_MAX = QUEUE_MAX // 2
"""Verifications for one address, so that it cannot fill the queue alone."""

TIMEOUT_S = 10.0
"""How long a request waits for its verification before it is told to come back."""

_THREADS = 2 if (os.cpu_count() or 1) > 2 else 1  # noqa: PLR2004 - threads, and cores to spare


class Verifier:
    """A few threads that hash; closed with `close`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="password")
        self._lock = threading.Lock()
        self._running: dict[bytes, Future[bool]] = {}
        self._of_address: Counter[str] = Counter()

    async def verdict(
        self,
        credential: bytes,
        address: str | None,
        verify: Callable[[], bool],
        *,
        is_known: bool = False,
    ) -> bool:
        """Wait for the verdict on a credential.

        Args:
            credential: names it, so that its verification can be shared.
            address: where the request comes from.
            verify: gives the verdict; runs in a thread.
            is_known: whether the credential was right before.

        Raises:
            RateLimitedError: too many verifications for this address.
            UnavailableError: too many altogether, or it took too long.
        """
        future = self._future(credential, address or "", verify, is_known=is_known)
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

    def _future(
        self,
        credential: bytes,
        address: str,
        verify: Callable[[], bool],
        *,
        is_known: bool,
    ) -> Future[bool]:
        with self._lock:
            running = self._running.get(credential)
            if running is not None:
                return running
            if not is_known:
                self._check_room(address)
            future = self._threads.submit(verify)
            self._running[credential] = future
            self._of_address[address] += 1

        def done(_: Future[bool]) -> None:
            with self._lock:
                del self._running[credential]
                self._of_address[address] -= 1
                if not self._of_address[address]:
                    del self._of_address[address]

        future.add_done_callback(done)
        return future

    def _check_room(self, address: str) -> None:
        if len(self._running) >= QUEUE_MAX:
            raise UnavailableError("too many are signing in just now; try again")
        if address and self._of_address[address] >= OF_ONE_ADDRESS_MAX:
            raise RateLimitedError(
                "too many attempts to sign in at once from here; wait", retry_after_s=1
            )
