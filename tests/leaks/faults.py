"""The nine faults of the releasability reference, 7.4, each planted into the hub.

Each takes a monkeypatch and breaks one named function of the hub, in the way in which
somebody might get it wrong. The worlds have to catch every one of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import apsw
import msgspec
import orjson
import pytest

from foedus.eventlog.envelope import Recorded
from foedus.ids import NationCode
from foedus.intel import admission, courses, joining
from foedus.intel.boards import Board
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import StoredVersion
from foedus.intel.events import Published
from foedus.intel.ranks import Unit
from foedus.intel.reading import Stored
from foedus.intel.sieves import Sieve
from foedus.intel.views import IntelView
from foedus.releasability.access import Access
from foedus.releasability.labelled import readable_labels
from tests.leaks.oracle_items import references

Plant = Callable[[pytest.MonkeyPatch], None]


def join_again_when_anybody_brings_a_referred_object(
    patch: pytest.MonkeyPatch,
) -> None:
    """Breaks `IntelView._publish`: what refers to a newcomer narrows with it.

    Anybody could hide another's report by posting an id that it mentions.
    """
    _join_late(patch, only_own=False)


def join_again_when_the_publisher_brings_a_referred_object(
    patch: pytest.MonkeyPatch,
) -> None:
    """Breaks `IntelView._publish`: as before, if both are of one nation.

    Its vanishing tells that something narrower has come.
    """
    _join_late(patch, only_own=True)


class _Referrer(msgspec.Struct, frozen=True):
    """A stored version that refers to something."""

    where: Place
    nation: str
    version: int


def _join_late(patch: pytest.MonkeyPatch, *, only_own: bool) -> None:
    publish = IntelView._publish  # noqa: SLF001 - a fault is planted there
    of_views: WeakKeyDictionary[IntelView, dict[str, list[_Referrer]]]
    of_views = WeakKeyDictionary()

    def wrong(
        self: IntelView, db: apsw.Connection, recorded: Recorded, event: Published
    ) -> None:
        publish(self, db, recorded, event)
        self._arrivals.write(db)
        self._changes_past = True
        where = self._place(db, event.collection, event.id)
        label = self._entitlements.audience(db, bytes(event.label), event.nation)
        readers = self._entitlements.of_audience(db, label)
        referrers = of_views.setdefault(self, {})
        for each in referrers.get(event.id, ()):
            if each.nation == event.nation or not only_own:
                own = self._entitlements.access.mask([NationCode(each.nation)], 0)
                self._deliveries.release_from(
                    db, each.where, version=each.version, classes=~(readers | own)
                )
        found = {**where, "nation": event.nation, "modified": event.version_us}
        newcomer = _Referrer(where, event.nation, int(db.execute(_KEY, found).get))
        for stix_id in references(orjson.loads(bytes(event.object))):
            referrers.setdefault(stix_id, []).append(newcomer)

    patch.setattr(IntelView, "_publish", wrong)


_KEY = """
SELECT max(version)
  FROM version
 WHERE collection = :collection
   AND object = :object
   AND nation = :nation
   AND modified = :modified
