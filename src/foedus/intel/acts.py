"""Acts that change who may see what is stored: the alliance's own, and releases.

- What they narrow is narrowed in the act itself.
- What they widen waits, and is delivered in steps that a process appends, so that
  neither readers nor writers wait for it.

Source: DESIGN §6, "Deliveries", "Releases" and "A change has two dates"; ADR 8.
"""

from collections.abc import Iterator
from typing import Any

import apsw
import msgspec

from foedus.alliance.past import load_past
from foedus.eventlog.envelope import Recorded
from foedus.ids import NationCode, Position
from foedus.intel.definitions import Definitions
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import Entitlements, StoredVersion, audiences_of
from foedus.intel.events import ReleaseConsented, Released, ReleaseWithdrawn, Widened
from foedus.intel.leaving import Leaving, last_key_until
from foedus.intel.releases import Release
from foedus.intel.tables import FROM_STORED, STORED_COLUMNS
from foedus.intel.widenings import EVERYBODY_S, Widening
from foedus.releasability.access import Access
from foedus.releasability.views import Reaches, bump_generation

_WITH_PLACE = """,
       v.collection, v.object, v.flags
"""

_IN_STEP = """
 WHERE v.version > :after
   AND v.version <= :until
   AND v.withdrawn = 0
   AND v.audience IN (SELECT value FROM json_each(:audiences))
"""

_STEP = STORED_COLUMNS + _WITH_PLACE + FROM_STORED + _IN_STEP + " ORDER BY v.version"

_HELD = """
SELECT d.version, d.reach
  FROM version AS v
  JOIN delivery AS d ON d.version = v.version
"""

_STEP_HELD = _HELD + _IN_STEP


