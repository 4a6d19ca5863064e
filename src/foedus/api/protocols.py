"""Playbooks and runs: imported, exported, started, shown and cancelled."""

import asyncio
from typing import Annotated, Final

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
from foedus.errors import InvalidInputError, NotFoundError
from foedus.response import commands, importing, pausing
from foedus.response.execution import Execution, execution_of
from foedus.response.forcing import Forcing, force
from foedus.response.moves import Remark, Value, Words
from foedus.response.planning import Starting
from foedus.response.queries import find_run, list_runs, steps_of, tasks_of_run
from foedus.response.run_sheets import (
    PlaybookLine,
    PlaybookSheet,
    RunLine,
    RunSheet,
    playbook_line,
    playbook_sheet,
    run_line,
    run_sheet,
)
from foedus.response.shelf import editions, list_playbooks, name_of, open_edition
from foedus.response.vocabulary import SIZE_MAX

UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""How the second part of an id is written."""

Code = Annotated[str, msgspec.Meta(max_length=200)]
Modified = Annotated[str, msgspec.Meta(max_length=40)]


class Playbooks(msgspec.Struct, frozen=True, kw_only=True):
    """Playbooks, by name."""

    playbooks: list[PlaybookLine]


class Runs(msgspec.Struct, frozen=True, kw_only=True):
    """Runs, the newest first."""

    runs: list[RunLine]


class ImportQuery(Closed, frozen=True, kw_only=True):
    """How a playbook is imported.

    Attributes:
        label: who may see it; without, its own traffic lights, or one's own nation.
        lenient: take what other engines write.
    """

    label: Code = ""
    lenient: bool = False


class EditionQuery(Closed, frozen=True, kw_only=True):
    """Which version of a playbook; the newest without."""

    modified: Modified = ""


class RunsQuery(PageQuery, frozen=True, kw_only=True):
    """Which runs.

    Attributes:
        open: only those that run, or only those that have ended.
    """

    open: bool | None = None


class NewRun(Closed, frozen=True, kw_only=True):
    """The run that is to be started.

    Attributes:
        modified: which version of the playbook; the newest without.
        launch: the first values of its external variables.
        label: who may know of it; what the playbook says without.
        evidence: the ids of objects that it rests on; their labels are joined in.
        reason: why, in a sentence.
        exercise: whether it is one; what the playbook says without.
    """

    playbook: Code
    modified: Modified | None = None
    launch: dict[str, Value | None] = msgspec.field(default_factory=dict)
    label: Code = ""
    evidence: Annotated[tuple[Code, ...], msgspec.Meta(max_length=1_000)] = ()
    reason: Annotated[str, msgspec.Meta(max_length=8_000)] = ""
    exercise: bool | None = None


class StandingStill(Closed, frozen=True, kw_only=True):
    """Why a run stands still; whoever may see it reads why."""

    reason: Words


class GoingOn(Closed, frozen=True, kw_only=True):
    """That a run goes on; what is said of it is optional."""

    reason: Remark = ""


class Cancellation(Closed, frozen=True, kw_only=True):
    """Why a run is cancelled; everybody who may know of it is told."""

    reason: Words


async def show_playbooks(asked: Asked) -> Answer:
    """List the playbooks that one may see, by name.

    Raises:
        InvalidInputError: the last one of the page before is none, or none any more.
    """
    page, viewer = asked.asks(PageQuery), asked.viewer
    with asked.hub.reading.snapshot() as seen:
        after = ("", "", "")
        if page.after:
            playbook, _, nation = page.after.partition("@")
            name = name_of(seen.db, seen.access, viewer, playbook, nation)
            if name is None:
                raise InvalidInputError("after: no playbook that you see; begin anew")
            after = (name, playbook, nation)
        found = list_playbooks(
            seen.db, seen.access, viewer, after=after, limit=page.limit
        )
        shown = [playbook_line(each, seen.access) for each in found]
    more = len(shown) == page.limit
    return Answer(
        value=Playbooks(playbooks=shown),
        after=f"{shown[-1].playbook}@{shown[-1].nation}" if more else "",
    )


async def import_playbook(asked: Asked) -> Answer:
    """Take a playbook in; the body is the playbook itself.

    Raises:
        ForbiddenError: the one who asks may not, or it is another nation's.
        LabelError: the label is none.
        RuleViolationError: the rules of CACAO refuse it, or a newer version is here.
    """
    how = asked.asks(ImportQuery)
    sent = importing.Importing(
        raw=bytes(asked.sends(msgspec.Raw)), label=how.label, lenient=how.lenient
    )
    edition, position = await importing.import_playbook(
        asked.hub.desk, asked.viewer, asked.act, sent
    )
    await asked.hub.seen([position])
    return Answer(
        value=_playbook(asked, edition.playbook, edition.modified),
        location=f"{asked.path}/{edition.playbook}",
    )


async def show_playbook(asked: Asked) -> Answer:
    """Show one playbook.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    name, modified = asked.parts["id"], asked.asks(EditionQuery).modified
    return Answer(value=await asyncio.to_thread(_playbook, asked, name, modified))


