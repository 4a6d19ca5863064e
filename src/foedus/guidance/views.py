"""What was reported, recorded, published and acknowledged: rows with their labels.

- Each row knows its position, so that what is redacted goes.
- Nothing here is read without the bytes that say which labels the viewer may read.
"""

from typing import Final, assert_never

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.guidance.events import (
    EngagementRecorded,
    EngagementReported,
    GuidanceEvent,
    ObligationReported,
    UpdateAcknowledged,
    UpdatePublished,
)
from foedus.guidance.wordings import erase, note_engagement, note_update
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import intern_label
from foedus.releasability.news import tell

TABLES: Final = (
    "obligation_report",
    "engagement",
    "engagement_report",
    "policy_edition",
    "acknowledgement",
)
"""Every table, each with a position a row."""


Row = dict[str, str | int | None]
"""What is bound to a statement."""


class UpdateNews(msgspec.Struct, frozen=True, kw_only=True):
    """What live consumers get of an edition."""

    update: str
    edition: int
    title: str
    effective: str


class GuidanceView:
    """Folds reports, engagements and updates into tables."""

    folds = GuidanceEvent | Redacted
    version = 2
    schema = """
CREATE TABLE IF NOT EXISTS obligation_report (
    position    INTEGER NOT NULL PRIMARY KEY,
    report      TEXT    NOT NULL,
    nation      TEXT    NOT NULL,
    obligation  TEXT    NOT NULL,
    author      TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    due         TEXT,
    owner       TEXT    NOT NULL,
    evidence    TEXT    NOT NULL,
    arrival_ms  INTEGER NOT NULL,
    label       INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS obligation_report_of
    ON obligation_report (nation, obligation, position);

CREATE TABLE IF NOT EXISTS engagement (
    position      INTEGER NOT NULL PRIMARY KEY,
    engagement    TEXT    NOT NULL UNIQUE,
    author        TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    purpose       TEXT    NOT NULL,
    since         TEXT    NOT NULL,
    until         TEXT,
    participants  TEXT    NOT NULL,
    regions       TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    outcome       TEXT    NOT NULL,
    arrival_ms    INTEGER NOT NULL,
    label         INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS engagement_report (
    position    INTEGER NOT NULL PRIMARY KEY,
    engagement  TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    arrival_ms  INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS engagement_report_of
    ON engagement_report (engagement, position);

CREATE TABLE IF NOT EXISTS policy_edition (
    position      INTEGER NOT NULL PRIMARY KEY,
    policy        TEXT    NOT NULL,
    edition       INTEGER NOT NULL CHECK (edition > 0),
    author        TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    text          TEXT    NOT NULL,
    effective     TEXT    NOT NULL,
    arrival_ms    INTEGER NOT NULL,
    label         INTEGER NOT NULL,
    UNIQUE (policy, edition)
) STRICT;

CREATE TABLE IF NOT EXISTS acknowledgement (
    position    INTEGER NOT NULL PRIMARY KEY,
    policy      TEXT    NOT NULL,
    edition     INTEGER NOT NULL,
    nation      TEXT    NOT NULL,
    arrival_ms  INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS acknowledgement_of ON acknowledgement (policy, nation);
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        if isinstance(event, GuidanceEvent):
            _fold(db, recorded, event)
        elif isinstance(event, Redacted):
            erase(db, event.position, _ERASE)

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


_REPORT = """
INSERT INTO obligation_report (position, report, nation, obligation, author, status,
                               due, owner, evidence, arrival_ms, label)
VALUES (:position, :report, :nation, :obligation, :author, :status,
        :due, :owner, :evidence, :arrival_ms, :label)
"""

_ENGAGE = """
INSERT INTO engagement (position, engagement, author, kind, title, purpose, since,
                        until, participants, regions, status, outcome, arrival_ms,
                        label)
VALUES (:position, :engagement, :author, :kind, :title, :purpose, :since,
        :until, :participants, :regions, :status, :outcome, :arrival_ms,
        :label)
"""

_ENGAGED = """
INSERT INTO engagement_report (position, engagement, status, outcome, arrival_ms)
VALUES (:position, :engagement, :status, :outcome, :arrival_ms)
"""

_PUBLISH = """
INSERT INTO policy_edition (position, policy, edition, author, title, text, effective,
                            arrival_ms, label)
VALUES (:position, :policy, :edition, :author, :title, :text, :effective,
        :arrival_ms, :label)
"""

_ACKNOWLEDGE = """
INSERT INTO acknowledgement (position, policy, edition, nation, arrival_ms)
VALUES (:position, :policy, :edition, :nation, :arrival_ms)
"""

_ERASE = (
    "DELETE FROM obligation_report WHERE position = :position",
    "DELETE FROM engagement WHERE position = :position",
    "DELETE FROM engagement_report WHERE position = :position",
    "DELETE FROM policy_edition WHERE position = :position",
    "DELETE FROM acknowledgement WHERE position = :position",
)


def _fold(db: apsw.Connection, recorded: Recorded, event: GuidanceEvent) -> None:
    row: Row = {"position": recorded.position, "arrival_ms": recorded.arrival_ms}
    match event:
        case ObligationReported():
            row |= _values(event) | {"label": _intern(db, event)}
            db.execute(_REPORT, row)
        case EngagementRecorded():
            row |= _values(event) | {"label": _intern(db, event)}
            db.execute(_ENGAGE, row | {"kind": event.engagement_kind})
            note_engagement(db, event.engagement)
        case EngagementReported():
            db.execute(_ENGAGED, row | _values(event))
            note_engagement(db, event.engagement)
        case UpdatePublished():
            label = _intern(db, event)
            row |= _values(event) | {"label": label, "policy": event.update}
            db.execute(_PUBLISH, row)
            note_update(db, event.update)
            _tell(db, recorded, event, label)
        case UpdateAcknowledged():
            db.execute(_ACKNOWLEDGE, row | _values(event) | {"policy": event.update})
        case _:
            assert_never(event)


def _values(event: GuidanceEvent) -> Row:
    """Give what an event says as SQLite holds it; lists as JSON."""
    row: Row = {}
    for name in event.__struct_fields__:
        if name != "label":
            value = msgspec.to_builtins(getattr(event, name))
            is_list = isinstance(value, list | tuple)
            row[name] = msgspec.json.encode(value).decode() if is_list else value
    return row


def _intern(
    db: apsw.Connection,
    event: ObligationReported | EngagementRecorded | UpdatePublished,
) -> int:
    return intern_label(db, decode_label(bytes(event.label)), event.author)


def _tell(
    db: apsw.Connection, recorded: Recorded, event: UpdatePublished, label: int
) -> None:
    tell(
        db,
        recorded,
        kind="update",
        thing=event.update,
        type="update",
        label=label,
        document=UpdateNews(
            update=event.update,
            edition=event.edition,
            title=event.title,
            effective=event.effective.isoformat(),
        ),
    )
