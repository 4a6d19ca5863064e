"""Back-off: who guesses passwords waits longer and longer.

- What is counted is a name *as seen from an address*, so nobody can lock another
  out; names that do not exist are counted alike.
- Neither names nor addresses are kept, only digests under a key of the table.
- All workers of a hub count together.
- The table is bounded; what was forgotten starts anew, and the cost of the password
  hash bounds what that gains.
"""

import math
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from foedus.clock import EPOCH
from foedus.errors import RateLimitedError
from foedus.sharing import SharedTable

FREE_FAILURES = 5
"""Failures without a wait: a person who mistypes, a client with an old password."""

WAIT_MAX = timedelta(seconds=60)
"""The longest wait; with it, 1,440 guesses a day at one name from one address."""

FORGET = timedelta(minutes=15)
"""Failures are forgotten after so long without another."""

_IPV6_PREFIX = 64
"""Bits of an IPv6 address that one guesser cannot choose freely."""

_NEGLIGIBLE_S = 0.001
"""What seconds since 1970, as a floating number, may be wrong by, and more."""


class Backoff:
    """The memory of failures. Safe to use from any thread.

    Args:
        table: where they are kept; by default one of this process alone.
    """

    def __init__(self, table: SharedTable | None = None) -> None:
        self._table = SharedTable() if table is None else table

    def subject(self, name: str, address: str | None) -> bytes:
        """Name what is counted: a login name as seen from an address."""
        return self._table.digest("failures", _neighbourhood(address), name)

    def check(self, subject: bytes, at: datetime) -> None:
        """Refuse an attempt that comes before its time.

        Raises:
            RateLimitedError: it says after how many seconds to come back.
        """
        count, last_s = self._table.read(subject)
        # A clock that was set back leaves nobody waiting until it has caught up.
        gone_s = abs(_seconds(at) - last_s)
        left_s = _wait(int(count)).total_seconds() - gone_s
        if count and left_s > _NEGLIGIBLE_S:
            raise RateLimitedError(
                "too many failed attempts to sign in with this name from here; wait",
                retry_after_s=math.ceil(left_s - _NEGLIGIBLE_S),
            )

    def failed(self, subject: bytes, at: datetime) -> None:
        """Count a failure."""
        now_s = _seconds(at)

        def count(before: float, last_s: float) -> tuple[float, float]:
            fresh = abs(now_s - last_s) > FORGET.total_seconds()
            return (1.0 if fresh else before + 1.0), now_s

        self._table.change(subject, count)

    def succeeded(self, subject: bytes) -> None:
        """Forget failures: who got in was no guesser."""
        self._table.forget(subject)


def _seconds(at: datetime) -> float:
    return (at - EPOCH).total_seconds()


def _wait(failures: int) -> timedelta:
    beyond = failures - FREE_FAILURES
    if beyond < 0:
        return timedelta(0)
    doublings = min(beyond, WAIT_MAX.seconds.bit_length())
    return min(timedelta(seconds=2**doublings), WAIT_MAX)


def _neighbourhood(address: str | None) -> str:
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)
