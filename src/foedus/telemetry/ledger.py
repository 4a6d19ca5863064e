"""The ledger: what one process has counted, and what several have together.

- Counting costs a look-up and an addition, on any thread.
- A snapshot is a value: it can be sent to another process and added to others.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from foedus.telemetry import catalogue
from foedus.telemetry.catalogue import LATENCY_S, Kind

Key = tuple[str, ...]
"""The name of a metric and the values of its labels."""

Passed = tuple[str, str, str, int, str]
"""Of a request: surface, route, method, status, and the nation that asked."""

_ANSWERED_BELOW: Final = 400
_REFUSED_BELOW: Final = 500


class Spread(msgspec.Struct, array_like=True):
    """A histogram: how many are at most each bound, and beyond; and their sum."""

    counts: list[int]
    total: float = 0.0

    def put(self, bounds: Sequence[float], value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(bounds, value)] += 1
        self.total += value

    def add(self, other: "Spread") -> None:
        """Add the counts of another process."""
        mine = self.counts
        self.counts = [a + b for a, b in zip(mine, other.counts, strict=True)]
        self.total += other.total


class Snapshot(msgspec.Struct, kw_only=True):
    """What was counted until a moment."""

    counts: dict[Key, float] = {}
    spreads: dict[Key, Spread] = {}
    gauges: dict[Key, float] = {}

    def add(self, other: "Snapshot") -> None:
        """Add what another process has counted, and let its gauges meet ours."""
        for key, value in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + value
        for key, spread in other.spreads.items():
            if key in self.spreads:
                self.spreads[key].add(spread)
            else:
                self.spreads[key] = Spread(list(spread.counts), spread.total)
        for key, value in other.gauges.items():
            before = self.gauges.get(key)
            if before is None:
                self.gauges[key] = value
            elif catalogue.BY_NAME[key[0]].kind is Kind.SUM:
                self.gauges[key] = before + value
            else:
                self.gauges[key] = max(before, value)

    def lasting(self) -> "Snapshot":
        """Give what stays when the process is gone: counts, and no gauges."""
        return Snapshot(counts=self.counts, spreads=self.spreads)


class _Row:
    """What is counted of requests that are alike."""

    __slots__ = ("received", "sent", "spread")

    def __init__(self) -> None:
        self.spread = Spread([0] * (len(LATENCY_S) + 1))
        self.received = 0
        self.sent = 0


class Ledger:
    """What this process counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Key, float] = {}
        self._passed: dict[Passed, _Row] = {}

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        """Count something that happened; `name` is one of the catalogue's."""
        key = (name, *labels)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + by

    def passed(
        self, request: Passed, seconds: float, *, received: int, sent: int
    ) -> None:
        """Count a request that was answered; called by the event loop alone."""
        row = self._passed.get(request)
        if row is None:
            row = self._passed[request] = _Row()
        row.spread.put(LATENCY_S, seconds)
        row.received += received
        row.sent += sent

    def snapshot(self) -> Snapshot:
        """Give what has been counted so far; from any thread."""
        with self._lock:
            snapshot = Snapshot(counts=dict(self._counts))
        for passed, row in list(self._passed.items()):
            _add_passed(snapshot, passed, row)
        return snapshot


def _add_passed(snapshot: Snapshot, passed: Passed, row: _Row) -> None:
    surface, route, method, status, nation = passed
    spread = Spread(list(row.spread.counts), row.spread.total)
    number = sum(spread.counts)
    found: dict[Key, float] = {
        (catalogue.REQUESTS, surface, route, method, str(status)): number,
        (catalogue.RECEIVED, surface): row.received,
        (catalogue.SENT, surface): row.sent,
    }
    if nation:
        found[catalogue.NATION_REQUESTS, nation, _outcome(status)] = number
    timed: dict[Key, Spread] = {(catalogue.REQUEST_SECONDS, surface, route): spread}
    snapshot.add(Snapshot(counts=found, spreads=timed))


def _outcome(status: int) -> str:
    if status < _ANSWERED_BELOW:
        return "answered"
    return "refused" if status < _REFUSED_BELOW else "failed"


def together(snapshots: Iterable[Snapshot]) -> Snapshot:
    """Add up what several processes have counted."""
    whole = Snapshot()
    for each in snapshots:
        whole.add(each)
    return whole
