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
from foedus.decisions.seeing import is_inside
from foedus.decisions.states import Decision
from foedus.decisions.telling import Entry, Moment, for_record, moments
from foedus.decisions.views import events_of
from foedus.decisions.wordings import KIND
from foedus.errors import ForbiddenError, NotFoundError
from foedus.ids import DecisionId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.labelled import readable_labels
from foedus.releasability.viewers import Viewer
from foedus.releasability.wordings import candidates
from foedus.stix.wording import Query

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

_SOUGHT = """
SELECT d.state
  FROM json_each(:names) AS j
  JOIN decision AS d ON d.id = j.value
 WHERE substr(:readable, d.label, 1) = x'01'
 ORDER BY d.rank, d.sort_ms, d.id
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


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as one reader may know it.

    Attributes:
        moments: its history, each entry with whether the reader is told of it.
        linked: further decisions that it names and that the reader may know of.
    """

    decision: Decision
    moments: tuple[Moment, ...]
    linked: frozenset[DecisionId]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of which the reader is told, the oldest first."""
        return tuple(each.entry for each in self.moments if each.told)


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


def search_decisions(
    db: apsw.Connection, access: Access, viewer: Viewer, query: Query
) -> list[Decision]:
    """List decisions that a viewer may see and that may match what is looked for."""
    readable = readable_labels(db, access, viewer)
    names = candidates(db, readable, KIND, query)
    bindings = {
        "readable": readable,
        "names": msgspec.json.encode(names).decode(),
        "limit": len(names),
    }
    rows: Rows = db.execute(_SOUGHT, bindings).fetchall()
    return [_decision(bytes(row[0])) for row in rows]


def read_dossier(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> Dossier:
    """Read a decision with its history, as the viewer may know it.

    Whom the viewer may be told of in it, `sheets` decides.

    Raises:
        NotFoundError: there is none, or none for this viewer.
    """
    decision = find_decision(db, access, viewer, name)
    if decision is None:
        raise NotFoundError(f"no decision {name}; list the decisions")
    entries = _entries(db, name)
    named = [*decision.successors, *([decision.follows] if decision.follows else [])]
    return Dossier(
        decision=decision,
        moments=tuple(moments(entries, viewer, access)),
        linked=frozenset(
            each for each in named if find_decision(db, access, viewer, each)
        ),
    )


def read_record(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> tuple[Decision, tuple[Entry, ...]]:
    """Read what stands in the record of a decision that a viewer is given.

    Raises:
        NotFoundError: there is none, or none for this viewer.
        ForbiddenError: the viewer only observes it.
    """
    decision = find_decision(db, access, viewer, name)
    if decision is None:
        raise NotFoundError(f"no decision {name}; list the decisions")
    if not is_inside(decision, viewer, NationCode(access.alliance.code)):
        raise ForbiddenError(
            "only those who decide are given the record; ask a delegate of theirs"
        )
    return decision, for_record(_entries(db, name), viewer, access)


def _entries(db: apsw.Connection, name: str) -> list[Entry]:
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
    """Find a consultation; None if there is none, or none for this viewer.

    A decision that came of it is named to those who may know of that.
    """
    readable = readable_labels(db, access, viewer)
    bindings = {"id": name, "readable": readable}
    row: tuple[Any, ...] | None = db.execute(_ONE_CONSULTATION, bindings).fetchone()
    if row is None:
        return None
    found = _consultation(row[0])
    if found.decision and find_decision(db, access, viewer, found.decision) is None:
        return msgspec.structs.replace(found, decision=None)
    return found


def list_consultations(
    db: apsw.Connection, access: Access, viewer: Viewer, *, limit: int = PAGE_SIZE_MAX
) -> list[Consultation]:
    """List the consultations that a viewer may see: open ones first, the newest.

    What came of them is told by `find_consultation`.
    """
    bindings = {
        "readable": readable_labels(db, access, viewer),
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    rows: Rows = db.execute(_CONSULTATIONS, bindings).fetchall()
    return [
        msgspec.structs.replace(_consultation(bytes(row[0])), decision=None)
        for row in rows
    ]


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
