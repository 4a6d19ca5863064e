"""Pages of tasks: what is asked of one's nation, until when, and what to do.

To be shown a task is to be told of it: the page of it, the lists, and the inbox note
that it was delivered (C1), once.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Final, Literal, get_args

from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import to_ms
from foedus.errors import FoedusError, InvalidInputError, NotFoundError
from foedus.identity.authenticator import Session
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.response import commands
from foedus.response.queries import find_task, list_tasks
from foedus.response.seeing import acts
from foedus.response.task_sheets import SendingState, TaskSheet, task_sheet
from foedus.response.tasks import Standing, Task, label_of
from foedus.web.chips import Chip, chip, page_marking, token
from foedus.web.delivering import deliver
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.task_cards import (
    TaskRow,
    clocks_of,
    row_of,
    rows_of,
    until_of,
)
from foedus.web.task_forms import Form, acts_of, read_move
from foedus.web.waiting import Waiting

LISTED_MAX: Final = 200
"""Tasks of a list; the API has the rest."""

RESPONDED_WITHIN_S: Final = 2.0
"""Seconds that an answer waits until the run has gone on; the rest follows."""

FORM_BYTES_MAX: Final = 524_288
"""Bytes of a form: a report with its outputs."""

DONE: Final = {
    "acknowledge": "Acknowledged. The coordinator sees it.",
    "accept": "Accepted. The coordinator sees it.",
    "decline": "Declined. The coordinator reads why.",
    "delegate": "Passed on.",
    "start": "Recorded that work has begun.",
    "done": "Reported as done.",
    "confirm": "Confirmed.",
    "return": "Given back; the nation reads why.",
    "note": "Your note is there.",
    "authorise": "You have agreed. The hub sends it once enough have.",
}
"""What is said after an act, by the word in the address."""

Part = Literal["mine", "coordinated", "all"]
"""Which tasks: one's nation's, those that it asks of others, and both."""

PARTS: Final[dict[str, Part]] = {each: each for each in get_args(Part)}
"""Each by the word for it in an address."""


async def show_tasks(site: Site, request: Request) -> Response:
    """List the tasks that the visitor may see, what is due first."""
    session = require_session(site, request)
    viewer, now = session.account.viewer(), site.hub.clock()
    part = PARTS.get(request.query_params.get("part", "mine"))
    is_open = request.query_params.get("open", "yes")
    if part is None or is_open not in {"yes", "no"}:
        raise InvalidInputError("part: mine, coordinated or all; open: yes or no")

    def read() -> tuple[list[Task], list[TaskRow], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            found = list_tasks(
                seen.db,
                seen.access,
                viewer,
                part=part,
                open=is_open == "yes",
                limit=LISTED_MAX,
            )
            rows = rows_of(seen.db, found, viewer, seen.access, now)
            labels = [label_of(each) for each in found]
            return found, rows, page_marking(labels, seen.access, viewer.nation)

    found, rows, marking = await asyncio.to_thread(read)
    await deliver(site, request, session, found)
    return site.renderer.page(
        "tasks.html",
        {
            **frame(site, request, Page(title="Tasks", marking=marking)),
            "rows": rows,
            "part": part,
            "open": is_open == "yes",
            "more": len(rows) == LISTED_MAX,
        },
    )


async def show_task(site: Site, request: Request) -> Response:
    """Show one task; it is delivered by that.

    Raises:
        NotFoundError: there is none for the visitor.
    """
    session = require_session(site, request)
    viewer, hub = session.account.viewer(), site.hub
    name = str(request.path_params["id"])

    def read() -> Task:
        with hub.reading.snapshot() as seen:
            return _found(seen, viewer, name)

    task = await asyncio.to_thread(read)
    await hub.seen(await deliver(site, request, session, [task]))
    return await _page(site, request, session)


async def act(site: Site, request: Request) -> Response:
    """Do what a form of the page asks for.

    Raises:
        NotFoundError: there is no such act, or no such task for the visitor.
    """
    session, form = await signed_form(site, request, FORM_BYTES_MAX)
    verb, name = request.path_params["act"], str(request.path_params["id"])
    hub, viewer = site.hub, session.account.viewer()
    try:
        move = read_move(verb, form)
        done = hub.act(session.account, door="web", at=hub.clock())
        position = await commands.act_on_task(hub.desk, viewer, done, name, move)
    except NotFoundError:
        raise
    except FoedusError as error:
        return await _page(site, request, session, error=error, form=form)
    await hub.seen([position])
    await hub.responded(within_s=RESPONDED_WITHIN_S)
    return see_other(f"/tasks/{name}?done={verb}")


def tasks_waiting(seen: Snapshot, viewer: Viewer, now: datetime) -> Iterable[Waiting]:
    """Tell which tasks want something of the viewer's nation."""
    parts: tuple[Part, ...] = ("mine", "coordinated")
    for part in parts:
        for task in list_tasks(
            seen.db, seen.access, viewer, part=part, limit=LISTED_MAX
        ):
            asked = wanted(task, viewer, part)
            if asked is None:
                continue
            until = row_of(seen.db, task, viewer, seen.access, now).until
            yield Waiting(
                href=f"/tasks/{task.asked.task}",
                kind="Exercise task" if task.asked.exercise else "Task",
                title=task.asked.name,
                wanted=asked,
                said="" if part == "coordinated" else SAID[task.standing],
                until=None if until is None else datetime.fromisoformat(until.instant),
                label=label_of(task),
                answered=asked == DOING,
                task=task,
            )


