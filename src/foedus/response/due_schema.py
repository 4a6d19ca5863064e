"""The tables of clocks: what each counts, what happened, what was told, what is due."""

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS clock (
    subject      TEXT    NOT NULL PRIMARY KEY,
    run          TEXT    NOT NULL,
    named        TEXT    NOT NULL,
    since        TEXT    NOT NULL,
    until        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    nation       TEXT    NOT NULL,
    coordinator  TEXT    NOT NULL,
    label        INTEGER NOT NULL,
    exercise     INTEGER NOT NULL CHECK (exercise IN (0, 1)),
    began_ms     INTEGER NOT NULL,
    due_ms       INTEGER,
    plan         BLOB    NOT NULL,
    calendar     BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS clock_due ON clock (due_ms, subject)
 WHERE due_ms IS NOT NULL;

CREATE INDEX IF NOT EXISTS clock_run ON clock (run);

CREATE TABLE IF NOT EXISTS clock_mark (
    subject   TEXT    NOT NULL,
    position  INTEGER NOT NULL,
    moment    TEXT    NOT NULL,
    at_ms     INTEGER NOT NULL,
    PRIMARY KEY (subject, position, moment)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS clock_entry (
    position  INTEGER NOT NULL PRIMARY KEY,
    run       TEXT    NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS clock_pause (
    position   INTEGER NOT NULL,
    subject    TEXT    NOT NULL,
    clock      TEXT,
    whole      INTEGER NOT NULL CHECK (whole IN (0, 1)),
    since_ms   INTEGER NOT NULL,
    until_ms   INTEGER,
    ended      INTEGER,
    authority  TEXT    NOT NULL,
    awaits     TEXT,
    reason     TEXT    NOT NULL,
    PRIMARY KEY (position, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS clock_pause_of ON clock_pause (subject);

CREATE TABLE IF NOT EXISTS clock_firing (
    subject     TEXT    NOT NULL,
    clock       TEXT    NOT NULL,
    point       TEXT    NOT NULL,
    turn        INTEGER NOT NULL CHECK (turn >= 0),
    loop        INTEGER NOT NULL CHECK (loop >= 0),
    kind        TEXT    NOT NULL,
    due_ms      INTEGER NOT NULL,
    fired_ms    INTEGER NOT NULL,
    arrival_ms  INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    body        BLOB    NOT NULL,
    PRIMARY KEY (subject, clock, point, turn, loop)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS clock_firing_at ON clock_firing (position);

CREATE TABLE IF NOT EXISTS clock_missed (
    subject   TEXT    NOT NULL,
    clock     TEXT    NOT NULL,
    point     TEXT    NOT NULL,
    turn      INTEGER NOT NULL,
    loop      INTEGER NOT NULL,
    due_ms    INTEGER NOT NULL,
    found_ms  INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (subject, clock, point, turn, loop)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS clock_calendar (
    run       TEXT NOT NULL,
    nation    TEXT NOT NULL,
    calendar  BLOB NOT NULL,
    PRIMARY KEY (run, nation)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS clock_hold (
    position     INTEGER NOT NULL PRIMARY KEY,
    jump         TEXT    NOT NULL,
    was_ms       INTEGER NOT NULL,
    is_ms        INTEGER NOT NULL,
    released_ms  INTEGER,
    cause        TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS clock_audit (
    position  INTEGER NOT NULL PRIMARY KEY,
    since_ms  INTEGER NOT NULL,
    until_ms  INTEGER NOT NULL,
    upto      INTEGER NOT NULL,
    tasks     INTEGER NOT NULL,
    missed    INTEGER NOT NULL
) STRICT;
"""

MOVED: Final = "SELECT state FROM task WHERE moved = :position ORDER BY task"

TASKS_OF_RUN: Final = "SELECT state FROM task WHERE run = :run ORDER BY task"

RUN_OF_TASK: Final = "SELECT run FROM task WHERE task = :task"

CLOCK: Final = """
INSERT INTO clock (subject, run, named, since, until, name, nation, coordinator, label,
                   exercise, began_ms, due_ms, plan, calendar)
VALUES (:subject, :run, :named, :since, :until, :name, :nation, :coordinator, :label,
        :exercise, :began_ms, NULL, :plan, :calendar)
    ON CONFLICT (subject) DO UPDATE
   SET label = :label
"""

CLOCK_ROW: Final = """
SELECT plan, calendar, run, named, name, nation, coordinator, label, exercise
  FROM clock
 WHERE subject = :subject
"""

IS_KEPT: Final = "SELECT EXISTS (SELECT 1 FROM clock WHERE subject = :subject)"

SET_DUE: Final = "UPDATE clock SET due_ms = :due_ms WHERE subject = :subject"

SUBJECTS_OF_RUN: Final = "SELECT subject FROM clock WHERE run = :run ORDER BY subject"

NAMED_OF_RUN: Final = """
SELECT subject, since, until
  FROM clock
 WHERE run = :run AND named <> ''
 ORDER BY subject
"""

MARK: Final = """
INSERT INTO clock_mark (subject, position, moment, at_ms)
VALUES (:subject, :position, :moment, :at_ms)
    ON CONFLICT DO NOTHING
"""

MARKS: Final = """
SELECT moment, at_ms
  FROM clock_mark
 WHERE subject = :subject
 ORDER BY position, moment = 'closed', at_ms, moment
"""

FORGET_MARKS: Final = "DELETE FROM clock_mark WHERE subject = :subject"

ENTRY: Final = """
INSERT INTO clock_entry (position, run) VALUES (:position, :run)
    ON CONFLICT DO NOTHING
"""

PAUSE: Final = """
INSERT INTO clock_pause (position, subject, clock, whole, since_ms, until_ms, ended,
                         authority, awaits, reason)
VALUES (:position, :subject, :clock, :whole, :since_ms, NULL, NULL, :authority, :awaits,
        :reason)
"""

RESUME: Final = """
UPDATE clock_pause
   SET until_ms = max(since_ms, :until_ms), ended = :position
 WHERE subject = :subject AND clock IS :clock AND whole = :whole AND until_ms IS NULL
"""

PAUSES: Final = """
SELECT since_ms, until_ms, authority, clock, awaits, reason
  FROM clock_pause
 WHERE subject = :subject
 ORDER BY position
"""

FIRING: Final = """
INSERT INTO clock_firing (subject, clock, point, turn, loop, kind, due_ms, fired_ms,
                          arrival_ms, position, reason, body)
VALUES (:subject, :clock, :point, :turn, :loop, :kind, :due_ms, :fired_ms,
        :arrival_ms, :position, :reason, :body)
    ON CONFLICT DO NOTHING
RETURNING 1
"""

TOLD: Final = """
SELECT clock, point, turn, loop
  FROM clock_firing
 WHERE subject = :subject
"""

MISSED: Final = """
INSERT INTO clock_missed (subject, clock, point, turn, loop, due_ms, found_ms, position)
VALUES (:subject, :clock, :point, :turn, :loop, :due_ms, :found_ms, :position)
    ON CONFLICT DO NOTHING
RETURNING 1
"""

CALENDAR: Final = """
INSERT INTO clock_calendar (run, nation, calendar) VALUES (:run, :nation, :calendar)
    ON CONFLICT DO NOTHING
"""

CALENDAR_OF: Final = """
SELECT calendar FROM clock_calendar WHERE run = :run AND nation = :nation
"""

HOLD: Final = """
INSERT INTO clock_hold (position, jump, was_ms, is_ms)
VALUES (:position, :jump, :was_ms, :is_ms)
"""

RELEASE: Final = """
UPDATE clock_hold
   SET released_ms = :released_ms, cause = :cause
 WHERE released_ms IS NULL
"""

AUDITED: Final = """
INSERT INTO clock_audit (position, since_ms, until_ms, upto, tasks, missed)
VALUES (:position, :since_ms, :until_ms, :upto, :tasks, :missed)
"""

BEGAN: Final = """
SELECT min(began_ms) FROM activation WHERE run = :run AND step = :step
"""

ENDED: Final = """
SELECT min(ended_ms) FROM activation
 WHERE run = :run AND step = :step AND ended_ms IS NOT NULL
"""

RUN_NOW: Final = "SELECT now FROM run WHERE run = :run"

TASK_EVENTS: Final = """
SELECT position, task, body
  FROM response_event
 WHERE run = :run AND task <> ''
 ORDER BY position
"""

FORGET: Final = (
    "DELETE FROM clock WHERE subject = :subject",
    "DELETE FROM clock_mark WHERE subject = :subject",
    "DELETE FROM clock_pause WHERE subject = :subject",
    "DELETE FROM clock_firing WHERE subject = :subject",
    "DELETE FROM clock_missed WHERE subject = :subject",
)
"""What is forgotten with a task that is no more."""
