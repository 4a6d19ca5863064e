"""What each lane would have reached, were no other nation's lane of its id there.

- Which of several lanes a class holds follows from all of them, hidden ones as well.
  So whose a lane is must not be told who holds it, but whom the rules let have it:
  its label, the releases that cover it, and what communities gained or lost.
- Rows are kept for ids alone of which several nations have published; for all others
  deliveries and losses say the same. A lane's rows begin with its deliveries, which
  until then nothing else could sway.
- A row is a *span*: classes that had a version since some commit, and why; until
  another, or until now. What has ended is forgotten when losses are; its number is
  not given again, since numbers tell who was away when a span began.

Source: DESIGN §6, "Non-interference"; ADR 18.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.intel.entitlements import Entitlements, StoredVersion
from foedus.intel.held import Held
from foedus.intel.losses import KEPT_MS
from foedus.releasability.access import Access
from foedus.releasability.views import Reaches, from_blob, to_blob

NOW: Final = -1
"""Stands for the instant of the commit that is being folded."""

_RIVALLED = """
SELECT EXISTS (SELECT 1
                 FROM version
                WHERE object = :object
                  AND collection = :collection
                  AND flags & 4 <> 0)
"""

_KNOWN = """
SELECT DISTINCT a.version
  FROM version AS v
  JOIN alone AS a ON a.version = v.version
 WHERE v.object = :object AND v.collection = :collection
"""

_OPEN = """
SELECT a.span, a.version, v.modified, a.at, a.reason, a.mask, a.born, a.number
  FROM version AS v
  JOIN alone AS a ON a.version = v.version
 WHERE v.object = :object
   AND v.collection = :collection
   AND v.nation = :nation
   AND a.until IS NULL
 ORDER BY a.span
"""

_NATIONS = """
SELECT DISTINCT nation
  FROM version
 WHERE object = :object AND collection = :collection
 ORDER BY nation
"""

_ADD = """
INSERT INTO alone (span, version, at, until, reason, mask, born, number)
VALUES (:span, :version, :at, :until, :reason, :mask, coalesce(:born, :span), :number)
"""

_NEXT = """
INSERT INTO alone_last (one, span)
VALUES (1, 1)
    ON CONFLICT (one) DO UPDATE SET span = span + 1
RETURNING span
"""

_KEEP = "UPDATE alone SET mask = :mask, reason = :reason WHERE span = :span"

_END = "UPDATE alone SET until = -1 WHERE span = :span"

_ARRIVAL = "SELECT arrival FROM unit WHERE unit = :unit"

_FORGET = "DELETE FROM alone WHERE until >= 0 AND until < :before"

_PASSED = "DELETE FROM alone WHERE at < 0 AND until < 0"

_BEGAN = "UPDATE alone SET at = :now WHERE at < 0"

_ENDED = "UPDATE alone SET until = :now WHERE until < 0"

_SPANS = """
SELECT a.version, a.at, a.until, a.reason, a.mask, a.born, a.number
  FROM json_each(:versions) AS j
 CROSS JOIN alone AS a ON a.version = j.value
 WHERE a.at >= 0
 ORDER BY a.span
 LIMIT 100000
