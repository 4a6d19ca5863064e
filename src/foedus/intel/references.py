"""References: which stored version names which object.

- Noted from what admission wrote beside a version: what its label was joined with, and
  what its publisher could not see. Nothing is parsed again.
- It is asked on behalf of one nation, for its own versions: that a nation's object
  refers to another is that nation's business until it is looked at.

Source: DESIGN §6, "Join, once, at admission"; ADR 18.
"""

from typing import Any, Final

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.ids import StixId
from foedus.intel.events import Published
from foedus.intel.reading import Snapshot
from foedus.releasability.join import decode_label
from foedus.releasability.viewers import Viewer

REFERRERS_MAX: Final = 200
"""Referrers that are listed of one object. More than that nobody decides one by one."""

_LOOKED_AT: Final = 10_000
"""References that are looked at for them."""

_NOTE = """
INSERT INTO reference (target, position, referrer) VALUES (?, ?, ?)
    ON CONFLICT DO NOTHING
"""

# Looks through all of them: a redaction is rare, and an index would cost each object.
_ERASE = "DELETE FROM reference WHERE position = :position"

_REFERRERS = """
SELECT c.alias, v.object, v.type, v.written, a.label
  FROM reference AS r
 CROSS JOIN version AS v ON v.object = r.referrer AND v.position = r.position
  JOIN collection AS c ON c.collection = v.collection
  JOIN audience AS a ON a.audience = v.audience
 WHERE r.target = :target
   AND v.nation = :nation
   AND v.withdrawn = 0
   AND v.collection IN (SELECT value FROM json_each(:collections))
 ORDER BY r.position DESC, v.version
 LIMIT :limit
"""


class Referrer(msgspec.Struct, frozen=True, kw_only=True):
    """A version that names an object.

    Attributes:
        collection: its alias.
        version: as it is written; the newest that names the object.
    """

    collection: str
    id: StixId
    type: str
    version: str


class ReferenceView:
    """Folds who names what."""

    folds = Published | Redacted
    version = 1
    schema = """
CREATE TABLE IF NOT EXISTS reference (
    target    TEXT    NOT NULL,
    position  INTEGER NOT NULL,
    referrer  TEXT    NOT NULL,
    PRIMARY KEY (target, position)
) STRICT, WITHOUT ROWID;
"""

    def __init__(self) -> None:
        self._rows: list[tuple[str, int, str]] = []

    def load(self, db: apsw.Connection) -> None:
        """Forget what is not written."""
        del db
        self._rows.clear()

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event."""
        match event:
            case Published():
                if event.joined or event.unresolved:
                    named = {each.id for each in event.joined if each.id != event.id}
                    position = recorded.position
                    self._rows += [
                        (each, position, event.id)
                        for each in named.union(event.unresolved)
                    ]
            case Redacted():
                self._write(db)
                db.execute(_ERASE, {"position": event.position})
            case _:
                pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Write what a commit brought."""
        del arrival_ms
        self._write(db)

    def _write(self, db: apsw.Connection) -> None:
        if self._rows:
            self._rows.sort()  # as the table lies
            db.executemany(_NOTE, self._rows)
            self._rows.clear()


def referrers(seen: Snapshot, viewer: Viewer, stix_id: str) -> list[Referrer]:
    """List what the viewer's own nation has published that names an object.

    As far as the viewer is cleared for it; of each the newest version that does,
    newest first.
    """
    collections = [each.key for each in seen.collections(viewer)]
    rows: list[tuple[Any, ...]] = seen.db.execute(
        _REFERRERS,
        {
            "target": stix_id,
            "nation": viewer.nation,
            "collections": msgspec.json.encode(collections).decode(),
            "limit": _LOOKED_AT,
        },
    ).fetchall()
    found: dict[tuple[str, str], Referrer] = {}
    for alias, referrer, stix_type, written, label in rows:
        if decode_label(bytes(label)).level <= viewer.clearance:
            each = Referrer(
                collection=alias, id=referrer, type=stix_type, version=written
            )
            found.setdefault((alias, referrer), each)
    return list(found.values())[:REFERRERS_MAX]
