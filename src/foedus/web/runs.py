"""Pages of runs: the workflow as far as the visitor may see it, and its tasks.

- The coordinator sees the whole workflow drawn, with what is done, what is under way
  and what is to come. Everybody else sees the steps that are for them, as they began,
  and nothing of what lies between: no line, no gap, no number.
- What changes while the page is looked at is asked for anew by the script; without it
  the page says what hour it shows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from foedus.clock import from_ms, to_ms
from foedus.errors import FoedusError, InvalidInputError, NotFoundError
from foedus.eventlog.envelope import Act
from foedus.identity.authenticator import Session
from foedus.ids import Position
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer
from foedus.response import commands, pausing
from foedus.response.clock_sheets import named_clocks
from foedus.response.forcing import Forcing, force
from foedus.response.queries import (
    FoundRun,
    StepRow,
    find_run,
    list_runs,
    steps_of,
    tasks_of_run,
)
from foedus.response.runs import Run
from foedus.response.seeing import directs
from foedus.response.shelf import find_edition
from foedus.response.tasks import Task
from foedus.response.tasks import label_of as label_of_task
from foedus.web.chips import Chip, Token, chip, page_marking, token
from foedus.web.decision_cards import Hour, hours_of
from foedus.web.decision_forms import typed
from foedus.web.delivering import deliver
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.items import items_of
from foedus.web.rendering import page_headers, see_other
from foedus.web.run_drawing import drawing_of, drawings_of_called
from foedus.web.run_lines import (
    STATUSES,
    STEP_ENDINGS,
    instant_of,
    local_of,
    points_of,
)
from foedus.web.task_cards import (
    CLOCK_STATES,
    TaskRow,
    Until,
    rows_of,
    until_of,
)

LISTED_MAX: Final = 200
"""Runs of a list; the API has the rest."""

TASKS_MAX: Final = 500
"""Tasks on the page of a run, those of the latest steps first; the API has the rest."""

PARTS: Final = {
    "state": "_run_state.html",
    "named": "_run_named.html",
    "workflow": "_run_workflow.html",
    "steps": "_run_steps.html",
    "line": "_run_line.html",
}
"""Parts of the page that change while it is looked at; none holds a form."""

CAUSES: Final = {
    "person": "started by a duty officer",
    "decision": "started by an adopted decision",
    "proposal": "started from a proposal that was approved",
}
"""Who or what started a run, in words."""


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run in a list."""

    run: str
    name: str
    coordinator: Token
    state: tuple[str, str]
    chip: Chip
    exercise: bool
    started: str
    hours: tuple[Hour, ...]


