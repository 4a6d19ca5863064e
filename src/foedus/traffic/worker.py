"""What a worker process brings along beside the data folder."""

import msgspec

from foedus.sharing import SharedTable
from foedus.telemetry.journal import Journal
from foedus.telemetry.ledger import Ledger
from foedus.traffic.stopping import Stopping


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """What one process shares, counts and writes.

    Attributes:
        table: shared with the other workers of the hub.
        ledger: what this process counts.
        journal: where a line a request is written; None for nowhere.
        stopping: tells that the process stops.
    """

    table: SharedTable
    ledger: Ledger
    journal: Journal | None = None
    stopping: Stopping


def alone() -> Worker:
    """Make what a process needs that shares with nobody and writes nothing."""
    return Worker(table=SharedTable(), ledger=Ledger(), stopping=Stopping())
