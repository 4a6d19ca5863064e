"""Token buckets: so many requests a second, and so many at once.

- All workers of a hub take from the same buckets.
- A worker takes a hundredth of a bucket at a time and serves from that, so that most
  requests touch no shared memory. What it holds at most is that hundredth.
- A clock that only grows tells the time; all processes of a machine see the same.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from foedus.sharing import SharedTable

HELD_MAX: Final = 10_000
"""Keys of which a worker holds tokens. About 2 MB; the oldest make room."""

_PART: Final = 100


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a bucket fills, and how much it holds.

    Attributes:
        per_s: tokens a second.
        burst: tokens of a full bucket.
    """

    per_s: int
    burst: int


class Buckets:
    """The buckets of one kind.

    Args:
        name: of the kind; one table may hold several.
        rate: of every bucket.
        table: where the buckets are.
        now: a clock that only grows, in seconds.
    """

    def __init__(
        self,
        name: str,
        rate: Rate,
        table: SharedTable,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._rate = rate
        self._table = table
        self._now = now
        self._part = max(1, rate.burst // _PART)
        self._held: OrderedDict[str, int] = OrderedDict()

    def take(self, key: str) -> int:
        """Take a token.

        Returns:
            0 if there was one; otherwise the whole seconds until there is.
        """
        held = self._held.get(key, 0)
        if held:
            self._held[key] = held - 1
            return 0
        got, missing = self._fetch(key)
        if got < 1:
            return max(1, math.ceil(missing / self._rate.per_s))
        self._held[key] = got - 1
        if len(self._held) > HELD_MAX:
            self._held.popitem(last=False)
        return 0

    def _fetch(self, key: str) -> tuple[int, float]:
        """Take a part from the shared bucket.

        Returns:
            How many tokens were got, and what is missing until there is one.
        """
        rate, now = self._rate, self._now()
        got = 0
        missing = 0.0

        def fetch(tokens: float, at: float) -> tuple[float, float]:
            nonlocal got, missing
            if not at:
                tokens = rate.burst
            else:
                grown = max(0.0, now - at) * rate.per_s
                tokens = min(float(rate.burst), tokens + grown)
            got = min(self._part, int(tokens))
            missing = 1 - tokens
            return tokens - got, now

        self._table.change(self._table.digest(self._name, key), fetch)
        return got, missing