"""


def join_over_what_the_publisher_may_not_see(patch: pytest.MonkeyPatch) -> None:
    """Breaks `joining._referred`: also finds what the poster does not hold.

    The smaller audience tells the publisher that an id exists.
    """
    right = joining._referred  # noqa: SLF001 - a fault is planted there

    def wrong(reference: str, board: Board) -> list[Stored]:
        return right(reference, board) or [
            each for each in board.known[reference] if each.nation
        ]

    patch.setattr(joining, "_referred", wrong)


def judge_duplicates_over_hidden_rows(patch: pytest.MonkeyPatch) -> None:
    """Breaks `admission._judge_repetition`: looks above the account's clearance, too.

    A low clearance probes its nation's high one.
    """
    right = admission._judge_repetition  # noqa: SLF001 - a fault is planted there

    def wrong(each: Any, board: Board, seen: Any) -> Any:  # noqa: ANN401 - passed on
        cleared = msgspec.structs.replace(board.viewer, clearance=99)
        return right(each, msgspec.structs.replace(board, viewer=cleared), seen)

    patch.setattr(admission, "_judge_repetition", wrong)


def date_by_the_place_in_the_unit(patch: pytest.MonkeyPatch) -> None:
    """Breaks `Unit`: counts what the viewer could not read.

    Gaps tell how many hidden siblings a POST has.
    """

    def wrong(self: Unit, number: int) -> int:
        return self.at_us - (self.last - number)

    def wrong_of(self: Unit, numbers: Sequence[int]) -> list[int]:
        return [wrong(self, number) for number in numbers]

    patch.setattr(Unit, "added_us", wrong)
    patch.setattr(Unit, "added_us_of", wrong_of)


def deliver_in_order_of_ids(patch: pytest.MonkeyPatch) -> None:
    """Breaks `Deliveries.sort_since`: what one act gives goes by id, not by arrival.

    A hidden lane swaps two visible ones.
    """

    def wrong(self: Deliveries, mark: int) -> None:
        self._pending[mark:] = sorted(
            self._pending[mark:], key=lambda item: (item.object, item.version)
        )

    patch.setattr(Deliveries, "sort_since", wrong)


def widen_in_place(patch: pytest.MonkeyPatch) -> None:
    """Breaks `Deliveries.widen`: lets further classes into the old delivery.

    It lies before their cursors: no client ever meets it.
    """
    widen = Deliveries.widen

    def wrong(
        self: Deliveries,
        db: apsw.Connection,
        versions: Iterable[tuple[StoredVersion, Place]],
        held: Mapping[int, int],
        *,
        release: int,
    ) -> None:
        left = []
        for version, where in versions:
            _, classes = self._entitlements.newly(db, version, release)
            there = [h for h in self._held(db, where) if h.version == version.key]
            taken = held.get(version.key, 0)
            if there and (gain := classes & ~taken):
                mask = self._reaches.mask(there[0].reach)
                self._narrow(db, where, there[0], mask | gain)
            else:
                left.append((version, where))
        widen(self, db, left, held, release=release)

    patch.setattr(Deliveries, "widen", wrong)


def deliver_again_what_gets_a_newer_version(patch: pytest.MonkeyPatch) -> None:
    """Breaks `IntelView._publish`: older versions come anew to who still sees them.

    Every relabelling repeats what was given.
    """
    publish = IntelView._publish  # noqa: SLF001 - a fault is planted there

    def wrong(
        self: IntelView, db: apsw.Connection, recorded: Recorded, event: Published
    ) -> None:
        publish(self, db, recorded, event)
        self._arrivals.write(db)
        where = self._place(db, event.collection, event.id)
        older = db.execute(
            _OLDER, {**where, "nation": event.nation, "modified": event.version_us}
        ).fetchall()
        for (key,) in older:
            self._deliveries.release_from(db, where, version=int(key), classes=-1)
        if older:
            self._changes_past = True
            self._deliveries.settle(db, where)

    patch.setattr(IntelView, "_publish", wrong)


_OLDER = """
SELECT version
  FROM version
 WHERE collection = :collection
   AND object = :object
   AND nation = :nation
   AND modified < :modified
   AND withdrawn = 0
"""


def treat_suspension_as_leaving(patch: pytest.MonkeyPatch) -> None:
    """Breaks `Access.entitled`: takes open communities away from the suspended.

    What they had comes a second time when they return.
    """
    entitled = Access.entitled

    def wrong(self: Access, label: Any, originator: Any) -> int:  # noqa: ANN401
        suspended = [n for n in self.alliance.nations if not self.standing(n)]
        return entitled(self, label, originator) & ~self.mask(suspended, 0)

    patch.setattr(Access, "entitled", wrong)


def tell_recalls_to_all(patch: pytest.MonkeyPatch) -> None:
    """Breaks `courses`: recalls go first without their label filter."""

    def everything(*asked: Any) -> bytes:  # noqa: ANN401 - as it is called
        return b"\1" * len(readable_labels(*asked))

    patch.setattr(courses, "readable_labels", everything)


def look_behind_versions_for_all(patch: pytest.MonkeyPatch) -> None:
    """Breaks `Sieve`: the version before is found though the viewer never saw it."""
    begin = Sieve.__init__

    def wrong(self: Sieve, *asked: Any) -> None:  # noqa: ANN401 - as it is called
        begin(self, *asked)
        self._readable = b"\1" * len(self._readable)

    patch.setattr(Sieve, "__init__", wrong)


FAULTS: tuple[Plant, ...] = (
    join_again_when_anybody_brings_a_referred_object,
    join_again_when_the_publisher_brings_a_referred_object,
    join_over_what_the_publisher_may_not_see,
    judge_duplicates_over_hidden_rows,
    date_by_the_place_in_the_unit,
    deliver_in_order_of_ids,
    widen_in_place,
    deliver_again_what_gets_a_newer_version,
    treat_suspension_as_leaving,
)
