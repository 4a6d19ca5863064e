"""Tasks as pages show them: how far a nation has come, and how its clocks stand.

- Late, declined and unreachable are three different states, each with its word.
- The six clocks are shown to the nation of a task, to whoever took it, and to the
  coordinator; who is only asked to take it sees the task, and not how it stands.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import apsw
import msgspec

from foedus.clock import from_ms, to_ms
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer
from foedus.response import due_reading
from foedus.response.clocks import CLOCKS, ClockName, State, standing
from foedus.response.clocks import Standing as Stands
from foedus.response.due_reading import Watched
from foedus.response.tasks import Ending, Standing, Task, label_of
from foedus.web.chips import Chip, Token, chip, token
from foedus.web.decision_cards import Hour, duration, hours_of

SOON_S: Final = 3_600
"""A clock that has no more than an hour left is *soon*."""

STANDINGS: Final = {
    Standing.ASKED: ("not delivered yet", ""),
    Standing.DELIVERED: ("delivered", "run"),
    Standing.ACKNOWLEDGED: ("acknowledged", "run"),
    Standing.ACCEPTED: ("accepted", "run"),
    Standing.DECLINED: ("declined", "warn"),
    Standing.BEGUN: ("under way", "run"),
    Standing.DONE: ("done", "good"),
    Standing.CONFIRMED: ("confirmed", "good"),
    Standing.BROKEN: ("not taken", "bad"),
}
"""The word for each standing, and the class that draws it."""

ENDINGS: Final = {
    Ending.ANSWERED: ("the step went on without it", ""),
    Ending.FAILED: ("the step has failed", "bad"),
    Ending.TIMED_OUT: ("time was up", "bad"),
    Ending.DROPPED: ("no longer needed", ""),
    Ending.CANCELLED: ("cancelled", ""),
    Ending.FORCED: ("ended by the coordinator", "warn"),
}
"""The word for each way in which a task ends unfinished."""

NAMES: Final[dict[ClockName, tuple[str, str]]] = {
    "deliver": ("Delivered", "delivered"),
    "acknowledge": ("Acknowledged", "acknowledged"),
    "accept": ("Accepted or declined", "answered"),
    "start": ("Work began", "begun"),
    "complete": ("Done", "done"),
    "confirm": ("Confirmed by the coordinator", "confirmed"),
}
"""What each clock waits for, and the mark that says that it came."""

_TAKEN: Final = (
    Standing.ACCEPTED,
    Standing.DECLINED,
    Standing.BEGUN,
    Standing.DONE,
    Standing.CONFIRMED,
    Standing.BROKEN,
)
"""Standings in which the nation has answered, so that nobody has to press it."""

_SAID: Final = (
    Standing.DONE,
    Standing.CONFIRMED,
    Standing.DECLINED,
    Standing.BROKEN,
)
"""Standings that say all there is to say, whatever became of the step."""

CLOCK_STATES: Final = {
    State.WAITING: ("not begun", ""),
    State.RUNNING: ("running", "run"),
    State.PAUSED: ("stands still", "warn"),
    State.MET: ("in time", "good"),
    State.LATE: ("late", "bad"),
    State.DECLINED: ("declined", "warn"),
    State.UNREACHABLE: ("unreachable", "bad"),
    State.CLOSED: ("closed", ""),
}
"""The word for how a clock stands, and the class that draws it."""


class Until(msgspec.Struct, frozen=True, kw_only=True):
    """An end as a page shows it, in the shape that `_clock.html` draws.

    Attributes:
        left: what is left, in words; "" where nothing is.
        css: whether that is soon, or over.
        over: by how much it is over, in words; "" while it is not.
    """

    left: str
    css: str
    over: str
    instant: str
    hours: tuple[Hour, ...]


class ClockRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of the six clocks.

    Attributes:
        number: C1 to C6.
        called: what people call it; "" where it has no name of its own.
        passed: when what it waits for came, in the reader's hours; None before.
        until: its deadline, while it runs; None where it has none.
    """

    number: str
    name: str
    called: str
    state: tuple[str, str]
    passed: Until | None
    until: Until | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How a task stands against its clocks.

    Attributes:
        next: the deadline that comes first, of the clocks that run.
    """

    is_late: bool = False
    is_unreachable: bool = False
    is_escalated: bool = False
    next: Until | None = None


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """A task in a list.

    Attributes:
        reason: the caveat of whoever declined, where the reader may know it.
        until: what comes first: a clock of it, or the end of its step.
    """

    task: str
    name: str
    nation: Token
    coordinator: Token
    chip: Chip
    state: tuple[str, str]
    reason: str
    progress: Progress
    until: Until | None
    exercise: bool
    is_open: bool
    run: str


def until_of(at: datetime, viewer: Viewer, access: Access, now: datetime) -> Until:
    """Draw an end as it reads in the viewer's capital and elsewhere."""
    left = at - now
    is_over, is_soon = left.total_seconds() <= 0, left.total_seconds() <= SOON_S
    return Until(
        left="" if is_over else duration(left),
        css="over" if is_over else "soon" if is_soon else "",
        over=duration(-left) if is_over else "",
        instant=at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        hours=hours_of(at, viewer.nation, access),
    )