"""

_ABSENCES = "SELECT nation, number, span FROM absence ORDER BY nation LIMIT 10000"


class Span(NamedTuple):
    """Classes that would have had a version of a lane.

    Attributes:
        since_ms: the commit since which they would have had it.
        until_ms: the one that ended it; None if they would have it now.
    """

    version: int
    since_ms: int
    until_ms: int | None
    reason: str
    classes: int


class _Row(NamedTuple):
    span: int
    version: int
    modified: int
    at: int
    reason: str
    mask: int
    born: int
    number: int | None


class _Absence(NamedTuple):
    """Classes that had no chance to see what came since."""

    classes: int
    number: int
    span: int

    def hides(self, born: int, number: int | None) -> bool:
        """Tell whether a span began when they were away."""
        return born > self.span if number is None else number > self.number


class Alone:
    """The fold's hand on what lanes would have reached."""

    def __init__(self, reaches: Reaches, entitlements: Entitlements) -> None:
        self._reaches = reaches
        self._entitlements = entitlements
        self._is_dirty = False

    def settle(
        self,
        db: apsw.Connection,
        where: Mapping[str, Any],
        versions: Collection[StoredVersion],
        deliveries: Iterable[Held],
    ) -> None:
        """Make the spans of one id what they would be, lane by lane.

        Args:
            db: the views.
            where: the id.
            versions: those that are left, of all lanes.
            deliveries: as they are before they are settled.
        """
        if not db.execute(_RIVALLED, where).get:
            return
        self._begin(db, where, deliveries)
        for (nation,) in db.execute(_NATIONS, where).fetchall():
            lane = sorted(
                (each for each in versions if each.nation == nation),
                key=lambda each: (each.modified, each.key),
            )
            self._settle_lane(db, {**where, "nation": nation}, lane)

    def close(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Date what began and ended in a commit, and forget what is too old."""
        db.execute(_FORGET, {"before": arrival_ms - KEPT_MS})
        if not self._is_dirty:
            return
        db.execute(_PASSED)
        db.execute(_BEGAN, {"now": arrival_ms})
        db.execute(_ENDED, {"now": arrival_ms})
        self._is_dirty = False

    def _begin(
        self,
        db: apsw.Connection,
        where: Mapping[str, Any],
        deliveries: Iterable[Held],
    ) -> None:
        """Take over the deliveries from before there was another lane."""
        known = {int(version) for (version,) in db.execute(_KNOWN, where)}
        for each in deliveries:
            if each.version in known:
                continue
            audience, _ = self._reaches.key(each.reach)
            reasons = sorted(self._entitlements.reasons(db, audience))
            row = {
                "version": each.version,
                "at": NOW,
                "reason": ",".join(map(str, reasons)),
                "mask": self._reaches.mask(each.reach),
            }
            if each.pending is None:
                row["at"] = db.execute(_ARRIVAL, {"unit": each.unit}).get
                row["number"] = each.number
            self._add(db, row)

    def _settle_lane(
        self,
        db: apsw.Connection,
        where: Mapping[str, Any],
        lane: Sequence[StoredVersion],
    ) -> None:
        by_key = {each.key: each for each in lane}
        lost: dict[tuple[int, int], int] = {}
        absent = _absent(db, self._entitlements.access)
        for row in _open(db, where):
            version = by_key.get(row.version)
            keep = 0 if version is None else row.mask & self._kept(db, version, row)
            if gone := row.mask & ~keep:
                self._cut(db, row, gone)
                gone &= ~_away(absent, row)
                key = (row.modified, row.version)
                lost[key] = lost.get(key, 0) | gone
            if version is not None and keep:
                self._rest(db, version, row, keep)
        for (modified, _), classes in sorted(lost.items()):
            self._bring_back(db, where, lane, (modified, classes))
        served: dict[int, int] = {}
        for row in _open(db, where):
            served[row.modified] = served.get(row.modified, 0) | row.mask
        for each in sorted(lane, key=lambda each: each.key):
            for reason, classes in self._entitlements.why(db, each):
                if gain := classes & ~served.get(each.modified, 0):
                    served[each.modified] = served.get(each.modified, 0) | gain
                    new = {"version": each.key, "at": NOW, "reason": reason}
                    self._add(db, {**new, "mask": gain})

    def _bring_back(
        self,
        db: apsw.Connection,
        where: Mapping[str, Any],
        lane: Sequence[StoredVersion],
        lost: tuple[int, int],
    ) -> None:
        """Let an older version begin anew for those who lost a newer one."""
        modified, losing = lost
        rows = _open(db, where)
        for each in lane:
            if each.modified >= modified:
                held = _any(row.mask for row in rows if row.version == each.key)
                losing &= ~(held & self._entitlements.total(db, each))
                for _, classes in self._entitlements.why(db, each):
                    losing &= ~classes
        for each in reversed(lane):
            if each.modified >= modified:
                continue
            staying = losing & self._entitlements.total(db, each)
            for row in rows:
                if row.version == each.key and (hit := row.mask & staying):
                    losing &= ~hit
                    self._cut(db, row, hit)

    def _kept(self, db: apsw.Connection, version: StoredVersion, row: _Row) -> int:
        entitled = self._entitlements.by_reasons(db, version.audience, row.reason)
        return entitled | self._entitlements.total(db, version)

    def _rest(
        self, db: apsw.Connection, version: StoredVersion, row: _Row, keep: int
    ) -> None:
        """Let a span rest on the reasons that still entitle, as deliveries do."""
        entitled = self._entitlements.by_reasons(db, version.audience, row.reason)
        if not keep & ~entitled:
            return
        reasons = [
            reason
            for reason, classes in self._entitlements.why(db, version, waiting=True)
            if classes & keep
        ]
        kept = {"span": row.span, "mask": to_blob(keep), "reason": ",".join(reasons)}
        db.execute(_KEEP, kept)

    def _cut(self, db: apsw.Connection, row: _Row, gone: int) -> None:
        """End a span for some classes, and leave it to the others."""
        self._is_dirty = True
        if keep := row.mask & ~gone:
            kept = {"span": row.span, "mask": to_blob(keep), "reason": row.reason}
            db.execute(_KEEP, kept)
            self._add(db, {**row._asdict(), "mask": gone, "until": NOW})
        else:
            db.execute(_END, {"span": row.span})

    def _add(self, db: apsw.Connection, row: dict[str, Any]) -> None:
        self._is_dirty = True
        named = ("version", "at", "until", "reason", "born", "number")
        new = {name: row.get(name) for name in named}
        span = int(db.execute(_NEXT).get)
        db.execute(_ADD, {**new, "span": span, "mask": to_blob(row["mask"])})


def spans(
    db: apsw.Connection, access: Access, versions: Sequence[int]
) -> Iterator[Span]:
    """Give who would have had some versions, as far as they had a chance to see them.

    Nothing where their ids have one lane each: then deliveries and losses say it.
    """
    absent = _absent(db, access)
    bindings = {"versions": msgspec.json.encode(list(versions)).decode()}
    for version, at, until, reason, mask, born, number in db.execute(_SPANS, bindings):
        classes = from_blob(mask)
        for each in absent:
            if each.hides(born, number):
                classes &= ~each.classes
        yield Span(version, at, until, reason, classes)


def _any(masks: Iterable[int]) -> int:
    classes = 0
    for mask in masks:
        classes |= mask
    return classes


def _open(db: apsw.Connection, where: Mapping[str, Any]) -> list[_Row]:
    rows: list[tuple[Any, ...]] = db.execute(_OPEN, where).fetchall()
    return [_Row(*row)._replace(mask=from_blob(row[5])) for row in rows]


def _absent(db: apsw.Connection, access: Access) -> list[_Absence]:
    rows: list[tuple[Any, ...]] = db.execute(_ABSENCES).fetchall()
    return [
        _Absence(access.mask([NationCode(nation)], 0), number, span)
        for nation, number, span in rows
    ]


def _away(absent: Sequence[_Absence], row: _Row) -> int:
    return _any(each.classes for each in absent if each.hides(row.born, row.number))