class StepCard(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a run with its tasks, as far as the visitor may see them.

    Attributes:
        anchor: its place on the page.
    """

    anchor: str
    name: str
    state: tuple[str, str]
    began: str
    rows: list[TaskRow]


class NamedClock(msgspec.Struct, frozen=True, kw_only=True):
    """A clock with a name, such as the 48 hours of a protocol.

    Attributes:
        until: its deadline, while it runs; None where it has none, or is over.
        ended: when it was stopped, in the alliance's zone; "" while it runs.
    """

    called: str
    state: tuple[str, str]
    until: Until | None
    ended: str


async def show_runs(site: Site, request: Request) -> Response:
    """List the runs that the visitor may know of, the newest first."""
    viewer = require_session(site, request).account.viewer()

    def read() -> tuple[list[RunRow], Chip | None, bool]:
        with site.hub.reading.snapshot() as seen:
            rows = rows_of_runs(seen, viewer, is_open=None)
            labels = [each.label for _, each in rows]
            marking = page_marking(labels, seen.access, viewer.nation)
            return [row for row, _ in rows], marking, directs(viewer, seen.access)

    rows, marking, may_start = await asyncio.to_thread(read)
    return site.renderer.page(
        "runs.html",
        {
            **frame(site, request, Page(title="Runs", marking=marking)),
            "rows": rows,
            "more": len(rows) == LISTED_MAX,
            "may_start": may_start,
        },
    )


def rows_of_runs(
    seen: Snapshot, viewer: Viewer, *, is_open: bool | None
) -> list[tuple[RunRow, FoundRun]]:
    """Set the runs that a viewer may know of out as rows, with their labels."""
    access, rows = seen.access, []
    for run in list_runs(seen.db, access, viewer, open=is_open, limit=LISTED_MAX):
        found = find_run(seen.db, access, viewer, run.run)
        if found is not None:
            rows.append((_row(found, viewer, access), found))
    return rows


def _row(found: FoundRun, viewer: Viewer, access: Access) -> RunRow:
    run, started = found.run, from_ms(found.run.started_ms)
    return RunRow(
        run=run.run,
        name=run.name,
        coordinator=_named(run, viewer, access),
        state=STATUSES[run.status],
        chip=chip(found.label, access),
        exercise=run.exercise,
        started=instant_of(started),
        hours=hours_of(started, viewer.nation, access),
    )


async def show_run(site: Site, request: Request) -> Response:
    """Show one run: its workflow, its tasks, and how it came here.

    Raises:
        NotFoundError: there is none for the visitor.
    """
    session = require_session(site, request)
    return await _page(site, request, session)


async def show_parts(site: Site, request: Request) -> Response:
    """Give the parts of a run's page that change, for the script.

    Raises:
        NotFoundError: there is no such run for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    name, now = str(request.path_params["id"]), site.hub.clock()

    def read() -> dict[str, str]:
        with site.hub.reading.snapshot() as seen:
            card, _ = card_of(seen, viewer, name, now)
        return {
            part: site.renderer.fragment(template, card)
            for part, template in PARTS.items()
        }

    return JSONResponse(await asyncio.to_thread(read), headers=page_headers())


async def cancel(site: Site, request: Request) -> Response:
    """End a run, as a duty officer of its coordinator.

    Raises:
        NotFoundError: there is no such run for the visitor.
    """
    return await _let(site, request, "cancel", commands.cancel)


async def pause(site: Site, request: Request) -> Response:
    """Let a run stand still, as a duty officer of its coordinator.

    Raises:
        NotFoundError: there is no such run for the visitor.
    """
    return await _let(site, request, "pause", pausing.pause)


async def resume(site: Site, request: Request) -> Response:
    """Let a run that stands still go on, as a duty officer of its coordinator.

    Raises:
        NotFoundError: there is no such run for the visitor.
    """
    return await _let(site, request, "resume", pausing.resume)


Verb = Callable[[Desk, Viewer, Act, str, str], Awaitable[Position]]
"""Does something with a run, for a reason."""


async def _let(site: Site, request: Request, done: str, verb: Verb) -> Response:
    session, form = await signed_form(site, request)
    hub, name = site.hub, str(request.path_params["id"])
    try:
        reason = typed(form, "reason")
        if not reason and done != "resume":
            raise InvalidInputError("say why; everybody who sees the run reads it")
        act = hub.act(session.account, door="web", at=hub.clock())
        viewer = session.account.viewer()
        position = await verb(hub.desk, viewer, act, name, reason)
    except NotFoundError:
        raise
    except FoedusError as error:
        return await _page(site, request, session, error=error)
    await hub.seen([position])
    return see_other(f"/runs/{name}?done={done}")


async def end_step(site: Site, request: Request) -> Response:
    """End a step by hand, as a duty officer of the run's coordinator.

    Raises:
        NotFoundError: there is no such run for the visitor.
    """
    session, form = await signed_form(site, request)
    hub, name = site.hub, str(request.path_params["id"])
    words = {each: typed(form, each) for each in ("step", "result", "reason")}
    try:
        if not words["reason"]:
            raise InvalidInputError("say why; whoever was asked reads it")
        forcing = _forcing(words)
        act = hub.act(session.account, door="web", at=hub.clock())
        viewer = session.account.viewer()
        position = await force(hub.desk, viewer, act, name, forcing)
    except FoedusError as error:
        return await _page(site, request, session, error=error)
    await hub.seen([position])
    return see_other(f"/runs/{name}?done=end-step")


def _forcing(words: dict[str, str]) -> Forcing:
    try:
        return msgspec.convert(words, Forcing)
    except msgspec.ValidationError as error:
        raise InvalidInputError("choose a step, and how it ended") from error


async def _page(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
) -> Response:
    viewer, now = session.account.viewer(), site.hub.clock()
    name = str(request.path_params["id"])

    def read() -> tuple[dict[str, object], Chip | None, list[Task]]:
        with site.hub.reading.snapshot() as seen:
            card, marking = card_of(seen, viewer, name, now)
            return card, marking, tasks_of_run(seen.db, seen.access, viewer, name)

    card, marking, shown = await asyncio.to_thread(read)
    await deliver(site, request, session, shown)
    done = request.query_params.get("done", "")
    return site.renderer.page(
        "run.html",
        {
            **frame(site, request, Page(title="Run", marking=marking)),
            **card,
            "done": SAID.get(done, ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


SAID: Final = {
    "start": "The run has started. Whoever is asked is told.",
    "cancel": "The run is cancelled. Everybody who was asked is told why.",
    "pause": "The run stands still, with all that waits in it, until you resume it.",
    "resume": "The run goes on, with what was left of each time.",
    "end-step": "The step is ended. Whoever was asked reads why.",
}
"""What is said after an act, by the word in the address."""


def card_of(
    seen: Snapshot, viewer: Viewer, name: str, now: datetime
) -> tuple[dict[str, object], Chip | None]:
    """Give what the page of a run shows, and its marking.

    Raises:
        NotFoundError: there is no such run for the viewer.
    """
    access = seen.access
    found = find_run(seen.db, access, viewer, name)
    if found is None:
        raise NotFoundError(f"no run {name}; list the runs")
    run = found.run
    steps = steps_of(seen.db, access, viewer, name)
    tasks = tasks_of_run(seen.db, access, viewer, name)
    cards = _cards(seen, steps, tasks, viewer, now)
    items = items_of(seen, viewer, found.started.evidence, now=now)
    is_coordinator = viewer.nation == run.coordinator
    card: dict[str, object] = {
        "run": run,
        "row": _row(found, viewer, access),
        "chip": chip(found.label, access),
        "coordinator": _named(run, viewer, access),
        "cause": CAUSES[found.started.cause.by],
        "reason": found.started.cause.reason,
        "evidence": [(each, items.get(each)) for each in found.started.evidence],
        "protocol": _protocol(seen, found, viewer),
        "drawing": drawing_of(seen.db, found, steps, tasks, now, whole=is_coordinator),
        "called": drawings_of_called(seen.db, found, steps, tasks, now)
        if is_coordinator
        else [],
        "whole": is_coordinator,
        "cards": cards,
        "named": _named_clocks(seen, viewer, name, now),
        "points": points_of(found, steps, tasks, access),
        "values": _values(found) if is_coordinator else [],
        "still": _still(run, access),
        "may_cancel": run.is_open and is_coordinator and directs(viewer, access),
        "waiting": [] if run.still else _waiting(steps, tasks),
        "zone": access.alliance.timezone.rpartition("/")[2].replace("_", " "),
    }
    labels = [found.label, *(label_of_task(each) for each in tasks)]
    labels += [each.fixed for each in items.values()]
    return card, page_marking(labels, access, viewer.nation)


def _still(run: Run, access: Access) -> tuple[str, str] | None:
    """Say since when a run stands still, and why; None if it does not."""
    still = run.still
    if still is None:
        return None
    return local_of(from_ms(still.since_ms), access), still.reason


def _waiting(steps: list[StepRow], tasks: list[Task]) -> list[tuple[str, str]]:
    """Give the steps that wait: the id of a task of each, and its name."""
    task_of = {each.asked.number: each.asked.task for each in tasks}
    return [
        (task_of[each.number], each.name)
        for each in steps
        if each.ending is None and each.number in task_of
    ]


def _protocol(seen: Snapshot, found: FoundRun, viewer: Viewer) -> str:
    """Give the id of the run's protocol, where the viewer may see it."""
    edition = found.started.editions[0]
    shelved = find_edition(
        seen.db, seen.access, viewer, edition.playbook, edition.modified
    )
    return "" if shelved is None else edition.playbook


def _named_clocks(
    seen: Snapshot, viewer: Viewer, run: str, now: datetime
) -> list[NamedClock]:
    """Draw the clocks with a name that the viewer may see."""
    access = seen.access
    return [
        NamedClock(
            called=each.called,
            state=CLOCK_STATES[each.state],
            until=None
            if each.deadline is None or each.ended is not None
            else until_of(each.deadline, viewer, access, now),
            ended="" if each.ended is None else local_of(each.ended, access),
        )
        for each in named_clocks(seen.db, access, viewer, run, to_ms(now))
    ]


def _cards(
    seen: Snapshot,
    steps: list[StepRow],
    tasks: list[Task],
    viewer: Viewer,
    now: datetime,
) -> list[StepCard]:
    """Set the steps out, the latest first, each with its tasks."""
    by_step: dict[int, list[Task]] = {}
    for task in tasks:
        by_step.setdefault(task.asked.number, []).append(task)
    cards, left = [], TASKS_MAX
    for place, step in reversed(list(enumerate(steps, start=1))):
        mine = by_step.get(step.number, [])[:left]
        left -= len(mine)
        began = from_ms(step.began_ms)
        cards.append(
            StepCard(
                anchor=f"step-{place}",
                name=step.name,
                state=(
                    ("waits", "run")
                    if step.ending is None
                    else STEP_ENDINGS[step.ending]
                ),
                began=local_of(began, seen.access),
                rows=rows_of(seen.db, mine, viewer, seen.access, now),
            )
        )
    return cards


def _values(found: FoundRun) -> list[tuple[str, str]]:
    return [
        (name.strip("_").replace("_", " "), "not known" if value is None else value)
        for name, value in found.state.values().items()
    ]


def _named(run: Run, viewer: Viewer, access: Access) -> Token:
    return token(run.coordinator, access, own=run.coordinator == viewer.nation)
