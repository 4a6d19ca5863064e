"""What a change of the alliance would open to a nation, of what one reader sees.

- Counted is what the reader has been given, by label, and nothing else: two readers
  may be told different numbers, and neither learns what the other sees.
- Labels decide, and rights of collections. Which of it another lane hides from the
  nation is not looked at: it may be a lane that the reader does not know of.
- A community with a date means its nations of that day, so that a later member is not
  among them: such a thing stays closed until somebody releases it.
"""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec

from foedus.alliance.past import load_past
from foedus.ids import NationCode
from foedus.intel.collections import load_collections
from foedus.intel.reading import NOBODY, Snapshot
from foedus.intel.releases import NEWEST, Cover, Release, When
from foedus.intel.releasing import shown
from foedus.intel.rights import may_read
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Role, Viewer

_IS_READ: Final = "substr(:readable, d.reach, 1) = x'01' AND d.unit <= :unit"
"""Whether a delivery had come to the reader by the day."""

_IS_LATER: Final = f"""
EXISTS (SELECT 1
          FROM version AS l
          JOIN delivery AS d ON d.version = l.version
         WHERE l.object = v.object
           AND l.collection = v.collection
           AND (l.modified, l.version) > (v.modified, v.version)
           AND l.withdrawn = 0
           AND l.flags & 24 = 0
           AND {_IS_READ})
"""  # noqa: S608 - of a constant
"""Whether a later version of an object came to the reader."""

_FROM_LAST: Final = f"""
  FROM version AS v
  JOIN delivery AS d ON d.version = v.version
 WHERE {_IS_READ}
   AND v.type <> 'marking-definition'
   AND v.withdrawn = 0
   AND v.flags & 24 = 0
   AND (v.flags & 37 = 0 OR NOT {_IS_LATER})
"""
"""The last version of each object; few have a flag, so few look for a later one."""

_COUNTED: Final = f"""
SELECT d.collection, v.audience, v.nation, count(*)
{_FROM_LAST}
 GROUP BY d.collection, v.audience, v.nation
 ORDER BY d.collection, v.audience, v.nation
"""

_EACH: Final = f"""
SELECT d.collection, v.audience, v.nation, v.information, v.arrival, v.position
{_FROM_LAST}
 ORDER BY v.version
"""

_LABELS: Final = "SELECT audience, label FROM audience ORDER BY audience"

_UNIT: Final = "SELECT coalesce(max(unit), 0) FROM unit WHERE arrival < :until"


