"""Widenings: acts whose gains are not all delivered yet.

A release, a consent, or a nation's joining an open community may let a nation see a
million stored versions. They are delivered in steps, by arrival; until a step has
passed a version, nobody gains it by that act.

Source: DESIGN §6, "Deliveries"; ADR 8.
"""

from typing import Any

import apsw
import msgspec

from foedus.releasability.views import from_blob, to_blob

EVERYBODY_S = ""
"""Stands for all nations whose information a release covers."""


class Widening(msgspec.Struct, kw_only=True):
    """An act whose gains are not all delivered yet.

    Attributes:
        cause: position of the act.
        release: the release's number; 0 where the alliance changed.
        nation: whose information the release covers by this act, or `EVERYBODY_S`.
        until: versions up to this position are concerned.
        progress: versions up to this position are done.
        last: position of the last step, 0 before the first.
        gains: who gained, by audience, where the alliance changed.
    """

    cause: int
    release: int
    nation: str
    until: int
    progress: int = 0
    last: int = 0
    gains: dict[int, int] = {}

    def waits(self, position: int) -> bool:
        """Tell whether a version of a position still waits."""
        return self.progress < position <= self.until


_WIDENINGS = """
SELECT cause, release, nation, until, progress, last FROM widening ORDER BY cause
"""

_GAINS = "SELECT audience, mask FROM widening_gain WHERE cause = :cause"

_NEW_WIDENING = """
INSERT INTO widening (cause, release, nation, until, progress, last)
VALUES (:cause, :release, :nation, :until, 0, 0)
"""

_NEW_GAIN = """
INSERT INTO widening_gain (cause, audience, mask) VALUES (:cause, :audience, :mask)
"""

_ADVANCE = """
UPDATE widening SET progress = :progress, last = :last WHERE cause = :cause
"""

_END = "DELETE FROM widening WHERE cause = :cause"

_END_GAINS = "DELETE FROM widening_gain WHERE cause = :cause"


def load_widenings(db: apsw.Connection) -> list[Widening]:
    """Read the acts whose gains are not all delivered, oldest first."""
    rows: list[tuple[Any, ...]] = db.execute(_WIDENINGS).fetchall()
    found = []
    for cause, release, nation, until, progress, last in rows:
        gains: list[tuple[Any, ...]] = db.execute(_GAINS, {"cause": cause}).fetchall()
        found.append(
            Widening(
                cause=cause,
                release=release,
                nation=nation,
                until=until,
                progress=progress,
                last=last,
                gains={audience: from_blob(mask) for audience, mask in gains},
            )
        )
    return found


class Widenings:
    """The fold's hand on what is pending: the table, and the same in memory."""

    def __init__(self) -> None:
        self._known: dict[int, Widening] = {}
        self._of_alliance: list[Widening] = []
        self._of_release: dict[int, list[Widening]] = {}

    def load(self, db: apsw.Connection) -> None:
        """Read the table again."""
        self._known = {each.cause: each for each in load_widenings(db)}
        self._sort()

    def find(self, cause: int) -> Widening | None:
        """Find what an act left waiting; None if nothing is left."""
        return self._known.get(cause)

    def without_waiting(self, classes: int, audience: int, position: int) -> int:
        """Leave out who gained by the alliance's change and still waits."""
        for widening in self._of_alliance:
            if widening.waits(position):
                classes &= ~widening.gains.get(audience, 0)
        return classes

    def waits(self, release: int, nation: str, position: int) -> bool:
        """Tell whether a version still waits for being delivered by a release."""
        return any(
            each.nation in {nation, EVERYBODY_S} and each.waits(position)
            for each in self._of_release.get(release, ())
        )

    def concerns(self, release: int) -> bool:
        """Tell whether anything still waits for being delivered by a release."""
        return any(each.release == release for each in self._known.values())

    def begin(self, db: apsw.Connection, widening: Widening) -> None:
        """Let what an act gave wait for its steps."""
        db.execute(
            _NEW_WIDENING,
            {
                "cause": widening.cause,
                "release": widening.release,
                "nation": widening.nation,
                "until": widening.until,
            },
        )
        db.executemany(
            _NEW_GAIN,
            [
                {"cause": widening.cause, "audience": audience, "mask": to_blob(mask)}
                for audience, mask in widening.gains.items()
            ],
        )
        self._known[widening.cause] = widening
        self._sort()

    def advance(
        self, db: apsw.Connection, widening: Widening, *, until: int, last: int
    ) -> None:
        """Count the versions up to a position as delivered."""
        widening.progress, widening.last = until, last
        if until >= widening.until:
            self._end(db, widening)
            return
        bindings = {"progress": until, "last": last, "cause": widening.cause}
        db.execute(_ADVANCE, bindings)

    def stop(self, db: apsw.Connection, release: int, nation: str | None) -> None:
        """Deliver no more of a release, or of one nation's part of it."""
        for widening in list(self._known.values()):
            if widening.release == release and nation in (None, widening.nation):
                self._end(db, widening)

    def _end(self, db: apsw.Connection, widening: Widening) -> None:
        db.execute(_END, {"cause": widening.cause})
        db.execute(_END_GAINS, {"cause": widening.cause})
        del self._known[widening.cause]
        self._sort()

    def _sort(self) -> None:
        self._of_release = {}
        for each in self._known.values():
            self._of_release.setdefault(each.release, []).append(each)
        self._of_alliance = self._of_release.get(0, [])
