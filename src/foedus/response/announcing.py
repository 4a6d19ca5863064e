"""What live readers are told of runs and tasks: nothing that no label covers.

A run is told under its own label when it starts and ends. A task is told to its nation
and to the coordinator's.
"""

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.eventlog.envelope import Recorded
from foedus.ids import NationCode
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import intern_label
from foedus.releasability.news import tell
from foedus.response.events import RunStarted
from foedus.response.runs import Run, Status
from foedus.response.tasks import Standing, Task, label_of


class RunNews(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told of a run."""

    run: str
    happened: str
    name: str
    coordinator: NationCode
    status: Status
    exercise: bool = False


class TaskNews(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told of a task.

    Attributes:
        due: when the step's time is up.
    """

    task: str
    happened: str
    name: str
    nation: NationCode
    standing: Standing
    ending: str = ""
    exercise: bool = False
    due: str


def announce_run(
    db: apsw.Connection,
    recorded: Recorded | None,
    run: Run,
    started: RunStarted,
    happened: str,
) -> None:
    """Tell what happened to a run; nobody, if it is only folded again."""
    if recorded is None:
        return
    tell(
        db,
        recorded,
        kind="task",
        thing=run.run,
        type="run",
        label=intern_label(db, decode_label(bytes(started.label)), run.coordinator),
        document=RunNews(
            run=run.run,
            happened=happened,
            name=run.name,
            coordinator=run.coordinator,
            status=run.status,
            exercise=run.exercise,
        ),
    )


def announce_task(
    db: apsw.Connection, recorded: Recorded | None, task: Task, happened: str
) -> None:
    """Tell what happened to a task; nobody, if it is only folded again."""
    if recorded is None:
        return
    asked = task.asked
    tell(
        db,
        recorded,
        kind="task",
        thing=asked.task,
        type="task",
        label=intern_label(db, label_of(task), asked.coordinator, own=False),
        document=TaskNews(
            task=asked.task,
            happened=happened,
            name=asked.name,
            nation=asked.nation,
            standing=task.standing,
            ending=task.ending or "",
            exercise=asked.exercise,
            due=from_ms(asked.due_ms).isoformat(timespec="milliseconds"),
        ),
    )
