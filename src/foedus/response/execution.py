"""What became of each step of a run, in the form that other engines exchange.

One object for each action that began, as far as the viewer may see it.

Source: CACAO execution status, https://github.com/cyentific-rni/workflow-status.
"""

import base64
import hashlib
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer
from foedus.response.cacao import Step
from foedus.response.queries import (
    FoundRun,
    StepRow,
    find_run,
    steps_of,
    tasks_of_run,
)
from foedus.response.tasks import Ending, Standing, Task
from foedus.response.views import library_of

State = Literal[
    "successfully_completed",
    "failed",
    "ongoing",
    "await_user_input",
    "server_side_error",
    "client_side_error",
    "timeout_error",
    "exception_condition_invoked",
]
"""The words of the status."""


class Execution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one step.

    Attributes:
        command_b64: the commands as they were written; nothing is put into them.
        notes: how far each nation came, as far as the viewer may know it.
        duration: in milliseconds.
    """

    type: Literal["execution-status"]
    id: str
    workflow_step: str
    start_time: str
    status: State
    command_b64: tuple[str, ...]
    automated_execution: bool
    duration: int | None = None
    status_text: str = ""
    notes: str = ""


def execution_of(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> list[Execution]:
    """Tell what became of the steps of a run that a viewer may see.

    Raises:
        NotFoundError: there is no such run, or none for this viewer.
    """
    found = find_run(db, access, viewer, name)
    library = None if found is None else library_of(db, found.started)
    if found is None or library is None:
        raise NotFoundError(f"no run {name}; list the runs")
    tasks: dict[int, list[Task]] = {}
    for task in tasks_of_run(db, access, viewer, name):
        tasks.setdefault(task.asked.number, []).append(task)
    return [
        _execution(
            found,
            row,
            library.version(row.version).workflow[row.step],
            tasks.get(row.number, []),
        )
        for row in steps_of(db, access, viewer, name)
    ]


def _execution(
    found: FoundRun, row: StepRow, step: Step, tasks: list[Task]
) -> Execution:
    notes = [f"{each.asked.nation}: {each.standing}" for each in tasks]
    return Execution(
        type="execution-status",
        id=f"execution-status--{_uuid(found.started.seed, row.number)}",
        workflow_step=row.step,
        start_time=_text(from_ms(row.began_ms)),
        status=_state(row, tasks),
        status_text=_words(row, found),
        command_b64=tuple(_command(step)),
        automated_execution=any(each.sending.attempts for each in tasks),
        duration=None if row.ended_ms is None else row.ended_ms - row.began_ms,
        notes="; ".join(notes),
    )


_STATES: Final[dict[Ending, State]] = {
    Ending.ANSWERED: "successfully_completed",
    Ending.FAILED: "failed",
    Ending.TIMED_OUT: "timeout_error",
    Ending.DROPPED: "exception_condition_invoked",
    Ending.CANCELLED: "exception_condition_invoked",
    Ending.FORCED: "exception_condition_invoked",
}
_WAITING: Final = frozenset({Standing.ASKED, Standing.DELIVERED})


def _state(row: StepRow, tasks: list[Task]) -> State:
    if row.ending is not None:
        return _STATES[Ending(row.ending)]
    is_waiting = all(each.standing in _WAITING for each in tasks)
    return "await_user_input" if is_waiting else "ongoing"


def _words(row: StepRow, found: FoundRun) -> str:
    if row.ending == Ending.CANCELLED:
        return f"{row.name}: cancelled: {found.run.cancelled}"
    return f"{row.name}: {row.ending or 'waits'}"


def _command(step: Step) -> list[str]:
    """Give each command in Base64; the name of a step that has none."""
    found = [
        each.encoded or base64.b64encode(each.text.encode()).decode()
        for each in step.commands
    ]
    return found or [base64.b64encode(step.label.encode()).decode()]


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uuid(seed: str, number: int) -> UUID:
    digest = hashlib.sha256(f"execution\n{seed}\n{number}".encode()).digest()
    return UUID(bytes=digest[:16], version=4)
