"""Holding: versions wait for what they refer to, until it arrives or a time passes.

Feeds send parts in any order. In a collection that holds, a version that refers to
what its publisher cannot see waits: it is stored, its own nation sees it, and nobody
else. When all that it refers to is there, it is admitted as if it came now, so that
its label is joined with what it refers to; when the time has passed, without. Whether
something waits, and how long, depends on what its publisher sees and on nothing else.

Source: DESIGN §6, "Join, once, at admission"; `releasability` reference, section 3.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from foedus.eventlog.envelope import Act
from foedus.ids import CollectionId, NationCode
from foedus.intel import commands
from foedus.intel.commands import Desk
from foedus.intel.judging import Manner, Outcome
from foedus.intel.reading import NOBODY, Snapshot, Stored
from foedus.releasability.viewers import Role, Viewer

WAITING_MAX = 5_000
"""Versions that are looked at in one turn; the others follow in the next."""

# `CROSS` holds SQLite to this order: it is asked every second, and the other way round
# it would look at every version there is.
_WAITING = """
SELECT w.version, w.until, w.clearance, w.missing, v.nation, c.id, v.object
  FROM waiting AS w
 CROSS JOIN version AS v ON v.version = w.version
 CROSS JOIN collection AS c ON c.collection = v.collection
 WHERE v.withdrawn = 0
 ORDER BY w.version
 LIMIT :limit
"""


class _Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One version that waits."""

    key: int
    id: str
    until_ms: int
    missing: tuple[str, ...]


class _Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What need not wait any longer, of one nation and clearance in one collection."""

    viewer: Viewer
    collection: CollectionId
    versions: tuple[Stored, ...]
    objects: tuple[bytes, ...]


async def end_waits(
    desk: Desk, act_of: Callable[[NationCode], Act], now_ms: int
) -> list[Outcome]:
    """Publish what need not wait any longer.

    Args:
        desk: where.
        act_of: who does it on a nation's behalf.
        now_ms: the present, in milliseconds since 1970.

    Returns:
        The outcomes; what was refused goes on waiting.
    """
    with desk.reading.snapshot() as seen:
        due = _due(seen, now_ms)
    outcomes: list[Outcome] = []
    for each in due:
        outcomes += await commands.publish(
            desk,
            each.viewer,
            act_of(each.viewer.nation),
            each.collection,
            each.objects,
            manner=Manner(ending=each.versions),
        )
    return outcomes


def is_anything_waiting(seen: Snapshot) -> bool:
    """Tell whether any version waits."""
    return seen.db.execute(_WAITING, {"limit": 1}).fetchone() is not None


def _due(seen: Snapshot, now_ms: int) -> list[_Batch]:
    groups: dict[tuple[str, int, str], list[_Waiting]] = {}
    rows: list[tuple[Any, ...]] = seen.db.execute(
        _WAITING, {"limit": WAITING_MAX}
    ).fetchall()
    for key, until_ms, clearance, missing, nation, collection, stix_id in rows:
        one = _Waiting(
            key=key,
            id=stix_id,
            until_ms=until_ms,
            missing=msgspec.json.decode(missing, type=tuple[str, ...]),
        )
        groups.setdefault((nation, clearance, collection), []).append(one)
    found = []
    for (nation, clearance, collection), waiting in groups.items():
        if not seen.access.standing(NationCode(nation)):
            continue
        viewer = Viewer(
            nation=NationCode(nation),
            clearance=clearance,
            roles=frozenset({Role.PUBLISHER}),
            account=NOBODY,
        )
        ready = _ready(seen, viewer, waiting, now_ms)
        if ready:
            found.append(_batch_of(seen, viewer, CollectionId(collection), ready))
    return found


def _ready(
    seen: Snapshot, viewer: Viewer, waiting: list[_Waiting], now_ms: int
) -> list[_Waiting]:
    """Name what waits for nothing but each other, or has waited long enough."""
    missing = sorted({each for one in waiting for each in one.missing})
    readable = {each.key for each in seen.collections(viewer) if each.can_read}
    there = {
        stored.id
        for stored in seen.stored(viewer, missing)
        if not stored.waits
        and (
            (stored.nation == viewer.nation and stored.label.level <= viewer.clearance)
            or (stored.held and stored.collection in readable)
        )
    }
    ready = list(waiting)
    while True:
        ids = there | {one.id for one in ready}
        still = [
            one
            for one in ready
            if one.until_ms <= now_ms or ids.issuperset(one.missing)
        ]
        if len(still) == len(ready):
            return ready
        ready = still


def _batch_of(
    seen: Snapshot, viewer: Viewer, collection: CollectionId, ready: list[_Waiting]
) -> _Batch:
    keys = {one.key for one in ready}
    versions = tuple(
        stored
        for stored in seen.stored(viewer, sorted({one.id for one in ready}))
        if stored.key in keys
    )
    return _Batch(
        viewer=viewer,
        collection=collection,
        versions=versions,
        objects=tuple(seen.original(each.key) for each in versions),
    )