class Way(StrEnum):
    """How something stands to a nation."""

    SEEN = "seen already"
    OPENS = "opens"
    LEVEL = "above the level that its people may be cleared to"
    CONTROLLED = "controlled by its originator, and the nation is not named"
    AUDIENCE = "its nations are named or dated; a release would open it"
    COLLECTION = "in a collection that it may not read"
    CLOSES = "closes"


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Objects that stand alike.

    Attributes:
        label: the canonical text.
    """

    label: str
    way: Way
    objects: int


class Openings(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would open to a nation.

    Attributes:
        objects: how many objects the reader sees.
        groups: these by label and by how they would stand.
        labels: of all of them, as fixed.
    """

    objects: int
    groups: tuple[Group, ...]
    labels: frozenset[FixedLabel]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """To whom something would open.

    Attributes:
        before: who could see what without the change.
        after: who could with it.
    """

    nation: NationCode
    before: Access
    after: Access


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What one reader has been given, counted once for any number of changes.

    Attributes:
        rows: collection, audience, originator and how many objects.
        labels: of the audiences.
    """

    rows: tuple[tuple[int, int, str, int], ...]
    labels: dict[int, FixedLabel]
    bindings: dict[str, Any]


class _Judge:
    """Tells how things stand to a nation before and after a change."""

    def __init__(self, seen: Snapshot, change: Change) -> None:
        self._nation = change.nation
        self._before = change.before
        self._after = change.after
        self._ceiling = change.after.alliance.ceiling(change.nation)
        self._rights = {each.key: read for each, read, _ in load_collections(seen.db)}

    def way(self, collection: int, label: FixedLabel, originator: NationCode) -> Way:
        """Tell how one kind of thing would stand."""
        before = self._why_not(self._before, collection, label, originator)
        later = self._why_not(self._after, collection, label, originator)
        if later is None:
            return Way.OPENS if before else Way.SEEN
        return later if before else Way.CLOSES

    def _why_not(
        self,
        access: Access,
        collection: int,
        label: FixedLabel,
        originator: NationCode,
    ) -> Way | None:
        if label.level > self._ceiling:
            return Way.LEVEL
        nations = access.audience(label) | {originator}
        if not access.standing(self._nation) or self._nation not in nations:
            return Way.CONTROLLED if label.controllers else Way.AUDIENCE
        if not may_read(self._rights[collection], self._reader(label.level), access):
            return Way.COLLECTION
        return None

    def _reader(self, clearance: int) -> Viewer:
        return Viewer(
            nation=self._nation,
            clearance=clearance,
            roles=frozenset({Role.READER}),
            account=NOBODY,
        )


def openings(
    seen: Snapshot, viewer: Viewer, nation: NationCode, after: Access, until_ms: int
) -> Openings:
    """Tell what a change would open to a nation, of what one reader sees.

    Args:
        seen: one state of the views.
        viewer: who reads.
        nation: to whom it would be open.
        after: who could see what after the change.
        until_ms: what had come to the reader before this instant is counted.
    """
    change = Change(nation=nation, before=seen.access, after=after)
    return opened(seen, viewer, given_to(seen, viewer, until_ms), change)


def given_to(seen: Snapshot, viewer: Viewer, until_ms: int) -> Counted:
    """Count what one reader has been given; some 2 s for a million objects.

    Args:
        seen: one state of the views.
        viewer: who reads.
        until_ms: what had come to the reader before this instant is counted.
    """
    unit: int = seen.db.execute(_UNIT, {"until": until_ms}).get
    bindings = {"readable": seen.readable(viewer), "unit": unit}
    return Counted(
        rows=tuple(seen.db.execute(_COUNTED, bindings)),
        labels={row[0]: decode_label(row[1]) for row in seen.db.execute(_LABELS)},
        bindings=bindings,
    )


def opened(seen: Snapshot, viewer: Viewer, given: Counted, change: Change) -> Openings:
    """Tell what a change would open, of what was counted of the same reader."""
    judge = _Judge(seen, change)
    counted: Counter[tuple[str, Way]] = Counter()
    used: set[FixedLabel] = set()
    released = _released(seen, viewer, change.nation, given)
    for collection, audience, originator, number in given.rows:
        label = given.labels[audience]
        used.add(label)
        text = print_label(label.label, seen.access.alliance)
        way = judge.way(collection, label, NationCode(originator))
        open_now = 0
        if way not in (Way.SEEN, Way.CLOSES):
            open_now = released[collection, audience, originator]
        counted[text, Way.SEEN] += open_now
        counted[text, way] += number - open_now
    return Openings(
        objects=sum(counted.values()),
        groups=tuple(
            Group(label=text, way=way, objects=number)
            for (text, way), number in sorted(counted.items())
            if number
        ),
        labels=frozenset(used),
    )


def _released(
    seen: Snapshot,
    viewer: Viewer,
    nation: NationCode,
    given: Counted,
) -> Counter[tuple[int, int, str]]:
    """Count what releases, of which the reader may know, give the nation already."""
    found: Counter[tuple[int, int, str]] = Counter()
    inside = [
        each
        for each in shown(seen, viewer)
        if nation in each.event.to and not each.withdrawn
    ]
    if not inside:
        return found
    past = load_past(seen.db, seen.access.alliance)
    covers = [
        (each, Cover(each.event, each.arrival_ms, each.position, past))
        for each in inside
    ]
    rows: Iterator[tuple[Any, ...]] = seen.db.execute(_EACH, given.bindings)
    for collection, audience, originator, *when in rows:
        moment, label = When(*when), given.labels[audience]
        if seen.can_read(collection, nation, label.level) and any(
            _covers(each, cover, label, NationCode(originator), moment)
            for each, cover in covers
        ):
            found[collection, audience, originator] += 1
    return found


def _covers(
    release: Release,
    cover: Cover,
    label: FixedLabel,
    originator: NationCode,
    when: When,
) -> bool:
    until = NEWEST if release.event.ongoing else release.position
    return until >= when.position and cover.covers(
        label, originator, release.consents, when
    )