def is_inside(task: Task, viewer: Viewer) -> bool:
    """Tell whether a viewer may know how a task stands against its clocks."""
    return viewer.nation in (task.asked.nation, task.asked.coordinator, task.doer)


def rows_of(
    db: apsw.Connection,
    found: Iterable[Task],
    viewer: Viewer,
    access: Access,
    now: datetime,
) -> list[TaskRow]:
    """Set tasks out as rows; the viewer may see each of them."""
    return [row_of(db, each, viewer, access, now) for each in found]


def row_of(
    db: apsw.Connection, task: Task, viewer: Viewer, access: Access, now: datetime
) -> TaskRow:
    """Set a task out as a row of a list."""
    asked = task.asked
    progress = progress_of(db, task, viewer, access, now)
    until = progress.next
    is_still = task.is_open and asked.still_ms is not None
    if is_still:
        until = None
    elif until is None and task.is_open and task.standing is not Standing.DECLINED:
        until = until_of(from_ms(asked.due_ms), viewer, access, now)
    own = viewer.nation
    return TaskRow(
        task=asked.task,
        name=asked.name,
        nation=token(asked.nation, access, own=asked.nation == own),
        coordinator=token(asked.coordinator, access, own=asked.coordinator == own),
        chip=chip(label_of(task), access),
        state=state_of(task, progress),
        reason=task.caveat if is_inside(task, viewer) else "",
        progress=progress,
        until=until,
        exercise=asked.exercise,
        is_open=task.is_open,
        run=asked.run,
    )


def state_of(task: Task, progress: Progress) -> tuple[str, str]:
    """Say in words how a task stands."""
    word = STANDINGS[task.standing]
    if task.standing in _SAID:
        return word
    if task.ending is not None:
        return ENDINGS[task.ending]
    if task.asked.still_ms is not None:
        return (f"{word[0]}, stands still", "warn")
    if progress.is_unreachable:
        return ("unreachable", "bad")
    if progress.is_late:
        return (f"late, {word[0]}", "bad")
    return word


def progress_of(
    db: apsw.Connection, task: Task, viewer: Viewer, access: Access, now: datetime
) -> Progress:
    """Tell how a task stands against its clocks, as far as the viewer may know."""
    name = task.asked.task
    watched = due_reading.watched(db, name) if is_inside(task, viewer) else None
    if watched is None or not task.is_open:
        return Progress()
    stood = [each for _, each in _stood(watched, to_ms(now)) if _runs(each)]
    ends = [each.deadline_ms for each in stood if each.deadline_ms is not None]
    states = {each.state for each in stood}
    return Progress(
        is_late=State.LATE in states,
        is_unreachable=State.UNREACHABLE in states,
        is_escalated=task.standing not in _TAKEN and due_reading.is_escalated(db, name),
        next=until_of(from_ms(min(ends)), viewer, access, now) if ends else None,
    )


def clocks_of(
    db: apsw.Connection, task: Task, viewer: Viewer, access: Access, now: datetime
) -> list[ClockRow]:
    """Draw the six clocks of a task; none for whoever may not know how it stands."""
    if not is_inside(task, viewer):
        return []
    watched = due_reading.watched(db, task.asked.task)
    stood = {} if watched is None else dict(_stood(watched, to_ms(now)))
    rows = []
    for number, (name, (words, mark)) in enumerate(NAMES.items(), start=1):
        stands, at_ms = stood.get(name), getattr(task.passed, mark)
        terms = watched.plan.clocks.get(name) if watched is not None else None
        ends = stands.deadline_ms if stands is not None and _runs(stands) else None
        rows.append(
            ClockRow(
                number=f"C{number}",
                name=words,
                called=terms.name if terms is not None else "",
                state=_word(stands, at_ms, task),
                passed=_at(at_ms, viewer, access, now),
                until=_at(ends if task.is_open else None, viewer, access, now),
            )
        )
    return rows


def _stood(watched: Watched, now_ms: int) -> list[tuple[ClockName, Stands]]:
    plan, course, calendar = watched.plan, watched.course, watched.calendar
    return [
        (name, standing(name, plan.clocks[name], course, calendar, now_ms))
        for name in CLOCKS
        if name in plan.clocks
    ]


def _runs(stands: Stands) -> bool:
    return stands.start_ms is not None and stands.end_ms is None


def _word(stands: Stands | None, at_ms: int | None, task: Task) -> tuple[str, str]:
    """Say how a clock stands; without one, whether what it waits for has come."""
    if stands is not None and stands.state is not State.WAITING:
        return CLOCK_STATES[stands.state]
    if at_ms is not None:
        return ("yes", "good")
    return ("not yet", "") if task.is_open else ("never", "")


def _at(
    at_ms: int | None, viewer: Viewer, access: Access, now: datetime
) -> Until | None:
    return None if at_ms is None else until_of(from_ms(at_ms), viewer, access, now)
