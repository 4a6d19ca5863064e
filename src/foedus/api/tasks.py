"""Tasks of nations: listed, shown, acted on."""

import asyncio
from typing import Final, Literal

import msgspec

from foedus.api.operations import (
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    PageQuery,
    Part,
)
from foedus.clock import to_ms
from foedus.errors import NotFoundError
from foedus.response import commands
from foedus.response.moves import AnyMove
from foedus.response.queries import find_task, list_tasks
from foedus.response.task_sheets import TaskLine, TaskSheet, task_line, task_sheet
from foedus.response.tasks import Task

ID: Final = "^task--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a task is written."""

MOVE_BYTES_MAX: Final = 2_097_152
"""Bytes of an act: a hundred outputs of ten thousand characters."""

RESPONDED_WITHIN_S: Final = 2.0
"""Seconds that an answer waits until the run has gone on; the rest follows."""


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks, what is due first."""

    tasks: list[TaskLine]


class TasksQuery(PageQuery, frozen=True, kw_only=True):
    """Which tasks.

    Attributes:
        part: what one's nation is asked to do, what it asks of others, or both.
        open: only what still waits, or only what does not.
    """

    part: Literal["mine", "coordinated", "all"] = "mine"
    open: bool | None = None


class TaskAct(Closed, frozen=True, kw_only=True):
    """What is done with a task."""

    move: AnyMove


async def show_tasks(asked: Asked) -> Answer:
    """List the tasks that one may see; one's own nation's are delivered by that."""
    page = asked.asks(TasksQuery)

    def read() -> list[Task]:
        with asked.hub.reading.snapshot() as seen:
            return list_tasks(
                seen.db,
                seen.access,
                asked.viewer,
                part=page.part,
                open=page.open,
                after=page.after,
                limit=page.limit,
            )

    found = await asyncio.to_thread(read)
    if asked.shows:
        await commands.note_shown(asked.hub.desk, asked.viewer, asked.act, found)
    lines = [task_line(each) for each in found]
    more = len(lines) == page.limit
    return Answer(value=Tasks(tasks=lines), after=lines[-1].task if more else "")


async def show_task(asked: Asked) -> Answer:
    """Show one task; it is delivered by that.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    name = asked.parts["id"]
    with asked.hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, asked.viewer, name)
    if found is not None and asked.shows:
        shown = await commands.note_shown(
            asked.hub.desk, asked.viewer, asked.act, [found.task]
        )
        await asked.hub.seen(shown)
    return Answer(value=await asyncio.to_thread(_sheet, asked, name))


async def act_on_task(asked: Asked) -> Answer:
    """Do something with a task.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks may not.
        InvalidInputError: a part of the act does not fit.
        RuleViolationError: the rules refuse it.
        ConflictError: others were faster, again and again.
    """
    name = asked.parts["id"]
    move = asked.sends(TaskAct).move
    position = await commands.act_on_task(
        asked.hub.desk, asked.viewer, asked.act, name, move
    )
    await asked.hub.seen([position])
    await asked.hub.responded(within_s=RESPONDED_WITHIN_S)
    return Answer(value=await asyncio.to_thread(_sheet, asked, name))


def _sheet(asked: Asked, name: str) -> TaskSheet:
    with asked.hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, asked.viewer, name)
        if found is None:
            raise NotFoundError(f"no task {name}; list your tasks")
        now_ms = to_ms(asked.at)
        return task_sheet(seen.db, found, asked.viewer, seen.access, now_ms)


_PARTS: Final = {"id": Part(description="The task's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/tasks",
        name="listTasks",
        summary="The tasks of one's nation, or those that it asks of others.",
        handler=show_tasks,
        gives=Tasks,
        query=TasksQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="GET",
        path="/api/v1/tasks/{id}",
        name="showTask",
        summary="One task: what is asked, until when, and what one may do now.",
        handler=show_task,
        gives=TaskSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/tasks/{id}/acts",
        name="actOnTask",
        summary="Acknowledge, accept, decline, delegate, start, do, confirm, return.",
        handler=act_on_task,
        gives=TaskSheet,
        parts=_PARTS,
        body=TaskAct,
        body_bytes_max=MOVE_BYTES_MAX,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
)
