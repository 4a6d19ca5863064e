"""Who held an object: which nations, by what it came to them, and until when.

- Told to the nation whose versions they are, as far as the asker is cleared for them,
  and to the alliance's own duty officers, auditors and secretariat of what they held
  until it was recalled. To everybody else who sees the object it is refused; to who
  does not, there is none.
- What is held now follows from the deliveries; what was held, from losses, which are
  kept for 31 days, and from recalls, which are kept for ever. Where several nations
  published the id, all of it follows from the rules alone (`alone`).
- Other nations' versions of the same id are named as far as the asker may see them.

Source: DESIGN §6, "Non-interference"; ADR 18.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from foedus.clock import from_ms
from foedus.errors import ForbiddenError, NotFoundError
from foedus.ids import CollectionId, NationCode, StixId
from foedus.intel.alone import spans
from foedus.intel.covers import Covers
from foedus.intel.explain import is_for
from foedus.intel.losses import readers_of
from foedus.intel.reached import ARRIVED, OPENED, RELEASED, due
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.recalls import KEEPERS, How, Recall, recalls
from foedus.releasability.access import Access
from foedus.releasability.join import decode_label
from foedus.releasability.viewers import Viewer
from foedus.releasability.views import from_blob

VERSIONS_MAX: Final = 1_000
"""Versions of one id that are looked at, the newest first."""

_VERSIONS = """
SELECT v.version, v.collection, a.label
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.object = :object
   AND v.nation = :nation
   AND v.collection IN (SELECT value FROM json_each(:collections))
 ORDER BY v.version DESC
 LIMIT :limit
"""

_BORN = """
SELECT v.version, v.collection, v.arrival, a.label
  FROM json_each(:versions) AS j
 CROSS JOIN version AS v ON v.version = j.value
  JOIN audience AS a ON a.audience = v.audience
"""

_LOST = """
SELECT l.collection, l.number, l.at, l.mask, u.arrival, v.arrival, a.label
  FROM json_each(:versions) AS j
 CROSS JOIN loss AS l INDEXED BY loss_version ON l.version = j.value
  JOIN version AS v ON v.version = l.version
  JOIN audience AS a ON a.audience = v.audience
  JOIN unit AS u ON u.unit = l.unit
 ORDER BY l.at, l.collection, l.number
 LIMIT 100000
"""

_LOST_WITH_REACH = """
SELECT l.collection, d.number, l.at, l.mask, u.arrival, v.arrival, a.label
  FROM json_each(:versions) AS j
 CROSS JOIN delivery AS d INDEXED BY delivery_version ON d.version = j.value
  JOIN loss_reach AS l
    ON l.collection = d.collection AND l.reach = d.reach AND l.until >= d.number
  JOIN version AS v ON v.version = d.version
  JOIN audience AS a ON a.audience = v.audience
  JOIN unit AS u ON u.unit = d.unit
 ORDER BY l.at, l.collection, d.number
 LIMIT 100000
"""

_RECALLED = """
SELECT h.nation, min(h.since), h.how
  FROM recall_ledger AS h
 WHERE h.recall = :recall AND h.clearance <= :clearance
 GROUP BY h.nation
 ORDER BY h.nation
 LIMIT 10000
"""

_RECALLED_DELIVERIES = """
SELECT c.id, d.number, d.mask
  FROM recall_delivery AS d
  JOIN collection AS c ON c.collection = d.collection
 WHERE d.recall = :recall
 ORDER BY d.collection, d.number
 LIMIT 100000
"""

Handed = tuple[CollectionId, int, int]
"""A delivery to a nation, by its collection and number, and from which clearance on its
people had it; it never leaves the hub."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A nation that held versions of an object.

    Attributes:
        of: whose versions.
        how: by what the first of them came: when it arrived at the hub, by a release,
            or later because a community gained it.
        until: when the last of them was gone; None while it holds one.
        handed: the deliveries.
    """

    nation: NationCode
    of: NationCode
    how: How
    since: datetime
    until: datetime | None
    handed: tuple[Handed, ...]


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """Another nation's version of the same id, as far as the asker may see it.

    Attributes:
        collection: its alias.
        since: when it arrived.
    """

    nation: NationCode
    collection: str
    version: str
    since: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Who held an object.

    Attributes:
        holders: by whose versions, and then by nation.
        elsewhere: in the order of arrival.
    """

    id: StixId
    holders: tuple[Holder, ...]
    elsewhere: tuple[Elsewhere, ...]