async def export_playbook(asked: Asked) -> Answer:
    """Give a playbook as it was imported, byte for byte.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    name, modified = asked.parts["id"], asked.asks(EditionQuery).modified or None

    def read() -> bytes:
        with asked.hub.reading.snapshot() as seen:
            return importing.export(seen, asked.viewer, name, modified)

    return Answer(value=await asyncio.to_thread(read))


async def show_runs(asked: Asked) -> Answer:
    """List the runs that one may know of, the newest first."""
    page = asked.asks(RunsQuery)
    with asked.hub.reading.snapshot() as seen:
        found = list_runs(
            seen.db,
            seen.access,
            asked.viewer,
            open=page.open,
            after=page.after,
            limit=page.limit,
        )
    lines = [run_line(each) for each in found]
    more = len(lines) == page.limit
    return Answer(value=Runs(runs=lines), after=lines[-1].run if more else "")


async def start_run(asked: Asked) -> Answer:
    """Start a playbook, as a duty officer.

    Raises:
        ForbiddenError: the one who asks starts no runs.
        NotFoundError: there is no such playbook or evidence for the one who asks.
        InvalidInputError: a value, a nation or a number does not fit.
        LabelError: the label is none.
        RuleViolationError: it is revoked or out of its time, or somebody is asked who
            could not see what is asked.
    """
    sent = asked.sends(NewRun)
    starting = msgspec.convert(msgspec.structs.asdict(sent), Starting)
    run, position = await commands.start(
        asked.hub.desk, asked.viewer, asked.act, starting
    )
    await asked.hub.seen([position])
    return Answer(value=_run(asked, run), location=f"{asked.path}/{run}")


async def show_run(asked: Asked) -> Answer:
    """Show one run, with the steps that one may see.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=await asyncio.to_thread(_run, asked, asked.parts["id"]))


async def cancel_run(asked: Asked) -> Answer:
    """End a run, as a duty officer of its coordinator.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks does not direct it.
        RuleViolationError: it has ended.
        ConflictError: others were faster, again and again.
    """
    name = asked.parts["id"]
    position = await commands.cancel(
        asked.hub.desk, asked.viewer, asked.act, name, asked.sends(Cancellation).reason
    )
    await asked.hub.seen([position])
    return Answer(value=await asyncio.to_thread(_run, asked, name))


async def pause_run(asked: Asked) -> Answer:
    """Let a run stand still, as a duty officer of its coordinator.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks does not direct it.
        RuleViolationError: it has ended, or stands still already.
        ConflictError: others were faster, again and again.
    """
    name = asked.parts["id"]
    position = await pausing.pause(
        asked.hub.desk, asked.viewer, asked.act, name, asked.sends(StandingStill).reason
    )
    await asked.hub.seen([position])
    return Answer(value=await asyncio.to_thread(_run, asked, name))


async def resume_run(asked: Asked) -> Answer:
    """Let a run that stands still go on, as a duty officer of its coordinator.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks does not direct it.
        RuleViolationError: it has ended, or does not stand still.
        ConflictError: others were faster, again and again.
    """
    name = asked.parts["id"]
    position = await pausing.resume(
        asked.hub.desk, asked.viewer, asked.act, name, asked.sends(GoingOn).reason
    )
    await asked.hub.seen([position])
    return Answer(value=await asyncio.to_thread(_run, asked, name))


async def end_step(asked: Asked) -> Answer:
    """End a step of a run by hand, as a duty officer of its coordinator.

    Raises:
        NotFoundError: there is no such run for the one who asks, or no such step waits.
        ForbiddenError: the one who asks does not direct it.
        InvalidInputError: an output does not fit, or the step waits more than once.
        RuleViolationError: the run has ended.
        ConflictError: others were faster, again and again.
    """
    name = asked.parts["id"]
    position = await force(
        asked.hub.desk, asked.viewer, asked.act, name, asked.sends(Forcing)
    )
    await asked.hub.seen([position])
    return Answer(value=await asyncio.to_thread(_run, asked, name))


