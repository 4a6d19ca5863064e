"""What a viewer is shown of clocks: how each stands, what was told, and what was not.

- The clocks of a task are shown to its nation, to whoever took it, and to the
  coordinator; a nation that is only asked to take it sees the task, and not how far
  others have come.
- A clock with a name is shown to whoever may see its run and both its steps.
- Whether anything is held, overdue or missing in the whole hub is for the operators,
  secretariat and auditors of the alliance's own body alone.
"""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import ForbiddenError
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.labelled import readable_labels
from foedus.releasability.viewers import Role, Viewer
from foedus.response import due_reading
from foedus.response.calendars import Calendar
from foedus.response.clocks import Basis, Owner, State, standing
from foedus.response.due_reading import Watched
from foedus.response.firings import LATE_MS, next_due
from foedus.response.ladders import Due, DueKind, Key, Told, foresee, foreseen
from foedus.response.queries import FoundTask
from foedus.response.tasks import is_inside

LINES_MAX: Final = 500
"""Clocks of one list."""

WATCHERS: Final = frozenset({Role.OPERATOR, Role.SECRETARIAT, Role.AUDITOR})
"""Roles of the alliance's own body that see how the clocks of the whole hub stand."""

_FIRED: Final = """
SELECT clock, point, turn, loop, due_ms, fired_ms, reason
  FROM clock_firing
 WHERE subject = :subject
"""

WHOLE_RUN: Final = "the whole run stands still"
"""Why clocks of a task did, where their run did; its own reason stands in the run."""

_MISSED: Final = """
SELECT clock, point, turn, loop FROM clock_missed WHERE subject = :subject
"""

_PAUSES: Final = """
SELECT since_ms, until_ms, authority, clock, awaits, reason
  FROM clock_pause
 WHERE subject = :subject
 ORDER BY position
"""

_LISTED: Final = """
SELECT c.subject
  FROM clock AS c
  LEFT JOIN task AS t ON t.task = c.subject
 WHERE c.due_ms IS NOT NULL
   AND substr(:readable, c.label, 1) = x'01'
   AND (c.named <> '' OR :nation IN (c.nation, c.coordinator, t.doer))
 ORDER BY c.due_ms, c.began_ms, c.name, c.subject
 LIMIT :limit
"""

_NAMES: Final = """
SELECT run, named, name, nation, coordinator, exercise
  FROM clock
 WHERE subject = :subject
"""

_NAMED_OF_RUN: Final = """
SELECT subject
  FROM clock
 WHERE run = :run AND named <> '' AND substr(:readable, label, 1) = x'01'
 ORDER BY subject
 LIMIT :limit
"""


class PointSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A point of a clock: what is told there, or was.

    Attributes:
        point: a share of the time, a time before the deadline, `deadline`, or the
            number of a rung from 0.
        turn: which time that the clock runs, from 0.
        loop: which time that the rung is told, from 0.
        due: when it is due.
        told: when it was told; none if it was not.
        late: whether it was told late.
        reason: why it is not told; empty where it is, or will be.
        missed: whether the auditor found it missing.
    """

    kind: DueKind
    point: str
    turn: int
    loop: int
    due: datetime
    tell: tuple[Told, ...]
    told: datetime | None
    late: bool
    reason: str
    missed: bool


class ClockSheet(msgspec.Struct, frozen=True, kw_only=True):
    """How a clock stands.

    Attributes:
        called: what people call it.
        late: whether the deadline came before what it waits for.
        owner: whom it waits for.
        deadline: until when; none if never, or while it stands still.
        local: the deadline as people in the nation's capital read it.
    """

    clock: str
    called: str
    basis: Basis
    within: str
    state: State
    late: bool
    owner: Owner
    turn: int
    began: datetime | None
    ended: datetime | None
    deadline: datetime | None
    local: str
    points: list[PointSheet]


class PauseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch in which clocks stood still, and on whose word."""

    since: datetime
    until: datetime | None
    authority: NationCode
    clock: str
    awaits: NationCode | None
    reason: str