class _Span(NamedTuple):
    """Something that classes held for a while; until None they hold it now."""

    classes: int
    how: How
    since_ms: int
    until_ms: int | None
    place: tuple[CollectionId, int] | None


def held(seen: Snapshot, viewer: Viewer, stix_id: str) -> Held:
    """Tell who held an object.

    Raises:
        NotFoundError: there is no such object for the viewer.
        ForbiddenError: the viewer sees it, but it is another nation's.
    """
    access = seen.access
    readable = {each.key: each for each in seen.collections(viewer)}
    stored = [
        each
        for each in seen.stored(viewer, [stix_id])
        if each.nation and each.collection in readable
    ]
    told = recalls(seen, viewer, stix_id=stix_id)
    is_keeper = viewer.nation == access.alliance.code and viewer.roles & KEEPERS
    own = _own_lane(seen, viewer, stix_id, list(readable))
    spans: dict[NationCode, list[_Span]] = {}
    if own:
        spans[viewer.nation] = list(_spans(seen, own))
    sees = [each for each in stored if each.held and readable[each.collection].can_read]
    for recall in told:
        if recall.nation == viewer.nation or is_keeper:
            spans.setdefault(recall.nation, []).extend(_recalled(seen, viewer, recall))
    if not spans:
        _refuse(stix_id, [*sees, *told])
    return Held(
        id=StixId(stix_id),
        holders=tuple(
            holder
            for nation in sorted(spans)
            for holder in _holders(seen, nation, spans[nation])
        ),
        elsewhere=tuple(elsewhere(seen, viewer, stored, frozenset(spans))),
    )


def handed(seen: Snapshot, recall: Recall) -> dict[NationCode, tuple[Handed, ...]]:
    """Give the deliveries of what was recalled that each nation had."""
    found: dict[NationCode, list[Handed]] = {}
    where = {"recall": recall.key}
    rows: list[tuple[Any, ...]]
    rows = seen.db.execute(_RECALLED_DELIVERIES, where).fetchall()
    for collection, number, mask in rows:
        classes = from_blob(mask)
        place = (CollectionId(collection), number)
        for nation in seen.access.everybody:
            lowest = _lowest(seen.access, nation, classes)
            if lowest is not None:
                found.setdefault(nation, []).append((*place, lowest))
    return {nation: tuple(each) for nation, each in found.items()}


def _lowest(access: Access, nation: NationCode, classes: int) -> int | None:
    """Give the lowest clearance of a nation among some classes; None for none."""
    mine = (classes & access.mask([nation], 0)) >> access.place(nation, 0)
    return (mine & -mine).bit_length() - 1 if mine else None


def elsewhere(
    seen: Snapshot, viewer: Viewer, stored: Iterable[Stored], but: frozenset[NationCode]
) -> Iterator[Elsewhere]:
    """Name versions of other nations, as far as a viewer may see them.

    Args:
        seen: one state of the views.
        viewer: who asks.
        stored: versions of one id, of collections that are there for the viewer.
        but: nations that are left out.
    """
    covers = Covers(seen, viewer)
    aliases = {
        each.key: each.alias for each in seen.collections(viewer) if each.can_read
    }
    for each in stored:
        if each.nation in but or each.collection not in aliases:
            continue
        is_cleared = viewer.clearance >= each.label.level
        if each.held or (is_cleared and is_for(covers, each, viewer.nation)):
            yield Elsewhere(
                nation=each.nation,
                collection=aliases[each.collection],
                version=each.version,
                since=from_ms(each.arrival_ms),
            )


def _own_lane(
    seen: Snapshot, viewer: Viewer, stix_id: str, collections: list[int]
) -> list[tuple[int, int]]:
    """Find the own nation's versions, withdrawn ones too, up to the own clearance."""
    if not seen.access.standing(viewer.nation):
        return []
    rows = seen.db.execute(
        _VERSIONS,
        {
            "object": stix_id,
            "nation": viewer.nation,
            "collections": msgspec.json.encode(collections).decode(),
            "limit": VERSIONS_MAX,
        },
    )
    return [
        (int(key), int(collection))
        for key, collection, label in rows
        if decode_label(bytes(label)).level <= viewer.clearance
    ]


