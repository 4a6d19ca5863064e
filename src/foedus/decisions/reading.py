"""What a viewer reads of decisions, and what the hub's own processes look for.

What a viewer may not know is filtered inside the SQL; what only those may know who
decide is left to `sheets`, which tells who is inside.
"""

from collections.abc import Iterable
from typing import Any, Final

import apsw
import msgspec

from foedus.decisions.channel import Stretch
from foedus.decisions.consultations import Consultation
from foedus.decisions.events import DecisionEvent
from foedus.decisions.states import Decision
from foedus.decisions.views import events_of
from foedus.ids import DecisionId
from foedus.releasability.access import Access
from foedus.releasability.labelled import readable_labels
from foedus.releasability.viewers import Viewer

PAGE_SIZE_MAX: Final = 500
"""Decisions on one page of a list."""

STRETCHES_MAX: Final = 10_000
"""Stretches of the channel that are kept; an outage each."""


Rows = list[tuple[Any, ...]]

_decision = msgspec.json.Decoder(Decision).decode
_consultation = msgspec.json.Decoder(Consultation).decode

_ONE = """
SELECT state
  FROM decision
 WHERE id = :id
   AND substr(:readable, label, 1) = x'01'
"""

_LIST = """
SELECT state
  FROM decision
 WHERE substr(:readable, label, 1) = x'01'
 ORDER BY rank, sort_ms, id
 LIMIT :limit
"""

_LIST_AFTER = """
SELECT d.state
  FROM decision AS d
  JOIN decision AS a ON a.id = :after
 WHERE substr(:readable, d.label, 1) = x'01'
   AND substr(:readable, a.label, 1) = x'01'
   AND (d.rank, d.sort_ms, d.id) > (a.rank, a.sort_ms, a.id)
 ORDER BY d.rank, d.sort_ms, d.id
 LIMIT :limit
"""

_ONE_CONSULTATION = """
SELECT state
  FROM consultation
 WHERE id = :id
   AND substr(:readable, label, 1) = x'01'
"""

_CONSULTATIONS = """
SELECT state
  FROM consultation
 WHERE substr(:readable, label, 1) = x'01'
 ORDER BY closed, asked_ms DESC, id
 LIMIT :limit
"""

_ALL_DECIDED = """
SELECT r.decision, r.ordinal, r.effect
  FROM decided AS r
  JOIN decision AS d ON d.id = r.decision
 WHERE substr(:readable, d.label, 1) = x'01'
 ORDER BY r.arrival_ms, r.decision, r.ordinal
 LIMIT :limit
"""

_STRETCHES = """
SELECT since_ms, until_ms
  FROM channel_stretch
 WHERE until_ms >= :since_ms
 ORDER BY since_ms
 LIMIT :limit
"""

_DUE = """
SELECT id
  FROM decision
 WHERE due_ms <= :now_ms
 ORDER BY due_ms, id
 LIMIT 1000
"""

_NEXT_DUE = "SELECT min(due_ms) FROM decision WHERE due_ms IS NOT NULL"

_PENDING = """
SELECT id
  FROM decision
 WHERE pending = 1
 ORDER BY id
 LIMIT 1000
"""

_AWAITED = """
SELECT id, parent
  FROM decision_successor
 ORDER BY id
 LIMIT 1000
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a decision."""

    event: DecisionEvent
    arrival_ms: int
    nation: str