SAID: Final = {
    Standing.ASKED: "has not seen it yet",
    Standing.DELIVERED: "has been told of it",
    Standing.ACKNOWLEDGED: "has acknowledged it",
    Standing.ACCEPTED: "has accepted it",
    Standing.BEGUN: "has begun",
    Standing.DECLINED: "has declined it",
    Standing.DONE: "has reported it done",
    Standing.CONFIRMED: "has done it",
    Standing.BROKEN: "has sent it, and it was not taken",
}
"""What a nation has done with its task so far, as its inbox says it."""

DOING: Final = "Do it, and report it done."
"""What is wanted of a nation that has accepted."""


def wanted(task: Task, viewer: Viewer, part: str) -> str | None:
    """Say what a task wants of a nation; None where it wants nothing."""
    if part == "coordinated":
        is_done = task.standing is Standing.DONE
        if is_done and task.asked.plan.needs_confirmation:
            return "Confirm that it is done, or give it back."
        return None
    if task.offered == viewer.nation:
        return "Take it, or say that you do not."
    sent = _sent_by_the_hub(task)
    return _wanted_of_people(task) if sent is None else sent or None


def _wanted_of_people(task: Task) -> str | None:
    standing = task.standing.value
    if standing in {"declined", "done", "confirmed", "broken"}:
        return None
    if standing in {"accepted", "begun"}:
        return DOING
    return "Acknowledge it; then accept or decline."


def _sent_by_the_hub(task: Task) -> str | None:
    """Say what a task wants that the hub carries out; "" for nothing, None for others.

    Once it is left to people it is a task as any other.
    """
    sends, sending = task.asked.sends, task.sending
    if sending.unknown:
        return "Find out what became of it; then report it, or agree to send it again."
    is_touched = task.standing in {Standing.ACCEPTED, Standing.DECLINED}
    if sends is None or sending.handed or is_touched:
        return None
    if sending.attempts or sending.is_agreed(sends.needed):
        return ""
    return "Agree that the hub sends it, or do it by hand."


def _found(seen: Snapshot, viewer: Viewer, name: str) -> Task:
    found = find_task(seen.db, seen.access, viewer, name)
    if found is None:
        raise NotFoundError(f"no task {name}; list your tasks")
    return found.task


async def _page(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Form | None = None,
) -> Response:
    viewer, now = session.account.viewer(), site.hub.clock()
    name = str(request.path_params["id"])

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return _card(seen, viewer, name, now)

    card, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "task.html",
        {
            **frame(site, request, Page(title="Task", marking=marking)),
            **card,
            "form": form or {},
            "tried": request.path_params.get("act", ""),
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _card(
    seen: Snapshot, viewer: Viewer, name: str, now: datetime
) -> tuple[dict[str, object], Chip | None]:
    access = seen.access
    found = find_task(seen.db, access, viewer, name)
    if found is None:
        raise NotFoundError(f"no task {name}; list your tasks")
    task = found.task
    sheet = task_sheet(seen.db, found, viewer, access, to_ms(now))
    row = row_of(seen.db, task, viewer, access, now)
    may = acts_of(sheet)
    card = {
        "sheet": sheet,
        "row": row,
        "step_ends": until_of(sheet.due, viewer, access, now),
        "clock_rows": clocks_of(seen.db, task, viewer, access, now),
        "acts": may,
        "first": next((each for each in may if not each.grave), None),
        "acting": acts(viewer, access, task.asked.plan.role),
        "nation": row.nation,
        "coordinator": row.coordinator,
        "offered": None if task.offered is None else token(task.offered, access),
        "doer": None if task.doer is None else token(task.doer, access),
        "chip": chip(found.label, access),
        "values": _values(sheet),
        "sent_by": SENT_BY,
        "completion": COMPLETIONS[sheet.completion],
    }
    return card, page_marking([found.label], access, viewer.nation)


SENT_BY: Final[dict[SendingState, str]] = {
    "waits": "The hub sends it itself, once enough persons have agreed.",
    "ready": "The hub sends it itself, in a moment.",
    "on-the-way": "The hub is sending it.",
    "unknown": "It was sent, and nobody knows what became of it. The hub does not send "
    "it again by itself.",
    "by-hand": "People do it by hand.",
    "over": "The hub has nothing more to do with it.",
}
"""Who does a step that a machine could do, in words."""

COMPLETIONS: Final = {
    "all": "The run goes on when all who are asked have done it.",
    "any": "The run goes on when one of those who are asked has done it.",
    "quorum": "The run goes on when enough of those who are asked have done it.",
    "named": "The run goes on when those that its author named have done it.",
}
"""What ends a step, in words."""


def _values(sheet: TaskSheet) -> list[tuple[str, str]]:
    return [
        (name.strip("_").replace("_", " "), "not known" if said is None else said)
        for name, said in sheet.values.items()
    ]
