"""The alliance as it is known: tables for lists, and the `Alliance` itself.

- A change is folded in the order of recording; the last one wins for what it covers.
- Access is judged as of the *access day*: the latest of the day of arrival of the
  founding and of each change, and of the days that have begun.
"""

from collections.abc import Iterable
from datetime import date

import apsw
import msgspec

from foedus.alliance.events import (
    Change,
    DayBegun,
    Founded,
    ParticipationChanged,
    StatusChanged,
)
from foedus.alliance.histories import ALWAYS
from foedus.alliance.nations import Alliance
from foedus.alliance.past import load_changes
from foedus.alliance.rules import founded_alliance
from foedus.alliance.statuses import Status
from foedus.clock import from_ms
from foedus.errors import UnavailableError
from foedus.eventlog.envelope import Event, Recorded
from foedus.ids import NationCode

NATIONS_MAX = 2048
"""No pack has more; the limit of view classes sees to it."""


class NationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A nation in a list, as of a day.

    Attributes:
        since: the first day of the status; null where it never had another.
    """

    code: NationCode
    name: str
    status: Status
    since: date | None


class AllianceView:
    """Folds the alliance's stream into tables."""

    folds = Founded | StatusChanged | ParticipationChanged | DayBegun
    schema = """
CREATE TABLE IF NOT EXISTS founding (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    document BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS access_day (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    day TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS nation (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS status_interval (
    nation TEXT NOT NULL REFERENCES nation (code),
    since TEXT NOT NULL,
    until TEXT CHECK (until > since),
    status TEXT NOT NULL CHECK (status IN
        ('suspended', 'member', 'invitee', 'aspirant', 'partner', 'none')),
    PRIMARY KEY (nation, since)
) STRICT;
CREATE TABLE IF NOT EXISTS community (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    known INTEGER NOT NULL CHECK (known IN (0, 1)),
    includes_body INTEGER NOT NULL CHECK (includes_body IN (0, 1))
) STRICT;
CREATE TABLE IF NOT EXISTS status_change (
    position INTEGER NOT NULL PRIMARY KEY,
    nation TEXT NOT NULL REFERENCES nation (code),
    status TEXT NOT NULL,
    since TEXT NOT NULL,
    arrival_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS participation_change (
    position INTEGER NOT NULL PRIMARY KEY,
    nation TEXT NOT NULL REFERENCES nation (code),
    framework TEXT NOT NULL,
    joined INTEGER NOT NULL CHECK (joined IN (0, 1)),
    since TEXT NOT NULL,
    arrival_ms INTEGER NOT NULL
) STRICT;
"""

    def __init__(self) -> None:
        self._alliance: Alliance | None = None

    def load(self, db: apsw.Connection) -> None:  # noqa: ARG002 - the projector's port
        """Forget the alliance that folding keeps; the next change reads it anew."""
        self._alliance = None

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        match event:
            case Founded():
                self._found(db, event)
                _reach_day(db, from_ms(recorded.arrival_ms).date())
            case StatusChanged() | ParticipationChanged():
                self._change(db, recorded, event)
                _reach_day(db, from_ms(recorded.arrival_ms).date())
            case DayBegun(day=day):
                _reach_day(db, day)
            case _:
                pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no table here depends on where a commit ends."""

    def _found(self, db: apsw.Connection, event: Founded) -> None:
        document = bytes(event.pack)
        alliance = founded_alliance(document)
        db.execute(
            _FOUND, {"code": event.code, "name": alliance.name, "document": document}
        )
        db.executemany(
            "INSERT INTO nation (code, name) VALUES (:code, :name)",
            (
                {"code": nation.code, "name": nation.name}
                for nation in alliance.nations.values()
            ),
        )
        db.executemany(
            _COMMUNITY,
            (
                {
                    "code": community.code,
                    "name": community.name,
                    "known": int(community.known),
                    "includes_body": int(community.includes_body),
                }
                for community in alliance.communities.values()
            ),
        )
        _write_intervals(db, alliance, alliance.nations)
        self._alliance = alliance

    def _change(self, db: apsw.Connection, recorded: Recorded, event: Change) -> None:
        before = self._alliance or load_alliance(db)
        self._alliance = before.with_change(event)
        row = {
            "position": recorded.position,
            "nation": event.nation,
            "since": event.since.isoformat(),
            "arrival_ms": recorded.arrival_ms,
        }
        if isinstance(event, StatusChanged):
            db.execute(_CHANGE, row | {"status": event.status.value})
        else:
            taken = {"framework": event.framework, "joined": int(event.joined)}
            db.execute(_PARTICIPATE, row | taken)
        db.execute(
            "DELETE FROM status_interval WHERE nation = :nation",
            {"nation": event.nation},
        )
        _write_intervals(db, self._alliance, [event.nation])


def load_alliance(db: apsw.Connection) -> Alliance:
    """Read the alliance, with every folded change; takes some milliseconds.

    Raises:
        UnavailableError: none has been founded.
    """
    row = db.execute("SELECT document FROM founding").fetchone()
    if row is None:
        raise _not_founded()
    alliance = founded_alliance(bytes(row[0]))
    return alliance.with_changes(change for _, _, change in load_changes(db))


def access_date(db: apsw.Connection) -> date | None:
    """Tell the day as of which access is judged; null if nothing has been founded."""
    row = db.execute("SELECT day FROM access_day").fetchone()
    return None if row is None else date.fromisoformat(str(row[0]))


def list_nations(
    db: apsw.Connection, on: date, status: Status | None = None
) -> tuple[NationRow, ...]:
    """List the nations by code as of a day; only those of one status, if given."""
    rows = db.execute(
        _NATIONS,
        {
            "day": on.isoformat(),
            "status": None if status is None else status.value,
            "limit": NATIONS_MAX,
        },
    )
    return tuple(
        NationRow(
            code=NationCode(str(code)),
            name=str(name),
            status=Status(str(held)),
            since=_day_or_never(str(since)),
        )
        for code, name, held, since in rows
    )


_FOUND = """
INSERT INTO founding (one, code, name, document)
VALUES (1, :code, :name, :document)
"""

_COMMUNITY = """
INSERT INTO community (code, name, known, includes_body)
VALUES (:code, :name, :known, :includes_body)
"""

_CHANGE = """
INSERT INTO status_change (position, nation, status, since, arrival_ms)
VALUES (:position, :nation, :status, :since, :arrival_ms)
"""

_PARTICIPATE = """
INSERT INTO participation_change (position, nation, framework, joined, since,
                                  arrival_ms)
