"""The duty officer's board: what runs, what is late, and what waits for a person.

It is read from across a room: no act stands on it, each row leads to where one acts,
and it asks for itself anew every half minute, with or without JavaScript. Everything on
it is read as the visitor, so that a board shows no more than the pages behind it.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import from_ms, to_ms
from foedus.intel.reading import Snapshot
from foedus.processes.auditing import MARK, read_mark
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.response.clock_sheets import HubClocks, hub_clocks
from foedus.response.proposals import Proposal
from foedus.response.proposals_views import Wanted, list_proposals
from foedus.response.queries import list_tasks
from foedus.response.seeing import directs
from foedus.response.tasks import Standing, Task, label_of
from foedus.web.chips import Chip, chip, page_marking
from foedus.web.decision_cards import duration
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.runs import RunRow, rows_of_runs
from foedus.web.task_cards import TaskRow, row_of

ROWS_MAX: Final = 100
"""Rows of each part of the board: more than anybody reads on a wall."""

TASKS_MAX: Final = 500
"""Open tasks that are looked through for what is amiss."""

REFRESH_S: Final = 30
"""Seconds after which the board asks for itself anew."""

SILENT_S: Final = 90
"""Seconds without a look after which the auditor of clocks is taken to be silent."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that waits for a person."""

    proposal: str
    name: str
    chip: Chip
    score: int
    approvals: str


class Auditor(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the auditor of clocks is alive."""

    state: tuple[str, str]
    looked: str


async def show_board(site: Site, request: Request) -> Response:
    """Show the board."""
    viewer, now = require_session(site, request).account.viewer(), site.hub.clock()
    auditor = _auditor(site, now)

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return _card(seen, viewer, now)

    card, marking = await asyncio.to_thread(read)
    answer = site.renderer.page(
        "board.html",
        {
            **frame(site, request, Page(title="Board", marking=marking)),
            **card,
            "auditor": auditor,
        },
    )
    answer.headers["Refresh"] = str(REFRESH_S)
    return answer


def _card(
    seen: Snapshot, viewer: Viewer, now: datetime
) -> tuple[dict[str, object], Chip | None]:
    access = seen.access
    amiss, tasks = _amiss(seen, viewer, now)
    runs = rows_of_runs(seen, viewer, is_open=True)[:ROWS_MAX]
    wanted = Wanted(limit=ROWS_MAX)
    proposals = list_proposals(seen.db, access, viewer, wanted)
    labels: list[FixedLabel] = [label_of(each) for each in tasks]
    labels += [found.label for _, found in runs]
    labels += [each.label for each in proposals]
    hub: HubClocks | None = hub_clocks(seen.db, access, viewer, to_ms(now))
    rows: list[RunRow] = [row for row, _ in runs]
    card: dict[str, object] = {
        "amiss": amiss,
        "runs": rows,
        "proposals": [_waiting(each, seen) for each in proposals],
        "hub": hub,
        "may_start": directs(viewer, access),
    }
    return card, page_marking(labels, access, viewer.nation)


def _amiss(
    seen: Snapshot, viewer: Viewer, now: datetime
) -> tuple[list[TaskRow], list[Task]]:
    """Find what is unreachable, late, escalated or declined, in this order."""
    found: dict[str, tuple[TaskRow, Task]] = {}
    for part in ("coordinated", "mine"):
        for task in list_tasks(
            seen.db, seen.access, viewer, part=part, open=True, limit=TASKS_MAX
        ):
            row = row_of(seen.db, task, viewer, seen.access, now)
            if _rank(row, task) is not None:
                found[row.task] = (row, task)
    ordered = sorted(found.values(), key=lambda each: _rank(*each) or 0)[:ROWS_MAX]
    return [row for row, _ in ordered], [task for _, task in ordered]


def _rank(row: TaskRow, task: Task) -> int | None:
    """Say how grave it is; None where nothing is amiss."""
    amiss = (
        row.progress.is_unreachable,
        row.progress.is_late,
        row.progress.is_escalated,
        task.standing is Standing.DECLINED,
    )
    return amiss.index(True) if any(amiss) else None


def _waiting(proposal: Proposal, seen: Snapshot) -> Waiting:
    return Waiting(
        proposal=proposal.proposal,
        name=proposal.name,
        chip=chip(proposal.label, seen.access),
        score=proposal.score,
        approvals=f"{len(proposal.approvals)} of {proposal.needed} persons agreed",
    )


def _auditor(site: Site, now: datetime) -> Auditor:
    """Tell when the auditor looked last; the mark says nothing of what it saw."""
    mark = read_mark(site.hub.store.setting(MARK))
    if mark is None:
        return Auditor(state=("has not looked yet", "bad"), looked="")
    ago = now - from_ms(mark.seen_ms)
    is_alive = timedelta() <= ago <= timedelta(seconds=SILENT_S)
    state = ("looks", "good") if is_alive else ("silent", "bad")
    return Auditor(state=state, looked=f"{duration(max(ago, timedelta()))} ago")