class Acts:
    """The fold's hand on changes of the alliance, and on releases."""

    def __init__(
        self,
        reaches: Reaches,
        entitlements: Entitlements,
        deliveries: Deliveries,
        definitions: Definitions,
    ) -> None:
        self._reaches = reaches
        self._entitlements = entitlements
        self._deliveries = deliveries
        self._definitions = definitions
        self._leaving = Leaving(reaches, entitlements, deliveries, definitions)

    @property
    def leaving(self) -> Leaving:
        """What narrows."""
        return self._leaving

    # Releases

    def release(self, db: apsw.Connection, recorded: Recorded, event: Released) -> None:
        """Take in a release; what it gives is delivered by the steps that follow."""
        release = self._entitlements.add_release(
            db, event, position=recorded.position, arrival_ms=recorded.arrival_ms
        )
        whose = EVERYBODY_S if event.decided else event.nation
        self._begin(db, recorded.position, release, whose)

    def consent(
        self, db: apsw.Connection, recorded: Recorded, event: ReleaseConsented
    ) -> None:
        """Let a release cover what one more nation originated."""
        found = self._entitlements.release(event.release)
        if found is None or found.withdrawn:
            return
        changed = msgspec.structs.replace(
            found,
            consents=(*found.consents, event.nation),
            last=Position(recorded.position),
        )
        self._entitlements.change_release(db, changed)
        # What several nations control may now be covered, whoever originated it.
        whose = EVERYBODY_S if found.event.controlled else event.nation
        self._begin(db, recorded.position, changed, whose)

    def _begin(
        self, db: apsw.Connection, cause: int, release: Release, nation: str
    ) -> None:
        until = cause if release.event.ongoing else release.position
        widening = Widening(
            cause=cause, release=release.key, nation=nation, until=until
        )
        self._entitlements.pending.begin(db, widening)

    def end_release(
        self, db: apsw.Connection, recorded: Recorded, event: ReleaseWithdrawn
    ) -> None:
        """End a release at once; what something else still allows stays."""
        found = self._entitlements.release(event.release)
        if found is None or found.withdrawn:
            return
        ends = event.consent_of is None
        consents = tuple(each for each in found.consents if each != event.consent_of)
        changed = msgspec.structs.replace(
            found,
            consents=consents,
            withdrawn=ends,
            last=Position(recorded.position),
        )
        audiences = audiences_of(db, found.originators)

        def change() -> Iterator[int]:
            self._entitlements.pending.stop(db, found.key, event.consent_of)
            self._entitlements.change_release(db, changed)
            yield from self._narrow_reaches(db, found)

        self._leaving.narrow(db, audiences, change)
        bump_generation(db)

    def _narrow_reaches(self, db: apsw.Connection, release: Release) -> Iterator[int]:
        """Narrow the reaches that rest on a release, where they narrow as a whole.

        Gives the others: those on which something else may still allow a part.
        """
        for reach in self._reaches.all():
            audience, _ = self._reaches.key(reach)
            if release.key not in self._entitlements.reasons(db, audience):
                continue
            mask = self._reaches.mask(reach)
            keep = mask & self._entitlements.of_audience(db, audience)
            label, originator = self._entitlements.label(db, audience)
            others = self._entitlements.access.entitled(label, originator)  # type: ignore[arg-type]
            others |= self._entitlements.might_grant(db, audience, release.key)
            lost = mask & ~keep
            heir = self._entitlements.heir(db, audience, release, lost)
            if heir is not None and lost:
                self._reaches.rest_on(db, reach, heir)
            elif lost & others:
                yield reach
            else:
                self._deliveries.narrow_reach(db, reach, keep)

    # The alliance

    def change_access(self, db: apsw.Connection, cause: int, access: Access) -> None:
        """Narrow at once what narrows; let wait what widens."""
        old = {
            audience: self._entitlements.of_audience(db, audience)
            for audience in self._entitlements.all_audiences(db)
            if self._entitlements.label(db, audience)[0].open
        }
        self._entitlements.use(access, load_past(db, access.alliance))
        bump_generation(db)
        new = {each: self._entitlements.of_audience(db, each) for each in old}
        gains = {each: new[each] & ~old[each] for each in old}
        losers = [each for each in old if old[each] & ~new[each]]
        waiting = {
            audience: gain
            for audience, gain in gains.items()
            if gain and self._entitlements.reasons(db, audience) == {0}
        }
        if waiting:
            widening = Widening(
                cause=cause, release=0, nation="", until=cause, gains=waiting
            )
            self._entitlements.pending.begin(db, widening)
        # Who is away from now on sees nothing of what follows from the change.
        self._leaving.note_absences(db)
        # What waits does not come early: not to whom an id narrows, nor to others.
        if losers:
            self._leaving.narrow(db, losers, lambda: self._narrow_all(db, losers))
        self._leaving.forget_absences(db)

    def _narrow_all(self, db: apsw.Connection, audiences: list[int]) -> Iterator[int]:
        """Narrow every reach of some audiences; where a release may help, give it."""
        for reach in self._reaches.of_audiences(frozenset(audiences)):
            audience, _ = self._reaches.key(reach)
            mask = self._reaches.mask(reach)
            lost = mask & ~self._entitlements.of_audience(db, audience)
            if lost & self._entitlements.might_grant(db, audience, 0):
                yield reach
            elif lost:
                self._deliveries.narrow_reach(db, reach, mask & ~lost)

    # Steps

    def widen(self, db: apsw.Connection, recorded: Recorded, event: Widened) -> None:
        """Deliver one step of what an act gave."""
        widening = self._entitlements.pending.find(event.cause)
        if widening is None or event.until <= widening.progress:
            return
        audiences = candidates(db, widening, self._originators(widening))
        bindings: dict[str, int | str] = {
            "after": last_key_until(db, widening.progress),
            "until": last_key_until(db, min(event.until, widening.until)),
            "audiences": msgspec.json.encode(audiences).decode(),
        }
        self._entitlements.pending.advance(
            db, widening, until=event.until, last=recorded.position
        )
        rows: list[tuple[Any, ...]] = db.execute(_STEP, bindings).fetchall()
        held: dict[int, int] = {}
        for version, reach in db.execute(_STEP_HELD, bindings):
            held[version] = held.get(version, 0) | self._reaches.mask(reach)
        before = self._deliveries.mark()
        plain = (
            (StoredVersion(*row[:-3]), Place(collection=row[-3], object=row[-2]))
            for row in rows
            if not row[-1]
        )
        self._deliveries.widen(db, plain, held, release=widening.release)
        special = dict.fromkeys((row[-3], row[-2]) for row in rows if row[-1])
        for collection, stix_id in special:
            self._deliveries.settle(db, Place(collection=collection, object=stix_id))
        self._deliveries.sort_since(before)
        self._definitions.deliver_since(db, before)

    def _originators(self, widening: Widening) -> frozenset[NationCode]:
        if not widening.release:
            return frozenset()
        return self._entitlements.originators(widening.release)


def candidates(
    db: apsw.Connection, widening: Widening, originators: frozenset[NationCode]
) -> list[int]:
    """Give the audiences of which an act may have something to deliver.

    Args:
        db: the views.
        widening: the act.
        originators: the nations whose information a release covers.
    """
    if not widening.release:
        return sorted(widening.gains)
    if widening.nation == EVERYBODY_S:
        return audiences_of(db, originators)
    return audiences_of(db, [widening.nation])
