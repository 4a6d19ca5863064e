"""The tables of intelligence in `views.db`.

- A version's bytes are not here: `position`, `place` and `length` say where they stand
  in `log.db`.
- `lane` holds the last withdrawal of a lane, if any; where a lane's history ends
  follows from that and from its versions.
- `flags` says whether a version's lane has a newer (1) or an older (2) version, whether
  another lane has its id (4), whether it only stands in for a revoked one (8), waits
  for what it refers to (16), or was given once more (32). Few have any;
  `version_special` finds them.
- `origin` is the version that another was made from: a tear line, or what a revocation
  leaves.
- `audience.reason` names why: 0 is the label itself, other numbers are releases.
- `stamp` holds the sets of definitions that versions need, as rows of `version`.
- `carrier` counts the deliveries of each reach that need such a set.
- `waiting` holds the versions that wait for what they refer to (flag 16).
- `absence` says after which delivery a nation lost its standing; what follows there it
  never saw. `span` says the same of `alone`, which holds whom lanes would have reached
  were they alone with their id.
- `unit.at` is where the last delivery of a unit stands, in microseconds since 1970.
- `unit.arrival` is when its commit was made; `loss` and `loss_reach` say what was
  taken from whom in which commit (`losses`).
- `import` holds what was taken over from other servers, `api_root` the paths that it
  is reached under besides, and `placed` the collections below them.
- `widening` holds the acts whose gains are not all delivered yet: they are up to the
  version at `progress`, and have to be up to the one at `until`. `release` is 0 where
  the alliance changed, and `widening_gain` then says who gained what.
"""

from typing import Final

from foedus.intel.losses import SCHEMA as LOSS_SCHEMA
from foedus.releasability.views import SCHEMA as REACH_SCHEMA

SUPERSEDED = 1
"""Flag of a version: its lane has a newer one."""

PRECEDED = 2
"""Flag of a version: its lane has an older one."""

RIVAL = 4
"""Flag of a version: another nation's lane has the same id."""

STAND_IN = 8
"""Flag of a version: it stands in for a revoked one, for who saw an earlier one."""

WAITS = 16
"""Flag of a version: it waits for what it refers to."""

TWIN = 32
"""Flag of a version: its lane had the same version once more, under another label."""

STORED_COLUMNS = """
SELECT v.version, v.nation, v.audience, v.type, v.modified, v.stamp,
       o.position, o.information, o.arrival, v.flags & 16"""
"""Selects the columns of a `StoredVersion`."""

FROM_STORED = """
  FROM version AS v
  JOIN version AS o
    ON o.version = CASE WHEN v.flags & 8 THEN coalesce(v.origin, v.version)
                        ELSE v.version END
"""
"""Where they are."""

_OF_PLACE = """
 WHERE v.object = :object
   AND v.collection = :collection
   AND v.withdrawn = 0
 ORDER BY v.version
"""

VERSIONS = STORED_COLUMNS + FROM_STORED + _OF_PLACE
"""Selects the versions of one id, by arrival."""

