"""The tables of playbooks, runs, steps and tasks, and how they are written."""

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS playbook (
    playbook    TEXT    NOT NULL,
    nation      TEXT    NOT NULL,
    modified    TEXT    NOT NULL,
    position    INTEGER NOT NULL UNIQUE,
    arrival_ms  INTEGER NOT NULL,
    label       INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    lenient     INTEGER NOT NULL CHECK (lenient IN (0, 1)),
    source      BLOB    NOT NULL,
    PRIMARY KEY (playbook, nation, modified)
) STRICT;

CREATE INDEX IF NOT EXISTS playbook_of ON playbook (nation);

CREATE TABLE IF NOT EXISTS calendar (
    position  INTEGER NOT NULL PRIMARY KEY,
    nation    TEXT    NOT NULL,
    body      BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS calendar_of ON calendar (nation, position);

CREATE TABLE IF NOT EXISTS run (
    run          TEXT    NOT NULL PRIMARY KEY,
    label        INTEGER NOT NULL,
    coordinator  TEXT    NOT NULL,
    open         INTEGER NOT NULL CHECK (open IN (0, 1)),
    still        INTEGER NOT NULL CHECK (still IN (0, 1)),
    started_ms   INTEGER NOT NULL,
    due_ms       INTEGER,
    started      BLOB    NOT NULL,
    now          BLOB    NOT NULL,
    state        BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS run_list ON run (started_ms DESC, run);

CREATE INDEX IF NOT EXISTS run_of ON run (coordinator) WHERE open = 1;

CREATE INDEX IF NOT EXISTS run_due ON run (due_ms)
 WHERE due_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS activation (
    run       TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    version   TEXT    NOT NULL,
    step      TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    label     INTEGER NOT NULL,
    began_ms  INTEGER NOT NULL,
    due_ms    INTEGER NOT NULL,
    ended_ms  INTEGER,
    ending    TEXT,
    ready_ms  INTEGER,
    result    TEXT,
    reason    TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS activation_ready ON activation (ready_ms)
 WHERE ready_ms IS NOT NULL AND ended_ms IS NULL;

CREATE TABLE IF NOT EXISTS task (
    task         TEXT    NOT NULL PRIMARY KEY,
    run          TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    nation       TEXT    NOT NULL,
    coordinator  TEXT    NOT NULL,
    offered      TEXT,
    doer         TEXT,
    label        INTEGER NOT NULL,
    open         INTEGER NOT NULL CHECK (open IN (0, 1)),
    standing     TEXT    NOT NULL,
    asked_ms     INTEGER NOT NULL,
    due_ms       INTEGER NOT NULL,
    done_ms      INTEGER,
    declined_ms  INTEGER,
    moved        INTEGER NOT NULL,
    sends        INTEGER NOT NULL CHECK (sends IN (0, 1)),
    state        BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS task_of_step ON task (run, number, nation);

CREATE INDEX IF NOT EXISTS task_of_nation ON task (nation, due_ms, task);

CREATE INDEX IF NOT EXISTS task_of_coordinator
    ON task (coordinator, due_ms, task);

CREATE INDEX IF NOT EXISTS task_offered ON task (offered)
 WHERE offered IS NOT NULL;

CREATE INDEX IF NOT EXISTS task_doer ON task (doer)
 WHERE doer IS NOT NULL;

CREATE INDEX IF NOT EXISTS task_moved ON task (moved);

CREATE INDEX IF NOT EXISTS task_sends ON task (task)
 WHERE sends = 1 AND open = 1;

CREATE TABLE IF NOT EXISTS response_event (
    position    INTEGER NOT NULL PRIMARY KEY,
    run         TEXT    NOT NULL,
    task        TEXT    NOT NULL,
    arrival_ms  INTEGER NOT NULL,
    nation      TEXT    NOT NULL,
    body        BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS response_event_of ON response_event (run, position);
"""

PLAYBOOK: Final = """
INSERT INTO playbook
       (playbook, nation, modified, position, arrival_ms, label, name, lenient, source)
VALUES (:playbook, :nation, :modified, :position, :arrival_ms, :label, :name, :lenient,
        :source)
    ON CONFLICT DO NOTHING
"""

PLAYBOOK_AT: Final = """
SELECT playbook, nation, modified
  FROM playbook
 WHERE position = :position
"""

SOURCE: Final = """
SELECT source, lenient
  FROM playbook
 WHERE playbook = :playbook AND nation = :nation AND modified = :modified
"""

CALENDAR: Final = """
INSERT INTO calendar (position, nation, body)
VALUES (:position, :nation, :body)
"""

FORGET_CALENDAR: Final = "DELETE FROM calendar WHERE position = :position"

RUN: Final = """
INSERT INTO run (run, label, coordinator, open, still, started_ms, due_ms, started, now,
                 state)
VALUES (:run, :label, :coordinator, :open, :still, :started_ms, :due_ms, :started, :now,
        :state)
    ON CONFLICT (run) DO UPDATE
   SET open = :open, still = :still, due_ms = :due_ms, now = :now, state = :state
"""

RUN_ROW: Final = "SELECT started, now, state FROM run WHERE run = :run"

RUN_OF: Final = "SELECT run FROM task WHERE task = :task"

RUN_OF_POSITION: Final = "SELECT run FROM response_event WHERE position = :position"

RUNS_OF_EDITION: Final = """
SELECT r.run
  FROM run AS r
 CROSS JOIN json_each(CAST(r.started AS TEXT), '$.editions') AS e
 WHERE e.value = json(:edition)
 GROUP BY r.run
 ORDER BY r.run
"""

ACTIVATION: Final = """
INSERT INTO activation (run, number, version, step, name, label, began_ms, due_ms)
VALUES (:run, :number, :version, :step, :name, :label, :began_ms, :due_ms)
"""

ACTIVATION_ENDED: Final = """
UPDATE activation
   SET ended_ms = :ended_ms, ending = :ending
 WHERE run = :run AND number = :number
"""

ACTIVATIONS_LATER: Final = """
UPDATE activation
   SET due_ms = min(due_ms + :later_ms, :last_ms)
 WHERE run = :run AND ended_ms IS NULL
"""

READY: Final = """
UPDATE activation
   SET ready_ms = :ready_ms, result = :result, reason = :reason
 WHERE run = :run AND number = :number AND ended_ms IS NULL
"""

STANDPOINTS: Final = """
SELECT nation, done_ms, declined_ms
  FROM task
 WHERE run = :run AND number = :number
 ORDER BY nation
"""

OPEN_TASKS: Final = """
SELECT state
  FROM task
 WHERE run = :run AND number = :number AND open = 1
 ORDER BY nation
"""

OPEN_TASKS_OF_RUN: Final = """
SELECT state
  FROM task
 WHERE run = :run AND open = 1
 ORDER BY number, nation
"""

TASK: Final = """
INSERT INTO task (task, run, number, nation, coordinator, offered, doer, label, open,
                  standing, asked_ms, due_ms, done_ms, declined_ms, moved, sends, state)
VALUES (:task, :run, :number, :nation, :coordinator, :offered, :doer, :label, :open,
        :standing, :asked_ms, :due_ms, :done_ms, :declined_ms, :moved, :sends, :state)
"""

TASK_ROW: Final = """
UPDATE task
   SET offered = :offered, doer = :doer, label = :label, open = :open,
       standing = :standing, due_ms = :due_ms, done_ms = :done_ms,
       declined_ms = :declined_ms, moved = :moved, state = :state
 WHERE task = :task
"""

TASK_STATE: Final = "SELECT state FROM task WHERE task = :task"

EVENT: Final = """
INSERT INTO response_event (position, run, task, arrival_ms, nation, body)
VALUES (:position, :run, :task, :arrival_ms, :nation, :body)
"""

EVENTS_OF: Final = """
SELECT position, arrival_ms, nation, task, body
  FROM response_event
 WHERE run = :run
 ORDER BY position
"""

FORGET_EVENTS: Final = "DELETE FROM response_event WHERE run = :run"

FORGET_TASKS: Final = "DELETE FROM task WHERE run = :run"

FORGET_STEPS: Final = "DELETE FROM activation WHERE run = :run"

FORGET_RUN: Final = "DELETE FROM run WHERE run = :run"
