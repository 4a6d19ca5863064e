"""Recalls as a viewer may know them: what was recalled, from whom, who has confirmed.

- A recall is shown to those who held what was recalled: their nation, their clearance,
  in a collection that they may read; to everybody else it is not there.
- Whose it was, and the alliance's own duty officers, auditors and secretariat who held
  it themselves, are shown the ledger: who had it, and who has confirmed, nation by
  nation. Everybody else is shown the own nation's line.
- The ledger tells whom the rules let have it, which whose it was may know; the own
  line, what the nation had. Where nobody else published the id, that is the same.
- The ledger goes as far as the viewer's clearance: who held only what lies above it is
  not in it.

Source: DESIGN §6, "Non-interference"; §3, "Recall"; ADR 18.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.ids import NationCode, RecallId, StixId
from foedus.intel.collections import Collection
from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.viewers import Role, Viewer

KEEPERS: Final = frozenset({Role.DUTY_OFFICER, Role.AUDITOR, Role.SECRETARIAT})
"""Roles of the alliance's own body that are shown the ledger of what the body held."""

PAGE_SIZE_MAX: Final = 500
"""Recalls on one page of the list."""

How = Literal["arrival", "release", "community"]
"""By what something came to a nation."""

_SHOWN = """
  FROM recall AS r
 WHERE (:object IS NULL OR r.object = :object)
   AND EXISTS (SELECT 1
                 FROM recall_holder AS h
                WHERE h.recall = r.recall
                  AND h.nation = :nation
                  AND h.clearance = :clearance
                  AND h.collection IN (SELECT value FROM json_each(
                      iif(r.nation = :nation, :own, :readable))))
"""

_COLUMNS = """
SELECT r.recall, r.id, r.object, r.type, r.nation, r.by, r.reason, r.arrival,
       r.original
"""

_NEXT = """
   AND (:before IS NULL OR r.recall < :before)
 ORDER BY r.recall DESC
 LIMIT :limit
"""

_LIST = _COLUMNS + _SHOWN + _NEXT

_ONE = _COLUMNS + _SHOWN + " AND r.id = :id"

_LABELS = """
SELECT a.label
  FROM recall_holder AS h
  JOIN version AS v
    ON v.object = :object
   AND v.collection = h.collection
   AND v.nation = :originator
   AND v.modified = h.until
  JOIN audience AS a ON a.audience = v.audience
 WHERE h.recall = :recall
   AND h.nation = :nation
   AND h.clearance = :clearance
 ORDER BY h.until DESC, v.version
 LIMIT 100
"""

_PARTS = """
SELECT id FROM recall WHERE original = :recall ORDER BY recall LIMIT 1000
"""

_LINE = """
SELECT h.nation, min(h.since), h.how, a.arrival
  FROM recall_holder AS h
  LEFT JOIN recall_acknowledgement AS a
    ON a.recall = h.recall AND a.nation = h.nation
 WHERE h.recall = :recall
   AND h.nation <> :originator
   AND h.clearance <= :clearance
   AND h.nation = :nation
 GROUP BY h.nation
"""

_LEDGER = """
SELECT h.nation, min(h.since), h.how, a.arrival
  FROM recall_ledger AS h
  LEFT JOIN recall_acknowledgement AS a
    ON a.recall = h.recall AND a.nation = h.nation
 WHERE h.recall = :recall
   AND h.nation <> :originator
   AND h.clearance <= :clearance
 GROUP BY h.nation
 ORDER BY h.nation
 LIMIT 10000
"""