class TaskClocks(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks of a task.

    Attributes:
        calendar: of the nation, as it was when the task was given out; none where
            nothing depends on it.
    """

    task: str
    nation: NationCode
    calendar: Calendar | None
    clocks: list[ClockSheet]
    pauses: list[PauseSheet]


class ClockLine(msgspec.Struct, frozen=True, kw_only=True):
    """A clock as a list shows it: what it tells next.

    Attributes:
        task: the task; none for a clock with a name.
        run: the run of a clock with a name; none for a task's.
        next: when it tells something next.
        kind: what that is.
    """

    task: str | None
    run: str | None
    name: str
    nation: NationCode
    coordinator: NationCode
    exercise: bool
    clock: str
    called: str
    point: str
    kind: DueKind
    next: datetime


class HubClocks(msgspec.Struct, frozen=True, kw_only=True):
    """How the clocks of the whole hub stand, for who runs it.

    Attributes:
        running: tasks that tell something further.
        overdue_s: seconds since when something is due and not told.
        missing: points that the auditor found missing, in the last seven days.
        held: which way the machine's clock was put, while nothing is told; else none.
        should_show: what it should have shown when it was put.
        showed: what it showed.
        audited: until when the auditor has looked, as the log has it.
    """

    running: int
    overdue_s: float
    missing: int
    held: str | None
    should_show: datetime | None
    showed: datetime | None
    audited: datetime | None


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks that one may see, by what is told next.

    Attributes:
        hub: how those of the whole hub stand; none for whoever does not run it.
    """

    clocks: list[ClockLine]
    hub: HubClocks | None


def task_clocks(
    db: apsw.Connection, found: FoundTask, viewer: Viewer, now_ms: int
) -> TaskClocks:
    """Show the clocks of a task that the viewer may see.

    Raises:
        ForbiddenError: the viewer's nation is only asked to take it.
    """
    task = found.task
    if not is_inside(task, viewer.nation):
        raise ForbiddenError("its clocks are shown to its nation and its coordinator")
    name = task.asked.task
    watched = due_reading.watched(db, name)
    return TaskClocks(
        task=name,
        nation=task.asked.nation,
        calendar=None if watched is None else watched.calendar,
        clocks=[] if watched is None else _clocks(db, watched, now_ms),
        pauses=_pauses(db, name),
    )


def named_clocks(
    db: apsw.Connection, access: Access, viewer: Viewer, run: str, now_ms: int
) -> list[ClockSheet]:
    """Show the clocks with a name of a run, as far as the viewer may see it."""
    bindings = {
        "run": run,
        "readable": readable_labels(db, access, viewer),
        "limit": LINES_MAX,
    }
    rows: list[tuple[Any, ...]] = db.execute(_NAMED_OF_RUN, bindings).fetchall()
    found = [due_reading.watched(db, name) for (name,) in rows]
    return [
        sheet
        for each in found
        if each is not None
        for sheet in _clocks(db, each, now_ms)
    ]


def list_clocks(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    now_ms: int,
    *,
    limit: int = LINES_MAX,
) -> Clocks:
    """List the clocks that a viewer may see, by what is told next."""
    bindings = {
        "readable": readable_labels(db, access, viewer),
        "nation": viewer.nation,
        "limit": limit,
    }
    rows: list[tuple[Any, ...]] = db.execute(_LISTED, bindings).fetchall()
    lines = [_line(db, str(name)) for (name,) in rows]
    return Clocks(
        clocks=[each for each in lines if each is not None],
        hub=hub_clocks(db, access, viewer, now_ms),
    )


def hub_clocks(
    db: apsw.Connection, access: Access, viewer: Viewer, now_ms: int
) -> HubClocks | None:
    """Tell how the clocks of the whole hub stand; None for whoever does not run it."""
    if viewer.nation != access.alliance.code or not viewer.roles & WATCHERS:
        return None
    counted, held = due_reading.figures(db, now_ms), due_reading.held(db)
    audit = due_reading.last_audit(db)
    return HubClocks(
        running=counted.waiting,
        overdue_s=counted.overdue_s,
        missing=counted.missing,
        held=None if held is None else held.jump,
        should_show=None if held is None else from_ms(held.was_ms),
        showed=None if held is None else from_ms(held.is_ms),
        audited=None if audit is None else from_ms(audit.until_ms),
    )


def _line(db: apsw.Connection, name: str) -> ClockLine | None:
    watched = due_reading.watched(db, name)
    row: tuple[Any, ...] | None = db.execute(_NAMES, {"subject": name}).fetchone()
    if watched is None or row is None:
        return None
    dues = foresee(watched.plan, watched.course, watched.calendar)
    due = next_due(dues, watched.told)
    if due is None:
        return None
    run, named, title, nation, coordinator, exercise = row
    return ClockLine(
        task=None if named else name,
        run=str(run) if named else None,
        name=str(title),
        nation=NationCode(str(nation)),
        coordinator=NationCode(str(coordinator)),
        exercise=bool(exercise),
        clock="named" if named else due.key.clock,
        called=watched.plan.clocks[due.key.clock].name,
        point=due.key.point,
        kind=due.kind,
        next=from_ms(due.at_ms),
    )


def _clocks(db: apsw.Connection, watched: Watched, now_ms: int) -> list[ClockSheet]:
    where = {"subject": watched.subject}
    fired: dict[Key, tuple[int, int, str]] = {
        Key(*row[:4]): (row[4], row[5], row[6]) for row in db.execute(_FIRED, where)
    }
    missed = {Key(*row) for row in db.execute(_MISSED, where)}
    dues = foreseen(watched.plan, watched.course, watched.calendar)
    is_named = "/" in watched.subject
    sheets = []
    for name, terms in watched.plan.clocks.items():
        stands = standing(name, terms, watched.course, watched.calendar, now_ms)
        sheets.append(
            ClockSheet(
                clock="named" if is_named else name,
                called=terms.name,
                basis=terms.basis,
                within=terms.within or "",
                state=stands.state,
                late=stands.is_late,
                owner=stands.owner,
                turn=stands.turn,
                began=_instant(stands.start_ms),
                ended=_instant(stands.end_ms),
                deadline=_instant(stands.deadline_ms),
                local=_local(stands.deadline_ms, watched.calendar),
                points=[
                    _point(each, fired.get(each.key), each.key in missed)
                    for each in dues
                    if each.key.clock == name
                ],
            )
        )
    return sheets


def _point(
    due: Due,
    fired: tuple[int, int, str] | None,
    missed: bool,  # noqa: FBT001 - told by its place
) -> PointSheet:
    due_ms, told_ms, reason = (due.at_ms, None, due.reason or "")
    if fired is not None:
        due_ms, told_ms, reason = fired
    is_told = told_ms is not None and not reason
    return PointSheet(
        kind=due.kind,
        point=due.key.point,
        turn=due.key.turn,
        loop=due.key.loop,
        due=from_ms(due_ms),
        tell=due.tell,
        told=_instant(told_ms) if is_told else None,
        late=is_told and told_ms is not None and told_ms - due_ms > LATE_MS,
        reason=reason,
        missed=missed,
    )


def _pauses(db: apsw.Connection, name: str) -> list[PauseSheet]:
    rows: list[tuple[Any, ...]] = db.execute(_PAUSES, {"subject": name}).fetchall()
    return [
        PauseSheet(
            since=from_ms(since_ms),
            until=_instant(until_ms),
            authority=NationCode(authority),
            clock=clock or "all",
            awaits=None if awaits is None else NationCode(awaits),
            reason=reason or WHOLE_RUN,
        )
        for since_ms, until_ms, authority, clock, awaits, reason in rows
    ]


def _instant(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else from_ms(at_ms)


def _local(at_ms: int | None, calendar: Calendar | None) -> str:
    """Write an instant as it is read in the nation's capital."""
    if at_ms is None or calendar is None:
        return ""
    return (
        from_ms(at_ms)
        .astimezone(ZoneInfo(calendar.zone))
        .strftime("%a %d %b, %H:%M %Z")
    )
