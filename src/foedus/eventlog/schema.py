"""The tables of the log in SQLite, and how older files are brought up to date."""

import apsw
import structlog

from foedus.errors import CorruptLogError, UnavailableError
from foedus.eventlog.streams import offer_stream_key

FORMAT = 2
"""The `user_version` of the file. A higher one was written by a newer Foedus."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS label (
    id    INTEGER PRIMARY KEY,
    text  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE IF NOT EXISTS entry (
    position    INTEGER PRIMARY KEY CHECK (position > 0),
    event_id    BLOB NOT NULL UNIQUE CHECK (length(event_id) = 16),
    stream      TEXT NOT NULL CHECK (stream <> ''),
    stream_key  INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (kind <> ''),
    account     TEXT NOT NULL CHECK (account <> ''),
    nation      TEXT NOT NULL CHECK (nation <> ''),
    door        TEXT NOT NULL CHECK (door <> ''),
    "by"        TEXT CHECK ("by" <> ''),
    arrival_ms  INTEGER NOT NULL,
    label       INTEGER NOT NULL REFERENCES label (id),
    salt        BLOB CHECK (length(salt) = 16),
    commitment  BLOB NOT NULL CHECK (length(commitment) = 32),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    body        BLOB CHECK ((body IS NULL) = (salt IS NULL))
) STRICT;

CREATE INDEX IF NOT EXISTS entry_by_stream ON entry (stream_key);

CREATE INDEX IF NOT EXISTS entry_of_redaction ON entry (position)
    WHERE kind = 'log.redacted';

CREATE TABLE IF NOT EXISTS head (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    position    INTEGER NOT NULL CHECK (position >= 0),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    arrival_ms  INTEGER NOT NULL
) STRICT;

INSERT OR IGNORE INTO head (one, position, digest, arrival_ms)
VALUES (1, 0, zeroblob(32), 0);
"""

_UPGRADE_FROM_1 = f"""
DROP INDEX entry_by_stream;

DROP INDEX entry_of_redaction;

ALTER TABLE entry RENAME TO entry_1;

{_SCHEMA}

INSERT INTO entry
       (position, event_id, stream, stream_key, kind, account, nation, door, "by",
        arrival_ms, label, salt, commitment, digest, body)
SELECT position, event_id, stream, stream_key(stream), kind, account, nation, door,
       "by", arrival_ms, label, salt, commitment, digest, body
  FROM entry_1
 ORDER BY position;

DROP TABLE entry_1;
"""  # noqa: S608  # a schema of our own

_log = structlog.get_logger(__name__)


def make_current(db: apsw.Connection) -> None:
    """Make the tables of a new file, or bring those of an older Foedus up to date.

    Args:
        db: the database, in a writing transaction.

    Raises:
        UnavailableError: a newer Foedus wrote the file.
        CorruptLogError: it is damaged, so that its entries cannot be moved.
    """
    version = int(db.pragma("user_version"))
    if version > FORMAT:
        raise UnavailableError("a newer Foedus wrote this log; upgrade first")
    if version == FORMAT:
        return
    if version == 0:
        db.execute(_SCHEMA)
    else:
        _log.info("log_upgraded", version=version, to=FORMAT)
        offer_stream_key(db)
        try:
            db.execute(_UPGRADE_FROM_1)
        except apsw.CorruptError as error:
            raise CorruptLogError(
                "the file of the log is damaged; restore it from a backup", position=0
            ) from error
    db.pragma("user_version", FORMAT)
