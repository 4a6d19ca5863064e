"""Deeds: which account did what, by which door, on which day; for its auditor.

- A row counts the entries of one account, kind, door and level on one day. What was
  done to which thing is not here.
- An auditor is shown the own nation's accounts, up to the own clearance. An entry
  without a label may speak of anything, so it is for an auditor who is cleared for
  everything of the nation, unless its kind never speaks of what has a label.
- What the hub does by itself is nobody's deed: it would count what is hidden.

Source: DESIGN §5.6, "other nations are shown the nation, never the person"; §6,
"Non-interference".
"""

from collections import Counter
from datetime import date
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import ForbiddenError
from foedus.eventlog.envelope import Event, Recorded
from foedus.ids import WHOEVER_RUNS_THE_HUB, AccountId
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer

PAGE_SIZE_MAX: Final = 500
"""Deeds of one page."""

DAY_MS: Final = 86_400_000

OPEN_KINDS: Final = (
    "alliance.founded",
    "alliance.participation-changed",
    "alliance.status-changed",
    "identity.account-closed",
    "identity.account-opened",
    "intel.collection-opened",
    "intel.identity-registered",
)
"""Kinds of entries that have no label and speak of nothing that has one."""

_NOTE = """
INSERT INTO deed (nation, day, account, kind, door, level, times, last_ms)
VALUES (:nation, :day, :account, :kind, :door, :level, :times, :last_ms)
    ON CONFLICT DO UPDATE
   SET times = times + excluded.times, last_ms = excluded.last_ms
"""

_LIST = """
SELECT day, account, kind, door, sum(times), max(last_ms)
  FROM deed
 WHERE nation = :nation
   AND account <> :hub
   AND (level IN (SELECT value FROM json_each(:levels))
        OR level = '' AND (:is_cleared
                           OR kind IN (SELECT value FROM json_each(:open))))
   AND (:before IS NULL OR day < :before)
 GROUP BY day, account, kind, door
 ORDER BY day DESC, max(last_ms) DESC, account, kind, door
 LIMIT :limit
"""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What an account did by one door on one day.

    Attributes:
        kind: of the entries, as `reference/events` lists them.
        times: how many.
        last_ms: when the last was written, in milliseconds since 1970.
    """

    day: date
    account: AccountId
    kind: str
    door: str
    times: int
    last_ms: int


class _Key(NamedTuple):
    nation: str
    account: str
    kind: str
    door: str
    level: str


class DeedView:
    """Counts entries by who wrote them."""

    folds = Event
    version = 1
    schema = """
CREATE TABLE IF NOT EXISTS deed (
    nation   TEXT    NOT NULL,
    day      INTEGER NOT NULL,
    account  TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    door     TEXT    NOT NULL,
    level    TEXT    NOT NULL,
    times    INTEGER NOT NULL CHECK (times > 0),
    last_ms  INTEGER NOT NULL,
    PRIMARY KEY (nation, day, account, kind, door, level)
) STRICT, WITHOUT ROWID;
"""

    def __init__(self) -> None:
        self._waiting: Counter[_Key] = Counter()

    def load(self, db: apsw.Connection) -> None:
        """Forget what waits for the end of a commit."""
        del db
        self._waiting.clear()

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Count one entry."""
        del db, event
        who = recorded.who
        level = recorded.label.partition(" // ")[0]
        key = _Key(who.nation, who.account, recorded.kind, who.door, level)
        self._waiting[key] += 1

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Write what was counted of a commit."""
        at = {"day": arrival_ms // DAY_MS, "last_ms": arrival_ms}
        rows = [
            {**key._asdict(), **at, "times": times}
            for key, times in sorted(self._waiting.items())
        ]
        self._waiting.clear()
        db.executemany(_NOTE, rows)


def check_audits(viewer: Viewer, access: Access) -> None:
    """Refuse whoever is no auditor of a nation with standing.

    Raises:
        ForbiddenError: the viewer is none.
    """
    if Role.AUDITOR not in viewer.roles:
        raise ForbiddenError("this is for an auditor of the nation; ask one")
    if not access.standing(viewer.nation):
        raise ForbiddenError("your nation has no standing here at present")


def deeds(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    *,
    before: date | None = None,
    limit: int = PAGE_SIZE_MAX,
) -> list[Deed]:
    """List what the accounts of an auditor's nation did, the newest day first.

    Args:
        db: the views.
        access: who may see what, now.
        viewer: an auditor.
        before: only of earlier days.
        limit: how many at most.

    Raises:
        ForbiddenError: the viewer is no auditor, or its nation has no standing.
    """
    check_audits(viewer, access)
    alliance = access.alliance
    levels = [each.name for each in alliance.levels[: viewer.clearance + 1]]
    bindings = {
        "nation": viewer.nation,
        "hub": WHOEVER_RUNS_THE_HUB,
        "levels": msgspec.json.encode(levels).decode(),
        "is_cleared": viewer.clearance >= alliance.ceiling(viewer.nation),
        "open": msgspec.json.encode(OPEN_KINDS).decode(),
        "before": None if before is None else _day_number(before),
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    rows: list[tuple[Any, ...]] = db.execute(_LIST, bindings).fetchall()
    return [
        Deed(
            day=from_ms(row[0] * DAY_MS).date(),
            account=row[1],
            kind=row[2],
            door=row[3],
            times=row[4],
            last_ms=row[5],
        )
        for row in rows
    ]


def _day_number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()
