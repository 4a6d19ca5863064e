"""What is due, what is held, and how the clocks of a task stand.

What nobody may see but who runs the hub (`held`, `figures`) names no task.
"""

from typing import Any, Final

import apsw
import msgspec

from foedus.response.calendars import Calendar
from foedus.response.clocks import Course
from foedus.response.due_rows import calendar_in, course_of, plan_in, told_of
from foedus.response.firings import Jump
from foedus.response.ladders import Key, Plan

MISSED_KEPT_MS: Final = 7 * 86_400_000
"""How long what was missed, and has not been made up for, is reported."""

_NEXT = "SELECT min(due_ms) FROM clock WHERE due_ms IS NOT NULL"

_DUE = """
SELECT subject, due_ms
  FROM clock
 WHERE due_ms <= :now_ms
 ORDER BY due_ms, subject
 LIMIT :limit
"""

_WATCHED = """
SELECT plan, calendar, began_ms, label FROM clock WHERE subject = :subject
"""

_ESCALATED = """
SELECT EXISTS (SELECT 1
                 FROM clock_firing
                WHERE subject = :subject AND kind = 'escalated' AND reason = '')
"""

_HELD = """
SELECT position, jump, was_ms, is_ms
  FROM clock_hold
 WHERE released_ms IS NULL
 ORDER BY position DESC
 LIMIT 1
"""

_MISSING = """
SELECT count(*)
  FROM clock_missed AS m
 WHERE m.found_ms >= :since_ms
   AND NOT EXISTS (SELECT 1
                     FROM clock_firing AS f
                    WHERE f.subject = m.subject
                      AND f.clock = m.clock
                      AND f.point = m.point
                      AND f.turn = m.turn
                      AND f.loop = m.loop)
"""

_OPEN = "SELECT count(*) FROM clock WHERE due_ms IS NOT NULL"

_OVERDUE = "SELECT min(due_ms) FROM clock WHERE due_ms <= :now_ms"

_LAST_AUDIT = """
SELECT since_ms, until_ms, upto, tasks, missed
  FROM clock_audit
 ORDER BY position DESC
 LIMIT 1
"""


_LAST_ARRIVAL = "SELECT arrival_ms FROM log.head"


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A task whose clocks run, as it stands.

    Attributes:
        began_ms: when it was given out.
        label: the number of its label.
        told: which points are written.
    """

    subject: str
    plan: Plan
    calendar: Calendar | None
    began_ms: int
    label: int
    course: Course
    told: set[Key]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """That nothing is told, because the clock of a machine was put.

    Attributes:
        position: where that stands in the log; it never leaves the hub.
        was_ms: what the clock should have shown.
        is_ms: what it showed.
    """

    position: int
    jump: Jump
    was_ms: int
    is_ms: int


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The last heartbeat of the auditor in the log.

    Attributes:
        upto: up to which position it knew the log; it never leaves the hub.
    """

    since_ms: int
    until_ms: int
    upto: int
    tasks: int
    missed: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How the clocks of all tasks stand, for who runs the hub.

    Attributes:
        waiting: tasks that tell something further by themselves.
        overdue_s: how long ago the first that is due should have been told.
        missing: points that the auditor found missing, and that still are.
    """

    waiting: int
    overdue_s: float
    missing: int


def next_ms(db: apsw.Connection) -> int | None:
    """Tell when the next task tells something; None if none does."""
    found = db.execute(_NEXT).get
    return None if found is None else int(found)


def due(db: apsw.Connection, now_ms: int, limit: int) -> list[tuple[str, int]]:
    """List tasks that tell something now, and since when, in that order."""
    rows: list[tuple[Any, ...]] = db.execute(
        _DUE, {"now_ms": now_ms, "limit": limit}
    ).fetchall()
    return [(subject, due_ms) for subject, due_ms in rows]


def watched(db: apsw.Connection, subject: str) -> Watched | None:
    """Read all that counts of the clocks of a task; None if it has none."""
    row: tuple[Any, ...] | None = db.execute(_WATCHED, {"subject": subject}).fetchone()
    if row is None:
        return None
    return Watched(
        subject=subject,
        plan=plan_in(row[0]),
        calendar=calendar_in(row[1]),
        began_ms=row[2],
        label=row[3],
        course=course_of(db, subject),
        told=told_of(db, subject),
    )


def is_escalated(db: apsw.Connection, subject: str) -> bool:
    """Tell whether a rung of a task's ladder has told somebody."""
    return bool(db.execute(_ESCALATED, {"subject": subject}).get)


def held(db: apsw.Connection) -> Held | None:
    """Tell whether everything is held, and why."""
    row: tuple[Any, ...] | None = db.execute(_HELD).fetchone()
    if row is None:
        return None
    return Held(position=row[0], jump=row[1], was_ms=row[2], is_ms=row[3])


def figures(db: apsw.Connection, now_ms: int) -> Figures:
    """Count how the clocks of all tasks stand."""
    since = {"since_ms": now_ms - MISSED_KEPT_MS}
    first: Any = db.execute(_OVERDUE, {"now_ms": now_ms}).get
    waiting: Any = db.execute(_OPEN).get
    missing: Any = db.execute(_MISSING, since).get
    return Figures(
        waiting=waiting,
        overdue_s=0.0 if first is None else (now_ms - first) / 1_000,
        missing=missing,
    )


def last_audit(db: apsw.Connection) -> Audit | None:
    """Give the auditor's last heartbeat in the log."""
    row: tuple[Any, ...] | None = db.execute(_LAST_AUDIT).fetchone()
    if row is None:
        return None
    since_ms, until_ms, upto, count, missed = row
    return Audit(
        since_ms=since_ms, until_ms=until_ms, upto=upto, tasks=count, missed=missed
    )


def last_arrival_ms(db: apsw.Connection) -> int:
    """Give when the last commit was made; nobody's to know."""
    found: Any = db.execute(_LAST_ARRIVAL).get
    return found or 0
