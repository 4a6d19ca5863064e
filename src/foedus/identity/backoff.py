"""Back-off: who guesses passwords waits longer and longer.

- What is counted is a name *as seen from an address*, so nobody can lock another
  out; names that do not exist are counted alike.
- Of IPv6, networks are counted, and the wider ones around them: who guesses from many
  networks of a provider's waits as well, and holds up its other customers little.
- Neither names nor addresses are kept, only digests under a key of the table.
- All workers of a hub count together.
- The table is bounded; what was forgotten starts anew, and the cost of the password
  hash bounds what that gains.
"""

import math
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

import msgspec

from foedus.clock import EPOCH
from foedus.errors import RateLimitedError
from foedus.sharing import SharedTable

FREE_FAILURES = 5
"""Failures without a wait: a person who mistypes, a client with an old password."""

WAIT_MAX = timedelta(seconds=60)
"""The longest wait; with it, 1,440 guesses a day at one name from one address."""

FORGET = timedelta(minutes=15)
"""Failures are forgotten after so long without another."""

_CIRCLES: Final = (
    (64, FREE_FAILURES, WAIT_MAX),
    (48, 4 * FREE_FAILURES, WAIT_MAX),
    (32, 20 * FREE_FAILURES, timedelta(seconds=10)),
)
"""Bits of an IPv6 address that are counted together, failures without a wait, and the
longest wait: a network, a site, a provider. Source: RFC 6177, section 2 (a site has up
to 48 bits of its own)."""

_NEGLIGIBLE_S = 0.001
"""What seconds since 1970, as a floating number, may be wrong by, and more."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What failures are counted of: a login name as seen from some addresses.

    Attributes:
        digest: its key in the table.
        free: failures without a wait.
        longest: the longest wait.
    """

    digest: bytes
    free: int = FREE_FAILURES
    longest: timedelta = WAIT_MAX


Subject = tuple[Counted, ...]
"""A login name as seen from an address, and from the networks around it."""


class Backoff:
    """The memory of failures. Safe to use from any thread.

    Args:
        table: where they are kept; by default one of this process alone.
    """

    def __init__(self, table: SharedTable | None = None) -> None:
        self._table = SharedTable() if table is None else table

    def subject(self, name: str, address: str | None) -> Subject:
        """Name what is counted: a login name as seen from an address."""
        try:
            parsed = ip_address(address or "")
        except ValueError:
            return (Counted(digest=self._digest(name, address or "")),)
        if not isinstance(parsed, IPv6Address) or parsed.ipv4_mapped is not None:
            return (Counted(digest=self._digest(name, str(parsed))),)
        return tuple(
            Counted(
                digest=self._digest(
                    name, str(ip_network((parsed, bits), strict=False))
                ),
                free=free,
                longest=longest,
            )
            for bits, free, longest in _CIRCLES
        )

    def check(self, subject: Subject, at: datetime) -> None:
        """Refuse an attempt that comes before its time.

        Raises:
            RateLimitedError: it says after how many seconds to come back.
        """
        left_s = max(self._left_s(each, at) for each in subject)
        if left_s > _NEGLIGIBLE_S:
            raise RateLimitedError(
                "too many failed attempts to sign in with this name from here; wait",
                retry_after_s=math.ceil(left_s - _NEGLIGIBLE_S),
            )

    def failed(self, subject: Subject, at: datetime) -> None:
        """Count a failure."""
        now_s = _seconds(at)

        def count(before: float, last_s: float) -> tuple[float, float]:
            fresh = abs(now_s - last_s) > FORGET.total_seconds()
            return (1.0 if fresh else before + 1.0), now_s

        for each in subject:
            self._table.change(each.digest, count)

    def succeeded(self, subject: Subject) -> None:
        """Forget failures: who got in was no guesser."""
        for each in subject:
            self._table.forget(each.digest)

    def _digest(self, name: str, neighbourhood: str) -> bytes:
        return self._table.digest("failures", neighbourhood, name)

    def _left_s(self, counted: Counted, at: datetime) -> float:
        count, last_s = self._table.read(counted.digest)
        # A clock that was set back leaves nobody waiting until it has caught up.
        gone_s = abs(_seconds(at) - last_s)
        return _wait(int(count), counted).total_seconds() - gone_s


def _seconds(at: datetime) -> float:
    return (at - EPOCH).total_seconds()


def _wait(failures: int, counted: Counted) -> timedelta:
    beyond = failures - counted.free
    if beyond < 0:
        return timedelta(0)
    doublings = min(beyond, WAIT_MAX.seconds.bit_length())
    return min(timedelta(seconds=2**doublings), counted.longest)