VALUES (:position, :nation, :framework, :joined, :since, :arrival_ms)
"""

_INTERVAL = """
INSERT INTO status_interval (nation, since, until, status)
VALUES (:nation, :since, :until, :status)
"""

_REACH_DAY = """
INSERT INTO access_day (one, day)
VALUES (1, :day)
    ON CONFLICT (one) DO UPDATE SET day = max(day, excluded.day)
"""

_NATIONS = """
SELECT nation.code, nation.name, status_interval.status, status_interval.since
  FROM nation
  JOIN status_interval ON status_interval.nation = nation.code
 WHERE status_interval.since <= :day
   AND (status_interval.until IS NULL OR :day < status_interval.until)
   AND (:status IS NULL OR status_interval.status = :status)
 ORDER BY nation.code
 LIMIT :limit
"""


def _write_intervals(
    db: apsw.Connection, alliance: Alliance, nations: Iterable[NationCode]
) -> None:
    for nation in nations:
        starts: dict[date, Status] = {}
        last: Status | None = None
        for stretch in alliance.status_history(nation):
            if stretch.status is not last:
                last = starts[stretch.since or ALWAYS] = stretch.status
        ends = [*list(starts)[1:], None]
        db.executemany(
            _INTERVAL,
            (
                {
                    "nation": nation,
                    "since": since.isoformat(),
                    "until": until and until.isoformat(),
                    "status": status.value,
                }
                for (since, status), until in zip(starts.items(), ends, strict=True)
            ),
        )


def _reach_day(db: apsw.Connection, day: date) -> None:
    db.execute(_REACH_DAY, {"day": day.isoformat()})


def _day_or_never(text: str) -> date | None:
    day = date.fromisoformat(text)
    return None if day == ALWAYS else day


def _not_founded() -> UnavailableError:
    return UnavailableError("no alliance has been founded here; run `foedus init`")
