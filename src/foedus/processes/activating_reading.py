"""What activation rules are judged on: intelligence, as the rule's nation sees it.

Everything here is read as an ordinary reader of that nation who is cleared for the
rule's ceiling: what such a reader may not see leaves no trace in what is proposed,
when, with which score, or in whether anything is.
"""

from collections.abc import Mapping
from typing import Any, Final

import apsw
import msgspec
import orjson

from foedus.ids import NationCode
from foedus.intel.following import follow
from foedus.intel.places import INTEL, Change, Interest, Place
from foedus.intel.reading import NOBODY, Snapshot
from foedus.releasability.join import decode_label
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Role, Viewer
from foedus.response.proposals_events import TriggerSet
from foedus.response.triggers import (
    SIGHTING,
    Evidence,
    Piece,
    Thing,
    confidence_of,
    subject_of,
)

CHANGES_MAX: Final = 200
"""Changes that are judged for a rule at once; then others come first."""

SIGHTINGS_MAX: Final = 500
"""Sightings of a thing that are counted, the newest ones."""

_US_OF_MS: Final = 1_000

_DEFINITIONS: Final = frozenset({"marking-definition", "extension-definition"})
"""What comes with objects, and is about none."""

_OBJECT: Final = """
SELECT v.object, v.written, v.type, v.nation, v.modified, a.label,
       substr(e.body, v.place + 1, v.length)
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
 WHERE v.object = :target
   AND v.withdrawn = 0
   AND v.flags & 8 = 0
   AND v.collection IN (SELECT value FROM json_each(:collections))
   AND EXISTS (SELECT 1
                 FROM delivery AS d
                WHERE d.version = v.version
                  AND substr(:readable, d.reach, 1) = x'01')
 ORDER BY v.modified DESC, v.version DESC
 LIMIT 1
"""

_SIGHTINGS: Final = """
SELECT v.object, v.written, v.type, v.nation, v.modified, a.label,
       substr(e.body, v.place + 1, v.length)
  FROM reference AS r
 CROSS JOIN version AS v ON v.object = r.referrer AND v.position = r.position
  JOIN audience AS a ON a.audience = v.audience
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
 WHERE r.target = :target
   AND v.type = 'sighting'
   AND v.withdrawn = 0
   AND v.flags & 8 = 0
   AND v.collection IN (SELECT value FROM json_each(:collections))
   AND EXISTS (SELECT 1
                 FROM delivery AS d
                WHERE d.version = v.version
                  AND substr(:readable, d.reach, 1) = x'01')
 ORDER BY v.modified DESC, v.version DESC
 LIMIT :limit
"""

Rows = list[tuple[Any, ...]]


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What came to a rule's nation since it was last looked at.

    Attributes:
        things: each with what caused it to be judged, and when that came.
        place: behind all of it.
        more: whether more follows already.
    """

    things: tuple[tuple[Thing, Evidence, int], ...]
    place: Place
    more: bool


def viewer_of(seen: Snapshot, rule: TriggerSet) -> Viewer:
    """Tell as whom a rule reads: an ordinary reader of its nation."""
    top = seen.access.alliance.ceiling(rule.nation)
    return Viewer(
        nation=rule.nation,
        clearance=min(rule.ceiling, top),
        roles=frozenset({Role.READER}),
        account=NOBODY,
    )


def came(seen: Snapshot, rule: TriggerSet, place: Place) -> Came:
    """Read what came to a rule's nation behind a place.

    Raises:
        ForbiddenError: the nation has no standing.
    """
    viewer = viewer_of(seen, rule)
    types = (*rule.terms.types, SIGHTING) if rule.terms.types else ()
    interest = Interest(kinds=(INTEL,), types=types)
    found = follow(seen, viewer, interest, place, limit=CHANGES_MAX)
    reader = _Reader(seen, viewer)
    things = []
    for change in found.changes:
        if change.is_lost or change.type in _DEFINITIONS:
            continue
        document = orjson.loads(change.raw)
        thing = reader.thing(subject_of(document))
        if thing is not None:
            cause = _evidence_of(change, document)
            things.append((thing, cause, change.place.commit_ms))
    return Came(things=tuple(things), place=found.place, more=found.more)


class _Reader:
    """Reads things for one viewer, inside one snapshot."""

    def __init__(self, seen: Snapshot, viewer: Viewer) -> None:
        self._db: apsw.Connection = seen.db
        self._alliance = seen.access.alliance
        self._things: dict[str, Thing | None] = {}
        keys = [each.key for each in seen.collections(viewer) if each.can_read]
        self._sight: dict[str, Any] = {
            "readable": seen.readable(viewer),
            "collections": orjson.dumps(keys).decode(),
        }

    def thing(self, subject: str) -> Thing | None:
        """Read an object with the sightings of it; `None` if it is not to be seen."""
        if subject not in self._things:
            self._things[subject] = self._read(subject)
        return self._things[subject]

    def _read(self, subject: str) -> Thing | None:
        where = {**self._sight, "target": subject}
        row = self._db.execute(_OBJECT, where).fetchone()
        if row is None:
            return None
        document = orjson.loads(row[6])
        rows: Rows = self._db.execute(
            _SIGHTINGS, {**where, "limit": SIGHTINGS_MAX}
        ).fetchall()
        own = _piece(row, document)
        return Thing(
            id=subject,
            document=document,
            printed=print_label(own.label.label, self._alliance),
            own=own,
            sightings=tuple(
                _piece(each, said)
                for each in rows
                if (said := orjson.loads(each[6])).get("revoked") is not True
            ),
        )


def _piece(row: tuple[Any, ...], document: Mapping[str, object]) -> Piece:
    stix_id, version, stix_type, nation, modified_us, label, _ = row
    about = subject_of(document)
    return Piece(
        evidence=Evidence(
            id=str(stix_id),
            version=str(version),
            type=str(stix_type),
            nation=NationCode(str(nation)),
            of="" if about == stix_id else about,
            confidence=confidence_of(document),
        ),
        label=decode_label(bytes(label)),
        modified_ms=int(modified_us) // _US_OF_MS,
    )


def _evidence_of(change: Change, document: Mapping[str, object]) -> Evidence:
    about = subject_of(document)
    return Evidence(
        id=change.id,
        version=change.version,
        type=change.type,
        nation=change.nation,
        of="" if about == change.id else about,
        confidence=confidence_of(document),
    )
