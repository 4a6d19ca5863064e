"""Back-off: who guesses passwords waits longer and longer.

- What is counted is a name *as seen from an address*, so nobody can lock another
  out; names that do not exist are counted alike.
- Neither names nor addresses are kept, only digests under a key of this process.
- The table is bounded; what was forgotten starts anew, and the cost of the password
  hash bounds what that gains.
"""

import hashlib
import math
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

import msgspec

from foedus.errors import RateLimitedError

FREE_FAILURES = 5
"""Failures without a wait: a person who mistypes, a client with an old password."""

WAIT_MAX = timedelta(seconds=60)
"""The longest wait; with it, 1,440 guesses a day at one name from one address."""

FORGET = timedelta(minutes=15)
"""Failures are forgotten after so long without another."""

ENTRIES_MAX = 10_000
"""Names and addresses that are remembered. About 2 MB."""

_IPV6_PREFIX = 64
"""Bits of an IPv6 address that one guesser cannot choose freely."""


class _Failures(msgspec.Struct, frozen=True):
    count: int
    last: datetime


class Backoff:
    """The memory of failures, for one process. Safe to use from any thread."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._failures: OrderedDict[bytes, _Failures] = OrderedDict()

    def subject(self, name: str, address: str | None) -> bytes:
        """Name what is counted: a login name as seen from an address."""
        text = f"{_neighbourhood(address)}\0{name}"
        data = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._key, digest_size=16).digest()

    def check(self, subject: bytes, at: datetime) -> None:
        """Refuse an attempt that comes before its time.

        Raises:
            RateLimitedError: it says after how many seconds to come back.
        """
        with self._lock:
            failures = self._failures.get(subject)
        if failures is None:
            return
        left = failures.last + _wait(failures.count) - at
        if left > timedelta(0):
            raise RateLimitedError(
                "too many failed attempts to sign in with this name from here; wait",
                retry_after_s=math.ceil(left.total_seconds()),
            )

    def failed(self, subject: bytes, at: datetime) -> None:
        """Count a failure."""
        with self._lock:
            before = self._failures.pop(subject, None)
            fresh = before is None or at - before.last > FORGET
            count = 1 if before is None or fresh else before.count + 1
            self._failures[subject] = _Failures(count, at)
            if len(self._failures) > ENTRIES_MAX:
                self._failures.popitem(last=False)

    def succeeded(self, subject: bytes) -> None:
        """Forget failures: who got in was no guesser."""
        with self._lock:
            self._failures.pop(subject, None)


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
