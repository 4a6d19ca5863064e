"""What is measured of a hub when somebody asks: how far, how much, how full.

A gauge that cannot be measured is left out, so that a hub in trouble still tells of
the rest.
"""

import platform
import shutil
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import apsw

from foedus import __version__
from foedus.clock import to_ms
from foedus.errors import FoedusError
from foedus.eventlog.figures import Figures
from foedus.hub import Hub
from foedus.intel.widenings import load_widenings
from foedus.processes.auditing import MARK, read_mark
from foedus.response import due_reading
from foedus.telemetry import catalogue
from foedus.telemetry.catalogue import BATCH
from foedus.telemetry.ledger import Key, Snapshot, Spread
from foedus.telemetry.process import usage

_NOT_NOW: Final = (apsw.Error, OSError, FoedusError)


def measure(hub: Hub) -> Snapshot:
    """Measure a hub and this process, and add what has been counted; any thread."""
    figures = hub.log.figures()
    gauges = {**usage(), **_here(hub, figures)}
    for look in (_progress, _disk, _widenings, _clocks):
        with suppress(*_NOT_NOW):
            gauges.update(look(hub))
    counts: dict[Key, float] = {
        (catalogue.LOG_BYTES,): figures.committed_bytes,
        (catalogue.LOG_REFUSALS,): figures.refused,
        (catalogue.LOG_FAILURES,): figures.failed,
    }
    snapshot = Snapshot(
        counts=counts, spreads={(catalogue.COMMITS,): _batches(figures)}, gauges=gauges
    )
    snapshot.add(hub.ledger.snapshot())
    return snapshot


def giver(hub: Hub) -> Callable[[], Snapshot]:
    """Give what measures a hub."""
    return lambda: measure(hub)


def _here(hub: Hub, figures: Figures) -> dict[Key, float]:
    working = hub.gate.figures()
    return {
        (catalogue.BUILD, __version__, platform.python_version()): 1,
        (catalogue.QUEUED,): figures.waiting,
        (catalogue.QUEUED_BYTES,): figures.waiting_bytes,
        (catalogue.IN_FLIGHT,): working.in_flight,
        (catalogue.WAITING,): working.waiting,
        (catalogue.LAG_S,): hub.projector.lag_s(),
    }


def _progress(hub: Hub) -> dict[Key, float]:
    # The views first: what is appended in between would look like a lead of theirs.
    folded = hub.projector.position()
    head = hub.log.head()
    return {
        (catalogue.POSITION,): head,
        (catalogue.LAG,): head - folded,
        (catalogue.REBUILDS,): hub.projector.rebuilds(),
    }


def _disk(hub: Hub) -> dict[Key, float]:
    return {(catalogue.DISK_FREE,): shutil.disk_usage(hub.folder).free}


def _widenings(hub: Hub) -> dict[Key, float]:
    with hub.reading.snapshot() as seen:
        found = load_widenings(seen.db)
    left = sum(max(0, each.until - each.progress) for each in found)
    return {
        (catalogue.WIDENINGS,): len(found),
        (catalogue.WIDENING_POSITIONS,): left,
    }


def _clocks(hub: Hub) -> dict[Key, float]:
    now_ms = to_ms(hub.clock())
    with hub.reading.snapshot() as seen:
        found = due_reading.figures(seen.db, now_ms)
        held = due_reading.held(seen.db)
    mark = read_mark(hub.store.setting(MARK))
    # Who has never looked has not looked since 1970.
    looked_ms = 0 if mark is None else mark.seen_ms
    return {
        (catalogue.CLOCKS,): found.waiting,
        (catalogue.CLOCKS_OVERDUE_S,): found.overdue_s,
        (catalogue.CLOCKS_MISSED,): found.missing,
        (catalogue.CLOCKS_HELD,): float(held is not None),
        (catalogue.CLOCKS_AUDIT_S,): max(0, now_ms - looked_ms) / 1_000,
    }


def _batches(figures: Figures) -> Spread:
    spread = Spread([0] * (len(BATCH) + 1))
    for appends, times in figures.commits.items():
        one = Spread([0] * (len(BATCH) + 1))
        one.put(BATCH, appends)
        spread.add(Spread([times * each for each in one.counts], times * appends))
    return spread
