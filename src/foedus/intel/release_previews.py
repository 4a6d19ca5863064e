"""What a release would make visible that was not, before anything is released.

Whoever looks at a page wants an answer now, so a preview may count the newest versions
only, and says so; whoever wants all of it asks for all.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from foedus.alliance.past import Past, load_past
from foedus.clock import to_ms
from foedus.ids import NationCode
from foedus.intel import releases
from foedus.intel.entitlements import load_releases
from foedus.intel.events import Released
from foedus.intel.reading import Snapshot
from foedus.intel.releases import DAY_MS, NEWEST, Cover, Release, When
from foedus.releasability.join import decode_label
from foedus.releasability.labels import parse_label, print_label
from foedus.releasability.viewers import Viewer

GLANCE_VERSIONS: Final = 8_000
"""Versions that a look at a page counts, at most, the newest first."""

_COVERED = """
SELECT v.collection, v.object, a.label, v.nation, v.information, v.arrival, v.position
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.nation = :nation
   AND v.information >= :since
   AND v.withdrawn = 0
   AND v.flags & 24 = 0
 ORDER BY v.version DESC
"""

_SEEN = """
SELECT v.collection, v.object, a.label, v.nation, v.information, v.arrival, v.position
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.information >= :since
   AND v.withdrawn = 0
   AND v.flags & 24 = 0
   AND EXISTS (SELECT 1 FROM delivery AS d
                WHERE d.version = v.version
                  AND substr(:readable, d.reach, 1) = x'01')
 ORDER BY v.version DESC
"""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a release makes visible that was not, before it is made.

    Attributes:
        objects: how many objects.
        by_label: how many under each label; each object by its last version.
        whole: whether everything was counted, and not the newest versions only.
    """

    objects: int
    by_label: dict[str, int]
    whole: bool = True


def preview(
    seen: Snapshot, event: Released, arrival_ms: int, most: int | None = None
) -> Preview:
    """Tell what a release gives of its author's own information.

    A function of what the author's nation originated, and of releases of its own:
    which of it somebody else's lane hides from a receiver is not looked at.

    Args:
        seen: one state of the views.
        event: the release.
        arrival_ms: when it is made.
        most: how many versions to count, the newest first; None for all.
    """
    earlier = [
        each
        for each in load_releases(seen.db)
        if event.nation in (each.event.nation, *each.event.decided)
    ]
    gains = _gains(seen, event, (), arrival_ms, earlier)
    bindings = {"nation": event.nation, "since": event.since_ms}
    found: Iterator[tuple[Any, ...]] = seen.db.execute(_COVERED, bindings)
    # What is above the selection may be above whoever asks, and is not even counted.
    level = parse_label(event.selection, seen.access.alliance).level
    rows = (row for row in found if decode_label(row[2]).level <= level)
    return _counted(seen, gains, rows, most)


def preview_decided(
    seen: Snapshot,
    viewer: Viewer,
    event: Released,
    now: datetime,
    most: int | None = None,
) -> Preview:
    """Tell what a decision would release, of what one reader sees.

    A function of what the reader has been given, and of releases that the reader may
    know of.

    Args:
        seen: one state of the views.
        viewer: who reads.
        event: the release that the decision would make.
        now: when it is asked.
        most: how many versions to count, the newest first; None for all.
    """
    earlier = [
        each
        for each in load_releases(seen.db)
        if releases.is_shown(each, viewer, seen.access)
    ]
    gains = _gains(seen, event, event.decided, to_ms(now), earlier)
    bindings = {"since": event.since_ms, "readable": seen.readable(viewer)}
    return _counted(seen, gains, seen.db.execute(_SEEN, bindings), most)


class _Covering(NamedTuple):
    """A release, and the position up to which it covers what arrives."""

    cover: Cover
    event: Released
    consents: tuple[NationCode, ...]
    until: int


class _Gains:
    """Whether anybody gains by the first of some releases; judged once for many.

    Args:
        seen: one state of the views.
        covers: the new release, and those before it.
        past: what was known of the alliance, and when.
    """

    def __init__(self, seen: Snapshot, covers: Sequence[_Covering], past: Past) -> None:
        self._seen = seen
        self._covers = covers
        self._past = past
        self._ends = sorted(each.until for each in covers)
        self._known: dict[tuple[object, ...], bool] = {}

    def any(self, collection: int, raw: bytes, of: NationCode, when: When) -> bool:
        """Tell whether a nation gains something.

        Args:
            collection: where the thing stands.
            raw: its label, encoded.
            of: whose it is.
            when: when it arrived.
        """
        # What is covered depends on the days, on which releases came later, and on
        # what was known of the alliance.
        key = (
            collection,
            raw,
            of,
            when.information_ms // DAY_MS,
            when.arrival_ms // DAY_MS,
            bisect_left(self._ends, when.position),
            self._past.turn(when.position),
            self._past.turn_at(when.information_ms),
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = bool(self._gaining(collection, raw, of, when))
        return found

    def _gaining(
        self, collection: int, raw: bytes, of: NationCode, when: When
    ) -> set[NationCode]:
        label = decode_label(raw)
        new, *earlier = self._covers
        if not new.cover.covers(label, of, new.consents, when):
            return set()
        gaining = _readers(self._seen, collection, label.level, new.event.to)
        gaining -= self._seen.access.audience(label) | {of}
        for each in earlier:
            if each.until < when.position or not gaining:
                continue
            if each.cover.covers(label, of, each.consents, when):
                gaining -= set(each.event.to)
        return gaining


def _gains(
    seen: Snapshot,
    event: Released,
    consents: tuple[NationCode, ...],
    arrival_ms: int,
    earlier: Sequence[Release],
) -> _Gains:
    past = load_past(seen.db, seen.access.alliance)
    new = _Covering(Cover(event, arrival_ms, NEWEST, past), event, consents, NEWEST)
    covers = [
        _Covering(
            Cover(each.event, each.arrival_ms, each.position, past),
            each.event,
            each.consents,
            NEWEST if each.event.ongoing else each.position,
        )
        for each in earlier
        if not each.withdrawn
    ]
    return _Gains(seen, [new, *covers], past)


def _readers(
    seen: Snapshot, collection: int, level: int, nations: Sequence[NationCode]
) -> set[NationCode]:
    return {each for each in nations if seen.can_read(collection, each, level)}


def _counted(
    seen: Snapshot, gains: _Gains, rows: Iterator[tuple[Any, ...]], most: int | None
) -> Preview:
    """Count objects of which a version is newly visible.

    Args:
        seen: one state of the views.
        gains: who gains what.
        rows: collection, id, encoded label, nation and `When` of each version, the
            newest first.
        most: how many of them to look at; None for all.
    """
    labels: dict[tuple[int, str], bytes] = {}
    for collection, stix_id, raw, nation, *when in islice(rows, most):
        if gains.any(collection, raw, NationCode(nation), When(*when)):
            labels.setdefault((collection, stix_id), raw)
    by_label: Counter[str] = Counter()
    for raw, count in Counter(labels.values()).items():
        by_label[print_label(decode_label(raw).label, seen.access.alliance)] += count
    return Preview(
        objects=len(labels),
        by_label=dict(by_label),
        whole=next(rows, None) is None,
    )