def find_decision(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> Decision | None:
    """Find a decision; None if there is none, or none for this viewer."""
    readable = readable_labels(db, access, viewer)
    bindings = {"id": name, "readable": readable}
    row: tuple[Any, ...] | None = db.execute(_ONE, bindings).fetchone()
    return None if row is None else _decision(row[0])


def list_decisions(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    *,
    after: str = "",
    limit: int = PAGE_SIZE_MAX,
) -> list[Decision]:
    """List the decisions that a viewer may see: the next deadline first.

    Args:
        db: the views.
        access: who may see what, now.
        viewer: who looks.
        after: the id of the last one of the page before; of one that the viewer may
            not see, nothing follows.
        limit: how many at most.
    """
    bindings = {
        "readable": readable_labels(db, access, viewer),
        "after": after,
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    rows: Rows = db.execute(_LIST_AFTER if after else _LIST, bindings).fetchall()
    return [_decision(bytes(row[0])) for row in rows]


def entries_of(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> list[Entry]:
    """List the events of a decision that the viewer may see, the oldest first.

    Whom the viewer may be told of in them, `sheets` decides.
    """
    if find_decision(db, access, viewer, name) is None:
        return []
    return [
        Entry(
            event=msgspec.json.decode(body, type=DecisionEvent),
            arrival_ms=int(arrival_ms),
            nation=str(nation),
        )
        for body, arrival_ms, nation in events_of(db, name)
    ]


def find_consultation(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> Consultation | None:
    """Find a consultation; None if there is none, or none for this viewer."""
    readable = readable_labels(db, access, viewer)
    bindings = {"id": name, "readable": readable}
    row: tuple[Any, ...] | None = db.execute(_ONE_CONSULTATION, bindings).fetchone()
    return None if row is None else _consultation(row[0])


def list_consultations(
    db: apsw.Connection, access: Access, viewer: Viewer, *, limit: int = PAGE_SIZE_MAX
) -> list[Consultation]:
    """List the consultations that a viewer may see: open ones, then the newest."""
    bindings = {
        "readable": readable_labels(db, access, viewer),
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    rows: Rows = db.execute(_CONSULTATIONS, bindings).fetchall()
    return [_consultation(bytes(row[0])) for row in rows]


def decided(
    db: apsw.Connection, access: Access, viewer: Viewer, *, limit: int = PAGE_SIZE_MAX
) -> list[tuple[DecisionId, int, object]]:
    """List what adopted decisions say is so: frameworks joined, measures, updates.

    Each with its decision and ordinal, as far as the viewer may see the decision.
    """
    bindings = {"readable": readable_labels(db, access, viewer), "limit": limit}
    return [
        (DecisionId(str(name)), int(ordinal), msgspec.json.decode(effect))
        for name, ordinal, effect in db.execute(_ALL_DECIDED, bindings)
    ]


# For the hub's own processes; nobody is shown any of it.


def due(db: apsw.Connection, now_ms: int) -> list[DecisionId]:
    """List the decisions on which a clock has run out."""
    rows: Iterable[tuple[Any, ...]] = db.execute(_DUE, {"now_ms": now_ms})
    return [DecisionId(str(name)) for (name,) in rows]


def next_due_ms(db: apsw.Connection) -> int | None:
    """Tell when the next clock runs out; None while none runs."""
    found = db.execute(_NEXT_DUE).get
    return None if found is None else int(found)


def with_pending_effects(db: apsw.Connection) -> list[DecisionId]:
    """List the decisions of which effects have still to take place."""
    rows: Iterable[tuple[Any, ...]] = db.execute(_PENDING)
    return [DecisionId(str(name)) for (name,) in rows]


def awaited_successors(db: apsw.Connection) -> list[tuple[DecisionId, DecisionId]]:
    """List decisions that have still to be drafted, each with what it comes from."""
    rows: Iterable[tuple[Any, ...]] = db.execute(_AWAITED)
    return [(DecisionId(str(name)), DecisionId(str(of))) for name, of in rows]


def reachable(db: apsw.Connection, since_ms: int) -> tuple[Stretch, ...]:
    """List when the channel could be reached since an instant, and just before it."""
    rows: Iterable[tuple[Any, ...]] = db.execute(
        _STRETCHES, {"since_ms": since_ms, "limit": STRETCHES_MAX}
    )
    return tuple(Stretch(int(since), int(until)) for since, until in rows)
