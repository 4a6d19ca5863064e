"""Recalls, and who held what, as every surface shows them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import msgspec

from foedus.clock import from_ms
from foedus.ids import NationCode, RecallId, StixId
from foedus.intel.holders import (
    Elsewhere,
    Handed,
    Held,
    Holder,
    elsewhere,
    handed,
)
from foedus.intel.reading import Snapshot
from foedus.intel.recalls import How, Line, Recall, keeps, label_of, ledger, parts
from foedus.intel.references import Referrer, referrers
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """On which days a nation read something, first and last, as the receipts tell."""

    first: date
    last: date


Reads = Callable[[NationCode, Sequence[Handed]], Read | None]
"""Tells when a nation read any of some deliveries; None if it is not known to have."""


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One nation's line in the ledger of a recall.

    Attributes:
        since: when it first had it.
        how: by what it came: `arrival`, `release`, or later by a `community`.
        acknowledged: when it confirmed that it has removed it; null if it has not.
        read: when its people and services read it; null if they are not known to have.
    """

    nation: NationCode
    since: datetime
    how: How
    acknowledged: datetime | None
    read: Read | None


class RecallSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A recall.

    Attributes:
        id: what was recalled.
        label: of the newest version of it that the asker had.
        nation: whose it was.
        by: who recalled it: the same nation, or the alliance's own body.
        reason: why; empty where a part went because its original did.
        asks: whether the asker's nation has yet to confirm that it removed it.
        again: nations that have published it again since, as far as the asker sees.
        outstanding: how many have yet to confirm; null for those who are not shown.
    """

    recall: RecallId
    id: StixId
    type: str
    label: str
    nation: NationCode
    by: NationCode
    at: datetime
    reason: str
    asks: bool
    again: tuple[NationCode, ...]
    outstanding: int | None


class RecallPage(RecallSheet, frozen=True, kw_only=True):
    """A recall with its ledger, and what is left to decide.

    Attributes:
        ledger: who had it; of others than whose it was, the own line only.
        parts: the recalls of what was made from it.
        referrers: what the asker's nation has published that names it.
        elsewhere: other nations' versions of the same id that the asker may see.
    """

    ledger: tuple[LedgerLine, ...]
    parts: tuple[RecallId, ...]
    referrers: tuple[Referrer, ...]
    elsewhere: tuple[Elsewhere, ...]


class HolderSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A nation that held versions of an object.

    Attributes:
        of: whose versions.
        how: by what the first of them came.
        until: when the last of them was gone; null while it holds one.
        read: when its people and services read one; null if not known to have.
    """

    nation: NationCode
    of: NationCode
    how: How
    since: datetime
    until: datetime | None
    read: Read | None


class HeldSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Who held an object.

    Attributes:
        elsewhere: other nations' versions of the same id that the asker may see.
    """

    id: StixId
    holders: tuple[HolderSheet, ...]
    elsewhere: tuple[Elsewhere, ...]


def recall_sheet(seen: Snapshot, viewer: Viewer, recall: Recall) -> RecallSheet:
    """Set a recall out for a list, for a viewer to whom it is shown."""
    lines = ledger(seen, viewer, recall)
    others = _elsewhere(seen, viewer, recall)
    whole = keeps(viewer, recall, seen.access.alliance.code)
    at = from_ms(recall.arrival_ms)
    return RecallSheet(
        recall=recall.recall,
        id=recall.id,
        type=recall.type,
        label=print_label(label_of(seen, viewer, recall).label, seen.access.alliance),
        nation=recall.nation,
        by=recall.by,
        at=at,
        reason=recall.reason,
        asks=any(
            each.nation == viewer.nation and each.acknowledged is None for each in lines
        ),
        again=tuple(sorted({each.nation for each in others if each.since > at})),
        outstanding=sum(each.acknowledged is None for each in lines) if whole else None,
    )


def recall_page(
    seen: Snapshot, viewer: Viewer, recall: Recall, reads: Reads
) -> RecallPage:
    """Set a recall out with its ledger, for a viewer to whom it is shown."""
    short = recall_sheet(seen, viewer, recall)
    had = handed(seen, recall)
    return RecallPage(
        **msgspec.structs.asdict(short),
        ledger=tuple(
            _line(each, reads(each.nation, had.get(each.nation, ())))
            for each in ledger(seen, viewer, recall)
        ),
        parts=tuple(parts(seen, viewer, recall)),
        referrers=tuple(referrers(seen, viewer, recall.id)),
        elsewhere=_elsewhere(seen, viewer, recall),
    )


def held_sheet(found: Held, reads: Reads) -> HeldSheet:
    """Set out who held an object."""
    return HeldSheet(
        id=found.id,
        holders=tuple(
            _holder(each, reads(each.nation, each.handed)) for each in found.holders
        ),
        elsewhere=found.elsewhere,
    )


def _elsewhere(seen: Snapshot, viewer: Viewer, recall: Recall) -> tuple[Elsewhere, ...]:
    there = {each.key for each in seen.collections(viewer)}
    stored = [
        each
        for each in seen.stored(viewer, [recall.id])
        if each.nation and each.collection in there
    ]
    return tuple(elsewhere(seen, viewer, stored, frozenset({recall.nation})))


def _line(line: Line, read: Read | None) -> LedgerLine:
    return LedgerLine(
        nation=line.nation,
        since=line.since,
        how=line.how,
        acknowledged=line.acknowledged,
        read=read,
    )


def _holder(holder: Holder, read: Read | None) -> HolderSheet:
    return HolderSheet(
        nation=holder.nation,
        of=holder.of,
        how=holder.how,
        since=holder.since,
        until=holder.until,
        read=read,
    )
