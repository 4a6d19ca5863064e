"""Who has versions now: what was delivered, and what the rules let nations have.

- They are the same, but for ids of which several nations have published: a class holds
  one lane of an id, and which one may follow from lanes that others must not know.
- What is told to whose it is, is what the rules say (`due`); what is done, by what was
  delivered (`delivered`).
- Only classes that ever had a chance to see it: their nation may read the collection,
  and had standing since.

Source: DESIGN §6, "Lanes" and "Non-interference"; ADR 18.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import apsw
import msgspec

from foedus.intel.alone import spans
from foedus.intel.entitlements import BY_LABEL
from foedus.intel.losses import absences, readers_of
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.views import from_blob

ARRIVED: Final = "arrival"
"""It came to a nation when it came to the hub."""

RELEASED: Final = "release"
"""It came to a nation by a release."""

OPENED: Final = "community"
"""It came to a nation later: a community gained it, or another's lane went."""

_DELIVERED = """
SELECT d.number, r.mask, a.reason, u.arrival, v.arrival, v.modified, o.label
  FROM json_each(:versions) AS j
 CROSS JOIN version AS v ON v.version = j.value
  JOIN delivery AS d ON d.version = v.version
  JOIN reach AS r ON r.reach = d.reach
  JOIN audience AS a ON a.audience = r.audience
  JOIN audience AS o ON o.audience = v.audience
  JOIN unit AS u ON u.unit = d.unit
 ORDER BY d.number
 LIMIT 1000000
"""


_RIVALLED = """
SELECT v.version, v.arrival, v.modified, a.label
  FROM json_each(:versions) AS j
 CROSS JOIN version AS v ON v.version = j.value
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.flags & 4 <> 0
 ORDER BY v.version
 LIMIT 100000
"""

_NUMBER_SINCE = """
SELECT min(d.number)
  FROM delivery AS d
  JOIN unit AS u ON u.unit = d.unit
 WHERE d.version = :version AND u.arrival >= :since
"""


_LAST_BEFORE = """
SELECT last
  FROM unit
 WHERE collection = :collection AND arrival < :since
 ORDER BY arrival DESC, unit DESC
 LIMIT 1
"""


class Delivered(NamedTuple):
    """One delivery of what goes: which classes hold it, since when, and why.

    Attributes:
        version: the instant of the version that was delivered.
        number: of the delivery.
        label: under which it was delivered; of a revoked version, for who had an older
            one, that of the older.
    """

    classes: int
    how: str
    since_ms: int
    version: int
    number: int
    label: FixedLabel


def delivered(
    db: apsw.Connection, access: Access, collection: int, versions: Sequence[int]
) -> list[Delivered]:
    """Tell who holds versions of one collection, in the order of their deliveries.

    Only classes that ever had a chance to see them: their nation may read there, and
    had standing since.

    Args:
        db: the views.
        access: who may see what.
        collection: its key.
        versions: their rows.
    """
    may_read = access.mask(readers_of(db, access, collection), 0)
    absent = [(access.mask([nation], 0), number) for nation, number in absences(db)]
    found = []
    bindings = {"versions": msgspec.json.encode(list(versions)).decode()}
    for number, mask, reason, came, arrival, version, label in db.execute(
        _DELIVERED, bindings
    ):
        classes = from_blob(mask) & may_read
        for away, last in absent:
            if number > last:
                classes &= ~away
        how = RELEASED if "0" not in reason.split(",") else ARRIVED
        if how == ARRIVED and came > arrival:
            how = OPENED
        if classes:
            fixed = decode_label(bytes(label))
            found.append(Delivered(classes, how, came, version, number, fixed))
    return found


def due(
    db: apsw.Connection, access: Access, collection: int, versions: Sequence[int]
) -> list[Delivered]:
    """Tell whom the rules let have versions of one collection, whatever they hold.

    It is what `delivered` tells, but for ids of which several nations have published:
    of those, as if each lane were the only one. Numbers there are those of the first
    delivery to anybody since; where there is none, of what is delivered next in the
    collection, whatever it is: whoever has read so far has read what stood before it.

    Args:
        db: the views.
        access: who may see what.
        collection: its key.
        versions: their rows.
    """
    bindings = {"versions": msgspec.json.encode(list(versions)).decode()}
    rivalled = {
        int(key): (int(arrival), int(modified), decode_label(bytes(label)))
        for key, arrival, modified, label in db.execute(_RIVALLED, bindings)
    }
    plain = [each for each in versions if each not in rivalled]
    found = delivered(db, access, collection, plain)
    may_read = access.mask(readers_of(db, access, collection), 0)
    for span in spans(db, access, list(rivalled)):
        classes = span.classes & may_read
        if span.until_ms is not None or not classes:
            continue
        arrival, modified, label = rivalled[span.version]
        how = ARRIVED if span.since_ms <= arrival else OPENED
        if BY_LABEL not in span.reason.split(","):
            how = RELEASED
        since = {
            "version": span.version,
            "since": span.since_ms,
            "collection": collection,
        }
        number = db.execute(_NUMBER_SINCE, since).get
        if number is None:
            number = int(db.execute(_LAST_BEFORE, since).get or 0) + 1
        found.append(Delivered(classes, how, span.since_ms, modified, number, label))
    return found