def _spans(seen: Snapshot, lane: Sequence[tuple[int, int]]) -> Iterator[_Span]:
    """Give what of some versions is held, and what was."""
    names = {each.key: each.id for each in seen.every_collection()}
    by_collection: dict[int, list[int]] = {}
    for key, collection in lane:
        by_collection.setdefault(collection, []).append(key)
    for collection, keys in by_collection.items():
        for each in due(seen.db, seen.access, collection, keys):
            place = (names[collection], each.number) if each.number else None
            how: How = each.how  # type: ignore[assignment]  # one of the three
            yield _Span(each.classes, how, each.since_ms, None, place)
    yield from _ended(seen, lane)
    bindings = {"versions": msgspec.json.encode([key for key, _ in lane]).decode()}
    for statement in (_LOST, _LOST_WITH_REACH):
        rows: list[tuple[Any, ...]] = seen.db.execute(statement, bindings).fetchall()
        for collection, number, at, mask, came, arrival, label in rows:
            addressed = seen.access.mask(
                seen.access.audience(decode_label(bytes(label))), 0
            )
            place = (names[collection], number)
            by_label: How = ARRIVED if came == arrival else OPENED
            classes = from_blob(mask)
            yield _Span(classes & addressed, by_label, came, at, place)
            yield _Span(classes & ~addressed, RELEASED, came, at, place)


def _ended(seen: Snapshot, lane: Sequence[tuple[int, int]]) -> Iterator[_Span]:
    """Give what the rules would have let somebody have until they no longer did."""
    keys = [key for key, _ in lane]
    bindings = {"versions": msgspec.json.encode(keys).decode()}
    versions = {
        key: (collection, int(arrival), decode_label(bytes(label)))
        for key, collection, arrival, label in seen.db.execute(_BORN, bindings)
    }
    for span in spans(seen.db, seen.access, keys):
        if span.until_ms is None:
            continue
        collection, arrival, label = versions[span.version]
        readers = readers_of(seen.db, seen.access, collection)
        classes = span.classes & seen.access.mask(readers, 0)
        addressed = seen.access.mask(seen.access.audience(label), 0)
        by_label: How = ARRIVED if span.since_ms == arrival else OPENED
        ends = (span.since_ms, span.until_ms, None)
        yield _Span(classes & addressed, by_label, *ends)
        yield _Span(classes & ~addressed, RELEASED, *ends)


def _recalled(seen: Snapshot, viewer: Viewer, recall: Recall) -> Iterator[_Span]:
    """Give what was held of a recalled object, up to the viewer's clearance."""
    places = handed(seen, recall)
    where = {"recall": recall.key, "clearance": viewer.clearance}
    rows: list[tuple[Any, ...]] = seen.db.execute(_RECALLED, where).fetchall()
    for nation, since_ms, how in rows:
        classes = seen.access.mask([nation], 0)
        yield _Span(classes, how, since_ms, recall.arrival_ms, None)
        for collection, number, lowest in places.get(nation, ()):
            classes = seen.access.mask([nation], lowest)
            place = (collection, number)
            yield _Span(classes, how, since_ms, recall.arrival_ms, place)


def _holders(
    seen: Snapshot, of: NationCode, spans: Sequence[_Span]
) -> Iterator[Holder]:
    access = seen.access
    for nation in sorted(access.everybody - {of}):
        bits = access.mask([nation], 0)
        mine = [each for each in spans if each.classes & bits]
        if not mine:
            continue
        first = min(mine, key=lambda each: each.since_ms)
        ends = [each.until_ms for each in mine if each.until_ms is not None]
        places = {
            (*each.place, _lowest(access, nation, each.classes) or 0)
            for each in mine
            if each.place is not None
        }
        yield Holder(
            nation=nation,
            of=of,
            how=first.how,
            since=from_ms(first.since_ms),
            until=from_ms(max(ends)) if len(ends) == len(mine) else None,
            handed=tuple(sorted(places)),
        )


def _refuse(stix_id: str, known: Sequence[Stored | Recall]) -> None:
    """Refuse to tell; whoever knows the object is told why.

    Raises:
        ForbiddenError: the viewer sees it, but it is another nation's.
        NotFoundError: there is no such object for the viewer.
    """
    if not known:
        raise NotFoundError(f"no object {stix_id}; check the id")
    whose = ", ".join(sorted({each.nation for each in known}))
    raise ForbiddenError(f"who held it is told to {whose}, which published it")
