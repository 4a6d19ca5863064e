"""Neighbours: which objects name an object, in a viewer's world.

- That something names an object is noted at admission (`references`). Who may see the
  version that does is asked inside the SQL, so what is hidden takes nobody's place.
- What the viewer holds of it is read afterwards and has the last word: an older or a
  wider version that named the object gives nothing away.
"""

from typing import Any, Final

import msgspec

from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

NEIGHBOURS_MAX: Final = 60
"""Objects that are looked at, the last to arrive first: more are no picture."""

_NAMING = """
SELECT v.object
  FROM reference AS r
 CROSS JOIN version AS v ON v.object = r.referrer AND v.position = r.position
 WHERE r.target = :target
   AND v.withdrawn = 0
   AND v.flags & 8 = 0
   AND v.collection IN (SELECT value FROM json_each(:collections))
   AND EXISTS (SELECT 1
                 FROM delivery AS d
                WHERE d.version = v.version
                  AND substr(:readable, d.reach, 1) = x'01')
 ORDER BY r.position DESC, v.version
 LIMIT :limit
"""


def naming(seen: Snapshot, viewer: Viewer, stix_id: str) -> list[str]:
    """List ids of what names an object and may be seen by the viewer, newest first.

    What the viewer's own version of each says is still to be read.
    """
    readable = [each.key for each in seen.collections(viewer) if each.can_read]
    rows: list[tuple[Any, ...]] = seen.db.execute(
        _NAMING,
        {
            "target": stix_id,
            "collections": msgspec.json.encode(readable).decode(),
            "readable": seen.readable(viewer),
            "limit": NEIGHBOURS_MAX,
        },
    ).fetchall()
    return list(dict.fromkeys(str(row[0]) for row in rows))
