"""The alliance as it was known at any position of the log.

What is recorded later may tell of earlier days. What was decided by the alliance as it
was known then stays decided, and so has to be asked of the alliance of then.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any

import apsw

from foedus.alliance.events import Change, ParticipationChanged, StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.ids import NationCode

_CHANGES = """
SELECT position, arrival_ms, nation, since, status, NULL AS framework, NULL AS joined
  FROM status_change
 UNION ALL
SELECT position, arrival_ms, nation, since, NULL, framework, joined
  FROM participation_change
 ORDER BY position
"""


class Past:
    """The alliance now, and as it was known before.

    Args:
        alliance: as it is known now.
        changes: of statuses and participations since the founding, each with its
            position and its arrival in milliseconds since 1970.
    """

    def __init__(
        self,
        alliance: Alliance,
        changes: Sequence[tuple[int, int, Change]] = (),
    ) -> None:
        self.alliance = alliance
        self._positions = [position for position, _, _ in changes]
        self._arrivals = [arrival_ms for _, arrival_ms, _ in changes]
        self._changes = [change for _, _, change in changes]
        self._known = {len(changes): alliance}

    def turn(self, position: int) -> int:
        """Tell how many changes were known at a position."""
        return bisect_right(self._positions, position)

    def turn_at(self, ms: int) -> int:
        """Tell how many changes were known to what arrived at an instant.

        Of one commit all entries have one instant; what came in it knew of none of it.
        """
        return bisect_left(self._arrivals, ms)

    def at(self, turn: int) -> Alliance:
        """Give the alliance as it was known after so many changes."""
        found = self._known.get(turn)
        if found is None:
            found = self.alliance.founded.with_changes(self._changes[:turn])
            self._known[turn] = found
        return found


def load_past(db: apsw.Connection, alliance: Alliance) -> Past:
    """Read what was known when; `alliance` is what is known now."""
    return Past(alliance, load_changes(db))


def load_changes(db: apsw.Connection) -> list[tuple[int, int, Change]]:
    """Read every change since the founding, in the order of recording.

    Returns:
        Each with its position and its arrival in milliseconds since 1970.
    """
    rows: list[tuple[Any, ...]] = db.execute(_CHANGES).fetchall()
    return [(row[0], row[1], _change(*row[2:])) for row in rows]


def _change(
    nation: str,
    since: str,
    status: str | None,
    framework: str | None,
    joined: int | None,
) -> Change:
    day = date.fromisoformat(since)
    if status is not None:
        return StatusChanged(
            nation=NationCode(nation), status=Status(status), since=day
        )
    assert framework is not None, "a row is of one table or of the other"
    return ParticipationChanged(
        nation=NationCode(nation), framework=framework, joined=bool(joined), since=day
    )
