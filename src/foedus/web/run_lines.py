"""How a run came to where it is: its time line, as far as the visitor may see it."""

from datetime import datetime
from typing import Final

import msgspec

from foedus.clock import from_ms
from foedus.decisions.deadlines import find_zone
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.response.queries import FoundRun, StepRow
from foedus.response.runs import Status
from foedus.response.tasks import Standing, Task
from foedus.web.chips import Token, token

LINES_MAX: Final = 200
"""Points of a time line, the latest."""

STATUSES: Final = {
    Status.RUNNING: ("running", "run"),
    Status.PAUSED: ("stands still", "warn"),
    Status.COMPLETED: ("completed", "good"),
    Status.FAILED: ("failed", "bad"),
    Status.HANDLED: ("ended by its exception path", "warn"),
    Status.CANCELLED: ("cancelled", ""),
}
"""The word for each status, and the class that draws it."""

STEP_ENDINGS: Final = {
    "answered": ("done", "good"),
    "failed": ("failed", "bad"),
    "timed-out": ("time was up", "bad"),
    "dropped": ("no longer needed", ""),
    "cancelled": ("cancelled", ""),
    "forced": ("ended by the coordinator", "warn"),
}
"""The word for how a step ended, and its class."""

Told = list[tuple[int, str, NationCode | None]]
"""What happened when, and to whom."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A point of the time line."""

    id: str
    what: str
    nation: Token | None
    instant: str
    at: str


def points_of(
    found: FoundRun,
    steps: list[StepRow],
    tasks: list[Task],
    access: Access,
) -> list[Point]:
    """Tell how it came here: what the viewer may see of it, the latest last."""
    run = found.run
    told: list[tuple[int, str, NationCode | None]] = [
        (run.started_ms, "Run started", None)
    ]
    for step in steps:
        told.append((step.began_ms, f"Asked: {step.name}", None))
        if step.ended_ms is not None and step.ending is not None:
            word = STEP_ENDINGS[step.ending][0]
            told.append((step.ended_ms, f"{step.name}: {word}", None))
    for task in tasks:
        told += _marks(task)
    for still in run.stills:
        told.append((still.since_ms, "Run paused", None))
        if still.until_ms is not None and still.until_ms != run.ended_ms:
            told.append((still.until_ms, "Run resumed", None))
    if run.ended_ms is not None:
        word = STATUSES[run.status][0]
        told.append((run.ended_ms, f"Run {word}", None))
    told.sort(key=lambda each: each[0])
    points: list[Point] = []
    for at_ms, what, nation in told[-LINES_MAX:]:
        at = from_ms(at_ms)
        named = None if nation is None else token(nation, access)
        points.append(
            Point(
                id=f"point-{len(points)}",
                what=what,
                nation=named,
                instant=instant_of(at),
                at=local_of(at, access),
            )
        )
    return points


_TOLD: Final = {
    "acknowledged": "acknowledged",
    "begun": "began",
    "done": "reported it done",
    "confirmed": "was confirmed",
}


def _marks(task: Task) -> Told:
    name, nation = task.asked.name, task.asked.nation
    told: Told = []
    answered = task.passed.answered
    if answered is not None:
        word = "declined" if task.standing is Standing.DECLINED else "accepted"
        told.append((answered, f"{name}: {word}", nation))
    for mark, word in _TOLD.items():
        at_ms = getattr(task.passed, mark)
        if at_ms is not None and at_ms != answered:
            told.append((at_ms, f"{name}: {word}", nation))
    return told


def instant_of(at: datetime) -> str:
    """Write an instant as machines read it."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def local_of(at: datetime, access: Access) -> str:
    """Write an instant in the alliance's zone."""
    local = at.astimezone(find_zone(access.alliance.timezone))
    return f"{local:%a} {local.day} {local:%b %Y}, {local:%H:%M}"