_KNOWN = """
SELECT r.object, r.nation, r.arrival, max(h.until)
  FROM json_each(:ids) AS j
 CROSS JOIN recall AS r ON r.object = j.value
 CROSS JOIN recall_holder AS h ON h.recall = r.recall
 WHERE h.nation = :nation
   AND h.clearance = :clearance
   AND h.collection IN (SELECT value FROM json_each(
       iif(r.nation = :nation, :own, :readable)))
 GROUP BY r.object, r.nation
 ORDER BY r.object, max(h.until), r.nation
 LIMIT 100000
"""


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """A recall.

    Attributes:
        key: its number; it never leaves the hub.
        nation: whose versions were recalled.
        by: who recalled them: the same, or the alliance's own body.
        original: the number of the recall that took this along; None for any other.
    """

    key: int
    recall: RecallId
    id: StixId
    type: str
    nation: NationCode
    by: NationCode
    reason: str
    arrival_ms: int
    original: int | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One nation's line in the ledger of a recall.

    Attributes:
        since: when it first had it.
        how: by what it came: when it `arrived` at the hub, by a `release`, or later
            because a `community` gained it.
        acknowledged: when it confirmed that it has removed it; None if it has not.
    """

    nation: NationCode
    since: datetime
    how: How
    acknowledged: datetime | None


class Blocked(msgspec.Struct, frozen=True, kw_only=True):
    """What a publisher knows to be recalled of one id.

    Attributes:
        nation: whose it was.
        until_us: the newest version that the publisher's class had.
    """

    nation: NationCode
    arrival_ms: int
    until_us: int


def recalls(
    seen: Snapshot,
    viewer: Viewer,
    *,
    stix_id: str | None = None,
    before: Recall | None = None,
    limit: int = PAGE_SIZE_MAX,
) -> list[Recall]:
    """List the recalls that a viewer may know of, newest first.

    Args:
        seen: one state of the views.
        viewer: who asks.
        stix_id: only of this object.
        before: only those that are older than this recall, which is shown to it.
        limit: how many at most.
    """
    if not seen.access.standing(viewer.nation):
        return []
    bindings = {
        **_sight(seen, viewer),
        "object": stix_id,
        "before": None if before is None else before.key,
        "limit": limit,
    }
    return [_recall(row) for row in seen.db.execute(_LIST, bindings)]


def find(seen: Snapshot, viewer: Viewer, name: str) -> Recall:
    """Find a recall by its id.

    Raises:
        NotFoundError: there is none, or none for this viewer.
    """
    if seen.access.standing(viewer.nation):
        bindings = {**_sight(seen, viewer), "object": None, "id": name.strip().lower()}
        row = seen.db.execute(_ONE, bindings).fetchone()
        if row is not None:
            return _recall(row)
    raise NotFoundError(f"no recall {name}; list the recalls")


def named(seen: Snapshot, viewer: Viewer, name: str) -> list[Recall]:
    """Find recalls by the id of one, or of the object that was recalled; oldest first.

    Raises:
        NotFoundError: there is none, or none for this viewer.
    """
    if name.strip().lower().startswith("recall--"):
        return [find(seen, viewer, name)]
    found = recalls(seen, viewer, stix_id=name.strip())
    if not found:
        raise NotFoundError(f"no recall of {name}; list the recalls")
    return found[::-1]


def keeps(viewer: Viewer, recall: Recall, body: str) -> bool:
    """Tell whether a viewer to whom a recall is shown is shown its whole ledger."""
    if viewer.nation == recall.nation:
        return True
    return viewer.nation == body and bool(viewer.roles & KEEPERS)


def ledger(seen: Snapshot, viewer: Viewer, recall: Recall) -> list[Line]:
    """Give the lines of a recall's ledger that a viewer may know, by nation.

    Args:
        seen: one state of the views.
        viewer: who asks; the recall is shown to it.
        recall: the recall.
    """
    whole = keeps(viewer, recall, seen.access.alliance.code)
    bindings = {
        "recall": recall.key,
        "originator": recall.nation,
        "clearance": viewer.clearance,
        "nation": viewer.nation,
    }
    statement = _LEDGER if whole else _LINE
    return [
        Line(
            nation=NationCode(nation),
            since=from_ms(since),
            how=how,
            acknowledged=None if said is None else from_ms(said),
        )
        for nation, since, how, said in seen.db.execute(statement, bindings)
    ]


def label_of(seen: Snapshot, viewer: Viewer, recall: Recall) -> FixedLabel:
    """Give the label of the newest version that the viewer had of what was recalled."""
    bindings = {
        "recall": recall.key,
        "object": recall.id,
        "originator": recall.nation,
        "nation": viewer.nation,
        "clearance": viewer.clearance,
    }
    rows: list[tuple[Any, ...]] = seen.db.execute(_LABELS, bindings).fetchall()
    labels = [decode_label(label) for (label,) in rows]
    had = [each for each in labels if each.level <= viewer.clearance]
    assert had, "a recall is shown to those who had a version of it"
    return had[0]


def parts(seen: Snapshot, viewer: Viewer, recall: Recall) -> list[RecallId]:
    """Name the recalls of what was made from it, as far as the viewer may know."""
    rows = seen.db.execute(_PARTS, {"recall": recall.key}).fetchall()
    found = []
    for (each,) in rows:
        try:
            found.append(find(seen, viewer, str(each)).recall)
        except NotFoundError:
            continue
    return found


def blocked(
    db: apsw.Connection,
    viewer: Viewer,
    collections: Sequence[Collection],
    ids: Sequence[str],
) -> dict[str, list[Blocked]]:
    """Tell which of some ids the viewer knows to be recalled, and up to which version.

    Args:
        db: the views.
        viewer: who would publish them.
        collections: those that are there for the viewer.
        ids: of objects.
    """
    bindings = {
        **_bindings(viewer, collections),
        "ids": msgspec.json.encode(list(ids)).decode(),
    }
    found: dict[str, list[Blocked]] = {}
    for stix_id, nation, arrival_ms, until_us in db.execute(_KNOWN, bindings):
        each = Blocked(
            nation=NationCode(nation), arrival_ms=arrival_ms, until_us=until_us
        )
        found.setdefault(stix_id, []).append(each)
    return found


def _sight(seen: Snapshot, viewer: Viewer) -> dict[str, Any]:
    return _bindings(viewer, seen.collections(viewer))


def _bindings(viewer: Viewer, collections: Sequence[Collection]) -> dict[str, Any]:
    """Give the bindings by which is judged what a viewer may know."""
    readable = [each.key for each in collections if each.can_read]
    return {
        "nation": viewer.nation,
        "clearance": viewer.clearance,
        "own": msgspec.json.encode([each.key for each in collections]).decode(),
        "readable": msgspec.json.encode(readable).decode(),
    }


def _recall(row: Sequence[Any]) -> Recall:
    return Recall(
        key=row[0], recall=RecallId(row[1]), id=StixId(row[2]), type=row[3],
        nation=NationCode(row[4]), by=NationCode(row[5]), reason=row[6],
        arrival_ms=row[7], original=row[8],
    )  # fmt: skip