SCHEMA: Final = (
    REACH_SCHEMA
    + LOSS_SCHEMA
    + """
CREATE TABLE IF NOT EXISTS collection (
    collection     INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    alias          TEXT    NOT NULL UNIQUE,
    title          TEXT    NOT NULL,
    description    TEXT    NOT NULL,
    default_label  TEXT,
    read           BLOB    NOT NULL,
    write          BLOB    NOT NULL,
    tear_lines     INTEGER NOT NULL CHECK (tear_lines IN (0, 1)),
    hold_minutes   INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS import (
    source      TEXT    NOT NULL PRIMARY KEY,
    terms       BLOB    NOT NULL,
    ended       INTEGER NOT NULL CHECK (ended IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS api_root (
    path        TEXT    NOT NULL PRIMARY KEY,
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS placed (
    collection  TEXT    NOT NULL PRIMARY KEY,
    root        TEXT    NOT NULL,
    alias       TEXT,
    source      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS audience (
    audience    INTEGER PRIMARY KEY,
    label       BLOB    NOT NULL,
    originator  TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    UNIQUE (label, originator, reason)
) STRICT;

CREATE TABLE IF NOT EXISTS version (
    version     INTEGER PRIMARY KEY,
    collection  INTEGER NOT NULL,
    object      TEXT    NOT NULL,
    nation      TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    written     TEXT    NOT NULL,
    modified    INTEGER NOT NULL,
    spec        TEXT    NOT NULL,
    audience    INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    place       INTEGER NOT NULL CHECK (place >= 0),
    length      INTEGER NOT NULL CHECK (length > 0),
    cut_place   INTEGER,
    cut_length  INTEGER,
    arrival     INTEGER NOT NULL,
    information INTEGER NOT NULL,
    flags       INTEGER NOT NULL,
    withdrawn   INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    stamp       INTEGER,
    origin      INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS version_object ON version (object, collection);

CREATE INDEX IF NOT EXISTS version_special ON version (audience)
 WHERE flags <> 0;

CREATE INDEX IF NOT EXISTS version_origin ON version (origin)
 WHERE origin IS NOT NULL;

CREATE INDEX IF NOT EXISTS version_stamp ON version (stamp, nation)
 WHERE stamp IS NOT NULL;

CREATE TABLE IF NOT EXISTS lane (
    collection  INTEGER NOT NULL,
    object      TEXT    NOT NULL,
    nation      TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    PRIMARY KEY (collection, object, nation)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS unresolved (
    object   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (object, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS delivery (
    collection  INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    reach       INTEGER NOT NULL CHECK (reach > 0),
    version     INTEGER NOT NULL,
    unit        INTEGER NOT NULL,
    PRIMARY KEY (collection, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS delivery_version ON delivery (version);

CREATE INDEX IF NOT EXISTS delivery_reach ON delivery (collection, reach);

CREATE TABLE IF NOT EXISTS spread (
    collection  INTEGER NOT NULL,
    reach       INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (collection, reach)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS stamp (
    stamp        INTEGER PRIMARY KEY,
    definitions  BLOB    NOT NULL UNIQUE
) STRICT;

CREATE TABLE IF NOT EXISTS carrier (
    stamp       INTEGER NOT NULL,
    reach       INTEGER NOT NULL,
    count       INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (stamp, reach)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS unit (
    unit        INTEGER PRIMARY KEY,
    collection  INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    palette     BLOB    NOT NULL,
    places      BLOB,
    arrival     INTEGER NOT NULL,
    UNIQUE (collection, at)
) STRICT;

CREATE INDEX IF NOT EXISTS unit_arrival ON unit (collection, arrival);

CREATE TABLE IF NOT EXISTS past (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    position  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS block (
    collection  INTEGER NOT NULL,
    block       INTEGER NOT NULL,
    mask        BLOB    NOT NULL,
    PRIMARY KEY (collection, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS release (
    release     INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    event       BLOB    NOT NULL,
    nation      TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    arrival     INTEGER NOT NULL,
    consents    BLOB    NOT NULL,
    withdrawn   INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    last        INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS release_to (
    nation      TEXT    NOT NULL,
    release     INTEGER NOT NULL,
    PRIMARY KEY (nation, release)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS waiting (
    version     INTEGER PRIMARY KEY,
    until       INTEGER NOT NULL,
    clearance   INTEGER NOT NULL,
    missing     BLOB    NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS absence (
    nation      TEXT    NOT NULL PRIMARY KEY,
    number      INTEGER NOT NULL,
    span        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS alone_last (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    span  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS alone (
    span     INTEGER PRIMARY KEY,
    version  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    until    INTEGER,
    reason   TEXT    NOT NULL,
    mask     BLOB    NOT NULL,
    born     INTEGER NOT NULL,
    number   INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS alone_version ON alone (version);

CREATE INDEX IF NOT EXISTS alone_new ON alone (at) WHERE at < 0;

CREATE INDEX IF NOT EXISTS alone_ended ON alone (until) WHERE until IS NOT NULL;

CREATE TABLE IF NOT EXISTS widening (
    cause       INTEGER PRIMARY KEY,
    release     INTEGER NOT NULL,
    nation      TEXT    NOT NULL,
    until       INTEGER NOT NULL,
    progress    INTEGER NOT NULL,
    last        INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS widening_gain (
    cause       INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    mask        BLOB    NOT NULL,
    PRIMARY KEY (cause, audience)
) STRICT, WITHOUT ROWID;
"""
)
