"""Clocks of tasks and runs: shown, let stand still, let go on; the time confirmed."""

import asyncio
from typing import Annotated, Final

import msgspec

from foedus.api.operations import (
    PAGE_SIZE,
    PAGE_SIZE_MAX,
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    Part,
)
from foedus.clock import to_ms
from foedus.errors import NotFoundError
from foedus.response import clock_commands
from foedus.response.clock_commands import REASON_CHARACTERS_MAX, Pausing, Resuming
from foedus.response.clock_sheets import (
    Clocks,
    ClockSheet,
    HubClocks,
    TaskClocks,
    hub_clocks,
    list_clocks,
    named_clocks,
    task_clocks,
)
from foedus.response.clocks import ClockName
from foedus.response.queries import find_run, find_task

TASK: Final = "^task--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a task is written."""

RUN: Final = "^run--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a run is written."""

Reason = Annotated[str, msgspec.Meta(max_length=REASON_CHARACTERS_MAX)]
Nation = Annotated[str, msgspec.Meta(max_length=100)]


class ClocksQuery(Closed, frozen=True, kw_only=True):
    """How many clocks."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE


class Pause(Closed, frozen=True, kw_only=True):
    """That clocks shall stand still.

    Attributes:
        reason: why; the nation sees it.
        clock: which one; all without.
        awaits: the other nation that is waited for.
    """

    reason: Reason
    clock: ClockName | None = None
    awaits: Nation = ""


class Resumption(Closed, frozen=True, kw_only=True):
    """That clocks shall go on.

    Attributes:
        clock: which one, as it was paused; all without.
    """

    reason: Reason = ""
    clock: ClockName | None = None


class RunClocks(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks with a name of a run."""

    clocks: list[ClockSheet]


async def show_clocks(asked: Asked) -> Answer:
    """List the clocks that one may see, by what is told next."""
    limit = asked.asks(ClocksQuery).limit
    return Answer(value=await asyncio.to_thread(_listed, asked, limit))


def _listed(asked: Asked, limit: int) -> Clocks:
    with asked.hub.reading.snapshot() as seen:
        now_ms = to_ms(asked.at)
        return list_clocks(seen.db, seen.access, asked.viewer, now_ms, limit=limit)


async def confirm_time(asked: Asked) -> Answer:
    """Confirm that the machine's clock is right, so that clocks are told again.

    Raises:
        ForbiddenError: the one who asks may not.
        RuleViolationError: nothing is held.
        ConflictError: somebody was faster.
    """
    position = await clock_commands.confirm_time(
        asked.hub.desk, asked.viewer, asked.act
    )
    await asked.hub.seen([position])
    with asked.hub.reading.snapshot() as seen:
        found = hub_clocks(seen.db, seen.access, asked.viewer, to_ms(asked.at))
    return Answer(value=found)


async def show_task_clocks(asked: Asked) -> Answer:
    """Show the clocks of a task.

    Raises:
        NotFoundError: there is no such task, or not for the one who asks.
        ForbiddenError: one's nation is only asked to take it.
    """
    return Answer(value=_of_task(asked))


async def show_run_clocks(asked: Asked) -> Answer:
    """Show the clocks with a name of a run.

    Raises:
        NotFoundError: there is no such run, or not for the one who asks.
    """
    name = asked.parts["id"]
    with asked.hub.reading.snapshot() as seen:
        if find_run(seen.db, seen.access, asked.viewer, name) is None:
            raise NotFoundError(f"no run {name}; list the runs")
        now_ms = to_ms(asked.at)
        found = named_clocks(seen.db, seen.access, asked.viewer, name, now_ms)
    return Answer(value=RunClocks(clocks=found))


async def pause_clocks(asked: Asked) -> Answer:
    """Let clocks of a task stand still.

    Raises:
        NotFoundError: there is no such task, or not for the one who asks.
        ForbiddenError: one does not direct its run.
        InvalidInputError: there is no reason, or no such nation.
        RuleViolationError: the task has ended, or they stand still already.
        ConflictError: somebody was faster; decide anew.
    """
    pausing = Pausing(**msgspec.structs.asdict(asked.sends(Pause)))
    position = await clock_commands.pause(
        asked.hub.desk, asked.viewer, asked.act, asked.parts["id"], pausing
    )
    await asked.hub.seen([position])
    return Answer(value=_of_task(asked))


async def resume_clocks(asked: Asked) -> Answer:
    """Let clocks of a task go on.

    Raises:
        NotFoundError: there is no such task, or not for the one who asks.
        ForbiddenError: one does not direct its run.
        InvalidInputError: the reason is too long.
        RuleViolationError: the task has ended, or nothing stands still.
        ConflictError: somebody was faster; decide anew.
    """
    resuming = Resuming(**msgspec.structs.asdict(asked.sends(Resumption)))
    position = await clock_commands.resume(
        asked.hub.desk, asked.viewer, asked.act, asked.parts["id"], resuming
    )
    await asked.hub.seen([position])
    return Answer(value=_of_task(asked))


def _of_task(asked: Asked) -> TaskClocks:
    name = asked.parts["id"]
    with asked.hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, asked.viewer, name)
        if found is None:
            raise NotFoundError(f"no task {name}; list your tasks")
        return task_clocks(seen.db, found, asked.viewer, to_ms(asked.at))


_TASK: Final = {"id": Part(description="The task's id.", pattern=TASK)}
_RUN: Final = {"id": Part(description="The run's id.", pattern=RUN)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/clocks",
        name="listClocks",
        summary="The clocks of tasks and runs, by what is told next.",
        handler=show_clocks,
        gives=Clocks,
        query=ClocksQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/clocks/confirmation",
        name="confirmTime",
        summary="Confirm the time of the machine after its clock was put.",
        handler=confirm_time,
        gives=HubClocks,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/tasks/{id}/clocks",
        name="showTaskClocks",
        summary="The clocks of a task: how each stands, what was told, what was not.",
        handler=show_task_clocks,
        gives=TaskClocks,
        parts=_TASK,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
    Operation(
        method="GET",
        path="/api/v1/runs/{id}/clocks",
        name="showRunClocks",
        summary="The clocks with a name of a run.",
        handler=show_run_clocks,
        gives=RunClocks,
        parts=_RUN,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/tasks/{id}/pause",
        name="pauseClocks",
        summary="Let clocks of a task stand still, and say why.",
        handler=pause_clocks,
        gives=TaskClocks,
        parts=_TASK,
        body=Pause,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/tasks/{id}/resume",
        name="resumeClocks",
        summary="Let clocks of a task go on.",
        handler=resume_clocks,
        gives=TaskClocks,
        parts=_TASK,
        body=Resumption,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
)