async def show_execution(asked: Asked) -> Answer:
    """Give what became of each step of a run, as execution-status objects.

    Raises:
        NotFoundError: there is no such run, or not for the one who asks.
    """
    name = asked.parts["id"]
    with asked.hub.reading.snapshot() as seen:
        return Answer(value=execution_of(seen.db, seen.access, asked.viewer, name))


def _playbook(asked: Asked, name: str, modified: str) -> PlaybookSheet:
    with asked.hub.reading.snapshot() as seen:
        lane = editions(seen.db, seen.access, asked.viewer, name)
        for each in lane:
            if modified in ("", each.edition.modified):
                found = open_edition(seen.db, each)
                return playbook_sheet(found, lane, seen.access)
    raise NotFoundError(f"no playbook {name}; list the playbooks")


def _run(asked: Asked, name: str) -> RunSheet:
    viewer = asked.viewer
    with asked.hub.reading.snapshot() as seen:
        found = find_run(seen.db, seen.access, viewer, name)
        if found is None:
            raise NotFoundError(f"no run {name}; list the runs")
        steps = steps_of(seen.db, seen.access, viewer, name)
        tasks = tasks_of_run(seen.db, seen.access, viewer, name)
        return run_sheet(found, steps, tasks, viewer, seen.access)


_PLAYBOOK: Final = {
    "id": Part(description="The playbook's id.", pattern=f"^playbook--{UUID}$")
}
_RUN: Final = {"id": Part(description="The run's id.", pattern=f"^run--{UUID}$")}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/playbooks",
        name="listPlaybooks",
        summary="The playbooks that one may see, by name.",
        handler=show_playbooks,
        gives=Playbooks,
        query=PageQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/playbooks",
        name="importPlaybook",
        summary="Take a playbook of CACAO 2.0 in; the body is the playbook itself.",
        handler=import_playbook,
        gives=PlaybookSheet,
        status=201,
        query=ImportQuery,
        body=msgspec.Raw,
        body_bytes_max=SIZE_MAX,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/playbooks/{id}",
        name="showPlaybook",
        summary="One playbook: what it asks, of whom, and what may be set.",
        handler=show_playbook,
        gives=PlaybookSheet,
        parts=_PLAYBOOK,
        query=EditionQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/playbooks/{id}/document",
        name="exportPlaybook",
        summary="One playbook as it was imported, byte for byte.",
        handler=export_playbook,
        gives=msgspec.Raw,
        parts=_PLAYBOOK,
        query=EditionQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/runs",
        name="listRuns",
        summary="The runs that one may know of, the newest first.",
        handler=show_runs,
        gives=Runs,
        query=RunsQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/runs",
        name="startRun",
        summary="Start a playbook, as a duty officer.",
        handler=start_run,
        gives=RunSheet,
        status=201,
        body=NewRun,
        body_bytes_max=1_048_576,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/runs/{id}",
        name="showRun",
        summary="One run, with the steps that one may see.",
        handler=show_run,
        gives=RunSheet,
        parts=_RUN,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/runs/{id}/pause",
        name="pauseRun",
        summary="Let a run stand still, with all that waits in it.",
        handler=pause_run,
        gives=RunSheet,
        parts=_RUN,
        body=StandingStill,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/runs/{id}/resume",
        name="resumeRun",
        summary="Let a run that stands still go on; what was left of time is left.",
        handler=resume_run,
        gives=RunSheet,
        parts=_RUN,
        body=GoingOn,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/runs/{id}/cancellation",
        name="cancelRun",
        summary="End a run, as a duty officer of its coordinator.",
        handler=cancel_run,
        gives=RunSheet,
        parts=_RUN,
        body=Cancellation,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/runs/{id}/step-ends",
        name="endStep",
        summary="End a step of a run by hand, as a duty officer of its coordinator.",
        handler=end_step,
        gives=RunSheet,
        parts=_RUN,
        body=Forcing,
        body_bytes_max=1_048_576,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(400, 403, 404, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/runs/{id}/execution-status",
        name="exportExecution",
        summary="What became of each step of a run, as CACAO execution-status objects.",
        handler=show_execution,
        gives=list[Execution],
        parts=_RUN,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
)
